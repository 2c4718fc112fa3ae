/**
 * Left scapula (origin glenohumeral centre, +x along the glenoid axis, +z costal) and clavicle (origin
 * sternoclavicular centre, +x to the acromioclavicular joint).
 */
#include "bones.h"

static const oik_sdf_feature scapula_features[] = {
    /* blade: rows superior->inferior; cols medial->lateral */
    PLATE(ADD, 0, 6, 4,
      {-114.7, 46.2, 7, 1.8}, {-96.8, 41.7, 3, 1.3}, {-76.8, 30, 2, 1.2}, {-50, 22, 3, 3},
      {-124.7, 28, 3, 1.6}, {-100.2, 24, -2, 1}, {-74.5, 18, -3, 1.4}, {-40, 14, -1, 6},
      {-132.5, 4, 0, 1.8}, {-103.5, 0, -7, 0.9}, {-72.3, -2, -6, 1.5}, {-38, -5, -1, 7},
      {-132.5, -30, -1, 2}, {-105.8, -32.9, -6, 0.9}, {-79, -30, -4, 1.6}, {-52.2, -28, 0, 4.5},
      {-126.9, -68.2, 1, 2.2}, {-112.4, -70.1, -3, 1.2}, {-96.8, -66.3, -2, 2.2}, {-81.2, -60.6, 1, 4.6},
      {-118, -104.5, 5, 3.2}, {-113.6, -106.4, 4, 3.2}, {-106.9, -103.5, 4, 3.6}, {-100.2, -94.9, 4, 4.2}),
    /* lateral border pillar, medial border */
    TUBE(ADD, 6, Z_AXIS,
      {-36, -20, -1, 5, 5}, {-52.2, -33.8, 0, 4.5, 4}, {-72.3, -56.7, 1, 4.2, 3.6}, {-90.1, -81.6, 2, 4, 3.5},
      {-103.5, -100.7, 4, 4, 4}),
    TUBE(ADD, 4, Z_AXIS,
      {-115.8, 46.2, 6, 2.2, 2.2}, {-125.8, 27, 3, 1.8, 1.8}, {-133.6, 3, 0, 2, 2}, {-133.6, -31.9, 0, 1.9, 1.9},
      {-126.9, -70.1, 2, 2.2, 2.2}, {-118, -104.5, 5, 3, 3}),
    /* neck + glenoid */
    TUBE(ADD, 8, Y_AXIS,
      {-52.2, 6, -1, 10, 5}, {-42, 2, -1, 13, 8}, {-34, 0, 0, 17, 11.5, 0, 0, 2.2},
      {-30, 0, 0, 18.5, 13.5, 18.5, 13, 2.2}),
    ELLIPSOID(CUT, 1.5, P(-1, 1, 0), P(27.2, 30, 28), NO_TURN),
    /* infraglenoid and supraglenoid tubercles */
    ELLIPSOID(ADD, 4, P(-33, -21, -1), P(4, 5, 4), NO_TURN),
    ELLIPSOID(ADD, 3, P(-31, 19, 1), P(4, 4, 4), NO_TURN),
    /* spine of scapula: rows base->free edge, cols medial->lateral */
    PLATE(ADD, 5, 3, 5,
      {-130.3, 10, -3, 2}, {-103.5, 14, -6, 1.6}, {-74.5, 18, -8, 2}, {-54.5, 17, -8, 3}, {-44, 14, -8, 4},
      {-128.1, 12, -6, 3}, {-103.5, 18, -14, 1.4}, {-74.5, 23, -21, 1.6}, {-52.2, 24, -23, 2}, {-40, 22, -22, 2.6},
      {-124.7, 13, -8, 3.2}, {-102.4, 21, -21, 3.2}, {-72.3, 28, -33, 3.6}, {-48, 32.5, -39, 4}, {-30, 36, -40, 4.2}),
    /* acromion: highest where it meets the clavicle, falling outwards and backwards */
    PLATE(ADD, 4, 2, 5,
      {-34, 34, -41, 4.5}, {-18, 38, -34, 4}, {-8, 41.5, -20, 4}, {-7, 43.5, -6, 4}, {-8, 43.5, 7, 3.6},
      {-27, 33.5, -47, 4.5}, {-10, 35.5, -44, 4.2}, {3.5, 36.5, -29, 4.2}, {7, 36.5, -10, 4}, {3.5, 38, 8, 3.4}),
    /* coracoid */
    TUBE(ADD, 6, X_AXIS,
      {-43, 13, 2, 10, 8}, {-42, 20, 9, 8, 7}, {-38, 26, 18, 7.2, 5.8}, {-32, 26.5, 29, 7, 5.2},
      {-24, 21.5, 39, 6.4, 5}, {-21, 18.5, 42, 5.5, 4.5}),
    /* facet for the clavicle on the inner border of the acromion, 3 mm from it; square to the clavicle at rest */
    BOX(CUT, 1.5, P(-11.7, 44.7, 4.2), P(6, 9, 11), 0, P(0, 29, -18)),
    /* the glenoid is narrower above: notch of its front rim */
    ELLIPSOID(CUT, 3, P(-30, 9, 15.5), P(5, 6, 4), NO_TURN),
    /* suprascapular notch */
    ELLIPSOID(CUT, 2.5, P(-63.4, 29.5, 3), P(5, 6.5, 6), NO_TURN),
};

