/** Delaunay tetrahedra of points; the only file that calls Qhull. */
#ifndef OIK_MODELS_SKIN_DELAUNAY_H
#define OIK_MODELS_SKIN_DELAUNAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_tetrahedra {
    size_t n;
    int32_t (*vertex)[4];
    int32_t (*neighbour)[4]; /**< across the face opposite vertex i; -1 on the hull */
} oik_tetrahedra;

/**
 * @param[out] out  free with oik_tetrahedra_clear
 * @param[in]  x    n points in general position (no five on a sphere) [m]
 * @return OIK_E_SOLVER with Qhull's own first line; OIK_E_MEMORY
 * Source: Barber, Dobkin, Huhdanpaa, The Quickhull algorithm for convex hulls, ACM TOMS 22 (1996) 469.
 */
oik_status oik_delaunay(oik_tetrahedra *out, const oik_vec3 *x, size_t n, oik_error *err);
void oik_tetrahedra_clear(oik_tetrahedra *t);

#endif
