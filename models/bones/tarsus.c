/**
 * Left talus and calcaneus, foot frame: origin ankle centre, +z forward, floor at y = -72. The bones before them are in midfoot.c.
 *
 * Facets of neighbours are cut to one shape with 2 mm between them: the talocalcaneal facet by a cylinder of 25 and
 * 27 mm, the talonavicular one by ellipsoids, the calcaneocuboid one by a cylinder and three planes.
 */
#include "bones.h"

static const oik_sdf_feature talus_features[] = {
    /* trochlea: drum about the ankle axis, grooved; medial and lateral walls converge backwards */
    TUBE_CAP(ADD, 0, 0.1, Y_AXIS,
      {-15, 0, 0, 18.8, 18.8}, {-9, 0, 0, 19.9, 19.9}, {0.5, 0, 0, 18.7, 18.7}, {10, 0, 0, 20.3, 20.3},
      {17, 0, 0, 19.6, 19.6}),
    BOX(CUT, 2, P(-26.3, 0, 8), P(12, 24, 40), 0, P(0, -10, 0)),
    BOX(CUT, 2, P(28.4, 0, 8.8), P(12, 24, 40), 0, P(0, 6, 0)),
    /* only its upper part is a drum: the neck steps down before it, the body behind it */
    BOX(CUT, 3, P(0, 15.4, 28.2), P(30, 34, 13), 0, P(-18, 0, 0)),
    BOX(CUT, 4, P(0, -14, -29.5), P(30, 17, 12), 0, P(-14, 0, 0)),
    /* the lateral facet is a triangle: hollows behind and before it */
    ELLIPSOID(CUT, 4, P(22.5, -14, -16), P(9, 14, 11), P(0, 0, 8)),
    ELLIPSOID(CUT, 4, P(20, -12, 15), P(8, 11, 8), NO_TURN),
    /* ligament hollow below the medial facet, which is a comma */
    ELLIPSOID(CUT, 4, P(-18, -12.5, -8), P(8.5, 10, 14), P(-8, 0, 0)),
    /* neck, head: long axis from upper lateral to lower medial */
    TUBE(ADD, 5, X_AXIS,
      {0, -3.5, 6, 14, 10.5}, {-4.5, -5.2, 14, 12, 9}, {-8.5, -7.3, 21, 12, 8.5}),
    ELLIPSOID(ADD, 6, P(-9.5, -8, 23), P(15.5, 10.2, 11.5), P(0, -20, 30)),
    /* lateral process: a wedge below the lateral facet; posterior process and its medial tubercle */
    TUBE(ADD, 5, Z_AXIS,
      {8, -3, 0, 11, 7}, {13, -8, 0.5, 8, 5}, {18, -13.5, 1, 4, 3}),
    ELLIPSOID(ADD, 5, P(4.5, -8, -17.5), P(6.5, 5, 7), NO_TURN),
    ELLIPSOID(ADD, 4, P(-6, -8.5, -15.5), P(4.5, 4.5, 5), NO_TURN),
    /* groove of the flexor hallucis longus */
    TUBE(CUT, 3, X_AXIS,
      {0, 5, -23, 2.2, 2.2}, {-1.5, -7, -22.5, 2.5, 2.5}, {-4, -20, -19, 3, 3}),
    /* posterior calcaneal facet */
    TUBE_CAP(CUT, 2, 0.1, Y_AXIS,
      {9, -39.5, -32.7, 27, 27}, {-10.5, -39.5, -6.8, 27, 27}),
    /* tarsal canal opening into the sinus tarsi */
    TUBE(CUT, 4, Y_AXIS,
      {-18, -19, -4, 4, 4}, {-6, -18, 5, 4.5, 5}, {4, -17, 12, 6, 6}, {17, -13, 18, 8.5, 8.5}),
};

static const oik_bone_mark talus_marks[] = {
    {"ankle_c", OFF_BONE, {0, 0, 0}}, {"head", ON_BONE, {-13, -8, 35}}, {"dome", ON_BONE, {0, 19, 0}},
    {"post", ON_BONE, {3, -9, -23}},
};

const oik_bone_table oik_talus = BONE_TABLE(talus_features, talus_marks);

