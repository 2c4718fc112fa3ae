/* The summary document on made-up results. */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "export/summary_json.h"
#include "support/json_schema.h"

static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const double beta[2] = {0.5, -1.25};
static oik_segment segments[2] = {{.name = "pelvis", .length = 0.0}, {.name = "femur_r", .length = 0.4125}};
static const oik_kinematics kinematics = {.n_segments = 2, .segments = segments};
static const char *const files[] = {"a_chain.json", "a_summary.json"};

static oik_summary example(void) {
    static const char *const names[] = {"registration", "placing", "posing", "angles", "quality"};
    oik_summary s = {
        .name = "a",
        .input_path = "a.ply",
        .input_hash = hash,
        .model = {.name = "open", .gender = "male", .licence = "MIT", .hash = hash},
        .method = "refined",
        .body = {.unit = "mm", .units_per_metre = 1000, .rms = 0.0125, .n_modes = 2, .beta = beta, .stature = 1.75},
        .n_stages = 5,
        .n_times = 5,
        .seconds = 0.75,
        .kinematics = &kinematics,
        .n_files = 2,
        .files = files};
    for (int i = 0; i < 5; i++) {
        s.stages[i] = (oik_summary_stage){.name = names[i], .n_iterations = i, .initial_cost = NAN, .final_cost = 2.0 * i,
                                          .stop = "cost", .cached = i == 1};
        s.times[i] = (oik_summary_time){names[i], 0.1};
    }
    s.quality = (oik_quality){.n_gates = 2, .level = 1};
    s.quality.gates[0] = (oik_gate){.name = "hip_gap", .unit = "m", .value = 0.0051, .warn = 0.004, .fail = 0.010, .level = 1};
    s.quality.gates[1] = (oik_gate){.name = "depth", .unit = "m", .value = 0.001, .warn = 0.005, .fail = INFINITY};
    return s;
}

static json_t *parsed(const oik_summary *s, bool compact) {
    oik_buf buf = {0};
    assert_int_equal(oik_summary_json(&buf, s, compact, NULL), OIK_OK);
    json_t *document = json_loads(buf.data, 0, NULL);
    assert_non_null(document);
    /* one line when compact, and a line's end in any case */
    assert_int_equal(buf.data[buf.size - 1], '\n');
    assert_true(compact == (strchr(buf.data, '\n') == buf.data + buf.size - 1));
    oik_buf_free(&buf);
    return document;
}

static void meets_its_schema(void **state) {
    (void)state;
    char why[256];
    oik_summary s = example();
    json_t *document = parsed(&s, false), *schema = json_load_file("docs/schema/summary.schema.json", 0, NULL);
    assert_non_null(schema);
    if (!json_schema_accepts(why, sizeof why, schema, document))
        fail_msg("%s", why);
    /* and the schema can refuse: a run without quality */
    json_object_del(document, "quality");
    assert_false(json_schema_accepts(why, sizeof why, schema, document));
    json_decref(document);
    json_decref(schema);
}

static void coordinates_on_their_bounds_are_told(void **state) {
    (void)state;
    enum { N = 3 };
    oik_dof dofs[N] = {{.name = "hip_flexion_r", .upper = 2.0}, {.name = "knee_angle_r", .upper = 2.5}, {.name = "ankle_angle_r"}};
    oik_chain_joint joint = {.name = "hip_r", .parent = -1, .n_rotations = N};
    oik_bound bound[N] = {OIK_BOUND_UPPER, OIK_BOUND_NONE, OIK_BOUND_LOWER};
    double q[N] = {2.0, 1.0, 0.0}, disagreement[N] = {0.25, 0.0, -0.125};
    oik_chain chain = {.n_segments = 1, .joints = &joint, .n_dofs = N, .dofs = dofs};
    oik_ik_result result = {.q = q, .bound = bound, .disagreement = disagreement};
    oik_motion motion = {.chain = &chain, .result = &result};
    oik_summary s = example();
    s.motion = &motion;
    char why[256];
    json_t *document = parsed(&s, false), *schema = json_load_file("docs/schema/summary.schema.json", 0, NULL);
    if (!json_schema_accepts(why, sizeof why, schema, document))
        fail_msg("%s", why);
    const json_t *list = json_object_get(json_object_get(document, "quality"), "on_bounds"), *hip = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_string_value(json_object_get(hip, "coordinate")), "hip_flexion_r");
    assert_string_equal(json_string_value(json_object_get(hip, "bound")), "upper");
    assert_true(json_number_value(json_object_get(hip, "value")) == 2.0 && json_number_value(json_object_get(hip, "beyond")) == 0.25);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "bound")), "lower");
    assert_true(json_number_value(json_object_get(json_array_get(list, 1), "beyond")) == 0.125); /* a distance */
    json_decref(document);
    json_decref(schema);
}

