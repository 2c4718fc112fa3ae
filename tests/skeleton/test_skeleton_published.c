/* Stages 2 to 4 of the published method on a made-up model: what the reference's numbers (test_skeleton_oracle.c) do not ask. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "skeleton/published_terms.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"
#include "support/tiny_published.h"
#include "support/tiny_skeleton.h"

static oik_body_model *skin;
static oik_skel_model *model;
static oik_published_body body;

static int set_up(void **state) {
    (void)state;
    skin = tiny_body_new();
    model = skin ? tiny_skeleton_new(skin) : NULL;
    if (!model || tiny_published_add(model) || tiny_published_modes(skin))
        return -1;
    for (int p = 0; p < model->n_parts; p++) /* the template of an imported model has parts that are not turned */
        model->rest_R[p] = m3_identity();
    body = (oik_published_body){.beta = {0.4, -0.3, 0.6}, .tau = {0.2, 0.1, -0.4}};
    oik_body_pose pose = tiny_body_pose(0.3);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        body.theta[j] = oik_rot_log(pose.R[j]);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_skel_model_free(model);
    oik_body_model_free(skin);
    return 0;
}

static oik_status run(oik_puppet **lying, oik_puppet **posed, oik_lsq_report reports[4], const oik_skel_options *options, bool more,
                      oik_error *err) {
    *posed = NULL;
    oik_status status = oik_published_infer(lying, reports, model, skin, &body, options, more, err);
    if (!status)
        status = oik_published_pose(posed, reports ? reports + 1 : NULL, model, skin, &body, *lying, options, more, err);
    return status;
}

static void gives_placements_with_their_rotation_vectors(void **state) {
    (void)state;
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying, *posed;
    oik_lsq_report reports[4];
    assert_int_equal(run(&lying, &posed, reports, &options, false, NULL), OIK_OK);
    for (int p = 0; p < model->n_parts; p++) {
        assert_true(oik_rot_angle_between(lying->R[p], oik_rot_exp(lying->r[p])) < 1e-7);
        assert_true(oik_rot_angle_between(posed->R[p], oik_rot_exp(posed->r[p])) < 1e-7);
    }
    const int caps[4] = {20, 10, 10, 15};
    for (int k = 0; k < 4; k++)
        assert_true(reports[k].n_accepted <= caps[k] && reports[k].final_cost < reports[k].initial_cost);
    assert_memory_equal(lying->shape, posed->shape, model->n_modes * sizeof *posed->shape);
    oik_puppet_free(lying);
    oik_puppet_free(posed);
}

/* s = [beta 1] W, with W of tiny_published.c. */
static void the_shape_is_the_regressors(void **state) {
    (void)state;
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying;
    assert_int_equal(oik_published_infer(&lying, NULL, model, skin, &body, &options, false, NULL), OIK_OK);
    for (size_t k = 0; k < model->n_modes; k++)
        assert_true(fabs(lying->shape[k] - (body.beta[k] + 0.05)) < 1e-15);
    oik_puppet_free(lying);
}

static void more_iterations_take_no_more_than_they_need(void **state) {
    (void)state;
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying, *posed;
    oik_lsq_report reports[4];
    assert_int_equal(run(&lying, &posed, reports, &options, true, NULL), OIK_OK);
    for (int k = 0; k < 4; k++)
        assert_true(reports[k].n_accepted < 200);
    oik_puppet_free(lying);
    oik_puppet_free(posed);
}

/* ---- the caller ---- */

typedef struct watch {
    int n_steps, n_calls, stop_at;
} watch;

static int on_step(void *context, int iteration, const oik_puppet *puppet, double cost) {
    watch *w = context;
    assert_true(isfinite(cost) && puppet->r);
    w->n_calls += iteration == 1;
    return ++w->n_steps == w->stop_at;
}

static void the_caller_sees_every_step_of_every_call_and_can_cancel(void **state) {
    (void)state;
    watch w = {.stop_at = -1};
    oik_skel_options options = oik_skel_options_default();
    options.on_step = on_step;
    options.on_step_context = &w;
    oik_puppet *lying, *posed;
    oik_lsq_report reports[4];
    assert_int_equal(run(&lying, &posed, reports, &options, false, NULL), OIK_OK);
    oik_puppet_free(lying);
    oik_puppet_free(posed);
    int n_steps = 0;
    for (int k = 0; k < 4; k++)
        n_steps += reports[k].n_accepted;
    assert_true(w.n_calls == 4 && w.n_steps == n_steps);
    const int stops[] = {1, reports[0].n_accepted + 1, n_steps};
    for (size_t k = 0; k < 3; k++) {
        w = (watch){.stop_at = stops[k]};
        assert_int_equal(run(&lying, &posed, reports, &options, false, NULL), OIK_E_CANCELLED);
        assert_null(posed);
        oik_puppet_free(lying);
        assert_int_equal(w.n_steps, stops[k]);
    }
}

/* ---- what cannot be done ---- */

static void assert_refused(const char *sentence) {
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *puppet = (oik_puppet *)&options, *lying = NULL;
    oik_error err = {.status = OIK_OK};
    assert_int_equal(oik_published_infer(&puppet, NULL, model, skin, &body, &options, false, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, sentence));
    assert_null(puppet);
    assert_int_equal(oik_puppet_new(&lying, model, NULL), OIK_OK);
    assert_int_equal(oik_published_pose(&puppet, NULL, model, skin, &body, lying, &options, false, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, sentence));
    assert_null(puppet);
    oik_puppet_free(lying);
}

static void models_without_the_methods_tables_are_refused(void **state) {
    (void)state;
    oik_published *kept = model->published;
    model->published = NULL;
    assert_refused("imported model");
    model->published = kept;
    kept->n_skin_modes = OIK_PUBLISHED_N_BETAS + 1;
    assert_refused("skel_shape_regressor");
    kept->n_skin_modes = TINY_BODY_MODES;
    skin->n_modes = TINY_BODY_MODES;
    assert_refused("shape modes");
    skin->n_modes = OIK_PUBLISHED_N_BETAS;
}

static void a_patch_that_becomes_flat_is_refused(void **state) {
    (void)state;
    const int32_t list = model->published->ball_list[2][0], first = model->list_start[list], n = model->list_start[list + 1] - first;
    int32_t kept[TINY_BONE_VERTICES];
    memcpy(kept, model->list_point + first, (size_t)n * sizeof *kept);
    for (int32_t i = 1; i < n; i++)
        model->list_point[first + i] = kept[0];
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying, *posed;
    oik_error err = {.status = OIK_OK};
    assert_int_equal(run(&lying, &posed, NULL, &options, false, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, "skel_ball_list"));
    oik_puppet_free(lying);
    memcpy(model->list_point + first, kept, (size_t)n * sizeof *kept);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *lying = NULL, *posed = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(run(&lying, &posed, NULL, &options, false, NULL), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    oik_puppet_free(lying);
    oik_puppet_free(posed);
    assert_true(n_allocations > 50);
    for (long k = 0; k < n_allocations; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = run(&lying, &posed, NULL, &options, false, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_null(posed);
        oik_puppet_free(lying);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_placements_with_their_rotation_vectors),
        cmocka_unit_test(the_shape_is_the_regressors),
        cmocka_unit_test(more_iterations_take_no_more_than_they_need),
        cmocka_unit_test(the_caller_sees_every_step_of_every_call_and_can_cancel),
        cmocka_unit_test(models_without_the_methods_tables_are_refused),
        cmocka_unit_test(a_patch_that_becomes_flat_is_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_skeleton_published", tests, set_up, tear_down);
}
