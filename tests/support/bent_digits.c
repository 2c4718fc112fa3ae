/* Fingers bent about the joints of the bones in them. */
#include "bent_digits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/* half the width of the skin that a joint bends, about half a finger's thickness [m] */
static const double HALF_WIDTH = 6e-3;
/* rounds of averaging over neighbouring vertices, so that nothing tears between the fingers */
enum { SMOOTHING = 3 };

/* turns of a digit's three joints: flexion, and spread of the first one away from the middle finger [deg] */
typedef struct digit_turns {
    double flexion[N_PHALANGES], spread;
} digit_turns;

typedef struct hand_row {
    const char *name;
    digit_turns digit[N_DIGITS];
} hand_row;

static const hand_row hand_table[HAND_COUNT] = {
    {"open", {{{0, 0, 0}, 0}}},
    {"relaxed", {{{8, 15, 15}, 0}, {{20, 25, 15}, 0}, {{25, 28, 18}, 0}, {{28, 30, 20}, 0}, {{30, 30, 20}, 0}}},
    {"fist", {{{15, 35, 40}, 0}, {{80, 90, 60}, 0}, {{80, 90, 60}, 0}, {{80, 90, 60}, 0}, {{80, 90, 60}, 0}}},
    {"point", {{{15, 35, 40}, 0}, {{0, 0, 0}, 0}, {{75, 85, 50}, 0}, {{78, 88, 55}, 0}, {{80, 90, 60}, 0}}},
    {"spread", {{{-10, 0, 0}, 12}, {{-5, 0, 0}, 12}, {{-5, 0, 0}, 0}, {{-5, 0, 0}, 8}, {{-5, 0, 0}, 16}}},
    {"thumb across", {{{30, 45, 50}, -10}, {{0, 0, 0}, 0}, {{0, 0, 0}, 0}, {{0, 0, 0}, 0}, {{0, 0, 0}, 0}}},
    {"hook", {{{0, 10, 20}, 0}, {{0, 90, 60}, 0}, {{0, 90, 60}, 0}, {{0, 90, 60}, 0}, {{0, 90, 60}, 0}}},
};

static const char *const part_names[N_DIGITS][N_PHALANGES] = {
    {"thumb_metacarpal", "thumb_proximal", "thumb_distal"}, {"index_proximal", "index_middle", "index_distal"},
    {"middle_proximal", "middle_middle", "middle_distal"},  {"ring_proximal", "ring_middle", "ring_distal"},
    {"little_proximal", "little_middle", "little_distal"},
};

const char *hand_shape_name(hand_shape hand) {
    return hand_table[hand].name;
}

static int part_named(const oik_skel_model *model, const char *name, int side) {
    char wanted[OIK_NAME_LENGTH + 2];
    snprintf(wanted, sizeof wanted, "%s_%c", name, side ? 'l' : 'r');
    for (int p = 0; p < model->n_parts; p++)
        if (strcmp(model->part_names[p], wanted) == 0)
            return p;
    fail_msg("there is no part %s", wanted);
    return -1;
}

int digit_part(const oik_skel_model *model, int side, int digit, int bone) {
    return part_named(model, part_names[digit][bone], side);
}

int32_t digit_joint(const oik_skel_model *model, int part) {
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_b[i]] == part && !model->stitches.keep_offset[i])
            return model->stitches.point_b[i];
    fail_msg("part %s hangs on no joint", model->part_names[part]);
    return -1;
}

/* Joints of one hand where the bones lie, and how its joints turn the skin. */
typedef struct hand_joints {
    oik_vec3 node[N_DIGITS][N_PHALANGES + 2]; /* wrist, three joints, tip */
    oik_mat3 R[N_DIGITS][N_PHALANGES];        /* of the turned skin since it was open */
    oik_vec3 t[N_DIGITS][N_PHALANGES];
} hand_joints;

/* Farthest vertex of a part from a point. */
static oik_vec3 tip_of(const oik_puppet *bones, const oik_skel_model *model, int part, oik_vec3 from) {
    oik_vec3 best = from;
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->point_part[i] == part && v3_dist(oik_puppet_point(bones, model, i), from) > v3_dist(best, from))
            best = oik_puppet_point(bones, model, i);
    return best;
}

/* Flexion is about the bone's x, which points to the thumb's side in both hands: the left one's frame is a mirror image. */
static hand_joints find_joints(const oik_puppet *bones, const oik_skel_model *model, const digit_turns *turns, int side) {
    hand_joints h;
    for (int d = 0; d < N_DIGITS; d++) {
        oik_mat3 R = m3_identity();
        oik_vec3 t = v3(0, 0, 0);
        h.node[d][0] = oik_puppet_point(bones, model, (size_t)digit_joint(model, part_named(model, "hand", side)));
        for (int k = 0; k < N_PHALANGES; k++) {
            int p = digit_part(model, side, d, k);
            oik_vec3 c = h.node[d][k + 1] = oik_puppet_point(bones, model, (size_t)digit_joint(model, p));
            oik_vec3 x = m3_column(bones->R[p], 0), z = m3_column(bones->R[p], 2);
            double spread = k == 0 ? turns[d].spread * (d < 2 ? 1.0 : -1.0) * (side ? 1.0 : -1.0) : 0.0;
            oik_mat3 own = m3_mul(oik_rot_axis(z, spread * DEG), oik_rot_axis(x, -turns[d].flexion[k] * DEG));
            t = v3_add(t, m3_mulv(R, v3_sub(c, m3_mulv(own, c))));
            R = m3_mul(R, own);
            h.R[d][k] = R;
            h.t[d][k] = t;
            h.node[d][k + 2] = tip_of(bones, model, p, c);
        }
    }
    return h;
}

