/**
 * Bones that bend between two parts: a rib stands on its vertebra and ends at the rib cage (oik_flexes of skel_model.h).
 *
 *   carried   y_c = R_p u + t_p              by the bone's own part p, the rib cage
 *   seat      q   = R_v u_v + t_v            on the vertebra v
 *   seated    A   = R_v Q                    turned as the vertebra is, Q = R_v,rest^T R_p,rest
 *   swung     B   = S R_p                    S the least rotation that points it from q to where the rib cage carries its far end
 *   held      y_h = q + R (u - u_s)          R = B exp(a / (a + b) log(B^T A)), a of the way from B to A where b is 1 - a
 *   vertex    y   = (a + b) y_h + (1 - a - b) y_c
 *
 * Head and neck keep to the vertebra (a = 1), the shaft swings about its seat as a rigid bone (b = 1), and the cartilage bridges what the
 * distance from the seat to the far end has changed by (b falls to 0 at the sternum). In the template all three agree. The energies of
 * puppet_terms.h see a bone where its own part carries it: a bent rib follows from the placement of the parts and does not act on them.
 */
#ifndef OIK_SKELETON_FLEX_H
#define OIK_SKELETON_FLEX_H

#include "skeleton/skeleton.h"

/**
 * How far the vertices of bones that bend are from where their part carries them, y - y_c.
 * @param[out] d  n_vertices [m]; entries of other vertices are left as they are
 * O(vertices of such bones).
 */
void oik_flex_offsets(oik_vec3 *d, const oik_puppet *puppet, const oik_skel_model *model);
/** The same added to y, n_vertices [m]. */
void oik_flex_vertices(oik_vec3 *y, const oik_puppet *puppet, const oik_skel_model *model);

#endif
