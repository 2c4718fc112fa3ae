/** Decimal numbers in text files. */
#define _POSIX_C_SOURCE 200809L
#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** Does text go on with the lower-case word, in any letter case? */
static size_t match_word(const char *text, const char *end, const char *word) {
    size_t n = 0;
    for (; word[n]; n++)
        if (text + n >= end || (text[n] | 0x20) != word[n])
            return 0;
    return n;
}

static size_t parse_not_finite(double *value, const char *text, const char *end) {
    size_t n = match_word(text, end, "infinity");
    n = n ? n : match_word(text, end, "inf");
    if (n) {
        *value = HUGE_VAL;
        return n;
    }
    n = match_word(text, end, "nan");
    if (n)
        *value = (double)NAN;
    return n;
}

/**
 * A decimal number cut into mantissa * 10^exponent. Digits that do not fit the mantissa are left out; it is then far beyond 2^53,
 * where the fast path is not taken.
 */
typedef struct decimal {
    uint64_t mantissa;
    int64_t exponent;
    const char *next; /**< first byte after the number, NULL when there is none */
} decimal;

static void push_digit(decimal *d, char c, int after_point) {
    const uint64_t room = (UINT64_MAX - 9) / 10;
    if (d->mantissa > room)
        return;
    d->mantissa = 10 * d->mantissa + (uint64_t)(c - '0');
    d->exponent -= after_point;
}

/** The part from e on; without a digit after it the e is not part of the number. */
static void scan_exponent(decimal *d, const char *end) {
    const char *p = d->next;
    if (p >= end || (*p | 0x20) != 'e')
        return;
    p++;
    int negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p >= end || !is_digit(*p))
        return;
    int64_t value = 0;
    const int64_t far = 100000; /* beyond every double; stops the sum from overflowing */
    for (; p < end && is_digit(*p); p++)
        value = value < far ? 10 * value + (*p - '0') : value;
    d->exponent += negative ? -value : value;
    d->next = p;
}

static decimal scan_decimal(const char *p, const char *end) {
    decimal d = {0};
    const char *first = p;
    for (; p < end && is_digit(*p); p++)
        push_digit(&d, *p, 0);
    ptrdiff_t n_digits = p - first;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        for (; p < end && is_digit(*p); p++)
            push_digit(&d, *p, 1);
        n_digits += p - fraction;
    }
    if (n_digits == 0)
        return (decimal){0};
    d.next = p;
    scan_exponent(&d, end);
    return d;
}

/** strtod in the C locale for the number between text and next, which the scan has found to be one. */
static int parse_slowly(double *value, const char *text, const char *next) {
    char copy[OIK_NUMBER_LENGTH];
    size_t n = (size_t)(next - text);
    if (n >= sizeof copy)
        return 0;
    memcpy(copy, text, n);
    copy[n] = '\0';
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return 0;
    locale_t caller = uselocale(c_locale);
    *value = strtod(copy, NULL);
    uselocale(caller);
    freelocale(c_locale);
    return 1;
}

size_t oik_number_parse(double *value, const char *text, const char *end) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int64_t max_power = 22;                    /* the largest power of ten that a double holds exactly */
    const uint64_t max_mantissa = UINT64_C(1) << 53; /* and the largest run of integers */
    const char *p = text;
    int negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    decimal d = scan_decimal(p, end);
    if (!d.next) {
        size_t n = parse_not_finite(value, p, end);
        if (n && negative)
            *value = -*value;
        return n ? n + (size_t)(p - text) : 0;
    }
    size_t used = (size_t)(d.next - text);
    if (d.mantissa > max_mantissa || d.exponent < -max_power || d.exponent > max_power)
        return parse_slowly(value, text, d.next) ? used : 0;
    double m = (double)d.mantissa;
    m = d.exponent < 0 ? m / powers[-d.exponent] : m * powers[d.exponent];
    *value = negative ? -m : m;
    return used;
}

size_t oik_integer_parse(int64_t *value, const char *text, const char *end) {
    const char *p = text;
    int negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    const char *first = p;
    int64_t sum = 0; /* kept negative, because the negative range is the larger one */
    for (; p < end && is_digit(*p); p++) {
        int digit = *p - '0';
        if (sum < (INT64_MIN + digit) / 10)
            return 0;
        sum = 10 * sum - digit;
    }
    int goes_on = p < end && (*p == '.' || *p == '_' || ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'));
    if (p == first || goes_on || (!negative && sum == INT64_MIN))
        return 0;
    *value = negative ? sum : -sum;
    return (size_t)(p - text);
}
