/** From the joints of a file to the chain (see chain_load_rows.h). */
#include "ik/chain_load_rows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

oik_status oik_chain_rows_new(oik_chain_rows *rows, size_t n, oik_error *err) {
    *rows = (oik_chain_rows){0};
    if (n == 0 || n > OIK_CHAIN_FILE_JOINTS)
        return oik_fail(err, OIK_E_FORMAT, "expected 1 to %d joints, found %zu", OIK_CHAIN_FILE_JOINTS, n);
    rows->row = oik_new(n, sizeof *rows->row, err);
    if (!rows->row)
        return OIK_E_MEMORY;
    rows->n = (int)n;
    return OIK_OK;
}

void oik_chain_rows_free(oik_chain_rows *rows) {
    if (!rows)
        return;
    free(rows->row);
    free(rows->pairs);
    oik_markers_free(rows->markers);
    *rows = (oik_chain_rows){0};
}

int oik_chain_rows_joint(const oik_chain_rows *rows, const char *name) {
    for (int i = 0; i < rows->n; i++)
        if (strcmp(rows->row[i].joint.name, name) == 0)
            return i;
    return -1;
}

int oik_chain_rows_segment(const oik_chain_rows *rows, const char *name) {
    for (int i = 0; i < rows->n; i++)
        if (strcmp(rows->row[i].segment, name) == 0)
            return i;
    return -1;
}

oik_status oik_chain_rows_new_pairs(oik_chain_rows *rows, size_t n, oik_error *err) {
    if (n > INT_MAX)
        return oik_fail(err, OIK_E_FORMAT, "link_pairs: expected at most %d, found %zu", INT_MAX, n);
    rows->pairs = oik_new(n, sizeof *rows->pairs, err);
    if (!rows->pairs)
        return OIK_E_MEMORY;
    rows->n_pairs = (int)n;
    for (size_t i = 0; i < n; i++)
        rows->pairs[i].weight = 1.0;
    return OIK_OK;
}

oik_status oik_chain_rows_check_pair(const oik_link_pair *pair, oik_error *err) {
    if (pair->from == pair->to)
        return oik_fail(err, OIK_E_FORMAT, "expected two joints, found one and the same");
    if (pair->keypoint_from == pair->keypoint_to && strcmp(pair->name_from, pair->name_to) == 0)
        return oik_fail(err, OIK_E_FORMAT, "expected two keypoints, found one and the same");
    return OIK_OK;
}

oik_status oik_chain_row_count(oik_chain_row *row, int n_dofs, oik_error *err) {
    const int most = 3; /* of either kind */
    for (int k = 0; k < n_dofs; k++) {
        if (row->dofs[k].translation)
            row->joint.n_translations++;
        else if (row->joint.n_translations)
            return oik_fail(err, OIK_E_FORMAT, "coordinate %s: expected rotations before translations", row->dofs[k].name);
        else
            row->joint.n_rotations++;
    }
    if (row->joint.n_rotations > most || row->joint.n_translations > most)
        return oik_fail(err, OIK_E_FORMAT, "expected at most 3 rotations and 3 translations, found %d and %d", row->joint.n_rotations,
                        row->joint.n_translations);
    return OIK_OK;
}

oik_status oik_chain_row_coupling(oik_chain_row *row, int k, const json_t *dof, oik_error *err) {
    const json_t *coupling = json_object_get(dof, "coupling"), *polynomial;
    if (!coupling)
        return OIK_OK;
    oik_status status = json_is_object(coupling) ? oik_json_name(row->master[k], coupling, "master", err)
                                                 : oik_fail(err, OIK_E_FORMAT, "expected an object, found %s", oik_json_kind(coupling));
    if (!status)
        status = oik_json_array(&polynomial, coupling, "polynomial", 1, err);
    if (!status && json_array_size(polynomial) > OIK_MAX_COUPLING)
        status = oik_fail(err, OIK_E_FORMAT, "polynomial: expected at most %d coefficients, found %zu", OIK_MAX_COUPLING,
                          json_array_size(polynomial));
    int n = status ? 0 : (int)json_array_size(polynomial);
    for (int i = 0; !status && i < n; i++)
        status = oik_json_number(&row->dofs[k].coefficient[i], json_array_get(polynomial, (size_t)i), "polynomial", err);
    row->dofs[k].n_coefficients = status ? 0 : n;
    if (status)
        oik_error_prefix(err, "coupling");
    return status;
}

