/* Results of stages in files: the same to the last bit, or a sentence on what is wrong. Needs the built-in models and data/demo. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "api/stage_input.h"
#include "base/npz.h"
#include "base/rot.h"
#include "demo_run.h"
#include "run_program.h"

static oik_model *model;
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_error err;
static char *folder;
static char body_path[RUN_MAX_PATH], lying_path[RUN_MAX_PATH], posed_path[RUN_MAX_PATH];

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static const char *model_path(const char *name) {
    const char *dir = getenv("OSSO_IK_MODELS");
    return in_folder(dir ? dir : "build/models", name);
}

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    snprintf(body_path, sizeof body_path, "%s/body.npz", folder);
    snprintf(lying_path, sizeof lying_path, "%s/lying.npz", folder);
    snprintf(posed_path, sizeof posed_path, "%s/posed.npz", folder);
    return failed(oik_model_load(&model, model_path("female.npz"), &err)) || failed(oik_mesh_read(&mesh, DEMO_FEMALE, &err)) ||
           failed(oik_body_from_mesh(&body, model, mesh, "body", NULL, &err)) ||
           failed(oik_skeleton_infer(&lying, model, body, NULL, &err)) ||
           failed(oik_skeleton_pose(&posed, model, body, lying, NULL, &err)) || failed(oik_body_save(body, model, body_path, &err)) ||
           failed(oik_skeleton_save(lying, model, lying_path, &err)) || failed(oik_skeleton_save(posed, model, posed_path, &err));
}

static int tear_down(void **state) {
    (void)state;
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    scratch_free(folder);
    return 0;
}

static void expect_same_file(const char *a, const char *b) {
    size_t n_a = 0, n_b = 0;
    char *text_a = file_text(a, &n_a), *text_b = file_text(b, &n_b);
    assert_true(text_a && text_b && n_a > 1000);
    if (n_a != n_b || memcmp(text_a, text_b, n_a) != 0)
        fail_msg("%s and %s differ", a, b);
    free(text_a);
    free(text_b);
}

static void expect_same_bytes(const void *a, const void *b, size_t size) {
    assert_memory_equal(a, b, size);
}

static void a_loaded_body_is_the_same(void **state) {
    (void)state;
    oik_body *b = NULL;
    const size_t n = body->n_vertices * sizeof(oik_vec3);
    assert_false(failed(oik_body_load(&b, model, mesh, NULL, body_path, &err)));
    expect_same_bytes(b->x, body->x, n);
    expect_same_bytes(b->fit.x_model, body->fit.x_model, n);
    expect_same_bytes(b->fit.v_subject, body->fit.v_subject, n);
    expect_same_bytes(b->fit.v_shaped, body->fit.v_shaped, n);
    expect_same_bytes(b->fit.beta, body->fit.beta, body->n_modes * sizeof *body->fit.beta);
    expect_same_bytes(&b->fit.pose, &body->fit.pose, sizeof body->fit.pose);
    expect_same_bytes(b->fit.frames.G, body->fit.frames.G, sizeof body->fit.frames.G);
    assert_int_equal(b->n_faces, body->n_faces);
    expect_same_bytes(b->faces, body->faces, body->n_faces * sizeof *body->faces);
    expect_same_bytes(b->input_index, body->input_index, body->n_vertices * sizeof *body->input_index);
    oik_body_info one = oik_body_get_info(body), two = oik_body_get_info(b);
    assert_string_equal(two.unit, one.unit);
    assert_true(two.rms == one.rms && two.repose_rms == one.repose_rms && two.stature == one.stature &&
                two.long_edge_share == one.long_edge_share && two.n_iterations == one.n_iterations && two.converged == one.converged &&
                two.mirrored == one.mirrored && two.units_per_metre == one.units_per_metre);
    assert_int_equal(oik_body_save(b, model, in_folder(folder, "again.npz"), &err), OIK_OK);
    expect_same_file(in_folder(folder, "again.npz"), body_path);
    oik_body_free(b);
}

/** The stages after a file go on as if it had been computed. */
static void stages_go_on_from_files_to_the_last_bit(void **state) {
    (void)state;
    oik_body *b = NULL;
    oik_skeleton *l = NULL, *p = NULL, *q = NULL;
    assert_false(failed(oik_body_load(&b, model, mesh, NULL, body_path, &err)));
    assert_false(failed(oik_skeleton_load(&l, model, b, NULL, NULL, lying_path, &err)));
    assert_false(failed(oik_skeleton_pose(&p, model, b, l, NULL, &err)));
    assert_false(failed(oik_skeleton_load(&q, model, b, l, NULL, posed_path, &err)));
    oik_skeleton_info one = oik_skeleton_get_info(posed), two = oik_skeleton_get_info(p), three = oik_skeleton_get_info(q);
    expect_same_bytes(two.vertices, one.vertices, 3 * one.n_vertices * sizeof *one.vertices);
    expect_same_bytes(three.vertices, one.vertices, 3 * one.n_vertices * sizeof *one.vertices);
    assert_true(three.n_iterations == one.n_iterations && three.initial_cost == one.initial_cost && three.final_cost == one.final_cost);
    assert_string_equal(three.stop, one.stop);
    assert_int_equal(oik_skeleton_save(p, model, in_folder(folder, "again.npz"), &err), OIK_OK);
    expect_same_file(in_folder(folder, "again.npz"), posed_path);
    oik_skeleton_free(q);
    oik_skeleton_free(p);
    oik_skeleton_free(l);
    oik_body_free(b);
}

