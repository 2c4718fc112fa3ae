#include "skin_triangulate.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skin_edges.h"

/** The left half: rows of the address table as points. */
typedef struct half {
    size_t n;
    oik_vec3 *x, *bent;       /* n */
    uint8_t *midline, *used;          /* n */
    oik_skin_faces faces;
} half;

static void half_clear(half *h) {
    free(h->x);
    free(h->bent);
    free(h->midline);
    free(h->used);
    free(h->faces.face);
}

/** own generator for the jitter, so that points are in general position: a linear congruence, Numerical Recipes' constants */
static double jitter(uint32_t *seed) {
    const double amplitude = 2e-6; /* [m] */
    *seed = *seed * 1664525U + 1013904223U;
    return ((double)(*seed >> 8) / 8388608.0 - 1.0) * amplitude;
}

/** midline points are bent to x = -h (1 - r^2 / R^2): a convex sheet, whose hull has their planar Delaunay triangles */
static oik_vec3 bend(oik_vec3 x, int midline, uint32_t *seed) {
    const double h = 2e-3, R = 1.0, y_middle = 0.85; /* R reaches from mid height past head and feet [m] */
    oik_vec3 b = x;
    b.x += jitter(seed); /* one after the other: C leaves the order of arguments open */
    b.y += jitter(seed);
    b.z += jitter(seed);
    double y = b.y - y_middle;
    if (midline)
        b.x = -h * (1 - (y * y + b.z * b.z) / (R * R));
    return b;
}

static oik_status half_init(half *h, const oik_vec3 *vertices, const oik_skin_address_table *T, uint32_t seed,
                            oik_error *err) {
    *h = (half){.n = T->n_left};
    h->x = oik_new(h->n, sizeof *h->x, err);
    h->bent = oik_new(h->n, sizeof *h->bent, err);
    h->midline = oik_new(h->n, 1, err);
    h->used = oik_new(h->n, 1, err);
    if (!h->x || !h->bent || !h->midline || !h->used)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < h->n; i++) {
        int32_t v = T->vertex[i];
        h->x[i] = vertices[v];
        h->midline[i] = T->mirror[v] == v;
        h->bent[i] = bend(h->x[i], h->midline[i], &seed);
    }
    return OIK_OK;
}

/** keep the skin: faces with a vertex off the midline */
static void drop_cut(half *h) {
    size_t n = 0;
    for (size_t f = 0; f < h->faces.n; f++) {
        const int32_t *v = h->faces.face[f];
        if (h->midline[v[0]] && h->midline[v[1]] && h->midline[v[2]])
            continue;
        for (int k = 0; k < 3; k++) {
            h->used[v[k]] = 1;
            h->faces.face[n][k] = v[k];
        }
        n++;
    }
    h->faces.n = n;
}

static double segment_distance(oik_vec3 x, oik_vec3 a, oik_vec3 b) {
    oik_vec3 d = v3_sub(b, a);
    double t = v3_dot(v3_sub(x, a), d) / (v3_dot(d, d) + 1e-18);
    return v3_dist(x, v3_madd(a, fmin(fmax(t, 0), 1), d));
}

/** split face f, its corners being a, b, c from corner k on, at vertex v: (v b c), (a v c) and, unless a-b is the rim, (a b v) */
static oik_status split(oik_skin_faces *F, size_t f, int k, int32_t v, int on_rim, oik_error *err) {
    if (F->n + 2 > F->capacity)
        return oik_fail(err, OIK_E_SOLVER, "no room for the missing vertex %d", v);
    int32_t a = F->face[f][k], b = F->face[f][(k + 1) % 3], c = F->face[f][(k + 2) % 3];
    const int32_t face[3][3] = {{v, b, c}, {a, v, c}, {a, b, v}};
    for (int i = 0; i < 3; i++) {
        F->face[f][i] = face[0][i];
        F->face[F->n][i] = face[1][i];
        F->face[F->n + 1][i] = face[2][i];
    }
    F->n += on_rim ? 1 : 2;
    return OIK_OK;
}

