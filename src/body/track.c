/**
 * Registration of a sequence (see the header).
 *
 *   symbol   code
 *   R_pred   predicted
 *   rho_t    temporal_weight
 */
#include "body/track.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/register_start.h"
#include "body/register_workspace.h"

/** A pose and when it was. */
typedef struct moment_in_time {
    oik_body_pose pose;
    double dt; /**< time since the pose before [s], 0: unknown */
} moment_in_time;

struct oik_body_track {
    const oik_body_model *model;
    oik_body_register *workspace;
    oik_body_moments *moments;
    oik_body_fit subject; /**< beta, v_shaped, v_subject; the rest is not used */
    bool learned;
    int n_past;               /**< poses known, 0 to 2 */
    moment_in_time past[2];   /**< the last one first */
    double usual_rms;         /**< running mean over the frames [m], 0 before the first */
};

oik_body_track_options oik_body_track_options_default(void) {
    return (oik_body_track_options){.registration = oik_body_register_options_default(), .temporal_prior = 0.3e-3};
}

oik_status oik_body_track_new(oik_body_track **out, const oik_body_model *model, oik_error *err) {
    *out = NULL;
    oik_body_track *track = oik_new(1, sizeof *track, err);
    if (!track)
        return OIK_E_MEMORY;
    track->model = model;
    oik_status status = oik_body_register_new(&track->workspace, model, err);
    if (!status)
        status = oik_body_moments_new(&track->moments, model, track->workspace->area, err);
    if (!status)
        status = oik_body_fit_new(&track->subject, model, err);
    if (status)
        oik_body_track_free(track);
    else
        *out = track;
    return status;
}

void oik_body_track_free(oik_body_track *track) {
    if (!track)
        return;
    oik_body_register_free(track->workspace);
    oik_body_moments_free(track->moments);
    oik_body_fit_free(&track->subject);
    free(track);
}

/* ---- the subject ---- */

/** Add one frame's registration, divided by the number of frames, to the mean. */
static void add_to_mean(oik_body_fit *mean, const oik_body_fit *fit, const oik_body_model *model, double share) {
    for (size_t k = 0; k < model->n_modes; k++)
        mean->beta[k] += share * fit->beta[k];
    for (size_t v = 0; v < model->n_vertices; v++)
        mean->v_subject[v] = v3_madd(mean->v_subject[v], share, fit->v_subject[v]);
    for (size_t v = 0; v < model->n_vertices; v++) {
        mean->form.v_shaped[v] = v3_madd(mean->form.v_shaped[v], share, fit->form.v_shaped[v]);
        mean->form.v_subject[v] = v3_madd(mean->form.v_subject[v], share, fit->form.v_subject[v]);
    }
    for (int j = 0; j < OIK_N_JOINTS; j++)
        mean->form.J[j] = v3_madd(mean->form.J[j], share, fit->form.J[j]);
}

/** Means of beta, of the un-posed skins and of the forms over the frames; fixed_beta may be NULL. mean: zeroed arrays. */
static oik_status register_all(oik_body_fit *mean, oik_body_track *track, const oik_vec3 *x, size_t n_frames,
                               const oik_body_register_options *options, const double *fixed_beta, oik_error *err) {
    oik_body_register_options frame_options = *options;
    frame_options.fixed_beta = fixed_beta;
    for (size_t f = 0; f < n_frames; f++) {
        oik_body_fit fit = {0};
        oik_status status = oik_body_fit_mesh(&fit, track->workspace, x + f * track->model->n_vertices, &frame_options, err);
        if (status)
            return status;
        add_to_mean(mean, &fit, track->model, 1.0 / (double)n_frames);
        oik_body_fit_free(&fit);
    }
    return OIK_OK;
}

static void copy_form(oik_body_rest *to, const oik_body_rest *from, const oik_body_model *model) {
    memcpy(to->v_shaped, from->v_shaped, model->n_vertices * sizeof *to->v_shaped);
    memcpy(to->v_subject, from->v_subject, model->n_vertices * sizeof *to->v_subject);
    memcpy(to->J, from->J, sizeof to->J);
}

