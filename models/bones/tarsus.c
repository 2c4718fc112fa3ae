/** Left tarsal bones, foot frame: origin ankle centre, +z forward, floor at y = -72. */
#include "bones.h"

static const oik_sdf_feature talus_features[] = {
    /* trochlea: arc of 20 mm about the ankle axis, wider in front */
    TUBE_CAP(ADD, 0, 0.35, Y_AXIS,
      {0, 1.5, -17, 9, 11, 9, 11, 2.8}, {0, 6.3, -8, 12, 13, 14, 13, 3.2}, {0, 7.3, 2, 12.5, 14.5, 16, 14.5, 3.4},
      {0, 4.5, 12, 11.5, 15, 15, 15, 3.2}, {-1, -0.5, 18, 9, 13.5, 11, 13.5, 2.8}),
    /* body below the trochlea */
    ELLIPSOID(ADD, 6, P(1, -8, -3), P(15, 9, 17), NO_TURN),
    /* lateral process, posterior process with its medial tubercle */
    CONE(ADD, 6, P(11, -9, 2), 6.5, P(18, -14, 2), 3.5),
    CONE(ADD, 6, P(-1, -10, -15), 6.5, P(2, -11, -20.5), 3.5),
    ELLIPSOID(ADD, 5, P(-8, -10, -17), P(5, 4.5, 6), NO_TURN),
    /* neck, head */
    TUBE(ADD, 6, X_AXIS,
      {-3, -4, 10, 12, 10}, {-7, -6, 19, 11, 9.5}, {-10, -8, 26, 12, 10.5}),
    ELLIPSOID(ADD, 3, P(-11, -8, 28), P(14.5, 11, 11.5), P(0, -20, 35)),
    /* trochlear groove */
    TUBE(CUT, 5, Y_AXIS,
      {0, 17, -22, 3, 3}, {0, 25.5, -9, 3, 4}, {0, 27, 2, 3, 4}, {0, 23, 14, 3, 4}, {0, 14, 24, 3, 3}),
    /* posterior calcaneal facet, sinus tarsi */
    TUBE(CUT, 3, Z_AXIS,
      {-6, -27, -16, 15, 11}, {6, -26, -6, 15, 12}, {20, -26, 3, 14, 11}),
    TUBE(CUT, 4, Y_AXIS,
      {-20, -20, 5, 5, 5}, {0, -17, 11, 5.5, 5.5}, {16, -16, 16, 7, 7}),
};

static const oik_bone_mark talus_marks[] = {
    {"ankle_c", OFF_BONE, {0, 0, 0}}, {"head", ON_BONE, {-13, -8, 39}}, {"dome", ON_BONE, {0, 19, 0}},
    {"post", ON_BONE, {2, -11, -24}},
};

const oik_bone_table oik_talus = BONE_TABLE(talus_features, talus_marks);

static const oik_sdf_feature calcaneus_features[] = {
    TUBE(ADD, 0, X_AXIS,
      {4, -37, -43.7, 13, 22, 14, 21, 2.5}, {5, -36, -33.7, 11.5, 19, 13, 20, 2.4},
      {7, -35, -20.3, 11.5, 18, 12, 16, 2.3}, {9, -35, -6.8, 13, 16, 12, 13, 2.3},
      {13, -36, 4.9, 12.5, 12.5, 12, 12.5, 2.5}, {16, -37, 14.2, 12, 12, 13, 12, 2.6}),
    ELLIPSOID(ADD, 5, P(4, -40, -45.5), P(14, 21, 8.5), NO_TURN),
    /* plantar tubercles */
    ELLIPSOID(ADD, 5, P(-2, -56, -40.5), P(8, 6, 11), NO_TURN),
    ELLIPSOID(ADD, 5, P(11, -55, -37.8), P(6, 5, 8), NO_TURN),
    /* posterior facet */
    TUBE(ADD, 5, Z_AXIS,
      {-5, -22, -16.9, 12, 7}, {4, -19.5, -11.9, 13, 7}, {14, -22.8, -5.1, 11, 6.5}),
    /* sustentaculum */
    TUBE(ADD, 5, Z_AXIS,
      {4, -26, -0.1, 9, 6}, {-8, -23, 0.8, 10, 5}, {-17, -21, 0.8, 9, 4.5}),
    /* anterior process */
    ELLIPSOID(ADD, 5, P(9, -25, 13.3), P(9, 5, 8), NO_TURN),
    /* peroneal trochlea */
    ELLIPSOID(ADD, 4, P(21, -36, -5.1), P(3, 4, 5), NO_TURN),
    /* medial hollow, sinus tarsi, facet for the cuboid */
    ELLIPSOID(CUT, 4, P(-16, -39, -11.9), P(13, 10, 22), P(0, 12, 8)),
    ELLIPSOID(CUT, 5, P(8, -13, 4.9), P(16, 6, 4), P(0, -35, 0)),
    ELLIPSOID(CUT, 3, P(16, -35, 28.4), P(13, 11, 9), NO_TURN),
};

