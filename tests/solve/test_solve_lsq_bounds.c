/* Least squares inside a box, against a search through all active sets. */
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

/* ---- a dense linear problem ---------------------------------------------------------------------------------------- */

enum { ROWS = 12, COLS = 5 };

typedef struct linear {
    double a[ROWS][COLS], b[ROWS];
} linear;

static void make_linear(linear *lin, uint64_t seed) {
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < COLS; j++)
            lin->a[i][j] = uniform(&seed);
        lin->b[i] = 3.0 * uniform(&seed);
    }
}

static oik_status evaluate_linear(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    const linear *lin = context;
    for (int i = 0; i < ROWS; i++) {
        r[i] = -lin->b[i];
        for (int j = 0; j < COLS; j++)
            r[i] += lin->a[i][j] * x[j];
    }
    if (jac)
        memcpy(jac, lin->a, sizeof lin->a);
    return OIK_OK;
}

static int linear_start[ROWS + 1], linear_col[ROWS * COLS];

static oik_lsq_pattern linear_pattern(void) {
    for (int i = 0; i < ROWS; i++) {
        linear_start[i + 1] = (i + 1) * COLS;
        for (int j = 0; j < COLS; j++)
            linear_col[i * COLS + j] = j;
    }
    return (oik_lsq_pattern){ROWS, COLS, linear_start, linear_col};
}

/* gradient a'(a x - b), written out apart from the solver */
static void linear_gradient(double *g, const linear *lin, const double *x) {
    memset(g, 0, COLS * sizeof *g);
    for (int i = 0; i < ROWS; i++) {
        double r = -lin->b[i];
        for (int j = 0; j < COLS; j++)
            r += lin->a[i][j] * x[j];
        for (int j = 0; j < COLS; j++)
            g[j] += lin->a[i][j] * r;
    }
}

static void a_linear_problem_takes_one_gauss_newton_step(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = linear_pattern();
    linear lin;
    make_linear(&lin, 1);
    double x[COLS] = {5, -4, 3, -2, 1}, g[COLS];
    oik_lsq_problem problem = {.context = &lin, .state_size = COLS, .evaluate = evaluate_linear};
    oik_lsq_options options = strict(OIK_LSQ_DOGLEG);
    options.gradient_tolerance = 1e-12;
    oik_lsq_report report = solve_from(x, &pattern, &problem, &options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_GRADIENT);
    assert_int_equal(report.n_accepted, 1);
    assert_int_equal(report.n_factorisations, 1);
    assert_int_equal(report.n_evaluations, 3); /* start, trial, accepted with Jacobian */
    linear_gradient(g, &lin, x);
    double largest = 0.0;
    for (int j = 0; j < COLS; j++)
        largest = fmax(largest, fabs(g[j]));
    assert_true(largest < 1e-12);
    assert_true(fabs(largest - report.final_gradient) < 1e-13); /* both are rounding of sums of 12 terms */
}

/* ---- bounds -------------------------------------------------------------------------------------------------------- */

/* The unique optimum inside a box, by trying every assignment {free, lower, upper} and keeping the one that meets the
   Karush-Kuhn-Tucker conditions. */
typedef struct bounds {
    double lower[COLS], upper[COLS];
} bounds;

/* Solve the free part of the normal equations by Gaussian elimination; the others stay as they are in x. */
static void solve_free(double *x, const linear *lin, const bool *is_free) {
    double m[COLS][COLS + 1];
    for (int j = 0; j < COLS; j++)
        if (is_free[j])
            x[j] = 0.0;
    double g[COLS];
    linear_gradient(g, lin, x);
    for (int j = 0; j < COLS; j++)
        for (int k = 0; k <= COLS; k++) {
            m[j][k] = k == COLS ? (is_free[j] ? -g[j] : 0.0) : (double)(j == k);
            if (k < COLS && is_free[j] && is_free[k]) {
                m[j][k] = 0.0;
                for (int i = 0; i < ROWS; i++)
                    m[j][k] += lin->a[i][j] * lin->a[i][k];
            }
        }
    for (int p = 0; p < COLS; p++) /* positive definite: no pivoting */
        for (int j = 0; j < COLS; j++) {
            double factor = m[j][p] / m[p][p];
            for (int k = p; k <= COLS && j != p; k++)
                m[j][k] -= factor * m[p][k];
        }
    for (int j = 0; j < COLS; j++)
        if (is_free[j])
            x[j] = m[j][COLS] / m[j][j];
}

static bool meets_kkt(const double *x, const linear *lin, const bounds *box, const int *where) {
    double g[COLS];
    linear_gradient(g, lin, x);
    for (int j = 0; j < COLS; j++) {
        bool good = where[j] == 0   ? x[j] >= box->lower[j] && x[j] <= box->upper[j]
                    : where[j] == 1 ? g[j] >= 0.0
                                    : g[j] <= 0.0;
        if (!good)
            return false;
    }
    return true;
}

