/** The pipeline command: options, model, then body after body. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "cli/commands.h"
#include "cli/display.h"
#include "cli/driven.h"
#include "cli/jobs.h"
#include "cli/model_path.h"
#include "cli/pipeline.h"
#include "cli/rig_outputs.h"
#include "cli/sequence.h"
#include "cli/sequence_input.h"

/** Would two inputs write the same files? Rigs know letters, digits and _ only. */
static bool are_same(const char *a, const char *b, bool in_rigs) {
    char rig_a[OIK_RIG_NAME_LENGTH], rig_b[OIK_RIG_NAME_LENGTH];
    oik_rig_output_name(rig_a, a);
    oik_rig_output_name(rig_b, b);
    return strcmp(a, b) == 0 || (in_rigs && strcmp(rig_a, rig_b) == 0);
}

static oik_exit check_names(const oik_options *o, char *message, size_t size) {
    oik_exit code = OIK_EXIT_DONE;
    oik_buf a = {0}, b = {0};
    for (size_t i = 0; i < o->n_meshes && !code; i++)
        for (size_t k = 0; k < i && !code; k++) {
            a.size = b.size = 0;
            oik_output_name(&a, o->meshes[i]);
            oik_output_name(&b, o->meshes[k]);
            if (!a.status && !b.status && are_same(a.data, b.data, o->exports & OIK_EXPORT_RIGS)) {
                snprintf(message, size, "%s and %s would write files of the same name: give them one by one with different --out",
                         o->meshes[k], o->meshes[i]);
                code = OIK_EXIT_USAGE;
            }
        }
    oik_buf_free(&a);
    oik_buf_free(&b);
    return code;
}

/** Options that go with sequences or with single meshes only. */
static oik_exit check_inputs(const oik_options *o, char *message, size_t size) {
    const char *wrong = NULL;
    bool sequence = oik_wants_sequence(o);
    if (sequence && o->motion)
        wrong = "--motion drives the chain of a single mesh, not of a sequence";
    else if (sequence && (o->per_parts || o->per_bones))
        wrong = "--per_parts and --per_bones are for single meshes, not for sequences";
    else if (sequence && o->method == OIK_METHOD_REFERENCE)
        wrong = "the published method knows single bodies: sequences go with --method refined";
    else if (sequence && (o->posing_only || o->display))
        wrong = "--posing_only and --display are for single bodies, not for sequences";
    else if (sequence && o->threads > 1)
        wrong = "--threads takes several bodies at a time; the frames of a sequence follow one from another";
    else if (!sequence && o->no_frame_meshes)
        wrong = "--no_frame_meshes is for sequences";
    else if (!sequence && o->fps > 0.0 && !o->motion)
        wrong = "--fps is for sequences and --motion; several mesh files are single bodies unless --sequence is given";
    else if (o->motion && o->n_meshes > 1)
        wrong = "--motion takes one mesh";
    if (!wrong)
        return OIK_EXIT_DONE;
    snprintf(message, size, "%s", wrong);
    return OIK_EXIT_USAGE;
}

static oik_status load_model(oik_model **model, const oik_options *o, oik_error *err) {
    oik_buf path = {0};
    oik_status status = OIK_OK;
    bool built_in = strcmp(o->model, "open") == 0;
    if (built_in)
        status = oik_model_path(&path, o->gender, err);
    if (!status)
        status = oik_model_load(model, built_in ? path.data : o->model, err);
    if (!status && strcmp((*model)->gender, o->gender) != 0)
        status = oik_fail(err, OIK_E_MODEL, "%s: expected a %s model, as --gender says, found a %s one",
                          built_in ? path.data : o->model, o->gender, (*model)->gender);
    oik_buf_free(&path);
    return status;
}

/** What a failed gate or a warning says, on stderr; the exit code. */
static oik_exit report_quality(oik_log *log, const char *path, const oik_quality *quality) {
    for (int i = 0; i < quality->n_gates; i++) {
        const oik_gate *gate = &quality->gates[i];
        oik_log_level level = gate->level == 2 ? OIK_LOG_ERROR : gate->level == 1 ? OIK_LOG_WARNING : OIK_LOG_DEBUG;
        oik_buf sentence = {0};
        oik_gate_sentence(&sentence, gate);
        oik_log_write(log, level, "%s: quality: %s", path, sentence.data ? sentence.data : gate->name);
        oik_buf_free(&sentence);
    }
    return quality->level == 2 ? OIK_EXIT_QUALITY : OIK_EXIT_DONE;
}

