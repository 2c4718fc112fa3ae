/* Joint centres, axes, segment frames and lengths against their recipes; shape, motion, sides; failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "skeleton/skeleton.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

#define ROUNDING 1e-12 /* of a few operations on numbers of the order of 1 */

static oik_body_model *body;
static oik_skel_model *model;

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    return model ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

static oik_puppet *rest(void) {
    oik_puppet *puppet;
    assert_int_equal(oik_puppet_new(&puppet, model, NULL), OIK_OK);
    return puppet;
}

/* Every part turned and moved a little, a shape away from the mean. */
static oik_puppet *displaced(uint64_t seed) {
    oik_puppet *puppet = rest();
    for (int p = 0; p < puppet->n_parts; p++) {
        puppet->R[p] = m3_mul(oik_rot_exp(v3_scale(random_vec3(&seed), 0.4)), puppet->R[p]);
        puppet->t[p] = v3_madd(puppet->t[p], 0.02, random_vec3(&seed));
    }
    for (size_t k = 0; k < puppet->n_modes; k++)
        puppet->shape[k] = random_signed(&seed);
    return puppet;
}

static oik_kinematics *evaluate(const oik_puppet *puppet) {
    oik_kinematics *k = NULL;
    assert_int_equal(oik_skel_kinematics(&k, model, puppet, NULL), OIK_OK);
    assert_int_equal(k->n_segments, TINY_SEGMENTS);
    assert_int_equal(k->n_joints, TINY_SEGMENTS);
    return k;
}

static oik_vec3 mean_of(const oik_puppet *puppet, int32_t list) {
    oik_vec3 sum = v3(0, 0, 0);
    for (int32_t e = model->list_start[list]; e < model->list_start[list + 1]; e++)
        sum = v3_add(sum, oik_puppet_point(puppet, model, (size_t)model->list_point[e]));
    return v3_scale(sum, 1.0 / (model->list_start[list + 1] - model->list_start[list]));
}

static bool same(oik_vec3 a, oik_vec3 b, double tolerance) {
    return v3_dist(a, b) <= tolerance;
}

static bool same_rotation(oik_mat3 A, oik_mat3 B, double tolerance) {
    for (int j = 0; j < 3; j++)
        if (!same(m3_column(A, j), m3_column(B, j), tolerance))
            return false;
    return true;
}

static void frames_are_right_handed_and_orthonormal(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        oik_puppet *puppet = displaced(seed);
        oik_kinematics *k = evaluate(puppet);
        for (int i = 0; i < k->n_segments; i++) {
            assert_true(same_rotation(m3_tmul(k->segments[i].R, k->segments[i].R), m3_identity(), ROUNDING));
            assert_true(fabs(m3_det(k->segments[i].R) - 1.0) < ROUNDING);
        }
        oik_kinematics_free(k);
        oik_puppet_free(puppet);
    }
}

