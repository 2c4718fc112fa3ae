/* What an earlier run has left is read instead of computed, exactly when it would come out the same. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/npz.h"
#include "demo_run.h"
#include "mesh/mesh_io.h"
#include "run_program.h"
#include "support/json_schema.h"

static char *folder; /* a new one for each case, after one run */
static const char *const stage_files[3] = {"tmp/body_female_body_posed.npz", "tmp/body_female_skel_lying.npz",
                                           "tmp/body_female_skel_posed.npz"};

static void expect_code(run_result *r, int code) {
    if (r->code != code)
        fail_msg("exit code %d, expected %d: %s", r->code, code, r->err);
}

static int first_run(void **state) {
    (void)state;
    folder = scratch_new();
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, "-q", NULL);
    int code = r.code;
    run_free(&r);
    return code;
}

static int remove_folder(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

/** "110": registration and placing are marked as taken over, posing is not. */
static void expect_cached(const char *where, const char *expected) {
    static const char *const names[3] = {"registration", "placing", "posing"};
    json_t *summary = demo_json(where, "body_female_summary.json");
    const json_t *stages = json_object_get(summary, "stages");
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *stage = json_array_get(stages, i);
        const char *name = json_string_value(json_object_get(stage, "name"));
        bool cached = json_is_true(json_object_get(stage, "cached")), wanted = false;
        for (int k = 0; k < 3; k++)
            wanted |= strcmp(name, names[k]) == 0 && expected[k] == '1';
        if (cached != wanted)
            fail_msg("%s: cached is %d, expected %d", name, cached, wanted);
    }
    json_decref(summary);
}

/** All files of two folders are equal; of the summary all but times and what was taken over. */
static void expect_equal_results(const char *a, const char *b) {
    json_t *one = demo_json(a, "body_female_summary.json"), *other = demo_json(b, "body_female_summary.json");
    const json_t *files = json_object_get(one, "files");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *name = json_string_value(json_array_get(files, i));
        size_t size_a = 0, size_b = 0;
        if (strstr(name, "_summary.json"))
            continue;
        char *text_a = file_text(in_folder(a, name), &size_a), *text_b = file_text(in_folder(b, name), &size_b);
        assert_true(text_a && text_b);
        if (size_a != size_b || memcmp(text_a, text_b, size_a) != 0)
            fail_msg("%s differs", name);
        free(text_a);
        free(text_b);
    }
    json_t *documents[2] = {one, other};
    for (int d = 0; d < 2; d++) {
        json_object_del(documents[d], "times");
        json_t *stages = json_object_get(documents[d], "stages");
        for (size_t i = 0; i < json_array_size(stages); i++)
            json_object_del(json_array_get(stages, i), "cached");
    }
    assert_true(json_equal(one, other));
    json_decref(one);
    json_decref(other);
}

/** Content and time of change of the files of stages. */
typedef struct state_of {
    struct timespec time[3];
    ino_t inode[3];
} state_of;

static state_of files_now(void) {
    state_of s = {0};
    for (int i = 0; i < 3; i++) {
        struct stat info;
        assert_int_equal(stat(in_folder(folder, stage_files[i]), &info), 0);
        s.time[i] = info.st_mtim;
        s.inode[i] = info.st_ino;
    }
    return s;
}

static void a_second_run_computes_nothing_and_gives_the_same(void **state) {
    (void)state;
    char *fresh = scratch_new();
    expect_cached(folder, "000");
    state_of before = files_now();
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    expect_code(&r, 0);
    run_free(&r);
    expect_cached(folder, "111");
    state_of after = files_now();
    assert_memory_equal(&before, &after, sizeof before);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", fresh, NULL);
    run_free(&r);
    expect_cached(fresh, "000");
    expect_equal_results(folder, fresh);
    scratch_free(fresh);
}

static void the_summary_still_meets_its_schema(void **state) {
    (void)state;
    char why[256];
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    json_t *document = demo_json(folder, "body_female_summary.json"), *schema = demo_json("docs/schema", "summary.schema.json");
    if (!json_schema_accepts(why, sizeof why, schema, document))
        fail_msg("%s", why);
    json_decref(document);
    json_decref(schema);
    run_free(&r);
}

static void force_recompute_reads_nothing(void **state) {
    (void)state;
    file_put(in_folder(folder, stage_files[1]), "damaged", 7);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, "--force_recompute", NULL);
    expect_code(&r, 0);
    expect_cached(folder, "000");
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    expect_cached(folder, "111");
    run_free(&r);
}

