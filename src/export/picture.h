/**
 * NAME.png: the bones inside the translucent skin from the front, from the subject's right side and from behind, all upright and to one
 * scale. A software renderer: no display, no browser, one thread.
 *
 * Orthographic. Panels are as wide as the body is, so that a body with spread arms uses the picture as well as a slender one.
 */
#ifndef OIK_EXPORT_PICTURE_H
#define OIK_EXPORT_PICTURE_H

#include <stdint.h>

#include "base/vec3.h"
#include "osso_ik.h"

enum { OIK_PICTURE_WIDTH = 1800, OIK_PICTURE_HEIGHT = 1000, OIK_PICTURE_MIN_SIZE = 100, OIK_PICTURE_MAX_SIZE = 8192 };

typedef struct oik_picture {
    const char *name;               /**< title; characters that are not ASCII show as one "?" each; NULL: none */
    double stature;                 /**< of the subject [m]; 0: not told */
    size_t n_skin_vertices, n_skin_faces;
    const oik_vec3 *skin_vertices;  /**< n_skin_vertices, any frame [m] */
    const int32_t (*skin_faces)[3]; /**< n_skin_faces, closed, counter-clockwise seen from outside */
    size_t n_bone_vertices, n_bone_faces;
    const oik_vec3 *bone_vertices;  /**< n_bone_vertices, the frame of the skin [m] */
    const int32_t (*bone_faces)[3]; /**< n_bone_faces, counter-clockwise seen from outside */
    const int32_t *bone_of_vertex;  /**< n_bone_vertices, any numbers: neighbours differ a little in colour; NULL: one colour */
    oik_mat3 upright;               /**< columns: the subject's left, up and forward in the frame of the vertices (oik_picture_upright) */
    int width, height;              /**< of the whole picture [pixels]; 0: OIK_PICTURE_WIDTH, OIK_PICTURE_HEIGHT */
} oik_picture;

/**
 * How to hold a body: vertical is the axis of the input nearest to the pelvis's own when they are within 45 degrees, so that one who
 * crouches is seen as he stands in his world; else the pelvis's own, for inputs in any orientation. Forward is the pelvis's,
 * made level.
 * @param[in] pelvis columns: left, up and forward of the pelvis in the frame of the input; a rotation. Of an ISB segment frame: -z, y, x
 */
oik_mat3 oik_picture_upright(oik_mat3 pelvis);

/**
 * Write the picture (through a temporary file and a rename): 8-bit sRGB, the same bytes for equal input.
 * @return OIK_E_ARGUMENT (no faces, frame that is no rotation, size outside OIK_PICTURE_MIN_SIZE to OIK_PICTURE_MAX_SIZE); OIK_E_SHAPE
 *         (a corner that is not among the vertices); OIK_E_NOT_FINITE; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Cost: 0.3 s and 20 MB for 94,000 faces of bone and 13,776 of skin at the usual size.
 */
oik_status oik_picture_write(const oik_picture *picture, const char *path, oik_error *err);

#endif
