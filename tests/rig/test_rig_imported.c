/* Rigs of an imported skeleton, which has fewer segments. Skipped where there is no oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "export/osim_addb.h"
#include "imported_model.h"
#include "rig_fixture.h"

static subject s;
static char *folder;
static bool available;

static int set_up(void **state) {
    (void)state;
    imported_model imported;
    folder = scratch_new();
    if (!folder)
        return -1;
    int made = imported_model_make(&imported, folder);
    available = made == 0;
    return made < 0 || (available && subject_new(&s, imported.path, imported.body)) ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    subject_clear(&s);
    scratch_free(folder);
    return 0;
}

static void absent_bodies_are_left_out(void **state) {
    (void)state;
    static const char *const plain[] = {"pelvis",  "torso",   "humerus_r", "ulna_r", "radius_r", "hand_r", "femur_r", "tibia_r", "calcn_r",
                                        "humerus_l", "ulna_l", "radius_l", "hand_l", "femur_l", "tibia_l", "calcn_l"};
    enum { N_PLAIN = sizeof plain / sizeof *plain };
    if (!available)
        skip();
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    assert_int_equal(rig->n_bodies, N_PLAIN);
    for (int i = 0; i < N_PLAIN; i++)
        assert_true(find_body(rig, plain[i]) >= 0);
    assert_string_equal(body_named(rig, "torso")->joint_name, "back");
    assert_string_equal(body_named(rig, "humerus_l")->joint_name, "acromial_l");
    assert_string_equal(body_named(rig, "tibia_r")->joint_name, "walker_knee_r");
    assert_true(find_dof(rig, "lumbar_extension") >= 0 && find_dof(rig, "arm_rot_l") >= 0 && find_dof(rig, "pro_sup_r") >= 0);
    oik_rig_free(rig);
    rig = make_rig(&input, OIK_RIG_FULL);
    assert_int_equal(rig->n_bodies, s.chain->n_segments);
    assert_string_equal(body_named(rig, "hand_r")->joint_name, "wrist_r"); /* there is no radius that it could hang on */
    oik_rig_free(rig);
}

/* the ball joint of the wrist is told as the two of the standard model: see also the next case, which moves it */
static void a_radius_stands_between_ulna_and_hand(void **state) {
    (void)state;
    const double half = 1e-12;
    if (!available)
        skip();
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN), *full = make_rig(&input, OIK_RIG_FULL);
    oik_error err = {.status = OIK_OK};
    assert_false(failed(oik_rig_check(rig, &err), &err));
    assert_false(failed(oik_addb_check(rig, &err), &err));
    for (int side = 0; side < 2; side++) {
        const char *const names[2][4] = {{"ulna_r", "radius_r", "hand_r", "pro_sup_r"}, {"ulna_l", "radius_l", "hand_l", "pro_sup_l"}};
        const oik_rig_body *ulna = body_named(rig, names[side][0]), *radius = body_named(rig, names[side][1]),
                           *hand = body_named(rig, names[side][2]), *forearm = body_named(full, names[side][0]);
        assert_string_equal(radius->joint_name, side ? "radioulnar_l" : "radioulnar_r");
        assert_string_equal(hand->joint_name, side ? "radius_hand_l" : "radius_hand_r");
        assert_true(&rig->bodies[radius->parent] == ulna && &rig->bodies[hand->parent] == radius);
        assert_int_equal(radius->first_dof, find_dof(rig, names[side][3]));
        assert_true(radius->n_rotations == 1 && hand->n_rotations == 2 && hand->first_dof == radius->first_dof + 1);
        assert_near(radius->mass, 0.5 * forearm->mass, half);
        assert_near(ulna->mass, 0.5 * forearm->mass, half);
        /* it begins at the elbow, as y of the forearm is the line of the joints, and turns about that */
        assert_true(v3_norm(radius->s) <
                    0.005); /* to the millimetres that joint centres of a made-up skeleton lie beside its bones' ends */
        assert_near(v3_norm(v3_cross(hand->s, m3_mulv(radius->A, rig->dofs[radius->first_dof].axis))), 0, EXACT);
        /* both halves are where the forearm is, and weigh the same about any axis */
        oik_mat3 *R;
        oik_vec3 *o;
        place(&R, &o, rig, rig->q);
        int u = (int)(ulna - rig->bodies), r = (int)(radius - rig->bodies);
        oik_vec3 in_ulna = v3_add(o[u], m3_mulv(R[u], ulna->mass_centre)), in_radius = v3_add(o[r], m3_mulv(R[r], radius->mass_centre));
        assert_near(v3_dist(in_ulna, in_radius), 0, DECOMPOSED);
        const double *I = ulna->inertia, *J = radius->inertia;
        oik_mat3 A = m3_mul(m3_mul(R[u], (oik_mat3){{{I[0], I[3], I[4]}, {I[3], I[1], I[5]}, {I[4], I[5], I[2]}}}), m3_transpose(R[u]));
        oik_mat3 B = m3_mul(m3_mul(R[r], (oik_mat3){{{J[0], J[3], J[4]}, {J[3], J[1], J[5]}, {J[4], J[5], J[2]}}}), m3_transpose(R[r]));
        assert_near(difference(A, B), 0, DECOMPOSED);
        free(R);
        free(o);
    }
    for (int b = 0; b < rig->n_bones; b++) {
        const oik_rig_body *body = &rig->bodies[rig->bones[b].body];
        assert_true(b >= body->first_bone && b < body->first_bone + body->n_bones);
    }
    oik_rig_free(full);
    oik_rig_free(rig);
}

