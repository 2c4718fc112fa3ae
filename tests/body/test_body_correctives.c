/* Pose features of rotations and of rotation vectors, and their slopes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/correctives.h"

enum { MOST_FEATURES = 9 };

static const oik_corrective_kind kinds[] = {OIK_CORRECTIVES_STAR, OIK_CORRECTIVES_SMPL};

/* 24 rotation vectors of different directions, of the given angle times a factor between 0.4 and 1. */
static void bend(oik_vec3 theta[OIK_N_JOINTS], double angle) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 axis = v3_unit(v3(sin(1.0 + j), cos(2.0 * j), sin(3.0 * j)));
        theta[j] = v3_scale(axis, angle * (0.7 + 0.3 * sin(5.0 * j)));
    }
}

static void exponentiate(oik_mat3 R[OIK_N_JOINTS], const oik_vec3 theta[OIK_N_JOINTS]) {
    for (int j = 0; j < OIK_N_JOINTS; j++)
        R[j] = oik_rot_exp(theta[j]);
}

static void features_are_four_nine_or_none_a_joint(void **state) {
    (void)state;
    assert_int_equal(oik_features_per_joint(OIK_CORRECTIVES_NONE), 0);
    assert_int_equal(oik_features_per_joint(OIK_CORRECTIVES_STAR), 4);
    assert_int_equal(oik_features_per_joint(OIK_CORRECTIVES_SMPL), 9);
    assert_int_equal(OIK_MAX_FEATURES, 23 * 9);
}

static void the_rest_pose_has_no_features(void **state) {
    (void)state;
    oik_vec3 theta[OIK_N_JOINTS] = {{0}};
    oik_mat3 R[OIK_N_JOINTS];
    exponentiate(R, theta);
    for (int k = 0; k < 2; k++) {
        double f[OIK_MAX_FEATURES], g[OIK_MAX_FEATURES];
        memset(f, 0x7f, sizeof f); /* what is not written shows */
        memset(g, 0x7f, sizeof g);
        oik_features_of_vectors(f, kinds[k], theta);
        oik_features_of_rotations(g, kinds[k], R);
        for (int i = 0; i < 23 * oik_features_per_joint(kinds[k]); i++) {
            assert_true(f[i] == 0.0);
            assert_true(g[i] == 0.0);
        }
    }
}

/* A quarter turn of joint 5 about +y: sin 45 deg, cos 45 deg - 1; the matrix has the -1 at (2, 0). The root has no features. */
static void a_quarter_turn_has_the_known_features(void **state) {
    (void)state;
    const double quarter = acos(0.0), tolerance = 4e-16; /* rounding of numbers of size 1 */
    oik_vec3 theta[OIK_N_JOINTS] = {[0] = {1, 2, 3}, [5] = {0, quarter, 0}};
    double f[OIK_MAX_FEATURES];
    oik_features_of_vectors(f, OIK_CORRECTIVES_STAR, theta);
    for (int i = 0; i < 23 * 4; i++) {
        double expected = i == 4 * 4 + 1 ? sqrt(0.5) : i == 4 * 4 + 3 ? sqrt(0.5) - 1.0 : 0.0;
        assert_true(fabs(f[i] - expected) <= tolerance);
    }
    oik_features_of_vectors(f, OIK_CORRECTIVES_SMPL, theta);
    const double turned[9] = {-1, 0, 1, 0, 0, 0, -1, 0, -1};
    for (int i = 0; i < 23 * 9; i++)
        assert_true(fabs(f[i] - (i / 9 == 4 ? turned[i % 9] : 0.0)) <= tolerance);
}

static void vectors_and_rotations_agree_below_half_a_turn(void **state) {
    (void)state;
    const double angles[] = {1e-9, 1e-7, 1e-3, 0.5, 2.0, 3.1};
    for (int a = 0; a < 6; a++)
        for (int k = 0; k < 2; k++) {
            oik_vec3 theta[OIK_N_JOINTS];
            oik_mat3 R[OIK_N_JOINTS];
            double f[OIK_MAX_FEATURES], g[OIK_MAX_FEATURES];
            bend(theta, angles[a]);
            exponentiate(R, theta);
            oik_features_of_vectors(f, kinds[k], theta);
            oik_features_of_rotations(g, kinds[k], R);
            for (int i = 0; i < 23 * oik_features_per_joint(kinds[k]); i++)
                assert_true(fabs(f[i] - g[i]) <= 1e-14); /* rounding of R and of the square roots of its entries */
        }
}

/* Beyond half a turn the quaternion of the vector has a negative real part; the matrix is the same. */
static void vectors_beyond_half_a_turn_keep_their_sign(void **state) {
    (void)state;
    oik_vec3 theta[OIK_N_JOINTS] = {[7] = {4.0, 0, 0}};
    oik_mat3 R[OIK_N_JOINTS];
    double f[OIK_MAX_FEATURES], g[OIK_MAX_FEATURES];
    exponentiate(R, theta);
    oik_features_of_vectors(f, OIK_CORRECTIVES_STAR, theta);
    oik_features_of_rotations(g, OIK_CORRECTIVES_STAR, R);
    assert_true(fabs(f[6 * 4] - sin(2.0)) <= 1e-15);
    assert_true(fabs(f[6 * 4 + 3] - (cos(2.0) - 1.0)) <= 1e-15);
    assert_true(fabs(f[6 * 4] + g[6 * 4]) <= 1e-15);
    assert_true(fabs(f[6 * 4 + 3] + 1.0 + (g[6 * 4 + 3] + 1.0)) <= 1e-15);
}

