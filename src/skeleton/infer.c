/**
 * Shape and placing: all bones and their shape at once, in the lying pose of the subject's own un-posed skin.
 *
 *   min over R, t, s:  sum |S_i (y_i - target_i)|^2      landmarks under the skin and joint centres
 *                    + sum w^2 |y_a - y_b|^2             stitches: bones meet at their joints
 *                    + sum w_k^2 s_k^2                   prior of the shape modes
 *                    + sum barrier^2                     bones stay under the skin
 *
 * Departs from Keller et al. 2022, who fix the shape by a regression first and place the parts one by one.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh.h"
#include "skeleton/containment.h"
#include "skeleton/lying.h"
#include "skeleton/puppet_terms.h"

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

static void add_stitches(oik_terms *terms, const oik_stitches *stitches) {
    for (size_t i = 0; i < stitches->n; i++)
        oik_terms_add(terms, oik_term_stitch(stitches->point_a[i], stitches->point_b[i], stitches->weight_infer[i], v3(0, 0, 0)));
}

oik_status oik_skel_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                          const oik_body_model *body, const oik_body_fit *fit, const oik_skel_options *options,
                          oik_error *err) {
    oik_lying_skin skin = {0};
    oik_containment *containment = NULL;
    oik_puppet *puppet = NULL;
    oik_lsq_report own;
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    *out = NULL;
    oik_status status = oik_lying_skin_new(&skin, model, body, fit, err);
    if (!status)
        status = oik_puppet_new(&puppet, model, err);
    if (!status)
        status = oik_containment_new(&containment, model, body, skin.x, (const int32_t(*)[3])body->faces, body->n_faces, err);
    if (status)
        goto done;
    add_landmarks(&terms, model, &skin);
    add_stitches(&terms, &model->stitches);
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
