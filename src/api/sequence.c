/** Meshes of one subject over time (see sequence.h). */
#include "api/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/register_workspace.h"

/* ------------------------------------------------------------------ the object */

oik_status oik_sequence_new(oik_sequence **out, const oik_model *model, const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    if (oik_stage_method(options) != OIK_METHOD_REFINED)
        return oik_fail(err, OIK_E_ARGUMENT, "the published method knows single bodies, no sequences");
    oik_sequence *s = oik_new(1, sizeof *s, err);
    if (!s)
        return OIK_E_MEMORY;
    s->model = model;
    s->options = options ? *options : (oik_stage_options){0};
    s->n_segments = model->skeleton->n_segments;
    s->body_options = oik_body_track_options_default();
    s->bone_options = oik_skel_track_options_default();
    s->body_options.registration.tolerance *= oik_tolerance_factor(options);
    s->bone_options.first.cost_tolerance *= oik_tolerance_factor(options);
    s->bone_options.next.cost_tolerance *= oik_tolerance_factor(options);
    *out = s;
    return OIK_OK;
}

void oik_sequence_free(oik_sequence *s) {
    if (!s)
        return;
    oik_sequence_end_tracking(s);
    oik_body_free(s->body);
    oik_skeleton_free(s->lying);
    oik_skeleton_free(s->posed);
    free(s->frames);
    free(s->time);
    free(s->R);
    free(s->centre);
    free(s->part_r);
    free(s->part_t);
    free(s);
}

void oik_sequence_end_tracking(oik_sequence *s) {
    oik_body_track_free(s->bodies);
    oik_skel_track_free(s->bones);
    oik_locator_free(s->skin);
    oik_puppet_free(s->carried);
    s->carried = NULL;
    s->bodies = NULL;
    s->bones = NULL;
    s->skin = NULL;
}

size_t oik_sequence_n_frames(const oik_sequence *s) {
    return s->n_frames;
}

oik_sequence_frame oik_sequence_get_frame(const oik_sequence *s, size_t frame) {
    return frame < s->n_frames ? s->frames[frame] : (oik_sequence_frame){0};
}

const oik_body *oik_sequence_body(const oik_sequence *s) {
    return s->body;
}

const oik_skeleton *oik_sequence_posed(const oik_sequence *s) {
    return s->posed;
}

const oik_skeleton *oik_sequence_lying(const oik_sequence *s) {
    return s->lying;
}

/* ------------------------------------------------------------------ the subject */

/** Lying bones and what tracking them needs, for the subject in body->fit. */
static oik_status start_bones(oik_sequence *s, oik_error *err) {
    const oik_model *model = s->model;
    const int32_t(*faces)[3] = (const int32_t(*)[3])s->body->faces;
    memcpy(s->body->origin.model, model->hash, sizeof s->body->origin.model);
    oik_status status = oik_skeleton_infer(&s->lying, model, s->body, &s->options, err);
    if (!status)
        status = oik_skeleton_new(&s->posed, model->skeleton, err);
    if (!status)
        status = oik_puppet_new(&s->posed->puppet, model->skeleton, err);
    if (!status)
        status = oik_puppet_new(&s->carried, model->skeleton, err);
    if (!status)
        status = oik_skeleton_set_posed(s->posed, model->skeleton, s->body, s->lying->puppet, err);
    if (!status)
        status = oik_skel_track_new(&s->bones, model->skeleton, model->body, &s->body->fit, faces, s->body->n_faces, s->lying->puppet,
                                    err);
    if (status)
        return status;
    oik_puppet_copy(s->posed->puppet, s->lying->puppet);
    s->posed->origin.stage = OIK_STAGE_POSING;
    memcpy(s->posed->origin.model, model->hash, sizeof s->posed->origin.model);
    s->body->stature = oik_body_standing_height(s->body->fit.v_subject, s->body->n_vertices);
    return OIK_OK;
}

/** Nothing is known of the subject, as before. */
static void forget_subject(oik_sequence *s) {
    oik_sequence_end_tracking(s);
    oik_body_free(s->body);
    oik_skeleton_free(s->lying);
    oik_skeleton_free(s->posed);
    s->body = NULL;
    s->lying = s->posed = NULL;
}

/** Into metres and model order, unit and chirality as in the first frame. */
static oik_status load_vertices(oik_vec3 *x, oik_body_input *found, const oik_sequence *s, const oik_mesh *mesh, const char *name,
                                oik_error *err) {
    const oik_body_model *model = s->model->body;
    const oik_body_input *first = &s->body->input;
    oik_status status = oik_body_normalise(found, x, model, mesh, name, err);
    if (status || (found->mirrored == first->mirrored && found->units_per_metre == first->units_per_metre))
        return status;
    if (found->mirrored != first->mirrored)
        return oik_fail(err, OIK_E_ORDER, "%s: the body is %s, in the first frame it is %s", name,
                        found->mirrored ? "a mirror image" : "no mirror image", first->mirrored ? "one" : "none");
    return oik_fail(err, OIK_E_SHAPE, "%s: the body is as large as if it were given in %s, in the first frame in %s", name,
                    found->unit_name, first->unit_name);
}

