/* Shape, joints, forward kinematics, pose correctives and skinning on the tiny body. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/body_model.h"
#include "support/tiny_body.h"

/* Positions below 2 m after some ten rotations and sums: rounding stays under 1e-14 m; a wrong formula is off by centimetres. */
#define ROUNDING 1e-13

static const double beta[TINY_BODY_MODES] = {0.7, -1.2, 0.4};

static oik_body_model *model;
static oik_vec3 *v, *x;

static int set_up(void **state) {
    (void)state;
    model = tiny_body_new();
    if (!model)
        return -1;
    v = calloc(model->n_vertices, sizeof *v);
    x = calloc(model->n_vertices, sizeof *x);
    return v && x ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_body_model_free(model);
    free(v);
    free(x);
    return 0;
}

static void assert_near(oik_vec3 a, oik_vec3 b, double tolerance) {
    assert_true(v3_dist(a, b) <= tolerance);
}

static void the_rest_pose_leaves_the_shaped_skin(void **state) {
    (void)state;
    oik_body_pose rest = oik_body_pose_rest();
    tiny_body_posed(x, v, model, beta, &rest);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_near(x[i], v[i], ROUNDING);
}

static void no_shape_is_the_template(void **state) {
    (void)state;
    oik_body_shape(v, model, NULL);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_near(v[i], model->template_v[i], 0.0);
}

static void shape_adds_each_mode_in_proportion(void **state) {
    (void)state;
    oik_body_shape(v, model, beta);
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 expected = model->template_v[i];
        for (size_t k = 0; k < model->n_modes; k++)
            expected = v3_madd(expected, beta[k], model->modes[k * model->n_vertices + i]);
        assert_near(v[i], expected, ROUNDING);
    }
}

static void joints_of_a_shape_are_regressed_from_its_skin(void **state) {
    (void)state;
    oik_vec3 by_shape[OIK_N_JOINTS], by_skin[OIK_N_JOINTS];
    oik_body_shape(v, model, beta);
    oik_body_shape_joints(by_shape, model, beta);
    oik_body_joints(by_skin, model, v);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        assert_near(by_shape[j], by_skin[j], ROUNDING);
        assert_true(v3_dist(by_shape[j], model->joints[j]) > 1e-3 || j == OIK_J_PELVIS);
    }
}

static void turning_the_root_turns_the_body_about_the_pelvis(void **state) {
    (void)state;
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[0] = oik_rot_exp(v3(0.4, -1.1, 0.3));
    pose.tau = v3(1, 2, 3);
    tiny_body_posed(x, v, model, NULL, &pose);
    oik_vec3 J = model->joints[0];
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_near(x[i], v3_add(v3_add(J, pose.tau), m3_mulv(pose.R[0], v3_sub(v[i], J))), ROUNDING);
}

static int moved_by(size_t vertex, int joint) {
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++)
        for (int j = model->influence_joint[e]; j >= 0; j = model->parents[j])
            if (j == joint)
                return 1;
    return 0;
}

static void bending_a_joint_moves_its_subtree_only(void **state) {
    (void)state;
    oik_body_pose pose = oik_body_pose_rest();
    pose.R[OIK_J_ELBOW_L] = oik_rot_exp(v3(0, 0, 1.2));
    tiny_body_posed(x, v, model, NULL, &pose);
    size_t n_moved = 0;
    for (size_t i = 0; i < model->n_vertices; i++) {
        if (!moved_by(i, OIK_J_ELBOW_L))
            assert_near(x[i], v[i], ROUNDING);
        n_moved += v3_dist(x[i], v[i]) > 1e-3;
    }
    assert_true(n_moved > 3 * model->n_vertices / OIK_N_JOINTS / 2);
}

static void bones_keep_their_length_in_any_pose(void **state) {
    (void)state;
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_frames frames;
    oik_body_pose pose = tiny_body_pose(1.5);
    oik_body_shape_joints(J, model, beta);
    oik_body_forward(&frames, model, J, &pose);
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j];
        assert_true(fabs(v3_dist(frames.p[j], frames.p[q]) - v3_dist(J[j], J[q])) <= ROUNDING);
    }
}

static void skinning_in_place_gives_the_same(void **state) {
    (void)state;
    oik_body_frames frames;
    oik_body_pose pose = tiny_body_pose(0.8);
    oik_body_forward(&frames, model, model->joints, &pose);
    oik_body_shape(v, model, NULL);
    oik_body_skin(x, model, v, &frames);
    oik_body_skin(v, model, v, &frames);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_near(x[i], v[i], 0.0);
}

static void the_mirror_pose_gives_the_mirror_image(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.9), other = tiny_body_mirror_pose(&pose);
    tiny_body_posed(x, NULL, model, beta, &pose);
    tiny_body_posed(v, NULL, model, beta, &other);
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 twin = x[model->mirror[i]];
        assert_near(v[i], v3(-twin.x, twin.y, twin.z), ROUNDING);
    }
}

static double trace_product(oik_mat3 A, oik_mat3 B) {
    oik_mat3 C = m3_tmul(A, B);
    return C.m[0][0] + C.m[1][1] + C.m[2][2];
}

