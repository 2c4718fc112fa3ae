/*
 * Joints of the built-in skeleton after posing, measured on the bone meshes: eight poses of a woman and of a man, each registered, shaped
 * and posed from its skin alone. The bars are those of anatomy; where a bar is wider, the test says why.
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

#include "support/built_in_body.h"
#include "support/disc_measures.h"
#include "support/joint_measures.h"
#include "support/posed_body.h"

/* One subject: what was measured in each pose. */
typedef struct subject {
    joint_measures in[POSED_COUNT];
    double string[POSED_COUNT];  /* patellar ligament of the lying puppet [mm] */
    double longest[POSED_COUNT]; /* humerus of the lying puppet [mm] */
    disc_heights discs[POSED_COUNT][N_DISCS], lying_discs[POSED_COUNT][N_DISCS];
} subject;

static subject subjects[2];
static const char *const genders[2] = {"female", "male"};

static void measure(subject *s, const char *gender) {
    built_in_body b = built_in_load(gender);
    spine_discs discs = spine_discs_find(b.model);
    oik_vec3 *x = malloc(b.body->n_vertices * sizeof *x);
    double *shape = built_in_shape(b.body);
    assert_non_null(x);
    for (int pose = 0; pose < POSED_COUNT; pose++) {
        posed_body_skin(x, b.body, shape, (posed_body)pose);
        found_bones found = find_bones(&b, x);
        joint_measures_take(&s->in[pose], b.model, found.posed);
        spine_discs_measure(s->discs[pose], &discs, found.posed);
        spine_discs_measure(s->lying_discs[pose], &discs, found.lying);
        s->string[pose] = patellar_ligament(b.model, found.lying);
        s->longest[pose] = bone_length(b.model, found.lying, "humerus_l");
        found_bones_free(&found);
    }
    free(shape);
    free(x);
    built_in_free(&b);
}

static int set_up(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++)
        measure(&subjects[i], genders[i]);
    return 0;
}

static void within(double value, double low, double high, const char *what, int who, int pose) {
    if (!(value >= low && value <= high))
        fail_msg("%s, %s: %s is %.2f, expected %.2f to %.2f", genders[who], posed_body_name((posed_body)pose), what, value, low, high);
}

#define FOR_ALL(who, pose, m)                                                        \
    for (int who = 0; who < 2; who++)                                                \
        for (int pose = 0; pose < POSED_COUNT; pose++)                               \
            for (const joint_measures *m = &subjects[who].in[pose]; m; m = NULL)

static void femoral_heads_stay_in_their_sockets(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            within(m->femoral_head[side], 0.0, 3.0, "distance of head and socket", who, pose);
}

static void humeral_heads_stay_on_the_glenoid(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            within(m->humeral_head[side], 0.0, 6.0, "distance of head and glenoid's centre", who, pose);
}

static void tibia_and_femur_keep_their_gap(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            for (int k = 0; k < 2; k++)
                within(m->knee_gap[side][k], 2.0, 8.0, "gap of a compartment", who, pose);
}

/* A fixed axis but for what shaping leaves (1.3 mm) and what the path adds: up to 3 mm, and 6 where the knee is bent to the end. */
static void the_tibia_does_not_slide_on_the_femur(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            within(m->knee_slide[side], 0.0, pose == POSED_SQUAT ? 7.3 : 4.3, "slide", who, pose);
}

static void patellae_ride_their_groove(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++) {
            within(m->patella_gap[side], 0.5, 7.0, "gap of patella and femur", who, pose);
            within(m->patella_offset[side], -2.0, 2.0, "patella sideways", who, pose);
            /* a string of 56 to 60 mm; without a path it was stretched by 40 mm in sitting */
            within(m->patella_height[side] - subjects[who].string[pose], -6.0, 6.0, "change of the patellar ligament", who, pose);
        }
}

static void the_radius_turns_clear_of_the_ulna(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            within(m->radius_gap[side], 0.0, 4.0, "gap of radius and ulna", who, pose);
}

