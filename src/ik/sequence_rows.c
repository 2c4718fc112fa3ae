/**
 * Residuals of a run of frames and their derivatives (see sequence_problem.h).
 *
 *   symbol    code
 *   E         turn, rotation of a spherical joint from its joint frame in the parent to that in the child
 *   phi       change, log of the turn over one time step
 *   J_r^-1    change_jacobian of that phi;  J_l^-1 is its transpose
 *
 * Rows of frame f: measured terms; prior and range of every coordinate; prior and range of every spherical joint; accelerations of
 * frame f - 1, which end at frame f.
 */
#include <string.h>

#include "base/rot.h"
#include "ik/joint_angles.h"
#include "ik/sequence_parts.h"

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

typedef struct row_cursor {
    double *r, *jac; /**< jac may be NULL */
} row_cursor;

static void put_value(row_cursor *at, double value) {
    if (at->jac)
        *at->jac++ = value;
}

static void put_vector(row_cursor *at, oik_vec3 v) {
    put_value(at, v.x);
    put_value(at, v.y);
    put_value(at, v.z);
}

static oik_vec3 matrix_row(oik_mat3 M, int a) {
    return v3(M.m[a][0], M.m[a][1], M.m[a][2]);
}

/** Turns about the axes of its child frame in place of those about its three coordinates' axes. */
static void use_child_axes(oik_sequence_problem *p, int frame) {
    for (int b = 0; b < p->n_balls; b++) {
        const oik_chain_joint *joint = &p->chain->joints[p->ball_joint[b]];
        oik_mat3 child = m3_mul(p->pose->R[p->ball_joint[b]], joint->B);
        oik_mat3 parent = joint->parent < 0 ? joint->A : m3_mul(p->pose->R[joint->parent], joint->A);
        p->turn[(OIK_PAST + frame) * p->n_balls + b] = m3_tmul(parent, child);
        for (int k = 0; k < BALL; k++)
            p->pose->axis[joint->first_dof + k] = m3_column(child, k);
    }
}

static void put_terms(row_cursor *at, oik_sequence_problem *p, int frame) {
    oik_frame_data data = oik_measurement_frame(p->measurement, p->chain, p->first + frame);
    int n_rows = 3 * p->terms->n_terms;
    double sum = 0.0;
    oik_frame_terms_evaluate(p->terms, at->r, at->jac, p->pose, &data);
    for (int i = 0; i < n_rows; i++)
        sum += at->r[i] * at->r[i];
    p->misfit[frame] = sum;
    at->r += n_rows;
    if (at->jac)
        at->jac += p->terms->n_values;
}

/**
 * Factor on (q - rest): 1 / spread where that is known; else 1 / range, more for a narrow range, whose middle says much (trunk, neck,
 * clavicle; a joint of wide range is anywhere in it). A frozen coordinate has no range and no prior.
 */
static double prior_scale(const oik_dof *dof, const oik_sequence_weights *w) {
    const double narrow = 1.2, firmness = 10.0; /* [rad]; factor on the weight */
    double range = dof->upper - dof->lower;
    if (!(range > 0.0) || dof->translation)
        return 0.0;
    return dof->spread > 0.0 ? sqrt(w->posture) / dof->spread : sqrt(range < narrow ? firmness * w->prior : w->prior) / range;
}

/** The posture that the prior pulls a frame to. */
static const double *expected_of(const oik_sequence_problem *p, int frame) {
    const double *expected = p->measurement->expected;
    return expected ? expected + (size_t)(p->first + frame) * (size_t)p->chain->n_dofs : p->rest;
}

static void put_prior(row_cursor *at, oik_sequence_problem *p, const double *q, int frame) {
    const double *expected = expected_of(p, frame);
    for (int u = 0; u < p->n_unknowns; u++) {
        int d = p->dof_of[u];
        if (p->in_ball[d])
            continue;
        double scale = prior_scale(&p->chain->dofs[d], &p->weights);
        *at->r++ = scale * (q[d] - expected[d]);
        put_value(at, scale);
        double beyond = q[d] - fmin(fmax(q[d], p->chain->dofs[d].lower), p->chain->dofs[d].upper), w = sqrt(p->weights.limit);
        *at->r++ = w * beyond;
        put_value(at, beyond != 0.0 ? w : 0.0);
        p->misfit[frame] += w * w * beyond * beyond;
    }
}

/** Its rotation in the posture that the prior pulls a frame to. */
static oik_mat3 expected_turn(const oik_sequence_problem *p, int ball, int frame) {
    int first = p->chain->joints[p->ball_joint[ball]].first_dof;
    return p->measurement->expected ? oik_joint_rotation(p->chain->dofs + first, BALL, expected_of(p, frame) + first) : p->ball_rest[ball];
}

