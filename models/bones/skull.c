/** Skull without mandible, skull frame; the braincase is hollow and open at the foramen magnum. */
#include "bones.h"
#include "jaw.h"
#include "spine.h"

static const oik_sdf_feature skull_features[] = {
    /* braincase */
    ELLIPSOID(ADD, 0, P(0, 50, 3), P(63, 60, 86), P(-4, 0, 0)),
    /* parietal bosses */
    ELLIPSOID(ADD_PAIR, 28, P(28, 58, -22), P(40, 44, 56), NO_TURN),
    /* frontal bosses */
    ELLIPSOID(ADD_PAIR, 28, P(22, 62, 40), P(28, 40, 46), NO_TURN),
    /* occipital */
    ELLIPSOID(ADD, 28, P(0, 30, -38), P(48, 38, 47), NO_TURN),
    /* vertex */
    ELLIPSOID(ADD, 25, P(0, 66, -2), P(48, 44, 66), NO_TURN),
    /* temporal squama */
    ELLIPSOID(ADD_PAIR, 18, P(46, 22, 4), P(22, 34, 38), NO_TURN),
    /* cerebellar fossae */
    ELLIPSOID(ADD_PAIR, 14, P(34, 2, -30), P(28, 20, 32), NO_TURN),
    /* temporal pole / greater wing */
    ELLIPSOID(ADD_PAIR, 14, P(38, 14, 36), P(18, 24, 24), NO_TURN),
    /* base */
    ELLIPSOID(ADD, 12, P(0, 0, 12), P(36, 16, 34), NO_TURN),
    /* basilar part */
    TUBE(ADD, 8, X_AXIS,
      {0, -17, 6, 9, 6}, {0, -8, 18, 11, 8}, {0, 0, 34, 14, 12}),
    /* inion */
    ELLIPSOID(ADD, 8, P(0, 6, -76.5), P(6, 4.5, 4.5), NO_TURN),
    /* superior nuchal line from the inion to the mastoid process */
    TUBE(ADD_PAIR, 10, Y_AXIS,
      {0, 7, -76.5, 2, 2.6}, {18, 8, -71.5, 2, 2.6}, {36, 7, -59.5, 2, 2.6}, {49, 4, -42, 2, 3}, {56, 1, -26, 3, 3}),
    /* mastoid, occipital condyle, styloid */
    ELLIPSOID(ADD_PAIR, 9, P(52, -3, -12), P(11, 17, 18), P(-10, 0, 0)),
    CONE(ADD_PAIR, 7, P(53, -10, -10), 11, P(51.5, -25.5, -3), 6.5),
    ELLIPSOID(ADD_PAIR, 4, OIK_CONDYLE_CENTRE, OIK_CONDYLE_HALF, P(0, OIK_CONDYLE_TURN, 0)),
    CONE(ADD_PAIR, 3, P(41, -6, 4), 4, P(38.5, -20, 8), 2.2),
    CONE(ADD_PAIR, 2, P(38.5, -20, 8), 2.2, P(36, -36, 14), 1.3),
    /* vaginal and tympanic plate before the styloid process, petrous part towards the midline */
    PLATE(ADD_PAIR, 4, 2, 3,
      {60, -3, 1, 3}, {50, -5, -0.5, 3.5}, {38, -8, 6, 4},
      {58, -9, 0.5, 2}, {49, -13, 0, 2}, {39, -15, 7, 2}),
    TUBE(ADD_PAIR, 6, Y_AXIS, {44, -8, 2, 7, 6}, {32, -9, 12, 7, 6}, {20, -9, 22, 6, 5}),
    /* jugular process beside the condyle */
    CONE(ADD_PAIR, 5, P(20, -12, -4), 6, P(34, -12, -4), 5),
    /* TMJ root of zygoma / articular eminence */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {55, 2, 4, 4, 5}, {57, 0, 16, 4.5, 6}, {54.5, -3, 24, 5, 6}),
    /* brow: glabella, superciliary arch, supraorbital margin */
    TUBE(ADD_PAIR, 10, Y_AXIS,
      {2, 38, 88, 8, 6.8}, {14, 40, 89, 6, 6}, {28, 42, 86, 5, 6}, {42, 38, 78, 5, 6}, {50, 28, 68, 5, 5.5}),
    TUBE(ADD_PAIR, 5, Y_AXIS,
      {9, 33, 90, 4, 5}, {18, 36.5, 91, 3.6, 4}, {32, 37, 88, 3.2, 4}, {44, 31, 80, 3.6, 4}, {51, 20, 71, 5, 4.5},
      {52, 10, 70, 5.5, 4.5}),
    /* nasal bones + frontal process of maxilla */
    TUBE(ADD_PAIR, 5, X_AXIS,
      {3, 34, 87, 5, 5}, {3, 24, 90, 5, 5}, {3.5, 16, 92, 5, 5}),
    TUBE(ADD_PAIR, 5, X_AXIS,
      {9, 30, 86, 4, 5}, {12, 18, 87, 5, 5}, {15, 4, 86, 6, 5}, {17, -8, 84, 7, 6}),
    /* maxilla */
    ELLIPSOID(ADD_PAIR, 8, P(26, -10, 68), P(18, 20, 17), NO_TURN),
    ELLIPSOID(ADD_PAIR, 7, P(12, -28, 78), P(14, 11, 13), NO_TURN),
    ELLIPSOID(ADD_PAIR, 7, P(25, -30, 60), P(9, 11, 20), NO_TURN),
    /* zygoma + infraorbital rim */
    TUBE(ADD_PAIR, 5, Y_AXIS,
      {16, 3, 85, 3.6, 4}, {28, -2, 83, 3.6, 4}, {40, -1, 78, 4.5, 4.5}, {48, 5, 73, 5, 4.5},
      {51.5, 12, 71, 5.5, 4.5}),
    ELLIPSOID(ADD_PAIR, 7, P(47.5, -8, 68.5), P(10.5, 12, 8.5), P(0, 32, -12)),
    CONE(ADD_PAIR, 5, P(51, -2, 69), 5.5, P(52, 14, 70), 4.5),
    /* zygomaticoalveolar crest */
    TUBE(ADD_PAIR, 7, X_AXIS,
      {44, -12, 66, 6, 6}, {38, -22, 64, 7, 7}, {32, -30, 62, 6, 6}),
    /* alveolar process */
    TUBE(ADD_PAIR, 6, Y_AXIS,
      {0, -33, 88.5, 8.8, 6}, {9, -33, 86.8, 8.8, 6}, {18, -33.3, 81, 8.8, 6.5}, {25, -33.3, 70, 8.8, 7}, {28, -33, 58, 8.8, 7.5},
      {29, -31.5, 44, 8, 7}),
    /* pterygoid process: root, medial plate with its hook, wider lateral plate; they open backwards */
    CONE(ADD_PAIR, 5, P(20, -4, 38), 7, P(20, -26, 43), 5),
    PLATE(ADD_PAIR, 3, 2, 3,
      {15.5, -8, 40, 2.5}, {15.5, -20, 42, 2}, {16, -35, 43, 2},
      {14, -8, 31, 2}, {14.5, -20, 31, 1.6}, {15.5, -35, 36, 1.6}),
    PLATE(ADD_PAIR, 3, 2, 3,
      {22, -6, 40, 3}, {22, -20, 42, 2.2}, {21, -33, 43, 2},
      {29, -6, 30, 2.4}, {29.5, -18, 27, 1.7}, {27, -30, 30, 1.6}),
    /* midface core */
    ELLIPSOID(ADD, 10, P(0, -6, 58), P(20, 20, 28), NO_TURN),
    /* ANS */
    CONE(ADD, 4, P(0, -24, 86), 4, P(0, -23, 93), 2),
    /* cavities */
    /* orbits */
    TUBE(CUT_PAIR, 3, X_AXIS,
      {34, 16, 100, 20, 16.5, 0, 0, 2.6}, {33, 16.5, 84, 19.5, 16.5, 0, 0, 2.6},
      {30, 17, 74, 18.5, 16.5, 0, 0, 2.4}, {24, 17, 58, 13.5, 12.5}, {18, 17, 44, 7, 7}, {14, 17, 36, 3, 3}),
    /* superior and inferior orbital fissure, optic canal */
    TUBE(CUT_PAIR, 1, Y_AXIS, {16, 15, 36, 2.6, 2}, {20, 21, 37, 2, 2}, {27, 26, 42, 1.4, 1.6}),
    TUBE(CUT_PAIR, 1.5, X_AXIS, {18, 9, 40, 2.2, 2.5}, {26, 3, 52, 2, 3}, {33, 1, 64, 1.6, 2.4}),
    CONE(CUT_PAIR, 1, P(14, 20, 40), 2.6, P(11, 20, 28), 2.4),
    /* temporal fossa behind lateral rim, infratemporal */
    ELLIPSOID(CUT_PAIR, 20, P(77, 14, 52), P(26, 44, 36), P(0, 12, 0)),
    ELLIPSOID(CUT_PAIR, 6, P(52, -16, 44), P(12.5, 19, 17), P(0, -10, 0)),
    /* room for the coronoid process */
    ELLIPSOID(CUT_PAIR, 5, P(49, -12, 32), P(7.5, 13, 10), NO_TURN),
    /* canine fossa */
    ELLIPSOID(CUT_PAIR, 8, P(30, -14, 90), P(9, 9, 8), NO_TURN),
    /* ear canal, mandibular fossa */
    BALL(CUT_PAIR, 2, P(66, 0, 1), 5),
    CONE(CUT_PAIR, 2, P(66, 0, 1), 4, P(48, 0, 2), 3),
    ELLIPSOID(CUT_PAIR, 3, OIK_JAW_CENTRE, P(13.5, 8.5, 8.5), P(0, OIK_JAW_TURN, 0)),
    CONE(CUT_PAIR, 2, P(49.5, -11, 11), 7, P(48, -32, 10), 8),
    /* infraorbital, supraorbital, carotid, jugular, oval foramina */
    CONE(CUT_PAIR, 1, P(27, -11, 90), 2.4, P(28, -6, 76), 1.8),
    CONE(CUT_PAIR, 1, P(24, 33, 96), 1.8, P(24, 37, 84), 1.6),
    CONE(CUT_PAIR, 1.5, P(29, -26, 7), 4, P(29, -8, 7), 3.2),
    CONE(CUT_PAIR, 1.5, P(25, -26, -3), 4.6, P(25, -8, -2), 3.6),
    CONE(CUT_PAIR, 1, P(28, -20, 27), 3, P(28, -4, 27), 2.6),
    /* digastric notch */
    ELLIPSOID(CUT_PAIR, 4, P(41.5, -25, -14), P(3.4, 9, 14), NO_TURN),
    /* nasal aperture: pear */
    TUBE(CUT, 3, X_AXIS,
      {0, 3, 110, 5, 5}, {0, 3, 92, 5, 5}, {0, 3, 70, 6, 6}),
    TUBE(CUT_PAIR, 3, X_AXIS,
      {4, -6, 112, 7, 9.5}, {4, -6, 94, 7, 10}, {5, -6, 66, 7, 11}, {6, -6, 48, 6, 10}),
    ELLIPSOID(CUT_PAIR, 3, P(6.5, -13.5, 94), P(6.5, 7, 14), NO_TURN),
    /* palate vault, choanae */
    ELLIPSOID(CUT, 5, P(0, -44, 62), P(21, 15, 30), NO_TURN),
    ELLIPSOID(CUT, 3, P(0, -17, 38), P(12, 12.5, 16), NO_TURN),
    /* cranial cavity: cerebrum behind and above the orbits, cerebellum, temporal lobes in the middle fossae */
    ELLIPSOID(CUT, 3, P(0, 58, -15), P(63, 45, 61), NO_TURN),
    ELLIPSOID(CUT, 3, P(0, 69.5, 22), P(57, 36.5, 61), NO_TURN),
    ELLIPSOID(CUT, 3, P(0, 66, -6), P(49, 42, 57), NO_TURN),
    ELLIPSOID(CUT, 3, P(0, 60, -25), P(61, 38, 51), NO_TURN),
    ELLIPSOID(CUT, 3, P(0, 24, -38), P(47, 26.5, 41), NO_TURN),
    ELLIPSOID(CUT_PAIR, 3, P(29, 24, 8), P(20, 19, 22), NO_TURN),
    /* foramen magnum */
    TUBE(CUT, 3, X_AXIS,
      {0, -40, -13.8, 16, 18.8}, {0, -18, -13.8, 14.8, 16.9}, {0, 10, -13.8, 14, 16}),
    /* frontal part of the temporal line */
    TUBE(ADD_PAIR, 6, X_AXIS, {51, 30, 69, 2.6, 2.6}, {49, 40, 68, 2.2, 2.6}, {45.5, 52, 63, 1.8, 2.6}),
    /* late additions: arch, lateral wall, nasal roof (after cavities so that they survive) */
    TUBE(ADD_PAIR, 5, Y_AXIS,
      {48, -9, 68, 8, 5}, {55.5, -9, 57, 6.5, 3.6}, {59.5, -7, 45, 4.8, 2.6}, {61.8, -5, 33, 4.2, 2.4},
      {61.5, -1.5, 20, 4.2, 2.8}, {58.5, 4, 9, 3.6, 4.5}),
    PLATE(ADD_PAIR, 4, 3, 3,
      {51, 30, 70, 3.5}, {43, 33, 54, 3}, {35, 34, 42, 4},
      {51, 14, 70, 3.5}, {45, 14, 54, 3}, {37, 14, 40, 4},
      {48, -2, 67, 4}, {42, -2, 52, 3}, {36, 0, 40, 4}),
    PLATE(ADD, 6, 4, 3,
      {-6.5, 33, 87, 4.5}, {0, 34, 89, 4.5}, {6.5, 33, 87, 4.5},
      {-6.5, 25, 88.5, 3.2}, {0, 25, 93, 3}, {6.5, 25, 88.5, 3.2},
      {-8, 16, 90, 2.4}, {0, 16, 97.5, 2.4}, {8, 16, 90, 2.4},
      {-9, 9, 91, 2}, {0, 9, 101, 1.8}, {9, 9, 91, 2}),
    /* anterior nasal spine */
    CONE(ADD, 3, P(0, -23.5, 85), 4, P(0, -22.5, 95), 1.4),
    /* medial orbital wall */
    PLATE(ADD_PAIR, 3, 3, 3,
      {11.5, 30, 84, 3}, {11, 30, 64, 3}, {9, 30, 44, 4},
      {13, 15, 85, 2.2}, {12, 15, 66, 2.2}, {10, 15, 46, 3},
      {14, 1, 82, 2.4}, {13.5, 0, 66, 2.4}, {11, 0, 48, 3}),
    /* nasal septum */
    PLATE(ADD, 1, 3, 3,
      {0, 8, 92, 1.2}, {0, 6, 74, 1.2}, {0, 4, 56, 1.4},
      {0, -8, 90, 1.2}, {0, -8, 72, 1.2}, {0, -8, 54, 1.4},
      {0, -20, 88, 1.6}, {0, -21, 70, 1.6}, {0, -20, 54, 1.6}),
    /* upper teeth, incisors to molars: a neck, the broadest part, an edge or a chewing surface */
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, X_AXIS,
      {3.95, -37, 88.7, 3.71, 3.5, 0, 0, 3.2}, {3.95, -41.5, 90.4, 3.97, 3.01, 0, 0, 3.2},
      {3.95, -45.5, 91.6, 4.32, 2.1, 0, 0, 3.2}, {3.95, -47.98, 92.4, 4.1, 1.4, 0, 0, 3.2}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.94, 0, -0.342),
      {11.39, -37, 87.17, 2.91, 3.3, 0, 0, 3.2}, {11.87, -41.5, 88.49, 3.11, 2.84, 0, 0, 3.2},
      {12.21, -45.3, 89.43, 3.38, 1.98, 0, 0, 3.2}, {12.42, -47.6, 89.99, 3.21, 1.32, 0, 0, 3.2}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.707, 0, -0.707),
      {17.83, -37, 83.43, 3.27, 4, 0, 0, 2.6}, {18.61, -41.8, 84.21, 3.66, 3.8, 0, 0, 2.6},
      {19.11, -45.6, 84.71, 3.69, 2.88, 0, 0, 2.6}, {19.32, -47.9, 84.92, 1.92, 1.68, 0, 0, 2.6}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.423, 0, -0.906),
      {23.3, -37, 77.4, 3.04, 3.96, 0, 0, 2.8}, {23.48, -41.5, 77.48, 3.39, 4.41, 0, 0, 2.8},
      {23.48, -45, 77.48, 3.47, 4.41, 0, 0, 2.8}, {23.3, -46.06, 77.4, 2.9, 3.33, 0, 0, 2.8}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.259, 0, -0.966),
      {26, -37, 70.4, 2.95, 4.05, 0, 0, 2.8}, {26.19, -41.5, 70.45, 3.29, 4.51, 0, 0, 2.8},
      {26.19, -45, 70.45, 3.36, 4.51, 0, 0, 2.8}, {26, -45.99, 70.4, 2.81, 3.4, 0, 0, 2.8}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.139, 0, -0.99),
      {28, -37, 61.9, 4.64, 5.06, 0, 0, 3.6}, {28.2, -41.5, 61.93, 5.1, 5.5, 0, 0, 3.6},
      {28.2, -45, 61.93, 5.05, 5.39, 0, 0, 3.6}, {28, -45.58, 61.9, 4.59, 4.73, 0, 0, 3.6}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.0698, 0, -0.998),
      {29.2, -36.5, 52, 4.45, 4.97, 0, 0, 3.6}, {29.4, -41, 52.01, 4.89, 5.4, 0, 0, 3.6},
      {29.4, -44.1, 52.01, 4.84, 5.29, 0, 0, 3.6}, {29.2, -44.53, 52, 4.4, 4.64, 0, 0, 3.6}),
    TUBE_CAP(ADD_PAIR, 0.4, 0.3, P(0.0349, 0, -0.999),
      {29.5, -36, 42.8, 3.88, 4.6, 0, 0, 3.6}, {29.7, -40, 42.81, 4.26, 5, 0, 0, 3.6},
      {29.7, -42.7, 42.81, 4.22, 4.9, 0, 0, 3.6}, {29.5, -43.09, 42.8, 3.84, 4.3, 0, 0, 3.6}),
    /* chewing surfaces: a furrow along the premolars and molars; grooves between the outer cusps of the molars */
    TUBE(CUT_PAIR, 0.4, Y_AXIS, {22.9, -47.7, 78.6, 1.5, 1.4}, {26, -47.7, 70.4, 1.5, 1.4}, {28.1, -47.8, 61.9, 1.6, 1.6},
      {29.3, -47, 52, 1.6, 1.6}, {29.6, -45.6, 43.4, 1.5, 1.4}),
    CONE(CUT_PAIR, 0.4, P(34.2, -43.6, 61.2), 0.7, P(33.6, -47.6, 61.2), 1.2),
    CONE(CUT_PAIR, 0.4, P(35.1, -43.2, 51.6), 0.7, P(34.6, -47.2, 51.6), 1.2),
};

