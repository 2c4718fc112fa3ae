/* Writing meshes and reading them back; OBJ files; normals and areas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "mesh/mesh_io.h"
#include "support/comma_locale.h"
#include "support/shapes.h"
#include "support/temp_dir.h"

/* A sphere with labels, where floats are so dense that 8 digits do not tell neighbours apart (10-16, 100-128, 1000-1024). */
static oik_mesh *labelled_sphere(void) {
    oik_mesh *mesh = shape_sphere(v3(12.3, -110.3, 1010.0), 0.7, 9, 14);
    mesh->labels = calloc(mesh->n_vertices, sizeof *mesh->labels);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->labels[i] = (int32_t)i * 7 - 100;
    return mesh;
}

static void check_read_back(const char *path, const oik_mesh *mesh, int labels) {
    oik_mesh *back;
    oik_error err = {0};
    if (oik_mesh_read(&back, path, &err))
        fail_msg("%s", err.message);
    assert_int_equal(back->n_vertices, mesh->n_vertices);
    assert_int_equal(back->n_faces, mesh->n_faces);
    assert_memory_equal(back->faces, mesh->faces, mesh->n_faces * sizeof *mesh->faces);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 a = mesh->vertices[i], b = back->vertices[i];
        const float wanted[3] = {(float)a.x, (float)a.y, (float)a.z}, found[3] = {(float)b.x, (float)b.y, (float)b.z};
        assert_memory_equal(found, wanted, sizeof wanted); /* 9 digits identify a float */
    }
    assert_true((back->labels != NULL) == labels);
    if (labels)
        assert_memory_equal(back->labels, mesh->labels, mesh->n_vertices * sizeof *mesh->labels);
    oik_mesh_free(back);
}

static void every_format_comes_back(void **unused) {
    (void)unused;
    static const char *const names[] = {"a.ply", "b.ply", "c.obj"}, *const comments[] = {"first", "second\nelement vertex 5\rx"};
    oik_mesh *mesh = labelled_sphere();
    char path[TEMP_PATH_LENGTH];
    for (int f = OIK_MESH_PLY_BINARY; f <= OIK_MESH_OBJ; f++)
        for (int labels = 0; labels < 2; labels++) {
            oik_mesh_write_options o = {(oik_mesh_format)f, labels ? "bone" : NULL, comments, 2};
            assert_int_equal(oik_mesh_write(mesh, temp_path(path, names[f]), &o, NULL), OIK_OK);
            check_read_back(path, mesh, labels && f != OIK_MESH_OBJ);
        }
    oik_mesh_free(mesh);
}

static void ascii_and_binary_are_the_same_mesh(void **unused) {
    (void)unused;
    oik_mesh *mesh = labelled_sphere(), *ascii, *binary;
    char path[TEMP_PATH_LENGTH];
    oik_mesh_write_options o = {.format = OIK_MESH_PLY_ASCII};
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "same.ply"), &o, NULL), OIK_OK);
    assert_int_equal(oik_mesh_read(&ascii, path, NULL), OIK_OK);
    o.format = OIK_MESH_PLY_BINARY;
    assert_int_equal(oik_mesh_write(mesh, path, &o, NULL), OIK_OK);
    assert_int_equal(oik_mesh_read(&binary, path, NULL), OIK_OK);
    assert_memory_equal(ascii->vertices, binary->vertices, mesh->n_vertices * sizeof *mesh->vertices);
    oik_mesh_free(ascii);
    oik_mesh_free(binary);
    oik_mesh_free(mesh);
}

