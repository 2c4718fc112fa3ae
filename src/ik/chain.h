/**
 * The kinematic chain of one subject: segments joined by hinges in sequence, with ranges of motion.
 *
 * Forward kinematics of joint i (parent segment p, child segment c = i), q its coordinates:
 *
 *   R_c = R_p  A_i  Rot(a_1, q_1) Rot(a_2, q_2) Rot(a_3, q_3)  B_i^T
 *   joint centre = o_p + R_p s_i,      o_c = joint centre - R_c b_i
 *
 * A_i, B_i: joint frame in the parent's and the child's segment frame; s_i, b_i: joint centre in the parent's and child's
 * segment frame [m]. The root joint has ground as parent (R_p = I, o_p = 0). Translations are added to the joint centre along axes of
 * the joint frame A: three of the root, or those of any other joint (a knee that glides).
 *
 * A dependent coordinate follows an independent one by a polynomial (oik_dof.n_coefficients > 0); it has no unknown of its own.
 */
#ifndef OIK_IK_CHAIN_H
#define OIK_IK_CHAIN_H

#include "skeleton/kinematics.h"

typedef struct oik_chain_joint {
    char name[OIK_NAME_LENGTH];
    int parent;             /**< segment, -1 = ground */
    oik_joint_kind kind;
    oik_mat3 A, B;          /**< joint frame in parent's and child's segment frame */
    oik_vec3 s, b;          /**< centre in parent's and child's segment frame [m] */
    int first_dof, n_rotations, n_translations;
} oik_chain_joint;

typedef struct oik_chain {
    int n_segments;                       /**< = number of joints; joint i moves segment i */
    char (*segment_names)[OIK_NAME_LENGTH];
    oik_chain_joint *joints;              /**< n_segments, parents first */
    int n_dofs;
    oik_dof *dofs;                        /**< n_dofs */
} oik_chain;

/** Pose of every segment and every joint centre for given coordinates. */
typedef struct oik_chain_pose {
    double *q;         /**< n_dofs, the coordinates with the dependent ones filled in [rad], [m] */
    double *factor;    /**< n_dofs, dq / dq_master of a dependent coordinate, 1 of an independent one */
    oik_mat3 *R;       /**< n_segments, segment frame -> world */
    oik_vec3 *origin;  /**< n_segments [m] */
    oik_vec3 *centre;  /**< n_segments, centre of the joint that moves segment i [m] */
    oik_vec3 *axis;    /**< n_dofs, world direction of each degree of freedom's axis */
} oik_chain_pose;

/**
 * Subject-specific chain from the evaluated lying skeleton. At the lying skeleton's own coordinates (which are computed, see
 * q_rest) forward kinematics gives back the lying skeleton exactly: what a hinge or universal joint cannot express there is
 * kept as a fixed offset in B.
 *
 * Rotations at rest are oik_dof.rest where both joint frames are neutral, else measured, and may then lie outside their range.
 * Translations are always measured, from the parent's origin along the joint frame: a root's are its place on the ground.
 * A dependent coordinate takes what its master at rest gives it.
 *
 * @param[out] q_rest n_dofs coordinates of the lying skeleton, free it (may be NULL)
 * @return OIK_E_MODEL naming the joint when the tree, an axis, a range, a coupling or a frame is ill-formed; OIK_E_NOT_FINITE;
 *         OIK_E_MEMORY. Outputs are NULL on error.
 */
oik_status oik_chain_new(oik_chain **out, double **q_rest, const oik_kinematics *lying, oik_error *err);
void oik_chain_free(oik_chain *chain);

/**
 * Check everything that the functions on chains take for granted, for chains that were not made by oik_chain_new.
 *
 * Joints: parents first, frames rotations, all finite, first_dof consecutive, up to 3 rotations, then up to 3 translations.
 * Coordinates: axes unit, ranges finite and ordered. Couplings: up to OIK_MAX_COUPLING finite coefficients; the master is another,
 * independent coordinate of the chain, before or behind (the scapula follows the elevation of the arm, whose joint lies further
 * out); its range is mapped into the follower's own range to within 1e-3 (rad or m: ranges are often written in degrees with one
 * decimal), seen at 65 values. So a follower's range holds wherever its master's does, and nothing else has to guard it.
 *
 * @return OIK_E_MODEL naming the joint or coordinate; OIK_E_NOT_FINITE naming the joint. O(n_dofs), allocates nothing.
 */
oik_status oik_chain_check(const oik_chain *chain, oik_error *err);

/** Fill the dependent coordinates of q (n_dofs) from their masters; the others stay. O(n_dofs), allocates nothing. */
void oik_chain_complete(double *q, const oik_chain *chain);

oik_status oik_chain_pose_new(oik_chain_pose **out, const oik_chain *chain, oik_error *err);
void oik_chain_pose_free(oik_chain_pose *pose);

/**
 * Forward kinematics; allocates nothing; O(n_dofs).
 * @param[in] q n_dofs; dependent coordinates are not read: what their masters give them is in pose->q
 */
void oik_chain_forward(oik_chain_pose *pose, const oik_chain *chain, const double *q);

#endif
