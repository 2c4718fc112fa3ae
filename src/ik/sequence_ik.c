/** Temporal inverse kinematics (see sequence_ik.h). */
#include "ik/sequence_ik.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/chain_part.h"
#include "ik/motion_errors.h"
#include "ik/sequence_lobes.h"
#include "ik/sequence_track.h"

enum { PAST = 2, N_LOBES = 2, N_CANDIDATES = 1 + N_LOBES };

/** Noise of nothing that is measured today is less [m]; it also keeps the temporal term above rounding. */
static const double LEAST_NOISE = 1e-4;
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

/** Distance from the ranges of motion that the sequence is solved to [rad]; at the end they are kept exactly. */
static const double TIGHT = 0.003;

/* ---- checks -------------------------------------------------------------------------------------------------------- */

static oik_status check_options(const oik_sequence_options *o, oik_error *err) {
    if (!(o->noise >= 0.0) || !(o->acceleration > 0.0) || !isfinite(o->temporal_weight) || !(o->prior >= 0.0) ||
        !(o->length_scale > 0.0) || !(o->robust_scale >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT,
                        "inverse kinematics: noise %g, acceleration %g, temporal weight %g, prior %g, length scale %g, robust scale %g; "
                        "expected >= 0, > 0, finite, >= 0, > 0, >= 0",
                        o->noise, o->acceleration, o->temporal_weight, o->prior, o->length_scale, o->robust_scale);
    if (o->overlap < PAST || o->window < 2 * o->overlap)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: windows of %d frames with %d in common, expected at least twice %d",
                        o->window, o->overlap, PAST);
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

/* ---- one part: a chain, its share of the measurements in the current window ----------------------------------------- */

/** A chain that is tracked and then solved over a window. */
typedef struct piece {
    oik_tracker *tracker;
    oik_sequence_problem *problem; /**< a window */
    double *q;                     /**< frames x n_dofs */
    size_t n_dofs;
} piece;

typedef struct part_solver {
    const oik_chain_part *part;
    oik_measurement window; /**< the window and PAST frames before it */
    double *time, *weight, *rest;
    oik_vec3 *x;
    piece piece;
    oik_lobes lobes;
    oik_chain lobe_chain[N_LOBES]; /**< the part's with the middle range of that joint cut in two; only dofs is its own */
    piece lobe[N_LOBES];           /**< made when they are needed */
    int *choice;                   /**< (1 + N_CANDIDATES) x frames: of candidates, and work for choosing them */
} part_solver;

typedef struct sequence {
    const oik_chain *chain;
    const oik_measurement *measurement;
    const oik_sequence_options *options;
    double *rest;
    bool *oriented;       /**< n_segments, measured orientation in some frame */
    bool *spherical;      /**< n_segments */
    oik_ik_motion *motion;
    int window, n_windows; /**< frames solved together */
    oik_chain_parts *parts;
    part_solver *solvers; /**< one per part */
    piece whole;          /**< the whole chain, made when it is needed; its tracker only for measured orientations */
    oik_chain_pose *pose;
    bool met;             /**< the parts meet the measurements of the current window */
    double noise_cost;    /**< (sigma / L)^2 */
    oik_sequence_weights weights;
} sequence;

static bool any_oriented(const sequence *s) {
    for (int i = 0; i < s->chain->n_segments; i++)
        if (s->oriented[i])
            return true;
    return false;
}

static oik_term_choice choice_of(const sequence *s, bool whole) {
    return (oik_term_choice){.segments = whole ? s->oriented : NULL,
                             .positions = true,
                             .links = whole && s->options->links,
                             .length_scale = s->options->length_scale,
                             .robust_scale = s->options->robust_scale};
}

static void piece_free(piece *p) {
    free(p->q);
    oik_tracker_free(p->tracker);
    oik_sequence_problem_free(p->problem);
}

static void part_free(part_solver *p) {
    free(p->time);
    free(p->weight);
    free(p->rest);
    free(p->x);
    free(p->choice);
    piece_free(&p->piece);
    for (int i = 0; i < N_LOBES; i++) {
        piece_free(&p->lobe[i]);
        free(p->lobe_chain[i].dofs);
    }
}

/** Without coordinates or markers there is nothing to find. */
static bool is_solved(const oik_chain_part *part) {
    return part->chain->n_dofs > 0 && part->markers->n_markers > 0;
}

static oik_status part_lobes(oik_lobes *lobes, const oik_chain_part *part, oik_error *err) {
    bool *spherical = oik_new((size_t)part->chain->n_segments, sizeof *spherical, err);
    if (!spherical)
        return OIK_E_MEMORY;
    oik_spherical_joints(spherical, part->chain);
    *lobes = oik_find_lobes(part->chain, spherical);
    free(spherical);
    return OIK_OK;
}

static oik_status part_new(part_solver *p, const sequence *s, const oik_chain_part *part, oik_error *err) {
    size_t frames = (size_t)(s->window + PAST), n = (size_t)part->chain->n_dofs, markers = (size_t)part->markers->n_markers;
    p->part = part;
    p->piece.n_dofs = n;
    if (!is_solved(part))
        return OIK_OK;
    if (!(p->time = oik_new(frames, sizeof *p->time, err)) || !(p->weight = oik_new(frames * markers, sizeof *p->weight, err)) ||
        !(p->x = oik_new(frames * markers, sizeof *p->x, err)) || !(p->rest = oik_new(n, sizeof *p->rest, err)) ||
        !(p->piece.q = oik_new(frames * n, sizeof *p->piece.q, err)))
        return OIK_E_MEMORY;
    for (size_t d = 0; d < n; d++)
        p->rest[d] = s->rest[part->dof[d]];
    p->window = (oik_measurement){.time = p->time, .markers = part->markers, .x = p->x, .weight = p->weight};
    oik_term_choice choice = choice_of(s, false);
    oik_status status = part_lobes(&p->lobes, part, err);
    if (!status)
        status = oik_tracker_new(&p->piece.tracker, part->chain, &p->window, &choice, p->rest, err);
    if (!status)
        status = oik_sequence_problem_new(&p->piece.problem, part->chain, &p->window, &choice, p->rest, s->window, err);
    return status;
}

/** Measurements of one frame in the carrier's frame, and the coordinates the whole chain has there. */
static void load_frame(part_solver *p, const sequence *s, int frame, int at) {
    const oik_chain_part *part = p->part;
    oik_frame_data data = oik_measurement_frame(s->measurement, s->chain, frame);
    size_t n = (size_t)part->chain->n_dofs, markers = (size_t)part->markers->n_markers;
    p->time[at] = s->measurement->time[frame];
    for (size_t i = 0; i < markers; i++) {
        oik_vec3 x = data.x[part->marker[i]];
        if (part->carrier >= 0)
            x = m3_tmulv(s->pose->R[part->carrier], v3_sub(x, s->pose->origin[part->carrier]));
        p->x[(size_t)at * markers + i] = x;
        p->weight[(size_t)at * markers + i] = data.weight[part->marker[i]];
    }
    for (size_t d = 0; d < n; d++)
        p->piece.q[(size_t)at * n + d] = s->motion->q[(size_t)frame * (size_t)s->chain->n_dofs + (size_t)part->dof[d]];
}

static void store_frame(const part_solver *p, const sequence *s, int frame, int at) {
    const oik_chain_part *part = p->part;
    size_t n = (size_t)part->chain->n_dofs;
    for (size_t d = 0; d < n; d++)
        s->motion->q[(size_t)frame * (size_t)s->chain->n_dofs + (size_t)part->dof[d]] = p->piece.q[(size_t)at * n + d];
}

/* ---- solving a window ---------------------------------------------------------------------------------------------- */

/** Steps of a sequence solve: how far, how exact. */
typedef struct effort {
    int max_iterations, max_trials;
    double cost_tolerance;
} effort;

/** A part is brought near its minimum; the whole chain, which starts from there, mostly finds it in one step. */
static const effort PART_EFFORT = {10, 0, 1e-3}, WHOLE_EFFORT = {3, 3, 1e-2};
/** Only to see where it fits. */
static const effort LOBE_EFFORT = {4, 6, 1e-2};
/** To where rounding ends the descent. */
static const effort CONVERGED_PART = {100, 0, 1e-9}, CONVERGED_WHOLE = {200, 0, 1e-12};

static oik_status solve_window(double *cost, oik_ik_motion *motion, oik_sequence_problem *problem, double *q, const double *past, int first,
                               const oik_sequence_weights *weights, effort e, oik_error *err) {
    oik_lsq_options options = oik_lsq_options_default();
    options.derive_trials = true;
    oik_lsq_report report;
    options.max_trials = e.max_trials;
    options.max_iterations = e.max_iterations;
    options.cost_tolerance = e.cost_tolerance;
    oik_status status = oik_sequence_problem_solve(&report, problem, q, past, first, weights, &options, err);
    if (!status) {
        *cost = report.final_cost;
        motion->n_iterations += report.n_accepted;
        motion->stop = oik_lsq_stop_name(report.stop);
        motion->converged = report.stop != OIK_LSQ_STOP_ITERATIONS && report.stop != OIK_LSQ_STOP_RADIUS;
    }
    return status;
}

/** Weight of the squared distance from the ranges when they are known to rho. */
static double range_weight(const sequence *s, double rho) {
    return s->noise_cost / (rho * rho);
}

/** The two frames before, where there are some. */
static const double *past_of(const piece *p, int first) {
    return first >= PAST ? p->q + (size_t)(first - PAST) * p->n_dofs : NULL;
}

/** A window while its ranges are tightened, from the widest or the second one on. */
static oik_status tighten(double *cost, const sequence *s, const piece *p, int first, size_t from, oik_error *err) {
    static const double width[] = {0.3, 0.1, 0.03}; /* rad: how far from its ranges a spherical joint may be */
    const double met = 1e-3;                        /* rad: within its ranges */
    oik_sequence_weights weights = s->weights;
    oik_status status = OIK_OK;
    for (size_t i = from; i < sizeof width / sizeof *width && !status; i++) {
        if (i > from && oik_sequence_problem_beyond(p->problem) <= met)
            break;
        weights.range = range_weight(s, width[i]);
        status = solve_window(cost, s->motion, p->problem, p->q + (size_t)first * p->n_dofs, past_of(p, first), first, &weights,
                              s->options->converge ? CONVERGED_PART : PART_EFFORT, err);
    }
    return status;
}

/** Frames first .. last - 1; those before tracked have a start already. */
static oik_status solve_piece(double *cost, const sequence *s, const piece *p, int first, int last, int tracked, oik_error *err) {
    const double tracking_width = 0.1; /* rad, as in tighten */
    int n_better = 0;
    oik_sequence_weights weights = s->weights;
    weights.range = range_weight(s, tracking_width);
    oik_status status = oik_tracker_run(p->tracker, p->q, tracked, last, &weights, s->noise_cost, err);
    if (!status)
        status = tighten(cost, s, p, first, 0, err);
    if (!status)
        status = oik_tracker_repair(&n_better, p->tracker, p->q, oik_sequence_problem_misfit(p->problem), first, last, &weights,
                                    s->noise_cost, err);
    if (!status && n_better > 0)
        status = tighten(cost, s, p, first, 0, err);
    return status;
}

/** One lobe of a part: its chain with a narrower range, its own coordinates. */
static oik_status lobe_new(part_solver *p, int which, const sequence *s, oik_error *err) {
    const oik_chain *whole = p->part->chain;
    size_t n = (size_t)whole->n_dofs, frames = (size_t)(s->window + PAST);
    oik_chain *chain = &p->lobe_chain[which];
    piece *lobe = &p->lobe[which];
    oik_term_choice choice = choice_of(s, false);
    *chain = *whole;
    lobe->n_dofs = n;
    if (!(chain->dofs = oik_new(n, sizeof *chain->dofs, err)) || !(lobe->q = oik_new(frames * n, sizeof *lobe->q, err)))
        return OIK_E_MEMORY;
    memcpy(chain->dofs, whole->dofs, n * sizeof *chain->dofs);
    *(which ? &chain->dofs[p->lobes.middle].lower : &chain->dofs[p->lobes.middle].upper) = p->lobes.gimbal;
    oik_status status = oik_tracker_new(&lobe->tracker, chain, &p->window, &choice, p->rest, err);
    if (!status)
        status = oik_sequence_problem_new(&lobe->problem, chain, &p->window, &choice, p->rest, s->window, err);
    return status;
}

static oik_status make_lobes(part_solver *p, const sequence *s, oik_error *err) {
    if (p->choice)
        return OIK_OK;
    oik_status status = OIK_OK;
    for (int i = 0; i < N_LOBES && !status; i++)
        status = lobe_new(p, i, s, err);
    if (!status && !(p->choice = oik_new((size_t)(s->window * (1 + N_CANDIDATES)), sizeof *p->choice, err)))
        status = OIK_E_MEMORY;
    return status;
}

/** One lobe roughly: frames of the other one are not to be met, so none counts as lost. */
static oik_status solve_lobe(const sequence *s, const piece *p, int first, int last, oik_error *err) {
    const double width = 0.1; /* rad, as in tighten */
    double cost;
    oik_sequence_weights weights = s->weights;
    weights.range = range_weight(s, width);
    oik_status status = oik_tracker_run(p->tracker, p->q, first, last, &weights, INFINITY, err);
    if (!status)
        status = solve_window(&cost, s->motion, p->problem, p->q + (size_t)first * p->n_dofs, past_of(p, first), first, &weights,
                              LOBE_EFFORT, err);
    return status;
}

/** The best path through the part's own solution and those in either lobe, into the coordinates of the first lobe. */
static void join_lobes(part_solver *p, const sequence *s, int first, int last) {
    size_t n = p->piece.n_dofs;
    const piece *pieces[N_CANDIDATES] = {&p->piece, &p->lobe[0], &p->lobe[1]};
    oik_lobe_candidate candidates[N_CANDIDATES];
    double dt = (p->time[last - 1] - p->time[first]) / fmax(1.0, last - 1 - first);
    for (int k = 0; k < N_CANDIDATES; k++)
        candidates[k] = (oik_lobe_candidate){pieces[k]->q + (size_t)first * n, oik_sequence_problem_misfit(pieces[k]->problem)};
    oik_choose_lobes(p->choice, p->choice + (last - first), candidates, N_CANDIDATES, last - first, &p->lobes, p->part->chain,
                     s->noise_cost, s->options->acceleration * dt * dt);
    for (int f = 0; f < last - first; f++)
        memmove(p->lobe[0].q + (size_t)(first + f) * n, candidates[p->choice[f]].q + (size_t)f * n, n * sizeof(double));
}

/**
 * A part whose shoulder is near its gimbal position: each lobe of the ranges is searched as well, and the best path through all that
 * was found is solved with the whole ranges. Kept when its cost is less.
 */
static oik_status search_lobes(double cost, const sequence *s, part_solver *p, int first, int last, oik_error *err) {
    size_t n = p->piece.n_dofs, size = (size_t)(last - first) * n * sizeof(double);
    double other = INFINITY;
    oik_status status = make_lobes(p, s, err);
    for (int i = 0; i < N_LOBES && !status; i++) {
        if (first > 0)
            memcpy(p->lobe[i].q, p->piece.q, (size_t)first * n * sizeof(double));
        status = solve_lobe(s, &p->lobe[i], first, last, err);
    }
    if (status)
        return status;
    join_lobes(p, s, first, last);
    double *kept = p->lobe[1].q + (size_t)first * n, *own = p->piece.q + (size_t)first * n;
    memcpy(kept, own, size);
    memcpy(own, p->lobe[0].q + (size_t)first * n, size);
    status = tighten(&other, s, &p->piece, first, 1, err);
    if (!status && !(other < cost)) {
        memcpy(own, kept, size);
        status = tighten(&other, s, &p->piece, first, 2, err);
    }
    return status;
}

/** Frames first .. last - 1 of the part's window; those before tracked have a start already. */
static oik_status solve_part(const sequence *s, part_solver *p, int first, int last, int tracked, oik_error *err) {
    double cost = 0.0;
    bool noisy = s->motion->noise > 2.0 * LEAST_NOISE; /* clean keypoints show the lobe in every frame */
    oik_status status = solve_piece(&cost, s, &p->piece, first, last, tracked, err);
    if (status || p->lobes.joint < 0 || !noisy ||
        !oik_near_gimbal(&p->lobes, p->part->chain, p->piece.q + (size_t)first * p->piece.n_dofs, last - first))
        return status;
    return search_lobes(cost, s, p, first, last, err);
}

/** Are there only marker positions, each of which belongs to one part, and need the minimum not be found itself? */
static bool can_be_met(const sequence *s) {
    return !s->options->links && !s->options->converge && s->parts->n_parts > 1;
}

/**
 * Does a part meet its measurements to far below their noise (clean ones, whose noise is taken to be LEAST_NOISE)? When all do,
 * trunk and limbs have no misfit to share, and the whole chain's minimum is that of its parts.
 */
static bool meets(const sequence *s, const part_solver *p, int from, int to) {
    const double far_below = 0.1; /* of the squared noise */
    const double *misfit = oik_sequence_problem_misfit(p->piece.problem);
    double sum = 0.0, seen = 0.0;
    for (int f = from; f < to; f++)
        sum += misfit[f - from];
    for (int i = from * p->part->markers->n_markers; i < to * p->part->markers->n_markers; i++)
        seen += p->weight[i] > 0.0;
    return sum <= far_below * 3.0 * seen * s->noise_cost;
}

/** Trunk, then limbs: the start of the whole chain. */
static oik_status start_from_parts(sequence *s, int first, int last, int tracked, oik_error *err) {
    int base = first > 0 ? first - PAST : 0;
    oik_status status = OIK_OK;
    s->met = can_be_met(s);
    for (int i = 0; i < s->parts->n_parts && !status; i++) {
        part_solver *p = &s->solvers[i];
        if (!is_solved(p->part))
            continue;
        for (int f = base; f < last; f++) {
            if (p->part->carrier >= 0)
                oik_chain_forward(s->pose, s->chain, s->motion->q + (size_t)f * (size_t)s->chain->n_dofs);
            load_frame(p, s, f, f - base);
        }
        p->window.n_frames = last - base;
        status = solve_part(s, p, first - base, last - base, tracked - base, err);
        for (int f = first; f < last && !status; f++)
            store_frame(p, s, f, f - base);
        s->met = s->met && !status && meets(s, p, first - base, last - base);
    }
    return status;
}

/** Windows are of one size and share at least the overlap; the last one ends with the motion. */
static int first_of_window(const sequence *s, int w) {
    int last = s->measurement->n_frames - s->window;
    return s->n_windows > 1 ? (int)((int64_t)last * w / (s->n_windows - 1)) : 0;
}

static oik_status make_whole(sequence *s, oik_error *err) {
    oik_term_choice choice = choice_of(s, true);
    oik_status status = OIK_OK;
    s->whole.q = s->motion->q;
    s->whole.n_dofs = (size_t)s->chain->n_dofs;
    if (!s->whole.problem)
        status = oik_sequence_problem_new(&s->whole.problem, s->chain, s->measurement, &choice, s->rest, s->window, err);
    if (!status && any_oriented(s) && !s->whole.tracker)
        status = oik_tracker_new(&s->whole.tracker, s->chain, s->measurement, &choice, s->rest, err);
    return status;
}

/**
 * One window. Markers alone leave turns open that trunk and limbs settle one by one; where orientations are measured, the whole chain
 * is tracked at once.
 */
static oik_status solve_one_window(sequence *s, int first, int last, int tracked, oik_error *err) {
    oik_sequence_weights weights = s->weights;
    oik_status status = OIK_OK;
    double cost = 0.0;
    if (!any_oriented(s)) {
        status = start_from_parts(s, first, last, tracked, err);
        if (status || s->met)
            return status;
    }
    status = make_whole(s, err);
    if (!status && any_oriented(s))
        status = solve_piece(&cost, s, &s->whole, first, last, tracked, err);
    weights.range = range_weight(s, TIGHT);
    if (!status)
        status = solve_window(&cost, s->motion, s->whole.problem, s->whole.q + (size_t)first * s->whole.n_dofs, past_of(&s->whole, first), first,
                              &weights, s->options->converge ? CONVERGED_WHOLE : WHOLE_EFFORT, err);
    return status;
}

static oik_status solve_all_windows(sequence *s, oik_error *err) {
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

static oik_status finish(sequence *s, oik_error *err) {
    for (int f = 0; f < s->measurement->n_frames; f++) {
        double *q = s->motion->q + (size_t)f * (size_t)s->chain->n_dofs;
        oik_into_ranges(q, s->chain, s->spherical);
        oik_chain_complete(q, s->chain);
    }
    oik_ik_motion_mark_bounds(s->motion);
    return oik_ik_motion_measure_errors(s->motion, s->measurement, err);
}

/* ---- set-up -------------------------------------------------------------------------------------------------------- */

static oik_status choose_weights(sequence *s, oik_error *err) {
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
    sigma = fmax(sigma, LEAST_NOISE);
    double ratio = sigma / o->length_scale;
    s->noise_cost = ratio * ratio;
    s->weights.temporal = o->temporal_weight >= 0.0 ? o->temporal_weight
                                                     : s->noise_cost * DENSITY_RATE / (o->acceleration * o->acceleration);
    s->weights.jump = JUMP * o->acceleration * sqrt(s->weights.temporal / DENSITY_RATE);
    s->weights.translation = METRE;
    s->weights.prior = o->prior * s->noise_cost;
    s->weights.limit = range_weight(s, TIGHT);
    s->motion->noise = sigma;
    s->motion->temporal_weight = s->weights.temporal;
    return OIK_OK;
}

static void find_oriented(sequence *s) {
    const oik_measurement *m = s->measurement;
    for (int f = 0; f < m->n_frames && m->R && m->R_weight; f++)
        for (int i = 0; i < s->chain->n_segments; i++)
            s->oriented[i] = s->oriented[i] || m->R_weight[(size_t)f * (size_t)s->chain->n_segments + (size_t)i] > 0.0;
}

/** As few windows as can be, and then as small ones. */
static void choose_windows(sequence *s) {
    int n = s->measurement->n_frames, overlap = s->options->overlap, most = s->options->window;
    s->n_windows = n <= most ? 1 : 1 + (n - most + (most - overlap) - 1) / (most - overlap);
    s->window = n <= most ? n : (n + (s->n_windows - 1) * overlap + s->n_windows - 1) / s->n_windows;
}

static oik_status set_up(sequence *s, const double *q_rest, oik_error *err) {
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
        status = oik_chain_pose_new(&s->pose, s->chain, err);
    if (!status)
        status = oik_chain_parts_new(&s->parts, s->chain, s->measurement->markers, err);
    if (!status && !(s->solvers = oik_new((size_t)s->parts->n_parts, sizeof *s->solvers, err)))
        status = OIK_E_MEMORY;
    for (int i = 0; !status && i < s->parts->n_parts; i++)
        status = part_new(&s->solvers[i], s, &s->parts->parts[i], err);
    return status;
}

static void clear(sequence *s) {
    for (int i = 0; s->solvers && i < s->parts->n_parts; i++)
        part_free(&s->solvers[i]);
    free(s->solvers);
    oik_chain_parts_free(s->parts);
    s->whole.q = NULL; /* the motion's */
    piece_free(&s->whole);
    oik_chain_pose_free(s->pose);
    free(s->rest);
    free(s->oriented);
    free(s->spherical);
    oik_ik_motion_free(s->motion);
}

oik_status oik_ik_solve_sequence(oik_ik_motion **out, const oik_chain *chain, const oik_measurement *measurement, const double *q_rest,
                                 const oik_sequence_options *options, oik_error *err) {
    const oik_sequence_options defaults = oik_sequence_options_default();
    sequence s = {.chain = chain, .measurement = measurement, .options = options ? options : &defaults};
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
