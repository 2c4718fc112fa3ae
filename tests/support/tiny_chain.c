/** The made-up chain (see tiny_chain.h). Positions are rough adult proportions; nothing is measured on anybody. */
#include "support/tiny_chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rot.h"
#include "support/random.h"

static const double DEG = 3.14159265358979323846 / 180.0;

enum { N_ROWS = 16, N_MIDLINE = 5, N_SEGMENTS = N_MIDLINE + 2 * (N_ROWS - N_MIDLINE) };

typedef struct dof_row {
    const char *name;
    double axis[3]; /* right side */
    double lower, upper, rest; /* degrees or metres */
} dof_row;

typedef struct joint_row {
    const char *joint, *segment;
    int parent; /* row */
    oik_joint_kind kind;
    oik_frame_kind parent_frame, child_frame;
    double centre[3], tilt[3]; /* right side; segment frame = exp(tilt) forward-up-right */
    dof_row dofs[OIK_MAX_JOINT_DOFS];
} joint_row;

#define N OIK_FRAME_NEUTRAL
#define S OIK_FRAME_SEGMENT

static const joint_row rows[N_ROWS] = {
    {"ground_pelvis", "pelvis", -1, OIK_JOINT_FREE, N, S, {0, 0.95, 0}, {0.1, 0, 0},
     {{"pelvis_tilt", {0, 0, 1}, -90, 90, 0}, {"pelvis_list", {1, 0, 0}, -90, 90, 0}, {"pelvis_rotation", {0, 1, 0}, -180, 180, 0},
      {"pelvis_tx", {1, 0, 0}, -10, 10, 0}, {"pelvis_ty", {0, 1, 0}, -10, 10, 0}, {"pelvis_tz", {0, 0, 1}, -10, 10, 0}}},
    {"back", "lumbar", 0, OIK_JOINT_BALL, N, N, {0, 1.05, -0.03}, {-0.1, 0, 0},
     {{"lumbar_extension", {0, 0, 1}, -60, 40, 0}, {"lumbar_bending", {1, 0, 0}, -35, 35, 0}, {"lumbar_rotation", {0, 1, 0}, -30, 30, 0}}},
    {"thorax", "torso", 1, OIK_JOINT_BALL, N, N, {0, 1.20, -0.03}, {0.05, 0, 0},
     {{"thorax_extension", {0, 0, 1}, -30, 30, 0}, {"thorax_bending", {1, 0, 0}, -25, 25, 0}, {"thorax_rotation", {0, 1, 0}, -40, 40, 0}}},
    {"neck", "cervical", 2, OIK_JOINT_BALL, N, N, {0, 1.45, -0.02}, {0.2, 0, 0},
     {{"neck_extension", {0, 0, 1}, -40, 40, 0}, {"neck_bending", {1, 0, 0}, -40, 40, 0}, {"neck_rotation", {0, 1, 0}, -50, 50, 0}}},
    {"head", "skull", 3, OIK_JOINT_BALL, N, N, {0, 1.55, 0.01}, {0, 0, 0},
     {{"head_extension", {0, 0, 1}, -30, 30, 0}, {"head_bending", {1, 0, 0}, -20, 20, 0}, {"head_rotation", {0, 1, 0}, -45, 45, 0}}},
    {"hip", "femur", 0, OIK_JOINT_BALL, S, S, {-0.09, 0.90, 0}, {0.03, 0.05, 0.08},
     {{"hip_flexion", {0, 0, 1}, -30, 120, 0}, {"hip_adduction", {1, 0, 0}, -50, 30, 0}, {"hip_rotation", {0, 1, 0}, -40, 40, 0}}},
    {"walker_knee", "tibia", 5, OIK_JOINT_HINGE, S, S, {-0.10, 0.48, 0.02}, {0.06, -0.04, 0.02}, {{"knee_angle", {0, 0, -1}, 0, 140, 0}}},
    {"ankle", "talus", 6, OIK_JOINT_HINGE, N, N, {-0.105, 0.08, -0.02}, {0.10, 0.1, -0.05},
     {{"ankle_angle", {-0.105, -0.174, 0.979}, -40, 30, 5}}},
    {"subtalar", "calcn", 7, OIK_JOINT_HINGE, N, N, {-0.105, 0.05, -0.03}, {0, 0.15, 0},
     {{"subtalar_angle", {0.787, 0.605, -0.121}, -20, 20, 0}}},
    {"mtp", "toes", 8, OIK_JOINT_HINGE, N, N, {-0.11, 0.02, 0.10}, {0.1, 0.2, 0}, {{"mtp_angle", {0.581, 0, -0.814}, -30, 30, 0}}},
    {"sternoclavicular", "clavicle", 2, OIK_JOINT_BALL, N, N, {-0.02, 1.40, 0.05}, {0, 0.3, 0.1},
     {{"clavicle_protraction", {0, 1, 0}, -30, 30, 0}, {"clavicle_elevation", {-1, 0, 0}, -15, 45, 0},
      {"clavicle_rotation", {0, 0, 1}, -20, 50, 0}}},
    {"acromioclavicular", "scapula", 10, OIK_JOINT_BALL, N, N, {-0.17, 1.43, -0.01}, {0.15, 0.5, 0},
     {{"scapula_protraction", {0, 1, 0}, -40, 40, 0}, {"scapula_rotation", {-1, 0, 0}, -30, 60, 0},
      {"scapula_tilt", {0, 0, 1}, -30, 30, 0}}},
    {"acromial", "humerus", 11, OIK_JOINT_BALL, N, N, {-0.18, 1.40, -0.01}, {0, 0.05, -0.6},
     {{"arm_flex", {0, 0, 1}, -90, 180, 0}, {"arm_add", {1, 0, 0}, -120, 90, -35}, {"arm_rot", {0, 1, 0}, -90, 90, 0}}},
    {"elbow", "ulna", 12, OIK_JOINT_HINGE, S, S, {-0.32, 1.18, -0.02}, {-0.25, 0.1, -0.62},
     {{"elbow_flex", {0.226, 0.022, 0.974}, 0, 150, 0}}},
    {"radioulnar", "radius", 13, OIK_JOINT_HINGE, S, S, {-0.33, 1.17, -0.01}, {-0.2, 0.6, -0.6}, {{"pro_sup", {0, 1, 0}, 0, 120, 0}}},
    {"radius_hand", "hand", 14, OIK_JOINT_UNIVERSAL, S, S, {-0.48, 0.98, 0.02}, {-0.25, 0.5, -0.5},
     {{"wrist_flex", {0, 0, 1}, -70, 70, 0}, {"wrist_dev", {1, 0, 0}, -25, 35, 0}}}};

