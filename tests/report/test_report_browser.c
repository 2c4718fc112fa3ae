/*
 * The report's page in a browser: it loads without a word on the console, draws, and follows its address. Skipped without chromium or
 * python3 (which unpacks the screenshots).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/report_html.h"
#include "report/report_fixture.h"
#include "support/run_program.h"
#include "support/temp_dir.h"

enum { WIDTH = 1000, HEIGHT = 760, SECONDS = 90 };

/* a mesh file can be named like this */
static const char hostile[] = "</script><img src=x onerror=\"document.title='owned'\">";

static const char *browser;
static char report_path[TEMP_PATH_LENGTH];

static bool is_installed(const char *program) {
    char command[128];
    snprintf(command, sizeof command, "command -v %s > /dev/null 2>&1", program);
    return system(command) == 0;
}

static void find_browser(void) {
    static const char *const names[] = {"chromium", "chromium-browser", "google-chrome"};
    for (size_t i = 0; i < sizeof names / sizeof *names && !browser; i++)
        if (is_installed(names[i]))
            browser = names[i];
    if (browser && !is_installed("python3"))
        browser = NULL;
    if (!browser)
        fprintf(stderr, "no chromium or no python3: the report's page is not looked at\n");
}

static int setup(void **state) {
    report_fixture fixture;
    find_browser();
    if (temp_dir_setup(state))
        return -1;
    fixture_make(&fixture);
    fixture.report.name = hostile;
    oik_status status = oik_report_write(&fixture.report, temp_path(report_path, "report.html"), NULL);
    fixture_release(&fixture);
    return status ? -1 : 0;
}

/* ---- driving the browser ---- */

static void run_command(const char *command) {
    int code = system(command);
    if (code != 0)
        fail_msg("%s: exit status %d", command, code);
}

/* Nothing on the console: every message of the page is a fault. What the graphics driver says of its speed is not the page's. */
static void expect_silent_console(const char *log_path) {
    char *log = file_text(log_path, NULL);
    assert_non_null(log);
    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        if (strstr(line, "CONSOLE") && !strstr(line, "GL Driver Message"))
            fail_msg("%s", line);
    free(log);
}

/* Open the page at an address; action: what of it is wanted; its text or file goes to out. */
static void browse(const char *hash, const char *action, const char *out) {
    char command[6 * TEMP_PATH_LENGTH], profile[TEMP_PATH_LENGTH], log[TEMP_PATH_LENGTH];
    if (!browser)
        skip();
    snprintf(command, sizeof command,
             "timeout %d %s --headless --no-sandbox --disable-dev-shm-usage --use-angle=swiftshader --enable-unsafe-swiftshader --hide-scrollbars "
             "--force-device-scale-factor=1 --window-size=%d,%d --virtual-time-budget=3000 --enable-logging=stderr "
             "--user-data-dir='%s' %s 'file://%s#%s' > '%s' 2> '%s'",
             SECONDS, browser, WIDTH, HEIGHT, temp_path(profile, "profile"), action, report_path, hash, out, temp_path(log, "log"));
    run_command(command);
    expect_silent_console(log);
}

typedef struct picture {
    int columns, rows;
    uint8_t *rgb;
    char *file;
} picture;

/* Screenshot of the page at an address. */
static picture picture_of(const char *hash) {
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

static const uint8_t *pixel(const picture *p, int x, int y) {
    return p->rgb + 3 * ((size_t)y * (size_t)p->columns + (size_t)x);
}

/* The part of the 3-D view that has no buttons on it, at this window size. */
enum { VIEW_LEFT = 190, VIEW_RIGHT = 590, VIEW_TOP = 110, VIEW_BOTTOM = 500 };

/* Pixels in the colours of bone, in light and shade: clearly more red than blue, which nothing else in the view is. */
static int count_bone(const picture *p) {
    int n = 0;
    for (int y = VIEW_TOP; y < VIEW_BOTTOM; y++)
        for (int x = VIEW_LEFT; x < VIEW_RIGHT; x++)
            n += pixel(p, x, y)[0] > pixel(p, x, y)[2] + 12;
    return n;
}

static int count_differences(const picture *a, const picture *b) {
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

/* ---- cases ---- */

static void fills_tables_and_takes_no_orders_from_names(void **state) {
    (void)state;
    static const char *const wanted[] = {"&lt;/script&gt;&lt;img src=x", "Gap between femoral head and hip socket", "! look at it",
                                         "Result (step 11 of 11)", "max=\"11\"", "female, 1.70 m tall"};
    char dom[TEMP_PATH_LENGTH];
    browse("", "--dump-dom", temp_path(dom, "dom.html"));
    char *text = file_text(dom, NULL);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("no \"%s\" in the document", wanted[i]);
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "<title>owned"));
    /* the message for browsers without 3-D stays hidden: the view is there */
    assert_non_null(strstr(text, "id=\"no-webgl\" hidden"));
    free(text);
}

static void draws_bones_and_follows_the_layers(void **state) {
    (void)state;
    picture bones = picture_of("theme=light&view=front&layers=bones"), nothing = picture_of("theme=light&view=front&layers=none");
    picture both = picture_of("theme=light&view=front&layers=skin,bones");
    int n = count_bone(&bones);
    print_message("# bone: %d pixels, %d without, %d inside the skin; skin: %d pixels\n", n, count_bone(&nothing), count_bone(&both),
                  count_differences(&both, &bones));
    assert_true(n > 1000); /* eight capsules of 5 cm by 20 cm at 4 mm a pixel make some 4,000 */
    assert_int_equal(count_bone(&nothing), 0);
    assert_true(count_differences(&both, &bones) > n); /* there is more skin than bone */
    assert_true(count_bone(&both) > n / 2);            /* and bone shows through it */
    free(bones.file);
    free(nothing.file);
    free(both.file);
}

static void the_step_moves_the_bones(void **state) {
    (void)state;
    picture result = picture_of("theme=light&view=front&layers=bones"), same = picture_of("step=11&theme=light&view=front&layers=bones");
    picture aside = picture_of("step=8&theme=light&view=front&layers=bones"), before = picture_of("step=3&theme=light&view=front&layers=bones");
    assert_int_equal(count_differences(&result, &same), 0);
    /* thigh and shank are elsewhere: as many pixels go as come */
    assert_true(count_differences(&result, &aside) > count_bone(&result) / 5);
    assert_int_equal(count_bone(&before), 0); /* no bones while the body is registered */
    free(result.file);
    free(same.file);
    free(aside.file);
    free(before.file);
}

static void both_themes_have_their_background(void **state) {
    (void)state;
    static const struct {
        const char *hash;
        uint8_t rgb[3];
    } rows[] = {{"theme=light", {0xe9, 0xed, 0xf1}}, {"theme=dark", {0x17, 0x1c, 0x21}}}; /* --scene-back of page.css */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        picture p = picture_of(rows[i].hash);
        for (int k = 0; k < 3; k++)
            assert_in_range(pixel(&p, VIEW_RIGHT, VIEW_TOP)[k], rows[i].rgb[k] - 1, rows[i].rgb[k] + 1); /* rounding of the blend */
        free(p.file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_tables_and_takes_no_orders_from_names),
        cmocka_unit_test(draws_bones_and_follows_the_layers),
        cmocka_unit_test(the_step_moves_the_bones),
        cmocka_unit_test(both_themes_have_their_background),
    };
    return cmocka_run_group_tests_name("report_browser", tests, setup, temp_dir_teardown);
}
