/* Winding numbers against solid angles and known insides; nearest points against all triangles and known distances. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/columns.h"
#include "mesh/locate.h"
#include "mesh/mesh_io.h"
#include "mesh/near_order.h"
#include "support/random.h"
#include "support/shapes.h"

static const double pi = 3.14159265358979323846;

static oik_locator *locator_of(const oik_mesh *mesh) {
    oik_locator *locator;
    oik_error err = {0};
    if (oik_locator_new(&locator, mesh->vertices, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces, &err))
        fail_msg("%s", err.message);
    return locator;
}

/* Sum of signed solid angles over 4 pi (van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30 (1983)
   125): another way to the same number. */
static double solid_angle_winding(const oik_mesh *mesh, oik_vec3 p) {
    double sum = 0.0;
    for (size_t f = 0; f < mesh->n_faces; f++) {
        oik_vec3 r[3];
        double l[3];
        for (int k = 0; k < 3; k++) {
            r[k] = v3_sub(mesh->vertices[mesh->faces[f][k]], p);
            l[k] = v3_norm(r[k]);
        }
        double numerator = v3_dot(r[0], v3_cross(r[1], r[2]));
        double denominator = l[0] * l[1] * l[2] + v3_dot(r[0], r[1]) * l[2] + v3_dot(r[1], r[2]) * l[0] + v3_dot(r[2], r[0]) * l[1];
        sum += 2.0 * atan2(numerator, denominator);
    }
    return sum / (4.0 * pi);
}

/* Random points around the mesh; the solid angle is exact but for rounding and tells when p is on the surface. */
static void check_against_solid_angle(const oik_mesh *mesh, oik_vec3 centre, double reach, int n) {
    oik_locator *locator = locator_of(mesh);
    uint64_t state = 17;
    for (int i = 0; i < n; i++) {
        oik_vec3 p = v3_madd(centre, reach, random_vec3(&state));
        double wanted = solid_angle_winding(mesh, p);
        assert_true(fabs(wanted - nearbyint(wanted)) < 1e-9); /* off the surface: rounding of some hundred angles */
        assert_int_equal(oik_locator_winding(locator, p), (int)nearbyint(wanted));
    }
    oik_locator_free(locator);
}

static void turn(oik_mesh *mesh, oik_vec3 w) {
    oik_mat3 R = oik_rot_exp(w);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = m3_mulv(R, mesh->vertices[i]);
}

static void winding_matches_the_solid_angle(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1), *sphere = shape_sphere(v3(0.2, -0.3, 0.1), 0.7, 12, 17);
    oik_mesh *torus = shape_torus(0.7, 0.3, 21, 12);
    oik_mesh *crossing = shape_union(sphere, torus);
    check_against_solid_angle(cube, v3(0, 0, 0), 0.8, 2000);
    check_against_solid_angle(sphere, v3(0, 0, 0), 1.1, 2000);
    check_against_solid_angle(torus, v3(0, 0, 0), 1.1, 2000);
    check_against_solid_angle(crossing, v3(0, 0, 0), 1.1, 2000);
    turn(crossing, v3(0.4, -1.1, 2.0));
    check_against_solid_angle(crossing, v3(0, 0, 0), 1.1, 2000);
    oik_mesh_free(cube);
    oik_mesh_free(sphere);
    oik_mesh_free(torus);
    oik_mesh_free(crossing);
}

static void overlaps_count_twice_and_inside_out_counts_down(void **unused) {
    (void)unused;
    oik_mesh *a = shape_cube(v3(0, 0, 0), 2), *b = shape_cube(v3(1, 1, 1), 2), *both = shape_union(a, b);
    oik_locator *locator = locator_of(both);
    assert_int_equal(oik_locator_winding(locator, v3(0.5, 0.5, 0.5)), 2);
    assert_int_equal(oik_locator_winding(locator, v3(-0.5, -0.5, -0.5)), 1);
    assert_int_equal(oik_locator_winding(locator, v3(1.5, 1.5, 1.5)), 1);
    assert_int_equal(oik_locator_winding(locator, v3(-0.5, 1.5, 0.5)), 0);
    oik_locator_free(locator);
    for (size_t f = 0; f < a->n_faces; f++) {
        int32_t swap = a->faces[f][0];
        a->faces[f][0] = a->faces[f][1];
        a->faces[f][1] = swap;
    }
    locator = locator_of(a);
    assert_int_equal(oik_locator_winding(locator, v3(0.1, 0.2, 0.3)), -1);
    oik_locator_free(locator);
    oik_mesh_free(a);
    oik_mesh_free(b);
    oik_mesh_free(both);
}