/* The polar rotation of M maximises tr(Q' M) over rotations. */
static void the_vertex_rotation_is_the_nearest_to_the_blend(void **state) {
    (void)state;
    oik_body_frames frames;
    oik_body_pose pose = tiny_body_pose(0.9);
    oik_body_forward(&frames, model, model->joints, &pose);
    size_t n_blended = 0;
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_mat3 M = oik_body_blend(model, i, &frames), Q = oik_body_vertex_rotation(model, i, &frames);
        assert_true(fabs(m3_det(Q) - 1.0) <= ROUNDING);
        size_t first = model->influence_start[i];
        if (model->influence_weight[first] == 1.0)
            assert_true(oik_rot_angle_between(Q, frames.G[model->influence_joint[first]]) <= ROUNDING);
        for (int axis = 0; axis < 6; axis++) {
            double turn = axis < 3 ? 1e-3 : -1e-3;
            oik_mat3 near_Q = m3_mul(Q, oik_rot_exp(v3(turn * (axis % 3 == 0), turn * (axis % 3 == 1), turn * (axis % 3 == 2))));
            assert_true(trace_product(near_Q, M) < trace_product(Q, M));
        }
        n_blended += model->influence_weight[first] < 1.0;
    }
    assert_true(n_blended > model->n_vertices / 4);
}

/* ---- pose correctives ---- */

static const oik_corrective_kind kinds[] = {OIK_CORRECTIVES_STAR, OIK_CORRECTIVES_SMPL};

/* The same model with correctives; free_corrected takes them off again. */
static void set_corrected(oik_corrective_kind kind) {
    assert_int_equal(tiny_body_add_correctives(model, kind), 0);
}

static void free_corrected(void) {
    free(model->correctives);
    model->correctives = NULL;
    model->n_features = 0;
    model->corrective_kind = OIK_CORRECTIVES_NONE;
}

/* Quaternion of a joint that turns by pi / 2 about x: (sin, 0, 0, cos) of pi / 4; its matrix: y to z and z to -y. */
static void features_are_those_of_the_local_rotations(void **state) {
    (void)state;
    const double s = sqrt(0.5);
    const double star[4] = {s, 0, 0, s - 1}, smpl[9] = {0, 0, 0, 0, -1, -1, 0, 1, -1};
    for (int k = 0; k < 2; k++) {
        size_t n = k ? 9 : 4;
        oik_body_frames frames;
        oik_body_pose pose = oik_body_pose_rest();
        pose.R[0] = oik_rot_exp(v3(0.3, 2, -1)); /* the root has none, and G is not the local rotation */
        pose.R[OIK_J_KNEE_R] = oik_rot_exp(v3(1.5707963267948966, 0, 0));
        set_corrected(kinds[k]);
        oik_body_forward(&frames, model, model->joints, &pose);
        for (size_t f = 0; f < OIK_MAX_FEATURES; f++) {
            double expected = f / n == OIK_J_KNEE_R - 1 ? (k ? smpl : star)[f % n] : 0.0;
            assert_true(fabs(frames.feature[f] - expected) <= 1e-15); /* rounding of 1 */
        }
        free_corrected();
    }
}

static void correctives_add_up_before_skinning(void **state) {
    (void)state;
    oik_vec3 *expected = calloc(model->n_vertices, sizeof *expected);
    assert_non_null(expected);
    for (int k = 0; k < 2; k++) {
        oik_body_frames frames;
        oik_body_pose pose = tiny_body_pose(0.9);
        set_corrected(kinds[k]);
        oik_body_shape(v, model, beta);
        oik_body_forward(&frames, model, model->joints, &pose);
        double largest = 0.0;
        for (size_t i = 0; i < model->n_vertices; i++) {
            oik_vec3 sum = v3(0, 0, 0);
            for (size_t f = 0; f < model->n_features; f++)
                sum = v3_madd(sum, frames.feature[f], model->correctives[f * model->n_vertices + i]);
            expected[i] = v3_add(v[i], sum);
            largest = fmax(largest, v3_norm(sum));
        }
        assert_true(largest > 1e-3);
        oik_body_correct(x, model, v, &frames);
        for (size_t i = 0; i < model->n_vertices; i++)
            assert_near(x[i], expected[i], ROUNDING);
        oik_body_skin(x, model, v, &frames);
        free_corrected();
        oik_body_skin(expected, model, expected, &frames);
        for (size_t i = 0; i < model->n_vertices; i++)
            assert_near(x[i], expected[i], ROUNDING);
    }
    free(expected);
}

/* What holds for every model holds for one with correctives. */
static void correctives_change_no_other_property(void **state) {
    for (int k = 0; k < 2; k++) {
        set_corrected(kinds[k]);
        the_rest_pose_leaves_the_shaped_skin(state);
        turning_the_root_turns_the_body_about_the_pelvis(state);
        skinning_in_place_gives_the_same(state);
        the_mirror_pose_gives_the_mirror_image(state);
        free_corrected();
    }
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(the_rest_pose_leaves_the_shaped_skin),
        cmocka_unit_test(no_shape_is_the_template),
        cmocka_unit_test(shape_adds_each_mode_in_proportion),
        cmocka_unit_test(joints_of_a_shape_are_regressed_from_its_skin),
        cmocka_unit_test(turning_the_root_turns_the_body_about_the_pelvis),
        cmocka_unit_test(bending_a_joint_moves_its_subtree_only),
        cmocka_unit_test(bones_keep_their_length_in_any_pose),
        cmocka_unit_test(skinning_in_place_gives_the_same),
        cmocka_unit_test(the_mirror_pose_gives_the_mirror_image),
        cmocka_unit_test(the_vertex_rotation_is_the_nearest_to_the_blend),
        cmocka_unit_test(features_are_those_of_the_local_rotations),
        cmocka_unit_test(correctives_add_up_before_skinning),
        cmocka_unit_test(correctives_change_no_other_property),
    };
    return cmocka_run_group_tests_name("test_body_model", cases, set_up, tear_down);
}
