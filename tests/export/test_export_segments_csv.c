/* NAME_segments.csv: the exact text, empty cells, any length, names that need quotation marks, every locale, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/segments_csv.h"
#include "support/export_checks.h"
#include "support/temp_dir.h"
#include "support/tiny_motion.h"

#define COLUMNS(name)                                                                                                    \
    "," name "_x_m," name "_y_m," name "_z_m," name "_qw," name "_qx," name "_qy," name "_qz," name "_omega_x_deg_s," name \
    "_omega_y_deg_s," name "_omega_z_deg_s," name "_alpha_x_deg_s2," name "_alpha_y_deg_s2," name "_alpha_z_deg_s2"

/** The tiny motion with a stiff knee, so that both segments move alike. */
static oik_ik_motion *stiff_motion(int n_frames) {
    oik_ik_motion *motion = tiny_motion_new(n_frames);
    for (int f = 0; f < n_frames; f++)
        motion->q[3 * f + 2] = 0.0;
    return motion;
}

static void a_frame_is_a_line(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = stiff_motion(3);
    assert_int_equal(oik_segments_csv_write(temp_path(path, "a.csv"), motion, NULL), OIK_OK);
#define SPIN ",0.000000,90.000000,0.000000,0.000000,0.000000,0.000000"
    tiny_motion_expect_text(
        path, "frame,time" COLUMNS("pelvis") COLUMNS("femur_r") "\n"
              "0,0.000000,0.000000,0.000000,0.000000,1.000000,0.000000,0.000000,0.000000" SPIN
              ",0.000000,-1.000000,0.000000,1.000000,0.000000,0.000000,0.000000" SPIN "\n"
              "1,0.500000,0.250000,0.000000,0.000000,0.923880,0.000000,0.382683,0.000000" SPIN
              ",0.250000,-1.000000,0.000000,0.923880,0.000000,0.382683,0.000000" SPIN "\n"
              "2,1.000000,1.000000,0.000000,0.000000,0.707107,0.000000,0.707107,0.000000" SPIN
              ",1.000000,-1.000000,0.000000,0.707107,0.000000,0.707107,0.000000" SPIN "\n");
    oik_ik_motion_free(motion);
}

static void one_frame_leaves_the_cells_of_motion_empty(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(1);
    assert_int_equal(oik_segments_csv_write(temp_path(path, "one.csv"), motion, NULL), OIK_OK);
    tiny_motion_expect_text(path, "frame,time" COLUMNS("pelvis") COLUMNS("femur_r") "\n"
                                  "0,0.000000,0.000000,0.000000,0.000000,1.000000,0.000000,0.000000,0.000000,,,,,,"
                                  ",0.000000,-1.000000,0.000000,1.000000,0.000000,0.000000,0.000000,,,,,,\n");
    oik_ik_motion_free(motion);
}

static void names_with_commas_are_quoted(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], old[OIK_NAME_LENGTH];
    size_t size;
    oik_ik_motion *motion = tiny_motion_new(1);
    char *name = motion->chain->segment_names[0];
    memcpy(old, name, sizeof old);
    memcpy(name, "a,\"b\"", sizeof "a,\"b\"");
    char *text = export_write_and_read(oik_segments_csv_write, motion, temp_path(path, "quoted.csv"), &size);
    memcpy(name, old, sizeof old);
    assert_non_null(strstr(text, "frame,time,\"a,\"\"b\"\"_x_m\",\"a,\"\"b\"\"_y_m\","));
    free(text);
    oik_ik_motion_free(motion);
}

static void a_long_motion_is_written_in_pieces_to_its_end(void **state) {
    (void)state;
    enum { LONG = 10000 }; /* 2.6 MB */
    char path[TEMP_PATH_LENGTH];
    size_t size;
    oik_ik_motion *motion = tiny_motion_new(LONG);
    char *text = export_write_and_read(oik_segments_csv_write, motion, temp_path(path, "long.csv"), &size);
    assert_int_equal(export_count(text, size, '\n'), 1 + LONG);
    assert_int_equal(export_count(text, size, ','), (size_t)(1 + LONG) * (1 + 2 * 13)); /* the same number in every line */
    free(text);
    export_check_same_again(oik_segments_csv_write, motion, path);
    oik_ik_motion_free(motion);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    export_check_comma_locale(oik_segments_csv_write);
}

static void bad_motions_and_paths_are_refused_by_name(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    export_check_absent_folder(oik_segments_csv_write, motion);
    motion->time[2] = motion->time[1];
    export_check_refused(oik_segments_csv_write, motion, "times.csv", OIK_E_ARGUMENT, "times.csv: frame 2");
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_line),
        cmocka_unit_test(one_frame_leaves_the_cells_of_motion_empty),
        cmocka_unit_test(names_with_commas_are_quoted),
        cmocka_unit_test(a_long_motion_is_written_in_pieces_to_its_end),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_motions_and_paths_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("test_export_segments_csv", tests, temp_dir_setup, temp_dir_teardown);
}
