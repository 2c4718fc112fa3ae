/* Rows of a run of frames: the Jacobian against central differences, what accelerations count, steps of rotations, known frames. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/joint_angles.h"
#include "ik/sequence_problem.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/stick_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

enum { N_TIMES = 8, FIRST = 3, N = 5, MAX_DOFS = 64, MAX_SEGMENTS = 32 };

/* steps from 8 to 120 ms: the rows of accelerations must hold for any */
static const double times[N_TIMES] = {0.0, 0.020, 0.053, 0.061, 0.181, 0.201, 0.234, 0.300};

/* step whose truncation (h^2) and rounding (1e-16 / h, times rows of order 100) errors are about 1e-9 */
static const double STEP = 1e-5;
/* of a row's largest value or 1: rows of accelerations are divided by squared time steps and reach 1e3 */
static const double TOLERANCE = 1e-7;

/* all kinds of rows of the same order of size */
static const oik_sequence_weights usual = {
    .temporal = 1e-4, .jump = 1.5, .translation = 2.0, .prior = 0.5, .posture = 0.4, .range = 4.0, .limit = 4.0};

/* a chain, its measurement over all times, and a motion nearby */
typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    double rest[MAX_DOFS], q[N_TIMES * MAX_DOFS];
    oik_markers *markers;
    bool segments[MAX_SEGMENTS];
    oik_vec3 x[N_TIMES * MAX_SEGMENTS];
    double weight[N_TIMES * MAX_SEGMENTS], R_weight[N_TIMES * MAX_SEGMENTS];
    oik_mat3 R[N_TIMES * MAX_SEGMENTS];
    oik_measurement measurement;
    oik_sequence_problem *problem;
    const oik_lsq_pattern *pattern;
} fixture;

static double *frame(fixture *f, int number) {
    return f->q + (size_t)number * (size_t)f->chain->n_dofs;
}

/* successive poses differ by up to a tenth of the ranges: joints turn by up to half a radian between frames */
static void draw_motion(fixture *f, double margin, uint64_t *random) {
    double target[MAX_DOFS];
    tiny_random_pose(frame(f, 0), f->chain, margin, random);
    for (int t = 1; t < N_TIMES; t++) {
        tiny_random_pose(target, f->chain, margin, random);
        for (int d = 0; d < f->chain->n_dofs; d++)
            frame(f, t)[d] = frame(f, t - 1)[d] + 0.1 * (target[d] - frame(f, t - 1)[d]);
    }
}

static void measure(fixture *f, uint64_t *random) {
    oik_chain_pose *pose;
    int n = f->chain->n_segments;
    assert_int_equal(oik_chain_pose_new(&pose, f->chain, NULL), OIK_OK);
    for (int t = 0; t < N_TIMES; t++) {
        oik_chain_forward(pose, f->chain, frame(f, t));
        for (int i = 0; i < n; i++) {
            f->x[t * n + i] = v3_madd(oik_marker_position(&f->markers->markers[i], pose), 0.05, random_vec3(random));
            f->R[t * n + i] = m3_mul(pose->R[i], oik_rot_exp(v3_scale(random_vec3(random), 0.3)));
            f->weight[t * n + i] = f->R_weight[t * n + i] = (i + t) % 5 ? 1.0 : 0.0; /* some are absent */
        }
    }
    oik_chain_pose_free(pose);
    f->measurement = (oik_measurement){N_TIMES, times, f->markers, f->x, f->weight, f->R, f->R_weight, NULL};
}

static void new_problem(fixture *f, int n_frames) {
    oik_term_choice choice = {.segments = f->segments, .positions = true, .links = true, .length_scale = 0.1};
    oik_sequence_problem_free(f->problem);
    assert_int_equal(oik_sequence_problem_new(&f->problem, f->chain, &f->measurement, &choice, f->rest, n_frames, NULL), OIK_OK);
    f->pattern = oik_sequence_problem_pattern(f->problem);
}

