/*
 * NAME_isb.csv: the exact text, any length, both sides of a mirrored motion, which way is up, every locale, lacking segments, what is
 * refused, no memory.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/isb_csv.h"
#include "ik/up.h"
#include "support/export_checks.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"
#include "support/tiny_chain.h"
#include "support/tiny_motion.h"

static oik_status write_y_up(const char *path, const oik_ik_motion *motion, oik_error *err) {
    return oik_isb_csv_write(path, motion, v3(0, 1, 0), err);
}

static const char header[] = "frame,time,isb_pelvis_posterior_tilt,isb_pelvis_right_down,isb_pelvis_left_rotation,"
                             "isb_hip_flexion_r,isb_hip_adduction_r,isb_hip_internal_rotation_r\n";

/* The tiny pelvis has x to the subject's left, a quarter turn to the left, and turns on by 45 degrees a frame, past half a turn. */
static void a_frame_is_a_line(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], text[1024] = "";
    oik_ik_motion *motion = tiny_motion_new(4);
    assert_int_equal(write_y_up(temp_path(path, "a.csv"), motion, NULL), OIK_OK);
    strcat(text, header);
    strcat(text, "0,0.000000,0.000000,0.000000,90.000000,0.000000,0.000000,0.000000\n"
                 "1,0.500000,0.000000,0.000000,135.000000,30.000000,0.000000,0.000000\n"
                 "2,1.000000,0.000000,0.000000,180.000000,0.000000,0.000000,0.000000\n"
                 "3,1.500000,0.000000,0.000000,225.000000,30.000000,0.000000,0.000000\n");
    tiny_motion_expect_text(path, text);
    oik_ik_motion_free(motion);
}

static void a_long_motion_is_written_in_pieces_to_its_end(void **state) {
    (void)state;
    enum { LONG = 20000 }; /* 1.4 MB: more than one piece */
    char path[TEMP_PATH_LENGTH];
    size_t size;
    oik_ik_motion *motion = tiny_motion_new(LONG);
    char *text = export_write_and_read(write_y_up, motion, temp_path(path, "long.csv"), &size);
    assert_int_equal(export_count(text, size, '\n'), 1 + LONG);
    assert_int_equal(export_count(text, size, ','), (size_t)(1 + LONG) * (1 + 2 * 3)); /* the same number in every line */
    free(text);
    export_check_same_again(write_y_up, motion, path);
    oik_ik_motion_free(motion);
}

/* ---- all segments, and a motion and its mirror image ---- */

static oik_chain *full_chain(void) {
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain = NULL;
    assert_int_equal(oik_chain_new(&chain, NULL, lying, NULL), OIK_OK);
    tiny_kinematics_free(lying);
    strcpy(chain->segment_names[tiny_find_segment(chain, "torso")], "thorax");
    return chain;
}

/** Coordinate on the other side, itself on the midline. @param[out] sign -1 where the mirror image counts the other way */
static int mirror_dof(double *sign, const oik_chain *chain, int d) {
    static const char *const turned[] = {"pelvis_list", "pelvis_rotation", "pelvis_tz"};
    char other[OIK_NAME_LENGTH];
    strcpy(other, chain->dofs[d].name);
    size_t n = strlen(other);
    *sign = strstr(other, "_bending") || (strstr(other, "_rotation") && other[n - 2] != '_') ? -1.0 : 1.0;
    for (size_t i = 0; i < sizeof turned / sizeof *turned; i++)
        if (strcmp(other, turned[i]) == 0)
            *sign = -1.0;
    if (other[n - 2] == '_' && (other[n - 1] == 'r' || other[n - 1] == 'l'))
        other[n - 1] = other[n - 1] == 'r' ? 'l' : 'r';
    return tiny_find_dof(chain, other);
}

static oik_ik_motion *random_steps(const oik_chain *chain, bool mirrored) {
    enum { FRAMES = 6 };
    oik_ik_motion *motion;
    uint64_t random = 9;
    assert_int_equal(oik_ik_motion_new(&motion, chain, FRAMES, NULL), OIK_OK);
    for (int f = 0; f < FRAMES; f++) {
        double *q = motion->q + f * chain->n_dofs, sign;
        double *drawn = calloc((size_t)chain->n_dofs, sizeof *drawn);
        assert_non_null(drawn);
        motion->time[f] = 0.1 * f;
        tiny_random_pose(drawn, chain, 0.2, &random);
        for (int d = 0; d < chain->n_dofs; d++) {
            int other = mirror_dof(&sign, chain, d);
            q[d] = mirrored ? sign * drawn[other] : drawn[d];
        }
        free(drawn);
    }
    return motion;
}

