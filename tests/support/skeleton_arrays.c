/* The arrays of a skeleton archive one by one (see the header). */
#include "support/skeleton_arrays.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "support/tiny_body.h"

static void *copy(const void *from, size_t n, size_t size) {
    void *block = malloc(n * size + 1);
    assert_non_null(block);
    memcpy(block, from, n * size);
    return block;
}

static void add_text(skeleton_arrays *all, const char *name, size_t rows, const void *names) {
    all->array[all->n++] = (array){.name = name, .rows = rows, .columns = 1, .text = copy(names, rows, OIK_NAME_LENGTH)};
}

static void add_ints(skeleton_arrays *all, const char *name, const char *dtype, size_t rows, size_t columns, size_t limit,
                     const void *values) {
    all->array[all->n++] = (array){.name = name, .dtype = dtype, .rows = rows, .columns = columns, .limit = limit,
                                 .i = copy(values, rows * columns, sizeof(int32_t))};
}

static void add_reals(skeleton_arrays *all, const char *name, const char *dtype, size_t rows, size_t columns, const void *values) {
    all->array[all->n++] = (array){.name = name, .dtype = dtype, .rows = rows, .columns = columns,
                                 .f = copy(values, rows * columns, sizeof(double))};
}

static void add_listed(skeleton_arrays *all, const oik_skel_model *m, const oik_body_model *body) {
    size_t n_skin = body->n_vertices;
#define ADD_TEXT(array, field, rows) add_text(all, array, (size_t)(rows), m->field);
    SKEL_TEXT_ARRAYS(ADD_TEXT)
#undef ADD_TEXT
#define ADD_INTS(array, field, rows, columns, limit) add_ints(all, array, "<i4", (size_t)(rows), columns, (size_t)(limit), m->field);
    SKEL_INT_ARRAYS(ADD_INTS)
#undef ADD_INTS
#define ADD_REALS(array, field, rows, columns, dtype) add_reals(all, array, dtype, (size_t)(rows), columns, m->field);
    SKEL_REAL_ARRAYS(ADD_REALS)
#undef ADD_REALS
}

static void add_dofs(skeleton_arrays *all, const oik_skel_model *m) {
    char name[MAX_DOFS][OIK_NAME_LENGTH];
    int32_t translation[MAX_DOFS];
    double axis[MAX_DOFS][3], range[MAX_DOFS][2], rest[MAX_DOFS];
    size_t n = 0;
    for (int i = 0; i < m->n_segments; i++)
        for (int k = 0; k < m->joints[i].joint.n_dofs; k++, n++) {
            const oik_dof *dof = &m->joints[i].joint.dofs[k];
            memcpy(name[n], dof->name, OIK_NAME_LENGTH);
            translation[n] = dof->translation;
            memcpy(axis[n], &dof->axis, sizeof axis[n]);
            range[n][0] = dof->lower;
            range[n][1] = dof->upper;
            rest[n] = dof->rest;
        }
    add_text(all, "kin_dof_name", n, name);
    add_ints(all, "kin_dof_translation", "|u1", n, 1, 0, translation);
    add_reals(all, "kin_dof_axis", "<f8", n, 3, axis);
    add_reals(all, "kin_dof_range", "<f8", n, 2, range);
    add_reals(all, "kin_dof_rest", "<f8", n, 1, rest);
}

static void add_kinematics(skeleton_arrays *all, const oik_skel_model *m) {
    char segment_name[TINY_SEGMENTS][OIK_NAME_LENGTH], joint_name[TINY_SEGMENTS][OIK_NAME_LENGTH];
    double weight[TINY_SEGMENTS];
    int32_t segment[TINY_SEGMENTS][SKEL_SEGMENT_COLUMNS], joint[TINY_SEGMENTS][SKEL_JOINT_COLUMNS], gap[8];
    for (int i = 0; i < TINY_SEGMENTS; i++) {
        const oik_segment_recipe *s = &m->segments[i];
        const oik_joint_recipe *j = &m->joints[i];
        const int32_t s_row[] = {s->part, s->origin, s->primary_from, s->primary_to, s->secondary_from, s->secondary_to,
                                 s->primary_axis, s->secondary_axis, s->distal};
        const int32_t j_row[] = {j->joint.parent, (int32_t)j->joint.kind, (int32_t)j->joint.parent_frame,
                                 (int32_t)j->joint.child_frame, j->joint.n_dofs, j->centre, j->axis_from[0], j->axis_from[1],
                                 j->axis_from[2], j->axis_to[0], j->axis_to[1], j->axis_to[2]};
        memcpy(segment[i], s_row, sizeof segment[i]);
        memcpy(joint[i], j_row, sizeof joint[i]);
        weight[i] = s->weight;
        memcpy(segment_name[i], s->name, OIK_NAME_LENGTH);
        memcpy(joint_name[i], j->joint.name, OIK_NAME_LENGTH);
    }
    memcpy(gap, m->gap_hip, sizeof m->gap_hip);
    memcpy(gap + 4, m->gap_shoulder, sizeof m->gap_shoulder);
    add_text(all, "kin_segment_name", TINY_SEGMENTS, segment_name);
    add_text(all, "kin_joint_name", TINY_SEGMENTS, joint_name);
    add_ints(all, "kin_segment_recipe", "<i4", TINY_SEGMENTS, SKEL_SEGMENT_COLUMNS, (size_t)m->n_lists, segment);
    add_reals(all, "kin_segment_weight", "<f8", TINY_SEGMENTS, 1, weight);
    all->array[all->n - 1].optional = true;
    add_ints(all, "kin_joint_recipe", "<i4", TINY_SEGMENTS, SKEL_JOINT_COLUMNS, (size_t)m->n_lists, joint);
    add_dofs(all, m);
    add_reals(all, "skel_lying_R", "<f8", 24, 9, m->lying_R);
    add_ints(all, "skel_gap", "<i4", 4, 2, m->n_points, gap);
}

