/* The importer's own tests (tests/tools/test_import.py), one case for each class of them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/shared_path.h"

#define SCRIPT "tests/tools/test_import.py"

extern char **environ;

static char *python; /* one that has numpy, or NULL */

static int run(char *const argv[], bool silent) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    if (silent)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int find_python(void **state) {
    static char candidates[][20] = {"python3", "/usr/bin/python3"};
    char option[] = "-c", code[] = "import numpy";
    (void)state;
    for (size_t i = 0; !python && i < sizeof candidates / sizeof *candidates; i++)
        if (run((char *[]){candidates[i], option, code, NULL}, true) == 0)
            python = candidates[i];
    if (!python)
        fprintf(stderr, "skipped: no python3 that has numpy (apt install python3-numpy python3-scipy)\n");
    return 0;
}

static void run_class(const char *name) {
    char option[] = "-B", script[] = SCRIPT, class[64];
    if (!python)
        skip();
    snprintf(class, sizeof class, "%s", name);
    assert_int_equal(run((char *[]){python, option, script, class, NULL}, false), 0);
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
