/** Left hand, palm forward: origin wrist centre, thumb on +x, fingers down. */
#include <assert.h>

#include "base/rot.h"
#include "bones.h"

/* ---- carpal bones ---- */

static const oik_sdf_feature scaphoid_features[] = {
    TUBE(ADD, 0, Z_AXIS, {8.8, -4.5, 0, 6.3, 6}, {12, -8, 1, 6.8, 6.5}, {15.5, -11, 4, 6, 5.8},
         {18.5, -12.8, 6.5, 5, 5}),
    /* tubercle */
    ELLIPSOID(ADD, 3, P(18, -13.2, 8.5), P(4.3, 4.3, 4.3), NO_TURN),
    /* facet for the capitate's head */
    BALL(CUT, 2, P(3, -17, 0), 9),
};
static const oik_sdf_feature lunate_features[] = {
    ELLIPSOID(ADD, 0, P(-4.5, -5, 0), P(7.2, 7.5, 9), P(0, 0, 8)),
    /* facet for the capitate's head */
    BALL(CUT, 2, P(0, -18, 0), 8.8),
};
static const oik_sdf_feature triquetrum_features[] = {
    BOX(ADD, 0, P(-17.5, -9.5, -1.5), P(6.5, 6.5, 7), 4.5, P(0, 0, -28)),
};
static const oik_sdf_feature pisiform_features[] = {
    ELLIPSOID(ADD, 0, P(-18, -15, 10), P(5.5, 6.5, 4.8), NO_TURN),
};
static const oik_sdf_feature trapezium_features[] = {
    BOX(ADD, 0, P(24, -25.5, 7), P(8.2, 6, 7), 4, P(0, 30, -32)),
    /* tubercle */
    CONE(ADD, 3, P(19, -24, 12), 4, P(18, -28, 14.5), 2.5),
    /* saddle for the first metacarpal */
    ELLIPSOID(CUT, 3, P(30, -33, 12), P(7, 5, 9), P(0, 30, -32)),
};
static const oik_sdf_feature trapezoid_features[] = {
    BOX(ADD, 0, P(13.2, -27.5, -1), P(4.8, 6.2, 7), 3.2, P(0, 0, -8)),
};
static const oik_sdf_feature capitate_features[] = {
    /* head, body */
    BALL(ADD, 0, P(0, -18, 0), 7.6),
    BOX(ADD, 5, P(1.5, -28, -0.5), P(6.4, 8, 8), 3.5, P(0, 0, -3)),
};
static const oik_sdf_feature hamate_features[] = {
    TUBE(ADD, 0, Z_AXIS, {-9.5, -17.5, -1, 6, 4.2}, {-12, -23, -1, 7.5, 6.4}, {-13.8, -29, -1, 8, 7.8, 0, 0, 2.6}),
    /* hook */
    CONE(ADD, 3, P(-12, -28, 6), 4.5, P(-11, -28, 14.5), 3),
};

static const oik_bone_mark scaphoid_marks[] = {{"centre", OFF_BONE, {13, -10, 3}}};
static const oik_bone_mark lunate_marks[] = {{"centre", OFF_BONE, {-4.5, -4, 0}}};
static const oik_bone_mark triquetrum_marks[] = {{"centre", OFF_BONE, {-17.5, -9.5, -1.5}}};
static const oik_bone_mark pisiform_marks[] = {{"centre", OFF_BONE, {-18, -15, 10}}};
static const oik_bone_mark trapezium_marks[] = {{"centre", OFF_BONE, {24, -25.5, 7}}};
static const oik_bone_mark trapezoid_marks[] = {{"centre", OFF_BONE, {13.2, -27.5, -1}}};
static const oik_bone_mark capitate_marks[] = {{"centre", OFF_BONE, {1, -25, 0}}};
static const oik_bone_mark hamate_marks[] = {{"centre", OFF_BONE, {-11.5, -24, -1}}};

