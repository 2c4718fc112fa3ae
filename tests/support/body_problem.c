/* A registration problem and its derivatives (see the header). */
#include "support/body_problem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"

int body_problem_new(body_problem *problem, oik_corrective_kind kind) {
    memset(problem, 0, sizeof *problem);
    oik_body_model *model = problem->model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind) || oik_body_state_new(&problem->at, model, NULL) ||
        oik_body_state_new(&problem->moved, model, NULL) || oik_body_step_new(&problem->step, model, NULL))
        return -1;
    problem->x = calloc(model->n_vertices, sizeof *problem->x);
    problem->area = calloc(model->n_vertices, sizeof *problem->area);
    problem->target = (oik_body_target){.model = model, .x = problem->x, .area = problem->area, .n_modes = TINY_BODY_MODES};
    return problem->x && problem->area ? 0 : -1;
}

void body_problem_clear(body_problem *problem) {
    oik_body_step_clear(&problem->step);
    oik_body_state_clear(&problem->at);
    oik_body_state_clear(&problem->moved);
    oik_body_model_free(problem->model);
    free(problem->x);
    free(problem->area);
}

oik_vec3 body_problem_shift(int limb) {
    return v3_scale(v3(sin(limb + 1.0), cos(2.0 * limb), sin(3.0 * limb + 0.5)), 0.02);
}

int body_problem_unknowns(const body_problem *problem) {
    return problem->target.shifts ? PROBLEM_MAX_UNKNOWNS : PROBLEM_SHIFTS;
}

void body_problem_set(body_problem *problem) {
    const oik_body_model *model = problem->model;
    problem->at.pose = tiny_body_pose(0.7);
    for (int k = 0; k < TINY_BODY_MODES; k++)
        problem->at.beta[k] = 0.8 - 0.6 * k;
    for (int l = 0; l < OIK_BODY_N_LIMB_JOINTS; l++)
        problem->at.shift[l] = body_problem_shift(l);
    for (size_t i = 0; i < model->n_vertices; i++) {
        problem->x[i] = v3_add(model->template_v[i], v3(0.1 * sin(2.0 * (double)i), 0.1 * cos((double)i), 0.05));
        problem->area[i] = (1.0 + 0.5 * sin((double)i)) / (double)model->n_vertices;
    }
    oik_body_evaluate(&problem->at, &problem->target);
}

static oik_mat3 parent_frame(const body_problem *problem, int joint) {
    int parent = problem->model->parents[joint];
    return parent < 0 ? m3_identity() : problem->at.frames.G[parent];
}

void body_problem_move(body_problem *problem, int unknown, double h) {
    const oik_body_state *at = &problem->at;
    oik_body_state *moved = &problem->moved;
    oik_vec3 d = v3(h * (unknown % 3 == 0), h * (unknown % 3 == 1), h * (unknown % 3 == 2));
    moved->pose = at->pose;
    memcpy(moved->beta, at->beta, TINY_BODY_MODES * sizeof *at->beta);
    memcpy(moved->shift, at->shift, sizeof at->shift);
    if (unknown >= PROBLEM_SHIFTS) {
        int l = (unknown - PROBLEM_SHIFTS) / 3, axis = (unknown - PROBLEM_SHIFTS) % 3;
        d = v3(h * (axis == 0), h * (axis == 1), h * (axis == 2));
        moved->shift[l] = v3_add(at->shift[l], m3_tmulv(parent_frame(problem, oik_body_limb_joints[l]), d));
    } else if (unknown >= OIK_BODY_COLUMN_BETA) {
        int mode = unknown - OIK_BODY_COLUMN_BETA;
        moved->beta[mode] += h;
        moved->pose.tau = v3_madd(at->pose.tau, -h, problem->model->mode_joints[mode * OIK_N_JOINTS]);
    } else if (unknown >= OIK_BODY_COLUMN_ROOT)
        moved->pose.tau = v3_add(at->pose.tau, d);
    else
        moved->pose.R[unknown / 3] = m3_mul(oik_rot_exp(m3_tmulv(parent_frame(problem, unknown / 3), d)), at->pose.R[unknown / 3]);
    oik_body_evaluate(moved, &problem->target);
}

static void *zeros(size_t n, size_t size) {
    void *block = calloc(n, size);
    assert_non_null(block);
    return block;
}

/* Central differences of all vertices by all unknowns, unknown after unknown. */
static oik_vec3 *differences(body_problem *problem) {
    size_t n_vertices = problem->model->n_vertices;
    int n = body_problem_unknowns(problem);
    oik_vec3 *dx = zeros((size_t)n * n_vertices, sizeof *dx);
    for (int c = 0; c < n; c++) {
        oik_vec3 *column = dx + (size_t)c * n_vertices;
        body_problem_move(problem, c, PROBLEM_STEP);
        memcpy(column, problem->moved.y, n_vertices * sizeof *column);
        body_problem_move(problem, c, -PROBLEM_STEP);
        for (size_t i = 0; i < n_vertices; i++)
            column[i] = v3_scale(v3_sub(column[i], problem->moved.y[i]), 0.5 / PROBLEM_STEP);
    }
    return dx;
}

