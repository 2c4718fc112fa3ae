/**
 * Left humerus (origin head centre, elbow centre at (0, -300, 0)), ulna and radius (origin elbow centre, wrist centre
 * at (0, -258, 0), full supination), palm forward.
 */
#include "bones.h"

static const oik_sdf_feature humerus_features[] = {
    /* shaft, head */
    TUBE(ADD, 0, X_AXIS,
      {7, -18, 3, 17, 16}, {7, -42, 3, 14, 14}, {7, -65, 3, 12.2, 12.4}, {6.5, -100, 2.5, 11.3, 11.5},
      {6, -130, 1.5, 11.2, 11}, {5, -165, 0, 10.6, 10.4, 0, 0, 2, 0.06, 30},
      {3.5, -205, -2.5, 10.6, 9.6, 0, 0, 2, 0.08, 90}, {2, -238, -4, 13.5, 8.8, 13.5, 9.5, 2, 0.06, 90},
      {1, -262, -4, 17.5, 7.5, 18, 8, 2.2}, {-1, -281, -2, 22, 6.5, 23, 7, 2.4},
      {-2, -292, -1, 23, 6.5, 24, 6.5, 2.4}),
    BALL(ADD, 0, P(0, 0, 0), 24.3),
    /* greater and lesser tubercles with bicipital groove */
    ELLIPSOID(ADD, 7, P(15.5, -1, -1), P(11.5, 17, 15), P(0, 0, -6)),
    ELLIPSOID(ADD, 6, P(13, 10, 4), P(10, 7, 10), NO_TURN),
    TUBE(ADD, 6, X_AXIS,
      {15, -5, 12, 7, 7}, {14, -22, 11, 6, 5}, {12, -45, 10, 3, 3.5}, {10, -75, 9.5, 2, 3}),
    ELLIPSOID(ADD, 6, P(0, -8, 17.5), P(8, 10, 7.5), NO_TURN),
    TUBE(ADD, 5, X_AXIS,
      {0, -12, 18, 5, 5}, {2, -30, 14, 3.5, 4}, {4, -55, 11, 2, 3}),
    TUBE(CUT, 4, X_AXIS,
      {9, 14, 23, 3, 4}, {8, -2, 24.5, 3.4, 4.2}, {7.5, -20, 21.5, 3.2, 4}, {7.5, -45, 17.5, 2.5, 2.5}),
    /* deltoid tuberosity */
    RIDGE(6,
      {0.34, 25, -0.5, 3, 1.5}, {0.42, 10, 0.2, 4.5, 2.6}, {0.5, 12, 0, 3.5, 2}, {0.56, 20, -1, 2.5, 1.5}),
    /* lateral and medial supracondylar ridges */
    RIDGE(6,
      {0.66, 12, -0.6, 2, 1.5}, {0.78, 5, -0.2, 2, 1.8}, {0.9, 2, -0.5, 2, 1.8}),
    RIDGE(6,
      {0.7, 172, -0.6, 2, 1.5}, {0.82, 178, -0.2, 2, 1.8}, {0.93, 180, -0.5, 2, 1.8}),
    /* trochlea (tilted ~5 deg) and capitulum */
    TUBE_CAP(ADD, 4, 0.35, Z_AXIS,
      {-21, -302.5, 1, 14.2, 14.2}, {-17.5, -302, 1, 13.6, 13.6}, {-8.5, -300.5, 1, 9.6, 9.6},
      {-1, -299.5, 1.5, 10.6, 10.6}, {4, -299, 2, 11.3, 11.3}),
    ELLIPSOID(ADD, 3, P(14, -299, 4), P(10.5, 11, 11), NO_TURN),
    /* bar above the joint surface, medial and lateral epicondyles */
    TUBE(ADD, 7, Z_AXIS,
      {-18, -291, -1, 9, 8.5}, {0, -290, -1, 7.5, 8}, {15, -291, -0.5, 9, 9}),
    ELLIPSOID(ADD, 6, P(-25.5, -293, -3), P(7, 8, 6), P(0, 0, 20)),
    CONE(ADD, 5, P(-24, -292, -3), 6.5, P(-31, -295, -4.5), 4.2),
    ELLIPSOID(ADD, 6, P(20.5, -290, -2), P(5.5, 9, 6), P(0, 0, -12)),
    /* olecranon, coronoid and radial fossae */
    ELLIPSOID(CUT, 4, P(-3, -280, -12.5), P(11.5, 10.5, 8.5), NO_TURN),
    ELLIPSOID(CUT, 3.5, P(-5, -281, 9.5), P(9, 7.5, 6), NO_TURN),
    ELLIPSOID(CUT, 3.5, P(14, -282, 10), P(7, 5, 5), NO_TURN),
};

static const oik_bone_mark humerus_marks[] = {
    {"gh_c", OFF_BONE, {0, 0, 0}}, {"elbow_c", OFF_BONE, {0, -300, 0}}, {"gt_lat", ON_BONE, {27, -2, -1}},
    {"lt_ant", ON_BONE, {0, -8, 25}}, {"epi_m", ON_BONE, {-36, -295, -4}}, {"epi_l", ON_BONE, {27, -291, -2}},
    {"head_med", ON_BONE, {-17, 17, -8}}, {"mid", OFF_BONE, {6, -150, 0}},
};

const oik_bone_table oik_humerus = BONE_TABLE(humerus_features, humerus_marks);

