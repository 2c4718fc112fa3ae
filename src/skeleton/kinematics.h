/**
 * Joint centres, joint axes and segment frames of a skeleton, evaluated from the model's recipes.
 *
 * A recipe is a list of points of the skeleton whose mean is taken, so that it follows shape and pose. Segment frames
 * follow ISB (Wu et al. 2002, 2005): x anterior, y superior, z to the subject's right, as the columns of R.
 */
#ifndef OIK_SKELETON_KINEMATICS_H
#define OIK_SKELETON_KINEMATICS_H

#include "base/vec3.h"
#include "osso_ik.h"

enum { OIK_NAME_LENGTH = 32, OIK_MAX_JOINT_DOFS = 6, OIK_MAX_COUPLING = 5 };

typedef enum oik_joint_kind { OIK_JOINT_FREE, OIK_JOINT_BALL, OIK_JOINT_UNIVERSAL, OIK_JOINT_HINGE } oik_joint_kind;

/** Which axes a joint frame has in the lying skeleton. */
typedef enum oik_frame_kind {
    OIK_FRAME_SEGMENT, /**< those of the segment's own ISB frame */
    OIK_FRAME_NEUTRAL  /**< forward, up, right of the lying skeleton: the neutral posture is the zero of the joint */
} oik_frame_kind;

/** One degree of freedom. A free joint has 3 rotations, then 3 translations. */
typedef struct oik_dof {
    char name[OIK_NAME_LENGTH]; /**< coordinate name after Rajagopal et al. 2016, e.g. "hip_flexion_r" */
    bool translation;
    oik_vec3 axis;       /**< unit, in the joint frame (x forward, y up, z right for a neutral frame) */
    double lower, upper; /**< range of motion [rad] or [m] */
    double rest;         /**< value in the lying skeleton, where both joint frames are neutral; else it is measured */
    /**
     * 0: an independent coordinate. Else the coordinate follows another one (spine levels that share one curve, scapulohumeral
     * rhythm, glide of the knee): q = sum_i coefficient[i] q_master^i, i < n_coefficients.
     */
    int n_coefficients;
    int master;          /**< index of that coordinate in the chain, an independent one */
    double coefficient[OIK_MAX_COUPLING];
    double spread; /**< standard deviation over people's postures [rad]; 0: not known (ik/posture.h) */
} oik_dof;

typedef struct oik_joint {
    char name[OIK_NAME_LENGTH];
    int parent;      /**< segment, -1 = ground */
    int child;       /**< segment */
    oik_joint_kind kind;
    oik_frame_kind parent_frame, child_frame;
    oik_vec3 centre; /**< [m], in the frame of the evaluated skeleton */
    int n_dofs;
    oik_dof dofs[OIK_MAX_JOINT_DOFS]; /**< rotations body-fixed in listed order: R = R_1 R_2 R_3 */
} oik_joint;

typedef struct oik_segment {
    char name[OIK_NAME_LENGTH];
    oik_mat3 R;      /**< segment frame -> evaluated skeleton's frame */
    oik_vec3 origin; /**< [m] */
    double length;   /**< proximal to distal joint centre [m], 0 where it has none */
    double weight;   /**< how well its orientation can be seen from the skin, 0..1 (the clavicle's turn about its length cannot) */
} oik_segment;

/** Evaluated joints and segments of one skeleton in one pose. Segments and joints: parents before children; joint i's child is segment i. */
typedef struct oik_kinematics {
    int n_segments, n_joints;
    oik_segment *segments;
    oik_joint *joints;
} oik_kinematics;

void oik_kinematics_free(oik_kinematics *kinematics);

#endif
