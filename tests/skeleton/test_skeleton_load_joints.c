/* Loading what an archive may have about joints: paths, clearances, neighbours, curves, turns and flexes; without them, with them, and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/failing_malloc.h"
#include "support/skeleton_arrays.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"
#include "support/tiny_published.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *model;
static skeleton_arrays all;
static int n_required; /* arrays without those of joints */
static char path[TEMP_PATH_LENGTH];

static void add(const char *name, const char *dtype, size_t rows, size_t columns, const void *values) {
    assert_true(all.n < MAX_ARRAYS);
    array *a = &all.array[all.n++];
    *a = (array){.name = name, .dtype = dtype, .rows = rows, .columns = columns};
    void *copy = malloc(rows * columns * 8);
    assert_non_null(copy);
    memcpy(copy, values, rows * columns * (dtype[1] == 'i' ? sizeof(int32_t) : sizeof(double)));
    if (dtype[1] == 'i')
        a->i = copy;
    else
        a->f = copy;
}

static int32_t vertex_of(int part, int i) {
    return (int32_t)(part * TINY_BONE_VERTICES + i);
}

static int32_t knee_stitch(void) {
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_a[i]] == TINY_THIGH_L && model->point_part[model->stitches.point_b[i]] == TINY_SHANK_L)
            return (int32_t)i;
    fail_msg("the tiny skeleton has no left knee");
    return -1;
}

static void add_joints(void) {
    const int32_t stitch = knee_stitch(), driver = TINY_SHANK_L, start[2] = {0, 2}, part[2] = {TINY_THIGH_L, TINY_THIGH_R};
    const int32_t axis[2] = {vertex_of(TINY_THIGH_L, 3), vertex_of(TINY_THIGH_L, 9)};
    const int32_t point[2] = {vertex_of(TINY_THIGH_L, 1), vertex_of(TINY_THIGH_L, 20)}, curve[3] = {TINY_PELVIS, TINY_THORAX, TINY_ARM_L};
    const int32_t flex[3] = {vertex_of(TINY_THIGH_L, 3), vertex_of(TINY_SHANK_L, 3), vertex_of(TINY_SHANK_L, 30)};
    const int32_t bent[2] = {vertex_of(TINY_SHANK_L, 4), vertex_of(TINY_SHANK_L, 25)};
    const double shares[2][2] = {{1.0, 0.0}, {0.25, 0.5}};
    const double angle[2] = {0.0, 0.6}, distance = 0.02, weight = 1000.0, share = 0.4, stiffness = 30.0, weights[2] = {100.0, 20.0};
    n_required = all.n;
    add("skel_path_stitch", "<i4", 1, 1, &stitch);
    add("skel_path_driver", "<i4", 1, 1, &driver);
    add("skel_path_axis", "<i4", 1, 2, axis);
    add("skel_path_start", "<i4", 2, 1, start);
    add("skel_path_point", "<i4", 2, 1, point);
    add("skel_path_angle", "<f8", 2, 1, angle);
    add("skel_clearance_part", "<i4", 1, 2, part);
    add("skel_clearance_distance", "<f8", 1, 1, &distance);
    add("skel_clearance_weight", "<f8", 1, 1, &weight);
    add("skel_neighbour_part", "<i4", 1, 2, part);
    add("skel_curve_part", "<i4", 1, 3, curve);
    add("skel_curve_share", "<f8", 1, 1, &share);
    add("skel_curve_weight", "<f8", 1, 1, &stiffness);
    add("skel_turn_part", "<i4", 2, 1, part);
    add("skel_turn_weight", "<f8", 2, 1, weights);
    add("skel_flex_point", "<i4", 1, 3, flex);
    add("skel_flex_start", "<i4", 2, 1, start);
    add("skel_flex_vertex", "<i4", 2, 1, bent);
    add("skel_flex_share", "<f8", 2, 2, shares);
}

static int set_up(void **state) {
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    if (!model || tiny_published_add(model) || temp_dir_setup(state))
        return -1;
    temp_path(path, "skeleton.npz");
    skeleton_arrays_fill(&all, model, body);
    add_joints();
    return 0;
}

static int tear_down(void **state) {
    skeleton_arrays_clear(&all);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return temp_dir_teardown(state);
}

