/* The closed-form start and one step of the registration. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/register_start.h"
#include "body/register_step.h"
#include "support/tiny_body.h"

enum { N_UNKNOWNS = OIK_BODY_COLUMN_BETA + TINY_BODY_MODES };

static oik_body_model *model;
static oik_body_state at, next;
static oik_body_step step;
static oik_vec3 *x;
static double *area;

static int set_up(void **state) {
    (void)state;
    model = tiny_body_new();
    if (!model || oik_body_state_new(&at, model, NULL) || oik_body_state_new(&next, model, NULL) ||
        oik_body_step_new(&step, model, NULL))
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    area = calloc(model->n_vertices, sizeof *area);
    for (size_t i = 0; area && i < model->n_vertices; i++)
        area[i] = 1.0 / (double)model->n_vertices;
    return x && area ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_body_step_clear(&step);
    oik_body_state_clear(&at);
    oik_body_state_clear(&next);
    oik_body_model_free(model);
    free(x);
    free(area);
    return 0;
}

static oik_body_pose start(void) {
    oik_body_pose pose;
    double *scratch = calloc(model->n_vertices, sizeof *scratch);
    assert_non_null(scratch);
    assert_int_equal(oik_body_register_start(&pose, model, x, scratch, NULL), OIK_OK);
    free(scratch);
    return pose;
}

static void start_of_a_turned_template_is_exact(void **state) {
    (void)state;
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[0] = oik_rot_exp(v3(2.0, -1.0, 1.5));
    pose.tau = v3(3, -2, 1);
    tiny_body_posed(x, NULL, model, NULL, &pose);
    oik_body_pose found = start();
    for (int j = 0; j < OIK_N_JOINTS; j++) /* rounding of the rigid fits */
        assert_true(oik_rot_angle_between(found.R[j], pose.R[j]) <= 1e-12);
    assert_true(v3_dist(found.tau, pose.tau) <= 1e-12);
}

static void start_of_a_bent_body_is_near(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(1.0);
    tiny_body_posed(x, NULL, model, NULL, &pose);
    oik_body_pose found = start();
    /* shared rings blur a joint by a part of its bend of up to 1 rad */
    for (int j = 0; j < OIK_N_JOINTS; j++)
        assert_true(oik_rot_angle_between(found.R[j], pose.R[j]) <= 0.35);
}

static void a_joint_without_vertices_follows_its_parent(void **state) {
    (void)state;
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[0] = oik_rot_exp(v3(0.3, 1.0, 0));
    pose.R[OIK_J_ELBOW_L] = oik_rot_exp(v3(0, 1.4, 0));
    tiny_body_posed(x, NULL, model, NULL, &pose);
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->part[i] == OIK_J_HAND_L)
            model->influence_joint[model->influence_start[i]] = OIK_J_WRIST_L;
    oik_body_pose found = start();
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->part[i] == OIK_J_HAND_L)
            model->influence_joint[model->influence_start[i]] = OIK_J_HAND_L;
    assert_true(oik_rot_angle_between(found.R[OIK_J_HAND_L], m3_identity()) == 0.0);
    assert_true(oik_rot_angle_between(found.R[OIK_J_ELBOW_L], m3_identity()) > 1.0);
}

/* Every share of the left hand below one half, as in the broad blends of spine and collars. */
static void a_joint_that_shares_all_its_vertices_has_a_rotation_of_its_own(void **state) {
    (void)state;
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[OIK_J_HAND_L] = oik_rot_exp(v3(0, 0, 0.8));
    tiny_body_posed(x, NULL, model, NULL, &pose);
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->part[i] == OIK_J_HAND_L)
            model->influence_weight[model->influence_start[i]] = fmin(model->influence_weight[model->influence_start[i]], 0.45);
    oik_body_pose found = start();
    tear_down(NULL);
    assert_int_equal(set_up(NULL), 0); /* a sound model again */
    assert_true(oik_rot_angle_between(found.R[OIK_J_HAND_L], m3_identity()) > 0.4);
}

static void no_extent_and_no_number_are_errors(void **state) {
    (void)state;
    oik_body_pose pose;
    double *scratch = calloc(model->n_vertices, sizeof *scratch);
    assert_non_null(scratch);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3(1, 1, 1);
    assert_int_equal(oik_body_register_start(&pose, model, x, scratch, NULL), OIK_E_SHAPE);
    x[3].x = NAN;
    assert_int_equal(oik_body_register_start(&pose, model, x, scratch, NULL), OIK_E_NOT_FINITE);
    free(scratch);
}

