/* From keypoints to a motion: lengths are judged and fitted, options reach the solver, what cannot be done is said. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/keypoint_motion.h"
#include "support/failing_malloc.h"
#include "support/stick_chain.h"
#include "support/stick_files.h"

static const double DEG = 3.14159265358979323846 / 180.0;

enum { N_FRAMES = 60 };

/* a chain file, a true motion of its chain (or of one like it) and the keypoints of that */
typedef struct scene {
    oik_chain_file *file;
    oik_chain *body;
    oik_markers *markers;
    random_motion *truth;
    oik_keypoints *keypoints;
    oik_matched_keypoints *matched;
} scene;

static random_motion_options plain(void) {
    random_motion_options o = random_motion_defaults(7);
    o.n_frames = N_FRAMES;
    return o;
}

static scene scene_of(const random_motion_options *options, double scale, double thigh) {
    scene s = {.file = stick_chain_file_new(), .body = stick_chain_new()};
    assert_non_null(s.body);
    s.body->joints[STICK_KNEE_R].s = v3_scale(s.body->joints[STICK_KNEE_R].s, thigh);
    s.body->joints[STICK_KNEE_L].s = v3_scale(s.body->joints[STICK_KNEE_L].s, thigh);
    s.markers = stick_markers_new(s.body);
    s.truth = random_motion_new(s.body, s.markers, options);
    assert_true(s.markers && s.truth);
    s.keypoints = stick_keypoints_new(s.truth, scale);
    return s;
}

static scene scene_new(const random_motion_options *options, double scale, double thigh) {
    scene s = scene_of(options, scale, thigh);
    oik_error err = {0};
    if (oik_matched_keypoints_new(&s.matched, s.file, s.keypoints, &err))
        fail_msg("%s", err.message);
    return s;
}

static void scene_free(scene *s) {
    oik_matched_keypoints_free(s->matched);
    oik_keypoints_free(s->keypoints);
    random_motion_free(s->truth);
    oik_markers_free(s->markers);
    oik_chain_free(s->body);
    oik_chain_file_free(s->file);
}

static oik_ik_motion *solved(const scene *s, const oik_keypoint_motion_options *options) {
    oik_ik_motion *motion;
    oik_error err = {0};
    if (oik_keypoint_motion_solve(&motion, s->matched, options, &err))
        fail_msg("%s", err.message);
    return motion;
}

/* mean angle between true and solved orientations of one segment [rad] */
static double mean_angle(const scene *s, const oik_ik_motion *motion, int segment) {
    oik_chain_pose *pose;
    double sum = 0.0;
    assert_int_equal(oik_chain_pose_new(&pose, motion->chain, NULL), OIK_OK);
    for (int f = 0; f < motion->n_frames; f++) {
        oik_chain_forward(pose, motion->chain, motion->q + f * motion->chain->n_dofs);
        sum += oik_rot_angle_between(pose->R[segment], s->truth->R[f * motion->chain->n_segments + segment]);
    }
    oik_chain_pose_free(pose);
    return sum / motion->n_frames;
}

static double position_rms(const oik_ik_motion *motion) {
    double sum = 0.0;
    for (int f = 0; f < motion->n_frames; f++)
        sum += motion->position_error[f] * motion->position_error[f] / motion->n_frames;
    return sqrt(sum);
}

/* ------------------------------------------------------------------ lengths */

static void clean_keypoints_are_met(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.0);
    assert_int_equal(s.matched->lengths, OIK_LENGTHS_MEASURED);
    assert_int_equal(s.matched->markers->n_markers, 16);
    assert_true(s.matched->noise < 1e-8); /* nine decimals in the text */
    oik_ik_motion *motion = solved(&s, NULL);
    assert_int_equal(motion->n_frames, N_FRAMES);
    assert_true(position_rms(motion) < 5e-4); /* the prior pulls a little: 0.1 mm of noise is the least that is assumed */
    static const int limbs[] = {STICK_HIP_R, STICK_KNEE_L, STICK_SHOULDER_R, STICK_ELBOW_L};
    for (size_t i = 0; i < sizeof limbs / sizeof *limbs; i++)
        assert_true(mean_angle(&s, motion, limbs[i]) < 0.5 * DEG); /* bent limbs are seen from directions alone */
    oik_ik_motion_free(motion);
    scene_free(&s);
}

