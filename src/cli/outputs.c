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

void oik_output_name(oik_buf *name, const char *input_path) {
    const char *slash = strrchr(input_path, '/');
    const char *base = slash ? slash + 1 : input_path;
    const char *dot = strrchr(base, '.');
    int length = dot && dot > base ? (int)(dot - base) : (int)strlen(base);
    oik_buf_printf(name, "%.*s", length, base);
}

/** Append the NUL-terminated "path" and "what" of one file; pointers are set when the text has stopped moving. */
static void add(oik_buf *text, oik_output *file, oik_output_kind kind, const char *what_kind, const char *what, const char *folder,
                const char *name, const char *suffix) {
    file->kind = kind;
    oik_buf_printf(text, "%s%s%s", folder, name, suffix);
    oik_buf_append(text, "", 1);
    oik_buf_printf(text, "%s%s", what_kind, what);
    oik_buf_append(text, "", 1);
}

static void add_all_parts(oik_buf *text, oik_output *files, const char *what_kind, const char *const *names, size_t n,
                          const char *folder) {
    for (size_t i = 0; i < n; i++)
        add(text, &files[i], OIK_OUT_SKELETON, what_kind, names[i], folder, names[i], ".ply");
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

/** Names as the writers take them. */
static const char **name_list(char (*text)[OIK_NAME_LENGTH], int n, oik_error *err) {
    const char **names = oik_new((size_t)n, sizeof *names, err);
    for (int i = 0; names && i < n; i++)
        names[i] = text[i];
    return names;
}

static oik_status plan_groups(oik_outputs *out, oik_buf *text, const oik_skel_model *skeleton, const char *name,
                              const oik_options *options, oik_error *err) {
    oik_buf folder = {0};
    const char **parts = name_list(skeleton->group_names, skeleton->n_groups, err);
    const char **bones = name_list(skeleton->bone_names, skeleton->n_bones, err);
    oik_status status = parts && bones ? OIK_OK : OIK_E_MEMORY;
    if (!status && options->per_parts) {
        oik_buf_printf(&folder, "%s_parts/", name);
        add_all_parts(text, out->files + out->n, "part:", parts, (size_t)skeleton->n_groups, folder.data ? folder.data : "");
        out->n += (size_t)skeleton->n_groups;
    }
    folder.size = 0;
    if (!status && options->per_bones) {
        oik_buf_printf(&folder, "%s_bones/", name);
        add_all_parts(text, out->files + out->n, "bone:", bones, (size_t)skeleton->n_bones, folder.data ? folder.data : "");
        out->n += (size_t)skeleton->n_bones;
    }
    status = status ? status : folder.status;
    oik_buf_free(&folder);
    free(parts);
    free(bones);
    return status;
}

static bool is_wanted(oik_output_kind kind, const oik_options *options) {
    switch (kind) {
    case OIK_OUT_CHAIN: return options->exports & OIK_EXPORT_JSON;
    case OIK_OUT_ANGLES: return options->exports & OIK_EXPORT_CSV;
    case OIK_OUT_REPORT: return options->display;
    case OIK_OUT_SEGMENTS:
    case OIK_OUT_RATES: return options->motion && (options->exports & OIK_EXPORT_CSV);
    case OIK_OUT_MOTION: return options->motion && (options->exports & OIK_EXPORT_JSON);
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
    const struct {
        oik_output_kind kind;
        const char *folder, *suffix;
    } fixed[] = {{OIK_OUT_LYING, "tmp/", "_skel_lying.ply"},
                 {OIK_OUT_BODY_POSED, "tmp/", "_body_posed.ply"},
                 {OIK_OUT_BODY_LYING, "tmp/", "_body_lying.ply"},
                 {OIK_OUT_BODY_FILE, "tmp/", stage_suffix[OIK_STAGE_REGISTRATION]},
                 {OIK_OUT_LYING_FILE, "tmp/", stage_suffix[OIK_STAGE_PLACING]},
                 {OIK_OUT_POSED_FILE, "tmp/", stage_suffix[OIK_STAGE_POSING]},
                 {OIK_OUT_SKELETON, "", "_skel_posed.ply"},
                 {OIK_OUT_CHAIN, "", "_chain.json"},
                 {OIK_OUT_ANGLES, "", "_angles.csv"},
                 {OIK_OUT_SEGMENTS, "", "_segments.csv"},
                 {OIK_OUT_RATES, "", "_rates.csv"},
                 {OIK_OUT_MOTION, "", "_motion.json"},
                 {OIK_OUT_REPORT, "", "_report.html"}};
    enum { N_FIXED = sizeof fixed / sizeof *fixed };
    size_t room = N_FIXED + 1 + (size_t)model->skeleton->n_groups + (size_t)model->skeleton->n_bones;
    oik_buf text = {0};
    *out = (oik_outputs){.files = oik_new(room, sizeof *out->files, err), .paths = oik_new(room, sizeof *out->paths, err)};
    oik_status status = out->files && out->paths ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; !status && i < N_FIXED; i++) {
        if (is_wanted(fixed[i].kind, options))
            add(&text, &out->files[out->n++], fixed[i].kind, "", "all", fixed[i].folder, name, fixed[i].suffix);
    }
    if (!status)
        status = plan_groups(out, &text, model->skeleton, name, options, err);
    if (!status) {
        add(&text, &out->files[out->n++], OIK_OUT_SUMMARY, "", "", "", name, "_summary.json");
        status = text.status;
    }
    if (status) {
        oik_buf_free(&text);
        oik_outputs_free(out);
        return oik_fail(err, status, "%s", oik_status_sentence(status));
    }
    out->text = text.data; /* the buffer's block changes hands */
    set_pointers(out);
    return OIK_OK;
}

void oik_outputs_free(oik_outputs *outputs) {
    free(outputs->files);
    free(outputs->paths);
    free(outputs->text);
    *outputs = (oik_outputs){0};
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
    oik_status status = oik_summary_json(&text, r->summary, false, err);
    if (!status)
        status = oik_buf_write_file(&text, path, err);
    oik_buf_free(&text);
    return status;
}

static oik_status write_one(const oik_output *file, const oik_results *r, const char *path, oik_error *err) {
    switch (file->kind) {
    case OIK_OUT_SKELETON: return oik_write_skeleton(r->posed, file->what, path, err);
    case OIK_OUT_CHAIN: return oik_write_chain(r->chain, r->motion, path, err);
    case OIK_OUT_ANGLES: return oik_write_angles(r->driven ? r->driven : r->motion, path, err);
    case OIK_OUT_SEGMENTS: return oik_write_segments(r->driven, path, err);
    case OIK_OUT_RATES: return oik_write_rates(r->driven, path, err);
    case OIK_OUT_MOTION: return oik_write_motion(r->driven, path, err);
    case OIK_OUT_LYING: return oik_write_skeleton(r->lying, "all", path, err);
    case OIK_OUT_BODY_POSED: return oik_write_body(r->model, r->body, 0, path, err);
    case OIK_OUT_BODY_LYING: return oik_write_body(r->model, r->body, 1, path, err);
    case OIK_OUT_BODY_FILE: return oik_body_save(r->body, r->model, path, err);
    case OIK_OUT_LYING_FILE: return oik_skeleton_save(r->lying, r->model, path, err);
    case OIK_OUT_POSED_FILE: return oik_skeleton_save(r->posed, r->model, path, err);
    case OIK_OUT_REPORT: return oik_display_write(r->display, r, path, err);
    case OIK_OUT_SUMMARY: return write_summary(r, path, err);
    }
    return oik_fail(err, OIK_E_ARGUMENT, "%s: unknown kind of output", path);
}

/** Was the file there already, and read? */
static bool is_kept(oik_output_kind kind, const oik_results *r) {
    switch (kind) {
    case OIK_OUT_BODY_FILE: return r->cached[OIK_STAGE_REGISTRATION];
    case OIK_OUT_LYING_FILE: return r->cached[OIK_STAGE_PLACING];
    case OIK_OUT_POSED_FILE: return r->cached[OIK_STAGE_POSING];
    default: return false;
    }
}

/** Remove what was written, and the folders that this leaves empty and that were not there before. */
static void take_back(const oik_outputs *outputs, size_t n_written, const oik_results *results, const char *dir, bool dir_existed) {
    oik_buf path = {0};
    for (size_t i = 0; i < outputs->n; i++) {
        path.size = 0;
        oik_buf_printf(&path, "%s/%s", dir, outputs->files[i].path);
        if (path.status)
            break;
        if (i < n_written && !is_kept(outputs->files[i].kind, results))
            unlink(path.data);
        if (strchr(outputs->files[i].path, '/')) {
            *strrchr(path.data, '/') = '\0';
            rmdir(path.data); /* fails where other files are */
        }
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
