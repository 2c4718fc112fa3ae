#include "support/python_tests.h"

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

void python_tests_find(void) {
    static char candidates[][20] = {"python3", "/usr/bin/python3"};
    char option[] = "-c", code[] = "import numpy";
    for (size_t i = 0; !python && i < sizeof candidates / sizeof *candidates; i++)
        if (run((char *[]){candidates[i], option, code, NULL}, true) == 0)
            python = candidates[i];
    if (!python)
        fprintf(stderr, "skipped: no python3 that has numpy (apt install python3-numpy python3-scipy)\n");
}

void python_tests_run(const char *script, const char *class_name) {
    char option[] = "-B", path[128], name[64];
    if (!python) {
        skip();
        return;
    }
    snprintf(path, sizeof path, "%s", script);
    snprintf(name, sizeof name, "%s", class_name);
    assert_int_equal(run((char *[]){python, option, path, name, NULL}, false), 0);
}
