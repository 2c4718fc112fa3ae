/**
 * Registration of the body model to a mesh in SMPL vertex order.
 *
 *   symbol  code
 *   a_v     area
 *   sigma   shape_sigma
 *   lambda  damping of the normal equations; 0 is plain Gauss-Newton
 */
#include "body/registration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "body/register_form.h"
#include "body/register_start.h"
#include "body/register_workspace.h"

oik_body_register_options oik_body_register_options_default(void) {
    return (oik_body_register_options){
        .max_iterations = 30, .tolerance = 1e-7, .shape_sigma = 0.7e-3, .pose_prior = 1.0, .unpose_smoothness = 0.5};
}

static int ascending(const void *a, const void *b) {
    double p = *(const double *)a, q = *(const double *)b;
    return (p > q) - (p < q);
}

/** Quantile of the vertex areas to which larger ones are cut, so that a few coarse faces do not rule the fit. */
static const double AREA_QUANTILE = 0.95;

oik_status oik_body_areas(double *area, const oik_body_model *model, oik_error *err) {
    size_t n = model->n_vertices;
    double sum = 0.0, *plain = oik_new(n, sizeof *plain, err);
    if (!plain)
        return OIK_E_MEMORY;
    oik_mesh_vertex_areas(plain, model->template_v, n, (const int32_t(*)[3])model->faces, model->n_faces);
    for (size_t i = 0; i < n; i++)
        area[i] = 0.5 * (plain[i] + plain[model->mirror[i]]);
    memcpy(plain, area, n * sizeof *plain);
    qsort(plain, n, sizeof *plain, ascending);
    double most = plain[(size_t)(AREA_QUANTILE * (double)(n - 1))];
    free(plain);
    for (size_t i = 0; i < n; i++) {
        area[i] = fmin(area[i], most);
        sum += area[i];
    }
    for (size_t i = 0; i < n; i++)
        area[i] = sum > 0.0 ? area[i] / sum : 1.0 / (double)n;
    return OIK_OK;
}

/**
 * Fingers bend where the model has no joint: what they do must not turn the wrist or change the shape. Skin of the fingers weighs this
 * share of its area; that of the thumb too, which the model moves with the wrist. [1]
 */
static const double FINGER_WEIGHT = 0.02;
/** Skin of the wrist's joint this far off the line from wrist to hand is thumb, none before and all behind, in lengths of the line. */
static const double THUMB_FROM = 0.4, THUMB_ALL = 0.55;

/** How much of a vertex is finger, 0..1. */
static double finger_share(const oik_body_model *model, size_t vertex) {
    double share = 0.0;
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++) {
        int j = model->influence_joint[e], wrist = j == OIK_J_WRIST_L || j == OIK_J_HAND_L ? OIK_J_WRIST_L : OIK_J_WRIST_R;
        if (j == OIK_J_HAND_L || j == OIK_J_HAND_R)
            share += model->influence_weight[e];
        if (j != wrist)
            continue;
        int hand = wrist == OIK_J_WRIST_L ? OIK_J_HAND_L : OIK_J_HAND_R;
        oik_vec3 line = v3_sub(model->joints[hand], model->joints[wrist]), p = v3_sub(model->template_v[vertex], model->joints[wrist]);
        double length = v3_norm(line), off = v3_norm(v3_cross(line, p)) / (length * length);
        share += model->influence_weight[e] * fmax(0.0, fmin(1.0, (off - THUMB_FROM) / (THUMB_ALL - THUMB_FROM)));
    }
    return share;
}

oik_status oik_body_weights(double *weight, const oik_body_model *model, oik_error *err) {
    double sum = 0.0;
    oik_status status = oik_body_areas(weight, model, err);
    for (size_t i = 0; i < model->n_vertices && !status; i++)
        sum += weight[i] *= 1.0 - (1.0 - FINGER_WEIGHT) * finger_share(model, i);
    for (size_t i = 0; i < model->n_vertices && !status; i++)
        weight[i] /= sum;
    return status;
}