/** put a vertex that the boundary lacks into the nearest face, one of the midline into the nearest edge of the rim */
static oik_status insert(half *h, int32_t v, oik_error *err) {
    double nearest = INFINITY;
    size_t face = 0;
    int corner = 0, rim = h->midline[v];
    for (size_t f = 0; f < h->faces.n; f++) {
        const int32_t *q = h->faces.face[f];
        for (int k = 0; k < (rim ? 3 : 1); k++) {
            int32_t a = q[k], b = q[(k + 1) % 3], c = q[(k + 2) % 3];
            if (rim && !(h->midline[a] && h->midline[b]))
                continue;
            oik_vec3 centre = v3_scale(v3_add(h->x[a], v3_add(h->x[b], h->x[c])), 1.0 / 3);
            double d = rim ? segment_distance(h->x[v], h->x[a], h->x[b]) : v3_dist(h->x[v], centre);
            if (d < nearest) {
                nearest = d;
                face = f;
                corner = k;
            }
        }
    }
    h->used[v] = 1;
    return split(&h->faces, face, corner, v, rim, err);
}

/** faces of the left half in vertex numbers, and room for the right half */
static oik_status left_faces(int32_t (**faces)[3], const half *h, const oik_skin_address_table *T, oik_error *err) {
    *faces = oik_new(2 * h->faces.n, sizeof **faces, err);
    if (!*faces)
        return OIK_E_MEMORY;
    for (size_t f = 0; f < h->faces.n; f++)
        for (int k = 0; k < 3; k++)
            (*faces)[f][k] = T->vertex[h->faces.face[f][k]];
    return OIK_OK;
}

oik_status oik_skin_improve(int32_t (*faces)[3], size_t n_faces, const oik_skin_fitted *bodies, size_t n_bodies,
                            const oik_skin_address_table *table, oik_error *err) {
    enum { MAX_BODIES = 3 };
    size_t n = table->n_vertices;
    if (n_bodies > MAX_BODIES)
        return oik_fail(err, OIK_E_ARGUMENT, "a triangulation for %zu bodies", n_bodies);
    oik_skin_shape shape[MAX_BODIES];
    oik_vec3 *normal = oik_new(n_bodies * n, sizeof *normal, err);
    uint8_t *midline = oik_new(n, 1, err);
    oik_status status = normal && midline ? OIK_OK : OIK_E_MEMORY;
    for (size_t k = 0; status == OIK_OK && k < n_bodies; k++) {
        shape[k] = (oik_skin_shape){bodies[k].vertices, normal + k * n};
        for (size_t i = 0; i < table->n_left; i++) {
            int32_t v = table->vertex[i];
            unsigned region = oik_skin_segment_region(table->row[i].segment);
            normal[k * n + (size_t)v] =
                v3_unit(oik_skin_field_gradient(bodies[k].surface, bodies[k].vertices[v], region));
            midline[v] = table->mirror[v] == v;
        }
    }
    if (status == OIK_OK)
        status = oik_skin_flip(faces, n_faces / 2, shape, n_bodies, midline, err);
    for (size_t f = 0; status == OIK_OK && f < n_faces / 2; f++)
        for (int k = 0; k < 3; k++) /* with the other sense of rotation */
            faces[n_faces / 2 + f][2 - k] = table->mirror[faces[f][k]];
    free(normal);
    free(midline);
    return status;
}

