/* What the tests of the writers of rigs share (see rig_export.h). */
#include "support/rig_export.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rot.h"
#include "export/rig_meshes.h"
#include "support/comma_locale.h"
#include "support/random.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"

enum { KNEE = 9, BENDING = 14, ROTATION = 15, HIP = 6 }; /* coordinates of the tiny rig */

static double follow(const oik_dof *dof, double master) {
    double value = 0.0;
    for (int i = dof->n_coefficients; i-- > 0;)
        value = value * master + dof->coefficient[i];
    return value;
}

void complete_coordinates(double *q, const oik_rig *rig) {
    for (int d = 0; d < rig->n_dofs; d++)
        if (rig->dofs[d].n_coefficients > 0)
            q[d] = follow(&rig->dofs[d], q[rig->dofs[d].master]);
}

oik_rig *turned_rig_new(void) {
    static const double linear[] = {0.026179938779914945, 0.25}, cubic[] = {0, 0.125, -0.0625, 0.03125};
    uint64_t random = 5;
    oik_rig *rig = tiny_rig_new();
    assert_non_null(rig);
    assert_string_equal(rig->dofs[BENDING].name, "lumbar_bending");
    assert_string_equal(rig->dofs[ROTATION].name, "lumbar_rotation");
    for (int i = 0; i < rig->n_bodies; i++) {
        rig->bodies[i].A = oik_rot_exp(random_vec3(&random));
        rig->bodies[i].B = oik_rot_exp(random_vec3(&random));
        rig->bodies[i].s = v3_madd(rig->bodies[i].s, 0.1, random_vec3(&random));
    }
    rig->bodies[TINY_RIG_TORSO].parent = TINY_RIG_FEMUR_R;
    rig->dofs[BENDING].n_coefficients = 2, rig->dofs[BENDING].master = HIP;
    memcpy(rig->dofs[BENDING].coefficient, linear, sizeof linear);
    rig->dofs[ROTATION].n_coefficients = 4, rig->dofs[ROTATION].master = KNEE;
    memcpy(rig->dofs[ROTATION].coefficient, cubic, sizeof cubic);
    for (int f = 0; f < rig->n_frames; f++)
        complete_coordinates(rig->q + (ptrdiff_t)f * rig->n_dofs, rig);
    return rig;
}

void random_coordinates(double *q, const oik_rig *rig, uint64_t *random) {
    for (int d = 0; d < rig->n_dofs; d++) {
        const oik_dof *dof = &rig->dofs[d];
        double middle = 0.5 * (dof->lower + dof->upper), half = 0.5 * (dof->upper - dof->lower), u = random_signed(random);
        q[d] = dof->translation ? u : middle + half * u;
    }
    complete_coordinates(q, rig);
}

void rig_check_poses(oik_rig *rig, uint64_t seed, rig_pose_check *check, void *client) {
    enum { POSES = 20 };
    double *q = calloc((size_t)rig->n_dofs, sizeof *q);
    assert_non_null(q);
    for (int f = 0; f < rig->n_frames; f++)
        check(client, rig, rig->q + (ptrdiff_t)f * rig->n_dofs);
    for (int k = 0; k < POSES; k++) {
        random_coordinates(q, rig, &seed);
        check(client, rig, q);
    }
    free(q);
}

void rig_write(rig_writer *write, const oik_rig *rig, const char *path) {
    oik_error err = {0};
    if (write(rig, path, &err) != OIK_OK)
        fail_msg("%s", err.message);
}

/** Paths of all files of a rig's document, as the writer's own list has them; free both. */
static const char **file_list(oik_buf *text, const oik_rig *rig, const char *path) {
    size_t n = (size_t)rig->n_bones;
    const char **names = calloc(n + 1, sizeof *names);
    assert_non_null(names);
    for (size_t b = 0; b < n; b++)
        names[b] = rig->bones[b].name;
    oik_rig_document_files(text, path, rig->name, names, n);
    assert_int_equal(text->status, OIK_OK);
    const char *next = text->data;
    for (size_t i = 0; i <= n; i++, next += strlen(next) + 1)
        names[i] = next;
    assert_ptr_equal(next, text->data + text->size);
    return names;
}

void expect_same_bytes(const char *path_a, const char *path_b) {
    uint8_t *a, *b;
    size_t size_a, size_b;
    assert_int_equal(oik_file_read(&a, &size_a, path_a, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&b, &size_b, path_b, NULL), OIK_OK);
    assert_int_equal(size_a, size_b);
    assert_memory_equal(a, b, size_a);
    free(a);
    free(b);
}

static void expect_same_files(const oik_rig *rig, const char *path_a, const char *path_b) {
    oik_buf a = {0}, b = {0};
    const char **files_a = file_list(&a, rig, path_a), **files_b = file_list(&b, rig, path_b);
    for (int i = 0; i <= rig->n_bones; i++)
        expect_same_bytes(files_a[i], files_b[i]);
    free(files_a);
    free(files_b);
    oik_buf_free(&a);
    oik_buf_free(&b);
}

static const char *path_in(char out[TEMP_PATH_LENGTH], const char *folder, const char *document) {
    char name[TEMP_PATH_LENGTH / 2];
    assert_int_equal(oik_dir_make(temp_path(out, folder), NULL), OIK_OK);
    snprintf(name, sizeof name, "%s/%s", folder, document);
    return temp_path(out, name);
}

