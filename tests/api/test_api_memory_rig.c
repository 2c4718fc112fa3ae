/*
 * Running out of memory at any allocation of the calls on rigs: OIK_E_MEMORY, no result, no file that was not whole, nothing leaked (under
 * ASan). Calls with many allocations are tried at evenly spread ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "case_folder.h"
#include "failing_malloc.h"
#include "osso_ik.h"

static oik_model *model;
static oik_mesh *mesh;
static oik_body *body;
static oik_skeleton *lying, *posed;
static oik_chain *chain;
static oik_motion *motion;
static oik_rig *rig;
static const char *format, *path; /* of the call under test */

static int set_up(void **state) {
    (void)state;
    char model_path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    const oik_rig_options options = {.name = "anna"};
    snprintf(model_path, sizeof model_path, "%s/female.npz", dir ? dir : "build/models");
    oik_error err = {0};
    if (oik_model_load(&model, model_path, &err) || oik_mesh_read(&mesh, "data/demo/body_female.ply", &err) ||
        oik_body_from_mesh(&body, model, mesh, "body", NULL, &err) || oik_skeleton_infer(&lying, model, body, NULL, &err) ||
        oik_skeleton_pose(&posed, model, body, lying, NULL, &err) || oik_chain_from_skeleton(&chain, model, lying, &err) ||
        oik_motion_solve(&motion, model, chain, posed, NULL, &err) ||
        oik_rig_from_skeleton(&rig, model, body, posed, motion, &options, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return -1;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_rig_free(rig);
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    return 0;
}

/** Number of allocations of a call that succeeds. */
static long count(oik_status (*call)(oik_error *err)) {
    oik_error err = {0};
    failing_malloc_arm(-1);
    oik_status status = call(&err);
    long n = failing_malloc_disarm();
    if (status)
        fail_msg("%s: %s: %s", format ? format : "", oik_status_name(status), err.message);
    assert_true(n > 0);
    return n;
}

/** Let allocations of n fail one by one; at most n_trials of them, evenly spread from the first to the last. */
static void sweep(oik_status (*call)(oik_error *err), long n, long n_trials) {
    long trials = n < n_trials ? n : n_trials;
    for (long k = 0; k < trials; k++) {
        oik_error err = {0};
        long place = trials == 1 ? 0 : k * (n - 1) / (trials - 1);
        failing_malloc_arm(place);
        oik_status status = call(&err);
        failing_malloc_disarm();
        if (status != OIK_E_MEMORY)
            fail_msg("%s: allocation %ld of %ld failed: %s: %s", format ? format : "", place, n, oik_status_name(status), err.message);
        assert_int_equal(err.status, OIK_E_MEMORY);
    }
}

/* ------------------------------------------------------------------ objects and places */

static oik_status make(const oik_skeleton *skeleton, int full, oik_error *err) {
    const oik_rig_options options = {.full = full};
    oik_rig *object = NULL;
    oik_status status = oik_rig_from_skeleton(&object, model, body, skeleton, motion, &options, err);
    assert_true((status == OIK_OK) == (object != NULL));
    oik_rig_free(object);
    return status;
}

static oik_status call_posed(oik_error *err) {
    return make(posed, 0, err);
}

static oik_status call_lying(oik_error *err) {
    return make(lying, 1, err);
}

static oik_status call_up(oik_error *err) {
    double up[3];
    return oik_motion_up(up, motion, err);
}

static oik_status call_bodies(oik_error *err) {
    double R[9 * 64], origin[3 * 64];
    return oik_rig_place_bodies(R, origin, rig, oik_rig_get_info(rig).coordinates, err);
}

static oik_status call_markers(oik_error *err) {
    double at[3 * 128];
    return oik_rig_place_markers(at, rig, oik_rig_get_info(rig).coordinates, err);
}

static oik_status call_lying_skin(oik_error *err) {
    static double x[3 * 6890];
    return oik_body_place_lying_skin(x, model, body, err);
}

static void making_rigs(void **state) {
    (void)state;
    format = NULL;
    sweep(call_posed, count(call_posed), 120);
    sweep(call_lying, count(call_lying), 120);
}

static void asking_rigs(void **state) {
    (void)state;
    format = NULL;
    assert_true(oik_rig_get_info(rig).n_bodies <= 64 && oik_rig_get_info(rig).n_markers <= 128);
    assert_int_equal(oik_body_get_skin(body).n_vertices, 6890);
    sweep(call_up, count(call_up), 20);
    sweep(call_bodies, count(call_bodies), 10);
    sweep(call_markers, count(call_markers), 10);
    sweep(call_lying_skin, count(call_lying_skin), 20);
}

/* ------------------------------------------------------------------ files */

static oik_status call_write(oik_error *err) {
    return oik_write_rig(rig, format, path, err);
}

static oik_status call_picture(oik_error *err) {
    return oik_write_picture(body, posed, "Anna", path, err);
}

static oik_status call_isb(oik_error *err) {
    return oik_write_isb_angles(motion, NULL, path, err);
}

/** One file: nothing is left of a call that fails, temporary files included. What succeeds is written before, under another name. */
static void sweep_file(oik_status (*call)(oik_error *err), const char *name, const char *other, long n_trials) {
    path = in_folder(folder, other);
    long n = count(call);
    size_t n_files = count_files(folder);
    path = in_folder(folder, name);
    sweep(call, n, n_trials);
    assert_int_equal(count_files(folder), n_files);
}

static void single_files_are_written_or_not(void **state) {
    (void)state;
    static const struct {
        const char *format, *name, *other;
    } cases[] = {{"mot", "a.mot", "b.mot"}, {"trc", "a.trc", "b.trc"}, {"bvh", "a.bvh", "b.bvh"},
                 {"c3d", "a.c3d", "b.c3d"}, {"glb", "a.glb", "b.glb"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        format = cases[i].format;
        sweep_file(call_write, cases[i].name, cases[i].other, 60);
    }
    format = "isb";
    sweep_file(call_isb, "a.csv", "b.csv", 60);
}

static void pictures_are_written_or_not(void **state) {
    (void)state;
    format = "png";
    sweep_file(call_picture, "a.png", "b.png", 12); /* a picture takes 0.3 s */
}

/** Of several files the whole ones stay, so none more than a call that succeeds has written. */
static void folders_have_no_other_files(void **state) {
    (void)state;
    static const struct {
        const char *format, *path, *folder; /* folder: of the files, in the scratch folder */
    } cases[] = {{"addb", "addb", "addb"}, {"osim", "addb/anna.osim", "addb"}, {"mjcf", "anna_mjcf.xml", "."}, {"urdf", "anna.urdf", "."}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        format = cases[i].format;
        path = in_folder(folder, cases[i].path);
        long n = count(call_write);
        size_t n_files = count_files(folder);
        size_t n_inside = count_files(in_folder(folder, cases[i].folder));
        sweep(call_write, n, 60);
        assert_int_equal(count_files(folder), n_files);
        assert_int_equal(count_files(in_folder(folder, cases[i].folder)), n_inside);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_rigs),
        cmocka_unit_test(asking_rigs),
        IN_FOLDER(single_files_are_written_or_not),
        IN_FOLDER(pictures_are_written_or_not),
        IN_FOLDER(folders_have_no_other_files),
    };
    return cmocka_run_group_tests_name("test_api_memory_rig", tests, set_up, tear_down);
}
