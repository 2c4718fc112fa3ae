/* The least-squares core at known optima, at its stops and at its errors. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lsq_problems.h"

/* ---- small problems with a known optimum --------------------------------------------------------------------------- */

static const int powell_start[] = {0, 2, 4, 6, 8}, powell_col[] = {0, 1, 2, 3, 1, 2, 0, 3};
static const oik_lsq_pattern powell_pattern = {4, 4, powell_start, powell_col};

/* Powell's singular function (More, Garbow & Hillstrom 1981, no. 13): optimum 0, where J has rank 2 */
static oik_status powell(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)context, (void)err;
    double a = x[1] - 2.0 * x[2], b = x[0] - x[3], s = sqrt(5.0), t = sqrt(10.0);
    r[0] = x[0] + 10.0 * x[1];
    r[1] = s * (x[2] - x[3]);
    r[2] = a * a;
    r[3] = t * b * b;
    if (jac)
        memcpy(jac, (double[]){1.0, 10.0, s, -s, 2.0 * a, -4.0 * a, 2.0 * t * b, -2.0 * t * b}, 8 * sizeof *jac);
    return OIK_OK;
}

static void both_strategies_solve_rosenbrock(void **unused) {
    (void)unused;
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        int n_calls = 0;
        double x[] = {-1.2, 1.0};
        oik_lsq_problem problem = {.context = &n_calls, .state_size = 2, .evaluate = rosenbrock};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(x, &rosenbrock_pattern, &problem, &options);
        assert_int_equal(report.stop, OIK_LSQ_STOP_GRADIENT);
        assert_true(fabs(x[0] - 1.0) < 1e-12 && fabs(x[1] - 1.0) < 1e-12); /* |x| < |g| |A^-1|, |A^-1| about 5 */
        assert_true(fabs(report.initial_cost - 24.2) < 1e-13);
        assert_true(report.final_cost < 1e-26);
        assert_int_equal(report.n_evaluations, n_calls);
        assert_true(report.n_accepted <= 40);
    }
}

static void powells_singular_function_converges_to_its_flat_optimum(void **unused) {
    (void)unused;
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        double x[] = {3, -1, 0, 1};
        oik_lsq_problem problem = {.state_size = 4, .evaluate = powell};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(x, &powell_pattern, &problem, &options);
        assert_true(fabs(report.initial_cost - 215.0) < 1e-12);
        /* the gradient is cubic in the distance in the flat directions: 1e-14 leaves a distance of about 2e-5 */
        for (int j = 0; j < 4; j++)
            assert_true(fabs(x[j]) < 1e-4);
        assert_true(report.final_cost < 1e-17);
    }
}

/* ---- singular problems --------------------------------------------------------------------------------------------- */

/* r = x0 + x1 - 2 alone: a whole line of optima; unknown 2 has no residual at all */
static oik_status underdetermined(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)context, (void)err;
    r[0] = x[0] + x[1] - 2.0;
    if (jac)
        jac[0] = jac[1] = 1.0;
    return OIK_OK;
}

static void a_singular_normal_matrix_is_handled_and_reported(void **unused) {
    (void)unused;
    const int start[] = {0, 2}, col[] = {1, 0};
    const oik_lsq_pattern pattern = {1, 3, start, col};
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        double x[] = {4.0, 0.0, 17.0};
        oik_lsq_problem problem = {.state_size = 3, .evaluate = underdetermined};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(x, &pattern, &problem, &options);
        assert_true(fabs(x[0] + x[1] - 2.0) < 1e-13);
        /* damping moves both by the same; the ridge of 1e-12 leaves 1e-4 of rounding in their difference */
        assert_true(fabs(x[0] - 3.0) < 1e-3 && fabs(x[1] + 1.0) < 1e-3);
        assert_true(x[2] == 17.0);
        if (strategy == OIK_LSQ_DOGLEG)
            assert_true(report.n_singular >= 1 && report.n_factorisations > report.n_singular);
    }
}

/* ---- stop reasons -------------------------------------------------------------------------------------------------- */

static int stop_at_third(void *context, int iteration, const double *x, double cost) {
    double *seen = context;
    seen[0] = x[0];
    seen[1] = cost;
    return iteration >= 3;
}