static int set_up_chain(void **state, oik_kinematics *lying, oik_chain *chain) {
    uint64_t random = 17;
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || !chain || chain->n_dofs > MAX_DOFS || chain->n_segments > MAX_SEGMENTS)
        return -1;
    f->lying = lying;
    f->chain = chain;
    if (oik_markers_new(&f->markers, (size_t)chain->n_segments, 3, NULL))
        return -1;
    for (int i = 0; i < chain->n_segments; i++) {
        f->markers->markers[i] = (oik_marker){.segment = i, .local = v3_scale(random_vec3(&random), 0.1)};
        f->segments[i] = i % 2;
    }
    for (int i = 0; i < 3; i++)
        f->markers->links[i] = (oik_marker_link){2 * i, 2 * i + 4, 1.5};
    tiny_random_pose(f->rest, chain, 0.1, &random);
    draw_motion(f, 0.1, &random);
    measure(f, &random);
    new_problem(f, N);
    return 0;
}

static int set_up(void **state) {
    return set_up_chain(state, NULL, stick_chain_new());
}

static int set_up_coupled(void **state) {
    oik_kinematics *lying = coupled_kinematics_new();
    oik_chain *chain = NULL;
    return oik_chain_new(&chain, NULL, lying, NULL) ? -1 : set_up_chain(state, lying, chain);
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_sequence_problem_free(f->problem);
    oik_markers_free(f->markers);
    oik_chain_free(f->chain);
    tiny_kinematics_free(f->lying);
    free(f);
    return 0;
}

/* ---- Jacobian ------------------------------------------------------------------------------------------------------ */

typedef struct jacobian {
    double *r, *plus, *minus, *dx, *moved, *J; /* J: n_rows x n_unknowns */
} jacobian;

static jacobian new_jacobian(const fixture *f) {
    size_t rows = (size_t)f->pattern->n_rows, n = (size_t)f->pattern->n_unknowns;
    jacobian j = {calloc(rows, sizeof(double)), calloc(rows, sizeof(double)), calloc(rows, sizeof(double)), calloc(n, sizeof(double)),
                  calloc(N * MAX_DOFS, sizeof(double)), calloc(rows * n, sizeof(double))};
    assert_true(j.r && j.plus && j.minus && j.dx && j.moved && j.J);
    return j;
}

static void free_jacobian(jacobian *j) {
    free(j->r);
    free(j->plus);
    free(j->minus);
    free(j->dx);
    free(j->moved);
    free(j->J);
}

static void evaluate(double *r, double *jac, fixture *f, const double *q, const double *past, const oik_sequence_weights *weights) {
    assert_int_equal(oik_sequence_problem_evaluate(f->problem, r, jac, q, past, FIRST, weights), OIK_OK);
}

static void fill_jacobian(jacobian *j, fixture *f, const double *past, const oik_sequence_weights *weights) {
    const oik_lsq_pattern *p = f->pattern;
    double *jac = calloc((size_t)p->row_start[p->n_rows], sizeof *jac);
    evaluate(j->r, jac, f, frame(f, FIRST), past, weights);
    for (int i = 0; i < p->n_rows; i++)
        for (int k = p->row_start[i]; k < p->row_start[i + 1]; k++)
            j->J[(size_t)i * (size_t)p->n_unknowns + (size_t)p->col[k]] = jac[k];
    free(jac);
}

static void residuals_at(double *r, jacobian *j, fixture *f, int k, double step, const double *past, const oik_sequence_weights *weights) {
    j->dx[k] = step;
    oik_sequence_problem_retract(f->problem, j->moved, frame(f, FIRST), j->dx);
    j->dx[k] = 0.0;
    evaluate(r, NULL, f, j->moved, past, weights);
}

