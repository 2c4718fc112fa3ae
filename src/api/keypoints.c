/** Motion of a chain from keypoints. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "ik/h36m_chain.h"
#include "ik/keypoint_motion.h"
#include "ik/posture.h"

oik_status oik_chain_file_from_skeleton(oik_chain_file **out, const oik_skeleton *lying, oik_error *err) {
    *out = NULL;
    if (lying->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a chain is made from the lying skeleton, this one is posed");
    oik_chain_file *file = oik_new(1, sizeof *file, err);
    if (!file)
        return OIK_E_MEMORY;
    file->y_up = true;
    oik_status status = oik_chain_new(&file->chain, &file->q_rest, lying->kinematics, err);
    if (!status) {
        oik_posture_spread(file->chain);
        status = oik_h36m_markers(&file->markers, file->chain, err);
    }
    if (status)
        oik_chain_file_free(file);
    else
        *out = file;
    return status;
}

/* ------------------------------------------------------------------ keypoints from arrays */

static void name_points(oik_keypoints *k, const oik_keypoint_arrays *in) {
    for (int i = 0; i < k->n_points; i++) {
        const char *name = in->names ? in->names[i] : k->n_points == OIK_H36M_POINTS ? oik_h36m_name(i) : NULL;
        if (name)
            snprintf(k->names[i], sizeof k->names[i], "%s", name);
        else
            snprintf(k->names[i], sizeof k->names[i], "%d", i);
    }
}

/** One row of numbers; NaN is missing. */
static oik_status take_point(oik_keypoints *k, size_t at, const double *row, int n_numbers, oik_error *err) {
    oik_vec3 x = v3(row[0], row[1], row[2]);
    double confidence = n_numbers == 4 ? row[3] : 1.0;
    bool missing = isnan(x.x) || isnan(x.y) || isnan(x.z) || isnan(confidence) || confidence == 0.0;
    if (!missing && !v3_finite(x))
        return oik_fail(err, OIK_E_NOT_FINITE, "keypoint %zu of frame %zu is not finite", at % (size_t)k->n_points,
                        at / (size_t)k->n_points);
    if (confidence < 0.0 || isinf(confidence))
        return oik_fail(err, OIK_E_ARGUMENT, "keypoint %zu of frame %zu has a confidence of %g, expected a number >= 0",
                        at % (size_t)k->n_points, at / (size_t)k->n_points, confidence);
    k->x[at] = missing ? v3(0, 0, 0) : x;
    k->confidence[at] = missing ? 0.0 : confidence;
    return OIK_OK;
}

static oik_status check_arrays(const oik_keypoint_arrays *in, oik_error *err) {
    if (in->n_frames < 1 || in->n_points < 1 || in->n_frames > INT_MAX || in->n_points > INT_MAX ||
        in->n_points > SIZE_MAX / in->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "keypoints of %zu frames and %zu points", in->n_frames, in->n_points);
    if ((in->n_numbers != 3 && in->n_numbers != 4) || !(in->fps >= 0.0) || !isfinite(in->fps))
        return oik_fail(err, OIK_E_ARGUMENT, "keypoints of %d numbers at %g frames per second, expected 3 or 4, and >= 0", in->n_numbers,
                        in->fps);
    return OIK_OK;
}

static oik_status keypoints_of(oik_keypoints **out, const oik_keypoint_arrays *in, oik_error *err) {
    const double usual_rate = 30.0;
    *out = NULL;
    oik_status status = check_arrays(in, err);
    if (status)
        return status;
    size_t n = in->n_frames * in->n_points;
    oik_keypoints *k = oik_new(1, sizeof *k, err);
    if (!k || !(k->time = oik_new(in->n_frames, sizeof *k->time, err)) || !(k->x = oik_new(n, sizeof *k->x, err)) ||
        !(k->confidence = oik_new(n, sizeof *k->confidence, err)) || !(k->names = oik_new(in->n_points, sizeof *k->names, err))) {
        oik_keypoints_free(k);
        return OIK_E_MEMORY;
    }
    k->n_frames = (int)in->n_frames;
    k->n_points = (int)in->n_points;
    name_points(k, in);
    for (size_t f = 0; f < in->n_frames; f++)
        k->time[f] = in->time ? in->time[f] : (double)f / (in->fps > 0.0 ? in->fps : usual_rate);
    for (size_t i = 0; i < n && !status; i++)
        status = take_point(k, i, in->values + i * (size_t)in->n_numbers, in->n_numbers, err);
    if (status)
        oik_keypoints_free(k);
    else
        *out = k;
    return status;
}

