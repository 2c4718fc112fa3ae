/* NAME_orientations.txt: the exact text, the rotations that come back, any length, every locale, what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "base/rot.h"
#include "export/orientations_txt.h"
#include "support/export_checks.h"
#include "support/temp_dir.h"
#include "support/tiny_chain.h"
#include "support/tiny_motion.h"

static void every_segment_has_a_line_in_every_frame(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(3);
    motion->q[2 * 3 + 2] = 0.0;
    assert_int_equal(oik_orientations_txt_write(temp_path(path, "a.txt"), motion, NULL), OIK_OK);
    /* 45 deg about y; with 30 deg about z after it; 90 deg about y */
    tiny_motion_expect_text(path, "# format: quat\n"
                                  "0 0 1.000000000 0.000000000 0.000000000 0.000000000\n"
                                  "0 1 1.000000000 0.000000000 0.000000000 0.000000000\n"
                                  "1 0 0.923879533 0.000000000 0.382683432 0.000000000\n"
                                  "1 1 0.892399101 0.099045761 0.369643811 0.239117618\n"
                                  "2 0 0.707106781 0.000000000 0.707106781 0.000000000\n"
                                  "2 1 0.707106781 0.000000000 0.707106781 0.000000000\n");
    oik_ik_motion_free(motion);
}

/** Next number of a text that lies at *c; moves behind it and one more character. */
static double next_number(const char **c, const char *end) {
    double x;
    size_t n = oik_number_parse(&x, *c, end);
    assert_true(n > 0);
    *c += n + 1;
    return x;
}

static void rotations_come_back_to_nine_decimals(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    uint64_t random = 8;
    size_t size;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain;
    oik_chain_pose *pose;
    oik_ik_motion *motion;
    assert_int_equal(oik_chain_new(&chain, NULL, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    assert_int_equal(oik_ik_motion_new(&motion, chain, 5, NULL), OIK_OK);
    for (int f = 0; f < 5; f++) {
        motion->time[f] = f;
        tiny_random_pose(motion->q + f * chain->n_dofs, chain, 0.0, &random);
    }
    char *text = export_write_and_read(oik_orientations_txt_write, motion, temp_path(path, "b.txt"), &size);
    const char *c = strchr(text, '\n') + 1, *end = text + size;
    for (int f = 0; f < 5; f++) {
        oik_chain_forward(pose, chain, motion->q + f * chain->n_dofs);
        for (int i = 0; i < chain->n_segments; i++) {
            assert_true(next_number(&c, end) == f);
            assert_true(next_number(&c, end) == i);
            oik_quat q;
            q.w = next_number(&c, end), q.x = next_number(&c, end), q.y = next_number(&c, end), q.z = next_number(&c, end);
            assert_true(oik_rot_angle_between(oik_rot_from_quat(q), pose->R[i]) < 2e-9); /* twice half a unit in four numbers */
        }
    }
    assert_ptr_equal(c, end);
    free(text);
    oik_ik_motion_free(motion);
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
    tiny_kinematics_free(lying);
}

static void a_long_motion_is_written_in_pieces_to_its_end(void **state) {
    (void)state;
    enum { LONG = 20000 }; /* 2.2 MB */
    char path[TEMP_PATH_LENGTH];
    size_t size;
    oik_ik_motion *motion = tiny_motion_new(LONG);
    char *text = export_write_and_read(oik_orientations_txt_write, motion, temp_path(path, "long.txt"), &size);
    assert_int_equal(export_count(text, size, '\n'), 1 + 2 * LONG);
    assert_non_null(strstr(text + size - 130, "\n19999 0 "));
    free(text);
    export_check_same_again(oik_orientations_txt_write, motion, path);
    oik_ik_motion_free(motion);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    export_check_comma_locale(oik_orientations_txt_write);
}

static void bad_motions_and_paths_are_refused_by_name(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    export_check_absent_folder(oik_orientations_txt_write, motion);
    motion->q[5] = NAN;
    export_check_refused(oik_orientations_txt_write, motion, "nan.txt", OIK_E_NOT_FINITE, "knee of frame 1");
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_segment_has_a_line_in_every_frame),
        cmocka_unit_test(rotations_come_back_to_nine_decimals),
        cmocka_unit_test(a_long_motion_is_written_in_pieces_to_its_end),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_motions_and_paths_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("test_export_orientations_txt", tests, temp_dir_setup, temp_dir_teardown);
}
