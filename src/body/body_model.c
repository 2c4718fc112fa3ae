/**
 * The body model: shape, joints, forward kinematics, pose correctives and linear blend skinning.
 *
 *   symbol  code
 *   w_vj    influence_weight[e], j = influence_joint[e], e from influence_start[v] to influence_start[v + 1]
 *   G_j     frames->G[j]
 *   t_j     p_j - G_j J_j, so that x_v = sum_j w_vj (G_j v + t_j)
 */
#include "body/body_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "body/correctives.h"

void oik_body_model_free(oik_body_model *model) {
    if (!model)
        return;
    free(model->template_v);
    free(model->faces);
    free(model->modes);
    free(model->mode_precision);
    free(model->influence_start);
    free(model->influence_joint);
    free(model->influence_weight);
    free(model->mirror);
    free(model->part);
    free(model->regressor_vertex);
    free(model->regressor_value);
    free(model->mode_joints);
    free(model->correctives);
    free(model);
}

oik_status oik_body_model_derive(oik_body_model *model, oik_error *err) {
    free(model->mode_joints);
    model->mode_joints = oik_new(model->n_modes, OIK_N_JOINTS * sizeof *model->mode_joints, err);
    if (!model->mode_joints)
        return OIK_E_MEMORY;
    oik_body_joints(model->joints, model, model->template_v);
    for (size_t k = 0; k < model->n_modes; k++)
        oik_body_joints(model->mode_joints + k * OIK_N_JOINTS, model, model->modes + k * model->n_vertices);
    return OIK_OK;
}

/** y += sum_k beta_k d_k for n_modes fields d of n points each */
static void add_modes(oik_vec3 *y, size_t n, const oik_vec3 *d, const double *beta, size_t n_modes) {
    for (size_t k = 0; k < n_modes; k++)
        for (size_t i = 0; i < n; i++)
            y[i] = v3_madd(y[i], beta[k], d[k * n + i]);
}

void oik_body_shape(oik_vec3 *v, const oik_body_model *model, const double *beta) {
    memcpy(v, model->template_v, model->n_vertices * sizeof *v);
    if (beta)
        add_modes(v, model->n_vertices, model->modes, beta, model->n_modes);
}

void oik_body_joints(oik_vec3 J[OIK_N_JOINTS], const oik_body_model *model, const oik_vec3 *v) {
    for (size_t j = 0; j < OIK_N_JOINTS; j++) {
        J[j] = v3(0, 0, 0);
        for (size_t e = model->regressor_start[j]; e < model->regressor_start[j + 1]; e++)
            J[j] = v3_madd(J[j], model->regressor_value[e], v[model->regressor_vertex[e]]);
    }
}

void oik_body_shape_joints(oik_vec3 J[OIK_N_JOINTS], const oik_body_model *model, const double *beta) {
    memcpy(J, model->joints, sizeof model->joints);
    if (beta)
        add_modes(J, OIK_N_JOINTS, model->mode_joints, beta, model->n_modes);
}

oik_body_pose oik_body_pose_rest(void) {
    oik_body_pose pose = {.tau = {0, 0, 0}};
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose.R[j] = m3_identity();
    return pose;
}

void oik_body_forward(oik_body_frames *frames, const oik_body_model *model, const oik_vec3 J[OIK_N_JOINTS],
                      const oik_body_pose *pose) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j];
        frames->J[j] = J[j];
        frames->G[j] = q < 0 ? pose->R[j] : m3_mul(frames->G[q], pose->R[j]);
        frames->p[j] = q < 0 ? v3_add(J[j], pose->tau)
                             : v3_add(frames->p[q], m3_mulv(frames->G[q], v3_sub(J[j], J[q])));
    }
    memset(frames->feature, 0, sizeof frames->feature);
    oik_features_of_rotations(frames->feature, model->corrective_kind, pose->R);
}

void oik_body_correct(oik_vec3 *y, const oik_body_model *model, const oik_vec3 *v, const oik_body_frames *frames) {
    memmove(y, v, model->n_vertices * sizeof *y);
    add_modes(y, model->n_vertices, model->correctives, frames->feature, model->n_features);
}

/** x += w (G v + t) */
static oik_vec3 add_moved(oik_vec3 x, double w, const oik_mat3 *G, oik_vec3 v, oik_vec3 t) {
    return v3_madd(x, w, v3_add(m3_mulv(*G, v), t));
}

void oik_body_skin(oik_vec3 *x, const oik_body_model *model, const oik_vec3 *v, const oik_body_frames *frames) {
    oik_vec3 t[OIK_N_JOINTS];
    for (int j = 0; j < OIK_N_JOINTS; j++)
        t[j] = v3_sub(frames->p[j], m3_mulv(frames->G[j], frames->J[j]));
    if (model->n_features) {
        oik_body_correct(x, model, v, frames);
        v = x;
    }
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 sum = v3(0, 0, 0);
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++) {
            int j = model->influence_joint[e];
            sum = add_moved(sum, model->influence_weight[e], &frames->G[j], v[i], t[j]);
        }
        x[i] = sum;
    }
}

oik_mat3 oik_body_blend(const oik_body_model *model, size_t vertex, const oik_body_frames *frames) {
    oik_mat3 M = {{{0}}};
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++)
        M = m3_add(M, m3_scale(frames->G[model->influence_joint[e]], model->influence_weight[e]));
    return M;
}

oik_mat3 oik_body_vertex_rotation(const oik_body_model *model, size_t vertex, const oik_body_frames *frames) {
    return oik_rot_nearest(oik_body_blend(model, vertex, frames));
}
