/** A small reader of URDF files with forward kinematics of its own, for tests: joints of 1 axis, limits, mimicked joints, masses. */
#ifndef TESTS_SUPPORT_URDF_CLIENT_H
#define TESTS_SUPPORT_URDF_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec3.h"

enum { URDF_NAME_LENGTH = 64, URDF_MAX_LINKS = 512, URDF_MAX_MESHES = 512, URDF_PATH_LENGTH = 256 };

typedef struct urdf_link {
    char name[URDF_NAME_LENGTH];
    bool has_inertia;
    double mass;
    oik_vec3 centre;
    double inertia[6]; /**< xx yy zz xy xz yz */
} urdf_link;

typedef struct urdf_joint {
    char name[URDF_NAME_LENGTH], type[URDF_NAME_LENGTH], parent[URDF_NAME_LENGTH], child[URDF_NAME_LENGTH];
    oik_vec3 at, rpy, axis;
    bool has_range, has_limit;
    double lower, upper, effort, velocity;
    char mimics[URDF_NAME_LENGTH]; /**< empty: none */
    double multiplier, offset;
    double q; /**< set by urdf_set; fixed joints: 0 */
} urdf_joint;

typedef struct urdf_mesh {
    char link[URDF_NAME_LENGTH], file[URDF_PATH_LENGTH];
} urdf_mesh;

typedef struct urdf_client {
    int n_links, n_joints, n_meshes;
    urdf_link links[URDF_MAX_LINKS];
    urdf_joint joints[URDF_MAX_LINKS];
    urdf_mesh meshes[URDF_MAX_MESHES];
} urdf_client;

/** Read a file; ends the test when it is not understood. Release with free(). */
urdf_client *urdf_open(const char *path);
const urdf_link *urdf_find_link(const urdf_client *client, const char *name);
urdf_joint *urdf_find_joint(urdf_client *client, const char *name);
/** Place of a link in the frame of another one above it in the tree; ends the test when that is not so. */
void urdf_place(const urdf_client *client, const char *link, const char *above, oik_mat3 *R, oik_vec3 *o);

#endif
