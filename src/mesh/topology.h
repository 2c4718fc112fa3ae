/** How the faces of a mesh hang together: edges, boundaries, pieces. Positions play no part. */
#ifndef OIK_MESH_TOPOLOGY_H
#define OIK_MESH_TOPOLOGY_H

#include <stdint.h>

#include "osso_ik.h"

/** One side of one face. The edge is {low, high} with low < high. */
typedef struct oik_half_edge {
    int32_t low, high; /**< vertices */
    int32_t face;
    int32_t corner;    /**< the side runs from corner to corner + 1 (mod 3) of the face */
} oik_half_edge;

/**
 * All sides of all faces, ordered by (low, high, face), so that the faces at one edge are neighbours in the list. Faces that name a vertex
 * twice have no sides here.
 *
 * @param[out] out   malloc'ed, *n entries
 * @param[in]  faces n_faces vertex triples
 * @return OIK_OK; OIK_E_SHAPE when a face index is outside 0 .. n_vertices - 1; OIK_E_MEMORY
 * O(n_faces log n_faces) at worst, O(n_faces) on meshes whose vertices have few faces each.
 */
oik_status oik_half_edges_new(oik_half_edge **out, size_t *n, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                              oik_error *err);

typedef struct oik_topology {
    size_t n_edges;
    size_t n_boundary_edges;     /**< of exactly one face; 0 on a closed surface */
    size_t n_non_manifold_edges; /**< of more than two faces */
    size_t n_inconsistent_edges; /**< of two faces that run along it in the same direction, so that one is inside out */
    size_t n_degenerate_faces;   /**< that name a vertex twice; not counted in anything else */
    size_t n_unused_vertices;    /**< of no face */
    size_t n_components;         /**< pieces connected through shared vertices, unused vertices left out */
    size_t largest_component;    /**< vertices of the largest piece */
    int64_t euler;               /**< used vertices - edges + faces: 2 for each closed surface without handles */
} oik_topology;

/**
 * Count edges, boundaries and pieces. Arguments and errors as for oik_half_edges_new. O(n log n) time, O(n) memory.
 */
oik_status oik_topology_of(oik_topology *out, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err);

/**
 * Number the pieces, largest first (equal sizes: by their first vertex).
 *
 * @param[out] component n_vertices piece numbers from 0, -1 for unused vertices
 * @param[out] sizes     malloc'ed, *n vertex counts, descending
 * Errors as above; outputs are untouched on error. O(n log n).
 */
oik_status oik_mesh_components(int32_t *component, size_t **sizes, size_t *n, size_t n_vertices, const int32_t (*faces)[3],
                               size_t n_faces, oik_error *err);

#endif
