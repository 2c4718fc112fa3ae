/* ISB angles: composed rotations, every published sign, zero, both sides, gimbal and continuity, which way is up, lacking segments. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/isb_angles.h"
#include "ik/up.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/tiny_chain.h"

static const double PI = 3.14159265358979323846, DEG = 3.14159265358979323846 / 180.0;

enum { MAX_SEGMENTS = 40, N_TABLE = 16 };

/* ---- what the papers say, written down apart from the library ---- */

/** One row: an axis of the distal segment goes towards an axis of the proximal one when the angle grows. Right side; "-y" is distal. */
typedef struct published {
    const char *proximal, *distal, *order;
    struct {
        const char *name, *moves, *towards;
    } angle[3];
} published;

#define TRUNK(name) {{name "_extension", "y", "-x"}, {name "_right_bending", "y", "z"}, {name "_left_rotation", "x", "-z"}}
static const published table[] = {
    {"ground", "pelvis", "ZXY",
     {{"pelvis_posterior_tilt", "x", "y"}, {"pelvis_right_down", "z", "-y"}, {"pelvis_left_rotation", "x", "-z"}}},
    {"ground", "thorax", "ZXY", TRUNK("thorax")},
    {"pelvis", "thorax", "ZXY", TRUNK("trunk")},
    {"thorax", "neck", "ZXY", TRUNK("neck")},
    {"thorax", "head", "ZXY", TRUNK("head")},
    {"pelvis", "femur", "ZXY", {{"hip_flexion", "-y", "x"}, {"hip_adduction", "-y", "-z"}, {"hip_internal_rotation", "x", "-z"}}},
    {"femur", "tibia", "ZXY", {{"knee_flexion", "-y", "-x"}, {"knee_adduction", "-y", "-z"}, {"knee_internal_rotation", "x", "-z"}}},
    {"tibia", "calcn", "ZXY",
     {{"ankle_dorsiflexion", "x", "y"}, {"ankle_inversion", "-y", "-z"}, {"ankle_internal_rotation", "x", "-z"}}},
    {"thorax", "clavicle", "YXZ",
     {{"clavicle_protraction", "z", "x"}, {"clavicle_depression", "z", "-y"}, {"clavicle_backward_rotation", "y", "-x"}}},
    {"thorax", "scapula", "YXZ",
     {{"scapula_protraction", "z", "x"}, {"scapula_medial_rotation", "z", "-y"}, {"scapula_posterior_tilt", "y", "-x"}}},
    {"scapula", "humerus", "YXY",
     {{"glenohumeral_plane_of_elevation", "z", "x"}, {"glenohumeral_elevation", "-y", "-z"}, {"glenohumeral_axial_rotation", "x", "-z"}}},
    {"thorax", "humerus", "YXY",
     {{"thoracohumeral_plane_of_elevation", "z", "x"},
      {"thoracohumeral_elevation", "-y", "-z"},
      {"thoracohumeral_axial_rotation", "x", "-z"}}},
    {"humerus", "forearm", "ZXY", {{"elbow_flexion", "-y", "x"}, {"elbow_carrying_angle", "-y", "-z"}, {"elbow_pronation", "z", "x"}}},
    {"humerus", "ulna", "ZXY",
     {{"humeroulnar_flexion", "-y", "x"}, {"humeroulnar_adduction", "-y", "-z"}, {"humeroulnar_internal_rotation", "x", "-z"}}},
    {"ulna", "radius", "XZY",
     {{"radioulnar_adduction", "-y", "-z"}, {"radioulnar_flexion", "-y", "x"}, {"radioulnar_pronation", "z", "x"}}},
    {"radius", "hand", "ZXY", {{"wrist_flexion", "-y", "x"}, {"wrist_ulnar_deviation", "-y", "-z"}, {"wrist_pronation", "z", "x"}}},
};
#undef TRUNK

static const char *const midline[] = {"pelvis", "thorax", "neck", "head"};

static bool has_side(const published *row) {
    for (size_t i = 0; i < sizeof midline / sizeof *midline; i++)
        if (strcmp(row->distal, midline[i]) == 0)
            return false;
    return true;
}

