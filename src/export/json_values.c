/** Values that JSON cannot hold (see json_values.h). */
#include "export/json_values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *oik_json_of_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *oik_json_of_text(const char *bytes) {
    json_t *string = json_string(bytes);
    char *ascii = string ? NULL : strdup(bytes);
    if (!ascii)
        return string;
    for (char *c = ascii; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    string = json_string(ascii);
    free(ascii);
    return string;
}

static int append(const char *text, size_t size, void *buf) {
    oik_buf_append(buf, text, size);
    return ((oik_buf *)buf)->status ? -1 : 0;
}

bool oik_json_append(oik_buf *buf, json_t *root, size_t flags) {
    bool whole = root && json_dump_callback(root, append, buf, flags) == 0;
    json_decref(root);
    return whole;
}
