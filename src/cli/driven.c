/** --motion (see driven.h). */
#include "cli/driven.h"

#include <math.h>

#include "base/status.h"
#include "cli/interrupt.h"

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
    oik_log_write(log, OIK_LOG_INFO, "%s: %zu frames, %zu keypoints, of a body %.3f times as long; distance %.1f mm (root mean square)",
                  o->motion, n, report->n_matched, report->scale, 1e3 * sqrt(sum / (double)n));
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
    return status;
}

void oik_driven_free(oik_driven *driven) {
    oik_motion_free(driven->motion);
    oik_chain_file_free(driven->chain);
    *driven = (oik_driven){0};
}
