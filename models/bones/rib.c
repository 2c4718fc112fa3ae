/** Ribs 1 to 12 and their costal cartilages, torso frame; key points follow from the vertebrae and a table. */
#include <string.h>

#include "bones.h"
#include "rib.h"
#include "spine.h"

/*
 * Most lateral point (x, z, drop below the rib's head), costochondral junction (x, drop, z), section half height and
 * half thickness; the most lateral points of ribs 1 to 6 follow from their bows, below. Centre lines of about 115 210 260 290 305 305 310
 * 300 285 250 185 105 mm; sections 12-14 x 6-7 mm (rib height and thickness: Holcombe et al. 2023, doi 10.3389/fbioe.2023.1158242).
 */
typedef struct rib_row {
    double lat_x, lat_z, lat_drop, ccj_x, ccj_drop, ccj_z, half_height, half_thickness;
} rib_row;

enum { N_RIBS = 12, N_CARTILAGES = 10, N_KEYS = 7 };

static const rib_row ribs[N_RIBS + 1] = {
    {0},
    {0, 0, 0, 42, -55, 9, 2.9, 7.3},
    {0, 0, 0, 41, -79, 35, 4.5, 5},
    {0, 0, 0, 43.2, -89, 56.7, 5.8, 3.8},
    {0, 0, 0, 53.4, -101.5, 70.5, 6.4, 3.6},
    {0, 0, 0, 65, -113, 78, 6.6, 3.6},
    {0, 0, 0, 75.7, -120, 79, 6.8, 3.6},
    {127.6, -32, -75, 87.9, -133, 76, 6.8, 3.6},
    {130.4, -35, -81, 99.3, -140, 66, 6.6, 3.5},
    {129.5, -41, -83, 108.9, -141, 47, 6.4, 3.4},
    {125.7, -49, -79, 115.6, -135, 20, 6, 3.3},
    {115.3, -69, -66, 111.7, -111, -16, 5.4, 3.2},
    {92.2, -95, -44, 89.8, -65, -76, 4.8, 3.2},
};

/** Key points along the centre line of a rib. */
enum { HEAD, TUBERCLE, ANGLE, POSTERIOR_LATERAL, LATERAL, ANTERIOR_LATERAL, JUNCTION };

static const char *const key_name[N_KEYS] = {"head", "tub", "angle", "postlat", "lat", "antlat", "ccj"};

static bool floating(int r) {
    return r >= 11;
}

/** The head sits on the upper edge of the vertebra of the same number (1, 11, 12: below it), the tubercle before its transverse process. */
static void key_points_at_spine(oik_vec3 p[N_KEYS], int r) {
    int level = LEVEL_T1 + 1 - r;
    const oik_vertebra_row *t = oik_vertebra_table + level;
    bool own_facet = floating(r) || r == 1;
    double up = own_facet ? 0.18 * t->height : 0.5 * (t->height + t[1].disc);
    double side = own_facet ? 0.5 * t->width + 2.6 : 0.41 * t->width + 3.4;
    p[HEAD] = oik_vertebra_point(level, v3(side, up, -0.36 * t->depth));
    p[TUBERCLE] = oik_vertebra_point(level, v3(0.5 * t->tp_span - 1, t->tp_up + 2.5, t->tp_back + 10.2));
}

static const double HEAD_RADIUS = 4.4, TUBERCLE_RADIUS = 4.4;

double oik_rib_head_radius(int rib) {
    return floating(rib) ? HEAD_RADIUS - 0.6 : HEAD_RADIUS;
}

double oik_rib_tubercle_radius(int rib) {
    return floating(rib) ? 0.0 : TUBERCLE_RADIUS;
}

oik_vec3 oik_rib_head(int rib) {
    oik_vec3 p[N_KEYS];
    key_points_at_spine(p, rib);
    return p[HEAD];
}

oik_vec3 oik_rib_tubercle(int rib) {
    oik_vec3 p[N_KEYS];
    key_points_at_spine(p, rib);
    return p[TUBERCLE];
}

