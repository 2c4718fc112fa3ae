/** Sacrum and coccyx in the frame of the S1 endplate. */
#include "bones.h"
#include "spine.h"

static const oik_sdf_feature sacrum_features[] = {
    /* bodies */
    TUBE_CAP(ADD, 0, 0.1, X_AXIS,
      {0, -1.5, 0, 25.5, 16.5, 0, 15.5, 2.3}, {0, -9, -0.4, 24, 15, 0, 19, 2.3}, {0, -24, -7, 20, 11, 0, 27},
      {0, -52, -16, 17, 8, 0, 22}, {0, -78.8, -16, 14, 6.5, 0, 17}, {0, -99.2, -6, 11, 5.5, 0, 12},
      {0, -108.9, 1, 9, 5, 0, 8}),
    /* alae and lateral masses: rows top to bottom, columns medial to lateral */
    PLATE(ADD_PAIR, 9, 6, 4,
      {14, -11.5, -5, 9}, {28, -12.5, -8, 9.5}, {40, -13.5, -13, 9.5}, {50, -15, -19, 8},
      {12, -26, -17, 12}, {27, -27, -21, 13}, {38, -28, -25, 12}, {47, -29, -29, 9},
      {9, -48.7, -23, 9.5}, {22, -50, -26, 11}, {32, -50, -29, 10}, {39, -49, -31, 7.5},
      {8, -73.4, -23, 7.5}, {18, -74.5, -24, 8}, {26, -74, -25, 7}, {31, -72.5, -26, 5},
      {6, -92.8, -14, 5}, {14, -95, -14, 5}, {21, -95, -15, 4.5}, {25.5, -92.8, -16, 3.5},
      {4, -105.7, -5, 5}, {9, -106.8, -5, 4.5}, {14, -106.8, -6, 4}, {17, -104.6, -8, 3}),
    /* posterior wall: laminae and intermediate crest */
    TUBE(ADD_PAIR, 5, X_AXIS,
      {17, -12, -32, 6, 5}, {15, -30.4, -37, 5, 5}, {12, -54.1, -38, 4.5, 4.5}, {10, -77.8, -34, 4, 4},
      {9, -97.1, -22, 3.5, 3.5}),
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {16, -14, -33, 7, 4.5}, {8, -15, -37, 7, 4}, {0, -16, -40, 7, 4}),
    PLATE(ADD_PAIR, 5, 4, 2,
      {0, -24, -43, 4}, {16, -23, -36, 5},
      {0, -46.6, -45, 4}, {14, -46.6, -38, 5},
      {0, -71.3, -42, 4}, {11, -71.3, -35, 4.5},
      {0, -88.5, -34, 3}, {9, -88.5, -28, 4}),
    /* lateral crest */
    TUBE(ADD_PAIR, 5, X_AXIS,
      {35.6, -24, -36, 5, 5}, {34, -45.5, -37, 4, 4}, {27.5, -71.3, -30, 3.5, 3.5}, {22, -92, -18, 3, 3}),
    /* median crest: the spines of S1 to S4 */
    TUBE(ADD, 4, X_AXIS,
      {0, -19, -41.5, 3, 4.2}, {0, -25.5, -46, 3.2, 5.5}, {0, -33.5, -45.5, 2.4, 3.5}, {0, -42, -49, 3, 5.5},
      {0, -54, -46, 2.2, 3.5}, {0, -64, -46, 2.8, 4.5}, {0, -74, -42, 2.2, 3}, {0, -83, -38.5, 2.6, 3}),
    /* coccyx: four pieces, the first with transverse processes and horns */
    TUBE(ADD, 2.5, X_AXIS,
      {0, -109, 1.5, 9, 4.5}, {0, -113.5, 5, 9.5, 4.2}, {0, -118, 8.5, 6.5, 3.4}, {0, -121, 11, 7.2, 3.8},
      {0, -125, 15.5, 5, 3.1}, {0, -127, 18, 5.6, 3.4}, {0, -129.6, 22, 3.8, 2.7}, {0, -130.8, 25, 4, 2.8},
      {0, -131.8, 29, 2.8, 2.3}),
    CONE(ADD_PAIR, 3, P(7, -111.5, 4), 3, P(14, -112, 2), 2),
    CONE(ADD_PAIR, 2, P(7, -110, 0), 2.6, P(7.5, -105, -9), 2),
    /* sacral canal and hiatus */
    TUBE(CUT, 2, X_AXIS,
      {0, 6, -25, 14, 8}, {0, -14, -27, 13, 7.5}, {0, -41.2, -34, 9, 5}, {0, -73.4, -32, 6, 3.5}, {0, -95, -20, 4, 3},
      {0, -108, -13, 4, 4}),
    /* pelvic surface, concave in both directions */
    ELLIPSOID(CUT, 6, P(0, -56, 15), P(30, 40, 16), NO_TURN),
    /* pelvic foramina open as funnels to the front and side, dorsal ones are smaller */
    CONE(CUT_PAIR, 3, P(23, -29, 16), 8, P(18, -29, -14), 4.8),
    CONE(CUT_PAIR, 1.5, P(18, -29, -14), 4.4, P(20, -28, -55), 4),
    CONE(CUT_PAIR, 3, P(21, -51, 10), 7.5, P(16.5, -51, -16), 4.6),
    CONE(CUT_PAIR, 1.5, P(16.5, -51, -16), 4.2, P(18.5, -50, -55), 3.8),
    CONE(CUT_PAIR, 3, P(18, -71, 8), 6.5, P(14.5, -71, -16), 4.2),
    CONE(CUT_PAIR, 1.5, P(14.5, -71, -16), 3.8, P(16, -71, -50), 3.4),
    CONE(CUT_PAIR, 2.5, P(15.5, -88, 10), 5.5, P(12.5, -88, -10), 3.6),
    CONE(CUT_PAIR, 1.5, P(12.5, -88, -10), 3.3, P(14, -89, -45), 3),
};

