/* Files, whole or in pieces: round trips, nothing half-written, messages that name the path; the growing buffer. */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "support/comma_locale.h"
#include "support/random.h"
#include "support/temp_dir.h"

static void bytes_come_back(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    const uint8_t bytes[] = {0, 255, '\r', '\n', 0, 7};
    assert_int_equal(oik_file_write(temp_path(path, "a.bin"), bytes, sizeof bytes, NULL), OIK_OK);
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(data, bytes, sizeof bytes);
    assert_int_equal(data[size], 0); /* the NUL byte after the end */
    free(data);
}

static void writing_again_replaces_the_file(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    temp_file(path, "b.txt", "a long old text", 15);
    assert_int_equal(oik_file_write(path, "new", 3, NULL), OIK_OK);
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, 3);
    assert_string_equal((char *)data, "new");
    free(data);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(info.st_mode & 0777, 0666 & ~mask);
}

static void an_empty_file_is_a_file(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_file_write(temp_path(path, "empty"), NULL, 0, NULL), OIK_OK);
    uint8_t *data;
    size_t size = 1;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, 0);
    assert_int_equal(data[0], 0);
    free(data);
}

static void reading_names_what_is_not_a_file(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    uint8_t *data;
    size_t size;
    oik_error err;
    assert_int_equal(oik_file_read(&data, &size, temp_path(path, "absent"), &err), OIK_E_IO);
    assert_null(data);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, "No such file"));
    assert_int_equal(oik_file_read(&data, &size, temp_path(path, "."), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "found a directory"));
    temp_path(path, "pipe"); /* nobody writes to it: reading must not wait */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(oik_file_read(&data, &size, path, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "expected a file"));
    assert_int_equal(oik_file_write(path, "x", 1, &err), OIK_E_IO); /* nor replace it */
    assert_non_null(strstr(err.message, "not a file"));
}

static void a_missing_folder_is_an_error_that_names_the_path(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    assert_int_equal(oik_file_write(temp_path(path, "no/such/file"), "x", 1, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, path));
}

/* Write as a user without rights; the superuser may write to every folder. Exit code 0: refused with a good message. */
static int try_without_rights(const char *path) {
    const uid_t nobody = 65534;
    if (geteuid() == 0 && setuid(nobody) != 0)
        return 2;
    oik_error err;
    int refused = oik_file_write(path, "x", 1, &err) == OIK_E_IO;
    return refused && strstr(err.message, path) ? 0 : 1;
}

static void an_unwritable_folder_keeps_no_partial_output(void **unused) {
    (void)unused;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    assert_int_equal(chmod(temp_path(folder, "."), 0755), 0);
    assert_int_equal(mkdir(temp_path(folder, "locked"), 0555), 0);
    temp_path(path, "locked/out");
    pid_t child = fork();
    if (child == 0)
        _exit(try_without_rights(path));
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_true(WIFEXITED(code));
    assert_int_equal(WEXITSTATUS(code), 0);
    assert_int_equal(count_entries(folder), 0);
}

