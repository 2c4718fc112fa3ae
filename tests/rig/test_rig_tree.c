/* Bodies, joints, coordinates and motion of rigs against the chain they are made from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/joint_angles.h"
#include "rig_fixture.h"
#include "support/tiny_rig.h"

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

/* forward kinematics of the tiny rig, with the formula of rig.h written out for one leg */
static void forward_kinematics_is_the_formula_of_the_header(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    assert_non_null(rig);
    const double *q = rig->q + 2 * rig->n_dofs;
    oik_mat3 *R;
    oik_vec3 *o;
    place(&R, &o, rig, q);
    oik_mat3 pelvis = m3_mul(m3_mul(oik_rot_axis(v3(0, 0, 1), q[0]), oik_rot_axis(v3(1, 0, 0), q[1])), oik_rot_axis(v3(0, 1, 0), q[2]));
    oik_mat3 hip = m3_mul(m3_mul(oik_rot_axis(v3(0, 0, 1), q[6]), oik_rot_axis(v3(1, 0, 0), q[7])), oik_rot_axis(v3(0, 1, 0), q[8]));
    const oik_rig_body *tibia = &rig->bodies[TINY_RIG_TIBIA_R];
    oik_mat3 femur = m3_mul(pelvis, hip);
    oik_vec3 o_femur = v3_add(v3(q[3], q[4], q[5]), m3_mulv(pelvis, rig->bodies[TINY_RIG_FEMUR_R].s));
    oik_mat3 knee = m3_mul(m3_mul(tibia->A, oik_rot_axis(rig->dofs[9].axis, q[9])), m3_transpose(tibia->B));
    assert_near(difference(R[TINY_RIG_PELVIS], pelvis), 0, EXACT);
    assert_near(difference(R[TINY_RIG_TIBIA_R], m3_mul(femur, knee)), 0, EXACT);
    assert_near(v3_dist(o[TINY_RIG_PELVIS], v3(q[3], q[4], q[5])), 0, EXACT);
    assert_near(v3_dist(o[TINY_RIG_TIBIA_R], v3_add(o_femur, m3_mulv(femur, tibia->s))), 0, EXACT);
    free(R);
    free(o);
    oik_rig_free(rig);
    oik_rig_free(NULL);
}

static void full_rig_moves_as_the_chain_in_all_frames(void **state) {
    (void)state;
    enum { FRAMES = 40 };
    oik_ik_motion *motion = random_frames(&s, FRAMES, 1);
    oik_rig_input input = input_of(&s, motion);
    oik_rig *rig = make_rig(&input, OIK_RIG_FULL);
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, s.chain, NULL), OIK_OK);
    assert_int_equal(rig->n_bodies, s.chain->n_segments);
    assert_int_equal(rig->n_dofs, s.chain->n_dofs);
    assert_int_equal(rig->n_frames, FRAMES);
    for (int f = 0; f < FRAMES; f++) {
        oik_mat3 *R;
        oik_vec3 *o;
        oik_chain_forward(pose, s.chain, motion->q + f * s.chain->n_dofs);
        place(&R, &o, rig, rig->q + f * rig->n_dofs);
        assert_true(rig->time[f] == motion->time[f]);
        for (int i = 0; i < rig->n_bodies; i++) {
            assert_string_equal(rig->bodies[i].name, s.chain->segment_names[i]);
            assert_near(difference(R[i], m3_mul(world_matrix(), pose->R[i])), 0, EXACT);
            assert_near(v3_dist(o[i], m3_mulv(world_matrix(), pose->centre[i])), 0, EXACT);
        }
        free(R);
        free(o);
    }
    oik_chain_pose_free(pose);
    oik_rig_free(rig);
    oik_ik_motion_free(motion);
}

/* segment that a body of the plain rig turns with */
static int segment_of(const oik_rig_body *body) {
    return tiny_find_segment(s.chain, strcmp(body->name, "torso") == 0 ? "thorax" : body->name);
}

static bool is_arm(const char *name) {
    const char *const arm[] = {"humerus", "ulna", "radius", "hand"};
    for (size_t i = 0; i < sizeof arm / sizeof *arm; i++)
        if (strncmp(name, arm[i], strlen(arm[i])) == 0)
            return true;
    return false;
}

