/**
 * Velocities and accelerations along a motion (see motion_kinematics.h).
 *
 *   symbol     code       meaning
 *   c1_k, c2_k first, second   weights of frame k of the window: x'(t_f) = sum_k c1_k x_k, x''(t_f) = sum_k c2_k x_k
 *   phi_k      phi[k]     exponential coordinates of frame k about frame f
 *
 * The weights differentiate the polynomial through the frames: Fornberg, Math. Comp. 51 (1988) 699.
 */
#include "ik/motion_kinematics.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { WIDTH = 5, CUBIC = 4 }; /* frames of the window; frames that determine a cubic */

static const double PI = 3.14159265358979323846;

struct oik_motion_window {
    int first, n;                 /**< frames of the window */
    double c1[WIDTH], c2[WIDTH];  /**< weights of first and second derivative */
    oik_chain_pose *pose[WIDTH];  /**< frame f is in slot f % WIDTH */
    int n_posed;                  /**< frames 0 .. n_posed - 1 have been posed */
};

/** Weights c[m][j] of the m-th derivative at 0, m < 3, of the polynomial through n <= WIDTH values at places x[j] (Fornberg). */
static void derivative_weights(double c[3][WIDTH], const double *x, int n) {
    double c1 = 1.0;
    memset(c, 0, 3 * sizeof *c);
    c[0][0] = 1.0;
    for (int i = 1; i < n; i++) {
        double c2 = 1.0;
        for (int j = 0; j < i; j++) {
            double c3 = x[i] - x[j];
            c2 *= c3;
            for (int m = 2; m >= 0 && j == i - 1; m--)
                c[m][i] = c1 / c2 * ((m ? m * c[m - 1][i - 1] : 0.0) - x[i - 1] * c[m][i - 1]);
            for (int m = 2; m >= 0; m--)
                c[m][j] = (x[i] * c[m][j] - (m ? m * c[m - 1][j] : 0.0)) / c3;
        }
        c1 = c2;
    }
}

/** Frames first .. first + n - 1 determine a polynomial: add share times the weights of its m-th derivative at frame to c. */
static void add_weights(double c[WIDTH], const oik_motion_window *w, const double *time, int frame, int m, int first, int n,
                        double share) {
    double x[WIDTH], weights[3][WIDTH];
    for (int k = 0; k < n; k++)
        x[k] = time[first + k] - time[frame];
    derivative_weights(weights, x, n);
    for (int k = 0; k < n; k++)
        c[first - w->first + k] += share * weights[m][k];
}

static void fill_with(double *c, double value) {
    for (int k = 0; k < WIDTH; k++)
        c[k] = value;
}

static int clamp_int(int x, int lower, int upper) {
    return x < lower ? lower : x > upper ? upper : x;
}

/** Weights of the first derivative: 3 frames around the frame, as far as there are. */
static void velocity_weights(oik_motion_window *w, const oik_ik_motion *motion, int frame) {
    int n = motion->n_frames < 3 ? motion->n_frames : 3;
    fill_with(w->c1, n < 2 ? NAN : 0.0);
    if (n >= 2)
        add_weights(w->c1, w, motion->time, frame, 1, clamp_int(frame - 1, 0, motion->n_frames - n), n, 1.0);
}

/** Weights of the second derivative: mean of the cubics that reach one frame further back and one further ahead. */
static void acceleration_weights(oik_motion_window *w, const oik_ik_motion *motion, int frame) {
    int n = motion->n_frames < CUBIC ? motion->n_frames : CUBIC;
    fill_with(w->c2, n < 3 ? NAN : 0.0);
    if (n < 3)
        return;
    int back = clamp_int(frame - 2, 0, motion->n_frames - n), ahead = clamp_int(frame - 1, 0, motion->n_frames - n);
    add_weights(w->c2, w, motion->time, frame, 2, back, n, 0.5);
    add_weights(w->c2, w, motion->time, frame, 2, ahead, n, 0.5);
}

