/* NAME_angles.csv: the exact text, under every locale, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "export/angles_csv.h"
#include "support/comma_locale.h"
#include "support/temp_dir.h"

static const double DEG = 3.14159265358979323846 / 180.0;

static oik_dof dofs[2] = {{.name = "knee_angle_r"}, {.name = "pelvis_ty", .translation = true}};
static oik_chain chain = {.n_dofs = 2, .dofs = dofs};
static const double times[2] = {0.0, 1.0 / 30.0};

static const char expected[] = "frame,time,knee_angle_r,pelvis_ty\n"
                               "0,0.000000,12.500000,0.950000\n"
                               "1,0.033333,-3.250000,0.000000\n";

static oik_angles_csv table(double q[4]) {
    q[0] = 12.5 * DEG, q[1] = 0.95, q[2] = -3.25 * DEG, q[3] = -1e-9;
    return (oik_angles_csv){&chain, 2, times, q};
}

static void expect_file(const char *path, const char *text) {
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(data, text, size);
    free(data);
}

static void table_is_written_in_degrees_and_metres(void **state) {
    (void)state;
    double q[4];
    char path[TEMP_PATH_LENGTH];
    oik_angles_csv in = table(q);
    assert_int_equal(oik_angles_csv_write(temp_path(path, "walk_angles.csv"), &in, NULL), OIK_OK);
    expect_file(path, expected);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    double q[4];
    char path[TEMP_PATH_LENGTH];
    oik_angles_csv in = table(q);
    if (!comma_locale_enter())
        skip();
    oik_status status = oik_angles_csv_write(temp_path(path, "comma.csv"), &in, NULL);
    comma_locale_leave();
    assert_int_equal(status, OIK_OK);
    expect_file(path, expected);
}

static void no_frames_give_the_header(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_angles_csv in = {&chain, 0, NULL, NULL};
    assert_int_equal(oik_angles_csv_write(temp_path(path, "empty.csv"), &in, NULL), OIK_OK);
    expect_file(path, "frame,time,knee_angle_r,pelvis_ty\n");
}

static void a_number_that_is_not_finite_is_refused_by_name(void **state) {
    (void)state;
    double q[4];
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_error err = {0};
    oik_angles_csv in = table(q);
    q[2] = NAN;
    assert_int_equal(oik_angles_csv_write(temp_path(path, "nan.csv"), &in, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "knee_angle_r"));
    assert_non_null(strstr(err.message, "frame 1"));
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_E_IO); /* nothing was written */
}

static void an_unwritable_path_is_refused(void **state) {
    (void)state;
    double q[4];
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    oik_angles_csv in = table(q);
    assert_int_equal(oik_angles_csv_write(temp_path(path, "absent/angles.csv"), &in, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "absent"));
}

int main(void) {
    const struct CMUnitTest test_export_angles_csv[] = {
        cmocka_unit_test(table_is_written_in_degrees_and_metres),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(no_frames_give_the_header),
        cmocka_unit_test(a_number_that_is_not_finite_is_refused_by_name),
        cmocka_unit_test(an_unwritable_path_is_refused),
    };
    return cmocka_run_group_tests(test_export_angles_csv, temp_dir_setup, temp_dir_teardown);
}
