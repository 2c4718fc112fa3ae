/**
 * The plane of symmetry. What is nearest to a vertex in it is as near on the other side; taking one of the two would push symmetric bones to
 * one side, so both sides of such a vertex are looked at.
 */
#ifndef OIK_SKELETON_MIDLINE_H
#define OIK_SKELETON_MIDLINE_H

#include "skeleton/skel_model.h"

/** Is a vertex [0, n_vertices) of a midline part in the template's plane x = 0, to 1e-6 m? O(1). */
bool oik_in_midline(const oik_skel_model *model, size_t vertex);

/** From a point to a place beside it, to the subject's left: 0.1 mm in the frame of a part [m]. To the right: the opposite. */
oik_vec3 oik_aside(const oik_skel_model *model, int32_t part);

#endif
