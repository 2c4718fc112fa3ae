/* A body that walks on the spot. */
#include "moving_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"

moving_angles moving_angles_at(int frame, int side) {
    double phase = 6.0 * frame / MOVING_FPS + (side ? 3.14159265358979323846 : 0.0); /* a stride a second */
    return (moving_angles){.hip = 0.15 + 0.4 * sin(phase), .knee = 0.5 + 0.35 * cos(phase), .elbow = 0.6 - 0.3 * sin(phase)};
}

oik_body_pose moving_pose(int frame) {
    oik_body_pose pose = oik_body_pose_rest();
    for (int side = 0; side < 2; side++) {
        moving_angles a = moving_angles_at(frame, side);
        double sign = side ? 1.0 : -1.0; /* the left arm hangs down by a turn about -z */
        pose.R[OIK_J_HIP_L + side] = oik_rot_exp(v3(-a.hip, 0, 0));
        pose.R[OIK_J_KNEE_L + side] = oik_rot_exp(v3(a.knee, 0, 0));
        pose.R[OIK_J_SHOULDER_L + side] = oik_rot_exp(v3(0, 0, 1.1 * sign));
        pose.R[OIK_J_ELBOW_L + side] = oik_rot_exp(v3(0, a.elbow * sign, 0));
    }
    pose.R[OIK_J_PELVIS] = oik_rot_exp(v3(0, 0.1 * sin(6.0 * frame / MOVING_FPS), 0));
    pose.tau = v3(0, 0, 0.01 * frame);
    return pose;
}

double *moving_shape(const oik_body_model *model) {
    double *shape = calloc(model->n_modes, sizeof *shape);
    for (size_t k = 0; shape && k < model->n_modes && k < 6; k++)
        shape[k] = k % 2 ? -0.5 : 0.5;
    return shape;
}

void moving_skin(oik_vec3 *x, const oik_body_model *model, const double *shape, int frame) {
    oik_body_frames frames;
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_pose pose = moving_pose(frame);
    oik_vec3 *v = malloc(model->n_vertices * sizeof *v);
    assert_non_null(v);
    oik_body_shape(v, model, shape);
    oik_body_shape_joints(J, model, shape);
    oik_body_forward(&frames, model, J, &pose);
    oik_body_skin(x, model, v, &frames);
    free(v);
}

oik_mesh *moving_mesh(const oik_body_model *model, const double *shape, int frame, double units_per_metre) {
    oik_mesh *mesh = NULL;
    oik_error err = {0};
    if (oik_mesh_new(&mesh, model->n_vertices, model->n_faces, &err) != OIK_OK)
        fail_msg("%s", err.message);
    moving_skin(mesh->vertices, model, shape, frame);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = v3_scale(mesh->vertices[i], units_per_metre);
    memcpy(mesh->faces, model->faces, model->n_faces * sizeof *mesh->faces);
    return mesh;
}
