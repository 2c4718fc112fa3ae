/* Stage 1 of the published method on a made-up model: derivatives, schedule, results, errors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rot.h"
#include "body/correctives.h"
#include "body/published_jacobian.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"

enum { N_MODES = OIK_PUBLISHED_N_BETAS + 2, MAX_UNKNOWNS = OIK_PUBLISHED_PRIOR_ROWS + 3 };

/* Step of the central differences: truncation h^2 x'''/6 and rounding eps x/h are both below 1e-10 for residuals of size 5. */
#define H_STEP 1e-5
#define FD_TOLERANCE 2e-9

static oik_body_model *model;
static oik_vec3 *x, *skin;

/* Any smooth field. */
static oik_vec3 wave(double size, double a, oik_vec3 p) {
    return v3(size * sin(a + 3.0 * p.y), size * cos(2.0 * a + 4.0 * p.x), size * sin(3.0 * a + 5.0 * p.z + p.y));
}

/* Twelve modes; the joints do not follow the skin in the second, as with STAR. */
static int add_modes(oik_body_model *m) {
    size_t n = m->n_vertices;
    free(m->modes);
    free(m->mode_precision);
    m->n_modes = N_MODES;
    m->modes = oik_new(N_MODES * n, sizeof *m->modes, NULL);
    m->mode_precision = oik_new(N_MODES, sizeof *m->mode_precision, NULL);
    if (!m->modes || !m->mode_precision)
        return 0;
    for (size_t k = 0; k < N_MODES; k++)
        for (size_t v = 0; v < n; v++)
            m->modes[k * n + v] = k == 0 ? v3_scale(m->template_v[v], 0.04) : wave(0.01, (double)k, m->template_v[v]);
    if (oik_body_model_derive(m, NULL) != OIK_OK)
        return 0;
    for (int j = 0; j < OIK_N_JOINTS; j++)
        m->mode_joints[OIK_N_JOINTS + j] = v3_add(m->mode_joints[OIK_N_JOINTS + j], wave(0.004, j, m->joints[j]));
    return 1;
}

/* Each joint corrects its own vertices and those of its parent; joint 8 also the head, where it has no weight. */
static int add_correctives(oik_body_model *m, oik_corrective_kind kind) {
    size_t n = m->n_vertices, features = (size_t)oik_features_per_joint(kind);
    free(m->correctives);
    m->corrective_kind = kind;
    m->n_features = 23 * features;
    m->correctives = oik_new(m->n_features * n, sizeof *m->correctives, NULL);
    if (!m->correctives)
        return 0;
    for (size_t f = 0; f < m->n_features; f++)
        for (size_t v = 0; v < n; v++) {
            int j = 1 + (int)(f / features), part = m->part[v];
            if (part == j || part == m->parents[j] || (j == 8 && part == OIK_J_HEAD))
                m->correctives[f * n + v] = wave(0.02, (double)f, m->template_v[v]);
        }
    return 1;
}

static oik_published_body some_body(double amplitude) {
    oik_published_body body = {.tau = {0.3, -0.2, 0.5}};
    for (int k = 0; k < OIK_PUBLISHED_N_BETAS; k++)
        body.beta[k] = amplitude * sin(1.0 + k);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        body.theta[j] = v3_scale(v3_unit(v3(sin(3.0 * j + 1.0), sin(5.0 * j + 2.0), sin(7.0 * j + 3.0))),
                                 amplitude * sin(1.0 + 2.0 * j));
    return body;
}

static int set_up(void **state) {
    (void)state;
    model = tiny_body_new();
    if (!model || !add_modes(model) || !add_correctives(model, OIK_CORRECTIVES_STAR))
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    skin = calloc(model->n_vertices, sizeof *skin);
    return x && skin ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_body_model_free(model);
    free(x);
    free(skin);
    return 0;
}

/* ---- derivatives --------------------------------------------------------------------------------------------------- */

/* Unknown number u of the free ones, in the order beta, theta, tau. */
static double *unknown(oik_published_body *body, oik_published_free free, int u) {
    if (u < free.n_betas)
        return &body->beta[u];
    u -= free.n_betas;
    oik_vec3 *p = u < 3 * free.n_joints ? &body->theta[u / 3] : &body->tau;
    return u % 3 == 0 ? &p->x : u % 3 == 1 ? &p->y : &p->z;
}

