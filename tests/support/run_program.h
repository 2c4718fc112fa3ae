/** Running the built program from tests, and scratch folders. */
#ifndef TESTS_SUPPORT_RUN_PROGRAM_H
#define TESTS_SUPPORT_RUN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

enum { RUN_MAX_PATH = 512 };

typedef struct run_result {
    int code;   /**< exit code, 128 + signal when killed */
    char *out;  /**< stdout, NUL-terminated */
    char *err;  /**< stderr, NUL-terminated; empty when it went to a terminal */
} run_result;

/** Run osso_ik with the arguments (the list ends with NULL). Ends the test when it cannot be started. Free with run_free. */
run_result run_osso_ik(const char *first, ...) __attribute__((sentinel));
/** The same for another program of the build folder, e.g. "examples/minimal". */
run_result run_built(const char *name, const char *first, ...) __attribute__((sentinel));
/**
 * The same with stderr on a pseudo-terminal of type xterm; what appeared there is err. The test is skipped where there are no
 * pseudo-terminals.
 */
run_result run_osso_ik_on_terminal(const char *first, ...) __attribute__((sentinel));
void run_free(run_result *result);

/** A new empty folder; its path stays valid until it is removed. NULL when it cannot be made. */
char *scratch_new(void);
/** Remove the folder and all that is in it, and free the path. */
void scratch_free(char *folder);

/** "folder/name" in one of a few static buffers used in turn. */
const char *in_folder(const char *folder, const char *name);

/** Number of files in a folder and all folders below it; 0 when it is not there. */
size_t count_files(const char *folder);
bool file_exists(const char *path);

/** Whole file, NUL-terminated; NULL when it cannot be read. Free it. */
char *file_text(const char *path, size_t *size);
/** Write a file; ends the test when that fails. */
void file_put(const char *path, const void *data, size_t size);

#endif
