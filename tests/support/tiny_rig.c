/** The made-up rig (see tiny_rig.h). */
#include "support/tiny_rig.h"

#include <stdlib.h>
#include <string.h>

#include "base/rot.h"

enum { BOX_VERTICES = 8, BOX_FACES = 12 };

static const double DEG = 3.14159265358979323846 / 180.0;

#define IDENTITY {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}

/* coordinates: name, translation, axis, range, rest, no coupling */
#define TURN(name, x, y, z, lower, upper) {name, false, {x, y, z}, lower, upper, 0, 0, 0, {0}, 0}
#define SHIFT(name, x, y, z) {name, true, {x, y, z}, -10, 10, 0, 0, 0, {0}, 0}

static const oik_dof tiny_dofs[TINY_RIG_DOFS] = {
    TURN("pelvis_tilt", 0, 0, 1, -3.14, 3.14), TURN("pelvis_list", 1, 0, 0, -1.57, 1.57), TURN("pelvis_rotation", 0, 1, 0, -3.14, 3.14),
    SHIFT("pelvis_tx", 1, 0, 0), SHIFT("pelvis_ty", 0, 1, 0), SHIFT("pelvis_tz", 0, 0, 1),
    TURN("hip_flexion_r", 0, 0, 1, -0.5, 2.25), TURN("hip_adduction_r", 1, 0, 0, -0.875, 0.5),
    TURN("hip_rotation_r", 0, 1, 0, -0.75, 0.75),
    TURN("knee_angle_r", 0.08, 0.06, -0.995, 0, 2.4),
    TURN("hip_flexion_l", 0, 0, 1, -0.5, 2.25), TURN("hip_adduction_l", -1, 0, 0, -0.875, 0.5),
    TURN("hip_rotation_l", 0, -1, 0, -0.75, 0.75),
    TURN("lumbar_extension", 0, 0, 1, -1.75, 0.875), TURN("lumbar_bending", 1, 0, 0, -1, 1), TURN("lumbar_rotation", 0, 1, 0, -1, 1)};

static const oik_rig_body tiny_bodies[TINY_RIG_BODIES] = {
    {.name = "pelvis", .joint_name = "ground_pelvis", .parent = -1, .kind = OIK_JOINT_FREE, .A = IDENTITY, .B = IDENTITY,
     .n_rotations = 3, .n_translations = 3, .mass = 12, .mass_centre = {-0.03, 0.05, 0}, .inertia = {0.09, 0.085, 0.07, 0, 0, 0},
     .n_bones = 2},
    {.name = "femur_r", .joint_name = "hip_r", .parent = TINY_RIG_PELVIS, .kind = OIK_JOINT_BALL, .A = IDENTITY, .B = IDENTITY,
     .s = {0, 0, 0.085}, .first_dof = 6, .n_rotations = 3, .mass = 10, .mass_centre = {0, -0.17, 0},
     .inertia = {0.17, 0.035, 0.17, 0, 0, 0}, .first_bone = 2, .n_bones = 1},
    {.name = "tibia_r", .joint_name = "walker_knee_r", .parent = TINY_RIG_FEMUR_R, .kind = OIK_JOINT_HINGE, .A = IDENTITY, .B = IDENTITY,
     .s = {-0.005, -0.41, 0.002}, .first_dof = 9, .n_rotations = 1, .mass = 5, .mass_centre = {0.001, -0.18, 0.002},
     .inertia = {0.05, 0.006, 0.051, 0.001, -0.0005, 0.0008}, .first_bone = 3, .n_bones = 1},
    {.name = "femur_l", .joint_name = "hip_l", .parent = TINY_RIG_PELVIS, .kind = OIK_JOINT_BALL, .A = IDENTITY, .B = IDENTITY,
     .s = {0, 0, -0.085}, .first_dof = 10, .n_rotations = 3, .mass = 10, .mass_centre = {0, -0.17, 0},
     .inertia = {0.17, 0.035, 0.17, 0, 0, 0}, .first_bone = 4, .n_bones = 1},
    {.name = "torso", .joint_name = "back", .parent = TINY_RIG_PELVIS, .kind = OIK_JOINT_BALL, .A = IDENTITY, .B = IDENTITY,
     .s = {-0.08, 0.11, 0}, .first_dof = 13, .n_rotations = 3, .mass = 33, .mass_centre = {0.02, 0.3, 0},
     .inertia = {1.6, 0.8, 1.5, 0, 0, 0}, .first_bone = 5, .n_bones = 1}};

