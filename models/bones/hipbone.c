/** Left hip bone, torso frame; acetabulum centre at (87, 0, 0). */
#include "bones.h"

static const oik_sdf_feature hipbone_features[] = {
    /* ilium: rows arcuate->crest, cols front->back */
    PLATE(ADD, 0, 5, 6,
      {90, 20, 30, 9}, {82, 24, 12, 11}, {73, 34.4, -10, 11}, {64, 54.7, -29, 9}, {54, 69.7, -53, 7.5},
      {47, 68, -79, 4.5},
      {100.3, 43, 38, 6.5}, {97.6, 55.8, 16, 5}, {87, 64.2, -13, 4}, {72, 75, -36, 5.5}, {57, 81.4, -62, 8},
      {46, 85, -91, 5},
      {109.1, 60.1, 41, 4.5}, {113.5, 81.4, 18, 3}, {103.8, 94.2, -14, 2}, {86, 101.6, -42, 2.6},
      {64, 105.9, -68, 7.5}, {45, 102, -100, 6},
      {115.2, 75, 45, 5.5}, {124.9, 97.4, 22, 5}, {117, 110.2, -14, 2.6}, {95.5, 117.7, -46, 3},
      {67, 119.8, -74, 7}, {45, 113.4, -105, 6.5},
      {116.1, 83.6, 47, 5.5}, {130.2, 110.2, 26, 7.5}, {123.2, 127.3, -14, 5.2}, {99, 133.7, -49, 5},
      {70, 130.6, -79, 6.5}, {47, 118.8, -104, 5.5}),
    /* iliac crest lip, ASIS, AIIS, PSIS */
    TUBE(ADD, 5, X_AXIS,
      {115.7, 81.4, 48, 6, 5.5}, {123.2, 98.4, 40, 6, 5}, {130.2, 111.3, 24, 8, 6}, {129.3, 120.9, 4, 6.5, 5.5},
      {122.3, 128.4, -16, 5.5, 5.5}, {109.5, 133.7, -36, 5.3, 5.3}, {93.5, 135.8, -55, 5.3, 5.5},
      {72.5, 131, -78, 6.5, 6.5}, {57, 125, -94, 7, 6.5}, {47, 115.5, -106, 6, 6}),
    ELLIPSOID(ADD, 5, P(115.2, 78.1, 48), P(6.5, 9, 6), NO_TURN),
    ELLIPSOID(ADD, 6, P(99.4, 37, 38.5), P(7, 11, 7.5), P(-15, 0, 10)),
    ELLIPSOID(ADD, 5, P(45, 109.1, -106), P(6, 9, 6), NO_TURN),
    /* acetabular mass */
    ELLIPSOID(ADD, 10, P(84.4, 2.7, -1.3), P(34, 34, 34), NO_TURN),
    ELLIPSOID(ADD, 8, P(80, 12, -12), P(26, 28, 27), NO_TURN),
    /* ischium body + tuberosity */
    TUBE(ADD, 10, X_AXIS,
      {74, -6, -24, 14, 18}, {70, -29.3, -33, 12.5, 16}, {67, -45.9, -34, 12.5, 18}, {61, -58.3, -29, 12, 17},
      {56, -65.8, -20, 9.5, 12}),
    ELLIPSOID(ADD, 7, P(62, -52, -38), P(13, 23, 12), P(22, 0, 12)),
    /* ischial spine between the greater and the lesser sciatic notch */
    TUBE(ADD, 9, X_AXIS,
      {68, 34.4, -31, 6, 7}, {68, 14, -37, 6, 7}, {67, -4, -40, 6, 6}),
    TUBE(ADD, 8, Y_AXIS,
      {67, -4, -36, 15, 7}, {61, -7, -44, 10, 5}, {55.5, -9.5, -50, 6, 3.4}, {53, -10.5, -53, 3.4, 2.6}),
    /* inferior ramus */
    TUBE(ADD, 8, X_AXIS,
      {55, -65.1, -16, 8.5, 12}, {45, -60.3, 0, 6.5, 11.5}, {33, -51.4, 13, 5.5, 11}, {22, -43.1, 23, 6, 11},
      {12, -36.3, 30, 6.5, 10}),
    /* superior ramus */
    TUBE(ADD, 9, Y_AXIS,
      {74, -2, 22, 14, 12}, {60, 0, 33, 10, 9}, {44, -3, 41, 8, 8.5}, {28, -7, 45, 9, 8.5}, {14, -13, 45, 11, 8}),
    /* pubic body and symphysis face: rows up->down, cols medial->lateral */
    PLATE(ADD, 6, 3, 3,
      {8, -8, 47, 6.5}, {16, -8, 47, 6.5}, {28, -7, 47, 6},
      {7.5, -22, 41, 6.5}, {16, -24, 41, 6}, {26, -27, 40, 5},
      {8, -33.5, 33, 6}, {14, -36.3, 31, 6}, {20, -40.4, 27, 5.5}),
    /* pubic tubercle */
    ELLIPSOID(ADD, 5, P(27, -2, 50), P(5, 4, 4), NO_TURN),
    /* pecten -> arcuate line */
    TUBE(ADD, 5, X_AXIS,
      {28, -1, 48, 3, 2.5}, {44, 6, 41, 2.8, 2.8}, {58, 14, 31, 3, 3}, {66, 24, 15, 3, 3}, {65, 38.6, -8, 3.5, 3},
      {58, 55.8, -32, 3.5, 3}),
    /* iliopubic eminence */
    ELLIPSOID(ADD, 6, P(74, 17, 20), P(12, 10, 12), NO_TURN),
    /* acetabulum: plane of the rim, socket, fossa in its floor, notch in its lower rim */
    BOX(CUT, 4, P(101.9, -16.3, 7.7), P(34, 20, 34), 6, P(18.7, 0, -135.9)),
    BALL(CUT, 1.5, P(87, 0, 0), 26.8),
    BALL(CUT, 1, P(73.6, -3, 0.5), 16.5),
    CONE(CUT, 5, P(79, -11, 4), 7, P(62, -28, 6), 8.5),
    /* notch of the iliopsoas below the AIIS, groove above the ischial tuberosity */
    ELLIPSOID(CUT, 6, P(84, 36.6, 54), P(10, 9, 15), NO_TURN),
    CONE(CUT, 5, P(62, -20, -58), 8, P(84, -24, -48), 8),
    /* auricular surface: the plane of the sacroiliac joint (spine.h) */
    BOX(CUT, 5, P(42.2, 89, -62.5), P(9, 36, 27), 4, P(0, 18.06, -2.1)),
    /* symphysis: 1.8 mm from the midline, half the thickness of the disc at its middle */
    BOX(CUT, 1.5, P(-8.2, -20, 40), P(10, 40, 40), 1, NO_TURN),
};

