/** Temporal inverse kinematics as published (see patch_ik.h). */
#include "ik/patch_ik.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/patch_start.h"
#include "solve/bounded.h"

enum { LEAST_PATCH = 2, LONGEST_PATCH = 16 };

/** One solve. Rows of unknowns have objective->n_unknowns numbers. */
typedef struct solver {
    const oik_chain *chain;
    const oik_measurement *measurement;
    const oik_patch_ik_options *options;
    oik_patch_objective *objective;
    oik_marker_places *places;
    double *rest;          /**< n_dofs */
    double *lower, *upper; /**< LONGEST_PATCH rows, the bounds of a frame repeated */
    double *starts;        /**< n_starts rows, or a patch */
    double *theta;         /**< n_frames rows, the solution */
    double *other;         /**< a row, what was found when a frame was tried again */
    double *q;             /**< n_dofs, work */
    oik_patch_ik_report report;
} solver;

oik_patch_ik_options oik_patch_ik_options_default(void) {
    return (oik_patch_ik_options){.mode = OIK_PATCH_FED,
                                  .patch_frames = 5,
                                  .temporal_weight = OIK_PATCH_MEDIUM,
                                  .loss = OIK_ANGLE_ABSOLUTE,
                                  .smoothing = 0.01,
                                  .n_starts = 4,
                                  .retry_angle = 0.001,
                                  .max_evaluations = 300,
                                  .relative_tolerance = 1e-6};
}

static oik_status check_options(const oik_patch_ik_options *options, oik_error *err) {
    if (options->patch_frames < LEAST_PATCH || options->patch_frames > LONGEST_PATCH)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: patches of %d frames, expected %d to %d", options->patch_frames,
                        LEAST_PATCH, LONGEST_PATCH);
    if (!(options->temporal_weight >= 0.0) || !isfinite(options->temporal_weight) || !(options->smoothing > 0.0))
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: temporal weight %g and smoothing %g, expected >= 0 and > 0",
                        options->temporal_weight, options->smoothing);
    if (options->n_starts < 1 || options->max_evaluations < 1 || options->max_evaluations > INT_MAX / LONGEST_PATCH)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: %d starts and %d evaluations, expected at least one", options->n_starts,
                        options->max_evaluations);
    return OIK_OK;
}

/** Confidences finite and not negative, and measured positions finite. */
static oik_status check_measurement(const oik_measurement *measurement, oik_error *err) {
    const oik_markers *markers = measurement->markers;
    for (int f = 0; f < measurement->n_frames; f++)
        for (int m = 0; m < markers->n_markers; m++) {
            size_t at = (size_t)f * (size_t)markers->n_markers + (size_t)m;
            double weight = measurement->weight[at];
            if (!(weight >= 0.0) || !isfinite(weight) || (weight > 0.0 && !v3_finite(measurement->x[at])))
                return oik_fail(err, OIK_E_NOT_FINITE, "frame %d, marker %s: confidence %g at (%g, %g, %g), expected finite numbers", f,
                                markers->markers[m].name, weight, measurement->x[at].x, measurement->x[at].y, measurement->x[at].z);
        }
    return OIK_OK;
}

static void solver_free(solver *s) {
    oik_patch_objective_free(s->objective);
    oik_marker_places_free(s->places);
    free(s->rest);
    free(s->lower);
    free(s->upper);
    free(s->starts);
    free(s->theta);
    free(s->other);
    free(s->q);
}

static oik_status new_objective(solver *s, oik_error *err) {
    const oik_patch_ik_options *options = s->options;
    for (int d = 0; d < s->chain->n_dofs; d++) {
        double rest = options->q_rest ? options->q_rest[d] : s->chain->dofs[d].rest;
        s->rest[d] = fmin(fmax(rest, s->chain->dofs[d].lower), s->chain->dofs[d].upper);
    }
    oik_chain_complete(s->rest, s->chain);
    oik_status status = oik_patch_objective_new(&s->objective, s->chain, s->measurement, s->rest, err);
    if (status)
        return status;
    s->objective->loss = options->loss;
    s->objective->smoothing = options->smoothing;
    return check_measurement(s->measurement, err);
}

