/**
 * What the minimiser loop and the damping policies share. Private to solve/.
 *
 * The loop asks the policy for a step of the model, tries it, and tells the policy the gain
 *
 *   rho = (F(x) - F(x + dx)) / (m(0) - m(dx)),   m(dx) = F + 2 g'dx + dx'A dx,   A = J'J,  g = J'r
 */
#ifndef OIK_SOLVE_LSQ_POLICY_H
#define OIK_SOLVE_LSQ_POLICY_H

#include "osso_ik.h"
#include "solve/cholesky.h"
#include "solve/lsq.h"
#include "solve/normal_matrix.h"

/** The quadratic model m at the current state. Held unknowns do not take part in a step. */
typedef struct oik_lsq_model {
    int n;                     /**< unknowns */
    oik_normal_matrix *normal; /**< A */
    oik_cholesky *cholesky;    /**< of A + mu D */
    double *gradient;          /**< n, g; 0 for held unknowns */
    double *scale;             /**< n, D = max(diag A, floor) */
    bool *held;                /**< n, at a bound whose gradient pushes outwards */
    double hold;               /**< diagonal entry of a held unknown */
    double *fixed_step, *rhs;  /**< n each, scratch of oik_lsq_model_solve_rest */
    int n_factorisations, n_singular;
} oik_lsq_model;

oik_status oik_lsq_model_new(oik_lsq_model **out, const oik_lsq_pattern *pattern, oik_error *err);
void oik_lsq_model_free(oik_lsq_model *model);

/**
 * A, g, D and the held unknowns at x from the Jacobian and the residuals there.
 * @param[in] lower,upper n bounds on x, or NULL
 * @return OIK_E_NOT_FINITE when a gradient component or diagonal entry is not finite
 */
oik_status oik_lsq_model_update(oik_lsq_model *model, const double *jac, const double *r, const double *x,
                                const double *lower, const double *upper, oik_error *err);

/** |g|_inf without the held unknowns. */
double oik_lsq_model_gradient(const oik_lsq_model *model);

/** Factor A + mu D. OIK_E_SOLVER when it is singular (recoverable; counted in n_singular). */
oik_status oik_lsq_model_factor(oik_lsq_model *model, double mu, oik_error *err);

/** step = -(A + mu D)^-1 g with the last mu that was factored; 0 for held unknowns. */
oik_status oik_lsq_model_solve(double *step, const oik_lsq_model *model, oik_error *err);

/**
 * Minimise m + mu |.|_D^2 again over the unknowns that are neither held nor fixed:
 *   (A + mu D)_rr d_r = -(g_r + A_rf d_f)
 * @param[in,out] step  n; d_f is read, d_r written. Untouched on error.
 * @param[in]     fixed n
 * @return OIK_E_SOLVER when the remaining system is singular; OIK_E_MEMORY
 */
oik_status oik_lsq_model_solve_rest(double *step, const bool *fixed, oik_lsq_model *model, double mu, oik_error *err);

/** m(0) - m(step). */
double oik_lsq_model_decrease(const oik_lsq_model *model, const double *step);

/** Euclidean length of n numbers. */
double oik_lsq_length(const double *v, size_t n);

/** State of either policy. */
typedef struct oik_lsq_policy_state {
    /* Levenberg-Marquardt */
    double lambda; /**< damping, relative to D */
    double growth; /**< nu: factor of the next increase */
    /* dogleg */
    double radius;        /**< delta; 0: take the length of the next Gauss-Newton step */
    bool fresh;           /**< newton and steepest belong to the current model */
    double *newton;       /**< n, Gauss-Newton step */
    double *steepest;     /**< n, minimiser of m along -g */
    double newton_length; /**< |newton| */
    double steepest_length;
} oik_lsq_policy_state;

/** A damping policy. */
typedef struct oik_lsq_policy {
    void (*start)(oik_lsq_policy_state *state, const oik_lsq_options *options);
    /**
     * The step for the current model.
     * @return OIK_E_SOLVER when A cannot be factored with any damping; OIK_E_MEMORY
     */
    oik_status (*propose)(double *step, oik_lsq_policy_state *state, oik_lsq_model *model, oik_error *err);
    /**
     * The last step again for the unknowns that no bound has cut; NULL: the policy has no such step.
     * @return OIK_E_SOLVER: there is none, step is untouched; OIK_E_MEMORY
     */
    oik_status (*propose_rest)(double *step, const bool *cut, const oik_lsq_policy_state *state, oik_lsq_model *model,
                               oik_error *err);
    /** Learn from the last step: its gain (accepted iff > 0) and its length after the bounds. */
    void (*judge)(oik_lsq_policy_state *state, double gain, double length);
    /** No shorter step makes sense. state_length = |x|. */
    bool (*exhausted)(const oik_lsq_policy_state *state, double state_length);
} oik_lsq_policy;

extern const oik_lsq_policy oik_lsq_lm;
extern const oik_lsq_policy oik_lsq_dogleg;

#endif
