/** Signed-distance fields: features from their tables to pieces. The distances are in sdf_distance.c. */
#include "sdf.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"
#include "base/status.h"
#include "sdf_internal.h"

static const double DEG = 3.14159265358979323846 / 180.0;

oik_status oik_sdf_new(oik_sdf **out, oik_error *err) {
    *out = oik_new(1, sizeof **out, err);
    if (!*out)
        return OIK_E_MEMORY;
    (*out)->R = m3_identity();
    return OIK_OK;
}

static void primitive_clear(oik_sdf_primitive *q) {
    free(q->sections);
    free(q->triangles);
    free(q->piece_box);
}

void oik_sdf_free(oik_sdf *sdf) {
    if (!sdf)
        return;
    for (int i = 0; i < sdf->n; i++)
        primitive_clear(sdf->primitives + i);
    free(sdf->primitives);
    free(sdf);
}

void oik_sdf_set_frame(oik_sdf *sdf, oik_mat3 R, oik_vec3 t) {
    sdf->R = R;
    sdf->t = t;
}

oik_vec3 oik_sdf_from_frame(const oik_sdf *sdf, oik_vec3 p) {
    return v3_add(m3_mulv(sdf->R, p), sdf->t);
}

oik_status oik_sdf_status(const oik_sdf *sdf, oik_error *err) {
    if (sdf->error.status == OIK_OK)
        return OIK_OK;
    return oik_fail(err, sdf->error.status, "%s", sdf->error.message);
}

/** Rotation about x, then y, then z. */
static oik_mat3 turn(oik_vec3 deg) {
    oik_mat3 X = oik_rot_axis(v3(1, 0, 0), deg.x * DEG), Y = oik_rot_axis(v3(0, 1, 0), deg.y * DEG);
    return m3_mul(oik_rot_axis(v3(0, 0, 1), deg.z * DEG), m3_mul(Y, X));
}

/* ---- splines ---- */

/** Tangent at the inner knot between two intervals: the parabola through three knots. */
static double inner_tangent(double slope_before, double slope_after, double before, double after) {
    return (slope_before * after + slope_after * before) / (before + after);
}

/**
 * Cubic Hermite interpolation in interval i of column c of a station table, parametrised by chord length.
 * Positions have natural-like quadratic ends; half-widths are limited so that they do not overshoot
 * (Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238).
 */
static double spline(const double (*s)[OIK_SDF_STATION], const double *length, int n, int i, int c, double t) {
    double p0 = s[i][c], p1 = s[i + 1][c], h = length[i], slope = (p1 - p0) / h, m0 = slope, m1 = slope;
    double before = i > 0 ? (p0 - s[i - 1][c]) / length[i - 1] : 0.0;
    double after = i + 2 < n ? (s[i + 2][c] - p1) / length[i + 1] : 0.0;
    if (i > 0)
        m0 = inner_tangent(before, slope, length[i - 1], h);
    if (i + 2 < n)
        m1 = inner_tangent(slope, after, h, length[i + 1]);
    if (c <= ST_Z) {
        if (i == 0 && n > 2)
            m0 = 1.5 * slope - 0.5 * m1;
        if (i + 2 == n && n > 2)
            m1 = 1.5 * slope - 0.5 * m0;
    } else {
        double limit = 3.0 * fabs(slope);
        m0 = i > 0 && before * slope <= 0 ? 0.0 : fmax(-limit, fmin(limit, m0));
        m1 = i + 2 < n && after * slope <= 0 ? 0.0 : fmax(-limit, fmin(limit, m1));
    }
    double t2 = t * t, t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * p0 + (t3 - 2 * t2 + t) * h * m0 + (3 * t2 - 2 * t3) * p1 + (t3 - t2) * h * m1;
}

