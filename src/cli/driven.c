/** --motion (see driven.h). */
#include "cli/driven.h"

#include <math.h>

#include "base/status.h"
#include "base/text.h"
#include "api/internal.h"
#include "cli/interrupt.h"
#include "ik/keypoints.h"
#include "ik/up.h"

/** The formats of --export that have a frame rate instead of times. */
static const unsigned EVEN_FORMATS = OIK_EXPORT_BVH | OIK_EXPORT_C3D;

static oik_status check_steps(const oik_keypoints *keypoints, oik_error *err) {
    double rate;
    const oik_chain no_chain = {0};
    const oik_ik_motion times = {
        .n_frames = keypoints->n_frames, .chain = &no_chain, .time = keypoints->time, .q = keypoints->time /* no coordinates: not read */};
    oik_error why = {0};
    if (oik_ik_motion_frame_rate(&rate, &times, &why) == OIK_OK)
        return OIK_OK;
    return oik_fail(err, OIK_E_FORMAT, "%s; bvh and c3d need even ones: leave these two out of --export", why.message);
}

oik_status oik_driven_check(const oik_options *o, oik_error *err) {
    oik_keypoints *keypoints = NULL;
    if (!o->motion)
        return OIK_OK;
    oik_status status = oik_keypoints_load(&keypoints, o->motion, o->fps, err);
    if (!status && (o->exports & EVEN_FORMATS)) {
        status = check_steps(keypoints, err);
        if (status)
            oik_error_prefix(err, "%s", o->motion);
    }
    oik_keypoints_free(keypoints);
    return status;
}

static int on_progress(void *context, size_t n_done) {
    (void)context, (void)n_done;
    return oik_interrupt_came();
}

static void tell(const oik_keypoint_report *report, const oik_motion *motion, const oik_options *o, oik_log *log) {
    double sum = 0.0;
    size_t n = oik_motion_n_frames(motion);
    for (size_t f = 0; f < n; f++) {
        double error = oik_motion_get_frame(motion, f).position_error;
        sum += isnan(error) ? 0.0 : error * error;
    }
    oik_log_write(log, OIK_LOG_INFO, "%s: %zu frame%s, %zu keypoints, of a body %.3f times as long; distance %.1f mm (root mean square)",
                  o->motion, n, oik_plural(n), report->n_matched, report->scale, 1e3 * sqrt(sum / (double)n));
}

/** A subject who lies, or a file with other axes than its format says: only the user knows which. */
static oik_status tell_up(const oik_motion *motion, const oik_options *o, oik_log *log, oik_error *err) {
    oik_vec3 found, up = motion->up;
    bool given = o->up[0] != 0.0 || o->up[1] != 0.0 || o->up[2] != 0.0;
    if (given || v3_dot(up, up) == 0.0)
        return OIK_OK;
    oik_status status = oik_up_of_motion(&found, motion->frames, err);
    if (!status && v3_dist(found, up) > 0.0)
        oik_log_write(log, OIK_LOG_WARNING,
                      "%s: text keypoints have z up, along which the subject does not stand: when it does not lie either, "
                      "say which way is up with --up, where the axes x, y, z of the file are called z, x, y",
                      o->motion);
    return status;
}

oik_status oik_driven_solve(oik_driven *driven, const oik_skeleton *lying, const oik_options *o, oik_log *log, oik_error *err) {
    oik_keypoint_options options = {.progress = on_progress};
    oik_keypoint_report report;
    *driven = (oik_driven){0};
    if (!o->motion)
        return OIK_OK;
    oik_interrupt_catch();
    oik_status status = oik_chain_file_from_skeleton(&driven->chain, lying, err);
    if (!status)
        status = oik_motion_from_keypoint_file(&driven->motion, &report, driven->chain, o->motion, o->fps, &options, err);
    if (status == OIK_E_CANCELLED)
        return oik_fail(err, status, "%s: stopped by Ctrl-C; nothing is written", o->motion);
    if (!status)
        tell(&report, driven->motion, o, log);
    return status ? status : tell_up(driven->motion, o, log, err);
}

void oik_driven_free(oik_driven *driven) {
    oik_motion_free(driven->motion);
    oik_chain_file_free(driven->chain);
    *driven = (oik_driven){0};
}
