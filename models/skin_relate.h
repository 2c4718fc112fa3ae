/**
 * Relations between bone points and the skin of the template body in its lying pose: where a landmark meets the skin, which
 * skin vertices see a joint centre, which skin vertex a bone point follows.
 */
#ifndef OIK_MODELS_SKIN_RELATE_H
#define OIK_MODELS_SKIN_RELATE_H

#include "body/body_model.h"
#include "models/skin.h"

/** The template body placed in the lying pose. */
typedef struct oik_template_skin {
    const oik_skin *skin;
    oik_body_model *body;   /**< the same skin as a body model */
    oik_body_frames frames; /**< joints in the lying pose */
    oik_vec3 *x, *normal;   /**< n_vertices [m] */
} oik_template_skin;

oik_status oik_template_skin_new(oik_template_skin *out, const oik_skin *skin, const oik_mat3 lying_R[OIK_N_JOINTS], oik_error *err);
void oik_template_skin_free(oik_template_skin *out);

enum { OIK_MAX_ROW = 1536 };

/** One sparse row over skin vertices, weights sum to 1. */
typedef struct oik_skin_row {
    int n;
    int32_t vertex[OIK_MAX_ROW];
    double weight[OIK_MAX_ROW];
} oik_skin_row;

/**
 * Skin that a landmark lies under: the line p + s d is met with the surface where its outward normal points along d, nearest to p;
 * the row is a Gaussian patch of the vertices around that point.
 * @return OIK_E_MODEL when the line misses the skin
 */
oik_status oik_skin_row_contact(oik_skin_row *row, const oik_template_skin *skin, oik_vec3 p, oik_vec3 d, oik_error *err);

/**
 * Skin that sees a joint centre: weights of least weighted norm with sum w = 1 and sum w x = p over the vertices within `ring` of p.
 * With `blind`, also sum w mode = 0 for the modes of soft tissue (breast, belly, buttock, waist), so that fat does not move the joint.
 *
 *   min sum w_i^2 / q_i  s.t.  A w = b,    w = Q A' (A Q A')^-1 b,    q = (1 - (d / ring)^2)^2
 *
 * @param[in] finger prefix of address segments that may take part ("index", ...), or NULL for all
 * @return OIK_E_MODEL when fewer than 8 vertices are in the ring
 */
oik_status oik_skin_row_centre(oik_skin_row *row, const oik_template_skin *skin, oik_vec3 p, double ring, bool blind,
                               const char *finger, oik_error *err);

/** Nearest skin vertex to p that moves with the given joint; -1 when there is none. */
int32_t oik_skin_follow(const oik_template_skin *skin, oik_vec3 p, int joint, const char *finger);

/** Mirror image of a row. */
oik_skin_row oik_skin_row_mirror(const oik_skin_row *row, const oik_skin *skin);

#endif