static void plain_rig_turns_as_the_chain_and_its_legs_are_in_place(void **state) {
    (void)state;
    enum { FRAMES = 60 };
    oik_ik_motion *motion = random_frames(&s, FRAMES, 2);
    oik_rig_input input = input_of(&s, motion);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    oik_chain_pose *pose;
    double farthest_arm = 0.0;
    assert_int_equal(oik_chain_pose_new(&pose, s.chain, NULL), OIK_OK);
    for (int f = 0; f < FRAMES; f++) {
        oik_mat3 *R;
        oik_vec3 *o;
        oik_chain_forward(pose, s.chain, motion->q + f * s.chain->n_dofs);
        place(&R, &o, rig, rig->q + f * rig->n_dofs);
        for (int i = 0; i < rig->n_bodies; i++) {
            const oik_rig_body *body = &rig->bodies[i];
            int segment = segment_of(body), joint = strcmp(body->name, "torso") == 0 ? segment_of(body) - 1 : segment;
            double off = v3_dist(o[i], m3_mulv(world_matrix(), pose->centre[joint]));
            assert_near(difference(R[i], m3_mul(world_matrix(), pose->R[segment])), 0, DECOMPOSED);
            if (!is_arm(body->name) || f == 0)
                assert_near(off, 0, DECOMPOSED);
            else
                farthest_arm = fmax(farthest_arm, off);
        }
        free(R);
        free(o);
    }
    /* the trunk bends within itself, so the arms cannot be in place: the test above would else be blind */
    assert_true(farthest_arm > 0.01);
    oik_chain_pose_free(pose);
    oik_rig_free(rig);
    oik_ik_motion_free(motion);
}

static void plain_rig_has_the_names_of_the_standard_model(void **state) {
    (void)state;
    /* Rajagopal et al. 2016, without the patella */
    static const char *const names[][3] = {
        {"pelvis", "ground_pelvis", ""},      {"femur", "hip", "pelvis"},          {"tibia", "walker_knee", "femur"},
        {"talus", "ankle", "tibia"},          {"calcn", "subtalar", "talus"},      {"toes", "mtp", "calcn"},
        {"torso", "back", "pelvis"},          {"humerus", "acromial", "torso"},    {"ulna", "elbow", "humerus"},
        {"radius", "radioulnar", "ulna"},     {"hand", "radius_hand", "radius"}};
    static const char *const coordinates[] = {
        "pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz", "hip_flexion_r", "hip_adduction_r",
        "hip_rotation_r", "knee_angle_r", "ankle_angle_r", "subtalar_angle_r", "mtp_angle_r", "lumbar_extension", "lumbar_bending",
        "lumbar_rotation", "arm_flex_r", "arm_add_r", "arm_rot_r", "elbow_flex_r", "pro_sup_r", "wrist_flex_r", "wrist_dev_r"};
    enum { N_NAMES = sizeof names / sizeof *names, N_COORDINATES = sizeof coordinates / sizeof *coordinates, MIDLINE_BODIES = 2 };
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    for (int i = 0; i < N_NAMES; i++)
        for (int side = 0; side < 2; side++) {
            bool midline = strcmp(names[i][0], "pelvis") == 0 || strcmp(names[i][0], "torso") == 0;
            bool midline_parent = strcmp(names[i][2], "pelvis") == 0 || strcmp(names[i][2], "torso") == 0;
            const char *suffix = midline ? "" : side ? "_l" : "_r", *parent_suffix = midline_parent ? "" : suffix;
            char name[64], joint[64], parent[64];
            snprintf(name, sizeof name, "%s%s", names[i][0], suffix);
            snprintf(joint, sizeof joint, "%s%s", names[i][1], suffix);
            snprintf(parent, sizeof parent, "%s%s", names[i][2], parent_suffix);
            const oik_rig_body *body = body_named(rig, name);
            assert_string_equal(body->joint_name, joint);
            if (names[i][2][0])
                assert_string_equal(rig->bodies[body->parent].name, parent);
            else
                assert_int_equal(body->parent, -1);
        }
    assert_int_equal(rig->n_bodies, 2 * N_NAMES - MIDLINE_BODIES);
    for (int i = 0; i < N_COORDINATES; i++)
        assert_true(find_dof(rig, coordinates[i]) >= 0);
    assert_int_equal(rig->n_dofs, 9 + 2 * (N_COORDINATES - 9));
    assert_string_equal(rig->name, "demo");
    assert_string_equal(rig->gender, "female");
    oik_rig_free(rig);
}

