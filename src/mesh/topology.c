/** How the faces of a mesh hang together. */
#include "mesh/topology.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

static oik_status check_faces(size_t n_vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    if (n_faces > INT32_MAX)
        return oik_fail(err, OIK_E_SHAPE, "expected at most %d faces, found %zu", INT32_MAX, n_faces);
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            if (faces[f][k] < 0 || (size_t)faces[f][k] >= n_vertices)
                return oik_fail(err, OIK_E_SHAPE, "face %zu has the vertex index %d, expected 0 or more and less than %zu", f,
                                faces[f][k], n_vertices);
    return OIK_OK;
}

static int is_degenerate(const int32_t face[3]) {
    return face[0] == face[1] || face[1] == face[2] || face[2] == face[0];
}

static oik_half_edge half_edge(const int32_t (*faces)[3], size_t f, int corner) {
    int32_t a = faces[f][corner], b = faces[f][(corner + 1) % 3];
    return (oik_half_edge){a < b ? a : b, a < b ? b : a, (int32_t)f, corner};
}

/** By the higher vertex and then the face, for half-edges of one lower vertex. */
static int compare_in_bucket(const void *left, const void *right) {
    const oik_half_edge *a = left, *b = right;
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->face < b->face ? -1 : a->face > b->face;
}

/** Sort the half-edges of one lower vertex; few, except on fans, where insertion would take quadratic time. */
static void sort_bucket(oik_half_edge *edges, size_t n) {
    const size_t few = 32;
    if (n > few) {
        qsort(edges, n, sizeof *edges, compare_in_bucket);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        oik_half_edge e = edges[i];
        size_t k = i;
        for (; k > 0 && compare_in_bucket(&e, &edges[k - 1]) < 0; k--)
            edges[k] = edges[k - 1];
        edges[k] = e;
    }
}

/** First place in the list for each lower vertex (n_vertices + 1 entries). */
static void bucket_starts(size_t *start, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces) {
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3 && !is_degenerate(faces[f]); k++)
            start[half_edge(faces, f, k).low + 1]++;
    for (size_t v = 0; v < n_vertices; v++)
        start[v + 1] += start[v];
}

oik_status oik_half_edges_new(oik_half_edge **out, size_t *n, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                              oik_error *err) {
    oik_status status = check_faces(n_vertices, faces, n_faces, err);
    if (status)
        return status;
    oik_half_edge *edges = oik_new(3 * n_faces, sizeof *edges, err);
    size_t *start = edges ? oik_new(n_vertices + 1, sizeof *start, err) : NULL;
    if (!start) {
        free(edges);
        return OIK_E_MEMORY;
    }
    bucket_starts(start, n_vertices, faces, n_faces);
    size_t count = start[n_vertices];
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3 && !is_degenerate(faces[f]); k++) {
            oik_half_edge e = half_edge(faces, f, k);
            edges[start[e.low]++] = e; /* afterwards start[v] is where bucket v ends */
        }
    for (size_t v = 0; v < n_vertices; v++) {
        size_t begin = v ? start[v - 1] : 0;
        sort_bucket(edges + begin, start[v] - begin);
    }
    free(start);
    *out = edges;
    *n = count;
    return OIK_OK;
}

/** Number of half-edges of the edge that begins at edges[0]. */
static size_t edge_valence(const oik_half_edge *edges, size_t n) {
    size_t k = 1;
    while (k < n && edges[k].low == edges[0].low && edges[k].high == edges[0].high)
        k++;
    return k;
}

static int runs_upward(const oik_half_edge *e, const int32_t (*faces)[3]) {
    return faces[e->face][e->corner] == e->low;
}

static void count_edges(oik_topology *t, const oik_half_edge *edges, size_t n, const int32_t (*faces)[3]) {
    for (size_t i = 0; i < n;) {
        size_t valence = edge_valence(edges + i, n - i);
        t->n_edges++;
        t->n_boundary_edges += valence == 1;
        t->n_non_manifold_edges += valence > 2;
        t->n_inconsistent_edges += valence == 2 && runs_upward(&edges[i], faces) == runs_upward(&edges[i + 1], faces);
        i += valence;
    }
}

