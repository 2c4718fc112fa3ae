/** The pipeline over a sequence (see sequence.h). */
#include "cli/sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "cli/pipeline.h"
#include "cli/rig_outputs.h"
#include "cli/sequence_input.h"
#include "cli/track_file.h"

/** One run; owned, released by run_free. */
typedef struct sequence_run {
    const oik_options *options;
    const oik_model *model;
    oik_log *log;
    oik_sequence_input input;
    oik_sequence *sequence;
    oik_track_file *track;
    oik_chain *chain;
    oik_motion *motion;
    oik_quality worst, mean;
    size_t n_resumed;
    double start, tracking_seconds, angles_seconds; /**< [s] */
    oik_outputs outputs;
    oik_rig_outputs rigs;
} sequence_run;

static void run_free(sequence_run *run) {
    oik_rig_outputs_free(&run->rigs);
    oik_outputs_free(&run->outputs);
    oik_motion_free(run->motion);
    oik_chain_free(run->chain);
    oik_track_file_free(run->track);
    oik_sequence_free(run->sequence);
    oik_sequence_input_free(&run->input);
}

/* ------------------------------------------------------------------ files */

/** Path of the planned file of this kind, with its directory; free it. NULL without error: it is not wanted. */
static char *path_of(const sequence_run *run, oik_output_kind kind, oik_error *err) {
    oik_buf path = {0};
    for (size_t i = 0; i < run->outputs.n && !path.size; i++)
        if (run->outputs.files[i].kind == kind)
            oik_buf_printf(&path, "%s/%s", run->options->out, run->outputs.files[i].path);
    if (path.status)
        oik_fail(err, path.status, "%s", oik_status_sentence(path.status));
    return path.data;
}

/** DIR/NAME_frames/NAME_000012_skel.ply; free it. */
static char *path_of_frame(const sequence_run *run, size_t frame, oik_error *err) {
    oik_buf path = {0};
    oik_buf_printf(&path, "%s/%s_frames/%s_%06zu_skel.ply", run->options->out, run->input.name, run->input.name, frame);
    if (path.status)
        oik_fail(err, path.status, "%s", oik_status_sentence(path.status));
    return path.data;
}

static oik_status make_directories(const sequence_run *run, oik_error *err) {
    oik_buf tmp = {0};
    oik_buf_printf(&tmp, "%s/tmp", run->options->out);
    oik_status status = tmp.status ? oik_fail(err, tmp.status, "%s", oik_status_sentence(tmp.status)) : oik_dir_make(tmp.data, err);
    oik_buf_free(&tmp);
    if (status || run->options->no_frame_meshes)
        return status;
    char *frames = path_of(run, OIK_OUT_FRAMES, err);
    status = frames ? oik_dir_make(frames, err) : OIK_E_MEMORY;
    free(frames);
    return status;
}

static oik_sequence_summary summary_of(const sequence_run *run) {
    return (oik_sequence_summary){.name = run->input.name,
                                  .input_path = run->input.path,
                                  .model = oik_model_get_info(run->model),
                                  .body = oik_body_get_info(oik_sequence_body(run->sequence)),
                                  .fps = run->input.fps,
                                  .motion = run->motion->frames,
                                  .worst = &run->worst,
                                  .mean = &run->mean,
                                  .n_files = run->outputs.n,
                                  .files = run->outputs.paths,
                                  .n_resumed = run->n_resumed,
                                  .tracking_seconds = run->tracking_seconds,
                                  .angles_seconds = run->angles_seconds,
                                  .seconds = oik_clock_now() - run->start};
}

/** Everything but what was written on the way. */
static oik_status write_files(sequence_run *run, const oik_sequence_summary *summary, oik_error *err) {
    const oik_results results = {.name = run->input.name,
                                 .input_path = run->input.path,
                                 .model = run->model,
                                 .body = oik_sequence_body(run->sequence),
                                 .lying = oik_sequence_lying(run->sequence),
                                 .chain = run->chain,
                                 .motion = run->motion,
                                 .over_time = run->motion,
                                 .posed = oik_sequence_posed(run->sequence),
                                 .moved = oik_sequence_posed(run->sequence),
                                 .rigs = &run->rigs,
                                 .up = oik_up_of_input(run->options, run->input.poses),
                                 .sequence = summary};
    oik_status status = oik_rig_outputs_new(&run->rigs, &results, &run->outputs, run->options, err);
    return status ? status : oik_outputs_write(&run->outputs, run->options->out, &results, err);
}

