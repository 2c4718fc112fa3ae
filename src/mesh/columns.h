/** Vertical columns over a surface: which triangles a vertical line may meet. Behind locate.h. */
#ifndef OIK_MESH_COLUMNS_H
#define OIK_MESH_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

/** A uniform grid over x and z; each column lists the triangles whose x-z bounds touch it. */
typedef struct oik_columns {
    double x_min, x_max, z_min, z_max; /**< of all vertices of faces [m] */
    double per_x, per_z;               /**< columns per metre; 0 where the surface has no extent */
    int n_x, n_z;
    size_t *start;     /**< n_x * n_z + 1: first entry of each column in `triangles` */
    int32_t *triangles;
} oik_columns;

/** Build the grid; OIK_E_MEMORY. O(n_faces) time and memory on meshes without needle-like triangles. */
oik_status oik_columns_init(oik_columns *out, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err);
void oik_columns_clear(oik_columns *columns);

/**
 * Signed crossings of the ray from p along +y: +1 where it leaves the surface through a face, -1 where it enters.
 * @param[in] vertices,faces those of oik_columns_init
 * Allocates nothing; O(triangles in the column of p).
 */
int oik_columns_crossings(const oik_columns *columns, const oik_vec3 *vertices, const int32_t (*faces)[3], oik_vec3 p);

#endif
