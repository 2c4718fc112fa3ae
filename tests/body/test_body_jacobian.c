/* The analytic derivatives of the registration against central differences, and the assembled normal equations. */
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

enum { N_MODES = TINY_BODY_MODES, N_UNKNOWNS = OIK_BODY_COLUMN_BETA + N_MODES };

/* Step of the central differences: truncation h^2 x'''/6 and rounding eps x/h are both below 1e-10 m for positions of 2 m. */
#define H_STEP 1e-5
/* Ten times their sum; the derivatives themselves are 0.01 to 1. */
#define FD_TOLERANCE 2e-9

static oik_body_model *model;
static oik_body_state at, moved;
static oik_body_step step;
static oik_vec3 *x;
static double *area;

static int set_up_of(oik_corrective_kind kind) {
    model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind) || oik_body_state_new(&at, model, NULL) ||
        oik_body_state_new(&moved, model, NULL) || oik_body_step_new(&step, model, NULL))
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    area = calloc(model->n_vertices, sizeof *area);
    return x && area ? 0 : -1;
}

static int set_up(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_NONE);
}

static int set_up_star(void **state) {
    (void)state;
    if (set_up_of(OIK_CORRECTIVES_STAR))
        return -1;
    tiny_body_add_to_mode(model);
    return 0;
}

static int set_up_smpl(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_SMPL);
}

static int tear_down(void **state) {
    (void)state;
    oik_body_step_clear(&step);
    oik_body_state_clear(&at);
    oik_body_state_clear(&moved);
    oik_body_model_free(model);
    free(x);
    free(area);
    return 0;
}

/* Unequal weights, so that a forgotten or misplaced one shows. */
static void weigh(double scale) {
    for (size_t i = 0; i < model->n_vertices; i++)
        area[i] = scale * (1.0 + 0.5 * sin((double)i));
}

static oik_body_target target_of(double shape_sigma, double pose_prior) {
    return (oik_body_target){
        .model = model, .x = x, .area = area, .shape_sigma = shape_sigma, .pose_prior = pose_prior, .n_modes = N_MODES};
}

/* A bent pose, a shape, and a subject that is neither. */
static void set_state(const oik_body_target *target) {
    at.pose = tiny_body_pose(0.7);
    for (int k = 0; k < N_MODES; k++)
        at.beta[k] = 0.8 - 0.6 * k;
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_add(model->template_v[i], v3(0.1 * sin(2.0 * (double)i), 0.1 * cos((double)i), 0.05));
    oik_body_evaluate(&at, target);
}

/* moved = at with one unknown changed by h, as the header defines the increments. */
static void move(int unknown, double h, const oik_body_target *target) {
    moved.pose = at.pose;
    for (int k = 0; k < N_MODES; k++)
        moved.beta[k] = at.beta[k];
    if (unknown >= OIK_BODY_COLUMN_BETA) {
        int mode = unknown - OIK_BODY_COLUMN_BETA;
        moved.beta[mode] += h;
        moved.pose.tau = v3_madd(at.pose.tau, -h, model->mode_joints[mode * OIK_N_JOINTS]);
    } else {
        oik_vec3 d = v3(h * (unknown % 3 == 0), h * (unknown % 3 == 1), h * (unknown % 3 == 2));
        int j = unknown / 3, q = j < OIK_N_JOINTS ? model->parents[j] : -1;
        if (unknown >= OIK_BODY_COLUMN_ROOT)
            moved.pose.tau = v3_add(at.pose.tau, d);
        else
            moved.pose.R[j] = m3_mul(oik_rot_exp(q < 0 ? d : m3_tmulv(at.frames.G[q], d)), at.pose.R[j]);
    }
    oik_body_evaluate(&moved, target);
}

/* Central difference of every vertex; dx: n_vertices. */
static void difference(oik_vec3 *dx, int unknown, const oik_body_target *target) {
    move(unknown, H_STEP, target);
    for (size_t i = 0; i < model->n_vertices; i++)
        dx[i] = moved.y[i];
    move(unknown, -H_STEP, target);
    for (size_t i = 0; i < model->n_vertices; i++)
        dx[i] = v3_scale(v3_sub(dx[i], moved.y[i]), 0.5 / H_STEP);
}

/* A block of vertices spread over the body, with every joint active. */
static oik_body_block spread_block(void) {
    oik_body_block block = {.n_vertices = OIK_BODY_BLOCK, .n_joints = OIK_N_JOINTS};
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        block.vertices[i] = (int32_t)((size_t)i * model->n_vertices / OIK_BODY_BLOCK);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        block.joints[j] = j;
    return block;
}

