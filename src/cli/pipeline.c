/** One body through all stages. */
#include "cli/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/status.h"
#include "mesh/mesh_io.h"

double oik_clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ------------------------------------------------------------------ input */

static oik_status read_parameters(oik_input *input, const char *path, oik_error *err) {
    oik_status status = oik_pose_input_load(&input->poses, path, err);
    if (status)
        return status;
    const oik_pose_input *p = input->poses;
    input->parameters = (oik_body_parameters){
        .n_betas = p->n_betas, .betas = p->betas, .pose = &p->rotations->x, .trans = &p->trans->x, .z_up = p->z_up};
    return OIK_OK;
}

oik_status oik_input_read(oik_input *input, const char *path, bool parameters, oik_error *err) {
    uint8_t *data = NULL;
    size_t size = 0;
    *input = (oik_input){0};
    oik_status status = oik_file_read(&data, &size, path, err);
    if (!status) {
        oik_sha256 hash;
        oik_sha256_begin(&hash);
        oik_sha256_add(&hash, data, size);
        oik_sha256_end(&hash, input->hash);
        status = parameters ? read_parameters(input, path, err) : oik_mesh_read_memory(&input->mesh, data, size, path, err);
    }
    free(data);
    return status;
}

void oik_input_free(oik_input *input) {
    oik_mesh_free(input->mesh);
    oik_pose_input_free(input->poses);
    *input = (oik_input){0};
}

/* ------------------------------------------------------------------ stages */

/** What a stage works on. */
typedef struct job {
    oik_pipeline *p;
    const oik_model *model;
    const oik_input *input;
    const char *path;
    const oik_pipeline_settings *settings;
    oik_log *log;
} job;

static oik_status load_body(const job *j, const oik_stage_options *options, oik_error *err) {
    const char *file = j->settings->files[OIK_STAGE_REGISTRATION];
    return j->input->mesh ? oik_body_load(&j->p->body, j->model, j->input->mesh, options, file, err)
                          : oik_body_load_from_parameters(&j->p->body, j->model, &j->input->parameters, options, file, err);
}

static oik_status load_lying(const job *j, const oik_stage_options *options, oik_error *err) {
    return oik_skeleton_load(&j->p->lying, j->model, j->p->body, NULL, options, j->settings->files[OIK_STAGE_PLACING], err);
}

static oik_status load_posed(const job *j, const oik_stage_options *options, oik_error *err) {
    return oik_skeleton_load(&j->p->posed, j->model, j->p->body, j->p->lying, options, j->settings->files[OIK_STAGE_POSING], err);
}

static oik_status make_body(const job *j, oik_error *err) {
    const oik_stage_options *options = &j->settings->stage;
    return j->input->mesh ? oik_body_from_mesh(&j->p->body, j->model, j->input->mesh, j->path, options, err)
                          : oik_body_from_parameters(&j->p->body, j->model, &j->input->parameters, options, err);
}

static oik_status make_lying(const job *j, oik_error *err) {
    return oik_skeleton_infer(&j->p->lying, j->model, j->p->body, &j->settings->stage, err);
}

static oik_status make_posed(const job *j, oik_error *err) {
    return oik_skeleton_pose(&j->p->posed, j->model, j->p->body, j->p->lying, &j->settings->stage, err);
}

static oik_status make_angles(const job *j, oik_error *err) {
    oik_pipeline *p = j->p;
    oik_status status = oik_chain_from_skeleton(&p->chain, j->model, p->lying, err);
    return status ? status : oik_motion_solve(&p->motion, j->model, p->chain, p->posed, &j->settings->stage, err);
}

static oik_status measure_quality(const job *j, oik_error *err) {
    return oik_quality_measure(&j->p->quality, j->model, j->p->body, j->p->posed, j->p->motion, err);
}

/** The stages; the first OIK_N_STAGES are in the order of oik_stage and can be read from files. */
static const struct stage {
    const char *name, *progress;
    oik_status (*load)(const job *j, const oik_stage_options *options, oik_error *err);
    oik_status (*make)(const job *j, oik_error *err);
} stages[] = {{"registration", "registering the body", load_body, make_body},
              {"placing", "shaping and placing the bones", load_lying, make_lying},
              {"posing", "posing the bones", load_posed, make_posed},
              {"angles", "solving the joint angles", NULL, make_angles},
              {"quality", "measuring quality", NULL, measure_quality}};

enum { N_STAGES = sizeof stages / sizeof *stages, ANGLES = OIK_N_STAGES };

/* ------------------------------------------------------------------ what is reported */

static void log_call(const job *j, const oik_summary_stage *s, double seconds) {
    char cost[64] = "";
    if (isfinite(s->final_cost))
        snprintf(cost, sizeof cost, ", cost %.6g", s->final_cost);
    oik_log_write(j->log, OIK_LOG_DEBUG, "%s: %s: %d iterations%s, stop: %s%s (stage: %.3f s)", j->path, s->name, s->n_iterations, cost,
                  s->stop, s->cached ? ", taken over from an earlier run" : "", seconds);
}