static void a_step_turns_no_joint_by_more_than_half_a_radian(void **state) {
    (void)state;
    oik_body_target target = {.model = model, .x = x, .area = area, .shape_sigma = 1.0, .pose_prior = 1.0, .n_modes = TINY_BODY_MODES};
    at.pose = tiny_body_pose(0.5);
    oik_body_evaluate(&at, &target);
    for (int i = 0; i < N_UNKNOWNS; i++) {
        for (int k = 0; k < N_UNKNOWNS; k++)
            step.H[i * N_UNKNOWNS + k] = i == k;
        step.g[i] = i < 3 ? 0.01 : 2.0;
    }
    assert_int_equal(oik_body_take_step(&next, &step, &at, &target, 0.0), OIK_OK);
    /* the angle comes from a quaternion: rounding */
    assert_true(fabs(oik_rot_angle_between(at.pose.R[0], next.pose.R[0]) - 0.01 * sqrt(3.0)) <= 1e-12);
    for (int j = 1; j < OIK_N_JOINTS; j++)
        assert_true(fabs(oik_rot_angle_between(at.pose.R[j], next.pose.R[j]) - 0.5) <= 1e-12);
    assert_true(v3_dist(next.frames.p[0], v3_add(at.frames.p[0], v3(2, 2, 2))) <= 1e-12);
    assert_true(fabs(next.beta[0] - at.beta[0] - 2.0) <= 1e-12);
}

static void an_indefinite_matrix_is_reported(void **state) {
    (void)state;
    oik_body_target target = {.model = model, .x = x, .area = area, .shape_sigma = 1.0, .pose_prior = 1.0, .n_modes = TINY_BODY_MODES};
    for (int i = 0; i < N_UNKNOWNS * N_UNKNOWNS; i++)
        step.H[i] = 0.0;
    assert_int_equal(oik_body_take_step(&next, &step, &at, &target, 0.0), OIK_E_SOLVER);
}

static void a_damped_step_turns_with_the_subject(void **state) {
    (void)state;
    oik_body_target target = {.model = model, .x = x, .area = area, .shape_sigma = 1e-3, .pose_prior = 1.0, .n_modes = TINY_BODY_MODES};
    oik_mat3 Q = oik_rot_exp(v3(1.0, -2.0, 0.5));
    oik_vec3 found[OIK_N_JOINTS];
    for (int turned = 0; turned < 2; turned++) {
        /* the whole problem turned about the origin: subject, root, and the root joint's place */
        at.pose = tiny_body_pose(0.5);
        if (turned) {
            oik_vec3 J = model->joints[0];
            at.pose.R[0] = m3_mul(Q, at.pose.R[0]);
            at.pose.tau = v3_sub(m3_mulv(Q, v3_add(J, at.pose.tau)), J);
        }
        for (size_t i = 0; i < model->n_vertices; i++) {
            x[i] = v3_madd(model->template_v[i], 0.05, v3(sin((double)i), cos((double)i), 1));
            x[i] = turned ? m3_mulv(Q, x[i]) : x[i];
        }
        oik_body_evaluate(&at, &target);
        oik_body_linearise(&step, &at, &target);
        assert_int_equal(oik_body_take_step(&next, &step, &at, &target, 0.7), OIK_OK);
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            if (!turned)
                found[j] = next.frames.p[j];
            else /* rounding, magnified by the condition of the matrix */
                assert_true(v3_dist(next.frames.p[j], m3_mulv(Q, found[j])) <= 1e-10);
        }
    }
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(start_of_a_turned_template_is_exact),
        cmocka_unit_test(start_of_a_bent_body_is_near),
        cmocka_unit_test(a_joint_without_vertices_follows_its_parent),
        cmocka_unit_test(a_joint_that_shares_all_its_vertices_has_a_rotation_of_its_own),
        cmocka_unit_test(no_extent_and_no_number_are_errors),
        cmocka_unit_test(a_step_turns_no_joint_by_more_than_half_a_radian),
        cmocka_unit_test(an_indefinite_matrix_is_reported),
        cmocka_unit_test(a_damped_step_turns_with_the_subject),
    };
    return cmocka_run_group_tests_name("test_body_start", cases, set_up, tear_down);
}