/* the rig's joint frame of the pelvis is its world's, so that pelvis_tx is forward, pelvis_ty up, pelvis_tz right */
static void pelvis_coordinates_are_those_of_the_world(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        assert_near(difference(rig->bodies[0].A, m3_identity()), 0, EXACT);
        assert_near(v3_norm(rig->bodies[0].s), 0, EXACT);
        oik_vec3 hips = v3_lerp(s.posed->kinematics->joints[segment_of(body_named(rig, "femur_r"))].centre,
                                s.posed->kinematics->joints[segment_of(body_named(rig, "femur_l"))].centre, 0.5);
        const double *q = rig->q + find_dof(rig, "pelvis_tx");
        /* inverse kinematics shares what bones and chain do not agree on: the stitches give by some millimetres */
        assert_near(q[0], hips.z, 0.01);
        assert_near(q[1], hips.y, 0.01);
        assert_near(q[2], -hips.x, 0.01);
        oik_rig_free(rig);
    }
}

/* root coordinates of a frame so that all of the body is turned about the origin */
static void turn_frame(double *q, const oik_chain *chain, oik_mat3 W) {
    const oik_chain_joint *root = &chain->joints[0];
    const oik_dof *dofs = chain->dofs + root->first_dof;
    oik_mat3 E = oik_joint_rotation(dofs, 3, q);
    oik_vec3 place = m3_mulv(root->A, v3(0, 0, 0));
    for (int k = 3; k < 6; k++)
        place = v3_madd(place, q[k], m3_mulv(root->A, dofs[k].axis));
    oik_joint_angles(q, dofs, 3, m3_tmul(root->A, m3_mul(W, m3_mul(root->A, E))), q);
    for (int k = 3; k < 6; k++)
        q[k] = v3_dot(m3_mulv(root->A, dofs[k].axis), m3_mulv(W, place));
}

/* the same motion in the frame of a laboratory gives the same rig, whichever of its axes is up */
static void motions_are_set_upright(void **state) {
    (void)state;
    enum { FRAMES = 4, N_UPS = 6 };
    const oik_vec3 ups[N_UPS] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    oik_ik_motion *motion = random_frames(&s, FRAMES, 3), *turned = random_frames(&s, FRAMES, 3);
    const size_t n = (size_t)s.chain->n_dofs;
    oik_rig_input input = input_of(&s, motion);
    for (int i = 0; i < 2 * N_UPS; i++) {
        oik_rig_detail detail = i < N_UPS ? OIK_RIG_PLAIN : OIK_RIG_FULL;
        oik_rig_input other = input_of(&s, turned);
        other.up = ups[i % N_UPS];
        other.q = motion->q; /* where bones and skin lie */
        oik_mat3 U = oik_up_turn(other.up);
        memcpy(turned->q, motion->q, FRAMES * n * sizeof *turned->q);
        for (int f = 0; f < FRAMES; f++)
            turn_frame(turned->q + (size_t)f * n, s.chain, m3_transpose(U));
        oik_rig *a = make_rig(&input, detail), *b = make_rig(&other, detail);
        assert_near(difference(b->world, m3_mul(world_matrix(), U)), 0, 0);
        assert_near(difference(a->world, world_matrix()), 0, 0);
        for (int k = 0; k < b->n_bodies; k++) {
            assert_near(difference(a->bodies[k].A, b->bodies[k].A), 0, EXACT);
            assert_near(v3_dist(a->bodies[k].s, b->bodies[k].s), 0, EXACT);
        }
        for (int f = 0; f < FRAMES; f++) {
            oik_mat3 *R_a, *R_b;
            oik_vec3 *o_a, *o_b;
            place(&R_a, &o_a, a, a->q + f * a->n_dofs);
            place(&R_b, &o_b, b, b->q + f * b->n_dofs);
            for (int k = 0; k < b->n_bodies; k++) {
                assert_near(difference(R_a[k], R_b[k]), 0, DECOMPOSED);
                assert_near(v3_dist(o_a[k], o_b[k]), 0, DECOMPOSED);
            }
            free(R_a), free(o_a), free(R_b), free(o_b);
        }
        for (size_t v = 0; v < a->skin.n_vertices; v++)
            assert_near(v3_dist(a->skin.vertices[v], b->skin.vertices[v]), 0, DECOMPOSED);
        oik_rig_free(a);
        oik_rig_free(b);
    }
    oik_ik_motion_free(motion);
    oik_ik_motion_free(turned);
}

