/** Positions written as text in the anatomical tables (format in skeleton_tables.h). */
#ifndef OIK_MODELS_POSITION_H
#define OIK_MODELS_POSITION_H

#include "models/bone_set.h"

/**
 * Texts name places of the bones as they were before fitting; in a fitted set (bone_fit.h) they are carried along: a landmark and the
 * millimetres added to it by the fields of its bone, millimetres alone by those of the home bone that was nearest to the place.
 *
 * @param[out] p    position in the canonical frame [m]
 * @param[in]  text sum of terms "bone:landmark" or "x,y,z" in millimetres joined by '+'; "a|b" is the middle of a and b
 * @param[in]  home bones that a text of millimetres alone belongs to, separated by blanks, "+" before a name is passed over; NULL: such
 *                  a text is not carried along
 * @return OIK_E_MODEL naming the text when a bone, a landmark or a number cannot be read
 */
oik_status oik_position_in(oik_vec3 *p, const char *text, const char *home, const oik_bone_set *bones, oik_error *err);

/** The same without a home. */
oik_status oik_position_parse(oik_vec3 *p, const char *text, const oik_bone_set *bones, oik_error *err);

#endif
