/**
 * Temporal inverse kinematics: the motion of a chain that matches what was measured, over whole sequences.
 *
 *   min  sum_f [ sum_m w |p_m - p^_m|^2 / L^2 + sum_l w |d_l - d^_l|^2 + sum_s w |log(R_s^T R^_s)|^2 + w_prior |q - rest|^2 ]
 *        + lambda sum_f h_f |acceleration|^2        within the ranges of motion (sequence_problem.h)
 *
 * Weights are those of a maximum-a-posteriori estimate: with noise sigma per measured coordinate and joint accelerations of spectral
 * density S = sigma_a^2 / 30 Hz,
 *
 *   lambda = (sigma / L)^2 / S     w_prior = prior (sigma / L)^2     w_range = (sigma / L)^2 / rho^2
 *   w_posture = (sigma^2 + place^2) / L^2
 *
 * so clean measurements are followed and noisy ones smoothed. sigma is measured unless given: from how much the lengths of rigid
 * segments vary (keypoints), var |p_a - p_b| = 2 sigma^2, which knows nothing of the motion.
 *
 * A window of frames is solved at a time, its two frames before it being known and its last frames being solved again with the next
 * one. What lies further off than the overlap has no weight left in a frame: where the minimum is unique, converged windows join to
 * within 0.01 degrees of the whole sequence solved at once (measured at 10 mm of noise; less overlap is enough for less noise).
 *
 * In each window a start comes first; from keypoints a hierarchical one: the trunk, then every limb in the frame that carries it
 * (chain_part.h), each tracked frame by frame and solved as a sequence while the ranges are tightened (wide ranges first: a shoulder
 * that hangs near its gimbal position has ranges in two lobes, and starts in the wrong one otherwise; from noisy keypoints both are
 * searched, sequence_lobes.h); then the whole chain is solved from there. Measured segment orientations leave no such choices: the
 * whole chain is tracked.
 */
#ifndef OIK_IK_SEQUENCE_IK_H
#define OIK_IK_SEQUENCE_IK_H

#include "ik/markers.h"
#include "ik/motion.h"

typedef struct oik_sequence_options {
    double noise;          /**< sigma per measured coordinate [m]; 0 (default): measured */
    double acceleration;   /**< sigma_a, root mean square joint acceleration at 30 frames a second, default 28 rad/s^2 */
    double temporal_weight; /**< lambda in place of the automatic one [s^3]; < 0 (default): automatic */
    double prior;          /**< of (q - rest) / range in units of the noise, default 0.1; narrow ranges count ten times */
    /**
     * Standard deviation of a misfit that stays: how far the keypoints' places are from the chain's [m], default 0. It weighs what is
     * known of people's postures against the measurements, beside the noise, and does not smooth. Above 0 a limb's keypoints
     * are carried along with the misfit of the joint it hangs on, so that they keep their directions.
     */
    double place;
    double length_scale;   /**< L, default 0.1 m */
    double robust_scale;   /**< Cauchy scale of marker distances [m]; 0 (default): squared distances */
    bool links;            /**< use the links' directions as well as the markers' positions, default false */
    /**
     * Iterate to the minimum itself, at three to five times the cost; default false: to where a step changes angles by some hundredths of
     * a degree, well below what the measurements can tell.
     */
    bool converge;
    int window, overlap;   /**< frames solved together and again, defaults 640 and 100 */
    /** After each window: frames done so far; a value other than 0 stops with OIK_E_CANCELLED. May be NULL. */
    int (*on_progress)(void *context, int n_done);
    void *context;
} oik_sequence_options;

oik_sequence_options oik_sequence_options_default(void);

/**
 * Solve a whole motion.
 *
 * @param[out] out         owned by the caller; NULL on error; it keeps a reference to the chain
 * @param[in]  measurement keypoints, segment orientations or both; a frame without any is bridged by its neighbours
 * @param[in]  q_rest      n_dofs, where the prior pulls to; moved into the ranges
 * @param[in]  options     NULL for the defaults
 * @return OIK_E_ARGUMENT (options, times that do not ascend, weights that are negative); OIK_E_NOT_FINITE naming frame and marker;
 *         OIK_E_CANCELLED; OIK_E_SOLVER; OIK_E_MEMORY
 * O(n_frames); memory 0.3 MB + 16 kB per frame of a window for 34 coordinates, and the result.
 */
oik_status oik_ik_solve_sequence(oik_ik_motion **out, const oik_chain *chain, const oik_measurement *measurement, const double *q_rest,
                                 const oik_sequence_options *options, oik_error *err);

/**
 * Noise per coordinate of the markers, from the varying lengths of rigid segments: the median over segments of
 * 1.4826 median |l_f - median l| / sqrt 2. [m]; NaN when no segment with two markers is seen in at least 3 frames.
 */
oik_status oik_marker_noise(double *sigma, const oik_chain *chain, const oik_measurement *measurement, oik_error *err);

#endif
