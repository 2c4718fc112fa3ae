/**
 * Made-up motions of any chain with their measurements, after the protocol of Gildea et al., IMVIP 2022: every coordinate goes its own
 * smooth way within its range of motion, at a slow, medium or fast pace; knees and elbows are fully extended in some phases if asked.
 *
 *   q(t) = middle + sum_i a_i sin(2 pi f_i t + phase_i),   i = 1 .. 3,  f_i 0.3 to 1 Hz
 *
 * The amplitudes give the root mean square speed that was asked for, as far as the range without a tenth at either end has room. The
 * same seed gives the same motion at whatever times it is sampled; noise and losses are drawn apart from it.
 */
#ifndef TESTS_SUPPORT_RANDOM_MOTION_H
#define TESTS_SUPPORT_RANDOM_MOTION_H

#include <stdint.h>

#include "ik/markers.h"

/** Root mean square speeds of the reference motions synth_a, synth_b and synth_c: 0.25, 0.65 and 2 degrees in 1/30 s [rad/s]. */
#define RANDOM_MOTION_SLOW 0.13
#define RANDOM_MOTION_MEDIUM 0.34
#define RANDOM_MOTION_FAST 1.05

typedef struct random_motion_options {
    uint64_t seed;
    int n_frames;
    double frame_rate;   /**< [Hz] */
    const double *time;  /**< n_frames in place of even steps, or NULL [s] */
    double speed;        /**< root mean square, of every rotation [rad/s] */
    double root_turn;    /**< the root's rotations stay within +- this [rad] */
    double heading;      /**< its first rotation within +- this [rad] */
    double travel;       /**< root mean square speed of the root's translations [m/s] */
    /**
     * Hinges that can be straight (a bound at 0) are so in frames 0-2, 12-17 and 27-29 of every 30, at once; else they
     * keep bent by 20 degrees at least.
     */
    bool extended;
    double noise;        /**< standard deviation per coordinate of a marker [m] */
    double missing;      /**< share of markers that are absent, each by itself */
    int n_gaps, gap_frames; /**< so many times a random marker is absent for so many frames */
} random_motion_options;

/** Medium pace, 30 frames at 30 Hz, root within 25 degrees of upright in any heading, no travel, clean and complete. */
random_motion_options random_motion_defaults(uint64_t seed);

typedef struct random_motion {
    int n_frames;
    const oik_chain *chain;
    const oik_markers *markers;
    double *time;   /**< n_frames */
    double *q;      /**< n_frames x n_dofs, the truth, dependent coordinates filled in */
    oik_mat3 *R;    /**< n_frames x n_segments, true orientations */
    oik_vec3 *x;    /**< n_frames x n_markers, as measured; NaN where absent */
    double *weight; /**< n_frames x n_markers: 1, or 0 where absent */
} random_motion;

/** Chain and markers must outlive it. NULL when out of memory. */
random_motion *random_motion_new(const oik_chain *chain, const oik_markers *markers, const random_motion_options *options);
void random_motion_free(random_motion *motion);

/** Its markers as a measurement; the motion keeps the arrays. */
oik_measurement random_motion_measurement(const random_motion *motion);

/** Make a marker (-1: all of them) absent in frames first .. last - 1. */
void random_motion_hide(random_motion *motion, int marker, int first, int last);

#endif
