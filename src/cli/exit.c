/** From the library's errors to exit codes. */
#include "cli/commands.h"

oik_exit oik_exit_of(oik_status status) {
    switch (status) {
    case OIK_OK: return OIK_EXIT_DONE;
    case OIK_E_IO:
    case OIK_E_FORMAT:
    case OIK_E_SHAPE:
    case OIK_E_NOT_FINITE:
    case OIK_E_ORDER:
    case OIK_E_MODEL: return OIK_EXIT_INPUT;
    case OIK_E_CANCELLED: return OIK_EXIT_INTERRUPTED; /* only Ctrl-C cancels */
    default: return OIK_EXIT_INTERNAL;
    }
}
