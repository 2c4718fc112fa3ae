/* PLY files that are right: every encoding, property type, list type and line end, made from one cube. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "mesh/mesh_io.h"
#include "support/shapes.h"
#include "support/shared_path.h"

typedef enum encoding { ASCII, LITTLE, BIG } encoding;

/* How a cube is to be written. Types are PLY names. */
typedef struct variant {
    encoding encoding;
    const char *coordinate, *count, *index;
    const char *line_end;
    int quads;  /* 6 faces of 4 vertices instead of 12 of 3 */
    int extras; /* properties and elements that nobody knows, between and around the known ones */
} variant;

static size_t type_size(const char *type) {
    static const char *const names[] = {"char", "uchar", "int8", "uint8", "short", "ushort", "int16", "uint16"};
    for (size_t i = 0; i < 8; i++)
        if (strcmp(type, names[i]) == 0)
            return i < 4 ? 1 : 2;
    return strcmp(type, "double") == 0 || strcmp(type, "float64") == 0 ? 8 : 4;
}

/* Bits of a small integer value in a type. */
static uint64_t bits_of(const char *type, int value) {
    uint64_t bits = 0;
    double d = value;
    float f = (float)value;
    uint32_t half;
    if (type[0] == 'd' || strcmp(type, "float64") == 0) {
        memcpy(&bits, &d, 8);
    } else if (type[0] == 'f') {
        memcpy(&half, &f, 4);
        bits = half;
    } else {
        bits = (uint64_t)(int64_t)value;
    }
    return bits;
}

/* One value behind the others; `first` in an ASCII line is without a blank before it. */
static void put(oik_buf *out, const variant *v, const char *type, int value, int first) {
    if (v->encoding == ASCII) {
        oik_buf_printf(out, first ? "%d" : " %d", value);
        return;
    }
    size_t size = type_size(type);
    uint64_t bits = bits_of(type, value);
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(bits >> 8 * (v->encoding == LITTLE ? i : size - 1 - i));
        oik_buf_append(out, &byte, 1);
    }
}

static void end_line(oik_buf *out, const variant *v) {
    if (v->encoding == ASCII)
        oik_buf_printf(out, "%s", v->line_end);
}

static void put_header(oik_buf *out, const variant *v) {
    static const char *const formats[] = {"ascii", "binary_little_endian", "binary_big_endian"};
    const char *e = v->line_end;
    oik_buf_printf(out, "ply%sformat %s 1.0%scomment made by a test%sobj_info nothing%s", e, formats[v->encoding], e, e, e);
    if (v->extras)
        oik_buf_printf(out, "element camera 2%sproperty double f%sproperty list uchar short lens%selement hollow 99%s", e, e, e, e);
    oik_buf_printf(out, "element vertex 8%s", e);
    if (v->extras)
        oik_buf_printf(out, "property uchar red%s", e);
    oik_buf_printf(out, "property %s x%sproperty %s y%s", v->coordinate, e, v->coordinate, e);
    if (v->extras)
        oik_buf_printf(out, "property list char ushort neighbours%s", e);
    oik_buf_printf(out, "property %s z%s", v->coordinate, e);
    oik_buf_printf(out, "element face %d%s", v->quads ? 6 : 12, e);
    if (v->extras)
        oik_buf_printf(out, "property list uint8 float32 texcoord%sproperty int material%s", e, e);
    oik_buf_printf(out, "property list %s %s %s%s", v->count, v->index, v->quads ? "vertex_index" : "vertex_indices", e);
    if (v->extras)
        oik_buf_printf(out, "element edge 1%sproperty int vertex1%sproperty int vertex2%s", e, e, e);
    oik_buf_printf(out, "end_header%s", e);
}

