/*
 * The owner of every CHOLMOD call; matrices whose factor fills a band go to LAPACK (solve/band_cholesky.h).
 *
 *   P A P' = L D L'      P: fill-reducing order, L: unit lower triangular, D: diagonal
 *
 * Symbols: A matrix, L factor, D diagonal entries of factor, P factor->Perm.
 * Source: Chen, Davis, Hager & Rajamanickam, ACM TOMS 35 (2008) 22 (CHOLMOD).
 */
#include "solve/cholesky.h"

#include <cholmod.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "solve/band_cholesky.h"

/* A pivot is what the eliminated unknowns leave of a diagonal entry. The subtractions lose a few units of rounding of
   that entry; a pivot below this share of it carries no digit and would be noise of either sign. */
static const double SMALLEST_PIVOT_SHARE = 64.0 * DBL_EPSILON;

/* Flops that LAPACK's dense blocks do while simplicial CHOLMOD does one: measured 8 to 10 (bench_solve), some left for the zeros
   inside the band. */
static const double BAND_SPEED = 4.0;

/* CHOLMOD writes to its common block and to its solution buffers during a solve, so they are apart from the const object. */
typedef struct cholmod_state {
    cholmod_common common;
    cholmod_dense *solution, *forward, *scratch; /* X, Y and E of cholmod_solve2, kept between calls */
} cholmod_state;

struct oik_cholesky {
    int n;
    int *column_start, *row; /* copies of the caller's pattern */
    cholmod_sparse matrix;   /* header over the two; its values are set for each factorisation */
    cholmod_factor *factor;
    cholmod_state *state;
    oik_band_cholesky *band; /* in place of the factor where that is faster, else NULL */
    bool factored;
};

static oik_status check_pattern(int n, const int *column_start, const int *row, oik_error *err) {
    if (n < 1 || column_start[0] != 0)
        return oik_fail(err, OIK_E_ARGUMENT, "matrix pattern: size %d, first column starts at %d", n, column_start[0]);
    for (int j = 0; j < n; j++) {
        int start = column_start[j], end = column_start[j + 1];
        if (end <= start || row[start] != j)
            return oik_fail(err, OIK_E_ARGUMENT, "matrix pattern: column %d does not begin with its diagonal", j);
        for (int p = start + 1; p < end; p++)
            if (row[p] <= row[p - 1] || row[p] >= n)
                return oik_fail(err, OIK_E_ARGUMENT, "matrix pattern: row %d after row %d in column %d of %d", row[p],
                                row[p - 1], j, n);
    }
    return OIK_OK;
}

/* The status of the last CHOLMOD call that did not succeed. */
static oik_status cholmod_failure(const oik_cholesky *chol, const char *step, oik_error *err) {
    int status = chol->state->common.status;
    if (status == CHOLMOD_OUT_OF_MEMORY)
        return oik_fail(err, OIK_E_MEMORY, "sparse Cholesky %s: out of memory for %d unknowns", step, chol->n);
    if (status == CHOLMOD_TOO_LARGE)
        return oik_fail(err, OIK_E_SOLVER, "sparse Cholesky %s: the factor of %d unknowns has more than %d entries", step,
                        chol->n, INT_MAX);
    return oik_fail(err, OIK_E_SOLVER, "sparse Cholesky %s: CHOLMOD status %d", step, status);
}

static void configure(cholmod_common *common) {
    common->print = 0;
    common->supernodal = CHOLMOD_SIMPLICIAL;
    common->final_ll = 0;
    common->grow2 = 0; /* no room for updates: the factor is rebuilt, never modified */
    common->method[0].ordering = CHOLMOD_NATURAL; /* best for a banded chain in time order */
    common->method[1].ordering = CHOLMOD_AMD;
    common->postorder = 1;
}

static oik_status copy_pattern(oik_cholesky *chol, const int *column_start, const int *row, oik_error *err) {
    size_t n = (size_t)chol->n, n_entries = (size_t)column_start[n];
    chol->column_start = oik_new(n + 1, sizeof(int), err);
    chol->row = oik_new(n_entries, sizeof(int), err);
    if (!chol->column_start || !chol->row)
        return OIK_E_MEMORY;
    memcpy(chol->column_start, column_start, (n + 1) * sizeof(int));
    memcpy(chol->row, row, n_entries * sizeof(int));
    chol->matrix = (cholmod_sparse){.nrow = n,
                                    .ncol = n,
                                    .nzmax = n_entries,
                                    .p = chol->column_start,
                                    .i = chol->row,
                                    .stype = -1, /* lower triangle */
                                    .itype = CHOLMOD_INT,
                                    .xtype = CHOLMOD_PATTERN,
                                    .dtype = CHOLMOD_DOUBLE,
                                    .sorted = 1,
                                    .packed = 1};
    return OIK_OK;
}

/* Symbolic analysis in the better of the first n_orders orders. */
static oik_status analyse(oik_cholesky *chol, int n_orders, oik_error *err) {
    cholmod_common *common = &chol->state->common;
    cholmod_free_factor(&chol->factor, common);
    common->nmethods = n_orders;
    chol->factor = cholmod_analyze(&chol->matrix, common);
    return chol->factor ? OIK_OK : cholmod_failure(chol, "analysis", err);
}

