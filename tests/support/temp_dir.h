/** A folder for the files of one test program, gone at its end. */
#ifndef TESTS_SUPPORT_TEMP_DIR_H
#define TESTS_SUPPORT_TEMP_DIR_H

#include <stddef.h>

enum { TEMP_PATH_LENGTH = 1024 };

/** Make the folder ($TMPDIR or /tmp); as a cmocka group setup. 0 on success. */
int temp_dir_setup(void **unused);
/** Remove the folder and all in it; as a cmocka group teardown. */
int temp_dir_teardown(void **unused);

/** Path of a name in the folder. @return out */
const char *temp_path(char out[TEMP_PATH_LENGTH], const char *name);
/** Write bytes to a file in the folder without the library under test; its path in out. Fails the test on error. */
const char *temp_file(char out[TEMP_PATH_LENGTH], const char *name, const void *data, size_t size);
/** Number of entries of a folder, . and .. left out; -1 when it cannot be read. */
int count_entries(const char *path);

#endif
