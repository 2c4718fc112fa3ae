/** The solved motion of a chain: its coordinates over time, what they leave unexplained, and how they were found. */
#ifndef OIK_IK_MOTION_H
#define OIK_IK_MOTION_H

#include <stdint.h>

#include "ik/frame_ik.h"

typedef struct oik_ik_motion {
    int n_frames;
    const oik_chain *chain;  /**< the caller's; it must outlive the motion */
    double *time;            /**< n_frames, ascending [s] */
    double *q;               /**< n_frames x chain->n_dofs [rad], [m] */
    uint8_t *bound;          /**< n_frames x chain->n_dofs, enum oik_bound: which bound the coordinate sits on */
    /* n_frames each, root mean square over what is measured in the frame, NaN when nothing is: */
    double *position_error;  /**< distance to the measured joint positions [m] */
    double *link_error;      /**< angle to the measured link directions [rad] */
    double *segment_error;   /**< angle to the measured segment orientations [rad] */
    double noise;            /**< standard deviation of the measurements as the solver saw it [m]; NaN when it was not measured */
    double temporal_weight;  /**< weight of the temporal term that was used */
    double cutoff_hz;        /**< cut-off of the low-pass that was run over q (ik/motion_filter.h) [Hz]; 0: none */
    int n_iterations;
    bool converged;
    const char *stop;        /**< why the solver stopped; a string that is not freed, never NULL */
} oik_ik_motion;

/**
 * A motion at the chain's zero posture: times, coordinates and bounds 0, errors and noise NaN, stop "".
 *
 * @param[out] out owned by the caller; NULL on error
 * @return OIK_E_ARGUMENT (no frame); OIK_E_MEMORY. 8 (4 + n_dofs) + n_dofs bytes a frame.
 */
oik_status oik_ik_motion_new(oik_ik_motion **out, const oik_chain *chain, int n_frames, oik_error *err);
void oik_ik_motion_free(oik_ik_motion *motion);

/** Set bound from q, with the margin of oik_ik_options_default(); a coordinate without a range has none. O(n_frames n_dofs). */
void oik_ik_motion_mark_bounds(oik_ik_motion *motion);

/**
 * Whether times and coordinates can be worked with.
 * @return OIK_E_NOT_FINITE naming the first frame whose time or coordinate is not finite; OIK_E_ARGUMENT naming the first frame
 *         that is not later than the one before it
 */
oik_status oik_ik_motion_check(const oik_ik_motion *motion, oik_error *err);

/**
 * Frames per second of a motion with even time steps.
 *
 * Even means: every time lies on the grid from the first to the last one to within 1 % of the step, or to within 1 ms where that
 * is under 0.3 steps (marker files write times with three decimals); a lost frame is off by more.
 *
 * @param[out] rate [Hz]; 0 for one frame
 * @return those of oik_ik_motion_check; OIK_E_ARGUMENT naming the first frame off the grid
 */
oik_status oik_ik_motion_frame_rate(double *rate, const oik_ik_motion *motion, oik_error *err);

#endif
