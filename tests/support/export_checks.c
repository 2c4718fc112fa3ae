/* What the tests of every exporter of a motion check alike. */
#include "support/export_checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "support/comma_locale.h"
#include "support/temp_dir.h"
#include "support/tiny_motion.h"

char *export_write_and_read(export_writer *write, const oik_ik_motion *motion, const char *path, size_t *size) {
    uint8_t *data;
    assert_int_equal(write(path, motion, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&data, size, path, NULL), OIK_OK);
    return (char *)data;
}

size_t export_count(const char *text, size_t size, char c) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += text[i] == c;
    return n;
}

void export_check_same_again(export_writer *write, const oik_ik_motion *motion, const char *path) {
    char again[TEMP_PATH_LENGTH];
    assert_int_equal(write(temp_path(again, "again"), motion, NULL), OIK_OK);
    tiny_motion_expect_same_file(path, again);
}

void export_check_comma_locale(export_writer *write) {
    char path[TEMP_PATH_LENGTH], comma[TEMP_PATH_LENGTH];
    oik_ik_motion *motion = tiny_motion_new(4);
    assert_int_equal(write(temp_path(path, "point"), motion, NULL), OIK_OK);
    if (!comma_locale_enter()) {
        oik_ik_motion_free(motion);
        skip();
    }
    oik_status status = write(temp_path(comma, "comma"), motion, NULL);
    comma_locale_leave();
    assert_int_equal(status, OIK_OK);
    tiny_motion_expect_same_file(path, comma);
    oik_ik_motion_free(motion);
}

void export_check_absent_folder(export_writer *write, const oik_ik_motion *motion) {
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    assert_int_equal(write(temp_path(path, "absent/a"), motion, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "absent"));
}

void export_check_refused(export_writer *write, const oik_ik_motion *motion, const char *name, oik_status status, const char *text) {
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_error err;
    assert_int_equal(write(temp_path(path, name), motion, &err), status);
    assert_non_null(strstr(err.message, name));
    assert_non_null(strstr(err.message, text));
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_E_IO); /* nothing was written */
}
