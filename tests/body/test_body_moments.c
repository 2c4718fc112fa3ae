/* Registration through sums over the vertices against registration vertex by vertex; the temporal prior against differences. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/register_step.h"
#include "support/tiny_body.h"

enum { N = OIK_BODY_COLUMN_BETA };

static const double H_STEP = 1e-5; /* central differences of functions of order 1: errors of h^2 and eps / h, both below 1e-9 */

static oik_body_model *model;
static oik_body_moments *moments;
static oik_body_state at, moved;
static oik_body_step step;
static oik_vec3 *x;
static double *area;

static int set_up(void **state) {
    (void)state;
    model = tiny_body_new();
    if (!model)
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    area = calloc(model->n_vertices, sizeof *area);
    if (!x || !area || oik_body_state_new(&at, model, NULL) || oik_body_state_new(&moved, model, NULL) ||
        oik_body_step_new(&step, model, NULL))
        return -1;
    double sum = 0.0;
    for (size_t i = 0; i < model->n_vertices; i++)
        sum += area[i] = 1.0 + 0.5 * sin((double)i); /* unequal, so that a forgotten or misplaced one shows */
    for (size_t i = 0; i < model->n_vertices; i++)
        area[i] /= sum;
    return (int)oik_body_moments_new(&moments, model, area, NULL);
}

static int tear_down(void **state) {
    (void)state;
    oik_body_moments_free(moments);
    oik_body_state_clear(&at);
    oik_body_state_clear(&moved);
    oik_body_step_clear(&step);
    oik_body_model_free(model);
    free(x);
    free(area);
    return 0;
}

/* A bent pose of a body that is neither the template nor the subject; the subject far from the origin. */
static oik_body_target set_state(double pose_prior) {
    oik_body_pose other = tiny_body_pose(0.5);
    const oik_vec3 far = v3(12, -3, 40);
    oik_body_target target = {.model = model, .x = x, .area = area, .shape_sigma = 1.0, .pose_prior = pose_prior};
    for (int k = 0; k < TINY_BODY_MODES; k++)
        at.beta[k] = moved.beta[k] = 0.8 - 0.6 * k;
    tiny_body_posed(x, NULL, model, NULL, &other);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_add(v3_add(x[i], far), v3_scale(v3(sin(2.0 * (double)i), cos((double)i), 0.5), 0.02));
    at.pose = tiny_body_pose(0.7);
    at.pose.tau = v3_add(at.pose.tau, far);
    oik_body_evaluate(&at, &target);
    oik_body_moments_set_shape(moments, at.v);
    oik_body_moments_set_mesh(moments, x);
    return target;
}

static void the_residual_is_that_of_the_vertices(void **state) {
    (void)state;
    oik_body_target target = set_state(1.0);
    double rms = at.rms, cost = at.cost;
    target.moments = moments;
    oik_body_evaluate(&at, &target);
    assert_true(rms > 0.05); /* there is something to agree on */
    assert_true(fabs(at.rms - rms) <= 1e-12); /* rounding of sums of numbers of 1 m^2 */
    assert_true(fabs(at.cost - cost) <= 1e-12);
}

static void the_normal_equations_are_those_of_the_vertices(void **state) {
    (void)state;
    oik_body_target target = set_state(1.0);
    double *H = calloc(N * N, sizeof *H), g[N];
    assert_non_null(H);
    oik_body_linearise(&step, &at, &target);
    for (int a = 0; a < N; a++) {
        g[a] = step.g[a];
        for (int b = 0; b <= a; b++)
            H[a * N + b] = step.H[a * N + b];
    }
    target.moments = moments;
    oik_body_linearise(&step, &at, &target);
    for (int a = 0; a < N; a++) {
        assert_true(fabs(step.g[a] - g[a]) <= 1e-12); /* as above; positions of 40 m enter the vertices' residuals: 40 eps = 1e-14 */
        for (int b = 0; b <= a; b++)
            assert_true(fabs(step.H[a * N + b] - H[a * N + b]) <= 1e-12);
        assert_true(step.H[a * N + a] > 1e-7); /* every unknown counts */
    }
    free(H);
}

