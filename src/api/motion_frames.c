/** A motion of many frames, and what can be asked of it. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"

static void fill(double *x, int n, double value) {
    for (int i = 0; i < n; i++)
        x[i] = value;
}

/** Frame 0 as the result of a single frame: coordinates and bounds. */
static oik_status first_result(oik_motion *motion, oik_error *err) {
    const oik_chain *chain = motion->chain;
    size_t n_dofs = (size_t)chain->n_dofs, n_segments = (size_t)chain->n_segments;
    oik_ik_result *r = motion->result = oik_new(1, sizeof *r, err);
    if (!r || !(r->q = oik_new(n_dofs, sizeof *r->q, err)) || !(r->bound = oik_new(n_dofs, sizeof *r->bound, err)) ||
        !(r->disagreement = oik_new(n_dofs, sizeof *r->disagreement, err)) ||
        !(r->segment_error = oik_new(n_segments, sizeof *r->segment_error, err)) ||
        !(r->centre_error = oik_new(n_segments, sizeof *r->centre_error, err)))
        return OIK_E_MEMORY;
    memcpy(r->q, motion->frames->q, n_dofs * sizeof *r->q);
    for (size_t d = 0; d < n_dofs; d++)
        r->bound[d] = (oik_bound)motion->frames->bound[d];
    fill(r->segment_error, chain->n_segments, NAN);
    fill(r->centre_error, chain->n_segments, NAN);
    r->converged = motion->frames->converged;
    return OIK_OK;
}

oik_status oik_motion_of_frames(oik_motion **out, oik_ik_motion *frames, oik_error *err) {
    *out = NULL;
    oik_motion *motion = oik_new(1, sizeof *motion, err);
    if (!motion) {
        oik_ik_motion_free(frames);
        return OIK_E_MEMORY;
    }
    motion->chain = frames->chain;
    motion->frames = frames;
    oik_status status = first_result(motion, err);
    if (!status)
        status = oik_chain_pose_new(&motion->pose, motion->chain, err);
    if (status) {
        oik_motion_free(motion);
        return status;
    }
    oik_chain_forward(motion->pose, motion->chain, motion->result->q);
    *out = motion;
    return OIK_OK;
}

size_t oik_motion_n_frames(const oik_motion *motion) {
    return (size_t)motion->frames->n_frames;
}

oik_motion_frame oik_motion_get_frame(const oik_motion *motion, size_t frame) {
    const oik_ik_motion *m = motion->frames;
    if (frame >= (size_t)m->n_frames)
        return (oik_motion_frame){0};
    return (oik_motion_frame){.time = m->time[frame],
                              .coordinates = m->q + frame * (size_t)motion->chain->n_dofs,
                              .position_error = m->position_error[frame]};
}

size_t oik_motion_n_segments(const oik_motion *motion) {
    return (size_t)motion->chain->n_segments;
}

const char *oik_motion_segment_name(const oik_motion *motion, size_t index) {
    return index < (size_t)motion->chain->n_segments ? motion->chain->segment_names[index] : "";
}

oik_status oik_motion_place_segments(double *R, double *origin, const oik_motion *motion, size_t frame, oik_error *err) {
    oik_chain_pose *pose = NULL;
    if (frame >= (size_t)motion->frames->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "frame %zu of a motion of %d", frame, motion->frames->n_frames);
    oik_status status = oik_chain_pose_new(&pose, motion->chain, err);
    if (status)
        return status;
    oik_chain_forward(pose, motion->chain, oik_motion_get_frame(motion, frame).coordinates);
    for (int i = 0; i < motion->chain->n_segments; i++) {
        const double x[] = {pose->origin[i].x, pose->origin[i].y, pose->origin[i].z};
        memcpy(R + 9 * i, pose->R[i].m, 9 * sizeof *R);
        memcpy(origin + 3 * i, x, sizeof x);
    }
    oik_chain_pose_free(pose);
    return OIK_OK;
}
