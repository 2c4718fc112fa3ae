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
      {1, -262, -4.5, 17.5, 7.5, 18, 8, 2.2}, {-1, -281, -3, 21, 7, 22.5, 7.5, 2.4},
      {-2, -291, -1.5, 21.5, 6.5, 23, 6.5, 2.4}),
    BALL(ADD, 0, P(0, 0, 0), 24.3),
    /* surgical neck: the head's lower rim runs out on the shaft */
    CONE(ADD, 6, P(1.5, -5, 0.3), 20.5, P(6, -44, 2.7), 13.6),
    /* greater and lesser tubercles with bicipital groove */
    ELLIPSOID(ADD, 7, P(15.5, -1, -1), P(11.5, 17, 15), P(0, 0, -6)),
    ELLIPSOID(ADD, 6, P(13, 10, 4), P(10, 7, 10), NO_TURN),
    ELLIPSOID(ADD, 5, P(15.5, 3, -10), P(9.5, 12, 9.5), P(0, 0, -10)),
    TUBE(ADD, 6, X_AXIS,
      {15, -5, 12, 7, 7}, {14, -22, 11, 6, 5}, {12, -45, 10, 3, 3.5}, {10, -75, 9.5, 2, 3}),
    ELLIPSOID(ADD, 6, P(0, -8, 17.5), P(8, 10, 7.5), NO_TURN),
    TUBE(ADD, 5, X_AXIS,
      {0, -12, 18, 5, 5}, {2, -30, 14, 3.5, 4}, {4, -55, 11, 2, 3}),
    TUBE(CUT, 4, X_AXIS,
      {9, 14, 23, 3, 4}, {8, -2, 24.5, 3.4, 4.2}, {7.5, -20, 21.5, 3.2, 4}, {7.5, -42, 18.7, 2.5, 2.5}, {7.5, -62, 18.5, 1.6, 1.6}),
    /* anatomical neck: groove between the head and the tubercles */
    TUBE(CUT, 5, X_AXIS,
      {5.5, 12.8, 22, 1, 1}, {14.2, 17.7, 12.8, 1.4, 1.4}, {19.1, 17.7, 0.3, 1.5, 1.5}, {19.1, 12.8, -12.2, 1.5, 1.5},
      {14.2, 4.2, -21.3, 1.5, 1.5}, {5.6, -5.6, -24.6, 1.4, 1.4}, {-4.1, -14.1, -21.4, 1, 1}),
    /* deltoid tuberosity */
    RIDGE(6,
      {0.28, 30, -3.5, 2.5, 1.5}, {0.35, 24, -0.8, 3, 1.5}, {0.42, 10, 0.2, 4.5, 2.6}, {0.5, 12, -0.3, 3.5, 2},
      {0.56, 20, -1.8, 2.5, 1.5}, {0.62, 24, -4, 2, 1.5}),
    /* lateral and medial supracondylar ridges */
    RIDGE(6,
      {0.6, 14, -4, 2, 1.5}, {0.69, 12, -1, 2, 1.5}, {0.78, 5, -0.2, 2, 1.8}, {0.88, 2, -0.5, 2, 1.8}, {0.95, 0, -2, 2, 1.8}),
    RIDGE(6,
      {0.63, 170, -4, 2, 1.5}, {0.72, 173, -1, 2, 1.5}, {0.82, 178, -0.2, 2, 1.8}, {0.9, 180, -0.5, 2, 1.8}, {0.96, 180, -2, 2, 1.8}),
    /* medial and lateral column */
    TUBE(ADD, 5, X_AXIS,
      {-16, -268, -4.5, 6, 6.5}, {-20.5, -282, -3.5, 5, 7.5}, {-21, -294, -1, 5, 8}),
    TUBE(ADD, 5, X_AXIS,
      {15, -268, -4.5, 6, 6.5}, {17.5, -282, -3, 6, 8}, {17, -291, -1.5, 6.5, 8}, {15, -297, -2, 6.5, 6}),
    /* medial epicondyle: large, flat, turned a little backwards; lateral epicondyle */
    ELLIPSOID(ADD, 6, P(-26.5, -291, -4), P(8.5, 8.5, 6), P(0, 8, 22)),
    CONE(ADD, 5, P(-26, -292, -4), 6, P(-31.5, -294, -5.5), 4.4),
    ELLIPSOID(ADD, 6, P(21, -289, -3), P(5.5, 8.5, 6), P(0, 0, -12)),
    /* olecranon, coronoid and radial fossae */
    ELLIPSOID(CUT, 3, P(-8.5, -283.3, -11.8), P(15.5, 13, 10), P(-12, 0, 0)),
    ELLIPSOID(CUT, 3, P(-7.5, -282, 11), P(10.5, 8, 9.5), P(12, 0, 0)),
    ELLIPSOID(CUT, 3, P(13.5, -282, 12), P(7.5, 6, 8.5), P(12, 0, 0)),
    /* trochlea: spool with a larger medial flange, inner end lower; capitulum: ball facing forward */
    TUBE_CAP(ADD, 1.5, 0.15, Y_AXIS,
      {-20.5, -302.3, 1, 13.4, 13.4}, {-18, -302, 1, 13.8, 13.8}, {-13, -301.3, 1, 11, 11}, {-8.5, -300.6, 1, 9.4, 9.4},
      {-4, -300, 1, 10.2, 10.2}, {0.5, -299.4, 1.5, 11.2, 11.2}, {3, -299, 2, 10.4, 10.4}),
    ELLIPSOID(ADD, 2.5, P(14, -299, 3), P(10.5, 10.8, 10.8), NO_TURN),
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
      {-8.5, 8, -17.5, 11.5, 8}, {-9, 3, -20, 12, 8}, {-9, -8, -19, 11.5, 9}, {-9, -24, -11, 10.5, 12.5, 10, 11},
      {-9, -42, -8, 8.8, 10.5}, {-9, -70, -8, 7.4, 8.6, 0, 0, 2, 0.12, 45},
      {-10, -120, -7, 6.6, 7.4, 0, 0, 2, 0.15, 30}, {-13, -170, -5, 6, 6.4, 0, 0, 2, 0.13, 20},
      {-16, -215, -4, 5.4, 5.6}, {-18, -234, -3, 6, 6}, {-18.5, -243.5, -3, 8, 8}, {-18.5, -246.5, -3, 7.5, 7.5}),
    ELLIPSOID(ADD, 5, P(-8.5, 8.3, -17), P(12.2, 6.6, 8.5), P(-15, 0, 0)),
    CONE(ADD, 4, P(-8.5, 9.3, -14.5), 6, P(-8.5, 10.5, -10.8), 3.6),
    /* coronoid process */
    TUBE(ADD, 5, X_AXIS,
      {-9, -22, -6, 10, 8}, {-10, -19.5, 3, 11, 7.5}, {-10, -17.5, 9.5, 9.5, 6.5}, {-9, -15, 13.5, 6.5, 4.8}),
    /* tubercle on its inner edge */
    ELLIPSOID(ADD, 4, P(-18, -17.5, 4), P(4, 5, 7), P(-15, 0, 0)),
    /* ulnar tuberosity */
    CONE(ADD, 5, P(-8, -32, 2), 6, P(-7, -42, 1), 4),
    CONE(ADD, 4, P(-2, -24, -2), 6, P(0, -36, -5), 3.5),
    /* posterior border, styloid */
    RIDGE(5,
      {0.16, -98, -4, 1.8, 1.6}, {0.27, -100, -0.3, 1.8, 1.6}, {0.45, -105, 0, 1.5, 1.5}, {0.62, -109, -0.4, 1.2, 1.2},
      {0.74, -112, -3, 1.2, 1.2}),
    CONE(ADD, 3, P(-21.5, -245, -5.5), 4, P(-24, -253.5, -6.5), 2.2),
    /* trochlear notch: 2.6 mm from the spool of the humerus, more at its rims */
    TUBE(CUT, 1.5, Y_AXIS,
      {-32, -4, 1, 19, 19}, {-20.5, -2.3, 1, 18.2, 18.2}, {-18, -2, 1, 18.6, 18.6}, {-13, -1.3, 1, 15.3, 15.3},
      {-8.5, -0.6, 1, 12, 12}, {-4, 0, 1, 12.8, 12.8}, {0.5, 0.6, 1.5, 14.4, 14.4}, {12, 2, 2, 14.6, 14.6}),
    /* radial notch */
    TUBE_CAP(CUT, 2, 0.3, X_AXIS,
      {15, -6, 3, 14, 14}, {15, -27, 3, 14, 14}),
};

