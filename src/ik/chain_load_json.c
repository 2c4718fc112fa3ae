/** Members of JSON objects as values (see chain_load_json.h). */
#include "ik/chain_load_json.h"

#include <math.h>
#include <string.h>

#include "base/rot.h"
#include "base/status.h"

const char *oik_json_kind(const json_t *value) {
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

oik_status oik_json_number(double *out, const json_t *value, const char *what, oik_error *err) {
    const double most = 1e6; /* beyond any metre or degree of a body; keeps forward kinematics finite */
    if (!json_is_number(value))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a number, found %s", what, oik_json_kind(value));
    double x = json_number_value(value);
    if (!(fabs(x) <= most))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a number of at most %g, found %g", what, most, x);
    *out = x;
    return OIK_OK;
}

oik_status oik_json_integer(int *out, const json_t *value, int least, int most, const char *what, oik_error *err) {
    if (!json_is_integer(value))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an integer, found %s", what, oik_json_kind(value));
    json_int_t i = json_integer_value(value);
    if (i < least || i > most)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected %d to %d, found %lld", what, least, most, (long long)i);
    *out = (int)i;
    return OIK_OK;
}

oik_status oik_json_name(char out[OIK_NAME_LENGTH], const json_t *object, const char *key, oik_error *err) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a name, found %s", key, oik_json_kind(value));
    size_t n = json_string_length(value);
    if (n == 0 || n >= OIK_NAME_LENGTH)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a name of 1 to %d bytes, found %zu", key, OIK_NAME_LENGTH - 1, n);
    memset(out, 0, OIK_NAME_LENGTH);
    memcpy(out, json_string_value(value), n);
    return OIK_OK;
}

oik_status oik_json_array(const json_t **out, const json_t *object, const char *key, size_t n, oik_error *err) {
    const json_t *value = json_object_get(object, key);
    if (!json_is_array(value))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an array, found %s", key, oik_json_kind(value));
    if (json_array_size(value) < n)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an array of at least %zu, found %zu", key, n, json_array_size(value));
    *out = value;
    return OIK_OK;
}

static oik_status three_numbers(oik_vec3 *out, const json_t *value, const char *what, oik_error *err) {
    double v[3] = {0};
    if (!json_is_array(value) || json_array_size(value) != 3)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected an array of 3 numbers, found %s", what,
                        json_is_array(value) ? "one of another length" : oik_json_kind(value));
    for (size_t c = 0; c < 3; c++) {
        oik_status status = oik_json_number(&v[c], json_array_get(value, c), what, err);
        if (status)
            return status;
    }
    *out = v3(v[0], v[1], v[2]);
    return OIK_OK;
}

oik_status oik_json_vector(oik_vec3 *out, const json_t *object, const char *key, oik_error *err) {
    return three_numbers(out, json_object_get(object, key), key, err);
}

oik_status oik_json_direction(oik_vec3 *out, const json_t *value, const char *what, oik_error *err) {
    const double least = 1e-6; /* shorter than what files are rounded to */
    oik_vec3 v = {0};
    oik_status status = three_numbers(&v, value, what, err);
    if (status)
        return status;
    double length = v3_norm(v);
    if (!(length > least))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a direction, found (%g, %g, %g)", what, v.x, v.y, v.z);
    *out = v3_unit(v);
    return OIK_OK;
}

static bool is_nearly_rotation(oik_mat3 R) {
    const double rounding = 1e-3; /* of entries printed with four decimals */
    oik_mat3 RtR = m3_tmul(R, R);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            if (!(fabs(RtR.m[i][j] - (i == j)) <= rounding))
                return false;
    return m3_det(R) > 0.0;
}

oik_status oik_json_rotation(oik_mat3 *out, const json_t *object, const char *key, oik_error *err) {
    const json_t *value = json_object_get(object, key);
    oik_vec3 row[3] = {{0}};
    if (!json_is_array(value) || json_array_size(value) != 3)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected 3 rows of 3 numbers, found %s", key,
                        json_is_array(value) ? "an array of another length" : oik_json_kind(value));
    for (size_t r = 0; r < 3; r++) {
        oik_status status = three_numbers(&row[r], json_array_get(value, r), key, err);
        if (status)
            return status;
    }
    oik_mat3 R = m3_transpose(m3_columns(row[0], row[1], row[2]));
    if (!is_nearly_rotation(R))
        return oik_fail(err, OIK_E_FORMAT, "%s: expected a rotation: orthogonal columns of length 1, right-handed", key);
    *out = oik_rot_nearest(R);
    return OIK_OK;
}

oik_status oik_json_range(double *lower, double *upper, const json_t *value, double unit, const char *what, oik_error *err) {
    double ends[2] = {0};
    if (!json_is_array(value) || json_array_size(value) != 2)
        return oik_fail(err, OIK_E_FORMAT, "%s: expected [lower, upper], found %s", what,
                        json_is_array(value) ? "an array of another length" : oik_json_kind(value));
    for (size_t i = 0; i < 2; i++) {
        oik_status status = oik_json_number(&ends[i], json_array_get(value, i), what, err);
        if (status)
            return status;
    }
    if (ends[0] > ends[1])
        return oik_fail(err, OIK_E_FORMAT, "%s: expected lower <= upper, found %g and %g", what, ends[0], ends[1]);
    *lower = ends[0] * unit;
    *upper = ends[1] * unit;
    return OIK_OK;
}

oik_status oik_json_only(const json_t *object, const char *const *keys, oik_error *err) {
    const char *key;
    json_t *value;
    /* jansson's iteration takes a pointer to non-const, but changes nothing */
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        bool known = false;
        for (size_t i = 0; keys[i]; i++)
            known = known || strcmp(keys[i], key) == 0;
        if (!known)
            return oik_fail(err, OIK_E_FORMAT, "unknown key '%.60s'", key);
    }
    return OIK_OK;
}
