/**
 * The subject's own skin in the rest pose (see the header).
 *
 *   symbol  code
 *   L       row v: 1 at v, -1/degree at its neighbours
 *   L^T L   lower triangle in compressed columns: column_start, row, LtL
 *   w       trust
 */
#include "body/unpose.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "solve/cholesky.h"

/** Neighbours of every vertex, each list ascending and without repetition. */
typedef struct adjacency {
    int *start; /**< n + 1 */
    int *list;
} adjacency;

struct oik_body_unpose {
    const oik_body_model *model;
    int *column_start, *row; /**< pattern of the lower triangle; the diagonal comes first in each column */
    double *LtL;             /**< values in this pattern */
    double *values;          /**< diag(w) + mu L^T L */
    double *trust;           /**< n_vertices */
    double *rhs;             /**< 3 n_vertices, one coordinate after the other; then the solution */
    oik_cholesky *factor;
};

static int ascending(const void *a, const void *b) {
    int p = *(const int *)a, q = *(const int *)b;
    return (p > q) - (p < q);
}

/** Sort each list and drop repetitions, moving the lists together. */
static void compact_lists(adjacency *a, size_t n) {
    int end = 0;
    for (size_t v = 0; v < n; v++) {
        int first = a->start[v], last = a->start[v + 1];
        qsort(a->list + first, (size_t)(last - first), sizeof *a->list, ascending);
        a->start[v] = end;
        for (int e = first; e < last; e++)
            if (e == first || a->list[e] != a->list[end - 1])
                a->list[end++] = a->list[e];
    }
    a->start[n] = end;
}

/** Every directed edge of the faces and of their mirror images: counted (fill NULL) or stored. */
static void count_or_fill(adjacency *a, const oik_body_model *model, int *fill) {
    for (size_t f = 0; f < model->n_faces; f++)
        for (int c = 0; c < 6; c++) {
            int from = model->faces[f][c % 3], to = model->faces[f][(c % 3 + 1 + c / 3) % 3];
            int twins[2][2] = {{from, to}, {model->mirror[from], model->mirror[to]}};
            for (int s = 0; s < 2; s++) {
                if (fill)
                    a->list[fill[twins[s][0]]++] = twins[s][1];
                else
                    a->start[twins[s][0] + 1]++;
            }
        }
}

/** Neighbours along the edges of the faces and of their mirror images. */
static oik_status find_neighbours(adjacency *a, const oik_body_model *model, oik_error *err) {
    size_t n = model->n_vertices;
    int *fill = oik_new(n, sizeof *fill, err);
    a->start = oik_new(n + 1, sizeof *a->start, err);
    a->list = oik_new(model->n_faces, 12 * sizeof *a->list, err);
    if (!fill || !a->start || !a->list) {
        free(fill);
        return OIK_E_MEMORY;
    }
    count_or_fill(a, model, NULL);
    for (size_t v = 0; v < n; v++) {
        a->start[v + 1] += a->start[v];
        fill[v] = a->start[v];
    }
    count_or_fill(a, model, fill);
    compact_lists(a, n);
    free(fill);
    return OIK_OK;
}

/** L_vv and the common value of L_vi at its neighbours; a vertex without neighbours has an empty row. */
static double diagonal(const adjacency *a, int v) {
    return a->start[v + 1] > a->start[v] ? 1.0 : 0.0;
}
static double off_diagonal(const adjacency *a, int v) {
    return -1.0 / (a->start[v + 1] - a->start[v]);
}

/** One column of L^T L under construction. */
typedef struct column {
    double *value; /**< n, 0 outside the column */
    int *row;      /**< n, rows found */
    int *seen;     /**< n, column that last touched a row, plus 1 */
    int n_rows;
} column;

static void column_add(column *c, int j, int i, double value) {
    if (i < j)
        return;
    if (c->seen[i] != j + 1) {
        c->seen[i] = j + 1;
        c->row[c->n_rows++] = i;
        c->value[i] = 0.0;
    }
    c->value[i] += value;
}

/** Row k of L times L_kj, added to column j. */
static void add_row(column *c, int j, const adjacency *a, int k, double L_kj) {
    column_add(c, j, k, L_kj * diagonal(a, k));
    for (int e = a->start[k]; e < a->start[k + 1]; e++)
        column_add(c, j, a->list[e], L_kj * off_diagonal(a, k));
}

/** Lower part of column j: (L^T L)_ij = sum_k L_ki L_kj over k = j and the neighbours of j. */
static void build_column(column *c, int j, const adjacency *a) {
    c->n_rows = 0;
    add_row(c, j, a, j, diagonal(a, j));
    for (int e = a->start[j]; e < a->start[j + 1]; e++)
        add_row(c, j, a, a->list[e], off_diagonal(a, a->list[e]));
    qsort(c->row, (size_t)c->n_rows, sizeof *c->row, ascending);
}

