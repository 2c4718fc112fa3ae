/* Closed surfaces with known answers. */
#include "support/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const double two_pi = 6.28318530717958647692;

static oik_mesh *new_mesh(int n_vertices, int n_faces) {
    oik_mesh *mesh;
    assert_int_equal(oik_mesh_new(&mesh, (size_t)n_vertices, (size_t)n_faces, NULL), OIK_OK);
    return mesh;
}

static void set_face(oik_mesh *mesh, int f, int a, int b, int c) {
    mesh->faces[f][0] = a;
    mesh->faces[f][1] = b;
    mesh->faces[f][2] = c;
}

oik_mesh *shape_cube(oik_vec3 centre, double size) {
    /* corner i has bits x y z; each quad is counter-clockwise seen from outside */
    static const int quads[6][4] = {{0, 1, 3, 2}, {4, 6, 7, 5}, {0, 4, 5, 1}, {2, 3, 7, 6}, {0, 2, 6, 4}, {1, 5, 7, 3}};
    oik_mesh *mesh = new_mesh(8, 12);
    for (int i = 0; i < 8; i++) {
        oik_vec3 corner = v3((i >> 2) - 0.5, (i >> 1 & 1) - 0.5, (i & 1) - 0.5);
        mesh->vertices[i] = v3_madd(centre, size, corner);
    }
    for (int q = 0; q < 6; q++) {
        set_face(mesh, 2 * q, quads[q][0], quads[q][1], quads[q][2]);
        set_face(mesh, 2 * q + 1, quads[q][0], quads[q][2], quads[q][3]);
    }
    return mesh;
}

oik_mesh *shape_sphere(oik_vec3 centre, double radius, int n_lat, int n_long) {
    int n_rings = n_lat - 1, north = n_rings * n_long, south = north + 1;
    oik_mesh *mesh = new_mesh(south + 1, 2 * n_rings * n_long);
    for (int i = 0; i < n_rings; i++)
        for (int j = 0; j < n_long; j++) {
            double theta = 0.5 * two_pi * (i + 1) / n_lat, phi = two_pi * j / n_long;
            oik_vec3 d = v3(sin(theta) * cos(phi), cos(theta), sin(theta) * sin(phi));
            mesh->vertices[i * n_long + j] = v3_madd(centre, radius, d);
        }
    mesh->vertices[north] = v3_madd(centre, radius, v3(0, 1, 0));
    mesh->vertices[south] = v3_madd(centre, radius, v3(0, -1, 0));
    int f = 0;
    for (int j = 0; j < n_long; j++) {
        int next = (j + 1) % n_long, last = (n_rings - 1) * n_long;
        set_face(mesh, f++, north, next, j);
        set_face(mesh, f++, south, last + j, last + next);
        for (int i = 0; i + 1 < n_rings; i++) {
            int a = i * n_long + j, b = i * n_long + next, c = a + n_long, d = b + n_long;
            set_face(mesh, f++, a, b, c);
            set_face(mesh, f++, b, d, c);
        }
    }
    return mesh;
}

oik_mesh *shape_torus(double ring, double tube, int n_ring, int n_tube) {
    oik_mesh *mesh = new_mesh(n_ring * n_tube, 2 * n_ring * n_tube);
    for (int i = 0; i < n_ring; i++)
        for (int j = 0; j < n_tube; j++) {
            double u = two_pi * i / n_ring, v = two_pi * j / n_tube, r = ring + tube * cos(v);
            mesh->vertices[i * n_tube + j] = v3(r * cos(u), tube * sin(v), r * sin(u));
            int a = i * n_tube + j, b = i * n_tube + (j + 1) % n_tube;
            int c = (i + 1) % n_ring * n_tube + j, d = (i + 1) % n_ring * n_tube + (j + 1) % n_tube;
            set_face(mesh, 2 * a, a, b, c);
            set_face(mesh, 2 * a + 1, b, d, c);
        }
    return mesh;
}

oik_mesh *shape_union(const oik_mesh *a, const oik_mesh *b) {
    oik_mesh *mesh = new_mesh((int)(a->n_vertices + b->n_vertices), (int)(a->n_faces + b->n_faces));
    memcpy(mesh->vertices, a->vertices, a->n_vertices * sizeof *a->vertices);
    memcpy(mesh->vertices + a->n_vertices, b->vertices, b->n_vertices * sizeof *b->vertices);
    memcpy(mesh->faces, a->faces, a->n_faces * sizeof *a->faces);
    for (size_t f = 0; f < b->n_faces; f++)
        for (int k = 0; k < 3; k++)
            mesh->faces[a->n_faces + f][k] = b->faces[f][k] + (int32_t)a->n_vertices;
    return mesh;
}
