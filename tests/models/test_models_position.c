/* Positions written as text in the anatomical tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "models/position.h"

/* Two made-up bones: reading positions needs landmarks only. */
static oik_bone two_bones[2] = {
    {.name = "shaft", .n_landmarks = 2, .landmarks = {{"top", true, {0.001, 0.2, -0.03}, {0, 0, 0}}, {"end", false, {0.003, -0.4, 0.05}, {0, 0, 0}}}},
    {.name = "shaft_2", .n_landmarks = 1, .landmarks = {{"top", true, {1, 2, 3}, {0, 0, 0}}}},
};
static const oik_bone_set bones = {.n = 2, .bones = two_bones};

static void assert_position(const char *text, double x, double y, double z) {
    oik_vec3 p = v3(NAN, NAN, NAN);
    oik_error err = {.status = OIK_OK};
    if (oik_position_parse(&p, text, &bones, &err))
        fail_msg("%s", err.message);
    assert_true(v3_dist(p, v3(x, y, z)) < 1e-15); /* rounding of the change from millimetres and of sums */
}

static void assert_refused(const char *text, const char *named) {
    oik_vec3 p = v3(0, 0, 0);
    oik_error err = {.status = OIK_OK};
    assert_int_equal(oik_position_parse(&p, text, &bones, &err), OIK_E_MODEL);
    assert_int_equal(err.status, OIK_E_MODEL);
    if (!strstr(err.message, named))
        fail_msg("expected %s in: %s", named, err.message);
    assert_int_equal(oik_position_parse(&p, text, &bones, NULL), OIK_E_MODEL);
}

static void numbers_are_millimetres(void **state) {
    (void)state;
    assert_position("1,-2,3.5", 0.001, -0.002, 0.0035);
    assert_position("0,0,0", 0, 0, 0);
    assert_position("-0.5,1e1,0", -0.0005, 0.01, 0);
}

static void a_landmark_is_found_by_its_bone(void **state) {
    (void)state;
    assert_position("shaft:top", 0.001, 0.2, -0.03);
    assert_position("shaft:end", 0.003, -0.4, 0.05);
    assert_position("shaft_2:top", 1, 2, 3);
}

static void plus_adds(void **state) {
    (void)state;
    assert_position("shaft:top+1,2,3", 0.002, 0.202, -0.027);
    assert_position("shaft:top+-1,0,0", 0, 0.2, -0.03);
    assert_position("1,0,0+0,1,0+0,0,1", 0.001, 0.001, 0.001);
}

static void a_bar_is_the_middle_of_two_sums(void **state) {
    (void)state;
    assert_position("shaft:top|shaft:end", 0.002, -0.1, 0.01);
    assert_position("0,0,0|10,20,30", 0.005, 0.01, 0.015);
    assert_position("2,0,0+2,0,0|0,8,0", 0.002, 0.004, 0);
}

static void what_does_not_exist_is_named(void **state) {
    (void)state;
    assert_refused("shaft:middle", "shaft:middle");
    assert_refused("shaf:top", "shaf:top");
    assert_refused("shaft:top+shaft:tip", "shaft:tip");
    assert_refused(":top", ":top");
    assert_refused("shaft:", "shaft:");
}

static void what_is_no_number_is_named(void **state) {
    (void)state;
    assert_refused("1,2", "1,2");
    assert_refused("1,2,x", "1,2,x");
    assert_refused("1 2 3", "1 2 3");
    assert_refused("", "''");
    assert_refused("1,2,3+", "''");
    assert_refused("|1,2,3", "''");
}

static void left_over_text_is_named(void **state) {
    (void)state;
    assert_refused("1,2,3,4", "1,2,3,4");
    assert_refused("1,2,3mm", "1,2,3mm");
    assert_refused("1,2,3|4,5,6|7,8,9", "1,2,3|4,5,6|7,8,9");
}

static void a_term_that_is_too_long_is_refused_and_not_cut(void **state) {
    (void)state;
    assert_refused("1.000000000000000000000,2.000000000000000000000,3.000000000000000000000", "1.0000");
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(numbers_are_millimetres),
        cmocka_unit_test(a_landmark_is_found_by_its_bone),
        cmocka_unit_test(plus_adds),
        cmocka_unit_test(a_bar_is_the_middle_of_two_sums),
        cmocka_unit_test(what_does_not_exist_is_named),
        cmocka_unit_test(what_is_no_number_is_named),
        cmocka_unit_test(left_over_text_is_named),
        cmocka_unit_test(a_term_that_is_too_long_is_refused_and_not_cut),
    };
    return cmocka_run_group_tests_name("test_models_position", cases, NULL, NULL);
}
