/* Jacobians of forward kinematics and of the frame residuals against central differences, inside the ranges and on bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/frame_residuals.h"
#include "support/coupled_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* step whose truncation (h^2) and rounding (1e-16 / h) errors are both about 1e-10 */
static const double STEP = 1e-5;
static const double TOLERANCE = 1e-8;

enum { MAX_DOFS = 64 };

typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    double *rest;
    oik_chain_paths *paths;
    oik_chain_pose *pose, *plus, *minus;
} fixture;

static int set_up_chain(void **state, oik_kinematics *lying) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || !(f->lying = lying) || oik_chain_new(&f->chain, &f->rest, f->lying, NULL) ||
        oik_chain_paths_new(&f->paths, f->chain, NULL) || oik_chain_pose_new(&f->pose, f->chain, NULL) ||
        oik_chain_pose_new(&f->plus, f->chain, NULL) || oik_chain_pose_new(&f->minus, f->chain, NULL))
        return -1;
    return f->chain->n_dofs <= MAX_DOFS ? 0 : -1;
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
    oik_chain_pose_free(f->plus);
    oik_chain_pose_free(f->minus);
    oik_chain_paths_free(f->paths);
    oik_chain_free(f->chain);
    free(f->rest);
    tiny_kinematics_free(f->lying);
    free(f);
    return 0;
}

/* random inside, or every coordinate on one of its bounds */
static void pick_pose(double *q, const oik_chain *chain, int trial, uint64_t *random) {
    tiny_random_pose(q, chain, 0.0, random);
    for (int k = 0; trial % 2 && k < chain->n_dofs; k++)
        q[k] = tiny_uniform(random, 0, 1) < 0.5 ? chain->dofs[k].lower : chain->dofs[k].upper;
}

static void move_both(fixture *f, const double *q, int k) {
    double moved[MAX_DOFS];
    memcpy(moved, q, (size_t)f->chain->n_dofs * sizeof *q);
    moved[k] = q[k] + STEP;
    oik_chain_forward(f->plus, f->chain, moved);
    moved[k] = q[k] - STEP;
    oik_chain_forward(f->minus, f->chain, moved);
}

/* column of coordinate k in the path of a segment, -1 when it does not move the segment */
static int path_column(const oik_chain_paths *paths, int segment, int k) {
    for (int c = paths->start[segment]; c < paths->start[segment + 1]; c++)
        if (paths->dof[c] == k)
            return c - paths->start[segment];
    return -1;
}

static void check_segment(const fixture *f, int i, int k) {
    oik_vec3 rotation[MAX_DOFS], centre[MAX_DOFS], origin[MAX_DOFS], zero = v3(0, 0, 0);
    oik_chain_rotation_jacobian(rotation, f->chain, f->paths, f->pose, i);
    oik_chain_point_jacobian(centre, f->chain, f->paths, f->pose, i, f->pose->centre[i]);
    oik_chain_point_jacobian(origin, f->chain, f->paths, f->pose, i, f->pose->origin[i]);
    int c = path_column(f->paths, i, k);
    double scale = 0.5 / STEP;
    oik_vec3 turned = v3_scale(oik_rot_log(m3_mul(f->plus->R[i], m3_transpose(f->minus->R[i]))), scale);
    oik_vec3 centre_moved = v3_scale(v3_sub(f->plus->centre[i], f->minus->centre[i]), scale);
    oik_vec3 origin_moved = v3_scale(v3_sub(f->plus->origin[i], f->minus->origin[i]), scale);
    assert_true(v3_dist(turned, c < 0 ? zero : rotation[c]) < TOLERANCE);
    assert_true(v3_dist(centre_moved, c < 0 ? zero : centre[c]) < TOLERANCE);
    assert_true(v3_dist(origin_moved, c < 0 ? zero : origin[c]) < TOLERANCE);
}

static void chain_jacobians_match_central_differences(void **state) {
    fixture *f = *state;
    uint64_t random = 11;
    double q[MAX_DOFS];
    for (int trial = 0; trial < 6; trial++) {
        pick_pose(q, f->chain, trial, &random);
        oik_chain_forward(f->pose, f->chain, q);
        for (int k = 0; k < f->chain->n_dofs; k++) {
            move_both(f, q, k);
            for (int i = 0; i < f->chain->n_segments; i++)
                check_segment(f, i, k);
        }
    }
}

static void expect_path(const fixture *f, const char *segment, const char *const *names, const char *absent) {
    int s = tiny_find_segment(f->chain, segment);
    for (; *names; names++)
        assert_true(path_column(f->paths, s, tiny_find_dof(f->chain, *names)) >= 0);
    assert_int_equal(path_column(f->paths, s, tiny_find_dof(f->chain, absent)), -1);
}

/* independent coordinates only, once each and in order; masters off the path come in, as they do for all that hangs on it */
static void paths_hold_masters_and_no_followers(void **state) {
    fixture *f = *state;
    for (int s = 0; s < f->chain->n_segments; s++)
        for (int c = f->paths->start[s]; c < f->paths->start[s + 1]; c++) {
            assert_int_equal(f->chain->dofs[f->paths->dof[c]].n_coefficients, 0);
            assert_true(c == f->paths->start[s] || f->paths->dof[c] > f->paths->dof[c - 1]);
        }
    expect_path(f, "clavicle_r", (const char *const[]){"pelvis_tilt", "lumbar_extension", "arm_flex_r", NULL}, "arm_add_r");
    expect_path(f, "hand_r", (const char *const[]){"arm_flex_r", "arm_add_r", NULL}, "scapula_rotation_r");
    expect_path(f, "tibia_l", (const char *const[]){"hip_adduction_r", "hip_flexion_l", NULL}, "hip_flexion_r");
    expect_path(f, "tibia_r", (const char *const[]){"knee_angle_r", NULL}, "knee_glide_x_r");
    int head = tiny_find_segment(f->chain, "skull"); /* pelvis 6, lumbar 3, torso 2, neck 2, head 2 */
    assert_int_equal(f->paths->start[head + 1] - f->paths->start[head], 15);
}

