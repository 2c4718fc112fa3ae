/* What the tests of temporal inverse kinematics share: the body of stick_chain.h, its solved motions, errors. Include after cmocka.h. */
#ifndef OIK_TEST_SEQUENCE_FIXTURE_H
#define OIK_TEST_SEQUENCE_FIXTURE_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "ik/sequence_ik.h"
#include "support/mpjas.h"
#include "support/random_motion.h"
#include "support/stick_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static const double DEG = 3.14159265358979323846 / 180.0;

/*
 * What keypoints do not show: the trunk's coordinates of a few degrees, of which the lower level's turn and bend are not measured at
 * all. Half of all random motions stay below 0.05 degrees, all of 400 below 0.15.
 */
#define TRUNK (0.25 * DEG)
/* Bent limbs are determined: what is left is the solver's tolerance. All of 400 stay below 0.01 degrees. */
#define LIMB (0.02 * DEG)
/* Noise of 10 mm on segments of 0.12 to 0.42 m, smoothed: all of 200 random motions stay between 1.9 and 3.2 degrees. */
#define NOISY (3.5 * DEG)

typedef struct fixture {
    oik_chain *chain;
    oik_markers *markers;
    double rest[STICK_N_DOFS];
} fixture;

static inline int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    return f && (f->chain = stick_chain_new()) && (f->markers = stick_markers_new(f->chain)) ? 0 : -1;
}

static inline int tear_down(void **state) {
    fixture *f = *state;
    oik_markers_free(f->markers);
    oik_chain_free(f->chain);
    free(f);
    return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static inline random_motion *new_motion(const fixture *f, const random_motion_options *options) {
    random_motion *motion = random_motion_new(f->chain, f->markers, options);
    assert_non_null(motion);
    return motion;
}

/* whatever was measured, a solution is finite and within the ranges */
static inline void expect_in_ranges(const oik_ik_motion *solved) {
    const oik_chain *chain = solved->chain;
    for (int f = 0; f < solved->n_frames; f++)
        for (int d = 0; d < chain->n_dofs; d++) {
            double q = solved->q[f * chain->n_dofs + d], slack = chain->dofs[d].n_coefficients > 0 ? 1e-3 : 0.0; /* of chain_check */
            assert_true(q >= chain->dofs[d].lower - slack && q <= chain->dofs[d].upper + slack);
        }
}

static inline oik_ik_motion *solve_measurement(const fixture *f, const oik_measurement *measurement, const oik_sequence_options *options) {
    oik_ik_motion *solved;
    oik_error err = {0};
    if (oik_ik_solve_sequence(&solved, f->chain, measurement, f->rest, options, &err))
        fail_msg("%s", err.message);
    assert_int_equal(solved->n_frames, measurement->n_frames);
    expect_in_ranges(solved);
    return solved;
}

static inline oik_ik_motion *solve(const fixture *f, const random_motion *motion, const oik_sequence_options *options) {
    oik_measurement measurement = random_motion_measurement(motion);
    return solve_measurement(f, &measurement, options);
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

typedef struct errors {
    double all, limbs; /* means over frames and joints [rad] */
} errors;

/* over frames first .. last - 1 */
static inline errors errors_between(const fixture *f, const double *q, const double *truth, int n_frames, int first, int last) {
    bool limbs[STICK_N_JOINTS] = {false};
    mpjas_limb limb[4];
    int n_limbs = mpjas_limbs(limb, 4, f->chain);
    double *angle = calloc((size_t)n_frames * STICK_N_JOINTS, sizeof *angle);
    assert_int_equal(n_limbs, 4);
    for (int i = 0; i < n_limbs; i++)
        limbs[limb[i].ball] = limbs[limb[i].hinge] = true;
    assert_int_equal(mpjas_angles(angle, f->chain, q, truth, n_frames), OIK_OK);
    errors e = {mpjas_mean(angle, f->chain, NULL, first, last), mpjas_mean(angle, f->chain, limbs, first, last)};
    free(angle);
    return e;
}

static inline errors solution_errors(const fixture *f, const random_motion *motion, const oik_sequence_options *options) {
    oik_ik_motion *solved = solve(f, motion, options);
    errors e = errors_between(f, solved->q, motion->q, motion->n_frames, 0, motion->n_frames);
    oik_ik_motion_free(solved);
    return e;
}

static inline errors solve_new(const fixture *f, const random_motion_options *options) {
    random_motion *motion = new_motion(f, options);
    errors e = solution_errors(f, motion, NULL);
    random_motion_free(motion);
    return e;
}

#endif
