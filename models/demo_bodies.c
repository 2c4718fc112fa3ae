#include "models/demo_bodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "body/body_model.h"
#include "mesh/mesh_io.h"

static const double DEG = 3.14159265358979323846 / 180.0;

/** Rotation vector of one joint [deg]. */
typedef struct joint_turn {
    int joint;
    oik_vec3 deg;
} joint_turn;

typedef struct mode_value {
    const char *name;
    double sd;
} mode_value;

enum { MAX_TURNS = 24, MAX_VALUES = 12 };

typedef struct demo_body {
    const char *file, *gender;
    mode_value shape[MAX_VALUES]; /**< ends with a NULL name */
    joint_turn pose[MAX_TURNS];   /**< ends with a zero turn of joint 0 after the first entry */
    int n_turns;
    double detail_phase;
} demo_body;

/* left arm down is a negative turn about z, right arm down a positive one; flexing hip and knee turn about x */
static const demo_body demo_table[] = {
    {"body_female.ply", "female",
     {{"L_thigh", 0.8}, {"L_shank", 0.5}, {"W_hip", 0.9}, {"S_breast", -0.6}, {"D_belly", -0.5}, {NULL, 0}},
     {{OIK_J_PELVIS, {0, 8, 0}}, {OIK_J_HIP_L, {-24, 0, 4}}, {OIK_J_HIP_R, {14, 0, -4}}, {OIK_J_KNEE_L, {8, 0, 0}},
      {OIK_J_KNEE_R, {28, 0, 0}}, {OIK_J_ANKLE_L, {4, 0, 0}}, {OIK_J_ANKLE_R, {12, 0, 0}}, {OIK_J_SPINE2, {2, -5, 0}},
      {OIK_J_SPINE3, {0, -5, 0}}, {OIK_J_COLLAR_L, {0, 0, -10}}, {OIK_J_COLLAR_R, {0, 0, 10}}, {OIK_J_SHOULDER_L, {18, 8, -62}},
      {OIK_J_SHOULDER_R, {-18, 4, 62}}, {OIK_J_ELBOW_L, {0, -18, 0}}, {OIK_J_ELBOW_R, {0, 26, 0}}, {OIK_J_HEAD, {-3, 4, 0}}},
     16, 0.3},
    {"body_male.ply", "male",
     {{"L_thigh", -0.6}, {"L_chest", 0.8}, {"W_chest", 0.8}, {"D_belly", 1.0}, {"W_upper_arm", 0.8}, {"L_forearm", 0.6}, {NULL, 0}},
     {{OIK_J_PELVIS, {0, -6, 0}}, {OIK_J_HIP_L, {-2, 0, 3}}, {OIK_J_HIP_R, {-2, 0, -3}}, {OIK_J_KNEE_L, {3, 0, 0}},
      {OIK_J_KNEE_R, {3, 0, 0}}, {OIK_J_COLLAR_L, {0, 0, -8}}, {OIK_J_SHOULDER_L, {4, 0, -66}}, {OIK_J_ELBOW_L, {0, -10, 0}},
      {OIK_J_COLLAR_R, {0, 0, -12}}, {OIK_J_SHOULDER_R, {0, 10, -28}}, {OIK_J_ELBOW_R, {0, 55, 0}}, {OIK_J_WRIST_R, {0, 8, -6}},
      {OIK_J_NECK, {4, 0, 0}}, {OIK_J_HEAD, {0, -12, 0}}},
     14, 1.7},
    {"body_male_crouch.ply", "male",
     {{"L_thigh", 0.5}, {"L_upper_arm", 0.7}, {"W_waist", -0.8}, {"W_thigh", 0.6}, {"D_chest", 0.7}, {NULL, 0}},
     {{OIK_J_PELVIS, {10, 0, 0}}, {OIK_J_HIP_L, {-78, 14, 16}}, {OIK_J_HIP_R, {-76, -14, -16}}, {OIK_J_KNEE_L, {112, 0, 0}},
      {OIK_J_KNEE_R, {108, 0, 0}}, {OIK_J_ANKLE_L, {-26, 0, 0}}, {OIK_J_ANKLE_R, {-26, 0, 0}}, {OIK_J_SPINE1, {10, 0, 0}},
      {OIK_J_SPINE2, {8, 0, 0}}, {OIK_J_SPINE3, {4, 0, 0}}, {OIK_J_COLLAR_L, {0, 0, 14}}, {OIK_J_COLLAR_R, {0, 0, -14}},
      {OIK_J_SHOULDER_L, {0, -25, 38}}, {OIK_J_SHOULDER_R, {0, 25, -38}}, {OIK_J_ELBOW_L, {0, -24, 0}}, {OIK_J_ELBOW_R, {0, 18, 0}},
      {OIK_J_NECK, {-10, 0, 0}}, {OIK_J_HEAD, {-10, 0, 0}}},
     18, 2.6},
};

/** Smooth bumps of up to 4 mm along the normal, wave lengths 6 to 20 cm, that no shape mode spans. */
static double detail(oik_vec3 p, double phase) {
    return 1.6e-3 * sin(31.0 * p.x + 47.0 * p.y + phase) + 1.3e-3 * sin(83.0 * p.y - 29.0 * p.z + 2.0 * phase) +
           1.1e-3 * sin(67.0 * p.z + 59.0 * p.x - phase);
}

