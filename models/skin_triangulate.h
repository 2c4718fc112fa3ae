/**
 * Our own triangulation of the skin's vertices: closed, manifold, genus 0, mirror symmetric, every vertex used.
 *
 * Only the left half is made, as a ball. 1. Delaunay tetrahedra of the left-hand and midline vertices, the latter bent outwards by
 * at most 2 mm so that the sagittal plane is part of the hull. 2. A ball of tetrahedra is grown from the deepest one: a
 * tetrahedron is added only when the ball's boundary stays a 2-sphere (it shares one face and its fourth vertex is new, or two
 * faces and the new edge is not on the boundary), first those inside the surface, then those that reach missing vertices with
 * the least harm. 3. The boundary falls apart into the skin of the left half and the cut, whose faces have three midline
 * vertices; the cut is dropped. 4. Edges are flipped while that makes faces lie better on the surface. 5. The half is mirrored.
 * Growing can lock itself up where a part is thin; so this is done with four jitters of the points, and the result whose faces lie
 * nearest to the surface is kept.
 */
#ifndef OIK_MODELS_SKIN_TRIANGULATE_H
#define OIK_MODELS_SKIN_TRIANGULATE_H

#include "skin_template.h"

/** Triangles that grow and shrink; faces is owned. */
typedef struct oik_skin_faces {
    size_t n, capacity;
    int32_t (*face)[3];
} oik_skin_faces;

/**
 * Boundary of a ball of tetrahedra inside the surface.
 * @param[out] out  faces counter-clockwise from outside; free out->face; vertices it cannot reach are left out
 * @param[in]  x    n points as they are on the surface [m]
 * @param[in]  bent n points given to Delaunay [m]
 */
oik_status oik_skin_grow(oik_skin_faces *out, const oik_vec3 *x, const oik_vec3 *bent, size_t n,
                         const oik_skin_surface *surface, oik_error *err);

/** The vertices of one body: the same faces may serve several. */
typedef struct oik_skin_shape {
    const oik_vec3 *x;      /**< points [m] */
    const oik_vec3 *normal; /**< outward unit normals of the surface there */
} oik_skin_shape;

/**
 * Flip edges while the cost of the two faces, summed over the bodies, falls: deviation from the surface's normals, shape, folds,
 * long edges. An edge is never flipped into one that exists, nor into one between two fixed vertices; an edge with one face stays.
 * @param[in,out] faces    n_faces oriented triangles of a disk or sphere
 * @param[in]     shapes   n_shapes bodies
 * @param[in]     fixed    flags of the rim's vertices, or NULL
 */
oik_status oik_skin_flip(int32_t (*faces)[3], size_t n_faces, const oik_skin_shape *shapes, size_t n_shapes,
                         const uint8_t *fixed, oik_error *err);

/** A body and its vertices. */
typedef struct oik_skin_fitted {
    const oik_skin_surface *surface;
    const oik_vec3 *vertices; /**< n_vertices, symmetric, on the surface [m] */
} oik_skin_fitted;

/**
 * Flip edges of the left half (the first half of the faces) so that they suit all the bodies, and mirror it.
 * @param[in,out] faces  n_faces, from oik_skin_triangulate
 * @param[in]     bodies n_bodies <= 3
 */
oik_status oik_skin_improve(int32_t (*faces)[3], size_t n_faces, const oik_skin_fitted *bodies, size_t n_bodies,
                            const oik_skin_address_table *table, oik_error *err);

/**
 * The whole triangulation.
 * @param[out] faces    2 n_vertices - 4 faces, counter-clockwise from outside; free it
 * @return OIK_E_SOLVER naming what is not as it should be; OIK_E_MEMORY
 */
oik_status oik_skin_triangulate(int32_t (**faces)[3], const oik_skin_fitted *body, const oik_skin_address_table *table,
                                oik_error *err);

#endif
