/** Closed-form start of the registration: one weighted Procrustes fit per joint. */
#include "body/register_start.h"

#include "base/rot.h"

/**
 * Share from which a joint dominates a vertex. Below one half, so that joints between two broad blends (spine, collars)
 * have vertices as well.
 */
static const double DOMINANT_SHARE = 0.4;

/** Shares of joint j in the vertices it dominates, 0 elsewhere. */
static void dominated(double *w, const oik_body_model *model, int j) {
    for (size_t i = 0; i < model->n_vertices; i++) {
        w[i] = 0.0;
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++)
            if (model->influence_joint[e] == j && model->influence_weight[e] > DOMINANT_SHARE)
                w[i] = model->influence_weight[e];
    }
}

oik_status oik_body_register_start(oik_body_pose *pose, const oik_body_model *model, const oik_vec3 *x, double *scratch,
                                   oik_error *err) {
    oik_mat3 G[OIK_N_JOINTS];
    oik_vec3 J[OIK_N_JOINTS];
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j];
        oik_rigid fit;
        dominated(scratch, model, j);
        oik_status status =
            oik_rigid_fit(&fit, model->template_v, x, scratch, model->n_vertices, 0, q < 0 ? err : NULL);
        if (status && (q < 0 || status != OIK_E_SHAPE))
            return status;
        G[j] = status ? G[q] : fit.R;
        pose->R[j] = q < 0 ? G[j] : m3_tmul(G[q], G[j]);
    }
    oik_body_joints(J, model, x);
    pose->tau = v3_sub(J[0], model->joints[0]);
    return OIK_OK;
}
