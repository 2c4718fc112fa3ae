/*
 * Running out of memory at any allocation of any public call: OIK_E_MEMORY, no result, nothing leaked (under ASan).
 *
 * Calls with many allocations are tried at evenly spread ones, so that the sweep stays at some seconds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "osso_ik.h"
#include "run_program.h"

static char model_path[RUN_MAX_PATH], *folder;
static oik_model *model;
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_chain *chain;
static oik_motion *motion;

/* each call makes one object, checks that it is there exactly on success, and frees it */
static void check_made(oik_status status, const void *object) {
    assert_true((status == OIK_OK) == (object != NULL));
}

static oik_status call_model(oik_error *err) {
    oik_model *object = NULL;
    oik_status status = oik_model_load(&object, model_path, err);
    check_made(status, object);
    oik_model_free(object);
    return status;
}

static oik_status call_body(oik_error *err) {
    oik_body *object = NULL;
    oik_status status = oik_body_from_mesh(&object, model, mesh, "body", NULL, err);
    check_made(status, object);
    oik_body_free(object);
    return status;
}

static oik_status call_infer(oik_error *err) {
    oik_skeleton *object = NULL;
    oik_status status = oik_skeleton_infer(&object, model, body, NULL, err);
    check_made(status, object);
    oik_skeleton_free(object);
    return status;
}

static oik_status call_pose(oik_error *err) {
    oik_skeleton *object = NULL;
    oik_status status = oik_skeleton_pose(&object, model, body, lying, NULL, err);
    check_made(status, object);
    oik_skeleton_free(object);
    return status;
}

static oik_status call_chain(oik_error *err) {
    oik_chain *object = NULL;
    oik_status status = oik_chain_from_skeleton(&object, model, lying, err);
    check_made(status, object);
    oik_chain_free(object);
    return status;
}

static oik_status call_motion(oik_error *err) {
    oik_motion *object = NULL;
    oik_status status = oik_motion_solve(&object, model, chain, posed, NULL, err);
    check_made(status, object);
    oik_motion_free(object);
    return status;
}

static oik_status call_quality(oik_error *err) {
    oik_quality quality;
    return oik_quality_measure(&quality, model, body, posed, motion, err);
}

static oik_status call_write_skeleton(oik_error *err) {
    return oik_write_skeleton(posed, "all", in_folder(folder, "bones.ply"), err);
}

static oik_status call_write_body(oik_error *err) {
    return oik_write_body(model, body, 0, in_folder(folder, "body.ply"), err);
}

static oik_status call_write_chain(oik_error *err) {
    return oik_write_chain(chain, motion, in_folder(folder, "chain.json"), err);
}

static oik_status call_write_angles(oik_error *err) {
    return oik_write_angles(motion, in_folder(folder, "angles.csv"), err);
}

static oik_status call_parameters(oik_error *err) {
    static const double pose[72] = {0.1}, betas[3] = {1.0};
    oik_body *object = NULL;
    oik_body_parameters parameters = {.n_betas = 3, .betas = betas, .pose = pose};
    oik_status status = oik_body_from_parameters(&object, model, &parameters, NULL, err);
    check_made(status, object);
    oik_body_free(object);
    return status;
}

static oik_status call_save_body(oik_error *err) {
    return oik_body_save(body, model, in_folder(folder, "body.npz"), err);
}

static oik_status call_load_body(oik_error *err) {
    oik_body *object = NULL;
    oik_status status = oik_body_load(&object, model, mesh, NULL, in_folder(folder, "body.npz"), err);
    check_made(status, object);
    oik_body_free(object);
    return status;
}

static oik_status call_save_skeleton(oik_error *err) {
    return oik_skeleton_save(posed, model, in_folder(folder, "posed.npz"), err);
}

static oik_status call_load_skeleton(oik_error *err) {
    oik_skeleton *object = NULL;
    oik_status status = oik_skeleton_load(&object, model, body, lying, NULL, in_folder(folder, "posed.npz"), err);
    check_made(status, object);
    oik_skeleton_free(object);
    return status;
}

