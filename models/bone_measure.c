#include "models/bone_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/bone_geometry.h"
#include "models/table_lines.h"

enum { MOST_BONES = 32, MOST_WORDS = 16, MOST_REGIONS = 6, TEXT = 256 };

static const double MM = 1e3, DEG = 180.0 / 3.14159265358979323846;

/** A measure cut into words, and the bones that it is taken on. */
typedef struct measuring {
    oik_bone_view view;
    int n_bones, n_words;
    const oik_bone *bone[MOST_BONES];
    bool both[MOST_BONES];
    char *word[MOST_WORDS];
} measuring;

static double fail(measuring *m, const char *what) {
    if (!m->view.status)
        m->view.status = oik_fail(m->view.err, OIK_E_MODEL, "bone %s, measure %s: %s", m->view.bone->name, m->word[0], what);
    return NAN;
}

static oik_vec3 point(measuring *m, int word) {
    return oik_bone_point(&m->view, m->word[word]);
}

/* ---- vertices ---- */

static int read_regions(oik_bone_region r[MOST_REGIONS], measuring *m, int from) {
    int n = 0;
    for (int i = from; i < m->n_words && n < MOST_REGIONS; i++)
        r[n++] = oik_bone_region_of(&m->view, m->word[i]);
    return n;
}

static bool inside(const oik_bone_region *r, int n, oik_vec3 x) {
    for (int i = 0; i < n; i++)
        if (!oik_bone_region_has(r + i, x))
            return false;
    return true;
}

static double extent(measuring *m) {
    oik_bone_region region[MOST_REGIONS];
    int n = read_regions(region, m, 2);
    oik_vec3 d = oik_bone_direction(&m->view, m->word[1]);
    double low = INFINITY, high = -INFINITY;
    for (int b = 0; b < m->n_bones; b++)
        for (size_t i = 0; i < m->bone[b]->n_v; i++)
            for (int side = 0; side < (m->both[b] ? 2 : 1); side++) {
                oik_vec3 x = m->bone[b]->v[i];
                x.x *= side ? -1.0 : 1.0;
                if (!inside(region, n, x))
                    continue;
                low = fmin(low, v3_dot(d, x));
                high = fmax(high, v3_dot(d, x));
            }
    return high > low ? MM * (high - low) : fail(m, "no vertex lies in the region");
}

static size_t farthest(const oik_bone *b, oik_vec3 p) {
    size_t best = 0;
    for (size_t i = 1; i < b->n_v; i++)
        if (v3_dist(b->v[i], p) > v3_dist(b->v[best], p))
            best = i;
    return best;
}

/** From end to end until the ends stay; started from the vertices farthest from several others. */
static double longest(measuring *m) {
    const oik_bone *b = m->bone[0];
    const int starts = 8;
    double best = 0.0;
    for (int s = 0; s < starts; s++) {
        size_t a = farthest(b, b->v[b->n_v * (size_t)s / (size_t)starts]);
        for (double last = -1.0, d = 0.0; d > last;) {
            size_t c = farthest(b, b->v[a]);
            last = d;
            d = v3_dist(b->v[a], b->v[c]);
            best = fmax(best, d);
            a = c;
        }
    }
    return MM * best;
}

/** Solve the symmetric positive definite 4 x 4 system A x = b by elimination. */
static void solve4(double x[4], double A[4][4], double b[4]) {
    for (int k = 0; k < 4; k++)
        for (int i = k + 1; i < 4; i++) {
            double f = A[i][k] / A[k][k];
            for (int j = k; j < 4; j++)
                A[i][j] -= f * A[k][j];
            b[i] -= f * b[k];
        }
    for (int k = 3; k >= 0; k--) {
        x[k] = b[k];
        for (int j = k + 1; j < 4; j++)
            x[k] -= A[k][j] * x[j];
        x[k] /= A[k][k];
    }
}

