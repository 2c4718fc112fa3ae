/* Loading the skeleton arrays: round trip and every way to be damaged, for every array of the list in skel_model_arrays.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "skeleton/skel_model_arrays.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

/* One array of the archive: names, integers or doubles. */
typedef struct array {
    const char *name, *dtype;
    size_t rows, columns;
    size_t limit; /* of integers: exclusive upper bound, SKEL_STARTS for row starts, 0 where any value is good */
    char (*text)[OIK_NAME_LENGTH];
    int32_t *i;
    double *f;
    bool counts;   /* its length is the count that others are measured by */
    bool optional; /* may be missing */
} array;

enum { MAX_ARRAYS = 64 };

static oik_body_model *body;
static oik_skel_model *m;
static array arrays[MAX_ARRAYS];
static int n_arrays;
static char path[TEMP_PATH_LENGTH];

/* ---- the tiny skeleton as arrays ---- */

static void *copy(const void *from, size_t n, size_t size) {
    void *block = malloc(n * size + 1);
    assert_non_null(block);
    memcpy(block, from, n * size);
    return block;
}

static void add_text(const char *name, size_t rows, const void *names) {
    arrays[n_arrays++] = (array){.name = name, .rows = rows, .columns = 1, .text = copy(names, rows, OIK_NAME_LENGTH)};
}

static void add_ints(const char *name, const char *dtype, size_t rows, size_t columns, size_t limit, const void *values) {
    arrays[n_arrays++] = (array){.name = name, .dtype = dtype, .rows = rows, .columns = columns, .limit = limit,
                                 .i = copy(values, rows * columns, sizeof(int32_t))};
}

static void add_reals(const char *name, const char *dtype, size_t rows, size_t columns, const void *values) {
    arrays[n_arrays++] = (array){.name = name, .dtype = dtype, .rows = rows, .columns = columns,
                                 .f = copy(values, rows * columns, sizeof(double))};
}

static void add_listed(void) {
    size_t n_skin = body->n_vertices;
#define ADD_TEXT(array, field, rows) add_text(array, (size_t)(rows), m->field);
    SKEL_TEXT_ARRAYS(ADD_TEXT)
#undef ADD_TEXT
#define ADD_INTS(array, field, rows, columns, limit) add_ints(array, "<i4", (size_t)(rows), columns, (size_t)(limit), m->field);
    SKEL_INT_ARRAYS(ADD_INTS)
#undef ADD_INTS
#define ADD_REALS(array, field, rows, columns, dtype) add_reals(array, dtype, (size_t)(rows), columns, m->field);
    SKEL_REAL_ARRAYS(ADD_REALS)
#undef ADD_REALS
}

enum { MAX_DOFS = TINY_SEGMENTS * OIK_MAX_JOINT_DOFS };

static void add_dofs(void) {
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
    add_text("kin_dof_name", n, name);
    add_ints("kin_dof_translation", "|u1", n, 1, 0, translation);
    add_reals("kin_dof_axis", "<f8", n, 3, axis);
    add_reals("kin_dof_range", "<f8", n, 2, range);
    add_reals("kin_dof_rest", "<f8", n, 1, rest);
}

static void add_kinematics(void) {
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
    add_text("kin_segment_name", TINY_SEGMENTS, segment_name);
    add_text("kin_joint_name", TINY_SEGMENTS, joint_name);
    add_ints("kin_segment_recipe", "<i4", TINY_SEGMENTS, SKEL_SEGMENT_COLUMNS, (size_t)m->n_lists, segment);
    add_reals("kin_segment_weight", "<f8", TINY_SEGMENTS, 1, weight);
    arrays[n_arrays - 1].optional = true;
    add_ints("kin_joint_recipe", "<i4", TINY_SEGMENTS, SKEL_JOINT_COLUMNS, (size_t)m->n_lists, joint);
    add_dofs();
    add_reals("skel_lying_R", "<f8", 24, 9, m->lying_R);
    add_ints("skel_gap", "<i4", 4, 2, m->n_points, gap);
}

static array *find(const char *name) {
    for (int a = 0; a < n_arrays; a++)
        if (strcmp(arrays[a].name, name) == 0)
            return &arrays[a];
    fail_msg("no array %s", name);
    return NULL;
}

