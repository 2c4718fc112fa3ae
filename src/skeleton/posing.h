/**
 * The energy of posing: what ties the bones of a lying puppet to a body in some pose. Private to pose.c and track.c.
 *
 *   spring_i   = w_i (y_i - x_v - Q_v (y_i - v_v)_lying),  Q_v = R_v,posed R_v,lying^T the turn of the skin at vertex v; where that skin is
 *                folded or turns otherwise than the joint of the bone, the joint's own motion stands in for it
 *                of hands and fingers w_i (y_i - T y_i,lying) with the motion T of their skin (digits.h), and rows that hold the
 *                turn of finger bones about their length
 *   turn       = w (R - Q R_lying) e / sqrt(2), Q the turn of the part's joint since lying, e the three axes: two of them tell a turn about
 *                the third, so 1 / w is the standard deviation of the turn
 *   stitch     = w (y_a - R_a o - y_b), o = the reference offset in the frame of a's part (0 where the points are one joint centre)
 *                the first point of a path (skel_model.h) is where the joint's angle at the start of posing puts it
 *   ligament   = w (|y_a - y_b| - |y_a - y_b|_lying)
 *   curve      = w (R_b d - (1 - s) R_a d - s R_c d) for the lying directions d forward and sideways (skel_model.h)
 *   ball       = w (c_a - R_a o - c_b), of an imported model: a stitch of two sphere centres (sphere.h), a's part the parent;
 *                o = the reference offset in its frame, 0 at the hips
 *
 * The published method keeps the distance of sphere centres. A distance leaves two directions free, has no derivative where centres meet,
 * as those of a joint do, and then pulls in a direction that is the rounding's; three rows hold the joint together and are smooth.
 *
 * The reference of the stitches is the lying puppet, but for parts that are coupled to another one (scapula and clavicle to the humerus).
 */
#ifndef OIK_SKELETON_POSING_H
#define OIK_SKELETON_POSING_H

#include "skeleton/lying.h"
#include "skeleton/puppet_terms.h"

/** One subject's lying puppet in its own lying skin, and what follows from them for every pose. */
typedef struct oik_posing {
    const oik_skel_model *model;
    const oik_body_model *body;
    const oik_puppet *lying; /**< borrowed */
    oik_lying_skin skin;
    oik_digit_motion *digit; /**< n_parts, how hands and finger bones have moved with their skin since lying, in the pose of oik_posing_start */
    size_t n_sides;
    oik_digit_side *side;    /**< n_sides, points beside finger bones */
    oik_mat3 *skin_turn;     /**< springs.n, rotation of the lying skin at the spring */
    oik_terms_point (*balls)[2]; /**< sphere centres, the parent's first; published->n_balls, NULL for a model that is not imported */
    double *path_angle;      /**< paths.n, how far their joints are bent at the start of posing [rad] */
    oik_vec3 *path_offset;   /**< paths.n, where the path is in the lying puppet less where the follower's point is, in the base's frame [m] */
    oik_puppet *reference;   /**< the lying puppet with coupled parts turned as expected in the pose of oik_posing_start */
} oik_posing;

/** @param[in] fit v_subject, v_shaped (lying.h) and frames.J are read. Release with oik_posing_clear, also after an error. OIK_E_MEMORY. */
oik_status oik_posing_init(oik_posing *posing, const oik_skel_model *model, const oik_body_model *body, const oik_body_fit *fit,
                           const oik_puppet *lying, oik_error *err);
void oik_posing_clear(oik_posing *posing);

/**
 * Sets the reference and where each part starts: moved with the joint of the body that it hangs on, or that its coupling asks for; hands
 * and finger bones with their skin.
 * @param[in] x n_vertices of the body [m], or NULL: hands move with the body's joints too
 */
void oik_posing_start(oik_puppet *start, oik_posing *posing, const oik_body_frames *frames, const oik_vec3 *x);

/** Append springs, turns, stitches, ligaments and balls in a body pose; x: n_vertices of the body [m]. After oik_posing_start with the same frames and x. */
void oik_posing_add(oik_terms *terms, const oik_posing *posing, const oik_body_frames *frames, const oik_vec3 *x);

#endif
