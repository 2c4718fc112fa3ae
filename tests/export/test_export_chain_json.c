/* NAME_chain.json: values, schema, equal bytes for equal input and under every locale, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "export/chain_json.h"
#include "ik/chain_load.h"
#include "support/comma_locale.h"
#include "support/coupled_chain.h"
#include "support/json_schema.h"
#include "support/temp_dir.h"
#include "support/tiny_chain.h"

/* relative to the root of the checkout, where tests run */
static const char SCHEMA[] = "docs/schema/chain.schema.json";
static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    oik_chain_pose *pose;
    double *q, *length;
    oik_chain_json in;
} fixture;

static int set_up_chain(void **state, oik_kinematics *lying) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || temp_dir_setup(NULL) || !(f->lying = lying) || oik_chain_new(&f->chain, &f->q, f->lying, NULL) ||
        oik_chain_pose_new(&f->pose, f->chain, NULL) || !(f->length = calloc((size_t)f->chain->n_segments, sizeof *f->length)))
        return -1;
    uint64_t random = 31;
    tiny_random_pose(f->q, f->chain, 0.0, &random);
    oik_chain_forward(f->pose, f->chain, f->q);
    for (int i = 0; i < f->chain->n_segments; i++)
        f->length[i] = f->lying->segments[i].length;
    f->in = (oik_chain_json){f->chain, f->q, f->pose->centre, f->pose->axis, f->pose->origin, f->pose->R, f->length};
    return 0;
}

static int set_up(void **state) {
    return set_up_chain(state, tiny_kinematics_new());
}

static int set_up_coupled(void **state) {
    return set_up_chain(state, coupled_kinematics_new());
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_chain_pose_free(f->pose);
    oik_chain_free(f->chain);
    free(f->q);
    free(f->length);
    tiny_kinematics_free(f->lying);
    free(f);
    return temp_dir_teardown(NULL);
}

static json_t *load(const char *path) {
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        print_message("%s: line %d: %s\n", path, error.line, error.text);
    assert_non_null(root);
    return root;
}

static json_t *write_and_load(const fixture *f, const char *name) {
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_chain_json_write(temp_path(path, name), &f->in, NULL), OIK_OK);
    return load(path);
}

static double at(const json_t *array, size_t index) {
    return json_number_value(json_array_get(array, index));
}

/* half a unit of the last digit kept */
static void assert_rounded(double written, double value) {
    assert_true(fabs(written - value) <= 0.5e-6 * (1.0 + 1e-6));
}

static void written_values_are_the_given_ones(void **state) {
    const fixture *f = *state;
    json_t *root = write_and_load(f, "values.json");
    const json_t *joints = json_object_get(root, "joints"), *segments = json_object_get(root, "segments");
    assert_int_equal(json_array_size(joints), (size_t)f->chain->n_segments);
    assert_int_equal(json_array_size(segments), (size_t)f->chain->n_segments);
    for (int i = 0; i < f->chain->n_segments; i++) {
        const json_t *joint = json_array_get(joints, (size_t)i), *segment = json_array_get(segments, (size_t)i);
        const json_t *rotation = json_object_get(segment, "rotation");
        int p = f->chain->joints[i].parent;
        assert_string_equal(json_string_value(json_object_get(joint, "name")), f->chain->joints[i].name);
        assert_string_equal(json_string_value(json_object_get(joint, "child")), f->chain->segment_names[i]);
        assert_string_equal(json_string_value(json_object_get(joint, "parent")), p < 0 ? "ground" : f->chain->segment_names[p]);
        assert_string_equal(json_string_value(json_object_get(segment, "name")), f->chain->segment_names[i]);
        for (int a = 0; a < 3; a++) {
            assert_rounded(at(json_object_get(joint, "centre"), (size_t)a), v3_get(f->pose->centre[i], a));
            assert_rounded(at(json_object_get(segment, "origin"), (size_t)a), v3_get(f->pose->origin[i], a));
            for (int b = 0; b < 3; b++)
                assert_rounded(at(json_array_get(rotation, (size_t)a), (size_t)b), f->pose->R[i].m[a][b]);
        }
        assert_rounded(json_number_value(json_object_get(segment, "length")), f->length[i]);
    }
    json_decref(root);
}

