/** Reading and checking the tables of published_model.h. */
#include "skeleton/published_model.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/published_terms.h"
#include "skeleton/skel_model_arrays.h"

static const char *const REGRESSOR = "skel_shape_regressor";

bool oik_published_is_in(const oik_npz *npz) {
    return oik_npz_has(npz, REGRESSOR);
}

void oik_published_free(oik_published *p) {
    if (!p)
        return;
    void *blocks[] = {p->shape_regressor, p->lying_vector,   p->contact_point, p->contact_skin,  p->contact_weight,
                      p->stitch_edge,     p->ligament_group, p->ball_list,     p->ball_coincide, p->ball_weight};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    free(p);
}

static oik_status read_counts(oik_published *p, const oik_npz *npz, oik_error *err) {
    size_t n_modes = 0;
    oik_status status = oik_skel_read_count(&p->n_skin_modes, npz, REGRESSOR, 1, err);
    if (!status)
        status = oik_skel_read_count(&n_modes, npz, "skin_modes", 0, err);
    if (!status && p->n_skin_modes > n_modes)
        status = oik_fail(err, OIK_E_MODEL, "%s: for %zu shape modes of the skin, which has %zu", REGRESSOR, p->n_skin_modes, n_modes);
    if (!status)
        status = oik_skel_read_count(&p->n_contacts, npz, "skel_contact_point", 0, err);
    if (!status)
        status = oik_skel_read_count(&p->n_balls, npz, "skel_ball_list", 0, err);
    return status;
}

static oik_status read_arrays(oik_published *p, const oik_skel_model *m, const oik_npz *npz, size_t n_skin, oik_error *err) {
    int32_t *balls = NULL;
    double *lying = NULL;
    const struct {
        const char *array;
        int32_t **out;
        size_t rows, columns, limit;
    } ints[] = {{"skel_contact_point", &p->contact_point, p->n_contacts, 1, m->n_points},
                {"skel_contact_skin", &p->contact_skin, p->n_contacts, 1, n_skin},
                {"skel_stitch_edge", &p->stitch_edge, m->stitches.n, 1, OIK_PUBLISHED_EDGES},
                {"skel_ligament_group", &p->ligament_group, m->ligaments.n, 1, OIK_N_LIGAMENT_GROUPS},
                {"skel_ball_list", &balls, p->n_balls, 2, (size_t)m->n_lists},
                {"skel_ball_coincide", &p->ball_coincide, p->n_balls, 1, 2}};
    const struct {
        const char *array;
        double **out;
        size_t rows, columns;
    } reals[] = {{REGRESSOR, &p->shape_regressor, p->n_skin_modes + 1, m->n_modes},
                 {"skel_lying_vector", &lying, 24, 3},
                 {"skel_contact_weight", &p->contact_weight, p->n_contacts, 1},
                 {"skel_ball_weight", &p->ball_weight, p->n_balls, 1}};
    oik_status status = OIK_OK;
    for (size_t k = 0; !status && k < sizeof ints / sizeof *ints; k++) {
        status = oik_skel_read_ints(ints[k].out, npz, ints[k].array, ints[k].rows, ints[k].columns, ints[k].limit, err);
        for (size_t i = 0; !status && i < ints[k].rows * ints[k].columns; i++)
            if ((*ints[k].out)[i] < 0)
                status = oik_fail(err, OIK_E_MODEL, "%s: entry %zu is negative", ints[k].array, i);
    }
    for (size_t k = 0; !status && k < sizeof reals / sizeof *reals; k++)
        status = oik_skel_read_reals(reals[k].out, npz, reals[k].array, reals[k].rows, reals[k].columns, err);
    p->ball_list = (void *)balls;
    p->lying_vector = (void *)lying;
    return status;
}

/** A weight multiplies a residual: it cannot be negative. */
static oik_status check_weights(const double *weight, size_t n, const char *array, oik_error *err) {
    for (size_t i = 0; i < n; i++)
        if (weight[i] < 0.0)
            return oik_fail(err, OIK_E_MODEL, "%s: entry %zu is %g, expected a weight of at least 0", array, i, weight[i]);
    return OIK_OK;
}

/** Patches have a sphere: tried on the mean shape. */
static oik_status check_balls(const oik_published *p, const oik_skel_model *m, oik_error *err) {
    double *mean_shape = oik_new(m->n_modes, sizeof *mean_shape, err);
    oik_status status = mean_shape ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; !status && i < 2 * p->n_balls; i++) {
        int32_t list = p->ball_list[i / 2][i % 2];
        oik_terms_point centre;
        for (int32_t e = m->list_start[list]; !status && e < m->list_start[list + 1]; e++)
            if (m->point_part[m->list_point[e]] != m->point_part[m->list_point[m->list_start[list]]])
                status = oik_fail(err, OIK_E_MODEL, "skel_ball_list: the points of list %d belong to more than one part", list);
        if (!status)
            status = oik_published_centre(&centre, m, mean_shape, list, err);
    }
    free(mean_shape);
    return status;
}

oik_status oik_published_load(oik_published **out, const struct oik_skel_model *model, const oik_npz *npz, size_t n_skin, oik_error *err) {
    *out = NULL;
    if (!oik_published_is_in(npz))
        return OIK_OK;
    oik_published *p = oik_new(1, sizeof *p, err);
    if (!p)
        return OIK_E_MEMORY;
    oik_status status = read_counts(p, npz, err);
    if (!status)
        status = read_arrays(p, model, npz, n_skin, err);
    if (!status)
        status = check_weights(p->contact_weight, p->n_contacts, "skel_contact_weight", err);
    if (!status)
        status = check_weights(p->ball_weight, p->n_balls, "skel_ball_weight", err);
    if (!status)
        status = check_balls(p, model, err);
    if (status) {
        oik_published_free(p);
        return status;
    }
    *out = p;
    return OIK_OK;
}
