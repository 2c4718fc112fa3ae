/** The files that osso_ik ik writes (see ik_outputs.h). */
#include "cli/ik_outputs.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/ik_options.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "export/angles_csv.h"
#include "export/motion_json.h"
#include "export/orientations_txt.h"
#include "export/rates_csv.h"
#include "export/segments_csv.h"

static bool ends_with(const char *text, size_t length, const char *ending) {
    size_t n = strlen(ending);
    return length > n && strncasecmp(text + length - n, ending, n) == 0;
}

void oik_ik_output_name(oik_buf *name, const char *motion_path) {
    size_t before = name->size;
    oik_output_name(name, motion_path);
    if (name->status)
        return;
    size_t length = name->size - before;
    if (ends_with(motion_path, strlen(motion_path), ".txt") && ends_with(name->data + before, length, ".pose")) {
        name->size -= strlen(".pose");
        name->data[name->size] = '\0';
    }
}

static oik_status write_angles(const char *path, const oik_ik_motion *motion, oik_error *err) {
    oik_angles_csv table = {.chain = motion->chain, .n_frames = (size_t)motion->n_frames, .time = motion->time, .q = motion->q};
    return oik_angles_csv_write(path, &table, err);
}

oik_status oik_ik_outputs_plan(oik_ik_outputs *out, const char *name, unsigned exports, oik_error *err) {
    static const struct {
        unsigned format;
        const char *suffix;
        oik_status (*write)(const char *path, const oik_ik_motion *motion, oik_error *err);
    } files[OIK_MAX_IK_OUTPUTS] = {{OIK_IK_EXPORT_TXT, "_orientations.txt", oik_orientations_txt_write},
                                   {OIK_IK_EXPORT_CSV, "_angles.csv", write_angles},
                                   {OIK_IK_EXPORT_CSV, "_segments.csv", oik_segments_csv_write},
                                   {OIK_IK_EXPORT_CSV, "_rates.csv", oik_rates_csv_write},
                                   {OIK_IK_EXPORT_JSON, "_motion.json", oik_motion_json_write}};
    *out = (oik_ik_outputs){0};
    for (size_t i = 0; i < OIK_MAX_IK_OUTPUTS; i++) {
        oik_buf path = {0};
        if (!(exports & files[i].format))
            continue;
        oik_buf_printf(&path, "%s%s", name, files[i].suffix);
        if (path.status) {
            oik_buf_free(&path);
            return oik_fail(err, OIK_E_MEMORY, "%s", oik_status_sentence(OIK_E_MEMORY));
        }
        out->paths[out->n] = path.data; /* the buffer's block changes hands */
        out->write[out->n++] = files[i].write;
    }
    return OIK_OK;
}

void oik_ik_outputs_free(oik_ik_outputs *outputs) {
    for (size_t i = 0; i < outputs->n; i++)
        free(outputs->paths[i]);
    *outputs = (oik_ik_outputs){0};
}

/** "dir/name"; NULL when out of memory. Free it. */
static char *join(const char *dir, const char *name, oik_error *err) {
    oik_buf path = {0};
    oik_buf_printf(&path, "%s/%s", dir, name);
    if (path.status)
        oik_fail(err, path.status, "%s", oik_status_sentence(path.status));
    return path.data;
}

static oik_status write_one(const oik_ik_outputs *outputs, size_t i, const char *dir, const oik_ik_motion *motion, oik_error *err) {
    char *path = join(dir, outputs->paths[i], err);
    oik_status status = path ? outputs->write[i](path, motion, err) : OIK_E_MEMORY;
    if (status == OIK_OK && oik_interrupt_came())
        status = oik_fail(err, OIK_E_CANCELLED, "stopped by Ctrl-C while results were written; they are removed again");
    free(path);
    return status;
}

/** Remove files 0 .. n - 1, and the directory when it was not there before and is empty now. */
static void take_back(const oik_ik_outputs *outputs, size_t n, const char *dir, bool dir_existed) {
    for (size_t i = 0; i < n; i++) {
        char *path = join(dir, outputs->paths[i], NULL);
        if (path)
            unlink(path);
        free(path);
    }
    if (!dir_existed)
        rmdir(dir);
}

oik_status oik_ik_outputs_write(const oik_ik_outputs *outputs, const char *dir, const oik_ik_motion *motion, oik_error *err) {
    struct stat info;
    bool dir_existed = stat(dir, &info) == 0;
    size_t n = 0;
    oik_status status = oik_dir_make(dir, err);
    while (!status && n < outputs->n)
        status = write_one(outputs, n++, dir, motion, err);
    if (status)
        take_back(outputs, n, dir, dir_existed);
    return status;
}
