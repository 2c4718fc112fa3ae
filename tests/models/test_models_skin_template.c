/* The tables of the skin: what is read, and sentences for what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "skin_dimensions.h"
#include "skin_template.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"

#define ADDRESSES "models/tables/skin_address.txt"
#define DIMENSIONS "models/tables/skin_dimensions.txt"

/** a copy of a table in which the first `from` is replaced by `to`; its path in out */
static void changed(char out[TEMP_PATH_LENGTH], const char *table, const char *from, const char *to) {
    uint8_t *data = NULL;
    size_t size = 0;
    assert_int_equal(oik_file_read(&data, &size, table, NULL), OIK_OK);
    char *place = strstr((char *)data, from);
    assert_non_null(place);
    size_t before = (size_t)(place - (char *)data), after = size - before - strlen(from), n = before + strlen(to) + after;
    char *text = malloc(n + 1);
    assert_non_null(text);
    snprintf(text, n + 1, "%.*s%s%s", (int)before, (char *)data, to, place + strlen(from));
    temp_file(out, "table.txt", text, n);
    free(text);
    free(data);
}

static void every_vertex_has_an_address(void **state) {
    (void)state;
    oik_skin_address_table *T = NULL;
    assert_int_equal(oik_skin_address_load(&T, ADDRESSES, NULL), OIK_OK);
    assert_int_equal(T->n_left, 3512);
    size_t midline = 0;
    for (size_t v = 0; v < T->n_vertices; v++) {
        int32_t row = T->row_of[v];
        assert_true(T->vertex[row] == (int32_t)v || T->mirror[T->vertex[row]] == (int32_t)v);
        midline += T->mirror[v] == (int32_t)v;
    }
    assert_int_equal(T->n_vertices, 2 * T->n_left - midline);
    oik_skin_address_free(T);
    oik_skin_address_free(NULL);
}

static void names_the_line_of_a_damaged_address(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } cases[] = {{"\n1 3515 ", "\n1 x ", "six numbers"},
                 {"\n1 3515 ", "\n1 9999 ", "out of range"},
                 {"\n1 3515 ", "\n0 3515 ", "twice"},
                 {"\n1 3515 6 100 25 7\n", "\n", "no address"},
                 {"trunk1 trunk2", "trunk2 trunk1", "segment 0 is trunk2"},
                 {" thumb2\n", "\n", "41 segments"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[TEMP_PATH_LENGTH];
        oik_error err = {0};
        oik_skin_address_table *T = (oik_skin_address_table *)&err;
        changed(path, ADDRESSES, cases[i].from, cases[i].to);
        assert_int_equal(oik_skin_address_load(&T, path, &err), OIK_E_FORMAT);
        assert_null(T);
        assert_non_null(strstr(err.message, path));
        assert_non_null(strstr(err.message, cases[i].message));
    }
}

static void dimensions_are_blended_by_gender(void **state) {
    (void)state;
    oik_skin_dimension_table D;
    assert_int_equal(oik_skin_dimensions_load(&D, DIMENSIONS, NULL), OIK_OK);
    /* Gordon et al. 2014: stature of men 1756, of women 1629 mm */
    assert_true(D.male.stature > 1755 && D.male.stature < 1757);
    assert_true(D.female.stature > 1628 && D.female.stature < 1630);
    oik_skin_dimensions d = oik_skin_dimensions_at(&D, 0.25);
    assert_true(d.hip_breadth == 0.75 * D.male.hip_breadth + 0.25 * D.female.hip_breadth);
}

static void names_the_line_of_a_damaged_dimension(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } cases[] = {{"1756.2", "tall", "four numbers"},
                 {"1756.2", "-1756.2", "not positive"},
                 {"\nstature ", "\nstatue ", "statue"},
                 {"\nstature ", "\n# ", "stature is missing"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[TEMP_PATH_LENGTH];
        oik_error err = {0};
        oik_skin_dimension_table D;
        changed(path, DIMENSIONS, cases[i].from, cases[i].to);
        assert_int_equal(oik_skin_dimensions_load(&D, path, &err), OIK_E_FORMAT);
        assert_non_null(strstr(err.message, path));
        assert_non_null(strstr(err.message, cases[i].message));
    }
}

static void a_failed_allocation_is_an_error(void **state) {
    (void)state;
    oik_skin_address_table *T = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(oik_skin_address_load(&T, ADDRESSES, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_skin_address_free(T);
    for (long i = 0; i < n; i++) {
        failing_malloc_arm(i);
        oik_status status = oik_skin_address_load(&T, ADDRESSES, NULL);
        failing_malloc_disarm();
        assert_int_not_equal(status, OIK_OK);
        assert_null(T);
    }
}

int main(void) {
    const struct CMUnitTest skin_template[] = {cmocka_unit_test(every_vertex_has_an_address),
                                               cmocka_unit_test(names_the_line_of_a_damaged_address),
                                               cmocka_unit_test(dimensions_are_blended_by_gender),
                                               cmocka_unit_test(names_the_line_of_a_damaged_dimension),
                                               cmocka_unit_test(a_failed_allocation_is_an_error)};
    return cmocka_run_group_tests_name("test_models_skin_template", skin_template, temp_dir_setup, temp_dir_teardown);
}
