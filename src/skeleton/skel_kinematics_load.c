/**
 * Reading the kinematic recipes of a model archive: segments, joints, degrees of freedom, and the poses they refer to.
 *
 * kin_segment_recipe (S, 9): part, origin, primary from/to, secondary from/to, primary axis, secondary axis, distal
 * kin_joint_recipe (S, 12): parent, kind, parent frame, child frame, number of dofs, centre, axis from (3), axis to (3)
 * kin_segment_weight (S): how well a segment's orientation is seen; may be absent, then 1
 * kin_dof_* (D): one row per degree of freedom, joint after joint
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/skel_model_arrays.h"

typedef struct tables {
    size_t n_segments, n_dofs;
    char **segment_name, **joint_name, **dof_name;
    int32_t *segment, *joint, *dof_translation;
    double *segment_weight;
    double *dof_axis, *dof_range, *dof_rest;
    double *lying;
    int32_t *gap;
} tables;

static void tables_free(tables *t) {
    void *blocks[] = {t->segment_name, t->joint_name, t->dof_name,  t->segment,  t->joint, t->dof_translation,
                      t->dof_axis,     t->dof_range,  t->dof_rest, t->lying, t->gap, t->segment_weight};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

static oik_status read_text(char ***out, size_t *n, const oik_npz *npz, const char *name, oik_error *err) {
    size_t expected = *n;
    oik_status status = oik_npz_read_text(npz, name, n, out, err);
    if (!status && expected != SIZE_MAX && *n != expected)
        return oik_fail(err, OIK_E_MODEL, "%s: expected %zu names, found %zu", name, expected, *n);
    for (size_t i = 0; !status && i < *n; i++)
        status = oik_skel_check_name(name, i, (*out)[i], err);
    return status;
}

static oik_status read_tables(tables *t, const oik_npz *npz, size_t n_segments, oik_error *err) {
    t->n_segments = n_segments;
    t->n_dofs = SIZE_MAX;
    size_t segments[2] = {n_segments, SKEL_SEGMENT_COLUMNS}, joints[2] = {n_segments, SKEL_JOINT_COLUMNS};
    size_t lying[2] = {24, 9}, gap[2] = {4, 2};
    oik_status status = read_text(&t->segment_name, &t->n_segments, npz, "kin_segment_name", err);
    if (!status)
        status = read_text(&t->joint_name, &t->n_segments, npz, "kin_joint_name", err);
    if (!status)
        status = read_text(&t->dof_name, &t->n_dofs, npz, "kin_dof_name", err);
    size_t dofs[1] = {t->n_dofs}, axes[2] = {t->n_dofs, 3}, ranges[2] = {t->n_dofs, 2};
    if (!status)
        status = oik_npz_read_i32(npz, "kin_segment_recipe", 2, segments, &t->segment, err);
    if (!status && oik_npz_has(npz, "kin_segment_weight"))
        status = oik_npz_read_f64(npz, "kin_segment_weight", 1, &(size_t){n_segments}, &t->segment_weight, err);
    if (!status)
        status = oik_npz_read_i32(npz, "kin_joint_recipe", 2, joints, &t->joint, err);
    if (!status)
        status = oik_npz_read_i32(npz, "kin_dof_translation", 1, dofs, &t->dof_translation, err);
    if (!status)
        status = oik_npz_read_f64(npz, "kin_dof_axis", 2, axes, &t->dof_axis, err);
    if (!status)
        status = oik_npz_read_f64(npz, "kin_dof_range", 2, ranges, &t->dof_range, err);
    if (!status)
        status = oik_npz_read_f64(npz, "kin_dof_rest", 1, dofs, &t->dof_rest, err);
    if (!status)
        status = oik_npz_read_f64(npz, "skel_lying_R", 2, lying, &t->lying, err);
    if (!status)
        status = oik_npz_read_i32(npz, "skel_gap", 2, gap, &t->gap, err);
    return status;
}

static bool outside(int32_t value, int32_t low, int64_t limit) {
    return value < low || (int64_t)value >= limit;
}

static oik_status fill_segment(oik_skel_model *m, const tables *t, int i, oik_error *err) {
    const int32_t *row = t->segment + (size_t)i * SKEL_SEGMENT_COLUMNS;
    oik_segment_recipe *s = &m->segments[i];
    strcpy(s->name, t->segment_name[i]);
    bool bad = outside(row[0], 0, m->n_parts) || outside(row[6], 0, 3) || outside(row[7], 0, 3) || row[6] == row[7] ||
               outside(row[8], -1, m->n_lists);
    for (int k = 1; k <= 5; k++)
        bad |= outside(row[k], 0, m->n_lists);
    if (bad)
        return oik_fail(err, OIK_E_MODEL, "kin_segment_recipe: row %d (%s) is out of range", i, s->name);
    *s = (oik_segment_recipe){.part = row[0], .origin = row[1], .primary_from = row[2], .primary_to = row[3],
                              .secondary_from = row[4], .secondary_to = row[5], .primary_axis = row[6],
                              .secondary_axis = row[7], .distal = row[8]};
    strcpy(s->name, t->segment_name[i]);
    s->weight = t->segment_weight ? t->segment_weight[i] : 1.0;
    if (s->weight < 0.0 || s->weight > 1.0)
        return oik_fail(err, OIK_E_MODEL, "kin_segment_weight: %s has %g, expected 0 to 1", s->name, s->weight);
    return OIK_OK;
}

static oik_status fill_dof(oik_dof *dof, const tables *t, size_t d, oik_error *err) {
    const double *axis = t->dof_axis + 3 * d, *range = t->dof_range + 2 * d;
    strcpy(dof->name, t->dof_name[d]);
    dof->translation = t->dof_translation[d] != 0;
    dof->axis = v3_unit(v3(axis[0], axis[1], axis[2]));
    dof->lower = range[0];
    dof->upper = range[1];
    dof->rest = t->dof_rest[d];
    if (range[0] > range[1])
        return oik_fail(err, OIK_E_MODEL, "kin_dof_range: %s has its bounds the wrong way round", dof->name);
    return OIK_OK;
}

static oik_status fill_joint(oik_skel_model *m, const tables *t, int i, size_t *next_dof, oik_error *err) {
    const int32_t *row = t->joint + (size_t)i * SKEL_JOINT_COLUMNS;
    oik_joint_recipe *r = &m->joints[i];
    bool bad = outside(row[0], -1, i) || outside(row[1], 0, 4) || outside(row[2], 0, 2) || outside(row[3], 0, 2) ||
               outside(row[4], 0, OIK_MAX_JOINT_DOFS + 1) || outside(row[5], 0, m->n_lists);
    for (int k = 6; k < SKEL_JOINT_COLUMNS; k++)
        bad |= outside(row[k], -1, m->n_lists);
    for (int k = 6; k < 9; k++) /* an axis has both ends, and a frame to be given in */
        bad |= (row[k] < 0) != (row[k + 3] < 0) || (row[k] >= 0 && row[0] < 0 && row[2] == OIK_FRAME_SEGMENT);
    if (bad || *next_dof + (size_t)row[4] > t->n_dofs)
        return oik_fail(err, OIK_E_MODEL, "kin_joint_recipe: row %d (%s) is out of range", i, t->joint_name[i]);
    r->joint = (oik_joint){.parent = row[0], .child = i, .kind = (oik_joint_kind)row[1], .parent_frame = (oik_frame_kind)row[2],
                           .child_frame = (oik_frame_kind)row[3], .n_dofs = row[4]};
    strcpy(r->joint.name, t->joint_name[i]);
    r->centre = row[5];
    for (int k = 0; k < 3; k++) {
        r->axis_from[k] = row[6 + k];
        r->axis_to[k] = row[9 + k];
    }
    oik_status status = OIK_OK;
    for (int k = 0; !status && k < row[4]; k++)
        status = fill_dof(&r->joint.dofs[k], t, (*next_dof)++, err);
    return status;
}

