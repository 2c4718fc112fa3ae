/**
 * osso_ik import: licensed STAR or SMPL and OSSO files -> a model archive. Finds the tool that does it (tools/import_model.py) and a
 * python3 that has numpy, and runs the one with the other. No shell is involved. What the tool wrote is then read as any model is; an
 * archive that the program refuses is removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "osso_ik.h"
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

/**
 * The tool: in the directory that OSSO_IK_TOOLS names (then nowhere else), else beside the program in the source tree or installed.
 * Says where it was looked for when it is not there.
 */
static bool find_tool(oik_buf *path) {
    static const char *const folders[] = {"/../tools", "/../share/osso_ik/tools"};
    const char *named = getenv("OSSO_IK_TOOLS");
    char dir[PATH_MAX];
    if (named && *named) {
        if (try_tool(path, named, ""))
            return true;
        fprintf(stderr, "osso_ik: error: import: " TOOL " is not in %s, the folder that OSSO_IK_TOOLS names\n", named);
        return false;
    }
    if (!oik_program_directory(dir)) {
        fail("the system does not tell where the program is: name the folder of " TOOL " with OSSO_IK_TOOLS");
        return false;
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (try_tool(path, dir, folders[i]))
            return true;
    fprintf(stderr, "osso_ik: error: import: " TOOL " is not in %s%s or %s%s: name its folder with OSSO_IK_TOOLS\n", dir, folders[0], dir,
            folders[1]);
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

/** Value of -o or --output, in any of the ways to write it; NULL when there is none. The last one counts, as in the tool. */
static const char *output_of(int argc, char **argv) {
    static const char *const name = "--output";
    const char *output = NULL;
    const size_t n = strlen(name);
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "-o") == 0 || strcmp(argv[i], name) == 0)
            output = i + 1 < argc ? argv[++i] : output;
        else if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            output = argv[i] + n + 1;
        else if (strncmp(argv[i], "-o", 2) == 0)
            output = argv[i] + 2 + (argv[i][2] == '=');
    return output;
}

/** Whether the tool put a file in place: it makes another one and renames it. before: valid if existed. */
static bool is_new(const char *path, bool existed, const struct stat *before) {
    struct stat now;
    if (!path || stat(path, &now) != 0 || !S_ISREG(now.st_mode))
        return false;
    return !existed || now.st_ino != before->st_ino || now.st_dev != before->st_dev;
}

/** Read what the tool wrote; remove it when it is no model that the program takes. */
static oik_exit check_model(const char *path) {
    oik_model *model = NULL;
    oik_error err = {0};
    oik_status status = oik_model_load(&model, path, &err);
    oik_model_free(model);
    if (!status)
        return OIK_EXIT_DONE;
    fprintf(stderr, "osso_ik: error: import: the files make no model that this program takes: %s\n", err.message);
    if (status == OIK_E_MEMORY)
        return OIK_EXIT_INTERNAL; /* the archive may be a good one */
    if (remove(path) != 0)
        fprintf(stderr, "osso_ik: error: import: %s: cannot be removed\n", path);
    return OIK_EXIT_INPUT;
}

/** Run the tool and look at what it wrote. */
static oik_exit convert(char **full, int argc, char **argv) {
    struct stat before;
    const char *output = output_of(argc, argv);
    const bool existed = output && stat(output, &before) == 0;
    const oik_exit code = exit_of_tool(run(full, false));
    return code == OIK_EXIT_DONE && is_new(output, existed, &before) ? check_model(output) : code;
}

oik_exit oik_command_import(int argc, char **argv) {
    oik_buf tool = {0}, tables = {0};
    oik_exit code = OIK_EXIT_INTERNAL;
    char **full = oik_new((size_t)argc + OWN_ARGUMENTS, sizeof *full, NULL);
    if (!full)
        fail("out of memory");
    else if (!find_tool(&tool))
        code = OIK_EXIT_INPUT; /* said there */
    else if (!find_python(full, tool.data))
        code = fail("python3 with numpy is needed and was not found: apt install python3-numpy");
    else {
        fill(full, tool.data, &tables, argc, argv);
        code = convert(full, argc, argv);
    }
    free(full);
    oik_buf_free(&tool);
    oik_buf_free(&tables);
    return code;
}
