/** Internal state of skeleton_build.c and its companions: growing arrays and name look-up. */
#ifndef OIK_MODELS_SKELETON_BUILDER_H
#define OIK_MODELS_SKELETON_BUILDER_H

#include "models/placement.h"
#include "models/position.h"
#include "models/skeleton_build.h"
#include "models/skeleton_tables.h"
#include "models/skin_relate.h"

enum { OIK_MAX_PART_ROWS = 96, OIK_MAX_MODE_ROWS = 160, OIK_LEFT = 0, OIK_RIGHT = 1 }; /* a midline part counts as left */

/** A row of the mode table in one part, in canonical coordinates of the set. */
typedef struct oik_mode_place {
    oik_vec3 c;      /**< [m] */
    double from, to; /**< [m] */
} oik_mode_place;

typedef struct oik_builder {
    oik_skel_model *m;
    const oik_bone_set *bones;
    oik_template_skin skin;
    oik_placement placement[OIK_MAX_PART_ROWS];
    oik_vec3 centre[OIK_MAX_PART_ROWS]; /**< scaled centroid, the origin of the part's local frame */
    int part[OIK_MAX_PART_ROWS][2];     /**< part index of a row on each side; equal for midline rows */
    size_t point_capacity, mode_entries, mode_capacity;
    int mode_of_row[OIK_MAX_MODE_ROWS]; /**< mode that a row of oik_mode_table adds to */
    int mode_rows[OIK_MAX_MODE_ROWS], n_mode_rows, mode_rows_of; /**< rows that move part row mode_rows_of */
    oik_mode_place mode_place[OIK_MAX_MODE_ROWS];                /**< where they act in it */
    size_t landmark_entries;
    oik_error *err;
    oik_status status;                  /**< first failure sticks */
} oik_builder;

/** Row of oik_part_table by name; -1 (and a sticky error) when there is none. */
int oik_builder_row(oik_builder *b, const char *part);
/** Canonical position, left side [m]; of texts that name a landmark. */
oik_vec3 oik_builder_position(oik_builder *b, const char *text);
/** The same; millimetres alone are places of the part of a row. */
oik_vec3 oik_builder_position_in(oik_builder *b, int row, const char *text);
/** Append a point that the part of a row carries; x is canonical (left). @return its index */
int32_t oik_builder_point(oik_builder *b, int row, int side, oik_vec3 x);
/** Placement of canonical x in the lying template body. */
oik_vec3 oik_builder_place(const oik_builder *b, int row, int side, oik_vec3 x);
/** True when a row with this position stands for two sides (lateral part, or off the midline). */
bool oik_builder_two_sided(int row, oik_vec3 x);
/** First vertex of a bone of bone_set.h that is there on both sides; its others follow in the order of the set. */
int32_t oik_builder_bone_start(oik_builder *b, const char *key, int side);
/** Grow an array to hold one element more than n; sticky error. Returns the (moved) array. */
void *oik_builder_grow(oik_builder *b, void *array, size_t n, size_t size);

void oik_builder_stitches(oik_builder *b);
void oik_builder_ligaments(oik_builder *b);
void oik_builder_couplings(oik_builder *b);
void oik_builder_paths(oik_builder *b); /**< after the stitches */
void oik_builder_clearances(oik_builder *b); /**< after the bones */
void oik_builder_curves(oik_builder *b);
void oik_builder_turns(oik_builder *b);
void oik_builder_flexes(oik_builder *b); /**< after the bones */
void oik_builder_landmarks(oik_builder *b);
void oik_builder_springs(oik_builder *b);
void oik_builder_kinematics(oik_builder *b);

#endif
