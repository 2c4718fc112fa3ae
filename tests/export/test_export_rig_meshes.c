/* Bones as STL files: what is in them, what is refused, and what is left when the disk is full. */
#include "rig_writer.h"

#include "export/rig_meshes.h"
#include "failing_malloc.h"
#include "support/rig_export.h"

enum { HEADER = 80, COUNT = 4, FACE = 50 };

static uint32_t bits_at(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static double number_at(const uint8_t *p) {
    uint32_t bits = bits_at(p);
    float x;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

static oik_vec3 point_at(const uint8_t *p) {
    return v3(number_at(p), number_at(p + 4), number_at(p + 8));
}

/* A reader written from the description of the format. */
static void a_file_holds_the_bones_faces(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_rig *rig = tiny_rig_new();
    const oik_rig_bone *bone = &rig->bones[3];
    assert_int_equal(oik_rig_mesh_write(bone, temp_path(path, "bone.stl"), NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, HEADER + COUNT + FACE * bone->n_faces);
    assert_int_not_equal(strncmp((char *)data, "solid", 5), 0);
    assert_int_equal(bits_at(data + HEADER), bone->n_faces);
    for (size_t f = 0; f < bone->n_faces; f++) {
        const uint8_t *face = data + HEADER + COUNT + FACE * f;
        oik_vec3 p[3];
        for (int c = 0; c < 3; c++) {
            p[c] = point_at(face + 12 * (c + 1));
            assert_true(v3_dist(p[c], bone->vertices[bone->faces[f][c]]) < 1e-7); /* single precision of less than 1 m */
        }
        oik_vec3 normal = v3_unit(v3_cross(v3_sub(p[1], p[0]), v3_sub(p[2], p[0])));
        assert_true(v3_dist(point_at(face), normal) < 1e-6);
        assert_true(face[48] == 0 && face[49] == 0);
    }
    free(data);
    oik_rig_free(rig);
}

static void all_are_checked_before_the_first_is_written(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->bones[5].vertices[7].y = NAN;
    rig_check_refused(oik_rig_meshes_write, rig, OIK_E_NOT_FINITE, "T8: vertex 7");
    rig->bones[5].vertices[7].y = 0.0;
    rig->bones[5].faces[11][2] = 8;
    rig_check_refused(oik_rig_meshes_write, rig, OIK_E_SHAPE, "T8: face 11");
    rig->bones[5].n_faces = 0;
    rig_check_refused(oik_rig_meshes_write, rig, OIK_E_ARGUMENT, "T8");
    oik_rig_free(rig);
}

static oik_status write_femur(const oik_rig *rig, const char *path, oik_error *err) {
    return oik_rig_mesh_write(&rig->bones[2], path, err);
}

static void a_full_disk_is_reported(void **state) {
    (void)state;
    rig_check_disk(write_femur);
}

static void every_failing_allocation_of_a_bone_is_reported(void **state) {
    (void)state;
    rig_check_memory(write_femur);
}

/* Meshes that were written before stay; none is cut off. */
static void every_failing_allocation_of_all_bones_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    oik_status status = OIK_E_MEMORY;
    temp_path(path, "document");
    temp_path(folder, "tiny_meshes");
    for (long k = 0; status; k++) {
        oik_error err = {0};
        failing_malloc_arm(k);
        status = oik_rig_meshes_write(rig, path, &err);
        failing_malloc_disarm();
        assert_true(status == OIK_E_MEMORY || status == OIK_OK);
        assert_int_equal(status, err.status);
        assert_true(count_entries(folder) <= rig->n_bones); /* no temporary file among them */
    }
    assert_int_equal(count_entries(folder), rig->n_bones);
    oik_rig_free(rig);
}

static void a_file_in_place_of_the_folder_is_named(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    oik_rig *rig = tiny_rig_new();
    strcpy(rig->name, "taken");
    temp_file(path, "taken_meshes", "", 0);
    assert_int_equal(oik_rig_meshes_write(rig, temp_path(path, "document"), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "taken_meshes"));
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_holds_the_bones_faces),
        cmocka_unit_test(all_are_checked_before_the_first_is_written),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(every_failing_allocation_of_a_bone_is_reported),
        cmocka_unit_test(every_failing_allocation_of_all_bones_is_reported),
        cmocka_unit_test(a_file_in_place_of_the_folder_is_named),
    };
    return cmocka_run_group_tests_name("test_export_rig_meshes", tests, temp_dir_setup, temp_dir_teardown);
}