static void bones_lie_where_they_were_and_turn_with_their_segments(void **state) {
    (void)state;
    enum { FRAMES = 10 };
    if (!available)
        skip();
    oik_ik_motion *motion = random_frames(&s, FRAMES, 31);
    oik_rig_input input = input_of(&s, motion);
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, s.chain, NULL), OIK_OK);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        for (int f = 0; f < FRAMES; f++) {
            oik_mat3 *R;
            oik_vec3 *o;
            oik_chain_forward(pose, s.chain, motion->q + f * s.chain->n_dofs);
            place(&R, &o, rig, rig->q + f * rig->n_dofs);
            for (int b = 0; b < rig->n_bodies; b++) {
                if (strncmp(rig->bodies[b].name, "radius", strlen("radius")) == 0)
                    continue;
                int segment = tiny_find_segment(s.chain, strcmp(rig->bodies[b].name, "torso") == 0 ? "thorax" : rig->bodies[b].name);
                assert_near(difference(R[b], m3_mul(world_matrix(), pose->R[segment])), 0, DECOMPOSED);
            }
            /* vertices keep their order within a bone, and bones here are parts */
            for (int k = 0; k < rig->n_bones && f == 0; k++) {
                const oik_rig_bone *bone = &rig->bones[k];
                double nearest = INFINITY;
                oik_vec3 x = m3_tmulv(world_matrix(), v3_add(o[bone->body], m3_mulv(R[bone->body], bone->vertices[0])));
                for (size_t v = 0; v < s.posed->n_vertices; v++)
                    nearest = fmin(nearest, v3_dist(x, s.posed->vertices[v]));
                assert_near(nearest, 0, DECOMPOSED);
            }
            free(R);
            free(o);
        }
        oik_rig_free(rig);
    }
    oik_chain_pose_free(pose);
    oik_ik_motion_free(motion);
}

static void masses_are_all_there(void **state) {
    (void)state;
    if (!available)
        skip();
    oik_rig_input input = input_of(&s, NULL);
    input.mass = 70;
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        double sum = 0.0;
        for (int b = 0; b < rig->n_bodies; b++) {
            const double *I = rig->bodies[b].inertia;
            assert_true(rig->bodies[b].mass > 0.0);
            assert_true(I[0] > 0 && I[1] > 0 && I[2] > 0 && I[0] + I[1] >= I[2] && I[1] + I[2] >= I[0] && I[2] + I[0] >= I[1]);
            sum += rig->bodies[b].mass;
        }
        assert_near(sum, 70, 1e-12);
        /* one bone has the whole forearm, which a plain rig has two bodies for, one body the whole foot */
        assert_true((detail == OIK_RIG_PLAIN ? 2 : 1) * body_named(rig, "ulna_r")->mass > 0.013 * 70);
        assert_true(body_named(rig, "calcn_l")->mass > 0.012 * 70);
        oik_rig_free(rig);
    }
}

static void only_markers_that_the_skeleton_shows_are_set(void **state) {
    (void)state;
    if (!available)
        skip();
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    int n_heels = 0, n_centres = 0;
    for (int m = 0; m < rig->n_markers; m++) {
        const char *name = rig->markers[m].name;
        assert_string_not_equal(name, "RASI");
        assert_string_not_equal(name, "LTOE");
        n_heels += strcmp(name + 1, "HEE") == 0;
        n_centres += strcmp(name + strlen(name) - 2, "JC") == 0;
    }
    assert_int_equal(n_heels, 2);
    assert_int_equal(n_centres, 12);
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_bodies_are_left_out),
        cmocka_unit_test(a_radius_stands_between_ulna_and_hand),
        cmocka_unit_test(bones_lie_where_they_were_and_turn_with_their_segments),
        cmocka_unit_test(masses_are_all_there),
        cmocka_unit_test(only_markers_that_the_skeleton_shows_are_set),
    };
    return cmocka_run_group_tests_name("rig_imported", tests, set_up, tear_down);
}
