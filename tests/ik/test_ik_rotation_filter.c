/* The zero-phase low-pass: gain, phase, ends; on rotations its invariances. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/rotation_filter.h"
#include "support/failing_malloc.h"
#include "support/random.h"

enum { N = 1200, MIDDLE = 600 }; /* 10 s at 120 Hz: whole periods of every frequency used; the middle half is analysed */

static const double PI = 3.14159265358979323846;
static const double RATE = 120.0, CUTOFF = 6.0;

static oik_lowpass design(double cutoff, double rate) {
    oik_lowpass filter;
    assert_int_equal(oik_lowpass_design(&filter, cutoff, rate, NULL), OIK_OK);
    return filter;
}

/** The gain that the header promises. */
static double gain_of(double f, double cutoff, double rate) {
    double v = tan(PI * f / rate) / tan(PI * cutoff / rate);
    return 1.0 / (1.0 + (sqrt(2.0) - 1.0) * v * v * v * v);
}

typedef struct wave {
    double amplitude;
    double lag; /**< of the peak [frames] */
} wave;

/** The part of frequency f in the middle half of x, which began as a sine without phase. */
static wave analyse(const double *x, double f) {
    double s = 0.0, c = 0.0, omega = 2.0 * PI * f / RATE;
    for (int i = (N - MIDDLE) / 2; i < (N + MIDDLE) / 2; i++)
        s += x[i] * sin(omega * i), c += x[i] * cos(omega * i);
    return (wave){hypot(s, c) * 2.0 / MIDDLE, -atan2(c, s) / omega};
}

static void a_sine_is_scaled_as_promised_and_stays_in_time(void **state) {
    (void)state;
    const double frequencies[] = {0.4, 2.0, 6.0, 12.0, 24.0};
    oik_lowpass filter = design(CUTOFF, RATE);
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        double x[N], f = frequencies[i];
        for (int k = 0; k < N; k++)
            x[k] = sin(2.0 * PI * f * k / RATE);
        assert_int_equal(oik_lowpass_values(x, N, 1, &filter, NULL), OIK_OK);
        wave w = analyse(x, f);
        /* 2.5 s from the ends nothing is left of their reflections: rounding */
        assert_true(fabs(w.amplitude - gain_of(f, CUTOFF, RATE)) < 1e-9);
        assert_true(fabs(w.lag) < 1e-6);
        if (f == CUTOFF)
            assert_true(fabs(w.amplitude - sqrt(0.5)) < 1e-9); /* -3 dB after both passes */
    }
}

static void a_line_passes_unchanged_whatever_its_length(void **state) {
    (void)state;
    const int lengths[] = {1, 2, 3, 7, 40, N};
    oik_lowpass filter = design(CUTOFF, RATE);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        double x[N];
        for (int k = 0; k < lengths[i]; k++)
            x[k] = 3.0 - 0.05 * k;
        assert_int_equal(oik_lowpass_values(x, lengths[i], 1, &filter, NULL), OIK_OK);
        for (int k = 0; k < lengths[i]; k++)
            assert_true(fabs(x[k] - (3.0 - 0.05 * k)) < 1e-10); /* 1e-12 of the reflected ends is left */
    }
}

static void an_impulse_spreads_to_both_sides_alike(void **state) {
    (void)state;
    double x[N] = {0};
    oik_lowpass filter = design(CUTOFF, RATE);
    x[N / 2] = 1.0;
    assert_int_equal(oik_lowpass_values(x, N, 1, &filter, NULL), OIK_OK);
    double sum = 0.0;
    for (int k = 0; k < N; k++)
        sum += x[k];
    assert_true(fabs(sum - 1.0) < 1e-10);
    for (int k = 1; k < N / 2; k++)
        assert_true(fabs(x[N / 2 + k] - x[N / 2 - k]) < 1e-11);
    assert_true(x[N / 2] < 0.2);
}

/* odd reflection makes the first and last value the centre of a point symmetry */
static void first_and_last_value_stay(void **state) {
    (void)state;
    uint64_t random = 3;
    double x[50], first, last;
    oik_lowpass filter = design(CUTOFF, RATE);
    for (int k = 0; k < 50; k++)
        x[k] = random_signed(&random);
    first = x[0], last = x[49];
    assert_int_equal(oik_lowpass_values(x, 50, 1, &filter, NULL), OIK_OK);
    assert_true(fabs(x[0] - first) < 1e-10 && fabs(x[49] - last) < 1e-10);
    assert_true(fabs(x[25]) < 0.5);
}

