/* The published inverse kinematics: its gradient, known motions found again, missing markers, the root's heading and place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/patch_ik.h"
#include "ik/patch_start.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/random.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static const double PI = 3.14159265358979323846;

enum { N_SEGMENTS = 27, PER_SEGMENT = 3, N_MARKERS = PER_SEGMENT * N_SEGMENTS, N_LINKS = 2 * N_SEGMENTS, N_FRAMES = 6, MAX = 64 };

/* A chain with three markers on each segment, at its origin and 0.2 m along x and y, links along those; a motion measured by them. */
typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    double *rest;
    oik_chain_pose *pose;
    oik_marker marker[N_MARKERS];
    oik_marker_link link[N_LINKS];
    oik_markers markers;
    double time[N_FRAMES], truth[N_FRAMES * MAX], q[N_FRAMES * MAX];
    oik_vec3 x[N_FRAMES * N_MARKERS];
    double weight[N_FRAMES * N_MARKERS];
    oik_measurement measurement;
} fixture;

static int set_up_chain(void **state, oik_kinematics *lying) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || !(f->lying = lying) || oik_chain_new(&f->chain, &f->rest, f->lying, NULL) || f->chain->n_dofs > MAX ||
        f->chain->n_segments != N_SEGMENTS || oik_chain_pose_new(&f->pose, f->chain, NULL))
        return -1;
    for (int s = 0; s < N_SEGMENTS; s++) {
        oik_marker *m = &f->marker[PER_SEGMENT * s];
        m[0] = (oik_marker){.segment = s, .keypoint = PER_SEGMENT * s};
        m[1] = (oik_marker){.segment = s, .local = {0.2, 0, 0}, .keypoint = PER_SEGMENT * s + 1};
        m[2] = (oik_marker){.segment = s, .local = {0, 0.2, 0}, .keypoint = PER_SEGMENT * s + 2};
        f->link[2 * s] = (oik_marker_link){PER_SEGMENT * s, PER_SEGMENT * s + 1, 1.0};
        f->link[2 * s + 1] = (oik_marker_link){PER_SEGMENT * s, PER_SEGMENT * s + 2, 2.0};
    }
    f->markers = (oik_markers){N_MARKERS, N_LINKS, f->marker, f->link};
    f->measurement = (oik_measurement){N_FRAMES, f->time, &f->markers, f->x, f->weight, NULL, NULL, NULL};
    return 0;
}

static int set_up(void **state) {
    return set_up_chain(state, tiny_kinematics_new());
}

static int set_up_coupled(void **state) {
    return set_up_chain(state, coupled_kinematics_new());
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_chain_pose_free(f->pose);
    oik_chain_free(f->chain);
    free(f->rest);
    tiny_kinematics_free(f->lying);
    free(f);
    return 0;
}

/* a smooth motion inside the ranges: a share of each range about its middle, with random phases; the root turns and walks */
static void make_motion(fixture *f, uint64_t random) {
    int n = f->chain->n_dofs;
    for (int d = 0; d < n; d++) {
        const oik_dof *dof = &f->chain->dofs[d];
        double middle = 0.5 * (dof->lower + dof->upper), reach = dof->upper - dof->lower, phase = tiny_uniform(&random, 0, 2 * PI);
        for (int t = 0; t < N_FRAMES; t++)
            f->truth[t * n + d] = middle + 0.3 * reach * sin(phase + 0.15 * t);
    }
    for (int t = 0; t < N_FRAMES; t++) {
        f->time[t] = t / 30.0;
        oik_chain_complete(f->truth + t * n, f->chain);
        oik_chain_forward(f->pose, f->chain, f->truth + t * n);
        for (int m = 0; m < N_MARKERS; m++) {
            int s = f->marker[m].segment;
            f->x[t * N_MARKERS + m] = v3_add(f->pose->origin[s], m3_mulv(f->pose->R[s], f->marker[m].local));
            f->weight[t * N_MARKERS + m] = 1.0;
        }
    }
}

