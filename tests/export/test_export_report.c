/* The report's file: what it holds comes back out of it, text never becomes markup, equal reports have equal bytes. */
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
#include "export/report_html.h"
#include "report/report_fixture.h"
#include "report/report_reader.h"
#include "skeleton/puppet_terms.h"
#include "support/comma_locale.h"
#include "support/failing_malloc.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

static report_fixture fixture;

static int setup(void **state) {
    fixture_make(&fixture);
    return temp_dir_setup(state);
}

static int teardown(void **state) {
    fixture_release(&fixture);
    return temp_dir_teardown(state);
}

/* ---- reading steps back ---- */

static int state_of(const json_t *facts, size_t step, const char *what) {
    return (int)json_integer_value(json_object_get(json_array_get(json_object_get(json_object_get(facts, "body"), "steps"), step), what));
}

/* Points of the bones in a step as the page places them, vertices first; free them. */
static oik_vec3 *placed_bones(const char *page, size_t step) {
    const oik_skel_model *s = fixture.skeleton;
    json_t *facts = facts_of(page);
    array local = array_of(page, "bone-points"), part = array_of(page, "bone-part"), count = array_of(page, "mode-count"),
          slot = array_of(page, "mode-slot"), vector = array_of(page, "mode-vector"), placements = array_of(page, "placements"),
          shapes = array_of(page, "shapes");
    assert_int_equal(local.n, 3 * s->n_points);
    assert_int_equal(part.n, s->n_points);
    assert_int_equal(count.n, s->n_points);
    size_t n_parts = (size_t)s->n_parts, n_modes = 2, entry = 0;
    int placement = state_of(facts, step, "placement"), shape = state_of(facts, step, "shape");
    assert_true(placement >= 0 && shape >= 0);
    assert_in_range((size_t)placement * n_parts * 7, 0, placements.n - 7 * n_parts);
    assert_in_range((size_t)shape * n_modes, 0, shapes.n - n_modes);
    oik_vec3 *y = calloc(s->n_points, sizeof *y);
    assert_non_null(y);
    for (size_t i = 0; i < s->n_points; i++) {
        const double *u = local.values + 3 * i;
        const double *p = placements.values + 7 * ((size_t)placement * n_parts + (size_t)part.values[i]);
        oik_vec3 at = v3(u[0], u[1], u[2]);
        for (int k = 0; k < (int)count.values[i]; k++, entry++) {
            const double *m = vector.values + 3 * entry;
            at = v3_madd(at, shapes.values[(size_t)shape * n_modes + (size_t)slot.values[entry]], v3(m[0], m[1], m[2]));
        }
        y[i] = v3_add(m3_mulv(oik_rot_from_quat((oik_quat){p[0], p[1], p[2], p[3]}), at), v3(p[4], p[5], p[6]));
    }
    assert_int_equal(entry, slot.n);
    const array all[] = {local, part, count, slot, vector, placements, shapes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i].values);
    json_decref(facts);
    return y;
}

/* Half a step of the grids of local points and of modes, in all directions, and single precision: below 0.05 mm for half a metre of
 * bone. */
static const double CLOSE = 5e-5;

static void expect_close(const oik_vec3 *a, const oik_vec3 *b, size_t n, oik_vec3 shift) {
    for (size_t i = 0; i < n; i++)
        if (!(v3_dist(v3_add(a[i], shift), b[i]) < CLOSE))
            fail_msg("point %zu: %g %g %g, expected %g %g %g", i, a[i].x + shift.x, a[i].y + shift.y, a[i].z + shift.z, b[i].x, b[i].y,
                     b[i].z);
}

/* ---- cases ---- */

/* Middle of the box at its feet: where the page has its origin. */
static oik_vec3 feet_of(const oik_vec3 *x, size_t n) {
    oik_vec3 low = x[0], high = x[0];
    for (size_t i = 0; i < n; i++) {
        low = v3_min(low, x[i]);
        high = v3_max(high, x[i]);
    }
    return v3((low.x + high.x) / 2, low.y, (low.z + high.z) / 2);
}

