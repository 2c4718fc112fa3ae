#include "models/model_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/model_hash.h"
#include "base/mem.h"
#include "base/npz.h"
#include "base/status.h"
#include "skeleton/skel_model_arrays.h"

/** Collects arrays; the first failure sticks. */
typedef struct sink {
    oik_npz_writer *w;
    oik_status status;
    oik_error *err;
} sink;

static void put_f64(sink *s, const char *name, const char *dtype, size_t rows, size_t columns, const void *data) {
    size_t shape[2] = {rows, columns};
    if (!s->status)
        s->status = oik_npz_add_f64(s->w, name, dtype, columns > 1 ? 2 : 1, shape, data, s->err);
}

static void put_i32(sink *s, const char *name, const char *dtype, size_t rows, size_t columns, const void *data) {
    size_t shape[2] = {rows, columns};
    if (!s->status)
        s->status = oik_npz_add_i32(s->w, name, dtype, columns > 1 ? 2 : 1, shape, data, s->err);
}

static void put_u8(sink *s, const char *name, size_t rows, size_t columns, const uint8_t *data) {
    int32_t *wide = s->status ? NULL : oik_new(rows * columns, sizeof *wide, s->err);
    if (!wide) {
        s->status = s->status ? s->status : OIK_E_MEMORY;
        return;
    }
    for (size_t i = 0; i < rows * columns; i++)
        wide[i] = data[i];
    put_i32(s, name, "|u1", rows, columns, wide);
    free(wide);
}

/** n names of fixed room. */
static void put_names(sink *s, const char *name, size_t n, size_t room, const char *names) {
    const char **list = s->status ? NULL : oik_new(n, sizeof *list, s->err);
    if (!list) {
        s->status = s->status ? s->status : OIK_E_MEMORY;
        return;
    }
    for (size_t i = 0; i < n; i++)
        list[i] = names + i * room;
    s->status = oik_npz_add_text(s->w, name, n, list, s->err);
    free((void *)list);
}

static void put_text(sink *s, const char *name, const char *text) {
    if (!s->status)
        s->status = oik_npz_add_text(s->w, name, 1, &text, s->err);
}

static void put_skin(sink *s, const oik_skin *skin) {
    size_t modes[3] = {skin->n_modes, skin->n_vertices, 3}, n = skin->n_vertices, r = skin->n_regressor;
    int32_t parents[OIK_SKIN_N_JOINTS];
    for (int j = 0; j < OIK_SKIN_N_JOINTS; j++)
        parents[j] = oik_skin_joint_parent[j];
    double *precision = oik_new(skin->n_modes, sizeof *precision, s->err);
    if (!precision) {
        s->status = OIK_E_MEMORY;
        return;
    }
    for (size_t k = 0; k < skin->n_modes; k++)
        precision[k] = 1.0;
    put_f64(s, "skin_template", "<f4", n, 3, skin->template_v);
    put_i32(s, "skin_faces", "<i4", skin->n_faces, 3, skin->faces);
    if (!s->status)
        s->status = oik_npz_add_f64(s->w, "skin_modes", "<f4", 3, modes, &skin->modes[0].x, s->err);
    put_f64(s, "skin_mode_precision", "<f8", skin->n_modes, 1, precision);
    put_names(s, "skin_mode_name", skin->n_modes, OIK_SKIN_NAME, skin->mode_names[0]);
    put_i32(s, "skin_parents", "<i4", OIK_SKIN_N_JOINTS, 1, parents);
    put_u8(s, "skin_weight_joint", n, OIK_SKIN_N_WEIGHTS, skin->weight_joint[0]);
    put_f64(s, "skin_weight", "<f4", n, OIK_SKIN_N_WEIGHTS, skin->weight);
    put_i32(s, "skin_mirror", "<i4", n, 1, skin->mirror);
    put_u8(s, "skin_part", n, 1, skin->part);
    put_u8(s, "skin_regressor_joint", r, 1, skin->regressor_joint);
    put_i32(s, "skin_regressor_vertex", "<i4", r, 1, skin->regressor_vertex);
    put_f64(s, "skin_regressor_value", "<f8", r, 1, skin->regressor_value);
    free(precision);
}

