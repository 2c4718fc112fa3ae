/* Shape and placing of the bones in the lying body: known answers, containment, reports, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/locate.h"
#include "skeleton/lying.h"
#include "skeleton/skeleton.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;

/* Models are changed by some of the tests: each has its own. */
static int set_up(void **state) {
    oik_skel_model *model = tiny_skeleton_new(body);
    *state = model;
    return model ? 0 : -1;
}

static int tear_down(void **state) {
    oik_skel_model_free(*state);
    return 0;
}

static int make_body(void **state) {
    (void)state;
    body = tiny_body_new();
    return body ? 0 : -1;
}

static int free_body(void **state) {
    (void)state;
    oik_body_model_free(body);
    return 0;
}

static oik_body_fit subject(const double *beta, double amplitude) {
    oik_body_fit fit;
    oik_body_pose pose = tiny_body_pose(amplitude);
    assert_true(tiny_fit_new(&fit, body, beta, &pose));
    return fit;
}

/* Converge as far as rounding allows. */
static oik_skel_options exact(void) {
    oik_skel_options options = oik_skel_options_default();
    options.cost_tolerance = 1e-14;
    return options;
}

static oik_puppet *infer(oik_lsq_report *report, const oik_skel_model *model, const oik_body_fit *fit, const oik_skel_options *options) {
    oik_puppet *puppet = NULL;
    oik_error err = {.status = OIK_OK};
    if (oik_skel_infer(&puppet, report, model, body, fit, options, &err))
        print_error("%s\n", err.message);
    assert_non_null(puppet);
    return puppet;
}

/* ---- known answers ---- */

