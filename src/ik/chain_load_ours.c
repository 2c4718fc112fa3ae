/**
 * Our own chain files, "osso_ik kinematic chain" version 1 (docs/chain-files.md):
 *
 *   A = orientation_p^T orientation_c,  s = orientation_p^T (position_c - position_p),  B = I,  b = 0
 *
 * so that position and orientation are those with every coordinate at 0, and axes are seen from the joint's own orientation.
 */
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "ik/chain_load_rows.h"

/** Range, and the rest in it: 0, or the bound nearest to 0, where the file does not say. */
static oik_status read_range(oik_dof *dof, const json_t *value, oik_error *err) {
    const json_t *degrees = json_object_get(value, "range_deg"), *metres = json_object_get(value, "range_m");
    if (!degrees == !metres)
        return oik_fail(err, OIK_E_FORMAT, "expected either range_deg or range_m, found %s", degrees ? "both" : "none");
    dof->translation = metres != NULL;
    double unit = metres ? 1.0 : OIK_RAD_PER_DEG;
    const char *rest_key = metres ? "rest_m" : "rest_deg";
    oik_status status = oik_json_range(&dof->lower, &dof->upper, metres ? metres : degrees, unit, metres ? "range_m" : "range_deg", err);
    const json_t *rest = json_object_get(value, rest_key);
    dof->rest = oik_inside(0.0, dof->lower, dof->upper);
    if (status || !rest)
        return status;
    status = oik_json_number(&dof->rest, rest, rest_key, err);
    dof->rest *= unit;
    if (!status && (dof->rest < dof->lower || dof->rest > dof->upper))
        status = oik_fail(err, OIK_E_FORMAT, "%s: expected a value in the range, found %g", rest_key, dof->rest / unit);
    return status;
}

static oik_status read_dof(oik_chain_row *row, int k, const json_t *value, oik_error *err) {
    static const char *const rotation_keys[] = {"name", "axis", "range_deg", "rest_deg", "coupling", NULL};
    static const char *const translation_keys[] = {"name", "axis", "range_m", "rest_m", "coupling", NULL};
    oik_dof *dof = &row->dofs[k];
    oik_status status = oik_json_name(dof->name, value, "name", err);
    if (status) {
        oik_error_prefix(err, "coordinate number %d", k);
        return status;
    }
    status = read_range(dof, value, err);
    if (!status)
        status = oik_json_only(value, dof->translation ? translation_keys : rotation_keys, err);
    if (!status)
        status = oik_json_direction(&dof->axis, json_object_get(value, "axis"), "axis", err);
    if (!status)
        status = oik_chain_row_coupling(row, k, value, err);
    if (status)
        oik_error_prefix(err, "coordinate %s", dof->name);
    return status;
}

static oik_status read_dofs(oik_chain_row *row, const json_t *joint, oik_error *err) {
    const json_t *dofs;
    oik_status status = oik_json_array(&dofs, joint, "dofs", 0, err);
    if (status)
        return status;
    if (json_array_size(dofs) > OIK_MAX_JOINT_DOFS)
        return oik_fail(err, OIK_E_FORMAT, "dofs: expected at most %d, found %zu", OIK_MAX_JOINT_DOFS, json_array_size(dofs));
    int n = (int)json_array_size(dofs);
    for (int k = 0; !status && k < n; k++)
        status = read_dof(row, k, json_array_get(dofs, (size_t)k), err);
    return status ? status : oik_chain_row_count(row, n, err);
}

/** Coordinates of a kind that are free, and not coupled to others. */
static int count_free(const oik_chain_row *row, bool translation) {
    int n = 0;
    for (int k = 0; k < oik_chain_row_dofs(row); k++)
        n += row->dofs[k].translation == translation && row->dofs[k].n_coefficients == 0;
    return n;
}

