/** The report's page from the results of the pipeline. */
#include <stdlib.h>
#include <string.h>

#include "api/belong.h"
#include "api/internal.h"
#include "base/mem.h"
#include "base/status.h"
#include "export/report_html.h"
#include "ik/up.h"
#include "skeleton/lying.h"

/* ---- what must hold ---- */

static oik_status check(const oik_report_input *in, oik_error *err) {
    if (!in->name || !in->model)
        return oik_fail(err, OIK_E_ARGUMENT, "a report needs a name and a model");
    if (!in->posed && !in->rig)
        return oik_fail(err, OIK_E_ARGUMENT, "a report shows a body, the frames of a rig, or both; there is neither");
    if (in->posed && !in->posed->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "a report shows posed bones in their body, this skeleton is lying");
    if (in->posed && !in->body)
        return oik_fail(err, OIK_E_ARGUMENT, "a report shows posed bones in their body, which is not given");
    if (in->posed && in->motion && (in->motion->frames->n_frames != 1 || !in->motion->measured))
        return oik_fail(err, OIK_E_ARGUMENT, "the body of a report goes with the motion of its own posed bones, which has one frame; "
                                             "others play as rigs");
    if (in->n_steps && !in->posed)
        return oik_fail(err, OIK_E_ARGUMENT, "steps of optimisation are shown with the body that they lead to, which is not given");
    oik_vec3 up = v3(in->up[0], in->up[1], in->up[2]);
    return v3_dot(up, up) == 0.0 ? OIK_OK : oik_up_check(up, err);
}

/** Body, bones, motion and steps are those of the model. */
static oik_status check_belonging(const oik_report_input *in, oik_error *err) {
    oik_status status = in->body ? oik_check_body(in->body, in->model, err) : OIK_OK;
    if (!status && in->posed)
        status = oik_check_skeleton(in->posed, in->model, err);
    if (!status && in->posed && in->motion)
        status = oik_check_chain(in->motion->chain, in->posed->kinematics, err);
    for (size_t i = 0; i < in->n_steps && !status; i++)
        if (in->steps[i].part_R && in->steps[i].n_parts != (size_t)in->model->skeleton->n_parts)
            return oik_fail(err, OIK_E_ARGUMENT, "step %zu places %zu parts, the model has %d: they do not belong together", i + 1,
                            in->steps[i].n_parts, in->model->skeleton->n_parts);
    return status;
}

/* ---- steps ---- */

static oik_report_step step_of(const oik_step *step) {
    return (oik_report_step){.stage = step->stage,
                             .iteration = step->iteration,
                             .cost = step->cost,
                             .lying = strcmp(step->stage, oik_stage_name(OIK_STAGE_PLACING)) == 0,
                             .skin = (const oik_vec3 *)(const void *)step->skin,
                             .R = (const oik_mat3 *)(const void *)step->part_R,
                             .t = (const oik_vec3 *)(const void *)step->part_t,
                             .shape = step->shape};
}

/** Where the bones of a step stand in another skin than those before, the skin: the lying one, and the input's again. */
static void show_skins(oik_report_step *steps, size_t n, const oik_vec3 *lying, const oik_vec3 *posed) {
    bool was_lying = false;
    for (size_t i = 0; i < n; i++) {
        if (steps[i].R && (i == 0 || !steps[i - 1].R || steps[i].lying != was_lying))
            steps[i].skin = steps[i].lying ? lying : posed;
        was_lying = steps[i].lying;
    }
}

/** Steps as the page shows them, with the skins that they stand in. Release both, also on error. */
static oik_status steps_new(oik_report_step **out, oik_lying_skin *skin, const oik_report_input *in, oik_error *err) {
    oik_report_step *steps = *out = oik_new(in->n_steps, sizeof *steps, err);
    if (!steps)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < in->n_steps; i++)
        steps[i] = step_of(&in->steps[i]);
    oik_status status = in->n_steps ? oik_lying_skin_new(skin, in->model->skeleton, in->model->body, &in->body->fit, err) : OIK_OK;
    if (!status)
        show_skins(steps, in->n_steps, skin->x, in->body ? in->body->x : NULL);
    return status;
}

/* ---- page ---- */

static void add_body(oik_report *report, const oik_report_input *in, const oik_report_step *steps) {
    const oik_puppet *puppet = in->posed->puppet;
    report->kinematics = in->posed->kinematics;
    report->skeleton = in->model->skeleton;
    report->n_skin_vertices = in->body->n_vertices;
    report->n_skin_faces = in->body->n_faces;
    report->skin_faces = (const int32_t(*)[3])in->body->faces;
    report->chain = in->motion ? in->motion->chain : NULL;
    report->pose = in->motion ? in->motion->pose : NULL;
    report->result =
        (oik_report_step){.stage = "", .cost = NAN, .skin = in->body->x, .R = puppet->R, .t = puppet->t, .shape = puppet->shape};
    report->up = v3(in->up[0], in->up[1], in->up[2]);
    report->n_steps = in->n_steps;
    report->steps = steps;
}

oik_status oik_write_report(const oik_report_input *in, const char *path, oik_error *err) {
    oik_lying_skin skin = {0};
    oik_report_step *steps = NULL;
    oik_status status = check(in, err);
    if (!status)
        status = check_belonging(in, err);
    if (!status)
        status = steps_new(&steps, &skin, in, err);
    if (!status) {
        oik_report report = {.name = in->name,
                             .input_path = in->input_path,
                             .version = oik_version(),
                             .model = oik_model_get_info(in->model),
                             .stature = in->body ? in->body->stature : NAN,
                             .quality = in->quality,
                             .mean = in->mean,
                             .kinematics = in->motion ? in->motion->measured : NULL,
                             .rig = in->rig};
        if (in->posed)
            add_body(&report, in, steps);
        status = oik_report_write(&report, path, err);
    }
    oik_lying_skin_free(&skin);
    free(steps);
    return status;
}
