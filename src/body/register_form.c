/**
 * Form of a subject (see the header).
 *
 *   symbol  code
 *   r_v     rigidity
 *   s_vj    oik_body_subtree_share
 */
#include "body/register_form.h"

#include <math.h>
#include <string.h>

/** sigma_f relative to sigma: with free joints lengths show in the skin of one segment only, and the prior must not shorten them. */
static const double FORM_SIGMA = 0.5;

/** Steps end when the RMS changes by less [m]: lengths are then within 0.01 mm of the minimum's. */
static const double FORM_TOLERANCE = 1e-6;

/** rho_o: 40 mm of shift, as between the hips of skin and bones, cost as much as 0.5 mm of residual over the whole skin. */
static const double SHIFT_PRIOR = 0.012;

/** mu_f, smooth over some 2 edges of the mesh, three fingers' breadth on trunk and limbs. */
static const double FORM_SMOOTHNESS = 5.0;

void oik_body_form_weights(double *rigidity, double *weight, const oik_body_model *model, const double *area) {
    double sum = 0.0;
    for (size_t v = 0; v < model->n_vertices; v++) {
        rigidity[v] = 1.0;
        for (int l = 0; l < OIK_BODY_N_LIMB_JOINTS; l++) {
            if (oik_body_limb_joints[l] < OIK_J_SHOULDER_L)
                continue;
            double s = oik_body_subtree_share(model, v, oik_body_limb_joints[l]);
            rigidity[v] *= (1.0 - 2.0 * s) * (1.0 - 2.0 * s);
        }
        sum += weight[v] = area[v] * rigidity[v];
    }
    for (size_t v = 0; v < model->n_vertices; v++)
        weight[v] /= sum;
}

/** s_v of both wrists: how much of a vertex is hand. */
static double hand_share(const oik_body_model *model, size_t vertex) {
    return oik_body_subtree_share(model, vertex, OIK_J_WRIST_L) + oik_body_subtree_share(model, vertex, OIK_J_WRIST_R);
}

/** Hands as they are, u_v += h_v (v_v + D_raw,v - u_v): their fingers are straightened later, from their own skin (skeleton/digits.h). */
static void take_hands(oik_vec3 *u, const oik_body_register *ws, const oik_vec3 *x) {
    const oik_body_state *at = &ws->state;
    for (size_t v = 0; v < ws->model->n_vertices; v++) {
        double h = hand_share(ws->model, v);
        if (h <= 0.0)
            continue;
        oik_mat3 Q = oik_body_vertex_rotation(ws->model, v, &at->frames);
        oik_vec3 own = v3_add(at->v[v], m3_tmulv(Q, v3_sub(x[v], at->y[v])));
        u[v] = v3_madd(u[v], h, v3_sub(own, u[v]));
    }
}

/** The rest skin that was found without free joints. */
static void take_subject(oik_body_rest *form, const oik_body_register *ws) {
    size_t size = ws->model->n_vertices * sizeof(oik_vec3);
    memcpy(form->v_shaped, ws->state.v, size);
    memcpy(form->v_subject, ws->subject, size);
    memcpy(form->J, ws->state.frames.J, sizeof form->J);
}

/** Steps towards the form are not the registration's: the caller is only asked whether to go on. */
static int ask(void *context, int iteration, const oik_vec3 *x_model, double rms) {
    const oik_body_register_options *caller = context;
    (void)iteration, (void)x_model, (void)rms;
    return caller->stops(caller->on_step_context);
}

oik_status oik_body_register_form(oik_body_rest *form, oik_body_register *ws, const oik_body_target *target,
                                  const oik_body_register_options *options, oik_error *err) {
    const oik_body_model *model = ws->model;
    oik_body_register_options caller = *options, quiet = *options;
    oik_body_target loose = *target;
    int n_iterations;
    bool converged;
    if (model->n_features || target->n_modes == 0) {
        take_subject(form, ws);
        return OIK_OK;
    }
    quiet.on_step = caller.stops ? ask : NULL;
    quiet.on_step_context = &caller;
    quiet.tolerance = fmax(quiet.tolerance, FORM_TOLERANCE);
    loose.area = ws->form_weight;
    loose.shape_sigma *= FORM_SIGMA;
    loose.shifts = true;
    loose.shift_prior = SHIFT_PRIOR;
    memset(ws->state.shift, 0, sizeof ws->state.shift);
    oik_status status = oik_body_minimise(&n_iterations, &converged, ws, &loose, &quiet, err);
    if (status)
        return status;
    for (size_t v = 0; v < model->n_vertices; v++)
        ws->scratch[v] = ws->rigidity[v] * ws->rigidity[v] * (1.0 - hand_share(model, v));
    memcpy(form->v_shaped, ws->state.v, model->n_vertices * sizeof *form->v_shaped);
    memcpy(form->J, ws->state.frames.J, sizeof form->J);
    status = oik_body_unpose_solve(form->v_subject, ws->unpose, ws->state.v, ws->state.y, target->x, &ws->state.frames, ws->scratch,
                                   FORM_SMOOTHNESS, err);
    if (!status)
        take_hands(form->v_subject, ws, target->x);
    return status;
}
