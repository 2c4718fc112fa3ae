/**
 * Stage 1 of the published method (OSSO, Keller et al., CVPR 2022): registration of the body model to a mesh.
 *
 *   residuals  w (M(beta, theta, tau) - X); beta; theta (all 24 rotation vectors)
 *   start      beta = theta = 0, tau = mean(X)
 *
 *   call   free                          w
 *   1      theta_0, tau                  1
 *   2      beta_0..2, theta, tau         1
 *   3      beta, theta, tau              1
 *   4      beta, theta, tau              100
 *
 * Each call ends after 5 accepted dogleg steps (solve/lsq.h), or earlier at |J'r|_inf <= 1e-15 or a step or radius <= 1e-15 |x|.
 * Rotation vectors are changed by addition. beta: the first 10 modes of the model. Skins are exact: the single precision of the
 * published program's files is applied by the stages that read them. Residuals and Jacobian: body/published_jacobian.h.
 */
#ifndef OIK_BODY_PUBLISHED_REGISTRATION_H
#define OIK_BODY_PUBLISHED_REGISTRATION_H

#include "body/registration.h"
#include "solve/lsq.h"

enum { OIK_PUBLISHED_REGISTER_CALLS = 4, OIK_PUBLISHED_N_BETAS = 10 };

/** A body of the published model. */
typedef struct oik_published_body {
    double beta[OIK_PUBLISHED_N_BETAS];
    oik_vec3 theta[OIK_N_JOINTS]; /**< rotation vectors [rad] */
    oik_vec3 tau;                 /**< [m] */
} oik_published_body;

/**
 * The published minimiser, of registration and of placing and posing the bones: dogleg that ends at |g|_inf <= 1e-15, at a step or trust
 * radius of 1e-15 of the state's length, or after so many accepted steps. With more iterations the cap is 200 steps, and a relative
 * decrease of the cost below 1e-10 ends it too.
 */
oik_lsq_options oik_published_solver(int steps, bool more_iterations);

typedef struct oik_published_options {
    bool more_iterations; /**< of oik_published_solver */
    /** After each accepted step. x: n_vertices of the skin [m]. Non-zero cancels. May be NULL. */
    int (*on_skin)(void *context, int call, int iteration, const oik_vec3 *x, double cost);
    void *context;
} oik_published_options;

/**
 * Skin of a body, with the model's correctives of its rotation vectors.
 * @param[out] x n_vertices [m]
 * @return OIK_E_MODEL: the model has fewer than 10 modes; OIK_E_MEMORY
 */
oik_status oik_published_skin(oik_vec3 *x, const oik_body_model *model, const oik_published_body *body, oik_error *err);

/**
 * Register the model to a mesh.
 * @param[out] body    untouched on error, like reports
 * @param[out] reports of the four calls
 * @param[in]  x       n_vertices in metres, Y up, facing +z
 * @param[in]  options NULL: as published
 * @return OIK_E_MODEL: the model has fewer than 10 modes; OIK_E_NOT_FINITE names the vertex; OIK_E_CANCELLED;
 *         OIK_E_SOLVER; OIK_E_MEMORY
 * Per step O(n_vertices u^2), u the unknowns that move a vertex (about 40, at most 85).
 */
oik_status oik_published_register(oik_published_body *body, oik_lsq_report reports[OIK_PUBLISHED_REGISTER_CALLS],
                                  const oik_body_model *model, const oik_vec3 *x, const oik_published_options *options,
                                  oik_error *err);

/**
 * The same as a fit for the stages behind: frames, features and skin of the body; the subject's own rest skin is the model's,
 * without correctives. n_iterations is 0 and converged true; the reports of a registration say more.
 * @param[out] fit release with oik_body_fit_free; untouched on error
 * @param[in]  x   n_vertices of the input, or NULL: the errors are those of nothing (0)
 * @return OIK_E_MODEL: the model has fewer than 10 modes; OIK_E_MEMORY
 */
oik_status oik_published_fit(oik_body_fit *fit, const oik_body_model *model, const oik_published_body *body, const oik_vec3 *x,
                             oik_error *err);

#endif
