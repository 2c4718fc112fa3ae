/** What is done with the steps of optimisation: a line for each with --verbose, all kept for the report with --display. */
#ifndef OIK_CLI_DISPLAY_H
#define OIK_CLI_DISPLAY_H

#include "cli/outputs.h"

typedef struct oik_display oik_display;

/**
 * @param[in] path   of the input, for messages
 * @param[in] record keep all steps: 24 bytes per skin vertex, 100 per part of the skeleton and step
 * @return OIK_E_MEMORY
 */
oik_status oik_display_new(oik_display **out, const oik_model *model, const char *path, bool record, oik_log *log, oik_error *err);
void oik_display_free(oik_display *display);

/** For oik_stage_options, with the display as context. Non-zero when memory is short. */
int oik_display_step(void *context, const oik_step *step);
/** OIK_OK, or what recording failed with. */
oik_status oik_display_status(const oik_display *display, oik_error *err);

/**
 * NAME_report.html of the results: a body with all recorded steps, the frames of a sequence or of a motion that drives the chain.
 * @param[in] display or NULL: no steps
 * @return as oik_write_report
 */
oik_status oik_display_write(const oik_display *display, const oik_results *results, const char *path, oik_error *err);

/** Show a file in the browser where there is a display and xdg-open, else say where it is. Does not wait. */
void oik_display_open(const char *path, oik_log *log);

#endif