static int set_up(void **state) {
    body = tiny_body_new();
    m = body ? tiny_skeleton_new(body) : NULL;
    if (!m || temp_dir_setup(state))
        return -1;
    temp_path(path, "skeleton.npz");
    add_listed();
    add_kinematics();
#define MARK(array, field, type, subtract) find(array)->counts = true;
    SKEL_COUNTS(MARK)
#undef MARK
    find("kin_dof_name")->counts = true;
    return 0;
}

static int tear_down(void **state) {
    for (int a = 0; a < n_arrays; a++) {
        free(arrays[a].text);
        free(arrays[a].i);
        free(arrays[a].f);
    }
    oik_skel_model_free(m);
    oik_body_model_free(body);
    return temp_dir_teardown(state);
}

/* ---- archives ---- */

static void put(oik_npz_writer *writer, const array *a) {
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

/* Write all arrays but one (NULL: none). */
static void write_without(const array *absent) {
    oik_npz_writer *writer = NULL;
    assert_int_equal(oik_npz_writer_new(&writer, NULL), OIK_OK);
    for (int a = 0; a < n_arrays; a++)
        if (&arrays[a] != absent)
            put(writer, &arrays[a]);
    assert_int_equal(oik_npz_writer_save(writer, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(writer);
}

static oik_npz *open_archive(void) {
    oik_npz *npz = NULL;
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    return npz;
}

/* The archive on disk is refused, and the message names the array (any message where that is NULL). */
static void assert_refused(const char *named) {
    oik_skel_model *loaded = m; /* anything but NULL */
    oik_error err = {.status = OIK_OK};
    oik_npz *npz = open_archive();
    oik_status status = oik_skel_model_load(&loaded, npz, body->n_vertices, &err);
    if (status != OIK_E_MODEL || (named && !strstr(err.message, named)))
        print_error("expected a complaint about %s, got %d: %s\n", named ? named : "the archive", (int)status, err.message);
    assert_int_equal(status, OIK_E_MODEL);
    assert_int_equal(err.status, OIK_E_MODEL);
    assert_true(err.message[0] != '\0');
    if (named)
        assert_non_null(strstr(err.message, named));
    assert_null(loaded);
    assert_int_equal(oik_skel_model_load(&loaded, npz, body->n_vertices, NULL), OIK_E_MODEL);
    oik_npz_free(npz);
}

/* ---- a sound archive ---- */

static oik_skel_model *load(void) {
    oik_skel_model *loaded = NULL;
    oik_error err = {.status = OIK_OK};
    oik_npz *npz = open_archive();
    if (oik_skel_model_load(&loaded, npz, body->n_vertices, &err))
        print_error("%s\n", err.message);
    oik_npz_free(npz);
    assert_non_null(loaded);
    return loaded;
}

static void assert_same_reals(const double *found, const double *expected, size_t n, const char *dtype) {
    for (size_t k = 0; k < n; k++)
        assert_true(strcmp(dtype, "<f8") == 0 ? found[k] == expected[k] : found[k] == (double)(float)expected[k]);
}

static void a_sound_archive_gives_every_array_back(void **state) {
    (void)state;
    write_without(NULL);
    oik_skel_model *loaded = load();
    const oik_skel_model *expected = m;
#define SAME_COUNT(array, field, type, subtract) assert_int_equal(loaded->field, expected->field);
    SKEL_COUNTS(SAME_COUNT)
#define SAME_TEXT(array, field, rows)           \
    for (size_t k = 0; k < (size_t)(rows); k++) \
        assert_string_equal(loaded->field[k], expected->field[k]);
    SKEL_TEXT_ARRAYS(SAME_TEXT)
#define SAME_INTS(array, field, rows, columns, limit) \
    assert_memory_equal(loaded->field, expected->field, (size_t)(rows) * (columns) * sizeof(int32_t));
    SKEL_INT_ARRAYS(SAME_INTS)
#define SAME_REALS(array, field, rows, columns, dtype) \
    assert_same_reals((const double *)loaded->field, (const double *)expected->field, (size_t)(rows) * (columns), dtype);
    SKEL_REAL_ARRAYS(SAME_REALS)
    assert_int_equal(loaded->landmarks.skin.n, loaded->landmarks.n);
    assert_memory_equal(loaded->lying_R, m->lying_R, sizeof m->lying_R);
    assert_memory_equal(loaded->gap_hip, m->gap_hip, sizeof m->gap_hip);
    assert_memory_equal(loaded->gap_shoulder, m->gap_shoulder, sizeof m->gap_shoulder);
    oik_skel_model_free(loaded);
}

static void assert_same_dof(const oik_dof *found, const oik_dof *expected) {
    assert_string_equal(found->name, expected->name);
    assert_int_equal(found->translation, expected->translation);
    assert_true(v3_dist(found->axis, expected->axis) < 1e-15); /* made a unit vector again */
    assert_true(found->lower == expected->lower && found->upper == expected->upper && found->rest == expected->rest);
}

static void segments_and_joints_come_back(void **state) {
    (void)state;
    write_without(NULL);
    oik_skel_model *loaded = load();
    for (int i = 0; i < m->n_segments; i++) {
        const oik_segment_recipe *s = &loaded->segments[i], *es = &m->segments[i];
        const oik_joint_recipe *j = &loaded->joints[i], *ej = &m->joints[i];
        assert_string_equal(s->name, es->name);
        assert_memory_equal(&s->part, &es->part, SKEL_SEGMENT_COLUMNS * sizeof s->part); /* all of them 32-bit, in the order of the file */
        assert_true(s->weight == es->weight);
        assert_string_equal(j->joint.name, ej->joint.name);
        assert_int_equal(j->joint.parent, ej->joint.parent);
        assert_int_equal(j->joint.child, i);
        assert_int_equal(j->joint.kind, ej->joint.kind);
        assert_int_equal(j->joint.parent_frame, ej->joint.parent_frame);
        assert_int_equal(j->joint.child_frame, ej->joint.child_frame);
        assert_int_equal(j->centre, ej->centre);
        assert_memory_equal(j->axis_from, ej->axis_from, sizeof j->axis_from);
        assert_memory_equal(j->axis_to, ej->axis_to, sizeof j->axis_to);
        assert_int_equal(j->joint.n_dofs, ej->joint.n_dofs);
        for (int k = 0; k < j->joint.n_dofs; k++)
            assert_same_dof(&j->joint.dofs[k], &ej->joint.dofs[k]);
    }
    oik_skel_model_free(loaded);
}

/* ---- damaged archives, array by array ---- */

static void a_missing_array_is_named(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (arrays[a].optional)
            continue;
        write_without(&arrays[a]);
        assert_refused(arrays[a].name);
    }
}

static void segments_without_weights_weigh_one(void **state) {
    (void)state;
    write_without(find("kin_segment_weight"));
    oik_skel_model *loaded = load();
    for (int i = 0; i < loaded->n_segments; i++)
        assert_true(loaded->segments[i].weight == 1.0);
    oik_skel_model_free(loaded);
}

/* Where the array is the measure of others, the complaint may be about one of those. Nothing measures the faces: fewer are a model too. */
static void an_array_of_another_length_is_refused(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (strcmp(arrays[a].name, "skel_faces") == 0)
            continue;
        arrays[a].rows--;
        write_without(NULL);
        assert_refused(arrays[a].counts ? NULL : arrays[a].name);
        arrays[a].rows++;
    }
}

static void an_array_of_another_width_is_named(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (arrays[a].columns == 1)
            continue;
        arrays[a].columns--;
        write_without(NULL);
        assert_refused(arrays[a].name);
        arrays[a].columns++;
    }
}

