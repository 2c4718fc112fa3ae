/** Linear blend skinning weights from joint planes. */
#ifndef OIK_MODELS_SKIN_WEIGHTS_H
#define OIK_MODELS_SKIN_WEIGHTS_H

#include "skin_graph.h"
#include "skin_template.h"

/**
 * Dense weights of all joints.
 *
 *   a_j = smoothstep of the signed distance to the plane of joint j, over +- its half width
 *   A_j = A_parent a_j,   w_j = A_j - sum of A over the children,   then four passes of averaging with the neighbours
 *
 * @param[out] dense    n_vertices x 24, >= 0, rows sum to 1, exactly symmetric; at most four joints per vertex, weights below
 *                      0.004 dropped; on the midline a left-right pair is kept or dropped together
 * @param[in]  vertices n_vertices [m]
 * @param[in]  joints   24 [m]
 * @return OIK_E_MEMORY
 */
oik_status oik_skin_weights(double *dense, const oik_vec3 *vertices, const oik_vec3 *joints,
                            const oik_skin_address_table *table, const oik_skin_graph *graph, oik_error *err);

/** The four greatest weights of every vertex, greatest first; unused entries are joint 0 with weight 0. */
void oik_skin_weights_pack(uint8_t (*joint)[OIK_SKIN_N_WEIGHTS], double (*weight)[OIK_SKIN_N_WEIGHTS],
                           const double *dense, size_t n_vertices);

#endif
