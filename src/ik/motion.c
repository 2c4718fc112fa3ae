/** The solved motion of a chain (see motion.h). */
#include "ik/motion.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

static void fill(double *x, size_t n, double value) {
    for (size_t i = 0; i < n; i++)
        x[i] = value;
}

oik_status oik_ik_motion_new(oik_ik_motion **out, const oik_chain *chain, int n_frames, oik_error *err) {
    *out = NULL;
    if (n_frames < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "a motion of %d frames, expected at least one", n_frames);
    size_t n = (size_t)n_frames, n_dofs = (size_t)chain->n_dofs;
    if (n_dofs && n > SIZE_MAX / n_dofs)
        return oik_fail(err, OIK_E_MEMORY, "out of memory: %zu frames of %zu coordinates", n, n_dofs);
    oik_ik_motion *motion = oik_new(1, sizeof *motion, err);
    if (!motion || !(motion->time = oik_new(n, sizeof *motion->time, err)) ||
        !(motion->q = oik_new(n * n_dofs, sizeof *motion->q, err)) ||
        !(motion->bound = oik_new(n * n_dofs, sizeof *motion->bound, err)) ||
        !(motion->position_error = oik_new(n, sizeof *motion->position_error, err)) ||
        !(motion->link_error = oik_new(n, sizeof *motion->link_error, err)) ||
        !(motion->segment_error = oik_new(n, sizeof *motion->segment_error, err))) {
        oik_ik_motion_free(motion);
        return OIK_E_MEMORY;
    }
    motion->n_frames = n_frames;
    motion->chain = chain;
    fill(motion->position_error, n, NAN);
    fill(motion->link_error, n, NAN);
    fill(motion->segment_error, n, NAN);
    motion->noise = NAN;
    motion->stop = "";
    *out = motion;
    return OIK_OK;
}

void oik_ik_motion_free(oik_ik_motion *motion) {
    if (!motion)
        return;
    free(motion->time);
    free(motion->q);
    free(motion->bound);
    free(motion->position_error);
    free(motion->link_error);
    free(motion->segment_error);
    free(motion);
}

static oik_bound bound_of(const oik_dof *dof, double q, double margin) {
    if (dof->lower == dof->upper)
        return OIK_BOUND_NONE;
    return q <= dof->lower + margin ? OIK_BOUND_LOWER : q >= dof->upper - margin ? OIK_BOUND_UPPER : OIK_BOUND_NONE;
}

void oik_ik_motion_mark_bounds(oik_ik_motion *motion) {
    const double margin = oik_ik_options_default().bound_margin;
    size_t n_dofs = (size_t)motion->chain->n_dofs;
    for (size_t f = 0; f < (size_t)motion->n_frames; f++)
        for (size_t d = 0; d < n_dofs; d++)
            motion->bound[f * n_dofs + d] = (uint8_t)bound_of(&motion->chain->dofs[d], motion->q[f * n_dofs + d], margin);
}

static oik_status check_frame(const oik_ik_motion *motion, int f, oik_error *err) {
    const oik_chain *chain = motion->chain;
    const double *t = motion->time, *q = motion->q + (size_t)f * (size_t)chain->n_dofs;
    if (!isfinite(t[f]))
        return oik_fail(err, OIK_E_NOT_FINITE, "the time of frame %d is not finite", f);
    if (f > 0 && !(t[f] > t[f - 1]))
        return oik_fail(err, OIK_E_ARGUMENT, "frame %d is at %g s, expected a time after that of frame %d, %g s", f, t[f], f - 1,
                        t[f - 1]);
    for (int d = 0; d < chain->n_dofs; d++)
        if (!isfinite(q[d]))
            return oik_fail(err, OIK_E_NOT_FINITE, "coordinate %s of frame %d is not finite", chain->dofs[d].name, f);
    return OIK_OK;
}

oik_status oik_ik_motion_check(const oik_ik_motion *motion, oik_error *err) {
    oik_status status = OIK_OK;
    for (int f = 0; f < motion->n_frames && !status; f++)
        status = check_frame(motion, f, err);
    return status;
}

oik_status oik_ik_motion_frame_rate(double *rate, const oik_ik_motion *motion, oik_error *err) {
    const double jitter = 0.01;                         /* of a step */
    const double rounding = 1e-3, rounding_limit = 0.3; /* [s]: ends of the grid and frame are rounded each; of a step */
    int last = motion->n_frames - 1;
    *rate = 0.0;
    oik_status status = oik_ik_motion_check(motion, err);
    if (status || last == 0)
        return status;
    double step = (motion->time[last] - motion->time[0]) / last;
    double tolerance = fmax(jitter * step, fmin(rounding, rounding_limit * step));
    for (int f = 1; f < last; f++) {
        double even = motion->time[0] + f * step;
        if (fabs(motion->time[f] - even) > tolerance)
            return oik_fail(err, OIK_E_ARGUMENT, "time steps are not even: frame %d is at %g s, expected %g s at %g frames per "
                            "second", f, motion->time[f], even, 1.0 / step);
    }
    *rate = 1.0 / step;
    return OIK_OK;
}
