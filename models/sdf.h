/**
 * Shapes as signed-distance fields: features (round cones, ellipsoids, boxes, tubes, ridges, plates) blended in order.
 *
 *   F_0 = +inf,   F_i = smin(F_{i-1}, d_i, k_i)  when feature i adds,   F_i = -smin(-F_{i-1}, d_i, k_i)  when it cuts
 *   smin(a, b, k) = min(a, b) - max(k - |a - b|, 0)^2 / (4 k)
 *
 * d_i is negative inside. A paired feature is itself and its mirror image in x, blended with each other first, so that
 * the field stays symmetric. The surface is F = 0. Lengths are millimetres, angles degrees (descriptions of bones
 * read better so); the mesh is converted to metres when the bone is finished.
 * Source of the primitives: I. Quilez, "Distance functions" (round cone, ellipsoid bound, polynomial smooth minimum).
 */
#ifndef OIK_MODELS_SDF_H
#define OIK_MODELS_SDF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec3.h"
#include "osso_ik.h"

typedef enum oik_sdf_kind {
    OIK_SDF_CONE,
    OIK_SDF_ELLIPSOID,
    OIK_SDF_BOX,
    OIK_SDF_TUBE,
    OIK_SDF_RIDGE,
    OIK_SDF_PLATE
} oik_sdf_kind;

typedef enum oik_sdf_mode { ADD, CUT, ADD_PAIR, CUT_PAIR } oik_sdf_mode;

/**
 * Columns of a tube station: centre, half-widths of the section along its a and b axes on the positive and on the
 * negative side, superellipse exponent, amplitude and phase [deg] of a three-lobed (triangular) deviation.
 * Zero means: b+ = a+, a- = a+, b- = b+, exponent 2.
 */
enum { ST_X, ST_Y, ST_Z, ST_A, ST_B, ST_A_NEG, ST_B_NEG, ST_EXPONENT, ST_LOBE, ST_LOBE_DEG, OIK_SDF_STATION };

/** One feature, in the current frame of the field. Made with the macros below. */
typedef struct oik_sdf_feature {
    oik_sdf_kind kind;
    oik_sdf_mode mode;
    double blend;      /**< k_i [mm] */
    oik_vec3 p0;       /**< cone: first centre; ellipsoid, box: centre; tube: direction of the section's a axis */
    oik_vec3 p1;       /**< cone: second centre; ellipsoid: half-axes; box: half-sizes */
    double r0;         /**< cone: first radius; box: edge radius; tube, ridge: end rounding (1 = full, 0 = flat) */
    double r1;         /**< cone: second radius */
    oik_vec3 turn_deg; /**< ellipsoid, box: rotation about x, then y, then z */
    int n;             /**< number of rows of the table */
    int rows, cols;    /**< plate: rows * cols = n */
    const double (*stations)[OIK_SDF_STATION];
    const oik_vec3 *refs;     /**< tube: n directions of the a axis, or NULL: p0 everywhere */
    const double (*ridge)[5]; /**< rows: share of length, angle (0 = +a, 90 = +b), lift, half-width, half-height */
    const double (*plate)[4]; /**< rows: x, y, z, half-thickness */
} oik_sdf_feature;

/** A point inside the macros below. */
#define P(x, y, z) {(x), (y), (z)}
#define X_AXIS {1, 0, 0}
#define Y_AXIS {0, 1, 0}
#define Z_AXIS {0, 0, 1}
#define NO_TURN {0, 0, 0}

#define OIK_ROWS(width, ...) (int)(sizeof((const double[][width]){__VA_ARGS__}) / sizeof(double[width]))

/** Two balls and the tangent cone between them. */
#define CONE(mode_, blend_, a, ra, b, rb)                                                                            \
    {.kind = OIK_SDF_CONE, .mode = (mode_), .blend = (blend_), .p0 = a, .r0 = (ra), .p1 = b, .r1 = (rb)}
#define BALL(mode_, blend_, centre, r)                                                                               \
    {.kind = OIK_SDF_ELLIPSOID, .mode = (mode_), .blend = (blend_), .p0 = centre, .p1 = {(r), (r), (r)}}
