/** Ribs 1 to 12 and their costal cartilages, torso frame; key points follow from the vertebrae and a table. */
#include "bones.h"
#include "spine.h"

/*
 * Most lateral point (x, z, drop below the rib's head), costochondral junction (x, drop, z), section half height and
 * half thickness. Centre lines of about 135 190 240 270 290 305 310 300 285 250 185 105 mm; sections 12-14 x 6-7 mm
 * (rib height and thickness: Holcombe et al. 2023, doi 10.3389/fbioe.2023.1158242).
 */
typedef struct rib_row {
    double lat_x, lat_z, lat_drop, ccj_x, ccj_drop, ccj_z, half_height, half_thickness;
} rib_row;

enum { N_RIBS = 12, N_CARTILAGES = 10, N_KEYS = 7 };

static const rib_row ribs[N_RIBS + 1] = {
    {0},
    {56, -23, -8, 33, -45, 14, 3, 7.5},
    {75.6, -25, -20, 35.9, -70, 37, 4.5, 5},
    {92.6, -27, -35, 42.7, -88, 53, 5.8, 3.8},
    {104.9, -29, -48, 51.4, -101, 65, 6.4, 3.6},
    {114.3, -30, -58, 62.1, -111, 72, 6.6, 3.6},
    {121.9, -31, -67, 75.7, -123, 75, 6.8, 3.6},
    {127.6, -32, -75, 87.9, -136, 72, 6.8, 3.6},
    {130.4, -35, -81, 99.3, -143, 62, 6.6, 3.5},
    {129.5, -41, -83, 108.9, -144, 44, 6.4, 3.4},
    {125.7, -49, -79, 115.6, -137, 18, 6, 3.3},
    {115.3, -69, -66, 111.7, -111, -16, 5.4, 3.2},
    {92.2, -95, -44, 89.8, -65, -76, 4.8, 3.2},
};

/** Key points along the centre line of a rib. */
enum { HEAD, TUBERCLE, ANGLE, POSTERIOR_LATERAL, LATERAL, ANTERIOR_LATERAL, JUNCTION };

static const char *const key_name[N_KEYS] = {"head", "tub", "angle", "postlat", "lat", "antlat", "ccj"};

static bool floating(int r) {
    return r >= 11;
}

/** Head and tubercle sit on the vertebra of the same number. */
static void key_points_at_spine(oik_vec3 p[N_KEYS], int r) {
    int level = LEVEL_T1 + 1 - r;
    const oik_vertebra_row *t = oik_vertebra_table + level;
    double up = floating(r) || r == 1 ? 0.15 : 0.45; /* share of the body's height: one facet or a disc's edge */
    p[HEAD] = oik_vertebra_point(level, v3(0.5 * t->width + 2.5, up * t->height, -0.36 * t->depth));
    p[TUBERCLE] = oik_vertebra_point(level, v3(0.5 * t->tp_span - 1, t->tp_up + 1, t->tp_back + 6.5));
}

static void true_rib_points(oik_vec3 p[N_KEYS], int r) {
    const rib_row *q = ribs + r;
    oik_vec3 head = p[HEAD], tub = p[TUBERCLE];
    oik_vec3 lat = v3(q->lat_x, head.y + q->lat_drop, q->lat_z), ccj = v3(q->ccj_x, head.y + q->ccj_drop, q->ccj_z);
    double back = fmin(tub.z, head.z) - (r == 1 ? 2 : r < 4 ? 8 : r < 10 ? 13 : 8);
    double bow = (r == 1 ? 0.60 : 0.86) * 0.92;
    p[ANGLE] = v3(tub.x + (lat.x - tub.x) * 0.52, tub.y + (lat.y - tub.y) * 0.40, back + (lat.z - back) * 0.10);
    p[POSTERIOR_LATERAL] =
        v3(tub.x + (lat.x - tub.x) * 0.90, tub.y + (lat.y - tub.y) * 0.73, back + (lat.z - back) * 0.50);
    p[LATERAL] = lat;
    p[ANTERIOR_LATERAL] =
        v3(ccj.x + (lat.x - ccj.x) * bow, lat.y + (ccj.y - lat.y) * 0.56, lat.z + (ccj.z - lat.z) * 0.60);
    p[JUNCTION] = ccj;
}