/** Representative of the piece of v; halves the path on the way (Tarjan, J. ACM 22 (1975) 215). */
static int32_t find_root(int32_t *parent, int32_t v) {
    while (parent[v] != v) {
        parent[v] = parent[parent[v]];
        v = parent[v];
    }
    return v;
}

/** Join the vertices of every face; the lowest vertex of a piece becomes its root. Unused vertices get -1. */
static void join_faces(int32_t *parent, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces) {
    for (size_t v = 0; v < n_vertices; v++)
        parent[v] = -1;
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3 && !is_degenerate(faces[f]); k++)
            parent[faces[f][k]] = faces[f][k];
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 1; k < 3 && !is_degenerate(faces[f]); k++) {
            int32_t a = find_root(parent, faces[f][0]), b = find_root(parent, faces[f][k]);
            parent[a < b ? b : a] = a < b ? a : b;
        }
}

typedef struct piece {
    size_t size;
    int32_t root;
} piece;

static int compare_pieces(const void *left, const void *right) {
    const piece *a = left, *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->root < b->root ? -1 : a->root > b->root;
}

/** Sizes of the pieces, largest first, in pieces (room for n_vertices); their number. parent becomes flat. */
static size_t collect_pieces(piece *pieces, int32_t *parent, size_t n_vertices, size_t *piece_of_root) {
    size_t n = 0;
    for (size_t v = 0; v < n_vertices; v++) {
        if (parent[v] < 0)
            continue;
        int32_t root = find_root(parent, (int32_t)v);
        parent[v] = root;
        if (root == (int32_t)v) {
            piece_of_root[v] = n;
            pieces[n++] = (piece){0, root};
        }
        pieces[piece_of_root[root]].size++; /* a root is the lowest vertex of its piece, so it has been met */
    }
    qsort(pieces, n, sizeof *pieces, compare_pieces);
    return n;
}

oik_status oik_mesh_components(int32_t *component, size_t **sizes, size_t *n, size_t n_vertices, const int32_t (*faces)[3],
                               size_t n_faces, oik_error *err) {
    oik_status status = check_faces(n_vertices, faces, n_faces, err);
    if (status)
        return status;
    int32_t *parent = oik_new(n_vertices, sizeof *parent, err);
    size_t *of_root = parent ? oik_new(n_vertices, sizeof *of_root, err) : NULL;
    piece *pieces = of_root ? oik_new(n_vertices, sizeof *pieces, err) : NULL;
    size_t *counts = pieces ? oik_new(n_vertices, sizeof *counts, err) : NULL;
    status = counts ? OIK_OK : OIK_E_MEMORY;
    if (status)
        goto done;
    join_faces(parent, n_vertices, faces, n_faces);
    *n = collect_pieces(pieces, parent, n_vertices, of_root);
    for (size_t i = 0; i < *n; i++) {
        counts[i] = pieces[i].size;
        of_root[pieces[i].root] = i;
    }
    for (size_t v = 0; v < n_vertices; v++)
        component[v] = parent[v] < 0 ? -1 : (int32_t)of_root[parent[v]];
    *sizes = counts;
done:
    free(parent);
    free(of_root);
    free(pieces);
    return status;
}

oik_status oik_topology_of(oik_topology *out, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    oik_half_edge *edges = NULL;
    size_t n_half_edges = 0, *sizes = NULL;
    oik_topology t = {0};
    int32_t *component = oik_new(n_vertices, sizeof *component, err);
    oik_status status = component ? oik_half_edges_new(&edges, &n_half_edges, n_vertices, faces, n_faces, err) : OIK_E_MEMORY;
    if (!status)
        status = oik_mesh_components(component, &sizes, &t.n_components, n_vertices, faces, n_faces, err);
    if (status)
        goto done;
    count_edges(&t, edges, n_half_edges, faces);
    for (size_t v = 0; v < n_vertices; v++)
        t.n_unused_vertices += component[v] < 0;
    t.largest_component = t.n_components ? sizes[0] : 0;
    t.n_degenerate_faces = n_faces - n_half_edges / 3;
    t.euler = (int64_t)(n_vertices - t.n_unused_vertices) - (int64_t)t.n_edges + (int64_t)(n_half_edges / 3);
    *out = t;
done:
    free(component);
    free(edges);
    free(sizes);
    return status;
}
