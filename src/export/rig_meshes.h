/**
 * Bones of a rig as mesh files beside the document that refers to them: NAME_meshes/BONE.stl, NAME that of the rig, in the frame of the
 * bone's body, in metres. MJCF and URDF of one rig in one folder share them; rigs of different detail must not have the same name there,
 * for their bodies' frames differ.
 */
#ifndef OIK_EXPORT_RIG_MESHES_H
#define OIK_EXPORT_RIG_MESHES_H

#include "base/file.h"
#include "rig/rig.h"

/** Append "NAME_meshes/BONE.stl", as documents refer to it. */
void oik_rig_mesh_name(oik_buf *out, const char *rig_name, const char *bone_name);

/**
 * All files of a document with its meshes, known before there is a rig: appends 1 + n_bones NUL-terminated paths, the document's first.
 * @param[in] path       of the document; the meshes' folder lies in its folder
 * @param[in] bone_names n_bones, those of oik_rig.bones
 */
void oik_rig_document_files(oik_buf *out, const char *path, const char *rig_name, const char *const *bone_names, size_t n_bones);

/** Write the mesh of one bone to path, whose folder is there. @return those of oik_rig_meshes_write */
oik_status oik_rig_mesh_write(const oik_rig_bone *bone, const char *path, oik_error *err);

/**
 * Write the meshes of all bones for a document at path, and make their folder. All are checked before the first is written.
 * @return OIK_E_ARGUMENT (a bone without faces), OIK_E_NOT_FINITE, OIK_E_SHAPE: nothing is written; OIK_E_IO, OIK_E_MEMORY: meshes that
 *         were written before stay.
 */
oik_status oik_rig_meshes_write(const oik_rig *rig, const char *path, oik_error *err);

#endif