/* A file size limit makes write() fail in the middle, as a full disk does. */
static void a_full_disk_keeps_the_old_file_and_no_temporary(void **unused) {
    (void)unused;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    assert_int_equal(mkdir(temp_path(folder, "full"), 0777), 0);
    temp_file(path, "full/out", "old", 3);
    char *much = calloc(1, 100000);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 5000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    oik_error err;
    oik_status status = oik_file_write(path, much, 100000, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    free(much);
    assert_int_equal(status, OIK_E_IO);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(count_entries(folder), 1);
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_string_equal((char *)data, "old");
    free(data);
}

/** The files of a folder and what path holds. */
static void expect_state(const char *folder, int n_entries, const char *path, const char *content) {
    uint8_t *data;
    size_t size;
    assert_int_equal(count_entries(folder), n_entries);
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    assert_int_equal(size, strlen(content));
    assert_string_equal((char *)data, content);
    free(data);
}

static void a_file_written_in_pieces_appears_when_it_is_finished(void **unused) {
    (void)unused;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_file_writer *writer;
    oik_buf buf = {0};
    assert_int_equal(mkdir(temp_path(folder, "pieces"), 0777), 0);
    temp_file(path, "pieces/out", "old", 3);
    assert_int_equal(oik_file_writer_new(&writer, path, NULL), OIK_OK);
    assert_int_equal(oik_file_writer_append(writer, "one ", 4, NULL), OIK_OK);
    oik_buf_printf(&buf, "two ");
    assert_int_equal(oik_buf_drain(&buf, writer, NULL), OIK_OK);
    assert_int_equal(buf.size, 0);
    oik_buf_printf(&buf, "three");
    assert_int_equal(oik_buf_drain(&buf, writer, NULL), OIK_OK);
    assert_int_equal(oik_buf_drain(&buf, writer, NULL), OIK_OK); /* nothing left to say */
    expect_state(folder, 2, path, "old");
    assert_int_equal(oik_file_writer_finish(writer, NULL), OIK_OK);
    expect_state(folder, 1, path, "one two three");
    oik_file_writer_free(writer);
    expect_state(folder, 1, path, "one two three");
    oik_buf_free(&buf);
}

static void one_of_many_replaces_the_file_and_leaves_nothing_else(void **unused) {
    (void)unused;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_buf buf = {0};
    oik_error err;
    assert_int_equal(mkdir(temp_path(folder, "many"), 0777), 0);
    temp_file(path, "many/out", "old", 3);
    oik_buf_printf(&buf, "one of many");
    assert_int_equal(oik_buf_write_one_of_many(&buf, path, NULL), OIK_OK);
    expect_state(folder, 1, path, "one of many");
    assert_int_equal(oik_buf_write_one_of_many(&buf, temp_path(path, "many/no/out"), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, path));
    buf.status = OIK_E_MEMORY;
    assert_int_equal(oik_buf_write_one_of_many(&buf, temp_path(path, "many/out"), &err), OIK_E_MEMORY);
    expect_state(folder, 1, path, "one of many");
    oik_buf_free(&buf);
}

static void a_file_that_is_given_up_leaves_the_old_one(void **unused) {
    (void)unused;
    char folder[TEMP_PATH_LENGTH], path[TEMP_PATH_LENGTH];
    oik_file_writer *writer;
    oik_error err;
    oik_buf broken = {.status = OIK_E_MEMORY};
    assert_int_equal(mkdir(temp_path(folder, "given_up"), 0777), 0);
    temp_file(path, "given_up/out", "old", 3);
    assert_int_equal(oik_file_writer_new(&writer, path, NULL), OIK_OK);
    assert_int_equal(oik_file_writer_append(writer, "new", 3, NULL), OIK_OK);
    assert_int_equal(oik_buf_drain(&broken, writer, &err), OIK_E_MEMORY);
    assert_non_null(strstr(err.message, path));
    oik_file_writer_free(writer);
    expect_state(folder, 1, path, "old");
    oik_file_writer_free(NULL);
    assert_int_equal(oik_file_writer_new(&writer, temp_path(path, "given_up/no/out"), &err), OIK_E_IO);
    assert_null(writer);
}

static void expect_fixed(double x, int decimals, const char *text) {
    oik_buf buf = {0};
    oik_buf_fixed(&buf, x, decimals);
    assert_string_equal(buf.data, text);
    oik_buf_free(&buf);
}

static void fixed_numbers_are_rounded_and_have_no_negative_zero(void **unused) {
    (void)unused;
    expect_fixed(0.0, 0, "0");
    expect_fixed(-0.0, 2, "0.00");
    expect_fixed(-4e-7, 6, "0.000000");
    expect_fixed(-6e-7, 6, "-0.000001");
    expect_fixed(0.05, 1, "0.1");
    expect_fixed(12.5, 0, "13");
    expect_fixed(-1.5, 0, "-2");
    expect_fixed(0.999999999999, 9, "1.000000000");
    expect_fixed(-123456.789, 6, "-123456.789000");
    expect_fixed(1.0 / 3.0, 9, "0.333333333");
    expect_fixed(4503599627370495.5, 0, "4503599627370496");
    expect_fixed(1e22, 2, "10000000000000000000000.00");
    expect_fixed(NAN, 3, "nan");
    expect_fixed(-INFINITY, 3, "-inf");
}

/* away from ties the digits are printf's */
static void fixed_numbers_are_those_of_printf(void **unused) {
    (void)unused;
    uint64_t random = 5;
    for (int i = 0; i < 100000; i++) {
        char expected[64];
        int decimals = (int)(random_bits(&random) % 10);
        double x = random_signed(&random) * pow(10.0, (double)(random_bits(&random) % 9) - 3.0);
        double tail = fmod(fabs(x) * pow(10.0, decimals), 1.0);
        if (fabs(tail - 0.5) < 1e-6 || fabs(x) * pow(10.0, decimals) < 0.5)
            continue;
        snprintf(expected, sizeof expected, "%.*f", decimals, x);
        expect_fixed(x, decimals, expected);
    }
}

static void folders_are_made_with_their_parents(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH], file[TEMP_PATH_LENGTH];
    assert_int_equal(oik_dir_make(temp_path(path, "p//q/r/"), NULL), OIK_OK);
    assert_int_equal(count_entries(path), 0);
    assert_int_equal(oik_dir_make(path, NULL), OIK_OK);
    assert_int_equal(oik_dir_make("/", NULL), OIK_OK);
    temp_file(file, "p/plain", "x", 1);
    oik_error err;
    assert_int_equal(oik_dir_make(temp_path(path, "p/plain/sub"), &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "p/plain"));
    assert_null(strstr(err.message, "p/plain/sub"));
    assert_int_equal(oik_dir_make("", &err), OIK_E_IO);
}

