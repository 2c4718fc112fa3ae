/** Reproducible random numbers for tests (splitmix64: Steele, Lea and Flood, OOPSLA 2014). */
#ifndef TESTS_SUPPORT_RANDOM_H
#define TESTS_SUPPORT_RANDOM_H

#include <stdint.h>

#include "base/vec3.h"

static inline uint64_t random_bits(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/** Uniform in [-1, 1). */
static inline double random_signed(uint64_t *state) {
    return (double)(random_bits(state) >> 11) * 0x1p-52 - 1.0;
}

/** Uniform in the cube [-1, 1)^3. */
static inline oik_vec3 random_vec3(uint64_t *state) {
    double x = random_signed(state), y = random_signed(state), z = random_signed(state);
    return v3(x, y, z);
}

#endif
