/**
 * Where the travelling points of stitches are while a joint bends (oik_paths of skel_model.h).
 *
 *   Q = (R_base^T R_driver) (R_base^T R_driver)_template^T,   q its quaternion
 *   angle = 2 atan2(q_v . axis, q_w)                            the twist of Q about the joint's axis, in the base's frame
 *   u(angle) = (1 - s) u_k + s u_k+1                            between the two listed angles around it
 */
#ifndef OIK_SKELETON_PATH_H
#define OIK_SKELETON_PATH_H

#include "skeleton/skeleton.h"

/** How far the joint of a path is bent in a placement [rad], -pi to pi. */
double oik_path_angle(const oik_skel_model *model, size_t path, const oik_puppet *puppet);
/** The joint's axis in the frame of the base, unit. */
oik_vec3 oik_path_axis(const oik_skel_model *model, size_t path, const double *shape);
/** Local position on the base at an angle [m]. O(log angles). */
oik_vec3 oik_path_local(const oik_skel_model *model, size_t path, const double *shape, double angle);

#endif
