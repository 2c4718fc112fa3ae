/** Left hand, palm forward: origin wrist centre, thumb on +x, fingers down. */
#include <assert.h>
#include <math.h>

#include "base/rot.h"
#include "bones.h"

/* ---- carpal bones: facets of neighbours are parallel planes or concentric balls 1.7 mm apart ---- */

static const oik_sdf_feature scaphoid_features[] = {
    /* proximal pole, waist, distal pole */
    TUBE(ADD, 0, Z_AXIS, {8, -5, 0, 7.5, 6.6}, {12, -8.2, 1.2, 6.4, 5.8}, {14.5, -10.5, 2.8, 6, 5.7},
         {17, -12.5, 4.5, 6.3, 6.2}),
    /* tubercle */
    CONE(ADD, 3, P(17.5, -13, 6), 5, P(19.4, -15.2, 13.6), 3),
    /* facets for the lunate and the head of the capitate */
    BOX(CUT, 1.5, P(-4.1, -2.7, 0), P(8, 16, 16), 0, P(0, 0, -10)),
    BALL(CUT, 1.5, P(0, -17.5, 0), 9.5),
};
static const oik_sdf_feature lunate_features[] = {
    ELLIPSOID(ADD, 0, P(-4, -4.5, 0.5), P(8.8, 8.2, 11.9), P(0, 0, 8)),
    /* facets for the head of the capitate, the scaphoid and the triquetrum */
    BALL(CUT, 1.5, P(0, -17.5, 0), 9.5),
    BOX(CUT, 1.5, P(10.1, -5.3, 0), P(8, 16, 16), 0, P(0, 0, -10)),
    BOX(CUT, 1.5, P(-16.9, -10.4, 0), P(8, 16, 16), 0, P(0, 0, 28)),
};
static const oik_sdf_feature triquetrum_features[] = {
    /* pyramid with its tip inwards and down */
    ELLIPSOID(ADD, 0, P(-16.5, -10.5, -1.5), P(9, 8, 8), P(0, 0, 35)),
    ELLIPSOID(ADD, 4, P(-21.6, -16.1, -2), P(4.6, 4.6, 5.6), NO_TURN),
    /* facets for the lunate, the hamate and the pisiform */
    BOX(CUT, 1.5, P(-4.1, -3.6, 0), P(8, 16, 16), 0, P(0, 0, 28)),
    BOX(CUT, 1.5, P(-11.9, -24.4, 0), P(16, 8, 16), 0, P(0, 0, 35)),
    BOX(CUT, 1.5, P(-18.5, -14, 9.2), P(7, 8, 4), 0, NO_TURN),
};
static const oik_sdf_feature pisiform_features[] = {
    ELLIPSOID(ADD, 0, P(-18.5, -14, 11), P(5.9, 7.6, 5.6), NO_TURN),
    /* facet for the triquetrum */
    BOX(CUT, 1.5, P(-18.5, -14, 2.9), P(9, 9, 4), 0, NO_TURN),
};
static const oik_sdf_feature trapezium_features[] = {
    BOX(ADD, 0, P(24, -25, 7), P(9.6, 7, 8.6), 5.5, P(0, 30, -32)),
    /* tubercle */
    CONE(ADD, 3, P(19, -24, 12), 4.2, P(17.2, -28.8, 17.8), 2.7),
    /* facets for scaphoid and trapezoid, saddle for the first metacarpal */
    BALL(CUT, 1.5, P(17, -12.5, 4.5), 8.4),
    CONE(CUT, 1.5, P(17.5, -13, 6), 7.2, P(19.4, -15.2, 13.6), 5.2),
    BOX(CUT, 1.5, P(11.3, -27.7, -1.6), P(8, 16, 14), 0, P(0, -30, 7)),
    ELLIPSOID(CUT, 3, P(29.5, -33, 12), P(9, 6.2, 10), P(0, 30, -32)),
};
static const oik_sdf_feature trapezoid_features[] = {
    /* wedge with its broad side on the back of the hand */
    TUBE_CAP(ADD, 0, 0.6, X_AXIS,
      {13.2, -20, -1, 5.8, 7}, {13.4, -28, -1.5, 6.9, 8.2, 0, 0, 2.3}, {14, -36, -1.5, 7, 8.2, 0, 0, 2.3}),
    /* facets for scaphoid, capitate, trapezium and second metacarpal */
    BALL(CUT, 1.5, P(17, -12.5, 4.5), 8),
    BOX(CUT, 1.5, P(1.6, -28, 0), P(8, 16, 16), 0, NO_TURN),
    BOX(CUT, 1.5, P(23.7, -26.2, 5.6), P(8, 16, 16), 0, P(0, -30, 7)),
    BOX(CUT, 1.5, P(15.6, -41.3, 0), P(16, 8, 16), 0, P(0, 0, 4)),
    BALL(CUT, 1.5, P(0, -17.5, 0), 9.5),
};
static const oik_sdf_feature capitate_features[] = {
    /* head, neck, body */
    BALL(ADD, 0, P(0, -17.5, 0), 7.8),
    TUBE_CAP(ADD, 4, 0.3, X_AXIS, {0.4, -19, 0, 6.2, 6.4}, {0.8, -24, -0.5, 6.2, 6.8, 0, 0, 2.2},
             {1.2, -30, -0.5, 7.6, 8.6, 0, 0, 2.6}, {1.2, -36, -0.5, 8, 8.8, 0, 0, 2.6}),
    /* facets for the hamate, the trapezoid and the third metacarpal with its styloid process */
    BOX(CUT, 1.5, P(-13.5, -24.7, 0), P(8, 20, 16), 0, P(0, 0, -2)),
    BOX(CUT, 1.5, P(16, -28, 0), P(8, 16, 16), 0, NO_TURN),
    BOX(CUT, 1.5, P(2.5, -43.2, 0), P(16, 8, 16), 0, NO_TURN),
    ELLIPSOID(CUT, 2, P(7, -35, -7), P(5, 5.5, 5.5), NO_TURN),
};
static const oik_sdf_feature hamate_features[] = {
    /* wedge with its tip up, between capitate and triquetrum */
    TUBE_CAP(ADD, 0, 0.3, Z_AXIS, {-9, -13, -1, 6, 5}, {-12, -22, -1, 7.6, 7.6}, {-15, -36, -1, 9.6, 9.2, 0, 0, 2.4}),
    /* hook */
    TUBE(ADD, 4, Y_AXIS,
      {-12.5, -30, 4, 5.5, 4}, {-12, -30.5, 10, 4.4, 2.8}, {-10.8, -31, 15, 3.6, 2.4}),
    /* facets for the triquetrum, the capitate, the fourth and fifth metacarpal */
    BOX(CUT, 2.5, P(-20.1, -12.6, 0), P(16, 8, 16), 0, P(0, 0, 35)),
    BOX(CUT, 2.5, P(0.9, -25.3, 0), P(8, 20, 16), 0, P(0, 0, -2)),
    BOX(CUT, 1.5, P(-10.4, -43.2, 0), P(16, 8, 16), 0, P(0, 0, -3)),
    BOX(CUT, 1.5, P(-21.6, -40.9, 0), P(16, 8, 16), 0, P(0, 0, -12)),
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
    {{25.9, -33, 12.6}, {0.60, -0.68, 0.42}, 46.2, 4.6, 7.5, 7, 7, 8, {31.6, 0, 21.7}},
    {{15.5, -35, -1}, {0.155, -0.988, 0.01}, 68.1, 4.4, 6.4, 8, 7.6, 7.3, {39.8, 22.4, 15.8}},
    {{2.5, -37, -1.5}, {0.045, -1, 0.005}, 64.6, 4.3, 5.5, 8, 7.6, 7.5, {44.6, 26.3, 17.4}},
    {{-9.6, -37, -1.5}, {-0.09, -0.995, 0.01}, 58.0, 3.8, 4.5, 6.6, 6.8, 7, {41.4, 25.7, 17.3}},
    {{-20, -35, 0}, {-0.235, -0.972, 0.015}, 53.7, 3.8, 4.8, 6.4, 6.3, 6.2, {32.7, 18.1, 16.0}},
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

/** Head of a metacarpal: half-widths in units of ray_row.head, and how far palmar of the bone's axis its centre lies [mm]. */
static const double HEAD_WIDTH = 0.88, HEAD_DEPTH = 1.02, HEAD_RADIUS = 0.95, HEAD_PALMAR = 0.8;

/** Features in the frame lateral, palmar, along. */
void oik_draft_metacarpal(oik_bone_draft *o, int ray) {
    const ray_row *q = rays + ray;
    ray_frame f = metacarpal_frame(ray);
    double L = q->length, r = q->shaft, bw = q->base_width, bd = q->base_depth, h = q->head, head_z = L - HEAD_RADIUS * h;
    enter_frame(o, &f);
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.35 * fmin(bw, bd), bw, bd, 0, 0, 2.6},
                        {0, 0, 0.12 * L, bw * 0.9, bd * 0.85, 0, 0, 2.3}, {0, -0.8, 0.28 * L, r * 1.05, r * 1.02},
                        {0, -1.4, 0.5 * L, r * 0.95, r * 1.02, 0, 0, 2, 0.08, 90},
                        {0, -1.0, 0.7 * L, r * 1.1, r * 1.08}, {0, 0, 0.84 * L, h * 0.88, h * 0.85},
                        {0, 0.5, 0.9 * L, h * 0.9, h * 0.95}));
    FEATURE(o, ELLIPSOID(ADD, 2.5, P(0, HEAD_PALMAR, head_z), P(h * HEAD_WIDTH, h * HEAD_DEPTH, h * HEAD_RADIUS), NO_TURN));
    if (ray == 1) { /* saddle, two sesamoids */
        FEATURE(o, ELLIPSOID(CUT, 2, P(0, 0, -5), P(9, 5, 6.5), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 1, P(3, HEAD_PALMAR + h * 1.05, head_z), P(2.4, 2, 3), NO_TURN));
        FEATURE(o, ELLIPSOID(ADD, 1, P(-3, HEAD_PALMAR + h * 1.05, head_z), P(2.4, 2, 3), NO_TURN));
    }
    oik_draft_mark(o, "base", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "head", ON_BONE, v3(0, 0, L));
    oik_draft_mark(o, "head_c", OFF_BONE, v3(0, HEAD_PALMAR, head_z));
    if (ray == 3) { /* styloid process */
        oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
        FEATURE(o, CONE(ADD, 3, P(5, -39, -6), 3, P(5.8, -35, -6.5), 1.8));
    }
}

