/** Where the vertebrae stand: shared by the vertebrae, the sacrum and the ribs. Torso frame, mm and degrees. */
#ifndef OIK_MODELS_SPINE_H
#define OIK_MODELS_SPINE_H

#include "base/vec3.h"
#include "bones.h"

/** L5 .. L1, T12 .. T1, C7 .. C1 */
enum {
    LEVEL_L5 = 0,
    LEVEL_L1 = 4,
    LEVEL_T12 = 5,
    LEVEL_T1 = 16,
    LEVEL_C7 = 17,
    LEVEL_C2 = 22,
    LEVEL_C1 = 23,
    N_LEVELS
};

/** Dimensions of one vertebra and of the disc below it. */
typedef struct oik_vertebra_row {
    const char *name;
    double width, depth, height; /**< body */
    double disc;                 /**< height of the disc below */
    double tilt_disc, tilt_body; /**< change of the forward tilt across the disc below and across the body [deg] */
    double canal_width, canal_depth;
    double tp_span, tp_back, tp_up; /**< transverse processes: tip to tip; tips from the body's centre in z and y */
    double spinous_length, spinous_droop; /**< beyond the lamina; below the horizontal [deg] */
    double spinous_half_height, pedicle_half_width;
} oik_vertebra_row;

extern const oik_vertebra_row oik_vertebra_table[N_LEVELS];

/** Centre of a vertebral body and its forward tilt [deg]. */
typedef struct oik_vertebra_pose {
    oik_vec3 centre;
    double tilt_deg;
} oik_vertebra_pose;

/** Centre of the S1 endplate and the sacral slope. */
#define OIK_S1_CENTRE v3(0, 108, -25)
#define OIK_S1_TILT 40.0

oik_vertebra_pose oik_vertebra_stand(int level);
/** Rotation by a forward tilt. */
oik_mat3 oik_tilt(double deg);
/** From the frame of a vertebra (origin body centre) to the torso frame. */
oik_vec3 oik_vertebra_point(int level, oik_vec3 local);

/** Left joint between the articular processes of two neighbours. Both are shaped after it, so that they face each other. */
typedef struct oik_facet_joint {
    oik_vec3 centre; /**< middle of the joint space */
    oik_mat3 R;      /**< columns: across, along the facets (upward), normal from the lower to the upper vertebra's facet */
    double half_width, half_height;
    double gap; /**< width of the joint space */
} oik_facet_joint;

/** Joint of the vertebra `level` with its lower neighbour, the sacrum for L5. */
oik_facet_joint oik_facet_stand(int level);
/** Usual width of the joint space: two layers of cartilage of about 0.7 mm. */
#define OIK_FACET_GAP 1.4

/** Left sacroiliac joint: a point of the joint space and its normal from the sacrum to the hip bone, torso frame. */
#define OIK_SI_CENTRE v3(50, 94, -64)
#define OIK_SI_NORMAL v3(0.95, -0.035, -0.31)
/** Half the width of the joint space. */
#define OIK_SI_HALF_GAP 1.5

/** Origin of the skull's frame in the torso frame: where the condyles rest on the atlas. */
#define OIK_SKULL_ORIGIN P(0, 732.5, -4.8)
/** Left occipital condyle in the skull's frame: centre, half-axes, turn about y [deg]. */
#define OIK_CONDYLE_CENTRE P(15.5, -19, 3)
#define OIK_CONDYLE_HALF P(6.5, 6, 11.5)
#define OIK_CONDYLE_TURN (-25.0)

/** The atlas, in the frame that the draft's field is set to. */
void oik_draft_atlas(oik_bone_draft *draft);
/** Cut the axis (side -1) or the atlas (+1) along their lateral joints; leaves the field in another frame. */
void oik_draft_atlas_joint(oik_bone_draft *draft, int side);

#endif