/* Below 1e-8 rad the angle is held: the vector part is half the vector to the last digit, the real part exactly 0. */
static void the_squared_angle_is_held_at_1e_16(void **state) {
    (void)state;
    const double held = 1e-8;
    oik_vec3 theta[OIK_N_JOINTS] = {[1] = {1e-12, 0, -1e-300}, [2] = {0, 1e-9, 0}};
    double f[OIK_MAX_FEATURES];
    oik_features_of_vectors(f, OIK_CORRECTIVES_STAR, theta);
    assert_true(f[0] == 1e-12 * (sin(0.5 * held) / held));
    assert_true(f[2] == -1e-300 * (sin(0.5 * held) / held));
    assert_true(f[3] == 0.0);
    assert_true(f[5] == 1e-9 * (sin(0.5 * held) / held));
}

/* f at exp(h e_axis) R_j, of the same branch of the quaternion (angles here stay below half a turn). */
static void turned_features(double f[OIK_MAX_FEATURES], oik_corrective_kind kind, const oik_mat3 R[OIK_N_JOINTS], int j, int axis,
                            double h) {
    oik_mat3 turned[OIK_N_JOINTS];
    memcpy(turned, R, sizeof turned);
    turned[j] = m3_mul(oik_rot_exp(v3(h * (axis == 0), h * (axis == 1), h * (axis == 2))), R[j]);
    oik_features_of_rotations(f, kind, turned);
}

/* h = 1e-5: truncation h^2/6 = 2e-11, rounding 1e-16/h = 1e-11 for features of size 1; tolerance ten times their sum. */
static void slopes_match_central_differences(void **state) {
    (void)state;
    const double h = 1e-5, tolerance = 3e-10;
    oik_vec3 theta[OIK_N_JOINTS];
    oik_mat3 R[OIK_N_JOINTS];
    bend(theta, 1.9);
    theta[4] = v3(0, 0, 0);
    exponentiate(R, theta);
    for (int k = 0; k < 2; k++)
        for (int j = 1; j < OIK_N_JOINTS; j++) {
            double f[OIK_MAX_FEATURES], plus[OIK_MAX_FEATURES], minus[OIK_MAX_FEATURES], D[MOST_FEATURES][3];
            int n = oik_features_per_joint(kinds[k]);
            oik_features_of_vectors(f, kinds[k], theta);
            oik_feature_slopes(D, kinds[k], j, f, &R[j]);
            for (int axis = 0; axis < 3; axis++) {
                turned_features(plus, kinds[k], R, j, axis, h);
                turned_features(minus, kinds[k], R, j, axis, -h);
                for (int i = 0; i < 23 * n; i++) {
                    double found = i / n == j - 1 ? D[i % n][axis] : 0.0;
                    assert_true(fabs(found - (plus[i] - minus[i]) / (2.0 * h)) <= tolerance);
                }
            }
        }
}

/* The same rotation reached the long way round: the quaternion is the other one, and so are its slopes. */
static void slopes_follow_the_sign_of_the_features(void **state) {
    (void)state;
    const double turn = 4.0 * acos(0.0);
    oik_vec3 near[OIK_N_JOINTS] = {[3] = {0.3, 0.4, 0}}, far[OIK_N_JOINTS] = {{0}};
    far[3] = v3_scale(near[3], (0.5 - turn) / 0.5);
    double f[OIK_MAX_FEATURES], g[OIK_MAX_FEATURES], D[MOST_FEATURES][3], E[MOST_FEATURES][3];
    oik_mat3 R = oik_rot_exp(near[3]);
    oik_features_of_vectors(f, OIK_CORRECTIVES_STAR, near);
    oik_features_of_vectors(g, OIK_CORRECTIVES_STAR, far);
    oik_feature_slopes(D, OIK_CORRECTIVES_STAR, 3, f, &R);
    oik_feature_slopes(E, OIK_CORRECTIVES_STAR, 3, g, &R);
    assert_true(fabs(D[0][0]) > 0.1);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            assert_true(fabs(D[i][k] + E[i][k]) <= 1e-15);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(features_are_four_nine_or_none_a_joint),
        cmocka_unit_test(the_rest_pose_has_no_features),
        cmocka_unit_test(a_quarter_turn_has_the_known_features),
        cmocka_unit_test(vectors_and_rotations_agree_below_half_a_turn),
        cmocka_unit_test(vectors_beyond_half_a_turn_keep_their_sign),
        cmocka_unit_test(the_squared_angle_is_held_at_1e_16),
        cmocka_unit_test(slopes_match_central_differences),
        cmocka_unit_test(slopes_follow_the_sign_of_the_features),
    };
    return cmocka_run_group_tests_name("test_body_correctives", cases, NULL, NULL);
}
