/**
 * Zero-phase low-pass for coordinates, positions and rotations over even time steps: Butterworth, second order, run forward and
 * backward. Gain of both passes together, in the frequencies v = tan(pi f / rate) of the bilinear transform:
 *
 *   1 / (1 + (sqrt 2 - 1) (v / v_c)^4),      so -3 dB at the cut-off f_c
 *
 * which is Winter's cut-off divided by (sqrt 2 - 1)^(1/4) = 0.802 for two passes.
 *
 * A rotation is filtered as a curve of unit quaternions of continuous sign: component by component, then made unit again.
 * R -> A R and R -> R B turn the quaternion's four components by a rotation of R^4, with which the filter commutes. So the result
 * does not depend on the world's or the segment's frame, and knows neither gimbal nor full turn. A constant angular velocity is
 * a circle in R^4: filtering scales it, making it unit brings it back. For small motion about any mean it is the filter of the
 * rotation vector; an amplitude of 60 deg changes the gain by under 1 %, and so does a turn of 10 rad/s under the motion at a
 * cut-off of 6 Hz.
 *
 * Ends: the sequence goes on by odd reflection about its first and last value, x_-k = 2 x_0 - x_k, and for rotations along
 * the geodesic, r_-k = r_0 r_k^-1 r_0, so that a constant velocity goes on as it is. First and last value stay as they are.
 *
 * Source: Winter, Biomechanics and Motor Control of Human Movement, 4th ed. (2009), 3.4.4.
 */
#ifndef OIK_IK_ROTATION_FILTER_H
#define OIK_IK_ROTATION_FILTER_H

#include "base/rot.h"

/** y_n = b0 x_n + b1 x_n-1 + b2 x_n-2 - a1 y_n-1 - a2 y_n-2, and the frames after which 1e-12 of a disturbance is left */
typedef struct oik_lowpass {
    double b0, b1, b2, a1, a2;
    int settling;
} oik_lowpass;

/**
 * @param[in] cutoff_hz frequency with gain 1/sqrt 2 after both passes: from 0.0001 to 0.49 of rate_hz
 * @return OIK_E_ARGUMENT for a cut-off or rate out of range; then out is untouched
 */
oik_status oik_lowpass_design(oik_lowpass *out, double cutoff_hz, double rate_hz, oik_error *err);

/**
 * Filter n values in place.
 * @param[in,out] x      x[0], x[stride], x[2 stride], ... any unit
 * @param[in]     stride distance of consecutive values, >= 1
 * @return OIK_E_MEMORY, and x is untouched. Allocates n + 2 settling numbers; O(n + settling), about 20 ns a value.
 */
oik_status oik_lowpass_values(double *x, int n, size_t stride, const oik_lowpass *filter, oik_error *err);

/**
 * Filter n rotations in place. Consecutive ones must differ by less than half a turn.
 * @return OIK_E_MEMORY, and R is untouched. O(n + settling), about 200 ns a rotation.
 */
oik_status oik_lowpass_rotations(oik_mat3 *R, int n, const oik_lowpass *filter, oik_error *err);

#endif
