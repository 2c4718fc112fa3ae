/* Poses as rotation vectors of SMPL joints. */
#include "posed_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rot.h"

static const double DEG = 3.14159265358979323846 / 180.0;

enum { MAX_TURNS = 20 };

typedef struct joint_turn {
    int joint;
    oik_vec3 deg; /**< rotation vector [deg] */
} joint_turn;

typedef struct pose_row {
    const char *name;
    joint_turn turn[MAX_TURNS]; /**< up to the first zero turn */
} pose_row;

/* the arms of the rest pose point sideways: the left one goes down by a turn about -z; hip and knee bend about x */
static const pose_row pose_table[POSED_COUNT] = {
    {"standing",
     {{OIK_J_SHOULDER_L, {4, 0, -70}}, {OIK_J_SHOULDER_R, {4, 0, 70}}, {OIK_J_ELBOW_L, {0, -12, 0}}, {OIK_J_ELBOW_R, {0, 12, 0}},
      {OIK_J_HIP_L, {-2, 0, 3}}, {OIK_J_HIP_R, {-2, 0, -3}}, {OIK_J_KNEE_L, {3, 0, 0}}, {OIK_J_KNEE_R, {3, 0, 0}}}},
    {"walking",
     {{OIK_J_HIP_L, {-24, 0, 4}}, {OIK_J_HIP_R, {14, 0, -4}}, {OIK_J_KNEE_L, {8, 0, 0}}, {OIK_J_KNEE_R, {32, 0, 0}},
      {OIK_J_ANKLE_L, {4, 0, 0}}, {OIK_J_ANKLE_R, {12, 0, 0}}, {OIK_J_SPINE2, {2, -5, 0}}, {OIK_J_SPINE3, {0, -5, 0}},
      {OIK_J_COLLAR_L, {0, 0, -8}}, {OIK_J_COLLAR_R, {0, 0, 8}}, {OIK_J_SHOULDER_L, {22, 8, -62}}, {OIK_J_SHOULDER_R, {-22, 4, 62}},
      {OIK_J_ELBOW_L, {0, -18, 0}}, {OIK_J_ELBOW_R, {0, 32, 0}}}},
    {"deep squat",
     {{OIK_J_PELVIS, {12, 0, 0}}, {OIK_J_HIP_L, {-105, 12, 18}}, {OIK_J_HIP_R, {-105, -12, -18}}, {OIK_J_KNEE_L, {128, 0, 0}},
      {OIK_J_KNEE_R, {128, 0, 0}}, {OIK_J_ANKLE_L, {-26, 0, 0}}, {OIK_J_ANKLE_R, {-26, 0, 0}}, {OIK_J_SPINE1, {12, 0, 0}},
      {OIK_J_SPINE2, {10, 0, 0}}, {OIK_J_SPINE3, {6, 0, 0}}, {OIK_J_SHOULDER_L, {0, -70, -10}}, {OIK_J_SHOULDER_R, {0, 70, 10}},
      {OIK_J_ELBOW_L, {0, -15, 0}}, {OIK_J_ELBOW_R, {0, 15, 0}}, {OIK_J_NECK, {-12, 0, 0}}, {OIK_J_HEAD, {-8, 0, 0}}}},
    {"arms overhead",
     {{OIK_J_COLLAR_L, {0, 0, 22}}, {OIK_J_COLLAR_R, {0, 0, -22}}, {OIK_J_SHOULDER_L, {0, 0, 55}}, {OIK_J_SHOULDER_R, {0, 0, -55}},
      {OIK_J_ELBOW_L, {0, -8, 0}}, {OIK_J_ELBOW_R, {0, 8, 0}}, {OIK_J_SPINE2, {-4, 0, 0}}, {OIK_J_SPINE3, {-5, 0, 0}},
      {OIK_J_HEAD, {-4, 0, 0}}}},
    {"hands on hips",
     {{OIK_J_COLLAR_L, {0, 0, -4}}, {OIK_J_COLLAR_R, {0, 0, 4}}, {OIK_J_SHOULDER_L, {30, 18, -48}}, {OIK_J_SHOULDER_R, {30, -18, 48}},
      {OIK_J_ELBOW_L, {0, -88, 0}}, {OIK_J_ELBOW_R, {0, 88, 0}}, {OIK_J_WRIST_L, {0, -20, 0}}, {OIK_J_WRIST_R, {0, 20, 0}}}},
    {"sitting",
     {{OIK_J_PELVIS, {-8, 0, 0}}, {OIK_J_HIP_L, {-80, 0, 6}}, {OIK_J_HIP_R, {-80, 0, -6}}, {OIK_J_KNEE_L, {86, 0, 0}},
      {OIK_J_KNEE_R, {86, 0, 0}}, {OIK_J_SPINE1, {10, 0, 0}}, {OIK_J_SPINE2, {6, 0, 0}}, {OIK_J_SHOULDER_L, {10, -20, -60}},
      {OIK_J_SHOULDER_R, {10, 20, 60}}, {OIK_J_ELBOW_L, {0, -60, 0}}, {OIK_J_ELBOW_R, {0, 60, 0}}}},
    {"forward bend",
     {{OIK_J_PELVIS, {45, 0, 0}}, {OIK_J_HIP_L, {-45, 0, 3}}, {OIK_J_HIP_R, {-45, 0, -3}}, {OIK_J_KNEE_L, {4, 0, 0}},
      {OIK_J_KNEE_R, {4, 0, 0}}, {OIK_J_SPINE1, {22, 0, 0}}, {OIK_J_SPINE2, {16, 0, 0}}, {OIK_J_SPINE3, {10, 0, 0}},
      {OIK_J_NECK, {10, 0, 0}}, {OIK_J_SHOULDER_L, {0, -85, -40}}, {OIK_J_SHOULDER_R, {0, 85, 40}}}},
    {"twisted trunk",
     {{OIK_J_PELVIS, {0, -8, 0}}, {OIK_J_SPINE1, {0, 8, 4}}, {OIK_J_SPINE2, {0, 14, 4}}, {OIK_J_SPINE3, {0, 14, 2}},
      {OIK_J_NECK, {0, 20, 0}}, {OIK_J_HEAD, {0, 16, 0}}, {OIK_J_SHOULDER_L, {10, 0, -60}}, {OIK_J_SHOULDER_R, {-10, -50, 40}},
      {OIK_J_ELBOW_L, {0, -30, 0}}, {OIK_J_ELBOW_R, {0, 40, 0}}, {OIK_J_HIP_L, {0, 0, 3}}, {OIK_J_HIP_R, {0, 0, -3}}}},
};

