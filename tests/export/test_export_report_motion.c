/* Motions in the report's file: frames come back out of it where the rig has them, upright, on the ground, facing the viewer. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "export/report_motion.h"
#include "report/report_fixture.h"
#include "report/report_reader.h"
#include "support/failing_malloc.h"
#include "support/tiny_rig.h"

static oik_rig *rig;
static oik_report report; /* of the rig alone */

static int setup(void **state) {
    rig = tiny_rig_new();
    report = (oik_report){.name = "tiny", .stature = NAN, .rig = rig};
    return rig ? temp_dir_setup(state) : -1;
}

static int teardown(void **state) {
    oik_rig_free(rig);
    return temp_dir_teardown(state);
}

/* ---- reading frames back ---- */

static json_t *motion_of(json_t *facts) {
    return json_object_get(facts, "motion");
}

typedef struct frames {
    json_t *facts;
    array rotation, origin, root;
    oik_mat3 world; /* from the rig's world to the page */
} frames;

static frames frames_of(const char *page) {
    frames f = {facts_of(page), array_of(page, "motion-rotation"), array_of(page, "motion-origin"), array_of(page, "motion-root"), {{{0}}}};
    for (size_t k = 0; k < 9; k++)
        f.world.m[k / 3][k % 3] = json_number_value(json_array_get(json_object_get(motion_of(f.facts), "world"), k));
    return f;
}

static void frames_free(frames *f) {
    json_decref(f->facts);
    free(f->rotation.values);
    free(f->origin.values);
    free(f->root.values);
}

/* Placement of a body in a frame, as the page has it. */
static oik_vec3 placed(const frames *f, size_t frame, int body, oik_vec3 u) {
    size_t i = frame * (size_t)rig->n_bodies + (size_t)body;
    const double *q = f->rotation.values + 4 * i, *o = f->origin.values + 3 * i, *r = f->root.values + 3 * frame;
    oik_mat3 R = oik_rot_from_quat((oik_quat){q[0], q[1], q[2], q[3]});
    return v3_add(m3_mulv(R, u), v3(o[0] + r[0], o[1] + r[1], o[2] + r[2]));
}

/* Steps of quaternions (3e-5 over half a metre) and of places (a body is two metres at most), and single precision. */
static const double CLOSE = 8e-5;

static void expect_near(oik_vec3 a, oik_vec3 b) {
    if (!(v3_dist(a, b) < CLOSE))
        fail_msg("%g %g %g, expected %g %g %g", a.x, a.y, a.z, b.x, b.y, b.z);
}

/* ---- cases ---- */

/* The page may move and turn the whole, so points are compared from where the root is in the first frame. */
static void bones_of_every_frame_come_back(void **state) {
    (void)state;
    oik_mat3 R[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES], root;
    char *page = page_of(&report, NULL);
    frames f = frames_of(page);
    array points = array_of(page, "motion-bone-points"), part = array_of(page, "motion-bone-part"),
          label = array_of(page, "motion-bone-label");
    oik_rig_forward(R, o, rig, rig->q);
    root = o[0];
    assert_int_equal(f.rotation.n, 4 * TINY_RIG_FRAMES * TINY_RIG_BODIES);
    for (size_t frame = 0; frame < TINY_RIG_FRAMES; frame++) {
        size_t i = 0;
        oik_rig_forward(R, o, rig, rig->q + frame * TINY_RIG_DOFS);
        for (int b = 0; b < rig->n_bones; b++)
            for (size_t v = 0; v < rig->bones[b].n_vertices; v++, i++) {
                int body = rig->bones[b].body;
                oik_vec3 y = v3_add(m3_mulv(R[body], rig->bones[b].vertices[v]), o[body]);
                const double *u = points.values + 3 * i;
                assert_int_equal((int)part.values[i], body);
                assert_int_equal((int)label.values[i], b);
                expect_near(v3_sub(placed(&f, frame, body, v3(u[0], u[1], u[2])), placed(&f, 0, 0, v3(0, 0, 0))),
                            m3_mulv(f.world, v3_sub(y, root)));
            }
        assert_int_equal(part.n, i);
    }
    frames_free(&f);
    free(points.values);
    free(part.values);
    free(label.values);
    free(page);
}

static void coordinates_and_times_come_back(void **state) {
    (void)state;
    char *page = page_of(&report, NULL);
    json_t *facts = facts_of(page), *coordinates = json_object_get(motion_of(facts), "coordinates");
    array q = array_of(page, "motion-q"), time = array_of(page, "motion-time");
    assert_int_equal(q.n, TINY_RIG_FRAMES * TINY_RIG_DOFS);
    for (size_t i = 0; i < q.n; i++)
        assert_float_equal(q.values[i], rig->q[i], 1e-6); /* single precision of numbers below 8 */
    for (size_t i = 0; i < time.n; i++)
        assert_float_equal(time.values[i], rig->time[i], 1e-6);
    assert_int_equal(json_array_size(coordinates), TINY_RIG_DOFS);
    for (size_t i = 0; i < TINY_RIG_DOFS; i++) {
        const json_t *c = json_array_get(coordinates, i);
        assert_string_equal(json_string_value(json_object_get(c, "name")), rig->dofs[i].name);
        assert_float_equal(json_number_value(json_object_get(c, "lower")), rig->dofs[i].lower, 1e-8); /* 9 digits */
    }
    json_decref(facts);
    free(q.values);
    free(time.values);
    free(page);
}

