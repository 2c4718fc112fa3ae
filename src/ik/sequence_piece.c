/** A chain that is tracked and then solved over a window (see sequence_solver.h). */
#include <stdlib.h>

#include "ik/sequence_solver.h"

/** A part is brought near its minimum; or to where rounding ends the descent. */
static const oik_effort NEAR = {10, 0, 1e-3}, CONVERGED = {100, 0, 1e-9};

void oik_piece_free(oik_piece *p) {
    free(p->q);
    oik_tracker_free(p->tracker);
    oik_sequence_problem_free(p->problem);
}

double oik_sequence_range_weight(const oik_sequence *s, double rho) {
    return s->noise_cost / (rho * rho);
}

/** The two frames before, where there are some. */
static const double *past_of(const oik_piece *p, int first) {
    return first >= OIK_PAST ? p->q + (size_t)(first - OIK_PAST) * p->n_dofs : NULL;
}

oik_status oik_piece_solve_window(double *cost, const oik_sequence *s, const oik_piece *p, int first, double width, oik_effort effort,
                                  oik_error *err) {
    oik_lsq_options options = oik_lsq_options_default();
    oik_sequence_weights weights = s->weights;
    oik_lsq_report report;
    weights.range = oik_sequence_range_weight(s, width);
    options.derive_trials = true;
    options.max_trials = effort.max_trials;
    options.max_iterations = effort.max_iterations;
    options.cost_tolerance = effort.cost_tolerance;
    oik_status status = oik_sequence_problem_solve(&report, p->problem, p->q + (size_t)first * p->n_dofs, past_of(p, first), first,
                                                   &weights, &options, err);
    if (status)
        return status;
    *cost = report.final_cost;
    s->motion->n_iterations += report.n_accepted;
    s->motion->stop = oik_lsq_stop_name(report.stop);
    s->motion->converged = report.stop != OIK_LSQ_STOP_ITERATIONS && report.stop != OIK_LSQ_STOP_RADIUS;
    return OIK_OK;
}

oik_status oik_piece_tighten(double *cost, const oik_sequence *s, const oik_piece *p, int first, int from, oik_error *err) {
    static const double width[] = {0.3, OIK_TRACKING_WIDTH, 0.03}; /* rad: how far from its ranges a spherical joint may be */
    const double met = 1e-3;                                       /* rad: within its ranges */
    oik_status status = OIK_OK;
    for (int i = from; i < (int)(sizeof width / sizeof *width) && !status; i++) {
        if (i > from && oik_sequence_problem_beyond(p->problem) <= met)
            break;
        status = oik_piece_solve_window(cost, s, p, first, width[i], s->options->converge ? CONVERGED : NEAR, err);
    }
    return status;
}

oik_status oik_piece_solve(double *cost, const oik_sequence *s, const oik_piece *p, int first, int last, int tracked, oik_error *err) {
    int n_better = 0;
    oik_sequence_weights weights = s->weights;
    weights.range = oik_sequence_range_weight(s, OIK_TRACKING_WIDTH);
    oik_status status = oik_tracker_run(p->tracker, p->q, tracked, last, &weights, s->misfit_cost, err);
    if (!status)
        status = oik_piece_tighten(cost, s, p, first, 0, err);
    if (!status)
        status = oik_tracker_repair(&n_better, p->tracker, p->q, oik_sequence_problem_misfit(p->problem), first, last, &weights,
                                    s->misfit_cost, err);
    if (!status && n_better > 0)
        status = oik_piece_tighten(cost, s, p, first, 0, err);
    return status;
}
