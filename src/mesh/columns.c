/**
 * Vertical columns over a surface, and the crossings of a vertical ray.
 *
 * Seen from above, a triangle has two sides that cross the line z = p.z, counted half-open: a.z <= p.z < b.z or the reverse. The
 * ray meets the triangle when p.x lies between the two crossings, again half-open. A side's crossing is computed from its ends in
 * the order of their indices, so that both triangles at an edge get the same bits and exactly one of two neighbours is hit (or
 * both or none at a silhouette, where their signs cancel). The height of the hit is interpolated between the heights of the
 * two crossings and never leaves their range, however steep the triangle is. So on a closed surface the sum is the exact winding
 * number of every p that is not on the surface itself.
 */
#include "mesh/columns.h"

#include <float.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"

/** A rectangle of columns seen from above, both ends included. */
typedef struct column_range {
    int x0, x1, z0, z1;
} column_range;

/** Column number along one axis. Monotone in value, so that a point between two others never falls outside their columns. */
static int column_of(double value, double min, double per_metre, int n) {
    double position = (value - min) * per_metre;
    if (!(position > 0.0))
        return 0;
    return position < (double)n ? (int)position : n - 1;
}

static column_range columns_of(const oik_columns *c, const oik_vec3 *vertices, const int32_t face[3]) {
    oik_vec3 lo = v3_min(v3_min(vertices[face[0]], vertices[face[1]]), vertices[face[2]]);
    oik_vec3 hi = v3_max(v3_max(vertices[face[0]], vertices[face[1]]), vertices[face[2]]);
    return (column_range){column_of(lo.x, c->x_min, c->per_x, c->n_x), column_of(hi.x, c->x_min, c->per_x, c->n_x),
                          column_of(lo.z, c->z_min, c->per_z, c->n_z), column_of(hi.z, c->z_min, c->per_z, c->n_z)};
}

static void find_bounds(oik_columns *c, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    oik_vec3 lo = vertices[faces[0][0]], hi = lo;
    for (size_t f = 0; f < n_faces; f++)
        for (int k = 0; k < 3; k++) {
            lo = v3_min(lo, vertices[faces[f][k]]);
            hi = v3_max(hi, vertices[faces[f][k]]);
        }
    c->x_min = lo.x, c->x_max = hi.x, c->z_min = lo.z, c->z_max = hi.z;
}

/** Choose square columns, about one for each two faces: half of the faces look up and half look down. */
static void choose_size(oik_columns *c, double wanted) {
    const double max_along_axis = 1024.0; /* 8 MB of list heads at the most */
    double width = c->x_max - c->x_min, depth = c->z_max - c->z_min;
    double per_metre = width > 0.0 && depth > 0.0 ? sqrt(wanted / width / depth) : wanted / fmax(fmax(width, depth), DBL_MIN);
    c->n_x = (int)fmin(ceil(fmax(width * per_metre, 1.0)), max_along_axis);
    c->n_z = (int)fmin(ceil(fmax(depth * per_metre, 1.0)), max_along_axis);
    c->per_x = width > 0.0 ? c->n_x / width : 0.0;
    c->per_z = depth > 0.0 ? c->n_z / depth : 0.0;
}

/** How many list entries the faces make together. */
static size_t entry_count(const oik_columns *c, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    size_t n = 0;
    for (size_t f = 0; f < n_faces; f++) {
        column_range r = columns_of(c, vertices, faces[f]);
        n += (size_t)(r.x1 - r.x0 + 1) * (size_t)(r.z1 - r.z0 + 1);
    }
    return n;
}

/** As many columns as pay; coarser until the lists are short compared with the faces, whatever the triangles look like. */
static size_t choose_columns(oik_columns *c, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    const size_t max_entries_per_face = 32; /* a body at the first choice has 6 to 8 */
    double wanted = 0.5 * (double)n_faces;
    size_t n_entries;
    do {
        choose_size(c, wanted);
        n_entries = entry_count(c, vertices, faces, n_faces);
        wanted *= 0.25;
    } while (n_entries / max_entries_per_face > n_faces && wanted >= 1.0);
    return n_entries;
}

/** Count the entries of each column, then sum up: start[column] is where the column ends. */
static void count_entries(oik_columns *c, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    size_t n_columns = (size_t)c->n_x * (size_t)c->n_z;
    for (size_t f = 0; f < n_faces; f++) {
        column_range r = columns_of(c, vertices, faces[f]);
        for (int z = r.z0; z <= r.z1; z++)
            for (int x = r.x0; x <= r.x1; x++)
                c->start[(size_t)z * (size_t)c->n_x + (size_t)x]++;
    }
    for (size_t i = 1; i <= n_columns; i++)
        c->start[i] += c->start[i - 1];
}

