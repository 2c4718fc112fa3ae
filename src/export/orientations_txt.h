/**
 * NAME_orientations.txt: the orientation of every segment in the world, for programs.
 *
 * First line "# format: quat"; then one line "frame joint qw qx qy qz" per frame and joint, both counted from 0, joints in the
 * order of the chain: unit quaternion, segment of the joint -> world, 9 decimals, its sign continuous over time.
 */
#ifndef OIK_EXPORT_ORIENTATIONS_TXT_H
#define OIK_EXPORT_ORIENTATIONS_TXT_H

#include "ik/motion.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return those of oik_ik_motion_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; 55 bytes a line.
 */
oik_status oik_orientations_txt_write(const char *path, const oik_ik_motion *motion, oik_error *err);

#endif
