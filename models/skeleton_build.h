/** From bones, skin and anatomical tables to the arrays of a skeleton model. */
#ifndef OIK_MODELS_SKELETON_BUILD_H
#define OIK_MODELS_SKELETON_BUILD_H

#include "models/bone_set.h"
#include "models/skin.h"
#include "skeleton/skel_model.h"

/**
 * @param[out] out   owned by the caller (oik_skel_model_free), NULL on error
 * @param[in]  bones of the skin's sex (bone_fit.h)
 * @return OIK_E_MODEL naming the table entry that cannot be resolved; OIK_E_MEMORY
 * Deterministic; well under a second.
 */
oik_status oik_skeleton_build(oik_skel_model **out, const oik_skin *skin, const oik_bone_set *bones, oik_error *err);

#endif
