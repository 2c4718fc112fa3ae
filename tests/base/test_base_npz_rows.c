/* Arrays row by row: equal to reading them whole from every kind of file and in every order; damage; frame rates; archives on disk. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/npz.h"
#include "base/npz_rows.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/temp_dir.h"

/* 40 rows of 24 kB: more than the reader skips at once, and more than libzip buffers */
enum { N_ROWS = 40, A = 1000, B = 3, PER_ROW = A * B };

static double values[N_ROWS * PER_ROW];
static char stored[TEMP_PATH_LENGTH], deflated[TEMP_PATH_LENGTH], npy[TEMP_PATH_LENGTH];

static void write_archive(const char *path, int deflate) {
    const size_t shape[3] = {N_ROWS, A, B}, none[2] = {0, 3};
    const char *const words[] = {"a"};
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "rows", "<f8", 3, shape, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "single", "<f8", 0, NULL, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "none", "<f8", 2, none, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_text(w, "text", 1, words, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, deflate, NULL), OIK_OK);
    oik_npz_writer_free(w);
}

/* A version 1 .npy by hand. */
static void write_npy(const char *name, const char *dictionary, const void *data, size_t size) {
    char path[TEMP_PATH_LENGTH];
    size_t length = strlen(dictionary);
    oik_buf buf = {0};
    oik_buf_append(&buf, "\x93NUMPY\1\0", 8);
    oik_buf_append(&buf, (uint8_t[]){(uint8_t)length, (uint8_t)(length >> 8)}, 2);
    oik_buf_append(&buf, dictionary, length);
    oik_buf_append(&buf, data, size);
    assert_int_equal(oik_buf_write_file(&buf, temp_path(path, name), NULL), OIK_OK);
    oik_buf_free(&buf);
}

static int set_up(void **state) {
    uint64_t seed = 3;
    for (size_t i = 0; i < N_ROWS * PER_ROW; i++)
        values[i] = random_signed(&seed);
    if (temp_dir_setup(state))
        return -1;
    write_archive(temp_path(stored, "stored.npz"), 0);
    write_archive(temp_path(deflated, "deflated.npz"), 1);
    write_npy("rows.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (40, 1000, 3), }\n", values, sizeof values);
    temp_path(npy, "rows.npy");
    return 0;
}

static oik_npz_rows *open_rows(const oik_npz *npz, const char *name) {
    oik_npz_rows *rows;
    oik_error err = {0};
    if (oik_npz_rows_open(&rows, npz, name, &err))
        fail_msg("%s", err.message);
    return rows;
}

static void check_row(oik_npz_rows *rows, size_t row) {
    double found[PER_ROW];
    oik_error err = {0};
    if (oik_npz_rows_read(found, rows, row, &err))
        fail_msg("%s", err.message);
    assert_memory_equal(found, values + row * PER_ROW, sizeof found);
}

/* Forwards, backwards, the same twice, far jumps. */
static void check_all_orders(const oik_npz *npz, const char *name) {
    static const size_t jumps[] = {7, 7, 39, 0, 20, 19, 38, 39, 1};
    oik_npz_rows *rows = open_rows(npz, name);
    int n_dim;
    const size_t *shape = oik_npz_rows_shape(rows, &n_dim);
    assert_true(n_dim == 3 && shape[0] == N_ROWS && shape[1] == A && shape[2] == B);
    for (size_t i = 0; i < N_ROWS; i++)
        check_row(rows, i);
    for (size_t i = N_ROWS; i-- > N_ROWS - 3;)
        check_row(rows, i);
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++)
        check_row(rows, jumps[i]);
    oik_npz_rows_free(rows);
}

static void rows_come_in_any_order_from_any_file(void **state) {
    (void)state;
    const char *const archives[] = {stored, deflated};
    oik_npz *npz;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(oik_npz_open_on_disk(&npz, archives[k], NULL), OIK_OK);
        check_all_orders(npz, "rows");
        oik_npz_free(npz);
        assert_int_equal(oik_npz_open(&npz, archives[k], NULL), OIK_OK);
        check_all_orders(npz, "rows");
        oik_npz_free(npz);
    }
    assert_int_equal(oik_npz_open_on_disk(&npz, npy, NULL), OIK_OK);
    check_all_orders(npz, "arr_0");
    oik_npz_free(npz);
    assert_int_equal(oik_npz_open_npy(&npz, npy, NULL), OIK_OK);
    check_all_orders(npz, "arr_0");
    oik_npz_free(npz);
}

