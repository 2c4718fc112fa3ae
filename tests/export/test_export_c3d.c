/*
 * NAME.c3d: a reader written from the specification finds every marker and every body's pose, header, parameters and labels; long motions
 * and long lists; what the format cannot say; equal bytes; no memory.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/c3d.h"
#include "support/animation_checks.h"
#include "support/c3d_reader.h"
#include "support/demo_rig.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"
#include "support/tiny_rig.h"

static void write_and_read(c3d_file *file, const oik_rig *rig, const char *name) {
    char path[TEMP_PATH_LENGTH];
    rig_write(oik_c3d_write, rig, temp_path(path, name));
    c3d_read(file, path);
}

/* ---- data against the rig ---- */

static void expect_single(double found, double expected) {
    /* half a unit of single precision, and the double's rounding where this test and the writer differ in the order of operations */
    double rounding = fabs(expected) * 0x1p-24 + 1e-12;
    if (!(fabs(found - expected) <= rounding))
        fail_msg("%.9g, expected %.9g", found, expected);
}

static void compare_markers(const oik_rig *rig, const oik_mat3 *R, const oik_vec3 *o, const c3d_file *file, int frame) {
    for (int m = 0; m < rig->n_markers; m++) {
        double fourth;
        const oik_rig_marker *marker = &rig->markers[m];
        oik_vec3 x = v3_scale(v3_add(o[marker->body], m3_mulv(R[marker->body], marker->at)), 1000.0);
        oik_vec3 found = c3d_point(&fourth, file, frame, m);
        for (int k = 0; k < 3; k++)
            expect_single(v3_get(found, k), v3_get(x, k));
        assert_true(fourth == 0.0 && !signbit(fourth)); /* valid, computed; a negative one would be a missing marker */
    }
}

static void compare_bodies(const oik_rig *rig, const oik_mat3 *R, const oik_vec3 *o, const c3d_file *file, int frame) {
    for (int i = 0; i < rig->n_bodies; i++) {
        double m[4][4];
        assert_true(c3d_matrix(m, file, frame, i) == 0.0);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++)
                expect_single(m[row][column], v3_get(m3_column(R[i], column), row));
            expect_single(m[row][3], 1000.0 * v3_get(o[i], row));
        }
        assert_true(m[3][0] == 0.0 && m[3][1] == 0.0 && m[3][2] == 0.0 && m[3][3] == 1.0);
    }
}

static void compare(const oik_rig *rig, const c3d_file *file) {
    char text[256], label[256];
    oik_mat3 *R = calloc((size_t)rig->n_bodies, sizeof *R);
    oik_vec3 *o = calloc((size_t)rig->n_bodies, sizeof *o);
    assert_true(R && o);
    assert_int_equal(file->n_frames, rig->n_frames);
    assert_int_equal(file->n_points, rig->n_markers);
    assert_int_equal(file->n_rotations, rig->n_bodies);
    for (int m = 0; m < rig->n_markers; m++)
        assert_string_equal(c3d_listed(text, file, "POINT:LABELS", m), rig->markers[m].name);
    for (int i = 0; i < rig->n_bodies; i++) {
        snprintf(label, sizeof label, "%s_4X4", rig->bodies[i].name);
        assert_string_equal(c3d_listed(text, file, "ROTATION:LABELS", i), label);
    }
    for (int f = 0; f < rig->n_frames; f++) {
        oik_rig_forward(R, o, rig, rig->q + (ptrdiff_t)f * rig->n_dofs);
        compare_markers(rig, R, o, file, f);
        compare_bodies(rig, R, o, file, f);
    }
    free(R);
    free(o);
}

static void markers_and_bodies_are_where_the_rig_has_them(void **state) {
    (void)state;
    c3d_file file;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&file, rig, "tiny.c3d");
    compare(rig, &file);
    c3d_free(&file);
    oik_rig_free(rig);
}

