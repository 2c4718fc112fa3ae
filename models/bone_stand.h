/**
 * The trunk after its bones have been fitted: vertebrae stand on the sacrum and on each other, ribs follow their vertebrae, the sternum
 * follows the ribs, and costal cartilages lead from the ribs' motion over into that of the sternum.
 *
 *   vertebra i  y = R_i L_i(x) + t_i,  R_i = Rx(wedge of the region) R_(i-1), its lower end plate over the upper one of i - 1 by the
 *               disc before fitting times (1 + disc of the region); L_i: the bone's own fields
 *   rib r       near its head with vertebra r; away from it y = head' + R diag(1 + breadth, 1 + height, 1 + depth) (L(x) - head), where
 *               the cage turns with the sixth thoracic vertebra: R = R_6, so that ribs keep their slope against the spine
 *   sternum     y = R L(x) + t: its notches for cartilages 1 to 7 keep their mean place before the ribs' ends
 *   hyoid       with the third cervical vertebra, its size too
 *   cartilage   (1 - w) rib + w sternum (8 to 10: cartilage above), w rising from the rib's end to the other one
 *
 * Parameters of the group "cage": lumbar_wedge, thoracic_wedge, cervical_wedge [deg per disc, positive bends forward]; lumbar_disc,
 * thoracic_disc, cervical_disc; breadth, height, depth [1].
 */
#ifndef OIK_MODELS_BONE_STAND_H
#define OIK_MODELS_BONE_STAND_H

#include "models/bone_warp.h"

typedef struct oik_bone_stand oik_bone_stand;

/** Finds the bones of the trunk and makes the parameters. @return OIK_E_MODEL when one is missing */
oik_status oik_bone_stand_new(oik_bone_stand **out, oik_bone_warps *warps, const oik_bone_set *base, oik_error *err);

/** Bring vertebrae and sternum up to date with the amounts. */
void oik_bone_stand_update(oik_bone_warps *warps);

/** Where fields and standing take a point of a bone [m]. */
oik_vec3 oik_bone_stand_apply(const oik_bone_warps *warps, int bone, bool midline, oik_vec3 x);

/** Rotation of a bone's axes: identity but for the bones of the trunk. */
oik_mat3 oik_bone_stand_rotation(const oik_bone_warps *warps, int bone);

/** Does the bone stand in the trunk, above the pelvis? */
bool oik_bone_stand_has(const oik_bone_warps *warps, int bone);
/** Sternum or costal cartilage? */
bool oik_bone_stand_follows_ribs(const oik_bone_warps *warps, int bone);

#endif