static oik_patch_ik_report solve(fixture *f, const oik_patch_ik_options *options) {
    oik_patch_ik_report report;
    oik_error err = {0};
    oik_status status = oik_patch_ik_solve(f->q, &report, f->chain, &f->measurement, options, &err);
    if (status)
        print_message("%s\n", err.message);
    assert_int_equal(status, OIK_OK);
    for (int i = 0; i < N_FRAMES * f->chain->n_dofs; i++) {
        const oik_dof *dof = &f->chain->dofs[i % f->chain->n_dofs];
        assert_true(f->q[i] >= dof->lower && f->q[i] <= dof->upper);
    }
    return report;
}

/* largest angle between true and solved segment orientations in a frame */
static double worst_angle(const fixture *f, int t) {
    oik_chain_pose *solved;
    double worst = 0.0;
    assert_int_equal(oik_chain_pose_new(&solved, f->chain, NULL), OIK_OK);
    oik_chain_forward(solved, f->chain, f->q + t * f->chain->n_dofs);
    oik_chain_forward(f->pose, f->chain, f->truth + t * f->chain->n_dofs);
    for (int s = 0; s < N_SEGMENTS; s++)
        worst = fmax(worst, oik_rot_angle_between(f->pose->R[s], solved->R[s]));
    oik_chain_pose_free(solved);
    return worst;
}

/* ---- the objective -------------------------------------------------------------------------------------------------- */

static void check_gradient(oik_patch_objective *o, const double *theta) {
    const double step = 1e-6;      /* third derivatives are about 1 / eps^2 = 1e4: 1e-8 of truncation, 1e-9 of rounding */
    const double tolerance = 1e-7;
    int n = o->n_frames * o->n_unknowns;
    double *gradient = calloc((size_t)n, sizeof *gradient), *moved = malloc((size_t)n * sizeof *moved);
    assert_true(gradient && moved);
    double largest = 0.0, value = oik_patch_objective_evaluate(o, theta, gradient);
    assert_true(value == oik_patch_objective_evaluate(o, theta, NULL));
    for (int k = 0; k < n; k++) {
        memcpy(moved, theta, (size_t)n * sizeof *moved);
        moved[k] = theta[k] + step;
        double plus = oik_patch_objective_evaluate(o, moved, NULL);
        moved[k] = theta[k] - step;
        double minus = oik_patch_objective_evaluate(o, moved, NULL);
        assert_near(gradient[k], 0.5 * (plus - minus) / step, tolerance);
        largest = fmax(largest, fabs(gradient[k]));
    }
    assert_true(largest > 1e-3); /* there was something to compare */
    free(gradient);
    free(moved);
}

/* every third marker is missing in every other frame; the unknowns are off by up to 0.3 of their ranges */
static void gradient_matches_central_differences(void **state) {
    fixture *f = *state;
    oik_patch_objective *o;
    uint64_t random = 41;
    double theta[N_FRAMES * MAX], before[MAX];
    make_motion(f, 3);
    for (int i = 0; i < N_FRAMES * N_MARKERS; i++)
        f->weight[i] = i % 3 == 0 && (i / N_MARKERS) % 2 ? 0.0 : tiny_uniform(&random, 0.2, 1);
    assert_int_equal(oik_patch_objective_new(&o, f->chain, &f->measurement, f->rest, NULL), OIK_OK);
    o->smoothing = 0.01;
    for (int trial = 0; trial < 4; trial++) {
        o->loss = trial % 2 ? OIK_ANGLE_SQUARED : OIK_ANGLE_ABSOLUTE;
        o->temporal_weight = trial < 2 ? 0.5 : 0.0;
        o->first_frame = trial;
        o->n_frames = trial == 1 ? 1 : 3;
        o->before = trial == 0 ? NULL : before;
        for (int k = 0; k < o->n_frames * o->n_unknowns; k++) {
            const oik_dof *dof = &f->chain->dofs[o->unknown[k % o->n_unknowns]];
            theta[k] = dof->lower + tiny_uniform(&random, 0.2, 0.8) * (dof->upper - dof->lower);
        }
        for (int k = 0; k < o->n_unknowns; k++)
            before[k] = theta[k] + tiny_uniform(&random, -0.05, 0.05);
        check_gradient(o, theta);
    }
    oik_patch_objective_free(o);
}

