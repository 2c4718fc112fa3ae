/*
 * A motion in the browser: it loads without a word on the console, the slider moves bones and skin, play goes on, layers and plots are
 * there. Skipped without chromium or python3 (which unpacks the screenshots).
 */
#include <math.h>

#include "export/report_html.h"
#include "report/browser.h"
#include "support/demo_rig.h"
#include "support/tiny_rig.h"

/* a sequence can be named like this */
static const char hostile[] = "</script><img src=x onerror=\"document.title='owned'\">";

static char page[TEMP_PATH_LENGTH];

/* What is looked at of the tiny rig. */
enum { FIRST, FRAME_1, FRAME_2, SKIN_1, SKIN_2, FRONT, WITH_SKIN, JOINTS, AXES, MARKERS, N_PICTURES };
static const char *const places[N_PICTURES] = {[FIRST] = "theme=light&view=left&layers=bones",
                                               [FRAME_1] = "frame=1&theme=light&view=left&layers=bones",
                                               [FRAME_2] = "frame=2&theme=light&view=left&layers=bones",
                                               [SKIN_1] = "frame=1&theme=light&view=left&layers=skin",
                                               [SKIN_2] = "frame=2&theme=light&view=left&layers=skin",
                                               [FRONT] = "frame=1&theme=light&view=front&layers=bones",
                                               [WITH_SKIN] = "frame=1&theme=light&view=front&layers=bones,skin",
                                               [JOINTS] = "frame=1&theme=light&view=front&layers=bones,joints",
                                               [AXES] = "frame=1&theme=light&view=front&layers=bones,axes",
                                               [MARKERS] = "frame=1&theme=light&view=front&layers=bones,markers"};
static picture pictures[N_PICTURES];

static oik_status write_page(const char *path, const oik_rig *rig) {
    oik_quality worst = {.n_gates = 1, .gates = {{.name = "hip_gap", .unit = "m", .value = 0.0031, .warn = 0.004, .fail = 0.010}}};
    oik_quality mean = worst;
    mean.gates[0].value = 0.0012;
    const oik_report report = {.name = hostile, .stature = 1.7, .quality = &worst, .mean = &mean, .rig = rig};
    return oik_report_write(&report, path, NULL);
}

static int setup(void **state) {
    oik_rig *rig = temp_dir_setup(state) ? NULL : tiny_rig_new();
    oik_status status = rig ? write_page(temp_path(page, "motion.html"), rig) : OIK_E_MEMORY;
    oik_rig_free(rig);
    if (!status && has_browser())
        free(take_pictures(pictures, page, places, N_PICTURES));
    return status ? -1 : 0;
}

static int teardown(void **state) {
    free_pictures(pictures, N_PICTURES);
    return temp_dir_teardown(state);
}

/* ---- cases ---- */

/* Of the rig's 16 coordinates hips are on both sides, the knee on the right, back and pelvis in the middle. */
static void says_frames_and_gates_and_plots_both_sides(void **state) {
    (void)state;
    static const char *const wanted[] = {"&lt;/script&gt;&lt;img src=x", "Frame 1 of 3, 0.00 s", "3 frames, 1.00 s", "Worst frame",
                                         "mean 1.2 mm", "ride on the segments", "max=\"3\"", "id=\"no-webgl\" hidden",
                                         "knee flexion over time: right "};
    char *text = document_of(page, "");
    expect_texts(text, wanted, sizeof wanted / sizeof *wanted);
    assert_int_equal(count_text(text, "<figure class=\"plot\">"), 13);
    assert_int_equal(count_text(text, "class=\"value right\""), 4);
    assert_int_equal(count_text(text, "class=\"value left\""), 3);
    assert_int_equal(count_text(text, "class=\"value middle\""), 9);
    assert_true(count_text(text, "class=\"band\"") >= 7);
    free(text);
}

static void the_frame_moves_bones_and_skin(void **state) {
    (void)state;
    need_browser();
    const picture *first = &pictures[FIRST], *bent = &pictures[FRAME_2];
    int n = count_bone(first), n_skin = count_differences(&pictures[SKIN_1], &pictures[SKIN_2]);
    print_message("# bone: %d pixels; frame 2: %d others, skin %d\n", n, count_differences(first, bent), n_skin);
    assert_true(n > 1000); /* thigh and shank of 76 cm by 3 cm, pelvis and trunk at 4 mm a pixel make some 2,500 */
    assert_int_equal(count_differences(first, &pictures[FRAME_1]), 0);
    assert_true(count_differences(first, bent) > n / 5); /* hips and knee are bent */
    assert_true(n_skin > 500);
}