static void strided_values_leave_their_neighbours_alone(void **state) {
    (void)state;
    uint64_t random = 9;
    double packed[40], wide[120];
    oik_lowpass filter = design(CUTOFF, RATE);
    for (int k = 0; k < 120; k++)
        wide[k] = random_signed(&random);
    double copy[120];
    memcpy(copy, wide, sizeof copy);
    for (int k = 0; k < 40; k++)
        packed[k] = wide[3 * k + 1];
    assert_int_equal(oik_lowpass_values(packed, 40, 1, &filter, NULL), OIK_OK);
    assert_int_equal(oik_lowpass_values(wide + 1, 40, 3, &filter, NULL), OIK_OK);
    for (int k = 0; k < 40; k++) {
        assert_true(wide[3 * k + 1] == packed[k]);
        assert_true(wide[3 * k] == copy[3 * k] && wide[3 * k + 2] == copy[3 * k + 2]);
    }
}

static void every_cut_off_in_range_works_and_others_are_refused(void **state) {
    (void)state;
    const double shares[] = {1e-4, 1e-3, 0.1, 0.4, 0.49};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        double x[20];
        oik_lowpass filter = design(shares[i] * RATE, RATE);
        for (int k = 0; k < 20; k++)
            x[k] = 1.0 + 2.0 * k;
        assert_int_equal(oik_lowpass_values(x, 20, 1, &filter, NULL), OIK_OK);
        for (int k = 0; k < 20; k++) /* the slowest filter continues the line to 1e5, and rounding adds up by 1 / b0 = 1e7: 1e-16 1e5 1e7 */
            assert_true(fabs(x[k] - (1.0 + 2.0 * k)) < 1e-4);
    }
    const double bad[][2] = {{0, 120}, {-1, 120}, {59, 120}, {100, 120}, {NAN, 120}, {6, 0}, {6, NAN}, {6, INFINITY}, {0.001, 120}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        oik_error err;
        oik_lowpass filter;
        assert_int_equal(oik_lowpass_design(&filter, bad[i][0], bad[i][1], &err), OIK_E_ARGUMENT);
        assert_non_null(strstr(err.message, "low-pass"));
    }
}

/* ------------------------------------------------------------------ rotations */

/** Rough motion: a walk on SO(3) with steps up to 0.5 rad. */
static void rough_motion(oik_mat3 *R, int n, uint64_t random) {
    oik_mat3 now = oik_rot_exp(random_vec3(&random));
    for (int k = 0; k < n; k++) {
        now = m3_mul(now, oik_rot_exp(v3_scale(random_vec3(&random), 0.3)));
        R[k] = now;
    }
}

static void the_frames_of_world_and_segment_do_not_matter(void **state) {
    (void)state;
    enum { SHORT = 60 };
    uint64_t random = 21;
    oik_mat3 R[SHORT], turned[SHORT];
    oik_mat3 A = oik_rot_exp(v3_scale(random_vec3(&random), 3.0)), B = oik_rot_exp(v3_scale(random_vec3(&random), 3.0));
    oik_lowpass filter = design(CUTOFF, RATE);
    rough_motion(R, SHORT, 4);
    for (int k = 0; k < SHORT; k++)
        turned[k] = m3_mul(A, m3_mul(R[k], B));
    oik_mat3 rough = R[30];
    assert_int_equal(oik_lowpass_rotations(R, SHORT, &filter, NULL), OIK_OK);
    assert_int_equal(oik_lowpass_rotations(turned, SHORT, &filter, NULL), OIK_OK);
    assert_true(oik_rot_angle_between(rough, R[30]) > 0.05); /* it does something */
    for (int k = 0; k < SHORT; k++)
        assert_true(oik_rot_angle_between(turned[k], m3_mul(A, m3_mul(R[k], B))) < 1e-11);
}

