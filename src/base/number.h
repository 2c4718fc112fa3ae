/** Decimal numbers in text files, the same under every locale. */
#ifndef OIK_BASE_NUMBER_H
#define OIK_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define OIK_NUMBER_LENGTH 1024

/**
 * Read one decimal number that starts exactly at text: [+-] digits [. digits] [e [+-] digits], or nan, inf, infinity in any
 * letter case (so that a caller can tell "not finite" from "not a number"). Correctly rounded. No hexadecimal, no blanks skipped.
 *
 * @param[out] value untouched when there is no number
 * @param[in]  text  begin of the text; nothing at or after end is read
 * @param[in]  end   one past the last byte
 * @return bytes used; 0 when there is no number, or one of OIK_NUMBER_LENGTH characters or more (no writer makes these)
 * Allocates nothing; about 20 ns for up to 15 digits.
 * Source of the exact fast path: Clinger, How to read floating point numbers accurately, PLDI 1990.
 */
size_t oik_number_parse(double *value, const char *text, const char *end);

/** The same for a decimal integer [+-] digits; 0 also when it does not fit 64 bits or goes on with a letter, digit or point. */
size_t oik_integer_parse(int64_t *value, const char *text, const char *end);

#endif
