/* NumPy archives: every dtype there and back, headers written by hand, damage, and equal bytes for equal content. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/npz.h"
#include "support/temp_dir.h"

/* A .npy file from its dictionary and its bytes, as a path in the test's folder. */
static const char *npy_file(char path[TEMP_PATH_LENGTH], int major, const char *dictionary, const void *data, size_t size) {
    uint8_t bytes[1024] = {0x93, 'N', 'U', 'M', 'P', 'Y', (uint8_t)major, 0};
    size_t begin = major == 1 ? 10 : 12, length = strlen(dictionary);
    bytes[8] = (uint8_t)length;
    bytes[9] = (uint8_t)(length >> 8);
    assert_true(begin + length + size <= sizeof bytes);
    memcpy(bytes + begin, dictionary, length);
    if (size)
        memcpy(bytes + begin + length, data, size);
    return temp_file(path, "hand.npy", bytes, begin + length + size);
}

static oik_npz *open_by_hand(const char *dictionary, const void *data, size_t size) {
    char path[TEMP_PATH_LENGTH];
    oik_npz *npz;
    oik_error err = {0};
    oik_status status = oik_npz_open_npy(&npz, npy_file(path, 1, dictionary, data, size), &err);
    if (status)
        fail_msg("%s", err.message);
    return npz;
}

/* Read the only array as doubles and compare. */
static void check_values(const char *dictionary, const void *data, size_t size, int n_dim, const size_t *shape, const double *wanted) {
    oik_npz *npz = open_by_hand(dictionary, data, size);
    size_t found[OIK_NPZ_MAX_DIM] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}, n = 1;
    double *values;
    oik_error err = {0};
    if (oik_npz_read_f64(npz, "arr_0", n_dim, found, &values, &err))
        fail_msg("%s", err.message);
    for (int i = 0; i < n_dim; i++) {
        assert_int_equal(found[i], shape[i]);
        n *= shape[i];
    }
    for (size_t i = 0; i < n; i++)
        assert_true(fabs(values[i] - wanted[i]) == 0.0);
    free(values);
    oik_npz_free(npz);
}

/* Opening or reading by hand-written bytes fails with this status and these words. */
static void check_refused(const char *dictionary, const void *data, size_t size, oik_status wanted, const char *words) {
    char path[TEMP_PATH_LENGTH];
    oik_npz *npz;
    oik_error err = {0};
    double *values = NULL;
    size_t shape[1] = {SIZE_MAX};
    oik_status status = oik_npz_open_npy(&npz, npy_file(path, 1, dictionary, data, size), &err);
    if (!status)
        status = oik_npz_read_f64(npz, "arr_0", 1, shape, &values, &err);
    assert_null(values);
    if (status != wanted || !strstr(err.message, words) || !strstr(err.message, "hand.npy"))
        fail_msg("expected %s with '%s', found %s: %s", oik_status_name(wanted), words, oik_status_name(status), err.message);
    oik_npz_free(npz);
}

static void every_number_type_is_read(void **unused) {
    (void)unused;
    const size_t two[1] = {2};
    const uint8_t f4[] = {0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0}, f4_big[] = {0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0};
    check_values("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", f4, 8, 1, two, (double[]){1, -2.5});
    check_values("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }\n", f4_big, 8, 1, two, (double[]){1, -2.5});
    const uint8_t f8_big[] = {0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0x04, 0, 0, 0, 0, 0, 0};
    check_values("{'descr': '>f8', 'fortran_order': False, 'shape': (2,), }\n", f8_big, 16, 1, two, (double[]){1, -2.5});
    const uint8_t ones[] = {0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0};
    check_values("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }\n", ones, 16, 1, two, (double[]){-2, 3});
    check_values("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }\n", ones, 8, 1, two, (double[]){-2, -1});
    check_values("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }\n", ones, 4, 1, two, (double[]){-2, -1});
    check_values("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }\n", ones, 4, 1, two, (double[]){-257, -1});
    check_values("{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }\n", ones, 2, 1, two, (double[]){-2, -1});
    check_values("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", ones, 2, 1, two, (double[]){254, 255});
    check_values("{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }\n", ones, 4, 1, two, (double[]){65534, 65535});
    check_values("{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }\n", ones, 8, 1, two, (double[]){4294967294.0, 4294967295.0});
    check_values("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }\n", ones + 8, 8, 1, (size_t[]){1}, (double[]){3});
    check_values("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }\n", "\1", 2, 1, two, (double[]){1, 0});
}