static const oik_bone_mark ulna_marks[] = {
    {"elbow_c", OFF_BONE, {0, 0, 0}}, {"olec", ON_BONE, {-8, 15.5, -19}}, {"olec_post", ON_BONE, {-8, 3, -28}},
    {"coronoid", ON_BONE, {-9, -14, 16}}, {"sty", ON_BONE, {-24, -255, -6}}, {"head", ON_BONE, {-18.5, -244.5, 4.5}},
    {"head_c", OFF_BONE, {-18.5, -244.5, -3}},
    {"mid", OFF_BONE, {-10, -120, -7}}, {"wrist_c", OFF_BONE, {0, -258, 0}},
};

const oik_bone_table oik_ulna = BONE_TABLE(ulna_features, ulna_marks);

static const oik_sdf_feature radius_features[] = {
    /* head, neck, shaft, distal end */
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {15, -14.9, 3, 10, 10}, {15, -19, 3, 11.8, 11.8}, {15, -23, 3, 10.3, 10.3}, {14.5, -29, 2.5, 7.2, 7.2},
      {13.5, -44, 2, 7.3, 7.3}, {15, -68, 1, 7.3, 7, 0, 0, 2, 0.08, 180},
      {18.5, -105, 0, 7.6, 6.8, 0, 0, 2, 0.16, 180}, {19, -140, 0, 7.6, 6.6, 0, 0, 2, 0.17, 180},
      {16.5, -180, 1, 7.8, 6.6, 0, 0, 2, 0.13, 185}, {12, -215, 2, 9.2, 7.4, 0, 0, 2, 0.06, 185},
      {8, -236, 2.5, 13.5, 9.5, 13.5, 9.5, 2.3}, {6, -250, 3, 16, 10.5, 16.5, 11, 2.6},
      {5.5, -261, 3, 16, 10.5, 16, 11.5, 2.7}),
    /* bicipital tuberosity */
    ELLIPSOID(ADD, 6, P(8.8, -45.5, 4), P(5.5, 11, 5.5), P(0, 0, -4)),
    /* styloid */
    CONE(ADD, 5, P(14, -252, 3), 9, P(17.5, -263, 3), 5),
    /* dorsal tubercle */
    TUBE(ADD, 4, X_AXIS,
      {8, -238, -7, 2, 2}, {7, -246, -8.8, 2.2, 2.5}, {7, -254, -9, 2, 1.5}),
    /* fovea: 5 mm from the capitulum; facet around scaphoid and lunate, inclined towards the ulna; ulnar notch */
    BALL(CUT, 1.5, P(14.3, 1, 3), 15.6),
    ELLIPSOID(CUT, 2, P(0.5, -280.5, 1.5), P(24.2, 24.2, 20.5), NO_TURN),
    BALL(CUT, 2, P(-19, -245.5, -3), 10.5),
};

static const oik_bone_mark radius_marks[] = {
    {"head", ON_BONE, {15, -12, 3}}, {"head_c", OFF_BONE, {15, -18, 3}}, {"sty", ON_BONE, {19, -268, 3}},
    {"wrist_c", OFF_BONE, {0, -258, 0}},
    {"mid", OFF_BONE, {19, -130, 0}}, {"head_lat", ON_BONE, {26, -18, 3}},
};

const oik_bone_table oik_radius = BONE_TABLE(radius_features, radius_marks);