/** Count the entries of every column, then store them. */
static oik_status build_matrix(oik_body_unpose *unpose, const adjacency *a, column *c, oik_error *err) {
    int n = (int)unpose->model->n_vertices;
    for (int j = 0; j < n; j++) {
        build_column(c, j, a);
        if (unpose->column_start[j] > INT_MAX - c->n_rows)
            return oik_fail(err, OIK_E_MODEL, "body model: the faces join too many vertices for the un-posing matrix");
        unpose->column_start[j + 1] = unpose->column_start[j] + c->n_rows;
    }
    size_t n_entries = (size_t)unpose->column_start[n];
    unpose->row = oik_new(n_entries, sizeof *unpose->row, err);
    unpose->LtL = oik_new(n_entries, sizeof *unpose->LtL, err);
    unpose->values = oik_new(n_entries, sizeof *unpose->values, err);
    if (!unpose->row || !unpose->LtL || !unpose->values)
        return OIK_E_MEMORY;
    for (int j = 0; j < n; j++)
        c->seen[j] = 0;
    for (int j = 0; j < n; j++) {
        build_column(c, j, a);
        for (int e = 0; e < c->n_rows; e++) {
            unpose->row[unpose->column_start[j] + e] = c->row[e];
            unpose->LtL[unpose->column_start[j] + e] = c->value[c->row[e]];
        }
    }
    return OIK_OK;
}

/** The matrix and its symbolic analysis. */
static oik_status analyse(oik_body_unpose *unpose, oik_error *err) {
    size_t n = unpose->model->n_vertices;
    adjacency a = {NULL, NULL};
    column c = {oik_new(n, sizeof *c.value, err), oik_new(n, sizeof *c.row, err), oik_new(n, sizeof *c.seen, err), 0};
    oik_status status = c.value && c.row && c.seen ? find_neighbours(&a, unpose->model, err) : OIK_E_MEMORY;
    if (!status)
        status = build_matrix(unpose, &a, &c, err);
    if (!status)
        status = oik_cholesky_new(&unpose->factor, (int)n, unpose->column_start, unpose->row, err);
    free(a.start);
    free(a.list);
    free(c.value);
    free(c.row);
    free(c.seen);
    return status;
}

oik_status oik_body_unpose_new(oik_body_unpose **out, const oik_body_model *model, oik_error *err) {
    *out = NULL;
    oik_body_unpose *unpose = oik_new(1, sizeof *unpose, err);
    if (!unpose)
        return OIK_E_MEMORY;
    unpose->model = model;
    unpose->column_start = oik_new(model->n_vertices + 1, sizeof *unpose->column_start, err);
    unpose->trust = oik_new(model->n_vertices, sizeof *unpose->trust, err);
    unpose->rhs = oik_new(model->n_vertices, 3 * sizeof *unpose->rhs, err);
    oik_status status = unpose->column_start && unpose->trust && unpose->rhs ? analyse(unpose, err) : OIK_E_MEMORY;
    if (status)
        oik_body_unpose_free(unpose);
    else
        *out = unpose;
    return status;
}

void oik_body_unpose_free(oik_body_unpose *unpose) {
    if (!unpose)
        return;
    free(unpose->column_start);
    free(unpose->row);
    free(unpose->LtL);
    free(unpose->values);
    free(unpose->trust);
    free(unpose->rhs);
    oik_cholesky_free(unpose->factor);
    free(unpose);
}

/** Trust in a blended matrix whose smallest singular value is s; the ramp and the floor are those of the design notes. */
static double trust_of(double s, double share) {
    double ramp = fmin(fmax((s - 0.35) / 0.5, 0.0), 1.0);
    return share * ramp * ramp + 1e-3;
}

/** Polar rotation U diag(1, 1, det U V^T) V^T of M, and the smallest singular value. */
static oik_mat3 polar(double *smallest, oik_mat3 M) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, M);
    double sign = m3_det(U) * m3_det(V) < 0.0 ? -1.0 : 1.0;
    *smallest = sign * s.z;
    return m3_mul(m3_mul(U, m3_diag(v3(1, 1, sign))), m3_transpose(V));
}

/** trust and diag(w) D_raw of every vertex. */
static void set_equations(oik_body_unpose *unpose, const oik_vec3 *y, const oik_vec3 *x, const oik_body_frames *frames,
                          const double *share) {
    size_t n = unpose->model->n_vertices;
    for (size_t i = 0; i < n; i++) {
        double smallest;
        oik_mat3 Q = polar(&smallest, oik_body_blend(unpose->model, i, frames));
        double w = trust_of(smallest, share ? share[i] : 1.0);
        oik_vec3 d = v3_scale(m3_tmulv(Q, v3_sub(x[i], y[i])), w);
        unpose->trust[i] = w;
        unpose->rhs[i] = d.x;
        unpose->rhs[n + i] = d.y;
        unpose->rhs[2 * n + i] = d.z;
    }
}

oik_status oik_body_unpose_solve(oik_vec3 *u, oik_body_unpose *unpose, const oik_vec3 *v, const oik_vec3 *y,
                                 const oik_vec3 *x, const oik_body_frames *frames, const double *share, double mu, oik_error *err) {
    size_t n = unpose->model->n_vertices;
    set_equations(unpose, y, x, frames, share);
    for (int e = 0; e < unpose->column_start[n]; e++)
        unpose->values[e] = mu * unpose->LtL[e];
    for (size_t i = 0; i < n; i++)
        unpose->values[unpose->column_start[i]] += unpose->trust[i];
    oik_status status = oik_cholesky_factor(unpose->factor, unpose->values, err);
    if (!status)
        status = oik_cholesky_solve(unpose->rhs, unpose->factor, unpose->rhs, 3, err);
    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        u[i] = v3_add(v[i], v3(unpose->rhs[i], unpose->rhs[n + i], unpose->rhs[2 * n + i]));
    return OIK_OK;
}
