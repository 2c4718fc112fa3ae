/** Messages and the progress line on stderr. */
#ifndef OIK_CLI_LOG_H
#define OIK_CLI_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum oik_log_level { OIK_LOG_ERROR, OIK_LOG_WARNING, OIK_LOG_INFO, OIK_LOG_DEBUG } oik_log_level;

typedef struct oik_log {
    FILE *stream;        /**< stderr, or where messages are kept */
    oik_log_level level; /**< what is more detailed than this is not shown */
    bool terminal;       /**< stderr is one: a progress line is drawn */
    bool colour;         /**< a terminal, and NO_COLOR (see no-color.org) is not set */
    bool drawn;          /**< a progress line stands on the screen */
} oik_log;

/** To stderr; looks at it, NO_COLOR and TERM. */
oik_log oik_log_new(oik_log_level level);

/** One line; "error: " and "warning: " are put before messages of these levels. */
void oik_log_write(oik_log *log, oik_log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Draw "[step/n_steps] text" over the last progress line; nothing when stderr is no terminal or the level is below info. */
void oik_log_progress(oik_log *log, int step, int n_steps, const char *text);
/**
 * The same for work on many like things: "frames 512 of 10000, 5200 per second, 2 s left". Nothing before the first is done.
 * @param[in] what    e.g. "frames"
 * @param[in] seconds since the work began
 */
void oik_log_rate(oik_log *log, const char *what, size_t done, size_t total, double seconds);
/** Remove the progress line. */
void oik_log_progress_end(oik_log *log);

#endif