/** Cell of a table: line from 0 = the header, column by its name; NULL without such a column. Ends at the next comma or line end. */
static const char *cell(const char *text, int line, const char *name) {
    int column = 0;
    const char *end = strchr(text, '\n'), *at = text;
    for (; at < end; column++) {
        size_t n = strcspn(at, ",\n");
        if (n == strlen(name) && strncmp(at, name, n) == 0)
            break;
        at += n + 1;
    }
    if (at >= end)
        return NULL;
    for (at = text; line > 0; line--)
        at = strchr(at, '\n') + 1;
    for (; column > 0; column--)
        at = strchr(at, ',') + 1;
    return at;
}

/** The other side's name: true where there is one. */
static bool exchange_sides(char *name) {
    size_t n = strlen(name);
    bool sided = n > 2 && name[n - 2] == '_' && (name[n - 1] == 'r' || name[n - 1] == 'l');
    if (sided)
        name[n - 1] = name[n - 1] == 'r' ? 'l' : 'r';
    return sided;
}

/* six decimals of the same number: one digit of the last place where rounding differs */
static void a_mirrored_motion_has_left_and_right_exchanged(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], image_path[TEMP_PATH_LENGTH];
    size_t size;
    oik_chain *chain = full_chain();
    oik_ik_motion *motion = random_steps(chain, false), *image = random_steps(chain, true);
    char *text = export_write_and_read(write_y_up, motion, temp_path(path, "right.csv"), &size);
    char *mirrored = export_write_and_read(write_y_up, image, temp_path(image_path, "left.csv"), &size);
    int n_columns = 0, n_sided = 0;
    for (const char *at = text; at < strchr(text, '\n'); n_columns++) {
        char name[64] = "", other[64];
        size_t n = strcspn(at, ",\n");
        memcpy(name, at, n);
        strcpy(other, name);
        bool sided = exchange_sides(other), turns = strstr(name, "_right_") || strstr(name, "_left_");
        n_sided += sided;
        for (int line = 1; line <= motion->n_frames; line++) {
            double expected = (turns ? -1.0 : 1.0) * strtod(cell(text, line, name), NULL);
            if (fabs(strtod(cell(mirrored, line, other), NULL) - expected) > 1.5e-6)
                fail_msg("%s of frame %d", name, line - 1);
        }
        at += n + 1;
    }
    assert_int_equal(n_sided, 2 * 11 * 3); /* every joint of the limbs */
    assert_int_equal(n_columns, 2 + 3 * 3 + n_sided); /* time; pelvis, thorax, trunk; the tiny chain calls neck and head otherwise */
    free(text);
    free(mirrored);
    oik_ik_motion_free(motion);
    oik_ik_motion_free(image);
    oik_chain_free(chain);
}

static oik_status write_z_up(const char *path, const oik_ik_motion *motion, oik_error *err) {
    return oik_isb_csv_write(path, motion, v3(0, 0, 1), err);
}

/** The largest difference of two numbers at the same place in two tables of the same shape. */
static double largest_difference(const char *a, const char *b) {
    double largest = 0.0;
    a = strchr(a, '\n') + 1;
    b = strchr(b, '\n') + 1;
    while (*a) {
        char *end_a, *end_b;
        largest = fmax(largest, fabs(strtod(a, &end_a) - strtod(b, &end_b)));
        assert_true(end_a > a && end_b > b && *end_a == *end_b);
        a = end_a + 1;
        b = end_b + 1;
    }
    assert_int_equal(*b, '\0');
    return largest;
}

