/* Measured markers take the chain's lengths and keep their directions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/marker_lengths.h"
#include "support/failing_malloc.h"
#include "support/random_motion.h"
#include "support/stick_chain.h"

enum { N_FRAMES = 60 };

/* rounding of a few sums and products of numbers up to 2 */
static const double ROUNDING = 1e-12;

/* markers in the order of stick_markers_new */
enum { PELVIS, HIP_R, KNEE_R, ANKLE_R, HIP_L, KNEE_L, ANKLE_L, CHEST, NECK, HEAD,
       SHOULDER_L, ELBOW_L, WRIST_L, SHOULDER_R, ELBOW_R, WRIST_R };

/* distances that the stick chain fixes */
static const int rigid[][2] = {{PELVIS, HIP_R},   {HIP_R, KNEE_R},         {KNEE_R, ANKLE_R},      {PELVIS, HIP_L},         {HIP_L, KNEE_L},
                               {KNEE_L, ANKLE_L}, {SHOULDER_L, ELBOW_L},   {ELBOW_L, WRIST_L},     {SHOULDER_R, ELBOW_R},
                               {ELBOW_R, WRIST_R},
                               {NECK, HEAD}};

enum { N_RIGID = sizeof rigid / sizeof *rigid };

/* a chain, and the motion of a body that may have other lengths */
typedef struct scene {
    oik_chain *chain, *body;
    oik_markers *markers, *body_markers;
    random_motion *motion;
    double *q_rest;
    oik_vec3 *x;
} scene;

/* the body's thighs, shanks and forearms are so many times those of the chain */
static scene scene_new(double thigh, double shank, double forearm, const random_motion_options *options) {
    scene s = {.chain = stick_chain_new(), .body = stick_chain_new()};
    assert_true(s.chain && s.body);
    const struct {
        int joint;
        double factor;
    } changes[] = {{STICK_KNEE_R, thigh}, {STICK_KNEE_L, thigh},   {STICK_ANKLE_R, shank},
                   {STICK_ANKLE_L, shank}, {STICK_WRIST_R, forearm}, {STICK_WRIST_L, forearm}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        s.body->joints[changes[i].joint].s = v3_scale(s.body->joints[changes[i].joint].s, changes[i].factor);
    s.markers = stick_markers_new(s.chain);
    s.body_markers = stick_markers_new(s.body);
    assert_true(s.markers && s.body_markers);
    s.motion = random_motion_new(s.body, s.body_markers, options);
    s.q_rest = calloc(STICK_N_DOFS, sizeof *s.q_rest);
    assert_true(s.motion && s.q_rest);
    s.x = calloc((size_t)options->n_frames * (size_t)s.markers->n_markers, sizeof *s.x);
    assert_non_null(s.x);
    return s;
}

static void scene_free(scene *s) {
    free(s->x);
    free(s->q_rest);
    random_motion_free(s->motion);
    oik_markers_free(s->markers);
    oik_markers_free(s->body_markers);
    oik_chain_free(s->chain);
    oik_chain_free(s->body);
}

static random_motion_options plain(void) {
    random_motion_options o = random_motion_defaults(3);
    o.n_frames = N_FRAMES;
    return o;
}

static oik_measurement measurement_of(const scene *s) {
    oik_measurement m = random_motion_measurement(s->motion);
    m.markers = s->markers;
    return m;
}

static void adapt(scene *s, double scale, double mismatch) {
    oik_measurement m = measurement_of(s);
    oik_marker_report report = {.scale = scale, .length_mismatch = mismatch};
    oik_error err = {0};
    if (oik_marker_lengths_adapt(s->x, s->chain, s->q_rest, &m, &report, &err))
        fail_msg("%s", err.message);
}

static oik_vec3 before(const scene *s, int f, int m) {
    return s->motion->x[f * s->markers->n_markers + m];
}

static oik_vec3 after(const scene *s, int f, int m) {
    return s->x[f * s->markers->n_markers + m];
}

static double chain_distance(const oik_chain *chain, const oik_markers *markers, int a, int b) {
    oik_chain_pose *pose;
    double q[STICK_N_DOFS] = {0};
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    oik_chain_forward(pose, chain, q);
    const oik_marker *p = &markers->markers[a], *m = &markers->markers[b];
    double d = v3_dist(v3_add(pose->origin[p->segment], m3_mulv(pose->R[p->segment], p->local)),
                       v3_add(pose->origin[m->segment], m3_mulv(pose->R[m->segment], m->local)));
    oik_chain_pose_free(pose);
    return d;
}

/* ------------------------------------------------------------------ whole motions */

static void lengths_that_agree_change_nothing(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    adapt(&s, 1.0, 0.0);
    for (int f = 0; f < N_FRAMES; f++)
        for (int m = 0; m < s.markers->n_markers; m++)
            assert_true(v3_dist(before(&s, f, m), after(&s, f, m)) < ROUNDING);
    scene_free(&s);
}

static void another_size_is_divided_out(void **state) {
    (void)state;
    const double scale = 1.3;
    random_motion_options o = plain();
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    for (int i = 0; i < N_FRAMES * s.markers->n_markers; i++)
        s.motion->x[i] = v3_scale(s.motion->x[i], scale);
    adapt(&s, scale, 0.0);
    for (int f = 0; f < N_FRAMES; f++)
        for (int m = 0; m < s.markers->n_markers; m++)
            assert_true(v3_dist(v3_scale(before(&s, f, m), 1.0 / scale), after(&s, f, m)) < ROUNDING);
    scene_free(&s);
}

static void lengths_become_the_chains_and_directions_stay(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.2, 0.9, 1.1, &o);
    adapt(&s, 1.0, 0.08);
    for (int f = 0; f < N_FRAMES; f++)
        for (int i = 0; i < N_RIGID; i++) {
            int a = rigid[i][0], b = rigid[i][1];
            oik_vec3 d = v3_sub(after(&s, f, b), after(&s, f, a)), e = v3_sub(before(&s, f, b), before(&s, f, a));
            assert_true(fabs(v3_norm(d) - chain_distance(s.chain, s.markers, a, b)) < ROUNDING);
            assert_true(v3_norm(v3_cross(v3_unit(d), v3_unit(e))) < ROUNDING);
        }
    scene_free(&s);
}