const oik_bone_table oik_scaphoid = BONE_TABLE(scaphoid_features, scaphoid_marks);
const oik_bone_table oik_lunate = BONE_TABLE(lunate_features, lunate_marks);
const oik_bone_table oik_triquetrum = BONE_TABLE(triquetrum_features, triquetrum_marks);
const oik_bone_table oik_pisiform = BONE_TABLE(pisiform_features, pisiform_marks);
const oik_bone_table oik_trapezium = BONE_TABLE(trapezium_features, trapezium_marks);
const oik_bone_table oik_trapezoid = BONE_TABLE(trapezoid_features, trapezoid_marks);
const oik_bone_table oik_capitate = BONE_TABLE(capitate_features, capitate_marks);
const oik_bone_table oik_hamate = BONE_TABLE(hamate_features, hamate_marks);

/* ---- rays ---- */

/** Metacarpal: base, direction, length (Buryanov and Kotiuk 2010, doi 10.4067/S0717-95022010000300015), half-widths. */
typedef struct ray_row {
    oik_vec3 base, direction;
    double length, shaft, base_width, base_depth, head;
    double finger_width;   /**< half width at the base of the proximal phalanx */
    double phalanx[3];     /**< lengths, proximal to distal; 0: absent (same source) */
} ray_row;

static const ray_row rays[6] = {
    {.length = 0},
    {{25, -32, 12}, {0.60, -0.68, 0.42}, 46.2, 4.6, 7.5, 7, 7, 8, {31.6, 0, 21.7}},
    {{14, -35, -1}, {0.10, -0.995, 0.02}, 68.1, 4.4, 7.2, 8, 7.6, 7.3, {39.8, 22.4, 15.8}},
    {{2.5, -37, -1.5}, {0.005, -1, 0}, 64.6, 4.3, 6, 8, 7.6, 7.5, {44.6, 26.3, 17.4}},
    {{-8, -37, -1.5}, {-0.085, -0.996, 0.01}, 58.0, 3.8, 5.4, 6.3, 6.8, 7, {41.4, 25.7, 17.3}},
    {{-17.5, -34, 0}, {-0.19, -0.98, 0.04}, 53.7, 3.8, 6, 6.3, 6.3, 6.2, {32.7, 18.1, 16.0}},
};

/** A bone's axes: lateral, palmar, along. */
typedef struct ray_frame {
    oik_vec3 lateral, palmar, along, origin;
} ray_frame;

static ray_frame metacarpal_frame(int ray) {
    ray_frame f = {.origin = rays[ray].base, .along = v3_unit(rays[ray].direction)};
    oik_vec3 palmar = ray == 1 ? v3(-0.62, 0.05, 0.78) : v3(0, 0, 1); /* the thumb faces the palm */
    f.palmar = v3_unit(v3_madd(palmar, -v3_dot(palmar, f.along), f.along));
    f.lateral = v3_cross(f.palmar, f.along);
    return f;
}

static void enter_frame(oik_bone_draft *o, const ray_frame *f) {
    oik_sdf_set_frame(o->sdf, m3_columns(f->lateral, f->palmar, f->along), f->origin);
}

/** Features in the frame lateral, palmar, along. */
void oik_draft_metacarpal(oik_bone_draft *o, int ray) {
    const ray_row *q = rays + ray;
    ray_frame f = metacarpal_frame(ray);
    double L = q->length, r = q->shaft, bw = q->base_width, bd = q->base_depth, h = q->head, head_z = L - 0.95 * h;
    enter_frame(o, &f);
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.05 * L, bw, bd, 0, 0, 2.6},
                        {0, 0, 0.12 * L, bw * 0.9, bd * 0.85, 0, 0, 2.3}, {0, -0.8, 0.28 * L, r * 1.05, r * 1.02},
                        {0, -1.4, 0.5 * L, r * 0.95, r * 1.02, 0, 0, 2, 0.08, 90},
                        {0, -1.0, 0.7 * L, r * 1.1, r * 1.08}, {0, 0, 0.84 * L, h * 0.88, h * 0.85},
                        {0, 0.5, 0.9 * L, h * 0.9, h * 0.95}));
    FEATURE(o, ELLIPSOID(ADD, 2.5, P(0, 0.8, head_z), P(h * 0.88, h * 1.02, h * 0.95), NO_TURN));
    if (ray == 1) { /* saddle, two sesamoids */
        FEATURE(o, ELLIPSOID(CUT, 2, P(0, 0, -5), P(9, 5, 6.5), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 1, P(3, 0.8 + h * 1.05, head_z), P(2.4, 2, 3), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 1, P(-3, 0.8 + h * 1.05, head_z), P(2.4, 2, 3), NO_TURN));
    }
    oik_draft_mark(o, "base", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "head", ON_BONE, v3(0, 0, L));
    oik_draft_mark(o, "head_c", OFF_BONE, v3(0, 0.8, head_z));
    if (ray == 3) { /* styloid process */
        oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
        FEATURE(o, CONE(ADD, 3, P(7, -38, -6), 3, P(7.5, -34, -6.5), 2));
    }
}

