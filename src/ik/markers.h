/**
 * What keypoints and bones say about a motion: markers carried by segments, directions between them, segment orientations.
 */
#ifndef OIK_IK_MARKERS_H
#define OIK_IK_MARKERS_H

#include "ik/chain.h"

/** A point carried by a segment. The centre of joint i is the point s_i of its parent's segment. */
typedef struct oik_marker {
    char name[OIK_NAME_LENGTH];
    int segment;
    oik_vec3 local; /**< in the segment's frame [m] */
    int keypoint;   /**< the keypoint that measures it: its column in the file */
    double doubt;   /**< standard deviation of where another body's keypoint of that name is [m]; 0: exactly here */
} oik_marker;

/** The direction from one marker to another. */
typedef struct oik_marker_link {
    int from, to;  /**< markers */
    double weight; /**< >= 0 */
} oik_marker_link;

typedef struct oik_markers {
    int n_markers, n_links;
    oik_marker *markers;
    oik_marker_link *links;
} oik_markers;

/** Room for markers and links, all zero. OIK_E_MEMORY; *out is NULL then. */
oik_status oik_markers_new(oik_markers **out, size_t n_markers, size_t n_links, oik_error *err);
/** Frees the arrays and the struct. */
void oik_markers_free(oik_markers *markers);

/** Index of the marker of this name, the first one; -1 when there is none. */
int oik_markers_find(const oik_markers *markers, const char *name);

/**
 * Marker at the centre of a joint, called like the joint, without a keypoint: the point s of the parent's segment, which the joint's
 * own rotations do not move; for the root and for joints with translations the point b of the joint's own segment.
 */
oik_marker oik_marker_at_joint(const oik_chain *chain, int joint);

/** Everything measured over a motion; all arrays stay the caller's. */
typedef struct oik_measurement {
    int n_frames;
    const double *time;         /**< n_frames, ascending [s] */
    const oik_markers *markers; /**< or NULL */
    const oik_vec3 *x;          /**< n_frames x n_markers [m]; not read where the weight is 0 */
    const double *weight;       /**< n_frames x n_markers confidence >= 0; 0 = absent */
    const oik_mat3 *R;          /**< n_frames x n_segments orientations, or NULL */
    const double *R_weight;     /**< n_frames x n_segments; 0 = absent */
    const double *expected;     /**< n_frames x n_dofs: the posture to expect in each frame (posture.h); NULL: the rest */
} oik_measurement;

#endif