/* ------------------------------------------------------------------ beginning */

static int poll_interrupt(void *context) {
    (void)context;
    return oik_interrupt_came();
}

static void tell_input(const sequence_run *run) {
    const oik_sequence_input *in = &run->input;
    oik_body_info body = oik_body_get_info(oik_sequence_body(run->sequence));
    if (in->usual_fps)
        oik_log_write(run->log, OIK_LOG_WARNING, "%s: the input does not say its frame rate: %g per second are taken; give --fps", in->path,
                      in->fps);
    if (in->poses)
        oik_poses_warn(run->log, in->path, in->poses, in->subject, run->options->gender);
    if (strcmp(body.unit, "m") != 0)
        oik_log_write(run->log, OIK_LOG_INFO, "%s: recognised as given in %s", in->path, body.unit);
    if (body.mirrored)
        oik_log_write(run->log, OIK_LOG_INFO, "%s: recognised as a mirror image; left and right are those of the person as seen", in->path);
    oik_log_write(run->log, OIK_LOG_INFO, "%s: %zu frame%s at %g per second, stature %.3f m", in->path, in->n_frames,
                  oik_plural(in->n_frames), in->fps, body.stature);
}

/** Hash of everything that tracking depends on but the frames themselves. */
static void hash_settings(oik_sha256 *hash, const sequence_run *run) {
    oik_model_info model = oik_model_get_info(run->model);
    const double numbers[] = {(double)run->input.n_frames, run->input.fps, run->options->more_iterations ? 1.0 : 0.0};
    oik_sha256_begin(hash);
    oik_sha256_add(hash, model.hash, strlen(model.hash));
    oik_sha256_add(hash, oik_version(), strlen(oik_version()));
    oik_sha256_add(hash, numbers, sizeof numbers);
}

/** The subject, its lying bones, and the file that tracking is kept in. */
static oik_status begin(sequence_run *run, oik_error *err) {
    const oik_options *o = run->options;
    oik_stage_options stage = {.more_iterations = o->more_iterations, .cancel = poll_interrupt};
    char key[OIK_HASH_LENGTH + 1];
    oik_sha256 hash;
    hash_settings(&hash, run);
    oik_interrupt_catch();
    oik_log_progress(run->log, 1, 3, "learning the subject, shaping and placing the bones");
    oik_status status = oik_sequence_new(&run->sequence, run->model, &stage, err);
    if (!status)
        status = oik_sequence_input_learn(&run->input, run->sequence, &hash, err);
    oik_log_progress_end(run->log);
    if (status)
        return status;
    oik_sha256_end(&hash, key);
    tell_input(run);
    status = make_directories(run, err);
    char *path = status ? NULL : path_of(run, OIK_OUT_TRACK, err);
    if (!status)
        status = path ? oik_track_file_open(&run->track, path, key, run->sequence, o->force, err) : OIK_E_MEMORY;
    free(path);
    return status;
}

/* ------------------------------------------------------------------ frames */

/** What is made of the last frame's mesh and bones needs it tracked: they are not kept. */
static bool needs_last_frame(const sequence_run *run) {
    return run->options->exports & (OIK_EXPORT_RIGS | OIK_EXPORT_PNG | OIK_EXPORT_REPORT);
}

/** Are the frames of a block still what they were, and their meshes there? */
static bool block_holds(sequence_run *run, const oik_track_block *block) {
    char hash[OIK_HASH_LENGTH + 1];
    uint64_t last = block->first + block->n_frames;
    if (last > run->input.n_frames || (last == run->input.n_frames && needs_last_frame(run)) ||
        (block->n_frames < OIK_SEQUENCE_BLOCK && last != run->input.n_frames))
        return false;
    for (size_t i = 0; i < block->n_frames; i++) {
        size_t frame = (size_t)block->first + i;
        char *path = path_of_frame(run, frame, NULL);
        bool there = path && (run->options->no_frame_meshes || access(path, R_OK) == 0);
        free(path);
        if (!there || oik_sequence_input_read(&run->input, frame, hash, NULL) != OIK_OK ||
            memcmp(hash, block->hash[i], OIK_HASH_LENGTH) != 0)
            return false;
    }
    return true;
}

