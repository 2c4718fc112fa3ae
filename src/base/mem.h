/** Overflow-checked allocation. Memory is released with free(). */
#ifndef OIK_BASE_MEM_H
#define OIK_BASE_MEM_H

#include <stddef.h>

#include "osso_ik.h"

/**
 * n zeroed elements of the given size. n = 0 gives a valid pointer to nothing.
 * @return NULL with OIK_E_MEMORY in err (may be NULL) when n * size overflows or memory is short
 */
void *oik_new(size_t n, size_t size, oik_error *err);

/** Like realloc for n elements, overflow-checked; on failure the old block stays valid and NULL is returned. */
void *oik_resize(void *block, size_t n, size_t size, oik_error *err);

#endif