static void put_ball_prior(row_cursor *at, const oik_sequence_problem *p, int ball, oik_mat3 E, int frame) {
    double weight = p->ball_spread[ball] ? p->weights.posture : p->weights.prior;
    oik_mat3 scale = m3_scale(p->ball_scale[ball], sqrt(weight));
    oik_vec3 phi = oik_rot_log(m3_tmul(expected_turn(p, ball, frame), E)), r = m3_mulv(scale, phi);
    oik_mat3 J = m3_mul(scale, oik_rot_right_jacobian_inv(phi));
    for (int a = 0; a < BALL; a++) {
        *at->r++ = v3_get(r, a);
        put_vector(at, matrix_row(J, a));
    }
}

bool oik_sequence_inside(const oik_dof *dofs, const double *q) {
    for (int k = 0; k < BALL; k++)
        if (!(q[k] >= dofs[k].lower && q[k] <= dofs[k].upper))
            return false;
    return true;
}

/** Rotation from the nearest one within the ranges to E, in E's child frame; 0 inside them. */
static oik_vec3 beyond_range(const oik_sequence_problem *p, int ball, const double *q, oik_mat3 E) {
    const oik_chain_joint *joint = &p->chain->joints[p->ball_joint[ball]];
    const oik_dof *dofs = p->chain->dofs + joint->first_dof;
    double nearest[BALL];
    if (!p->ball_limited[ball] || oik_sequence_inside(dofs, q + joint->first_dof))
        return v3(0, 0, 0);
    oik_joint_angles_in_range(nearest, dofs, BALL, E);
    return oik_rot_log(m3_tmul(oik_joint_rotation(dofs, BALL, nearest), E));
}

static void put_range(row_cursor *at, oik_sequence_problem *p, int ball, const double *q, oik_mat3 E, int frame) {
    oik_vec3 phi = beyond_range(p, ball, q, E);
    double distance = v3_norm(phi), w = sqrt(p->weights.range);
    p->beyond = fmax(p->beyond, distance);
    p->misfit[frame] += w * w * distance * distance;
    *at->r++ = w * distance;
    put_vector(at, distance > 0.0 ? v3_scale(phi, w / distance) : phi);
}

/* ---- accelerations ------------------------------------------------------------------------------------------------- */

/** a = c0 x0 + c1 x1 + c2 x2 for coordinates; steps and the row's factor. */
typedef struct stencil {
    double h0, h1, factor;
} stencil;

static stencil stencil_of(const oik_sequence_problem *p, int frame) {
    const double *t = p->measurement->time + p->first + frame;
    double h0 = t[-1] - t[-2], h1 = t[0] - t[-1];
    return (stencil){h0, h1, 2.0 / (h0 + h1) * sqrt(0.5 * (h0 + h1) * p->weights.temporal)};
}

/** Coordinates of a frame that may lie before the first. */
static const double *coordinates(const oik_sequence_problem *p, const double *q, int frame) {
    return frame >= 0 ? q + (size_t)frame * (size_t)p->chain->n_dofs : p->past + (OIK_PAST + frame) * p->chain->n_dofs;
}

/** Row whose square is c^2 log(1 + (r / c)^2) (Cauchy), with the sign of r; slope: its derivative with respect to r. */
static double robust_row(double *slope, double r, double c) {
    const double small = 1e-6; /* of r / c: below, the row is r to rounding */
    double z = fabs(r) / c;
    if (!(z > small))
        return r;
    double root = sqrt(log1p(z * z));
    *slope = z / (root * (1.0 + z * z));
    return copysign(c * root, r);
}

static void put_coordinate_acceleration(row_cursor *at, const oik_sequence_problem *p, const double *q, int frame, int dof,
                                        const stencil *s) {
    double w = s->factor * ((p->chain->dofs[dof].translation ? p->weights.translation : p->calm[dof]));
    const double c[STENCIL] = {w / s->h0, -w / s->h0 - w / s->h1, w / s->h1};
    double sum = 0.0, slope = 1.0;
    for (int g = 0; g < STENCIL; g++)
        sum += c[g] * coordinates(p, q, frame - (STENCIL - 1) + g)[dof];
    *at->r++ = p->jumps[dof] ? robust_row(&slope, sum, p->weights.jump) : sum;
    for (int g = 0; g < STENCIL; g++)
        if (frame - (STENCIL - 1) + g >= 0)
            put_value(at, slope * c[g]);
}