static void a_turned_and_shuffled_rig_is_where_it_should_be(void **state) {
    (void)state;
    c3d_file file;
    oik_rig *rig = turned_rig_new();
    write_and_read(&file, rig, "turned.c3d");
    compare(rig, &file);
    c3d_free(&file);
    oik_rig_free(rig);
}

static void a_demo_body_comes_back(void **state) {
    (void)state;
    char text[256];
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        c3d_file file;
        oik_rig *rig = demo_rig_new((oik_rig_detail)detail);
        write_and_read(&file, rig, "demo.c3d");
        compare(rig, &file);
        assert_string_equal(c3d_text(text, &file, "ROTATION:LABELS", 0), "pelvis_4X4");
        c3d_free(&file);
        oik_rig_free(rig);
    }
}

/* ---- header and parameters ---- */

static void the_header_says_what_the_parameters_say(void **state) {
    (void)state;
    c3d_file file;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&file, rig, "header.c3d");
    assert_int_equal(file.data[0], 2);
    assert_int_equal(c3d_header_word(&file, 2), TINY_RIG_MARKERS);
    assert_int_equal(c3d_header_word(&file, 3), 0); /* analog measurements */
    assert_int_equal(c3d_header_word(&file, 4), 1);
    assert_int_equal(c3d_header_word(&file, 5), TINY_RIG_FRAMES);
    assert_int_equal(c3d_header_word(&file, 6), 0); /* nothing was interpolated */
    assert_true(c3d_header_float(&file, 7) == -1.0);
    assert_int_equal(c3d_header_word(&file, 9), (unsigned)c3d_number(&file, "POINT:DATA_START", 0));
    assert_int_equal(c3d_header_word(&file, 10), 0);
    assert_true(c3d_header_float(&file, 11) == 2.0); /* frames every 0.5 s */
    for (int i = 13; i <= 256; i++)
        assert_int_equal(c3d_header_word(&file, i), 0);
    c3d_free(&file);
    oik_rig_free(rig);
}

static void expect_number(const c3d_file *file, const char *name, int type, double x) {
    const c3d_parameter *p = c3d_find(file, name);
    assert_non_null(p);
    if (p->type != type || p->n_dims != 0 || !p->locked || c3d_number(file, name, 0) != x)
        fail_msg("%s is %g, %d bytes, %d dimensions", name, c3d_number(file, name, 0), p->type, p->n_dims);
}

static void expect_text(const c3d_file *file, const char *name, const char *text) {
    char found[256];
    assert_string_equal(c3d_text(found, file, name, 0), text);
    assert_false(c3d_find(file, name)->locked);
}

static void parameters_say_units_frame_and_rate(void **state) {
    (void)state;
    c3d_file file;
    oik_rig *rig = tiny_rig_new();
    write_and_read(&file, rig, "parameters.c3d");
    assert_int_equal(file.n_groups, 6);
    expect_number(&file, "POINT:USED", 2, TINY_RIG_MARKERS);
    expect_number(&file, "POINT:FRAMES", 2, TINY_RIG_FRAMES);
    expect_number(&file, "POINT:SCALE", 4, -1.0);
    expect_number(&file, "POINT:RATE", 4, 2.0);
    expect_number(&file, "ANALOG:USED", 2, 0);
    expect_number(&file, "FORCE_PLATFORM:USED", 2, 0);
    expect_number(&file, "ROTATION:USED", 2, TINY_RIG_BODIES);
    expect_number(&file, "ROTATION:RATIO", 2, 1);
    expect_number(&file, "ROTATION:RATE", 4, 2.0);
    expect_number(&file, "ROTATION:FRAMES", 2, TINY_RIG_FRAMES);
    expect_text(&file, "POINT:UNITS", "mm");
    expect_text(&file, "POINT:X_SCREEN", "+X");
    expect_text(&file, "POINT:Y_SCREEN", "+Y");
    expect_text(&file, "POINT:DESCRIPTIONS", "pelvis, bony landmark or joint");
    expect_text(&file, "ROTATION:DESCRIPTIONS", "moved by ground_pelvis");
    expect_text(&file, "MANUFACTURER:SOFTWARE", "osso_ik");
    assert_null(c3d_find(&file, "POINT:LONG_FRAMES"));
    assert_null(c3d_find(&file, "POINT:LABELS2"));
    c3d_free(&file);
    oik_rig_free(rig);
}