static const oik_bone_mark sacrum_marks[] = {
    {"s1", ON_BONE, {0, 0, 0}}, {"promontory", ON_BONE, {0, -2, 17}}, {"ala_l", ON_BONE, {50, -12, -14}},
    {"ala_r", ON_BONE, {-50, -12, -14}}, {"apex", ON_BONE, {0, -108.9, 6}}, {"coccyx", ON_BONE, {0, -132.6, 31}},
    {"crest", ON_BONE, {0, -43, -55}}, {"mid_ant", ON_BONE, {0, -52, -5}}, {"ila_l", ON_BONE, {25, -95, -15}},
    {"ila_r", ON_BONE, {-25, -95, -15}}, {"tub_l", ON_BONE, {41, -26.1, -37}}, {"tub_r", ON_BONE, {-41, -26.1, -37}},
    {"hiatus", ON_BONE, {0, -105, -12}},
};

static const oik_bone_table sacrum = BONE_TABLE(sacrum_features, sacrum_marks);

/** Superior articular processes, flat towards those of L5. */
static void articular_processes(oik_bone_draft *o) {
    const double thickness = 4.2, reach = 7;
    oik_facet_joint j = oik_facet_stand(LEVEL_L5);
    const double half_gap = 0.5 * j.gap;
    oik_vec3 p = v3_madd(j.centre, -thickness - half_gap, m3_column(j.R, 2));
    oik_vec3 tip = m3_tmulv(oik_tilt(OIK_S1_TILT), v3_sub(p, OIK_S1_CENTRE));
    FEATURE(o, CONE(ADD_PAIR, 5, P(22, -14, -29), 7, P(tip.x, tip.y, tip.z), 4.5));
    oik_sdf_set_frame(o->sdf, j.R, j.centre);
    FEATURE(o, ELLIPSOID(ADD_PAIR, 3, P(0, 0, -thickness), P(j.half_width, j.half_height, thickness + 0.4), NO_TURN));
    FEATURE(o, BOX(CUT_PAIR, 0.8, P(0, 0, reach - half_gap), P(j.half_width + 4, j.half_height + 3, reach), 1.5, NO_TURN));
}

/** The auricular surfaces lie in the plane of the sacroiliac joints. */
static void auricular_surfaces(oik_bone_draft *o) {
    const double reach = 20, half_length = 45, half_height = 45;
    const oik_vec3 n = v3_unit(OIK_SI_NORMAL), y = v3_unit(v3_madd(v3(0, 1, 0), -n.y, n));
    oik_sdf_set_frame(o->sdf, m3_columns(n, y, v3_cross(n, y)), OIK_SI_CENTRE);
    FEATURE(o, BOX(CUT_PAIR, 2.5, P(reach - OIK_SI_HALF_GAP, 0, 0), P(reach, half_height, half_length), 1, NO_TURN));
}

void oik_draft_sacrum(oik_bone_draft *o, int unused) {
    (void)unused;
    oik_sdf_set_frame(o->sdf, oik_tilt(OIK_S1_TILT), OIK_S1_CENTRE);
    oik_draft_table(o, &sacrum);
    articular_processes(o);
    auricular_surfaces(o);
}
