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

static int setup(void **state) {
    report_fixture fixture;
    find_browser();
    if (temp_dir_setup(state))
        return -1;
    fixture_make(&fixture);
    fixture.report.name = hostile;
    oik_status status = oik_report_write(&fixture.report, temp_path(browser_page, "report.html"), NULL);
    fixture_release(&fixture);
    return status ? -1 : 0;
}

/* ---- cases ---- */

static void fills_tables_and_takes_no_orders_from_names(void **state) {
    (void)state;
    static const char *const wanted[] = {"&lt;/script&gt;&lt;img src=x", "Gap between femoral head and hip socket", "! look at it",
                                         "Result (step 11 of 11)", "max=\"11\"", "female, 1.70 m tall"};
    char *text = document_of("");
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

/* Pixels of 4 mm: a joint is a ball of 16 mm, an axis 110 mm by 4, a landmark a dot of 11 mm, a spring at least 10 mm long. */
static void every_layer_shows(void **state) {
    (void)state;
    picture result = picture_of("step=11&theme=light&view=front&layers=bones"), fitting = picture_of("step=1&theme=light&view=front&layers=bones");
    expect_layer(&result, "step=11", "joints", 40);
    expect_layer(&result, "step=11", "axes", 80);
    expect_layer(&result, "step=11", "landmarks", 20);
    expect_layer(&result, "step=11", "springs", 10);
    expect_layer(&fitting, "step=1", "input", 100);
    free(result.file);
    free(fitting.file);
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
        cmocka_unit_test(every_layer_shows),
        cmocka_unit_test(the_step_moves_the_bones),
        cmocka_unit_test(both_themes_have_their_background),
    };
    return cmocka_run_group_tests_name("report_browser", tests, setup, temp_dir_teardown);
}