static void the_root_goes_with_the_size(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.travel = 1.0;
    scene s = scene_new(1.2, 1.2, 1.2, &o);
    adapt(&s, 1.2, 0.05);
    for (int f = 0; f < N_FRAMES; f++)
        assert_true(v3_dist(after(&s, f, PELVIS), v3_scale(before(&s, f, PELVIS), 1.0 / 1.2)) < ROUNDING);
    scene_free(&s);
}

/* Pelvis to chest changes with the posture, by some 2 mm: a chest that is 10 % (27 mm) too far away comes back to where it can be. */
static void a_distance_that_no_posture_has_is_brought_back(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    double rest = chain_distance(s.chain, s.markers, PELVIS, CHEST);
    for (int f = 0; f < N_FRAMES; f++)
        s.motion->x[f * s.markers->n_markers + CHEST] = v3_lerp(before(&s, f, PELVIS), before(&s, f, CHEST), 1.1);
    static const double mismatches[] = {0.1, 0.0};
    for (int i = 0; i < 2; i++) {
        adapt(&s, 1.0, mismatches[i]);
        double mean = 0.0;
        for (int f = 0; f < N_FRAMES; f++)
            mean += v3_dist(after(&s, f, PELVIS), after(&s, f, CHEST)) / N_FRAMES;
        assert_true(fabs(mean - rest) < 0.003);
    }
    scene_free(&s);
}

/* ------------------------------------------------------------------ missing markers */

static void a_hidden_knee_leaves_the_leg_bent(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.2, 0.9, 1.0, &o);
    random_motion_hide(s.motion, KNEE_R, 10, 20);
    adapt(&s, 1.0, 0.08);
    double l = chain_distance(s.chain, s.markers, HIP_R, KNEE_R) + chain_distance(s.chain, s.markers, KNEE_R, ANKLE_R);
    double measured = chain_distance(s.body, s.body_markers, HIP_R, KNEE_R) + chain_distance(s.body, s.body_markers, KNEE_R, ANKLE_R);
    for (int f = 10; f < 20; f++) {
        oik_vec3 d = v3_scale(v3_sub(before(&s, f, ANKLE_R), before(&s, f, HIP_R)), l / measured);
        assert_true(v3_dist(v3_add(after(&s, f, HIP_R), d), after(&s, f, ANKLE_R)) < ROUNDING);
    }
    scene_free(&s);
}

static void missing_markers_touch_nothing(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.1, 0.9, 1.0, &o);
    random_motion_hide(s.motion, PELVIS, 5, 9); /* positions there are NaN */
    random_motion_hide(s.motion, ELBOW_L, 0, N_FRAMES);
    random_motion_hide(s.motion, -1, 30, 32);
    adapt(&s, 1.0, 0.08);
    for (int f = 0; f < N_FRAMES; f++)
        for (int m = 0; m < s.markers->n_markers; m++)
            assert_int_equal(v3_finite(after(&s, f, m)) != 0, s.motion->weight[f * s.markers->n_markers + m] > 0.0);
    scene_free(&s);
}

/* ------------------------------------------------------------------ noise */

/* The exact length in every frame would add the noise of hip and knee to the ankle: root mean square 10 mm and more for 5 mm an axis. */
static void noise_is_not_gathered_along_a_limb(void **state) {
    (void)state;
    random_motion_options o = plain();
    o.n_frames = 200;
    o.noise = 0.005;
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    adapt(&s, 1.0, 0.0);
    double sum = 0.0;
    for (int f = 0; f < o.n_frames; f++)
        sum += pow(v3_dist(before(&s, f, ANKLE_R), after(&s, f, ANKLE_R)), 2.0) / o.n_frames;
    assert_true(sqrt(sum) < 0.002); /* a median over 200 frames is good to 0.6 mm; three on the way, and the bias of the hip */
    scene_free(&s);
}