/* femoral heads lie higher, further forward and further out than the hip joints of the body model's tree (models/README.md) */
static const oik_vec3 HIP_OFFSET = {0.019, 0.034, 0.016};

const char *posed_body_name(posed_body pose) {
    return pose_table[pose].name;
}

static oik_body_pose pose_of(posed_body which) {
    oik_body_pose pose = oik_body_pose_rest();
    for (int i = 0; i < MAX_TURNS; i++) {
        const joint_turn *t = &pose_table[which].turn[i];
        if (v3_norm(t->deg) > 0.0)
            pose.R[t->joint] = oik_rot_exp(v3_scale(t->deg, DEG));
    }
    return pose;
}

/** J: joints of the rest skin v, changed. */
static void pose_skin(oik_vec3 *x, oik_body_frames *frames, const oik_body_model *model, const oik_vec3 *v, oik_vec3 J[OIK_N_JOINTS],
                      posed_body which, oik_vec3 hip_offset) {
    oik_body_pose pose = pose_of(which);
    J[OIK_J_HIP_L] = v3_add(J[OIK_J_HIP_L], hip_offset);
    J[OIK_J_HIP_R] = v3_add(J[OIK_J_HIP_R], v3(-hip_offset.x, hip_offset.y, hip_offset.z));
    oik_body_forward(frames, model, J, &pose);
    oik_body_skin(x, model, v, frames);
}

void posed_body_own_skin(oik_vec3 *x, const oik_body_model *model, const oik_vec3 *v, posed_body which) {
    oik_body_frames frames;
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_joints(J, model, v);
    pose_skin(x, &frames, model, v, J, which, HIP_OFFSET);
}

static void pose_shape(oik_vec3 *x, oik_body_frames *frames, const oik_body_model *model, const double *shape, posed_body which,
                       oik_vec3 hip_offset) {
    oik_vec3 J[OIK_N_JOINTS];
    oik_vec3 *v = malloc(model->n_vertices * sizeof *v);
    assert_non_null(v);
    oik_body_shape(v, model, shape);
    oik_body_shape_joints(J, model, shape);
    pose_skin(x, frames, model, v, J, which, hip_offset);
    free(v);
}

void posed_body_skin(oik_vec3 *x, const oik_body_model *model, const double *shape, posed_body which) {
    oik_body_frames frames;
    pose_shape(x, &frames, model, shape, which, HIP_OFFSET);
}

void posed_body_skin_of_tree(oik_vec3 *x, oik_body_frames *frames, const oik_body_model *model, const double *shape, posed_body which) {
    pose_shape(x, frames, model, shape, which, v3(0, 0, 0));
}
