/* The skeleton PLY: labels, names, units, selections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/skeleton_ply.h"
#include "mesh/mesh_io.h"
#include "run_program.h"

/* three bones of one triangle each; bones 0 and 2 make part 1, bone 1 makes part 0 */
static const oik_vec3 vertices[9] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 1},
                                     {0, 1, 1}, {0, 0, 2}, {1, 0, 2}, {0, 1, 2}};
static const int32_t faces[3][3] = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}};
static const int32_t bone_of_vertex[9] = {0, 0, 0, 1, 1, 1, 2, 2, 2};
static const int32_t part_of_vertex[9] = {1, 1, 1, 0, 0, 0, 1, 1, 1};
static const char *const bone_names[3] = {"femur_r", "skull", "patella_r"};

static char *folder;
static const char *path;

static int new_folder(void **state) {
    (void)state;
    folder = scratch_new();
    path = in_folder(folder, "bones.ply");
    return folder ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

static oik_skeleton_ply skeleton(void) {
    return (oik_skeleton_ply){.n_vertices = 9,
                              .n_faces = 3,
                              .n_bones = 3,
                              .vertices = vertices,
                              .faces = faces,
                              .bone_of_vertex = bone_of_vertex,
                              .bone_names = bone_names,
                              .units_per_metre = 1.0,
                              .unit = "m",
                              .frame = "that of the test"};
}

static oik_mesh *write_and_read(const oik_skeleton_ply *s) {
    oik_mesh *mesh = NULL;
    oik_error err = {0};
    if (oik_skeleton_ply_write(s, path, &err) != OIK_OK || oik_mesh_read(&mesh, path, &err) != OIK_OK)
        fail_msg("%s", err.message);
    return mesh;
}

static void everything_comes_back_with_labels(void **state) {
    (void)state;
    oik_skeleton_ply s = skeleton();
    oik_mesh *mesh = write_and_read(&s);
    assert_int_equal(mesh->n_vertices, 9);
    assert_int_equal(mesh->n_faces, 3);
    assert_memory_equal(mesh->vertices, vertices, sizeof vertices); /* whole numbers are exact in float */
    assert_memory_equal(mesh->faces, faces, sizeof faces);
    assert_memory_equal(mesh->labels, bone_of_vertex, sizeof bone_of_vertex);
    oik_mesh_free(mesh);
}

static void header_names_unit_frame_and_bones(void **state) {
    (void)state;
    static const char *const lines[] = {"comment unit m\n",       "comment frame that of the test\n",
                                        "comment bone 0 femur_r\n", "comment bone 1 skull\n",
                                        "comment bone 2 patella_r\n", "property int bone\n"};
    oik_skeleton_ply s = skeleton();
    oik_mesh_free(write_and_read(&s));
    char *text = file_text(path, NULL);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(text, lines[i]));
    free(text);
}

static void a_part_keeps_the_numbers_of_its_bones(void **state) {
    (void)state;
    oik_skeleton_ply s = skeleton();
    s.group_of_vertex = part_of_vertex;
    s.group = 1;
    oik_mesh *mesh = write_and_read(&s);
    assert_int_equal(mesh->n_vertices, 6);
    assert_int_equal(mesh->n_faces, 2);
    assert_memory_equal(mesh->labels, ((const int32_t[]){0, 0, 0, 2, 2, 2}), 6 * sizeof(int32_t));
    assert_memory_equal(mesh->faces, ((const int32_t[2][3]){{0, 1, 2}, {3, 4, 5}}), 6 * sizeof(int32_t));
    assert_true(mesh->vertices[3].z == 2.0);
    oik_mesh_free(mesh);
    char *text = file_text(path, NULL);
    assert_non_null(strstr(text, "comment bone 2 patella_r\n"));
    assert_null(strstr(text, "skull"));
    free(text);
}

static void units_scale_the_coordinates(void **state) {
    (void)state;
    oik_skeleton_ply s = skeleton();
    s.units_per_metre = 1000.0;
    oik_mesh *mesh = write_and_read(&s);
    assert_true(mesh->vertices[1].x == 1000.0 && mesh->vertices[8].z == 2000.0);
    oik_mesh_free(mesh);
}

static void an_empty_selection_is_refused(void **state) {
    (void)state;
    oik_skeleton_ply s = skeleton();
    oik_error err = {0};
    s.group_of_vertex = part_of_vertex;
    s.group = 5;
    assert_int_equal(oik_skeleton_ply_write(&s, path, &err), OIK_E_ARGUMENT);
    assert_int_equal(count_files(folder), 0);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, new_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(everything_comes_back_with_labels), IN_FOLDER(header_names_unit_frame_and_bones),
        IN_FOLDER(a_part_keeps_the_numbers_of_its_bones), IN_FOLDER(units_scale_the_coordinates),
        IN_FOLDER(an_empty_selection_is_refused)};
    return cmocka_run_group_tests_name("test_export_skeleton_ply", tests, NULL, NULL);
}
