/*
 * Fingers and toes follow the mesh: skins of a woman and of a man with bent fingers, made from the built-in body and the bones that lie in
 * it, each registered, shaped and posed from its skin alone. The truth is what bent them.
 */
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
#include "skeleton/digits.h"
#include "skeleton/track.h"
#include "support/bent_digits.h"
#include "support/built_in_body.h"
#include "support/digit_measures.h"
#include "support/failing_malloc.h"
#include "support/posed_body.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/* One subject: model, skin with open hands and the bones in it. */
typedef struct subject {
    const char *gender;
    posed_body pose;
    built_in_body built_in;
    oik_vec3 *x;
    found_bones open;
    digit_measures in[HAND_COUNT];
} subject;

static subject subjects[2] = {{.gender = "female", .pose = POSED_WALKING}, {.gender = "male", .pose = POSED_STANDING}};

static void check(oik_status status, const oik_error *err) {
    if (status)
        fail_msg("%s", err->message);
}

static oik_vec3 *room_for_skin(const subject *s) {
    oik_vec3 *x = calloc(s->built_in.body->n_vertices, sizeof *x);
    assert_non_null(x);
    return x;
}

/* The subject's skin with bent fingers, and where its bones are then. */
static oik_puppet *bend(oik_vec3 *x, const subject *s, hand_shape hand) {
    oik_puppet *truth;
    assert_int_equal(oik_puppet_new(&truth, s->built_in.model, NULL), OIK_OK);
    oik_puppet_copy(truth, s->open.posed);
    memcpy(x, s->x, s->built_in.body->n_vertices * sizeof *x);
    bend_digits(x, truth, s->built_in.body, s->built_in.model, hand);
    return truth;
}

static void measure(subject *s) {
    s->built_in = built_in_load(s->gender);
    double *shape = built_in_shape(s->built_in.body);
    oik_vec3 *x = room_for_skin(s);
    s->x = room_for_skin(s);
    posed_body_skin(s->x, s->built_in.body, shape, s->pose);
    s->open = find_bones(&s->built_in, s->x);
    for (int hand = HAND_OPEN + 1; hand < HAND_COUNT; hand++) {
        oik_puppet *truth = bend(x, s, (hand_shape)hand);
        found_bones f = find_bones(&s->built_in, x);
        s->in[hand] = digit_measures_take(s->built_in.body, s->built_in.model, x, f.posed, truth);
        const digit_measures *m = &s->in[hand];
        if (getenv("DIGIT_MEASURES"))
            print_message("%s, %s: angle %.1f %.1f deg, shift %.1f %.1f mm, length %.1f %%, off centre %.1f, outside %.2f %% %.1f mm, overlap %.1f, "
                          "wrist %.1f, forearm %.1f deg, gaps %.1f to %.1f mm\n", s->gender, hand_shape_name((hand_shape)hand), m->mean_angle,
                          m->largest_angle, m->mean_shift, m->largest_shift, m->length, m->off_centre, 100.0 * m->outside_share, m->outside,
                          m->overlap, m->wrist, m->forearm, m->gap_low, m->gap_high);
        found_bones_free(&f);
        oik_puppet_free(truth);
    }
    free(shape);
    free(x);
}

static int set_up(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        measure(&subjects[i]);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        subject *s = &subjects[i];
        found_bones_free(&s->open);
        built_in_free(&s->built_in);
        free(s->x);
    }
    return 0;
}

static void at_most(double value, double bar, const char *what, const subject *s, int hand) {
    if (!(value <= bar))
        fail_msg("%s, %s: %s is %.2f, expected at most %.2f", s->gender, hand_shape_name((hand_shape)hand), what, value, bar);
}

#define FOR_ALL(s, hand, m)                                            \
    for (const subject *s = subjects; s < subjects + 2; s++)           \
        for (int hand = HAND_OPEN + 1; hand < HAND_COUNT; hand++)      \
            for (const digit_measures *m = &s->in[hand]; m; m = NULL)

/* ---- hands ---- */

/*
 * Before bones followed the skin of their own finger these were up to 50 and 124 deg, and lengths changed by up to 24 %. What is left is
 * mostly registration, which has no finger joints: bent fingers turn its wrist and its hand and shrink its shape. All bars are a fifth
 * above what was measured on the two bodies.
 */
static void finger_bones_turn_with_their_finger(void **state) {
    (void)state;
    FOR_ALL(s, hand, m) {
        at_most(m->mean_angle, 2.5, "mean angle", s, hand);
        at_most(m->largest_angle, 7.0, "angle", s, hand);
        at_most(m->mean_shift, 1.2, "mean shift", s, hand);
    }
}

