/**
 * Which postures people take: what to expect of the coordinates that keypoints do not show, on the program's own chain.
 *
 * Keypoints leave much of a full chain open: the turns of clavicle and scapula, of forearm and hand, of neck and foot, and how the bend
 * of the trunk is shared. There a coordinate is expected at the lying skeleton's neutral posture, within a spread that is known of
 * people; the estimate is the maximum-a-posteriori one (sequence_problem.h).
 *
 * The shoulder girdle follows the arm (scapulohumeral rhythm). With e the angle between the upper arm and straight down of the trunk
 *
 *   q_k = rest_k + g_k (cos e_rest - cos e) / (1 - cos 120 deg)
 *
 * g_k: what people turn while they raise the arm from hanging (e = 0) to 120 degrees. The cosine is smooth where the arm hangs, and
 * the scapula sets little out at first, as it does. e is taken from the keypoints themselves.
 *
 * Sources: girdle, Ludewig et al., J. Bone Joint Surg. Am. 91 (2009) 378 [L]; ratio of scapula to arm, Braman et al., J. Shoulder Elbow
 * Surg. 18 (2009) 960 (0.43 of the elevation at the shoulder joint, 0.30 of the whole). Numbers: posture.c.
 */
#ifndef OIK_IK_POSTURE_H
#define OIK_IK_POSTURE_H

#include "ik/markers.h"

/** Set the spread of the coordinates whose names are those of our models (posture.c); the others keep theirs. O(n_dofs). */
void oik_posture_spread(oik_chain *chain);

/**
 * The posture to expect in each frame, from what is measured of the arms.
 *
 * @param[out] out n_frames x n_dofs, in the ranges of motion, free it; NULL when no coordinate of the chain has a known spread,
 *                 or on error. A frame that does not show an arm expects what the frame before it did, the first of them the rest
 * @param[in]  q_rest n_dofs
 * @param[in]  measurement with markers, called as in h36m_chain.h
 * @return OIK_E_MEMORY. O(n_frames n_dofs).
 */
oik_status oik_posture_expected(double **out, const oik_chain *chain, const double *q_rest, const oik_measurement *measurement,
                                oik_error *err);

#endif
