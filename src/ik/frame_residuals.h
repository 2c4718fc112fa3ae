/**
 * Residuals of one frame of inverse kinematics and their sparse Jacobian: f(q) = |r(q)|^2 of frame_ik.h.
 *
 *   rows                              derivative with respect to coordinate k
 *   measured terms                    frame_terms.h: markers at the joint centres, links from parent to child
 *   sqrt(w_prior) (q - rest) / range  sqrt(w_prior) / range
 *
 * Terms without weight have no rows. A dependent coordinate has an unknown that moves nothing: its column is 0.
 */
#ifndef OIK_IK_FRAME_RESIDUALS_H
#define OIK_IK_FRAME_RESIDUALS_H

#include "ik/frame_ik.h"
#include "ik/frame_terms.h"
#include "solve/lsq.h"

/** A frame's problem and its work space; one per thread. Chain, target and rest stay the caller's. */
typedef struct oik_frame_residuals {
    const oik_chain *chain;
    const oik_ik_target *target;
    const double *rest;        /**< n_dofs, where the prior pulls to */
    double prior_weight;
    oik_chain_pose *pose;      /**< of the last evaluation */
    oik_markers *markers;      /**< marker i: centre of joint i; a link per measured direction */
    double *link_weight;       /**< n_links */
    oik_frame_terms *terms;
    oik_lsq_pattern pattern;   /**< n_rows x n_dofs */
    int *row_start, *col;      /**< owners of the pattern's arrays */
} oik_frame_residuals;

oik_status oik_frame_residuals_new(oik_frame_residuals **out, const oik_chain *chain, const oik_ik_target *target,
                                   const double *rest, const oik_ik_options *options, oik_error *err);
void oik_frame_residuals_free(oik_frame_residuals *residuals);

/**
 * @param[out] r   pattern.n_rows
 * @param[out] jac pattern.row_start[n_rows] values in pattern order, or NULL
 * O(values of jac), allocates nothing.
 */
void oik_frame_residuals_evaluate(oik_frame_residuals *residuals, const double *q, double *r, double *jac);

/** Weight of segment i's orientation, of joint i's centre, of the link to joint i; 0 where nothing was measured. */
double oik_target_R_weight(const oik_ik_target *target, int i);
double oik_target_centre_weight(const oik_ik_target *target, int i);
double oik_target_link_weight(const oik_ik_target *target, const oik_chain *chain, int i);

#endif