static void axes_are_as_the_recipe_says(void **state) {
    (void)state;
    oik_puppet *puppet = displaced(7);
    oik_kinematics *k = evaluate(puppet);
    for (int i = 0; i < k->n_segments; i++) {
        const oik_segment_recipe *r = &model->segments[i];
        oik_vec3 primary = v3_unit(v3_sub(mean_of(puppet, r->primary_to), mean_of(puppet, r->primary_from)));
        oik_vec3 secondary = v3_sub(mean_of(puppet, r->secondary_to), mean_of(puppet, r->secondary_from));
        oik_vec3 a = m3_column(k->segments[i].R, r->primary_axis), b = m3_column(k->segments[i].R, r->secondary_axis);
        oik_vec3 c = m3_column(k->segments[i].R, 3 - r->primary_axis - r->secondary_axis);
        assert_string_equal(k->segments[i].name, r->name);
        assert_true(k->segments[i].weight == r->weight);
        assert_true(same(k->segments[i].origin, mean_of(puppet, r->origin), ROUNDING));
        assert_true(same(a, primary, ROUNDING));
        assert_true(v3_dot(b, secondary) > 0.0);
        assert_true(fabs(v3_dot(c, secondary)) < ROUNDING); /* the secondary axis lies in the plane of both */
    }
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

static void joints_carry_their_recipe_and_lie_at_their_centre(void **state) {
    (void)state;
    oik_puppet *puppet = displaced(9);
    oik_kinematics *k = evaluate(puppet);
    for (int i = 0; i < k->n_joints; i++) {
        const oik_joint *found = &k->joints[i], *expected = &model->joints[i].joint;
        assert_string_equal(found->name, expected->name);
        assert_int_equal(found->parent, expected->parent);
        assert_int_equal(found->child, i);
        assert_int_equal(found->kind, expected->kind);
        assert_int_equal(found->n_dofs, expected->n_dofs);
        assert_true(same(found->centre, mean_of(puppet, model->joints[i].centre), ROUNDING));
        for (int d = 0; d < found->n_dofs; d++) {
            assert_true(fabs(v3_norm(found->dofs[d].axis) - 1.0) < ROUNDING);
            if (d >= 3 || model->joints[i].axis_from[d] < 0)
                assert_true(same(found->dofs[d].axis, expected->dofs[d].axis, 0.0));
        }
    }
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

static void an_anatomical_axis_is_given_in_the_parents_frame(void **state) {
    (void)state;
    oik_puppet *puppet = displaced(11);
    oik_kinematics *k = evaluate(puppet);
    static const int knees[] = {TINY_S_SHANK_R, TINY_S_SHANK_L};
    for (int s = 0; s < 2; s++) {
        const oik_joint_recipe *r = &model->joints[knees[s]];
        oik_vec3 world = v3_unit(v3_sub(mean_of(puppet, r->axis_to[0]), mean_of(puppet, r->axis_from[0])));
        oik_vec3 axis = m3_mulv(k->segments[r->joint.parent].R, k->joints[knees[s]].dofs[0].axis);
        assert_true(same(axis, world, ROUNDING));
    }
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

/* The back's axis runs from the left to the right hip: in the lying skeleton the z axis of forward, up, right. */
static void an_anatomical_axis_of_a_neutral_joint_is_forward_up_right(void **state) {
    (void)state;
    oik_puppet *puppet = rest();
    oik_kinematics *k = evaluate(puppet);
    assert_int_equal(k->joints[TINY_S_THORAX].parent_frame, OIK_FRAME_NEUTRAL);
    assert_true(same(k->joints[TINY_S_THORAX].dofs[0].axis, v3(0, 0, 1), ROUNDING));
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

static void lengths_run_from_joint_to_distal_joint(void **state) {
    (void)state;
    oik_puppet *puppet = rest();
    oik_kinematics *k = evaluate(puppet);
    const oik_vec3 *J = body->joints;
    assert_true(k->segments[TINY_S_PELVIS].length == 0.0 && k->segments[TINY_S_THORAX].length == 0.0);
    assert_true(fabs(k->segments[TINY_S_THIGH_L].length - v3_dist(J[OIK_J_HIP_L], J[OIK_J_KNEE_L])) < ROUNDING);
    assert_true(fabs(k->segments[TINY_S_SHANK_R].length - v3_dist(J[OIK_J_KNEE_R], J[OIK_J_ANKLE_R])) < ROUNDING);
    assert_true(fabs(k->segments[TINY_S_ARM_L].length - v3_dist(J[OIK_J_SHOULDER_L], J[OIK_J_ELBOW_L])) < ROUNDING);
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

/* Both joint centres of thigh and arm are on one bone, whose size mode 0 scales. */
static void lengths_follow_the_shape(void **state) {
    (void)state;
    oik_puppet *puppet = rest();
    oik_kinematics *before = evaluate(puppet);
    puppet->shape[0] = 1.5;
    oik_kinematics *after = evaluate(puppet);
    static const int limbs[] = {TINY_S_THIGH_R, TINY_S_THIGH_L, TINY_S_ARM_R, TINY_S_ARM_L};
    for (int i = 0; i < 4; i++)
        assert_true(fabs(after->segments[limbs[i]].length - (1.0 + 1.5 * TINY_SIZE) * before->segments[limbs[i]].length) < ROUNDING);
    oik_kinematics_free(before);
    oik_kinematics_free(after);
    oik_puppet_free(puppet);
}

static void a_moved_puppet_moves_frames_and_keeps_axes_and_lengths(void **state) {
    (void)state;
    oik_puppet *puppet = displaced(13);
    oik_kinematics *before = evaluate(puppet);
    oik_mat3 Q = oik_rot_exp(v3(0.5, -2.0, 1.0));
    oik_vec3 t = v3(1, -2, 3);
    for (int p = 0; p < puppet->n_parts; p++) {
        puppet->R[p] = m3_mul(Q, puppet->R[p]);
        puppet->t[p] = v3_add(m3_mulv(Q, puppet->t[p]), t);
    }
    oik_kinematics *after = evaluate(puppet);
    for (int i = 0; i < TINY_SEGMENTS; i++) {
        const oik_segment *a = &before->segments[i], *b = &after->segments[i];
        assert_true(same_rotation(b->R, m3_mul(Q, a->R), 1e-11)); /* directions over a few cm at 4 m from the origin */
        assert_true(same(b->origin, v3_add(m3_mulv(Q, a->origin), t), ROUNDING));
        assert_true(fabs(b->length - a->length) < ROUNDING);
        assert_true(same(after->joints[i].centre, v3_add(m3_mulv(Q, before->joints[i].centre), t), ROUNDING));
        if (after->joints[i].parent_frame == OIK_FRAME_SEGMENT)
            for (int d = 0; d < after->joints[i].n_dofs; d++)
                assert_true(same(after->joints[i].dofs[d].axis, before->joints[i].dofs[d].axis, 1e-11));
    }
    oik_kinematics_free(before);
    oik_kinematics_free(after);
    oik_puppet_free(puppet);
}

/* The mirror image of a frame with x forward, y up, z right, made right-handed by keeping z to the right. */
static oik_mat3 mirrored_frame(oik_mat3 R) {
    return m3_mul(m3_diag(v3(-1, 1, 1)), m3_mul(R, m3_diag(v3(1, 1, -1))));
}

static void left_frames_mirror_right_ones_with_z_to_the_right(void **state) {
    (void)state;
    static const int pairs[][2] = {{TINY_S_PELVIS, TINY_S_PELVIS}, {TINY_S_THORAX, TINY_S_THORAX}, {TINY_S_THIGH_R, TINY_S_THIGH_L},
                                   {TINY_S_SHANK_R, TINY_S_SHANK_L}, {TINY_S_ARM_R, TINY_S_ARM_L}};
    oik_puppet *puppet = rest();
    oik_kinematics *k = evaluate(puppet);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const oik_segment *right = &k->segments[pairs[i][0]], *left = &k->segments[pairs[i][1]];
        assert_true(same_rotation(left->R, mirrored_frame(right->R), ROUNDING));
        assert_true(same(left->origin, v3(-right->origin.x, right->origin.y, right->origin.z), ROUNDING));
        assert_true(fabs(left->length - right->length) < ROUNDING);
    }
    for (int i = 0; i < TINY_SEGMENTS; i++) { /* the tiny body faces +z, left is +x; its arms hang outwards by 30 deg */
        assert_true(k->segments[i].R.m[2][0] > 0.8);
        assert_true(k->segments[i].R.m[0][2] < (i == TINY_S_ARM_R || i == TINY_S_ARM_L ? 0.0 : -0.8));
    }
    /* rotations about an axis (x, y, z) mirror into rotations about (-x, -y, z) */
    oik_vec3 a = k->joints[TINY_S_SHANK_R].dofs[0].axis, b = k->joints[TINY_S_SHANK_L].dofs[0].axis;
    assert_true(same(b, v3(-a.x, -a.y, a.z), ROUNDING));
    oik_kinematics_free(k);
    oik_puppet_free(puppet);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_puppet *puppet = rest();
    for (long n = 0; n < 3; n++) {
        oik_kinematics *k = NULL;
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(n);
        oik_status status = oik_skel_kinematics(&k, model, puppet, &err);
        assert_int_equal(failing_malloc_disarm() > n, 1);
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(k);
    }
    oik_kinematics_free(NULL);
    oik_puppet_free(puppet);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(frames_are_right_handed_and_orthonormal),
        cmocka_unit_test(axes_are_as_the_recipe_says),
        cmocka_unit_test(joints_carry_their_recipe_and_lie_at_their_centre),
        cmocka_unit_test(an_anatomical_axis_is_given_in_the_parents_frame),
        cmocka_unit_test(an_anatomical_axis_of_a_neutral_joint_is_forward_up_right),
        cmocka_unit_test(lengths_run_from_joint_to_distal_joint),
        cmocka_unit_test(lengths_follow_the_shape),
        cmocka_unit_test(a_moved_puppet_moves_frames_and_keeps_axes_and_lengths),
        cmocka_unit_test(left_frames_mirror_right_ones_with_z_to_the_right),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_skeleton_kinematics", cases, set_up, tear_down);
}
