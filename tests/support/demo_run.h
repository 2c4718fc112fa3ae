/** Runs of the program on the demo bodies, and what is read from their results. */
#ifndef TESTS_SUPPORT_DEMO_RUN_H
#define TESTS_SUPPORT_DEMO_RUN_H

#include <jansson.h>

#include "base/vec3.h"
#include "mesh/mesh.h"

#define DEMO_FEMALE "data/demo/body_female.ply"
#define DEMO_MALE "data/demo/body_male.ply"
#define DEMO_CROUCH "data/demo/body_male_crouch.ply"

/** A JSON file; ends the test when it cannot be read. Release with json_decref. */
json_t *demo_json(const char *folder, const char *name);

/** A mesh; ends the test when it cannot be read. */
oik_mesh *demo_mesh(const char *path);

/** Number of joints of a chain document. */
size_t demo_n_joints(const json_t *chain);
/** Name and centre [m] of joint i of a chain document. */
const char *demo_joint_name(const json_t *chain, size_t i);
oik_vec3 demo_joint_centre(const json_t *chain, size_t i);
/** Index of a joint by name; ends the test when there is none. */
size_t demo_find_joint(const json_t *chain, const char *name);

#endif
