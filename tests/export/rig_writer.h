/* What the tests of every writer of rigs check alike. A test that includes this includes failing_malloc.h itself, for the linker's sake. */
#ifndef TESTS_EXPORT_RIG_WRITER_H
#define TESTS_EXPORT_RIG_WRITER_H

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "rig/rig.h"
#include "support/comma_locale.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"
#include "support/tiny_motion.h"
#include "support/tiny_rig.h"

typedef oik_status rig_writer(const oik_rig *rig, const char *path, oik_error *err);

/** The file as text, NUL-terminated; fails the test when it cannot be read. Free it. */
static inline char *rig_file_text(const char *path) {
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(strlen((char *)data), size);
    return (char *)data;
}

/** Write the rig and read the file back. Fails the test on error. */
static inline char *rig_written(rig_writer *write, const oik_rig *rig, const char *name) {
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    oik_status status = write(rig, temp_path(path, name), &err);
    if (status)
        fail_msg("%s", err.message);
    return rig_file_text(path);
}

/** Written to a file, the rig is refused: this status, a message with that text, and no file. */
static inline void rig_refused(rig_writer *write, const oik_rig *rig, oik_status status, const char *text) {
    char path[TEMP_PATH_LENGTH];
    struct stat info;
    oik_error err = {0};
    oik_status found = write(rig, temp_path(path, "refused"), &err);
    if (found != status || !strstr(err.message, text))
        fail_msg("expected %s and '%s', found %s and '%s'", oik_status_name(status), text, oik_status_name(found), err.message);
    assert_non_null(strstr(err.message, "refused")); /* the file is named */
    assert_int_not_equal(stat(path, &info), 0);
}

/** The tiny rig has the same bytes again, in another folder, and where the decimal point is a comma. */
static inline void rig_check_same_bytes(rig_writer *write) {
    char path[TEMP_PATH_LENGTH], again[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    assert_int_equal(oik_dir_make(temp_path(folder, "other"), NULL), OIK_OK);
    assert_int_equal(write(rig, temp_path(path, "tiny"), NULL), OIK_OK);
    assert_int_equal(write(rig, temp_path(again, "other/tiny"), NULL), OIK_OK);
    tiny_motion_expect_same_file(path, again);
    if (!comma_locale_enter()) {
        oik_rig_free(rig);
        skip();
    }
    oik_status status = write(rig, again, NULL);
    comma_locale_leave();
    assert_int_equal(status, OIK_OK);
    tiny_motion_expect_same_file(path, again);
    oik_rig_free(rig);
}

/** A folder that is not there, and a disk that is full (a limit of the file size stands for it): OIK_E_IO, and nothing is left behind. */
static inline void rig_check_disk(rig_writer *write) {
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    oik_error err = {0};
    assert_int_equal(write(rig, temp_path(path, "absent/tiny"), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "absent"));
    assert_int_equal(oik_dir_make(temp_path(folder, "full"), NULL), OIK_OK);
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 64;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    oik_status status = write(rig, temp_path(path, "full/tiny"), &err);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, OIK_E_IO);
    assert_non_null(strstr(err.message, "full/tiny"));
    assert_int_equal(count_entries(folder), 0);
    oik_rig_free(rig);
}

/** Whichever allocation fails: OIK_E_MEMORY, no file. Leaks show under AddressSanitizer. */
static inline void rig_check_memory(rig_writer *write) {
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    oik_rig *rig = tiny_rig_new();
    assert_int_equal(oik_dir_make(temp_path(folder, "memory"), NULL), OIK_OK);
    temp_path(path, "memory/tiny");
    failing_malloc_arm(-1);
    oik_status status = write(rig, path, NULL);
    long n = failing_malloc_disarm();
    assert_int_equal(status, OIK_OK);
    assert_true(n > 0);
    assert_int_equal(remove(path), 0);
    for (long i = 0; i < n; i++) {
        failing_malloc_arm(i);
        status = write(rig, path, NULL);
        failing_malloc_disarm();
        if (status != OIK_E_MEMORY || count_entries(folder) != 0)
            fail_msg("allocation %ld of %ld: %s, %d files", i, n, oik_status_name(status), count_entries(folder));
    }
    oik_rig_free(rig);
}

#endif
