/** Positions written as text in the anatomical tables (format in skeleton_tables.h). */
#ifndef OIK_MODELS_POSITION_H
#define OIK_MODELS_POSITION_H

#include "models/bone_set.h"

/**
 * @param[out] p    position in the canonical frame [m]
 * @param[in]  text sum of terms "bone:landmark" or "x,y,z" in millimetres joined by '+'; "a|b" is the middle of a and b
 * @return OIK_E_MODEL naming the text when a bone, a landmark or a number cannot be read
 */
oik_status oik_position_parse(oik_vec3 *p, const char *text, const oik_bone_set *bones, oik_error *err);

#endif
