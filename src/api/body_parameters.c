/** A body from parameters in place of a mesh. */
#include <stdlib.h>
#include <string.h>

#include "api/internal.h"
#include "api/stage_input.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/pose_input_load.h"
#include "body/register_workspace.h"

oik_status oik_body_take_shape(oik_body *body, const oik_body_model *model, const double *beta, oik_error *err) {
    oik_body_fit *fit = &body->fit;
    oik_vec3 J[OIK_N_JOINTS];
    oik_status status = oik_body_fit_new(fit, model, err);
    if (status)
        return status;
    memcpy(fit->beta, beta, model->n_modes * sizeof *beta);
    oik_body_shape(fit->v_shaped, model, beta);
    memcpy(fit->v_subject, fit->v_shaped, model->n_vertices * sizeof *fit->v_subject);
    fit->pose = oik_body_pose_rest();
    oik_body_shape_joints(J, model, beta);
    oik_body_forward(&fit->frames, model, J, &fit->pose);
    oik_body_form_as_fit(fit, model);
    fit->converged = true;
    return OIK_OK;
}

void oik_body_take_pose(oik_body *body, const oik_body_model *model, const oik_body_pose *pose) {
    oik_body_fit *fit = &body->fit;
    oik_vec3 J[OIK_N_JOINTS];
    memcpy(J, fit->frames.J, sizeof J);
    fit->pose = *pose;
    oik_body_forward(&fit->frames, model, J, pose);
    oik_body_skin(fit->x_model, model, fit->v_shaped, &fit->frames);
    memcpy(body->x, fit->x_model, model->n_vertices * sizeof *fit->x_model);
}

/* ------------------------------------------------------------------ parameters */

static bool all_finite(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static oik_status check(const oik_body_parameters *p, oik_error *err) {
    if (!all_finite(p->pose, 3 * OIK_N_JOINTS))
        return oik_fail(err, OIK_E_NOT_FINITE, "body parameters: a rotation of the pose is not finite");
    if (p->trans && !all_finite(p->trans, 3))
        return oik_fail(err, OIK_E_NOT_FINITE, "body parameters: the translation is not finite");
    if (!all_finite(p->betas, p->n_betas))
        return oik_fail(err, OIK_E_NOT_FINITE, "body parameters: a shape parameter is not finite");
    return OIK_OK;
}

/** The parameters as a file of one frame would have them; its arrays lie in this struct but betas, which the caller frees. */
typedef struct one_frame {
    oik_pose_input input;
    oik_vec3 rotations[OIK_N_JOINTS], trans;
} one_frame;

static oik_status one_frame_of(one_frame *f, const oik_body_parameters *p, oik_error *err) {
    *f = (one_frame){.input = {.n_frames = 1, .n_file_joints = OIK_N_JOINTS, .n_betas = p->n_betas, .z_up = p->z_up}};
    memcpy(f->rotations, p->pose, sizeof f->rotations);
    if (p->trans)
        f->trans = v3(p->trans[0], p->trans[1], p->trans[2]);
    f->input.rotations = f->rotations;
    f->input.trans = &f->trans;
    f->input.betas = oik_new(p->n_betas, sizeof *f->input.betas, err);
    if (!f->input.betas)
        return OIK_E_MEMORY;
    if (p->n_betas)
        memcpy(f->input.betas, p->betas, p->n_betas * sizeof *p->betas);
    return OIK_OK;
}

/** The same body for the published method, which keeps rotation vectors as they are given. */
static oik_status take_published(oik_body *body, const oik_body_model *model, const one_frame *f, const double *beta,
                                 const oik_body_pose *pose, oik_error *err) {
    oik_published_body *p = &body->published;
    size_t n = model->n_modes < OIK_PUBLISHED_N_BETAS ? model->n_modes : OIK_PUBLISHED_N_BETAS;
    *p = (oik_published_body){.tau = pose->tau};
    memcpy(p->beta, beta, n * sizeof *beta);
    memcpy(p->theta, f->rotations, sizeof p->theta);
    if (f->input.z_up)
        p->theta[OIK_J_PELVIS] = oik_rot_log(pose->R[OIK_J_PELVIS]);
    oik_status status = oik_published_fit(&body->fit, model, p, NULL, err);
    if (status)
        return status;
    memcpy(body->x, body->fit.x_model, model->n_vertices * sizeof *body->x);
    body->fit.rms = body->fit.repose_rms = 0.0;
    body->fit.converged = true;
    return OIK_OK;
}

static oik_status take(oik_body *body, const oik_model *model, const oik_body_parameters *parameters, oik_method method, oik_error *err) {
    one_frame f;
    oik_pose_subject *subject = NULL;
    oik_body_pose pose;
    oik_status status = one_frame_of(&f, parameters, err);
    if (!status)
        status = oik_pose_subject_new(&subject, &f.input, model->body, model->family ? OIK_SHAPE_SMPL : OIK_SHAPE_OWN, err);
    if (!status)
        status = oik_pose_input_frame(&pose, &f.input, subject, 0, err);
    if (!status && method == OIK_METHOD_REFERENCE)
        status = take_published(body, model->body, &f, subject->beta, &pose, err);
    else if (!status) {
        status = oik_body_take_shape(body, model->body, subject->beta, err);
        if (!status)
            oik_body_take_pose(body, model->body, &pose);
    }
    oik_pose_subject_free(subject);
    free(f.input.betas);
    return status;
}

oik_status oik_body_from_parameters(oik_body **out, const oik_model *model, const oik_body_parameters *parameters,
                                    const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    oik_body *body = NULL;
    char input[OIK_HASH_LENGTH + 1];
    oik_status status = oik_stage_check_method(model, options, err);
    if (!status)
        status = check(parameters, err);
    if (!status)
        status = oik_body_blank(&body, model->body, err);
    if (!status)
        status = take(body, model, parameters, oik_stage_method(options), err);
    if (status) {
        oik_body_free(body);
        return status;
    }
    body->from_parameters = true;
    oik_stage_hash_parameters(input, parameters);
    body->origin = oik_stage_origin_first(model, options, input);
    body->stature = oik_body_standing_height(body->fit.v_subject, body->n_vertices);
    *out = body;
    return OIK_OK;
}
