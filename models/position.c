#include "models/position.h"

#include <stdio.h>
#include <string.h>

#include "base/status.h"

enum { TERM_LENGTH = 64 };

/** Copy one term up to a separator; gives the separator, or '\0' at the end; NULL when the term is too long. */
static const char *next_term(char term[TERM_LENGTH], const char *text) {
    size_t n = strcspn(text, "+|");
    if (n >= TERM_LENGTH)
        return NULL;
    snprintf(term, TERM_LENGTH, "%.*s", (int)n, text);
    return text + n;
}

static oik_status parse_term(oik_vec3 *p, const char *term, const oik_bone_set *bones, oik_error *err) {
    const char *colon = strchr(term, ':');
    if (!colon) {
        double x, y, z;
        int n = 0;
        if (sscanf(term, "%lf,%lf,%lf%n", &x, &y, &z, &n) != 3 || term[n] != '\0')
            return oik_fail(err, OIK_E_MODEL, "position '%s': expected x,y,z or bone:landmark", term);
        *p = v3(x * 1e-3, y * 1e-3, z * 1e-3);
        return OIK_OK;
    }
    char bone_name[TERM_LENGTH];
    snprintf(bone_name, sizeof bone_name, "%.*s", (int)(colon - term), term);
    const oik_bone *bone = oik_bone_find(bones, bone_name);
    const oik_vec3 *landmark = bone ? oik_bone_landmark(bone, colon + 1) : NULL;
    if (!landmark)
        return oik_fail(err, OIK_E_MODEL, "position '%s': no such bone or landmark", term);
    *p = *landmark;
    return OIK_OK;
}

oik_status oik_position_parse(oik_vec3 *p, const char *text, const oik_bone_set *bones, oik_error *err) {
    oik_vec3 sum = v3(0, 0, 0), first = v3(0, 0, 0);
    bool middle = false;
    for (const char *c = text;; c++) {
        char term[TERM_LENGTH];
        oik_vec3 value = v3(0, 0, 0);
        c = next_term(term, c);
        if (!c)
            return oik_fail(err, OIK_E_MODEL, "position '%s': a term is longer than %d characters", text, TERM_LENGTH - 1);
        oik_status status = parse_term(&value, term, bones, err);
        if (status)
            return status;
        sum = v3_add(sum, value);
        if (*c == '|' && middle)
            return oik_fail(err, OIK_E_MODEL, "position '%s': expected at most one '|'", text);
        if (*c == '|') {
            first = sum;
            sum = v3(0, 0, 0);
            middle = true;
        }
        if (*c == '\0')
            break;
    }
    *p = middle ? v3_lerp(first, sum, 0.5) : sum;
    return OIK_OK;
}