static oik_status solver_new(solver *s, oik_error *err) {
    size_t n_dofs = (size_t)s->chain->n_dofs;
    if (!(s->rest = oik_new(n_dofs, sizeof(double), err)) || !(s->q = oik_new(n_dofs, sizeof(double), err)))
        return OIK_E_MEMORY;
    oik_status status = new_objective(s, err);
    if (!status)
        status = oik_marker_places_new(&s->places, s->chain, s->measurement->markers, err);
    if (status)
        return status;
    size_t row = (size_t)s->objective->n_unknowns * sizeof(double);
    size_t n_starts = (size_t)(s->options->n_starts > LONGEST_PATCH ? s->options->n_starts : LONGEST_PATCH);
    if (!(s->lower = oik_new(LONGEST_PATCH, row, err)) || !(s->upper = oik_new(LONGEST_PATCH, row, err)) ||
        !(s->starts = oik_new(n_starts, row, err)) || !(s->theta = oik_new((size_t)s->measurement->n_frames, row, err)) ||
        !(s->other = oik_new(1, row, err)))
        return OIK_E_MEMORY;
    int n = s->objective->n_unknowns;
    for (int k = 0; k < LONGEST_PATCH * n; k++) {
        const oik_dof *dof = &s->chain->dofs[s->objective->unknown[k % n]];
        s->lower[k] = dof->lower;
        s->upper[k] = dof->upper;
    }
    return OIK_OK;
}

static double *frame_of(const solver *s, int f) {
    return s->theta + (size_t)f * (size_t)s->objective->n_unknowns;
}

/** Minimise E of n_frames frames from first on, from n_starts starts. */
static oik_status minimise(double *theta, double *cost, solver *s, int first, int n_frames, const double *starts, int n_starts,
                           oik_error *err) {
    oik_patch_objective *o = s->objective;
    oik_bounded_problem problem = {.n = n_frames * o->n_unknowns, .lower = s->lower, .upper = s->upper,
                                   .evaluate = oik_patch_objective_evaluate, .context = o};
    oik_bounded_options options = {.max_evaluations = n_frames * s->options->max_evaluations,
                                   .relative_tolerance = s->options->relative_tolerance,
                                   .step_tolerance = 1e-6}; /* rad: below any measurement */
    oik_bounded_report report;
    o->first_frame = first;
    o->n_frames = n_frames;
    oik_status status = oik_bounded_minimise(&report, theta, &problem, starts, n_starts, &options, err);
    if (status)
        return status;
    *cost = report.cost;
    s->report.n_evaluations += report.n_evaluations;
    s->report.n_problems++;
    s->report.n_unconverged += !report.converged;
    return OIK_OK;
}

/** Starts of a frame that has none before it: the root where the trunk shows it; the rest at rest, in the middle, then random. */
static void fill_starts(solver *s, int f) {
    const oik_patch_objective *o = s->objective;
    const oik_chain_joint *root = &s->chain->joints[0];
    int n = o->n_unknowns, last_of_root = root->first_dof + root->n_rotations - 1;
    size_t row = (size_t)f * (size_t)s->places->n_markers;
    uint64_t random = 2;
    memcpy(s->q, s->rest, (size_t)s->chain->n_dofs * sizeof *s->q);
    oik_patch_root_heading(s->q, s->chain, s->places, s->measurement->x + row, s->measurement->weight + row);
    for (int i = 0; i < s->options->n_starts; i++)
        for (int k = 0; k < n; k++) {
            const oik_dof *dof = &s->chain->dofs[o->unknown[k]];
            double share = i == 1 ? 0.5 : oik_patch_uniform(&random);
            bool kept = i == 0 || o->unknown[k] <= last_of_root;
            s->starts[i * n + k] = kept ? s->q[o->unknown[k]] : dof->lower + share * (dof->upper - dof->lower);
        }
}

/** The frame from the one before it; from n_starts starts too where that leaves too much unexplained. */
static oik_status solve_fed(solver *s, int f, oik_error *err) {
    double angle = s->options->retry_angle, cost, other_cost;
    double enough = s->options->loss == OIK_ANGLE_SQUARED ? angle * angle : angle;
    oik_status status = minimise(frame_of(s, f), &cost, s, f, 1, frame_of(s, f - 1), 1, err);
    if (status || cost <= enough)
        return status;
    fill_starts(s, f);
    status = minimise(s->other, &other_cost, s, f, 1, s->starts, s->options->n_starts, err);
    if (!status && other_cost < cost)
        memcpy(frame_of(s, f), s->other, (size_t)s->objective->n_unknowns * sizeof *s->other);
    return status;
}

