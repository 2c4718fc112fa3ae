/**
 * NAME.bvh: the bodies of a rig as joints of a Biovision hierarchy, and their motion.
 *
 * World: x to the subject's left, y up, z forward: T = (-z, y, x) of the rig's (glb_y_up.h). Metres; degrees. The format has neither
 * units nor comments, so that this is said here and in the documentation only.
 *
 * A hierarchy has no rotations: in its rest pose all joint axes are those of the world. Ours is the neutral posture of the rig, all
 * coordinates at oik_dof.rest, facing +z, with the root at 0. With R_i, o_i of the posed rig and R_i^0, o_i^0 of the neutral one:
 *
 *   OFFSET of joint i, parent p       T (o_i^0 - o_p^0);  of the root 0 0 0, for some readers add it to the position
 *   global rotation of joint i        G_i = T R_i R_i^0^T T^T
 *   channels of joint i               G_p^T G_i = Rz Rx Ry, in this order in the file ("Zrotation Xrotation Yrotation")
 *   position of the root              T o
 *
 * The position of joint i is then the rig's, T o_i. Angles run on through half turns and gimbal positions: of the two solutions and
 * their full turns the one nearest to the frame before is written. A joint other than the root that translates (a knee that glides)
 * has position channels as well, which take the place of its OFFSET.
 *
 * A joint without children has an End Site: as far as its bones reach, in the direction of their middle; without bones twice as far as
 * its mass centre.
 *
 * Frames are those of the motion, without an additional one of the rest pose; a single frame has the frame time 1/30 s.
 */
#ifndef OIK_EXPORT_BVH_H
#define OIK_EXPORT_BVH_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return OIK_E_ARGUMENT when the time steps are not even, which the format cannot say; OIK_E_MODEL (several bodies on the world, or
 *         what oik_rig_check refuses); OIK_E_NOT_FINITE; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Numbers have 6 decimals; about 31 bytes a joint and frame. Memory does not depend on the number of frames.
 */
oik_status oik_bvh_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
