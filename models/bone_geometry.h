/**
 * Points, directions and regions of bones, written as text, and what a plane or a line meets on a mesh.
 *
 * Axes x (lateral, the subject's left), y (up), z (forward) are the anatomical axes of the bone: those of its frame, turned with the
 * body for vertebrae and sacrum. A text has no blanks.
 *
 *   point      "landmark", "bone:landmark"; then "+x,y,z" [mm] along the bone's axes; then "/normal" or "/normal/radius": the centroid
 *              of the plane section there, of what lies within the radius [mm]. "-" before it: its mirror image. "a|b": the middle.
 *   direction  "x", "y", "z", "1,0,-2" along the bone's axes, "a>b": from point a to point b, or "a^b^c": the normal of the
 *              plane through three points, (b - a) x (c - a); unit on return
 *   region     "y<point", "x>point", ...: on that side of a point, along the bone's axis; "near:point:radius": within a radius [mm]
 */
#ifndef OIK_MODELS_BONE_GEOMETRY_H
#define OIK_MODELS_BONE_GEOMETRY_H

#include "models/bone_set.h"

/** What a text refers to: a set, the bone that names without "bone:" belong to, and the first failure, which sticks. */
typedef struct oik_bone_view {
    const oik_bone_set *set;
    const oik_bone *bone;
    oik_status status;
    oik_error *err;
} oik_bone_view;

/** [m]; the origin after a failure. */
oik_vec3 oik_bone_point(oik_bone_view *view, const char *text);
/** Unit; (0,1,0) after a failure. */
oik_vec3 oik_bone_direction(oik_bone_view *view, const char *text);

/** A half space or a ball. */
typedef struct oik_bone_region {
    oik_vec3 normal; /**< zero: a ball */
    oik_vec3 centre;
    double bound;    /**< inside: dot(normal, x) <= bound, or distance from the centre <= bound [m] */
} oik_bone_region;

oik_bone_region oik_bone_region_of(oik_bone_view *view, const char *text);
bool oik_bone_region_has(const oik_bone_region *region, oik_vec3 x);

/** Length, centroid and extent of the curves in which a plane meets a bone, as far as they lie within a radius of a point of the plane. */
typedef struct oik_bone_cut {
    double length; /**< [m]; 0 when the plane meets nothing */
    oik_vec3 centroid;
    double low, high; /**< along the direction asked for */
} oik_bone_cut;

oik_bone_cut oik_bone_cut_of(const oik_bone *bone, oik_vec3 point, oik_vec3 normal, double radius, oik_vec3 along);

/** Distances from a point to the next surface along +direction and -direction [m]; INFINITY where there is none. */
void oik_bone_line(double *ahead, double *behind, const oik_bone *bone, oik_vec3 point, oik_vec3 direction);

#endif
