/** Hyoid bone, torso frame, as it hangs below the mandible before the third and fourth cervical vertebra. */
#include "bones.h"

/* Body 24 mm wide, greater horns 30 mm long and 40 mm apart at their tips [L]. */
static const oik_sdf_feature hyoid_features[] = {
    /* body: a curved plate, hollow behind */
    TUBE(ADD_PAIR, 2, P(0, 1, 0.3), {-6, 648.1, 44.6, 5.4, 3},
         {0, 648, 45.5, 5.6, 3.2}, {7, 648.2, 44.2, 5.4, 3}, {12, 648.8, 40.5, 4.4, 2.8}),
    ELLIPSOID(CUT, 2, P(0, 647, 38.5), P(9, 5, 5), NO_TURN),
    /* greater horns back, outward and up, each ending in a tubercle */
    TUBE(ADD_PAIR, 2.5, P(0, 1, 0.2), {11.5, 649, 41, 3.6, 2.4}, {16.5, 650.5, 32, 2.8, 2}, {19.5, 653, 21, 2.2, 1.7},
         {20.5, 656, 12, 2.2, 1.8}),
    BALL(ADD_PAIR, 1.5, P(20.5, 656.5, 11), 2.5),
    /* lesser horns */
    CONE(ADD_PAIR, 1.5, P(11, 652, 41), 2.4, P(13, 659.5, 36.5), 1.3),
};

static const oik_bone_mark hyoid_marks[] = {
    {"body", ON_BONE, {0, 648, 49}}, {"horn_l", ON_BONE, {20.5, 656.5, 8.5}}, {"horn_r", ON_BONE, {-20.5, 656.5, 8.5}},
    {"lesser_l", ON_BONE, {13, 660.5, 36}}, {"lesser_r", ON_BONE, {-13, 660.5, 36}},
};

const oik_bone_table oik_hyoid = BONE_TABLE(hyoid_features, hyoid_marks);
