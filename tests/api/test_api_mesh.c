/* Meshes from arrays. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/mesh.h"

static const double corners[] = {0, 0, 0, 1, 0, 0, 0, 1, 0};

static void arrays_are_copied(void **state) {
    (void)state;
    double vertices[9];
    int32_t faces[3] = {0, 1, 2};
    memcpy(vertices, corners, sizeof vertices);
    oik_mesh *mesh = NULL;
    assert_int_equal(oik_mesh_from_arrays(&mesh, vertices, 3, faces, 1, NULL), OIK_OK);
    memset(vertices, 0, sizeof vertices);
    memset(faces, 0, sizeof faces);
    assert_int_equal(mesh->n_vertices, 3);
    assert_int_equal(mesh->n_faces, 1);
    assert_memory_equal(mesh->vertices, corners, sizeof corners);
    assert_memory_equal(mesh->faces, ((const int32_t[]){0, 1, 2}), 3 * sizeof(int32_t));
    oik_mesh_free(mesh);
}

static void faces_may_be_absent(void **state) {
    (void)state;
    oik_mesh *mesh = NULL;
    assert_int_equal(oik_mesh_from_arrays(&mesh, corners, 3, NULL, 0, NULL), OIK_OK);
    assert_int_equal(mesh->n_faces, 0);
    oik_mesh_free(mesh);
}

static void arrays_come_out_as_they_went_in(void **state) {
    (void)state;
    const int32_t faces[] = {0, 1, 2, 2, 1, 0};
    oik_mesh *mesh = NULL;
    assert_int_equal(oik_mesh_from_arrays(&mesh, corners, 3, faces, 2, NULL), OIK_OK);
    oik_mesh_info info = oik_mesh_get_info(mesh);
    assert_int_equal(info.n_vertices, 3);
    assert_int_equal(info.n_faces, 2);
    assert_memory_equal(info.vertices, corners, sizeof corners);
    assert_memory_equal(info.faces, faces, sizeof faces);
    oik_mesh_free(mesh);
}

static void bad_arrays_are_named(void **state) {
    (void)state;
    double broken[9];
    memcpy(broken, corners, sizeof broken);
    broken[7] = (double)NAN;
    oik_mesh *mesh = NULL;
    oik_error err = {0};
    assert_int_equal(oik_mesh_from_arrays(&mesh, broken, 3, NULL, 0, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "vertex 2"));
    assert_int_equal(oik_mesh_from_arrays(&mesh, corners, 3, (const int32_t[]){0, 1, 3}, 1, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "face 0"));
    assert_int_equal(oik_mesh_from_arrays(&mesh, corners, 3, (const int32_t[]){0, -1, 2}, 1, &err), OIK_E_SHAPE);
    assert_int_equal(oik_mesh_from_arrays(&mesh, corners, 3, NULL, 1, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_mesh_from_arrays(&mesh, NULL, 0, NULL, 0, &err), OIK_E_ARGUMENT);
    assert_null(mesh);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(arrays_are_copied), cmocka_unit_test(faces_may_be_absent),
                                       cmocka_unit_test(arrays_come_out_as_they_went_in),
                                       cmocka_unit_test(bad_arrays_are_named)};
    return cmocka_run_group_tests_name("test_api_mesh", tests, NULL, NULL);
}
