/**
 * NAME.urdf: a rig as a robot description (URDF, as ROS and most simulators read it).
 *
 * URDF's tools take z for up (REP 103: x forward, y left, z up). The link "world" is that frame; a fixed joint turns it into the link
 * "ground", the rig's own world (rig.h: x forward, y up, z right), in which all coordinates are those of the rig. Metres, radians, kg.
 *
 *   every coordinate is a joint of its name with a link behind it: translations (prismatic), then rotations (revolute), in the rig's order;
 *   the first joint of a body has origin s and R_0, the others the identity; axes B a (rig_joint.h); origin rpy: R = Rz(y) Ry(p) Rx(r)
 *
 * The last link of a body has its name, its inertia and its bones; those before it are named COORDINATE_link. These weigh 1e-6 kg with
 * 1e-9 kg m^2 about each axis (a ball of 5 cm): loaders drop links without inertia, weld them, or give them 1 kg, and all of them together
 * are less than a millionth of the subject.
 *
 * Limits are those of oik_rig_coordinate_range; rotations of a free joint are continuous. Effort and velocity, which URDF wants, are so
 * wide that no movement meets them (1e4 N m or N, 1e3 rad/s or m/s). A dependent coordinate (oik_dof.n_coefficients) mimics the other
 * where its polynomial is linear; URDF has no other dependence, it is independent else.
 *
 * Joints of the subject are damped by 0.2 N m s/rad, as in MJCF (mjcf.h); URDF knows no armature, so that a simulator wants small steps.
 *
 * Markers are not written: URDF knows links only. Meshes are named relative to the file, which is not in the specification but what most
 * readers outside of ROS understand (Bullet, Pinocchio, urchin, urdf-loaders of three.js: their issue trackers); RViz wants package:// or
 * file:// names, which no folder that is to be moved can have. The element mujoco is for MuJoCo, which else cuts folders off mesh names,
 * leaves out what is only shown, and welds ground to the world; others pass over it.
 *
 * Source: URDF XML specification (wiki.ros.org/urdf/XML); REP 103 for the axes; MuJoCo's documentation, "URDF extensions".
 */
#ifndef OIK_EXPORT_URDF_H
#define OIK_EXPORT_URDF_H

#include "rig/rig.h"

/**
 * Write the file alone (through a temporary file and a rename); it refers to the bones' meshes beside it (rig_meshes.h) by relative path.
 * @return those of oik_rig_check, here also OIK_E_MODEL for a body with the name of another link; OIK_E_IO; OIK_E_MEMORY. When the rig is
 *         refused nothing is written.
 */
oik_status oik_urdf_document_write(const oik_rig *rig, const char *path, oik_error *err);

/** The same after all meshes. @return also those of oik_rig_meshes_write */
oik_status oik_urdf_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
