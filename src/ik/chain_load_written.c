/**
 * NAME_chain.json as the program writes it: world axes, centres and frames of the posed subject, and its coordinates q.
 *
 * The joint frame is the parent's segment frame, A = I; axes are turned back through the rotations before them; the rest of the
 * child's orientation goes into B, and forward kinematics at q gives the file's posture:
 *
 *   l_k = E_{k-1}^T R_p^T axis_k,  E_k = E_{k-1} Rot(l_k, q_k),  B = R_c^T R_p E_n
 *   s = R_p^T (centre - o_p) - sum_t q_t l_t over translations t,   b = R_c^T (centre - o_c)
 *
 * The file's axes are those of the solved chain, its frames those of the bones: they differ by the residual of inverse kinematics.
 */
#include <string.h>

#include "base/rot.h"
#include "base/status.h"
#include "ik/chain_load_rows.h"

/** World axes and coordinates of one joint in the file's posture. */
typedef struct posture {
    oik_vec3 axis[OIK_MAX_JOINT_DOFS];
    double q[OIK_MAX_JOINT_DOFS];
} posture;

static oik_status read_dof(oik_chain_row *row, posture *at, int k, const json_t *dof, const json_t *axis, oik_error *err) {
    oik_dof *out = &row->dofs[k];
    oik_status status = oik_json_name(out->name, dof, "name", err);
    out->translation = json_object_get(dof, "range_m") != NULL;
    double unit = out->translation ? 1.0 : OIK_RAD_PER_DEG;
    const char *range = out->translation ? "range_m" : "range_deg", *value = out->translation ? "value_m" : "value_deg";
    if (!status)
        status = oik_json_range(&out->lower, &out->upper, json_object_get(dof, range), unit, range, err);
    if (!status)
        status = oik_json_number(&at->q[k], json_object_get(dof, value), value, err);
    if (!status)
        status = oik_json_direction(&at->axis[k], axis, "axes", err);
    if (!status)
        status = oik_chain_row_coupling(row, k, dof, err);
    at->q[k] *= unit;
    out->rest = oik_inside(at->q[k], out->lower, out->upper);
    if (status)
        oik_error_prefix(err, "coordinate number %d", k);
    return status;
}

static oik_status read_dofs(oik_chain_row *row, posture *at, const json_t *joint, oik_error *err) {
    const json_t *dofs, *axes;
    oik_status status = oik_json_array(&dofs, joint, "dofs", 0, err);
    if (!status)
        status = oik_json_array(&axes, joint, "axes", 0, err);
    if (status)
        return status;
    size_t n = json_array_size(dofs);
    if (n > OIK_MAX_JOINT_DOFS || json_array_size(axes) != n)
        return oik_fail(err, OIK_E_FORMAT, "expected up to %d dofs and as many axes, found %zu and %zu", OIK_MAX_JOINT_DOFS, n,
                        json_array_size(axes));
    for (size_t k = 0; !status && k < n; k++)
        status = read_dof(row, at, (int)k, json_array_get(dofs, k), json_array_get(axes, k), err);
    return status ? status : oik_chain_row_count(row, (int)n, err);
}

static oik_status read_kind(oik_chain_row *row, const json_t *joint, oik_error *err) {
    static const char *const kinds[] = {"free", "ball", "universal", "hinge"};
    const char *name = json_string_value(json_object_get(joint, "type"));
    for (int i = 0; name && i < (int)(sizeof kinds / sizeof *kinds); i++)
        if (strcmp(kinds[i], name) == 0) {
            row->joint.kind = (oik_joint_kind)i;
            return OIK_OK;
        }
    return oik_fail(err, OIK_E_FORMAT, "type: expected free, ball, universal or hinge, found %.40s",
                    name ? name : oik_json_kind(json_object_get(joint, "type")));
}

