/** Surfaces from sampled fields: marching tetrahedra, relaxation on the zero set, mirroring of half surfaces. */
#ifndef OIK_MODELS_POLYGONISE_H
#define OIK_MODELS_POLYGONISE_H

#include <stdint.h>

#include "sdf.h"

typedef struct oik_surface {
    size_t n_v, n_f;
    oik_vec3 *v;     /**< n_v [mm] */
    int32_t (*f)[3]; /**< n_f, counter-clockwise seen from outside */
} oik_surface;

/**
 * The zero set of a sampled field as triangles: each lattice cell is cut into 6 Freudenthal tetrahedra, so the result
 * is always a 2-manifold; three passes of tangential relaxation and projection remove slivers. Only the largest
 * component is kept. A full grid gives a closed surface; a half grid gives a surface whose boundary, the seam, has
 * x = 0 exactly and consists of all vertices with x = 0.
 *
 * @param[out] out empty on error
 * @return OIK_OK; OIK_E_MODEL when the field has no zero set; OIK_E_MEMORY
 * Cost O(nodes); deterministic.
 * Source: Doi and Koide, IEICE Trans. E74 (1991) 214 (marching tetrahedra); Kuhn/Freudenthal subdivision.
 */
oik_status oik_polygonise(oik_surface *out, const oik_sdf_grid *grid, oik_error *err);

/** Add the mirror image (x -> -x) of a half surface; seam vertices are shared. */
oik_status oik_surface_mirror(oik_surface *s, oik_error *err);

/** Drop vertices that no face uses; order is kept. @param map room for n_v */
void oik_surface_compact(oik_surface *s, int32_t *map);

void oik_surface_free(oik_surface *s);

#endif
