/* Least squares on rotations through retract, and what the solver allocates meanwhile. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "lsq_problems.h"
#include "support/failing_malloc.h"

/* ---- rotations ----------------------------------------------------------------------------------------------------- */

enum { POSES = 8, POINTS = 6 };

/* POSES rotations in a ring see POINTS points each: y = R x; R_next R' is known too. State: POSES matrices. */
typedef struct pose_ring {
    oik_mat3 truth[POSES];
    oik_vec3 x[POINTS];
} pose_ring;

static const oik_mat3 *poses(const double *state) {
    return (const oik_mat3 *)(const void *)state;
}

static void turn(void *context, double *state_new, const double *state, const double *dx) {
    (void)context;
    oik_mat3 *out = (oik_mat3 *)(void *)state_new;
    for (int k = 0; k < POSES; k++) /* R <- exp(w) R */
        out[k] = m3_mul(oik_rot_exp(v3(dx[3 * k], dx[3 * k + 1], dx[3 * k + 2])), poses(state)[k]);
}

static void store(double *r, oik_vec3 v) {
    r[0] = v.x;
    r[1] = v.y;
    r[2] = v.z;
}

/* d (exp(w) v) / dw = -[v]x, row by row with `stride` entries per row */
static void store_turn(double *jac, int stride, oik_vec3 v, double sign) {
    oik_mat3 skew = m3_skew(v);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            jac[i * stride + j] = -sign * skew.m[i][j];
}

/* Rows: R_k x_i - truth (3 columns each), then R_(k+1) e - (truth_(k+1) truth_k') R_k e for the three axes e (6 columns). */
static oik_status evaluate_ring(void *context, const double *x, double *r, double *jac, oik_error *err) {
    (void)err;
    const pose_ring *ring = context;
    for (int k = 0; k < POSES; k++)
        for (int i = 0; i < POINTS; i++, r += 3) {
            oik_vec3 seen = m3_mulv(poses(x)[k], ring->x[i]);
            store(r, v3_sub(seen, m3_mulv(ring->truth[k], ring->x[i])));
            if (jac) {
                store_turn(jac, 3, seen, 1.0);
                jac += 9;
            }
        }
    for (int k = 0; k < POSES; k++)
        for (int e = 0; e < 3; e++, r += 3) {
            int next = (k + 1) % POSES;
            oik_mat3 between = m3_mul(ring->truth[next], m3_transpose(ring->truth[k]));
            oik_vec3 here = m3_column(poses(x)[k], e), there = m3_column(poses(x)[next], e);
            store(r, v3_sub(there, m3_mulv(between, here)));
            if (!jac)
                continue;
            store_turn(jac, 6, there, 1.0);
            oik_mat3 turned = m3_mul(between, m3_skew(here));
            for (int row = 0; row < 3; row++)
                for (int j = 0; j < 3; j++)
                    jac[6 * row + 3 + j] = turned.m[row][j];
            jac += 18;
        }
    return OIK_OK;
}

enum { RING_ROWS = 3 * POSES * (POINTS + 3), RING_JAC = 9 * POSES * POINTS + 18 * 3 * POSES };
static int ring_start[RING_ROWS + 1], ring_col[RING_JAC];

static oik_lsq_pattern ring_pattern(void) {
    int row = 0, p = 0;
    for (int k = 0; k < POSES; k++)
        for (int i = 0; i < 3 * POINTS; i++) {
            for (int j = 0; j < 3; j++)
                ring_col[p++] = 3 * k + j;
            ring_start[++row] = p;
        }
    for (int k = 0; k < POSES; k++)
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < 3; j++)
                ring_col[p++] = 3 * ((k + 1) % POSES) + j; /* not sorted in the last one, on purpose */
            for (int j = 0; j < 3; j++)
                ring_col[p++] = 3 * k + j;
            ring_start[++row] = p;
        }
    assert_int_equal(row, RING_ROWS);
    assert_int_equal(p, RING_JAC);
    return (oik_lsq_pattern){RING_ROWS, 3 * POSES, ring_start, ring_col};
}

static void make_ring(pose_ring *ring, oik_mat3 *start, uint64_t seed) {
    for (int i = 0; i < POINTS; i++)
        ring->x[i] = v3(uniform(&seed), uniform(&seed), uniform(&seed));
    for (int k = 0; k < POSES; k++) {
        ring->truth[k] = oik_rot_exp(v3(3 * uniform(&seed), 3 * uniform(&seed), 3 * uniform(&seed)));
        oik_vec3 error = v3(uniform(&seed), uniform(&seed), uniform(&seed)); /* up to 1.7 rad */
        start[k] = m3_mul(oik_rot_exp(error), ring->truth[k]);
    }
}

