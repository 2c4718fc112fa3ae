/** The files that a run writes. */
#include "cli/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/status.h"
#include "cli/display.h"
#include "cli/rig_outputs.h"
#include "cli/sequence_input.h"

void oik_output_name(oik_buf *name, const char *input_path) {
    const char *slash = strrchr(input_path, '/');
    const char *base = slash ? slash + 1 : input_path;
    const char *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    oik_buf_printf(name, "%.*s", length, base);
}

static oik_status make_room(oik_output_list *list) {
    if (list->n < list->room)
        return OIK_OK;
    size_t room = list->room ? 2 * list->room : 64;
    oik_output *files = oik_resize(list->files, room, sizeof *files, NULL);
    if (!files)
        return OIK_E_MEMORY;
    list->files = files;
    list->room = room;
    return OIK_OK;
}

void oik_output_add(oik_output_list *list, oik_output_kind kind, int item, const char *what, const char *folder, const char *name,
                    const char *suffix) {
    if (!list->status)
        list->status = make_room(list);
    if (list->status)
        return;
    list->files[list->n++] = (oik_output){.kind = kind, .item = item};
    oik_buf_printf(&list->text, "%s%s%s", folder, name, suffix);
    oik_buf_append(&list->text, "", 1);
    oik_buf_append(&list->text, what, strlen(what) + 1);
    list->status = list->text.status;
}

static void set_pointers(oik_outputs *out) {
    const char *next = out->text;
    for (size_t i = 0; i < out->n; i++) {
        out->files[i].path = out->paths[i] = next;
        next += strlen(next) + 1;
        out->files[i].what = next;
        next += strlen(next) + 1;
    }
}

/** One mesh per name in NAME_FOLDER/; kind: what the names are of, "part:" or "bone:". */
static void plan_meshes(oik_output_list *list, const char *name, const char *folder_suffix, const char *kind,
                        char (*names)[OIK_NAME_LENGTH], int n) {
    oik_buf folder = {0}, what = {0};
    oik_buf_printf(&folder, "%s%s", name, folder_suffix);
    for (int i = 0; i < n && !list->status; i++) {
        what.size = 0;
        oik_buf_printf(&what, "%s%s", kind, names[i]);
        list->status = folder.status ? folder.status : what.status;
        if (!list->status)
            oik_output_add(list, OIK_OUT_SKELETON, 0, what.data, folder.data, names[i], ".ply");
    }
    oik_buf_free(&folder);
    oik_buf_free(&what);
}

static bool is_wanted(oik_output_kind kind, const oik_options *options, bool sequence) {
    bool over_time = sequence || options->motion;
    switch (kind) {
    case OIK_OUT_FRAMES: return !options->no_frame_meshes;
    case OIK_OUT_CHAIN: return options->exports & OIK_EXPORT_JSON;
    case OIK_OUT_ANGLES: return options->exports & OIK_EXPORT_CSV;
    case OIK_OUT_ISB: return options->exports & OIK_EXPORT_ISB;
    case OIK_OUT_PICTURE: return options->exports & OIK_EXPORT_PNG;
    case OIK_OUT_REPORT: return options->display || (options->exports & OIK_EXPORT_REPORT);
    case OIK_OUT_SEGMENTS:
    case OIK_OUT_RATES: return over_time && (options->exports & OIK_EXPORT_CSV);
    case OIK_OUT_MOTION: return over_time && (options->exports & OIK_EXPORT_JSON);
    default: return true;
    }
}

/** Suffixes of the files in tmp/ that hold results of stages. */
static const char *const stage_suffix[OIK_N_STAGES] = {"_body_posed.npz", "_skel_lying.npz", "_skel_posed.npz"};

void oik_output_stage_file(oik_buf *path, const char *name, oik_stage stage) {
    oik_buf_printf(path, "tmp/%s%s", name, stage_suffix[stage]);
}

