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
#include "report/browser.h"
#include "report/report_fixture.h"

/* a mesh file can be named like this */
static const char hostile[] = "</script><img src=x onerror=\"document.title='owned'\">";

static char page[TEMP_PATH_LENGTH];

/* What is looked at: the result is step 11 of 11. */
enum { RESULT, NOTHING, BOTH, STEP_11, STEP_8, STEP_3, JOINTS, AXES, LANDMARKS, SPRINGS, STEP_1, INPUT, LIGHT, DARK, N_PICTURES };
static const char *const places[N_PICTURES] = {[RESULT] = "theme=light&view=front&layers=bones",
                                               [NOTHING] = "theme=light&view=front&layers=none",
                                               [BOTH] = "theme=light&view=front&layers=skin,bones",
                                               [STEP_11] = "step=11&theme=light&view=front&layers=bones",
                                               [STEP_8] = "step=8&theme=light&view=front&layers=bones",
                                               [STEP_3] = "step=3&theme=light&view=front&layers=bones",
                                               [JOINTS] = "step=11&theme=light&view=front&layers=bones,joints",
                                               [AXES] = "step=11&theme=light&view=front&layers=bones,axes",
                                               [LANDMARKS] = "step=11&theme=light&view=front&layers=bones,landmarks",
                                               [SPRINGS] = "step=11&theme=light&view=front&layers=bones,springs",
                                               [STEP_1] = "step=1&theme=light&view=front&layers=bones",
                                               [INPUT] = "step=1&theme=light&view=front&layers=bones,input",
                                               [LIGHT] = "theme=light",
                                               [DARK] = "theme=dark"};
static picture pictures[N_PICTURES];

static int setup(void **state) {
    report_fixture fixture;
    if (temp_dir_setup(state))
        return -1;
    fixture_make(&fixture);
    fixture.report.name = hostile;
    oik_status status = oik_report_write(&fixture.report, temp_path(page, "report.html"), NULL);
    fixture_release(&fixture);
    if (!status && has_browser())
        free(take_pictures(pictures, page, places, N_PICTURES));
    return status ? -1 : 0;
}

static int teardown(void **state) {
    free_pictures(pictures, N_PICTURES);
    return temp_dir_teardown(state);
}

/* ---- cases ---- */

static void fills_tables_and_takes_no_orders_from_names(void **state) {
    (void)state;
    /* the last: the message for browsers without 3-D stays hidden, the view is there */
    static const char *const wanted[] = {"&lt;/script&gt;&lt;img src=x", "Gap between femoral head and hip socket", "! look at it",
                                         "Result (step 11 of 11)", "max=\"11\"", "female, 1.70 m tall", "id=\"no-webgl\" hidden"};
    char *text = document_of(page, "");
    expect_texts(text, wanted, sizeof wanted / sizeof *wanted);
    free(text);
}

static void draws_bones_and_follows_the_layers(void **state) {
    (void)state;
    need_browser();
    const picture *bones = &pictures[RESULT], *nothing = &pictures[NOTHING], *both = &pictures[BOTH];
    int n = count_bone(bones);
    print_message("# bone: %d pixels, %d without, %d inside the skin; skin: %d pixels\n", n, count_bone(nothing), count_bone(both),
                  count_differences(both, bones));
    assert_true(n > 1000); /* eight capsules of 5 cm by 20 cm at 4 mm a pixel make some 4,000 */
    assert_int_equal(count_bone(nothing), 0);
    assert_true(count_differences(both, bones) > n); /* there is more skin than bone */
    assert_true(count_bone(both) > n / 2);           /* and bone shows through it */
}

/* The other pictures are taken from the 3-D view itself. */
static void the_screen_shows_the_bones(void **state) {
    (void)state;
    need_browser();
    int n = count_bone_on_screen(page, places[RESULT]);
    print_message("# bone: %d pixels on the screen\n", n);
    assert_true(n > 1000);
}

/* Pixels of 4 mm: a joint is a ball of 16 mm, an axis 110 mm by 4, a landmark a dot of 11 mm, a spring at least 10 mm long. */
static void every_layer_shows(void **state) {
    (void)state;
    need_browser();
    expect_layer(&pictures[STEP_11], &pictures[JOINTS], "joints", 40);
    expect_layer(&pictures[STEP_11], &pictures[AXES], "axes", 80);
    expect_layer(&pictures[STEP_11], &pictures[LANDMARKS], "landmarks", 20);
    expect_layer(&pictures[STEP_11], &pictures[SPRINGS], "springs", 10);
    expect_layer(&pictures[STEP_1], &pictures[INPUT], "input", 100);
}

static void the_step_moves_the_bones(void **state) {
    (void)state;
    need_browser();
    const picture *result = &pictures[RESULT];
    assert_int_equal(count_differences(result, &pictures[STEP_11]), 0);
    /* thigh and shank are elsewhere: as many pixels go as come */
    assert_true(count_differences(result, &pictures[STEP_8]) > count_bone(result) / 5);
    assert_int_equal(count_bone(&pictures[STEP_3]), 0); /* no bones while the body is registered */
}

static void both_themes_have_their_background(void **state) {
    (void)state;
    static const struct {
        int number;
        uint8_t rgb[3];
    } rows[] = {{LIGHT, {0xe9, 0xed, 0xf1}}, {DARK, {0x17, 0x1c, 0x21}}}; /* --scene-back of page.css */
    need_browser();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int k = 0; k < 3; k++) /* the corner; rounding of the blend */
            assert_in_range(pictures[rows[i].number].rgb[k], rows[i].rgb[k] - 1, rows[i].rgb[k] + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_tables_and_takes_no_orders_from_names),
        cmocka_unit_test(draws_bones_and_follows_the_layers),
        cmocka_unit_test(the_screen_shows_the_bones),
        cmocka_unit_test(every_layer_shows),
        cmocka_unit_test(the_step_moves_the_bones),
        cmocka_unit_test(both_themes_have_their_background),
    };
    return cmocka_run_group_tests_name("report_browser", tests, setup, teardown);
}