static oik_status learn_from(oik_sequence *s, const oik_mesh *const *meshes, size_t n, const char *name, oik_error *err) {
    const oik_body_model *model = s->model->body;
    oik_body_input found;
    oik_vec3 *x = oik_new(n * model->n_vertices, sizeof *x, err);
    oik_status status = x ? oik_body_open(&s->body, model, meshes[0], name, err) : OIK_E_MEMORY;
    for (size_t i = 0; i < n && !status; i++)
        status = load_vertices(x + i * model->n_vertices, &found, s, meshes[i], name, err);
    if (!status)
        status = oik_body_track_new(&s->bodies, model, err);
    if (!status)
        status = oik_body_track_learn(s->bodies, x, n, &s->body_options, err);
    if (!status)
        status = oik_body_track_subject(&s->body->fit, s->bodies, err);
    if (!status)
        status = start_bones(s, err);
    free(x);
    return status;
}

static oik_status check_new(const oik_sequence *s, oik_error *err) {
    if (s->body)
        return oik_fail(err, OIK_E_ARGUMENT, "the subject of this sequence is known already");
    oik_stage_watch watch = {.options = &s->options};
    oik_stage_poll(&watch);
    return oik_stage_status(&watch, OIK_OK, "the sequence", err);
}

oik_status oik_sequence_learn(oik_sequence *s, const oik_mesh *const *meshes, size_t n_meshes, const char *name, oik_error *err) {
    oik_status status = check_new(s, err);
    if (status)
        return status;
    status = learn_from(s, meshes, n_meshes, name, err);
    if (status)
        forget_subject(s);
    return status;
}

static oik_status learn_shape(oik_sequence *s, const double *beta, oik_error *err) {
    const oik_body_model *model = s->model->body;
    oik_status status = oik_body_blank(&s->body, model, err);
    if (!status)
        status = oik_body_take_shape(s->body, model, beta, err);
    if (status)
        return status;
    return start_bones(s, err);
}

oik_status oik_sequence_learn_shape(oik_sequence *s, const double *beta, oik_error *err) {
    oik_status status = check_new(s, err);
    if (status)
        return status;
    status = learn_shape(s, beta, err);
    if (status)
        forget_subject(s);
    return status;
}

/* ------------------------------------------------------------------ frames */

oik_status oik_sequence_make_room(oik_sequence *s, oik_error *err) {
    if (s->n_frames < s->room)
        return OIK_OK;
    size_t room = s->room ? 2 * s->room : OIK_SEQUENCE_BLOCK, n = (size_t)s->n_segments,
           n_parts = (size_t)s->model->skeleton->n_parts;
    void *block;
    if (!(block = oik_resize(s->frames, room, sizeof *s->frames, err)))
        return OIK_E_MEMORY;
    s->frames = block;
    if (!(block = oik_resize(s->time, room, sizeof *s->time, err)))
        return OIK_E_MEMORY;
    s->time = block;
    if (!(block = oik_resize(s->R, room * n, sizeof *s->R, err)))
        return OIK_E_MEMORY;
    s->R = block;
    if (!(block = oik_resize(s->centre, room * n, sizeof *s->centre, err)))
        return OIK_E_MEMORY;
    s->centre = block;
    if (!(block = oik_resize(s->part_r, room * n_parts, sizeof *s->part_r, err)))
        return OIK_E_MEMORY;
    s->part_r = block;
    if (!(block = oik_resize(s->part_t, room * n_parts, sizeof *s->part_t, err)))
        return OIK_E_MEMORY;
    s->part_t = block;
    s->room = room;
    return OIK_OK;
}

static oik_status begin_frame(oik_sequence *s, double time, oik_error *err) {
    if (!isfinite(time) || (s->n_frames && !(time > s->time[s->n_frames - 1])))
        return oik_fail(err, OIK_E_ARGUMENT, "frame %zu: time %g s, expected later than the frame before", s->n_frames, time);
    oik_stage_watch watch = {.options = &s->options};
    oik_stage_poll(&watch);
    oik_status status = oik_stage_status(&watch, OIK_OK, "the sequence", err);
    return status ? status : oik_sequence_make_room(s, err);
}

