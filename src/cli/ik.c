/** osso_ik ik: the motion of a kinematic chain from keypoints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/status.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/ik_findings.h"
#include "cli/ik_options.h"
#include "cli/ik_outputs.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "cli/pipeline.h"
#include "export/ik_summary_json.h"

/** One run from the files to the motion; owned, released by run_free. */
typedef struct ik_run {
    const oik_ik_command_options *options;
    oik_log *log;
    double start, solve_seconds; /**< [s] */
    oik_buf name;                /**< base of the output files */
    oik_chain_file *chain;
    oik_keypoints *keypoints;
    oik_matched_keypoints *matched;
    oik_ik_motion *motion;
    oik_ik_findings findings;
    oik_ik_outputs outputs;
} ik_run;

static void run_free(ik_run *run) {
    oik_ik_outputs_free(&run->outputs);
    oik_ik_findings_clear(&run->findings);
    oik_ik_motion_free(run->motion);
    oik_matched_keypoints_free(run->matched);
    oik_keypoints_free(run->keypoints);
    oik_chain_file_free(run->chain);
    oik_buf_free(&run->name);
}

/* ------------------------------------------------------------------ reading */

/** FILE or FILE:NAME; a file that is really called so comes first. */
static oik_status read_chain(ik_run *run, oik_error *err) {
    const char *text = run->options->chain, *colon = strrchr(text, ':');
    struct stat info;
    if (!colon || stat(text, &info) == 0)
        return oik_chain_load(&run->chain, text, NULL, err);
    oik_buf path = {0};
    oik_buf_printf(&path, "%.*s", (int)(colon - text), text);
    oik_status status = path.status ? oik_fail(err, path.status, "%s", oik_status_sentence(path.status))
                                    : oik_chain_load(&run->chain, path.data, colon + 1, err);
    oik_buf_free(&path);
    return status;
}

static oik_status read_input(ik_run *run, oik_error *err) {
    const oik_ik_command_options *o = run->options;
    oik_ik_output_name(&run->name, o->motion);
    oik_status status = run->name.status ? oik_fail(err, run->name.status, "%s", oik_status_sentence(run->name.status))
                                         : oik_outputs_check_directory(o->out, err);
    if (!status)
        status = read_chain(run, err);
    if (!status)
        status = oik_keypoints_load(&run->keypoints, o->motion, o->fps, err);
    if (!status) {
        status = oik_matched_keypoints_new(&run->matched, run->chain, run->keypoints, err);
        if (status)
            oik_error_prefix(err, "%s", o->motion);
    }
    if (!status)
        status = oik_ik_outputs_plan(&run->outputs, run->name.data, o->exports, err);
    return status;
}

/** --verbose: which keypoint measures what. */
static void tell_markers(const ik_run *run) {
    const oik_markers *markers = run->matched->markers;
    for (int i = 0; i < markers->n_markers; i++)
        oik_log_write(run->log, OIK_LOG_DEBUG, "keypoint %s measures %s on segment %s",
                      run->keypoints->names[markers->markers[i].keypoint], markers->markers[i].name,
                      run->chain->chain->segment_names[markers->markers[i].segment]);
}

/* ------------------------------------------------------------------ solving */

typedef struct progress {
    oik_log *log;
    size_t total;
    double start;
} progress;

static int on_progress(void *context, int n_done) {
    const progress *p = context;
    oik_log_rate(p->log, "frames", (size_t)n_done, p->total, oik_clock_now() - p->start);
    return oik_interrupt_came();
}

/** The reference solvers cannot be asked to stop: while they run, Ctrl-C ends the program; nothing has been written then. */
static oik_status solve(ik_run *run, oik_error *err) {
    oik_keypoint_motion_options options = run->options->solving;
    progress p = {run->log, (size_t)run->keypoints->n_frames, oik_clock_now()};
    options.sequence.on_progress = on_progress;
    options.sequence.context = &p;
    if (options.solver == OIK_SOLVER_SEQUENCE)
        oik_interrupt_catch();
    else
        oik_log_write(run->log, OIK_LOG_INFO, "%s: solving %d frame%s by SLSQP, for reference", run->options->motion,
                      run->keypoints->n_frames, oik_plural((size_t)run->keypoints->n_frames));
    oik_status status = oik_keypoint_motion_solve(&run->motion, run->matched, &options, err);
    oik_log_progress_end(run->log);
    if (options.solver != OIK_SOLVER_SEQUENCE)
        oik_interrupt_catch();
    run->solve_seconds = oik_clock_now() - p.start;
    if (status == OIK_E_CANCELLED)
        oik_fail(err, status, "%s: stopped by Ctrl-C; nothing is written", run->options->motion);
    else if (status == OIK_E_ARGUMENT) /* options were checked when they were parsed: it is the times of the file */
        oik_error_prefix(err, "%s", run->options->motion);
    return status;
}

/* ------------------------------------------------------------------ telling */