static void the_template_body_gives_the_template_skeleton(void **state) {
    const oik_skel_model *model = *state;
    oik_body_fit fit = subject(NULL, 0.6);
    oik_skel_options options = exact();
    oik_lsq_report report;
    oik_puppet *puppet = infer(&report, model, &fit, &options);
    for (int p = 0; p < model->n_parts; p++) { /* starts at the optimum; rounding of the skin is 1e-16 m, over 1 cm arms 1e-14 rad */
        assert_true(v3_dist(puppet->t[p], model->rest_t[p]) < 1e-9);
        assert_true(oik_rot_angle_between(puppet->R[p], model->rest_R[p]) < 1e-7);
    }
    for (size_t k = 0; k < model->n_modes; k++)
        assert_true(fabs(puppet->shape[k]) < 1e-8);
    assert_true(report.final_cost < 1e-16);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* A body 4 % larger than the template, in which landmarks lie 4 % deeper, holds the template skeleton enlarged by 4 %. */
static void a_larger_body_gives_a_larger_skeleton(void **state) {
    oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.0, 0, 0}, growth = 0.04;
    for (size_t k = 0; k < model->n_modes; k++)
        model->mode_weight[k] = 1e-6; /* the prior's pull against landmarks of 1 mm per mode and weight 200 is then below 1e-12 */
    for (size_t i = 0; i < model->landmarks.n; i++)
        model->landmarks.depth[i] *= 1.0 + growth;
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = exact();
    oik_puppet *puppet = infer(NULL, model, &fit, &options), *rest;
    assert_true(fabs(puppet->shape[0] - growth / TINY_SIZE) < 1e-5);
    assert_true(fabs(puppet->shape[1]) < 1e-5 && fabs(puppet->shape[2]) < 1e-5);
    assert_int_equal(oik_puppet_new(&rest, model, NULL), OIK_OK);
    for (size_t i = 0; i < model->n_vertices; i++) { /* 1e-5 of a shape unit moves vertices by up to 0.1 um */
        oik_vec3 expected = v3_scale(oik_puppet_point(rest, model, i), 1.0 + growth);
        assert_true(v3_dist(oik_puppet_point(puppet, model, i), expected) < 1e-6);
    }
    oik_puppet_free(rest);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* The same displacement field of the legs in skin and bone; normals turn a little with it, so that the answer is near, not exact. */
static void longer_legs_are_longer_bones(void **state) {
    oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {0, 1.5, 0};
    for (size_t k = 0; k < model->n_modes; k++)
        model->mode_weight[k] = 1e-3;
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = exact();
    oik_puppet *puppet = infer(NULL, model, &fit, &options);
    assert_true(fabs(puppet->shape[1] - 1.5) < 0.1);
    assert_true(fabs(puppet->shape[0]) < 0.1);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

static void a_strong_prior_keeps_the_mean_shape(void **state) {
    oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.0, 0, 0};
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = exact();
    oik_puppet *loose = infer(NULL, model, &fit, &options);
    for (size_t k = 0; k < model->n_modes; k++)
        model->mode_weight[k] = 1e5;
    oik_puppet *firm = infer(NULL, model, &fit, &options);
    assert_true(loose->shape[0] > 0.5);
    assert_true(fabs(firm->shape[0]) < 1e-3); /* 40 rows of weight 250 x 2 cm per unit against 1e5: (1e3 / 1e5)^2 */
    oik_puppet_free(loose);
    oik_puppet_free(firm);
    oik_body_fit_free(&fit);
}

static void the_pose_of_the_input_does_not_matter(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {0.7, -0.5, 0.4};
    oik_body_fit fit_a = subject(beta, 0.0), fit_b = subject(beta, 0.9);
    oik_skel_options options = exact();
    oik_puppet *a = infer(NULL, model, &fit_a, &options), *b = infer(NULL, model, &fit_b, &options);
    assert_memory_equal(a->t, b->t, (size_t)model->n_parts * sizeof *a->t);
    assert_memory_equal(a->shape, b->shape, model->n_modes * sizeof *a->shape);
    oik_puppet_free(a);
    oik_puppet_free(b);
    oik_body_fit_free(&fit_a);
    oik_body_fit_free(&fit_b);
}

static void stitched_joint_centres_meet(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {-1.0, 1.0, 0.5};
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = exact();
    oik_puppet *puppet = infer(NULL, model, &fit, &options);
    for (int side = 0; side < 2; side++) { /* stitches of 0.5 mm against landmarks of 4 mm that miss by a few mm */
        const int32_t *hip = model->gap_hip[side], *shoulder = model->gap_shoulder[side];
        assert_true(v3_dist(oik_puppet_point(puppet, model, (size_t)hip[0]), oik_puppet_point(puppet, model, (size_t)hip[1])) < 1e-3);
        assert_true(v3_dist(oik_puppet_point(puppet, model, (size_t)shoulder[0]),
                            oik_puppet_point(puppet, model, (size_t)shoulder[1])) < 1e-3);
    }
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* A body whose skin is symmetric gives a symmetric skeleton. */
static void a_symmetric_body_gives_a_symmetric_skeleton(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.2, -0.8, 1.0};
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = exact();
    oik_puppet *puppet = infer(NULL, model, &fit, &options);
    for (size_t i = 0; i < model->n_vertices; i++) { /* the quads of the tiny body's trunk are not cut symmetrically: 1 um by normals */
        oik_vec3 y = oik_puppet_point(puppet, model, i), z = oik_puppet_point(puppet, model, tiny_skeleton_mirror_vertex(i));
        assert_true(v3_dist(y, v3(-z.x, z.y, z.z)) < 1e-5);
    }
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* ---- containment ---- */

static int n_outside(const oik_puppet *puppet, const oik_skel_model *model, const oik_body_fit *fit, int part) {
    oik_lying_skin skin = {0};
    oik_locator *locator;
    int n = 0;
    assert_int_equal(oik_lying_skin_new(&skin, model, body, fit, NULL), OIK_OK);
    assert_int_equal(oik_locator_new(&locator, skin.x, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, NULL), OIK_OK);
    for (size_t i = 0; i < model->n_vertices; i++)
        n += model->point_part[i] == part && oik_locator_winding(locator, oik_puppet_point(puppet, model, i)) <= 0;
    oik_locator_free(locator);
    oik_lying_skin_free(&skin);
    return n;
}

/* The left arm's bone lies to one side of its landmarks, so that these alone would leave a part of it in the open. */
static void move_arm_bone_off_its_landmarks(oik_skel_model *model) {
    oik_vec3 off = m3_tmulv(model->rest_R[TINY_ARM_L], v3(0, 0, 0.04));
    for (size_t i = TINY_ARM_L * TINY_BONE_VERTICES; i < (TINY_ARM_L + 1) * TINY_BONE_VERTICES; i++)
        model->mean[i] = v3_add(model->mean[i], off);
    for (size_t i = 0; i < model->landmarks.n; i++)
        if (model->point_part[model->landmarks.point[i]] == TINY_ARM_L)
            model->landmarks.weight[i] *= 0.1;
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_b[i]] == TINY_ARM_L)
            model->stitches.weight_infer[i] = 0.0;
}

static void a_bone_outside_the_skin_is_pulled_back_inside(void **state) {
    oik_skel_model *model = *state;
    oik_body_fit fit = subject(NULL, 0.0);
    oik_skel_options options = oik_skel_options_default();
    move_arm_bone_off_its_landmarks(model);
    options.containment_rounds = 0;
    oik_puppet *free_puppet = infer(NULL, model, &fit, &options);
    assert_true(n_outside(free_puppet, model, &fit, TINY_ARM_L) > 5);
    options.containment_rounds = oik_skel_options_default().containment_rounds;
    assert_true(options.containment_rounds > 0);
    oik_puppet *contained = infer(NULL, model, &fit, &options);
    assert_int_equal(n_outside(contained, model, &fit, TINY_ARM_L), 0);
    oik_puppet_free(free_puppet);
    oik_puppet_free(contained);
    oik_body_fit_free(&fit);
}

