/**
 * The body's surface as the zero level of a field: smooth union of lofts, ellipsoids and tapered capsules. Metres.
 *
 *   field < 0 inside, > 0 outside; outside it is at least the distance to the surface, so that primitives whose box is farther
 *   away than what the others already gave can be left out without any change.
 *
 * Only the left half is stored; the field is evaluated at (|x|, y, z). Where limbs come near each other in T-pose without being
 * joined (fingers and palm, feet), each region of the skin sees only its own primitives.
 */
#ifndef OIK_MODELS_SKIN_SURFACE_H
#define OIK_MODELS_SKIN_SURFACE_H

#include <stddef.h>

#include "base/vec3.h"

/** Regions as bits: a primitive belongs to one or two of them, a vertex to exactly one. */
enum {
    OIK_SKIN_BODY = 1,   /**< trunk, thighs, upper arms */
    OIK_SKIN_SKULL = 2,  /**< head and neck */
    OIK_SKIN_PALM = 4,   /**< forearms and hands */
    OIK_SKIN_SOLE = 8,   /**< shanks and feet */
    OIK_SKIN_N_REGIONS = 4
};

enum { OIK_SKIN_MAX_STATIONS = 12, OIK_SKIN_MAX_PRIMITIVES = 48 };

/** A cross-section of a loft: superellipse |u/a|^n + |w/b|^n = 1 about (cu, cw), b being front for w >= 0 and back for w < 0. */
typedef struct oik_skin_station {
    double t; /**< along the axis: 0 at A, 1 at B */
    double cu, cw, a, front, back, n;
} oik_skin_station;

typedef enum oik_skin_kind { OIK_SKIN_LOFT, OIK_SKIN_ELLIPSOID, OIK_SKIN_CONE } oik_skin_kind;

typedef struct oik_skin_primitive {
    oik_skin_kind kind;
    unsigned regions;
    double blend;        /**< width of the smooth union with what comes before [m] */
    double mirror_blend; /**< > 0: the right-hand copy is joined too, with this width [m] */
    oik_vec3 box_centre, box_half; /**< in local axes for a loft and an ellipsoid, in world axes for a cone [m] */
    oik_vec3 origin;     /**< A of a loft or cone, centre of an ellipsoid */
    oik_mat3 R;          /**< rows: local axes (u, w, axis) in the world */
    double length;       /**< loft: |B - A| */
    double cap[2];       /**< loft: lengths of the rounded ends */
    size_t n_stations;
    oik_skin_station station[OIK_SKIN_MAX_STATIONS];
    double slope[OIK_SKIN_MAX_STATIONS][6]; /**< derivatives of (cu, cw, a, front, back, n) by t */
    oik_vec3 radius;     /**< ellipsoid: half axes; cone: x and y are the radii at A and B */
    oik_vec3 B;          /**< cone: its end */
    double exponent;     /**< ellipsoid: 2, more is boxier */
} oik_skin_primitive;

typedef struct oik_skin_surface {
    size_t n;
    oik_skin_primitive primitive[OIK_SKIN_MAX_PRIMITIVES];
} oik_skin_surface;

/** How a primitive joins the surface. */
typedef struct oik_skin_join {
    unsigned regions;
    double blend; /**< [m] */
} oik_skin_join;

/**
 * Add a loft along A..B. u is made perpendicular to the axis; w = +-(u x axis), on the side of w_side.
 * 3 to OIK_SKIN_MAX_STATIONS stations, ascending t. Between them all six values are interpolated by monotone cubics (PCHIP),
 * beyond the ends there are rounded caps.
 *
 *   rho = (|u/a|^n + |w/b|^n + |e/cap|^n)^(1/n),  field = r (1 - 1/rho),  r the distance to the centre line
 *
 * Source of the slopes: Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300.
 */
void oik_skin_add_loft(oik_skin_surface *S, oik_skin_join join, oik_vec3 A, oik_vec3 B, oik_vec3 u, oik_vec3 w_side,
                       const oik_skin_station *station, size_t n_stations, double cap_A, double cap_B);
/** Add a superellipsoid; R: rows are its axes in the world. */
void oik_skin_add_ellipsoid(oik_skin_surface *S, oik_skin_join join, oik_vec3 centre, oik_vec3 radius, oik_mat3 R,
                            double exponent);
/** Add a tapered capsule with radius r_A at A and r_B at B. */
void oik_skin_add_cone(oik_skin_surface *S, oik_skin_join join, oik_vec3 A, oik_vec3 B, double r_A, double r_B);

/** Field of one region at x [m]. O(primitives whose box is near). */
double oik_skin_field(const oik_skin_surface *S, oik_vec3 x, unsigned region);
/** Least of the fields of all regions. */
double oik_skin_field_all(const oik_skin_surface *S, oik_vec3 x);
/** Gradient of the field of one region by central differences of 0.3 mm. */
oik_vec3 oik_skin_field_gradient(const oik_skin_surface *S, oik_vec3 x, unsigned region);

#endif
