/**
 * NAME_segments.csv: where every segment is and how it moves, one line per frame.
 *
 * Header "frame,time" and for every segment, in the order of the chain, 13 columns (here of the pelvis):
 *
 *   pelvis_x_m, _y_m, _z_m                                           origin in the world
 *   pelvis_qw, _qx, _qy, _qz                                         unit quaternion, segment -> world; sign continuous over time
 *   pelvis_omega_x_deg_s, _omega_y_deg_s, _omega_z_deg_s             angular velocity in the world
 *   pelvis_alpha_x_deg_s2, _alpha_y_deg_s2, _alpha_z_deg_s2          angular acceleration in the world
 *
 * Frames are counted from 0, time is in seconds; 6 decimals; what too few frames do not tell is an empty cell (see
 * ik/motion_kinematics.h).
 */
#ifndef OIK_EXPORT_SEGMENTS_CSV_H
#define OIK_EXPORT_SEGMENTS_CSV_H

#include "ik/motion.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return those of oik_ik_motion_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; about 140 bytes a frame and segment.
 */
oik_status oik_segments_csv_write(const char *path, const oik_ik_motion *motion, oik_error *err);

#endif
