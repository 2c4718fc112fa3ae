/** The spinal column: dimensions of the vertebrae and the curve they stand on. */
#include "spine.h"

#include "base/rot.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/*
 * Discs: lumbar 9-12 mm, thoracic 4-6.5, cervical 4.5-5 (Kunkel et al. 2011, Gilad and Nissan 1986 [L]); in the cervical rows less by
 * 1.3 mm and the body more, because height counts to the crest of the saddle.
 * Bodies after Panjabi et al. 1991-92 (Spine 16:888, 17:299), Gilad and Nissan 1985, Kunkel et al. 2010. The tilts add
 * up to sacral slope 40, lumbar lordosis 56, thoracic kyphosis (T4-T12) 40 and cervical lordosis of about 20 degrees. Lumbar discs are
 * wedged by 5 deg at L1-L2, rising to 15 at L5-S1, bodies by -3 to 9 (Been and Kalichman 2014, Spine J 14:87 [L]).
 */
const oik_vertebra_row oik_vertebra_table[N_LEVELS] = {
    /*      width depth height disc  tilts     canal       transverse   spinous         pedicle */
    {"L5", 52, 35, 27.5, 11.4, -15, -9, 27, 17, 94, -23, 4, 20, 12, 5.6, 8.5},
    {"L4", 50, 35, 28.5, 12, -11.5, -2, 24, 17, 92, -25, 4, 27, 5, 6.6, 6.8},
    {"L3", 48, 34, 28.5, 11.4, -10.5, 0, 23, 17, 98, -26, 4, 31, 9, 9.5, 5.6},
    {"L2", 46, 33, 28, 11, -8, 2, 22.5, 17, 90, -27, 4, 30, 11, 11.5, 4.8},
    {"L1", 44, 32, 27.5, 9.5, -5, 3, 22, 17, 80, -28, 4, 28, 14, 11, 4.4},
    {"T12", 42, 31, 25.2, 6.5, -1, 3, 22, 17, 50, -32, 4, 24, 20, 9, 4.3},
    {"T11", 39, 31, 23.2, 5.5, 0.5, 3, 19, 16, 52, -35, 3, 26, 30, 8, 4.6},
    {"T10", 36, 31, 22.3, 5, 0.5, 3, 17, 15.5, 57, -37, 3, 29, 42, 7, 4.0},
    {"T9", 33, 30.5, 21.3, 4.6, 0.5, 3.2, 17, 15.5, 60, -38, 2, 32, 52, 6, 3.4},
    {"T8", 31.5, 30, 20.8, 4.4, 0.5, 3.3, 17, 15.5, 62, -38, 2, 36, 58, 5.5, 3.2},
    {"T7", 30, 29, 20.3, 4.2, 0.5, 3.4, 17, 15.5, 63, -38, 2, 38, 60, 5.5, 3.0},
    {"T6", 29, 28, 19.8, 4.1, 0.5, 3.4, 17, 15.5, 64, -36, 2, 38, 59, 5.5, 2.8},
    {"T5", 28, 26, 19.2, 4, 0.5, 3.4, 17, 15.5, 65, -35, 2, 37, 56, 5.5, 2.7},
    {"T4", 27.5, 24, 18.6, 4, 0.5, 3.2, 17, 15.5, 67, -33, 2, 34, 50, 5.5, 2.8},
    {"T3", 28, 22, 18.3, 4, 0.5, 3, 18, 15.5, 69, -31, 2, 31, 44, 5.5, 3.2},
    {"T2", 29, 20, 17.8, 4.1, 0.5, 2.6, 19, 15.5, 72, -28, 2, 30, 38, 5.5, 3.8},
    {"T1", 30, 18, 16.8, 4.4, -0.5, 2, 21, 15.5, 76, -23, 2, 31, 30, 5.5, 4.2},
    {"C7", 28, 17, 15.5, 3.8, -2, 0, 25, 15, 66, -9, 0, 31, 20, 5, 3.2},
    {"C6", 25, 17, 13.9, 3.7, -3, 0, 26, 14, 58, -5, -1, 22, 18, 4.5, 3.0},
    {"C5", 22, 16.5, 13.5, 3.5, -4, 0, 26, 14, 55, -5, -1, 17, 18, 4, 2.8},
    {"C4", 21, 16, 13.5, 3.3, -4, 0, 25, 14, 53, -5, -1, 15, 18, 4, 2.7},
    {"C3", 20, 16, 13.7, 3.2, -4, 0, 24, 14, 52, -5, -1, 15, 18, 4, 2.7},
    {"C2", 19, 16, 21.8, 3.7, -3, -2, 24, 16, 54, -7, -2, 10, 14, 5.5, 4.0},
    {"C1", 79, 12, 16.0, 0.0, 0, 0, 30, 31, 78, -9, 0, 0, 0, 0, 3.0},
};

oik_mat3 oik_tilt(double deg) {
    return oik_rot_axis(v3(1, 0, 0), deg * DEG);
}

/** Direction "up" of a vertebra tilted forward by deg. */
static oik_vec3 up(double deg) {
    return v3(0, cos(deg * DEG), sin(deg * DEG));
}

