/* Velocities and accelerations along a motion against motions whose derivatives are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/joint_angles.h"
#include "ik/motion_kinematics.h"
#include "support/failing_malloc.h"
#include "support/tiny_chain.h"

enum { N_DOFS = 7, MAX_FRAMES = 64 };

static const double PI = 3.14159265358979323846;

/* a free segment whose origin lies off its joint's centre, and a hinge on it */
static oik_dof dofs[N_DOFS] = {{.name = "a", .axis = {1, 0, 0}}, {.name = "b", .axis = {0, 1, 0}}, {.name = "c", .axis = {0, 0, 1}},
                               {.name = "x", .axis = {1, 0, 0}, .translation = true}, {.name = "y", .axis = {0, 1, 0}, .translation = true},
                               {.name = "z", .axis = {0, 0, 1}, .translation = true}, {.name = "hinge", .axis = {0, 0, 1}}};
#define IDENTITY {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}
static oik_chain_joint joints[2] = {{.name = "root", .parent = -1, .kind = OIK_JOINT_FREE, .A = IDENTITY, .B = IDENTITY,
                                     .b = {0.1, -0.2, 0.3}, .first_dof = 0, .n_rotations = 3, .n_translations = 3},
                                    {.name = "hinge", .parent = 0, .kind = OIK_JOINT_HINGE, .A = IDENTITY, .B = IDENTITY,
                                     .s = {0, 0.5, 0}, .first_dof = 6, .n_rotations = 1}};
static char segment_names[2][OIK_NAME_LENGTH] = {"body", "arm"};
static const oik_chain chain = {.n_segments = 2, .segment_names = segment_names, .joints = joints, .n_dofs = N_DOFS, .dofs = dofs};

typedef struct state_at {
    oik_mat3 R;
    oik_vec3 omega, alpha;
} state_at;
typedef state_at (*motion_of_time)(double t);

static oik_ik_motion *new_motion(int n_frames, double step, double jag) {
    oik_ik_motion *motion;
    assert_int_equal(oik_ik_motion_new(&motion, &chain, n_frames, NULL), OIK_OK);
    for (int f = 0; f < n_frames; f++)
        motion->time[f] = 0.7 + step * (f + (f % 2 ? jag : 0.0)); /* steps 1 + jag, 1 - jag, ... */
    return motion;
}

/** The root turns as told. */
static void turn_root(oik_ik_motion *motion, motion_of_time of) {
    const double zero[3] = {0, 0, 0};
    for (int f = 0; f < motion->n_frames; f++) {
        double *q = motion->q + f * N_DOFS;
        oik_joint_angles(q, dofs, 3, of(motion->time[f]).R, f ? q - N_DOFS : zero);
    }
}

typedef struct worst {
    double omega, alpha;
} worst;

/** Greatest errors of the root's angular velocity and acceleration over the frames inside, or over the first and the last. */
static worst errors_of(const oik_ik_motion *motion, motion_of_time of, bool inside) {
    oik_motion_kinematics *k;
    worst e = {0, 0};
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    while (oik_motion_kinematics_next(k)) {
        bool at_end = k->frame == 0 || k->frame == motion->n_frames - 1;
        state_at s = of(motion->time[k->frame]);
        assert_true(oik_rot_angle_between(oik_rot_from_quat(k->orientation[0]), s.R) < 1e-13); /* rounding */
        if (at_end == inside)
            continue;
        e.omega = fmax(e.omega, v3_dist(k->angular_velocity[0], s.omega));
        e.alpha = fmax(e.alpha, v3_dist(k->angular_acceleration[0], s.alpha));
    }
    oik_motion_kinematics_free(k);
    return e;
}

static double spin_rate;

static state_at constant_spin(double t) {
    oik_vec3 omega = v3_scale(v3_unit(v3(1, -2, 0.5)), spin_rate);
    oik_mat3 start = oik_rot_exp(v3(0.3, 0.2, -0.9));
    return (state_at){m3_mul(oik_rot_exp(v3_scale(omega, t)), start), omega, v3(0, 0, 0)};
}

/* the exponential coordinates are linear in time: nothing is left but rounding, 1e-16 / h for omega, 1e-16 / h^2 for alpha */
static void a_constant_spin_is_exact_up_to_half_a_turn_a_frame(void **state) {
    (void)state;
    const double step = 0.01, rates[] = {1.0, 100.0, 0.6 * PI / step, 0.97 * PI / step};
    for (size_t i = 0; i < 4; i++) {
        spin_rate = rates[i];
        oik_ik_motion *motion = new_motion(20, step, 0.0);
        turn_root(motion, constant_spin);
        worst inside = errors_of(motion, constant_spin, true), ends = errors_of(motion, constant_spin, false);
        assert_true(inside.omega < 1e-11 && inside.alpha < 1e-8);
        if (spin_rate * step < 2.0 * PI / 3.0) /* a third of a turn */
            assert_true(ends.omega < 1e-11 && ends.alpha < 1e-8);
        oik_ik_motion_free(motion);
    }
}