static void one_vertex_moved_is_another_input(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    const char *path = in_folder(folder, "body_female.ply");
    mesh->vertices[3000].x += 1e-4;
    oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY};
    assert_int_equal(oik_mesh_write(mesh, path, &options, NULL), OIK_OK);
    oik_mesh_free(mesh);
    run_result r = run_osso_ik("--mesh_input", path, "-g", "female", "-o", folder, NULL);
    expect_code(&r, 0);
    expect_cached(folder, "000");
    run_free(&r);
    r = run_osso_ik("--mesh_input", path, "-g", "female", "-o", folder, NULL);
    expect_cached(folder, "111");
    run_free(&r);
}

static void models_and_limits_have_their_own_results(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "neutral", "-o", folder, NULL);
    expect_cached(folder, "000");
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "neutral", "--more_it", "-o", folder, NULL);
    expect_cached(folder, "000");
    run_free(&r);
}

static void a_damaged_file_is_computed_anew(void **state) {
    (void)state;
    size_t size = 0;
    char *text = file_text(in_folder(folder, stage_files[1]), &size);
    file_put(in_folder(folder, stage_files[1]), text, size / 2);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    expect_code(&r, 0);
    assert_null(strstr(r.err, "npz")); /* nobody needs to know */
    expect_cached(folder, "101");      /* the bones placed anew are the same, so that those posed are as well */
    run_free(&r);
    size_t again = 0;
    char *mended = file_text(in_folder(folder, stage_files[1]), &again);
    assert_int_equal(again, size);
    assert_memory_equal(mended, text, size);
    free(mended);
    file_put(in_folder(folder, stage_files[0]), text, size); /* a file of another stage */
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-v", "-o", folder, NULL);
    expect_cached(folder, "011");
    assert_non_null(strstr(r.err, "registration is computed"));
    run_free(&r);
    free(text);
}

static void verbose_tells_every_step_that_is_computed(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-v", "-o", folder, NULL);
    assert_null(strstr(r.err, ": step "));
    assert_non_null(strstr(r.err, "taken over from an earlier run"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-v", "-F", "-o", folder, NULL);
    json_t *summary = demo_json(folder, "body_female_summary.json");
    const json_t *stages = json_object_get(summary, "stages");
    json_int_t n_steps = 0, n_told = 0;
    for (size_t i = 0; i < 3; i++)
        n_steps += json_integer_value(json_object_get(json_array_get(stages, i), "iterations"));
    for (const char *c = r.err; (c = strstr(c, ": step ")) != NULL; c++)
        n_told++;
    assert_int_equal(n_told, n_steps);
    json_decref(summary);
    run_free(&r);
}

/* ------------------------------------------------------------------ --posing_only */

static void posing_only_poses_anew_from_what_is_there(void **state) {
    (void)state;
    char *fresh = scratch_new();
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", fresh, NULL);
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-p", "-o", folder, NULL);
    expect_code(&r, 0);
    expect_cached(folder, "110");
    expect_equal_results(folder, fresh);
    run_free(&r);
    scratch_free(fresh);
}

/** --more_it goes for posing; what it gives is not taken for the whole run's with --more_it. */
static void posing_only_takes_tighter_limits_for_posing(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--posing_only", "--more_it", "-o", folder, NULL);
    expect_code(&r, 0);
    expect_cached(folder, "110");
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--more_it", "-o", folder, NULL);
    expect_cached(folder, "000");
    run_free(&r);
}

static void expect_refused(const char *mesh, const char *gender, const char *part) {
    run_result r = run_osso_ik("--mesh_input", mesh, "-g", gender, "-p", "-o", folder, NULL);
    expect_code(&r, 3);
    if (!strstr(r.err, part) || !strstr(r.err, ".npz"))
        fail_msg("expected \"%s\" and a file in: %s", part, r.err);
    run_free(&r);
}

static void posing_only_says_what_it_lacks(void **state) {
    (void)state;
    size_t n = count_files(folder);
    expect_refused(DEMO_MALE, "female", "body_male_body_posed.npz");
    expect_refused(DEMO_FEMALE, "male", "another model");
    const char *copy = in_folder(folder, "body_female.ply");
    oik_mesh *mesh = demo_mesh(DEMO_MALE);
    oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY};
    assert_int_equal(oik_mesh_write(mesh, copy, &options, NULL), OIK_OK);
    oik_mesh_free(mesh);
    expect_refused(copy, "female", "another input");
    assert_int_equal(remove(in_folder(folder, stage_files[1])), 0);
    expect_refused(DEMO_FEMALE, "female", "body_female_skel_lying.npz");
    file_put(in_folder(folder, stage_files[0]), "damaged", 7);
    expect_refused(DEMO_FEMALE, "female", "body_female_body_posed.npz");
    assert_int_equal(count_files(folder), n); /* one more mesh, one file less */
}

/* ------------------------------------------------------------------ body parameters of one frame */

static void put_pose(const char *path, size_t n_frames, double elbow) {
    oik_npz_writer *w = NULL;
    double poses[2 * 72] = {0}, betas[10] = {1.5};
    for (size_t f = 0; f < n_frames; f++)
        poses[72 * f + 3 * 18 + 1] = elbow;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "poses", "<f8", 2, (size_t[]){n_frames, 72}, poses, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "betas", "<f8", 1, (size_t[]){10}, betas, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(w);
}

static void parameters_of_one_frame_are_a_single_body(void **state) {
    (void)state;
    const char *path = in_folder(folder, "body_female.npz"), *out = in_folder(folder, "out");
    put_pose(path, 1, -0.5);
    run_result r = run_osso_ik("--pose_input", path, "-g", "female", "--per_parts", "-o", out, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "betas")); /* not taken by the built-in model */
    assert_true(file_exists(in_folder(out, "body_female_skel_posed.ply")));
    json_t *summary = demo_json(out, "body_female_summary.json");
    const json_t *stage = json_array_get(json_object_get(summary, "stages"), 0);
    assert_string_equal(json_string_value(json_object_get(stage, "stop")), "given");
    json_decref(summary);
    run_free(&r);
    r = run_osso_ik("--pose_input", path, "-g", "female", "-o", out, NULL);
    expect_cached(out, "111");
    run_free(&r);
    put_pose(path, 1, -0.6);
    r = run_osso_ik("--pose_input", path, "-g", "female", "-o", out, NULL);
    expect_cached(out, "000");
    run_free(&r);
}

