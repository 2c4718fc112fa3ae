/** Overflow-checked allocation. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/status.h"

/** n * size bytes, at least 1; 0 when the product does not fit an object. */
static size_t byte_count(size_t n, size_t size) {
    if (size && n > (size_t)PTRDIFF_MAX / size)
        return 0;
    size_t bytes = n * size;
    return bytes ? bytes : 1;
}

static void *out_of_memory(size_t n, size_t size, oik_error *err) {
    oik_fail(err, OIK_E_MEMORY, "out of memory for %zu elements of %zu bytes", n, size);
    return NULL;
}

void *oik_new(size_t n, size_t size, oik_error *err) {
    size_t bytes = byte_count(n, size);
    void *block = bytes ? calloc(1, bytes) : NULL;
    return block ? block : out_of_memory(n, size, err);
}

void *oik_resize(void *block, size_t n, size_t size, oik_error *err) {
    size_t bytes = byte_count(n, size);
    void *grown = bytes ? realloc(block, bytes) : NULL;
    return grown ? grown : out_of_memory(n, size, err);
}
