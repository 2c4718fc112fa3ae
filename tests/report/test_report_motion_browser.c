/*
 * A motion in the browser: it loads without a word on the console, the slider moves bones and skin, play goes on, layers and plots are
 * there. Skipped without chromium or python3 (which unpacks the screenshots).
 */
#include <math.h>
#include <time.h>

#include "export/report_html.h"
#include "report/browser.h"
#include "support/demo_rig.h"
#include "support/tiny_rig.h"

/* a sequence can be named like this */
static const char hostile[] = "</script><img src=x onerror=\"document.title='owned'\">";

static int write_page(const oik_rig *rig, const char *file) {
    oik_quality worst = {.n_gates = 1, .gates = {{.name = "hip_gap", .unit = "m", .value = 0.0031, .warn = 0.004, .fail = 0.010}}}, mean = worst;
    mean.gates[0].value = 0.0012;
    const oik_report report = {.name = hostile, .stature = 1.7, .quality = &worst, .mean = &mean, .rig = rig};
    return oik_report_write(&report, temp_path(browser_page, file), NULL) ? -1 : 0;
}

static int setup(void **state) {
    find_browser();
    oik_rig *rig = temp_dir_setup(state) ? NULL : tiny_rig_new();
    int failed = rig ? write_page(rig, "motion.html") : -1;
    oik_rig_free(rig);
    return failed;
}

/* ---- cases ---- */

static void says_frames_gates_and_how_bones_ride(void **state) {
    (void)state;
    static const char *const wanted[] = {"&lt;/script&gt;&lt;img src=x", "Frame 1 of 3, 0.00 s", "3 frames, 1.00 s", "Worst frame", "mean 1.2 mm",
                                         "ride on the segments", "max=\"3\"", "id=\"no-webgl\" hidden"};
    char *text = document_of("");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("no \"%s\" in the document", wanted[i]);
    assert_null(strstr(text, "<img"));
    assert_null(strstr(text, "<title>owned"));
    free(text);
}

/* Of the rig's 16 coordinates hips are on both sides, the knee on the right, back and pelvis in the middle. */
static void plots_have_both_sides_and_the_range_of_motion(void **state) {
    (void)state;
    char *text = document_of("");
    assert_int_equal(count_text(text, "<figure class=\"plot\">"), 13);
    assert_int_equal(count_text(text, "class=\"value right\""), 4);
    assert_int_equal(count_text(text, "class=\"value left\""), 3);
    assert_int_equal(count_text(text, "class=\"value middle\""), 9);
    assert_true(count_text(text, "class=\"band\"") >= 7);
    assert_non_null(strstr(text, "knee flexion over time: right "));
    free(text);
}

static void the_frame_moves_bones_and_skin(void **state) {
    (void)state;
    picture first = picture_of("theme=light&view=left&layers=bones"), same = picture_of("frame=1&theme=light&view=left&layers=bones");
    picture bent = picture_of("frame=2&theme=light&view=left&layers=bones"), skin = picture_of("frame=1&theme=light&view=left&layers=skin");
    picture bent_skin = picture_of("frame=2&theme=light&view=left&layers=skin");
    int n = count_bone(&first);
    print_message("# bone: %d pixels; frame 2: %d others, skin %d\n", n, count_differences(&first, &bent), count_differences(&skin, &bent_skin));
    assert_true(n > 1000); /* thigh and shank of 76 cm by 3 cm, pelvis and trunk at 4 mm a pixel make some 2,500 */
    assert_int_equal(count_differences(&first, &same), 0);
    assert_true(count_differences(&first, &bent) > n / 5); /* hips and knee are bent */
    assert_true(count_differences(&skin, &bent_skin) > 500);
    picture all[] = {first, same, bent, skin, bent_skin};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i].file);
}

static void every_layer_shows(void **state) {
    (void)state;
    /* pixels of 4 mm: balls of 16 and 14 mm, axes of 110 mm by 4 */
    picture bones = picture_of("frame=1&theme=light&view=front&layers=bones");
    expect_layer(&bones, "frame=1", "skin", 1000);
    expect_layer(&bones, "frame=1", "joints", 40);
    expect_layer(&bones, "frame=1", "axes", 80);
    expect_layer(&bones, "frame=1", "markers", 20);
    free(bones.file);
}

/* The page's clock runs three seconds; the motion lasts one and a half with the last frame's share, and begins again. */
static void playing_goes_on(void **state) {
    (void)state;
    bool moved = false;
    /* in which frame the clock finds it depends on the machine, but it cannot be the first one every time */
    for (int i = 0; i < 4 && !moved; i++) {
        char *text = document_of("play=1&layers=bones");
        assert_non_null(strstr(text, "aria-valuetext=\"Frame "));
        assert_non_null(strstr(text, ">Pause</button>"));
        moved = !strstr(text, "aria-valuetext=\"Frame 1 of");
        free(text);
    }
    assert_true(moved);
}

