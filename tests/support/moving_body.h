/** Frames of a body that walks on the spot, made from the built-in model, with the truth that made them. */
#ifndef TESTS_SUPPORT_MOVING_BODY_H
#define TESTS_SUPPORT_MOVING_BODY_H

#include "api/internal.h"

#define MOVING_FPS 30.0

/** How far hip, knee and elbow of one side are bent in a frame [rad]; side 0: left. */
typedef struct moving_angles {
    double hip, knee, elbow;
} moving_angles;

moving_angles moving_angles_at(int frame, int side);
/** Pose of a frame: both sides by moving_angles_at about the body model's x (hip, knee) and y (elbow) axes, arms let down. */
oik_body_pose moving_pose(int frame);
/** A shape that is not the mean; n_modes of the model. Free it. NULL when out of memory. */
double *moving_shape(const oik_body_model *model);
/** Skin of one frame. x: n_vertices [m]; shape: moving_shape, or NULL for the mean. Ends the test when out of memory. */
void moving_skin(oik_vec3 *x, const oik_body_model *model, const double *shape, int frame);
/** The same as a mesh with the model's faces, scaled. Free with oik_mesh_free. */
oik_mesh *moving_mesh(const oik_body_model *model, const double *shape, int frame, double units_per_metre);

#endif
