/** Triangle meshes: storage, normals, areas. Metres unless a caller says otherwise. */
#ifndef OIK_MESH_MESH_H
#define OIK_MESH_MESH_H

#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_mesh {
    size_t n_vertices;
    size_t n_faces;      /**< 0 is allowed (a point set) */
    oik_vec3 *vertices;  /**< n_vertices, in file order */
    int32_t (*faces)[3]; /**< n_faces, counter-clockwise seen from outside; polygons are fanned on reading */
    int32_t *labels;     /**< n_vertices bone or part numbers, or NULL */
} oik_mesh;

oik_status oik_mesh_new(oik_mesh **out, size_t n_vertices, size_t n_faces, oik_error *err);
void oik_mesh_free(oik_mesh *mesh);

/**
 * Area-weighted unit vertex normals: n_v = sum of (b - a) x (c - a) over the faces of v, normalised.
 * @param[out] normals n_vertices; a vertex without area gets the zero vector
 * @param[in]  vertices n_vertices points, faces as in oik_mesh
 * Allocates nothing; O(n_faces).
 */
void oik_mesh_normals(oik_vec3 *normals, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3],
                      size_t n_faces);

/** One third of the area of the faces at each vertex [m^2]. Allocates nothing; O(n_faces). */
void oik_mesh_vertex_areas(double *areas, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3],
                           size_t n_faces);

#endif
