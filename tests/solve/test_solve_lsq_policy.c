/* The damping policies one step at a time, on a model small enough to solve by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "solve/lsq_policy.h"

/* J = diag(3, 1), r = (3, 2): A = diag(9, 1), g = (9, 2), d_gn = (-1, -2), d_sd = -(85 / 733) (9, 2) */
static const double jac[] = {3.0, 1.0}, residuals[] = {3.0, 2.0}, origin[] = {0.0, 0.0};
static const double steepest_share = 85.0 / 733.0; /* |g|^2 = 81 + 4, g'A g = 729 + 4 */

static oik_lsq_model *make_model(const double *lower, const double *upper) {
    static const int start[] = {0, 1, 2}, col[] = {0, 1};
    const oik_lsq_pattern pattern = {2, 2, start, col};
    oik_lsq_model *model = NULL;
    assert_int_equal(oik_lsq_model_new(&model, &pattern, NULL), OIK_OK);
    assert_int_equal(oik_lsq_model_update(model, jac, residuals, origin, lower, upper, NULL), OIK_OK);
    return model;
}

static void assert_step(const double *step, double a, double b) {
    assert_true(fabs(step[0] - a) < 1e-14 && fabs(step[1] - b) < 1e-14); /* a few roundings of numbers below 3 */
}

static void dogleg_follows_its_path(void **unused) {
    (void)unused;
    oik_lsq_model *model = make_model(NULL, NULL);
    double newton[2], steepest[2], step[2];
    oik_lsq_policy_state state = {.newton = newton, .steepest = steepest};
    oik_lsq_options options = oik_lsq_options_default();
    oik_lsq_dogleg.start(&state, &options);
    assert_int_equal(oik_lsq_dogleg.propose(step, &state, model, NULL), OIK_OK);
    assert_step(step, -1.0, -2.0); /* first the full Gauss-Newton step, whose length becomes the radius */
    assert_true(fabs(state.radius - sqrt(5.0)) < 1e-15);

    state.radius = 0.5; /* inside the steepest descent step of length 1.07: along -g */
    assert_int_equal(oik_lsq_dogleg.propose(step, &state, model, NULL), OIK_OK);
    assert_step(step, -0.5 * 9.0 / sqrt(85.0), -0.5 * 2.0 / sqrt(85.0));

    state.radius = 1.8; /* between the two: on the straight line that joins them */
    assert_int_equal(oik_lsq_dogleg.propose(step, &state, model, NULL), OIK_OK);
    double a = -9.0 * steepest_share, b = -2.0 * steepest_share;
    assert_true(fabs(hypot(step[0], step[1]) - 1.8) < 1e-14);
    assert_true(fabs((step[0] - a) * (-2.0 - b) - (step[1] - b) * (-1.0 - a)) < 1e-14);
    assert_int_equal(model->n_factorisations, 1); /* the radius alone does not factor again */
    oik_lsq_model_free(model);
}