oik_vertebra_pose oik_vertebra_stand(int level) {
    const double ring_over_axis = 7.0; /* centre of the atlas above the upper end of the body of C2 [mm] */
    double tilt = OIK_S1_TILT;
    oik_vec3 top = OIK_S1_CENTRE;
    oik_vertebra_pose pose = {top, tilt};
    for (int i = 0; i <= level; i++) {
        const oik_vertebra_row *t = oik_vertebra_table + i;
        top = v3_madd(top, t->disc, up(tilt + 0.5 * t->tilt_disc));
        tilt += t->tilt_disc;
        if (i == LEVEL_C1)
            return (oik_vertebra_pose){v3_madd(top, ring_over_axis, up(tilt)), tilt};
        oik_vec3 axis = up(tilt + 0.5 * t->tilt_body);
        pose = (oik_vertebra_pose){v3_madd(top, 0.5 * t->height, axis), tilt + 0.5 * t->tilt_body};
        top = v3_madd(top, t->height, axis);
        tilt += t->tilt_body;
    }
    return pose;
}

oik_vec3 oik_vertebra_point(int level, oik_vec3 local) {
    oik_vertebra_pose pose = oik_vertebra_stand(level);
    return v3_add(pose.centre, m3_mulv(oik_tilt(pose.tilt_deg), local));
}

/*
 * Facet joints after Panjabi et al. 1993 and Masharawi et al. 2004 [L]: in the cervical spine the
 * facets of the lower vertebra look up and back, in the thoracic spine back, in the lumbar spine medially and back, from nearly
 * sagittal at L1 to nearly coronal at L5.
 */
typedef struct facet_row {
    double x, up, back;     /* centre: lateral, above the middle of the disc, behind the back of the canal's front wall */
    oik_vec3 normal;        /* of the lower vertebra's facet */
    double half_width, half_height;
} facet_row;

static const facet_row facet_table[LEVEL_C2 + 1] = {
    [0] = {21.5, -1, 13, {-0.58, 0.15, -0.80}, 6.5, 6.8}, [1] = {19, -1, 13, {-0.70, 0.05, -0.71}, 6.5, 7},
    [2] = {17, -1, 13, {-0.80, 0, -0.60}, 6.5, 8},        [3] = {15.5, -1, 13, {-0.86, 0, -0.51}, 6.2, 8},
    [4] = {14.5, -1, 13, {-0.89, 0, -0.46}, 6, 7.5},      [5] = {13, -1, 13, {-0.86, 0, -0.51}, 5.5, 7},
    [6] = {11.5, 0, 13, {0.15, 0.26, -0.95}, 5.2, 6},     [7] = {11, 0, 13, {0.18, 0.28, -0.94}, 5, 6},
    [8] = {11, 0, 13, {0.18, 0.28, -0.94}, 5, 6},         [9] = {11, 0, 13, {0.18, 0.28, -0.94}, 5, 6},
    [10] = {11, 0, 13, {0.18, 0.28, -0.94}, 5, 6},        [11] = {11, 0, 13, {0.18, 0.30, -0.94}, 5, 6},
    [12] = {11, 0, 13, {0.18, 0.30, -0.94}, 5, 6},        [13] = {11, 0, 13, {0.18, 0.32, -0.93}, 5, 6},
    [14] = {11.5, 0, 13, {0.16, 0.36, -0.92}, 5, 6},      [15] = {12, 0, 12.5, {0.12, 0.42, -0.90}, 5.2, 6},
    [16] = {14, 0, 11, {0.08, 0.48, -0.87}, 5.5, 6},      [17] = {17.5, -1, 8.5, {0.05, 0.60, -0.80}, 6, 6},
    [18] = {20, -1.5, 6.5, {0, 0.68, -0.73}, 6, 6},       [19] = {20.5, -1.5, 6, {0, 0.70, -0.71}, 6, 6},
    [20] = {20.5, -1.5, 6, {0, 0.71, -0.71}, 6, 6},       [21] = {20, -1.5, 6, {-0.05, 0.73, -0.68}, 6, 6},
    [22] = {19.5, -1.5, 6, {-0.10, 0.78, -0.62}, 6, 6},
};

/** Middle of the upper end of a vertebral body; level -1 is the sacrum. */
static oik_vec3 upper_end(int level) {
    return level < 0 ? OIK_S1_CENTRE : oik_vertebra_point(level, v3(0, 0.5 * oik_vertebra_table[level].height, 0));
}

oik_facet_joint oik_facet_stand(int level) {
    const oik_vertebra_row *t = oik_vertebra_table + level;
    const facet_row *q = facet_table + level;
    oik_vec3 below = upper_end(level - 1), above = oik_vertebra_point(level, v3(0, -0.5 * t->height, 0));
    double lower_tilt = level ? oik_vertebra_stand(level - 1).tilt_deg : OIK_S1_TILT;
    oik_mat3 disc = oik_tilt(0.5 * (lower_tilt + oik_vertebra_stand(level).tilt_deg));
    oik_vec3 local = v3(q->x, q->up, -0.5 * t->depth - q->back);
    oik_vec3 n = v3_unit(m3_mulv(disc, q->normal)), y = m3_column(disc, 1);
    oik_vec3 along = v3_unit(v3_madd(y, -v3_dot(y, n), n));
    return (oik_facet_joint){
        .centre = v3_add(v3_lerp(below, above, 0.5), m3_mulv(disc, local)),
        .R = m3_columns(v3_cross(along, n), along, n), .half_width = q->half_width, .half_height = q->half_height,
        /* neck and trunk vary in size by themselves; the lowest joints extend most */
        .gap = OIK_FACET_GAP + (level == LEVEL_C7 ? 1.2 : level <= LEVEL_L5 + 1 ? 0.6 : 0.0),
    };
}
