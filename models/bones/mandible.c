/** Mandible, skull frame. */
#include "bones.h"

static const oik_sdf_feature mandible_features[] = {
    /* body */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {0, -71, 85, 14, 6.5}, {9, -71, 83.5, 14, 6.5}, {19, -70, 77, 13.5, 6.5}, {28, -68, 65, 13, 6.5},
      {35, -66, 50, 13, 6.5}, {39.5, -63, 35, 13, 6}, {42, -60, 24, 12, 5}),
    /* lower border + chin */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {0, -83, 87, 5, 7}, {12, -84, 85, 4.5, 6}, {22, -82, 76, 4, 5}, {34, -78, 55, 4, 4.5}, {41, -73, 34, 4, 4},
      {43, -68, 22, 4, 3.5}),
    ELLIPSOID(ADD_PAIR, 7, P(4, -81, 90), P(9, 6, 5), NO_TURN),
    /* ramus: rows inferior->superior, cols posterior->anterior */
    PLATE(ADD_PAIR, 9, 4, 3,
      {43.2, -63, 22, 3.3}, {42.2, -62, 34, 4}, {40.5, -60, 47, 4.5},
      {45.5, -48, 13, 2.8}, {45, -47, 26, 2.6}, {43.5, -46, 42, 4},
      {48.5, -26, 9, 3}, {47.5, -26, 21, 2.2}, {47, -25, 37, 3},
      {50, -11, 8.5, 3.5}, {49, -16, 21, 2}, {48, -7, 34.5, 2.2}),
    /* angle, condylar process, coronoid process */
    ELLIPSOID(ADD_PAIR, 5, P(44.6, -63, 17), P(3.4, 8, 7), P(35, 0, 0)),
    CONE(ADD_PAIR, 4, P(50, -16, 9), 4, P(51, -7.5, 11), 4),
    ELLIPSOID(ADD_PAIR, 3, P(50.3, -5.3, 12), P(9.2, 4.4, 4.4), P(0, -14, 0)),
    CONE(ADD_PAIR, 3, P(48, -18, 36), 4, P(48, -3, 33), 2.2),
    /* alveolar part */
    TUBE(ADD_PAIR, 4, Y_AXIS,
      {0, -60, 86.5, 5, 4.5}, {8, -60, 85, 5, 4.5}, {16, -60, 80, 5, 5}, {21, -60, 72, 5, 5.5},
      {25, -59.5, 62, 5, 6}, {28.5, -59, 50, 5, 6}, {33, -57, 38, 5, 5.5}),
    /* mental foramen, mandibular notch */
    CONE(CUT_PAIR, 2, P(29, -70, 80), 2, P(24, -70, 66), 1.5),
    ELLIPSOID(CUT_PAIR, 4, P(48, 0, 22), P(8, 9, 6.5), NO_TURN),
    /* lower teeth */
    BOX(ADD_PAIR, 0.8, P(2.8, -55.88, 88), P(2.6, 6, 3), 1.9, P(0, 4, 0)),
    BOX(ADD_PAIR, 0.8, P(8.2, -55.88, 87), P(2.9, 6, 3.2), 1.9, P(0, 16, 0)),
    BOX(ADD_PAIR, 0.8, P(14.5, -55.75, 83.5), P(3.4, 6.5, 3.8), 1.9, P(0, 40, 0)),
    BOX(ADD_PAIR, 0.8, P(19.5, -55.94, 77.5), P(3.5, 5.75, 4), 1.9, P(0, 60, 0)),
    BOX(ADD_PAIR, 0.8, P(22.5, -56, 70.5), P(3.5, 5.5, 4.3), 1.9, P(0, 70, 0)),
    BOX(ADD_PAIR, 0.8, P(25.5, -56.06, 61), P(5.4, 5.25, 5.2), 1.9, P(0, 76, 0)),
    BOX(ADD_PAIR, 0.8, P(29, -55.62, 50.5), P(5.2, 5, 5.1), 1.9, P(0, 72, 0)),
    BOX(ADD_PAIR, 0.8, P(32.5, -54.19, 40.5), P(5, 4.75, 4.8), 1.9, P(0, 70, 0)),
};

static const oik_bone_mark mandible_marks[] = {
    {"gnathion", ON_BONE, {0, -88, 88}}, {"pogonion", ON_BONE, {0, -80, 95}}, {"cond_l", ON_BONE, {51, -2, 12}},
    {"cond_r", ON_BONE, {-51, -2, 12}}, {"gonion_l", ON_BONE, {47, -67, 14}}, {"gonion_r", ON_BONE, {-47, -67, 14}},
    {"coron_l", ON_BONE, {48, -1, 33}}, {"coron_r", ON_BONE, {-48, -1, 33}}, {"incisor", ON_BONE, {0, -50, 89}},
    {"m3_l", ON_BONE, {32, -52, 40}}, {"m3_r", ON_BONE, {-32, -52, 40}},
};

const oik_bone_table oik_mandible = BONE_TABLE(mandible_features, mandible_marks);
