/** The sequence problem: construction, steps and solution (see sequence_problem.h); its rows are in sequence_rows.c. */
#include "ik/sequence_problem.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "ik/joint_angles.h"
#include "ik/sequence_parts.h"

static oik_status new_tables(oik_sequence_problem *p, oik_error *err) {
    size_t n_dofs = (size_t)p->chain->n_dofs, n_joints = (size_t)p->chain->n_segments;
    bool ok = (p->unknown_of = oik_new(n_dofs, sizeof *p->unknown_of, err)) &&
              (p->dof_of = oik_new(n_dofs, sizeof *p->dof_of, err)) && (p->in_ball = oik_new(n_dofs, sizeof *p->in_ball, err)) &&
              (p->ball_joint = oik_new(n_joints, sizeof *p->ball_joint, err)) &&
              (p->ball_limited = oik_new(n_joints, sizeof *p->ball_limited, err)) &&
              (p->ball_rest = oik_new(n_joints, sizeof *p->ball_rest, err)) &&
              (p->ball_scale = oik_new(n_joints, sizeof *p->ball_scale, err)) &&
              (p->ball_spread = oik_new(n_joints, sizeof *p->ball_spread, err)) &&
              (p->calm = oik_new(n_dofs, sizeof *p->calm, err)) && (p->jumps = oik_new(n_dofs, sizeof *p->jumps, err));
    return ok ? OIK_OK : OIK_E_MEMORY;
}

static oik_status new_work(oik_sequence_problem *p, oik_error *err) {
    size_t turns = (size_t)(OIK_PAST + p->n_frames) * (size_t)p->n_balls;
    bool ok = (p->turn = oik_new(turns, sizeof *p->turn, err)) &&
              (p->change = oik_new(turns, sizeof *p->change, err)) &&
              (p->change_jacobian = oik_new(turns, sizeof *p->change_jacobian, err)) &&
              (p->misfit = oik_new((size_t)p->n_frames, sizeof *p->misfit, err));
    return ok ? OIK_OK : OIK_E_MEMORY;
}

oik_status oik_sequence_problem_new(oik_sequence_problem **out, const oik_chain *chain, const oik_measurement *measurement,
                                    const oik_term_choice *choice, const double *rest, int n_frames,
                                    oik_error *err) {
    *out = NULL;
    oik_sequence_problem *p = oik_new(1, sizeof *p, err);
    if (!p)
        return OIK_E_MEMORY;
    p->chain = chain;
    p->measurement = measurement;
    p->rest = rest;
    p->n_frames = n_frames;
    oik_status status = oik_frame_terms_new(&p->terms, chain, measurement->markers, choice, err);
    if (!status)
        status = oik_chain_pose_new(&p->pose, chain, err);
    if (!status)
        status = new_tables(p, err);
    if (!status) {
        oik_sequence_list_unknowns(p);
        status = new_work(p, err);
    }
    if (!status)
        status = oik_sequence_new_pattern(p, err);
    if (!status)
        status = oik_lsq_new(&p->lsq, &p->pattern, (size_t)n_frames * (size_t)chain->n_dofs, err);
    if (status)
        oik_sequence_problem_free(p);
    else
        *out = p;
    return status;
}

void oik_sequence_problem_free(oik_sequence_problem *p) {
    if (!p)
        return;
    oik_frame_terms_free(p->terms);
    oik_chain_pose_free(p->pose);
    oik_lsq_free(p->lsq);
    free(p->unknown_of);
    free(p->dof_of);
    free(p->in_ball);
    free(p->ball_joint);
    free(p->ball_limited);
    free(p->ball_rest);
    free(p->ball_scale);
    free(p->ball_spread);
    free(p->calm);
    free(p->jumps);
    free(p->row_start);
    free(p->col);
    free(p->turn);
    free(p->change);
    free(p->change_jacobian);
    free(p->misfit);
    free(p);
}

const oik_lsq_pattern *oik_sequence_problem_pattern(const oik_sequence_problem *p) {
    return &p->pattern;
}

const double *oik_sequence_problem_misfit(const oik_sequence_problem *p) {
    return p->misfit;
}

oik_status oik_sequence_problem_evaluate(oik_sequence_problem *p, double *r, double *jac, const double *q, const double *past,
                                         int first, const oik_sequence_weights *weights) {
    p->first = first;
    p->weights = *weights;
    oik_sequence_set_past(p, past);
    oik_sequence_evaluate(p, q, r, jac);
    return OIK_OK;
}

/* ---- steps --------------------------------------------------------------------------------------------------------- */

/** Within a little of its range: beyond, an elbow bent backwards would be a local minimum. */
static void step_coordinate(double *q, double step, const oik_dof *dof) {
    const double slack = 0.05; /* [rad], [m] */
    *q = fmin(fmax(*q + step, dof->lower - slack), dof->upper + slack);
}

