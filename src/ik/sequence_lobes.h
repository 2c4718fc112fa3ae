/**
 * The two lobes of a ball joint's ranges of motion.
 *
 * Where the middle one of three angles passes its gimbal position, the rotations within the ranges form two lobes that touch there and
 * nowhere else. A shoulder with a hanging arm is near that place, and descent does not lead from one lobe to the other: each is
 * searched by itself, and a path through the candidates is chosen by dynamic programming (Viterbi).
 */
#ifndef OIK_IK_SEQUENCE_LOBES_H
#define OIK_IK_SEQUENCE_LOBES_H

#include "ik/chain.h"

typedef struct oik_lobes {
    int joint;     /**< -1: no joint has two lobes */
    int middle;    /**< its middle coordinate */
    double gimbal; /**< where that divides them [rad] */
} oik_lobes;

/** The first spherical joint (oik_spherical_joints) whose middle range has its gimbal position well inside. O(joints). */
oik_lobes oik_find_lobes(const oik_chain *chain, const bool *spherical);

/** Is the joint near its gimbal position in some of the frames? q: n_frames x n_dofs. */
bool oik_near_gimbal(const oik_lobes *lobes, const oik_chain *chain, const double *q, int n_frames);

/** A candidate for every frame. */
typedef struct oik_lobe_candidate {
    const double *q;      /**< n_frames x n_dofs */
    const double *misfit; /**< n_frames */
} oik_lobe_candidate;

/**
 * The path with the least misfit, where a change of candidate costs what the turn of the joint from frame to frame costs as an
 * acceleration: unit (angle / step)^2.
 *
 * @param[out] choice n_frames, number of the candidate
 * @param[in]  work   n_frames x n_candidates
 * @param[in]  unit   misfit of one standard deviation, squared
 * @param[in]  step   turn per frame of one standard deviation of acceleration [rad]
 * O(n_frames n_candidates^2). Source: Viterbi, IEEE Trans. Information Theory 13 (1967) 260.
 */
void oik_choose_lobes(int *choice, int *work, const oik_lobe_candidate *candidates, int n_candidates, int n_frames, const oik_lobes *lobes,
                      const oik_chain *chain, double unit, double step);

#endif
