/**
 * Residuals and analytic Jacobian of the puppet's energies (formulas in puppet_terms.h).
 *
 * A row of a term reads  r = L (y_a - y_b) + const  to first order, with y = R u + t, so that
 *   dy/dw = -[R u]_x,  dy/dr = -[R u]_x J_l(r),  dy/dt = I,  dy/ds_k = R mode_k.
 * Pattern and values are produced by the same walk over the terms and cannot disagree.
 */
#include "skeleton/puppet_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"

enum { LOCAL_STATE_PER_PART = 12, TANGENT_PER_PART = 6 };

void oik_terms_init(oik_terms *terms, const oik_skel_model *model, bool with_shape, double *shape) {
    *terms = (oik_terms){.model = model, .with_shape = with_shape, .shape = shape, .status = OIK_OK};
}

void oik_terms_free(oik_terms *terms) {
    oik_terms_forget_solver(terms);
    free(terms->term);
    free(terms->own);
    free(terms->frame);
    terms->term = NULL;
    terms->own = NULL;
    terms->frame = NULL;
    terms->n = terms->capacity = terms->n_own = terms->own_capacity = 0;
}

void oik_terms_clear(oik_terms *terms) {
    terms->n = terms->n_own = 0;
}

/** Room for one element more; the block as it was, and terms->status, when memory is short. */
static void *with_room(oik_terms *terms, void *block, size_t n, size_t *capacity, size_t first, size_t size) {
    if (n < *capacity)
        return block;
    size_t wanted = *capacity ? 2 * *capacity : first;
    void *grown = oik_resize(block, wanted, size, NULL);
    if (!grown) {
        terms->status = OIK_E_MEMORY;
        return block;
    }
    *capacity = wanted;
    return grown;
}

int32_t oik_terms_add_point(oik_terms *terms, int32_t part, oik_vec3 u) {
    if (!terms->status)
        terms->own = with_room(terms, terms->own, terms->n_own, &terms->own_capacity, 16, sizeof *terms->own);
    if (terms->status)
        return 0;
    terms->own[terms->n_own++] = (oik_terms_point){part, u};
    return (int32_t)(terms->model->n_points + terms->n_own - 1);
}

/** The point's number among those that the model does not have, or NULL for a model's point. */
static const oik_terms_point *own_point(const oik_terms *terms, int32_t point) {
    size_t i = (size_t)point, n_points = terms->model->n_points;
    return i >= n_points ? &terms->own[i - n_points] : NULL;
}

static int32_t part_of(const oik_terms *terms, int32_t point) {
    const oik_terms_point *own = own_point(terms, point);
    return own ? own->part : terms->model->point_part[point];
}

/** Entries of the model's mode tables for a point; none for -1 and for own points. */
static void modes_of(int32_t *entry, int32_t *end, const oik_terms *terms, int32_t point) {
    bool has = point >= 0 && !own_point(terms, point);
    *entry = has ? terms->model->mode_start[point] : 0;
    *end = has ? terms->model->mode_start[point + 1] : 0;
}

static oik_vec3 local_of(const oik_terms *terms, const double *shape, int32_t point) {
    const oik_terms_point *own = own_point(terms, point);
    return own ? own->u : oik_puppet_local(shape, terms->model, (size_t)point);
}

