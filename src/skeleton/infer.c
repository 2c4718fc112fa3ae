/**
 * Shape and placing: all bones and their shape at once, in the lying pose of the subject's form (body/register_form.h), then their places in
 * that of the subject's own un-posed skin.
 *
 *   min over R, t, s:  sum |S_i (y_i - target_i)|^2      landmarks under the skin, joint centres, turns of finger bones (digits.h)
 *                    + sum w^2 |y_a - y_b|^2             stitches: bones meet at their joints
 *                    + sum w_k^2 s_k^2                   prior of the shape modes
 *
 * the same again with barriers where bones left the skin, and then over R and t alone, with that shape, until bones stay under the skin.
 *
 * An imported model has its shape from a regression, s = [beta 1] W, and contacts (published.h) besides its landmarks:
 *
 *   min over R, t:     landmarks + stitches + sum (w_c w_i |y_i - q_i|^2)^2 + barriers
 *
 * Departs from Keller et al. 2022, who fix the shape by a regression first and place the parts one by one.
 */
#include <stdlib.h>
#include <string.h>

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

/* how far a point 30 mm beside a finger bone may be off its place in the skin: 5 mm, or 10 deg */
static const double SIDE_WEIGHT = 200.0;

/** Joint centres leave finger bones free to turn about their length; their skin does not. */
static oik_status add_sides(oik_terms *terms, const oik_skel_model *model, const oik_lying_skin *skin, oik_error *err) {
    size_t n = oik_digits_n_sides(skin->digits);
    oik_digit_side *side = oik_new(n, sizeof *side, err);
    if (!side)
        return OIK_E_MEMORY;
    oik_digits_sides(side, skin->digits, model, skin->x);
    for (size_t i = 0; i < n; i++) {
        int32_t point = oik_terms_add_point(terms, side[i].part, side[i].u);
        oik_terms_add(terms, oik_term_anchor(point, side[i].target, SIDE_WEIGHT, side[i].normal, 0.0));
    }
    free(side);
    return OIK_OK;
}

/** What the lying skin says of the bones' places. */
static oik_status add_skin_terms(oik_terms *terms, const oik_skel_model *model, const oik_lying_skin *skin, oik_error *err) {
    add_landmarks(terms, model, skin);
    add_stitches(terms, model);
    return add_sides(terms, model, skin, err);
}

/** The fit with its form for the subject's own skin; borrows its arrays. */
static oik_body_fit as_form(const oik_body_fit *fit) {
    oik_body_fit view = *fit;
    if (fit->form.v_subject) {
        view.v_shaped = fit->form.v_shaped;
        view.v_subject = fit->form.v_subject;
        memcpy(view.frames.J, fit->form.J, sizeof view.frames.J);
    }
    return view;
}

/**
 * Shape of a model that is not imported, and a first placement. The skin bounds it where the bones come to lie without barriers; which
 * barriers count changes with every further round, and dimensions of bones would jump where skins differ by a hair.
 */
static oik_status solve_shape(oik_lsq_report *report, oik_puppet *puppet, oik_containment *containment, const oik_skel_model *model,
                              const oik_lying_skin *skin, const oik_skel_options *options, oik_error *err) {
    oik_lsq_report second = {0};
    oik_terms terms;
    oik_terms_init(&terms, model, true, NULL);
    oik_status status = add_skin_terms(&terms, model, skin, err);
    size_t without_barriers = terms.n;
    if (!status)
        status = oik_terms_solve(report, puppet, &terms, options, err);
    if (!status && options->containment_rounds > 0)
        status = oik_containment_add(&terms, NULL, containment, puppet, err);
    if (!status && terms.n > without_barriers)
        status = oik_terms_solve(&second, puppet, &terms, options, err);
    report->n_accepted += second.n_accepted;
    report->n_evaluations += second.n_evaluations;
    oik_terms_free(&terms);
    return status;
}

/** The same in the subject's form: bones are alike in every pose, the un-posed skin of one pose has its folds. */
static oik_status find_shape(oik_lsq_report *report, oik_puppet *puppet, const oik_skel_model *model, const oik_body_model *body,
                             const oik_body_fit *fit, const oik_skel_options *options, oik_error *err) {
    oik_lying_skin skin = {0};
    oik_containment *containment = NULL;
    const oik_body_fit form = as_form(fit);
    oik_status status = oik_lying_skin_new(&skin, model, body, &form, err);
    if (!status)
        status = oik_containment_new(&containment, model, body, skin.x, (const int32_t(*)[3])body->faces, body->n_faces, OIK_LIMITS_SKIN, err);
    if (!status)
        status = solve_shape(report, puppet, containment, model, &skin, options, err);
    oik_containment_free(containment);
    oik_lying_skin_free(&skin);
    return status;
}

/** Places, with the shape as it is, inside the skin. */
static oik_status place(oik_lsq_report *report, oik_puppet *puppet, oik_containment *containment, const oik_skel_model *model,
                        const oik_lying_skin *skin, const oik_skel_options *options, oik_error *err) {
    oik_terms terms;
    oik_terms_init(&terms, model, false, puppet->shape);
    if (model->published)
        add_contacts(&terms, model, skin);
    oik_status status = add_skin_terms(&terms, model, skin, err);
    if (!status)
        status = oik_containment_solve(report, puppet, &terms, containment, options, err);
    oik_terms_free(&terms);
    return status;
}

oik_status oik_skel_infer(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                          const oik_body_model *body, const oik_body_fit *fit, const oik_skel_options *options,
                          oik_error *err) {
    oik_lying_skin skin = {0};
    oik_containment *containment = NULL;
    oik_puppet *puppet = NULL;
    oik_lsq_report shaping = {0}, placing;
    *out = NULL;
    oik_status status = oik_lying_skin_new(&skin, model, body, fit, err);
    if (!status)
        status = oik_puppet_new(&puppet, model, err);
    if (!status)
        status = oik_containment_new(&containment, model, body, skin.x, (const int32_t(*)[3])body->faces, body->n_faces, OIK_LIMITS_CONTACT, err);
    if (!status && model->published)
        oik_published_shape(puppet->shape, model, fit->beta);
    else if (!status)
        status = find_shape(&shaping, puppet, model, body, fit, options, err);
    if (!status)
        status = place(&placing, puppet, containment, model, &skin, options, err);
    if (status) {
        oik_puppet_free(puppet);
        puppet = NULL;
    } else if (report) {
        *report = placing;
        report->n_accepted += shaping.n_accepted;
        report->n_evaluations += shaping.n_evaluations;
    }
    *out = puppet;
    oik_containment_free(containment);
    oik_lying_skin_free(&skin);
    return status;
}