oik_status oik_outputs_plan(oik_outputs *out, const oik_model *model, const char *name, const oik_options *options,
                            oik_error *err) {
    enum { BODY = 1, SEQUENCE = 2, BOTH = 3 };
    const struct {
        oik_output_kind kind;
        const char *folder, *suffix;
        int of;
    } fixed[] = {{OIK_OUT_LYING, "tmp/", "_skel_lying.ply", BOTH},
                 {OIK_OUT_BODY_POSED, "tmp/", "_body_posed.ply", BODY},
                 {OIK_OUT_BODY_LYING, "tmp/", "_body_lying.ply", BOTH},
                 {OIK_OUT_BODY_FILE, "tmp/", stage_suffix[OIK_STAGE_REGISTRATION], BODY},
                 {OIK_OUT_LYING_FILE, "tmp/", stage_suffix[OIK_STAGE_PLACING], BODY},
                 {OIK_OUT_POSED_FILE, "tmp/", stage_suffix[OIK_STAGE_POSING], BODY},
                 {OIK_OUT_TRACK, "tmp/", "_track.bin", SEQUENCE},
                 {OIK_OUT_SKELETON, "", "_skel_posed.ply", BODY},
                 {OIK_OUT_FRAMES, "", "_frames", SEQUENCE},
                 {OIK_OUT_CHAIN, "", "_chain.json", BOTH},
                 {OIK_OUT_ANGLES, "", "_angles.csv", BOTH},
                 {OIK_OUT_ISB, "", "_isb.csv", BOTH},
                 {OIK_OUT_PICTURE, "", ".png", BOTH},
                 {OIK_OUT_SEGMENTS, "", "_segments.csv", BOTH},
                 {OIK_OUT_RATES, "", "_rates.csv", BOTH},
                 {OIK_OUT_MOTION, "", "_motion.json", BOTH},
                 {OIK_OUT_REPORT, "", "_report.html", BOTH}};
    bool sequence = oik_wants_sequence(options);
    const oik_skel_model *skeleton = model->skeleton;
    oik_output_list list = {0};
    *out = (oik_outputs){0};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if ((fixed[i].of & (sequence ? SEQUENCE : BODY)) && is_wanted(fixed[i].kind, options, sequence))
            oik_output_add(&list, fixed[i].kind, 0, "all", fixed[i].folder, name, fixed[i].suffix);
    if (options->per_parts)
        plan_meshes(&list, name, "_parts/", "part:", skeleton->group_names, skeleton->n_groups);
    if (options->per_bones)
        plan_meshes(&list, name, "_bones/", "bone:", skeleton->bone_names, skeleton->n_bones);
    oik_rig_outputs_plan(&list, skeleton, name, options);
    oik_output_add(&list, OIK_OUT_SUMMARY, 0, "", "", name, "_summary.json");
    *out = (oik_outputs){.n = list.n, .files = list.files, .text = list.text.data, .paths = oik_new(list.n, sizeof *out->paths, err)};
    oik_status status = out->paths ? list.status : OIK_E_MEMORY;
    if (status) {
        oik_outputs_free(out);
        return oik_fail(err, status, "%s", oik_status_sentence(status));
    }
    set_pointers(out);
    return OIK_OK;
}

void oik_outputs_free(oik_outputs *outputs) {
    free(outputs->files);
    free(outputs->paths);
    free(outputs->text);
    *outputs = (oik_outputs){0};
}

static bool is_rig_mesh(const oik_output *file) {
    return file->kind == OIK_OUT_RIG_OBJ || file->kind == OIK_OUT_RIG_STL;
}

void oik_outputs_print(FILE *to, const oik_outputs *outputs, const char *dir) {
    for (size_t i = 0; i < outputs->n; i++) {
        const oik_output *file = &outputs->files[i];
        if (!is_rig_mesh(file)) {
            fprintf(to, "%s/%s\n", dir, file->path);
        } else if (!is_rig_mesh(file - 1) || file->kind != file[-1].kind || file->item != file[-1].item) { /* never the first file */
            int before = (int)(strlen(file->path) - strlen(strrchr(file->path, '.')) - strlen(file->what));
            fprintf(to, "%s/%.*s*%s\n", dir, before, file->path, strrchr(file->path, '.'));
        }
    }
}

