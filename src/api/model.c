/** Loading a model archive (format in models/README.md). */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "base/mem.h"
#include "base/npz.h"
#include "base/status.h"

/** A one-string array of the meta group. */
static oik_status read_meta(char **out, const oik_npz *npz, const char *name, oik_error *err) {
    size_t n = 0;
    char **text = NULL;
    oik_status status = oik_npz_read_text(npz, name, &n, &text, err);
    if (!status && n != 1)
        status = oik_fail(err, OIK_E_MODEL, "array %s: expected one string, found %zu", name, n);
    if (!status) {
        *out = oik_new(strlen(text[0]) + 1, 1, err);
        if (*out)
            memcpy(*out, text[0], strlen(text[0]) + 1);
        else
            status = OIK_E_MEMORY;
    }
    free(text);
    return status;
}

static oik_status check_format(const oik_npz *npz, oik_error *err) {
    char *format = NULL;
    oik_status status = read_meta(&format, npz, "meta_format", err);
    if (!status && strcmp(format, OIK_MODEL_FORMAT) != 0)
        status = oik_fail(err, OIK_E_MODEL, "expected a model of format \"" OIK_MODEL_FORMAT "\", found \"%.40s\"", format);
    free(format);
    return status;
}

static oik_status check_hash(oik_model *model, const oik_npz *npz, const char *path, oik_error *err) {
    char *expected = NULL;
    oik_status status = read_meta(&expected, npz, "meta_content_hash", err);
    if (!status)
        status = oik_model_hash(model->hash, path, err);
    if (!status && strcmp(expected, model->hash) != 0)
        status = oik_fail(err, OIK_E_MODEL, "the content hash is %.12s..., expected %.12s...: the file is damaged or was changed",
                          model->hash, expected);
    free(expected);
    return status;
}

static oik_status load(oik_model *model, const oik_npz *npz, const char *path, oik_error *err) {
    oik_status status = check_format(npz, err);
    if (!status)
        status = check_hash(model, npz, path, err);
    if (!status)
        status = read_meta(&model->name, npz, "meta_name", err);
    if (!status)
        status = read_meta(&model->gender, npz, "meta_gender", err);
    if (!status)
        status = read_meta(&model->licence, npz, "meta_licence", err);
    if (!status && oik_npz_has(npz, "meta_family"))
        status = read_meta(&model->family, npz, "meta_family", err);
    if (!status)
        status = oik_body_model_load(&model->body, npz, err);
    if (!status)
        status = oik_skel_model_load(&model->skeleton, npz, model->body->n_vertices, err);
    return status;
}

/** Whatever is wrong with the file's content is a damaged model, and the message names the file. */
static oik_status model_error(oik_status status, const char *path, oik_error *err) {
    if (status == OIK_OK || status == OIK_E_MEMORY)
        return status;
    if (err && strncmp(err->message, path, strlen(path)) != 0)
        oik_error_prefix(err, "%s", path);
    if (err)
        err->status = OIK_E_MODEL;
    return OIK_E_MODEL;
}

oik_status oik_model_load(oik_model **out, const char *path, oik_error *err) {
    *out = NULL;
    oik_npz *npz = NULL;
    oik_model *model = oik_new(1, sizeof *model, err);
    oik_status status = model ? OIK_OK : OIK_E_MEMORY;
    if (!status)
        status = oik_npz_open(&npz, path, err);
    if (!status)
        status = load(model, npz, path, err);
    if (status)
        oik_model_free(model);
    else
        *out = model;
    oik_npz_free(npz);
    return model_error(status, path, err);
}

void oik_model_free(oik_model *model) {
    if (!model)
        return;
    oik_body_model_free(model->body);
    oik_skel_model_free(model->skeleton);
    free(model->name);
    free(model->gender);
    free(model->licence);
    free(model->family);
    free(model);
}

oik_model_info oik_model_get_info(const oik_model *model) {
    const oik_body_model *body = model->body;
    const oik_skel_model *skeleton = model->skeleton;
    size_t n_dofs = 0;
    for (int i = 0; i < skeleton->n_segments; i++)
        n_dofs += (size_t)skeleton->joints[i].joint.n_dofs;
    return (oik_model_info){.name = model->name,
                            .gender = model->gender,
                            .licence = model->licence,
                            .hash = model->hash,
                            .n_skin_vertices = body->n_vertices,
                            .n_skin_faces = body->n_faces,
                            .n_skin_modes = body->n_modes,
                            .n_bones = (size_t)skeleton->n_bones,
                            .n_bone_vertices = skeleton->n_vertices,
                            .n_bone_faces = skeleton->n_faces,
                            .n_parts = (size_t)skeleton->n_groups,
                            .n_skeleton_modes = skeleton->n_modes,
                            .n_joints = (size_t)skeleton->n_segments,
                            .n_dofs = n_dofs,
                            .family = model->family,
                            .n_pose_features = body->n_features,
                            .n_rigid_parts = (size_t)skeleton->n_parts,
                            .has_reference = skeleton->published != NULL,
                            .skin_faces = (const int32_t *)(const void *)body->faces};
}
