/** Zero-phase low-pass over a solved motion (see rotation_filter.h). */
#ifndef OIK_IK_MOTION_FILTER_H
#define OIK_IK_MOTION_FILTER_H

#include "ik/motion.h"

/**
 * Filter the coordinates of a motion in place.
 *
 * The joint rotation of a joint with three independent rotations is filtered on SO(3) and taken apart again, into the coordinates
 * nearest to the former ones; every other independent coordinate is filtered by itself. All are brought back into their
 * ranges; coupled coordinates follow their masters. Bounds are marked anew and cutoff_hz is set. The errors of the motion stay
 * those of the unfiltered solution.
 *
 * @param[in,out] motion    with even time steps, see oik_ik_motion_frame_rate; one frame stays as it is
 * @param[in]     cutoff_hz frequency with gain 1/sqrt 2; 6 Hz is usual for human movement
 * @return OIK_E_ARGUMENT (cut-off out of range, time steps not even), OIK_E_NOT_FINITE (a time or coordinate), OIK_E_MEMORY.
 *         The motion is untouched on error.
 * O(n_frames n_dofs), about 12 us a frame for 58 coordinates.
 */
oik_status oik_motion_filter(oik_ik_motion *motion, double cutoff_hz, oik_error *err);

#endif
