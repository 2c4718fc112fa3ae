/**
 * A chain taken apart into a trunk and limbs, each a chain of its own.
 *
 * A limb is an unbranched end of the tree whose root joint's centre is measured by a marker: where it hangs is then known, and given
 * the motion of the segment that carries it, it can be solved without the rest. What is left is the trunk.
 */
#ifndef OIK_IK_CHAIN_PART_H
#define OIK_IK_CHAIN_PART_H

#include "ik/markers.h"

typedef struct oik_chain_part {
    oik_chain *chain;      /**< joints of the part; its root's parent is ground: the frame of the carrier */
    oik_markers *markers;  /**< those on its segments, without links */
    int carrier;           /**< segment of the whole chain that carries the part; -1: ground (the trunk) */
    int *dof;              /**< chain->n_dofs, coordinate of the whole chain */
    int *marker;           /**< n_markers, marker of the whole chain */
} oik_chain_part;

typedef struct oik_chain_parts {
    int n_parts;
    oik_chain_part *parts; /**< the trunk first */
} oik_chain_parts;

/**
 * @param[out] out owned by the caller; NULL on error. A chain with couplings stays in one part; so does one without markers.
 * O(joints + markers).
 */
oik_status oik_chain_parts_new(oik_chain_parts **out, const oik_chain *chain, const oik_markers *markers, oik_error *err);
void oik_chain_parts_free(oik_chain_parts *parts);

#endif