/** Put the faces into their columns, the last one first, so that start[column] moves down to where the column begins. */
static void fill_entries(oik_columns *c, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces) {
    for (size_t f = n_faces; f-- > 0;) {
        column_range r = columns_of(c, vertices, faces[f]);
        for (int z = r.z0; z <= r.z1; z++)
            for (int x = r.x0; x <= r.x1; x++)
                c->triangles[--c->start[(size_t)z * (size_t)c->n_x + (size_t)x]] = (int32_t)f;
    }
}

oik_status oik_columns_init(oik_columns *out, const oik_vec3 *vertices, const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    oik_columns c = {0};
    find_bounds(&c, vertices, faces, n_faces);
    size_t n_entries = choose_columns(&c, vertices, faces, n_faces);
    c.start = oik_new((size_t)c.n_x * (size_t)c.n_z + 1, sizeof *c.start, err);
    c.triangles = c.start ? oik_new(n_entries, sizeof *c.triangles, err) : NULL;
    if (!c.triangles) {
        oik_columns_clear(&c);
        return OIK_E_MEMORY;
    }
    count_entries(&c, vertices, faces, n_faces);
    fill_entries(&c, vertices, faces, n_faces);
    *out = c;
    return OIK_OK;
}

void oik_columns_clear(oik_columns *columns) {
    free(columns->start);
    free(columns->triangles);
    *columns = (oik_columns){0};
}

/** Where a side crosses z = p.z, seen from above. */
typedef struct crossing {
    double x, y;
    int descends; /**< the side runs towards smaller z */
} crossing;

static double clamp_between(double value, double a, double b) {
    return fmin(fmax(value, fmin(a, b)), fmax(a, b));
}

/** Does the side from vertex i to vertex j cross z, counted half-open? Gives the crossing when it does. */
static int cross_side(crossing *out, const oik_vec3 *vertices, int32_t i, int32_t j, double z) {
    oik_vec3 from = vertices[i], to = vertices[j];
    if ((from.z <= z) == (to.z <= z))
        return 0;
    oik_vec3 a = i < j ? from : to, b = i < j ? to : from;
    double t = (z - a.z) / (b.z - a.z);
    out->x = clamp_between(a.x + t * (b.x - a.x), a.x, b.x);
    out->y = clamp_between(a.y + t * (b.y - a.y), a.y, b.y);
    out->descends = to.z <= z;
    return 1;
}

/** Are all corners on one side of the ray along x or z, or none above p? Crossings are between corners, so there is none then. */
static bool passes_by(const oik_vec3 *vertices, const int32_t face[3], oik_vec3 p) {
    oik_vec3 a = vertices[face[0]], b = vertices[face[1]], c = vertices[face[2]];
    int right = (a.x > p.x) + (b.x > p.x) + (c.x > p.x), behind = (a.z <= p.z) + (b.z <= p.z) + (c.z <= p.z);
    return right % 3 == 0 || behind % 3 == 0 || !(a.y > p.y || b.y > p.y || c.y > p.y);
}

/** +1, -1 or 0 for one triangle. */
static int cross_triangle(const oik_vec3 *vertices, const int32_t face[3], oik_vec3 p) {
    if (passes_by(vertices, face, p))
        return 0;
    crossing side[3];
    int n = 0;
    for (int k = 0; k < 3; k++)
        n += cross_side(&side[n], vertices, face[k], face[(k + 1) % 3], p.z);
    if (n != 2 || (side[0].x > p.x) == (side[1].x > p.x))
        return 0;
    const crossing *right = side[0].x > p.x ? &side[0] : &side[1];
    const crossing *left = side[0].x > p.x ? &side[1] : &side[0];
    double t = (p.x - left->x) / (right->x - left->x);
    double y = clamp_between(left->y + t * (right->y - left->y), left->y, right->y);
    if (!(y > p.y))
        return 0;
    return right->descends ? 1 : -1; /* a face seen counter-clockwise from above (n_y > 0) has its descending side at larger x */
}

int oik_columns_crossings(const oik_columns *columns, const oik_vec3 *vertices, const int32_t (*faces)[3], oik_vec3 p) {
    const oik_columns *c = columns;
    int inside_bounds = p.x >= c->x_min && p.x <= c->x_max && p.z >= c->z_min && p.z <= c->z_max && isfinite(p.y);
    if (!inside_bounds)
        return 0;
    int x = column_of(p.x, c->x_min, c->per_x, c->n_x), z = column_of(p.z, c->z_min, c->per_z, c->n_z);
    size_t column = (size_t)z * (size_t)c->n_x + (size_t)x;
    int sum = 0;
    for (size_t i = c->start[column]; i < c->start[column + 1]; i++)
        sum += cross_triangle(vertices, faces[c->triangles[i]], p);
    return sum;
}