#undef N
#undef S

oik_mat3 tiny_mirror_frame(oik_mat3 R) {
    return m3_mul(m3_mul(m3_diag(v3(-1, 1, 1)), R), m3_diag(v3(1, 1, -1)));
}

oik_vec3 tiny_mirror_point(oik_vec3 p) {
    return v3(-p.x, p.y, p.z);
}

static bool on_midline(int row) {
    return row < N_MIDLINE;
}

/** Segments: the midline rows, then the right and the left one of every other row. */
static int segment_of(int row, bool left) {
    return row < 0 || on_midline(row) ? row : N_MIDLINE + 2 * (row - N_MIDLINE) + left;
}

static void set_name(char name[OIK_NAME_LENGTH], const char *stem, int row, bool left) {
    snprintf(name, OIK_NAME_LENGTH, "%s%s", stem, on_midline(row) ? "" : left ? "_l" : "_r");
}

/** An axis is an axial vector: mirroring z keeps its z and turns x and y, so that positive means the same on both sides. */
static void set_dof(oik_dof *dof, const dof_row *from, int row, int k, bool left) {
    set_name(dof->name, from->name, row, left);
    dof->translation = k >= 3;
    double side = left ? -1.0 : 1.0, unit = dof->translation ? 1.0 : DEG;
    dof->axis = v3_unit(v3(side * from->axis[0], side * from->axis[1], from->axis[2]));
    dof->lower = from->lower * unit;
    dof->upper = from->upper * unit;
    dof->rest = from->rest * unit;
}