/* the root's joint frame is the motion's frame: turned so that z is up in it, all segments turn with it */
static void a_motion_with_z_up_has_the_angles_of_the_same_with_y_up(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    size_t size;
    oik_chain *chain = full_chain();
    oik_ik_motion *motion = random_steps(chain, false);
    char *y_up = export_write_and_read(write_y_up, motion, temp_path(path, "y.csv"), &size);
    assert_int_equal(chain->joints[0].parent, -1);
    chain->joints[0].A = m3_tmul(oik_up_turn(v3(0, 0, 1)), chain->joints[0].A);
    char *z_up = export_write_and_read(write_z_up, motion, temp_path(path, "z.csv"), &size);
    char *mistaken = export_write_and_read(write_y_up, motion, temp_path(path, "mistaken.csv"), &size);
    assert_true(largest_difference(y_up, z_up) < 1.5e-6); /* the last of six decimals of the same number */
    assert_true(largest_difference(y_up, mistaken) > 10.0);
    free(y_up);
    free(z_up);
    free(mistaken);
    oik_ik_motion_free(motion);
    oik_chain_free(chain);
}

static void columns_of_lacking_segments_are_left_out(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    size_t size;
    oik_chain *chain = full_chain();
    oik_ik_motion *motion = random_steps(chain, false);
    strcpy(chain->segment_names[tiny_find_segment(chain, "clavicle_r")], "other");
    strcpy(chain->segment_names[tiny_find_segment(chain, "radius_l")], "other");
    char *text = export_write_and_read(write_y_up, motion, temp_path(path, "few.csv"), &size);
    assert_null(cell(text, 0, "isb_clavicle_protraction_r"));
    assert_non_null(cell(text, 0, "isb_clavicle_protraction_l"));
    assert_null(cell(text, 0, "isb_elbow_flexion_l"));
    assert_null(cell(text, 0, "isb_wrist_flexion_l"));
    assert_non_null(cell(text, 0, "isb_humeroulnar_flexion_l"));
    free(text);
    oik_ik_motion_free(motion);
    oik_chain_free(chain);
}

static void comma_locale_changes_nothing(void **state) {
    (void)state;
    export_check_comma_locale(write_y_up);
}

static void bad_motions_and_paths_are_refused_by_name(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(4);
    export_check_absent_folder(write_y_up, motion);
    motion->time[2] = motion->time[1];
    export_check_refused(write_y_up, motion, "times.csv", OIK_E_ARGUMENT, "times.csv: frame 2");
    oik_ik_motion_free(motion);
}

static void a_chain_without_any_joint_of_isb_is_refused(void **state) {
    (void)state;
    oik_ik_motion *motion = tiny_motion_new(1);
    char *name = motion->chain->segment_names[0], old[OIK_NAME_LENGTH];
    memcpy(old, name, sizeof old);
    strcpy(name, "trunk");
    export_check_refused(write_y_up, motion, "none.csv", OIK_E_MODEL, "none.csv: the chain has no segment pelvis");
    memcpy(name, old, sizeof old);
    oik_ik_motion_free(motion);
}

static void every_failed_allocation_is_reported_and_leaves_no_file(void **state) {
    (void)state;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(4);
    temp_path(folder, ".");
    temp_path(path, "memory.csv");
    int n_files = count_entries(folder);
    for (long n = 0;; n++) {
        oik_error err;
        failing_malloc_arm(n);
        oik_status status = write_y_up(path, motion, &err);
        bool all = failing_malloc_disarm() <= n;
        if (all) {
            assert_int_equal(status, OIK_OK);
            assert_true(n > 8); /* angles, pose, writer, text */
            break;
        }
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_int_equal(count_entries(folder), n_files);
    }
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_line),
        cmocka_unit_test(a_long_motion_is_written_in_pieces_to_its_end),
        cmocka_unit_test(a_mirrored_motion_has_left_and_right_exchanged),
        cmocka_unit_test(a_motion_with_z_up_has_the_angles_of_the_same_with_y_up),
        cmocka_unit_test(columns_of_lacking_segments_are_left_out),
        cmocka_unit_test(comma_locale_changes_nothing),
        cmocka_unit_test(bad_motions_and_paths_are_refused_by_name),
        cmocka_unit_test(a_chain_without_any_joint_of_isb_is_refused),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_no_file),
    };
    return cmocka_run_group_tests_name("test_export_isb_csv", tests, temp_dir_setup, temp_dir_teardown);
}
