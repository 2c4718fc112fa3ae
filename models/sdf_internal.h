/** Inside of the signed-distance fields: features resolved into pieces (sdf.c) and their distances (sdf_distance.c). */
#ifndef OIK_MODELS_SDF_INTERNAL_H
#define OIK_MODELS_SDF_INTERNAL_H

#include "sdf.h"

/** Axis-aligned box [mm]. */
typedef struct oik_sdf_box {
    oik_vec3 lo, hi;
} oik_sdf_box;

/** A section of a tube after resampling of its spline. */
typedef struct oik_sdf_section {
    oik_vec3 c, a_axis, b_axis;
    double a, b, a_neg, b_neg, exponent;
    double lobe_cos, lobe_sin; /**< lobe amplitude times cos and sin of three times its phase */
} oik_sdf_section;

/** A triangle with a half-thickness at each corner. */
typedef struct oik_sdf_triangle {
    oik_vec3 p[3];
    double r[3];
} oik_sdf_triangle;

/** A feature in world coordinates, cut into pieces that have boxes of their own. */
typedef struct oik_sdf_primitive {
    oik_sdf_kind kind; /**< a ridge has become a tube */
    bool cut, paired;
    double blend;
    oik_vec3 p0, p1;
    double r0, r1;
    oik_mat3 R;                    /**< axes of ellipsoid and box */
    int n_pieces;                  /**< tube: sections - 1; plate: triangles; else 1 */
    oik_sdf_section *sections;     /**< n_pieces + 1 of a tube */
    oik_sdf_triangle *triangles;   /**< n_pieces of a plate */
    oik_sdf_box box;               /**< around all pieces */
    oik_sdf_box *piece_box;        /**< n_pieces */
} oik_sdf_primitive;

struct oik_sdf {
    oik_mat3 R;
    oik_vec3 t;
    int n, capacity;
    oik_sdf_primitive *primitives;
    oik_error error; /**< the first error of oik_sdf_add */
};

/** Distance of p from one piece of a primitive [mm], negative inside. Allocates nothing. */
double oik_sdf_distance(const oik_sdf_primitive *q, int piece, oik_vec3 p);

static inline oik_sdf_box oik_sdf_box_empty(void) {
    return (oik_sdf_box){{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
}
static inline oik_sdf_box oik_sdf_box_join(oik_sdf_box a, oik_sdf_box b) {
    return (oik_sdf_box){v3_min(a.lo, b.lo), v3_max(a.hi, b.hi)};
}
/** Box of a ball. */
static inline oik_sdf_box oik_sdf_box_ball(oik_vec3 c, double r) {
    return (oik_sdf_box){v3_sub(c, v3(r, r, r)), v3_add(c, v3(r, r, r))};
}
static inline oik_sdf_box oik_sdf_box_mirror(oik_sdf_box a) {
    return (oik_sdf_box){{-a.hi.x, a.lo.y, a.lo.z}, {-a.lo.x, a.hi.y, a.hi.z}};
}
static inline bool oik_sdf_box_near(oik_sdf_box a, oik_sdf_box b, double margin) {
    return a.lo.x - margin <= b.hi.x && b.lo.x - margin <= a.hi.x && a.lo.y - margin <= b.hi.y &&
           b.lo.y - margin <= a.hi.y && a.lo.z - margin <= b.hi.z && b.lo.z - margin <= a.hi.z;
}

#endif
