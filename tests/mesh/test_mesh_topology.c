/* Edges, boundaries and pieces of meshes whose counts are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/topology.h"
#include "support/random.h"
#include "support/shapes.h"

static oik_topology topology_of(const oik_mesh *mesh) {
    oik_topology t;
    assert_int_equal(oik_topology_of(&t, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces, NULL), OIK_OK);
    return t;
}

static void check_closed(const oik_topology *t, int64_t euler, size_t n_components) {
    assert_int_equal(t->n_boundary_edges, 0);
    assert_int_equal(t->n_non_manifold_edges, 0);
    assert_int_equal(t->n_inconsistent_edges, 0);
    assert_int_equal(t->n_degenerate_faces, 0);
    assert_int_equal(t->n_unused_vertices, 0);
    assert_int_equal(t->euler, euler);
    assert_int_equal(t->n_components, n_components);
}

static void closed_surfaces_have_their_euler_number(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1), *sphere = shape_sphere(v3(3, 0, 0), 1, 7, 11), *torus = shape_torus(2, 0.5, 9, 6);
    oik_topology t = topology_of(cube);
    check_closed(&t, 2, 1);
    assert_int_equal(t.n_edges, 18);
    assert_int_equal(t.largest_component, 8);
    t = topology_of(sphere);
    check_closed(&t, 2, 1);
    t = topology_of(torus);
    check_closed(&t, 0, 1);
    assert_int_equal(t.n_edges, 3 * 9 * 6);
    oik_mesh *both = shape_union(cube, torus);
    t = topology_of(both);
    check_closed(&t, 2, 2);
    assert_int_equal(t.largest_component, 54);
    oik_mesh_free(both);
    oik_mesh_free(cube);
    oik_mesh_free(sphere);
    oik_mesh_free(torus);
}

static void holes_and_turned_faces_are_counted(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1);
    int32_t swap = cube->faces[4][1];
    cube->faces[4][1] = cube->faces[4][2];
    cube->faces[4][2] = swap;
    oik_topology t = topology_of(cube);
    assert_int_equal(t.n_inconsistent_edges, 3);
    assert_int_equal(t.n_boundary_edges, 0);
    cube->n_faces = 11;
    t = topology_of(cube);
    assert_int_equal(t.n_boundary_edges, 3);
    assert_int_equal(t.euler, 1); /* a disc */
    oik_mesh_free(cube);
}

static void fins_and_stray_vertices_are_counted(void **unused) {
    (void)unused;
    /* two triangles and a fin at the edge 0-1; vertex 5 is unused; the last two faces name a vertex twice */
    const int32_t faces[][3] = {{0, 1, 2}, {1, 0, 3}, {0, 1, 4}, {5, 5, 0}, {0, 1, 0}};
    oik_topology t;
    assert_int_equal(oik_topology_of(&t, 6, faces, 5, NULL), OIK_OK);
    assert_int_equal(t.n_edges, 7);
    assert_int_equal(t.n_non_manifold_edges, 1);
    assert_int_equal(t.n_boundary_edges, 6);
    assert_int_equal(t.n_degenerate_faces, 2);
    assert_int_equal(t.n_unused_vertices, 1);
    assert_int_equal(t.n_components, 1);
    assert_int_equal(t.euler, 5 - 7 + 3);
}

static void nothing_has_no_pieces(void **unused) {
    (void)unused;
    oik_topology t;
    assert_int_equal(oik_topology_of(&t, 0, NULL, 0, NULL), OIK_OK);
    assert_int_equal(t.n_components, 0);
    assert_int_equal(oik_topology_of(&t, 3, NULL, 0, NULL), OIK_OK);
    assert_int_equal(t.n_unused_vertices, 3);
}

static void pieces_are_numbered_by_size(void **unused) {
    (void)unused;
    oik_mesh *cube = shape_cube(v3(0, 0, 0), 1), *sphere = shape_sphere(v3(3, 0, 0), 1, 7, 11), *two = shape_union(cube, sphere);
    oik_mesh *three = shape_union(two, cube);
    size_t *sizes, n, n_sphere = sphere->n_vertices;
    int32_t *component = calloc(three->n_vertices, sizeof *component);
    assert_int_equal(oik_mesh_components(component, &sizes, &n, three->n_vertices, (const int32_t(*)[3])three->faces, three->n_faces, NULL),
                     OIK_OK);
    assert_int_equal(n, 3);
    assert_true(sizes[0] == n_sphere && sizes[1] == 8 && sizes[2] == 8);
    for (size_t v = 0; v < three->n_vertices; v++) /* the first cube is 1, the sphere 0, the second cube 2 */
        assert_int_equal(component[v], v < 8 ? 1 : v < 8 + n_sphere ? 0 : 2);
    free(component);
    free(sizes);
    oik_mesh_free(cube);
    oik_mesh_free(sphere);
    oik_mesh_free(two);
    oik_mesh_free(three);
}

static void bad_indices_are_refused(void **unused) {
    (void)unused;
    const int32_t high[][3] = {{0, 1, 2}, {0, 1, 3}}, low[][3] = {{0, -1, 2}};
    oik_topology t;
    oik_error err;
    assert_int_equal(oik_topology_of(&t, 3, high, 2, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "face 1 has the vertex index 3"));
    assert_int_equal(oik_topology_of(&t, 3, low, 1, &err), OIK_E_SHAPE);
}

/* Ordered as promised and complete, also at a vertex with so many faces that the sort changes its method. */
static void half_edges_are_in_order(void **unused) {
    (void)unused;
    enum { N_FAN = 100 };
    int32_t fan[N_FAN][3];
    uint64_t state = 1;
    for (int f = 0; f < N_FAN; f++) {
        int32_t rim = (int32_t)(random_bits(&state) % 50) + 1;
        memcpy(fan[f], (int32_t[3]){rim, 0, rim % 50 + 1}, sizeof fan[f]);
    }
    oik_half_edge *edges;
    size_t n;
    assert_int_equal(oik_half_edges_new(&edges, &n, 51, (const int32_t(*)[3])fan, N_FAN, NULL), OIK_OK);
    assert_int_equal(n, 3 * N_FAN);
    for (size_t i = 0; i < n; i++) {
        const oik_half_edge *e = &edges[i];
        int32_t a = fan[e->face][e->corner], b = fan[e->face][(e->corner + 1) % 3];
        assert_true(e->low < e->high && (a == e->low || b == e->low) && (a == e->high || b == e->high));
        if (i == 0)
            continue;
        const oik_half_edge *p = e - 1;
        int ordered = p->low < e->low || (p->low == e->low && (p->high < e->high || (p->high == e->high && p->face < e->face)));
        assert_true(ordered);
    }
    free(edges);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_surfaces_have_their_euler_number), cmocka_unit_test(holes_and_turned_faces_are_counted),
        cmocka_unit_test(fins_and_stray_vertices_are_counted),     cmocka_unit_test(nothing_has_no_pieces),
        cmocka_unit_test(pieces_are_numbered_by_size),             cmocka_unit_test(bad_indices_are_refused),
        cmocka_unit_test(half_edges_are_in_order),
    };
    return cmocka_run_group_tests_name("test_mesh_topology", tests, NULL, NULL);
}