static const oik_bone_mark skull_marks[] = {
    {"glabella", ON_BONE, {0, 36, 98}}, {"nasion", ON_BONE, {0, 32.5, 97.5}}, {"prosthion", ON_BONE, {0, -39, 94.5}},
    {"vertex", ON_BONE, {0, 118, 0}}, {"opisthocranion", ON_BONE, {0, 30, -90}}, {"eu_l", ON_BONE, {71, 40, -20}},
    {"eu_r", ON_BONE, {-71, 40, -20}}, {"zyg_l", ON_BONE, {65, -5, 33}}, {"zyg_r", ON_BONE, {-65, -5, 33}},
    {"mast_l", ON_BONE, {54, -32, 0}}, {"mast_r", ON_BONE, {-54, -32, 0}}, {"por_l", OFF_BONE, {65, 0, 1}},
    {"por_r", OFF_BONE, {-65, 0, 1}}, {"cond_l", ON_BONE, {15, -25, 4}}, {"cond_r", ON_BONE, {-15, -25, 4}},
    {"basion", ON_BONE, {0, -20.5, 4}}, {"opisthion", ON_BONE, {0, -16, -32}}, {"rhinion", ON_BONE, {0, 8, 104}},
    {"orb_l", ON_BONE, {52, 16, 73}}, {"orb_r", ON_BONE, {-52, 16, 73}}, {"bregma", ON_BONE, {0, 112, 40}},
    {"frontal", ON_BONE, {0, 70, 92}}, {"inion", ON_BONE, {0, 5, -82}}, {"incisor", ON_BONE, {0, -48.2, 92}},
    {"m3_l", ON_BONE, {31, -45.5, 43}}, {"m3_r", ON_BONE, {-31, -45.5, 43}}, {"orbitale_l", ON_BONE, {30, -1, 87}},
    {"orbitale_r", ON_BONE, {-30, -1, 87}},
};

const oik_bone_table oik_skull = BONE_TABLE(skull_features, skull_marks);
