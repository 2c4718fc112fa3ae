/* Keypoint files: values, gaps, units, times and names of the three formats; what is refused, and with which words. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "base/file.h"
#include "base/npz.h"
#include "ik/keypoints.h"
#include "support/comma_locale.h"
#include "support/failing_malloc.h"
#include "support/shared_path.h"
#include "support/temp_dir.h"

static oik_keypoints *parse(const char *text, const char *path, double fps) {
    oik_keypoints *k;
    oik_error err = {0};
    oik_status status = oik_keypoints_parse(&k, (const uint8_t *)text, strlen(text), path, fps, &err);
    if (status)
        fail_msg("%s", err.message);
    return k;
}

static void refused(const char *text, const char *path, oik_status wanted, const char *words) {
    oik_keypoints *k;
    oik_error err = {0};
    oik_status status = oik_keypoints_parse(&k, (const uint8_t *)text, strlen(text), path, 0, &err);
    if (status != wanted || err.status != wanted || !strstr(err.message, words) || !strstr(err.message, path))
        fail_msg("expected status %d with '%s', found %d: %s", (int)wanted, words, (int)status, err.message);
    assert_null(k);
}

/* n rows; row i is (i, -i / 2, 0.25) */
static char *rows_of_text(int n) {
    char *text = calloc((size_t)n, 40);
    assert_non_null(text);
    for (int i = 0; i < n; i++)
        sprintf(text + strlen(text), "%d %g 2.5e-1\n", i, -0.5 * i);
    return text;
}

static void text_gives_rows_in_order(void **state) {
    (void)state;
    char *text = rows_of_text(2 * OIK_H36M_POINTS);
    oik_keypoints *k = parse(text, "a.TXT", 50.0);
    assert_int_equal(k->n_frames, 2);
    assert_int_equal(k->n_points, OIK_H36M_POINTS);
    for (int i = 0; i < 2 * OIK_H36M_POINTS; i++) {
        assert_true(v3_dist(k->x[i], v3(i, -0.5 * i, 0.25)) == 0.0);
        assert_true(k->confidence[i] == 1.0);
    }
    assert_true(k->time[0] == 0.0 && k->time[1] == 1.0 / 50.0);
    assert_string_equal(k->names[0], "pelvis");
    assert_string_equal(k->names[3], "ankle_r");
    assert_string_equal(k->names[16], "wrist_r");
    oik_keypoints_free(k);
    k = parse(text, "a.txt", 0.0);
    assert_true(k->time[1] == 1.0 / 30.0);
    oik_keypoints_free(k);
    free(text);
}

static void text_passes_over_comments_and_sees_gaps(void **state) {
    (void)state;
    char *rows = rows_of_text(OIK_H36M_POINTS - 1), text[2000];
    snprintf(text, sizeof text, "\xEF\xBB\xBF# a comment\r\n\r\n  NaN nan\tNAN\r\n # another\n%s", rows);
    oik_keypoints *k = parse(text, "a.txt", 0);
    assert_true(k->confidence[0] == 0.0 && v3_norm(k->x[0]) == 0.0);
    assert_true(k->confidence[1] == 1.0 && k->x[2].x == 1.0);
    oik_keypoints_free(k);
    free(rows);
}

static void text_that_is_wrong_is_refused(void **state) {
    (void)state;
    char *rows = rows_of_text(OIK_H36M_POINTS + 2), text[2000];
    refused(rows, "a.txt", OIK_E_SHAPE, "19 rows");
    refused("# nothing\n", "a.txt", OIK_E_SHAPE, "0 rows");
    rows[strlen(rows) - 1] = '\0';
    *strrchr(rows, '\n') = '\0';
    *strrchr(rows, '\n') = '\0'; /* 16 rows are left */
    *strrchr(rows, '\n') = '\0';
    static const struct {
        const char *row, *words;
        oik_status status;
    } cases[] = {{"1 2", "line 17: expected three numbers x y z, found 2", OIK_E_FORMAT},
                 {"1 2 3 4", "line 17: expected three numbers x y z, found a fourth: '4'", OIK_E_FORMAT},
                 {"1 2,5 3", "line 17: expected a number, found '2,5'", OIK_E_FORMAT},
                 {"1 nan 3", "line 17: expected finite numbers, or nan nan nan", OIK_E_NOT_FINITE},
                 {"1 2 inf", "line 17: expected finite numbers", OIK_E_NOT_FINITE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "%s\n%s\n", rows, cases[i].row);
        refused(text, "a.txt", cases[i].status, cases[i].words);
    }
    free(rows);
}

