/**
 * Residuals and analytic Jacobian of the puppet's energies (formulas in puppet_terms.h).
 *
 * A row of a term reads  r = L (y_a - y_b) + const  to first order, with y = R u + t, so that
 *   dy/dw = -[R u]_x,  dy/dt = I,  dy/ds_k = R mode_k.
 * Pattern and values are produced by the same walk over the terms and cannot disagree.
 */
#include "skeleton/puppet_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

enum { STATE_PER_PART = 12, TANGENT_PER_PART = 6 };

typedef struct problem {
    const oik_terms *terms;
    const oik_skel_options *options;
    oik_puppet *view; /**< puppet filled from a state for callbacks */
    bool cancelled;
} problem;

void oik_terms_init(oik_terms *terms, const oik_skel_model *model, bool with_shape, double *shape) {
    *terms = (oik_terms){.model = model, .with_shape = with_shape, .shape = shape, .status = OIK_OK};
}

static void forget_solver(oik_terms *terms) {
    free(terms->state);
    oik_lsq_free(terms->lsq);
    oik_terms_pattern_free(&terms->pattern);
    terms->state = NULL;
    terms->lsq = NULL;
}

void oik_terms_free(oik_terms *terms) {
    forget_solver(terms);
    free(terms->term);
    terms->term = NULL;
}

void oik_terms_add(oik_terms *terms, oik_term term) {
    if (terms->status || (term.kind != OIK_TERM_ANCHOR && term.weight == 0.0))
        return;
    if (terms->n == terms->capacity) {
        size_t capacity = terms->capacity ? 2 * terms->capacity : 1024;
        oik_term *grown = oik_resize(terms->term, capacity, sizeof *grown, NULL);
        if (!grown) {
            terms->status = OIK_E_MEMORY;
            return;
        }
        terms->term = grown;
        terms->capacity = capacity;
    }
    terms->term[terms->n++] = term;
}

oik_term oik_term_anchor(int32_t point, oik_vec3 target, double w, oik_vec3 n, double across) {
    oik_mat3 nn = m3_outer(n, n);
    oik_mat3 S = m3_add(m3_scale(m3_identity(), w * across), m3_scale(nn, w * (1.0 - across)));
    return (oik_term){.kind = OIK_TERM_ANCHOR, .a = point, .b = -1, .vector = target, .S = S};
}

oik_term oik_term_stitch(int32_t a, int32_t b, double w, oik_vec3 offset) {
    return (oik_term){.kind = OIK_TERM_STITCH, .a = a, .b = b, .weight = w, .vector = offset};
}

static int n_rows_of(const oik_term *term) {
    return term->kind == OIK_TERM_ANCHOR || term->kind == OIK_TERM_STITCH ? 3 : 1;
}

/** One of the two points of a term in a given state. */
typedef struct placed {
    int32_t part;
    oik_mat3 R;
    oik_vec3 arm; /**< R u, without the translation [m] */
    oik_vec3 y;
} placed;

static const double *shape_of(const oik_terms *terms, const double *x) {
    return terms->with_shape ? x + (size_t)terms->model->n_parts * STATE_PER_PART : terms->shape;
}

static placed place(const oik_terms *terms, const double *x, int32_t point, oik_vec3 offset) {
    const oik_skel_model *model = terms->model;
    placed p = {.part = model->point_part[point]};
    const double *state = x + (size_t)p.part * STATE_PER_PART;
    memcpy(&p.R, state, sizeof p.R);
    oik_vec3 u = v3_sub(oik_puppet_local(shape_of(terms, x), model, (size_t)point), offset);
    p.arm = m3_mulv(p.R, u);
    p.y = v3_add(p.arm, v3(state[9], state[10], state[11]));
    return p;
}