static double catmull_rom(double a, double b, double c, double d, double t) {
    return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/* ---- tubes ---- */

/** Copy of a station table with the defaults filled in. */
static void complete_stations(double (*s)[OIK_SDF_STATION], const double (*from)[OIK_SDF_STATION], int n) {
    memcpy(s, from, (size_t)n * sizeof *s);
    for (int i = 0; i < n; i++) {
        if (s[i][ST_B] == 0.0)
            s[i][ST_B] = s[i][ST_A];
        if (s[i][ST_A_NEG] == 0.0)
            s[i][ST_A_NEG] = s[i][ST_A];
        if (s[i][ST_B_NEG] == 0.0)
            s[i][ST_B_NEG] = s[i][ST_B];
        if (s[i][ST_EXPONENT] == 0.0)
            s[i][ST_EXPONENT] = 2.0;
    }
}

/** Chord lengths of the n - 1 intervals; returns their sum. */
static double chord_lengths(double *length, const double (*s)[OIK_SDF_STATION], int n) {
    const double least = 1e-3; /* coinciding stations stay harmless */
    double total = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        oik_vec3 d = v3(s[i + 1][0] - s[i][0], s[i + 1][1] - s[i][1], s[i + 1][2] - s[i][2]);
        length[i] = fmax(v3_norm(d), least);
        total += length[i];
    }
    return total;
}

static oik_sdf_section section_at(const oik_sdf *sdf, const double q[OIK_SDF_STATION], oik_vec3 ref) {
    double phase = 3.0 * q[ST_LOBE_DEG] * DEG;
    return (oik_sdf_section){
        .c = oik_sdf_from_frame(sdf, v3(q[ST_X], q[ST_Y], q[ST_Z])),
        .a_axis = m3_mulv(sdf->R, v3_unit(ref)),
        .a = q[ST_A], .b = q[ST_B], .a_neg = q[ST_A_NEG], .b_neg = q[ST_B_NEG],
        .exponent = q[ST_EXPONENT],
        .lobe_cos = q[ST_LOBE] * cos(phase), .lobe_sin = q[ST_LOBE] * sin(phase),
    };
}

/** Make the section axes perpendicular to the centre line. */
static void square_sections(oik_sdf_section *o, int n) {
    for (int i = 0; i < n; i++) {
        oik_vec3 t = v3_unit(v3_sub(o[i + 1 < n ? i + 1 : i].c, o[i > 0 ? i - 1 : 0].c));
        oik_vec3 a = o[i].a_axis;
        o[i].a_axis = v3_unit(v3_madd(a, -v3_dot(a, t), t));
        o[i].b_axis = v3_cross(t, o[i].a_axis);
    }
}

/** Number of pieces of an interval; the step adapts to the tube's length, 1.2 to 3 mm. */
static int interval_pieces(double length, double total) {
    double step = fmax(1.2, fmin(3.0, total / 24.0));
    return (int)fmax(ceil(length / step), 1.0);
}

static oik_status sample_tube(oik_sdf_primitive *q, const oik_sdf *sdf, const oik_sdf_feature *f,
                              const double (*s)[OIK_SDF_STATION], const double *length, double total, oik_error *err) {
    int n = f->n, count = 1;
    for (int i = 0; i + 1 < n; i++)
        count += interval_pieces(length[i], total);
    q->sections = oik_new((size_t)count, sizeof *q->sections, err);
    if (!q->sections)
        return OIK_E_MEMORY;
    int k = 0;
    for (int i = 0; i + 1 < n; i++) {
        int m = interval_pieces(length[i], total), last = i + 2 == n;
        for (int j = 0; j < m + last; j++) {
            double t = (double)j / m, row[OIK_SDF_STATION];
            for (int c = 0; c < OIK_SDF_STATION; c++)
                row[c] = spline(s, length, n, i, c, t);
            oik_vec3 ref = f->refs ? v3_lerp(f->refs[i], f->refs[i + 1], t) : f->p0;
            q->sections[k++] = section_at(sdf, row, ref);
        }
    }
    q->n_pieces = count - 1;
    q->r0 = f->r0;
    square_sections(q->sections, count);
    return OIK_OK;
}

static oik_status make_tube(oik_sdf_primitive *q, const oik_sdf *sdf, const oik_sdf_feature *f, oik_error *err) {
    if (f->n < 2)
        return oik_fail(err, OIK_E_MODEL, "a tube needs at least 2 stations, found %d", f->n);
    oik_status status = OIK_E_MEMORY;
    double(*s)[OIK_SDF_STATION] = oik_new((size_t)f->n, sizeof *s, err);
    double *length = oik_new((size_t)f->n, sizeof *length, err);
    if (s && length) {
        complete_stations(s, f->stations, f->n);
        double total = chord_lengths(length, (const double(*)[OIK_SDF_STATION])s, f->n);
        status = sample_tube(q, sdf, f, (const double(*)[OIK_SDF_STATION])s, length, total, err);
    }
    free(s);
    free(length);
    return status;
}