/* largest difference between the Jacobian and central differences, of each row's largest value or 1 */
static double jacobian_error(fixture *f, const double *past, const oik_sequence_weights *weights) {
    jacobian j = new_jacobian(f);
    double worst = 0.0;
    size_t n = (size_t)f->pattern->n_unknowns;
    fill_jacobian(&j, f, past, weights);
    for (int k = 0; k < f->pattern->n_unknowns; k++) {
        residuals_at(j.plus, &j, f, k, STEP, past, weights);
        residuals_at(j.minus, &j, f, k, -STEP, past, weights);
        for (int i = 0; i < f->pattern->n_rows; i++) {
            double scale = 1.0;
            for (size_t c = 0; c < n; c++)
                scale = fmax(scale, fabs(j.J[(size_t)i * n + c]));
            worst = fmax(worst, fabs(j.J[(size_t)i * n + (size_t)k] - 0.5 * (j.plus[i] - j.minus[i]) / STEP) / scale);
        }
    }
    free_jacobian(&j);
    return worst;
}

static void the_jacobian_matches_central_differences(void **state) {
    fixture *f = *state;
    assert_true(jacobian_error(f, NULL, &usual) < TOLERANCE);
}

static void frames_known_before_are_in_the_jacobian(void **state) {
    fixture *f = *state;
    assert_true(jacobian_error(f, frame(f, FIRST - 2), &usual) < TOLERANCE);
}

static void one_frame_after_known_ones_matches_too(void **state) {
    fixture *f = *state;
    new_problem(f, 1);
    assert_true(jacobian_error(f, frame(f, FIRST - 2), &usual) < TOLERANCE);
}

static void hinges_without_jumps_match_too(void **state) {
    fixture *f = *state;
    oik_sequence_weights quadratic = usual;
    quadratic.jump = INFINITY;
    assert_true(jacobian_error(f, NULL, &quadratic) < TOLERANCE);
}

/* spreads of 0.2 to 0.4 rad, and in each frame another posture to expect: expected, N_TIMES x n_dofs */
static void expect_postures(fixture *f, double *expected) {
    uint64_t random = 29;
    for (int d = 0; d < f->chain->n_dofs; d++)
        f->chain->dofs[d].spread = f->chain->dofs[d].translation ? 0.0 : 0.2 + 0.01 * (d % 20);
    for (int t = 0; t < N_TIMES; t++)
        tiny_random_pose(expected + t * f->chain->n_dofs, f->chain, 0.3, &random);
    f->measurement.expected = expected;
    new_problem(f, N);
}

static void expected_postures_match_too(void **state) {
    fixture *f = *state;
    double expected[N_TIMES * MAX_DOFS];
    expect_postures(f, expected);
    assert_true(jacobian_error(f, NULL, &usual) < TOLERANCE && jacobian_error(f, frame(f, FIRST - 2), &usual) < TOLERANCE);
}

/* coordinates in boxes a little outside (a step may not lead further), so that the rows of their limits are at work */
static void beyond_their_ranges_coordinates_match_too(void **state) {
    fixture *f = *state;
    for (int t = 0; t < N_TIMES; t++)
        for (int i = 0; i < f->chain->n_segments; i++) {
            const oik_chain_joint *joint = &f->chain->joints[i];
            int d = joint->first_dof;
            if (joint->n_rotations > 0 && joint->n_rotations < 3)
                frame(f, t)[d] = t % 2 ? f->chain->dofs[d].upper + 0.02 : f->chain->dofs[d].lower - 0.02;
        }
    assert_true(jacobian_error(f, NULL, &usual) < TOLERANCE);
}

/* a shoulder in its gimbal position, where coordinates have no Jacobian of full rank */
static void a_gimbal_position_matches_too(void **state) {
    fixture *f = *state;
    const double quarter = 0.5 * 3.14159265358979323846;
    for (int t = 0; t < N_TIMES; t++)
        frame(f, t)[f->chain->joints[STICK_SHOULDER_L].first_dof + 1] = quarter;
    assert_true(jacobian_error(f, NULL, &usual) < TOLERANCE);
}

