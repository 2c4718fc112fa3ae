/* A locale whose decimal point is a comma. */
#include "support/comma_locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/temp_dir.h"

static int has_comma(const char *name) {
    return setlocale(LC_ALL, name) && localeconv()->decimal_point[0] == ',';
}

/* glibc compiles a locale from its sources into any folder and finds it there through LOCPATH. */
static int make_german(void) {
    char folder[TEMP_PATH_LENGTH], target[TEMP_PATH_LENGTH], command[2 * TEMP_PATH_LENGTH];
    temp_path(folder, ".");
    temp_path(target, "de_DE.UTF-8");
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 '%s' > /dev/null 2>&1", target);
    if (system(command) != 0)
        return 0;
    return setenv("LOCPATH", folder, 1) == 0 && has_comma("de_DE.UTF-8");
}

int comma_locale_enter(void) {
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "nl_NL.UTF-8", "it_IT.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_comma(names[i]))
            return 1;
    if (make_german())
        return 1;
    comma_locale_leave();
    fprintf(stderr, "skipped: no locale with a decimal comma, and localedef makes none\n");
    return 0;
}

void comma_locale_leave(void) {
    setlocale(LC_ALL, "C");
}
