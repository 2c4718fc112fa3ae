/* The report through the public header: a body with its steps, a motion, both. Needs the built-in models and data/demo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "osso_ik.h"
#include "run_program.h"

static oik_model *model;
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_chain *chain;
static oik_chain_file *chain_file;
static oik_motion *still, *walk; /* of the mesh; from keypoints */
static oik_rig *rig;             /* that walks */
static oik_error err;
static char *folder;

/* ---- recording as a caller does it ---- */

enum { MAX_STEPS = 400 };
static oik_step steps[MAX_STEPS];
static size_t n_steps;

static double *copy(const double *from, size_t n) {
    double *to = from ? malloc(n * sizeof *to) : NULL;
    if (to)
        memcpy(to, from, n * sizeof *to);
    return to;
}

static int record(void *context, const oik_step *step) {
    const oik_model_info *info = context;
    if (n_steps == MAX_STEPS)
        return 1;
    oik_step *s = &steps[n_steps++];
    *s = *step;
    s->skin = copy(step->skin, 3 * info->n_skin_vertices);
    s->part_R = copy(step->part_R, 9 * step->n_parts);
    s->part_t = copy(step->part_t, 3 * step->n_parts);
    s->shape = copy(step->shape, info->n_skeleton_modes);
    return 0;
}

static void forget_steps(void) {
    for (size_t i = 0; i < n_steps; i++) {
        const double *const blocks[] = {steps[i].skin, steps[i].part_R, steps[i].part_t, steps[i].shape};
        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++)
            free((void *)(uintptr_t)blocks[k]);
    }
}

/* ---- group ---- */

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static int set_up(void **state) {
    (void)state;
    char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    const oik_rig_options full = {.name = "walk", .full = 1};
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    if (failed(oik_model_load(&model, path, &err)))
        return -1;
    oik_model_info info = oik_model_get_info(model);
    const oik_stage_options options = {.on_step = record, .step_context = &info};
    folder = scratch_new();
    return !folder || failed(oik_mesh_read(&mesh, "data/demo/body_female.ply", &err)) ||
           failed(oik_body_from_mesh(&body, model, mesh, "body_female.ply", &options, &err)) ||
           failed(oik_skeleton_infer(&lying, model, body, &options, &err)) ||
           failed(oik_skeleton_pose(&posed, model, body, lying, &options, &err)) ||
           failed(oik_chain_from_skeleton(&chain, model, lying, &err)) ||
           failed(oik_motion_solve(&still, model, chain, posed, NULL, &err)) ||
           failed(oik_chain_file_from_skeleton(&chain_file, lying, &err)) ||
           failed(oik_motion_from_keypoint_file(&walk, NULL, chain_file, "data/demo/walk.txt", 0.0, NULL, &err)) ||
           failed(oik_rig_from_skeleton(&rig, model, body, lying, walk, &full, &err));
}

static int tear_down(void **state) {
    (void)state;
    oik_rig_free(rig);
    oik_motion_free(walk);
    oik_chain_file_free(chain_file);
    oik_motion_free(still);
    oik_chain_free(chain);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    forget_steps();
    scratch_free(folder);
    return 0;
}

/* ---- cases ---- */

/* The page as text; free it. */
static char *page_of(const oik_report_input *input, size_t *size) {
    const char *path = in_folder(folder, "page.html");
    if (oik_write_report(input, path, &err))
        fail_msg("%s", err.message);
    char *page = file_text(path, size);
    assert_non_null(page);
    return page;
}

static bool has(const char *page, const char *text) {
    return strstr(page, text) != NULL;
}

static void a_body_is_shown_with_its_steps(void **state) {
    (void)state;
    size_t with, without;
    oik_report_input input = {.name = "body", .input_path = "some body.ply", .model = model, .body = body, .posed = posed, .motion = still,
                              .n_steps = n_steps, .steps = steps};
    char *page = page_of(&input, &with);
    assert_true(n_steps > 20);
    assert_true(has(page, "some body.ply") && has(page, "\"stage\":\"registration\"") && has(page, "\"stage\":\"posing\""));
    assert_true(has(page, "id=\"array-landmark-target\"") && has(page, "\"motion\":null"));
    assert_in_range(with, 2000000, 8000000);
    free(page);
    input.n_steps = 0;
    page = page_of(&input, &without);
    assert_true(has(page, "hip_flexion_r") && !has(page, "\"stage\":\"registration\""));
    assert_true(without < with);
    free(page);
}

static void a_motion_plays_with_or_without_its_body(void **state) {
    (void)state;
    size_t both, alone, again;
    oik_report_input input = {.name = "walk", .model = model, .body = body, .posed = posed, .motion = still, .rig = rig};
    char *page = page_of(&input, &both);
    assert_true(has(page, "id=\"array-motion-q\"") && has(page, "id=\"array-bone-points\""));
    free(page);
    input.posed = NULL;
    page = page_of(&input, &alone);
    assert_true(has(page, "id=\"array-motion-q\"") && !has(page, "id=\"array-bone-points\"") && has(page, "\"body\":null"));
    assert_true(has(page, "\"length\":")); /* segments, from the motion of the bones */
    assert_true(alone < both);
    char *other = page_of(&input, &again);
    assert_int_equal(alone, again);
    assert_memory_equal(page, other, alone);
    free(page);
    free(other);
}

static void expect_refused(const oik_report_input *input, const char *text) {
    const char *path = in_folder(folder, "refused.html");
    assert_int_equal(oik_write_report(input, path, &err), OIK_E_ARGUMENT);
    if (!has(err.message, text))
        fail_msg("\"%s\" does not speak of \"%s\"", err.message, text);
    assert_int_equal(remove(path), -1);
}

static void what_does_not_go_together_is_refused(void **state) {
    (void)state;
    expect_refused(&(oik_report_input){.model = model, .rig = rig}, "name");
    expect_refused(&(oik_report_input){.name = "x", .rig = rig}, "model");
    expect_refused(&(oik_report_input){.name = "x", .model = model, .body = body}, "neither");
    expect_refused(&(oik_report_input){.name = "x", .model = model, .posed = posed}, "not given");
    expect_refused(&(oik_report_input){.name = "x", .model = model, .body = body, .posed = lying}, "lying");
    expect_refused(&(oik_report_input){.name = "x", .model = model, .body = body, .posed = posed, .motion = walk}, "one frame");
    expect_refused(&(oik_report_input){.name = "x", .model = model, .rig = rig, .n_steps = 1, .steps = steps}, "steps");
    oik_step step = steps[n_steps - 1];
    step.n_parts--;
    expect_refused(&(oik_report_input){.name = "x", .model = model, .body = body, .posed = posed, .n_steps = 1, .steps = &step}, "belong");
    oik_model *male = NULL;
    const char *dir = getenv("OSSO_IK_MODELS");
    char path[RUN_MAX_PATH];
    snprintf(path, sizeof path, "%s/male.npz", dir ? dir : "build/models");
    assert_int_equal(oik_model_load(&male, path, &err), OIK_OK);
    expect_refused(&(oik_report_input){.name = "x", .model = male, .body = body, .posed = posed}, "not made with");
    oik_model_free(male);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_is_shown_with_its_steps),
        cmocka_unit_test(a_motion_plays_with_or_without_its_body),
        cmocka_unit_test(what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests_name("api_report", tests, set_up, tear_down);
}
