/** Unknowns and rows of a run of frames: which joints are stepped as rotations, and the sparsity of the Jacobian. */
#include <limits.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "ik/joint_angles.h"
#include "ik/sequence_parts.h"

/* ---- which joints are spherical ------------------------------------------------------------------------------------ */

/** Least |sin| of the angle between the three axes over the middle range; 0 in a gimbal position. */
static double gimbal_distance(const oik_dof *dofs) {
    enum { SAMPLES = 64 };
    double least = 1.0;
    for (int k = 0; k <= SAMPLES; k++) {
        double middle = dofs[1].lower + (dofs[1].upper - dofs[1].lower) * k / SAMPLES;
        oik_vec3 third = m3_mulv(oik_rot_axis(dofs[1].axis, middle), dofs[2].axis);
        least = fmin(least, fabs(v3_dot(dofs[0].axis, v3_cross(dofs[1].axis, third))));
    }
    return least;
}

static bool is_master(const oik_chain *chain, int dof) {
    for (int d = 0; d < chain->n_dofs; d++)
        if (chain->dofs[d].n_coefficients > 0 && chain->dofs[d].master == dof)
            return true;
    return false;
}

static bool is_spherical(const oik_chain *chain, int i) {
    const double near_gimbal = 0.9; /* 26 degrees off the middle of the sequence; trunk joints of a few degrees stay in coordinates */
    const oik_chain_joint *joint = &chain->joints[i];
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    for (int k = 0; k < joint->n_rotations; k++)
        if (dofs[k].n_coefficients > 0 || !(dofs[k].lower < dofs[k].upper) || is_master(chain, joint->first_dof + k))
            return false;
    return joint->n_rotations == BALL && gimbal_distance(dofs) < near_gimbal;
}

void oik_spherical_joints(bool *spherical, const oik_chain *chain) {
    for (int i = 0; i < chain->n_segments; i++)
        spherical[i] = is_spherical(chain, i);
}

/** Do the ranges leave out any rotation? Full turns of the outer axes and half a turn of the middle one reach all. */
static bool is_limited(const oik_dof *dofs) {
    const double turn = 2.0 * 3.14159265358979323846, slack = 1e-6;
    for (int k = 0; k < BALL; k++)
        if (dofs[k].upper - dofs[k].lower < (k == 1 ? 0.5 * turn : turn) - slack)
            return true;
    return false;
}

/** Rotation from rest -> coordinates in units of their spreads, to first order; false when they are not all known, or no axes of space. */
static bool spread_scale(oik_mat3 *scale, const oik_dof *dofs) {
    const double upright = 0.5; /* |det| of axes that are 30 degrees from a common plane */
    oik_vec3 a = dofs[0].axis, b = dofs[1].axis, c = dofs[2].axis;
    double det = v3_dot(a, v3_cross(b, c));
    if (!(dofs[0].spread > 0.0 && dofs[1].spread > 0.0 && dofs[2].spread > 0.0) || !(fabs(det) > upright))
        return false;
    *scale = m3_transpose(m3_columns(v3_scale(v3_cross(b, c), 1.0 / (det * dofs[0].spread)),
                                     v3_scale(v3_cross(c, a), 1.0 / (det * dofs[1].spread)),
                                     v3_scale(v3_cross(a, b), 1.0 / (det * dofs[2].spread))));
    return true;
}

static void describe_ball(oik_sequence_problem *p, int i) {
    const oik_chain_joint *joint = &p->chain->joints[i];
    const oik_dof *dofs = p->chain->dofs + joint->first_dof;
    int b = p->n_balls++;
    double range = 0.0;
    for (int k = 0; k < BALL; k++) {
        p->in_ball[joint->first_dof + k] = true;
        range += (dofs[k].upper - dofs[k].lower) / BALL;
    }
    p->ball_joint[b] = i;
    p->ball_limited[b] = is_limited(dofs);
    p->ball_spread[b] = spread_scale(&p->ball_scale[b], dofs);
    if (!p->ball_spread[b])
        p->ball_scale[b] = m3_scale(m3_identity(), p->ball_limited[b] ? 1.0 / range : 0.0);
    p->ball_rest[b] = oik_joint_rotation(dofs, BALL, p->rest + joint->first_dof);
}

/**
 * A joint of little range has little amplitude and so little acceleration: the joint's acceleration counts full_range / (mean range)
 * times, from full_range down. A joint without limits is the root, whose trunk is slower than the limbs.
 */
static void set_calm(oik_sequence_problem *p) {
    const double full_range = 3.14159265358979323846 / 2.0, unlimited = 6.2, root = 2.0, wide_hinge = 1.0;
    for (int i = 0; i < p->chain->n_segments; i++) {
        const oik_chain_joint *joint = &p->chain->joints[i];
        double range = 0.0;
        for (int k = joint->first_dof; k < joint->first_dof + joint->n_rotations; k++)
            range += (p->chain->dofs[k].upper - p->chain->dofs[k].lower) / joint->n_rotations;
        double calm = range > unlimited ? root : range > 0.0 ? fmax(1.0, full_range / range) : 1.0;
        for (int k = joint->first_dof; k < joint->first_dof + joint->n_rotations + joint->n_translations; k++)
            p->calm[k] = p->chain->dofs[k].translation ? 1.0 : calm;
        if (joint->n_rotations == 1)
            p->jumps[joint->first_dof] = range > wide_hinge;
    }
}