static const oik_sdf_feature ulna_features[] = {
    /* olecranon, shaft, head */
    TUBE(ADD, 0, X_AXIS,
      {-8, 13, -17, 10.5, 7.5}, {-8.5, 5, -20, 11, 7.5}, {-9, -8, -19, 11, 8.5}, {-9, -24, -11, 10.5, 12.5, 10, 11},
      {-9, -42, -8, 8.8, 10.5}, {-9, -70, -8, 7.4, 8.6, 0, 0, 2, 0.12, 45},
      {-10, -120, -7, 6.6, 7.4, 0, 0, 2, 0.15, 30}, {-13, -170, -5, 6, 6.4, 0, 0, 2, 0.13, 20},
      {-16, -215, -4, 5.4, 5.6}, {-18, -236, -3, 6, 6}, {-18.5, -246, -3, 8, 8}, {-18.5, -251, -3, 7.5, 7.5}),
    ELLIPSOID(ADD, 5, P(-8, 13.5, -16), P(11, 6, 9), P(-15, 0, 0)),
    CONE(ADD, 4, P(-8, 15, -13), 6, P(-8, 16, -6.5), 3.5),
    /* coronoid process */
    TUBE(ADD, 5, X_AXIS,
      {-9, -22, -6, 10, 8}, {-9, -19, 4, 10.5, 7}, {-9, -14.5, 13, 7, 3.5}),
    /* ulnar tuberosity */
    CONE(ADD, 5, P(-8, -32, 2), 6, P(-7, -42, 1), 4),
    CONE(ADD, 4, P(-2, -24, -2), 6, P(0, -36, -5), 3.5),
    /* posterior border, styloid */
    RIDGE(5,
      {0.25, -100, 0, 1.8, 1.6}, {0.45, -105, 0, 1.5, 1.5}, {0.65, -110, 0, 1.2, 1.2}),
    CONE(ADD, 3, P(-21, -246, -5), 4, P(-23.5, -251.5, -6), 2),
    /* trochlear notch */
    TUBE(CUT, 2.5, Z_AXIS,
      {-30, 0, 1, 15, 15}, {-20, 0, 1, 13.3, 13.3}, {-8.5, 0, 1, 10.4, 10.4}, {3, 0, 1, 12.3, 12.3},
      {12, 0, 1, 13, 13}),
    /* radial notch */
    TUBE_CAP(CUT, 2, 0.3, X_AXIS,
      {15, -8, 3, 12.5, 12.5}, {15, -25, 3, 12.5, 12.5}),
};

static const oik_bone_mark ulna_marks[] = {
    {"elbow_c", OFF_BONE, {0, 0, 0}}, {"olec", ON_BONE, {-8, 20, -20}}, {"olec_post", ON_BONE, {-8, 4, -28}},
    {"coronoid", ON_BONE, {-9, -14, 16}}, {"sty", ON_BONE, {-24, -255, -6}}, {"head", ON_BONE, {-18.5, -246, 4}},
    {"head_c", OFF_BONE, {-18.5, -246, -3}},
    {"mid", OFF_BONE, {-10, -120, -7}}, {"wrist_c", OFF_BONE, {0, -258, 0}},
};

const oik_bone_table oik_ulna = BONE_TABLE(ulna_features, ulna_marks);

static const oik_sdf_feature radius_features[] = {
    /* head, neck, shaft, distal end */
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {15, -13, 3, 10.6, 10.6}, {15, -19, 3, 11.3, 11.3}, {15, -23, 3, 10, 10}, {14.5, -29, 2.5, 7.2, 7.2},
      {13.5, -44, 2, 7.3, 7.3}, {15, -68, 1, 7.3, 7, 0, 0, 2, 0.08, 180},
      {18.5, -105, 0, 7.6, 6.8, 0, 0, 2, 0.16, 180}, {19, -140, 0, 7.6, 6.6, 0, 0, 2, 0.17, 180},
      {16.5, -180, 1, 7.8, 6.6, 0, 0, 2, 0.13, 185}, {12, -215, 2, 9.2, 7.4, 0, 0, 2, 0.06, 185},
      {8, -236, 2.5, 13.5, 9.5, 13.5, 9.5, 2.3}, {6, -250, 3, 16, 10.5, 16.5, 11, 2.6},
      {5.5, -257, 3, 16, 10.5, 16.5, 11.5, 2.7}),
    /* bicipital tuberosity */
    CONE(ADD, 5, P(9, -40, 4), 6, P(9, -50, 4), 5.5),
    /* styloid */
    CONE(ADD, 5, P(14, -252, 3), 9, P(17.5, -263, 3), 5),
    /* dorsal tubercle */
    TUBE(ADD, 4, X_AXIS,
      {8, -238, -7, 2, 2}, {7, -246, -8.8, 2.2, 2.5}, {7, -254, -9, 2, 1.5}),
    /* fovea, scaphoid and lunate facets, ulnar notch */
    ELLIPSOID(CUT, 2, P(15, -9.5, 3), P(8.5, 4, 8.5), NO_TURN),
    ELLIPSOID(CUT, 2.5, P(6, -266, 3), P(12, 8.5, 9.5), P(0, 0, 24)),
    ELLIPSOID(CUT, 2, P(-5, -264, 3), P(10, 8, 9), P(0, 0, 8)),
    BALL(CUT, 2, P(-19, -247, -3), 10.5),
};

static const oik_bone_mark radius_marks[] = {
    {"head", ON_BONE, {15, -12, 3}}, {"head_c", OFF_BONE, {15, -18, 3}}, {"sty", ON_BONE, {19, -268, 3}},
    {"wrist_c", OFF_BONE, {0, -258, 0}},
    {"mid", OFF_BONE, {19, -130, 0}}, {"head_lat", ON_BONE, {26, -18, 3}},
};

const oik_bone_table oik_radius = BONE_TABLE(radius_features, radius_marks);