static void coordinates_are_in_degrees_or_metres(void **state) {
    const fixture *f = *state;
    json_t *root = write_and_load(f, "dofs.json");
    int n_translations = 0;
    for (int i = 0; i < f->chain->n_segments; i++) {
        const json_t *joint = json_array_get(json_object_get(root, "joints"), (size_t)i);
        const json_t *dofs = json_object_get(joint, "dofs"), *axes = json_object_get(joint, "axes");
        assert_int_equal(json_array_size(axes), json_array_size(dofs));
        for (size_t k = 0; k < json_array_size(dofs); k++) {
            int d = f->chain->joints[i].first_dof + (int)k;
            const oik_dof *dof = &f->chain->dofs[d];
            const json_t *entry = json_array_get(dofs, k);
            const json_t *range = json_object_get(entry, dof->translation ? "range_m" : "range_deg");
            double unit = dof->translation ? 1.0 : DEG_PER_RAD;
            assert_string_equal(json_string_value(json_object_get(entry, "name")), dof->name);
            assert_rounded(at(range, 0), dof->lower * unit);
            assert_rounded(at(range, 1), dof->upper * unit);
            assert_rounded(json_number_value(json_object_get(entry, dof->translation ? "value_m" : "value_deg")), f->q[d] * unit);
            assert_rounded(at(json_array_get(axes, k), 2), f->pose->axis[d].z);
            n_translations += dof->translation;
        }
    }
    assert_int_equal(n_translations, 3);
    json_decref(root);
}

static void file_meets_the_schema(void **state) {
    const fixture *f = *state;
    json_t *root = write_and_load(f, "schema.json"), *schema = load(SCHEMA);
    char why[512] = "";
    if (!json_schema_accepts(why, sizeof why, schema, root))
        fail_msg("%s", why);
    json_decref(root);
    json_decref(schema);
}

/* a change that the schema must notice; the validator is not a rubber stamp */
/** What the reader makes of it has the same couplings and puts every segment where the written one has it. */
static void couplings_are_read_back(void **state) {
    const fixture *f = *state;
    char path[TEMP_PATH_LENGTH];
    oik_chain_file *file = NULL;
    oik_chain_pose *pose = NULL;
    int n_coupled = 0;
    const double tolerance = 1e-5; /* six decimals in the file, summed along the chain */
    file_meets_the_schema(state);
    oik_chain_complete(f->q, f->chain);
    assert_int_equal(oik_chain_json_write(temp_path(path, "coupled.json"), &f->in, NULL), OIK_OK);
    assert_int_equal(oik_chain_load(&file, path, NULL, NULL), OIK_OK);
    assert_int_equal(file->chain->n_dofs, f->chain->n_dofs);
    for (int d = 0; d < f->chain->n_dofs; d++) {
        const oik_dof *written = &f->chain->dofs[d], *read = &file->chain->dofs[d];
        assert_int_equal(read->n_coefficients, written->n_coefficients);
        n_coupled += written->n_coefficients > 0;
        for (int i = 0; i < written->n_coefficients; i++)
            assert_true(read->coefficient[i] == written->coefficient[i]);
        if (written->n_coefficients > 0)
            assert_int_equal(read->master, written->master);
    }
    assert_int_equal(n_coupled, 8);
    assert_int_equal(oik_chain_pose_new(&pose, file->chain, NULL), OIK_OK);
    oik_chain_forward(pose, file->chain, f->q);
    for (int i = 0; i < f->chain->n_segments; i++)
        assert_true(v3_dist(pose->origin[i], f->pose->origin[i]) < tolerance);
    oik_chain_pose_free(pose);
    oik_chain_file_free(file);
}

static void expect_violation(const fixture *f, const json_t *schema, const char *where, void (*change)(json_t *root)) {
    json_t *root = write_and_load(f, "violation.json");
    char why[512] = "";
    change(root);
    assert_false(json_schema_accepts(why, sizeof why, schema, root));
    if (!strstr(why, where))
        fail_msg("expected a violation at %s, found %s", where, why);
    json_decref(root);
}

static json_t *joint_0(json_t *root) {
    return json_array_get(json_object_get(root, "joints"), 0);
}

static void set_version(json_t *root) {
    json_object_set_new(root, "version", json_integer(2));
}
static void add_member(json_t *root) {
    json_object_set_new(joint_0(root), "colour", json_string("red"));
}
static void drop_centre(json_t *root) {
    json_object_del(joint_0(root), "centre");
}
static void shorten_centre(json_t *root) {
    json_array_remove(json_object_get(joint_0(root), "centre"), 2);
}
static void mix_units(json_t *root) {
    json_object_set_new(json_array_get(json_object_get(joint_0(root), "dofs"), 0), "value_m", json_real(1));
}
static void rename_type(json_t *root) {
    json_object_set_new(joint_0(root), "type", json_string("screw"));
}
static void empty_name(json_t *root) {
    json_object_set_new(joint_0(root), "child", json_string(""));
}
static void negative_length(json_t *root) {
    json_object_set_new(json_array_get(json_object_get(root, "segments"), 0), "length", json_real(-1));
}
static void text_for_number(json_t *root) {
    json_array_set_new(json_object_get(joint_0(root), "centre"), 0, json_string("0,5"));
}

