/** Bones with their labels: the result of stages 2 to 4. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"

/** Room for the mesh and its labels. */
static oik_status allocate(oik_skeleton *s, const oik_skel_model *model, oik_error *err) {
    s->n_vertices = model->n_vertices;
    s->n_faces = model->n_faces;
    s->n_bones = (size_t)model->n_bones;
    s->n_parts = (size_t)model->n_groups;
    s->units_per_metre = 1.0;
    memcpy(s->unit_name, "m", sizeof "m");
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

oik_status oik_skeleton_set_posed(oik_skeleton *s, const oik_skel_model *model, const oik_body *body, const oik_puppet *lying,
                                  oik_error *err) {
    s->posed = true;
    s->units_per_metre = body->input.units_per_metre;
    snprintf(s->unit_name, sizeof s->unit_name, "%s", body->input.unit_name);
    return oik_skel_kinematics(&s->lying, model, lying, err);
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
    oik_call_info first = oik_skeleton_get_call(s, 0), last = oik_skeleton_get_call(s, (size_t)s->calls.n - 1);
    int n_iterations = 0;
    for (int i = 0; i < s->calls.n; i++)
        n_iterations += s->calls.report[i].n_accepted;
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
                               .initial_cost = first.initial_cost,
                               .final_cost = last.final_cost,
                               .n_iterations = n_iterations,
                               .stop = last.stop};
}

size_t oik_skeleton_n_calls(const oik_skeleton *skeleton) {
    return (size_t)skeleton->calls.n;
}

oik_call_info oik_skeleton_get_call(const oik_skeleton *skeleton, size_t index) {
    return oik_stage_call_info(&skeleton->origin, &skeleton->calls, index);
}
