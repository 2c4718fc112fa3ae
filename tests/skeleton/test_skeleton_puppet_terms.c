/* The energies of the puppet: derivatives, known optima, what the caller may do, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "skeleton/puppet_terms.h"
#include "support/failing_malloc.h"
#include "support/puppet_derivatives.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *model;

static bool near(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance;
}

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    return model ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* ---- derivatives ---- */

typedef enum parametrisation { WITH_SHAPE, CONSTANT_SHAPE, ABSOLUTE_ROTATIONS } parametrisation;

static void check_kind(oik_term_kind kind, parametrisation unknowns) {
    oik_puppet *puppet = displaced_puppet(model, 7, 0.8, 0.1);
    oik_terms terms;
    oik_terms_init(&terms, model, unknowns == WITH_SHAPE, puppet->shape);
    terms.absolute = unknowns == ABSOLUTE_ROTATIONS;
    assert_int_equal(oik_puppet_keep_vectors(puppet, NULL), OIK_OK);
    oik_terms_add(&terms, make_term(model, kind, puppet));
    assert_int_equal(terms.n, 1);
    linearised at = linearise(&terms, puppet);
    double largest = 0.0;
    for (size_t i = 0; i < 6 * TINY_PARTS; i++)
        largest = fmax(largest, fabs(at.dense[i]));
    assert_true(largest > 0.1); /* the term is at work */
    free_linearised(&at);
    assert_derivatives(&terms, puppet);
    oik_terms_free(&terms);
    oik_puppet_free(puppet);
}

static void every_kind_has_the_derivatives_of_its_residual(void **state) {
    (void)state;
    for (int kind = OIK_TERM_ANCHOR; kind <= LAST_KIND; kind++)
        for (int unknowns = WITH_SHAPE; unknowns <= ABSOLUTE_ROTATIONS; unknowns++)
            check_kind((oik_term_kind)kind, (parametrisation)unknowns);
}

/* Another point of the part that carries one. */
static int32_t neighbour_of(int32_t point) {
    int32_t i = 0;
    while (i == point || model->point_part[i] != model->point_part[point])
        i++;
    return i;
}

/* As licensed tables may have it: both points on one part, whose columns a row has once. */
static void both_points_may_be_on_one_part(void **state) {
    (void)state;
    for (int kind = OIK_TERM_ANCHOR; kind <= LAST_KIND; kind++)
        for (int unknowns = WITH_SHAPE; unknowns <= ABSOLUTE_ROTATIONS; unknowns++) {
            oik_puppet *puppet = displaced_puppet(model, 7, 0.8, 0.1);
            oik_terms terms;
            oik_terms_init(&terms, model, unknowns == WITH_SHAPE, puppet->shape);
            terms.absolute = unknowns == ABSOLUTE_ROTATIONS;
            assert_int_equal(oik_puppet_keep_vectors(puppet, NULL), OIK_OK);
            oik_term term = make_term(model, (oik_term_kind)kind, puppet);
            if (term.kind == OIK_TERM_CURVE) /* of three parts */
                term.weight = 0.0;
            if (term.b >= 0)
                term.b = neighbour_of(term.a);
            oik_terms_add(&terms, term);
            assert_derivatives(&terms, puppet);
            oik_lsq *lsq = NULL;
            oik_lsq_pattern pattern;
            assert_int_equal(oik_terms_pattern(&pattern, &terms, NULL), OIK_OK);
            assert_int_equal(oik_lsq_new(&lsq, &pattern, oik_terms_state_size(&terms), NULL), OIK_OK); /* refuses a column twice */
            oik_lsq_free(lsq);
            oik_terms_pattern_free(&pattern);
            oik_terms_free(&terms);
            oik_puppet_free(puppet);
        }
}

