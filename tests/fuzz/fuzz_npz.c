/**
 * Fuzz target: any bytes as an .npz archive with an array "a" and as a single .npy file.
 *
 * With clang -fsanitize=fuzzer this is a libFuzzer target. Built without it, the program replays the files given as arguments.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "fuzz_npz: %s\n", what);
    abort();
}

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
    fclose(file);
    return 0;
}

/* weak: libFuzzer brings its own main */
__attribute__((weak)) int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        uint8_t *data;
        size_t size;
        if (oik_file_read(&data, &size, argv[i], NULL) != OIK_OK)
            return 1;
        LLVMFuzzerTestOneInput(data, size);
        free(data);
    }
    return 0;
}
