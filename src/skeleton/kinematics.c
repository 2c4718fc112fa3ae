/**
 * Joint centres, axes and segment frames from the recipes of the model (see kinematics.h).
 */
#include "skeleton/kinematics.h"

#include <stdlib.h>

#include "base/mem.h"
#include "skeleton/skeleton.h"

void oik_kinematics_free(oik_kinematics *kinematics) {
    if (!kinematics)
        return;
    free(kinematics->segments);
    free(kinematics->joints);
    free(kinematics);
}

/** Mean of a point list. */
static oik_vec3 list_mean(const oik_skel_model *model, const oik_puppet *puppet, int32_t list) {
    oik_vec3 sum = v3(0, 0, 0);
    int32_t first = model->list_start[list], end = model->list_start[list + 1];
    for (int32_t i = first; i < end; i++)
        sum = v3_add(sum, oik_puppet_point(puppet, model, (size_t)model->list_point[i]));
    return v3_scale(sum, 1.0 / (double)(end - first));
}

static oik_vec3 direction(const oik_skel_model *model, const oik_puppet *puppet, int32_t from, int32_t to) {
    return v3_unit(v3_sub(list_mean(model, puppet, to), list_mean(model, puppet, from)));
}

/** Right-handed frame with a unit primary axis and the secondary axis made perpendicular to it. */
static oik_mat3 frame_from(oik_vec3 primary, int axis_1, oik_vec3 secondary, int axis_2) {
    oik_vec3 a[3];
    int axis_3 = 3 - axis_1 - axis_2;
    a[axis_1] = primary;
    a[axis_2] = v3_unit(v3_madd(secondary, -v3_dot(secondary, primary), primary));
    a[axis_3] = v3_cross(a[(axis_3 + 1) % 3], a[(axis_3 + 2) % 3]);
    return m3_columns(a[0], a[1], a[2]);
}

static oik_segment evaluate_segment(const oik_skel_model *model, const oik_puppet *puppet, int index) {
    const oik_segment_recipe *recipe = &model->segments[index];
    oik_segment segment = {.length = 0.0, .weight = recipe->weight};
    for (int i = 0; i < OIK_NAME_LENGTH; i++)
        segment.name[i] = recipe->name[i];
    segment.origin = list_mean(model, puppet, recipe->origin);
    segment.R = frame_from(direction(model, puppet, recipe->primary_from, recipe->primary_to), recipe->primary_axis,
                           direction(model, puppet, recipe->secondary_from, recipe->secondary_to), recipe->secondary_axis);
    if (recipe->distal >= 0)
        segment.length = v3_dist(list_mean(model, puppet, recipe->distal),
                                 list_mean(model, puppet, model->joints[index].centre));
    return segment;
}

/** Forward, up and right of model space as columns: the axes of a neutral joint frame in the lying skeleton. */
static oik_mat3 neutral_frame(void) {
    return m3_columns(v3(0, 0, 1), v3(0, 1, 0), v3(-1, 0, 0));
}

/** Axes given by two anatomical points are turned into the joint frame (of the lying skeleton where that is neutral). */
static oik_joint evaluate_joint(const oik_skel_model *model, const oik_puppet *puppet, int index, const oik_segment *segments) {
    const oik_joint_recipe *recipe = &model->joints[index];
    oik_joint joint = recipe->joint;
    joint.centre = list_mean(model, puppet, recipe->centre);
    for (int k = 0; k < 3 && k < joint.n_dofs; k++) {
        if (recipe->axis_from[k] < 0)
            continue;
        oik_vec3 world = direction(model, puppet, recipe->axis_from[k], recipe->axis_to[k]);
        bool neutral = joint.parent_frame == OIK_FRAME_NEUTRAL;
        joint.dofs[k].axis = m3_tmulv(neutral ? neutral_frame() : segments[joint.parent].R, world);
    }
    return joint;
}

oik_status oik_skel_kinematics(oik_kinematics **out, const oik_skel_model *model, const oik_puppet *puppet, oik_error *err) {
    *out = NULL;
    size_t n = (size_t)model->n_segments;
    oik_kinematics *k = oik_new(1, sizeof *k, err);
    if (!k)
        return OIK_E_MEMORY;
    k->n_segments = k->n_joints = model->n_segments;
    k->segments = oik_new(n, sizeof *k->segments, err);
    k->joints = oik_new(n, sizeof *k->joints, err);
    if (!k->segments || !k->joints) {
        oik_kinematics_free(k);
        return OIK_E_MEMORY;
    }
    for (int i = 0; i < model->n_segments; i++) {
        k->segments[i] = evaluate_segment(model, puppet, i);
        k->joints[i] = evaluate_joint(model, puppet, i, k->segments);
    }
    *out = k;
    return OIK_OK;
}
