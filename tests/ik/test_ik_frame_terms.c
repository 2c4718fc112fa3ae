/* Rows of one frame's measurements: their meaning, and their Jacobians against central differences. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/frame_terms.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/random.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* step whose truncation (h^2 times third derivatives) and rounding (1e-16 / h) errors are both about 1e-10 */
static const double STEP = 1e-5;
/* rows are up to 10 / m times positions of 1 m, so both errors are ten times larger; a robust row bends over 0.05 m: 1e-7 */
static const double TOLERANCE = 1e-6;
static const double LENGTH = 0.1;

enum { MAX_DOFS = 64, MAX_ROWS = 512, MAX_SEGMENTS = 32 };

/* the coupled chain in a random pose, markers on every segment, links between any two of them, everything measured a little off */
typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    double *rest;
    oik_chain_pose *pose;
    oik_markers *markers;
    double q[MAX_DOFS];
    bool segments[MAX_SEGMENTS];
    oik_vec3 x[MAX_SEGMENTS];
    double weight[MAX_SEGMENTS], R_weight[MAX_SEGMENTS];
    oik_mat3 R[MAX_SEGMENTS];
    oik_frame_data data;
} fixture;

static void measure(fixture *f, uint64_t *random) {
    tiny_random_pose(f->q, f->chain, 0.05, random);
    oik_chain_forward(f->pose, f->chain, f->q);
    for (int i = 0; i < f->chain->n_segments; i++) {
        f->x[i] = v3_madd(oik_marker_position(&f->markers->markers[i], f->pose), 0.05, random_vec3(random));
        f->R[i] = m3_mul(f->pose->R[i], oik_rot_exp(random_vec3(random)));
        f->weight[i] = tiny_uniform(random, 0.2, 2.0);
        f->R_weight[i] = tiny_uniform(random, 0.2, 2.0);
    }
}

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    uint64_t random = 3;
    *state = f;
    if (!f || !(f->lying = coupled_kinematics_new()) || oik_chain_new(&f->chain, &f->rest, f->lying, NULL) ||
        oik_chain_pose_new(&f->pose, f->chain, NULL) || f->chain->n_dofs > MAX_DOFS || f->chain->n_segments > MAX_SEGMENTS)
        return -1;
    size_t n = (size_t)f->chain->n_segments;
    if (oik_markers_new(&f->markers, n, n, NULL))
        return -1;
    for (int i = 0; i < (int)n; i++) {
        f->segments[i] = true;
        f->markers->markers[i] = (oik_marker){.segment = i, .local = v3_scale(random_vec3(&random), 0.2), .keypoint = i};
        f->markers->links[i] = (oik_marker_link){i, (4 * i + 1) % (int)n, tiny_uniform(&random, 0.5, 2.0)};
    }
    f->data = (oik_frame_data){.x = f->x, .weight = f->weight, .R = f->R, .R_weight = f->R_weight};
    measure(f, &random);
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_markers_free(f->markers);
    oik_chain_pose_free(f->pose);
    oik_chain_free(f->chain);
    free(f->rest);
    tiny_kinematics_free(f->lying);
    free(f);
    return 0;
}

static oik_frame_terms *new_terms(const fixture *f, bool segments, bool positions, bool links, double robust_scale) {
    oik_frame_terms *terms;
    oik_term_choice choice = {.segments = segments ? f->segments : NULL, .positions = positions, .links = links, .length_scale = LENGTH,
                              .robust_scale = robust_scale};
    assert_int_equal(oik_frame_terms_new(&terms, f->chain, f->markers, &choice, NULL), OIK_OK);
    assert_true(3 * terms->n_terms <= MAX_ROWS);
    return terms;
}

/* J: rows x MAX_DOFS, from the sparse values */
static void spread(double *J, const oik_frame_terms *terms, const double *jac) {
    memset(J, 0, sizeof *J * (size_t)(3 * terms->n_terms) * MAX_DOFS);
    for (int i = 0; i < terms->n_terms; i++)
        for (int a = 0; a < 3; a++)
            for (int k = 0; k < terms->terms[i].n_cols; k++)
                J[(3 * i + a) * MAX_DOFS + terms->col[terms->terms[i].first_col + k]] = *jac++;
}

static void residuals_at(double *r, fixture *f, oik_frame_terms *terms, int k, double step) {
    double q[MAX_DOFS];
    memcpy(q, f->q, sizeof q);
    q[k] += step;
    oik_chain_forward(f->pose, f->chain, q);
    oik_frame_terms_evaluate(terms, r, NULL, f->pose, &f->data);
}

