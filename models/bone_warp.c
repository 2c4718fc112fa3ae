#include "models/bone_warp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "models/bone_geometry.h"
#include "models/bone_stand.h"
#include "models/table_lines.h"

enum { N_COLUMNS = 5, MOST_WORDS = 40, TEXT = 512 };

static const double MM = 1e-3, DEG = 3.14159265358979323846 / 180.0;

void oik_bone_warps_free(oik_bone_warps *warps) {
    if (!warps)
        return;
    free(warps->rows);
    free(warps->first);
    free(warps->stand);
    free(warps->parameters);
    free(warps);
}

/* ---- fields ---- */

static double smoothstep(double s) {
    s = fmin(1.0, fmax(0.0, s));
    return s * s * (3.0 - 2.0 * s);
}

/** From 0 at s = 0 to 1 at s = 1, straight but for rounded ends. */
static double ramp(double s) {
    const double e = 0.15, slope = 1.0 / (1.0 - e);
    if (s <= 0.0 || s >= 1.0)
        return s <= 0.0 ? 0.0 : 1.0;
    if (s < e)
        return 0.5 * slope * s * s / e;
    return s > 1.0 - e ? 1.0 - 0.5 * slope * (1.0 - s) * (1.0 - s) / e : slope * (s - 0.5 * e);
}

/** Share of the way from p to q. */
static double share(oik_vec3 x, oik_vec3 p, oik_vec3 q) {
    oik_vec3 d = v3_sub(q, p);
    return v3_dot(v3_sub(x, p), d) / v3_dot(d, d);
}

static double weight(const oik_warp_weight *w, oik_vec3 x) {
    double r = v3_dist(x, w->p);
    switch (w->kind) {
    case OIK_WARP_IN:
        return 1.0 - smoothstep((r - w->r) / (w->f - w->r));
    case OIK_WARP_FROM:
        return smoothstep(share(x, w->p, w->q));
    default:
        return r <= w->r ? 1.0 : w->r / r;
    }
}

static oik_vec3 field(const oik_warp_row *row, double a, oik_vec3 x) {
    oik_vec3 d = v3_sub(x, row->q);
    switch (row->kind) {
    case OIK_WARP_STRETCH:
        return v3_scale(v3_unit(v3_sub(row->q, row->p)), MM * a * ramp(share(x, row->p, row->q)));
    case OIK_WARP_SCALE:
        return v3_scale(row->p, a * v3_dot(d, row->p));
    case OIK_WARP_SWELL:
        return v3_scale(d, a);
    case OIK_WARP_SECTION: {
        const double fade = 0.2;
        double s = share(x, row->p, row->q);
        double w = smoothstep(s / fade) * smoothstep((1.0 - s) / fade);
        return v3_scale(v3_sub(x, v3_lerp(row->p, row->q, s)), a * w);
    }
    case OIK_WARP_ROTATE:
        return v3_sub(m3_mulv(oik_rot_axis(row->p, a * DEG), d), d);
    case OIK_WARP_MOVE:
        return v3_scale(row->p, MM * a);
    default:
        return v3(0, 0, 0);
    }
}

/** A rotation turns by its weight times the angle, so that it stays one. */
static oik_vec3 weighted_field(const oik_warp_row *row, double a, oik_vec3 x) {
    double w = 1.0;
    for (int i = 0; i < row->n_weights && w > 0.0; i++)
        w *= weight(row->weights + i, x);
    return w > 0.0 ? field(row, a * w, x) : v3(0, 0, 0);
}

oik_vec3 oik_bone_warps_apply(const oik_bone_warps *warps, int bone, bool midline, oik_vec3 x) {
    const double seam = 4e-3; /* [m] beside the median plane, where lateral motion of the two halves is led over into each other */
    oik_vec3 at = midline ? v3(fabs(x.x), x.y, x.z) : x, d = v3(0, 0, 0);
    for (int i = warps->first[bone]; i < warps->first[bone + 1]; i++)
        if (warps->parameters[warps->rows[i].parameter].amount != 0.0)
            d = v3_add(d, weighted_field(warps->rows + i, warps->parameters[warps->rows[i].parameter].amount, at));
    if (midline)
        d.x *= smoothstep(at.x / seam) * (x.x < 0.0 ? -1.0 : 1.0);
    return v3_add(x, d);
}