static void put_vertices(oik_buf *out, const variant *v, const oik_mesh *cube) {
    for (size_t i = 0; i < cube->n_vertices; i++) {
        oik_vec3 p = cube->vertices[i];
        if (v->extras)
            put(out, v, "uchar", 200, 1);
        put(out, v, v->coordinate, (int)p.x, !v->extras);
        put(out, v, v->coordinate, (int)p.y, 0);
        if (v->extras) {
            put(out, v, "char", (int)i % 3, 0); /* lists of 0, 1 and 2 entries */
            for (int k = 0; k < (int)i % 3; k++)
                put(out, v, "ushort", 40000, 0);
        }
        put(out, v, v->coordinate, (int)p.z, 0);
        end_line(out, v);
    }
}

static void put_faces(oik_buf *out, const variant *v, const oik_mesh *cube) {
    for (size_t f = 0; f < cube->n_faces; f += v->quads ? 2 : 1) {
        if (v->extras) {
            put(out, v, "uint8", 2, 1);
            put(out, v, "float32", -1, 0);
            put(out, v, "float32", 1, 0);
            put(out, v, "int", -7, 0);
        }
        put(out, v, v->count, v->quads ? 4 : 3, !v->extras);
        for (int k = 0; k < 3; k++)
            put(out, v, v->index, cube->faces[f][k], 0);
        if (v->quads) /* the second triangle of a quad is a, c, d */
            put(out, v, v->index, cube->faces[f + 1][2], 0);
        end_line(out, v);
    }
}

static void put_cube(oik_buf *out, const variant *v, const oik_mesh *cube) {
    put_header(out, v);
    for (int i = 0; v->extras && i < 2; i++) {
        put(out, v, "double", 3, 1);
        put(out, v, "uchar", i, 0);
        for (int k = 0; k < i; k++)
            put(out, v, "short", -300, 0);
        end_line(out, v);
    }
    put_vertices(out, v, cube);
    put_faces(out, v, cube);
    if (v->extras) {
        put(out, v, "int", 0, 1);
        put(out, v, "int", 1, 0);
        end_line(out, v);
    }
    assert_int_equal(out->status, OIK_OK);
}

static void check_equal(const oik_mesh *a, const oik_mesh *b) {
    assert_int_equal(a->n_vertices, b->n_vertices);
    assert_int_equal(a->n_faces, b->n_faces);
    assert_memory_equal(a->vertices, b->vertices, a->n_vertices * sizeof *a->vertices);
    if (a->n_faces)
        assert_memory_equal(a->faces, b->faces, a->n_faces * sizeof *a->faces);
}

static oik_mesh *read_bytes(const oik_buf *bytes) {
    oik_mesh *mesh;
    oik_error err = {0};
    /* an exact copy, so that a sanitizer sees every read past the end */
    uint8_t *copy = malloc(bytes->size);
    memcpy(copy, bytes->data, bytes->size);
    if (oik_mesh_read_memory(&mesh, copy, bytes->size, "cube.ply", &err))
        fail_msg("%s", err.message);
    free(copy);
    return mesh;
}

static void check_variant(const variant *v) {
    oik_mesh *cube = shape_cube(v3(2, 3, 4), 2.0); /* corners 1..5: fit every type */
    oik_buf bytes = {0};
    put_cube(&bytes, v, cube);
    oik_mesh *mesh = read_bytes(&bytes);
    check_equal(mesh, cube);
    assert_null(mesh->labels);
    oik_mesh_free(mesh);
    oik_mesh_free(cube);
    oik_buf_free(&bytes);
}

static void every_coordinate_and_list_type_is_read(void **unused) {
    (void)unused;
    static const char *const types[] = {"char", "uchar", "short", "ushort", "int", "uint", "float", "double",
                                        "int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"};
    for (int e = ASCII; e <= BIG; e++)
        for (size_t i = 0; i < 16; i++) {
            check_variant(&(variant){(encoding)e, types[i], "uchar", "int", "\n", 0, 0});
            check_variant(&(variant){(encoding)e, "float", types[i], types[15 - i], "\n", 1, 1});
        }
}

