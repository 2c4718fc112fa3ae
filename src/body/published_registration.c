/**
 * The schedule of the published registration (see the header); residuals and Jacobian are in published_jacobian.c.
 *
 *   symbol  code
 *   w       weight
 *   X       x
 */
#include "body/published_registration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/correctives.h"
#include "body/published_jacobian.h"
#include "body/register_workspace.h"

/* What is free in each call, and its weight of the skin. Source: the published method, see the header. */
static const struct schedule {
    oik_published_free free;
    double weight;
} schedule[OIK_PUBLISHED_REGISTER_CALLS] = {
    {{0, 1}, 1.0}, {{3, OIK_N_JOINTS}, 1.0}, {{10, OIK_N_JOINTS}, 1.0}, {{10, OIK_N_JOINTS}, 100.0}};

/* Accepted steps of a call. */
enum { PUBLISHED_ITERATIONS = 5 };

/* Stops of the published minimiser: gradient; step and trust radius, relative to the state. */
static const double PUBLISHED_TOLERANCE = 1e-15;

/* With more iterations: the most of a call, and the relative decrease that ends it. */
enum { MORE_ITERATIONS = 200 };
static const double MORE_COST_TOLERANCE = 1e-10;

oik_lsq_options oik_published_solver(int steps, bool more_iterations) {
    return (oik_lsq_options){.strategy = OIK_LSQ_DOGLEG,
                             .max_iterations = more_iterations ? MORE_ITERATIONS : steps,
                             .gradient_tolerance = PUBLISHED_TOLERANCE,
                             .relative_step_tolerance = PUBLISHED_TOLERANCE,
                             .cost_tolerance = more_iterations ? MORE_COST_TOLERANCE : 0.0,
                             .derive_trials = true};
}

/* ---- the body as a state of the solver ----------------------------------------------------------------------------- */

/* One call of the schedule. */
typedef struct register_call {
    int number; /* from 0 */
    oik_published_rows *rows;
    oik_published_body *body; /* what is held; the free unknowns are overwritten */
    oik_published_point point;
    const oik_published_options *options; /* or NULL */
    bool cancelled;
} register_call;

/* The free unknowns of a body: beta, theta, tau. */
static void read_state(double *state, const oik_published_body *body, oik_published_free free) {
    size_t n_betas = (size_t)free.n_betas, n_theta = 3 * (size_t)free.n_joints;
    memcpy(state, body->beta, n_betas * sizeof *state);
    memcpy(state + n_betas, body->theta, n_theta * sizeof *state);
    memcpy(state + n_betas + n_theta, &body->tau, sizeof body->tau);
}

static void write_state(oik_published_body *body, const double *state, oik_published_free free) {
    size_t n_betas = (size_t)free.n_betas, n_theta = 3 * (size_t)free.n_joints;
    memcpy(body->beta, state, n_betas * sizeof *state);
    memcpy(body->theta, state + n_betas, n_theta * sizeof *state);
    memcpy(&body->tau, state + n_betas + n_theta, sizeof body->tau);
}

static oik_status evaluate(void *context, const double *state, double *r, double *jac, oik_error *err) {
    (void)err;
    register_call *call = context;
    write_state(call->body, state, call->point.free);
    oik_published_evaluate(r, jac, call->rows, &call->point);
    return OIK_OK;
}

/* rows->skin is that of the accepted state: derivatives come with every trial, and it was the last one. */
static int on_step(void *context, int iteration, const double *state, double cost) {
    (void)state;
    register_call *call = context;
    const oik_published_options *options = call->options;
    if (options && options->on_skin)
        call->cancelled = options->on_skin(options->context, call->number, iteration, call->rows->skin, cost) != 0;
    return call->cancelled;
}

static oik_lsq_options solver_options(register_call *call) {
    oik_lsq_options options = oik_published_solver(PUBLISHED_ITERATIONS, call->options && call->options->more_iterations);
    options.on_step = on_step;
    options.on_step_context = call;
    return options;
}

