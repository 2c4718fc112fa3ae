/** Zero-phase low-pass over a solved motion (see motion_filter.h). */
#include "ik/motion_filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ik/joint_angles.h"
#include "ik/rotation_filter.h"

enum { N_ROTATIONS = 3 };

static const double PI = 3.14159265358979323846;

/** The filtered coordinates while they are made, and room for the rotations of one joint. */
typedef struct filter_work {
    const oik_ik_motion *motion;
    oik_lowpass filter;
    double *q;    /**< n_frames x n_dofs */
    oik_mat3 *E;  /**< n_frames */
} filter_work;

static double clamp(double x, const oik_dof *dof) {
    return fmin(fmax(x, dof->lower), dof->upper);
}

static bool is_independent(const oik_dof *dof) {
    return dof->n_coefficients == 0;
}

/** Whether the joint's rotations make a ball joint of its own, free to be filtered as one rotation. */
static bool turns_freely(const oik_chain *chain, const oik_chain_joint *joint) {
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    return joint->n_rotations == N_ROTATIONS && is_independent(&dofs[0]) && is_independent(&dofs[1]) && is_independent(&dofs[2]);
}

/**
 * Coordinates inside their ranges that turn the joint by E, near those of reference. Outside the ranges the nearest rotation
 * inside is taken, unless it belongs to the other way to reach E: the two are half a turn apart in the first and third coordinate.
 */
static void angles_near(double q[N_ROTATIONS], const oik_dof *dofs, oik_mat3 E, const double reference[N_ROTATIONS]) {
    double in_range[N_ROTATIONS];
    bool inside = true, same_way = true;
    oik_joint_angles(q, dofs, N_ROTATIONS, E, reference);
    for (int k = 0; k < N_ROTATIONS; k++)
        inside = inside && q[k] == clamp(q[k], &dofs[k]);
    if (inside)
        return;
    oik_joint_angles_in_range(in_range, dofs, N_ROTATIONS, E);
    for (int k = 0; k < N_ROTATIONS; k++)
        same_way = same_way && fabs(in_range[k] - q[k]) < 0.5 * PI;
    for (int k = 0; k < N_ROTATIONS; k++)
        q[k] = same_way ? in_range[k] : clamp(q[k], &dofs[k]);
}

static oik_status filter_ball(filter_work *work, const oik_chain_joint *joint, oik_error *err) {
    const oik_ik_motion *motion = work->motion;
    const oik_dof *dofs = motion->chain->dofs + joint->first_dof;
    size_t n_dofs = (size_t)motion->chain->n_dofs, first = (size_t)joint->first_dof;
    for (size_t f = 0; f < (size_t)motion->n_frames; f++)
        work->E[f] = oik_joint_rotation(dofs, N_ROTATIONS, motion->q + f * n_dofs + first);
    oik_status status = oik_lowpass_rotations(work->E, motion->n_frames, &work->filter, err);
    for (size_t f = 0; f < (size_t)motion->n_frames && !status; f++)
        angles_near(work->q + f * n_dofs + first, dofs, work->E[f], motion->q + f * n_dofs + first);
    return status;
}

static oik_status filter_single(filter_work *work, int dof, oik_error *err) {
    size_t n_dofs = (size_t)work->motion->chain->n_dofs;
    double *q = work->q + dof;
    oik_status status = oik_lowpass_values(q, work->motion->n_frames, n_dofs, &work->filter, err);
    for (size_t f = 0; f < (size_t)work->motion->n_frames; f++)
        q[f * n_dofs] = clamp(q[f * n_dofs], &work->motion->chain->dofs[dof]);
    return status;
}

static oik_status filter_joint(filter_work *work, const oik_chain_joint *joint, oik_error *err) {
    const oik_chain *chain = work->motion->chain;
    int first = joint->first_dof, end = first + joint->n_rotations + joint->n_translations;
    oik_status status = OIK_OK;
    if (turns_freely(chain, joint)) {
        status = filter_ball(work, joint, err);
        first += N_ROTATIONS;
    }
    for (int d = first; d < end && !status; d++)
        if (is_independent(&chain->dofs[d]))
            status = filter_single(work, d, err);
    return status;
}

/** Coupled coordinates of one frame, from their masters. */
static void follow_masters(double *q, const oik_chain *chain) {
    for (int d = 0; d < chain->n_dofs; d++) {
        const oik_dof *dof = &chain->dofs[d];
        if (is_independent(dof))
            continue;
        double sum = 0.0;
        for (int i = dof->n_coefficients - 1; i >= 0; i--)
            sum = sum * q[dof->master] + dof->coefficient[i];
        q[d] = sum;
    }
}

/** Take the filtered coordinates over into the motion. */
static void finish(oik_ik_motion *motion, const double *q) {
    const oik_chain *chain = motion->chain;
    size_t n_dofs = (size_t)chain->n_dofs;
    memcpy(motion->q, q, (size_t)motion->n_frames * n_dofs * sizeof *q);
    for (size_t f = 0; f < (size_t)motion->n_frames; f++)
        follow_masters(motion->q + f * n_dofs, chain);
    oik_ik_motion_mark_bounds(motion);
}

oik_status oik_motion_filter(oik_ik_motion *motion, double cutoff_hz, oik_error *err) {
    filter_work work = {.motion = motion};
    const oik_chain *chain = motion->chain;
    size_t n = (size_t)motion->n_frames, n_values = n * (size_t)chain->n_dofs;
    double rate;
    oik_status status = oik_ik_motion_frame_rate(&rate, motion, err);
    if (status || motion->n_frames < 2 || n_values == 0)
        return status;
    status = oik_lowpass_design(&work.filter, cutoff_hz, rate, err);
    if (status)
        return status;
    work.q = oik_new(n_values, sizeof *work.q, err);
    work.E = oik_new(n, sizeof *work.E, err);
    status = work.q && work.E ? OIK_OK : OIK_E_MEMORY;
    if (!status)
        memcpy(work.q, motion->q, n_values * sizeof *work.q);
    for (int i = 0; i < chain->n_segments && !status; i++)
        status = filter_joint(&work, &chain->joints[i], err);
    if (!status) {
        finish(motion, work.q);
        motion->cutoff_hz = cutoff_hz;
    }
    free(work.q);
    free(work.E);
    return status;
}