/* The markers of the tiny rig n times, each at a place of its own. */
static void many_markers(oik_rig *rig, int n) {
    oik_rig_marker *markers = calloc((size_t)n, sizeof *markers);
    assert_non_null(markers);
    for (int m = 0; m < n; m++) {
        markers[m] = rig->markers[m % TINY_RIG_MARKERS];
        snprintf(markers[m].name, sizeof markers[m].name, "M%d", m);
        markers[m].at.x += 1e-3 * m;
    }
    free(rig->markers);
    rig->markers = markers;
    rig->n_markers = n;
}

static void lists_go_on_after_255_names(void **state) {
    (void)state;
    const int counts[] = {255, 256, 600};
    for (int k = 0; k < 3; k++) {
        c3d_file file;
        oik_rig *rig = tiny_rig_new();
        many_markers(rig, counts[k]);
        write_and_read(&file, rig, "many.c3d");
        compare(rig, &file);
        assert_int_equal(c3d_find(&file, "POINT:LABELS")->dims[1], 255);
        assert_true(!c3d_find(&file, "POINT:LABELS2") == (counts[k] <= 255));
        assert_true(!c3d_find(&file, "POINT:DESCRIPTIONS3") == (counts[k] <= 510));
        c3d_free(&file);
        oik_rig_free(rig);
    }
}

static void more_names_than_fit_are_refused(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    many_markers(rig, 4000); /* 4000 labels of 5 letters and as many descriptions of 30: 140000 bytes, 130560 are possible */
    rig_check_refused(oik_c3d_write, rig, OIK_E_SHAPE, "255");
    oik_rig_free(rig);
}

/* ---- long motions ---- */

/* Two bodies, so that the files stay small; the numbers of all coordinates become frames of theirs. */
static oik_rig *long_rig(int n_frames, int n_markers) {
    oik_rig *rig = rig_turning(n_frames);
    assert_non_null(rig);
    for (rig->n_bodies = 2, rig->n_dofs = 9; rig->n_bones > 3; rig->n_bones--) {
        free(rig->bones[rig->n_bones - 1].vertices);
        free(rig->bones[rig->n_bones - 1].faces);
    }
    rig->n_markers = 3; /* those of these bodies */
    if (n_markers > TINY_RIG_MARKERS)
        many_markers(rig, n_markers);
    for (int m = 0; m < rig->n_markers; m++)
        rig->markers[m].body = m % 2;
    return rig;
}

static void frames_past_65535_are_counted(void **state) {
    (void)state;
    const int counts[] = {65535, 65536, 70001};
    for (int k = 0; k < 3; k++) {
        c3d_file file;
        bool is_long = counts[k] > 65535;
        oik_rig *rig = long_rig(counts[k], 3);
        write_and_read(&file, rig, "long.c3d");
        compare(rig, &file);
        expect_number(&file, "POINT:FRAMES", is_long ? 4 : 2, counts[k]);
        expect_number(&file, "ROTATION:FRAMES", is_long ? 4 : 2, counts[k]);
        if (is_long)
            expect_number(&file, "POINT:LONG_FRAMES", 4, counts[k]);
        else
            assert_null(c3d_find(&file, "POINT:LONG_FRAMES"));
        assert_int_equal(c3d_header_word(&file, 5), 65535);
        assert_true(c3d_number(&file, "TRIAL:ACTUAL_START_FIELD", 0) == 1.0 && c3d_number(&file, "TRIAL:ACTUAL_START_FIELD", 1) == 0.0);
        assert_int_equal((int)c3d_number(&file, "TRIAL:ACTUAL_END_FIELD", 0), counts[k] % 65536);
        assert_int_equal((int)c3d_number(&file, "TRIAL:ACTUAL_END_FIELD", 1), counts[k] / 65536);
        assert_true(fabs(c3d_header_float(&file, 11) - 100.0) < 1e-4); /* frames every 10 ms */
        c3d_free(&file);
        oik_rig_free(rig);
    }
}

