/**
 * Shape, lying pose and posing as the published method does them (see the header); the residuals are in published_terms.c.
 */
#include "skeleton/published.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh.h"
#include "skeleton/published_terms.h"

/* ---- skins ---- */

/** A skin and its normals. */
typedef struct posed_skin {
    oik_vec3 *x, *normal;
} posed_skin;

static void skin_free(posed_skin *skin) {
    free(skin->x);
    free(skin->normal);
}

/** @param[in] from_file the skin has passed through a file on its way from one stage to the next */
static oik_status skin_new(posed_skin *out, const oik_body_model *skin, const oik_published_body *body, bool from_file, oik_error *err) {
    out->x = oik_new(skin->n_vertices, sizeof *out->x, err);
    out->normal = oik_new(skin->n_vertices, sizeof *out->normal, err);
    oik_status status = out->x && out->normal ? oik_published_skin(out->x, skin, body, err) : OIK_E_MEMORY;
    if (status)
        return status;
    if (from_file)
        oik_published_round(out->x, skin->n_vertices);
    oik_mesh_normals(out->normal, out->x, skin->n_vertices, (const int32_t(*)[3])skin->faces, skin->n_faces);
    return OIK_OK;
}

/** The same subject in the lying pose at the origin. */
static oik_published_body lying_body(const oik_skel_model *model, const oik_published_body *body) {
    oik_published_body lying = *body;
    memcpy(lying.theta, model->published->lying_vector, sizeof lying.theta);
    lying.tau = v3(0, 0, 0);
    return lying;
}

/* ---- one call of the minimiser ---- */

static oik_status run_call(oik_lsq_report *report, oik_puppet *puppet, oik_published_call call, const oik_published_scene *scene,
                           const oik_skel_options *options, bool more_iterations, oik_error *err) {
    oik_terms terms;
    oik_terms_init(&terms, scene->model, false, scene->lying->shape);
    terms.absolute = true;
    oik_lsq_options solver = oik_published_call_solver(call, more_iterations);
    oik_status status = oik_published_add(&terms, call, scene, err);
    if (!status)
        status = oik_terms_minimise(report, puppet, &terms, &solver, options, err);
    oik_terms_free(&terms);
    return status;
}

static oik_status check_model(const oik_skel_model *model, oik_error *err) {
    if (!model->published)
        return oik_fail(err, OIK_E_MODEL, "the published method needs the tables of an imported model, which this one does not have");
    if (model->published->n_skin_modes > OIK_PUBLISHED_N_BETAS)
        return oik_fail(err, OIK_E_MODEL, "skel_shape_regressor: for %zu shape modes of the skin, expected at most %d",
                        model->published->n_skin_modes, OIK_PUBLISHED_N_BETAS);
    return OIK_OK;
}

/* ---- stages 2 and 3 ---- */

/** r = 0, t = the template's, the shape that the skin's shape says. */
static oik_status start_lying(oik_puppet **out, const oik_skel_model *model, const oik_published_body *body, oik_error *err) {
    oik_status status = oik_puppet_new(out, model, err);
    if (!status)
        status = oik_puppet_keep_vectors(*out, err);
    for (int p = 0; !status && p < model->n_parts; p++) {
        (*out)->r[p] = v3(0, 0, 0);
        (*out)->R[p] = m3_identity();
    }
    if (!status)
        oik_published_shape((*out)->shape, model, body->beta);
    return status;
}

oik_status oik_published_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model, const oik_body_model *skin,
                               const oik_published_body *body, const oik_skel_options *options, bool more_iterations, oik_error *err) {
    oik_puppet *puppet = NULL;
    posed_skin lying = {0};
    oik_lsq_report own;
    *out = NULL;
    oik_status status = check_model(model, err);
    if (status)
        return status;
    oik_published_body at = lying_body(model, body);
    status = skin_new(&lying, skin, &at, false, err);
    if (!status)
        status = start_lying(&puppet, model, body, err);
    oik_published_scene scene = {.model = model, .lying = puppet, .lying_skin = lying.x, .skin = lying.x, .normal = lying.normal};
    if (!status)
        status = run_call(report ? report : &own, puppet, OIK_CALL_LYING, &scene, options, more_iterations, err);
    if (status) {
        oik_puppet_free(puppet);
        puppet = NULL;
    }
    *out = puppet;
    skin_free(&lying);
    return status;
}

/* ---- stage 4 ---- */

static oik_vec3 mean_of(const oik_vec3 *x, size_t n) {
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t i = 0; i < n; i++)
        sum = v3_add(sum, x[i]);
    return v3_scale(sum, 1.0 / (double)n);
}

static oik_vec3 mean_of_puppet(const oik_puppet *puppet, const oik_skel_model *model) {
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t i = 0; i < model->n_vertices; i++)
        sum = v3_add(sum, oik_puppet_point(puppet, model, i));
    return v3_scale(sum, 1.0 / (double)model->n_vertices);
}

/** The lying puppet, its mean moved to that of the skin. */
static oik_status start_posing(oik_puppet **out, const oik_puppet *lying, const oik_skel_model *model, oik_vec3 skin_mean, oik_error *err) {
    oik_status status = oik_puppet_new(out, model, err);
    if (!status)
        status = oik_puppet_keep_vectors(*out, err);
    if (status)
        return status;
    oik_puppet_copy(*out, lying);
    oik_vec3 shift = v3_sub(skin_mean, mean_of_puppet(lying, model));
    for (int p = 0; p < model->n_parts; p++)
        (*out)->t[p] = v3_add((*out)->t[p], shift);
    return OIK_OK;
}

oik_status oik_published_pose(oik_puppet **out, oik_lsq_report reports[3], const oik_skel_model *model, const oik_body_model *skin,
                              const oik_published_body *body, const oik_puppet *lying, const oik_skel_options *options,
                              bool more_iterations, oik_error *err) {
    oik_puppet *puppet = NULL;
    posed_skin lying_skin = {0}, target = {0};
    oik_lsq_report own[3];
    *out = NULL;
    oik_status status = check_model(model, err);
    if (status)
        return status;
    oik_published_body at = lying_body(model, body);
    status = skin_new(&lying_skin, skin, &at, true, err);
    if (!status)
        status = skin_new(&target, skin, body, true, err);
    if (!status)
        status = start_posing(&puppet, lying, model, mean_of(target.x, skin->n_vertices), err);
    oik_published_scene scene = {.model = model, .lying = lying, .lying_skin = lying_skin.x, .skin = target.x, .normal = target.normal};
    for (int call = OIK_CALL_A; !status && call <= OIK_CALL_C; call++)
        status = run_call(&(reports ? reports : own)[call - OIK_CALL_A], puppet, (oik_published_call)call, &scene, options, more_iterations, err);
    if (status) {
        oik_puppet_free(puppet);
        puppet = NULL;
    }
    *out = puppet;
    skin_free(&lying_skin);
    skin_free(&target);
    return status;
}
