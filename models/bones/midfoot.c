/** Left navicular, cuboid and cuneiforms, foot frame: origin ankle centre, +z forward, floor at y = -72. See foot.h. */
#include <assert.h>

#include "base/rot.h"
#include "foot.h"

/* ---- facets ---- */

/** A plane across the foot between two bones: a point half way between them, and its normal. */
typedef struct facet_row {
    oik_foot_bone behind, before;
    oik_vec3 p;
    double pitch, yaw; /**< of the normal from +z: down, outwards [deg] */
} facet_row;

/** A plane along the foot between two bones. */
typedef struct side_row {
    oik_foot_bone medial, lateral;
    oik_vec3 p;         /**< half way between them, in the middle of the plane's length */
    double lean;        /**< of its upper edge, inwards [deg] */
    double half_length; /**< of the cut [mm] */
} side_row;

/* the row of the joints leans forward with the metatarsals; the second metatarsal reaches behind its neighbours */
static const facet_row facets[] = {
    {OIK_NAVICULAR, OIK_CUNEIFORM_1, {-24.5, -21.5, 49}, 16, -13},
    {OIK_NAVICULAR, OIK_CUNEIFORM_2, {-12.7, -16.5, 52}, 17, -2},
    {OIK_NAVICULAR, OIK_CUNEIFORM_3, {-1, -18.5, 50.7}, 17, 14},
    {OIK_CUNEIFORM_1, OIK_METATARSAL_1, {-28.5, -27, 77}, 19, -3},
    {OIK_CUNEIFORM_2, OIK_METATARSAL_2, {-13.2, -22.5, 70.3}, 22, 1},
    {OIK_CUNEIFORM_3, OIK_METATARSAL_3, {1, -26.5, 72.5}, 21, 4},
    {OIK_CUBOID, OIK_METATARSAL_4, {14.3, -34.5, 64}, 19, 6},
    {OIK_CUBOID, OIK_METATARSAL_5, {28.8, -43, 58.6}, 13, 27},
};

/* the sides of the wedges meet below the arch */
static const side_row sides[] = {
    {OIK_CUNEIFORM_1, OIK_CUNEIFORM_2, {-20.2, -14, 62}, 11, 24},
    {OIK_CUNEIFORM_1, OIK_METATARSAL_2, {-20.2, -14, 62}, 11, 17},
    {OIK_CUNEIFORM_2, OIK_CUNEIFORM_3, {-5.4, -14, 61}, -13, 24},
    {OIK_METATARSAL_2, OIK_CUNEIFORM_3, {-5.4, -14, 58}, -13, 17},
    {OIK_CUNEIFORM_3, OIK_CUBOID, {10, -18, 55}, -26, 30},
    {OIK_METATARSAL_1, OIK_METATARSAL_2, {-19.2, -25, 80}, 5, 8},
    {OIK_METATARSAL_2, OIK_METATARSAL_3, {-5.6, -18, 78}, -4, 7},
    {OIK_METATARSAL_3, OIK_METATARSAL_4, {8.2, -30, 72}, -8, 8},
    {OIK_METATARSAL_4, OIK_METATARSAL_5, {22.3, -40, 66}, -8, 8},
};

/** Width of a joint space, half the depth, width and height of what is cut away, blend at the edge of a facet [mm]. */
static const double FACET_GAP = 2.0, CUT_DEPTH = 12.0, CUT_WIDTH = 24.0, CUT_HEIGHT = 40.0, FACET_EDGE = 1.2;

static const double DEG = 3.14159265358979323846 / 180.0;

/** Remove what lies beyond a plane: R's third column points outwards of the bone. */
static void cut_beyond(oik_bone_draft *o, oik_mat3 R, oik_vec3 p, double half_x, double half_y) {
    oik_sdf_set_frame(o->sdf, R, p);
    oik_sdf_feature cut = BOX(CUT, FACET_EDGE, P(0, 0, CUT_DEPTH - 0.5 * FACET_GAP), P(half_x, half_y, CUT_DEPTH), 0, NO_TURN);
    oik_sdf_add(o->sdf, &cut);
}

/** The same axes seen from the other bone. */
static oik_mat3 turned_about(oik_mat3 R) {
    return m3_mul(R, oik_rot_axis(v3(0, 1, 0), 180.0 * DEG));
}

void oik_draft_foot_facets(oik_bone_draft *o, oik_foot_bone bone) {
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        const facet_row *q = facets + i;
        oik_mat3 R = m3_mul(oik_rot_axis(v3(0, 1, 0), q->yaw * DEG), oik_rot_axis(v3(1, 0, 0), q->pitch * DEG));
        if (q->behind == bone || q->before == bone)
            cut_beyond(o, q->behind == bone ? R : turned_about(R), q->p, CUT_WIDTH, CUT_WIDTH);
    }
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        const side_row *q = sides + i;
        oik_mat3 R = m3_mul(oik_rot_axis(v3(0, 0, 1), q->lean * DEG), oik_rot_axis(v3(0, 1, 0), 90.0 * DEG));
        if (q->medial == bone || q->lateral == bone)
            cut_beyond(o, q->medial == bone ? R : turned_about(R), q->p, q->half_length, CUT_HEIGHT);
    }
    oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
}

/* ---- bones ---- */

