/** Metatarsals and toes of the left foot: origin ankle centre, +z forward, floor at y = -72. */
#include <assert.h>

#include "bones.h"

/** Metatarsal from base to head centre, shaft and head half-widths, base half-widths; toe lengths, toe's aim. */
typedef struct ray_row {
    oik_vec3 base, head;
    double shaft, head_radius, base_width, base_depth;
    double phalanx[3]; /**< lengths; 0: absent */
    oik_vec3 aim;      /**< tip of the toe */
} ray_row;

/* lengths of metatarsals 64 77 72 71 70 and of the hallux 31 22 (literature means of males) */
static const ray_row rays[6] = {
    {.shaft = 0},
    {{-29, -27, 83}, {-31, -47, 141}, 6.8, 10.5, 9.5, 13.5, {31, 0, 22}, {-24, -67, 208}},
    {{-13.5, -19, 76}, {-12, -51, 144}, 4.6, 7.4, 7.6, 10, {27, 13, 10}, {-11, -66, 200}},
    {{0.5, -25, 79}, {4, -52.5, 140}, 4.4, 7.0, 7.6, 10, {25, 11.5, 9.5}, {4, -66, 192}},
    {{14, -33, 71}, {19, -54, 132}, 4.3, 6.8, 7.6, 10, {23.5, 9.5, 9}, {18, -66, 180}},
    {{27, -43, 66}, {35, -56, 122}, 4.4, 6.6, 9, 7.5, {21.5, 8, 8.5}, {33, -65.5, 165}},
};

/** Axes lateral, up, along of a bone that starts at origin. */
static void enter_frame(oik_bone_draft *o, oik_vec3 origin, oik_vec3 along) {
    along = v3_unit(along);
    oik_vec3 up = v3_unit(v3_madd(v3(0, 1, 0), -along.y, along));
    oik_sdf_set_frame(o->sdf, m3_columns(v3_cross(up, along), up, along), origin);
}

void oik_draft_metatarsal(oik_bone_draft *o, int ray) {
    const ray_row *q = rays + ray;
    double L = v3_dist(q->head, q->base), r = q->shaft, h = q->head_radius, w = q->base_width, d = q->base_depth;
    enter_frame(o, q->base, v3_sub(q->head, q->base));
    FEATURE(o, TUBE_CAP(ADD, 0, 0.4, X_AXIS, {0, -1, 0.02 * L, w, d * 0.85, 0, d, 2.6},
                    {0, -0.5, 0.10 * L, w * 0.92, d * 0.8, 0, d * 0.85, 2.4}, {0, 1, 0.25 * L, r * 1.15, r * 1.15},
                    {0, 2.2, 0.5 * L, r, r * 1.05}, {0, 1.6, 0.72 * L, r * 1.02, r * 1.15},
                    {0, 0.2, 0.88 * L, h * 0.82, h * 0.9}, {0, -0.3, 0.96 * L, h * 0.9, h * 0.95}));
    /* head and its two plantar condyles */
    double below = -0.5 - 0.5 * h, side = 0.45 * h;
    FEATURE(o, ELLIPSOID(ADD, 3, P(0, -0.5, L), P(h * 0.92, h, h), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 3, P(side, below, L), P(h * 0.38, h * 0.5, h * 0.65), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 3, P(-side, below, L), P(h * 0.38, h * 0.5, h * 0.65), NO_TURN));
    oik_draft_mark(o, "base", ON_BONE, v3(0, 0, -0.4 * d));
    oik_draft_mark(o, "head", OFF_BONE, v3(0, -0.5, L));
    oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
    if (ray == 5) /* tuberosity */
        FEATURE(o, CONE(ADD, 5, P(30, -44, 66), 7, P(37, -48, 56), 5));
    if (ray == 1) { /* sesamoids */
        FEATURE(o, ELLIPSOID(ADD, 1.5, P(-37, -57, 139), P(4.5, 3.8, 5.5), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 1.5, P(-25, -57, 139), P(4.5, 3.8, 5.5), NO_TURN));
    }
}

/** Start and direction of a phalanx: a straight chain to the tip, arched at the interphalangeal joints of toes 2-5. */
static void place_phalanx(oik_vec3 *origin, oik_vec3 *along, int ray, int k) {
    static const double lift[3] = {0.5, 3.0, 0.5}, slope[3] = {0.13, -0.12, -0.10};
    const double joint_gap = 1.0;
    const ray_row *q = rays + ray;
    oik_vec3 start = v3_sub(q->head, v3(0, 1.5, 0)), d = v3_unit(v3_sub(q->aim, start));
    double s = q->head_radius + joint_gap;
    for (int j = 1; j < k; j++)
        s += q->phalanx[j - 1] > 0 ? q->phalanx[j - 1] + joint_gap : 0;
    *origin = v3_madd(start, s, d);
    *along = d;
    if (ray > 1) {
        origin->y += lift[k - 1];
        *along = v3_unit(v3_add(d, v3(0, slope[k - 1], 0)));
    }
}

void oik_draft_toe(oik_bone_draft *o, int ray_and_phalanx) {
    static const double hallux_width[3] = {9.5, 0, 8.5}, toe_width[3] = {5.6, 4.8, 4.2};
    int ray = ray_and_phalanx / 10, k = ray_and_phalanx % 10;
    assert(ray >= 1 && ray <= 5 && k >= 1 && k <= 3); /* the list in bone_set.c has no others */
    double L = rays[ray].phalanx[k - 1], w = ray == 1 ? hallux_width[k - 1] : toe_width[k - 1];
    oik_vec3 origin, along;
    place_phalanx(&origin, &along, ray, k);
    enter_frame(o, origin, along);
    if (k < 3)
        FEATURE(o, TUBE_CAP(ADD, 0, 0.5, X_AXIS, {0, 0, 0.10 * L, w, w * 0.82}, {0, 0, 0.25 * L, w * 0.82, w * 0.7},
                            {0, 0.3, 0.52 * L, w * 0.58, w * 0.52}, {0, 0, 0.8 * L, w * 0.68, w * 0.55},
                            {0, -0.2, 0.92 * L, w * 0.75, w * 0.55}));
    else
        FEATURE(o, TUBE_CAP(ADD, 0, 0.5, X_AXIS, {0, 0, 0.1 * L, w, w * 0.72}, {0, 0, 0.3 * L, w * 0.75, w * 0.58},
                            {0, 0, 0.6 * L, w * 0.5, w * 0.42}, {0, -0.3, 0.85 * L, w * 0.72, w * 0.4},
                            {0, -0.3, 0.95 * L, w * 0.6, w * 0.3}));
    oik_draft_mark(o, "prox", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "dist", ON_BONE, v3(0, 0, L));
}
