/* Loading the skin arrays: round trip and every way to be damaged. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "body/body_model.h"
#include "support/failing_malloc.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"

/* One array of the archive, as doubles or as integers. */
typedef struct array {
    const char *name, *dtype;
    int n_dim;
    size_t shape[3];
    double *f;
    int32_t *i;
} array;

enum { TEMPLATE, FACES, MODES, PRECISION, PARENTS, WEIGHT_JOINT, WEIGHT, MIRROR, PART, R_JOINT, R_VERTEX, R_VALUE, N_REQUIRED };
enum { CORRECTIVES = N_REQUIRED, JOINTS, MODE_JOINTS, N_ARRAYS };

static oik_body_model *model;
static array arrays[N_ARRAYS];
static char path[TEMP_PATH_LENGTH];
static int with_optional; /* write the arrays from N_REQUIRED on as well */

static size_t count(const array *a) {
    size_t n = 1;
    for (int d = 0; d < a->n_dim; d++)
        n *= a->shape[d];
    return n;
}

static double *doubles(const void *from, size_t n) {
    double *copy = malloc(n * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, from, n * sizeof *copy);
    return copy;
}

static int32_t *integers(const int32_t *from, size_t n) {
    int32_t *copy = malloc(n * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, from, n * sizeof *copy);
    return copy;
}

static int32_t *bytes(const uint8_t *from, size_t n) {
    int32_t *copy = malloc(n * sizeof *copy);
    assert_non_null(copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = from[i];
    return copy;
}

static int32_t *regressor_rows(void) {
    int32_t *row = malloc(model->regressor_start[OIK_N_JOINTS] * sizeof *row);
    assert_non_null(row);
    for (int32_t j = 0; j < OIK_N_JOINTS; j++)
        for (size_t e = model->regressor_start[j]; e < model->regressor_start[j + 1]; e++)
            row[e] = j;
    return row;
}

/* Columns of the stored influences; the tiny body has at most 3 for a vertex. */
enum { N_COLUMNS = 4 };

static int32_t *influence_joints(void) {
    int32_t *joint = calloc(model->n_vertices, N_COLUMNS * sizeof *joint);
    assert_non_null(joint);
    for (size_t i = 0; i < model->n_vertices; i++)
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++)
            joint[i * N_COLUMNS + e - model->influence_start[i]] = model->influence_joint[e];
    return joint;
}

static double *influence_weights(void) {
    double *weight = calloc(model->n_vertices, N_COLUMNS * sizeof *weight);
    assert_non_null(weight);
    for (size_t i = 0; i < model->n_vertices; i++)
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++)
            weight[i * N_COLUMNS + e - model->influence_start[i]] = model->influence_weight[e];
    return weight;
}

/* Correctives of the kind, in place of those of the arrays. */
static void take_correctives(oik_corrective_kind kind) {
    free(model->correctives);
    free(arrays[CORRECTIVES].f);
    assert_int_equal(tiny_body_add_correctives(model, kind), 0);
    arrays[CORRECTIVES].shape[0] = model->n_features;
    arrays[CORRECTIVES].f = doubles(model->correctives, 3 * model->n_features * model->n_vertices);
}

