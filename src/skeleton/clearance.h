/**
 * Bones that glide on others keep their distance (oik_clearances of skel_model.h): finds where a part comes near the surface of another
 * one and turns that into terms.
 *
 *   w max(0, d - n . (y - q))    q the nearest point of the other part's surface, n its normal there; both go with that part
 *
 * Looked for on a sample of the part's vertices, those that faced the other part in the template; the nearest ones that are spread out
 * get terms. Their number is always the same, so that the pattern of the terms is.
 */
#ifndef OIK_SKELETON_CLEARANCE_H
#define OIK_SKELETON_CLEARANCE_H

#include "skeleton/puppet_terms.h"

typedef struct oik_clearance oik_clearance;

/** The model is borrowed. OIK_E_MEMORY, OIK_E_SHAPE. Memory O(faces of the parts whose surfaces count). */
oik_status oik_clearance_new(oik_clearance **out, const oik_skel_model *model, oik_error *err);
void oik_clearance_free(oik_clearance *clearance);

/**
 * Append the terms of all rows for a puppet that is about to be solved.
 * @param[out] entered how far the vertices of the terms are inside the other bones, summed over them [m]
 * @return OIK_OK or OIK_E_MEMORY; about 1 us for each sampled vertex
 */
oik_status oik_clearance_add(oik_terms *terms, double *entered, oik_clearance *clearance, const oik_puppet *puppet, oik_error *err);

#endif
