/**
 * Where the segments are and how they move: orientation, position, velocity and acceleration of every segment and coordinate,
 * frame after frame.
 *
 * Linear quantities and coordinates are differentiated by polynomials through neighbouring frames. A rotation R(t) is
 * differentiated in exponential coordinates about the frame's own orientation, where both derivatives are exact:
 *
 *   R(t) = exp(phi(t)) R(t_f),   phi(t_f) = 0:     omega = phi',   alpha = omega' = phi''      (world frame)
 *
 * because omega = J(phi) phi' with the left Jacobian J = I + [phi]/2 + ..., and d/dt J phi' = [phi'] phi' / 2 = 0 at phi = 0.
 * phi of a neighbour is log(R(t) R(t_f)^T), continued past half a turn.
 *
 *   frames            velocity                                   acceleration
 *   inside            3 (central), second order                  4 on each side, mean of both; second order
 *   first, last       3 (one-sided), second order                4 (one-sided), second order
 *   motion of 3       second order                               one value for all, first order
 *   motion of 2       one value for both, first order            NaN
 *   motion of 1       NaN                                        NaN
 *
 * The orders hold for unequal time steps; with equal ones the inner formulas are the central differences of two steps. What
 * one frame or two do not tell is NaN. A segment must turn by less than half a turn between frames, by less than a third beside
 * the first and last one.
 */
#ifndef OIK_IK_MOTION_KINEMATICS_H
#define OIK_IK_MOTION_KINEMATICS_H

#include "base/rot.h"
#include "ik/motion.h"

typedef struct oik_motion_window oik_motion_window;

/** One frame of a motion; oik_motion_kinematics_next goes to the next one. */
typedef struct oik_motion_kinematics {
    const oik_ik_motion *motion;
    int frame;                         /**< that the arrays are of; -1 before the first */
    oik_quat *orientation;             /**< n_segments, segment -> world; sign continuous over time, w >= 0 in frame 0 */
    oik_vec3 *origin;                  /**< n_segments [m] */
    oik_vec3 *centre;                  /**< n_segments, centre of the joint that moves segment i [m] */
    oik_vec3 *velocity, *acceleration; /**< n_segments, of the origin, in the world [m/s], [m/s^2] */
    oik_vec3 *angular_velocity, *angular_acceleration; /**< n_segments, in the world [rad/s], [rad/s^2] */
    double *q_rate, *q_acceleration;   /**< n_dofs, of the coordinates [rad/s], [m/s]; [rad/s^2], [m/s^2] */
    oik_motion_window *window;         /**< poses of the neighbouring frames */
} oik_motion_kinematics;

/**
 * @param[out] out    before frame 0; owned by the caller; NULL on error
 * @param[in]  motion must outlive it
 * @return those of oik_ik_motion_check; OIK_E_MEMORY
 */
oik_status oik_motion_kinematics_new(oik_motion_kinematics **out, const oik_ik_motion *motion, oik_error *err);
void oik_motion_kinematics_free(oik_motion_kinematics *kinematics);

/**
 * Go to the next frame; false, with all as it was, after the last one. Allocates nothing; one forward kinematics and four
 * logarithms per segment: O(n_dofs + n_segments), 15 us for 27 segments. Memory does not depend on the number of frames.
 */
bool oik_motion_kinematics_next(oik_motion_kinematics *kinematics);

#endif