/* Against 40 motions: relative deviations of the medians of rigid distances. */
static void explained_share_is_what_noise_does(void **state) {
    (void)state;
    enum { MOTIONS = 40, FRAMES = 50 };
    const double sigma = 0.01;
    double sum = 0.0, share = 0.0;
    for (int k = 0; k < MOTIONS; k++) {
        random_motion_options o = random_motion_defaults((uint64_t)k + 1);
        o.n_frames = FRAMES;
        o.noise = sigma;
        scene s = scene_new(1.0, 1.0, 1.0, &o);
        oik_measurement m = measurement_of(&s);
        assert_int_equal(oik_marker_lengths_explained(&share, s.chain, s.q_rest, &m, sigma, NULL), OIK_OK);
        for (int i = 0; i < N_RIGID; i++) {
            double mean = 0.0; /* of all frames: its error is 0.8 times that of a median */
            for (int f = 0; f < FRAMES; f++)
                mean += v3_dist(before(&s, f, rigid[i][0]), before(&s, f, rigid[i][1])) / FRAMES;
            sum += pow(mean / chain_distance(s.chain, s.markers, rigid[i][0], rigid[i][1]) - 1.0, 2.0) / (MOTIONS * N_RIGID);
        }
        scene_free(&s);
    }
    assert_true(share > 0.8 * sqrt(sum) && share < 1.5 * sqrt(sum));
}

static void without_noise_nothing_is_explained(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    oik_measurement m = measurement_of(&s);
    double share = 1.0;
    assert_int_equal(oik_marker_lengths_explained(&share, s.chain, s.q_rest, &m, 0.0, NULL), OIK_OK);
    assert_true(share == 0.0);
    share = 1.0;
    assert_int_equal(oik_marker_lengths_explained(&share, s.chain, s.q_rest, &m, (double)NAN, NULL), OIK_OK);
    assert_true(share == 0.0);
    scene_free(&s);
}

/* ------------------------------------------------------------------ bodies, errors */

static void a_joint_centre_moves_with_both_its_segments(void **state) {
    (void)state;
    oik_chain *chain = stick_chain_new();
    oik_marker knee = oik_marker_at_joint(chain, STICK_KNEE_R), pelvis = oik_marker_at_joint(chain, STICK_PELVIS);
    assert_true(oik_marker_moves_with(&knee, chain, STICK_HIP_R));
    assert_true(oik_marker_moves_with(&knee, chain, STICK_KNEE_R));
    assert_true(oik_marker_moves_with(&knee, chain, STICK_ANKLE_R)); /* no coordinate moves the foot against the shank */
    assert_false(oik_marker_moves_with(&knee, chain, STICK_PELVIS));
    assert_false(oik_marker_moves_with(&knee, chain, STICK_KNEE_L));
    assert_true(oik_marker_moves_with(&pelvis, chain, STICK_PELVIS));
    assert_false(oik_marker_moves_with(&pelvis, chain, STICK_HIP_R));
    oik_chain_free(chain);
}

static void a_scale_of_zero_is_refused(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.0, 1.0, 1.0, &o);
    oik_measurement m = measurement_of(&s);
    oik_marker_report report = {.scale = 0.0};
    assert_int_equal(oik_marker_lengths_adapt(s.x, s.chain, s.q_rest, &m, &report, NULL), OIK_E_ARGUMENT);
    m.markers = NULL;
    report.scale = 1.0;
    assert_int_equal(oik_marker_lengths_adapt(s.x, s.chain, s.q_rest, &m, &report, NULL), OIK_E_ARGUMENT);
    scene_free(&s);
}

static void survives_failing_allocations(void **state) {
    (void)state;
    random_motion_options o = plain();
    scene s = scene_new(1.1, 1.0, 1.0, &o);
    oik_measurement m = measurement_of(&s);
    oik_marker_report report = {.scale = 1.0, .length_mismatch = 0.05};
    failing_malloc_arm(-1);
    assert_int_equal(oik_marker_lengths_adapt(s.x, s.chain, s.q_rest, &m, &report, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    assert_true(n > 8);
    for (long i = 0; i < n; i++) {
        failing_malloc_arm(i);
        oik_status status = oik_marker_lengths_adapt(s.x, s.chain, s.q_rest, &m, &report, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
    }
    scene_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_that_agree_change_nothing),
        cmocka_unit_test(another_size_is_divided_out),
        cmocka_unit_test(lengths_become_the_chains_and_directions_stay),
        cmocka_unit_test(the_root_goes_with_the_size),
        cmocka_unit_test(a_distance_that_no_posture_has_is_brought_back),
        cmocka_unit_test(a_hidden_knee_leaves_the_leg_bent),
        cmocka_unit_test(missing_markers_touch_nothing),
        cmocka_unit_test(noise_is_not_gathered_along_a_limb),
        cmocka_unit_test(explained_share_is_what_noise_does),
        cmocka_unit_test(without_noise_nothing_is_explained),
        cmocka_unit_test(a_joint_centre_moves_with_both_its_segments),
        cmocka_unit_test(a_scale_of_zero_is_refused),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests_name("test_ik_marker_lengths", tests, NULL, NULL);
}