/** Residual rows r and the linear map L (rows x 3) of one term; the second point enters with -L. */
static void linearise(double r[3], oik_vec3 L[3], const oik_term *term, oik_vec3 y_a, oik_vec3 y_b) {
    switch (term->kind) {
    case OIK_TERM_ANCHOR: {
        oik_vec3 d = m3_mulv(term->S, v3_sub(y_a, term->vector));
        for (int i = 0; i < 3; i++) {
            r[i] = v3_get(d, i);
            L[i] = v3(term->S.m[i][0], term->S.m[i][1], term->S.m[i][2]);
        }
        return;
    }
    case OIK_TERM_STITCH: {
        oik_vec3 d = v3_scale(v3_sub(y_a, y_b), term->weight);
        for (int i = 0; i < 3; i++) {
            r[i] = v3_get(d, i);
            L[i] = v3(i == 0 ? term->weight : 0.0, i == 1 ? term->weight : 0.0, i == 2 ? term->weight : 0.0);
        }
        return;
    }
    case OIK_TERM_LIGAMENT: {
        oik_vec3 d = v3_sub(y_a, y_b);
        double length = v3_norm(d);
        r[0] = term->weight * (length - term->distance);
        L[0] = v3_scale(v3_unit(d), term->weight);
        return;
    }
    case OIK_TERM_BARRIER: {
        double beyond = v3_dot(term->normal, v3_sub(y_a, term->vector)) + term->distance;
        r[0] = beyond > 0.0 ? term->weight * beyond : 0.0;
        L[0] = beyond > 0.0 ? v3_scale(term->normal, term->weight) : v3(0, 0, 0);
        return;
    }
    }
}

/** Append the 6 values of a part's tangent for one row; sign is -1 for the second point. */
static double *emit_part(double *jac, oik_vec3 row, oik_vec3 arm, double sign) {
    oik_vec3 l = v3_scale(row, sign), w = v3_cross(arm, l);
    jac[0] = w.x;
    jac[1] = w.y;
    jac[2] = w.z;
    jac[3] = l.x;
    jac[4] = l.y;
    jac[5] = l.z;
    return jac + TANGENT_PER_PART;
}

/**
 * Merge walk over the modes of points a and b (both ascending): calls give each mode once.
 * @return next mode index, or -1 at the end; *in_a, *in_b are the entries that carry it or -1
 */
static int32_t next_mode(const oik_skel_model *model, int32_t *entry_a, int32_t end_a, int32_t *entry_b, int32_t end_b,
                         int32_t *in_a, int32_t *in_b) {
    int32_t mode_a = *entry_a < end_a ? model->mode_index[*entry_a] : INT32_MAX;
    int32_t mode_b = *entry_b < end_b ? model->mode_index[*entry_b] : INT32_MAX;
    int32_t mode = mode_a < mode_b ? mode_a : mode_b;
    *in_a = mode != INT32_MAX && mode == mode_a ? (*entry_a)++ : -1;
    *in_b = mode != INT32_MAX && mode == mode_b ? (*entry_b)++ : -1;
    return mode == INT32_MAX ? -1 : mode;
}

static double *emit_modes(double *jac, const oik_terms *terms, const oik_term *term, oik_vec3 row, const placed *a,
                          const placed *b) {
    const oik_skel_model *model = terms->model;
    int32_t ea = model->mode_start[term->a], end_a = model->mode_start[term->a + 1];
    int32_t eb = 0, end_b = 0, in_a, in_b;
    if (term->b >= 0) {
        eb = model->mode_start[term->b];
        end_b = model->mode_start[term->b + 1];
    }
    oik_vec3 row_a = m3_tmulv(a->R, row), row_b = b ? m3_tmulv(b->R, row) : v3(0, 0, 0);
    while (next_mode(model, &ea, end_a, &eb, end_b, &in_a, &in_b) >= 0) {
        double value = in_a >= 0 ? v3_dot(row_a, model->mode_vector[in_a]) : 0.0;
        if (in_b >= 0)
            value -= v3_dot(row_b, model->mode_vector[in_b]);
        *jac++ = value;
    }
    return jac;
}

static double *evaluate_term(double *r, double *jac, const oik_terms *terms, const oik_term *term, const double *x) {
    oik_vec3 L[3], zero = v3(0, 0, 0);
    placed a = place(terms, x, term->a, term->kind == OIK_TERM_STITCH ? term->vector : zero), b = {.part = -1};
    if (term->b >= 0)
        b = place(terms, x, term->b, zero);
    linearise(r, L, term, a.y, b.y);
    if (!jac)
        return NULL;
    for (int i = 0; i < n_rows_of(term); i++) {
        jac = emit_part(jac, L[i], a.arm, 1.0);
        if (term->b >= 0)
            jac = emit_part(jac, L[i], b.arm, -1.0);
        if (terms->with_shape)
            jac = emit_modes(jac, terms, term, L[i], &a, term->b >= 0 ? &b : NULL);
    }
    return jac;
}