static void a_constant_spin_is_exact_with_unequal_steps(void **state) {
    (void)state;
    spin_rate = 30.0;
    oik_ik_motion *motion = new_motion(20, 0.01, 0.4);
    turn_root(motion, constant_spin);
    worst inside = errors_of(motion, constant_spin, true), ends = errors_of(motion, constant_spin, false);
    assert_true(inside.omega < 1e-11 && inside.alpha < 1e-8 && ends.omega < 1e-11 && ends.alpha < 1e-8);
    oik_ik_motion_free(motion);
}

/** A top: precession Omega about y, tilt, spin about its own axis n. omega = Omega y + spin n, alpha = Omega spin y x n. */
static state_at coning(double t) {
    const double precession = 3.0, spin = 7.0, tilt = 0.6;
    oik_mat3 P = m3_mul(oik_rot_axis(v3(0, 1, 0), precession * t), oik_rot_axis(v3(1, 0, 0), tilt));
    oik_vec3 n = m3_column(P, 2), up = v3(0, 1, 0);
    return (state_at){m3_mul(P, oik_rot_axis(v3(0, 0, 1), spin * t)), v3_madd(v3_scale(n, spin), precession, up),
                      v3_scale(v3_cross(up, n), precession * spin)};
}

/* halving the step quarters the error: ratio 4, with higher terms 3.2 to 5 at these steps */
static void expect_second_order(double jag, bool inside) {
    worst e[2];
    for (int i = 0; i < 2; i++) {
        oik_ik_motion *motion = new_motion(i ? 41 : 21, i ? 0.005 : 0.01, jag);
        turn_root(motion, coning);
        e[i] = errors_of(motion, coning, inside);
        oik_ik_motion_free(motion);
    }
    assert_true(e[0].omega < 0.02 * 7.0 && e[0].alpha < 0.1 * 21.0 * 2.0); /* and small: of omega's spin, of alpha */
    assert_true(e[0].omega / e[1].omega > 3.2 && e[0].omega / e[1].omega < 5.0);
    assert_true(e[0].alpha / e[1].alpha > 3.2 && e[0].alpha / e[1].alpha < 5.0);
}

static void coning_is_second_order_inside(void **state) {
    (void)state;
    expect_second_order(0.0, true);
    expect_second_order(0.3, true);
}

static void coning_is_second_order_at_the_ends(void **state) {
    (void)state;
    expect_second_order(0.0, false);
    expect_second_order(0.3, false);
}

/* seen backwards, velocities change their sign and accelerations stay, to rounding by h and h^2 */
static void time_reversal_turns_velocities_round(void **state) {
    (void)state;
    enum { FRAMES = 15 };
    oik_vec3 omega[2][FRAMES], alpha[2][FRAMES];
    for (int reversed = 0; reversed < 2; reversed++) {
        oik_ik_motion *motion = new_motion(FRAMES, 0.05, 0.4);
        oik_motion_kinematics *k;
        turn_root(motion, coning);
        for (int f = 0; f < FRAMES / 2 && reversed; f++) {
            double row[N_DOFS], *a = motion->q + f * N_DOFS, *b = motion->q + (FRAMES - 1 - f) * N_DOFS;
            memcpy(row, a, sizeof row), memcpy(a, b, sizeof row), memcpy(b, row, sizeof row);
        }
        double end = motion->time[FRAMES - 1], forward[FRAMES];
        memcpy(forward, motion->time, sizeof forward);
        for (int f = 0; f < FRAMES && reversed; f++)
            motion->time[f] = end - forward[FRAMES - 1 - f];
        assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
        while (oik_motion_kinematics_next(k)) {
            int f = reversed ? FRAMES - 1 - k->frame : k->frame;
            omega[reversed][f] = k->angular_velocity[0], alpha[reversed][f] = k->angular_acceleration[0];
        }
        oik_motion_kinematics_free(k);
        oik_ik_motion_free(motion);
    }
    for (int f = 0; f < FRAMES; f++) {
        assert_true(v3_norm(v3_add(omega[0][f], omega[1][f])) < 1e-12);
        assert_true(v3_dist(alpha[0][f], alpha[1][f]) < 1e-10);
    }
}