/* A stack of cubes on a lattice, so that rays run through edges, vertices, walls and column borders all the time. */
static void rays_through_edges_and_vertices_are_exact(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0.5, 0.5, 0.5), 1);
    oik_locator *locator = locator_of(cube);
    for (int x = -1; x <= 5; x++)
        for (int y = -1; y <= 5; y++)
            for (int z = -1; z <= 5; z++) {
                oik_vec3 p = v3(0.25 * x, 0.25 * y, 0.25 * z);
                int in_closed = x >= 0 && x <= 4 && y >= 0 && y <= 4 && z >= 0 && z <= 4;
                int inside = x > 0 && x < 4 && y > 0 && y < 4 && z > 0 && z < 4;
                if (inside || !in_closed) /* not on the surface */
                    assert_int_equal(oik_locator_winding(locator, p), inside);
            }
    oik_locator_free(locator);
    oik_mesh_free(cube);
}

/* Straight above, below and through every vertex and edge middle of a sphere and of one that is turned. */
static void rays_from_vertices_are_exact(void **unused) {
    (void)unused;
    for (int turned = 0; turned < 2; turned++) {
        oik_mesh *sphere = shape_sphere(v3(0, 0, 0), 1, 16, 24);
        turn(sphere, turned ? v3(0.3, 0.7, -1.3) : v3(0, 0, 0));
        oik_locator *locator = locator_of(sphere);
        for (size_t f = 0; f < sphere->n_faces; f++)
            for (int k = 0; k < 3; k++) {
                oik_vec3 a = sphere->vertices[sphere->faces[f][k]], b = sphere->vertices[sphere->faces[f][(k + 1) % 3]];
                oik_vec3 starts[2] = {a, v3_lerp(a, b, 0.5)};
                for (int s = 0; s < 2; s++) {
                    oik_vec3 p = starts[s];
                    assert_int_equal(oik_locator_winding(locator, v3(p.x, -1.1, p.z)), 0);
                    assert_int_equal(oik_locator_winding(locator, v3(p.x, 1.1, p.z)), 0);
                    /* 0.9 of the way out is inside: the facets are at 0.98 of the radius or more */
                    assert_int_equal(oik_locator_winding(locator, v3_scale(p, 0.9)), 1);
                    assert_int_equal(oik_locator_winding(locator, v3_scale(p, 1.1)), 0);
                }
            }
        oik_locator_free(locator);
        oik_mesh_free(sphere);
    }
}

/* Walls that stand upright but for rounding: p is above or below them, in their plane, where a ray runs along them. */
static void rays_along_slanted_walls_are_exact(void **unused) {
    (void)unused;
    uint64_t state = 23;
    for (int trial = 0; trial < 100; trial++) {
        oik_mesh *cube = shape_cube(v3(0, 0, 0), 1);
        oik_vec3 w = random_vec3(&state);
        turn(cube, v3(0, pi * random_signed(&state), 0));
        turn(cube, w);
        turn(cube, v3_scale(w, -1.0)); /* back, but for 1e-16 */
        oik_locator *locator = locator_of(cube);
        for (int i = 0; i < 200; i++) {
            const int32_t *face = cube->faces[random_bits(&state) % 12];
            oik_vec3 p = v3_lerp(cube->vertices[face[0]], cube->vertices[face[1]], 0.5 + 0.5 * random_signed(&state));
            assert_int_equal(oik_locator_winding(locator, v3(p.x, -0.6, p.z)), 0);
            assert_int_equal(oik_locator_winding(locator, v3(p.x, 0.6, p.z)), 0);
            assert_int_equal(oik_locator_winding(locator, v3(0.99 * p.x, 0.4, 0.99 * p.z)), 1);
        }
        oik_locator_free(locator);
        oik_mesh_free(cube);
    }
}

