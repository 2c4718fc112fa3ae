/** The published objective of temporal inverse kinematics (see patch_objective.h). */
#include "ik/patch_objective.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

static oik_status check_markers(const oik_chain *chain, const oik_measurement *measurement, oik_error *err) {
    const oik_markers *markers = measurement->markers;
    if (!markers || markers->n_markers < 1 || measurement->n_frames < 1)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: expected markers and at least one frame");
    for (int m = 0; m < markers->n_markers; m++)
        if (markers->markers[m].segment < 0 || markers->markers[m].segment >= chain->n_segments)
            return oik_fail(err, OIK_E_ARGUMENT, "marker %s: segment %d of %d", markers->markers[m].name,
                            markers->markers[m].segment, chain->n_segments);
    for (int l = 0; l < markers->n_links; l++) {
        const oik_marker_link *link = &markers->links[l];
        if (link->from < 0 || link->from >= markers->n_markers || link->to < 0 || link->to >= markers->n_markers)
            return oik_fail(err, OIK_E_ARGUMENT, "link %d joins markers %d and %d of %d", l, link->from, link->to, markers->n_markers);
        if (!(link->weight >= 0.0) || !isfinite(link->weight))
            return oik_fail(err, OIK_E_ARGUMENT, "link %d: weight %g, expected finite and not negative", l, link->weight);
    }
    return OIK_OK;
}

static bool is_root_translation(const oik_chain *chain, int d) {
    const oik_chain_joint *root = &chain->joints[0];
    return d >= root->first_dof + root->n_rotations && d < root->first_dof + root->n_rotations + root->n_translations;
}

