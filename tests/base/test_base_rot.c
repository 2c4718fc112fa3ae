/* Rotations: round trips near 0 and pi, Jacobians against differences, decompositions, rigid fits. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rot.h"
#include "support/random.h"

static const double pi = 3.14159265358979323846;

/* Largest difference of two entries; NaN counts as infinite. */
static double mat_distance(oik_mat3 A, oik_mat3 B) {
    double largest = 0.0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double d = fabs(A.m[i][j] - B.m[i][j]);
            largest = isnan(d) ? (double)INFINITY : fmax(largest, d);
        }
    return largest;
}

static double orthogonality_error(oik_mat3 R) {
    return mat_distance(m3_tmul(R, R), m3_identity());
}

static oik_mat3 random_matrix(uint64_t *state) {
    return m3_columns(random_vec3(state), random_vec3(state), random_vec3(state));
}

static oik_mat3 random_rotation(uint64_t *state) {
    return oik_rot_axis(random_vec3(state), pi * random_signed(state));
}

static void exp_is_a_rotation_about_its_axis(void **unused) {
    (void)unused;
    oik_mat3 quarter = oik_rot_exp(v3(0, 0, pi / 2));
    /* 4 eps: sin, cos and a few products of numbers up to 1 */
    assert_true(v3_dist(m3_mulv(quarter, v3(1, 0, 0)), v3(0, 1, 0)) < 4 * DBL_EPSILON);
    uint64_t state = 1;
    for (int i = 0; i < 1000; i++) {
        oik_vec3 w = v3_scale(random_vec3(&state), 4.0);
        oik_mat3 R = oik_rot_exp(w);
        assert_true(orthogonality_error(R) < 1e-14); /* about 50 eps: squares of angles up to 7 in I + a[w] + b[w]^2 */
        assert_true(fabs(m3_det(R) - 1.0) < 1e-14);
        assert_true(v3_dist(m3_mulv(R, w), w) < 1e-13 * v3_norm(w)); /* a few eps of |w|^3 */
    }
}

/* Angles from far below the square root of the smallest double's precision up to pi - 1e-12. */
static void log_inverts_exp_at_every_angle(void **unused) {
    (void)unused;
    static const double angles[] = {0.0, 1e-300, 1e-160, 1e-20, 1e-9, 1e-8, 1e-5, 1e-3, 0.1, 0.4999, 0.5001, 1, 2, 3, 3.14};
    uint64_t state = 2;
    for (int trial = 0; trial < 50; trial++) {
        oik_vec3 axis = v3_unit(random_vec3(&state));
        for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
            oik_vec3 w = v3_scale(axis, angles[i]);
            /* relative, so that tiny angles keep their direction; 20 eps for two trigonometric functions and a square root */
            assert_true(v3_dist(oik_rot_log(oik_rot_exp(w)), w) <= 20 * DBL_EPSILON * angles[i]);
        }
        for (double below = 1e-3; below > 1e-13; below *= 0.1) {
            oik_vec3 w = v3_scale(axis, pi - below);
            /* absolute 1e-14: R itself has rounding errors of a few eps, and the map is well conditioned here */
            assert_true(v3_dist(oik_rot_log(oik_rot_exp(w)), w) < 1e-14);
        }
    }
}

static void log_at_pi_gives_an_axis_of_length_pi(void **unused) {
    (void)unused;
    uint64_t state = 3;
    for (int i = 0; i < 200; i++) {
        oik_vec3 axis = i < 3 ? v3(i == 0, i == 1, i == 2) : v3_unit(random_vec3(&state));
        /* 2 a a^T - I is the half turn about a, symmetric and without any hint at a sign */
        oik_mat3 R = m3_add(m3_scale(m3_outer(axis, axis), 2.0), m3_scale(m3_identity(), -1.0));
        oik_vec3 w = oik_rot_log(R);
        assert_true(fabs(v3_norm(w) - pi) < 1e-14);
        assert_true(v3_norm(v3_cross(w, axis)) < 1e-14); /* a few eps times pi */
    }
}

static void beyond_pi_comes_back_the_short_way(void **unused) {
    (void)unused;
    oik_vec3 w = oik_rot_log(oik_rot_exp(v3(0, pi + 0.25, 0)));
    assert_true(v3_dist(w, v3(0, 0.25 - pi, 0)) < 1e-14); /* a few eps times pi */
}

