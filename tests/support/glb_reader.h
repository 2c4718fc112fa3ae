/**
 * A reader of binary glTF for tests, written from the specification: what it expects it checks, and ends the test with a message. Only
 * what this program's files have: one buffer, one scene, animations of rotation and translation.
 */
#ifndef TESTS_SUPPORT_GLB_READER_H
#define TESTS_SUPPORT_GLB_READER_H

#include <jansson.h>
#include <stdint.h>

#include "base/vec3.h"

typedef struct glb_file {
    uint8_t *data;
    size_t size;
    json_t *json;
    const uint8_t *bin; /**< binary chunk */
    size_t bin_size;
} glb_file;

/** A rigid transform. */
typedef struct glb_transform {
    oik_mat3 R;
    oik_vec3 t;
} glb_transform;

/** Read a file: header, both chunks and their padding. Release with glb_free. */
void glb_read(glb_file *file, const char *path);
void glb_free(glb_file *file);

/** Item of a top-level array, such as "accessors". */
const json_t *glb_item(const glb_file *file, const char *array, size_t i);
size_t glb_count(const glb_file *file, const char *array);
/** Integer by key; fails the test when there is none. */
size_t glb_integer(const json_t *object, const char *key);

/** Component c of element i of an accessor. */
double glb_number(const glb_file *file, size_t accessor, size_t i, size_t c);
size_t glb_n_elements(const glb_file *file, size_t accessor);
oik_vec3 glb_point(const glb_file *file, size_t accessor, size_t i);

/** Every view in the buffer and on 4 bytes, without overlap; every accessor in its view and aligned; bounds those of the data. */
void glb_check_storage(const glb_file *file);

/** Node by name. */
size_t glb_node(const glb_file *file, const char *name);
/** Transforms of all nodes in the world, at key frame f of the animation if there is one; n nodes. */
void glb_world(glb_transform *out, const glb_file *file, size_t frame);
oik_vec3 glb_apply(glb_transform a, oik_vec3 p);
/** Column-major 4x4 matrix i of an accessor, which is affine; R need not be a rotation. */
glb_transform glb_matrix(const glb_file *file, size_t accessor, size_t i);

#endif
