/**
 * Shape and placing: all bones and their shape at once, in the lying pose of the subject's own un-posed skin.
 *
 *   min over R, t, s:  sum |S_i (y_i - target_i)|^2      landmarks under the skin and joint centres
 *                    + sum w^2 |y_a - y_b|^2             stitches: bones meet at their joints
 *                    + sum w_k^2 s_k^2                   prior of the shape modes
 *                    + sum barrier^2                     bones stay under the skin
 *
 * An imported model has its shape from a regression, s = [beta 1] W, and contacts (published.h) besides its landmarks:
 *
 *   min over R, t:     landmarks + stitches + sum (w_c w_i |y_i - q_i|^2)^2 + barriers
 *
 * Departs from Keller et al. 2022, who fix the shape by a regression first and place the parts one by one.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh.h"
#include "skeleton/containment.h"
#include "skeleton/lying.h"
#include "skeleton/published_terms.h"

oik_skel_options oik_skel_options_default(void) {
    return (oik_skel_options){.cost_tolerance = 1e-6, .max_iterations = 100, .containment_rounds = 4};
}

/** target_i = sum_v w_v (x_v - depth_i n_v), and the weighted mean normal as a unit vector. */
static oik_vec3 landmark_target(oik_vec3 *normal, const oik_landmarks *landmarks, size_t i, const oik_lying_skin *skin) {
    oik_vec3 target = v3(0, 0, 0), n = v3(0, 0, 0);
    for (int32_t e = landmarks->skin.start[i]; e < landmarks->skin.start[i + 1]; e++) {
        int32_t v = landmarks->skin.index[e];
        target = v3_madd(target, landmarks->skin.value[e], skin->x[v]);
        n = v3_madd(n, landmarks->skin.value[e], skin->normal[v]);
    }
    *normal = v3_unit(n);
    return v3_madd(target, -landmarks->depth[i], *normal);
}

static void add_landmarks(oik_terms *terms, const oik_skel_model *model, const oik_lying_skin *skin) {
    for (size_t i = 0; i < model->landmarks.n; i++) {
        oik_vec3 normal, target = landmark_target(&normal, &model->landmarks, i, skin);
        double across = model->landmarks.depth[i] > 0.0 ? model->landmarks.tangential[i] : 1.0;
        oik_terms_add(terms, oik_term_anchor(model->landmarks.point[i], target, model->landmarks.weight[i], normal, across));
    }
}

static oik_vec3 template_point(const oik_skel_model *model, int32_t point) {
    int32_t part = model->point_part[point];
    return v3_add(m3_mulv(model->rest_R[part], model->mean[point]), model->rest_t[part]);
}

/** The interface points of an imported model lie apart in its template, and so they should in the subject; ours are one point. */
static oik_vec3 stitch_offset(const oik_skel_model *model, size_t i) {
    int32_t a = model->stitches.point_a[i], b = model->stitches.point_b[i];
    if (!model->published || !model->stitches.keep_offset[i])
        return v3(0, 0, 0);
    return m3_tmulv(model->rest_R[model->point_part[a]], v3_sub(template_point(model, a), template_point(model, b)));
}

static void add_stitches(oik_terms *terms, const oik_skel_model *model) {
    const oik_stitches *stitches = &model->stitches;
    for (size_t i = 0; i < stitches->n; i++)
        oik_terms_add(terms, oik_term_stitch(stitches->point_a[i], stitches->point_b[i], stitches->weight_infer[i], stitch_offset(model, i)));
}

/** Contacts weigh as much against landmarks as in the published method, where a landmark weighs 1. */
static void add_contacts(oik_terms *terms, const oik_skel_model *model, const oik_lying_skin *skin) {
    double scale = 0.0;
    for (size_t i = 0; i < model->landmarks.n; i++)
        scale += model->landmarks.weight[i] / (double)model->landmarks.n;
    for (size_t i = 0; i < model->published->n_contacts; i++)
        oik_terms_add(terms, oik_published_contact(model, i, skin->x, skin->normal, scale));
}

oik_status oik_skel_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                          const oik_body_model *body, const oik_body_fit *fit, const oik_skel_options *options,
                          oik_error *err) {
    oik_lying_skin skin = {0};
    oik_containment *containment = NULL;
    oik_puppet *puppet = NULL;
    oik_lsq_report own;
    oik_terms terms;
    oik_terms_init(&terms, model, !model->published, NULL);
    *out = NULL;
    oik_status status = oik_lying_skin_new(&skin, model, body, fit, err);
    if (!status)
        status = oik_puppet_new(&puppet, model, err);
    if (!status)
        status = oik_containment_new(&containment, model, body, skin.x, (const int32_t(*)[3])body->faces, body->n_faces, err);
    if (status)
        goto done;
    if (model->published) {
        oik_published_shape(puppet->shape, model, fit->beta);
        terms.shape = puppet->shape;
        add_contacts(&terms, model, &skin);
    }
    add_landmarks(&terms, model, &skin);
    add_stitches(&terms, model);
    status = oik_containment_solve(report ? report : &own, puppet, &terms, containment, options, err);
done:
    if (status) {
        oik_puppet_free(puppet);
        puppet = NULL;
    }
    *out = puppet;
    oik_terms_free(&terms);
    oik_containment_free(containment);
    oik_lying_skin_free(&skin);
    return status;
}