/** Frame of phalanx k (1..3) of a ray in relaxed flexion, following the chain from the metacarpal's head. */
static ray_frame phalanx_frame(int ray, int k) {
    static const double flexion_deg[2][3] = {{4, 0, 6}, {8, 10, 6}}; /* thumb, fingers */
    const double joint_gap = 1.3, DEG = 3.14159265358979323846 / 180.0;
    ray_frame f = metacarpal_frame(ray);
    f.origin = v3_madd(f.origin, rays[ray].length, f.along);
    for (int j = 1; j <= k; j++) {
        if (rays[ray].phalanx[j - 1] == 0.0)
            continue;
        oik_mat3 R = oik_rot_axis(v3_cross(f.along, f.palmar), flexion_deg[ray > 1][j - 1] * DEG);
        f.along = m3_mulv(R, f.along);
        f.palmar = m3_mulv(R, f.palmar);
        f.origin = v3_madd(f.origin, joint_gap, f.along);
        if (j < k)
            f.origin = v3_madd(f.origin, rays[ray].phalanx[j - 1], f.along);
    }
    return f;
}

static void distal_phalanx(oik_bone_draft *o, double L, double w) {
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.07 * L, w, w * 0.68, 0, 0, 2.4},
                        {0, 0, 0.2 * L, w * 0.82, w * 0.55}, {0, -0.2, 0.45 * L, w * 0.5, w * 0.4},
                        {0, -0.3, 0.72 * L, w * 0.52, w * 0.34}, {0, -0.3, 0.88 * L, w * 0.66, w * 0.32},
                        {0, -0.3, 0.95 * L, w * 0.6, w * 0.26}));
}

/** Waisted shaft with a two-knuckled head. */
static void longer_phalanx(oik_bone_draft *o, double L, double w) {
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.05 * L, w, w * 0.78, 0, 0, 2.4},
                        {0, -0.2, 0.14 * L, w * 0.88, w * 0.7}, {0, -0.6, 0.32 * L, w * 0.66, w * 0.56},
                        {0, -0.8, 0.58 * L, w * 0.58, w * 0.46}, {0, -0.3, 0.8 * L, w * 0.68, w * 0.5},
                        {0, 0.1, 0.90 * L, w * 0.78, w * 0.58}, {0, 0.1, 0.95 * L, w * 0.74, w * 0.55}));
    FEATURE(o, ELLIPSOID(ADD, 2, P(w * 0.36, 0, 0.955 * L), P(w * 0.36, w * 0.56, w * 0.42), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 2, P(-w * 0.36, 0, 0.955 * L), P(w * 0.36, w * 0.56, w * 0.42), NO_TURN));
}

void oik_draft_finger(oik_bone_draft *o, int ray_and_phalanx) {
    static const double taper[3] = {1, 0.84, 0.72};
    int ray = ray_and_phalanx / 10, k = ray_and_phalanx % 10;
    assert(ray >= 1 && ray <= 5 && k >= 1 && k <= 3); /* the list in bone_set.c has no others */
    ray_frame f = phalanx_frame(ray, k);
    double L = rays[ray].phalanx[k - 1], w = rays[ray].finger_width * taper[k - 1];
    enter_frame(o, &f);
    if (k == 3)
        distal_phalanx(o, L, w);
    else
        longer_phalanx(o, L, w);
    oik_draft_mark(o, "prox", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "dist", ON_BONE, v3(0, 0, L));
}