/**
 * Joints of the fingers: the head before is round about the hinge (interphalangeal) or about its centre (metacarpophalangeal), and the base
 * is hollowed by the same body, wider by the joint's space, so that the space stays the same while the joint bends. Spaces of the cartilage
 * on radiographs are 1.6 to 1.9 mm at the knuckles and 1 to 1.3 mm further out (from memory, unverified); the triangles take up to 0.3 mm off them.
 */
static const double KNUCKLE_SPACE = 2.3, HINGE_SPACE = 1.7, THUMB_SPACE = 2.0;
/** How far a bone starts beyond the end of the one before: the head reaches into the hollow of the base [mm] */
static const double JOINT_STEP = 0.2;
/** Head of a phalanx: half-width of a condyle, where it lies, radius about the hinge, all of the half-width at the bone's base. */
static const double CONDYLE_HALF = 0.40, CONDYLE_X = 0.36, HINGE_RADIUS = 0.52, GROOVE_RADIUS = 0.47;

static const double finger_taper[3] = {1, 0.84, 0.72};

static double finger_width(int ray, int k) {
    return rays[ray].finger_width * finger_taper[k - 1];
}

/** Phalanx before phalanx k of a ray, 0: the metacarpal. */
static int phalanx_before(int ray, int k) {
    while (--k > 0 && rays[ray].phalanx[k - 1] == 0.0) {
    }
    return k;
}