static void the_caller_can_stop_after_a_step(void **unused) {
    (void)unused;
    double x[] = {-1.2, 1.0}, seen[2] = {0};
    oik_lsq_problem problem = {.state_size = 2, .evaluate = rosenbrock};
    oik_lsq_options options = strict(OIK_LSQ_LM);
    options.on_step = stop_at_third;
    options.on_step_context = seen;
    oik_lsq_report report = solve_from(x, &rosenbrock_pattern, &problem, &options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_CALLER);
    assert_int_equal(report.n_accepted, 3);
    assert_true(seen[0] == x[0] && seen[1] == report.final_cost);
}

static oik_lsq_report rosenbrock_with(const oik_lsq_options *options) {
    double x[] = {-1.2, 1.0};
    oik_lsq_problem problem = {.state_size = 2, .evaluate = rosenbrock};
    return solve_from(x, &rosenbrock_pattern, &problem, options);
}

static void every_limit_stops_with_its_name(void **unused) {
    (void)unused;
    oik_lsq_options options = strict(OIK_LSQ_LM);
    options.max_iterations = 2;
    oik_lsq_report report = rosenbrock_with(&options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_ITERATIONS);
    assert_int_equal(report.n_accepted, 2);

    options.max_iterations = 0;
    report = rosenbrock_with(&options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_ITERATIONS);
    assert_int_equal(report.n_evaluations, 1);
    assert_true(report.final_cost == report.initial_cost && report.n_factorisations == 0);

    options = strict(OIK_LSQ_LM);
    options.cost_tolerance = 0.9; /* the first step gains less than this share of the cost or takes it all */
    assert_int_equal(rosenbrock_with(&options).stop, OIK_LSQ_STOP_COST);

    options = strict(OIK_LSQ_LM);
    options.step_tolerance = 100.0;
    report = rosenbrock_with(&options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_STEP);
    assert_int_equal(report.n_accepted, 0);

    options = strict(OIK_LSQ_LM);
    options.gradient_tolerance = 1e3;
    report = rosenbrock_with(&options);
    assert_int_equal(report.stop, OIK_LSQ_STOP_GRADIENT);
    assert_int_equal(report.n_evaluations, 1);
}

/* r = x - 5 */
static oik_status five(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)context, (void)err;
    r[0] = x[0] - 5.0;
    if (jac)
        jac[0] = 1.0;
    return OIK_OK;
}

/* From 4 the step is 1, which is 0.25 of the state. */
static void a_step_is_also_measured_by_the_length_of_the_state(void **unused) {
    (void)unused;
    const int start[] = {0, 1}, col[] = {0};
    const oik_lsq_pattern pattern = {1, 1, start, col};
    const oik_lsq_problem problem = {.state_size = 1, .evaluate = five};
    oik_lsq_options options = strict(OIK_LSQ_DOGLEG);
    double x = 4.0;
    options.relative_step_tolerance = 0.26;
    assert_int_equal(solve_from(&x, &pattern, &problem, &options).stop, OIK_LSQ_STOP_STEP);
    assert_true(x == 4.0);
    options.relative_step_tolerance = 0.24;
    assert_int_not_equal(solve_from(&x, &pattern, &problem, &options).stop, OIK_LSQ_STOP_STEP);
    assert_true(x == 5.0);
    oik_lsq *lsq = workspace(&pattern);
    options.relative_step_tolerance = -1.0;
    assert_int_equal(oik_lsq_solve(NULL, lsq, &x, &problem, &options, NULL), OIK_E_ARGUMENT);
    oik_lsq_free(lsq);
}

/* The Jacobian has the wrong sign: no step of the model goes down. */
static oik_status liar(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)context, (void)err;
    r[0] = x[0];
    if (jac)
        jac[0] = -1.0;
    return OIK_OK;
}

