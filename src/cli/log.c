/** Messages and the progress line on stderr. */
#include "cli/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ERASE_LINE "\r\033[K"

oik_log oik_log_new(oik_log_level level) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    return (oik_log){.stream = stderr, .level = level, .terminal = terminal, .colour = terminal && !(no_color && *no_color)};
}

void oik_log_write(oik_log *log, oik_log_level level, const char *format, ...) {
    static const char *const prefix[] = {"error: ", "warning: ", "", ""};
    static const char *const colour[] = {"\033[31m", "\033[33m", "", "\033[2m"};
    if (level > log->level)
        return;
    oik_log_progress_end(log);
    va_list args;
    va_start(args, format);
    fprintf(log->stream, "%sosso_ik: %s", log->colour ? colour[level] : "", prefix[level]);
    vfprintf(log->stream, format, args);
    fprintf(log->stream, "%s\n", log->colour ? "\033[0m" : "");
    va_end(args);
}

void oik_log_progress(oik_log *log, int step, int n_steps, const char *text) {
    if (!log->terminal || log->level < OIK_LOG_INFO)
        return;
    fprintf(log->stream, ERASE_LINE "[%d/%d] %s", step, n_steps, text);
    fflush(log->stream);
    log->drawn = true;
}

void oik_log_rate(oik_log *log, const char *what, size_t done, size_t total, double seconds) {
    if (!log->terminal || log->level < OIK_LOG_INFO || done == 0)
        return;
    double rate = (double)done / (seconds > 0.0 ? seconds : 1e-6);
    double left = ((double)total - (double)done) / rate;
    fprintf(log->stream, ERASE_LINE "%s %zu of %zu, %.*f per second, %.0f s left", what, done, total, rate < 10.0 ? 1 : 0, rate, left);
    fflush(log->stream);
    log->drawn = true;
}

void oik_log_progress_end(oik_log *log) {
    if (log->drawn)
        fputs(ERASE_LINE, log->stream);
    log->drawn = false;
}
