/**
 * Band matrices by LAPACK.
 *
 * Symbols: L factor in LAPACK's lower band storage, entry (i, j) at band[j * ld + i - j].
 * Source: Anderson et al., LAPACK Users' Guide, SIAM 1999, section 5.3.3.
 */
#include "solve/band_cholesky.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

struct oik_band_cholesky {
    int n, width;                 /* unknowns, entries below the diagonal */
    const int *column_start, *row;
    double *band;                 /* n x (width + 1) */
};

int oik_band_width(int n, const int *column_start, const int *row) {
    int width = 0;
    for (int j = 0; j < n; j++) {
        int last = row[column_start[j + 1] - 1] - j; /* rows are sorted */
        width = last > width ? last : width;
    }
    return width;
}

oik_status oik_band_cholesky_new(oik_band_cholesky **out, int n, const int *column_start, const int *row, oik_error *err) {
    oik_band_cholesky *band = oik_new(1, sizeof *band, err);
    *out = NULL;
    if (!band)
        return OIK_E_MEMORY;
    *band = (oik_band_cholesky){.n = n, .width = oik_band_width(n, column_start, row), .column_start = column_start, .row = row};
    band->band = oik_new((size_t)n * (size_t)(band->width + 1), sizeof *band->band, err);
    if (!band->band) {
        oik_band_cholesky_free(band);
        return OIK_E_MEMORY;
    }
    *out = band;
    return OIK_OK;
}

void oik_band_cholesky_free(oik_band_cholesky *band) {
    if (!band)
        return;
    free(band->band);
    free(band);
}

static void spread(oik_band_cholesky *band, const double *values) {
    size_t ld = (size_t)band->width + 1;
    memset(band->band, 0, (size_t)band->n * ld * sizeof *band->band);
    for (int j = 0; j < band->n; j++) {
        double *column = band->band + (size_t)j * ld - j;
        for (int p = band->column_start[j]; p < band->column_start[j + 1]; p++)
            column[band->row[p]] = values[p];
    }
}

oik_status oik_band_cholesky_factor(oik_band_cholesky *band, const double *values, double smallest_share, oik_error *err) {
    size_t ld = (size_t)band->width + 1;
    spread(band, values);
    int stopped = LAPACKE_dpbtrf_work(LAPACK_COL_MAJOR, 'L', band->n, band->width, band->band, band->width + 1);
    if (stopped > 0)
        return oik_fail(err, OIK_E_SOLVER, "matrix is not positive definite: no pivot at unknown %d of %d", stopped - 1, band->n);
    for (int j = 0; j < band->n; j++) {
        double root = band->band[(size_t)j * ld], diagonal = values[band->column_start[j]];
        if (!(root * root > smallest_share * diagonal) || !isfinite(root))
            return oik_fail(err, OIK_E_SOLVER, "matrix is not positive definite: pivot %g of diagonal %g at unknown %d",
                            root * root, diagonal, j);
    }
    return OIK_OK;
}

void oik_band_cholesky_solve(double *x, const oik_band_cholesky *band, int n_rhs) {
    LAPACKE_dpbtrs_work(LAPACK_COL_MAJOR, 'L', band->n, band->width, n_rhs, band->band, band->width + 1, x, band->n);
}
