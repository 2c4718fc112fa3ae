/* The low-pass over a solved motion: joints as rotations, single coordinates, ranges, couplings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/frame_ik.h"
#include "ik/joint_angles.h"
#include "ik/motion_filter.h"
#include "ik/rotation_filter.h"
#include "support/failing_malloc.h"
#include "support/tiny_chain.h"

enum { N = 240 };

static const double PI = 3.14159265358979323846;
static const double RATE = 120.0, CUTOFF = 6.0;

typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    oik_ik_motion *motion;
} fixture;

/** A motion of the full chain well inside its ranges: slow waves of random phase, with noise of 0.02 rad and m. */
static int set_up(void **state) {
    static fixture f;
    uint64_t random = 12;
    f = (fixture){0};
    *state = &f;
    if (!(f.lying = tiny_kinematics_new()) || oik_chain_new(&f.chain, NULL, f.lying, NULL) ||
        oik_ik_motion_new(&f.motion, f.chain, N, NULL))
        return -1;
    for (int d = 0; d < f.chain->n_dofs; d++) {
        const oik_dof *dof = &f.chain->dofs[d];
        double middle = 0.5 * (dof->lower + dof->upper), width = fmin(dof->upper - dof->lower, 2.0);
        double phase = tiny_uniform(&random, -PI, PI);
        for (int k = 0; k < N; k++)
            f.motion->q[k * f.chain->n_dofs + d] =
                middle + 0.25 * width * sin(2.0 * PI * k / RATE + phase) + tiny_uniform(&random, -0.02, 0.02);
    }
    for (int k = 0; k < N; k++)
        f.motion->time[k] = 5.0 + k / RATE;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_ik_motion_free(f->motion);
    oik_chain_free(f->chain);
    tiny_kinematics_free(f->lying);
    return 0;
}

static double *q_of(const fixture *f, int frame, const char *name) {
    int d = tiny_find_dof(f->chain, name);
    assert_true(d >= 0);
    return f->motion->q + frame * f->chain->n_dofs + d;
}

static void a_ball_joint_is_filtered_as_a_rotation(void **state) {
    fixture *f = *state;
    static oik_mat3 E[N];
    oik_lowpass filter;
    const oik_dof *dofs = &f->chain->dofs[tiny_find_dof(f->chain, "arm_flex_r")];
    double jump = 0.0;
    for (int k = 0; k < N; k++)
        E[k] = oik_joint_rotation(dofs, 3, q_of(f, k, "arm_flex_r"));
    assert_int_equal(oik_lowpass_design(&filter, CUTOFF, RATE, NULL), OIK_OK);
    assert_int_equal(oik_lowpass_rotations(E, N, &filter, NULL), OIK_OK);
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    for (int k = 0; k < N; k++) {
        /* the frame rate found from the times is off by rounding, 1e-13 */
        assert_true(oik_rot_angle_between(E[k], oik_joint_rotation(dofs, 3, q_of(f, k, "arm_flex_r"))) < 1e-10);
        jump = fmax(jump, k ? fabs(*q_of(f, k, "arm_flex_r") - *q_of(f, k - 1, "arm_flex_r")) : 0.0);
    }
    assert_true(jump < 0.1); /* the same way to reach it all the time */
    assert_true(f->motion->cutoff_hz == CUTOFF);
}

static void single_coordinates_are_filtered_by_themselves(void **state) {
    fixture *f = *state;
    const char *const names[] = {"knee_angle_l", "pelvis_ty", "wrist_dev_r"};
    double expected[3][N];
    oik_lowpass filter;
    assert_int_equal(oik_lowpass_design(&filter, CUTOFF, RATE, NULL), OIK_OK);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < N; k++)
            expected[i][k] = *q_of(f, k, names[i]);
        assert_int_equal(oik_lowpass_values(expected[i], N, 1, &filter, NULL), OIK_OK);
    }
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < N; k++)
            assert_true(fabs(*q_of(f, k, names[i]) - expected[i][k]) < 1e-10);
}

static void every_coordinate_becomes_smoother(void **state) {
    fixture *f = *state;
    int n = f->chain->n_dofs;
    double *before = calloc((size_t)n, sizeof *before);
    for (int pass = 0; pass < 2; pass++) {
        for (int d = 0; d < n; d++) {
            double roughness = 0.0;
            for (int k = 20; k < N - 20; k++) {
                const double *q = f->motion->q + k * n + d;
                roughness += pow(q[-n] - 2.0 * q[0] + q[n], 2);
            }
            assert_true(pass == 0 || roughness < 0.02 * before[d]); /* second differences of noise live at high frequencies */
            before[d] = roughness;
        }
        if (pass == 0)
            assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    }
    free(before);
}

