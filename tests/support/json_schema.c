/** A small JSON Schema validator (see json_schema.h). */
#include "support/json_schema.h"

#include <stdio.h>
#include <string.h>

typedef struct validator {
    const json_t *root;
    char *why;
    size_t size;
} validator;

static bool accepts(validator *v, const json_t *schema, const json_t *value, const char *place);

static bool violated(validator *v, const char *place, const char *keyword) {
    snprintf(v->why, v->size, "%s: %s", place, keyword);
    return false;
}

static bool check_ref(validator *v, const json_t *argument, const json_t *value, const char *place) {
    const char *prefix = "#/definitions/", *target = json_string_value(argument);
    if (!target || strncmp(target, prefix, strlen(prefix)))
        return violated(v, place, "$ref that is not local");
    const json_t *schema = json_object_get(json_object_get(v->root, "definitions"), target + strlen(prefix));
    return schema ? accepts(v, schema, value, place) : violated(v, place, "$ref to nothing");
}

static bool check_type(validator *v, const json_t *argument, const json_t *value, const char *place) {
    static const char *const names[] = {"object", "array", "string", "integer", "number", "boolean", "boolean", "null"};
    const char *wanted = json_string_value(argument), *found = names[json_typeof(value)];
    if (wanted && (!strcmp(wanted, found) || (!strcmp(wanted, "number") && json_is_number(value))))
        return true;
    return violated(v, place, "type");
}

static bool check_const(validator *v, const json_t *argument, const json_t *value, const char *place) {
    return json_equal(argument, value) ? true : violated(v, place, "const");
}

static bool check_enum(validator *v, const json_t *argument, const json_t *value, const char *place) {
    for (size_t i = 0; i < json_array_size(argument); i++)
        if (json_equal(json_array_get(argument, i), value))
            return true;
    return violated(v, place, "enum");
}

static bool check_all_of(validator *v, const json_t *argument, const json_t *value, const char *place) {
    for (size_t i = 0; i < json_array_size(argument); i++)
        if (!accepts(v, json_array_get(argument, i), value, place))
            return false;
    return true;
}

static bool check_one_of(validator *v, const json_t *argument, const json_t *value, const char *place) {
    int n_accepted = 0;
    for (size_t i = 0; i < json_array_size(argument); i++)
        n_accepted += accepts(v, json_array_get(argument, i), value, place);
    return n_accepted == 1 ? true : violated(v, place, "oneOf");
}

static bool check_required(validator *v, const json_t *argument, const json_t *value, const char *place) {
    for (size_t i = 0; json_is_object(value) && i < json_array_size(argument); i++)
        if (!json_object_get(value, json_string_value(json_array_get(argument, i))))
            return violated(v, place, json_string_value(json_array_get(argument, i)));
    return true;
}

/** properties, and additionalProperties: false beside it */
static bool check_properties(validator *v, const json_t *schema, const json_t *value, const char *place) {
    const json_t *properties = json_object_get(schema, "properties");
    bool open = !json_is_false(json_object_get(schema, "additionalProperties"));
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member) {
        char inner[256];
        const json_t *of_member = json_object_get(properties, key);
        snprintf(inner, sizeof inner, "%.200s/%.50s", place, key);
        if (of_member ? !accepts(v, of_member, member, inner) : !open && !violated(v, inner, "additionalProperties"))
            return false;
    }
    return true;
}

static bool check_items(validator *v, const json_t *argument, const json_t *value, const char *place) {
    for (size_t i = 0; i < json_array_size(value); i++) {
        char inner[256];
        snprintf(inner, sizeof inner, "%.200s/%zu", place, i);
        if (!accepts(v, argument, json_array_get(value, i), inner))
            return false;
    }
    return true;
}

/** minItems, maxItems, minLength, maxLength, minimum; values of another type are not their business */
static bool check_limit(validator *v, const char *keyword, const json_t *argument, const json_t *value, const char *place) {
    bool items = strstr(keyword, "Items"), length = strstr(keyword, "Length");
    if ((items && !json_is_array(value)) || (length && !json_is_string(value)) || (!items && !length && !json_is_number(value)))
        return true;
    double size = items ? (double)json_array_size(value) : length ? (double)json_string_length(value) : json_number_value(value);
    double limit = json_number_value(argument);
    return (strncmp(keyword, "max", 3) ? size >= limit : size <= limit) ? true : violated(v, place, keyword);
}

static bool check_keyword(validator *v, const json_t *schema, const char *keyword, const json_t *argument, const json_t *value,
                          const char *place) {
    static const char *const annotations[] = {"$schema", "$id", "title", "description", "definitions"};
    static const char *const limits[] = {"minItems", "maxItems", "minLength", "maxLength", "minimum"};
    static const struct {
        const char *keyword;
        bool (*check)(validator *v, const json_t *argument, const json_t *value, const char *place);
    } checks[] = {{"$ref", check_ref},       {"type", check_type},    {"const", check_const},       {"enum", check_enum},
                  {"allOf", check_all_of},   {"oneOf", check_one_of}, {"required", check_required}, {"items", check_items}};
    for (size_t i = 0; i < sizeof annotations / sizeof *annotations; i++)
        if (!strcmp(keyword, annotations[i]))
            return true;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!strcmp(keyword, limits[i]))
            return check_limit(v, keyword, argument, value, place);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!strcmp(keyword, checks[i].keyword))
            return checks[i].check(v, argument, value, place);
    if (!strcmp(keyword, "properties") || !strcmp(keyword, "additionalProperties"))
        return !json_is_object(value) || check_properties(v, schema, value, place);
    return violated(v, place, "the schema uses a keyword that this validator does not know");
}

static bool accepts(validator *v, const json_t *schema, const json_t *value, const char *place) {
    const char *keyword;
    json_t *argument;
    json_object_foreach((json_t *)schema, keyword, argument) {
        if (!check_keyword(v, schema, keyword, argument, value, place))
            return false;
    }
    return json_is_object(schema) ? true : violated(v, place, "schema that is not an object");
}

bool json_schema_accepts(char *why, size_t size, const json_t *schema_document, const json_t *value) {
    validator v = {schema_document, why, size};
    return accepts(&v, schema_document, value, "#");
}
