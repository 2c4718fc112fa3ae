/**
 * The skeleton model: a stitched puppet of rigid parts with linear shape modes, and the tables that relate it to the skin.
 *
 *   local point    u_i = mean_i + sum_k s_k mode_k,i        (in the frame of the part that carries point i)
 *   placed point   y_i = R_p u_i + t_p,  p = part of point i
 *
 * Points 0 .. n_vertices-1 are the mesh vertices in part blocks; points n_vertices .. n_points-1 are virtual points (joint centres,
 * landmarks, disc rims) that parts carry without a mesh. Vertices never appear by number in code: every table refers to points
 * that the generator found by recipe.
 * Source of the puppet: Zuffi & Black, CVPR 2015; of the method: Keller et al., OSSO, CVPR 2022.
 */
#ifndef OIK_SKELETON_SKEL_MODEL_H
#define OIK_SKELETON_SKEL_MODEL_H

#include <stdint.h>

#include "base/npz.h"
#include "skeleton/kinematics.h"
#include "skeleton/published_model.h"

/** Rows of a sparse matrix in compressed form: row i is entries start[i] .. start[i+1]. */
typedef struct oik_sparse_rows {
    size_t n;
    int32_t *start; /**< n + 1 */
    int32_t *index; /**< start[n] */
    double *value;  /**< start[n] */
} oik_sparse_rows;

/** Bone point tied to the skin of the lying body by a sparse regressor, and pulled towards it from inside.
 *  target_i = sum_v w_iv (x_v - depth_i n_v);  residual = weight_i (along + across split) (y_i - target_i). */
typedef struct oik_landmarks {
    size_t n;
    int32_t *point;       /**< n */
    oik_sparse_rows skin; /**< n rows over skin vertices, rows sum to 1 (of an imported model as they are) */
    double *depth;        /**< n, distance under the skin [m]; 0 for joint centres */
    double *weight;       /**< n, along the skin normal (all directions when depth = 0) [1/m] */
    double *tangential;   /**< n, weight across the normal, relative to weight, 0..1 */
} oik_landmarks;

/** Bone point that follows a skin vertex when the body is posed (its offset turns with the skin). */
typedef struct oik_springs {
    size_t n;
    int32_t *point, *skin; /**< n */
    double *weight;        /**< n */
} oik_springs;

/** Two points of two parts that coincide (rest = 0) or keep their lying offset in the first part's frame (rest = 1). */
typedef struct oik_stitches {
    size_t n;
    int32_t *point_a, *point_b; /**< n */
    double *weight_infer;       /**< n, while shaping and placing */
    double *weight_pose;        /**< n, while posing */
    int32_t *keep_offset;       /**< n, 0 or 1 */
} oik_stitches;

/** Pairs whose distance is kept while posing. */
typedef struct oik_ligaments {
    size_t n;
    int32_t *point_a, *point_b;
    double *weight;
} oik_ligaments;

/**
 * Part that turns with another one while posing (scapulohumeral rhythm): with e the angle of the driver's axis from the base part's
 * downward axis, at least 30 deg (setting phase), the follower is expected to turn by ratio (e - e_lying) about an axis through its pivot.
 * It sets the start of the follower and the reference of its stitches; the solver decides.
 */
typedef struct oik_couplings {
    size_t n;
    int32_t (*part)[3];  /**< follower, base, driver */
    int32_t (*point)[5]; /**< pivot, axis from, axis to (on the follower), driver axis from, to */
    double *ratio;
} oik_couplings;

/**
 * Stitches whose first point travels along its part while a joint bends: the patella in its groove, the tibia that rolls back on the
 * femur. The joint is that of the part a of the stitch (base) and the driver; its angle is the turn of the driver about the axis since
 * the template's placement. Between the listed angles the point is interpolated, beyond them it is the first or the last one.
 */
typedef struct oik_paths {
    size_t n;
    int32_t *stitch;    /**< n */
    int32_t *driver;    /**< n, part */
    int32_t (*axis)[2]; /**< n, points of the base: from, to */
    int32_t *start;     /**< n + 1: angles and points of path i are entries start[i] .. start[i+1], at least 2 */
    double *angle;      /**< start[n], ascending within a path [rad] */
    int32_t *point;     /**< start[n], points of the base */
} oik_paths;

/** Parts that glide on another one: what faces it in the template is to keep a least distance from its surface. */
typedef struct oik_clearances {
    size_t n;
    int32_t (*part)[2]; /**< the one that keeps away, the one whose surface counts */
    double *distance;   /**< n [m] */
    double *weight;     /**< n [1/m] */
} oik_clearances;

/** Pairs of parts whose bones are near each other in the template: in a pose they do not enter each other (clearance.h). */
typedef struct oik_neighbours {
    size_t n;
    int32_t (*part)[2];
} oik_neighbours;

/** Parts between two others that turn by a share of what those do: a spine bends as a curve. */
typedef struct oik_curves {
    size_t n;
    int32_t (*part)[3]; /**< before, middle, after */
    double *share;      /**< n, of the turn from before to after that the middle part has made, 0..1 */
    double *weight;     /**< n [1/rad] */
} oik_curves;

/** Parts that turn with the skin's joint that they hang on, whatever their springs say (posing.h). */
typedef struct oik_turns {
    size_t n;
    int32_t *part;
    double *weight;     /**< n [1/rad] */
} oik_turns;

