/** The subject's own skin in the lying pose of the skeleton model. */
#ifndef OIK_SKELETON_LYING_H
#define OIK_SKELETON_LYING_H

#include "skeleton/digits.h"
#include "skeleton/skeleton.h"

typedef struct oik_lying_skin {
    oik_body_frames frames; /**< joints of the subject in the lying pose */
    oik_digits *digits;     /**< which skin goes with which finger bone */
    oik_vec3 *x;            /**< n_vertices of the body, hands open [m] */
    oik_vec3 *normal;       /**< n_vertices, outward unit normals */
} oik_lying_skin;

/**
 * x = skin(v_subject, lying pose), with open hands (digits.h).
 * @param[in] fit v_subject and frames.J are read, v_shaped when the skeleton has fingers
 * @return OIK_OK or OIK_E_MEMORY. O(n_vertices).
 */
oik_status oik_lying_skin_new(oik_lying_skin *out, const oik_skel_model *model, const oik_body_model *body,
                              const oik_body_fit *fit, oik_error *err);
void oik_lying_skin_free(oik_lying_skin *skin);

#endif
