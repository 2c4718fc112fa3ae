/**
 * Quadric edge collapse; see simplify.h.
 *
 * symbol  name in code   meaning
 * Q       quadric        sum of area * plane plane^T, upper triangle of a symmetric 4x4 matrix
 * lk      marks          vertices of the faces around u, found with a stamp per vertex
 * Departure from the paper: the quadric is pulled slightly toward the edge's midpoint, so that flat parts, where Q is
 * singular, keep well-shaped triangles.
 */
#include "simplify.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/** xx xy xz xw yy yz yw zz zw ww */
typedef struct quadric {
    double q[10];
} quadric;

/** A possible collapse of v into u; out of date when a stamp differs from the vertex's. */
typedef struct candidate {
    double cost;
    int32_t u, v;
    int stamp_u, stamp_v;
} candidate;

typedef struct simplifier {
    oik_surface *s;
    bool half;
    size_t n_live;      /* faces left */
    quadric *Q;         /* per vertex */
    int *stamp;         /* per vertex: changes of its position; -1: merged away */
    int32_t *head;      /* per vertex: a corner (3 face + 0..2) of one of its faces, or -1 */
    int32_t *next;      /* per corner: another corner at the same vertex, or -1 */
    char *dead;         /* per face */
    int *mark;          /* per vertex */
    int mark_now;
    candidate *heap;
    size_t n_heap, room_heap;
    oik_error *err;
} simplifier;

/* ---- heap ---- */

static bool cheaper(const candidate *a, const candidate *b) {
    if (a->cost != b->cost)
        return a->cost < b->cost;
    return a->u != b->u ? a->u < b->u : a->v < b->v;
}

