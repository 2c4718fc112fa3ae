/** The mesh file formats behind mesh_io.h. Nothing outside this folder includes this file. */
#ifndef OIK_MESH_FORMATS_H
#define OIK_MESH_FORMATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "mesh/mesh_io.h"

/** Read a PLY or OBJ file from memory. name is for messages. As oik_mesh_read otherwise. */
oik_status oik_ply_read(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err);
oik_status oik_obj_read(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err);

/** Format a mesh at the end of the buffer, whose status tells when memory ran out. */
void oik_ply_write(oik_buf *out, const oik_mesh *mesh, const oik_mesh_write_options *options);
void oik_obj_write(oik_buf *out, const oik_mesh *mesh, const oik_mesh_write_options *options);

/** A growing list of triangles. */
typedef struct oik_face_list {
    int32_t (*faces)[3];
    size_t n, capacity;
} oik_face_list;

/** Append a triangle; OIK_E_MEMORY. Amortised O(1). */
oik_status oik_face_list_push(oik_face_list *list, const int32_t face[3], oik_error *err);

#endif