/** Take over the blocks of an earlier run as far as they hold. */
static oik_status resume(sequence_run *run, oik_error *err) {
    const oik_track_block *block = oik_track_file_block(run->track);
    size_t record_size = oik_sequence_record_size(run->sequence);
    oik_status status = OIK_OK;
    while (!status && oik_track_file_next(run->track, oik_sequence_n_frames(run->sequence))) {
        if (oik_interrupt_came() || !block_holds(run, block)) {
            oik_track_file_reject(run->track);
            break;
        }
        for (size_t i = 0; i < block->n_frames && !status; i++)
            status = oik_sequence_put_record(run->sequence, block->records + i * record_size, err);
        oik_sequence_set_state(run->sequence, block->state);
    }
    run->n_resumed = oik_sequence_n_frames(run->sequence);
    if (run->n_resumed)
        oik_log_write(run->log, OIK_LOG_INFO, "%s: %zu frame%s taken over from an earlier run", run->input.path, run->n_resumed,
                      oik_plural(run->n_resumed));
    return status;
}

/** Put a frame into the block that is being filled; write it when it is full or the sequence ends. */
static oik_status keep(sequence_run *run, size_t frame, const char *hash, oik_error *err) {
    oik_track_block *block = oik_track_file_block(run->track);
    size_t i = frame % OIK_SEQUENCE_BLOCK;
    if (i == 0)
        memset(block->hash, 0, sizeof block->hash);
    block->first = frame - i;
    block->n_frames = i + 1;
    memcpy(block->hash[i], hash, OIK_HASH_LENGTH);
    oik_sequence_get_record(block->records + i * oik_sequence_record_size(run->sequence), run->sequence, frame);
    if (i + 1 < OIK_SEQUENCE_BLOCK && frame + 1 < run->input.n_frames)
        return OIK_OK;
    oik_sequence_get_state(block->state, run->sequence);
    return oik_track_file_append(run->track, err);
}

static oik_status one_frame(sequence_run *run, size_t frame, oik_error *err) {
    char hash[OIK_HASH_LENGTH + 1];
    oik_status status = oik_sequence_input_read(&run->input, frame, hash, err);
    if (!status)
        status = oik_sequence_input_add(&run->input, frame, run->sequence, err);
    char *path = status || run->options->no_frame_meshes ? NULL : path_of_frame(run, frame, err);
    if (!status && !run->options->no_frame_meshes)
        status = path ? oik_write_skeleton(oik_sequence_posed(run->sequence), "all", path, err) : OIK_E_MEMORY;
    free(path);
    return status ? status : keep(run, frame, hash, err);
}

static oik_status stopped(const sequence_run *run, size_t frame, oik_error *err) {
    return oik_fail(err, OIK_E_CANCELLED, "%s: stopped by Ctrl-C after %zu of %zu frames; the same call goes on from frame %zu",
                    run->input.path, frame, run->input.n_frames, frame - frame % OIK_SEQUENCE_BLOCK);
}

static oik_status track(sequence_run *run, oik_error *err) {
    double start = oik_clock_now();
    oik_status status = resume(run, err);
    size_t frame = run->n_resumed;
    for (; frame < run->input.n_frames && !status; frame++) {
        if (oik_interrupt_came())
            return stopped(run, frame, err);
        status = one_frame(run, frame, err);
        oik_log_rate(run->log, "frames", frame + 1 - run->n_resumed, run->input.n_frames - run->n_resumed, oik_clock_now() - start);
    }
    oik_log_progress_end(run->log);
    run->tracking_seconds = oik_clock_now() - start;
    return status == OIK_E_CANCELLED ? stopped(run, frame - 1, err) : status;
}

/* ------------------------------------------------------------------ end */