/** A joint's type says how many of its coordinates are free; coupled ones come on top. */
static oik_status read_type(oik_chain_row *row, const json_t *joint, oik_error *err) {
    static const struct {
        const char *name;
        oik_joint_kind kind;
        int n_rotations, n_translations;
    } types[] = {{"free", OIK_JOINT_FREE, 3, 3},
                 {"ball", OIK_JOINT_BALL, 3, 0},
                 {"universal", OIK_JOINT_UNIVERSAL, 2, 0},
                 {"hinge", OIK_JOINT_HINGE, 1, 0},
                 {"fixed", OIK_JOINT_HINGE, 0, 0}};
    const char *name = json_string_value(json_object_get(joint, "type"));
    int n_rotations = count_free(row, false), n_translations = count_free(row, true);
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].name, name) != 0)
            continue;
        row->joint.kind = types[i].kind;
        if (n_rotations == types[i].n_rotations && n_translations == types[i].n_translations)
            return OIK_OK;
        return oik_fail(err, OIK_E_FORMAT, "type %s: expected %d rotations and %d translations that are not coupled, found %d and %d", name,
                        types[i].n_rotations, types[i].n_translations, n_rotations, n_translations);
    }
    return oik_fail(err, OIK_E_FORMAT, "type: expected free, ball, universal, hinge or fixed, found %.40s",
                    name ? name : oik_json_kind(json_object_get(joint, "type")));
}

static oik_status read_row(oik_chain_row *row, const json_t *joint, oik_error *err) {
    static const char *const keys[] = {"name", "parent", "position", "orientation", "type", "dofs", NULL};
    oik_status status = oik_json_only(joint, keys, err);
    if (!status)
        status = oik_json_vector(&row->centre, joint, "position", err);
    row->R = m3_identity();
    if (!status && json_object_get(joint, "orientation"))
        status = oik_json_rotation(&row->R, joint, "orientation", err);
    if (!status)
        status = read_dofs(row, joint, err);
    if (!status)
        status = read_type(row, joint, err);
    row->origin = row->centre;
    memcpy(row->segment, row->joint.name, sizeof row->segment);
    return status;
}

static oik_status find_joint(int *out, const oik_chain_rows *rows, const json_t *object, const char *key, oik_error *err) {
    char name[OIK_NAME_LENGTH];
    oik_status status = oik_json_name(name, object, key, err);
    if (status)
        return status;
    *out = oik_chain_rows_joint(rows, name);
    return *out < 0 ? oik_fail(err, OIK_E_FORMAT, "%s: there is no joint %s", key, name) : OIK_OK;
}

/** Parent by name, null for the root; and the joint's place in it. All rows have been read. */
static oik_status place_row(oik_chain_rows *rows, int i, const json_t *joint, oik_error *err) {
    oik_chain_row *row = &rows->row[i];
    oik_mat3 R_p = m3_identity();
    oik_vec3 o_p = v3(0, 0, 0);
    row->joint.parent = -1;
    if (!json_is_null(json_object_get(joint, "parent"))) {
        oik_status status = find_joint(&row->joint.parent, rows, joint, "parent", err);
        if (status)
            return status;
        R_p = rows->row[row->joint.parent].R;
        o_p = rows->row[row->joint.parent].centre;
    }
    row->joint.A = m3_tmul(R_p, row->R);
    row->joint.B = m3_identity();
    row->joint.s = m3_tmulv(R_p, v3_sub(row->centre, o_p));
    return OIK_OK;
}

static oik_status read_joints(oik_chain_rows *rows, const json_t *joints, oik_error *err) {
    oik_status status = oik_chain_rows_new(rows, json_array_size(joints), err);
    for (int i = 0; !status && i < rows->n; i++) {
        status = oik_json_name(rows->row[i].joint.name, json_array_get(joints, (size_t)i), "name", err);
        if (status)
            oik_error_prefix(err, "joint number %d", i);
    }
    for (int i = 0; !status && i < rows->n; i++) {
        status = read_row(&rows->row[i], json_array_get(joints, (size_t)i), err);
        if (status)
            oik_error_prefix(err, "joint %s", rows->row[i].joint.name);
    }
    for (int i = 0; !status && i < rows->n; i++) {
        status = place_row(rows, i, json_array_get(joints, (size_t)i), err);
        if (status)
            oik_error_prefix(err, "joint %s", rows->row[i].joint.name);
    }
    return status;
}

