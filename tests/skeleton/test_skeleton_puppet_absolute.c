/* The puppet with absolute rotation vectors, points of the caller's own, and the terms of the published method. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
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

/* The left Jacobian where the angle is anything: none, half a turn, several turns. */
static void absolute_rotations_have_derivatives_at_every_angle(void **state) {
    (void)state;
    const double angles[] = {0.0, 1e-9, 1e-3, 2.0, 3.14159265358979, 6.2, 40.0};
    oik_puppet *puppet = displaced_puppet(model, 8, 0.8, 0.1);
    assert_int_equal(oik_puppet_keep_vectors(puppet, NULL), OIK_OK);
    for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
        uint64_t seed = i + 1;
        for (int p = 0; p < puppet->n_parts; p++)
            puppet->r[p] = v3_scale(v3_unit(random_vec3(&seed)), angles[i]);
        oik_terms terms;
        oik_terms_init(&terms, model, false, puppet->shape);
        terms.absolute = true;
        oik_terms_add(&terms, make_term(model, OIK_TERM_STITCH, puppet));
        oik_terms_add(&terms, make_term(model, OIK_TERM_LIGAMENT, puppet));
        assert_derivatives(&terms, puppet);
        oik_terms_free(&terms);
    }
    oik_puppet_free(puppet);
}

/* Points of the caller's own are carried by their part like a vertex at the same place, and do not follow the shape. */
static void own_points_move_with_their_part(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 9, 0.8, 0.1);
    const int32_t a = TINY_THIGH_L * TINY_BONE_VERTICES + 5, b = TINY_SHANK_L * TINY_BONE_VERTICES + 11;
    for (int with_shape = 0; with_shape < 2; with_shape++) {
        oik_terms terms;
        oik_terms_init(&terms, model, with_shape, puppet->shape);
        int32_t own_a = oik_terms_add_point(&terms, TINY_THIGH_L, oik_puppet_local(puppet->shape, model, (size_t)a));
        int32_t own_b = oik_terms_add_point(&terms, TINY_SHANK_L, oik_puppet_local(puppet->shape, model, (size_t)b));
        assert_true((size_t)own_a == model->n_points && own_b == own_a + 1);
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = a, .b = b, .weight = 2.0, .distance = 0.1});
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = own_a, .b = own_b, .weight = 2.0, .distance = 0.1});
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_LIGAMENT, .a = own_a, .b = b, .weight = 2.0, .distance = 0.1});
        linearised at = linearise(&terms, puppet);
        assert_true(at.r[0] == at.r[1] && at.r[0] == at.r[2]);
        size_t n = (size_t)at.pattern.n_unknowns;
        assert_memory_equal(at.dense, at.dense + n, 6 * TINY_PARTS * sizeof(double));
        for (size_t k = 6 * TINY_PARTS; k < n; k++)
            assert_true(at.dense[n + k] == 0.0);
        free_linearised(&at);
        assert_derivatives(&terms, puppet);
        oik_terms_clear(&terms);
        assert_int_equal(terms.n, 0);
        assert_int_equal(oik_terms_add_point(&terms, TINY_PELVIS, v3(0, 0, 0)), model->n_points);
        oik_terms_free(&terms);
    }
    oik_puppet_free(puppet);
}

/* Distance under the skin less the rest length, so that beyond the skin it counts as negative. */
static void a_spring_knows_its_side_of_the_skin(void **state) {
    (void)state;
    oik_puppet *puppet = displaced_puppet(model, 10, 0.4, 0.05);
    const oik_vec3 n = v3_unit(v3(1, 2, 2)), y = oik_puppet_point(puppet, model, 7);
    for (int outside = 0; outside < 2; outside++) {
        oik_terms terms;
        oik_terms_init(&terms, model, false, puppet->shape);
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_SPRING, .a = 7, .b = -1, .weight = 2.0, .distance = 0.01, .normal = n,
                                         .vector = v3_madd(y, outside ? -0.03 : 0.03, n)});
        linearised at = linearise(&terms, puppet);
        assert_true(near(at.r[0], 2.0 * ((outside ? -0.03 : 0.03) - 0.01), 1e-15));
        free_linearised(&at);
        oik_terms_free(&terms);
    }
    oik_puppet_free(puppet);
}

