/** A tree of axis-aligned boxes over triangles, for the nearest point. Behind locate.h. */
#ifndef OIK_MESH_BOX_TREE_H
#define OIK_MESH_BOX_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

/** A node covers the triangles order[first .. first + n - 1]; its children halve that list. */
typedef struct oik_box_node {
    oik_vec3 lo, hi;
    int32_t first, n; /**< n = 0: inner node */
    int32_t right;    /**< the left child is the next node in the list */
} oik_box_node;

typedef struct oik_box_tree {
    oik_box_node *nodes;
    int32_t n_nodes;
    int32_t *order;         /**< n_faces face indices */
    oik_vec3 (*corners)[3]; /**< n_faces triangles in that order, so that a leaf's corners are neighbours in memory */
} oik_box_tree;

/** Where on its triangle the nearest point is: a corner, a side (from corner k to k + 1) or the inside. */
typedef enum oik_feature {
    OIK_CORNER_0, OIK_CORNER_1, OIK_CORNER_2, OIK_SIDE_0, OIK_SIDE_1, OIK_SIDE_2, OIK_INSIDE
} oik_feature;

typedef struct oik_box_hit {
    oik_vec3 point;
    double square;  /**< squared distance [m^2] */
    int32_t face;
    oik_feature feature;
} oik_box_hit;

/** Build; n_faces is 1 to INT32_MAX. OIK_E_MEMORY. O(n_faces log n_faces) time, O(n_faces) memory. */
oik_status oik_box_tree_init(oik_box_tree *out, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err);
void oik_box_tree_clear(oik_box_tree *tree);

/** The same triangles at other positions, in the same tree; exact, but slower to search the farther they have moved apart. O(n_faces). */
void oik_box_tree_move(oik_box_tree *tree, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces);

/** Nearest point with squared distance at most max_square; 0 when there is none. Allocates nothing; about O(log n_faces). */
int oik_box_tree_nearest(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square);

/**
 * The same among triangles whose unit normal has a product with `direction` below `limit`: those that face against it. Of those that meet in
 * the nearest point, the one with the least product.
 */
int oik_box_tree_nearest_facing(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square, oik_vec3 direction, double limit);

/** Some point with squared distance at most max_square, the first one that is found; 0 when there is none. A fraction of the time. */
int oik_box_tree_any(oik_box_hit *out, const oik_box_tree *tree, oik_vec3 p, double max_square);

#endif
