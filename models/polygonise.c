/** Marching tetrahedra and relaxation; see polygonise.h. Vertices are in lattice units until the end. */
#include "polygonise.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

void oik_surface_free(oik_surface *s) {
    if (!s)
        return;
    free(s->v);
    free(s->f);
    *s = (oik_surface){0};
}

/* ---- marching tetrahedra ---- */

/** Corner c of a cell is at (c & 1, c >> 1 & 1, c >> 2); all six tetrahedra share the diagonal 0-7. */
static const int TETRAHEDRON[6][4] = {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7},
                                      {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}};

typedef struct marcher {
    const oik_sdf_grid *g;
    oik_surface s;
    size_t room_v, room_f;
    int32_t *edge_vertex; /* 7 per node: vertex on the lattice edge from the node in direction d = 1..7, or -1 */
    int cell[3];
    double value[8]; /* field at the corners of the cell */
    oik_error *err;
} marcher;

static size_t node_index(const oik_sdf_grid *g, int i, int j, int k) {
    return ((size_t)k * (size_t)g->n[1] + (size_t)j) * (size_t)g->n[0] + (size_t)i;
}

static oik_vec3 corner(const marcher *m, int c) {
    return v3(m->cell[0] + (c & 1), m->cell[1] + (c >> 1 & 1), m->cell[2] + (c >> 2));
}

/** Room for n more elements in a growing array. */
static oik_status reserve(void **block, size_t *room, size_t used, size_t n, size_t size, oik_error *err) {
    if (used + n <= *room)
        return OIK_OK;
    size_t wanted = 2 * (used + n) + 1024;
    void *bigger = oik_resize(*block, wanted, size, err);
    if (!bigger)
        return OIK_E_MEMORY;
    *block = bigger;
    *room = wanted;
    return OIK_OK;
}

/** Vertex where the surface crosses the edge between corners a and b; a crossing keeps off the nodes by 2 %. */
static int32_t crossing(marcher *m, int a, int b) {
    if (a > b) {
        int swap = a;
        a = b;
        b = swap;
    }
    size_t base = node_index(m->g, m->cell[0] + (a & 1), m->cell[1] + (a >> 1 & 1), m->cell[2] + (a >> 2));
    int32_t *slot = m->edge_vertex + 7 * base + (size_t)(a ^ b) - 1;
    if (*slot < 0) {
        double t = m->value[a] / (m->value[a] - m->value[b]);
        m->s.v[m->s.n_v] = v3_lerp(corner(m, a), corner(m, b), fmin(fmax(t, 0.02), 0.98));
        *slot = (int32_t)m->s.n_v++;
    }
    return *slot;
}

static void add_triangle(marcher *m, const int32_t q[3], oik_vec3 outward) {
    const oik_vec3 *v = m->s.v;
    oik_vec3 n = v3_cross(v3_sub(v[q[1]], v[q[0]]), v3_sub(v[q[2]], v[q[0]]));
    bool flip = v3_dot(n, outward) < 0.0;
    int32_t *f = m->s.f[m->s.n_f++];
    f[0] = q[0];
    f[1] = flip ? q[2] : q[1];
    f[2] = flip ? q[1] : q[2];
}

/** Triangles of one tetrahedron: one corner cut off, or a quadrilateral between two pairs. */
static void march_tetrahedron(marcher *m, const int corners[4]) {
    int in[4], out[4], n_in = 0, n_out = 0;
    oik_vec3 c_in = v3(0, 0, 0), c_out = v3(0, 0, 0);
    for (int i = 0; i < 4; i++) {
        int c = corners[i];
        if (m->value[c] < 0.0) {
            in[n_in++] = c;
            c_in = v3_add(c_in, corner(m, c));
        } else {
            out[n_out++] = c;
            c_out = v3_add(c_out, corner(m, c));
        }
    }
    if (n_in == 0 || n_out == 0)
        return;
    oik_vec3 outward = v3_sub(v3_scale(c_out, 1.0 / n_out), v3_scale(c_in, 1.0 / n_in));
    int32_t q[4];
    if (n_in == 2) {
        q[0] = crossing(m, in[0], out[0]);
        q[1] = crossing(m, in[0], out[1]);
        q[2] = crossing(m, in[1], out[1]);
        q[3] = crossing(m, in[1], out[0]);
        add_triangle(m, q, outward);
        add_triangle(m, (int32_t[]){q[0], q[2], q[3]}, outward);
        return;
    }
    for (int i = 0; i < 3; i++)
        q[i] = n_in == 1 ? crossing(m, in[0], out[i]) : crossing(m, in[i], out[0]);
    add_triangle(m, q, outward);
}

