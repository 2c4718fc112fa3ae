/**
 * Published chains: joints with three Cardan angles after their orientation at rest.
 *
 *   R_c = R_p (rest_p^T rest_c) Rz(z) Ry(y) Rx(x)          columns of rest: the joint's axes in the global frame
 *   o_c = o_p + R_p rest_p^T (position_c - position_p)
 *
 * so that A = rest_p^T rest_c, s = rest_p^T (position_c - position_p), B = I, b = 0. An angle whose range is a point is no coordinate:
 * its rotation (none for [0, 0]) is carried into the axes behind it and into B. The root has no parent (rest_p = I) and gets three
 * translations along the world's axes, which are its position: s = 0 there.
 */
#include <string.h>

#include "base/rot.h"
#include "base/status.h"
#include "ik/chain_load_rows.h"

static const oik_vec3 unit[3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

/** "<joint>_<ending>" */
static oik_status name_dof(oik_dof *dof, const char *joint, const char *ending, oik_error *err) {
    size_t n = strlen(joint), room = sizeof dof->name - strlen(ending) - 2; /* of the underscore and the end */
    if (n > room)
        return oik_fail(err, OIK_E_FORMAT, "its name is too long for coordinates called after it, expected at most %zu bytes", room);
    memcpy(dof->name, joint, n);
    dof->name[n] = '_';
    strcpy(dof->name + n + 1, ending);
    return OIK_OK;
}

/** The angles in the order z, y, x in which they turn. */
static oik_status read_rotations(oik_chain_row *row, const json_t *joint, oik_error *err) {
    static const char *const endings[3] = {"x", "y", "z"};
    const json_t *ranges;
    oik_mat3 locked = m3_identity(); /* product of the locked rotations so far */
    oik_status status = oik_json_array(&ranges, joint, "rom_deg_xyz", 3, err);
    for (int c = 2; !status && c >= 0; c--) {
        oik_dof *dof = &row->dofs[row->joint.n_rotations];
        double lower, upper;
        status = oik_json_range(&lower, &upper, json_array_get(ranges, (size_t)c), OIK_RAD_PER_DEG, "rom_deg_xyz", err);
        if (status)
            return status;
        if (lower >= upper) {
            locked = m3_mul(locked, oik_rot_axis(unit[c], lower));
            continue;
        }
        *dof = (oik_dof){.axis = m3_mulv(locked, unit[c]), .lower = lower, .upper = upper, .rest = oik_inside(0.0, lower, upper)};
        status = name_dof(dof, row->joint.name, endings[c], err);
        row->joint.n_rotations++;
    }
    row->joint.B = m3_transpose(locked);
    return status;
}

/** The root's position in the world: axes of the world, seen from the joint frame A. */
static oik_status add_translations(oik_chain_row *row, oik_error *err) {
    static const char *const endings[3] = {"tx", "ty", "tz"};
    oik_status status = OIK_OK;
    for (int c = 0; !status && c < 3; c++) {
        oik_dof *dof = &row->dofs[row->joint.n_rotations + c];
        *dof = (oik_dof){.translation = true, .axis = m3_tmulv(row->R, unit[c]), .lower = -OIK_ROOT_RANGE, .upper = OIK_ROOT_RANGE};
        dof->rest = oik_inside(v3_get(row->centre, c), dof->lower, dof->upper);
        status = name_dof(dof, row->joint.name, endings[c], err);
        row->joint.n_translations++;
    }
    return status;
}

static oik_joint_kind kind_of(const oik_chain_joint *joint) {
    static const oik_joint_kind kinds[] = {OIK_JOINT_HINGE, OIK_JOINT_HINGE, OIK_JOINT_UNIVERSAL, OIK_JOINT_BALL};
    return joint->parent < 0 ? OIK_JOINT_FREE : kinds[joint->n_rotations];
}

static oik_status read_row(oik_chain_row *row, const json_t *joint, int n_joints, oik_error *err) {
    oik_status status = oik_json_integer(&row->joint.parent, json_object_get(joint, "parent"), -1, n_joints - 1, "parent", err);
    if (!status)
        status = oik_json_vector(&row->centre, joint, "position_m", err);
    if (!status)
        status = oik_json_rotation(&row->R, joint, "orientation", err);
    if (!status)
        status = read_rotations(row, joint, err);
    if (!status && row->joint.parent < 0)
        status = add_translations(row, err);
    if (status)
        return status;
    row->origin = row->centre;
    row->joint.kind = kind_of(&row->joint);
    memcpy(row->segment, row->joint.name, sizeof row->segment);
    return OIK_OK;
}

/** Where the joint is in its parent; the parent's row has been read. */
static void place_row(oik_chain_rows *rows, int i) {
    oik_chain_row *row = &rows->row[i];
    if (row->joint.parent < 0) {
        row->joint.A = row->R;
        return;
    }
    const oik_chain_row *parent = &rows->row[row->joint.parent];
    row->joint.A = m3_tmul(parent->R, row->R);
    row->joint.s = m3_tmulv(parent->R, v3_sub(row->centre, parent->centre));
}

static oik_status read_pair(oik_link_pair *pair, const json_t *value, int n_joints, oik_error *err) {
    if (!json_is_array(value) || json_array_size(value) != 4)
        return oik_fail(err, OIK_E_FORMAT, "expected [joint, joint, keypoint, keypoint], found %s",
                        json_is_array(value) ? "an array of another length" : oik_json_kind(value));
    oik_status status = oik_json_integer(&pair->from, json_array_get(value, 0), 0, n_joints - 1, "first joint", err);
    if (!status)
        status = oik_json_integer(&pair->to, json_array_get(value, 1), 0, n_joints - 1, "second joint", err);
    if (!status)
        status = oik_json_integer(&pair->keypoint_from, json_array_get(value, 2), 0, OIK_CHAIN_FILE_KEYPOINTS, "first keypoint", err);
    if (!status)
        status = oik_json_integer(&pair->keypoint_to, json_array_get(value, 3), 0, OIK_CHAIN_FILE_KEYPOINTS, "second keypoint", err);
    return status ? status : oik_chain_rows_check_pair(pair, err);
}

static oik_status read_pairs(oik_chain_rows *rows, const json_t *chain, oik_error *err) {
    const json_t *pairs;
    if (!json_object_get(chain, "link_pairs"))
        return OIK_OK;
    oik_status status = oik_json_array(&pairs, chain, "link_pairs", 0, err);
    if (status)
        return status;
    status = oik_chain_rows_new_pairs(rows, json_array_size(pairs), err);
    for (int i = 0; !status && i < rows->n_pairs; i++) {
        status = read_pair(&rows->pairs[i], json_array_get(pairs, (size_t)i), rows->n, err);
        if (status)
            oik_error_prefix(err, "link_pairs, number %d", i);
    }
    return status;
}

oik_status oik_chain_rows_published(oik_chain_rows *rows, const json_t *chain, oik_error *err) {
    const json_t *joints;
    oik_status status = oik_json_array(&joints, chain, "joints", 0, err);
    if (!status)
        status = oik_chain_rows_new(rows, json_array_size(joints), err);
    for (int i = 0; !status && i < rows->n; i++) {
        const json_t *joint = json_array_get(joints, (size_t)i);
        oik_chain_row *row = &rows->row[i];
        status = oik_json_name(row->joint.name, joint, "name", err);
        if (status) {
            oik_error_prefix(err, "joint number %d", i);
            return status;
        }
        status = read_row(row, joint, rows->n, err);
        if (status)
            oik_error_prefix(err, "joint %s", row->joint.name);
    }
    for (int i = 0; !status && i < rows->n; i++)
        place_row(rows, i);
    return status ? status : read_pairs(rows, chain, err);
}