static void skins_come_back_standing_on_the_ground(void **state) {
    (void)state;
    char *page = page_of(&fixture.report, NULL);
    size_t n = fixture.body->n_vertices;
    const struct {
        const char *name;
        const oik_vec3 *skin, *around;
    } rows[] = {{"skin-0", fixture.skin, fixture.skin},
                {"skin-1", fixture.above[0], fixture.skin},
                {"skin-3", fixture.above[2], fixture.skin},
                {"skin-4", fixture.lying, fixture.lying}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        array a = array_of(page, rows[r].name);
        assert_int_equal(a.n, 3 * n);
        assert_string_equal(a.type, "u16");
        expect_close((const oik_vec3 *)(const void *)a.values, rows[r].skin, n, feet_of(rows[r].around, n));
        free(a.values);
    }
    /* steps of one skin share its array, and those of the result's skin have none of their own */
    assert_null(strstr(page, "array-skin-5"));
    free(page);
}

static void bones_of_every_step_come_back(void **state) {
    (void)state;
    char *page = page_of(&fixture.report, NULL);
    size_t n = fixture.skeleton->n_vertices;
    oik_vec3 *expected = calloc(n, sizeof *expected);
    assert_non_null(expected);
    for (size_t i = FIXTURE_REGISTRATION; i <= FIXTURE_STEPS; i++) {
        oik_vec3 *y = placed_bones(page, i);
        oik_puppet_vertices(expected, i < FIXTURE_STEPS ? fixture.puppets[i] : fixture.result, fixture.skeleton);
        bool lying = i < FIXTURE_STEPS && fixture.steps[i].lying;
        expect_close(y, expected, n, feet_of(lying ? fixture.lying : fixture.skin, fixture.body->n_vertices));
        free(y);
    }
    free(expected);
    free(page);
}

static void faces_and_labels_come_back(void **state) {
    (void)state;
    char *page = page_of(&fixture.report, NULL);
    const oik_skel_model *s = fixture.skeleton;
    const struct {
        const char *name;
        const int32_t *values;
        size_t n;
    } rows[] = {{"skin-faces", (const int32_t *)fixture.body->faces, 3 * fixture.body->n_faces},
                {"bone-faces", (const int32_t *)s->faces, 3 * s->n_faces},
                {"bone-part", s->point_part, s->n_points},
                {"bone-label", s->vertex_bone, s->n_vertices}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        array a = array_of(page, rows[r].name);
        assert_int_equal(a.n, rows[r].n);
        for (size_t i = 0; i < a.n; i++)
            assert_int_equal((int)a.values[i], rows[r].values[i]);
        free(a.values);
    }
    free(page);
}

/* Row i of a list that leaves out ties of weight 0. */
static size_t weighty(const double *weight, size_t n, size_t i) {
    for (size_t k = 0; k < n; k++)
        if (weight[k] > 0.0 && i-- == 0)
            return k;
    fail_msg("there are fewer ties");
    return n;
}

static void springs_and_landmarks_come_back(void **state) {
    (void)state;
    const oik_skel_model *s = fixture.skeleton;
    double kept = s->springs.weight[1];
    s->springs.weight[1] = 0.0;
    char *page = page_of(&fixture.report, NULL);
    array point = array_of(page, "spring-point"), skin = array_of(page, "spring-skin"), landmark = array_of(page, "landmark-point"),
          target = array_of(page, "landmark-target");
    assert_true(s->springs.n > 2 && s->landmarks.n > 0);
    assert_int_equal(point.n, s->springs.n - 1);
    assert_int_equal(skin.n, point.n);
    for (size_t i = 0; i < point.n; i++) {
        size_t k = weighty(s->springs.weight, s->springs.n, i);
        assert_int_equal((int)point.values[i], s->springs.point[k]);
        assert_int_equal((int)skin.values[i], s->springs.skin[k]);
    }
    s->springs.weight[1] = kept;
    assert_int_equal(target.n, 3 * landmark.n);
    size_t n_joints = 0;
    oik_vec3 feet = feet_of(fixture.lying, fixture.body->n_vertices);
    for (size_t i = 0; i < landmark.n; i++) {
        size_t k = weighty(s->landmarks.weight, s->landmarks.n, i);
        assert_int_equal((int)landmark.values[i], s->landmarks.point[k]);
        oik_vec3 mean = v3_scale(feet, -1.0), found = v3(target.values[3 * i], target.values[3 * i + 1], target.values[3 * i + 2]);
        for (int32_t e = s->landmarks.skin.start[k]; e < s->landmarks.skin.start[k + 1]; e++)
            mean = v3_madd(mean, s->landmarks.skin.value[e], fixture.lying[s->landmarks.skin.index[e]]);
        /* a landmark lies under the mean of its skin vertices, as deep as the model says; a joint centre in it */
        assert_true(fabs(v3_dist(found, mean) - s->landmarks.depth[k]) < CLOSE);
        n_joints += s->landmarks.depth[k] == 0.0;
    }
    assert_in_range(n_joints, 1, landmark.n - 1);
    const array all[] = {point, skin, landmark, target};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i].values);
    free(page);
}