/* ------------------------------------------------------------------ solving */

/** The caller's progress function has another type than the solver's. */
static int forward_progress(void *context, int n_done) {
    const oik_keypoint_options *options = context;
    return options->progress(options->context, (size_t)n_done);
}

static oik_keypoint_motion_options settings_of(oik_keypoint_options *options) {
    oik_keypoint_motion_options o = oik_keypoint_motion_options_default();
    o.sequence.noise = options->noise;
    o.sequence.robust_scale = options->robust;
    o.cutoff_hz = options->cutoff_hz;
    if (options->smoothness != 0.0)
        o.smoothness = options->smoothness;
    if (options->progress) {
        o.sequence.on_progress = forward_progress;
        o.sequence.context = options;
    }
    return o;
}

static oik_keypoint_report report_of(const oik_matched_keypoints *m) {
    return (oik_keypoint_report){.n_matched = (size_t)m->markers->n_markers,
                                 .n_dropped_pairs = (size_t)m->report.n_dropped,
                                 .scale = m->report.scale,
                                 .length_mismatch = m->report.length_mismatch,
                                 .noise = m->noise};
}

/** Text has z up, which becomes y where that is up in the chain's own frame. Zero: not known. */
static oik_vec3 up_of(const oik_chain_file *chain, const oik_keypoints *keypoints) {
    return !keypoints->z_up ? v3(0, 0, 0) : chain->y_up ? v3(0, 1, 0) : v3(0, 0, 1);
}

static oik_status solve(oik_motion **out, oik_keypoint_report *report, const oik_chain_file *chain, const oik_keypoints *keypoints,
                        const oik_keypoint_options *options, oik_error *err) {
    oik_keypoint_options wanted = options ? *options : (oik_keypoint_options){0};
    oik_keypoint_motion_options settings = settings_of(&wanted);
    oik_matched_keypoints *matched = NULL;
    oik_ik_motion *frames = NULL;
    oik_status status = oik_matched_keypoints_new(&matched, chain, keypoints, err);
    if (!status)
        status = oik_keypoint_motion_solve(&frames, matched, &settings, err);
    if (!status)
        status = oik_motion_of_frames(out, frames, err);
    if (!status)
        (*out)->up = up_of(chain, keypoints);
    if (!status && report)
        *report = report_of(matched);
    oik_matched_keypoints_free(matched);
    return status;
}

oik_status oik_motion_from_keypoints(oik_motion **out, oik_keypoint_report *report, const oik_chain_file *chain,
                                     const oik_keypoint_arrays *keypoints, const oik_keypoint_options *options, oik_error *err) {
    oik_keypoints *k;
    *out = NULL;
    oik_status status = keypoints_of(&k, keypoints, err);
    if (!status)
        status = solve(out, report, chain, k, options, err);
    oik_keypoints_free(k);
    return status;
}

oik_status oik_motion_from_keypoint_file(oik_motion **out, oik_keypoint_report *report, const oik_chain_file *chain, const char *path,
                                         double fps, const oik_keypoint_options *options, oik_error *err) {
    oik_keypoints *k;
    *out = NULL;
    oik_status status = oik_keypoints_load(&k, path, fps, err);
    if (!status) {
        status = solve(out, report, chain, k, options, err);
        if (status)
            oik_error_prefix(err, "%s", path);
    }
    oik_keypoints_free(k);
    return status;
}