/** Move the window to a frame: two frames on either side, at the ends as many as a cubic needs. */
static void move_window(oik_motion_window *w, const oik_ik_motion *motion, int frame) {
    int n_frames = motion->n_frames;
    w->first = clamp_int(frame - 2, 0, n_frames > CUBIC ? n_frames - CUBIC : 0);
    int end = frame + 3 > CUBIC ? frame + 3 : CUBIC;
    end = end < n_frames ? end : n_frames;
    w->n = end - w->first;
    for (; w->n_posed < end; w->n_posed++)
        oik_chain_forward(w->pose[w->n_posed % WIDTH], motion->chain,
                          motion->q + (size_t)w->n_posed * (size_t)motion->chain->n_dofs);
    velocity_weights(w, motion, frame);
    acceleration_weights(w, motion, frame);
}

static const oik_chain_pose *pose_at(const oik_motion_window *w, int k) {
    return w->pose[(w->first + k) % WIDTH];
}

/** The rotation vector of the same rotation as phi that lies nearest to near; without an axis of its own it takes that of near. */
static oik_vec3 continued(oik_vec3 phi, oik_vec3 near) {
    const double no_axis = 1e-9; /* rounding of the rotation (1e-16) leaves the axis fewer than 7 digits */
    double angle = v3_norm(phi);
    oik_vec3 axis = v3_unit(angle > no_axis ? phi : near);
    return v3_madd(phi, 2.0 * PI * round((v3_dot(near, axis) - v3_dot(phi, axis)) / (2.0 * PI)), axis);
}

/** Exponential coordinates of segment i about frame `at` of the window, from there to one end of it (direction 1 or -1). */
static void coordinates_outwards(oik_vec3 phi[WIDTH], const oik_motion_window *w, int at, int direction, int i) {
    oik_mat3 R = pose_at(w, at)->R[i];
    oik_vec3 near = v3(0, 0, 0);
    phi[at] = near;
    for (int k = at + direction; k >= 0 && k < w->n; k += direction) {
        phi[k] = continued(oik_rot_log(m3_mul(pose_at(w, k)->R[i], m3_transpose(R))), near);
        near = v3_sub(v3_scale(phi[k], 2.0), phi[k - direction]);
    }
}

static oik_vec3 weighted_sum(const double c[WIDTH], const oik_vec3 *x, int n) {
    oik_vec3 sum = v3(0, 0, 0);
    for (int k = 0; k < n; k++)
        sum = v3_madd(sum, c[k], x[k]);
    return sum;
}

/** The sign that is nearer to the one before. */
static oik_quat continuous(oik_quat q, oik_quat before) {
    double cosine = q.w * before.w + q.x * before.x + q.y * before.y + q.z * before.z;
    return cosine < 0.0 ? (oik_quat){-q.w, -q.x, -q.y, -q.z} : q;
}

static void evaluate_segment(oik_motion_kinematics *out, int i) {
    const oik_motion_window *w = out->window;
    int at = out->frame - w->first;
    const oik_chain_pose *pose = pose_at(w, at);
    oik_vec3 phi[WIDTH], origin[WIDTH];
    coordinates_outwards(phi, w, at, 1, i);
    coordinates_outwards(phi, w, at, -1, i);
    for (int k = 0; k < w->n; k++)
        origin[k] = pose_at(w, k)->origin[i];
    oik_quat orientation = oik_quat_from_rot(pose->R[i]);
    out->orientation[i] = out->frame > 0 ? continuous(orientation, out->orientation[i]) : orientation;
    out->origin[i] = pose->origin[i];
    out->centre[i] = pose->centre[i];
    out->velocity[i] = weighted_sum(w->c1, origin, w->n);
    out->acceleration[i] = weighted_sum(w->c2, origin, w->n);
    out->angular_velocity[i] = weighted_sum(w->c1, phi, w->n);
    out->angular_acceleration[i] = weighted_sum(w->c2, phi, w->n);
}

