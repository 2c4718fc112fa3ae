/* Signed-distance fields, their polygonisation, edge collapse and mirroring on shapes with known size. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/topology.h"
#include "polygonise.h"
#include "sdf.h"
#include "simplify.h"

static const double PI = 3.14159265358979323846;

static void add(oik_sdf *sdf, const oik_sdf_feature *features, int n) {
    for (int i = 0; i < n; i++)
        oik_sdf_add(sdf, features + i);
}

/* the surface of a list of features */
static oik_surface surface_of(const oik_sdf_feature *features, int n, double h, bool half) {
    oik_sdf *sdf;
    oik_sdf_grid *grid;
    oik_surface s;
    assert_int_equal(oik_sdf_new(&sdf, NULL), OIK_OK);
    add(sdf, features, n);
    assert_int_equal(oik_sdf_status(sdf, NULL), OIK_OK);
    assert_int_equal(oik_sdf_sample(&grid, sdf, h, half, NULL), OIK_OK);
    assert_int_equal(oik_polygonise(&s, grid, NULL), OIK_OK);
    oik_sdf_grid_free(grid);
    oik_sdf_free(sdf);
    return s;
}

static double volume(const oik_surface *s) {
    double sum = 0;
    for (size_t i = 0; i < s->n_f; i++)
        sum += v3_dot(s->v[s->f[i][0]], v3_cross(s->v[s->f[i][1]], s->v[s->f[i][2]])) / 6;
    return sum;
}

static oik_topology topology(const oik_surface *s) {
    oik_topology t;
    assert_int_equal(oik_topology_of(&t, s->n_v, (const int32_t(*)[3])s->f, s->n_f, NULL), OIK_OK);
    return t;
}

static void assert_closed(const oik_surface *s, int64_t euler) {
    oik_topology t = topology(s);
    assert_int_equal(t.n_boundary_edges, 0);
    assert_int_equal(t.n_non_manifold_edges, 0);
    assert_int_equal(t.n_inconsistent_edges, 0);
    assert_int_equal(t.n_degenerate_faces, 0);
    assert_int_equal(t.n_unused_vertices, 0);
    assert_int_equal(t.n_components, 1);
    assert_int_equal(t.euler, euler);
}

static void vertices_of_a_ball_lie_on_its_sphere(void **state) {
    (void)state;
    const oik_sdf_feature ball[] = {BALL(ADD, 0, P(3, -2, 5), 10)};
    oik_surface s = surface_of(ball, 1, 0.9, false);
    assert_closed(&s, 2);
    /* trilinear interpolation in a cell errs by at most h^2 / (8 r) per axis, three axes: 0.03 mm */
    for (size_t i = 0; i < s.n_v; i++)
        assert_true(fabs(v3_dist(s.v[i], v3(3, -2, 5)) - 10) < 0.03);
    /* chords lie inside: two thirds of the largest sagitta e^2 / (8 r), e = 1.5 mm, over the area: 1 % */
    assert_true(fabs(volume(&s) / (4.0 / 3 * PI * 1000) - 1) < 0.01);
    oik_surface_free(&s);
}

/* the primitives against closed formulae; 1.5 % covers chords and rounding of edges at h = 0.8 */
static void primitives_have_their_volume(void **state) {
    (void)state;
    const struct {
        oik_sdf_feature feature;
        double volume;
    } cases[] = {
        {CONE(ADD, 0, P(0, 0, 0), 8, P(20, 10, 0), 8), 4.0 / 3 * PI * 512 + PI * 64 * sqrt(500.0)},
        {ELLIPSOID(ADD, 0, P(1, 2, 3), P(12, 8, 10), P(20, 30, 40)), 4.0 / 3 * PI * 960},
        {BOX(ADD, 0, P(0, 0, 0), P(10, 12, 14), 0.01, P(10, 20, 30)), 8.0 * 10 * 12 * 14},
        {TUBE_CAP(ADD, 0, 0, X_AXIS, {0, 0, 0, 9, 6}, {0, 15, 0, 9, 6}, {0, 40, 0, 9, 6}), PI * 54 * 40},
        {PLATE(ADD, 0, 2, 2, {0, 0, 0, 3}, {60, 0, 0, 3}, {0, 60, 0, 3}, {60, 60, 0, 3}),
         6.0 * 3600 + 4 * 60 * PI * 9 / 2 + 4.0 / 3 * PI * 27},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oik_surface s = surface_of(&cases[i].feature, 1, 0.8, false);
        assert_closed(&s, 2);
        double ratio = volume(&s) / cases[i].volume;
        if (fabs(ratio - 1) > 0.015)
            fail_msg("primitive %zu has %.3f of its volume", i, ratio);
        oik_surface_free(&s);
    }
}