/** Names that occur once only, and one root. */
static oik_status check_rows(const oik_chain_rows *rows, oik_error *err) {
    int root = -1;
    for (int i = 0; i < rows->n; i++) {
        const oik_chain_row *row = &rows->row[i];
        if (oik_chain_rows_joint(rows, row->joint.name) != i)
            return oik_fail(err, OIK_E_FORMAT, "joint %s: there is another one of this name", row->joint.name);
        if (oik_chain_rows_segment(rows, row->segment) != i)
            return oik_fail(err, OIK_E_FORMAT, "joint %s: another joint moves segment %s too", row->joint.name, row->segment);
        if (row->joint.parent < 0 && root >= 0)
            return oik_fail(err, OIK_E_FORMAT, "joint %s: expected one joint without a parent, %s has none either", row->joint.name,
                            rows->row[root].joint.name);
        root = row->joint.parent < 0 ? i : root;
    }
    if (root < 0)
        return oik_fail(err, OIK_E_FORMAT, "expected one joint without a parent, all %d have one", rows->n);
    return OIK_OK;
}

/**
 * Parents before their children, else the order of the file: each pass takes the joints whose parents have been taken.
 * @param[out] order  n, row of each joint of the chain
 * @param[out] number n, joint of the chain of each row
 */
static oik_status sort_rows(int *order, int *number, const oik_chain_rows *rows, oik_error *err) {
    int done = 0, before = -1;
    for (int i = 0; i < rows->n; i++)
        number[i] = -1;
    while (done < rows->n && done > before) {
        before = done;
        for (int i = 0; i < rows->n; i++) {
            int parent = rows->row[i].joint.parent;
            if (number[i] >= 0 || (parent >= 0 && number[parent] < 0))
                continue;
            order[done] = i;
            number[i] = done++;
        }
    }
    for (int i = 0; i < rows->n; i++)
        if (number[i] < 0)
            return oik_fail(err, OIK_E_FORMAT, "joint %s: its parents form a circle", rows->row[i].joint.name);
    return OIK_OK;
}

static oik_status new_file(oik_chain_file **out, const oik_chain_rows *rows, oik_error *err) {
    size_t n = (size_t)rows->n, n_dofs = 0;
    for (size_t i = 0; i < n; i++)
        n_dofs += (size_t)oik_chain_row_dofs(&rows->row[i]);
    oik_chain_file *file = oik_new(1, sizeof *file, err);
    if (!file || !(file->chain = oik_new(1, sizeof *file->chain, err)) ||
        !(file->chain->segment_names = oik_new(n, OIK_NAME_LENGTH, err)) ||
        !(file->chain->joints = oik_new(n, sizeof *file->chain->joints, err)) ||
        !(file->chain->dofs = oik_new(n_dofs, sizeof *file->chain->dofs, err)) ||
        !(file->q_rest = oik_new(n_dofs, sizeof *file->q_rest, err))) {
        oik_chain_file_free(file);
        return OIK_E_MEMORY;
    }
    file->chain->n_segments = rows->n;
    file->chain->n_dofs = (int)n_dofs;
    *out = file;
    return OIK_OK;
}

static int find_dof(const oik_chain *chain, int n, const char *name) {
    for (int k = 0; k < n; k++)
        if (strcmp(chain->dofs[k].name, name) == 0)
            return k;
    return -1;
}

