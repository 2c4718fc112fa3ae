/**
 * Sparse symmetric positive definite systems: the owner of every CHOLMOD call.
 *
 *   P A P' = L D L'
 *
 * Only the simplicial LDL' path of CHOLMOD's Cholesky and Core modules is used (LGPL-2.1+), no MatrixOps, Supernodal or
 * Modify routine (GPL-2+), so that this project's sources stay under the MIT licence.
 * One object serves one thread at a time, in the solve too.
 */
#ifndef OIK_SOLVE_CHOLESKY_H
#define OIK_SOLVE_CHOLESKY_H

#include "osso_ik.h"

typedef struct oik_cholesky oik_cholesky;

/**
 * Symbolic analysis of an n x n matrix given by its lower triangle in compressed columns. Of the natural order and AMD the
 * one with less fill is kept.
 * @param[out] out          owned by the caller; untouched on error
 * @param[in]  column_start n + 1, copied
 * @param[in]  row          column_start[n] sorted row indices >= their column, the diagonal present, copied
 * @return OIK_E_ARGUMENT for an ill-formed pattern; OIK_E_SOLVER when the factor would have more than INT_MAX entries;
 *         OIK_E_MEMORY
 * Cost: nearly linear in the entries of the matrix.
 */
oik_status oik_cholesky_new(oik_cholesky **out, int n, const int *column_start, const int *row, oik_error *err);
void oik_cholesky_free(oik_cholesky *chol);

/**
 * Numeric factorisation of values (column_start[n]) in the analysed pattern.
 * @return OIK_E_SOLVER when not positive definite at working precision, that is a pivot is not above 64 rounding units of its
 *         diagonal entry or not finite (recoverable: factor again with other values); OIK_E_MEMORY
 * Cost: sum of squared column counts of L; allocates inside CHOLMOD only.
 */
oik_status oik_cholesky_factor(oik_cholesky *chol, const double *values, oik_error *err);

/**
 * Solve A X = B for n_rhs right-hand sides stored one after the other (n each). x may alias b.
 * @return OIK_E_ARGUMENT without a factor (none yet, or the last factorisation failed) or when n_rhs < 1; OIK_E_MEMORY
 * Cost: 4 flops per entry of L and side; allocates inside CHOLMOD only, the first time for a given n_rhs.
 */
oik_status oik_cholesky_solve(double *x, const oik_cholesky *chol, const double *b, int n_rhs, oik_error *err);

#endif
