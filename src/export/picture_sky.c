/** Light of the sky (see picture_sky.h). */
#include "export/picture_sky.h"

#include <stdlib.h>

#include "base/mem.h"
#include "export/picture_raster.h"

enum {
    N_AXES = 24,   /* 48 directions: fewer show as bands where a thin bone shades a flat one */
    MAP_SIZE = 512 /* texels of 4 mm for a standing adult, half as wide as a rib */
};
static const double ground_radiance = 0.30; /* of a light floor, relative to the zenith */

/** Depth along one axis, nearest to either end. */
typedef struct texel {
    float low, high;
} texel;

typedef struct sky {
    const oik_picture_mesh *mesh;
    oik_vec3 middle;
    double texels_per_metre, texel; /**< size of a texel [m] */
    oik_raster_point *points;       /**< n_vertices, in the map of the current axis */
    texel *map;                     /**< MAP_SIZE x MAP_SIZE */
} sky;

/**
 * Directions of an upper half sphere, evenly spread: equal steps in height, golden angle around.
 * Source: Vogel, Math. Biosci. 44 (1979) 179.
 */
static oik_vec3 axis_direction(int i) {
    const double golden_angle = 2.39996322972865332; /* pi (3 - sqrt 5) */
    double y = (i + 0.5) / N_AXES, r = sqrt(1.0 - y * y);
    return v3(r * cos(golden_angle * i), y, r * sin(golden_angle * i));
}

static double radiance(oik_vec3 direction) {
    return ground_radiance + (1.0 - ground_radiance) * (0.5 + 0.5 * direction.y);
}

/** Two unit vectors across d. */
static void across(oik_vec3 *u, oik_vec3 *v, oik_vec3 d) {
    *u = v3_unit(v3_cross(fabs(d.x) < 0.5 ? v3(1, 0, 0) : v3(0, 0, 1), d));
    *v = v3_cross(d, *u);
}

static oik_raster_point to_map(const sky *s, oik_vec3 p, oik_vec3 u, oik_vec3 v, oik_vec3 d) {
    oik_vec3 r = v3_sub(p, s->middle);
    double scale = s->texels_per_metre * OIK_RASTER_STEPS, half = 0.5 * MAP_SIZE * OIK_RASTER_STEPS;
    return (oik_raster_point){.x = (int32_t)(half + scale * v3_dot(r, u)),
                              .y = (int32_t)(half + scale * v3_dot(r, v)),
                              .z = (float)v3_dot(r, d)};
}

/** The mesh's depths along d. */
static void fill_map(sky *s, oik_vec3 u, oik_vec3 v, oik_vec3 d) {
    const oik_raster_window all = {0, 0, MAP_SIZE, MAP_SIZE};
    const oik_picture_mesh *mesh = s->mesh;
    for (size_t i = 0; i < (size_t)MAP_SIZE * MAP_SIZE; i++)
        s->map[i] = (texel){INFINITY, -INFINITY};
    for (size_t i = 0; i < mesh->n_vertices; i++)
        s->points[i] = to_map(s, mesh->vertices[i], u, v, d);
    for (size_t f = 0; f < mesh->n_faces; f++) {
        const int32_t *face = mesh->faces[f];
        oik_raster_triangle t;
        if (!oik_raster_begin(&t, &s->points[face[0]], &s->points[face[1]], &s->points[face[2]], &all))
            continue;
        oik_raster_plane depth = oik_raster_fit(&t, t.a->z, t.b->z, t.c->z);
        while (oik_raster_row(&t))
            for (int x = t.first; x < t.end; x++) {
                texel *at = &s->map[t.y * MAP_SIZE + x];
                float z = oik_raster_at(&t, &depth, x);
                at->low = fminf(at->low, z);
                at->high = fmaxf(at->high, z);
            }
    }
}

/** Add the light that comes along d and from its other end. */
static void add_axis(float *light, sky *s, oik_vec3 d) {
    oik_vec3 u, v;
    across(&u, &v, d);
    fill_map(s, u, v, d);
    const double up = radiance(d), down = radiance(v3_scale(d, -1.0));
    /* the map knows where a surface is to a texel only: it does not shade what lies within so much of it */
    const double slack = s->texel;
    for (size_t i = 0; i < s->mesh->n_vertices; i++) {
        oik_vec3 n = s->mesh->normals[i];
        double cosine = v3_dot(n, d);
        oik_raster_point p = to_map(s, v3_madd(s->mesh->vertices[i], slack, n), u, v, d);
        int x = oik_raster_min(oik_raster_max(p.x / OIK_RASTER_STEPS, 0), MAP_SIZE - 1);
        int y = oik_raster_min(oik_raster_max(p.y / OIK_RASTER_STEPS, 0), MAP_SIZE - 1);
        texel at = s->map[y * MAP_SIZE + x];
        if (cosine > 0.0 && at.high <= p.z + (float)slack)
            light[i] += (float)(up * cosine);
        else if (cosine < 0.0 && at.low >= p.z - (float)slack)
            light[i] += (float)(-down * cosine);
    }
}

/** A cube around the mesh, turned any way, fits the map. */
static void frame_mesh(sky *s) {
    const oik_picture_mesh *mesh = s->mesh;
    oik_vec3 low = mesh->vertices[0], high = low;
    for (size_t i = 1; i < mesh->n_vertices; i++) {
        low = v3_min(low, mesh->vertices[i]);
        high = v3_max(high, mesh->vertices[i]);
    }
    s->middle = v3_lerp(low, high, 0.5);
    double radius2 = 0.0;
    for (size_t i = 0; i < mesh->n_vertices; i++) {
        oik_vec3 r = v3_sub(mesh->vertices[i], s->middle);
        radius2 = fmax(radius2, v3_dot(r, r));
    }
    const double margin = 1.02; /* vertices are moved out along their normals */
    s->texel = fmax(2.0 * margin * sqrt(radius2) / MAP_SIZE, 1e-9);
    s->texels_per_metre = 1.0 / s->texel;
}

oik_status oik_picture_sky_light(float *light, const oik_picture_mesh *mesh, oik_error *err) {
    sky s = {.mesh = mesh};
    oik_status status = OIK_OK;
    if (!(s.points = oik_new(mesh->n_vertices, sizeof *s.points, err)) ||
        !(s.map = oik_new((size_t)MAP_SIZE * MAP_SIZE, sizeof *s.map, err))) {
        status = OIK_E_MEMORY;
        goto done;
    }
    frame_mesh(&s);
    double full = 0.0; /* light on a level surface that nothing shades */
    for (size_t i = 0; i < mesh->n_vertices; i++)
        light[i] = 0.0F;
    for (int k = 0; k < N_AXES; k++) {
        oik_vec3 d = axis_direction(k);
        add_axis(light, &s, d);
        full += radiance(d) * d.y;
    }
    for (size_t i = 0; i < mesh->n_vertices; i++)
        light[i] = (float)(light[i] / full);
done:
    free(s.points);
    free(s.map);
    return status;
}