static void points_that_are_not_finite_are_outside(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1);
    oik_locator *locator = locator_of(cube);
    const double bad[] = {(double)NAN, (double)INFINITY, (double)-INFINITY};
    oik_nearest nearest;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(oik_locator_winding(locator, v3(bad[i], 0, 0)), 0);
        assert_int_equal(oik_locator_winding(locator, v3(0, bad[i], 0)), 0);
        assert_int_equal(oik_locator_winding(locator, v3(0, 0, bad[i])), 0);
        assert_false(oik_locator_nearest(&nearest, locator, v3(0, bad[i], 0), 1.0));
    }
    assert_false(oik_locator_nearest(&nearest, locator, v3(0, 0, 0), (double)NAN));
    assert_false(oik_locator_nearest(&nearest, locator, v3(0, 0, 0), -1.0));
    assert_int_equal(oik_locator_winding(locator, v3(1e300, 1e300, -1e300)), 0);
    oik_locator_free(locator);
    oik_mesh_free(cube);
}

/* Distance to a triangle by clamped descent over its barycentric square: slow, and written without the code under test. */
static double triangle_distance(oik_vec3 a, oik_vec3 b, oik_vec3 c, oik_vec3 p) {
    double best = HUGE_VAL;
    const oik_vec3 corner[3] = {a, b, c};
    for (int k = 0; k < 3; k++) {
        oik_vec3 q = corner[k], d = v3_sub(corner[(k + 1) % 3], q);
        double t = v3_dot(v3_sub(p, q), d) / v3_dot(d, d);
        best = fmin(best, v3_dist(p, v3_madd(q, fmin(fmax(t, 0.0), 1.0), d)));
    }
    oik_vec3 n = v3_unit(v3_cross(v3_sub(b, a), v3_sub(c, a)));
    double height = v3_dot(v3_sub(p, a), n);
    oik_vec3 foot = v3_madd(p, -height, n);
    int inside = 1;
    for (int k = 0; k < 3; k++)
        inside &= v3_dot(n, v3_cross(v3_sub(corner[(k + 1) % 3], corner[k]), v3_sub(foot, corner[k]))) >= 0.0;
    return inside ? fabs(height) : best;
}

static double brute_distance(const oik_mesh *mesh, oik_vec3 p) {
    double best = HUGE_VAL;
    for (size_t f = 0; f < mesh->n_faces; f++) {
        const int32_t *face = mesh->faces[f];
        best = fmin(best, triangle_distance(mesh->vertices[face[0]], mesh->vertices[face[1]], mesh->vertices[face[2]], p));
    }
    return best;
}

static void check_nearest(const oik_mesh *mesh, double reach, int n) {
    oik_locator *locator = locator_of(mesh);
    uint64_t state = 29;
    for (int i = 0; i < n; i++) {
        oik_vec3 p = v3_scale(random_vec3(&state), reach);
        double wanted = brute_distance(mesh, p);
        oik_nearest found;
        assert_true(oik_locator_nearest(&found, locator, p, (double)INFINITY));
        /* 1e-14: a few eps of coordinates of size 1 to 2 */
        assert_true(fabs(found.distance - wanted) < 1e-14);
        assert_true(fabs(v3_dist(found.point, p) - found.distance) < 1e-14);
        const int32_t *face = mesh->faces[found.face];
        assert_true(triangle_distance(mesh->vertices[face[0]], mesh->vertices[face[1]], mesh->vertices[face[2]], found.point) < 1e-14);
        assert_true(fabs(v3_norm(found.normal) - 1.0) < 1e-14);
        /* what the pseudo-normal is for: its sign is that of the winding number, at faces, edges and vertices */
        int outside = v3_dot(v3_sub(p, found.point), found.normal) > 0.0;
        assert_int_equal(outside, oik_locator_winding(locator, p) == 0);
        assert_true(oik_locator_nearest(&found, locator, p, wanted * (1 + 1e-9)));
        assert_false(oik_locator_nearest(&found, locator, p, wanted * (1 - 1e-9)));
    }
    oik_locator_free(locator);
}