static void more_data_than_can_be_pointed_past_is_refused(void **state) {
    (void)state;
    oik_rig *rig = long_rig(35000, 60); /* 33.6 MB; 65535 blocks are 33.55 */
    rig_check_refused(oik_c3d_write, rig, OIK_E_SHAPE, "35000 frames of 60 markers");
    oik_rig_free(rig);
}

static void one_frame_has_a_rate(void **state) {
    (void)state;
    c3d_file file;
    oik_rig *rig = tiny_rig_new();
    rig->n_frames = 1;
    write_and_read(&file, rig, "one.c3d");
    compare(rig, &file);
    expect_number(&file, "POINT:RATE", 4, 30.0);
    assert_int_equal(c3d_header_word(&file, 5), 1);
    c3d_free(&file);
    oik_rig_free(rig);
}

static void what_the_format_cannot_say_is_refused(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    rig->time[1] = 0.4;
    rig_check_refused(oik_c3d_write, rig, OIK_E_ARGUMENT, "frame 1");
    rig->time[1] = 0.5;
    rig->n_markers = 0;
    rig_check_refused(oik_c3d_write, rig, OIK_E_ARGUMENT, "markers");
    rig->n_markers = TINY_RIG_MARKERS;
    strcpy(rig->markers[2].name, "R KNE");
    rig_check_refused(oik_c3d_write, rig, OIK_E_MODEL, "R KNE");
    strcpy(rig->markers[2].name, "RKNE");
    rig->q[2 * TINY_RIG_DOFS + 3] = NAN;
    rig_check_refused(oik_c3d_write, rig, OIK_E_NOT_FINITE, "pelvis_tx");
    oik_rig_free(rig);
}

/* ---- bytes, folders, memory ---- */

static void equal_rigs_give_equal_bytes(void **state) {
    (void)state;
    animation_check_same_bytes(oik_c3d_write);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    animation_check_comma_locale(oik_c3d_write);
}

static void bad_folders_are_refused(void **state) {
    (void)state;
    animation_check_bad_folders(oik_c3d_write);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    temp_path(path, "swept.c3d");
    failing_malloc_arm(-1);
    assert_int_equal(oik_c3d_write(rig, path, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_true(n >= 6); /* two of bodies, parameters twice, the writer, the data */
    int n_files = count_entries(temp_path(folder, "."));
    for (long k = 0; k < n; k++) {
        oik_error err = {0};
        failing_malloc_arm(k);
        oik_status status = oik_c3d_write(rig, path, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_int_equal(count_entries(folder), n_files); /* no temporary file is left */
    }
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markers_and_bodies_are_where_the_rig_has_them),
        cmocka_unit_test(a_turned_and_shuffled_rig_is_where_it_should_be),
        cmocka_unit_test(a_demo_body_comes_back),
        cmocka_unit_test(the_header_says_what_the_parameters_say),
        cmocka_unit_test(parameters_say_units_frame_and_rate),
        cmocka_unit_test(lists_go_on_after_255_names),
        cmocka_unit_test(more_names_than_fit_are_refused),
        cmocka_unit_test(frames_past_65535_are_counted),
        cmocka_unit_test(more_data_than_can_be_pointed_past_is_refused),
        cmocka_unit_test(one_frame_has_a_rate),
        cmocka_unit_test(what_the_format_cannot_say_is_refused),
        cmocka_unit_test(equal_rigs_give_equal_bytes),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_folders_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_export_c3d", tests, temp_dir_setup, temp_dir_teardown);
}
