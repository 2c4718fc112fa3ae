/**
 * Joint angles after ISB (see isb_angles.h).
 *
 *   symbol         code          meaning
 *   E              E             distal frame in the proximal one, mirrored on the left
 *   e_1, e_2, e_3  row.order     axes as letters; e_2 is the floating axis
 *   q_1, q_2, q_3  q             right-hand angles; angle = sign q
 */
#include "ik/isb_angles.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "ik/joint_angles.h"
#include "ik/up.h"

static const double PI = 3.14159265358979323846;

typedef struct isb_row {
    const char *proximal, *distal; /**< NULL: the ground */
    const char *turn;              /**< NULL: the distal frame is that of its segment */
    bool lateral;                  /**< the distal segment has a side */
    const char *order;
    const char *names[3];
    double first_sign;             /**< of q_1; the others have the right-hand rule */
} isb_row;

/* sources: isb_angles.h */
static const isb_row rows[] = {
    {NULL, "pelvis", NULL, false, "ZXY", {"pelvis_posterior_tilt", "pelvis_right_down", "pelvis_left_rotation"}, 1},
    {NULL, "thorax", NULL, false, "ZXY", {"thorax_extension", "thorax_right_bending", "thorax_left_rotation"}, 1},
    {"pelvis", "thorax", NULL, false, "ZXY", {"trunk_extension", "trunk_right_bending", "trunk_left_rotation"}, 1},
    {"thorax", "neck", NULL, false, "ZXY", {"neck_extension", "neck_right_bending", "neck_left_rotation"}, 1},
    {"thorax", "head", NULL, false, "ZXY", {"head_extension", "head_right_bending", "head_left_rotation"}, 1},
    {"pelvis", "femur", NULL, true, "ZXY", {"hip_flexion", "hip_adduction", "hip_internal_rotation"}, 1},
    {"femur", "tibia", NULL, true, "ZXY", {"knee_flexion", "knee_adduction", "knee_internal_rotation"}, -1},
    {"tibia", "calcn", NULL, true, "ZXY", {"ankle_dorsiflexion", "ankle_inversion", "ankle_internal_rotation"}, 1},
    {"thorax", "clavicle", NULL, true, "YXZ", {"clavicle_protraction", "clavicle_depression", "clavicle_backward_rotation"}, 1},
    {"thorax", "scapula", NULL, true, "YXZ", {"scapula_protraction", "scapula_medial_rotation", "scapula_posterior_tilt"}, 1},
    {"scapula", "humerus", NULL, true, "YXY",
     {"glenohumeral_plane_of_elevation", "glenohumeral_elevation", "glenohumeral_axial_rotation"}, 1},
    {"thorax", "humerus", NULL, true, "YXY",
     {"thoracohumeral_plane_of_elevation", "thoracohumeral_elevation", "thoracohumeral_axial_rotation"}, 1},
    {"humerus", "ulna", "radius", true, "ZXY", {"elbow_flexion", "elbow_carrying_angle", "elbow_pronation"}, 1},
    {"humerus", "ulna", NULL, true, "ZXY", {"humeroulnar_flexion", "humeroulnar_adduction", "humeroulnar_internal_rotation"}, 1},
    {"ulna", "radius", NULL, true, "XZY", {"radioulnar_adduction", "radioulnar_flexion", "radioulnar_pronation"}, 1},
    {"radius", "hand", NULL, true, "ZXY", {"wrist_flexion", "wrist_ulnar_deviation", "wrist_pronation"}, 1},
};

enum { N_ROWS = sizeof rows / sizeof *rows, GROUND = -1, ABSENT = -2 };

/* ------------------------------------------------------------------ joints of a chain */

/** Segment of that name, or else of that name and side. */
static int find_segment(const oik_chain *chain, const char *name, bool left) {
    size_t n = strlen(name);
    for (int i = 0; i < chain->n_segments; i++) {
        const char *found = chain->segment_names[i];
        if (strncmp(found, name, n) == 0 && (found[n] == '\0' || strcmp(found + n, left ? "_l" : "_r") == 0))
            return i;
    }
    return ABSENT;
}

/** "isb_", the name, and the side of a joint that has one. */
static void set_name(char out[OIK_ISB_NAME_LENGTH], const isb_row *row, int k, bool left) {
    strcpy(out, "isb_");
    strcat(out, row->names[k]);
    if (row->lateral)
        strcat(out, left ? "_l" : "_r");
}

/** The joint of a row on one side; whether the chain has its segments. */
static bool make_joint(oik_isb_joint *joint, const oik_chain *chain, int index, bool left) {
    const isb_row *row = &rows[index];
    *joint = (oik_isb_joint){.row = index, .proximal = GROUND, .left = left};
    if (row->proximal)
        joint->proximal = find_segment(chain, row->proximal, left);
    joint->distal = find_segment(chain, row->distal, left);
    joint->turn = row->turn ? find_segment(chain, row->turn, left) : joint->distal;
    for (int k = 0; k < 3; k++)
        set_name(joint->names[k], row, k, left);
    return joint->proximal != ABSENT && joint->distal != ABSENT && joint->turn != ABSENT;
}

