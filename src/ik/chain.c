/** The kinematic chain of one subject: construction from the lying skeleton, and forward kinematics (see chain.h). */
#include "ik/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "ik/joint_angles.h"

enum { MAX_ROTATIONS = 3, MAX_TRANSLATIONS = 3 };

static oik_status check_dof(const char *joint, const oik_dof *dof, oik_error *err) {
    const double unit_tolerance = 1e-6; /* axes come from measured points and are normalised in double precision */
    if (!v3_finite(dof->axis) || fabs(v3_norm(dof->axis) - 1.0) > unit_tolerance)
        return oik_fail(err, OIK_E_MODEL, "joint %s, coordinate %s: axis (%g, %g, %g) is not a unit vector", joint, dof->name,
                        dof->axis.x, dof->axis.y, dof->axis.z);
    if (!isfinite(dof->lower) || !isfinite(dof->upper) || !(dof->lower <= dof->upper) || !isfinite(dof->rest))
        return oik_fail(err, OIK_E_MODEL, "joint %s, coordinate %s: range %g .. %g with rest %g, expected finite and ordered",
                        joint, dof->name, dof->lower, dof->upper, dof->rest);
    return OIK_OK;
}

static int count_rotations(const oik_joint *joint) {
    int n = 0;
    while (n < joint->n_dofs && !joint->dofs[n].translation)
        n++;
    return n;
}

static oik_status check_joint(const oik_kinematics *lying, int i, oik_error *err) {
    const oik_joint *joint = &lying->joints[i];
    if (joint->child != i || joint->parent < -1 || joint->parent >= i)
        return oik_fail(err, OIK_E_MODEL, "joint %d (%s) joins segments %d and %d, expected child %d and a parent before it", i,
                        joint->name, joint->parent, joint->child, i);
    if (joint->n_dofs < 0 || joint->n_dofs > OIK_MAX_JOINT_DOFS)
        return oik_fail(err, OIK_E_MODEL, "joint %s has %d degrees of freedom, expected 0 to %d", joint->name, joint->n_dofs,
                        OIK_MAX_JOINT_DOFS);
    int n_rotations = count_rotations(joint);
    bool ordered = true;
    for (int k = n_rotations; k < joint->n_dofs; k++)
        ordered = ordered && joint->dofs[k].translation;
    if (!ordered || n_rotations > MAX_ROTATIONS || joint->n_dofs - n_rotations > MAX_TRANSLATIONS)
        return oik_fail(err, OIK_E_MODEL, "joint %s: expected up to 3 rotations, then up to 3 translations", joint->name);
    for (int k = 0; k < joint->n_dofs; k++) {
        oik_status status = check_dof(joint->name, &joint->dofs[k], err);
        if (status)
            return status;
    }
    return OIK_OK;
}

static bool is_rotation(oik_mat3 R) {
    const double tolerance = 1e-6; /* as for axes */
    oik_mat3 product = m3_tmul(R, R);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            if (!(fabs(product.m[r][c] - (r == c)) < tolerance))
                return false;
    return m3_det(R) > 0.0;
}

static oik_status check_placement(const oik_kinematics *lying, int i, oik_error *err) {
    const oik_segment *segment = &lying->segments[i];
    if (!v3_finite(lying->joints[i].centre) || !v3_finite(segment->origin))
        return oik_fail(err, OIK_E_NOT_FINITE, "segment %s: joint centre or origin is not finite", segment->name);
    if (!is_rotation(segment->R))
        return oik_fail(err, OIK_E_MODEL, "segment %s: its frame is not a rotation", segment->name);
    return OIK_OK;
}

/** Check everything that forward kinematics takes for granted; gives the number of coordinates. */
static oik_status check_kinematics(int *n_dofs, const oik_kinematics *lying, oik_error *err) {
    if (lying->n_segments < 1 || lying->n_joints != lying->n_segments)
        return oik_fail(err, OIK_E_MODEL, "chain of %d segments and %d joints, expected one joint per segment",
                        lying->n_segments, lying->n_joints);
    *n_dofs = 0;
    for (int i = 0; i < lying->n_joints; i++) {
        oik_status status = check_joint(lying, i, err);
        if (!status)
            status = check_placement(lying, i, err);
        if (status)
            return status;
        *n_dofs += lying->joints[i].n_dofs;
    }
    return OIK_OK;
}

