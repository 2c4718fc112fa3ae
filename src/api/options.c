/** Stage options: cancelling, tighter limits. */
#include "api/internal.h"
#include "base/status.h"

int oik_cancel_poll(oik_cancel *cancel) {
    const oik_stage_options *options = cancel->options;
    if (options && options->cancel && options->cancel(options->cancel_context))
        cancel->cancelled = true;
    return cancel->cancelled;
}

oik_status oik_cancel_status(const oik_cancel *cancel, oik_status status, const char *stage, oik_error *err) {
    if (cancel->cancelled && (status == OIK_OK || status == OIK_E_CANCELLED))
        return oik_fail(err, OIK_E_CANCELLED, "%s was stopped by the caller", stage);
    return status;
}

double oik_tolerance_factor(const oik_stage_options *options) {
    return options && options->more_iterations ? 0.5 : 1.0;
}
