/** Triangle meshes as binary STL, the mesh format that MuJoCo and every reader of URDF share. */
#ifndef OIK_EXPORT_STL_H
#define OIK_EXPORT_STL_H

#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_stl {
    const char *header; /**< one line on frame and unit, up to 79 characters, not beginning with "solid", which tells ASCII files */
    size_t n_vertices, n_faces;
    const oik_vec3 *vertices;   /**< n_vertices, in the unit of the file */
    const int32_t (*faces)[3];  /**< n_faces, counter-clockwise seen from outside */
} oik_stl;

/**
 * What oik_stl_write would refuse, named after path. O(n_vertices + n_faces), allocates nothing.
 * @return OIK_E_ARGUMENT (header, no face, more than 2^32 - 1); OIK_E_NOT_FINITE; OIK_E_SHAPE (a corner that is not among the vertices)
 */
oik_status oik_stl_check(const oik_stl *stl, const char *path, oik_error *err);

/**
 * Binary little-endian STL (through a temporary file and a rename): 80 bytes of header, the number of faces, then 50 bytes a face: unit
 * normal and three corners in single precision, and two zero bytes.
 * @return those of oik_stl_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory: 50 bytes a face.
 */
oik_status oik_stl_write(const oik_stl *stl, const char *path, oik_error *err);

#endif