/* A matrix that is nearly full within its band, from CHOLMOD's count of what its own factorisation would cost. */
static bool fills_band(const oik_cholesky *chol) {
    double width = oik_band_width(chol->n, chol->column_start, chol->row);
    return chol->n * width * width <= BAND_SPEED * chol->state->common.fl;
}

/* The natural order first: when its factor fills a band, LAPACK takes over, else CHOLMOD looks for a better order. */
static oik_status choose_method(oik_cholesky *chol, oik_error *err) {
    chol->state = oik_new(1, sizeof *chol->state, err);
    if (!chol->state)
        return OIK_E_MEMORY;
    cholmod_start(&chol->state->common);
    configure(&chol->state->common);
    oik_status status = analyse(chol, 1, err);
    if (status != OIK_OK)
        return status;
    if (!fills_band(chol))
        return analyse(chol, 2, err);
    cholmod_free_factor(&chol->factor, &chol->state->common);
    return oik_band_cholesky_new(&chol->band, chol->n, chol->column_start, chol->row, err);
}

oik_status oik_cholesky_new(oik_cholesky **out, int n, const int *column_start, const int *row, oik_error *err) {
    oik_status status = check_pattern(n, column_start, row, err);
    if (status != OIK_OK)
        return status;
    oik_cholesky *chol = oik_new(1, sizeof *chol, err);
    if (!chol)
        return OIK_E_MEMORY;
    chol->n = n;
    status = copy_pattern(chol, column_start, row, err);
    if (status == OIK_OK)
        status = choose_method(chol, err);
    if (status == OIK_OK)
        *out = chol;
    else
        oik_cholesky_free(chol);
    return status;
}

void oik_cholesky_free(oik_cholesky *chol) {
    if (!chol)
        return;
    if (chol->state) {
        cholmod_common *common = &chol->state->common;
        cholmod_free_factor(&chol->factor, common);
        cholmod_free_dense(&chol->state->solution, common);
        cholmod_free_dense(&chol->state->forward, common);
        cholmod_free_dense(&chol->state->scratch, common);
        cholmod_finish(common);
        free(chol->state);
    }
    oik_band_cholesky_free(chol->band);
    free(chol->column_start);
    free(chol->row);
    free(chol);
}

/* LDL' runs through negative pivots without complaint (only an exact zero is reported), so each one is looked at. */
static oik_status check_pivots(const oik_cholesky *chol, const double *values, oik_error *err) {
    const int *start = chol->factor->p, *order = chol->factor->Perm;
    const double *entries = chol->factor->x;
    for (int k = 0; k < chol->n; k++) {
        double pivot = entries[start[k]], diagonal = values[chol->column_start[order[k]]];
        if (!(pivot > SMALLEST_PIVOT_SHARE * diagonal) || !(pivot > 0.0) || !isfinite(pivot))
            return oik_fail(err, OIK_E_SOLVER, "matrix is not positive definite: pivot %g of diagonal %g at unknown %d", pivot,
                            diagonal, order[k]);
    }
    return OIK_OK;
}

oik_status oik_cholesky_factor(oik_cholesky *chol, const double *values, oik_error *err) {
    if (chol->band) {
        oik_status status = oik_band_cholesky_factor(chol->band, values, SMALLEST_PIVOT_SHARE, err);
        chol->factored = status == OIK_OK;
        return status;
    }
    cholmod_common *common = &chol->state->common;
    cholmod_sparse matrix = chol->matrix;
    matrix.xtype = CHOLMOD_REAL;
    matrix.x = (void *)(uintptr_t)values; /* read only, but the field is not const */
    chol->factored = false;
    if (!cholmod_factorize(&matrix, chol->factor, common) || common->status < CHOLMOD_OK)
        return cholmod_failure(chol, "factorisation", err);
    if (common->status == CHOLMOD_NOT_POSDEF || chol->factor->minor < (size_t)chol->n)
        return oik_fail(err, OIK_E_SOLVER, "matrix is not positive definite: zero pivot %zu of %d", chol->factor->minor,
                        chol->n);
    oik_status status = check_pivots(chol, values, err);
    chol->factored = status == OIK_OK;
    return status;
}

oik_status oik_cholesky_solve(double *x, const oik_cholesky *chol, const double *b, int n_rhs, oik_error *err) {
    if (!chol->factored || n_rhs < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "sparse Cholesky solve: %s",
                        chol->factored ? "needs at least one right-hand side" : "the matrix is not factored");
    cholmod_state *state = chol->state;
    size_t n = (size_t)chol->n, n_values = n * (size_t)n_rhs;
    if (chol->band) {
        memmove(x, b, n_values * sizeof *x);
        oik_band_cholesky_solve(x, chol->band, n_rhs);
        return OIK_OK;
    }
    cholmod_dense rhs = {.nrow = n,
                         .ncol = (size_t)n_rhs,
                         .nzmax = n_values,
                         .d = n,
                         .x = (void *)(uintptr_t)b, /* read only, but the field is not const */
                         .xtype = CHOLMOD_REAL,
                         .dtype = CHOLMOD_DOUBLE};
    if (!cholmod_solve2(CHOLMOD_A, chol->factor, &rhs, NULL, &state->solution, NULL, &state->forward, &state->scratch,
                        &state->common))
        return cholmod_failure(chol, "solve", err);
    memcpy(x, state->solution->x, n_values * sizeof(double));
    return OIK_OK;
}