/** Coordinates, and the origin of a segment that only shifts, follow polynomials of time. */
static void polynomials_are_exact_as_far_as_the_formulas_reach(void **state) {
    (void)state;
    oik_ik_motion *motion = new_motion(12, 0.05, 0.3);
    for (int f = 0; f < motion->n_frames; f++) {
        double t = motion->time[f], *q = motion->q + f * N_DOFS;
        q[3] = 1.0 - 2.0 * t + 3.0 * t * t;
        q[4] = t * t * t;
        q[6] = 0.5 * t * t - t;
    }
    oik_motion_kinematics *k;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    while (oik_motion_kinematics_next(k)) {
        double t = motion->time[k->frame];
        const double v = 1e-12, a = 1e-10; /* rounding by h and by h^2 */
        assert_true(fabs(k->q_rate[3] - (6.0 * t - 2.0)) < v && fabs(k->q_acceleration[3] - 6.0) < a);
        assert_true(fabs(k->q_acceleration[4] - 6.0 * t) < a); /* a cubic: only the second derivative is exact */
        assert_true(fabs(k->q_rate[6] - (t - 1.0)) < v && fabs(k->q_acceleration[6] - 1.0) < a);
        assert_true(fabs(k->velocity[0].x - (6.0 * t - 2.0)) < v && fabs(k->acceleration[0].x - 6.0) < a);
        assert_true(fabs(k->acceleration[0].y - 6.0 * t) < a && fabs(k->acceleration[0].z) < a);
        assert_true(v3_dist(k->angular_velocity[1], v3(0, 0, t - 1.0)) < v); /* the hinge turns about z */
        assert_true(v3_dist(k->angular_acceleration[1], v3(0, 0, 1.0)) < a);
    }
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
}

/** v = omega x r and a = omega x (omega x r) of an origin that circles its joint's centre. */
static void an_origin_circles_its_joint(void **state) {
    (void)state;
    spin_rate = 2.0;
    const double step = 1e-3, error = spin_rate * spin_rate * spin_rate * step * step; /* second order: omega^3 h^2 r */
    oik_ik_motion *motion = new_motion(20, step, 0.0);
    turn_root(motion, constant_spin);
    oik_motion_kinematics *k;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    while (oik_motion_kinematics_next(k)) {
        oik_vec3 omega = constant_spin(motion->time[k->frame]).omega, r = v3_sub(k->origin[0], k->centre[0]);
        assert_true(fabs(v3_norm(r) - v3_norm(joints[0].b)) < 1e-14);
        assert_true(v3_dist(k->velocity[0], v3_cross(omega, r)) < error);
        assert_true(v3_dist(k->acceleration[0], v3_cross(omega, v3_cross(omega, r))) < 2.0 * spin_rate * error);
    }
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
}

static void poses_are_those_of_forward_kinematics(void **state) {
    (void)state;
    uint64_t random = 5;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *full = NULL;
    oik_chain_pose *pose = NULL;
    oik_ik_motion *motion = NULL;
    oik_motion_kinematics *k = NULL;
    assert_int_equal(oik_chain_new(&full, NULL, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, full, NULL), OIK_OK);
    assert_int_equal(oik_ik_motion_new(&motion, full, 9, NULL), OIK_OK);
    for (int f = 0; f < 9; f++) {
        motion->time[f] = 0.01 * f;
        tiny_random_pose(motion->q + f * full->n_dofs, full, 0.1, &random);
    }
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    int n_seen = 0;
    while (oik_motion_kinematics_next(k)) {
        assert_int_equal(k->frame, n_seen++);
        oik_chain_forward(pose, full, motion->q + k->frame * full->n_dofs);
        assert_memory_equal(k->origin, pose->origin, (size_t)full->n_segments * sizeof *pose->origin);
        assert_memory_equal(k->centre, pose->centre, (size_t)full->n_segments * sizeof *pose->centre);
        for (int i = 0; i < full->n_segments; i++)
            assert_true(oik_rot_angle_between(oik_rot_from_quat(k->orientation[i]), pose->R[i]) < 1e-13);
    }
    assert_int_equal(n_seen, 9);
    assert_int_equal(k->frame, 8);
    assert_false(oik_motion_kinematics_next(k));
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
    oik_chain_pose_free(pose);
    oik_chain_free(full);
    tiny_kinematics_free(lying);
}

static double dot(oik_quat a, oik_quat b) {
    return a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
}

/* over two turns the quaternion changes sign twice if it is made from the matrix frame by frame */
static void quaternions_are_continuous(void **state) {
    (void)state;
    spin_rate = 4.0 * PI;
    oik_ik_motion *motion = new_motion(51, 0.02, 0.0);
    turn_root(motion, constant_spin);
    oik_motion_kinematics *k;
    oik_quat before = {0};
    bool negative = false;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    while (oik_motion_kinematics_next(k)) {
        assert_true(k->frame > 0 ? dot(k->orientation[0], before) > 0.9 : k->orientation[0].w >= 0.0);
        before = k->orientation[0];
        negative = negative || before.w < -0.5;
    }
    assert_true(negative);
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
}