static void units_and_mirror_images_come_back(void **state) {
    (void)state;
    oik_mesh *other = NULL;
    oik_body *a = NULL, *b = NULL;
    double *x = calloc(3 * mesh->n_vertices, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        x[3 * i] = -1000.0 * mesh->vertices[i].x;
        x[3 * i + 1] = 1000.0 * mesh->vertices[i].y;
        x[3 * i + 2] = 1000.0 * mesh->vertices[i].z;
    }
    assert_false(failed(oik_mesh_from_arrays(&other, x, mesh->n_vertices, NULL, 0, &err)));
    assert_false(failed(oik_body_from_mesh(&a, model, other, "mirrored", NULL, &err)));
    assert_false(failed(oik_body_save(a, model, in_folder(folder, "mirrored.npz"), &err)));
    assert_false(failed(oik_body_load(&b, model, other, NULL, in_folder(folder, "mirrored.npz"), &err)));
    assert_true(a->input.mirrored && b->input.mirrored);
    assert_string_equal(oik_body_get_info(b).unit, "mm");
    expect_same_bytes(b->input_index, a->input_index, a->n_vertices * sizeof *a->input_index);
    assert_true(b->input_index[0] != 0 || b->input_index[1] != 1 || b->input_index[2] != 2);
    oik_body_free(b);
    oik_body_free(a);
    oik_mesh_free(other);
    free(x);
}

/** What a user finds in the files. */
static void files_hold_the_documented_arrays(void **state) {
    (void)state;
    oik_npz *npz = NULL;
    double *pose = NULL, *vertices = NULL;
    size_t rows[2] = {OIK_N_JOINTS, 3}, points[2] = {posed->n_vertices, 3};
    assert_false(failed(oik_npz_open(&npz, body_path, &err)));
    assert_false(failed(oik_npz_read_f64(npz, "pose", 2, rows, &pose, &err)));
    assert_true(oik_npz_has(npz, "betas") && oik_npz_has(npz, "trans") && oik_npz_has(npz, "vertices"));
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 w = v3(pose[3 * j], pose[3 * j + 1], pose[3 * j + 2]);
        assert_true(oik_rot_angle_between(oik_rot_exp(w), body->fit.pose.R[j]) < 1e-9); /* rounding of log and exp */
    }
    oik_npz_free(npz);
    free(pose);
    assert_false(failed(oik_npz_open(&npz, posed_path, &err)));
    assert_false(failed(oik_npz_read_f64(npz, "vertices", 2, points, &vertices, &err)));
    expect_same_bytes(vertices, oik_skeleton_get_info(posed).vertices, 3 * posed->n_vertices * sizeof *vertices);
    assert_true(oik_npz_has(npz, "part_names") && oik_npz_has(npz, "R") && oik_npz_has(npz, "r") && oik_npz_has(npz, "t") &&
                oik_npz_has(npz, "shape"));
    free(vertices);
    oik_npz_free(npz);
}

