/*
 * The owner of every NLopt call.
 *
 * The best point is kept here rather than taken from NLopt: a start that ends in a rounding or failure code still counts
 * with the best point it saw.
 */
#include "solve/bounded.h"

#include <limits.h>
#include <math.h>
#include <nlopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

/* All starts of one call. */
typedef struct multistart {
    const oik_bounded_problem *problem;
    nlopt_opt opt;
    double *start;    /* n, the current start inside the bounds */
    double *probe;    /* n, the point under evaluation inside the bounds */
    double *best;     /* n, over all starts */
    double best_cost; /* infinite: none yet */
    int n_evaluations;
    bool began;    /* the current start had a finite value */
    bool improved; /* the current start found the best so far */
} multistart;

oik_bounded_options oik_bounded_options_default(void) {
    return (oik_bounded_options){.max_evaluations = 500, .relative_tolerance = 1e-12, .step_tolerance = 1e-10};
}

static void clamp_into(double *out, const double *q, const oik_bounded_problem *problem) {
    for (int j = 0; j < problem->n; j++)
        out[j] = q[j] < problem->lower[j] ? problem->lower[j] : q[j] > problem->upper[j] ? problem->upper[j] : q[j];
}

static bool all_finite(const double *v, int n) {
    for (int j = 0; j < n; j++)
        if (!isfinite(v[j]))
            return false;
    return true;
}

/*
 * nlopt_func. SLSQP's line search backs off from an infinite value, but it cannot begin at one: a start whose first value
 * is not finite is given up.
 */
static double evaluate(unsigned n, const double *q, double *gradient, void *data) {
    multistart *search = data;
    size_t size = (size_t)n * sizeof(double);
    clamp_into(search->probe, q, search->problem);
    double cost = search->problem->evaluate(search->problem->context, search->probe, gradient);
    if (search->n_evaluations < INT_MAX)
        search->n_evaluations++;
    if (!isfinite(cost) || (gradient && !all_finite(gradient, (int)n))) {
        if (!search->began)
            nlopt_force_stop(search->opt);
        if (gradient)
            memset(gradient, 0, size);
        return HUGE_VAL;
    }
    search->began = true;
    if (cost < search->best_cost) {
        memcpy(search->best, search->probe, size);
        search->best_cost = cost;
        search->improved = true;
    }
    return cost;
}

static oik_status check(const oik_bounded_problem *problem, int n_starts, const oik_bounded_options *options, oik_error *err) {
    if (problem->n < 1 || n_starts < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "bounded minimisation: %d unknowns, %d starts", problem->n, n_starts);
    if (options->max_evaluations < 1 || !(options->relative_tolerance >= 0.0) || !(options->step_tolerance >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT, "bounded minimisation: %d evaluations, tolerances %g (relative), %g (step)",
                        options->max_evaluations, options->relative_tolerance, options->step_tolerance);
    for (int j = 0; j < problem->n; j++)
        if (!(problem->lower[j] <= problem->upper[j]))
            return oik_fail(err, OIK_E_ARGUMENT, "bounded minimisation: bounds [%g, %g] of unknown %d", problem->lower[j],
                            problem->upper[j], j);
    return OIK_OK;
}

static oik_status make_search(multistart *search, const oik_bounded_problem *problem, const oik_bounded_options *options,
                              oik_error *err) {
    size_t n = (size_t)problem->n;
    *search = (multistart){.problem = problem, .best_cost = HUGE_VAL};
    search->start = oik_new(n, sizeof(double), err);
    search->probe = oik_new(n, sizeof(double), err);
    search->best = oik_new(n, sizeof(double), err);
    if (!search->start || !search->probe || !search->best)
        return OIK_E_MEMORY;
    search->opt = nlopt_create(NLOPT_LD_SLSQP, (unsigned)problem->n);
    if (!search->opt)
        return oik_fail(err, OIK_E_MEMORY, "bounded minimisation: out of memory for %d unknowns", problem->n);
    bool set = nlopt_set_min_objective(search->opt, evaluate, search) > 0 &&
               nlopt_set_lower_bounds(search->opt, problem->lower) > 0 &&
               nlopt_set_upper_bounds(search->opt, problem->upper) > 0 &&
               nlopt_set_ftol_rel(search->opt, options->relative_tolerance) > 0 &&
               nlopt_set_xtol_abs1(search->opt, options->step_tolerance) > 0 &&
               nlopt_set_maxeval(search->opt, options->max_evaluations) > 0;
    return set ? OIK_OK : oik_fail(err, OIK_E_MEMORY, "bounded minimisation: NLopt refused its settings");
}

static void free_search(multistart *search) {
    nlopt_destroy(search->opt);
    free(search->start);
    free(search->probe);
    free(search->best);
}

/* SLSQP stops on rounding when the tolerances ask for more than double precision holds: nothing is left to gain. */
static bool met_tolerance(nlopt_result result) {
    return result == NLOPT_ROUNDOFF_LIMITED || (result > 0 && result != NLOPT_MAXEVAL_REACHED);
}

static oik_status run_start(oik_bounded_report *report, multistart *search, const double *start, int index, oik_error *err) {
    clamp_into(search->start, start, search->problem);
    if (!all_finite(search->start, search->problem->n))
        return OIK_OK;
    search->improved = search->began = false;
    double unused;
    nlopt_result result = nlopt_optimize(search->opt, search->start, &unused);
    if (result == NLOPT_OUT_OF_MEMORY)
        return oik_fail(err, OIK_E_MEMORY, "bounded minimisation: out of memory in NLopt");
    if (search->improved) {
        report->best_start = index;
        report->converged = met_tolerance(result);
    }
    return OIK_OK;
}

oik_status oik_bounded_minimise(oik_bounded_report *report, double *q, const oik_bounded_problem *problem,
                                const double *starts, int n_starts, const oik_bounded_options *options, oik_error *err) {
    const oik_bounded_options defaults = oik_bounded_options_default();
    const oik_bounded_options *chosen = options ? options : &defaults;
    oik_status status = check(problem, n_starts, chosen, err);
    if (status != OIK_OK)
        return status;
    multistart search;
    oik_bounded_report result = {0};
    status = make_search(&search, problem, chosen, err);
    for (int k = 0; k < n_starts && status == OIK_OK; k++)
        status = run_start(&result, &search, starts + (size_t)k * (size_t)problem->n, k, err);
    if (status == OIK_OK && search.best_cost == HUGE_VAL)
        status = oik_fail(err, OIK_E_NOT_FINITE, "the cost is not finite at any of %d starts", n_starts);
    if (status == OIK_OK) {
        result.cost = search.best_cost;
        result.n_evaluations = search.n_evaluations;
        memcpy(q, search.best, (size_t)problem->n * sizeof(double));
        if (report)
            *report = result;
    }
    free_search(&search);
    return status;
}