static double *room(size_t n) {
    double *out = calloc(n, sizeof *out);
    assert_non_null(out);
    return out;
}

/* dr/du by central differences. */
static void difference(double *dr, double *scratch, oik_published_rows *rows, const oik_published_point *at, int u) {
    oik_published_body moved = *at->body;
    oik_published_point point = *at;
    point.body = &moved;
    double *value = unknown(&moved, at->free, u), middle = *value;
    int n = oik_published_n_rows(rows);
    *value = middle + H_STEP;
    oik_published_evaluate(dr, NULL, rows, &point);
    *value = middle - H_STEP;
    oik_published_evaluate(scratch, NULL, rows, &point);
    for (int i = 0; i < n; i++)
        dr[i] = (dr[i] - scratch[i]) / (2.0 * H_STEP);
}

static void compare_derivatives(const oik_published_body *body, oik_published_free unknowns, double weight) {
    oik_published_rows *rows = NULL;
    oik_lsq_pattern pattern;
    assert_int_equal(oik_published_rows_new(&rows, model, NULL), OIK_OK);
    assert_int_equal(oik_published_pattern(&pattern, rows, unknowns, NULL), OIK_OK);
    size_t n_rows = (size_t)pattern.n_rows, n = (size_t)pattern.n_unknowns;
    double *r = room(n_rows), *jac = room((size_t)pattern.row_start[n_rows]), *J = room(n_rows * n);
    double *dr = room(n_rows), *s = room(n_rows);
    oik_published_point point = {body, x, weight, unknowns};
    oik_published_evaluate(r, jac, rows, &point);
    for (size_t i = 0; i < n_rows; i++)
        for (int p = pattern.row_start[i]; p < pattern.row_start[i + 1]; p++)
            J[i * n + (size_t)pattern.col[p]] = jac[p];
    for (size_t u = 0; u < n; u++) {
        double longest = 0.0;
        difference(dr, s, rows, &point, (int)u);
        for (size_t i = 0; i < n_rows; i++) {
            assert_true(fabs(J[i * n + u] - dr[i]) <= weight * FD_TOLERANCE);
            longest = i < 3 * model->n_vertices ? fmax(longest, fabs(J[i * n + u])) : longest;
        }
        assert_true(longest > 1e-3 * weight); /* every unknown moves the skin */
    }
    free(r);
    free(jac);
    free(J);
    free(dr);
    free(s);
    free((void *)pattern.row_start);
    free((void *)pattern.col);
    oik_published_rows_free(rows);
}

static void derivatives_match_central_differences(void **state) {
    (void)state;
    const oik_published_free free_of_call[] = {{0, 1}, {3, OIK_N_JOINTS}, {10, OIK_N_JOINTS}};
    oik_published_body body = some_body(0.9);
    body.theta[5] = v3(0, 0, 0);
    body.theta[9] = v3(-2.0, 3.1, 0.4); /* beyond half a turn: the other quaternion */
    for (int k = 0; k < 3; k++)
        compare_derivatives(&body, free_of_call[k], 1.0);
    compare_derivatives(&body, free_of_call[2], 100.0);
    assert_true(add_correctives(model, OIK_CORRECTIVES_SMPL));
    compare_derivatives(&body, free_of_call[2], 1.0);
    assert_true(add_correctives(model, OIK_CORRECTIVES_NONE));
    compare_derivatives(&body, free_of_call[2], 1.0);
    assert_true(add_correctives(model, OIK_CORRECTIVES_STAR));
}

