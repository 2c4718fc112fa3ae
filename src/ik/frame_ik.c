/** Inverse kinematics of one frame (see frame_ik.h). */
#include "ik/frame_ik.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "ik/frame_residuals.h"
#include "ik/frame_start.h"
#include "ik/joint_angles.h"
#include "solve/bounded.h"
#include "solve/lsq.h"

enum { MAX_STARTS = 3 };

oik_ik_options oik_ik_options_default(void) {
    return (oik_ik_options){.prior_weight = 1e-6, .length_scale = 0.1, .n_starts = MAX_STARTS, .bound_margin = 1e-6};
}

static oik_status check_options(const oik_ik_options *options, oik_error *err) {
    if (!(options->prior_weight >= 0.0) || !(options->length_scale > 0.0) || !(options->bound_margin >= 0.0))
        return oik_fail(err, OIK_E_ARGUMENT,
                        "inverse kinematics: prior weight %g, length scale %g, bound margin %g, expected >= 0, > 0, >= 0",
                        options->prior_weight, options->length_scale, options->bound_margin);
    if (options->n_starts < 1 || options->n_starts > MAX_STARTS)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: %d starts, expected 1 to %d", options->n_starts, MAX_STARTS);
    return OIK_OK;
}

static bool is_rotation(oik_mat3 R) {
    const double tolerance = 1e-3; /* of R^T R - I; a rotation read from a text file with 4 digits passes */
    oik_mat3 product = m3_tmul(R, R);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            if (!(fabs(product.m[r][c] - (r == c)) < tolerance))
                return false;
    return m3_det(R) > 0.0;
}