static void a_perfect_fit_leaves_no_negative_square(void **state) {
    (void)state;
    oik_body_target target = set_state(0.0);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = at.y[i];
    oik_body_moments_set_mesh(moments, x);
    target.moments = moments;
    oik_body_evaluate(&at, &target);
    assert_true(at.rms >= 0.0 && at.rms <= 1e-7); /* root of the rounding of 1 m^2 */
}

static void joint_motion_is_exact_for_a_rigid_mesh(void **state) {
    (void)state;
    oik_mat3 R = oik_rot_exp(v3(0.4, 2.0, -1.0)), G;
    oik_vec3 t = v3(3, -1, 2), J[OIK_N_JOINTS], p;
    set_state(0.0);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_add(m3_mulv(R, at.v[i]), t);
    oik_body_moments_set_mesh(moments, x);
    oik_body_shape_joints(J, model, at.beta);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_body_moments_joint_motion(&G, &p, moments, j, J[j]);
        /* the spread of a toe's vertices, 1e-4 of a square metre times 1e-3 of the area, keeps 9 of 16 digits */
        assert_true(oik_rot_angle_between(G, R) <= 1e-7);
        assert_true(v3_dist(p, v3_add(m3_mulv(R, J[j]), t)) <= 1e-8);
    }
}

/* moved = at with joint j turned about an axis of space. */
static double cost_of_turn(int j, int axis, double h, const oik_body_target *target) {
    oik_vec3 d = v3(h * (axis == 0), h * (axis == 1), h * (axis == 2));
    int q = model->parents[j];
    moved.pose = at.pose;
    moved.pose.R[j] = m3_mul(oik_rot_exp(q < 0 ? d : m3_tmulv(at.frames.G[q], d)), at.pose.R[j]);
    oik_body_evaluate(&moved, target);
    return moved.cost;
}

/* A prior as large as the data, so that it shows in the gradient. */
static void temporal_prior_matches_central_differences(void **state) {
    (void)state;
    oik_body_target target = set_state(1.0);
    oik_body_pose prediction = tiny_body_pose(0.9);
    target.predicted = prediction.R;
    target.temporal_prior = 0.3;
    target.moments = moments;
    oik_body_evaluate(&at, &target);
    oik_body_linearise(&step, &at, &target);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        for (int a = 0; a < 3; a++) {
            double slope = (cost_of_turn(j, a, H_STEP, &target) - cost_of_turn(j, a, -H_STEP, &target)) / (2.0 * H_STEP);
            assert_true(fabs(-0.5 * slope - step.g[3 * j + a]) <= 1e-8);
        }
}

/* Its part of H is rho_t^2 B'B with B the derivative of log(R_pred^T R_j). */
static void temporal_prior_curvature_matches_the_derivative_of_the_logarithm(void **state) {
    (void)state;
    oik_body_target target = set_state(0.0);
    oik_body_pose prediction = tiny_body_pose(0.9);
    double before[OIK_N_JOINTS][3];
    target.moments = moments;
    oik_body_linearise(&step, &at, &target);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        for (int a = 0; a < 3; a++)
            before[j][a] = step.H[(3 * j + a) * N + 3 * j + a];
    target.predicted = prediction.R;
    target.temporal_prior = 0.3;
    oik_body_linearise(&step, &at, &target);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        for (int a = 0; a < 3; a++) {
            cost_of_turn(j, a, H_STEP, &target);
            oik_vec3 plus = oik_rot_log(m3_tmul(prediction.R[j], moved.pose.R[j]));
            cost_of_turn(j, a, -H_STEP, &target);
            oik_vec3 d = v3_scale(v3_sub(plus, oik_rot_log(m3_tmul(prediction.R[j], moved.pose.R[j]))), 0.5 / H_STEP);
            double found = step.H[(3 * j + a) * N + 3 * j + a] - before[j][a];
            assert_true(fabs(found - 0.09 * v3_dot(d, d)) <= 1e-8);
        }
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(the_residual_is_that_of_the_vertices),
        cmocka_unit_test(the_normal_equations_are_those_of_the_vertices),
        cmocka_unit_test(a_perfect_fit_leaves_no_negative_square),
        cmocka_unit_test(joint_motion_is_exact_for_a_rigid_mesh),
        cmocka_unit_test(temporal_prior_matches_central_differences),
        cmocka_unit_test(temporal_prior_curvature_matches_the_derivative_of_the_logarithm),
    };
    return cmocka_run_group_tests_name("test_body_moments", cases, set_up, tear_down);
}
