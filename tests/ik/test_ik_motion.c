/* The motion container: times, bounds, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/motion.h"
#include "support/failing_malloc.h"

enum { N_DOFS = 2, N = 50 };

static oik_dof dofs[N_DOFS] = {{.name = "elbow_flex", .lower = 0.0, .upper = 2.0}, {.name = "locked", .lower = 0.5, .upper = 0.5}};
static const oik_chain chain = {.n_dofs = N_DOFS, .dofs = dofs};

static oik_ik_motion *new_motion(int n_frames) {
    oik_ik_motion *motion;
    assert_int_equal(oik_ik_motion_new(&motion, &chain, n_frames, NULL), OIK_OK);
    return motion;
}

static void a_new_motion_has_measured_nothing(void **state) {
    (void)state;
    oik_ik_motion *motion = new_motion(3);
    assert_ptr_equal(motion->chain, &chain);
    assert_int_equal(motion->n_frames, 3);
    assert_string_equal(motion->stop, "");
    assert_true(isnan(motion->noise) && !motion->converged);
    for (int f = 0; f < 3; f++)
        assert_true(isnan(motion->position_error[f]) && isnan(motion->link_error[f]) && isnan(motion->segment_error[f]));
    for (int i = 0; i < 3 * N_DOFS; i++)
        assert_true(motion->q[i] == 0.0 && motion->bound[i] == OIK_BOUND_NONE);
    oik_ik_motion_free(motion);
    oik_ik_motion_free(NULL);
    assert_int_equal(oik_ik_motion_new(&motion, &chain, 0, NULL), OIK_E_ARGUMENT);
    assert_null(motion);
}

static void bounds_are_marked_with_their_margin(void **state) {
    (void)state;
    const double q[] = {0.0, 0.9e-6, 1.1e-6, 2.0 - 0.9e-6, 2.0, 1.0};
    const oik_bound expected[] = {OIK_BOUND_LOWER, OIK_BOUND_LOWER, OIK_BOUND_NONE, OIK_BOUND_UPPER, OIK_BOUND_UPPER, OIK_BOUND_NONE};
    oik_ik_motion *motion = new_motion(6);
    for (int f = 0; f < 6; f++)
        motion->q[f * N_DOFS] = q[f], motion->q[f * N_DOFS + 1] = 0.5;
    oik_ik_motion_mark_bounds(motion);
    for (int f = 0; f < 6; f++) {
        assert_int_equal(motion->bound[f * N_DOFS], expected[f]);
        assert_int_equal(motion->bound[f * N_DOFS + 1], OIK_BOUND_NONE); /* no range, no bound to hit */
    }
    oik_ik_motion_free(motion);
}

/** Frame rate of N frames at 1 / rate each, every time rounded to the unit given (0: not at all). */
static double measured_rate(double rate, double unit, oik_status expected) {
    double found;
    oik_ik_motion *motion = new_motion(N);
    for (int f = 0; f < N; f++)
        motion->time[f] = unit > 0.0 ? round((0.1234 + f / rate) / unit) * unit : 0.1234 + f / rate;
    assert_int_equal(oik_ik_motion_frame_rate(&found, motion, NULL), expected);
    oik_ik_motion_free(motion);
    return found;
}

static void frame_rates_are_found_in_rounded_times(void **state) {
    (void)state;
    const double rates[] = {23.976, 30, 50, 60, 100, 120, 240};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        assert_true(fabs(measured_rate(rates[i], 0.0, OIK_OK) / rates[i] - 1.0) < 1e-12);
        assert_true(fabs(measured_rate(rates[i], 1e-6, OIK_OK) / rates[i] - 1.0) < 1e-5);
        /* three decimals: the ends of the sequence are off by up to 1 ms together */
        assert_true(fabs(measured_rate(rates[i], 1e-3, OIK_OK) / rates[i] - 1.0) < 1e-3 * rates[i] / (N - 1));
    }
}

static void jitter_of_one_per_cent_is_even_and_a_lost_frame_is_not(void **state) {
    (void)state;
    const double step = 0.5; /* where 1 ms does not matter */
    double rate;
    oik_error err;
    oik_ik_motion *motion = new_motion(N);
    for (int f = 0; f < N; f++)
        motion->time[f] = step * (f + (f == 20 ? 0.009 : 0.0));
    assert_int_equal(oik_ik_motion_frame_rate(&rate, motion, NULL), OIK_OK);
    motion->time[20] = step * 20.02;
    assert_int_equal(oik_ik_motion_frame_rate(&rate, motion, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "frame 20"));
    const double steps[] = {0.5, 1.0 / 30.0, 1.0 / 240.0, 1.0 / 2000.0};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        for (int lost = 1; lost < N; lost += 16) {
            for (int f = 0; f < N; f++)
                motion->time[f] = steps[i] * (f + (f >= lost));
            assert_int_equal(oik_ik_motion_frame_rate(&rate, motion, NULL), OIK_E_ARGUMENT);
        }
    oik_ik_motion_free(motion);
}

static void one_frame_has_no_rate(void **state) {
    (void)state;
    double rate = 5.0;
    oik_ik_motion *motion = new_motion(1);
    assert_int_equal(oik_ik_motion_frame_rate(&rate, motion, NULL), OIK_OK);
    assert_true(rate == 0.0);
    oik_ik_motion_free(motion);
}

static void what_is_not_finite_or_not_ascending_is_named(void **state) {
    (void)state;
    double rate;
    oik_error err;
    oik_ik_motion *motion = new_motion(4);
    for (int f = 0; f < 4; f++)
        motion->time[f] = f;
    assert_int_equal(oik_ik_motion_check(motion, NULL), OIK_OK);
    motion->time[3] = 2.0;
    assert_int_equal(oik_ik_motion_check(motion, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "frame 3"));
    assert_int_equal(oik_ik_motion_frame_rate(&rate, motion, NULL), OIK_E_ARGUMENT);
    motion->q[N_DOFS] = NAN;
    assert_int_equal(oik_ik_motion_check(motion, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "elbow_flex of frame 1"));
    motion->time[0] = INFINITY;
    assert_int_equal(oik_ik_motion_check(motion, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "time of frame 0"));
    oik_ik_motion_free(motion);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    for (long n = 0;; n++) {
        oik_ik_motion *motion;
        failing_malloc_arm(n);
        oik_status status = oik_ik_motion_new(&motion, &chain, 3, NULL);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        assert_true(all == (motion != NULL));
        oik_ik_motion_free(motion);
        if (all) {
            assert_true(n > 5);
            return;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_motion_has_measured_nothing),
        cmocka_unit_test(bounds_are_marked_with_their_margin),
        cmocka_unit_test(frame_rates_are_found_in_rounded_times),
        cmocka_unit_test(jitter_of_one_per_cent_is_even_and_a_lost_frame_is_not),
        cmocka_unit_test(one_frame_has_no_rate),
        cmocka_unit_test(what_is_not_finite_or_not_ascending_is_named),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_ik_motion", tests, NULL, NULL);
}
