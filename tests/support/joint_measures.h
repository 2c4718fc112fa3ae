/** How well the bones of a posed puppet of the built-in model meet, measured on their meshes. Lengths in millimetres. */
#ifndef TESTS_SUPPORT_JOINT_MEASURES_H
#define TESTS_SUPPORT_JOINT_MEASURES_H

#include "bone_gaps.h"
#include "skeleton/puppet_terms.h"

/** Placed bone meshes with their search grids. */
typedef struct placed_bones {
    const oik_skel_model *model;
    oik_vec3 *y;                 /**< n_vertices [m] */
    size_t *first;               /**< n_bones + 1, vertices of bone b are first[b] .. first[b + 1] */
    bone_surface *surface;       /**< n_bones */
} placed_bones;

/** Ends the test when memory is short or a bone's vertices do not lie in one block. */
placed_bones placed_bones_new(const oik_skel_model *model, const oik_puppet *puppet);
void placed_bones_free(placed_bones *bones);
/** Bone by name; ends the test when there is none. */
int placed_bone(const placed_bones *bones, const char *name);

/** Least distance of two bones' surfaces, negative where one has entered the other: minus the greatest depth [mm]. */
double bone_gap(const placed_bones *bones, int a, int b);
/** The same for those vertices of bone a only for which x of (part frame of a) times sign is positive. */
double bone_gap_side(const placed_bones *bones, const oik_puppet *puppet, int a, int b, double sign);

/** A pair of bones and a length. */
typedef struct bone_pair {
    char name[80];
    double mm;
} bone_pair;

typedef struct joint_measures {
    double femoral_head[2];   /**< right, left: centre of the head's sphere to that of the socket's sphere */
    double humeral_head[2];   /**< centre of the head's sphere to the glenoid's centre of curvature */
    double knee_gap[2][2];    /**< medial, lateral compartment: tibia to femur */
    double knee_slide[2];     /**< knee axis carried by the tibia to that carried by the femur */
    double patella_gap[2];    /**< patella to femur */
    double patella_offset[2]; /**< sideways, from the middle of the femur, lateral is positive */
    double patella_height[2]; /**< length of the patellar ligament */
    double radius_gap[2];     /**< radius to ulna */
    double scapula_gap[2];    /**< scapula to the nearest rib */
    bone_pair rib_spine;      /**< greatest gap of a rib and the vertebrae that it stands on */
    bone_pair rib_sternum;    /**< greatest gap along a rib, its cartilage and the sternum */
    bone_pair deepest[24];    /**< deepest interpenetrations of bones of different parts; names are empty after the last one */
} joint_measures;

/** Length of the left patellar ligament of a puppet [mm]. */
double patellar_ligament(const oik_skel_model *model, const oik_puppet *puppet);
/** Greatest extent of a part along one of its axes [mm]. */
double bone_length(const oik_skel_model *model, const oik_puppet *puppet, const char *part);

void joint_measures_take(joint_measures *out, const oik_skel_model *model, const oik_puppet *puppet);

#endif