static oik_status heap_push(simplifier *m, candidate c) {
    if (m->n_heap == m->room_heap) {
        size_t room = 2 * m->room_heap + 1024;
        void *block = oik_resize(m->heap, room, sizeof *m->heap, m->err);
        if (!block)
            return OIK_E_MEMORY;
        m->heap = block;
        m->room_heap = room;
    }
    size_t i = m->n_heap++;
    while (i > 0 && cheaper(&c, m->heap + (i - 1) / 2)) {
        m->heap[i] = m->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    m->heap[i] = c;
    return OIK_OK;
}

static candidate heap_pop(simplifier *m) {
    candidate top = m->heap[0], last = m->heap[--m->n_heap];
    size_t i = 0, child;
    while ((child = 2 * i + 1) < m->n_heap) {
        if (child + 1 < m->n_heap && cheaper(m->heap + child + 1, m->heap + child))
            child++;
        if (!cheaper(m->heap + child, &last))
            break;
        m->heap[i] = m->heap[child];
        i = child;
    }
    m->heap[i] = last;
    return top;
}

/* ---- quadrics ---- */

static void quadric_add_plane(quadric *Q, oik_vec3 n, double w, double area) {
    const double p[4] = {n.x, n.y, n.z, w};
    for (int i = 0, k = 0; i < 4; i++)
        for (int j = i; j < 4; j++, k++)
            Q->q[k] += area * p[i] * p[j];
}

static quadric quadric_sum(const quadric *a, const quadric *b) {
    quadric c;
    for (int i = 0; i < 10; i++)
        c.q[i] = a->q[i] + b->q[i];
    return c;
}

static double quadric_value(const quadric *Q, oik_vec3 p) {
    const double *q = Q->q;
    return q[0] * p.x * p.x + 2 * q[1] * p.x * p.y + 2 * q[2] * p.x * p.z + 2 * q[3] * p.x + q[4] * p.y * p.y +
           2 * q[5] * p.y * p.z + 2 * q[6] * p.y + q[7] * p.z * p.z + 2 * q[8] * p.z + q[9];
}

/** Minimum of the quadric plus pull |p - mid|^2 by Cramer's rule. */
static oik_vec3 quadric_minimum(const quadric *Q, oik_vec3 mid) {
    const double *q = Q->q, pull = 1e-3 * (q[0] + q[4] + q[7]) + 1e-9;
    oik_mat3 A = {{{q[0] + pull, q[1], q[2]}, {q[1], q[4] + pull, q[5]}, {q[2], q[5], q[7] + pull}}};
    oik_vec3 b = v3(pull * mid.x - q[3], pull * mid.y - q[6], pull * mid.z - q[8]);
    double det = m3_det(A);
    if (fabs(det) < 1e-18)
        return mid;
    oik_vec3 c0 = m3_column(A, 0), c1 = m3_column(A, 1), c2 = m3_column(A, 2);
    return v3(v3_dot(b, v3_cross(c1, c2)) / det, v3_dot(c0, v3_cross(b, c2)) / det, v3_dot(c0, v3_cross(c1, b)) / det);
}

static bool on_seam(const simplifier *m, int32_t v) {
    return m->half && m->s->v[v].x == 0.0;
}

/** Best position for the merged vertex, and what it costs. */
static double merged_position(oik_vec3 *p, const simplifier *m, int32_t u, int32_t v) {
    oik_vec3 a = m->s->v[u], b = m->s->v[v], mid = v3_scale(v3_add(a, b), 0.5);
    quadric Q = quadric_sum(m->Q + u, m->Q + v);
    double length = v3_dist(a, b), l2 = length * length;
    *p = quadric_minimum(&Q, mid);
    if (!(v3_dist(*p, mid) < 1.2 * length))
        *p = mid;
    if (on_seam(m, u))
        p->x = 0.0;
    return fabs(quadric_value(&Q, *p)) + 1e-4 * l2 * l2;
}

/* ---- set-up ---- */

static oik_status push_edge(simplifier *m, int32_t a, int32_t b) {
    if (on_seam(m, a) != on_seam(m, b))
        return OIK_OK;
    candidate c = {.u = a < b ? a : b, .v = a < b ? b : a};
    oik_vec3 p;
    c.cost = merged_position(&p, m, c.u, c.v);
    c.stamp_u = m->stamp[c.u];
    c.stamp_v = m->stamp[c.v];
    return heap_push(m, c);
}

static oik_status allocate(simplifier *m) {
    size_t n = m->s->n_v, n_f = m->s->n_f;
    m->Q = oik_new(n, sizeof *m->Q, m->err);
    m->stamp = oik_new(n, sizeof *m->stamp, m->err);
    m->head = oik_new(n, sizeof *m->head, m->err);
    m->mark = oik_new(n, sizeof *m->mark, m->err);
    m->next = oik_new(3 * n_f, sizeof *m->next, m->err);
    m->dead = oik_new(n_f, sizeof *m->dead, m->err);
    bool ok = m->Q && m->stamp && m->head && m->mark && m->next && m->dead;
    return ok ? OIK_OK : OIK_E_MEMORY;
}

/** Plane of a face into the quadrics of its corners; a seam vertex gets the mirrored plane as well. */
static void add_face_quadric(simplifier *m, const int32_t f[3]) {
    oik_vec3 a = m->s->v[f[0]];
    oik_vec3 n = v3_cross(v3_sub(m->s->v[f[1]], a), v3_sub(m->s->v[f[2]], a));
    double area = 0.5 * v3_norm(n);
    n = v3_unit(n);
    double w = -v3_dot(n, a);
    for (int c = 0; c < 3; c++) {
        quadric_add_plane(m->Q + f[c], n, w, area);
        if (on_seam(m, f[c]))
            quadric_add_plane(m->Q + f[c], v3(-n.x, n.y, n.z), w, area);
    }
}

static oik_status set_up(simplifier *m) {
    oik_status status = allocate(m);
    if (status != OIK_OK)
        return status;
    const oik_surface *s = m->s;
    m->n_live = s->n_f;
    for (size_t i = 0; i < s->n_v; i++)
        m->head[i] = -1;
    for (size_t i = 0; i < s->n_f; i++) {
        add_face_quadric(m, s->f[i]);
        for (int c = 0; c < 3; c++) {
            int32_t corner = (int32_t)(3 * i) + c, v = s->f[i][c];
            m->next[corner] = m->head[v];
            m->head[v] = corner;
        }
    }
    for (size_t i = 0; i < s->n_f && status == OIK_OK; i++)
        for (int c = 0; c < 3 && status == OIK_OK; c++) {
            int32_t a = s->f[i][c], b = s->f[i][(c + 1) % 3];
            if (a < b || on_seam(m, a)) /* a boundary edge is met once, in either direction */
                status = push_edge(m, a, b);
        }
    return status;
}

/* ---- collapse ---- */

/** First corner at or after c whose face lives. */
static int32_t live(const simplifier *m, int32_t c) {
    while (c >= 0 && m->dead[c / 3])
        c = m->next[c];
    return c;
}

static bool has_corner(const int32_t f[3], int32_t v) {
    return f[0] == v || f[1] == v || f[2] == v;
}

/**
 * Link condition: the neighbours common to u and v are exactly the third corners of the faces at the edge; two faces
 * inside, one on the seam.
 */
static bool link_holds(simplifier *m, int32_t u, int32_t v) {
    int near_u = ++m->mark_now, seen = ++m->mark_now, n_common = 0, n_faces = 0;
    for (int32_t c = live(m, m->head[u]); c >= 0; c = live(m, m->next[c]))
        for (int i = 0; i < 3; i++)
            m->mark[m->s->f[c / 3][i]] = near_u;
    for (int32_t c = live(m, m->head[v]); c >= 0; c = live(m, m->next[c])) {
        const int32_t *f = m->s->f[c / 3];
        n_faces += has_corner(f, u);
        for (int i = 0; i < 3; i++)
            if (f[i] != u && f[i] != v && m->mark[f[i]] == near_u) {
                m->mark[f[i]] = seen;
                n_common++;
            }
    }
    int wanted = on_seam(m, u) ? 1 : 2;
    return n_common == wanted && n_faces == wanted;
}

/** Would the faces of a that do not contain b stay well-shaped with a moved to p? */
static bool faces_survive(const simplifier *m, int32_t a, int32_t b, oik_vec3 p) {
    const double least_cos = 0.5, least_height = 0.08; /* turn by at most 60 deg; height over longest edge */
    for (int32_t c = live(m, m->head[a]); c >= 0; c = live(m, m->next[c])) {
        const int32_t *f = m->s->f[c / 3];
        if (has_corner(f, b))
            continue;
        oik_vec3 x = m->s->v[f[(c + 1) % 3]], y = m->s->v[f[(c + 2) % 3]], old = m->s->v[a];
        oik_vec3 n_old = v3_cross(v3_sub(x, old), v3_sub(y, old)), n_new = v3_cross(v3_sub(x, p), v3_sub(y, p));
        double edge = fmax(v3_dist(x, y), fmax(v3_dist(x, p), v3_dist(y, p)));
        if (v3_dot(v3_unit(n_old), v3_unit(n_new)) < least_cos || v3_norm(n_new) < least_height * edge * edge)
            return false;
    }
    return true;
}

/** Join v into u: faces at the edge die, the other faces of v get u as corner. */
static void merge(simplifier *m, int32_t u, int32_t v, oik_vec3 p) {
    m->s->v[u] = p;
    m->Q[u] = quadric_sum(m->Q + u, m->Q + v);
    int32_t list = -1, from[2] = {m->head[u], m->head[v]};
    for (int32_t c = live(m, m->head[v]); c >= 0; c = live(m, m->next[c]))
        if (has_corner(m->s->f[c / 3], u)) {
            m->dead[c / 3] = 1;
            m->n_live--;
        }
    for (int side = 0; side < 2; side++)
        for (int32_t c = live(m, from[side]), after; c >= 0; c = after) {
            after = live(m, m->next[c]);
            m->s->f[c / 3][c % 3] = u;
            m->next[c] = list;
            list = c;
        }
    m->head[u] = list;
    m->head[v] = -1;
    m->stamp[v] = -1;
    m->stamp[u]++;
}

static oik_status push_edges_around(simplifier *m, int32_t u) {
    int now = ++m->mark_now;
    oik_status status = OIK_OK;
    for (int32_t c = live(m, m->head[u]); c >= 0 && status == OIK_OK; c = live(m, m->next[c]))
        for (int i = 0; i < 3 && status == OIK_OK; i++) {
            int32_t w = m->s->f[c / 3][i];
            if (w == u || m->mark[w] == now)
                continue;
            m->mark[w] = now;
            status = push_edge(m, u, w);
        }
    return status;
}

static oik_status try_collapse(simplifier *m, const candidate *c) {
    oik_vec3 p;
    if (m->stamp[c->u] != c->stamp_u || m->stamp[c->v] != c->stamp_v || !link_holds(m, c->u, c->v))
        return OIK_OK;
    merged_position(&p, m, c->u, c->v);
    if (m->half && !on_seam(m, c->u) && p.x <= 0.0)
        return OIK_OK;
    if (!faces_survive(m, c->u, c->v, p) || !faces_survive(m, c->v, c->u, p))
        return OIK_OK;
    merge(m, c->u, c->v, p);
    return push_edges_around(m, c->u);
}

static void drop_dead_faces(simplifier *m) {
    size_t kept = 0;
    for (size_t i = 0; i < m->s->n_f; i++)
        if (!m->dead[i])
            memmove(m->s->f[kept++], m->s->f[i], sizeof *m->s->f);
    m->s->n_f = kept;
    oik_surface_compact(m->s, m->head);
}

oik_status oik_simplify(oik_surface *s, size_t target, bool half, oik_error *err) {
    simplifier m = {.s = s, .half = half, .err = err};
    oik_status status = set_up(&m);
    while (status == OIK_OK && m.n_live > target && m.n_heap > 0) {
        candidate c = heap_pop(&m);
        status = try_collapse(&m, &c);
    }
    if (m.head && m.dead)
        drop_dead_faces(&m);
    free(m.Q);
    free(m.stamp);
    free(m.head);
    free(m.next);
    free(m.dead);
    free(m.mark);
    free(m.heap);
    return status;
}