/** One body as the loops below see it. */
typedef struct body_run {
    const oik_options *options;
    const oik_model *model;
    const char *path, *name;
    double start; /**< [s] */
    oik_input input;
    oik_buf stage_files[OIK_N_STAGES]; /**< with the output directory */
    oik_display *display;
    oik_outputs outputs;
    oik_log *log;
    FILE *out;
    pthread_mutex_t *writing; /**< one body at a time makes and, when that fails, removes files and folders */
} body_run;

static oik_summary summary_of(const body_run *run, const oik_pipeline *p) {
    oik_summary s = {.name = run->name,
                     .input_path = run->path,
                     .input_hash = run->input.hash,
                     .model = oik_model_get_info(run->model),
                     .method = oik_method_name(run->options->method),
                     .body = oik_body_get_info(p->body),
                     .n_stages = p->n_stages,
                     .n_times = p->n_times,
                     .seconds = oik_clock_now() - run->start,
                     .kinematics = p->posed->kinematics,
                     .quality = p->quality,
                     .motion = p->motion,
                     .n_files = run->outputs.n,
                     .files = run->outputs.paths};
    memcpy(s.stages, p->stages, sizeof s.stages);
    memcpy(s.times, p->times, sizeof s.times);
    return s;
}

static void report_input(oik_log *log, const char *path, const oik_body *body) {
    oik_body_info info = oik_body_get_info(body);
    if (strcmp(info.unit, "m") != 0)
        oik_log_write(log, OIK_LOG_INFO, "%s: recognised as given in %s", path, info.unit);
    if (info.mirrored)
        oik_log_write(log, OIK_LOG_INFO, "%s: recognised as a mirror image; left and right are those of the person as seen", path);
    oik_log_write(log, OIK_LOG_INFO, "%s: stature %.3f m, registration error %.1f mm", path, info.stature, 1000.0 * info.rms);
}

/** What a file of body parameters holds that is not used. */
static oik_status report_parameters(const body_run *run, oik_error *err) {
    oik_pose_subject *subject = NULL;
    if (!run->input.poses)
        return OIK_OK;
    oik_shape_space space = run->model->family ? OIK_SHAPE_SMPL : OIK_SHAPE_OWN;
    oik_status status = oik_pose_subject_new(&subject, run->input.poses, run->model->body, space, err);
    if (!status)
        oik_poses_warn(run->log, run->path, run->input.poses, subject, run->options->gender);
    oik_pose_subject_free(subject);
    return status;
}

/** Steps are told to somebody only when asked for: the report wants them all, so nothing is taken over from an earlier run then. */
static oik_pipeline_settings settings_of(const body_run *run) {
    const oik_options *o = run->options;
    bool watched = o->display || o->level >= OIK_LOG_DEBUG;
    oik_pipeline_settings s = {.stage = {.more_iterations = o->more_iterations,
                                         .method = o->method,
                                         .on_step = watched ? oik_display_step : NULL,
                                         .step_context = run->display},
                               .recompute = o->force || o->display,
                               .posing_only = o->posing_only};
    for (int i = 0; i < OIK_N_STAGES; i++)
        s.files[i] = run->stage_files[i].data;
    return s;
}

static oik_status compute(oik_pipeline *p, const body_run *run, oik_error *err) {
    oik_pipeline_settings settings = settings_of(run);
    oik_status status = report_parameters(run, err);
    if (!status)
        status = oik_pipeline_run(p, run->model, &run->input, run->path, &settings, run->log, err);
    oik_status kept = status == OIK_E_CANCELLED ? oik_display_status(run->display, err) : OIK_OK;
    return kept ? kept : status;
}

/** What goes to stdout: the summary with --json, else the written files; nothing with --quiet alone. */
static void print_result(const body_run *run, const oik_summary *summary) {
    if (run->options->json) {
        oik_buf text = {0};
        if (oik_summary_json(&text, summary, true, NULL) == OIK_OK && !text.status)
            fputs(text.data, run->out);
        oik_buf_free(&text);
        return;
    }
    if (run->options->level >= OIK_LOG_INFO)
        oik_outputs_print(run->out, &run->outputs, run->options->out);
}