static oik_status march_cell(marcher *m, int i, int j, int k) {
    unsigned inside = 0;
    m->cell[0] = i;
    m->cell[1] = j;
    m->cell[2] = k;
    for (int c = 0; c < 8; c++) {
        m->value[c] = (double)m->g->value[node_index(m->g, i + (c & 1), j + (c >> 1 & 1), k + (c >> 2))];
        inside |= (unsigned)(m->value[c] < 0.0) << c;
    }
    if (inside == 0 || inside == 255)
        return OIK_OK;
    enum { MOST_VERTICES = 19, MOST_FACES = 12 }; /* edges of the 6 tetrahedra; 2 triangles each */
    oik_status status = reserve((void **)&m->s.v, &m->room_v, m->s.n_v, MOST_VERTICES, sizeof *m->s.v, m->err);
    if (status == OIK_OK)
        status = reserve((void **)&m->s.f, &m->room_f, m->s.n_f, MOST_FACES, sizeof *m->s.f, m->err);
    for (int t = 0; t < 6 && status == OIK_OK; t++)
        march_tetrahedron(m, TETRAHEDRON[t]);
    return status;
}

static oik_status march(oik_surface *out, const oik_sdf_grid *g, oik_error *err) {
    size_t n_slots = 7 * (size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2];
    marcher m = {.g = g, .err = err, .edge_vertex = oik_new(n_slots, sizeof *m.edge_vertex, err)};
    oik_status status = m.edge_vertex ? OIK_OK : OIK_E_MEMORY;
    if (m.edge_vertex)
        memset(m.edge_vertex, 0xff, n_slots * sizeof *m.edge_vertex);
    for (int k = 0; k + 1 < g->n[2] && status == OIK_OK; k++)
        for (int j = 0; j + 1 < g->n[1] && status == OIK_OK; j++)
            for (int i = 0; i + 1 < g->n[0] && status == OIK_OK; i++)
                status = march_cell(&m, i, j, k);
    free(m.edge_vertex);
    *out = m.s;
    if (status == OIK_OK && out->n_f == 0)
        status = oik_fail(err, OIK_E_MODEL, "the field has no surface");
    return status;
}

/* ---- components ---- */