static void a_comma_locale_changes_neither_reading_nor_writing(void **unused) {
    (void)unused;
    oik_mesh *mesh = labelled_sphere();
    char path[TEMP_PATH_LENGTH];
    if (!comma_locale_enter()) {
        oik_mesh_free(mesh);
        skip();
    }
    oik_mesh_write_options ascii = {.format = OIK_MESH_PLY_ASCII}, obj = {.format = OIK_MESH_OBJ};
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "l.ply"), &ascii, NULL), OIK_OK);
    check_read_back(path, mesh, 0);
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "l.obj"), &obj, NULL), OIK_OK);
    check_read_back(path, mesh, 0);
    comma_locale_leave();
    check_read_back(path, mesh, 0);
    oik_mesh_free(mesh);
}

static void the_written_bytes_are_those_of_the_format(void **unused) {
    (void)unused;
    oik_mesh *mesh = shape_cube(v3(0.5, 0.5, 0.5), 1.0);
    mesh->n_vertices = 3;
    mesh->n_faces = 1;
    memcpy(mesh->faces[0], (int32_t[3]){0, 2, 1}, sizeof *mesh->faces);
    static const char *const comments[] = {"units: m"};
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_mesh_write_options o = {OIK_MESH_PLY_ASCII, NULL, comments, 1};
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "t.ply"), &o, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_string_equal((char *)data, "ply\nformat ascii 1.0\ncomment units: m\nelement vertex 3\nproperty float x\nproperty float y\n"
                                      "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n"
                                      "0 0 0\n0 0 1\n0 1 0\n3 0 2 1\n");
    free(data);
    o.format = OIK_MESH_OBJ;
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "t.obj"), &o, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_string_equal((char *)data, "# units: m\nv 0 0 0\nv 0 0 1\nv 0 1 0\nf 1 3 2\n");
    free(data);
    o.format = OIK_MESH_PLY_BINARY;
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "t.ply"), &o, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    const uint8_t tail[] = {0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0, 3, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0};
    assert_memory_equal(data + size - sizeof tail, tail, sizeof tail);
    free(data);
    oik_mesh_free(mesh);
}

static void a_bad_mesh_is_not_written(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    oik_mesh_write_options o = {.format = OIK_MESH_PLY_BINARY};
    oik_mesh *mesh = shape_cube(v3(0, 0, 0), 1.0);
    temp_path(path, "never.ply");
    mesh->vertices[5].y = (double)INFINITY;
    assert_int_equal(oik_mesh_write(mesh, path, &o, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "never.ply: not written: vertex 5"));
    mesh->vertices[5].y = 1e39; /* beyond single precision */
    assert_int_equal(oik_mesh_write(mesh, path, &o, &err), OIK_E_NOT_FINITE);
    mesh->vertices[5].y = 0;
    mesh->faces[3][1] = 8;
    assert_int_equal(oik_mesh_write(mesh, path, &o, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "face 3"));
    assert_int_equal(access(path, F_OK), -1);
    mesh->faces[3][1] = 0;
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, "no/folder.ply"), &o, &err), OIK_E_IO);
    oik_mesh_free(mesh);
    oik_mesh_free(NULL);
}

static void obj_faces_of_every_spelling_are_read(void **unused) {
    (void)unused;
    const char *text = "# comment\r\nmtllib a.mtl\r\no body\r\nv 0 0 0 1.0\r\nv 1 0 0 0.5 0.5 0.5\r\nvt 0 0\r\nvn 0 0 1\r\nv 1 1 0\r\n"
                       "v\t0 1 0\r\ns off\r\nusemtl skin\r\nf 1 2 3\r\nf 1/1 3/1 4/1\r\nf 1//1 2//1 3//1 4//1\r\nf 1/1/1 -2/1/1 -1\r\n"
                       "f 1 2 \\\r\n 3\r\nl 1 2\r\nv 5 5 5\r\nf -1 -2 -3";
    const int32_t wanted[][3] = {{0, 1, 2}, {0, 2, 3}, {0, 1, 2}, {0, 2, 3}, {0, 2, 3}, {0, 1, 2}, {4, 3, 2}};
    oik_mesh *mesh;
    oik_error err = {0};
    if (oik_mesh_read_memory(&mesh, (const uint8_t *)text, strlen(text), "a.OBJ", &err))
        fail_msg("%s", err.message);
    assert_int_equal(mesh->n_vertices, 5);
    assert_int_equal(mesh->n_faces, 7);
    assert_memory_equal(mesh->faces, wanted, sizeof wanted);
    oik_mesh_free(mesh);
}

