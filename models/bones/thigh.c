/** Left femur (origin head centre, knee centre at (0, -420, 0)) and patella (about its own centre). */
#include "bones.h"

static const oik_sdf_feature femur_features[] = {
    /* shaft: 6 deg valgus, anterior bow R~1.1 m */
    TUBE(ADD, 0, X_AXIS,
      {47, -34, -11, 17, 15, 17, 15}, {46, -62, -10, 17.5, 15, 17.5, 15}, {43, -95, -6, 15.8, 14, 15.8, 14.5},
      {37, -140, 1, 14.2, 13.5, 14, 14.5}, {30, -190, 7, 13.6, 13.6, 13.6, 15}, {23, -240, 9, 13.8, 13.6, 13.8, 15},
      {15, -300, 7, 15.5, 13.8, 15.5, 14}, {8, -340, 2, 19, 15, 19, 14, 2.1},
      {4, -370, -2, 25, 17.5, 25, 13.5, 2.3}, {1, -392, -4, 33, 20, 32, 13.5, 2.4},
      {0, -410, -5, 36, 21, 35, 18, 2.3}),
    /* linea aspera, supracondylar lines, gluteal and spiral line: ride on the shaft; 90 deg is anterior */
    RIDGE(7,
      {0.12, -70, -1, 2.5, 2}, {0.22, -80, -0.2, 2.6, 3.2}, {0.36, -90, 0, 2.8, 4}, {0.52, -90, 0, 2.8, 4},
      {0.62, -90, -1, 2.2, 3}, {0.7, -90, -5, 2, 3}),
    RIDGE(7,
      {0.52, -90, -3, 2, 2.2}, {0.6, -87, -0.5, 2, 2.2}, {0.72, -60, 0, 1.8, 2}, {0.8, -45, -0.5, 1.6, 1.4}, {0.86, -35, -2, 1.8, 1}),
    RIDGE(7,
      {0.52, -90, -3, 2, 2.2}, {0.6, -93, -0.5, 2, 2.2}, {0.72, -118, 0, 1.6, 1.8}, {0.8, -134, -0.5, 1.5, 1.3}, {0.87, -144, -2, 1.8, 1}),
    RIDGE(7,
      {0.07, -52, 0, 3, 2.5}, {0.14, -60, 0, 3, 3}, {0.22, -72, -0.8, 2.4, 2.5}, {0.32, -82, -4, 2.2, 2.5}),
    RIDGE(6,
      {0.1, -125, -0.5, 1.6, 1.4}, {0.16, -115, 0, 1.6, 1.6}, {0.24, -100, -0.6, 1.8, 1.8}, {0.32, -92, -4, 1.8, 1.8}),
    /* head, neck (AP-flattened: SI 34 mm, AP 27 mm) */
    BALL(ADD, 0, P(0, 0, 0), 24),
    TUBE(ADD, 9, P(0.68, 0.73, 0),
      {8, -7.5, -2, 17.5, 16}, {18, -16.5, -4, 16, 13.4}, {28, -26, -6.5, 17.5, 13.8}, {40, -40, -10, 23, 17},
      {47, -50, -11, 22, 17}),
    /* greater trochanter */
    TUBE(ADD, 7, X_AXIS,
      {55, -58, -12, 11.5, 14}, {57, -36, -11, 13, 17, 13, 16}, {56, -18, -14, 10.5, 14.5, 10.5, 13},
      {54.5, -8, -15.5, 9.5, 13}, {53, -6, -16.5, 8, 12}),
    ELLIPSOID(ADD, 9, P(62, -27, -5), P(6.5, 15, 12), P(0, 0, 8)),
    ELLIPSOID(ADD, 6, P(50.5, -4, -18), P(6, 5, 8), NO_TURN),
    /* intertrochanteric crest (post), line (ant), quadrate tubercle */
    TUBE(ADD, 7, X_AXIS,
      {52, -14, -25, 4.5, 5}, {47, -36, -25.5, 4.5, 4.5}, {38, -56, -24, 4.5, 4.5}, {31, -70, -22, 5, 5}),
    TUBE(ADD, 7, X_AXIS,
      {50, -20, 3, 4, 3}, {42, -40, 4, 3, 2.4}, {34, -58, 2.5, 2.4, 2.2}),
    /* trochanteric fossa */
    ELLIPSOID(CUT, 6, P(41.5, -11, -24), P(5, 9, 6.5), P(0, 0, 12)),
    /* lesser trochanter */
    CONE(ADD, 10, P(37, -66, -16), 12, P(28.5, -70, -24.5), 6),
    /* condyles */
    ELLIPSOID(ADD, 3, P(-24, -417, -7), P(14, 27, 27), P(0, 6, 0)),
    ELLIPSOID(ADD, 3, P(24, -418, -5), P(14.5, 26.3, 28), P(0, -4, 0)),
    /* their lower faces are broad: flat across, falling off at the rims */
    ELLIPSOID(ADD, 2, P(-30, -417, -8), P(9, 25, 24), P(0, 6, 0)),
    ELLIPSOID(ADD, 2, P(-18.5, -417, -8), P(9, 25, 24), P(0, 6, 0)),
    ELLIPSOID(ADD, 2, P(30, -418, -6), P(9, 24.3, 24.5), P(0, -4, 0)),
    ELLIPSOID(ADD, 2, P(18.5, -418, -6), P(9, 24.3, 24.5), P(0, -4, 0)),
    ELLIPSOID(ADD, 5, P(-25, -420, -16), P(13.5, 20.5, 20.5), P(0, 8, 0)),
    ELLIPSOID(ADD, 5, P(24.5, -419, -15.5), P(13.5, 20.5, 20.5), P(0, -3, 0)),
    /* trochlea */
    TUBE(ADD, 6, Z_AXIS,
      {-20, -412, 4, 22, 20}, {-12, -410, 6, 20, 19}, {1, -408, 6, 17.5, 17}, {13, -409, 6.5, 21.5, 20},
      {21, -411, 5, 24, 21}),
    TUBE(ADD, 7, Z_AXIS,
      {-13, -398, 8, 14, 14}, {2, -396, 8, 12, 12}, {15, -394, 9, 15, 14}),
    /* epicondyles, adductor tubercle */
    ELLIPSOID(ADD, 9, P(-33.5, -415, -4), P(7.2, 11, 11), NO_TURN),
    ELLIPSOID(ADD, 9, P(34, -416, -5), P(6.5, 10, 11), NO_TURN),
    ELLIPSOID(ADD, 7, P(-33, -396, -12), P(5.5, 7, 5.5), NO_TURN),
    /* intercondylar notch, popliteal hollow */
    TUBE(CUT, 5, X_AXIS,
      {0, -426, -38, 11, 16}, {0, -427, -22, 10.5, 15}, {0, -433, -8, 9, 12}, {0, -441, 3, 5, 6}),
    TUBE(CUT, 5, X_AXIS,
      {0.5, -446, 4, 2.5, 2.5}, {1, -438, 22, 3.5, 3}, {2, -424, 33, 4.5, 4}, {2, -405, 34, 5.5, 4.5},
      {2, -385, 32, 4, 3}),
    ELLIPSOID(CUT, 10, P(0, -380, -30), P(28, 28, 15), NO_TURN),
    /* fovea capitis */
    BALL(CUT, 2, P(-22.5, 2, -4), 3.5),
};

