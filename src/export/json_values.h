/** Values that JSON cannot hold, in the documents of this program (jansson). */
#ifndef OIK_EXPORT_JSON_VALUES_H
#define OIK_EXPORT_JSON_VALUES_H

#include <jansson.h>

#include "base/file.h"

/** A number; JSON has no infinity and no NaN: null. New reference; NULL when out of memory. */
json_t *oik_json_of_number(double value);

/**
 * Text. File names are bytes, JSON is UTF-8: in a name that is not UTF-8 every byte beyond ASCII becomes a question mark.
 * New reference; NULL when out of memory.
 */
json_t *oik_json_of_text(const char *bytes);

/**
 * Append a document and let go of it.
 * @param[in] root  reference that is taken; NULL: composing it has failed
 * @param[in] flags of json_dumps, which up to jansson 2.14 goes on when it runs out of memory in a key and is not used for that
 * @return false when out of memory or where text is not UTF-8; part of the document may be in buf then
 */
bool oik_json_append(oik_buf *buf, json_t *root, size_t flags);

#endif
