/* The skin of rigs and the bodies that carry it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig_fixture.h"

static subject s;

static int set_up(void **state) {
    (void)state;
    return demo_subject_new(&s);
}

static int tear_down(void **state) {
    (void)state;
    subject_clear(&s);
    return 0;
}

static double weight_of(const oik_rig *rig, size_t vertex, const char *body) {
    int b = find_body(rig, body);
    double sum = 0.0;
    for (int k = 0; k < 4; k++)
        if (rig->skin.body[vertex][k] == b)
            sum += rig->skin.weight[vertex][k];
    return sum;
}

static void weights_are_shares(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        assert_int_equal(rig->skin.n_vertices, s.body->n_vertices);
        assert_int_equal(rig->skin.n_faces, s.body->n_faces);
        for (size_t v = 0; v < rig->skin.n_vertices; v++) {
            double sum = 0.0;
            for (int k = 0; k < 4; k++) {
                double w = rig->skin.weight[v][k];
                assert_true(w >= 0.0 && rig->skin.body[v][k] >= 0 && rig->skin.body[v][k] < rig->n_bodies);
                assert_true(w > 0.0 || rig->skin.body[v][k] == 0);
                assert_true(k == 0 || w <= rig->skin.weight[v][k - 1]); /* heaviest first */
                for (int j = 0; j < k; j++)
                    assert_true(w == 0.0 || rig->skin.body[v][j] != rig->skin.body[v][k]);
                sum += w;
            }
            assert_near(sum, 1.0, EXACT);
            assert_true(v3_dist(rig->skin.vertices[v], m3_mulv(world_matrix(), s.body->x[v])) == 0.0);
        }
        oik_rig_free(rig);
    }
}

/* skin that one joint of the body model carries alone goes with the body of that name */
static void skin_goes_with_the_body_beneath_it(void **state) {
    (void)state;
    static const struct {
        int joint;
        const char *full, *plain;
    } expected[] = {
        {OIK_J_PELVIS, "pelvis", "pelvis"},   {OIK_J_HIP_L, "femur_l", "femur_l"},       {OIK_J_KNEE_R, "tibia_r", "tibia_r"},
        {OIK_J_ANKLE_L, "calcn_l", "calcn_l"}, {OIK_J_FOOT_R, "toes_r", "toes_r"},       {OIK_J_SPINE1, "lumbar", "torso"},
        {OIK_J_SPINE2, "thorax", "torso"},    {OIK_J_SPINE3, "thorax", "torso"},         {OIK_J_NECK, "neck", "torso"},
        {OIK_J_HEAD, "head", "torso"},        {OIK_J_COLLAR_R, "clavicle_r", "torso"},   {OIK_J_SHOULDER_L, "humerus_l", "humerus_l"},
        {OIK_J_WRIST_R, "hand_r", "hand_r"},  {OIK_J_HAND_L, "hand_l", "hand_l"}};
    const oik_body_model *model = s.model->body;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rigs[2] = {make_rig(&input, OIK_RIG_PLAIN), make_rig(&input, OIK_RIG_FULL)};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        size_t best = 0;
        double heaviest = 0.0;
        for (size_t v = 0; v < model->n_vertices; v++)
            for (size_t k = model->influence_start[v]; k < model->influence_start[v + 1]; k++)
                if (model->influence_joint[k] == expected[i].joint && model->influence_weight[k] > heaviest)
                    heaviest = model->influence_weight[k], best = v;
        /* the joint's own weight is in it; the four heaviest are kept and scaled up, never down */
        assert_true(heaviest > 0.3);
        assert_true(weight_of(rigs[1], best, expected[i].full) >= heaviest - EXACT);
        assert_true(weight_of(rigs[0], best, expected[i].plain) >= heaviest - EXACT);
    }
    oik_rig_free(rigs[0]);
    oik_rig_free(rigs[1]);
}

/* along the forearm the skin goes over from the ulna to the radius */
static void forearm_skin_turns_with_the_radius_towards_the_wrist(void **state) {
    (void)state;
    const oik_body_model *model = s.model->body;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    int ulna = tiny_find_segment(s.chain, "ulna_r"), hand = tiny_find_segment(s.chain, "hand_r");
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, s.chain, NULL), OIK_OK);
    oik_chain_forward(pose, s.chain, s.motion->frames->q);
    oik_vec3 elbow = pose->centre[ulna], axis = v3_sub(pose->centre[hand], elbow);
    int n = 0;
    for (size_t v = 0; v < model->n_vertices; v++) {
        if (model->influence_start[v + 1] - model->influence_start[v] != 1 ||
            model->influence_joint[model->influence_start[v]] != OIK_J_ELBOW_R)
            continue;
        double along = v3_dot(axis, v3_sub(s.body->x[v], elbow)) / v3_dot(axis, axis);
        along = fmin(fmax(along, 0.0), 1.0);
        assert_near(weight_of(rig, v, "radius_r"), along, EXACT);
        assert_near(weight_of(rig, v, "ulna_r"), 1.0 - along, EXACT);
        n++;
    }
    assert_true(n > 10);
    oik_chain_pose_free(pose);
    oik_rig_free(rig);
}

/* a rig made from a later frame has its skin in the first one: exactly where one body carries it, near elsewhere */
static void skin_of_another_posture_comes_to_the_first_frame(void **state) {
    (void)state;
    oik_ik_motion *motion = random_frames(&s, 2, 21);
    size_t n = (size_t)s.chain->n_dofs;
    memcpy(motion->q + n, s.motion->frames->q, n * sizeof *motion->q); /* the bones' posture comes second */
    oik_rig_input input = input_of(&s, motion);
    tiny_random_pose(motion->q, s.chain, 0.2, &(uint64_t){22});
    input.q = motion->q + n;
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    oik_mat3 *R, *R_lie;
    oik_vec3 *o, *o_lie;
    int n_rigid = 0;
    place(&R, &o, rig, rig->q);
    place(&R_lie, &o_lie, rig, rig->q + rig->n_dofs);
    for (size_t v = 0; v < rig->skin.n_vertices; v++) {
        int b = rig->skin.body[v][0];
        oik_vec3 local = m3_tmulv(R_lie[b], v3_sub(m3_mulv(world_matrix(), s.body->x[v]), o_lie[b]));
        oik_vec3 expected = v3_add(o[b], m3_mulv(R[b], local));
        if (rig->skin.weight[v][0] < 1.0)
            continue;
        assert_near(v3_dist(rig->skin.vertices[v], expected), 0, EXACT);
        n_rigid++;
    }
    assert_true(n_rigid > 100);
    free(R), free(o), free(R_lie), free(o_lie);
    oik_rig_free(rig);
    oik_ik_motion_free(motion);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_shares),
        cmocka_unit_test(skin_goes_with_the_body_beneath_it),
        cmocka_unit_test(forearm_skin_turns_with_the_radius_towards_the_wrist),
        cmocka_unit_test(skin_of_another_posture_comes_to_the_first_frame),
    };
    return cmocka_run_group_tests_name("rig_skin", tests, set_up, tear_down);
}
