/** Tree-wise closed-form solution of one frame (see frame_start.h). */
#include "ik/frame_start.h"

#include <string.h>

#include "base/rot.h"
#include "ik/joint_angles.h"

/**
 * Weight of the measured direction from joint p to joint c: of the link itself, and of the two centres' positions, whose term
 * w |p - p^|^2 / L^2 grows with a turn of the link as w (l / L)^2 |d - d^|^2.
 */
static double direction_weight(const oik_frame_residuals *f, int p, int c, double length) {
    double ratio = length / f->terms->length_scale;
    double both = fmin(oik_target_centre_weight(f->target, p), oik_target_centre_weight(f->target, c));
    return oik_target_link_weight(f->target, f->chain, c) + both * ratio * ratio;
}

/** 2 w d^ u^T for the link from joint i to the child joint c. */
static oik_mat3 link_evidence(double *weight, const oik_frame_residuals *f, int i, int c) {
    oik_vec3 link = v3_sub(f->chain->joints[c].s, f->chain->joints[i].b);
    double length = v3_norm(link);
    *weight = direction_weight(f, i, c, length);
    if (*weight == 0.0 || length == 0.0)
        return m3_scale(m3_identity(), *weight = 0.0);
    oik_vec3 measured = v3_unit(v3_sub(f->target->centre[c], f->target->centre[i]));
    return m3_outer(v3_scale(measured, 2.0 * *weight), v3_scale(link, 1.0 / length));
}

oik_mat3 oik_frame_segment_estimate(bool *found, const oik_frame_residuals *f, int i, oik_mat3 predicted) {
    const double faith = 1e-6; /* in the prediction, relative to the directions: it only fills what they leave open */
    double w = oik_target_R_weight(f->target, i), total = w;
    oik_mat3 evidence = m3_scale(w > 0.0 ? f->target->R[i] : m3_identity(), w);
    for (int c = i + 1; c < f->chain->n_segments; c++) {
        if (f->chain->joints[c].parent != i)
            continue;
        double weight;
        evidence = m3_add(evidence, link_evidence(&weight, f, i, c));
        total += weight;
    }
    if (found)
        *found = total > 0.0;
    if (w == 0.0)
        evidence = m3_add(evidence, m3_scale(predicted, faith * total));
    return total > 0.0 ? oik_rot_nearest(evidence) : predicted;
}

static void start_joint(double *q, oik_frame_residuals *f, int i) {
    const oik_chain_joint *joint = &f->chain->joints[i];
    const oik_dof *dofs = f->chain->dofs + joint->first_dof;
    oik_mat3 F = joint->parent < 0 ? joint->A : m3_mul(f->pose->R[joint->parent], joint->A);
    oik_mat3 at_rest = oik_joint_rotation(dofs, joint->n_rotations, f->rest + joint->first_dof);
    bool found;
    oik_mat3 R = oik_frame_segment_estimate(&found, f, i, m3_mul(m3_mul(F, at_rest), m3_transpose(joint->B)));
    if (found)
        oik_joint_angles_in_range(q + joint->first_dof, dofs, joint->n_rotations, m3_mul(m3_tmul(F, R), joint->B));
    oik_chain_complete(q, f->chain);
    oik_mat3 E = oik_joint_rotation(dofs, joint->n_rotations, q + joint->first_dof);
    f->pose->R[i] = m3_mul(m3_mul(F, E), m3_transpose(joint->B));
}

/** Mean of measured minus computed joint centres; false when none is measured. */
static bool mean_offset(oik_vec3 *offset, const oik_frame_residuals *f) {
    double total = 0.0;
    *offset = v3(0, 0, 0);
    for (int i = 0; i < f->chain->n_segments; i++) {
        double w = oik_target_centre_weight(f->target, i);
        if (w == 0.0)
            continue;
        *offset = v3_madd(*offset, w, v3_sub(f->target->centre[i], f->pose->centre[i]));
        total += w;
    }
    if (total > 0.0)
        *offset = v3_scale(*offset, 1.0 / total);
    return total > 0.0;
}

static void start_translations(double *q, oik_frame_residuals *f) {
    oik_vec3 offset;
    oik_chain_forward(f->pose, f->chain, q);
    if (!mean_offset(&offset, f))
        return;
    for (int k = 0; k < f->chain->joints[0].n_translations; k++) {
        int d = f->chain->joints[0].first_dof + f->chain->joints[0].n_rotations + k;
        const oik_dof *dof = &f->chain->dofs[d];
        q[d] = fmin(fmax(q[d] + v3_dot(f->pose->axis[d], offset), dof->lower), dof->upper);
    }
}

void oik_frame_tree_start(double *q, oik_frame_residuals *f) {
    memcpy(q, f->rest, (size_t)f->chain->n_dofs * sizeof *q);
    for (int i = 0; i < f->chain->n_segments; i++)
        start_joint(q, f, i);
    start_translations(q, f);
}