/* Those of an imported model, and of its skin the one that they refer to. */
static void add_published(skeleton_arrays *all, const oik_skel_model *m, const oik_body_model *body) {
    const oik_published *p = m->published;
    const int32_t modes[TINY_BODY_MODES] = {0};
    size_t n_lists = (size_t)m->n_lists;
    add_ints(all, "skin_modes", "<i4", TINY_BODY_MODES, 1, 0, modes);
    all->array[all->n - 1].counts = true;
    add_reals(all, "skel_shape_regressor", "<f8", p->n_skin_modes + 1, m->n_modes, p->shape_regressor);
    all->array[all->n - 1].optional = all->array[all->n - 1].any_length = true;
    add_reals(all, "skel_lying_vector", "<f8", 24, 3, p->lying_vector);
    add_ints(all, "skel_contact_point", "<i4", p->n_contacts, 1, m->n_points, p->contact_point);
    all->array[all->n - 1].counts = true;
    add_ints(all, "skel_contact_skin", "<i4", p->n_contacts, 1, body->n_vertices, p->contact_skin);
    add_reals(all, "skel_contact_weight", "<f8", p->n_contacts, 1, p->contact_weight);
    add_ints(all, "skel_stitch_edge", "<i4", m->stitches.n, 1, OIK_PUBLISHED_EDGES, p->stitch_edge);
    add_ints(all, "skel_ligament_group", "<i4", m->ligaments.n, 1, OIK_N_LIGAMENT_GROUPS, p->ligament_group);
    add_ints(all, "skel_ball_list", "<i4", p->n_balls, 2, n_lists, p->ball_list);
    all->array[all->n - 1].counts = true;
    add_ints(all, "skel_ball_coincide", "<i4", p->n_balls, 1, 2, p->ball_coincide);
    add_reals(all, "skel_ball_weight", "<f8", p->n_balls, 1, p->ball_weight);
}

array *skeleton_arrays_find(skeleton_arrays *all, const char *name) {
    for (int a = 0; a < all->n; a++)
        if (strcmp(all->array[a].name, name) == 0)
            return &all->array[a];
    fail_msg("no array %s", name);
    return NULL;
}

void skeleton_arrays_fill(skeleton_arrays *all, const oik_skel_model *m, const oik_body_model *body) {
    all->n = 0;
    add_listed(all, m, body);
    add_kinematics(all, m);
    add_published(all, m, body);
    skeleton_arrays_find(all, "skel_faces")->any_length = true;
#define MARK(array, field, type, subtract) skeleton_arrays_find(all, array)->counts = true;
    SKEL_COUNTS(MARK)
#undef MARK
    skeleton_arrays_find(all, "kin_dof_name")->counts = true;
}

void skeleton_arrays_clear(skeleton_arrays *all) {
    for (int a = 0; a < all->n; a++) {
        free(all->array[a].text);
        free(all->array[a].i);
        free(all->array[a].f);
    }
    all->n = 0;
}

void skeleton_arrays_put(oik_npz_writer *writer, const array *a) {
    size_t shape[2] = {a->rows, a->columns};
    int n_dim = a->columns > 1 ? 2 : 1;
    if (a->text) {
        const char *names[MAX_DOFS + MAX_ARRAYS];
        for (size_t k = 0; k < a->rows; k++)
            names[k] = a->text[k];
        assert_int_equal(oik_npz_add_text(writer, a->name, a->rows, names, NULL), OIK_OK);
    } else if (a->i)
        assert_int_equal(oik_npz_add_i32(writer, a->name, a->dtype, n_dim, shape, a->i, NULL), OIK_OK);
    else
        assert_int_equal(oik_npz_add_f64(writer, a->name, a->dtype, n_dim, shape, a->f, NULL), OIK_OK);
}

void skeleton_arrays_write(const skeleton_arrays *all, const array *absent, const char *path) {
    oik_npz_writer *writer = NULL;
    assert_int_equal(oik_npz_writer_new(&writer, NULL), OIK_OK);
    for (int a = 0; a < all->n; a++)
        if (&all->array[a] != absent)
            skeleton_arrays_put(writer, &all->array[a]);
    assert_int_equal(oik_npz_writer_save(writer, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(writer);
}

void skeleton_arrays_spoil(const array *a, const char *path) {
    char entry[64];
    snprintf(entry, sizeof entry, "%s.npy", a->name);
    zip_t *zip = zip_open(path, 0, NULL);
    assert_non_null(zip);
    zip_stat_t stat;
    assert_int_equal(zip_stat(zip, entry, 0, &stat), 0);
    uint8_t *bytes = malloc((size_t)stat.size);
    assert_non_null(bytes);
    zip_file_t *file = zip_fopen(zip, entry, 0);
    assert_int_equal(zip_fread(file, bytes, stat.size), (zip_int64_t)stat.size);
    zip_fclose(file);
    const double nan8 = NAN;
    const float nan4 = NAN;
    bool single = strcmp(a->dtype, "<f4") == 0;
    size_t size = single ? sizeof nan4 : sizeof nan8;
    memcpy(bytes + stat.size - size, single ? (const void *)&nan4 : (const void *)&nan8, size);
    zip_source_t *source = zip_source_buffer(zip, bytes, stat.size, 1); /* frees the bytes */
    assert_true(zip_file_add(zip, entry, source, ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
}
