/**
 * A rig on its way: what the files of src/rig share. Private to them.
 *
 * Steps, each on what the ones before it have filled in: tree, motion, parts, bones, skin, masses, markers, wrists.
 */
#ifndef OIK_RIG_RIG_BUILD_H
#define OIK_RIG_RIG_BUILD_H

#include "rig/rig.h"

/**
 * Density of the living body with the air it holds at rest [kg/m^3]: tissue has 1,030 to 1,080 (Durnin & Womersley, Br J Nutr 32 (1974) 77
 * [L]), and about 3 of the 70 litres that a body of 70 kg displaces are air.
 */
static const double OIK_BODY_DENSITY = 1010.0;

enum { OIK_RIG_MAX_PATH = 8 }; /**< joints that one joint of a plain rig stands for: at most the trunk's names and the arm's */

/** Where a body comes from: the joints of the chain that move it against its parent, the parent's first. */
typedef struct oik_rig_link {
    int tip;      /**< segment whose axes the body has, path[n_path - 1] */
    int centre;   /**< joint at whose centre the body begins */
    bool merged;  /**< its coordinates are found from rotations, not copied */
    int n_path, path[OIK_RIG_MAX_PATH];
} oik_rig_link;

typedef struct oik_rig_builder {
    const oik_rig_input *input;
    oik_rig *rig;          /**< rig->world is known from the start */
    const oik_puppet *puppet; /**< the bones as the rig has them, where they lie: the input's, or average */
    oik_puppet *average;
    bool root_turned;      /**< the root's coordinates are found anew, as y is not up in the frame of the motion */
    oik_chain_pose *lie;   /**< the chain in the posture in which the bones lie, frame of the motion */
    oik_mat3 *R;           /**< n_bodies in that posture, rig's world */
    oik_vec3 *o;           /**< n_bodies [m] */
    oik_rig_link *links;   /**< n_bodies */
    int *body_of_segment;  /**< chain->n_segments */
    int *source;           /**< n_dofs, coordinate of the chain that is copied, -1: of a merged joint */
    int *recipe;           /**< chain->n_segments, the model's segment of that name */
    int *segment_of_part;  /**< model->n_parts, the segment that carries the part */
} oik_rig_builder;

/** Bodies, joints and coordinates. */
oik_status oik_rig_build_tree(oik_rig_builder *builder, oik_error *err);
/** Times and coordinates of all frames. */
oik_status oik_rig_build_motion(oik_rig_builder *builder, oik_error *err);
/** Fill recipe and segment_of_part (rig_parts.c). */
oik_status oik_rig_assign_parts(oik_rig_builder *builder, oik_error *err);
/** Puppet and average, once parts and motion are known. */
oik_status oik_rig_average_parts(oik_rig_builder *builder, oik_error *err);
oik_status oik_rig_build_bones(oik_rig_builder *builder, oik_error *err);
/** Nothing to do without a skin. */
oik_status oik_rig_build_skin(oik_rig_builder *builder, oik_error *err);
/** rig->mass is the subject's. */
oik_status oik_rig_build_masses(oik_rig_builder *builder, oik_error *err);
oik_status oik_rig_build_markers(oik_rig_builder *builder, oik_error *err);
/** A radius where the chain has none; R and o of the builder, links and body_of_segment are of the bodies before it. */
oik_status oik_rig_build_wrists(oik_rig_builder *builder, oik_error *err);

/** Segment of a chain by name, -1 when there is none. */
int oik_rig_find_segment(const oik_chain *chain, const char *name);
/** Mean of the points of a list of the model where the bones lie, frame of the motion [m]. */
oik_vec3 oik_rig_list_mean(const oik_rig_builder *builder, int32_t list);
/** A point where the bones lie, frame of the motion, in the frame of a body. */
oik_vec3 oik_rig_in_body(const oik_rig_builder *builder, int body, oik_vec3 p);

#endif
