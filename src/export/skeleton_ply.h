/** Bones as a PLY mesh with the number of the bone at every vertex and the bones' names in the header. */
#ifndef OIK_EXPORT_SKELETON_PLY_H
#define OIK_EXPORT_SKELETON_PLY_H

#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_skeleton_ply {
    size_t n_vertices, n_faces, n_bones;
    const oik_vec3 *vertices;       /**< n_vertices [m] */
    const int32_t (*faces)[3];      /**< n_faces */
    const int32_t *bone_of_vertex;  /**< n_vertices */
    const char *const *bone_names;  /**< n_bones, without blanks */
    const int32_t *group_of_vertex; /**< n_vertices group numbers: parts, or the bones themselves; NULL: everything is written */
    int32_t group;                  /**< the group that is written */
    double units_per_metre;         /**< of the coordinates in the file */
    const char *unit;               /**< "m", "mm", ... for the header */
    const char *frame;              /**< what the axes are, one line for the header */
} oik_skeleton_ply;

/**
 * Binary little-endian PLY: float x y z and int bone per vertex; header comments "unit mm", "frame ..." and, for each bone that
 * occurs in the file, "bone 17 femur_r".
 * @return OIK_E_ARGUMENT when the group has no vertex; OIK_E_IO; OIK_E_MEMORY. Nothing is left behind on error.
 */
oik_status oik_skeleton_ply_write(const oik_skeleton_ply *skeleton, const char *path, oik_error *err);

#endif
