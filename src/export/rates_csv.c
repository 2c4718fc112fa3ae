/** NAME_rates.csv (see rates_csv.h). */
#include "export/rates_csv.h"

#include "export/motion_table.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

static void put_header(oik_buf *buf, const oik_chain *chain) {
    oik_buf_printf(buf, "frame,time");
    for (int d = 0; d < chain->n_dofs; d++) {
        oik_csv_heading(buf, chain->dofs[d].name, chain->dofs[d].translation ? "m_s" : "deg_s");
        oik_csv_heading(buf, chain->dofs[d].name, chain->dofs[d].translation ? "m_s2" : "deg_s2");
    }
    oik_buf_append(buf, "\n", 1);
}

static void put_frame(oik_buf *buf, const oik_motion_kinematics *k) {
    oik_csv_frame(buf, k);
    for (int d = 0; d < k->motion->chain->n_dofs; d++) {
        double unit = k->motion->chain->dofs[d].translation ? 1.0 : DEG_PER_RAD;
        oik_csv_number(buf, k->q_rate[d] * unit);
        oik_csv_number(buf, k->q_acceleration[d] * unit);
    }
    oik_buf_append(buf, "\n", 1);
}

oik_status oik_rates_csv_write(const char *path, const oik_ik_motion *motion, oik_error *err) {
    const oik_motion_table table = {put_header, put_frame};
    return oik_motion_table_write(path, &table, motion, err);
}