static void two_readers_of_one_archive_do_not_disturb_each_other(void **state) {
    (void)state;
    const char *const archives[] = {stored, deflated};
    for (int k = 0; k < 2; k++) {
        oik_npz *npz;
        assert_int_equal(oik_npz_open_on_disk(&npz, archives[k], NULL), OIK_OK);
        oik_npz_rows *a = open_rows(npz, "rows"), *b = open_rows(npz, "rows");
        for (size_t i = 0; i < N_ROWS; i++) {
            check_row(a, i);
            check_row(b, N_ROWS - 1 - i);
        }
        oik_npz_rows_free(a);
        oik_npz_rows_free(b);
        oik_npz_free(npz);
    }
}

static void arrays_on_disk_are_read_whole_too(void **state) {
    (void)state;
    const char *const paths[] = {stored, deflated, npy};
    for (int k = 0; k < 3; k++) {
        oik_npz *npz;
        double *whole;
        size_t shape[3] = {N_ROWS, A, B}, n;
        char **text;
        assert_int_equal(oik_npz_open_on_disk(&npz, paths[k], NULL), OIK_OK);
        assert_int_equal(oik_npz_count(npz), k == 2 ? 1 : 4);
        assert_int_equal(oik_npz_read_f64(npz, k == 2 ? "arr_0" : "rows", 3, shape, &whole, NULL), OIK_OK);
        assert_memory_equal(whole, values, sizeof values);
        free(whole);
        assert_int_equal(oik_npz_read_text(npz, "text", &n, &text, NULL), k == 2 ? OIK_E_FORMAT : OIK_OK);
        free(text);
        oik_npz_free(npz);
    }
}

static void numbers_of_other_types_and_gaps_come_through(void **state) {
    (void)state;
    const uint8_t f4[] = {0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0, 0x7F, 0xC0, 0, 0, 0x7F, 0x80, 0, 0}; /* 1, -2.5, NaN, infinity */
    char path[TEMP_PATH_LENGTH];
    oik_npz *npz;
    double row[2];
    write_npy("big.npy", "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }\n", f4, sizeof f4);
    assert_int_equal(oik_npz_open_on_disk(&npz, temp_path(path, "big.npy"), NULL), OIK_OK);
    oik_npz_rows *rows = open_rows(npz, "arr_0");
    assert_int_equal(oik_npz_rows_read(row, rows, 1, NULL), OIK_OK);
    assert_true(isnan(row[0]) && isinf(row[1]));
    assert_int_equal(oik_npz_rows_read(row, rows, 0, NULL), OIK_OK);
    assert_true(fabs(row[0] - 1.0) == 0.0 && fabs(row[1] + 2.5) == 0.0);
    oik_npz_rows_free(rows);
    oik_npz_free(npz);
}

static void check_no_rows(const char *path, const char *name, oik_status wanted, const char *words) {
    oik_npz *npz = NULL;
    oik_npz_rows *rows = NULL;
    oik_error err = {0};
    oik_status status = oik_npz_open_on_disk(&npz, path, &err);
    if (!status)
        status = oik_npz_rows_open(&rows, npz, name, &err);
    if (status != wanted || !strstr(err.message, words) || !strstr(err.message, path))
        fail_msg("expected %s with '%s', found %s: %s", oik_status_name(wanted), words, oik_status_name(status), err.message);
    assert_null(rows);
    oik_npz_free(npz);
}