static void check_column(fixture *f, oik_frame_terms *terms, const double *J, int k) {
    double plus[MAX_ROWS], minus[MAX_ROWS];
    residuals_at(plus, f, terms, k, STEP);
    residuals_at(minus, f, terms, k, -STEP);
    for (int i = 0; i < 3 * terms->n_terms; i++)
        assert_near(J[i * MAX_DOFS + k], 0.5 * (plus[i] - minus[i]) / STEP, TOLERANCE);
}

/* every coordinate, those without a column too; the sum of squares shows that the rows are not all 0 */
static void check_jacobian(fixture *f, oik_frame_terms *terms) {
    double *J = calloc(MAX_ROWS * MAX_DOFS, sizeof *J), *jac = calloc((size_t)terms->n_values, sizeof *jac), r[MAX_ROWS], sum = 0.0;
    oik_chain_forward(f->pose, f->chain, f->q);
    oik_frame_terms_evaluate(terms, r, jac, f->pose, &f->data);
    spread(J, terms, jac);
    for (int k = 0; k < f->chain->n_dofs; k++)
        check_column(f, terms, J, k);
    for (int i = 0; i < terms->n_values; i++)
        sum += jac[i] * jac[i];
    assert_true(sum > 1.0);
    free(J);
    free(jac);
    oik_frame_terms_free(terms);
}

static void orientations_match_central_differences(void **state) {
    check_jacobian(*state, new_terms(*state, true, false, false, 0.0));
}

static void positions_match_central_differences(void **state) {
    check_jacobian(*state, new_terms(*state, false, true, false, 0.0));
}

static void links_match_central_differences(void **state) {
    check_jacobian(*state, new_terms(*state, false, false, true, 0.0));
}

static void robust_positions_match_central_differences(void **state) {
    check_jacobian(*state, new_terms(*state, false, true, false, 0.03)); /* errors of up to 0.09 m: near and far ones */
}

static void robust_rows_are_smooth_where_the_error_vanishes(void **state) {
    fixture *f = *state;
    for (int i = 0; i < f->chain->n_segments; i++) /* s = 1e-12 .. 1e-3 on both sides of the series' limit */
        f->x[i] = v3_madd(oik_marker_position(&f->markers->markers[i], f->pose), 0.03 * pow(10.0, -6.0 + 0.17 * i), v3(0.6, 0, 0.8));
    check_jacobian(f, new_terms(f, false, true, false, 0.03));
}

static void all_kinds_together_match_central_differences(void **state) {
    check_jacobian(*state, new_terms(*state, true, true, true, 0.03));
}

static double square(const double *r) {
    return r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
}

/* the header's formulas, evaluated anew; doubles of order 1 to 100, so 1e-10 leaves room for rounding only */
static void rows_have_the_squares_that_the_header_says(void **state) {
    fixture *f = *state;
    double r[MAX_ROWS], c = 0.03;
    int n = f->chain->n_segments;
    oik_frame_terms *plain = new_terms(f, true, true, true, 0.0), *robust = new_terms(f, false, true, false, c);
    oik_frame_terms_evaluate(plain, r, NULL, f->pose, &f->data);
    for (int i = 0; i < n; i++) {
        const oik_marker_link *link = &f->markers->links[i];
        oik_vec3 pa = oik_marker_position(&f->markers->markers[link->from], f->pose);
        oik_vec3 pb = oik_marker_position(&f->markers->markers[link->to], f->pose);
        double angle = oik_rot_angle_between(f->pose->R[i], f->R[i]);
        double distance = v3_dist(oik_marker_position(&f->markers->markers[i], f->pose), f->x[i]);
        double chord = v3_dist(v3_unit(v3_sub(pb, pa)), v3_unit(v3_sub(f->x[link->to], f->x[link->from])));
        assert_near(square(r + 3 * i), f->R_weight[i] * angle * angle, 1e-10);
        assert_near(square(r + 3 * (n + i)), f->weight[i] * distance * distance / (LENGTH * LENGTH), 1e-10);
        assert_near(square(r + 3 * (2 * n + i)), link->weight * fmin(f->weight[link->from], f->weight[link->to]) * chord * chord, 1e-10);
    }
    oik_frame_terms_evaluate(robust, r, NULL, f->pose, &f->data);
    for (int i = 0; i < n; i++) {
        double d = v3_dist(oik_marker_position(&f->markers->markers[i], f->pose), f->x[i]) / c;
        assert_near(square(r + 3 * i), f->weight[i] * c * c / (LENGTH * LENGTH) * log(1.0 + d * d), 1e-10);
    }
    oik_frame_terms_free(plain);
    oik_frame_terms_free(robust);
}

