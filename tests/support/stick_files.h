/** The made-up chain of stick_chain.h and its motions in the formats of files. Texts are malloc'ed; NULL when out of memory. */
#ifndef TESTS_SUPPORT_STICK_FILES_H
#define TESTS_SUPPORT_STICK_FILES_H

#include "ik/chain_load.h"
#include "support/random_motion.h"

/** Row of the 17 of Human3.6M that measures a marker of stick_markers_new; no marker is at the nose. */
int stick_row_of(int marker);

/** The chain in our own JSON format, with the links of stick_markers_new as pairs of numbered keypoints. */
char *stick_chain_json(void);
/** The same as read from the file; ends the test when that fails. Free with oik_chain_file_free. */
oik_chain_file *stick_chain_file_new(void);

/** 17 rows a frame; "nan nan nan" for what is missing. Positions times scale. */
char *stick_text(const random_motion *motion, double scale);
/** The same as read from the file; ends the test when that fails. Free with oik_keypoints_free. */
oik_keypoints *stick_keypoints_new(const random_motion *motion, double scale);

#endif
