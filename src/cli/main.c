/** osso_ik: the command line. */
#include <string.h>

#include "cli/commands.h"

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        oik_exit (*run)(int argc, char **argv);
    } commands[] = {{"ik", oik_command_ik}, {"info", oik_command_info}, {"convert", oik_command_convert}, {"import", oik_command_import}};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return (int)commands[i].run(argc - 1, argv + 1);
    return (int)oik_command_run(argc, argv);
}