static void report_result(const body_run *run, const oik_pipeline *p, const oik_summary *summary, oik_exit *code) {
    oik_buf page = {0};
    report_input(run->log, run->path, p->body);
    *code = report_quality(run->log, run->path, &p->quality);
    oik_buf_printf(&page, "%s/%s_report.html", run->options->out, run->name);
    if (run->options->display && !page.status)
        oik_display_open(page.data, run->log);
    oik_buf_free(&page);
    print_result(run, summary);
}

static oik_status compute_and_write(const body_run *run, oik_exit *code, oik_error *err) {
    oik_pipeline p = {0};
    oik_driven driven = {0};
    oik_rig_outputs rigs = {0};
    oik_status status = compute(&p, run, err);
    if (!status)
        status = oik_driven_solve(&driven, p.lying, run->options, run->log, err);
    if (!status) {
        oik_summary summary = summary_of(run, &p);
        oik_results results = {.name = run->name,
                               .input_path = run->path,
                               .model = run->model,
                               .body = p.body,
                               .lying = p.lying,
                               .posed = p.posed,
                               .chain = p.chain,
                               .motion = p.motion,
                               .over_time = driven.motion,
                               .moved = driven.motion ? p.lying : p.posed,
                               .cached = p.cached,
                               .display = run->display,
                               .rigs = &rigs,
                               .up = oik_up_of_input(run->options, run->input.poses),
                               .summary = &summary};
        status = oik_rig_outputs_new(&rigs, &results, &run->outputs, run->options, err);
        pthread_mutex_lock(run->writing);
        if (!status)
            status = oik_outputs_write(&run->outputs, run->options->out, &results, err);
        pthread_mutex_unlock(run->writing);
        if (!status)
            report_result(run, &p, &summary, code);
    }
    oik_rig_outputs_free(&rigs);
    oik_driven_free(&driven);
    oik_pipeline_free(&p);
    return status;
}

static oik_status check_mesh(const body_run *run, oik_error *err) {
    oik_body_input found;
    oik_vec3 *x = oik_new(run->model->body->n_vertices, sizeof *x, err);
    if (!x)
        return OIK_E_MEMORY;
    oik_status status = oik_body_normalise(&found, x, run->model->body, run->input.mesh, run->path, err);
    free(x);
    if (!status)
        oik_log_write(run->log, OIK_LOG_INFO, "%s: a body in SMPL vertex order, in %s%s; would write:", run->path, found.unit_name,
                      found.mirrored ? ", mirrored" : "");
    return status;
}

/** --dry-run: everything up to the order test, then the names of the files. */
static oik_status check_only(const body_run *run, oik_error *err) {
    oik_stage_options options = {.method = run->options->method};
    oik_status status = oik_stage_check_method(run->model, &options, err);
    if (!status && run->input.mesh)
        status = check_mesh(run, err);
    else if (!status)
        oik_log_write(run->log, OIK_LOG_INFO, "%s: parameters of one body; would write:", run->path);
    if (!status)
        oik_outputs_print(run->out, &run->outputs, run->options->out);
    return status;
}

/** Paths of the files in which an earlier run may have left the results of stages. */
static oik_status plan_stage_files(body_run *run, oik_error *err) {
    for (int i = 0; i < OIK_N_STAGES; i++) {
        oik_buf *path = &run->stage_files[i];
        oik_buf_printf(path, "%s/", run->options->out);
        oik_output_stage_file(path, run->name, (oik_stage)i);
        if (path->status)
            return oik_fail(err, path->status, "%s", oik_status_sentence(path->status));
    }
    return OIK_OK;
}

static oik_status prepare(body_run *run, oik_error *err) {
    const oik_options *o = run->options;
    oik_status status = oik_driven_check(o, err);
    if (!status)
        status = oik_input_read(&run->input, run->path, o->pose_input != NULL, err);
    if (!status)
        status = plan_stage_files(run, err);
    if (!status)
        status = oik_display_new(&run->display, run->model, run->path, o->display, run->log, err);
    return status ? status : oik_outputs_plan(&run->outputs, run->model, run->name, o, err);
}

static void body_run_free(body_run *run) {
    oik_outputs_free(&run->outputs);
    oik_display_free(run->display);
    for (int i = 0; i < OIK_N_STAGES; i++)
        oik_buf_free(&run->stage_files[i]);
    oik_input_free(&run->input);
}