static const oik_sdf_feature navicular_features[] = {
    TUBE_CAP(ADD, 0, 0.5, P(0, -0.3, 0.95),
      {-24, -22.3, 38.8, 6.5, 7.5, 6.5, 7.5, 2.3}, {-19.5, -18.8, 42, 9.5, 11, 11.5, 10.5, 2.8},
      {-12, -15.5, 44, 10.5, 12.8, 12.5, 12, 3}, {-4, -13.7, 44, 10.5, 10.9, 12.5, 11, 3}, {2.5, -14.4, 43, 8, 7.8, 9.5, 8.7, 2.6}),
    /* tuberosity */
    ELLIPSOID(ADD, 5, P(-25.3, -25, 38), P(5.5, 6.5, 6.5), NO_TURN),
    /* facet for the talar head */
    ELLIPSOID(CUT, 1, P(-10, -8.3, 24), P(17.6, 12.8, 13.1), P(0, -20, 32)),
};
static const oik_bone_mark navicular_marks[] = {{"tub", ON_BONE, {-30.8, -25, 38}}, {"centre", OFF_BONE, {-13, -14.5, 45}}};

static const oik_sdf_feature cuboid_features[] = {
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {17, -35, 20, 10, 11, 13, 9, 2.4}, {18, -35.5, 40, 12, 15.5, 14, 12, 2.4}, {19, -37.5, 54, 12, 15.5, 14, 12, 2.4},
      {20, -40.5, 70, 12, 15.5, 14, 10, 2.4}),
    /* dorsal face falls outwards; short outer border */
    BOX(CUT, 5, P(26, -14.5, 45), P(24, 9, 30), 0, P(10, 0, -27)),
    ELLIPSOID(CUT, 5, P(38, -41, 41.5), P(12.5, 15, 10), NO_TURN),
    /* tuberosity behind the groove of the peroneus longus */
    ELLIPSOID(ADD, 4, P(19, -45.5, 41), P(11, 4, 5), P(0, 22, 0)),
    TUBE(CUT, 3, Z_AXIS,
      {36, -44, 46, 4, 4.5}, {24, -50, 51, 4, 4}, {6, -51, 54, 4, 3.5}),
    /* facet for the calcaneus, arched from top to sole, with a beak below its inner corner */
    BOX(CUT, 3, P(18, -37, 15.2), P(24, 24, 12), 0, P(0, -3, 0)),
    BOX(CUT, 4, P(18, -26.7, 15.7), P(24, 24, 12), 0, P(16, -3, 0)),
    BOX(CUT, 4, P(18, -45.3, 15.7), P(24, 24, 12), 0, P(-14, -3, 0)),
};
static const oik_bone_mark cuboid_marks[] = {{"centre", OFF_BONE, {18, -36, 45}}};

/* wedges: the first with its edge up, the second and third with their edges down */
static const oik_sdf_feature cuneiform_1_features[] = {
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {-25, -21, 44, 11, 14, 10, 14.5, 2.5}, {-27, -24, 64, 12, 14, 10.5, 15.5, 2.5},
      {-28.7, -28.5, 88, 12, 14.5, 10.5, 15.5, 2.5}),
    /* plantar boss, impression of the tibialis anterior */
    ELLIPSOID(ADD, 5, P(-25.5, -36.5, 53.5), P(6.5, 7, 11), P(-8, 0, 0)),
    ELLIPSOID(CUT, 4, P(-41, -36, 74), P(4, 5, 6), NO_TURN),
    /* medial face leans outwards */
    BOX(CUT, 8, P(-39, -10.3, 62), P(12, 30, 30), 0, P(6, 0, -33)),
};
static const oik_sdf_feature cuneiform_2_features[] = {
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {-12.7, -16, 46, 11, 11.2, 11, 10, 2.6}, {-13, -19.5, 62, 11, 11.2, 11, 10, 2.6}, {-13.2, -24, 80, 11, 11.2, 11, 9.5, 2.6}),
};
static const oik_sdf_feature cuneiform_3_features[] = {
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {0, -18.5, 44, 11.5, 12.8, 11.5, 10, 2.5}, {0.8, -22.5, 62, 11.5, 11.8, 11.5, 10, 2.5}, {1.5, -27, 82, 11.5, 10.7, 11.5, 10, 2.5}),
};
static const oik_bone_mark cuneiform_1_marks[] = {{"centre", OFF_BONE, {-27, -24, 63}}};
static const oik_bone_mark cuneiform_2_marks[] = {{"centre", OFF_BONE, {-13, -20, 62}}};
static const oik_bone_mark cuneiform_3_marks[] = {{"centre", OFF_BONE, {1, -23, 62}}};

void oik_draft_midfoot(oik_bone_draft *o, int bone) {
    static const oik_bone_table tables[] = {
        [OIK_NAVICULAR] = BONE_TABLE(navicular_features, navicular_marks), [OIK_CUBOID] = BONE_TABLE(cuboid_features, cuboid_marks),
        [OIK_CUNEIFORM_1] = BONE_TABLE(cuneiform_1_features, cuneiform_1_marks), [OIK_CUNEIFORM_2] = BONE_TABLE(cuneiform_2_features, cuneiform_2_marks),
        [OIK_CUNEIFORM_3] = BONE_TABLE(cuneiform_3_features, cuneiform_3_marks)};
    assert(bone >= OIK_NAVICULAR && bone <= OIK_CUNEIFORM_3); /* the list in bone_set.c has no others */
    oik_draft_table(o, tables + bone);
    oik_draft_foot_facets(o, (oik_foot_bone)bone);
}
