/** Rotations: exponential map, logarithm, nearest rotation, best rigid fit. Radians, quaternions wxyz. */
#ifndef OIK_BASE_ROT_H
#define OIK_BASE_ROT_H

#include "base/vec3.h"
#include "osso_ik.h"

typedef struct oik_quat {
    double w, x, y, z;
} oik_quat;

/** Rotation matrix of the rotation vector w (Rodrigues), accurate for |w| -> 0. */
oik_mat3 oik_rot_exp(oik_vec3 w);
/** Rotation vector of R, |result| <= pi; accurate near 0 and near pi. */
oik_vec3 oik_rot_log(oik_mat3 R);
/** Rotation by angle about a (not necessarily unit, non-zero) axis. */
oik_mat3 oik_rot_axis(oik_vec3 axis, double angle);
/** Angle of R_a^T R_b in [0, pi]. */
double oik_rot_angle_between(oik_mat3 R_a, oik_mat3 R_b);
/** Right Jacobian of SO(3): exp(w + dw) ~ exp(w) exp(J_r(w) dw). */
oik_mat3 oik_rot_right_jacobian(oik_vec3 w);
/** Inverse of the right Jacobian: log(exp(w) exp(dw)) ~ w + J_r^-1(w) dw. Valid for |w| < 2 pi. */
oik_mat3 oik_rot_right_jacobian_inv(oik_vec3 w);

oik_quat oik_quat_from_rot(oik_mat3 R); /**< unit, w >= 0 */
oik_mat3 oik_rot_from_quat(oik_quat q); /**< q need not be unit, but not zero */

/**
 * Singular value decomposition A = U diag(s) V^T by one-sided Jacobi rotations.
 * @param[out] U,V orthogonal (either may have det -1)
 * @param[out] s   singular values, descending, >= 0
 */
void oik_svd3(oik_mat3 *U, oik_vec3 *s, oik_mat3 *V, oik_mat3 A);

/** Rotation nearest to A in the Frobenius norm, det +1. */
oik_mat3 oik_rot_nearest(oik_mat3 A);

typedef struct oik_rigid {
    oik_mat3 R;
    oik_vec3 t;
    double scale;    /**< 1 unless asked for */
    double residual; /**< weighted root mean square of | s R x + t - y | [m] */
} oik_rigid;

enum { OIK_FIT_SCALE = 1, OIK_FIT_REFLECT = 2 };

/**
 * Best rigid (or similarity) transform between two corresponding point sets (Kabsch, Umeyama).
 *
 *   min_{s,R,t}  sum_i w_i | s R x_i + t - y_i |^2
 *
 * @param[out] out
 * @param[in]  x,y   n points [m]
 * @param[in]  w     n weights >= 0, or NULL for all 1
 * @param[in]  flags OIK_FIT_SCALE: s is free; OIK_FIT_REFLECT: det R = -1 is allowed when it fits better
 * @return OIK_OK; OIK_E_SHAPE if fewer than 3 points carry weight or they are collinear;
 *         OIK_E_NOT_FINITE if an input is not finite. out is untouched on error.
 * Allocates nothing; O(n). Source: Kabsch, Acta Cryst. A32 (1976) 922; Umeyama, PAMI 13 (1991) 376.
 */
oik_status oik_rigid_fit(oik_rigid *out, const oik_vec3 *x, const oik_vec3 *y, const double *w, size_t n,
                         int flags, oik_error *err);

#endif
