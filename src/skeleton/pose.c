/**
 * Posing: the lying puppet moved into the input body, shape fixed.
 *
 *   min over R, t:  springs + stitches + ligaments (posing.h) + sum (w max(0, n (y - q) + margin))^2    barriers (containment.h)
 *
 * Departs from Keller et al. 2022: springs keep a vector, not a signed distance, so that they are smooth where a point lies outside
 * the skin; stitch offsets turn with the bone, so that the result is rotation-equivariant; the solver runs to convergence.
 */
#include "skeleton/containment.h"
#include "skeleton/posing.h"

oik_status oik_skel_pose(oik_puppet **out, oik_lsq_report *report, const oik_skel_model *model,
                         const oik_body_model *body, const oik_body_fit *fit, const oik_vec3 *x,
                         const int32_t (*faces)[3], size_t n_faces, const oik_puppet *lying,
                         const oik_skel_options *options, oik_error *err) {
    oik_posing posing;
    oik_containment *containment = NULL;
    oik_puppet *puppet = NULL;
    oik_lsq_report own;
    oik_terms terms;
    oik_terms_init(&terms, model, false, lying->shape);
    *out = NULL;
    oik_status status = oik_posing_init(&posing, model, body, fit, lying, err);
    if (!status)
        status = oik_puppet_new(&puppet, model, err);
    if (!status)
        status = oik_containment_new(&containment, model, body, x, faces, n_faces, OIK_LIMITS_CONTACT, err);
    if (status)
        goto done;
    oik_posing_start(puppet, &posing, &fit->frames, x);
    oik_posing_add(&terms, &posing, &fit->frames, x);
    status = oik_containment_solve(report ? report : &own, puppet, &terms, containment, options, err);
done:
    if (status) {
        oik_puppet_free(puppet);
        puppet = NULL;
    }
    *out = puppet;
    oik_terms_free(&terms);
    oik_containment_free(containment);
    oik_posing_clear(&posing);
    return status;
}