static void no_descent_ends_in_a_run_away_damping(void **unused) {
    (void)unused;
    const int start[] = {0, 1}, col[] = {0};
    const oik_lsq_pattern pattern = {1, 1, start, col};
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        double x = 1.0;
        oik_lsq_problem problem = {.state_size = 1, .evaluate = liar};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(&x, &pattern, &problem, &options);
        assert_true(x == 1.0 && report.n_accepted == 0);
        assert_true(report.stop == OIK_LSQ_STOP_RADIUS || report.stop == OIK_LSQ_STOP_COST);
        assert_true(report.n_evaluations < 60);
    }
}

static void stop_names_are_never_null(void **unused) {
    (void)unused;
    assert_string_equal(oik_lsq_stop_name(OIK_LSQ_STOP_COST), "cost");
    assert_string_equal(oik_lsq_stop_name(OIK_LSQ_STOP_CALLER), "caller");
    assert_string_equal(oik_lsq_stop_name((oik_lsq_stop)99), "unknown");
}

/* ---- errors -------------------------------------------------------------------------------------------------------- */

static void refuses_ill_formed_patterns(void **unused) {
    (void)unused;
    static const struct {
        int n_rows, n_unknowns, start[4], col[4];
        const char *message;
    } cases[] = {
        {-1, 2, {0}, {0}, "rows"},
        {1, 0, {0, 0}, {0}, "unknowns"},
        {1, 2, {1, 2}, {0, 1}, "row 0 starts"},
        {2, 2, {0, 2, 1}, {0, 1}, "row 1 ends"},
        {1, 2, {0, 1}, {2}, "column 2"},
        {1, 2, {0, 1}, {-1}, "column -1"},
        {2, 2, {0, 1, 3}, {0, 1, 1}, "row 1: column 1 occurs twice"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        oik_lsq_pattern pattern = {cases[k].n_rows, cases[k].n_unknowns, cases[k].start, cases[k].col};
        oik_lsq *lsq = NULL;
        oik_error err = {0};
        assert_int_equal(oik_lsq_new(&lsq, &pattern, 2, &err), OIK_E_ARGUMENT);
        assert_null(lsq);
        assert_non_null(strstr(err.message, cases[k].message));
    }
    oik_lsq_free(NULL);
}

/* One row over 100,000 unknowns would make 5e9 entries: refused at once, not computed modulo 2^32. */
static void refuses_a_normal_matrix_that_int_cannot_count(void **unused) {
    (void)unused;
    enum { WIDE = 100000 };
    int *col = calloc(WIDE, sizeof *col), start[] = {0, WIDE};
    for (int j = 0; j < WIDE; j++)
        col[j] = j;
    oik_lsq_pattern pattern = {1, WIDE, start, col};
    oik_lsq *lsq = NULL;
    oik_error err = {0};
    assert_int_equal(oik_lsq_new(&lsq, &pattern, WIDE, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "2147483647"));
    free(col);
}

static void stay(void *context, double *x_new, const double *x, const double *dx) {
    (void)context, (void)dx;
    memcpy(x_new, x, 2 * sizeof *x);
}

static void refuses_arguments_out_of_range(void **unused) {
    (void)unused;
    const double lower[] = {0, 1}, upper[] = {1, 0};
    double x[] = {0.5, 0.5};
    oik_lsq *lsq = workspace(&rosenbrock_pattern);
    oik_lsq_problem good = {.state_size = 2, .evaluate = rosenbrock}, bad = good;
    oik_lsq_options options = oik_lsq_options_default();
    bad.state_size = 3;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &bad, NULL, NULL), OIK_E_ARGUMENT);
    bad = good;
    bad.lower = lower;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &bad, NULL, NULL), OIK_E_ARGUMENT); /* no upper */
    bad.upper = upper;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &bad, NULL, NULL), OIK_E_ARGUMENT); /* crossed */
    bad.upper = bad.lower;
    bad.retract = stay;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &bad, NULL, NULL), OIK_E_ARGUMENT); /* on a manifold */
    options.max_iterations = -1;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &good, &options, NULL), OIK_E_ARGUMENT);
    options = oik_lsq_options_default();
    options.cost_tolerance = NAN;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &good, &options, NULL), OIK_E_ARGUMENT);
    options = oik_lsq_options_default();
    options.initial_damping = -1.0;
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &good, &options, NULL), OIK_E_ARGUMENT);
    assert_true(x[0] == 0.5 && x[1] == 0.5);
    oik_lsq_free(lsq);
}

