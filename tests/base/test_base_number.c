/* Decimal numbers and words of text: correct rounding, ends, locales. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "base/text.h"
#include "support/comma_locale.h"
#include "support/random.h"
#include "support/temp_dir.h"

static size_t parse(double *value, const char *text) {
    return oik_number_parse(value, text, text + strlen(text));
}

/* strtod of the C library is the independent reference; cmocka programs start in the C locale. */
static void agrees_with_strtod_on_hard_cases(void **unused) {
    (void)unused;
    static const char *const texts[] = {
        "0", "-0", "+1", "1.", ".5", "-.5e-3", "1e22", "1e23", "123456789012345678", "0.1", "9007199254740993",
        "9007199254740992", "9007199254740993.0000000001", "2.2250738585072011e-308", "2.2250738585072014e-308", "4.9e-324",
        "2e-324", "1.7976931348623157e308", "1e-400", "179769313486231580793728971405301e277", "8.5e-23", "1.00000000000000011102",
        "0.000000000000000000000000000000000001234567", "18446744073709551616", "18446744073709551615", "3.1415926535897932384626"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = -77.0, wanted = strtod(texts[i], NULL);
        assert_int_equal(parse(&value, texts[i]), strlen(texts[i]));
        assert_memory_equal(&value, &wanted, sizeof value);
    }
}

static void agrees_with_strtod_on_random_numbers(void **unused) {
    (void)unused;
    uint64_t state = 5;
    for (int i = 0; i < 20000; i++) {
        char text[64];
        uint64_t bits = random_bits(&state);
        double any, value, wanted;
        memcpy(&any, &bits, sizeof any);
        if (!isfinite(any))
            continue;
        any = i % 2 ? random_signed(&state) : any;
        snprintf(text, sizeof text, i % 3 == 0 ? "%.17g" : i % 3 == 1 ? "%.9g" : "%.6f", any);
        wanted = strtod(text, NULL);
        assert_int_equal(parse(&value, text), strlen(text));
        assert_memory_equal(&value, &wanted, sizeof value);
    }
}

static void stops_where_the_number_ends(void **unused) {
    (void)unused;
    double value = 0;
    assert_int_equal(parse(&value, "1.5 2"), 3);
    assert_int_equal(parse(&value, "2e"), 1);
    assert_int_equal(parse(&value, "2e+"), 1);
    assert_int_equal(parse(&value, "3,5"), 1);
    assert_int_equal(parse(&value, "0x10"), 1);
    assert_int_equal(parse(&value, "1.2.3"), 3);
    const char *text = "12345"; /* the end counts, not the NUL byte */
    assert_int_equal(oik_number_parse(&value, text, text + 2), 2);
    assert_true(fabs(value - 12.0) == 0.0);
}