static void facts_tell_steps_joints_and_gates(void **state) {
    (void)state;
    char *page = page_of(&fixture.report, NULL);
    json_t *facts = facts_of(page), *body = json_object_get(facts, "body"), *steps = json_object_get(body, "steps");
    assert_int_equal(json_array_size(steps), FIXTURE_STEPS + 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(steps, 4), "stage")), "placing");
    assert_int_equal(state_of(facts, 4, "iteration"), 2);
    assert_true(json_number_value(json_object_get(json_array_get(steps, 4), "cost")) == 499.0);
    assert_true(json_is_null(json_object_get(json_array_get(steps, 8), "cost"))); /* NaN */
    assert_int_equal(state_of(facts, 0, "placement"), -1);
    assert_int_equal(state_of(facts, FIXTURE_STEPS, "placement"), 0);
    assert_int_equal(state_of(facts, FIXTURE_STEPS, "skin"), 0);
    json_t *joint = json_array_get(json_object_get(body, "joints"), TINY_S_SHANK_R);
    oik_vec3 centre = v3_sub(fixture.kinematics->joints[TINY_S_SHANK_R].centre, feet_of(fixture.skin, fixture.body->n_vertices));
    assert_float_equal(json_number_value(json_array_get(json_object_get(joint, "centre"), 1)), centre.y, 1e-8); /* 9 digits */
    assert_int_equal(json_integer_value(json_object_get(joint, "part")), TINY_SHANK_R);
    assert_int_equal(json_array_size(json_object_get(joint, "axes")), (size_t)fixture.chain->joints[TINY_S_SHANK_R].n_rotations);
    assert_int_equal(json_array_size(json_object_get(facts, "gates")), 2);
    assert_int_equal(json_array_size(json_object_get(body, "coordinates")), (size_t)fixture.chain->n_dofs);
    json_decref(facts);
    free(page);
}

static void the_result_alone_has_no_modes_and_one_placement(void **state) {
    (void)state;
    oik_report report = fixture.report;
    report.n_steps = 0;
    report.steps = NULL;
    report.kinematics = NULL;
    report.chain = NULL;
    report.pose = NULL;
    report.quality = NULL;
    report.stature = NAN;
    char *page = page_of(&report, NULL);
    assert_null(strstr(page, "array-mode-count"));
    array a = array_of(page, "placements");
    assert_int_equal(a.n, 7 * (size_t)fixture.skeleton->n_parts);
    free(a.values);
    json_t *facts = facts_of(page);
    assert_int_equal(json_array_size(json_object_get(json_object_get(facts, "body"), "steps")), 1);
    assert_true(json_is_null(json_object_get(facts, "stature")));
    json_decref(facts);
    free(page);
}

static void text_never_becomes_markup(void **state) {
    (void)state;
    static const char hostile[] = "</script><img src=x onerror=alert(1)> & \"quoted\" <!-- \\ '";
    oik_report report = fixture.report, plain = fixture.report;
    report.name = report.input_path = report.version = report.model.name = report.model.gender = report.model.licence = hostile;
    oik_report_step steps[FIXTURE_STEPS];
    memcpy(steps, fixture.steps, sizeof steps);
    for (int i = 0; i < FIXTURE_STEPS; i++)
        steps[i].stage = hostile;
    report.steps = steps;
    size_t size, plain_size;
    char *page = page_of(&report, &size), *other = page_of(&plain, &plain_size);
    /* the elements of the page are those of a harmless one */
    size_t n_tags = 0, n_plain = 0;
    for (size_t i = 0; i < size; i++)
        n_tags += page[i] == '<';
    for (size_t i = 0; i < plain_size; i++)
        n_plain += other[i] == '<';
    assert_int_equal(n_tags, n_plain);
    assert_null(strstr(page, "<img"));
    json_t *facts = facts_of(page);
    assert_string_equal(json_string_value(json_object_get(facts, "name")), hostile);
    const json_t *listed = json_object_get(json_object_get(facts, "body"), "steps");
    assert_string_equal(json_string_value(json_object_get(json_array_get(listed, 0), "stage")), hostile);
    json_decref(facts);
    free(page);
    free(other);
}

