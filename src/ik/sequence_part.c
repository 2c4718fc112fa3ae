/** A part of the chain with its share of the measurements (see sequence_solver.h). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ik/sequence_solver.h"

/** Only to see where a lobe fits. */
static const oik_effort LOBE_EFFORT = {4, 6, 1e-2};

void oik_part_solver_free(oik_part_solver *p) {
    free(p->time);
    free(p->weight);
    free(p->rest);
    free(p->expected);
    free(p->x);
    free(p->choice);
    oik_piece_free(&p->piece);
    for (int i = 0; i < OIK_N_LOBES; i++) {
        oik_piece_free(&p->lobe[i]);
        free(p->lobe_chain[i].dofs);
    }
}

bool oik_part_is_solved(const oik_chain_part *part) {
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

/** The marker at the centre of the joint where a limb hangs on its carrier. */
static int find_root_marker(const oik_chain_part *part, const oik_markers *markers) {
    const double at_centre = 1e-6; /* [m] */
    for (int m = 0; part->carrier >= 0 && m < markers->n_markers; m++)
        if (markers->markers[m].segment == part->carrier && v3_dist(markers->markers[m].local, part->chain->joints[0].s) <= at_centre)
            return m;
    return -1;
}

oik_status oik_part_solver_new(oik_part_solver *p, const oik_sequence *s, const oik_chain_part *part, oik_error *err) {
    size_t frames = (size_t)s->window + OIK_PAST, n = (size_t)part->chain->n_dofs, markers = (size_t)part->markers->n_markers;
    p->part = part;
    p->piece.n_dofs = n;
    p->root_marker = -1;
    if (!oik_part_is_solved(part))
        return OIK_OK;
    if (!(p->time = oik_new(frames, sizeof *p->time, err)) || !(p->weight = oik_new(frames * markers, sizeof *p->weight, err)) ||
        !(p->x = oik_new(frames * markers, sizeof *p->x, err)) || !(p->rest = oik_new(n, sizeof *p->rest, err)) ||
        !(p->piece.q = oik_new(frames * n, sizeof *p->piece.q, err)))
        return OIK_E_MEMORY;
    if (s->measurement->expected && !(p->expected = oik_new(frames * n, sizeof *p->expected, err)))
        return OIK_E_MEMORY;
    for (size_t d = 0; d < n; d++)
        p->rest[d] = s->rest[part->dof[d]];
    p->root_marker = find_root_marker(part, s->measurement->markers);
    p->window = (oik_measurement){.time = p->time, .markers = part->markers, .x = p->x, .weight = p->weight, .expected = p->expected};
    oik_term_choice choice = oik_sequence_choice(s, false);
    oik_status status = part_lobes(&p->lobes, part, err);
    if (!status)
        status = oik_tracker_new(&p->piece.tracker, part->chain, &p->window, &choice, p->rest, err);
    if (!status)
        status = oik_sequence_problem_new(&p->piece.problem, part->chain, &p->window, &choice, p->rest, s->window, err);
    return status;
}

/* ---- both lobes of a shoulder -------------------------------------------------------------------------------------- */

/** One lobe of a part: its chain with a narrower range, its own coordinates. */
static oik_status lobe_new(oik_part_solver *p, int which, const oik_sequence *s, oik_error *err) {
    const oik_chain *whole = p->part->chain;
    size_t n = (size_t)whole->n_dofs, frames = (size_t)s->window + OIK_PAST;
    oik_chain *chain = &p->lobe_chain[which];
    oik_piece *lobe = &p->lobe[which];
    oik_term_choice choice = oik_sequence_choice(s, false);
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

static oik_status make_lobes(oik_part_solver *p, const oik_sequence *s, oik_error *err) {
    if (p->choice)
        return OIK_OK;
    oik_status status = OIK_OK;
    for (int i = 0; i < OIK_N_LOBES && !status; i++)
        status = lobe_new(p, i, s, err);
    if (!status && !(p->choice = oik_new((size_t)s->window * (1 + OIK_N_CANDIDATES), sizeof *p->choice, err)))
        status = OIK_E_MEMORY;
    return status;
}

/** One lobe roughly: frames of the other one are not to be met, so none counts as lost. */
static oik_status solve_lobe(const oik_sequence *s, const oik_piece *p, int first, int last, oik_error *err) {
    double cost;
    oik_sequence_weights weights = s->weights;
    weights.range = oik_sequence_range_weight(s, OIK_TRACKING_WIDTH);
    oik_status status = oik_tracker_run(p->tracker, p->q, first, last, &weights, INFINITY, err);
    if (!status)
        status = oik_piece_solve_window(&cost, s, p, first, OIK_TRACKING_WIDTH, LOBE_EFFORT, err);
    return status;
}

/** The best path through the part's own solution and those in either lobe, into the coordinates of the first lobe. */
static void join_lobes(oik_part_solver *p, const oik_sequence *s, int first, int last) {
    size_t n = p->piece.n_dofs;
    const oik_piece *pieces[OIK_N_CANDIDATES] = {&p->piece, &p->lobe[0], &p->lobe[1]};
    oik_lobe_candidate candidates[OIK_N_CANDIDATES];
    double dt = (p->time[last - 1] - p->time[first]) / fmax(1.0, last - 1 - first);
    for (int k = 0; k < OIK_N_CANDIDATES; k++)
        candidates[k] = (oik_lobe_candidate){pieces[k]->q + (size_t)first * n, oik_sequence_problem_misfit(pieces[k]->problem)};
    oik_choose_lobes(p->choice, p->choice + (last - first), candidates, OIK_N_CANDIDATES, last - first, &p->lobes, p->part->chain,
                     s->noise_cost, s->options->acceleration * dt * dt);
    for (int f = 0; f < last - first; f++)
        memmove(p->lobe[0].q + (size_t)(first + f) * n, candidates[p->choice[f]].q + (size_t)f * n, n * sizeof(double));
}

/**
 * A part whose shoulder is near its gimbal position: each lobe of the ranges is searched as well, and the best path through all that
 * was found is solved with the whole ranges. Kept when its cost is less.
 */
static oik_status search_lobes(double cost, const oik_sequence *s, oik_part_solver *p, int first, int last, oik_error *err) {
    size_t n = p->piece.n_dofs, size = (size_t)(last - first) * n * sizeof(double);
    double other = INFINITY;
    oik_status status = make_lobes(p, s, err);
    for (int i = 0; i < OIK_N_LOBES && !status; i++) {
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
    status = oik_piece_tighten(&other, s, &p->piece, first, 1, err);
    if (!status && !(other < cost)) {
        memcpy(own, kept, size);
        status = oik_piece_tighten(&other, s, &p->piece, first, 2, err);
    }
    return status;
}

/** Frames first .. last - 1 of the part's window; those before tracked have a start already. */
static oik_status solve(const oik_sequence *s, oik_part_solver *p, int first, int last, int tracked, oik_error *err) {
    double cost = 0.0;
    bool noisy = s->motion->noise > 2.0 * OIK_LEAST_NOISE; /* clean keypoints show the lobe in every frame */
    oik_status status = oik_piece_solve(&cost, s, &p->piece, first, last, tracked, err);
    if (status || p->lobes.joint < 0 || !noisy ||
        !oik_near_gimbal(&p->lobes, p->part->chain, p->piece.q + (size_t)first * p->piece.n_dofs, last - first))
        return status;
    return search_lobes(cost, s, p, first, last, err);
}

/* ---- the part in the motion ---------------------------------------------------------------------------------------- */

static oik_vec3 in_carrier(const oik_part_solver *p, const oik_sequence *s, oik_vec3 x) {
    int carrier = p->part->carrier;
    return carrier < 0 ? x : m3_tmulv(s->pose->R[carrier], v3_sub(x, s->pose->origin[carrier]));
}

/**
 * Where another body's shoulder is not where the chain can have one, its whole arm is not: a limb's keypoints are carried along, and keep
 * their directions.
 */
static void find_shift(oik_part_solver *p, const oik_sequence *s, const oik_frame_data *data) {
    if (s->carried_x && p->root_marker >= 0 && data->weight[p->root_marker] > 0.0)
        p->shift = v3_sub(p->part->chain->joints[0].s, in_carrier(p, s, data->x[p->root_marker]));
}

static void load_marker(oik_part_solver *p, const oik_sequence *s, const oik_frame_data *data, int frame, int at, int i) {
    const oik_chain_part *part = p->part;
    int place = at * part->markers->n_markers + i, m = part->marker[i];
    p->weight[place] = data->weight[m];
    p->x[place] = v3_add(in_carrier(p, s, data->x[m]), p->shift);
    if (s->carried_x && part->carrier >= 0)
        s->carried_x[(size_t)frame * (size_t)s->measurement->markers->n_markers + (size_t)m] =
            v3_add(s->pose->origin[part->carrier], m3_mulv(s->pose->R[part->carrier], p->x[place]));
}

/** Measurements of one frame in the carrier's frame, and the coordinates the whole chain has there. */
static void load_frame(oik_part_solver *p, const oik_sequence *s, int frame, int at) {
    const oik_chain_part *part = p->part;
    oik_frame_data data = oik_measurement_frame(s->measurement, s->chain, frame);
    size_t n = (size_t)part->chain->n_dofs;
    p->time[at] = s->measurement->time[frame];
    find_shift(p, s, &data);
    for (int i = 0; i < part->markers->n_markers; i++)
        load_marker(p, s, &data, frame, at, i);
    for (size_t d = 0; d < n; d++) {
        size_t from = (size_t)frame * (size_t)s->chain->n_dofs + (size_t)part->dof[d];
        p->piece.q[(size_t)at * n + d] = s->motion->q[from];
        if (p->expected)
            p->expected[(size_t)at * n + d] = s->measurement->expected[from];
    }
}

static void store_frame(const oik_part_solver *p, const oik_sequence *s, int frame, int at) {
    const oik_chain_part *part = p->part;
    size_t n = (size_t)part->chain->n_dofs;
    for (size_t d = 0; d < n; d++)
        s->motion->q[(size_t)frame * (size_t)s->chain->n_dofs + (size_t)part->dof[d]] = p->piece.q[(size_t)at * n + d];
}

/** First frame of the motion that the part's window holds: the two before are known. */
static int base_of(int first) {
    return first > 0 ? first - OIK_PAST : 0;
}

oik_status oik_part_solve(const oik_sequence *s, oik_part_solver *p, int first, int last, int tracked, oik_error *err) {
    int base = base_of(first);
    for (int f = base; f < last; f++) {
        if (p->part->carrier >= 0)
            oik_chain_forward(s->pose, s->chain, s->motion->q + (size_t)f * (size_t)s->chain->n_dofs);
        load_frame(p, s, f, f - base);
    }
    p->window.n_frames = last - base;
    oik_status status = solve(s, p, first - base, last - base, tracked - base, err);
    for (int f = first; f < last && !status; f++)
        store_frame(p, s, f, f - base);
    return status;
}

bool oik_part_meets(const oik_sequence *s, const oik_part_solver *p, int first, int last) {
    int from = first - base_of(first), to = last - base_of(first);
    const double far_below = 0.1; /* of the squared noise */
    const double *misfit = oik_sequence_problem_misfit(p->piece.problem);
    double sum = 0.0, seen = 0.0;
    for (int f = from; f < to; f++)
        sum += misfit[f - from];
    for (int i = from * p->part->markers->n_markers; i < to * p->part->markers->n_markers; i++)
        seen += p->weight[i] > 0.0;
    return sum <= far_below * 3.0 * seen * s->noise_cost;
}