static oik_status call_place(oik_error *err) {
    oik_model_info info = oik_model_get_info(model);
    static double numbers[3 * 100000];
    static const double zeros[9 * 200];
    assert_true(info.n_bone_vertices <= 100000 && info.n_rigid_parts <= 200 && info.n_skeleton_modes <= 200);
    return oik_skeleton_place(numbers, model, zeros, zeros, zeros, err);
}

static int set_up(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(model_path, sizeof model_path, "%s/female.npz", dir ? dir : "build/models");
    folder = scratch_new();
    oik_error err = {0};
    if (!folder || oik_model_load(&model, model_path, &err) || oik_mesh_read(&mesh, "data/demo/body_female.ply", &err) ||
        oik_body_from_mesh(&body, model, mesh, "body", NULL, &err) || oik_skeleton_infer(&lying, model, body, NULL, &err) ||
        oik_skeleton_pose(&posed, model, body, lying, NULL, &err) || oik_chain_from_skeleton(&chain, model, lying, &err) ||
        oik_motion_solve(&motion, model, chain, posed, NULL, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    scratch_free(folder);
    return 0;
}

/** Let allocations fail one by one; at most n_trials of them, evenly spread from the first to the last. */
static void sweep(oik_status (*call)(oik_error *err), long n_trials) {
    oik_error err = {0};
    failing_malloc_arm(-1);
    oik_status status = call(&err);
    long n = failing_malloc_disarm();
    assert_int_equal(status, OIK_OK);
    assert_true(n > 0);
    long trials = n < n_trials ? n : n_trials;
    for (long k = 0; k < trials; k++) {
        long place = trials == 1 ? 0 : k * (n - 1) / (trials - 1);
        failing_malloc_arm(place);
        status = call(&err);
        failing_malloc_disarm();
        if (status != OIK_E_MEMORY)
            fail_msg("allocation %ld of %ld failed: %s: %s", place, n, oik_status_name(status), err.message);
        assert_int_equal(err.status, OIK_E_MEMORY);
    }
}

static void loading_a_model(void **state) {
    (void)state;
    sweep(call_model, 60);
}

static void registering_a_body(void **state) {
    (void)state;
    sweep(call_body, 30);
}

static void placing_and_posing(void **state) {
    (void)state;
    sweep(call_infer, 30);
    sweep(call_pose, 30);
}

static void chain_and_angles(void **state) {
    (void)state;
    sweep(call_chain, 100);
    sweep(call_motion, 100);
}

static void measuring_quality(void **state) {
    (void)state;
    sweep(call_quality, 10);
}

static void writing_leaves_nothing_behind(void **state) {
    (void)state;
    static oik_status (*const calls[])(oik_error *) = {call_write_skeleton, call_write_body, call_write_angles};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        sweep(calls[i], 20);
        assert_int_equal(count_files(folder), i + 1); /* of the one call of each sweep that was to succeed */
    }
}

/** After the sweeps that count files. A load finds what the last save left whole. */
static void files_of_stages(void **state) {
    (void)state;
    sweep(call_save_body, 30);
    sweep(call_load_body, 60);
    sweep(call_save_skeleton, 30);
    sweep(call_load_skeleton, 60);
}

static void parameters_and_steps(void **state) {
    (void)state;
    sweep(call_parameters, 30);
    sweep(call_place, 10);
}

static void writing_a_chain(void **state) {
    (void)state;
    sweep(call_write_chain, 10); /* jansson's own allocations are not reached */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading_a_model),   cmocka_unit_test(registering_a_body),
        cmocka_unit_test(placing_and_posing), cmocka_unit_test(chain_and_angles),
        cmocka_unit_test(measuring_quality), cmocka_unit_test(writing_leaves_nothing_behind),
        cmocka_unit_test(writing_a_chain),   cmocka_unit_test(files_of_stages),
        cmocka_unit_test(parameters_and_steps),
    };
    return cmocka_run_group_tests_name("test_api_memory", tests, set_up, tear_down);
}
