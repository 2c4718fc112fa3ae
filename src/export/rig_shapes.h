/**
 * Simple shapes around the bodies of a rig, with which a simulation lets them touch the ground.
 *
 * A skin vertex belongs to the body that carries most of it. In the frame of the body its vertices have a bounding box:
 *
 *   calcn, toes    the box itself, for a sole is flat
 *   others         a capsule about the middle of the box, along its longest side as far as it goes; radius: half the mean of the other
 *                  two sides. Where the longest side is less than 1.25 times that mean: a ball, radius half the mean of all three
 *
 * Bodies without skin of their own (a scapula, a talus) have no shape: their neighbours' reach over them.
 */
#ifndef OIK_EXPORT_RIG_SHAPES_H
#define OIK_EXPORT_RIG_SHAPES_H

#include "rig/rig.h"

typedef enum oik_shape_kind { OIK_SHAPE_BOX, OIK_SHAPE_CAPSULE } oik_shape_kind;

typedef struct oik_rig_shape {
    int body;
    oik_shape_kind kind;
    oik_vec3 centre;          /**< in the body's frame, as the axes of the shape are [m] */
    oik_vec3 half;            /**< box: half its sides [m] */
    oik_vec3 axis;            /**< capsule: unit vector */
    double radius, half_line; /**< capsule: of its ends; half the distance between their centres, >= 0 [m] */
} oik_rig_shape;

/**
 * @param[out] shapes at most rig->n_bodies, body after body; free()
 * @return OIK_E_MEMORY
 * O(vertices of the skin); none without a skin.
 */
oik_status oik_rig_shapes_new(oik_rig_shape **shapes, int *n_shapes, const oik_rig *rig, oik_error *err);

/** Height of the lowest point of all shapes where the bodies are R, o (n_bodies); +infinity without shapes. */
double oik_rig_shapes_lowest(const oik_rig_shape *shapes, int n_shapes, const oik_mat3 *R, const oik_vec3 *o);

#endif