static void angle_between_is_that_of_the_relative_rotation(void **unused) {
    (void)unused;
    uint64_t state = 4;
    for (int i = 0; i < 100; i++) {
        double angle = pi * fabs(random_signed(&state));
        oik_mat3 A = random_rotation(&state), B = m3_mul(A, oik_rot_axis(random_vec3(&state), angle));
        assert_true(fabs(oik_rot_angle_between(A, B) - angle) < 1e-14);
        assert_true(oik_rot_angle_between(A, A) < 1e-15);
    }
}

/* exp(w + h e) = exp(w) exp(J_r h e), so column e of J_r is the derivative of log(exp(-w) exp(w + h e)). */
static void right_jacobian_matches_central_differences(void **unused) {
    (void)unused;
    uint64_t state = 5;
    const double h = 1e-5; /* error h^2/6 times third derivatives of size 1, and eps/h: 1e-10 */
    for (int i = 0; i < 200; i++) {
        double scale = i % 4 == 0 ? 1e-4 : i % 4 == 1 ? 0.5 : i % 4 == 2 ? 2.0 : 1e-9;
        oik_vec3 w = v3_scale(random_vec3(&state), scale);
        oik_mat3 J = oik_rot_right_jacobian(w), back = oik_rot_exp(v3_scale(w, -1.0));
        for (int k = 0; k < 3; k++) {
            oik_vec3 e = v3_scale(v3(k == 0, k == 1, k == 2), h);
            oik_vec3 plus = oik_rot_log(m3_mul(back, oik_rot_exp(v3_add(w, e))));
            oik_vec3 minus = oik_rot_log(m3_mul(back, oik_rot_exp(v3_sub(w, e))));
            oik_vec3 column = v3_scale(v3_sub(plus, minus), 0.5 / h);
            assert_true(v3_dist(column, m3_column(J, k)) < 1e-9);
        }
    }
}

static void right_jacobian_inverse_is_the_inverse(void **unused) {
    (void)unused;
    static const double angles[] = {0, 1e-120, 1e-12, 1e-6, 0.01, 0.2499, 0.2501, 0.4999, 0.5001, 1, 3, pi, 4, 6, 6.2};
    uint64_t state = 6;
    for (int trial = 0; trial < 20; trial++)
        for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
            oik_vec3 w = v3_scale(v3_unit(random_vec3(&state)), angles[i]);
            oik_mat3 product = m3_mul(oik_rot_right_jacobian(w), oik_rot_right_jacobian_inv(w));
            /* the inverse grows as 1/(2 pi - t): 12 at 6.2, so 1e-13 is about 40 eps of its size */
            assert_true(mat_distance(product, m3_identity()) < 1e-13);
        }
}

static void quaternion_and_matrix_agree(void **unused) {
    (void)unused;
    uint64_t state = 7;
    for (int i = 0; i < 1000; i++) {
        oik_mat3 R = random_rotation(&state);
        oik_quat q = oik_quat_from_rot(R);
        assert_true(q.w >= 0.0);
        assert_true(fabs(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z - 1.0) < 4 * DBL_EPSILON);
        assert_true(mat_distance(oik_rot_from_quat(q), R) < 1e-14); /* a few eps of R */
        oik_quat scaled = {-3 * q.w, -3 * q.x, -3 * q.y, -3 * q.z};
        assert_true(mat_distance(oik_rot_from_quat(scaled), R) < 1e-14);
    }
    oik_quat half_turn = oik_quat_from_rot(m3_diag(v3(-1, 1, -1)));
    assert_true(fabs(fabs(half_turn.y) - 1.0) < DBL_EPSILON && fabs(half_turn.w) < DBL_EPSILON);
}

/* U and V orthogonal, s sorted and not negative, U diag(s) V^T = A to rounding of the largest entry. */
static void check_svd(oik_mat3 A) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, A);
    double size = 0.0;
    for (int i = 0; i < 9; i++)
        size = fmax(size, fabs(A.m[i / 3][i % 3]));
    assert_true(s.x >= s.y && s.y >= s.z && s.z >= 0.0);
    /* 1e-14 is about 50 eps: a handful of Jacobi rotations */
    assert_true(orthogonality_error(U) < 1e-14 && orthogonality_error(V) < 1e-14);
    oik_mat3 product = m3_mul(m3_mul(U, m3_diag(s)), m3_transpose(V));
    assert_true(mat_distance(product, A) <= 1e-14 * size);
}

