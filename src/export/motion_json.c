/** NAME_motion.json (see motion_json.h), written piece by piece: a document of millions of numbers is never in memory. */
#include "export/motion_json.h"

#include <jansson.h>

#include "base/status.h"
#include "export/json_values.h"
#include "export/text_file.h"

enum { DECIMALS = 6 };

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

/** JSON has no NaN: null. */
static void put_number(oik_buf *buf, double x) {
    if (isfinite(x))
        oik_buf_fixed(buf, x, DECIMALS);
    else
        oik_buf_append(buf, "null", 4);
}

/** A fact of any magnitude: 9 significant digits. */
static void put_fact(oik_buf *buf, const char *key, double x) {
    oik_buf_printf(buf, isfinite(x) ? "  \"%s\": %.9g,\n" : "  \"%s\": null,\n", key, x);
}

/** Text in quotation marks, escaped. */
static oik_status put_text(oik_buf *buf, const char *text, oik_error *err) {
    if (!oik_json_append(buf, json_string(text), JSON_ENCODE_ANY))
        return oik_fail(err, OIK_E_FORMAT, "\"%s\" is not UTF-8, or out of memory", text);
    return OIK_OK;
}

/** [x_0 unit, x_1 unit, ...] of n numbers x[0], x[stride], ... */
static oik_status put_series(oik_text_file *file, const double *x, int n, size_t stride, double unit, oik_error *err) {
    oik_status status = OIK_OK;
    oik_buf_append(&file->buf, "[", 1);
    for (int f = 0; f < n && !status; f++, x += stride) {
        if (f)
            oik_buf_append(&file->buf, ", ", 2);
        put_number(&file->buf, *x * unit);
        status = oik_text_file_flow(file, err);
    }
    oik_buf_append(&file->buf, "]", 1);
    return status;
}

/** [[first, last], ...]: the runs of frames in which coordinate d sat on the bound. */
static oik_status put_runs(oik_text_file *file, const oik_ik_motion *motion, size_t d, oik_bound bound, oik_error *err) {
    size_t n_dofs = (size_t)motion->chain->n_dofs, n = (size_t)motion->n_frames;
    oik_status status = OIK_OK;
    const char *separator = "";
    oik_buf_append(&file->buf, "[", 1);
    for (size_t f = 0; f < n && !status; f++) {
        size_t first = f;
        while (f < n && motion->bound[f * n_dofs + d] == bound)
            f++;
        if (f == first)
            continue;
        oik_buf_printf(&file->buf, "%s[%zu, %zu]", separator, first, f - 1);
        separator = ", ";
        status = oik_text_file_flow(file, err);
    }
    oik_buf_append(&file->buf, "]", 1);
    return status;
}

static const char *joint_of(const oik_chain *chain, int dof) {
    int i = 0;
    while (dof >= chain->joints[i].first_dof + chain->joints[i].n_rotations + chain->joints[i].n_translations)
        i++;
    return chain->joints[i].name;
}

static oik_status put_coordinate(oik_text_file *file, const oik_ik_motion *motion, int d, oik_error *err) {
    const oik_dof *dof = &motion->chain->dofs[d];
    double unit = dof->translation ? 1.0 : DEG_PER_RAD;
    oik_buf *buf = &file->buf;
    oik_buf_printf(buf, d ? ",\n  {\"name\": " : "  {\"name\": ");
    oik_status status = put_text(buf, dof->name, err);
    oik_buf_printf(buf, ", \"joint\": ");
    if (!status)
        status = put_text(buf, joint_of(motion->chain, d), err);
    oik_buf_printf(buf, ", \"unit\": \"%s\", \"range\": [", dof->translation ? "m" : "deg");
    put_number(buf, dof->lower * unit);
    oik_buf_append(buf, ", ", 2);
    put_number(buf, dof->upper * unit);
    oik_buf_printf(buf, "],\n   \"values\": ");
    if (!status)
        status = put_series(file, motion->q + d, motion->n_frames, (size_t)motion->chain->n_dofs, unit, err);
    oik_buf_printf(buf, ",\n   \"on_lower_bound\": ");
    if (!status)
        status = put_runs(file, motion, (size_t)d, OIK_BOUND_LOWER, err);
    oik_buf_printf(buf, ", \"on_upper_bound\": ");
    if (!status)
        status = put_runs(file, motion, (size_t)d, OIK_BOUND_UPPER, err);
    oik_buf_append(buf, "}", 1);
    return status;
}

static oik_status put_solver(oik_buf *buf, const oik_ik_motion *motion, oik_error *err) {
    oik_buf_printf(buf, " \"solver\": {\n");
    put_fact(buf, "temporal_weight", motion->temporal_weight);
    put_fact(buf, "noise_m", motion->noise);
    put_fact(buf, "cutoff_hz", motion->cutoff_hz > 0.0 ? motion->cutoff_hz : NAN);
    oik_buf_printf(buf, "  \"iterations\": %d,\n  \"converged\": %s,\n  \"stop\": ", motion->n_iterations,
                   motion->converged ? "true" : "false");
    oik_status status = put_text(buf, motion->stop, err);
    oik_buf_printf(buf, "\n },\n");
    return status;
}

static oik_status put_residuals(oik_text_file *file, const oik_ik_motion *motion, oik_error *err) {
    const struct {
        const char *key;
        const double *x;
        double unit;
    } series[] = {{" \"residuals\": {\n  \"position_m\": ", motion->position_error, 1.0},
                  {",\n  \"link_deg\": ", motion->link_error, DEG_PER_RAD},
                  {",\n  \"segment_deg\": ", motion->segment_error, DEG_PER_RAD}};
    oik_status status = OIK_OK;
    for (size_t i = 0; i < sizeof series / sizeof *series && !status; i++) {
        oik_buf_printf(&file->buf, "%s", series[i].key);
        status = put_series(file, series[i].x, motion->n_frames, 1, series[i].unit, err);
    }
    oik_buf_printf(&file->buf, "\n }\n}\n");
    return status;
}

static oik_status put_document(oik_text_file *file, const oik_ik_motion *motion, oik_error *err) {
    oik_buf *buf = &file->buf;
    oik_buf_printf(buf, "{\n \"format\": \"osso_ik motion\",\n \"version\": 1,\n");
    oik_buf_printf(buf, " \"units\": {\"time\": \"s\", \"length\": \"m\", \"angle\": \"deg\"},\n");
    oik_buf_printf(buf, " \"n_frames\": %d,\n", motion->n_frames);
    oik_status status = put_solver(buf, motion, err);
    oik_buf_printf(buf, " \"time\": ");
    if (!status)
        status = put_series(file, motion->time, motion->n_frames, 1, 1.0, err);
    oik_buf_printf(buf, ",\n \"coordinates\": [\n");
    for (int d = 0; d < motion->chain->n_dofs && !status; d++)
        status = put_coordinate(file, motion, d, err);
    oik_buf_printf(buf, "\n ],\n");
    return status ? status : put_residuals(file, motion, err);
}

oik_status oik_motion_json_write(const char *path, const oik_ik_motion *motion, oik_error *err) {
    oik_text_file file;
    oik_status status = oik_ik_motion_check(motion, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    status = oik_text_file_open(&file, path, err);
    if (status)
        return status;
    status = put_document(&file, motion, err);
    if (status == OIK_E_FORMAT) /* errors of the file name it already */
        oik_error_prefix(err, "%s", path);
    return oik_text_file_close(&file, status, err);
}