static void bones_that_lie_deep_are_not_touched_by_containment(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {0.5, 0.5, 0.5};
    oik_body_fit fit = subject(beta, 0.0);
    oik_skel_options options = exact();
    oik_puppet *with = infer(NULL, model, &fit, &options);
    options.containment_rounds = 0;
    oik_puppet *without = infer(NULL, model, &fit, &options);
    assert_memory_equal(with->t, without->t, (size_t)model->n_parts * sizeof *with->t);
    for (int part = 0; part < model->n_parts; part++)
        assert_int_equal(n_outside(with, model, &fit, part), 0);
    oik_puppet_free(with);
    oik_puppet_free(without);
    oik_body_fit_free(&fit);
}

/* ---- reports, callbacks ---- */

static void the_report_tells_how_it_ended(void **state) {
    oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.0, 1.0, 1.0};
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = oik_skel_options_default();
    oik_lsq_report report, contained;
    oik_puppet_free(infer(&report, model, &fit, &options));
    assert_true(report.stop <= OIK_LSQ_STOP_COST);
    assert_true(report.n_accepted > 0 && report.n_evaluations > report.n_accepted);
    assert_true(report.final_cost < report.initial_cost);
    move_arm_bone_off_its_landmarks(model);
    oik_puppet_free(infer(&contained, model, &fit, &options));
    assert_true(contained.n_accepted > report.n_accepted); /* the rounds of containment are counted */
    oik_body_fit_free(&fit);
}

static void two_runs_are_equal_to_the_last_bit(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.0, -0.5, 0.7};
    oik_body_fit fit = subject(beta, 0.4);
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *a = infer(NULL, model, &fit, &options), *b = infer(NULL, model, &fit, &options);
    assert_memory_equal(a->R, b->R, (size_t)model->n_parts * sizeof *a->R);
    assert_memory_equal(a->t, b->t, (size_t)model->n_parts * sizeof *a->t);
    assert_memory_equal(a->shape, b->shape, model->n_modes * sizeof *a->shape);
    oik_puppet_free(a);
    oik_puppet_free(b);
    oik_body_fit_free(&fit);
}

static int cancel(void *context, int iteration, const oik_puppet *puppet, double cost) {
    (void)iteration;
    (void)puppet;
    (void)cost;
    return ++*(int *)context == 1;
}

static void cancelling_gives_no_puppet(void **state) {
    const oik_skel_model *model = *state;
    const double beta[TINY_BODY_MODES] = {1.0, 1.0, 1.0};
    oik_body_fit fit = subject(beta, 0.3);
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *puppet = (oik_puppet *)&options; /* anything but NULL */
    oik_error err = {.status = OIK_OK};
    int n_calls = 0;
    options.on_step = cancel;
    options.on_step_context = &n_calls;
    assert_int_equal(oik_skel_infer(&puppet, NULL, model, body, &fit, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(err.status, OIK_E_CANCELLED);
    assert_null(puppet);
    assert_int_equal(n_calls, 1);
    oik_body_fit_free(&fit);
}

static void every_failed_allocation_is_reported(void **state) {
    oik_skel_model *model = *state;
    oik_body_fit fit = subject(NULL, 0.0);
    oik_skel_options options = oik_skel_options_default();
    move_arm_bone_off_its_landmarks(model); /* so that barriers are allocated too */
    oik_puppet *puppet;
    failing_malloc_arm(-1);
    puppet = infer(NULL, model, &fit, &options);
    long n_allocations = failing_malloc_disarm();
    oik_puppet_free(puppet);
    assert_true(n_allocations > 10);
    for (long k = 0; k < n_allocations; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_skel_infer(&puppet, NULL, model, body, &fit, &options, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(puppet);
    }
    oik_body_fit_free(&fit);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest cases[] = {
        CASE(the_template_body_gives_the_template_skeleton),
        CASE(a_larger_body_gives_a_larger_skeleton),
        CASE(longer_legs_are_longer_bones),
        CASE(a_strong_prior_keeps_the_mean_shape),
        CASE(the_pose_of_the_input_does_not_matter),
        CASE(stitched_joint_centres_meet),
        CASE(a_symmetric_body_gives_a_symmetric_skeleton),
        CASE(a_bone_outside_the_skin_is_pulled_back_inside),
        CASE(bones_that_lie_deep_are_not_touched_by_containment),
        CASE(the_report_tells_how_it_ended),
        CASE(two_runs_are_equal_to_the_last_bit),
        CASE(cancelling_gives_no_puppet),
        CASE(every_failed_allocation_is_reported),
    };
#undef CASE
    return cmocka_run_group_tests_name("test_skeleton_infer", cases, make_body, free_body);
}
