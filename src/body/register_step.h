/** One damped Gauss-Newton step of the registration: states, cost, normal equations with priors, dense solve. */
#ifndef OIK_BODY_REGISTER_STEP_H
#define OIK_BODY_REGISTER_STEP_H

#include "body/body_model.h"
#include "body/register_jacobian.h"
#include "body/register_moments.h"

/** A point of the search and what follows from it. */
typedef struct oik_body_state {
    double *beta;           /**< n_modes */
    oik_body_pose pose;
    oik_vec3 shift[OIK_BODY_N_LIMB_JOINTS]; /**< how far joints of the limbs lie beside the model's places, in the parent's frame [m]; else 0 */
    oik_body_frames frames; /**< by oik_body_evaluate, as everything below */
    oik_vec3 *v;            /**< n_vertices, shaped rest skin [m]; not touched with moments, as y */
    oik_vec3 *y;            /**< n_vertices, posed skin [m] */
    double rms;             /**< area-weighted [m] */
    double cost;            /**< rms^2 + priors [m^2] */
} oik_body_state;

/** What is fitted to what. */
typedef struct oik_body_target {
    const oik_body_model *model;
    const oik_vec3 *x;    /**< n_vertices [m] */
    const double *area;   /**< n_vertices, sum 1 */
    double shape_sigma;   /**< sigma [m] */
    double pose_prior;    /**< factor on rho_j */
    size_t n_modes;       /**< fitted modes: those of the model, or 0 for a known shape */
    bool shifts;          /**< the joints of the limbs may shift; not with moments */
    double shift_prior;   /**< rho_o, residual RMS that a shift may cost per its length */
    const oik_body_moments *moments; /**< sums that stand for x and the known shape (n_modes 0), or NULL: vertex by vertex */
    const oik_mat3 *predicted;       /**< 24 local rotations that the temporal prior pulls towards, or NULL */
    double temporal_prior;           /**< rho_t [m/rad] */
} oik_body_target;

/** Memory of the step: normal matrix, its factor, residual. */
typedef struct oik_body_step {
    oik_body_normal *normal;
    double *H, *L;      /**< n x n, lower triangle */
    double *g, *d;      /**< n: right-hand side and step */
    oik_vec3 *residual; /**< n_vertices, x - y */
} oik_body_step;

oik_status oik_body_state_new(oik_body_state *state, const oik_body_model *model, oik_error *err);
void oik_body_state_clear(oik_body_state *state);
oik_status oik_body_step_new(oik_body_step *step, const oik_body_model *model, oik_error *err);
void oik_body_step_clear(oik_body_step *step);

/** Shape, pose and measure a state from its beta and pose. */
void oik_body_evaluate(oik_body_state *state, const oik_body_target *target);

/** Normal equations H d = g at a state, priors included. */
void oik_body_linearise(oik_body_step *step, const oik_body_state *at, const oik_body_target *target);

/**
 * Step of the damped normal equations from one state to the next: (H + lambda D) d = g, D the mean diagonal of each 3 x 3 block of
 * rotation and translation and the own diagonal of each mode, so that the step turns with the subject.
 * @return OIK_OK, or OIK_E_SOLVER when the matrix is not positive definite (the caller raises lambda)
 */
oik_status oik_body_take_step(oik_body_state *next, oik_body_step *step, const oik_body_state *at,
                              const oik_body_target *target, double lambda);

#endif
