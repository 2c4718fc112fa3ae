/**
 * Derivatives of forward kinematics with respect to the independent coordinates.
 *
 *   d theta_s / d q_k = a_k for a rotation, 0 for a translation           (R_s -> exp(d theta) R_s, world frame)
 *   d x / d q_k       = a_k x (x - c_k) for a rotation, a_k for a translation
 *
 * for every coordinate k on the path from ground to segment s (0 for all others), with a_k its world axis, c_k the centre of its
 * joint and x a point carried by s. The centre of joint i is a point of segment i: its own rotations leave it where it is.
 *
 * The motion of a dependent coordinate m(q_k) on the path is added to the column of its master k, times dm / dq_k. So a column
 * may stand for a coordinate that does not lie on the path itself (the scapula follows the elevation of the arm).
 */
#ifndef OIK_IK_CHAIN_JACOBIAN_H
#define OIK_IK_CHAIN_JACOBIAN_H

#include "ik/chain.h"

/** A dependent coordinate on the path of a segment. */
typedef struct oik_follower {
    int column; /**< of its master, in dof */
    int dof, joint;
    bool replaces; /**< the master is not on the path: its own motion is none, this follower is the first of its column */
} oik_follower;

/**
 * The independent coordinates that move each segment, in ascending order: those of segment s are dof[start[s]] ..
 * dof[start[s + 1] - 1]. Every column of a joint's parent is a column of the joint's segment too.
 */
typedef struct oik_chain_paths {
    int *start;  /**< n_segments + 1 */
    int *dof;    /**< start[n_segments] */
    int *joint;  /**< start[n_segments], joint of each coordinate in dof; it may lie off the path, see oik_follower */
    int longest; /**< length of the longest path */
    int *follower_start;    /**< n_segments + 1: followers of segment s are follower[follower_start[s]] .. */
    oik_follower *follower; /**< follower_start[n_segments] */
} oik_chain_paths;

oik_status oik_chain_paths_new(oik_chain_paths **out, const oik_chain *chain, oik_error *err);
void oik_chain_paths_free(oik_chain_paths *paths);

/**
 * World rotation of one segment per unit of each coordinate on its path.
 * @param[out] J    path length [rad / rad or 0]
 * @param[in]  pose filled by oik_chain_forward
 * O(path), allocates nothing.
 */
void oik_chain_rotation_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths,
                                 const oik_chain_pose *pose, int segment);

/**
 * Motion of a point carried by one segment per unit of each coordinate on its path.
 * @param[out] J     path length [m / rad] or [m / m]
 * @param[in]  point world position [m]; pose->centre[segment] for the joint centre, pose->origin[segment] for the origin
 */
void oik_chain_point_jacobian(oik_vec3 *J, const oik_chain *chain, const oik_chain_paths *paths, const oik_chain_pose *pose,
                              int segment, oik_vec3 point);

#endif
