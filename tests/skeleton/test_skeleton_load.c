/* Loading the skeleton arrays: round trip and every way to be damaged, for every array of the list in skel_model_arrays.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "skeleton/skel_model_arrays.h"
#include "support/failing_malloc.h"
#include "support/skeleton_arrays.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"
#include "support/tiny_published.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *m;
static skeleton_arrays all;
static char path[TEMP_PATH_LENGTH];

static array *find(const char *name) {
    return skeleton_arrays_find(&all, name);
}

static int set_up(void **state) {
    body = tiny_body_new();
    m = body ? tiny_skeleton_new(body) : NULL;
    if (!m || tiny_published_add(m) || temp_dir_setup(state))
        return -1;
    temp_path(path, "skeleton.npz");
    skeleton_arrays_fill(&all, m, body);
    return 0;
}

static int tear_down(void **state) {
    skeleton_arrays_clear(&all);
    oik_skel_model_free(m);
    oik_body_model_free(body);
    return temp_dir_teardown(state);
}

/* ---- archives ---- */

/* Write all arrays but one (NULL: none). */
static void write_without(const array *absent) {
    skeleton_arrays_write(&all, absent, path);
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

static void vertices_have_an_order_within_their_parts(void **state) {
    (void)state;
    write_without(NULL);
    oik_skel_model *loaded = load();
    int *seen = calloc(loaded->n_vertices, sizeof *seen);
    assert_non_null(seen);
    for (size_t i = 0; i < loaded->n_vertices; i++) {
        assert_in_range(loaded->near_order[i], 0, loaded->n_vertices - 1);
        assert_int_equal(loaded->point_part[loaded->near_order[i]], loaded->point_part[i]);
        assert_int_equal(seen[loaded->near_order[i]]++, 0);
    }
    free(seen);
    oik_skel_model_free(loaded);
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
    for (int a = 0; a < all.n; a++) {
        if (all.array[a].optional)
            continue;
        write_without(&all.array[a]);
        assert_refused(all.array[a].name);
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

/* Where the array is the measure of others, the complaint may be about one of those. */
static void an_array_of_another_length_is_refused(void **state) {
    (void)state;
    for (int a = 0; a < all.n; a++) {
        if (all.array[a].any_length)
            continue;
        all.array[a].rows--;
        write_without(NULL);
        assert_refused(all.array[a].counts ? NULL : all.array[a].name);
        all.array[a].rows++;
    }
}

static void an_array_of_another_width_is_named(void **state) {
    (void)state;
    for (int a = 0; a < all.n; a++) {
        if (all.array[a].columns == 1)
            continue;
        all.array[a].columns--;
        write_without(NULL);
        assert_refused(all.array[a].name);
        all.array[a].columns++;
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
    for (int a = 0; a < all.n; a++) {
        if (!all.array[a].i || all.array[a].limit == 0 || all.array[a].limit == SKEL_STARTS)
            continue;
        size_t last = all.array[a].rows * all.array[a].columns - 1;
        refuse_integer(all.array[a].name, last, (int32_t)all.array[a].limit);
        refuse_integer(all.array[a].name, 0, -2);
    }
}

/* -1 stands for "none" only where something can be missing. */
static void an_index_of_minus_one_is_named_where_none_is_not_allowed(void **state) {
    (void)state;
    for (int a = 0; a < all.n; a++) {
        bool may_be_none = strcmp(all.array[a].name, "skel_part_parent") == 0 || strncmp(all.array[a].name, "kin_", 4) == 0;
        if (all.array[a].i && all.array[a].limit != 0 && !may_be_none)
            refuse_integer(all.array[a].name, all.array[a].rows * all.array[a].columns - 1, -1);
    }
}

static void row_starts_that_do_not_ascend_from_zero_are_named(void **state) {
    (void)state;
    int n = 0;
    for (int a = 0; a < all.n; a++) {
        if (all.array[a].limit != SKEL_STARTS)
            continue;
        refuse_integer(all.array[a].name, 0, 1);
        refuse_integer(all.array[a].name, 1, all.array[a].i[2] + 1);
        refuse_integer(all.array[a].name, all.array[a].rows - 1, all.array[a].i[all.array[a].rows - 2] - 1);
        n++;
    }
    assert_true(n >= 3);
}

static void a_number_that_is_not_finite_is_named(void **state) {
    (void)state;
    for (int a = 0; a < all.n; a++) {
        if (!all.array[a].f)
            continue;
        write_without(NULL);
        skeleton_arrays_spoil(&all.array[a], path);
        assert_refused(all.array[a].name);
    }
}

/* Every array of names with this one in it is refused. */
static void refuse_name(const char *name) {
    for (int a = 0; a < all.n; a++) {
        if (!all.array[a].text)
            continue;
        oik_npz_writer *writer = NULL;
        assert_int_equal(oik_npz_writer_new(&writer, NULL), OIK_OK);
        for (int k = 0; k < all.n; k++)
            if (k != a)
                skeleton_arrays_put(writer, &all.array[k]);
        const char *names[MAX_DOFS];
        for (size_t k = 0; k < all.array[a].rows; k++)
            names[k] = k == 1 ? name : all.array[a].text[k];
        assert_int_equal(oik_npz_add_text(writer, all.array[a].name, all.array[a].rows, names, NULL), OIK_OK);
        assert_int_equal(oik_npz_writer_save(writer, path, 0, NULL), OIK_OK);
        oik_npz_writer_free(writer);
        assert_refused(all.array[a].name);
    }
}

static void a_name_that_is_too_long_is_named(void **state) {
    (void)state;
    refuse_name("a_name_of_thirty_two_characters_");
}

/* Names become parts of file names. */
static void a_name_that_leads_out_of_a_folder_is_named(void **state) {
    (void)state;
    static const char *const bad[] = {"../../evil", "/evil", "a/b", "a\\b", ".hidden", "", "two\nlines", "\033[31m", "\177"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse_name(bad[i]);
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
    array *a = find("skel_landmark_value");
    a->f[0] += 0.01;
    write_without(find("skel_shape_regressor"));
    assert_refused("skel_landmark_value");
    write_without(NULL); /* the regressor of an imported model is taken as it is */
    oik_skel_model_free(load());
    a->f[0] = m->landmarks.skin.value[0];
}

static void published_tables_come_back(void **state) {
    (void)state;
    write_without(NULL);
    oik_skel_model *loaded = load();
    const oik_published *found = loaded->published, *wanted = m->published;
    assert_non_null(found);
    assert_int_equal(found->n_skin_modes, wanted->n_skin_modes);
    assert_int_equal(found->n_contacts, wanted->n_contacts);
    assert_int_equal(found->n_balls, wanted->n_balls);
    assert_memory_equal(found->shape_regressor, wanted->shape_regressor, (wanted->n_skin_modes + 1) * m->n_modes * sizeof(double));
    assert_memory_equal(found->lying_vector, wanted->lying_vector, 24 * sizeof(oik_vec3));
    assert_memory_equal(found->contact_point, wanted->contact_point, wanted->n_contacts * sizeof(int32_t));
    assert_memory_equal(found->contact_skin, wanted->contact_skin, wanted->n_contacts * sizeof(int32_t));
    assert_memory_equal(found->contact_weight, wanted->contact_weight, wanted->n_contacts * sizeof(double));
    assert_memory_equal(found->stitch_edge, wanted->stitch_edge, m->stitches.n * sizeof(int32_t));
    assert_memory_equal(found->ligament_group, wanted->ligament_group, m->ligaments.n * sizeof(int32_t));
    assert_memory_equal(found->ball_list, wanted->ball_list, wanted->n_balls * 2 * sizeof(int32_t));
    assert_memory_equal(found->ball_coincide, wanted->ball_coincide, wanted->n_balls * sizeof(int32_t));
    assert_memory_equal(found->ball_weight, wanted->ball_weight, wanted->n_balls * sizeof(double));
    oik_skel_model_free(loaded);
}

static void a_model_without_the_regressor_is_none_of_the_published_method(void **state) {
    (void)state;
    write_without(find("skel_shape_regressor"));
    oik_skel_model *loaded = load();
    assert_null(loaded->published);
    oik_skel_model_free(loaded);
}

static void published_tables_make_sense(void **state) {
    (void)state;
    refuse_real("skel_contact_weight", 1, -0.5);
    refuse_real("skel_ball_weight", 0, -1.0);
    const int32_t *first = m->list_point + m->list_start[m->published->ball_list[0][0]];
    refuse_integer("skel_ball_list", 0, 0); /* a list of one point has no sphere */
    array *points = find("skel_list_point");
    size_t entry = (size_t)(first - m->list_point);
    points->i[entry] = TINY_ARM_L * TINY_BONE_VERTICES; /* of another part than the rest of the patch */
    write_without(NULL);
    assert_refused("skel_ball_list");
    points->i[entry] = *first;
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
    assert_true(n_allocations > all.n);
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
        cmocka_unit_test(vertices_have_an_order_within_their_parts),
        cmocka_unit_test(segments_and_joints_come_back),
        cmocka_unit_test(a_missing_array_is_named),
        cmocka_unit_test(segments_without_weights_weigh_one),
        cmocka_unit_test(an_array_of_another_length_is_refused),
        cmocka_unit_test(an_array_of_another_width_is_named),
        cmocka_unit_test(an_index_out_of_range_is_named),
        cmocka_unit_test(an_index_of_minus_one_is_named_where_none_is_not_allowed),
        cmocka_unit_test(row_starts_that_do_not_ascend_from_zero_are_named),
        cmocka_unit_test(a_number_that_is_not_finite_is_named),
        cmocka_unit_test(a_name_that_is_too_long_is_named), cmocka_unit_test(a_name_that_leads_out_of_a_folder_is_named),
        cmocka_unit_test(parents_come_before_children),
        cmocka_unit_test(mirror_parts_lead_back),
        cmocka_unit_test(vertices_lie_in_part_blocks),
        cmocka_unit_test(modes_of_a_point_ascend),
        cmocka_unit_test(placements_are_rotations),
        cmocka_unit_test(landmark_weights_add_up_to_one),
        cmocka_unit_test(published_tables_come_back),
        cmocka_unit_test(a_model_without_the_regressor_is_none_of_the_published_method),
        cmocka_unit_test(published_tables_make_sense),
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
