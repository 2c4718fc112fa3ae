/** Meshes from arrays and to arrays. */
#include "mesh/mesh.h"

#include <string.h>

#include "base/status.h"

static oik_status check_vertices(const double *vertices, size_t n, oik_error *err) {
    for (size_t i = 0; i < 3 * n; i++)
        if (!isfinite(vertices[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "vertex %zu: coordinate %zu is not finite", i / 3, i % 3);
    return OIK_OK;
}

static oik_status check_faces(const int32_t *faces, size_t n_faces, size_t n_vertices, oik_error *err) {
    for (size_t i = 0; i < 3 * n_faces; i++)
        if (faces[i] < 0 || (size_t)faces[i] >= n_vertices)
            return oik_fail(err, OIK_E_SHAPE, "face %zu: vertex %d, expected 0 to %zu", i / 3, (int)faces[i], n_vertices - 1);
    return OIK_OK;
}

oik_status oik_mesh_from_arrays(oik_mesh **out, const double *vertices, size_t n_vertices, const int32_t *faces,
                                size_t n_faces, oik_error *err) {
    *out = NULL;
    if (!vertices || n_vertices == 0 || (n_faces > 0 && !faces))
        return oik_fail(err, OIK_E_ARGUMENT, "a mesh needs vertices, and faces when n_faces > 0");
    oik_status status = check_vertices(vertices, n_vertices, err);
    if (!status)
        status = check_faces(faces, n_faces, n_vertices, err);
    if (!status)
        status = oik_mesh_new(out, n_vertices, n_faces, err);
    if (status)
        return status;
    memcpy((*out)->vertices, vertices, n_vertices * sizeof *(*out)->vertices);
    if (n_faces)
        memcpy((*out)->faces, faces, n_faces * sizeof *(*out)->faces);
    return OIK_OK;
}

oik_mesh_info oik_mesh_get_info(const oik_mesh *mesh) {
    return (oik_mesh_info){.n_vertices = mesh->n_vertices,
                           .n_faces = mesh->n_faces,
                           .vertices = (const double *)(const void *)mesh->vertices, /* see base/vec3.h */
                           .faces = (const int32_t *)(const void *)mesh->faces};
}
