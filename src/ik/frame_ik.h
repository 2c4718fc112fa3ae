/**
 * Inverse kinematics of one frame: the coordinates inside their ranges of motion that match measured segment orientations,
 * link directions and joint positions.
 *
 *   min_q  sum_s w_s |log(R_s(q)^T R^_s)|^2 + sum_l w_l |d_l(q) - d^_l|^2 + sum_j w_j |p_j(q) - p^_j|^2 / L^2
 *          + w_prior sum_d ((q_d - rest_d) / (upper_d - lower_d))^2
 *   subject to  lower <= q <= upper
 *
 * from several starts (the tree-wise closed-form solution, rest, centre of the ranges): bounded Levenberg-Marquardt steps
 * (solve/lsq.h) bring each start down, NLopt SLSQP with analytic gradient (solve/bounded.h) finishes from there; the least cost
 * wins. When the first start meets every measurement the others are left out.
 */
#ifndef OIK_IK_FRAME_IK_H
#define OIK_IK_FRAME_IK_H

#include "ik/chain.h"

typedef struct oik_ik_target {
    const oik_mat3 *R;           /**< n_segments segment orientations, or NULL */
    const double *R_weight;      /**< n_segments; 0 = absent */
    const oik_vec3 *centre;      /**< n_segments joint centres [m], or NULL */
    const double *centre_weight; /**< n_segments; 0 = absent */
    /** n_segments, or NULL: weight of the direction from the parent segment's joint centre to joint i's (of centre); 0 = absent */
    const double *link_weight;
} oik_ik_target;

typedef struct oik_ik_options {
    double prior_weight;   /**< default 1e-6 */
    double length_scale;   /**< L, default 0.1 m */
    int n_starts;          /**< 1 to 3, default 3: tree-wise solution, rest, centre of the ranges */
    double bound_margin;   /**< a coordinate within this of its bound sits on it, default 1e-6 rad */
} oik_ik_options;

oik_ik_options oik_ik_options_default(void);

typedef enum oik_bound { OIK_BOUND_NONE, OIK_BOUND_LOWER, OIK_BOUND_UPPER } oik_bound;

typedef struct oik_ik_result {
    double *q;              /**< n_dofs [rad], [m] */
    oik_bound *bound;       /**< n_dofs: which bound the coordinate sits on */
    double *disagreement;   /**< n_dofs: how far beyond the bound it sits on the measured joint lies [rad], [m]; else 0 */
    double *segment_error;  /**< n_segments: angle between solved and target orientation [rad]; NaN when absent */
    double *centre_error;   /**< n_segments: distance of joint centre to target [m]; NaN when absent */
    double cost;
    int n_evaluations;      /**< of SLSQP over all starts */
    bool converged;         /**< the descent or SLSQP met its tolerance at the winning start */
} oik_ik_result;

/**
 * Solve one frame.
 *
 * Disagreement: the joint's measured rotation A^T R_p^T R_c B is taken apart into its coordinates without bounds (of the two
 * solutions the one nearest to q) and compared with the bound. R_c is the child's measured orientation, joined by the measured
 * directions to its child joints; R_p the parent's measured orientation, or its solved one where that was not measured. So it is
 * what the joint alone would have to give way, and not what the chain makes of it by spreading the misfit over other joints.
 * A joint whose child has no measurement of its own gives 0.
 *
 * Dependent coordinates (oik_dof.n_coefficients > 0) are no unknowns and have neither prior nor bound of their own; q holds what
 * their masters give them.
 *
 * @param[out] out     owned by the caller; NULL on error
 * @param[in]  target  a frame without any measurement gives q_rest inside the ranges
 * @param[in]  q_rest  n_dofs, where the prior pulls to; moved into the ranges
 * @param[in]  options NULL for the defaults
 * @return OIK_E_ARGUMENT (options or weights outside their range, an orientation that is no rotation);
 *         OIK_E_NOT_FINITE (a centre that carries weight); OIK_E_SOLVER; OIK_E_MEMORY
 * Cost for 58 coordinates: 0.7 ms when the first start meets the measurements, 2 to 6 ms otherwise (rarely 30, when positions
 * alone leave many turns open); allocates its work space.
 */
oik_status oik_ik_solve_frame(oik_ik_result **out, const oik_chain *chain, const oik_ik_target *target, const double *q_rest,
                              const oik_ik_options *options, oik_error *err);
void oik_ik_result_free(oik_ik_result *result);

#endif
