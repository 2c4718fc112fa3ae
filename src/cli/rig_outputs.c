/** The files of --export that are made from rigs (see rig_outputs.h). */
#include "cli/rig_outputs.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/bvh.h"
#include "export/c3d.h"
#include "export/glb.h"
#include "export/mjcf.h"
#include "export/obj_geometry.h"
#include "export/osim_addb.h"
#include "export/osim_files.h"
#include "export/rig_meshes.h"
#include "export/urdf.h"
#include "rig/rig.h"

/** oik_output.item; OpenSim's files come first, in the order of oik_osim_file. */
typedef enum rig_item { MJCF = OIK_OSIM_N_FILES, URDF, BVH, C3D, GLB, ADDB_SUBJECT, ADDB_MODEL, ADDB_MARKERS, N_ITEMS } rig_item;

static const unsigned format_of[N_ITEMS] = {[OIK_OSIM_MODEL] = OIK_EXPORT_OSIM,
                                            [OIK_OSIM_MOTION] = OIK_EXPORT_OSIM | OIK_EXPORT_MOT,
                                            [OIK_OSIM_MARKERS] = OIK_EXPORT_OSIM | OIK_EXPORT_TRC,
                                            [OIK_OSIM_STATIC] = OIK_EXPORT_OSIM,
                                            [OIK_OSIM_IK_SETUP] = OIK_EXPORT_OSIM,
                                            [OIK_OSIM_SCALE_SETUP] = OIK_EXPORT_OSIM,
                                            [MJCF] = OIK_EXPORT_MJCF,
                                            [URDF] = OIK_EXPORT_URDF,
                                            [BVH] = OIK_EXPORT_BVH,
                                            [C3D] = OIK_EXPORT_C3D,
                                            [GLB] = OIK_EXPORT_GLB,
                                            [ADDB_SUBJECT] = OIK_EXPORT_ADDB,
                                            [ADDB_MODEL] = OIK_EXPORT_ADDB,
                                            [ADDB_MARKERS] = OIK_EXPORT_ADDB};

/** Which rig an item is made from. */
static oik_rig_detail detail_of(int item, unsigned osim_detail) {
    if (item < OIK_OSIM_N_FILES)
        return (oik_rig_detail)osim_detail;
    return item >= ADDB_SUBJECT ? OIK_RIG_PLAIN : OIK_RIG_FULL;
}

/* ------------------------------------------------------------------ names */

void oik_rig_output_name(char out[OIK_RIG_NAME_LENGTH], const char *name) {
    oik_rig_plain_name(out, OIK_RIG_NAME_LENGTH, name);
}

typedef struct bone_list {
    int n;
    char (*names)[OIK_NAME_LENGTH];
} bone_list;

/** Bones of a model as its rigs name them: those that have vertices. */
static oik_status bone_list_new(bone_list *list, const oik_skel_model *skeleton, oik_error *err) {
    *list = (bone_list){0};
    oik_status status = oik_rig_bone_names(&list->names, skeleton, err);
    for (int b = 0; b < skeleton->n_bones && !status; b++)
        if (list->names[b][0])
            memmove(list->names[list->n++], list->names[b], OIK_NAME_LENGTH);
    return status;
}

static int find_bone(const oik_rig *rig, const char *name) {
    for (int b = 0; b < rig->n_bones; b++)
        if (strcmp(rig->bones[b].name, name) == 0)
            return b;
    return -1;
}

/** The plan must know the name of every bone's file. */
static oik_status check_bones(const oik_rig *rig, const bone_list *bones, oik_error *err) {
    int n_found = 0;
    for (int b = 0; b < bones->n; b++)
        n_found += find_bone(rig, bones->names[b]) >= 0;
    if (n_found == bones->n && bones->n == rig->n_bones)
        return OIK_OK;
    return oik_fail(err, OIK_E_MODEL, "%d of the model's %d bones have a name that is theirs alone in letters, digits and _; all must have",
                    n_found, rig->n_bones);
}

