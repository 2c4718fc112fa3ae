#include "skin_delaunay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libqhull_r/qhull_ra.h>

#include "base/mem.h"
#include "base/status.h"

typedef struct face {
    int32_t v[3]; /* ascending */
    int32_t tetrahedron, opposite;
} face;

static int compare_faces(const void *a, const void *b) {
    return memcmp(((const face *)a)->v, ((const face *)b)->v, sizeof(((const face *)0)->v));
}

static void sort3(int32_t v[3]) {
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2 - i; j++)
            if (v[j] > v[j + 1]) {
                int32_t swap = v[j];
                v[j] = v[j + 1];
                v[j + 1] = swap;
            }
}

/** neighbours are the pairs of equal faces */
static oik_status find_neighbours(oik_tetrahedra *t, oik_error *err) {
    face *f = oik_new(4 * t->n, sizeof *f, err);
    if (!f)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < 4 * t->n; i++) {
        f[i].tetrahedron = (int32_t)(i / 4);
        f[i].opposite = (int32_t)(i % 4);
        for (int k = 0, j = 0; k < 4; k++)
            if (k != f[i].opposite)
                f[i].v[j++] = t->vertex[i / 4][k];
        sort3(f[i].v);
        t->neighbour[i / 4][i % 4] = -1;
    }
    qsort(f, 4 * t->n, sizeof *f, compare_faces);
    for (size_t i = 0; i + 1 < 4 * t->n; i++)
        if (compare_faces(&f[i], &f[i + 1]) == 0) {
            t->neighbour[f[i].tetrahedron][f[i].opposite] = f[i + 1].tetrahedron;
            t->neighbour[f[i + 1].tetrahedron][f[i + 1].opposite] = f[i].tetrahedron;
        }
    free(f);
    return OIK_OK;
}

/** lower facets of the lifted hull, each with its vertices ascending, so that nothing depends on Qhull's order of vertices */
static oik_status collect(oik_tetrahedra *out, qhT *qh, oik_error *err) {
    facetT *facet;
    vertexT *vertex, **vertexp;
    size_t n = 0;
    FORALLfacets {
        n += !facet->upperdelaunay;
    }
    out->vertex = oik_new(n, sizeof *out->vertex, err);
    out->neighbour = oik_new(n, sizeof *out->neighbour, err);
    if (!out->vertex || !out->neighbour)
        return OIK_E_MEMORY;
    FORALLfacets {
        if (facet->upperdelaunay)
            continue;
        int k = 0;
        FOREACHvertex_(facet->vertices) {
            if (k < 4)
                out->vertex[out->n][k++] = qh_pointid(qh, vertex->point);
        }
        out->n++;
    }
    return find_neighbours(out, err);
}

static oik_status run_qhull(oik_tetrahedra *out, qhT *qh, coordT *points, size_t n, oik_error *err) {
    char command[] = "qhull d Qbb Qt", *log = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&log, &size); /* so that nothing is printed */
    if (!stream)
        return oik_fail(err, OIK_E_MEMORY, "no memory for Qhull's messages");
    QHULL_LIB_CHECK
    qh_zero(qh, stream);
    int code = qh_new_qhull(qh, 3, (int)n, points, False, command, stream, stream);
    oik_status status = OIK_OK;
    if (code == 0)
        status = collect(out, qh, err);
    qh_freeqhull(qh, !qh_ALL);
    int current, total;
    qh_memfreeshort(qh, &current, &total);
    fclose(stream);
    if (code != 0)
        status = oik_fail(err, OIK_E_SOLVER, "Qhull stopped with code %d: %.200s", code, log ? log : "");
    free(log);
    return status;
}

oik_status oik_delaunay(oik_tetrahedra *out, const oik_vec3 *x, size_t n, oik_error *err) {
    *out = (oik_tetrahedra){0};
    coordT *points = oik_new(3 * n, sizeof *points, err);
    qhT *qh = oik_new(1, sizeof *qh, err);
    oik_status status = OIK_E_MEMORY;
    if (points && qh) {
        for (size_t i = 0; i < n; i++) {
            points[3 * i] = x[i].x;
            points[3 * i + 1] = x[i].y;
            points[3 * i + 2] = x[i].z;
        }
        status = run_qhull(out, qh, points, n, err);
    }
    free(points);
    free(qh);
    if (status != OIK_OK)
        oik_tetrahedra_clear(out);
    return status;
}

void oik_tetrahedra_clear(oik_tetrahedra *t) {
    free(t->vertex);
    free(t->neighbour);
    *t = (oik_tetrahedra){0};
}