/* Local and absolute rotations are two ways to the same optimum. */
static void both_parametrisations_find_the_same_optimum(void **state) {
    (void)state;
    oik_puppet *wanted = displaced_puppet(model, 71, 1.0, 0.2), *found[2];
    for (int absolute = 0; absolute < 2; absolute++) {
        found[absolute] = displaced_puppet(model, 72, 1.0, 0.2);
        assert_int_equal(oik_puppet_keep_vectors(found[absolute], NULL), OIK_OK);
        oik_skel_options options = oik_skel_options_default();
        oik_lsq_options solver = oik_lsq_options_default();
        solver.strategy = absolute ? OIK_LSQ_DOGLEG : OIK_LSQ_LM;
        solver.cost_tolerance = 1e-15;
        oik_terms terms;
        oik_lsq_report report;
        oik_terms_init(&terms, model, false, wanted->shape);
        terms.absolute = absolute;
        for (size_t i = 0; i < model->n_vertices; i++)
            oik_terms_add(&terms, oik_term_anchor((int32_t)i, oik_puppet_point(wanted, model, i), 100.0, v3(0, 0, 1), 1.0));
        assert_int_equal(oik_terms_minimise(&report, found[absolute], &terms, &solver, &options, NULL), OIK_OK);
        assert_true(report.final_cost < 1e-12 * report.initial_cost);
        oik_terms_free(&terms);
    }
    for (int p = 0; p < model->n_parts; p++) { /* from costs of rounding squared over arms of a centimetre */
        assert_true(oik_rot_angle_between(found[0]->R[p], found[1]->R[p]) < 1e-6);
        assert_true(v3_dist(found[0]->t[p], found[1]->t[p]) < 1e-7);
        assert_true(oik_rot_angle_between(found[1]->R[p], oik_rot_exp(found[1]->r[p])) < 1e-7); /* R belongs to r */
    }
    oik_puppet_free(wanted);
    oik_puppet_free(found[0]);
    oik_puppet_free(found[1]);
}

static void a_copy_keeps_rotation_vectors_where_it_has_room_for_them(void **state) {
    (void)state;
    oik_puppet *plain = displaced_puppet(model, 81, 1.0, 0.2), *vectors = displaced_puppet(model, 82, 1.0, 0.2), *more = displaced_puppet(model, 83, 1.0, 0.2);
    assert_int_equal(oik_puppet_keep_vectors(vectors, NULL), OIK_OK);
    assert_int_equal(oik_puppet_keep_vectors(more, NULL), OIK_OK);
    more->r[2] = v3(0, 50, 0);
    more->R[2] = oik_rot_exp(more->r[2]);
    oik_puppet_copy(vectors, more);
    assert_true(v3_dist(vectors->r[2], v3(0, 50, 0)) == 0.0); /* turns are kept */
    oik_puppet_copy(vectors, plain);
    for (int p = 0; p < plain->n_parts; p++)
        assert_true(oik_rot_angle_between(oik_rot_exp(vectors->r[p]), plain->R[p]) < 1e-7);
    oik_puppet_copy(plain, more);
    assert_null(plain->r);
    assert_memory_equal(plain->R, more->R, TINY_PARTS * sizeof *plain->R);
    oik_puppet_free(plain);
    oik_puppet_free(vectors);
    oik_puppet_free(more);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absolute_rotations_have_derivatives_at_every_angle),
        cmocka_unit_test(own_points_move_with_their_part),
        cmocka_unit_test(a_spring_knows_its_side_of_the_skin),
        cmocka_unit_test(both_parametrisations_find_the_same_optimum),
        cmocka_unit_test(a_copy_keeps_rotation_vectors_where_it_has_room_for_them),
    };
    return cmocka_run_group_tests_name("test_skeleton_puppet_absolute", tests, set_up, tear_down);
}
