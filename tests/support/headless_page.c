/* A page in Chromium without a screen (see headless_page.h). */
#include "support/headless_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/run_program.h"
#include "support/temp_dir.h"

const char *headless_browser(void) {
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char command[128];
        snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", names[i]);
        if (system(command) == 0)
            return names[i];
    }
    return NULL;
}

/* Every message of the page is a fault. What the graphics driver says of its speed is not the page's. */
static void expect_silent_console(const char *log_path) {
    char *log = file_text(log_path, NULL), *rest = NULL;
    assert_non_null(log);
    for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (strstr(line, "CONSOLE") && !strstr(line, "GL Driver Message"))
            fail_msg("%s", line);
    free(log);
}

/* action: what of the page is wanted; its text goes to the file out. */
static void browse(const char *page, const char *action, const char *out) {
    char command[8 * TEMP_PATH_LENGTH], profile[TEMP_PATH_LENGTH], log[TEMP_PATH_LENGTH];
    snprintf(command, sizeof command,
             "timeout 90 %s --headless --no-sandbox --disable-dev-shm-usage --use-angle=swiftshader --enable-unsafe-swiftshader "
             "--hide-scrollbars --force-device-scale-factor=1 --virtual-time-budget=3000 --enable-logging=stderr --user-data-dir='%s' %s "
             "'file://%s' > '%s' 2> '%s'",
             headless_browser(), temp_path(profile, "profile"), action, page, out, temp_path(log, "browser.log"));
    int code = system(command);
    if (code != 0)
        fail_msg("%s: exit status %d", command, code);
    expect_silent_console(log);
}

char *headless_document(const char *page) {
    char out[TEMP_PATH_LENGTH];
    browse(page, "--window-size=1000,760 --dump-dom", temp_path(out, "document.html"));
    char *document = file_text(out, NULL);
    assert_non_null(document);
    return document;
}

void headless_screenshot(const char *png_path, const char *page, int width, int height) {
    char out[TEMP_PATH_LENGTH], action[2 * TEMP_PATH_LENGTH];
    snprintf(action, sizeof action, "--window-size=%d,%d --screenshot='%s'", width, height, png_path);
    browse(page, action, temp_path(out, "screenshot.log"));
}