/* ---- ridges ---- */

/** Centre and outward direction of a ridge row {share of length, angle, lift, ...} on a tube. */
static void on_tube(oik_vec3 *centre, oik_vec3 *out, const oik_sdf_primitive *tube, double total, const double *row) {
    const oik_sdf_section *s = tube->sections;
    double want = row[0] * total, at = 0.0, step = v3_dist(s[1].c, s[0].c);
    int j = 0;
    while (j < tube->n_pieces - 1 && at + step < want) {
        at += step;
        j++;
        step = v3_dist(s[j + 1].c, s[j].c);
    }
    const oik_sdf_section *A = s + j, *B = A + 1;
    double t = (want - at) / fmax(step, 1e-3), c = cos(row[1] * DEG), d = sin(row[1] * DEG);
    double a = c > 0 ? A->a + (B->a - A->a) * t : A->a_neg + (B->a_neg - A->a_neg) * t;
    double b = d > 0 ? A->b + (B->b - A->b) * t : A->b_neg + (B->b_neg - A->b_neg) * t;
    double n = A->exponent + (B->exponent - A->exponent) * t;
    double lobe = 1.0 + (A->lobe_cos + (B->lobe_cos - A->lobe_cos) * t) * (4 * c * c * c - 3 * c) +
                  (A->lobe_sin + (B->lobe_sin - A->lobe_sin) * t) * (3 * d - 4 * d * d * d);
    double r = pow(pow(fabs(c) / a, n) + pow(fabs(d) / b, n), -1.0 / n) * lobe + row[2];
    *out = v3_madd(v3_scale(v3_lerp(A->a_axis, B->a_axis, t), c), d, v3_lerp(A->b_axis, B->b_axis, t));
    *centre = v3_madd(v3_lerp(A->c, B->c, t), r, *out);
}

/** A ridge is a tube whose stations lie on the surface of the first feature. */
static oik_status make_ridge(oik_sdf_primitive *q, const oik_sdf *sdf, const oik_sdf_feature *f, oik_error *err) {
    if (sdf->n < 1 || sdf->primitives[0].kind != OIK_SDF_TUBE)
        return oik_fail(err, OIK_E_MODEL, "a ridge needs a tube as the first feature of its bone");
    const oik_sdf_primitive *tube = sdf->primitives;
    double total = 0.0;
    for (int i = 0; i < tube->n_pieces; i++)
        total += v3_dist(tube->sections[i + 1].c, tube->sections[i].c);
    double(*s)[OIK_SDF_STATION] = oik_new((size_t)f->n, sizeof *s, err);
    oik_vec3 *refs = oik_new((size_t)f->n, sizeof *refs, err);
    oik_status status = OIK_E_MEMORY;
    if (s && refs) {
        for (int i = 0; i < f->n; i++) {
            oik_vec3 c, out;
            on_tube(&c, &out, tube, total, f->ridge[i]);
            c = m3_tmulv(sdf->R, v3_sub(c, sdf->t));
            refs[i] = m3_tmulv(sdf->R, out);
            memcpy(s[i], (double[]){c.x, c.y, c.z, f->ridge[i][4], f->ridge[i][3]}, 5 * sizeof(double));
        }
        oik_sdf_feature as_tube = *f;
        as_tube.stations = (const double(*)[OIK_SDF_STATION])s;
        as_tube.refs = refs;
        status = make_tube(q, sdf, &as_tube, err);
    }
    q->kind = OIK_SDF_TUBE;
    free(s);
    free(refs);
    return status;
}

/* ---- plates ---- */

