/** Frame-by-frame tracking (see sequence_track.h). */
#include "ik/sequence_track.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct oik_tracker {
    const oik_chain *chain;
    const oik_measurement *measurement;
    const double *rest;
    oik_sequence_problem *frame;        /**< one frame, by itself or after two known ones */
    double *trial, *best, *past;        /**< n_dofs, n_dofs, 2 n_dofs */
    double lost;                        /**< factor on the misfit of noise beyond which a frame is started anew */
};

/** Misfit, relative to what noise explains, at which a frame counts as lost: three standard deviations on every coordinate. */
static const double FIRST_LOST = 9.0;

oik_status oik_tracker_new(oik_tracker **out, const oik_chain *chain, const oik_measurement *measurement,
                           const oik_term_choice *choice, const double *rest, oik_error *err) {
    size_t n = (size_t)chain->n_dofs;
    *out = NULL;
    oik_tracker *t = oik_new(1, sizeof *t, err);
    if (!t)
        return OIK_E_MEMORY;
    t->chain = chain;
    t->measurement = measurement;
    t->rest = rest;
    t->lost = FIRST_LOST;
    oik_status status = oik_sequence_problem_new(&t->frame, chain, measurement, choice, rest, 1, err);
    if (!status && (!(t->trial = oik_new(n, sizeof(double), err)) || !(t->best = oik_new(n, sizeof(double), err)) ||
                    !(t->past = oik_new(OIK_PAST * n, sizeof(double), err))))
        status = OIK_E_MEMORY;
    if (status)
        oik_tracker_free(t);
    else
        *out = t;
    return status;
}

void oik_tracker_free(oik_tracker *t) {
    if (!t)
        return;
    oik_sequence_problem_free(t->frame);
    free(t->trial);
    free(t->best);
    free(t->past);
    free(t);
}

/** Point index of the Halton sequence in a base, in (0, 1). */
static double halton(int index, int base) {
    double f = 1.0, sum = 0.0;
    for (int i = index; i > 0; i /= base) {
        f /= base;
        sum += f * (i % base);
    }
    return sum;
}

/** Start number s of a frame: 0 as it is, 1 rest, others spread over the ranges; an unlimited joint (the root) stays as it is. */
static void spread_start(double *q, const oik_tracker *t, int s) {
    static const int bases[] = {2, 3, 5, 7, 11, 13};
    enum { N_BASES = sizeof bases / sizeof *bases };
    const double wide = 2.0 * 3.14159265358979323846, margin = 0.1; /* of the range, left out at either end */
    for (int d = 0, k = 0; d < t->chain->n_dofs && s > 0; d++) {
        const oik_dof *dof = &t->chain->dofs[d];
        double range = dof->upper - dof->lower;
        if (dof->translation || range >= wide - 1e-6)
            continue;
        double u = margin + (1.0 - 2.0 * margin) * halton(s + 7 * (k / N_BASES), bases[k % N_BASES]);
        q[d] = s == 1 ? t->rest[d] : dof->lower + u * range;
        k++;
    }
}

/** Best of several starts for a frame by itself. */
static oik_status solve_anew(double *cost, oik_tracker *t, double *q, int frame, const oik_sequence_weights *weights, oik_error *err) {
    enum { STARTS = 12 };
    const double steady = 100.0; /* times the prior, which alone decides what one frame does not show */
    size_t size = (size_t)t->chain->n_dofs * sizeof *q;
    oik_sequence_weights w = *weights;
    oik_lsq_options options = oik_lsq_options_default();
    oik_lsq_report report;
    w.prior *= steady;
    options.derive_trials = true;
    options.max_iterations = 20;
    options.cost_tolerance = 1e-3;
    *cost = INFINITY;
    for (int s = 0; s < STARTS; s++) {
        memcpy(t->trial, q, size);
        spread_start(t->trial, t, s);
        oik_status status = oik_sequence_problem_solve(&report, t->frame, t->trial, NULL, frame, &w, &options, err);
        if (status)
            return status;
        if (report.final_cost < *cost) {
            *cost = report.final_cost;
            memcpy(t->best, t->trial, size);
        }
    }
    memcpy(q, t->best, size);
    return OIK_OK;
}