/** Value of the coupling's polynomial at the master's coordinate, and its derivative (may be NULL). */
static double follow(double *derivative, const oik_dof *dof, double master) {
    double value = 0.0, slope = 0.0;
    for (int i = dof->n_coefficients - 1; i >= 0; i--) {
        slope = slope * master + value;
        value = value * master + dof->coefficient[i];
    }
    if (derivative)
        *derivative = slope;
    return value;
}

/** The follower's range holds the values that its master's range gives it. */
static oik_status check_coupled_range(const oik_dof *dof, const oik_dof *master, oik_error *err) {
    enum { STEPS = 64 };                /* a cubic over 2 rad passes its extremum by less than the tolerance between two of them */
    const double range_tolerance = 1e-3; /* ranges written in degrees with one decimal are 0.9e-3 rad off */
    for (int i = 0; i <= STEPS; i++) {
        double at = master->lower + (master->upper - master->lower) * i / STEPS, value = follow(NULL, dof, at);
        if (!(value >= dof->lower - range_tolerance && value <= dof->upper + range_tolerance))
            return oik_fail(err, OIK_E_MODEL, "coordinate %s: its master %s at %g gives it %g, outside its range %g .. %g", dof->name,
                            master->name, at, value, dof->lower, dof->upper);
    }
    return OIK_OK;
}

static oik_status check_coupling(const oik_chain *chain, int d, oik_error *err) {
    const oik_dof *dof = &chain->dofs[d];
    if (dof->n_coefficients == 0)
        return OIK_OK;
    if (dof->n_coefficients < 0 || dof->n_coefficients > OIK_MAX_COUPLING)
        return oik_fail(err, OIK_E_MODEL, "coordinate %s: %d coefficients of its coupling, expected 0 to %d", dof->name,
                        dof->n_coefficients, OIK_MAX_COUPLING);
    for (int i = 0; i < dof->n_coefficients; i++)
        if (!isfinite(dof->coefficient[i]))
            return oik_fail(err, OIK_E_MODEL, "coordinate %s: coefficient %d of its coupling is not finite", dof->name, i);
    if (dof->master < 0 || dof->master >= chain->n_dofs || dof->master == d || chain->dofs[dof->master].n_coefficients != 0)
        return oik_fail(err, OIK_E_MODEL, "coordinate %s follows coordinate %d, expected another, independent one of %d", dof->name,
                        dof->master, chain->n_dofs);
    return check_coupled_range(dof, &chain->dofs[dof->master], err);
}

static oik_status check_couplings(const oik_chain *chain, oik_error *err) {
    oik_status status = OIK_OK;
    for (int d = 0; d < chain->n_dofs && !status; d++)
        status = check_coupling(chain, d, err);
    return status;
}