/** Control value outside the table: positions continue straight, thickness stays. */
static double control(const oik_sdf_feature *f, int i, int j, int c) {
    int m = f->rows, n = f->cols, ic = i < 0 ? 0 : i > m - 1 ? m - 1 : i, jc = j < 0 ? 0 : j > n - 1 ? n - 1 : j;
    double x = f->plate[ic * n + jc][c];
    if (c == 3 || (ic == i && jc == j) || (ic != i && jc != j))
        return x;
    int in = i < 0 ? 1 : i > m - 1 ? m - 2 : ic, jn = j < 0 ? 1 : j > n - 1 ? n - 2 : jc;
    return 2.0 * x - f->plate[in * n + jn][c];
}

/** Bicubic Catmull-Rom value of column c at the patch coordinates (u, v). */
static double patch(const oik_sdf_feature *f, double u, double v, int c) {
    int i = (int)fmin(floor(u), f->rows - 2), j = (int)fmin(floor(v), f->cols - 2);
    double row[4];
    for (int e = 0; e < 4; e++)
        row[e] = catmull_rom(control(f, i - 1 + e, j - 1, c), control(f, i - 1 + e, j, c),
                             control(f, i - 1 + e, j + 1, c), control(f, i - 1 + e, j + 2, c), v - j);
    return catmull_rom(row[0], row[1], row[2], row[3], u - i);
}

/** Longest distance between neighbouring control points. */
static double longest_control_edge(const oik_sdf_feature *f) {
    double longest = 0.0;
    for (int i = 0; i < f->n; i++) {
        const double *a = f->plate[i], *right = a + 4, *down = a + 4 * f->cols;
        if ((i + 1) % f->cols)
            longest = fmax(longest, v3_norm(v3(right[0] - a[0], right[1] - a[1], right[2] - a[2])));
        if (i + f->cols < f->n)
            longest = fmax(longest, v3_norm(v3(down[0] - a[0], down[1] - a[1], down[2] - a[2])));
    }
    return longest;
}

static void plate_corner(oik_vec3 *p, double *r, const oik_sdf *sdf, const oik_sdf_feature *f, double u, double v) {
    const double thinnest = 0.2; /* half-thickness [mm] below which a sheet has no inside */
    *p = oik_sdf_from_frame(sdf, v3(patch(f, u, v, 0), patch(f, u, v, 1), patch(f, u, v, 2)));
    *r = fmax(patch(f, u, v, 3), thinnest);
}

static oik_status make_plate(oik_sdf_primitive *q, const oik_sdf *sdf, const oik_sdf_feature *f, oik_error *err) {
    if (f->rows < 2 || f->cols < 2 || f->rows * f->cols != f->n)
        return oik_fail(err, OIK_E_MODEL, "a plate of %d x %d has %d control points", f->rows, f->cols, f->n);
    const double facet = 3.0; /* [mm] */
    int k = (int)fmax(ceil(longest_control_edge(f) / facet), 2.0);
    int nu = (f->rows - 1) * k, nv = (f->cols - 1) * k;
    q->triangles = oik_new(2 * (size_t)nu * (size_t)nv, sizeof *q->triangles, err);
    if (!q->triangles)
        return OIK_E_MEMORY;
    static const int corner[2][3][2] = {{{0, 0}, {1, 0}, {1, 1}}, {{0, 0}, {1, 1}, {0, 1}}};
    for (int i = 0; i < nu; i++)
        for (int j = 0; j < nv; j++)
            for (int t = 0; t < 2; t++) {
                oik_sdf_triangle *o = q->triangles + q->n_pieces++;
                for (int c = 0; c < 3; c++)
                    plate_corner(o->p + c, o->r + c, sdf, f, (double)(i + corner[t][c][0]) / k,
                                 (double)(j + corner[t][c][1]) / k);
            }
    return OIK_OK;
}

/* ---- boxes and the feature list ---- */

/** Half-extent of a turned ellipsoid with the given half-axes. */
static oik_vec3 ellipsoid_extent(oik_mat3 R, oik_vec3 r) {
    double e[3];
    for (int i = 0; i < 3; i++)
        e[i] = v3_norm(v3(R.m[i][0] * r.x, R.m[i][1] * r.y, R.m[i][2] * r.z));
    return v3(e[0], e[1], e[2]);
}

