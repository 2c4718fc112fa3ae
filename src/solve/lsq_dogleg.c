/*
 * Powell's dogleg: the Gauss-Newton step when it fits into the trust radius, else the point where the path
 * 0 -> steepest descent step -> Gauss-Newton step leaves it.
 *
 *   d_gn = -A^-1 g,   d_sd = -(|g|^2 / g'A g) g
 *
 * Symbols: delta radius, d_gn newton, d_sd steepest, rho gain.
 * Departs from Madsen, Nielsen & Tingleff (2004, algorithm 3.21) as the published skeleton inference does: the first radius
 * is the length of the first Gauss-Newton step, the radius grows to 2.5 |d| for rho > 0.9 and shrinks to a quarter for
 * rho < 0.05.
 */
#include <math.h>

#include "base/status.h"
#include "solve/lsq_policy.h"

static const double GOOD_GAIN = 0.9, GROWTH = 2.5;
static const double POOR_GAIN = 0.05, SHRINK = 0.25;
static const double SMALLEST_RADIUS = 1e-15; /* relative to |x| */

/* Ridges tried on a singular A, relative to D: the first leaves twelve digits of A alone. */
static const double FIRST_RIDGE = 1e-12, LAST_RIDGE = 1.0, RIDGE_GROWTH = 100.0;

static void start(oik_lsq_policy_state *state, const oik_lsq_options *options) {
    state->radius = options->initial_radius;
    state->fresh = false;
}

static oik_status factor(oik_lsq_model *model, oik_error *err) {
    oik_status status = oik_lsq_model_factor(model, 0.0, NULL);
    for (double ridge = FIRST_RIDGE; status == OIK_E_SOLVER && ridge <= LAST_RIDGE; ridge *= RIDGE_GROWTH)
        status = oik_lsq_model_factor(model, ridge, NULL);
    if (status != OIK_OK)
        return oik_fail(err, status, "no factor of J'J with a ridge up to %g of its diagonal", LAST_RIDGE);
    return OIK_OK;
}

/* Both ends of the path for a new model. */
static oik_status refresh(oik_lsq_policy_state *state, oik_lsq_model *model, oik_error *err) {
    oik_status status = factor(model, err);
    if (status == OIK_OK)
        status = oik_lsq_model_solve(state->newton, model, err);
    if (status != OIK_OK)
        return status;
    size_t n = (size_t)model->n;
    double g_length = oik_lsq_length(model->gradient, n);
    double curvature = oik_normal_matrix_quadratic(model->normal, model->gradient); /* |J g|^2 */
    double share = curvature > 0.0 ? g_length * g_length / curvature : 0.0;
    for (int j = 0; j < model->n; j++)
        state->steepest[j] = -share * model->gradient[j];
    state->newton_length = oik_lsq_length(state->newton, n);
    state->steepest_length = share * g_length;
    if (state->radius <= 0.0)
        state->radius = state->newton_length;
    state->fresh = true;
    return OIK_OK;
}

/* beta in [0, 1] with | d_sd + beta (d_gn - d_sd) | = delta, where |d_sd| < delta < |d_gn| */
static double where_path_leaves(const oik_lsq_policy_state *state, int n) {
    double aa = 0.0, ab = 0.0; /* a = d_gn - d_sd, b = d_sd */
    for (int j = 0; j < n; j++) {
        double a = state->newton[j] - state->steepest[j];
        aa += a * a;
        ab += a * state->steepest[j];
    }
    double room = state->radius * state->radius - state->steepest_length * state->steepest_length;
    double root = sqrt(ab * ab + aa * room);
    /* of the two forms of the root, the one without cancellation */
    return ab > 0.0 ? room / (ab + root) : (root - ab) / aa;
}

static oik_status propose(double *step, oik_lsq_policy_state *state, oik_lsq_model *model, oik_error *err) {
    if (!state->fresh) {
        oik_status status = refresh(state, model, err);
        if (status != OIK_OK)
            return status;
    }
    double along_steepest = 0.0, along_newton = 0.0;
    if (state->newton_length <= state->radius) {
        along_newton = 1.0;
    } else if (state->steepest_length >= state->radius) {
        along_steepest = state->radius / state->steepest_length;
    } else {
        along_newton = where_path_leaves(state, model->n);
        along_steepest = 1.0 - along_newton;
    }
    for (int j = 0; j < model->n; j++)
        step[j] = along_steepest * state->steepest[j] + along_newton * state->newton[j];
    return OIK_OK;
}

static void judge(oik_lsq_policy_state *state, double gain, double length) {
    if (gain > GOOD_GAIN)
        state->radius = fmax(state->radius, GROWTH * length);
    else if (!(gain >= POOR_GAIN))
        state->radius *= SHRINK;
    if (gain > 0.0)
        state->fresh = false;
}

static bool exhausted(const oik_lsq_policy_state *state, double state_length) {
    return state->radius <= SMALLEST_RADIUS * state_length;
}

const oik_lsq_policy oik_lsq_dogleg = {start, propose, NULL, judge, exhausted};
