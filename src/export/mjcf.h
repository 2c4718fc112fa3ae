/**
 * NAME.xml: a rig as a model of MuJoCo (MJCF, 2.2 and later).
 *
 * World, frames and units are the rig's own (rig.h): x forward, y up, z right; metres, kg, and radians everywhere (compiler
 * angle="radian", as a keyframe's qpos is always). Gravity is 9.80665 m/s^2 along -y.
 *
 *   body: pos s, quat of R_0; joints at its origin: slides, then hinges, in the rig's order, axes B a (rig_joint.h)
 *
 * Joints have the names of the coordinates and their values (qpos0 is 0 throughout), the root too: 3 slides and 3 hinges in place of a
 * free joint. MuJoCo's own order of coordinates is that of the nested bodies: address them by name.
 *
 * Ranges are those of oik_rig_coordinate_range; a free joint has none. A dependent coordinate (oik_dof.n_coefficients) also gets an
 * equality constraint, which has the same polynomial. There is no damping, no armature, no actuator: the dynamics are those of the
 * masses alone.
 *
 * Bones are geoms with a mesh, named after the bone, which touch nothing and weigh nothing; markers are sites, of class "landmark" or
 * "skin". The keyframe "first_frame" has the first frame's coordinates. Two cameras follow the subject: "front" and "right" (the free
 * camera of MuJoCo's viewer holds z for up).
 *
 * Source: XML reference of the MuJoCo documentation.
 */
#ifndef OIK_EXPORT_MJCF_H
#define OIK_EXPORT_MJCF_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename) after the bones' meshes, which lie beside it (rig_meshes.h).
 * @return those of oik_rig_check, here also OIK_E_MODEL for a body "world"; those of oik_rig_meshes_write; OIK_E_IO; OIK_E_MEMORY.
 *         When the rig is refused nothing is written.
 */
oik_status oik_mjcf_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