static void dogleg_moves_its_radius_by_the_gain(void **unused) {
    (void)unused;
    static const struct {
        double gain, length, radius; /* radius after 2 */
    } cases[] = {{0.95, 1.0, 2.5}, {0.95, 0.5, 2.0},  {0.9, 1.0, 2.0}, {0.5, 2.0, 2.0},
                 {0.05, 2.0, 2.0}, {0.049, 2.0, 0.5}, {-1.0, 2.0, 0.5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        oik_lsq_policy_state state = {.radius = 2.0, .fresh = true};
        oik_lsq_dogleg.judge(&state, cases[k].gain, cases[k].length);
        assert_true(state.radius == cases[k].radius);
        assert_true(state.fresh == (cases[k].gain <= 0.0));
    }
    oik_lsq_policy_state state = {.radius = 1e-15};
    assert_true(oik_lsq_dogleg.exhausted(&state, 1.0) && !oik_lsq_dogleg.exhausted(&state, 0.5));
}

static void marquardt_damps_by_the_diagonal(void **unused) {
    (void)unused;
    oik_lsq_model *model = make_model(NULL, NULL);
    oik_lsq_policy_state state = {0};
    oik_lsq_options options = oik_lsq_options_default();
    options.initial_damping = 1.0;
    double step[2];
    oik_lsq_lm.start(&state, &options);
    assert_int_equal(oik_lsq_lm.propose(step, &state, model, NULL), OIK_OK);
    assert_step(step, -0.5, -1.0); /* D = diag A: both components are halved */
    /* m(0) - m(d) = 13 - |r + J d|^2 = 13 - (1.5^2 + 1^2) */
    assert_true(fabs(oik_lsq_model_decrease(model, step) - 9.75) < 1e-13);
    oik_lsq_model_free(model);
}

static void marquardt_moves_its_damping_as_nielsen_does(void **unused) {
    (void)unused;
    oik_lsq_policy_state state = {.lambda = 8.0, .growth = 2.0};
    oik_lsq_lm.judge(&state, -1.0, 0.0);
    oik_lsq_lm.judge(&state, 0.0, 0.0);
    oik_lsq_lm.judge(&state, NAN, 0.0);
    assert_true(state.lambda == 8.0 * 2.0 * 4.0 * 8.0 && state.growth == 16.0);
    oik_lsq_lm.judge(&state, 0.5, 0.0);
    assert_true(state.lambda == 512.0 && state.growth == 2.0);
    oik_lsq_lm.judge(&state, 0.75, 0.0); /* 1 - 0.5^3 */
    assert_true(state.lambda == 448.0);
    oik_lsq_lm.judge(&state, 1.0, 0.0); /* at most to a third */
    assert_true(fabs(state.lambda - 448.0 / 3.0) < 1e-12);
    state.lambda = 1e17;
    assert_true(oik_lsq_lm.exhausted(&state, 0.0));
}

static void an_unknown_at_its_bound_is_held_when_the_gradient_pushes_out(void **unused) {
    (void)unused;
    const double at_lower[] = {0.0, -9.0}, at_upper[] = {9.0, 0.0}, low[] = {-9.0, -9.0}, high[] = {9.0, 9.0};
    double step[2];
    oik_lsq_model *model = make_model(at_lower, high); /* g > 0 pushes both down: unknown 0 stands at its lower bound */
    assert_true(model->held[0] && !model->held[1]);
    assert_true(oik_lsq_model_gradient(model) == 2.0);
    assert_int_equal(oik_lsq_model_factor(model, 0.0, NULL), OIK_OK);
    assert_int_equal(oik_lsq_model_solve(step, model, NULL), OIK_OK);
    assert_step(step, 0.0, -2.0);
    oik_lsq_model_free(model);
    model = make_model(low, at_upper); /* unknown 1 stands at its upper bound but moves away from it */
    assert_true(!model->held[0] && !model->held[1]);
    oik_lsq_model_free(model);
}

/* r = (x0 + x1 - 2, x0 - x1): with x0 fixed at 0.5 the best x1 is 1.5 / 2 + 0.5 / 2 = 1 */
static void the_rest_answers_to_a_fixed_unknown(void **unused) {
    (void)unused;
    static const int start[] = {0, 2, 4}, col[] = {0, 1, 1, 0};
    const oik_lsq_pattern pattern = {2, 2, start, col};
    const double j[] = {1, 1, -1, 1}, r[] = {-2, 0};
    const bool fixed[] = {true, false};
    double step[] = {0.5, 17.0};
    oik_lsq_model *model = NULL;
    assert_int_equal(oik_lsq_model_new(&model, &pattern, NULL), OIK_OK);
    assert_int_equal(oik_lsq_model_update(model, j, r, origin, NULL, NULL, NULL), OIK_OK);
    assert_int_equal(oik_lsq_model_solve_rest(step, fixed, model, 0.0, NULL), OIK_OK);
    assert_step(step, 0.5, 1.0);
    oik_lsq_model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dogleg_follows_its_path),
        cmocka_unit_test(dogleg_moves_its_radius_by_the_gain),
        cmocka_unit_test(marquardt_damps_by_the_diagonal),
        cmocka_unit_test(marquardt_moves_its_damping_as_nielsen_does),
        cmocka_unit_test(an_unknown_at_its_bound_is_held_when_the_gradient_pushes_out),
        cmocka_unit_test(the_rest_answers_to_a_fixed_unknown),
    };
    return cmocka_run_group_tests_name("test_solve_lsq_policy", tests, NULL, NULL);
}