/* a knee that stops dead at 0 overshoots when it is filtered, a shoulder on its bound too */
static void nothing_leaves_its_range_and_bounds_are_marked(void **state) {
    fixture *f = *state;
    int n = f->chain->n_dofs, n_on_bound = 0;
    for (int d = 0; d < n; d++) {
        const oik_dof *dof = &f->chain->dofs[d];
        for (int k = 0; k < N; k++)
            f->motion->q[k * n + d] = (k / 40 + d) % 2 ? dof->lower : dof->lower + 0.1 * (dof->upper - dof->lower);
    }
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    for (int i = 0; i < N * n; i++) {
        const oik_dof *dof = &f->chain->dofs[i % n];
        assert_true(f->motion->q[i] >= dof->lower && f->motion->q[i] <= dof->upper);
        assert_true((f->motion->bound[i] == OIK_BOUND_LOWER) == (f->motion->q[i] <= dof->lower + 1e-6));
        n_on_bound += f->motion->bound[i] == OIK_BOUND_LOWER;
    }
    assert_true(n_on_bound > N * n / 20);
}

/**
 * A ball joint with the given ranges: coordinate wave jumps between its lower bound and 0.3 rad above, the others rest. Filtered,
 * it overshoots the bound.
 * @param[out] clamped mean misfit of the filtered rotations to the nearest coordinates moved into their ranges
 * @return mean misfit to what oik_motion_filter makes of them [rad]
 */
static double overshooting_arm(double *clamped, fixture *f, int first, const double lower_deg[3], const double upper_deg[3], int wave,
                               const double rest[3]) {
    static oik_mat3 E[N];
    static double before[N][3];
    oik_lowpass filter;
    oik_dof *dofs = &f->chain->dofs[first];
    for (int c = 0; c < 3; c++)
        dofs[c].lower = lower_deg[c] * PI / 180.0, dofs[c].upper = upper_deg[c] * PI / 180.0;
    for (int k = 0; k < N; k++) {
        memcpy(before[k], rest, sizeof before[k]);
        before[k][wave] = dofs[wave].lower + (k / 40 % 2 ? 0.3 : 0.0);
        memcpy(q_of(f, k, dofs[0].name), before[k], sizeof before[k]);
        E[k] = oik_joint_rotation(dofs, 3, before[k]);
    }
    assert_int_equal(oik_lowpass_design(&filter, CUTOFF, RATE, NULL), OIK_OK);
    assert_int_equal(oik_lowpass_rotations(E, N, &filter, NULL), OIK_OK);
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    double found = 0.0;
    *clamped = 0.0;
    for (int k = 0; k < N; k++) {
        double q[3];
        oik_joint_angles(q, dofs, 3, E[k], before[k]);
        for (int c = 0; c < 3; c++)
            q[c] = fmin(fmax(q[c], dofs[c].lower), dofs[c].upper);
        *clamped += oik_rot_angle_between(E[k], oik_joint_rotation(dofs, 3, q)) / N;
        found += oik_rot_angle_between(E[k], oik_joint_rotation(dofs, 3, q_of(f, k, dofs[0].name))) / N;
    }
    return found;
}

/* near the gimbal position the third axis can make up for the first */
static void an_overshoot_is_made_up_for_by_the_other_axes(void **state) {
    fixture *f = *state;
    double clamped;
    double found = overshooting_arm(&clamped, f, tiny_find_dof(f->chain, "arm_flex_r"), (double[]){-60, -120, -90}, (double[]){90, 120, 90},
                                    0, (double[]){0.0, 80.0 * PI / 180.0, 0.2});
    assert_true(clamped > 1e-3);
    assert_true(found < 0.5 * clamped);
}

/* a middle angle just outside its range has a twin half a turn away inside it, which is exact and yet not wanted */
static void an_overshoot_does_not_go_the_other_way_round(void **state) {
    fixture *f = *state;
    double clamped, jump = 0.0;
    overshooting_arm(&clamped, f, tiny_find_dof(f->chain, "arm_flex_r"), (double[]){-200, -1, -200}, (double[]){200, 200, 200}, 1,
                     (double[]){0.1, 0.0, 0.2});
    for (int k = 1; k < N; k++)
        jump = fmax(jump, fabs(*q_of(f, k, "arm_flex_r") - *q_of(f, k - 1, "arm_flex_r")));
    assert_true(clamped > 1e-4); /* there is an overshoot */
    assert_true(jump < 0.2);
}

