/**
 * Registration of the body model to a mesh in SMPL vertex order, and the subject's own un-posed skin.
 */
#ifndef OIK_BODY_REGISTRATION_H
#define OIK_BODY_REGISTRATION_H

#include "body/body_model.h"
#include "mesh/mesh.h"

/** What the input turned out to be, before any fitting. */
typedef struct oik_body_input {
    double units_per_metre;    /**< 1, 10, 100, 1000, 39.3701 or 3.28084; input coordinates / this = metres */
    const char *unit_name;     /**< "m", "dm", "cm", "mm", "in", "ft" */
    bool mirrored;             /**< the mesh was a mirror image; the mirror permutation was applied (the surface stays where it is) */
    double trunk_residual;     /**< weighted RMS of the trunk after the best similarity, at the template's size [m] */
    double long_edge_share;    /**< share of model edges longer than 4 times the template's (at least 1 cm) at the trunk's scale */
} oik_body_input;

/**
 * Bring an input mesh into metres, proper chirality and SMPL order, or say why it is no such body.
 *
 *   y_i ~ s Q v_i + t over the trunk, Q orthogonal with and without reflection      (closed form)
 *
 * Units: the known unit nearest to s in the logarithm. Mirrored: Q with det -1 leaves less than half the residual of the best
 * proper rotation; then x_i = y_mirror(i), which keeps the surface and exchanges the sides. Order: trunk residual <= 80 mm and at
 * most 10 % over-long edges (measured on bodies in order: 16-36 mm and <= 0.03 %; in a wrong order: >= 154 mm and >= 28 %).
 * @param[out] input what was recognised; on OIK_E_ORDER it holds the two measures, on other errors it is untouched
 * @param[out] x     n_vertices of the model [m]; undefined on error
 * @param[in]  mesh  raw input; its faces are not needed
 * @param[in]  name  file name for messages
 * @return OIK_OK; OIK_E_SHAPE: another vertex count (says what it looks like: SMPL-X, several bodies) or a size that no unit
 *         explains; OIK_E_ORDER: vertices not in SMPL order, with the two measures; OIK_E_NOT_FINITE: names the vertex;
 *         OIK_E_MEMORY. O(n).
 */
oik_status oik_body_normalise(oik_body_input *input, oik_vec3 *x, const oik_body_model *model, const oik_mesh *mesh,
                              const char *name, oik_error *err);

/** A skin in the rest pose with its joints. */
typedef struct oik_body_rest {
    oik_vec3 *v_shaped;          /**< n_vertices, what the model has [m] */
    oik_vec3 *v_subject;         /**< n_vertices, the subject's own [m] */
    oik_vec3 J[OIK_N_JOINTS];    /**< [m] */
} oik_body_rest;

typedef struct oik_body_fit {
    double *beta;             /**< n_modes */
    oik_body_pose pose;
    oik_body_frames frames;   /**< of the fitted pose and shape */
    oik_vec3 *v_shaped;       /**< n_vertices, rest pose, model shape [m] */
    oik_vec3 *x_model;        /**< n_vertices, posed model [m] */
    oik_vec3 *v_subject;      /**< n_vertices, rest pose, the subject's own un-posed skin [m] */
    oik_body_rest form;       /**< the rest skin as it comes out of every pose alike (register_form.h); NULL arrays: v_shaped, v_subject and
                                   frames.J stand for it */
    double rms;               /**< area-weighted RMS of x_model - x, fingers at 2 % [m] */
    double repose_rms;        /**< the same of the re-posed v_subject - x [m] */
    int n_iterations;
    bool converged;
} oik_body_fit;

typedef struct oik_body_register_options {
    int max_iterations;       /**< Gauss-Newton steps, default 30 */
    double tolerance;         /**< stop when the RMS changes by less [m], default 1e-7 */
    double shape_sigma;       /**< residual RMS that one standard deviation of shape may cost [m], default 0.7e-3 */
    double pose_prior;        /**< factor on the weak pose prior, default 1; 0 switches it off */
    double unpose_smoothness; /**< mu of the Laplacian term, default 0.5 */
    const double *fixed_beta; /**< n_modes, a known shape that is not to be fitted (later frames of a sequence), or NULL */
    int (*on_step)(void *context, int iteration, const oik_vec3 *x_model, double rms); /**< may be NULL; non-zero cancels */
    void *on_step_context;
    int (*stops)(void *context); /**< asked with on_step_context at every step towards the form, which on_step is not told; may be NULL; non-zero cancels */
} oik_body_register_options;

/** Copy shape, own skin and joints of a fit to its form: for those that are not registered with free joints. */
void oik_body_form_as_fit(oik_body_fit *fit, const oik_body_model *model);

oik_body_register_options oik_body_register_options_default(void);

typedef struct oik_body_register oik_body_register; /**< workspace: areas, normal matrix, two states, analysed un-posing matrix */

/** One workspace per thread; the model must outlive it. OIK_E_MEMORY, OIK_E_SOLVER. */
oik_status oik_body_register_new(oik_body_register **out, const oik_body_model *model, oik_error *err);
void oik_body_register_free(oik_body_register *workspace);

/**
 * Fit pose and shape to x, then un-pose the subject's own skin; then once more for the form (register_form.h).
 *
 *   min  sum_v a_v | x_v - y_v(theta, tau, beta) |^2 + sigma^2 sum_k c_k beta_k^2 + sum_{j>0} rho_j^2 | log R_j |^2
 *
 * a_v vertex areas, of fingers, which the model cannot bend, 2 % of them (sum 1), c_k mode_precision, rho_j a weak prior on every joint but the root, so that the result does not depend
 * on the orientation or the position of x. Closed-form start, then Gauss-Newton with analytic Jacobians; a step that would increase
 * the cost is damped (Levenberg-Marquardt). Un-posing: body/unpose.h.
 * @param[out] fit  filled; release with oik_body_fit_free; untouched on error
 * @param[in]  x    n_vertices in metres, SMPL order
 * @return OIK_OK; OIK_E_SHAPE when x has no extent; OIK_E_NOT_FINITE; OIK_E_CANCELLED by on_step; OIK_E_SOLVER; OIK_E_MEMORY
 * Per iteration O(n_vertices u^2), u the unknowns that move one vertex (about 60). Allocates the arrays of fit only.
 */
oik_status oik_body_fit_mesh(oik_body_fit *fit, oik_body_register *workspace, const oik_vec3 *x,
                             const oik_body_register_options *options, oik_error *err);
void oik_body_fit_free(oik_body_fit *fit);

#endif