enum { N_BOWED = 6, N_BOW_KEYS = JUNCTION - ANGLE };

/**
 * Angle, posterior lateral, lateral and anterior lateral point of ribs 1 to 6 in the plane of the rib: along the chord from head to
 * junction and away from it, as shares of its length. Ribs 1 to 5: on the mean rib of Holcombe et al. 2017 (J Anat 231:229, its two
 * spirals drawn from tables A1 and A2 at stature and weight of ANSUR II), 25, 40, 56 and 78 % of the way from the head (rib 1: 30, 48,
 * 66, 84 %); rib 6: about half way between its mean rib and the formula of ribs 7 to 10. The plane holds the chord; to the side it falls
 * by the slope. `lift`: share of `out_of_plane` (below), by which ribs leave their plane; less in the second, which runs below the
 * clavicle.
 */
typedef struct rib_bow {
    double slope, lift, at[N_BOW_KEYS][2];
} rib_bow;

static const rib_bow bows[N_BOWED + 1] = {
    {0},
    {0.07, 0, {{0.14, 0.445}, {0.407, 0.53}, {0.667, 0.421}, {0.868, 0.217}}},
    {0.225, 0.5, {{-0.043, 0.453}, {0.18, 0.623}, {0.481, 0.616}, {0.818, 0.375}}},
    {0.29, 0.8, {{-0.03, 0.434}, {0.196, 0.588}, {0.491, 0.589}, {0.829, 0.368}}},
    {0.35, 1, {{-0.006, 0.405}, {0.217, 0.535}, {0.494, 0.526}, {0.823, 0.336}}},
    {0.4, 1, {{0.023, 0.379}, {0.24, 0.488}, {0.502, 0.473}, {0.82, 0.308}}},
    {0.47, 1, {{0.08, 0.355}, {0.285, 0.458}, {0.505, 0.437}, {0.82, 0.265}}},
};

/** Ribs 1 to 6: the first lies flat in its plane, the others sag behind and rise before. */
static void bowed_rib_points(oik_vec3 p[N_KEYS], int r) {
    static const double out_of_plane[N_BOW_KEYS] = {-10, -3, 3, 8.5};
    const rib_row *q = ribs + r;
    oik_vec3 head = p[HEAD], ccj = v3(q->ccj_x, head.y + q->ccj_drop, q->ccj_z), side = v3(1, -bows[r].slope, 0);
    double chord = v3_dist(head, ccj);
    oik_vec3 along = v3_unit(v3_sub(ccj, head)), away = v3_unit(v3_madd(side, -v3_dot(side, along), along));
    oik_vec3 up = v3_cross(along, away);
    for (int i = 0; i < N_BOW_KEYS; i++) {
        const double *at = bows[r].at[i];
        oik_vec3 in_plane = v3_madd(v3_madd(head, chord * at[0], along), chord * at[1], away);
        p[ANGLE + i] = v3_madd(in_plane, bows[r].lift * out_of_plane[i], up);
    }
    p[JUNCTION] = ccj;
}

/** Ribs 7 to 10: back to the angle, round to the side, down and forward to the cartilage. */
static void true_rib_points(oik_vec3 p[N_KEYS], int r) {
    const rib_row *q = ribs + r;
    oik_vec3 head = p[HEAD], tub = p[TUBERCLE];
    oik_vec3 lat = v3(q->lat_x, head.y + q->lat_drop, q->lat_z), ccj = v3(q->ccj_x, head.y + q->ccj_drop, q->ccj_z);
    double back = fmin(tub.z, head.z) - (r < 10 ? 11.5 : 8);
    const double bow = 0.79;
    p[ANGLE] = v3(tub.x + (lat.x - tub.x) * 0.52, tub.y + (lat.y - tub.y) * 0.40, back + (lat.z - back) * 0.10);
    p[POSTERIOR_LATERAL] =
        v3(tub.x + (lat.x - tub.x) * 0.90, tub.y + (lat.y - tub.y) * 0.73, back + (lat.z - back) * 0.50);
    p[LATERAL] = lat;
    p[ANTERIOR_LATERAL] =
        v3(ccj.x + (lat.x - ccj.x) * bow, lat.y + (ccj.y - lat.y) * 0.56, lat.z + (ccj.z - lat.z) * 0.60);
    p[JUNCTION] = ccj;
}

