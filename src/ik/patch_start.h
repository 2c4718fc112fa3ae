/** Starts of the published inverse kinematics: the root's heading from the markers of the trunk. */
#ifndef OIK_IK_PATCH_START_H
#define OIK_IK_PATCH_START_H

#include <stdint.h>

#include "ik/markers.h"

/** Where the markers are seen from the root's segment, over the ranges of motion. */
typedef struct oik_marker_places {
    int n_markers;
    oik_vec3 *mean;   /**< n_markers, in the root segment's frame [m] */
    double *variance; /**< n_markers, about the mean [m^2] */
    oik_vec3 *from, *to; /**< work, n_markers */
    double *weight;      /**< work, n_markers */
} oik_marker_places;

/** Next of a fixed sequence of numbers, uniform in [0, 1). Source: Steele, Lea & Flood, OOPSLA 2014 (SplitMix64). */
double oik_patch_uniform(uint64_t *state);

/**
 * Sampled with a fixed sequence of poses: all coordinates uniform in their ranges.
 * @param[out] out owned by the caller; NULL on error
 * @return OIK_E_MEMORY
 */
oik_status oik_marker_places_new(oik_marker_places **out, const oik_chain *chain, const oik_markers *markers, oik_error *err);
void oik_marker_places_free(oik_marker_places *places);

/**
 * Rotational coordinates of the root that turn the mean places onto measured positions (Kabsch), inside their ranges.
 * @param[in,out] q n_dofs; untouched where fewer than 3 markers that are not on a line are measured
 * @param[in]     x,weight n_markers of one frame
 * @return whether it was found. O(n_markers), allocates nothing.
 */
bool oik_patch_root_heading(double *q, const oik_chain *chain, oik_marker_places *places, const oik_vec3 *x, const double *weight);

#endif