oik_status oik_body_track_learn(oik_body_track *track, const oik_vec3 *x, size_t n_frames, const oik_body_track_options *options,
                                oik_error *err) {
    const oik_body_model *model = track->model;
    oik_body_fit free_shape = {0}, one_shape = {0};
    if (n_frames == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "a subject is learned from one frame or more, not from none");
    oik_status status = oik_body_fit_new(&free_shape, model, err);
    if (!status)
        status = oik_body_fit_new(&one_shape, model, err);
    if (!status)
        status = register_all(&free_shape, track, x, n_frames, &options->registration, NULL, err);
    if (!status && n_frames > 1)
        status = register_all(&one_shape, track, x, n_frames, &options->registration, free_shape.beta, err);
    if (status)
        goto done;
    const oik_body_fit *result = n_frames > 1 ? &one_shape : &free_shape;
    memcpy(track->subject.beta, free_shape.beta, model->n_modes * sizeof *free_shape.beta);
    memcpy(track->subject.v_subject, result->v_subject, model->n_vertices * sizeof *result->v_subject);
    copy_form(&track->subject.form, &free_shape.form, model);
    oik_body_shape(track->subject.v_shaped, model, track->subject.beta);
    oik_body_moments_set_shape(track->moments, track->subject.v_shaped);
    track->learned = true;
    track->n_past = 0;
    track->usual_rms = 0.0;
done:
    oik_body_fit_free(&free_shape);
    oik_body_fit_free(&one_shape);
    return status;
}

/* ---- starts ---- */

/** R_last (R_before^T R_last)^(dt / dt_last): on at constant angular velocity. */
static oik_body_pose predict(const oik_body_track *track, double dt) {
    const oik_body_pose *last = &track->past[0].pose, *before = &track->past[1].pose;
    double steps = dt / track->past[0].dt;
    oik_body_pose pose;
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 turn = oik_rot_log(m3_tmul(before->R[j], last->R[j]));
        pose.R[j] = m3_mul(last->R[j], oik_rot_exp(v3_scale(turn, steps)));
    }
    pose.tau = v3_madd(last->tau, steps, v3_sub(last->tau, before->tau));
    return pose;
}

/** The last pose, its root where the root's own vertices are now. */
static oik_body_pose follow_root(const oik_body_track *track) {
    oik_body_pose pose = track->past[0].pose;
    oik_vec3 J[OIK_N_JOINTS], p;
    oik_body_shape_joints(J, track->model, track->subject.beta);
    oik_body_moments_joint_motion(&pose.R[0], &p, track->moments, 0, J[0]);
    pose.tau = v3_sub(p, J[0]);
    return pose;
}

/** Cost of a pose at the workspace's state. */
static double cost_of(oik_body_track *track, const oik_body_pose *pose, const oik_body_target *target) {
    track->workspace->state.pose = *pose;
    oik_body_evaluate(&track->workspace->state, target);
    return track->workspace->state.cost;
}

/** Time step up to which a prediction is trusted in full [s]; beyond, its error grows with the square of the step. */
static const double USUAL_STEP = 1.0 / 30.0;

static double temporal_weight(double prior, double dt) {
    double ratio = USUAL_STEP / dt;
    return prior * fmin(1.0, ratio * ratio);
}

/* ---- one frame ---- */

/**
 * A warm start has failed when the RMS is far above the usual one: a wrong basin leaves a limb beside itself, some centimetres, while
 * the RMS of one subject varies by some tenths of a millimetre from frame to frame.
 */
static const double JUMP_FACTOR = 1.5, JUMP_FLOOR = 2e-3;

/** A joint that is this far from its prediction does not continue its motion [rad]; for USUAL_STEP, where it takes 450 rad/s^2. */
static const double JUMP_ANGLE = 0.5;

/** The RMS may still fall by this much per step at the end [m]. Steps are cheap, and weak joints hardly show in the RMS. */
static const double TOLERANCE = 1e-10;

