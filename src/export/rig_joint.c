/** Joints of a rig in the terms of MJCF and URDF (see rig_joint.h). */
#include "export/rig_joint.h"

int oik_rig_n_coordinates(const oik_rig_body *body) {
    return body->n_rotations + body->n_translations;
}

int oik_rig_coordinate(const oik_rig_body *body, int k) {
    return body->first_dof + (k < body->n_translations ? body->n_rotations + k : k - body->n_translations);
}

oik_mat3 oik_rig_zero_rotation(const oik_rig_body *body) {
    return m3_mul(body->A, m3_transpose(body->B));
}

oik_vec3 oik_rig_axis(const oik_rig_body *body, const oik_dof *dof) {
    return m3_mulv(body->B, dof->axis);
}

oik_rig_range oik_rig_coordinate_range(const oik_rig *rig, int d) {
    oik_rig_range range = {rig->dofs[d].lower, rig->dofs[d].upper};
    for (int f = 0; f < rig->n_frames; f++) {
        double q = rig->q[(size_t)f * (size_t)rig->n_dofs + (size_t)d];
        range.lower = fmin(range.lower, q);
        range.upper = fmax(range.upper, q);
    }
    return range;
}
