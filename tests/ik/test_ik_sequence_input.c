/* What temporal inverse kinematics takes and refuses: kinds of measurements, options, a caller that stops it, too little memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sequence_fixture.h"
#include "support/failing_malloc.h"

/* ---- kinds of measurements ------------------------------------------------------------------------------------------ */

static void a_single_frame_and_two_frames_are_sequences(void **state) {
    for (int n_frames = 1; n_frames <= 3; n_frames++) {
        random_motion_options options = random_motion_defaults(14);
        options.n_frames = n_frames;
        errors e = solve_new(*state, &options);
        /* few frames do not show their noise: 5 mm are assumed, for which the prior pulls the trunk towards its middle, and limbs with it
         */
        assert_true(e.limbs < 0.05 * DEG && e.all < 1.0 * DEG);
    }
}

/* orientations of all segments and no markers, but in the frames 10 to 12; the root's place is not measured */
static void segment_orientations_are_enough(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(15);
    random_motion *motion = new_motion(f, &options);
    double weight[30 * STICK_N_JOINTS];
    for (int i = 0; i < 30 * STICK_N_JOINTS; i++)
        weight[i] = i / STICK_N_JOINTS >= 10 && i / STICK_N_JOINTS <= 12 ? 0.0 : 1.0;
    oik_measurement bones = {.n_frames = 30, .time = motion->time, .R = motion->R, .R_weight = weight};
    oik_ik_motion *solved = solve_measurement(f, &bones, NULL);
    /* bones count as known to a degree, and are smoothed */
    assert_true(errors_between(f, solved->q, motion->q, 30, 0, 10).all < 0.5 * DEG);
    assert_true(errors_between(f, solved->q, motion->q, 30, 10, 13).all < 1.0 * DEG);
    assert_true(solved->segment_error[5] < 0.5 * DEG && isnan(solved->segment_error[11]) && isnan(solved->position_error[5]));
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

/* with the orientations of the bones the trunk is known too, and straight limbs have their twist */
static void markers_and_orientations_together_are_exact(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(16);
    options.extended = true;
    random_motion *motion = new_motion(f, &options);
    double weight[30 * STICK_N_JOINTS];
    for (int i = 0; i < 30 * STICK_N_JOINTS; i++)
        weight[i] = 1.0;
    oik_measurement both = random_motion_measurement(motion);
    both.R = motion->R;
    both.R_weight = weight;
    oik_ik_motion *solved = solve_measurement(f, &both, NULL);
    assert_true(errors_between(f, solved->q, motion->q, 30, 0, 30).all < LIMB);
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

static void link_directions_may_be_used_as_well(void **state) {
    const fixture *f = *state;
    oik_sequence_options solver = oik_sequence_options_default();
    random_motion_options options = random_motion_defaults(17);
    random_motion *motion = new_motion(f, &options);
    solver.links = true;
    errors e = solution_errors(f, motion, &solver);
    assert_true(e.limbs < LIMB && e.all < TRUNK);
    random_motion_free(motion);
}

static void weights_can_be_given(void **state) {
    const fixture *f = *state;
    oik_sequence_options solver = oik_sequence_options_default();
    random_motion_options options = random_motion_defaults(20);
    options.speed = RANDOM_MOTION_FAST;
    random_motion *motion = new_motion(f, &options);
    solver.noise = 0.02;
    oik_ik_motion *noisy = solve(f, motion, &solver);
    assert_near(noisy->noise, 0.02, 0.0);
    solver.temporal_weight = 100.0 * noisy->temporal_weight;
    oik_ik_motion *stiff = solve(f, motion, &solver);
    assert_near(stiff->temporal_weight, solver.temporal_weight, 0.0);
    assert_true(errors_between(f, stiff->q, motion->q, 30, 0, 30).all > 2.0 * errors_between(f, noisy->q, motion->q, 30, 0, 30).all);
    oik_ik_motion_free(noisy);
    oik_ik_motion_free(stiff);
    random_motion_free(motion);
}

static void equal_input_gives_equal_bits(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(13);
    options.noise = 0.01;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *a = solve(f, motion, NULL), *b = solve(f, motion, NULL);
    assert_memory_equal(a->q, b->q, 30 * STICK_N_DOFS * sizeof *a->q);
    assert_int_equal(a->n_iterations, b->n_iterations);
    oik_ik_motion_free(a);
    oik_ik_motion_free(b);
    random_motion_free(motion);
}

/* ---- refused, stopped, out of memory -------------------------------------------------------------------------------- */

static int stop_at_once(void *context, int n_done) {
    (void)n_done;
    return ++*(int *)context;
}

static void the_caller_can_stop_it(void **state) {
    const fixture *f = *state;
    oik_sequence_options solver = oik_sequence_options_default();
    oik_error err;
    oik_ik_motion *solved;
    int n_calls = 0;
    solver.window = 32;
    solver.overlap = 8;
    solver.on_progress = stop_at_once;
    solver.context = &n_calls;
    random_motion_options options = random_motion_defaults(11);
    options.n_frames = 100;
    random_motion *motion = new_motion(f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    assert_int_equal(oik_ik_solve_sequence(&solved, f->chain, &measurement, f->rest, &solver, &err), OIK_E_CANCELLED);
    assert_null(solved);
    assert_int_equal(n_calls, 1);
    random_motion_free(motion);
}

static void expect_refusal(const fixture *f, const oik_measurement *measurement, const oik_sequence_options *options, oik_status expected,
                           const char *word) {
    oik_ik_motion *solved = (oik_ik_motion *)1;
    oik_error err = {0};
    assert_int_equal(oik_ik_solve_sequence(&solved, f->chain, measurement, f->rest, options, &err), expected);
    assert_null(solved);
    assert_non_null(strstr(err.message, word));
}

static void bad_options_are_refused(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(22);
    random_motion *motion = new_motion(f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    oik_sequence_options good = oik_sequence_options_default(), bad;
    const size_t numbers[] = {offsetof(oik_sequence_options, noise), offsetof(oik_sequence_options, acceleration),
                              offsetof(oik_sequence_options, prior), offsetof(oik_sequence_options, length_scale),
                              offsetof(oik_sequence_options, robust_scale), offsetof(oik_sequence_options, place)};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int kind = 0; kind < 2; kind++) {
            bad = good;
            *(double *)((char *)&bad + numbers[i]) = kind ? NAN : -1.0;
            expect_refusal(f, &measurement, &bad, OIK_E_ARGUMENT, "expected");
        }
    bad = good;
    bad.temporal_weight = INFINITY;
    expect_refusal(f, &measurement, &bad, OIK_E_ARGUMENT, "temporal weight");
    bad = good;
    bad.overlap = 1;
    expect_refusal(f, &measurement, &bad, OIK_E_ARGUMENT, "windows");
    bad.overlap = 16;
    bad.window = 31;
    expect_refusal(f, &measurement, &bad, OIK_E_ARGUMENT, "31");
    random_motion_free(motion);
}

static void bad_measurements_are_refused_by_name(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(23);
    random_motion *motion = new_motion(f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    int n = f->markers->n_markers, knee = oik_markers_find(f->markers, "knee_r"), at = 17 * n + knee;
    double time = motion->time[9];
    motion->time[9] = motion->time[8];
    expect_refusal(f, &measurement, NULL, OIK_E_ARGUMENT, "frame 9");
    motion->time[9] = NAN;
    expect_refusal(f, &measurement, NULL, OIK_E_ARGUMENT, "frame 9");
    motion->time[9] = time;
    motion->weight[at] = -0.5;
    expect_refusal(f, &measurement, NULL, OIK_E_ARGUMENT, "knee_r");
    motion->weight[at] = INFINITY;
    expect_refusal(f, &measurement, NULL, OIK_E_ARGUMENT, "frame 17");
    motion->weight[at] = 1.0;
    motion->x[at].z = NAN;
    expect_refusal(f, &measurement, NULL, OIK_E_NOT_FINITE, "frame 17, marker knee_r");
    motion->weight[at] = 0.0; /* absent: what stands there is not read */
    oik_ik_motion_free(solve(f, motion, NULL));
    f->markers->markers[knee].segment = STICK_N_JOINTS;
    expect_refusal(f, &measurement, NULL, OIK_E_ARGUMENT, "knee_r");
    f->markers->markers[knee].segment = STICK_HIP_R;
    random_motion_free(motion);
}

/* six frames in two windows, markers and orientations: every path that allocates */
static void every_failing_allocation_is_reported(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(24);
    oik_sequence_options solver = oik_sequence_options_default();
    double weight[6 * STICK_N_JOINTS];
    options.n_frames = 6;
    options.noise = 0.01;
    solver.window = 4;
    solver.overlap = 2;
    random_motion *motion = new_motion(f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    for (int i = 0; i < 6 * STICK_N_JOINTS; i++)
        weight[i] = 1.0;
    for (int bones = 0; bones < 2; bones++) {
        oik_status status = OIK_E_MEMORY;
        long n = 0;
        measurement.R = bones ? motion->R : NULL;
        measurement.R_weight = bones ? weight : NULL;
        for (; status == OIK_E_MEMORY && n < 5000; n++) {
            oik_ik_motion *solved;
            failing_malloc_arm(n);
            status = oik_ik_solve_sequence(&solved, f->chain, &measurement, f->rest, &solver, NULL);
            bool all = failing_malloc_disarm() <= n;
            assert_true(all ? status == OIK_OK : status == OIK_E_MEMORY);
            assert_true(all == (solved != NULL));
            oik_ik_motion_free(solved);
        }
        assert_int_equal(status, OIK_OK);
        assert_true(n > 100); /* there were that many to fail */
    }
    random_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest test_ik_sequence_input[] = {
        CASE(a_single_frame_and_two_frames_are_sequences),
        CASE(segment_orientations_are_enough),
        CASE(markers_and_orientations_together_are_exact),
        CASE(link_directions_may_be_used_as_well),
        CASE(weights_can_be_given),
        CASE(equal_input_gives_equal_bits),
        CASE(the_caller_can_stop_it),
        CASE(bad_options_are_refused),
        CASE(bad_measurements_are_refused_by_name),
        CASE(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(test_ik_sequence_input, NULL, NULL);
}
