/* An imported model from the command line, by both methods. Skipped without an oracle or python3 with numpy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/npz.h"
#include "demo_run.h"
#include "imported_model.h"
#include "mesh/mesh.h"
#include "run_program.h"
#include "support/json_schema.h"

static char *folder;
static imported_model files;
static bool ready;

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    int result = imported_model_make(&files, folder);
    ready = result == 0;
    return result < 0 ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

static void needs_model(void) {
    if (!ready)
        skip();
}

/** A run into a folder of its own; exit code 4 is a bone too far outside, which made-up bodies may have. */
static run_result run_on_model(const char *out, const char *method, const char *option) {
    run_result r = run_osso_ik("--mesh_input", files.body, "-g", "female", "--model", files.path, "--method", method, "-o",
                               in_folder(folder, out), option, NULL);
    if (r.code != 0 && r.code != 4)
        fail_msg("%s: exit code %d: %s", method, r.code, r.err);
    return r;
}

static json_t *summary_in(const char *out) {
    return demo_json(in_folder(folder, out), "female_summary.json");
}

static void info_tells_what_the_model_holds(void **state) {
    (void)state;
    needs_model();
    static const char *const parts[] = {"family: STAR, 92 pose features", "shape space: SMPL's", "reference method: available",
                                        "rigid parts:\n", "landmarks\n", "contacts", "springs", "stitches between parts",
                                        "of the clavicles", "ball joints", "licence: "};
    run_result r = run_osso_ik("info", files.path, NULL);
    assert_int_equal(r.code, 0);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(r.out, parts[i]))
            fail_msg("\"%s\" is not in:\n%s", parts[i], r.out);
    size_t n_vertices = 0, n_parts = 0, n = 0;
    for (const char *line = strstr(r.out, "rigid parts:\n") + strlen("rigid parts:\n"); line[0] == ' '; line = strchr(line, '\n') + 1) {
        assert_int_equal(sscanf(line, " %*s %zu vertices", &n), 1);
        n_vertices += n;
        n_parts++;
    }
    char expected[64];
    snprintf(expected, sizeof expected, "%zu parts, %zu vertices", n_parts, n_vertices);
    assert_non_null(strstr(r.out, expected));
    run_free(&r);
}

static void the_reference_run_lists_its_calls(void **state) {
    (void)state;
    needs_model();
    static const char *const names[] = {"registration 1", "registration 2", "registration 3", "registration 4", "placing",
                                        "posing A",       "posing B",       "posing C",       "angles",         "quality"};
    char why[256];
    run_result r = run_on_model("reference", "reference", NULL);
    json_t *summary = summary_in("reference"), *schema = demo_json("docs/schema", "summary.schema.json");
    if (!json_schema_accepts(why, sizeof why, schema, summary))
        fail_msg("%s", why);
    const json_t *stages = json_object_get(summary, "stages");
    assert_int_equal(json_array_size(stages), 10);
    for (size_t i = 0; i < 10; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(stages, i), "name")), names[i]);
    assert_string_equal(json_string_value(json_object_get(summary, "method")), "reference");
    assert_int_equal(json_object_size(json_object_get(summary, "times")), 6);
    json_decref(summary);
    json_decref(schema);
    run_free(&r);
}

static void both_methods_are_measured_by_the_same_gates(void **state) {
    (void)state;
    needs_model();
    run_result one = run_on_model("gates_refined", "refined", NULL), two = run_on_model("gates_reference", "reference", NULL);
    json_t *a = summary_in("gates_refined"), *b = summary_in("gates_reference");
    const json_t *gates_a = json_object_get(json_object_get(a, "quality"), "gates");
    const json_t *gates_b = json_object_get(json_object_get(b, "quality"), "gates");
    assert_int_equal(json_array_size(gates_a), json_array_size(gates_b));
    for (size_t i = 0; i < json_array_size(gates_a); i++) {
        const json_t *g = json_array_get(gates_a, i), *h = json_array_get(gates_b, i);
        assert_string_equal(json_string_value(json_object_get(g, "name")), json_string_value(json_object_get(h, "name")));
        assert_true(json_number_value(json_object_get(g, "fail")) == json_number_value(json_object_get(h, "fail")));
        assert_true(json_is_number(json_object_get(g, "value")) && json_is_number(json_object_get(h, "value")));
    }
    /* the bones are placed differently, so that it was not one method twice */
    assert_false(json_equal(gates_a, gates_b));
    json_decref(a);
    json_decref(b);
    run_free(&one);
    run_free(&two);
}

