/** Stage 1: a body registered to a mesh, by either method. */
#include <string.h>

#include "api/internal.h"
#include "api/stage_input.h"
#include "base/status.h"

static int tell_skin(oik_stage_watch *watch, int call, int iteration, const oik_vec3 *x, double cost) {
    oik_step step = {.iteration = iteration, .cost = cost, .skin = &x->x}; /* as an array of doubles: see base/vec3.h */
    return oik_stage_step(watch, call, &step);
}

/* ------------------------------------------------------------------ refined */

/** Iteration 0 is the start, which is no step. */
static int on_refined_step(void *context, int iteration, const oik_vec3 *x_model, double rms) {
    return iteration > 0 ? tell_skin(context, 0, iteration, x_model, rms) : oik_stage_poll(context);
}

static int stops(void *context) {
    return oik_stage_poll(context);
}

static oik_status register_refined(oik_body *body, const oik_body_model *model, oik_stage_watch *watch, oik_error *err) {
    oik_body_register_options settings = oik_body_register_options_default();
    settings.tolerance *= oik_tolerance_factor(watch->options);
    settings.max_iterations = (int)(settings.max_iterations / oik_tolerance_factor(watch->options));
    settings.on_step = on_refined_step;
    settings.on_step_context = watch;
    settings.stops = stops;
    oik_body_register *workspace = NULL;
    oik_status status = oik_body_register_new(&workspace, model, err);
    if (!status)
        status = oik_body_fit_mesh(&body->fit, workspace, body->x, &settings, err);
    oik_body_register_free(workspace);
    return status;
}

/* ------------------------------------------------------------------ reference */

static int on_published_step(void *context, int call, int iteration, const oik_vec3 *x, double cost) {
    return tell_skin(context, call, iteration, x, cost);
}

/** Did every call end before its cap? */
static bool all_converged(const oik_stage_calls *calls) {
    for (int i = 0; i < calls->n; i++)
        if (calls->report[i].stop == OIK_LSQ_STOP_ITERATIONS)
            return false;
    return true;
}

static oik_status register_published(oik_body *body, const oik_body_model *model, oik_stage_watch *watch, oik_error *err) {
    oik_published_options settings = {
        .more_iterations = watch->options->more_iterations, .on_skin = on_published_step, .context = watch};
    if (oik_stage_poll(watch))
        return OIK_E_CANCELLED;
    oik_status status = oik_published_register(&body->published, body->calls.report, model, body->x, &settings, err);
    if (!status)
        status = oik_published_fit(&body->fit, model, &body->published, body->x, err);
    if (status)
        return status;
    body->calls.n = OIK_PUBLISHED_REGISTER_CALLS;
    body->fit.n_iterations = 0;
    for (int i = 0; i < body->calls.n; i++)
        body->fit.n_iterations += body->calls.report[i].n_accepted;
    body->fit.converged = all_converged(&body->calls);
    return OIK_OK;
}

/* ------------------------------------------------------------------ the stage */

static oik_status fit(oik_body *body, const oik_body_model *model, const oik_stage_options *options, oik_error *err) {
    oik_stage_watch watch = {.options = options, .stage = OIK_STAGE_REGISTRATION};
    oik_status status = oik_stage_method(options) == OIK_METHOD_REFERENCE ? register_published(body, model, &watch, err)
                                                                          : register_refined(body, model, &watch, err);
    return oik_stage_status(&watch, status, "registration", err);
}

oik_status oik_body_from_mesh(oik_body **out, const oik_model *model, const oik_mesh *mesh, const char *name,
                              const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    char input[OIK_HASH_LENGTH + 1];
    oik_body *body = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (!status)
        status = oik_body_open(&body, model->body, mesh, name, err);
    if (status)
        return status;
    status = fit(body, model->body, options, err);
    if (status) {
        oik_body_free(body);
        return status;
    }
    oik_stage_hash_mesh(input, mesh);
    body->origin = oik_stage_origin_first(model, options, input);
    body->stature = oik_body_standing_height(body->fit.v_subject, body->n_vertices);
    *out = body;
    return OIK_OK;
}
