/** Between keypoints_load.c and the readers of the single formats. Nothing else includes this file. */
#ifndef OIK_IK_KEYPOINTS_READ_H
#define OIK_IK_KEYPOINTS_READ_H

#include "base/text.h"
#include "ik/keypoints.h"

/** What every reader gets. */
typedef struct oik_keypoints_source {
    const uint8_t *data;
    size_t size;
    const char *path; /**< for messages */
    double fps;       /**< 0: the file's own, else OIK_DEFAULT_FPS */
} oik_keypoints_source;

/** Frames per second where neither the caller nor the file says: that of most cameras. */
#define OIK_DEFAULT_FPS 30.0

/**
 * Room for n_frames x n_points, all of it missing, without names and times.
 * @return OIK_E_SHAPE when either is 0 or their product is no int; OIK_E_MEMORY
 */
oik_status oik_keypoints_new(oik_keypoints **out, size_t n_frames, size_t n_points, const char *path, oik_error *err);

/** Rates that any camera could have: from a frame in 20 minutes to a million a second. */
bool oik_keypoints_rate_is_usual(double fps);

/** time[f] = f / fps */
void oik_keypoints_set_rate(oik_keypoints *keypoints, double fps);

/** Copy a name; what does not fit OIK_NAME_LENGTH is cut off. */
void oik_keypoints_set_name(oik_keypoints *keypoints, int i, const char *name, size_t length);

/** The Human3.6M names for 17 points, else "0", "1", ... */
void oik_keypoints_default_names(oik_keypoints *keypoints);

/** The word as a number; OIK_E_FORMAT "expected a number, found '...'" when it is none, or more than one. */
oik_status oik_keypoints_number(double *value, oik_span word, oik_error *err);

oik_status oik_keypoints_read_text(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err);
oik_status oik_keypoints_read_trc(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err);
oik_status oik_keypoints_read_npz(oik_keypoints **out, const oik_keypoints_source *in, oik_error *err);

#endif