/** Least squares of |x|^2 = 2 c.x + (r^2 - |c|^2), with x relative to the given point. */
static double sphere(measuring *m) {
    oik_bone_region region[MOST_REGIONS];
    int n = read_regions(region, m, 3), used = 0;
    oik_vec3 p = point(m, 1);
    double reach = atof(m->word[2]) / MM, A[4][4] = {{0}}, b[4] = {0}, c[4];
    for (size_t i = 0; i < m->bone[0]->n_v; i++) {
        oik_vec3 x = v3_sub(m->bone[0]->v[i], p);
        if (v3_norm(x) > reach || !inside(region, n, m->bone[0]->v[i]))
            continue;
        double row[4] = {2 * x.x, 2 * x.y, 2 * x.z, reach};
        for (int k = 0; k < 4; k++) {
            for (int j = 0; j < 4; j++)
                A[k][j] += row[k] * row[j];
            b[k] += row[k] * v3_dot(x, x);
        }
        used++;
    }
    if (used < 8)
        return fail(m, "fewer than 8 vertices to fit a sphere to");
    solve4(c, A, b);
    return MM * 2.0 * sqrt(c[3] * reach + c[0] * c[0] + c[1] * c[1] + c[2] * c[2]);
}

/* ---- surfaces ---- */

static double through(measuring *m) {
    double ahead, behind;
    oik_bone_line(&ahead, &behind, m->bone[0], point(m, 1), oik_bone_direction(&m->view, m->word[2]));
    double d = ahead + behind;
    return isfinite(d) ? MM * d : fail(m, "the line does not meet the surface twice");
}

static double section(measuring *m, bool girth) {
    int last = girth ? 3 : 4;
    oik_vec3 normal = oik_bone_direction(&m->view, m->word[2]), along = girth ? normal : oik_bone_direction(&m->view, m->word[3]);
    double radius = m->n_words > last ? atof(m->word[last]) / MM : INFINITY;
    oik_bone_cut cut = oik_bone_cut_of(m->bone[0], point(m, 1), normal, radius, along);
    if (cut.length == 0.0)
        return fail(m, "the plane meets nothing");
    return MM * (girth ? cut.length : cut.high - cut.low);
}

/* ---- points ---- */

static double distance(measuring *m) {
    oik_vec3 d = v3_sub(point(m, 2), point(m, 1));
    bool along = m->n_words > 4 && strcmp(m->word[3], "along") == 0;
    return MM * (along ? fabs(v3_dot(d, oik_bone_direction(&m->view, m->word[4]))) : v3_norm(d));
}

static double sum(measuring *m) {
    double total = 0.0;
    for (int i = 1; i + 1 < m->n_words; i += 2)
        total += MM * v3_dist(point(m, i), point(m, i + 1));
    return m->n_words % 2 ? total : fail(m, "points go in pairs");
}

static oik_vec3 catmull_rom(oik_vec3 a, oik_vec3 b, oik_vec3 c, oik_vec3 d, double t) {
    oik_vec3 p1 = v3_scale(v3_sub(c, a), 0.5), p2 = v3_scale(v3_sub(d, b), 0.5), e = v3_sub(c, b);
    double t2 = t * t, t3 = t2 * t;
    oik_vec3 x = v3_madd(b, 3 * t2 - 2 * t3, e);
    x = v3_madd(x, t3 - 2 * t2 + t, p1);
    return v3_madd(x, t3 - t2, p2);
}

static double arc(measuring *m) {
    enum { STEPS = 16 };
    oik_vec3 p[MOST_WORDS];
    int n = m->n_words - 1;
    for (int i = 0; i < n; i++)
        p[i] = point(m, i + 1);
    double length = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        oik_vec3 before = i > 0 ? p[i - 1] : p[i], after = i + 2 < n ? p[i + 2] : p[i + 1], last = p[i];
        for (int k = 1; k <= STEPS; k++) {
            oik_vec3 x = catmull_rom(before, p[i], p[i + 1], after, (double)k / STEPS);
            length += v3_dist(x, last);
            last = x;
        }
    }
    return MM * length;
}

static double angle(measuring *m) {
    oik_vec3 a = oik_bone_direction(&m->view, m->word[1]), b = oik_bone_direction(&m->view, m->word[2]);
    double less = 0.0;
    for (int i = 3; i + 1 < m->n_words; i += 2) {
        if (strcmp(m->word[i], "about") == 0) {
            oik_vec3 n = oik_bone_direction(&m->view, m->word[i + 1]);
            a = v3_madd(a, -v3_dot(a, n), n);
            b = v3_madd(b, -v3_dot(b, n), n);
        } else if (strcmp(m->word[i], "less") == 0) {
            less = atof(m->word[i + 1]);
        } else {
            return fail(m, "expected 'about' or 'less'");
        }
    }
    return DEG * atan2(v3_norm(v3_cross(a, b)), v3_dot(a, b)) - less;
}