/* The skin of the residuals is that of the body functions, and the priors follow it. */
static void residuals_are_the_skin_and_the_priors(void **state) {
    (void)state;
    oik_published_rows *rows = NULL;
    assert_int_equal(oik_published_rows_new(&rows, model, NULL), OIK_OK);
    oik_published_body body = some_body(1.3);
    oik_published_point point = {&body, x, 7.0, {0, 1}};
    double *r = room((size_t)oik_published_n_rows(rows));
    for (size_t v = 0; v < model->n_vertices; v++)
        x[v] = wave(0.4, (double)v, model->template_v[v]);
    oik_published_evaluate(r, NULL, rows, &point);
    assert_int_equal(oik_published_skin(skin, model, &body, NULL), OIK_OK);
    for (size_t i = 0; i < model->n_vertices; i++) {
        size_t v = (size_t)rows->order[i];
        oik_vec3 d = v3_scale(v3_sub(skin[v], x[v]), 7.0);
        assert_true(v3_dist(rows->skin[v], skin[v]) <= 1e-14); /* sums in another order, metres */
        assert_true(v3_dist(d, v3(r[3 * i], r[3 * i + 1], r[3 * i + 2])) <= 7e-14);
    }
    const double *prior = r + 3 * model->n_vertices;
    assert_memory_equal(prior, body.beta, sizeof body.beta);
    assert_memory_equal(prior + 10, body.theta, sizeof body.theta);
    free(r);
    oik_published_rows_free(rows);
}

/* Blocks that leave a joint out would lose its columns; blocks of everything would be slow. */
static void columns_are_those_of_the_joints_that_move_a_block(void **state) {
    (void)state;
    oik_published_rows *rows = NULL;
    oik_lsq_pattern pattern;
    assert_int_equal(oik_published_rows_new(&rows, model, NULL), OIK_OK);
    assert_int_equal(oik_published_pattern(&pattern, rows, (oik_published_free){10, OIK_N_JOINTS}, NULL), OIK_OK);
    assert_int_equal(pattern.n_unknowns, 85);
    assert_int_equal(pattern.n_rows, 3 * model->n_vertices + 82);
    int skin_entries = pattern.row_start[3 * model->n_vertices];
    assert_true(skin_entries < (int)(3 * model->n_vertices * 85 * 3 / 4));
    assert_int_equal(pattern.row_start[pattern.n_rows] - skin_entries, 82); /* a prior each */
    free((void *)pattern.row_start);
    free((void *)pattern.col);
    oik_published_rows_free(rows);
}

/* ---- schedule ------------------------------------------------------------------------------------------------------ */

typedef struct told {
    int n[4], last_call, stop_call, stop_iteration;
    double last_cost;
} told;

static int listen(void *context, int call, int iteration, const oik_vec3 *y, double cost) {
    told *t = context;
    assert_in_range(call, t->last_call, 3);
    assert_int_equal(iteration, t->n[call] + 1);
    t->n[call] = iteration;
    t->last_call = call;
    t->last_cost = cost;
    memcpy(skin, y, model->n_vertices * sizeof *y);
    return call == t->stop_call && iteration == t->stop_iteration;
}