/** Weights finite and not negative, and what carries weight finite. */
static oik_status check_target(const oik_chain *chain, const oik_ik_target *target, oik_error *err) {
    for (int i = 0; i < chain->n_segments; i++) {
        const char *name = chain->segment_names[i];
        double w_R = oik_target_R_weight(target, i), w_c = oik_target_centre_weight(target, i);
        double w_l = oik_target_link_weight(target, chain, i);
        if (!(w_R >= 0.0 && w_c >= 0.0 && w_l >= 0.0 && isfinite(w_R + w_c + w_l)))
            return oik_fail(err, OIK_E_ARGUMENT, "target of segment %s: weights %g, %g, %g, expected finite and not negative",
                            name, w_R, w_c, w_l);
        if (w_R > 0.0 && !is_rotation(target->R[i]))
            return oik_fail(err, OIK_E_ARGUMENT, "target of segment %s: its orientation is not a rotation", name);
        if ((w_c > 0.0 || w_l > 0.0) && !v3_finite(target->centre[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "target of segment %s: its joint centre is not finite", name);
        if (w_l > 0.0 && !v3_finite(target->centre[chain->joints[i].parent]))
            return oik_fail(err, OIK_E_NOT_FINITE, "target of segment %s: the joint centre its link starts from is not finite",
                            name);
    }
    return OIK_OK;
}

static oik_status result_new(oik_ik_result **out, const oik_chain *chain, oik_error *err) {
    size_t n_dofs = (size_t)chain->n_dofs, n_segments = (size_t)chain->n_segments;
    oik_ik_result *result = oik_new(1, sizeof *result, err);
    *out = NULL;
    if (!result || !(result->q = oik_new(n_dofs, sizeof *result->q, err)) ||
        !(result->bound = oik_new(n_dofs, sizeof *result->bound, err)) ||
        !(result->disagreement = oik_new(n_dofs, sizeof *result->disagreement, err)) ||
        !(result->segment_error = oik_new(n_segments, sizeof *result->segment_error, err)) ||
        !(result->centre_error = oik_new(n_segments, sizeof *result->centre_error, err))) {
        oik_ik_result_free(result);
        return OIK_E_MEMORY;
    }
    *out = result;
    return OIK_OK;
}

void oik_ik_result_free(oik_ik_result *result) {
    if (!result)
        return;
    free(result->q);
    free(result->bound);
    free(result->disagreement);
    free(result->segment_error);
    free(result->centre_error);
    free(result);
}

/** One solve: the problem and arrays of n_dofs each unless said otherwise. */
typedef struct workspace {
    oik_frame_residuals *frame;
    oik_lsq *lsq;
    double *lower, *upper, *rest;
    double *starts; /**< MAX_STARTS x n_dofs */
    double *r, *jac; /**< as the pattern of frame */
} workspace;

static void workspace_free(workspace *work) {
    oik_frame_residuals_free(work->frame);
    oik_lsq_free(work->lsq);
    free(work->lower);
    free(work->upper);
    free(work->rest);
    free(work->starts);
    free(work->r);
    free(work->jac);
}

/** Bounds and rest inside them. A dependent coordinate has nothing to solve for: it is held, and filled in at the end. */
static void fill_ranges(workspace *work, const oik_chain *chain, const double *q_rest) {
    for (int k = 0; k < chain->n_dofs; k++) {
        work->lower[k] = chain->dofs[k].lower;
        work->upper[k] = chain->dofs[k].upper;
        work->rest[k] = fmin(fmax(q_rest[k], work->lower[k]), work->upper[k]);
    }
    oik_chain_complete(work->rest, chain);
    for (int k = 0; k < chain->n_dofs; k++)
        if (chain->dofs[k].n_coefficients)
            work->lower[k] = work->upper[k] = work->rest[k];
}

static oik_status workspace_new(workspace *work, const oik_chain *chain, const oik_ik_target *target, const double *q_rest,
                                const oik_ik_options *options, oik_error *err) {
    size_t n = (size_t)chain->n_dofs;
    if (!(work->lower = oik_new(n, sizeof(double), err)) || !(work->upper = oik_new(n, sizeof(double), err)) ||
        !(work->rest = oik_new(n, sizeof(double), err)) || !(work->starts = oik_new(MAX_STARTS * n, sizeof(double), err)))
        return OIK_E_MEMORY;
    fill_ranges(work, chain, q_rest);
    oik_status status = oik_frame_residuals_new(&work->frame, chain, target, work->rest, options, err);
    if (status)
        return status;
    const oik_lsq_pattern *pattern = &work->frame->pattern;
    if (!(work->r = oik_new((size_t)pattern->n_rows, sizeof(double), err)) ||
        !(work->jac = oik_new((size_t)pattern->row_start[pattern->n_rows], sizeof(double), err)))
        return OIK_E_MEMORY;
    return oik_lsq_new(&work->lsq, pattern, n, err);
}

/** Starts: tree-wise solution, rest, middle of the ranges; the root keeps the place that the tree-wise solution found for it. */
static void fill_starts(workspace *work, const oik_chain *chain) {
    int n = chain->n_dofs, n_root = chain->joints[0].n_rotations + chain->joints[0].n_translations;
    double *tree = work->starts, *rest = work->starts + n, *middle = work->starts + 2 * n;
    oik_frame_tree_start(tree, work->frame);
    for (int k = 0; k < n; k++) {
        rest[k] = k < n_root ? tree[k] : work->rest[k];
        middle[k] = k < n_root ? tree[k] : 0.5 * (work->lower[k] + work->upper[k]);
    }
}

static oik_status residuals(void *context, const double *q, double *r, double *jac, oik_error *err) {
    (void)err;
    oik_frame_residuals_evaluate(context, q, r, jac);
    return OIK_OK;
}

/** f = |r|^2 and its gradient 2 J^T r, for the bounded minimiser. */
static double cost(void *context, const double *q, double *gradient) {
    workspace *work = context;
    const oik_lsq_pattern *pattern = &work->frame->pattern;
    double sum = 0.0;
    oik_frame_residuals_evaluate(work->frame, q, work->r, gradient ? work->jac : NULL);
    for (int row = 0; row < pattern->n_rows; row++)
        sum += work->r[row] * work->r[row];
    if (!gradient)
        return sum;
    memset(gradient, 0, (size_t)pattern->n_unknowns * sizeof *gradient);
    for (int row = 0; row < pattern->n_rows; row++)
        for (int k = pattern->row_start[row]; k < pattern->row_start[row + 1]; k++)
            gradient[pattern->col[k]] += 2.0 * work->r[row] * work->jac[k];
    return sum;
}

/** A minimum of one or more starts. */
typedef struct minimum {
    double cost;
    int n_evaluations;
    bool converged;
} minimum;

static bool met_tolerance(oik_lsq_stop stop) {
    return stop == OIK_LSQ_STOP_GRADIENT || stop == OIK_LSQ_STOP_STEP || stop == OIK_LSQ_STOP_COST;
}

/** Levenberg-Marquardt steps inside the ranges, in place. */
static oik_status step_down(bool *converged, double *q, workspace *work, int max_iterations, double tolerance, oik_error *err) {
    oik_lsq_problem problem = {.context = work->frame, .state_size = (size_t)work->frame->chain->n_dofs, .evaluate = residuals,
                               .lower = work->lower, .upper = work->upper};
    oik_lsq_options options = oik_lsq_options_default();
    oik_lsq_report report;
    options.max_iterations = max_iterations;
    options.cost_tolerance = tolerance;
    oik_status status = oik_lsq_solve(&report, work->lsq, q, &problem, &options, err);
    *converged = !status && met_tolerance(report.stop);
    return status;
}

/**
 * Bring one start down. Where the measurements leave turns open, the minimum lies in a long curved valley whose floor only the
 * weak prior slopes: steps that have not arrived after a while go back to the valley with a strong prior and follow its
 * minimum while the prior is weakened, tenfold at a time, to what was asked for.
 */
static oik_status descend(bool *arrived, double *q, workspace *work, double tolerance, oik_error *err) {
    enum { PATIENCE = 30, MAX_STEPS = 100 };     /* 5 to 12 steps are usual */
    const double strong = 1e-2, weakest = 1e-12; /* prior weights; below the weakest the slope drowns in rounding */
    const double rough = 1e-4;                   /* relative, of the cost on the way */
    const double prior_weight = work->frame->prior_weight;
    oik_status status = step_down(arrived, q, work, PATIENCE, tolerance, err);
    if (status || *arrived)
        return status;
    for (double w = strong; w > fmax(prior_weight, weakest) && !status; w *= 0.1) {
        work->frame->prior_weight = w;
        status = step_down(arrived, q, work, PATIENCE, rough, err);
    }
    work->frame->prior_weight = prior_weight;
    return status ? status : step_down(arrived, q, work, MAX_STEPS, tolerance, err);
}

/**
 * Bring n_starts starts down by Levenberg-Marquardt steps, which know the curvature of the problem, and let SLSQP finish from
 * each: alone it spends some 100 evaluations per start on learning that curvature.
 * @param[out] q n_dofs, the best point
 */
static oik_status minimise_from(minimum *out, double *q, workspace *work, double *starts, int n_starts, oik_error *err) {
    int n = work->frame->chain->n_dofs;
    oik_bounded_problem problem = {.n = n, .lower = work->lower, .upper = work->upper, .evaluate = cost, .context = work};
    oik_bounded_options finish = oik_bounded_options_default();
    finish.max_evaluations = 100; /* about what it needs on its own; where that is not enough, the descent's result stands */
    bool arrived[MAX_STARTS];
    for (int s = 0; s < n_starts; s++) {
        oik_status status = descend(&arrived[s], starts + s * n, work, finish.relative_tolerance, err);
        if (status)
            return status;
    }
    oik_bounded_report report;
    oik_status status = oik_bounded_minimise(&report, q, &problem, starts, n_starts, &finish, err);
    if (!status)
        *out = (minimum){report.cost, report.n_evaluations, report.converged || arrived[report.best_start]};
    return status;
}

/** Sum of squares of the measured terms: all rows but the prior's. */
static double misfit(workspace *work, const double *q) {
    int n_measured = work->frame->pattern.n_rows - work->frame->pattern.n_unknowns;
    double sum = 0.0;
    oik_frame_residuals_evaluate(work->frame, q, work->r, NULL);
    for (int row = 0; row < n_measured; row++)
        sum += work->r[row] * work->r[row];
    return sum;
}

static double total_weight(const oik_ik_target *target, const oik_chain *chain) {
    double total = 0.0;
    for (int i = 0; i < chain->n_segments; i++)
        total += oik_target_R_weight(target, i) + oik_target_centre_weight(target, i) + oik_target_link_weight(target, chain, i);
    return total;
}

/**
 * Minimise from the tree-wise start; when that meets every measurement (no other start can do better, 0 is the least cost there
 * is) the others are left out.
 */
static oik_status minimise(oik_ik_result *result, workspace *work, int n_starts, oik_error *err) {
    const double met = 1e-9; /* mean squared misfit: 3e-5 rad, far below what bones can be measured to */
    const oik_chain *chain = work->frame->chain;
    minimum best, other;
    oik_status status = minimise_from(&best, result->q, work, work->starts, 1, err);
    if (status)
        return status;
    result->n_evaluations = best.n_evaluations;
    if (n_starts > 1 && misfit(work, result->q) > met * total_weight(work->frame->target, chain)) {
        double *q = work->starts; /* the first start is no longer needed */
        status = minimise_from(&other, q, work, work->starts + chain->n_dofs, n_starts - 1, err);
        if (status)
            return status;
        result->n_evaluations += other.n_evaluations;
        if (other.cost < best.cost) {
            memcpy(result->q, q, (size_t)chain->n_dofs * sizeof *q);
            best = other;
        }
    }
    result->cost = best.cost;
    result->converged = best.converged;
    return OIK_OK;
}

static void report_errors(oik_ik_result *result, const workspace *work, const oik_chain *chain, const oik_ik_target *target) {
    const oik_chain_pose *pose = work->frame->pose;
    for (int i = 0; i < chain->n_segments; i++) {
        bool has_R = oik_target_R_weight(target, i) > 0.0, has_centre = oik_target_centre_weight(target, i) > 0.0;
        result->segment_error[i] = has_R ? oik_rot_angle_between(pose->R[i], target->R[i]) : NAN;
        result->centre_error[i] = has_centre ? v3_dist(pose->centre[i], target->centre[i]) : NAN;
    }
}

/** A frozen coordinate (lower = upper) sits on no bound, and a dependent one has none but its master's. */
static oik_bound bound_of(const oik_dof *dof, double q, double margin) {
    if (dof->lower == dof->upper || dof->n_coefficients)
        return OIK_BOUND_NONE;
    return q <= dof->lower + margin ? OIK_BOUND_LOWER : q >= dof->upper - margin ? OIK_BOUND_UPPER : OIK_BOUND_NONE;
}

/** What joint i's coordinates would be without bounds (see oik_ik_result); the solved ones where nothing was measured. */
static void unbounded_joint(double *q, const workspace *work, const oik_chain *chain, const double *solved, int i) {
    const oik_frame_residuals *f = work->frame;
    const oik_chain_joint *joint = &chain->joints[i];
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    oik_mat3 R_p = m3_identity();
    if (joint->parent >= 0)
        R_p = oik_target_R_weight(f->target, joint->parent) > 0.0 ? f->target->R[joint->parent] : f->pose->R[joint->parent];
    memcpy(q, solved, (size_t)(joint->n_rotations + joint->n_translations) * sizeof *q);
    bool found;
    oik_mat3 R = oik_frame_segment_estimate(&found, f, i, f->pose->R[i]);
    if (found)
        oik_joint_angles(q, dofs, joint->n_rotations, m3_mul(m3_tmul(m3_mul(R_p, joint->A), R), joint->B), solved);
    if (oik_target_centre_weight(f->target, i) == 0.0)
        return;
    oik_vec3 missing = v3_sub(f->target->centre[i], f->pose->centre[i]);
    for (int k = joint->n_rotations; k < joint->n_rotations + joint->n_translations; k++)
        q[k] += v3_dot(f->pose->axis[joint->first_dof + k], missing);
}

static void report_bounds(oik_ik_result *result, const workspace *work, const oik_chain *chain, double margin) {
    for (int i = 0; i < chain->n_segments; i++) {
        const oik_chain_joint *joint = &chain->joints[i];
        double unbounded[OIK_MAX_JOINT_DOFS];
        bool on_bound = false;
        for (int k = 0; k < joint->n_rotations + joint->n_translations; k++) {
            int d = joint->first_dof + k;
            result->bound[d] = bound_of(&chain->dofs[d], result->q[d], margin);
            on_bound = on_bound || result->bound[d] != OIK_BOUND_NONE;
        }
        if (!on_bound)
            continue;
        unbounded_joint(unbounded, work, chain, result->q + joint->first_dof, i);
        for (int k = 0; k < joint->n_rotations + joint->n_translations; k++) {
            int d = joint->first_dof + k;
            double beyond = result->bound[d] == OIK_BOUND_LOWER   ? chain->dofs[d].lower - unbounded[k]
                            : result->bound[d] == OIK_BOUND_UPPER ? unbounded[k] - chain->dofs[d].upper
                                                                  : 0.0;
            result->disagreement[d] = fmax(0.0, beyond);
        }
    }
}

oik_status oik_ik_solve_frame(oik_ik_result **out, const oik_chain *chain, const oik_ik_target *target, const double *q_rest,
                              const oik_ik_options *options, oik_error *err) {
    oik_ik_options defaults = oik_ik_options_default();
    oik_ik_result *result = NULL;
    workspace work = {0};
    *out = NULL;
    if (!options)
        options = &defaults;
    oik_status status = check_options(options, err);
    if (!status)
        status = check_target(chain, target, err);
    if (!status)
        status = result_new(&result, chain, err);
    if (!status)
        status = workspace_new(&work, chain, target, q_rest, options, err);
    if (status)
        goto done;
    fill_starts(&work, chain);
    status = minimise(result, &work, options->n_starts, err);
    if (status)
        goto done;
    oik_chain_complete(result->q, chain);
    oik_chain_forward(work.frame->pose, chain, result->q);
    report_errors(result, &work, chain, target);
    report_bounds(result, &work, chain, options->bound_margin);
    *out = result;
    result = NULL;
done:
    oik_ik_result_free(result);
    workspace_free(&work);
    return status;
}
