#include "models/bone_geometry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

enum { TEXT = 96 };

static const double MM = 1e-3;

static void fail(oik_bone_view *view, const char *what, const char *text) {
    if (!view->status)
        view->status = oik_fail(view->err, OIK_E_MODEL, "bone %s: %s '%s'", view->bone->name, what, text);
}

/** Copy up to the first of the separators; @return what follows it, or NULL when there is none. */
static const char *split(char head[TEXT], const char *text, const char *separators) {
    size_t n = strcspn(text, separators);
    snprintf(head, TEXT, "%.*s", (int)n, text);
    return text[n] ? text + n + 1 : NULL;
}

/** Three numbers separated by commas. */
static bool triple(oik_vec3 *v, const char *text) {
    int n = 0;
    return sscanf(text, "%lf,%lf,%lf%n", &v->x, &v->y, &v->z, &n) == 3 && text[n] == '\0';
}

/* ---- points ---- */

/** "landmark" or "bone:landmark"; gives the bone as well. */
static oik_vec3 landmark(oik_bone_view *view, const char *text, const oik_bone **bone) {
    char name[TEXT];
    const char *mark = split(name, text, ":");
    *bone = mark ? oik_bone_find(view->set, name) : view->bone;
    const oik_vec3 *p = *bone ? oik_bone_landmark(*bone, mark ? mark : name) : NULL;
    if (!p) {
        fail(view, "there is no landmark", text);
        *bone = view->bone;
        return v3(0, 0, 0);
    }
    return *p;
}

/** One point without mirror sign and without middle. */
static oik_vec3 plain_point(oik_bone_view *view, const char *text) {
    char site[TEXT], mark[TEXT], normal[TEXT];
    const char *section = split(site, text, "/"), *offset = split(mark, site, "+");
    const oik_bone *bone;
    oik_vec3 d, p = landmark(view, mark, &bone);
    if (offset) {
        if (!triple(&d, offset))
            fail(view, "expected x,y,z in", text);
        else
            p = v3_madd(p, MM, m3_mulv(bone->axes, d));
    }
    if (!section || view->status)
        return p;
    const char *radius = split(normal, section, "/");
    oik_bone_view at = {view->set, bone, view->status, view->err};
    oik_vec3 n = oik_bone_direction(&at, normal);
    oik_bone_cut cut = oik_bone_cut_of(bone, p, n, radius ? atof(radius) * MM : INFINITY, n);
    view->status = at.status;
    if (cut.length == 0.0)
        fail(view, "the plane meets nothing at", text);
    return cut.centroid;
}

static oik_vec3 signed_point(oik_bone_view *view, const char *text) {
    bool mirrored = text[0] == '-';
    oik_vec3 p = plain_point(view, text + mirrored);
    return mirrored ? v3(-p.x, p.y, p.z) : p;
}

oik_vec3 oik_bone_point(oik_bone_view *view, const char *text) {
    char first[TEXT];
    const char *second = split(first, text, "|");
    oik_vec3 p = signed_point(view, first);
    return second ? v3_lerp(p, signed_point(view, second), 0.5) : p;
}

/* ---- directions and regions ---- */

static oik_vec3 plane_normal(oik_bone_view *view, const char *a, const char *b_and_c) {
    char b[TEXT];
    const char *c = split(b, b_and_c, "^");
    oik_vec3 origin = oik_bone_point(view, a), u = v3_sub(oik_bone_point(view, b), origin);
    return v3_cross(u, v3_sub(oik_bone_point(view, c ? c : b), origin));
}

oik_vec3 oik_bone_direction(oik_bone_view *view, const char *text) {
    char from[TEXT], first[TEXT];
    const char *to = split(from, text, ">"), *others = split(first, text, "^");
    oik_vec3 d = v3(0, 0, 0);
    if (to) {
        d = oik_bone_point(view, from);
        d = v3_sub(oik_bone_point(view, to), d);
    } else if (others) {
        d = plane_normal(view, first, others);
    } else if (strlen(text) == 1 && text[0] >= 'x' && text[0] <= 'z') {
        return m3_column(view->bone->axes, text[0] - 'x');
    } else if (triple(&d, text)) {
        d = m3_mulv(view->bone->axes, d);
    }
    if (!(v3_norm(d) > 0.0)) {
        fail(view, "no direction in", text);
        return v3(0, 1, 0);
    }
    return v3_unit(d);
}