static oik_status fill_gaps(oik_skel_model *m, const tables *t, oik_error *err) {
    for (int i = 0; i < 8; i++)
        if (outside(t->gap[i], 0, (int64_t)m->n_points))
            return oik_fail(err, OIK_E_MODEL, "skel_gap: point %d is out of range", t->gap[i]);
    memcpy(m->gap_hip, t->gap, sizeof m->gap_hip);
    memcpy(m->gap_shoulder, t->gap + 4, sizeof m->gap_shoulder);
    return OIK_OK;
}

bool oik_skel_is_rotation(oik_mat3 R) {
    const double rounding = 1e-5; /* of a matrix that was stored in single precision, with room to spare */
    oik_mat3 RtR = m3_tmul(R, R);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!(fabs(RtR.m[i][j] - (i == j)) <= rounding))
                return false;
    return m3_det(R) > 0.0;
}

static oik_status fill_lying(oik_skel_model *m, const tables *t, oik_error *err) {
    memcpy(m->lying_R, t->lying, sizeof m->lying_R);
    for (int j = 0; j < 24; j++)
        if (!oik_skel_is_rotation(m->lying_R[j]))
            return oik_fail(err, OIK_E_MODEL, "skel_lying_R: matrix %d is not a rotation", j);
    return OIK_OK;
}

oik_status oik_skel_model_load_kinematics(oik_skel_model *m, const oik_npz *npz, oik_error *err) {
    tables t = {0};
    size_t n = (size_t)m->n_segments, next_dof = 0;
    oik_status status = read_tables(&t, npz, n, err);
    if (!status) {
        m->segments = oik_new(n, sizeof *m->segments, err);
        m->joints = oik_new(n, sizeof *m->joints, err);
        status = m->segments && m->joints ? OIK_OK : OIK_E_MEMORY;
    }
    for (int i = 0; !status && i < m->n_segments; i++) {
        status = fill_segment(m, &t, i, err);
        if (!status)
            status = fill_joint(m, &t, i, &next_dof, err);
    }
    if (!status && next_dof != t.n_dofs)
        status = oik_fail(err, OIK_E_MODEL, "kin_dof_name: the joints have %zu degrees of freedom, found %zu names", next_dof, t.n_dofs);
    if (!status)
        status = fill_gaps(m, &t, err);
    if (!status)
        status = fill_lying(m, &t, err);
    if (status && status != OIK_E_MEMORY) {
        status = OIK_E_MODEL;
        if (err)
            err->status = OIK_E_MODEL;
    }
    tables_free(&t);
    return status;
}
