/** Residuals of one frame of inverse kinematics (see frame_residuals.h). */
#include "ik/frame_residuals.h"

#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"

double oik_target_R_weight(const oik_ik_target *target, int i) {
    return target->R && target->R_weight ? target->R_weight[i] : 0.0;
}

double oik_target_centre_weight(const oik_ik_target *target, int i) {
    return target->centre && target->centre_weight ? target->centre_weight[i] : 0.0;
}

double oik_target_link_weight(const oik_ik_target *target, const oik_chain *chain, int i) {
    int p = chain->joints[i].parent;
    if (p < 0 || !target->centre || !target->link_weight || !(target->link_weight[i] != 0.0))
        return 0.0;
    return v3_dist(target->centre[i], target->centre[p]) == 0.0 ? 0.0 : target->link_weight[i];
}

/** Measured terms of three rows each that depend on the path of segment i. */
static int terms_of(const oik_frame_residuals *f, int i) {
    return (oik_target_R_weight(f->target, i) != 0.0) + (oik_target_centre_weight(f->target, i) != 0.0) +
           (oik_target_link_weight(f->target, f->chain, i) != 0.0);
}

static int path_length(const oik_chain_paths *paths, int i) {
    return paths->start[i + 1] - paths->start[i];
}

static void fill_pattern(oik_frame_residuals *f) {
    int row = 0, next = 0;
    for (int i = 0; i < f->chain->n_segments; i++)
        for (int term_row = 0; term_row < 3 * terms_of(f, i); term_row++) {
            for (int k = 0; k < path_length(f->paths, i); k++)
                f->col[next++] = f->paths->dof[f->paths->start[i] + k];
            f->row_start[++row] = next;
        }
    for (int k = 0; k < f->chain->n_dofs; k++) {
        f->col[next++] = k;
        f->row_start[++row] = next;
    }
}

/** Rows and values of the Jacobian. */
static oik_status new_pattern(oik_frame_residuals *f, oik_error *err) {
    size_t n_rows = (size_t)f->chain->n_dofs, n_values = n_rows;
    for (int i = 0; i < f->chain->n_segments; i++) {
        size_t rows = 3 * (size_t)terms_of(f, i);
        n_rows += rows;
        n_values += rows * (size_t)path_length(f->paths, i);
    }
    if (n_values > INT_MAX)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: the chain is too long (%zu derivatives)", n_values);
    f->row_start = oik_new(n_rows + 1, sizeof *f->row_start, err);
    f->col = oik_new(n_values, sizeof *f->col, err);
    if (!f->row_start || !f->col)
        return OIK_E_MEMORY;
    fill_pattern(f);
    f->pattern = (oik_lsq_pattern){(int)n_rows, f->chain->n_dofs, f->row_start, f->col};
    return OIK_OK;
}

oik_status oik_frame_residuals_new(oik_frame_residuals **out, const oik_chain *chain, const oik_ik_target *target,
                                   const double *rest, const oik_ik_options *options, oik_error *err) {
    oik_frame_residuals *f = oik_new(1, sizeof *f, err);
    *out = NULL;
    if (!f)
        return OIK_E_MEMORY;
    f->chain = chain;
    f->target = target;
    f->rest = rest;
    f->prior_weight = options->prior_weight;
    f->length_scale = options->length_scale;
    oik_status status = oik_chain_paths_new(&f->paths, chain, err);
    if (!status)
        status = oik_chain_pose_new(&f->pose, chain, err);
    if (!status && (!(f->J = oik_new((size_t)f->paths->longest, sizeof *f->J, err)) ||
                    !(f->J_parent = oik_new((size_t)f->paths->longest, sizeof *f->J_parent, err))))
        status = OIK_E_MEMORY;
    if (!status)
        status = new_pattern(f, err);
    if (status)
        oik_frame_residuals_free(f);
    else
        *out = f;
    return status;
}

void oik_frame_residuals_free(oik_frame_residuals *f) {
    if (!f)
        return;
    oik_chain_paths_free(f->paths);
    oik_chain_pose_free(f->pose);
    free(f->J);
    free(f->J_parent);
    free(f->row_start);
    free(f->col);
    free(f);
}

/** Where the next term's three rows go. */
typedef struct cursor {
    double *r, *jac; /**< jac may be NULL */
} cursor;

