/**
 * NAME.osim: a rig as a model of OpenSim 4 (version 40000, read by 4.0 and all later).
 *
 * Frame, units and order of rotations are the rig's own (rig.h): x forward, y up, z right; metres, radians, kg. Every joint is a
 * CustomJoint between two PhysicalOffsetFrames named BODY_at_JOINT, so that no two in the model share a name:
 *
 *   parent's frame: translation s, orientation A;   child's frame: translation 0, orientation B;
 *   SpatialTransform: Rot(a_1, q_1) Rot(a_2, q_2) Rot(a_3, q_3), then translations along their axes in the parent's offset frame
 *
 * An orientation is written as angles of body-fixed rotations about x, y, z. A transform axis without a coordinate has the function
 * Constant 0 and a direction independent of the others, for OpenSim refuses collinear axes even where they do not move.
 *
 * The model opens as the motion begins (or as oik_osim_write_as is told): coordinates stand as in the first frame. OpenSim's inverse
 * kinematics starts there, and from a posture far off it ends in another one: it stops where a step improves the mean squared distance of
 * the markers by less than some 1e-9 m^2, or on the far side of a gimbal position. Coordinates are clamped to their range, for inverse
 * kinematics of measured markers turns shoulder blades round else; the range is widened where the motion leaves it. Those of a free joint
 * are not clamped, so that a subject may walk away; the ranges of its translations, which span the sliders of OpenSim's window, end 5 m
 * beyond the motion.
 * A dependent coordinate (oik_dof.n_coefficients) becomes a CoordinateCouplerConstraint.
 *
 * Each bone is a Mesh of its body: the file oik_obj_geometry_path names, in Geometry/ beside the model.
 * Masses, mass centres and inertias are the rig's; a marker's "fixed" says that it is a bony landmark.
 *
 * Source of names and order: OpenSim's API documentation (classes Model, Body, CustomJoint, SpatialTransform, PhysicalOffsetFrame,
 * Coordinate, Marker, Mesh) and the models that it is distributed with.
 */
#ifndef OIK_EXPORT_OSIM_H
#define OIK_EXPORT_OSIM_H

#include "rig/rig.h"

/**
 * Write the file (through a temporary file and a rename).
 * @return those of oik_rig_check; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Numbers have 12 significant digits; about 800 bytes a bone, 5 kB a joint.
 */
oik_status oik_osim_write(const oik_rig *rig, const char *path, oik_error *err);

enum { OIK_OSIM_MAX_MESHES = 27 }; /* bones of a hand */

/** Meshes of a body that are not the rig's own: a vertex v of a file lies at translation + orientation (scale * v) in the body's frame. */
typedef struct oik_osim_meshes {
    int n;                                           /**< 0: none */
    char files[OIK_OSIM_MAX_MESHES][OIK_NAME_LENGTH]; /**< n of them, as the model names them */
    oik_vec3 scale, translation;                     /**< along the axes of the files; [m] */
    oik_mat3 orientation;
} oik_osim_meshes;

/**
 * The same model opening in another posture, with other meshes on its bodies: on a PhysicalOffsetFrame "BODY_meshes" of each body that has
 * some. @param[in] q n_dofs, NULL: as the motion begins; @param[in] meshes n_bodies, NULL: the rig's bones. Errors as above.
 */
oik_status oik_osim_write_as(const oik_rig *rig, const double *q, const oik_osim_meshes *meshes, const char *path, oik_error *err);

/**
 * Angles of body-fixed rotations: R = Rot(x, angle.x) Rot(y, angle.y) Rot(z, angle.z), angle.y within +-pi/2. Where angle.y is +-pi/2
 * only the sum or difference of the others is known (gimbal position); one solution is given, and none is worse conditioned than R.
 */
oik_vec3 oik_osim_angles(oik_mat3 R);

#endif
