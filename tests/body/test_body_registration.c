/* Registration of the tiny body to bodies of known pose and shape. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/registration.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"

static const double true_beta[TINY_BODY_MODES] = {0.9, -1.3, 0.6};

static oik_body_model *model;
static oik_body_register *workspace;
static oik_vec3 *x;

static int set_up_of(oik_corrective_kind kind) {
    model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind) || oik_body_register_new(&workspace, model, NULL))
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    return x ? 0 : -1;
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
    oik_body_register_free(workspace);
    oik_body_model_free(model);
    free(x);
    return 0;
}

/* Options without priors, to the last bit. */
static oik_body_register_options exact(void) {
    oik_body_register_options options = oik_body_register_options_default();
    options.pose_prior = 0.0;
    options.shape_sigma = 1e-9;
    options.tolerance = 0.0;
    options.max_iterations = 100;
    return options;
}

static oik_body_fit fit_x(const oik_body_register_options *options) {
    oik_body_fit fit;
    oik_error err = {.message = ""};
    oik_status status = oik_body_fit_mesh(&fit, workspace, x, options, &err);
    if (status)
        print_error("%s\n", err.message);
    assert_int_equal(status, OIK_OK);
    return fit;
}

/* A subject that is not of the model: 1 cm of smooth disagreement. */
static void set_unlike_subject(void) {
    oik_body_pose pose = tiny_body_pose(0.6);
    tiny_body_posed(x, NULL, model, true_beta, &pose);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_madd(x[i], 0.01, v3(sin(9 * x[i].y), cos(7 * x[i].z), sin(8 * x[i].x)));
}

static void recovers_a_known_pose_and_shape(void **state) {
    (void)state;
    for (int k = 1; k <= 3; k++) {
        oik_body_pose pose = tiny_body_pose(0.5 * k);
        tiny_body_posed(x, NULL, model, true_beta, &pose);
        oik_body_register_options options = exact();
        oik_body_fit fit = fit_x(&options);
        /* no noise and no priors: quadratic convergence to rounding, which the weakest unknown magnifies some 1e4 times */
        assert_true(fit.rms <= 1e-12);
        assert_true(fit.repose_rms <= 1e-12);
        assert_true(fit.converged);
        for (int j = 0; j < OIK_N_JOINTS; j++)
            assert_true(oik_rot_angle_between(fit.pose.R[j], pose.R[j]) <= 1e-9);
        for (int m = 0; m < TINY_BODY_MODES; m++)
            assert_true(fabs(fit.beta[m] - true_beta[m]) <= 1e-9);
        assert_true(v3_dist(fit.pose.tau, pose.tau) <= 1e-9);
        oik_body_fit_free(&fit);
    }
}

static void usual_priors_move_a_perfect_fit_by_little(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.6);
    tiny_body_posed(x, NULL, model, true_beta, &pose);
    oik_body_register_options options = oik_body_register_options_default();
    oik_body_fit fit = fit_x(&options);
    assert_true(fit.converged);
    assert_true(fit.rms <= 1e-3); /* the prior's own scale */
    assert_true(fit.n_iterations <= 12);
    oik_body_fit_free(&fit);
}

static void result_turns_and_moves_with_the_subject(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    oik_body_fit fit = fit_x(&options);
    const oik_vec3 turns[] = {{3.1, 0, 0}, {0, 2.9, 0.4}, {-1.5, 0, 0}, {1.2, -2.0, 0.7}};
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
        oik_mat3 R = oik_rot_exp(turns[k]);
        oik_vec3 t = v3(4, -7, 2.5);
        set_unlike_subject();
        for (size_t i = 0; i < model->n_vertices; i++)
            x[i] = v3_add(m3_mulv(R, x[i]), t);
        oik_body_fit turned = fit_x(&options);
        /* every step is equivariant, so only rounding (1e-15 of 10 m) and its growth over the steps remain */
        for (int j = 0; j < OIK_N_JOINTS; j++)
            assert_true(v3_dist(turned.frames.p[j], v3_add(m3_mulv(R, fit.frames.p[j]), t)) <= 1e-10);
        for (size_t i = 0; i < model->n_vertices; i++)
            assert_true(v3_dist(turned.v_subject[i], fit.v_subject[i]) <= 1e-10);
        assert_int_equal(turned.n_iterations, fit.n_iterations);
        oik_body_fit_free(&turned);
    }
    oik_body_fit_free(&fit);
}

