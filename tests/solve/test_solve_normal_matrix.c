/* Assembly of J'J and J'r against the dense product, for every kind of row group. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lsq_problems.h"
#include "solve/normal_matrix.h"

enum { MAX_ROWS = 60, MAX_UNKNOWNS = 20, MAX_ENTRIES = MAX_ROWS * MAX_UNKNOWNS };

/* A sparse Jacobian with its dense copy. */
typedef struct jacobian {
    int n_rows, n, start[MAX_ROWS + 1], col[MAX_ENTRIES];
    double values[MAX_ENTRIES], r[MAX_ROWS], dense[MAX_ROWS][MAX_UNKNOWNS];
} jacobian;

static int below(int n, uint64_t *seed) { /* 0 .. n - 1 */
    return (int)((uniform(seed) + 1.0) * 0.5 * n);
}

/* A row with columns in random order; sometimes none. */
static int random_columns(int *col, int n, uint64_t *seed) {
    int order[MAX_UNKNOWNS], length = below(n < 9 ? n : 9, seed);
    for (int j = 0; j < n; j++)
        order[j] = j;
    for (int k = 0; k < length; k++) {
        int other = k + below(n - k, seed), swap = order[k];
        order[k] = order[other];
        order[other] = swap;
        col[k] = order[k];
    }
    return length;
}

/* Groups of 1 to 7 rows with the same columns. */
static void random_jacobian(jacobian *jac, uint64_t seed) {
    memset(jac, 0, sizeof *jac);
    jac->n = 2 + below(MAX_UNKNOWNS - 2, &seed);
    while (jac->n_rows < MAX_ROWS - 8) {
        int cols[MAX_UNKNOWNS], length = random_columns(cols, jac->n, &seed), n_rows = 1 + below(7, &seed);
        for (int i = 0; i < n_rows; i++) {
            int row = jac->n_rows++, p = jac->start[row];
            for (int k = 0; k < length; k++, p++) {
                jac->col[p] = cols[k];
                jac->dense[row][cols[k]] = jac->values[p] = uniform(&seed);
            }
            jac->r[row] = uniform(&seed);
            jac->start[row + 1] = p;
        }
    }
}

static double dense_entry(const jacobian *jac, int j, int k) {
    double sum = 0.0;
    for (int i = 0; i < jac->n_rows; i++)
        sum += jac->dense[i][j] * jac->dense[i][k];
    return sum;
}

static void assert_close(double a, double b) {
    assert_true(fabs(a - b) <= 60 * DBL_EPSILON); /* sums of at most 60 products below 1 */
}

static void compare(const oik_normal_matrix *normal, const double *gradient, const jacobian *jac) {
    double full[MAX_UNKNOWNS][MAX_UNKNOWNS] = {{0}};
    for (int j = 0; j < jac->n; j++) {
        assert_int_equal(normal->row[normal->column_start[j]], j);
        for (int p = normal->column_start[j]; p < normal->column_start[j + 1]; p++) {
            assert_true(p == normal->column_start[j] || normal->row[p] > normal->row[p - 1]);
            full[normal->row[p]][j] = normal->values[p];
        }
    }
    for (int j = 0; j < jac->n; j++) {
        double g = 0.0;
        for (int i = 0; i < jac->n_rows; i++)
            g += jac->dense[i][j] * jac->r[i];
        assert_close(gradient[j], g);
        assert_close(normal->diagonal[j], dense_entry(jac, j, j));
        for (int k = 0; k <= j; k++)
            assert_close(full[j][k], dense_entry(jac, j, k));
    }
}

static void compare_products(const oik_normal_matrix *normal, const jacobian *jac, uint64_t seed) {
    double x[MAX_UNKNOWNS], y[MAX_UNKNOWNS], square = 0.0;
    for (int j = 0; j < jac->n; j++)
        x[j] = uniform(&seed);
    oik_normal_matrix_multiply(y, normal, x);
    for (int i = 0; i < jac->n_rows; i++) {
        double sum = 0.0;
        for (int j = 0; j < jac->n; j++)
            sum += jac->dense[i][j] * x[j];
        square += sum * sum;
    }
    for (int j = 0; j < jac->n; j++) {
        double sum = 0.0;
        for (int k = 0; k < jac->n; k++)
            sum += dense_entry(jac, j, k) * x[k];
        assert_true(fabs(y[j] - sum) < 1e-12); /* 1200 products below 1, each eps */
    }
    assert_true(fabs(oik_normal_matrix_quadratic(normal, x) - square) < 1e-11); /* |Jx|^2 of 60 rows below 81 each */
}

static void assembly_is_the_dense_product(void **unused) {
    (void)unused;
    static jacobian jac;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_jacobian(&jac, seed);
        oik_lsq_pattern pattern = {jac.n_rows, jac.n, jac.start, jac.col};
        oik_normal_matrix *normal = NULL;
        double gradient[MAX_UNKNOWNS];
        assert_int_equal(oik_normal_matrix_new(&normal, &pattern, NULL), OIK_OK);
        for (int twice = 0; twice < 2; twice++) { /* nothing is left of the first time */
            oik_normal_matrix_assemble(normal, gradient, jac.values, jac.r);
            compare(normal, gradient, &jac);
        }
        compare_products(normal, &jac, seed);
        oik_normal_matrix_free(normal);
    }
}

