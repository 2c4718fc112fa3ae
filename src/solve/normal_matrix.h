/**
 * The normal matrix J'J of a sparse Jacobian, assembled straight into a fixed pattern.
 *
 *   A = J'J (lower triangle, compressed columns),   g = J'r
 *
 * Consecutive rows with the same column list form a group: a dense block B (rows x columns, row-major) of the Jacobian, whose
 * product B'B is added to A in one pass. Where its entries go is a list of slots relative to the group's first slot; groups
 * with the same list share it, so a sequence of equal frames needs one list per kind of row, not per frame. Blocks that are both
 * tall and wide, such as those of a skin, are multiplied by BLAS.
 */
#ifndef OIK_SOLVE_NORMAL_MATRIX_H
#define OIK_SOLVE_NORMAL_MATRIX_H

#include "osso_ik.h"
#include "solve/lsq.h"

/** Consecutive rows that share their columns. */
typedef struct oik_normal_group {
    int n_rows, n_cols;
    int first_slot;  /**< of the pair (0, 0), in values */
    size_t relative; /**< start in relative_slot */
} oik_normal_group;

/** Read by everyone in solve/; written by the functions below, except the diagonal of values (see diagonal). */
typedef struct oik_normal_matrix {
    int n;             /**< unknowns */
    int *column_start; /**< n + 1 */
    int *row;          /**< column_start[n], sorted, the diagonal first in its column */
    double *values;    /**< column_start[n]; a factorisation may change the diagonal entries for its own use */
    double *diagonal;  /**< n, the diagonal as assembled */

    int n_groups;
    oik_normal_group *group;
    int *group_col;     /**< columns of the groups one after the other, in the caller's order */
    int *relative_slot; /**< slots of the pairs (a, b), a <= b, row by row, minus first_slot */
    double *product;    /**< scratch: B'B of one group, and B'r of a large one */
} oik_normal_matrix;

/**
 * @param[out] out     owned by the caller; untouched on error
 * @param[in]  pattern only read during the call; one with large groups sets OpenBLAS to one thread (callers solve one problem
 *             per thread)
 * @return OIK_E_ARGUMENT for an ill-formed pattern, or when A would have more than INT_MAX entries; OIK_E_MEMORY
 * Cost: O(sum of squared row lengths), once per group.
 */
oik_status oik_normal_matrix_new(oik_normal_matrix **out, const oik_lsq_pattern *pattern, oik_error *err);
void oik_normal_matrix_free(oik_normal_matrix *normal);

/**
 * values, diagonal <- J'J and gradient <- J'r.
 * @param[out] gradient n
 * @param[in]  jac      values of J in pattern order
 * @param[in]  r        residuals, one per row
 * Allocates nothing; O(sum of squared row lengths).
 */
void oik_normal_matrix_assemble(oik_normal_matrix *normal, double *gradient, const double *jac, const double *r);

/** y = J'J x from the off-diagonal values and the assembled diagonal; y, x: n, not aliased. O(entries of A). */
void oik_normal_matrix_multiply(double *y, const oik_normal_matrix *normal, const double *x);

/** d' J'J d from the off-diagonal values and the assembled diagonal. O(entries of A). */
double oik_normal_matrix_quadratic(const oik_normal_matrix *normal, const double *d);

#endif