/** Cut the last part off a path: "a/b" -> "a", "a" -> ".", "/a" -> "/". */
static void to_parent(char *path) {
    char *slash = strrchr(path, '/');
    if (!slash)
        memcpy(path, ".", 2);
    else
        slash[slash == path] = '\0';
}

oik_status oik_outputs_check_directory(const char *dir, oik_error *err) {
    char *path = oik_new(strlen(dir) + 2, 1, err);
    if (!path)
        return OIK_E_MEMORY;
    memcpy(path, dir, strlen(dir) + 1);
    struct stat info;
    while (stat(path, &info) != 0 && errno == ENOENT && strcmp(path, ".") != 0 && strcmp(path, "/") != 0)
        to_parent(path);
    oik_status status = OIK_OK;
    if (stat(path, &info) != 0)
        status = oik_fail(err, OIK_E_IO, "%s: the output directory cannot be made: %s", dir, strerror(errno));
    else if (!S_ISDIR(info.st_mode))
        status = oik_fail(err, OIK_E_IO, "%s: expected a directory, found a file at %s", dir, path);
    else if (access(path, W_OK | X_OK) != 0)
        status = oik_fail(err, OIK_E_IO, "%s: the output directory cannot be written: %s: %s", dir, path, strerror(errno));
    free(path);
    return status;
}

static oik_status write_summary(const oik_results *r, const char *path, oik_error *err) {
    oik_buf text = {0};
    oik_status status = r->sequence ? oik_sequence_summary_json(&text, r->sequence, false, err)
                                    : oik_summary_json(&text, r->summary, false, err);
    if (!status)
        status = oik_buf_write_file(&text, path, err);
    oik_buf_free(&text);
    return status;
}

/** Of a sequence the last frame, which is said. */
static oik_status write_picture(const oik_results *r, const char *path, oik_error *err) {
    oik_buf title = {0};
    oik_buf_printf(&title, "%s", r->name);
    if (r->sequence && oik_motion_n_frames(r->motion) > 1)
        oik_buf_printf(&title, ", last of %zu frames", oik_motion_n_frames(r->motion));
    oik_status status = title.status ? oik_fail(err, title.status, "%s", oik_status_sentence(title.status))
                                     : oik_write_picture(r->body, r->posed, title.data, path, err);
    oik_buf_free(&title);
    return status;
}

static oik_status write_one(const oik_output *file, const oik_results *r, const char *path, oik_error *err) {
    switch (file->kind) {
    case OIK_OUT_SKELETON: return oik_write_skeleton(r->posed, file->what, path, err);
    case OIK_OUT_CHAIN: return oik_write_chain(r->chain, r->motion, path, err);
    case OIK_OUT_ANGLES: return oik_write_angles(r->over_time ? r->over_time : r->motion, path, err);
    case OIK_OUT_SEGMENTS: return oik_write_segments(r->over_time, path, err);
    case OIK_OUT_RATES: return oik_write_rates(r->over_time, path, err);
    case OIK_OUT_MOTION: return oik_write_motion(r->over_time, path, err);
    case OIK_OUT_LYING: return oik_write_skeleton(r->lying, "all", path, err);
    case OIK_OUT_BODY_POSED: return oik_write_body(r->model, r->body, 0, path, err);
    case OIK_OUT_BODY_LYING: return oik_write_body(r->model, r->body, 1, path, err);
    case OIK_OUT_BODY_FILE: return oik_body_save(r->body, r->model, path, err);
    case OIK_OUT_LYING_FILE: return oik_skeleton_save(r->lying, r->model, path, err);
    case OIK_OUT_POSED_FILE: return oik_skeleton_save(r->posed, r->model, path, err);
    case OIK_OUT_REPORT: return oik_display_write(r->display, r, path, err);
    case OIK_OUT_ISB: return oik_write_isb_angles(r->over_time ? r->over_time : r->motion, r->up, path, err);
    case OIK_OUT_PICTURE: return write_picture(r, path, err);
    case OIK_OUT_RIG:
    case OIK_OUT_RIG_OBJ:
    case OIK_OUT_RIG_STL: return oik_rig_outputs_write(r->rigs, file, path, err);
    case OIK_OUT_SUMMARY: return write_summary(r, path, err);
    case OIK_OUT_TRACK:
    case OIK_OUT_FRAMES: return OIK_OK; /* written on the way */
    }
    return oik_fail(err, OIK_E_ARGUMENT, "%s: unknown kind of output", path);
}

