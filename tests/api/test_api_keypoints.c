/* The public calls from keypoints to a motion, on a made-up chain. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/h36m_chain.h"
#include "demo_person.h"
#include "demo_run.h"
#include "osso_ik.h"
#include "run_program.h"
#include "support/stick_chain.h"
#include "support/stick_files.h"

enum { N_FRAMES = 40, N_POINTS = 17 };

static const double DEG = 3.14159265358979323846 / 180.0;

static char *folder;
static oik_chain *body;
static oik_markers *markers;
static random_motion *truth;
static oik_chain_file *chain;
static double *values; /* N_FRAMES x N_POINTS x 4 */

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    body = stick_chain_new();
    markers = body ? stick_markers_new(body) : NULL;
    random_motion_options o = random_motion_defaults(11);
    o.n_frames = N_FRAMES;
    truth = markers ? random_motion_new(body, markers, &o) : NULL;
    values = calloc((size_t)N_FRAMES * N_POINTS * 4, sizeof *values);
    char *json = stick_chain_json();
    if (!folder || !truth || !values || !json)
        return -1;
    file_put(in_folder(folder, "stick.json"), json, strlen(json));
    free(json);
    for (int f = 0; f < N_FRAMES; f++)
        for (int m = 0; m < markers->n_markers; m++) {
            oik_vec3 x = truth->x[f * markers->n_markers + m];
            const double row[] = {x.x, x.y, x.z, 1.0};
            memcpy(values + 4 * (f * N_POINTS + stick_row_of(m)), row, sizeof row);
        }
    return (int)oik_chain_load(&chain, in_folder(folder, "stick.json"), NULL, NULL);
}

static int tear_down(void **state) {
    (void)state;
    oik_chain_file_free(chain);
    free(values);
    random_motion_free(truth);
    oik_markers_free(markers);
    oik_chain_free(body);
    scratch_free(folder);
    return 0;
}

static oik_keypoint_arrays arrays(void) {
    return (oik_keypoint_arrays){.n_frames = N_FRAMES, .n_points = N_POINTS, .n_numbers = 4, .values = values};
}

static oik_motion *motion_of(const oik_keypoint_arrays *in, const oik_keypoint_options *options) {
    oik_motion *motion;
    oik_error err = {0};
    if (oik_motion_from_keypoints(&motion, NULL, chain, in, options, &err))
        fail_msg("%s", err.message);
    return motion;
}

static void segments_are_where_they_truly_are(void **state) {
    (void)state;
    oik_keypoint_arrays in = arrays();
    oik_motion *motion = motion_of(&in, NULL);
    assert_int_equal(oik_motion_n_frames(motion), N_FRAMES);
    assert_int_equal(oik_motion_n_segments(motion), STICK_N_JOINTS);
    assert_string_equal(oik_motion_segment_name(motion, STICK_KNEE_L), "knee_l");
    assert_string_equal(oik_motion_segment_name(motion, STICK_N_JOINTS), "");
    double R[9 * STICK_N_JOINTS], origin[3 * STICK_N_JOINTS], sum = 0.0;
    for (size_t f = 0; f < N_FRAMES; f++) {
        assert_int_equal(oik_motion_place_segments(R, origin, motion, f, NULL), OIK_OK);
        for (size_t i = 0; i < STICK_N_JOINTS; i++) {
            oik_mat3 found;
            memcpy(found.m, R + 9 * i, sizeof found.m);
            sum += oik_rot_angle_between(found, truth->R[f * STICK_N_JOINTS + i]) / (N_FRAMES * STICK_N_JOINTS);
        }
        assert_true(oik_motion_get_frame(motion, f).position_error < 5e-4);
        assert_true(fabs(oik_motion_get_frame(motion, f).time - (double)f / 30.0) < 1e-12);
    }
    assert_true(sum < 1.0 * DEG); /* trunk and pelvis share what keypoints do not tell */
    assert_null(oik_motion_get_frame(motion, N_FRAMES).coordinates);
    assert_int_equal(oik_motion_place_segments(R, origin, motion, N_FRAMES, NULL), OIK_E_ARGUMENT);
    oik_motion_free(motion);
}

static void coordinates_are_named_in_frame_0(void **state) {
    (void)state;
    oik_keypoint_arrays in = arrays();
    oik_motion *motion = motion_of(&in, NULL);
    assert_int_equal(oik_motion_n_coordinates(motion), STICK_N_DOFS);
    for (size_t i = 0; i < STICK_N_DOFS; i++) {
        oik_coordinate c = oik_motion_coordinate(motion, i);
        assert_true(c.value == oik_motion_get_frame(motion, 0).coordinates[i]);
        assert_true(c.value >= c.lower && c.value <= c.upper);
    }
    oik_motion_free(motion);
}

