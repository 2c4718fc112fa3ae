/** Bones of a rig as mesh files (see rig_meshes.h). */
#include "export/rig_meshes.h"

#include <string.h>

#include "base/status.h"
#include "export/stl.h"

static void put_folder(oik_buf *out, const char *rig_name) {
    oik_buf_printf(out, "%s_meshes", rig_name);
}

/** The folder of path with its slash; nothing when path has none. */
static void put_directory(oik_buf *out, const char *path) {
    const char *slash = strrchr(path, '/');
    oik_buf_append(out, path, slash ? (size_t)(slash - path) + 1 : 0);
}

void oik_rig_mesh_name(oik_buf *out, const char *rig_name, const char *bone_name) {
    put_folder(out, rig_name);
    oik_buf_printf(out, "/%s.stl", bone_name);
}

void oik_rig_document_files(oik_buf *out, const char *path, const char *rig_name, const char *const *bone_names, size_t n_bones) {
    oik_buf_append(out, path, strlen(path) + 1);
    for (size_t b = 0; b < n_bones; b++) {
        put_directory(out, path);
        oik_rig_mesh_name(out, rig_name, bone_names[b]);
        oik_buf_append(out, "", 1);
    }
}

static oik_stl stl_of(const oik_rig_bone *bone) {
    return (oik_stl){.header = "binary STL, metres, frame of the body that carries the bone",
                     .n_vertices = bone->n_vertices,
                     .n_faces = bone->n_faces,
                     .vertices = bone->vertices,
                     .faces = (const int32_t(*)[3])bone->faces};
}

/** OIK_E_MEMORY in err when the text did not fit into memory. */
static oik_status text_status(const oik_buf *text, oik_error *err) {
    return text->status ? oik_fail(err, text->status, "a path: %s", oik_status_sentence(text->status)) : OIK_OK;
}

oik_status oik_rig_mesh_write(const oik_rig_bone *bone, const char *path, oik_error *err) {
    const oik_stl stl = stl_of(bone);
    return oik_stl_write(&stl, path, err);
}

static oik_status write_bone(const oik_rig *rig, const oik_rig_bone *bone, const char *path, oik_error *err) {
    oik_buf file = {0};
    put_directory(&file, path);
    oik_rig_mesh_name(&file, rig->name, bone->name);
    oik_status status = text_status(&file, err);
    if (!status)
        status = oik_rig_mesh_write(bone, file.data, err);
    oik_buf_free(&file);
    return status;
}

static oik_status make_folder(const oik_rig *rig, const char *path, oik_error *err) {
    oik_buf folder = {0};
    put_directory(&folder, path);
    put_folder(&folder, rig->name);
    oik_status status = text_status(&folder, err);
    if (!status)
        status = oik_dir_make(folder.data, err);
    oik_buf_free(&folder);
    return status;
}

oik_status oik_rig_meshes_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_status status = OIK_OK;
    for (int b = 0; b < rig->n_bones && !status; b++) {
        const oik_stl stl = stl_of(&rig->bones[b]);
        status = oik_stl_check(&stl, rig->bones[b].name, err);
    }
    if (!status && rig->n_bones > 0)
        status = make_folder(rig, path, err);
    for (int b = 0; b < rig->n_bones && !status; b++)
        status = write_bone(rig, &rig->bones[b], path, err);
    return status;
}
