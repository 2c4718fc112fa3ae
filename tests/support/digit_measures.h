/** How bones of bent fingers lie in their skin and against the truth. Millimetres and degrees. */
#ifndef TESTS_SUPPORT_DIGIT_MEASURES_H
#define TESTS_SUPPORT_DIGIT_MEASURES_H

#include "bent_digits.h"

typedef struct digit_measures {
    double mean_angle, largest_angle; /**< of finger bones from where the truth has them */
    double mean_shift, largest_shift; /**< of their vertices, mean over a bone */
    double length;                    /**< greatest change of a bone's length [%], by its absolute value */
    double off_centre;                /**< greatest distance of a bone's axis, at its middle, from the middle of the skin around it */
    double outside_share, outside;    /**< of their vertices, further than in truth; greatest such distance */
    double overlap;                   /**< deepest interpenetration of two finger bones of a hand */
    double gap_low, gap_high;         /**< of finger joints, metacarpal to proximal phalanx and on */
    double wrist, forearm;            /**< turn of the hand and of radius and ulna from the truth's */
} digit_measures;

/**
 * @param[in] x     n_vertices of the body, the skin [m]
 * @param[in] bones placed in it
 * @param[in] truth the same bones where they should be
 * Ends the test when out of memory.
 */
digit_measures digit_measures_take(const oik_body_model *body, const oik_skel_model *model, const oik_vec3 *x, const oik_puppet *bones,
                                   const oik_puppet *truth);

#endif