static void expect_zero_rows(const double *J, const double *r, int term) {
    for (int i = 3 * term; i < 3 * term + 3; i++) {
        assert_true(r[i] == 0.0);
        for (int k = 0; k < MAX_DOFS; k++)
            assert_true(J[i * MAX_DOFS + k] == 0.0);
    }
}

/* segment 4's orientation, marker 6 and so every link that needs it; what stands there instead of a measurement is not read */
static void absent_measurements_give_zero_rows(void **state) {
    fixture *f = *state;
    int n = f->chain->n_segments, n_links = 0;
    oik_frame_terms *terms = new_terms(f, true, true, true, 0.03);
    double *J = calloc(MAX_ROWS * MAX_DOFS, sizeof *J), *jac = calloc((size_t)terms->n_values, sizeof *jac), r[MAX_ROWS];
    f->R_weight[4] = f->weight[6] = 0.0;
    f->R[4].m[0][0] = f->x[6].x = NAN;
    oik_frame_terms_evaluate(terms, r, jac, f->pose, &f->data);
    spread(J, terms, jac);
    expect_zero_rows(J, r, 4);
    expect_zero_rows(J, r, n + 6);
    for (int i = 0; i < n; i++)
        if (f->markers->links[i].from == 6 || f->markers->links[i].to == 6) {
            expect_zero_rows(J, r, 2 * n + i);
            n_links++;
        }
    assert_int_equal(n_links, 2);
    for (int i = 0; i < 3 * terms->n_terms; i++)
        assert_true(isfinite(r[i]));
    assert_true(square(r) > 0.0 && square(r + 3 * n) > 0.0);
    free(J);
    free(jac);
    oik_frame_terms_free(terms);
}

/* two markers at one place, in the pose or as measured */
static void a_link_without_a_direction_gives_zero_rows(void **state) {
    fixture *f = *state;
    oik_frame_terms *terms = new_terms(f, false, false, true, 0.0);
    double *J = calloc(MAX_ROWS * MAX_DOFS, sizeof *J), *jac = calloc((size_t)terms->n_values, sizeof *jac), r[MAX_ROWS];
    const oik_marker_link *first = &f->markers->links[0], *second = &f->markers->links[1];
    f->markers->markers[first->to] = f->markers->markers[first->from];
    f->x[second->to] = f->x[second->from];
    oik_frame_terms_evaluate(terms, r, jac, f->pose, &f->data);
    spread(J, terms, jac);
    expect_zero_rows(J, r, 0);
    expect_zero_rows(J, r, 1);
    assert_true(square(r + 6) > 0.0);
    free(J);
    free(jac);
    oik_frame_terms_free(terms);
}

static void what_is_left_out_has_no_rows(void **state) {
    fixture *f = *state;
    bool markers[MAX_SEGMENTS];
    oik_frame_terms *terms;
    for (int i = 0; i < f->chain->n_segments; i++)
        markers[i] = i != 5;
    f->markers->links[2].weight = 0.0;
    f->segments[0] = f->segments[3] = false;
    oik_term_choice choice = {.segments = f->segments, .markers = markers, .positions = true, .links = true, .length_scale = LENGTH};
    assert_int_equal(oik_frame_terms_new(&terms, f->chain, f->markers, &choice, NULL), OIK_OK);
    assert_int_equal(terms->n_terms, 3 * f->chain->n_segments - 4);
    for (int i = 0; i < terms->n_terms; i++)
        assert_true(terms->terms[i].kind != OIK_TERM_POSITION || terms->terms[i].index != 5);
    check_jacobian(f, terms);
}