static oik_vec3 axis_named(const char *name) {
    double sign = name[0] == '-' ? -1.0 : 1.0;
    char letter = name[name[0] == '-'];
    return v3(sign * (letter == 'x'), sign * (letter == 'y'), sign * (letter == 'z'));
}

/** Direction in which angle k grows, as a rotation axis: from the moved axis to where it goes. */
static oik_vec3 turning_axis(const published *row, int k) {
    return v3_cross(axis_named(row->angle[k].moves), axis_named(row->angle[k].towards));
}

/** Image of a rotation of the right side on the left one. */
static oik_mat3 other_side(oik_mat3 E) {
    const oik_mat3 S = m3_diag(v3(1, 1, -1));
    return m3_mul(m3_mul(S, E), S);
}

/* ---- a chain with the models' names ---- */

static void rename_segment(oik_chain *chain, const char *from, const char *to) {
    int i = tiny_find_segment(chain, from);
    assert_true(i >= 0);
    memset(chain->segment_names[i], 0, OIK_NAME_LENGTH);
    memcpy(chain->segment_names[i], to, strlen(to));
}

static oik_chain *new_chain(void) {
    oik_kinematics *lying = tiny_kinematics_new();
    oik_chain *chain = NULL;
    assert_int_equal(oik_chain_new(&chain, NULL, lying, NULL), OIK_OK);
    tiny_kinematics_free(lying);
    rename_segment(chain, "torso", "thorax");
    rename_segment(chain, "cervical", "neck");
    rename_segment(chain, "skull", "head");
    assert_true(chain->n_segments <= MAX_SEGMENTS);
    return chain;
}

static oik_isb_angles *new_angles_up(const oik_chain *chain, oik_vec3 up) {
    oik_isb_angles *isb = NULL;
    oik_error err = {0};
    if (oik_isb_angles_new(&isb, chain, up, &err))
        fail_msg("%s", err.message);
    return isb;
}

static oik_isb_angles *new_angles(const oik_chain *chain) {
    return new_angles_up(chain, v3(0, 1, 0));
}

/** "isb_" name and side; NULL when there is none. @param[out] k which of the joint's angles */
static const oik_isb_joint *look_for(int *k, const oik_isb_angles *isb, const char *name, const char *side) {
    char full[2 * OIK_ISB_NAME_LENGTH];
    snprintf(full, sizeof full, "isb_%s%s", name, side);
    for (int i = 0; i < isb->n_joints; i++)
        for (*k = 0; *k < 3; ++*k)
            if (strcmp(isb->joints[i].names[*k], full) == 0)
                return &isb->joints[i];
    return NULL;
}

static double angle_of(const oik_isb_angles *isb, const char *name, const char *side) {
    int k;
    const oik_isb_joint *joint = look_for(&k, isb, name, side);
    if (!joint)
        fail_msg("no angle %s%s", name, side);
    return joint->angle[k];
}

static int segment(const oik_chain *chain, const char *name, bool left) {
    char full[OIK_NAME_LENGTH];
    snprintf(full, sizeof full, "%s%s", name, left ? "_l" : "_r");
    int i = tiny_find_segment(chain, full);
    return i >= 0 ? i : tiny_find_segment(chain, name);
}

static oik_mat3 ground(void) {
    return m3_columns(v3(0, 0, 1), v3(0, 1, 0), v3(-1, 0, 0)); /* forward +z, right -x */
}

/** Set the distal frame of a row so that it lies at E of the proximal one, seen on the right side. */
static void set_distal(oik_mat3 *R, const oik_chain *chain, const published *row, bool left, oik_mat3 E) {
    oik_mat3 R_p = strcmp(row->proximal, "ground") == 0 ? ground() : R[segment(chain, row->proximal, left)];
    oik_mat3 R_d = m3_mul(R_p, left ? other_side(E) : E);
    if (strcmp(row->distal, "forearm") == 0) { /* y of the ulna, z of the radius: turns about y and about x keep them */
        R[segment(chain, "ulna", left)] = m3_mul(R_d, oik_rot_axis(v3(0, 1, 0), 0.7));
        R[segment(chain, "radius", left)] = m3_mul(R_d, oik_rot_axis(v3(1, 0, 0), -0.2));
    } else {
        R[segment(chain, row->distal, left)] = R_d;
    }
}