void rig_check_bytes(rig_writer *write, const char *document) {
    char first[TEMP_PATH_LENGTH], again[TEMP_PATH_LENGTH], comma[TEMP_PATH_LENGTH];
    oik_rig *rig = turned_rig_new();
    rig_write(write, rig, path_in(first, "first", document));
    rig_write(write, rig, path_in(again, "again", document));
    expect_same_files(rig, first, again);
    path_in(comma, "comma", document);
    if (!comma_locale_enter()) {
        oik_rig_free(rig);
        skip();
    }
    oik_status status = write(rig, comma, NULL);
    comma_locale_leave();
    assert_int_equal(status, OIK_OK);
    expect_same_files(rig, first, comma);
    oik_rig_free(rig);
}

void rig_check_refused(rig_writer *write, const oik_rig *rig, oik_status status, const char *text) {
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    path_in(path, "refused", "document");
    assert_int_equal(write(rig, path, &err), status);
    if (!strstr(err.message, text))
        fail_msg("expected '%s' in the message '%s'", text, err.message);
    assert_int_equal(count_entries(temp_path(folder, "refused")), 0);
}

/** What is changed in a tiny rig so that it is refused. */
typedef struct bad_rig {
    void (*spoil)(oik_rig *rig);
    oik_status status;
    const char *text;
} bad_rig;

static void blank_in_rig_name(oik_rig *rig) {
    strcpy(rig->name, "a b");
}
static void slash_in_bone_name(oik_rig *rig) {
    strcpy(rig->bones[3].name, "../tibia");
}
static void quote_in_body_name(oik_rig *rig) {
    strcpy(rig->bodies[1].name, "femur\"r");
}
static void empty_coordinate_name(oik_rig *rig) {
    rig->dofs[7].name[0] = '\0';
}
static void two_markers_of_one_name(oik_rig *rig) {
    strcpy(rig->markers[4].name, "RKNE");
}
static void two_bodies_of_one_name(oik_rig *rig) {
    strcpy(rig->bodies[3].name, "femur_r");
}
static void body_called_world(oik_rig *rig) {
    strcpy(rig->bodies[0].name, "world");
}
static void endless_range(oik_rig *rig) {
    rig->dofs[9].upper = INFINITY;
}
static void coordinate_not_a_number(oik_rig *rig) {
    rig->q[2 * TINY_RIG_DOFS + 9] = NAN;
}
static void body_without_mass(oik_rig *rig) {
    rig->bodies[2].mass = 0.0;
}
static void impossible_inertia(oik_rig *rig) {
    rig->bodies[2].inertia[0] = 1.0;
}
static void vertex_not_finite(oik_rig *rig) {
    rig->bones[5].vertices[7].y = NAN;
}
static void corner_out_of_range(oik_rig *rig) {
    rig->bones[5].faces[11][2] = 8;
}
static void bone_without_faces(oik_rig *rig) {
    rig->bones[2].n_faces = 0;
}

void rig_check_bad_rigs(rig_writer *write) {
    static const bad_rig bad[] = {
        {blank_in_rig_name, OIK_E_MODEL, "'a b'"},
        {slash_in_bone_name, OIK_E_MODEL, "'../tibia'"},
        {quote_in_body_name, OIK_E_MODEL, "'femur\"r'"},
        {empty_coordinate_name, OIK_E_MODEL, "coordinate 7"},
        {two_markers_of_one_name, OIK_E_MODEL, "'RKNE'"},
        {two_bodies_of_one_name, OIK_E_MODEL, "'femur_r'"},
        {body_called_world, OIK_E_MODEL, "'world'"},
        {endless_range, OIK_E_NOT_FINITE, "knee_angle_r"},
        {coordinate_not_a_number, OIK_E_NOT_FINITE, "knee_angle_r of frame 2"},
        {body_without_mass, OIK_E_MODEL, "tibia_r"},
        {impossible_inertia, OIK_E_MODEL, "tibia_r"},
        {vertex_not_finite, OIK_E_NOT_FINITE, "T8: vertex 7"},
        {corner_out_of_range, OIK_E_SHAPE, "T8: face 11"},
        {bone_without_faces, OIK_E_ARGUMENT, "femur_r"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        oik_rig *rig = tiny_rig_new();
        bad[i].spoil(rig);
        rig_check_refused(write, rig, bad[i].status, bad[i].text);
        oik_rig_free(rig);
    }
}

void rig_check_files(rig_writer *write, const char *document) {
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_buf text = {0};
    oik_rig *rig = tiny_rig_new();
    rig_write(write, rig, path_in(path, "files", document));
    const char **files = file_list(&text, rig, path);
    assert_string_equal(files[0], path);
    assert_non_null(strstr(files[1], "/files/tiny_meshes/sacrum.stl"));
    for (int i = 0; i <= rig->n_bones; i++) {
        uint8_t *data;
        size_t size;
        assert_int_equal(oik_file_read(&data, &size, files[i], NULL), OIK_OK);
        assert_true(i == 0 || size == 84 + 12 * 50); /* a box of 12 triangles */
        free(data);
    }
    assert_int_equal(count_entries(temp_path(folder, "files")), 2);
    assert_int_equal(count_entries(temp_path(folder, "files/tiny_meshes")), rig->n_bones);
    free(files);
    oik_buf_free(&text);
    oik_rig_free(rig);
}

int run_command(const char *command, char *text, size_t room) {
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t n = fread(text, 1, room - 1, pipe);
    text[n] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
