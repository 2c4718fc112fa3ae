/* Temporal inverse kinematics of made-up motions: clean and noisy, bent and straight, with gaps and outliers, in windows, at any rate. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/frame_terms.h"
#include "sequence_fixture.h"
#include "support/coupled_chain.h"

/* ---- recovery ------------------------------------------------------------------------------------------------------- */

static const double speeds[] = {RANDOM_MOTION_SLOW, RANDOM_MOTION_MEDIUM, RANDOM_MOTION_FAST};

static void clean_bent_motions_are_recovered(void **state) {
    for (uint64_t seed = 1; seed <= 9; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.speed = speeds[seed % 3];
        options.travel = options.speed;
        errors e = solve_new(*state, &options);
        assert_true(e.all < TRUNK && e.limbs < LIMB);
    }
}

/* where a limb is straight its twist is not seen: it is carried over from before and after */
static void clean_extended_motions_are_recovered(void **state) {
    for (uint64_t seed = 1; seed <= 9; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.speed = speeds[seed % 3];
        options.extended = true;
        errors e = solve_new(*state, &options);
        assert_true(e.all < TRUNK && e.limbs < 0.3 * DEG); /* all of 200 stay below 0.2 */
    }
}

static void noise_is_smoothed(void **state) {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.speed = speeds[seed % 3];
        options.noise = 0.01;
        assert_true(solve_new(*state, &options).all < NOISY);
    }
}

/* one motion in twenty keeps a shoulder's twist wrong through a straight phase; they must not be the rule */
static void noisy_extended_motions_are_recovered_mostly(void **state) {
    enum { SEEDS = 9 };
    double sum = 0.0;
    for (uint64_t seed = 31; seed < 31 + SEEDS; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.speed = speeds[seed % 3];
        options.extended = true;
        options.noise = 0.01;
        sum += solve_new(*state, &options).all / SEEDS;
    }
    assert_true(sum < NOISY);
}

static void a_fifth_of_the_keypoints_may_be_missing(void **state) {
    for (uint64_t seed = 1; seed <= 6; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.missing = 0.2;
        assert_true(solve_new(*state, &options).all < 1.0 * DEG); /* all of 100 stay below 0.8 */
        options.noise = 0.01;
        assert_true(solve_new(*state, &options).all < 1.2 * NOISY); /* a fifth less is known */
    }
}

