/** The atlas (C1): a ring of two arches and two lateral masses without a body; frame: centre of the ring. */
#include "bones.h"
#include "spine.h"

static const oik_sdf_feature atlas_features[] = {
    /* anterior arch with its tubercle */
    TUBE(ADD_PAIR, 3, Y_AXIS, {0, 0, 10.2, 5, 2.6}, {7, 0, 9, 4.6, 2.6}, {13, 0, 5, 5.5, 4}),
    ELLIPSOID(ADD, 2.5, P(0, -0.5, 12), P(3.6, 4, 2.4), NO_TURN),
    /* lateral masses, converging forward */
    ELLIPSOID(ADD_PAIR, 4, P(18, 0.5, -3.5), P(8.2, 9.5, 11.5), P(0, -25, 0)),
    /* transverse processes */
    TUBE(ADD_PAIR, 4, Y_AXIS, {23, -1, -5, 5, 6}, {30, -1.5, -7.5, 3.6, 6}, {36, -2, -9, 3.8, 4.2}),
    /* posterior arch: flat behind the mass under the vertebral artery, high at the midline */
    TUBE(ADD_PAIR, 4, Y_AXIS, {18, -0.5, -11, 4.5, 4.5}, {18.5, 0, -17, 2.6, 3.4}, {14, -0.5, -24, 3.4, 2.8},
         {6, -0.5, -28, 4.4, 2.7}, {0, -0.5, -29, 4.8, 2.8}),
    CONE(ADD, 2, P(0, -0.5, -29), 2.8, P(0, -0.5, -31.5), 2),
    /* facet for the dens, canal behind it */
    ELLIPSOID(CUT, 1.5, P(0, 1, 1), P(6.4, 9, 6.6), NO_TURN),
    TUBE(CUT, 2, X_AXIS, {0, -16, -13, 13, 13.2}, {0, 16, -13, 13, 13.2}),
    /* foramina of the transverse processes */
    CONE(CUT_PAIR, 1, P(28.5, -10, -7), 2.9, P(28.5, 10, -7), 2.9),
};

static const oik_bone_mark atlas_marks[] = {
    {"tp_l", ON_BONE, {39.5, -2, -9}}, {"tp_r", ON_BONE, {-39.5, -2, -9}}, {"post", ON_BONE, {0, -0.5, -33.5}},
    {"ant", ON_BONE, {0, 0, 14}}, {"body_c", OFF_BONE, {0, 0, 0}},
};

static const oik_bone_table atlas = BONE_TABLE(atlas_features, atlas_marks);

/** Lateral atlanto-axial joint: nearly horizontal, falling laterally by 20 degrees; both cartilages are thick. */
void oik_draft_atlas_joint(oik_bone_draft *o, int side) {
    const double half_gap = 1.1, reach = 5.0, half_width = 12.0, half_depth = 14.0;
    const double fall = 20.0 * 3.14159265358979323846 / 180.0;
    const oik_vec3 x = v3(cos(fall), -sin(fall), 0), y = v3(sin(fall), cos(fall), 0), z = v3(0, 0, 1);
    oik_mat3 tilt = oik_tilt(oik_vertebra_stand(LEVEL_C1).tilt_deg);
    oik_sdf_set_frame(o->sdf, m3_mul(tilt, m3_columns(x, y, z)), oik_vertebra_point(LEVEL_C1, v3(17, -8, -3)));
    FEATURE(o, BOX(CUT_PAIR, 1, P(2, side * (half_gap - reach), 0), P(half_width - 2, reach, half_depth), 1.5, NO_TURN));
}

/** Hollows for the occipital condyles, 1.5 mm of cartilage apart. */
static void condyle_hollows(oik_bone_draft *o) {
    const double cartilage = 1.6;
    const oik_vec3 c = v3_add((oik_vec3)OIK_SKULL_ORIGIN, (oik_vec3)OIK_CONDYLE_CENTRE);
    const oik_vec3 r = v3_add((oik_vec3)OIK_CONDYLE_HALF, v3(cartilage, cartilage, cartilage));
    oik_sdf_set_frame(o->sdf, m3_identity(), v3(0, 0, 0));
    FEATURE(o, ELLIPSOID(CUT_PAIR, 1.5, P(c.x, c.y, c.z), P(r.x, r.y, r.z), P(0, OIK_CONDYLE_TURN, 0)));
}

void oik_draft_atlas(oik_bone_draft *o) {
    oik_draft_table(o, &atlas);
    condyle_hollows(o);
    oik_draft_atlas_joint(o, 1);
}