/** Descend from the better of the two warm starts. */
static oik_status warm_start(oik_body_track_report *report, oik_body_track *track, const oik_body_target *target,
                             const oik_body_pose *prediction, const oik_body_register_options *options, oik_error *err) {
    oik_body_pose start = follow_root(track);
    if (prediction && !(cost_of(track, &start, target) < cost_of(track, prediction, target)))
        start = *prediction;
    track->workspace->state.pose = start;
    return oik_body_minimise(&report->n_iterations, &report->converged, track->workspace, target, options, err);
}

static bool jumped(const oik_body_pose *pose, const oik_body_pose *prediction, double dt) {
    double steps = fmax(1.0, dt / USUAL_STEP);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        if (oik_rot_angle_between(pose->R[j], prediction->R[j]) > JUMP_ANGLE * steps * steps)
            return true;
    return false;
}

/** Descend from the closed-form start of each joint; keep the result when it is better than that of the warm start. */
static oik_status cold_start(oik_body_track_report *report, oik_body_track *track, const oik_body_target *target,
                             const oik_body_register_options *options, bool keep_better, oik_error *err) {
    oik_body_register *ws = track->workspace;
    oik_body_pose warm = ws->state.pose;
    double warm_rms = ws->state.rms;
    oik_body_track_report cold = {.restarted = true};
    oik_status status = oik_body_register_start(&ws->state.pose, track->model, target->x, ws->scratch, err);
    if (!status)
        status = oik_body_minimise(&cold.n_iterations, &cold.converged, ws, target, options, err);
    if (status)
        return status;
    if (keep_better && warm_rms <= ws->state.rms) {
        cost_of(track, &warm, target);
        return OIK_OK;
    }
    *report = cold;
    return OIK_OK;
}

/** Pose of the frame at workspace->state. */
static oik_status solve_frame(oik_body_track_report *report, oik_body_track *track, const oik_vec3 *x, double dt,
                              const oik_body_track_options *options, oik_error *err) {
    oik_body_register *ws = track->workspace;
    oik_body_register_options settings = options->registration;
    settings.tolerance = TOLERANCE;
    settings.on_step = NULL; /* a step has no posed skin to show */
    oik_body_target target = {.model = track->model, .x = x, .area = ws->area, .shape_sigma = settings.shape_sigma,
                              .pose_prior = settings.pose_prior, .moments = track->model->n_features ? NULL : track->moments};
    memcpy(ws->state.beta, track->subject.beta, track->model->n_modes * sizeof *ws->state.beta);
    memcpy(ws->trial.beta, track->subject.beta, track->model->n_modes * sizeof *ws->trial.beta);
    oik_body_moments_set_mesh(track->moments, x);
    if (track->n_past == 0)
        return cold_start(report, track, &target, &settings, false, err);
    oik_body_target with_past = target;
    oik_body_pose prediction;
    bool predicted = track->n_past == 2 && dt > 0.0 && track->past[0].dt > 0.0;
    if (predicted) {
        prediction = predict(track, dt);
        with_past.predicted = prediction.R;
        with_past.temporal_prior = temporal_weight(options->temporal_prior, dt);
    }
    oik_status status = warm_start(report, track, &with_past, predicted ? &prediction : NULL, &settings, err);
    if (!status && predicted && jumped(&ws->state.pose, &prediction, dt)) {
        report->jumped = true;
        status = oik_body_minimise(&report->n_iterations, &report->converged, ws, &target, &settings, err);
    }
    if (!status && (!report->converged || ws->state.rms > JUMP_FACTOR * track->usual_rms + JUMP_FLOOR))
        status = cold_start(report, track, &target, &settings, true, err);
    return status;
}

/** Memory of the running mean of the RMS: a frame counts this much. */
static const double NEW_SHARE = 0.2;

/** Take the solved frame into the track's past; after a break there is no velocity to predict from. */
static void remember(oik_body_track *track, const oik_body_fit *fit, double dt, bool broken) {
    track->past[1] = track->past[0];
    track->past[0] = (moment_in_time){fit->pose, dt};
    track->n_past = broken || track->n_past == 0 ? 1 : 2;
    track->usual_rms = track->usual_rms > 0.0 ? (1.0 - NEW_SHARE) * track->usual_rms + NEW_SHARE * fit->rms : fit->rms;
}