static void all_kinds_together_keep_to_their_rows_and_columns(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 11, 0.5, 0.05);
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    for (int kind = OIK_TERM_ANCHOR; kind <= LAST_KIND; kind++)
        oik_terms_add(&terms, make_term(model, (oik_term_kind)kind, puppet));
    oik_terms_add(&terms, oik_term_stitch(TINY_PELVIS * TINY_BONE_VERTICES, TINY_THIGH_R * TINY_BONE_VERTICES, 0.9, v3(0, 0, 0)));
    linearised at = linearise(&terms, puppet);
    assert_int_equal(at.pattern.n_rows, 3 + 3 + 3 + 3 + 1 + 1 + 1 + 1 + 1 + 3 + TINY_SKELETON_MODES);
    assert_int_equal(at.pattern.n_unknowns, 6 * TINY_PARTS + TINY_SKELETON_MODES);
    free_linearised(&at);
    assert_derivatives(&terms, puppet);
    oik_terms_free(&terms);
    oik_puppet_free(puppet);
}

static void the_prior_of_a_mode_is_its_weight_times_its_coefficient(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 13, 0, 0);
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    model->mode_weight[1] = 2.5;
    linearised at = linearise(&terms, puppet);
    assert_int_equal(at.pattern.n_rows, TINY_SKELETON_MODES);
    assert_true(near(at.r[1], 2.5 * puppet->shape[1], 0.0));
    free_linearised(&at);
    assert_derivatives(&terms, puppet);
    model->mode_weight[1] = 1.0;
    oik_puppet_free(puppet);
}

static void a_barrier_that_is_kept_costs_nothing_and_pulls_nothing(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 17, 0.3, 0.02);
    oik_term barrier = make_term(model, OIK_TERM_BARRIER, puppet);
    barrier.vector = v3_madd(barrier.vector, 0.03, barrier.normal); /* now 1 cm behind the plane, margin 5 mm */
    oik_terms terms;
    oik_terms_init(&terms, model, false, puppet->shape);
    oik_terms_add(&terms, barrier);
    linearised at = linearise(&terms, puppet);
    assert_true(near(at.r[0], 0.0, 0.0));
    for (size_t c = 0; c < 6 * TINY_PARTS; c++)
        assert_true(near(at.dense[c], 0.0, 0.0));
    free_linearised(&at);
    terms.term[0].distance = 0.015; /* a margin that is not kept */
    at = linearise(&terms, puppet);
    assert_true(near(at.r[0], 1.5 * 0.005, 1e-12));
    free_linearised(&at);
    oik_terms_free(&terms);
    oik_puppet_free(puppet);
}

static void a_term_without_weight_is_dropped(void **state) {
    (void)state;
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    oik_terms_add(&terms, oik_term_stitch(0, TINY_BONE_VERTICES, 0.0, v3(0, 0, 0)));
    assert_int_equal(terms.n, 0);
    oik_terms_free(&terms);
}

/* ---- known optima ---- */

/* Converge as far as rounding allows. */
static oik_skel_options exact(void) {
    oik_skel_options options = oik_skel_options_default();
    options.cost_tolerance = 1e-15;
    return options;
}

static void anchor_all(oik_terms *terms, const oik_puppet *wanted, double weight) {
    for (size_t i = 0; i < model->n_vertices; i++)
        oik_terms_add(terms, oik_term_anchor((int32_t)i, oik_puppet_point(wanted, model, i), weight, v3(0, 0, 1), 1.0));
}

/* Vertices are where they are wanted to be; from a cost of rounding squared, positions come out to about 1e-9 m. */
static void assert_same_vertices(const oik_puppet *puppet, const oik_puppet *wanted) {
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_true(v3_dist(oik_puppet_point(puppet, model, i), oik_puppet_point(wanted, model, i)) < 1e-8);
}

static void set_mode_weights(double weight) {
    for (size_t k = 0; k < model->n_modes; k++)
        model->mode_weight[k] = weight;
}

static void a_displaced_puppet_comes_back_to_its_anchors(void **state) {
    (void)state;
    set_mode_weights(0.0); /* the prior would pull the optimum away from the wanted shape */
    for (uint64_t seed = 1; seed <= 3; seed++) {
        oik_puppet *wanted = displaced_puppet(model, seed, 1.0, 0.2), *puppet = displaced_puppet(model, seed + 10, 1.0, 0.2);
        oik_skel_options options = exact();
        oik_lsq_report report;
        oik_terms terms;
        oik_terms_init(&terms, model, true, NULL);
        anchor_all(&terms, wanted, 100.0);
        assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
        assert_same_vertices(puppet, wanted);
        for (size_t k = 0; k < model->n_modes; k++) /* modes move vertices by more than 1 mm per unit: 1e-8 m is 1e-5 */
            assert_true(near(puppet->shape[k], wanted->shape[k], 1e-5));
        assert_true(report.stop <= OIK_LSQ_STOP_COST && report.final_cost < 1e-10 * report.initial_cost);
        oik_terms_free(&terms);
        oik_puppet_free(wanted);
        oik_puppet_free(puppet);
    }
    set_mode_weights(1.0);
}