/* the same rotation has a coordinate for every turn: that of the input is kept */
static void full_turns_are_kept(void **state) {
    fixture *f = *state;
    int first = tiny_find_dof(f->chain, "pelvis_tilt"), heading = tiny_find_dof(f->chain, "pelvis_rotation");
    for (int d = first; d < first + 3; d++)
        f->chain->dofs[d].lower = -100.0, f->chain->dofs[d].upper = 100.0;
    for (int k = 0; k < N; k++)
        for (int d = first; d < first + 3; d++) /* heading goes round twice, the others stay */
            f->motion->q[k * f->chain->n_dofs + d] = d == heading ? 4.0 * PI * k / N : 0.0;
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    for (int k = 0; k < N; k++)
        assert_true(fabs(*q_of(f, k, "pelvis_rotation") - 4.0 * PI * k / N) < 1e-9);
}

static void coupled_coordinates_follow_their_masters(void **state) {
    fixture *f = *state;
    int n = f->chain->n_dofs, master = tiny_find_dof(f->chain, "knee_angle_r"), slave = tiny_find_dof(f->chain, "ankle_angle_r");
    int ball = tiny_find_dof(f->chain, "arm_add_l");
    f->chain->dofs[slave].n_coefficients = 3;
    f->chain->dofs[slave].master = master;
    memcpy(f->chain->dofs[slave].coefficient, (double[]){0.1, -0.2, 0.05}, 3 * sizeof(double));
    f->chain->dofs[ball].n_coefficients = 2; /* a ball joint with one coupled rotation is no ball joint of its own */
    f->chain->dofs[ball].master = master;
    memcpy(f->chain->dofs[ball].coefficient, (double[]){0.3, 0.5}, 2 * sizeof(double));
    double before = *q_of(f, 100, "arm_rot_l");
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    for (int k = 0; k < N; k++) {
        double m = f->motion->q[k * n + master];
        assert_true(fabs(f->motion->q[k * n + slave] - (0.1 - 0.2 * m + 0.05 * m * m)) < 1e-15);
        assert_true(fabs(f->motion->q[k * n + ball] - (0.3 + 0.5 * m)) < 1e-15);
    }
    double other = fabs(*q_of(f, 100, "arm_rot_l") - before);
    assert_true(other > 0.0 && other < 0.05); /* and its other rotations are filtered all the same */
}

static void one_frame_stays_as_it_is(void **state) {
    fixture *f = *state;
    double q = f->motion->q[7];
    f->motion->n_frames = 1;
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, NULL), OIK_OK);
    assert_true(f->motion->q[7] == q);
}

static void what_cannot_be_filtered_is_refused_untouched(void **state) {
    fixture *f = *state;
    oik_error err;
    double q = f->motion->q[500];
    assert_int_equal(oik_motion_filter(f->motion, 60.0, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "120 frames per second"));
    f->motion->time[N - 1] += 1.0;
    assert_int_equal(oik_motion_filter(f->motion, CUTOFF, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "not even"));
    assert_true(f->motion->q[500] == q && f->motion->cutoff_hz == 0.0);
}

static void every_failed_allocation_leaves_the_motion(void **state) {
    fixture *f = *state;
    size_t size = (size_t)(N * f->chain->n_dofs) * sizeof(double);
    double *same = malloc(size);
    memcpy(same, f->motion->q, size);
    for (long n = 0;; n++) {
        oik_error err;
        failing_malloc_arm(n);
        oik_status status = oik_motion_filter(f->motion, CUTOFF, &err);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        if (all)
            break;
        assert_memory_equal(f->motion->q, same, size);
    }
    assert_true(memcmp(f->motion->q, same, size) != 0);
    free(same);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_ball_joint_is_filtered_as_a_rotation),
        CASE(single_coordinates_are_filtered_by_themselves),
        CASE(every_coordinate_becomes_smoother),
        CASE(nothing_leaves_its_range_and_bounds_are_marked),
        CASE(an_overshoot_is_made_up_for_by_the_other_axes),
        CASE(an_overshoot_does_not_go_the_other_way_round),
        CASE(full_turns_are_kept),
        CASE(coupled_coordinates_follow_their_masters),
        CASE(one_frame_stays_as_it_is),
        CASE(what_cannot_be_filtered_is_refused_untouched),
        CASE(every_failed_allocation_leaves_the_motion),
    };
    return cmocka_run_group_tests_name("test_ik_motion_filter", tests, NULL, NULL);
}