static const oik_bone_mark calcaneus_marks[] = {
    {"heel_post", ON_BONE, {4, -38, -56}}, {"heel_plantar", ON_BONE, {1, -61, -40.5}},
    {"cub", ON_BONE, {16, -37, 20.9}}, {"sust", ON_BONE, {-20, -21, 0.8}},
};

const oik_bone_table oik_calcaneus = BONE_TABLE(calcaneus_features, calcaneus_marks);

static const oik_sdf_feature navicular_features[] = {
    TUBE(ADD, 0, Z_AXIS,
      {-26, -18, 43, 7.5, 8.5}, {-20, -14, 46, 9, 11}, {-13, -10.5, 48, 9, 12.5}, {-6, -10, 48, 8.5, 11.5},
      {0, -13, 46.5, 7, 9}),
    /* tuberosity */
    ELLIPSOID(ADD, 4, P(-28, -18, 41), P(5, 7, 6.5), NO_TURN),
    /* facet for the talar head */
    ELLIPSOID(CUT, 2, P(-11, -8, 28), P(16, 12.5, 13), P(0, -20, 35)),
};

static const oik_bone_mark navicular_marks[] = {
    {"tub", ON_BONE, {-33, -19, 41}}, {"centre", OFF_BONE, {-13, -12, 47}},
};

const oik_bone_table oik_navicular = BONE_TABLE(navicular_features, navicular_marks);

static const oik_sdf_feature cuboid_features[] = {
    TUBE_CAP(ADD, 0, 0.5, X_AXIS,
      {15, -34, 32, 11.5, 12, 0, 0, 3}, {17, -34, 41, 13, 13, 0, 0, 3}, {19, -36, 50, 13, 12, 0, 0, 3},
      {20, -38, 58, 12.5, 10.5, 0, 0, 3}),
    /* tuberosity, groove of the peroneus longus */
    ELLIPSOID(ADD, 4, P(15, -46, 40), P(11, 4.5, 4), P(0, 20, 0)),
    TUBE(CUT, 3, Z_AXIS,
      {32, -46, 52, 3.5, 4}, {20, -50, 49, 3.5, 4}, {6, -51, 45, 3, 4}),
    /* facet for the calcaneus */
    ELLIPSOID(CUT, 2, P(14, -34, 20), P(13, 10, 8.5), NO_TURN),
};

static const oik_bone_mark cuboid_marks[] = {{"centre", OFF_BONE, {18, -36, 45}}};

const oik_bone_table oik_cuboid = BONE_TABLE(cuboid_features, cuboid_marks);

/* wedges: the first with its edge up, the second and third with their edges down */
static const oik_sdf_feature cuneiform_1_features[] = {
    TUBE_CAP(ADD, 0, 0.4, Y_AXIS,
      {-24, -17, 59, 13, 8.5, 13, 7.5, 2.4, 0.10, 0}, {-26, -20, 66, 15, 9, 14, 8, 2.4, 0.12, 0},
      {-28, -24, 74.5, 16, 9, 14.5, 8, 2.4, 0.10, 0}),
    /* plantar boss */
    ELLIPSOID(ADD, 5, P(-28, -32, 66), P(8, 6.5, 9), NO_TURN),
};
static const oik_sdf_feature cuneiform_2_features[] = {
    TUBE_CAP(ADD, 0, 0.4, Y_AXIS,
      {-12, -12, 60, 10, 8.2, 13, 8.2, 2.4, 0.14, 180}, {-12.5, -14, 66, 10, 8.2, 13, 8.2, 2.4, 0.16, 180},
      {-13, -16, 70.5, 10, 8.2, 13, 8.2, 2.4, 0.14, 180}),
};
static const oik_sdf_feature cuneiform_3_features[] = {
    TUBE_CAP(ADD, 0, 0.4, Y_AXIS,
      {2, -16, 58.5, 10, 8, 14, 8, 2.4, 0.14, 180}, {1.5, -19, 66, 10, 8.2, 14, 8.2, 2.4, 0.16, 180},
      {1, -22, 73, 10, 8, 14, 8, 2.4, 0.14, 180}),
};
static const oik_bone_mark cuneiform_1_marks[] = {{"centre", OFF_BONE, {-27, -21, 69}}};
static const oik_bone_mark cuneiform_2_marks[] = {{"centre", OFF_BONE, {-13, -14, 66}}};
static const oik_bone_mark cuneiform_3_marks[] = {{"centre", OFF_BONE, {0, -19, 66}}};
const oik_bone_table oik_cuneiform_1 = BONE_TABLE(cuneiform_1_features, cuneiform_1_marks);
const oik_bone_table oik_cuneiform_2 = BONE_TABLE(cuneiform_2_features, cuneiform_2_marks);
const oik_bone_table oik_cuneiform_3 = BONE_TABLE(cuneiform_3_features, cuneiform_3_marks);
