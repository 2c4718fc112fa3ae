/** Inside of the registration workspace, for registration.c, track.c and published_registration.c. */
#ifndef OIK_BODY_REGISTER_WORKSPACE_H
#define OIK_BODY_REGISTER_WORKSPACE_H

#include "body/register_step.h"
#include "body/registration.h"
#include "body/unpose.h"

struct oik_body_register {
    const oik_body_model *model;
    double *area;    /**< n_vertices, sum 1: oik_body_weights */
    double *scratch; /**< n_vertices */
    oik_body_state state, trial;
    oik_body_step step;
    oik_body_unpose *unpose;
    oik_vec3 *subject; /**< n_vertices, un-posed skin */
    double *rigidity, *form_weight; /**< n_vertices each, of register_form.h */
};

/**
 * Damped Gauss-Newton from workspace->state (beta and pose are read) until the RMS settles.
 * @return OIK_OK; OIK_E_NOT_FINITE when the cost of the start is not finite; OIK_E_CANCELLED by options->on_step
 */
oik_status oik_body_minimise(int *n_iterations, bool *converged, oik_body_register *workspace, const oik_body_target *target,
                             const oik_body_register_options *options, oik_error *err);

/** Area-weighted RMS of x_v - skin(v) in the frames [m]; workspace->trial.y is overwritten. */
double oik_body_skin_rms(oik_body_register *workspace, const oik_vec3 *v, const oik_body_frames *frames, const oik_vec3 *x);

/**
 * Weights of the vertices: areas of the template, equal for twins (the triangulation need not be symmetric), cut at a quantile so that
 * a few coarse faces do not rule the fit, sum 1.
 * @param[out] area n_vertices
 * @return OIK_OK or OIK_E_MEMORY
 */
oik_status oik_body_areas(double *area, const oik_body_model *model, oik_error *err);

/**
 * The same, but the skin of fingers counts little: they bend where the model has no joint.
 * @param[out] weight n_vertices, sum 1
 * @return OIK_OK or OIK_E_MEMORY
 */
oik_status oik_body_weights(double *weight, const oik_body_model *model, oik_error *err);

/** Arrays of a fit. */
oik_status oik_body_fit_new(oik_body_fit *fit, const oik_body_model *model, oik_error *err);

#endif
