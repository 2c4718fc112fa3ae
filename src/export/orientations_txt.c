/** NAME_orientations.txt (see orientations_txt.h). */
#include "export/orientations_txt.h"

#include "export/motion_table.h"

static void put_header(oik_buf *buf, const oik_chain *chain) {
    (void)chain;
    oik_buf_printf(buf, "# format: quat\n");
}

static void put_joint(oik_buf *buf, int frame, int joint, oik_quat q) {
    enum { DECIMALS = 9 };
    const double components[] = {q.w, q.x, q.y, q.z};
    oik_buf_fixed(buf, frame, 0);
    oik_buf_append(buf, " ", 1);
    oik_buf_fixed(buf, joint, 0);
    for (size_t c = 0; c < sizeof components / sizeof *components; c++) {
        oik_buf_append(buf, " ", 1);
        oik_buf_fixed(buf, components[c], DECIMALS);
    }
    oik_buf_append(buf, "\n", 1);
}

static void put_frame(oik_buf *buf, const oik_motion_kinematics *k) {
    for (int i = 0; i < k->motion->chain->n_segments; i++)
        put_joint(buf, k->frame, i, k->orientation[i]);
}

oik_status oik_orientations_txt_write(const char *path, const oik_ik_motion *motion, oik_error *err) {
    const oik_motion_table table = {put_header, put_frame};
    return oik_motion_table_write(path, &table, motion, err);
}