static void layout_does_not_change_content(void **state) {
    (void)state;
    oik_summary s = example();
    json_t *a = parsed(&s, false), *b = parsed(&s, true);
    assert_true(json_equal(a, b));
    json_decref(a);
    json_decref(b);
}

static void numbers_without_value_are_null(void **state) {
    (void)state;
    oik_summary s = example();
    json_t *document = parsed(&s, true);
    const json_t *stage = json_array_get(json_object_get(document, "stages"), 1);
    assert_true(json_is_null(json_object_get(stage, "initial_cost")));
    assert_true(json_number_value(json_object_get(stage, "final_cost")) == 2.0);
    assert_true(json_is_true(json_object_get(stage, "cached")));
    const json_t *gates = json_object_get(json_object_get(document, "quality"), "gates");
    assert_true(json_is_null(json_object_get(json_array_get(gates, 1), "fail")));
    json_decref(document);
}

static void only_segments_with_a_length_are_listed(void **state) {
    (void)state;
    oik_summary s = example();
    json_t *document = parsed(&s, true);
    const json_t *lengths = json_object_get(document, "segment_lengths");
    assert_int_equal(json_object_size(lengths), 1);
    assert_true(json_number_value(json_object_get(lengths, "femur_r")) == 0.4125);
    json_decref(document);
}

static void names_that_are_not_utf8_do_not_stop_it(void **state) {
    (void)state;
    oik_summary s = example();
    s.input_path = "b\xf6se.ply";
    json_t *document = parsed(&s, true);
    assert_string_equal(json_string_value(json_object_get(json_object_get(document, "input"), "path")), "b?se.ply");
    json_decref(document);
}

static void gates_speak_in_plain_units(void **state) {
    (void)state;
    static const struct {
        oik_gate gate;
        const char *sentence;
    } cases[] = {
        {{.name = "hip_gap", .unit = "m", .value = 0.0051, .warn = 0.004, .fail = 0.01, .level = 1},
         "hip_gap: 5.10 mm, limit 4.00 mm: warning"},
        {{.name = "share", .unit = "1", .value = 0.25, .warn = 0.03, .fail = 0.1, .level = 2}, "share: 25.00 %, limit 10.00 %: failed"},
        {{.name = "rom", .unit = "rad", .value = 0.0, .warn = 0.08726646259971647, .fail = 1, .level = 0},
         "rom: 0.00 deg, limit 5.00 deg: passed"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oik_buf buf = {0};
        oik_gate_sentence(&buf, &cases[i].gate);
        assert_string_equal(buf.data, cases[i].sentence);
        oik_buf_free(&buf);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meets_its_schema),
        cmocka_unit_test(coordinates_on_their_bounds_are_told),
        cmocka_unit_test(layout_does_not_change_content),
        cmocka_unit_test(numbers_without_value_are_null),
        cmocka_unit_test(only_segments_with_a_length_are_listed),
        cmocka_unit_test(names_that_are_not_utf8_do_not_stop_it),
        cmocka_unit_test(gates_speak_in_plain_units),
    };
    return cmocka_run_group_tests_name("test_export_summary_json", tests, NULL, NULL);
}
