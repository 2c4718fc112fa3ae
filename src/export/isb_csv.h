/**
 * NAME_isb.csv: joint angles after ISB (Wu et al. 2002, 2005) beside the OpenSim coordinates of NAME_angles.csv, one line per frame.
 *
 * Header "frame,time", then three columns a joint, for example
 *
 *   isb_hip_flexion_r, isb_hip_adduction_r, isb_hip_internal_rotation_r
 *   isb_thoracohumeral_plane_of_elevation_l, isb_thoracohumeral_elevation_l, isb_thoracohumeral_axial_rotation_l
 *
 * Frames are counted from 0, time is in seconds; degrees; 6 decimals and a decimal point under every locale. Every name begins with
 * isb_, which no OpenSim coordinate does, and says which direction is positive; elevation alone is negative, as published. The angles
 * come from the segment frames as they are: no neutral posture is subtracted, so they are not those of NAME_angles.csv. Axes, order, signs,
 * both sides, continuity: ik/isb_angles.h. Joints that the chain lacks a segment of are left out.
 */
#ifndef OIK_EXPORT_ISB_CSV_H
#define OIK_EXPORT_ISB_CSV_H

#include "ik/motion.h"

/**
 * Write the file (through a temporary file and a rename).
 * @param[in] motion of a chain with the segment frames of a model (see oik_isb_angles_new)
 * @param[in] up     signed unit axis that points up in the frame of the motion (oik_up_of_motion finds it)
 * @return those of oik_ik_motion_check and oik_isb_angles_new; OIK_E_IO. Nothing is written on error.
 * Memory does not depend on the number of frames; about 820 bytes and 20 us a frame of 27 segments.
 */
oik_status oik_isb_csv_write(const char *path, const oik_ik_motion *motion, oik_vec3 up, oik_error *err);

#endif