static void a_rate_or_an_ending_out_of_range_is_refused(void **state) {
    (void)state;
    char *text = rows_of_text(OIK_H36M_POINTS);
    const double rates[] = {-1.0, (double)NAN, HUGE_VAL, 1e-9};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        oik_keypoints *k;
        assert_int_equal(oik_keypoints_parse(&k, (const uint8_t *)text, strlen(text), "a.txt", rates[i], NULL), OIK_E_ARGUMENT);
        assert_null(k);
    }
    refused(text, "a.csv", OIK_E_FORMAT, "ends in .txt, .trc or .npz");
    oik_keypoints *k;
    oik_error err = {0};
    assert_int_equal(oik_keypoints_load(&k, "/nowhere/a.txt", 0, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "/nowhere/a.txt"));
    assert_null(k);
    free(text);
}

#define TRC_HEAD "PathFileType\t4\t(X/Y/Z)\ta.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n"
#define TRC_NAMES "Frame#\tTime\tRASI\t\t\tLASI\t\t\n\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n"
#define TRC_ROWS "\n1\t0.5\t1000\t2\t3\t4\t5\t6\n2\t0.75\t-1E+01\t2\t3\t4\t5\t6\n"

static void trc_is_brought_to_metres_and_seconds(void **state) {
    (void)state;
    static const struct {
        const char *unit;
        double metres;
    } units[] = {{"mm", 1e-3}, {"cm", 1e-2}, {"m", 1.0}, {"MM", 1e-3}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char text[1000];
        snprintf(text, sizeof text, TRC_HEAD "100\t100\t  2\t2\t%s\n" TRC_NAMES TRC_ROWS, units[i].unit);
        oik_keypoints *k = parse(text, "a.trc", 0);
        assert_int_equal(k->n_frames, 2);
        assert_int_equal(k->n_points, 2);
        assert_string_equal(k->names[0], "RASI");
        assert_string_equal(k->names[1], "LASI");
        assert_true(k->time[0] == 0.5 && k->time[1] == 0.75);
        assert_true(v3_dist(k->x[0], v3_scale(v3(1000, 2, 3), units[i].metres)) == 0.0);
        assert_true(v3_dist(k->x[2], v3_scale(v3(-10, 2, 3), units[i].metres)) == 0.0);
        assert_true(k->confidence[3] == 1.0);
        oik_keypoints_free(k);
    }
}

static void trc_gaps_are_blank_cells_and_nan(void **state) {
    (void)state;
    oik_keypoints *k = parse(TRC_HEAD "100\t100\t3\t2\tm\n" TRC_NAMES "1\t0.0\t\t\t\t4\t5\t6\r\n\r\n"
                                      "2\t0.1\tNaN\tnan\tNAN\t \t \t \r\n3\t0.2\t1\t2\t\t4\t5\t6\t\t\r\n", "a.trc", 0);
    const double seen[6] = {0, 1, 0, 0, 0, 1};
    for (int i = 0; i < 6; i++)
        assert_true(k->confidence[i] == seen[i]);
    assert_true(v3_norm(k->x[4]) == 0.0); /* a marker seen in part is missing */
    oik_keypoints_free(k);
}

static void trc_times_that_do_not_ascend_give_way_to_the_rate(void **state) {
    (void)state;
    const char *text = TRC_HEAD "200\t100\t2\t2\tm\n" TRC_NAMES "1\t0\t1\t2\t3\t4\t5\t6\n2\t0\t1\t2\t3\t4\t5\t6\n";
    oik_keypoints *k = parse(text, "a.trc", 0);
    assert_true(k->time[1] == 1.0 / 200.0);
    oik_keypoints_free(k);
    k = parse(text, "a.trc", 25.0);
    assert_true(k->time[1] == 1.0 / 25.0);
    oik_keypoints_free(k);
    k = parse(TRC_HEAD "200\t100\t2\t2\tm\n" TRC_NAMES TRC_ROWS, "a.trc", 25.0); /* the caller knows better than the file */
    assert_true(k->time[0] == 0.0 && k->time[1] == 1.0 / 25.0);
    oik_keypoints_free(k);
}

