/* An empty folder for each case of a test program. */
#include "case_folder.h"

#include <stddef.h>

char *folder;

int new_folder(void **state) {
    (void)state;
    folder = scratch_new();
    return folder ? 0 : -1;
}

int remove_folder(void **state) {
    (void)state;
    scratch_free(folder);
    folder = NULL;
    return 0;
}