static void nearest_matches_all_triangles(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1), *sphere = shape_sphere(v3(0, 0, 0), 0.8, 12, 17), *torus = shape_torus(0.7, 0.3, 21, 12);
    turn(torus, v3(1, 2, 3));
    check_nearest(cube, 1.5, 3000);
    check_nearest(sphere, 1.2, 1000);
    check_nearest(torus, 1.2, 1000);
    oik_mesh_free(cube);
    oik_mesh_free(sphere);
    oik_mesh_free(torus);
}

static void nearest_on_a_cube_is_known(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 2);
    oik_locator *locator = locator_of(cube);
    static const struct {
        oik_vec3 p, point, normal;
    } cases[] = {
        {{0.3, 0.2, 5}, {0.3, 0.2, 1}, {0, 0, 1}},         /* face */
        {{0.3, 0.2, 0.5}, {0.3, 0.2, 1}, {0, 0, 1}},       /* face, from inside */
        {{3, 0.25, 3}, {1, 0.25, 1}, {1, 0, 1}},           /* edge */
        {{-2, -2, -2}, {-1, -1, -1}, {-1, -1, -1}},        /* vertex: equal angles whatever way the squares are cut */
        {{2, 3, -4}, {1, 1, -1}, {1, 1, -1}},
        {{0.4, 1, 0.3}, {0.4, 1, 0.3}, {0, 1, 0}},         /* on the surface */
        {{0.3, 7, 0.3}, {0.3, 1, 0.3}, {0, 1, 0}},         /* the middle of the diagonal of a square: both triangles alike */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oik_nearest found;
        assert_true(oik_locator_nearest(&found, locator, cases[i].p, 100.0));
        assert_true(v3_dist(found.point, cases[i].point) < 1e-15);
        assert_true(v3_dist(found.normal, v3_unit(cases[i].normal)) < 1e-15); /* 4 eps of unit vectors */
        assert_true(fabs(found.distance - v3_dist(cases[i].p, cases[i].point)) < 1e-15);
    }
    oik_nearest untouched = {.face = -7};
    assert_false(oik_locator_nearest(&untouched, locator, v3(0, 0, 5), 3.9));
    assert_int_equal(untouched.face, -7);
    assert_true(oik_locator_nearest(&untouched, locator, v3(0, 0, 5), 4.0)); /* the limit belongs to it */
    oik_locator_free(locator);
    oik_mesh_free(cube);
}

/* Points and needles instead of triangles among good ones; flat meshes; a single triangle. */
static void degenerate_triangles_do_no_harm(void **unused) {
    (void)unused;
    const oik_vec3 vertices[] = {{0, 0, 0}, {1, 0, 0}, {0, 0, 1}, {5, 0, 0}, {7, 0, 0}, {6, 0, 0}, {5, 0, 0}};
    const int32_t faces[][3] = {{0, 2, 1}, {3, 4, 5}, {3, 3, 3}, {3, 6, 4}, {3, 4, 3}};
    oik_locator *locator;
    for (size_t n = 1; n <= 5; n++) {
        assert_int_equal(oik_locator_new(&locator, vertices, 7, faces, n, NULL), OIK_OK);
        oik_nearest found;
        assert_true(oik_locator_nearest(&found, locator, v3(0.25, 3, 0.25), 10.0));
        assert_true(found.face == 0 && fabs(found.distance - 3.0) < 1e-15 && v3_dist(found.normal, v3(0, 1, 0)) < 1e-15);
        if (n > 1) {
            assert_true(oik_locator_nearest(&found, locator, v3(6.25, 0, 2), 10.0));
            assert_true(v3_dist(found.point, v3(6.25, 0, 0)) < 1e-15 && fabs(found.distance - 2.0) < 1e-15);
        }
        assert_int_equal(oik_locator_winding(locator, v3(0.25, -1, 0.25)), 1); /* an open sheet: what its ray crosses */
        assert_int_equal(oik_locator_winding(locator, v3(0.25, 1, 0.25)), 0);
        oik_locator_free(locator);
    }
    const oik_vec3 same[] = {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}, tiny[] = {{0, 0, 0}, {0, 0, 1e-80}, {1e-80, 0, 0}};
    const int32_t one[][3] = {{0, 1, 2}};
    oik_nearest found;
    assert_int_equal(oik_locator_new(&locator, tiny, 3, one, 1, NULL), OIK_OK); /* the square of its area underflows */
    assert_true(oik_locator_nearest(&found, locator, v3(1e-81, 1, 1e-81), 10.0));
    assert_true(fabs(found.distance - 1.0) < 1e-15);
    oik_locator_free(locator);
    assert_int_equal(oik_locator_new(&locator, same, 3, one, 1, NULL), OIK_OK);
    assert_true(oik_locator_nearest(&found, locator, v3(1, 2, 5), 10.0));
    assert_true(fabs(found.distance - 2.0) == 0.0);
    assert_int_equal(oik_locator_winding(locator, v3(1, 0, 3)), 0);
    oik_locator_free(locator);
}

