#include "skin_graph.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

static int compare_int32(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

oik_status oik_skin_graph_init(oik_skin_graph *graph, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                               oik_error *err) {
    *graph = (oik_skin_graph){.n = n_vertices};
    graph->start = oik_new(n_vertices + 1, sizeof *graph->start, err);
    graph->neighbour = oik_new(3 * n_faces, sizeof *graph->neighbour, err);
    size_t *fill = oik_new(n_vertices, sizeof *fill, err);
    if (!graph->start || !graph->neighbour || !fill) {
        free(fill);
        oik_skin_graph_clear(graph);
        return OIK_E_MEMORY;
    }
    /* on a closed oriented mesh each neighbour follows the vertex in exactly one face */
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            graph->start[faces[f][k] + 1]++;
    for (size_t i = 0; i < n_vertices; i++) {
        graph->start[i + 1] += graph->start[i];
        fill[i] = graph->start[i];
    }
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++)
            graph->neighbour[fill[faces[f][k]]++] = faces[f][(k + 1) % 3];
    for (size_t i = 0; i < n_vertices; i++)
        qsort(graph->neighbour + graph->start[i], graph->start[i + 1] - graph->start[i], sizeof(int32_t), compare_int32);
    free(fill);
    return OIK_OK;
}

void oik_skin_graph_clear(oik_skin_graph *graph) {
    free(graph->start);
    free(graph->neighbour);
    *graph = (oik_skin_graph){0};
}

double oik_skin_graph_mean(const oik_skin_graph *graph, const double *x, size_t m, size_t vertex, size_t column) {
    double sum = 0;
    for (size_t k = graph->start[vertex]; k < graph->start[vertex + 1]; k++)
        sum += x[(size_t)graph->neighbour[k] * m + column];
    return sum / (double)(graph->start[vertex + 1] - graph->start[vertex]);
}

/** y = (I + lambda L) x */
static void apply(oik_vec3 *y, const oik_skin_graph *g, double lambda, const oik_vec3 *x) {
    for (size_t i = 0; i < g->n; i++) {
        oik_vec3 sum = v3(0, 0, 0);
        for (size_t k = g->start[i]; k < g->start[i + 1]; k++)
            sum = v3_add(sum, x[g->neighbour[k]]);
        double degree = (double)(g->start[i + 1] - g->start[i]);
        y[i] = v3_madd(v3_scale(x[i], 1 + lambda * degree), -lambda, sum);
    }
}

static double dot(const oik_vec3 *a, const oik_vec3 *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += v3_dot(a[i], b[i]);
    return sum;
}

oik_status oik_skin_graph_smooth(oik_vec3 *x, const oik_skin_graph *graph, double lambda, oik_error *err) {
    size_t n = graph->n;
    oik_vec3 *work = oik_new(3 * n, sizeof *work, err);
    if (!work)
        return OIK_E_MEMORY;
    oik_vec3 *r = work, *p = work + n, *q = work + 2 * n;
    double stop = 1e-20 * dot(x, x, n);
    apply(q, graph, lambda, x); /* the start is x itself */
    for (size_t i = 0; i < n; i++)
        p[i] = r[i] = v3_sub(x[i], q[i]);
    double rr = dot(r, r, n);
    int iteration = 0;
    for (; rr > stop && iteration < 1000; iteration++) {
        apply(q, graph, lambda, p);
        double step = rr / dot(p, q, n), rr_old = rr;
        for (size_t i = 0; i < n; i++) {
            x[i] = v3_madd(x[i], step, p[i]);
            r[i] = v3_madd(r[i], -step, q[i]);
        }
        rr = dot(r, r, n);
        for (size_t i = 0; i < n; i++)
            p[i] = v3_madd(r[i], rr / rr_old, p[i]);
    }
    free(work);
    return rr <= stop ? OIK_OK : oik_fail(err, OIK_E_SOLVER, "smoothing of a field on the skin did not converge");
}
