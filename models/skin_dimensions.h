/**
 * Body dimensions and shape parameters: what the skin surface is built from.
 *
 * Dimensions are in millimetres, as in their source table, because the surface's constants are read beside it; the surface
 * and everything after it is in metres.
 */
#ifndef OIK_MODELS_SKIN_DIMENSIONS_H
#define OIK_MODELS_SKIN_DIMENSIONS_H

#include "osso_ik.h"

/** name in skin_dimensions.txt and in the struct */
#define OIK_SKIN_DIMENSION_LIST(X)                                                                                     \
    X(stature)                                                                                                         \
    X(cervicale_height)                                                                                                \
    X(suprasternale_height)                                                                                            \
    X(acromial_height)                                                                                                 \
    X(axilla_height)                                                                                                   \
    X(chest_height)                                                                                                    \
    X(tenthrib_height)                                                                                                 \
    X(waist_height)                                                                                                    \
    X(trochanterion_height)                                                                                            \
    X(buttock_height)                                                                                                  \
    X(crotch_height)                                                                                                   \
    X(epicondyle_height)                                                                                               \
    X(malleolus_height)                                                                                                \
    X(biacromial_breadth)                                                                                              \
    X(chest_breadth)                                                                                                   \
    X(chest_depth)                                                                                                     \
    X(waist_breadth)                                                                                                   \
    X(waist_depth)                                                                                                     \
    X(hip_breadth)                                                                                                     \
    X(buttock_depth)                                                                                                   \
    X(thigh_circumference)                                                                                             \
    X(lower_thigh_circumference)                                                                                       \
    X(calf_circumference)                                                                                              \
    X(ankle_circumference)                                                                                             \
    X(neck_circumference)                                                                                              \
    X(biceps_circumference)                                                                                            \
    X(forearm_circumference)                                                                                           \
    X(wrist_circumference)                                                                                             \
    X(acromion_radiale_length)                                                                                         \
    X(radiale_stylion_length)                                                                                          \
    X(hand_length)                                                                                                     \
    X(hand_breadth)                                                                                                    \
    X(foot_length)                                                                                                     \
    X(foot_breadth)                                                                                                    \
    X(heel_breadth)                                                                                                    \
    X(bimalleolar_breadth)                                                                                             \
    X(head_length)                                                                                                     \
    X(head_breadth)                                                                                                    \
    X(bizygomatic_breadth)                                                                                             \
    X(menton_sellion_length)

/** All in mm. */
typedef struct oik_skin_dimensions {
#define OIK_SKIN_DIMENSION_FIELD(name) double name;
    OIK_SKIN_DIMENSION_LIST(OIK_SKIN_DIMENSION_FIELD)
#undef OIK_SKIN_DIMENSION_FIELD
} oik_skin_dimensions;

/**
 * Shape parameters: X(name, what one standard deviation is). Each is a change of the surface's parameters; the value 1 is one
 * standard deviation within a sex of what a body differs by from the mean body enlarged to its stature, from ANSUR II (mean of men and
 * women) where it has the dimension; stature itself is the mode `size`. They are not independent: skin_dimensions.txt has their
 * correlations.
 */
