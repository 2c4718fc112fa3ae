/**
 * Joints of a rig in the terms of MJCF and URDF, which have no joint frame in the child: all is seen from the frame that the child has
 * where its coordinates are zero.
 *
 *   R = R_p A Rot(a_1, q_1) Rot(a_2, q_2) Rot(a_3, q_3) B^T = R_p R_0 Rot(B a_1, q_1) Rot(B a_2, q_2) Rot(B a_3, q_3),   R_0 = A B^T
 *   o = o_p + R_p s + R_p R_0 (translations along B a)
 *
 * Translations come before rotations there, for an axis is fixed in what the joints listed before it have moved.
 */
#ifndef OIK_EXPORT_RIG_JOINT_H
#define OIK_EXPORT_RIG_JOINT_H

#include "rig/rig.h"

/** Number of a body's coordinates. */
int oik_rig_n_coordinates(const oik_rig_body *body);

/** The k-th of them, translations first: an index of oik_rig.dofs and of a frame's q. */
int oik_rig_coordinate(const oik_rig_body *body, int k);

/** R_0: the body's frame in its parent's where its coordinates are zero. */
oik_mat3 oik_rig_zero_rotation(const oik_rig_body *body);

/** B a: axis of a coordinate of the body. */
oik_vec3 oik_rig_axis(const oik_rig_body *body, const oik_dof *dof);

typedef struct oik_rig_range {
    double lower, upper; /**< [rad] or [m] */
} oik_rig_range;

/**
 * Range of coordinate d, widened to where the motion takes it: a simulation would push the subject out of such a pose else.
 * O(n_frames).
 */
oik_rig_range oik_rig_coordinate_range(const oik_rig *rig, int d);

#endif