static void a_constant_shape_is_used_and_left_alone(void **state) {
    (void)state;
    oik_puppet *wanted = displaced_puppet(model, 21, 1.0, 0.2), *puppet = displaced_puppet(model, 22, 1.0, 0.2);
    oik_skel_options options = exact();
    oik_lsq_report report;
    oik_terms terms;
    oik_terms_init(&terms, model, false, wanted->shape);
    anchor_all(&terms, wanted, 100.0);
    double before[TINY_SKELETON_MODES];
    memcpy(before, puppet->shape, sizeof before);
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    assert_memory_equal(puppet->shape, before, sizeof before);
    memcpy(puppet->shape, wanted->shape, sizeof before);
    assert_same_vertices(puppet, wanted);
    oik_terms_free(&terms);
    oik_puppet_free(wanted);
    oik_puppet_free(puppet);
}

/* Three stitched points that do not lie on a line carry a part along, with the offset turning with the first part. */
static void a_stitched_part_follows_with_its_offset(void **state) {
    (void)state;
    const oik_vec3 offset = v3(0.01, -0.02, 0.03);
    oik_puppet *wanted = displaced_puppet(model, 31, 1.0, 0.2), *puppet = displaced_puppet(model, 32, 1.0, 0.2);
    memcpy(puppet->shape, wanted->shape, TINY_SKELETON_MODES * sizeof *puppet->shape);
    oik_terms terms;
    oik_terms_init(&terms, model, false, wanted->shape);
    anchor_all(&terms, wanted, 100.0);
    size_t first = terms.n;
    for (size_t i = 0; i < terms.n; i++) /* all but the left shank are anchored */
        first = model->point_part[terms.term[i].a] == TINY_SHANK_L && i < first ? i : first;
    memmove(terms.term + first, terms.term + first + TINY_BONE_VERTICES, (terms.n - first - TINY_BONE_VERTICES) * sizeof *terms.term);
    terms.n -= TINY_BONE_VERTICES;
    const int32_t a = TINY_THIGH_L * TINY_BONE_VERTICES, b = TINY_SHANK_L * TINY_BONE_VERTICES, pick[3] = {0, 13, 26};
    for (int k = 0; k < 3; k++) /* o_k = o + u_a - u_b: both triangles of points are then the same but for the offset o */
        oik_terms_add(&terms, oik_term_stitch(a + pick[k], b + pick[k], 100.0,
                                              v3_add(offset, v3_sub(oik_puppet_local(wanted->shape, model, (size_t)(a + pick[k])),
                                                                    oik_puppet_local(wanted->shape, model, (size_t)(b + pick[k]))))));
    oik_skel_options options = exact();
    oik_lsq_report report;
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    /* R_a (u_a - o_k) + t_a = R_b u_b + t_b has the one solution R_b = R_a, t_b = t_a - R_a o */
    assert_true(oik_rot_angle_between(puppet->R[TINY_SHANK_L], wanted->R[TINY_THIGH_L]) < 1e-6); /* 1e-8 m over a 1 cm triangle */
    oik_vec3 t = v3_sub(wanted->t[TINY_THIGH_L], m3_mulv(wanted->R[TINY_THIGH_L], offset));
    assert_true(v3_dist(puppet->t[TINY_SHANK_L], t) < 1e-7);
    oik_terms_free(&terms);
    oik_puppet_free(wanted);
    oik_puppet_free(puppet);
}

