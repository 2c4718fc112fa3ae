/** Sternum: manubrium, body and xiphoid process; torso frame. Its notches take the costal cartilages. */
#include "bones.h"
#include "rib.h"

/** A notch 1.9 mm wider than the cartilage's end, which reaches about 1.1 mm past the end of its centre line. */
#define NOTCH(...) NOTCH_AT(__VA_ARGS__)
#define NOTCH_AT(x, y, z, half_height, half_thickness)                                                               \
    ELLIPSOID(CUT_PAIR, 1, P(x, y, z), P(4.6, (half_height) + 1.9, (half_thickness) + 1.9), NO_TURN)

static const oik_sdf_feature sternum_features[] = {
    /* manubrium: thick above, wide at the first cartilage */
    TUBE_CAP(ADD, 0, 0.4, X_AXIS,
      {0, 533.5, 27.8, 23.5, 7, 0, 0, 3}, {0, 522, 32.88, 29, 6.5, 0, 0, 2.8}, {0, 512, 37.22, 29, 6, 0, 0, 2.6},
      {0, 500, 42.13, 21, 5.4, 0, 0, 2.4}, {0, 491, 45.44, 16.5, 5, 0, 0, 2.4}, {0, 486, 47.41, 15.5, 4.8, 0, 0, 2.4}),
    /* body, widest between the fourth and fifth cartilage, with the transverse lines of its pieces */
    TUBE_CAP(ADD, 1.2, 0.4, X_AXIS,
      {0, 483, 48.72, 15.5, 4.8, 0, 0, 2.6}, {0, 474, 52.02, 14, 4.8, 0, 0, 2.5}, {0, 462, 56.24, 15, 5, 0, 0, 2.5},
      {0, 452, 59.78, 15.5, 4.8, 0, 0, 2.5}, {0, 441, 63.16, 17, 5, 0, 0, 2.5}, {0, 423, 68.57, 19, 4.9, 0, 0, 2.5},
      {0, 409, 72.45, 17.5, 4.7, 0, 0, 2.5}, {0, 398, 75.23, 12.5, 4.5}, {0, 393, 76.1, 9, 4.2}),
    /* xiphoid process: thin, its tip a little forward */
    TUBE_CAP(ADD, 2.5, 0.8, X_AXIS,
      {0, 392, 74.7, 8, 3.4}, {0, 382, 74.3, 7.5, 2.6}, {0, 370, 74.7, 6.5, 2.2}, {0, 360, 75.7, 3.5, 1.9}),
    /* ridge of the sternal angle */
    TUBE(ADD_PAIR, 2.5, Y_AXIS, {0, 485.5, 51.13, 2.2, 2.2}, {12, 485.5, 50.23, 2, 2}),
    /* jugular notch, clavicular notches */
    ELLIPSOID(CUT, 3, P(0, 543, 28), P(12.5, 10.5, 14), NO_TURN),
    ELLIPSOID(CUT_PAIR, 2, P(27.5, 543, 26), P(11, 11, 11), P(0, 0, -35)),
    /* notches of the cartilages; the first one comes down steeply from above */
    ELLIPSOID(CUT_PAIR, 1.5, P(34.5, 506, 36.5), P(7, 7.2, 8.2), NO_TURN),
    NOTCH(OIK_STERNAL_END_2), NOTCH(OIK_STERNAL_END_3), NOTCH(OIK_STERNAL_END_4),
    NOTCH(OIK_STERNAL_END_5), NOTCH(OIK_STERNAL_END_6), NOTCH(OIK_STERNAL_END_7),
};

static const oik_bone_mark sternum_marks[] = {
    {"notch", ON_BONE, {0, 533, 30}}, {"sc_l", ON_BONE, {24, 533, 31}}, {"sc_r", ON_BONE, {-24, 533, 31}},
    {"angle", ON_BONE, {0, 486, 53.6}}, {"xiph", ON_BONE, {0, 391, 80.7}}, {"tip", ON_BONE, {0, 357, 74.7}},
    {"man_l", ON_BONE, {30, 520, 34}}, {"man_r", ON_BONE, {-30, 520, 34}}, {"low_l", ON_BONE, {18, 412, 72}},
    {"low_r", ON_BONE, {-18, 412, 72}},
};

const oik_bone_table oik_sternum = BONE_TABLE(sternum_features, sternum_marks);
