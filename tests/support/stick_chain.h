/** A made-up chain of a standing body for tests of motions: 19 joints, 31 rotations and 3 translations, left mirroring right. */
#ifndef TESTS_SUPPORT_STICK_CHAIN_H
#define TESTS_SUPPORT_STICK_CHAIN_H

#include "ik/markers.h"

/** Joints by number; those without a rotation only mark the end of a limb. */
typedef enum stick_joint {
    STICK_PELVIS, STICK_HIP_R, STICK_KNEE_R, STICK_ANKLE_R, STICK_HIP_L, STICK_KNEE_L, STICK_ANKLE_L, STICK_SPINE, STICK_CHEST,
    STICK_NECK, STICK_HEAD, STICK_CLAVICLE_L, STICK_SHOULDER_L, STICK_ELBOW_L, STICK_WRIST_L, STICK_CLAVICLE_R, STICK_SHOULDER_R,
    STICK_ELBOW_R, STICK_WRIST_R, STICK_N_JOINTS
} stick_joint;

enum { STICK_N_DOFS = 34 };

/**
 * Root of six coordinates, hips and shoulders of three (shoulders, whose middle angle passes 90 degrees, through a gimbal position),
 * two trunk joints of three by a few degrees, neck and clavicles of two, knees and elbows of one whose bound is 0 (straight).
 * All coordinates are 0 in the upright posture with hanging arms. Y up, left on +x, facing +z. NULL when out of memory.
 */
oik_chain *stick_chain_new(void);

/**
 * Markers at the centres of all joints but spine and clavicles (16; keypoint = index), and the links along limbs and trunk.
 * NULL when out of memory.
 */
oik_markers *stick_markers_new(const oik_chain *chain);

#endif