static void the_buffer_grows_and_takes_any_bytes(void **unused) {
    (void)unused;
    oik_buf buf = {0};
    for (int i = 0; i < 10000; i++)
        oik_buf_printf(&buf, "%d,", i);
    assert_int_equal(buf.size, 10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
    oik_buf_append(&buf, "\0\n", 2);
    oik_buf_append(&buf, NULL, 0);
    assert_int_equal(buf.data[buf.size - 2], 0);
    char *longer = calloc(1, 300001);
    memset(longer, 'z', 300000);
    size_t before = buf.size;
    oik_buf_printf(&buf, "%s.", longer);
    free(longer);
    assert_int_equal(buf.size, before + 300001);
    assert_string_equal(buf.data + buf.size - 3, "zz.");
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_buf_write_file(&buf, temp_path(path, "buf"), NULL), OIK_OK);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, buf.size);
    oik_buf_free(&buf);
    assert_null(buf.data);
    oik_buf_free(NULL);
}

static void an_error_in_the_buffer_sticks_and_writes_no_file(void **unused) {
    (void)unused;
    oik_buf buf = {.status = OIK_E_MEMORY};
    char path[TEMP_PATH_LENGTH];
    oik_error err;
    oik_buf_printf(&buf, "text");
    assert_int_equal(buf.size, 0);
    assert_int_equal(oik_buf_write_file(&buf, temp_path(path, "never"), &err), OIK_E_MEMORY);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(access(path, F_OK), -1);
    oik_buf_free(&buf);
}

static void a_comma_locale_changes_no_output(void **unused) {
    (void)unused;
    if (!comma_locale_enter())
        skip();
    oik_buf buf = {0};
    oik_buf_printf(&buf, "%.3f %g", 1234567.5, 0.25);
    char direct[32];
    snprintf(direct, sizeof direct, "%.1f", 0.5);
    comma_locale_leave();
    assert_string_equal(direct, "0,5"); /* the locale is in force, and again after the call */
    assert_string_equal(buf.data, "1234567.500 0.25");
    oik_buf_free(&buf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(writing_again_replaces_the_file),
        cmocka_unit_test(an_empty_file_is_a_file),
        cmocka_unit_test(reading_names_what_is_not_a_file),
        cmocka_unit_test(a_missing_folder_is_an_error_that_names_the_path),
        cmocka_unit_test(an_unwritable_folder_keeps_no_partial_output),
        cmocka_unit_test(a_full_disk_keeps_the_old_file_and_no_temporary),
        cmocka_unit_test(a_file_written_in_pieces_appears_when_it_is_finished),
        cmocka_unit_test(one_of_many_replaces_the_file_and_leaves_nothing_else),
        cmocka_unit_test(a_file_that_is_given_up_leaves_the_old_one),
        cmocka_unit_test(fixed_numbers_are_rounded_and_have_no_negative_zero),
        cmocka_unit_test(fixed_numbers_are_those_of_printf),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(the_buffer_grows_and_takes_any_bytes),
        cmocka_unit_test(an_error_in_the_buffer_sticks_and_writes_no_file),
        cmocka_unit_test(a_comma_locale_changes_no_output),
    };
    return cmocka_run_group_tests_name("test_base_file", tests, temp_dir_setup, temp_dir_teardown);
}