static bool all_cached(const char *out) {
    json_t *summary = summary_in(out);
    const json_t *stages = json_object_get(summary, "stages");
    bool all = true;
    for (size_t i = 0; i + 2 < json_array_size(stages); i++) /* angles and quality are the last two */
        all &= json_is_true(json_object_get(json_array_get(stages, i), "cached"));
    json_decref(summary);
    return all;
}

static void each_method_has_its_own_results(void **state) {
    (void)state;
    needs_model();
    run_result r = run_on_model("own", "reference", NULL);
    run_free(&r);
    size_t size = 0, again = 0;
    const char *bones = in_folder(in_folder(folder, "own"), "female_skel_posed.ply");
    char *first = file_text(bones, &size);
    r = run_on_model("own", "reference", NULL);
    assert_true(all_cached("own"));
    run_free(&r);
    char *second = file_text(bones, &again);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    r = run_osso_ik("--mesh_input", files.body, "-g", "female", "--model", files.path, "-p", "-o", in_folder(folder, "own"), NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "the other method"));
    run_free(&r);
    r = run_on_model("own", "refined", NULL);
    assert_false(all_cached("own"));
    run_free(&r);
    free(first);
    free(second);
}

static void options_do_what_they_say_with_the_reference(void **state) {
    (void)state;
    needs_model();
    run_result r = run_on_model("options", "reference", "--per_parts");
    assert_true(file_exists(in_folder(folder, "options/female_parts")));
    assert_int_equal(count_files(in_folder(folder, "options/female_parts")), 21);
    json_t *plain = summary_in("options");
    run_free(&r);
    r = run_on_model("options", "reference", "--more_it");
    json_t *more = summary_in("options");
    const json_t *a = json_array_get(json_object_get(plain, "stages"), 5), *b = json_array_get(json_object_get(more, "stages"), 5);
    assert_true(json_integer_value(json_object_get(b, "iterations")) > json_integer_value(json_object_get(a, "iterations")));
    json_decref(plain);
    json_decref(more);
    run_free(&r);
    r = run_on_model("options", "reference", "-v");
    assert_non_null(strstr(r.err, "registration 4: step 5: "));
    assert_non_null(strstr(r.err, "posing C: step 15: "));
    run_free(&r);
    r = run_on_model("options", "reference", "-p");
    assert_true(r.code == 0 || r.code == 4);
    run_free(&r);
    r = run_osso_ik("--mesh_input", files.body, "-g", "male", "--model", files.path, "-o", in_folder(folder, "options"), NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "expected a male model"));
    run_free(&r);
}

static void put_pose(const char *path, double beta) {
    oik_npz_writer *w = NULL;
    double pose[72] = {0}, betas[10] = {beta};
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "pose", "<f8", 1, (size_t[]){72}, pose, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "betas", "<f8", 1, (size_t[]){10}, betas, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(w);
}

static double stature_of(double beta, const char *method) {
    const char *path = in_folder(folder, "pose.npz");
    put_pose(path, beta);
    run_result r = run_osso_ik("--pose_input", path, "-g", "female", "--model", files.path, "--method", method, "-o",
                               in_folder(folder, "pose"), NULL);
    if (r.code != 0 && r.code != 4)
        fail_msg("exit code %d: %s", r.code, r.err);
    assert_null(strstr(r.err, "betas"));
    run_free(&r);
    json_t *summary = demo_json(in_folder(folder, "pose"), "pose_summary.json");
    const json_t *subject = json_object_get(summary, "subject");
    double stature = json_number_value(json_object_get(subject, "stature"));
    assert_true(json_number_value(json_array_get(json_object_get(subject, "shape"), 0)) == beta);
    json_decref(summary);
    return stature;
}

static void parameters_use_betas_in_the_shape_space_of_smpl(void **state) {
    (void)state;
    needs_model();
    double low = stature_of(-2.0, "reference"), high = stature_of(2.0, "reference");
    assert_true(low != high);
    assert_true(stature_of(2.0, "refined") == high);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_tells_what_the_model_holds),
        cmocka_unit_test(the_reference_run_lists_its_calls),
        cmocka_unit_test(both_methods_are_measured_by_the_same_gates),
        cmocka_unit_test(each_method_has_its_own_results),
        cmocka_unit_test(options_do_what_they_say_with_the_reference),
        cmocka_unit_test(parameters_use_betas_in_the_shape_space_of_smpl),
    };
    return cmocka_run_group_tests_name("test_cli_reference", tests, set_up, tear_down);
}
