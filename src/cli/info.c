/** osso_ik info: what a model or a mesh file is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "body/registration.h"
#include "api/internal.h"
#include "cli/commands.h"
#include "cli/info_model.h"
#include "cli/model_path.h"
#include "mesh/mesh_io.h"
#include "mesh/topology.h"

static void print_extent(const oik_mesh *mesh) {
    oik_vec3 low = mesh->vertices[0], high = low;
    for (size_t i = 1; i < mesh->n_vertices; i++) {
        low = v3_min(low, mesh->vertices[i]);
        high = v3_max(high, mesh->vertices[i]);
    }
    printf("extent: %.6g x %.6g x %.6g, from (%.6g, %.6g, %.6g)\n", high.x - low.x, high.y - low.y, high.z - low.z, low.x, low.y,
           low.z);
}

static oik_status print_surface(const oik_mesh *mesh, oik_error *err) {
    oik_topology t;
    if (mesh->n_faces == 0)
        return OIK_OK;
    oik_status status = oik_topology_of(&t, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces, err);
    if (!status)
        printf("surface: %s, %zu piece%s, %zu unused vertices\n",
               t.n_boundary_edges                               ? "open"
               : t.n_non_manifold_edges + t.n_inconsistent_edges ? "closed, but not with all faces looking outwards"
                                                                 : "closed",
               t.n_components, oik_plural(t.n_components), t.n_unused_vertices);
    return status;
}

/** Is it a body that the pipeline takes? Says why not; needs the built-in neutral model. */
static void print_body(const oik_mesh *mesh, const char *path) {
    oik_buf model_path = {0};
    oik_error err = {0};
    oik_model *model = NULL;
    oik_vec3 *x = NULL;
    oik_body_input found;
    oik_status status = oik_model_path(&model_path, "neutral", &err);
    if (!status)
        status = oik_model_load(&model, model_path.data, &err);
    if (!status && !(x = oik_new(model->body->n_vertices, sizeof *x, &err)))
        status = OIK_E_MEMORY;
    if (!status)
        status = oik_body_normalise(&found, x, model->body, mesh, path, &err);
    if (status)
        printf("body: no: %s\n", err.message);
    else
        printf("body: yes, in SMPL vertex order, in %s%s\n", found.unit_name, found.mirrored ? ", mirrored" : "");
    free(x);
    oik_model_free(model);
    oik_buf_free(&model_path);
}

static oik_status print_mesh(const char *path, oik_error *err) {
    oik_mesh *mesh = NULL;
    oik_status status = oik_mesh_read(&mesh, path, err);
    if (!status) {
        printf("mesh: %zu vertices, %zu faces%s\n", mesh->n_vertices, mesh->n_faces, mesh->labels ? ", labels" : "");
        if (mesh->n_vertices > 0)
            print_extent(mesh);
        status = print_surface(mesh, err);
    }
    if (!status)
        print_body(mesh, path);
    oik_mesh_free(mesh);
    return status;
}

oik_exit oik_command_info(int argc, char **argv) {
    if (argc != 2 || argv[1][0] == '-') {
        fprintf(stderr, "osso_ik: error: info: one model or mesh file is needed; usage: osso_ik info MODEL|MESH\n");
        return OIK_EXIT_USAGE;
    }
    oik_error err = {0};
    const char *dot = strrchr(argv[1], '.');
    bool model = dot && strcasecmp(dot, ".npz") == 0;
    oik_status status = model ? oik_info_model(argv[1], &err) : print_mesh(argv[1], &err);
    if (status)
        fprintf(stderr, "osso_ik: error: %s\n", err.message);
    return oik_exit_of(status);
}