/* Thousands of needles across the whole surface: the grid must become coarse, not huge. */
static void needles_do_not_fill_the_memory(void **unused) {
    (void)unused;
    enum { N = 3000 };
    oik_vec3 *vertices = calloc(3 * N, sizeof *vertices);
    int32_t(*faces)[3] = calloc(N, sizeof *faces);
    uint64_t state = 31;
    for (int i = 0; i < 3 * N; i++) {
        vertices[i] = random_vec3(&state);
        faces[i / 3][i % 3] = i;
    }
    const oik_mesh soup = {.n_vertices = 3 * N, .n_faces = N, .vertices = vertices, .faces = faces};
    oik_columns columns;
    assert_int_equal(oik_columns_init(&columns, vertices, (const int32_t(*)[3])faces, N, NULL), OIK_OK);
    assert_true(columns.start[columns.n_x * columns.n_z] <= 33 * N); /* the documented 32 entries a face, rounded up */
    oik_columns_clear(&columns);
    oik_locator *locator = locator_of(&soup);
    for (int i = 0; i < 100; i++) {
        oik_vec3 p = random_vec3(&state);
        oik_nearest found;
        assert_true(oik_locator_nearest(&found, locator, p, 10.0));
        assert_true(fabs(found.distance - brute_distance(&soup, p)) < 1e-14); /* as above */
    }
    oik_locator_free(locator);
    free(vertices);
    free(faces);
}

/* A torus that is bent and carried away: the moved locator gives what a new one gives. */
static void a_moved_surface_is_searched_as_if_new(void **unused) {
    (void)unused;
    oik_mesh *torus = shape_torus(0.7, 0.3, 21, 12);
    oik_locator *moved = locator_of(torus);
    uint64_t state = 31;
    for (size_t i = 0; i < torus->n_vertices; i++) {
        oik_vec3 *y = &torus->vertices[i];
        *y = v3_add(m3_mulv(oik_rot_exp(v3(0, 2.0 * y->x, 0.5)), *y), v3(3, -2, 1));
    }
    assert_int_equal(oik_locator_move(moved, torus->vertices, NULL), OIK_OK);
    oik_locator *fresh = locator_of(torus);
    for (int i = 0; i < 1000; i++) {
        oik_vec3 p = v3_add(random_vec3(&state), v3(3, -2, 1));
        oik_nearest a, b;
        assert_int_equal(oik_locator_winding(moved, p), oik_locator_winding(fresh, p));
        assert_true(oik_locator_nearest(&a, moved, p, 2.0) && oik_locator_nearest(&b, fresh, p, 2.0));
        assert_true(a.distance == b.distance); /* the same triangles, the same arithmetic */
        assert_true(v3_dist(a.normal, b.normal) < 1e-14 || a.face != b.face);
    }
    oik_vec3 kept = torus->vertices[5];
    oik_error err = {.message = ""};
    torus->vertices[5].x = (double)NAN;
    assert_int_equal(oik_locator_move(moved, torus->vertices, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "5"));
    oik_nearest at_vertex; /* untouched: the vertex is still where it was */
    assert_true(oik_locator_nearest(&at_vertex, moved, kept, 1e-12));
    oik_locator_free(moved);
    oik_locator_free(fresh);
    oik_mesh_free(torus);
}