/** From the centre of the head before phalanx k to where the phalanx starts [mm]. */
static double joint_reach(int ray, int k) {
    int before = phalanx_before(ray, k);
    return JOINT_STEP + (before > 0 ? HINGE_RADIUS * finger_width(ray, before) : HEAD_RADIUS * rays[ray].head);
}

/** Frame of phalanx k (1..3) of a ray in relaxed flexion, following the chain from the metacarpal's head. */
static ray_frame phalanx_frame(int ray, int k) {
    static const double flexion_deg[2][3] = {{4, 0, 6}, {8, 10, 6}}; /* thumb, fingers */
    const double DEG = 3.14159265358979323846 / 180.0;
    ray_frame f = metacarpal_frame(ray);
    oik_vec3 centre = v3_madd(v3_madd(f.origin, rays[ray].length - HEAD_RADIUS * rays[ray].head, f.along), HEAD_PALMAR, f.palmar);
    for (int j = 1; j <= k; j++) {
        if (rays[ray].phalanx[j - 1] == 0.0)
            continue;
        oik_mat3 R = oik_rot_axis(v3_cross(f.along, f.palmar), flexion_deg[ray > 1][j - 1] * DEG);
        f.along = m3_mulv(R, f.along);
        f.palmar = m3_mulv(R, f.palmar);
        f.origin = v3_madd(centre, joint_reach(ray, j), f.along);
        centre = v3_madd(f.origin, rays[ray].phalanx[j - 1] - HINGE_RADIUS * finger_width(ray, j), f.along);
    }
    return f;
}