static void svd_rebuilds_matrices_of_every_rank(void **unused) {
    (void)unused;
    uint64_t state = 8;
    for (int i = 0; i < 500; i++) {
        oik_vec3 a = random_vec3(&state), b = random_vec3(&state), c = random_vec3(&state);
        check_svd(m3_columns(a, b, c));
        check_svd(m3_columns(a, b, v3_lerp(a, b, random_signed(&state))));
        check_svd(m3_outer(a, b));
        check_svd(m3_columns(a, a, a));
        check_svd(m3_scale(m3_columns(a, b, c), 1e-200));
        check_svd(m3_scale(m3_columns(a, b, c), 1e200));
        check_svd(m3_columns(v3_scale(a, 1e-12), b, v3_scale(c, 1e-6)));
    }
    check_svd(m3_diag(v3(0, 0, 0)));
    check_svd(m3_diag(v3(0, -2, 0)));
    check_svd(m3_diag(v3(1, 2, 3)));
    check_svd(m3_identity());
}

static void svd_gives_known_singular_values(void **unused) {
    (void)unused;
    uint64_t state = 9;
    for (int i = 0; i < 100; i++) {
        oik_mat3 A = m3_mul(random_rotation(&state), m3_mul(m3_diag(v3(0.5, -3.0, 1e-3)), random_rotation(&state)));
        oik_mat3 U, V;
        oik_vec3 s;
        oik_svd3(&U, &s, &V, A);
        assert_true(v3_dist(s, v3(3.0, 0.5, 1e-3)) < 1e-14); /* a few eps of the largest value */
    }
}

static void nearest_rotation_beats_its_neighbours(void **unused) {
    (void)unused;
    uint64_t state = 10;
    for (int i = 0; i < 100; i++) {
        oik_mat3 A = random_matrix(&state), R = oik_rot_nearest(A);
        assert_true(orthogonality_error(R) < 1e-14 && fabs(m3_det(R) - 1.0) < 1e-14);
        double trace = 0.0, other = 0.0; /* |A - R|^2 = const - 2 trace(A^T R) */
        oik_mat3 Q = m3_mul(R, oik_rot_exp(v3_scale(random_vec3(&state), 0.3)));
        for (int k = 0; k < 9; k++) {
            trace += A.m[k / 3][k % 3] * R.m[k / 3][k % 3];
            other += A.m[k / 3][k % 3] * Q.m[k / 3][k % 3];
        }
        assert_true(trace > other);
        assert_true(mat_distance(oik_rot_nearest(R), R) < 1e-14);
    }
}

enum { N_POINTS = 40 };

/* Points x and y = scale R x + t, R times a mirror when asked for. */
static void make_pairs(oik_vec3 *x, oik_vec3 *y, const oik_rigid *truth, uint64_t *state) {
    for (int i = 0; i < N_POINTS; i++) {
        x[i] = random_vec3(state);
        y[i] = v3_madd(truth->t, truth->scale, m3_mulv(truth->R, x[i]));
    }
}

static void rigid_fit_recovers_a_known_transform(void **unused) {
    (void)unused;
    uint64_t state = 11;
    for (int i = 0; i < 50; i++) {
        oik_rigid truth = {random_rotation(&state), v3_scale(random_vec3(&state), 10.0), 1.0, 0.0}, fit;
        oik_vec3 x[N_POINTS], y[N_POINTS];
        make_pairs(x, y, &truth, &state);
        assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, 0, NULL), OIK_OK);
        /* 1e-13: rounding of coordinates of size 10 is 1e-15 each, amplified a little by the fit */
        assert_true(mat_distance(fit.R, truth.R) < 1e-13 && v3_dist(fit.t, truth.t) < 1e-13 && fit.residual < 1e-13);
        assert_true(fabs(fit.scale - 1.0) == 0.0);
        truth.scale = 0.01 + fabs(random_signed(&state));
        make_pairs(x, y, &truth, &state);
        assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, OIK_FIT_SCALE, NULL), OIK_OK);
        assert_true(fabs(fit.scale - truth.scale) < 1e-13 && v3_dist(fit.t, truth.t) < 1e-13 && fit.residual < 1e-13);
    }
}