static void obj_faces_may_come_before_their_vertices(void **unused) {
    (void)unused;
    const char *text = "f 1 2 3\nv 0 0 0\nv 1 0 0\nv 0 1 0\n";
    oik_mesh *mesh;
    assert_int_equal(oik_mesh_read_memory(&mesh, (const uint8_t *)text, strlen(text), "a.obj", NULL), OIK_OK);
    assert_int_equal(mesh->n_faces, 1);
    oik_mesh_free(mesh);
}

static void normals_of_a_sphere_point_outwards(void **unused) {
    (void)unused;
    oik_mesh *mesh = shape_sphere(v3(1, 2, 3), 0.5, 40, 60);
    oik_vec3 *normals = calloc(mesh->n_vertices + 1, sizeof *normals);
    oik_mesh_normals(normals, mesh->vertices, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 wanted = v3_scale(v3_sub(mesh->vertices[i], v3(1, 2, 3)), 2.0);
        /* the cut of the quads tilts a normal by up to half a facet, 0.5 * 2 pi / 40 */
        assert_true(v3_dist(normals[i], wanted) < 0.08);
        assert_true(fabs(v3_norm(normals[i]) - 1.0) < 1e-15);
    }
    oik_mesh_normals(normals, mesh->vertices, mesh->n_vertices, NULL, 0);
    assert_true(v3_norm(normals[0]) == 0.0); /* no face, no normal */
    free(normals);
    oik_mesh_free(mesh);
}

/* A corner of the cube has three right angles; by area, each side counts once or twice with its triangles of equal area. */
static void normals_are_weighted_by_area(void **unused) {
    (void)unused;
    const oik_vec3 vertices[] = {{0, 0, 0}, {2, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    const int32_t faces[][3] = {{0, 1, 2}, {0, 2, 3}};
    oik_vec3 normals[4];
    oik_mesh_normals(normals, vertices, 4, faces, 2);
    assert_true(v3_dist(normals[0], v3_unit(v3(1, 0, 2))) < 1e-15); /* areas 1/2 towards x and 1 towards z */
    assert_true(v3_dist(normals[1], v3(0, 0, 1)) < 1e-15);
}

static void vertex_areas_sum_up_to_the_surface(void **unused) {
    (void)unused;
    oik_mesh *mesh = shape_cube(v3(3, 0, 0), 0.5);
    double areas[8], sum = 0.0;
    oik_mesh_vertex_areas(areas, mesh->vertices, 8, (const int32_t(*)[3])mesh->faces, 12);
    for (int i = 0; i < 8; i++)
        sum += areas[i];
    assert_true(fabs(sum - 6 * 0.25) < 1e-14); /* a sum of 36 numbers of size 0.04 */
    oik_mesh_free(mesh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_back),
        cmocka_unit_test(ascii_and_binary_are_the_same_mesh),
        cmocka_unit_test(a_comma_locale_changes_neither_reading_nor_writing),
        cmocka_unit_test(the_written_bytes_are_those_of_the_format),
        cmocka_unit_test(a_bad_mesh_is_not_written),
        cmocka_unit_test(obj_faces_of_every_spelling_are_read),
        cmocka_unit_test(obj_faces_may_come_before_their_vertices),
        cmocka_unit_test(normals_of_a_sphere_point_outwards),
        cmocka_unit_test(normals_are_weighted_by_area),
        cmocka_unit_test(vertex_areas_sum_up_to_the_surface),
    };
    return cmocka_run_group_tests_name("test_mesh_io", tests, temp_dir_setup, temp_dir_teardown);
}
