/** One bone from its description to its mesh. */
#ifndef OIK_MODELS_BONE_MAKE_H
#define OIK_MODELS_BONE_MAKE_H

#include "bones/bones.h"

/** What bone_set.c knows of a bone; exactly one of table and draft is set. */
typedef struct oik_bone_spec {
    const char *name;
    double cell_mm; /**< lattice constant at detail 1 */
    int n_faces;    /**< at detail 1 */
    bool midline, cartilage;
    const oik_bone_table *table;
    void (*draft)(oik_bone_draft *draft, int number);
    int number;
} oik_bone_spec;

/**
 * description -> signed-distance field -> marching tetrahedra -> edge collapse -> mirrored half -> landmarks -> metres.
 * @return OIK_OK; OIK_E_MEMORY; OIK_E_MODEL with the bone's name. *out is to be freed with oik_bone_clear either way.
 */
oik_status oik_bone_make(oik_bone *out, const oik_bone_spec *spec, double detail, oik_error *err);
void oik_bone_clear(oik_bone *bone);

/** Move the surface landmarks of a bone whose vertices have moved onto its mesh. */
void oik_bone_settle_landmarks(oik_bone *bone);

/** Add the landmarks that only measures and warps need (bone_marks.c). */
void oik_draft_measuring_marks(oik_bone_draft *draft, const oik_bone_spec *spec);

#endif