static void rigid_fit_reflects_only_when_asked(void **unused) {
    (void)unused;
    uint64_t state = 12;
    oik_rigid truth = {m3_mul(random_rotation(&state), m3_diag(v3(-1, 1, 1))), v3(1, 2, 3), 0.7, 0.0}, fit;
    oik_vec3 x[N_POINTS], y[N_POINTS];
    make_pairs(x, y, &truth, &state);
    assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, OIK_FIT_REFLECT | OIK_FIT_SCALE, NULL), OIK_OK);
    assert_true(mat_distance(fit.R, truth.R) < 1e-13 && fabs(fit.scale - 0.7) < 1e-13); /* as above */
    assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, OIK_FIT_SCALE, NULL), OIK_OK);
    assert_true(fabs(m3_det(fit.R) - 1.0) < 1e-13);
    assert_true(fit.residual > 0.1); /* a mirror image of a cloud of size 1 cannot be reached by turning */
    truth.R = random_rotation(&state);
    make_pairs(x, y, &truth, &state);
    assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, OIK_FIT_REFLECT, NULL), OIK_OK);
    assert_true(m3_det(fit.R) > 0.0);
}

/* The mirror image of a flat set is the set turned around: both fit, the rotation is preferred. */
static void rigid_fit_of_a_flat_set_is_a_rotation(void **unused) {
    (void)unused;
    uint64_t state = 15;
    for (int trial = 0; trial < 30; trial++) {
        oik_mat3 tilt = random_rotation(&state);
        oik_rigid truth = {random_rotation(&state), v3(1, 2, 3), 1.0, 0.0}, fit;
        oik_vec3 x[N_POINTS], y[N_POINTS];
        for (int i = 0; i < N_POINTS; i++) {
            oik_vec3 flat = random_vec3(&state);
            x[i] = m3_mulv(tilt, v3(flat.x, flat.y, 0.0));
            y[i] = v3_add(truth.t, m3_mulv(truth.R, x[i]));
        }
        assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_POINTS, OIK_FIT_REFLECT, NULL), OIK_OK);
        assert_true(mat_distance(fit.R, truth.R) < 1e-13); /* as above */
    }
}

static void rigid_fit_ignores_points_without_weight(void **unused) {
    (void)unused;
    uint64_t state = 13;
    oik_rigid truth = {random_rotation(&state), v3(0, 1, 0), 1.0, 0.0}, fit;
    oik_vec3 x[N_POINTS], y[N_POINTS];
    double w[N_POINTS];
    make_pairs(x, y, &truth, &state);
    for (int i = 0; i < N_POINTS; i++) {
        w[i] = i % 4 ? 0.1 + i : 0.0;
        y[i] = i % 4 ? y[i] : v3(100, 100, 100);
    }
    assert_int_equal(oik_rigid_fit(&fit, x, y, w, N_POINTS, 0, NULL), OIK_OK);
    assert_true(mat_distance(fit.R, truth.R) < 1e-13 && fit.residual < 1e-13);
}

/* At the optimum, no small turn, shift or scaling makes the weighted sum of squares smaller. */
static void check_optimal(oik_mat3 R_true, uint64_t state) {
    oik_rigid truth = {R_true, v3(0.3, 1, -2), 1.3, 0.0}, fit;
    oik_vec3 x[N_POINTS], y[N_POINTS];
    double w[N_POINTS];
    make_pairs(x, y, &truth, &state);
    for (int i = 0; i < N_POINTS; i++) {
        y[i] = v3_madd(y[i], 0.1, random_vec3(&state));
        w[i] = 0.5 + 0.4 * random_signed(&state);
    }
    assert_int_equal(oik_rigid_fit(&fit, x, y, w, N_POINTS, OIK_FIT_SCALE, NULL), OIK_OK);
    for (int trial = 0; trial < 200; trial++) {
        oik_mat3 R = m3_mul(fit.R, oik_rot_exp(v3_scale(random_vec3(&state), 0.02)));
        oik_vec3 t = v3_madd(fit.t, 0.02, random_vec3(&state));
        double scale = fit.scale * (1.0 + 0.02 * random_signed(&state)), best = 0.0, other = 0.0, weight = 0.0;
        for (int i = 0; i < N_POINTS; i++) {
            oik_vec3 r = v3_sub(v3_madd(fit.t, fit.scale, m3_mulv(fit.R, x[i])), y[i]);
            oik_vec3 q = v3_sub(v3_madd(t, scale, m3_mulv(R, x[i])), y[i]);
            best += w[i] * v3_dot(r, r);
            other += w[i] * v3_dot(q, q);
            weight += w[i];
        }
        assert_true(best < other);
        assert_true(fabs(sqrt(best / weight) - fit.residual) < 1e-14);
    }
}

