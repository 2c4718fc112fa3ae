#include "models/position.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "models/bone_fit.h"

enum { TERM_LENGTH = 64 };

/** Copy one term up to a separator; gives the separator, or '\0' at the end; NULL when the term is too long. */
static const char *next_term(char term[TERM_LENGTH], const char *text) {
    size_t n = strcspn(text, "+|");
    if (n >= TERM_LENGTH)
        return NULL;
    snprintf(term, TERM_LENGTH, "%.*s", (int)n, text);
    return text + n;
}

/** A sum of terms: the place before fitting, and whose it is. */
typedef struct place {
    oik_vec3 p;
    const oik_bone *bone; /**< of the landmark, or NULL */
    const oik_vec3 *landmark; /**< where the landmark is now; NULL once something was added to it */
} place;

static oik_status parse_term(place *sum, const char *term, const oik_bone_set *bones, oik_error *err) {
    const char *colon = strchr(term, ':');
    sum->landmark = NULL;
    if (!colon) {
        double x, y, z;
        int n = 0;
        if (sscanf(term, "%lf,%lf,%lf%n", &x, &y, &z, &n) != 3 || term[n] != '\0')
            return oik_fail(err, OIK_E_MODEL, "position '%s': expected x,y,z or bone:landmark", term);
        sum->p = v3_add(sum->p, v3(x * 1e-3, y * 1e-3, z * 1e-3));
        return OIK_OK;
    }
    char bone_name[TERM_LENGTH];
    snprintf(bone_name, sizeof bone_name, "%.*s", (int)(colon - term), term);
    const oik_bone *bone = oik_bone_find(bones, bone_name);
    const oik_landmark *landmark = bone ? oik_bone_mark_of(bone, colon + 1) : NULL;
    if (!landmark)
        return oik_fail(err, OIK_E_MODEL, "position '%s': no such bone or landmark", term);
    if (v3_norm(sum->p) == 0.0)
        sum->landmark = &landmark->p;
    sum->p = v3_add(sum->p, bones->warps ? landmark->rest : landmark->p);
    sum->bone = bone;
    return OIK_OK;
}

/** Of the bones of a list the one whose mesh was nearest to a point before fitting; *both: it is there on both sides. */
static const oik_bone *nearest_home(bool *both, const char *home, const oik_bone_set *bones, oik_vec3 x) {
    const oik_bone *best = NULL;
    double least = INFINITY;
    *both = false;
    for (const char *c = home + strspn(home, " "); *c; c += strspn(c, " ")) {
        char name[TERM_LENGTH];
        bool pair = *c == '+';
        c += pair;
        size_t n = strcspn(c, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, c);
        const oik_bone *bone = oik_bone_find(bones, name);
        for (size_t i = 0; bone && bone->rest && i < bone->n_v; i++)
            if (v3_dist(bone->rest[i], x) < least) {
                least = v3_dist(bone->rest[i], x);
                best = bone;
                *both = pair;
            }
        c += n;
    }
    return best;
}

static oik_vec3 carried(const place *sum, const char *home, const oik_bone_set *bones) {
    bool both = false;
    if (sum->landmark || !bones->warps)
        return sum->landmark ? *sum->landmark : sum->p;
    const oik_bone *bone = sum->bone ? sum->bone : home ? nearest_home(&both, home, bones, sum->p) : NULL;
    if (!bone)
        return sum->p;
    oik_vec3 p = oik_bone_carry(bones, bone, sum->p);
    if (both && sum->p.x == 0.0) /* between the two of a pair */
        p.x = 0.0;
    return p;
}

oik_status oik_position_in(oik_vec3 *p, const char *text, const char *home, const oik_bone_set *bones, oik_error *err) {
    place sum = {v3(0, 0, 0), NULL, NULL};
    oik_vec3 first = v3(0, 0, 0);
    bool middle = false;
    for (const char *c = text;; c++) {
        char term[TERM_LENGTH];
        c = next_term(term, c);
        if (!c)
            return oik_fail(err, OIK_E_MODEL, "position '%s': a term is longer than %d characters", text, TERM_LENGTH - 1);
        oik_status status = parse_term(&sum, term, bones, err);
        if (status)
            return status;
        if (*c == '|' && middle)
            return oik_fail(err, OIK_E_MODEL, "position '%s': expected at most one '|'", text);
        if (*c == '|') {
            first = carried(&sum, home, bones);
            sum = (place){v3(0, 0, 0), NULL, NULL};
            middle = true;
        }
        if (*c == '\0')
            break;
    }
    oik_vec3 last = carried(&sum, home, bones);
    *p = middle ? v3_lerp(first, last, 0.5) : last;
    return OIK_OK;
}

oik_status oik_position_parse(oik_vec3 *p, const char *text, const oik_bone_set *bones, oik_error *err) {
    return oik_position_in(p, text, NULL, bones, err);
}