static void another_size_gives_the_same_angles(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene a = scene_new(&o, 1.0, 1.0), b = scene_new(&o, 1.25, 1.0);
    assert_int_equal(b.matched->lengths, OIK_LENGTHS_SCALED);
    oik_ik_motion *one = solved(&a, NULL), *other = solved(&b, NULL);
    for (int i = 0; i < N_FRAMES * STICK_N_DOFS; i++)
        assert_true(fabs(one->q[i] - other->q[i]) < 0.05 * DEG); /* nine decimals, seen through a nearly free trunk */
    oik_ik_motion_free(one);
    oik_ik_motion_free(other);
    scene_free(&a);
    scene_free(&b);
}

static void other_proportions_keep_their_directions(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.15);
    assert_int_equal(s.matched->lengths, OIK_LENGTHS_ADAPTED);
    oik_ik_motion *motion = solved(&s, NULL);
    assert_true(motion->noise >= OIK_MODEL_NOISE);
    assert_true(position_rms(motion) < 0.01); /* as measured, thighs 63 mm too long could not be met */
    assert_true(mean_angle(&s, motion, STICK_HIP_R) < 2.0 * DEG);
    assert_true(mean_angle(&s, motion, STICK_KNEE_L) < 2.0 * DEG);
    oik_ik_motion_free(motion);
    scene_free(&s);
}

static void noise_is_no_reason_to_change_lengths(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.noise = 0.01;
    for (o.seed = 1; o.seed <= 10; o.seed++) {
        scene s = scene_new(&o, 1.0, 1.0);
        assert_int_equal(s.matched->lengths, OIK_LENGTHS_MEASURED);
        assert_true(s.matched->noise > 0.006 && s.matched->noise < 0.015);
        scene_free(&s);
    }
}

static void noise_is_told_in_the_chains_lengths(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.noise = 0.005;
    scene a = scene_new(&o, 1.0, 1.0), b = scene_new(&o, 2.0, 1.0);
    assert_true(fabs(b.matched->noise / a.matched->noise - 1.0) < 0.05); /* the scale is measured with noise */
    oik_ik_motion *motion = solved(&b, NULL);
    assert_true(fabs(motion->noise - b.matched->noise) < 1e-12);
    oik_ik_motion_free(motion);
    scene_free(&a);
    scene_free(&b);
}

/* ------------------------------------------------------------------ options */

static void options_reach_the_solver(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.noise = 0.005;
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    oik_ik_motion *plain_one = solved(&s, &options);
    options.smoothness = 10.0;
    oik_ik_motion *smooth = solved(&s, &options);
    assert_true(fabs(smooth->temporal_weight / plain_one->temporal_weight - 10.0) < 1e-9);
    assert_true(position_rms(smooth) > position_rms(plain_one));
    options.smoothness = 1.0;
    options.sequence.noise = 0.02;
    oik_ik_motion *noisy = solved(&s, &options);
    assert_true(fabs(noisy->noise - 0.02) < 1e-12);
    oik_ik_motion_free(plain_one);
    oik_ik_motion_free(smooth);
    oik_ik_motion_free(noisy);
    scene_free(&s);
}

static void the_filter_runs_over_the_motion(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    options.cutoff_hz = 4.0;
    oik_ik_motion *motion = solved(&s, &options);
    assert_true(motion->cutoff_hz == 4.0);
    oik_ik_motion_free(motion);
    scene_free(&s);
}

static int count_calls(void *context, int n_done) {
    (void)n_done;
    ++*(int *)context;
    return 0;
}

static void a_filter_that_cannot_run_is_refused_before_the_work(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    oik_ik_motion *motion;
    int calls = 0;
    options.sequence.on_progress = count_calls;
    options.sequence.context = &calls;
    options.cutoff_hz = 20.0; /* over half of 30 frames per second */
    assert_int_equal(oik_keypoint_motion_solve(&motion, s.matched, &options, NULL), OIK_E_ARGUMENT);
    assert_null(motion);
    options.cutoff_hz = 6.0;
    s.keypoints->time[N_FRAMES / 2] += 0.01;
    assert_int_equal(oik_keypoint_motion_solve(&motion, s.matched, &options, NULL), OIK_E_ARGUMENT);
    assert_int_equal(calls, 0);
    options.cutoff_hz = 0.0;
    motion = solved(&s, &options); /* without a filter uneven steps are fine */
    assert_true(calls > 0);
    oik_ik_motion_free(motion);
    scene_free(&s);
}