/** Markers and segments seen in a frame, and whether some that the motion has are not. */
static int count_seen(bool *some_missing, const oik_tracker *t, int frame) {
    oik_frame_data data = oik_measurement_frame(t->measurement, t->chain, frame);
    int n_markers = t->measurement->markers ? t->measurement->markers->n_markers : 0, n = 0;
    for (int m = 0; m < n_markers; m++)
        n += data.weight[m] > 0.0;
    *some_missing = n < n_markers;
    for (int i = 0; data.R && data.R_weight && i < t->chain->n_segments; i++)
        n += data.R_weight[i] > 0.0;
    return n;
}

/** The two frames before, or twice the last one: where something is hidden, it is expected to stay. */
static void set_past(oik_tracker *t, const double *q, int frame, bool at_rest) {
    size_t n = (size_t)t->chain->n_dofs;
    memcpy(t->past, q + (size_t)(frame - (at_rest ? 1 : OIK_PAST)) * n, n * sizeof *q);
    memcpy(t->past + n, q + (size_t)(frame - 1) * n, n * sizeof *q);
}

static oik_status follow(double *misfit, oik_tracker *t, double *q, int frame, bool some_missing,
                         const oik_sequence_weights *weights, oik_error *err) {
    oik_lsq_options options = oik_lsq_options_default();
    size_t n = (size_t)t->chain->n_dofs;
    double *here = q + (size_t)frame * n;
    options.derive_trials = true;
    options.max_trials = 6;
    options.cost_tolerance = 1e-2;
    memcpy(here, here - n, n * sizeof *q);
    if (frame >= OIK_PAST) {
        set_past(t, q, frame, some_missing);
        oik_sequence_problem_extrapolate(t->frame, here, t->past);
    }
    oik_status status = oik_sequence_problem_solve(NULL, t->frame, here, frame >= OIK_PAST ? t->past : NULL, frame, weights, &options, err);
    *misfit = *oik_sequence_problem_misfit(t->frame);
    return status;
}

/** Start a frame anew; kept when that at least halves its misfit. */
static oik_status try_anew(bool *better, oik_tracker *t, double *q, int frame, double misfit, const oik_sequence_weights *weights,
                           oik_error *err) {
    const double enough = 0.5;
    size_t n = (size_t)t->chain->n_dofs;
    double *here = q + (size_t)frame * n, cost;
    memcpy(t->past, here, n * sizeof *q);
    oik_status status = solve_anew(&cost, t, here, frame, weights, err);
    *better = !status && cost < enough * misfit;
    if (!*better)
        memcpy(here, t->past, n * sizeof *q);
    return status;
}

/** A frame that has lost its measurements starts anew; where that does not help, they cannot be met and the bar rises. */
static oik_status recover(oik_tracker *t, double *q, int frame, double misfit, double explained, const oik_sequence_weights *weights,
                          oik_error *err) {
    const double room = 2.0;
    bool better;
    oik_status status = try_anew(&better, t, q, frame, misfit, weights, err);
    if (!status && !better)
        t->lost = room * misfit / explained;
    return status;
}

oik_status oik_tracker_repair(int *n_better, oik_tracker *t, double *q, const double *misfit, int first, int last,
                              const oik_sequence_weights *weights, double noise_cost, oik_error *err) {
    const double unlikely = 4.0; /* of the noise of 6 or more coordinates less than one frame in a thousand shows more */
    oik_status status = OIK_OK;
    *n_better = 0;
    for (int f = first; f < last && !status; f++) {
        bool some_missing, better = false;
        double explained = 3.0 * count_seen(&some_missing, t, f) * noise_cost;
        if (misfit[f - first] > unlikely * explained)
            status = try_anew(&better, t, q, f, misfit[f - first], weights, err);
        *n_better += better;
    }
    return status;
}

oik_status oik_tracker_run(oik_tracker *t, double *q, int first, int last, const oik_sequence_weights *weights, double noise_cost,
                           oik_error *err) {
    size_t n = (size_t)t->chain->n_dofs;
    oik_status status = OIK_OK;
    for (int f = first; f < last && !status; f++) {
        bool some_missing;
        int n_seen = count_seen(&some_missing, t, f);
        double misfit = INFINITY, explained = 3.0 * n_seen * noise_cost;
        if (n_seen == 0) {
            memcpy(q + (size_t)f * n, f > 0 ? q + (size_t)(f - 1) * n : t->rest, n * sizeof *q);
        } else if (f == 0) {
            memcpy(q, t->rest, n * sizeof *q);
            status = solve_anew(&misfit, t, q, f, weights, err);
        } else {
            status = follow(&misfit, t, q, f, some_missing, weights, err);
            if (!status && misfit > t->lost * explained)
                status = recover(t, q, f, misfit, explained, weights, err);
        }
    }
    return status;
}