/** Of the two sets of coordinates of a rotation the one within the ranges, else the one nearer to q. */
static void step_ball(double *q_new, const double *q, const double *step, const oik_dof *dofs) {
    oik_mat3 E = m3_mul(oik_joint_rotation(dofs, BALL, q), oik_rot_exp(v3(step[0], step[1], step[2])));
    oik_joint_angles(q_new, dofs, BALL, E, q);
    if (oik_sequence_inside(dofs, q_new))
        return;
    double middle[BALL], other[BALL];
    for (int k = 0; k < BALL; k++)
        middle[k] = 0.5 * (dofs[k].lower + dofs[k].upper);
    oik_joint_angles(other, dofs, BALL, E, middle);
    if (oik_sequence_inside(dofs, other))
        memcpy(q_new, other, sizeof other);
}

void oik_sequence_problem_retract(oik_sequence_problem *p, double *q_new, const double *q, const double *dx) {
    for (int f = 0; f < p->n_frames; f++) {
        size_t at = (size_t)f * (size_t)p->chain->n_dofs;
        const double *step = dx + (size_t)f * (size_t)p->n_unknowns;
        memcpy(q_new + at, q + at, (size_t)p->chain->n_dofs * sizeof *q);
        for (int u = 0; u < p->n_unknowns; u++)
            if (!p->in_ball[p->dof_of[u]])
                step_coordinate(q_new + at + (size_t)p->dof_of[u], step[u], &p->chain->dofs[p->dof_of[u]]);
        for (int b = 0; b < p->n_balls; b++) {
            int first = p->chain->joints[p->ball_joint[b]].first_dof;
            step_ball(q_new + at + first, q + at + first, step + p->unknown_of[first], p->chain->dofs + first);
        }
    }
}

void oik_sequence_problem_extrapolate(const oik_sequence_problem *p, double *q_new, const double *past) {
    int n = p->chain->n_dofs;
    memcpy(q_new, past + n, (size_t)n * sizeof *q_new);
    for (int d = 0; d < n; d++)
        if (!p->in_ball[d])
            step_coordinate(q_new + d, past[n + d] - past[d], &p->chain->dofs[d]);
    for (int b = 0; b < p->n_balls; b++) {
        int first = p->chain->joints[p->ball_joint[b]].first_dof;
        const oik_dof *dofs = p->chain->dofs + first;
        oik_mat3 before = oik_joint_rotation(dofs, BALL, past + first), last = oik_joint_rotation(dofs, BALL, past + n + first);
        oik_vec3 change = oik_rot_log(m3_tmul(before, last));
        double step[BALL] = {change.x, change.y, change.z};
        step_ball(q_new + first, past + n + first, step, dofs);
    }
}

static oik_status evaluate(void *context, const double *q, double *r, double *jac, oik_error *err) {
    (void)err;
    oik_sequence_evaluate(context, q, r, jac);
    return OIK_OK;
}

static void retract(void *context, double *q_new, const double *q, const double *dx) {
    oik_sequence_problem_retract(context, q_new, q, dx);
}

oik_status oik_sequence_problem_solve(oik_lsq_report *report, oik_sequence_problem *p, double *q, const double *past, int first,
                                      const oik_sequence_weights *weights, const oik_lsq_options *options, oik_error *err) {
    oik_lsq_problem problem = {.context = p, .state_size = (size_t)p->n_frames * (size_t)p->chain->n_dofs, .evaluate = evaluate,
                               .retract = retract};
    p->first = first;
    p->weights = *weights;
    oik_sequence_set_past(p, past);
    return oik_lsq_solve(report, p->lsq, q, &problem, options, err);
}

double oik_sequence_problem_beyond(const oik_sequence_problem *p) {
    return p->beyond;
}

static void ball_into_range(double *q, const oik_dof *dofs) {
    if (!oik_sequence_inside(dofs, q))
        oik_joint_angles_in_range(q, dofs, BALL, oik_joint_rotation(dofs, BALL, q));
}

void oik_into_ranges(double *q, const oik_chain *chain, const bool *spherical) {
    for (int i = 0; i < chain->n_segments; i++) {
        const oik_chain_joint *joint = &chain->joints[i];
        if (spherical[i])
            ball_into_range(q + joint->first_dof, chain->dofs + joint->first_dof);
        for (int d = joint->first_dof + (spherical[i] ? BALL : 0); d < joint->first_dof + joint->n_rotations + joint->n_translations; d++)
            q[d] = fmin(fmax(q[d], chain->dofs[d].lower), chain->dofs[d].upper);
    }
}