/* A target that the model can nearly reach. */
static void set_target(double amplitude) {
    oik_published_body body = some_body(amplitude);
    assert_int_equal(oik_published_skin(x, model, &body, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        x[v] = v3_add(x[v], wave(0.01, 11.0 * (double)v, model->template_v[v]));
}

/* The residuals in plain words. */
static double cost_of(const oik_published_body *body, double weight) {
    double sum = 0.0;
    oik_vec3 *y = calloc(model->n_vertices, sizeof *y);
    assert_non_null(y);
    assert_int_equal(oik_published_skin(y, model, body, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        sum += weight * weight * v3_dot(v3_sub(y[v], x[v]), v3_sub(y[v], x[v]));
    for (int k = 0; k < OIK_PUBLISHED_N_BETAS; k++)
        sum += body->beta[k] * body->beta[k];
    for (int j = 0; j < OIK_N_JOINTS; j++)
        sum += v3_dot(body->theta[j], body->theta[j]);
    free(y);
    return sum;
}

static void the_schedule_is_four_calls_of_five_steps(void **state) {
    (void)state;
    oik_published_body body, start = {.tau = {0, 0, 0}};
    oik_lsq_report reports[4];
    told t = {.stop_call = -1};
    oik_published_options options = {.on_skin = listen, .context = &t};
    set_target(1.1);
    assert_int_equal(oik_published_register(&body, reports, model, x, &options, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        start.tau = v3_madd(start.tau, 1.0 / (double)model->n_vertices, x[v]);
    /* relative: sums of 2,000 squares in another order */
    assert_true(fabs(reports[0].initial_cost / cost_of(&start, 1.0) - 1.0) <= 1e-12);
    for (int k = 0; k < 4; k++) {
        assert_int_equal(t.n[k], 5);
        assert_int_equal(reports[k].n_accepted, 5);
        assert_int_equal(reports[k].stop, OIK_LSQ_STOP_ITERATIONS);
        assert_true(reports[k].final_cost < reports[k].initial_cost);
        if (k > 0 && k < 3) /* the next call goes on where the last one ended */
            assert_true(fabs(reports[k].initial_cost / reports[k - 1].final_cost - 1.0) <= 1e-12);
    }
    assert_true(t.last_cost == reports[3].final_cost);
    assert_true(fabs(reports[3].final_cost / cost_of(&body, 100.0) - 1.0) <= 1e-12);
    oik_vec3 *y = calloc(model->n_vertices, sizeof *y);
    assert_non_null(y);
    assert_int_equal(oik_published_skin(y, model, &body, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        assert_true(v3_dist(y[v], skin[v]) <= 1e-14); /* the last skin that was told; rounding of metres */
    free(y);
}

/* A skin of the model with small coefficients comes back: at weight 100 the priors hardly pull. */
static void a_body_of_the_model_is_found_again(void **state) {
    (void)state;
    oik_published_body body, truth = some_body(0.3);
    oik_lsq_report reports[4];
    oik_published_options more = {.more_iterations = true};
    assert_int_equal(oik_published_skin(x, model, &truth, NULL), OIK_OK);
    assert_int_equal(oik_published_register(&body, reports, model, x, &more, NULL), OIK_OK);
    assert_true(reports[3].final_cost <= cost_of(&truth, 100.0)); /* the truth costs its priors */
    assert_int_equal(oik_published_skin(skin, model, &body, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        assert_true(v3_dist(skin[v], x[v]) <= 5e-3); /* the weak unknowns of this coarse model give way by millimetres */
}

static void more_iterations_go_on_until_the_cost_settles(void **state) {
    (void)state;
    oik_published_body body;
    oik_lsq_report few[4], many[4];
    oik_published_options more = {.more_iterations = true};
    set_target(1.1);
    assert_int_equal(oik_published_register(&body, few, model, x, NULL, NULL), OIK_OK);
    assert_int_equal(oik_published_register(&body, many, model, x, &more, NULL), OIK_OK);
    int n_few = 0, n_many = 0;
    for (int k = 0; k < 4; k++) {
        n_few += few[k].n_accepted;
        n_many += many[k].n_accepted;
        assert_int_not_equal(many[k].stop, OIK_LSQ_STOP_ITERATIONS);
    }
    assert_true(n_many > n_few);
    assert_true(many[3].final_cost <= few[3].final_cost);
}

/* ---- errors -------------------------------------------------------------------------------------------------------- */

static void the_caller_can_stop_it(void **state) {
    (void)state;
    oik_error err = {0};
    oik_published_body body = some_body(0.1), before = body;
    oik_lsq_report reports[4];
    told t = {.stop_call = 2, .stop_iteration = 3};
    oik_published_options options = {.on_skin = listen, .context = &t};
    set_target(1.1);
    assert_int_equal(oik_published_register(&body, reports, model, x, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(t.n[2], 3);
    assert_int_equal(t.n[3], 0);
    assert_non_null(strstr(err.message, "call 3 after step 3"));
    assert_memory_equal(&body, &before, sizeof body);
}

static void bad_input_is_named(void **state) {
    (void)state;
    oik_error err = {0};
    oik_published_body body;
    oik_body_fit fit = {0};
    oik_lsq_report reports[4];
    set_target(0.4);
    x[77].y = NAN;
    assert_int_equal(oik_published_register(&body, reports, model, x, NULL, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "vertex 77"));
    oik_body_model few = *model;
    few.n_modes = OIK_PUBLISHED_N_BETAS - 1;
    body = some_body(0.1);
    assert_int_equal(oik_published_register(&body, reports, &few, x, NULL, &err), OIK_E_MODEL);
    assert_non_null(strstr(err.message, "the model has 9"));
    assert_int_equal(oik_published_skin(skin, &few, &body, &err), OIK_E_MODEL);
    assert_int_equal(oik_published_fit(&fit, &few, &body, NULL, &err), OIK_E_MODEL);
    assert_null(fit.beta);
}

/* Registration and fit with the allocation of one place failing. */
static oik_status register_short_of_memory(long place, long *n) {
    oik_published_body body;
    oik_body_fit fit = {0};
    oik_lsq_report reports[4];
    failing_malloc_arm(place);
    oik_status status = oik_published_register(&body, reports, model, x, NULL, NULL);
    if (status == OIK_OK)
        status = oik_published_fit(&fit, model, &body, x, NULL);
    *n = failing_malloc_disarm();
    assert_true(status == OIK_OK || !fit.beta);
    oik_body_fit_free(&fit);
    return status;
}

/* Every allocation fails once (leaks show under the address sanitizer). */
static void a_shortage_of_memory_is_reported(void **state) {
    (void)state;
    long n, seen;
    set_target(0.2);
    assert_int_equal(register_short_of_memory(-1, &n), OIK_OK);
    assert_true(n > 20);
    for (long place = 0; place < n; place++)
        assert_int_equal(register_short_of_memory(place, &seen), OIK_E_MEMORY);
}

/* ---- fit ----------------------------------------------------------------------------------------------------------- */

static void the_fit_holds_the_body(void **state) {
    (void)state;
    oik_body_fit fit = {0};
    oik_published_body body = some_body(0.8);
    assert_int_equal(oik_published_skin(x, model, &body, NULL), OIK_OK);
    assert_int_equal(oik_published_fit(&fit, model, &body, NULL, NULL), OIK_OK);
    double beta[N_MODES] = {0};
    memcpy(beta, body.beta, sizeof body.beta);
    assert_memory_equal(fit.beta, beta, sizeof beta);
    oik_body_shape(skin, model, beta);
    for (size_t v = 0; v < model->n_vertices; v++) {
        assert_true(v3_dist(fit.x_model[v], x[v]) == 0.0);
        assert_true(v3_dist(fit.v_shaped[v], skin[v]) == 0.0);
        assert_true(v3_dist(fit.v_subject[v], skin[v]) == 0.0);
    }
    /* frames and features pose the rest skin: the weights of this model add up to 1, so that tau may be in the frames */
    oik_body_skin(skin, model, fit.v_shaped, &fit.frames);
    for (size_t v = 0; v < model->n_vertices; v++)
        assert_true(v3_dist(skin[v], x[v]) <= 1e-14);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        assert_true(oik_rot_angle_between(fit.pose.R[j], oik_rot_exp(body.theta[j])) == 0.0);
    assert_true(v3_dist(fit.pose.tau, body.tau) == 0.0);
    assert_true(fit.rms == 0.0 && fit.repose_rms == 0.0);
    oik_body_fit_free(&fit);
}

/* A mesh that is 3 mm beside the skin everywhere: whatever the weights of the vertices, the RMS is 3 mm. */
static void the_fit_measures_its_distance(void **state) {
    (void)state;
    oik_body_fit fit = {0};
    oik_published_body body = some_body(0.8);
    assert_int_equal(oik_published_skin(x, model, &body, NULL), OIK_OK);
    for (size_t v = 0; v < model->n_vertices; v++)
        x[v] = v3_madd(x[v], 3e-3, v3_unit(wave(1.0, (double)v, x[v])));
    assert_int_equal(oik_published_fit(&fit, model, &body, x, NULL), OIK_OK);
    assert_true(fabs(fit.rms - 3e-3) <= 1e-15); /* rounding of coordinates of 1 m, averaged over the vertices */
    assert_true(fit.repose_rms == fit.rms);
    oik_body_fit_free(&fit);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(derivatives_match_central_differences),
        cmocka_unit_test(residuals_are_the_skin_and_the_priors),
        cmocka_unit_test(columns_are_those_of_the_joints_that_move_a_block),
        cmocka_unit_test(the_schedule_is_four_calls_of_five_steps),
        cmocka_unit_test(a_body_of_the_model_is_found_again),
        cmocka_unit_test(more_iterations_go_on_until_the_cost_settles),
        cmocka_unit_test(the_caller_can_stop_it),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
        cmocka_unit_test(the_fit_holds_the_body),
        cmocka_unit_test(the_fit_measures_its_distance),
    };
    return cmocka_run_group_tests_name("test_body_published_registration", cases, set_up, tear_down);
}
