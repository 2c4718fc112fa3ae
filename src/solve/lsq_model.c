/*
 * The quadratic model of a least-squares problem at one state.
 *
 * Symbols: A normal->values with normal->diagonal, g gradient, D scale.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "solve/lsq_policy.h"

/* Floor of D relative to the largest diagonal entry, so that damping also holds an unknown that no residual sees. Small
   against the spread of metres and radians in one problem (about 1e-4 squared), large against rounding. */
static const double SCALE_FLOOR = 1e-10;

/* Diagonal of a held unknown relative to the largest entry of D: A_jk^2 / hold is then below the rounding of A_kk, so the
   unknown decouples exactly at working precision, as with a unit row, and A need not be copied. */
static const double HOLD = 1e20;

oik_status oik_lsq_model_new(oik_lsq_model **out, const oik_lsq_pattern *pattern, oik_error *err) {
    oik_lsq_model *model = oik_new(1, sizeof *model, err);
    if (!model)
        return OIK_E_MEMORY;
    oik_status status = oik_normal_matrix_new(&model->normal, pattern, err);
    if (status != OIK_OK)
        goto done;
    const oik_normal_matrix *normal = model->normal;
    size_t n = (size_t)normal->n;
    model->n = normal->n;
    model->gradient = oik_new(n, sizeof(double), err);
    model->scale = oik_new(n, sizeof(double), err);
    model->held = oik_new(n, sizeof(bool), err);
    model->fixed_step = oik_new(n, sizeof(double), err);
    model->rhs = oik_new(n, sizeof(double), err);
    if (!model->gradient || !model->scale || !model->held || !model->fixed_step || !model->rhs) {
        status = OIK_E_MEMORY;
        goto done;
    }
    status = oik_cholesky_new(&model->cholesky, normal->n, normal->column_start, normal->row, err);
done:
    if (status == OIK_OK)
        *out = model;
    else
        oik_lsq_model_free(model);
    return status;
}

void oik_lsq_model_free(oik_lsq_model *model) {
    if (!model)
        return;
    oik_normal_matrix_free(model->normal);
    oik_cholesky_free(model->cholesky);
    free(model->gradient);
    free(model->scale);
    free(model->held);
    free(model->fixed_step);
    free(model->rhs);
    free(model);
}

static oik_status check_finite(const oik_lsq_model *model, oik_error *err) {
    for (int j = 0; j < model->n; j++)
        if (!isfinite(model->gradient[j]) || !isfinite(model->normal->diagonal[j]))
            return oik_fail(err, OIK_E_NOT_FINITE, "the derivative with respect to unknown %d of %d is not finite", j, model->n);
    return OIK_OK;
}

static void set_scale(oik_lsq_model *model) {
    const double *diagonal = model->normal->diagonal;
    double largest = 0.0;
    for (int j = 0; j < model->n; j++)
        largest = fmax(largest, diagonal[j]);
    double floor_value = largest > 0.0 ? SCALE_FLOOR * largest : 1.0;
    for (int j = 0; j < model->n; j++)
        model->scale[j] = fmax(diagonal[j], floor_value);
    model->hold = HOLD * fmax(largest, floor_value);
}

static void hold_at_bounds(oik_lsq_model *model, const double *x, const double *lower, const double *upper) {
    for (int j = 0; j < model->n; j++) {
        double g = model->gradient[j];
        model->held[j] = lower && ((x[j] <= lower[j] && g > 0.0) || (x[j] >= upper[j] && g < 0.0));
        if (model->held[j])
            model->gradient[j] = 0.0;
    }
}

oik_status oik_lsq_model_update(oik_lsq_model *model, const double *jac, const double *r, const double *x,
                                const double *lower, const double *upper, oik_error *err) {
    oik_normal_matrix_assemble(model->normal, model->gradient, jac, r);
    oik_status status = check_finite(model, err);
    if (status != OIK_OK)
        return status;
    set_scale(model);
    hold_at_bounds(model, x, lower, upper);
    return OIK_OK;
}

double oik_lsq_model_gradient(const oik_lsq_model *model) {
    double largest = 0.0;
    for (int j = 0; j < model->n; j++)
        largest = fmax(largest, fabs(model->gradient[j]));
    return largest;
}

/* fixed: further unknowns to hold, or NULL */
static oik_status factor(oik_lsq_model *model, double mu, const bool *fixed, oik_error *err) {
    oik_normal_matrix *normal = model->normal;
    for (int j = 0; j < model->n; j++) {
        bool held = model->held[j] || (fixed && fixed[j]);
        normal->values[normal->column_start[j]] = held ? model->hold : normal->diagonal[j] + mu * model->scale[j];
    }
    oik_status status = oik_cholesky_factor(model->cholesky, normal->values, err);
    model->n_factorisations++;
    model->n_singular += status == OIK_E_SOLVER;
    return status;
}

oik_status oik_lsq_model_factor(oik_lsq_model *model, double mu, oik_error *err) {
    return factor(model, mu, NULL, err);
}

oik_status oik_lsq_model_solve(double *step, const oik_lsq_model *model, oik_error *err) {
    oik_status status = oik_cholesky_solve(step, model->cholesky, model->gradient, 1, err);
    for (int j = 0; j < model->n && status == OIK_OK; j++)
        step[j] = model->held[j] ? 0.0 : -step[j];
    return status;
}

oik_status oik_lsq_model_solve_rest(double *step, const bool *fixed, oik_lsq_model *model, double mu, oik_error *err) {
    double *rhs = model->rhs;
    for (int j = 0; j < model->n; j++)
        model->fixed_step[j] = fixed[j] ? step[j] : 0.0;
    oik_normal_matrix_multiply(rhs, model->normal, model->fixed_step);
    for (int j = 0; j < model->n; j++)
        rhs[j] = model->held[j] || fixed[j] ? 0.0 : -(model->gradient[j] + rhs[j]);
    oik_status status = factor(model, mu, fixed, err);
    if (status == OIK_OK)
        status = oik_cholesky_solve(rhs, model->cholesky, rhs, 1, err);
    for (int j = 0; j < model->n && status == OIK_OK; j++)
        if (!fixed[j])
            step[j] = model->held[j] ? 0.0 : rhs[j];
    return status;
}

double oik_lsq_model_decrease(const oik_lsq_model *model, const double *step) {
    double slope = 0.0;
    for (int j = 0; j < model->n; j++)
        slope += model->gradient[j] * step[j];
    return -2.0 * slope - oik_normal_matrix_quadratic(model->normal, step);
}

double oik_lsq_length(const double *v, size_t n) {
    double sum = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += v[j] * v[j];
    return sqrt(sum);
}