/* Row i couples unknowns i .. i + 2: all inner groups have the same relative slots. */
static void equal_frames_share_one_slot_list(void **unused) {
    (void)unused;
    enum { N = 5000 };
    int *start = calloc(N - 1, sizeof *start), *col = calloc(3 * N, sizeof *col);
    for (int i = 0; i < N - 2; i++) {
        start[i + 1] = 3 * (i + 1);
        for (int k = 0; k < 3; k++)
            col[3 * i + k] = i + k;
    }
    oik_lsq_pattern pattern = {N - 2, N, start, col};
    oik_normal_matrix *normal = NULL;
    assert_int_equal(oik_normal_matrix_new(&normal, &pattern, NULL), OIK_OK);
    assert_int_equal(normal->column_start[N], 3 * N - 3);
    size_t furthest = 0;
    for (int g = 0; g < normal->n_groups; g++)
        furthest = normal->group[g].relative > furthest ? normal->group[g].relative : furthest;
    assert_true(furthest <= 6); /* one list for all groups but the last, whose columns are shorter */
    oik_normal_matrix_free(normal);
    free(start);
    free(col);
}

/* A tall and wide block of rows between small ones, with its columns in the given order. */
enum { TALL = 200, WIDE = 40, WIDE_UNKNOWNS = 50, WIDE_ROWS = TALL + 4, WIDE_ENTRIES = TALL * WIDE + 8 };

typedef struct wide_jacobian {
    int start[WIDE_ROWS + 1], col[WIDE_ENTRIES];
    double values[WIDE_ENTRIES], r[WIDE_ROWS];
} wide_jacobian;

static void make_wide(wide_jacobian *jac, uint64_t seed) {
    int p = 0;
    for (int i = 0; i < WIDE_ROWS; i++) {
        bool tall = i >= 2 && i < 2 + TALL;
        for (int k = 0; k < (tall ? WIDE : 2); k++, p++) {
            jac->col[p] = tall ? (7 * k + 3) % WIDE_UNKNOWNS : 10 * (i % 3) + 9 * k;
            jac->values[p] = uniform(&seed);
        }
        jac->r[i] = uniform(&seed);
        jac->start[i + 1] = p;
    }
}

/* J'J and J'r entry by entry. A: WIDE_UNKNOWNS squared. */
static void add_wide_products(double (*A)[WIDE_UNKNOWNS], double *g, const wide_jacobian *jac) {
    for (int i = 0; i < WIDE_ROWS; i++)
        for (int p = jac->start[i]; p < jac->start[i + 1]; p++) {
            g[jac->col[p]] += jac->values[p] * jac->r[i];
            for (int q = jac->start[i]; q < jac->start[i + 1]; q++)
                A[jac->col[p]][jac->col[q]] += jac->values[p] * jac->values[q];
        }
}

static void large_groups_are_added_like_small_ones(void **unused) {
    (void)unused;
    static wide_jacobian jac;
    static double A[WIDE_UNKNOWNS][WIDE_UNKNOWNS];
    double g[WIDE_UNKNOWNS] = {0}, gradient[WIDE_UNKNOWNS];
    make_wide(&jac, 5);
    add_wide_products(A, g, &jac);
    oik_lsq_pattern pattern = {WIDE_ROWS, WIDE_UNKNOWNS, jac.start, jac.col};
    oik_normal_matrix *normal = NULL;
    const double tolerance = WIDE_ROWS * DBL_EPSILON; /* sums of that many products below 1 */
    assert_int_equal(oik_normal_matrix_new(&normal, &pattern, NULL), OIK_OK);
    for (int twice = 0; twice < 2; twice++) {
        oik_normal_matrix_assemble(normal, gradient, jac.values, jac.r);
        int n_entries = 0;
        for (int j = 0; j < WIDE_UNKNOWNS; j++) {
            assert_true(fabs(gradient[j] - g[j]) <= tolerance);
            for (int p = normal->column_start[j]; p < normal->column_start[j + 1]; p++, n_entries++)
                assert_true(fabs(normal->values[p] - A[normal->row[p]][j]) <= tolerance);
        }
        assert_true(n_entries >= WIDE * (WIDE + 1) / 2);
    }
    oik_normal_matrix_free(normal);
}

static void unknowns_without_residuals_keep_a_zero_diagonal(void **unused) {
    (void)unused;
    const int start[] = {0, 0, 1}, col[] = {1};
    const oik_lsq_pattern pattern = {2, 3, start, col}, empty = {0, 1, start, col};
    const double jac[] = {-3.0}, r[] = {5.0, 2.0};
    double gradient[3];
    oik_normal_matrix *normal = NULL;
    assert_int_equal(oik_normal_matrix_new(&normal, &pattern, NULL), OIK_OK);
    oik_normal_matrix_assemble(normal, gradient, jac, r);
    assert_int_equal(normal->column_start[3], 3);
    assert_true(normal->values[0] == 0.0 && normal->values[1] == 9.0 && normal->values[2] == 0.0);
    assert_true(gradient[0] == 0.0 && gradient[1] == -6.0 && gradient[2] == 0.0);
    oik_normal_matrix_free(normal);
    assert_int_equal(oik_normal_matrix_new(&normal, &empty, NULL), OIK_OK);
    oik_normal_matrix_assemble(normal, gradient, jac, r);
    assert_true(normal->values[0] == 0.0 && gradient[0] == 0.0);
    oik_normal_matrix_free(normal);
    oik_normal_matrix_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assembly_is_the_dense_product),
        cmocka_unit_test(equal_frames_share_one_slot_list),
        cmocka_unit_test(large_groups_are_added_like_small_ones),
        cmocka_unit_test(unknowns_without_residuals_keep_a_zero_diagonal),
    };
    return cmocka_run_group_tests_name("test_solve_normal_matrix", tests, NULL, NULL);
}