static void up_must_be_an_axis(void **state) {
    (void)state;
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = NULL;
    oik_error err = {.status = OIK_OK};
    input.up = v3(0, 0.6, 0.8);
    assert_int_equal(oik_rig_new(&rig, &input, OIK_RIG_PLAIN, &err), OIK_E_ARGUMENT);
    assert_null(rig);
    assert_non_null(strstr(err.message, "0.6"));
}

static void range_of_the_back_is_that_of_its_levels_together(void **state) {
    (void)state;
    static const char *const merged[3][2] = {{"lumbar_extension", "thorax_extension"},
                                             {"lumbar_bending", "thorax_bending"},
                                             {"lumbar_rotation", "thorax_rotation"}};
    oik_rig_input input = input_of(&s, NULL);
    oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
    for (int k = 0; k < 3; k++) {
        const oik_dof *dof = &rig->dofs[find_dof(rig, merged[k][0])];
        double lower = 0, upper = 0;
        for (int level = 0; level < 2; level++)
            for (int d = 0; d < s.chain->n_dofs; d++)
                if (strcmp(s.chain->dofs[d].name, merged[k][level]) == 0)
                    lower += s.chain->dofs[d].lower, upper += s.chain->dofs[d].upper;
        assert_near(dof->lower, lower, EXACT);
        assert_near(dof->upper, upper, EXACT);
        assert_int_equal(dof->n_coefficients, 0);
    }
    oik_rig_free(rig);
}

/* one arm raised to the side and let down again, the other one to the front; the trunk turned to and fro */
static oik_ik_motion *arm_raise(int n_frames, double aside) {
    oik_ik_motion *motion;
    assert_int_equal(oik_ik_motion_new(&motion, s.chain, n_frames, NULL), OIK_OK);
    for (int f = 0; f < n_frames; f++) {
        double *q = motion->q + f * s.chain->n_dofs, t = (double)f / (n_frames - 1), wave = sin(180 * DEG * t);
        motion->time[f] = t;
        for (int d = 0; d < s.chain->n_dofs; d++)
            q[d] = s.chain->dofs[d].rest;
        q[tiny_find_dof(s.chain, "arm_add_r")] = -aside * wave;
        q[tiny_find_dof(s.chain, "arm_flex_r")] = 20 * DEG * wave;
        q[tiny_find_dof(s.chain, "arm_flex_l")] = 150 * DEG * wave;
        q[tiny_find_dof(s.chain, "lumbar_rotation")] = 15 * DEG * wave;
        q[tiny_find_dof(s.chain, "thorax_extension")] = -30 * DEG * wave;
        q[tiny_find_dof(s.chain, "scapula_upward_rotation_r")] = 20 * DEG * wave;
    }
    return motion;
}

/* largest change of a coordinate from frame to frame; in_range: all coordinates are */
static double widest_step(bool *in_range, const oik_rig *rig) {
    double widest = 0.0;
    *in_range = true;
    for (int f = 0; f < rig->n_frames; f++)
        for (int d = 0; d < rig->n_dofs; d++) {
            double q = rig->q[f * rig->n_dofs + d];
            *in_range = *in_range && q >= rig->dofs[d].lower - EXACT && q <= rig->dofs[d].upper + EXACT;
            if (f)
                widest = fmax(widest, fabs(q - rig->q[(f - 1) * rig->n_dofs + d]));
        }
    return widest;
}

