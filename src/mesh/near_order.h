/** Orders of points in which neighbours in the list are neighbours in space. Behind box_tree.h, and for runs of points that are asked about together. */
#ifndef OIK_MESH_NEAR_ORDER_H
#define OIK_MESH_NEAR_ORDER_H

#include <stdint.h>

#include "base/vec3.h"

/**
 * Halve a list of points at the median of the longest axis of their bounds: the first n / 2 entries of order become those with the
 * smaller coordinates, in no particular order.
 * @param[in,out] order n indices of points, n at least 1; may be longer than n and index more points
 * Allocates nothing. O(n).
 */
void oik_halve(int32_t *order, int32_t n, const oik_vec3 *points);

/** Halve the list, and its halves again, down to single points: each run of entries is a small place. O(n log n). */
void oik_near_order(int32_t *order, int32_t n, const oik_vec3 *points);

#endif
