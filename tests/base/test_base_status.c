/* How errors are filled: names, cutting, prefixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/status.h"

static void every_status_has_its_name_and_sentence(void **unused) {
    (void)unused;
    assert_string_equal(oik_status_name(OIK_OK), "OIK_OK");
    assert_string_equal(oik_status_name(OIK_E_CANCELLED), "OIK_E_CANCELLED");
    for (int s = 0; s < OIK_N_STATUS; s++) {
        assert_true(strncmp(oik_status_name((oik_status)s), "OIK_", 4) == 0);
        assert_true(strlen(oik_status_sentence((oik_status)s)) > 0);
    }
    assert_string_equal(oik_status_name(OIK_N_STATUS), "unknown status");
    assert_string_equal(oik_status_sentence((oik_status)1000), "unknown status");
}

static void fail_gives_back_the_status_and_takes_null(void **unused) {
    (void)unused;
    oik_error err;
    assert_int_equal(oik_fail(&err, OIK_E_SHAPE, "%s: expected %d", "a.ply", 3), OIK_E_SHAPE);
    assert_int_equal(err.status, OIK_E_SHAPE);
    assert_string_equal(err.message, "a.ply: expected 3");
    assert_int_equal(oik_fail(NULL, OIK_E_IO, "unseen"), OIK_E_IO);
    oik_error_prefix(NULL, "unseen");
}

static void prefix_comes_first(void **unused) {
    (void)unused;
    oik_error err;
    oik_fail(&err, OIK_E_FORMAT, "bad");
    oik_error_prefix(&err, "file %d", 7);
    assert_string_equal(err.message, "file 7: bad");
    assert_int_equal(err.status, OIK_E_FORMAT);
}

static void long_messages_are_cut_and_stay_terminated(void **unused) {
    (void)unused;
    char text[2 * OIK_ERROR_LENGTH];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    oik_error err;
    oik_fail(&err, OIK_E_IO, "%s", text);
    assert_int_equal(strlen(err.message), OIK_ERROR_LENGTH - 1);
    oik_error_prefix(&err, "p");
    assert_int_equal(strlen(err.message), OIK_ERROR_LENGTH - 1);
    assert_true(strncmp(err.message, "p: xxx", 6) == 0);
    oik_error_prefix(&err, "%s", text);
    assert_int_equal(strlen(err.message), OIK_ERROR_LENGTH - 1);
    assert_int_equal(err.message[OIK_ERROR_LENGTH - 2], 'x');
}

static void products_that_overflow_are_refused(void **unused) {
    (void)unused;
    oik_error err = {0};
    assert_null(oik_new(SIZE_MAX / 2, 4, &err));
    assert_int_equal(err.status, OIK_E_MEMORY);
    assert_null(oik_new((size_t)PTRDIFF_MAX + 1, 1, NULL));
    char *block = oik_new(4, 1, &err);
    assert_non_null(block);
    block[0] = 'k';
    assert_null(oik_resize(block, SIZE_MAX / 8, 16, &err));
    assert_int_equal(block[0], 'k'); /* the old block stays valid */
    free(block);
}

static void nothing_is_a_valid_size_and_memory_is_zeroed(void **unused) {
    (void)unused;
    void *nothing = oik_new(0, 24, NULL);
    assert_non_null(nothing);
    free(nothing);
    nothing = oik_new(24, 0, NULL);
    assert_non_null(nothing);
    nothing = oik_resize(nothing, 0, 0, NULL);
    assert_non_null(nothing);
    free(nothing);
    unsigned char *bytes = oik_new(1000, 3, NULL);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_name_and_sentence), cmocka_unit_test(fail_gives_back_the_status_and_takes_null),
        cmocka_unit_test(prefix_comes_first),                     cmocka_unit_test(long_messages_are_cut_and_stay_terminated),
        cmocka_unit_test(products_that_overflow_are_refused),     cmocka_unit_test(nothing_is_a_valid_size_and_memory_is_zeroed),
    };
    return cmocka_run_group_tests_name("test_base_status", tests, NULL, NULL);
}
