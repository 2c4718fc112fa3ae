/** NAME_segments.csv (see segments_csv.h). */
#include "export/segments_csv.h"

#include "export/motion_table.h"

static const double DEG_PER_RAD = 180.0 / 3.14159265358979323846;

static void put_header(oik_buf *buf, const oik_chain *chain) {
    static const char *const suffixes[] = {"x_m", "y_m", "z_m", "qw", "qx", "qy", "qz", "omega_x_deg_s", "omega_y_deg_s",
                                           "omega_z_deg_s", "alpha_x_deg_s2", "alpha_y_deg_s2", "alpha_z_deg_s2"};
    oik_buf_printf(buf, "frame,time");
    for (int i = 0; i < chain->n_segments; i++)
        for (size_t c = 0; c < sizeof suffixes / sizeof *suffixes; c++)
            oik_csv_heading(buf, chain->segment_names[i], suffixes[c]);
    oik_buf_append(buf, "\n", 1);
}

static void put_vector(oik_buf *buf, oik_vec3 v) {
    oik_csv_number(buf, v.x);
    oik_csv_number(buf, v.y);
    oik_csv_number(buf, v.z);
}

static void put_segment(oik_buf *buf, const oik_motion_kinematics *k, int i) {
    put_vector(buf, k->origin[i]);
    oik_csv_number(buf, k->orientation[i].w);
    put_vector(buf, v3(k->orientation[i].x, k->orientation[i].y, k->orientation[i].z));
    put_vector(buf, v3_scale(k->angular_velocity[i], DEG_PER_RAD));
    put_vector(buf, v3_scale(k->angular_acceleration[i], DEG_PER_RAD));
}

static void put_frame(oik_buf *buf, const oik_motion_kinematics *k) {
    oik_csv_frame(buf, k);
    for (int i = 0; i < k->motion->chain->n_segments; i++)
        put_segment(buf, k, i);
    oik_buf_append(buf, "\n", 1);
}

oik_status oik_segments_csv_write(const char *path, const oik_ik_motion *motion, oik_error *err) {
    const oik_motion_table table = {put_header, put_frame};
    return oik_motion_table_write(path, &table, motion, err);
}