/** Coordinate k, which is the dof_of_row-th of its row; its name is new. */
static oik_status add_dof(oik_chain_file *file, int k, const oik_chain_row *row, int dof_of_row, oik_error *err) {
    oik_dof *dof = &file->chain->dofs[k];
    *dof = row->dofs[dof_of_row];
    file->q_rest[k] = dof->rest;
    if (find_dof(file->chain, k, dof->name) >= 0)
        return oik_fail(err, OIK_E_FORMAT, "joint %s: there is another coordinate %s", row->joint.name, dof->name);
    return OIK_OK;
}

/** Masters by their names; all coordinates are there. */
static oik_status find_masters(oik_chain *chain, const oik_chain_rows *rows, const int *order, oik_error *err) {
    for (int i = 0; i < rows->n; i++) {
        const oik_chain_row *row = &rows->row[order[i]];
        for (int k = 0; k < oik_chain_row_dofs(row); k++) {
            oik_dof *dof = &chain->dofs[chain->joints[i].first_dof + k];
            if (dof->n_coefficients == 0)
                continue;
            dof->master = find_dof(chain, chain->n_dofs, row->master[k]);
            if (dof->master < 0)
                return oik_fail(err, OIK_E_FORMAT, "joint %s, coordinate %s: there is no coordinate %s to follow", row->joint.name,
                                dof->name, row->master[k]);
        }
    }
    return OIK_OK;
}

/** What the chain itself asks for, and resting values of the coordinates that follow others. */
static oik_status complete_chain(oik_chain_file *file, oik_error *err) {
    if (oik_chain_check(file->chain, err)) {
        if (err)
            err->status = OIK_E_FORMAT; /* the model it speaks of is a file */
        return OIK_E_FORMAT;
    }
    oik_chain_complete(file->q_rest, file->chain);
    for (int k = 0; k < file->chain->n_dofs; k++)
        file->chain->dofs[k].rest = file->q_rest[k];
    return OIK_OK;
}

static oik_status fill_chain(oik_chain_file *file, const oik_chain_rows *rows, const int *order, const int *number, oik_error *err) {
    int next = 0;
    for (int i = 0; i < rows->n; i++) {
        const oik_chain_row *row = &rows->row[order[i]];
        oik_chain_joint *joint = &file->chain->joints[i];
        *joint = row->joint;
        joint->parent = row->joint.parent < 0 ? -1 : number[row->joint.parent];
        joint->first_dof = next;
        memcpy(file->chain->segment_names[i], row->segment, OIK_NAME_LENGTH);
        for (int k = 0; k < oik_chain_row_dofs(row); k++) {
            oik_status status = add_dof(file, next++, row, k, err);
            if (status)
                return status;
        }
    }
    return OIK_OK;
}

static void take_references(oik_chain_file *file, oik_chain_rows *rows, const int *number) {
    file->n_pairs = rows->n_pairs;
    file->pairs = rows->pairs;
    file->markers = rows->markers;
    rows->n_pairs = 0;
    rows->pairs = NULL;
    rows->markers = NULL;
    for (int i = 0; i < file->n_pairs; i++) {
        file->pairs[i].from = number[file->pairs[i].from];
        file->pairs[i].to = number[file->pairs[i].to];
    }
    for (int i = 0; file->markers && i < file->markers->n_markers; i++)
        file->markers->markers[i].segment = number[file->markers->markers[i].segment];
}

oik_status oik_chain_from_rows(oik_chain_file **out, oik_chain_rows *rows, oik_error *err) {
    oik_chain_file *file = NULL;
    *out = NULL;
    int *order = oik_new((size_t)rows->n, sizeof *order, err), *number = oik_new((size_t)rows->n, sizeof *number, err);
    oik_status status = order && number ? check_rows(rows, err) : OIK_E_MEMORY;
    if (!status)
        status = sort_rows(order, number, rows, err);
    if (!status)
        status = new_file(&file, rows, err);
    if (!status)
        status = fill_chain(file, rows, order, number, err);
    if (!status)
        status = find_masters(file->chain, rows, order, err);
    if (!status)
        status = complete_chain(file, err);
    if (!status)
        take_references(file, rows, number);
    free(order);
    free(number);
    if (status)
        oik_chain_file_free(file);
    else
        *out = file;
    return status;
}