/* ------------------------------------------------------------------ plan */

/** What follows the input's name; free it. NULL when out of memory. */
static char *suffix_of(int item, const char *rig_name) {
    static const char *const suffix[N_ITEMS] = {[MJCF] = "_mjcf.xml",
                                                [URDF] = ".urdf",
                                                [BVH] = ".bvh",
                                                [C3D] = ".c3d",
                                                [GLB] = ".glb",
                                                [ADDB_SUBJECT] = "_addb/_subject.json",
                                                [ADDB_MODEL] = "_addb/unscaled_generic.osim",
                                                [ADDB_MARKERS] = "_addb/"};
    oik_buf text = {0};
    oik_buf_printf(&text, "%s", item < OIK_OSIM_N_FILES ? oik_osim_file_suffix((oik_osim_file)item) : suffix[item]);
    if (item == ADDB_MARKERS)
        oik_addb_trial_path(&text, rig_name);
    if (text.status)
        oik_buf_free(&text);
    return text.data;
}

static void plan_obj(oik_output_list *list, const char *rig_name, const char *bone) {
    oik_buf path = {0};
    oik_obj_geometry_path(&path, rig_name, bone);
    if (path.status)
        list->status = path.status;
    else
        oik_output_add(list, OIK_OUT_RIG_OBJ, OIK_OSIM_MODEL, bone, "", "", path.data);
    oik_buf_free(&path);
}

static void plan_stl(oik_output_list *list, const char *rig_name, const char *bone) {
    oik_buf path = {0};
    oik_rig_mesh_name(&path, rig_name, bone);
    if (path.status)
        list->status = path.status;
    else
        oik_output_add(list, OIK_OUT_RIG_STL, MJCF, bone, "", "", path.data);
    oik_buf_free(&path);
}

static void plan_bones(oik_output_list *list, const bone_list *bones, const char *rig_name, unsigned exports) {
    for (int b = 0; b < bones->n && (exports & OIK_EXPORT_OSIM) && !list->status; b++)
        plan_obj(list, rig_name, bones->names[b]);
    for (int b = 0; b < bones->n && (exports & (OIK_EXPORT_MJCF | OIK_EXPORT_URDF)) && !list->status; b++)
        plan_stl(list, rig_name, bones->names[b]);
}

void oik_rig_outputs_plan(oik_output_list *list, const oik_skel_model *skeleton, const char *name, const oik_options *options) {
    char rig_name[OIK_RIG_NAME_LENGTH];
    bone_list bones;
    if (list->status || !(options->exports & OIK_EXPORT_RIGS))
        return;
    oik_rig_output_name(rig_name, name);
    list->status = bone_list_new(&bones, skeleton, NULL);
    for (int item = 0; item < N_ITEMS && !list->status; item++) {
        if (!(format_of[item] & options->exports))
            continue;
        char *suffix = suffix_of(item, rig_name);
        list->status = suffix ? OIK_OK : OIK_E_MEMORY;
        if (suffix)
            oik_output_add(list, OIK_OUT_RIG, item, "", "", name, suffix);
        free(suffix);
    }
    if (!list->status)
        plan_bones(list, &bones, rig_name, options->exports);
    free(bones.names);
}

/* ------------------------------------------------------------------ rigs */

static bool is_of_rig(const oik_output *file) {
    return file->kind == OIK_OUT_RIG || file->kind == OIK_OUT_RIG_OBJ || file->kind == OIK_OUT_RIG_STL;
}

/** Detail of the rig that a file is made from, -1: none. A report plays what moves over time. */
static int rig_needed(const oik_output *file, const oik_results *results, unsigned osim_detail) {
    if (file->kind == OIK_OUT_REPORT && results->over_time)
        return OIK_RIG_FULL;
    return is_of_rig(file) ? (int)detail_of(file->item, osim_detail) : -1;
}