/** The bones in the body's pose. */
static oik_status pose_bones(oik_sequence *s, bool restart, oik_sequence_frame *frame, oik_error *err) {
    oik_skel_track_report report;
    if (s->n_frames && s->n_frames % OIK_SEQUENCE_BLOCK == 0)
        oik_skel_track_continue(s->bones, s->posed->puppet, &s->last_frames);
    oik_status status = oik_skel_track_frame(s->posed->puppet, &report, s->bones, &s->body->fit.frames, s->body->x, restart,
                                             &s->bone_options, err);
    if (!status)
        status = oik_skeleton_refresh(s->posed, s->model->skeleton, err);
    if (status)
        return status;
    s->posed->calls = (oik_stage_calls){.n = 1, .report = {report.solve}};
    s->last_frames = s->body->fit.frames;
    frame->restarted = report.restarted;
    frame->n_iterations = report.solve.n_accepted;
    return OIK_OK;
}

static oik_status measure(oik_sequence *s, oik_sequence_frame *frame, oik_error *err) {
    const oik_body *body = s->body;
    const oik_skel_model *skeleton = s->model->skeleton;
    const int32_t(*faces)[3] = (const int32_t(*)[3])body->faces;
    oik_status status = s->skin ? oik_locator_move(s->skin, body->x, err)
                                : oik_locator_new(&s->skin, body->x, body->n_vertices, faces, body->n_faces, err);
    if (status)
        return status;
    oik_outside bones = oik_outside_measure(s->skin, skeleton, s->posed->vertices, s->n_frames % OIK_SEQUENCE_SAMPLE, OIK_SEQUENCE_SAMPLE);
    frame->registration_rms = body->fit.rms;
    frame->repose_rms = body->fit.repose_rms;
    frame->long_edge_share = body->input.long_edge_share;
    frame->outside_share = bones.share;
    frame->outside_depth = bones.deepest;
    frame->hip_gap = oik_largest_gap(skeleton, s->posed->puppet, skeleton->gap_hip);
    frame->shoulder_gap = oik_largest_gap(skeleton, s->posed->puppet, skeleton->gap_shoulder);
    return OIK_OK;
}

/** Segment orientations and joint centres of the new frame. */
static oik_status store_kinematics(oik_sequence *s, oik_error *err) {
    oik_kinematics *carried = NULL;
    size_t first = s->n_frames * (size_t)s->n_segments;
    oik_skel_track_carried(s->carried, s->bones, &s->body->fit.frames);
    oik_status status = oik_skel_kinematics(&carried, s->model->skeleton, s->carried, err);
    for (int i = 0; i < s->n_segments && !status; i++) {
        s->R[first + (size_t)i] = carried->segments[i].R;
        s->centre[first + (size_t)i] = s->posed->kinematics->joints[i].centre;
    }
    oik_kinematics_free(carried);
    return status;
}

/** Placement of every part in the new frame. */
static void store_parts(oik_sequence *s) {
    const oik_puppet *puppet = s->posed->puppet;
    size_t n = (size_t)puppet->n_parts, first = s->n_frames * n;
    for (size_t p = 0; p < n; p++) {
        s->part_r[first + p] = oik_rot_log(puppet->R[p]);
        s->part_t[first + p] = puppet->t[p];
    }
}

/** Bones and measures of the frame whose body is known, and its place among the frames. */
static oik_status end_frame(oik_sequence *s, double time, bool restart, oik_error *err) {
    oik_sequence_frame frame = {0};
    oik_status status = pose_bones(s, restart, &frame, err);
    if (!status)
        status = measure(s, &frame, err);
    if (status)
        return status;
    status = store_kinematics(s, err);
    if (status)
        return status;
    store_parts(s);
    s->frames[s->n_frames] = frame;
    s->time[s->n_frames++] = time;
    return OIK_OK;
}

static double time_step(const oik_sequence *s, double time) {
    return s->n_frames ? time - s->time[s->n_frames - 1] : 0.0;
}

oik_status oik_sequence_add(oik_sequence *s, const oik_mesh *mesh, double time, const char *name, oik_error *err) {
    oik_body_track_report report;
    oik_body_input found;
    oik_status status = begin_frame(s, time, err);
    if (!status && !s->body)
        status = oik_sequence_learn(s, &mesh, 1, name, err);
    if (!status && !s->bodies)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: this sequence takes poses, not meshes", name);
    if (!status)
        status = load_vertices(s->body->x, &found, s, mesh, name, err);
    if (!status)
        status = oik_body_track_frame(&s->body->fit, &report, s->bodies, s->body->x, time_step(s, time), &s->body_options, err);
    if (status)
        return status;
    s->body->input.long_edge_share = found.long_edge_share;
    return end_frame(s, time, report.restarted, err);
}

oik_status oik_sequence_add_pose(oik_sequence *s, const oik_body_pose *pose, double time, oik_error *err) {
    if (!s->body || s->bodies)
        return oik_fail(err, OIK_E_ARGUMENT, "poses need a shape first, and no mesh");
    oik_status status = begin_frame(s, time, err);
    if (status)
        return status;
    oik_body_take_pose(s->body, s->model->body, pose);
    return end_frame(s, time, s->n_frames == 0, err);
}