static void expect_refused(oik_status status, const void *object, const char *part) {
    assert_null(object);
    if (status != OIK_E_FORMAT || !strstr(err.message, part))
        fail_msg("expected \"%s\", found %s: %s", part, oik_status_name(status), err.message);
    assert_non_null(strstr(err.message, ".npz"));
}

static void a_file_of_something_else_is_refused(void **state) {
    (void)state;
    oik_body *b = NULL;
    oik_skeleton *s = NULL;
    oik_model *male = NULL;
    oik_stage_options more = {.more_iterations = 1};
    mesh->vertices[100].x += 1e-9;
    oik_status status = oik_body_load(&b, model, mesh, NULL, body_path, &err);
    mesh->vertices[100].x -= 1e-9;
    oik_mesh *same = demo_mesh(DEMO_FEMALE); /* adding and subtracting rounds */
    memcpy(mesh->vertices, same->vertices, mesh->n_vertices * sizeof *mesh->vertices);
    oik_mesh_free(same);
    expect_refused(status, b, "another input");
    assert_false(failed(oik_model_load(&male, model_path("male.npz"), &err)));
    expect_refused(oik_body_load(&b, male, mesh, NULL, body_path, &err), b, "another model");
    oik_model_free(male);
    expect_refused(oik_body_load(&b, model, mesh, &more, body_path, &err), b, "--more_it");
    expect_refused(oik_body_load(&b, model, mesh, NULL, lying_path, &err), b, "another stage");
    expect_refused(oik_skeleton_load(&s, model, body, lying, NULL, lying_path, &err), s, "another stage");
    expect_refused(oik_skeleton_load(&s, model, body, NULL, &more, lying_path, &err), s, "--more_it");
    expect_refused(oik_body_load(&b, model, mesh, NULL, model_path("female.npz"), &err), b, "key");
    assert_int_equal(oik_body_load(&b, model, mesh, NULL, in_folder(folder, "absent.npz"), &err), OIK_E_IO);
    assert_int_equal(oik_skeleton_load(&s, model, body, posed, NULL, posed_path, &err), OIK_E_ARGUMENT);
}

/** The stage before counts as well: the posed bones of another lying skeleton are others. */
static void the_key_covers_the_stage_before(void **state) {
    (void)state;
    oik_stage_options more = {.more_iterations = 1};
    oik_skeleton *tighter = NULL, *s = NULL;
    assert_false(failed(oik_skeleton_infer(&tighter, model, body, &more, &err)));
    expect_refused(oik_skeleton_load(&s, model, body, tighter, NULL, posed_path, &err), s, "stage before");
    oik_skeleton_free(tighter);
}

/* Faces bound the body that bones are kept in: they are input like the vertices. */
static void the_key_covers_vertices_and_faces(void **state) {
    (void)state;
    oik_vec3 vertices[4] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    int32_t faces[2][3] = {{0, 1, 2}, {0, 2, 3}};
    oik_mesh tiny = {.n_vertices = 4, .n_faces = 2, .vertices = vertices, .faces = faces};
    char hash[4][OIK_HASH_LENGTH + 1];
    oik_stage_hash_mesh(hash[0], &tiny);
    vertices[3].x = 0x1p-52;
    oik_stage_hash_mesh(hash[1], &tiny);
    faces[1][2] = 1;
    oik_stage_hash_mesh(hash[2], &tiny);
    tiny.n_faces = 1;
    oik_stage_hash_mesh(hash[3], &tiny);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hash[i], hash[k]);
}

