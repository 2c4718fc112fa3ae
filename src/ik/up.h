/**
 * Which way is up in the frame of a motion: y for a body model, often z for motion capture and simulation, -y for cameras.
 *
 * A direction up is a signed axis. The turn U that belongs to it is the smallest rotation that takes it to y (of the half turns the one
 * about x, as from a camera's frame to a picture's):
 *
 *   up   (x, y, z) becomes
 *   x    (-y, x, z)
 *   y    (x, y, z)
 *   z    (x, z, -y)
 *   -x   (y, -x, z)
 *   -y   (x, -y, -z)
 *   -z   (x, -z, y)
 */
#ifndef OIK_IK_UP_H
#define OIK_IK_UP_H

#include "ik/motion.h"

/** @return OIK_E_ARGUMENT for anything but a signed unit axis, which is one exactly */
oik_status oik_up_check(oik_vec3 up, oik_error *err);

/** U of a signed axis; exact. */
oik_mat3 oik_up_turn(oik_vec3 up);

/**
 * The signed axis nearest to the mean over all frames of the way from the feet to the neck: from the middle of the joint centres of
 * segments or joints that are called calcn, else talus, ankle, foot, tibia, knee, shank, else from the root, to those called neck, else
 * head, thorax, torso, chest, spine, else to the root. A word may stand anywhere in a name, the case of its letters does not count. Ties
 * go to y, z, x, -y, -z, -x in this order; a chain that has none of all these gives y. It is wrong for a subject who lies or hangs
 * upside down.
 *
 * @param[out] up a signed unit axis
 * @return OIK_E_MEMORY. O(n_frames n_dofs).
 */
oik_status oik_up_of_motion(oik_vec3 *up, const oik_ik_motion *motion, oik_error *err);

#endif
