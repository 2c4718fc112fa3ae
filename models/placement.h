/**
 * First placement of the bones in the template body's lying pose: from joint centres of the skin and the direction of limbs, fingers and
 * feet. It only has to be near enough to find the skin over a landmark and to start the solver; the solver does the rest.
 */
#ifndef OIK_MODELS_PLACEMENT_H
#define OIK_MODELS_PLACEMENT_H

#include "models/bone_set.h"
#include "models/skeleton_tables.h"
#include "models/skin_relate.h"

/** x_world = R (scale * ratio .* x) + t for a point x in the canonical frame of a part (left side or midline). */
typedef struct oik_placement {
    oik_mat3 R;
    oik_vec3 ratio; /**< size relative to the bone of the set, along the canonical axes */
    oik_vec3 t;     /**< [m] */
} oik_placement;

/** The lying pose: arms 45 degrees from the body, everything else as in the template. Mirror symmetric. */
void oik_lying_pose(oik_mat3 R[OIK_N_JOINTS]);

/** Joint centre of the template from a row of oik_centre_table whose joint is given [m]. */
oik_vec3 oik_placement_target(const oik_template_skin *skin, const oik_centre_row *row);

/**
 * @param[out] placement one per row of oik_part_table
 * @param[in]  bones     of the skin's sex (bone_fit.h)
 * @return OIK_E_MODEL when a landmark that is needed does not exist
 */
oik_status oik_placement_new(oik_placement *placement, const oik_template_skin *skin, const oik_bone_set *bones, oik_error *err);

static inline oik_vec3 oik_placement_apply(const oik_placement *p, oik_vec3 x) {
    return v3_add(m3_mulv(p->R, v3_mul(p->ratio, x)), p->t);
}

#endif
