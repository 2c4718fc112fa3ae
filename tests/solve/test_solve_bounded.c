/* Bounded minimisation at known optima inside and on the bounds, and its ways to fail. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "solve/bounded.h"

/* What the callbacks watch. */
typedef struct observer {
    const double *lower, *upper;
    int n, n_calls, n_outside;
} observer;

static void look(observer *watch, const double *q) {
    watch->n_calls++;
    for (int j = 0; j < watch->n; j++)
        watch->n_outside += !(q[j] >= watch->lower[j] && q[j] <= watch->upper[j]);
}

static double rosenbrock(void *context, const double *q, double *gradient) {
    look(context, q);
    double a = 1.0 - q[0], b = q[1] - q[0] * q[0];
    if (gradient) {
        gradient[0] = -2.0 * a - 400.0 * q[0] * b;
        for (int j = 1; j < ((observer *)context)->n; j++)
            gradient[j] = j == 1 ? 200.0 * b : 0.0;
    }
    return a * a + 100.0 * b * b;
}

static oik_bounded_report minimise(double *q, double (*f)(void *, const double *, double *), observer *watch,
                                   const double *starts, int n_starts) {
    oik_bounded_problem problem = {watch->n, watch->lower, watch->upper, f, watch};
    oik_bounded_report report = {0};
    assert_int_equal(oik_bounded_minimise(&report, q, &problem, starts, n_starts, NULL, NULL), OIK_OK);
    assert_int_equal(report.n_evaluations, watch->n_calls);
    assert_int_equal(watch->n_outside, 0);
    return report;
}

static void finds_the_optimum_of_rosenbrock(void **unused) {
    (void)unused;
    const double lower[] = {-2, -2}, upper[] = {2, 2}, start[] = {-1.2, 1};
    observer watch = {lower, upper, 2, 0, 0};
    double q[2];
    oik_bounded_report report = minimise(q, rosenbrock, &watch, start, 1);
    assert_true(report.converged);
    /* f grows with 1/5 of the square along the valley: |dq| ~ sqrt(5e-12) at relative tolerance 1e-12 of f ~ 1 */
    assert_true(fabs(q[0] - 1) < 1e-5 && fabs(q[1] - 1) < 1e-5);
    assert_true(fabs(rosenbrock(&watch, q, NULL) - report.cost) == 0.0);
}

/* With q0 <= 0.5 the optimum is at the bound: q1 = q0^2. A third unknown is frozen. */
static void stops_at_the_bounds(void **unused) {
    (void)unused;
    const double lower[] = {-2, -2, 0.3}, upper[] = {0.5, 2, 0.3}, start[] = {9, -9, 9};
    observer watch = {lower, upper, 3, 0, 0};
    double q[3];
    double (*f)(void *, const double *, double *) = rosenbrock;
    oik_bounded_problem problem = {3, lower, upper, f, &watch};
    oik_bounded_report report;
    assert_int_equal(oik_bounded_minimise(&report, q, &problem, start, 1, NULL, NULL), OIK_OK);
    assert_int_equal(watch.n_outside, 0);
    assert_true(fabs(q[0] - 0.5) <= 1e-15 && q[2] == 0.3); /* SLSQP adds its step to the point: a rounding unit is lost */
    assert_true(fabs(q[1] - 0.25) < 1e-6); /* sqrt(1e-12 / 100) and a margin */
    assert_true(fabs(report.cost - 0.25) < 1e-11);
}

static void all_unknowns_may_be_frozen(void **unused) {
    (void)unused;
    const double at[] = {0.5, 0.5}, start[] = {0, 0};
    observer watch = {at, at, 2, 0, 0};
    double q[2];
    oik_bounded_report report = minimise(q, rosenbrock, &watch, start, 1);
    assert_true(q[0] == 0.5 && q[1] == 0.5 && report.cost == 6.5); /* 0.25 + 100 / 16 */
}

/* (q^2 - 1)^2 + q / 10: a shallow minimum near +1, the deep one near -1 */
static double two_wells(void *context, const double *q, double *gradient) {
    look(context, q);
    double w = q[0] * q[0] - 1.0;
    if (gradient)
        gradient[0] = 4.0 * q[0] * w + 0.1;
    return w * w + 0.1 * q[0];
}

static void the_best_of_several_starts_wins(void **unused) {
    (void)unused;
    const double lower[] = {-3}, upper[] = {3}, starts[] = {0.9, NAN, -0.8, 1.5};
    observer watch = {lower, upper, 1, 0, 0};
    double q;
    oik_bounded_report report = minimise(&q, two_wells, &watch, starts, 4);
    assert_int_equal(report.best_start, 2);
    assert_true(fabs(4.0 * q * (q * q - 1.0) + 0.1) < 1e-5); /* curvature 8, |dq| below 1e-6 */
    assert_true(q < -1.0);
}

