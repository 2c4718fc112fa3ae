/** NAME_isb.csv (see isb_csv.h), written piece by piece: memory does not grow with the number of frames. */
#include "export/isb_csv.h"

#include "base/status.h"
#include "export/motion_table.h"
#include "export/text_file.h"
#include "ik/isb_angles.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

static void put_header(oik_buf *buf, const oik_isb_angles *isb) {
    oik_buf_printf(buf, "frame,time");
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++)
            oik_buf_printf(buf, ",%s", isb->joints[i].names[k]);
    oik_buf_append(buf, "\n", 1);
}

static void put_frame(oik_buf *buf, double time, int frame, const oik_isb_angles *isb) {
    oik_buf_fixed(buf, frame, 0);
    oik_csv_number(buf, time);
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++)
            oik_csv_number(buf, isb->joints[i].angle[k] * DEG_PER_RAD);
    oik_buf_append(buf, "\n", 1);
}

static oik_status put_frames(oik_text_file *file, const oik_ik_motion *motion, oik_isb_angles *isb, oik_chain_pose *pose,
                             oik_error *err) {
    oik_status status = OIK_OK;
    put_header(&file->buf, isb);
    for (int f = 0; f < motion->n_frames && !status; f++) {
        oik_chain_forward(pose, motion->chain, motion->q + (size_t)f * (size_t)motion->chain->n_dofs);
        oik_isb_angles_next(isb, pose->R);
        put_frame(&file->buf, motion->time[f], f, isb);
        status = oik_text_file_flow(file, err);
    }
    return status;
}

oik_status oik_isb_csv_write(const char *path, const oik_ik_motion *motion, oik_vec3 up, oik_error *err) {
    oik_isb_angles *isb = NULL;
    oik_chain_pose *pose = NULL;
    oik_text_file file;
    oik_status status = oik_ik_motion_check(motion, err);
    if (!status)
        status = oik_isb_angles_new(&isb, motion->chain, up, err);
    if (!status)
        status = oik_chain_pose_new(&pose, motion->chain, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
    } else {
        status = oik_text_file_open(&file, path, err);
        if (!status)
            status = oik_text_file_close(&file, put_frames(&file, motion, isb, pose, err), err);
    }
    oik_chain_pose_free(pose);
    oik_isb_angles_free(isb);
    return status;
}