static void paths_run_from_the_root(void **state) {
    fixture *f = *state;
    int hand = tiny_find_segment(f->chain, "hand_l"), n_found = 0;
    /* pelvis 6, lumbar 3, torso 3, clavicle 3, scapula 3, shoulder 3, elbow 1, forearm 1, wrist 2 */
    assert_int_equal(f->paths->start[hand + 1] - f->paths->start[hand], 25);
    assert_int_equal(f->paths->longest, 25);
    for (int c = f->paths->start[hand]; c < f->paths->start[hand + 1]; c++) {
        const char *name = f->chain->dofs[f->paths->dof[c]].name;
        n_found += !strcmp(name, "pelvis_tilt") || !strcmp(name, "elbow_flex_l") || !strcmp(name, "wrist_dev_l");
        assert_null(strstr(name, "hip"));
        assert_true(c == f->paths->start[hand] || f->paths->dof[c] > f->paths->dof[c - 1]);
    }
    assert_int_equal(n_found, 3);
}

/* dense Jacobian of the residuals by central differences, compared entry by entry with the sparse one */
static void check_residuals(const fixture *f, oik_frame_residuals *frame, const double *q) {
    const oik_lsq_pattern *pattern = &frame->pattern;
    size_t m = (size_t)pattern->n_rows, n = (size_t)pattern->n_unknowns;
    double *r = calloc(3 * m, sizeof *r), *jac = calloc((size_t)pattern->row_start[m], sizeof *jac), *dense = calloc(m * n, sizeof *r);
    assert_true(r && jac && dense);
    oik_frame_residuals_evaluate(frame, q, r, jac);
    for (size_t row = 0; row < m; row++)
        for (int v = pattern->row_start[row]; v < pattern->row_start[row + 1]; v++)
            dense[row * n + (size_t)pattern->col[v]] = jac[v];
    for (size_t k = 0; k < n; k++) {
        double moved[MAX_DOFS];
        memcpy(moved, q, (size_t)f->chain->n_dofs * sizeof *q);
        moved[k] = q[k] + STEP;
        oik_frame_residuals_evaluate(frame, moved, r + m, NULL);
        moved[k] = q[k] - STEP;
        oik_frame_residuals_evaluate(frame, moved, r + 2 * m, NULL);
        for (size_t row = 0; row < m; row++) /* residuals are up to 100 (metres over L), and so is the rounding */
            assert_near(dense[row * n + k], 0.5 * (r[m + row] - r[2 * m + row]) / STEP, 20 * TOLERANCE);
    }
    free(r);
    free(jac);
    free(dense);
}

static void residual_jacobian_matches_central_differences(void **state) {
    fixture *f = *state;
    uint64_t random = 12;
    double q[MAX_DOFS], aim[MAX_DOFS], w_R[MAX_DOFS], w_centre[MAX_DOFS], w_link[MAX_DOFS];
    oik_ik_options options = oik_ik_options_default();
    options.prior_weight = 0.3;
    for (int trial = 0; trial < 4; trial++) {
        tiny_random_pose(aim, f->chain, 0.1, &random);
        oik_chain_pose *measured;
        assert_int_equal(oik_chain_pose_new(&measured, f->chain, NULL), OIK_OK);
        oik_chain_forward(measured, f->chain, aim);
        for (int i = 0; i < f->chain->n_segments; i++) { /* every third of each kind is missing */
            w_R[i] = i % 3 == 0 ? 0.0 : tiny_uniform(&random, 0.1, 2);
            w_centre[i] = i % 3 == 1 ? 0.0 : tiny_uniform(&random, 0.1, 2);
            w_link[i] = i % 3 == 2 ? 0.0 : tiny_uniform(&random, 0.1, 2);
        }
        oik_ik_target target = {measured->R, w_R, measured->centre, w_centre, w_link};
        oik_frame_residuals *frame;
        assert_int_equal(oik_frame_residuals_new(&frame, f->chain, &target, f->rest, &options, NULL), OIK_OK);
        pick_pose(q, f->chain, trial, &random);
        for (int k = 0; k < f->chain->n_dofs; k++) /* the logarithm has a kink at half a turn: stay within 0.3 of the target */
            q[k] = f->chain->dofs[k].translation ? q[k] : aim[k] + fmin(fmax(q[k] - aim[k], -0.05), 0.05);
        check_residuals(f, frame, q);
        oik_frame_residuals_free(frame);
        oik_chain_pose_free(measured);
    }
}

int main(void) {
    const struct CMUnitTest test_ik_chain_jacobian[] = {
        cmocka_unit_test(chain_jacobians_match_central_differences),
        cmocka_unit_test(paths_run_from_the_root),
        cmocka_unit_test(residual_jacobian_matches_central_differences),
    };
    const struct CMUnitTest test_ik_chain_jacobian_coupled[] = {
        cmocka_unit_test(chain_jacobians_match_central_differences),
        cmocka_unit_test(paths_hold_masters_and_no_followers),
        cmocka_unit_test(residual_jacobian_matches_central_differences),
    };
    int n_failed = cmocka_run_group_tests(test_ik_chain_jacobian, set_up, tear_down);
    return n_failed + cmocka_run_group_tests(test_ik_chain_jacobian_coupled, set_up_coupled, tear_down);
}