static oik_vec3 mirrored(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

static void mirror_image_gives_the_mirrored_result(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    oik_body_fit fit = fit_x(&options);
    oik_vec3 *image = calloc(model->n_vertices, sizeof *image);
    assert_non_null(image);
    for (size_t i = 0; i < model->n_vertices; i++)
        image[i] = mirrored(x[model->mirror[i]]);
    memcpy(x, image, model->n_vertices * sizeof *x);
    oik_body_fit other = fit_x(&options);
    /* sums run in another order; the requirement is 1e-6 m */
    for (int j = 0; j < OIK_N_JOINTS; j++)
        assert_true(v3_dist(other.frames.p[j], mirrored(fit.frames.p[tiny_mirror_joint[j]])) <= 1e-10);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_true(v3_dist(other.v_subject[i], mirrored(fit.v_subject[model->mirror[i]])) <= 1e-10);
    free(image);
    oik_body_fit_free(&fit);
    oik_body_fit_free(&other);
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/* Distance of a rest vertex from the line through wrist and hand of its side, in lengths of the line. */
static double off_the_hand(size_t vertex, int wrist) {
    oik_vec3 line = v3_sub(model->joints[wrist + OIK_J_HAND_L - OIK_J_WRIST_L], model->joints[wrist]);
    oik_vec3 arm = v3_sub(model->template_v[vertex], model->joints[wrist]);
    return v3_norm(v3_sub(arm, v3_scale(line, v3_dot(arm, line) / v3_dot(line, line)))) / v3_norm(line);
}

/* Fingers move with the hand joints, thumbs with the wrists, beside the palm. */
static double finger_share(size_t vertex) {
    double share = 0.0;
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++) {
        int j = model->influence_joint[e];
        if (j == OIK_J_HAND_L || j == OIK_J_HAND_R)
            share += model->influence_weight[e];
        if (j == OIK_J_WRIST_L || j == OIK_J_WRIST_R)
            share += model->influence_weight[e] * fmin(1.0, fmax(0.0, off_the_hand(vertex, j) - 0.4) / 0.15);
    }
    return share;
}

/* Area-weighted RMS of y - x, with the areas of twins averaged and cut at their 95th percentile, and 2 % of those of fingers. */
static double rms_of(const oik_vec3 *y) {
    size_t n = model->n_vertices;
    double *own = calloc(n, sizeof *own), *even = calloc(2 * n, sizeof *even), square = 0.0, sum = 0.0;
    assert_non_null(own);
    assert_non_null(even);
    oik_mesh_vertex_areas(own, model->template_v, n, (const int32_t(*)[3])model->faces, model->n_faces);
    for (size_t i = 0; i < n; i++)
        even[i] = even[n + i] = 0.5 * (own[i] + own[model->mirror[i]]);
    qsort(even + n, n, sizeof *even, ascending);
    for (size_t i = 0; i < n; i++) {
        double a = fmin(even[i], even[n + (n - 1) * 95 / 100]) * (1.0 - 0.98 * finger_share(i));
        square += a * v3_dot(v3_sub(y[i], x[i]), v3_sub(y[i], x[i]));
        sum += a;
    }
    free(own);
    free(even);
    return sqrt(square / sum);
}

static void result_is_consistent_with_itself(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    oik_body_fit fit = fit_x(&options);
    oik_vec3 *y = calloc(model->n_vertices, sizeof *y), *v = calloc(model->n_vertices, sizeof *v);
    assert_non_null(y);
    assert_non_null(v);
    tiny_body_posed(y, v, model, fit.beta, &fit.pose);
    for (size_t i = 0; i < model->n_vertices; i++) {
        assert_true(v3_dist(y[i], fit.x_model[i]) <= 1e-12);
        assert_true(v3_dist(v[i], fit.v_shaped[i]) <= 1e-12);
    }
    assert_true(fabs(rms_of(y) - fit.rms) <= 1e-12);
    oik_body_skin(y, model, fit.v_subject, &fit.frames);
    assert_true(fabs(rms_of(y) - fit.repose_rms) <= 1e-12);
    assert_true(fit.repose_rms < 0.7 * fit.rms); /* the subject's own skin explains what the model's cannot */
    free(y);
    free(v);
    oik_body_fit_free(&fit);
}

struct record {
    int n_calls, stop_at;
    double rms[64];
};

static int on_step(void *context, int iteration, const oik_vec3 *x_model, double rms) {
    struct record *record = context;
    assert_int_equal(iteration, record->n_calls);
    assert_true(v3_finite(x_model[0]));
    record->rms[record->n_calls++] = rms;
    return record->n_calls > record->stop_at;
}

static void every_step_is_reported_from_the_start_on(void **state) {
    (void)state;
    struct record record = {.stop_at = 63};
    oik_body_register_options options = oik_body_register_options_default();
    options.on_step = on_step;
    options.on_step_context = &record;
    set_unlike_subject();
    oik_body_fit fit = fit_x(&options);
    assert_int_equal(record.n_calls, fit.n_iterations + 1);
    assert_true(record.rms[1] < record.rms[0]);
    assert_true(record.rms[fit.n_iterations] == fit.rms);
    oik_body_fit_free(&fit);
}

static void the_caller_can_cancel_at_any_step(void **state) {
    (void)state;
    set_unlike_subject();
    for (int stop_at = 0; stop_at < 3; stop_at++) {
        struct record record = {.stop_at = stop_at};
        oik_body_register_options options = oik_body_register_options_default();
        options.on_step = on_step;
        options.on_step_context = &record;
        oik_body_fit fit = {.rms = -1.0};
        oik_error err;
        assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_CANCELLED);
        assert_int_equal(err.status, OIK_E_CANCELLED);
        assert_int_equal(record.n_calls, stop_at + 1);
        assert_true(fit.rms == -1.0 && fit.beta == NULL); /* untouched */
    }
}