/** Bones that bend between the part that carries them and another one on which they stand: ribs (formula in flex.h). */
typedef struct oik_flexes {
    size_t n;
    int32_t (*point)[3];  /**< seat on the other part, the same place on the bone's own part, and its far end there */
    int32_t *start;       /**< n + 1: vertices of bone i, and of the cartilage behind it, are entries start[i] .. start[i+1] */
    int32_t *vertex;      /**< start[n], of the own part */
    double (*share)[2];   /**< start[n], how far it goes with the other part, and with the swinging bone: >= 0, sum <= 1 */
} oik_flexes;

/** Kinematic tables: recipes over lists of points. */
typedef struct oik_segment_recipe {
    char name[OIK_NAME_LENGTH];
    int32_t part;              /**< part whose rotation carries the frame */
    int32_t origin;            /**< point list */
    int32_t primary_from, primary_to;     /**< point lists that span the primary axis */
    int32_t secondary_from, secondary_to; /**< point lists that span the secondary axis before orthogonalising */
    int32_t primary_axis, secondary_axis; /**< 0 x, 1 y, 2 z */
    int32_t distal;            /**< point list of the distal joint centre, -1 when there is none */
    double weight;             /**< how well the orientation can be seen, 0..1 */
} oik_segment_recipe;

typedef struct oik_joint_recipe {
    oik_joint joint;           /**< name, parent, child, kind, frames, dofs; centre unused; axis used unless axis_from >= 0 */
    int32_t centre;            /**< point list */
    int32_t axis_from[3], axis_to[3]; /**< point lists of an anatomical axis of dof k, or -1 */
} oik_joint_recipe;

typedef struct oik_skel_model {
    int n_parts, n_bones, n_groups;
    char (*part_names)[OIK_NAME_LENGTH];
    char (*bone_names)[OIK_NAME_LENGTH];
    char (*group_names)[OIK_NAME_LENGTH]; /**< anatomical part groups for output: pelvis, lumbar, ... */
    int32_t *part_parent;   /**< n_parts, -1 for the root, parents first */
    int32_t *part_group;    /**< n_parts */
    int32_t *part_joint;    /**< n_parts, SMPL joint whose motion starts the part when posing */
    int32_t *part_mirror;   /**< n_parts, the part on the other side, itself for midline parts */
    size_t n_vertices, n_faces, n_points;
    oik_vec3 *mean;         /**< n_points, local coordinates [m] */
    int32_t *point_part;    /**< n_points, ascending over the vertices */
    int32_t *vertex_bone;   /**< n_vertices */
    int32_t (*faces)[3];    /**< n_faces */
    int32_t *near_order;    /**< n_vertices: those of each part in an order in which a run of them is a small place of the bone (mesh/near_order.h) */
    oik_mat3 *rest_R;       /**< n_parts, template placement in the lying template body */
    oik_vec3 *rest_t;       /**< n_parts [m] */
    size_t n_modes;
    double *mode_weight;    /**< n_modes, prior: residual = mode_weight * s */
    /** Shape modes stored per point: entries mode_start[i] .. mode_start[i+1] of mode_index, mode_vector. */
    int32_t *mode_start;    /**< n_points + 1 */
    int32_t *mode_index;    /**< mode of each entry */
    oik_vec3 *mode_vector;  /**< displacement per unit of the mode [m] */
    oik_mat3 lying_R[24];   /**< lying pose: local rotations of the skin's joints */
    oik_landmarks landmarks;
    oik_springs springs;
    oik_stitches stitches;
    oik_ligaments ligaments;
    oik_couplings couplings;
    oik_paths paths;           /**< may be empty */
    oik_clearances clearances; /**< may be empty */
    oik_neighbours neighbours; /**< may be empty */
    oik_curves curves;         /**< may be empty */
    oik_turns turns;           /**< may be empty */
    oik_flexes flexes;         /**< may be empty */
    int n_lists;
    int32_t *list_start;    /**< n_lists + 1 */
    int32_t *list_point;    /**< list_start[n_lists] */
    int n_segments;         /**< joint i moves segment i */
    oik_segment_recipe *segments;
    oik_joint_recipe *joints; /**< n_segments */
    int32_t gap_hip[2][2];      /**< right, left: point of the pelvis, point of the femur that should coincide */
    int32_t gap_shoulder[2][2]; /**< right, left: point of the scapula, point of the humerus */
    oik_published *published;   /**< of an imported model, else NULL */
} oik_skel_model;

/** Read and check the skeleton arrays of a model archive. n_skin: vertices of the body model in the same archive. */
oik_status oik_skel_model_load(oik_skel_model **out, const oik_npz *npz, size_t n_skin, oik_error *err);
void oik_skel_model_free(oik_skel_model *model);

/** Find near_order of a model that has its vertices. OIK_E_MEMORY. */
oik_status oik_skel_model_order(oik_skel_model *model, oik_error *err);

/** Second half of loading: segments, joints, degrees of freedom, lying pose, gap points (n_segments and lists are set). */
oik_status oik_skel_model_load_kinematics(oik_skel_model *model, const oik_npz *npz, oik_error *err);

/** Paths, clearances, neighbours, curves, turns and flexes, which an archive may not have: then there are none. Points, parts and stitches are read. */
oik_status oik_skel_model_load_joints(oik_skel_model *model, const oik_npz *npz, oik_error *err);

/** Orthonormal with det +1, up to the rounding of a file. */
bool oik_skel_is_rotation(oik_mat3 R);

#endif