static void a_cut_through_makes_a_ring(void **state) {
    (void)state;
    const oik_sdf_feature ring[] = {
        BALL(ADD, 0, P(0, 0, 0), 12),
        CONE(CUT, 2, P(0, -20, 0), 4, P(0, 20, 0), 4),
    };
    oik_surface s = surface_of(ring, 2, 1.0, false);
    assert_closed(&s, 0);
    oik_surface_free(&s);
}

/* smin(a, a, k) = a - k / 4: two equal balls blend to a ball that is larger by a quarter of the blend */
static void a_blend_of_equal_balls_adds_a_quarter_of_its_width(void **state) {
    (void)state;
    const oik_sdf_feature twice[] = {BALL(ADD, 0, P(0, 0, 0), 10), BALL(ADD, 4, P(0, 0, 0), 10)};
    oik_surface s = surface_of(twice, 2, 0.9, false);
    for (size_t i = 0; i < s.n_v; i++)
        assert_true(fabs(v3_norm(s.v[i]) - 11) < 0.03); /* trilinear error as above */
    oik_surface_free(&s);
}

static void only_the_largest_piece_is_kept(void **state) {
    (void)state;
    const oik_sdf_feature two[] = {BALL(ADD, 0, P(0, 0, 0), 4), BALL(ADD, 0, P(30, 0, 0), 9)};
    oik_surface s = surface_of(two, 2, 1.0, false);
    assert_closed(&s, 2);
    for (size_t i = 0; i < s.n_v; i++)
        assert_true(s.v[i].x > 15);
    oik_surface_free(&s);
}

/* a body with a hole across the plane of symmetry and a pair of horns */
static const oik_sdf_feature symmetric_body[] = {
    ELLIPSOID(ADD, 0, P(0, 0, 0), P(20, 14, 12), NO_TURN),
    CONE(ADD_PAIR, 4, P(10, 8, 0), 5, P(16, 20, 4), 3),
    CONE(CUT, 2, P(0, -20, 2), 5, P(0, 20, 2), 5),
    CONE(CUT_PAIR, 1, P(12, -20, 0), 3, P(12, 5, 0), 3),
};

static size_t image_of(const oik_surface *s, oik_vec3 p) {
    for (size_t i = 0; i < s->n_v; i++)
        if (s->v[i].x == -p.x && s->v[i].y == p.y && s->v[i].z == p.z)
            return i;
    return s->n_v;
}

static void a_half_surface_collapses_and_mirrors_to_a_closed_symmetric_one(void **state) {
    (void)state;
    const size_t targets[] = {100000, 800, 200, 60};
    for (int k = 0; k < 4; k++) {
        oik_surface s = surface_of(symmetric_body, 4, 1.1, true);
        assert_int_equal(oik_simplify(&s, targets[k] / 2, true, NULL), OIK_OK);
        for (size_t i = 0; i < s.n_v; i++)
            assert_true(s.v[i].x >= 0);
        assert_int_equal(oik_surface_mirror(&s, NULL), OIK_OK);
        assert_closed(&s, 0);
        for (size_t i = 0; i < s.n_v; i++)
            assert_true(image_of(&s, s.v[i]) < s.n_v);
        oik_surface_free(&s);
    }
}

