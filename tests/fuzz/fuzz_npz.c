/** Fuzz target: any bytes as an .npz archive with an array "a" and as a single .npy file, loaded and on disk, whole and row by row. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/npz.h"
#include "base/npz_rows.h"
#include "fuzz/fuzz_main.h"

/* Numbers of up to two dimensions and text; either call may refuse the array, none may crash. */
static void read_array(const oik_npz *npz, const char *name) {
    oik_error err = {0};
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    if (oik_npz_shape(npz, name, &n_dim, shape, &err)) {
        require(err.message[0] != '\0', "an error without its message");
        return;
    }
    double *values;
    oik_status status = oik_npz_read_f64(npz, name, n_dim, shape, &values, &err);
    require((status == OIK_OK) == (values != NULL), "values without success");
    free(values);
    size_t n;
    char **text;
    status = oik_npz_read_text(npz, name, &n, &text, &err);
    require((status == OIK_OK) == (text != NULL), "text without success");
    for (size_t i = 0; i < n; i++)
        require(strlen(text[i]) < SIZE_MAX, "a string has no end");
    free(text);
}

/* Rows in order, then the first again: what the whole array says when that can be read. */
static void check_rows(oik_npz_rows *rows, const double *whole) {
    int n_dim;
    const size_t *shape = oik_npz_rows_shape(rows, &n_dim);
    size_t n = 1;
    for (int i = 1; i < n_dim; i++)
        n *= shape[i];
    double *row = malloc(n * sizeof *row + 1);
    require(row != NULL, "no memory for a row");
    for (size_t i = 0; i <= shape[0]; i++) {
        oik_error err = {0};
        size_t k = i < shape[0] ? i : 0;
        oik_status status = oik_npz_rows_read(row, rows, k, &err);
        require(!status || err.message[0] != '\0', "a row fails without a message");
        require(!whole || (!status && memcmp(row, whole + k * n, n * sizeof *row) == 0), "a row differs from the whole array");
    }
    free(row);
}

static void read_rows(const oik_npz *npz, const char *name) {
    enum { MAX_ROWS = 1000 }; /* each may inflate the entry from its begin */
    oik_npz_rows *rows;
    double *whole, fps;
    (void)oik_npz_read_frame_rate(npz, &fps, NULL);
    if (oik_npz_rows_open(&rows, npz, name, NULL))
        return;
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    memcpy(shape, oik_npz_rows_shape(rows, &n_dim), sizeof shape);
    if (shape[0] > 0 && shape[0] <= MAX_ROWS) {
        (void)oik_npz_read_f64_gaps(npz, name, n_dim, shape, &whole, NULL);
        check_rows(rows, whole);
        free(whole);
    }
    oik_npz_rows_free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    FILE *file = tmpfile();
    require(file && fwrite(data, 1, size, file) == size && fflush(file) == 0, "no temporary file");
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fileno(file));
    oik_npz *npz;
    if (oik_npz_open(&npz, path, NULL) == OIK_OK)
        read_array(npz, "a");
    oik_npz_free(npz);
    if (oik_npz_open_npy(&npz, path, NULL) == OIK_OK)
        read_array(npz, "arr_0");
    oik_npz_free(npz);
    if (oik_npz_open_on_disk(&npz, path, NULL) == OIK_OK) {
        read_array(npz, oik_npz_has(npz, "a") ? "a" : "arr_0");
        read_rows(npz, oik_npz_has(npz, "a") ? "a" : "arr_0");
    }
    oik_npz_free(npz);
    fclose(file);
    return 0;
}
