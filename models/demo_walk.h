/**
 * Demo motion: keypoints of a walk, made from the built-in body.
 *
 * Two strides at 30 frames a second, by sines of the stride's phase; 17 keypoints a frame in Human3.6M order (ik/keypoints.h), Z up, metres.
 */
#ifndef OIK_MODELS_DEMO_WALK_H
#define OIK_MODELS_DEMO_WALK_H

#include "osso_ik.h"

/** Write walk.txt. OIK_E_MODEL, OIK_E_IO, OIK_E_MEMORY. Deterministic. */
oik_status oik_demo_walk_write(const char *model_dir, const char *out_dir, oik_error *err);

#endif
