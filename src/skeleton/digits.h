/**
 * Fingers, which the body model does not have: its tree ends with one joint for all fingers of a hand, the bones go on.
 *
 *   skin of a hand  x_v = sum_s share_vs T_s z_v,   share_vs = a_vs - sum over the bones that follow on s of their a_v
 *   straightened    z_v + D_v,   D_v = Q_v^T (y_v - M_v z_v), averaged over neighbours in the fold of a joint (as in body/unpose.h)
 *
 * s are the hand and its finger bones; a_vs is how far vertex v lies beyond the joint of s, 0 before it and 1 behind it. y is the skin of
 * the subject as un-posed by the body model, fingers as bent as in the input; z the model's own, hands open; M_v the blend of motions M_s
 * with the rotations of the best T_s from z to y, about the joints of the subject, so that its lengths stay; Q_v the rotation of M_v.
 *
 * Bones are shaped and placed in the straightened skin, so that they are the same whatever the hand does, and posed by the best T_s from
 * there to the input.
 */
#ifndef OIK_SKELETON_DIGITS_H
#define OIK_SKELETON_DIGITS_H

#include "base/rot.h"
#include "body/body_model.h"
#include "skeleton/skel_model.h"

typedef struct oik_digits oik_digits; /**< hands of one model and scratch: one per thread */

/**
 * Which skin goes with which bone, from how the template's bones lie in its skin. A hand is a part on the wrist joint of the body whose
 * parent is on another joint, its finger bones are the parts that hang on it. An imported model has none: its hands are the published ones.
 * @return OIK_OK or OIK_E_MEMORY. O(vertices of the hands x finger bones + vertices of the bones), 2 ms.
 */
oik_status oik_digits_new(oik_digits **out, const oik_skel_model *model, const oik_body_model *body, oik_error *err);
void oik_digits_free(oik_digits *digits);

/**
 * Open the hands.
 * @param[in,out] y n_vertices of the body, the subject's skin in the lying pose [m]; changed at the hands
 * @param[in]     z n_vertices, the model's skin of the subject's shape in the lying pose [m]
 * @return OIK_OK or OIK_E_MEMORY
 */
oik_status oik_digits_straighten(oik_vec3 *y, oik_digits *digits, const oik_vec3 *z, oik_error *err);

/** Motion of a part with its skin: y -> R y + t. */
typedef struct oik_digit_motion {
    bool known; /**< false for parts that are not of a hand */
    double weight; /**< of its springs: skin of a whole palm tells more than the vertices that springs follow */
    oik_mat3 R;
    oik_vec3 t; /**< [m] */
} oik_digit_motion;

/**
 * Best T_s of hands and finger bones from one skin to another.
 * @param[out] motion n_parts of the skeleton; parts that are not of a hand are left alone
 * @param[in]  from,x n_vertices of the body [m]
 * Allocates nothing; 0.3 ms.
 */
void oik_digits_follow(oik_digit_motion *motion, oik_digits *digits, const oik_vec3 *from, const oik_vec3 *x);

/** A point beside a finger bone, which tells its turn about its length, and where its skin has it. */
typedef struct oik_digit_side {
    int32_t part;
    oik_vec3 u;      /**< in the frame of the part, 30 mm beside the bone [m] */
    oik_vec3 target; /**< [m] */
    oik_vec3 normal; /**< unit; the only direction in which it counts */
} oik_digit_side;

/** Number of such points: two for each finger bone. */
size_t oik_digits_n_sides(const oik_digits *digits);
/**
 * Joint centres leave a bone free to turn about its length; it has turned with its skin since the template.
 * @param[out] side oik_digits_n_sides
 * @param[in]  y    n_vertices of the body, open hands in the lying pose [m]
 */
void oik_digits_sides(oik_digit_side *side, oik_digits *digits, const oik_skel_model *model, const oik_vec3 *y);

#endif