static const oik_bone_mark scapula_marks[] = {
    {"gh_c", OFF_BONE, {0, 0, 0}}, {"acr_lat", ON_BONE, {10, 36, -14}}, {"acr_ant", ON_BONE, {0, 41, 11}},
    {"ac_joint", OFF_BONE, {-10, 44, 2}}, {"acr_angle", ON_BONE, {0, 37, -45}}, {"root", ON_BONE, {-134.7, 12, -4}},
    {"inf", ON_BONE, {-115.8, -109.3, 5}}, {"sup", ON_BONE, {-114.7, 48.9, 7}}, {"cor", ON_BONE, {-20, 17, 46}},
    {"glen", ON_BONE, {-28, 0, 0}}, {"spine_mid", ON_BONE, {-72.3, 30, -37}},
};

const oik_bone_table oik_scapula = BONE_TABLE(scapula_features, scapula_marks);

static const oik_sdf_feature clavicle_features[] = {
    /* S-shaped shaft: prismatic sternal end, forward bow, backward bow, flat acromial end */
    TUBE_CAP(ADD, 0, 0.3, Y_AXIS,
      {6.5, 0.5, 1.5, 12, 10.5, 10.5, 10.5, 2.4}, {14.5, 0, 3.8, 10, 9.5, 9, 9.5, 2.3}, {28, -0.6, 10, 7, 7},
      {46, -1.4, 15.5, 6, 6.3}, {68, -1.6, 13, 5.8, 6.2}, {90, -0.8, 4, 5.6, 6.8}, {108, 0, -5.5, 5.2, 8.5},
      {124, 0.3, -9.5, 5.2, 10.5, 5, 10.5}, {138, 0, -8, 5.8, 11.5, 5.4, 11.5, 2.2}, {149, 0, -2.5, 6, 11, 5.6, 11, 2.3}),
    /* conoid tubercle, trapezoid line */
    ELLIPSOID(ADD, 4, P(108, -4.4, -10.5), P(6, 3, 4), P(0, 25, 0)),
    CONE(ADD, 4, P(112, -3.5, -9), 2.2, P(130, -3.8, -3), 1.8),
    /* impression of the costoclavicular ligament, subclavian groove */
    ELLIPSOID(CUT, 4, P(21, -9.5, 7), P(10, 4, 5), P(0, -25, 0)),
    ELLIPSOID(CUT, 4, P(66, -11.5, 12), P(24, 4, 4), P(0, 12, 0)),
    /* facet for the acromion, facing outwards and a little forward */
    BOX(CUT, 1.5, P(154, 0, 2.1), P(6, 12, 20), 0, P(0, -28, 0)),
};

static const oik_bone_mark clavicle_marks[] = {
    {"sc", OFF_BONE, {0, 0, 0}}, {"ac", OFF_BONE, {150, 0, 0}}, {"ant", ON_BONE, {45, -1.4, 21}},
    {"sup", ON_BONE, {75, 4.5, 8}}, {"post", ON_BONE, {124, 0, -20}},
};

const oik_bone_table oik_clavicle = BONE_TABLE(clavicle_features, clavicle_marks);