static const oik_sdf_feature calcaneus_features[] = {
    /* tuber, waisted body, front; the sole rises forward by a calcaneal pitch of 15 degrees */
    TUBE_CAP(ADD, 0, 0.3, X_AXIS,
      {4.5, -41, -46, 11, 15, 11.5, 16, 2.2}, {4.5, -40.5, -38, 10.5, 16.5, 11, 17.5, 2.2},
      {6, -39, -26, 9, 15.5, 9.5, 15.5, 2.2}, {8, -38.5, -12, 10, 11.5, 10, 12.5, 2.2},
      {11, -38.5, 1, 10.5, 8.5, 11, 11, 2.2}, {13.5, -37.5, 12, 10.5, 9.5, 11.5, 10.5, 2.3},
      {15, -36, 21.2, 11, 11.5, 12, 10.5, 2.3}),
    /* back of the tuber: smooth above, rough and full where the tendon of Achilles inserts */
    ELLIPSOID(ADD, 7, P(4.5, -43, -44), P(12, 15.5, 8.2), P(-14, 0, 0)),
    /* plantar tubercles: the medial process larger and lower; anterior tubercle */
    ELLIPSOID(ADD, 6, P(-1.5, -56.5, -40), P(7, 4.8, 9.5), P(8, 0, 0)),
    ELLIPSOID(ADD, 5, P(10.5, -55.5, -38), P(4.5, 4.2, 6.5), P(8, 0, 0)),
    ELLIPSOID(ADD, 6, P(10.5, -47.5, 8), P(5, 3.5, 8), P(6, 0, 0)),
    /* posterior facet: part of a cylinder of 25 mm, falling forward and outward */
    TUBE_CAP(ADD, 4, 0.8, P(-0.6, 0, 0.8),
      {-4.9, -22.5, -15.4, 5, 7, 8, 7, 2.6}, {-0.7, -23.1, -12.3, 9, 7, 10, 7, 3},
      {4.9, -26.6, -8.4, 11.5, 7, 11.5, 7, 3}, {8.6, -32.8, -5.6, 10.5, 7, 10.5, 7, 2.6}),
    /* sustentaculum: a shelf with the middle facet, its edge thick and rounded */
    TUBE_CAP(ADD, 4, 0.8, Z_AXIS,
      {6, -31, 0, 12, 8, 13, 8, 2.3}, {-6, -28, 1, 11.5, 5, 12.5, 7, 2.2}, {-13.5, -25.6, 2.5, 8.8, 3.9, 9.8, 5, 2}),
    /* what bears both facets on the inner side */
    ELLIPSOID(ADD, 7, P(-2, -29, -9), P(9.5, 7, 11), P(0, -15, 12)),
    /* anterior process: rises to a beak in front of the sinus tarsi, with the anterior facet on its inner side */
    TUBE(ADD, 5, X_AXIS, {5.5, -31, 8, 7, 5}, {8, -28.5, 14, 8, 5.5}, {12, -27, 20, 8, 5}),
    /* peroneal trochlea, and the tubercle of the calcaneofibular ligament above it */
    ELLIPSOID(ADD, 4, P(19.2, -40, 0), P(2.4, 3, 5.5), P(18, 0, 16)),
    ELLIPSOID(ADD, 4, P(17.2, -33, -13), P(2, 4, 4), NO_TURN),
    /* medial hollow and the groove of the flexor hallucis longus under the sustentaculum */
    ELLIPSOID(CUT, 5, P(-13.5, -43, -12), P(12, 10, 26), P(0, 12, 6)),
    TUBE(CUT, 3, X_AXIS, {-9, -36, -20, 3.5, 4}, {-10, -35.5, 0, 3.5, 3.8}, {-7, -37, 14, 3.5, 4}),
    /* sinus tarsi */
    TUBE(CUT, 4, Y_AXIS,
      {-7, -18.5, -4, 2, 2.5}, {2, -22, 3.5, 4, 4.5}, {13, -22, 7.5, 5.5, 5.5}, {24, -22, 9, 7, 7}),
    /* facet for the cuboid: a saddle, hollow from top to sole */
    TUBE_CAP(CUT, 2, 0.1, Z_AXIS, {-20, -35, 60, 36, 36}, {50, -35, 62, 36, 36}),
};

static const oik_bone_mark calcaneus_marks[] = {
    {"heel_post", ON_BONE, {4, -38, -56}}, {"heel_plantar", ON_BONE, {1, -61, -40.5}},
    {"cub", ON_BONE, {15.5, -36, 24.5}}, {"sust", ON_BONE, {-18, -25.5, 5}},
};

const oik_bone_table oik_calcaneus = BONE_TABLE(calcaneus_features, calcaneus_marks);