static void schema_notices_changes(void **state) {
    const fixture *f = *state;
    json_t *schema = load(SCHEMA);
    expect_violation(f, schema, "version: const", set_version);
    expect_violation(f, schema, "joints/0/colour: additionalProperties", add_member);
    expect_violation(f, schema, "joints/0: centre", drop_centre);
    expect_violation(f, schema, "centre: minItems", shorten_centre);
    expect_violation(f, schema, "dofs/0: oneOf", mix_units);
    expect_violation(f, schema, "type: enum", rename_type);
    expect_violation(f, schema, "child: minLength", empty_name);
    expect_violation(f, schema, "length: minimum", negative_length);
    expect_violation(f, schema, "centre/0: type", text_for_number);
    json_decref(schema);
}

static void expect_equal_files(const char *a, const char *b) {
    uint8_t *data_a, *data_b;
    size_t size_a, size_b;
    assert_int_equal(oik_file_read(&data_a, &size_a, a, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data_b, &size_b, b, NULL), OIK_OK);
    assert_int_equal(size_a, size_b);
    assert_memory_equal(data_a, data_b, size_a);
    free(data_a);
    free(data_b);
}

static void equal_input_gives_equal_bytes(void **state) {
    const fixture *f = *state;
    char first[TEMP_PATH_LENGTH], second[TEMP_PATH_LENGTH];
    assert_int_equal(oik_chain_json_write(temp_path(first, "first.json"), &f->in, NULL), OIK_OK);
    assert_int_equal(oik_chain_json_write(temp_path(second, "second.json"), &f->in, NULL), OIK_OK);
    expect_equal_files(first, second);
    if (!comma_locale_enter())
        skip();
    oik_status status = oik_chain_json_write(second, &f->in, NULL);
    comma_locale_leave();
    assert_int_equal(status, OIK_OK);
    expect_equal_files(first, second);
}

/* -1e-9 is written as 0.0, 0.1 + 0.2 as 0.3 */
static void numbers_are_rounded_and_zero_has_no_sign(void **state) {
    const fixture *f = *state;
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_vec3 saved = f->pose->centre[0];
    f->pose->centre[0] = v3(-1e-9, 0.1 + 0.2, 1.0 / 3.0);
    assert_int_equal(oik_chain_json_write(temp_path(path, "round.json"), &f->in, NULL), OIK_OK);
    f->pose->centre[0] = saved;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    const char *centre = strstr((const char *)data, "\"centre\"");
    assert_non_null(centre);
    const char *zero = strstr(centre, "0.0"), *three = strstr(centre, "0.3,"), *third = strstr(centre, "0.333333\n");
    assert_true(zero && three && third && zero < three && three < third && third < strchr(centre, ']'));
    assert_null(strstr((const char *)data, "-0.0,"));
    free(data);
}

static void what_is_not_finite_is_refused_by_name(void **state) {
    const fixture *f = *state;
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    int knee = tiny_find_segment(f->chain, "tibia_r");
    double saved = f->q[f->chain->joints[knee].first_dof];
    f->q[f->chain->joints[knee].first_dof] = INFINITY;
    assert_int_equal(oik_chain_json_write(temp_path(path, "inf.json"), &f->in, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "walker_knee_r"));
    f->q[f->chain->joints[knee].first_dof] = saved;
    f->length[knee] = NAN;
    assert_int_equal(oik_chain_json_write(path, &f->in, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "tibia_r"));
    f->length[knee] = 0.1;
}

int main(void) {
    const struct CMUnitTest test_export_chain_json[] = {
        cmocka_unit_test(written_values_are_the_given_ones),
        cmocka_unit_test(coordinates_are_in_degrees_or_metres),
        cmocka_unit_test(file_meets_the_schema),
        cmocka_unit_test(schema_notices_changes),
        cmocka_unit_test(equal_input_gives_equal_bytes),
        cmocka_unit_test(numbers_are_rounded_and_zero_has_no_sign),
        cmocka_unit_test(what_is_not_finite_is_refused_by_name),
    };
    const struct CMUnitTest test_export_chain_json_coupled[] = {cmocka_unit_test(couplings_are_read_back)};
    int failed = cmocka_run_group_tests(test_export_chain_json, set_up, tear_down);
    return failed + cmocka_run_group_tests(test_export_chain_json_coupled, set_up_coupled, tear_down);
}
