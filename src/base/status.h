/** Filling an oik_error (see osso_ik.h). */
#ifndef OIK_BASE_STATUS_H
#define OIK_BASE_STATUS_H

#include "osso_ik.h"

/**
 * Store a status and a printf-style message in err (may be NULL) and give the status back, so that a
 * failing function can end with `return oik_fail(err, OIK_E_FORMAT, "%s: ...", path);`.
 * The message is cut at OIK_ERROR_LENGTH - 1 bytes. Allocates nothing.
 */
oik_status oik_fail(oik_error *err, oik_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Put "context: " before the message that err already holds. */
void oik_error_prefix(oik_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