static void put_skeleton(sink *s, const oik_skel_model *m) {
#define PUT_NAMES(array, field, rows) put_names(s, array, (size_t)(rows), OIK_NAME_LENGTH, m->field[0]);
    SKEL_TEXT_ARRAYS(PUT_NAMES)
#undef PUT_NAMES
#define PUT_INTS(array, field, rows, columns, limit) put_i32(s, array, "<i4", (size_t)(rows), columns, m->field);
    SKEL_INT_ARRAYS(PUT_INTS)
    if (m->paths.n) { /* these groups are optional */
        SKEL_PATH_INT_ARRAYS(PUT_INTS)
    }
    if (m->clearances.n) {
        SKEL_CLEARANCE_INT_ARRAYS(PUT_INTS)
    }
    if (m->neighbours.n) {
        SKEL_NEIGHBOUR_INT_ARRAYS(PUT_INTS)
    }
    if (m->curves.n) {
        SKEL_CURVE_INT_ARRAYS(PUT_INTS)
    }
    if (m->turns.n) {
        SKEL_TURN_INT_ARRAYS(PUT_INTS)
    }
    if (m->flexes.n) {
        SKEL_FLEX_INT_ARRAYS(PUT_INTS)
    }
#undef PUT_INTS
#define PUT_REALS(array, field, rows, columns, dtype) put_f64(s, array, dtype, (size_t)(rows), columns, m->field);
    SKEL_REAL_ARRAYS(PUT_REALS)
    if (m->paths.n) {
        SKEL_PATH_REAL_ARRAYS(PUT_REALS)
    }
    if (m->clearances.n) {
        SKEL_CLEARANCE_REAL_ARRAYS(PUT_REALS)
    }
    if (m->curves.n) {
        SKEL_CURVE_REAL_ARRAYS(PUT_REALS)
    }
    if (m->turns.n) {
        SKEL_TURN_REAL_ARRAYS(PUT_REALS)
    }
    if (m->flexes.n) {
        SKEL_FLEX_REAL_ARRAYS(PUT_REALS)
    }
#undef PUT_REALS
    put_f64(s, "skel_lying_R", "<f8", 24, 9, m->lying_R);
    int32_t gap[8];
    memcpy(gap, m->gap_hip, sizeof m->gap_hip);
    memcpy(gap + 4, m->gap_shoulder, sizeof m->gap_shoulder);
    put_i32(s, "skel_gap", "<i4", 4, 2, gap);
}

static void segment_row(int32_t row[SKEL_SEGMENT_COLUMNS], const oik_segment_recipe *s) {
    const int32_t values[SKEL_SEGMENT_COLUMNS] = {s->part, s->origin, s->primary_from, s->primary_to, s->secondary_from,
                                                  s->secondary_to, s->primary_axis, s->secondary_axis, s->distal};
    memcpy(row, values, sizeof values);
}

static void joint_row(int32_t row[SKEL_JOINT_COLUMNS], const oik_joint_recipe *j) {
    const oik_joint *k = &j->joint;
    const int32_t values[SKEL_JOINT_COLUMNS] = {k->parent, (int32_t)k->kind, (int32_t)k->parent_frame, (int32_t)k->child_frame,
                                                k->n_dofs, j->centre, j->axis_from[0], j->axis_from[1], j->axis_from[2],
                                                j->axis_to[0], j->axis_to[1], j->axis_to[2]};
    memcpy(row, values, sizeof values);
}

/** The degrees of freedom of all joints, one after the other. */
typedef struct dof_arrays {
    size_t n;
    char (*name)[OIK_NAME_LENGTH];
    int32_t *translation;
    double (*axis)[3], (*range)[2], *rest;
} dof_arrays;

static void collect_dofs(dof_arrays *d, const oik_skel_model *m) {
    for (int i = 0; i < m->n_segments; i++)
        for (int k = 0; k < m->joints[i].joint.n_dofs; k++, d->n++) {
            const oik_dof *dof = &m->joints[i].joint.dofs[k];
            memcpy(d->name[d->n], dof->name, OIK_NAME_LENGTH);
            d->translation[d->n] = dof->translation;
            memcpy(d->axis[d->n], &dof->axis, sizeof dof->axis);
            d->range[d->n][0] = dof->lower;
            d->range[d->n][1] = dof->upper;
            d->rest[d->n] = dof->rest;
        }
}

