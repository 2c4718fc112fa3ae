/** From the world of a rig (x forward, y up, z right) to that of animation formats (x left, y up, z forward): a quarter turn about y. */
#ifndef OIK_EXPORT_GLB_Y_UP_H
#define OIK_EXPORT_GLB_Y_UP_H

#include "base/vec3.h"

/** (-z, y, x), exact */
static inline oik_vec3 oik_y_up_point(oik_vec3 p) {
    return v3(-p.z, p.y, p.x);
}

/** The same as a matrix, det +1. */
static inline oik_mat3 oik_y_up_turn(void) {
    return (oik_mat3){{{0, 0, -1}, {0, 1, 0}, {1, 0, 0}}};
}

#endif
