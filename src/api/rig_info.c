/** What a rig holds, for callers that write no file. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "osso_ik.h"
#include "rig/rig.h"

static void put(double out[3], oik_vec3 p) {
    out[0] = p.x, out[1] = p.y, out[2] = p.z;
}

oik_rig_info oik_rig_get_info(const oik_rig *rig) {
    oik_rig_info info = {.name = rig->name,
                         .gender = rig->gender,
                         .mass = rig->mass,
                         .stature = rig->stature,
                         .mass_estimated = rig->mass_estimated,
                         .n_bodies = (size_t)rig->n_bodies,
                         .n_coordinates = (size_t)rig->n_dofs,
                         .n_bones = (size_t)rig->n_bones,
                         .n_markers = (size_t)rig->n_markers,
                         .n_frames = (size_t)rig->n_frames,
                         .time = rig->time,
                         .coordinates = rig->q};
    put(info.up, rig->up);
    memcpy(info.world, rig->world.m, sizeof info.world);
    return info;
}

oik_rig_body_info oik_rig_get_body(const oik_rig *rig, size_t index) {
    if (index >= (size_t)rig->n_bodies)
        return (oik_rig_body_info){.name = "", .joint = ""};
    const oik_rig_body *body = &rig->bodies[index];
    oik_rig_body_info info = {.name = body->name,
                              .joint = body->joint_name,
                              .parent = body->parent,
                              .mass = body->mass,
                              .first_coordinate = (size_t)body->first_dof,
                              .n_rotations = (size_t)body->n_rotations,
                              .n_translations = (size_t)body->n_translations};
    put(info.mass_centre, body->mass_centre);
    put(info.centre, body->s);
    memcpy(info.inertia, body->inertia, sizeof info.inertia);
    memcpy(info.A, body->A.m, sizeof info.A);
    memcpy(info.B, body->B.m, sizeof info.B);
    return info;
}

/** Body whose joint has a coordinate. */
static int body_of(const oik_rig *rig, int dof) {
    int b = 0;
    while (b + 1 < rig->n_bodies && rig->bodies[b + 1].first_dof <= dof)
        b++;
    return b;
}

oik_rig_coordinate_info oik_rig_get_coordinate(const oik_rig *rig, size_t index) {
    if (index >= (size_t)rig->n_dofs)
        return (oik_rig_coordinate_info){.name = ""};
    const oik_dof *dof = &rig->dofs[index];
    oik_rig_coordinate_info info = {.name = dof->name,
                                    .body = body_of(rig, (int)index),
                                    .translation = dof->translation,
                                    .lower = dof->lower,
                                    .upper = dof->upper,
                                    .neutral = dof->rest,
                                    .follows = dof->n_coefficients ? dof->master : -1};
    put(info.axis, dof->axis);
    return info;
}

oik_rig_marker_info oik_rig_get_marker(const oik_rig *rig, size_t index) {
    if (index >= (size_t)rig->n_markers)
        return (oik_rig_marker_info){.name = ""};
    const oik_rig_marker *marker = &rig->markers[index];
    oik_rig_marker_info info = {.name = marker->name, .body = marker->body, .fixed = marker->fixed};
    put(info.at, marker->at);
    return info;
}

oik_rig_bone_info oik_rig_get_bone(const oik_rig *rig, size_t index) {
    if (index >= (size_t)rig->n_bones)
        return (oik_rig_bone_info){.name = ""};
    const oik_rig_bone *bone = &rig->bones[index];
    return (oik_rig_bone_info){.name = bone->name,
                               .body = bone->body,
                               .n_vertices = bone->n_vertices,
                               .n_faces = bone->n_faces,
                               .vertices = (const double *)(const void *)bone->vertices, /* see base/vec3.h */
                               .faces = (const int32_t *)(const void *)bone->faces};
}

/* ------------------------------------------------------------------ places */

typedef struct places {
    oik_mat3 *R; /**< n_bodies */
    oik_vec3 *o; /**< n_bodies [m] */
} places;

static void places_free(places *p) {
    free(p->R);
    free(p->o);
}

static oik_status places_new(places *p, const oik_rig *rig, const double *q, oik_error *err) {
    *p = (places){.R = oik_new((size_t)rig->n_bodies, sizeof *p->R, err), .o = oik_new((size_t)rig->n_bodies, sizeof *p->o, err)};
    if (!p->R || !p->o) {
        places_free(p);
        return OIK_E_MEMORY;
    }
    oik_rig_forward(p->R, p->o, rig, q);
    return OIK_OK;
}

oik_status oik_rig_place_bodies(double *R, double *origin, const oik_rig *rig, const double *coordinates, oik_error *err) {
    places p;
    oik_status status = places_new(&p, rig, coordinates, err);
    if (status)
        return status;
    for (int i = 0; i < rig->n_bodies; i++) {
        if (R)
            memcpy(R + 9 * i, p.R[i].m, 9 * sizeof *R);
        if (origin)
            put(origin + 3 * i, p.o[i]);
    }
    places_free(&p);
    return OIK_OK;
}

oik_status oik_rig_place_markers(double *at, const oik_rig *rig, const double *coordinates, oik_error *err) {
    places p;
    oik_status status = places_new(&p, rig, coordinates, err);
    if (status)
        return status;
    for (int m = 0; m < rig->n_markers; m++) {
        int body = rig->markers[m].body;
        put(at + 3 * m, v3_add(p.o[body], m3_mulv(p.R[body], rig->markers[m].at)));
    }
    places_free(&p);
    return OIK_OK;
}
