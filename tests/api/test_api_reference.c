/* Both methods on an imported model, through the public calls. Skipped without an oracle or python3 with numpy. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "imported_model.h"
#include "run_program.h"

static char *folder;
static imported_model files;
static oik_model *model; /* NULL: skip */
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_error err;

enum { MAX_STEPS = 200 };

/** Names of the calls that steps were of, in order. */
typedef struct seen {
    int n;
    char stage[MAX_STEPS][24];
    int iteration[MAX_STEPS];
    double cost[MAX_STEPS];
    size_t n_parts;
    bool skin;
} seen;

static seen steps;

static int look(void *context, const oik_step *step) {
    seen *s = context;
    assert_true(s->n < MAX_STEPS);
    snprintf(s->stage[s->n], sizeof s->stage[s->n], "%s", step->stage);
    s->iteration[s->n] = step->iteration;
    s->cost[s->n++] = step->cost;
    s->n_parts = step->n_parts;
    s->skin = step->skin != NULL;
    return 0;
}

static const oik_stage_options reference = {.method = OIK_METHOD_REFERENCE, .on_step = look, .step_context = &steps};

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    int result = imported_model_make(&files, folder);
    if (result)
        return result < 0 ? -1 : 0;
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE};
    return failed(oik_model_load(&model, files.path, &err)) || failed(oik_mesh_read(&mesh, files.body, &err)) ||
           failed(oik_body_from_mesh(&body, model, mesh, "body", &options, &err)) ||
           failed(oik_skeleton_infer(&lying, model, body, &options, &err)) ||
           failed(oik_skeleton_pose(&posed, model, body, lying, &options, &err));
}

static int tear_down(void **state) {
    (void)state;
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    scratch_free(folder);
    return 0;
}

static void needs_model(void) {
    if (!model)
        skip();
}

static void the_model_tells_that_it_can(void **state) {
    (void)state;
    needs_model();
    oik_model_info info = oik_model_get_info(model);
    assert_true(info.has_reference);
    assert_string_equal(info.family, "STAR");
    assert_int_equal(info.n_pose_features, 92);
    assert_int_equal(info.n_rigid_parts, 21);
}

static void a_body_in_metres_is_passed_on_bit_for_bit(void **state) {
    (void)state;
    needs_model();
    assert_memory_equal(body->x, mesh->vertices, mesh->n_vertices * sizeof *mesh->vertices);
}

/** Registration in four calls of five steps, posing in three of 10, 10 and 15. */
static void calls_are_those_of_the_published_schedule(void **state) {
    (void)state;
    needs_model();
    static const char *const names[] = {"registration 1", "registration 2", "registration 3", "registration 4"};
    static const char *const posing[] = {"posing A", "posing B", "posing C"};
    static const int caps[] = {10, 10, 15};
    int sum = 0;
    assert_int_equal(oik_body_n_calls(body), 4);
    for (size_t i = 0; i < 4; i++) {
        oik_call_info call = oik_body_get_call(body, i);
        assert_string_equal(call.name, names[i]);
        assert_true(call.n_iterations <= 5 && call.final_cost <= call.initial_cost);
        sum += call.n_iterations;
    }
    assert_int_equal(oik_body_get_info(body).n_iterations, sum);
    assert_int_equal(oik_skeleton_n_calls(lying), 1);
    assert_true(oik_skeleton_get_info(lying).n_iterations <= 20);
    assert_int_equal(oik_skeleton_n_calls(posed), 3);
    sum = 0;
    for (size_t i = 0; i < 3; i++) {
        oik_call_info call = oik_skeleton_get_call(posed, i);
        assert_string_equal(call.name, posing[i]);
        assert_true(call.n_iterations <= caps[i]);
        sum += call.n_iterations;
    }
    oik_skeleton_info info = oik_skeleton_get_info(posed);
    assert_int_equal(info.n_iterations, sum);
    assert_true(info.initial_cost == oik_skeleton_get_call(posed, 0).initial_cost);
    assert_true(info.final_cost == oik_skeleton_get_call(posed, 2).final_cost);
    assert_string_equal(oik_skeleton_get_call(posed, 3).name, "");
}