/* Where skin folds, the middle of a finger is not where its bone is; fingers are 12 to 16 mm thick, their bones half of that. */
static void finger_bones_lie_in_the_middle_of_their_finger(void **state) {
    (void)state;
    FOR_ALL(s, hand, m) {
        at_most(m->off_centre, 6.0, "distance of an axis from the finger's", s, hand);
        at_most(100.0 * m->outside_share, 0.4, "share of vertices outside [%]", s, hand);
        at_most(m->outside, 0.5, "distance outside", s, hand);
    }
}

/* In a fist the skins of fingers, bent without their pulps giving way, run into each other too. */
static void finger_bones_leave_each_other_room(void **state) {
    (void)state;
    FOR_ALL(s, hand, m)
        at_most(m->overlap, 1.5, "overlap of two bones", s, hand);
}

/* Heads and bases are round about the joints, so that bending keeps their space of 1 to 1.9 mm; contact is asked for below 0.2 mm only. */
static void finger_joints_keep_their_gaps(void **state) {
    (void)state;
    FOR_ALL(s, hand, m) {
        at_most(0.2 - m->gap_low, 0.0, "least gap below 0.2 mm, by", s, hand);
        at_most(m->gap_high, 3.0, "greatest gap of a finger joint", s, hand);
    }
}

static void curled_fingers_do_not_turn_the_forearm(void **state) {
    (void)state;
    FOR_ALL(s, hand, m) {
        at_most(m->wrist, 2.5, "turn of the hand", s, hand);
        at_most(m->forearm, 1.6, "turn of the forearm", s, hand);
    }
}

static void finger_bones_keep_their_length(void **state) {
    (void)state;
    FOR_ALL(s, hand, m)
        at_most(m->length, 1.9, "change of a length [%]", s, hand);
}

/* ---- invariance ---- */

static oik_puppet *mirrored(const subject *s, const oik_puppet *from) {
    oik_puppet *to;
    oik_mat3 M = m3_diag(v3(-1, 1, 1));
    assert_int_equal(oik_puppet_new(&to, s->built_in.model, NULL), OIK_OK);
    for (int p = 0; p < s->built_in.model->n_parts; p++) {
        int twin = s->built_in.model->part_mirror[p];
        to->R[p] = m3_mul(M, m3_mul(from->R[twin], M));
        to->t[p] = m3_mulv(M, from->t[twin]);
    }
    return to;
}

static double largest_distance(const subject *s, const oik_puppet *a, const oik_puppet *b) {
    double largest = 0.0;
    for (int side = 0; side < 2; side++)
        for (int d = 0; d < N_DIGITS; d++)
            for (int k = 0; k < N_PHALANGES; k++) {
                int p = digit_part(s->built_in.model, side, d, k);
                largest = fmax(largest, v3_dist(a->t[p], b->t[p]) + 20e-3 * oik_rot_angle_between(a->R[p], b->R[p]));
            }
    return largest;
}

/* As far as the tolerances of the solvers go: 0.01 mm are asked for where they are converged. */
static void a_turned_fist_turns_its_bones(void **state) {
    (void)state;
    const subject *s = &subjects[1];
    const oik_mat3 Q = oik_rot_exp(v3(0.7, -1.9, 0.4));
    const oik_vec3 t = v3(1, -2, 0.5);
    oik_vec3 *x = room_for_skin(s);
    oik_puppet_free(bend(x, s, HAND_FIST));
    found_bones first = find_bones(&s->built_in, x);
    for (size_t v = 0; v < s->built_in.body->n_vertices; v++)
        x[v] = v3_add(m3_mulv(Q, x[v]), t);
    found_bones second = find_bones(&s->built_in, x);
    for (int p = 0; p < s->built_in.model->n_parts; p++) {
        first.posed->R[p] = m3_mul(Q, first.posed->R[p]);
        first.posed->t[p] = v3_add(m3_mulv(Q, first.posed->t[p]), t);
    }
    double distance = largest_distance(s, first.posed, second.posed);
    if (distance >= 1e-5)
        fail_msg("%.4f mm apart", 1e3 * distance);
    found_bones_free(&first);
    found_bones_free(&second);
    free(x);
}

