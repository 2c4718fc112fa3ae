/**
 * Where a point lies with respect to a closed surface.
 *
 * The winding number comes from columns.h, the nearest point from box_tree.h. The normal at the nearest point is the angle-weighted
 * pseudo-normal, whose sign tells inside from outside also where the nearest point is a corner or an edge: the face normal
 * inside a face, the sum of the two face normals on an edge, and sum_i angle_i n_i over the faces at a vertex.
 * Source: Baerentzen and Aanaes, IEEE Trans. Visualization and Computer Graphics 11 (2005) 243.
 */
#include "mesh/locate.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/box_tree.h"
#include "mesh/columns.h"
#include "mesh/topology.h"

struct oik_locator {
    size_t n_vertices, n_faces;
    oik_vec3 *vertices;
    int32_t (*faces)[3];
    oik_vec3 *face_normals;      /**< n_faces unit normals, zero for faces of no area */
    oik_vec3 (*side_normals)[3]; /**< n_faces x 3: sum of the face normals at the side from corner k to k + 1 */
    oik_vec3 *vertex_normals;    /**< n_vertices angle-weighted sums */
    size_t n_half_edges;
    oik_half_edge *edges;        /**< n_half_edges, those of one edge next to each other */
    oik_columns columns;
    oik_box_tree tree;
};

void oik_locator_free(oik_locator *locator) {
    if (!locator)
        return;
    free(locator->vertices);
    free(locator->faces);
    free(locator->face_normals);
    free(locator->side_normals);
    free(locator->vertex_normals);
    free(locator->edges);
    oik_columns_clear(&locator->columns);
    oik_box_tree_clear(&locator->tree);
    free(locator);
}

static oik_status check_surface(const oik_vec3 *vertices, size_t n_vertices, size_t n_faces, oik_error *err) {
    if (n_faces == 0)
        return oik_fail(err, OIK_E_SHAPE, "expected a surface, found %zu vertices without a face", n_vertices);
    for (size_t i = 0; i < n_vertices; i++)
        if (!v3_finite(vertices[i]))
            return oik_fail(err, OIK_E_NOT_FINITE, "vertex %zu of the surface is not finite", i);
    return OIK_OK;
}

static oik_status copy_surface(oik_locator *l, const oik_vec3 *vertices, const int32_t (*faces)[3], oik_error *err) {
    l->vertices = oik_new(l->n_vertices, sizeof *l->vertices, err);
    l->faces = l->vertices ? oik_new(l->n_faces, sizeof *l->faces, err) : NULL;
    l->face_normals = l->faces ? oik_new(l->n_faces, sizeof *l->face_normals, err) : NULL;
    l->side_normals = l->face_normals ? oik_new(l->n_faces, sizeof *l->side_normals, err) : NULL;
    l->vertex_normals = l->side_normals ? oik_new(l->n_vertices, sizeof *l->vertex_normals, err) : NULL;
    if (!l->vertex_normals)
        return OIK_E_MEMORY;
    memcpy(l->vertices, vertices, l->n_vertices * sizeof *vertices);
    memcpy(l->faces, faces, l->n_faces * sizeof *faces);
    return OIK_OK;
}

/** Angle between two directions, accurate near 0 and pi. */
static double angle_between(oik_vec3 a, oik_vec3 b) {
    return atan2(v3_norm(v3_cross(a, b)), v3_dot(a, b));
}

static void add_face_normals(oik_locator *l) {
    memset(l->vertex_normals, 0, l->n_vertices * sizeof *l->vertex_normals);
    for (size_t f = 0; f < l->n_faces; f++) {
        const int32_t *face = l->faces[f];
        oik_vec3 side[3];
        for (int k = 0; k < 3; k++)
            side[k] = v3_sub(l->vertices[face[(k + 1) % 3]], l->vertices[face[k]]);
        oik_vec3 n = v3_unit(v3_cross(side[0], side[1]));
        l->face_normals[f] = n;
        for (int k = 0; k < 3; k++) {
            double angle = angle_between(side[k], v3_scale(side[(k + 2) % 3], -1.0));
            l->vertex_normals[face[k]] = v3_madd(l->vertex_normals[face[k]], angle, n);
        }
    }
}

/** Give all sides at one edge the sum of the normals of its faces. */
static void share_edge_normal(oik_locator *l, const oik_half_edge *edges, size_t n) {
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t i = 0; i < n; i++)
        sum = v3_add(sum, l->face_normals[edges[i].face]);
    for (size_t i = 0; i < n; i++)
        l->side_normals[edges[i].face][edges[i].corner] = sum;
}

static void add_side_normals(oik_locator *l) {
    const oik_half_edge *edges = l->edges;
    size_t n = l->n_half_edges;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && edges[end].low == edges[i].low && edges[end].high == edges[i].high;)
            end++;
        share_edge_normal(l, edges + i, end - i);
    }
}