/** closed and manifold at edges: every directed edge once and its opposite once; Euler number 2 follows from the face count */
static oik_status check(const int32_t (*faces)[3], size_t n_faces, size_t n_vertices, oik_error *err) {
    oik_edge_map edges;
    oik_status status = OIK_OK;
    if (n_faces != 2 * n_vertices - 4)
        return oik_fail(err, OIK_E_SOLVER, "the skin has %zu faces, a closed one of genus 0 has %zu", n_faces,
                        2 * n_vertices - 4);
    if (oik_edge_map_init(&edges, 3 * n_faces, err) != OIK_OK)
        return OIK_E_MEMORY;
    for (size_t i = 0; status == OIK_OK && i < 3 * n_faces; i++) {
        int32_t a = faces[i / 3][i % 3], b = faces[i / 3][(i + 1) % 3];
        if (a == b || oik_edge_get(&edges, a, b, 0))
            status = oik_fail(err, OIK_E_SOLVER, "the skin is not manifold at the edge %d-%d", a, b);
        oik_edge_set(&edges, a, b, 1);
    }
    for (size_t i = 0; status == OIK_OK && i < 3 * n_faces; i++) {
        int32_t a = faces[i / 3][i % 3], b = faces[i / 3][(i + 1) % 3];
        if (!oik_edge_get(&edges, b, a, 0))
            status = oik_fail(err, OIK_E_SOLVER, "the skin is open at the edge %d-%d", a, b);
    }
    oik_edge_map_clear(&edges);
    return status;
}

/** one triangulation from one jitter */
static oik_status attempt(int32_t (**faces)[3], const oik_skin_fitted *body, const oik_skin_address_table *table,
                          uint32_t seed, oik_error *err) {
    half h;
    *faces = NULL;
    oik_status status = half_init(&h, body->vertices, table, seed, err);
    if (status == OIK_OK)
        status = oik_skin_grow(&h.faces, h.x, h.bent, h.n, body->surface, err);
    if (status != OIK_OK)
        goto done;
    drop_cut(&h);
    for (size_t v = 0; status == OIK_OK && v < h.n; v++)
        if (!h.used[v])
            status = insert(&h, (int32_t)v, err);
    if (status == OIK_OK)
        status = left_faces(faces, &h, table, err);
    if (status == OIK_OK)
        status = oik_skin_improve(*faces, 2 * h.faces.n, body, 1, table, err);
    if (status == OIK_OK)
        status = check((const int32_t(*)[3]) * faces, 2 * h.faces.n, table->n_vertices, err);
done:
    half_clear(&h);
    if (status != OIK_OK) {
        free(*faces);
        *faces = NULL;
    }
    return status;
}

/** how far the left half's faces are from the surface: area times squared field at their centres [m^4] */
static double misfit(const int32_t (*faces)[3], size_t n, const oik_skin_fitted *body,
                     const oik_skin_address_table *T) {
    const oik_vec3 *x = body->vertices;
    double sum = 0;
    for (size_t f = 0; f < n; f++) {
        oik_vec3 a = x[faces[f][0]], b = x[faces[f][1]], c = x[faces[f][2]];
        unsigned region = oik_skin_segment_region(T->row[T->row_of[faces[f][0]]].segment);
        double field = oik_skin_field(body->surface, v3_scale(v3_add(a, v3_add(b, c)), 1.0 / 3), region);
        sum += 0.5 * v3_norm(v3_cross(v3_sub(b, a), v3_sub(c, a))) * field * field;
    }
    return sum;
}

oik_status oik_skin_triangulate(int32_t (**faces)[3], const oik_skin_fitted *body, const oik_skin_address_table *table,
                                oik_error *err) {
    enum { ATTEMPTS = 4 };
    oik_status status = OIK_OK;
    double least = INFINITY;
    *faces = NULL;
    for (uint32_t seed = 1; seed <= ATTEMPTS && status != OIK_E_MEMORY; seed++) {
        int32_t(*candidate)[3];
        status = attempt(&candidate, body, table, seed, err);
        if (status != OIK_OK)
            continue;
        double gap = misfit((const int32_t(*)[3])candidate, table->n_vertices - 2, body, table);
        if (gap < least) {
            least = gap;
            free(*faces);
            *faces = candidate;
        } else {
            free(candidate);
        }
    }
    if (*faces && status != OIK_E_MEMORY)
        return OIK_OK;
    free(*faces);
    *faces = NULL;
    return status;
}
