/** One body through all stages. */
#include "cli/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "mesh/mesh_io.h"

double oik_clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

oik_status oik_input_read(oik_input *input, const char *path, oik_error *err) {
    uint8_t *data = NULL;
    size_t size = 0;
    *input = (oik_input){0};
    oik_status status = oik_file_read(&data, &size, path, err);
    if (!status) {
        oik_sha256 hash;
        oik_sha256_begin(&hash);
        oik_sha256_add(&hash, data, size);
        oik_sha256_end(&hash, input->hash);
        status = oik_mesh_read_memory(&input->mesh, data, size, path, err);
    }
    free(data);
    return status;
}

void oik_input_free(oik_input *input) {
    oik_mesh_free(input->mesh);
    input->mesh = NULL;
}

/** What a stage works on. */
typedef struct job {
    oik_pipeline *p;
    const oik_model *model;
    const oik_input *input;
    const char *path;
    const oik_stage_options *options;
} job;

static oik_status stage_register(const job *j, oik_summary_stage *report, oik_error *err) {
    oik_status status = oik_body_from_mesh(&j->p->body, j->model, j->input->mesh, j->path, j->options, err);
    if (status)
        return status;
    oik_body_info info = oik_body_get_info(j->p->body);
    report->n_iterations = info.n_iterations;
    report->stop = info.converged ? "converged" : "iterations";
    return OIK_OK;
}

static void report_skeleton(oik_summary_stage *report, const oik_skeleton *skeleton) {
    oik_skeleton_info info = oik_skeleton_get_info(skeleton);
    report->n_iterations = info.n_iterations;
    report->initial_cost = info.initial_cost;
    report->final_cost = info.final_cost;
    report->stop = info.stop;
}

static oik_status stage_infer(const job *j, oik_summary_stage *report, oik_error *err) {
    oik_status status = oik_skeleton_infer(&j->p->lying, j->model, j->p->body, j->options, err);
    if (!status)
        report_skeleton(report, j->p->lying);
    return status;
}

static oik_status stage_pose(const job *j, oik_summary_stage *report, oik_error *err) {
    oik_status status = oik_skeleton_pose(&j->p->posed, j->model, j->p->body, j->p->lying, j->options, err);
    if (!status)
        report_skeleton(report, j->p->posed);
    return status;
}

static oik_status stage_angles(const job *j, oik_summary_stage *report, oik_error *err) {
    oik_pipeline *p = j->p;
    oik_status status = oik_chain_from_skeleton(&p->chain, j->model, p->lying, err);
    if (!status)
        status = oik_motion_solve(&p->motion, j->model, p->chain, p->posed, j->options, err);
    if (status)
        return status;
    report->n_iterations = p->motion->result->n_evaluations;
    report->final_cost = p->motion->result->cost;
    report->stop = p->motion->result->converged ? "converged" : "iterations";
    return OIK_OK;
}

static oik_status stage_quality(const job *j, oik_summary_stage *report, oik_error *err) {
    (void)report;
    return oik_quality_measure(&j->p->quality, j->model, j->p->body, j->p->posed, j->p->motion, err);
}

static const struct {
    const char *name, *progress;
    oik_status (*run)(const job *j, oik_summary_stage *report, oik_error *err);
} stages[] = {{"registration", "registering the body", stage_register},
              {"placing", "shaping and placing the bones", stage_infer},
              {"posing", "posing the bones", stage_pose},
              {"angles", "solving the joint angles", stage_angles},
              {"quality", "measuring quality", stage_quality}};

enum { N_STAGES = sizeof stages / sizeof *stages };

static void log_stage(oik_log *log, const char *path, const oik_summary_stage *report) {
    char cost[64] = "";
    if (isfinite(report->final_cost))
        snprintf(cost, sizeof cost, ", cost %.6g", report->final_cost);
    oik_log_write(log, OIK_LOG_DEBUG, "%s: %s: %d iterations%s, stop: %s, %.3f s", path, report->name, report->n_iterations, cost,
                  report->stop, report->seconds);
}

oik_status oik_pipeline_run(oik_pipeline *p, const oik_model *model, const oik_input *input, const char *path,
                            const oik_stage_options *options, oik_log *log, oik_error *err) {
    job j = {.p = p, .model = model, .input = input, .path = path, .options = options};
    oik_status status = OIK_OK;
    for (int i = 0; i < N_STAGES && !status; i++) {
        double start = oik_clock_now();
        oik_summary_stage *report = &p->stages[p->n_stages++];
        *report = (oik_summary_stage){.name = stages[i].name, .stop = "done", .initial_cost = NAN, .final_cost = NAN};
        oik_log_progress(log, i + 1, N_STAGES, stages[i].progress);
        status = stages[i].run(&j, report, err);
        report->seconds = oik_clock_now() - start;
        if (!status)
            log_stage(log, path, report);
    }
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
