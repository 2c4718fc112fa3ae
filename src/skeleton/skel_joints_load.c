/** Reading of what an archive may have about joints: paths, clearances, neighbours, curves, turns and flexes (see skel_model.h). */
#include "base/status.h"
#include "skeleton/skel_model_arrays.h"

/* ---- rows ---- */

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

static oik_status check_clearance(const oik_skel_model *m, size_t i, oik_error *err) {
    const int32_t *part = m->clearances.part[i];
    if (part[0] < 0 || part[1] < 0 || part[0] == part[1])
        return oik_fail(err, OIK_E_MODEL, "skel_clearance_part: row %zu does not name two parts", i);
    if (!(m->clearances.weight[i] >= 0.0))
        return oik_fail(err, OIK_E_MODEL, "skel_clearance_weight: row %zu is negative", i);
    return OIK_OK;
}

static oik_status check_neighbours(const oik_skel_model *m, size_t i, oik_error *err) {
    const int32_t *part = m->neighbours.part[i];
    if (part[0] < 0 || part[1] < 0 || part[0] == part[1])
        return oik_fail(err, OIK_E_MODEL, "skel_neighbour_part: row %zu does not name two parts", i);
    return OIK_OK;
}

static oik_status check_curve(const oik_skel_model *m, size_t i, oik_error *err) {
    const int32_t *part = m->curves.part[i];
    if (part[0] < 0 || part[1] < 0 || part[2] < 0 || part[0] == part[1] || part[1] == part[2] || part[0] == part[2])
        return oik_fail(err, OIK_E_MODEL, "skel_curve_part: row %zu does not name three parts", i);
    if (!(m->curves.share[i] >= 0.0 && m->curves.share[i] <= 1.0))
        return oik_fail(err, OIK_E_MODEL, "skel_curve_share: row %zu is not between 0 and 1", i);
    return OIK_OK;
}

static oik_status check_turn(const oik_skel_model *m, size_t i, oik_error *err) {
    if (m->turns.part[i] < 0)
        return oik_fail(err, OIK_E_MODEL, "skel_turn_part: row %zu does not name a part", i);
    if (!(m->turns.weight[i] >= 0.0))
        return oik_fail(err, OIK_E_MODEL, "skel_turn_weight: row %zu is negative", i);
    return OIK_OK;
}

/** A seat on two parts, a far end and vertices on the second of them, and shares that leave none or some to it. */
static oik_status check_flex(const oik_skel_model *m, size_t i, oik_error *err) {
    const oik_flexes *f = &m->flexes;
    const int32_t *point = f->point[i];
    const double rounding = 1e-6; /* of shares that were stored in single precision */
    if (point[0] < 0 || point[1] < 0 || point[2] < 0)
        return oik_fail(err, OIK_E_MODEL, "skel_flex_point: row %zu has a negative index", i);
    int32_t own = m->point_part[point[1]];
    if (m->point_part[point[0]] == own || m->point_part[point[2]] != own)
        return oik_fail(err, OIK_E_MODEL, "skel_flex_point: row %zu does not name one point of a part and two of another one", i);
    for (int32_t e = f->start[i]; e < f->start[i + 1]; e++) {
        const double *share = f->share[e];
        if (f->vertex[e] < 0 || m->point_part[f->vertex[e]] != own)
            return oik_fail(err, OIK_E_MODEL, "skel_flex_vertex: entry %d is not on the part of its bone", e);
        if (!(share[0] >= 0.0 && share[1] >= 0.0 && share[0] + share[1] <= 1.0 + rounding))
            return oik_fail(err, OIK_E_MODEL, "skel_flex_share: entry %d has a negative share, or shares of more than 1", e);
    }
    return OIK_OK;
}

/* ---- groups of arrays ---- */

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

/** Define a reader of one group: nothing when the array `first`, whose rows it counts, is not there; else all of it, row by row checked. */
#define GROUP_READER(reader, first, field, INT_ARRAYS, REAL_ARRAYS, check_row)              \
    static oik_status reader(oik_skel_model *m, const oik_npz *npz, oik_error *err) {       \
        int32_t *ints;                                                                      \
        double *reals;                                                                      \
        if (!oik_npz_has(npz, first))                                                       \
            return OIK_OK;                                                                  \
        oik_status status = oik_skel_read_count(&m->field.n, npz, first, 0, err);           \
        if (status)                                                                         \
            return status;                                                                  \
        INT_ARRAYS(READ_INTS)                                                               \
        REAL_ARRAYS(READ_REALS)                                                             \
        for (size_t i = 0; i < m->field.n && !status; i++)                                  \
            status = check_row(m, i, err);                                                  \
        return status;                                                                      \
    }

#define NO_REALS(X) (void)reals;

GROUP_READER(load_paths, "skel_path_stitch", paths, SKEL_PATH_INT_ARRAYS, SKEL_PATH_REAL_ARRAYS, check_path)
GROUP_READER(load_clearances, "skel_clearance_part", clearances, SKEL_CLEARANCE_INT_ARRAYS, SKEL_CLEARANCE_REAL_ARRAYS, check_clearance)
GROUP_READER(load_neighbours, "skel_neighbour_part", neighbours, SKEL_NEIGHBOUR_INT_ARRAYS, NO_REALS, check_neighbours)
GROUP_READER(load_curves, "skel_curve_part", curves, SKEL_CURVE_INT_ARRAYS, SKEL_CURVE_REAL_ARRAYS, check_curve)
GROUP_READER(load_turns, "skel_turn_part", turns, SKEL_TURN_INT_ARRAYS, SKEL_TURN_REAL_ARRAYS, check_turn)
GROUP_READER(load_flexes, "skel_flex_point", flexes, SKEL_FLEX_INT_ARRAYS, SKEL_FLEX_REAL_ARRAYS, check_flex)

oik_status oik_skel_model_load_joints(oik_skel_model *model, const oik_npz *npz, oik_error *err) {
    oik_status status = load_paths(model, npz, err);
    if (!status)
        status = load_clearances(model, npz, err);
    if (!status)
        status = load_neighbours(model, npz, err);
    if (!status)
        status = load_curves(model, npz, err);
    if (!status)
        status = load_turns(model, npz, err);
    return status ? status : load_flexes(model, npz, err);
}