static void jacobian_columns_match_central_differences(void **state) {
    (void)state;
    weigh(1.0);
    oik_body_target target = target_of(1.0, 1.0);
    set_state(&target);
    oik_body_block block = spread_block();
    oik_vec3 offset[N_MODES * OIK_N_JOINTS], *dx = calloc(model->n_vertices, sizeof *dx);
    double *A = calloc(3 * OIK_BODY_BLOCK * (N_UNKNOWNS + 1), sizeof *A), slope[OIK_MAX_FEATURES][3];
    assert_non_null(dx);
    assert_non_null(A);
    oik_body_mode_offsets(offset, model, &at.frames, N_MODES);
    oik_body_feature_slopes(slope, model, &at.frames);
    oik_body_correct(at.v, model, at.v, &at.frames);
    oik_body_tangent tangent = {at.v, &at.frames, offset, area, N_MODES, (const double(*)[3])slope, false};
    oik_body_jacobian(A, model, &block, &tangent, x);
    for (int c = 0; c < N_UNKNOWNS; c++) {
        const double *column = A + c * 3 * OIK_BODY_BLOCK;
        double longest = 0.0;
        difference(dx, c, &target);
        for (int i = 0; i < OIK_BODY_BLOCK; i++) {
            int32_t v = block.vertices[i];
            oik_vec3 d = v3_scale(dx[v], sqrt(area[v]));
            oik_vec3 found = v3(column[i], column[OIK_BODY_BLOCK + i], column[2 * OIK_BODY_BLOCK + i]);
            assert_true(v3_dist(d, found) <= FD_TOLERANCE);
            longest = fmax(longest, v3_norm(found));
        }
        assert_true(longest > 1e-3); /* every unknown moves something */
    }
    const double *last = A + N_UNKNOWNS * 3 * OIK_BODY_BLOCK;
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        assert_true(last[i] == x[block.vertices[i]].x * sqrt(area[block.vertices[i]]));
    free(A);
    free(dx);
}

/* H and g of the skin alone against sums of central differences over all vertices: no block or column is lost. */
static void normal_equations_sum_over_every_vertex(void **state) {
    (void)state;
    weigh(1.0 / (double)model->n_vertices);
    oik_body_target target = target_of(0.0, 0.0);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    oik_vec3 *dx = calloc(N_UNKNOWNS * model->n_vertices, sizeof *dx);
    assert_non_null(dx);
    for (int c = 0; c < N_UNKNOWNS; c++)
        difference(dx + (size_t)c * model->n_vertices, c, &target);
    for (int a = 0; a < N_UNKNOWNS; a++) {
        const oik_vec3 *dx_a = dx + (size_t)a * model->n_vertices;
        double g = 0.0;
        for (size_t i = 0; i < model->n_vertices; i++)
            g += area[i] * v3_dot(dx_a[i], v3_sub(x[i], at.y[i]));
        assert_true(fabs(g - step.g[a]) <= FD_TOLERANCE);
        for (int b = 0; b <= a; b++) {
            const oik_vec3 *dx_b = dx + (size_t)b * model->n_vertices;
            double h = 0.0;
            for (size_t i = 0; i < model->n_vertices; i++)
                h += area[i] * v3_dot(dx_a[i], dx_b[i]);
            assert_true(fabs(h - step.H[a * N_UNKNOWNS + b]) <= FD_TOLERANCE);
        }
    }
    free(dx);
}

/* Priors a thousand times their usual weight, so that they are as large as the skin's part. */
static void right_hand_side_is_minus_half_the_gradient_of_the_cost(void **state) {
    (void)state;
    weigh(1.0 / (double)model->n_vertices);
    oik_body_target target = target_of(0.5, 1e3);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    for (int c = 0; c < N_UNKNOWNS; c++) {
        move(c, H_STEP, &target);
        double plus = moved.cost;
        move(c, -H_STEP, &target);
        /* the cost is about 50 here, so its rounding gives 50 eps / h = 1e-9, its third derivative h^2 50 / 6 = 1e-9 */
        assert_true(fabs(-0.5 * (plus - moved.cost) / (2.0 * H_STEP) - step.g[c]) <= 2e-8);
    }
}

/* Without the skin H is that of the priors: rho^2 B'B with B the derivative of log R_j. */
static void pose_prior_curvature_matches_the_derivative_of_the_logarithm(void **state) {
    (void)state;
    weigh(0.0);
    oik_body_target target = target_of(0.5, 1e3);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        oik_vec3 dlog[3];
        for (int a = 0; a < 3; a++) {
            move(3 * j + a, H_STEP, &target);
            oik_vec3 plus = oik_rot_log(moved.pose.R[j]);
            move(3 * j + a, -H_STEP, &target);
            dlog[a] = v3_scale(v3_sub(plus, oik_rot_log(moved.pose.R[j])), 0.5 / H_STEP);
        }
        const double *H = step.H + 3 * j * N_UNKNOWNS + 3 * j;
        double rho2 = H[0] / v3_dot(dlog[0], dlog[0]);
        assert_true(rho2 > 0.0);
        for (int a = 0; a < 3; a++)
            for (int b = 0; b <= a; b++) /* relative: rho^2 is 0.1 to 5 */
                assert_true(fabs(H[a * N_UNKNOWNS + b] - rho2 * v3_dot(dlog[a], dlog[b])) <= 10 * FD_TOLERANCE * rho2);
    }
    for (int c = 0; c < 3; c++) /* the root and the translation are free */
        assert_true(step.H[c * N_UNKNOWNS + c] == 0.0);
}

static void a_known_shape_leaves_the_pose_equations_unchanged(void **state) {
    (void)state;
    weigh(1.0 / (double)model->n_vertices);
    oik_body_target target = target_of(1e-3, 1.0);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    double *H = calloc(N_UNKNOWNS * N_UNKNOWNS, sizeof *H);
    assert_non_null(H);
    for (int i = 0; i < N_UNKNOWNS * N_UNKNOWNS; i++)
        H[i] = step.H[i];
    target.n_modes = 0;
    oik_body_linearise(&step, &at, &target);
    for (int a = 0; a < OIK_BODY_COLUMN_BETA; a++)
        for (int b = 0; b <= a; b++) /* sums in another order inside the matrix product */
            assert_true(fabs(step.H[a * OIK_BODY_COLUMN_BETA + b] - H[a * N_UNKNOWNS + b]) <= 1e-14);
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