static void reference_solvers_give_motions_too(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.n_frames = 10;
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    static const oik_motion_solver solvers[] = {OIK_SOLVER_FRAMES, OIK_SOLVER_PATCH};
    for (int k = 0; k < 2; k++) {
        options.solver = solvers[k];
        oik_ik_motion *motion = solved(&s, &options);
        assert_int_equal(oik_ik_motion_check(motion, NULL), OIK_OK);
        assert_true(motion->n_iterations > 0);
        assert_true((motion->temporal_weight > 0.0) == (solvers[k] == OIK_SOLVER_PATCH));
        for (int f = 0; f < o.n_frames; f++)
            assert_true(motion->link_error[f] < 5.0 * DEG && motion->position_error[f] < 0.05);
        oik_ik_motion_free(motion);
    }
    scene_free(&s);
}

static int stop(void *context, int n_done) {
    (void)context, (void)n_done;
    return 1;
}

static void a_caller_can_stop_it(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    oik_ik_motion *motion;
    options.sequence.on_progress = stop;
    assert_int_equal(oik_keypoint_motion_solve(&motion, s.matched, &options, NULL), OIK_E_CANCELLED);
    assert_null(motion);
    scene_free(&s);
}

static void smoothness_must_be_a_factor(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(&o, 1.0, 1.0);
    oik_keypoint_motion_options options = oik_keypoint_motion_options_default();
    oik_ik_motion *motion;
    static const double bad[] = {0.0, -1.0, HUGE_VAL};
    for (int i = 0; i < 3; i++) {
        options.smoothness = bad[i];
        assert_int_equal(oik_keypoint_motion_solve(&motion, s.matched, &options, NULL), OIK_E_ARGUMENT);
    }
    scene_free(&s);
}

/* ------------------------------------------------------------------ input that does not do */

static void keypoints_that_are_never_seen_are_an_error(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_of(&o, 1.0, 1.0);
    oik_error err = {0};
    memset(s.keypoints->confidence, 0, (size_t)s.keypoints->n_frames * (size_t)s.keypoints->n_points * sizeof(double));
    assert_int_equal(oik_matched_keypoints_new(&s.matched, s.file, s.keypoints, &err), OIK_E_FORMAT);
    assert_null(s.matched);
    assert_non_null(strstr(err.message, "16 keypoints"));
    scene_free(&s);
}

static void survives_failing_allocations(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_of(&o, 1.0, 1.15);
    failing_malloc_arm(-1);
    assert_int_equal(oik_matched_keypoints_new(&s.matched, s.file, s.keypoints, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_true(n > 20);
    for (long i = 0; i < n; i++) {
        oik_matched_keypoints *matched;
        failing_malloc_arm(i);
        oik_status status = oik_matched_keypoints_new(&matched, s.file, s.keypoints, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_null(matched);
    }
    scene_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_keypoints_are_met),
        cmocka_unit_test(another_size_gives_the_same_angles),
        cmocka_unit_test(other_proportions_keep_their_directions),
        cmocka_unit_test(noise_is_no_reason_to_change_lengths),
        cmocka_unit_test(noise_is_told_in_the_chains_lengths),
        cmocka_unit_test(options_reach_the_solver),
        cmocka_unit_test(the_filter_runs_over_the_motion),
        cmocka_unit_test(a_filter_that_cannot_run_is_refused_before_the_work),
        cmocka_unit_test(reference_solvers_give_motions_too),
        cmocka_unit_test(a_caller_can_stop_it),
        cmocka_unit_test(smoothness_must_be_a_factor),
        cmocka_unit_test(keypoints_that_are_never_seen_are_an_error),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests_name("test_ik_keypoint_motion", tests, NULL, NULL);
}
