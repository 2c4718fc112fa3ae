/** Reading and writing PLY and OBJ meshes; the vertex order of the file is kept exactly. */
#ifndef OIK_MESH_MESH_IO_H
#define OIK_MESH_MESH_IO_H

#include "mesh/mesh.h"

/**
 * Read a mesh; the format is taken from the content (the "ply" magic) and else from the name (.obj).
 * PLY: ascii, binary little and big endian; any scalar and list property types in any order; unknown elements and properties are
 * skipped; CRLF and CR headers; polygons are fanned into triangles; tristrips; comments and obj_info. A per-vertex integer property
 * bone, part or label becomes the labels. One element instance per line in ASCII. OBJ: v and f (a, a/b, a//c, a/b/c, negative
 * indices), everything else is skipped.
 * @return OIK_E_IO when it cannot be opened; OIK_E_FORMAT, OIK_E_SHAPE, OIK_E_NOT_FINITE with file, line or element, expected and found;
 *         *out is NULL on error. Memory is bounded by the file's size whatever its header claims.
 */
oik_status oik_mesh_read(oik_mesh **out, const char *path, oik_error *err);

/** The same for a file that is in memory; name stands for its path in messages and decides on .obj. Bytes need no NUL at the end. */
oik_status oik_mesh_read_memory(oik_mesh **out, const uint8_t *data, size_t size, const char *name, oik_error *err);

typedef enum oik_mesh_format { OIK_MESH_PLY_BINARY, OIK_MESH_PLY_ASCII, OIK_MESH_OBJ } oik_mesh_format;

typedef struct oik_mesh_write_options {
    oik_mesh_format format;
    const char *label_name;   /**< name of the per-vertex int label property of PLY, e.g. "bone"; NULL: labels are not written */
    const char *const *comments; /**< n_comments lines for the header */
    size_t n_comments;
} oik_mesh_write_options;

/** Write to a temporary file beside path, sync, rename. On error nothing is left behind. float32 coordinates. */
oik_status oik_mesh_write(const oik_mesh *mesh, const char *path, const oik_mesh_write_options *options, oik_error *err);

#endif