static void the_jacobian_of_the_ring_is_right(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = ring_pattern();
    pose_ring ring;
    oik_mat3 state[POSES], moved[POSES];
    static double jac[RING_JAC], r[2][RING_ROWS];
    make_ring(&ring, state, 7);
    evaluate_ring(&ring, &state[0].m[0][0], r[0], jac, NULL);
    const double h = 1e-6;
    for (int j = 0; j < 3 * POSES; j++) {
        for (int side = 0; side < 2; side++) {
            double dx[3 * POSES] = {0};
            dx[j] = side ? h : -h;
            turn(NULL, &moved[0].m[0][0], &state[0].m[0][0], dx);
            evaluate_ring(&ring, &moved[0].m[0][0], r[side], NULL, NULL);
        }
        for (int i = 0; i < RING_ROWS; i++)
            for (int p = pattern.row_start[i]; p < pattern.row_start[i + 1]; p++)
                if (pattern.col[p] == j) /* h^2 truncation and eps / h rounding are both below 1e-9 */
                    assert_true(fabs(jac[p] - (r[1][i] - r[0][i]) / (2 * h)) < 1e-9);
    }
}

static void rotations_are_recovered_through_retract(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = ring_pattern();
    oik_lsq *lsq = NULL;
    assert_int_equal(oik_lsq_new(&lsq, &pattern, 9 * POSES, NULL), OIK_OK);
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pose_ring ring;
        oik_mat3 state[POSES];
        make_ring(&ring, state, seed);
        oik_lsq_problem problem = {&ring, 9 * POSES, evaluate_ring, turn, NULL, NULL};
        oik_lsq_options options = strict((oik_lsq_strategy)(seed % 2));
        options.gradient_tolerance = 1e-13;
        oik_lsq_report report;
        assert_int_equal(oik_lsq_solve(&report, lsq, &state[0].m[0][0], &problem, &options, NULL), OIK_OK);
        for (int k = 0; k < POSES; k++) /* the log of a near-identity matrix resolves angles to about 1e-15 per entry */
            assert_true(oik_rot_angle_between(state[k], ring.truth[k]) < 1e-7);
        assert_true(report.final_cost < 1e-24);
        assert_true(report.n_accepted <= 30);
    }
    oik_lsq_free(lsq);
}

/* ---- memory -------------------------------------------------------------------------------------------------------- */

/* CHOLMOD is a shared library: its allocations do not pass through the wrapped calls of this executable. */
static void solving_allocates_nothing(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = ring_pattern();
    oik_lsq *lsq = NULL;
    failing_malloc_arm(-1);
    oik_status status = oik_lsq_new(&lsq, &pattern, 9 * POSES, NULL);
    assert_true(failing_malloc_disarm() > 5); /* the count works */
    assert_int_equal(status, OIK_OK);
    for (int strategy = OIK_LSQ_LM; strategy <= OIK_LSQ_DOGLEG; strategy++) {
        pose_ring ring;
        oik_mat3 state[POSES];
        make_ring(&ring, state, 3);
        oik_lsq_problem problem = {&ring, 9 * POSES, evaluate_ring, turn, NULL, NULL};
        oik_lsq_options options = strict((oik_lsq_strategy)strategy);
        oik_lsq_report report;
        failing_malloc_arm(-1);
        status = oik_lsq_solve(&report, lsq, &state[0].m[0][0], &problem, &options, NULL);
        long n_allocations = failing_malloc_disarm();
        assert_int_equal(status, OIK_OK);
        assert_int_equal(n_allocations, 0);
        assert_true(report.n_accepted > 2);
    }
    oik_lsq_free(lsq);
}

static void every_failing_allocation_is_reported(void **unused) {
    (void)unused;
    oik_lsq_pattern pattern = ring_pattern();
    oik_status status = OIK_E_MEMORY;
    long k = 0;
    while (status == OIK_E_MEMORY && k < 1000) {
        oik_lsq *lsq = NULL;
        oik_error err = {0};
        failing_malloc_arm(k++);
        status = oik_lsq_new(&lsq, &pattern, 9 * POSES, &err);
        failing_malloc_disarm();
        assert_true((status == OIK_OK) == (lsq != NULL));
        assert_true(status == OIK_OK || err.status == OIK_E_MEMORY);
        oik_lsq_free(lsq);
    }
    assert_int_equal(status, OIK_OK);
    assert_in_range(k, 15, 999); /* there were that many to fail */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_jacobian_of_the_ring_is_right),
        cmocka_unit_test(rotations_are_recovered_through_retract),
        cmocka_unit_test(solving_allocates_nothing),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_solve_lsq_rotations", tests, NULL, NULL);
}