/* Set one integer, expect refusal, set it back. */
static void refuse_integer(const char *name, size_t entry, int32_t value) {
    array *a = find(name);
    int32_t kept = a->i[entry];
    a->i[entry] = value;
    write_without(NULL);
    assert_refused(name);
    a->i[entry] = kept;
}

static void refuse_real(const char *name, size_t entry, double value) {
    array *a = find(name);
    double kept = a->f[entry];
    a->f[entry] = value;
    write_without(NULL);
    assert_refused(name);
    a->f[entry] = kept;
}

static void an_index_out_of_range_is_named(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (!arrays[a].i || arrays[a].limit == 0 || arrays[a].limit == SKEL_STARTS)
            continue;
        size_t last = arrays[a].rows * arrays[a].columns - 1;
        refuse_integer(arrays[a].name, last, (int32_t)arrays[a].limit);
        refuse_integer(arrays[a].name, 0, -2);
    }
}

/* -1 stands for "none" only where something can be missing. */
static void an_index_of_minus_one_is_named_where_none_is_not_allowed(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        bool may_be_none = strcmp(arrays[a].name, "skel_part_parent") == 0 || strncmp(arrays[a].name, "kin_", 4) == 0;
        if (arrays[a].i && arrays[a].limit != 0 && !may_be_none)
            refuse_integer(arrays[a].name, arrays[a].rows * arrays[a].columns - 1, -1);
    }
}