/** A subject or a motion that a format cannot hold is bad input, not a wrong call. */
static oik_status as_input(oik_status status, oik_error *err) {
    if (status != OIK_E_ARGUMENT)
        return status;
    if (err)
        err->status = OIK_E_FORMAT;
    return OIK_E_FORMAT;
}

static oik_status make_rig(oik_rig_outputs *out, int detail, const oik_results *r, const oik_options *o, const bone_list *bones,
                           oik_error *err) {
    char rig_name[OIK_RIG_NAME_LENGTH];
    oik_rig_output_name(rig_name, out->name);
    const oik_rig_options options = {
        .name = rig_name, .mass = o->mass, .full = detail == OIK_RIG_FULL, .up = {r->up[0], r->up[1], r->up[2]}};
    oik_status status = oik_rig_from_skeleton(&out->rigs[detail], r->model, r->body, r->moved,
                                              r->over_time ? r->over_time : r->motion, &options, err);
    if (!status)
        status = oik_rig_check(out->rigs[detail], err);
    return status ? status : check_bones(out->rigs[detail], bones, err);
}

oik_status oik_rig_outputs_new(oik_rig_outputs *out, const oik_results *results, const oik_outputs *plan, const oik_options *options,
                               oik_error *err) {
    bone_list bones;
    *out = (oik_rig_outputs){.name = results->name,
                             .osim_detail = options->osim_detail == OIK_OSIM_DETAIL_FULL ? OIK_RIG_FULL : OIK_RIG_PLAIN};
    oik_status status = bone_list_new(&bones, results->model->skeleton, err);
    for (size_t i = 0; i < plan->n && !status; i++) {
        const oik_output *file = &plan->files[i];
        int detail = rig_needed(file, results, out->osim_detail);
        if (detail >= 0 && !out->rigs[detail])
            status = make_rig(out, detail, results, options, &bones, err);
        if (!status && file->kind == OIK_OUT_RIG && file->item == ADDB_SUBJECT) {
            status = oik_addb_check(out->rigs[detail], err);
            if (status)
                oik_error_prefix(err, "--export addb");
        }
    }
    free(bones.names);
    if (status)
        oik_error_prefix(err, "%s", results->input_path);
    return as_input(status, err);
}

void oik_rig_outputs_free(oik_rig_outputs *rigs) {
    oik_rig_free(rigs->rigs[OIK_RIG_PLAIN]);
    oik_rig_free(rigs->rigs[OIK_RIG_FULL]);
    *rigs = (oik_rig_outputs){0};
}

/* ------------------------------------------------------------------ writing */

static oik_status write_file(const oik_rig *rig, int item, const char *name, const char *path, oik_error *err) {
    switch (item) {
    case MJCF: return oik_mjcf_document_write(rig, path, err);
    case URDF: return oik_urdf_document_write(rig, path, err);
    case BVH: return oik_bvh_write(rig, path, err);
    case C3D: return oik_c3d_write(rig, path, err);
    case GLB: return oik_glb_write(rig, path, err);
    case ADDB_SUBJECT: return oik_addb_subject_write(rig, path, err);
    case ADDB_MODEL: return oik_addb_model_write(rig, path, err);
    case ADDB_MARKERS: return oik_addb_markers_write(rig, path, err);
    default: return oik_osim_file_write(rig, (oik_osim_file)item, name, path, err);
    }
}

oik_status oik_rig_outputs_write(const oik_rig_outputs *rigs, const oik_output *file, const char *path, oik_error *err) {
    const oik_rig *rig = rigs->rigs[detail_of(file->item, rigs->osim_detail)];
    if (file->kind == OIK_OUT_RIG_STL)
        return as_input(oik_rig_mesh_write(&rig->bones[find_bone(rig, file->what)], path, err), err);
    if (file->kind == OIK_OUT_RIG_OBJ)
        return as_input(oik_obj_geometry_write(&rig->bones[find_bone(rig, file->what)], path, err), err);
    return as_input(write_file(rig, file->item, rigs->name, path, err), err);
}
