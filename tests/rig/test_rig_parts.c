/* Bones of rigs: on which body they are, and that they lie where the skeleton has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mesh/topology.h"
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

static const oik_rig_bone *bone_named(const oik_rig *rig, const char *name) {
    for (int k = 0; k < rig->n_bones; k++)
        if (strcmp(rig->bones[k].name, name) == 0)
            return &rig->bones[k];
    fail_msg("the rig has no bone %s", name);
    return NULL;
}

/* largest distance of the rig's bones, posed with q, from the skeleton's vertices */
static double farthest_vertex(const oik_rig *rig, const double *q, const oik_skeleton *skeleton) {
    double farthest = 0.0;
    oik_mat3 *R;
    oik_vec3 *o;
    place(&R, &o, rig, q);
    for (size_t bone = 0; bone < skeleton->n_bones; bone++) {
        const oik_rig_bone *b = bone_named(rig, skeleton->bone_names[bone]);
        size_t next = 0;
        for (size_t v = 0; v < skeleton->n_vertices; v++) {
            if ((size_t)skeleton->bone_of_vertex[v] != bone)
                continue;
            oik_vec3 x = v3_add(o[b->body], m3_mulv(R[b->body], b->vertices[next++]));
            farthest = fmax(farthest, v3_dist(x, m3_mulv(world_matrix(), skeleton->vertices[v])));
        }
        assert_int_equal(next, b->n_vertices);
    }
    free(R);
    free(o);
    return farthest;
}

static void first_frame_gives_the_posed_bones_back(void **state) {
    (void)state;
    oik_ik_motion *motion = random_frames(&s, 3, 11);
    oik_rig_input input = input_of(&s, motion);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        assert_near(farthest_vertex(rig, rig->q, s.posed), 0, DECOMPOSED);
        /* other frames are elsewhere: the test can fail */
        assert_true(farthest_vertex(rig, rig->q + rig->n_dofs, s.posed) > 0.1);
        oik_rig_free(rig);
    }
    oik_ik_motion_free(motion);
}

/* the lying skeleton at the coordinates it has in its chain, on a motion that begins elsewhere; and a later frame */
static void bones_may_lie_in_another_posture_than_the_first_frame(void **state) {
    (void)state;
    oik_chain *chain;
    double *rest;
    oik_error err;
    assert_int_equal(oik_chain_new(&chain, &rest, s.lying->kinematics, &err), OIK_OK);
    oik_ik_motion *motion = random_frames(&s, 2, 12);
    size_t n = (size_t)s.chain->n_dofs;
    memcpy(motion->q + n, rest, n * sizeof *rest);
    oik_rig_input input = input_of(&s, motion);
    input.puppet = s.lying->puppet;
    input.q = rest;
    input.skin = NULL;
    input.body = NULL;
    input.mass = 60;
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        assert_near(farthest_vertex(rig, rig->q + rig->n_dofs, s.lying), 0, DECOMPOSED);
        oik_rig_free(rig);
    }
    oik_ik_motion_free(motion);
    oik_chain_free(chain);
    free(rest);
}

static void bones_are_on_the_bodies_of_anatomy(void **state) {
    (void)state;
    static const char *const expected[][3] = {
        /* bone, body of the full rig, of the plain one */
        {"sacrum", "pelvis", "pelvis"},          {"hip_bone_l", "pelvis", "pelvis"},    {"L5", "lumbar", "torso"},
        {"L1", "lumbar", "torso"},               {"T12", "thorax", "torso"},            {"T7", "thorax", "torso"},
        {"T1", "thorax", "torso"},               {"rib_1_r", "thorax", "torso"},        {"sternum", "thorax", "torso"},
        {"costal_cartilage_5_l", "thorax", "torso"}, {"C7", "neck", "torso"},           {"C1_atlas", "neck", "torso"},
        {"skull", "head", "torso"},              {"mandible", "head", "torso"},         {"clavicle_r", "clavicle_r", "torso"},
        {"scapula_l", "scapula_l", "torso"},     {"humerus_r", "humerus_r", "humerus_r"}, {"ulna_l", "ulna_l", "ulna_l"},
        {"radius_l", "radius_l", "radius_l"},    {"lunate_r", "hand_r", "hand_r"},      {"finger_2_distal_l", "hand_l", "hand_l"},
        {"femur_r", "femur_r", "femur_r"},       {"patella_r", "tibia_r", "tibia_r"},   {"fibula_l", "tibia_l", "tibia_l"},
        {"talus_r", "talus_r", "talus_r"},       {"calcaneus_r", "calcn_r", "calcn_r"}, {"metatarsal_5_l", "calcn_l", "calcn_l"},
        {"toe_1_distal_r", "toes_r", "toes_r"},  {"toe_5_proximal_l", "toes_l", "toes_l"}};
    oik_rig_input input = input_of(&s, NULL);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
            assert_string_equal(rig->bodies[bone_named(rig, expected[i][0])->body].name, expected[i][detail == OIK_RIG_FULL ? 1 : 2]);
        oik_rig_free(rig);
    }
}