/* A file name of bytes that are not UTF-8 must not cost the report. */
static void a_name_that_is_not_utf8_is_shown_with_question_marks(void **state) {
    (void)state;
    oik_report report = fixture.report;
    report.name = "m\xfcller";
    char *page = page_of(&report, NULL);
    json_t *facts = facts_of(page);
    assert_string_equal(json_string_value(json_object_get(facts, "name")), "m?ller");
    json_decref(facts);
    free(page);
}

static void the_page_is_complete_and_asks_for_nothing(void **state) {
    (void)state;
    static const char *const wanted[] = {"<!DOCTYPE html>", "default-src 'none'", "class BodyScene", "class CostCurve", "id=\"facts\"",
                                         "Copyright (c) 2010-2019 three.js authors"};
    static const char *const unwanted[] = {"<!-- @", "<link", " src=\"", " href=\"", "@import", "url("};
    char *page = page_of(&fixture.report, NULL);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(page, wanted[i]))
            fail_msg("no \"%s\"", wanted[i]);
    /* three.js can fetch textures, its text is not looked at: what is before and behind it is ours */
    char *three = strstr(page, "three.js r111"), *behind = strstr(page, "const facts");
    assert_true(three && behind && three < behind);
    *three = '\0';
    for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
        if (strstr(page, unwanted[i]) || strstr(behind, unwanted[i]))
            fail_msg("\"%s\" is in the page", unwanted[i]);
    assert_string_equal(behind + strlen(behind) - strlen("</html>\n"), "</html>\n");
    free(page);
}

static void equal_reports_have_equal_bytes(void **state) {
    (void)state;
    size_t size_a, size_b;
    char *a = page_of(&fixture.report, &size_a), *b = page_of(&fixture.report, &size_b);
    assert_int_equal(size_a, size_b);
    assert_memory_equal(a, b, size_a);
    free(b);
    if (comma_locale_enter()) {
        b = page_of(&fixture.report, &size_b);
        comma_locale_leave();
        assert_int_equal(size_a, size_b);
        assert_memory_equal(a, b, size_a);
        free(b);
    }
    free(a);
}