/* The tiny body as arrays. */
static int set_up(void **state) {
    model = tiny_body_new();
    if (!model)
        return -1;
    size_t n = model->n_vertices, k = model->n_modes, e = model->regressor_start[OIK_N_JOINTS];
    const array all[N_ARRAYS] = {
        {"skin_template", "<f4", 2, {n, 3}, doubles(model->template_v, 3 * n), NULL},
        {"skin_faces", "<i4", 2, {model->n_faces, 3}, NULL, integers(*model->faces, 3 * model->n_faces)},
        {"skin_modes", "<f4", 3, {k, n, 3}, doubles(model->modes, 3 * n * k), NULL},
        {"skin_mode_precision", "<f8", 1, {k}, doubles(model->mode_precision, k), NULL},
        {"skin_parents", "<i4", 1, {OIK_N_JOINTS}, NULL, integers(model->parents, OIK_N_JOINTS)},
        {"skin_weight_joint", "|u1", 2, {n, N_COLUMNS}, NULL, influence_joints()},
        {"skin_weight", "<f4", 2, {n, N_COLUMNS}, influence_weights(), NULL},
        {"skin_mirror", "<i4", 1, {n}, NULL, integers(model->mirror, n)},
        {"skin_part", "|u1", 1, {n}, NULL, bytes(model->part, n)},
        {"skin_regressor_joint", "|u1", 1, {e}, NULL, regressor_rows()},
        {"skin_regressor_vertex", "<i4", 1, {e}, NULL, integers(model->regressor_vertex, e)},
        {"skin_regressor_value", "<f8", 1, {e}, doubles(model->regressor_value, e), NULL},
        {"skin_correctives", "<f8", 3, {0, n, 3}, NULL, NULL},
        {"skin_joints", "<f8", 2, {OIK_N_JOINTS, 3}, doubles(model->joints, 3 * OIK_N_JOINTS), NULL},
        {"skin_mode_joints", "<f8", 3, {k, OIK_N_JOINTS, 3}, doubles(model->mode_joints, 3 * OIK_N_JOINTS * k), NULL},
    };
    memcpy(arrays, all, sizeof all);
    take_correctives(OIK_CORRECTIVES_STAR);
    if (temp_dir_setup(state))
        return -1;
    temp_path(path, "skin.npz");
    return 0;
}

static int tear_down(void **state) {
    for (int a = 0; a < N_ARRAYS; a++) {
        free(arrays[a].f);
        free(arrays[a].i);
    }
    oik_body_model_free(model);
    return temp_dir_teardown(state);
}

/* Write all arrays but one (-1: none) and open the archive. */
static oik_npz *archive_without(int absent) {
    oik_npz_writer *writer = NULL;
    oik_npz *npz = NULL;
    assert_int_equal(oik_npz_writer_new(&writer, NULL), OIK_OK);
    for (int k = 0; k < N_ARRAYS; k++) {
        const array *a = &arrays[k];
        if (k == absent || (k >= N_REQUIRED && !with_optional))
            continue;
        if (a->f)
            assert_int_equal(oik_npz_add_f64(writer, a->name, a->dtype, a->n_dim, a->shape, a->f, NULL), OIK_OK);
        else
            assert_int_equal(oik_npz_add_i32(writer, a->name, a->dtype, a->n_dim, a->shape, a->i, NULL), OIK_OK);
    }
    assert_int_equal(oik_npz_writer_save(writer, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(writer);
    assert_int_equal(oik_npz_open(&npz, path, NULL), OIK_OK);
    return npz;
}

/* The archive as it is now is refused with a message that names the array. */
static void assert_refused(int named, int absent) {
    oik_body_model *loaded = model; /* anything but NULL */
    oik_error err = {.status = OIK_OK};
    oik_npz *npz = archive_without(absent);
    assert_int_equal(oik_body_model_load(&loaded, npz, &err), OIK_E_MODEL);
    assert_null(loaded);
    assert_int_equal(err.status, OIK_E_MODEL);
    if (!strstr(err.message, arrays[named].name))
        print_error("expected %s in: %s\n", arrays[named].name, err.message);
    assert_non_null(strstr(err.message, arrays[named].name));
    assert_int_equal(oik_body_model_load(&loaded, npz, NULL), OIK_E_MODEL);
    oik_npz_free(npz);
}

static void a_sound_archive_gives_the_model_back(void **state) {
    (void)state;
    oik_body_model *loaded = NULL;
    oik_npz *npz = archive_without(-1);
    assert_int_equal(oik_body_model_load(&loaded, npz, NULL), OIK_OK);
    oik_npz_free(npz);
    size_t n = model->n_vertices;
    assert_int_equal(loaded->n_vertices, n);
    assert_int_equal(loaded->n_faces, model->n_faces);
    assert_int_equal(loaded->n_modes, model->n_modes);
    assert_memory_equal(loaded->faces, model->faces, model->n_faces * sizeof *model->faces);
    assert_memory_equal(loaded->mode_precision, model->mode_precision, model->n_modes * sizeof(double));
    assert_memory_equal(loaded->parents, model->parents, sizeof model->parents);
    assert_memory_equal(loaded->influence_start, model->influence_start, (n + 1) * sizeof *model->influence_start);
    assert_memory_equal(loaded->influence_joint, model->influence_joint, model->influence_start[n]);
    assert_memory_equal(loaded->mirror, model->mirror, n * sizeof *model->mirror);
    assert_memory_equal(loaded->part, model->part, n);
    assert_memory_equal(loaded->regressor_start, model->regressor_start, sizeof model->regressor_start);
    for (size_t i = 0; i < n; i++) {
        assert_true(v3_dist(loaded->template_v[i], model->template_v[i]) <= 2e-7); /* single precision of 1 m */
        double sum = 0.0;
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++) {
            assert_true(fabs(loaded->influence_weight[e] - model->influence_weight[e]) <= 1e-7);
            sum += loaded->influence_weight[e];
        }
        assert_true(fabs(sum - 1.0) <= 1e-15); /* made exact on loading */
    }
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        assert_true(v3_dist(loaded->joints[j], model->joints[j]) <= 2e-7);
        assert_true(v3_dist(loaded->mode_joints[j], model->mode_joints[j]) <= 2e-8);
    }
    oik_body_model_free(loaded);
}