static void set_row(oik_kinematics *kinematics, int row, bool left) {
    const joint_row *from = &rows[row];
    int i = segment_of(row, left);
    oik_joint *joint = &kinematics->joints[i];
    oik_segment *segment = &kinematics->segments[i];
    set_name(joint->name, from->joint, row, left);
    set_name(segment->name, from->segment, row, left);
    joint->parent = segment_of(from->parent, left);
    joint->child = i;
    joint->kind = from->kind;
    joint->parent_frame = from->parent_frame;
    joint->child_frame = from->child_frame;
    while (joint->n_dofs < OIK_MAX_JOINT_DOFS && from->dofs[joint->n_dofs].name) {
        set_dof(&joint->dofs[joint->n_dofs], &from->dofs[joint->n_dofs], row, joint->n_dofs, left);
        joint->n_dofs++;
    }
    oik_mat3 neutral = m3_columns(v3(0, 0, 1), v3(0, 1, 0), v3(-1, 0, 0));
    oik_vec3 away = v3(-0.01, -0.03, 0.02); /* origins are not joint centres */
    segment->R = m3_mul(oik_rot_exp(v3(from->tilt[0], from->tilt[1], from->tilt[2])), neutral);
    joint->centre = v3(from->centre[0], from->centre[1], from->centre[2]);
    segment->origin = v3_add(joint->centre, on_midline(row) ? v3(0, away.y, away.z) : away);
    segment->length = 0.1;
    if (left) {
        segment->R = tiny_mirror_frame(segment->R);
        segment->origin = tiny_mirror_point(segment->origin);
        joint->centre = tiny_mirror_point(joint->centre);
    }
}

oik_kinematics *tiny_kinematics_new(void) {
    oik_kinematics *kinematics = calloc(1, sizeof *kinematics);
    if (!kinematics)
        return NULL;
    kinematics->n_segments = kinematics->n_joints = N_SEGMENTS;
    kinematics->segments = calloc(N_SEGMENTS, sizeof *kinematics->segments);
    kinematics->joints = calloc(N_SEGMENTS, sizeof *kinematics->joints);
    if (!kinematics->segments || !kinematics->joints) {
        tiny_kinematics_free(kinematics);
        return NULL;
    }
    for (int row = 0; row < N_ROWS; row++) {
        set_row(kinematics, row, false);
        if (!on_midline(row))
            set_row(kinematics, row, true);
    }
    return kinematics;
}

void tiny_kinematics_free(oik_kinematics *kinematics) {
    if (!kinematics)
        return;
    free(kinematics->segments);
    free(kinematics->joints);
    free(kinematics);
}

int tiny_find_dof(const oik_chain *chain, const char *name) {
    for (int k = 0; k < chain->n_dofs; k++)
        if (!strcmp(chain->dofs[k].name, name))
            return k;
    return -1;
}

int tiny_find_segment(const oik_chain *chain, const char *name) {
    for (int i = 0; i < chain->n_segments; i++)
        if (!strcmp(chain->segment_names[i], name))
            return i;
    return -1;
}

int tiny_mirror_segment(const oik_chain *chain, int segment) {
    char other[OIK_NAME_LENGTH];
    memcpy(other, chain->segment_names[segment], sizeof other);
    size_t length = strlen(other);
    if (length < 2 || other[length - 2] != '_')
        return segment;
    other[length - 1] = other[length - 1] == 'r' ? 'l' : 'r';
    return tiny_find_segment(chain, other);
}

double tiny_uniform(uint64_t *state, double lower, double upper) {
    return lower + (upper - lower) * 0.5 * (1.0 + random_signed(state));
}

void tiny_random_pose(double *q, const oik_chain *chain, double margin, uint64_t *state) {
    for (int k = 0; k < chain->n_dofs; k++) {
        const oik_dof *dof = &chain->dofs[k];
        double lower = dof->translation ? -2.0 : dof->lower, upper = dof->translation ? 2.0 : dof->upper;
        double inset = margin * (upper - lower);
        q[k] = tiny_uniform(state, lower + inset, upper - inset);
    }
}