static const oik_bone_mark femur_marks[] = {
    {"hip_c", OFF_BONE, {0, 0, 0}}, {"knee_c", OFF_BONE, {0, -420, 0}}, {"gt_lat", ON_BONE, {70, -30, -8}},
    {"gt_tip", ON_BONE, {50, 3, -18}}, {"lt", ON_BONE, {26, -71, -29}}, {"epi_m", ON_BONE, {-41, -415, -4}},
    {"epi_l", ON_BONE, {41, -416, -5}}, {"cond_m_dist", ON_BONE, {-24, -444, -6}},
    {"cond_l_dist", ON_BONE, {24, -444, -5}}, {"cond_m_post", ON_BONE, {-26, -420, -37}},
    {"cond_l_post", ON_BONE, {25, -419, -36}}, {"troch_ant", ON_BONE, {2, -405, 25}},
    {"mid", OFF_BONE, {26, -215, 9}},
};

const oik_bone_table oik_femur = BONE_TABLE(femur_features, femur_marks);

static const oik_sdf_feature patella_features[] = {
    ELLIPSOID(ADD, 0, P(0, 2, 1), P(22.8, 19.5, 10), NO_TURN),
    CONE(ADD, 9, P(0, -6, 0), 11, P(0, -19, -2), 5),
    ELLIPSOID(ADD, 6, P(0, 3, -5.5), P(19, 16, 6.5), NO_TURN),
    /* vertical ridge between the medial and the larger lateral facet */
    CONE(ADD, 8, P(-1, 13, -8.5), 4, P(-1, -6, -8.5), 4),
    ELLIPSOID(CUT, 5, P(-14, 3, -19), P(13, 17, 9), P(0, -16, 0)),
    ELLIPSOID(CUT, 5, P(14, 3, -19.5), P(16, 17, 9), P(0, 15, 0)),
};

static const oik_bone_mark patella_marks[] = {
    {"apex", ON_BONE, {0, -23, -2}}, {"base", ON_BONE, {0, 22, 0}}, {"ant", ON_BONE, {0, 0, 11}},
};

const oik_bone_table oik_patella = BONE_TABLE(patella_features, patella_marks);