void oik_sequence_list_unknowns(oik_sequence_problem *p) {
    set_calm(p);
    for (int i = 0; i < p->chain->n_segments; i++)
        if (is_spherical(p->chain, i))
            describe_ball(p, i);
    for (int d = 0; d < p->chain->n_dofs; d++) {
        p->unknown_of[d] = p->chain->dofs[d].n_coefficients > 0 ? -1 : p->n_unknowns;
        if (p->unknown_of[d] >= 0)
            p->dof_of[p->n_unknowns++] = d;
    }
}

/* ---- pattern ------------------------------------------------------------------------------------------------------- */

/** Where the next row goes; col NULL: only count. */
typedef struct pattern_cursor {
    int *row_start, *col;
    size_t row, next;
} pattern_cursor;

static void put_col(pattern_cursor *at, int col) {
    if (at->col)
        at->col[at->next] = col;
    at->next++;
}

static void end_row(pattern_cursor *at) {
    at->row++;
    if (at->row_start)
        at->row_start[at->row] = (int)at->next;
}

static int column(const oik_sequence_problem *p, int frame, int dof) {
    return frame * p->n_unknowns + p->unknown_of[dof];
}

static void put_term_pattern(pattern_cursor *at, const oik_sequence_problem *p, int frame) {
    for (int i = 0; i < p->terms->n_terms; i++)
        for (int a = 0; a < 3; a++) {
            const oik_term *term = &p->terms->terms[i];
            for (int k = 0; k < term->n_cols; k++)
                put_col(at, column(p, frame, p->terms->col[term->first_col + k]));
            end_row(at);
        }
}

static void put_ball_pattern(pattern_cursor *at, const oik_sequence_problem *p, int frame, int ball) {
    for (int k = 0; k < BALL; k++)
        put_col(at, column(p, frame, p->chain->joints[p->ball_joint[ball]].first_dof + k));
}

static void put_prior_pattern(pattern_cursor *at, const oik_sequence_problem *p, int frame) {
    for (int u = 0; u < p->n_unknowns; u++)
        for (int a = 0; a < 2 && !p->in_ball[p->dof_of[u]]; a++) { /* prior, distance to the range */
            put_col(at, frame * p->n_unknowns + u);
            end_row(at);
        }
    for (int b = 0; b < p->n_balls; b++)
        for (int a = 0; a < BALL + 1; a++) { /* prior, distance to the ranges */
            put_ball_pattern(at, p, frame, b);
            end_row(at);
        }
}

int oik_sequence_first_of_stencil(int frame) {
    return frame >= STENCIL - 1 ? frame - (STENCIL - 1) : 0;
}

static void put_acceleration_pattern(pattern_cursor *at, const oik_sequence_problem *p, int frame) {
    for (int u = 0; u < p->n_unknowns; u++)
        if (!p->in_ball[p->dof_of[u]]) {
            for (int g = oik_sequence_first_of_stencil(frame); g <= frame; g++)
                put_col(at, g * p->n_unknowns + u);
            end_row(at);
        }
    for (int b = 0; b < p->n_balls; b++)
        for (int a = 0; a < BALL; a++) {
            for (int g = oik_sequence_first_of_stencil(frame); g <= frame; g++)
                put_ball_pattern(at, p, g, b);
            end_row(at);
        }
}

static void fill_pattern(pattern_cursor *at, const oik_sequence_problem *p) {
    for (int f = 0; f < p->n_frames; f++) {
        put_term_pattern(at, p, f);
        put_prior_pattern(at, p, f);
        put_acceleration_pattern(at, p, f);
    }
}

oik_status oik_sequence_new_pattern(oik_sequence_problem *p, oik_error *err) {
    pattern_cursor count = {0}, at = {0};
    fill_pattern(&count, p);
    if (count.next > INT_MAX || count.row > INT_MAX || (size_t)p->n_frames * (size_t)p->n_unknowns > INT_MAX)
        return oik_fail(err, OIK_E_ARGUMENT, "inverse kinematics: %d frames are too many to solve together", p->n_frames);
    at.row_start = p->row_start = oik_new(count.row + 1, sizeof *p->row_start, err);
    at.col = p->col = oik_new(count.next, sizeof *p->col, err);
    if (!p->row_start || !p->col)
        return OIK_E_MEMORY;
    fill_pattern(&at, p);
    p->pattern = (oik_lsq_pattern){(int)count.row, p->n_frames * p->n_unknowns, p->row_start, p->col};
    return OIK_OK;
}