static void every_line_end_is_read(void **unused) {
    (void)unused;
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (int e = ASCII; e <= BIG; e++)
        for (int i = 0; i < 3; i++)
            for (int extras = 0; extras < 2; extras++)
                check_variant(&(variant){(encoding)e, "double", "uint8", "uint16", ends[i], 0, extras});
}

/* The first data byte is 0x0A, as after "end_header\r" in a file whose header lines end in a lone CR. */
static void a_line_feed_after_a_lone_cr_is_data(void **unused) {
    (void)unused;
    const char bytes[] = "ply\rformat binary_little_endian 1.0\relement vertex 1\rproperty char x\rproperty char y\r"
                         "property char z\rend_header\r\n\2\3";
    oik_mesh *mesh;
    assert_int_equal(oik_mesh_read_memory(&mesh, (const uint8_t *)bytes, sizeof bytes - 1, "cr.ply", NULL), OIK_OK);
    assert_true(v3_dist(mesh->vertices[0], v3(10, 2, 3)) == 0.0);
    oik_mesh_free(mesh);
}

static oik_mesh *read_text(const char *text) {
    oik_mesh *mesh;
    oik_error err = {0};
    if (oik_mesh_read_memory(&mesh, (const uint8_t *)text, strlen(text), "text.ply", &err))
        fail_msg("%s", err.message);
    return mesh;
}

static void ascii_is_forgiving_about_blanks_and_the_last_line_end(void **unused) {
    (void)unused;
    oik_mesh *mesh = read_text("ply  \nformat   ascii 1.0 \n\nelement vertex 3\t\nproperty float x\nproperty float y\nproperty float z\n"
                               "element face 1\nproperty list uchar int vertex_indices\nend_header \n\n"
                               "  0 0 0  \n\t1e0 -.5 +2.5E-1\n\n\n0 1 0 \n 3  0 1 2");
    assert_true(v3_dist(mesh->vertices[1], v3(1, -0.5, 0.25)) == 0.0);
    assert_int_equal(mesh->n_faces, 1);
    oik_mesh_free(mesh);
}

static void polygons_become_fans(void **unused) {
    (void)unused;
    oik_mesh *mesh = read_text("ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\n"
                               "element face 2\nproperty list uchar int vertex_indices\nend_header\n"
                               "0 0 0\n1 0 0\n2 1 0\n1 2 0\n0 1 0\n5 0 1 2 3 4\n3 4 2 1\n");
    const int32_t wanted[4][3] = {{0, 1, 2}, {0, 2, 3}, {0, 3, 4}, {4, 2, 1}};
    assert_int_equal(mesh->n_faces, 4);
    assert_memory_equal(mesh->faces, wanted, sizeof wanted);
    oik_mesh_free(mesh);
}

static void faces_may_come_before_vertices(void **unused) {
    (void)unused;
    oik_mesh *mesh = read_text("ply\nformat ascii 1.0\nelement face 1\nproperty list uchar int vertex_indices\n"
                               "element vertex 3\nproperty float z\nproperty float y\nproperty float x\nend_header\n"
                               "3 2 1 0\n3 2 1\n0 1 0\n0 0 1\n");
    const int32_t wanted[1][3] = {{2, 1, 0}};
    assert_memory_equal(mesh->faces, wanted, sizeof wanted);
    assert_true(v3_dist(mesh->vertices[0], v3(1, 2, 3)) == 0.0);
    oik_mesh_free(mesh);
}

