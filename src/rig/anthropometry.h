/** Inertial parameters of the segments of the body as shares of its mass and of segment lengths. */
#ifndef OIK_RIG_ANTHROPOMETRY_H
#define OIK_RIG_ANTHROPOMETRY_H

/** Parts of the body that masses are measured for; in brackets the ends that length and mass centre refer to. */
typedef enum oik_body_part {
    OIK_PART_HEAD,         /**< with the neck (vertex, C7) */
    OIK_PART_UPPER_TRUNK,  /**< (suprasternal notch, xiphoid process) */
    OIK_PART_MIDDLE_TRUNK, /**< (xiphoid process, navel) */
    OIK_PART_LOWER_TRUNK,  /**< (navel, middle of the hip joints) */
    OIK_PART_UPPER_ARM,    /**< (shoulder, elbow) */
    OIK_PART_FOREARM,      /**< (elbow, wrist) */
    OIK_PART_HAND,         /**< (wrist, head of the third metacarpal) */
    OIK_PART_THIGH,        /**< (hip, knee) */
    OIK_PART_SHANK,        /**< (knee, ankle) */
    OIK_PART_FOOT,         /**< (heel, tip of the longest toe) */
    OIK_N_BODY_PARTS
} oik_body_part;

typedef struct oik_anthropometry {
    double mass;        /**< share of the body's */
    double length;      /**< mean of those measured [m] */
    double centre;      /**< of mass: distance from the first end / length */
    double sagittal;    /**< radius of gyration about the axis forward / length */
    double transverse;  /**< about the axis to the side */
    double longitudinal; /**< about the axis along the part, from end to end */
} oik_anthropometry;

/** Middle of the hip joints to the spinous process of C7, mean of those measured [m]. */
double oik_trunk_length(const char *gender);

/**
 * @param[in] gender "female" or "male"; any other: the mean of the two
 * Source: de Leva, J Biomech 29 (1996) 1223, table 4 (after Zatsiorsky & Seluyanov), head and trunk by their second definition.
 */
oik_anthropometry oik_anthropometry_of(oik_body_part part, const char *gender);

#endif
