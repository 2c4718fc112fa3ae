/** What the stages 1 to 4 share (see stage.h). */
#include "api/stage.h"

#include <math.h>
#include <string.h>

#include "api/internal.h"
#include "base/status.h"

/* ------------------------------------------------------------------ names */

const char *oik_stage_name(oik_stage stage) {
    static const char *const names[OIK_N_STAGES] = {"registration", "placing", "posing"};
    return names[stage];
}

const char *oik_method_name(oik_method method) {
    return method == OIK_METHOD_REFERENCE ? "reference" : "refined";
}

/** Names of the calls; a row ends with NULL or is full. */
static const char *const call_names[2][OIK_N_STAGES][OIK_MAX_CALLS] = {
    [OIK_METHOD_REFINED] = {{"registration"}, {"placing"}, {"posing"}},
    [OIK_METHOD_REFERENCE] = {{"registration 1", "registration 2", "registration 3", "registration 4"},
                              {"placing"},
                              {"posing A", "posing B", "posing C"}}};

int oik_stage_n_calls(oik_stage stage, oik_method method) {
    int n = 0;
    while (n < OIK_MAX_CALLS && call_names[method][stage][n])
        n++;
    return n;
}

const char *oik_stage_call_name(oik_stage stage, oik_method method, int call) {
    return call < oik_stage_n_calls(stage, method) ? call_names[method][stage][call] : "";
}

oik_call_info oik_stage_call_info(const oik_stage_origin *origin, const oik_stage_calls *calls, size_t index) {
    if (index >= (size_t)calls->n)
        return (oik_call_info){.name = "", .stop = ""};
    const oik_lsq_report *report = &calls->report[index];
    return (oik_call_info){.name = oik_stage_call_name(origin->stage, origin->method, (int)index),
                           .n_iterations = report->n_accepted,
                           .initial_cost = report->initial_cost,
                           .final_cost = report->final_cost,
                           .stop = oik_lsq_stop_name(report->stop)};
}

/* ------------------------------------------------------------------ keys */

static void add_line(oik_sha256 *sha, const char *text) {
    oik_sha256_add(sha, text, strlen(text));
    oik_sha256_add(sha, "\n", 1);
}

static void set_key(oik_stage_origin *o, const char *before) {
    oik_sha256 sha;
    oik_sha256_begin(&sha);
    add_line(&sha, oik_version());
    add_line(&sha, oik_stage_name(o->stage));
    add_line(&sha, oik_method_name(o->method));
    add_line(&sha, o->more_iterations ? "1" : "0");
    add_line(&sha, o->input);
    add_line(&sha, o->model);
    add_line(&sha, before);
    oik_sha256_end(&sha, o->key);
}

oik_stage_origin oik_stage_origin_first(const oik_model *model, const oik_stage_options *options, const char *input) {
    oik_stage_origin o = {.stage = OIK_STAGE_REGISTRATION,
                          .method = oik_stage_method(options),
                          .more_iterations = options && options->more_iterations};
    memcpy(o.input, input, OIK_HASH_LENGTH);
    memcpy(o.model, model->hash, OIK_HASH_LENGTH);
    set_key(&o, "");
    return o;
}

oik_stage_origin oik_stage_origin_next(const oik_stage_origin *before, const oik_stage_options *options) {
    oik_stage_origin o = *before;
    o.stage = (oik_stage)(before->stage + 1);
    o.method = oik_stage_method(options);
    o.more_iterations = options && options->more_iterations;
    if (before->key[0])
        set_key(&o, before->key);
    return o;
}

/* ------------------------------------------------------------------ options */

oik_method oik_stage_method(const oik_stage_options *options) {
    return options ? options->method : OIK_METHOD_REFINED;
}

oik_status oik_stage_check_method(const oik_model *model, const oik_stage_options *options, oik_error *err) {
    oik_method method = oik_stage_method(options);
    if (method != OIK_METHOD_REFINED && method != OIK_METHOD_REFERENCE)
        return oik_fail(err, OIK_E_ARGUMENT, "method %d, expected 0 (refined) or 1 (reference)", (int)method);
    if (method == OIK_METHOD_REFERENCE && !model->skeleton->published)
        return oik_fail(err, OIK_E_MODEL,
                        "the model \"%.80s\" has no tables of the published method: the reference method needs a model made from the "
                        "licensed files by osso_ik import",
                        model->name);
    return OIK_OK;
}

double oik_tolerance_factor(const oik_stage_options *options) {
    return options && options->more_iterations ? 0.5 : 1.0;
}

/* ------------------------------------------------------------------ steps */

int oik_stage_poll(oik_stage_watch *watch) {
    const oik_stage_options *options = watch->options;
    if (options && options->cancel && options->cancel(options->cancel_context))
        watch->cancelled = true;
    return watch->cancelled;
}

int oik_stage_step(oik_stage_watch *watch, int call, oik_step *step) {
    const oik_stage_options *options = watch->options;
    if (options && options->on_step) {
        step->stage = oik_stage_call_name(watch->stage, options->method, call);
        if (options->on_step(options->step_context, step))
            watch->cancelled = true;
    }
    return oik_stage_poll(watch);
}

oik_status oik_stage_status(const oik_stage_watch *watch, oik_status status, const char *what, oik_error *err) {
    if (watch->cancelled && (status == OIK_OK || status == OIK_E_CANCELLED))
        return oik_fail(err, OIK_E_CANCELLED, "%s was stopped by the caller", what);
    return status;
}
