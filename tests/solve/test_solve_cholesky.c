/* Sparse Cholesky against dense algebra written out here, and its ways to fail. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "solve/cholesky.h"

/* 4 x 4 arrow matrix with its tip first, so that the natural order would fill in:
   [8 1 2 3; 1 4 0 0; 2 0 5 0; 3 0 0 6] */
static const int arrow_start[] = {0, 4, 5, 6, 7};
static const int arrow_row[] = {0, 1, 2, 3, 1, 2, 3};
static const double arrow_values[] = {8, 1, 2, 3, 4, 5, 6};

static oik_cholesky *arrow(void) {
    oik_cholesky *chol = NULL;
    assert_int_equal(oik_cholesky_new(&chol, 4, arrow_start, arrow_row, NULL), OIK_OK);
    return chol;
}

/* y = A x of the lower triangle */
static void multiply(double *y, int n, const int *start, const int *row, const double *values, const double *x) {
    memset(y, 0, (size_t)n * sizeof *y);
    for (int j = 0; j < n; j++)
        for (int p = start[j]; p < start[j + 1]; p++) {
            y[row[p]] += values[p] * x[j];
            if (row[p] != j)
                y[j] += values[p] * x[row[p]];
        }
}

static void solves_several_sides_in_place(void **unused) {
    (void)unused;
    const double expected[] = {1, -2, 3, 0.5, 7, 0, -1, 2, 1e3, 1, -1e3, 4};
    double x[12];
    for (int k = 0; k < 3; k++)
        multiply(x + 4 * k, 4, arrow_start, arrow_row, arrow_values, expected + 4 * k);
    oik_cholesky *chol = arrow();
    assert_int_equal(oik_cholesky_factor(chol, arrow_values, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_solve(x, chol, x, 3, NULL), OIK_OK);
    /* condition number below 10: a few rounding units of the largest entry */
    for (int k = 0; k < 12; k++)
        assert_true(fabs(x[k] - expected[k]) <= 20 * DBL_EPSILON * (k < 8 ? 7 : 1e3));
    oik_cholesky_free(chol);
}

static void one_right_hand_side_after_several(void **unused) {
    (void)unused;
    oik_cholesky *chol = arrow();
    double b[8] = {14, 5, 7, 9, 14, 5, 7, 9}, x[8]; /* A (1 1 1 1)' */
    assert_int_equal(oik_cholesky_factor(chol, arrow_values, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_solve(x, chol, b, 2, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_solve(x, chol, b, 1, NULL), OIK_OK);
    for (int k = 0; k < 4; k++)
        assert_true(fabs(x[k] - 1.0) <= 20 * DBL_EPSILON);
    oik_cholesky_free(chol);
}

/* The second difference matrix of n points plus the identity: positive definite, eigenvalues in [1, 5]. */
static void long_chain_keeps_its_residual_at_rounding(void **unused) {
    (void)unused;
    enum { N = 100000 };
    int *start = calloc(N + 1, sizeof *start), *row = calloc(2 * N, sizeof *row);
    double *values = calloc(2 * N, sizeof *values), *x = calloc(N, sizeof *x), *b = calloc(N, sizeof *b);
    int count = 0;
    for (int j = 0; j < N; j++) {
        start[j] = count;
        row[count] = j;
        values[count++] = 3.0;
        if (j + 1 < N) {
            row[count] = j + 1;
            values[count++] = -1.0;
        }
    }
    start[N] = count;
    for (int j = 0; j < N; j++)
        x[j] = sin(j);
    multiply(b, N, start, row, values, x);
    oik_cholesky *chol = NULL;
    assert_int_equal(oik_cholesky_new(&chol, N, start, row, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_factor(chol, values, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_solve(b, chol, b, 1, NULL), OIK_OK);
    for (int j = 0; j < N; j++)
        assert_true(fabs(b[j] - x[j]) <= 20 * DBL_EPSILON); /* condition number 5, entries <= 1 */
    oik_cholesky_free(chol);
    free(start);
    free(row);
    free(values);
    free(x);
    free(b);
}

static void assert_not_positive_definite(oik_cholesky *chol, const double *values) {
    oik_error err = {0};
    double x[4] = {1, 1, 1, 1};
    assert_int_equal(oik_cholesky_factor(chol, values, &err), OIK_E_SOLVER);
    assert_non_null(strstr(err.message, "not positive definite"));
    assert_int_equal(oik_cholesky_solve(x, chol, x, 1, &err), OIK_E_ARGUMENT);
}

static void refuses_what_is_not_positive_definite_and_recovers(void **unused) {
    (void)unused;
    oik_cholesky *chol = arrow();
    const double negative[] = {8, 1, 2, 3, -4, 5, 6}, indefinite[] = {1, 1, 2, 3, 4, 5, 6};
    const double zero[7] = {0}, nan_entry[] = {8, 1, NAN, 3, 4, 5, 6}, infinite[] = {8, 1, 2, 3, 4, INFINITY, 6};
    /* tip = sum of a_0k^2 / a_kk: singular up to rounding of either sign */
    const double singular[] = {1.0 / 4 + 4.0 / 5 + 9.0 / 6, 1, 2, 3, 4, 5, 6};
    /* a pivot of 4e-15 is positive, but eight rounding units of 2.55 carry no digit */
    const double hardly_positive[] = {singular[0] + 4e-15, 1, 2, 3, 4, 5, 6};
    const double *const cases[] = {negative, indefinite, zero, nan_entry, infinite, singular, hardly_positive};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_not_positive_definite(chol, cases[k]);
        double x[4] = {14, 5, 7, 9};
        assert_int_equal(oik_cholesky_factor(chol, arrow_values, NULL), OIK_OK);
        assert_int_equal(oik_cholesky_solve(x, chol, x, 1, NULL), OIK_OK);
        for (int i = 0; i < 4; i++)
            assert_true(fabs(x[i] - 1.0) <= 20 * DBL_EPSILON);
    }
    oik_cholesky_free(chol);
}

static void solve_needs_a_factor_and_a_side(void **unused) {
    (void)unused;
    oik_cholesky *chol = arrow();
    double x[4] = {0};
    assert_int_equal(oik_cholesky_solve(x, chol, x, 1, NULL), OIK_E_ARGUMENT);
    assert_int_equal(oik_cholesky_factor(chol, arrow_values, NULL), OIK_OK);
    assert_int_equal(oik_cholesky_solve(x, chol, x, 0, NULL), OIK_E_ARGUMENT);
    oik_cholesky_free(chol);
}

static void refuses_ill_formed_patterns(void **unused) {
    (void)unused;
    static const struct {
        int n, start[4], row[4];
    } cases[] = {
        {0, {0}, {0}},                      /* no unknowns */
        {2, {1, 2, 3}, {0, 0, 1}},          /* does not start at 0 */
        {2, {0, 0, 1}, {1}},                /* empty column */
        {2, {0, 1, 2}, {1, 1}},             /* no diagonal */
        {2, {0, 2, 1}, {0, 1}},             /* goes back */
        {3, {0, 3, 4}, {0, 2, 1, 1}},       /* not sorted */
        {2, {0, 2, 3}, {0, 2, 1}},          /* beyond the last row */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        oik_cholesky *chol = NULL;
        oik_error err = {0};
        assert_int_equal(oik_cholesky_new(&chol, cases[k].n, cases[k].start, cases[k].row, &err), OIK_E_ARGUMENT);
        assert_null(chol);
        assert_non_null(strstr(err.message, "matrix pattern"));
    }
    oik_cholesky_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_several_sides_in_place),
        cmocka_unit_test(one_right_hand_side_after_several),
        cmocka_unit_test(long_chain_keeps_its_residual_at_rounding),
        cmocka_unit_test(refuses_what_is_not_positive_definite_and_recovers),
        cmocka_unit_test(solve_needs_a_factor_and_a_side),
        cmocka_unit_test(refuses_ill_formed_patterns),
    };
    return cmocka_run_group_tests_name("test_solve_cholesky", tests, NULL, NULL);
}
