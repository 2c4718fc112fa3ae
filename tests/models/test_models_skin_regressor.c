/* Nonnegative least squares through the dual: conditions of optimality, known optimum, bad input. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "skin_regressor.h"
#include "support/random.h"

enum { M = 7, N = 60 };

static void meets_the_conditions_of_optimality(void **state) {
    (void)state;
    const double u = 1.0 / N, rho = 0.05;
    int n_zero = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        double B[M * N], c[M], w[N], y[M];
        uint64_t random = seed;
        for (int i = 0; i < M * N; i++)
            B[i] = 10 * random_signed(&random);
        for (int r = 0; r < M; r++)
            c[r] = 2 * random_signed(&random);
        assert_int_equal(oik_skin_nonnegative(w, B, c, M, N, u, rho, NULL), OIK_OK);
        for (int r = 0; r < M; r++) {
            y[r] = -c[r];
            for (int i = 0; i < N; i++)
                y[r] += B[r * N + i] * w[i];
        }
        /* gradient of the primal objective: zero where w > 0, not negative where w = 0; it is known to 1e-10 of the residual
           times |B| of 10 in 7 rows */
        for (int i = 0; i < N; i++) {
            double g = rho * rho * (w[i] - u);
            for (int r = 0; r < M; r++)
                g += B[r * N + i] * y[r];
            assert_true(w[i] >= 0);
            if (w[i] > 0)
                assert_true(fabs(g) < 1e-8);
            else
                assert_true(g > -1e-8);
            n_zero += w[i] == 0;
        }
    }
    assert_true(n_zero > 20); /* the bound was at work */
}

static void without_data_gives_even_weights(void **state) {
    (void)state;
    double B[3 * 4] = {0}, c[3] = {0}, w[4];
    assert_int_equal(oik_skin_nonnegative(w, B, c, 3, 4, 0.25, 1, NULL), OIK_OK);
    for (int i = 0; i < 4; i++)
        assert_true(w[i] == 0.25);
}

static void finds_the_optimum_of_one_row_by_hand(void **state) {
    (void)state;
    /* min 1/2 (w - 1)^2 + 1/2 (2 w - c)^2 over w >= 0: w = max(0, (1 + 2 c) / 5) */
    double B = 2, w;
    for (double c = -3; c <= 3; c += 0.5) {
        assert_int_equal(oik_skin_nonnegative(&w, &B, &c, 1, 1, 1, 1, NULL), OIK_OK);
        assert_true(fabs(w - fmax(0, (1 + 2 * c) / 5)) < 1e-9);
    }
}

static void refuses_too_many_rows(void **state) {
    (void)state;
    double w = 0, B[OIK_SKIN_MAX_ROWS + 1] = {0}, c[OIK_SKIN_MAX_ROWS + 1] = {0};
    oik_error err = {0};
    assert_int_equal(oik_skin_nonnegative(&w, B, c, OIK_SKIN_MAX_ROWS + 1, 1, 1, 1, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_skin_nonnegative(&w, B, c, 1, 0, 1, 1, NULL), OIK_E_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest skin_regressor[] = {cmocka_unit_test(meets_the_conditions_of_optimality),
                                                cmocka_unit_test(without_data_gives_even_weights),
                                                cmocka_unit_test(finds_the_optimum_of_one_row_by_hand),
                                                cmocka_unit_test(refuses_too_many_rows)};
    return cmocka_run_group_tests_name("test_models_skin_regressor", skin_regressor, NULL, NULL);
}
