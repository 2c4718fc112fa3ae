/** The room between two bones, measured on their meshes. */
#ifndef TESTS_SUPPORT_BONE_GAPS_H
#define TESTS_SUPPORT_BONE_GAPS_H

#include <stdbool.h>

#include "base/vec3.h"
#include "mesh/locate.h"

/** A bone's mesh with its search grid. */
typedef struct bone_surface {
    const oik_vec3 *v; /**< n vertices [m] */
    size_t n;
    oik_locator *locator;
    oik_vec3 low, high; /**< bounding box [m] */
} bone_surface;

/** Where a gap is measured: a box in a frame [m]. */
typedef struct gap_region {
    oik_mat3 axes;   /**< columns: axes of the frame */
    oik_vec3 origin; /**< [m] */
    oik_vec3 low, high;
} gap_region;

/** Ends the test when memory is short. v stays the caller's and must stay where it is. */
bone_surface bone_surface_new(const oik_vec3 *v, size_t n, const int32_t (*faces)[3], size_t n_faces);
void bone_surface_free(bone_surface *surface);

/** Distance of bones that are not near each other [m]. */
#define GAP_FAR 0.1

/**
 * Least distance of the vertices of a from b, negative where they have entered it: minus the greatest depth [m]; GAP_FAR when there is none.
 * @param[in] region only vertices in it count; NULL: all
 * @param[in] margin only vertices count that are in b's bounding box or so near to it [m]
 */
double surface_gap_from(const bone_surface *a, const bone_surface *b, const gap_region *region, double margin);

/** The same both ways. */
double surface_gap(const bone_surface *a, const bone_surface *b, const gap_region *region, double margin);

#endif
