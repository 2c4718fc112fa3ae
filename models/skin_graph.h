/** The vertex neighbourhood of a triangulation and smoothing on it. */
#ifndef OIK_MODELS_SKIN_GRAPH_H
#define OIK_MODELS_SKIN_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

/** Neighbours of vertex i: neighbour[start[i]] .. neighbour[start[i + 1] - 1], ascending. */
typedef struct oik_skin_graph {
    size_t n;
    size_t *start;      /**< n + 1 */
    int32_t *neighbour; /**< start[n] */
} oik_skin_graph;

/** From the faces of a closed mesh. OIK_E_MEMORY. */
oik_status oik_skin_graph_init(oik_skin_graph *graph, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                               oik_error *err);
void oik_skin_graph_clear(oik_skin_graph *graph);

/** Mean of the neighbours' values of one of m columns: x is n x m row-major. */
double oik_skin_graph_mean(const oik_skin_graph *graph, const double *x, size_t m, size_t vertex, size_t column);

/**
 * Smooth a vector field: solve (I + lambda L) y = x, L = degree - adjacency, by conjugate gradients to 1e-10 of |x|.
 * @param[in,out] x      n vectors
 * @param[in]     lambda >= 0; a bump of a few edges is spread over about sqrt(lambda) edges
 * @return OIK_E_MEMORY; OIK_E_SOLVER when 1000 iterations do not suffice
 */
oik_status oik_skin_graph_smooth(oik_vec3 *x, const oik_skin_graph *graph, double lambda, oik_error *err);

#endif
