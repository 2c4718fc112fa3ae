/** Couplings of the made-up chain (see coupled_chain.h). The polynomials are made up too. */
#include "support/coupled_chain.h"

#include <string.h>

typedef struct coupling_row {
    const char *follower, *master;
    int n;
    double coefficient[OIK_MAX_COUPLING];
} coupling_row;

static const coupling_row couplings[] = {
    {"thorax_extension", "lumbar_extension", 2, {0.05, 0.6}},
    {"neck_extension", "lumbar_extension", 3, {0, 0.4, 0.2}},
    {"head_extension", "lumbar_extension", 2, {0, -0.3}},
    {"knee_glide_x_r", "knee_angle_r", 3, {0.002, -0.015, 0.004}},
    {"knee_glide_y_r", "knee_angle_r", 4, {0, 0.004, 0.003, -0.002}},
    {"scapula_rotation_r", "arm_flex_r", 2, {0.1, 0.33}},
    {"clavicle_elevation_r", "arm_flex_r", 3, {0, 0.08, 0.02}},
    {"hip_adduction_l", "hip_adduction_r", 2, {0, -0.5}},
};

int coupled_find_dof(const oik_kinematics *lying, const char *name) {
    int next = 0;
    for (int i = 0; i < lying->n_joints; i++)
        for (int k = 0; k < lying->joints[i].n_dofs; k++, next++)
            if (!strcmp(lying->joints[i].dofs[k].name, name))
                return next;
    return -1;
}

static oik_dof *dof_at(const oik_kinematics *lying, int index) {
    int i = 0;
    while (index >= lying->joints[i].n_dofs)
        index -= lying->joints[i++].n_dofs;
    return &lying->joints[i].dofs[index];
}

static void add_knee_glides(const oik_kinematics *lying) {
    for (int i = 0; i < lying->n_joints; i++) {
        oik_joint *joint = &lying->joints[i];
        if (strcmp(joint->name, "walker_knee_r") != 0)
            continue;
        joint->dofs[1] = (oik_dof){.name = "knee_glide_x_r", .translation = true, .axis = {1, 0, 0}};
        joint->dofs[2] = (oik_dof){.name = "knee_glide_y_r", .translation = true, .axis = {0, 1, 0}};
        joint->n_dofs = 3;
    }
}

oik_kinematics *coupled_kinematics_new(void) {
    oik_kinematics *lying = tiny_kinematics_new();
    if (!lying)
        return NULL;
    add_knee_glides(lying);
    for (size_t c = 0; c < sizeof couplings / sizeof *couplings; c++) {
        oik_dof *dof = dof_at(lying, coupled_find_dof(lying, couplings[c].follower));
        dof->master = coupled_find_dof(lying, couplings[c].master);
        dof->n_coefficients = couplings[c].n;
        memcpy(dof->coefficient, couplings[c].coefficient, sizeof dof->coefficient);
        dof->lower = -4.0; /* wide: what its master gives it is the range */
        dof->upper = 4.0;
    }
    return lying;
}
