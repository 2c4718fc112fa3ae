/** Sternum: manubrium, body and xiphoid process; torso frame. Its notches take the costal cartilages. */
#include "bones.h"
#include "rib.h"

/** A notch 1.3 mm wider than the cartilage's end, which reaches about 1.1 mm past the end of its centre line. */
#define NOTCH(...) NOTCH_AT(__VA_ARGS__)
#define NOTCH_AT(x, y, z, half_height, half_thickness)                                                               \
    ELLIPSOID(CUT_PAIR, 1, P(x, y, z), P(4.2, (half_height) + 1.3, (half_thickness) + 1.3), NO_TURN)

static const oik_sdf_feature sternum_features[] = {
    /* manubrium: thick above, wide at the first cartilage */
    TUBE_CAP(ADD, 0, 0.4, X_AXIS,
      {0, 533.5, 27.8, 23.5, 7, 0, 0, 3}, {0, 522, 32.5, 29, 6.5, 0, 0, 2.8}, {0, 512, 36.5, 29, 6, 0, 0, 2.6},
      {0, 500, 41, 21, 5.4, 0, 0, 2.4}, {0, 491, 44, 16.5, 5, 0, 0, 2.4}, {0, 486, 45.8, 15.5, 4.8, 0, 0, 2.4}),
    /* body, widest between the fourth and fifth cartilage, with the transverse lines of its pieces */
    TUBE_CAP(ADD, 1.2, 0.4, X_AXIS,
      {0, 483, 47, 15.5, 4.8, 0, 0, 2.6}, {0, 474, 50, 14, 4.8, 0, 0, 2.5}, {0, 462, 53.8, 15, 5, 0, 0, 2.5},
      {0, 452, 57, 15.5, 4.8, 0, 0, 2.5}, {0, 441, 60, 17, 5, 0, 0, 2.5}, {0, 423, 64.8, 19, 4.9, 0, 0, 2.5},
      {0, 409, 68.2, 17.5, 4.7, 0, 0, 2.5}, {0, 398, 70.6, 12.5, 4.5}, {0, 393, 71.4, 9, 4.2}),
    /* xiphoid process: thin, its tip a little forward */
    TUBE_CAP(ADD, 2.5, 0.8, X_AXIS,
      {0, 392, 70, 8, 3.4}, {0, 382, 69.6, 7.5, 2.6}, {0, 370, 70, 6.5, 2.2}, {0, 360, 71, 3.5, 1.9}),
    /* ridge of the sternal angle */
    TUBE(ADD_PAIR, 2.5, Y_AXIS, {0, 485.5, 49.5, 2.2, 2.2}, {12, 485.5, 48.6, 2, 2}),
    /* jugular notch, clavicular notches */
    ELLIPSOID(CUT, 3, P(0, 543, 28), P(12.5, 10.5, 14), NO_TURN),
    ELLIPSOID(CUT_PAIR, 2, P(27.5, 540, 26), P(11, 11, 11), P(0, 0, -35)),
    /* notches of the cartilages; the first one comes down steeply from above */
    ELLIPSOID(CUT_PAIR, 1.5, P(35, 516, 34), P(8, 9, 9), NO_TURN),
    NOTCH(OIK_STERNAL_END_2), NOTCH(OIK_STERNAL_END_3), NOTCH(OIK_STERNAL_END_4),
    NOTCH(OIK_STERNAL_END_5), NOTCH(OIK_STERNAL_END_6), NOTCH(OIK_STERNAL_END_7),
};

static const oik_bone_mark sternum_marks[] = {
    {"notch", ON_BONE, {0, 533, 30}}, {"sc_l", ON_BONE, {24, 530, 30}}, {"sc_r", ON_BONE, {-24, 530, 30}},
    {"angle", ON_BONE, {0, 486, 52}}, {"xiph", ON_BONE, {0, 391, 76}}, {"tip", ON_BONE, {0, 357, 70}},
    {"man_l", ON_BONE, {30, 520, 34}}, {"man_r", ON_BONE, {-30, 520, 34}}, {"low_l", ON_BONE, {18, 412, 68}},
    {"low_r", ON_BONE, {-18, 412, 68}},
};

const oik_bone_table oik_sternum = BONE_TABLE(sternum_features, sternum_marks);
