/* Files beside the checkout that some tests look at. */
#include "support/shared_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *shared_path(char out[SHARED_PATH_LENGTH], const char *relative) {
    const char *folder = getenv("OSSO_IK_SHARED");
    int n = snprintf(out, SHARED_PATH_LENGTH, "%s/%s", folder ? folder : "../shared", relative);
    if (n > 0 && n < SHARED_PATH_LENGTH && access(out, R_OK) == 0)
        return out;
    fprintf(stderr, "skipped: no %s (set OSSO_IK_SHARED to the shared folder)\n", out);
    return NULL;
}
