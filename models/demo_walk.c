/** Keypoints of a made-up walk (see demo_walk.h). */
#include "models/demo_walk.h"

#include <math.h>
#include <stdio.h>

#include "base/file.h"
#include "base/rot.h"
#include "body/body_model.h"

enum { N_FRAMES = 66, N_KEYPOINTS = 17 };

static const double PI = 3.14159265358979323846, FPS = 30.0, STRIDE = 1.1; /* [s] */
static const double SPEED = 1.25;                                           /* [m/s] */

static oik_mat3 turn(double x_deg, double y_deg, double z_deg) {
    return oik_rot_exp(v3_scale(v3(x_deg, y_deg, z_deg), PI / 180.0));
}

/** One leg at its phase of the stride; side: 1 left, -1 right. */
static void pose_leg(oik_body_pose *pose, double phase, int side, int hip, int knee, int ankle) {
    double swing = fmax(0.0, sin(phase + 0.7)); /* the foot is off the ground */
    pose->R[hip] = turn(-14.0 - 24.0 * sin(phase), 0.0, 2.0 * side);
    pose->R[knee] = turn(7.0 + 50.0 * swing * swing, 0.0, 0.0);
    pose->R[ankle] = turn(-2.0 + 8.0 * sin(phase + 2.2), 0.0, 0.0);
}

/** An arm swings with the leg of the other side. */
static void pose_arm(oik_body_pose *pose, double phase, int side, int shoulder, int elbow) {
    pose->R[shoulder] = m3_mul(turn(-18.0 * sin(phase), 0.0, 0.0), turn(0.0, 0.0, -72.0 * side));
    pose->R[elbow] = turn(0.0, side * (-22.0 - 10.0 * sin(phase)), 0.0);
}

static oik_body_pose walk_pose(double t) {
    oik_body_pose pose = oik_body_pose_rest();
    double phase = 2.0 * PI * t / STRIDE;
    pose.R[OIK_J_PELVIS] = turn(3.0, 5.0 * sin(phase), 2.0 * cos(phase));
    pose.R[OIK_J_SPINE2] = turn(0.0, -5.0 * sin(phase), -1.0 * cos(phase));
    pose.R[OIK_J_SPINE3] = turn(0.0, -4.0 * sin(phase), -1.0 * cos(phase));
    pose_leg(&pose, phase, 1, OIK_J_HIP_L, OIK_J_KNEE_L, OIK_J_ANKLE_L);
    pose_leg(&pose, phase + PI, -1, OIK_J_HIP_R, OIK_J_KNEE_R, OIK_J_ANKLE_R);
    pose_arm(&pose, phase + PI, 1, OIK_J_SHOULDER_L, OIK_J_ELBOW_L);
    pose_arm(&pose, phase, -1, OIK_J_SHOULDER_R, OIK_J_ELBOW_R);
    pose.tau = v3(0.0, 0.015 * cos(2.0 * phase), SPEED * t);
    return pose;
}

/** The keypoints that are joints; pelvis, nose and head are not. */
static const int joint_of[N_KEYPOINTS] = {-1, OIK_J_HIP_R, OIK_J_KNEE_R, OIK_J_ANKLE_R, OIK_J_HIP_L, OIK_J_KNEE_L, OIK_J_ANKLE_L,
                                          OIK_J_SPINE2, OIK_J_NECK, -1, -1, OIK_J_SHOULDER_L, OIK_J_ELBOW_L, OIK_J_WRIST_L,
                                          OIK_J_SHOULDER_R, OIK_J_ELBOW_R, OIK_J_WRIST_R};

static oik_vec3 keypoint(const oik_body_frames *frames, int k) {
    enum { PELVIS = 0, NOSE = 9 };
    if (joint_of[k] >= 0)
        return frames->p[joint_of[k]];
    if (k == PELVIS)
        return v3_lerp(frames->p[OIK_J_HIP_L], frames->p[OIK_J_HIP_R], 0.5);
    oik_vec3 on_head = k == NOSE ? v3(0.0, 0.06, 0.12) : v3(0.0, 0.18, 0.02);
    return v3_add(frames->p[OIK_J_HEAD], m3_mulv(frames->G[OIK_J_HEAD], on_head));
}

static void put_walk(oik_buf *text, const oik_body_model *model) {
    oik_buf_printf(text, "# synthetic walk of the osso_ik demo, made by generate_models --demo: x y z of 17 keypoints (Human3.6M order), 30 "
                         "frames a second, metres, Z up\n");
    for (int f = 0; f < N_FRAMES; f++) {
        oik_body_pose pose = walk_pose(f / FPS);
        oik_body_frames frames;
        oik_body_forward(&frames, model, model->joints, &pose);
        for (int k = 0; k < N_KEYPOINTS; k++) {
            oik_vec3 p = keypoint(&frames, k);
            oik_buf_printf(text, "%.4f %.4f %.4f\n", p.z, p.x, p.y);
        }
    }
}

oik_status oik_demo_walk_write(const char *model_dir, const char *out_dir, oik_error *err) {
    char path[1024];
    oik_npz *npz = NULL;
    oik_body_model *model = NULL;
    oik_buf text = {0};
    snprintf(path, sizeof path, "%s/male.npz", model_dir);
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = oik_body_model_load(&model, npz, err);
    if (!status)
        status = oik_dir_make(out_dir, err);
    if (!status) {
        put_walk(&text, model);
        snprintf(path, sizeof path, "%s/walk.txt", out_dir);
        status = oik_buf_write_file(&text, path, err);
    }
    oik_buf_free(&text);
    oik_body_model_free(model);
    oik_npz_free(npz);
    return status;
}