static void a_ligament_settles_between_its_length_and_the_anchors(void **state) {
    (void)state;
    const double w_anchor = 10.0, w_ligament = 50.0, excess = 0.04;
    oik_puppet *rest = displaced_puppet(model, 41, 0.0, 0.0), *puppet = displaced_puppet(model, 41, 0.0, 0.0);
    oik_terms terms;
    oik_terms_init(&terms, model, false, rest->shape);
    anchor_all(&terms, rest, w_anchor);
    const int32_t a = TINY_THIGH_L * TINY_BONE_VERTICES, b = TINY_THORAX * TINY_BONE_VERTICES;
    double before = v3_dist(oik_puppet_point(rest, model, (size_t)a), oik_puppet_point(rest, model, (size_t)b));
    oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = a, .b = b, .weight = w_ligament, .distance = before - excess});
    oik_skel_options options = exact();
    oik_lsq_report loose, firm;
    assert_int_equal(oik_terms_solve(&loose, puppet, &terms, &options, NULL), OIK_OK);
    double after = v3_dist(oik_puppet_point(puppet, model, (size_t)a), oik_puppet_point(puppet, model, (size_t)b));
    assert_true(after < before - 1e-3 && after > before - excess);
    terms.term[terms.n - 1].weight = 1e5;
    assert_int_equal(oik_terms_solve(&firm, puppet, &terms, &options, NULL), OIK_OK);
    after = v3_dist(oik_puppet_point(puppet, model, (size_t)a), oik_puppet_point(puppet, model, (size_t)b));
    assert_true(near(after, before - excess, 1e-5)); /* 68 anchored rows of weight 10 against 1e5: 40 mm * 68 (10 / 1e5)^2 = 3e-8 m */
    assert_true(firm.final_cost > loose.final_cost);
    oik_terms_free(&terms);
    oik_puppet_free(rest);
    oik_puppet_free(puppet);
}

/* Anchors d beyond parallel planes against barriers: along n,  y = (w1^2 d - w2^2 m) / (w1^2 + w2^2)  minimises the sum. */
static void a_barrier_pushes_back_as_far_as_the_weights_say(void **state) {
    (void)state;
    const double w1 = 20.0, w2 = 60.0, d = 0.03, margin = 0.002;
    const oik_vec3 n = v3_unit(v3(2, 1, -1));
    oik_puppet *rest = displaced_puppet(model, 51, 0.0, 0.0), *puppet = displaced_puppet(model, 51, 0.3, 0.02);
    oik_terms terms;
    oik_terms_init(&terms, model, false, rest->shape);
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 y = oik_puppet_point(rest, model, i);
        oik_terms_add(&terms, oik_term_anchor((int32_t)i, v3_madd(y, d, n), w1, n, 1.0));
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_BARRIER, .a = (int32_t)i, .b = -1, .weight = w2, .distance = margin,
                                         .vector = y, .normal = n});
    }
    oik_skel_options options = exact();
    oik_lsq_report report;
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    double expected = (w1 * w1 * d - w2 * w2 * margin) / (w1 * w1 + w2 * w2);
    for (size_t i = 0; i < model->n_vertices; i++) /* the optimum is flat: sqrt(1e-15 of the cost) of 3 cm */
        assert_true(v3_dist(oik_puppet_point(puppet, model, i), v3_madd(oik_puppet_point(rest, model, i), expected, n)) < 1e-7);
    oik_terms_free(&terms);
    oik_puppet_free(rest);
    oik_puppet_free(puppet);
}

/* ---- the caller ---- */

typedef struct watch {
    int n_calls, last_iteration, stop_at;
    double last_cost;
    const oik_puppet *seen;
} watch;

static int on_step(void *context, int iteration, const oik_puppet *puppet, double cost) {
    watch *w = context;
    assert_int_equal(iteration, w->last_iteration + 1);
    assert_true(cost <= w->last_cost);
    assert_non_null(puppet);
    w->last_iteration = iteration;
    w->last_cost = cost;
    w->seen = puppet;
    w->n_calls++;
    return iteration == w->stop_at;
}

static oik_status solve_watched(oik_lsq_report *report, watch *w, oik_error *err) {
    oik_puppet *wanted = displaced_puppet(model, 61, 1.0, 0.2), *puppet = displaced_puppet(model, 62, 1.0, 0.2);
    oik_skel_options options = exact();
    options.on_step = on_step;
    options.on_step_context = w;
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    anchor_all(&terms, wanted, 100.0);
    oik_status status = oik_terms_solve(report, puppet, &terms, &options, err);
    oik_terms_free(&terms);
    oik_puppet_free(wanted);
    oik_puppet_free(puppet);
    return status;
}

