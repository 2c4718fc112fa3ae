/** Triangle meshes: storage, normals, areas. */
#include "mesh/mesh.h"

#include <stdlib.h>

#include "base/mem.h"

oik_status oik_mesh_new(oik_mesh **out, size_t n_vertices, size_t n_faces, oik_error *err) {
    *out = NULL;
    oik_mesh *mesh = oik_new(1, sizeof *mesh, err);
    if (!mesh)
        return OIK_E_MEMORY;
    mesh->n_vertices = n_vertices;
    mesh->n_faces = n_faces;
    mesh->vertices = oik_new(n_vertices, sizeof *mesh->vertices, err);
    mesh->faces = mesh->vertices ? oik_new(n_faces, sizeof *mesh->faces, err) : NULL;
    if (!mesh->faces) {
        oik_mesh_free(mesh);
        return OIK_E_MEMORY;
    }
    *out = mesh;
    return OIK_OK;
}

void oik_mesh_free(oik_mesh *mesh) {
    if (!mesh)
        return;
    free(mesh->vertices);
    free(mesh->faces);
    free(mesh->labels);
    free(mesh);
}

/** (b - a) x (c - a): along the face normal, twice the face's area long */
static oik_vec3 area_vector(const oik_vec3 *vertices, const int32_t face[3]) {
    oik_vec3 a = vertices[face[0]];
    return v3_cross(v3_sub(vertices[face[1]], a), v3_sub(vertices[face[2]], a));
}

void oik_mesh_normals(oik_vec3 *normals, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3],
                      size_t n_faces) {
    for (size_t v = 0; v < n_vertices; v++)
        normals[v] = v3(0, 0, 0);
    for (size_t f = 0; f < n_faces; f++) {
        oik_vec3 n = area_vector(vertices, faces[f]);
        for (int k = 0; k < 3; k++)
            normals[faces[f][k]] = v3_add(normals[faces[f][k]], n);
    }
    for (size_t v = 0; v < n_vertices; v++)
        normals[v] = v3_unit(normals[v]);
}

void oik_mesh_vertex_areas(double *areas, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3],
                           size_t n_faces) {
    for (size_t v = 0; v < n_vertices; v++)
        areas[v] = 0.0;
    for (size_t f = 0; f < n_faces; f++) {
        double area = 0.5 * v3_norm(area_vector(vertices, faces[f]));
        for (int k = 0; k < 3; k++)
            areas[faces[f][k]] += area / 3.0;
    }
}