/* in place of the link's own weight and its markers' confidence, which then may be 0 */
static void weights_of_links_may_be_given_for_a_frame(void **state) {
    fixture *f = *state;
    int n = f->chain->n_segments;
    double r[MAX_ROWS], before[MAX_ROWS], given[MAX_SEGMENTS];
    oik_frame_terms *terms = new_terms(f, false, false, true, 0.0);
    oik_frame_terms_evaluate(terms, before, NULL, f->pose, &f->data);
    for (int i = 0; i < n; i++)
        given[i] = i == 3 ? 0.0 : 0.7;
    f->data.link_weight = given;
    oik_frame_terms_evaluate(terms, r, NULL, f->pose, &f->data);
    for (int i = 0; i < n; i++) {
        const oik_marker_link *link = &f->markers->links[i];
        double own = link->weight * fmin(f->weight[link->from], f->weight[link->to]);
        assert_near(square(r + 3 * i), square(before + 3 * i) * given[i] / own, 1e-12); /* rounding */
    }
    check_jacobian(f, terms);
}

static void frames_of_a_measurement_follow_one_another(void **state) {
    fixture *f = *state;
    int n = f->chain->n_segments;
    oik_measurement both = {.markers = f->markers, .x = f->x, .weight = f->weight, .R = f->R, .R_weight = f->R_weight};
    oik_measurement none = {.markers = NULL};
    oik_frame_data data = oik_measurement_frame(&both, f->chain, 2);
    assert_ptr_equal(data.x, f->x + 2 * n);
    assert_ptr_equal(data.weight, f->weight + 2 * n);
    assert_ptr_equal(data.R, f->R + 2 * n);
    assert_ptr_equal(data.R_weight, f->R_weight + 2 * n);
    data = oik_measurement_frame(&none, f->chain, 2);
    assert_true(!data.x && !data.weight && !data.R && !data.R_weight);
}

static void markers_and_scales_out_of_range_are_refused(void **state) {
    fixture *f = *state;
    oik_error err;
    oik_frame_terms *terms;
    oik_term_choice choice = {.positions = true, .links = true, .length_scale = LENGTH};
    oik_marker *marker = &f->markers->markers[1];
    oik_marker_link *link = &f->markers->links[1];
    strcpy(marker->name, "wand");
    int *const places[] = {&marker->segment, &link->from, &link->to};
    for (int i = 0; i < 3; i++)
        for (int bad = 0; bad < 2; bad++) {
            int good = *places[i];
            *places[i] = bad ? -1 : f->chain->n_segments; /* as many markers as segments */
            assert_int_equal(oik_frame_terms_new(&terms, f->chain, f->markers, &choice, &err), OIK_E_ARGUMENT);
            assert_null(terms);
            assert_non_null(strstr(err.message, i == 0 ? "wand" : "link 1"));
            *places[i] = good;
        }
    const double bad_scales[][2] = {{0.0, 0.0}, {-1.0, 0.0}, {NAN, 0.0}, {0.1, -1.0}, {0.1, NAN}};
    for (size_t i = 0; i < sizeof bad_scales / sizeof *bad_scales; i++) {
        choice.length_scale = bad_scales[i][0];
        choice.robust_scale = bad_scales[i][1];
        assert_int_equal(oik_frame_terms_new(&terms, f->chain, f->markers, &choice, &err), OIK_E_ARGUMENT);
    }
    oik_frame_terms_free(NULL);
}

static void every_failing_allocation_is_reported(void **state) {
    fixture *f = *state;
    oik_term_choice choice = {.segments = f->segments, .positions = true, .links = true, .length_scale = LENGTH};
    for (long n = 0;; n++) {
        oik_frame_terms *terms;
        failing_malloc_arm(n);
        oik_status status = oik_frame_terms_new(&terms, f->chain, f->markers, &choice, NULL);
        bool all = failing_malloc_disarm() <= n;
        assert_int_equal(status, all ? OIK_OK : OIK_E_MEMORY);
        assert_true(all == (terms != NULL));
        oik_frame_terms_free(terms);
        if (all) {
            assert_true(n > 5); /* there were that many to fail */
            return;
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest test_ik_frame_terms[] = {
        CASE(orientations_match_central_differences),
        CASE(positions_match_central_differences),
        CASE(links_match_central_differences),
        CASE(robust_positions_match_central_differences),
        CASE(robust_rows_are_smooth_where_the_error_vanishes),
        CASE(all_kinds_together_match_central_differences),
        CASE(rows_have_the_squares_that_the_header_says),
        CASE(absent_measurements_give_zero_rows),
        CASE(a_link_without_a_direction_gives_zero_rows),
        CASE(what_is_left_out_has_no_rows),
        CASE(weights_of_links_may_be_given_for_a_frame),
        CASE(frames_of_a_measurement_follow_one_another),
        CASE(markers_and_scales_out_of_range_are_refused),
        CASE(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(test_ik_frame_terms, NULL, NULL);
}