static void options_reach_the_solver(void **state) {
    (void)state;
    oik_keypoint_arrays in = arrays();
    oik_keypoint_options options = {.noise = 0.02, .smoothness = 100.0};
    oik_motion *plain = motion_of(&in, NULL), *smooth = motion_of(&in, &options);
    options = (oik_keypoint_options){.cutoff_hz = 2.0};
    oik_motion *filtered = motion_of(&in, &options);
    options = (oik_keypoint_options){.noise = 0.02, .smoothness = 100.0, .robust = 0.005};
    oik_motion *robust = motion_of(&in, &options);
    const oik_motion *all[] = {plain, smooth, filtered, robust};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(oik_motion_get_frame(all[i], 10).coordinates, oik_motion_get_frame(all[k], 10).coordinates,
                                    STICK_N_DOFS * sizeof(double));
    oik_motion_free(plain);
    oik_motion_free(smooth);
    oik_motion_free(filtered);
    oik_motion_free(robust);
}

static int stop(void *context, size_t n_done) {
    *(size_t *)context = n_done;
    return 1;
}

static void progress_can_stop_it(void **state) {
    (void)state;
    oik_keypoint_arrays in = arrays();
    size_t n_done = 0;
    oik_keypoint_options options = {.progress = stop, .context = &n_done};
    oik_motion *motion;
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, &options, NULL), OIK_E_CANCELLED);
    assert_null(motion);
    assert_true(n_done > 0);
}

static void a_file_gives_what_its_numbers_give(void **state) {
    (void)state;
    char *text = stick_text(truth, 1.0);
    assert_non_null(text);
    file_put(in_folder(folder, "walk.txt"), text, strlen(text));
    free(text);
    oik_motion *motion;
    oik_keypoint_report report;
    oik_error err = {0};
    oik_status status = oik_motion_from_keypoint_file(&motion, &report, chain, in_folder(folder, "walk.txt"), 60.0, NULL, &err);
    if (status)
        fail_msg("%s", err.message);
    assert_int_equal(report.n_matched, 16);
    assert_int_equal(report.n_dropped_pairs, 0);
    assert_true(fabs(report.scale - 1.0) < 1e-6 && report.length_mismatch < 1e-6); /* nine decimals in the text */
    assert_true(fabs(oik_motion_get_frame(motion, 1).time - 1.0 / 60.0) < 1e-12);
    oik_motion_free(motion);
    assert_int_equal(oik_motion_from_keypoint_file(&motion, NULL, chain, in_folder(folder, "absent.txt"), 0.0, NULL, &err), OIK_E_IO);
    assert_null(motion);
    assert_non_null(strstr(err.message, "absent.txt"));
}

static void every_table_is_written(void **state) {
    (void)state;
    oik_keypoint_arrays in = arrays();
    oik_motion *motion = motion_of(&in, NULL);
    static const struct {
        const char *name, *part;
        oik_status (*write)(const oik_motion *motion, const char *path, oik_error *err);
    } files[] = {{"angles.csv", "\n39,1.300000,", oik_write_angles},
                 {"orientations.txt", "\n39 18 ", oik_write_orientations},
                 {"segments.csv", "\n39,1.300000,", oik_write_segments},
                 {"rates.csv", "\n39,1.300000,", oik_write_rates},
                 {"motion.json", "\"n_frames\": 40", oik_write_motion}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        assert_int_equal(files[i].write(motion, in_folder(folder, files[i].name), NULL), OIK_OK);
        char *text = file_text(in_folder(folder, files[i].name), NULL);
        assert_non_null(text);
        assert_non_null(strstr(text, files[i].part));
        free(text);
    }
    /* a chain document holds the bones of a posed body */
    assert_int_equal(oik_write_chain(body, motion, in_folder(folder, "chain.json"), NULL), OIK_E_ARGUMENT);
    assert_false(file_exists(in_folder(folder, "chain.json")));
    oik_motion_free(motion);
}

static void missing_points_may_be_nan_or_without_confidence(void **state) {
    (void)state;
    double *with_gaps[2];
    oik_motion *motions[2];
    for (int k = 0; k < 2; k++) {
        const size_t n = (size_t)N_FRAMES * N_POINTS * 4;
        with_gaps[k] = malloc(n * sizeof(double));
        assert_non_null(with_gaps[k]);
        memcpy(with_gaps[k], values, n * sizeof(double));
        for (int f = 10; f < 15; f++)
            with_gaps[k][4 * (f * N_POINTS + 16) + 3 * k] = k ? 0.0 : (double)NAN; /* x, or the confidence */
        oik_keypoint_arrays in = arrays();
        in.values = with_gaps[k];
        motions[k] = motion_of(&in, NULL);
        free(with_gaps[k]);
    }
    for (size_t f = 0; f < N_FRAMES; f++)
        assert_memory_equal(oik_motion_get_frame(motions[0], f).coordinates, oik_motion_get_frame(motions[1], f).coordinates,
                            STICK_N_DOFS * sizeof(double));
    oik_motion_free(motions[0]);
    oik_motion_free(motions[1]);
}