static void put_kinematics(sink *s, const oik_skel_model *m) {
    size_t n = (size_t)m->n_segments, limit = n * OIK_MAX_JOINT_DOFS;
    int32_t(*segments)[SKEL_SEGMENT_COLUMNS] = oik_new(n, sizeof *segments, s->err);
    int32_t(*joints)[SKEL_JOINT_COLUMNS] = oik_new(n, sizeof *joints, s->err);
    char(*segment_names)[OIK_NAME_LENGTH] = oik_new(n, OIK_NAME_LENGTH, s->err);
    char(*joint_names)[OIK_NAME_LENGTH] = oik_new(n, OIK_NAME_LENGTH, s->err);
    double *weights = oik_new(n, sizeof *weights, s->err);
    dof_arrays d = {0, oik_new(limit, OIK_NAME_LENGTH, s->err), oik_new(limit, sizeof(int32_t), s->err),
                    oik_new(limit, sizeof *d.axis, s->err), oik_new(limit, sizeof *d.range, s->err),
                    oik_new(limit, sizeof(double), s->err)};
    if (!weights || !segments || !joints || !segment_names || !joint_names || !d.name || !d.translation || !d.axis || !d.range || !d.rest)
        s->status = OIK_E_MEMORY;
    for (size_t i = 0; i < n && !s->status; i++) {
        segment_row(segments[i], &m->segments[i]);
        joint_row(joints[i], &m->joints[i]);
        memcpy(segment_names[i], m->segments[i].name, OIK_NAME_LENGTH);
        weights[i] = m->segments[i].weight;
        memcpy(joint_names[i], m->joints[i].joint.name, OIK_NAME_LENGTH);
    }
    if (!s->status) {
        collect_dofs(&d, m);
        put_names(s, "kin_segment_name", n, OIK_NAME_LENGTH, segment_names[0]);
        put_names(s, "kin_joint_name", n, OIK_NAME_LENGTH, joint_names[0]);
        put_names(s, "kin_dof_name", d.n, OIK_NAME_LENGTH, d.name[0]);
        put_i32(s, "kin_segment_recipe", "<i4", n, SKEL_SEGMENT_COLUMNS, segments);
        put_f64(s, "kin_segment_weight", "<f8", n, 1, weights);
        put_i32(s, "kin_joint_recipe", "<i4", n, SKEL_JOINT_COLUMNS, joints);
        put_i32(s, "kin_dof_translation", "|u1", d.n, 1, d.translation);
        put_f64(s, "kin_dof_axis", "<f8", d.n, 3, d.axis);
        put_f64(s, "kin_dof_range", "<f8", d.n, 2, d.range);
        put_f64(s, "kin_dof_rest", "<f8", d.n, 1, d.rest);
    }
    void *blocks[] = {weights, segments, joints, segment_names, joint_names, d.name, d.translation, d.axis, d.range, d.rest};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

oik_status oik_model_write(const char *path, const char *gender, const oik_skin *skin, const oik_skel_model *skeleton, oik_error *err) {
    sink s = {NULL, OIK_OK, err};
    char name[64];
    snprintf(name, sizeof name, "osso_ik open %s", gender);
    s.status = oik_npz_writer_new(&s.w, err);
    if (s.status)
        return s.status;
    put_text(&s, "meta_format", OIK_MODEL_FORMAT);
    put_text(&s, "meta_name", name);
    put_text(&s, "meta_gender", gender);
    put_text(&s, "meta_licence", "MIT");
    put_text(&s, "meta_units", "metre, radian; y up, left +x, facing +z");
    put_skin(&s, skin);
    put_skeleton(&s, skeleton);
    put_kinematics(&s, skeleton);
    if (!s.status)
        s.status = oik_model_save(s.w, path, err);
    oik_npz_writer_free(s.w);
    return s.status;
}
