/** Values that JSON cannot hold, in the documents of this program (jansson). */
#ifndef OIK_EXPORT_JSON_VALUES_H
#define OIK_EXPORT_JSON_VALUES_H

#include <jansson.h>

/** A number; JSON has no infinity and no NaN: null. New reference; NULL when out of memory. */
json_t *oik_json_of_number(double value);

/**
 * Text. File names are bytes, JSON is UTF-8: in a name that is not UTF-8 every byte beyond ASCII becomes a question mark.
 * New reference; NULL when out of memory.
 */
json_t *oik_json_of_text(const char *bytes);

#endif