/* two frames, one unknown moved by 0.1 in the first and 0.3 in the second: by hand */
static void temporal_term_is_the_sum_of_differences(void **state) {
    fixture *f = *state;
    oik_patch_objective *o;
    double theta[2 * MAX], before[MAX];
    make_motion(f, 4);
    assert_int_equal(oik_patch_objective_new(&o, f->chain, &f->measurement, f->rest, NULL), OIK_OK);
    o->smoothing = 1e-9;
    o->n_frames = 2;
    for (int k = 0; k < 2 * o->n_unknowns; k++)
        theta[k] = before[k % o->n_unknowns] = f->rest[o->unknown[k % o->n_unknowns]];
    theta[5] += 0.1;
    theta[o->n_unknowns + 5] += 0.3;
    double pose = oik_patch_objective_evaluate(o, theta, NULL);
    o->temporal_weight = 0.6;
    /* forward and backward difference are both 0.2; lambda / M = 0.3. Tolerance: the smoothing of each |x| */
    assert_near(oik_patch_objective_evaluate(o, theta, NULL) - pose, 0.3 * (0.2 + 0.2), 1e-6);
    o->before = before;
    assert_near(oik_patch_objective_evaluate(o, theta, NULL) - pose, 0.3 * (0.1 + 0.2 + 0.2), 1e-6);
    oik_patch_objective_free(o);
}

/* all links turned by 0.4 rad about an axis that is across them: the mean angle is 0.4 */
static void pose_term_is_the_mean_angle(void **state) {
    fixture *f = *state;
    oik_patch_objective *o;
    double theta[MAX];
    make_motion(f, 5);
    for (int l = 0; l < N_LINKS; l++)
        f->link[l].weight = l % 2 == 0 && l / 2 % 2 ? 1.0 : 0.0;
    assert_int_equal(oik_patch_objective_new(&o, f->chain, &f->measurement, f->rest, NULL), OIK_OK);
    o->smoothing = 1e-9;
    for (int k = 0; k < o->n_unknowns; k++)
        theta[k] = f->truth[o->unknown[k]];
    assert_near(oik_patch_objective_evaluate(o, theta, NULL), 0.0, 1e-9);
    oik_chain_forward(f->pose, f->chain, f->truth);
    for (int m = 1; m < N_MARKERS; m += PER_SEGMENT) {
        int s = f->marker[m].segment;
        oik_vec3 d = m3_mulv(m3_mul(f->pose->R[s], oik_rot_exp(v3(0, 0.4, 0))), v3(1, 0, 0));
        f->x[m] = v3_madd(f->x[m - 1], 7.0, d); /* lengths do not count */
    }
    assert_near(oik_patch_objective_evaluate(o, theta, NULL), 0.4, 1e-8);
    o->loss = OIK_ANGLE_SQUARED;
    assert_near(oik_patch_objective_evaluate(o, theta, NULL), 0.16, 1e-12);
    for (int m = 0; m < N_MARKERS; m++)
        f->weight[m] = m / PER_SEGMENT == 1 ? 1.0 : 0.0;
    assert_near(oik_patch_objective_evaluate(o, theta, NULL), 0.16, 1e-12);
    f->weight[PER_SEGMENT] = 0.0;
    assert_true(oik_patch_objective_evaluate(o, theta, NULL) == 0.0);
    for (int l = 0; l < N_LINKS; l++)
        f->link[l].weight = 1.0 + l % 2;
    oik_patch_objective_free(o);
}