/* A body that walks to its own left, seen from the frame of the page: turned about the vertical only, root on the way's middle. */
static void the_subject_faces_the_viewer_and_stands_on_the_ground(void **state) {
    (void)state;
    const double yaw = 0.9;
    oik_rig *turned = tiny_rig_new();
    assert_non_null(turned);
    for (int f = 0; f < turned->n_frames; f++)
        turned->q[f * turned->n_dofs + 2] += yaw; /* pelvis_rotation, about the vertical where the pelvis is upright */
    oik_report r = report;
    r.rig = turned;
    char *page = page_of(&r, NULL);
    frames f = frames_of(page);
    expect_near(m3_column(f.world, 1), v3(0, 1, 0));
    oik_vec3 forward = v3(0, 0, 0);
    for (size_t i = 0; i < TINY_RIG_FRAMES; i++)
        forward = v3_add(forward, v3_sub(placed(&f, i, 0, v3(1, 0, 0)), placed(&f, i, 0, v3(0, 0, 0))));
    assert_true(forward.z > 0.0 && fabs(forward.x) < CLOSE * TINY_RIG_FRAMES);
    double lowest = HUGE_VAL, low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = 0; i < TINY_RIG_FRAMES; i++) {
        low = fmin(low, f.root.values[3 * i]);
        high = fmax(high, f.root.values[3 * i]);
    }
    assert_true(fabs(low + high) < CLOSE);
    /* skin vertices of one body each are enough to find the lowest one: those of the shank are */
    array skin = array_of(page, "motion-skin");
    for (size_t v = 0; v < turned->skin.n_vertices; v++) {
        const double *x = skin.values + 3 * v;
        lowest = fmin(lowest, x[1]); /* first frame */
    }
    assert_true(lowest > -CLOSE);
    free(skin.values);
    frames_free(&f);
    free(page);
    oik_rig_free(turned);
}

/* Lowest over all frames of the skin as it is blended from what the page has. */
static void the_skin_of_every_frame_can_be_blended(void **state) {
    (void)state;
    oik_mat3 R0[TINY_RIG_BODIES], R[TINY_RIG_BODIES];
    oik_vec3 o0[TINY_RIG_BODIES], o[TINY_RIG_BODIES];
    size_t shared = 0;
    while (!(rig->skin.weight[shared][1] > 0.0))
        shared++;
    double kept[4];
    memcpy(kept, rig->skin.weight[shared], sizeof kept);
    rig->skin.weight[shared][0] = rig->skin.weight[shared][1] = 0.5; /* twice 127.5 of 255 */
    char *page = page_of(&report, NULL);
    frames f = frames_of(page);
    array skin = array_of(page, "motion-skin"), body = array_of(page, "motion-skin-body"), weight = array_of(page, "motion-skin-weight");
    double lowest = HUGE_VAL;
    assert_int_equal(weight.n, 4 * TINY_RIG_SKIN);
    oik_rig_forward(R0, o0, rig, rig->q);
    for (size_t frame = 0; frame < TINY_RIG_FRAMES; frame++) {
        oik_rig_forward(R, o, rig, rig->q + frame * TINY_RIG_DOFS);
        for (size_t v = 0; v < TINY_RIG_SKIN; v++) {
            oik_vec3 expected = v3(0, 0, 0), found = v3(0, 0, 0);
            double sum = 0.0;
            for (size_t k = 0; k < 4; k++) {
                int b = rig->skin.body[v][k], c = (int)body.values[4 * v + k];
                oik_vec3 u = m3_tmulv(R0[b], v3_sub(rig->skin.vertices[v], o0[b]));
                expected = v3_madd(expected, rig->skin.weight[v][k], v3_add(m3_mulv(R[b], u), o[b]));
                assert_int_equal(b, c);
                found = v3_madd(found, weight.values[4 * v + k] / 255.0, placed(&f, frame, c, u));
                sum += weight.values[4 * v + k];
            }
            assert_true(sum == 255.0);
            /* weights in 1/255: two bodies that are half a metre apart give a millimetre */
            oik_vec3 difference = v3_sub(v3_sub(found, placed(&f, 0, 0, v3(0, 0, 0))), m3_mulv(f.world, v3_sub(expected, o0[0])));
            assert_true(v3_norm(difference) < 2e-3);
            lowest = fmin(lowest, found.y);
        }
    }
    assert_true(fabs(lowest) < 2e-3);
    memcpy(rig->skin.weight[shared], kept, sizeof kept);
    const array all[] = {skin, body, weight};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i].values);
    frames_free(&f);
    free(page);
}

