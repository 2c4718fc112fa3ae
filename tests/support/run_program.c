/* Running the built program from tests, and scratch folders. */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

enum { MAX_ARGUMENTS = 64 };

static const char *built_path(const char *name) {
    static char path[RUN_MAX_PATH];
    const char *build = getenv("OSSO_IK_BUILD");
    snprintf(path, sizeof path, "%s/%s", build ? build : "build", name);
    return path;
}

static void collect(char *argv[MAX_ARGUMENTS], const char *name, const char *first, va_list list) {
    int n = 0;
    argv[n++] = (char *)(uintptr_t)built_path(name);
    for (const char *a = first; a; a = va_arg(list, const char *)) {
        assert_true(n < MAX_ARGUMENTS - 1);
        argv[n++] = (char *)(uintptr_t)a;
    }
    argv[n] = NULL;
}

static int exit_code(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** Start the program with stdout and stderr on these files. */
static pid_t start(char **argv, int out, int err) {
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    int failed = posix_spawn(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        fail_msg("%s cannot be started: %s", argv[0], strerror(failed));
    return pid;
}

static char *file_content(FILE *file) {
    fflush(file);
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    assert_true(size >= 0);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    return text;
}

/** Run with stdout and stderr on files. */
static run_result run(char **argv) {
    FILE *out = tmpfile(), *err = tmpfile();
    assert_true(out && err);
    run_result result = {.code = exit_code(start(argv, fileno(out), fileno(err)))};
    result.out = file_content(out);
    result.err = file_content(err);
    fclose(out);
    fclose(err);
    return result;
}

run_result run_osso_ik(const char *first, ...) {
    char *argv[MAX_ARGUMENTS];
    va_list list;
    va_start(list, first);
    collect(argv, "osso_ik", first, list);
    va_end(list);
    return run(argv);
}

run_result run_built(const char *name, const char *first, ...) {
    char *argv[MAX_ARGUMENTS];
    va_list list;
    va_start(list, first);
    collect(argv, name, first, list);
    va_end(list);
    return run(argv);
}

/** Read until the other end of the terminal is closed. */
static char *read_terminal(int fd) {
    size_t size = 0, room = 1 << 16;
    char *text = calloc(room, 1);
    assert_non_null(text);
    for (ssize_t n; size < room - 1 && (n = read(fd, text + size, room - 1 - size)) > 0;)
        size += (size_t)n;
    return text;
}

run_result run_osso_ik_on_terminal(const char *first, ...) {
    char *argv[MAX_ARGUMENTS];
    va_list list;
    va_start(list, first);
    collect(argv, "osso_ik", first, list);
    va_end(list);
    setenv("TERM", "xterm", 1);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        skip(); /* no /dev/pts, as in a bare chroot */
    int side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(side >= 0);
    FILE *out = tmpfile();
    assert_non_null(out);
    pid_t pid = start(argv, fileno(out), side);
    close(side);
    run_result result = {.err = read_terminal(terminal)};
    result.code = exit_code(pid);
    result.out = file_content(out);
    fclose(out);
    close(terminal);
    return result;
}

void run_free(run_result *result) {
    free(result->out);
    free(result->err);
    *result = (run_result){0};
}

char *scratch_new(void) {
    char *folder = strdup("/tmp/osso_ik_test_XXXXXX");
    if (folder && !mkdtemp(folder)) {
        free(folder);
        return NULL;
    }
    return folder;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place) {
    (void)info, (void)type, (void)place;
    return remove(path);
}

void scratch_free(char *folder) {
    if (folder)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

const char *in_folder(const char *folder, const char *name) {
    static char buffers[16][RUN_MAX_PATH];
    static unsigned next;
    char *buffer = buffers[next++ % 16];
    snprintf(buffer, RUN_MAX_PATH, "%s/%s", folder, name);
    return buffer;
}

static size_t n_files; /* nftw has no context */

static int count_one(const char *path, const struct stat *info, int type, struct FTW *place) {
    (void)path, (void)info, (void)place;
    n_files += type == FTW_F;
    return 0;
}

size_t count_files(const char *folder) {
    n_files = 0;
    nftw(folder, count_one, 16, FTW_PHYS);
    return n_files;
}

bool file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

char *file_text(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = file_content(file);
    if (size)
        *size = (size_t)ftell(file);
    fclose(file);
    return text;
}

void file_put(const char *path, const void *data, size_t size) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}