/** The posed skin of the solved pose and its agreement, over the vertices. */
static void store(oik_body_fit *fit, oik_body_track *track, const oik_vec3 *x, const oik_body_track_report *report) {
    oik_body_register *ws = track->workspace;
    const oik_body_fit *subject = &track->subject;
    size_t n = track->model->n_vertices;
    fit->pose = ws->state.pose;
    fit->frames = ws->state.frames;
    fit->rms = oik_body_skin_rms(ws, subject->v_shaped, &fit->frames, x);
    memcpy(fit->x_model, ws->trial.y, n * sizeof *fit->x_model);
    fit->repose_rms = oik_body_skin_rms(ws, subject->v_subject, &fit->frames, x);
    memcpy(fit->beta, subject->beta, track->model->n_modes * sizeof *fit->beta);
    memcpy(fit->v_shaped, subject->v_shaped, n * sizeof *fit->v_shaped);
    memcpy(fit->v_subject, subject->v_subject, n * sizeof *fit->v_subject);
    copy_form(&fit->form, &subject->form, track->model);
    fit->n_iterations = report->n_iterations;
    fit->converged = report->converged;
}

oik_status oik_body_track_frame(oik_body_fit *fit, oik_body_track_report *report, oik_body_track *track, const oik_vec3 *x, double dt,
                                const oik_body_track_options *options, oik_error *err) {
    oik_body_track_report own = {0};
    oik_status status = OIK_OK;
    if (!(dt >= 0.0) || !isfinite(dt) || !(options->temporal_prior >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT, "time step %g s and temporal prior %g m/rad must be >= 0", dt, options->temporal_prior);
    for (size_t v = 0; v < track->model->n_vertices; v++)
        if (!v3_finite(x[v]))
            return oik_fail(err, OIK_E_NOT_FINITE, "vertex %zu of the frame is not finite", v);
    if (!track->learned)
        status = oik_body_track_learn(track, x, 1, options, err);
    if (!status && !fit->beta)
        status = oik_body_fit_new(fit, track->model, err);
    if (!status)
        status = solve_frame(&own, track, x, dt, options, err);
    if (status)
        return status;
    store(fit, track, x, &own);
    remember(track, fit, dt, own.restarted || own.jumped);
    if (report)
        *report = own;
    return OIK_OK;
}

oik_status oik_body_track_subject(oik_body_fit *fit, const oik_body_track *track, oik_error *err) {
    const oik_body_fit *subject = &track->subject;
    const oik_body_model *model = track->model;
    oik_vec3 J[OIK_N_JOINTS];
    if (!track->learned)
        return oik_fail(err, OIK_E_ARGUMENT, "no subject has been learned");
    oik_status status = fit->beta ? OIK_OK : oik_body_fit_new(fit, model, err);
    if (status)
        return status;
    fit->pose = oik_body_pose_rest();
    oik_body_shape_joints(J, model, subject->beta);
    oik_body_forward(&fit->frames, model, J, &fit->pose);
    memcpy(fit->beta, subject->beta, model->n_modes * sizeof *fit->beta);
    memcpy(fit->v_shaped, subject->v_shaped, model->n_vertices * sizeof *fit->v_shaped);
    memcpy(fit->x_model, subject->v_shaped, model->n_vertices * sizeof *fit->x_model);
    memcpy(fit->v_subject, subject->v_subject, model->n_vertices * sizeof *fit->v_subject);
    copy_form(&fit->form, &subject->form, model);
    return OIK_OK;
}

oik_body_track_state oik_body_track_get_state(const oik_body_track *track) {
    return (oik_body_track_state){.n_past = track->n_past,
                                  .past = {track->past[0].pose, track->past[1].pose},
                                  .dt = {track->past[0].dt, track->past[1].dt},
                                  .usual_rms = track->usual_rms};
}

void oik_body_track_set_state(oik_body_track *track, const oik_body_track_state *state) {
    track->n_past = state->n_past;
    for (int i = 0; i < 2; i++)
        track->past[i] = (moment_in_time){state->past[i], state->dt[i]};
    track->usual_rms = state->usual_rms;
}
