/* Parts that turn with the skin's joint that they hang on, whatever their springs say: on the tiny skeleton. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "skeleton/posing.h"
#include "support/puppet_derivatives.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static const double WEIGHT = 40.0; /* 1 / 1.4 deg */

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *lying;
static oik_body_fit fit;

static void add_turns(double weight) {
    const int32_t part[2] = {TINY_THIGH_L, TINY_ARM_R};
    model->turns = (oik_turns){2, calloc(2, sizeof *part), calloc(2, sizeof(double))};
    assert_true(model->turns.part && model->turns.weight);
    memcpy(model->turns.part, part, sizeof part);
    model->turns.weight[0] = model->turns.weight[1] = weight;
}

static int set_up(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.4);
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    if (!model || oik_puppet_new(&lying, model, NULL) != OIK_OK)
        return -1;
    lying->R[TINY_THIGH_L] = m3_mul(oik_rot_exp(v3(0.03, 0.05, -0.04)), lying->R[TINY_THIGH_L]); /* not quite as in the template */
    return tiny_fit_new(&fit, body, NULL, &pose) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_body_fit_free(&fit);
    oik_puppet_free(lying);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* Where the turn of its joint since the lying pose takes a part. */
static oik_mat3 turned(int part) {
    oik_body_pose as_lying = oik_body_pose_rest();
    oik_body_frames frames;
    int j = model->part_joint[part];
    memcpy(as_lying.R, model->lying_R, sizeof as_lying.R);
    oik_body_forward(&frames, body, body->joints, &as_lying);
    return m3_mul(m3_mul(fit.frames.G[j], m3_transpose(frames.G[j])), lying->R[part]);
}

/* ---- terms ---- */

/* The terms of turns alone, and a puppet that has been moved by the body's joints. */
typedef struct question {
    oik_posing posing;
    oik_terms terms;
    oik_puppet *puppet;
} question;

static question ask(void) {
    question q;
    assert_int_equal(oik_posing_init(&q.posing, model, body, &fit, lying, NULL), OIK_OK);
    assert_int_equal(oik_puppet_new(&q.puppet, model, NULL), OIK_OK);
    oik_terms_init(&q.terms, model, false, lying->shape);
    oik_posing_start(q.puppet, &q.posing, &fit.frames, fit.x_model);
    oik_posing_add(&q.terms, &q.posing, &fit.frames, fit.x_model);
    size_t n = 0;
    for (size_t i = 0; i < q.terms.n; i++)
        if (q.terms.term[i].kind == OIK_TERM_OFFSET)
            q.terms.term[n++] = q.terms.term[i];
    q.terms.n = n;
    return q;
}

static void question_free(question *q) {
    oik_terms_free(&q->terms);
    oik_puppet_free(q->puppet);
    oik_posing_clear(&q->posing);
}

static double cost_of(const question *q) {
    linearised at = linearise(&q->terms, q->puppet);
    double cost = 0.0;
    for (int i = 0; i < at.pattern.n_rows; i++)
        cost += at.r[i] * at.r[i];
    free_linearised(&at);
    return cost;
}

static void a_turn_costs_its_weight_per_radian_about_every_axis(void **state) {
    (void)state;
    uint64_t seed = 2;
    add_turns(WEIGHT);
    question q = ask();
    assert_int_equal(q.terms.n, 6);
    for (int i = 0; i < 10; i++) {
        oik_vec3 axis = v3_unit(random_vec3(&seed));
        double angle = 0.05 + 0.3 * i;
        q.puppet->R[TINY_ARM_R] = turned(TINY_ARM_R);
        q.puppet->R[TINY_THIGH_L] = turned(TINY_THIGH_L);
        q.puppet->t[TINY_THIGH_L] = random_vec3(&seed); /* wherever it is */
        assert_true(cost_of(&q) < 1e-20);
        q.puppet->R[TINY_THIGH_L] = m3_mul(oik_rot_axis(axis, angle), turned(TINY_THIGH_L));
        /* chords of three unit arms, two of which tell a turn: 2 sin(a / 2), an angle where it is small */
        assert_true(fabs(sqrt(cost_of(&q)) - WEIGHT * 2.0 * sin(0.5 * angle)) < 1e-10);
    }
    question_free(&q);
}