/** Joint i, whose coordinates are to begin at first_dof. */
static oik_status check_chain_joint(const oik_chain *chain, int i, int first_dof, oik_error *err) {
    const oik_chain_joint *joint = &chain->joints[i];
    if (joint->parent < -1 || joint->parent >= i)
        return oik_fail(err, OIK_E_MODEL, "joint %d (%s) has segment %d as parent, expected one before it", i, joint->name,
                        joint->parent);
    int n_rotations = joint->n_rotations, n_translations = joint->n_translations;
    if (n_rotations < 0 || n_rotations > MAX_ROTATIONS || n_translations < 0 || n_translations > MAX_TRANSLATIONS)
        return oik_fail(err, OIK_E_MODEL, "joint %s: %d rotations and %d translations, expected up to 3 of each", joint->name,
                        n_rotations, n_translations);
    if (joint->first_dof != first_dof || first_dof + n_rotations + n_translations > chain->n_dofs)
        return oik_fail(err, OIK_E_MODEL, "joint %s: coordinates %d to %d of %d, expected them to begin at %d", joint->name,
                        joint->first_dof, joint->first_dof + n_rotations + n_translations - 1, chain->n_dofs, first_dof);
    if (!v3_finite(joint->s) || !v3_finite(joint->b))
        return oik_fail(err, OIK_E_NOT_FINITE, "joint %s: its centre is not finite", joint->name);
    if (!is_rotation(joint->A) || !is_rotation(joint->B))
        return oik_fail(err, OIK_E_MODEL, "joint %s: one of its frames is not a rotation", joint->name);
    for (int k = 0; k < n_rotations + n_translations; k++) {
        const oik_dof *dof = &chain->dofs[first_dof + k];
        oik_status status = check_dof(joint->name, dof, err);
        if (status)
            return status;
        if (dof->translation != (k >= n_rotations))
            return oik_fail(err, OIK_E_MODEL, "joint %s, coordinate %s: expected rotations first, then translations", joint->name,
                            dof->name);
    }
    return OIK_OK;
}

oik_status oik_chain_check(const oik_chain *chain, oik_error *err) {
    int next = 0;
    if (chain->n_segments < 1)
        return oik_fail(err, OIK_E_MODEL, "chain of %d segments, expected at least one", chain->n_segments);
    for (int i = 0; i < chain->n_segments; i++) {
        oik_status status = check_chain_joint(chain, i, next, err);
        if (status)
            return status;
        next += chain->joints[i].n_rotations + chain->joints[i].n_translations;
    }
    if (next != chain->n_dofs)
        return oik_fail(err, OIK_E_MODEL, "chain of %d coordinates, but its joints have %d", chain->n_dofs, next);
    return check_couplings(chain, err);
}

void oik_chain_complete(double *q, const oik_chain *chain) {
    for (int d = 0; d < chain->n_dofs; d++)
        if (chain->dofs[d].n_coefficients)
            q[d] = follow(NULL, &chain->dofs[d], q[chain->dofs[d].master]);
}

/** Lying orientation of a joint frame that belongs to a segment of orientation R. */
static oik_mat3 joint_frame(oik_frame_kind kind, oik_mat3 R) {
    oik_vec3 forward = v3(0, 0, 1), up = v3(0, 1, 0), right = v3(-1, 0, 0); /* the model's frame: Y up, left on +x, facing +z */
    return kind == OIK_FRAME_NEUTRAL ? m3_columns(forward, up, right) : R;
}

/** Rotational coordinates of the lying skeleton: given where both joint frames are neutral, else measured. */
static void rest_rotations(double *q, const oik_joint *joint, int n, oik_mat3 E) {
    double given[OIK_MAX_JOINT_DOFS];
    for (int k = 0; k < n; k++)
        given[k] = joint->dofs[k].rest;
    if (joint->parent_frame == OIK_FRAME_NEUTRAL && joint->child_frame == OIK_FRAME_NEUTRAL)
        memcpy(q, given, (size_t)n * sizeof *q);
    else
        oik_joint_angles(q, joint->dofs, n, E, given);
}

/** A joint and its segments in the lying skeleton. */
typedef struct lying_joint {
    const oik_joint *joint;
    const oik_segment *child;
    oik_mat3 R_p, F_p, F_c; /**< the parent's frame; the joint frame of parent and child in the world */
    oik_vec3 o_p;           /**< the parent's origin */
} lying_joint;

static lying_joint look_at(const oik_kinematics *lying, int i) {
    const oik_joint *joint = &lying->joints[i];
    lying_joint at = {.joint = joint, .child = &lying->segments[i], .R_p = m3_identity()};
    if (joint->parent >= 0) {
        at.R_p = lying->segments[joint->parent].R;
        at.o_p = lying->segments[joint->parent].origin;
    }
    at.F_p = joint_frame(joint->parent_frame, at.R_p);
    at.F_c = joint_frame(joint->child_frame, at.child->R);
    return at;
}

