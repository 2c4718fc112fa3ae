/* The importer's own tests (tests/tools/test_import.py), one case for each class of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/python_tests.h"
#include "support/shared_path.h"

#define SCRIPT "tests/tools/test_import.py"

static int find_python(void **state) {
    (void)state;
    python_tests_find();
    return 0;
}

static void run_class(const char *name) {
    python_tests_run(SCRIPT, name);
}

static void hostile_pickles_are_refused(void **state) {
    (void)state;
    run_class("HostilePickles");
}

static void old_formats_give_the_same_arrays(void **state) {
    (void)state;
    run_class("OldFormats");
}

static void wrong_values_are_named(void **state) {
    (void)state;
    run_class("Checks");
}

static void archives_are_whole_and_the_same_each_time(void **state) {
    (void)state;
    run_class("Program");
}

static void skin_arrays_are_those_of_the_source(void **state) {
    (void)state;
    run_class("Skin");
}

static void puppet_arrays_are_those_of_the_source(void **state) {
    (void)state;
    run_class("Puppet");
}

static void segments_of_the_t_pose_point_the_right_way(void **state) {
    (void)state;
    run_class("Kinematics");
}

static void tables_are_those_of_the_reference_program(void **state) {
    char path[SHARED_PATH_LENGTH];
    (void)state;
    if (!shared_path(path, "oracle/pack"))
        skip();
    run_class("Oracle");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_pickles_are_refused),
        cmocka_unit_test(old_formats_give_the_same_arrays),
        cmocka_unit_test(wrong_values_are_named),
        cmocka_unit_test(archives_are_whole_and_the_same_each_time),
        cmocka_unit_test(skin_arrays_are_those_of_the_source),
        cmocka_unit_test(puppet_arrays_are_those_of_the_source),
        cmocka_unit_test(segments_of_the_t_pose_point_the_right_way),
        cmocka_unit_test(tables_are_those_of_the_reference_program),
    };
    return cmocka_run_group_tests_name("tools_import", tests, find_python, NULL);
}
