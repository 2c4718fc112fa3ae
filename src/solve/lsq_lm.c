/*
 * Levenberg-Marquardt damping:  (A + lambda D) dx = -g.
 *
 * Symbols: lambda and nu (growth), rho gain.
 * Source: Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05, eq. 2.4, with Marquardt's D in place of I.
 */
#include <float.h>
#include <math.h>

#include "base/status.h"
#include "solve/lsq_policy.h"

/* Below the rounding of A the damping has no effect; there it would only cost rejected steps on the way back up. */
static const double SMALLEST_LAMBDA = DBL_EPSILON;
/* Above, a step changes no digit of what a Gauss-Newton step would have moved. */
static const double LARGEST_LAMBDA = 1e16;
/* nu after an accepted step, and the factor by which it grows with each further rejection */
static const double FIRST_GROWTH = 2.0;

static void start(oik_lsq_policy_state *state, const oik_lsq_options *options) {
    state->lambda = fmax(options->initial_damping, SMALLEST_LAMBDA);
    state->growth = FIRST_GROWTH;
}

static void increase(oik_lsq_policy_state *state) {
    state->lambda *= state->growth;
    state->growth *= FIRST_GROWTH;
}

static bool exhausted(const oik_lsq_policy_state *state, double state_length) {
    (void)state_length;
    return state->lambda > LARGEST_LAMBDA;
}

static oik_status propose(double *step, oik_lsq_policy_state *state, oik_lsq_model *model, oik_error *err) {
    oik_status status = oik_lsq_model_factor(model, state->lambda, NULL);
    while (status == OIK_E_SOLVER && !exhausted(state, 0.0)) {
        increase(state);
        status = oik_lsq_model_factor(model, state->lambda, NULL);
    }
    if (status != OIK_OK)
        return oik_fail(err, status, "no factor of J'J + lambda D up to lambda = %g", state->lambda);
    return oik_lsq_model_solve(step, model, err);
}

static oik_status propose_rest(double *step, const bool *cut, const oik_lsq_policy_state *state, oik_lsq_model *model,
                               oik_error *err) {
    return oik_lsq_model_solve_rest(step, cut, model, state->lambda, err);
}

static void judge(oik_lsq_policy_state *state, double gain, double length) {
    (void)length;
    if (!(gain > 0.0)) {
        increase(state);
        return;
    }
    double factor = fmax(1.0 / 3.0, 1.0 - pow(2.0 * gain - 1.0, 3.0));
    state->lambda = fmax(state->lambda * factor, SMALLEST_LAMBDA);
    state->growth = FIRST_GROWTH;
}

const oik_lsq_policy oik_lsq_lm = {start, propose, propose_rest, judge, exhausted};