static oik_status load(oik_skel_model **out, oik_error *err) {
    oik_npz *npz = NULL;
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    oik_status status = oik_skel_model_load(out, npz, body->n_vertices, err);
    oik_npz_free(npz);
    return status;
}

static void assert_refused(const char *named) {
    oik_skel_model *loaded = NULL;
    oik_error err = {.status = OIK_OK, .message = ""};
    skeleton_arrays_write(&all, NULL, path);
    assert_int_equal(load(&loaded, &err), OIK_E_MODEL);
    assert_null(loaded);
    if (!strstr(err.message, named))
        fail_msg("expected a complaint about %s, got: %s", named, err.message);
}

static void an_archive_without_them_has_none(void **state) {
    (void)state;
    oik_skel_model *loaded = NULL;
    int n = all.n;
    all.n = n_required;
    skeleton_arrays_write(&all, NULL, path);
    all.n = n;
    assert_int_equal(load(&loaded, NULL), OIK_OK);
    assert_int_equal(loaded->paths.n, 0);
    assert_int_equal(loaded->clearances.n, 0);
    assert_int_equal(loaded->neighbours.n, 0);
    assert_int_equal(loaded->curves.n, 0);
    assert_int_equal(loaded->turns.n, 0);
    assert_int_equal(loaded->flexes.n, 0);
    oik_skel_model_free(loaded);
}

static void they_are_read_as_they_were_written(void **state) {
    (void)state;
    oik_skel_model *loaded = NULL;
    skeleton_arrays_write(&all, NULL, path);
    assert_int_equal(load(&loaded, NULL), OIK_OK);
    assert_int_equal(loaded->paths.n, 1);
    assert_int_equal(loaded->paths.stitch[0], knee_stitch());
    assert_int_equal(loaded->paths.driver[0], TINY_SHANK_L);
    assert_int_equal(loaded->paths.axis[0][1], vertex_of(TINY_THIGH_L, 9));
    assert_int_equal(loaded->paths.point[1], vertex_of(TINY_THIGH_L, 20));
    assert_true(loaded->paths.angle[1] == 0.6);
    assert_int_equal(loaded->clearances.part[0][1], TINY_THIGH_R);
    assert_int_equal(loaded->neighbours.n, 1);
    assert_int_equal(loaded->neighbours.part[0][0], TINY_THIGH_L);
    assert_true(loaded->clearances.distance[0] == 0.02 && loaded->clearances.weight[0] == 1000.0);
    assert_int_equal(loaded->curves.part[0][2], TINY_ARM_L);
    assert_true(loaded->curves.share[0] == 0.4 && loaded->curves.weight[0] == 30.0);
    assert_int_equal(loaded->turns.n, 2);
    assert_int_equal(loaded->turns.part[1], TINY_THIGH_R);
    assert_true(loaded->turns.weight[0] == 100.0 && loaded->turns.weight[1] == 20.0);
    assert_int_equal(loaded->flexes.n, 1);
    assert_int_equal(loaded->flexes.point[0][2], vertex_of(TINY_SHANK_L, 30));
    assert_int_equal(loaded->flexes.vertex[1], vertex_of(TINY_SHANK_L, 25));
    assert_true(loaded->flexes.share[1][0] == 0.25 && loaded->flexes.share[1][1] == 0.5);
    oik_skel_model_free(loaded);
}

static void a_group_is_complete_or_refused(void **state) {
    (void)state;
    for (int i = n_required; i < all.n; i++) {
        bool leads = strcmp(all.array[i].name, "skel_path_stitch") == 0 || strcmp(all.array[i].name, "skel_clearance_part") == 0 ||
                     strcmp(all.array[i].name, "skel_neighbour_part") == 0 || strcmp(all.array[i].name, "skel_curve_part") == 0 ||
                     strcmp(all.array[i].name, "skel_turn_part") == 0 || strcmp(all.array[i].name, "skel_flex_point") == 0;
        oik_skel_model *loaded = NULL;
        oik_error err = {.status = OIK_OK, .message = ""};
        skeleton_arrays_write(&all, &all.array[i], path);
        oik_status status = load(&loaded, &err);
        if (leads) { /* then there is no such group */
            assert_int_equal(status, OIK_OK);
            oik_skel_model_free(loaded);
            continue;
        }
        assert_int_equal(status, OIK_E_MODEL);
        assert_non_null(strstr(err.message, all.array[i].name));
    }
}