/* What a user does, as a program that is put behind the page's own; it leaves what the page says of it in the document. */
static const char acts[] =
    "<script>\n"
    "const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));\n"
    "const told = [], tell = (text) => told.push(text), frame = () => tell(byId('step-text').textContent);\n"
    "press('.'); frame(); press('.'); frame(); press('.'); frame(); press(','); frame();\n"
    "press(' '); tell(byId('play').textContent); press(' '); tell(byId('play').textContent);\n"
    "byId('step').value = 1; byId('step').dispatchEvent(new Event('input')); frame();\n"
    "const svg = document.querySelector('.plot svg'), area = svg.getBoundingClientRect();\n"
    "svg.dispatchEvent(new PointerEvent('pointermove', { clientX: area.right - 7, clientY: area.top + 20, buttons: 1 })); frame();\n"
    "tell(document.querySelector('.readout.right').textContent);\n"
    "const before = document.querySelector('.plot path').getAttribute('d'); byId('close').click();\n"
    "tell(document.querySelector('.plot path').getAttribute('d') === before ? 'same scale' : 'closer');\n"
    "byId('layer-markers').click(); byId('follow').click(); tell(String(page.modes.motion.figure.followed));\n"
    "tell(location.hash.includes('markers') ? 'kept' : 'lost');\n"
    "const place = new THREE.Vector3().setFromMatrixPosition(page.scene.figure.carriers[0].matrixWorld);\n"
    "page.scene.renderer.render(page.scene.scene, page.scene.camera); place.project(page.scene.camera);\n"
    "const view = byId('canvas').getBoundingClientRect();\n"
    "const thing = page.scene.thingAt(view.left + (place.x + 1) / 2 * view.width, view.top + (1 - place.y) / 2 * view.height);\n"
    "tell(thing ? 'a thing' : 'nothing');\n"
    "const outcome = document.createElement('p'); outcome.textContent = told.join('; '); document.body.append(outcome);\n"
    "</script>\n";

static void keys_clicks_and_drags_do_what_they_say(void **state) {
    (void)state;
    char own[TEMP_PATH_LENGTH], expected[512];
    char *page = file_text(browser_page, NULL);
    oik_rig *rig = tiny_rig_new();
    assert_true(page && rig);
    char *end = strstr(page, "</body>");
    FILE *file = fopen(temp_path(own, "acts.html"), "w");
    assert_true(end && file);
    fprintf(file, "%.*s%s%s", (int)(end - page), page, acts, end);
    assert_int_equal(fclose(file), 0);
    char kept[TEMP_PATH_LENGTH];
    memcpy(kept, browser_page, sizeof kept);
    memcpy(browser_page, own, sizeof own);
    char *text = document_of("");
    memcpy(browser_page, kept, sizeof kept);
    double hip = rig->q[2 * rig->n_dofs + 6] * 180.0 / 3.14159265358979323846; /* hip_flexion_r in the last frame */
    snprintf(expected, sizeof expected,
             "Frame 2 of 3, 0.50 s; Frame 3 of 3, 1.00 s; Frame 3 of 3, 1.00 s; Frame 2 of 3, 0.50 s; Pause; Play; Frame 1 of 3, 0.00 s; "
             "Frame 3 of 3, 1.00 s; R %s%.1f°; closer; false; kept; a thing",
             hip < 0.0 ? "−" : "", fabs(hip));
    const char *found = strstr(text, "Frame 2 of 3, 0.50 s;");
    if (!strstr(text, expected))
        fail_msg("found \"%.300s\", expected \"%s\"", found ? found : "nothing", expected);
    free(text);
    free(page);
    oik_rig_free(rig);
}

/* ---- a sequence of real size ---- */

enum { LONG = 200 };

/* Both hips and knees swing. */
static void swing(oik_rig *rig) {
    double *q = calloc((size_t)LONG * (size_t)rig->n_dofs, sizeof *q), *t = calloc(LONG, sizeof *t);
    assert_true(q && t);
    for (int f = 0; f < LONG; f++) {
        t[f] = f / 30.0;
        for (int k = 0; k < rig->n_dofs; k++) {
            double phase = 6.0 * t[f] + (strstr(rig->dofs[k].name, "_l") ? 3.14 : 0.0), amplitude = strstr(rig->dofs[k].name, "hip_flexion") ? 0.4 : 0.0;
            q[f * rig->n_dofs + k] = rig->q[k] + amplitude * sin(phase);
        }
    }
    free(rig->q);
    free(rig->time);
    rig->q = q;
    rig->time = t;
    rig->n_frames = LONG;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void two_hundred_frames_are_small_and_load(void **state) {
    (void)state;
    size_t size;
    char tiny[TEMP_PATH_LENGTH];
    memcpy(tiny, browser_page, sizeof tiny);
    oik_rig *rig = demo_rig_new(OIK_RIG_FULL);
    swing(rig);
    assert_int_equal(write_page(rig, "long.html"), 0);
    oik_rig_free(rig);
    free(file_text(browser_page, &size));
    double start = seconds();
    char *text = document_of("frame=150");
    print_message("# %.2f MB, %.1f s for the browser from start to end, three of them its own clock's\n", 1e-6 * (double)size, seconds() - start);
    assert_non_null(strstr(text, "Frame 150 of 200, 4.97 s"));
    assert_int_equal(count_text(text, "class=\"value right\""), count_text(text, "class=\"value left\""));
    assert_in_range(size, 1000000, 4000000);
    free(text);
    picture a = picture_of("frame=1&theme=light&view=left&layers=bones"), b = picture_of("frame=9&theme=light&view=left&layers=bones");
    assert_true(count_differences(&a, &b) > 500);
    free(a.file);
    free(b.file);
    memcpy(browser_page, tiny, sizeof tiny);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_frames_gates_and_how_bones_ride),
        cmocka_unit_test(plots_have_both_sides_and_the_range_of_motion),
        cmocka_unit_test(the_frame_moves_bones_and_skin),
        cmocka_unit_test(every_layer_shows),
        cmocka_unit_test(playing_goes_on),
        cmocka_unit_test(keys_clicks_and_drags_do_what_they_say),
        cmocka_unit_test(two_hundred_frames_are_small_and_load),
    };
    return cmocka_run_group_tests_name("report_motion_browser", tests, setup, temp_dir_teardown);
}
