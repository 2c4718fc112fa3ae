/* Noise of markers from the lengths of rigid segments: known noise is found again, whatever the motion. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ik/sequence_ik.h"
#include "support/failing_malloc.h"
#include "support/random_motion.h"
#include "support/stick_chain.h"

typedef struct fixture {
    oik_chain *chain;
    oik_markers *markers;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    return f && (f->chain = stick_chain_new()) && (f->markers = stick_markers_new(f->chain)) ? 0 : -1;
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_markers_free(f->markers);
    oik_chain_free(f->chain);
    free(f);
    return 0;
}

static random_motion *new_motion(const fixture *f, const random_motion_options *options) {
    random_motion *motion = random_motion_new(f->chain, f->markers, options);
    assert_non_null(motion);
    return motion;
}

static double noise_of(const fixture *f, const random_motion *motion) {
    oik_measurement measurement = random_motion_measurement(motion);
    double sigma;
    assert_int_equal(oik_marker_noise(&sigma, f->chain, &measurement, NULL), OIK_OK);
    return sigma;
}

static double noise_of_new(const fixture *f, const random_motion_options *options) {
    random_motion *motion = new_motion(f, options);
    double sigma = noise_of(f, motion);
    random_motion_free(motion);
    return sigma;
}

/*
 * The median absolute deviation of n = 300 lengths has a standard error of 1.17 / sqrt(n) = 7 %, the median over about 20 of them
 * some 2 %: 10 % are five standard errors.
 */
static void known_noise_is_found_within_a_tenth(void **state) {
    const double sigmas[] = {0.001, 0.005, 0.010, 0.020};
    for (int i = 0; i < 4; i++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            random_motion_options options = random_motion_defaults(seed);
            options.n_frames = 300;
            options.noise = sigmas[i];
            double sigma = noise_of_new(*state, &options);
            assert_true(fabs(sigma - sigmas[i]) < 0.1 * sigmas[i]);
        }
}

static void speed_and_extended_phases_are_not_noise(void **state) {
    random_motion_options options = random_motion_defaults(7);
    options.n_frames = 300;
    options.noise = 0.01;
    double slow, fast;
    options.speed = RANDOM_MOTION_SLOW;
    slow = noise_of_new(*state, &options);
    options.speed = RANDOM_MOTION_FAST;
    options.extended = true;
    options.travel = 2.0;
    fast = noise_of_new(*state, &options);
    /* the same noise on other poses: it differs by the directions along which it is seen, one standard error of 2 % */
    assert_true(fabs(slow - 0.01) < 0.001 && fabs(fast - 0.01) < 0.001);
}

static void clean_markers_have_none(void **state) {
    random_motion_options options = random_motion_defaults(8);
    options.extended = true;
    assert_true(noise_of_new(*state, &options) < 1e-14); /* rounding of lengths below 1 m */
}

static void missing_markers_and_single_outliers_change_little(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(9);
    options.n_frames = 300;
    options.noise = 0.01;
    options.missing = 0.2;
    random_motion *motion = new_motion(f, &options);
    for (int k = 0; k < motion->n_frames; k += 30) /* every marker is 1 m off in a thirtieth of its frames */
        for (int i = 0; i < f->markers->n_markers; i++)
            motion->x[(k + i) * f->markers->n_markers + i].y += 1.0;
    assert_true(fabs(noise_of(f, motion) - 0.01) < 0.0015); /* as above, and one length in fifteen counts at the edge of the median */
    random_motion_free(motion);
}

/* a thousand frames at most are looked at: the cost of a long motion stays that of a short one, its noise is found as well */
static void long_motions_are_sampled_evenly(void **state) {
    random_motion_options options = random_motion_defaults(10);
    options.n_frames = 5000;
    options.noise = 0.01;
    assert_true(fabs(noise_of_new(*state, &options) - 0.01) < 0.001);
}

static void where_no_length_is_seen_there_is_no_noise(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(11);
    oik_measurement none = {.n_frames = 30};
    double sigma = 0.0;
    options.n_frames = 30;
    random_motion *motion = new_motion(f, &options);
    random_motion_hide(motion, -1, 2, 30);
    assert_true(isnan(noise_of(f, motion))); /* two frames */
    assert_int_equal(oik_marker_noise(&sigma, f->chain, &none, NULL), OIK_OK);
    assert_true(isnan(sigma));
    random_motion_free(motion);
}

static void every_failing_allocation_is_reported(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(12);
    random_motion *motion = new_motion(f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    for (long n = 0;; n++) {
        double sigma;
        failing_malloc_arm(n);
        oik_status status = oik_marker_noise(&sigma, f->chain, &measurement, NULL);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        if (all) {
            assert_true(n >= 1);
            break;
        }
    }
    random_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest test_ik_marker_noise[] = {
        cmocka_unit_test(known_noise_is_found_within_a_tenth),
        cmocka_unit_test(speed_and_extended_phases_are_not_noise),
        cmocka_unit_test(clean_markers_have_none),
        cmocka_unit_test(missing_markers_and_single_outliers_change_little),
        cmocka_unit_test(long_motions_are_sampled_evenly),
        cmocka_unit_test(where_no_length_is_seen_there_is_no_noise),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(test_ik_marker_noise, set_up, tear_down);
}