/* Steps of the registration are told first; then the form only asks. */
struct asked {
    int n_steps, n_asked, stop_at;
};

static int count_step(void *context, int iteration, const oik_vec3 *x_model, double rms) {
    struct asked *asked = context;
    (void)iteration, (void)x_model, (void)rms;
    assert_int_equal(asked->n_asked, 0);
    asked->n_steps++;
    return 0;
}

static int ask(void *context) {
    struct asked *asked = context;
    return asked->n_asked++ == asked->stop_at;
}

static void the_caller_can_cancel_while_the_form_is_found(void **state) {
    (void)state;
    set_unlike_subject();
    struct asked whole = {.stop_at = -1};
    oik_body_register_options options = oik_body_register_options_default();
    options.on_step = count_step;
    options.stops = ask;
    options.on_step_context = &whole;
    oik_body_fit fit = fit_x(&options);
    assert_true(model->n_features ? whole.n_asked == 0 : whole.n_asked > 1); /* with correctives the form is the own skin */
    assert_int_equal(whole.n_steps, fit.n_iterations + 1);
    oik_body_fit_free(&fit);
    for (int stop_at = 0; stop_at < whole.n_asked; stop_at++) {
        struct asked asked = {.stop_at = stop_at};
        options.on_step_context = &asked;
        fit = (oik_body_fit){.rms = -1.0};
        oik_error err;
        assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_CANCELLED);
        assert_int_equal(err.status, OIK_E_CANCELLED);
        assert_int_equal(asked.n_asked, stop_at + 1);
        assert_true(fit.rms == -1.0 && fit.beta == NULL && fit.form.v_subject == NULL); /* untouched */
    }
}

static void running_out_of_steps_is_a_result(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    options.max_iterations = 1;
    set_unlike_subject();
    oik_body_fit fit = fit_x(&options);
    assert_false(fit.converged);
    assert_int_equal(fit.n_iterations, 1);
    oik_body_fit_free(&fit);
}

static void a_known_shape_is_kept(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.6);
    tiny_body_posed(x, NULL, model, true_beta, &pose);
    oik_body_register_options options = exact();
    options.fixed_beta = true_beta;
    oik_body_fit fit = fit_x(&options);
    for (int m = 0; m < TINY_BODY_MODES; m++)
        assert_true(fit.beta[m] == true_beta[m]);
    assert_true(fit.rms <= 1e-12); /* rounding, as above */
    oik_body_fit_free(&fit);
}

