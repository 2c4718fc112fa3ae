/**
 * Pose features of the SMPL family: what the correctives of an imported body model are driven by.
 *
 *   STAR   q_j = (n sin(a/2), cos(a/2) - 1), j = 1 .. 23, a n the rotation vector       92 numbers
 *   SMPL   vec(R_j - I) row by row, j = 1 .. 23                                         207 numbers
 *
 * Both change under R_j <- exp(w) R_j: dq = (0, w)/2 (quaternion product) q,  dR = [w]_x R.
 * Sources: Osman et al., STAR, ECCV 2020; Loper et al., SMPL, ACM TOG 34 (2015) 248.
 */
#ifndef OIK_BODY_CORRECTIVES_H
#define OIK_BODY_CORRECTIVES_H

#include "body/body_model.h"

/** Features of each joint: 0, 4 or 9. */
int oik_features_per_joint(oik_corrective_kind kind);

/** Features of local rotations; STAR: of the quaternion with a positive real part. f: 23 times those of a joint. */
void oik_features_of_rotations(double *f, oik_corrective_kind kind, const oik_mat3 R[OIK_N_JOINTS]);

/** Features of rotation vectors, angles beyond half a turn as they are; a^2 is at least 1e-16, as in the published model. */
void oik_features_of_vectors(double *f, oik_corrective_kind kind, const oik_vec3 theta[OIK_N_JOINTS]);

/**
 * Slopes of one joint's features.
 * @param[out] D features of a joint x 3, df = D w for R_j <- exp(w) R_j
 * @param[in]  f all features at R
 * @param[in]  j 1 .. 23
 */
void oik_feature_slopes(double (*D)[3], oik_corrective_kind kind, int j, const double *f, const oik_mat3 *R_j);

#endif
