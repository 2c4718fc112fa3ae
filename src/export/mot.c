/** NAME.mot (see mot.h), written piece by piece: memory does not grow with the number of frames. */
#include "export/mot.h"

#include "base/status.h"
#include "export/text_file.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;
enum { TIME_DECIMALS = 6, DECIMALS = 9 };

static void put_header(oik_buf *buf, const oik_rig *rig) {
    oik_buf_printf(buf, "Coordinates\nversion=1\nnRows=%d\nnColumns=%d\ninDegrees=yes\n\n", rig->n_frames, rig->n_dofs + 1);
    oik_buf_printf(buf, "Rotations are in degrees, translations in metres; x forward, y up, z right.\n\nendheader\ntime");
    for (int d = 0; d < rig->n_dofs; d++)
        oik_buf_printf(buf, "\t%s", rig->dofs[d].name);
    oik_buf_append(buf, "\n", 1);
}

static oik_status put_frame(oik_buf *buf, const oik_rig *rig, int frame, oik_error *err) {
    const double *q = rig->q + (size_t)frame * (size_t)rig->n_dofs;
    if (!isfinite(rig->time[frame]))
        return oik_fail(err, OIK_E_NOT_FINITE, "the time of frame %d is not finite", frame);
    oik_buf_fixed(buf, rig->time[frame], TIME_DECIMALS);
    for (int d = 0; d < rig->n_dofs; d++) {
        if (!isfinite(q[d]))
            return oik_fail(err, OIK_E_NOT_FINITE, "coordinate %s of frame %d is not finite", rig->dofs[d].name, frame);
        oik_buf_append(buf, "\t", 1);
        oik_buf_fixed(buf, rig->dofs[d].translation ? q[d] : q[d] * DEG_PER_RAD, DECIMALS);
    }
    oik_buf_append(buf, "\n", 1);
    return OIK_OK;
}

oik_status oik_mot_write(const oik_rig *rig, const char *path, oik_error *err) {
    oik_text_file file;
    oik_status status = oik_text_file_open(&file, path, err);
    if (status)
        return status;
    put_header(&file.buf, rig);
    for (int frame = 0; frame < rig->n_frames && !status; frame++) {
        status = put_frame(&file.buf, rig, frame, err);
        if (status)
            oik_error_prefix(err, "%s", path);
        else
            status = oik_text_file_flow(&file, err);
    }
    return oik_text_file_close(&file, status, err);
}
