/* Errors of a motion: known displacements and turns come back as they are. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/motion_errors.h"
#include "support/random_motion.h"
#include "support/stick_chain.h"

enum { N_FRAMES = 5 };

/* rounding of positions up to 2 m, also through an arc tangent of nearly equal directions */
static const double ROUNDING = 1e-12;

static oik_chain *chain;
static oik_markers *markers;
static random_motion *truth;
static oik_ik_motion *motion;

/* the true motion, with all its measurements */
static int set_up(void **state) {
    (void)state;
    random_motion_options o = random_motion_defaults(4);
    o.n_frames = N_FRAMES;
    chain = stick_chain_new();
    markers = chain ? stick_markers_new(chain) : NULL;
    truth = markers ? random_motion_new(chain, markers, &o) : NULL;
    if (!truth || oik_ik_motion_new(&motion, chain, N_FRAMES, NULL))
        return -1;
    memcpy(motion->time, truth->time, sizeof(double) * N_FRAMES);
    memcpy(motion->q, truth->q, sizeof(double) * N_FRAMES * STICK_N_DOFS);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_ik_motion_free(motion);
    random_motion_free(truth);
    oik_markers_free(markers);
    oik_chain_free(chain);
    return 0;
}

static void measure(const oik_measurement *m) {
    assert_int_equal(oik_ik_motion_measure_errors(motion, m, NULL), OIK_OK);
}

static void the_truth_has_no_error(void **state) {
    (void)state;
    oik_measurement m = random_motion_measurement(truth);
    measure(&m);
    for (int f = 0; f < N_FRAMES; f++) {
        assert_true(motion->position_error[f] < ROUNDING && motion->link_error[f] < ROUNDING);
        assert_true(isnan(motion->segment_error[f])); /* orientations are not measured */
    }
}

static void displacements_are_weighted_by_confidence(void **state) {
    (void)state;
    oik_measurement m = random_motion_measurement(truth);
    truth->x[0] = v3_add(truth->x[0], v3(0, 0.03, 0.04));
    measure(&m);
    assert_true(fabs(motion->position_error[0] - sqrt(0.05 * 0.05 / markers->n_markers)) < ROUNDING);
    truth->weight[0] = 4.0;
    measure(&m);
    assert_true(fabs(motion->position_error[0] - sqrt(4.0 * 0.05 * 0.05 / (markers->n_markers + 3))) < ROUNDING);
    assert_true(motion->position_error[1] < ROUNDING);
}

static void a_turned_link_has_its_angle(void **state) {
    (void)state;
    const double angle = 0.2;
    const int from = markers->links[1].from, to = markers->links[1].to; /* hip to knee */
    oik_vec3 *a = &truth->x[from], *b = &truth->x[to], d = v3_sub(*b, *a);
    oik_vec3 axis = v3_unit(v3_cross(d, v3(0.3, 0.4, 0.5)));
    *b = v3_add(*a, m3_mulv(oik_rot_exp(v3_scale(axis, angle)), d));
    for (int i = 0; i < markers->n_markers; i++)
        truth->weight[i] = i == from || i == to; /* one link is left */
    oik_measurement m = random_motion_measurement(truth);
    measure(&m);
    assert_true(fabs(motion->link_error[0] - angle) < ROUNDING);
}

static void a_turned_segment_has_its_angle(void **state) {
    (void)state;
    double weight[N_FRAMES * STICK_N_JOINTS] = {[STICK_KNEE_R] = 1.0, [STICK_ELBOW_L] = 3.0};
    oik_mat3 *R = &truth->R[STICK_ELBOW_L];
    *R = m3_mul(*R, oik_rot_exp(v3(0.1, 0, 0)));
    oik_measurement m = random_motion_measurement(truth);
    m.R = truth->R;
    m.R_weight = weight;
    measure(&m);
    assert_true(fabs(motion->segment_error[0] - sqrt(3.0 * 0.1 * 0.1 / 4.0)) < ROUNDING);
    assert_true(isnan(motion->segment_error[1]));
}

static void what_is_not_measured_is_nan(void **state) {
    (void)state;
    random_motion_hide(truth, -1, 2, 3);
    oik_measurement m = random_motion_measurement(truth);
    measure(&m);
    assert_true(isnan(motion->position_error[2]) && isnan(motion->link_error[2]));
    assert_true(motion->position_error[3] < ROUNDING);
}

static void another_number_of_frames_is_refused(void **state) {
    (void)state;
    oik_measurement m = random_motion_measurement(truth);
    m.n_frames--;
    assert_int_equal(oik_ik_motion_measure_errors(motion, &m, NULL), OIK_E_ARGUMENT);
}

#define WITH_TRUTH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_TRUTH(the_truth_has_no_error),         WITH_TRUTH(displacements_are_weighted_by_confidence),
        WITH_TRUTH(a_turned_link_has_its_angle),    WITH_TRUTH(a_turned_segment_has_its_angle),
        WITH_TRUTH(what_is_not_measured_is_nan),    WITH_TRUTH(another_number_of_frames_is_refused),
    };
    return cmocka_run_group_tests_name("test_ik_motion_errors", tests, NULL, NULL);
}