/* what the rows at q sum to when nothing is measured */
static double unmeasured_sum(fixture *f, const double *q, const double *past, const oik_sequence_weights *weights) {
    double *r = calloc((size_t)f->pattern->n_rows, sizeof *r), sum = 0.0;
    memset(f->weight, 0, sizeof f->weight);
    memset(f->R_weight, 0, sizeof f->R_weight);
    evaluate(r, NULL, f, q, past, weights);
    for (int i = 0; i < f->pattern->n_rows; i++)
        sum += r[i] * r[i];
    free(r);
    return sum;
}

static double ranges_only(double *J_error, fixture *f) {
    const oik_sequence_weights ranges = {.jump = 1.0, .range = 1.0};
    double sum = unmeasured_sum(f, frame(f, FIRST), NULL, &ranges);
    *J_error = jacobian_error(f, NULL, &ranges);
    return sum;
}

/* hip_r: abducted 0.2 rad beyond its range, flexion and rotation well within theirs: the nearest rotation is 0.2 rad away */
static void the_distance_of_a_spherical_joint_from_its_ranges_matches_too(void **state) {
    fixture *f = *state;
    const oik_dof *dofs = f->chain->dofs + f->chain->joints[STICK_HIP_R].first_dof;
    double error;
    for (int t = 0; t < N_TIMES; t++) {
        double *hip = frame(f, t) + f->chain->joints[STICK_HIP_R].first_dof;
        hip[0] = -0.3;
        hip[1] = dofs[1].upper + 0.2;
        hip[2] = 0.1;
    }
    /* rotations about the middle axis are as far from the bound as their angle says */
    assert_near(ranges_only(&error, f), N * 0.2 * 0.2, 1e-9);
    assert_near(oik_sequence_problem_beyond(f->problem), 0.2, 1e-4); /* at the last evaluation: a step of the differences away */
    /* the nearest rotation is searched coordinate by coordinate until none moves by 1e-9 or so: that over the step of 1e-5 */
    assert_true(error < 1e-4);
}

/* ---- what the rows count -------------------------------------------------------------------------------------------- */

static double acceleration_sum(fixture *f, const double *past, double jump) {
    const oik_sequence_weights weights = {.temporal = 1e-4, .jump = jump, .translation = 2.0};
    return unmeasured_sum(f, frame(f, FIRST), past, &weights);
}

/* all frames alike, then one coordinate under a constant acceleration */
static void accelerate(fixture *f, int dof, double a) {
    for (int t = 0; t < N_TIMES; t++) {
        memcpy(frame(f, t), f->rest, (size_t)f->chain->n_dofs * sizeof *f->rest);
        frame(f, t)[dof] = 0.5 * a * times[t] * times[t];
    }
}

/* sum over frames k of h_k with h_k = (t_k+1 - t_k-1) / 2 */
static double weighted_frames(int first, int last) {
    double sum = 0.0;
    for (int k = first; k <= last; k++)
        sum += 0.5 * (times[k + 1] - times[k - 1]);
    return sum;
}

/*
 * Second differences are exact on parabolas, so that only rounding is left: 1e-16 / h^2 on a = 3, 1e-10 of the sum.
 */
static void accelerations_do_not_depend_on_the_time_steps(void **state) {
    fixture *f = *state;
    double a = 3.0, lambda = 1e-4;
    int knee = f->chain->joints[STICK_KNEE_R].first_dof, place = f->chain->joints[STICK_PELVIS].first_dof + 4;
    accelerate(f, knee, a);
    assert_near(acceleration_sum(f, NULL, 1e9), lambda * a * a * weighted_frames(FIRST + 1, FIRST + N - 2), 1e-12);
    assert_near(acceleration_sum(f, frame(f, FIRST - 2), 1e9), lambda * a * a * weighted_frames(FIRST - 1, FIRST + N - 2), 1e-12);
    accelerate(f, place, a); /* a translation counts 2 radians a metre */
    assert_near(acceleration_sum(f, NULL, 1e9), lambda * 4.0 * a * a * weighted_frames(FIRST + 1, FIRST + N - 2), 1e-12);
}

