/**
 * Bringing an input mesh into metres, proper chirality and SMPL order, or saying why it is no such body.
 *
 *   symbol  code
 *   s       fit.scale       input units per metre of the template, from the trunk
 *   u       the known unit nearest to s
 *
 * The thresholds lie between what was measured on bodies in order (trunk 16-36 mm, over-long edges <= 0.03 % even with 5 mm of
 * noise) and in wrong orders (trunk >= 154 mm; edges >= 28 %, the least for a shift by one vertex).
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/registration.h"

static const double MAX_TRUNK_RESIDUAL = 0.080;  /**< [m] */
static const double MAX_LONG_EDGE_SHARE = 0.10;
static const double LONG_EDGE = 4.0;             /**< times the template's length */
static const double SHORTEST_EDGE = 0.010;       /**< template edges count as at least this long [m]: noise and ears are no disorder */
static const double MIRROR_GAIN = 0.5;           /**< a mirror image leaves at most this part of the proper residual */
static const double MAX_SIZE_RATIO = 4.0;        /**< subject against template in the nearest unit; units are a factor 3.3 apart */

enum { SMPL_VERTICES = 6890, SMPLX_VERTICES = 10475 };

typedef struct unit {
    const char *name;
    double per_metre;
} unit;

static const unit units[] = {{"m", 1.0},     {"dm", 10.0},    {"cm", 100.0},
                             {"mm", 1000.0}, {"in", 39.3701}, {"ft", 3.28084}};

static unit nearest_unit(double scale) {
    unit best = units[0];
    for (size_t u = 1; u < sizeof units / sizeof *units; u++)
        if (fabs(log(scale / units[u].per_metre)) < fabs(log(scale / best.per_metre)))
            best = units[u];
    return best;
}

static oik_status check_count(const oik_body_model *model, const oik_mesh *mesh, const char *name, oik_error *err) {
    size_t n = mesh->n_vertices, expected = model->n_vertices;
    if (n == expected)
        return OIK_OK;
    if (n == SMPLX_VERTICES)
        return oik_fail(err, OIK_E_SHAPE,
                        "%s: %zu vertices, which is the SMPL-X mesh; expected the %zu vertices of the SMPL or STAR mesh", name,
                        n, expected);
    if (n > expected && n % expected == 0)
        return oik_fail(err, OIK_E_SHAPE,
                        "%s: %zu vertices are %zu times %zu: several bodies in one file; give one file for each", name, n,
                        n / expected, expected);
    if (expected == SMPL_VERTICES)
        return oik_fail(err, OIK_E_SHAPE,
                        "%s: %zu vertices; expected the %d vertices of the SMPL or STAR mesh (SMPL-X, which is not read, has %d)",
                        name, n, SMPL_VERTICES, SMPLX_VERTICES);
    return oik_fail(err, OIK_E_SHAPE, "%s: %zu vertices; expected the %zu of the model", name, n, expected);
}

static oik_status check_finite(const oik_mesh *mesh, const char *name, oik_error *err) {
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 p = mesh->vertices[i];
        if (!v3_finite(p))
            return oik_fail(err, OIK_E_NOT_FINITE, "%s: vertex %zu is (%g, %g, %g), expected finite coordinates", name, i, p.x,
                            p.y, p.z);
    }
    return OIK_OK;
}

/** Share of the pelvis and the spine in every vertex. */
static void trunk_weights(double *w, const oik_body_model *model) {
    for (size_t i = 0; i < model->n_vertices; i++) {
        w[i] = 0.0;
        for (size_t e = model->influence_start[i]; e < model->influence_start[i + 1]; e++) {
            int j = model->influence_joint[e];
            if (j == OIK_J_PELVIS || j == OIK_J_SPINE1 || j == OIK_J_SPINE2 || j == OIK_J_SPINE3)
                w[i] += model->influence_weight[e];
        }
    }
}