static oik_status find_unknowns(oik_patch_objective *o, oik_error *err) {
    for (int d = 0; d < o->chain->n_dofs; d++) {
        const oik_dof *dof = &o->chain->dofs[d];
        if (dof->n_coefficients == 0 && dof->lower < dof->upper && !is_root_translation(o->chain, d))
            o->unknown[o->n_unknowns++] = d;
    }
    if (o->n_unknowns == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: the chain has no coordinate that turns anything");
    return OIK_OK;
}

static oik_status new_work(oik_patch_objective *o, oik_error *err) {
    size_t n_dofs = (size_t)o->chain->n_dofs, n_segments = (size_t)o->chain->n_segments;
    size_t n_markers = (size_t)o->measurement->markers->n_markers;
    if (!(o->unknown = oik_new(n_dofs, sizeof *o->unknown, err)) || !(o->q = oik_new(n_dofs, sizeof *o->q, err)) ||
        !(o->dq = oik_new(n_dofs, sizeof *o->dq, err)) || !(o->x = oik_new(n_markers, sizeof *o->x, err)) ||
        !(o->force = oik_new(n_markers, sizeof *o->force, err)) ||
        !(o->segment_force = oik_new(n_segments, sizeof *o->segment_force, err)) ||
        !(o->segment_torque = oik_new(n_segments, sizeof *o->segment_torque, err)))
        return OIK_E_MEMORY;
    return oik_chain_pose_new(&o->pose, o->chain, err);
}

oik_status oik_patch_objective_new(oik_patch_objective **out, const oik_chain *chain, const oik_measurement *measurement,
                                   const double *q_rest, oik_error *err) {
    *out = NULL;
    oik_status status = check_markers(chain, measurement, err);
    if (status)
        return status;
    oik_patch_objective *o = oik_new(1, sizeof *o, err);
    if (!o)
        return OIK_E_MEMORY;
    o->chain = chain;
    o->measurement = measurement;
    o->smoothing = 1.0;
    o->n_frames = 1;
    status = new_work(o, err);
    if (!status)
        status = find_unknowns(o, err);
    for (int d = 0; !status && d < chain->n_dofs; d++)
        o->q[d] = fmin(fmax(q_rest[d], chain->dofs[d].lower), chain->dofs[d].upper);
    if (status)
        oik_patch_objective_free(o);
    else
        *out = o;
    return status;
}

void oik_patch_objective_free(oik_patch_objective *o) {
    if (!o)
        return;
    free(o->unknown);
    free(o->q);
    free(o->dq);
    oik_chain_pose_free(o->pose);
    free(o->x);
    free(o->force);
    free(o->segment_force);
    free(o->segment_torque);
    free(o);
}

void oik_patch_objective_place(oik_patch_objective *o, const double *theta) {
    const oik_markers *markers = o->measurement->markers;
    for (int k = 0; k < o->n_unknowns; k++)
        o->q[o->unknown[k]] = theta[k];
    oik_chain_forward(o->pose, o->chain, o->q);
    for (int m = 0; m < markers->n_markers; m++) {
        const oik_marker *marker = &markers->markers[m];
        o->x[m] = v3_add(o->pose->origin[marker->segment], m3_mulv(o->pose->R[marker->segment], marker->local));
    }
}

/** |x| with its kink rounded off, and its derivative. */
static double smooth_abs(double *slope, double x, double eps) {
    double root = sqrt(x * x + eps * eps);
    *slope = x / root;
    return root - eps;
}

static double loss(double *slope, const oik_patch_objective *o, double angle) {
    if (o->loss == OIK_ANGLE_ABSOLUTE)
        return smooth_abs(slope, angle, o->smoothing);
    *slope = 2.0 * angle;
    return angle * angle;
}

/**
 * w rho of one link, and dE/dx of its markers. With e = x_to - x_from, d = e / |e| and the angle a between d and d^:
 *
 *   da/de = -((d x d^) x d) / (sin a |e|)
 *
 * At half a turn no way is shorter, and the derivative is left at 0.
 */
static double add_link(oik_patch_objective *o, const oik_marker_link *link, double weight, oik_vec3 measured) {
    oik_vec3 e = v3_sub(o->x[link->to], o->x[link->from]), d = v3_unit(e), normal = v3_cross(d, measured);
    double length = v3_norm(e), sine = v3_norm(normal), slope;
    double value = weight * loss(&slope, o, atan2(sine, v3_dot(d, measured)));
    if (length == 0.0 || sine == 0.0)
        return value;
    oik_vec3 slope_e = v3_scale(v3_cross(normal, d), -weight * slope / (sine * length));
    o->force[link->to] = v3_add(o->force[link->to], slope_e);
    o->force[link->from] = v3_sub(o->force[link->from], slope_e);
    return value;
}

/** Mean loss over the links of frame f at o->x; o->force is its gradient. 0 when nothing is measured. */
static double add_links(oik_patch_objective *o, int f) {
    const oik_markers *markers = o->measurement->markers;
    const oik_vec3 *x = o->measurement->x + (size_t)f * (size_t)markers->n_markers;
    const double *confidence = o->measurement->weight + (size_t)f * (size_t)markers->n_markers;
    double sum = 0.0, total = 0.0;
    memset(o->force, 0, (size_t)markers->n_markers * sizeof *o->force);
    for (int l = 0; l < markers->n_links; l++) {
        const oik_marker_link *link = &markers->links[l];
        double weight = link->weight * fmin(confidence[link->from], confidence[link->to]);
        if (!(weight > 0.0))
            continue;
        oik_vec3 measured = v3_unit(v3_sub(x[link->to], x[link->from]));
        if (v3_dot(measured, measured) == 0.0)
            continue;
        sum += add_link(o, link, weight, measured);
        total += weight;
    }
    if (total == 0.0)
        return 0.0;
    for (int m = 0; m < markers->n_markers; m++)
        o->force[m] = v3_scale(o->force[m], 1.0 / total);
    return sum / total;
}

/** Forces and torques of the markers, summed towards the root. */
static void gather_forces(oik_patch_objective *o) {
    const oik_markers *markers = o->measurement->markers;
    size_t n = (size_t)o->chain->n_segments;
    memset(o->segment_force, 0, n * sizeof *o->segment_force);
    memset(o->segment_torque, 0, n * sizeof *o->segment_torque);
    for (int m = 0; m < markers->n_markers; m++) {
        int s = markers->markers[m].segment;
        o->segment_force[s] = v3_add(o->segment_force[s], o->force[m]);
        o->segment_torque[s] = v3_add(o->segment_torque[s], v3_cross(o->x[m], o->force[m]));
    }
    for (int s = o->chain->n_segments - 1; s > 0; s--) {
        int p = o->chain->joints[s].parent;
        if (p < 0)
            continue;
        o->segment_force[p] = v3_add(o->segment_force[p], o->segment_force[s]);
        o->segment_torque[p] = v3_add(o->segment_torque[p], o->segment_torque[s]);
    }
}

/** dE / dq of all coordinates from the forces: what a dependent one does counts for its master. */
static void pull_back(oik_patch_objective *o) {
    const oik_chain *chain = o->chain;
    gather_forces(o);
    for (int s = 0; s < chain->n_segments; s++) {
        const oik_chain_joint *joint = &chain->joints[s];
        oik_vec3 torque = v3_sub(o->segment_torque[s], v3_cross(o->pose->centre[s], o->segment_force[s]));
        for (int d = joint->first_dof; d < joint->first_dof + joint->n_rotations + joint->n_translations; d++)
            o->dq[d] = v3_dot(o->pose->axis[d], chain->dofs[d].translation ? o->segment_force[s] : torque);
    }
    for (int d = 0; d < chain->n_dofs; d++)
        if (chain->dofs[d].n_coefficients)
            o->dq[chain->dofs[d].master] += o->pose->factor[d] * o->dq[d];
}

/** scale * s(sum of a (theta_to - theta_from) over the unknowns), and its gradient. */
static double add_differences(const oik_patch_objective *o, const double *from, const double *to, double a, double scale,
                              double *from_gradient, double *to_gradient) {
    double sum = 0.0;
    for (int k = 0; k < o->n_unknowns; k++) {
        double slope;
        sum += scale * smooth_abs(&slope, a * (to[k] - from[k]), o->smoothing);
        if (from_gradient)
            from_gradient[k] -= scale * slope * a;
        if (to_gradient)
            to_gradient[k] += scale * slope * a;
    }
    return sum;
}

static double add_temporal(const oik_patch_objective *o, const double *theta, double *gradient) {
    int n = o->n_unknowns, last = o->n_frames - 1;
    double scale = o->temporal_weight / o->n_frames, sum = 0.0;
    if (scale == 0.0)
        return 0.0;
    if (o->before)
        sum += add_differences(o, o->before, theta, 1.0, scale, NULL, gradient);
    for (int f = 0; f <= last && last > 0; f++) {
        int from = f > 0 ? f - 1 : 0, to = f < last ? f + 1 : last;
        sum += add_differences(o, theta + from * n, theta + to * n, 1.0 / (to - from), scale, gradient ? gradient + from * n : NULL,
                               gradient ? gradient + to * n : NULL);
    }
    return sum;
}

double oik_patch_objective_evaluate(void *context, const double *theta, double *gradient) {
    oik_patch_objective *o = context;
    double sum = 0.0;
    for (int f = 0; f < o->n_frames; f++) {
        oik_patch_objective_place(o, theta + f * o->n_unknowns);
        sum += add_links(o, o->first_frame + f);
        if (!gradient)
            continue;
        pull_back(o);
        for (int k = 0; k < o->n_unknowns; k++)
            gradient[f * o->n_unknowns + k] = o->dq[o->unknown[k]];
    }
    return sum + add_temporal(o, theta, gradient);
}
