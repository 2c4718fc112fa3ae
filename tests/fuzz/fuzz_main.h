/**
 * What every fuzz target shares; included by the one source file of the program.
 *
 * With clang -fsanitize=fuzzer the program is a libFuzzer target. Built without it, it replays the files given as arguments.
 */
#ifndef TESTS_FUZZ_FUZZ_MAIN_H
#define TESTS_FUZZ_FUZZ_MAIN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

/** The target: one input. libFuzzer wants 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What must hold; otherwise the program aborts with the name of its source file and the sentence. */
#define require(holds, what) fuzz_require(holds, __FILE__, what)

static inline void fuzz_require(int holds, const char *file, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "%s: %s\n", file, what);
    abort();
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

#endif