static void a_mirrored_fist_mirrors_its_bones(void **state) {
    (void)state;
    const subject *s = &subjects[0];
    oik_vec3 *x = room_for_skin(s), *y = room_for_skin(s);
    oik_puppet_free(bend(x, s, HAND_FIST));
    for (size_t v = 0; v < s->built_in.body->n_vertices; v++)
        y[v] = m3_mulv(m3_diag(v3(-1, 1, 1)), x[s->built_in.body->mirror[v]]);
    found_bones a = find_bones(&s->built_in, x), b = find_bones(&s->built_in, y);
    oik_puppet *twin = mirrored(s, b.posed);
    double distance = largest_distance(s, a.posed, twin);
    if (distance >= 1e-5)
        fail_msg("%.3f mm apart", 1e3 * distance);
    oik_puppet_free(twin);
    found_bones_free(&a);
    found_bones_free(&b);
    free(x);
    free(y);
}

/* ---- sequences ---- */

/* A subject learned with open hands closes them: its shape is that of the open hand, its fingers are those of the frame. */
static void fingers_follow_a_sequence(void **state) {
    (void)state;
    const subject *s = &subjects[1];
    oik_error err = {.message = ""};
    oik_skel_track *track;
    oik_skel_track_options options = oik_skel_track_options_default();
    oik_puppet *puppet;
    oik_vec3 *x = room_for_skin(s);
    const oik_body_model *body = s->built_in.body;
    const int32_t(*faces)[3] = (const int32_t(*)[3])body->faces;
    check(oik_skel_track_new(&track, s->built_in.model, body, &s->open.fit, faces, body->n_faces, s->open.lying, &err), &err);
    check(oik_puppet_new(&puppet, s->built_in.model, &err), &err);
    check(oik_skel_track_frame(puppet, NULL, track, &s->open.fit.frames, s->x, true, &options, &err), &err);
    static const hand_shape hands[] = {HAND_RELAXED, HAND_HOOK, HAND_FIST};
    for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
        oik_puppet *truth = bend(x, s, hands[i]);
        check(oik_skel_track_frame(puppet, NULL, track, &s->open.fit.frames, x, false, &options, &err), &err);
        digit_measures m = digit_measures_take(s->built_in.body, s->built_in.model, x, puppet, truth);
        at_most(m.mean_angle, 4.0, "mean angle in a sequence", s, (int)hands[i]);
        at_most(m.mean_shift, 1.5, "mean shift in a sequence", s, (int)hands[i]);
        assert_true(m.length == 0.0);
        oik_puppet_free(truth);
    }
    oik_puppet_free(puppet);
    oik_skel_track_free(track);
    free(x);
}

/* ---- the parts of it ---- */

static void skin_that_moves_as_a_whole_moves_every_finger_so(void **state) {
    (void)state;
    const subject *s = &subjects[0];
    const oik_mat3 Q = oik_rot_exp(v3(0.3, 2.0, -1.0));
    const oik_vec3 t = v3(-0.3, 0.8, 2);
    oik_digits *digits;
    oik_digit_motion *motion = calloc((size_t)s->built_in.model->n_parts, sizeof *motion);
    oik_vec3 *x = room_for_skin(s);
    int n_known = 0;
    assert_non_null(motion);
    assert_int_equal(oik_digits_new(&digits, s->built_in.model, s->built_in.body, NULL), OIK_OK);
    for (size_t v = 0; v < s->built_in.body->n_vertices; v++)
        x[v] = v3_add(m3_mulv(Q, s->x[v]), t);
    oik_digits_follow(motion, digits, s->x, x);
    for (int p = 0; p < s->built_in.model->n_parts; p++) {
        if (!motion[p].known)
            continue;
        n_known++; /* rounding of positions of 2 m over fingers of 10 mm */
        assert_true(oik_rot_angle_between(motion[p].R, Q) < 1e-7);
        assert_true(v3_dist(motion[p].t, t) < 1e-7);
    }
    assert_int_equal(n_known, 2 * (1 + N_DIGITS * N_PHALANGES));
    oik_digits_free(digits);
    free(motion);
    free(x);
}

