/**
 * NAME_motion.json: a solved motion as one document: times, coordinates by name, what the solution leaves unexplained in each
 * frame, when coordinates sat on their bounds, and how the solver came to it. Schema docs/schema/motion.schema.json.
 */
#ifndef OIK_EXPORT_MOTION_JSON_H
#define OIK_EXPORT_MOTION_JSON_H

#include "ik/motion.h"

/**
 * Write the file (through a temporary file and a rename). Rotations and angular errors in degrees, translations and distances in
 * metres, 6 decimals; what was not measured is null.
 *
 * @return those of oik_ik_motion_check; OIK_E_FORMAT when a name is not UTF-8; OIK_E_IO; OIK_E_MEMORY. Nothing is written on error.
 * Memory does not depend on the number of frames; about 11 bytes a number.
 */
oik_status oik_motion_json_write(const char *path, const oik_ik_motion *motion, oik_error *err);

#endif