/* of 8 degrees, of 60, of 135 */
static void the_less_range_a_joint_has_the_more_its_acceleration_counts(void **state) {
    fixture *f = *state;
    const int joints[] = {STICK_CHEST, STICK_NECK, STICK_KNEE_R};
    double sum[3];
    for (int i = 0; i < 3; i++) {
        accelerate(f, f->chain->joints[joints[i]].first_dof, 1.0);
        sum[i] = acceleration_sum(f, NULL, 1e9);
    }
    assert_true(sum[0] > 10.0 * sum[1] && sum[1] > sum[2] && sum[2] > 0.0);
}

static void a_rotation_about_a_fixed_axis_counts_like_an_angle(void **state) {
    fixture *f = *state;
    const double a = 6.0, lambda = 1e-4;
    const oik_chain_joint *hip = &f->chain->joints[STICK_HIP_R];
    const oik_dof *dofs = f->chain->dofs + hip->first_dof;
    const oik_vec3 axis = v3(0.6, 0.0, 0.8);
    double middle[3] = {-0.5, 0.0, 0.0};
    for (int t = 0; t < N_TIMES; t++) {
        oik_mat3 E = m3_mul(oik_joint_rotation(dofs, 3, middle), oik_rot_exp(v3_scale(axis, 0.5 * a * times[t] * times[t])));
        memcpy(frame(f, t), f->rest, (size_t)f->chain->n_dofs * sizeof *f->rest);
        oik_joint_angles(frame(f, t) + hip->first_dof, dofs, 3, E, middle);
    }
    assert_near(acceleration_sum(f, NULL, 1e9), lambda * a * a * weighted_frames(FIRST + 1, FIRST + N - 2), 1e-12);
}

/* a knee straight but for one frame, by 1 rad: three accelerations, each c^2 log(1 + r^2 / c^2) */
static void jumps_of_a_hinge_count_logarithmically(void **state) {
    fixture *f = *state;
    const double lambda = 1e-4, c = 0.3;
    double expected = 0.0;
    int knee = f->chain->joints[STICK_KNEE_R].first_dof, at = FIRST + 2;
    accelerate(f, knee, 0.0);
    frame(f, at)[knee] = 1.0;
    for (int k = at - 1; k <= at + 1; k++) {
        double h0 = times[k] - times[k - 1], h1 = times[k + 1] - times[k], h = 0.5 * (h0 + h1);
        double a = (k == at - 1 ? 1.0 / h1 : k == at + 1 ? 1.0 / h0 : -1.0 / h0 - 1.0 / h1) / h;
        expected += c * c * log(1.0 + lambda * h * a * a / (c * c));
    }
    assert_near(acceleration_sum(f, NULL, c), expected, 1e-10 * expected); /* rounding */
}

static void the_prior_counts_shares_of_the_ranges(void **state) {
    fixture *f = *state;
    const oik_sequence_weights weights = {.jump = 1.0, .prior = 0.5};
    int neck = f->chain->joints[STICK_NECK].first_dof, place = f->chain->joints[STICK_PELVIS].first_dof + 4;
    double share = 0.1;
    accelerate(f, neck, 0.0);
    for (int t = 0; t < N_TIMES; t++) {
        frame(f, t)[neck] = f->rest[neck] + share * (f->chain->dofs[neck].upper - f->chain->dofs[neck].lower);
        frame(f, t)[place] = f->rest[place] + 1.0; /* translations have no prior */
    }
    double sum = unmeasured_sum(f, frame(f, FIRST), NULL, &weights);
    assert_true(f->chain->dofs[neck].upper - f->chain->dofs[neck].lower < 1.2); /* rad: a narrow range counts ten times */
    assert_near(sum, N * 10.0 * 0.5 * share * share, 1e-12);                    /* rounding */
}

