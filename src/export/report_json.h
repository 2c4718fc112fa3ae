/** What the report's page says in words and small numbers, as JSON in <script type="application/json" id="facts">. */
#ifndef OIK_EXPORT_REPORT_JSON_H
#define OIK_EXPORT_REPORT_JSON_H

#include <jansson.h>

#include "base/file.h"
#include "export/report_layout.h"

/**
 * Append the element. '<', '>' and '&' inside strings are written as \u003c and so on: no text can end the element or begin another.
 *
 *   name, input, version, stature, model {name, gender, licence}
 *   gates        [{name, unit, value, mean, warn, fail, level}]         mean: null but for sequences
 *   segments     [{name, length}]
 *   body         null, or an object:
 *     joints       [{name, part, centre, axes [{name, direction}]}]     centre and direction in the page's frame of the result
 *     coordinates  [{name, joint, translation, value, lower, upper}]
 *     bones        [name]
 *     steps        [{stage, iteration, cost, lying, skin, placement, shape}]   numbers of arrays, -1: none; the last step is the result
 *   motion       null, or what oik_report_motion_facts gives
 *
 * @return OIK_E_MEMORY
 */
oik_status oik_report_put_facts(oik_buf *buf, const oik_report *report, const oik_report_layout *layout, oik_error *err);

/** The array with the item appended (both taken over); NULL when one of them is NULL or memory is short. */
json_t *oik_report_appended(json_t *array, json_t *item);
/** [x, y, z] */
json_t *oik_report_vector(oik_vec3 v);

#endif