/** Muscle lies between them; into each other by 2 mm at most, where raised arms leave the shoulder of the skin no room. */
static void scapulae_glide_above_the_ribs(void **state) {
    (void)state;
    FOR_ALL(who, pose, m)
        for (int side = 0; side < 2; side++)
            within(m->scapula_gap[side], -2.0, 20.0, "scapula to the nearest rib", who, pose);
}

#define FOR_ALL_DISCS(who, pose, i)                            \
    for (int who = 0; who < 2; who++)                          \
        for (int pose = 0; pose < POSED_COUNT; pose++)         \
            for (int i = 0; i < N_DISCS; i++)

/*
 * The height of a disc space is that of its middle, or the mean of front, middle and back, as radiographs are read. A bent spine may close a
 * rim and open the other one in life; here the rims too stay within the bars. Beside the discs of the neck rise the uncinate processes: a
 * cleft between them and the vertebra above is not the disc, and is only not to be shut.
 */
static void disc_spaces_are_3_to_15_mm_high(void **state) {
    (void)state;
    FOR_ALL_DISCS(who, pose, i) {
        const disc_heights *d = &subjects[who].discs[pose][i];
        within(d->space, 3.0, 15.0, disc_name(i), who, pose);
        for (int k = 0; k < N_DISC_PLACES; k++)
            within(d->at[k], i >= FIRST_NECK_DISC && k >= DISC_LEFT ? 1.0 : 3.0, 15.0, disc_name(i), who, pose);
    }
}

/* Discs bend about their middle, which yields by a tenth of 10 mm: less than what a day's load takes (Adams et al. 1990, Spine 15:266 [L]). */
static void discs_bend_about_their_middle(void **state) {
    (void)state;
    FOR_ALL_DISCS(who, pose, i)
        within(subjects[who].discs[pose][i].at[DISC_MIDDLE] - subjects[who].lying_discs[pose][i].at[DISC_MIDDLE], -1.0, 1.5, disc_name(i), who, pose);
}

static void ribs_stay_on_spine_and_sternum(void **state) {
    (void)state;
    FOR_ALL(who, pose, m) {
        within(m->rib_spine.mm, -5.0, 3.0, "greatest gap of a rib and the spine", who, pose);
        within(m->rib_sternum.mm, -15.0, 3.0, "greatest gap of rib, cartilage and sternum", who, pose);
    }
}

static void bones_do_not_enter_their_neighbours(void **state) {
    (void)state;
    FOR_ALL(who, pose, m) {
        const size_t n = sizeof m->deepest / sizeof *m->deepest;
        for (size_t i = 0; i < n && m->deepest[i].name[0]; i++)
            within(m->deepest[i].mm, 0.0, 2.0, m->deepest[i].name, who, pose);
    }
}

/* The trunk and the arms of a subject are the same in all poses; legs are not measured where the hip's fold misleads. */
static void bones_of_the_arm_keep_their_length(void **state) {
    (void)state;
    for (int who = 0; who < 2; who++)
        for (int pose = 1; pose < POSED_COUNT; pose++)
            within(subjects[who].longest[pose] / subjects[who].longest[0], 0.99, 1.01, "length of the humerus", who, pose);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(femoral_heads_stay_in_their_sockets),
        cmocka_unit_test(humeral_heads_stay_on_the_glenoid),
        cmocka_unit_test(tibia_and_femur_keep_their_gap),
        cmocka_unit_test(the_tibia_does_not_slide_on_the_femur),
        cmocka_unit_test(patellae_ride_their_groove),
        cmocka_unit_test(the_radius_turns_clear_of_the_ulna),
        cmocka_unit_test(scapulae_glide_above_the_ribs),
        cmocka_unit_test(disc_spaces_are_3_to_15_mm_high),
        cmocka_unit_test(discs_bend_about_their_middle),
        cmocka_unit_test(ribs_stay_on_spine_and_sternum),
        cmocka_unit_test(bones_do_not_enter_their_neighbours),
        cmocka_unit_test(bones_of_the_arm_keep_their_length),
    };
    return cmocka_run_group_tests_name("test_skeleton_joints", tests, set_up, NULL);
}