static void what_has_no_rows_is_refused(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], folder[TEMP_PATH_LENGTH];
    check_no_rows(stored, "absent", OIK_E_FORMAT, "array 'absent': the archive has no such array");
    check_no_rows(stored, "text", OIK_E_FORMAT, "array 'text': expected numbers, found text");
    check_no_rows(stored, "single", OIK_E_SHAPE, "found a single number");
    check_no_rows(npy, "rows", OIK_E_FORMAT, "only the array 'arr_0'");
    check_no_rows(temp_path(path, "absent.npz"), "rows", OIK_E_IO, "No such file");
    temp_path(folder, "folder");
    assert_int_equal(oik_dir_make(folder, NULL), OIK_OK);
    check_no_rows(folder, "rows", OIK_E_IO, "found a directory");
    check_no_rows(temp_file(path, "empty.npz", "", 0), "rows", OIK_E_FORMAT, "the file is empty");
    check_no_rows(temp_file(path, "other.npz", "neither", 7), "rows", OIK_E_FORMAT, "something else");
    write_npy("fortran.npy", "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1), }\n", values, 16);
    check_no_rows(temp_path(path, "fortran.npy"), "arr_0", OIK_E_FORMAT, "Fortran order");
    write_npy("short.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }\n", values, 15);
    check_no_rows(temp_path(path, "short.npy"), "arr_0", OIK_E_FORMAT, "expected 16 bytes for its shape, found 15");
    write_npy("long.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }\n", values, 24);
    check_no_rows(temp_path(path, "long.npy"), "arr_0", OIK_E_FORMAT, "expected 16 bytes for its shape, found 24");
}

static void a_row_past_the_last_is_refused(void **state) {
    (void)state;
    oik_npz *npz;
    oik_error err = {0};
    double row[PER_ROW];
    assert_int_equal(oik_npz_open_on_disk(&npz, stored, NULL), OIK_OK);
    oik_npz_rows *rows = open_rows(npz, "rows");
    assert_int_equal(oik_npz_rows_read(row, rows, N_ROWS, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "row 40 asked for, it has 40"));
    oik_npz_rows_free(rows);
    rows = open_rows(npz, "none");
    assert_int_equal(oik_npz_rows_read(row, rows, 0, &err), OIK_E_ARGUMENT);
    oik_npz_rows_free(rows);
    oik_npz_free(npz);
}

/* Damage inside a deflated stream is noticed by zlib or by the checksum, in a stored one by the checksum after the last row. */
static void damage_is_noticed_by_the_last_row(void **state) {
    (void)state;
    const char *const archives[] = {stored, deflated};
    for (int k = 0; k < 2; k++) {
        char path[TEMP_PATH_LENGTH];
        uint8_t *bytes;
        size_t size;
        double row[PER_ROW];
        oik_npz *npz;
        oik_error err = {0};
        oik_status status = OIK_OK;
        assert_int_equal(oik_file_read(&bytes, &size, archives[k], NULL), OIK_OK);
        bytes[size / 2] ^= 1;
        assert_int_equal(oik_npz_open_on_disk(&npz, temp_file(path, "damaged.npz", bytes, size), NULL), OIK_OK);
        oik_npz_rows *rows = open_rows(npz, "rows");
        size_t n_read = 0;
        for (; n_read < N_ROWS && !status; n_read++)
            status = oik_npz_rows_read(row, rows, n_read, &err);
        assert_int_equal(status, OIK_E_FORMAT);
        assert_non_null(strstr(err.message, "damaged.npz: array 'rows': its entry is damaged"));
        check_row(rows, 0); /* before the damage, after the error */
        oik_npz_rows_free(rows);
        oik_npz_free(npz);
        free(bytes);
    }
}

static void a_file_cut_while_it_is_open_is_noticed(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    double row[PER_ROW];
    oik_npz *npz;
    oik_error err = {0};
    write_npy("cut.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (40, 1000, 3), }\n", values, sizeof values);
    assert_int_equal(oik_npz_open_on_disk(&npz, temp_path(path, "cut.npy"), NULL), OIK_OK);
    oik_npz_rows *rows = open_rows(npz, "arr_0");
    assert_int_equal(truncate(path, 30000), 0);
    check_row(rows, 0);
    assert_int_equal(oik_npz_rows_read(row, rows, 1, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "cut.npy: array 'arr_0': expected 24000 bytes at byte "));
    oik_npz_rows_free(rows);
    oik_npz_free(npz);
}