static void a_constant_spin_passes_unchanged(void **state) {
    (void)state;
    const double per_frame[] = {1e-3, 0.1, 0.5}; /* 0.5 rad a frame: 16 turns, faster than the cut-off */
    const int lengths[] = {2, 5, 200};
    oik_lowpass filter = design(CUTOFF, RATE);
    for (int i = 0; i < 9; i++) {
        oik_mat3 R[200], start = oik_rot_exp(v3(1, 2, -0.5));
        oik_vec3 w = v3_scale(v3_unit(v3(2, -1, 3)), per_frame[i / 3]);
        int n = lengths[i % 3];
        for (int k = 0; k < n; k++)
            R[k] = m3_mul(oik_rot_exp(v3_scale(w, k)), start);
        assert_int_equal(oik_lowpass_rotations(R, n, &filter, NULL), OIK_OK);
        for (int k = 0; k < n; k++) /* 1e-12 of the reflected ends, and rounding of a hundred products */
            assert_true(oik_rot_angle_between(R[k], m3_mul(oik_rot_exp(v3_scale(w, k)), start)) < 1e-9);
    }
}

/** A swing about one axis of a given amplitude [rad] on a constant turn [rad/s]; what is left of the swing after the filter. */
static wave filtered_swing(double amplitude, double turn, double f) {
    static oik_mat3 R[N];
    double angle[N];
    oik_vec3 axis = v3_unit(v3(1, 1, -2));
    oik_mat3 A = oik_rot_exp(v3(0.4, 3.0, 0.1)), B = oik_rot_exp(v3(-2, 1, 1));
    oik_lowpass filter = design(CUTOFF, RATE);
    for (int k = 0; k < N; k++) {
        angle[k] = turn * k / RATE + amplitude * sin(2.0 * PI * f * k / RATE);
        R[k] = m3_mul(A, m3_mul(oik_rot_exp(v3_scale(axis, angle[k])), B));
    }
    assert_int_equal(oik_lowpass_rotations(R, N, &filter, NULL), OIK_OK);
    for (int k = 0; k < N; k++) {
        oik_mat3 turned = m3_mul(A, m3_mul(oik_rot_exp(v3_scale(axis, turn * k / RATE)), B));
        oik_vec3 left = m3_tmulv(A, oik_rot_log(m3_mul(R[k], m3_transpose(turned))));
        angle[k] = v3_dot(left, axis);
        assert_true(v3_dist(left, v3_scale(axis, angle[k])) < 1e-9); /* and about no other axis */
    }
    return analyse(angle, f);
}

static void a_small_swing_is_filtered_as_a_coordinate_is(void **state) {
    (void)state;
    const double amplitude = 0.01, frequencies[] = {0.4, 2.0, 6.0, 12.0};
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        wave w = filtered_swing(amplitude, 0.0, frequencies[i]);
        assert_true(fabs(w.amplitude / amplitude - gain_of(frequencies[i], CUTOFF, RATE)) < 1e-4); /* amplitude squared */
        assert_true(fabs(w.lag) < 0.01);
    }
}

static void a_wide_swing_is_filtered_nearly_so(void **state) {
    (void)state;
    const double amplitude = PI / 3.0, frequencies[] = {0.4, 2.0, 6.0};
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++) {
        wave w = filtered_swing(amplitude, 0.0, frequencies[i]);
        assert_true(fabs(w.amplitude / amplitude / gain_of(frequencies[i], CUTOFF, RATE) - 1.0) < 0.01);
        assert_true(fabs(w.lag) < 0.01);
    }
}

static void a_swing_on_a_turn_is_filtered_nearly_so(void **state) {
    (void)state;
    wave w = filtered_swing(0.05, 10.0, CUTOFF);
    assert_true(fabs(w.amplitude / 0.05 / sqrt(0.5) - 1.0) < 0.01);
    assert_true(fabs(w.lag) < 0.01);
}

static void slow_motion_is_left_as_it_is(void **state) {
    (void)state;
    wave w = filtered_swing(1.0, 0.0, CUTOFF / 60.0);
    assert_true(fabs(w.amplitude - 1.0) < 1e-6); /* 0.41 / 60^4 = 3e-8, and the reflected ends */
}

/** Root mean square angle between two sequences away from their ends. */
static double distance(const oik_mat3 *a, const oik_mat3 *b, int n) {
    double sum = 0.0;
    for (int k = 20; k < n - 20; k++)
        sum += pow(oik_rot_angle_between(a[k], b[k]), 2);
    return sqrt(sum / (n - 40));
}

