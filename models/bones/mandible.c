/** Mandible, skull frame. */
#include "bones.h"
#include "jaw.h"

static const oik_sdf_feature mandible_features[] = {
    /* body */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {0, -71, 85, 14, 6.5}, {9, -71, 83.5, 14, 6.5}, {19, -70, 77, 13.5, 6.5}, {28, -68, 65, 13, 6.5},
      {35, -66, 50, 13, 6.5}, {39.5, -63, 35, 13, 6}, {42, -60, 24, 12, 5}),
    /* lower border + chin */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {0, -83, 87, 5, 7}, {12, -84, 85, 4.5, 6}, {22, -82, 76, 4, 5}, {34, -78, 55, 4, 4.5}, {41, -73, 34, 4, 4},
      {43, -68, 22, 4, 3.5}),
    ELLIPSOID(ADD_PAIR, 7, P(3, -80.5, 90), P(8, 6.5, 5), NO_TURN),
    CONE(ADD_PAIR, 6, P(0, -80, 90), 5, P(14, -84, 86.5), 4),
    /* ramus: rows inferior->superior, cols posterior->anterior */
    PLATE(ADD_PAIR, 9, 4, 3,
      {43.2, -63, 22, 3.3}, {42.2, -62, 34, 4}, {40.5, -60, 47, 4.5},
      {45.5, -48, 13, 2.8}, {45, -47, 26, 2.6}, {43.5, -46, 42, 4},
      {48, -28, 9, 3}, {47.5, -28, 21, 2.2}, {46.8, -27, 37, 3},
      {49.5, -15, 9, 3.2}, {48.5, -20, 21, 2}, {48, -9, 35, 2}),
    /* angle, condylar process, coronoid process */
    ELLIPSOID(ADD_PAIR, 5, P(44.6, -63, 17), P(3.4, 8, 7), P(35, 0, 0)),
    TUBE(ADD_PAIR, 5, X_AXIS, {46.5, -44, 14, 2.4, 2.6}, {48.3, -26, 10, 3.2, 3.8}, {49.3, -14, 10.5, 4.6, 3.6},
      {50, -8, 12, 7, 3.4}),
    ELLIPSOID(ADD_PAIR, 2.5, OIK_JAW_CENTRE, OIK_JAW_HALF, P(0, OIK_JAW_TURN, 0)),
    TUBE(ADD_PAIR, 6, X_AXIS, {44.5, -46, 41, 2.8, 3}, {47, -24, 36.5, 2.8, 5}, {47.8, -12, 33.5, 2.2, 4.2},
      {47.8, -5.5, 32, 1.6, 2.2}),
    /* alveolar part */
    TUBE(ADD_PAIR, 4, Y_AXIS,
      {0, -60, 86.5, 5, 4.5}, {8, -60, 85, 5, 4.5}, {16, -60, 80, 5, 5}, {21, -60, 72, 5, 5.5},
      {25, -59.5, 62, 5, 6}, {28.5, -59, 50, 5, 6}, {33, -57, 38, 5, 5.5}),
    /* mental foramen, mandibular notch */
    CONE(CUT_PAIR, 2, P(29, -70, 80), 2, P(24, -70, 66), 1.5),
    ELLIPSOID(CUT_PAIR, 3, P(48, -4, 21.5), P(10, 12, 6), P(-8, 0, 0)),
    /* lower teeth */
    BOX(ADD_PAIR, 0.8, P(2.8, -56.2, 87.6), P(2.6, 6, 3), 1.9, P(0, 4, 0)),
    BOX(ADD_PAIR, 0.8, P(8.2, -56.2, 86.6), P(2.9, 6, 3.2), 1.9, P(0, 16, 0)),
    BOX(ADD_PAIR, 0.8, P(14.5, -56.5, 83), P(3.4, 6.3, 3.6), 1.9, P(0, 40, 0)),
    BOX(ADD_PAIR, 0.8, P(19.5, -55.14, 77.5), P(3.5, 5.75, 4), 1.9, P(0, 60, 0)),
    BOX(ADD_PAIR, 0.8, P(22.5, -54.70, 70.5), P(3.5, 5.5, 4.3), 1.9, P(0, 70, 0)),
    BOX(ADD_PAIR, 0.8, P(25.5, -54.06, 61), P(5.4, 5.25, 5.2), 1.9, P(0, 76, 0)),
    BOX(ADD_PAIR, 0.8, P(29, -52.92, 50.5), P(5.2, 5, 5.1), 1.9, P(0, 72, 0)),
    BOX(ADD_PAIR, 0.8, P(32.5, -51.29, 40.5), P(5, 4.75, 4.8), 1.9, P(0, 70, 0)),
};

static const oik_bone_mark mandible_marks[] = {
    {"gnathion", ON_BONE, {0, -88, 88}}, {"pogonion", ON_BONE, {0, -80, 95}}, {"cond_l", ON_BONE, {50, -2.5, 12}},
    {"cond_r", ON_BONE, {-50, -2.5, 12}}, {"gonion_l", ON_BONE, {47, -67, 14}}, {"gonion_r", ON_BONE, {-47, -67, 14}},
    {"coron_l", ON_BONE, {48, -4, 31.5}}, {"coron_r", ON_BONE, {-48, -4, 31.5}}, {"incisor", ON_BONE, {0, -50, 89}},
    {"m3_l", ON_BONE, {32, -52, 40}}, {"m3_r", ON_BONE, {-32, -52, 40}},
};

const oik_bone_table oik_mandible = BONE_TABLE(mandible_features, mandible_marks);
