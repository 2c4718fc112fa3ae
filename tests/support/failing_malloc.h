/**
 * Allocations that fail on request. A test that includes this file is linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc, so that the calls of the library under test come here.
 */
#ifndef TESTS_SUPPORT_FAILING_MALLOC_H
#define TESTS_SUPPORT_FAILING_MALLOC_H

/** From now on count allocations, and let the n-th (from 0) fail once. n < 0: count only. */
void failing_malloc_arm(long n);

/** Stop; the number of allocations since failing_malloc_arm. */
long failing_malloc_disarm(void);

#endif
