/** Planes between the bones of the middle foot, each stated once: both bones are cut along it. Foot frame, mm and degrees. */
#ifndef OIK_MODELS_FOOT_H
#define OIK_MODELS_FOOT_H

#include "bones.h"

typedef enum oik_foot_bone {
    OIK_NAVICULAR,
    OIK_CUBOID,
    OIK_CUNEIFORM_1,
    OIK_CUNEIFORM_2,
    OIK_CUNEIFORM_3,
    OIK_METATARSAL_1,
    OIK_METATARSAL_2,
    OIK_METATARSAL_3,
    OIK_METATARSAL_4,
    OIK_METATARSAL_5
} oik_foot_bone;

/** Cut a bone along its planes; leaves the draft's field in the frame of the foot. */
void oik_draft_foot_facets(oik_bone_draft *draft, oik_foot_bone bone);

#endif