static void the_caller_sees_every_step(void **state) {
    (void)state;
    watch w = {.stop_at = -1, .last_cost = INFINITY};
    oik_lsq_report report;
    assert_int_equal(solve_watched(&report, &w, NULL), OIK_OK);
    assert_int_equal(w.n_calls, report.n_accepted);
    assert_true(w.n_calls > 2);
}

static void the_caller_can_cancel(void **state) {
    (void)state;
    watch w = {.stop_at = 2, .last_cost = INFINITY};
    oik_error err = {.status = OIK_OK};
    oik_lsq_report report;
    assert_int_equal(solve_watched(&report, &w, &err), OIK_E_CANCELLED);
    assert_int_equal(err.status, OIK_E_CANCELLED);
    assert_int_equal(w.n_calls, 2);
}

/* ---- memory ---- */

static void a_failed_allocation_sticks(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 71, 0, 0);
    oik_error err = {.status = OIK_OK};
    oik_lsq_report report;
    oik_skel_options options = exact();
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    failing_malloc_arm(0);
    oik_terms_add(&terms, oik_term_anchor(0, v3(0, 0, 0), 1.0, v3(0, 0, 1), 1.0));
    failing_malloc_disarm();
    assert_int_equal(terms.status, OIK_E_MEMORY);
    oik_terms_add(&terms, oik_term_anchor(0, v3(0, 0, 0), 1.0, v3(0, 0, 1), 1.0));
    assert_int_equal(terms.n, 0);
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, &err), OIK_E_MEMORY);
    assert_int_equal(err.status, OIK_E_MEMORY);
    oik_terms_free(&terms);
    oik_puppet_free(puppet);
}

static void every_failed_allocation_of_a_solve_is_reported(void **state) {
    (void)state;
    oik_puppet *wanted = displaced_puppet(model, 81, 0.1, 0.01), *puppet = displaced_puppet(model, 82, 0.1, 0.01);
    oik_skel_options options = oik_skel_options_default();
    oik_lsq_report report;
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    anchor_all(&terms, wanted, 100.0);
    failing_malloc_arm(-1);
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_true(n >= 4); /* pattern rows and columns, solver, state */
    for (long k = 0; k < n; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_terms_solve(&report, puppet, &terms, &options, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
    }
    oik_terms_free(&terms);
    oik_puppet_free(wanted);
    oik_puppet_free(puppet);
}

static void a_puppet_without_memory_is_none(void **state) {
    (void)state;
    for (long k = 0; k < 4; k++) {
        oik_puppet *puppet = NULL;
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_puppet_new(&puppet, model, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(puppet);
    }
    oik_puppet_free(NULL);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(every_kind_has_the_derivatives_of_its_residual),
        cmocka_unit_test(both_points_may_be_on_one_part),
        cmocka_unit_test(all_kinds_together_keep_to_their_rows_and_columns),
        cmocka_unit_test(the_prior_of_a_mode_is_its_weight_times_its_coefficient),
        cmocka_unit_test(a_barrier_that_is_kept_costs_nothing_and_pulls_nothing),
        cmocka_unit_test(a_term_without_weight_is_dropped),
        cmocka_unit_test(a_displaced_puppet_comes_back_to_its_anchors),
        cmocka_unit_test(a_constant_shape_is_used_and_left_alone),
        cmocka_unit_test(a_stitched_part_follows_with_its_offset),
        cmocka_unit_test(a_ligament_settles_between_its_length_and_the_anchors),
        cmocka_unit_test(a_barrier_pushes_back_as_far_as_the_weights_say),
        cmocka_unit_test(the_caller_sees_every_step),
        cmocka_unit_test(the_caller_can_cancel),
        cmocka_unit_test(a_failed_allocation_sticks),
        cmocka_unit_test(every_failed_allocation_of_a_solve_is_reported),
        cmocka_unit_test(a_puppet_without_memory_is_none),
    };
    return cmocka_run_group_tests_name("test_skeleton_puppet_terms", cases, set_up, tear_down);
}