oik_status oik_body_register_new(oik_body_register **out, const oik_body_model *model, oik_error *err) {
    *out = NULL;
    oik_body_register *ws = oik_new(1, sizeof *ws, err);
    if (!ws)
        return OIK_E_MEMORY;
    ws->model = model;
    ws->area = oik_new(model->n_vertices, sizeof *ws->area, err);
    ws->scratch = oik_new(model->n_vertices, sizeof *ws->scratch, err);
    ws->subject = oik_new(model->n_vertices, sizeof *ws->subject, err);
    ws->rigidity = oik_new(model->n_vertices, sizeof *ws->rigidity, err);
    ws->form_weight = oik_new(model->n_vertices, sizeof *ws->form_weight, err);
    bool complete = ws->area && ws->scratch && ws->subject && ws->rigidity && ws->form_weight;
    oik_status status = complete ? OIK_OK : OIK_E_MEMORY;
    if (!status)
        status = oik_body_state_new(&ws->state, model, err);
    if (!status)
        status = oik_body_state_new(&ws->trial, model, err);
    if (!status)
        status = oik_body_step_new(&ws->step, model, err);
    if (!status)
        status = oik_body_unpose_new(&ws->unpose, model, err);
    if (!status)
        status = oik_body_weights(ws->area, model, err);
    if (status) {
        oik_body_register_free(ws);
        return status;
    }
    oik_body_form_weights(ws->rigidity, ws->form_weight, model, ws->area);
    *out = ws;
    return OIK_OK;
}

void oik_body_register_free(oik_body_register *ws) {
    if (!ws)
        return;
    free(ws->area);
    free(ws->scratch);
    free(ws->subject);
    free(ws->rigidity);
    free(ws->form_weight);
    oik_body_state_clear(&ws->state);
    oik_body_state_clear(&ws->trial);
    oik_body_step_clear(&ws->step);
    oik_body_unpose_free(ws->unpose);
    free(ws);
}

static void swap_states(oik_body_register *ws) {
    oik_body_state old = ws->state;
    ws->state = ws->trial;
    ws->trial = old;
}

/** Damping after a first refused step, the factor by which it rises, and where no descent is left to find. */
static const double FIRST_DAMPING = 1e-4, DAMPING_FACTOR = 10.0, LAST_DAMPING = 1e6;

/**
 * One accepted step that lowers the cost; the damping rises until there is one and falls afterwards.
 * @return false when the cost cannot be lowered: the state is a minimum to rounding
 */
static bool descend(oik_body_register *ws, const oik_body_target *target, double *lambda) {
    oik_body_linearise(&ws->step, &ws->state, target);
    while (*lambda < LAST_DAMPING) {
        oik_status status = oik_body_take_step(&ws->trial, &ws->step, &ws->state, target, *lambda);
        if (!status && ws->trial.cost < ws->state.cost) {
            swap_states(ws);
            *lambda = *lambda > FIRST_DAMPING ? *lambda / DAMPING_FACTOR : 0.0;
            return true;
        }
        *lambda = *lambda > 0.0 ? *lambda * DAMPING_FACTOR : FIRST_DAMPING;
    }
    return false;
}

static bool cancelled(const oik_body_register_options *options, int iteration, const oik_body_state *state) {
    return options->on_step && options->on_step(options->on_step_context, iteration, state->y, state->rms);
}

oik_status oik_body_minimise(int *n_iterations, bool *converged, oik_body_register *ws, const oik_body_target *target,
                             const oik_body_register_options *options, oik_error *err) {
    double lambda = 0.0;
    *converged = false;
    *n_iterations = 0;
    oik_body_evaluate(&ws->state, target);
    if (!isfinite(ws->state.cost))
        return oik_fail(err, OIK_E_NOT_FINITE, "registration: the residual of the start is %g m", ws->state.rms);
    if (cancelled(options, 0, &ws->state))
        return oik_fail(err, OIK_E_CANCELLED, "registration stopped by the caller before the first step");
    while (!*converged && *n_iterations < options->max_iterations) {
        double before = ws->state.rms;
        if (!descend(ws, target, &lambda)) {
            *converged = true;
            break;
        }
        ++*n_iterations;
        *converged = fabs(before - ws->state.rms) < options->tolerance;
        if (cancelled(options, *n_iterations, &ws->state))
            return oik_fail(err, OIK_E_CANCELLED, "registration stopped by the caller after step %d", *n_iterations);
    }
    return OIK_OK;
}

double oik_body_skin_rms(oik_body_register *ws, const oik_vec3 *v, const oik_body_frames *frames, const oik_vec3 *x) {
    double square = 0.0;
    oik_body_skin(ws->trial.y, ws->model, v, frames);
    for (size_t i = 0; i < ws->model->n_vertices; i++) {
        oik_vec3 r = v3_sub(x[i], ws->trial.y[i]);
        square += ws->area[i] * v3_dot(r, r);
    }
    return sqrt(square);
}