/* Stored sums of 1 are exact only to single precision. */
static void sums_of_one_are_made_exact(void **state) {
    (void)state;
    oik_body_model *loaded = NULL;
    arrays[R_VALUE].f[0] += 5e-5;
    arrays[WEIGHT].f[0] += 5e-5;
    oik_npz *npz = archive_without(-1);
    arrays[R_VALUE].f[0] -= 5e-5;
    arrays[WEIGHT].f[0] -= 5e-5;
    assert_int_equal(oik_body_model_load(&loaded, npz, NULL), OIK_OK);
    oik_npz_free(npz);
    double row = 0.0, shares = 0.0;
    for (size_t e = loaded->regressor_start[0]; e < loaded->regressor_start[1]; e++)
        row += loaded->regressor_value[e];
    for (size_t e = 0; e < loaded->influence_start[1]; e++)
        shares += loaded->influence_weight[e];
    assert_true(fabs(row - 1.0) <= 1e-15 && fabs(shares - 1.0) <= 1e-15); /* rounding of a few terms */
    oik_body_model_free(loaded);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_body_model *loaded = NULL;
    oik_npz *npz = archive_without(-1);
    failing_malloc_arm(-1);
    assert_int_equal(oik_body_model_load(&loaded, npz, NULL), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    oik_body_model_free(loaded);
    assert_true(n_allocations > (with_optional ? N_ARRAYS : N_REQUIRED));
    for (long k = 0; k < n_allocations; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_body_model_load(&loaded, npz, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(loaded);
    }
    oik_npz_free(npz);
}

static void a_missing_array_is_named(void **state) {
    (void)state;
    for (int a = 0; a < N_REQUIRED; a++)
        assert_refused(a, a);
}

static void an_array_of_another_size_is_named(void **state) {
    (void)state;
    for (int a = 0; a < N_REQUIRED; a++) {
        if (a == TEMPLATE || a == FACES || a == MODES || a == R_JOINT)
            continue; /* these fix a count themselves; their other dimension is below */
        arrays[a].shape[0]--;
        assert_refused(a, -1);
        arrays[a].shape[0]++;
    }
    for (int a = 0; a < N_REQUIRED; a++) {
        if (arrays[a].n_dim < 2)
            continue;
        arrays[a].shape[1]--;
        assert_refused(a == WEIGHT_JOINT ? WEIGHT : a, -1); /* the joints fix the number of columns */
        arrays[a].shape[1]++;
    }
}

static void an_array_of_another_dimension_is_named(void **state) {
    (void)state;
    for (int a = 0; a < N_REQUIRED; a++) {
        array kept = arrays[a];
        arrays[a].n_dim = kept.n_dim == 1 ? 2 : 1;
        arrays[a].shape[0] = count(&kept);
        arrays[a].shape[1] = 1;
        assert_refused(a, -1);
        arrays[a] = kept;
    }
}

static void a_model_without_modes_is_refused(void **state) {
    (void)state;
    arrays[MODES].shape[0] = 0;
    assert_refused(MODES, -1);
    arrays[MODES].shape[0] = model->n_modes;
}

/* Set one integer, expect refusal, set it back. */
static void refuse_integer(int a, size_t entry, int32_t value) {
    int32_t kept = arrays[a].i[entry];
    arrays[a].i[entry] = value;
    assert_refused(a, -1);
    arrays[a].i[entry] = kept;
}

static void refuse_number(int a, size_t entry, double value) {
    double kept = arrays[a].f[entry];
    arrays[a].f[entry] = value;
    assert_refused(a, -1);
    arrays[a].f[entry] = kept;
}

static void an_index_out_of_range_is_refused(void **state) {
    (void)state;
    int32_t n = (int32_t)model->n_vertices;
    refuse_integer(FACES, 7, n);
    refuse_integer(FACES, 7, -1);
    refuse_integer(WEIGHT_JOINT, 11, OIK_N_JOINTS);
    refuse_integer(MIRROR, 5, n);
    refuse_integer(MIRROR, 5, -1);
    refuse_integer(PART, 3, OIK_N_JOINTS);
    refuse_integer(R_JOINT, count(&arrays[R_JOINT]) - 1, OIK_N_JOINTS);
    refuse_integer(R_VERTEX, 0, n);
    refuse_integer(R_VERTEX, 0, -1);
}

static void a_parent_that_is_not_before_its_child_is_refused(void **state) {
    (void)state;
    refuse_integer(PARENTS, 4, 4);
    refuse_integer(PARENTS, 4, 9);
    refuse_integer(PARENTS, 4, -1); /* a second root */
    refuse_integer(PARENTS, 0, 0);
    refuse_integer(PARENTS, 4, -2);
    refuse_integer(PARENTS, 4, OIK_N_JOINTS);
}

static void a_face_that_repeats_a_vertex_is_refused(void **state) {
    (void)state;
    refuse_integer(FACES, 0, arrays[FACES].i[1]);
}

static void weights_that_are_no_shares_are_refused(void **state) {
    (void)state;
    refuse_number(WEIGHT, 0, 0.9 * arrays[WEIGHT].f[0]);
    double kept = arrays[WEIGHT].f[1];
    arrays[WEIGHT].f[1] -= 1.0; /* the sum stays 1 */
    refuse_number(WEIGHT, 0, arrays[WEIGHT].f[0] + 1.0);
    arrays[WEIGHT].f[1] = kept;
}

static void a_prior_that_is_not_positive_is_refused(void **state) {
    (void)state;
    refuse_number(PRECISION, 1, 0.0);
    refuse_number(PRECISION, 1, -1.0);
}

static void a_mirror_that_does_not_lead_back_is_refused(void **state) {
    (void)state;
    refuse_integer(MIRROR, 0, arrays[MIRROR].i[0] == 1 ? 2 : 1);
}

static void a_regressor_that_is_unsorted_or_does_not_sum_to_one_is_refused(void **state) {
    (void)state;
    refuse_integer(R_JOINT, count(&arrays[R_JOINT]) - 1, 0);
    refuse_number(R_VALUE, 9, arrays[R_VALUE].f[9] + 0.01);
}

/* ---- imported models ---- */

/* All arrays in double precision, shares in a column for each joint. */
static int set_up_import(void **state) {
    if (set_up(state))
        return -1;
    with_optional = 1;
    arrays[TEMPLATE].dtype = arrays[MODES].dtype = arrays[WEIGHT].dtype = "<f8";
    double *weight = calloc(model->n_vertices, OIK_N_JOINTS * sizeof *weight);
    int32_t *joint = calloc(model->n_vertices, OIK_N_JOINTS * sizeof *joint);
    assert_non_null(weight);
    assert_non_null(joint);
    for (size_t i = 0; i < model->n_vertices; i++) {
        for (int32_t j = 0; j < OIK_N_JOINTS; j++)
            joint[i * OIK_N_JOINTS + (size_t)j] = j;
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++)
            weight[i * OIK_N_JOINTS + model->influence_joint[e]] += model->influence_weight[e];
    }
    free(arrays[WEIGHT].f);
    free(arrays[WEIGHT_JOINT].i);
    arrays[WEIGHT].f = weight;
    arrays[WEIGHT_JOINT].i = joint;
    arrays[WEIGHT].shape[1] = arrays[WEIGHT_JOINT].shape[1] = OIK_N_JOINTS;
    return 0;
}

static int tear_down_import(void **state) {
    with_optional = 0;
    return tear_down(state);
}

static oik_body_model *load(void) {
    oik_body_model *loaded = NULL;
    oik_npz *npz = archive_without(-1);
    assert_int_equal(oik_body_model_load(&loaded, npz, NULL), OIK_OK);
    oik_npz_free(npz);
    return loaded;
}

static void correctives_say_the_family_by_their_number(void **state) {
    (void)state;
    static const oik_corrective_kind kinds[] = {OIK_CORRECTIVES_STAR, OIK_CORRECTIVES_SMPL};
    for (int k = 0; k < 2; k++) {
        take_correctives(kinds[k]);
        oik_body_model *loaded = load();
        assert_int_equal(loaded->corrective_kind, kinds[k]);
        assert_int_equal(loaded->n_features, k ? 207 : 92);
        assert_memory_equal(loaded->correctives, model->correctives,
                            model->n_features * model->n_vertices * sizeof *model->correctives);
        oik_body_model_free(loaded);
        arrays[CORRECTIVES].shape[0]--;
        assert_refused(CORRECTIVES, -1);
        arrays[CORRECTIVES].shape[0]++;
    }
}

/* Shares that do not quite add up, joints that are not quite the regressor's: the model's maker has computed with these. */
static void a_model_with_correctives_is_taken_as_stored(void **state) {
    (void)state;
    arrays[WEIGHT].f[0] += 5e-5;
    arrays[R_VALUE].f[0] += 5e-5;
    arrays[JOINTS].f[4] += 5e-5;
    arrays[MODE_JOINTS].f[5] += 0.01;
    oik_body_model *loaded = load();
    assert_memory_equal(loaded->template_v, arrays[TEMPLATE].f, model->n_vertices * sizeof *loaded->template_v);
    assert_memory_equal(loaded->modes, arrays[MODES].f, model->n_modes * model->n_vertices * sizeof *loaded->modes);
    assert_memory_equal(loaded->joints, arrays[JOINTS].f, sizeof loaded->joints);
    assert_memory_equal(loaded->mode_joints, arrays[MODE_JOINTS].f, model->n_modes * OIK_N_JOINTS * sizeof *loaded->mode_joints);
    assert_memory_equal(loaded->regressor_value, arrays[R_VALUE].f, count(&arrays[R_VALUE]) * sizeof *loaded->regressor_value);
    size_t e = 0;
    for (size_t i = 0; i < count(&arrays[WEIGHT]); i++)
        if (arrays[WEIGHT].f[i] > 0.0) {
            assert_int_equal(loaded->influence_joint[e], arrays[WEIGHT_JOINT].i[i]);
            assert_memory_equal(&loaded->influence_weight[e++], &arrays[WEIGHT].f[i], sizeof(double));
        }
    assert_int_equal(e, loaded->influence_start[model->n_vertices]);
    oik_body_model_free(loaded);
}

static void another_number_of_influences_is_the_same_body(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.8);
    size_t n = model->n_vertices;
    oik_vec3 *x = calloc(2 * n, sizeof *x);
    assert_non_null(x);
    oik_body_model *loaded = load();
    tiny_body_posed(x, NULL, model, NULL, &pose);
    tiny_body_posed(x + n, NULL, loaded, NULL, &pose);
    for (size_t i = 0; i < n; i++)
        assert_true(v3_dist(x[i], x[n + i]) <= 1e-14); /* sums of metres in another order */
    free(x);
    oik_body_model_free(loaded);
}

