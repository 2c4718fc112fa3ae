/**
 * A reader of C3D files for tests, written from the user guide of c3d.org and C-Motion's description of ROTATION, apart from the writer:
 * what it expects it checks, and ends the test with a message. Little-endian files of floating-point points without analog data.
 */
#ifndef TESTS_SUPPORT_C3D_READER_H
#define TESTS_SUPPORT_C3D_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"

enum { C3D_BLOCK = 512, C3D_MAX_PARAMETERS = 64 };

typedef struct c3d_parameter {
    char name[257], description[256]; /**< "GROUP:NAME" */
    bool locked;
    int type;                         /**< -1 characters, 1 bytes, 2 words, 4 floats */
    int n_dims, dims[7];
    size_t n;                         /**< elements */
    const uint8_t *data;
} c3d_parameter;

typedef struct c3d_file {
    uint8_t *data;
    size_t size;
    int n_parameters, n_groups;
    c3d_parameter parameters[C3D_MAX_PARAMETERS];
    char groups[128][128];  /**< by number */
    int n_parameter_blocks;
    int n_points, n_rotations, n_frames;
    size_t point_at, rotation_at; /**< bytes */
} c3d_file;

/** Read a file and check its structure: header, chain of records, places and sizes of the data, padding. Release with c3d_free. */
void c3d_read(c3d_file *file, const char *path);
void c3d_free(c3d_file *file);

/** Word of the header, counted from 1 as in the user guide; the float in words i and i + 1. */
unsigned c3d_header_word(const c3d_file *file, int i);
double c3d_header_float(const c3d_file *file, int i);

/** By "GROUP:NAME"; NULL when there is none. */
const c3d_parameter *c3d_find(const c3d_file *file, const char *name);
/** Number i of a parameter, which must be there: an unsigned word or a float. */
double c3d_number(const c3d_file *file, const char *name, size_t i);
/** Text i of a parameter without the spaces behind it. */
const char *c3d_text(char out[256], const c3d_file *file, const char *name, int i);
/** Text i of NAME, NAME2, ..., which are one list of 255 each. */
const char *c3d_listed(char out[256], const c3d_file *file, const char *name, int i);

/** Point i of a frame in units of the file. @param[out] fourth the word of residual and cameras */
oik_vec3 c3d_point(double *fourth, const c3d_file *file, int frame, int i);
/** Matrix i of a frame; m[row][column]. @return its residual */
double c3d_matrix(double m[4][4], const c3d_file *file, int frame, int i);

#endif