/**
 * What one joint has of its own, and its lying coordinates. Translations are measured from the parent's origin along the joint
 * frame, so that the coordinates of a free joint are its position on the ground (as in Rajagopal's model).
 */
static void measure_joint(oik_chain_joint *out, double *q, const lying_joint *at) {
    const oik_joint *joint = at->joint;
    out->A = m3_tmul(at->R_p, at->F_p);
    out->b = m3_tmulv(at->child->R, v3_sub(joint->centre, at->child->origin));
    out->s = m3_tmulv(at->R_p, v3_sub(joint->centre, at->o_p));
    rest_rotations(q, joint, out->n_rotations, m3_tmul(at->F_p, at->F_c));
    oik_vec3 position = m3_tmulv(out->A, out->s);
    for (int k = out->n_rotations; k < joint->n_dofs; k++)
        q[k] = v3_dot(joint->dofs[k].axis, position);
}

/**
 * Take the lying coordinates out of the joint. B is chosen so that B^T = E(q_rest)^T A^T R_p^T R_c: the lying orientation comes
 * back exactly, whatever the joint cannot express.
 */
static void take_out_rest(oik_chain_joint *out, const double *q, const lying_joint *at) {
    const oik_joint *joint = at->joint;
    oik_mat3 E = oik_joint_rotation(joint->dofs, out->n_rotations, q);
    out->B = m3_tmul(at->child->R, m3_mul(at->F_p, E));
    for (int k = out->n_rotations; k < joint->n_dofs; k++)
        out->s = v3_madd(out->s, -q[k], m3_mulv(out->A, joint->dofs[k].axis));
}

static void fill_names_and_dofs(oik_chain *chain, const oik_kinematics *lying) {
    int next = 0;
    for (int i = 0; i < chain->n_segments; i++) {
        const oik_joint *joint = &lying->joints[i];
        oik_chain_joint *out = &chain->joints[i];
        memcpy(out->name, joint->name, sizeof out->name);
        memcpy(chain->segment_names[i], lying->segments[i].name, sizeof chain->segment_names[i]);
        out->parent = joint->parent;
        out->kind = joint->kind;
        out->first_dof = next;
        out->n_rotations = count_rotations(joint);
        out->n_translations = joint->n_dofs - out->n_rotations;
        if (joint->n_dofs)
            memcpy(chain->dofs + next, joint->dofs, (size_t)joint->n_dofs * sizeof *joint->dofs);
        next += joint->n_dofs;
    }
}

static oik_status build_chain(oik_chain *chain, double *q, const oik_kinematics *lying, oik_error *err) {
    fill_names_and_dofs(chain, lying);
    oik_status status = check_couplings(chain, err);
    if (status)
        return status;
    for (int i = 0; i < chain->n_segments; i++) {
        lying_joint at = look_at(lying, i);
        measure_joint(&chain->joints[i], q + chain->joints[i].first_dof, &at);
    }
    oik_chain_complete(q, chain);
    for (int i = 0; i < chain->n_segments; i++) {
        lying_joint at = look_at(lying, i);
        take_out_rest(&chain->joints[i], q + chain->joints[i].first_dof, &at);
    }
    return OIK_OK;
}

oik_status oik_chain_new(oik_chain **out, double **q_rest, const oik_kinematics *lying, oik_error *err) {
    oik_chain *chain = NULL;
    double *q = NULL;
    int n_dofs = 0;
    *out = NULL;
    if (q_rest)
        *q_rest = NULL;
    oik_status status = check_kinematics(&n_dofs, lying, err);
    if (status)
        return status;
    status = OIK_E_MEMORY;
    size_t n = (size_t)lying->n_segments;
    if (!(chain = oik_new(1, sizeof *chain, err)) || !(chain->segment_names = oik_new(n, OIK_NAME_LENGTH, err)) ||
        !(chain->joints = oik_new(n, sizeof *chain->joints, err)) ||
        !(chain->dofs = oik_new((size_t)n_dofs, sizeof *chain->dofs, err)) ||
        !(q = oik_new((size_t)n_dofs, sizeof *q, err)))
        goto done;
    chain->n_segments = lying->n_segments;
    chain->n_dofs = n_dofs;
    status = build_chain(chain, q, lying, err);
    if (status)
        goto done;
    *out = chain;
    if (q_rest)
        *q_rest = q;
done:
    if (status)
        oik_chain_free(chain);
    if (status || !q_rest)
        free(q);
    return status;
}

