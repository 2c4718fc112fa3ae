/* Every allocation of the archive reader, the archive writer and the file functions fails once; nothing crashes or is half-written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/npz.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"

static oik_status write_archive(const char *path, oik_error *err) {
    const double values[6] = {0, 1, 2, 3, 4, 5};
    const int32_t integers[2] = {4, 5};
    const char *const words[] = {"one", "two"};
    const size_t shape[2] = {2, 3}, two[1] = {2};
    oik_npz_writer *w = NULL;
    oik_status status = oik_npz_writer_new(&w, err);
    if (!status)
        status = oik_npz_add_f64(w, "d", "<f8", 2, shape, values, err);
    if (!status)
        status = oik_npz_add_i32(w, "i", "<i4", 1, two, integers, err);
    if (!status)
        status = oik_npz_add_text(w, "t", 2, words, err);
    if (!status)
        status = oik_npz_writer_save(w, path, 1, err);
    oik_npz_writer_free(w);
    return status;
}

static oik_status read_archive(const char *path, oik_error *err) {
    oik_npz *npz = NULL;
    double *d = NULL;
    float *f = NULL;
    int32_t *i = NULL;
    char **t = NULL;
    int n_dim;
    size_t n, shape[OIK_NPZ_MAX_DIM], any[2] = {SIZE_MAX, SIZE_MAX}, two[1] = {2};
    oik_status status = oik_npz_open(&npz, path, err);
    assert_true(status ? npz == NULL : npz != NULL);
    if (!status)
        status = oik_npz_shape(npz, "d", &n_dim, shape, err);
    if (!status)
        status = oik_npz_read_f64(npz, "d", 2, any, &d, err);
    if (!status)
        status = oik_npz_read_f32(npz, "d", 2, any, &f, err);
    if (!status)
        status = oik_npz_read_i32(npz, "i", 1, two, &i, err);
    if (!status)
        status = oik_npz_read_text(npz, "t", &n, &t, err);
    assert_true(status || (d[5] > 4.5 && f[5] > 4.5f && i[1] == 5 && strcmp(t[1], "two") == 0));
    free(d);
    free(f);
    free(i);
    free(t);
    oik_npz_free(npz);
    return status;
}

static oik_status make_folder(const char *path, oik_error *err) {
    return oik_dir_make(path, err);
}

static oik_status fill_buffer(const char *path, oik_error *err) {
    oik_buf buf = {0};
    for (int k = 0; k < 3000; k++)
        oik_buf_printf(&buf, "%d\n", k);
    oik_status status = oik_buf_write_file(&buf, path, err);
    oik_buf_free(&buf);
    return status;
}

/* The n-th allocation fails for n = 0, 1, ... until the call needs no n-th one. */
static void sweep(oik_status (*call)(const char *, oik_error *), const char *path, int writes) {
    for (long n = 0;; n++) {
        oik_error err = {0};
        if (writes)
            unlink(path);
        failing_malloc_arm(n);
        oik_status status = call(path, &err);
        long n_seen = failing_malloc_disarm();
        if (n_seen <= n) {
            assert_int_equal(status, OIK_OK);
            assert_true(n > 0); /* the wrapped allocator has been called at all */
            return;
        }
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_non_null(strstr(err.message, "memory"));
        assert_true(!writes || access(path, F_OK) != 0);
    }
}

static void the_archive_writer_survives(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    sweep(write_archive, temp_path(path, "w.npz"), 1);
}

static void the_archive_reader_survives(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(write_archive(temp_path(path, "r.npz"), NULL), OIK_OK);
    sweep(read_archive, path, 0);
}

static void buffer_and_folders_survive(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    sweep(fill_buffer, temp_path(path, "b.txt"), 1);
    sweep(make_folder, temp_path(path, "x/y"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_archive_writer_survives),
        cmocka_unit_test(the_archive_reader_survives),
        cmocka_unit_test(buffer_and_folders_survive),
    };
    return cmocka_run_group_tests_name("test_base_malloc", tests, temp_dir_setup, temp_dir_teardown);
}
