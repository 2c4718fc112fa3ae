/* NAME_motion.json: values, schema, what is null, any length, every locale, what is refused. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/motion_json.h"
#include "support/export_checks.h"
#include "support/json_schema.h"
#include "support/temp_dir.h"
#include "support/tiny_motion.h"

static json_t *load(const char *path) {
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("%s: line %d: %s", path, error.line, error.text);
    return root;
}

static json_t *write_and_load(const oik_ik_motion *motion, const char *name) {
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_motion_json_write(temp_path(path, name), motion, NULL), OIK_OK);
    return load(path);
}

static void meets_its_schema(void **state) {
    (void)state;
    char why[256];
    oik_ik_motion *motion = tiny_motion_new(5);
    json_t *root = write_and_load(motion, "schema.json"), *schema = load("docs/schema/motion.schema.json");
    if (!json_schema_accepts(why, sizeof why, schema, root))
        fail_msg("%s", why);
    /* and the schema can refuse: a residual below zero, a run of one number, no solver */
    json_t *residuals = json_object_get(root, "residuals"), *links = json_object_get(residuals, "link_deg");
    json_array_set_new(links, 0, json_real(-1.0));
    assert_false(json_schema_accepts(why, sizeof why, schema, root));
    json_array_set_new(links, 0, json_null());
    assert_true(json_schema_accepts(why, sizeof why, schema, root));
    json_t *knee = json_array_get(json_object_get(root, "coordinates"), 2);
    json_array_append_new(json_object_get(knee, "on_lower_bound"), json_pack("[i]", 3));
    assert_false(json_schema_accepts(why, sizeof why, schema, root));
    json_object_set_new(knee, "on_lower_bound", json_array());
    json_object_del(root, "solver");
    assert_false(json_schema_accepts(why, sizeof why, schema, root));
    json_decref(root);
    json_decref(schema);
    oik_ik_motion_free(motion);
}

static double at(const json_t *array, size_t index) {
    return json_number_value(json_array_get(array, index));
}

/* half a unit of the last decimal */
static void assert_rounded(double written, double value) {
    assert_true(fabs(written - value) <= 0.5e-6 * (1.0 + 1e-6));
}

static void coordinates_are_in_degrees_and_metres(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    json_t *root = write_and_load(motion, "values.json");
    const json_t *coordinates = json_object_get(root, "coordinates");
    const json_t *turn = json_array_get(coordinates, 0), *shift = json_array_get(coordinates, 1), *knee = json_array_get(coordinates, 2);
    assert_int_equal(json_array_size(coordinates), 3);
    assert_int_equal(json_integer_value(json_object_get(root, "n_frames")), 4);
    assert_string_equal(json_string_value(json_object_get(turn, "name")), "pelvis_rotation");
    assert_string_equal(json_string_value(json_object_get(shift, "joint")), "ground_pelvis");
    assert_string_equal(json_string_value(json_object_get(knee, "joint")), "hip_r");
    assert_string_equal(json_string_value(json_object_get(turn, "unit")), "deg");
    assert_string_equal(json_string_value(json_object_get(shift, "unit")), "m");
    assert_rounded(at(json_object_get(turn, "range"), 1), 720.0);
    assert_rounded(at(json_object_get(shift, "range"), 0), -10.0);
    for (size_t f = 0; f < 4; f++) {
        double t = 0.5 * (double)f;
        assert_rounded(at(json_object_get(root, "time"), f), t);
        assert_rounded(at(json_object_get(turn, "values"), f), 90.0 * t);
        assert_rounded(at(json_object_get(shift, "values"), f), t * t);
        assert_rounded(at(json_object_get(knee, "values"), f), f % 2 ? 30.0 : 0.0);
    }
    json_decref(root);
    oik_ik_motion_free(motion);
}

static void expect_run(const json_t *runs, size_t index, int first, int last) {
    assert_true(at(json_array_get(runs, index), 0) == first && at(json_array_get(runs, index), 1) == last);
}