/* in the expected posture the prior costs nothing; one spread off in one coordinate of any kind of joint costs the weight */
static void the_prior_counts_spreads_from_the_expected_posture(void **state) {
    fixture *f = *state;
    const oik_sequence_weights weights = {.jump = 1.0, .prior = 0.7, .posture = 0.4};
    int hip = f->chain->joints[STICK_HIP_R].first_dof, coordinates[] = {f->chain->joints[STICK_KNEE_R].first_dof, hip, hip + 1, hip + 2};
    double expected[N_TIMES * MAX_DOFS], at[N_TIMES * MAX_DOFS];
    expect_postures(f, expected);
    for (int t = 0; t < N_TIMES; t++) /* a hip expected at 0: there its coordinates' axes are those of its rotation */
        memset(expected + t * f->chain->n_dofs + hip, 0, 3 * sizeof *expected);
    for (int k = -1; k < 4; k++) {
        memcpy(at, expected, sizeof at);
        if (k >= 0)
            at[(FIRST + 1) * f->chain->n_dofs + coordinates[k]] += f->chain->dofs[coordinates[k]].spread;
        assert_near(unmeasured_sum(f, at + FIRST * f->chain->n_dofs, NULL, &weights), k < 0 ? 0.0 : weights.posture, 1e-12); /* rounding */
    }
}

/* the rows of a frame are the same whether the frames before it are unknowns or known */
static void known_frames_stand_for_solved_ones(void **state) {
    fixture *f = *state;
    int n_rows = f->pattern->n_rows / N, late = 2;
    double *whole = calloc((size_t)f->pattern->n_rows, sizeof *whole), *part = calloc((size_t)f->pattern->n_rows, sizeof *part);
    double misfit[N];
    evaluate(whole, NULL, f, frame(f, FIRST), NULL, &usual);
    memcpy(misfit, oik_sequence_problem_misfit(f->problem), sizeof misfit);
    new_problem(f, N - late);
    assert_int_equal(f->pattern->n_rows, (N - late) * n_rows);
    assert_int_equal(oik_sequence_problem_evaluate(f->problem, part, NULL, frame(f, FIRST + late), frame(f, FIRST), FIRST + late, &usual),
                     OIK_OK);
    for (int i = 0; i < f->pattern->n_rows; i++)
        assert_near(part[i], whole[late * n_rows + i], 1e-12); /* rounding of turns that are computed in another order */
    for (int t = 0; t < N - late; t++)
        assert_near(oik_sequence_problem_misfit(f->problem)[t], misfit[late + t], 1e-12);
    free(whole);
    free(part);
}

static void the_misfit_is_that_of_the_measured_terms(void **state) {
    fixture *f = *state;
    const oik_sequence_weights none = {.jump = 1.0};
    double *r = calloc((size_t)f->pattern->n_rows, sizeof *r);
    int n_rows = f->pattern->n_rows / N;
    evaluate(r, NULL, f, frame(f, FIRST), NULL, &none);
    for (int t = 0; t < N; t++) {
        double sum = 0.0;
        for (int i = t * n_rows; i < (t + 1) * n_rows; i++)
            sum += r[i] * r[i];
        assert_true(sum > 0.0);
        assert_near(oik_sequence_problem_misfit(f->problem)[t], sum, 1e-12 * sum); /* another order of summation */
    }
    free(r);
}

/* ---- steps ---------------------------------------------------------------------------------------------------------- */

static void expect_step(const fixture *f, const bool *spherical, const double *q, const double *q_new, const double *dx) {
    for (int i = 0; i < f->chain->n_segments; i++) {
        const oik_chain_joint *joint = &f->chain->joints[i];
        const oik_dof *dofs = f->chain->dofs + joint->first_dof;
        const double *step = dx + joint->first_dof;
        int first = joint->first_dof, rotations = spherical[i] ? 3 : 0;
        if (rotations) {
            oik_mat3 E = m3_mul(oik_joint_rotation(dofs, 3, q + first), oik_rot_exp(v3(step[0], step[1], step[2])));
            assert_true(oik_rot_angle_between(oik_joint_rotation(dofs, 3, q_new + first), E) < 1e-12); /* angles of a rotation: rounding */
        }
        for (int k = rotations; k < joint->n_rotations + joint->n_translations; k++)
            assert_near(q_new[first + k], q[first + k] + step[k], 1e-15);
    }
}