static oik_status solve(sequence_run *run, oik_error *err) {
    double start = oik_clock_now();
    oik_log_progress(run->log, 3, 3, "solving the joint angles");
    oik_sequence_end_tracking(run->sequence);
    oik_status status = oik_chain_from_skeleton(&run->chain, run->model, oik_sequence_lying(run->sequence), err);
    if (!status)
        status = oik_sequence_solve(&run->motion, run->sequence, run->chain, err);
    if (!status)
        status = oik_sequence_quality(&run->worst, &run->mean, run->sequence, run->motion, err);
    run->angles_seconds = oik_clock_now() - start;
    oik_log_progress_end(run->log);
    return status;
}

static oik_exit tell_quality(const sequence_run *run) {
    for (int i = 0; i < run->worst.n_gates; i++) {
        const oik_gate *gate = &run->worst.gates[i];
        oik_log_level level = gate->level == 2 ? OIK_LOG_ERROR : gate->level == 1 ? OIK_LOG_WARNING : OIK_LOG_DEBUG;
        oik_buf sentence = {0};
        oik_gate_sentence(&sentence, gate);
        oik_log_write(run->log, level, "%s: quality of the worst frame: %s", run->input.path, sentence.data ? sentence.data : gate->name);
        oik_buf_free(&sentence);
    }
    return run->worst.level == 2 ? OIK_EXIT_QUALITY : OIK_EXIT_DONE;
}

static oik_status print_result(const sequence_run *run, const oik_sequence_summary *summary, oik_error *err) {
    oik_buf text = {0};
    oik_status status = run->options->json ? oik_sequence_summary_json(&text, summary, true, err) : OIK_OK;
    if (run->options->json && !status)
        status = text.status ? oik_fail(err, text.status, "%s", oik_status_sentence(text.status)) : OIK_OK;
    if (run->options->json && !status)
        fputs(text.data, stdout);
    if (!run->options->json && run->options->level >= OIK_LOG_INFO)
        oik_outputs_print(stdout, &run->outputs, run->options->out);
    oik_buf_free(&text);
    return status;
}

static oik_status compute_and_write(sequence_run *run, oik_exit *code, oik_error *err) {
    oik_status status = begin(run, err);
    if (!status)
        status = track(run, err);
    if (!status)
        status = solve(run, err);
    if (status)
        return status;
    oik_sequence_summary summary = summary_of(run);
    status = write_files(run, &summary, err);
    if (status)
        return status;
    double seconds = oik_clock_now() - run->start;
    size_t n = run->input.n_frames - run->n_resumed;
    oik_log_write(run->log, OIK_LOG_INFO, "%s: %zu frame%s in %.1f s, %.1f per second", run->input.path, n, oik_plural(n), seconds,
                  (double)n / seconds);
    *code = tell_quality(run);
    return print_result(run, &summary, err);
}

/** --dry-run: the first frame must be readable; then the names of the files. */
static oik_status check_only(sequence_run *run, oik_error *err) {
    char hash[OIK_HASH_LENGTH + 1];
    oik_body *body = NULL;
    oik_status status = oik_sequence_input_read(&run->input, 0, hash, err);
    if (!status && run->input.mesh)
        status = oik_body_open(&body, run->model->body, run->input.mesh, run->input.path, err);
    oik_body_free(body);
    if (status)
        return status;
    oik_log_write(run->log, OIK_LOG_INFO, "%s: %zu frame%s at %g per second; would write:", run->input.path, run->input.n_frames,
                  oik_plural(run->input.n_frames), run->input.fps);
    oik_outputs_print(stdout, &run->outputs, run->options->out);
    return OIK_OK;
}

oik_exit oik_sequence_run(const oik_options *options, const oik_model *model, oik_log *log) {
    sequence_run run = {.options = options, .model = model, .log = log, .start = oik_clock_now()};
    oik_error err = {0};
    oik_exit code = OIK_EXIT_DONE;
    oik_status status = oik_sequence_input_open(&run.input, options, model, &err);
    if (!status)
        status = oik_outputs_plan(&run.outputs, model, run.input.name, options, &err);
    if (!status)
        status = options->dry_run ? check_only(&run, &err) : compute_and_write(&run, &code, &err);
    if (status) {
        oik_log_progress_end(log);
        oik_log_write(log, OIK_LOG_ERROR, "%s", err.message);
        code = oik_exit_of(status);
    }
    run_free(&run);
    return code;
}
