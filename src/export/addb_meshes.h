/**
 * Which meshes AddBiomechanics shows on the bodies of a rig, and where.
 *
 * Its server measures a model's height by the meshes of its bodies, at all coordinates zero, before it scales the model, and refuses one of
 * height 0. It takes no meshes from an upload, but has those of Rajagopal's model in the folder Geometry, so a model must name these.
 *
 * One map for the meshes of a body: along the axes of the world at all coordinates zero, in which the frames of Rajagopal's bodies lie, the
 * box of the meshes becomes the box of the body's bones. The box whose top is highest, the torso's, ends the subject's stature above the
 * lowest one instead: that is the height the server should find, while bones alone lack scalp and sole, and a trunk that was bent when the
 * subject was measured would stand too low.
 *
 * The server also compares some distances on bodies with those of people of that stature and mass (ANSUR_metrics.xml, Anthropometrics.cpp):
 * points of fixed places in the frames of meshes r_pelvis, r_femur, r_foot, ..., found by these names. They suit bodies of Rajagopal's
 * size, which are then scaled; ours have the subject's size already, so meshes of other names are taken where there are some of the same
 * shape. A distance it cannot measure counts as expected.
 *
 * Source: the folder server/data/Geometry of the project keenon/AddBiomechanics (seen in 2025), which has each mesh both as NAME.vtp and as
 * NAME.vtp.ply, the latter for its own reader (readAttachedGeometry of OpenSimParser.cpp and Skeleton::getHeight, keenon/nimblephysics).
 * Boxes: those of the files, measured [m]; on which body they belong: Rajagopal2015.osim (Rajagopal et al. 2016).
 */
#ifndef OIK_EXPORT_ADDB_MESHES_H
#define OIK_EXPORT_ADDB_MESHES_H

#include "export/osim.h"

/** Meshes of one body of the plain rig. */
typedef struct oik_addb_mesh_set {
    oik_vec3 low, high; /**< box of them all, in the frame of the files; left is the mirror image of right, z turned round */
    int n;
    char files[OIK_OSIM_MAX_MESHES][OIK_NAME_LENGTH];
} oik_addb_mesh_set;

/** Those of a body, by its name. @param[out] set @return false when the server has none for it */
bool oik_addb_mesh_set_of(oik_addb_mesh_set *set, const char *body);

/**
 * Meshes of every body, and how far the model must be raised to stand on them.
 *
 * @param[out] meshes n_bodies, freed by the caller; NULL on error. None for a body without a set, or without bones that fill space.
 * @param[out] lift how far below the ground the lowest mesh is, at all coordinates zero [m]
 * @return OIK_E_MODEL (no body has meshes, or the highest does not reach below the stature); OIK_E_MEMORY. O(vertices of the bones).
 */
oik_status oik_addb_meshes_new(oik_osim_meshes **meshes, double *lift, const oik_rig *rig, oik_error *err);

#endif