/** Reach of a section from its centre; a superellipse of exponent > 2 bulges past its half-widths by at most sqrt 2. */
static double section_reach(const oik_sdf_section *s) {
    double r = fmax(fmax(s->a, s->a_neg), fmax(s->b, s->b_neg));
    double lobe = sqrt(s->lobe_cos * s->lobe_cos + s->lobe_sin * s->lobe_sin);
    return r * (1.0 + lobe) * (s->exponent > 2.0 ? pow(2.0, 0.5 - 1.0 / s->exponent) : 1.0);
}

static oik_sdf_box piece_box(const oik_sdf_primitive *q, int i) {
    oik_sdf_box box = oik_sdf_box_empty();
    oik_vec3 e;
    switch (q->kind) {
    case OIK_SDF_CONE:
        return oik_sdf_box_join(oik_sdf_box_ball(q->p0, q->r0), oik_sdf_box_ball(q->p1, q->r1));
    case OIK_SDF_ELLIPSOID:
        e = ellipsoid_extent(q->R, q->p1);
        return (oik_sdf_box){v3_sub(q->p0, e), v3_add(q->p0, e)};
    case OIK_SDF_BOX:
        e = ellipsoid_extent(q->R, v3_scale(q->p1, sqrt(3.0)));
        return (oik_sdf_box){v3_sub(q->p0, e), v3_add(q->p0, e)};
    case OIK_SDF_PLATE:
        for (int c = 0; c < 3; c++)
            box = oik_sdf_box_join(box, oik_sdf_box_ball(q->triangles[i].p[c], q->triangles[i].r[c]));
        return box;
    case OIK_SDF_TUBE:
    case OIK_SDF_RIDGE: break;
    }
    for (int c = 0; c < 2; c++)
        box = oik_sdf_box_join(box, oik_sdf_box_ball(q->sections[i + c].c, section_reach(q->sections + i + c)));
    return box;
}

static oik_status make_boxes(oik_sdf_primitive *q, oik_error *err) {
    q->piece_box = oik_new((size_t)q->n_pieces, sizeof *q->piece_box, err);
    if (!q->piece_box)
        return OIK_E_MEMORY;
    q->box = oik_sdf_box_empty();
    for (int i = 0; i < q->n_pieces; i++) {
        q->piece_box[i] = piece_box(q, i);
        q->box = oik_sdf_box_join(q->box, q->piece_box[i]);
    }
    return OIK_OK;
}

static oik_status make_primitive(oik_sdf_primitive *q, const oik_sdf *sdf, const oik_sdf_feature *f, oik_error *err) {
    *q = (oik_sdf_primitive){
        .kind = f->kind, .blend = f->blend, .cut = f->mode == CUT || f->mode == CUT_PAIR,
        .paired = f->mode == ADD_PAIR || f->mode == CUT_PAIR,
    };
    oik_status status = OIK_OK;
    switch (f->kind) {
    case OIK_SDF_TUBE: status = make_tube(q, sdf, f, err); break;
    case OIK_SDF_RIDGE: status = make_ridge(q, sdf, f, err); break;
    case OIK_SDF_PLATE: status = make_plate(q, sdf, f, err); break;
    case OIK_SDF_CONE:
    case OIK_SDF_ELLIPSOID:
    case OIK_SDF_BOX:
        q->p0 = oik_sdf_from_frame(sdf, f->p0);
        q->p1 = f->kind == OIK_SDF_CONE ? oik_sdf_from_frame(sdf, f->p1) : f->p1;
        q->r0 = f->r0;
        q->r1 = f->r1;
        q->R = m3_mul(sdf->R, turn(f->turn_deg));
        q->n_pieces = 1;
    }
    return status == OIK_OK ? make_boxes(q, err) : status;
}

void oik_sdf_add(oik_sdf *sdf, const oik_sdf_feature *feature) {
    if (sdf->error.status != OIK_OK)
        return;
    if (sdf->n == sdf->capacity) {
        int capacity = 2 * sdf->capacity + 16;
        void *block = oik_resize(sdf->primitives, (size_t)capacity, sizeof *sdf->primitives, &sdf->error);
        if (!block)
            return;
        sdf->primitives = block;
        sdf->capacity = capacity;
    }
    oik_sdf_primitive *q = sdf->primitives + sdf->n;
    if (make_primitive(q, sdf, feature, &sdf->error) == OIK_OK)
        sdf->n++;
    else
        primitive_clear(q);
}