oik_status oik_locator_new(oik_locator **out, const oik_vec3 *vertices, size_t n_vertices, const int32_t (*faces)[3],
                           size_t n_faces, oik_error *err) {
    *out = NULL;
    oik_status status = check_surface(vertices, n_vertices, n_faces, err);
    if (status)
        return status;
    oik_locator *l = oik_new(1, sizeof *l, err);
    if (!l)
        return OIK_E_MEMORY;
    l->n_vertices = n_vertices;
    l->n_faces = n_faces;
    status = oik_half_edges_new(&l->edges, &l->n_half_edges, n_vertices, faces, n_faces, err);
    if (!status)
        status = copy_surface(l, vertices, faces, err);
    if (status)
        goto done;
    add_face_normals(l);
    add_side_normals(l);
    status = oik_columns_init(&l->columns, l->vertices, faces, n_faces, err);
    if (!status)
        status = oik_box_tree_init(&l->tree, l->vertices, faces, n_faces, err);
done:
    if (status)
        oik_locator_free(l);
    else
        *out = l;
    return status;
}

oik_status oik_locator_move(oik_locator *l, const oik_vec3 *vertices, oik_error *err) {
    oik_columns columns;
    const int32_t (*faces)[3] = (const int32_t(*)[3])l->faces;
    oik_status status = check_surface(vertices, l->n_vertices, l->n_faces, err);
    if (!status)
        status = oik_columns_init(&columns, vertices, faces, l->n_faces, err);
    if (status)
        return status;
    oik_columns_clear(&l->columns);
    l->columns = columns;
    memcpy(l->vertices, vertices, l->n_vertices * sizeof *vertices);
    add_face_normals(l);
    add_side_normals(l);
    oik_box_tree_move(&l->tree, l->vertices, faces, l->n_faces);
    return OIK_OK;
}

int oik_locator_winding(const oik_locator *locator, oik_vec3 p) {
    return oik_columns_crossings(&locator->columns, locator->vertices, (const int32_t(*)[3])locator->faces, p);
}

/** Unit pseudo-normal; the face's own where its neighbours' normals cancel, on a fold without thickness. */
static oik_vec3 pseudo_normal(const oik_locator *l, const oik_box_hit *hit) {
    const double cancelled = 1e-9; /* of sums of unit vectors; rounding leaves about 1e-15 */
    oik_vec3 own = l->face_normals[hit->face], sum = own;
    if (hit->feature >= OIK_CORNER_0 && hit->feature <= OIK_CORNER_2)
        sum = l->vertex_normals[l->faces[hit->face][hit->feature - OIK_CORNER_0]];
    else if (hit->feature != OIK_INSIDE)
        sum = l->side_normals[hit->face][hit->feature - OIK_SIDE_0];
    return v3_norm(sum) > cancelled ? v3_unit(sum) : own;
}

int oik_locator_nearest(oik_nearest *out, const oik_locator *locator, oik_vec3 p, double max_distance) {
    oik_box_hit hit;
    if (!v3_finite(p) || !(max_distance >= 0.0))
        return 0;
    if (!oik_box_tree_nearest(&hit, &locator->tree, p, max_distance * max_distance))
        return 0;
    *out = (oik_nearest){
        .point = hit.point, .normal = pseudo_normal(locator, &hit), .distance = sqrt(hit.square), .face = hit.face};
    return 1;
}

/** The ball about the bounds of n points, n at least 1. */
static double ball(oik_vec3 *centre, const oik_vec3 *p, size_t n) {
    oik_vec3 low = p[0], high = p[0];
    for (size_t i = 1; i < n; i++) {
        low = v3_min(low, p[i]);
        high = v3_max(high, p[i]);
    }
    *centre = v3_lerp(low, high, 0.5);
    return 0.5 * v3_dist(low, high);
}

/* a query of its own costs a point as much as its share of one for so many, and they have to be near the surface to be asked for */
enum { SMALLEST_RUN = 2 };

/** A ball without surface has one side; otherwise its points are halved. known: a point of the surface, or NULL. Recursion: log2(n). */
static void find_sides(oik_side *side, const oik_locator *l, const oik_vec3 *p, size_t n, double reach, const oik_vec3 *known) {
    oik_box_hit hit;
    oik_vec3 centre;
    double radius = ball(&centre, p, n), far = radius + reach;
    bool met = known && v3_dist(*known, centre) <= far;
    if (met)
        hit.point = *known;
    else
        met = oik_box_tree_any(&hit, &l->tree, centre, far * far);
    if (met && n > SMALLEST_RUN && v3_dist(hit.point, centre) + radius > reach) {
        find_sides(side, l, p, n / 2, reach, &hit.point);
        find_sides(side + n / 2, l, p + n / 2, n - n / 2, reach, &hit.point);
        return;
    }
    oik_side one = met ? OIK_SIDE_UNKNOWN : oik_locator_winding(l, p[0]) > 0 ? OIK_SIDE_INSIDE : OIK_SIDE_OUTSIDE;
    for (size_t i = 0; i < n; i++)
        side[i] = one;
}

void oik_locator_sides(oik_side *side, const oik_locator *locator, const oik_vec3 *p, size_t n, double reach) {
    if (n > 0)
        find_sides(side, locator, p, n, reach, NULL);
}