static void fortran_order_is_turned_into_c_order(void **unused) {
    (void)unused;
    const uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
    check_values("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", bytes, 6, 2, (size_t[]){2, 3},
                 (double[]){1, 3, 5, 2, 4, 6});
    check_values("{'descr': '|u1', 'fortran_order': True, 'shape': (1, 3, 2), }\n", bytes, 6, 3, (size_t[]){1, 3, 2},
                 (double[]){1, 4, 2, 5, 3, 6});
}

static void header_variants_are_understood(void **unused) {
    (void)unused;
    check_values("{\"shape\":(2L,),\"descr\":\"|u1\",\"fortran_order\":False}", "\7\10", 2, 1, (size_t[]){2}, (double[]){7, 8});
    check_values("{'descr': '|u1', 'fortran_order': False, 'shape': (), }   \n", "\7", 1, 0, NULL, (double[]){7});
    check_values("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }\n", "", 0, 2, (size_t[]){0, 3}, NULL);
    char path[TEMP_PATH_LENGTH];
    for (int major = 2; major <= 3; major++) {
        oik_npz *npz;
        npy_file(path, major, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "\7\10", 2);
        assert_int_equal(oik_npz_open_npy(&npz, path, NULL), OIK_OK);
        int n_dim;
        size_t shape[OIK_NPZ_MAX_DIM];
        assert_int_equal(oik_npz_shape(npz, "arr_0", &n_dim, shape, NULL), OIK_OK);
        assert_true(n_dim == 1 && shape[0] == 2);
        assert_false(oik_npz_has(npz, "arr_1"));
        oik_npz_free(npz);
    }
}

static void what_is_not_numbers_is_refused_by_name(void **unused) {
    (void)unused;
    check_refused("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", "12345678", 8, OIK_E_FORMAT,
                  "'|O' (pickled Python objects)");
    check_refused("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }\n", "12", 2, OIK_E_FORMAT, "'<f2'");
    check_refused("{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }\n", "12", 2, OIK_E_FORMAT, "'<c16'");
    check_refused("{'descr': '<f4x', 'fortran_order': False, 'shape': (1,), }\n", "1234", 4, OIK_E_FORMAT, "'<f4x'");
    check_refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", "1234", 4, OIK_E_FORMAT, "structured");
    check_refused("{'descr': '|S4', 'fortran_order': False, 'shape': (1,), }\n", "1234", 4, OIK_E_FORMAT, "found text");
}

static void damaged_headers_are_refused(void **unused) {
    (void)unused;
    const char *const good = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "12", 2, OIK_E_FORMAT,
                  "expected 3 bytes for its shape, found 2");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", "12", 2, OIK_E_FORMAT,
                  "expected 1 bytes for its shape, found 2");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)", "12", 2, OIK_E_FORMAT, "not closed");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (2", "12", 2, OIK_E_FORMAT, "parenthesis");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (-2,), }", "12", 2, OIK_E_FORMAT, "not a count");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': 2, }", "12", 2, OIK_E_FORMAT, "not a tuple");
    check_refused("{'descr': '|u1', 'fortran_order': None, 'shape': (2,), }", "12", 2, OIK_E_FORMAT, "neither True nor False");
    check_refused("{'descr': '|u1', 'shape': (2,), }", "12", 2, OIK_E_FORMAT, "fortran_order or shape is missing");
    check_refused("{'descr': '|u1', 'colour': 'red', 'shape': (2,), }", "12", 2, OIK_E_FORMAT, "unknown key 'colour'");
    check_refused("not a dictionary", "12", 2, OIK_E_FORMAT, "dictionary");
    check_refused("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1), }", "1", 1, OIK_E_SHAPE, "at most 4 dimensions");
    check_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "", 0, OIK_E_SHAPE,
                  "larger than memory");
    check_refused("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", "", 0, OIK_E_FORMAT, "not a count");
    char path[TEMP_PATH_LENGTH];
    oik_npz *npz;
    oik_error err;
    assert_int_equal(oik_npz_open_npy(&npz, npy_file(path, 4, good, "12", 2), &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "found 4.0"));
    assert_int_equal(oik_npz_open_npy(&npz, temp_file(path, "hand.npy", "\x93NUMPX\1\0\0\0", 10), &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "magic"));
    assert_int_equal(oik_npz_open_npy(&npz, temp_file(path, "hand.npy", "\x93NUMPY\1\0\200\0{'descr'", 18), &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "expected 128 bytes, found 8"));
    assert_int_equal(oik_npz_open_npy(&npz, temp_file(path, "hand.npy", "", 0), &err), OIK_E_FORMAT);
    assert_null(npz);
}