/* ---- registration -------------------------------------------------------------------------------------------------- */

static oik_status solve_call(oik_lsq_report *report, register_call *call, oik_error *err) {
    oik_lsq_pattern pattern = {0};
    oik_lsq *lsq = NULL;
    double state[OIK_PUBLISHED_PRIOR_ROWS + 3];
    oik_published_free unknowns = call->point.free;
    size_t n = (size_t)oik_published_n_unknowns(unknowns);
    oik_lsq_problem problem = {.context = call, .state_size = n, .evaluate = evaluate};
    oik_lsq_options options = solver_options(call);
    oik_status status = oik_published_pattern(&pattern, call->rows, unknowns, err);
    if (status == OIK_OK)
        status = oik_lsq_new(&lsq, &pattern, n, err);
    read_state(state, call->body, unknowns);
    if (status == OIK_OK)
        status = oik_lsq_solve(report, lsq, state, &problem, &options, err);
    if (status == OIK_OK)
        write_state(call->body, state, unknowns);
    if (status == OIK_OK && call->cancelled)
        status = oik_fail(err, OIK_E_CANCELLED, "registration stopped by the caller in call %d after step %d", call->number + 1,
                          report->n_accepted);
    oik_lsq_free(lsq);
    free((void *)pattern.row_start);
    free((void *)pattern.col);
    return status;
}

/* The structure is analysed anew in each call: that costs less than one step. */
static oik_status run_schedule(oik_published_body *body, oik_lsq_report reports[OIK_PUBLISHED_REGISTER_CALLS],
                               oik_published_rows *rows, const oik_vec3 *x, const oik_published_options *options, oik_error *err) {
    oik_status status = OIK_OK;
    for (int k = 0; k < OIK_PUBLISHED_REGISTER_CALLS && status == OIK_OK; k++) {
        register_call call = {.number = k,
                              .rows = rows,
                              .body = body,
                              .point = {.body = body, .x = x, .weight = schedule[k].weight, .free = schedule[k].free},
                              .options = options};
        status = solve_call(&reports[k], &call, err);
        if (status != OIK_OK && status != OIK_E_CANCELLED)
            oik_error_prefix(err, "registration, call %d of %d", k + 1, OIK_PUBLISHED_REGISTER_CALLS);
    }
    return status;
}

/* beta = theta = 0, tau = mean(X) */
static oik_status start_body(oik_published_body *body, const oik_body_model *model, const oik_vec3 *x, oik_error *err) {
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t v = 0; v < model->n_vertices; v++) {
        if (!v3_finite(x[v]))
            return oik_fail(err, OIK_E_NOT_FINITE, "registration: vertex %zu of the mesh is (%g, %g, %g)", v, x[v].x, x[v].y,
                            x[v].z);
        sum = v3_add(sum, x[v]);
    }
    *body = (oik_published_body){.tau = v3_scale(sum, 1.0 / (double)model->n_vertices)};
    return OIK_OK;
}

static oik_status check_model(const oik_body_model *model, oik_error *err) {
    if (model->n_modes < OIK_PUBLISHED_N_BETAS)
        return oik_fail(err, OIK_E_MODEL, "the published method needs %d shape modes of the skin; the model has %zu",
                        OIK_PUBLISHED_N_BETAS, model->n_modes);
    return OIK_OK;
}

oik_status oik_published_register(oik_published_body *body, oik_lsq_report reports[OIK_PUBLISHED_REGISTER_CALLS],
                                  const oik_body_model *model, const oik_vec3 *x, const oik_published_options *options,
                                  oik_error *err) {
    oik_published_rows *rows = NULL;
    oik_published_body result;
    oik_lsq_report calls[OIK_PUBLISHED_REGISTER_CALLS] = {{0}};
    oik_status status = check_model(model, err);
    if (status == OIK_OK)
        status = start_body(&result, model, x, err);
    if (status == OIK_OK)
        status = oik_published_rows_new(&rows, model, err);
    if (status == OIK_OK)
        status = run_schedule(&result, calls, rows, x, options, err);
    oik_published_rows_free(rows);
    if (status != OIK_OK)
        return status;
    *body = result;
    memcpy(reports, calls, sizeof calls);
    return OIK_OK;
}