/** Was the file there already, and read? */
static bool is_kept(oik_output_kind kind, const oik_results *r) {
    switch (kind) {
    case OIK_OUT_BODY_FILE: return r->cached && r->cached[OIK_STAGE_REGISTRATION];
    case OIK_OUT_LYING_FILE: return r->cached && r->cached[OIK_STAGE_PLACING];
    case OIK_OUT_POSED_FILE: return r->cached && r->cached[OIK_STAGE_POSING];
    case OIK_OUT_TRACK:
    case OIK_OUT_FRAMES: return true;
    default: return false;
    }
}

/** Remove the folders above a file that are empty, up to dir, whose length is n_dir. Changes path. */
static void remove_folders(char *path, size_t n_dir) {
    for (char *slash; (slash = strrchr(path, '/')) && slash > path + n_dir;) {
        *slash = '\0';
        if (rmdir(path) != 0) /* other files are there */
            return;
    }
}

/** Remove what was written, and the folders that this leaves empty. File n_written is the one that failed. */
static void take_back(const oik_outputs *outputs, size_t n_written, const oik_results *results, const char *dir, bool dir_existed) {
    oik_buf path = {0};
    for (size_t i = 0; i < outputs->n; i++) {
        const oik_output *file = &outputs->files[i];
        path.size = 0;
        oik_buf_printf(&path, "%s/%s", dir, file->path);
        if (path.status)
            break;
        if (i < n_written && !is_kept(file->kind, results))
            unlink(path.data);
        remove_folders(path.data, strlen(dir));
    }
    if (!dir_existed)
        rmdir(dir);
    oik_buf_free(&path);
}

/** "dir/folder" of one file, made when it is not there. */
static oik_status make_folder(const oik_output *file, const char *dir, oik_error *err) {
    oik_buf folder = {0};
    const char *slash = strrchr(file->path, '/');
    oik_buf_printf(&folder, "%s/%.*s", dir, slash ? (int)(slash - file->path) : 0, file->path);
    oik_status status = folder.status ? oik_fail(err, folder.status, "%s", oik_status_sentence(folder.status))
                                      : oik_dir_make(folder.data, err);
    oik_buf_free(&folder);
    return status;
}

oik_status oik_outputs_write(const oik_outputs *outputs, const char *dir, const oik_results *results, oik_error *err) {
    struct stat info;
    bool dir_existed = stat(dir, &info) == 0;
    oik_buf path = {0};
    oik_status status = OIK_OK;
    size_t n_written = 0;
    while (!status && n_written < outputs->n) {
        const oik_output *file = &outputs->files[n_written];
        status = make_folder(file, dir, err);
        path.size = 0;
        oik_buf_printf(&path, "%s/%s", dir, file->path);
        if (!status && path.status)
            status = oik_fail(err, path.status, "%s", oik_status_sentence(path.status));
        if (!status && !is_kept(file->kind, results))
            status = write_one(file, results, path.data, err);
        n_written += status == OIK_OK;
    }
    if (status)
        take_back(outputs, n_written, results, dir, dir_existed);
    oik_buf_free(&path);
    return status;
}
