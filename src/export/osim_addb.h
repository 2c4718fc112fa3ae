/**
 * A subject's folder as AddBiomechanics takes it (upload with its command-line tool, or file by file on its page):
 *
 *   _subject.json              massKg, heightM, sex, skeletonPreset "custom", disableDynamics true (no force plates), footBodyNames
 *   unscaled_generic.osim      the rig (export/osim.h) in the neutral posture, standing on the ground, with the server's meshes on its
 *                              bodies (export/addb_meshes.h)
 *   trials/NAME/markers.trc    its virtual markers
 *
 * There is no folder Geometry: the server puts its own there only when there is none, its reader asks for meshes in a format of its own,
 * and the upload tool sends only .json, .osim, .trc, .c3d and .mot. That tool asks for massKg, heightM and footBodyNames; age and tags are
 * not known here and have defaults, which its page can change. A trial of fewer than three frames ends the processing
 * (AccelerationMinimizer), so the last frame of a short one is held. Markers count as anatomical by "fixed" where more than ten have it.
 *
 * It reads fewer kinds of joints than OpenSim does: three rotations about axes of the joint frame in the order XYZ, XZY, ZXY or ZYX,
 * or about any three orthogonal ones; one or two rotations about any axes; translations only of a free joint, along X, Y and Z.
 * Plain rigs (OIK_RIG_PLAIN) are so.
 *
 * Source: InterchangeFormats.md of the project keenon/AddBiomechanics and what its server reads from _subject.json (subject.py, trial.py,
 * upload.py); the .osim and .trc readers of keenon/nimblephysics (OpenSimParser.cpp; both seen in 2025).
 */
#ifndef OIK_EXPORT_OSIM_ADDB_H
#define OIK_EXPORT_OSIM_ADDB_H

#include "base/file.h"
#include "rig/rig.h"

/**
 * Whether AddBiomechanics can read every joint and finds the model's height.
 * @return OIK_E_MODEL naming the joint, or those of oik_addb_meshes_new
 */
oik_status oik_addb_check(const oik_rig *rig, oik_error *err);

/** "trials/NAME/markers.trc", appended; the model is "unscaled_generic.osim", the subject "_subject.json". */
void oik_addb_trial_path(oik_buf *buf, const char *rig_name);

/** Write unscaled_generic.osim. @return those of oik_osim_write and oik_addb_meshes_new */
oik_status oik_addb_model_write(const oik_rig *rig, const char *path, oik_error *err);

/** Write markers.trc: every frame, and the last one again until there are four. @return those of oik_trc_write */
oik_status oik_addb_markers_write(const oik_rig *rig, const char *path, oik_error *err);

/** Write _subject.json. @return those of oik_rig_check; OIK_E_IO; OIK_E_MEMORY */
oik_status oik_addb_subject_write(const oik_rig *rig, const char *path, oik_error *err);

/** Write the whole folder, which is made when it is not there. @return those of the writers and of oik_addb_check, which comes first */
oik_status oik_addb_write(const oik_rig *rig, const char *folder, oik_error *err);

#endif