void oik_terms_evaluate(double *r, double *jac, const oik_terms *terms, const double *x) {
    for (size_t i = 0; i < terms->n; i++) {
        jac = evaluate_term(r, jac, terms, &terms->term[i], x);
        r += n_rows_of(&terms->term[i]);
    }
    if (!terms->with_shape)
        return;
    const double *shape = shape_of(terms, x);
    for (size_t k = 0; k < terms->model->n_modes; k++) {
        r[k] = terms->model->mode_weight[k] * shape[k];
        if (jac)
            jac[k] = terms->model->mode_weight[k];
    }
}

void oik_terms_retract(double *x_new, const oik_terms *terms, const double *x, const double *dx) {
    for (int p = 0; p < terms->model->n_parts; p++) {
        oik_mat3 R;
        memcpy(&R, x, sizeof R);
        R = m3_mul(oik_rot_exp(v3(dx[0], dx[1], dx[2])), R);
        memcpy(x_new, &R, sizeof R);
        for (int i = 0; i < 3; i++)
            x_new[9 + i] = x[9 + i] + dx[3 + i];
        x += STATE_PER_PART;
        x_new += STATE_PER_PART;
        dx += TANGENT_PER_PART;
    }
    for (size_t k = 0; terms->with_shape && k < terms->model->n_modes; k++)
        x_new[k] = x[k] + dx[k];
}

/* ---- pattern: the same walk as evaluate ---- */

static int n_columns_of(const oik_terms *terms, const oik_term *term) {
    const oik_skel_model *model = terms->model;
    int n = term->b >= 0 ? 2 * TANGENT_PER_PART : TANGENT_PER_PART;
    if (!terms->with_shape)
        return n;
    int32_t ea = model->mode_start[term->a], end_a = model->mode_start[term->a + 1], in_a, in_b;
    int32_t eb = term->b >= 0 ? model->mode_start[term->b] : 0, end_b = term->b >= 0 ? model->mode_start[term->b + 1] : 0;
    while (next_mode(model, &ea, end_a, &eb, end_b, &in_a, &in_b) >= 0)
        n++;
    return n;
}

static int *pattern_row(int *col, const oik_terms *terms, const oik_term *term) {
    const oik_skel_model *model = terms->model;
    for (int k = 0; k < TANGENT_PER_PART; k++)
        *col++ = model->point_part[term->a] * TANGENT_PER_PART + k;
    for (int k = 0; term->b >= 0 && k < TANGENT_PER_PART; k++)
        *col++ = model->point_part[term->b] * TANGENT_PER_PART + k;
    if (!terms->with_shape)
        return col;
    int32_t ea = model->mode_start[term->a], end_a = model->mode_start[term->a + 1], in_a, in_b, mode;
    int32_t eb = term->b >= 0 ? model->mode_start[term->b] : 0, end_b = term->b >= 0 ? model->mode_start[term->b + 1] : 0;
    while ((mode = next_mode(model, &ea, end_a, &eb, end_b, &in_a, &in_b)) >= 0)
        *col++ = model->n_parts * TANGENT_PER_PART + mode;
    return col;
}

