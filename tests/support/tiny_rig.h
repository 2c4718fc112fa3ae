/** A made-up rig for the tests of writers: 5 bodies, 16 coordinates, 6 bones, 5 markers, a skin of 16 vertices, 3 frames. */
#ifndef TESTS_SUPPORT_TINY_RIG_H
#define TESTS_SUPPORT_TINY_RIG_H

#include "rig/rig.h"

enum tiny_rig_body { TINY_RIG_PELVIS, TINY_RIG_FEMUR_R, TINY_RIG_TIBIA_R, TINY_RIG_FEMUR_L, TINY_RIG_TORSO, TINY_RIG_BODIES };
enum { TINY_RIG_DOFS = 16, TINY_RIG_BONES = 6, TINY_RIG_MARKERS = 5, TINY_RIG_SKIN = 16, TINY_RIG_FRAMES = 3 };

/**
 * Plain detail, 70 kg, 1.75 m, world as in rig.h. pelvis: free, 3 rotations and 3 translations; hips and back: ball; walker_knee_r: a hinge
 * about an oblique axis, with A and B turned. Bones are boxes, two of them on the pelvis; the tibia's inertia has products.
 * The skin is two closed boxes, one around pelvis and torso and one around the right leg, each vertex carried by one or two bodies.
 * Frames every 0.5 s: neutral posture, hips and knee bent while walking on, all coordinates moved. NULL when out of memory; free with
 * oik_rig_free.
 */
oik_rig *tiny_rig_new(void);

#endif
