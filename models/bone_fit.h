/** Sets of bones that agree with published dimensions of a sex, made of one generated set: it is meshed once and warped for each sex. */
#ifndef OIK_MODELS_BONE_FIT_H
#define OIK_MODELS_BONE_FIT_H

#include "models/bone_measure.h"
#include "models/bone_set.h"

/**
 * Fit fields to dimensions, group after group (Levenberg-Marquardt with differences for derivatives):
 *
 *   min_a  sum_i ((m_i(a) - d_i) / s_i)^2 + e sum_k (a_k / r_k)^2
 *
 * m: measures of bone_dimensions.txt, d: their published values for the gender, s: 0.2 % or 0.2 degrees, a: amounts of the fields of
 * bone_warps.txt, r: their usual size, e small: of many solutions the one with the least deformation. The group of a dimension is its
 * column "region". Groups are fitted in the order of the warp table, the trunk's standing ("cage") last.
 *
 * Meshes keep their triangles; landmarks move with the fields and stay on the surface. The right bone is still the mirror image.
 *
 * @param[out] out       owned by the caller (oik_bone_set_free), NULL on error
 * @param[in]  base      from oik_bone_set_new
 * @param[in]  table_dir holds bone_dimensions.txt and bone_warps.txt
 * @param[in]  gender    0 male, 1 female; between them: the mean of the published values that lies there
 * @return OIK_E_ARGUMENT; OIK_E_IO; OIK_E_FORMAT; OIK_E_MODEL; OIK_E_MEMORY
 * Cost: a few seconds at detail 1. Deterministic.
 */
oik_status oik_bone_set_fit(oik_bone_set **out, const oik_bone_set *base, const char *table_dir, double gender, oik_error *err);

/** Where a point of the frame of a bone before fitting lies in a set; the same place in a set that is not fitted [m]. */
oik_vec3 oik_bone_carry(const oik_bone_set *set, const oik_bone *bone, oik_vec3 x);

#endif
