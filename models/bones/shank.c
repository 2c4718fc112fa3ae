/** Left tibia and fibula, shank frame: origin knee centre, plateau at y = -29, ankle centre at (0, -428, 0). */
#include "bones.h"

static const oik_sdf_feature tibia_features[] = {
    /* shaft: triangular, sharp crest anterior */
    TUBE(ADD, 0, X_AXIS,
      {0, -46, -6, 33, 21, 34, 19, 2.4}, {0, -60, -8, 27, 20, 28, 18.5, 2.3, 0.04, 90},
      {0, -80, -9, 20, 19, 21, 17, 2.1, 0.1, 88}, {-1, -110, -9, 16, 18, 17, 15, 2, 0.14, 86},
      {-2, -160, -9, 13, 16.5, 14, 13, 2, 0.17, 84}, {-3, -220, -8, 12, 15.5, 13, 12, 2, 0.17, 82},
      {-4, -290, -6, 11.3, 13.5, 12, 11, 2, 0.13, 80}, {-4, -340, -4, 12, 12.5, 13, 11.5, 2, 0.07, 75},
      {-3, -375, -2, 16, 15, 17, 15, 2.3}, {-2, -394, -1, 21, 18, 21, 18, 2.7},
      {-2, -401, -1, 22, 18.5, 21, 19, 3}),
    /* tibial condyles */
    TUBE(ADD, 5, Z_AXIS,
      {-25, -41, -6, 23, 12, 24, 11, 2.3}, {0, -42, -3, 20, 11, 15, 12, 2.4}, {25, -41, -6, 21, 11.5, 22, 10, 2.3}),
    ELLIPSOID(ADD, 4, P(-20, -36, -5.5), P(18, 7.5, 25), P(-6, 0, 0)),
    ELLIPSOID(ADD, 4, P(20, -36, -5.5), P(18, 7.5, 22), P(-6, 0, 0)),
    /* Gerdy, tuberosity, fibular facet bulge */
    ELLIPSOID(ADD, 6, P(24, -46, 12), P(6, 7, 5), NO_TURN),
    TUBE(ADD, 7, X_AXIS,
      {1, -50, 13, 9, 5}, {2, -64, 15, 8.5, 6}, {2, -76, 13, 7, 6.5}, {1, -95, 10, 4, 5}),
    ELLIPSOID(ADD, 6, P(29, -46, -18), P(8, 6, 8), NO_TURN),
    /* anterior crest */
    TUBE(ADD, 6, X_AXIS,
      {1, -90, 11, 2.5, 2.5}, {-1, -130, 9.5, 1.8, 2}, {-3, -190, 8.5, 1.6, 2}, {-5, -250, 6.5, 1.6, 1.8},
      {-8, -310, 4.5, 1.8, 1.5}),
    /* eminence */
    CONE(ADD, 4, P(-5, -32, -7), 4, P(-5, -23.5, -7), 2),
    CONE(ADD, 4, P(6, -32, -9), 4, P(6, -24.5, -10), 2),
    /* medial malleolus */
    TUBE(ADD, 6, Z_AXIS,
      {-18, -386, 1, 15, 9}, {-22, -402, 2, 14, 8.5}, {-23.2, -412, 3, 12, 8}, {-23, -417, 3, 9.5, 6}),
    ELLIPSOID(CUT, 3, P(-20, -21.2, -7), P(17, 8.3, 21), P(-6, 0, 0)),
    ELLIPSOID(CUT, 3, P(21, -19.5, -7), P(16, 7, 19), P(-6, 0, 0)),
    /* rear rim rounded, so that it clears the femur in full flexion; pit of the posterior cruciate ligament */
    BOX(CUT, 3, P(0, -29.9, -33.8), P(45, 6, 20), 0, P(-51.5, 0, 0)),
    ELLIPSOID(CUT, 4, P(0, -36, -31), P(14, 13, 8), NO_TURN),
    /* plafond: cylinder about talocrural axis */
    TUBE_CAP(CUT, 2, 0.15, Y_AXIS,
      {-13.5, -428, 0, 23, 21.5}, {0, -427, 0, 23, 21.5}, {26, -428, 0, 23, 21.5}),
    /* fibular notch */
    TUBE(CUT, 4, Z_AXIS,
      {28.5, -368, -7, 9.5, 9.8}, {27.5, -392, -6, 13.2, 10.4}, {27, -408, -6, 14, 10.6}),
    /* facet for the fibular head */
    CONE(CUT, 2, P(36, -52, -22), 12, P(38, -41, -27), 5.8),
};

static const oik_bone_mark tibia_marks[] = {
    {"knee_c", OFF_BONE, {0, 0, 0}}, {"ankle_c", OFF_BONE, {0, -428, 0}}, {"plat_m", ON_BONE, {-39, -38, -8}},
    {"plat_l", ON_BONE, {39, -38, -8}}, {"plat_ant", ON_BONE, {1, -42, 17}},
    {"plat_post_m", ON_BONE, {-22, -40, -33}}, {"tuberosity", ON_BONE, {2, -72, 20}},
    {"mall_m", ON_BONE, {-30, -410, 3}}, {"mall_m_tip", ON_BONE, {-24, -422, 3}}, {"mid", OFF_BONE, {-3, -220, -6}},
};

const oik_bone_table oik_tibia = BONE_TABLE(tibia_features, tibia_marks);

static const oik_sdf_feature fibula_features[] = {
    TUBE(ADD, 0, X_AXIS,
      {36, -52, -22, 10, 10, 10, 10}, {36, -62, -22, 8.5, 9}, {37, -76, -21, 6, 6.2},
      {37, -100, -20, 5.6, 6, 0, 0, 2, 0.1, 30}, {37, -150, -18, 6.2, 7.2, 0, 0, 2, 0.14, 40},
      {36, -220, -16, 6.4, 7.6, 0, 0, 2, 0.15, 60}, {34, -290, -13, 5.8, 7, 0, 0, 2, 0.12, 80},
      {31, -345, -10, 6, 6.5}, {28, -375, -7, 8, 8.5}, {27, -400, -6, 8.5, 12.5, 8.5, 11.5},
      {26.5, -416, -6, 8.5, 11.5, 8.5, 10.5}, {27, -427, -7, 6, 7}),
    CONE(ADD, 5, P(36, -50, -24), 7, P(38, -41, -27), 3.5),
    ELLIPSOID(ADD, 4, P(27, -430.5, -8), P(4, 4, 5), NO_TURN),
    ELLIPSOID(CUT, 3, P(14.5, -417, -1), P(4.5, 12, 12), NO_TURN),
    ELLIPSOID(CUT, 3, P(22, -432, -17), P(5, 8, 4), NO_TURN),
};

static const oik_bone_mark fibula_marks[] = {
    {"head", ON_BONE, {38, -40, -27}}, {"head_lat", ON_BONE, {46, -55, -22}}, {"mall_l", ON_BONE, {35, -415, -6}},
    {"mall_l_tip", ON_BONE, {27, -434, -8}}, {"mid", OFF_BONE, {37, -220, -16}},
};

const oik_bone_table oik_fibula = BONE_TABLE(fibula_features, fibula_marks);
