/**
 * Measured markers brought to the segment lengths of a chain: lengths are the chain's, directions the measurement's.
 *
 *   x'_m = x'_p + k_m (x_m - x_p),   k_m = l_m / measured_m        p: the nearest proximal marker
 *   x'_r = x_r / scale                                             the most proximal marker of the frame
 *
 * Markers are ordered from the root outwards: by the depth of their segment in the tree, then by their distance from the centre of its
 * joint. Proximal to m are the markers before it that the same rigid body carries (the centre of a joint belongs to the bodies on
 * both sides, segments that no coordinate moves against each other are one body); when there are none, those of the nearest body
 * towards the root that has some. The nearest of these, in the posture of rest, is p.
 *
 * measured_m is the median of |x_m - x_p| over the motion, and l_m the chain's distance. Where that changes with the posture between u
 * and v (pelvis to shoulder; over postures within the ranges of motion, and within two spreads of rest where those are known,
 * posture.h), it is estimated from the distance at rest and from what was measured:
 *
 *   l_m = rest + w (measured_m / scale - rest) within [u, v],   w = s_r^2 / (s_r^2 + s_m^2),  s_r = (v - u) / sqrt 12,  s_m = mismatch rest
 *
 * with s_r the standard deviation of a distance that is anywhere in [u, v] and s_m how far the subject's proportions are from the
 * chain's, as seen in the lengths that it fixes. A subject of the chain's own proportions is only scaled.
 *
 * When p is missing in a frame the next one up, a, takes its place, and k is the sum of the l on the way from a to m over that of the
 * medians: a bent leg stays bent when its knee is hidden. One factor for all frames, not the exact length in each of them, leaves the
 * noise of a marker what it was: where the factors are alike, x'_m - x'_r holds the noise of m and r alone, and not that of the markers
 * between them.
 *
 * Dividing the root by the common scale, about the origin of the file, shrinks or grows strides with the legs and leaves a floor
 * at height 0 where it is. What is missing stays missing.
 */
#ifndef OIK_IK_MARKER_LENGTHS_H
#define OIK_IK_MARKER_LENGTHS_H

#include "ik/marker_match.h"

/** Is the marker fixed to the segment? The centre of a joint that only turns is fixed to both its segments. */
bool oik_marker_moves_with(const oik_marker *marker, const oik_chain *chain, int segment);

/** Do two markers keep their distance, being fixed to one segment? */
bool oik_markers_are_rigid(const oik_marker *a, const oik_marker *b, const oik_chain *chain);

/**
 * @param[out] x           n_frames x n_markers [m]; not measurement->x; what carries no weight is copied
 * @param[in]  q_rest      n_dofs
 * @param[in]  measurement markers, x and weight
 * @param[in]  report      of the match: scale > 0, length_mismatch
 * @return OIK_E_ARGUMENT (no markers, scale); OIK_E_MEMORY; x is untouched then
 * O(samples (n_dofs + n_markers) + n_markers^2 + n_frames n_markers): about 1 ms and 0.2 us a marker and frame
 */
oik_status oik_marker_lengths_adapt(oik_vec3 *x, const oik_chain *chain, const double *q_rest, const oik_measurement *measurement,
                                    const oik_marker_report *report, oik_error *err);

/**
 * How far the measured lengths of rigid pairs (marker and nearest proximal marker) may be off because of noise alone: root mean square
 * over the pairs of the bias 2 (sigma / l)^2 that noise across a distance adds to it and of the standard error of a median over
 * n frames, 1.25 sqrt 2 sigma / (l sqrt n).
 *
 * @param[out] share of a length; 0 when sigma is not finite
 * @param[in]  sigma noise per coordinate, in the chain's lengths [m]
 * @return OIK_E_ARGUMENT (no markers or frames); OIK_E_MEMORY
 */
oik_status oik_marker_lengths_explained(double *share, const oik_chain *chain, const double *q_rest, const oik_measurement *measurement,
                                        double sigma, oik_error *err);

#endif