static void row_starts_that_do_not_ascend_from_zero_are_named(void **state) {
    (void)state;
    int n = 0;
    for (int a = 0; a < n_arrays; a++) {
        if (arrays[a].limit != SKEL_STARTS)
            continue;
        refuse_integer(arrays[a].name, 0, 1);
        refuse_integer(arrays[a].name, 1, arrays[a].i[2] + 1);
        refuse_integer(arrays[a].name, arrays[a].rows - 1, arrays[a].i[arrays[a].rows - 2] - 1);
        n++;
    }
    assert_true(n >= 3);
}

/* Overwrite the last number of a stored array with what no writer would write, keeping the archive sound. */
static void spoil_last_number(const array *a) {
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

static void a_number_that_is_not_finite_is_named(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (!arrays[a].f)
            continue;
        write_without(NULL);
        spoil_last_number(&arrays[a]);
        assert_refused(arrays[a].name);
    }
}

static void a_name_that_is_too_long_is_named(void **state) {
    (void)state;
    for (int a = 0; a < n_arrays; a++) {
        if (!arrays[a].text)
            continue;
        static const char long_name[] = "a_name_of_thirty_two_characters_";
        oik_npz_writer *writer = NULL;
        assert_int_equal(oik_npz_writer_new(&writer, NULL), OIK_OK);
        for (int k = 0; k < n_arrays; k++)
            if (k != a)
                put(writer, &arrays[k]);
        const char *names[MAX_DOFS];
        for (size_t k = 0; k < arrays[a].rows; k++)
            names[k] = k == 1 ? long_name : arrays[a].text[k];
        assert_int_equal(oik_npz_add_text(writer, arrays[a].name, arrays[a].rows, names, NULL), OIK_OK);
        assert_int_equal(oik_npz_writer_save(writer, path, 0, NULL), OIK_OK);
        oik_npz_writer_free(writer);
        assert_refused(arrays[a].name);
    }
}

/* ---- damaged meaning ---- */

static void parents_come_before_children(void **state) {
    (void)state;
    refuse_integer("skel_part_parent", TINY_THIGH_R, TINY_THIGH_R);
    refuse_integer("skel_part_parent", TINY_THIGH_R, TINY_SHANK_R);
    refuse_integer("kin_joint_recipe", TINY_S_SHANK_R * SKEL_JOINT_COLUMNS, TINY_S_SHANK_R);
}

static void mirror_parts_lead_back(void **state) {
    (void)state;
    refuse_integer("skel_part_mirror", TINY_THIGH_R, TINY_SHANK_L);
}

static void vertices_lie_in_part_blocks(void **state) {
    (void)state;
    refuse_integer("skel_point_part", 3, TINY_ARM_L);
}

static void modes_of_a_point_ascend(void **state) {
    (void)state;
    refuse_integer("skel_mode_index", 1, m->mode_index[0]);
}

static void placements_are_rotations(void **state) {
    (void)state;
    refuse_real("skel_rest_R", 0, 1.5);
    refuse_real("skel_lying_R", 0, 0.9);
    array *a = find("skel_lying_R");
    for (size_t k = 9; k < 18; k++) /* a reflection is orthonormal too */
        a->f[k] = -a->f[k];
    write_without(NULL);
    assert_refused("skel_lying_R");
    for (size_t k = 9; k < 18; k++)
        a->f[k] = -a->f[k];
}

static void landmark_weights_add_up_to_one(void **state) {
    (void)state;
    refuse_real("skel_landmark_value", 0, m->landmarks.skin.value[0] + 0.01);
}