/** Ribs 11 and 12: a simple bow without tubercle or cartilage to the arch. */
static void floating_rib_points(oik_vec3 p[N_KEYS], int r) {
    const rib_row *q = ribs + r;
    oik_vec3 a = p[HEAD], e = v3(q->ccj_x, a.y + q->ccj_drop, q->ccj_z), d = v3_sub(e, a);
    double bow = r == 11 ? 1 : 0.55, short_back = r == 12 ? 12 : 0;
    p[TUBERCLE] = v3_add(a, v3(12, -4, -9));
    p[ANGLE] = v3(a.x + d.x * 0.36, a.y + d.y * 0.26, a.z - (r == 11 ? 22 : 20));
    p[POSTERIOR_LATERAL] = v3(a.x + d.x * 0.66, a.y + d.y * 0.48, a.z - 18 * bow - short_back);
    p[LATERAL] = v3(a.x + d.x * 0.90, a.y + d.y * 0.72, a.z + d.z * 0.35 - (r == 12 ? 14 : 6));
    p[ANTERIOR_LATERAL] = v3_add(v3_lerp(p[LATERAL], e, 0.5), v3(2 * bow, 0, 0));
    p[JUNCTION] = e;
}

static void key_points(oik_vec3 p[N_KEYS], int r) {
    key_points_at_spine(p, r);
    if (floating(r))
        floating_rib_points(p, r);
    else
        true_rib_points(p, r);
}

/** The section's long axis: upward in the chest wall, leaning with the wall at the top of the cage. */
static oik_vec3 wall_up(oik_vec3 p, int r) {
    double lean = r < 3 ? 0.55 : r < 5 ? 0.35 : r < 8 ? 0.15 : -0.05;
    oik_vec3 out = v3_unit(v3(1.2 * p.x, 0, p.z + 45)); /* the cage's axis is 45 mm behind the hips */
    return v3_unit(v3_madd(v3(0, 1, 0), -lean, out));
}

/** Section half height and half thickness at key point i. */
static void rib_section(double *half_height, double *half_thickness, int r, int i) {
    static const double height[N_KEYS] = {0.72, 0.80, 1, 1, 1, 1.02, 1.02};
    static const double thickness[N_KEYS] = {1.0, 1.1, 1.15, 1.0, 1, 1.05, 1.1};
    double h = ribs[r].half_height, t = ribs[r].half_thickness;
    *half_height = h * height[i];
    *half_thickness = t * thickness[i];
    if (r == 1) { /* the first rib is flat from above, with a round neck */
        *half_height = i < ANGLE ? 4.2 : h;
        *half_thickness = i < ANGLE ? 4.2 : i == JUNCTION ? 1.15 * t : t;
    }
    if (floating(r) && i == JUNCTION) { /* pointed end */
        *half_height *= 0.55;
        *half_thickness *= 0.7;
    }
}

