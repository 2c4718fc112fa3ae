/* The analytic derivatives of the registration against central differences, and the assembled normal equations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "support/body_problem.h"

enum { N_UNKNOWNS = PROBLEM_SHIFTS };

static body_problem problem;

static int set_up(void **state) {
    (void)state;
    return body_problem_new(&problem, OIK_CORRECTIVES_NONE);
}

static int set_up_star(void **state) {
    (void)state;
    if (body_problem_new(&problem, OIK_CORRECTIVES_STAR))
        return -1;
    tiny_body_add_to_mode(problem.model);
    return 0;
}

static int set_up_smpl(void **state) {
    (void)state;
    return body_problem_new(&problem, OIK_CORRECTIVES_SMPL);
}

static int tear_down(void **state) {
    (void)state;
    body_problem_clear(&problem);
    return 0;
}

static void set_priors(double shape_sigma, double pose_prior) {
    problem.target.n_modes = TINY_BODY_MODES;
    problem.target.shape_sigma = shape_sigma;
    problem.target.pose_prior = pose_prior;
    body_problem_set(&problem);
}

static void jacobian_columns_match_central_differences(void **state) {
    (void)state;
    set_priors(1.0, 1.0);
    assert_columns(&problem);
}

static void normal_equations_sum_over_every_vertex(void **state) {
    (void)state;
    set_priors(0.0, 0.0);
    assert_normal_equations(&problem);
}

/* Priors a thousand times their usual weight, so that they are as large as the skin's part. */
static void right_hand_side_is_minus_half_the_gradient_of_the_cost(void **state) {
    (void)state;
    set_priors(0.5, 1e3);
    assert_gradient(&problem);
}

/* Without the skin H is that of the priors: rho^2 B'B with B the derivative of log R_j. */
static void pose_prior_curvature_matches_the_derivative_of_the_logarithm(void **state) {
    (void)state;
    set_priors(0.5, 1e3);
    memset(problem.area, 0, problem.model->n_vertices * sizeof *problem.area);
    oik_body_linearise(&problem.step, &problem.at, &problem.target);
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        oik_vec3 dlog[3];
        for (int a = 0; a < 3; a++) {
            body_problem_move(&problem, 3 * j + a, PROBLEM_STEP);
            oik_vec3 plus = oik_rot_log(problem.moved.pose.R[j]);
            body_problem_move(&problem, 3 * j + a, -PROBLEM_STEP);
            dlog[a] = v3_scale(v3_sub(plus, oik_rot_log(problem.moved.pose.R[j])), 0.5 / PROBLEM_STEP);
        }
        const double *H = problem.step.H + 3 * j * N_UNKNOWNS + 3 * j;
        double rho2 = H[0] / v3_dot(dlog[0], dlog[0]);
        assert_true(rho2 > 0.0);
        for (int a = 0; a < 3; a++)
            for (int b = 0; b <= a; b++) /* relative: rho^2 is 0.1 to 5 */
                assert_true(fabs(H[a * N_UNKNOWNS + b] - rho2 * v3_dot(dlog[a], dlog[b])) <= 10 * PROBLEM_TOLERANCE * rho2);
    }
    for (int c = 0; c < 3; c++) /* the root and the translation are free */
        assert_true(problem.step.H[c * N_UNKNOWNS + c] == 0.0);
}

static void a_known_shape_leaves_the_pose_equations_unchanged(void **state) {
    (void)state;
    const size_t size = N_UNKNOWNS * N_UNKNOWNS * sizeof(double);
    double *H = malloc(size);
    assert_non_null(H);
    set_priors(1e-3, 1.0);
    oik_body_linearise(&problem.step, &problem.at, &problem.target);
    memcpy(H, problem.step.H, size);
    problem.target.n_modes = 0;
    oik_body_linearise(&problem.step, &problem.at, &problem.target);
    for (int a = 0; a < OIK_BODY_COLUMN_BETA; a++)
        for (int b = 0; b <= a; b++) /* sums in another order inside the matrix product */
            assert_true(fabs(problem.step.H[a * OIK_BODY_COLUMN_BETA + b] - H[a * N_UNKNOWNS + b]) <= 1e-14);
    free(H);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(jacobian_columns_match_central_differences),
        cmocka_unit_test(normal_equations_sum_over_every_vertex),
        cmocka_unit_test(right_hand_side_is_minus_half_the_gradient_of_the_cost),
        cmocka_unit_test(pose_prior_curvature_matches_the_derivative_of_the_logarithm),
        cmocka_unit_test(a_known_shape_leaves_the_pose_equations_unchanged),
    };
    return cmocka_run_group_tests_name("test_body_jacobian", cases, set_up, tear_down) +
           cmocka_run_group_tests_name("test_body_jacobian with STAR's correctives", cases, set_up_star, tear_down) +
           cmocka_run_group_tests_name("test_body_jacobian with SMPL's correctives", cases, set_up_smpl, tear_down);
}