/* ---- motions -------------------------------------------------------------------------------------------------------- */

/* 54 links fix every coordinate; what is left is the tolerance on E, 1e-6 of what it was at the start, spread over the links */
static void a_known_motion_is_found_frame_by_frame(void **state) {
    fixture *f = *state;
    oik_patch_ik_options options = oik_patch_ik_options_default();
    for (int loss = 0; loss < 2; loss++) {
        make_motion(f, 6 + (uint64_t)loss);
        options.loss = (oik_angle_loss)loss;
        options.q_rest = f->rest;
        oik_patch_ik_report report = solve(f, &options);
        assert_true(report.mean_cost < 1e-4);
        for (int t = 0; t < N_FRAMES; t++)
            assert_true(worst_angle(f, t) < 2e-3);
    }
}

static void the_root_is_moved_onto_the_markers(void **state) {
    fixture *f = *state;
    make_motion(f, 8);
    oik_vec3 away = v3(0.3, -0.2, 1.5);
    for (int i = 0; i < N_FRAMES * N_MARKERS; i++) /* beside the truth */
        f->x[i] = v3_add(f->x[i], away);
    solve(f, NULL);
    for (int t = 0; t < N_FRAMES; t++) {
        oik_chain_forward(f->pose, f->chain, f->truth + t * f->chain->n_dofs);
        oik_vec3 aim = v3_add(f->pose->origin[0], away);
        oik_chain_forward(f->pose, f->chain, f->q + t * f->chain->n_dofs);
        assert_true(v3_dist(f->pose->origin[0], aim) < 1e-3); /* 1 m of lever at the angles' tolerance */
    }
}

static void frames_from_rest_do_not_need_each_other(void **state) {
    fixture *f = *state;
    oik_patch_ik_options options = oik_patch_ik_options_default();
    options.mode = OIK_PATCH_FROM_REST;
    options.n_starts = 2;
    make_motion(f, 9);
    oik_patch_ik_report report = solve(f, &options);
    assert_int_equal(report.n_problems, N_FRAMES);
    double last[MAX];
    size_t row = (size_t)f->chain->n_dofs * sizeof *last;
    memcpy(last, f->q + (N_FRAMES - 1) * f->chain->n_dofs, row);
    f->measurement.x += (N_FRAMES - 1) * N_MARKERS;
    f->measurement.n_frames = 1;
    assert_int_equal(oik_patch_ik_solve(f->q, NULL, f->chain, &f->measurement, &options, NULL), OIK_OK);
    assert_memory_equal(last, f->q, row);
    f->measurement.x = f->x;
    f->measurement.n_frames = N_FRAMES;
}

/* the temporal term costs pose, and buys smaller steps; 6 frames make patches of 4 and 2 */
static void patches_are_smoother_than_frames(void **state) {
    fixture *f = *state;
    uint64_t random = 42;
    oik_patch_ik_options options = oik_patch_ik_options_default();
    options.patch_frames = 4;
    options.max_evaluations = 100;
    options.temporal_weight = 0.05;
    double step[2], cost[2];
    make_motion(f, 10);
    for (int i = 0; i < N_FRAMES * N_MARKERS; i++)
        f->x[i] = v3_add(f->x[i], v3_scale(random_vec3(&random), 0.01));
    options.retry_angle = INFINITY;
    for (int patches = 0; patches < 2; patches++) {
        options.mode = patches ? OIK_PATCH_TEMPORAL : OIK_PATCH_FED;
        oik_patch_ik_report report = solve(f, &options);
        assert_int_equal(report.n_problems, patches ? N_FRAMES + 2 : N_FRAMES);
        cost[patches] = report.mean_cost;
        step[patches] = 0.0;
        int n = f->chain->n_dofs;
        for (int i = n; i < N_FRAMES * n; i++)
            step[patches] += f->chain->dofs[i % n].translation ? 0.0 : fabs(f->q[i] - f->q[i - n]);
    }
    assert_true(step[1] < 0.8 * step[0]);
    assert_true(cost[1] > cost[0]);
}

