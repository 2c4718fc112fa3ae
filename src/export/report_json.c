/** The facts of a report as JSON (see report_json.h). */
#include "export/report_json.h"

#include <jansson.h>

#include "base/status.h"
#include "export/json_values.h"
#include "export/report_motion_json.h"

/** Text or, for NULL, null. */
static json_t *text_or_null(const char *text) {
    return text ? oik_json_of_text(text) : json_null();
}

json_t *oik_report_vector(oik_vec3 v) {
    return json_pack("[o, o, o]", oik_json_of_number(v.x), oik_json_of_number(v.y), oik_json_of_number(v.z));
}

json_t *oik_report_appended(json_t *array, json_t *item) {
    if (array && item && json_array_append_new(array, item) == 0)
        return array;
    if (!array)
        json_decref(item);
    json_decref(array);
    return NULL;
}

static json_t *gates_array(const oik_quality *quality, const oik_quality *mean) {
    json_t *array = json_array();
    for (int i = 0; quality && array && i < quality->n_gates; i++) {
        const oik_gate *g = &quality->gates[i];
        array = oik_report_appended(array, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:i}", "name", oik_json_of_text(g->name), "unit",
                                                     oik_json_of_text(g->unit), "value", oik_json_of_number(g->value), "mean",
                                                     oik_json_of_number(mean && i < mean->n_gates ? mean->gates[i].value : NAN), "warn",
                                                     oik_json_of_number(g->warn), "fail", oik_json_of_number(g->fail), "level", g->level));
    }
    return array;
}

static json_t *segments_array(const oik_kinematics *kinematics) {
    json_t *array = json_array();
    for (int i = 0; kinematics && array && i < kinematics->n_segments; i++)
        if (kinematics->segments[i].length > 0.0)
            array = oik_report_appended(array, json_pack("{s:o, s:o}", "name", oik_json_of_text(kinematics->segments[i].name), "length",
                                                         oik_json_of_number(kinematics->segments[i].length)));
    return array;
}

/** Rotation axes of joint i in the page's frame. */
static json_t *axes_array(const oik_report *r, const oik_report_space *space, int i) {
    json_t *array = json_array();
    if (!r->chain || i >= r->chain->n_segments)
        return array;
    const oik_chain_joint *joint = &r->chain->joints[i];
    for (int k = joint->first_dof; array && k < joint->first_dof + joint->n_rotations; k++)
        array = oik_report_appended(array, json_pack("{s:o, s:o}", "name", oik_json_of_text(r->chain->dofs[k].name), "direction",
                                                     oik_report_vector(m3_mulv(space->R, r->pose->axis[k]))));
    return array;
}

static json_t *joints_array(const oik_report *r, const oik_report_space *space) {
    json_t *array = json_array();
    for (int i = 0; r->kinematics && array && i < r->kinematics->n_joints; i++) {
        const oik_joint *joint = &r->kinematics->joints[i];
        array = oik_report_appended(array, json_pack("{s:o, s:i, s:o, s:o}", "name", oik_json_of_text(joint->name), "part",
                                                     r->skeleton->segments[i].part, "centre",
                                                     oik_report_vector(oik_report_show(space, joint->centre)), "axes",
                                                     axes_array(r, space, i)));
    }
    return array;
}

static json_t *coordinates_array(const oik_report *r) {
    json_t *array = json_array();
    for (int i = 0; r->chain && array && i < r->chain->n_segments; i++) {
        const oik_chain_joint *joint = &r->chain->joints[i];
        for (int k = joint->first_dof; array && k < joint->first_dof + joint->n_rotations + joint->n_translations; k++) {
            const oik_dof *dof = &r->chain->dofs[k];
            array = oik_report_appended(array, json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}", "name", oik_json_of_text(dof->name), "joint",
                                                         oik_json_of_text(joint->name), "translation", dof->translation, "value",
                                                         oik_json_of_number(r->pose->q[k]), "lower", oik_json_of_number(dof->lower),
                                                         "upper", oik_json_of_number(dof->upper)));
        }
    }
    return array;
}

static json_t *bones_array(const oik_skel_model *skeleton) {
    json_t *array = json_array();
    for (int i = 0; array && i < skeleton->n_bones; i++)
        array = oik_report_appended(array, oik_json_of_text(skeleton->bone_names[i]));
    return array;
}

static json_t *steps_array(const oik_report *r, const oik_report_layout *layout) {
    json_t *array = json_array();
    for (size_t i = 0; array && i <= r->n_steps; i++) {
        const oik_report_step *step = oik_report_step_at(r, i);
        const oik_report_state *state = &layout->states[i];
        bool is_result = i == r->n_steps;
        json_t *item = json_pack("{s:o, s:i, s:o, s:b, s:i, s:i, s:i}", "stage", oik_json_of_text(is_result ? "result" : step->stage),
                                 "iteration", is_result ? 0 : step->iteration, "cost",
                                 is_result ? json_null() : oik_json_of_number(step->cost), "lying", step->lying, "skin", state->skin,
                                 "placement", state->placement, "shape", state->shape);
        array = oik_report_appended(array, item);
    }
    return array;
}

static json_t *body_object(const oik_report *r, const oik_report_layout *layout) {
    return json_pack("{s:o, s:o, s:o, s:o}", "joints", joints_array(r, &layout->input), "coordinates", coordinates_array(r), "bones",
                     bones_array(r->skeleton), "steps", steps_array(r, layout));
}

static json_t *facts_object(const oik_report *r, const oik_report_layout *layout) {
    json_t *model = json_pack("{s:o, s:o, s:o}", "name", text_or_null(r->model.name), "gender", text_or_null(r->model.gender),
                              "licence", text_or_null(r->model.licence));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", text_or_null(r->name), "input", text_or_null(r->input_path),
                     "version", text_or_null(r->version), "stature", oik_json_of_number(r->stature), "model", model, "gates",
                     gates_array(r->quality, r->mean), "segments", segments_array(r->kinematics), "body",
                     r->skeleton ? body_object(r, layout) : json_null(), "motion",
                     r->rig ? oik_report_motion_facts(r->rig, &layout->motion) : json_null());
}

/** JSON text inside HTML: the characters that markup is made of occur in strings only, where they may be written as numbers. */
static void put_without_markup(oik_buf *buf, const char *json) {
    for (const char *c = json; *c; c++)
        if (*c == '<' || *c == '>' || *c == '&')
            oik_buf_printf(buf, "\\u%04x", (unsigned)*c);
        else
            oik_buf_append(buf, c, 1);
}

oik_status oik_report_put_facts(oik_buf *buf, const oik_report *report, const oik_report_layout *layout, oik_error *err) {
    oik_buf text = {0};
    bool whole = oik_json_append(&text, facts_object(report, layout), JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
    oik_buf_append(&text, "", 1);
    if (whole && !text.status) {
        oik_buf_printf(buf, "<script type=\"application/json\" id=\"facts\">");
        put_without_markup(buf, text.data);
        oik_buf_printf(buf, "</script>\n");
    }
    whole = whole && !text.status;
    oik_buf_free(&text);
    return whole ? OIK_OK : oik_fail(err, OIK_E_MEMORY, "report: %s", oik_status_sentence(OIK_E_MEMORY));
}