/* All triangles of a strip face the same side: the second one is turned; -1 starts again with an even triangle. */
static void triangle_strips_keep_their_orientation(void **unused) {
    (void)unused;
    oik_mesh *mesh = read_text("ply\nformat ascii 1.0\nelement vertex 6\nproperty float x\nproperty float y\nproperty float z\n"
                               "element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
                               "0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n1 2 0\n10 0 1 2 3 4 -1 2 3 4 5\n");
    const int32_t wanted[5][3] = {{0, 1, 2}, {2, 1, 3}, {2, 3, 4}, {2, 3, 4}, {4, 3, 5}};
    assert_int_equal(mesh->n_faces, 5);
    assert_memory_equal(mesh->faces, wanted, sizeof wanted);
    for (size_t f = 0; f < mesh->n_faces; f++) {
        oik_vec3 a = mesh->vertices[mesh->faces[f][0]];
        oik_vec3 n = v3_cross(v3_sub(mesh->vertices[mesh->faces[f][1]], a), v3_sub(mesh->vertices[mesh->faces[f][2]], a));
        assert_true(n.z > 0.0);
    }
    oik_mesh_free(mesh);
}

static void labels_are_read_from_an_integer_property(void **unused) {
    (void)unused;
    oik_mesh *mesh = read_text("ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\n"
                               "property int bone\nend_header\n0 0 0 -5\n1 1 1 206\n");
    assert_non_null(mesh->labels);
    assert_int_equal(mesh->labels[0], -5);
    assert_int_equal(mesh->labels[1], 206);
    oik_mesh_free(mesh);
    mesh = read_text("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
                     "property float label\nend_header\n0 0 0 0.5\n");
    assert_null(mesh->labels);
    oik_mesh_free(mesh);
}

static void trailing_line_ends_in_binary_are_let_through(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(2, 3, 4), 2.0);
    oik_buf bytes = {0};
    put_cube(&bytes, &(variant){LITTLE, "float", "uchar", "int", "\n", 0, 0}, cube);
    oik_buf_append(&bytes, "\r\n\0\x1a", 4);
    oik_mesh *mesh = read_bytes(&bytes);
    check_equal(mesh, cube);
    oik_mesh_free(mesh);
    oik_mesh_free(cube);
    oik_buf_free(&bytes);
}

/* Real files of other programs: name, vertices, triangles. */
static void files_of_other_programs_are_read(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        size_t n_vertices, n_faces;
    } files[] = {
        {"ply/assimp_cube.ply", 8, 12}, {"ply/assimp_cube_binary.ply", 8, 12},
        {"ply/assimp_cube_binary_header_with_RN_newline.ply", 8, 12}, {"ply/assimp_cube_uv.ply", 24, 12},
        {"ply/assimp_float-color.ply", 3, 1}, {"ply/assimp_points.ply", 4, 0}, {"ply/trimesh_metadata.ply", 4, 2},
        {"ply/trimesh_multi.ply", 4, 2}, {"ply/trimesh_plane_tri.ply", 4, 2}, {"ply/trimesh_points_ascii_with_lists.ply", 5, 0},
        {"ply/trimesh_tet.ply", 4, 4}};
    char path[SHARED_PATH_LENGTH];
    if (!shared_path(path, "ply"))
        skip();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        oik_mesh *mesh = NULL;
        oik_error err = {0};
        if (!shared_path(path, files[i].name) || oik_mesh_read(&mesh, path, &err))
            fail_msg("%s: %s", files[i].name, err.message);
        assert_int_equal(mesh->n_vertices, files[i].n_vertices);
        assert_int_equal(mesh->n_faces, files[i].n_faces);
        oik_mesh_free(mesh);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_coordinate_and_list_type_is_read),
        cmocka_unit_test(every_line_end_is_read),
        cmocka_unit_test(a_line_feed_after_a_lone_cr_is_data),
        cmocka_unit_test(ascii_is_forgiving_about_blanks_and_the_last_line_end),
        cmocka_unit_test(polygons_become_fans),
        cmocka_unit_test(faces_may_come_before_vertices),
        cmocka_unit_test(triangle_strips_keep_their_orientation),
        cmocka_unit_test(labels_are_read_from_an_integer_property),
        cmocka_unit_test(trailing_line_ends_in_binary_are_let_through),
        cmocka_unit_test(files_of_other_programs_are_read),
    };
    return cmocka_run_group_tests_name("test_mesh_ply", tests, NULL, NULL);
}
