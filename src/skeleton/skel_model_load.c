/**
 * Reading and checking the skeleton arrays of a model archive (list in skel_model_arrays.h, meaning in models/README.md).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/near_order.h"
#include "skeleton/skel_model_arrays.h"

/** Turn any reading error into OIK_E_MODEL but for lack of memory. */
static oik_status as_model_error(oik_status status, oik_error *err) {
    if (!status || status == OIK_E_MEMORY)
        return status;
    if (err)
        err->status = OIK_E_MODEL;
    return OIK_E_MODEL;
}

oik_status oik_skel_read_count(size_t *count, const oik_npz *npz, const char *name, size_t subtract, oik_error *err) {
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
    size_t count = 0;
    oik_status status;
#define READ_COUNT(array, field, type, subtract)                                     \
    if ((status = oik_skel_read_count(&count, npz, array, subtract, err)) != OIK_OK) \
        return status;                                                               \
    m->field = (type)count;
    SKEL_COUNTS(READ_COUNT)
#undef READ_COUNT
    return OIK_OK;
}

oik_status oik_skel_check_name(const char *array, size_t entry, const char *name, oik_error *err) {
    if (strlen(name) >= OIK_NAME_LENGTH)
        return oik_fail(err, OIK_E_MODEL, "%s: name %zu is longer than %d characters", array, entry, OIK_NAME_LENGTH - 1);
    bool fit = name[0] != '\0' && name[0] != '.';
    for (const char *c = name; *c; c++)
        fit = fit && (unsigned char)*c >= ' ' && *c != 0x7f && *c != '/' && *c != '\\';
    if (!fit)
        return oik_fail(err, OIK_E_MODEL, "%s: name %zu cannot be part of a file name: empty, or with a slash, a control character or a "
                        "dot at its beginning", array, entry);
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
        status = oik_skel_check_name(array, i, text[i], err);
        if (!status)
            strcpy((*names)[i], text[i]);
    }
    free(text);
    return status;
}

/** Row starts are checked as soon as they are read, because the last one says how long the arrays behind them are. */
static oik_status check_starts(const int32_t *start, size_t n, const char *name, oik_error *err) {
    if (start[0] != 0)
        return oik_fail(err, OIK_E_MODEL, "%s: expected a first entry of 0, found %d", name, start[0]);
    for (size_t i = 0; i < n; i++)
        if (start[i + 1] < start[i])
            return oik_fail(err, OIK_E_MODEL, "%s: row %zu has a negative length", name, i);
    return OIK_OK;
}

oik_status oik_skel_read_ints(int32_t **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, size_t limit,
                              oik_error *err) {
    size_t shape[2] = {rows, columns};
    oik_status status = oik_npz_read_i32(npz, array, columns > 1 ? 2 : 1, shape, out, err);
    if (status)
        return as_model_error(status, err);
    if (limit == SKEL_STARTS)
        return check_starts(*out, rows - 1, array, err);
    for (size_t i = 0; i < rows * columns; i++)
        if ((*out)[i] < -1 || ((*out)[i] >= 0 && (size_t)(*out)[i] >= limit))
            return oik_fail(err, OIK_E_MODEL, "%s: entry %zu is %d, expected an index below %zu", array, i, (*out)[i], limit);
    return OIK_OK;
}

oik_status oik_skel_read_reals(double **out, const oik_npz *npz, const char *array, size_t rows, size_t columns, oik_error *err) {
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
    status = oik_skel_read_ints(&ints, npz, array, (size_t)(rows), (size_t)(columns), (size_t)(limit), err); \
    m->field = (void *)ints;                                                                            \
    if (status)                                                                                         \
        return status;
    SKEL_INT_ARRAYS(READ_INTS)
#undef READ_INTS
#define READ_REALS(array, field, rows, columns, dtype)                                       \
    reals = NULL;                                                                            \
    status = oik_skel_read_reals(&reals, npz, array, (size_t)(rows), (size_t)(columns), err); \
    m->field = (void *)reals;                                                                \
    if (status)                                                                              \
        return status;
    SKEL_REAL_ARRAYS(READ_REALS)
#undef READ_REALS
    return OIK_OK;
}

static oik_status check_parts(const oik_skel_model *m, oik_error *err) {
    for (int p = 0; p < m->n_parts; p++) {
        if (m->part_parent[p] >= p)
            return oik_fail(err, OIK_E_MODEL, "skel_part_parent: the parent of part %d (%s) does not come before it", p, m->part_names[p]);
        if (m->part_mirror[p] < 0 || m->part_mirror[m->part_mirror[p]] != p)
            return oik_fail(err, OIK_E_MODEL, "skel_part_mirror: part %d (%s) is not the mirror part of its own", p, m->part_names[p]);
        if (!oik_skel_is_rotation(m->rest_R[p]))
            return oik_fail(err, OIK_E_MODEL, "skel_rest_R: matrix %d (%s) is not a rotation", p, m->part_names[p]);
    }
    return OIK_OK;
}

static oik_status check_points(const oik_skel_model *m, oik_error *err) {
    if (m->n_vertices > m->n_points)
        return oik_fail(err, OIK_E_MODEL, "skel_vertex_bone: more vertices than points");
    for (size_t i = 0; i < m->n_points; i++) {
        if (i > 0 && i < m->n_vertices && m->point_part[i] < m->point_part[i - 1])
            return oik_fail(err, OIK_E_MODEL, "skel_point_part: vertex %zu is not in the block of its part", i);
        for (int32_t e = m->mode_start[i]; e < m->mode_start[i + 1]; e++)
            if (m->mode_index[e] < 0 || (e > m->mode_start[i] && m->mode_index[e] <= m->mode_index[e - 1]))
                return oik_fail(err, OIK_E_MODEL, "skel_mode_index: the modes of point %zu are not ascending", i);
    }
    return OIK_OK;
}

