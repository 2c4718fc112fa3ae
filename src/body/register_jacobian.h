/**
 * Analytic Jacobian of the skinned body and its normal equations.
 *
 * Unknowns, in this order: a rotation increment w_j of each of the 24 joints in the global frame (3 each), a shift d of the root
 * joint (3), the shape (n_modes). An increment turns the joint and everything below it about the joint's position; a change of
 * shape leaves the root joint where it is, so that the equations turn with the subject:
 *
 *   R_j <- exp(G_parent^T w_j) R_j,       d x_v = w_j x q_vj + M_v sum_f corrective_f,v (slope_f . w_j)
 *                                         q_vj = sum_{k in subtree(j)} w_vk (x_vk - p_j),   slope_f = d feature_f / d w_j
 *   p_0 <- p_0 + d,                       d x_v = d
 *   beta_m,                               d x_v = M_v mode_mv + sum_k w_vk (dp_mk - G_k dJ_mk),   dp_m0 = 0
 *   o_j <- o_j + G_parent^T d_j,          d x_v = s_vj d_j,   s_vj = sum_{k in subtree(j)} w_vk
 *
 * o_j is how far a joint of a limb lies beside the model's place for it (register_form.h); only there it is an unknown.
 *
 * x_vk the position that joint k alone gives vertex v (with its correctives), M_v the blended rotation, dJ_m the mode's joints, dp_m by the
 * chain rule along the kinematic tree. q_vj is zero unless a joint below j moves v: rows are built in blocks of vertices moved by
 * similar sets of joints, with the columns of those joints only, and each block adds its product to the normal matrix. The whole
 * Jacobian (20,670 x 120, 20 MB) never exists. The sum over f is over the 4 or 9 features of joint j (body/correctives.h): they depend on
 * its own rotation only. A joint whose correctives are zero at a vertex has no column there on their account.
 */
#ifndef OIK_BODY_REGISTER_JACOBIAN_H
#define OIK_BODY_REGISTER_JACOBIAN_H

#include "body/body_model.h"

enum {
    OIK_BODY_COLUMN_ROOT = 3 * OIK_N_JOINTS,
    OIK_BODY_COLUMN_BETA = OIK_BODY_COLUMN_ROOT + 3, /**< number of unknowns without the shape */
    OIK_BODY_BLOCK = 128,                           /**< vertices; three rows each times 80 columns stay in a 512 kB cache */
    OIK_BODY_N_LIMB_JOINTS = 12
};

/** Hips, knees, ankles, shoulders, elbows and wrists. Their shifts, where they are unknowns, come after the shape, in this order. */
extern const int oik_body_limb_joints[OIK_BODY_N_LIMB_JOINTS];

/** s_vj: how much of a vertex goes with a joint and those below it, 0..1. */
double oik_body_subtree_share(const oik_body_model *model, size_t vertex, int joint);

/** Vertices whose rows share one set of columns. */
typedef struct oik_body_block {
    int n_vertices, n_joints;
    int32_t vertices[OIK_BODY_BLOCK];
    int joints[OIK_N_JOINTS]; /**< ascending; every joint that moves or corrects one of the vertices, with its ancestors */
    int n_limb_joints;
    int limb_joints[OIK_BODY_N_LIMB_JOINTS]; /**< those of them that are joints of limbs: numbers in oik_body_limb_joints */
} oik_body_block;

/** Point of linearisation. */
typedef struct oik_body_tangent {
    const oik_vec3 *v;             /**< n_vertices, shaped rest skin with its correctives [m] */
    const oik_body_frames *frames;
    const oik_vec3 *mode_offset;   /**< n_modes x 24, dp_mk - G_k dJ_mk of oik_body_mode_offsets [m] */
    const double *area;            /**< n_vertices, row weights a_v */
    size_t n_modes;                /**< 0 leaves the shape out */
    const double (*feature_slope)[3]; /**< n_features, of oik_body_feature_slopes [1/rad] */
    bool shifts;                   /**< the joints of the limbs may shift */
} oik_body_tangent;

/** dp_mk - G_k dJ_mk of every mode and joint. offset: n_modes x 24. */
void oik_body_mode_offsets(oik_vec3 *offset, const oik_body_model *model, const oik_body_frames *frames, size_t n_modes);

/** slope_f of every feature: d feature_f = slope_f . w_j, j the joint that it belongs to. slope: n_features. */
void oik_body_feature_slopes(double (*slope)[3], const oik_body_model *model, const oik_body_frames *frames);

/**
 * Rows of one block, times sqrt(a_v), and the residual as a last column.
 * @param[out] A        column-major, 3 n rows (x of all n vertices, then y, then z) by 3 n_joints + 3 + n_modes (+ 3 n_limb_joints) + 1
 *                      columns
 * @param[in]  residual n_vertices of the model, x - y [m]
 */
void oik_body_jacobian(double *A, const oik_body_model *model, const oik_body_block *block, const oik_body_tangent *at,
                       const oik_vec3 *residual);

/** Number of unknowns. */
size_t oik_body_n_unknowns(size_t n_modes, bool shifts);

typedef struct oik_body_normal oik_body_normal; /**< workspace: the blocks, one block of rows */

oik_status oik_body_normal_new(oik_body_normal **out, const oik_body_model *model, oik_error *err);
void oik_body_normal_free(oik_body_normal *normal);

/**
 * H = J^T A J, g = J^T A r with A the row weights.
 * @param[out] H       n x n with n = oik_body_n_unknowns, row-major, lower triangle
 * @param[out] g       n
 * @param      normal  workspace; sets OpenBLAS to one thread (callers run one body per thread)
 * @param[in]  v       n_vertices, shaped rest skin without correctives; residual: n_vertices, x - y
 * @param[in]  n_modes of the model, or 0
 * @param[in]  shifts  the joints of the limbs may shift
 * Allocates nothing; O(n_vertices u^2), u the columns of a block.
 */
void oik_body_normal_build(double *H, double *g, oik_body_normal *normal, const oik_vec3 *v, const oik_body_frames *frames,
                           const oik_vec3 *residual, const double *area, size_t n_modes, bool shifts);

#endif