static int32_t root(int32_t *parent, int32_t i) {
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

void oik_surface_compact(oik_surface *s, int32_t *map) {
    size_t n = 0;
    for (size_t i = 0; i < s->n_v; i++)
        map[i] = -1;
    for (size_t i = 0; i < 3 * s->n_f; i++)
        map[s->f[i / 3][i % 3]] = 0;
    for (size_t i = 0; i < s->n_v; i++)
        if (map[i] == 0) {
            s->v[n] = s->v[i];
            map[i] = (int32_t)n++;
        }
    for (size_t i = 0; i < 3 * s->n_f; i++)
        s->f[i / 3][i % 3] = map[s->f[i / 3][i % 3]];
    s->n_v = n;
}

/** Drop all but the component with the most faces: specks that a cut has left, hollows closed on all sides. */
static oik_status keep_largest(oik_surface *s, oik_error *err) {
    int32_t *parent = oik_new(s->n_v, sizeof *parent, err);
    size_t *count = oik_new(s->n_v, sizeof *count, err);
    oik_status status = parent && count ? OIK_OK : OIK_E_MEMORY;
    if (status == OIK_OK) {
        for (size_t i = 0; i < s->n_v; i++)
            parent[i] = (int32_t)i;
        for (size_t i = 0; i < s->n_f; i++)
            for (int c = 1; c < 3; c++)
                parent[root(parent, s->f[i][c])] = root(parent, s->f[i][0]);
        int32_t best = root(parent, s->f[0][0]);
        for (size_t i = 0; i < s->n_f; i++) {
            int32_t r = root(parent, s->f[i][0]);
            if (++count[r] > count[best])
                best = r;
        }
        size_t kept = 0;
        for (size_t i = 0; i < s->n_f; i++)
            if (root(parent, s->f[i][0]) == best)
                memmove(s->f[kept++], s->f[i], sizeof *s->f);
        s->n_f = kept;
        oik_surface_compact(s, parent);
    }
    free(parent);
    free(count);
    return status;
}

/* ---- relaxation ---- */

/** Trilinear value of the field and its gradient at p, in lattice units. */
static double trilinear(oik_vec3 *gradient, const oik_sdf_grid *g, oik_vec3 p) {
    int at[3];
    double t[3];
    for (int a = 0; a < 3; a++) {
        int i = (int)v3_get(p, a);
        at[a] = i < 0 ? 0 : i > g->n[a] - 2 ? g->n[a] - 2 : i;
        t[a] = v3_get(p, a) - at[a];
    }
    double F[8];
    for (int c = 0; c < 8; c++)
        F[c] = (double)g->value[node_index(g, at[0] + (c & 1), at[1] + (c >> 1 & 1), at[2] + (c >> 2))];
    double u = t[0], v = t[1], w = t[2];
    double c00 = F[0] + (F[1] - F[0]) * u, c10 = F[2] + (F[3] - F[2]) * u;
    double c01 = F[4] + (F[5] - F[4]) * u, c11 = F[6] + (F[7] - F[6]) * u;
    double c0 = c00 + (c10 - c00) * v, c1 = c01 + (c11 - c01) * v;
    double dx0 = (F[1] - F[0]) * (1 - v) + (F[3] - F[2]) * v, dx1 = (F[5] - F[4]) * (1 - v) + (F[7] - F[6]) * v;
    *gradient = v3(dx0 * (1 - w) + dx1 * w, (c10 - c00) * (1 - w) + (c11 - c01) * w, c1 - c0);
    return c0 + (c1 - c0) * w;
}

/** Two Newton steps along the gradient onto F = 0, each at most 0.4 of a cell. */
static oik_vec3 project(const oik_sdf_grid *g, oik_vec3 p, bool seam) {
    const double longest = 0.4, flat = 1e-6;
    for (int i = 0; i < 2; i++) {
        oik_vec3 d;
        double F = trilinear(&d, g, p);
        if (seam)
            d.x = 0.0;
        double d2 = v3_dot(d, d);
        if (d2 < flat)
            break;
        double step = -F / d2, length = fabs(step) * sqrt(d2);
        p = v3_madd(p, length > longest ? step * longest / length : step, d);
    }
    return p;
}

/** A vertex moves toward the mean of its neighbours within the tangent plane, then onto the surface. */
static void relax_vertex(oik_vec3 *v, const oik_sdf_grid *g, oik_vec3 mean) {
    const double share = 0.6, least_x = 0.02; /* least_x keeps inner vertices of a half surface off the seam */
    bool seam = g->half && v->x == 0.0;
    oik_vec3 n, p = *v;
    trilinear(&n, g, p);
    oik_vec3 d = v3_sub(mean, p);
    if (seam)
        n.x = d.x = 0.0;
    n = v3_unit(n);
    d = v3_madd(d, -v3_dot(d, n), n);
    p = project(g, v3_madd(p, share, d), seam);
    if (v3_dist(p, *v) < 1.0 && (seam || !g->half || p.x > least_x))
        *v = p;
}

static oik_status relax(oik_surface *s, const oik_sdf_grid *g, int n_passes, oik_error *err) {
    oik_vec3 *sum = oik_new(s->n_v, sizeof *sum, err);
    double *count = oik_new(s->n_v, sizeof *count, err);
    oik_status status = sum && count ? OIK_OK : OIK_E_MEMORY;
    for (int pass = 0; pass < n_passes && status == OIK_OK; pass++) {
        memset(sum, 0, s->n_v * sizeof *sum);
        memset(count, 0, s->n_v * sizeof *count);
        for (size_t i = 0; i < 3 * s->n_f; i++) {
            int32_t a = s->f[i / 3][i % 3], b = s->f[i / 3][(i + 1) % 3];
            sum[a] = v3_add(sum[a], s->v[b]);
            sum[b] = v3_add(sum[b], s->v[a]);
            count[a] += 1.0;
            count[b] += 1.0;
        }
        for (size_t i = 0; i < s->n_v; i++)
            relax_vertex(s->v + i, g, v3_scale(sum[i], 1.0 / count[i]));
    }
    free(sum);
    free(count);
    return status;
}

oik_status oik_polygonise(oik_surface *out, const oik_sdf_grid *grid, oik_error *err) {
    enum { RELAX_PASSES = 3 };
    *out = (oik_surface){0};
    oik_status status = march(out, grid, err);
    if (status == OIK_OK)
        status = keep_largest(out, err);
    if (status == OIK_OK)
        status = relax(out, grid, RELAX_PASSES, err);
    for (size_t i = 0; i < out->n_v && status == OIK_OK; i++)
        out->v[i] = v3_madd(grid->origin, grid->h, out->v[i]);
    if (status != OIK_OK)
        oik_surface_free(out);
    return status;
}

/* ---- mirroring ---- */

oik_status oik_surface_mirror(oik_surface *s, oik_error *err) {
    int32_t *image = oik_new(s->n_v, sizeof *image, err);
    oik_vec3 *v = oik_new(2 * s->n_v, sizeof *v, err);
    int32_t(*f)[3] = oik_new(2 * s->n_f, sizeof *f, err);
    oik_status status = image && v && f ? OIK_OK : OIK_E_MEMORY;
    if (status == OIK_OK) {
        size_t n = s->n_v;
        memcpy(v, s->v, s->n_v * sizeof *v);
        memcpy(f, s->f, s->n_f * sizeof *f);
        for (size_t i = 0; i < s->n_v; i++) {
            image[i] = (int32_t)i;
            if (v[i].x != 0.0) {
                v[n] = v3(-v[i].x, v[i].y, v[i].z);
                image[i] = (int32_t)n++;
            }
        }
        for (size_t i = 0; i < s->n_f; i++)
            for (int c = 0; c < 3; c++)
                f[s->n_f + i][c] = image[s->f[i][2 - c]];
        free(s->v);
        free(s->f);
        *s = (oik_surface){.n_v = n, .n_f = 2 * s->n_f, .v = v, .f = f};
        v = NULL;
        f = NULL;
    }
    free(image);
    free(v);
    free(f);
    return status;
}