/** A bit that is turned anywhere is noticed, or stands where it means nothing; nothing is read beyond the end. */
static void damage_is_noticed(void **state) {
    (void)state;
    size_t size = 0;
    char *text = file_text(body_path, &size);
    const char *path = in_folder(folder, "damaged.npz");
    for (int k = 0; k < 60; k++) {
        size_t place = (size_t)k * (size - 1) / 59;
        oik_body *b = NULL;
        text[place] = (char)(text[place] ^ 0x20);
        file_put(path, text, size);
        oik_status status = oik_body_load(&b, model, mesh, NULL, path, &err);
        text[place] = (char)(text[place] ^ 0x20);
        if (status == OIK_OK)
            expect_same_bytes(b->fit.x_model, body->fit.x_model, body->n_vertices * sizeof(oik_vec3));
        else
            assert_int_equal(status, OIK_E_FORMAT);
        oik_body_free(b);
    }
    for (int k = 0; k < 20; k++) {
        oik_body *b = NULL;
        file_put(path, text, (size_t)k * size / 20);
        assert_int_equal(oik_body_load(&b, model, mesh, NULL, path, &err), OIK_E_FORMAT);
        assert_null(b);
    }
    free(text);
}

/** Arrays of another file under the right key: read, but checked. */
static void arrays_out_of_range_are_refused(void **state) {
    (void)state;
    oik_npz_writer *w = NULL;
    oik_body *b = NULL;
    const char *path = in_folder(folder, "foreign.npz"), *key = body->origin.key;
    assert_false(failed(oik_npz_writer_new(&w, &err)));
    assert_false(failed(oik_npz_add_text(w, "key", 1, &key, &err)));
    assert_false(failed(oik_npz_writer_save(w, path, 0, &err)));
    oik_npz_writer_free(w);
    expect_refused(oik_body_load(&b, model, mesh, NULL, path, &err), b, "n_calls");
    int32_t old = body->faces[7][1];
    body->faces[7][1] = (int32_t)body->n_vertices;
    assert_false(failed(oik_body_save(body, model, path, &err)));
    body->faces[7][1] = old;
    expect_refused(oik_body_load(&b, model, mesh, NULL, path, &err), b, "faces");
    oik_mat3 R = lying->puppet->R[0];
    oik_skeleton *s = NULL;
    lying->puppet->R[0].m[0][0] += 0.1;
    assert_false(failed(oik_skeleton_save(lying, model, path, &err)));
    lying->puppet->R[0] = R;
    expect_refused(oik_skeleton_load(&s, model, body, NULL, NULL, path, &err), s, "array R");
}

static void results_of_sequences_are_not_saved(void **state) {
    (void)state;
    oik_sequence *s = NULL;
    assert_false(failed(oik_sequence_new(&s, model, NULL, &err)));
    assert_false(failed(oik_sequence_add(s, mesh, 0.0, "frame", &err)));
    const char *path = in_folder(folder, "frame.npz");
    assert_int_equal(oik_body_save(oik_sequence_body(s), model, path, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_skeleton_save(oik_sequence_posed(s), model, path, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_skeleton_save(oik_sequence_lying(s), model, path, &err), OIK_E_ARGUMENT);
    assert_false(file_exists(path));
    oik_sequence_free(s);
    oik_stage_options reference = {.method = OIK_METHOD_REFERENCE};
    assert_int_equal(oik_sequence_new(&s, model, &reference, &err), OIK_E_ARGUMENT);
    assert_null(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_body_is_the_same),
        cmocka_unit_test(stages_go_on_from_files_to_the_last_bit),
        cmocka_unit_test(units_and_mirror_images_come_back),
        cmocka_unit_test(files_hold_the_documented_arrays),
        cmocka_unit_test(a_file_of_something_else_is_refused),
        cmocka_unit_test(the_key_covers_the_stage_before),
        cmocka_unit_test(the_key_covers_vertices_and_faces),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(arrays_out_of_range_are_refused),
        cmocka_unit_test(results_of_sequences_are_not_saved),
    };
    return cmocka_run_group_tests_name("test_api_stage_files", tests, set_up, tear_down);
}