/* The skin of the model itself is straight. */
static void open_hands_of_the_model_stay_as_they_are(void **state) {
    (void)state;
    const subject *s = &subjects[0];
    oik_digits *digits;
    oik_vec3 *y = room_for_skin(s);
    assert_int_equal(oik_digits_new(&digits, s->built_in.model, s->built_in.body, NULL), OIK_OK);
    memcpy(y, s->open.fit.v_shaped, s->built_in.body->n_vertices * sizeof *y);
    assert_int_equal(oik_digits_straighten(y, digits, s->open.fit.v_shaped, NULL), OIK_OK);
    for (size_t v = 0; v < s->built_in.body->n_vertices; v++)
        assert_true(v3_dist(y[v], s->open.fit.v_shaped[v]) < 1e-9);
    oik_digits_free(digits);
    free(y);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    const subject *s = &subjects[0];
    oik_vec3 *y = room_for_skin(s);
    oik_status status = OIK_E_MEMORY;
    for (long k = 0; status == OIK_E_MEMORY; k++) {
        oik_digits *digits = NULL;
        oik_error err = {.status = OIK_OK};
        memcpy(y, s->x, s->built_in.body->n_vertices * sizeof *y);
        failing_malloc_arm(k);
        status = oik_digits_new(&digits, s->built_in.model, s->built_in.body, &err);
        if (!status)
            status = oik_digits_straighten(y, digits, s->open.fit.v_shaped, &err);
        failing_malloc_disarm();
        assert_int_equal(err.status, status);
        assert_true(k < 100);
        oik_digits_free(digits);
    }
    assert_int_equal(status, OIK_OK);
    free(y);
}

/* ---- toes ---- */

static int part_named(const oik_skel_model *model, const char *name) {
    for (int p = 0; p < model->n_parts; p++)
        if (strcmp(model->part_names[p], name) == 0)
            return p;
    fail_msg("there is no part %s", name);
    return -1;
}

/* Skin of the subject with the toes bent at the body's foot joints; positive: curled. */
static void bend_toes(oik_vec3 *x, const subject *s, double degrees) {
    oik_body_pose pose = s->open.fit.pose;
    oik_body_frames frames;
    oik_mat3 turn = oik_rot_exp(v3(degrees * DEG, 0, 0));
    pose.R[OIK_J_FOOT_L] = m3_mul(pose.R[OIK_J_FOOT_L], turn);
    pose.R[OIK_J_FOOT_R] = m3_mul(pose.R[OIK_J_FOOT_R], turn);
    oik_body_forward(&frames, s->built_in.body, s->open.fit.frames.J, &pose);
    oik_body_skin(x, s->built_in.body, s->open.fit.v_subject, &frames);
}

/* Turn of the left toes against the foot about the axis across it, since the toes were straight [deg]. */
static double toes_turned(const subject *s, const oik_puppet *bent) {
    int foot = part_named(s->built_in.model, "foot_l"), toes = part_named(s->built_in.model, "toes_l");
    oik_mat3 before = m3_tmul(s->open.posed->R[foot], s->open.posed->R[toes]), now = m3_tmul(bent->R[foot], bent->R[toes]);
    return oik_rot_log(m3_tmul(before, now)).x / DEG;
}

/* Walking ends with toes extended by 40 to 60 deg. The rest of the turn is what registration and a foot that yields take: a fifth to a third. */
static void bent_toes_take_their_bones_along(void **state) {
    (void)state;
    static const double degrees[] = {-40.0, -20.0, 30.0};
    const subject *s = &subjects[1];
    oik_vec3 *x = room_for_skin(s);
    int foot = part_named(s->built_in.model, "foot_l");
    for (size_t i = 0; i < sizeof degrees / sizeof *degrees; i++) {
        bend_toes(x, s, degrees[i]);
        found_bones f = find_bones(&s->built_in, x);
        double turned = toes_turned(s, f.posed), yield = oik_rot_angle_between(f.posed->R[foot], s->open.posed->R[foot]) / DEG;
        if (turned / degrees[i] < 0.7 || turned / degrees[i] > 1.1 || yield > 5.0)
            fail_msg("toes bent by %.0f deg: bones turned by %.1f deg, the foot by %.1f deg", degrees[i], turned, yield);
        found_bones_free(&f);
    }
    free(x);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(finger_bones_turn_with_their_finger),
        cmocka_unit_test(finger_bones_lie_in_the_middle_of_their_finger),
        cmocka_unit_test(finger_bones_leave_each_other_room),
        cmocka_unit_test(finger_joints_keep_their_gaps),
        cmocka_unit_test(curled_fingers_do_not_turn_the_forearm),
        cmocka_unit_test(finger_bones_keep_their_length),
        cmocka_unit_test(a_turned_fist_turns_its_bones),
        cmocka_unit_test(a_mirrored_fist_mirrors_its_bones),
        cmocka_unit_test(fingers_follow_a_sequence),
        cmocka_unit_test(skin_that_moves_as_a_whole_moves_every_finger_so),
        cmocka_unit_test(open_hands_of_the_model_stay_as_they_are),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(bent_toes_take_their_bones_along),
    };
    return cmocka_run_group_tests_name("test_skeleton_digits", cases, set_up, tear_down);
}