static double distance_to_segment(oik_vec3 p, oik_vec3 a, oik_vec3 b) {
    oik_vec3 d = v3_sub(b, a);
    double s = fmax(0.0, fmin(1.0, v3_dot(v3_sub(p, a), d) / v3_dot(d, d)));
    return v3_dist(p, v3_madd(a, s, d));
}

static int nearest_digit(const hand_joints *h, oik_vec3 p) {
    int best = 0;
    double least = HUGE_VAL;
    for (int d = 0; d < N_DIGITS; d++)
        for (int k = 0; k <= N_PHALANGES; k++) {
            double distance = distance_to_segment(p, h->node[d][k], h->node[d][k + 1]);
            if (distance < least) {
                least = distance;
                best = d;
            }
        }
    return best;
}

/* How far p lies beyond each joint of its digit: 0 before it, 1 behind it. */
static void set_weights(double weight[N_DIGITS * N_PHALANGES], const hand_joints *h, oik_vec3 p) {
    int d = nearest_digit(h, p);
    const oik_vec3 *q = h->node[d];
    for (int k = 0; k < N_PHALANGES; k++) {
        oik_vec3 along = v3_unit(v3_add(v3_unit(v3_sub(q[k + 1], q[k])), v3_unit(v3_sub(q[k + 2], q[k + 1]))));
        double s = v3_dot(v3_sub(p, q[k + 1]), along) / (2.0 * HALF_WIDTH) + 0.5;
        s = fmax(0.0, fmin(1.0, s));
        weight[d * N_PHALANGES + k] = s * s * (3.0 - 2.0 * s);
    }
}

/* Each weight of a hand's vertices becomes the mean of its neighbours' and its own. */
static void smooth(double (*weight)[N_DIGITS * N_PHALANGES], const oik_body_model *body) {
    double(*sum)[N_DIGITS * N_PHALANGES] = calloc(body->n_vertices, sizeof *sum);
    double *count = calloc(body->n_vertices, sizeof *count);
    assert_true(sum && count);
    for (size_t f = 0; f < body->n_faces; f++)
        for (int c = 0; c < 3; c++) {
            int32_t v = body->faces[f][c], other[2] = {body->faces[f][(c + 1) % 3], body->faces[f][(c + 2) % 3]};
            for (int k = 0; k < N_DIGITS * N_PHALANGES; k++)
                sum[v][k] += weight[v][k] + weight[other[0]][k] + weight[other[1]][k];
            count[v] += 3.0;
        }
    for (size_t v = 0; v < body->n_vertices; v++)
        for (int k = 0; k < N_DIGITS * N_PHALANGES; k++)
            weight[v][k] = sum[v][k] / fmax(count[v], 1.0);
    free(sum);
    free(count);
}

static oik_vec3 bent(oik_vec3 x, const double weight[N_DIGITS * N_PHALANGES], const hand_joints *h) {
    oik_vec3 sum = x;
    for (int d = 0; d < N_DIGITS; d++)
        for (int k = 0; k < N_PHALANGES; k++) {
            double next = k + 1 < N_PHALANGES ? weight[d * N_PHALANGES + k + 1] : 0.0;
            oik_vec3 moved = v3_add(m3_mulv(h->R[d][k], x), h->t[d][k]);
            sum = v3_madd(sum, weight[d * N_PHALANGES + k] - next, v3_sub(moved, x));
        }
    return sum;
}

static void bend_hand(oik_vec3 *x, oik_puppet *bones, const oik_body_model *body, const oik_skel_model *model, const digit_turns *turns,
                      int side) {
    int wrist = side ? OIK_J_WRIST_L : OIK_J_WRIST_R, fingers = side ? OIK_J_HAND_L : OIK_J_HAND_R;
    double(*weight)[N_DIGITS * N_PHALANGES] = calloc(body->n_vertices, sizeof *weight);
    assert_non_null(weight);
    hand_joints h = find_joints(bones, model, turns, side);
    for (size_t v = 0; v < body->n_vertices; v++)
        if (body->part[v] == wrist || body->part[v] == fingers)
            set_weights(weight[v], &h, x[v]);
    for (int i = 0; i < SMOOTHING; i++)
        smooth(weight, body);
    for (size_t v = 0; v < body->n_vertices; v++)
        x[v] = bent(x[v], weight[v], &h);
    for (int d = 0; d < N_DIGITS; d++)
        for (int k = 0; k < N_PHALANGES; k++) {
            int p = digit_part(model, side, d, k);
            bones->t[p] = v3_add(m3_mulv(h.R[d][k], bones->t[p]), h.t[d][k]);
            bones->R[p] = m3_mul(h.R[d][k], bones->R[p]);
        }
    free(weight);
}

void bend_digits(oik_vec3 *x, oik_puppet *bones, const oik_body_model *body, const oik_skel_model *model, hand_shape hand) {
    for (int side = 0; side < 2; side++)
        bend_hand(x, bones, body, model, hand_table[hand].digit, side);
}
