/** Facts of a motion (see report_motion_json.h). */
#include "export/report_motion_json.h"

#include "export/json_values.h"
#include "export/report_json.h"

static json_t *matrix_array(oik_mat3 m) {
    json_t *array = json_array();
    for (int k = 0; k < 9; k++)
        array = oik_report_appended(array, oik_json_of_number(m.m[k / 3][k % 3]));
    return array;
}

static json_t *bodies_array(const oik_rig *rig) {
    json_t *array = json_array();
    for (int i = 0; array && i < rig->n_bodies; i++) {
        const oik_rig_body *b = &rig->bodies[i];
        array = oik_report_appended(array, json_pack("{s:o, s:o, s:i, s:o, s:i, s:i}", "name", oik_json_of_text(b->name), "joint",
                                                     oik_json_of_text(b->joint_name), "parent", b->parent, "A", matrix_array(b->A), "first",
                                                     b->first_dof, "rotations", b->n_rotations));
    }
    return array;
}

static json_t *markers_array(const oik_rig *rig) {
    json_t *array = json_array();
    for (int i = 0; array && i < rig->n_markers; i++)
        array = oik_report_appended(array, json_pack("{s:o, s:i, s:o}", "name", oik_json_of_text(rig->markers[i].name), "body",
                                                     rig->markers[i].body, "at", oik_report_vector(rig->markers[i].at)));
    return array;
}

static json_t *bones_array(const oik_rig *rig) {
    json_t *array = json_array();
    for (int i = 0; array && i < rig->n_bones; i++)
        array = oik_report_appended(array, oik_json_of_text(rig->bones[i].name));
    return array;
}

static json_t *coordinates_array(const oik_rig *rig) {
    json_t *array = json_array();
    for (int i = 0; array && i < rig->n_bodies; i++) {
        const oik_rig_body *b = &rig->bodies[i];
        for (int k = b->first_dof; array && k < b->first_dof + b->n_rotations + b->n_translations; k++) {
            const oik_dof *dof = &rig->dofs[k];
            json_t *item = json_pack("{s:o, s:o, s:b, s:o, s:o, s:o, s:b}", "name", oik_json_of_text(dof->name), "joint",
                                     oik_json_of_text(b->joint_name), "translation", dof->translation, "lower",
                                     oik_json_of_number(dof->lower), "upper", oik_json_of_number(dof->upper), "axis",
                                     oik_report_vector(dof->axis), "follows", dof->n_coefficients > 0);
            array = oik_report_appended(array, item);
        }
    }
    return array;
}

json_t *oik_report_motion_facts(const oik_rig *rig, const oik_report_motion *motion) {
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "frames", (json_int_t)motion->n_frames, "every", (json_int_t)motion->every,
                     "world", matrix_array(motion->space.R), "bones", bones_array(rig), "bodies", bodies_array(rig), "markers",
                     markers_array(rig), "coordinates", coordinates_array(rig));
}