/** Ribs 11 and 12: a simple bow without tubercle or cartilage to the arch, furthest back at the angle. */
static void floating_rib_points(oik_vec3 p[N_KEYS], int r) {
    const rib_row *q = ribs + r;
    oik_vec3 a = p[HEAD], e = v3(q->ccj_x, a.y + q->ccj_drop, q->ccj_z);
    double back = r == 11 ? 42 : 30; /* depth of the bow behind its chord */
    for (int i = TUBERCLE; i < JUNCTION; i++) {
        static const double share[N_KEYS] = {0, 0.14, 0.34, 0.54, 0.72, 0.87, 1};
        double u = share[i], bow = 4 * u * (1 - u) * (1.25 - 0.5 * u);
        p[i] = v3_add(v3_lerp(a, e, u), v3(0.45 * back * bow * u, -2 * bow * u, -back * bow));
    }
    p[JUNCTION] = e;
}

static void key_points(oik_vec3 p[N_KEYS], int r) {
    key_points_at_spine(p, r);
    if (floating(r))
        floating_rib_points(p, r);
    else if (r <= N_BOWED)
        bowed_rib_points(p, r);
    else
        true_rib_points(p, r);
}

/** The section's long axis: upward in the chest wall, leaning with the wall at the top of the cage. */
static oik_vec3 wall_up(oik_vec3 p, int r) {
    if (r == 1)
        return v3_unit(v3(0, 1, 0.85)); /* across the plane of the rib: its faces look up and down */
    double lean = r < 3 ? 0.55 : r < 5 ? 0.35 : r < 8 ? 0.15 : -0.05;
    oik_vec3 out = v3_unit(v3(1.2 * p.x, 0, p.z + 45)); /* the cage's axis is 45 mm behind the hips */
    return v3_unit(v3_madd(v3(0, 1, 0), -lean, out));
}

/** Section half height and half thickness at key point i. */
static void rib_section(double *half_height, double *half_thickness, int r, int i) {
    static const double height[N_KEYS] = {0.60, 0.78, 1, 1, 1, 1.02, 1.02};
    static const double thickness[N_KEYS] = {0.85, 1.0, 1.15, 1.0, 1, 1.05, 1.1};
    double h = ribs[r].half_height, t = ribs[r].half_thickness;
    *half_height = h * height[i];
    *half_thickness = t * thickness[i];
    if (r == 1) { /* the first rib is flat from above, with a round neck */
        static const double broad[N_KEYS] = {3.2, 3.6, 5.6, 7.6, 8.0, 7.4, 6.8};
        *half_height = i < ANGLE ? 3.4 : i == JUNCTION ? 3.2 : h;
        *half_thickness = broad[i];
    }
    if (floating(r) && i >= ANTERIOR_LATERAL) { /* the end tapers to its tip of cartilage */
        *half_height *= i == JUNCTION ? 0.28 : 0.8;
        *half_thickness *= i == JUNCTION ? 0.36 : 0.85;
    }
}

/** Rounding of the flat end at the cartilage, as a share of the section's least half-width. */
static const double END_CAP = 0.25;

