/* Allocations that fail on request; the linker renames malloc to __wrap_malloc and the real one to __real_malloc. */
#include "support/failing_malloc.h"

#include <errno.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);

static int armed;
static long n_seen, n_failing;

void failing_malloc_arm(long n) {
    armed = 1;
    n_seen = 0;
    n_failing = n;
}

long failing_malloc_disarm(void) {
    armed = 0;
    return n_seen;
}

static int fails_now(void) {
    if (!armed || n_seen++ != n_failing)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *__wrap_malloc(size_t size) {
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
    return fails_now() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *block, size_t size) {
    return fails_now() ? NULL : __real_realloc(block, size);
}
