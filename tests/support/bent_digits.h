/** Skins whose fingers are bent at their joints, as meshes with a body model of articulated hands have them. */
#ifndef TESTS_SUPPORT_BENT_DIGITS_H
#define TESTS_SUPPORT_BENT_DIGITS_H

#include "skeleton/skeleton.h"

enum { N_DIGITS = 5, N_PHALANGES = 3 }; /**< thumb first; its bones are metacarpal, proximal and distal */

typedef enum hand_shape {
    HAND_OPEN, HAND_RELAXED, HAND_FIST, HAND_POINT, HAND_SPREAD, HAND_THUMB_ACROSS, HAND_HOOK, HAND_COUNT
} hand_shape;

/** E.g. "fist". */
const char *hand_shape_name(hand_shape hand);

/** Part of bone `bone` of a digit, side 0 right, 1 left; ends the test when the model has none. */
int digit_part(const oik_skel_model *model, int side, int digit, int bone);
/** Number of the joint centre that a digit's bone shares with the bone before it: a point of the bone. */
int32_t digit_joint(const oik_skel_model *model, int part);

/**
 * Bend the fingers of both hands.
 *
 *   x <- x + sum over joints (a_k - a_k+1) (T_k x - x),   a_k rises from 0 to 1 across joint k
 *
 * T_k turns about the joints of the bones that lie in the skin, so that the placement of the bones is known afterwards.
 * @param[in,out] x     n_vertices of the body in a pose with open hands [m]
 * @param[in,out] bones placed in x: moved with their skin
 * Ends the test when out of memory.
 */
void bend_digits(oik_vec3 *x, oik_puppet *bones, const oik_body_model *body, const oik_skel_model *model, hand_shape hand);

#endif
