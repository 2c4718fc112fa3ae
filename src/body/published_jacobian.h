/**
 * Skin of the published method as residuals, and their Jacobian with respect to absolute unknowns.
 *
 *   x_v = sum_k w_vk (G_k (y_v - J_k) + p_k) + tau,   y_v = template + sum_m beta_m mode_mv + sum_f feature_f(theta) c_fv
 *
 *   d beta_m    M_v mode_mv + sum_k w_vk (dp_mk - G_k dJ_mk),   dp_m0 = dJ_m0: the root joint is at J_0(beta)
 *   d theta_j   A_j e x q_vj + M_v sum_f c_fv df_f/dtheta_j,    A_j = G_parent(j) J_l(theta_j)
 *   d tau       e
 *
 * M_v blended rotation, q_vj moment of the subtree of j about its joint (body/register_jacobian.h), J_l left Jacobian of SO(3),
 * frames without tau: tau is added to the skin whatever its weights add up to.
 *
 * Residual rows: w (x - X), three per vertex in the order of `order`; then beta (10) and theta (72), also those that are held.
 * Unknowns: the free ones of beta, theta, tau, in this order. Rows are grouped into blocks of vertices that similar sets of joints
 * move, with the columns of those joints only.
 */
#ifndef OIK_BODY_PUBLISHED_JACOBIAN_H
#define OIK_BODY_PUBLISHED_JACOBIAN_H

#include "body/published_registration.h"

enum { OIK_PUBLISHED_PRIOR_ROWS = OIK_PUBLISHED_N_BETAS + 3 * OIK_N_JOINTS };

/** Unknowns of a call: beta_0 .. beta_(n_betas-1), theta_0 .. theta_(n_joints-1), tau. n_joints is 1 or 24. */
typedef struct oik_published_free {
    int n_betas, n_joints;
} oik_published_free;

/** Vertices whose rows share one set of columns. */
typedef struct oik_published_block {
    size_t first, end;        /**< in the order of the rows */
    int n_joints;
    int joints[OIK_N_JOINTS]; /**< ascending; every joint that skins or corrects one of the vertices, with its ancestors */
    int slot[OIK_N_JOINTS];   /**< place of a joint in joints, for those that are there */
} oik_published_block;

/** A body model rearranged by rows: const after making, but for skin. */
typedef struct oik_published_rows {
    const oik_body_model *model;
    int32_t *order;            /**< n_vertices: the vertex of rows 3 i .. 3 i + 2 */
    double *shape;             /**< n_vertices x 3 x 10, in row order: coordinates of the modes [m] */
    size_t *corrective_start;  /**< n_vertices + 1, in row order: what corrects a vertex, joint by joint */
    uint8_t *corrective_joint; /**< corrective_start[n_vertices] */
    double *corrective;        /**< corrective_start[n_vertices] x 3 x features of a joint [m] */
    size_t n_blocks;
    oik_published_block *blocks;
    oik_vec3 *skin;            /**< n_vertices, of the last evaluation, in the model's order [m] */
} oik_published_rows;

/** What the rows are evaluated at. */
typedef struct oik_published_point {
    const oik_published_body *body;
    const oik_vec3 *x;       /**< X, n_vertices of the model [m] */
    double weight;           /**< w */
    oik_published_free free;
} oik_published_point;

/** The model, which has at least 10 modes, must outlive the rows. OIK_E_MEMORY. O(n_features n_vertices). */
oik_status oik_published_rows_new(oik_published_rows **out, const oik_body_model *model, oik_error *err);
void oik_published_rows_free(oik_published_rows *rows);

int oik_published_n_unknowns(oik_published_free free);
int oik_published_n_rows(const oik_published_rows *rows);

/**
 * Sparsity of the Jacobian.
 * @param[out] pattern free both of its arrays; untouched on error
 * @return OIK_E_MEMORY; OIK_E_MODEL for so many vertices that the entries cannot be counted by int
 */
oik_status oik_published_pattern(oik_lsq_pattern *pattern, const oik_published_rows *rows, oik_published_free free, oik_error *err);

/**
 * Residuals and Jacobian; rows->skin is set.
 * @param[out] r   n_rows
 * @param[out] jac values in the order of the pattern of the point's free unknowns, or NULL
 * Allocates nothing; O(n_vertices u), u the columns of a block.
 */
void oik_published_evaluate(double *r, double *jac, oik_published_rows *rows, const oik_published_point *point);

#endif
