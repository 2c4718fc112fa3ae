/** Making a rig: the steps, and what they share (see rig_build.h). */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "rig/rig_build.h"

int oik_rig_find_segment(const oik_chain *chain, const char *name) {
    for (int i = 0; i < chain->n_segments; i++)
        if (strcmp(chain->segment_names[i], name) == 0)
            return i;
    return -1;
}

oik_vec3 oik_rig_list_mean(const oik_rig_builder *b, int32_t list) {
    const oik_skel_model *model = b->input->model;
    int32_t first = model->list_start[list], end = model->list_start[list + 1];
    oik_vec3 sum = v3(0, 0, 0);
    for (int32_t i = first; i < end; i++)
        sum = v3_add(sum, oik_puppet_point(b->puppet, model, (size_t)model->list_point[i]));
    return v3_scale(sum, 1.0 / (end - first));
}

oik_vec3 oik_rig_in_body(const oik_rig_builder *b, int body, oik_vec3 p) {
    return m3_tmulv(b->R[body], v3_sub(m3_mulv(b->rig->world, p), b->o[body]));
}

/** Volume inside a closed surface, by tetrahedra from its first vertex [m^3]. */
static double volume(const oik_rig_input *input) {
    const oik_vec3 *x = input->rest_skin ? input->rest_skin : input->skin;
    double six = 0.0;
    for (size_t f = 0; f < input->n_skin_faces; f++) {
        oik_vec3 side[3];
        for (int c = 0; c < 3; c++)
            side[c] = v3_sub(x[input->skin_faces[f][c]], x[0]);
        six += v3_dot(side[0], v3_cross(side[1], side[2]));
    }
    return six / 6.0;
}

static oik_status set_mass(oik_rig *rig, const oik_rig_input *input, oik_error *err) {
    const double least = 1.0, most = 500.0;
    rig->mass_estimated = input->mass == 0.0;
    if (rig->mass_estimated && !input->skin)
        return oik_fail(err, OIK_E_ARGUMENT, "the subject's mass is not given, and there is no skin to estimate it from");
    rig->mass = rig->mass_estimated ? OIK_BODY_DENSITY * volume(input) : input->mass;
    if (!(rig->mass >= least && rig->mass <= most))
        return oik_fail(err, OIK_E_ARGUMENT, "the subject's mass is %g kg%s, expected %g to %g", rig->mass,
                        rig->mass_estimated ? ", estimated from the volume of the skin" : "", least, most);
    return OIK_OK;
}

static void set_names(oik_rig *rig, const oik_rig_input *input) {
    oik_rig_plain_name(rig->name, sizeof rig->name, input->name[0] ? input->name : "subject");
    strncpy(rig->gender, input->gender, sizeof rig->gender - 1);
}

/** From the frame of the motion, y turned up, to the rig's world. */
static oik_status set_world(oik_rig *rig, oik_vec3 up, oik_error *err) {
    const oik_mat3 from_model = m3_columns(oik_rig_world(v3(1, 0, 0)), oik_rig_world(v3(0, 1, 0)), oik_rig_world(v3(0, 0, 1)));
    rig->up = v3_dot(up, up) == 0.0 ? v3(0, 1, 0) : up;
    rig->world = m3_mul(from_model, oik_up_turn(rig->up));
    return oik_up_check(rig->up, err);
}

static oik_status allocate(oik_rig_builder *b, oik_error *err) {
    const oik_rig_input *input = b->input;
    size_t n = (size_t)input->chain->n_segments, n_dofs = (size_t)input->chain->n_dofs + 3 * n; /* a merged joint has 3 of its own */
    if (!(b->R = oik_new(n, sizeof *b->R, err)) || !(b->o = oik_new(n, sizeof *b->o, err)) ||
        !(b->links = oik_new(n, sizeof *b->links, err)) || !(b->body_of_segment = oik_new(n, sizeof *b->body_of_segment, err)) ||
        !(b->source = oik_new(n_dofs, sizeof *b->source, err)) || !(b->recipe = oik_new(n, sizeof *b->recipe, err)) ||
        !(b->segment_of_part = oik_new((size_t)input->model->n_parts, sizeof *b->segment_of_part, err)) ||
        !(b->rig->bodies = oik_new(n, sizeof *b->rig->bodies, err)) || !(b->rig->dofs = oik_new(n_dofs, sizeof *b->rig->dofs, err)))
        return OIK_E_MEMORY;
    return oik_chain_pose_new(&b->lie, input->chain, err);
}

static oik_status build(oik_rig_builder *b, oik_error *err) {
    const oik_rig_input *input = b->input;
    oik_status status = oik_ik_motion_check(input->motion, err);
    if (!status)
        status = set_world(b->rig, input->up, err);
    if (!status)
        status = set_mass(b->rig, input, err);
    if (!status)
        status = allocate(b, err);
    if (status)
        return status;
    oik_chain_forward(b->lie, input->chain, input->q ? input->q : input->motion->q);
    oik_status (*const steps[])(oik_rig_builder *, oik_error *) = {oik_rig_build_tree,    oik_rig_build_motion,  oik_rig_assign_parts,
                                                                   oik_rig_average_parts, oik_rig_build_bones,   oik_rig_build_skin,
                                                                   oik_rig_build_masses,  oik_rig_build_markers, oik_rig_build_wrists};
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !status; i++)
        status = steps[i](b, err);
    return status;
}

oik_status oik_rig_new(oik_rig **out, const oik_rig_input *input, oik_rig_detail detail, oik_error *err) {
    oik_rig_builder b = {.input = input, .rig = oik_new(1, sizeof *b.rig, err)};
    *out = NULL;
    if (!b.rig)
        return OIK_E_MEMORY;
    b.rig->detail = detail;
    b.rig->stature = input->stature;
    set_names(b.rig, input);
    oik_status status = build(&b, err);
    free(b.R);
    free(b.o);
    free(b.links);
    free(b.body_of_segment);
    free(b.source);
    free(b.recipe);
    free(b.segment_of_part);
    oik_chain_pose_free(b.lie);
    oik_puppet_free(b.average);
    if (status)
        oik_rig_free(b.rig);
    else
        *out = b.rig;
    return status;
}
