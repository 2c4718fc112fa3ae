/**
 * Bones keep their distance: finds where a part comes near the surface of another one, or is inside it, and turns that into terms.
 *
 *   w max(0, d - n . (y - q))    q the nearest point of the other part's surface, n its normal there; both go with that part
 *
 * Two kinds: parts that glide on another one with soft tissue between (oik_clearances of skel_model.h), and neighbours, which do not enter
 * each other (oik_neighbours). Looked for at all vertices of a part (surfaces.h); those that are nearer than d and a guard have terms, the
 * nearest first and none next to one that has a term already. Contact is stiffer than all else that moves bones: joints part by as much
 * as it takes. It is to be asked for where bones are near their places: far from them, planes of the nearest surface push anywhere.
 */
#ifndef OIK_SKELETON_CLEARANCE_H
#define OIK_SKELETON_CLEARANCE_H

#include "skeleton/puppet_terms.h"

typedef struct oik_clearance oik_clearance;

/** contact: know neighbours too. The model is borrowed. OIK_E_MEMORY. Memory O(faces and vertices of the parts of all pairs). */
oik_status oik_clearance_new(oik_clearance **out, const oik_skel_model *model, bool contact, oik_error *err);
void oik_clearance_free(oik_clearance *clearance);

/**
 * Append the terms for a puppet that is about to be solved.
 * @param[out] entered how far vertices are inside other bones, summed over them [m]
 * @param[in]  placed  bones are near their places, after a first solve: neighbours too, when they are known, and what glides is held softly
 *                     where it is, since planes mean little elsewhere
 * @param[in]  steady  pairs keep a room of terms, which grows and never shrinks, so that the pattern of the terms stays the same from
 *                     frame to frame; what has nothing to do is idle
 * @return OIK_OK or OIK_E_MEMORY; about 1 us for each vertex that is near
 */
oik_status oik_clearance_add(oik_terms *terms, double *entered, oik_clearance *clearance, const oik_puppet *puppet, bool placed, bool steady,
                             oik_error *err);

#endif