static void parameters_of_more_frames_are_a_sequence(void **state) {
    (void)state;
    const char *path = in_folder(folder, "two.npz");
    put_pose(path, 2, -0.5);
    run_result r = run_osso_ik("--pose_input", path, "-g", "female", "--dry-run", "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "2 frames"));
    run_free(&r);
    r = run_osso_ik("--pose_input", path, "-g", "female", "--per_parts", "-o", folder, NULL);
    expect_code(&r, 2);
    run_free(&r);
    put_pose(path, 1, -0.5);
    r = run_osso_ik("--pose_input", path, "-g", "female", "--dry-run", "-o", folder, NULL);
    assert_non_null(strstr(r.err, "parameters of one body"));
    assert_non_null(strstr(r.out, "two_skel_posed.ply\n"));
    run_free(&r);
}

static void the_built_in_model_has_no_reference_method(void **state) {
    (void)state;
    size_t n = count_files(folder);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--method", "reference", "-o", folder, NULL);
    expect_code(&r, 3);
    assert_non_null(strstr(r.err, "osso_ik import"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--method", "reference", "--dry-run", "-o", folder, NULL);
    expect_code(&r, 3);
    run_free(&r);
    assert_int_equal(count_files(folder), n);
}

#define AFTER_A_RUN(f) cmocka_unit_test_setup_teardown(f, first_run, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        AFTER_A_RUN(a_second_run_computes_nothing_and_gives_the_same),
        AFTER_A_RUN(the_summary_still_meets_its_schema),
        AFTER_A_RUN(force_recompute_reads_nothing),
        AFTER_A_RUN(one_vertex_moved_is_another_input),
        AFTER_A_RUN(models_and_limits_have_their_own_results),
        AFTER_A_RUN(a_damaged_file_is_computed_anew),
        AFTER_A_RUN(verbose_tells_every_step_that_is_computed),
        AFTER_A_RUN(posing_only_poses_anew_from_what_is_there),
        AFTER_A_RUN(posing_only_takes_tighter_limits_for_posing),
        AFTER_A_RUN(posing_only_says_what_it_lacks),
        AFTER_A_RUN(parameters_of_one_frame_are_a_single_body),
        AFTER_A_RUN(parameters_of_more_frames_are_a_sequence),
        AFTER_A_RUN(the_built_in_model_has_no_reference_method),
    };
    return cmocka_run_group_tests_name("test_cli_stages", tests, NULL, NULL);
}