static void no_column_and_more_than_joints_are_refused(void **state) {
    (void)state;
    arrays[WEIGHT_JOINT].shape[1] = 0;
    assert_refused(WEIGHT_JOINT, -1);
    int32_t *wide = calloc(model->n_vertices, (OIK_N_JOINTS + 1) * sizeof *wide);
    assert_non_null(wide);
    free(arrays[WEIGHT_JOINT].i);
    arrays[WEIGHT_JOINT].i = wide;
    arrays[WEIGHT_JOINT].shape[1] = OIK_N_JOINTS + 1;
    assert_refused(WEIGHT_JOINT, -1);
}

static void optional_arrays_of_another_shape_are_named(void **state) {
    (void)state;
    for (int a = N_REQUIRED; a < N_ARRAYS; a++)
        for (int d = 0; d < arrays[a].n_dim; d++) {
            arrays[a].shape[d]--;
            assert_refused(a, -1);
            arrays[a].shape[d]++;
        }
}

static void joints_of_another_body_are_refused(void **state) {
    (void)state;
    refuse_number(JOINTS, 7, arrays[JOINTS].f[7] + 2e-4);
}

int main(void) {
#define IMPORT(f) cmocka_unit_test_setup_teardown(f, set_up_import, tear_down_import)
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(a_sound_archive_gives_the_model_back),
        cmocka_unit_test(sums_of_one_are_made_exact),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(a_missing_array_is_named),
        cmocka_unit_test(an_array_of_another_size_is_named),
        cmocka_unit_test(an_array_of_another_dimension_is_named),
        cmocka_unit_test(a_model_without_modes_is_refused),
        cmocka_unit_test(an_index_out_of_range_is_refused),
        cmocka_unit_test(a_parent_that_is_not_before_its_child_is_refused),
        cmocka_unit_test(a_face_that_repeats_a_vertex_is_refused),
        cmocka_unit_test(weights_that_are_no_shares_are_refused),
        cmocka_unit_test(a_prior_that_is_not_positive_is_refused),
        cmocka_unit_test(a_mirror_that_does_not_lead_back_is_refused),
        cmocka_unit_test(a_regressor_that_is_unsorted_or_does_not_sum_to_one_is_refused),
    };
    const struct CMUnitTest imports[] = {
        IMPORT(correctives_say_the_family_by_their_number),
        IMPORT(a_model_with_correctives_is_taken_as_stored),
        IMPORT(another_number_of_influences_is_the_same_body),
        IMPORT(no_column_and_more_than_joints_are_refused),
        IMPORT(optional_arrays_of_another_shape_are_named),
        IMPORT(joints_of_another_body_are_refused),
        IMPORT(every_failed_allocation_is_reported),
    };
#undef IMPORT
    return cmocka_run_group_tests_name("test_body_load", cases, set_up, tear_down) +
           cmocka_run_group_tests_name("test_body_load of imported models", imports, NULL, NULL);
}
