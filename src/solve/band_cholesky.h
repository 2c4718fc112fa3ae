/**
 * Symmetric positive definite band matrices: the owner of every LAPACK call of solve/.
 *
 *   A = L L',   A_ij = 0 for |i - j| > k
 *
 * For matrices whose factor fills its band (motion over time, coordinate by coordinate): LAPACK's blocked dpbtrf works on dense
 * blocks, where a sparse code spends its time on indices.
 */
#ifndef OIK_SOLVE_BAND_CHOLESKY_H
#define OIK_SOLVE_BAND_CHOLESKY_H

#include "osso_ik.h"

typedef struct oik_band_cholesky oik_band_cholesky;

/** Largest i - j over the entries of a lower triangle in compressed columns. O(entries). */
int oik_band_width(int n, const int *column_start, const int *row);

/**
 * @param[in] column_start,row pattern of the lower triangle as in solve/cholesky.h; they must outlive the object
 * @return OIK_E_MEMORY; O(entries), allocates 8 n (k + 1) bytes
 */
oik_status oik_band_cholesky_new(oik_band_cholesky **out, int n, const int *column_start, const int *row, oik_error *err);
void oik_band_cholesky_free(oik_band_cholesky *band);

/**
 * Factor values (column_start[n]) in the pattern.
 * @param[in] smallest_share a pivot of less than this share of its diagonal entry counts as none
 * @return OIK_E_SOLVER when not positive definite. n k^2 flops; allocates nothing.
 */
oik_status oik_band_cholesky_factor(oik_band_cholesky *band, const double *values, double smallest_share, oik_error *err);

/** Solve A X = B for n_rhs right-hand sides in place; after a successful factorisation only. 4 n k flops a side. */
void oik_band_cholesky_solve(double *x, const oik_band_cholesky *band, int n_rhs);

#endif
