/** Status names and sentences, and how an oik_error is filled. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *oik_status_name(oik_status status) {
    static const char *const names[] = {
#define STATUS_NAME(name, sentence) #name,
        OIK_STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
    };
    return (unsigned)status < OIK_N_STATUS ? names[status] : "unknown status";
}

const char *oik_status_sentence(oik_status status) {
    static const char *const sentences[] = {
#define STATUS_SENTENCE(name, sentence) sentence,
        OIK_STATUS_LIST(STATUS_SENTENCE)
#undef STATUS_SENTENCE
    };
    return (unsigned)status < OIK_N_STATUS ? sentences[status] : "unknown status";
}

oik_status oik_fail(oik_error *err, oik_status status, const char *format, ...) {
    if (!err)
        return status;
    err->status = status;
    va_list args;
    va_start(args, format);
    if (vsnprintf(err->message, sizeof err->message, format, args) < 0)
        err->message[0] = '\0';
    va_end(args);
    return status;
}

void oik_error_prefix(oik_error *err, const char *format, ...) {
    if (!err)
        return;
    char joined[OIK_ERROR_LENGTH];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(joined, sizeof joined, format, args);
    va_end(args);
    if (n < 0)
        return;
    size_t used = strlen(joined);
    size_t room = sizeof joined - 1 - used;
    size_t separator = room < 2 ? room : 2;
    memcpy(joined + used, ": ", separator);
    used += separator;
    room -= separator;
    size_t tail = strlen(err->message);
    tail = tail < room ? tail : room;
    memcpy(joined + used, err->message, tail);
    joined[used + tail] = '\0';
    memcpy(err->message, joined, used + tail + 1);
}
