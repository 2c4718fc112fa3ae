/** Temporal inverse kinematics (see sequence_ik.h). */
#include "ik/sequence_ik.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/motion_errors.h"
#include "ik/sequence_solver.h"

/** Noise when it cannot be measured, that of a good keypoint detector [m], and of bone orientations (1 degree at L). */
static const double USUAL_NOISE = 5e-3, BONE_NOISE = 1.7e-3;
/** Frame rate at which sigma_a is an acceleration of one frame [1/s]; spectral density S = sigma_a^2 / rate. */
static const double DENSITY_RATE = 30.0;
/** Accelerations of a wide hinge beyond this many sigma_a count as jumps. */
static const double JUMP = 2.0;
/** Radians that a metre of a translation counts in the temporal term [1/m]: 3 m/s^2 for 28 rad/s^2 would be 9; the root's own
    markers say more about it, so less is asked for. */
static const double METRE = 1.0;

oik_sequence_options oik_sequence_options_default(void) {
    return (oik_sequence_options){
        .acceleration = 28.0, .temporal_weight = -1.0, .prior = 0.1, .length_scale = 0.1, .window = 640, .overlap = 100};
}

/** The whole chain starts from its parts and mostly finds its minimum in one step; or goes on to where rounding ends the descent. */
static const oik_effort NEAR = {3, 3, 1e-2}, CONVERGED = {200, 0, 1e-12};

/* ---- checks -------------------------------------------------------------------------------------------------------- */

static oik_status check_options(const oik_sequence_options *o, oik_error *err) {
    if (!(o->noise >= 0.0) || !(o->acceleration > 0.0) || !isfinite(o->temporal_weight) || !(o->prior >= 0.0) ||
        !(o->length_scale > 0.0) || !(o->robust_scale >= 0.0) || !(o->place >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT,
                        "inverse kinematics: noise %g, acceleration %g, temporal weight %g, prior %g, length scale %g, robust scale %g, "
                        "place %g; expected >= 0, > 0, finite, >= 0, > 0, >= 0, >= 0",
                        o->noise, o->acceleration, o->temporal_weight, o->prior, o->length_scale, o->robust_scale, o->place);
    if (o->overlap < OIK_PAST || o->window < 2 * o->overlap)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: windows of %d frames with %d in common, expected at least twice %d",
                        o->window, o->overlap, OIK_PAST);
    return OIK_OK;
}

