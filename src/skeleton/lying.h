/** The subject's own skin in the lying pose of the skeleton model. */
#ifndef OIK_SKELETON_LYING_H
#define OIK_SKELETON_LYING_H

#include "skeleton/skeleton.h"

typedef struct oik_lying_skin {
    oik_body_frames frames; /**< joints of the subject in the lying pose */
    oik_vec3 *x;            /**< n_vertices of the body [m] */
    oik_vec3 *normal;       /**< n_vertices, outward unit normals */
} oik_lying_skin;

/** x = skin(v_subject, lying pose). @return OIK_OK or OIK_E_MEMORY. O(n_vertices). */
oik_status oik_lying_skin_new(oik_lying_skin *out, const oik_skel_model *model, const oik_body_model *body,
                              const oik_body_fit *fit, oik_error *err);
void oik_lying_skin_free(oik_lying_skin *skin);

#endif
