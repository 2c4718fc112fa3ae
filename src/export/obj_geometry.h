/**
 * Geometry/NAME_BONE.obj: one bone of a rig, in the frame of its body [m].
 *
 * The name of the rig stands first, so that several subjects can share a folder. OpenSim looks for a model's meshes in Geometry/ beside it.
 */
#ifndef OIK_EXPORT_OBJ_GEOMETRY_H
#define OIK_EXPORT_OBJ_GEOMETRY_H

#include "base/file.h"
#include "rig/rig.h"

/** "NAME_BONE.obj", appended; as the .osim file names the mesh. */
void oik_obj_geometry_name(oik_buf *buf, const char *rig_name, const char *bone_name);
/** "Geometry/NAME_BONE.obj", appended: where the file lies beside the model. */
void oik_obj_geometry_path(oik_buf *buf, const char *rig_name, const char *bone_name);

/**
 * Write one bone (through a temporary file and a rename): vertices with 7 decimals, triangles, counted from 1.
 * @return OIK_E_NOT_FINITE or OIK_E_MODEL naming the bone and the vertex or face; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 */
oik_status oik_obj_geometry_write(const oik_rig_bone *bone, const char *path, oik_error *err);

/** Write every bone of the rig to folder/Geometry, which is made when it is not there. Errors as above. */
oik_status oik_obj_geometry_write_all(const oik_rig *rig, const char *folder, oik_error *err);

#endif