static void values_that_do_not_fit_are_refused(void **unused) {
    (void)unused;
    const uint8_t nan4[] = {0, 0, 0xC0, 0x7F}, inf4[] = {0, 0, 0x80, 0x7F}, half[] = {0, 0, 0, 0x3F}, big[] = {0, 0, 0, 0x4F};
    check_refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", nan4, 4, OIK_E_NOT_FINITE, "element 0 is NaN");
    check_refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", inf4, 4, OIK_E_NOT_FINITE, "infinite");
    const char *const one_f4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
    size_t shape[1] = {1};
    int32_t *integers;
    oik_error err;
    oik_npz *npz = open_by_hand(one_f4, half, 4);
    assert_int_equal(oik_npz_read_i32(npz, "arr_0", 1, shape, &integers, &err), OIK_E_FORMAT);
    assert_null(integers);
    assert_non_null(strstr(err.message, "element 0 is 0.5"));
    oik_npz_free(npz);
    npz = open_by_hand(one_f4, big, 4); /* 2^31 */
    assert_int_equal(oik_npz_read_i32(npz, "arr_0", 1, shape, &integers, &err), OIK_E_FORMAT);
    oik_npz_free(npz);
    const double huge = 1e200;
    float *floats;
    npz = open_by_hand("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", &huge, 8);
    assert_int_equal(oik_npz_read_f32(npz, "arr_0", 1, shape, &floats, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "single precision"));
    oik_npz_free(npz);
}

static void shapes_are_matched_and_left_alone_on_error(void **unused) {
    (void)unused;
    oik_npz *npz = open_by_hand("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", "123456", 6);
    size_t shape[3] = {2, SIZE_MAX, 9};
    int32_t *values;
    oik_error err;
    assert_int_equal(oik_npz_read_i32(npz, "arr_0", 2, shape, &values, &err), OIK_OK);
    assert_true(shape[1] == 3 && values[5] == '6');
    free(values);
    shape[0] = SIZE_MAX;
    shape[1] = 4;
    assert_int_equal(oik_npz_read_i32(npz, "arr_0", 2, shape, &values, &err), OIK_E_SHAPE);
    assert_true(shape[0] == SIZE_MAX);
    assert_non_null(strstr(err.message, "expected 4 entries in dimension 2, found 3"));
    assert_int_equal(oik_npz_read_i32(npz, "arr_0", 3, shape, &values, &err), OIK_E_SHAPE);
    assert_int_equal(oik_npz_read_i32(npz, "other", 2, shape, &values, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "'other'"));
    oik_npz_free(npz);
}

