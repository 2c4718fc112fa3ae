/**
 * NAME.xml: a rig as a model of MuJoCo (MJCF, 2.2 and later).
 *
 * World, frames and units are the rig's own (rig.h): x forward, y up, z right; metres, kg, and radians everywhere (compiler
 * angle="radian", as a keyframe's qpos is always). Gravity is 9.80665 m/s^2 along -y.
 *
 *   body: pos s, quat of R_0; joints at its origin: slides, then hinges, in the rig's order, axes B a (rig_joint.h)
 *
 * Joints have the names of the coordinates and their values, the root too: 3 slides and 3 hinges in place of a free joint. MuJoCo's own
 * order of coordinates is that of the nested bodies: address them by name. The pose in which MuJoCo opens the model, qpos0, is that of all
 * rotations at zero, on the floor where the subject stands: the root's translations have their values there as ref, and its pos is there.
 * The keyframe "first_frame" has the first frame's coordinates.
 *
 * Ranges are those of oik_rig_coordinate_range; a free joint has none. A dependent coordinate (oik_dof.n_coefficients) also gets an
 * equality constraint, which has the same polynomial. There is no actuator.
 *
 * What keeps a simulation sound. Masses alone are not enough: a clavicle has 5e-5 kg m^2 about each of three axes with the whole arm
 * behind it, a talus 1e-5, and where the second of three hinges comes to a right angle to where it began the other two share an axis,
 * which then has no inertia at all. An explicit step diverges there within a tenth of a second (joints at 10 rad/s). Therefore:
 *
 *   integrator implicit   in velocities, so also in the forces of Coriolis; steps of 2 ms. MuJoCo 2.2 has no implicitfast
 *   armature 0.001        [kg m^2] at every joint: a third of the inertia of a hand about its wrist, a hundredth of that of a forearm
 *                         with hand about the elbow, so that the motion of all but toes and shoulder girdle is that of the masses
 *   damping 0.2           [N m s/rad] at every joint, what MuJoCo's own humanoid has at its smaller ones (model/humanoid/humanoid.xml)
 *   root                  hinges: armature 0.01 for the same reason, a hundredth of a body's inertia about its long axis; no damping:
 *                         nothing holds the subject; slides: neither, for it must fall as it weighs
 *
 * Contact: the floor, a plane under the lowest point of the first frame, and the shapes of rig_shapes.h, named contact_BODY, class
 * "shape", in group 3, which viewers do not show at first. They touch the floor and not each other, so that neighbours need no exclusion.
 * A rig without skin has neither. Bones are geoms with a mesh, named after the bone, class "bone", which touch nothing and weigh nothing;
 * markers are sites, of class "landmark" or "skin". Two cameras follow the subject: "front" and "right" (the free camera of MuJoCo's
 * viewer holds z for up).
 *
 * Source: XML reference of the MuJoCo documentation.
 */
#ifndef OIK_EXPORT_MJCF_H
#define OIK_EXPORT_MJCF_H

#include "rig/rig.h"

/**
 * Write the file alone (through a temporary file and a rename); the bones' meshes are expected beside it (rig_meshes.h).
 * @return those of oik_rig_check, here also OIK_E_MODEL for a body "world" and a bone "floor" or "contact_..."; OIK_E_IO; OIK_E_MEMORY.
 *         When the rig is refused nothing is written.
 */
oik_status oik_mjcf_document_write(const oik_rig *rig, const char *path, oik_error *err);

/** The same after all meshes. @return also those of oik_rig_meshes_write */
oik_status oik_mjcf_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