oik_status oik_body_fit_new(oik_body_fit *fit, const oik_body_model *model, oik_error *err) {
    *fit = (oik_body_fit){.beta = oik_new(model->n_modes, sizeof *fit->beta, err),
                          .v_shaped = oik_new(model->n_vertices, sizeof *fit->v_shaped, err),
                          .x_model = oik_new(model->n_vertices, sizeof *fit->x_model, err),
                          .v_subject = oik_new(model->n_vertices, sizeof *fit->v_subject, err)};
    fit->form.v_shaped = oik_new(model->n_vertices, sizeof *fit->form.v_shaped, err);
    fit->form.v_subject = oik_new(model->n_vertices, sizeof *fit->form.v_subject, err);
    if (fit->beta && fit->v_shaped && fit->x_model && fit->v_subject && fit->form.v_shaped && fit->form.v_subject)
        return OIK_OK;
    oik_body_fit_free(fit);
    return OIK_E_MEMORY;
}

void oik_body_fit_free(oik_body_fit *fit) {
    if (!fit)
        return;
    free(fit->beta);
    free(fit->v_shaped);
    free(fit->x_model);
    free(fit->v_subject);
    free(fit->form.v_shaped);
    free(fit->form.v_subject);
    *fit = (oik_body_fit){0};
}

void oik_body_form_as_fit(oik_body_fit *fit, const oik_body_model *model) {
    memcpy(fit->form.v_shaped, fit->v_shaped, model->n_vertices * sizeof *fit->v_shaped);
    memcpy(fit->form.v_subject, fit->v_subject, model->n_vertices * sizeof *fit->v_subject);
    memcpy(fit->form.J, fit->frames.J, sizeof fit->form.J);
}

/** Copy the final state out of the workspace. */
static void store(oik_body_fit *fit, const oik_body_register *ws) {
    size_t n = ws->model->n_vertices;
    fit->pose = ws->state.pose;
    fit->frames = ws->state.frames;
    fit->rms = ws->state.rms;
    memcpy(fit->beta, ws->state.beta, ws->model->n_modes * sizeof *fit->beta);
    memcpy(fit->v_shaped, ws->state.v, n * sizeof *fit->v_shaped);
    memcpy(fit->x_model, ws->state.y, n * sizeof *fit->x_model);
    memcpy(fit->v_subject, ws->subject, n * sizeof *fit->v_subject);
}

/** Shape of the start: the known one or the template's. */
static void start_shape(oik_body_register *ws, const double *fixed_beta) {
    for (size_t k = 0; k < ws->model->n_modes; k++)
        ws->state.beta[k] = fixed_beta ? fixed_beta[k] : 0.0;
}

static oik_status check_options(const oik_body_register_options *o, oik_error *err) {
    if (o->max_iterations < 1 || !(o->tolerance >= 0.0) || !(o->shape_sigma > 0.0) || !(o->pose_prior >= 0.0) ||
        !(o->unpose_smoothness > 0.0))
        return oik_fail(err, OIK_E_ARGUMENT,
                        "registration options: max_iterations %d, tolerance %g, shape_sigma %g, pose_prior %g, "
                        "unpose_smoothness %g; expected >= 1, >= 0, > 0, >= 0, > 0",
                        o->max_iterations, o->tolerance, o->shape_sigma, o->pose_prior, o->unpose_smoothness);
    return OIK_OK;
}

oik_status oik_body_fit_mesh(oik_body_fit *fit, oik_body_register *ws, const oik_vec3 *x,
                             const oik_body_register_options *options, oik_error *err) {
    const oik_body_model *model = ws->model;
    oik_body_target target = {.model = model,
                              .x = x,
                              .area = ws->area,
                              .shape_sigma = options->shape_sigma,
                              .pose_prior = options->pose_prior,
                              .n_modes = options->fixed_beta ? 0 : model->n_modes};
    oik_body_fit result = {0};
    oik_status status = check_options(options, err);
    if (!status)
        status = oik_body_register_start(&ws->state.pose, model, x, ws->scratch, err);
    if (status)
        return status;
    start_shape(ws, options->fixed_beta);
    int n_iterations;
    bool converged;
    status = oik_body_minimise(&n_iterations, &converged, ws, &target, options, err);
    if (!status)
        status = oik_body_unpose_solve(ws->subject, ws->unpose, ws->state.v, ws->state.y, x, &ws->state.frames, NULL,
                                       options->unpose_smoothness, err);
    if (!status)
        status = oik_body_fit_new(&result, model, err);
    if (status)
        return status;
    store(&result, ws);
    result.n_iterations = n_iterations;
    result.converged = converged;
    result.repose_rms = oik_body_skin_rms(ws, ws->subject, &ws->state.frames, x);
    status = oik_body_register_form(&result.form, ws, &target, options, err);
    if (status)
        oik_body_fit_free(&result);
    else
        *fit = result;
    return status;
}
