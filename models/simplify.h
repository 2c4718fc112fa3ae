/** Fewer triangles: edge collapse by quadric error that keeps a 2-manifold. */
#ifndef OIK_MODELS_SIMPLIFY_H
#define OIK_MODELS_SIMPLIFY_H

#include "polygonise.h"

/**
 * Collapse the cheapest edge until n_f <= target or no edge can be collapsed.
 *
 *   cost(u, v) = min_p  sum of area_t dist(p, plane_t)^2 over the faces t ever merged into u or v  +  1e-4 |u - v|^4
 *
 * An edge is collapsed only if the link condition holds (the topology stays), no face turns by more than 60 deg and no
 * face becomes a sliver. Vertices with x = 0 on the boundary of a half surface (the seam) are merged only with each
 * other along the boundary and stay on x = 0; their quadrics count the mirror image too.
 *
 * @param[in,out] s closed, or a half surface of oik_polygonise with half set
 * @return OIK_OK; OIK_E_MEMORY (s is then unchanged or a valid partial result)
 * Cost O(n log n); ties are broken by vertex numbers, so the result is deterministic.
 * Source: Garland and Heckbert, SIGGRAPH 1997; link condition: Dey et al., Publ. Inst. Math. 66 (1999) 23.
 */
oik_status oik_simplify(oik_surface *s, size_t target, bool half, oik_error *err);

#endif
