/** Stages 2-4: the skeleton shaped and placed in the lying body, then posed into the input body. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"

static int poll_step(void *context, int iteration, const oik_puppet *puppet, double cost) {
    (void)iteration, (void)puppet, (void)cost;
    return oik_cancel_poll(context);
}

static oik_skel_options stage_settings(const oik_stage_options *options, oik_cancel *cancel) {
    oik_skel_options settings = oik_skel_options_default();
    cancel->options = options;
    settings.cost_tolerance *= oik_tolerance_factor(options);
    settings.on_step = poll_step;
    settings.on_step_context = cancel;
    return settings;
}

/** Room for the mesh and its labels. */
static oik_status allocate(oik_skeleton *s, const oik_skel_model *model, oik_error *err) {
    s->n_vertices = model->n_vertices;
    s->n_faces = model->n_faces;
    s->n_bones = (size_t)model->n_bones;
    s->n_parts = (size_t)model->n_groups;
    s->units_per_metre = 1.0;
    s->unit_name = "m";
    s->vertices = oik_new(s->n_vertices, sizeof *s->vertices, err);
    s->faces = oik_new(s->n_faces, sizeof *s->faces, err);
    s->bone_of_vertex = oik_new(s->n_vertices, sizeof *s->bone_of_vertex, err);
    s->part_of_vertex = oik_new(s->n_vertices, sizeof *s->part_of_vertex, err);
    s->bone_text = oik_new(s->n_bones, sizeof *s->bone_text, err);
    s->part_text = oik_new(s->n_parts, sizeof *s->part_text, err);
    s->bone_names = oik_new(s->n_bones, sizeof *s->bone_names, err);
    s->part_names = oik_new(s->n_parts, sizeof *s->part_names, err);
    bool complete = s->vertices && s->faces && s->bone_of_vertex && s->part_of_vertex && s->bone_text && s->part_text &&
                    s->bone_names && s->part_names;
    return complete ? OIK_OK : OIK_E_MEMORY;
}

static void copy_names(char (*text)[OIK_NAME_LENGTH], const char **names, char (*from)[OIK_NAME_LENGTH], size_t n) {
    memcpy(text, from, n * sizeof *text);
    for (size_t i = 0; i < n; i++)
        names[i] = text[i];
}

oik_status oik_skeleton_new(oik_skeleton **out, const oik_skel_model *model, oik_error *err) {
    *out = NULL;
    oik_skeleton *s = oik_new(1, sizeof *s, err);
    oik_status status = s ? allocate(s, model, err) : OIK_E_MEMORY;
    if (status) {
        oik_skeleton_free(s);
        return status;
    }
    memcpy(s->faces, model->faces, s->n_faces * sizeof *s->faces);
    memcpy(s->bone_of_vertex, model->vertex_bone, s->n_vertices * sizeof *s->bone_of_vertex);
    for (size_t i = 0; i < s->n_vertices; i++)
        s->part_of_vertex[i] = model->part_group[model->point_part[i]];
    copy_names(s->bone_text, s->bone_names, model->bone_names, s->n_bones);
    copy_names(s->part_text, s->part_names, model->group_names, s->n_parts);
    *out = s;
    return OIK_OK;
}

oik_status oik_skeleton_refresh(oik_skeleton *s, const oik_skel_model *model, oik_error *err) {
    oik_kinematics *kinematics = NULL;
    oik_status status = oik_skel_kinematics(&kinematics, model, s->puppet, err);
    if (status)
        return status;
    oik_kinematics_free(s->kinematics);
    s->kinematics = kinematics;
    oik_puppet_vertices(s->vertices, s->puppet, model);
    return OIK_OK;
}

oik_status oik_skeleton_infer(oik_skeleton **out, const oik_model *model, const oik_body *body,
                              const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    oik_cancel cancel = {0};
    oik_skel_options settings = stage_settings(options, &cancel);
    oik_skeleton *s = NULL;
    oik_status status = oik_skeleton_new(&s, model->skeleton, err);
    if (status)
        return status;
    status = oik_skel_infer(&s->puppet, &s->report, model->skeleton, model->body, &body->fit, &settings, err);
    status = oik_cancel_status(&cancel, status, "placing the skeleton", err);
    if (!status)
        status = oik_skeleton_refresh(s, model->skeleton, err);
    if (status) {
        oik_skeleton_free(s);
        return status;
    }
    *out = s;
    return OIK_OK;
}

oik_status oik_skeleton_pose(oik_skeleton **out, const oik_model *model, const oik_body *body, const oik_skeleton *lying,
                             const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    if (lying->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a lying skeleton is expected, this one is posed already");
    oik_cancel cancel = {0};
    oik_skel_options settings = stage_settings(options, &cancel);
    oik_skeleton *s = NULL;
    oik_status status = oik_skeleton_new(&s, model->skeleton, err);
    if (status)
        return status;
    status = oik_skel_pose(&s->puppet, &s->report, model->skeleton, model->body, &body->fit, body->x,
                           (const int32_t(*)[3])body->faces, body->n_faces, lying->puppet, &settings, err);
    status = oik_cancel_status(&cancel, status, "posing the skeleton", err);
    if (!status)
        status = oik_skeleton_refresh(s, model->skeleton, err);
    if (!status)
        status = oik_skel_kinematics(&s->lying, model->skeleton, lying->puppet, err);
    if (status) {
        oik_skeleton_free(s);
        return status;
    }
    s->posed = true;
    s->units_per_metre = body->input.units_per_metre;
    s->unit_name = body->input.unit_name;
    *out = s;
    return OIK_OK;
}

void oik_skeleton_free(oik_skeleton *skeleton) {
    if (!skeleton)
        return;
    oik_puppet_free(skeleton->puppet);
    oik_kinematics_free(skeleton->kinematics);
    oik_kinematics_free(skeleton->lying);
    free(skeleton->vertices);
    free(skeleton->faces);
    free(skeleton->bone_of_vertex);
    free(skeleton->part_of_vertex);
    free(skeleton->bone_text);
    free(skeleton->part_text);
    free(skeleton->bone_names);
    free(skeleton->part_names);
    free(skeleton);
}

oik_skeleton_info oik_skeleton_get_info(const oik_skeleton *s) {
    return (oik_skeleton_info){.n_vertices = s->n_vertices,
                               .n_faces = s->n_faces,
                               .n_bones = s->n_bones,
                               .n_parts = s->n_parts,
                               .bone_names = s->bone_names,
                               .part_names = s->part_names,
                               .bone_of_vertex = s->bone_of_vertex,
                               .part_of_vertex = s->part_of_vertex,
                               .faces = (const int32_t *)(const void *)s->faces,
                               .vertices = (const double *)(const void *)s->vertices, /* see base/vec3.h */
                               .initial_cost = s->report.initial_cost,
                               .final_cost = s->report.final_cost,
                               .n_iterations = s->report.n_accepted,
                               .stop = oik_lsq_stop_name(s->report.stop)};
}