/* ---- the table ---- */

/** A row that is being read. */
typedef struct reading {
    oik_bone_warps *warps;
    oik_bone_view view;
    const oik_table_lines *lines;
    oik_error *err;
} reading;

static oik_status bad_row(reading *r, const char *what) {
    return oik_fail(r->err, OIK_E_FORMAT, "%s line %d: %s", r->lines->path, r->lines->number, what);
}

static oik_status read_weights(reading *r, oik_warp_row *row, char *text) {
    char *word[MOST_WORDS];
    int n = oik_words(text, word, MOST_WORDS);
    if (n == 1 && strcmp(word[0], "all") == 0)
        return OIK_OK;
    for (int i = 0; i < n;) {
        oik_warp_weight *w = row->weights + row->n_weights++;
        bool in = strcmp(word[i], "in") == 0, from = strcmp(word[i], "from") == 0, out = strcmp(word[i], "out") == 0;
        int n_words = in ? 4 : 3;
        if ((!in && !from && !out) || i + n_words > n || row->n_weights > OIK_WARP_MOST_WEIGHTS - 1)
            return bad_row(r, "expected weights 'in P R F', 'from P Q' or 'out C R'");
        w->kind = in ? OIK_WARP_IN : from ? OIK_WARP_FROM : OIK_WARP_OUT;
        w->p = oik_bone_point(&r->view, word[i + 1]);
        if (from)
            w->q = oik_bone_point(&r->view, word[i + 2]);
        else
            w->r = atof(word[i + 2]) * MM;
        if (in)
            w->f = atof(word[i + 3]) * MM;
        i += n_words;
    }
    return r->view.status;
}

static oik_status read_field(reading *r, oik_warp_row *row, char *text) {
    static const struct {
        const char *name;
        int n_words, direction, point;
    } kinds[] = {[OIK_WARP_STRETCH] = {"stretch", 3, 0, 0}, [OIK_WARP_SCALE] = {"scale", 3, 1, 2},
                 [OIK_WARP_SWELL] = {"swell", 2, 0, 1},     [OIK_WARP_SECTION] = {"section", 3, 0, 0},
                 [OIK_WARP_ROTATE] = {"rotate", 3, 1, 2},   [OIK_WARP_MOVE] = {"move", 2, 1, 0}};
    char *word[MOST_WORDS];
    int n = oik_words(text, word, MOST_WORDS), kind = 0;
    while (kind < OIK_WARP_STAND && (n != kinds[kind].n_words || strcmp(word[0], kinds[kind].name) != 0))
        kind++;
    if (kind == OIK_WARP_STAND)
        return bad_row(r, "no such field, or a wrong number of words");
    row->kind = (oik_warp_kind)kind;
    if (kinds[kind].direction)
        row->p = oik_bone_direction(&r->view, word[kinds[kind].direction]);
    if (kinds[kind].point)
        row->q = oik_bone_point(&r->view, word[kinds[kind].point]);
    if (row->kind == OIK_WARP_STRETCH || row->kind == OIK_WARP_SECTION) {
        row->p = oik_bone_point(&r->view, word[1]);
        row->q = oik_bone_point(&r->view, word[2]);
    }
    return r->view.status;
}

int oik_bone_warps_parameter(oik_bone_warps *warps, const char *group, const char *name, oik_warp_kind kind, oik_error *err) {
    for (int i = 0; i < warps->n_parameters; i++)
        if (strcmp(warps->parameters[i].group, group) == 0 && strcmp(warps->parameters[i].name, name) == 0)
            return i;
    int n = warps->n_parameters;
    if ((n & (n - 1)) == 0) {
        oik_warp_parameter *grown = oik_resize(warps->parameters, n ? 2 * (size_t)n : 1, sizeof *grown, err);
        if (!grown)
            return -1;
        warps->parameters = grown;
    }
    oik_warp_parameter *p = warps->parameters + n;
    *p = (oik_warp_parameter){.kind = kind};
    snprintf(p->group, sizeof p->group, "%s", group);
    snprintf(p->name, sizeof p->name, "%s", name);
    warps->n_parameters++;
    return n;
}