#define OIK_SKIN_PARAMETER_LIST(X)                                                                                     \
    X(L_thigh, 19.5)      /* trochanterion to epicondyle [mm] */                                                       \
    X(L_shank, 16.0)      /* epicondyle to malleolus [mm] */                                                           \
    X(L_foot, 0.035)      /* foot length, relative */                                                                  \
    X(L_pelvis, 9.8)      /* height of the pelvis [mm], half of buttock minus crotch height */                         \
    X(L_abdomen, 20.0)    /* buttock to tenth rib [mm] */                                                              \
    X(L_chest, 17.0)      /* tenth rib to axilla [mm] */                                                               \
    X(L_neck, 11.0)       /* cervicale to vertex [mm] */                                                               \
    X(L_head, 7.2)        /* tragion to vertex [mm] */                                                                 \
    X(W_clavicle, 8.0)    /* half of the biacromial breadth [mm] */                                                    \
    X(L_upper_arm, 11.0)  /* acromion to radiale [mm] */                                                               \
    X(L_forearm, 11.0)    /* radiale to stylion [mm] */                                                                \
    X(L_hand, 0.04)       /* hand length, relative */                                                                  \
    X(W_hip, 0.067)       /* hip breadth, relative */                                                                  \
    X(W_pelvis, 4.5)      /* half of the spacing of the hip joints [mm], by a quarter of the bicristal breadth */      \
    X(W_waist, 0.104)     /* waist breadth, relative */                                                                \
    X(W_chest, 0.062)     /* chest breadth, relative */                                                                \
    X(W_shoulder, 0.063)  /* breadth of the shoulder girdle's soft tissue, relative, by the bideltoid breadth */       \
    X(W_neck, 0.065)      /* neck circumference, relative */                                                           \
    X(W_head, 0.050)      /* head breadth, relative */                                                                 \
    X(W_thigh, 0.088)     /* thigh breadth, relative, by its circumference */                                          \
    X(W_calf, 0.073)      /* calf breadth, relative, by its circumference */                                           \
    X(W_foot, 0.047)      /* foot breadth, relative */                                                                 \
    X(W_upper_arm, 0.096) /* upper arm height in T-pose, relative, by the biceps circumference */                      \
    X(D_upper_arm, 0.096) /* upper arm depth, relative, by the biceps circumference */                                 \
    X(W_forearm, 0.066)   /* forearm, relative, by its circumference */                                                \
    X(W_hand, 0.044)      /* hand breadth, relative */                                                                 \
    X(D_hip, 0.103)       /* buttock depth, relative */                                                                \
    X(D_belly, 0.145)     /* waist depth, relative */                                                                  \
    X(D_chest, 0.105)     /* chest depth, relative */                                                                  \
    X(D_thigh, 0.088)     /* thigh depth, relative, by its circumference */                                            \
    X(D_calf, 0.073)      /* calf depth, relative, by its circumference */                                             \
    X(S_breast, 0.15)     /* projection of the breast, relative; no ANSUR dimension */                                 \
    X(S_buttock, 0.10)    /* projection of the buttock, relative; no ANSUR dimension */                                \
    X(S_belly, 0.16)      /* projection of the lower belly, relative; no ANSUR dimension */                            \
    X(X_stance, 16.0)     /* half of the spacing of the ankles [mm]; no ANSUR dimension */                             \
    X(Y_shoulder, 13.4)   /* height of the shoulder over the trunk [mm], by cervicale minus acromial height */         \
    X(Z_knee, 8.0)        /* knee in front of or behind the hip-ankle line [mm]; no ANSUR dimension */

enum {
#define OIK_SKIN_PARAMETER_ENUM(name, sd) OIK_SKIN_##name,
    OIK_SKIN_PARAMETER_LIST(OIK_SKIN_PARAMETER_ENUM)
#undef OIK_SKIN_PARAMETER_ENUM
    OIK_SKIN_N_PARAMETERS
};

extern const char *const oik_skin_parameter_name[OIK_SKIN_N_PARAMETERS];

/** value[i] in standard deviations. All 0 is the mean body. */
typedef struct oik_skin_parameters {
    double value[OIK_SKIN_N_PARAMETERS];
} oik_skin_parameters;

/** Correlations of shape parameters within a sex; those that are not listed are independent of all others. */
typedef struct oik_skin_correlations {
    int n;
    int parameter[OIK_SKIN_N_PARAMETERS + 1];                             /**< OIK_SKIN_N_PARAMETERS: stature (`size`) */
    double r[OIK_SKIN_N_PARAMETERS + 1][OIK_SKIN_N_PARAMETERS + 1];       /**< n x n, lower triangle below the diagonal */
} oik_skin_correlations;

/** Means of both sexes and what varies together. */
typedef struct oik_skin_dimension_table {
    oik_skin_dimensions male, female;
    oik_skin_correlations correlations;
} oik_skin_dimension_table;

/**
 * Read skin_dimensions.txt: lines "name male_mean male_sd female_mean female_sd"; "r parameter" with the correlations to the parameters of
 * the "r" lines before it; # comments.
 * @return OIK_E_IO; OIK_E_FORMAT naming file and line, or the dimension that is missing
 */
oik_status oik_skin_dimensions_load(oik_skin_dimension_table *out, const char *path, oik_error *err);

/** (1 - g) male + g female; g = 0 male .. 1 female. */
oik_skin_dimensions oik_skin_dimensions_at(const oik_skin_dimension_table *table, double g);

/** value[parameter] times its standard deviation: mm or relative, as listed. */
double oik_skin_parameter(const oik_skin_parameters *p, int parameter);

#endif
