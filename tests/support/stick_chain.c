/* The made-up standing chain (see stick_chain.h). Lengths are rough adult proportions; nothing is measured on anybody. */
#include "support/stick_chain.h"

#include <stdlib.h>
#include <string.h>

static const double RAD_PER_DEG = 3.14159265358979323846 / 180.0;

enum { X, Y, Z };

typedef struct dof_row {
    int axis; /* X, Y or Z of the joint frame */
    double lower, upper; /* degrees */
} dof_row;

typedef struct joint_row {
    const char *name;
    int parent;
    double s[3]; /* centre in the parent's frame [m] */
    dof_row dofs[3];
} joint_row;

/* x: flexion, z: abduction or bending, y: rotation about the long axis */
static const joint_row rows[STICK_N_JOINTS] = {
    {"pelvis", -1, {0, 0, 0}, {{Y, -360, 360}, {X, -360, 360}, {Z, -360, 360}}},
    {"hip_r", STICK_PELVIS, {-0.09, -0.02, 0.01}, {{X, -115, 30}, {Z, -40, 30}, {Y, -35, 35}}},
    {"knee_r", STICK_HIP_R, {-0.01, -0.42, 0.01}, {{X, 0, 135}}},
    {"ankle_r", STICK_KNEE_R, {0.005, -0.41, -0.01}, {{0, 0, 0}}},
    {"hip_l", STICK_PELVIS, {0.09, -0.02, 0.01}, {{X, -115, 30}, {Z, -30, 40}, {Y, -35, 35}}},
    {"knee_l", STICK_HIP_L, {0.01, -0.42, 0.01}, {{X, 0, 135}}},
    {"ankle_l", STICK_KNEE_L, {-0.005, -0.41, -0.01}, {{0, 0, 0}}},
    {"spine", STICK_PELVIS, {0, 0.12, -0.02}, {{X, -4, 4}, {Z, -4, 4}, {Y, -4, 4}}},
    {"chest", STICK_SPINE, {0, 0.15, -0.01}, {{X, -4, 4}, {Z, -4, 4}, {Y, -4, 4}}},
    {"neck", STICK_CHEST, {0, 0.25, 0.01}, {{X, -30, 35}, {Z, -30, 30}}},
    {"head", STICK_NECK, {0, 0.12, 0.02}, {{0, 0, 0}}},
    {"clavicle_l", STICK_CHEST, {0.03, 0.20, 0.03}, {{Y, -12, 12}, {Z, -10, 14}}},
    {"shoulder_l", STICK_CLAVICLE_L, {0.15, 0.01, -0.04}, {{X, -155, 35}, {Z, -10, 150}, {Y, -85, 40}}},
    {"elbow_l", STICK_SHOULDER_L, {0.01, -0.29, 0}, {{X, -140, 0}}},
    {"wrist_l", STICK_ELBOW_L, {0.01, -0.25, 0.01}, {{0, 0, 0}}},
    {"clavicle_r", STICK_CHEST, {-0.03, 0.20, 0.03}, {{Y, -12, 12}, {Z, -14, 10}}},
    {"shoulder_r", STICK_CLAVICLE_R, {-0.15, 0.01, -0.04}, {{X, -155, 35}, {Z, -150, 10}, {Y, -40, 85}}},
    {"elbow_r", STICK_SHOULDER_R, {-0.01, -0.29, 0}, {{X, -140, 0}}},
    {"wrist_r", STICK_ELBOW_R, {-0.01, -0.25, 0.01}, {{0, 0, 0}}}};

static oik_vec3 unit(int axis) {
    return v3(axis == X, axis == Y, axis == Z);
}

static void add_dof(oik_chain *chain, const char *joint, int axis, double lower, double upper, bool translation) {
    oik_dof *dof = &chain->dofs[chain->n_dofs++];
    strcpy(dof->name, joint);
    strcat(dof->name, translation ? "_t" : "_");
    strncat(dof->name, &"xyz"[axis], 1);
    dof->axis = unit(axis);
    dof->lower = lower;
    dof->upper = upper;
    dof->translation = translation;
}