/* An archive with one number under a name. */
static oik_npz *archive_with(const char *name, int n_dim, const size_t *shape, double value) {
    const double numbers[2] = {value, value};
    char path[TEMP_PATH_LENGTH];
    oik_npz_writer *w;
    oik_npz *npz;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, name, "<f8", n_dim, shape, numbers, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, temp_path(path, "rate.npz"), 0, NULL), OIK_OK);
    oik_npz_writer_free(w);
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    return npz;
}

static void the_frame_rate_has_several_names(void **state) {
    (void)state;
    static const char *const names[] = {"fps", "frame_rate", "mocap_framerate", "mocap_frame_rate"};
    const size_t one[2] = {1, 1};
    for (int i = 0; i < 4; i++) {
        double fps = -1;
        oik_npz *npz = archive_with(names[i], i % 3, one, 59.94);
        assert_int_equal(oik_npz_read_frame_rate(npz, &fps, NULL), OIK_OK);
        assert_true(fabs(fps - 59.94) == 0.0);
        oik_npz_free(npz);
    }
    double fps = -1;
    oik_npz *npz = archive_with("speed", 0, NULL, 120);
    assert_int_equal(oik_npz_read_frame_rate(npz, &fps, NULL), OIK_OK);
    assert_true(fabs(fps) == 0.0);
    oik_npz_free(npz);
}

static void a_frame_rate_that_is_none_is_refused(void **state) {
    (void)state;
    const size_t two[1] = {2};
    double fps;
    oik_error err = {0};
    oik_npz *npz = archive_with("fps", 0, NULL, 0);
    assert_int_equal(oik_npz_read_frame_rate(npz, &fps, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "rate.npz: array 'fps': expected a frame rate > 0, found 0"));
    oik_npz_free(npz);
    npz = archive_with("frame_rate", 1, two, 30);
    assert_int_equal(oik_npz_read_frame_rate(npz, &fps, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "rate.npz: array 'frame_rate': expected one number"));
    oik_npz_free(npz);
}

static oik_status read_two_rows(const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    oik_npz_rows *rows = NULL;
    double row[PER_ROW], fps;
    oik_status status = oik_npz_open_on_disk(&npz, path, err);
    if (!status)
        status = oik_npz_rows_open(&rows, npz, path == npy ? "arr_0" : "rows", err);
    if (!status)
        status = oik_npz_rows_read(row, rows, 2, err);
    if (!status)
        status = oik_npz_rows_read(row, rows, 1, err);
    if (!status)
        status = oik_npz_read_frame_rate(npz, &fps, err);
    oik_npz_rows_free(rows);
    oik_npz_free(npz);
    return status;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    const char *const paths[] = {stored, deflated, npy};
    for (int k = 0; k < 3; k++) {
        for (long n = 0;; n++) {
            oik_error err = {0};
            failing_malloc_arm(n);
            oik_status status = read_two_rows(paths[k], &err);
            long n_seen = failing_malloc_disarm();
            if (n_seen <= n) {
                assert_int_equal(status, OIK_OK);
                assert_true(n > 2);
                break;
            }
            assert_int_equal(status, OIK_E_MEMORY);
            assert_int_equal(err.status, OIK_E_MEMORY);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_in_any_order_from_any_file),
        cmocka_unit_test(two_readers_of_one_archive_do_not_disturb_each_other),
        cmocka_unit_test(arrays_on_disk_are_read_whole_too),
        cmocka_unit_test(numbers_of_other_types_and_gaps_come_through),
        cmocka_unit_test(what_has_no_rows_is_refused),
        cmocka_unit_test(a_row_past_the_last_is_refused),
        cmocka_unit_test(damage_is_noticed_by_the_last_row),
        cmocka_unit_test(a_file_cut_while_it_is_open_is_noticed),
        cmocka_unit_test(the_frame_rate_has_several_names),
        cmocka_unit_test(a_frame_rate_that_is_none_is_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_base_npz_rows", tests, set_up, temp_dir_teardown);
}
