#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skin_delaunay.h"
#include "skin_edges.h"
#include "skin_triangulate.h"

typedef struct candidate {
    double score;
    int32_t tetrahedron;
} candidate;

typedef struct ball {
    oik_tetrahedra t;
    size_t n_points;
    double *score;       /* n: < 0 inside the surface [m] */
    uint8_t *solid;      /* n: part of the ball */
    uint8_t *reached;    /* n_points: on or in the ball */
    oik_edge_map edges;  /* number of boundary faces at an edge */
    candidate *heap;     /* least score first, ties by number */
    size_t n_heap, capacity;
} ball;

static int before(candidate a, candidate b) {
    return a.score < b.score || (a.score <= b.score && a.tetrahedron < b.tetrahedron);
}

static void swap(candidate *a, candidate *b) {
    candidate c = *a;
    *a = *b;
    *b = c;
}

static oik_status push(ball *B, int32_t tetrahedron, oik_error *err) {
    if (B->n_heap == B->capacity) {
        candidate *grown = oik_resize(B->heap, 2 * B->capacity, sizeof *grown, err);
        if (!grown)
            return OIK_E_MEMORY;
        B->heap = grown;
        B->capacity *= 2;
    }
    size_t i = B->n_heap++;
    B->heap[i] = (candidate){B->score[tetrahedron], tetrahedron};
    for (; i > 0 && before(B->heap[i], B->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(&B->heap[i], &B->heap[(i - 1) / 2]);
    return OIK_OK;
}

static int32_t pop(ball *B) {
    int32_t top = B->heap[0].tetrahedron;
    B->heap[0] = B->heap[--B->n_heap];
    for (size_t i = 0;;) {
        size_t c = 2 * i + 1;
        if (c >= B->n_heap)
            break;
        if (c + 1 < B->n_heap && before(B->heap[c + 1], B->heap[c]))
            c++;
        if (!before(B->heap[c], B->heap[i]))
            break;
        swap(&B->heap[c], &B->heap[i]);
        i = c;
    }
    return top;
}

static int32_t edge_count(const ball *B, int32_t a, int32_t b) {
    return oik_edge_get(&B->edges, a < b ? a : b, a < b ? b : a, 0);
}

static void edge_add(ball *B, int32_t a, int32_t b, int32_t change) {
    oik_edge_set(&B->edges, a < b ? a : b, a < b ? b : a, edge_count(B, a, b) + change);
}

static int is_solid(const ball *B, int32_t tetrahedron) {
    return tetrahedron >= 0 && B->solid[tetrahedron];
}

/** faces that a tetrahedron shares with the ball; which[] lists the corners opposite them */
static int shared_faces(int which[4], const ball *B, int32_t t) {
    int n = 0;
    for (int i = 0; i < 4; i++)
        if (is_solid(B, B->t.neighbour[t][i]))
            which[n++] = i;
    return n;
}

/** whether the boundary stays a sphere when t is added */
static int can_add(const ball *B, int32_t t, int new_vertex_only) {
    int which[4] = {0};
    if (B->solid[t])
        return 0;
    int n = shared_faces(which, B, t);
    const int32_t *v = B->t.vertex[t];
    if (n == 1)
        return !B->reached[v[which[0]]];
    return n == 2 && !new_vertex_only && edge_count(B, v[which[0]], v[which[1]]) == 0;
}

static void add(ball *B, int32_t t) {
    const int32_t *v = B->t.vertex[t];
    for (int i = 0; i < 4; i++) {
        int32_t change = is_solid(B, B->t.neighbour[t][i]) ? -1 : 1;
        int32_t a = v[(i + 1) % 4], b = v[(i + 2) % 4], c = v[(i + 3) % 4];
        edge_add(B, a, b, change);
        edge_add(B, b, c, change);
        edge_add(B, c, a, change);
        B->reached[v[i]] = 1;
    }
    B->solid[t] = 1;
}

/** whether any neighbour is part of the ball */
static int touches(const ball *B, int32_t t) {
    int which[4];
    return shared_faces(which, B, t) > 0;
}

/** one sweep from all tetrahedra at the boundary, best first. @param[out] added how many were added */
static oik_status sweep(ball *B, double limit, int new_vertex_only, size_t *added, oik_error *err) {
    oik_status status = OIK_OK;
    B->n_heap = 0;
    for (size_t t = 0; status == OIK_OK && t < B->t.n; t++)
        if (!B->solid[t] && B->score[t] < limit && touches(B, (int32_t)t))
            status = push(B, (int32_t)t, err);
    while (status == OIK_OK && B->n_heap > 0) {
        int32_t t = pop(B);
        if (!can_add(B, t, new_vertex_only))
            continue;
        add(B, t);
        ++*added;
        for (int i = 0; status == OIK_OK && i < 4; i++) {
            int32_t q = B->t.neighbour[t][i];
            if (q >= 0 && !B->solid[q] && B->score[q] < limit)
                status = push(B, q, err);
        }
    }
    return status;
}

/** sweeps until nothing changes: adding one tetrahedron can allow another that was refused before */
static oik_status grow_below(ball *B, double limit, int new_vertex_only, oik_error *err) {
    oik_status status = OIK_OK;
    for (size_t added = 1; status == OIK_OK && added > 0;) {
        added = 0;
        status = sweep(B, limit, new_vertex_only, &added, err);
    }
    return status;
}

/** how far outside the surface a tetrahedron lies: mean and greatest field at its centre, faces and edges, 0.35 mm allowed */
static double score_of(const ball *B, size_t t, const oik_vec3 *x, const oik_skin_surface *surface) {
    oik_vec3 p[4], centre = v3(0, 0, 0);
    double greatest = -INFINITY, mean = 0;
    for (int i = 0; i < 4; i++) {
        p[i] = x[B->t.vertex[t][i]];
        centre = v3_madd(centre, 0.25, p[i]);
    }
    for (int i = -1; i < 4; i++) {
        oik_vec3 q = i < 0 ? centre : v3_scale(v3_madd(v3_scale(centre, 4), -1, p[i]), 1.0 / 3);
        double f = oik_skin_field_all(surface, q);
        mean += f / 5;
        greatest = fmax(greatest, f);
    }
    for (int i = 0; i < 4; i++)
        for (int j = i + 1; j < 4; j++)
            greatest = fmax(greatest, oik_skin_field_all(surface, v3_lerp(p[i], p[j], 0.5)));
    return 0.5 * mean + 0.5 * greatest - 0.35e-3;
}

static int all_reached(const ball *B) {
    for (size_t i = 0; i < B->n_points; i++)
        if (!B->reached[i])
            return 0;
    return 1;
}

/** inside tetrahedra first, then, ever farther outside, those with a new vertex */
static oik_status grow_all(ball *B, oik_error *err) {
    static const double limits[] = {1e-3, 2e-3, 4e-3, 8e-3, 20e-3, 60e-3};
    size_t best = 0;
    for (size_t t = 1; t < B->t.n; t++)
        if (B->score[t] < B->score[best])
            best = t;
    add(B, (int32_t)best);
    oik_status status = grow_below(B, 0, 0, err);
    for (size_t i = 0; status == OIK_OK && !all_reached(B) && i < sizeof limits / sizeof *limits; i++) {
        status = grow_below(B, limits[i], 1, err);
        if (status == OIK_OK)
            status = grow_below(B, 0, 0, err);
    }
    return status;
}

/** boundary faces, turned so that the fourth corner lies behind */
static oik_status collect_boundary(oik_skin_faces *out, const ball *B, const oik_vec3 *bent, oik_error *err) {
    out->face = oik_new(4 * B->t.n, sizeof *out->face, err);
    if (!out->face)
        return OIK_E_MEMORY;
    out->capacity = 4 * B->t.n;
    for (size_t t = 0; t < B->t.n; t++)
        for (int i = 0; B->solid[t] && i < 4; i++) {
            if (is_solid(B, B->t.neighbour[t][i]))
                continue;
            const int32_t *v = B->t.vertex[t];
            int32_t a = v[(i + 1) % 4], b = v[(i + 2) % 4], c = v[(i + 3) % 4];
            oik_vec3 n = v3_cross(v3_sub(bent[b], bent[a]), v3_sub(bent[c], bent[a]));
            int behind = v3_dot(n, v3_sub(bent[v[i]], bent[a])) < 0;
            int32_t *f = out->face[out->n++];
            f[0] = a;
            f[1] = behind ? b : c;
            f[2] = behind ? c : b;
        }
    return OIK_OK;
}

static oik_status ball_init(ball *B, const oik_vec3 *x, const oik_vec3 *bent, size_t n, const oik_skin_surface *surface,
                            oik_error *err) {
    B->n_points = n;
    oik_status status = oik_delaunay(&B->t, bent, n, err);
    if (status == OIK_OK)
        status = oik_edge_map_init(&B->edges, 6 * B->t.n, err);
    if (status != OIK_OK)
        return status;
    B->capacity = B->t.n + 1;
    B->score = oik_new(B->t.n, sizeof *B->score, err);
    B->solid = oik_new(B->t.n, sizeof *B->solid, err);
    B->reached = oik_new(n, sizeof *B->reached, err);
    B->heap = oik_new(B->capacity, sizeof *B->heap, err);
    if (!B->score || !B->solid || !B->reached || !B->heap)
        return OIK_E_MEMORY;
    for (size_t t = 0; t < B->t.n; t++)
        B->score[t] = score_of(B, t, x, surface);
    return OIK_OK;
}

oik_status oik_skin_grow(oik_skin_faces *out, const oik_vec3 *x, const oik_vec3 *bent, size_t n,
                         const oik_skin_surface *surface, oik_error *err) {
    ball B = {0};
    *out = (oik_skin_faces){0};
    oik_status status = ball_init(&B, x, bent, n, surface, err);
    if (status == OIK_OK)
        status = grow_all(&B, err);
    if (status == OIK_OK)
        status = collect_boundary(out, &B, bent, err);
    oik_tetrahedra_clear(&B.t);
    oik_edge_map_clear(&B.edges);
    free(B.score);
    free(B.solid);
    free(B.reached);
    free(B.heap);
    return status;
}
