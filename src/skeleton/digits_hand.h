/** Inside of digits.h: a hand, its finger bones and its skin. For digits.c and digits_motion.c. */
#ifndef OIK_SKELETON_DIGITS_HAND_H
#define OIK_SKELETON_DIGITS_HAND_H

#include "skeleton/digits.h"

/** Hand or finger bone. Positions are those of the template in the lying pose [m]. */
typedef struct oik_digit_bone {
    int32_t part;
    int parent;     /**< bone of the same hand, -1 of the hand itself */
    oik_vec3 joint; /**< where it meets its parent */
    oik_vec3 end;   /**< its far end, the joint of the bone that follows */
} oik_digit_bone;

/** Arrays over bones and vertices are bone after bone. */
typedef struct oik_hand {
    int n_bones;          /**< the hand first, parents before their children */
    oik_digit_bone *bone; /**< n_bones */
    size_t n;             /**< skin vertices */
    int32_t *vertex;      /**< n */
    oik_vec3 *rest;       /**< n, in the template [m] */
    double *beyond;       /**< n_bones x n, a_vs: how far a vertex lies beyond the joint of a bone, 0..1 */
    double *share;        /**< n_bones x n, a_vs less those of the bones that follow: how much a vertex moves with a bone */
    size_t n_edges;
    int32_t (*edge)[2];   /**< pairs of vertices of the hand, in both directions, mirror images too */
    oik_rigid *motion;    /**< 2 n_bones, scratch */
} oik_hand;

struct oik_digits {
    int n_hands;
    oik_hand *hand;
    oik_vec3 *from, *to;       /**< of one hand's skin, scratch */
    oik_vec3 *blended, *goal;  /**< the same */
    double *weight;            /**< the same */
};

/** value_v <- w_v raw_v + (1 - w_v) mean of the neighbours, for 3 numbers a vertex. sum: n, count: n, scratch. */
void oik_hand_average(oik_vec3 *value, const oik_vec3 *raw, const double *w, const oik_hand *hand, oik_vec3 *sum, double *count);

#endif