static bool brute_force(double *x, const linear *lin, const bounds *box) {
    for (int code = 0; code < 243; code++) { /* 3^COLS */
        int where[COLS];
        bool is_free[COLS];
        for (int j = 0, rest = code; j < COLS; j++, rest /= 3) {
            where[j] = rest % 3;
            is_free[j] = where[j] == 0;
            x[j] = where[j] == 1 ? box->lower[j] : box->upper[j];
        }
        solve_free(x, lin, is_free);
        if (meets_kkt(x, lin, box, where))
            return true;
    }
    return false;
}

static void bounded_linear_problems_end_where_the_conditions_say(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = linear_pattern();
    oik_lsq *lsq = workspace(&pattern);
    int n_at_bounds = 0;
    for (int trial = 0; trial < 400; trial++) {
        uint64_t seed = (uint64_t)trial + 100;
        linear lin;
        bounds box;
        double x[COLS], expected[COLS];
        make_linear(&lin, seed);
        for (int j = 0; j < COLS; j++) {
            double middle = uniform(&seed), half = 1.2 * fabs(uniform(&seed));
            box.lower[j] = middle - half;
            box.upper[j] = middle + half;
            x[j] = 4.0 * uniform(&seed); /* often outside */
        }
        assert_true(brute_force(expected, &lin, &box));
        oik_lsq_problem problem = {&lin, COLS, evaluate_linear, NULL, box.lower, box.upper};
        oik_lsq_options options = strict((oik_lsq_strategy)(trial % 2));
        options.gradient_tolerance = 1e-11;
        options.cost_tolerance = DBL_MIN; /* where nothing but rounding is left to gain, it ends */
        oik_lsq_report report;
        assert_int_equal(oik_lsq_solve(&report, lsq, x, &problem, &options, NULL), OIK_OK);
        assert_true(report.n_accepted <= 20);
        assert_true(report.stop == OIK_LSQ_STOP_GRADIENT || report.stop == OIK_LSQ_STOP_COST);
        for (int j = 0; j < COLS; j++) {
            assert_true(x[j] >= box.lower[j] && x[j] <= box.upper[j]);
            n_at_bounds += x[j] == box.lower[j] || x[j] == box.upper[j];
            /* what is left to gain is below eps F: sqrt(eps 100 / 0.05), with F up to 100 and curvature down to 0.05 */
            assert_true(fabs(x[j] - expected[j]) < 1e-6);
        }
    }
    assert_in_range(n_at_bounds, 400, 1900); /* the cases do exercise bounds, and free unknowns too */
    oik_lsq_free(lsq);
}

static void bounded_rosenbrock_slides_along_its_bound(void **unused) {
    (void)unused;
    const double lower[] = {-2, -INFINITY}, upper[] = {0.5, INFINITY};
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        double x[] = {-1.2, 1.0};
        oik_lsq_problem problem = {NULL, 2, rosenbrock, NULL, lower, upper};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(x, &rosenbrock_pattern, &problem, &options);
        assert_true(x[0] == 0.5);
        /* a step that promises less than eps F is not measurable: |dx| <= sqrt(eps F / curvature) = 7e-10 */
        assert_true(fabs(x[1] - 0.25) < 1e-9);
        assert_true(fabs(report.final_cost - 0.25) < 1e-14);
    }
}

static void equal_bounds_hold_an_unknown(void **unused) {
    (void)unused;
    const double lower[] = {-5, 2.25}, upper[] = {5, 2.25};
    double x[] = {1.2, 7};
    oik_lsq_problem problem = {NULL, 2, rosenbrock, NULL, lower, upper};
    oik_lsq_options options = strict(OIK_LSQ_LM);
    solve_from(x, &rosenbrock_pattern, &problem, &options);
    assert_true(x[1] == 2.25);
    /* d/dx0 of 100 (2.25 - x0^2)^2 + (1 - x0)^2 vanishes, as far as eps F is measurable: 2 sqrt(eps F 900) = 5e-7 */
    assert_true(fabs(-400.0 * x[0] * (2.25 - x[0] * x[0]) - 2.0 * (1.0 - x[0])) < 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_linear_problem_takes_one_gauss_newton_step),
        cmocka_unit_test(bounded_linear_problems_end_where_the_conditions_say),
        cmocka_unit_test(bounded_rosenbrock_slides_along_its_bound),
        cmocka_unit_test(equal_bounds_hold_an_unknown),
    };
    return cmocka_run_group_tests_name("test_solve_lsq_bounds", tests, NULL, NULL);
}
