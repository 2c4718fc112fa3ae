/**
 * The published objective of temporal inverse kinematics over a patch of M consecutive frames, and its gradient.
 *
 *   E(theta) = sum_f  sum_l w_l rho(angle(d_l(theta_f), d^_l,f)) / sum_l w_l                        pose: mean angle between links
 *            + lambda / M  ( sum_f sum_k s(D theta_f,k) + sum_k s(theta_0,k - theta_before,k) )     temporal, and stitch
 *
 *   D: forward difference in the first frame, central (theta_f+1 - theta_f-1) / 2 inside, backward in the last one
 *   rho = s: absolute angles, as published; or rho(a) = a^2
 *   s(x) = sqrt(x^2 + eps^2) - eps: |x| with its kink at 0 rounded off, so that the gradient exists everywhere
 *
 *   symbol     name in code
 *   theta      theta: the unknowns of a frame, those of unknown[]
 *   d_l, d^_l  computed and measured direction of marker link l
 *   lambda     temporal_weight
 *   eps        smoothing
 *   M          n_frames of the patch
 *
 * A link's weight in a frame is that of the link times the lesser confidence of its two markers; what is missing has no term.
 * Unknowns: all coordinates but dependent and frozen ones and the root's translations, which move no direction.
 * The gradient runs the chain backwards: forces dE/dx on the markers are summed from the tips to the root, and each coordinate takes
 * the share that works along its axis; O(links + n_dofs).
 *
 * Where it departs from the paper: |x| is smoothed; the mean over all links is one mean (the paper takes one mean over the links of the
 * body and adds another one over vectors from the root to the joints of the arms).
 * Source: Gildea, Mercadal-Baudart, Caulfield & Simms, KinePose, IMVIP 2022.
 */
#ifndef OIK_IK_PATCH_OBJECTIVE_H
#define OIK_IK_PATCH_OBJECTIVE_H

#include "ik/markers.h"

typedef enum oik_angle_loss { OIK_ANGLE_ABSOLUTE, OIK_ANGLE_SQUARED } oik_angle_loss;

/** The problem and its work space; one per thread. Chain and measurement stay the caller's. */
typedef struct oik_patch_objective {
    const oik_chain *chain;
    const oik_measurement *measurement;
    oik_angle_loss loss;
    double smoothing;       /**< eps [rad] */
    double temporal_weight; /**< lambda */
    int n_unknowns;         /**< of one frame */
    int *unknown;           /**< n_unknowns, coordinate of each */

    /* the patch that evaluate looks at; set by the caller */
    int first_frame, n_frames;
    const double *before;   /**< n_unknowns, the solved frame before the patch; NULL: none, and no stitch */

    /* work */
    double *q;              /**< n_dofs; what is no unknown keeps the value it was given */
    double *dq;             /**< n_dofs, gradient with respect to the coordinates of a frame */
    oik_chain_pose *pose;   /**< of the last frame evaluated */
    oik_vec3 *x, *force;    /**< n_markers: place [m], dE/dx */
    oik_vec3 *segment_force, *segment_torque; /**< n_segments, of all that hangs on it, about the world's origin */
} oik_patch_objective;

/**
 * @param[out] out owned by the caller, with absolute angles, no temporal term and a patch of frame 0; NULL on error
 * @param[in]  measurement with markers; orientations are not looked at
 * @param[in]  q_rest n_dofs; where coordinates that are no unknowns stay
 * @return OIK_E_ARGUMENT (no markers or frames, a link or marker out of range, nothing to solve for); OIK_E_MEMORY
 */
oik_status oik_patch_objective_new(oik_patch_objective **out, const oik_chain *chain, const oik_measurement *measurement,
                                   const double *q_rest, oik_error *err);
void oik_patch_objective_free(oik_patch_objective *objective);

/**
 * E of the patch.
 * @param[in]  context  an oik_patch_objective (solve/bounded.h calls it so)
 * @param[in]  theta    n_frames x n_unknowns
 * @param[out] gradient as theta, or NULL
 * Allocates nothing.
 */
double oik_patch_objective_evaluate(void *context, const double *theta, double *gradient);

/** objective->q and ->x from the unknowns of one frame (n_unknowns). */
void oik_patch_objective_place(oik_patch_objective *objective, const double *theta);

#endif
