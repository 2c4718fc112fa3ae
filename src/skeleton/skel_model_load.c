/**
 * Reading and checking the skeleton arrays of a model archive (list in skel_model_arrays.h, meaning in models/README.md).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/skel_model_arrays.h"

/** Turn any reading error into OIK_E_MODEL but for lack of memory. */
static oik_status as_model_error(oik_status status, oik_error *err) {
    if (!status || status == OIK_E_MEMORY)
        return status;
    if (err)
        err->status = OIK_E_MODEL;
    return OIK_E_MODEL;
}

static oik_status count_of(size_t *count, const oik_npz *npz, const char *name, size_t subtract, oik_error *err) {
    int n_dim;
    size_t shape[OIK_NPZ_MAX_DIM];
    oik_status status = oik_npz_shape(npz, name, &n_dim, shape, err);
    if (status)
        return as_model_error(status, err);
    if (n_dim < 1 || shape[0] < subtract || shape[0] > INT32_MAX / 16)
        return oik_fail(err, OIK_E_MODEL, "%s: implausible number of rows", name);
    *count = shape[0] - subtract;
    return OIK_OK;
}

static oik_status read_counts(oik_skel_model *m, const oik_npz *npz, oik_error *err) {
    size_t count;
    oik_status status;
#define READ_COUNT(array, field, type, subtract)                          \
    if ((status = count_of(&count, npz, array, subtract, err)) != OIK_OK) \
        return status;                                                    \
    m->field = (type)count;
    SKEL_COUNTS(READ_COUNT)
#undef READ_COUNT
    return OIK_OK;
}

static oik_status read_names(char (**names)[OIK_NAME_LENGTH], const oik_npz *npz, const char *array, size_t n, oik_error *err) {
    size_t found;
    char **text;
    oik_status status = oik_npz_read_text(npz, array, &found, &text, err);
    if (status)
        return as_model_error(status, err);
    if (found != n)
        status = oik_fail(err, OIK_E_MODEL, "%s: expected %zu names, found %zu", array, n, found);
    else if (!(*names = oik_new(n, sizeof **names, err)))
        status = OIK_E_MEMORY;
    for (size_t i = 0; !status && i < n; i++) {
        if (strlen(text[i]) >= OIK_NAME_LENGTH)
            status = oik_fail(err, OIK_E_MODEL, "%s: name %zu is longer than %d characters", array, i, OIK_NAME_LENGTH - 1);
        else
            strcpy((*names)[i], text[i]);
    }
    free(text);
    return status;
}

static oik_status read_ints(int32_t **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, size_t limit,
                            oik_error *err) {
    size_t shape[2] = {rows, columns};
    oik_status status = oik_npz_read_i32(npz, array, columns > 1 ? 2 : 1, shape, out, err);
    if (status)
        return as_model_error(status, err);
    for (size_t i = 0; i < rows * columns; i++)
        if ((*out)[i] < -1 || ((*out)[i] >= 0 && (size_t)(*out)[i] >= limit))
            return oik_fail(err, OIK_E_MODEL, "%s: entry %zu is %d, expected -1 to %zu", array, i, (*out)[i], limit - 1);
    return OIK_OK;
}

static oik_status read_reals(double **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, oik_error *err) {
    size_t shape[2] = {rows, columns};
    return as_model_error(oik_npz_read_f64(npz, array, columns > 1 ? 2 : 1, shape, out, err), err);
}

static oik_status read_arrays(oik_skel_model *m, const oik_npz *npz, size_t n_skin, oik_error *err) {
    oik_status status;
    int32_t *ints;
    double *reals;
#define READ_NAMES(array, field, rows)                                                   \
    if ((status = read_names(&m->field, npz, array, (size_t)(rows), err)) != OIK_OK) \
        return status;
    SKEL_TEXT_ARRAYS(READ_NAMES)
#undef READ_NAMES
#define READ_INTS(array, field, rows, columns, limit)                                                   \
    ints = NULL;                                                                                        \
    status = read_ints(&ints, npz, array, (size_t)(rows), (size_t)(columns), (size_t)(limit), err);      \
    m->field = (void *)ints;                                                                            \
    if (status)                                                                                         \
        return status;
    SKEL_INT_ARRAYS(READ_INTS)
#undef READ_INTS
#define READ_REALS(array, field, rows, columns, dtype)                                       \
    reals = NULL;                                                                            \
    status = read_reals(&reals, npz, array, (size_t)(rows), (size_t)(columns), err);          \
    m->field = (void *)reals;                                                                \
    if (status)                                                                              \
        return status;
    SKEL_REAL_ARRAYS(READ_REALS)
#undef READ_REALS
    return OIK_OK;
}