/** Wide base, thin shaft, tuft; from 0 to L along z. */
static void distal_phalanx(oik_bone_draft *o, double L, double w) {
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.24 * w, w, w * 0.68, 0, 0, 2.4},
                        {0, 0, 0.2 * L, w * 0.84, w * 0.56}, {0, -0.2, 0.42 * L, w * 0.46, w * 0.42},
                        {0, -0.3, 0.62 * L, w * 0.44, w * 0.36}));
    FEATURE(o, TUBE_CAP(ADD, 1.2, 0.6, X_AXIS, {0, -0.3, 0.6 * L, w * 0.42, w * 0.34}, {0, -0.1, 0.76 * L, w * 0.6, w * 0.34},
                        {0, -0.1, 0.87 * L, w * 0.7, w * 0.32}, {0, -0.3, L - 0.1 * w, w * 0.56, w * 0.26}));
}

/** Waisted shaft flat on the palm's side, head with two condyles and a shallow groove; from 0 to L. depth: half that of the base. */
static void longer_phalanx(oik_bone_draft *o, double L, double w, double depth) {
    double r = HINGE_RADIUS * w, groove = GROOVE_RADIUS * w, head = L - r;
    FEATURE(o, TUBE_CAP(ADD, 0, 0.35, X_AXIS, {0, 0, 0.27 * w, w, depth, 0, 0, 2.4},
                        {0, -0.2, 0.16 * L, w * 0.86, depth * 0.92}, {0, -0.7, 0.34 * L, w * 0.66, w * 0.58},
                        {0, -0.9, 0.58 * L, w * 0.58, w * 0.48}, {0, -0.4, 0.8 * L, w * 0.66, w * 0.46},
                        {0, 0, head, w * 0.7, w * 0.44}));
    FEATURE(o, ELLIPSOID(ADD, 0.5, P(0, 0, head), P(w * 0.5, groove, groove), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 0.8, P(w * CONDYLE_X, 0, head), P(w * CONDYLE_HALF, r, r), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 0.8, P(-w * CONDYLE_X, 0, head), P(w * CONDYLE_HALF, r, r), NO_TURN));
    oik_draft_mark(o, "head_c", OFF_BONE, v3(0, 0, head));
}

/** Hollow of the base of phalanx k for the head before it, the centre of which is reach before the base. */
static void hollow_base(oik_bone_draft *o, int ray, int k, double reach) {
    int before = phalanx_before(ray, k);
    double h = rays[ray].head, g = KNUCKLE_SPACE;
    if (before == 0) {
        FEATURE(o, ELLIPSOID(CUT, 0.5, P(0, 0, -reach), P(h * HEAD_WIDTH + g, h * HEAD_DEPTH + g, h * HEAD_RADIUS + g), NO_TURN));
        return;
    }
    double w = finger_width(ray, before), x = CONDYLE_X * w, half = CONDYLE_HALF * w;
    g = ray == 1 ? THUMB_SPACE : HINGE_SPACE; /* the skin's thumb bends sideways there by some degrees */
    double r = HINGE_RADIUS * w + g, groove = GROOVE_RADIUS * w + g;
    FEATURE(o, ELLIPSOID(CUT, 0.5, P(0, 0, -reach), P(0.5 * w + g, groove, groove), NO_TURN));
    FEATURE(o, ELLIPSOID(CUT, 0.5, P(x, 0, -reach), P(half + g, r, r), NO_TURN));
    FEATURE(o, ELLIPSOID(CUT, 0.5, P(-x, 0, -reach), P(half + g, r, r), NO_TURN));
}

void oik_draft_finger(oik_bone_draft *o, int ray_and_phalanx) {
    int ray = ray_and_phalanx / 10, k = ray_and_phalanx % 10;
    assert(ray >= 1 && ray <= 5 && k >= 1 && k <= 3); /* the list in bone_set.c has no others */
    ray_frame f = phalanx_frame(ray, k);
    double L = rays[ray].phalanx[k - 1], w = finger_width(ray, k), reach = joint_reach(ray, k);
    enter_frame(o, &f);
    if (k == 3)
        distal_phalanx(o, L, w);
    else
        longer_phalanx(o, L, w, k == 1 ? w * 0.78 : w * 0.63);
    hollow_base(o, ray, k, reach);
    oik_draft_mark(o, "prox", ON_BONE, v3(0, 0, 0));
    oik_draft_mark(o, "dist", ON_BONE, v3(0, 0, L));
    oik_draft_mark(o, "joint_c", OFF_BONE, v3(0, 0, -reach));
}
