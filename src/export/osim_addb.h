/**
 * A subject's folder as AddBiomechanics takes it (upload with its command-line tool, or file by file on its page):
 *
 *   _subject.json              massKg, heightM, sex, skeletonPreset "custom", disableDynamics true (no force plates), footBodyNames
 *   unscaled_generic.osim      the rig (export/osim.h)
 *   Geometry/...               its bones
 *   trials/NAME/markers.trc    its virtual markers
 *
 * AddBiomechanics does not know ages and tags of subjects from this; its page asks for them.
 *
 * It reads fewer kinds of joints than OpenSim does: three rotations about axes of the joint frame in the order XYZ, XZY, ZXY or ZYX,
 * or about any three orthogonal ones; one or two rotations about any axes; translations only of a free joint, along X, Y and Z.
 * Plain rigs (OIK_RIG_PLAIN) are so.
 *
 * Source: InterchangeFormats.md of the project keenon/AddBiomechanics and what its server reads from _subject.json; the .osim reader of
 * keenon/nimblephysics for the kinds of joints (both seen in 2025).
 */
#ifndef OIK_EXPORT_OSIM_ADDB_H
#define OIK_EXPORT_OSIM_ADDB_H

#include "base/file.h"
#include "rig/rig.h"

/** Whether AddBiomechanics can read every joint. @return OIK_E_MODEL naming the joint; O(n_bodies), allocates nothing. */
oik_status oik_addb_check(const oik_rig *rig, oik_error *err);

/** "trials/NAME/markers.trc", appended; the model is "unscaled_generic.osim", the subject "_subject.json". */
void oik_addb_trial_path(oik_buf *buf, const char *rig_name);

/** Write _subject.json. @return those of oik_rig_check; OIK_E_IO; OIK_E_MEMORY */
oik_status oik_addb_subject_write(const oik_rig *rig, const char *path, oik_error *err);

/** Write the whole folder, which is made when it is not there. @return those of the writers and of oik_addb_check, which comes first */
oik_status oik_addb_write(const oik_rig *rig, const char *folder, oik_error *err);

#endif