/** Similarity of the trunk, the better of proper and reflected where the reflection is clearly better. */
static oik_status fit_trunk(oik_rigid *fit, bool *mirrored, const oik_body_model *model, const oik_mesh *mesh,
                            const char *name, oik_error *err) {
    oik_rigid any = {.residual = 0.0};
    double *w = oik_new(model->n_vertices, sizeof *w, err);
    if (!w)
        return OIK_E_MEMORY;
    trunk_weights(w, model);
    oik_status status =
        oik_rigid_fit(fit, model->template_v, mesh->vertices, w, model->n_vertices, OIK_FIT_SCALE, err);
    if (!status)
        status = oik_rigid_fit(&any, model->template_v, mesh->vertices, w, model->n_vertices,
                               OIK_FIT_SCALE | OIK_FIT_REFLECT, err);
    free(w);
    if (status == OIK_E_SHAPE)
        return oik_fail(err, OIK_E_SHAPE, "%s: the vertices of the trunk lie on one line or in one point", name);
    if (status)
        return status;
    *mirrored = m3_det(any.R) < 0.0 && any.residual < MIRROR_GAIN * fit->residual;
    if (*mirrored)
        *fit = any;
    return OIK_OK;
}

/** Share of face edges longer than LONG_EDGE times the template's, which count as SHORTEST_EDGE at least, at a scale. */
static double long_edges(const oik_body_model *model, const oik_vec3 *x, double scale) {
    size_t n_long = 0;
    for (size_t f = 0; f < model->n_faces; f++)
        for (int c = 0; c < 3; c++) {
            int32_t a = model->faces[f][c], b = model->faces[f][(c + 1) % 3];
            double expected = fmax(v3_dist(model->template_v[a], model->template_v[b]), SHORTEST_EDGE);
            n_long += v3_dist(x[a], x[b]) > LONG_EDGE * scale * expected;
        }
    return model->n_faces ? (double)n_long / (3.0 * (double)model->n_faces) : 0.0;
}

static oik_status check_order(const oik_body_input *input, const char *name, oik_error *err) {
    if (input->trunk_residual <= MAX_TRUNK_RESIDUAL && input->long_edge_share <= MAX_LONG_EDGE_SHARE)
        return OIK_OK;
    return oik_fail(err, OIK_E_ORDER,
                    "%s: the vertices are not in SMPL order: %.1f %% of the edges are over %g times too long (at most %g %% in a "
                    "body in order) and the trunk is off by %.0f mm (at most %g mm)",
                    name, 100.0 * input->long_edge_share, LONG_EDGE, 100.0 * MAX_LONG_EDGE_SHARE,
                    1e3 * input->trunk_residual, 1e3 * MAX_TRUNK_RESIDUAL);
}

/** A wrong order shrinks the trunk's scale as well, so the order is judged first. */
static oik_status check_size(double ratio, const char *unit_name, const char *name, oik_error *err) {
    if (ratio < MAX_SIZE_RATIO && ratio > 1.0 / MAX_SIZE_RATIO)
        return OIK_OK;
    return oik_fail(err, OIK_E_SHAPE, "%s: the trunk is %.3g times an adult's if the coordinates are in %s, the nearest known unit",
                    name, ratio, unit_name);
}

oik_status oik_body_normalise(oik_body_input *input, oik_vec3 *x, const oik_body_model *model, const oik_mesh *mesh,
                              const char *name, oik_error *err) {
    oik_rigid fit = {.scale = 0.0};
    bool mirrored = false;
    oik_status status = check_count(model, mesh, name, err);
    if (!status)
        status = check_finite(mesh, name, err);
    if (!status)
        status = fit_trunk(&fit, &mirrored, model, mesh, name, err);
    if (status)
        return status;
    unit u = nearest_unit(fit.scale);
    *input = (oik_body_input){.units_per_metre = u.per_metre,
                              .unit_name = u.name,
                              .mirrored = mirrored,
                              .trunk_residual = fit.residual / fit.scale,
                              .long_edge_share = long_edges(model, mesh->vertices, fit.scale)};
    status = check_order(input, name, err);
    if (!status)
        status = check_size(fit.scale / u.per_metre, u.name, name, err);
    for (size_t i = 0; !status && i < model->n_vertices; i++)
        x[i] = v3_scale(mesh->vertices[mirrored ? model->mirror[i] : (int32_t)i], 1.0 / u.per_metre);
    return status;
}
