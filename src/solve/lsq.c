/*
 * The minimiser loop: evaluate, ask the damping policy for a step, try it, keep it when the cost goes down.
 */
#include "solve/lsq.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "solve/lsq_policy.h"

/* Times that a step is solved again for the unknowns that no bound has cut. Each costs a factorisation; what is cut after
   the last one is only clipped. */
enum { MAX_PASSES = 3 };

struct oik_lsq {
    int n_rows, n_unknowns;
    size_t state_size;
    oik_lsq_model *model;
    oik_lsq_policy_state policy;
    double *r;     /* n_rows, of the last evaluation */
    double *jac;   /* in pattern order, of the last evaluation with derivatives */
    double *trial; /* state_size */
    double *step;  /* n_unknowns */
    bool *cut;     /* n_unknowns, the step ends at a bound */
};

/* One call of oik_lsq_solve. */
typedef struct lsq_run {
    oik_lsq *lsq;
    double *x;
    const oik_lsq_problem *problem;
    const oik_lsq_options *options;
    const oik_lsq_policy *policy;
    int n_trials;
    oik_lsq_report report; /* final_cost and final_gradient are those of the current state */
    bool stopped;
} lsq_run;

oik_lsq_options oik_lsq_options_default(void) {
    return (oik_lsq_options){.strategy = OIK_LSQ_LM,
                             .max_iterations = 100,
                             .gradient_tolerance = 1e-12,
                             .step_tolerance = 1e-9,
                             .cost_tolerance = 1e-9,
                             .initial_damping = 1e-6};
}

const char *oik_lsq_stop_name(oik_lsq_stop stop) {
    static const char *const names[] = {
        [OIK_LSQ_STOP_GRADIENT] = "gradient", [OIK_LSQ_STOP_STEP] = "step",
        [OIK_LSQ_STOP_COST] = "cost",         [OIK_LSQ_STOP_RADIUS] = "radius",
        [OIK_LSQ_STOP_ITERATIONS] = "iterations", [OIK_LSQ_STOP_CALLER] = "caller"};
    size_t k = (size_t)stop;
    return k < sizeof names / sizeof *names ? names[k] : "unknown";
}

/* ---- workspace ----------------------------------------------------------------------------------------------------- */

static oik_status make_buffers(oik_lsq *lsq, size_t n_jac, oik_error *err) {
    size_t n = (size_t)lsq->n_unknowns;
    lsq->r = oik_new((size_t)lsq->n_rows, sizeof(double), err);
    lsq->jac = oik_new(n_jac, sizeof(double), err);
    lsq->trial = oik_new(lsq->state_size, sizeof(double), err);
    lsq->step = oik_new(n, sizeof(double), err);
    lsq->cut = oik_new(n, sizeof(bool), err);
    lsq->policy.newton = oik_new(n, sizeof(double), err);
    lsq->policy.steepest = oik_new(n, sizeof(double), err);
    bool complete = lsq->r && lsq->jac && lsq->trial && lsq->step && lsq->cut;
    return complete && lsq->policy.newton && lsq->policy.steepest ? OIK_OK : OIK_E_MEMORY;
}

oik_status oik_lsq_new(oik_lsq **out, const oik_lsq_pattern *pattern, size_t state_size, oik_error *err) {
    oik_lsq *lsq = oik_new(1, sizeof *lsq, err);
    if (!lsq)
        return OIK_E_MEMORY;
    lsq->n_rows = pattern->n_rows;
    lsq->n_unknowns = pattern->n_unknowns;
    lsq->state_size = state_size;
    oik_status status = oik_lsq_model_new(&lsq->model, pattern, err); /* checks the pattern */
    if (status == OIK_OK)
        status = make_buffers(lsq, (size_t)pattern->row_start[pattern->n_rows], err);
    if (status == OIK_OK)
        *out = lsq;
    else
        oik_lsq_free(lsq);
    return status;
}

