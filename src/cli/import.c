/**
 * osso_ik import: licensed STAR or SMPL and OSSO files -> a model archive. Finds the tool that does it (tools/import_model.py) and a
 * python3 that has numpy, and runs the one with the other. No shell is involved.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/model_path.h"

#define TOOL "import_model.py"

extern char **environ;

enum { NOT_STARTED = -1, OWN_ARGUMENTS = 6 }; /* python, -B, tool, --tables, FILE, NULL */

static oik_exit fail(const char *sentence) {
    fprintf(stderr, "osso_ik: error: import: %s\n", sentence);
    return OIK_EXIT_INPUT;
}

static bool try_tool(oik_buf *path, const char *dir, const char *folder) {
    path->size = 0;
    oik_buf_printf(path, "%s%s/" TOOL, dir, folder);
    return !path->status && access(path->data, R_OK) == 0;
}

/** The tool: in the directory that OSSO_IK_TOOLS names (then nowhere else), else beside the program in the source tree or installed. */
static bool find_tool(oik_buf *path) {
    static const char *const folders[] = {"/../tools", "/../share/osso_ik/tools"};
    const char *named = getenv("OSSO_IK_TOOLS");
    char dir[PATH_MAX];
    if (named && *named)
        return try_tool(path, named, "");
    if (!oik_program_directory(dir))
        return false;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (try_tool(path, dir, folders[i]))
            return true;
    return false;
}

/** Exit code of a program, 128 + signal when it was killed, NOT_STARTED when there is none of that name. */
static int run(char *const argv[], bool silent) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return NOT_STARTED;
    if (silent) {
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        return NOT_STARTED;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return NOT_STARTED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** Fill in argv[0] with the first python3 that has numpy. The one in PATH need not be the one that the system's packages are for. */
static bool find_python(char **argv, char *tool) {
    static char pythons[][20] = {"python3", "/usr/bin/python3"};
    char probe[] = "--probe", no_cache[] = "-B";
    for (size_t i = 0; i < sizeof pythons / sizeof *pythons; i++) {
        argv[0] = pythons[i];
        if (run((char *[]){pythons[i], no_cache, tool, probe, NULL}, true) == 0)
            return true;
    }
    return false;
}

/** python -B tool [--tables MODEL] arguments; tables and tool are borrowed. A --tables among the arguments comes later and counts. */
static void fill(char **full, char *tool, oik_buf *tables, int argc, char **argv) {
    static char no_cache[] = "-B", option[] = "--tables"; /* -B: writes nothing beside the tool */
    size_t n = 1;
    full[n++] = no_cache;
    full[n++] = tool;
    if (oik_model_path(tables, "neutral", NULL) == OIK_OK) {
        full[n++] = option;
        full[n++] = tables->data;
    }
    for (int i = 1; i < argc; i++)
        full[n++] = argv[i];
    full[n] = NULL;
}

/** What the tool says goes on; that it broke or was killed is a fault inside. */
static oik_exit exit_of_tool(int code) {
    switch (code) {
    case OIK_EXIT_DONE:
    case OIK_EXIT_USAGE:
    case OIK_EXIT_INPUT:
    case OIK_EXIT_INTERRUPTED: return (oik_exit)code;
    default: fprintf(stderr, "osso_ik: error: import: the tool ended with %d\n", code); return OIK_EXIT_INTERNAL;
    }
}

oik_exit oik_command_import(int argc, char **argv) {
    oik_buf tool = {0}, tables = {0};
    oik_exit code = OIK_EXIT_INTERNAL;
    char **full = oik_new((size_t)argc + OWN_ARGUMENTS, sizeof *full, NULL);
    if (!full)
        fail("out of memory");
    else if (!find_tool(&tool))
        code = fail(TOOL " is not in ../tools or ../share/osso_ik/tools beside the program: name its folder with OSSO_IK_TOOLS");
    else if (!find_python(full, tool.data))
        code = fail("python3 with numpy is needed and was not found: apt install python3-numpy");
    else {
        fill(full, tool.data, &tables, argc, argv);
        code = exit_of_tool(run(full, false));
    }
    free(full);
    oik_buf_free(&tool);
    oik_buf_free(&tables);
    return code;
}