static const oik_bone_mark hipbone_marks[] = {
    {"hip_c", OFF_BONE, {87, 0, 0}}, {"asis", ON_BONE, {117, 79.2, 53}}, {"psis", ON_BONE, {43, 110.2, -112}},
    {"aiis", ON_BONE, {100.3, 36.6, 44}}, {"crest_tub", ON_BONE, {136.4, 109.1, 26}},
    {"crest_top", ON_BONE, {104.7, 140.1, -47}}, {"pub_tub", ON_BONE, {27, 1, 53}},
    {"symph_sup", ON_BONE, {2, -7, 47}}, {"symph_inf", ON_BONE, {2, -34.8, 32}},
    {"isch_tub", ON_BONE, {57, -72, -33}}, {"isch_spine", ON_BONE, {51, -9, -56}},
    {"piis", ON_BONE, {46, 62.2, -84}}, {"si", ON_BONE, {51, 96.4, -60}}, {"pecten", ON_BONE, {44, 5, 42}},
    {"ramus_mid", ON_BONE, {36, -59, 5.5}}, {"notch", ON_BONE, {60, 52, -41}},
    {"acet_lat", ON_BONE, {102.9, 22, -4}},
};

const oik_bone_table oik_hipbone = BONE_TABLE(hipbone_features, hipbone_marks);