#define ELLIPSOID(mode_, blend_, centre, half_axes, turn)                                                            \
    {.kind = OIK_SDF_ELLIPSOID, .mode = (mode_), .blend = (blend_), .p0 = centre, .p1 = half_axes, .turn_deg = turn}
#define BOX(mode_, blend_, centre, half_sizes, edge, turn)                                                           \
    {.kind = OIK_SDF_BOX, .mode = (mode_), .blend = (blend_), .p0 = centre, .p1 = half_sizes, .r0 = (edge),          \
     .turn_deg = turn}
/** A section swept along a spline through the stations. */
#define TUBE_CAP(mode_, blend_, cap, a_axis, ...)                                                                    \
    {.kind = OIK_SDF_TUBE, .mode = (mode_), .blend = (blend_), .r0 = (cap), .p0 = a_axis,                            \
     .n = OIK_ROWS(OIK_SDF_STATION, __VA_ARGS__), .stations = (const double[][OIK_SDF_STATION]){__VA_ARGS__}}
/** A tube with fully rounded ends. */
#define TUBE(mode_, blend_, a_axis, ...)                                                                             \
    {.kind = OIK_SDF_TUBE, .mode = (mode_), .blend = (blend_), .r0 = 1, .p0 = a_axis,                                \
     .n = OIK_ROWS(OIK_SDF_STATION, __VA_ARGS__), .stations = (const double[][OIK_SDF_STATION]){__VA_ARGS__}}
/** A crest that rides on the surface of the bone's first feature, which is a tube. */
#define RIDGE(blend_, ...)                                                                                           \
    {.kind = OIK_SDF_RIDGE, .mode = ADD, .blend = (blend_), .r0 = 1, .n = OIK_ROWS(5, __VA_ARGS__),                  \
     .ridge = (const double[][5]){__VA_ARGS__}}
/** A Catmull-Rom patch with thickness through rows x cols control points. */
#define PLATE(mode_, blend_, rows_, cols_, ...)                                                                      \
    {.kind = OIK_SDF_PLATE, .mode = (mode_), .blend = (blend_), .rows = (rows_), .cols = (cols_),                    \
     .n = OIK_ROWS(4, __VA_ARGS__), .plate = (const double[][4]){__VA_ARGS__}}

typedef struct oik_sdf oik_sdf;

oik_status oik_sdf_new(oik_sdf **out, oik_error *err);
void oik_sdf_free(oik_sdf *sdf);

/** Features added from now on are given in a frame with axes R and origin t [mm]. */
void oik_sdf_set_frame(oik_sdf *sdf, oik_mat3 R, oik_vec3 t);
oik_vec3 oik_sdf_from_frame(const oik_sdf *sdf, oik_vec3 p);

/** Add a feature (its tables are read now and not kept). Errors stick and are reported by oik_sdf_status. */
void oik_sdf_add(oik_sdf *sdf, const oik_sdf_feature *feature);
/** OIK_OK, or the first error of oik_sdf_add: OIK_E_MEMORY, OIK_E_MODEL for a table of a wrong size. */
oik_status oik_sdf_status(const oik_sdf *sdf, oik_error *err);

/** A field sampled on a lattice; node (i, j, k) is at origin + h (i, j, k), value[(k n[1] + j) n[0] + i]. */
typedef struct oik_sdf_grid {
    int n[3];
    double h;        /**< [mm] */
    oik_vec3 origin; /**< [mm] */
    bool half;       /**< only x >= 0 of a symmetric field; the first layer of nodes has x = 0 */
    float *value;    /**< exact to float at the corners of cells that the surface meets; elsewhere its sign counts */
} oik_sdf_grid;

/**
 * Sample the field with node distance h on a lattice with a margin that is outside on all sides (but x = 0 when half).
 * Cubes of 4^3 and 2^3 nodes that cannot meet the surface are filled without evaluating their nodes, and features far
 * from a block are left out: far means farther than any later blend reaches.
 */
oik_status oik_sdf_sample(oik_sdf_grid **out, const oik_sdf *sdf, double h, bool half, oik_error *err);
void oik_sdf_grid_free(oik_sdf_grid *grid);

#endif
