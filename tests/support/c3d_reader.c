/* A reader of C3D files (see c3d_reader.h). */
#include "support/c3d_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

static unsigned word_at(const uint8_t *at) {
    return at[0] + 256u * at[1];
}

static double float_at(const uint8_t *at) {
    uint32_t bits = word_at(at) + 65536u * word_at(at + 2);
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

unsigned c3d_header_word(const c3d_file *file, int i) {
    assert_in_range(i, 1, C3D_BLOCK / 2);
    return word_at(file->data + 2 * (i - 1));
}

double c3d_header_float(const c3d_file *file, int i) {
    return float_at(file->data + 2 * (i - 1));
}

/* ---- parameters ---- */

/** Reads on from here, never past the end of the section. */
typedef struct cursor {
    const uint8_t *at, *end;
} cursor;

static const uint8_t *take(cursor *c, size_t n) {
    const uint8_t *at = c->at;
    if ((size_t)(c->end - c->at) < n)
        fail_msg("the parameter section ends inside a record");
    c->at += n;
    return at;
}

static int take_signed(cursor *c) {
    int byte = *take(c, 1);
    return byte < 128 ? byte : byte - 256;
}

static void take_text(char *out, cursor *c, size_t n) {
    memcpy(out, take(c, n), n);
    out[n] = '\0';
}

static void check_name(const char *name) {
    assert_true(name[0] >= 'A' && name[0] <= 'Z');
    for (; *name; name++)
        assert_true((*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || *name == '_');
}

static void read_parameter(c3d_file *file, cursor *c, const char *name, int group, bool locked) {
    assert_true(file->n_parameters < C3D_MAX_PARAMETERS);
    c3d_parameter *p = &file->parameters[file->n_parameters++];
    assert_true(file->groups[group][0] != '\0'); /* groups come before their parameters here */
    strcpy(p->name, file->groups[group]);
    strcat(strcat(p->name, ":"), name);
    p->locked = locked;
    p->type = take_signed(c);
    assert_true(p->type == -1 || p->type == 1 || p->type == 2 || p->type == 4);
    p->n_dims = *take(c, 1);
    assert_in_range(p->n_dims, 0, 7);
    p->n = 1;
    for (int d = 0; d < p->n_dims; d++) {
        p->dims[d] = *take(c, 1);
        p->n *= (size_t)p->dims[d];
    }
    p->data = take(c, p->n * (size_t)abs(p->type));
    take_text(p->description, c, *take(c, 1));
}

/** One record; false for the last one, whose offset is 0. */
static bool read_record(c3d_file *file, cursor *c) {
    char name[128];
    int length = take_signed(c), number = take_signed(c);
    assert_int_not_equal(length, 0);
    assert_int_not_equal(number, 0);
    take_text(name, c, (size_t)abs(length));
    check_name(name);
    const uint8_t *offset = take(c, 2);
    if (number < 0) {
        char description[256];
        assert_true(length > 0 && file->groups[-number][0] == '\0');
        strcpy(file->groups[-number], name);
        file->n_groups++;
        take_text(description, c, *take(c, 1));
    } else {
        read_parameter(file, c, name, number, length < 0);
    }
    if (word_at(offset) == 0)
        return false;
    assert_in_range(word_at(offset), 1, 32767); /* signed in the user guide */
    assert_ptr_equal(offset + word_at(offset), c->at);
    return true;
}

static void read_parameters(c3d_file *file) {
    const uint8_t *start = file->data + (size_t)C3D_BLOCK * (file->data[0] - 1u);
    assert_true(file->data[0] >= 2 && file->size >= (size_t)C3D_BLOCK * file->data[0]);
    assert_int_equal(start[0], 1);
    assert_int_equal(start[1], 80);
    assert_int_equal(start[3], 84); /* Intel */
    file->n_parameter_blocks = start[2];
    cursor c = {start + 4, start + C3D_BLOCK * file->n_parameter_blocks};
    assert_true(file->n_parameter_blocks > 0 && c.end <= file->data + file->size);
    while (read_record(file, &c))
        ;
    for (; c.at < c.end; c.at++)
        assert_int_equal(*c.at, 0);
}

const c3d_parameter *c3d_find(const c3d_file *file, const char *name) {
    for (int i = 0; i < file->n_parameters; i++)
        if (strcmp(file->parameters[i].name, name) == 0)
            return &file->parameters[i];
    return NULL;
}

static const c3d_parameter *need(const c3d_file *file, const char *name) {
    const c3d_parameter *p = c3d_find(file, name);
    if (!p)
        fail_msg("no parameter %s", name);
    return p;
}

double c3d_number(const c3d_file *file, const char *name, size_t i) {
    const c3d_parameter *p = need(file, name);
    if (i >= p->n || (p->type != 2 && p->type != 4))
        fail_msg("%s has no number %zu", name, i);
    return p->type == 2 ? word_at(p->data + 2 * i) : float_at(p->data + 4 * i);
}

const char *c3d_text(char out[256], const c3d_file *file, const char *name, int i) {
    const c3d_parameter *p = need(file, name);
    assert_int_equal(p->type, -1);
    assert_true(p->n_dims == 1 ? i == 0 : p->n_dims == 2 && i >= 0 && i < p->dims[1]);
    size_t n = (size_t)p->dims[0];
    memcpy(out, p->data + n * (size_t)i, n);
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    return out;
}

const char *c3d_listed(char out[256], const c3d_file *file, const char *name, int i) {
    char numbered[64];
    snprintf(numbered, sizeof numbered, i < 255 ? "%s" : "%s%d", name, 1 + i / 255);
    return c3d_text(out, file, numbered, i % 255);
}

/* ---- data ---- */

/** The number of frames as a reader of today finds it. */
static int count_frames(const c3d_file *file) {
    double n = c3d_number(file, c3d_find(file, "POINT:LONG_FRAMES") ? "POINT:LONG_FRAMES" : "POINT:FRAMES", 0);
    double first = c3d_number(file, "TRIAL:ACTUAL_START_FIELD", 0) + 65536.0 * c3d_number(file, "TRIAL:ACTUAL_START_FIELD", 1);
    double last = c3d_number(file, "TRIAL:ACTUAL_END_FIELD", 0) + 65536.0 * c3d_number(file, "TRIAL:ACTUAL_END_FIELD", 1);
    assert_true(last - first + 1 == n);
    return (int)n;
}

/** Zeros up to the end of a block. */
static size_t check_padding(const c3d_file *file, size_t at) {
    for (; at % C3D_BLOCK != 0; at++)
        assert_true(at < file->size && file->data[at] == 0);
    return at;
}

static void find_data(c3d_file *file) {
    file->n_points = (int)c3d_number(file, "POINT:USED", 0);
    file->n_rotations = (int)c3d_number(file, "ROTATION:USED", 0);
    file->n_frames = count_frames(file);
    file->point_at = C3D_BLOCK * ((size_t)c3d_number(file, "POINT:DATA_START", 0) - 1);
    file->rotation_at = C3D_BLOCK * ((size_t)c3d_number(file, "ROTATION:DATA_START", 0) - 1);
    size_t point_end = file->point_at + (size_t)file->n_frames * (size_t)file->n_points * 16;
    size_t rotation_end = file->rotation_at + (size_t)file->n_frames * (size_t)file->n_rotations * 68;
    assert_int_equal(file->point_at, C3D_BLOCK * (file->data[0] - 1u + (unsigned)file->n_parameter_blocks));
    assert_int_equal(check_padding(file, point_end), file->rotation_at);
    assert_int_equal(check_padding(file, rotation_end), file->size);
}

void c3d_read(c3d_file *file, const char *path) {
    oik_error err = {0};
    *file = (c3d_file){0};
    if (oik_file_read(&file->data, &file->size, path, &err))
        fail_msg("%s", err.message);
    assert_true(file->size >= C3D_BLOCK && file->size % C3D_BLOCK == 0);
    assert_int_equal(file->data[1], 80);
    read_parameters(file);
    find_data(file);
}

void c3d_free(c3d_file *file) {
    free(file->data);
    *file = (c3d_file){0};
}

oik_vec3 c3d_point(double *fourth, const c3d_file *file, int frame, int i) {
    assert_true(frame >= 0 && frame < file->n_frames && i >= 0 && i < file->n_points);
    const uint8_t *at = file->data + file->point_at + 16 * ((size_t)frame * (size_t)file->n_points + (size_t)i);
    *fourth = float_at(at + 12);
    return v3(float_at(at), float_at(at + 4), float_at(at + 8));
}

double c3d_matrix(double m[4][4], const c3d_file *file, int frame, int i) {
    assert_true(frame >= 0 && frame < file->n_frames && i >= 0 && i < file->n_rotations);
    const uint8_t *at = file->data + file->rotation_at + 68 * ((size_t)frame * (size_t)file->n_rotations + (size_t)i);
    for (int column = 0; column < 4; column++)
        for (int row = 0; row < 4; row++, at += 4)
            m[row][column] = float_at(at);
    return float_at(at);
}
