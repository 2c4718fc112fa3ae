/** Closed-form start of the registration. */
#ifndef OIK_BODY_REGISTER_START_H
#define OIK_BODY_REGISTER_START_H

#include "body/body_model.h"

/**
 * Pose of the template that fits x joint by joint, from any orientation and position.
 *
 *   G_j = argmin_G sum_v w_vj |G v + t - x_v|^2  over the vertices that joint j dominates,   R_j = G_parent^T G_j,
 *   tau = (R x)_0 - J_0
 *
 * A joint that dominates too few vertices for a rotation follows its parent.
 * @param[out] pose
 * @param[in]  x       n_vertices [m]
 * @param      scratch n_vertices
 * @return OIK_OK; OIK_E_SHAPE when the vertices of the root have no extent; OIK_E_NOT_FINITE. Allocates nothing; O(24 n).
 */
oik_status oik_body_register_start(oik_body_pose *pose, const oik_body_model *model, const oik_vec3 *x, double *scratch,
                                   oik_error *err);

#endif