/** What the bodies of one call share. */
typedef struct bodies {
    const oik_options *options;
    const oik_model *model;
    const char *const *paths;
    pthread_mutex_t writing;
} bodies;

static oik_exit run_body(void *context, size_t index, oik_log *log, FILE *out) {
    bodies *all = context;
    const oik_options *o = all->options;
    const char *path = all->paths[index];
    oik_buf name = {0};
    oik_error err = {0};
    oik_exit code = OIK_EXIT_DONE;
    body_run run = {.options = o,
                    .model = all->model,
                    .path = path,
                    .start = oik_clock_now(),
                    .log = log,
                    .out = out,
                    .writing = &all->writing};
    oik_output_name(&name, path);
    run.name = name.data;
    oik_status status = name.status ? oik_fail(&err, name.status, "%s", oik_status_sentence(name.status)) : prepare(&run, &err);
    if (!status)
        status = o->dry_run ? check_only(&run, &err) : compute_and_write(&run, &code, &err);
    if (status) {
        bool named = status == OIK_E_IO || strncmp(err.message, path, strlen(path)) == 0;
        oik_log_write(log, OIK_LOG_ERROR, "%s%s%s", named ? "" : path, named ? "" : ": ", err.message);
        code = oik_exit_of(status);
    }
    body_run_free(&run);
    oik_buf_free(&name);
    return code;
}

/** Of several bodies the exit code that matters most: internal failure, bad input, failed gate, done. */
static oik_exit worse(oik_exit a, oik_exit b) {
    static const int rank[] = {
        [OIK_EXIT_DONE] = 0, [OIK_EXIT_QUALITY] = 1, [OIK_EXIT_INPUT] = 2, [OIK_EXIT_USAGE] = 3, [OIK_EXIT_INTERNAL] = 4};
    return rank[a] >= rank[b] ? a : b;
}

static oik_exit run_bodies(const oik_options *o, const oik_model *model, oik_log *log) {
    size_t n = o->pose_input ? 1 : o->n_meshes;
    bodies all = {.options = o, .model = model, .paths = o->pose_input ? &o->pose_input : o->meshes};
    oik_exit *codes = calloc(n, sizeof *codes), worst = OIK_EXIT_DONE;
    if (!codes) {
        oik_log_write(log, OIK_LOG_ERROR, "%s", oik_status_sentence(OIK_E_MEMORY));
        return OIK_EXIT_INTERNAL;
    }
    pthread_mutex_init(&all.writing, NULL);
    oik_jobs_run(codes, n, o->threads, run_body, &all, "bodies", log);
    pthread_mutex_destroy(&all.writing);
    for (size_t i = 0; i < n; i++)
        worst = worse(worst, codes[i]);
    free(codes);
    return worst;
}

static oik_exit run_all(const oik_options *o) {
    oik_log log = oik_log_new(o->level);
    oik_error err = {0};
    oik_model *model = NULL;
    oik_exit code = OIK_EXIT_DONE;
    oik_status status = oik_outputs_check_directory(o->out, &err);
    if (!status)
        status = load_model(&model, o, &err);
    if (status) {
        oik_log_write(&log, OIK_LOG_ERROR, "%s", err.message);
        code = oik_exit_of(status);
    }
    if (!status && oik_wants_sequence(o))
        code = oik_sequence_run(o, model, &log);
    else if (!status)
        code = run_bodies(o, model, &log);
    oik_model_free(model);
    return code;
}

oik_exit oik_command_run(int argc, char **argv) {
    oik_options options;
    char message[512];
    oik_exit code = oik_options_parse(&options, message, sizeof message, argc, argv);
    if (!code && !options.help && !options.version)
        code = check_inputs(&options, message, sizeof message);
    if (!code && !options.help && !options.version && !oik_wants_sequence(&options))
        code = check_names(&options, message, sizeof message);
    if (code)
        fprintf(stderr, "osso_ik: error: %s; try osso_ik --help\n", message);
    else if (options.help)
        fputs(oik_options_help(), stdout);
    else if (options.version)
        printf("osso_ik %s\n", oik_version());
    else
        code = run_all(&options);
    oik_options_free(&options);
    return code;
}