static void a_second_fit_does_not_remember_the_first(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    oik_body_fit first = fit_x(&options);
    oik_body_pose pose = tiny_body_pose(1.5);
    tiny_body_posed(x, NULL, model, NULL, &pose);
    oik_body_fit between = fit_x(&options);
    set_unlike_subject();
    oik_body_fit second = fit_x(&options);
    assert_memory_equal(first.v_subject, second.v_subject, model->n_vertices * sizeof *second.v_subject);
    assert_memory_equal(first.frames.p, second.frames.p, sizeof second.frames.p);
    oik_body_fit_free(&first);
    oik_body_fit_free(&between);
    oik_body_fit_free(&second);
}

static void bad_options_and_inputs_are_refused(void **state) {
    (void)state;
    oik_body_fit fit;
    oik_error err;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    options.shape_sigma = -1.0;
    assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "shape_sigma"));
    options = oik_body_register_options_default();
    options.max_iterations = 0;
    assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_ARGUMENT);
    options = oik_body_register_options_default();
    x[5].z = NAN;
    assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_NOT_FINITE);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_scale(model->template_v[i], 1e200);
    assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_NOT_FINITE);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3(1, 2, 3);
    assert_int_equal(oik_body_fit_mesh(&fit, workspace, x, &options, &err), OIK_E_SHAPE);
}

static void every_failed_allocation_of_a_workspace_is_reported(void **state) {
    (void)state;
    oik_body_register *other = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(oik_body_register_new(&other, model, NULL), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    oik_body_register_free(other);
    assert_true(n_allocations > 20);
    for (long k = 0; k < n_allocations; k++) {
        failing_malloc_arm(k);
        oik_status status = oik_body_register_new(&other, model, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_null(other);
    }
}

static void a_fit_allocates_its_result_only(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    set_unlike_subject();
    enum { ARRAYS = 6 }; /* beta, two rest skins, the posed one, and the two rest skins of the form */
    failing_malloc_arm(-1);
    oik_body_fit fit = fit_x(&options);
    assert_int_equal(failing_malloc_disarm(), ARRAYS);
    oik_body_fit_free(&fit);
    for (long k = 0; k < ARRAYS; k++) {
        fit.rms = -1.0;
        failing_malloc_arm(k);
        oik_status status = oik_body_fit_mesh(&fit, workspace, x, &options, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_true(fit.rms == -1.0 && fit.beta == NULL); /* untouched */
    }
}

static void free_takes_null_and_empty(void **state) {
    (void)state;
    oik_body_fit fit = {0};
    oik_body_fit_free(NULL);
    oik_body_fit_free(&fit);
    oik_body_register_free(NULL);
    oik_body_model_free(NULL);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(recovers_a_known_pose_and_shape),
        cmocka_unit_test(usual_priors_move_a_perfect_fit_by_little),
        cmocka_unit_test(result_turns_and_moves_with_the_subject),
        cmocka_unit_test(mirror_image_gives_the_mirrored_result),
        cmocka_unit_test(result_is_consistent_with_itself),
        cmocka_unit_test(every_step_is_reported_from_the_start_on),
        cmocka_unit_test(the_caller_can_cancel_at_any_step),
        cmocka_unit_test(the_caller_can_cancel_while_the_form_is_found),
        cmocka_unit_test(running_out_of_steps_is_a_result),
        cmocka_unit_test(a_known_shape_is_kept),
        cmocka_unit_test(a_second_fit_does_not_remember_the_first),
        cmocka_unit_test(bad_options_and_inputs_are_refused),
        cmocka_unit_test(every_failed_allocation_of_a_workspace_is_reported),
        cmocka_unit_test(a_fit_allocates_its_result_only),
        cmocka_unit_test(free_takes_null_and_empty),
    };
    return cmocka_run_group_tests_name("test_body_registration", cases, set_up, tear_down) +
           cmocka_run_group_tests_name("test_body_registration with STAR's correctives", cases, set_up_star, tear_down) +
           cmocka_run_group_tests_name("test_body_registration with SMPL's correctives", cases, set_up_smpl, tear_down);
}
