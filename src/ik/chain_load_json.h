/**
 * Members of JSON objects as values, for the readers of chain files. Nothing else includes this file.
 *
 * Every function gives OIK_E_FORMAT with "key: expected ..., found ..." when the member is absent or of another kind; the caller puts
 * file and joint in front. Numbers do not depend on the locale. Outputs are untouched on error.
 */
#ifndef OIK_IK_CHAIN_LOAD_JSON_H
#define OIK_IK_CHAIN_LOAD_JSON_H

#include <jansson.h>

#include "ik/chain_load.h"

/** "a number", "nothing" for NULL, ... for messages. */
const char *oik_json_kind(const json_t *value);

/** A value itself as a number of at most 1e6; what names it in messages. */
oik_status oik_json_number(double *out, const json_t *value, const char *what, oik_error *err);
/** A value itself as an integer of least .. most. */
oik_status oik_json_integer(int *out, const json_t *value, int least, int most, const char *what, oik_error *err);

/** Text of 1 to OIK_NAME_LENGTH - 1 bytes. */
oik_status oik_json_name(char out[OIK_NAME_LENGTH], const json_t *object, const char *key, oik_error *err);
/** An array with at least n members. */
oik_status oik_json_array(const json_t **out, const json_t *object, const char *key, size_t n, oik_error *err);
oik_status oik_json_vector(oik_vec3 *out, const json_t *object, const char *key, oik_error *err);
/** Three numbers that are not all 0, brought to length 1. */
oik_status oik_json_direction(oik_vec3 *out, const json_t *value, const char *what, oik_error *err);
/** Rows of a matrix that is a rotation but for the rounding of printed numbers; the nearest rotation is given. */
oik_status oik_json_rotation(oik_mat3 *out, const json_t *object, const char *key, oik_error *err);
/** [lower, upper] with lower <= upper, each multiplied by unit. */
oik_status oik_json_range(double *lower, double *upper, const json_t *value, double unit, const char *what, oik_error *err);
/** No other members than those listed (NULL-terminated): a misspelt key must not be passed over in silence. */
oik_status oik_json_only(const json_t *object, const char *const *keys, oik_error *err);

#endif
