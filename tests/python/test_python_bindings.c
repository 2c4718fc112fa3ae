/* The tests of the Python bindings (tests/python/test_ossoik.py), one case for each class of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/python_tests.h"

#define SCRIPT "tests/python/test_ossoik.py"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif

/** Path of the address sanitizer's shared library that this program runs with; false when it is linked into it. */
static bool find_sanitizer(char *path, size_t size) {
    FILE *maps = fopen("/proc/self/maps", "r");
    bool found = false;
    char line[1024];
    while (maps && !found && fgets(line, sizeof line, maps)) {
        char *start = strchr(line, '/');
        found = start && strstr(start, "libasan.so");
        if (found)
            snprintf(path, size, "%.*s", (int)strcspn(start, "\n"), start);
    }
    if (maps)
        fclose(maps);
    return found;
}

/** A sanitized library needs its run-time library in the program from the start. */
static bool prepare_sanitizer(void) {
    char path[1024];
    if (!find_sanitizer(path, sizeof path)) {
        fprintf(stderr, "skipped: the address sanitizer of this compiler has no shared library to load into python3\n");
        return false;
    }
    setenv("LD_PRELOAD", path, 1);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* python3's own */
    return true;
}

static int find_python(void **state) {
    (void)state;
    if (SANITIZED && !prepare_sanitizer())
        return 0;
    python_tests_find();
    return 0;
}

static void run_class(const char *name) {
    python_tests_run(SCRIPT, name);
}

static void declarations_are_those_of_the_header(void **state) {
    (void)state;
    run_class("Header");
}

static void results_are_the_command_lines(void **state) {
    (void)state;
    run_class("CommandLine");
}

static void inputs_are_taken_or_refused(void **state) {
    (void)state;
    run_class("Inputs");
}

static void outputs_have_their_shapes_and_units(void **state) {
    (void)state;
    run_class("Outputs");
}

static void callbacks_stop_and_raise(void **state) {
    (void)state;
    run_class("Callbacks");
}

static void keypoints_give_a_motion(void **state) {
    (void)state;
    run_class("Keypoints");
}

static void sequences_are_streamed(void **state) {
    (void)state;
    run_class("Sequences");
}

static void rigs_are_the_command_lines(void **state) {
    (void)state;
    run_class("Rigs");
}

static void meshes_and_skins_are_arrays(void **state) {
    (void)state;
    run_class("Surfaces");
}

static void handles_are_freed_once_and_in_order(void **state) {
    (void)state;
    run_class("Lifetimes");
}

static void threads_run_at_once(void **state) {
    (void)state;
    run_class("Threads");
}

static void library_and_models_are_found(void **state) {
    (void)state;
    run_class("Finding");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations_are_those_of_the_header),
        cmocka_unit_test(results_are_the_command_lines),
        cmocka_unit_test(inputs_are_taken_or_refused),
        cmocka_unit_test(outputs_have_their_shapes_and_units),
        cmocka_unit_test(callbacks_stop_and_raise),
        cmocka_unit_test(keypoints_give_a_motion),
        cmocka_unit_test(sequences_are_streamed),
        cmocka_unit_test(rigs_are_the_command_lines),
        cmocka_unit_test(meshes_and_skins_are_arrays),
        cmocka_unit_test(handles_are_freed_once_and_in_order),
        cmocka_unit_test(threads_run_at_once),
        cmocka_unit_test(library_and_models_are_found),
    };
    return cmocka_run_group_tests_name("python_bindings", tests, find_python, NULL);
}