/* Not defined for q0 > 1.1: a search that probes there has to come back. */
static double half_defined(void *context, const double *q, double *gradient) {
    double cost = rosenbrock(context, q, gradient);
    return q[0] > 1.1 ? NAN : cost;
}

static void backs_off_from_values_that_are_not_finite(void **unused) {
    (void)unused;
    const double lower[] = {-2, -2}, upper[] = {2, 2}, starts[] = {1.5, 1, -1.2, 1};
    observer watch = {lower, upper, 2, 0, 0};
    double q[2];
    oik_bounded_report report = minimise(q, half_defined, &watch, starts, 2);
    assert_int_equal(report.best_start, 1);
    assert_true(fabs(q[0] - 1) < 1e-5 && fabs(q[1] - 1) < 1e-5);
}

static double undefined(void *context, const double *q, double *gradient) {
    look(context, q);
    if (gradient)
        gradient[0] = 0.0;
    return INFINITY;
}

static void no_finite_start_is_an_error(void **unused) {
    (void)unused;
    const double lower[] = {0}, upper[] = {1}, starts[] = {0.25, 0.75};
    observer watch = {lower, upper, 1, 0, 0};
    oik_bounded_problem problem = {1, lower, upper, undefined, &watch};
    double q = 42;
    oik_error err = {0};
    assert_int_equal(oik_bounded_minimise(NULL, &q, &problem, starts, 2, NULL, &err), OIK_E_NOT_FINITE);
    assert_true(q == 42 && strlen(err.message) > 0);
    assert_int_equal(watch.n_calls, 2); /* one look at each start, no more */
}

static void the_evaluation_limit_is_not_convergence(void **unused) {
    (void)unused;
    const double lower[] = {-2, -2}, upper[] = {2, 2}, start[] = {-1.2, 1};
    observer watch = {lower, upper, 2, 0, 0};
    oik_bounded_problem problem = {2, lower, upper, rosenbrock, &watch};
    oik_bounded_options options = oik_bounded_options_default();
    options.max_evaluations = 5;
    oik_bounded_report report;
    double q[2];
    assert_int_equal(oik_bounded_minimise(&report, q, &problem, start, 1, &options, NULL), OIK_OK);
    assert_false(report.converged);
    assert_int_equal(report.n_evaluations, 5);
    assert_true(report.cost <= 24.2 * (1 + 1e-12)); /* f at the start is 24.2 */
}

static void refuses_bad_arguments(void **unused) {
    (void)unused;
    const double lower[] = {1}, upper[] = {0}, nan_bound[] = {NAN}, start[] = {0};
    observer watch = {lower, upper, 1, 0, 0};
    oik_bounded_problem crossed = {1, lower, upper, two_wells, &watch}, good = {1, upper, lower, two_wells, &watch};
    oik_bounded_problem nan_problem = {1, nan_bound, lower, two_wells, &watch}, empty = {0, upper, lower, two_wells, &watch};
    oik_bounded_options options = oik_bounded_options_default();
    double q = 0;
    assert_int_equal(oik_bounded_minimise(NULL, &q, &crossed, start, 1, NULL, NULL), OIK_E_ARGUMENT);
    assert_int_equal(oik_bounded_minimise(NULL, &q, &nan_problem, start, 1, NULL, NULL), OIK_E_ARGUMENT);
    assert_int_equal(oik_bounded_minimise(NULL, &q, &empty, start, 1, NULL, NULL), OIK_E_ARGUMENT);
    assert_int_equal(oik_bounded_minimise(NULL, &q, &good, start, 0, NULL, NULL), OIK_E_ARGUMENT);
    options.max_evaluations = 0;
    assert_int_equal(oik_bounded_minimise(NULL, &q, &good, start, 1, &options, NULL), OIK_E_ARGUMENT);
    assert_int_equal(watch.n_calls, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_optimum_of_rosenbrock),
        cmocka_unit_test(stops_at_the_bounds),
        cmocka_unit_test(all_unknowns_may_be_frozen),
        cmocka_unit_test(the_best_of_several_starts_wins),
        cmocka_unit_test(backs_off_from_values_that_are_not_finite),
        cmocka_unit_test(no_finite_start_is_an_error),
        cmocka_unit_test(the_evaluation_limit_is_not_convergence),
        cmocka_unit_test(refuses_bad_arguments),
    };
    return cmocka_run_group_tests_name("test_solve_bounded", tests, NULL, NULL);
}
