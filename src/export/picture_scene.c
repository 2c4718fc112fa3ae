/** Meshes of a picture (see picture_scene.h). */
#include "export/picture_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/mesh.h"

static oik_status mesh_new(oik_picture_mesh *mesh, size_t n_vertices, size_t n_faces, oik_error *err) {
    mesh->n_vertices = n_vertices;
    mesh->n_faces = n_faces;
    if (!(mesh->vertices = oik_new(n_vertices, sizeof *mesh->vertices, err)) ||
        !(mesh->normals = oik_new(n_vertices, sizeof *mesh->normals, err)) ||
        !(mesh->faces = oik_new(n_faces, sizeof *mesh->faces, err)))
        return OIK_E_MEMORY;
    return OIK_OK;
}

static void mesh_free(oik_picture_mesh *mesh) {
    free(mesh->vertices);
    free(mesh->normals);
    free(mesh->faces);
    *mesh = (oik_picture_mesh){0};
}

void oik_picture_scene_free(oik_picture_scene *scene) {
    if (!scene)
        return;
    mesh_free(&scene->bones);
    mesh_free(&scene->skin);
    free(scene->bone_light);
    *scene = (oik_picture_scene){0};
}

/** Grow the box low .. high by points, upright. */
static void grow_box(oik_vec3 *low, oik_vec3 *high, const oik_vec3 *points, size_t n, oik_mat3 upright) {
    for (size_t i = 0; i < n; i++) {
        oik_vec3 p = m3_tmulv(upright, points[i]);
        *low = v3_min(*low, p);
        *high = v3_max(*high, p);
    }
}

static oik_status find_box(oik_vec3 *middle, oik_vec3 *size, const oik_picture *p, const char *path, oik_error *err) {
    const double smallest = 1e-3, largest = 1e3; /* [m] */
    oik_vec3 low = v3(INFINITY, INFINITY, INFINITY), high = v3_scale(low, -1.0);
    grow_box(&low, &high, p->skin_vertices, p->n_skin_vertices, p->upright);
    grow_box(&low, &high, p->bone_vertices, p->n_bone_vertices, p->upright);
    *middle = v3_lerp(low, high, 0.5);
    *size = v3_sub(high, low);
    double extent = v3_norm(*size);
    if (!(extent >= smallest && extent <= largest))
        return oik_fail(err, OIK_E_ARGUMENT, "%s: expected a body of 1 mm to 1 km, found an extent of %g m", path, extent);
    return OIK_OK;
}

/** Vertices upright around the middle, normals and faces. */
static void fill_mesh(oik_picture_mesh *mesh, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3], size_t n_faces,
                      oik_mat3 upright, oik_vec3 middle) {
    for (size_t i = 0; i < n_vertices; i++)
        mesh->vertices[i] = v3_sub(m3_tmulv(upright, vertices[i]), middle);
    oik_mesh_normals(mesh->normals, mesh->vertices, n_vertices, faces, n_faces);
    for (size_t f = 0; f < n_faces; f++)
        memcpy(mesh->faces[f], faces[f], sizeof mesh->faces[f]);
}

/** p moved onto the plane through q across the normal n. */
static oik_vec3 onto_plane(oik_vec3 p, oik_vec3 q, oik_vec3 n) {
    return v3_madd(p, -v3_dot(v3_sub(p, q), n), n);
}

/**
 * The middle of an edge, bent towards the tangent planes at its ends; the same whichever end comes first, so that neighbours meet.
 * Source: Boubekeur and Alexa, Phong tessellation, ACM Trans. Graph. 27 (2008) 141; their shape factor 3/4 is here 1/2, with which the
 * middle of an arc comes to lie on its circle up to the fourth power of the angle.
 */
static void bend_edge(oik_picture_mesh *mesh, size_t middle, int32_t a, int32_t b) {
    const double shape = 0.5, sharpest = 0.5; /* cos 60 deg: normals farther apart are those of a corner, which stays one */
    oik_vec3 pa = mesh->vertices[a], pb = mesh->vertices[b], na = mesh->normals[a], nb = mesh->normals[b];
    oik_vec3 flat = v3_scale(v3_add(pa, pb), 0.5);
    oik_vec3 bent = v3_scale(v3_add(onto_plane(flat, pa, na), onto_plane(flat, pb, nb)), 0.5);
    mesh->vertices[middle] = v3_dot(na, nb) > sharpest ? v3_lerp(flat, bent, shape) : flat;
    mesh->normals[middle] = v3_unit(v3_add(na, nb));
}

/** Make four faces of each of the first n_faces; each has middles of its own, behind the first n_vertices. */
static void refine(oik_picture_mesh *mesh, size_t n_vertices, size_t n_faces) {
    for (size_t f = 0; f < n_faces; f++) {
        int32_t corner[3], middle[3];
        for (int k = 0; k < 3; k++)
            corner[k] = mesh->faces[f][k];
        for (int k = 0; k < 3; k++) {
            size_t at = n_vertices + 3 * f + (size_t)k;
            bend_edge(mesh, at, corner[k], corner[(k + 1) % 3]);
            middle[k] = (int32_t)at;
        }
        memcpy(mesh->faces[f], middle, sizeof middle);
        for (int k = 0; k < 3; k++) {
            const int32_t face[3] = {corner[k], middle[k], middle[(k + 2) % 3]};
            memcpy(mesh->faces[n_faces + 3 * f + (size_t)k], face, sizeof face);
        }
    }
}

oik_status oik_picture_scene_fill(oik_picture_scene *scene, oik_vec3 *size, const oik_picture *p, const char *path, oik_error *err) {
    *scene = (oik_picture_scene){.bone_of_vertex = p->bone_of_vertex};
    oik_vec3 middle;
    oik_status status = find_box(&middle, size, p, path, err);
    if (!status)
        status = mesh_new(&scene->bones, p->n_bone_vertices, p->n_bone_faces, err);
    if (!status)
        status = mesh_new(&scene->skin, p->n_skin_vertices + 3 * p->n_skin_faces, 4 * p->n_skin_faces, err);
    if (!status && !(scene->bone_light = oik_new(p->n_bone_vertices, sizeof *scene->bone_light, err)))
        status = OIK_E_MEMORY;
    if (status)
        return status;
    fill_mesh(&scene->bones, p->bone_vertices, p->n_bone_vertices, p->bone_faces, p->n_bone_faces, p->upright, middle);
    fill_mesh(&scene->skin, p->skin_vertices, p->n_skin_vertices, p->skin_faces, p->n_skin_faces, p->upright, middle);
    refine(&scene->skin, p->n_skin_vertices, p->n_skin_faces);
    return oik_picture_sky_light(scene->bone_light, &scene->bones, err);
}