void oik_draft_rib(oik_bone_draft *o, int r) {
    oik_vec3 p[N_KEYS], up[N_KEYS];
    double s[N_KEYS][OIK_SDF_STATION] = {{0}};
    key_points(p, r);
    for (int i = 0; i < N_KEYS; i++) {
        double before = i == TUBERCLE && !floating(r) ? 1.5 : 0; /* the tubercle stands out backwards */
        s[i][ST_X] = p[i].x;
        s[i][ST_Y] = p[i].y;
        s[i][ST_Z] = p[i].z + before;
        rib_section(&s[i][ST_A], &s[i][ST_B], r, i);
        s[i][ST_EXPONENT] = 2.3;
        up[i] = wall_up(p[i], r);
    }
    oik_sdf_feature shaft = {.kind = OIK_SDF_TUBE, .mode = ADD, .r0 = floating(r) ? 0.8 : END_CAP, .n = N_KEYS,
                             .stations = (const double(*)[OIK_SDF_STATION])s, .refs = up};
    oik_sdf_add(o->sdf, &shaft);
    FEATURE(o, BALL(ADD, 2.5, P(p[HEAD].x, p[HEAD].y, p[HEAD].z), oik_rib_head_radius(r)));
    if (oik_rib_tubercle_radius(r) > 0)
        FEATURE(o, BALL(ADD, 2.5, P(p[TUBERCLE].x, p[TUBERCLE].y, p[TUBERCLE].z - 0.5), oik_rib_tubercle_radius(r)));
    for (int i = 0; i < N_KEYS; i++)
        oik_draft_mark(o, key_name[i], OFF_BONE, p[i]);
}

/* ---- costal cartilages ---- */

enum { STERNAL_ENDS = 7 };

/** Centre, half height, half thickness of the ends of cartilages 1 to 7 at the sternum. */
static const double sternal_end[STERNAL_ENDS + 1][5] = {
    {0}, {OIK_STERNAL_END_1}, {OIK_STERNAL_END_2}, {OIK_STERNAL_END_3}, {OIK_STERNAL_END_4}, {OIK_STERNAL_END_5},
    {OIK_STERNAL_END_6}, {OIK_STERNAL_END_7},
};

/** Centre line and section of a cartilage from the rib to the sternum or to the cartilage above. */
enum { C_START, C_NEAR, C_LEAVE, C_BEND, C_MIDDLE, C_END, N_CARTILAGE_KEYS };

typedef struct cartilage_path {
    oik_vec3 p[N_CARTILAGE_KEYS];
    double half_height[N_CARTILAGE_KEYS], half_thickness[N_CARTILAGE_KEYS];
} cartilage_path;

/** Half height and thickness of the section at the rib; a cartilage is a little thicker than its rib. */
static void cartilage_sections(cartilage_path *c, int r, double end_height, double end_thickness) {
    double h = 1.1 * ribs[r].half_height, t = 1.15 * ribs[r].half_thickness + 0.6;
    if (r == 1) {
        h = 3.5;
        t = 7.1;
    }
    for (int i = 0; i < N_CARTILAGE_KEYS; i++) {
        static const double share[N_CARTILAGE_KEYS] = {0, 0.08, 0.32, 0.65, 0.88, 1};
        c->half_height[i] = h + (end_height - h) * share[i];
        c->half_thickness[i] = t + (end_thickness - t) * share[i];
    }
}

/** Direction of a rib's centre line at its junction: the end tangent of the spline through its key points. */
static oik_vec3 end_direction(const oik_vec3 p[N_KEYS]) {
    oik_vec3 a = v3_sub(p[ANTERIOR_LATERAL], p[LATERAL]), b = v3_sub(p[JUNCTION], p[ANTERIOR_LATERAL]);
    double la = v3_norm(a), lb = v3_norm(b);
    oik_vec3 inner = v3_scale(v3_add(v3_scale(a, lb / la), v3_scale(b, la / lb)), 1.0 / (la + lb));
    return v3_unit(v3_sub(v3_scale(b, 1.5 / lb), v3_scale(inner, 0.5)));
}

