/** A rig as others use it: freeing and forward kinematics (see rig.h). */
#include "rig/rig.h"

#include <stdlib.h>

#include "ik/joint_angles.h"

void oik_rig_free(oik_rig *rig) {
    if (!rig)
        return;
    for (int b = 0; rig->bones && b < rig->n_bones; b++) {
        free(rig->bones[b].vertices);
        free(rig->bones[b].faces);
    }
    free(rig->bodies);
    free(rig->dofs);
    free(rig->bones);
    free(rig->markers);
    free(rig->skin.vertices);
    free(rig->skin.faces);
    free(rig->skin.body);
    free(rig->skin.weight);
    free(rig->time);
    free(rig->q);
    free(rig);
}

/** Sum of the translations of a body's joint, in its joint frame. */
static oik_vec3 shift(const oik_rig_body *body, const oik_dof *dofs, const double *q) {
    oik_vec3 sum = v3(0, 0, 0);
    for (int k = body->n_rotations; k < body->n_rotations + body->n_translations; k++)
        sum = v3_madd(sum, q[k], dofs[k].axis);
    return sum;
}

void oik_rig_forward(oik_mat3 *R, oik_vec3 *o, const oik_rig *rig, const double *q) {
    for (int i = 0; i < rig->n_bodies; i++) {
        const oik_rig_body *body = &rig->bodies[i];
        const oik_dof *dofs = rig->dofs + body->first_dof;
        const double *q_i = q + body->first_dof;
        bool root = body->parent < 0;
        oik_mat3 R_p = root ? m3_identity() : R[body->parent];
        oik_vec3 o_p = root ? v3(0, 0, 0) : o[body->parent];
        oik_mat3 E = oik_joint_rotation(dofs, body->n_rotations, q_i);
        R[i] = m3_mul(m3_mul(R_p, m3_mul(body->A, E)), m3_transpose(body->B));
        o[i] = v3_add(o_p, m3_mulv(R_p, v3_add(body->s, m3_mulv(body->A, shift(body, dofs, q_i)))));
    }
}
