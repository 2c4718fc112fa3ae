/** Metatarsals and toes of the left foot: origin ankle centre, +z forward, floor at y = -72. */
#include <assert.h>
#include <math.h>

#include "foot.h"

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
    {{-28.3, -27.5, 77.5}, {-32, -44.5, 131.5}, 6.8, 10.5, 9.5, 14.5, {31, 0, 22}, {-33, -60.5, 200}},
    {{-13.2, -22.5, 70.7}, {-9.5, -49, 136.5}, 4.6, 7.4, 7.5, 11, {27, 13, 10}, {-6, -62, 194}},
    {{1, -26.3, 73}, {7.5, -50.5, 135}, 4.4, 7.0, 7.2, 10.5, {25, 11.5, 9.5}, {11, -62, 187}},
    {{14.5, -35, 64.5}, {24, -52.5, 127.5}, 4.3, 6.8, 7, 10, {23.5, 9.5, 9}, {27, -62, 176}},
    {{29.3, -43.2, 60.5}, {40, -55, 118}, 4.4, 6.6, 8, 8, {20.5, 7.5, 8}, {40, -61.5, 159}},
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
    /* bases of the middle rays narrow towards the sole, that of the first towards the back of the foot */
    double wedge = ray == 5 ? 0 : ray == 1 ? 0.04 : 0.1, narrow = ray == 1 ? 90 : 270;
    const double behind = 6;                                       /* the base reaches past its facet, which cuts it */
    double top = d * (ray == 1 || ray == 5 ? 0.87 : 1.15);         /* before the wedge takes its part */
    FEATURE(o, TUBE_CAP(ADD, 0, 0, X_AXIS, {0, 0, -behind, w, top, 0, d, 2.5, wedge, narrow},
                    {0, 0, 2, w, top, 0, d, 2.5, wedge, narrow},
                    {0, -0.2, 0.14 * L, w * 0.84, top * 0.86, 0, d * 0.8, 2.2, wedge * 0.6, narrow},
                    {0, 0.8, 0.3 * L, r * 1.15, r * 1.15},
                    {0, 2, 0.5 * L, r, r * 1.05}, {0, 1.6, 0.72 * L, r * 1.02, r * 1.15},
                    {0, 0.2, 0.88 * L, h * 0.82, h * 0.9}, {0, -0.3, 0.96 * L, h * 0.9, h * 0.95}));
    /* head and its two plantar condyles */
    double below = -0.5 - 0.5 * h, side = 0.45 * h;
    FEATURE(o, ELLIPSOID(ADD, 3, P(0, -0.5, L), P(h * 0.92, h, h), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 3, P(side, below, L), P(h * 0.38, h * 0.5, h * 0.65), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 3, P(-side, below, L), P(h * 0.38, h * 0.5, h * 0.65), NO_TURN));
    oik_draft_mark(o, "base", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "head", OFF_BONE, v3(0, -0.5, L));
    oik_draft_foot_facets(o, (oik_foot_bone)(OIK_METATARSAL_1 + ray - 1));
    if (ray == 5) /* tuberosity beside the facet for the cuboid */
        FEATURE(o, CONE(ADD, 2.5, P(35.5, -45, 66), 6.5, P(40.2, -48.5, 54), 4.2));
    if (ray == 1) { /* sesamoids */
        FEATURE(o, ELLIPSOID(ADD, 2.5, P(-38, -55, 130.5), P(4.5, 3.8, 5.5), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 2.5, P(-26, -55, 130.5), P(4.5, 3.8, 5.5), NO_TURN));
    }
}

/** Start and direction of a phalanx: the first rises from the line between head and tip, the others bend down to the tip. */
static void place_phalanx(oik_vec3 *origin, oik_vec3 *along, int ray, int k) {
    static const double hallux_rise[3] = {6, 0, -9}, toe_rise[3] = {10, -14, -16}; /* above that line [deg] */
    static const double degree = 3.14159265358979323846 / 180.0;
    const double joint_gap = 1.9;
    const ray_row *q = rays + ray;
    oik_vec3 start = v3_sub(q->head, v3(0, 1.5, 0)), d = v3_unit(v3_sub(q->aim, start));
    oik_vec3 up = v3_unit(v3_madd(v3(0, 1, 0), -d.y, d));
    double before = q->head_radius;
    *origin = start;
    for (int j = 1; j <= k; j++) {
        if (q->phalanx[j - 1] <= 0)
            continue;
        double rise = (ray == 1 ? hallux_rise[j - 1] : toe_rise[j - 1]) * degree;
        oik_vec3 next = v3_madd(v3_scale(d, cos(rise)), sin(rise), up);
        *origin = v3_madd(v3_madd(*origin, before, j == 1 ? next : *along), joint_gap, next);
        *along = next;
        before = q->phalanx[j - 1];
    }
}

/** Base hollowed for the bone behind, waisted shaft, head with two knuckles; from 0 to L along z. */
static void longer_phalanx(oik_bone_draft *o, double L, double w) {
    FEATURE(o, TUBE_CAP(ADD, 0, 0.4, X_AXIS, {0, 0, 0.3 * w, w, w * 0.85, 0, 0, 2.4},
                        {0, 0, fmax(0.18 * L, 0.5 * w), w * 0.9, w * 0.75}, {0, 0.7, 0.5 * L, w * 0.6, w * 0.52},
                        {0, 0, L - 0.7 * w, w * 0.72, w * 0.56}, {0, -0.2, L - 0.45 * w, w * 0.74, w * 0.52}));
    FEATURE(o, ELLIPSOID(ADD, 1.5, P(w * 0.36, -0.2, L - 0.45 * w), P(w * 0.4, w * 0.55, w * 0.45), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 1.5, P(-w * 0.36, -0.2, L - 0.45 * w), P(w * 0.4, w * 0.55, w * 0.45), NO_TURN));
    FEATURE(o, ELLIPSOID(CUT, 1, P(0, 0, -w), P(w * 1.2, w * 1.2, w * 1.1), NO_TURN));
}

/** Wide base, thin shaft, tuft. */
static void distal_phalanx(oik_bone_draft *o, double L, double w) {
    FEATURE(o, TUBE_CAP(ADD, 0, 0.4, X_AXIS, {0, 0, 0.28 * w, w, w * 0.72, 0, 0, 2.3},
                    {0, 0, fmax(0.25 * L, 0.5 * w), w * 0.8, w * 0.6}, {0, 0, 0.55 * L, w * 0.52, w * 0.42},
                    {0, -0.4, L - 0.45 * w, w * 0.5, w * 0.36}));
    FEATURE(o, ELLIPSOID(ADD, 1.5, P(0, -0.5, L - 0.42 * w), P(w * 0.68, w * 0.36, w * 0.42), NO_TURN));
    FEATURE(o, ELLIPSOID(CUT, 1, P(0, 0, -w), P(w * 1.2, w * 1.2, w * 1.08), NO_TURN));
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
        longer_phalanx(o, L, w);
    else
        distal_phalanx(o, L, w);
    oik_draft_mark(o, "prox", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "dist", ON_BONE, v3(0, 0, L));
}