/** A box of a body: middle and size [m]. */
static const struct box {
    const char *name;
    int body;
    oik_vec3 middle, size;
} tiny_boxes[TINY_RIG_BONES] = {{"sacrum", TINY_RIG_PELVIS, {-0.1, 0.06, 0}, {0.05, 0.1, 0.1}},
                                {"hip_bone_r", TINY_RIG_PELVIS, {-0.02, 0.03, 0.08}, {0.14, 0.2, 0.03}},
                                {"femur_r", TINY_RIG_FEMUR_R, {0, -0.2, 0}, {0.03, 0.4, 0.04}},
                                {"tibia_r", TINY_RIG_TIBIA_R, {0, -0.19, 0}, {0.03, 0.36, 0.05}},
                                {"femur_l", TINY_RIG_FEMUR_L, {0, -0.2, 0}, {0.03, 0.4, 0.04}},
                                {"T8", TINY_RIG_TORSO, {-0.05, 0.3, 0}, {0.03, 0.03, 0.05}}};

static const oik_rig_marker tiny_markers[TINY_RIG_MARKERS] = {{"RASI", TINY_RIG_PELVIS, {0.06, 0.08, 0.12}, true},
                                                              {"LASI", TINY_RIG_PELVIS, {0.06, 0.08, -0.12}, true},
                                                              {"RKNE", TINY_RIG_FEMUR_R, {0, -0.4, 0.05}, true},
                                                              {"RTIB", TINY_RIG_TIBIA_R, {0.02, -0.2, 0.06}, false},
                                                              {"C7", TINY_RIG_TORSO, {-0.06, 0.48, 0}, true}};

/* corner v: x from bit 0, y from bit 1, z from bit 2; counter-clockwise seen from outside */
static const int32_t box_faces[BOX_FACES][3] = {{0, 2, 3}, {0, 3, 1}, {4, 5, 7}, {4, 7, 6}, {0, 1, 5}, {0, 5, 4},
                                                {2, 6, 7}, {2, 7, 3}, {0, 4, 6}, {0, 6, 2}, {1, 3, 7}, {1, 7, 5}};

static void fill_box(oik_vec3 *vertices, oik_vec3 middle, oik_vec3 size) {
    for (int v = 0; v < BOX_VERTICES; v++)
        vertices[v] = v3_add(middle, v3((v & 1 ? 0.5 : -0.5) * size.x, (v & 2 ? 0.5 : -0.5) * size.y, (v & 4 ? 0.5 : -0.5) * size.z));
}

