/**
 * The body model: template skin, shape modes, joint regressor and skinning weights of the SMPL family.
 *
 *   shape      v = v_template + sum_k beta_k mode_k
 *   joints     J = R v                                   (sparse regressor)
 *   kinematics G_j = G_parent(j) R_j,  p_j = p_parent + G_parent (J_j - J_parent),  p_0 = J_0 + tau
 *   pose       v <- v + sum_f feature_f(R) corrective_f,v   (imported models only)
 *   skinning   x_v = sum_j w_vj (G_j (v - J_j) + p_j)    (linear blend skinning)
 *
 * Features of the local rotations of joints 1 to 23 (body/correctives.h): STAR has the quaternion of each less the identity's, 4 numbers;
 * SMPL has the rotation matrix less the identity, 9 numbers.
 * Sources of the form: Loper et al., SMPL, ACM TOG 34 (2015) 248; Osman et al., STAR, ECCV 2020.
 */
#ifndef OIK_BODY_BODY_MODEL_H
#define OIK_BODY_BODY_MODEL_H

#include <stdint.h>

#include "base/npz.h"
#include "base/vec3.h"
#include "osso_ik.h"

enum { OIK_N_JOINTS = 24, OIK_MAX_FEATURES = 9 * 23 };

/** Pose-dependent correctives of the rest skin. */
typedef enum oik_corrective_kind { OIK_CORRECTIVES_NONE, OIK_CORRECTIVES_STAR, OIK_CORRECTIVES_SMPL } oik_corrective_kind;

/** SMPL joint order. */
typedef enum oik_smpl_joint {
    OIK_J_PELVIS, OIK_J_HIP_L, OIK_J_HIP_R, OIK_J_SPINE1, OIK_J_KNEE_L, OIK_J_KNEE_R, OIK_J_SPINE2, OIK_J_ANKLE_L,
    OIK_J_ANKLE_R, OIK_J_SPINE3, OIK_J_FOOT_L, OIK_J_FOOT_R, OIK_J_NECK, OIK_J_COLLAR_L, OIK_J_COLLAR_R, OIK_J_HEAD,
    OIK_J_SHOULDER_L, OIK_J_SHOULDER_R, OIK_J_ELBOW_L, OIK_J_ELBOW_R, OIK_J_WRIST_L, OIK_J_WRIST_R, OIK_J_HAND_L,
    OIK_J_HAND_R
} oik_smpl_joint;

/** Const after loading; shared by threads. */
typedef struct oik_body_model {
    size_t n_vertices, n_faces, n_modes;
    oik_vec3 *template_v;                       /**< n_vertices, T-pose [m] */
    int32_t (*faces)[3];                        /**< n_faces, own triangulation, counter-clockwise outside */
    oik_vec3 *modes;                            /**< n_modes x n_vertices [m per standard deviation] */
    double *mode_precision;                     /**< n_modes, prior weight relative to a unit normal */
    int parents[OIK_N_JOINTS];                  /**< -1 for the root; a parent comes before its children */
    size_t *influence_start;                    /**< n_vertices + 1: what moves vertex v is entries influence_start[v] .. [v+1] */
    uint8_t *influence_joint;                   /**< influence_start[n_vertices], in the archive's order */
    double *influence_weight;                   /**< influence_start[n_vertices], > 0, those of a vertex add up to 1 */
    int32_t *mirror;                            /**< n_vertices, index of the twin on the other side */
    uint8_t *part;                              /**< n_vertices, SMPL joint whose segment the vertex belongs to */
    size_t regressor_start[OIK_N_JOINTS + 1];   /**< rows of the sparse joint regressor */
    int32_t *regressor_vertex;                  /**< regressor_start[24] */
    double *regressor_value;                    /**< regressor_start[24], rows sum to 1 */
    oik_vec3 joints[OIK_N_JOINTS];              /**< R template_v, computed on loading */
    oik_vec3 *mode_joints;                      /**< n_modes x 24, R mode_k, computed on loading unless the archive has them: STAR's
                                                     second mode moves the rest skin by a corrective that its joints do not see */
    oik_corrective_kind corrective_kind;
    size_t n_features;                          /**< 0, 92 (STAR) or 207 (SMPL) */
    oik_vec3 *correctives;                      /**< n_features x n_vertices [m] */
} oik_body_model;

/** Pose: local rotations and translation. */
typedef struct oik_body_pose {
    oik_mat3 R[OIK_N_JOINTS]; /**< rotation of each joint relative to its parent */
    oik_vec3 tau;             /**< [m] */
} oik_body_pose;

/** Global joint transforms. */
typedef struct oik_body_frames {
    oik_mat3 G[OIK_N_JOINTS]; /**< global rotation */
    oik_vec3 p[OIK_N_JOINTS]; /**< joint position [m] */
    oik_vec3 J[OIK_N_JOINTS]; /**< joint position in the rest pose [m] */
    double feature[OIK_MAX_FEATURES]; /**< n_features of the model, of the local rotations; zeros behind */
} oik_body_frames;

/**
 * Read and check the skin arrays of a model archive (listed in body_model_load.c).
 * @param[out] out NULL on error
 * @return OIK_OK; OIK_E_MODEL naming the array that is missing, of a wrong shape or out of range; OIK_E_MEMORY
 */
oik_status oik_body_model_load(oik_body_model **out, const oik_npz *npz, oik_error *err);
void oik_body_model_free(oik_body_model *model);

/**
 * Fill in the fields that follow from the others: joints and mode_joints. For whoever builds a model other than by loading it.
 * @return OIK_OK or OIK_E_MEMORY
 */
oik_status oik_body_model_derive(oik_body_model *model, oik_error *err);

/** v = template + modes beta. v: n_vertices [m]; beta: n_modes, NULL = zeros. O(n_modes n_vertices). */
void oik_body_shape(oik_vec3 *v, const oik_body_model *model, const double *beta);
/** J = R v, the joints in any skin that has the model's vertices [m]. */
void oik_body_joints(oik_vec3 J[OIK_N_JOINTS], const oik_body_model *model, const oik_vec3 *v);
/** J = R v(beta) without shaping the skin: joints + mode_joints beta; beta NULL = zeros. */
void oik_body_shape_joints(oik_vec3 J[OIK_N_JOINTS], const oik_body_model *model, const double *beta);
/** The rest pose: every rotation the identity, tau zero. */
oik_body_pose oik_body_pose_rest(void);
/** Forward kinematics: global frames of a pose over the rest joints J. frames->J is a copy of J. */
void oik_body_forward(oik_body_frames *frames, const oik_body_model *model, const oik_vec3 J[OIK_N_JOINTS],
                      const oik_body_pose *pose);
/** y = v + sum_f feature_f corrective_f: rest vertices with the correctives of the pose of the frames. y: n_vertices [m]; y may be v. */
void oik_body_correct(oik_vec3 *y, const oik_body_model *model, const oik_vec3 *v, const oik_body_frames *frames);
/** Correctives and linear blend skinning of rest vertices v. x: n_vertices [m]; x may be v. */
void oik_body_skin(oik_vec3 *x, const oik_body_model *model, const oik_vec3 *v, const oik_body_frames *frames);
/** Blended rotation sum_j w_vj G_j of one vertex (not orthogonal where joints bend). */
oik_mat3 oik_body_blend(const oik_body_model *model, size_t vertex, const oik_body_frames *frames);
/** Rotation of the skin around one vertex from the rest pose to the posed frames: polar part of the blended rotation. */
oik_mat3 oik_body_vertex_rotation(const oik_body_model *model, size_t vertex, const oik_body_frames *frames);

#endif
