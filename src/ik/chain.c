/** The kinematic chain of one subject: construction from the lying skeleton, and forward kinematics (see chain.h). */
#include "ik/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "ik/joint_angles.h"

enum { MAX_ROTATIONS = 3, MAX_TRANSLATIONS = 3 };

static oik_status check_dof(const oik_joint *joint, const oik_dof *dof, oik_error *err) {
    const double unit_tolerance = 1e-6; /* axes come from measured points and are normalised in double precision */
    if (!v3_finite(dof->axis) || fabs(v3_norm(dof->axis) - 1.0) > unit_tolerance)
        return oik_fail(err, OIK_E_MODEL, "joint %s, coordinate %s: axis (%g, %g, %g) is not a unit vector", joint->name,
                        dof->name, dof->axis.x, dof->axis.y, dof->axis.z);
    if (!isfinite(dof->lower) || !isfinite(dof->upper) || !(dof->lower <= dof->upper) || !isfinite(dof->rest))
        return oik_fail(err, OIK_E_MODEL, "joint %s, coordinate %s: range %g .. %g with rest %g, expected finite and ordered",
                        joint->name, dof->name, dof->lower, dof->upper, dof->rest);
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
        oik_status status = check_dof(joint, &joint->dofs[k], err);
        if (status)
            return status;
    }
    return OIK_OK;
}

static oik_status check_placement(const oik_kinematics *lying, int i, oik_error *err) {
    const double rotation_tolerance = 1e-6; /* as for axes */
    const oik_segment *segment = &lying->segments[i];
    if (!v3_finite(lying->joints[i].centre) || !v3_finite(segment->origin))
        return oik_fail(err, OIK_E_NOT_FINITE, "segment %s: joint centre or origin is not finite", segment->name);
    oik_mat3 product = m3_tmul(segment->R, segment->R);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            if (!(fabs(product.m[r][c] - (r == c)) < rotation_tolerance) || !(m3_det(segment->R) > 0.0))
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

/**
 * One joint of the chain and its lying coordinates. B is chosen so that B^T = E(q_rest)^T A^T R_p^T R_c: the lying orientation
 * comes back exactly, whatever the joint cannot express. Translations are measured from the parent's origin along the joint
 * frame, so that the coordinates of a free joint are its position on the ground (as in Rajagopal's model).
 */
static void build_joint(oik_chain_joint *out, double *q, const oik_kinematics *lying, int i) {
    const oik_joint *joint = &lying->joints[i];
    const oik_segment *child = &lying->segments[i];
    bool grounded = joint->parent < 0;
    oik_mat3 R_p = grounded ? m3_identity() : lying->segments[joint->parent].R;
    oik_vec3 o_p = grounded ? v3(0, 0, 0) : lying->segments[joint->parent].origin;
    oik_mat3 F_p = joint_frame(joint->parent_frame, R_p), F_c = joint_frame(joint->child_frame, child->R);
    out->A = m3_tmul(R_p, F_p);
    rest_rotations(q, joint, out->n_rotations, m3_tmul(F_p, F_c));
    oik_mat3 E = oik_joint_rotation(joint->dofs, out->n_rotations, q);
    out->B = m3_tmul(child->R, m3_mul(F_p, E));
    out->b = m3_tmulv(child->R, v3_sub(joint->centre, child->origin));
    out->s = m3_tmulv(R_p, v3_sub(joint->centre, o_p));
    oik_vec3 position = m3_tmulv(out->A, out->s);
    for (int k = 0; k < out->n_translations; k++) {
        const oik_dof *dof = &joint->dofs[out->n_rotations + k];
        q[out->n_rotations + k] = v3_dot(dof->axis, position);
        out->s = v3_madd(out->s, -q[out->n_rotations + k], m3_mulv(out->A, dof->axis));
    }
}

static void build_chain(oik_chain *chain, double *q, const oik_kinematics *lying) {
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
        build_joint(out, q + next, lying, i);
        next += joint->n_dofs;
    }
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
    build_chain(chain, q, lying);
    *out = chain;
    if (q_rest)
        *q_rest = q;
    status = OIK_OK;
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
    size_t n = (size_t)chain->n_segments;
    oik_chain_pose *pose = oik_new(1, sizeof *pose, err);
    *out = NULL;
    if (!pose || !(pose->R = oik_new(n, sizeof *pose->R, err)) || !(pose->origin = oik_new(n, sizeof *pose->origin, err)) ||
        !(pose->centre = oik_new(n, sizeof *pose->centre, err)) ||
        !(pose->axis = oik_new((size_t)chain->n_dofs, sizeof *pose->axis, err))) {
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
    free(pose);
}

static void forward_joint(oik_chain_pose *pose, const oik_chain *chain, const double *q, int i) {
    const oik_chain_joint *joint = &chain->joints[i];
    const oik_dof *dofs = chain->dofs + joint->first_dof;
    oik_vec3 *axis = pose->axis + joint->first_dof;
    bool grounded = joint->parent < 0;
    oik_mat3 R_p = grounded ? m3_identity() : pose->R[joint->parent];
    oik_vec3 o_p = grounded ? v3(0, 0, 0) : pose->origin[joint->parent];
    oik_vec3 centre = v3_add(o_p, m3_mulv(R_p, joint->s));
    oik_mat3 R = m3_mul(R_p, joint->A);
    q += joint->first_dof;
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
    for (int i = 0; i < chain->n_segments; i++)
        forward_joint(pose, chain, q, i);
}
