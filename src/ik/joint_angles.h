/**
 * Rotation of one joint from its coordinates, and back.
 *
 *   E = Rot(a_1, q_1) Rot(a_2, q_2) ... Rot(a_n, q_n),   n = 0 .. 3 rotations, body-fixed in listed order
 *
 * The way back is closed-form for 1 to 3 axes of any directions, orders and signs (Cardan and Euler sequences among them).
 */
#ifndef OIK_IK_JOINT_ANGLES_H
#define OIK_IK_JOINT_ANGLES_H

#include "skeleton/kinematics.h"

/** @param[in] n 0 .. 3 rotational degrees of freedom at dofs; q: n [rad]. O(n), allocates nothing. */
oik_mat3 oik_joint_rotation(const oik_dof *dofs, int n, const double *q);

/**
 * Coordinates whose rotation is E, ranges of motion left aside. With 3 axes the one of the two solutions nearest to reference;
 * with fewer the nearest rotation about one axis (the twist of E), or for 2 axes the 3-axis solution without its rotation
 * about a_1 x a_2, improved until it no longer moves. In a gimbal position q_1 is that of reference.
 *
 * @param[out] q         n [rad], each within pi of its reference
 * @param[in]  reference n [rad]
 * Allocates nothing; about 1 us.
 * Source: Shuster & Markley, J. Astronautical Sciences 51 (2003) 123 (Davenport angles); extended to axes that are not orthogonal.
 */
void oik_joint_angles(double *q, const oik_dof *dofs, int n, oik_mat3 E, const double *reference);

/**
 * Coordinates inside the ranges of motion whose rotation is near E: each closed-form solution is clamped and every coordinate is
 * then set to its own constrained optimum in turn (exact for a clamped cosine) until none moves; the better result wins, and of
 * two exact ones that nearer to the middles of the ranges.
 * Exact when E is in reach; when it is not, a good start but not always the nearest rotation.
 */
void oik_joint_angles_in_range(double *q, const oik_dof *dofs, int n, oik_mat3 E);

#endif
