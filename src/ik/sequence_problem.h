/**
 * Inverse kinematics of a run of frames as one sparse least-squares problem.
 *
 *   min  sum_f [ measured terms of frame f (frame_terms.h) + |prior|^2 + w_range dist(E, range)^2 + w_limit dist(q, range)^2 ]
 *        + lambda sum_f h_f sum_j |c_j a_j(f)|^2
 *
 * A hinge of wide range (knee, elbow) may start and stop within a frame, which a sum of squares would smear into its neighbours: its
 * acceleration is counted robustly (Cauchy).
 *
 *   a_j(f) = 2 (phi_1 / h_1 - phi_0 / h_0) / (h_0 + h_1)     joint acceleration at frame f [rad/s^2], [m/s^2]
 *   phi_0, phi_1   change of the joint over the time steps h_0 before and h_1 after it: log(E_f^T E_f+1) of a spherical joint,
 *                  difference of a coordinate;  h_f = (h_0 + h_1) / 2, so that lambda does not depend on the frame rate
 *
 * A joint of three rotations whose ranges come near a gimbal position (shoulder, hip, root) is spherical: it is stepped as a rotation,
 * E <- E exp(delta), its derivatives are those of turns about the axes of its child frame, and its ranges of motion, which stay on
 * the anatomical angles, are kept by the distance to the nearest rotation within them. All other joints are stepped in their
 * coordinates, which the weight of their distance holds to their ranges (at most 0.05 beyond, so that an elbow does not bend
 * backwards). oik_into_ranges keeps all ranges exactly at the end. Dependent coordinates have no unknown. c_j: joints of little range
 * accelerate little (sequence_layout.c).
 *
 * Prior of a coordinate: sqrt(w_prior) (q - rest) / range, ten times that weight for narrow ranges; where its spread among people's
 * postures is known, sqrt(w_posture) (q - expected) / spread. Of a spherical joint, with phi = log(E_expected^T E): sqrt(w_prior) phi /
 * mean range, or sqrt(w_posture) S^-1 [a_1 a_2 a_3]^-1 phi, S the spreads and a_k the axes of its coordinates: its coordinates to
 * first order.
 *
 * The state is n_frames x n_dofs coordinates.
 */
#ifndef OIK_IK_SEQUENCE_PROBLEM_H
#define OIK_IK_SEQUENCE_PROBLEM_H

#include "ik/frame_terms.h"
#include "solve/lsq.h"

enum { OIK_PAST = 2 }; /**< known frames that an acceleration reaches back to */

typedef struct oik_sequence_weights {
    double temporal;     /**< lambda [s^3/rad^2] */
    double jump;         /**< c: rows of a wide hinge's acceleration count c^2 log(1 + r^2 / c^2); infinite: squares */
    double translation;  /**< radians of acceleration that one metre of acceleration of a translation counts [1/m] */
    double prior;        /**< of ((q - rest) / range)^2, or of (rotation from rest / mean range)^2 */
    double posture;      /**< in place of that: of ((q - expected) / spread)^2, where the spread is known */
    double range;        /**< of the squared distance of a spherical joint from its ranges [1/rad^2] */
    double limit;        /**< of the squared distance of any other coordinate from its range [1/rad^2] */
} oik_sequence_weights;

typedef struct oik_sequence_problem oik_sequence_problem;

/**
 * @param[out] out         owned by the caller; NULL on error
 * @param[in]  measurement and chain: must outlive it
 * @param[in]  rest        n_dofs, where the prior pulls to unless the measurement expects more; not copied
 * @param[in]  n_frames    frames solved together, >= 1
 * O(n_frames); one symbolic analysis.
 */
oik_status oik_sequence_problem_new(oik_sequence_problem **out, const oik_chain *chain, const oik_measurement *measurement,
                                    const oik_term_choice *choice, const double *rest, int n_frames, oik_error *err);
void oik_sequence_problem_free(oik_sequence_problem *problem);

/**
 * Minimise over frames first .. first + n_frames - 1.
 * @param[out]    report may be NULL
 * @param[in,out] q      n_frames x n_dofs: start and result, within the ranges as far as their weights hold it there
 * @param[in]     past   2 x n_dofs, frames first - 2 and first - 1; NULL: there are none
 */
oik_status oik_sequence_problem_solve(oik_lsq_report *report, oik_sequence_problem *problem, double *q, const double *past, int first,
                                      const oik_sequence_weights *weights, const oik_lsq_options *options, oik_error *err);

/**
 * Residuals and Jacobian at q, for tests.
 * @param[out] r   n_rows of the pattern
 * @param[out] jac row_start[n_rows] values in pattern order, or NULL
 * @return OIK_OK
 */
oik_status oik_sequence_problem_evaluate(oik_sequence_problem *problem, double *r, double *jac, const double *q, const double *past,
                                         int first, const oik_sequence_weights *weights);
const oik_lsq_pattern *oik_sequence_problem_pattern(const oik_sequence_problem *problem);
/** q_new = q (+) dx, dx of pattern->n_unknowns. */
void oik_sequence_problem_retract(oik_sequence_problem *problem, double *q_new, const double *q, const double *dx);

/** q_new (n_dofs): where two frames (2 x n_dofs) lead at constant velocity and equal time steps. */
void oik_sequence_problem_extrapolate(const oik_sequence_problem *problem, double *q_new, const double *past);

/** Sum of squares of the measured terms and of the distances from the ranges of each frame, n_frames, at the last evaluation
    (the result's, unless its last trial step was refused). */
const double *oik_sequence_problem_misfit(const oik_sequence_problem *problem);

/** Largest distance of a spherical joint from its ranges at the last evaluation [rad]. */
double oik_sequence_problem_beyond(const oik_sequence_problem *problem);

/** Which joints are spherical: spherical[n_segments]. */
void oik_spherical_joints(bool *spherical, const oik_chain *chain);

/**
 * Bring coordinates into their ranges of motion, each by itself; the rotation of a spherical joint to the nearest one found within.
 * @param[in,out] q         n_dofs
 * @param[in]     spherical by oik_spherical_joints
 */
void oik_into_ranges(double *q, const oik_chain *chain, const bool *spherical);

#endif
