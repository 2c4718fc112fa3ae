/** Smoothing the addresses inside the cells that the table's rounding leaves open. */
#ifndef OIK_MODELS_SKIN_RELAX_H
#define OIK_MODELS_SKIN_RELAX_H

#include "skin_graph.h"
#include "skin_template.h"

/**
 * The table gives addresses rounded to 1 percent and 1 degree, so that each names a cell, and neighbours may share one. Vertices are
 * moved along the surface by x <- x - 1/2 U U x, each within its own cell; U x is x minus the mean of its neighbours. This removes the
 * noise of rounding but keeps gradients of density, which x <- x - U x would even out.
 *
 * @param[in,out] table    addresses; midline vertices keep theta
 * @param[in,out] radius   n_left, of the addresses on the body [m]
 * @param[in,out] vertices n_vertices [m]
 * @param[in]     cell     n_left addresses as they were read
 * @return OIK_E_MEMORY
 */
oik_status oik_skin_relax(oik_skin_address_table *table, double *radius, oik_vec3 *vertices,
                          const oik_skin_address *cell, const oik_skin_body *body, const oik_skin_graph *graph,
                          oik_error *err);

#endif