static void refuses_what_is_no_number(void **unused) {
    (void)unused;
    static const char *const texts[] = {"", "-", "+", ".", "e5", "-e5", "abc", " 1", "--1", "na", "i"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = -77.0;
        assert_int_equal(parse(&value, texts[i]), 0);
        assert_true(fabs(value + 77.0) == 0.0);
    }
    char digits[OIK_NUMBER_LENGTH + 2];
    memset(digits, '7', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    double value;
    assert_int_equal(parse(&value, digits), 0);
    digits[OIK_NUMBER_LENGTH - 1] = '\0';
    assert_int_equal(parse(&value, digits), OIK_NUMBER_LENGTH - 1);
    assert_true(isinf(value));
}

static void tells_not_finite_from_not_a_number(void **unused) {
    (void)unused;
    double value;
    assert_int_equal(parse(&value, "nan"), 3);
    assert_true(isnan(value));
    assert_int_equal(parse(&value, "-NaN"), 4);
    assert_true(isnan(value));
    assert_int_equal(parse(&value, "-inf"), 4);
    assert_true(isinf(value) && value < 0);
    assert_int_equal(parse(&value, "Infinity"), 8);
    assert_true(isinf(value) && value > 0);
    assert_int_equal(parse(&value, "1e999"), 5);
    assert_true(isinf(value));
}

static void a_comma_locale_changes_nothing(void **unused) {
    (void)unused;
    if (!comma_locale_enter())
        skip();
    double short_number = 0, long_number = 0;
    size_t short_used = parse(&short_number, "1.5"), long_used = parse(&long_number, "1.50000000000000000001");
    comma_locale_leave();
    assert_int_equal(short_used, 3);
    assert_int_equal(long_used, 22);
    assert_true(fabs(short_number - 1.5) == 0.0 && fabs(long_number - 1.5) == 0.0);
}

static size_t parse_integer(int64_t *value, const char *text) {
    return oik_integer_parse(value, text, text + strlen(text));
}

static void integers_keep_their_range(void **unused) {
    (void)unused;
    int64_t value = 0;
    assert_int_equal(parse_integer(&value, "-9223372036854775808"), 20);
    assert_true(value == INT64_MIN);
    assert_int_equal(parse_integer(&value, "9223372036854775807"), 19);
    assert_true(value == INT64_MAX);
    assert_int_equal(parse_integer(&value, "9223372036854775808"), 0);
    assert_int_equal(parse_integer(&value, "-9223372036854775809"), 0);
    assert_int_equal(parse_integer(&value, "99999999999999999999999"), 0);
    assert_int_equal(parse_integer(&value, "+12/3"), 3);
    assert_int_equal(value, 12);
    assert_int_equal(parse_integer(&value, "1.5"), 0);
    assert_int_equal(parse_integer(&value, "12a"), 0);
    assert_int_equal(parse_integer(&value, "-"), 0);
    assert_int_equal(parse_integer(&value, ""), 0);
}

static void lines_end_in_lf_crlf_or_cr(void **unused) {
    (void)unused;
    const char *text = "a b\nc\r\n\rlast";
    oik_lines lines = {text, text + strlen(text), 0};
    static const char *const wanted[] = {"a b", "c", "", "last"};
    oik_span line;
    for (size_t i = 0; i < 4; i++) {
        assert_true(oik_lines_next(&lines, &line));
        assert_true(oik_span_is(line, wanted[i]));
        assert_int_equal(lines.number, i + 1);
    }
    assert_false(oik_lines_next(&lines, &line));
}

static void words_and_shown_text(void **unused) {
    (void)unused;
    const char *text = " \tone  two\v";
    oik_span line = {text, text + strlen(text)}, word;
    assert_true(oik_span_word(&line, &word) && oik_span_is(word, "one"));
    assert_true(oik_span_word(&line, &word) && oik_span_is(word, "two"));
    assert_false(oik_span_is(word, "tw") || oik_span_is(word, "twos"));
    assert_false(oik_span_word(&line, &word));
    char shown[OIK_SHOWN_LENGTH], bytes[100];
    memset(bytes, 'y', sizeof bytes);
    bytes[1] = '\0';
    bytes[2] = '\x1b';
    oik_span_show(shown, (oik_span){bytes, bytes + sizeof bytes});
    assert_int_equal(strlen(shown), OIK_SHOWN_LENGTH - 1);
    assert_true(strncmp(shown, "y??y", 4) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_strtod_on_hard_cases), cmocka_unit_test(agrees_with_strtod_on_random_numbers),
        cmocka_unit_test(stops_where_the_number_ends),      cmocka_unit_test(refuses_what_is_no_number),
        cmocka_unit_test(tells_not_finite_from_not_a_number), cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(integers_keep_their_range),        cmocka_unit_test(lines_end_in_lf_crlf_or_cr),
        cmocka_unit_test(words_and_shown_text),
    };
    return cmocka_run_group_tests_name("test_base_number", tests, temp_dir_setup, temp_dir_teardown);
}