/** Frame of the segment that the joint moves. */
static oik_status read_segment(oik_chain_row *row, const json_t *segments, oik_error *err) {
    size_t n = json_array_size(segments);
    for (size_t i = 0; i < n; i++) {
        const json_t *segment = json_array_get(segments, i);
        const char *name = json_string_value(json_object_get(segment, "name"));
        if (!name || strcmp(name, row->segment) != 0)
            continue;
        oik_status status = oik_json_vector(&row->origin, segment, "origin", err);
        if (!status)
            status = oik_json_rotation(&row->R, segment, "rotation", err);
        if (status)
            oik_error_prefix(err, "segment %s", row->segment);
        return status;
    }
    return oik_fail(err, OIK_E_FORMAT, "child: there is no segment %s", row->segment);
}

static oik_status read_row(oik_chain_row *row, const json_t *joint, const json_t *segments, oik_error *err) {
    oik_status status = oik_json_name(row->segment, joint, "child", err);
    if (!status)
        status = oik_json_vector(&row->centre, joint, "centre", err);
    if (!status)
        status = read_kind(row, joint, err);
    return status ? status : read_segment(row, segments, err);
}

/** The joint in its parent, and its axes in the joint frame. */
static void place_row(oik_chain_row *row, const posture *at, oik_mat3 R_p, oik_vec3 o_p) {
    oik_chain_joint *joint = &row->joint;
    oik_mat3 E = m3_identity();
    joint->A = E;
    joint->s = m3_tmulv(R_p, v3_sub(row->centre, o_p));
    for (int k = 0; k < joint->n_rotations; k++) {
        row->dofs[k].axis = v3_unit(m3_tmulv(E, m3_tmulv(R_p, at->axis[k])));
        E = m3_mul(E, oik_rot_axis(row->dofs[k].axis, at->q[k]));
    }
    for (int k = joint->n_rotations; k < oik_chain_row_dofs(row); k++) {
        row->dofs[k].axis = m3_tmulv(R_p, at->axis[k]);
        joint->s = v3_madd(joint->s, -at->q[k], row->dofs[k].axis);
    }
    joint->B = m3_tmul(row->R, m3_mul(R_p, E));
    joint->b = m3_tmulv(row->R, v3_sub(row->centre, row->origin));
}

static oik_status connect_row(oik_chain_rows *rows, int i, const json_t *joint, oik_error *err) {
    oik_chain_row *row = &rows->row[i];
    char parent[OIK_NAME_LENGTH];
    posture at = {0};
    oik_status status = oik_json_name(parent, joint, "parent", err);
    if (!status)
        status = read_dofs(row, &at, joint, err);
    if (status)
        return status;
    row->joint.parent = -1;
    if (strcmp(parent, "ground") == 0) {
        place_row(row, &at, m3_identity(), v3(0, 0, 0));
        return OIK_OK;
    }
    row->joint.parent = oik_chain_rows_segment(rows, parent);
    if (row->joint.parent < 0)
        return oik_fail(err, OIK_E_FORMAT, "parent: expected ground or a segment that a joint moves, found %s", parent);
    const oik_chain_row *from = &rows->row[row->joint.parent];
    place_row(row, &at, from->R, from->origin);
    return OIK_OK;
}

oik_status oik_chain_rows_written(oik_chain_rows *rows, const json_t *root, oik_error *err) {
    const json_t *joints, *segments;
    oik_status status = oik_json_array(&joints, root, "joints", 1, err);
    if (!status)
        status = oik_json_array(&segments, root, "segments", 1, err);
    if (!status)
        status = oik_chain_rows_new(rows, json_array_size(joints), err);
    for (int i = 0; !status && i < rows->n; i++) {
        const json_t *joint = json_array_get(joints, (size_t)i);
        status = oik_json_name(rows->row[i].joint.name, joint, "name", err);
        if (!status)
            status = read_row(&rows->row[i], joint, segments, err);
        if (status)
            oik_error_prefix(err, "joint number %d (%s)", i, rows->row[i].joint.name);
    }
    for (int i = 0; !status && i < rows->n; i++) {
        status = connect_row(rows, i, json_array_get(joints, (size_t)i), err);
        if (status)
            oik_error_prefix(err, "joint %s", rows->row[i].joint.name);
    }
    return status;
}
