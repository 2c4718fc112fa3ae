/** Where the vertebrae stand: shared by the vertebrae, the sacrum and the ribs. Torso frame, mm and degrees. */
#ifndef OIK_MODELS_SPINE_H
#define OIK_MODELS_SPINE_H

#include "base/vec3.h"

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

#endif