/** Forward, up and right of the ground, seen from the frame of the motion. */
static oik_mat3 ground_frame(oik_vec3 up) {
    const oik_mat3 of_model = m3_columns(v3(0, 0, 1), v3(0, 1, 0), v3(-1, 0, 0));
    return m3_tmul(oik_up_turn(up), of_model);
}

oik_status oik_isb_angles_new(oik_isb_angles **out, const oik_chain *chain, oik_vec3 up, oik_error *err) {
    *out = NULL;
    oik_status status = oik_up_check(up, err);
    if (status)
        return status;
    oik_isb_angles *isb = oik_new(1, sizeof *isb, err);
    if (!isb)
        return OIK_E_MEMORY;
    isb->ground = ground_frame(up);
    isb->joints = oik_new(2 * N_ROWS, sizeof *isb->joints, err);
    if (!isb->joints) {
        oik_isb_angles_free(isb);
        return OIK_E_MEMORY;
    }
    for (int i = 0; i < N_ROWS; i++)
        for (int side = 0; side <= rows[i].lateral; side++)
            isb->n_joints += make_joint(&isb->joints[isb->n_joints], chain, i, side == 1);
    if (isb->n_joints == 0) {
        oik_isb_angles_free(isb);
        return oik_fail(err, OIK_E_MODEL, "the chain has no segment pelvis, nor any two others that ISB defines angles between");
    }
    *out = isb;
    return OIK_OK;
}

void oik_isb_angles_free(oik_isb_angles *isb) {
    if (!isb)
        return;
    free(isb->joints);
    free(isb);
}

/* ------------------------------------------------------------------ angles of a frame */

/** Frame with y of one segment and z of another one made perpendicular to it; where that is not possible, the first segment's. */
static oik_mat3 turned_frame(oik_mat3 R, oik_mat3 R_turn) {
    const double parallel = 1e-6; /* sine; no forearm is near it */
    oik_vec3 y = m3_column(R, 1), z = m3_column(R_turn, 2), across = v3_madd(z, -v3_dot(z, y), y);
    if (v3_norm(across) < parallel)
        return R;
    z = v3_unit(across);
    return m3_columns(v3_cross(y, z), y, z);
}

static oik_mat3 relative_rotation(const oik_isb_angles *isb, const oik_isb_joint *joint, const oik_mat3 *R) {
    oik_mat3 R_p = joint->proximal == GROUND ? isb->ground : R[joint->proximal], R_d = R[joint->distal];
    if (joint->turn != joint->distal)
        R_d = turned_frame(R_d, R[joint->turn]);
    oik_mat3 E = m3_tmul(R_p, R_d), S = m3_diag(v3(1, 1, -1));
    return joint->left ? m3_mul(m3_mul(S, E), S) : E;
}

/** Of the two sets of angles the one with q_2 in +-90 degrees, of Euler sequences (first axis = third) in -180 .. 0. */
static void choose_principal(double q[3], bool euler) {
    const double gimbal = 1e-9; /* [rad] where oik_joint_angles sees a gimbal position; both sets are as good there */
    if (euler ? q[1] <= gimbal : fabs(q[1]) <= 0.5 * PI + gimbal)
        return;
    q[0] = remainder(q[0] + PI, 2.0 * PI);
    q[1] = euler ? -q[1] : remainder(PI - q[1], 2.0 * PI);
    q[2] = remainder(q[2] + PI, 2.0 * PI);
}

static void next_angles(const oik_isb_angles *isb, oik_isb_joint *joint, const oik_mat3 *R) {
    const isb_row *row = &rows[joint->row];
    const double sign[3] = {row->first_sign, 1, 1};
    oik_dof axes[3] = {{.translation = false}};
    double q[3], before[3];
    for (int k = 0; k < 3; k++) {
        axes[k].axis = v3(row->order[k] == 'X', row->order[k] == 'Y', row->order[k] == 'Z');
        before[k] = sign[k] * joint->angle[k];
    }
    oik_joint_angles(q, axes, 3, relative_rotation(isb, joint, R), before);
    if (isb->n_frames == 0)
        choose_principal(q, row->order[0] == row->order[2]);
    for (int k = 0; k < 3; k++)
        joint->angle[k] = sign[k] * q[k];
}

void oik_isb_angles_next(oik_isb_angles *isb, const oik_mat3 *R) {
    for (int i = 0; i < isb->n_joints; i++)
        next_angles(isb, &isb->joints[i], R);
    isb->n_frames++;
}
