/** NAME_angles.csv (see angles_csv.h). */
#include "export/angles_csv.h"

#include "base/file.h"
#include "base/status.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

/** 6 decimals; what rounds to zero is printed without a sign. */
static void put_number(oik_buf *buf, double x) {
    const double half_unit = 0.5e-6;
    oik_buf_printf(buf, ",%.6f", fabs(x) <= half_unit ? 0.0 : x);
}

static void put_header(oik_buf *buf, const oik_chain *chain) {
    oik_buf_printf(buf, "frame,time");
    for (int k = 0; k < chain->n_dofs; k++)
        oik_buf_printf(buf, ",%s", chain->dofs[k].name);
    oik_buf_printf(buf, "\n");
}

static oik_status put_frame(oik_buf *buf, const char *path, const oik_angles_csv *in, size_t frame, oik_error *err) {
    const double *q = in->q + frame * (size_t)in->chain->n_dofs;
    if (!isfinite(in->time[frame]))
        return oik_fail(err, OIK_E_NOT_FINITE, "%s: the time of frame %zu is not finite", path, frame);
    oik_buf_printf(buf, "%zu", frame);
    put_number(buf, in->time[frame]);
    for (int k = 0; k < in->chain->n_dofs; k++) {
        if (!isfinite(q[k]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: coordinate %s of frame %zu is not finite", path,
                            in->chain->dofs[k].name, frame);
        put_number(buf, in->chain->dofs[k].translation ? q[k] : q[k] * DEG_PER_RAD);
    }
    oik_buf_printf(buf, "\n");
    return OIK_OK;
}

oik_status oik_angles_csv_write(const char *path, const oik_angles_csv *in, oik_error *err) {
    oik_buf text = {0};
    oik_status status = OIK_OK;
    put_header(&text, in->chain);
    for (size_t frame = 0; frame < in->n_frames && !status; frame++)
        status = put_frame(&text, path, in, frame, err);
    if (!status)
        status = oik_buf_write_file(&text, path, err);
    oik_buf_free(&text);
    return status;
}