static void clean_input_is_not_smoothed_away(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(4);
    options.speed = RANDOM_MOTION_FAST;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *solved = solve(f, motion, NULL);
    for (int k = 0; k < solved->n_frames; k++)
        assert_true(solved->position_error[k] < 1e-4); /* the noise that is assumed at least */
    assert_near(solved->noise, 1e-4, 1e-12);
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

static void straight_knees_sit_on_their_bound(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(19);
    options.extended = true;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *solved = solve(f, motion, NULL);
    int knee = f->chain->joints[STICK_KNEE_R].first_dof;
    for (int k = 0; k < 30; k++) {
        bool straight = motion->q[k * STICK_N_DOFS + knee] == 0.0;
        assert_near(solved->q[k * STICK_N_DOFS + knee], motion->q[k * STICK_N_DOFS + knee], 1.0 * DEG); /* it is nearly straight: flat */
        assert_true(straight || solved->bound[k * STICK_N_DOFS + knee] == OIK_BOUND_NONE);
    }
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

/* spine levels on one curve, a gliding knee, a scapula that follows the arm: markers at every joint and on hands, feet and head */
static void coupled_coordinates_are_followed(void **state) {
    (void)state;
    fixture f = {0};
    double *rest;
    oik_kinematics *lying = coupled_kinematics_new();
    oik_ik_motion *solved;
    assert_int_equal(oik_chain_new(&f.chain, &rest, lying, NULL), OIK_OK);
    int n = f.chain->n_segments;
    assert_int_equal(oik_markers_new(&f.markers, 2 * (size_t)n, 0, NULL), OIK_OK);
    for (int i = 0; i < n; i++) {
        f.markers->markers[2 * i] = oik_marker_at_joint(f.chain, i);
        f.markers->markers[2 * i + 1] = (oik_marker){.segment = i, .local = {0.05 * (i % 3), 0.1, 0.05 * (i % 2)}};
    }
    random_motion_options options = random_motion_defaults(21);
    random_motion *motion = new_motion(&f, &options);
    oik_measurement measurement = random_motion_measurement(motion);
    assert_int_equal(oik_ik_solve_sequence(&solved, f.chain, &measurement, rest, NULL, NULL), OIK_OK);
    expect_in_ranges(solved);
    assert_true(mpjas(f.chain, solved->q, motion->q, 30) < 1.0 * DEG); /* one marker off the axis of a segment is 0.1 m: short levers */
    oik_ik_motion_free(solved);
    random_motion_free(motion);
    oik_markers_free(f.markers);
    oik_chain_free(f.chain);
    free(rest);
    tiny_kinematics_free(lying);
}

/* ---- missing measurements ------------------------------------------------------------------------------------------- */

/* q of the frames of a gap as if the body had stood still at its last frame before */
static void hold(double *q, int n_dofs, int first, int last) {
    for (int k = first; k < last; k++)
        memcpy(q + k * n_dofs, q + (first - 1) * n_dofs, (size_t)n_dofs * sizeof *q);
}

/*
 * At medium pace coordinates move by 20 degrees in a second, at up to 1 Hz: what happens within the gap cannot be known, but the
 * way across it is half as far off as standing still.
 */
static void a_gap_of_a_second_is_bridged(void **state) {
    const fixture *f = *state;
    enum { N = 90, FIRST = 30, LAST = 60 };
    for (uint64_t seed = 1; seed <= 3; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.n_frames = N;
        random_motion *motion = new_motion(f, &options);
        random_motion_hide(motion, -1, FIRST, LAST);
        oik_ik_motion *solved = solve(f, motion, NULL);
        errors before = errors_between(f, solved->q, motion->q, N, 0, FIRST), after = errors_between(f, solved->q, motion->q, N, LAST, N);
        errors inside = errors_between(f, solved->q, motion->q, N, FIRST, LAST);
        assert_true(before.all < TRUNK && after.all < TRUNK);
        hold(solved->q, STICK_N_DOFS, FIRST, LAST);
        assert_true(inside.all < 0.6 * errors_between(f, solved->q, motion->q, N, FIRST, LAST).all && inside.all < 15.0 * DEG);
        oik_ik_motion_free(solved);
        random_motion_free(motion);
    }
}

/* the wrist alone: the forearm is bridged, everything else is seen */
static void a_hidden_wrist_moves_nothing_but_its_arm(void **state) {
    const fixture *f = *state;
    enum { N = 90, FIRST = 30, LAST = 60 };
    random_motion_options options = random_motion_defaults(5);
    options.n_frames = N;
    random_motion *motion = new_motion(f, &options);
    random_motion_hide(motion, oik_markers_find(f->markers, "wrist_r"), FIRST, LAST);
    oik_ik_motion *solved = solve(f, motion, NULL);
    double *angle = calloc(N * STICK_N_JOINTS, sizeof *angle);
    bool arm[STICK_N_JOINTS] = {[STICK_SHOULDER_R] = true, [STICK_ELBOW_R] = true}, rest[STICK_N_JOINTS];
    for (int i = 0; i < STICK_N_JOINTS; i++)
        rest[i] = !arm[i];
    assert_int_equal(mpjas_angles(angle, f->chain, solved->q, motion->q, N), OIK_OK);
    assert_true(mpjas_mean(angle, f->chain, rest, 0, N) < TRUNK);
    assert_true(mpjas_mean(angle, f->chain, arm, FIRST, LAST) < 20.0 * DEG); /* the twist and flexion of a second at medium pace */
    free(angle);
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

static void a_limb_that_is_never_seen_stays_at_rest(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(6);
    random_motion *motion = new_motion(f, &options);
    random_motion_hide(motion, oik_markers_find(f->markers, "knee_l"), 0, 30);
    random_motion_hide(motion, oik_markers_find(f->markers, "ankle_l"), 0, 30);
    oik_ik_motion *solved = solve(f, motion, NULL);
    int hip = f->chain->joints[STICK_HIP_L].first_dof;
    for (int k = 0; k < 30; k++)
        for (int d = hip; d < hip + 4; d++)
            assert_near(solved->q[k * STICK_N_DOFS + d], f->rest[d], 1.0 * DEG); /* nothing but the prior asks for it */
    for (int k = 0; k < 30; k++)
        memcpy(motion->q + k * STICK_N_DOFS + hip, solved->q + k * STICK_N_DOFS + hip, 4 * sizeof(double));
    assert_true(errors_between(f, solved->q, motion->q, 30, 0, 30).all < TRUNK); /* all the others */
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

static void nothing_measured_at_all_gives_rest(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(7);
    random_motion *motion = new_motion(f, &options);
    random_motion_hide(motion, -1, 0, 30);
    oik_ik_motion *solved = solve(f, motion, NULL);
    for (int i = 0; i < 30 * STICK_N_DOFS; i++)
        assert_near(solved->q[i], f->rest[i % STICK_N_DOFS], 1e-6); /* where the solver stops */
    for (int k = 0; k < 30; k++)
        assert_true(isnan(solved->position_error[k]));
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

/* ---- outliers ------------------------------------------------------------------------------------------------------- */

/* every marker is 0.4 m off in one frame in twenty, each in another */
static void disturb(random_motion *motion) {
    int n = motion->markers->n_markers;
    for (int i = 0; i < motion->n_frames * n; i++)
        if (i % 20 == (i / n) % 20)
            motion->x[i] = v3_add(motion->x[i], v3(0.24, 0.0, 0.32));
}

static void outliers_are_ignored_with_a_robust_scale(void **state) {
    const fixture *f = *state;
    oik_sequence_options robust = oik_sequence_options_default();
    robust.robust_scale = 0.02;
    robust.noise = 0.005;
    oik_sequence_options plain = robust;
    plain.robust_scale = 0.0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        random_motion_options options = random_motion_defaults(seed);
        options.noise = 0.005;
        options.n_frames = 60;
        random_motion *motion = new_motion(f, &options);
        double before = solution_errors(f, motion, &robust).all;
        disturb(motion);
        double after = solution_errors(f, motion, &robust).all, squares = solution_errors(f, motion, &plain).all;
        assert_true(after < before + 0.5 * DEG); /* a twentieth is lost, and outliers still pull with c^2 / distance */
        assert_true(squares > 2.0 * after);
        random_motion_free(motion);
    }
}

/* ---- time and windows ----------------------------------------------------------------------------------------------- */

/* the same motion of clean markers, smoothed a hundred times more than noise of a millimetre asks for, with a weight per frame */
static oik_ik_motion *smooth_at(const fixture *f, const double *time, int n_frames, double weight) {
    random_motion_options options = random_motion_defaults(8);
    oik_sequence_options solver = oik_sequence_options_default();
    options.n_frames = n_frames;
    options.time = time;
    options.speed = RANDOM_MOTION_FAST;
    solver.converge = true;
    solver.noise = 0.001;
    solver.temporal_weight = 4e-4 * weight;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *solved = solve(f, motion, &solver);
    random_motion_free(motion);
    return solved;
}

/* differences between solutions of one motion whose frames number k stand at steps_a k and steps_b k; the first and last 10 left out */
static double difference_at_common_times(const fixture *f, const oik_ik_motion *a, int step_a, const oik_ik_motion *b, int step_b, int n) {
    enum { EDGE = 10, MOST = 128 };
    static double qa[MOST * STICK_N_DOFS], qb[MOST * STICK_N_DOFS];
    assert_true(n <= MOST);
    for (int k = 0; k < n; k++) {
        memcpy(qa + k * STICK_N_DOFS, a->q + k * step_a * STICK_N_DOFS, STICK_N_DOFS * sizeof *qa);
        memcpy(qb + k * STICK_N_DOFS, b->q + k * step_b * STICK_N_DOFS, STICK_N_DOFS * sizeof *qb);
    }
    return errors_between(f, qa, qb, n, EDGE, n - EDGE).all;
}

/*
 * Twice the frames say twice as much, so that twice the weight smooths as strongly. What smoothing costs must not depend on the frame
 * rate: solutions at 30, 60 and uneven rates (every other frame of the 60 late by 30 % of a step) differ by a sixth of it at most,
 * most of that in the trunk, which hardly is seen. A wrong power of the time step gives more.
 */
static void smoothing_does_not_depend_on_the_frame_rate(void **state) {
    const fixture *f = *state;
    enum { N = 60 };
    double coarse[N], fine[2 * N], uneven[2 * N];
    for (int k = 0; k < 2 * N; k++) {
        fine[k] = k / 60.0;
        uneven[k] = fine[k] + (k % 2 ? 0.3 / 60.0 : 0.0);
    }
    for (int k = 0; k < N; k++)
        coarse[k] = k / 30.0;
    oik_ik_motion *a = smooth_at(f, coarse, N, 1.0), *b = smooth_at(f, fine, 2 * N, 2.0), *c = smooth_at(f, uneven, 2 * N, 2.0);
    oik_ik_motion *exact = smooth_at(f, coarse, N, 1e-3);
    double smoothed = difference_at_common_times(f, a, 1, exact, 1, N);
    assert_true(smoothed > 0.2 * DEG);
    assert_true(difference_at_common_times(f, a, 1, b, 2, N) < 0.16 * smoothed);
    assert_true(difference_at_common_times(f, b, 2, c, 2, N) < 0.16 * smoothed);
    oik_ik_motion_free(a);
    oik_ik_motion_free(b);
    oik_ik_motion_free(c);
    oik_ik_motion_free(exact);
}

/* largest angle between the orientations of two solutions, over all frames and joints [rad] */
static double largest_difference(const fixture *f, const double *a, const double *b, int n_frames) {
    double *angle = calloc((size_t)n_frames * STICK_N_JOINTS, sizeof *angle), worst = 0.0;
    assert_int_equal(mpjas_angles(angle, f->chain, a, b, n_frames), OIK_OK);
    for (int i = 0; i < n_frames * STICK_N_JOINTS; i++)
        worst = fmax(worst, angle[i]);
    free(angle);
    return worst;
}

static double seam(const fixture *f, const random_motion *motion, int window, int overlap) {
    oik_sequence_options whole = oik_sequence_options_default(), joined = whole;
    whole.converge = joined.converge = true;
    whole.window = motion->n_frames;
    joined.window = window;
    joined.overlap = overlap;
    oik_ik_motion *a = solve(f, motion, &whole), *b = solve(f, motion, &joined);
    double worst = largest_difference(f, a->q, b->q, motion->n_frames);
    oik_ik_motion_free(a);
    oik_ik_motion_free(b);
    return worst;
}

/* 0.01 degrees is what the program promises */
static void joined_windows_equal_one_window(void **state) {
    const fixture *f = *state;
    for (int extended = 0; extended < 2; extended++) {
        random_motion_options options = random_motion_defaults(9);
        options.n_frames = 320;
        options.travel = 0.3;
        options.extended = extended;
        random_motion *motion = new_motion(f, &options);
        assert_true(seam(f, motion, 128, 64) < 0.01 * DEG);
        random_motion_free(motion);
    }
}

static int count_progress(void *context, int n_done) {
    int *last = context;
    assert_true(n_done > last[0]);
    last[0] = n_done;
    last[1]++;
    return 0;
}

/* ten times the frames are ten times the windows of the same size, and none needs more iterations than a window by itself */
static void iterations_grow_with_the_number_of_windows_only(void **state) {
    const fixture *f = *state;
    oik_sequence_options solver = oik_sequence_options_default();
    int progress[2] = {0, 0}, short_windows, n_short;
    solver.window = 64;
    solver.overlap = 16;
    solver.on_progress = count_progress;
    solver.context = progress;
    random_motion_options options = random_motion_defaults(10);
    options.noise = 0.005;
    options.n_frames = 64;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *solved = solve(f, motion, &solver);
    n_short = solved->n_iterations;
    short_windows = progress[1];
    assert_int_equal(short_windows, 1);
    assert_int_equal(progress[0], 64);
    oik_ik_motion_free(solved);
    random_motion_free(motion);
    progress[0] = progress[1] = 0;
    options.n_frames = 640;
    motion = new_motion(f, &options);
    solved = solve(f, motion, &solver);
    assert_int_equal(progress[0], 640);
    assert_in_range(progress[1], 640 / 64, 640 / (64 - 16) + 1);
    assert_true(solved->n_iterations < 2 * n_short * progress[1]); /* windows differ */
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

/* ---- invariances ---------------------------------------------------------------------------------------------------- */

/*
 * Turned and moved keypoints turn and move the root. The solver takes another way there, and stops within its tolerance: a hundredth of
 * a degree where the coordinates are seen; the spine's, which hardly are, some tenths.
 */
static void rigid_motions_move_only_the_root(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(12);
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *a = solve(f, motion, NULL);
    oik_mat3 R = oik_rot_exp(v3(0.4, -2.0, 0.3));
    for (int i = 0; i < motion->n_frames * f->markers->n_markers; i++)
        motion->x[i] = v3_add(m3_mulv(R, motion->x[i]), v3(1.0, -0.5, 2.0));
    oik_ik_motion *b = solve(f, motion, NULL);
    oik_chain_pose *pa, *pb;
    assert_int_equal(oik_chain_pose_new(&pa, f->chain, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pb, f->chain, NULL), OIK_OK);
    for (int k = 0; k < motion->n_frames; k++) {
        oik_chain_forward(pa, f->chain, a->q + k * STICK_N_DOFS);
        oik_chain_forward(pb, f->chain, b->q + k * STICK_N_DOFS);
        for (int i = 0; i < STICK_N_JOINTS; i++) {
            double tolerance = i == STICK_SPINE ? 0.3 * DEG : 0.01 * DEG;
            assert_true(oik_rot_angle_between(m3_mul(R, pa->R[i]), pb->R[i]) < tolerance);
            assert_true(v3_dist(v3_add(m3_mulv(R, pa->origin[i]), v3(1.0, -0.5, 2.0)), pb->origin[i]) < 1e-3); /* [m], with the spine */
        }
    }
    oik_chain_pose_free(pa);
    oik_chain_pose_free(pb);
    oik_ik_motion_free(a);
    oik_ik_motion_free(b);
    random_motion_free(motion);
}

/* ---- results -------------------------------------------------------------------------------------------------------- */

/* residuals recomputed outside the solver */
static void residuals_are_those_of_the_solution(void **state) {
    const fixture *f = *state;
    random_motion_options options = random_motion_defaults(18);
    options.noise = 0.01;
    options.missing = 0.1;
    random_motion *motion = new_motion(f, &options);
    oik_ik_motion *solved = solve(f, motion, NULL);
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, f->chain, NULL), OIK_OK);
    for (int k = 0; k < 30; k++) {
        double sum = 0.0;
        int n_seen = 0;
        oik_chain_forward(pose, f->chain, solved->q + k * STICK_N_DOFS);
        for (int i = 0; i < f->markers->n_markers; i++)
            if (motion->weight[k * f->markers->n_markers + i] > 0.0) {
                double d = v3_dist(oik_marker_position(&f->markers->markers[i], pose), motion->x[k * f->markers->n_markers + i]);
                sum += d * d;
                n_seen++;
            }
        assert_near(solved->position_error[k], sqrt(sum / n_seen), 1e-12); /* rounding */
        assert_near(solved->time[k], motion->time[k], 0.0);
        assert_true(isnan(solved->segment_error[k]) && solved->link_error[k] > 0.0);
    }
    assert_true(solved->noise > 0.005 && solved->noise < 0.02); /* of 30 frames: more in test_ik_marker_noise */
    oik_chain_pose_free(pose);
    oik_ik_motion_free(solved);
    random_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest test_ik_sequence_ik[] = {
        CASE(clean_bent_motions_are_recovered),
        CASE(clean_extended_motions_are_recovered),
        CASE(noise_is_smoothed),
        CASE(noisy_extended_motions_are_recovered_mostly),
        CASE(a_fifth_of_the_keypoints_may_be_missing),
        CASE(clean_input_is_not_smoothed_away),
        CASE(straight_knees_sit_on_their_bound),
        CASE(coupled_coordinates_are_followed),
        CASE(a_gap_of_a_second_is_bridged),
        CASE(a_hidden_wrist_moves_nothing_but_its_arm),
        CASE(a_limb_that_is_never_seen_stays_at_rest),
        CASE(nothing_measured_at_all_gives_rest),
        CASE(outliers_are_ignored_with_a_robust_scale),
        CASE(smoothing_does_not_depend_on_the_frame_rate),
        CASE(joined_windows_equal_one_window),
        CASE(iterations_grow_with_the_number_of_windows_only),
        CASE(rigid_motions_move_only_the_root),
        CASE(residuals_are_those_of_the_solution),
    };
    return cmocka_run_group_tests(test_ik_sequence_ik, NULL, NULL);
}
