/** NAME.trc (see trc.h), written piece by piece: memory does not grow with the number of frames. */
#include "export/trc.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "export/text_file.h"

static const double MM_PER_M = 1000.0;
static const double STILL_RATE = 100.0; /* frames per second of a posture that is written twice; any would do */
enum { DECIMALS = 6, STILL_LINES = 2 };

/** Coordinates of the lines to write, and room for the bodies' places. */
typedef struct trc {
    const oik_rig *rig;
    int n_lines;
    bool still;      /**< all lines show the same posture */
    const double *q; /**< n_dofs, or n_lines x n_dofs when not still */
    oik_mat3 *R;     /**< n_bodies */
    oik_vec3 *o;
} trc;

static double time_of(const trc *t, int line) {
    return t->still ? t->rig->time[0] + line / STILL_RATE : t->rig->time[line];
}

void oik_trc_static_range(double range[2], const oik_rig *rig) {
    range[0] = rig->time[0];
    range[1] = rig->time[0] + (STILL_LINES - 1) / STILL_RATE;
}

void oik_trc_time_range(double range[2], const oik_rig *rig) {
    oik_trc_static_range(range, rig);
    if (rig->n_frames > 1)
        range[1] = rig->time[rig->n_frames - 1];
}

static double rate_of(const trc *t) {
    return t->still ? STILL_RATE : (t->n_lines - 1) / (time_of(t, t->n_lines - 1) - time_of(t, 0));
}

static void put_header(oik_buf *buf, const trc *t, const char *path) {
    const char *slash = strrchr(path, '/');
    const oik_rig *rig = t->rig;
    double rate = rate_of(t);
    oik_buf_printf(buf, "PathFileType\t4\t(X/Y/Z)\t%s\n", slash ? slash + 1 : path);
    oik_buf_printf(buf, "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n");
    oik_buf_printf(buf, "%.6f\t%.6f\t%d\t%d\tmm\t%.6f\t1\t%d\nFrame#\tTime", rate, rate, t->n_lines, rig->n_markers, rate, t->n_lines);
    for (int m = 0; m < rig->n_markers; m++)
        oik_buf_printf(buf, m ? "\t\t\t%s" : "\t%s", rig->markers[m].name);
    oik_buf_printf(buf, "\t\t\n\t");
    for (int m = 1; m <= rig->n_markers; m++)
        oik_buf_printf(buf, "\tX%d\tY%d\tZ%d", m, m, m);
    oik_buf_printf(buf, "\n\n");
}

static oik_status put_line(oik_buf *buf, const trc *t, int line, oik_error *err) {
    const oik_rig *rig = t->rig;
    oik_rig_forward(t->R, t->o, rig, t->q + (t->still ? 0 : (size_t)line * (size_t)rig->n_dofs));
    oik_buf_fixed(buf, line + 1.0, 0);
    oik_buf_append(buf, "\t", 1);
    oik_buf_fixed(buf, time_of(t, line), DECIMALS);
    for (int m = 0; m < rig->n_markers; m++) {
        const oik_rig_marker *marker = &rig->markers[m];
        oik_vec3 x = v3_add(t->o[marker->body], m3_mulv(t->R[marker->body], marker->at));
        if (!v3_finite(x) || !isfinite(time_of(t, line)))
            return oik_fail(err, OIK_E_NOT_FINITE, "marker %s of frame %d is not finite, or its time is not", marker->name, line);
        for (int c = 0; c < 3; c++) {
            oik_buf_append(buf, "\t", 1);
            oik_buf_fixed(buf, v3_get(x, c) * MM_PER_M, DECIMALS);
        }
    }
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}

static oik_status write_lines(const trc *t, const char *path, oik_error *err) {
    oik_text_file file;
    oik_status status = oik_text_file_open(&file, path, err);
    if (status)
        return status;
    put_header(&file.buf, t, path);
    for (int line = 0; line < t->n_lines && !status; line++) {
        status = put_line(&file.buf, t, line, err);
        if (status)
            oik_error_prefix(err, "%s", path);
        else
            status = oik_text_file_flow(&file, err);
    }
    return oik_text_file_close(&file, status, err);
}

/** @param[in] q the posture of all lines, or NULL: the motion */
static oik_status write_file(const oik_rig *rig, const double *q, const char *path, oik_error *err) {
    if (rig->n_markers < 1 || rig->n_frames < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a rig with markers and frames, found %d and %d", path, rig->n_markers,
                        rig->n_frames);
    bool still = q || rig->n_frames == 1;
    trc t = {rig, still ? STILL_LINES : rig->n_frames, still, q ? q : rig->q, NULL, NULL};
    t.R = oik_new((size_t)rig->n_bodies, sizeof *t.R, err);
    t.o = oik_new((size_t)rig->n_bodies, sizeof *t.o, err);
    oik_status status = t.R && t.o ? write_lines(&t, path, err) : OIK_E_MEMORY;
    free(t.R);
    free(t.o);
    return status;
}

oik_status oik_trc_write(const oik_rig *rig, const char *path, oik_error *err) {
    return write_file(rig, NULL, path, err);
}

oik_status oik_trc_write_static(const oik_rig *rig, const char *path, oik_error *err) {
    return write_file(rig, rig->q, path, err);
}