static void spherical_joints_are_turned_and_others_added_to(void **state) {
    fixture *f = *state;
    uint64_t random = 23;
    double dx[N * STICK_N_DOFS], q_new[N * STICK_N_DOFS];
    bool spherical[STICK_N_JOINTS];
    oik_spherical_joints(spherical, f->chain);
    assert_int_equal(f->pattern->n_unknowns, N * STICK_N_DOFS);
    for (int i = 0; i < N * STICK_N_DOFS; i++)
        dx[i] = 0.01 * random_signed(&random);
    for (int t = 0; t < N; t++)
        dx[t * STICK_N_DOFS + f->chain->joints[STICK_SHOULDER_L].first_dof] = 2.5; /* far too */
    oik_sequence_problem_retract(f->problem, q_new, frame(f, FIRST), dx);
    for (int t = 0; t < N; t++)
        expect_step(f, spherical, frame(f, FIRST + t), q_new + t * STICK_N_DOFS, dx + t * STICK_N_DOFS);
}

/* hips pass within 60 degrees of a gimbal position, shoulders through it; the trunk's joints of three rotations have little range */
static void joints_near_a_gimbal_position_are_spherical(void **state) {
    fixture *f = *state;
    bool spherical[STICK_N_JOINTS];
    int n_spherical = 0;
    oik_spherical_joints(spherical, f->chain);
    for (int i = 0; i < STICK_N_JOINTS; i++)
        n_spherical += spherical[i];
    assert_true(spherical[STICK_PELVIS] && spherical[STICK_HIP_R] && spherical[STICK_HIP_L]);
    assert_true(spherical[STICK_SHOULDER_R] && spherical[STICK_SHOULDER_L]);
    assert_int_equal(n_spherical, 5);
}

/* a hip that turns on about an axis of no coordinate; coordinates go on in a straight line, here within their ranges */
static void two_frames_lead_on_at_constant_velocity(void **state) {
    fixture *f = *state;
    const oik_chain_joint *hip = &f->chain->joints[STICK_HIP_R];
    const oik_dof *dofs = f->chain->dofs + hip->first_dof;
    int neck = f->chain->joints[STICK_NECK].first_dof;
    double middle[3] = {-0.5, 0.0, 0.0}, q_new[STICK_N_DOFS], past[2 * STICK_N_DOFS];
    oik_mat3 E = oik_joint_rotation(dofs, 3, middle), turn = oik_rot_exp(v3(0.06, 0.0, 0.08));
    for (int t = 0; t < 2; t++) {
        double *q = past + t * STICK_N_DOFS;
        memcpy(q, f->rest, sizeof q_new);
        oik_joint_angles(q + hip->first_dof, dofs, 3, t == 0 ? E : m3_mul(E, turn), middle);
        q[neck] = 0.1 + 0.05 * t;
    }
    oik_sequence_problem_extrapolate(f->problem, q_new, past);
    oik_mat3 led = oik_joint_rotation(dofs, 3, q_new + hip->first_dof);
    assert_true(oik_rot_angle_between(led, m3_mul(m3_mul(E, turn), turn)) < 1e-12); /* angles of a rotation: rounding */
    assert_near(q_new[neck], 0.2, 1e-12);
}

static void dependent_coordinates_have_no_unknown(void **state) {
    fixture *f = *state;
    int n_dependent = 0;
    for (int d = 0; d < f->chain->n_dofs; d++)
        n_dependent += f->chain->dofs[d].n_coefficients > 0;
    assert_int_equal(n_dependent, 8);
    assert_int_equal(f->pattern->n_unknowns, N * (f->chain->n_dofs - n_dependent));
}

