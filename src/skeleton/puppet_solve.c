/**
 * The puppet as a state of the least-squares solver (table in puppet_terms.h), and its solving.
 */
#include "skeleton/puppet_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

/* R and t, or r and t. */
enum { LOCAL_STATE_PER_PART = 12, ABSOLUTE_STATE_PER_PART = 6, TANGENT_PER_PART = 6 };

/** What the solver's callbacks need. */
typedef struct problem {
    const oik_terms *terms;
    const oik_skel_options *options;
    oik_puppet *view; /**< puppet filled from a state for callbacks */
    bool cancelled;
} problem;

/* ---- puppet <-> state ---- */

size_t oik_terms_state_size(const oik_terms *terms) {
    size_t per_part = terms->absolute ? ABSOLUTE_STATE_PER_PART : LOCAL_STATE_PER_PART;
    return (size_t)terms->model->n_parts * per_part + (terms->with_shape ? terms->model->n_modes : 0);
}

/** Copy n bytes and give the place behind them. */
static double *put(double *x, const void *from, size_t size) {
    memcpy(x, from, size);
    return x + size / sizeof *x;
}

static const double *take(void *to, const double *x, size_t size) {
    memcpy(to, x, size);
    return x + size / sizeof *x;
}

void oik_terms_pack(double *x, const oik_terms *terms, const oik_puppet *puppet) {
    for (int p = 0; p < puppet->n_parts; p++) {
        x = terms->absolute ? put(x, &puppet->r[p], sizeof(oik_vec3)) : put(x, &puppet->R[p], sizeof(oik_mat3));
        x = put(x, &puppet->t[p], sizeof(oik_vec3));
    }
    if (terms->with_shape)
        put(x, puppet->shape, puppet->n_modes * sizeof *x);
}

static void unpack(oik_puppet *puppet, const double *x, const oik_terms *terms) {
    for (int p = 0; p < puppet->n_parts; p++) {
        if (terms->absolute) {
            x = take(&puppet->r[p], x, sizeof(oik_vec3));
            puppet->R[p] = oik_rot_exp(puppet->r[p]);
        } else {
            x = take(&puppet->R[p], x, sizeof(oik_mat3));
        }
        x = take(&puppet->t[p], x, sizeof(oik_vec3));
    }
    if (terms->with_shape)
        take(puppet->shape, x, puppet->n_modes * sizeof *x);
}

/** x_new = x + dx, n numbers. */
static void add(double *x_new, const double *x, const double *dx, size_t n) {
    for (size_t i = 0; i < n; i++)
        x_new[i] = x[i] + dx[i];
}

void oik_terms_retract(double *x_new, const oik_terms *terms, const double *x, const double *dx) {
    if (terms->absolute) {
        add(x_new, x, dx, oik_terms_state_size(terms));
        return;
    }
    for (int p = 0; p < terms->model->n_parts; p++) {
        oik_mat3 R;
        memcpy(&R, x, sizeof R);
        R = m3_mul(oik_rot_exp(v3(dx[0], dx[1], dx[2])), R);
        memcpy(x_new, &R, sizeof R);
        add(x_new + 9, x + 9, dx + 3, 3);
        x += LOCAL_STATE_PER_PART;
        x_new += LOCAL_STATE_PER_PART;
        dx += TANGENT_PER_PART;
    }
    if (terms->with_shape)
        add(x_new, x, dx, terms->model->n_modes);
}

/* ---- solving ---- */

static oik_status evaluate(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    oik_terms_evaluate(r, jac, ((problem *)context)->terms, x);
    return OIK_OK;
}

static void retract(void *context, double *x_new, const double *x, const double *dx) {
    oik_terms_retract(x_new, ((problem *)context)->terms, x, dx);
}

static int on_step(void *context, int iteration, const double *x, double cost) {
    problem *p = context;
    if (!p->options->on_step)
        return 0;
    unpack(p->view, x, p->terms);
    p->cancelled = p->options->on_step(p->options->on_step_context, iteration, p->view, cost) != 0;
    return p->cancelled;
}

static bool same_pattern(const oik_lsq_pattern *a, const oik_lsq_pattern *b) {
    return a->n_rows == b->n_rows && a->n_unknowns == b->n_unknowns && a->row_start && b->row_start &&
           memcmp(a->row_start, b->row_start, ((size_t)a->n_rows + 1) * sizeof(int)) == 0 &&
           memcmp(a->col, b->col, (size_t)a->row_start[a->n_rows] * sizeof(int)) == 0;
}

void oik_terms_forget_solver(oik_terms *terms) {
    free(terms->state);
    oik_lsq_free(terms->lsq);
    oik_terms_pattern_free(&terms->pattern);
    terms->state = NULL;
    terms->lsq = NULL;
}

/** The solver's workspace for the terms as they are now: the last one when it fits. */
static oik_status prepare_solver(oik_terms *terms, oik_error *err) {
    oik_lsq_pattern pattern = {0};
    size_t size = oik_terms_state_size(terms);
    oik_status status = oik_terms_pattern(&pattern, terms, err);
    if (!status && same_pattern(&pattern, &terms->pattern)) {
        oik_terms_pattern_free(&pattern);
        return OIK_OK;
    }
    oik_terms_forget_solver(terms);
    if (!status)
        status = oik_lsq_new(&terms->lsq, &pattern, size, err);
    if (!status && !(terms->state = oik_new(size, sizeof *terms->state, err)))
        status = OIK_E_MEMORY;
    terms->pattern = pattern;
    if (status)
        oik_terms_forget_solver(terms);
    return status;
}

oik_status oik_terms_minimise(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_lsq_options *solver,
                              const oik_skel_options *options, oik_error *err) {
    problem context = {terms, options, puppet, false};
    oik_status status = terms->status ? oik_fail(err, terms->status, "out of memory for the skeleton's energies")
                                      : prepare_solver(terms, err);
    if (status)
        return status;
    oik_terms_pack(terms->state, terms, puppet);
    oik_lsq_problem problem_ = {
        .context = &context, .state_size = oik_terms_state_size(terms), .evaluate = evaluate, .retract = retract};
    oik_lsq_options lsq_options = *solver;
    lsq_options.on_step = on_step;
    lsq_options.on_step_context = &context;
    status = oik_lsq_solve(report, terms->lsq, terms->state, &problem_, &lsq_options, err);
    if (!status)
        unpack(puppet, terms->state, terms);
    if (!status && context.cancelled)
        status = oik_fail(err, OIK_E_CANCELLED, "stopped by the caller while placing the bones");
    return status;
}

oik_status oik_terms_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_skel_options *options,
                           oik_error *err) {
    oik_lsq_options solver = oik_lsq_options_default();
    solver.cost_tolerance = options->cost_tolerance;
    solver.max_iterations = options->max_iterations;
    return oik_terms_minimise(report, puppet, terms, &solver, options, err);
}