static oik_call_info call_of(const job *j, int stage, size_t index) {
    const oik_pipeline *p = j->p;
    if (stage == OIK_STAGE_REGISTRATION)
        return oik_body_get_call(p->body, index);
    if (stage < OIK_N_STAGES)
        return oik_skeleton_get_call(stage == OIK_STAGE_PLACING ? p->lying : p->posed, index);
    oik_call_info info = {.name = stages[stage].name, .initial_cost = NAN, .final_cost = NAN, .stop = "done"};
    if (stage == ANGLES) {
        const oik_ik_result *result = p->motion->result;
        info.n_iterations = result->n_evaluations;
        info.final_cost = result->cost;
        info.stop = result->converged ? "converged" : "iterations";
    }
    return info;
}

static size_t n_calls_of(const job *j, int stage) {
    const oik_pipeline *p = j->p;
    if (stage == OIK_STAGE_REGISTRATION)
        return oik_body_n_calls(p->body);
    return stage < OIK_N_STAGES ? oik_skeleton_n_calls(stage == OIK_STAGE_PLACING ? p->lying : p->posed) : 1;
}

static void report(const job *j, int stage, double seconds) {
    oik_pipeline *p = j->p;
    p->times[p->n_times++] = (oik_summary_time){stages[stage].name, seconds};
    for (size_t i = 0; i < n_calls_of(j, stage); i++) {
        oik_call_info call = call_of(j, stage, i);
        oik_summary_stage *s = &p->stages[p->n_stages++];
        *s = (oik_summary_stage){.name = call.name,
                                 .n_iterations = call.n_iterations,
                                 .initial_cost = call.initial_cost,
                                 .final_cost = call.final_cost,
                                 .stop = call.stop,
                                 .cached = stage < OIK_N_STAGES && p->cached[stage]};
        log_call(j, s, seconds);
    }
}

/* ------------------------------------------------------------------ files of earlier runs */

/** --posing_only takes the stages before posing whatever --more_it they were made with. */
static oik_status load_required(const job *j, int stage, oik_error *err) {
    oik_stage_options other = j->settings->stage;
    other.more_iterations = !other.more_iterations;
    oik_status status = stages[stage].load(j, &j->settings->stage, err);
    if (status == OIK_E_FORMAT && stages[stage].load(j, &other, NULL) == OIK_OK)
        status = OIK_OK;
    if (status)
        oik_error_prefix(err, "--posing_only needs what an earlier run has left");
    return status;
}

/** Read what is there. *cached: it was of use. Only a lack of memory, or a file that is needed, is an error. */
static oik_status take_over(bool *cached, const job *j, int stage, oik_error *err) {
    const oik_pipeline_settings *s = j->settings;
    oik_error why = {0};
    *cached = false;
    if (s->posing_only && stage < OIK_STAGE_POSING) {
        oik_status status = load_required(j, stage, err);
        *cached = status == OIK_OK;
        return status;
    }
    if (s->recompute || s->posing_only)
        return OIK_OK;
    oik_status status = stages[stage].load(j, &s->stage, &why);
    *cached = status == OIK_OK;
    if (status == OIK_E_MEMORY)
        return oik_fail(err, status, "%s", why.message);
    if (status)
        oik_log_write(j->log, OIK_LOG_DEBUG, "%s: %s is computed: %s", j->path, stages[stage].name, why.message);
    return OIK_OK;
}

static oik_status run_stage(const job *j, int stage, oik_error *err) {
    double start = oik_clock_now();
    bool cached = false;
    oik_status status = OIK_OK;
    oik_log_progress(j->log, stage + 1, N_STAGES, stages[stage].progress);
    if (stage < OIK_N_STAGES) {
        status = take_over(&cached, j, stage, err);
        j->p->cached[stage] = cached;
    }
    if (!status && !cached)
        status = stages[stage].make(j, err);
    if (!status)
        report(j, stage, oik_clock_now() - start);
    return status;
}

oik_status oik_pipeline_run(oik_pipeline *p, const oik_model *model, const oik_input *input, const char *path,
                            const oik_pipeline_settings *settings, oik_log *log, oik_error *err) {
    job j = {.p = p, .model = model, .input = input, .path = path, .settings = settings, .log = log};
    oik_status status = OIK_OK;
    for (int i = 0; i < N_STAGES && !status; i++)
        status = run_stage(&j, i, err);
    oik_log_progress_end(log);
    return status;
}

void oik_pipeline_free(oik_pipeline *p) {
    oik_motion_free(p->motion);
    oik_chain_free(p->chain);
    oik_skeleton_free(p->posed);
    oik_skeleton_free(p->lying);
    oik_body_free(p->body);
    *p = (oik_pipeline){0};
}
