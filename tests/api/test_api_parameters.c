/* A body from parameters in place of a mesh. Needs the built-in models. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/internal.h"
#include "base/rot.h"
#include "body/pose_input_load.h"
#include "run_program.h"

static oik_model *model;
static oik_error err;

static int set_up(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    return oik_model_load(&model, in_folder(dir ? dir : "build/models", "female.npz"), &err) != OIK_OK;
}

static int tear_down(void **state) {
    (void)state;
    oik_model_free(model);
    return 0;
}

/** Some turn at every joint. */
static void some_pose(double pose[3 * OIK_N_JOINTS]) {
    for (int i = 0; i < 3 * OIK_N_JOINTS; i++)
        pose[i] = 0.2 * sin(1.0 + i);
}

static oik_body *made(const oik_body_parameters *p) {
    oik_body *b = NULL;
    if (oik_body_from_parameters(&b, model, p, NULL, &err) != OIK_OK)
        fail_msg("%s", err.message);
    return b;
}

static void the_skin_is_the_posed_model(void **state) {
    (void)state;
    const oik_body_model *m = model->body;
    double pose[3 * OIK_N_JOINTS], trans[3] = {0.3, 0.1, -0.2};
    oik_body_pose expected = {.tau = v3(0.3, 0.1, -0.2)};
    oik_body_frames frames;
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_shape_joints(J, m, NULL);
    some_pose(pose);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        expected.R[j] = oik_rot_exp(v3(pose[3 * j], pose[3 * j + 1], pose[3 * j + 2]));
    /* the built-in model has another root than SMPL: the pelvis is where the file has it */
    expected.tau = v3_add(expected.tau, v3_sub(v3(0, OIK_SMPL_ROOT_Y, OIK_SMPL_ROOT_Z), J[0]));
    oik_vec3 *x = calloc(m->n_vertices, sizeof *x);
    oik_body_forward(&frames, m, J, &expected);
    oik_body_skin(x, m, m->template_v, &frames);
    oik_body *b = made(&(oik_body_parameters){.pose = pose, .trans = trans});
    for (size_t i = 0; i < m->n_vertices; i++)
        assert_true(v3_dist(b->x[i], x[i]) < 1e-12); /* rounding */
    assert_memory_equal(b->x, b->fit.x_model, m->n_vertices * sizeof *x);
    free(x);
    oik_body_free(b);
}

static void nothing_was_registered(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS] = {0};
    oik_body *b = made(&(oik_body_parameters){.pose = pose});
    oik_body_info info = oik_body_get_info(b);
    assert_true(info.rms == 0.0 && info.repose_rms == 0.0 && info.n_iterations == 0 && info.converged && !info.mirrored);
    assert_string_equal(info.unit, "m");
    assert_true(info.stature > 1.4 && info.stature < 2.0);
    assert_int_equal(oik_body_n_calls(b), 1);
    assert_string_equal(oik_body_get_call(b, 0).stop, "given");
    oik_body_free(b);
}

static void another_shape_space_takes_no_betas(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS] = {0}, betas[10] = {2.0, -1.0};
    oik_body *plain = made(&(oik_body_parameters){.pose = pose});
    oik_body *b = made(&(oik_body_parameters){.pose = pose, .n_betas = 10, .betas = betas});
    assert_memory_equal(plain->x, b->x, plain->n_vertices * sizeof *plain->x);
    oik_body_free(b);
    oik_body_free(plain);
}

static void a_world_with_z_up_is_turned(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS], trans[3] = {1, 2, 3};
    some_pose(pose);
    oik_body *up = made(&(oik_body_parameters){.pose = pose, .trans = trans});
    oik_body *b = made(&(oik_body_parameters){.pose = pose, .trans = trans, .z_up = 1});
    for (size_t i = 0; i < up->n_vertices; i++) {
        oik_vec3 turned = v3(up->x[i].x, up->x[i].z, -up->x[i].y);
        assert_true(v3_dist(b->x[i], turned) < 1e-9); /* rounding of a rotation */
    }
    oik_body_free(b);
    oik_body_free(up);
}

static void bones_go_into_the_body(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS] = {0};
    oik_skeleton *lying = NULL, *posed = NULL;
    oik_quality quality;
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;
    pose[3 * OIK_J_ELBOW_L + 1] = -0.8;
    oik_body *b = made(&(oik_body_parameters){.pose = pose});
    assert_int_equal(oik_skeleton_infer(&lying, model, b, NULL, &err), OIK_OK);
    assert_int_equal(oik_skeleton_pose(&posed, model, b, lying, NULL, &err), OIK_OK);
    assert_int_equal(oik_chain_from_skeleton(&chain, model, lying, &err), OIK_OK);
    assert_int_equal(oik_motion_solve(&motion, model, chain, posed, NULL, &err), OIK_OK);
    assert_int_equal(oik_quality_measure(&quality, model, b, posed, motion, &err), OIK_OK);
    assert_true(quality.gates[2].value < 0.03); /* bones outside the skin, the limit at which a warning is given */
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(b);
}

static void numbers_that_are_not_finite_are_refused(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS] = {0}, trans[3] = {0, 0, INFINITY}, betas[1] = {NAN};
    oik_body *b = NULL;
    assert_int_equal(oik_body_from_parameters(&b, model, &(oik_body_parameters){.pose = pose, .trans = trans}, NULL, &err),
                     OIK_E_NOT_FINITE);
    assert_int_equal(oik_body_from_parameters(&b, model, &(oik_body_parameters){.pose = pose, .n_betas = 1, .betas = betas}, NULL, &err),
                     OIK_E_NOT_FINITE);
    pose[71] = NAN;
    assert_int_equal(oik_body_from_parameters(&b, model, &(oik_body_parameters){.pose = pose}, NULL, &err), OIK_E_NOT_FINITE);
    assert_null(b);
}

static void files_are_of_the_same_parameters(void **state) {
    (void)state;
    double pose[3 * OIK_N_JOINTS];
    char *folder = scratch_new();
    const char *path = in_folder(folder, "body.npz");
    oik_body *b = NULL;
    some_pose(pose);
    oik_body_parameters p = {.pose = pose};
    oik_body *a = made(&p);
    assert_int_equal(oik_body_save(a, model, path, &err), OIK_OK);
    assert_int_equal(oik_body_load_from_parameters(&b, model, &p, NULL, path, &err), OIK_OK);
    assert_memory_equal(a->x, b->x, a->n_vertices * sizeof *a->x);
    assert_string_equal(oik_body_get_call(b, 0).stop, "given");
    oik_body_free(b);
    pose[0] += 1e-12;
    assert_int_equal(oik_body_load_from_parameters(&b, model, &p, NULL, path, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "another input"));
    oik_body_free(a);
    scratch_free(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_skin_is_the_posed_model),        cmocka_unit_test(nothing_was_registered),
        cmocka_unit_test(another_shape_space_takes_no_betas), cmocka_unit_test(a_world_with_z_up_is_turned),
        cmocka_unit_test(bones_go_into_the_body),             cmocka_unit_test(numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(files_are_of_the_same_parameters),
    };
    return cmocka_run_group_tests_name("test_api_parameters", tests, set_up, tear_down);
}