static double evaluate(measuring *m) {
    static const struct {
        const char *name;
        int least_words;
    } kinds[] = {{"longest", 1}, {"extent", 2}, {"distance", 3}, {"through", 3}, {"sphere", 3},
                 {"cut", 4},     {"girth", 3},  {"arc", 3},      {"angle", 3},   {"sum", 5}};
    int kind = -1;
    for (int i = 0; i < (int)(sizeof kinds / sizeof *kinds); i++)
        if (m->n_words >= kinds[i].least_words && strcmp(m->word[0], kinds[i].name) == 0)
            kind = i;
    switch (kind) {
    case 0:
        return longest(m);
    case 1:
        return extent(m);
    case 2:
        return distance(m);
    case 3:
        return through(m);
    case 4:
        return sphere(m);
    case 5:
        return section(m, false);
    case 6:
        return section(m, true);
    case 7:
        return arc(m);
    case 8:
        return angle(m);
    case 9:
        return sum(m);
    default:
        return fail(m, "no such measure, or words are missing");
    }
}

oik_status oik_bone_measure(double *value, const oik_bone_set *set, const char *bones, const char *measure, oik_error *err) {
    char list[TEXT], text[TEXT], *name[MOST_BONES];
    measuring m = {.view = {set, NULL, OIK_OK, err}};
    snprintf(list, sizeof list, "%s", bones);
    snprintf(text, sizeof text, "%s", measure);
    m.n_bones = oik_words(list, name, MOST_BONES);
    m.n_words = oik_words(text, m.word, MOST_WORDS);
    for (int i = 0; i < m.n_bones; i++) {
        m.both[i] = name[i][0] == '+';
        m.bone[i] = oik_bone_find(set, name[i] + m.both[i]);
        if (!m.bone[i])
            return oik_fail(err, OIK_E_MODEL, "there is no bone %s", name[i]);
    }
    if (m.n_bones == 0 || m.n_words == 0)
        return oik_fail(err, OIK_E_MODEL, "a measure needs a bone and a kind");
    m.view.bone = m.bone[0];
    *value = evaluate(&m);
    if (!m.view.status && !isfinite(*value))
        fail(&m, "the result is not finite");
    return m.view.status;
}

/* ---- the table ---- */

enum { N_COLUMNS = 8 };

static oik_status parse_row(oik_dimension *row, char *column[N_COLUMNS], const oik_table_lines *lines, oik_error *err) {
    char *end[2];
    *row = (oik_dimension){.region = column[0], .bones = column[1], .name = column[2], .measure = column[3], .source = column[7]};
    row->male = strtod(column[4], &end[0]);
    row->female = strtod(column[5], &end[1]);
    row->angle = strcmp(column[6], "deg") == 0;
    if (*end[0] || *end[1] || !isfinite(row->male) || !isfinite(row->female))
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: male and female values must be numbers", lines->path, lines->number);
    if (!row->angle && (strcmp(column[6], "mm") != 0 || row->male <= 0.0 || row->female <= 0.0))
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: expected a positive length in mm, or deg", lines->path, lines->number);
    if (column[7][0] == '\0')
        return oik_fail(err, OIK_E_FORMAT, "%s line %d: %s has no source", lines->path, lines->number, row->name);
    return OIK_OK;
}

oik_status oik_dimension_table_load(oik_dimension_table *out, const char *path, oik_error *err) {
    oik_table_lines lines;
    char *column[N_COLUMNS];
    *out = (oik_dimension_table){0};
    oik_status status = oik_table_lines_open(&lines, path, err);
    out->text = lines.text;
    while (!status && !(status = oik_table_lines_next(&lines, column, N_COLUMNS, err)) && column[0]) {
        if ((out->n & (out->n - 1)) == 0) {
            oik_dimension *grown = oik_resize(out->rows, out->n ? 2 * (size_t)out->n : 1, sizeof *out->rows, err);
            if (!grown)
                return OIK_E_MEMORY;
            out->rows = grown;
        }
        status = parse_row(out->rows + out->n, column, &lines, err);
        out->n += status == OIK_OK;
    }
    return status;
}

void oik_dimension_table_free(oik_dimension_table *table) {
    free(table->rows);
    free(table->text);
    *table = (oik_dimension_table){0};
}