static void text_is_read_from_bytes_and_code_points(void **unused) {
    (void)unused;
    size_t n;
    char **text;
    oik_npz *npz = open_by_hand("{'descr': '|S3', 'fortran_order': False, 'shape': (2,), }", "abcd\0", 6);
    assert_int_equal(oik_npz_read_text(npz, "arr_0", &n, &text, NULL), OIK_OK);
    assert_int_equal(n, 2);
    assert_string_equal(text[0], "abc");
    assert_string_equal(text[1], "d");
    free(text);
    oik_npz_free(npz);
    const uint8_t code[] = {0xE9, 0, 0, 0, 0xAC, 0x20, 0, 0, 0x00, 0xF6, 0x01, 0};
    npz = open_by_hand("{'descr': '<U3', 'fortran_order': False, 'shape': (), }", code, sizeof code);
    assert_int_equal(oik_npz_read_text(npz, "arr_0", &n, &text, NULL), OIK_OK);
    assert_int_equal(n, 1);
    assert_string_equal(text[0], "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
    free(text);
    oik_npz_free(npz);
    npz = open_by_hand("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "12", 2);
    oik_error err;
    assert_int_equal(oik_npz_read_text(npz, "arr_0", &n, &text, &err), OIK_E_FORMAT);
    assert_null(text);
    oik_npz_free(npz);
}

/* Archive with one array of every dtype that is written. */
static void write_archive(const char *path, int deflate) {
    static const char *const words[] = {"pelvis", "caf\xC3\xA9", ""};
    const double values[6] = {0, 1, 2, 3, 100, 200}, finer[6] = {0.5, -1.25, 1e-30, 3e7, 0.1, -7};
    const int32_t integers[4] = {INT32_MIN, -1, 0, INT32_MAX}, small[4] = {-32768, 0, 1, 32767};
    const size_t shape[2] = {2, 3}, four[1] = {4};
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "f8", "<f8", 2, shape, finer, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "f4", "<f4", 2, shape, finer, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "u2", "<u2", 2, shape, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "u1", "|u1", 2, shape, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_i32(w, "i4", "<i4", 1, four, integers, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_i32(w, "i2", "<i2", 1, four, small, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "scalar", "<f8", 0, NULL, finer + 4, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "none", "<f4", 2, (size_t[]){0, 3}, finer, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_text(w, "names", 3, words, NULL), OIK_OK);
    oik_error err = {0};
    if (oik_npz_writer_save(w, path, deflate, &err))
        fail_msg("%s", err.message);
    oik_npz_writer_free(w);
}

static void check_archive(const char *path) {
    const double values[6] = {0, 1, 2, 3, 100, 200}, finer[6] = {0.5, -1.25, 1e-30, 3e7, 0.1, -7};
    oik_npz *npz;
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    double *d;
    int32_t *i;
    size_t shape[2] = {2, 3}, n;
    assert_int_equal(oik_npz_read_f64(npz, "f8", 2, shape, &d, NULL), OIK_OK);
    assert_memory_equal(d, finer, sizeof finer);
    free(d);
    assert_int_equal(oik_npz_read_f64(npz, "f4", 2, shape, &d, NULL), OIK_OK);
    for (int k = 0; k < 6; k++)
        assert_true(fabs(d[k] - (double)(float)finer[k]) == 0.0);
    free(d);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(oik_npz_read_f64(npz, k ? "u1" : "u2", 2, shape, &d, NULL), OIK_OK);
        assert_memory_equal(d, values, sizeof values);
        free(d);
    }
    shape[0] = 4;
    assert_int_equal(oik_npz_read_i32(npz, "i4", 1, shape, &i, NULL), OIK_OK);
    assert_true(i[0] == INT32_MIN && i[1] == -1 && i[3] == INT32_MAX);
    free(i);
    assert_int_equal(oik_npz_read_i32(npz, "i2", 1, shape, &i, NULL), OIK_OK);
    assert_true(i[0] == -32768 && i[3] == 32767);
    free(i);
    assert_int_equal(oik_npz_read_f64(npz, "scalar", 0, NULL, &d, NULL), OIK_OK);
    assert_true(fabs(d[0] - 0.1) == 0.0);
    free(d);
    shape[0] = SIZE_MAX;
    assert_int_equal(oik_npz_read_f64(npz, "none", 2, shape, &d, NULL), OIK_OK);
    assert_int_equal(shape[0], 0);
    free(d);
    char **text;
    assert_int_equal(oik_npz_read_text(npz, "names", &n, &text, NULL), OIK_OK);
    assert_true(n == 3 && strcmp(text[0], "pelvis") == 0 && strcmp(text[1], "caf\xC3\xA9") == 0 && text[2][0] == '\0');
    free(text);
    assert_true(oik_npz_has(npz, "names") && !oik_npz_has(npz, "names.npy") && !oik_npz_has(npz, "absent"));
    oik_npz_free(npz);
}

static void archives_come_back(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    for (int deflate = 0; deflate <= 1; deflate++) {
        write_archive(temp_path(path, "all.npz"), deflate);
        check_archive(path);
    }
}

static void equal_content_gives_equal_bytes_in_every_time_zone(void **unused) {
    (void)unused;
    char a[TEMP_PATH_LENGTH], b[TEMP_PATH_LENGTH];
    uint8_t *first, *second;
    size_t n_first, n_second;
    setenv("TZ", "UTC", 1);
    write_archive(temp_path(a, "a.npz"), 1);
    setenv("TZ", "Asia/Tokyo", 1);
    write_archive(temp_path(b, "b.npz"), 1);
    unsetenv("TZ");
    assert_int_equal(oik_file_read(&first, &n_first, a, NULL), OIK_OK);
    assert_int_equal(oik_file_read(&second, &n_second, b, NULL), OIK_OK);
    assert_int_equal(n_first, n_second);
    assert_memory_equal(first, second, n_first);
    /* DOS time and date at 10 of the first local header: midnight, 1 January 1980, whatever the clock says */
    assert_memory_equal(first + 10, "\0\0\x21\0", 4);
    free(first);
    free(second);
}

static void damaged_archives_are_refused(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    uint8_t *bytes;
    size_t size;
    oik_npz *npz;
    oik_error err;
    write_archive(temp_path(path, "whole.npz"), 0);
    assert_int_equal(oik_file_read(&bytes, &size, path, NULL), OIK_OK);
    assert_int_equal(oik_npz_open(&npz, temp_file(path, "cut.npz", bytes, size / 2), &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "cut.npz"));
    assert_null(npz);
    assert_int_equal(oik_npz_open(&npz, temp_file(path, "empty.npz", "", 0), &err), OIK_E_FORMAT);
    assert_int_equal(oik_npz_open(&npz, temp_path(path, "absent.npz"), &err), OIK_E_IO);
    const size_t first_value = 30 + 6 + 128; /* local header, its name "f8.npy", npy header of two 64-byte lines */
    bytes[first_value + 1] ^= 1;
    assert_int_equal(oik_npz_open(&npz, temp_file(path, "flipped.npz", bytes, size), &err), OIK_OK);
    size_t shape[2] = {2, 3};
    double *values;
    assert_int_equal(oik_npz_read_f64(npz, "f8", 2, shape, &values, &err), OIK_E_FORMAT);
    assert_null(values);
    assert_non_null(strstr(err.message, "flipped.npz: array 'f8': its entry is damaged: CRC error"));
    assert_int_equal(oik_npz_read_f64(npz, "u2", 2, shape, &values, &err), OIK_OK); /* the others are whole */
    free(values);
    oik_npz_free(npz);
    free(bytes);
}

/* Find the central directory entry of "f8.npy": signature PK 1 2, sizes at 20 and 24, name at 46 (PKWARE appnote 4.3.12). */
static uint8_t *central_entry(uint8_t *bytes, size_t size) {
    for (size_t i = 0; i + 52 < size; i++)
        if (memcmp(bytes + i, "PK\1\2", 4) == 0 && memcmp(bytes + i + 46, "f8.npy", 6) == 0)
            return bytes + i;
    fail_msg("no central directory");
    return NULL;
}

static void an_entry_cannot_claim_more_than_deflate_can_hold(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    uint8_t *bytes;
    size_t size;
    oik_npz *npz;
    oik_error err = {0};
    double *values;
    size_t shape[2] = {2, 3};
    write_archive(temp_path(path, "bomb.npz"), 1);
    assert_int_equal(oik_file_read(&bytes, &size, path, NULL), OIK_OK);
    memcpy(central_entry(bytes, size) + 24, "\0\0\0\x70", 4); /* 1.8 GB */
    assert_int_equal(oik_npz_open(&npz, temp_file(path, "bomb.npz", bytes, size), &err), OIK_OK);
    assert_int_equal(oik_npz_read_f64(npz, "f8", 2, shape, &values, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "claims 1879048192 bytes"));
    oik_npz_free(npz);
    free(bytes);
}

static void the_writer_refuses_what_does_not_fit(void **unused) {
    (void)unused;
    const double bad[2] = {1, (double)NAN}, large[2] = {1, 65535.6}, huge[1] = {1e39};
    const size_t two[1] = {2}, one[1] = {1}, many[5] = {1, 1, 1, 1, 1};
    const char *const not_utf8[] = {"\xFF"}, *const overlong[] = {"\xC0\x80"}, *const good[] = {"x"};
    oik_npz_writer *w;
    oik_error err;
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, "a", "<f8", 1, two, bad, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "array 'a'"));
    assert_int_equal(oik_npz_add_f64(w, "a", "<u2", 1, two, large, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_npz_add_f64(w, "a", "<f4", 1, one, huge, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_npz_add_f64(w, "a", "<f2", 1, one, huge, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_npz_add_f64(w, "a", "<f8", 5, many, huge, &err), OIK_E_SHAPE);
    assert_int_equal(oik_npz_add_text(w, "a", 1, not_utf8, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_npz_add_text(w, "a", 1, overlong, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_npz_add_text(w, "twice", 1, good, &err), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, temp_path(path, "no/folder.npz"), 0, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "no/folder.npz"));
    assert_int_equal(oik_npz_add_text(w, "twice", 1, good, &err), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, temp_path(path, "twice.npz"), 0, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "twice.npz"));
    oik_npz_writer_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_type_is_read),
        cmocka_unit_test(fortran_order_is_turned_into_c_order),
        cmocka_unit_test(header_variants_are_understood),
        cmocka_unit_test(what_is_not_numbers_is_refused_by_name),
        cmocka_unit_test(damaged_headers_are_refused),
        cmocka_unit_test(values_that_do_not_fit_are_refused),
        cmocka_unit_test(shapes_are_matched_and_left_alone_on_error),
        cmocka_unit_test(text_is_read_from_bytes_and_code_points),
        cmocka_unit_test(archives_come_back),
        cmocka_unit_test(equal_content_gives_equal_bytes_in_every_time_zone),
        cmocka_unit_test(damaged_archives_are_refused),
        cmocka_unit_test(an_entry_cannot_claim_more_than_deflate_can_hold),
        cmocka_unit_test(the_writer_refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests_name("test_base_npz", tests, temp_dir_setup, temp_dir_teardown);
}