static void plain_coordinates_are_continuous_and_within_their_ranges(void **state) {
    (void)state;
    enum { FRAMES = 200 };
    /* 150 deg in 100 frames are 2.4 deg at most; near the gimbal position two of the arm's angles are several times faster, and stay
       continuous beyond it, where they leave their ranges. A flip would be 180 deg. */
    static const struct {
        double aside, widest;
        bool in_range;
    } cases[] = {{55, 4, true}, {110, 30, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oik_ik_motion *motion = arm_raise(FRAMES, cases[i].aside * DEG);
        oik_rig_input input = input_of(&s, motion);
        oik_rig *rig = make_rig(&input, OIK_RIG_PLAIN);
        bool in_range;
        double widest = widest_step(&in_range, rig);
        assert_true(widest > 1 * DEG && widest < cases[i].widest * DEG);
        assert_int_equal(in_range, cases[i].in_range);
        oik_rig_free(rig);
        oik_ik_motion_free(motion);
    }
}

/* A body whose own twin is symmetric: bones at the template, so that only the motion has sides. */
static double mirrored_sign(const char *name) {
    static const char *const odd[] = {"pelvis_list", "pelvis_rotation", "pelvis_tz", "lumbar_bending", "lumbar_rotation", "thorax_bending",
                                      "thorax_rotation", "neck_bending", "neck_rotation", "head_bending", "head_rotation"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (strcmp(name, odd[i]) == 0)
            return -1.0;
    return 1.0;
}

static void other_side(char *out, const char *name) {
    size_t n = strlen(name);
    strcpy(out, name);
    if (n > 2 && name[n - 2] == '_' && (name[n - 1] == 'r' || name[n - 1] == 'l'))
        out[n - 1] = name[n - 1] == 'r' ? 'l' : 'r';
}

static void mirror_frames(double *to, const double *from, const oik_chain *chain, int n_frames) {
    for (int d = 0; d < chain->n_dofs; d++) {
        char name[OIK_NAME_LENGTH];
        other_side(name, chain->dofs[d].name);
        int twin = tiny_find_dof(chain, name);
        assert_true(twin >= 0);
        for (int f = 0; f < n_frames; f++)
            to[f * chain->n_dofs + twin] = mirrored_sign(name) * from[f * chain->n_dofs + d];
    }
}

static void mirrored_motion_moves_the_mirrored_bodies(void **state) {
    (void)state;
    enum { FRAMES = 10 };
    /* the generator rounds places to float, and sums in another order on the other side: some 1e-8 m; angles between axes a tenth of a
       metre apart ten times that */
    const double symmetric = 1e-5;
    oik_puppet *template;
    oik_kinematics *lying;
    oik_chain *chain;
    double *rest;
    oik_error err;
    assert_int_equal(oik_puppet_new(&template, s.model->skeleton, &err), OIK_OK);
    assert_int_equal(oik_skel_kinematics(&lying, s.model->skeleton, template, &err), OIK_OK);
    assert_int_equal(oik_chain_new(&chain, &rest, lying, &err), OIK_OK);
    subject t = s;
    t.chain = chain;
    oik_ik_motion *motion = random_frames(&t, FRAMES, 5), *twin = random_frames(&t, FRAMES, 5);
    mirror_frames(twin->q, motion->q, chain, FRAMES);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig_input a_input = input_of(&t, motion), b_input = input_of(&t, twin);
        a_input.skin = b_input.skin = NULL;
        a_input.body = b_input.body = NULL;
        a_input.mass = b_input.mass = 60;
        a_input.puppet = b_input.puppet = template;
        a_input.q = b_input.q = rest;
        oik_rig *a = make_rig(&a_input, (oik_rig_detail)detail), *b = make_rig(&b_input, (oik_rig_detail)detail);
        oik_mat3 *R_a, *R_b, S = m3_diag(v3(1, 1, -1));
        oik_vec3 *o_a, *o_b;
        for (int f = 0; f < FRAMES; f++) {
            place(&R_a, &o_a, a, a->q + f * a->n_dofs);
            place(&R_b, &o_b, b, b->q + f * b->n_dofs);
            for (int i = 0; i < a->n_bodies; i++) {
                char name[OIK_NAME_LENGTH];
                other_side(name, a->bodies[i].name);
                int k = find_body(b, name);
                assert_near(difference(R_b[k], m3_mul(S, m3_mul(R_a[i], S))), 0, symmetric);
                assert_near(v3_dist(o_b[k], m3_mulv(S, o_a[i])), 0, symmetric);
                assert_near(a->bodies[i].mass, b->bodies[k].mass, symmetric);
                assert_near(v3_dist(a->bodies[i].mass_centre, m3_mulv(S, b->bodies[k].mass_centre)), 0, symmetric);
                assert_near(a->bodies[i].inertia[0], b->bodies[k].inertia[0], symmetric);
                assert_near(a->bodies[i].inertia[4], -b->bodies[k].inertia[4], symmetric);
            }
            free(R_a), free(o_a), free(R_b), free(o_b);
        }
        oik_rig_free(a);
        oik_rig_free(b);
    }
    oik_ik_motion_free(motion);
    oik_ik_motion_free(twin);
    oik_puppet_free(template);
    oik_kinematics_free(lying);
    oik_chain_free(chain);
    free(rest);
}

/* coordinates that follow others keep doing so in the full rig; the plain one has only values */
static void followers_follow_in_the_full_rig(void **state) {
    (void)state;
    int follower = tiny_find_dof(s.chain, "mtp_angle_l"), master = tiny_find_dof(s.chain, "mtp_angle_r");
    int neck = tiny_find_dof(s.chain, "thorax_bending"), lumbar = tiny_find_dof(s.chain, "lumbar_bending");
    s.chain->dofs[follower].n_coefficients = s.chain->dofs[neck].n_coefficients = 2;
    s.chain->dofs[follower].coefficient[1] = s.chain->dofs[neck].coefficient[1] = 0.5;
    s.chain->dofs[follower].master = master;
    s.chain->dofs[neck].master = lumbar;
    oik_ik_motion *motion = random_frames(&s, 3, 7);
    oik_rig_input input = input_of(&s, motion);
    for (int detail = OIK_RIG_PLAIN; detail <= OIK_RIG_FULL; detail++) {
        oik_rig *rig = make_rig(&input, (oik_rig_detail)detail);
        const oik_dof *toes = &rig->dofs[find_dof(rig, "mtp_angle_l")];
        assert_int_equal(toes->n_coefficients, 2);
        assert_int_equal(toes->master, find_dof(rig, "mtp_angle_r"));
        for (int f = 0; f < 3; f++)
            assert_near(rig->q[f * rig->n_dofs + (int)(toes - rig->dofs)], 0.5 * rig->q[f * rig->n_dofs + toes->master], EXACT);
        for (int d = 0; d < rig->n_dofs; d++)
            assert_int_equal(rig->dofs[d].n_coefficients,
                             d == (int)(toes - rig->dofs) || strcmp(rig->dofs[d].name, "thorax_bending") == 0 ? 2 : 0);
        oik_rig_free(rig);
    }
    s.chain->dofs[follower].n_coefficients = s.chain->dofs[neck].n_coefficients = 0;
    oik_ik_motion_free(motion);
}

static void missing_segments_are_named(void **state) {
    (void)state;
    static const struct {
        const char *absent;
        oik_rig_detail detail;
    } cases[] = {{"thorax", OIK_RIG_PLAIN}, {"pelvis", OIK_RIG_PLAIN}, {"femur_r", OIK_RIG_FULL}, {"hand_l", OIK_RIG_PLAIN}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int segment = tiny_find_segment(s.chain, cases[i].absent);
        char *model_name = s.model->skeleton->segments[segment].name;
        oik_rig_input input = input_of(&s, NULL);
        oik_rig *rig = NULL;
        oik_error err = {.status = OIK_OK};
        /* under another name it is absent, for the model and for the chain */
        strcpy(s.chain->segment_names[segment], "unknown");
        strcpy(model_name, "unknown");
        assert_int_equal(oik_rig_new(&rig, &input, cases[i].detail, &err), OIK_E_MODEL);
        assert_null(rig);
        assert_non_null(strstr(err.message, cases[i].absent));
        strcpy(model_name, cases[i].absent);
        assert_int_equal(oik_rig_new(&rig, &input, OIK_RIG_FULL, &err), OIK_E_MODEL);
        assert_non_null(strstr(err.message, "unknown"));
        strcpy(s.chain->segment_names[segment], cases[i].absent);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_kinematics_is_the_formula_of_the_header),
        cmocka_unit_test(full_rig_moves_as_the_chain_in_all_frames),
        cmocka_unit_test(plain_rig_turns_as_the_chain_and_its_legs_are_in_place),
        cmocka_unit_test(plain_rig_has_the_names_of_the_standard_model),
        cmocka_unit_test(pelvis_coordinates_are_those_of_the_world),
        cmocka_unit_test(motions_are_set_upright),
        cmocka_unit_test(up_must_be_an_axis),
        cmocka_unit_test(range_of_the_back_is_that_of_its_levels_together),
        cmocka_unit_test(plain_coordinates_are_continuous_and_within_their_ranges),
        cmocka_unit_test(mirrored_motion_moves_the_mirrored_bodies),
        cmocka_unit_test(followers_follow_in_the_full_rig),
        cmocka_unit_test(missing_segments_are_named),
    };
    return cmocka_run_group_tests_name("rig_tree", tests, set_up, tear_down);
}
