/**
 * Setup files with which OpenSim's tools run on the files of oik_osim_write_all, as they are, from the folder where they lie.
 *
 * NAME_ik_setup.xml: InverseKinematicsTool, from NAME.trc to NAME_ik.mot; one IKMarkerTask of weight 1 per marker.
 *
 * NAME_scale_setup.xml: ScaleTool, from the static trial NAME_static.trc to NAME_scaled.osim, NAME_scale_factors.xml and
 * NAME_static_pose.mot. That trial stands as the model opens, so that all factors come out as 1: a user puts the markers of a measured
 * static trial in its place, of the same posture, for ScaleTool measures the model as it opens. A body is measured between two bony
 * landmarks, that nearest to its own joint and that nearest to the joint of its farthest child, where each lies on a body that meets there
 * and within half of the distance of these joints (the root: between its two landmarks farthest apart), all in the neutral posture; on the
 * midline also between their mirror images. Markers in joint centres are left out, for measured trials seldom have them. Left and right
 * share the mean of their factors; a body that cannot be measured so is scaled like the other side, else like its parent.
 *
 * Source: OpenSim's API documentation, classes InverseKinematicsTool, IKMarkerTask, ScaleTool, GenericModelMaker, ModelScaler,
 * Measurement, MarkerPair, BodyScale, MarkerPlacer.
 */
#ifndef OIK_EXPORT_OSIM_SETUP_H
#define OIK_EXPORT_OSIM_SETUP_H

#include "rig/rig.h"

/**
 * @param[in] base begin of the other files' names, without folder (oik_osim_file_suffix); any text
 * @return those of oik_rig_check; OIK_E_ARGUMENT (no marker); OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 */
oik_status oik_osim_ik_setup_write(const oik_rig *rig, const char *base, const char *path, oik_error *err);
oik_status oik_osim_scale_setup_write(const oik_rig *rig, const char *base, const char *path, oik_error *err);

#endif
