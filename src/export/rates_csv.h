/**
 * NAME_rates.csv: how fast the coordinates change, one line per frame.
 *
 * Header "frame,time", then for every coordinate in the order of the chain two columns, for example
 *
 *   knee_angle_r_deg_s, knee_angle_r_deg_s2     velocity and acceleration of a rotation
 *   pelvis_tx_m_s, pelvis_tx_m_s2               those of a translation
 *
 * Frames are counted from 0, time is in seconds; 6 decimals; what too few frames do not tell is an empty cell (see
 * ik/motion_kinematics.h). A segment's angular velocity is not made of these: it stands in NAME_segments.csv.
 */
#ifndef OIK_EXPORT_RATES_CSV_H
#define OIK_EXPORT_RATES_CSV_H

#include "ik/motion.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return those of oik_ik_motion_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; about 25 bytes a frame and coordinate.
 */
oik_status oik_rates_csv_write(const char *path, const oik_ik_motion *motion, oik_error *err);

#endif