/* rows: frames; angles [deg], translations [m] */
static const double tiny_motion[TINY_RIG_FRAMES][TINY_RIG_DOFS] = {
    {0, 0, 0, 0.1, 0.95, -0.02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
    {5, 0, -20, 0.4, 0.93, 0, 45, -10, 0, 60, -15, 0, 0, -10, 0, 0},
    {-10, 6, 135, 0.9, 1.1, 0.3, 80, -20, 12, 110, 30, 10, -20, -25, 14, 30}};

static void fill_motion(oik_rig *rig) {
    for (int f = 0; f < TINY_RIG_FRAMES; f++) {
        rig->time[f] = 0.5 * f;
        for (int d = 0; d < TINY_RIG_DOFS; d++)
            rig->q[f * TINY_RIG_DOFS + d] = tiny_motion[f][d] * (tiny_dofs[d].translation ? 1.0 : DEG);
    }
}

/** The skin in the world of the first frame: around pelvis and torso, and around the right leg. */
static void fill_skin(oik_rig_skin *skin) {
    static const int upper[2] = {TINY_RIG_TORSO, TINY_RIG_FEMUR_R}, lower[2] = {TINY_RIG_PELVIS, TINY_RIG_TIBIA_R};
    fill_box(skin->vertices, v3(0.06, 1.25, -0.02), v3(0.25, 0.7, 0.36));
    fill_box(skin->vertices + BOX_VERTICES, v3(0.1, 0.5, 0.065), v3(0.14, 0.78, 0.14));
    for (int f = 0; f < 2 * BOX_FACES; f++)
        for (int c = 0; c < 3; c++)
            skin->faces[f][c] = box_faces[f % BOX_FACES][c] + (f < BOX_FACES ? 0 : BOX_VERTICES);
    for (int v = 0; v < 2 * BOX_VERTICES; v++) {
        int box = v / BOX_VERTICES;
        bool top = v & 2, shared = v & 1;
        skin->body[v][0] = top ? upper[box] : lower[box];
        skin->weight[v][0] = shared ? 0.75 : 1.0;
        if (shared) {
            skin->body[v][1] = top ? lower[box] : upper[box];
            skin->weight[v][1] = 0.25;
        }
    }
}

static bool fill_bones(oik_rig *rig) {
    for (int b = 0; b < TINY_RIG_BONES; b++) {
        oik_rig_bone *bone = &rig->bones[b];
        strcpy(bone->name, tiny_boxes[b].name);
        bone->body = tiny_boxes[b].body;
        bone->n_vertices = BOX_VERTICES, bone->n_faces = BOX_FACES;
        bone->vertices = calloc(BOX_VERTICES, sizeof *bone->vertices);
        bone->faces = calloc(BOX_FACES, sizeof *bone->faces);
        if (!bone->vertices || !bone->faces)
            return false;
        fill_box(bone->vertices, tiny_boxes[b].middle, tiny_boxes[b].size);
        memcpy(bone->faces, box_faces, sizeof box_faces);
    }
    return true;
}

static void fill_bodies(oik_rig *rig) {
    memcpy(rig->bodies, tiny_bodies, sizeof tiny_bodies);
    memcpy(rig->dofs, tiny_dofs, sizeof tiny_dofs);
    rig->bodies[TINY_RIG_TIBIA_R].A = oik_rot_exp(v3(0.1, -0.3, 0.2));
    rig->bodies[TINY_RIG_TIBIA_R].B = oik_rot_exp(v3(0.15, -0.25, 0.1));
    rig->dofs[9].axis = v3_unit(rig->dofs[9].axis);
}

static bool allocate(oik_rig *rig) {
    oik_rig_skin *skin = &rig->skin;
    skin->n_vertices = TINY_RIG_SKIN, skin->n_faces = 2 * BOX_FACES;
    return (rig->bodies = calloc(TINY_RIG_BODIES, sizeof *rig->bodies)) && (rig->dofs = calloc(TINY_RIG_DOFS, sizeof *rig->dofs)) &&
           (rig->bones = calloc(TINY_RIG_BONES, sizeof *rig->bones)) && (rig->markers = calloc(TINY_RIG_MARKERS, sizeof *rig->markers)) &&
           (skin->vertices = calloc(TINY_RIG_SKIN, sizeof *skin->vertices)) &&
           (skin->faces = calloc(skin->n_faces, sizeof *skin->faces)) && (skin->body = calloc(TINY_RIG_SKIN, sizeof *skin->body)) &&
           (skin->weight = calloc(TINY_RIG_SKIN, sizeof *skin->weight)) && (rig->time = calloc(TINY_RIG_FRAMES, sizeof *rig->time)) &&
           (rig->q = calloc(TINY_RIG_FRAMES * TINY_RIG_DOFS, sizeof *rig->q));
}

oik_rig *tiny_rig_new(void) {
    oik_rig *rig = calloc(1, sizeof *rig);
    if (!rig)
        return NULL;
    strcpy(rig->name, "tiny");
    strcpy(rig->gender, "neutral");
    rig->detail = OIK_RIG_PLAIN;
    rig->mass = 70, rig->stature = 1.75;
    rig->n_bodies = TINY_RIG_BODIES, rig->n_dofs = TINY_RIG_DOFS;
    rig->n_bones = TINY_RIG_BONES, rig->n_markers = TINY_RIG_MARKERS, rig->n_frames = TINY_RIG_FRAMES;
    if (!allocate(rig) || !fill_bones(rig)) {
        oik_rig_free(rig);
        return NULL;
    }
    fill_bodies(rig);
    memcpy(rig->markers, tiny_markers, sizeof tiny_markers);
    fill_skin(&rig->skin);
    fill_motion(rig);
    return rig;
}