static oik_body_block spread_block(const body_problem *problem) {
    oik_body_block block = {.n_vertices = OIK_BODY_BLOCK, .n_joints = OIK_N_JOINTS};
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        block.vertices[i] = (int32_t)((size_t)i * problem->model->n_vertices / OIK_BODY_BLOCK);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        block.joints[j] = j;
    if (problem->target.shifts)
        block.n_limb_joints = OIK_BODY_N_LIMB_JOINTS;
    for (int l = 0; l < block.n_limb_joints; l++)
        block.limb_joints[l] = l;
    return block;
}

/* Columns of all unknowns and the residual, 3 x OIK_BODY_BLOCK numbers each. */
static double *block_columns(body_problem *problem, const oik_body_block *block) {
    const oik_body_model *model = problem->model;
    oik_vec3 offset[TINY_BODY_MODES * OIK_N_JOINTS];
    double slope[OIK_MAX_FEATURES][3], *A = zeros((size_t)(3 * OIK_BODY_BLOCK * (body_problem_unknowns(problem) + 1)), sizeof *A);
    oik_body_mode_offsets(offset, model, &problem->at.frames, TINY_BODY_MODES);
    oik_body_feature_slopes(slope, model, &problem->at.frames);
    oik_body_correct(problem->at.v, model, problem->at.v, &problem->at.frames);
    oik_body_tangent tangent = {problem->at.v,   &problem->at.frames, offset, problem->area,
                                TINY_BODY_MODES, (const double(*)[3])slope, problem->target.shifts};
    oik_body_jacobian(A, model, block, &tangent, problem->x);
    return A;
}

void assert_columns(body_problem *problem) {
    int n = body_problem_unknowns(problem);
    oik_body_block block = spread_block(problem);
    oik_vec3 *dx = differences(problem);
    double *A = block_columns(problem, &block);
    for (int c = 0; c < n; c++) {
        const double *column = A + c * 3 * OIK_BODY_BLOCK;
        double longest = 0.0;
        for (int i = 0; i < OIK_BODY_BLOCK; i++) {
            size_t v = (size_t)block.vertices[i];
            oik_vec3 weighted = v3(column[i], column[OIK_BODY_BLOCK + i], column[2 * OIK_BODY_BLOCK + i]);
            oik_vec3 found = v3_scale(weighted, 1.0 / sqrt(problem->area[v]));
            assert_true(v3_dist(dx[(size_t)c * problem->model->n_vertices + v], found) <= PROBLEM_TOLERANCE);
            longest = fmax(longest, v3_norm(found));
        }
        assert_true(longest > 1e-3); /* every unknown moves something */
    }
    const double *last = A + n * 3 * OIK_BODY_BLOCK;
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        assert_true(last[i] == problem->x[block.vertices[i]].x * sqrt(problem->area[block.vertices[i]]));
    free(A);
    free(dx);
}

static double weighted_product(const body_problem *problem, const oik_vec3 *a, const oik_vec3 *b) {
    double sum = 0.0;
    for (size_t i = 0; i < problem->model->n_vertices; i++)
        sum += problem->area[i] * v3_dot(a[i], b[i]);
    return sum;
}

void assert_normal_equations(body_problem *problem) {
    size_t n_vertices = problem->model->n_vertices;
    int n = body_problem_unknowns(problem);
    oik_vec3 *dx = differences(problem), *r = zeros(n_vertices, sizeof *r);
    oik_body_linearise(&problem->step, &problem->at, &problem->target);
    for (size_t i = 0; i < n_vertices; i++)
        r[i] = v3_sub(problem->x[i], problem->at.y[i]);
    for (int a = 0; a < n; a++) {
        const oik_vec3 *dx_a = dx + (size_t)a * n_vertices;
        assert_true(fabs(weighted_product(problem, dx_a, r) - problem->step.g[a]) <= PROBLEM_TOLERANCE);
        for (int b = 0; b <= a; b++) {
            double h = weighted_product(problem, dx_a, dx + (size_t)b * n_vertices);
            assert_true(fabs(h - problem->step.H[a * n + b]) <= PROBLEM_TOLERANCE);
        }
    }
    free(r);
    free(dx);
}

void assert_gradient(body_problem *problem) {
    oik_body_linearise(&problem->step, &problem->at, &problem->target);
    for (int c = 0; c < body_problem_unknowns(problem); c++) {
        body_problem_move(problem, c, PROBLEM_STEP);
        double plus = problem->moved.cost;
        body_problem_move(problem, c, -PROBLEM_STEP);
        assert_true(fabs(-0.5 * (plus - problem->moved.cost) / (2.0 * PROBLEM_STEP) - problem->step.g[c]) <= 2e-8);
    }
}