static void trc_that_contradicts_its_header_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "line 1: expected PathFileType, found the end of the file"},
        {"Frame 1\n", "line 1: expected PathFileType, found 'Frame'"},
        {TRC_HEAD, "line 3: expected the values of DataRate"},
        {TRC_HEAD "100\t100\t2\t2\tinch\n" TRC_NAMES TRC_ROWS, "line 3: Units: expected mm, cm or m, found 'inch'"},
        {TRC_HEAD "100\t100\t2\n" TRC_NAMES TRC_ROWS, "line 3: expected values of NumFrames, NumMarkers and Units"},
        {TRC_HEAD "100\t100\t2.5\t2\tm\n" TRC_NAMES TRC_ROWS, "NumFrames: expected a count of at least 1, found '2.5'"},
        {TRC_HEAD "x\t100\t2\t2\tm\n" TRC_NAMES TRC_ROWS, "DataRate: expected a number, found 'x'"},
        {TRC_HEAD "-5\t100\t2\t2\tm\n" TRC_NAMES TRC_ROWS, "DataRate: expected 0.001 to"},
        {TRC_HEAD "100\t100\t2\t3\tm\n" TRC_NAMES TRC_ROWS, "line 4: NumMarkers is 3, found the names of 2"},
        {TRC_HEAD "100\t100\t3\t2\tm\n" TRC_NAMES TRC_ROWS, "NumFrames is 3, the number of frames found is 2"},
        {TRC_HEAD "100\t100\t9999999999\t2\tm\n" TRC_NAMES TRC_ROWS, "NumFrames is 9999999999, the number of frames found is 2"},
        {TRC_HEAD "100\t100\t1\t2\tm\n" TRC_NAMES "1\t0\t1\t2\t3\t4\t5\n", "line 6: expected 8 cells for 2 markers"},
        {TRC_HEAD "100\t100\t1\t2\tm\n" TRC_NAMES "1\t0\t1\t2\t3\t4\t5\t6\t7\n", "found one more: '7'"},
        {TRC_HEAD "100\t100\t1\t2\tm\n" TRC_NAMES "1\t0\t1\t2\t3\t4\tfive\t6\n", "line 6: marker LASI: expected a number, found 'five'"},
        {TRC_HEAD "100\t100\t1\t2\tm\n" TRC_NAMES "1\tzero\t1\t2\t3\t4\t5\t6\n", "line 6: Time: expected a number, found 'zero'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].text, "a.trc", OIK_E_FORMAT, cases[i].words);
    refused(TRC_HEAD "100\t100\t1\t2\tm\n" TRC_NAMES "1\t0\t1\t2\t3\t4\t-inf\t6\n", "a.trc", OIK_E_NOT_FINITE, "marker LASI");
}

