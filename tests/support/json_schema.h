/** A small JSON Schema (draft-07) validator for tests: the keywords that this project's schemas use, and no others. */
#ifndef TESTS_SUPPORT_JSON_SCHEMA_H
#define TESTS_SUPPORT_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * Does value meet the schema? $ref into #/definitions, type, const, enum, allOf, oneOf, required, properties,
 * additionalProperties, items (one schema), minItems, maxItems, minLength, maxLength, minimum. Any other keyword that is not an
 * annotation fails, so that a schema cannot pass by not being understood.
 * @param[out] why size bytes: place and keyword of the first violation
 */
bool json_schema_accepts(char *why, size_t size, const json_t *schema_document, const json_t *value);

#endif