/* a frame without any marker keeps the frame before; what is missing is not read */
static void a_gap_keeps_the_last_frame(void **state) {
    fixture *f = *state;
    int n = f->chain->n_dofs, arm = tiny_find_segment(f->chain, "hand_r");
    make_motion(f, 11);
    for (int m = 0; m < N_MARKERS; m++) {
        f->weight[3 * N_MARKERS + m] = 0.0;
        f->x[3 * N_MARKERS + m] = v3(NAN, NAN, NAN);
    }
    for (int t = 0; t < N_FRAMES; t++)
        for (int m = PER_SEGMENT * arm; m < PER_SEGMENT * arm + 3; m++) {
            f->weight[t * N_MARKERS + m] = 0.0;
            f->x[t * N_MARKERS + m].y = INFINITY;
        }
    oik_patch_ik_options options = oik_patch_ik_options_default();
    options.q_rest = f->rest;
    solve(f, &options);
    assert_memory_equal(f->q + 3 * n, f->q + 2 * n, (size_t)n * sizeof *f->q);
    int wrist = tiny_find_dof(f->chain, "wrist_flex_r"), elbow = tiny_find_dof(f->chain, "elbow_flex_r");
    assert_near(f->q[4 * n + wrist], f->q[wrist], 1e-6); /* nothing moves it, nothing asks it to stay but the gradient 0 */
    assert_near(f->q[4 * n + elbow], f->truth[4 * n + elbow], 2e-3);
}

/* the trunk shows where the root faces, whatever the limbs do */
static void heading_is_found_in_any_direction(void **state) {
    fixture *f = *state;
    oik_marker_places *places;
    double q[MAX], weight[N_MARKERS];
    oik_vec3 x[N_MARKERS];
    uint64_t random = 43;
    assert_int_equal(oik_marker_places_new(&places, f->chain, &f->markers, NULL), OIK_OK);
    int hand = PER_SEGMENT * tiny_find_segment(f->chain, "hand_l");
    assert_near(places->variance[0], 0.0, 1e-12); /* on the root: cancellation of squares of a metre */
    assert_true(places->variance[hand] > 0.01);
    for (int trial = 0; trial < 10; trial++) {
        tiny_random_pose(q, f->chain, 0.0, &random);
        oik_chain_complete(q, f->chain);
        oik_chain_forward(f->pose, f->chain, q);
        oik_mat3 facing = f->pose->R[0];
        for (int m = 0; m < N_MARKERS; m++) {
            int s = f->marker[m].segment;
            x[m] = v3_add(f->pose->origin[s], m3_mulv(f->pose->R[s], f->marker[m].local));
            weight[m] = 1.0;
        }
        x[hand].x = NAN;
        weight[hand] = 0.0;
        memcpy(q, f->rest, (size_t)f->chain->n_dofs * sizeof *q);
        assert_true(oik_patch_root_heading(q, f->chain, places, x, weight));
        oik_chain_forward(f->pose, f->chain, q);
        /* limbs at the ends of their ranges pull; a start may be 90 deg off */
        assert_true(oik_rot_angle_between(facing, f->pose->R[0]) < 0.6);
    }
    memset(weight, 0, sizeof weight);
    weight[0] = weight[1] = 1.0;
    assert_false(oik_patch_root_heading(q, f->chain, places, x, weight));
    oik_marker_places_free(places);
}

static void equal_input_gives_equal_bits(void **state) {
    fixture *f = *state;
    double first[N_FRAMES * MAX];
    make_motion(f, 12);
    solve(f, NULL);
    memcpy(first, f->q, sizeof first);
    solve(f, NULL);
    assert_memory_equal(first, f->q, sizeof first);
}

