/* Construction of a chain from lying kinematics, and forward kinematics. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/chain.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/tiny_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static const double PI = 3.14159265358979323846;

/* upper arm of 0.3 m from the origin and forearm along x; both joints turn about z; frames are the world's */
static void two_link_arm(oik_kinematics *out, oik_segment segments[2], oik_joint joints[2]) {
    memset(segments, 0, 2 * sizeof *segments);
    memset(joints, 0, 2 * sizeof *joints);
    for (int i = 0; i < 2; i++) {
        segments[i].R = m3_identity();
        segments[i].origin = joints[i].centre = v3(0.3 * i, 0, 0);
        joints[i].parent = i - 1;
        joints[i].child = i;
        joints[i].kind = OIK_JOINT_HINGE;
        joints[i].n_dofs = 1;
        joints[i].dofs[0] = (oik_dof){.axis = v3(0, 0, 1), .lower = -PI, .upper = PI};
    }
    strcpy(segments[1].name, "forearm");
    strcpy(joints[1].name, "elbow");
    strcpy(joints[1].dofs[0].name, "elbow_flex");
    *out = (oik_kinematics){2, 2, segments, joints};
}

static void two_link_arm_moves_as_by_hand(void **state) {
    (void)state;
    oik_segment segments[2];
    oik_joint joints[2];
    oik_kinematics arm;
    oik_chain *chain;
    oik_chain_pose *pose;
    double q[2] = {PI / 2, -PI / 6};
    two_link_arm(&arm, segments, joints);
    assert_int_equal(oik_chain_new(&chain, NULL, &arm, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    oik_chain_forward(pose, chain, q);
    /* upper arm up, so the elbow is at (0, 0.3, 0); the forearm points 90 - 30 = 60 degrees above x. Rounding only. */
    assert_true(v3_dist(pose->centre[1], v3(0, 0.3, 0)) < 1e-15);
    assert_true(v3_dist(m3_column(pose->R[1], 0), v3(0.5, sqrt(3.0) / 2, 0)) < 1e-15);
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
}

/* the largest difference of frames and centres from the lying skeleton at q_rest, in rad and m */
static double rest_error(const oik_kinematics *lying) {
    oik_chain *chain;
    oik_chain_pose *pose;
    double *rest, worst = 0.0;
    assert_int_equal(oik_chain_new(&chain, &rest, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    oik_chain_forward(pose, chain, rest);
    for (int i = 0; i < chain->n_segments; i++) {
        worst = fmax(worst, oik_rot_angle_between(pose->R[i], lying->segments[i].R));
        worst = fmax(worst, v3_dist(pose->origin[i], lying->segments[i].origin));
        worst = fmax(worst, v3_dist(pose->centre[i], lying->joints[i].centre));
    }
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
    free(rest);
    return worst;
}

/* also where hinges cannot express the lying pose (frames of the made-up chain are up to 0.6 rad off) and off the ground's frame */
static void rest_gives_back_the_lying_skeleton(void **state) {
    (void)state;
    oik_kinematics *lying = tiny_kinematics_new();
    assert_non_null(lying);
    const double rounding = 1e-14; /* products of a dozen rotations along the longest path */
    assert_true(rest_error(lying) < rounding);
    uint64_t random = 5;
    for (int i = 0; i < lying->n_segments; i++) {
        oik_vec3 w = v3(tiny_uniform(&random, -1, 1), tiny_uniform(&random, -1, 1), tiny_uniform(&random, -1, 1));
        lying->segments[i].R = m3_mul(oik_rot_exp(w), lying->segments[i].R);
    }
    assert_true(rest_error(lying) < rounding);
    tiny_kinematics_free(lying);
}

/* what the couplings give at rest is taken out of the joints, also where the master comes later in the chain */
static void a_coupled_chain_gives_back_the_lying_skeleton(void **state) {
    (void)state;
    oik_kinematics *lying = coupled_kinematics_new();
    assert_non_null(lying);
    assert_true(rest_error(lying) < 1e-14); /* as above */
    tiny_kinematics_free(lying);
}

static void rest_coordinates_are_given_or_measured(void **state) {
    (void)state;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain;
    double *rest;
    assert_int_equal(oik_chain_new(&chain, &rest, lying, NULL), OIK_OK);
    /* both frames neutral: the table's value */
    assert_near(rest[tiny_find_dof(chain, "arm_add_r")], -35 * PI / 180, 0.0);
    assert_near(rest[tiny_find_dof(chain, "arm_add_l")], -35 * PI / 180, 0.0);
    /* pelvis tilted by 0.1 about the world's x, which is -z (to the left) of the neutral frame: tilt -0.1 */
    assert_near(rest[tiny_find_dof(chain, "pelvis_tilt")], -0.1, 1e-15);
    /* translations are the place on the ground: forward z, up y, right -x */
    assert_near(rest[tiny_find_dof(chain, "pelvis_tx")], 0.0, 1e-15);
    assert_near(rest[tiny_find_dof(chain, "pelvis_ty")], 0.95, 1e-15);
    assert_near(rest[tiny_find_dof(chain, "knee_angle_l")], rest[tiny_find_dof(chain, "knee_angle_r")], 1e-15);
    oik_chain_free(chain);
    free(rest);
    tiny_kinematics_free(lying);
}

/* positive means the same on both sides: equal values give mirrored frames */
static void equal_coordinates_give_mirrored_sides(void **state) {
    (void)state;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain;
    oik_chain_pose *pose;
    double *q;
    assert_int_equal(oik_chain_new(&chain, &q, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    uint64_t random = 6;
    for (int k = 0; k < chain->n_dofs; k++) {
        char *suffix = strstr(chain->dofs[k].name, "_r");
        if (!suffix || suffix[2])
            continue;
        char left[OIK_NAME_LENGTH];
        memcpy(left, chain->dofs[k].name, sizeof left);
        left[strlen(left) - 1] = 'l';
        q[k] = q[tiny_find_dof(chain, left)] = tiny_uniform(&random, chain->dofs[k].lower, chain->dofs[k].upper);
    }
    oik_chain_forward(pose, chain, q);
    for (int i = 0; i < chain->n_segments; i++) {
        int other = tiny_mirror_segment(chain, i);
        assert_true(oik_rot_angle_between(tiny_mirror_frame(pose->R[i]), pose->R[other]) < 1e-14);
        assert_true(v3_dist(tiny_mirror_point(pose->centre[i]), pose->centre[other]) < 1e-14);
    }
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
    free(q);
    tiny_kinematics_free(lying);
}

static void expect_refusal(const oik_kinematics *arm, oik_status status, const char *word) {
    oik_chain *chain = (oik_chain *)1;
    double *rest = (double *)1;
    oik_error err = {0};
    assert_int_equal(oik_chain_new(&chain, &rest, arm, &err), status);
    assert_null(chain);
    assert_null(rest);
    assert_non_null(strstr(err.message, word));
}

static void ill_formed_chains_are_refused_by_name(void **state) {
    (void)state;
    oik_segment segments[2];
    oik_joint joints[2];
    oik_kinematics arm;
    two_link_arm(&arm, segments, joints);
    joints[1].parent = 1;
    expect_refusal(&arm, OIK_E_MODEL, "elbow");
    two_link_arm(&arm, segments, joints);
    joints[1].dofs[0].axis = v3(0, 0, 1.1);
    expect_refusal(&arm, OIK_E_MODEL, "elbow_flex");
    two_link_arm(&arm, segments, joints);
    joints[1].dofs[0].lower = 4.0;
    expect_refusal(&arm, OIK_E_MODEL, "elbow_flex");
    two_link_arm(&arm, segments, joints);
    joints[1].n_dofs = 4;
    joints[1].dofs[1] = joints[1].dofs[2] = joints[1].dofs[3] = joints[1].dofs[0];
    expect_refusal(&arm, OIK_E_MODEL, "elbow");
    two_link_arm(&arm, segments, joints);
    segments[1].R.m[0][0] = 2.0;
    expect_refusal(&arm, OIK_E_MODEL, "forearm");
    two_link_arm(&arm, segments, joints);
    joints[1].centre.y = NAN;
    expect_refusal(&arm, OIK_E_NOT_FINITE, "forearm");
    two_link_arm(&arm, segments, joints);
    arm.n_joints = 1;
    expect_refusal(&arm, OIK_E_MODEL, "one joint per segment");
}

static void dependent_coordinates_follow_their_masters(void **state) {
    (void)state;
    oik_kinematics *lying = coupled_kinematics_new();
    oik_chain *chain;
    oik_chain_pose *pose, *given;
    double *q, *blank;
    assert_int_equal(oik_chain_new(&chain, &q, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&given, chain, NULL), OIK_OK);
    assert_non_null(blank = malloc((size_t)chain->n_dofs * sizeof *blank));
    int knee = tiny_find_dof(chain, "knee_angle_r"), glide = tiny_find_dof(chain, "knee_glide_x_r");
    int arm = tiny_find_dof(chain, "arm_flex_r"), scapula = tiny_find_dof(chain, "scapula_rotation_r");
    assert_near(q[scapula], 0.1 + 0.33 * q[arm], 1e-16);
    q[knee] = 0.8;
    q[arm] = 1.5;
    for (int k = 0; k < chain->n_dofs; k++)
        blank[k] = chain->dofs[k].n_coefficients ? NAN : q[k];
    oik_chain_complete(q, chain);
    assert_near(q[glide], 0.002 - 0.015 * 0.8 + 0.004 * 0.64, 1e-16); /* rounding */
    assert_near(q[scapula], 0.1 + 0.33 * 1.5, 1e-15);
    assert_true(q[knee] == 0.8 && q[arm] == 1.5);
    oik_chain_forward(pose, chain, q);
    oik_chain_forward(given, chain, blank); /* dependent entries are not read */
    assert_memory_equal(given->q, q, (size_t)chain->n_dofs * sizeof *q);
    assert_memory_equal(given->R, pose->R, (size_t)chain->n_segments * sizeof *pose->R);
    assert_memory_equal(given->origin, pose->origin, (size_t)chain->n_segments * sizeof *pose->origin);
    assert_near(pose->factor[glide], -0.015 + 0.008 * 0.8, 1e-16);
    assert_true(pose->factor[knee] == 1.0);
    oik_chain_pose_free(pose);
    oik_chain_pose_free(given);
    oik_chain_free(chain);
    free(q);
    free(blank);
    tiny_kinematics_free(lying);
}

static void expect_unsound(const oik_chain *chain, oik_status status, const char *word) {
    oik_error err = {0};
    assert_int_equal(oik_chain_check(chain, &err), status);
    assert_non_null(strstr(err.message, word));
}

static void unsound_joints_of_a_built_chain_are_named(void **state) {
    (void)state;
    oik_segment segments[2];
    oik_joint joints[2];
    oik_kinematics arm;
    oik_chain *chain;
    two_link_arm(&arm, segments, joints);
    assert_int_equal(oik_chain_new(&chain, NULL, &arm, NULL), OIK_OK);
    assert_int_equal(oik_chain_check(chain, NULL), OIK_OK);
    const oik_chain_joint sound = chain->joints[1];
    const oik_dof dof = chain->dofs[1];
    oik_chain_joint *elbow = &chain->joints[1];
    elbow->parent = 1;
    expect_unsound(chain, OIK_E_MODEL, "elbow");
    *elbow = sound;
    elbow->first_dof = 0;
    expect_unsound(chain, OIK_E_MODEL, "elbow");
    *elbow = sound;
    elbow->n_rotations = 2;
    expect_unsound(chain, OIK_E_MODEL, "elbow");
    elbow->n_rotations = 0;
    expect_unsound(chain, OIK_E_MODEL, "2 coordinates");
    elbow->n_translations = 1;
    expect_unsound(chain, OIK_E_MODEL, "elbow_flex");
    *elbow = sound;
    elbow->A.m[0][1] = 0.1;
    expect_unsound(chain, OIK_E_MODEL, "elbow");
    *elbow = sound;
    elbow->b.x = NAN;
    expect_unsound(chain, OIK_E_NOT_FINITE, "elbow");
    *elbow = sound;
    chain->dofs[1].axis = v3(0, 1, 1);
    expect_unsound(chain, OIK_E_MODEL, "elbow_flex");
    chain->dofs[1] = dof;
    chain->dofs[1].upper = INFINITY;
    expect_unsound(chain, OIK_E_MODEL, "elbow_flex");
    chain->dofs[1] = dof;
    assert_int_equal(oik_chain_check(chain, NULL), OIK_OK);
    oik_chain_free(chain);
}

/* the same refusals from a finished chain and from the kinematics it is made of */
static void expect_unsound_coupling(oik_kinematics *arm, const char *word) {
    oik_dof coupled = arm->joints[1].dofs[0];
    oik_chain *chain;
    expect_refusal(arm, OIK_E_MODEL, word);
    arm->joints[1].dofs[0].n_coefficients = 0;
    assert_int_equal(oik_chain_new(&chain, NULL, arm, NULL), OIK_OK);
    chain->dofs[1] = coupled;
    expect_unsound(chain, OIK_E_MODEL, word);
    oik_chain_free(chain);
}

static void unsound_couplings_are_named(void **state) {
    (void)state;
    oik_segment segments[2];
    oik_joint joints[2];
    oik_kinematics arm;
    oik_chain *chain;
    oik_dof *dof = &joints[1].dofs[0];
    two_link_arm(&arm, segments, joints);
    dof->n_coefficients = OIK_MAX_COUPLING + 1;
    expect_unsound_coupling(&arm, "elbow_flex");
    *dof = (oik_dof){.name = "elbow_flex", .axis = v3(0, 0, 1), .lower = -PI, .upper = PI, .n_coefficients = 2};
    dof->coefficient[1] = NAN;
    expect_unsound_coupling(&arm, "elbow_flex");
    dof->n_coefficients = 2;
    dof->coefficient[1] = 0.5;
    dof->master = 1; /* itself */
    expect_unsound_coupling(&arm, "elbow_flex");
    dof->n_coefficients = 2;
    dof->master = 2; /* not there */
    expect_unsound_coupling(&arm, "elbow_flex");
    dof->n_coefficients = 2;
    dof->master = 0;
    dof->upper = 0.5 * PI - 0.01; /* the master's upper bound gives pi / 2 */
    expect_unsound_coupling(&arm, "outside its range");
    dof->n_coefficients = 2;
    dof->upper = 0.5 * PI - 0.0009; /* as rounded in degrees to one decimal */
    assert_int_equal(oik_chain_new(&chain, NULL, &arm, NULL), OIK_OK);
    oik_chain_free(chain);
    joints[0].dofs[0].n_coefficients = 1; /* a master that follows */
    joints[0].dofs[0].master = 1;
    expect_refusal(&arm, OIK_E_MODEL, "independent");
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_status status = OIK_E_MEMORY;
    long k = 0;
    while (status == OIK_E_MEMORY && k < 100) {
        oik_chain *chain = NULL;
        oik_chain_pose *pose = NULL;
        double *rest = NULL;
        oik_error err = {0};
        failing_malloc_arm(k++);
        status = oik_chain_new(&chain, &rest, lying, &err);
        if (!status)
            status = oik_chain_pose_new(&pose, chain, &err);
        failing_malloc_disarm();
        assert_true((chain == NULL) == (rest == NULL));
        assert_true(status == OIK_OK || err.status == OIK_E_MEMORY);
        oik_chain_pose_free(pose);
        oik_chain_free(chain);
        free(rest);
    }
    assert_int_equal(status, OIK_OK);
    assert_int_equal(k, 13); /* 5 of the chain, 7 of the pose, then none */
    tiny_kinematics_free(lying);
}

static void forward_kinematics_allocates_nothing(void **state) {
    (void)state;
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain;
    oik_chain_pose *pose;
    double *rest;
    assert_int_equal(oik_chain_new(&chain, &rest, lying, NULL), OIK_OK);
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    failing_malloc_arm(-1);
    oik_chain_forward(pose, chain, rest);
    assert_int_equal(failing_malloc_disarm(), 0);
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
    free(rest);
    tiny_kinematics_free(lying);
}

static void free_takes_null(void **state) {
    (void)state;
    oik_chain_free(NULL);
    oik_chain_pose_free(NULL);
}

int main(void) {
    const struct CMUnitTest test_ik_chain[] = {
        cmocka_unit_test(two_link_arm_moves_as_by_hand),
        cmocka_unit_test(rest_gives_back_the_lying_skeleton),
        cmocka_unit_test(a_coupled_chain_gives_back_the_lying_skeleton),
        cmocka_unit_test(rest_coordinates_are_given_or_measured),
        cmocka_unit_test(equal_coordinates_give_mirrored_sides),
        cmocka_unit_test(ill_formed_chains_are_refused_by_name),
        cmocka_unit_test(dependent_coordinates_follow_their_masters),
        cmocka_unit_test(unsound_joints_of_a_built_chain_are_named),
        cmocka_unit_test(unsound_couplings_are_named),
        cmocka_unit_test(every_failing_allocation_is_reported),
        cmocka_unit_test(forward_kinematics_allocates_nothing),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(test_ik_chain, NULL, NULL);
}
