/* The bones of the foot together: joint spaces, the transverse arch, the back of the foot. As generated; the frame of the foot in m. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bone_set.h"

static const char *const names[] = {"talus", "calcaneus", "navicular", "cuboid", "cun1", "cun2", "cun3", "mt1", "mt2", "mt3",
                                    "mt4", "mt5", "toe11", "toe13", "toe21", "toe22", "toe23", "toe31", "toe32", "toe33",
                                    "toe41", "toe42", "toe43", "toe51", "toe52", "toe53"};

enum { N_BONES = sizeof names / sizeof *names };

typedef struct foot {
    oik_bone_set *sets[N_BONES];
} foot;

static int make_foot(void **state) {
    foot *f = calloc(1, sizeof *f);
    for (int i = 0; f && i < N_BONES; i++)
        if (oik_bone_set_new_one(&f->sets[i], names[i], 1.0, NULL) != OIK_OK)
            return -1;
    *state = f;
    return f ? 0 : -1;
}

static int free_foot(void **state) {
    foot *f = *state;
    for (int i = 0; i < N_BONES; i++)
        oik_bone_set_free(f->sets[i]);
    free(f);
    return 0;
}

static const oik_bone *bone(const foot *f, const char *name) {
    for (int i = 0; i < N_BONES; i++)
        if (strcmp(names[i], name) == 0)
            return f->sets[i]->bones;
    fail_msg("there is no bone %s", name);
    return NULL;
}

/* from a point to the nearest vertex of a bone [m] */
static double to_vertices(const oik_bone *b, oik_vec3 p) {
    double nearest = INFINITY;
    for (size_t v = 0; v < b->n_v; v++)
        nearest = fmin(nearest, v3_dist(p, b->v[v]));
    return nearest;
}

/* the highest vertex of a bone among those near another one and between two sagittal planes [m] */
static double top_beside(const oik_bone *b, const oik_bone *other, const double x[2]) {
    const double near = 6e-3; /* a joint space of 2 mm and one edge of a mesh, 3 to 4 mm */
    double top = -INFINITY;
    for (size_t v = 0; v < b->n_v; v++)
        if (b->v[v].x > x[0] && b->v[v].x < x[1] && to_vertices(other, b->v[v]) < near)
            top = fmax(top, b->v[v].y);
    return top;
}

/* the middle half of a bone's width [m]: at its sides the arch falls off */
static void middle_half(double x[2], const oik_bone *b) {
    double least = INFINITY, most = -INFINITY;
    for (size_t v = 0; v < b->n_v; v++) {
        least = fmin(least, b->v[v].x);
        most = fmax(most, b->v[v].x);
    }
    x[0] = 0.75 * least + 0.25 * most;
    x[1] = 0.25 * least + 0.75 * most;
}

/* the bones of the middle foot and the bases of the metatarsals lie in one surface on the back of the foot */
static void the_back_of_the_foot_has_no_steps(void **state) {
    static const char *const pairs[][2] = {{"navicular", "cun1"}, {"navicular", "cun2"}, {"navicular", "cun3"}, {"cun1", "mt1"},
                                           {"cun2", "mt2"},       {"cun3", "mt3"},       {"cuboid", "mt4"},     {"talus", "navicular"}};
    const double step = 3.5e-3; /* one edge of these meshes; steps were 3.5 to 5.3 mm before the bones shared their planes */
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const oik_bone *behind = bone(*state, pairs[i][0]), *before = bone(*state, pairs[i][1]);
        double x[2];
        middle_half(x, strcmp(pairs[i][0], "navicular") == 0 ? before : behind); /* of the narrower bone */
        double a = top_beside(behind, before, x), b = top_beside(before, behind, x);
        if (!(fabs(a - b) < step))
            fail_msg("%s ends %.1f mm above %s", pairs[i][0], (a - b) * 1e3, pairs[i][1]);
    }
}

