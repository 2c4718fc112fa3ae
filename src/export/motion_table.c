/** Text tables of a whole motion (see motion_table.h). */
#include "export/motion_table.h"

#include <string.h>

#include "base/status.h"
#include "export/text_file.h"

static oik_status put_frames(oik_text_file *file, const oik_motion_table *table, oik_motion_kinematics *kinematics,
                             oik_error *err) {
    oik_status status = OIK_OK;
    table->header(&file->buf, kinematics->motion->chain);
    while (!status && oik_motion_kinematics_next(kinematics)) {
        table->frame(&file->buf, kinematics);
        status = oik_text_file_flow(file, err);
    }
    return status;
}

oik_status oik_motion_table_write(const char *path, const oik_motion_table *table, const oik_ik_motion *motion, oik_error *err) {
    oik_motion_kinematics *kinematics = NULL;
    oik_text_file file;
    oik_status status = oik_motion_kinematics_new(&kinematics, motion, err);
    if (status) {
        oik_error_prefix(err, "%s", path);
        return status;
    }
    status = oik_text_file_open(&file, path, err);
    if (!status)
        status = oik_text_file_close(&file, put_frames(&file, table, kinematics, err), err);
    oik_motion_kinematics_free(kinematics);
    return status;
}

void oik_csv_heading(oik_buf *buf, const char *name, const char *suffix) {
    bool quoted = strpbrk(name, ",\"\r\n") != NULL;
    oik_buf_printf(buf, quoted ? ",\"" : ",");
    for (const char *c = name; *c; c++) {
        if (*c == '"')
            oik_buf_append(buf, c, 1); /* a quotation mark is written twice */
        oik_buf_append(buf, c, 1);
    }
    oik_buf_printf(buf, quoted ? "_%s\"" : "_%s", suffix);
}

void oik_csv_number(oik_buf *buf, double x) {
    enum { DECIMALS = 6 };
    oik_buf_append(buf, ",", 1);
    if (!isnan(x))
        oik_buf_fixed(buf, x, DECIMALS);
}

void oik_csv_frame(oik_buf *buf, const oik_motion_kinematics *kinematics) {
    oik_buf_fixed(buf, kinematics->frame, 0);
    oik_csv_number(buf, kinematics->motion->time[kinematics->frame]);
}