oik_status oik_terms_pattern(oik_lsq_pattern *pattern, const oik_terms *terms, oik_error *err) {
    const oik_skel_model *model = terms->model;
    int n_modes = terms->with_shape ? (int)model->n_modes : 0, rows = n_modes, entries = n_modes;
    for (size_t i = 0; i < terms->n; i++) {
        rows += n_rows_of(&terms->term[i]);
        entries += n_rows_of(&terms->term[i]) * n_columns_of(terms, &terms->term[i]);
    }
    int *start = oik_new((size_t)rows + 1, sizeof *start, err), *col = oik_new((size_t)entries, sizeof *col, err);
    *pattern = (oik_lsq_pattern){rows, model->n_parts * TANGENT_PER_PART + n_modes, start, col};
    if (!start || !col)
        return OIK_E_MEMORY;
    int row = 0, *next = col;
    for (size_t i = 0; i < terms->n; i++)
        for (int k = 0; k < n_rows_of(&terms->term[i]); k++) {
            next = pattern_row(next, terms, &terms->term[i]);
            start[++row] = (int)(next - col);
        }
    for (int k = 0; k < n_modes; k++) {
        *next++ = model->n_parts * TANGENT_PER_PART + k;
        start[++row] = (int)(next - col);
    }
    return OIK_OK;
}

void oik_terms_pattern_free(oik_lsq_pattern *pattern) {
    free((void *)pattern->row_start);
    free((void *)pattern->col);
    *pattern = (oik_lsq_pattern){0};
}

/* ---- puppet <-> state ---- */

size_t oik_terms_state_size(const oik_terms *terms) {
    return (size_t)terms->model->n_parts * STATE_PER_PART + (terms->with_shape ? terms->model->n_modes : 0);
}

void oik_terms_pack(double *x, const oik_terms *terms, const oik_puppet *puppet) {
    for (int p = 0; p < puppet->n_parts; p++, x += STATE_PER_PART) {
        memcpy(x, &puppet->R[p], sizeof(oik_mat3));
        memcpy(x + 9, &puppet->t[p], sizeof(oik_vec3));
    }
    if (terms->with_shape)
        memcpy(x, puppet->shape, puppet->n_modes * sizeof *x);
}

static void unpack(oik_puppet *puppet, const double *x, bool with_shape) {
    for (int p = 0; p < puppet->n_parts; p++, x += STATE_PER_PART) {
        memcpy(&puppet->R[p], x, sizeof(oik_mat3));
        memcpy(&puppet->t[p], x + 9, sizeof(oik_vec3));
    }
    if (with_shape)
        memcpy(puppet->shape, x, puppet->n_modes * sizeof *x);
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
    unpack(p->view, x, p->terms->with_shape);
    p->cancelled = p->options->on_step(p->options->on_step_context, iteration, p->view, cost) != 0;
    return p->cancelled;
}

static bool same_pattern(const oik_lsq_pattern *a, const oik_lsq_pattern *b) {
    return a->n_rows == b->n_rows && a->n_unknowns == b->n_unknowns && a->row_start && b->row_start &&
           memcmp(a->row_start, b->row_start, ((size_t)a->n_rows + 1) * sizeof(int)) == 0 &&
           memcmp(a->col, b->col, (size_t)a->row_start[a->n_rows] * sizeof(int)) == 0;
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
    forget_solver(terms);
    if (!status)
        status = oik_lsq_new(&terms->lsq, &pattern, size, err);
    if (!status && !(terms->state = oik_new(size, sizeof *terms->state, err)))
        status = OIK_E_MEMORY;
    terms->pattern = pattern;
    if (status)
        forget_solver(terms);
    return status;
}

oik_status oik_terms_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_skel_options *options,
                           oik_error *err) {
    problem context = {terms, options, puppet, false};
    oik_status status = terms->status ? oik_fail(err, terms->status, "out of memory for the skeleton's energies")
                                      : prepare_solver(terms, err);
    if (status)
        return status;
    oik_terms_pack(terms->state, terms, puppet);
    oik_lsq_problem problem_ = {
        .context = &context, .state_size = oik_terms_state_size(terms), .evaluate = evaluate, .retract = retract};
    oik_lsq_options lsq_options = oik_lsq_options_default();
    lsq_options.cost_tolerance = options->cost_tolerance;
    lsq_options.max_iterations = options->max_iterations;
    lsq_options.on_step = on_step;
    lsq_options.on_step_context = &context;
    status = oik_lsq_solve(report, terms->lsq, terms->state, &problem_, &lsq_options, err);
    if (!status)
        unpack(puppet, terms->state, terms->with_shape);
    if (!status && context.cancelled)
        status = oik_fail(err, OIK_E_CANCELLED, "stopped by the caller while placing the bones");
    return status;
}
