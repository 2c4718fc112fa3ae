/* What the tests of the least-squares core share. Include after cmocka.h. */
#ifndef OIK_TEST_LSQ_PROBLEMS_H
#define OIK_TEST_LSQ_PROBLEMS_H

#include <stdint.h>

#include "solve/lsq.h"

static const int rosenbrock_row_start[] = {0, 2, 3}, rosenbrock_col[] = {0, 1, 0};
static const oik_lsq_pattern rosenbrock_pattern = {2, 2, rosenbrock_row_start, rosenbrock_col};

/* r = (10 (x1 - x0^2), 1 - x0): optimum (1, 1), cost 0 */
static inline oik_status rosenbrock(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    if (context)
        ++*(int *)context;
    r[0] = 10.0 * (x[1] - x[0] * x[0]);
    r[1] = 1.0 - x[0];
    if (jac) {
        jac[0] = -20.0 * x[0];
        jac[1] = 10.0;
        jac[2] = -1.0;
    }
    return OIK_OK;
}

/* Goes on until the gradient vanishes or nothing more can be measured. */
static inline oik_lsq_options strict(oik_lsq_strategy strategy) {
    oik_lsq_options options = oik_lsq_options_default();
    options.strategy = strategy;
    options.gradient_tolerance = 1e-14;
    options.step_tolerance = options.cost_tolerance = 0.0;
    return options;
}

static inline oik_lsq *workspace(const oik_lsq_pattern *pattern) {
    oik_lsq *lsq = NULL;
    oik_error err = {0};
    assert_int_equal(oik_lsq_new(&lsq, pattern, (size_t)pattern->n_unknowns, &err), OIK_OK);
    return lsq;
}

static inline oik_lsq_report solve_from(double *x, const oik_lsq_pattern *pattern, const oik_lsq_problem *problem,
                                 const oik_lsq_options *options) {
    oik_lsq *lsq = workspace(pattern);
    oik_lsq_report report = {0};
    assert_int_equal(oik_lsq_solve(&report, lsq, x, problem, options, NULL), OIK_OK);
    oik_lsq_free(lsq);
    return report;
}

/* Uniform in [-1, 1): a linear congruential generator with Knuth's MMIX constants. */
static inline double uniform(uint64_t *seed) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*seed >> 11) / 4503599627370496.0 - 1.0;
}

#endif