static double root_mean_square(const double *x, int n) {
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < n; i++)
        if (!isnan(x[i])) {
            sum += x[i] * x[i];
            count++;
        }
    return count ? sqrt(sum / count) : (double)NAN;
}

static void tell_result(const ik_run *run) {
    const oik_ik_motion *m = run->motion;
    const char *path = run->options->motion;
    const double mm = 1e3;
    for (int i = 0; i < run->findings.n; i++)
        oik_log_write(run->log, run->findings.list[i].level, "%s: %s", path, run->findings.list[i].text);
    oik_log_write(run->log, OIK_LOG_INFO, "%s: %d frame%s, %d keypoints, distance %.1f mm (root mean square)", path, m->n_frames,
                  oik_plural((size_t)m->n_frames), run->matched->markers->n_markers,
                  mm * root_mean_square(m->position_error, m->n_frames));
    if (isfinite(m->noise))
        oik_log_write(run->log, OIK_LOG_DEBUG, "noise %.2f mm", mm * m->noise);
    oik_log_write(run->log, OIK_LOG_DEBUG, "temporal weight %.3g, %d iterations, stop: %s, %.3f s (%.0f us a frame)",
                  m->temporal_weight, m->n_iterations, m->stop, run->solve_seconds, 1e6 * run->solve_seconds / m->n_frames);
}

static oik_status print_summary(const ik_run *run, oik_error *err) {
    const char *messages[OIK_MAX_FINDINGS];
    for (int i = 0; i < run->findings.n; i++)
        messages[i] = run->findings.list[i].text;
    oik_ik_summary summary = {.name = run->name.data,
                              .chain_path = run->options->chain,
                              .motion_path = run->options->motion,
                              .matched = run->matched,
                              .motion = run->motion,
                              .solver = oik_ik_solver_name(run->options->solving.solver),
                              .n_messages = (size_t)run->findings.n,
                              .messages = messages,
                              .n_files = run->outputs.n,
                              .files = (const char *const *)run->outputs.paths,
                              .solve_seconds = run->solve_seconds,
                              .seconds = oik_clock_now() - run->start};
    oik_buf text = {0};
    oik_status status = oik_ik_summary_json(&text, &summary, err);
    if (!status && !text.status)
        fputs(text.data, stdout);
    oik_buf_free(&text);
    return status;
}

static void print_files(const ik_run *run) {
    for (size_t i = 0; i < run->outputs.n; i++)
        printf("%s/%s\n", run->options->out, run->outputs.paths[i]);
}

/* ------------------------------------------------------------------ the command */

static oik_status check_only(ik_run *run, oik_error *err) {
    oik_status status = oik_ik_findings_collect(&run->findings, run->keypoints, run->matched, NULL, err);
    for (int i = 0; i < run->findings.n; i++)
        oik_log_write(run->log, run->findings.list[i].level, "%s: %s", run->options->motion, run->findings.list[i].text);
    if (status)
        return status;
    oik_log_write(run->log, OIK_LOG_INFO, "%s: %d frame%s, %d of %d keypoints measure a point of the chain; would write:",
                  run->options->motion, run->keypoints->n_frames, oik_plural((size_t)run->keypoints->n_frames),
                  run->matched->markers->n_markers, run->keypoints->n_points);
    print_files(run);
    return OIK_OK;
}

static oik_status compute_and_write(ik_run *run, oik_error *err) {
    const oik_ik_command_options *o = run->options;
    oik_status status = solve(run, err);
    if (!status)
        status = oik_ik_findings_collect(&run->findings, run->keypoints, run->matched, run->motion, err);
    if (!status)
        status = oik_ik_outputs_write(&run->outputs, o->out, run->motion, err);
    if (status)
        return status;
    tell_result(run);
    if (o->json)
        return print_summary(run, err);
    if (o->level >= OIK_LOG_INFO)
        print_files(run);
    return OIK_OK;
}

static oik_exit run_command(const oik_ik_command_options *o) {
    oik_log log = oik_log_new(o->level);
    oik_error err = {0};
    ik_run run = {.options = o, .log = &log, .start = oik_clock_now()};
    oik_status status = read_input(&run, &err);
    if (!status) {
        tell_markers(&run);
        status = o->dry_run ? check_only(&run, &err) : compute_and_write(&run, &err);
    }
    if (status)
        oik_log_write(&log, OIK_LOG_ERROR, "%s", err.message);
    run_free(&run);
    return status == OIK_E_ARGUMENT ? OIK_EXIT_INPUT : oik_exit_of(status);
}

oik_exit oik_command_ik(int argc, char **argv) {
    oik_ik_command_options options;
    char message[512];
    oik_exit code = oik_ik_command_options_parse(&options, message, sizeof message, argc, argv);
    if (code)
        fprintf(stderr, "osso_ik: error: ik: %s; try osso_ik ik --help\n", message);
    else if (options.help)
        fputs(oik_ik_command_help(), stdout);
    else
        code = run_command(&options);
    oik_ik_command_options_free(&options);
    return code;
}
