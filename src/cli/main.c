/** osso_ik: the command line. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

/** The exit code, when standard output has taken everything; an earlier write may have failed, of which the last one knows nothing. */
static oik_exit after_output(oik_exit code) {
    bool flushed = fflush(stdout) == 0;
    if ((flushed && !ferror(stdout)) || code != OIK_EXIT_DONE)
        return code;
    fputs("osso_ik: error: standard output cannot be written\n", stderr);
    return OIK_EXIT_INPUT;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        oik_exit (*run)(int argc, char **argv);
    } commands[] = {{"ik", oik_command_ik}, {"info", oik_command_info}, {"convert", oik_command_convert}, {"import", oik_command_import}};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return (int)after_output(commands[i].run(argc - 1, argv + 1));
    return (int)after_output(oik_command_run(argc, argv));
}