void oik_chain_free(oik_chain *chain) {
    if (!chain)
        return;
    free(chain->segment_names);
    free(chain->joints);
    free(chain->dofs);
    free(chain);
}

oik_status oik_chain_pose_new(oik_chain_pose **out, const oik_chain *chain, oik_error *err) {
    size_t n = (size_t)chain->n_segments, n_dofs = (size_t)chain->n_dofs;
    oik_chain_pose *pose = oik_new(1, sizeof *pose, err);
    *out = NULL;
    if (!pose || !(pose->R = oik_new(n, sizeof *pose->R, err)) || !(pose->origin = oik_new(n, sizeof *pose->origin, err)) ||
        !(pose->centre = oik_new(n, sizeof *pose->centre, err)) ||
        !(pose->axis = oik_new(n_dofs, sizeof *pose->axis, err)) || !(pose->q = oik_new(n_dofs, sizeof *pose->q, err)) ||
        !(pose->factor = oik_new(n_dofs, sizeof *pose->factor, err))) {
        oik_chain_pose_free(pose);
        return OIK_E_MEMORY;
    }
    *out = pose;
    return OIK_OK;
}

void oik_chain_pose_free(oik_chain_pose *pose) {
    if (!pose)
        return;
    free(pose->R);
    free(pose->origin);
    free(pose->centre);
    free(pose->axis);
    free(pose->q);
    free(pose->factor);
    free(pose);
}

static void fill_coordinates(oik_chain_pose *pose, const oik_chain *chain, const double *q) {
    for (int d = 0; d < chain->n_dofs; d++) {
        const oik_dof *dof = &chain->dofs[d];
        pose->q[d] = q[d];
        pose->factor[d] = 1.0;
        if (dof->n_coefficients)
            pose->q[d] = follow(&pose->factor[d], dof, q[dof->master]);
    }
}

static void forward_joint(oik_chain_pose *pose, const oik_chain *chain, int i) {
    const oik_chain_joint *joint = &chain->joints[i];
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    const double *q = pose->q + joint->first_dof;
    oik_vec3 *axis = pose->axis + joint->first_dof;
    bool grounded = joint->parent < 0;
    oik_mat3 R_p = grounded ? m3_identity() : pose->R[joint->parent];
    oik_vec3 o_p = grounded ? v3(0, 0, 0) : pose->origin[joint->parent];
    oik_vec3 centre = v3_add(o_p, m3_mulv(R_p, joint->s));
    oik_mat3 R = m3_mul(R_p, joint->A);
    for (int k = joint->n_rotations; k < joint->n_rotations + joint->n_translations; k++) {
        axis[k] = m3_mulv(R, dofs[k].axis);
        centre = v3_madd(centre, q[k], axis[k]);
    }
    for (int k = 0; k < joint->n_rotations; k++) {
        axis[k] = m3_mulv(R, dofs[k].axis);
        R = m3_mul(R, oik_rot_axis(dofs[k].axis, q[k]));
    }
    pose->R[i] = m3_mul(R, m3_transpose(joint->B));
    pose->centre[i] = centre;
    pose->origin[i] = v3_sub(centre, m3_mulv(pose->R[i], joint->b));
}

void oik_chain_forward(oik_chain_pose *pose, const oik_chain *chain, const double *q) {
    fill_coordinates(pose, chain, q);
    for (int i = 0; i < chain->n_segments; i++)
        forward_joint(pose, chain, i);
}
