/**
 * Least-squares sphere of a set of points, linear in the unknowns (Coope's form of the algebraic fit).
 *
 *   min_{c,k}  sum_i (|x_i|^2 - 2 c . x_i - k)^2,   radius^2 = k + |c|^2
 *
 * The centre moves with the points under every rigid motion of them, so it is fitted once in the frame of the part that carries them.
 * Source: Coope, J. Optim. Theory Appl. 76 (1993) 381; used for joint patches by Keller et al., OSSO, CVPR 2022.
 */
#ifndef OIK_SKELETON_SPHERE_H
#define OIK_SKELETON_SPHERE_H

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_sphere {
    oik_vec3 centre; /**< [m] */
    double radius;   /**< [m] */
} oik_sphere;

/**
 * @param[out] out untouched on error
 * @param[in]  x   n points [m]
 * @return OIK_OK; OIK_E_SHAPE when the points lie in a plane or are fewer than 4; OIK_E_NOT_FINITE
 * Allocates nothing; O(n).
 */
oik_status oik_sphere_fit(oik_sphere *out, const oik_vec3 *x, size_t n, oik_error *err);

#endif