/** A cubic Bezier curve that starts a hair's breadth past the rib's end in the rib's direction and arrives in direction `arrive`. */
static void cartilage_line(cartilage_path *c, oik_vec3 junction, oik_vec3 along, oik_vec3 end, oik_vec3 arrive) {
    const double joint_line = 1.3;
    double past = END_CAP * (c->half_thickness[C_START] / 1.1 + fmin(c->half_thickness[C_START], c->half_height[C_START]));
    oik_vec3 start = v3_madd(junction, past + joint_line, along);
    double length = v3_dist(start, end);
    oik_vec3 leave = v3_madd(start, fmin(0.36 * length, 22), along), reach = v3_madd(end, -0.3 * length, arrive);
    static const double share[N_CARTILAGE_KEYS] = {0, 0.08, 0.22, 0.45, 0.72, 1};
    for (int i = C_START; i < N_CARTILAGE_KEYS; i++) {
        double u = share[i], w = 1 - u;
        oik_vec3 p = v3_add(v3_scale(start, w * w * w), v3_scale(leave, 3 * w * w * u));
        c->p[i] = v3_add(p, v3_add(v3_scale(reach, 3 * w * u * u), v3_scale(end, u * u * u)));
    }
}

/** A point of the centre line between start and end, by share of the keys. */
static oik_vec3 on_cartilage(const cartilage_path *c, double key) {
    int i = (int)key;
    return v3_lerp(c->p[i], c->p[i + 1], key - i);
}

static cartilage_path cartilage(int number) {
    cartilage_path c = {0}, above;
    for (int r = 1; r <= number; r++) {
        oik_vec3 p[N_KEYS];
        key_points(p, r);
        oik_vec3 along = end_direction(p);
        above = c;
        if (r <= STERNAL_ENDS) {
            const double *e = sternal_end[r];
            oik_vec3 end = v3(e[0], e[1], e[2]);
            cartilage_sections(&c, r, e[3], e[4]);
            /* the flat end turns towards its notch */
            oik_vec3 arrive = v3_add(v3_unit(v3_sub(end, p[JUNCTION])), v3(r < 5 ? -0.8 : -0.2, 0, 0));
            cartilage_line(&c, p[JUNCTION], along, end, v3_unit(arrive));
        } else { /* cartilages 8 to 10 taper along the lower border of the one above */
            const double tip = 1.8, gap = 0.8, nearing = 0.3;
            const oik_vec3 outward = v3_unit(v3(0.45, 0, 0.9));
            cartilage_sections(&c, r, tip, tip);
            oik_vec3 climb = v3_unit(v3_sub(above.p[C_MIDDLE], above.p[C_BEND]));
            oik_vec3 below = v3_unit(v3_cross(outward, climb));
            oik_vec3 at = on_cartilage(&above, C_MIDDLE);
            double clear = above.half_height[C_MIDDLE] + tip + gap;
            cartilage_line(&c, p[JUNCTION], along, v3_madd(at, clear, below), v3_unit(v3_madd(climb, -nearing, below)));
        }
    }
    return c;
}

void oik_draft_cartilage(oik_bone_draft *o, int r) {
    cartilage_path c = cartilage(r);
    double s[N_CARTILAGE_KEYS][OIK_SDF_STATION] = {{0}};
    oik_vec3 up[N_CARTILAGE_KEYS];
    for (int i = 0; i < N_CARTILAGE_KEYS; i++) {
        memcpy(s[i], (double[]){c.p[i].x, c.p[i].y, c.p[i].z, c.half_height[i], c.half_thickness[i]}, 5 * sizeof(double));
        s[i][ST_EXPONENT] = 2.2;
        up[i] = r == 1 ? v3(0, 1, 0.85 - 0.17 * i) : r == 2 ? v3(0, 1, -0.5) : v3(0, 1, -0.1);
    }
    up[C_START] = wall_up(c.p[C_START], r);
    oik_sdf_feature line = {.kind = OIK_SDF_TUBE, .mode = ADD, .r0 = END_CAP, .n = N_CARTILAGE_KEYS,
                            .stations = (const double(*)[OIK_SDF_STATION])s, .refs = up};
    oik_sdf_add(o->sdf, &line);
    oik_draft_mark(o, "ccj", OFF_BONE, c.p[C_START]);
    oik_draft_mark(o, "end", OFF_BONE, c.p[C_END]);
}
