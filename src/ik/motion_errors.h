/** What a motion leaves unexplained of its measurements, frame by frame. */
#ifndef OIK_IK_MOTION_ERRORS_H
#define OIK_IK_MOTION_ERRORS_H

#include "ik/markers.h"
#include "ik/motion.h"

/**
 * Fill position_error, link_error and segment_error from the coordinates: root mean squares weighted by the confidences (a link's is
 * the lesser one of its ends times its own weight); NaN where nothing is measured.
 *
 * @param[in] measurement of as many frames
 * @return OIK_E_ARGUMENT (another number of frames); OIK_E_MEMORY. O(n_frames (n_dofs + n_markers + n_links)).
 */
oik_status oik_ik_motion_measure_errors(oik_ik_motion *motion, const oik_measurement *measurement, oik_error *err);

#endif
