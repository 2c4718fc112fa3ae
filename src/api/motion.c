/** The kinematic chain of a subject and the joint angles of one pose. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"

oik_status oik_chain_from_skeleton(oik_chain **out, const oik_model *model, const oik_skeleton *lying, oik_error *err) {
    *out = NULL;
    if (lying->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a chain is made from the lying skeleton, this one is posed");
    oik_status status = oik_check_skeleton(lying, model, err);
    return status ? status : oik_chain_new(out, NULL, lying->kinematics, err);
}

/** What the posed bones say: orientation of every segment, as far as it is seen, and centre of every joint. */
typedef struct measured_target {
    oik_mat3 *R;
    oik_vec3 *centre;
    double *R_weight, *centre_weight;
} measured_target;

static void target_free(measured_target *t) {
    free(t->R);
    free(t->centre);
    free(t->R_weight);
    free(t->centre_weight);
}

static oik_status target_from(measured_target *t, const oik_kinematics *k, oik_error *err) {
    size_t n = (size_t)k->n_segments;
    t->R = oik_new(n, sizeof *t->R, err);
    t->centre = oik_new(n, sizeof *t->centre, err);
    t->R_weight = oik_new(n, sizeof *t->R_weight, err);
    t->centre_weight = oik_new(n, sizeof *t->centre_weight, err);
    if (!t->R || !t->centre || !t->R_weight || !t->centre_weight)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        t->R[i] = k->segments[i].R;
        t->centre[i] = k->joints[i].centre;
        t->R_weight[i] = k->segments[i].weight;
        t->centre_weight[i] = 1.0;
    }
    return OIK_OK;
}

static double root_mean_square(const double *x, int n) {
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += x[i] * x[i];
    return n ? sqrt(sum / n) : (double)NAN;
}

/** The result of one frame as a motion. */
static oik_status single_frame(oik_motion *motion, int n_segments, oik_error *err) {
    const oik_ik_result *result = motion->result;
    oik_status status = oik_ik_motion_new(&motion->frames, motion->chain, 1, err);
    if (status)
        return status;
    oik_ik_motion *one = motion->frames;
    memcpy(one->q, result->q, (size_t)motion->chain->n_dofs * sizeof *one->q);
    for (int d = 0; d < motion->chain->n_dofs; d++)
        one->bound[d] = (uint8_t)result->bound[d];
    one->position_error[0] = root_mean_square(result->centre_error, n_segments);
    one->converged = result->converged;
    one->n_iterations = result->n_evaluations;
    return OIK_OK;
}

static oik_status solve(oik_motion *motion, const oik_kinematics *posed, const double *q_rest, oik_error *err) {
    measured_target t = {0};
    const oik_ik_options settings = oik_ik_options_default();
    oik_status status = target_from(&t, posed, err);
    if (!status) {
        oik_ik_target target = {.R = t.R, .R_weight = t.R_weight, .centre = t.centre, .centre_weight = t.centre_weight};
        status = oik_ik_solve_frame(&motion->result, motion->chain, &target, q_rest, &settings, err);
    }
    if (!status)
        status = oik_chain_pose_new(&motion->pose, motion->chain, err);
    if (!status) {
        oik_chain_forward(motion->pose, motion->chain, motion->result->q);
        status = single_frame(motion, posed->n_segments, err);
    }
    target_free(&t);
    return status;
}

/** Coordinates of the lying skeleton: the chain's rest posture. */
static oik_status rest_coordinates(double **q_rest, const oik_chain *chain, const oik_skeleton *posed, oik_error *err) {
    oik_chain *same = NULL;
    oik_status status = oik_chain_new(&same, q_rest, posed->lying, err);
    if (!status && same->n_dofs != chain->n_dofs)
        status = oik_fail(err, OIK_E_ARGUMENT, "the chain has %d degrees of freedom, the skeleton %d: they do not belong together",
                          chain->n_dofs, same->n_dofs);
    oik_chain_free(same);
    return status;
}

oik_status oik_motion_solve(oik_motion **out, const oik_model *model, const oik_chain *chain, const oik_skeleton *posed,
                            const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    if (!posed->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "joint angles are solved for a posed skeleton, this one is lying");
    oik_status status = oik_check_skeleton(posed, model, err);
    if (!status)
        status = oik_check_chain(chain, posed->lying, err);
    if (status)
        return status;
    oik_stage_watch watch = {.options = options};
    if (oik_stage_poll(&watch)) /* a frame is solved in milliseconds: once before it is enough */
        return oik_stage_status(&watch, OIK_OK, "inverse kinematics", err);
    oik_motion *motion = oik_new(1, sizeof *motion, err);
    if (!motion)
        return OIK_E_MEMORY;
    motion->chain = chain;
    double *q_rest = NULL;
    status = rest_coordinates(&q_rest, chain, posed, err);
    if (!status)
        status = oik_skel_kinematics(&motion->measured, model->skeleton, posed->puppet, err);
    if (!status)
        status = solve(motion, motion->measured, q_rest, err);
    free(q_rest);
    if (status)
        oik_motion_free(motion);
    else
        *out = motion;
    return status;
}

void oik_motion_free(oik_motion *motion) {
    if (!motion)
        return;
    oik_ik_motion_free(motion->frames);
    oik_ik_result_free(motion->result);
    oik_chain_pose_free(motion->pose);
    oik_kinematics_free(motion->measured);
    oik_rig_placed_clear(&motion->placed);
    free(motion);
}

size_t oik_motion_n_coordinates(const oik_motion *motion) {
    return (size_t)motion->chain->n_dofs;
}

/** Name of the joint that owns a degree of freedom. */
static const char *joint_of(const oik_chain *chain, int dof) {
    int i = chain->n_segments - 1;
    while (i > 0 && chain->joints[i].first_dof > dof)
        i--;
    return chain->joints[i].name;
}

oik_coordinate oik_motion_coordinate(const oik_motion *motion, size_t index) {
    const oik_chain *chain = motion->chain;
    if (index >= (size_t)chain->n_dofs)
        return (oik_coordinate){.name = "", .joint = ""};
    const oik_dof *dof = &chain->dofs[index];
    oik_bound bound = motion->result->bound[index];
    return (oik_coordinate){.name = dof->name,
                            .joint = joint_of(chain, (int)index),
                            .translation = dof->translation,
                            .value = motion->result->q[index],
                            .lower = dof->lower,
                            .upper = dof->upper,
                            .bound = bound == OIK_BOUND_LOWER ? -1 : bound == OIK_BOUND_UPPER ? 1 : 0,
                            .disagreement = motion->result->disagreement[index]};
}
