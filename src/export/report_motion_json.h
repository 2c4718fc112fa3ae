/** What the report's page says of a motion in words and small numbers: a part of the facts of report_json.h. */
#ifndef OIK_EXPORT_REPORT_MOTION_JSON_H
#define OIK_EXPORT_REPORT_MOTION_JSON_H

#include <jansson.h>

#include "export/report_layout.h"

/**
 * Facts of a motion as an object; NULL when out of memory:
 *
 *   frames, every         shown; 1 of so many of the rig
 *   world                 rotation from the rig's world to the page, row by row
 *   bones                 [name]
 *   bodies                [{name, joint, parent, A, first, rotations}]   A: joint frame in the parent's, row by row; first coordinate
 *   markers               [{name, body, at}]                             in the body's frame
 *   coordinates           [{name, joint, translation, lower, upper, axis, follows}]
 */
json_t *oik_report_motion_facts(const oik_rig *rig, const oik_report_motion *motion);

#endif
