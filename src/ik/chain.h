/**
 * The kinematic chain of one subject: segments joined by hinges in sequence, with ranges of motion.
 *
 * Forward kinematics of joint i (parent segment p, child segment c = i), q its coordinates:
 *
 *   R_c = R_p  A_i  Rot(a_1, q_1) Rot(a_2, q_2) Rot(a_3, q_3)  B_i^T
 *   joint centre = o_p + R_p s_i,      o_c = joint centre - R_c b_i
 *
 * A_i, B_i: joint frame in the parent's and the child's segment frame; s_i, b_i: joint centre in the parent's and child's
 * segment frame [m]. The root joint has ground as parent (R_p = I, o_p = 0) and three translations added to its centre.
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
 *
 * @param[out] q_rest n_dofs coordinates of the lying skeleton, free it (may be NULL)
 * @return OIK_E_MODEL naming the joint when the tree, an axis, a range or a frame is ill-formed; OIK_E_NOT_FINITE; OIK_E_MEMORY.
 *         Outputs are NULL on error.
 */
oik_status oik_chain_new(oik_chain **out, double **q_rest, const oik_kinematics *lying, oik_error *err);
void oik_chain_free(oik_chain *chain);

oik_status oik_chain_pose_new(oik_chain_pose **out, const oik_chain *chain, oik_error *err);
void oik_chain_pose_free(oik_chain_pose *pose);

/** Forward kinematics; allocates nothing; O(n_dofs). */
void oik_chain_forward(oik_chain_pose *pose, const oik_chain *chain, const double *q);

#endif