/* One wrong value, and what the message names. */
static void refuse_int(const char *name, size_t entry, int32_t value) {
    array *a = skeleton_arrays_find(&all, name);
    int32_t sound = a->i[entry];
    a->i[entry] = value;
    assert_refused(name);
    a->i[entry] = sound;
}

static void refuse_real(const char *name, size_t entry, double value) {
    array *a = skeleton_arrays_find(&all, name);
    double sound = a->f[entry];
    a->f[entry] = value;
    assert_refused(name);
    a->f[entry] = sound;
}

static void wrong_values_are_refused(void **state) {
    (void)state;
    refuse_int("skel_path_stitch", 0, -1);
    refuse_int("skel_path_stitch", 0, (int32_t)model->stitches.n);
    refuse_int("skel_path_driver", 0, TINY_PARTS);
    refuse_int("skel_path_axis", 1, vertex_of(TINY_SHANK_L, 0)); /* not on the base */
    refuse_int("skel_path_point", 0, vertex_of(TINY_SHANK_L, 0));
    refuse_int("skel_path_start", 0, 1);
    refuse_real("skel_path_angle", 1, 0.0); /* does not ascend */
    refuse_int("skel_clearance_part", 1, TINY_THIGH_L); /* from itself */
    refuse_int("skel_clearance_part", 0, -1);
    refuse_int("skel_neighbour_part", 1, TINY_THIGH_L); /* of itself */
    refuse_int("skel_neighbour_part", 0, -1);
    refuse_real("skel_clearance_weight", 0, -1.0);
    refuse_int("skel_curve_part", 2, TINY_PELVIS);
    refuse_int("skel_curve_part", 1, -1);
    refuse_real("skel_curve_share", 0, 1.1);
    refuse_int("skel_turn_part", 1, TINY_PARTS);
    refuse_real("skel_turn_weight", 0, -1.0);
    refuse_int("skel_flex_point", 0, -1);
    refuse_int("skel_flex_point", 2, INT32_MAX);
    refuse_int("skel_flex_point", 0, vertex_of(TINY_SHANK_L, 3));  /* a seat on one part only */
    refuse_int("skel_flex_point", 2, vertex_of(TINY_THIGH_L, 30)); /* ends on another part than it lies on */
    refuse_int("skel_flex_start", 0, 1);
    refuse_int("skel_flex_vertex", 1, -1);
    refuse_int("skel_flex_vertex", 1, TINY_PARTS * TINY_BONE_VERTICES); /* a point, but no vertex */
    refuse_int("skel_flex_vertex", 0, vertex_of(TINY_THIGH_L, 4));
    refuse_real("skel_flex_share", 0, -0.1);
    refuse_real("skel_flex_share", 1, -0.1);
    refuse_real("skel_flex_share", 2, 0.6); /* with the other one 1.1 */
}

static void numbers_that_are_not_finite_are_refused(void **state) {
    (void)state;
    for (int i = n_required; i < all.n; i++) {
        oik_skel_model *loaded = NULL;
        oik_error err = {.status = OIK_OK, .message = ""};
        if (!all.array[i].f)
            continue;
        skeleton_arrays_write(&all, NULL, path);
        skeleton_arrays_spoil(&all.array[i], path);
        assert_int_equal(load(&loaded, &err), OIK_E_MODEL);
        assert_non_null(strstr(err.message, all.array[i].name));
    }
}

static void lack_of_memory_is_reported(void **state) {
    (void)state;
    skeleton_arrays_write(&all, NULL, path);
    oik_npz *npz = NULL;
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    oik_skel_model *loaded = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(oik_skel_model_load(&loaded, npz, body->n_vertices, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_skel_model_free(loaded);
    for (long k = 0; k < n; k++) {
        failing_malloc_arm(k);
        oik_status status = oik_skel_model_load(&loaded, npz, body->n_vertices, NULL);
        failing_malloc_disarm();
        if (status == OIK_OK) /* libzip can do without some */
            oik_skel_model_free(loaded);
        else
            assert_null(loaded);
    }
    oik_npz_free(npz);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(an_archive_without_them_has_none),
        CASE(they_are_read_as_they_were_written),
        CASE(a_group_is_complete_or_refused),
        CASE(wrong_values_are_refused),
        CASE(numbers_that_are_not_finite_are_refused),
        CASE(lack_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("test_skeleton_load_joints", tests, NULL, NULL);
}
