/**
 * Temporal inverse kinematics as published: SLSQP with bounds on a frame, or on a patch of M frames, at a time. It is the reference
 * for the sequence solver, and it shows what the published scheme can do when its faults are mended.
 *
 *   frame by frame   min E of one frame without temporal term, from rest or from the frame before ("feeding")
 *   temporal         min E of M = 3 or 5 frames with temporal and stitch terms, started from the frame-by-frame solution
 *
 * E and its gradient: patch_objective.h. Coordinates are Cardan angles, as published. The root's translations are found afterwards, in
 * closed form: the mean over the measured markers of measured minus computed position.
 *
 * The first frame starts from the root heading that the trunk shows: markers fitted by Kabsch to their mean places in the root's
 * frame over the ranges of motion, each with the inverse of its variance as weight, so that hips and thorax decide. From there several
 * starts of the other coordinates are tried: rest, the middle of the ranges, then random points.
 *
 * Source: Gildea, Mercadal-Baudart, Caulfield & Simms, KinePose, IMVIP 2022 (restated from the paper's mathematics).
 */
#ifndef OIK_IK_PATCH_IK_H
#define OIK_IK_PATCH_IK_H

#include "ik/patch_objective.h"

typedef enum oik_patch_mode {
    OIK_PATCH_FROM_REST, /**< frame by frame, every frame from the starts of the first */
    OIK_PATCH_FED,       /**< frame by frame, each from the solution of the frame before */
    OIK_PATCH_TEMPORAL   /**< patches, after OIK_PATCH_FED */
} oik_patch_mode;

/**
 * Published lambda for slow, medium and fast motion. Summed over the coordinates as printed they weigh some ten times more than the mean
 * angle of the pose and freeze clean motion; divided by the number of coordinates they smooth as the paper reports.
 */
#define OIK_PATCH_SLOW 0.7
#define OIK_PATCH_MEDIUM 0.5
#define OIK_PATCH_FAST 0.3

typedef struct oik_patch_ik_options {
    oik_patch_mode mode;       /**< default OIK_PATCH_FED */
    int patch_frames;          /**< M, 2 to 16, default 5 */
    double temporal_weight;    /**< lambda, default OIK_PATCH_MEDIUM */
    oik_angle_loss loss;       /**< default OIK_ANGLE_ABSOLUTE */
    double smoothing;          /**< eps of |x|, default 0.01 rad */
    int n_starts;              /**< of the first frame, of every frame from rest, and of frames tried again; default 4 */
    /**
     * A fed frame whose mean angle stays above this is tried again from n_starts; default 0.001 rad, which only noisy keypoints do not
     * meet in the right basin. INFINITY: as published.
     */
    double retry_angle;
    int max_evaluations;       /**< per start of a frame; a patch gets M times as many; default 300 */
    double relative_tolerance; /**< on E, default 1e-6 */
    const double *q_rest;      /**< n_dofs, a start, and where frames without measurements stay; NULL: the coordinates' rest */
} oik_patch_ik_options;

oik_patch_ik_options oik_patch_ik_options_default(void);

typedef struct oik_patch_ik_report {
    double mean_cost;    /**< mean over frames of the pose term [rad], or [rad^2] for squared angles */
    long n_evaluations;  /**< of E, over all frames, patches and starts */
    int n_problems;      /**< frames and patches solved */
    int n_unconverged;   /**< of which so many ended at max_evaluations */
} oik_patch_ik_report;

/**
 * @param[out] q       n_frames x n_dofs [rad], [m]; dependent coordinates filled in; untouched on error
 * @param[out] report  may be NULL
 * @param[in]  measurement markers and their links; orientations are not used. A frame without links keeps the solution before it, one
 *             without markers the root's place before it
 * @param[in]  options NULL for the defaults
 * @return OIK_E_ARGUMENT (options, markers or links out of range, nothing to solve for); OIK_E_NOT_FINITE naming frame and marker of a
 *         measured position or confidence; OIK_E_MEMORY
 * Allocates its work space. SLSQP is dense: O((M n)^3) per iteration.
 */
oik_status oik_patch_ik_solve(double *q, oik_patch_ik_report *report, const oik_chain *chain, const oik_measurement *measurement,
                              const oik_patch_ik_options *options, oik_error *err);

#endif
