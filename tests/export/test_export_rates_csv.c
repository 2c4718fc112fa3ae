/* NAME_rates.csv: the exact text, empty cells, every locale, what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "export/rates_csv.h"
#include "support/export_checks.h"
#include "support/temp_dir.h"
#include "support/tiny_motion.h"

static const char header[] =
    "frame,time,pelvis_rotation_deg_s,pelvis_rotation_deg_s2,pelvis_tx_m_s,pelvis_tx_m_s2,knee_deg_s,knee_deg_s2\n";

static void expect_table(const char *path, const char *lines) {
    char text[1024] = "";
    strcat(text, header);
    strcat(text, lines);
    tiny_motion_expect_text(path, text);
}

/* 90 deg/s; t^2; a knee at 0, 30, 0, 30 deg every 0.5 s */
static void a_frame_is_a_line(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(4);
    assert_int_equal(oik_rates_csv_write(temp_path(path, "a.csv"), motion, NULL), OIK_OK);
    expect_table(path, "0,0.000000,90.000000,0.000000,0.000000,2.000000,120.000000,-720.000000\n"
                       "1,0.500000,90.000000,0.000000,1.000000,2.000000,0.000000,-240.000000\n"
                       "2,1.000000,90.000000,0.000000,2.000000,2.000000,0.000000,240.000000\n"
                       "3,1.500000,90.000000,0.000000,3.000000,2.000000,120.000000,720.000000\n");
    oik_ik_motion_free(motion);
}

static void one_frame_has_no_rates(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(1);
    assert_int_equal(oik_rates_csv_write(temp_path(path, "one.csv"), motion, NULL), OIK_OK);
    expect_table(path, "0,0.000000,,,,,,\n");
    oik_ik_motion_free(motion);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    export_check_comma_locale(oik_rates_csv_write);
}

static void bad_motions_and_paths_are_refused_by_name(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    export_check_absent_folder(oik_rates_csv_write, motion);
    motion->q[10] = INFINITY;
    export_check_refused(oik_rates_csv_write, motion, "inf.csv", OIK_E_NOT_FINITE, "inf.csv: coordinate pelvis_tx of frame 3");
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_line),
        cmocka_unit_test(one_frame_has_no_rates),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_motions_and_paths_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("test_export_rates_csv", tests, temp_dir_setup, temp_dir_teardown);
}
