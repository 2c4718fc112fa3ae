/**
 * Keeping bones inside the skin: finds bone vertices near or beyond the skin and turns them into barrier terms.
 */
#ifndef OIK_SKELETON_CONTAINMENT_H
#define OIK_SKELETON_CONTAINMENT_H

#include "mesh/locate.h"
#include "skeleton/puppet_terms.h"

typedef struct oik_containment oik_containment;

/** What bones are kept from. */
typedef enum oik_limits {
    OIK_LIMITS_SKIN,    /**< leaving the skin */
    OIK_LIMITS_GLIDING, /**< and coming too near those that they glide on */
    OIK_LIMITS_CONTACT  /**< and entering their neighbours (clearance.h) */
} oik_limits;

/**
 * @param[in] body    tells which joint a skin vertex belongs to: bones are kept from skin of their own neighbourhood only
 * @param[in] x,faces closed skin surface in the body's vertex order [m]; x is copied, model, body and faces are borrowed
 * @param[in] limits  what there is to be for oik_containment_solve; oik_containment_add knows the skin only
 * Memory O(n_vertices of the skeleton + n_faces).
 */
oik_status oik_containment_new(oik_containment **out, const oik_skel_model *model, const oik_body_model *body,
                               const oik_vec3 *x, const int32_t (*faces)[3], size_t n_faces, oik_limits limits, oik_error *err);
void oik_containment_free(oik_containment *containment);
/** 1 where the skin of a posed body moves like a solid, towards 0.05 in the fold of a bent joint. blend: oik_body_blend of a vertex. */
double oik_skin_rigidity(oik_mat3 blend);

/**
 * Append a barrier term for every sampled bone vertex that lies less than the wanted depth under the skin.
 * Vertices that cannot have reached the skin since they were last looked at are skipped.
 * @param[out] beyond how far vertices were found outside, summed over them [m] (may be NULL)
 * Cost: one nearest-point query per vertex looked at.
 */
oik_status oik_containment_add(oik_terms *terms, double *beyond, oik_containment *containment, const oik_puppet *puppet,
                               oik_error *err);

/**
 * The body has moved on by one frame: the same skin at other positions, and every part where `to` says instead of `from`. What is known
 * of a vertex moves with its part; since skin slides over bones, its clearance counts as smaller by `slip`, so that a vertex is looked
 * at again the sooner the nearer to the skin it was.
 * From then on each part's barriers fill up a room of their own with idle terms, which grows and never shrinks, so that the pattern of
 * the terms stays the same from frame to frame.
 * @param[in] x    n_vertices of the body [m], copied
 * @param[in] slip [m]
 * @return OIK_E_NOT_FINITE, OIK_E_MEMORY
 */
oik_status oik_containment_move(oik_containment *containment, const oik_vec3 *x, const oik_puppet *from, const oik_puppet *to,
                                double slip, oik_error *err);

/**
 * Solve, then alternate between finding bone vertices near the skin and solving again with their barriers; distances between bones
 * (clearance.h) are looked up anew each time. Where bones are too wide for the skin, barriers only pull them about: of the first placement,
 * which knows no barriers, and those of all rounds that whose bone vertices are the least outside stands (of an imported model's, of the
 * first and the last).
 * @param[out] report iterations summed over the rounds, cost and stop reason of what stands
 */
oik_status oik_containment_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms,
                                 oik_containment *containment, const oik_skel_options *options, oik_error *err);

#endif
