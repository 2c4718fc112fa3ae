/** Left hip bone, torso frame; acetabulum centre at (87, 0, 0). */
#include "bones.h"

static const oik_sdf_feature hipbone_features[] = {
    /* ilium: rows arcuate->crest, cols front->back */
    PLATE(ADD, 0, 5, 6,
      {90, 20, 28.1, 9}, {82, 24, 12, 11}, {73, 34.4, -10, 11}, {64, 54.7, -29, 9}, {54.5, 63, -51, 7.5},
      {47.5, 57, -71, 4.5},
      {100.3, 43, 35, 6.5}, {97.6, 55.8, 15.9, 5}, {87, 64.2, -13, 4}, {72, 75, -35.8, 5.5}, {57, 81.4, -57.7, 8},
      {46, 85, -82, 5},
      {109.1, 60.1, 37.6, 4.5}, {113.5, 81.4, 17.6, 3}, {103.8, 94.2, -14, 2}, {86, 101.6, -40.9, 2.6},
      {64, 105.9, -62.7, 7.5}, {45, 102, -89.6, 6},
      {115.2, 75, 41.1, 5.5}, {124.9, 97.4, 21.1, 5}, {117, 110.2, -14, 2.6}, {92.5, 117.7, -44.2, 3},
      {61.5, 119.8, -67.8, 7}, {45, 113.4, -93.8, 6.5},
      {116.1, 83.6, 42.8, 5.5}, {130.2, 110.2, 24.6, 7.5}, {123.2, 127.3, -14, 5.2}, {96, 133.7, -46.8, 5},
      {63, 130.6, -72, 6.5}, {47, 118.8, -93, 5.5}),
    /* iliac crest lip, ASIS, AIIS, PSIS, PIIS */
    TUBE(ADD, 5, X_AXIS,
      {115.7, 81.4, 43.7, 6, 5.5}, {123.2, 98.4, 36.8, 6, 5}, {130.2, 111.3, 22.8, 8, 6}, {129.3, 120.9, 4, 6.5, 5.5},
      {122.3, 128.4, -16, 5.5, 5.5}, {109, 133.7, -35.8, 5.3, 5.3}, {89.5, 135.8, -51.8, 5.3, 5.5},
      {65.5, 131, -71.1, 6.5, 6.5}, {53.5, 125, -84.6, 7, 6.5}, {47, 115.5, -94.6, 6, 6}),
    ELLIPSOID(ADD, 5, P(115.2, 78.1, 43.7), P(6.5, 9, 6), NO_TURN),
    ELLIPSOID(ADD, 6, P(99.4, 37, 35.4), P(7, 11, 7.5), P(-15, 0, 10)),
    ELLIPSOID(ADD, 5, P(45, 109.1, -94.6), P(6, 9, 6), NO_TURN),
    ELLIPSOID(ADD, 6, P(48, 59, -71.5), P(5, 8, 7), P(-30, 0, 0)),
    /* acetabular mass */
    ELLIPSOID(ADD, 10, P(84.4, 2.7, -1.3), P(34, 34, 34), NO_TURN),
    ELLIPSOID(ADD, 8, P(80, 12, -12), P(26, 28, 27), NO_TURN),
    /* ischium body + tuberosity */
    TUBE(ADD, 10, X_AXIS,
      {74, -6, -24, 14, 18}, {69, -29.3, -33, 11, 16}, {67, -45.9, -34, 12.5, 18}, {61, -58.3, -29, 12, 17},
      {56, -65.8, -20, 9.5, 12}),
    ELLIPSOID(ADD, 7, P(62, -52, -40), P(13, 22, 13), P(22, 0, 12)),
    /* ischial spine between the greater and the lesser sciatic notch */
    TUBE(ADD, 9, X_AXIS,
      {68, 34.4, -31, 6, 7}, {68, 14, -37, 6, 7}, {67, -4, -40, 6, 6}),
    TUBE(ADD, 8, Y_AXIS,
      {67, -4, -36, 16, 7}, {61, -7, -44, 11.5, 5}, {55.5, -9.5, -50, 7.5, 3.8}, {52.5, -10.5, -53.5, 4.2, 2.8}),
    /* inferior ramus */
    TUBE(ADD, 8, X_AXIS,
      {53, -65.1, -16, 8.5, 12}, {40, -60.3, 0, 6.2, 10.5}, {27.5, -51.4, 11, 5.3, 9.8}, {19, -43.6, 19.5, 5.8, 10},
      {12, -37.3, 26, 6.5, 10}),
    /* superior ramus */
    TUBE(ADD, 9, Y_AXIS,
      {74, -2, 22, 14, 12}, {60, 0, 31, 10, 9}, {44, -3, 37, 8, 8.5}, {28, -7, 40, 9, 8.5}, {14, -13, 40, 11, 8}),
    /* pubic body and symphysis face: rows up->down, cols medial->lateral */
    PLATE(ADD, 6, 3, 3,
      {8, -8, 42, 6.5}, {16, -8, 42, 6.5}, {28, -7, 42, 6},
      {7.5, -22, 36, 6.5}, {16, -24, 36, 6}, {26, -27, 35, 5},
      {8, -34.5, 28.5, 6}, {14, -37.3, 27, 6}, {20, -41, 24, 5.5}),
    /* pubic tubercle */
    ELLIPSOID(ADD, 5, P(27, -2, 45), P(5, 4, 4), NO_TURN),
    /* pecten -> arcuate line */
    TUBE(ADD, 5, X_AXIS,
      {28, -1, 43, 3, 2.5}, {44, 6, 37, 2.8, 2.8}, {58, 14, 29, 3, 3}, {66, 24, 15, 3, 3}, {65, 38.6, -8, 3.5, 3},
      {58, 55.8, -32, 3.5, 3}),
    /* iliopubic eminence */
    ELLIPSOID(ADD, 6, P(74, 17, 20), P(12, 10, 12), NO_TURN),
    /* acetabulum: plane of the rim, socket, fossa in its floor, notch in its lower rim */
    TUBE_CAP(CUT, 4, 0.1, X_AXIS, {89.2, -2.5, 0.8, 33.5, 33.5}, {115.1, -31.3, 10.4, 24, 24}),
    BALL(CUT, 1.5, P(87, 0, 0), 26.8),
    BALL(CUT, 1, P(74.8, -3.5, 0.5), 15),
    CONE(CUT, 5, P(79.5, -10, 3), 7, P(62, -28, 5), 9),
    /* notch of the iliopsoas below the AIIS, groove above the ischial tuberosity */
    ELLIPSOID(CUT, 6, P(84, 36.6, 54), P(10, 9, 15), NO_TURN),
    CONE(CUT, 6, P(60, -21, -54), 9, P(84, -25, -50), 9),
    /* auricular surface: the plane of the sacroiliac joint (spine.h) */
    BOX(CUT, 5, P(42.6, 87, -62.5), P(9, 38, 29), 4, P(0, 18.06, -2.1)),
    /* symphysis: 2.3 mm from the midline, half the thickness of the disc at its middle */
    BOX(CUT, 1.5, P(-7.7, -20, 40), P(10, 40, 40), 1, NO_TURN),
};