static void a_start_that_is_not_finite_is_an_error(void **unused) {
    (void)unused;
    double x[] = {NAN, 1.0};
    oik_lsq *lsq = workspace(&rosenbrock_pattern);
    oik_lsq_problem problem = {.state_size = 2, .evaluate = rosenbrock};
    oik_error err = {0};
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &problem, NULL, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "residual 0"));
    oik_lsq_free(lsq);
}

/* log x is not defined left of 0, where a full step from 9 leads; a context makes the Jacobian nan. */
static oik_status half_defined(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    r[0] = log(x[0]);
    if (jac)
        jac[0] = context ? NAN : 1.0 / x[0];
    return OIK_OK;
}

static void a_trial_outside_the_domain_is_a_rejected_step(void **unused) {
    (void)unused;
    const int start[] = {0, 1}, col[] = {0};
    const oik_lsq_pattern pattern = {1, 1, start, col};
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        double x = 9.0; /* the Gauss-Newton step is -9 log 9 < -9 */
        oik_lsq_problem problem = {.state_size = 1, .evaluate = half_defined};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report = solve_from(&x, &pattern, &problem, &options);
        assert_true(fabs(x - 1.0) < 1e-13);
        assert_true(report.n_evaluations > 2 * report.n_accepted + 1); /* some were rejected */
    }
}

static void a_jacobian_that_is_not_finite_is_an_error(void **unused) {
    (void)unused;
    const int start[] = {0, 1}, col[] = {0};
    const oik_lsq_pattern pattern = {1, 1, start, col};
    double x = 9.0;
    oik_lsq *lsq = workspace(&pattern);
    oik_lsq_problem problem = {.context = &x, .state_size = 1, .evaluate = half_defined};
    oik_error err = {0};
    assert_int_equal(oik_lsq_solve(NULL, lsq, &x, &problem, NULL, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "derivative"));
    oik_lsq_free(lsq);
}

static oik_status fails_later(void *context, const double *x, double *r, double *jac, oik_error *err) {
    int *n_calls = context;
    if (++*n_calls > 5)
        return OIK_E_CANCELLED;
    return rosenbrock(NULL, x, r, jac, err);
}

static void an_error_of_the_callback_comes_back_with_the_best_state(void **unused) {
    (void)unused;
    int n_calls = 0;
    double x[] = {-1.2, 1.0}, r[2];
    oik_lsq *lsq = workspace(&rosenbrock_pattern);
    oik_lsq_problem problem = {.context = &n_calls, .state_size = 2, .evaluate = fails_later};
    assert_int_equal(oik_lsq_solve(NULL, lsq, x, &problem, NULL, NULL), OIK_E_CANCELLED);
    rosenbrock(NULL, x, r, NULL, NULL);
    assert_true(r[0] * r[0] + r[1] * r[1] < 24.2);
    oik_lsq_free(lsq);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_strategies_solve_rosenbrock),
        cmocka_unit_test(powells_singular_function_converges_to_its_flat_optimum),
        cmocka_unit_test(a_singular_normal_matrix_is_handled_and_reported),
        cmocka_unit_test(the_caller_can_stop_after_a_step),
        cmocka_unit_test(every_limit_stops_with_its_name),
        cmocka_unit_test(a_step_is_also_measured_by_the_length_of_the_state),
        cmocka_unit_test(no_descent_ends_in_a_run_away_damping),
        cmocka_unit_test(stop_names_are_never_null),
        cmocka_unit_test(refuses_ill_formed_patterns),
        cmocka_unit_test(refuses_a_normal_matrix_that_int_cannot_count),
        cmocka_unit_test(refuses_arguments_out_of_range),
        cmocka_unit_test(a_start_that_is_not_finite_is_an_error),
        cmocka_unit_test(a_trial_outside_the_domain_is_a_rejected_step),
        cmocka_unit_test(a_jacobian_that_is_not_finite_is_an_error),
        cmocka_unit_test(an_error_of_the_callback_comes_back_with_the_best_state),
    };
    return cmocka_run_group_tests_name("test_solve_lsq", tests, NULL, NULL);
}