oik_bone_region oik_bone_region_of(oik_bone_view *view, const char *text) {
    oik_bone_region r = {v3(0, 0, 0), v3(0, 0, 0), 0.0};
    if (strncmp(text, "near:", 5) == 0) {
        char body[TEXT];
        snprintf(body, sizeof body, "%s", text + 5);
        char *radius = strrchr(body, ':');
        if (!radius) {
            fail(view, "expected near:point:radius, found", text);
            return r;
        }
        *radius = '\0';
        r.centre = oik_bone_point(view, body);
        r.bound = atof(radius + 1) * MM;
        return r;
    }
    if (text[0] < 'x' || text[0] > 'z' || (text[1] != '<' && text[1] != '>')) {
        fail(view, "no region in", text);
        return r;
    }
    r.normal = v3_scale(m3_column(view->bone->axes, text[0] - 'x'), text[1] == '<' ? 1.0 : -1.0);
    r.bound = v3_dot(r.normal, oik_bone_point(view, text + 2));
    return r;
}

bool oik_bone_region_has(const oik_bone_region *r, oik_vec3 x) {
    return v3_dot(r->normal, r->normal) == 0.0 ? v3_dist(x, r->centre) <= r->bound : v3_dot(r->normal, x) <= r->bound;
}

/* ---- meshes ---- */

/** Where the plane meets an edge whose ends have the signed distances ha and hb. */
static oik_vec3 crossing(oik_vec3 a, oik_vec3 b, double ha, double hb) {
    return v3_lerp(a, b, ha / (ha - hb));
}

oik_bone_cut oik_bone_cut_of(const oik_bone *bone, oik_vec3 point, oik_vec3 normal, double radius, oik_vec3 along) {
    oik_bone_cut cut = {0.0, v3(0, 0, 0), INFINITY, -INFINITY};
    along = v3_unit(v3_madd(along, -v3_dot(along, normal) * (fabs(v3_dot(along, normal)) < 0.999), normal));
    for (size_t f = 0; f < bone->n_f; f++) {
        oik_vec3 v[3], end[2] = {{0, 0, 0}, {0, 0, 0}};
        double h[3];
        int n = 0;
        for (int k = 0; k < 3; k++) {
            v[k] = bone->v[bone->f[f][k]];
            h[k] = v3_dot(normal, v3_sub(v[k], point));
        }
        for (int k = 0; k < 3 && n < 2; k++)
            if ((h[k] < 0.0) != (h[(k + 1) % 3] < 0.0))
                end[n++] = crossing(v[k], v[(k + 1) % 3], h[k], h[(k + 1) % 3]);
        oik_vec3 middle = v3_lerp(end[0], end[1], 0.5);
        if (n < 2 || v3_dist(middle, point) > radius)
            continue;
        double length = v3_dist(end[0], end[1]);
        cut.length += length;
        cut.centroid = v3_madd(cut.centroid, length, middle);
        for (int k = 0; k < 2; k++) {
            cut.low = fmin(cut.low, v3_dot(along, end[k]));
            cut.high = fmax(cut.high, v3_dot(along, end[k]));
        }
    }
    if (cut.length > 0.0)
        cut.centroid = v3_scale(cut.centroid, 1.0 / cut.length);
    return cut;
}

/** Parameter t at which the line p + t d meets a triangle (Moeller and Trumbore 1997); NAN when it misses. */
static double meet(oik_vec3 p, oik_vec3 d, oik_vec3 a, oik_vec3 b, oik_vec3 c) {
    const double rim = 1e-9; /* so that a line through an edge meets one of its triangles at least */
    oik_vec3 e = v3_sub(b, a), g = v3_sub(c, a), q = v3_cross(d, g), s = v3_sub(p, a), r = v3_cross(s, e);
    double det = v3_dot(e, q);
    if (det == 0.0)
        return NAN;
    double u = v3_dot(s, q) / det, w = v3_dot(d, r) / det;
    return u < -rim || w < -rim || u + w > 1.0 + rim ? NAN : v3_dot(g, r) / det;
}

void oik_bone_line(double *ahead, double *behind, const oik_bone *bone, oik_vec3 point, oik_vec3 direction) {
    *ahead = *behind = INFINITY;
    for (size_t f = 0; f < bone->n_f; f++) {
        const int32_t *i = bone->f[f];
        double t = meet(point, direction, bone->v[i[0]], bone->v[i[1]], bone->v[i[2]]);
        if (t >= 0.0)
            *ahead = fmin(*ahead, t);
        else if (t < 0.0)
            *behind = fmin(*behind, -t);
    }
}