static void a_list_has_points(void **state) {
    (void)state;
    refuse_integer("skel_list_start", 1, 0);
}

static void segment_axes_differ(void **state) {
    (void)state;
    refuse_integer("kin_segment_recipe", 7, m->segments[0].primary_axis);
    refuse_integer("kin_segment_recipe", 6, 3);
}

static void an_anatomical_axis_has_two_ends_and_a_frame(void **state) {
    (void)state;
    const size_t back = TINY_S_THORAX * SKEL_JOINT_COLUMNS;
    refuse_integer("kin_joint_recipe", back + 9, -1);
    refuse_integer("kin_joint_recipe", back + 6, -1);
    array *a = find("kin_joint_recipe"); /* an axis at the ground joint, in the frame of a segment that is not there */
    a->i[2] = OIK_FRAME_SEGMENT;
    a->i[6] = a->i[9] = 0;
    write_without(NULL);
    assert_refused("kin_joint_recipe");
    a->i[2] = OIK_FRAME_NEUTRAL;
    a->i[6] = a->i[9] = -1;
}

static void degrees_of_freedom_are_as_many_as_the_joints_say(void **state) {
    (void)state;
    const size_t n_dofs = TINY_S_ARM_L * SKEL_JOINT_COLUMNS + 4;
    refuse_integer("kin_joint_recipe", n_dofs, 4);
    refuse_integer("kin_joint_recipe", n_dofs, OIK_MAX_JOINT_DOFS + 1);
    array *a = find("kin_joint_recipe");
    a->i[n_dofs] = 2; /* one name is left over */
    write_without(NULL);
    assert_refused("kin_dof_name");
    a->i[n_dofs] = 3;
}

static void segment_weights_are_shares(void **state) {
    (void)state;
    refuse_real("kin_segment_weight", 2, 1.1);
    refuse_real("kin_segment_weight", 2, -0.1);
}

static void a_range_of_motion_is_the_right_way_round(void **state) {
    (void)state;
    refuse_real("kin_dof_range", 0, m->joints[0].joint.dofs[0].upper + 0.1);
}

/* ---- memory ---- */

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_skel_model *loaded = NULL;
    write_without(NULL);
    oik_npz *npz = open_archive();
    failing_malloc_arm(-1);
    assert_int_equal(oik_skel_model_load(&loaded, npz, body->n_vertices, NULL), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    oik_skel_model_free(loaded);
    assert_true(n_allocations > n_arrays);
    for (long k = 0; k < n_allocations; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_skel_model_load(&loaded, npz, body->n_vertices, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(loaded);
    }
    oik_npz_free(npz);
    oik_skel_model_free(NULL);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(a_sound_archive_gives_every_array_back),
        cmocka_unit_test(segments_and_joints_come_back),
        cmocka_unit_test(a_missing_array_is_named),
        cmocka_unit_test(segments_without_weights_weigh_one),
        cmocka_unit_test(an_array_of_another_length_is_refused),
        cmocka_unit_test(an_array_of_another_width_is_named),
        cmocka_unit_test(an_index_out_of_range_is_named),
        cmocka_unit_test(an_index_of_minus_one_is_named_where_none_is_not_allowed),
        cmocka_unit_test(row_starts_that_do_not_ascend_from_zero_are_named),
        cmocka_unit_test(a_number_that_is_not_finite_is_named),
        cmocka_unit_test(a_name_that_is_too_long_is_named),
        cmocka_unit_test(parents_come_before_children),
        cmocka_unit_test(mirror_parts_lead_back),
        cmocka_unit_test(vertices_lie_in_part_blocks),
        cmocka_unit_test(modes_of_a_point_ascend),
        cmocka_unit_test(placements_are_rotations),
        cmocka_unit_test(landmark_weights_add_up_to_one),
        cmocka_unit_test(a_list_has_points),
        cmocka_unit_test(segment_axes_differ),
        cmocka_unit_test(an_anatomical_axis_has_two_ends_and_a_frame),
        cmocka_unit_test(degrees_of_freedom_are_as_many_as_the_joints_say),
        cmocka_unit_test(segment_weights_are_shares),
        cmocka_unit_test(a_range_of_motion_is_the_right_way_round),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_skeleton_load", cases, set_up, tear_down);
}