/* The same body with its z axis up, facing along x: the page turns it back. */
static void a_body_on_its_back_is_stood_up(void **state) {
    (void)state;
    const oik_mat3 Q = {{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}}; /* x right -> y, y up -> z, z forwards -> x */
    size_t n = fixture.body->n_vertices, n_parts = (size_t)fixture.skeleton->n_parts;
    oik_vec3 *skin = calloc(n, sizeof *skin), *t = calloc(n_parts, sizeof *t);
    oik_mat3 *R = calloc(n_parts, sizeof *R);
    oik_segment segments[TINY_SEGMENTS];
    assert_true(skin && t && R);
    for (size_t i = 0; i < n; i++)
        skin[i] = m3_mulv(Q, fixture.skin[i]);
    for (size_t p = 0; p < n_parts; p++) {
        R[p] = m3_mul(Q, fixture.result->R[p]);
        t[p] = m3_mulv(Q, fixture.result->t[p]);
    }
    memcpy(segments, fixture.kinematics->segments, sizeof segments);
    segments[0].R = m3_mul(Q, segments[0].R);
    oik_kinematics kinematics = {.n_segments = TINY_SEGMENTS, .segments = segments};
    oik_report report = fixture.report;
    report.kinematics = &kinematics;
    report.result = (oik_report_step){.skin = skin, .R = R, .t = t, .shape = fixture.result->shape};
    /* the lying steps keep the page's shape arrays in use */
    report.steps = fixture.steps + FIXTURE_REGISTRATION;
    report.n_steps = FIXTURE_PLACING;
    char *page = page_of(&report, NULL), *upright = page_of(&fixture.report, NULL);
    array a = array_of(page, "skin-0"), b = array_of(upright, "skin-0");
    assert_int_equal(a.n, b.n);
    expect_close((const oik_vec3 *)(const void *)a.values, (const oik_vec3 *)(const void *)b.values, n, v3(0, 0, 0));
    oik_vec3 *y = placed_bones(page, FIXTURE_PLACING), *z = placed_bones(upright, FIXTURE_STEPS);
    expect_close(y, z, fixture.skeleton->n_vertices, v3(0, 0, 0));
    void *const blocks[] = {skin, t, R, page, upright, a.values, b.values, y, z};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

/* The body of the fixture stands along y: whoever says that x or -z is up gets it lying, whatever its pelvis shows. */
static void what_is_said_to_be_up_is_up(void **state) {
    (void)state;
    const oik_vec3 ups[] = {{0, 1, 0}, {1, 0, 0}, {0, 0, -1}};
    size_t n = fixture.body->n_vertices;
    for (size_t k = 0; k < sizeof ups / sizeof *ups; k++) {
        oik_report report = fixture.report;
        report.up = ups[k];
        char *page = page_of(&report, NULL);
        array shown = array_of(page, "skin-0");
        const oik_vec3 *x = (const oik_vec3 *)(const void *)shown.values;
        for (size_t i = 0; i < n; i++) {
            double height = v3_dot(ups[k], v3_sub(fixture.skin[i], fixture.skin[0]));
            assert_true(fabs(x[i].y - x[0].y - height) < 2 * CLOSE);
        }
        free(shown.values);
        free(page);
    }
}

/* ---- size ---- */

enum { BIG_SKIN = 6890, BIG_PARTS = 21, BIG_BONES = 30000, BIG_STEPS = 100, BIG_REGISTRATION = 20 };

/* One body of the usual size, 20 skins and 80 placements: below the 8 MB that mail and browsers take without complaint. */
static void a_hundred_steps_fit_into_eight_megabytes(void **state) {
    (void)state;
    static oik_vec3 skins[BIG_REGISTRATION][BIG_SKIN], mean[BIG_BONES], t[BIG_PARTS];
    static int32_t skin_faces[2 * BIG_SKIN][3], faces[2 * BIG_BONES][3], part[BIG_BONES], bone[BIG_BONES], mode_start[BIG_BONES + 1];
    static oik_mat3 R[BIG_PARTS];
    static char names[1][OIK_NAME_LENGTH] = {"bone"};
    static oik_report_step steps[BIG_STEPS];
    const double shape[1] = {0};
    for (int i = 0; i < BIG_STEPS; i++) {
        bool skin = i < BIG_REGISTRATION;
        steps[i] = (oik_report_step){.stage = skin ? "registration" : "posing", .iteration = i, .cost = 1.0};
        steps[i].skin = skin ? skins[i] : NULL;
        steps[i].R = skin ? NULL : R;
        steps[i].t = skin ? NULL : t;
        for (int v = 0; skin && v < BIG_SKIN; v++)
            skins[i][v] = v3(0.01 * i, 1e-4 * v, 0.1 * sin(v));
    }
    for (int i = 0; i < BIG_BONES; i++) {
        mean[i] = v3(sin(i), cos(i), 1e-5 * i);
        part[i] = i * BIG_PARTS / BIG_BONES;
    }
    for (int i = 0; i < 2 * BIG_BONES; i++)
        faces[i][0] = i / 2;
    oik_skel_model skeleton = {.n_parts = BIG_PARTS, .n_bones = 1, .bone_names = names, .n_vertices = BIG_BONES,
                               .n_faces = (size_t)2 * BIG_BONES,
                               .n_points = BIG_BONES, .mean = mean, .point_part = part, .vertex_bone = bone, .faces = faces,
                               .mode_start = mode_start};
    oik_report report = {.name = "big", .stature = NAN, .n_skin_vertices = BIG_SKIN, .n_skin_faces = (size_t)2 * BIG_SKIN,
                         .skin_faces = (const int32_t(*)[3])skin_faces, .skeleton = &skeleton,
                         .result = {.skin = skins[0], .R = R, .t = t, .shape = shape}, .n_steps = BIG_STEPS, .steps = steps};
    size_t size;
    free(page_of(&report, &size));
    print_message("# %.2f MB\n", 1e-6 * (double)size);
    assert_in_range(size, 1000000, 8000000);
}

/* ---- what is refused ---- */

static void expect_refused(const oik_report *report, oik_status expected, const char *text) {
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_error err = {0};
    int before = count_entries(temp_path(folder, ""));
    assert_int_equal(oik_report_write(report, temp_path(path, "refused.html"), &err), expected);
    if (!strstr(err.message, text))
        fail_msg("\"%s\" does not speak of \"%s\"", err.message, text);
    assert_int_equal(count_entries(folder), before);
}

static void incomplete_reports_are_refused(void **state) {
    (void)state;
    oik_report r = fixture.report;
    r.result.skin = NULL;
    expect_refused(&r, OIK_E_ARGUMENT, "skin");
    r = fixture.report;
    r.result.shape = NULL;
    expect_refused(&r, OIK_E_ARGUMENT, "shape");
    r = fixture.report;
    r.pose = NULL;
    expect_refused(&r, OIK_E_ARGUMENT, "chain");
    oik_report_step step = fixture.steps[5];
    step.t = NULL;
    r = fixture.report;
    r.n_steps = 1;
    r.steps = &step;
    expect_refused(&r, OIK_E_ARGUMENT, "step 1");
    int32_t faces[1][3] = {{0, 1, (int32_t)fixture.body->n_vertices}};
    r = fixture.report;
    r.skin_faces = (const int32_t(*)[3])faces;
    r.n_skin_faces = 1;
    expect_refused(&r, OIK_E_ARGUMENT, "face 0 of the skin");
    int32_t kept = fixture.skeleton->springs.skin[2];
    fixture.skeleton->springs.skin[2] = (int32_t)fixture.body->n_vertices;
    expect_refused(&fixture.report, OIK_E_ARGUMENT, "spring 2");
    fixture.skeleton->springs.skin[2] = kept;
}

static void numbers_that_are_not_finite_are_refused(void **state) {
    (void)state;
    oik_report r = fixture.report;
    double kept = fixture.skin[7].y;
    fixture.skin[7].y = NAN;
    expect_refused(&r, OIK_E_NOT_FINITE, "point 7");
    fixture.skin[7].y = kept;
    kept = fixture.puppets[4]->t[1].z;
    fixture.puppets[4]->t[1].z = INFINITY;
    expect_refused(&r, OIK_E_NOT_FINITE, "step 5");
    fixture.puppets[4]->t[1].z = kept;
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    assert_int_equal(oik_report_write(&r, temp_path(path, "absent/r.html"), &err), OIK_E_IO);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    temp_path(path, "malloc.html");
    failing_malloc_arm(-1);
    assert_int_equal(oik_report_write(&fixture.report, path, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_in_range(n, 10, 1000);
    assert_int_equal(remove(path), 0);
    int before = count_entries(temp_path(folder, ""));
    for (long k = 0; k < n; k++) {
        failing_malloc_arm(k);
        oik_status status = oik_report_write(&fixture.report, path, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(count_entries(folder), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(skins_come_back_standing_on_the_ground),
        cmocka_unit_test(bones_of_every_step_come_back),
        cmocka_unit_test(faces_and_labels_come_back),
        cmocka_unit_test(springs_and_landmarks_come_back),
        cmocka_unit_test(facts_tell_steps_joints_and_gates),
        cmocka_unit_test(the_result_alone_has_no_modes_and_one_placement),
        cmocka_unit_test(text_never_becomes_markup),
        cmocka_unit_test(a_name_that_is_not_utf8_is_shown_with_question_marks),
        cmocka_unit_test(the_page_is_complete_and_asks_for_nothing),
        cmocka_unit_test(equal_reports_have_equal_bytes),
        cmocka_unit_test(a_body_on_its_back_is_stood_up),
        cmocka_unit_test(what_is_said_to_be_up_is_up),
        cmocka_unit_test(a_hundred_steps_fit_into_eight_megabytes),
        cmocka_unit_test(incomplete_reports_are_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("export_report", tests, setup, teardown);
}
