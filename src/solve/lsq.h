/**
 * Sparse nonlinear least squares with manifold-valued unknowns.
 *
 *   min_x  F(x) = sum_i r_i(x)^2,    x <- retract(x, dx),    dx in R^n
 *
 * The one least-squares core of the project: placing and posing of the skeleton and inverse kinematics run on it.
 * Each step solves (J'J + lambda D) dx = -J'r (Levenberg-Marquardt) or combines the Gauss-Newton and the gradient step
 * (dogleg). J'J is assembled straight into a fixed sparsity pattern; its symbolic Cholesky analysis is done once.
 * lsq.c is the loop, lsq_model.c the quadratic model, lsq_lm.c and lsq_dogleg.c the damping policies,
 * normal_matrix.c the assembly and cholesky.c the owner of every CHOLMOD call.
 *
 * Bounds are kept by projection: an unknown at a bound whose gradient pushes outwards is held for one step, the step of the
 * others is cut at their bounds, and the result counts only when the cost goes down.
 *
 * Symbols: J jac, r residual, D diag(J'J) floored, delta trust radius, rho gain.
 * Sources: Marquardt, SIAM J. 11 (1963) 431; Nielsen, IMM-REP-1999-05 (damping update); Powell 1970 and Madsen, Nielsen &
 * Tingleff, Methods for Non-Linear Least Squares Problems, 2004 (dogleg); Bertsekas, SIAM J. Control Optim. 20 (1982) 221
 * (projected Newton steps).
 */
#ifndef OIK_SOLVE_LSQ_H
#define OIK_SOLVE_LSQ_H

#include "osso_ik.h"

/** Jacobian sparsity: row i has the columns col[row_start[i] .. row_start[i+1]), each in [0, n_unknowns), unique per row. */
typedef struct oik_lsq_pattern {
    int n_rows;           /**< residuals m */
    int n_unknowns;       /**< tangent dimension n */
    const int *row_start; /**< n_rows + 1 */
    const int *col;       /**< row_start[n_rows] */
} oik_lsq_pattern;

/** The problem as callbacks. State is opaque to the solver: it is copied, retracted and evaluated by the caller's functions. */
typedef struct oik_lsq_problem {
    void *context;
    size_t state_size; /**< doubles in one state x */
    /**
     * Residuals at x, and the Jacobian with respect to the tangent step when jac is not NULL.
     * @param[out] r   n_rows
     * @param[out] jac row_start[n_rows] values in pattern order, or NULL
     */
    oik_status (*evaluate)(void *context, const double *x, double *r, double *jac, oik_error *err);
    /** x_new = x (+) dx; x_new never aliases x. NULL: plain addition (state_size = n_unknowns). */
    void (*retract)(void *context, double *x_new, const double *x, const double *dx);
    /**
     * Bounds on plain unknowns: lower[n] <= upper[n] on x itself (infinite: none, equal: held), or both NULL. Only with
     * retract == NULL. The start is moved into them.
     */
    const double *lower, *upper;
} oik_lsq_problem;

typedef enum oik_lsq_strategy { OIK_LSQ_LM, OIK_LSQ_DOGLEG } oik_lsq_strategy;

typedef enum oik_lsq_stop {
    OIK_LSQ_STOP_GRADIENT,   /**< |J'r|_inf <= gradient_tolerance (of unknowns that are not held at a bound) */
    OIK_LSQ_STOP_STEP,       /**< |dx|_2 <= step_tolerance + relative_step_tolerance |x|_2 */
    OIK_LSQ_STOP_COST,       /**< relative decrease <= cost_tolerance, or the decrease to come is below the rounding of F */
    OIK_LSQ_STOP_RADIUS,     /**< damping ran away: lambda > 1e16 or delta <= 1e-15 |x| */
    OIK_LSQ_STOP_ITERATIONS, /**< max_iterations accepted or max_trials tried steps */
    OIK_LSQ_STOP_CALLER      /**< on_step asked for it */
} oik_lsq_stop;

typedef struct oik_lsq_options {
    oik_lsq_strategy strategy;
    int max_iterations;        /**< accepted steps, default 100 */
    int max_trials;            /**< steps tried, accepted or not; default 0: no limit */
    double gradient_tolerance; /**< default 1e-12 */
    double step_tolerance;     /**< default 1e-9, in the units of dx */
    double relative_step_tolerance; /**< default 0, of the length of the state */
    double cost_tolerance;     /**< default 1e-9; 0: what the cost does, and what its rounding hides, ends nothing */
    double initial_damping;    /**< LM: first lambda, relative to diag(J'J), default 1e-6 */
    double initial_radius;     /**< dogleg: 0 = length of the first Gauss-Newton step */
    /**
     * Evaluate derivatives with every trial step, which saves the second evaluation of an accepted one: for problems whose
     * derivatives cost little more than their residuals and whose steps are mostly accepted.
     */
    bool derive_trials;
    /** Called after each accepted step (iteration counts from 1) with the state; a value other than 0 stops. May be NULL. */
    int (*on_step)(void *on_step_context, int iteration, const double *x, double cost);
    void *on_step_context;
} oik_lsq_options;

oik_lsq_options oik_lsq_options_default(void);

typedef struct oik_lsq_report {
    oik_lsq_stop stop;
    int n_accepted, n_evaluations, n_factorisations;
    int n_singular; /**< factorisations that found J'J singular and were repeated with more on the diagonal */
    double initial_cost, final_cost, final_gradient; /**< final_gradient = |J'r|_inf at the end */
} oik_lsq_report;

typedef struct oik_lsq oik_lsq; /**< workspace of one structure: pattern, symbolic factor, buffers */

/**
 * Analyse a pattern (copied).
 * @param[out] out        owned by the caller; untouched on error
 * @param[in]  state_size doubles in one state
 * @return OIK_E_ARGUMENT for an ill-formed pattern or when J'J would have more than INT_MAX entries; OIK_E_SOLVER when its
 *         factor would; OIK_E_MEMORY
 */
oik_status oik_lsq_new(oik_lsq **out, const oik_lsq_pattern *pattern, size_t state_size, oik_error *err);
void oik_lsq_free(oik_lsq *lsq);

/**
 * Minimise from x, in place. Not converging is a result (report->stop), not an error. Allocates nothing outside CHOLMOD.
 * A trial state whose residuals are not finite is a step that failed. Evaluations: one without Jacobian per trial step, one
 * with it at the start and per accepted step; with derive_trials one with it at the start and per trial step.
 * @param[out]    report  may be NULL; written on success only
 * @param[in,out] x       state_size; on error the best state so far
 * @param[in]     options NULL for the defaults
 * @return OIK_OK; OIK_E_ARGUMENT (options or bounds outside their range, another state size than the workspace);
 *         OIK_E_NOT_FINITE when residuals or gradient at the start, or the gradient at an accepted state, are not finite;
 *         OIK_E_SOLVER when J'J cannot be factored even with a ridge; OIK_E_MEMORY; what evaluate returned.
 * Cost per iteration: O(sum of squared row lengths) + one numeric factorisation.
 */
oik_status oik_lsq_solve(oik_lsq_report *report, oik_lsq *lsq, double *x, const oik_lsq_problem *problem,
                         const oik_lsq_options *options, oik_error *err);

/** Name of a stop reason, e.g. "cost"; never NULL. */
const char *oik_lsq_stop_name(oik_lsq_stop stop);

#endif