static void frames_on_a_bound_are_given_as_runs(void **state) {
    (void)state;
    const oik_bound knee_bound[] = {OIK_BOUND_LOWER, OIK_BOUND_LOWER, OIK_BOUND_UPPER, OIK_BOUND_LOWER, OIK_BOUND_NONE, OIK_BOUND_LOWER};
    oik_ik_motion *motion = tiny_motion_new(6);
    for (int f = 0; f < 6; f++)
        motion->bound[3 * f + 2] = (uint8_t)knee_bound[f];
    json_t *root = write_and_load(motion, "runs.json");
    const json_t *knee = json_array_get(json_object_get(root, "coordinates"), 2), *lower = json_object_get(knee, "on_lower_bound");
    assert_int_equal(json_array_size(lower), 3);
    expect_run(lower, 0, 0, 1);
    expect_run(lower, 1, 3, 3);
    expect_run(lower, 2, 5, 5);
    assert_int_equal(json_array_size(json_object_get(knee, "on_upper_bound")), 1);
    expect_run(json_object_get(knee, "on_upper_bound"), 0, 2, 2);
    const json_t *turn = json_array_get(json_object_get(root, "coordinates"), 0);
    assert_int_equal(json_array_size(json_object_get(turn, "on_lower_bound")), 0);
    json_decref(root);
    oik_ik_motion_free(motion);
}

static void facts_of_the_solver_and_residuals_are_told_or_null(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(2);
    json_t *root = write_and_load(motion, "facts.json");
    const json_t *solver = json_object_get(root, "solver"), *residuals = json_object_get(root, "residuals");
    assert_true(json_number_value(json_object_get(solver, "temporal_weight")) == 1.25e-4);
    assert_true(json_number_value(json_object_get(solver, "noise_m")) == 0.0105);
    assert_true(json_is_null(json_object_get(solver, "cutoff_hz")));
    assert_int_equal(json_integer_value(json_object_get(solver, "iterations")), 12);
    assert_true(json_is_true(json_object_get(solver, "converged")));
    assert_string_equal(json_string_value(json_object_get(solver, "stop")), "cost");
    assert_rounded(at(json_object_get(residuals, "link_deg"), 0), 1.0);
    assert_true(json_is_null(json_array_get(json_object_get(residuals, "link_deg"), 1)));
    assert_true(json_is_null(json_array_get(json_object_get(residuals, "position_m"), 0)));
    assert_int_equal(json_array_size(json_object_get(residuals, "segment_deg")), 2);
    json_decref(root);
    motion->noise = NAN;
    motion->cutoff_hz = 6.0;
    root = write_and_load(motion, "other.json");
    solver = json_object_get(root, "solver");
    assert_true(json_is_null(json_object_get(solver, "noise_m")));
    assert_true(json_number_value(json_object_get(solver, "cutoff_hz")) == 6.0);
    json_decref(root);
    oik_ik_motion_free(motion);
}

static void names_are_escaped_or_refused(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(1);
    motion->stop = "a \"quoted\" \\ reason";
    json_t *root = write_and_load(motion, "escaped.json");
    assert_string_equal(json_string_value(json_object_get(json_object_get(root, "solver"), "stop")), motion->stop);
    json_decref(root);
    motion->stop = "no \xf6 UTF-8";
    export_check_refused(oik_motion_json_write, motion, "bytes.json", OIK_E_FORMAT, "bytes.json");
    oik_ik_motion_free(motion);
}

static void a_long_motion_is_written_in_pieces_to_its_end(void **state) {
    (void)state;
    enum { LONG = 60000 }; /* 3 MB */
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(LONG);
    json_t *root = write_and_load(motion, "long.json");
    const json_t *coordinates = json_object_get(root, "coordinates");
    for (size_t d = 0; d < 3; d++)
        assert_int_equal(json_array_size(json_object_get(json_array_get(coordinates, d), "values")), LONG);
    assert_int_equal(json_array_size(json_object_get(json_array_get(coordinates, 2), "on_lower_bound")), LONG / 2);
    assert_int_equal(json_array_size(json_object_get(json_object_get(root, "residuals"), "segment_deg")), LONG);
    json_decref(root);
    export_check_same_again(oik_motion_json_write, motion, temp_path(path, "long.json"));
    oik_ik_motion_free(motion);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    export_check_comma_locale(oik_motion_json_write);
}

static void bad_motions_and_paths_are_refused_by_name(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    export_check_absent_folder(oik_motion_json_write, motion);
    motion->q[4] = NAN;
    export_check_refused(oik_motion_json_write, motion, "nan.json", OIK_E_NOT_FINITE, "nan.json: coordinate pelvis_tx of frame 1");
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meets_its_schema),
        cmocka_unit_test(coordinates_are_in_degrees_and_metres),
        cmocka_unit_test(frames_on_a_bound_are_given_as_runs),
        cmocka_unit_test(facts_of_the_solver_and_residuals_are_told_or_null),
        cmocka_unit_test(names_are_escaped_or_refused),
        cmocka_unit_test(a_long_motion_is_written_in_pieces_to_its_end),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_motions_and_paths_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("test_export_motion_json", tests, temp_dir_setup, temp_dir_teardown);
}
