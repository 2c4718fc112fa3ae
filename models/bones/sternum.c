/** Sternum, torso frame. */
#include "bones.h"

static const oik_sdf_feature sternum_features[] = {
    /* manubrium */
    TUBE_CAP(ADD, 0, 0.5, X_AXIS,
      {0, 530, 29, 24, 6.5, 0, 0, 3}, {0, 520, 34, 30, 6.5, 0, 0, 2.6}, {0, 506, 39, 25, 6, 0, 0, 2.4},
      {0, 494, 43.5, 18, 5.5}, {0, 487, 46, 14, 5.2}),
    /* body */
    TUBE_CAP(ADD, 2, 0.5, X_AXIS,
      {0, 483, 47.5, 13.5, 5.2, 0, 0, 2.6}, {0, 472, 51, 14, 5.4, 0, 0, 2.5}, {0, 452, 57, 15, 5.4, 0, 0, 2.5},
      {0, 430, 63, 17.5, 5.4, 0, 0, 2.5}, {0, 410, 68, 18.5, 5.2, 0, 0, 2.5}, {0, 398, 70.5, 14, 5},
      {0, 392, 71.5, 9, 4.5}),
    /* xiphoid */
    TUBE_CAP(ADD, 3, 0.5, X_AXIS,
      {0, 390, 71, 8, 3.5}, {0, 374, 71.5, 6, 2.6}, {0, 359, 70, 4, 2}),
    ELLIPSOID(CUT, 4, P(0, 542, 30), P(13, 9, 12), NO_TURN),
    BALL(CUT_PAIR, 3, P(27, 537, 28), 9.5),
    ELLIPSOID(CUT_PAIR, 3, P(18.5, 452, 57), P(4.5, 6.5, 8), NO_TURN),
    ELLIPSOID(CUT_PAIR, 3, P(20.5, 431.5, 62.5), P(4.5, 6.5, 8), NO_TURN),
    ELLIPSOID(CUT_PAIR, 3, P(23, 414.5, 67), P(4.5, 6.5, 8), NO_TURN),
};

static const oik_bone_mark sternum_marks[] = {
    {"notch", ON_BONE, {0, 533, 30}}, {"sc_l", ON_BONE, {24, 530, 30}}, {"sc_r", ON_BONE, {-24, 530, 30}},
    {"angle", ON_BONE, {0, 486, 52}}, {"xiph", ON_BONE, {0, 391, 76}}, {"tip", ON_BONE, {0, 357, 70}},
    {"man_l", ON_BONE, {30, 520, 34}}, {"man_r", ON_BONE, {-30, 520, 34}}, {"low_l", ON_BONE, {18, 410, 68}},
    {"low_r", ON_BONE, {-18, 410, 68}},
};

const oik_bone_table oik_sternum = BONE_TABLE(sternum_features, sternum_marks);