/* ---- skin and fit -------------------------------------------------------------------------------------------------- */

/* Frames with the features of the rotation vectors. beta: n_modes. */
static void set_frames(oik_body_frames *frames, const oik_body_model *model, const double *beta, const oik_vec3 theta[OIK_N_JOINTS],
                       const oik_body_pose *pose) {
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_shape_joints(J, model, beta);
    oik_body_forward(frames, model, J, pose);
    oik_features_of_vectors(frames->feature, model->corrective_kind, theta);
}

static oik_body_pose pose_of(const oik_published_body *body) {
    oik_body_pose pose = {.tau = body->tau};
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose.R[j] = oik_rot_exp(body->theta[j]);
    return pose;
}

/* The coefficients of all modes of the model: zero beyond those of the published method. */
static oik_status all_betas(double **beta, const oik_body_model *model, const oik_published_body *body, oik_error *err) {
    *beta = NULL;
    oik_status status = check_model(model, err);
    if (status != OIK_OK)
        return status;
    *beta = oik_new(model->n_modes, sizeof **beta, err);
    if (!*beta)
        return OIK_E_MEMORY;
    memcpy(*beta, body->beta, sizeof body->beta);
    return OIK_OK;
}

/* tau is added to the skin, not to the frames, for the weights of an imported model need not add up to 1 exactly. */
oik_status oik_published_skin(oik_vec3 *x, const oik_body_model *model, const oik_published_body *body, oik_error *err) {
    double *beta = NULL;
    oik_status status = all_betas(&beta, model, body, err);
    if (status != OIK_OK)
        return status;
    oik_body_frames frames;
    oik_body_pose pose = pose_of(body);
    pose.tau = v3(0, 0, 0);
    set_frames(&frames, model, beta, body->theta, &pose);
    oik_body_shape(x, model, beta);
    oik_body_skin(x, model, x, &frames);
    for (size_t v = 0; v < model->n_vertices; v++)
        x[v] = v3_add(x[v], body->tau);
    free(beta);
    return OIK_OK;
}

static oik_status set_errors(oik_body_fit *fit, const oik_body_model *model, const oik_vec3 *x, oik_error *err) {
    double *area = oik_new(model->n_vertices, sizeof *area, err), square = 0.0;
    if (!area || oik_body_areas(area, model, err) != OIK_OK) {
        free(area);
        return OIK_E_MEMORY;
    }
    for (size_t v = 0; v < model->n_vertices; v++) {
        oik_vec3 d = v3_sub(fit->x_model[v], x[v]);
        square += area[v] * v3_dot(d, d);
    }
    fit->rms = fit->repose_rms = sqrt(square);
    free(area);
    return OIK_OK;
}

oik_status oik_published_fit(oik_body_fit *fit, const oik_body_model *model, const oik_published_body *body, const oik_vec3 *x,
                             oik_error *err) {
    oik_body_fit result = {0};
    oik_status status = check_model(model, err);
    if (status == OIK_OK)
        status = oik_body_fit_new(&result, model, err);
    if (status != OIK_OK)
        return status;
    memcpy(result.beta, body->beta, sizeof body->beta);
    result.pose = pose_of(body);
    set_frames(&result.frames, model, result.beta, body->theta, &result.pose);
    oik_body_shape(result.v_shaped, model, result.beta);
    memcpy(result.v_subject, result.v_shaped, model->n_vertices * sizeof *result.v_subject);
    oik_body_form_as_fit(&result, model);
    result.converged = true;
    status = oik_published_skin(result.x_model, model, body, err);
    if (status == OIK_OK && x)
        status = set_errors(&result, model, x, err);
    if (status == OIK_OK)
        *fit = result;
    else
        oik_body_fit_free(&result);
    return status;
}