/** Three rows r and the derivative M J_k for every coordinate on the path of segment i. */
static void put_rows(cursor *at, const oik_frame_residuals *f, int i, oik_vec3 r, oik_mat3 M) {
    int length = path_length(f->paths, i);
    for (int a = 0; a < 3; a++)
        *at->r++ = v3_get(r, a);
    if (!at->jac)
        return;
    for (int k = 0; k < length; k++) {
        oik_vec3 column = m3_mulv(M, f->J[k]);
        for (int a = 0; a < 3; a++)
            at->jac[a * length + k] = v3_get(column, a);
    }
    at->jac += 3 * length;
}

static void put_orientation(cursor *at, oik_frame_residuals *f, int i) {
    double w = sqrt(oik_target_R_weight(f->target, i));
    if (w == 0.0)
        return;
    oik_vec3 phi = oik_rot_log(m3_tmul(f->pose->R[i], f->target->R[i]));
    oik_mat3 M = m3_identity();
    if (at->jac) {
        oik_mat3 left_inverse = m3_transpose(oik_rot_right_jacobian_inv(phi)); /* J_l(phi) = J_r(phi)^T */
        M = m3_scale(m3_mul(left_inverse, m3_transpose(f->pose->R[i])), -w);
        oik_chain_rotation_jacobian(f->J, f->chain, f->paths, f->pose, i);
    }
    put_rows(at, f, i, v3_scale(phi, w), M);
}

static void put_centre(cursor *at, oik_frame_residuals *f, int i) {
    double w = sqrt(oik_target_centre_weight(f->target, i)) / f->length_scale;
    if (w == 0.0)
        return;
    if (at->jac)
        oik_chain_point_jacobian(f->J, f->chain, f->paths, f->pose, i, f->pose->centre[i]);
    put_rows(at, f, i, v3_scale(v3_sub(f->pose->centre[i], f->target->centre[i]), w), m3_scale(m3_identity(), w));
}

/** Derivative of p_i - p_p in J. */
static void link_jacobian(oik_frame_residuals *f, int i, int p) {
    oik_chain_point_jacobian(f->J, f->chain, f->paths, f->pose, i, f->pose->centre[i]);
    oik_chain_point_jacobian(f->J_parent, f->chain, f->paths, f->pose, p, f->pose->centre[p]);
    oik_chain_subtract_columns(f->J, f->J_parent, f->paths, i, p);
}

static void put_link(cursor *at, oik_frame_residuals *f, int i) {
    double w = sqrt(oik_target_link_weight(f->target, f->chain, i));
    if (w == 0.0)
        return;
    int p = f->chain->joints[i].parent;
    oik_vec3 measured = v3_unit(v3_sub(f->target->centre[i], f->target->centre[p]));
    oik_vec3 link = v3_sub(f->pose->centre[i], f->pose->centre[p]), r = v3(0, 0, 0);
    oik_mat3 M = m3_scale(m3_identity(), 0.0);
    double length = v3_norm(link);
    if (length > 0.0) {
        oik_vec3 d = v3_scale(link, 1.0 / length);
        r = v3_scale(v3_sub(d, measured), w);
        M = m3_scale(m3_add(m3_identity(), m3_scale(m3_outer(d, d), -1.0)), w / length);
    }
    if (at->jac)
        link_jacobian(f, i, p);
    put_rows(at, f, i, r, M);
}

/** A frozen coordinate has no range and no prior; nor has a dependent one, which would count for its master twice. */
static void put_prior(cursor *at, const oik_frame_residuals *f, const double *q, int k) {
    const oik_dof *dof = &f->chain->dofs[k];
    double range = dof->n_coefficients ? 0.0 : dof->upper - dof->lower;
    double scale = range > 0.0 ? sqrt(f->prior_weight) / range : 0.0;
    *at->r++ = scale * (q[k] - f->rest[k]);
    if (at->jac)
        *at->jac++ = scale;
}

void oik_frame_residuals_evaluate(oik_frame_residuals *f, const double *q, double *r, double *jac) {
    cursor at = {r, jac};
    oik_chain_forward(f->pose, f->chain, q);
    for (int i = 0; i < f->chain->n_segments; i++) {
        put_orientation(&at, f, i);
        put_centre(&at, f, i);
        put_link(&at, f, i);
    }
    for (int k = 0; k < f->chain->n_dofs; k++)
        put_prior(&at, f, q, k);
}