/** Steps are told call by call, each counted from 1, and their costs end where the reports say. */
static void expect_steps(size_t n_calls, const oik_call_info *calls) {
    int at = 0;
    for (size_t i = 0; i < n_calls; i++) {
        for (int k = 1; k <= calls[i].n_iterations; k++, at++) {
            assert_true(at < steps.n);
            assert_string_equal(steps.stage[at], calls[i].name);
            assert_int_equal(steps.iteration[at], k);
        }
        assert_true(calls[i].n_iterations == 0 || steps.cost[at - 1] == calls[i].final_cost);
    }
    assert_int_equal(at, steps.n);
}

static void steps_are_told_call_by_call(void **state) {
    (void)state;
    needs_model();
    oik_body *b = NULL;
    oik_skeleton *l = NULL, *p = NULL;
    oik_call_info calls[4];
    steps.n = 0;
    assert_false(failed(oik_body_from_mesh(&b, model, mesh, "body", &reference, &err)));
    for (size_t i = 0; i < 4; i++)
        calls[i] = oik_body_get_call(b, i);
    expect_steps(4, calls);
    assert_true(steps.skin && steps.n_parts == 0);
    steps.n = 0;
    assert_false(failed(oik_skeleton_infer(&l, model, b, &reference, &err)));
    calls[0] = oik_skeleton_get_call(l, 0);
    expect_steps(1, calls);
    steps.n = 0;
    assert_false(failed(oik_skeleton_pose(&p, model, b, l, &reference, &err)));
    for (size_t i = 0; i < 3; i++)
        calls[i] = oik_skeleton_get_call(p, i);
    expect_steps(3, calls);
    assert_true(!steps.skin && steps.n_parts == 21);
    oik_skeleton_free(p);
    oik_skeleton_free(l);
    oik_body_free(b);
}

static void more_iterations_go_on_to_convergence(void **state) {
    (void)state;
    needs_model();
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE, .more_iterations = 1};
    oik_skeleton *p = NULL;
    assert_false(failed(oik_skeleton_pose(&p, model, body, lying, &options, &err)));
    assert_true(oik_skeleton_get_info(p).n_iterations > oik_skeleton_get_info(posed).n_iterations);
    assert_true(oik_skeleton_get_call(p, 0).final_cost < oik_skeleton_get_call(posed, 0).final_cost);
    oik_skeleton_free(p);
}

/** The published stages go on from rotation vectors, which only their own results have. */
static void methods_are_not_mixed_backwards(void **state) {
    (void)state;
    needs_model();
    oik_body *b = NULL;
    oik_skeleton *s = NULL, *l = NULL;
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE};
    assert_false(failed(oik_body_from_mesh(&b, model, mesh, "body", NULL, &err)));
    assert_int_equal(oik_skeleton_infer(&s, model, b, &options, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "refined"));
    assert_false(failed(oik_skeleton_infer(&l, model, body, NULL, &err))); /* refined bones in a reference body */
    assert_int_equal(oik_skeleton_pose(&s, model, body, l, &options, &err), OIK_E_ARGUMENT);
    assert_null(s);
    oik_skeleton_free(l);
    oik_body_free(b);
}

static void both_methods_agree_on_the_body(void **state) {
    (void)state;
    needs_model();
    oik_body *b = NULL;
    oik_skeleton *l = NULL, *p = NULL;
    assert_false(failed(oik_body_from_mesh(&b, model, mesh, "body", NULL, &err)));
    assert_false(failed(oik_skeleton_infer(&l, model, b, NULL, &err)));
    assert_false(failed(oik_skeleton_pose(&p, model, b, l, NULL, &err)));
    double square = 0.0;
    for (size_t i = 0; i < b->n_vertices; i++)
        square += pow(v3_dist(b->fit.x_model[i], body->fit.x_model[i]), 2);
    /* both lie on the input to about 3 mm (its noise): each other's distance is of that order at most */
    assert_true(sqrt(square / (double)b->n_vertices) < 0.005);
    assert_true(fabs(oik_body_get_info(b).stature - oik_body_get_info(body).stature) < 0.02);
    oik_skeleton_free(p);
    oik_skeleton_free(l);
    oik_body_free(b);
}

