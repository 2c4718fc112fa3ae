/* Steps of the solvers as a caller sees them. Needs the built-in models and data/demo. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "demo_run.h"
#include "osso_ik.h"
#include "run_program.h"

static oik_model *model;
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_error err;

/** What was seen of one stage. */
typedef struct seen {
    const char *stage;   /**< expected */
    int n, n_solves;     /**< steps; how often the count began anew */
    int last;
    int stop_after;      /**< 0: never */
    double cost, *place; /**< of the last step: skin or bones */
} seen;

static seen registering, placing, posing;

static int look(void *context, const oik_step *step) {
    seen *s = context;
    oik_model_info info = oik_model_get_info(model);
    assert_string_equal(step->stage, s->stage);
    assert_true(step->iteration == s->last + 1 || step->iteration == 1);
    s->n_solves += step->iteration == 1;
    s->last = step->iteration;
    s->cost = step->cost;
    s->n++;
    if (step->skin) {
        assert_true(step->n_parts == 0 && !step->part_R && !step->part_t && !step->shape);
        memcpy(s->place, step->skin, 3 * info.n_skin_vertices * sizeof *s->place);
    } else {
        assert_int_equal(step->n_parts, info.n_rigid_parts);
        assert_int_equal(oik_skeleton_place(s->place, model, step->part_R, step->part_t, step->shape, &err), OIK_OK);
    }
    return s->stop_after && s->n == s->stop_after;
}

static int set_up(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    if (oik_model_load(&model, in_folder(dir ? dir : "build/models", "female.npz"), &err) || oik_mesh_read(&mesh, DEMO_FEMALE, &err))
        return -1;
    size_t room = 3 * (oik_model_get_info(model).n_bone_vertices + oik_model_get_info(model).n_skin_vertices);
    registering = (seen){.stage = "registration", .place = calloc(room, sizeof(double))};
    placing = (seen){.stage = "placing", .place = calloc(room, sizeof(double))};
    posing = (seen){.stage = "posing", .place = calloc(room, sizeof(double))};
    oik_stage_options options = {.on_step = look, .step_context = &registering};
    oik_status status = oik_body_from_mesh(&body, model, mesh, "body", &options, &err);
    options.step_context = &placing;
    status = status ? status : oik_skeleton_infer(&lying, model, body, &options, &err);
    options.step_context = &posing;
    return status || oik_skeleton_pose(&posed, model, body, lying, &options, &err);
}

static int tear_down(void **state) {
    (void)state;
    free(registering.place);
    free(placing.place);
    free(posing.place);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    return 0;
}

static void every_accepted_step_is_told_once(void **state) {
    (void)state;
    assert_int_equal(registering.n, oik_body_get_info(body).n_iterations);
    assert_int_equal(placing.n, oik_skeleton_get_info(lying).n_iterations);
    assert_int_equal(posing.n, oik_skeleton_get_info(posed).n_iterations);
    assert_true(registering.n > 1 && placing.n > 1 && posing.n > 1);
    assert_int_equal(registering.n_solves, 1);
    assert_true(placing.n_solves > 1); /* and again with barriers */
}

static void the_last_step_is_the_result(void **state) {
    (void)state;
    size_t n = 3 * oik_skeleton_get_info(lying).n_vertices;
    assert_memory_equal(placing.place, oik_skeleton_get_info(lying).vertices, n * sizeof(double));
    assert_memory_equal(posing.place, oik_skeleton_get_info(posed).vertices, n * sizeof(double));
    assert_true(placing.cost == oik_skeleton_get_info(lying).final_cost);
    assert_true(posing.cost == oik_skeleton_get_info(posed).final_cost);
    assert_true(registering.cost == oik_body_get_info(body).rms);
    char *folder = scratch_new();
    assert_int_equal(oik_write_body(model, body, 0, in_folder(folder, "b.ply"), &err), OIK_OK);
    oik_mesh *fitted = demo_mesh(in_folder(folder, "b.ply"));
    for (size_t i = 0; i < fitted->n_vertices; i++) {
        const double *x = registering.place + 3 * i;
        assert_true(v3_dist(fitted->vertices[i], v3(x[0], x[1], x[2])) < 1e-6); /* the file has single precision */
    }
    oik_mesh_free(fitted);
    scratch_free(folder);
}

static void each_stage_is_one_call(void **state) {
    (void)state;
    assert_int_equal(oik_body_n_calls(body), 1);
    assert_int_equal(oik_skeleton_n_calls(posed), 1);
    oik_call_info call = oik_body_get_call(body, 0);
    assert_string_equal(call.name, "registration");
    assert_string_equal(call.stop, "converged");
    assert_true(isnan(call.initial_cost) && call.n_iterations == registering.n);
    call = oik_skeleton_get_call(posed, 0);
    assert_string_equal(call.name, "posing");
    assert_true(call.final_cost == oik_skeleton_get_info(posed).final_cost);
    assert_string_equal(oik_skeleton_get_call(posed, 1).name, "");
    assert_string_equal(oik_body_get_call(body, 1).name, "");
}

static void a_step_can_stop_a_stage(void **state) {
    (void)state;
    double *scratch = calloc(3 * (oik_model_get_info(model).n_bone_vertices + oik_model_get_info(model).n_skin_vertices), sizeof *scratch);
    seen s = {.stage = "registration", .stop_after = 2, .place = scratch};
    oik_stage_options options = {.on_step = look, .step_context = &s};
    oik_body *b = NULL;
    oik_skeleton *k = NULL;
    assert_int_equal(oik_body_from_mesh(&b, model, mesh, "body", &options, &err), OIK_E_CANCELLED);
    assert_int_equal(s.n, 2);
    s = (seen){.stage = "placing", .stop_after = 3, .place = scratch};
    assert_int_equal(oik_skeleton_infer(&k, model, body, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(s.n, 3);
    s = (seen){.stage = "posing", .stop_after = 1, .place = scratch};
    assert_int_equal(oik_skeleton_pose(&k, model, body, lying, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(s.n, 1);
    assert_true(!b && !k);
    free(scratch);
}

static void watching_changes_nothing(void **state) {
    (void)state;
    oik_skeleton *s = NULL;
    assert_int_equal(oik_skeleton_infer(&s, model, body, NULL, &err), OIK_OK);
    size_t n = 3 * oik_skeleton_get_info(lying).n_vertices;
    assert_memory_equal(oik_skeleton_get_info(s).vertices, oik_skeleton_get_info(lying).vertices, n * sizeof(double));
    oik_skeleton_free(s);
}

static void the_reference_method_needs_its_tables(void **state) {
    (void)state;
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE}, none = {.method = (oik_method)7};
    oik_body *b = NULL;
    oik_skeleton *s = NULL;
    assert_false(oik_model_get_info(model).has_reference);
    assert_int_equal(oik_body_from_mesh(&b, model, mesh, "body", &options, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, "osso_ik import"));
    assert_int_equal(oik_skeleton_infer(&s, model, body, &options, &err), OIK_E_MODEL);
    assert_int_equal(oik_skeleton_pose(&s, model, body, lying, &options, &err), OIK_E_MODEL);
    assert_int_equal(oik_body_from_mesh(&b, model, mesh, "body", &none, &err), OIK_E_ARGUMENT);
    assert_true(!b && !s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_accepted_step_is_told_once), cmocka_unit_test(a_step_can_stop_a_stage),
        cmocka_unit_test(the_last_step_is_the_result),      cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(each_stage_is_one_call),           cmocka_unit_test(the_reference_method_needs_its_tables),
    };
    return cmocka_run_group_tests_name("test_api_steps", tests, set_up, tear_down);
}
