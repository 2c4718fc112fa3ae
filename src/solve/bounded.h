/**
 * Bounded minimisation of a smooth function: the owner of every NLopt call.
 *
 *   min_q f(q),   lower <= q <= upper
 *
 * SLSQP with analytic gradient, from several starts; the best point evaluated wins.
 * Dense: O(n^3) per iteration, meant for up to a few dozen unknowns.
 * Source: Kraft, ACM TOMS 20 (1994) 262, in the NLopt library of S. G. Johnson.
 */
#ifndef OIK_SOLVE_BOUNDED_H
#define OIK_SOLVE_BOUNDED_H

#include "osso_ik.h"

typedef struct oik_bounded_problem {
    int n;               /**< unknowns */
    const double *lower; /**< n, lower <= upper; equal bounds freeze an unknown, infinite ones leave it free */
    const double *upper; /**< n */
    /** f(q), and its gradient (n) when gradient is not NULL. q is always inside the bounds. Not finite: q is not usable. */
    double (*evaluate)(void *context, const double *q, double *gradient);
    void *context;
} oik_bounded_problem;

typedef struct oik_bounded_options {
    int max_evaluations;       /**< per start, default 500 */
    double relative_tolerance; /**< on f, default 1e-12 */
    double step_tolerance;     /**< absolute on q, default 1e-10 */
} oik_bounded_options;

oik_bounded_options oik_bounded_options_default(void);

typedef struct oik_bounded_report {
    double cost;
    int n_evaluations; /**< over all starts */
    int best_start;    /**< which start won */
    int converged;     /**< of the start that won. 1: a tolerance or the rounding of f was met; 0: the evaluation limit */
} oik_bounded_report;

/**
 * Minimise from each start in turn.
 * @param[out] report  may be NULL
 * @param[out] q       n, the best point found, inside the bounds
 * @param[in]  starts  n_starts x n row-major; clamped into the bounds; a start that is not finite, or where f is not, is skipped
 * @param[in]  options NULL for the defaults
 * @return OIK_E_ARGUMENT (bounds crossed, n < 1, n_starts < 1, options out of range); OIK_E_NOT_FINITE when f is not finite at
 *         every start; OIK_E_MEMORY. report and q are untouched on error.
 */
oik_status oik_bounded_minimise(oik_bounded_report *report, double *q, const oik_bounded_problem *problem,
                                const double *starts, int n_starts, const oik_bounded_options *options, oik_error *err);

#endif