static void files_keep_what_the_published_stages_need(void **state) {
    (void)state;
    needs_model();
    oik_body *b = NULL;
    oik_skeleton *l = NULL, *p = NULL;
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE};
    const char *body_file = in_folder(folder, "body.npz"), *lying_file = in_folder(folder, "lying.npz");
    assert_false(failed(oik_body_save(body, model, body_file, &err)) || failed(oik_skeleton_save(lying, model, lying_file, &err)));
    assert_int_equal(oik_body_load(&b, model, mesh, NULL, body_file, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "--method"));
    assert_false(failed(oik_body_load(&b, model, mesh, &options, body_file, &err)));
    assert_memory_equal(&b->published, &body->published, sizeof body->published);
    assert_memory_equal(b->fit.frames.feature, body->fit.frames.feature, 92 * sizeof(double));
    assert_int_equal(oik_body_n_calls(b), 4);
    assert_true(oik_body_get_call(b, 3).final_cost == oik_body_get_call(body, 3).final_cost);
    assert_false(failed(oik_skeleton_load(&l, model, b, NULL, &options, lying_file, &err)));
    assert_memory_equal(l->puppet->r, lying->puppet->r, (size_t)lying->puppet->n_parts * sizeof *l->puppet->r);
    assert_false(failed(oik_skeleton_pose(&p, model, b, l, &options, &err)));
    assert_memory_equal(p->vertices, posed->vertices, posed->n_vertices * sizeof *posed->vertices);
    oik_skeleton_free(p);
    oik_skeleton_free(l);
    oik_body_free(b);
}

/** The registered parameters given in place of the mesh are the same body: the stages behind do not look at the mesh. */
static void parameters_of_the_body_give_its_bones(void **state) {
    (void)state;
    needs_model();
    oik_stage_options options = {.method = OIK_METHOD_REFERENCE};
    const oik_published_body *p = &body->published;
    oik_body_parameters parameters = {
        .n_betas = OIK_PUBLISHED_N_BETAS, .betas = p->beta, .pose = &p->theta->x, .trans = &p->tau.x};
    oik_body *b = NULL, *refined = NULL;
    oik_skeleton *l = NULL;
    assert_false(failed(oik_body_from_parameters(&b, model, &parameters, &options, &err)));
    assert_memory_equal(b->fit.x_model, body->fit.x_model, b->n_vertices * sizeof *b->x);
    assert_false(failed(oik_skeleton_infer(&l, model, b, &options, &err)));
    assert_memory_equal(l->vertices, lying->vertices, l->n_vertices * sizeof *l->vertices);
    /* and the refined method's body of the same parameters has the same skin: 1e-9 m, the features' rounding */
    assert_false(failed(oik_body_from_parameters(&refined, model, &parameters, NULL, &err)));
    for (size_t i = 0; i < b->n_vertices; i++)
        assert_true(v3_dist(refined->x[i], b->x[i]) < 1e-9);
    oik_skeleton_free(l);
    oik_body_free(refined);
    oik_body_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_tells_that_it_can),
        cmocka_unit_test(a_body_in_metres_is_passed_on_bit_for_bit),
        cmocka_unit_test(calls_are_those_of_the_published_schedule),
        cmocka_unit_test(steps_are_told_call_by_call),
        cmocka_unit_test(more_iterations_go_on_to_convergence),
        cmocka_unit_test(methods_are_not_mixed_backwards),
        cmocka_unit_test(both_methods_agree_on_the_body),
        cmocka_unit_test(files_keep_what_the_published_stages_need),
        cmocka_unit_test(parameters_of_the_body_give_its_bones),
    };
    return cmocka_run_group_tests_name("test_api_reference", tests, set_up, tear_down);
}
