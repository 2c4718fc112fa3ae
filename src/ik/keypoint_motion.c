/** From keypoints to the motion of a chain (see keypoint_motion.h). */
#include "ik/keypoint_motion.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/marker_lengths.h"
#include "ik/motion_errors.h"
#include "ik/motion_filter.h"
#include "ik/patch_ik.h"
#include "ik/posture.h"
#include "ik/rotation_filter.h"

/* ------------------------------------------------------------------ matching */

void oik_matched_keypoints_free(oik_matched_keypoints *matched) {
    if (!matched)
        return;
    oik_markers_free(matched->markers);
    free(matched->x);
    free(matched->weight);
    free(matched->expected);
    free(matched);
}

/** The columns of the matched keypoints. */
static oik_status gather(oik_matched_keypoints *m, const oik_keypoints *keypoints, oik_error *err) {
    size_t n_frames = (size_t)keypoints->n_frames, n = (size_t)m->markers->n_markers;
    m->x = oik_new(n_frames * n, sizeof *m->x, err);
    m->weight = oik_new(n_frames * n, sizeof *m->weight, err);
    if (!m->x || !m->weight)
        return OIK_E_MEMORY;
    for (size_t f = 0; f < n_frames; f++)
        for (size_t i = 0; i < n; i++) {
            size_t from = f * (size_t)keypoints->n_points + (size_t)m->markers->markers[i].keypoint;
            oik_vec3 x = keypoints->x[from]; /* of the turned one z is forward, x to the left */
            m->x[f * n + i] = m->file->y_up && keypoints->z_up ? v3(x.y, x.z, x.x) : x;
            m->weight[f * n + i] = keypoints->confidence[from];
        }
    bool seen = false;
    for (size_t i = 0; i < n_frames * n; i++)
        seen = seen || m->weight[i] > 0.0;
    if (!seen)
        return oik_fail(err, OIK_E_FORMAT, "none of the %zu keypoints that measure a point of the chain is seen in any frame", n);
    m->measurement = (oik_measurement){
        .n_frames = keypoints->n_frames, .time = keypoints->time, .markers = m->markers, .x = m->x, .weight = m->weight};
    return OIK_OK;
}

/** Other proportions, another size, or what noise explains? */
static oik_status judge_lengths(oik_matched_keypoints *m, oik_error *err) {
    const double certain = 2.0; /* standard errors */
    double explained = 0.0;
    oik_status status = oik_marker_lengths_explained(&explained, m->file->chain, m->file->q_rest, &m->measurement, m->noise, err);
    double limit = OIK_LENGTH_TOLERANCE + certain * explained;
    m->lengths = m->report.length_mismatch > limit           ? OIK_LENGTHS_ADAPTED
                 : fabs(m->report.scale - 1.0) > limit ? OIK_LENGTHS_SCALED
                                                       : OIK_LENGTHS_MEASURED;
    return status;
}

static oik_status adapt_proportions(oik_matched_keypoints *m, oik_error *err) {
    oik_vec3 *x = oik_new((size_t)m->measurement.n_frames * (size_t)m->markers->n_markers, sizeof *x, err);
    if (!x)
        return OIK_E_MEMORY;
    oik_status status = oik_marker_lengths_adapt(x, m->file->chain, m->file->q_rest, &m->measurement, &m->report, err);
    if (status) {
        free(x);
        return status;
    }
    free(m->x);
    m->x = x;
    m->measurement.x = x;
    return OIK_OK;
}

static oik_status adapt_lengths(oik_matched_keypoints *m, oik_error *err) {
    oik_status status = judge_lengths(m, err);
    size_t n = (size_t)m->measurement.n_frames * (size_t)m->markers->n_markers;
    if (!status && m->lengths == OIK_LENGTHS_ADAPTED)
        status = adapt_proportions(m, err);
    for (size_t i = 0; !status && m->lengths == OIK_LENGTHS_SCALED && i < n; i++)
        m->x[i] = v3_scale(m->x[i], 1.0 / m->report.scale);
    return status;
}

/** Keypoints of another body: one in doubt counts less, against the surest of them. */
static void weigh_doubts(oik_matched_keypoints *m) {
    int n = m->markers->n_markers;
    for (int i = 0; i < n; i++) {
        double doubt = m->markers->markers[i].doubt;
        if (doubt > 0.0 && (m->place == 0.0 || doubt < m->place))
            m->place = doubt;
    }
    for (int i = 0; i < n; i++) {
        double doubt = m->markers->markers[i].doubt, share = doubt > 0.0 ? m->place / doubt : 1.0;
        for (int f = 0; f < m->measurement.n_frames; f++)
            m->weight[f * n + i] *= share * share;
    }
}

static oik_status expect_posture(oik_matched_keypoints *m, oik_error *err) {
    oik_status status = oik_posture_expected(&m->expected, m->file->chain, m->file->q_rest, &m->measurement, err);
    m->measurement.expected = m->expected;
    return status;
}