/** Angular velocity and acceleration (x of the root) that frame f of a motion of so many frames shows. */
static void few_frames(double *omega, double *alpha, double *rate, int n_frames, int frame) {
    oik_ik_motion *motion = new_motion(n_frames, 0.1, 0.0);
    oik_motion_kinematics *k;
    for (int f = 0; f < n_frames; f++)
        motion->q[f * N_DOFS] = 0.5 * (0.1 * f) * (0.1 * f);
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    for (int f = 0; f <= frame; f++)
        assert_true(oik_motion_kinematics_next(k));
    *omega = k->angular_velocity[0].x, *alpha = k->angular_acceleration[0].x, *rate = k->q_rate[0];
    assert_true(isnan(k->acceleration[0].y) == (n_frames < 3) && isnan(k->velocity[0].y) == (n_frames < 2));
    assert_true(isnan(k->q_acceleration[0]) == (n_frames < 3));
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
}

static void few_frames_tell_what_they_can(void **state) {
    (void)state;
    double omega, alpha, rate;
    const double rounding = 1e-12;
    few_frames(&omega, &alpha, &rate, 1, 0);
    assert_true(isnan(omega) && isnan(alpha) && isnan(rate));
    for (int f = 0; f < 2; f++) { /* t^2 / 2 from 0 to 0.1 */
        few_frames(&omega, &alpha, &rate, 2, f);
        assert_true(fabs(omega - 0.05) < rounding && isnan(alpha) && fabs(rate - 0.05) < rounding);
    }
    for (int f = 0; f < 3; f++) {
        few_frames(&omega, &alpha, &rate, 3, f);
        assert_true(fabs(omega - 0.1 * f) < rounding && fabs(alpha - 1.0) < 100.0 * rounding);
    }
}

static void motions_that_cannot_be_differentiated_are_refused(void **state) {
    (void)state;
    oik_error err;
    oik_motion_kinematics *k;
    oik_ik_motion *motion = new_motion(4, 0.1, 0.0);
    motion->time[2] = motion->time[1];
    assert_int_equal(oik_motion_kinematics_new(&k, motion, &err), OIK_E_ARGUMENT);
    assert_null(k);
    assert_non_null(strstr(err.message, "frame 2"));
    motion->time[2] = NAN;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, &err), OIK_E_NOT_FINITE);
    motion->time[2] = motion->time[1] + 0.1;
    motion->q[3 * N_DOFS + 6] = INFINITY;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "hinge"));
    oik_ik_motion_free(motion);
    oik_motion_kinematics_free(NULL);
}

static void going_on_allocates_nothing(void **state) {
    (void)state;
    oik_ik_motion *motion = new_motion(8, 0.1, 0.0);
    oik_motion_kinematics *k;
    assert_int_equal(oik_motion_kinematics_new(&k, motion, NULL), OIK_OK);
    failing_malloc_arm(-1);
    while (oik_motion_kinematics_next(k))
        ;
    assert_int_equal(failing_malloc_disarm(), 0);
    oik_motion_kinematics_free(k);
    oik_ik_motion_free(motion);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_ik_motion *motion = new_motion(8, 0.1, 0.0);
    for (long n = 0;; n++) {
        oik_motion_kinematics *k;
        oik_error err;
        failing_malloc_arm(n);
        oik_status status = oik_motion_kinematics_new(&k, motion, &err);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        assert_true(all || (!k && err.status == OIK_E_MEMORY));
        oik_motion_kinematics_free(k);
        if (all) {
            assert_true(n > 10);
            break;
        }
    }
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_spin_is_exact_up_to_half_a_turn_a_frame),
        cmocka_unit_test(a_constant_spin_is_exact_with_unequal_steps),
        cmocka_unit_test(coning_is_second_order_inside),
        cmocka_unit_test(coning_is_second_order_at_the_ends),
        cmocka_unit_test(time_reversal_turns_velocities_round),
        cmocka_unit_test(polynomials_are_exact_as_far_as_the_formulas_reach),
        cmocka_unit_test(an_origin_circles_its_joint),
        cmocka_unit_test(poses_are_those_of_forward_kinematics),
        cmocka_unit_test(quaternions_are_continuous),
        cmocka_unit_test(few_frames_tell_what_they_can),
        cmocka_unit_test(motions_that_cannot_be_differentiated_are_refused),
        cmocka_unit_test(going_on_allocates_nothing),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_ik_motion_kinematics", tests, NULL, NULL);
}
