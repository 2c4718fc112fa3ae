/** Meshes to files: the registered body and the bones. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "export/picture.h"
#include "export/skeleton_ply.h"
#include "mesh/mesh_io.h"
#include "skeleton/lying.h"

#define MODEL_FRAME "model: x to the subject's left, y up, z forward"
#define INPUT_FRAME "that of the input mesh"

/** In the order and units of the input, so that vertex i of the file fits vertex i of the input. */
static void fill_posed(oik_mesh *mesh, const oik_body *body) {
    for (size_t i = 0; i < body->n_vertices; i++)
        mesh->vertices[body->input_index[i]] = v3_scale(body->fit.x_model[i], body->input.units_per_metre);
    for (size_t f = 0; f < body->n_faces; f++)
        for (int k = 0; k < 3; k++)
            mesh->faces[f][k] = body->input_index[body->faces[f][k]];
}

/** The subject's own skin in the lying pose, around the lying bones. */
static oik_status fill_lying(oik_mesh *mesh, const oik_model *model, const oik_body *body, oik_error *err) {
    oik_lying_skin skin = {0};
    oik_status status = oik_lying_skin_new(&skin, model->skeleton, model->body, &body->fit, err);
    if (!status) {
        memcpy(mesh->vertices, skin.x, body->n_vertices * sizeof *mesh->vertices);
        memcpy(mesh->faces, body->faces, body->n_faces * sizeof *mesh->faces);
    }
    oik_lying_skin_free(&skin);
    return status;
}

oik_status oik_write_body(const oik_model *model, const oik_body *body, int lying, const char *path, oik_error *err) {
    char unit[32] = "unit ";
    strncat(unit, lying ? "m" : body->input.unit_name, sizeof unit - sizeof "unit ");
    const char *comments[] = {unit, lying ? "frame " MODEL_FRAME : "frame " INPUT_FRAME};
    oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY, .comments = comments, .n_comments = 2};
    oik_mesh *mesh = NULL;
    oik_status status = oik_check_body(body, model, err);
    if (!status)
        status = oik_mesh_new(&mesh, body->n_vertices, body->n_faces, err);
    if (!status) {
        if (lying)
            status = fill_lying(mesh, model, body, err);
        else
            fill_posed(mesh, body);
    }
    if (!status)
        status = oik_mesh_write(mesh, path, &options, err);
    oik_mesh_free(mesh);
    return status;
}

/** Index of a name, -1 when it is not there. */
static int32_t find_name(const char *const *names, size_t n, const char *wanted) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], wanted) == 0)
            return (int32_t)i;
    return -1;
}

/** The text behind a prefix such as "bone:", or NULL when text starts otherwise. */
static const char *after_prefix(const char *text, const char *prefix) {
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/**
 * Turn "all", "part:NAME", "bone:NAME" or NAME into a selection. A plain name that a part and a bone share (a part of one bone)
 * means the part.
 */
static oik_status select_group(oik_skeleton_ply *ply, const oik_skeleton *s, const char *what, oik_error *err) {
    if (strcmp(what, "all") == 0)
        return OIK_OK;
    const char *part = after_prefix(what, "part:"), *bone = after_prefix(what, "bone:");
    int32_t part_index = bone ? -1 : find_name(s->part_names, s->n_parts, part ? part : what);
    int32_t bone_index = part ? -1 : find_name(s->bone_names, s->n_bones, bone ? bone : what);
    if (part_index >= 0) {
        ply->group_of_vertex = s->part_of_vertex;
        ply->group = part_index;
    } else if (bone_index >= 0) {
        ply->group_of_vertex = s->bone_of_vertex;
        ply->group = bone_index;
    } else {
        return oik_fail(err, OIK_E_ARGUMENT, "the skeleton has no part or bone called \"%.60s\"", what);
    }
    return OIK_OK;
}

oik_status oik_write_skeleton(const oik_skeleton *s, const char *what, const char *path, oik_error *err) {
    oik_skeleton_ply ply = {.n_vertices = s->n_vertices,
                            .n_faces = s->n_faces,
                            .n_bones = s->n_bones,
                            .vertices = s->vertices,
                            .faces = (const int32_t(*)[3])s->faces,
                            .bone_of_vertex = s->bone_of_vertex,
                            .bone_names = s->bone_names,
                            .units_per_metre = s->units_per_metre,
                            .unit = s->unit_name,
                            .frame = s->posed ? INPUT_FRAME : MODEL_FRAME};
    oik_status status = select_group(&ply, s, what, err);
    if (!status)
        status = oik_skeleton_ply_write(&ply, path, err);
    return status;
}

/** Left, up and forward of the pelvis, whose ISB frame is forward, up and right. */
static oik_mat3 pelvis_axes(const oik_kinematics *kinematics) {
    oik_mat3 R = kinematics->segments[0].R;
    return m3_columns(v3_scale(m3_column(R, 2), -1.0), m3_column(R, 1), m3_column(R, 0));
}

oik_status oik_write_picture(const oik_body *body, const oik_skeleton *posed, const char *title, const char *path, oik_error *err) {
    if (!posed->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a picture shows posed bones in their body, this skeleton is lying");
    oik_picture picture = {.name = title,
                           .stature = body->stature,
                           .n_skin_vertices = body->n_vertices,
                           .n_skin_faces = body->n_faces,
                           .skin_vertices = body->x,
                           .skin_faces = (const int32_t(*)[3])body->faces,
                           .n_bone_vertices = posed->n_vertices,
                           .n_bone_faces = posed->n_faces,
                           .bone_vertices = posed->vertices,
                           .bone_faces = (const int32_t(*)[3])posed->faces,
                           .bone_of_vertex = posed->bone_of_vertex,
                           .upright = oik_picture_upright(pelvis_axes(posed->kinematics))};
    return oik_picture_write(&picture, path, err);
}