static const oik_bone_mark hipbone_marks[] = {
    {"hip_c", OFF_BONE, {87, 0, 0}}, {"asis", ON_BONE, {117, 79.2, 48.1}}, {"psis", ON_BONE, {43, 110.2, -99.7}},
    {"aiis", ON_BONE, {100.3, 36.6, 40.2}}, {"crest_tub", ON_BONE, {136.4, 109.1, 24.6}},
    {"crest_top", ON_BONE, {101, 140.1, -44.2}}, {"pub_tub", ON_BONE, {27, 1, 48}},
    {"symph_sup", ON_BONE, {2.5, -7, 42}}, {"symph_inf", ON_BONE, {2.5, -35.8, 27.5}},
    {"isch_tub", ON_BONE, {57, -72, -33}}, {"isch_spine", ON_BONE, {51, -9, -56}},
    {"piis", ON_BONE, {48, 51.5, -75}}, {"si", ON_BONE, {51, 96.4, -60}}, {"pecten", ON_BONE, {44, 5, 38}},
    {"ramus_mid", ON_BONE, {31, -58, 4.5}}, {"notch", ON_BONE, {60, 52, -41}},
    {"acet_lat", ON_BONE, {102.9, 22, -4}},
};

const oik_bone_table oik_hipbone = BONE_TABLE(hipbone_features, hipbone_marks);
