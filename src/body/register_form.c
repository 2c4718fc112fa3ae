/**
 * Form of a subject (see the header).
 *
 *   symbol  code
 *   r_v     rigidity
 *   s_vj    oik_body_subtree_share
 */
#include "body/register_form.h"

#include <string.h>

/** sigma_f relative to sigma: with free joints lengths show in the skin of one segment only, and the prior must not shorten them. */
static const double FORM_SIGMA = 0.5;

/** rho_o: 30 mm of shift cost as much as 0.9 mm of residual over the whole skin. */
static const double SHIFT_PRIOR = 0.03;

/** mu_f, smooth over some 5 edges of the mesh, a hand's breadth on trunk and limbs. */
static const double FORM_SMOOTHNESS = 100.0;

void oik_body_form_weights(double *rigidity, double *weight, const oik_body_model *model, const double *area) {
    double sum = 0.0;
    for (size_t v = 0; v < model->n_vertices; v++) {
        rigidity[v] = 1.0;
        for (int l = 0; l < OIK_BODY_N_LIMB_JOINTS; l++) {
            double s = oik_body_subtree_share(model, v, oik_body_limb_joints[l]);
            rigidity[v] *= (1.0 - 2.0 * s) * (1.0 - 2.0 * s);
        }
        sum += weight[v] = area[v] * rigidity[v];
    }
    for (size_t v = 0; v < model->n_vertices; v++)
        weight[v] /= sum;
}

/** The rest skin that was found without free joints. */
static void take_subject(oik_body_rest *form, const oik_body_register *ws) {
    size_t size = ws->model->n_vertices * sizeof(oik_vec3);
    memcpy(form->v_shaped, ws->state.v, size);
    memcpy(form->v_subject, ws->subject, size);
    memcpy(form->J, ws->state.frames.J, sizeof form->J);
}

/** Fingers bend at joints that the model does not have, which D does not: hands are those of the un-posed skin, at the wrists of the form. */
static void take_hands(oik_body_rest *form, const oik_body_register *ws, const oik_vec3 J_subject[OIK_N_JOINTS]) {
    static const int wrists[2] = {OIK_J_WRIST_L, OIK_J_WRIST_R};
    for (int side = 0; side < 2; side++) {
        oik_vec3 shift = v3_sub(form->J[wrists[side]], J_subject[wrists[side]]);
        for (size_t v = 0; v < ws->model->n_vertices; v++) {
            double share = oik_body_subtree_share(ws->model, v, wrists[side]);
            form->v_subject[v] = v3_lerp(form->v_subject[v], v3_add(ws->subject[v], shift), share);
        }
    }
}

oik_status oik_body_register_form(oik_body_rest *form, oik_body_register *ws, const oik_body_target *target,
                                  const oik_body_register_options *options, oik_error *err) {
    const oik_body_model *model = ws->model;
    oik_body_register_options quiet = *options;
    oik_body_target loose = *target;
    oik_vec3 J_subject[OIK_N_JOINTS];
    int n_iterations;
    bool converged;
    if (model->n_features || target->n_modes == 0) {
        take_subject(form, ws);
        return OIK_OK;
    }
    memcpy(J_subject, ws->state.frames.J, sizeof J_subject);
    quiet.on_step = NULL;
    loose.area = ws->form_weight;
    loose.shape_sigma *= FORM_SIGMA;
    loose.shifts = true;
    loose.shift_prior = SHIFT_PRIOR;
    memset(ws->state.shift, 0, sizeof ws->state.shift);
    oik_status status = oik_body_minimise(&n_iterations, &converged, ws, &loose, &quiet, err);
    if (status)
        return status;
    for (size_t v = 0; v < model->n_vertices; v++)
        ws->scratch[v] = ws->rigidity[v] * ws->rigidity[v];
    memcpy(form->v_shaped, ws->state.v, model->n_vertices * sizeof *form->v_shaped);
    memcpy(form->J, ws->state.frames.J, sizeof form->J);
    status = oik_body_unpose_solve(form->v_subject, ws->unpose, ws->state.v, ws->state.y, target->x, &ws->state.frames, ws->scratch,
                                   FORM_SMOOTHNESS, err);
    if (!status)
        take_hands(form, ws, J_subject);
    return status;
}
