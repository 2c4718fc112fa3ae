/**
 * Which joint centre does each keypoint measure? Link pairs name joints and keypoints, but several joints may claim one keypoint,
 * and some pairs are only rough directions: a keypoint cannot be at two joints at once, nor a joint at two keypoints.
 *
 * Every pair claims (from, keypoint_from) and (to, keypoint_to). What nobody disputes is accepted; so are the markers that the file
 * itself places on segments, as far as the measurement has keypoints of their names. Then, one by one, the claim is accepted that
 * agrees best with the accepted ones, and its rivals are dropped. With m the median measured distance of two keypoints and [l, u]
 * the range of the chain's distance over the joints' ranges of motion (sampled), agreement is the mean over accepted claims of
 *
 *   |log(m / (scale * nearest point of [l, u]))| / tolerance + log(log(u / l) + 2 tolerance)
 *
 * the negative log-likelihood of a distance that is uniform in [l, u] with a double-exponential error: of two claims that both fit, the
 * one that says more wins. Scale: the median of m / sqrt(l u) over accepted claims whose distance the chain fixes. Pairs whose claims
 * both won become links of the markers; the others are dropped and counted.
 */
#ifndef OIK_IK_MARKER_MATCH_H
#define OIK_IK_MARKER_MATCH_H

#include "ik/chain_load.h"

typedef struct oik_marker_report {
    int n_dropped;            /**< pairs that contradict the distances */
    double scale;             /**< measured lengths / the chain's, median over segments; 1 when nothing can be compared */
    /**
     * Root mean square of measured / (scale * chain) - 1 over distances that the chain fixes; 0 when none. Noise of s
     * per axis adds about 2 s^2 / d to a distance d (two points, two directions across).
     */
    double length_mismatch;
} oik_marker_report;

/**
 * @param[out] out    markers (at most one per keypoint, in the order of the keypoints) and links; owned by the caller; NULL on error
 * @param[out] report may be NULL
 * @param[in]  file   pairs, whose keypoints all have to be there, and markers, which are left out when the measurement lacks them;
 *                    a marker's keypoint >= 0 is its number, else its name is looked for
 * @return OIK_E_FORMAT naming the keypoint that the measurement does not have, or when no marker is found at all; OIK_E_MEMORY
 * Deterministic. O(samples * (joints + claims^2) + claims^2 * frames), at most 500 frames being looked at: about 10 ms for 17 keypoints.
 */
oik_status oik_markers_match(oik_markers **out, oik_marker_report *report, const oik_chain_file *file, const oik_keypoints *keypoints,
                             oik_error *err);

#endif
