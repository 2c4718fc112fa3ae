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
 * Markers are not written: URDF knows links only.
 *
 * Source: URDF XML specification (wiki.ros.org/urdf/XML); REP 103 for the axes.
 */
#ifndef OIK_EXPORT_URDF_H
#define OIK_EXPORT_URDF_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename) after the bones' meshes, which lie beside it (rig_meshes.h); the file refers to
 * them by relative path.
 * @return those of oik_rig_check, here also OIK_E_MODEL for a body with the name of another link; those of oik_rig_meshes_write;
 *         OIK_E_IO; OIK_E_MEMORY. When the rig is refused nothing is written.
 */
oik_status oik_urdf_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