static oik_status mode_index(size_t *index, const char *name, char **names, size_t n, oik_error *err) {
    for (*index = 0; *index < n; ++*index)
        if (strcmp(names[*index], name) == 0)
            return OIK_OK;
    return oik_fail(err, OIK_E_MODEL, "the model has no shape mode %s", name);
}

static oik_status demo_shape(oik_vec3 *v, const demo_body *demo, const oik_body_model *model, const oik_npz *npz, oik_error *err) {
    char **names = NULL;
    size_t n = 0, index;
    double *beta = oik_new(model->n_modes, sizeof *beta, err);
    oik_status status = beta ? oik_npz_read_text(npz, "skin_mode_name", &n, &names, err) : OIK_E_MEMORY;
    for (int i = 0; !status && demo->shape[i].name; i++) {
        status = mode_index(&index, demo->shape[i].name, names, n, err);
        if (!status)
            beta[index] = demo->shape[i].sd;
    }
    if (!status)
        oik_body_shape(v, model, beta);
    free(names);
    free(beta);
    return status;
}

static void add_detail(oik_vec3 *v, oik_vec3 *normal, const demo_body *demo, const oik_body_model *model) {
    oik_mesh_normals(normal, v, model->n_vertices, (const int32_t(*)[3])model->faces, model->n_faces);
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->part[i] != OIK_J_HAND_L && model->part[i] != OIK_J_HAND_R) /* fingers are thinner than the bumps */
            v[i] = v3_madd(v[i], detail(model->template_v[i], demo->detail_phase), normal[i]);
}

static void demo_pose(oik_body_pose *pose, const demo_body *demo) {
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose->R[j] = m3_identity();
    pose->tau = v3(0.12, 0.05, -0.2);
    for (int i = 0; i < demo->n_turns; i++)
        pose->R[demo->pose[i].joint] = oik_rot_exp(v3_scale(demo->pose[i].deg, DEG));
}

/** Thighs turn about the femoral heads, which lie higher, further forward and further out than the hip joints of SMPL's tree. */
static void anatomical_hips(oik_vec3 J[OIK_N_JOINTS]) {
    const oik_vec3 offset = {0.019, 0.034, 0.016};
    J[OIK_J_HIP_L] = v3_add(J[OIK_J_HIP_L], offset);
    J[OIK_J_HIP_R] = v3_add(J[OIK_J_HIP_R], v3(-offset.x, offset.y, offset.z));
}

static oik_status write_posed(const char *path, const oik_vec3 *x, const oik_body_model *model, oik_error *err) {
    static const char *const comments[] = {"synthetic body of the osso_ik demo, made by generate_models --demo", "units metre, y up"};
    oik_mesh_write_options options = {OIK_MESH_PLY_BINARY, NULL, comments, 2};
    oik_mesh *mesh;
    oik_status status = oik_mesh_new(&mesh, model->n_vertices, model->n_faces, err);
    if (status)
        return status;
    memcpy(mesh->vertices, x, model->n_vertices * sizeof *x);
    memcpy(mesh->faces, model->faces, model->n_faces * sizeof *model->faces);
    status = oik_mesh_write(mesh, path, &options, err);
    oik_mesh_free(mesh);
    return status;
}

static oik_status write_demo(const demo_body *demo, const char *model_dir, const char *out_dir, oik_error *err) {
    char path[1024];
    oik_npz *npz = NULL;
    oik_body_model *model = NULL;
    oik_vec3 *v = NULL, *x = NULL;
    snprintf(path, sizeof path, "%s/%s.npz", model_dir, demo->gender);
    oik_status status = oik_npz_open(&npz, path, err);
    if (!status)
        status = oik_body_model_load(&model, npz, err);
    if (!status) {
        v = oik_new(model->n_vertices, sizeof *v, err);
        x = oik_new(model->n_vertices, sizeof *x, err);
        status = v && x ? demo_shape(v, demo, model, npz, err) : OIK_E_MEMORY;
    }
    if (!status) {
        oik_vec3 J[OIK_N_JOINTS];
        oik_body_pose pose;
        oik_body_frames frames;
        add_detail(v, x, demo, model);
        oik_body_joints(J, model, v);
        anatomical_hips(J);
        demo_pose(&pose, demo);
        oik_body_forward(&frames, model, J, &pose);
        oik_body_skin(x, model, v, &frames);
        snprintf(path, sizeof path, "%s/%s", out_dir, demo->file);
        status = write_posed(path, x, model, err);
    }
    free(v);
    free(x);
    oik_body_model_free(model);
    oik_npz_free(npz);
    return status;
}

oik_status oik_demo_bodies_write(const char *model_dir, const char *out_dir, oik_error *err) {
    oik_status status = oik_dir_make(out_dir, err);
    for (size_t i = 0; !status && i < sizeof demo_table / sizeof *demo_table; i++)
        status = write_demo(&demo_table[i], model_dir, out_dir, err);
    return status;
}
