/* Reading the results of runs on the demo bodies. */
#include "demo_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/mesh_io.h"
#include "run_program.h"

json_t *demo_json(const char *folder, const char *name) {
    json_error_t error;
    json_t *document = json_load_file(in_folder(folder, name), 0, &error);
    if (!document)
        fail_msg("%s/%s: %s", folder, name, error.text);
    return document;
}

oik_mesh *demo_mesh(const char *path) {
    oik_mesh *mesh = NULL;
    oik_error err = {0};
    if (oik_mesh_read(&mesh, path, &err) != OIK_OK)
        fail_msg("%s", err.message);
    return mesh;
}

static const json_t *joint(const json_t *chain, size_t i) {
    const json_t *found = json_array_get(json_object_get(chain, "joints"), i);
    assert_non_null(found);
    return found;
}

size_t demo_n_joints(const json_t *chain) {
    return json_array_size(json_object_get(chain, "joints"));
}

const char *demo_joint_name(const json_t *chain, size_t i) {
    return json_string_value(json_object_get(joint(chain, i), "name"));
}

oik_vec3 demo_joint_centre(const json_t *chain, size_t i) {
    const json_t *centre = json_object_get(joint(chain, i), "centre");
    assert_int_equal(json_array_size(centre), 3);
    return v3(json_number_value(json_array_get(centre, 0)), json_number_value(json_array_get(centre, 1)),
              json_number_value(json_array_get(centre, 2)));
}

size_t demo_find_joint(const json_t *chain, const char *name) {
    for (size_t i = 0; i < demo_n_joints(chain); i++)
        if (strcmp(demo_joint_name(chain, i), name) == 0)
            return i;
    fail_msg("the chain has no joint %s", name);
    return 0;
}