/* ---- refusals ------------------------------------------------------------------------------------------------------- */

static void expect_refusal(fixture *f, const oik_patch_ik_options *options, oik_status status, const char *word) {
    oik_error err = {0};
    f->q[0] = 77.0;
    assert_int_equal(oik_patch_ik_solve(f->q, NULL, f->chain, &f->measurement, options, &err), status);
    assert_non_null(strstr(err.message, word));
    assert_true(f->q[0] == 77.0);
}

static void bad_input_is_refused_by_name(void **state) {
    fixture *f = *state;
    oik_patch_ik_options options = oik_patch_ik_options_default();
    make_motion(f, 13);
    options.patch_frames = 1;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "patches of 1");
    options = oik_patch_ik_options_default();
    options.smoothing = 0.0;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "smoothing");
    options = oik_patch_ik_options_default();
    options.n_starts = 0;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "starts");
    options = oik_patch_ik_options_default();
    options.relative_tolerance = -1.0;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "tolerance");
    f->link[3].to = N_MARKERS;
    expect_refusal(f, NULL, OIK_E_ARGUMENT, "link 3");
    f->link[3].to = PER_SEGMENT + 2;
    strcpy(f->marker[4].name, "elbow");
    f->marker[4].segment = -1;
    expect_refusal(f, NULL, OIK_E_ARGUMENT, "elbow");
    f->marker[4].segment = 1;
    f->x[2 * N_MARKERS + 4].z = NAN;
    expect_refusal(f, NULL, OIK_E_NOT_FINITE, "frame 2, marker elbow");
    f->measurement.markers = NULL;
    expect_refusal(f, NULL, OIK_E_ARGUMENT, "markers");
    f->measurement.markers = &f->markers;
}

/* allocations inside NLopt do not pass through the wrapped calls of this executable */
static void every_failing_allocation_is_reported(void **state) {
    fixture *f = *state;
    oik_status status = OIK_E_MEMORY;
    long k = 0;
    make_motion(f, 14);
    f->measurement.n_frames = 1;
    while (status == OIK_E_MEMORY && k < 1000) {
        oik_error err = {0};
        failing_malloc_arm(k++);
        status = oik_patch_ik_solve(f->q, NULL, f->chain, &f->measurement, NULL, &err);
        failing_malloc_disarm();
        assert_true(status == OIK_OK || err.status == OIK_E_MEMORY);
    }
    f->measurement.n_frames = N_FRAMES;
    assert_int_equal(status, OIK_OK);
    assert_in_range(k, 20, 999); /* there were that many to fail */
    oik_patch_objective_free(NULL);
    oik_marker_places_free(NULL);
}

int main(void) {
    const struct CMUnitTest test_ik_patch_ik[] = {
        cmocka_unit_test(gradient_matches_central_differences),
        cmocka_unit_test(temporal_term_is_the_sum_of_differences),
        cmocka_unit_test(pose_term_is_the_mean_angle),
        cmocka_unit_test(a_known_motion_is_found_frame_by_frame),
        cmocka_unit_test(the_root_is_moved_onto_the_markers),
        cmocka_unit_test(frames_from_rest_do_not_need_each_other),
        cmocka_unit_test(patches_are_smoother_than_frames),
        cmocka_unit_test(a_gap_keeps_the_last_frame),
        cmocka_unit_test(heading_is_found_in_any_direction),
        cmocka_unit_test(equal_input_gives_equal_bits),
        cmocka_unit_test(bad_input_is_refused_by_name),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    const struct CMUnitTest test_ik_patch_ik_coupled[] = {
        cmocka_unit_test(gradient_matches_central_differences),
        cmocka_unit_test(a_known_motion_is_found_frame_by_frame),
    };
    int n_failed = cmocka_run_group_tests(test_ik_patch_ik, set_up, tear_down);
    return n_failed + cmocka_run_group_tests(test_ik_patch_ik_coupled, set_up_coupled, tear_down);
}
