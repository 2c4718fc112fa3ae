/**
 * From keypoints to the motion of a chain: match them with the chain's joints, fit their lengths to the chain's, solve, filter.
 *
 * Which way is up does not matter. Files of keypoints and chains have axes of their own (Z up for Human3.6M, Y up for OpenSim's
 * .trc): the root of a chain turns freely, so the motion comes out in the frame of the keypoints, and the root's coordinates hold the
 * turn between the two. Only where both are known to differ, Z up of the text format and Y up of a subject's chain, keypoints are
 * turned to the chain, so that its root's coordinates are those of a standing person.
 *
 * Lengths. When the measured lengths are not the chain's, positions cannot all be met, and a solver that tries bends joints to make
 * up for it: 0.6 % cost 2 degrees on clean keypoints. So lengths are made the chain's, in the measured directions: where proportions
 * differ, marker by marker (marker_lengths.h); where only the size does, everything is divided by the common scale. Positions
 * are taken as measured while both |scale - 1| and the mismatch stay below OIK_LENGTH_TOLERANCE plus twice what noise explains. After
 * adapting, the chain is a model of another body, and no position is believed to better than OIK_MODEL_NOISE. Where a keypoint of
 * another body is off by more (oik_marker.doubt), it counts less, and what is known of people's postures counts more (posture.h).
 */
#ifndef OIK_IK_KEYPOINT_MOTION_H
#define OIK_IK_KEYPOINT_MOTION_H

#include "ik/marker_match.h"
#include "ik/sequence_ik.h"

/** Relative difference of lengths that is left alone: coordinates that were rounded to a millimetre or less. */
#define OIK_LENGTH_TOLERANCE 0.001
/** Least noise per coordinate when lengths were adapted [m]: joint centres of two bodies do not correspond any closer. */
#define OIK_MODEL_NOISE 0.001

typedef enum oik_lengths {
    OIK_LENGTHS_MEASURED, /**< positions as measured */
    OIK_LENGTHS_SCALED,   /**< divided by the common scale */
    OIK_LENGTHS_ADAPTED   /**< those of the chain, directions as measured */
} oik_lengths;

/** Keypoints as the solver gets them. */
typedef struct oik_matched_keypoints {
    const oik_chain_file *file;  /**< the caller's */
    oik_markers *markers;        /**< with links; markers[i].keypoint is the column in the keypoints */
    oik_marker_report report;
    double noise;                /**< sigma per coordinate before lengths were adapted, in the chain's lengths [m]; NaN: not measured */
    oik_lengths lengths;         /**< what was done to x */
    oik_vec3 *x;                 /**< n_frames x n_markers [m] */
    double *weight;              /**< n_frames x n_markers */
    double *expected;            /**< n_frames x n_dofs, of the measurement; NULL: the rest */
    double place;                /**< least doubt of the markers where lengths were adapted [m], else 0 */
    oik_measurement measurement; /**< of the above; its time is that of the keypoints */
} oik_matched_keypoints;

/**
 * @param[out] out  owned by the caller; it keeps references to file and keypoints; NULL on error
 * @return OIK_E_FORMAT (as oik_markers_match, and when no keypoint is ever seen); OIK_E_MEMORY. O(n_frames n_markers).
 */
oik_status oik_matched_keypoints_new(oik_matched_keypoints **out, const oik_chain_file *file, const oik_keypoints *keypoints,
                                     oik_error *err);
void oik_matched_keypoints_free(oik_matched_keypoints *matched);

typedef enum oik_motion_solver {
    OIK_SOLVER_SEQUENCE, /**< sequence_ik.h */
    OIK_SOLVER_FRAMES,   /**< reference: SLSQP frame by frame, each from the one before (patch_ik.h) */
    OIK_SOLVER_PATCH     /**< reference: SLSQP in patches of frames */
} oik_motion_solver;

typedef struct oik_keypoint_motion_options {
    oik_motion_solver solver;
    oik_sequence_options sequence; /**< of the sequence solver; noise 0: as measured before lengths were adapted */
    double smoothness;             /**< factor on the weight of the temporal term, > 0, default 1; not for OIK_SOLVER_FRAMES */
    double cutoff_hz;              /**< low-pass over the solved motion (motion_filter.h); 0 (default): none */
} oik_keypoint_motion_options;

oik_keypoint_motion_options oik_keypoint_motion_options_default(void);

/**
 * @param[out] out     owned by the caller; NULL on error; it keeps a reference to the chain. Position errors are distances to
 *                     matched->x; noise is NaN for the reference solvers, which have no use for it
 * @param[in]  options NULL for the defaults
 * @return OIK_E_ARGUMENT (options; for a filter also time steps that are not even, before anything is solved) and those of
 *         oik_ik_solve_sequence, oik_patch_ik_solve
 */
oik_status oik_keypoint_motion_solve(oik_ik_motion **out, const oik_matched_keypoints *matched,
                                     const oik_keypoint_motion_options *options, oik_error *err);

#endif
