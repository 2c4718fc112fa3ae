/** What a motion leaves unexplained of its measurements (see motion_errors.h). */
#include "ik/motion_errors.h"

#include "base/rot.h"
#include "base/status.h"
#include "ik/frame_terms.h"

/** Root mean square, kept as a weighted sum. */
typedef struct mean_square {
    double sum, weight;
} mean_square;

static void add_square(mean_square *m, double value, double weight) {
    m->sum += weight * value * value;
    m->weight += weight;
}

static double root_mean(const mean_square *m) {
    return m->weight > 0.0 ? sqrt(m->sum / m->weight) : (double)NAN;
}

static double angle_between(oik_vec3 a, oik_vec3 b) {
    return atan2(v3_norm(v3_cross(a, b)), v3_dot(a, b));
}

static double position_error(const oik_markers *markers, const oik_frame_data *data, const oik_chain_pose *pose) {
    mean_square mean = {0, 0};
    for (int i = 0; markers && i < markers->n_markers; i++)
        if (data->weight[i] > 0.0)
            add_square(&mean, v3_dist(oik_marker_position(&markers->markers[i], pose), data->x[i]), data->weight[i]);
    return root_mean(&mean);
}

static double link_error(const oik_markers *markers, const oik_frame_data *data, const oik_chain_pose *pose) {
    mean_square mean = {0, 0};
    for (int i = 0; markers && i < markers->n_links; i++) {
        const oik_marker_link *link = &markers->links[i];
        double weight = link->weight * fmin(data->weight[link->from], data->weight[link->to]);
        oik_vec3 from = oik_marker_position(&markers->markers[link->from], pose);
        oik_vec3 to = oik_marker_position(&markers->markers[link->to], pose);
        if (weight > 0.0)
            add_square(&mean, angle_between(v3_sub(to, from), v3_sub(data->x[link->to], data->x[link->from])), weight);
    }
    return root_mean(&mean);
}

static double segment_error(int n_segments, const oik_frame_data *data, const oik_chain_pose *pose) {
    mean_square mean = {0, 0};
    for (int i = 0; data->R && data->R_weight && i < n_segments; i++)
        if (data->R_weight[i] > 0.0)
            add_square(&mean, oik_rot_angle_between(pose->R[i], data->R[i]), data->R_weight[i]);
    return root_mean(&mean);
}

oik_status oik_ik_motion_measure_errors(oik_ik_motion *motion, const oik_measurement *measurement, oik_error *err) {
    const oik_chain *chain = motion->chain;
    oik_chain_pose *pose = NULL;
    if (motion->n_frames != measurement->n_frames)
        return oik_fail(err, OIK_E_ARGUMENT, "frames: the motion has %d, the measurement %d", motion->n_frames, measurement->n_frames);
    oik_status status = oik_chain_pose_new(&pose, chain, err);
    for (int f = 0; !status && f < motion->n_frames; f++) {
        oik_frame_data data = oik_measurement_frame(measurement, chain, f);
        oik_chain_forward(pose, chain, motion->q + (size_t)f * (size_t)chain->n_dofs);
        motion->position_error[f] = position_error(measurement->markers, &data, pose);
        motion->link_error[f] = link_error(measurement->markers, &data, pose);
        motion->segment_error[f] = segment_error(chain->n_segments, &data, pose);
    }
    oik_chain_pose_free(pose);
    return status;
}