void oik_terms_add(oik_terms *terms, oik_term term) {
    if (terms->status || (term.kind != OIK_TERM_ANCHOR && term.weight == 0.0))
        return;
    if (!terms->frame && !(terms->frame = oik_new((size_t)terms->model->n_parts, sizeof *terms->frame, NULL)))
        terms->status = OIK_E_MEMORY;
    terms->term = with_room(terms, terms->term, terms->n, &terms->capacity, 1024, sizeof *terms->term);
    if (terms->status)
        return;
    if (!terms->with_shape) {
        term.u_a = local_of(terms, terms->shape, term.a);
        term.u_b = term.b >= 0 ? local_of(terms, terms->shape, term.b) : v3(0, 0, 0);
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

/** Has a term a second point on another part than the first? On the same one, both have the same columns. */
static bool on_two_parts(const oik_terms *terms, const oik_term *term) {
    return term->b >= 0 && part_of(terms, term->b) != part_of(terms, term->a);
}

static int n_rows_of(const oik_term *term) {
    return term->kind == OIK_TERM_CURVE || term->kind == OIK_TERM_ANCHOR || term->kind == OIK_TERM_STITCH || term->kind == OIK_TERM_OFFSET ? 3 : 1;
}

/** One of the two points of a term in a given state. */
typedef struct placed {
    const oik_terms_frame *frame;
    oik_vec3 arm; /**< R u, without the translation [m] */
    oik_vec3 y;
} placed;

/** Where the parts are in a state; the shape coefficients behind them, or the constant ones. */
static const double *read_state(const oik_terms *terms, const double *x) {
    for (int p = 0; p < terms->model->n_parts; p++) {
        oik_terms_frame *frame = &terms->frame[p];
        if (terms->absolute) {
            oik_vec3 r = v3(x[0], x[1], x[2]);
            frame->R = oik_rot_exp(r);
            frame->turn = oik_rot_right_jacobian(r);
            x += 3;
        } else {
            memcpy(&frame->R, x, sizeof frame->R);
            x += 9;
        }
        frame->t = v3(x[0], x[1], x[2]);
        x += 3;
    }
    return terms->with_shape ? x : terms->shape;
}

/** u: local coordinates, read when the shape is constant; offset is subtracted from them. */
static placed place(const oik_terms *terms, const double *shape, int32_t point, oik_vec3 u, oik_vec3 offset) {
    placed p = {.frame = &terms->frame[part_of(terms, point)]};
    if (terms->with_shape)
        u = local_of(terms, shape, point);
    p.arm = m3_mulv(p.frame->R, v3_sub(u, offset));
    p.y = v3_add(p.arm, p.frame->t);
    return p;
}

/** Three rows w (d), L = w I. */
static void linearise_vector(double r[3], oik_vec3 L[3], oik_vec3 d, double w) {
    for (int i = 0; i < 3; i++) {
        r[i] = w * v3_get(d, i);
        L[i] = v3(i == 0 ? w : 0.0, i == 1 ? w : 0.0, i == 2 ? w : 0.0);
    }
}

static double sign(double v) {
    return (double)((v > 0.0) - (v < 0.0));
}

/** Residual rows r and the linear map L (rows x 3) of one term; the second point enters with -L. n: the term's normal in the world. */
static void linearise(double r[3], oik_vec3 L[3], const oik_term *term, oik_vec3 y_a, oik_vec3 y_b, oik_vec3 n) {
    switch (term->kind) {
    case OIK_TERM_ANCHOR: {
        oik_vec3 d = m3_mulv(term->S, v3_sub(y_a, term->vector));
        for (int i = 0; i < 3; i++) {
            r[i] = v3_get(d, i);
            L[i] = v3(term->S.m[i][0], term->S.m[i][1], term->S.m[i][2]);
        }
        return;
    }
    case OIK_TERM_STITCH: /* the offset is in y_a */
        linearise_vector(r, L, v3_sub(y_a, y_b), term->weight);
        return;
    case OIK_TERM_OFFSET:
        linearise_vector(r, L, v3_sub(v3_sub(y_a, y_b), term->vector), term->weight);
        return;
    case OIK_TERM_LIGAMENT: {
        oik_vec3 d = v3_sub(y_a, y_b);
        double length = v3_norm(d);
        r[0] = term->weight * (length - term->distance);
        L[0] = v3_scale(v3_unit(d), term->weight);
        return;
    }
    case OIK_TERM_BARRIER: {
        double beyond = v3_dot(n, v3_sub(y_a, term->vector)) + term->distance;
        r[0] = beyond > 0.0 ? term->weight * beyond : 0.0;
        L[0] = beyond > 0.0 ? v3_scale(n, term->weight) : v3(0, 0, 0);
        return;
    }
    case OIK_TERM_CLEARANCE: {
        double missing = term->distance - v3_dot(n, v3_sub(y_a, y_b));
        r[0] = missing > 0.0 ? term->weight * missing : 0.0;
        L[0] = missing > 0.0 ? v3_scale(n, -term->weight) : v3(0, 0, 0);
        return;
    }
    case OIK_TERM_CURVE: /* evaluate_curve */
        return;
    case OIK_TERM_CONTACT: {
        oik_vec3 d = v3_sub(y_a, term->vector);
        r[0] = term->weight * v3_dot(d, d);
        L[0] = v3_scale(d, 2.0 * term->weight);
        return;
    }
    case OIK_TERM_SPRING: {
        oik_vec3 d = v3_sub(y_a, term->vector);
        double c = -sign(v3_dot(d, n));
        r[0] = term->weight * (c * v3_norm(d) - term->distance);
        L[0] = v3_scale(v3_unit(d), term->weight * c);
        return;
    }
    }
}

/** Append the 6 values of a part's tangent for one row; sign is -1 for the second point. */
static double *emit_part(double *jac, const oik_terms *terms, oik_vec3 row, const placed *p, double sign_of_point) {
    oik_vec3 l = v3_scale(row, sign_of_point), w = v3_cross(p->arm, l);
    if (terms->absolute)
        w = m3_mulv(p->frame->turn, w);
    jac[0] = w.x;
    jac[1] = w.y;
    jac[2] = w.z;
    jac[3] = l.x;
    jac[4] = l.y;
    jac[5] = l.z;
    return jac + TANGENT_PER_PART;
}

/** The second point on the part of the first: its values are added to the 6 that are there. */
static void add_part(double *jac, const oik_terms *terms, oik_vec3 row, const placed *p) {
    double second[TANGENT_PER_PART];
    emit_part(second, terms, row, p, -1.0);
    for (int k = 0; k < TANGENT_PER_PART; k++)
        jac[k] += second[k];
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
    int32_t ea, end_a, eb, end_b, in_a, in_b;
    modes_of(&ea, &end_a, terms, term->a);
    modes_of(&eb, &end_b, terms, term->b);
    oik_vec3 row_a = m3_tmulv(a->frame->R, row), row_b = b ? m3_tmulv(b->frame->R, row) : v3(0, 0, 0);
    while (next_mode(model, &ea, end_a, &eb, end_b, &in_a, &in_b) >= 0) {
        double value = in_a >= 0 ? v3_dot(row_a, model->mode_vector[in_a]) : 0.0;
        if (in_b >= 0)
            value -= v3_dot(row_b, model->mode_vector[in_b]);
        *jac++ = value;
    }
    return jac;
}

/**
 * Rows of the rotations of three parts: r = w sum_k c_k R_k d_k, and of a turn w_k of part k: dr = w c_k w_k x (R_k d_k).
 * Columns of its parts only; no shape mode turns a direction.
 */
static double *evaluate_curve(double *r, double *jac, const oik_terms *terms, const oik_term *term) {
    const int32_t point[3] = {term->a, term->b, term->c};
    const double c[3] = {term->distance - 1.0, 1.0, -term->distance};
    oik_vec3 sum = v3(0, 0, 0), turned[3];
    for (int k = 0; k < 3; k++) {
        turned[k] = v3_scale(m3_mulv(terms->frame[part_of(terms, point[k])].R, m3_column(term->S, k)), term->weight * c[k]);
        sum = v3_add(sum, turned[k]);
    }
    for (int i = 0; i < 3; i++)
        r[i] = v3_get(sum, i);
    for (int i = 0; i < 3 && jac; i++)
        for (int k = 0; k < 3; k++) {
            placed p = {.frame = &terms->frame[part_of(terms, point[k])], .arm = turned[k]};
            emit_part(jac, terms, v3(i == 0, i == 1, i == 2), &p, 1.0);
            jac[3] = jac[4] = jac[5] = 0.0; /* a direction does not shift */
            jac += TANGENT_PER_PART;
        }
    return jac;
}

static double *evaluate_term(double *r, double *jac, const oik_terms *terms, const oik_term *term, const double *shape) {
    oik_vec3 L[3], zero = v3(0, 0, 0);
    if (term->kind == OIK_TERM_CURVE)
        return evaluate_curve(r, jac, terms, term);
    placed a = place(terms, shape, term->a, term->u_a, term->kind == OIK_TERM_STITCH ? term->vector : zero), b = {0};
    if (term->b >= 0)
        b = place(terms, shape, term->b, term->u_b, zero);
    oik_vec3 n = term->normal;
    if (term->kind == OIK_TERM_CLEARANCE && b.frame) { /* the plane turns with the part of b, as if that carried the place where a is */
        n = m3_mulv(b.frame->R, n);
        b.arm = v3_sub(a.y, b.frame->t);
    }
    linearise(r, L, term, a.y, b.y, n);
    if (!jac)
        return NULL;
    for (int i = 0; i < n_rows_of(term); i++) {
        jac = emit_part(jac, terms, L[i], &a, 1.0);
        if (on_two_parts(terms, term))
            jac = emit_part(jac, terms, L[i], &b, -1.0);
        else if (term->b >= 0)
            add_part(jac - TANGENT_PER_PART, terms, L[i], &b);
        if (terms->with_shape)
            jac = emit_modes(jac, terms, term, L[i], &a, term->b >= 0 ? &b : NULL);
    }
    return jac;
}

void oik_terms_evaluate(double *r, double *jac, const oik_terms *terms, const double *x) {
    const double *shape = terms->n > 0 ? read_state(terms, x) : NULL;
    for (size_t i = 0; i < terms->n; i++) {
        jac = evaluate_term(r, jac, terms, &terms->term[i], shape);
        r += n_rows_of(&terms->term[i]);
    }
    if (!terms->with_shape)
        return;
    shape = x + (size_t)terms->model->n_parts * LOCAL_STATE_PER_PART;
    for (size_t k = 0; k < terms->model->n_modes; k++) {
        r[k] = terms->model->mode_weight[k] * shape[k];
        if (jac)
            jac[k] = terms->model->mode_weight[k];
    }
}

/* ---- pattern: the same walk as evaluate ---- */

static int n_columns_of(const oik_terms *terms, const oik_term *term) {
    const oik_skel_model *model = terms->model;
    if (term->kind == OIK_TERM_CURVE)
        return 3 * TANGENT_PER_PART;
    int n = on_two_parts(terms, term) ? 2 * TANGENT_PER_PART : TANGENT_PER_PART;
    if (!terms->with_shape)
        return n;
    int32_t ea, end_a, eb, end_b, in_a, in_b;
    modes_of(&ea, &end_a, terms, term->a);
    modes_of(&eb, &end_b, terms, term->b);
    while (next_mode(model, &ea, end_a, &eb, end_b, &in_a, &in_b) >= 0)
        n++;
    return n;
}

static int *pattern_row(int *col, const oik_terms *terms, const oik_term *term) {
    const oik_skel_model *model = terms->model;
    if (term->kind == OIK_TERM_CURVE) {
        const int32_t point[3] = {term->a, term->b, term->c};
        for (int k = 0; k < 3 * TANGENT_PER_PART; k++)
            *col++ = part_of(terms, point[k / TANGENT_PER_PART]) * TANGENT_PER_PART + k % TANGENT_PER_PART;
        return col;
    }
    for (int k = 0; k < TANGENT_PER_PART; k++)
        *col++ = part_of(terms, term->a) * TANGENT_PER_PART + k;
    for (int k = 0; on_two_parts(terms, term) && k < TANGENT_PER_PART; k++)
        *col++ = part_of(terms, term->b) * TANGENT_PER_PART + k;
    if (!terms->with_shape)
        return col;
    int32_t ea, end_a, eb, end_b, in_a, in_b, mode;
    modes_of(&ea, &end_a, terms, term->a);
    modes_of(&eb, &end_b, terms, term->b);
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