static oik_status add_row(reading *r, const oik_warp_row *row) {
    oik_bone_warps *w = r->warps;
    int n = w->n_rows;
    if ((n & (n - 1)) == 0) {
        oik_warp_row *grown = oik_resize(w->rows, n ? 2 * (size_t)n : 1, sizeof *grown, r->err);
        if (!grown)
            return OIK_E_MEMORY;
        w->rows = grown;
    }
    w->rows[w->n_rows++] = *row;
    return OIK_OK;
}

static bool matches(const char *pattern, const char *name) {
    size_t n = strlen(pattern);
    return n > 0 && pattern[n - 1] == '*' ? strncmp(pattern, name, n - 1) == 0 : strcmp(pattern, name) == 0;
}

/** Field and weights as seen from one bone, with the parameter of the given name. */
static oik_status read_row(oik_warp_row *row, reading *r, const oik_bone *bone, char *const column[N_COLUMNS], const char *name) {
    char text[2][TEXT];
    r->view.bone = bone;
    snprintf(text[0], TEXT, "%s", column[3]);
    snprintf(text[1], TEXT, "%s", column[4]);
    *row = (oik_warp_row){0};
    oik_status status = read_field(r, row, text[0]);
    if (!status)
        status = read_weights(r, row, text[1]);
    if (!status && (row->parameter = oik_bone_warps_parameter(r->warps, column[0], name, row->kind, r->err)) < 0)
        status = OIK_E_MEMORY;
    return status;
}

static oik_status read_line(reading *r, char *column[N_COLUMNS]) {
    char list[TEXT], name[TEXT], *word[MOST_WORDS];
    snprintf(list, sizeof list, "%s", column[1]);
    int n = oik_words(list, word, MOST_WORDS), n_found = 0;
    bool each = n > 0 && strcmp(word[0], "each") == 0;
    const oik_bone_set *set = r->view.set;
    oik_warp_row row = {0};
    oik_status status = OIK_OK;
    for (int k = each; k < n; k++)
        for (int i = 0; i < set->n && !status; i++) {
            if (!matches(word[k], set->bones[i].name))
                continue;
            snprintf(name, sizeof name, each ? "%s %s" : "%s", column[2], set->bones[i].name);
            if (each || n_found == 0)
                status = read_row(&row, r, set->bones + i, column, name);
            row.bone = i;
            if (!status)
                status = add_row(r, &row);
            n_found++;
        }
    return status || n_found ? status : bad_row(r, "no bone of these names");
}

/** Stable counting sort of the rows by bone. */
static oik_status sort_rows(oik_bone_warps *w, int n_bones, oik_error *err) {
    oik_warp_row *sorted = oik_new((size_t)w->n_rows + 1, sizeof *sorted, err);
    w->n_bones = n_bones;
    w->first = oik_new((size_t)n_bones + 1, sizeof *w->first, err);
    if (!sorted || !w->first) {
        free(sorted);
        return OIK_E_MEMORY;
    }
    int n = 0;
    for (int b = 0; b < n_bones; b++) {
        w->first[b] = n;
        for (int i = 0; i < w->n_rows; i++)
            if (w->rows[i].bone == b)
                sorted[n++] = w->rows[i];
    }
    w->first[n_bones] = n;
    free(w->rows);
    w->rows = sorted;
    return OIK_OK;
}

oik_status oik_bone_warps_load(oik_bone_warps **out, const char *path, const oik_bone_set *base, oik_error *err) {
    oik_table_lines lines;
    char *column[N_COLUMNS];
    *out = oik_new(1, sizeof **out, err);
    if (!*out)
        return OIK_E_MEMORY;
    reading r = {.warps = *out, .view = {base, NULL, OIK_OK, err}, .lines = &lines, .err = err};
    oik_status status = oik_table_lines_open(&lines, path, err);
    while (!status && !(status = oik_table_lines_next(&lines, column, N_COLUMNS, err)) && column[0]) {
        status = read_line(&r, column);
        if (status == OIK_E_MODEL)
            oik_error_prefix(err, "%s line %d", path, lines.number);
    }
    free(lines.text);
    if (!status)
        status = sort_rows(*out, base->n, err);
    if (!status)
        status = oik_bone_stand_new(&(*out)->stand, *out, base, err);
    if (status) {
        oik_bone_warps_free(*out);
        *out = NULL;
    }
    return status;
}
