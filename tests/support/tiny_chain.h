/** A made-up full body chain in a lying pose for tests: 27 segments, 58 coordinates, left mirroring right. */
#ifndef TESTS_SUPPORT_TINY_CHAIN_H
#define TESTS_SUPPORT_TINY_CHAIN_H

#include <stdint.h>

#include "ik/chain.h"

/**
 * Lying kinematics: A-pose, segment frames a few degrees off the joint axes (so that hinges have leftovers), neutral and segment
 * joint frames, oblique ankle, subtalar and elbow axes. NULL when out of memory. Free with tiny_kinematics_free.
 */
oik_kinematics *tiny_kinematics_new(void);
void tiny_kinematics_free(oik_kinematics *kinematics);

/** Index of a coordinate or segment by name, -1 when absent. */
int tiny_find_dof(const oik_chain *chain, const char *name);
int tiny_find_segment(const oik_chain *chain, const char *name);

/** Segment on the other side, itself on the midline. */
int tiny_mirror_segment(const oik_chain *chain, int segment);

/** Mirror images at the sagittal plane x = 0 of a segment frame (z, to the right, stays to the right) and of a point. */
oik_mat3 tiny_mirror_frame(oik_mat3 R);
oik_vec3 tiny_mirror_point(oik_vec3 p);

/** Next number of a fixed sequence, uniform in [lower, upper) (random.h). */
double tiny_uniform(uint64_t *state, double lower, double upper);

/** Coordinates uniform in the ranges shrunk by the share margin (0 .. 0.5) at each end; translations within 2 m. */
void tiny_random_pose(double *q, const oik_chain *chain, double margin, uint64_t *state);

#endif