static void long_motions_are_thinned(void **state) {
    (void)state;
    enum { LONG = 2 * OIK_REPORT_MAX_FRAMES + 1 };
    oik_rig longer = *rig;
    longer.n_frames = LONG;
    longer.time = calloc(LONG, sizeof *longer.time);
    longer.q = calloc((size_t)LONG * TINY_RIG_DOFS, sizeof *longer.q);
    assert_true(longer.time && longer.q);
    for (int f = 0; f < LONG; f++)
        longer.time[f] = 0.01 * f;
    oik_report r = report;
    r.rig = &longer;
    char *page = page_of(&r, NULL);
    json_t *facts = facts_of(page);
    array time = array_of(page, "motion-time");
    assert_int_equal(json_integer_value(json_object_get(motion_of(facts), "every")), 3);
    assert_in_range(time.n, OIK_REPORT_MAX_FRAMES / 2, OIK_REPORT_MAX_FRAMES);
    assert_float_equal(time.values[1], 0.03, 1e-6);
    json_decref(facts);
    free(time.values);
    free(page);
    free(longer.time);
    free(longer.q);
}

static void a_body_and_its_motion_share_a_page(void **state) {
    (void)state;
    report_fixture fixture;
    fixture_make(&fixture);
    size_t size, again;
    fixture.report.rig = rig;
    char *page = page_of(&fixture.report, &size), *other = page_of(&fixture.report, &again);
    json_t *facts = facts_of(page);
    assert_true(json_is_object(json_object_get(facts, "body")) && json_is_object(motion_of(facts)));
    assert_int_equal(size, again);
    assert_memory_equal(page, other, size);
    json_decref(facts);
    free(page);
    free(other);
    fixture_release(&fixture);
}

static void gates_have_their_mean(void **state) {
    (void)state;
    oik_quality worst = {.n_gates = 1, .gates = {{.name = "hip_gap", .unit = "m", .value = 0.003, .warn = 0.004, .fail = 0.01}}},
                mean = worst;
    mean.gates[0].value = 0.001;
    oik_report r = report;
    r.quality = &worst;
    r.mean = &mean;
    char *page = page_of(&r, NULL);
    json_t *facts = facts_of(page), *gate = json_array_get(json_object_get(facts, "gates"), 0);
    assert_true(json_number_value(json_object_get(gate, "value")) == 0.003);
    assert_true(json_number_value(json_object_get(gate, "mean")) == 0.001);
    json_decref(facts);
    free(page);
}

static void expect_refused(const oik_report *r, oik_status expected, const char *text) {
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    assert_int_equal(oik_report_write(r, temp_path(path, "refused.html"), &err), expected);
    if (!strstr(err.message, text))
        fail_msg("\"%s\" does not speak of \"%s\"", err.message, text);
    assert_int_equal(remove(path), -1);
}

static void wrong_rigs_are_refused(void **state) {
    (void)state;
    oik_report r = {.name = "nothing"};
    expect_refused(&r, OIK_E_ARGUMENT, "neither");
    int32_t kept = rig->bones[1].faces[0][2];
    rig->bones[1].faces[0][2] = (int32_t)rig->bones[1].n_vertices;
    expect_refused(&report, OIK_E_ARGUMENT, rig->bones[1].name);
    rig->bones[1].faces[0][2] = kept;
    kept = rig->skin.body[3][0];
    rig->skin.body[3][0] = TINY_RIG_BODIES;
    expect_refused(&report, OIK_E_ARGUMENT, "vertex 3");
    rig->skin.body[3][0] = kept;
    double time = rig->time[1];
    rig->time[1] = rig->time[2];
    expect_refused(&report, OIK_E_MODEL, "");
    rig->time[1] = time;
    oik_quality worst = {.n_gates = 1, .gates = {{.name = "hip_gap", .unit = "m"}}},
                mean = {.n_gates = 1, .gates = {{.name = "other", .unit = "m"}}};
    r = report;
    r.quality = &worst;
    r.mean = &mean;
    expect_refused(&r, OIK_E_ARGUMENT, "other");
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    temp_path(path, "malloc.html");
    failing_malloc_arm(-1);
    assert_int_equal(oik_report_write(&report, path, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_in_range(n, 10, 1000);
    assert_int_equal(remove(path), 0);
    int before = count_entries(temp_path(folder, ""));
    for (long k = 0; k < n; k++) {
        failing_malloc_arm(k);
        oik_status status = oik_report_write(&report, path, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(count_entries(folder), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bones_of_every_frame_come_back),
        cmocka_unit_test(coordinates_and_times_come_back),
        cmocka_unit_test(the_subject_faces_the_viewer_and_stands_on_the_ground),
        cmocka_unit_test(the_skin_of_every_frame_can_be_blended),
        cmocka_unit_test(long_motions_are_thinned),
        cmocka_unit_test(a_body_and_its_motion_share_a_page),
        cmocka_unit_test(gates_have_their_mean),
        cmocka_unit_test(wrong_rigs_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("export_report_motion", tests, setup, teardown);
}
