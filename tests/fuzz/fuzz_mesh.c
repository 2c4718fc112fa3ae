/** Fuzz target: any bytes as PLY and as OBJ. A mesh that is read must be sound, an error must have a message. */
#include <stdint.h>
#include <string.h>

#include "fuzz/fuzz_main.h"
#include "mesh/mesh_io.h"

static void check_mesh(const oik_mesh *mesh, size_t size) {
    require(mesh->n_vertices > 0 && mesh->n_vertices <= size, "more vertices than bytes");
    require(mesh->n_faces <= size, "more faces than bytes");
    for (size_t i = 0; i < mesh->n_vertices; i++)
        require(v3_finite(mesh->vertices[i]), "a vertex is not finite");
    for (size_t f = 0; f < mesh->n_faces; f++)
        for (int k = 0; k < 3; k++)
            require(mesh->faces[f][k] >= 0 && (size_t)mesh->faces[f][k] < mesh->n_vertices, "a face index is out of range");
}

static void read_as(const uint8_t *data, size_t size, const char *name) {
    oik_mesh *mesh;
    oik_error err = {0};
    oik_status status = oik_mesh_read_memory(&mesh, data, size, name, &err);
    if (status == OIK_OK)
        check_mesh(mesh, size);
    else
        require(mesh == NULL && err.status == status && strstr(err.message, name), "an error without its message");
    oik_mesh_free(mesh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    read_as(data, size, "fuzz.ply");
    read_as(data, size, "fuzz.obj");
    return 0;
}
