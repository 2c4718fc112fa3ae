/** Stages 2-4: the skeleton shaped and placed in the lying body, then posed into the input body, by either method. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "skeleton/published.h"

/* ------------------------------------------------------------------ steps */

/** The solvers do not say which call a step belongs to: with the published method its steps begin anew at 1. */
typedef struct bone_watch {
    oik_stage_watch watch;
    int call, last; /**< call and iteration of the last step, 0: none yet */
} bone_watch;

static int on_bones(void *context, int iteration, const oik_puppet *puppet, double cost) {
    bone_watch *w = context;
    bool reference = oik_stage_method(w->watch.options) == OIK_METHOD_REFERENCE;
    oik_step step = {.iteration = iteration,
                     .cost = cost,
                     .n_parts = (size_t)puppet->n_parts,
                     .part_R = &puppet->R->m[0][0], /* as arrays of doubles: see base/vec3.h */
                     .part_t = &puppet->t->x,
                     .shape = puppet->shape};
    w->call += reference && iteration <= w->last;
    w->last = iteration;
    return oik_stage_step(&w->watch, w->call, &step);
}

static oik_skel_options settings_of(bone_watch *watch) {
    oik_skel_options settings = oik_skel_options_default();
    settings.cost_tolerance *= oik_tolerance_factor(watch->watch.options);
    settings.on_step = on_bones;
    settings.on_step_context = watch;
    return settings;
}

/* ------------------------------------------------------------------ placing */

static oik_status place(oik_skeleton *s, const oik_model *model, const oik_body *body, const oik_stage_options *options, oik_error *err) {
    bone_watch watch = {.watch = {.options = options, .stage = OIK_STAGE_PLACING}};
    oik_skel_options settings = settings_of(&watch);
    oik_status status;
    if (oik_stage_poll(&watch.watch))
        status = OIK_E_CANCELLED;
    else if (oik_stage_method(options) == OIK_METHOD_REFERENCE)
        status = oik_published_infer(&s->puppet, s->calls.report, model->skeleton, model->body, &body->published, &settings,
                                     options->more_iterations, err);
    else
        status = oik_skel_infer(&s->puppet, s->calls.report, model->skeleton, model->body, &body->fit, &settings, err);
    return oik_stage_status(&watch.watch, status, "placing the skeleton", err);
}

/** Rotation vectors are what the published stages go on from. */
static oik_status check_source(const oik_stage_origin *source, const char *what, const oik_stage_options *options, oik_error *err) {
    if (oik_stage_method(options) == OIK_METHOD_REFERENCE && source->method != OIK_METHOD_REFERENCE)
        return oik_fail(err, OIK_E_ARGUMENT, "the reference method goes on from its own results: the %s is of the refined method", what);
    return OIK_OK;
}

oik_status oik_skeleton_infer(oik_skeleton **out, const oik_model *model, const oik_body *body, const oik_stage_options *options,
                              oik_error *err) {
    *out = NULL;
    oik_skeleton *s = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (!status)
        status = oik_check_body(body, model, err);
    if (!status)
        status = check_source(&body->origin, "body", options, err);
    if (!status)
        status = oik_skeleton_new(&s, model->skeleton, err);
    if (!status)
        status = place(s, model, body, options, err);
    if (!status)
        status = oik_skeleton_refresh(s, model->skeleton, err);
    if (status) {
        oik_skeleton_free(s);
        return status;
    }
    s->origin = oik_stage_origin_next(&body->origin, options);
    s->calls.n = oik_stage_n_calls(OIK_STAGE_PLACING, s->origin.method);
    *out = s;
    return OIK_OK;
}

/* ------------------------------------------------------------------ posing */

static oik_status pose(oik_skeleton *s, const oik_model *model, const oik_body *body, const oik_puppet *lying,
                       const oik_stage_options *options, oik_error *err) {
    bone_watch watch = {.watch = {.options = options, .stage = OIK_STAGE_POSING}};
    oik_skel_options settings = settings_of(&watch);
    oik_status status;
    if (oik_stage_poll(&watch.watch))
        status = OIK_E_CANCELLED;
    else if (oik_stage_method(options) == OIK_METHOD_REFERENCE)
        status = oik_published_pose(&s->puppet, s->calls.report, model->skeleton, model->body, &body->published, lying, &settings,
                                    options->more_iterations, err);
    else
        status = oik_skel_pose(&s->puppet, s->calls.report, model->skeleton, model->body, &body->fit, body->x,
                               (const int32_t(*)[3])body->faces, body->n_faces, lying, &settings, err);
    return oik_stage_status(&watch.watch, status, "posing the skeleton", err);
}

oik_status oik_skeleton_pose(oik_skeleton **out, const oik_model *model, const oik_body *body, const oik_skeleton *lying,
                             const oik_stage_options *options, oik_error *err) {
    *out = NULL;
    if (lying->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a lying skeleton is expected, this one is posed already");
    oik_skeleton *s = NULL;
    oik_status status = oik_stage_check_method(model, options, err);
    if (!status)
        status = oik_check_body(body, model, err);
    if (!status)
        status = oik_check_skeleton(lying, model, err);
    if (!status)
        status = check_source(&body->origin, "body", options, err);
    if (!status)
        status = check_source(&lying->origin, "lying skeleton", options, err);
    if (!status)
        status = oik_skeleton_new(&s, model->skeleton, err);
    if (!status)
        status = pose(s, model, body, lying->puppet, options, err);
    if (!status)
        status = oik_skeleton_refresh(s, model->skeleton, err);
    if (!status)
        status = oik_skeleton_set_posed(s, model->skeleton, body, lying->puppet, err);
    if (status) {
        oik_skeleton_free(s);
        return status;
    }
    s->origin = oik_stage_origin_next(&lying->origin, options);
    s->calls.n = oik_stage_n_calls(OIK_STAGE_POSING, s->origin.method);
    *out = s;
    return OIK_OK;
}

/* ------------------------------------------------------------------ bones of a step */

oik_status oik_skeleton_place(double *vertices, const oik_model *model, const double *part_R, const double *part_t, const double *shape,
                              oik_error *err) {
    const oik_skel_model *skeleton = model->skeleton;
    oik_puppet *puppet = NULL;
    oik_status status = oik_puppet_new(&puppet, skeleton, err);
    oik_vec3 *y = status ? NULL : oik_new(skeleton->n_vertices, sizeof *y, err);
    bool placed = y != NULL;
    if (placed) {
        memcpy(puppet->R, part_R, (size_t)puppet->n_parts * sizeof *puppet->R);
        memcpy(puppet->t, part_t, (size_t)puppet->n_parts * sizeof *puppet->t);
        memcpy(puppet->shape, shape, puppet->n_modes * sizeof *puppet->shape);
        oik_puppet_vertices(y, puppet, skeleton);
        memcpy(vertices, y, skeleton->n_vertices * sizeof *y);
    }
    free(y);
    oik_puppet_free(puppet);
    return placed ? OIK_OK : OIK_E_MEMORY;
}