/** Rows of weights that a mean is taken with: none empty, sums of 1. The published method's regressor is taken as it is. */
static oik_status check_means(const oik_skel_model *m, bool is_published, oik_error *err) {
    const double rounding = 1e-6; /* of weights that were stored in single precision */
    for (size_t i = 0; !is_published && i < m->landmarks.n; i++) {
        double sum = 0.0;
        for (int32_t e = m->landmarks.skin.start[i]; e < m->landmarks.skin.start[i + 1]; e++)
            sum += m->landmarks.skin.value[e];
        if (fabs(sum - 1.0) > rounding)
            return oik_fail(err, OIK_E_MODEL, "skel_landmark_value: the weights of landmark %zu add up to %g, expected 1", i, sum);
    }
    for (int i = 0; i < m->n_lists; i++)
        if (m->list_start[i] == m->list_start[i + 1])
            return oik_fail(err, OIK_E_MODEL, "skel_list_start: list %d has no point", i);
    return OIK_OK;
}

/** Index arrays where -1 is not allowed. */
static oik_status check_indices(const oik_skel_model *m, oik_error *err) {
    const struct {
        const int32_t *index;
        size_t n;
        const char *name;
    } strict[] = {{m->part_joint, (size_t)m->n_parts, "skel_part_joint"},
                  {m->part_group, (size_t)m->n_parts, "skel_part_group"},
                  {m->point_part, m->n_points, "skel_point_part"},
                  {m->vertex_bone, m->n_vertices, "skel_vertex_bone"},
                  {m->n_faces ? m->faces[0] : NULL, 3 * m->n_faces, "skel_faces"},
                  {m->landmarks.point, m->landmarks.n, "skel_landmark_point"},
                  {m->landmarks.skin.index, (size_t)m->landmarks.skin.start[m->landmarks.n], "skel_landmark_skin"},
                  {m->springs.point, m->springs.n, "skel_spring_point"},
                  {m->springs.skin, m->springs.n, "skel_spring_skin"},
                  {m->stitches.point_a, m->stitches.n, "skel_stitch_a"},
                  {m->stitches.point_b, m->stitches.n, "skel_stitch_b"},
                  {m->stitches.keep_offset, m->stitches.n, "skel_stitch_keep_offset"},
                  {m->ligaments.point_a, m->ligaments.n, "skel_ligament_a"},
                  {m->ligaments.point_b, m->ligaments.n, "skel_ligament_b"},
                  {m->couplings.n ? m->couplings.part[0] : NULL, 3 * m->couplings.n, "skel_coupling_part"},
                  {m->couplings.n ? m->couplings.point[0] : NULL, 5 * m->couplings.n, "skel_coupling_point"},
                  {m->list_point, (size_t)m->list_start[m->n_lists], "skel_list_point"}};
    for (size_t k = 0; k < sizeof strict / sizeof *strict; k++)
        for (size_t i = 0; i < strict[k].n; i++)
            if (strict[k].index[i] < 0)
                return oik_fail(err, OIK_E_MODEL, "%s: entry %zu is negative", strict[k].name, i);
    return OIK_OK;
}

/** What the code relies on beyond ranges. */
static oik_status check_model(const oik_skel_model *m, bool is_published, oik_error *err) {
    oik_status status = check_indices(m, err);
    if (!status)
        status = check_parts(m, err);
    if (!status)
        status = check_points(m, err);
    if (!status)
        status = check_means(m, is_published, err);
    return status;
}

oik_status oik_skel_model_order(oik_skel_model *m, oik_error *err) {
    m->near_order = oik_new(m->n_vertices, sizeof *m->near_order, err);
    if (!m->near_order)
        return OIK_E_MEMORY;
    for (size_t first = 0, end; first < m->n_vertices; first = end) {
        for (end = first; end < m->n_vertices && m->point_part[end] == m->point_part[first]; end++)
            m->near_order[end] = (int32_t)end;
        oik_near_order(m->near_order + first, (int32_t)(end - first), m->mean);
    }
    return OIK_OK;
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
        status = check_model(m, oik_published_is_in(npz), err);
    if (!status)
        status = oik_skel_model_load_joints(m, npz, err);
    if (!status)
        status = oik_published_load(&m->published, m, npz, n_skin, err);
    if (!status)
        status = oik_skel_model_load_kinematics(m, npz, err);
    if (!status)
        status = oik_skel_model_order(m, err);
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
    SKEL_PATH_INT_ARRAYS(FREE_INTS)
    SKEL_CLEARANCE_INT_ARRAYS(FREE_INTS)
    SKEL_NEIGHBOUR_INT_ARRAYS(FREE_INTS)
    SKEL_CURVE_INT_ARRAYS(FREE_INTS)
    SKEL_TURN_INT_ARRAYS(FREE_INTS)
    SKEL_FLEX_INT_ARRAYS(FREE_INTS)
#undef FREE_INTS
#define FREE_REALS(array, field, rows, columns, dtype) free(m->field);
    SKEL_REAL_ARRAYS(FREE_REALS)
    SKEL_PATH_REAL_ARRAYS(FREE_REALS)
    SKEL_CLEARANCE_REAL_ARRAYS(FREE_REALS)
    SKEL_CURVE_REAL_ARRAYS(FREE_REALS)
    SKEL_TURN_REAL_ARRAYS(FREE_REALS)
    SKEL_FLEX_REAL_ARRAYS(FREE_REALS)
#undef FREE_REALS
    free(m->near_order);
    free(m->segments);
    free(m->joints);
    oik_published_free(m->published);
    free(m);
}