static void evaluate_coordinates(oik_motion_kinematics *out) {
    const oik_motion_window *w = out->window;
    size_t n_dofs = (size_t)out->motion->chain->n_dofs;
    const double *q = out->motion->q + (size_t)w->first * n_dofs;
    for (size_t d = 0; d < n_dofs; d++) {
        out->q_rate[d] = out->q_acceleration[d] = 0.0;
        for (size_t k = 0; k < (size_t)w->n; k++) {
            out->q_rate[d] += w->c1[k] * q[k * n_dofs + d];
            out->q_acceleration[d] += w->c2[k] * q[k * n_dofs + d];
        }
    }
}

bool oik_motion_kinematics_next(oik_motion_kinematics *kinematics) {
    if (kinematics->frame + 1 >= kinematics->motion->n_frames)
        return false;
    kinematics->frame++;
    move_window(kinematics->window, kinematics->motion, kinematics->frame);
    for (int i = 0; i < kinematics->motion->chain->n_segments; i++)
        evaluate_segment(kinematics, i);
    evaluate_coordinates(kinematics);
    return true;
}

static void window_free(oik_motion_window *w) {
    for (int k = 0; w && k < WIDTH; k++)
        oik_chain_pose_free(w->pose[k]);
    free(w);
}

static oik_status window_new(oik_motion_window **out, const oik_chain *chain, oik_error *err) {
    oik_motion_window *w = oik_new(1, sizeof *w, err);
    oik_status status = w ? OIK_OK : OIK_E_MEMORY;
    for (int k = 0; k < WIDTH && !status; k++)
        status = oik_chain_pose_new(&w->pose[k], chain, err);
    *out = w;
    return status;
}

static oik_status arrays_new(oik_motion_kinematics *k, oik_error *err) {
    size_t n = (size_t)k->motion->chain->n_segments, n_dofs = (size_t)k->motion->chain->n_dofs;
    oik_vec3 **vectors[] = {&k->origin,       &k->centre,           &k->velocity,
                            &k->acceleration, &k->angular_velocity, &k->angular_acceleration};
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++)
        if (!(*vectors[v] = oik_new(n, sizeof(oik_vec3), err)))
            return OIK_E_MEMORY;
    k->orientation = oik_new(n, sizeof *k->orientation, err);
    k->q_rate = oik_new(n_dofs, sizeof *k->q_rate, err);
    k->q_acceleration = oik_new(n_dofs, sizeof *k->q_acceleration, err);
    return k->orientation && k->q_rate && k->q_acceleration ? OIK_OK : OIK_E_MEMORY;
}

oik_status oik_motion_kinematics_new(oik_motion_kinematics **out, const oik_ik_motion *motion, oik_error *err) {
    *out = NULL;
    oik_status status = oik_ik_motion_check(motion, err);
    if (status)
        return status;
    oik_motion_kinematics *kinematics = oik_new(1, sizeof *kinematics, err);
    if (!kinematics)
        return OIK_E_MEMORY;
    kinematics->motion = motion;
    kinematics->frame = -1;
    status = arrays_new(kinematics, err);
    if (!status)
        status = window_new(&kinematics->window, motion->chain, err);
    if (status)
        oik_motion_kinematics_free(kinematics);
    else
        *out = kinematics;
    return status;
}

void oik_motion_kinematics_free(oik_motion_kinematics *kinematics) {
    if (!kinematics)
        return;
    free(kinematics->orientation);
    free(kinematics->origin);
    free(kinematics->centre);
    free(kinematics->velocity);
    free(kinematics->acceleration);
    free(kinematics->angular_velocity);
    free(kinematics->angular_acceleration);
    free(kinematics->q_rate);
    free(kinematics->q_acceleration);
    window_free(kinematics->window);
    free(kinematics);
}