/** A keypoint is a name or a number. */
static oik_status read_keypoint(int *number, char name[OIK_NAME_LENGTH], const json_t *pair, const char *key, oik_error *err) {
    const json_t *value = json_object_get(pair, key);
    *number = -1;
    if (json_is_string(value))
        return oik_json_name(name, pair, key, err);
    if (!json_is_integer(value))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a name or a number, found %s", key, oik_json_kind(value));
    return oik_json_integer(number, value, 0, OIK_CHAIN_FILE_KEYPOINTS, key, err);
}

static oik_status read_pair(oik_link_pair *pair, const oik_chain_rows *rows, const json_t *value, oik_error *err) {
    static const char *const keys[] = {"from", "to", "keypoint_from", "keypoint_to", "weight", NULL};
    const json_t *weight = json_object_get(value, "weight");
    oik_status status = oik_json_only(value, keys, err);
    if (!status)
        status = find_joint(&pair->from, rows, value, "from", err);
    if (!status)
        status = find_joint(&pair->to, rows, value, "to", err);
    if (!status)
        status = read_keypoint(&pair->keypoint_from, pair->name_from, value, "keypoint_from", err);
    if (!status)
        status = read_keypoint(&pair->keypoint_to, pair->name_to, value, "keypoint_to", err);
    if (!status && weight)
        status = oik_json_number(&pair->weight, weight, "weight", err);
    if (!status && pair->weight < 0.0)
        status = oik_fail(err, OIK_E_FORMAT, "weight: expected at least 0, found %g", pair->weight);
    return status ? status : oik_chain_rows_check_pair(pair, err);
}

static oik_status read_pairs(oik_chain_rows *rows, const json_t *root, oik_error *err) {
    const json_t *pairs;
    if (!json_object_get(root, "link_pairs"))
        return OIK_OK;
    oik_status status = oik_json_array(&pairs, root, "link_pairs", 0, err);
    if (!status)
        status = oik_chain_rows_new_pairs(rows, json_array_size(pairs), err);
    for (int i = 0; !status && i < rows->n_pairs; i++) {
        status = read_pair(&rows->pairs[i], rows, json_array_get(pairs, (size_t)i), err);
        if (status)
            oik_error_prefix(err, "link_pairs, number %d", i);
    }
    return status;
}

static oik_status read_marker(oik_marker *marker, const oik_chain_rows *rows, const json_t *value, oik_error *err) {
    static const char *const keys[] = {"name", "segment", "position", NULL};
    oik_status status = oik_json_name(marker->name, value, "name", err);
    if (!status)
        status = oik_json_only(value, keys, err);
    if (!status)
        status = find_joint(&marker->segment, rows, value, "segment", err);
    if (!status)
        status = oik_json_vector(&marker->local, value, "position", err);
    marker->keypoint = -1;
    return status;
}

static oik_status read_markers(oik_chain_rows *rows, const json_t *root, oik_error *err) {
    const json_t *markers;
    if (!json_object_get(root, "markers"))
        return OIK_OK;
    oik_status status = oik_json_array(&markers, root, "markers", 0, err);
    if (!status)
        status = oik_markers_new(&rows->markers, json_array_size(markers), 0, err);
    for (int i = 0; !status && i < rows->markers->n_markers; i++) {
        oik_marker *marker = &rows->markers->markers[i];
        status = read_marker(marker, rows, json_array_get(markers, (size_t)i), err);
        if (!status && oik_markers_find(rows->markers, marker->name) != i)
            status = oik_fail(err, OIK_E_FORMAT, "there is another one of this name, %s", marker->name);
        if (status)
            oik_error_prefix(err, "markers, number %d", i);
    }
    return status;
}

oik_status oik_chain_rows_ours(oik_chain_rows *rows, const json_t *root, oik_error *err) {
    static const char *const keys[] = {"format", "version", "description", "joints", "link_pairs", "markers", NULL};
    const json_t *joints;
    oik_status status = oik_json_only(root, keys, err);
    if (!status)
        status = oik_json_array(&joints, root, "joints", 1, err);
    if (!status)
        status = read_joints(rows, joints, err);
    if (!status)
        status = read_pairs(rows, root, err);
    return status ? status : read_markers(rows, root, err);
}