static oik_status check_rows(const int32_t *start, size_t n, const char *name, oik_error *err) {
    if (start[0] != 0)
        return oik_fail(err, OIK_E_MODEL, "%s: expected a first entry of 0, found %d", name, start[0]);
    for (size_t i = 0; i < n; i++)
        if (start[i + 1] < start[i])
            return oik_fail(err, OIK_E_MODEL, "%s: row %zu has a negative length", name, i);
    return OIK_OK;
}

/** Index arrays where -1 is not allowed, and orders that the code relies on. */
static oik_status check_model(const oik_skel_model *m, oik_error *err) {
    for (int p = 0; p < m->n_parts; p++)
        if (m->part_parent[p] >= p || m->part_joint[p] < 0 || m->part_group[p] < 0 || m->part_mirror[p] < 0)
            return oik_fail(err, OIK_E_MODEL, "skeleton part %d (%s): bad parent, joint, group or mirror part", p, m->part_names[p]);
    if (m->n_vertices > m->n_points)
        return oik_fail(err, OIK_E_MODEL, "skel_vertex_bone: more vertices than points");
    for (size_t i = 0; i < m->n_points; i++) {
        if (m->point_part[i] < 0 || (i < m->n_vertices && m->vertex_bone[i] < 0))
            return oik_fail(err, OIK_E_MODEL, "skeleton point %zu belongs to no part or bone", i);
        for (int32_t e = m->mode_start[i]; e < m->mode_start[i + 1]; e++)
            if (m->mode_index[e] < 0 || (e > m->mode_start[i] && m->mode_index[e] <= m->mode_index[e - 1]))
                return oik_fail(err, OIK_E_MODEL, "skeleton point %zu: modes are not ascending", i);
    }
    for (size_t i = 0; i < m->n_faces; i++)
        if (m->faces[i][0] < 0 || m->faces[i][1] < 0 || m->faces[i][2] < 0)
            return oik_fail(err, OIK_E_MODEL, "skel_faces: face %zu has a negative index", i);
    const struct {
        const int32_t *index;
        size_t n;
        const char *name;
    } strict[] = {{m->landmarks.point, m->landmarks.n, "skel_landmark_point"},
                  {m->landmarks.skin.index, (size_t)m->landmarks.skin.start[m->landmarks.n], "skel_landmark_skin"},
                  {m->springs.point, m->springs.n, "skel_spring_point"},
                  {m->springs.skin, m->springs.n, "skel_spring_skin"},
                  {m->stitches.point_a, m->stitches.n, "skel_stitch_a"},
                  {m->stitches.point_b, m->stitches.n, "skel_stitch_b"},
                  {m->ligaments.point_a, m->ligaments.n, "skel_ligament_a"},
                  {m->ligaments.point_b, m->ligaments.n, "skel_ligament_b"},
                  {m->list_point, (size_t)m->list_start[m->n_lists], "skel_list_point"}};
    for (size_t k = 0; k < sizeof strict / sizeof *strict; k++)
        for (size_t i = 0; i < strict[k].n; i++)
            if (strict[k].index[i] < 0)
                return oik_fail(err, OIK_E_MODEL, "%s: entry %zu is negative", strict[k].name, i);
    return OIK_OK;
}

/** The row starts must be sound before the arrays that they measure are read; re-check them in one place. */
static oik_status check_starts(const oik_skel_model *m, oik_error *err) {
    oik_status status = check_rows(m->mode_start, m->n_points, "skel_mode_start", err);
    if (!status)
        status = check_rows(m->landmarks.skin.start, m->landmarks.n, "skel_landmark_skin_start", err);
    if (!status)
        status = check_rows(m->list_start, (size_t)m->n_lists, "skel_list_start", err);
    return status;
}

oik_status oik_skel_model_load(oik_skel_model **out, const oik_npz *npz, size_t n_skin, oik_error *err) {
    *out = NULL;
    oik_skel_model *m = oik_new(1, sizeof *m, err);
    if (!m)
        return OIK_E_MEMORY;
    oik_status status = read_counts(m, npz, err);
    if (!status)
        status = read_arrays(m, npz, n_skin, err);
    if (!status)
        status = check_starts(m, err);
    if (!status)
        status = check_model(m, err);
    if (!status)
        status = oik_skel_model_load_kinematics(m, npz, err);
    if (status) {
        oik_skel_model_free(m);
        return status;
    }
    m->landmarks.skin.n = m->landmarks.n;
    *out = m;
    return OIK_OK;
}

void oik_skel_model_free(oik_skel_model *m) {
    if (!m)
        return;
#define FREE_NAMES(array, field, rows) free(m->field);
    SKEL_TEXT_ARRAYS(FREE_NAMES)
#undef FREE_NAMES
#define FREE_INTS(array, field, rows, columns, limit) free(m->field);
    SKEL_INT_ARRAYS(FREE_INTS)
#undef FREE_INTS
#define FREE_REALS(array, field, rows, columns, dtype) free(m->field);
    SKEL_REAL_ARRAYS(FREE_REALS)
#undef FREE_REALS
    free(m->segments);
    free(m->joints);
    free(m);
}