/* white noise keeps the share of its power below the cut-off: at 6 of 60 Hz about a third of its amplitude */
static void noise_is_reduced_everywhere_also_in_gimbal_positions_and_past_half_a_turn(void **state) {
    (void)state;
    enum { LONG = 600 };
    static oik_mat3 truth[LONG], noisy[LONG], rough[LONG];
    uint64_t random = 77;
    oik_lowpass filter = design(CUTOFF, RATE);
    for (int k = 0; k < LONG; k++) {
        double t = k / RATE; /* middle Cardan angle to 90 deg and beyond; heading through several turns */
        truth[k] = m3_mul(oik_rot_axis(v3(0, 1, 0), 5.0 * t),
                          m3_mul(oik_rot_axis(v3(1, 0, 0), 1.6 * sin(2.0 * t)), oik_rot_axis(v3(0, 0, 1), 3.0 * t)));
        rough[k] = noisy[k] = m3_mul(truth[k], oik_rot_exp(v3_scale(random_vec3(&random), 0.05)));
    }
    assert_int_equal(oik_lowpass_rotations(noisy, LONG, &filter, NULL), OIK_OK);
    double before = distance(rough, truth, LONG), after = distance(noisy, truth, LONG);
    assert_true(before > 0.04 && after < 0.4 * before);
}

static void one_rotation_and_none_are_left_alone(void **state) {
    (void)state;
    oik_lowpass filter = design(CUTOFF, RATE);
    oik_mat3 R = oik_rot_exp(v3(1, 2, 3)), same = R;
    assert_int_equal(oik_lowpass_rotations(&R, 1, &filter, NULL), OIK_OK);
    assert_memory_equal(&R, &same, sizeof R);
    assert_int_equal(oik_lowpass_rotations(NULL, 0, &filter, NULL), OIK_OK);
    assert_int_equal(oik_lowpass_values(NULL, 0, 1, &filter, NULL), OIK_OK);
}

static void failed_allocations_leave_the_input(void **state) {
    (void)state;
    oik_lowpass filter = design(CUTOFF, RATE);
    oik_mat3 R[10], same[10];
    double x[10] = {0, 5, 2, 7}, same_x[10];
    rough_motion(R, 10, 8);
    memcpy(same, R, sizeof R);
    memcpy(same_x, x, sizeof x);
    for (long n = 0; n < 2; n++) {
        failing_malloc_arm(n);
        oik_status status = oik_lowpass_rotations(R, 10, &filter, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_memory_equal(R, same, sizeof R);
    }
    failing_malloc_arm(0);
    oik_status status = oik_lowpass_values(x, 10, 1, &filter, NULL);
    failing_malloc_disarm();
    assert_int_equal(status, OIK_E_MEMORY);
    assert_memory_equal(x, same_x, sizeof x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_is_scaled_as_promised_and_stays_in_time),
        cmocka_unit_test(a_line_passes_unchanged_whatever_its_length),
        cmocka_unit_test(an_impulse_spreads_to_both_sides_alike),
        cmocka_unit_test(first_and_last_value_stay),
        cmocka_unit_test(strided_values_leave_their_neighbours_alone),
        cmocka_unit_test(every_cut_off_in_range_works_and_others_are_refused),
        cmocka_unit_test(the_frames_of_world_and_segment_do_not_matter),
        cmocka_unit_test(a_constant_spin_passes_unchanged),
        cmocka_unit_test(a_small_swing_is_filtered_as_a_coordinate_is),
        cmocka_unit_test(a_wide_swing_is_filtered_nearly_so),
        cmocka_unit_test(a_swing_on_a_turn_is_filtered_nearly_so),
        cmocka_unit_test(slow_motion_is_left_as_it_is),
        cmocka_unit_test(noise_is_reduced_everywhere_also_in_gimbal_positions_and_past_half_a_turn),
        cmocka_unit_test(one_rotation_and_none_are_left_alone),
        cmocka_unit_test(failed_allocations_leave_the_input),
    };
    return cmocka_run_group_tests_name("test_ik_rotation_filter", tests, NULL, NULL);
}