static void coordinates_come_into_their_ranges(void **state) {
    fixture *f = *state;
    double q[STICK_N_DOFS], inside[STICK_N_DOFS];
    int hip = f->chain->joints[STICK_HIP_R].first_dof, knee = f->chain->joints[STICK_KNEE_R].first_dof;
    bool spherical[STICK_N_JOINTS];
    oik_spherical_joints(spherical, f->chain);
    memcpy(inside, frame(f, 0), sizeof inside);
    oik_into_ranges(inside, f->chain, spherical);
    assert_memory_equal(inside, frame(f, 0), sizeof inside); /* what is within stays as it is */
    memcpy(q, inside, sizeof q);
    q[hip] = -0.3, q[hip + 1] = f->chain->dofs[hip + 1].upper + 0.2, q[hip + 2] = 0.1;
    q[knee] = -0.04;
    oik_into_ranges(q, f->chain, spherical);
    assert_true(q[knee] == f->chain->dofs[knee].lower);
    assert_near(q[hip + 1], f->chain->dofs[hip + 1].upper, 1e-12);
    assert_near(q[hip], -0.3, 1e-6); /* the others have their optimum where they were: where the search ends */
    assert_near(q[hip + 2], 0.1, 1e-6);
    for (int d = 0; d < STICK_N_DOFS; d++)
        assert_true((d >= hip && d <= knee) || q[d] == inside[d]);
}

/* ---- set-up --------------------------------------------------------------------------------------------------------- */

static void every_failing_allocation_is_reported(void **state) {
    fixture *f = *state;
    oik_term_choice choice = {.segments = f->segments, .positions = true, .links = true, .length_scale = 0.1};
    for (long n = 0;; n++) {
        oik_sequence_problem *problem;
        failing_malloc_arm(n);
        oik_status status = oik_sequence_problem_new(&problem, f->chain, &f->measurement, &choice, f->rest, 2, NULL);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        assert_true(all == (problem != NULL));
        oik_sequence_problem_free(problem);
        if (all) {
            assert_true(n > 30); /* there were that many to fail */
            return;
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define COUPLED(name) {"coupled " #name, name, set_up_coupled, tear_down, NULL}

int main(void) {
    const struct CMUnitTest test_ik_sequence_problem[] = {
        CASE(the_jacobian_matches_central_differences),
        CASE(frames_known_before_are_in_the_jacobian),
        CASE(one_frame_after_known_ones_matches_too),
        CASE(hinges_without_jumps_match_too),
        CASE(expected_postures_match_too),
        CASE(beyond_their_ranges_coordinates_match_too),
        CASE(a_gimbal_position_matches_too),
        CASE(the_distance_of_a_spherical_joint_from_its_ranges_matches_too),
        CASE(accelerations_do_not_depend_on_the_time_steps),
        CASE(the_less_range_a_joint_has_the_more_its_acceleration_counts),
        CASE(a_rotation_about_a_fixed_axis_counts_like_an_angle),
        CASE(jumps_of_a_hinge_count_logarithmically),
        CASE(the_prior_counts_shares_of_the_ranges),
        CASE(the_prior_counts_spreads_from_the_expected_posture),
        CASE(known_frames_stand_for_solved_ones),
        CASE(the_misfit_is_that_of_the_measured_terms),
        CASE(spherical_joints_are_turned_and_others_added_to),
        CASE(joints_near_a_gimbal_position_are_spherical),
        CASE(two_frames_lead_on_at_constant_velocity),
        CASE(coordinates_come_into_their_ranges),
        CASE(every_failing_allocation_is_reported),
        COUPLED(the_jacobian_matches_central_differences),
        COUPLED(frames_known_before_are_in_the_jacobian),
        COUPLED(dependent_coordinates_have_no_unknown),
    };
    return cmocka_run_group_tests(test_ik_sequence_problem, NULL, NULL);
}
