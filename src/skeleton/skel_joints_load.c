/** Reading of what an archive may have about joints: paths, clearances and curves (see skel_model.h). */
#include "base/status.h"
#include "skeleton/skel_model_arrays.h"

#define READ_INTS(array, field, rows, columns, limit)                                                        \
    ints = NULL;                                                                                             \
    status = oik_skel_read_ints(&ints, npz, array, (size_t)(rows), (size_t)(columns), (size_t)(limit), err); \
    m->field = (void *)ints;                                                                                 \
    if (status)                                                                                              \
        return status;
#define READ_REALS(array, field, rows, columns, dtype)                                        \
    reals = NULL;                                                                             \
    status = oik_skel_read_reals(&reals, npz, array, (size_t)(rows), (size_t)(columns), err); \
    m->field = (void *)reals;                                                                 \
    if (status)                                                                               \
        return status;

/** Angles of one path ascend, and its points and axis lie on the part that they travel along. */
static oik_status check_path(const oik_skel_model *m, size_t i, oik_error *err) {
    const oik_paths *p = &m->paths;
    if (i > 0 && p->stitch[i] <= p->stitch[i - 1])
        return oik_fail(err, OIK_E_MODEL, "skel_path_stitch: row %zu does not ascend", i);
    if (p->stitch[i] < 0 || p->driver[i] < 0 || p->axis[i][0] < 0 || p->axis[i][1] < 0)
        return oik_fail(err, OIK_E_MODEL, "skel_path_stitch, skel_path_driver, skel_path_axis: row %zu has a negative index", i);
    int32_t base = m->point_part[m->stitches.point_a[p->stitch[i]]];
    bool on_base = m->point_part[p->axis[i][0]] == base && m->point_part[p->axis[i][1]] == base;
    if (p->start[i + 1] - p->start[i] < 2)
        return oik_fail(err, OIK_E_MODEL, "skel_path_start: path %zu has fewer than 2 points", i);
    for (int32_t k = p->start[i]; k < p->start[i + 1]; k++) {
        if (k > p->start[i] && !(p->angle[k] > p->angle[k - 1]))
            return oik_fail(err, OIK_E_MODEL, "skel_path_angle: the angles of path %zu do not ascend", i);
        on_base = on_base && p->point[k] >= 0 && m->point_part[p->point[k]] == base;
    }
    if (!on_base)
        return oik_fail(err, OIK_E_MODEL, "skel_path_point, skel_path_axis: a point of path %zu is not on the part of its stitch", i);
    return OIK_OK;
}

static oik_status load_paths(oik_skel_model *m, const oik_npz *npz, oik_error *err) {
    int32_t *ints;
    double *reals;
    oik_status status = oik_skel_read_count(&m->paths.n, npz, "skel_path_stitch", 0, err);
    if (status)
        return status;
    SKEL_PATH_INT_ARRAYS(READ_INTS)
    SKEL_PATH_REAL_ARRAYS(READ_REALS)
    for (size_t i = 0; !status && i < m->paths.n; i++)
        status = check_path(m, i, err);
    return status;
}

static oik_status load_clearances(oik_skel_model *m, const oik_npz *npz, oik_error *err) {
    int32_t *ints;
    double *reals;
    oik_status status = oik_skel_read_count(&m->clearances.n, npz, "skel_clearance_part", 0, err);
    if (status)
        return status;
    SKEL_CLEARANCE_INT_ARRAYS(READ_INTS)
    SKEL_CLEARANCE_REAL_ARRAYS(READ_REALS)
    for (size_t i = 0; i < m->clearances.n; i++) {
        const int32_t *part = m->clearances.part[i];
        if (part[0] < 0 || part[1] < 0 || part[0] == part[1])
            return oik_fail(err, OIK_E_MODEL, "skel_clearance_part: row %zu does not name two parts", i);
        if (!(m->clearances.weight[i] >= 0.0))
            return oik_fail(err, OIK_E_MODEL, "skel_clearance_weight: row %zu is negative", i);
    }
    return OIK_OK;
}

static oik_status load_curves(oik_skel_model *m, const oik_npz *npz, oik_error *err) {
    int32_t *ints;
    double *reals;
    oik_status status = oik_skel_read_count(&m->curves.n, npz, "skel_curve_part", 0, err);
    if (status)
        return status;
    SKEL_CURVE_INT_ARRAYS(READ_INTS)
    SKEL_CURVE_REAL_ARRAYS(READ_REALS)
    for (size_t i = 0; i < m->curves.n; i++) {
        const int32_t *part = m->curves.part[i];
        if (part[0] < 0 || part[1] < 0 || part[2] < 0 || part[0] == part[1] || part[1] == part[2] || part[0] == part[2])
            return oik_fail(err, OIK_E_MODEL, "skel_curve_part: row %zu does not name three parts", i);
        if (!(m->curves.share[i] >= 0.0 && m->curves.share[i] <= 1.0))
            return oik_fail(err, OIK_E_MODEL, "skel_curve_share: row %zu is not between 0 and 1", i);
    }
    return OIK_OK;
}

oik_status oik_skel_model_load_joints(oik_skel_model *model, const oik_npz *npz, oik_error *err) {
    oik_status status = oik_npz_has(npz, "skel_path_stitch") ? load_paths(model, npz, err) : OIK_OK;
    if (!status && oik_npz_has(npz, "skel_clearance_part"))
        status = load_clearances(model, npz, err);
    if (!status && oik_npz_has(npz, "skel_curve_part"))
        status = load_curves(model, npz, err);
    return status;
}