void oik_draft_rib(oik_bone_draft *o, int r) {
    oik_vec3 p[N_KEYS], up[N_KEYS];
    double s[N_KEYS][OIK_SDF_STATION] = {{0}};
    key_points(p, r);
    for (int i = 0; i < N_KEYS; i++) {
        s[i][ST_X] = p[i].x;
        s[i][ST_Y] = p[i].y;
        s[i][ST_Z] = p[i].z;
        rib_section(&s[i][ST_A], &s[i][ST_B], r, i);
        s[i][ST_EXPONENT] = 2.3;
        up[i] = wall_up(p[i], r);
    }
    oik_sdf_feature shaft = {.kind = OIK_SDF_TUBE, .mode = ADD, .r0 = 0.6, .n = N_KEYS,
                             .stations = (const double(*)[OIK_SDF_STATION])s, .refs = up};
    oik_sdf_add(o->sdf, &shaft);
    FEATURE(o, ELLIPSOID(ADD, 3, p[HEAD], P(4.6, 5, 4.6), NO_TURN));
    FEATURE(o, ELLIPSOID(ADD, 4, P(p[TUBERCLE].x, p[TUBERCLE].y, p[TUBERCLE].z - 2.5), P(4.6, 4.6, 4.2), NO_TURN));
    for (int i = 0; i < N_KEYS; i++)
        oik_draft_mark(o, key_name[i], OFF_BONE, p[i]);
}

/* ---- costal cartilages ---- */

/** Notches on the sternum's left border for cartilages 1 to 7, torso frame. */
static const oik_vec3 sternal_notch[8] = {
    {0, 0, 0},       {28, 517, 35}, {16, 485, 47}, {17, 462, 54},
    {18.5, 440, 60}, {20, 421, 65}, {19, 406, 69}, {13, 396, 71},
};

/** Junction with the rib, two points on the way, and the end at the sternum or at the cartilage above. */
typedef struct cartilage_path {
    oik_vec3 junction, near, middle, end;
} cartilage_path;

static cartilage_path true_cartilage(oik_vec3 junction, oik_vec3 along, int r) {
    cartilage_path c = {.junction = junction, .end = sternal_notch[r]};
    c.near = v3_madd(junction, fmin(0.2 * v3_dist(c.end, junction), 12), along);
    c.middle = v3_lerp(c.near, c.end, 0.5);
    if (r > 4) { /* the lower ones sag before they climb */
        c.middle.y -= 2.5 * (r - 4);
        c.middle.z += 2.5;
    }
    return c;
}

/** Cartilages 8 to 10 end on the lower border of the one above. */
static cartilage_path false_cartilage(oik_vec3 junction, oik_vec3 along, int r, const cartilage_path *above) {
    cartilage_path c = {.junction = junction};
    c.end = v3_lerp(above->near, above->middle, r == 8 ? 0.75 : 0.6);
    c.end.y -= 6;
    c.near = v3_madd(junction, 0.28 * v3_dist(c.end, junction), along);
    c.middle = v3_add(v3_lerp(c.near, c.end, 0.55), v3(0, -2, 1));
    return c;
}

static cartilage_path cartilage(int number) {
    cartilage_path c = {0};
    for (int r = 1; r <= number; r++) {
        oik_vec3 p[N_KEYS];
        key_points(p, r);
        oik_vec3 along = v3_unit(v3_sub(p[JUNCTION], p[ANTERIOR_LATERAL]));
        c = r <= 7 ? true_cartilage(p[JUNCTION], along, r) : false_cartilage(p[JUNCTION], along, r, &c);
    }
    return c;
}

void oik_draft_cartilage(oik_bone_draft *o, int r) {
    cartilage_path c = cartilage(r);
    double h = 1.02 * ribs[r].half_height, t = 1.15 * ribs[r].half_thickness + 0.6;
    if (r == 1) {
        h = 4;
        t = 8;
    }
    h *= r < 5 ? 0.95 : 0.90;
    FEATURE(o, TUBE_CAP(ADD, 0, 0.6, P(0, 1, r < 3 ? -0.5 : -0.1),
                        {c.junction.x, c.junction.y, c.junction.z, h, t, 0, 0, 2.3},
                        {c.near.x, c.near.y, c.near.z, h * 0.97, t}, {c.middle.x, c.middle.y, c.middle.z, h * 0.92, t},
                        {c.end.x, c.end.y, c.end.z, h * 0.88, t * 0.95}));
    oik_draft_mark(o, "ccj", OFF_BONE, c.junction);
    oik_draft_mark(o, "end", OFF_BONE, c.end);
}
