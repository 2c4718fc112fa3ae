/** Chromium, headless, that opens a report's page: its console, its document, its screenshots. One page per test program. */
#ifndef TESTS_REPORT_BROWSER_H
#define TESTS_REPORT_BROWSER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/run_program.h"
#include "support/temp_dir.h"

enum { WIDTH = 1000, HEIGHT = 760, SECONDS = 90 };

static const char *browser;
static char browser_page[TEMP_PATH_LENGTH]; /* what is looked at */

static inline bool is_installed(const char *program) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", program);
    return system(command) == 0;
}

static inline void find_browser(void) {
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !browser; i++)
        if (is_installed(names[i]))
            browser = names[i];
    if (browser && !is_installed("python3"))
        browser = NULL;
    if (!browser)
        fprintf(stderr, "no chromium or no python3: the report's page is not looked at\n");
}

static inline void run_command(const char *command) {
    int code = system(command);
    if (code != 0)
        fail_msg("%s: exit status %d", command, code);
}

/* Nothing on the console: every message of the page is a fault. What the graphics driver says of its speed is not the page's. */
static inline void expect_silent_console(const char *log_path) {
    char *log = file_text(log_path, NULL);
    assert_non_null(log);
    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        if (strstr(line, "CONSOLE") && !strstr(line, "GL Driver Message"))
            fail_msg("%s", line);
    free(log);
}

/* Open the page at an address; action: what of it is wanted; its text or file goes to out. */
static inline void browse(const char *hash, const char *action, const char *out) {
    char command[6 * TEMP_PATH_LENGTH], profile[TEMP_PATH_LENGTH], log[TEMP_PATH_LENGTH];
    if (!browser)
        skip();
    snprintf(command, sizeof command,
             "timeout %d %s --headless --no-sandbox --disable-dev-shm-usage --use-angle=swiftshader --enable-unsafe-swiftshader --hide-scrollbars "
             "--force-device-scale-factor=1 --window-size=%d,%d --virtual-time-budget=3000 --enable-logging=stderr "
             "--user-data-dir='%s' %s 'file://%s#%s' > '%s' 2> '%s'",
             SECONDS, browser, WIDTH, HEIGHT, temp_path(profile, "profile"), action, browser_page, hash, out, temp_path(log, "log"));
    run_command(command);
    expect_silent_console(log);
}

typedef struct picture {
    int columns, rows;
    uint8_t *rgb;
    char *file;
} picture;

/* Screenshot of the page at an address. */
static inline picture picture_of(const char *hash) {
    char png[TEMP_PATH_LENGTH], ppm[TEMP_PATH_LENGTH], text[TEMP_PATH_LENGTH], action[2 * TEMP_PATH_LENGTH];
    char command[4 * TEMP_PATH_LENGTH];
    picture p = {0};
    int header = 0;
    size_t size;
    snprintf(action, sizeof action, "--screenshot='%s'", temp_path(png, "page.png"));
    browse(hash, action, temp_path(text, "text"));
    snprintf(command, sizeof command, "python3 tests/report/png_to_ppm.py '%s' '%s'", png, temp_path(ppm, "page.ppm"));
    run_command(command);
    p.file = file_text(ppm, &size);
    assert_non_null(p.file);
    assert_int_equal(sscanf(p.file, "P6 %d %d 255%n", &p.columns, &p.rows, &header), 2);
    assert_int_equal(size, (size_t)header + 1 + (size_t)p.columns * (size_t)p.rows * 3);
    p.rgb = (uint8_t *)p.file + header + 1;
    return p;
}

static inline const uint8_t *pixel(const picture *p, int x, int y) {
    return p->rgb + 3 * ((size_t)y * (size_t)p->columns + (size_t)x);
}

/* The part of the 3-D view that has no buttons on it, at this window size. */
enum { VIEW_LEFT = 190, VIEW_RIGHT = 560, VIEW_TOP = 110, VIEW_BOTTOM = 500 };

/* Pixels in the colours of bone, in light and shade: clearly more red than blue, which nothing else in the view is. */
static inline int count_bone(const picture *p) {
    int n = 0;
    for (int y = VIEW_TOP; y < VIEW_BOTTOM; y++)
        for (int x = VIEW_LEFT; x < VIEW_RIGHT; x++)
            n += pixel(p, x, y)[0] > pixel(p, x, y)[2] + 12;
    return n;
}

static inline int count_differences(const picture *a, const picture *b) {
    int n = 0;
    for (int y = VIEW_TOP; y < VIEW_BOTTOM; y++)
        for (int x = VIEW_LEFT; x < VIEW_RIGHT; x++) {
            int difference = 0;
            for (int k = 0; k < 3; k++)
                difference += abs(pixel(a, x, y)[k] - pixel(b, x, y)[k]);
            n += difference > 12;
        }
    return n;
}

/* The document at an address, as text; free it. */
static inline char *document_of(const char *hash) {
    char dom[TEMP_PATH_LENGTH];
    browse(hash, "--dump-dom", temp_path(dom, "dom.html"));
    char *text = file_text(dom, NULL);
    assert_non_null(text);
    return text;
}

/* How often a text occurs in another one. */
static inline int count_text(const char *text, const char *part) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* A layer that is switched on adds pixels to a picture of the bones alone, and at least so many. */
static inline void expect_layer(const picture *bones, const char *place, const char *layer, int least) {
    char hash[128];
    snprintf(hash, sizeof hash, "%s&theme=light&view=front&layers=bones,%s", place, layer);
    picture with = picture_of(hash);
    int n = count_differences(bones, &with);
    print_message("# %s: %d pixels\n", layer, n);
    assert_true(n >= least);
    free(with.file);
}

#endif