static void terms_have_the_derivatives_of_their_residuals(void **state) {
    (void)state;
    add_turns(WEIGHT);
    question q = ask();
    oik_puppet *moved = displaced_puppet(model, 5, 0.7, 0.1);
    for (size_t i = 0; i < q.terms.n; i++)
        q.terms.term[i].weight = 2.0; /* differences are exact enough there (puppet_derivatives.c) */
    memcpy(moved->shape, lying->shape, model->n_modes * sizeof *moved->shape);
    assert_derivatives(&q.terms, moved);
    oik_puppet_free(moved);
    question_free(&q);
}

static void without_a_table_or_a_weight_there_are_no_terms(void **state) {
    (void)state;
    question q = ask();
    assert_int_equal(q.terms.n, 0);
    question_free(&q);
    add_turns(0.0);
    q = ask();
    assert_int_equal(q.terms.n, 0);
    question_free(&q);
}

/* ---- bones ---- */

static oik_puppet *pose(const oik_vec3 *x) {
    oik_puppet *puppet = NULL;
    oik_lsq_report report;
    oik_skel_options options = oik_skel_options_default();
    options.cost_tolerance = 1e-12;
    assert_int_equal(oik_skel_pose(&puppet, &report, model, body, &fit, x, (const int32_t(*)[3])body->faces, body->n_faces, lying, &options, NULL),
                     OIK_OK);
    return puppet;
}

/* The skin of the left thigh has slid about its length by 0.5 rad, and its bone's springs with it; its joint has not turned. */
static oik_vec3 *slid_skin(void) {
    oik_vec3 *x = calloc(body->n_vertices, sizeof *x);
    assert_non_null(x);
    oik_vec3 hip = fit.frames.p[OIK_J_HIP_L], axis = v3_unit(v3_sub(fit.frames.p[OIK_J_KNEE_L], hip));
    oik_mat3 turn = oik_rot_axis(axis, 0.5);
    for (size_t v = 0; v < body->n_vertices; v++)
        x[v] = body->part[v] == OIK_J_HIP_L ? v3_add(hip, m3_mulv(turn, v3_sub(fit.x_model[v], hip))) : fit.x_model[v];
    return x;
}

static double turn_error(const oik_puppet *puppet) {
    return oik_rot_angle_between(puppet->R[TINY_THIGH_L], turned(TINY_THIGH_L));
}

static void a_bone_keeps_the_turn_of_its_joint_where_skin_slides(void **state) {
    (void)state;
    oik_vec3 *x = slid_skin();
    oik_puppet *loose = pose(x);
    double without = turn_error(loose);
    add_turns(WEIGHT);
    oik_puppet *held = pose(x);
    double with = turn_error(held);
    model->turns.weight[0] = 1e4;
    oik_puppet *tight = pose(x);
    assert_true(without > 0.3); /* springs have the bone, or this says nothing */
    assert_true(with < 0.1 && with < 0.2 * without);
    assert_true(turn_error(tight) < 1e-4);
    oik_puppet_free(loose);
    oik_puppet_free(held);
    oik_puppet_free(tight);
    free(x);
}

static void a_moved_body_moves_its_bones(void **state) {
    (void)state;
    const oik_vec3 t = v3(2, -1, 3);
    oik_mat3 Q = oik_rot_exp(v3(0.4, -1.7, 0.9));
    add_turns(WEIGHT);
    oik_vec3 *x = slid_skin();
    oik_puppet *here = pose(x);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        fit.frames.G[j] = m3_mul(Q, fit.frames.G[j]);
        fit.frames.p[j] = v3_add(m3_mulv(Q, fit.frames.p[j]), t);
    }
    for (size_t v = 0; v < body->n_vertices; v++) {
        fit.x_model[v] = v3_add(m3_mulv(Q, fit.x_model[v]), t);
        x[v] = v3_add(m3_mulv(Q, x[v]), t);
    }
    oik_puppet *there = pose(x);
    for (int p = 0; p < TINY_PARTS; p++) {
        /* the same steps but for rounding, which the last of them magnifies */
        assert_true(oik_rot_angle_between(there->R[p], m3_mul(Q, here->R[p])) < 1e-6);
        assert_true(v3_dist(there->t[p], v3_add(m3_mulv(Q, here->t[p]), t)) < 1e-6);
    }
    oik_puppet_free(here);
    oik_puppet_free(there);
    free(x);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_turn_costs_its_weight_per_radian_about_every_axis),
        CASE(terms_have_the_derivatives_of_their_residuals),
        CASE(without_a_table_or_a_weight_there_are_no_terms),
        CASE(a_bone_keeps_the_turn_of_its_joint_where_skin_slides),
        CASE(a_moved_body_moves_its_bones),
    };
    return cmocka_run_group_tests_name("test_skeleton_pose_turns", tests, NULL, NULL);
}
