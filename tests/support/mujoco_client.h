/** MuJoCo as a client of the files under test: its library is loaded when the test runs, so that tests build and run without it. */
#ifndef TESTS_SUPPORT_MUJOCO_CLIENT_H
#define TESTS_SUPPORT_MUJOCO_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec3.h"

typedef struct mujoco_client mujoco_client;

/** NULL when MuJoCo is there; else a sentence on what is missing, for the message of a test that is skipped. */
const char *mujoco_missing(void);

/** Load a model. NULL with MuJoCo's message (n bytes of room) when it refuses the file or warns about it. */
mujoco_client *mujoco_open(const char *path, char *message, size_t n);
void mujoco_close(mujoco_client *client);

/** Set a coordinate by the name of its joint. @return false when there is none */
bool mujoco_set(mujoco_client *client, const char *joint, double value);
/** Set the velocity of a coordinate. @return false when there is no such joint */
bool mujoco_push(mujoco_client *client, const char *joint, double velocity);
double mujoco_get(const mujoco_client *client, const char *joint);
/** Range of a joint; false when it has none or is not there. */
bool mujoco_range(const mujoco_client *client, const char *joint, double *lower, double *upper);
/** Set all coordinates from a keyframe. @return false when there is none of that name */
bool mujoco_keyframe(mujoco_client *client, const char *key);
/** Set all coordinates to those with which the model opens (qpos0), velocities to 0. */
void mujoco_reset(mujoco_client *client);
/** Let bodies touch, as they do at first, or not. */
void mujoco_touch(mujoco_client *client, bool touch);
/** Place everything (mj_forward). */
void mujoco_forward(mujoco_client *client);
/** Simulate for so many seconds. @return true while all coordinates and velocities stay finite and MuJoCo does not warn */
bool mujoco_run(mujoco_client *client, double seconds);
/** Kinetic and potential energy where everything was placed last, and the largest of the last run [J]. */
double mujoco_energy(const mujoco_client *client);
double mujoco_peak_energy(const mujoco_client *client);
bool mujoco_body(const mujoco_client *client, const char *body, oik_mat3 *R, oik_vec3 *o);
bool mujoco_site(const mujoco_client *client, const char *site, oik_vec3 *at);
/** Number of vertices of a geom's mesh, and their place in the world when at is not NULL. -1: no such geom. */
int mujoco_mesh(const mujoco_client *client, const char *geom, oik_vec3 *at);
/** Mass, mass centre and inertia about it (xx yy zz xy xz yz) of a body in its own frame. */
bool mujoco_inertia(const mujoco_client *client, const char *body, double *mass, oik_vec3 *centre, double inertia[6]);
/** Residual of the equality constraint that makes this joint follow another; NAN when there is none. */
double mujoco_coupling_error(const mujoco_client *client, const char *joint);

typedef struct mujoco_totals {
    double mass;      /**< [kg] */
    oik_vec3 gravity; /**< [m/s^2] */
    int n_coordinates, n_velocities;
    int n_bodies;     /**< without the world */
    int n_meshes;
    int n_contacts;
    double deepest;   /**< distance in the contact with the least of it, < 0: so far inside [m]; +infinity: no contact */
    double time_step; /**< [s] */
} mujoco_totals;

/** Mass centre of all bodies where they were placed last. */
oik_vec3 mujoco_mass_centre(const mujoco_client *client);
mujoco_totals mujoco_sums(const mujoco_client *client);

#endif
