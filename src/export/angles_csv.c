/** NAME_angles.csv (see angles_csv.h), written piece by piece: memory does not grow with the number of frames. */
#include "export/angles_csv.h"

#include "base/status.h"
#include "export/motion_table.h"
#include "export/text_file.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

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
    oik_buf_fixed(buf, (double)frame, 0);
    oik_csv_number(buf, in->time[frame]);
    for (int k = 0; k < in->chain->n_dofs; k++) {
        if (!isfinite(q[k]))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: coordinate %s of frame %zu is not finite", path,
                            in->chain->dofs[k].name, frame);
        oik_csv_number(buf, in->chain->dofs[k].translation ? q[k] : q[k] * DEG_PER_RAD);
    }
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}

oik_status oik_angles_csv_write(const char *path, const oik_angles_csv *in, oik_error *err) {
    oik_text_file file;
    oik_status status = oik_text_file_open(&file, path, err);
    if (status)
        return status;
    put_header(&file.buf, in->chain);
    for (size_t frame = 0; frame < in->n_frames && !status; frame++) {
        status = put_frame(&file.buf, path, in, frame, err);
        if (!status)
            status = oik_text_file_flow(&file, err);
    }
    return oik_text_file_close(&file, status, err);
}