/* width of a bone between two shares of its height [m] */
static double width_between(const oik_bone *b, double low, double high) {
    double bottom = INFINITY, top = -INFINITY, least = INFINITY, most = -INFINITY;
    for (size_t v = 0; v < b->n_v; v++) {
        bottom = fmin(bottom, b->v[v].y);
        top = fmax(top, b->v[v].y);
    }
    for (size_t v = 0; v < b->n_v; v++) {
        double share = (b->v[v].y - bottom) / (top - bottom);
        if (share >= low && share <= high) {
            least = fmin(least, b->v[v].x);
            most = fmax(most, b->v[v].x);
        }
    }
    return most - least;
}

/* the first cuneiform has its base at the sole, the second and third at the back of the foot */
static void cuneiforms_are_wedges(void **state) {
    static const char *const wedges[] = {"cun1", "cun2", "cun3"};
    for (int i = 0; i < 3; i++) {
        const oik_bone *b = bone(*state, wedges[i]);
        double below = width_between(b, 0.05, 0.35), above = width_between(b, 0.65, 0.95);
        double base = i == 0 ? below : above, edge = i == 0 ? above : below;
        if (!(base > 1.15 * edge)) /* 1.19 to 1.5; a box has 1 */
            fail_msg("%s is %.1f mm wide at its base, %.1f at its edge", wedges[i], base * 1e3, edge * 1e3);
    }
}

/* joints are 1 to 6 mm wide at their narrowest; between vertices they are up to 1 mm wider than between surfaces */
static void neighbours_face_each_other(void **state) {
    static const char *const joints[][2] = {
        {"talus", "navicular"}, {"calcaneus", "cuboid"}, {"navicular", "cun1"}, {"navicular", "cun2"}, {"navicular", "cun3"},
        {"cun1", "cun2"},       {"cun2", "cun3"},        {"cun3", "cuboid"},    {"cun1", "mt1"},       {"cun1", "mt2"},
        {"cun2", "mt2"},        {"cun3", "mt2"},         {"cun3", "mt3"},       {"cuboid", "mt4"},     {"cuboid", "mt5"},
        {"mt1", "toe11"},       {"toe11", "toe13"},      {"mt2", "toe21"},      {"toe21", "toe22"},    {"toe22", "toe23"},
        {"mt3", "toe31"},       {"toe31", "toe32"},      {"toe32", "toe33"},    {"mt4", "toe41"},      {"toe41", "toe42"},
        {"toe42", "toe43"},     {"mt5", "toe51"},        {"toe51", "toe52"},    {"toe52", "toe53"}};
    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
        const oik_bone *a = bone(*state, joints[i][0]), *b = bone(*state, joints[i][1]);
        double gap = INFINITY;
        for (size_t v = 0; v < a->n_v; v++)
            gap = fmin(gap, to_vertices(b, a->v[v]));
        if (!(gap > 1e-3 && gap < 4e-3))
            fail_msg("%s and %s are %.1f mm apart", joints[i][0], joints[i][1], gap * 1e3);
    }
}

/* toes 2 to 5 rise from the ball of the foot and bend down to their tips */
static void toes_are_bent(void **state) {
    static const char *const toes[][2] = {{"toe21", "toe23"}, {"toe31", "toe33"}, {"toe41", "toe43"}, {"toe51", "toe53"}};
    for (int i = 0; i < 4; i++) {
        const oik_bone *first = bone(*state, toes[i][0]), *last = bone(*state, toes[i][1]);
        oik_vec3 a = v3_sub(*oik_bone_landmark(first, "dist"), *oik_bone_landmark(first, "prox"));
        oik_vec3 b = v3_sub(*oik_bone_landmark(last, "dist"), *oik_bone_landmark(last, "prox"));
        double bend = (atan2(a.y, a.z) - atan2(b.y, b.z)) * 180.0 / 3.14159265358979323846;
        assert_true(bend > 20.0 && bend < 35.0); /* 26 by design; 14 before, in a line with the sole */
    }
}

int main(void) {
    const struct CMUnitTest test_models_foot[] = {
        cmocka_unit_test(the_back_of_the_foot_has_no_steps),
        cmocka_unit_test(cuneiforms_are_wedges),
        cmocka_unit_test(neighbours_face_each_other),
        cmocka_unit_test(toes_are_bent),
    };
    return cmocka_run_group_tests(test_models_foot, make_foot, free_foot);
}