static void bones_are_closed_and_listed_body_after_body(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    size_t n_vertices = 0, n_faces = 0;
    int next = 0;
    for (int b = 0; b < rig->n_bodies; b++) {
        assert_int_equal(rig->bodies[b].first_bone, next);
        assert_true(rig->bodies[b].n_bones > 0);
        next += rig->bodies[b].n_bones;
    }
    assert_int_equal(next, rig->n_bones);
    assert_int_equal(rig->n_bones, s.model->skeleton->n_bones);
    for (int k = 0; k < rig->n_bones; k++) {
        const oik_rig_bone *bone = &rig->bones[k];
        oik_topology topology;
        assert_true(k >= rig->bodies[bone->body].first_bone && k < rig->bodies[bone->body].first_bone + rig->bodies[bone->body].n_bones);
        assert_int_equal(oik_topology_of(&topology, bone->n_vertices, (const int32_t (*)[3])bone->faces, bone->n_faces, NULL), OIK_OK);
        assert_int_equal(topology.n_boundary_edges, 0);
        n_vertices += bone->n_vertices, n_faces += bone->n_faces;
    }
    assert_int_equal(n_vertices, s.model->skeleton->n_vertices);
    assert_int_equal(n_faces, s.model->skeleton->n_faces);
    oik_rig_free(rig);
}

/* names that differ by letter case or by characters that no file may have */
static void bones_get_names_that_files_can_have(void **state) {
    (void)state;
    char (*names)[OIK_NAME_LENGTH] = s.model->skeleton->bone_names, saved[3][OIK_NAME_LENGTH];
    memcpy(saved, names, sizeof saved);
    strcpy(names[0], "hip bone/\xc3\xa9");
    strcpy(names[1], "HIP_BONE___");
    strcpy(names[2], "");
    oik_rig_input input = input_of(&s, NULL);
    input.name = "a b/c";
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    assert_string_equal(rig->name, "a_b_c");
    assert_string_equal(rig->bones[0].name, "hip_bone___");
    assert_string_equal(rig->bones[1].name, "HIP_BONE____2");
    assert_string_equal(rig->bones[2].name, "bone");
    oik_rig_free(rig);
    memcpy(names, saved, sizeof saved);
}

static void names_are_known_before_the_rig(void **state) {
    (void)state;
    oik_skel_model *model = s.model->skeleton;
    char saved[2][OIK_NAME_LENGTH], (*names)[OIK_NAME_LENGTH] = NULL;
    int32_t moved = model->vertex_bone[0];
    memcpy(saved, model->bone_names, sizeof saved);
    strcpy(model->bone_names[0], "L5.");
    strcpy(model->bone_names[1], "l5");
    oik_rig_input input = input_of(&s, NULL);
    assert_int_equal(oik_rig_bone_names(&names, model, NULL), OIK_OK);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        int n = 0;
        for (int k = 0; k < model->n_bones; k++) {
            assert_true(names[k][0] != '\0');
            assert_int_equal(bone_named(rig, names[k])->n_vertices > 0, 1);
            n++;
        }
        assert_int_equal(n, rig->n_bones);
        oik_rig_free(rig);
    }
    free(names);
    /* a bone that loses its vertices loses its name; the others keep theirs */
    for (size_t v = 0; v < model->n_vertices; v++)
        model->vertex_bone[v] += model->vertex_bone[v] == moved ? 1 << 20 : 0;
    for (size_t v = 0; v < model->n_vertices; v++)
        model->vertex_bone[v] = model->vertex_bone[v] >= 1 << 20 ? (moved + 1) % model->n_bones : model->vertex_bone[v];
    memcpy(model->bone_names, saved, sizeof saved);
    assert_int_equal(oik_rig_bone_names(&names, model, NULL), OIK_OK);
    for (int k = 0; k < model->n_bones; k++)
        assert_string_equal(names[k], k == moved ? "" : model->bone_names[k]);
    free(names);
}

static void plain_names_are_cut_and_cleaned(void **state) {
    (void)state;
    char name[6], in_place[] = "a b";
    oik_rig_plain_name(name, sizeof name, "a-b.c/d");
    assert_string_equal(name, "a_b_c");
    oik_rig_plain_name(name, sizeof name, "\xc3\xa9_0");
    assert_string_equal(name, "___0");
    oik_rig_plain_name(name, sizeof name, "");
    assert_string_equal(name, "");
    oik_rig_plain_name(in_place, sizeof in_place, in_place);
    assert_string_equal(in_place, "a_b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_frame_gives_the_posed_bones_back),
        cmocka_unit_test(bones_may_lie_in_another_posture_than_the_first_frame),
        cmocka_unit_test(bones_are_on_the_bodies_of_anatomy),
        cmocka_unit_test(bones_are_closed_and_listed_body_after_body),
        cmocka_unit_test(bones_get_names_that_files_can_have),
        cmocka_unit_test(plain_names_are_cut_and_cleaned),
        cmocka_unit_test(names_are_known_before_the_rig), /* the last: it changes the model */
    };
    return cmocka_run_group_tests_name("rig_parts", tests, set_up, tear_down);
}