static void random_frames(oik_mat3 *R, uint64_t *random) {
    for (int i = 0; i < MAX_SEGMENTS; i++)
        R[i] = oik_rot_exp(v3_scale(random_vec3(random), 2.0));
}

/** First-frame angles of one joint at E; angles in the order of the row. */
static void first_angles(double q[3], const published *row, bool left, oik_mat3 E) {
    uint64_t random = 3;
    oik_mat3 R[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    oik_isb_angles *isb = new_angles(chain);
    random_frames(R, &random);
    set_distal(R, chain, row, left, E);
    oik_isb_angles_next(isb, R);
    for (int k = 0; k < 3; k++)
        q[k] = angle_of(isb, row->angle[k].name, !has_side(row) ? "" : left ? "_l" : "_r");
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

static void expect_angles(const published *row, bool left, oik_mat3 E, const double expected[3]) {
    const double rounding = 1e-12; /* 1e-16, divided by the sine of what is left to the gimbal, a tenth */
    double q[3];
    first_angles(q, row, left, E);
    for (int k = 0; k < 3; k++)
        if (fabs(q[k] - expected[k]) > rounding)
            fail_msg("%s, %s side: %.9f, expected %.9f deg", row->angle[k].name, left ? "left" : "right", q[k] / DEG, expected[k] / DEG);
}

/* ---- tests ---- */

/* Order of the rotations and principal set: angles drawn at random, composed here, come back. */
static void composed_rotations_come_back(void **state) {
    (void)state;
    assert_int_equal(sizeof table / sizeof *table, N_TABLE);
    uint64_t random = 11;
    for (int i = 0; i < N_TABLE; i++)
        for (int n = 0; n < 40; n++) {
            const published *row = &table[i];
            bool euler = row->order[0] == row->order[2];
            double middle = euler ? tiny_uniform(&random, -PI + 0.1, -0.1) : tiny_uniform(&random, -1.4, 1.4);
            double q[3] = {tiny_uniform(&random, -PI, PI), middle, tiny_uniform(&random, -PI, PI)};
            oik_mat3 E = m3_identity();
            for (int k = 0; k < 3; k++) {
                oik_vec3 axis = turning_axis(row, k);
                assert_true(fabs(v3_get(axis, row->order[k] - 'X')) == 1.0); /* the axis that the order names */
                E = m3_mul(E, oik_rot_axis(axis, q[k]));
            }
            expect_angles(row, n % 2 && has_side(row), E, q);
        }
}

/* Every row of the sign table by what moves where; the two Y-X-Y joints have their own tests below. */
static void each_angle_grows_in_its_published_direction(void **state) {
    (void)state;
    for (int i = 0; i < N_TABLE; i++)
        for (int k = 0; k < 3; k++)
            for (int left = 0; left <= has_side(&table[i]); left++) {
                double expected[3] = {0};
                if (table[i].order[0] == table[i].order[2])
                    continue;
                expected[k] = 20.0 * DEG;
                expect_angles(&table[i], left, oik_rot_axis(turning_axis(&table[i], k), expected[k]), expected);
            }
}

static const published *row_of(const char *proximal, const char *distal) {
    for (int i = 0; i < N_TABLE; i++)
        if (strcmp(table[i].proximal, proximal) == 0 && strcmp(table[i].distal, distal) == 0)
            return &table[i];
    fail_msg("no row %s, %s", proximal, distal);
    return NULL;
}

/** Rotation that takes the arm (-y) by an angle towards a direction of the trunk. */
static oik_mat3 raised(const char *towards, double angle) {
    return oik_rot_axis(v3_cross(axis_named("-y"), axis_named(towards)), angle);
}

static void expect_shoulder(oik_mat3 E, double plane, double elevation, double axial) {
    const double expected[3] = {plane * DEG, elevation * DEG, axial * DEG};
    for (int left = 0; left < 2; left++) {
        expect_angles(row_of("thorax", "humerus"), left, E, expected);
        expect_angles(row_of("scapula", "humerus"), left, E, expected);
    }
}

/* Wu 2005: plane 0 is abduction, 90 forward flexion; elevation negative; internal rotation positive */
static void the_shoulder_follows_the_published_globe(void **state) {
    (void)state;
    oik_mat3 inward = oik_rot_axis(v3_cross(axis_named("x"), axis_named("-z")), 25.0 * DEG);
    expect_shoulder(raised("z", 60.0 * DEG), 0, -60, 0);
    expect_shoulder(raised("x", 60.0 * DEG), 90, -60, -90);
    expect_shoulder(raised("-x", 30.0 * DEG), -90, -30, 90);
    expect_shoulder(m3_mul(raised("z", 60.0 * DEG), inward), 0, -60, 25);
    expect_shoulder(m3_mul(raised("x", 60.0 * DEG), inward), 90, -60, -65);
    expect_shoulder(inward, 0, 0, 25); /* hanging: all of the turn is axial */
}

static void parallel_frames_are_zero(void **state) {
    (void)state;
    oik_mat3 R[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    oik_isb_angles *isb = new_angles(chain);
    for (int i = 0; i < MAX_SEGMENTS; i++)
        R[i] = ground();
    oik_isb_angles_next(isb, R);
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++)
            assert_true(fabs(isb->joints[i].angle[k]) < 1e-15); /* rounding of products of ones */
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

/* The first frame's set is the principal one although the other one lies nearer to 0. */
static void the_first_frame_is_principal(void **state) {
    (void)state;
    const published *shoulder = row_of("thorax", "humerus"), *hip = row_of("pelvis", "femur");
    const double behind[3] = {-130 * DEG, -20 * DEG, 140 * DEG}, turned[3] = {170 * DEG, 20 * DEG, -165 * DEG};
    oik_mat3 E = m3_mul(oik_rot_axis(v3(0, 1, 0), behind[0]),
                        m3_mul(oik_rot_axis(v3(1, 0, 0), behind[1]), oik_rot_axis(v3(0, 1, 0), behind[2])));
    expect_angles(shoulder, false, E, behind);
    E = m3_mul(oik_rot_axis(v3(0, 0, 1), turned[0]), m3_mul(oik_rot_axis(v3(1, 0, 0), turned[1]), oik_rot_axis(v3(0, 1, 0), turned[2])));
    expect_angles(hip, false, E, turned);
}

/** Angles of a row over frames E(f), right side. */
typedef oik_mat3 course(int frame);

static void follow(double (*q)[3], const published *row, course *E, int n_frames) {
    oik_mat3 R[MAX_SEGMENTS];
    uint64_t random = 5;
    oik_chain *chain = new_chain();
    oik_isb_angles *isb = new_angles(chain);
    random_frames(R, &random);
    for (int f = 0; f < n_frames; f++) {
        set_distal(R, chain, row, false, E(f));
        oik_isb_angles_next(isb, R);
        for (int k = 0; k < 3; k++)
            q[f][k] = angle_of(isb, row->angle[k].name, has_side(row) ? "_r" : "");
    }
    assert_int_equal(isb->n_frames, n_frames);
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

static oik_mat3 swing(int frame) { /* flexion of 40 degrees to extension of 40, hanging exactly in frame 20 */
    return raised("x", (40.0 - 2.0 * frame) * DEG);
}

static oik_mat3 over_the_pole(int frame) { /* a hip whose adduction passes 90 in frame 20 */
    return m3_mul(oik_rot_axis(v3(0, 0, 1), 0.3), m3_mul(oik_rot_axis(v3(1, 0, 0), (70.0 + frame) * DEG), oik_rot_axis(v3(0, 1, 0), -0.4)));
}

static oik_mat3 pirouette(int frame) { /* 30 degrees a frame */
    return oik_rot_axis(v3(0, 1, 0), 30.0 * frame * DEG);
}

enum { N_COURSE = 41 };

static void expect_course(const published *row, course *E, const double from[3], const double step[3]) {
    const double rounding = 1e-9; /* gimbal positions are passed within a degree; in one, all that is left of q_1 goes to q_3 */
    double q[N_COURSE][3];
    follow(q, row, E, N_COURSE);
    for (int f = 0; f < N_COURSE; f++)
        for (int k = 0; k < 3; k++)
            if (fabs(q[f][k] - (from[k] + f * step[k])) > rounding)
                fail_msg("%s in frame %d: %.9f deg", row->angle[k].name, f, q[f][k] / DEG);
}

static void gimbal_positions_are_passed_smoothly(void **state) {
    (void)state;
    expect_course(row_of("thorax", "humerus"), swing, (double[3]){90 * DEG, -40 * DEG, -90 * DEG}, (double[3]){0, 2 * DEG, 0});
    expect_course(row_of("pelvis", "femur"), over_the_pole, (double[3]){0.3, 70 * DEG, -0.4}, (double[3]){0, DEG, 0});
}

static oik_mat3 whirl(int frame) { /* the same about -z */
    return oik_rot_axis(v3(0, 0, -1), 30.0 * frame * DEG);
}

static void full_turns_are_counted(void **state) {
    (void)state;
    expect_course(row_of("ground", "pelvis"), pirouette, (double[3]){0}, (double[3]){0, 0, 30 * DEG});
    expect_course(row_of("femur", "tibia"), whirl, (double[3]){0}, (double[3]){30 * DEG, 0, 0}); /* whose sign is turned round */
}

static oik_mat3 beside_the_pole(int frame) { /* an arm that circles about hanging, one degree off */
    oik_mat3 plane = oik_rot_axis(v3(0, 1, 0), 10.0 * frame * DEG);
    return m3_mul(m3_mul(plane, raised("z", 1.0 * DEG)), m3_transpose(plane));
}

/* beside the gimbal q_1 and q_3 turn against each other; nothing jumps and the angles still give the rotation */
static void beside_a_gimbal_position_nothing_jumps(void **state) {
    (void)state;
    expect_course(row_of("thorax", "humerus"), beside_the_pole, (double[3]){0, -DEG, 0}, (double[3]){10 * DEG, 0, -10 * DEG});
}

/* ---- mirror ---- */

/** Smooth coordinates of frame f. */
static void wave(double *q, const oik_chain *chain, int f) {
    for (int d = 0; d < chain->n_dofs; d++) {
        const oik_dof *dof = &chain->dofs[d];
        q[d] = 0.5 * (dof->lower + dof->upper) + 0.45 * (dof->upper - dof->lower) * sin(0.1 * f * (1.0 + 0.05 * d) + d);
    }
}

static void other_side_name(char out[OIK_ISB_NAME_LENGTH], const char *name, bool sided) {
    strcpy(out, name);
    if (sided)
        out[strlen(out) - 1] = name[strlen(name) - 1] == 'r' ? 'l' : 'r';
}

/* a mirrored motion has left and right exchanged; bending and turning of the trunk change their sign */
static void a_mirrored_motion_exchanges_left_and_right(void **state) {
    (void)state;
    enum { FRAMES = 100 };
    oik_chain *chain = new_chain();
    oik_chain_pose *pose;
    oik_isb_angles *isb = new_angles(chain), *image = new_angles(chain);
    double *q = calloc((size_t)chain->n_dofs, sizeof *q);
    oik_mat3 R[MAX_SEGMENTS];
    int n_unlike = 0;
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    for (int f = 0; f < FRAMES; f++) {
        wave(q, chain, f);
        oik_chain_forward(pose, chain, q);
        for (int i = 0; i < chain->n_segments; i++)
            R[i] = tiny_mirror_frame(pose->R[tiny_mirror_segment(chain, i)]);
        oik_isb_angles_next(isb, pose->R);
        oik_isb_angles_next(image, R);
        for (int i = 0; i < isb->n_joints; i++)
            for (int k = 0; k < 3; k++) {
                const char *name = isb->joints[i].names[k], *end = name + strlen(name) - 2;
                bool sided = strcmp(end, "_r") == 0 || strcmp(end, "_l") == 0;
                char other[OIK_ISB_NAME_LENGTH];
                other_side_name(other, name, sided);
                double sign = sided || k == 0 ? 1.0 : -1.0, expected = sign * isb->joints[i].angle[k];
                double found = angle_of(image, other + strlen("isb_"), "");
                assert_true(fabs(found - expected) < 1e-9); /* rounding 1e-16 by the sine to the gimbal, which is passed at 1e-6 or more */
                n_unlike += sided && fabs(angle_of(isb, other + strlen("isb_"), "") - expected) > 1.0 * DEG;
            }
    }
    assert_true(n_unlike > FRAMES * 10); /* left and right of the motion itself differ, so that the exchange is seen */
    free(q);
    oik_isb_angles_free(isb);
    oik_isb_angles_free(image);
    oik_chain_pose_free(pose);
    oik_chain_free(chain);
}

/* ---- up ---- */

static const oik_vec3 directions_up[] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};

/** Largest difference between the angles of two sets of frames [rad]; of pelvis and thorax to the ground, and of all other joints. */
static void differences(double *to_ground, double *others, const oik_chain *chain, oik_vec3 up, const oik_mat3 *R, const oik_mat3 *image) {
    oik_isb_angles *isb = new_angles(chain), *turned = new_angles_up(chain, up);
    oik_isb_angles_next(isb, R);
    oik_isb_angles_next(turned, image);
    *to_ground = *others = 0.0;
    for (int i = 0; i < isb->n_joints; i++)
        for (int k = 0; k < 3; k++) {
            double *largest = isb->joints[i].proximal < 0 ? to_ground : others;
            *largest = fmax(*largest, fabs(isb->joints[i].angle[k] - turned->joints[i].angle[k]));
        }
    oik_isb_angles_free(isb);
    oik_isb_angles_free(turned);
}

/* a motion in a frame with another axis up, and the same motion turned so that y is up */
static void the_same_motion_has_the_same_angles_whichever_axis_is_up(void **state) {
    (void)state;
    uint64_t random = 17;
    oik_mat3 R[MAX_SEGMENTS], image[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    for (int a = 0; a < 6; a++) {
        double to_ground, others;
        random_frames(R, &random);
        for (int i = 0; i < MAX_SEGMENTS; i++)
            image[i] = m3_tmul(oik_up_turn(directions_up[a]), R[i]);
        differences(&to_ground, &others, chain, directions_up[a], R, image);
        assert_true(to_ground < 1e-12 && others < 1e-12); /* rounding; the turns are exact */
        differences(&to_ground, &others, chain, v3(0, 1, 0), R, image);
        assert_true(others < 1e-12); /* joints do not see the room */
        assert_true((to_ground > DEG) == (directions_up[a].y != 1.0));
    }
    oik_chain_free(chain);
}

/* x to the left, z up, so that forward is -y: as written in up.h */
static void a_body_that_stands_on_z_has_no_tilt(void **state) {
    (void)state;
    oik_mat3 R[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    oik_isb_angles *isb = new_angles_up(chain, v3(0, 0, 1));
    for (int i = 0; i < MAX_SEGMENTS; i++)
        R[i] = m3_columns(v3(0, -1, 0), v3(0, 0, 1), v3(-1, 0, 0));
    oik_mat3 bent = oik_rot_axis(v3(-1, 0, 0), 20.0 * DEG); /* about the right, from up to the back */
    R[segment(chain, "thorax", false)] = m3_mul(bent, R[0]);
    oik_isb_angles_next(isb, R);
    assert_true(fabs(angle_of(isb, "pelvis_posterior_tilt", "")) < 1e-12);
    assert_true(fabs(angle_of(isb, "pelvis_left_rotation", "")) < 1e-12);
    assert_true(fabs(angle_of(isb, "thorax_extension", "") - 20.0 * DEG) < 1e-12);
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

static void what_is_no_axis_is_not_up(void **state) {
    (void)state;
    oik_error err = {0};
    oik_chain *chain = new_chain();
    oik_isb_angles *isb;
    assert_int_equal(oik_isb_angles_new(&isb, chain, v3(0, 0.6, 0.8), &err), OIK_E_ARGUMENT);
    assert_null(isb);
    assert_non_null(strstr(err.message, "0.6"));
    oik_chain_free(chain);
}

/* ---- lacking segments, failures ---- */

/* an imported skeleton has no clavicle and no radius, and no toes */
static void joints_without_their_segments_are_left_out(void **state) {
    (void)state;
    static const char *const lacking[] = {"clavicle_r", "clavicle_l", "radius_r", "radius_l"};
    int k;
    oik_chain *chain = new_chain();
    for (size_t i = 0; i < sizeof lacking / sizeof *lacking; i++)
        rename_segment(chain, lacking[i], "other");
    oik_isb_angles *isb = new_angles(chain);
    assert_int_equal(isb->n_joints, 5 + 2 * (N_TABLE - 5) - 2 * 4); /* clavicle, elbow, radioulnar, wrist */
    assert_null(look_for(&k, isb, "clavicle_protraction", "_r"));
    assert_null(look_for(&k, isb, "elbow_pronation", "_l"));
    assert_null(look_for(&k, isb, "wrist_flexion", "_l"));
    assert_non_null(look_for(&k, isb, "humeroulnar_flexion", "_r"));
    assert_non_null(look_for(&k, isb, "scapula_protraction", "_l"));
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

static void a_chain_with_other_names_is_refused(void **state) {
    (void)state;
    static char names[2][OIK_NAME_LENGTH] = {"femur_r", "pelvises"}; /* a part of a name is none */
    oik_chain chain = {.n_segments = 2, .segment_names = names};
    oik_isb_angles *isb;
    oik_error err;
    assert_int_equal(oik_isb_angles_new(&isb, &chain, v3(0, 1, 0), &err), OIK_E_MODEL);
    assert_null(isb);
    assert_non_null(strstr(err.message, "pelvis"));
    oik_isb_angles_free(NULL);
}

/* z of the radius but for 1e-9 along y of the ulna, which no forearm has: rounding must not say where the forearm is turned to */
static void an_impossible_forearm_keeps_the_ulna_s_frame(void **state) {
    (void)state;
    oik_mat3 R[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    oik_isb_angles *isb = new_angles(chain);
    for (int i = 0; i < MAX_SEGMENTS; i++)
        R[i] = ground();
    R[segment(chain, "radius", false)] = m3_mul(ground(), m3_mul(oik_rot_axis(v3(0, 0, 1), 1e-9), oik_rot_axis(v3(1, 0, 0), -0.5 * PI)));
    oik_isb_angles_next(isb, R);
    assert_true(fabs(angle_of(isb, "elbow_pronation", "_r")) < 1e-15);
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

static void failed_allocations_are_reported_and_frames_need_none(void **state) {
    (void)state;
    oik_mat3 R[MAX_SEGMENTS];
    oik_chain *chain = new_chain();
    oik_isb_angles *isb;
    oik_error err;
    uint64_t random = 1;
    random_frames(R, &random);
    for (long n = 0; n < 2; n++) {
        failing_malloc_arm(n);
        oik_status status = oik_isb_angles_new(&isb, chain, v3(0, 1, 0), &err);
        assert_int_equal(failing_malloc_disarm(), n + 1);
        assert_int_equal(status, OIK_E_MEMORY);
        assert_null(isb);
    }
    isb = new_angles(chain);
    failing_malloc_arm(-1);
    oik_isb_angles_next(isb, R);
    assert_int_equal(failing_malloc_disarm(), 0);
    oik_isb_angles_free(isb);
    oik_chain_free(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composed_rotations_come_back),
        cmocka_unit_test(each_angle_grows_in_its_published_direction),
        cmocka_unit_test(the_shoulder_follows_the_published_globe),
        cmocka_unit_test(parallel_frames_are_zero),
        cmocka_unit_test(the_first_frame_is_principal),
        cmocka_unit_test(gimbal_positions_are_passed_smoothly),
        cmocka_unit_test(full_turns_are_counted),
        cmocka_unit_test(beside_a_gimbal_position_nothing_jumps),
        cmocka_unit_test(a_mirrored_motion_exchanges_left_and_right),
        cmocka_unit_test(the_same_motion_has_the_same_angles_whichever_axis_is_up),
        cmocka_unit_test(a_body_that_stands_on_z_has_no_tilt),
        cmocka_unit_test(what_is_no_axis_is_not_up),
        cmocka_unit_test(joints_without_their_segments_are_left_out),
        cmocka_unit_test(a_chain_with_other_names_is_refused),
        cmocka_unit_test(an_impossible_forearm_keeps_the_ulna_s_frame),
        cmocka_unit_test(failed_allocations_are_reported_and_frames_need_none),
    };
    return cmocka_run_group_tests_name("test_ik_isb_angles", tests, NULL, NULL);
}
