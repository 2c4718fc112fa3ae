/** Tree-wise closed-form solution of one frame: a start for the minimiser, and what a joint would do without its bounds. */
#ifndef OIK_IK_FRAME_START_H
#define OIK_IK_FRAME_START_H

#include "ik/frame_residuals.h"

/**
 * Orientation of segment i that its own measurements ask for, seen from a predicted one:
 *
 *   argmax_R  tr(R^T M),   M = w R^ + 2 sum_c w_c d^_c u_c^T + (w = 0) small R_predicted
 *
 * with u_c the segment-fixed and d^_c the measured direction from joint i to child joint c. One direction leaves the predicted
 * twist, none leaves the prediction.
 * @param[out] found whether anything was measured; may be NULL
 * Source: Wahba, SIAM Review 7 (1965) 409; solved by the polar decomposition.
 */
oik_mat3 oik_frame_segment_estimate(bool *found, const oik_frame_residuals *frame, int i, oik_mat3 predicted);

/**
 * From the root to the tips each joint takes the coordinates, inside its ranges, that bring its segment nearest to its estimate;
 * what has none stays at rest, and what depends on another coordinate follows it. The root is then moved to the mean of the measured joint
 * centres.
 * @param[out] q n_dofs
 * Uses frame->pose as work space; allocates nothing; about 4 us per joint.
 */
void oik_frame_tree_start(double *q, oik_frame_residuals *frame);

#endif