static oik_joint_kind kind_of(const oik_chain_joint *joint) {
    static const oik_joint_kind kinds[] = {OIK_JOINT_HINGE, OIK_JOINT_HINGE, OIK_JOINT_UNIVERSAL, OIK_JOINT_BALL};
    return joint->parent < 0 ? OIK_JOINT_FREE : kinds[joint->n_rotations];
}

static void add_joint(oik_chain *chain, const joint_row *row) {
    const double room = 10.0; /* of the root's place [m] */
    oik_chain_joint *joint = &chain->joints[chain->n_segments];
    strcpy(joint->name, row->name);
    strcpy(chain->segment_names[chain->n_segments++], row->name);
    joint->parent = row->parent;
    joint->A = joint->B = m3_identity();
    joint->s = v3(row->s[0], row->s[1], row->s[2]);
    joint->first_dof = chain->n_dofs;
    for (int k = 0; k < 3 && row->dofs[k].lower < row->dofs[k].upper; k++, joint->n_rotations++)
        add_dof(chain, row->name, row->dofs[k].axis, row->dofs[k].lower * RAD_PER_DEG, row->dofs[k].upper * RAD_PER_DEG, false);
    for (int k = 0; k < 3 && row->parent < 0; k++, joint->n_translations++)
        add_dof(chain, row->name, k, -room, room, true);
    joint->kind = kind_of(joint);
}

oik_chain *stick_chain_new(void) {
    oik_chain *chain = calloc(1, sizeof *chain);
    if (!chain)
        return NULL;
    chain->segment_names = calloc(STICK_N_JOINTS, sizeof *chain->segment_names);
    chain->joints = calloc(STICK_N_JOINTS, sizeof *chain->joints);
    chain->dofs = calloc(STICK_N_DOFS, sizeof *chain->dofs);
    if (!chain->segment_names || !chain->joints || !chain->dofs) {
        oik_chain_free(chain);
        return NULL;
    }
    for (int i = 0; i < STICK_N_JOINTS; i++)
        add_joint(chain, &rows[i]);
    return chain;
}

oik_markers *stick_markers_new(const oik_chain *chain) {
    static const int hidden[] = {STICK_SPINE, STICK_CLAVICLE_L, STICK_CLAVICLE_R};
    static const int links[][2] = {
        {STICK_PELVIS, STICK_HIP_R}, {STICK_HIP_R, STICK_KNEE_R}, {STICK_KNEE_R, STICK_ANKLE_R}, {STICK_PELVIS, STICK_HIP_L},
        {STICK_HIP_L, STICK_KNEE_L}, {STICK_KNEE_L, STICK_ANKLE_L}, {STICK_PELVIS, STICK_CHEST}, {STICK_CHEST, STICK_NECK},
        {STICK_NECK, STICK_HEAD}, {STICK_SHOULDER_L, STICK_ELBOW_L}, {STICK_ELBOW_L, STICK_WRIST_L}, {STICK_SHOULDER_R, STICK_ELBOW_R},
        {STICK_ELBOW_R, STICK_WRIST_R}, {STICK_SHOULDER_R, STICK_SHOULDER_L}};
    enum { N_HIDDEN = sizeof hidden / sizeof *hidden, N_LINKS = sizeof links / sizeof *links };
    int marker_of[STICK_N_JOINTS], n = 0;
    oik_markers *markers;
    if (oik_markers_new(&markers, STICK_N_JOINTS - N_HIDDEN, N_LINKS, NULL))
        return NULL;
    for (int i = 0; i < STICK_N_JOINTS; i++) {
        if (i == hidden[0] || i == hidden[1] || i == hidden[2])
            continue;
        marker_of[i] = n;
        markers->markers[n] = oik_marker_at_joint(chain, i);
        markers->markers[n].keypoint = n;
        n++;
    }
    for (int i = 0; i < N_LINKS; i++)
        markers->links[i] = (oik_marker_link){marker_of[links[i][0]], marker_of[links[i][1]], 1.0};
    return markers;
}