static oik_status check_frame(const oik_measurement *m, const oik_chain *chain, int f, oik_error *err) {
    oik_frame_data data = oik_measurement_frame(m, chain, f);
    if (!isfinite(m->time[f]) || (f > 0 && !(m->time[f] > m->time[f - 1])))
        return oik_fail(err, OIK_E_ARGUMENT, "frame %d: time %g s, expected later than the frame before", f, m->time[f]);
    for (int i = 0; m->markers && i < m->markers->n_markers; i++) {
        if (!(data.weight[i] >= 0.0 && isfinite(data.weight[i])))
            return oik_fail(err, OIK_E_ARGUMENT, "frame %d, marker %s: weight %g", f, m->markers->markers[i].name, data.weight[i]);
        if (data.weight[i] > 0.0 && !v3_finite(data.x[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "frame %d, marker %s: its position is not finite", f, m->markers->markers[i].name);
    }
    for (int i = 0; data.R && data.R_weight && i < chain->n_segments; i++)
        if (!(data.R_weight[i] >= 0.0 && isfinite(data.R_weight[i])))
            return oik_fail(err, OIK_E_ARGUMENT, "frame %d, segment %s: weight %g", f, chain->segment_names[i], data.R_weight[i]);
    return OIK_OK;
}

/* ---- windows ------------------------------------------------------------------------------------------------------- */

static bool any_oriented(const oik_sequence *s) {
    for (int i = 0; i < s->chain->n_segments; i++)
        if (s->oriented[i])
            return true;
    return false;
}

oik_term_choice oik_sequence_choice(const oik_sequence *s, bool whole) {
    return (oik_term_choice){.segments = whole ? s->oriented : NULL,
                             .positions = true,
                             .links = whole && s->options->links,
                             .length_scale = s->options->length_scale,
                             .robust_scale = s->options->robust_scale};
}

/** Are there only marker positions, each of which belongs to one part, and need the minimum not be found itself? */
static bool can_be_met(const oik_sequence *s) {
    return !s->options->links && !s->options->converge && s->parts->n_parts > 1;
}

/** Trunk, then limbs: the start of the whole chain. */
static oik_status start_from_parts(oik_sequence *s, int first, int last, int tracked, oik_error *err) {
    oik_status status = OIK_OK;
    s->met = can_be_met(s);
    for (int i = 0; i < s->parts->n_parts && !status; i++) {
        oik_part_solver *p = &s->solvers[i];
        if (!oik_part_is_solved(p->part))
            continue;
        status = oik_part_solve(s, p, first, last, tracked, err);
        s->met = s->met && !status && oik_part_meets(s, p, first, last);
    }
    return status;
}

/** Windows are of one size and share at least the overlap; the last one ends with the motion. */
static int first_of_window(const oik_sequence *s, int w) {
    int last = s->measurement->n_frames - s->window;
    return s->n_windows > 1 ? (int)((int64_t)last * w / (s->n_windows - 1)) : 0;
}

static oik_status make_whole(oik_sequence *s, oik_error *err) {
    oik_term_choice choice = oik_sequence_choice(s, true);
    oik_status status = OIK_OK;
    s->whole.q = s->motion->q;
    s->whole.n_dofs = (size_t)s->chain->n_dofs;
    if (!s->whole.problem)
        status = oik_sequence_problem_new(&s->whole.problem, s->chain, &s->carried, &choice, s->rest, s->window, err);
    if (!status && any_oriented(s) && !s->whole.tracker)
        status = oik_tracker_new(&s->whole.tracker, s->chain, s->measurement, &choice, s->rest, err);
    return status;
}

/**
 * One window. Markers alone leave turns open that trunk and limbs settle one by one; where orientations are measured, the whole chain
 * is tracked at once.
 */
static oik_status solve_one_window(oik_sequence *s, int first, int last, int tracked, oik_error *err) {
    oik_status status = OIK_OK;
    double cost;
    if (!any_oriented(s)) {
        status = start_from_parts(s, first, last, tracked, err);
        if (status || s->met)
            return status;
    }
    status = make_whole(s, err);
    if (!status && any_oriented(s))
        status = oik_piece_solve(&cost, s, &s->whole, first, last, tracked, err);
    if (!status)
        status = oik_piece_solve_window(&cost, s, &s->whole, first, OIK_TIGHT, s->options->converge ? CONVERGED : NEAR, err);
    return status;
}

static oik_status solve_all_windows(oik_sequence *s, oik_error *err) {
    int solved = 0;
    oik_status status = OIK_OK;
    for (int w = 0; w < s->n_windows && !status; w++) {
        int first = first_of_window(s, w), last = first + s->window;
        status = solve_one_window(s, first, last, solved, err);
        solved = last;
        if (!status && s->options->on_progress && s->options->on_progress(s->options->context, solved))
            status = oik_fail(err, OIK_E_CANCELLED, "inverse kinematics stopped by the caller after frame %d", solved);
    }
    return status;
}

/* ---- results ------------------------------------------------------------------------------------------------------- */

static oik_status finish(oik_sequence *s, oik_error *err) {
    for (int f = 0; f < s->measurement->n_frames; f++) {
        double *q = s->motion->q + (size_t)f * (size_t)s->chain->n_dofs;
        oik_into_ranges(q, s->chain, s->spherical);
        oik_chain_complete(q, s->chain);
    }
    oik_ik_motion_mark_bounds(s->motion);
    return oik_ik_motion_measure_errors(s->motion, s->measurement, err);
}

/* ---- set-up -------------------------------------------------------------------------------------------------------- */

static oik_status choose_weights(oik_sequence *s, oik_error *err) {
    const oik_sequence_options *o = s->options;
    bool keypoints = s->measurement->markers && s->measurement->markers->n_markers > 0;
    double sigma = o->noise;
    if (sigma == 0.0 && keypoints) {
        oik_status status = oik_marker_noise(&sigma, s->chain, s->measurement, err);
        if (status)
            return status;
    }
    if (sigma == 0.0 || isnan(sigma))
        sigma = keypoints ? USUAL_NOISE : BONE_NOISE;
    sigma = fmax(sigma, OIK_LEAST_NOISE);
    double ratio = sigma / o->length_scale;
    s->noise_cost = ratio * ratio;
    s->misfit_cost = s->noise_cost + o->place * o->place / (o->length_scale * o->length_scale);
    s->weights.temporal = o->temporal_weight >= 0.0 ? o->temporal_weight
                                                     : s->noise_cost * DENSITY_RATE / (o->acceleration * o->acceleration);
    s->weights.jump = JUMP * o->acceleration * sqrt(s->weights.temporal / DENSITY_RATE);
    s->weights.translation = METRE;
    s->weights.prior = o->prior * s->noise_cost;
    s->weights.posture = s->misfit_cost;
    s->weights.limit = oik_sequence_range_weight(s, OIK_TIGHT);
    s->motion->noise = sigma;
    s->motion->temporal_weight = s->weights.temporal;
    return OIK_OK;
}

static void find_oriented(oik_sequence *s) {
    const oik_measurement *m = s->measurement;
    for (int f = 0; f < m->n_frames && m->R && m->R_weight; f++)
        for (int i = 0; i < s->chain->n_segments; i++)
            s->oriented[i] = s->oriented[i] || m->R_weight[(size_t)f * (size_t)s->chain->n_segments + (size_t)i] > 0.0;
}

/** As few windows as can be, and then as small ones. */
static void choose_windows(oik_sequence *s) {
    int n = s->measurement->n_frames, overlap = s->options->overlap, most = s->options->window;
    s->n_windows = n <= most ? 1 : 1 + (n - most + (most - overlap) - 1) / (most - overlap);
    s->window = n <= most ? n : (n + (s->n_windows - 1) * overlap + s->n_windows - 1) / s->n_windows;
}

/** Keypoints of another body are carried along (sequence_part.c), in a copy. */
static oik_status copy_places(oik_sequence *s, oik_error *err) {
    const oik_measurement *m = s->measurement;
    s->carried = *m;
    if (!(s->options->place > 0.0) || !m->markers)
        return OIK_OK;
    size_t n = (size_t)m->n_frames * (size_t)m->markers->n_markers;
    if (!(s->carried_x = oik_new(n, sizeof *s->carried_x, err)))
        return OIK_E_MEMORY;
    memcpy(s->carried_x, m->x, n * sizeof *m->x);
    s->carried.x = s->carried_x;
    return OIK_OK;
}

static oik_status set_up(oik_sequence *s, const double *q_rest, oik_error *err) {
    size_t n = (size_t)s->chain->n_dofs;
    if (!(s->rest = oik_new(n, sizeof *s->rest, err)) ||
        !(s->oriented = oik_new((size_t)s->chain->n_segments, sizeof *s->oriented, err)) ||
        !(s->spherical = oik_new((size_t)s->chain->n_segments, sizeof *s->spherical, err)))
        return OIK_E_MEMORY;
    oik_spherical_joints(s->spherical, s->chain);
    for (size_t d = 0; d < n; d++)
        s->rest[d] = fmin(fmax(q_rest[d], s->chain->dofs[d].lower), s->chain->dofs[d].upper);
    find_oriented(s);
    choose_windows(s);
    oik_status status = oik_ik_motion_new(&s->motion, s->chain, s->measurement->n_frames, err);
    if (status)
        return status;
    memcpy(s->motion->time, s->measurement->time, (size_t)s->measurement->n_frames * sizeof *s->motion->time);
    for (int f = 0; f < s->measurement->n_frames; f++)
        memcpy(s->motion->q + (size_t)f * n, s->rest, n * sizeof *s->rest);
    status = choose_weights(s, err);
    if (!status)
        status = copy_places(s, err);
    if (!status)
        status = oik_chain_pose_new(&s->pose, s->chain, err);
    if (!status)
        status = oik_chain_parts_new(&s->parts, s->chain, s->measurement->markers, err);
    if (!status && !(s->solvers = oik_new((size_t)s->parts->n_parts, sizeof *s->solvers, err)))
        status = OIK_E_MEMORY;
    for (int i = 0; !status && i < s->parts->n_parts; i++)
        status = oik_part_solver_new(&s->solvers[i], s, &s->parts->parts[i], err);
    return status;
}

static void clear(oik_sequence *s) {
    for (int i = 0; s->solvers && i < s->parts->n_parts; i++)
        oik_part_solver_free(&s->solvers[i]);
    free(s->solvers);
    oik_chain_parts_free(s->parts);
    free(s->carried_x);
    s->whole.q = NULL; /* the motion's */
    oik_piece_free(&s->whole);
    oik_chain_pose_free(s->pose);
    free(s->rest);
    free(s->oriented);
    free(s->spherical);
    oik_ik_motion_free(s->motion);
}

oik_status oik_ik_solve_sequence(oik_ik_motion **out, const oik_chain *chain, const oik_measurement *measurement, const double *q_rest,
                                 const oik_sequence_options *options, oik_error *err) {
    const oik_sequence_options defaults = oik_sequence_options_default();
    oik_sequence s = {.chain = chain, .measurement = measurement, .options = options ? options : &defaults};
    *out = NULL;
    oik_status status = check_options(s.options, err);
    if (!status)
        status = oik_markers_check(measurement->markers, chain, err);
    for (int f = 0; f < measurement->n_frames && !status; f++)
        status = check_frame(measurement, chain, f, err);
    if (!status)
        status = set_up(&s, q_rest, err);
    if (!status)
        status = solve_all_windows(&s, err);
    if (!status)
        status = finish(&s, err);
    if (!status) {
        *out = s.motion;
        s.motion = NULL;
    }
    clear(&s);
    return status;
}
