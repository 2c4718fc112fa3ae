/** The human body's surface: which primitives it is made of, from dimensions and shape parameters. */
#ifndef OIK_MODELS_SKIN_BODY_H
#define OIK_MODELS_SKIN_BODY_H

#include "skin_joints.h"
#include "skin_surface.h"

typedef struct oik_skin_body {
    oik_skin_surface surface;                     /**< [m] */
    oik_skin_segment axes[OIK_SKIN_N_SEGMENTS];   /**< address axes [m] */
    oik_vec3 joints[OIK_SKIN_N_JOINTS];           /**< SMPL order [m] */
} oik_skin_body;

/**
 * The body with the given dimensions, shape and gender.
 * @param[in] g 0 male .. 1 female: what dimensions do not tell (form of breast and pectoral muscle)
 * Allocates nothing; about 20 us.
 */
void oik_skin_body_make(oik_skin_body *out, const oik_skin_dimensions *D, const oik_skin_parameters *p, double g);

#endif
