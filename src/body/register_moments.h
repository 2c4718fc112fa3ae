/**
 * Registration with a known shape as a problem of 24 rigid transforms: the skin enters through sums over its vertices.
 *
 * Linear blend skinning is linear in the transforms T_k = [G_k | p_k - G_k J_k] of the joints, so with h_v = [v_v; 1]
 *
 *   sum_v a_v | x_v - y_v |^2 = sum_v a_v |x_v|^2 - 2 sum_k <T_k, D_k> + sum_kl tr(T_k S_kl T_l^T)
 *   D_k  = sum_v a_v w_vk x_v h_v^T           3x4, once per mesh
 *   S_kl = sum_v a_v w_vk w_vl h_v h_v^T      4x4, once per shape
 *
 * and so are gradient and Gauss-Newton matrix. They are those of the vertices up to rounding; a step does not look at any vertex.
 * x_v counts from its weighted centroid, so that a body far from the origin loses no digits.
 * The rest skin is the same in every pose here: pose correctives are left out.
 */
#ifndef OIK_BODY_REGISTER_MOMENTS_H
#define OIK_BODY_REGISTER_MOMENTS_H

#include "body/body_model.h"

typedef struct oik_body_moments oik_body_moments;

/** No shape and no mesh yet. model and area (n_vertices, sum 1) are borrowed. OIK_E_MEMORY. 80 kB. */
oik_status oik_body_moments_new(oik_body_moments **out, const oik_body_model *model, const double *area, oik_error *err);
void oik_body_moments_free(oik_body_moments *moments);

/** S of a shaped rest skin. v: n_vertices, borrowed [m]. O(16 n_vertices). */
void oik_body_moments_set_shape(oik_body_moments *moments, const oik_vec3 *v);
/** D of a mesh, after the shape. x: n_vertices [m]. O(4 n_vertices), about 0.1 ms for 6890. */
void oik_body_moments_set_mesh(oik_body_moments *moments, const oik_vec3 *x);

/** sum a_v |x_v - y_v|^2 [m^2], >= 0; NaN when x is not finite. */
double oik_body_moments_square(const oik_body_moments *moments, const oik_body_frames *frames);

/**
 * Normal equations in the unknowns of register_jacobian.h without the shape.
 * @param[out] H n x n with n = OIK_BODY_COLUMN_BETA, row-major, lower triangle; g: n
 * Allocates nothing; some ten microseconds, whatever the number of vertices.
 */
void oik_body_moments_normal(double *H, double *g, const oik_body_moments *moments, const oik_body_frames *frames);

/**
 * Rigid motion that carries the vertices of joint j, weighted by their shares in it, from the rest skin to the mesh.
 * @param[out] G rotation, p position of joint j in the mesh [m]
 * @param[in]  J joint j in the rest skin [m]
 */
void oik_body_moments_joint_motion(oik_mat3 *G, oik_vec3 *p, const oik_body_moments *moments, int j, oik_vec3 J);

#endif