/* An archive with one more entry than the library's writer makes: a .npy by hand, whose values may be NaN. */
static void add_entry(const char *path, const char *name, const char *descr, const char *shape, const void *data, size_t size) {
    enum { HEAD = 128 };
    char *bytes = calloc(1, HEAD + size);
    assert_non_null(bytes);
    memcpy(bytes, "\x93NUMPY\1\0", 8);
    bytes[8] = HEAD - 10;
    int n = snprintf(bytes + 10, HEAD - 10, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    memset(bytes + 10 + n, ' ', (size_t)(HEAD - 11 - n));
    bytes[HEAD - 1] = '\n';
    memcpy(bytes + HEAD, data, size);
    zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
    assert_non_null(zip);
    assert_true(zip_file_add(zip, name, zip_source_buffer(zip, bytes, HEAD + size, 0), ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
    free(bytes);
}

static oik_keypoints *load(const char *path, double fps) {
    oik_keypoints *k;
    oik_error err = {0};
    if (oik_keypoints_load(&k, path, fps, &err))
        fail_msg("%s", err.message);
    return k;
}

static void load_refused(const char *path, oik_status wanted, const char *words) {
    oik_keypoints *k;
    oik_error err = {0};
    oik_status status = oik_keypoints_load(&k, path, 0, &err);
    if (status != wanted || !strstr(err.message, words) || !strstr(err.message, path))
        fail_msg("expected status %d with '%s', found %d: %s", (int)wanted, words, (int)status, err.message);
    assert_null(k);
}

static void npz_of_either_precision_is_read(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    const double d[2 * 2 * 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9, (double)NAN, 11, 12};
    float f[2 * 2 * 4];
    for (int i = 0; i < 16; i++)
        f[i] = 0.25f * (float)i;
    temp_path(path, "double.npz");
    add_entry(path, "anything.npy", "<f8", "(2, 2, 3)", d, sizeof d);
    oik_keypoints *k = load(path, 0);
    assert_int_equal(k->n_frames, 2);
    assert_int_equal(k->n_points, 2);
    assert_true(v3_dist(k->x[2], v3(7, 8, 9)) == 0.0);
    assert_true(k->confidence[2] == 1.0 && k->confidence[3] == 0.0 && v3_norm(k->x[3]) == 0.0);
    assert_true(k->time[1] == 1.0 / 30.0);
    assert_string_equal(k->names[1], "1");
    oik_keypoints_free(k);
    temp_path(path, "single.npz");
    add_entry(path, "keypoints.npy", "<f4", "(2, 2, 4)", f, sizeof f);
    add_entry(path, "other.npy", "<f8", "(2, 2, 3)", d, sizeof d);
    const double rate = 120.0;
    add_entry(path, "fps.npy", "<f8", "()", &rate, sizeof rate);
    add_entry(path, "names.npy", "|S5", "(2,)", "kneesfoot\0", 10);
    k = load(path, 0);
    assert_true(v3_dist(k->x[1], v3(1, 1.25, 1.5)) == 0.0);
    assert_true(k->confidence[1] == 1.75);
    assert_true(k->time[1] == 1.0 / 120.0);
    assert_string_equal(k->names[0], "knees");
    assert_string_equal(k->names[1], "foot");
    oik_keypoints_free(k);
    k = load(path, 60.0);
    assert_true(k->time[1] == 1.0 / 60.0);
    oik_keypoints_free(k);
}

static void npz_without_one_array_of_keypoints_is_refused(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    const double d[12] = {1, 2, 3, -4, 5, 6, 7, 8, 9, 10, 11, 12};
    add_entry(temp_path(path, "flat.npz"), "a.npy", "<f8", "(4, 3)", d, sizeof d);
    load_refused(path, OIK_E_SHAPE, "frames x points x 3 or 4, found 0 of 1 arrays");
    add_entry(temp_path(path, "two.npz"), "a.npy", "<f8", "(2, 2, 3)", d, sizeof d);
    add_entry(path, "b.npy", "<f8", "(1, 3, 4)", d, sizeof d);
    load_refused(path, OIK_E_FORMAT, "found 2 of 2 arrays");
    add_entry(temp_path(path, "trust.npz"), "a.npy", "<f8", "(1, 3, 4)", d, sizeof d);
    add_entry(path, "a.npy", "<f8", "(3, 1, 4)", d, sizeof d); /* replaced: frame 0 has the confidence -4 */
    load_refused(path, OIK_E_FORMAT, "frame 0, point 0: expected a confidence of at least 0, found -4");
    const double infinite[3] = {1, HUGE_VAL, 3};
    add_entry(temp_path(path, "infinite.npz"), "a.npy", "<f8", "(1, 1, 3)", infinite, sizeof infinite);
    load_refused(path, OIK_E_NOT_FINITE, "frame 0, point 0: column 1 is infinite");
    add_entry(temp_path(path, "none.npz"), "a.npy", "<f8", "(0, 5, 3)", d, 0);
    load_refused(path, OIK_E_SHAPE, "0 frames of 5");
    add_entry(temp_path(path, "names.npz"), "a.npy", "<f8", "(2, 2, 3)", d, sizeof d);
    add_entry(path, "names.npy", "|S1", "(3,)", "abc", 3);
    load_refused(path, OIK_E_SHAPE, "expected 2 names, found 3");
    refused("no archive", "a.npz", OIK_E_FORMAT, "expected an .npz archive");
}

static void a_comma_locale_changes_nothing(void **state) {
    (void)state;
    if (!comma_locale_enter())
        skip();
    oik_keypoints *k = parse(TRC_HEAD "100\t100\t2\t2\tm\n" TRC_NAMES TRC_ROWS, "a.trc", 0);
    assert_true(k->time[1] == 0.75);
    oik_keypoints_free(k);
    comma_locale_leave();
}

static void published_marker_files_load(void **state) {
    (void)state;
    static const struct {
        const char *name, *last_marker;
        int n_frames, n_points, n_missing; /* counted by a script over the cells of the file */
        double time_1;
    } files[] = {{"trc/dataWithBlanksForMissingMarkers.trc", "RKJC", 464, 40, 15005, 0.004},
                 {"trc/dataWithEformat.trc", "RFAulna", 5, 14, 0, 0.016683},
                 {"trc/dataWithNaNsOfDifferentCases.trc", "lASIS", 5, 14, 5, 0.004},
                 {"trc/gait10dof18musc_walk_CRLF_line_ending.trc", "Top.Head", 10, 41, 0, 0.017}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[SHARED_PATH_LENGTH];
        if (!shared_path(path, files[i].name))
            skip();
        oik_keypoints *k = load(path, 0);
        assert_int_equal(k->n_frames, files[i].n_frames);
        assert_int_equal(k->n_points, files[i].n_points);
        int missing = 0;
        for (int m = 0; m < k->n_frames * k->n_points; m++) {
            missing += k->confidence[m] == 0.0;
            assert_true(v3_norm(k->x[m]) < 5.0); /* metres in a laboratory, and not millimetres */
        }
        assert_int_equal(missing, files[i].n_missing);
        assert_true(k->time[1] == files[i].time_1);
        assert_string_equal(k->names[k->n_points - 1], files[i].last_marker);
        oik_keypoints_free(k);
    }
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char path[3][TEMP_PATH_LENGTH];
    char *text = rows_of_text(OIK_H36M_POINTS);
    const double d[6] = {1, 2, 3, 4, 5, 6};
    const char trc[] = TRC_HEAD "100\t100\t2\t2\tm\n" TRC_NAMES TRC_ROWS;
    temp_file(path[0], "m.txt", text, strlen(text));
    temp_file(path[1], "m.trc", trc, sizeof trc - 1);
    add_entry(temp_path(path[2], "m.npz"), "a.npy", "<f8", "(1, 2, 3)", d, sizeof d);
    add_entry(path[2], "names.npy", "|S1", "(2,)", "ab", 2);
    for (int i = 0; i < 3; i++) {
        oik_status status = OIK_E_MEMORY;
        for (long n = 0; status; n++) {
            oik_keypoints *k;
            oik_error err = {0};
            failing_malloc_arm(n);
            status = oik_keypoints_load(&k, path[i], 0, &err);
            long n_seen = failing_malloc_disarm();
            assert_true(status == OIK_E_MEMORY ? n_seen > n && k == NULL && strstr(err.message, "memory") != NULL
                                               : status == OIK_OK && n_seen == n && k != NULL && n > 3);
            oik_keypoints_free(k);
        }
    }
    free(text);
}

static void freeing_nothing_is_fine(void **state) {
    (void)state;
    oik_keypoints_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_gives_rows_in_order),
        cmocka_unit_test(text_passes_over_comments_and_sees_gaps),
        cmocka_unit_test(text_that_is_wrong_is_refused),
        cmocka_unit_test(a_rate_or_an_ending_out_of_range_is_refused),
        cmocka_unit_test(trc_is_brought_to_metres_and_seconds),
        cmocka_unit_test(trc_gaps_are_blank_cells_and_nan),
        cmocka_unit_test(trc_times_that_do_not_ascend_give_way_to_the_rate),
        cmocka_unit_test(trc_that_contradicts_its_header_is_refused),
        cmocka_unit_test(npz_of_either_precision_is_read),
        cmocka_unit_test(npz_without_one_array_of_keypoints_is_refused),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(published_marker_files_load),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests_name("test_ik_keypoints", tests, temp_dir_setup, temp_dir_teardown);
}
