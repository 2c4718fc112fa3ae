/**
 * Shape descriptions of the bones: what the files in this folder give to bone_make.c.
 *
 * A bone is either a table (features and landmarks as data) or, where one rule makes many bones (vertebrae, ribs, rays
 * of hand and foot), a function that fills a draft. Lengths in mm, angles in degrees, frames as in bone_set.h.
 * Dimensions are of an adult male of 1.75 m; the sources are named where a number is published.
 */
#ifndef OIK_MODELS_BONES_H
#define OIK_MODELS_BONES_H

#include "../bone_set.h"
#include "../sdf.h"

/** Whether a landmark is moved onto the finished surface. */
typedef enum oik_mark_place { OFF_BONE, ON_BONE } oik_mark_place;

typedef struct oik_bone_mark {
    char name[OIK_BONE_NAME];
    oik_mark_place place;
    oik_vec3 p; /**< [mm] */
} oik_bone_mark;

typedef struct oik_bone_table {
    const oik_sdf_feature *features;
    const oik_bone_mark *marks;
    int n_features, n_marks;
} oik_bone_table;

#define BONE_TABLE(features_, marks_)                                                                                \
    {.features = (features_), .marks = (marks_), .n_features = (int)(sizeof(features_) / sizeof *(features_)),       \
     .n_marks = (int)(sizeof(marks_) / sizeof *(marks_))}

/** A bone under construction. */
typedef struct oik_bone_draft {
    oik_sdf *sdf;
    int n_marks;
    oik_bone_mark marks[OIK_BONE_MAX_LANDMARKS]; /**< in the bone's frame, not in the current frame of sdf */
} oik_bone_draft;

/** Add a feature written with the macros of sdf.h. */
#define FEATURE(draft, ...) oik_sdf_add((draft)->sdf, &(const oik_sdf_feature)__VA_ARGS__)

/** Add a landmark given in the current frame of the draft's field; marks past the last free place are dropped. */
void oik_draft_mark(oik_bone_draft *draft, const char *name, oik_mark_place place, oik_vec3 p);
void oik_draft_table(oik_bone_draft *draft, const oik_bone_table *table);

extern const oik_bone_table oik_femur, oik_patella, oik_tibia, oik_fibula;
extern const oik_bone_table oik_talus, oik_calcaneus;
extern const oik_bone_table oik_humerus, oik_ulna, oik_radius, oik_scapula, oik_clavicle;
extern const oik_bone_table oik_scaphoid, oik_lunate, oik_triquetrum, oik_pisiform;
extern const oik_bone_table oik_trapezium, oik_trapezoid, oik_capitate, oik_hamate;
extern const oik_bone_table oik_hipbone, oik_sternum, oik_skull, oik_mandible, oik_hyoid;

void oik_draft_midfoot(oik_bone_draft *draft, int bone);           /**< oik_foot_bone of foot.h */
void oik_draft_metatarsal(oik_bone_draft *draft, int ray);         /**< ray 1..5 */
void oik_draft_toe(oik_bone_draft *draft, int ray_and_phalanx);    /**< 11, 13, 21, 22, 23, .. 53 */
void oik_draft_metacarpal(oik_bone_draft *draft, int ray);         /**< ray 1..5 */
void oik_draft_finger(oik_bone_draft *draft, int ray_and_phalanx); /**< 11, 13, 21, 22, 23, .. 53 */
void oik_draft_vertebra(oik_bone_draft *draft, int level);         /**< index into oik_vertebra_table */
void oik_draft_sacrum(oik_bone_draft *draft, int unused);
void oik_draft_rib(oik_bone_draft *draft, int number);       /**< 1..12 */
void oik_draft_cartilage(oik_bone_draft *draft, int number); /**< 1..10 */

#endif