static void arrays_that_make_no_sense_are_refused(void **state) {
    (void)state;
    oik_motion *motion;
    oik_keypoint_arrays in = arrays();
    in.n_frames = 0;
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_ARGUMENT);
    in = arrays();
    in.n_numbers = 2;
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_ARGUMENT);
    in = arrays();
    in.fps = -1.0;
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_ARGUMENT);
    in = arrays();
    in.n_points = 5; /* the chain asks for keypoint 15 */
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_FORMAT);
    const double time[N_FRAMES] = {0};
    in = arrays();
    in.time = time; /* does not ascend */
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_ARGUMENT);
    double kept = values[4];
    values[4] = HUGE_VAL;
    in = arrays();
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_NOT_FINITE);
    values[4] = kept;
    kept = values[7];
    values[7] = -1.0;
    assert_int_equal(oik_motion_from_keypoints(&motion, NULL, chain, &in, NULL, NULL), OIK_E_ARGUMENT);
    values[7] = kept;
    assert_null(motion);
}

/* ------------------------------------------------------------------ a body's own chain */

static demo_person demo_subject(void) {
    demo_person s;
    if (demo_person_new(&s, "female", DEMO_FEMALE))
        fail_msg("no pipeline of '%s'", DEMO_FEMALE);
    return s;
}

/* Points in another order, with their names, are the same measurement. */
static void expect_the_same_by_name(const oik_motion *motion, const oik_chain_file *own, const oik_keypoint_arrays *in) {
    const char *names[OIK_H36M_POINTS];
    size_t n = in->n_points, width = (size_t)in->n_numbers;
    double *moved = calloc(in->n_frames * n * width, sizeof *moved);
    assert_non_null(moved);
    assert_int_equal(n, OIK_H36M_POINTS);
    for (size_t i = 0; i < n; i++) {
        names[n - 1 - i] = oik_h36m_name((int)i);
        for (size_t f = 0; f < in->n_frames; f++)
            memcpy(moved + (f * n + n - 1 - i) * width, in->values + (f * n + i) * width, width * sizeof *moved);
    }
    oik_keypoint_arrays turned = *in;
    turned.values = moved;
    turned.names = names;
    oik_motion *other;
    assert_int_equal(oik_motion_from_keypoints(&other, NULL, own, &turned, NULL, NULL), OIK_OK);
    for (size_t f = 0; f < in->n_frames; f++)
        for (size_t d = 0; d < oik_motion_n_coordinates(motion); d++) /* the order of points enters in rounding only */
            assert_true(fabs(oik_motion_get_frame(other, f).coordinates[d] - oik_motion_get_frame(motion, f).coordinates[d]) < 1e-6);
    oik_motion_free(other);
    free(moved);
}

static void a_subjects_own_chain_takes_keypoints(void **state) {
    (void)state;
    demo_person s = demo_subject();
    oik_chain_file *own;
    oik_motion *motion;
    oik_keypoint_report report;
    oik_keypoint_arrays in = arrays();
    assert_int_equal(oik_chain_file_from_skeleton(&own, s.posed, NULL), OIK_E_ARGUMENT);
    assert_int_equal(oik_chain_file_from_skeleton(&own, s.lying, NULL), OIK_OK);
    assert_int_equal(oik_motion_from_keypoints(&motion, &report, own, &in, NULL, NULL), OIK_OK);
    assert_int_equal(report.n_matched, 16);
    expect_the_same_by_name(motion, own, &in);
    assert_true(report.scale > 0.7 && report.scale < 1.5 && report.length_mismatch > 0.001); /* two grown bodies, not the same one */
    for (size_t f = 0; f < N_FRAMES; f++) /* ranges of motion differ too: shoulders of the stick figure go where hers do not */
        assert_true(oik_motion_get_frame(motion, f).position_error < 0.2);
    oik_motion_free(motion);
    oik_chain_file_free(own);
    demo_person_clear(&s);
}

static void a_posed_body_is_a_motion_of_one_frame(void **state) {
    (void)state;
    demo_person s = demo_subject();
    const oik_motion *motion = s.motion;
    assert_int_equal(oik_motion_n_frames(motion), 1);
    oik_motion_frame frame = oik_motion_get_frame(motion, 0);
    assert_true(frame.time == 0.0 && frame.position_error < 0.01); /* ranges of motion keep centres a few mm away */
    for (size_t i = 0; i < oik_motion_n_coordinates(motion); i++)
        assert_true(frame.coordinates[i] == oik_motion_coordinate(motion, i).value);
    assert_int_equal(oik_write_orientations(motion, in_folder(folder, "one.txt"), NULL), OIK_OK);
    demo_person_clear(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_where_they_truly_are),
        cmocka_unit_test(coordinates_are_named_in_frame_0),
        cmocka_unit_test(options_reach_the_solver),
        cmocka_unit_test(progress_can_stop_it),
        cmocka_unit_test(a_file_gives_what_its_numbers_give),
        cmocka_unit_test(every_table_is_written),
        cmocka_unit_test(missing_points_may_be_nan_or_without_confidence),
        cmocka_unit_test(arrays_that_make_no_sense_are_refused),
        cmocka_unit_test(a_subjects_own_chain_takes_keypoints),
        cmocka_unit_test(a_posed_body_is_a_motion_of_one_frame),
    };
    return cmocka_run_group_tests_name("test_api_keypoints", tests, set_up, tear_down);
}
