#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skin_edges.h"
#include "skin_triangulate.h"

enum { MAX_PASSES = 40, ABSENT = -1 };

typedef struct flipper {
    int32_t (*face)[3];
    size_t n;
    const oik_skin_shape *shape;
    size_t n_shapes;
    const uint8_t *fixed;
    oik_edge_map edges; /* directed edge -> face to its left */
} flipper;

static oik_vec3 area_vector(const oik_skin_shape *F, int32_t a, int32_t b, int32_t c) {
    return v3_cross(v3_sub(F->x[b], F->x[a]), v3_sub(F->x[c], F->x[a]));
}

/** how much the surface's normals at two vertices oppose each other: an edge between them runs through the body */
static double opposed(const oik_skin_shape *F, int32_t a, int32_t b) {
    return fmax(-v3_dot(F->normal[a], F->normal[b]), 0);
}

/**
 * How badly a face lies: 3 (1 - cos) to the mean surface normal, 4 more when it looks inwards, 0.5 (1 - shape) with shape 1
 * for an equilateral triangle and 0 for a flat one, 0.2 per mm of an edge past 45 mm (twice the usual edge of the trunk), and 3 for an edge between opposite normals.
 * The factors rank what must not be (inwards, long) before what should not (off the normal) before looks.
 */
static double face_cost(const oik_skin_shape *F, int32_t a, int32_t b, int32_t c) {
    static const double longest_free = 0.045, per_metre = 200;
    oik_vec3 n = area_vector(F, a, b, c), m = v3_add(F->normal[a], v3_add(F->normal[b], F->normal[c]));
    double ab = v3_dist(F->x[a], F->x[b]), bc = v3_dist(F->x[b], F->x[c]), ca = v3_dist(F->x[c], F->x[a]);
    double size = v3_norm(n) + 1e-15, cosine = v3_dot(n, m) / (size * (v3_norm(m) + 1e-12));
    double shape = 2 * sqrt(3.0) * size / (ab * ab + bc * bc + ca * ca + 1e-18);
    double excess = fmax(fmax(ab, fmax(bc, ca)) - longest_free, 0);
    double through = opposed(F, a, b) + opposed(F, b, c) + opposed(F, c, a);
    return 3 * (1 - cosine) + (cosine < 0 ? 4 : 0) + 0.5 * (1 - shape) + per_metre * excess + 3 * through;
}

/** 1 - cos of the angle between the normals of two faces */
static double fold(oik_vec3 n1, oik_vec3 n2) {
    return 1 - v3_dot(n1, n2) / (v3_norm(n1) * v3_norm(n2) + 1e-18);
}

/** corner of a face that is neither a nor b */
static int32_t third(const int32_t face[3], int32_t a, int32_t b) {
    for (int k = 0; k < 3; k++)
        if (face[k] != a && face[k] != b)
            return face[k];
    return ABSENT;
}

static void set_face(flipper *F, int32_t i, int32_t a, int32_t b, int32_t c) {
    F->face[i][0] = a;
    F->face[i][1] = b;
    F->face[i][2] = c;
    for (int k = 0; k < 3; k++)
        oik_edge_set(&F->edges, F->face[i][k], F->face[i][(k + 1) % 3], i);
}

/** what a flip of a-b to c-d saves, summed over the bodies; c is left of a -> b */
static double saving(const flipper *F, int32_t a, int32_t b, int32_t c, int32_t d) {
    double sum = 0;
    for (size_t s = 0; s < F->n_shapes; s++) {
        const oik_skin_shape *q = &F->shape[s];
        sum += face_cost(q, a, b, c) + face_cost(q, b, a, d) + fold(area_vector(q, a, b, c), area_vector(q, b, a, d));
        sum -= face_cost(q, c, d, b) + face_cost(q, d, c, a) + fold(area_vector(q, c, d, b), area_vector(q, d, c, a));
    }
    return sum;
}

/** flip the edge a -> b when that lowers the cost. @return 1 when flipped */
static int try_flip(flipper *F, int32_t a, int32_t b) {
    int32_t i = oik_edge_get(&F->edges, a, b, ABSENT), j = oik_edge_get(&F->edges, b, a, ABSENT);
    if (i == ABSENT || j == ABSENT)
        return 0;
    int32_t c = third(F->face[i], a, b), d = third(F->face[j], a, b);
    if (c == d || oik_edge_get(&F->edges, c, d, ABSENT) != ABSENT || oik_edge_get(&F->edges, d, c, ABSENT) != ABSENT)
        return 0;
    if (F->fixed && F->fixed[c] && F->fixed[d])
        return 0;
    if (saving(F, a, b, c, d) <= 1e-6)
        return 0;
    oik_edge_set(&F->edges, a, b, ABSENT);
    oik_edge_set(&F->edges, b, a, ABSENT);
    set_face(F, i, c, d, b);
    set_face(F, j, d, c, a);
    return 1;
}

static size_t flip_pass(flipper *F) {
    size_t flips = 0;
    for (size_t f = 0; f < F->n; f++)
        for (int k = 0; k < 3; k++)
            flips += (size_t)try_flip(F, F->face[f][k], F->face[f][(k + 1) % 3]);
    return flips;
}

oik_status oik_skin_flip(int32_t (*faces)[3], size_t n_faces, const oik_skin_shape *shapes, size_t n_shapes,
                         const uint8_t *fixed, oik_error *err) {
    flipper F = {.face = faces, .n = n_faces, .shape = shapes, .n_shapes = n_shapes, .fixed = fixed};
    size_t room = 24 * n_faces; /* edges that ever exist; about 5 per face do */
    if (oik_edge_map_init(&F.edges, room, err) != OIK_OK)
        return OIK_E_MEMORY;
    for (size_t f = 0; f < n_faces; f++)
        set_face(&F, (int32_t)f, faces[f][0], faces[f][1], faces[f][2]);
    /* one pass makes at most 6 new directed edges per face */
    for (int pass = 0; pass < MAX_PASSES && F.edges.used + 6 * n_faces < room; pass++)
        if (flip_pass(&F) == 0)
            break;
    oik_edge_map_clear(&F.edges);
    return OIK_OK;
}