static void put_ball_acceleration(row_cursor *at, const oik_sequence_problem *p, int frame, int ball, const stencil *s) {
    int before = (OIK_PAST + frame - 1) * p->n_balls + ball, after = (OIK_PAST + frame) * p->n_balls + ball;
    double factor = s->factor * p->calm[p->chain->joints[p->ball_joint[ball]].first_dof], c0 = factor / s->h0, c1 = factor / s->h1;
    oik_vec3 a = v3_madd(v3_scale(p->change[after], c1), -c0, p->change[before]);
    for (int i = 0; i < BALL; i++)
        *at->r++ = v3_get(a, i);
    if (!at->jac)
        return;
    oik_mat3 J0 = p->change_jacobian[before], J1 = p->change_jacobian[after];
    const oik_mat3 block[STENCIL] = {m3_scale(m3_transpose(J0), c0),
                                     m3_add(m3_scale(m3_transpose(J1), -c1), m3_scale(J0, -c0)), m3_scale(J1, c1)};
    for (int i = 0; i < BALL; i++)
        for (int g = 0; g < STENCIL; g++)
            if (frame - (STENCIL - 1) + g >= 0)
                put_vector(at, matrix_row(block[g], i));
}

/** Rows of frames that have no two frames before them. */
static void put_no_accelerations(row_cursor *at, const oik_sequence_problem *p, int frame) {
    int n_known = frame - oik_sequence_first_of_stencil(frame) + 1;
    memset(at->r, 0, (size_t)p->n_unknowns * sizeof *at->r);
    at->r += p->n_unknowns;
    if (!at->jac)
        return;
    size_t n_values = (size_t)n_known * (size_t)(p->n_unknowns - BALL * p->n_balls + BALL * BALL * p->n_balls);
    memset(at->jac, 0, n_values * sizeof *at->jac);
    at->jac += n_values;
}

static void put_accelerations(row_cursor *at, const oik_sequence_problem *p, const double *q, int frame) {
    if (frame < STENCIL - 1 && !p->past) {
        put_no_accelerations(at, p, frame);
        return;
    }
    stencil s = stencil_of(p, frame);
    for (int u = 0; u < p->n_unknowns; u++)
        if (!p->in_ball[p->dof_of[u]])
            put_coordinate_acceleration(at, p, q, frame, p->dof_of[u], &s);
    for (int b = 0; b < p->n_balls; b++)
        put_ball_acceleration(at, p, frame, b, &s);
}

/** Change of every spherical joint up to this frame. */
static void measure_change(oik_sequence_problem *p, int frame, bool derive) {
    if (frame == 0 && !p->past)
        return;
    for (int b = 0; b < p->n_balls; b++) {
        int i = (OIK_PAST + frame) * p->n_balls + b;
        p->change[i] = oik_rot_log(m3_tmul(p->turn[i - p->n_balls], p->turn[i]));
        if (derive)
            p->change_jacobian[i] = oik_rot_right_jacobian_inv(p->change[i]);
    }
}

static void evaluate_frame(row_cursor *at, oik_sequence_problem *p, const double *q, int frame) {
    const double *here = coordinates(p, q, frame);
    oik_chain_forward(p->pose, p->chain, here);
    use_child_axes(p, frame);
    put_terms(at, p, frame);
    put_prior(at, p, here, frame);
    for (int b = 0; b < p->n_balls; b++) {
        oik_mat3 E = p->turn[(OIK_PAST + frame) * p->n_balls + b];
        put_ball_prior(at, p, b, E, frame);
        put_range(at, p, b, here, E, frame);
    }
    measure_change(p, frame, at->jac != NULL);
    put_accelerations(at, p, q, frame);
}

/** Turns of the two known frames and the change between them. */
void oik_sequence_set_past(oik_sequence_problem *p, const double *past) {
    p->past = past;
    for (int f = -OIK_PAST; past && f < 0; f++)
        for (int b = 0; b < p->n_balls; b++) {
            int first = p->chain->joints[p->ball_joint[b]].first_dof;
            p->turn[(OIK_PAST + f) * p->n_balls + b] = oik_joint_rotation(p->chain->dofs + first, BALL, coordinates(p, NULL, f) + first);
        }
    if (past)
        measure_change(p, -1, true);
}

void oik_sequence_evaluate(oik_sequence_problem *p, const double *q, double *r, double *jac) {
    row_cursor at = {r, jac};
    p->beyond = 0.0;
    for (int f = 0; f < p->n_frames; f++)
        evaluate_frame(&at, p, q, f);
}