static void rigid_fit_is_optimal_with_noise(void **unused) {
    (void)unused;
    oik_mat3 R = oik_rot_exp(v3(1, -2, 0.5));
    check_optimal(R, 14);
    check_optimal(m3_mul(R, m3_diag(v3(1, 1, -1))), 16); /* a mirror image, which a rotation fits only badly */
}

static void rigid_fit_refuses_what_has_no_answer(void **unused) {
    (void)unused;
    oik_vec3 x[4] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, line[4], point[4], bad[4];
    for (int i = 0; i < 4; i++) {
        line[i] = v3_madd(v3(5, 6, 7), i, v3(0.1, 0.2, 0.3));
        point[i] = v3(1.1, 2.2, 3.3);
        bad[i] = x[i];
    }
    bad[2].y = (double)NAN;
    oik_error err = {0};
    oik_rigid fit = {.scale = 42.0};
    const double negative[4] = {1, 1, 1, -1}, two[4] = {1, 0, 1, 0};
    assert_int_equal(oik_rigid_fit(&fit, x, x, NULL, 2, 0, &err), OIK_E_SHAPE);
    assert_int_equal(oik_rigid_fit(&fit, x, x, two, 4, 0, &err), OIK_E_SHAPE);
    assert_int_equal(oik_rigid_fit(&fit, line, x, NULL, 4, 0, &err), OIK_E_SHAPE);
    assert_int_equal(oik_rigid_fit(&fit, x, line, NULL, 4, 0, &err), OIK_E_SHAPE);
    assert_int_equal(oik_rigid_fit(&fit, point, x, NULL, 4, 0, &err), OIK_E_SHAPE);
    assert_int_equal(oik_rigid_fit(&fit, x, bad, NULL, 4, 0, &err), OIK_E_NOT_FINITE);
    assert_int_equal(oik_rigid_fit(&fit, x, x, negative, 4, 0, &err), OIK_E_ARGUMENT);
    assert_true(fabs(fit.scale - 42.0) == 0.0); /* untouched */
    assert_int_equal(oik_rigid_fit(&fit, x, x, NULL, 3, 0, &err), OIK_OK); /* three points off one line are enough */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_a_rotation_about_its_axis),
        cmocka_unit_test(log_inverts_exp_at_every_angle),
        cmocka_unit_test(log_at_pi_gives_an_axis_of_length_pi),
        cmocka_unit_test(beyond_pi_comes_back_the_short_way),
        cmocka_unit_test(angle_between_is_that_of_the_relative_rotation),
        cmocka_unit_test(right_jacobian_matches_central_differences),
        cmocka_unit_test(right_jacobian_inverse_is_the_inverse),
        cmocka_unit_test(quaternion_and_matrix_agree),
        cmocka_unit_test(svd_rebuilds_matrices_of_every_rank),
        cmocka_unit_test(svd_gives_known_singular_values),
        cmocka_unit_test(nearest_rotation_beats_its_neighbours),
        cmocka_unit_test(rigid_fit_recovers_a_known_transform),
        cmocka_unit_test(rigid_fit_reflects_only_when_asked),
        cmocka_unit_test(rigid_fit_of_a_flat_set_is_a_rotation),
        cmocka_unit_test(rigid_fit_ignores_points_without_weight),
        cmocka_unit_test(rigid_fit_is_optimal_with_noise),
        cmocka_unit_test(rigid_fit_refuses_what_has_no_answer),
    };
    return cmocka_run_group_tests_name("test_base_rot", tests, NULL, NULL);
}
