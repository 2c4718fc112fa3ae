/**
 * Following a chain through its measurements frame by frame: the start of the sequence solver.
 *
 * A frame starts from the one before and takes a few Levenberg-Marquardt steps with the accelerations of the last three frames as its
 * temporal term. The first frame, and one that has lost its measurements (misfit beyond what noise explains), is solved from several
 * starts spread over the ranges of motion (Halton points), and the least cost wins.
 */
#ifndef OIK_IK_SEQUENCE_TRACK_H
#define OIK_IK_SEQUENCE_TRACK_H

#include "ik/sequence_problem.h"

typedef struct oik_tracker oik_tracker;

/** Chain, measurement and rest must outlive it. */
oik_status oik_tracker_new(oik_tracker **out, const oik_chain *chain, const oik_measurement *measurement,
                           const oik_term_choice *choice, const double *rest, oik_error *err);
void oik_tracker_free(oik_tracker *tracker);

/**
 * Solve frames first .. last - 1 one after the other.
 * @param[in,out] q           (frames of the measurement) x n_dofs; frames first - 2 and first - 1 are read where they exist
 * @param[in]     noise_cost  misfit that noise gives one marker coordinate, (sigma / L)^2; infinite: no frame counts as lost
 * About 3 iterations a frame; allocates nothing.
 */
oik_status oik_tracker_run(oik_tracker *tracker, double *q, int first, int last, const oik_sequence_weights *weights,
                           double noise_cost, oik_error *err);

/**
 * Start anew the frames of a solved sequence whose misfit is beyond what noise explains, and keep what is better.
 * @param[out]    n_better frames that were replaced
 * @param[in]     misfit   of frames first .. last - 1, as by oik_sequence_problem_misfit
 */
oik_status oik_tracker_repair(int *n_better, oik_tracker *tracker, double *q, const double *misfit, int first, int last,
                              const oik_sequence_weights *weights, double noise_cost, oik_error *err);

#endif