static void every_layer_shows(void **state) {
    (void)state;
    need_browser();
    /* pixels of 4 mm: balls of 16 and 14 mm, axes of 110 mm by 4 */
    expect_layer(&pictures[FRONT], &pictures[WITH_SKIN], "skin", 1000);
    expect_layer(&pictures[FRONT], &pictures[JOINTS], "joints", 40);
    expect_layer(&pictures[FRONT], &pictures[AXES], "axes", 80);
    expect_layer(&pictures[FRONT], &pictures[MARKERS], "markers", 20);
}

/* The page's clock runs three seconds; the motion lasts one and a half with the last frame's share, and begins again. */
static void playing_goes_on(void **state) {
    (void)state;
    bool moved = false;
    /* in which frame the clock finds it depends on the machine, but it cannot be the first one every time */
    for (int i = 0; i < 4 && !moved; i++) {
        char *text = document_of(page, "play=1&layers=bones");
        assert_non_null(strstr(text, "aria-valuetext=\"Frame "));
        assert_non_null(strstr(text, ">Pause</button>"));
        moved = !strstr(text, "aria-valuetext=\"Frame 1 of");
        free(text);
    }
    assert_true(moved);
}

/* What a user does, as a program that is put behind the page's own; it leaves what the page says of it in the document. */
static const char acts[] =
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
    "const outcome = document.createElement('p'); outcome.textContent = told.join('; '); document.body.append(outcome);\n";

static void keys_clicks_and_drags_do_what_they_say(void **state) {
    (void)state;
    char own[TEMP_PATH_LENGTH], expected[512];
    need_browser();
    oik_rig *rig = tiny_rig_new();
    assert_non_null(rig);
    write_with_program(temp_path(own, "acts.html"), page, acts);
    char *text = document_of(own, "");
    double hip = rig->q[2 * rig->n_dofs + 6] * 180.0 / 3.14159265358979323846; /* hip_flexion_r in the last frame */
    snprintf(expected, sizeof expected,
             "Frame 2 of 3, 0.50 s; Frame 3 of 3, 1.00 s; Frame 3 of 3, 1.00 s; Frame 2 of 3, 0.50 s; Pause; Play; Frame 1 of 3, 0.00 s; "
             "Frame 3 of 3, 1.00 s; R %s%.1f°; closer; false; kept; a thing",
             hip < 0.0 ? "−" : "", fabs(hip));
    const char *found = strstr(text, "Frame 2 of 3, 0.50 s;");
    if (!strstr(text, expected))
        fail_msg("found \"%.300s\", expected \"%s\"", found ? found : "nothing", expected);
    free(text);
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
            double phase = 6.0 * t[f] + (strstr(rig->dofs[k].name, "_l") ? 3.14 : 0.0);
            double amplitude = strstr(rig->dofs[k].name, "hip_flexion") ? 0.4 : 0.0;
            q[f * rig->n_dofs + k] = rig->q[k] + amplitude * sin(phase);
        }
    }
    free(rig->q);
    free(rig->time);
    rig->q = q;
    rig->time = t;
    rig->n_frames = LONG;
}

static void two_hundred_frames_are_small_and_load(void **state) {
    (void)state;
    static const char *const frames[] = {"frame=1&theme=light&view=left&layers=bones", "frame=9", "frame=150"};
    enum { N = sizeof frames / sizeof *frames };
    char path[TEMP_PATH_LENGTH];
    picture three[N];
    size_t size;
    need_browser();
    oik_rig *rig = demo_rig_new(OIK_RIG_FULL);
    swing(rig);
    assert_int_equal(write_page(temp_path(path, "long.html"), rig), OIK_OK);
    oik_rig_free(rig);
    free(file_text(path, &size));
    print_message("# %.2f MB\n", 1e-6 * (double)size);
    assert_in_range(size, 1000000, 4000000);
    char *text = take_pictures(three, path, frames, N);
    assert_non_null(strstr(text, "Frame 150 of 200, 4.97 s"));
    assert_int_equal(count_text(text, "class=\"value right\""), count_text(text, "class=\"value left\""));
    assert_true(count_differences(&three[0], &three[1]) > 500);
    free_pictures(three, N);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_frames_and_gates_and_plots_both_sides),
        cmocka_unit_test(the_frame_moves_bones_and_skin),
        cmocka_unit_test(every_layer_shows),
        cmocka_unit_test(playing_goes_on),
        cmocka_unit_test(keys_clicks_and_drags_do_what_they_say),
        cmocka_unit_test(two_hundred_frames_are_small_and_load),
    };
    return cmocka_run_group_tests_name("report_motion_browser", tests, setup, teardown);
}
