/** A made-up motion of two segments for the tests of exporters. */
#ifndef TESTS_SUPPORT_TINY_MOTION_H
#define TESTS_SUPPORT_TINY_MOTION_H

#include "ik/motion.h"

/**
 * Frames every 0.5 s. Segment pelvis turns 90 deg/s about y (pelvis_rotation, range -720 to 720 deg) and shifts by t^2 along x
 * (pelvis_tx); segment femur_r, 1 m below, has a knee of 0 deg, which is its lower bound, in even frames, 30 deg in odd ones.
 * Only link directions are measured, with an error of 1 deg in frame 0 and none of them in the others.
 * The chain is static. NULL when out of memory.
 */
oik_ik_motion *tiny_motion_new(int n_frames);

/** Bytes of the two files are the same; fails the test otherwise. */
void tiny_motion_expect_same_file(const char *path_a, const char *path_b);

/** The file holds the text; fails the test otherwise. */
void tiny_motion_expect_text(const char *path, const char *text);

#endif