void oik_lsq_free(oik_lsq *lsq) {
    if (!lsq)
        return;
    oik_lsq_model_free(lsq->model);
    free(lsq->r);
    free(lsq->jac);
    free(lsq->trial);
    free(lsq->step);
    free(lsq->cut);
    free(lsq->policy.newton);
    free(lsq->policy.steepest);
    free(lsq);
}

/* ---- checks before a run ------------------------------------------------------------------------------------------- */

static oik_status check_options(const oik_lsq_options *options, oik_error *err) {
    if (options->max_iterations < 0 || options->max_trials < 0)
        return oik_fail(err, OIK_E_ARGUMENT, "least squares: max_iterations = %d, max_trials = %d", options->max_iterations,
                        options->max_trials);
    if (!(options->gradient_tolerance >= 0.0 && options->step_tolerance >= 0.0 && options->relative_step_tolerance >= 0.0 &&
          options->cost_tolerance >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT,
                        "least squares: tolerances %g (gradient), %g (step), %g (relative step), %g (cost) must be >= 0",
                        options->gradient_tolerance, options->step_tolerance, options->relative_step_tolerance,
                        options->cost_tolerance);
    if (!(options->initial_damping >= 0.0 && options->initial_radius >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT, "least squares: initial damping %g and radius %g must be >= 0",
                        options->initial_damping, options->initial_radius);
    return OIK_OK;
}

static oik_status check_bounds(const oik_lsq_problem *problem, int n, oik_error *err) {
    if (!problem->lower && !problem->upper)
        return OIK_OK;
    if (!problem->lower || !problem->upper || problem->retract)
        return oik_fail(err, OIK_E_ARGUMENT, "least squares: bounds come as a pair and only without retract");
    for (int j = 0; j < n; j++)
        if (!(problem->lower[j] <= problem->upper[j]))
            return oik_fail(err, OIK_E_ARGUMENT, "least squares: bounds [%g, %g] of unknown %d", problem->lower[j],
                            problem->upper[j], j);
    return OIK_OK;
}

static oik_status check_problem(const oik_lsq *lsq, const oik_lsq_problem *problem, oik_error *err) {
    if (problem->state_size != lsq->state_size || (!problem->retract && lsq->state_size != (size_t)lsq->n_unknowns))
        return oik_fail(err, OIK_E_ARGUMENT, "least squares: state of %zu numbers, the workspace has %zu and %d unknowns",
                        problem->state_size, lsq->state_size, lsq->n_unknowns);
    return check_bounds(problem, lsq->n_unknowns, err);
}

/* ---- the run ------------------------------------------------------------------------------------------------------- */

static double clamp(double v, double lower, double upper) {
    return v < lower ? lower : v > upper ? upper : v;
}

static void stop(lsq_run *run, oik_lsq_stop reason) {
    run->stopped = true;
    run->report.stop = reason;
}

/* Residuals, cost and (with jac) derivatives at a state. The cost may come out not finite. */
static oik_status evaluate(double *cost, lsq_run *run, const double *state, double *jac, oik_error *err) {
    oik_lsq *lsq = run->lsq;
    run->report.n_evaluations++;
    oik_status status = run->problem->evaluate(run->problem->context, state, lsq->r, jac, err);
    if (status != OIK_OK)
        return status;
    double sum = 0.0;
    for (int i = 0; i < lsq->n_rows; i++)
        sum += lsq->r[i] * lsq->r[i];
    *cost = sum;
    return OIK_OK;
}

static oik_status residuals_not_finite(const oik_lsq *lsq, oik_error *err) {
    for (int i = 0; i < lsq->n_rows; i++)
        if (!isfinite(lsq->r[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "the cost at the start is not finite: residual %d of %d is %g", i, lsq->n_rows,
                            lsq->r[i]);
    return oik_fail(err, OIK_E_NOT_FINITE, "the cost at the start is not finite: the squares of %d residuals add up to more than a number holds",
                    lsq->n_rows);
}

/* Build the model at the current state, whose residuals, derivatives and cost are known. */
static oik_status build_model(lsq_run *run, double cost, oik_error *err) {
    oik_lsq *lsq = run->lsq;
    oik_status status =
        oik_lsq_model_update(lsq->model, lsq->jac, lsq->r, run->x, run->problem->lower, run->problem->upper, err);
    if (status != OIK_OK)
        return status;
    run->report.final_cost = cost;
    run->report.final_gradient = oik_lsq_model_gradient(lsq->model);
    return OIK_OK;
}

/* Evaluate at the current state and build the model there. */
static oik_status linearise(lsq_run *run, oik_error *err) {
    double cost = 0.0;
    oik_status status = evaluate(&cost, run, run->x, run->lsq->jac, err);
    if (status == OIK_OK && !isfinite(cost))
        status = residuals_not_finite(run->lsq, err);
    return status == OIK_OK ? build_model(run, cost, err) : status;
}

static void move_into_bounds(lsq_run *run) {
    const double *lower = run->problem->lower, *upper = run->problem->upper;
    for (int j = 0; lower && j < run->lsq->n_unknowns; j++)
        run->x[j] = clamp(run->x[j], lower[j], upper[j]);
}

/* Cut the step at the bounds it meets; marks add up in lsq->cut. The number of new ones. */
static int cut_at_bounds(lsq_run *run) {
    oik_lsq *lsq = run->lsq;
    const double *lower = run->problem->lower, *upper = run->problem->upper;
    int n_cut = 0;
    for (int j = 0; j < lsq->n_unknowns; j++) {
        double target = run->x[j] + lsq->step[j], inside = clamp(target, lower[j], upper[j]);
        if (inside == target)
            continue;
        lsq->step[j] = inside - run->x[j];
        n_cut += !lsq->cut[j];
        lsq->cut[j] = true;
    }
    return n_cut;
}

/* Cut the step; then let the other unknowns answer to it, as far as the policy can. Says whether anything was cut. */
static oik_status keep_bounds(bool *any_cut, lsq_run *run, oik_error *err) {
    oik_lsq *lsq = run->lsq;
    memset(lsq->cut, 0, (size_t)lsq->n_unknowns * sizeof *lsq->cut);
    int n_cut = cut_at_bounds(run);
    *any_cut = n_cut > 0;
    for (int pass = 0; pass < MAX_PASSES && n_cut > 0 && run->policy->propose_rest; pass++) {
        oik_status status = run->policy->propose_rest(lsq->step, lsq->cut, &lsq->policy, lsq->model, NULL);
        if (status == OIK_E_SOLVER)
            return OIK_OK; /* the step stays as it was cut */
        if (status != OIK_OK)
            return oik_fail(err, status, "least squares: no step inside the bounds");
        n_cut = cut_at_bounds(run);
    }
    return OIK_OK;
}

/* trial = x (+) step */
static void move(lsq_run *run) {
    oik_lsq *lsq = run->lsq;
    const oik_lsq_problem *problem = run->problem;
    if (problem->retract) {
        problem->retract(problem->context, lsq->trial, run->x, lsq->step);
        return;
    }
    for (int j = 0; j < lsq->n_unknowns; j++) {
        lsq->trial[j] = run->x[j] + lsq->step[j];
        if (problem->lower) /* x + (bound - x) may miss the bound by a rounding unit */
            lsq->trial[j] = lsq->cut[j] && lsq->step[j] != 0.0
                                ? (lsq->step[j] > 0.0 ? problem->upper[j] : problem->lower[j])
                                : clamp(lsq->trial[j], problem->lower[j], problem->upper[j]);
    }
}

static oik_status accept(lsq_run *run, double cost, oik_error *err) {
    double before = run->report.final_cost;
    memcpy(run->x, run->lsq->trial, run->lsq->state_size * sizeof(double));
    oik_status status = run->options->derive_trials ? build_model(run, cost, err) : linearise(run, err);
    if (status != OIK_OK)
        return status;
    run->report.n_accepted++;
    const oik_lsq_options *options = run->options;
    if (before - run->report.final_cost <= options->cost_tolerance * before)
        stop(run, OIK_LSQ_STOP_COST);
    if (options->on_step &&
        options->on_step(options->on_step_context, run->report.n_accepted, run->x, run->report.final_cost) != 0)
        stop(run, OIK_LSQ_STOP_CALLER);
    return OIK_OK;
}

/* Try lsq->step of the given length. What a step that was cut promises says nothing about what a shorter one would. */
static oik_status try_step(lsq_run *run, double length, bool cut, oik_error *err) {
    oik_lsq *lsq = run->lsq;
    double cost = 0.0, promised = oik_lsq_model_decrease(lsq->model, lsq->step);
    oik_status status = evaluate(&cost, run, lsq->trial, run->options->derive_trials ? lsq->jac : NULL, err);
    if (status != OIK_OK)
        return status;
    double before = run->report.final_cost;
    double gain = isfinite(cost) && promised > 0.0 ? (before - cost) / promised : -1.0;
    run->policy->judge(&lsq->policy, gain, length);
    if (gain > 0.0)
        return accept(run, cost, err);
    if (run->options->cost_tolerance > 0.0 && promised <= DBL_EPSILON * before && isfinite(cost) && !cut)
        stop(run, OIK_LSQ_STOP_COST); /* what is left to gain cannot be measured */
    else if (run->policy->exhausted(&lsq->policy, oik_lsq_length(run->x, lsq->state_size)))
        stop(run, OIK_LSQ_STOP_RADIUS);
    return OIK_OK;
}

/* Shortest step that is worth trying. */
static double least_step(const lsq_run *run) {
    double relative = run->options->relative_step_tolerance;
    return run->options->step_tolerance + (relative > 0.0 ? relative * oik_lsq_length(run->x, run->lsq->state_size) : 0.0);
}

static oik_status iterate(lsq_run *run, oik_error *err) {
    oik_lsq *lsq = run->lsq;
    if (run->report.final_gradient <= run->options->gradient_tolerance) {
        stop(run, OIK_LSQ_STOP_GRADIENT);
        return OIK_OK;
    }
    bool all_tried = run->options->max_trials > 0 && run->n_trials >= run->options->max_trials;
    if (all_tried || run->report.n_accepted >= run->options->max_iterations) {
        stop(run, OIK_LSQ_STOP_ITERATIONS);
        return OIK_OK;
    }
    run->n_trials++;
    oik_status status = run->policy->propose(lsq->step, &lsq->policy, lsq->model, err);
    if (status != OIK_OK)
        return status;
    bool cut = false;
    if (run->problem->lower)
        status = keep_bounds(&cut, run, err);
    if (status != OIK_OK)
        return status;
    move(run);
    double length = oik_lsq_length(lsq->step, (size_t)lsq->n_unknowns);
    if (length <= least_step(run)) {
        stop(run, OIK_LSQ_STOP_STEP);
        return OIK_OK;
    }
    return try_step(run, length, cut, err);
}

oik_status oik_lsq_solve(oik_lsq_report *report, oik_lsq *lsq, double *x, const oik_lsq_problem *problem,
                         const oik_lsq_options *options, oik_error *err) {
    const oik_lsq_options defaults = oik_lsq_options_default();
    lsq_run run = {.lsq = lsq, .x = x, .problem = problem, .options = options ? options : &defaults};
    run.policy = run.options->strategy == OIK_LSQ_DOGLEG ? &oik_lsq_dogleg : &oik_lsq_lm;
    oik_status status = check_options(run.options, err);
    if (status == OIK_OK)
        status = check_problem(lsq, problem, err);
    if (status != OIK_OK)
        return status;
    lsq->model->n_factorisations = lsq->model->n_singular = 0;
    run.policy->start(&lsq->policy, run.options);
    move_into_bounds(&run);
    status = linearise(&run, err);
    run.report.initial_cost = run.report.final_cost;
    while (status == OIK_OK && !run.stopped)
        status = iterate(&run, err);
    run.report.n_factorisations = lsq->model->n_factorisations;
    run.report.n_singular = lsq->model->n_singular;
    if (report && status == OIK_OK)
        *report = run.report;
    return status;
}