oik_status oik_matched_keypoints_new(oik_matched_keypoints **out, const oik_chain_file *file, const oik_keypoints *keypoints,
                                     oik_error *err) {
    *out = NULL;
    oik_matched_keypoints *m = oik_new(1, sizeof *m, err);
    if (!m)
        return OIK_E_MEMORY;
    m->file = file;
    oik_status status = oik_markers_match(&m->markers, &m->report, file, keypoints, err);
    if (!status)
        status = gather(m, keypoints, err);
    if (!status)
        status = oik_marker_noise(&m->noise, file->chain, &m->measurement, err);
    if (!status) {
        m->noise /= m->report.scale;
        status = adapt_lengths(m, err);
    }
    if (!status && m->lengths == OIK_LENGTHS_ADAPTED)
        weigh_doubts(m);
    if (!status)
        status = expect_posture(m, err);
    if (status)
        oik_matched_keypoints_free(m);
    else
        *out = m;
    return status;
}

/* ------------------------------------------------------------------ solving */

oik_keypoint_motion_options oik_keypoint_motion_options_default(void) {
    return (oik_keypoint_motion_options){
        .solver = OIK_SOLVER_SEQUENCE, .sequence = oik_sequence_options_default(), .smoothness = 1.0};
}

/** A motion at rest with the times of the measurement. */
static oik_status resting_motion(oik_ik_motion **out, const oik_matched_keypoints *m, oik_error *err) {
    oik_status status = oik_ik_motion_new(out, m->file->chain, m->measurement.n_frames, err);
    if (!status)
        memcpy((*out)->time, m->measurement.time, (size_t)m->measurement.n_frames * sizeof *(*out)->time);
    return status;
}

/** Whether the filter will take the time steps: better said before the work than after it. */
static oik_status check_filter(const oik_matched_keypoints *m, double cutoff_hz, oik_error *err) {
    oik_ik_motion *motion = NULL;
    oik_lowpass filter;
    double rate = 0.0;
    oik_status status = resting_motion(&motion, m, err);
    if (!status)
        status = oik_ik_motion_frame_rate(&rate, motion, err);
    if (!status && rate > 0.0)
        status = oik_lowpass_design(&filter, cutoff_hz, rate, err);
    oik_ik_motion_free(motion);
    return status;
}

/** The temporal weight is that of accelerations of density S: lambda ~ 1 / sigma_a^2 (sequence_ik.h). */
static oik_status solve_sequence(oik_ik_motion **out, const oik_matched_keypoints *m, const oik_keypoint_motion_options *o,
                                 oik_error *err) {
    oik_sequence_options options = o->sequence;
    if (options.noise == 0.0 && isfinite(m->noise))
        options.noise = m->lengths == OIK_LENGTHS_ADAPTED ? fmax(m->noise, OIK_MODEL_NOISE) : m->noise;
    options.place = fmax(options.place, m->place);
    if (options.temporal_weight >= 0.0)
        options.temporal_weight *= o->smoothness;
    options.acceleration /= sqrt(o->smoothness);
    return oik_ik_solve_sequence(out, m->file->chain, &m->measurement, m->file->q_rest, &options, err);
}

static oik_status solve_reference(oik_ik_motion **out, const oik_matched_keypoints *m, const oik_keypoint_motion_options *o,
                                  oik_error *err) {
    oik_patch_ik_options options = oik_patch_ik_options_default();
    oik_patch_ik_report report = {0};
    oik_ik_motion *motion = NULL;
    options.mode = o->solver == OIK_SOLVER_PATCH ? OIK_PATCH_TEMPORAL : OIK_PATCH_FED;
    options.temporal_weight *= o->smoothness;
    options.q_rest = m->file->q_rest;
    oik_status status = resting_motion(&motion, m, err);
    if (!status)
        status = oik_patch_ik_solve(motion->q, &report, m->file->chain, &m->measurement, &options, err);
    if (!status)
        status = oik_ik_motion_measure_errors(motion, &m->measurement, err);
    if (status) {
        oik_ik_motion_free(motion);
        return status;
    }
    oik_ik_motion_mark_bounds(motion);
    motion->temporal_weight = o->solver == OIK_SOLVER_PATCH ? options.temporal_weight : 0.0;
    motion->n_iterations = report.n_evaluations > INT32_MAX ? INT32_MAX : (int)report.n_evaluations;
    motion->converged = report.n_unconverged == 0;
    motion->stop = motion->converged ? "tolerance" : "evaluations";
    *out = motion;
    return OIK_OK;
}

oik_status oik_keypoint_motion_solve(oik_ik_motion **out, const oik_matched_keypoints *matched,
                                     const oik_keypoint_motion_options *options, oik_error *err) {
    const oik_keypoint_motion_options defaults = oik_keypoint_motion_options_default();
    const oik_keypoint_motion_options *o = options ? options : &defaults;
    *out = NULL;
    if (!(o->smoothness > 0.0) || !isfinite(o->smoothness))
        return oik_fail(err, OIK_E_ARGUMENT, "a smoothness of %g, expected a number above 0", o->smoothness);
    oik_status status = o->cutoff_hz != 0.0 ? check_filter(matched, o->cutoff_hz, err) : OIK_OK;
    if (!status)
        status = o->solver == OIK_SOLVER_SEQUENCE ? solve_sequence(out, matched, o, err) : solve_reference(out, matched, o, err);
    if (!status && o->cutoff_hz != 0.0) {
        status = oik_motion_filter(*out, o->cutoff_hz, err);
        if (status) {
            oik_ik_motion_free(*out);
            *out = NULL;
        }
    }
    return status;
}