enum { N_POINTS = 3000 };

/* What is told is so, and what is not told is near, or among its neighbours in the list: of points in order most are told. */
static size_t check_sides(const oik_locator *locator, const oik_vec3 *p, double reach) {
    oik_side side[N_POINTS];
    size_t n_told = 0;
    oik_locator_sides(side, locator, p, N_POINTS, reach);
    for (size_t i = 0; i < N_POINTS; i++) {
        oik_nearest near;
        if (side[i] == OIK_SIDE_UNKNOWN)
            continue;
        n_told++;
        assert_int_equal(side[i], oik_locator_winding(locator, p[i]) > 0 ? OIK_SIDE_INSIDE : OIK_SIDE_OUTSIDE);
        assert_false(oik_locator_nearest(&near, locator, p[i], reach));
    }
    return n_told;
}

static void sides_of_many_points_are_those_of_each(void **unused) {
    (void)unused;
    oik_mesh *torus = shape_torus(0.7, 0.3, 41, 22);
    oik_locator *locator = locator_of(torus);
    oik_vec3 scattered[N_POINTS], ordered[N_POINTS];
    int32_t order[N_POINTS];
    uint64_t state = 41;
    for (int32_t i = 0; i < N_POINTS; i++) {
        scattered[i] = v3_scale(random_vec3(&state), 1.3);
        order[i] = i;
    }
    oik_near_order(order, N_POINTS, scattered);
    for (size_t i = 0; i < N_POINTS; i++)
        ordered[i] = scattered[order[i]];
    const double reaches[] = {0.0, 0.05, 0.2};
    for (size_t i = 0; i < 3; i++) {
        size_t told = check_sides(locator, scattered, reaches[i]), told_in_order = check_sides(locator, ordered, reaches[i]);
        assert_true(told_in_order >= N_POINTS / 2 && told_in_order >= told);
    }
    oik_locator_sides(NULL, locator, NULL, 0, 0.0);
    oik_locator_free(locator);
    oik_mesh_free(torus);
}

static void what_is_no_surface_is_refused(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1);
    oik_locator *locator;
    oik_error err;
    const int32_t(*faces)[3] = (const int32_t(*)[3])cube->faces;
    assert_int_equal(oik_locator_new(&locator, cube->vertices, 8, faces, 0, &err), OIK_E_SHAPE);
    assert_null(locator);
    assert_int_equal(oik_locator_new(&locator, cube->vertices, 7, faces, 12, &err), OIK_E_SHAPE);
    cube->vertices[3].z = (double)NAN;
    assert_int_equal(oik_locator_new(&locator, cube->vertices, 8, faces, 12, &err), OIK_E_NOT_FINITE);
    assert_null(locator);
    assert_non_null(strstr(err.message, "vertex 3"));
    oik_locator_free(NULL);
    oik_mesh_free(cube);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(winding_matches_the_solid_angle),
        cmocka_unit_test(overlaps_count_twice_and_inside_out_counts_down),
        cmocka_unit_test(rays_through_edges_and_vertices_are_exact),
        cmocka_unit_test(rays_from_vertices_are_exact),
        cmocka_unit_test(rays_along_slanted_walls_are_exact),
        cmocka_unit_test(points_that_are_not_finite_are_outside),
        cmocka_unit_test(nearest_matches_all_triangles),
        cmocka_unit_test(nearest_on_a_cube_is_known),
        cmocka_unit_test(degenerate_triangles_do_no_harm),
        cmocka_unit_test(needles_do_not_fill_the_memory),
        cmocka_unit_test(a_moved_surface_is_searched_as_if_new),
        cmocka_unit_test(sides_of_many_points_are_those_of_each),
        cmocka_unit_test(what_is_no_surface_is_refused),
    };
    return cmocka_run_group_tests_name("test_mesh_locate", tests, NULL, NULL);
}