/* the half surface of a symmetric field bounds the same volume as the whole one */
static void half_and_whole_agree(void **state) {
    (void)state;
    oik_surface half = surface_of(symmetric_body, 4, 0.7, true), whole = surface_of(symmetric_body, 4, 0.7, false);
    assert_int_equal(oik_surface_mirror(&half, NULL), OIK_OK);
    assert_true(fabs(volume(&half) / volume(&whole) - 1) < 0.003); /* two lattices: discretisation of order h^2 / r^2 */
    oik_surface_free(&half);
    oik_surface_free(&whole);
}

static void collapse_reaches_its_target_and_keeps_volume_and_topology(void **state) {
    (void)state;
    const oik_sdf_feature ring[] = {
        ELLIPSOID(ADD, 0, P(0, 0, 0), P(20, 12, 16), NO_TURN),
        CONE(CUT, 2, P(0, -20, 0), 5, P(0, 20, 0), 5),
    };
    oik_surface s = surface_of(ring, 2, 1.0, false);
    double before = volume(&s);
    assert_true(s.n_f > 4000);
    assert_int_equal(oik_simplify(&s, 600, false, NULL), OIK_OK);
    assert_true(s.n_f <= 600 && s.n_f >= 598);
    assert_closed(&s, 0);
    assert_true(fabs(volume(&s) / before - 1) < 0.01); /* quadrics keep the tangent planes: second order in edge / radius */
    oik_surface_free(&s);
}

/* culling by blocks must not change the surface: a far feature that touches nothing near leaves it as it is */
static void far_features_change_nothing(void **state) {
    (void)state;
    const oik_sdf_feature with[] = {BALL(ADD, 0, P(0, 0, 0), 10), BALL(CUT, 3, P(40, 0, 0), 6)};
    oik_surface a = surface_of(with, 1, 1.0, false), b = surface_of(with, 2, 1.0, false);
    assert_int_equal(a.n_v, b.n_v);
    assert_memory_equal(a.v, b.v, a.n_v * sizeof *a.v);
    oik_surface_free(&a);
    oik_surface_free(&b);
}

static void wrong_tables_are_refused(void **state) {
    (void)state;
    const oik_sdf_feature wrong[] = {
        PLATE(ADD, 0, 2, 3, {0, 0, 0, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {1, 1, 0, 1}),
        TUBE(ADD, 0, X_AXIS, {0, 0, 0, 4}),
        RIDGE(2, {0.1, 0, 0, 1, 1}, {0.5, 0, 0, 1, 1}),
    };
    for (int i = 0; i < 3; i++) {
        oik_sdf *sdf;
        oik_sdf_grid *grid;
        oik_error err = {.status = OIK_OK};
        assert_int_equal(oik_sdf_new(&sdf, &err), OIK_OK);
        add(sdf, wrong + i, 1);
        assert_int_equal(oik_sdf_status(sdf, &err), OIK_E_MODEL);
        assert_true(strlen(err.message) > 10);
        assert_int_equal(oik_sdf_sample(&grid, sdf, 1.0, false, &err), OIK_E_MODEL); /* nothing was added */
        assert_null(grid);
        oik_sdf_free(sdf);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vertices_of_a_ball_lie_on_its_sphere),
        cmocka_unit_test(primitives_have_their_volume),
        cmocka_unit_test(a_cut_through_makes_a_ring),
        cmocka_unit_test(a_blend_of_equal_balls_adds_a_quarter_of_its_width),
        cmocka_unit_test(only_the_largest_piece_is_kept),
        cmocka_unit_test(a_half_surface_collapses_and_mirrors_to_a_closed_symmetric_one),
        cmocka_unit_test(half_and_whole_agree),
        cmocka_unit_test(collapse_reaches_its_target_and_keeps_volume_and_topology),
        cmocka_unit_test(far_features_change_nothing),
        cmocka_unit_test(wrong_tables_are_refused),
    };
    return cmocka_run_group_tests_name("test_models_sdf", tests, NULL, NULL);
}