static oik_status solve_frames(solver *s, oik_error *err) {
    oik_status status = OIK_OK;
    double cost;
    for (int f = 0; f < s->measurement->n_frames && !status; f++) {
        if (f > 0 && s->options->mode != OIK_PATCH_FROM_REST) {
            status = solve_fed(s, f, err);
            continue;
        }
        fill_starts(s, f);
        status = minimise(frame_of(s, f), &cost, s, f, 1, s->starts, s->options->n_starts, err);
    }
    return status;
}

/** Patch after patch, in place; the last one may be shorter. */
static oik_status solve_patches(solver *s, oik_error *err) {
    oik_patch_objective *o = s->objective;
    double cost;
    o->temporal_weight = s->options->temporal_weight;
    for (int first = 0; first < s->measurement->n_frames; first += s->options->patch_frames) {
        int left = s->measurement->n_frames - first, n = left < s->options->patch_frames ? left : s->options->patch_frames;
        o->before = first > 0 ? frame_of(s, first - 1) : NULL;
        memcpy(s->starts, frame_of(s, first), (size_t)n * (size_t)o->n_unknowns * sizeof *s->starts);
        oik_status status = minimise(frame_of(s, first), &cost, s, first, n, s->starts, 1, err);
        if (status)
            return status;
    }
    o->temporal_weight = 0.0;
    return OIK_OK;
}

/** Mean of measured minus computed positions of frame f; false when nothing is measured. */
static bool mean_offset(oik_vec3 *offset, const solver *s, int f) {
    int n = s->places->n_markers;
    const oik_vec3 *x = s->measurement->x + (size_t)f * (size_t)n;
    const double *weight = s->measurement->weight + (size_t)f * (size_t)n;
    double total = 0.0;
    *offset = v3(0, 0, 0);
    for (int m = 0; m < n; m++) {
        if (!(weight[m] > 0.0))
            continue;
        *offset = v3_madd(*offset, weight[m], v3_sub(x[m], s->objective->x[m]));
        total += weight[m];
    }
    if (total > 0.0)
        *offset = v3_scale(*offset, 1.0 / total);
    return total > 0.0;
}

/** Coordinates of frame f: the solution, and the root moved to the markers; without markers it stays where before (n_dofs) has it. */
static void write_frame(double *q, solver *s, int f, const double *before) {
    oik_patch_objective *o = s->objective;
    const oik_chain_joint *root = &s->chain->joints[0];
    oik_vec3 offset;
    o->first_frame = f;
    o->n_frames = 1;
    s->report.mean_cost += oik_patch_objective_evaluate(o, frame_of(s, f), NULL) / s->measurement->n_frames;
    memcpy(q, o->pose->q, (size_t)s->chain->n_dofs * sizeof *q);
    bool measured = mean_offset(&offset, s, f);
    for (int d = root->first_dof + root->n_rotations; d < root->first_dof + root->n_rotations + root->n_translations; d++) {
        const oik_dof *dof = &s->chain->dofs[d];
        double moved = q[d] + v3_dot(o->pose->axis[d], offset);
        q[d] = measured ? fmin(fmax(moved, dof->lower), dof->upper) : before[d];
    }
    oik_chain_complete(q, s->chain);
}

oik_status oik_patch_ik_solve(double *q, oik_patch_ik_report *report, const oik_chain *chain, const oik_measurement *measurement,
                              const oik_patch_ik_options *options, oik_error *err) {
    const oik_patch_ik_options defaults = oik_patch_ik_options_default();
    solver s = {.chain = chain, .measurement = measurement, .options = options ? options : &defaults};
    oik_status status = check_options(s.options, err);
    if (!status)
        status = solver_new(&s, err);
    if (!status)
        status = solve_frames(&s, err);
    if (!status && s.options->mode == OIK_PATCH_TEMPORAL)
        status = solve_patches(&s, err);
    if (status)
        goto done;
    for (int f = 0; f < measurement->n_frames; f++) {
        double *row = q + (size_t)f * (size_t)chain->n_dofs;
        write_frame(row, &s, f, f > 0 ? row - chain->n_dofs : s.rest);
    }
    if (report)
        *report = s.report;
done:
    solver_free(&s);
    return status;
}
