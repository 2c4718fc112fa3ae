#include "skin_surface.h"

#include <math.h>

enum { N_COLUMNS = 6 };

/** below this rho a point counts as on the centre line, where the field is capped anyway */
static const double rho_min = 1e-3;

static const double *columns(const oik_skin_station *s) {
    return &s->cu;
}

/** one-sided three-point slope at an end, limited so that the curve keeps its shape */
static double end_slope(double h0, double h1, double d0, double d1) {
    double m = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1);
    if (m * d0 <= 0)
        return 0;
    if (d0 * d1 < 0 && fabs(m) > 3 * fabs(d0))
        return 3 * d0;
    return m;
}

static void set_slopes(oik_skin_primitive *q) {
    size_t n = q->n_stations;
    double h[OIK_SKIN_MAX_STATIONS] = {0}, d[OIK_SKIN_MAX_STATIONS] = {0};
    for (size_t c = 0; c < N_COLUMNS; c++) {
        for (size_t i = 0; i + 1 < n; i++) {
            h[i] = q->station[i + 1].t - q->station[i].t;
            d[i] = (columns(&q->station[i + 1])[c] - columns(&q->station[i])[c]) / h[i];
        }
        q->slope[0][c] = end_slope(h[0], h[1], d[0], d[1]);
        q->slope[n - 1][c] = end_slope(h[n - 2], h[n - 3], d[n - 2], d[n - 3]);
        for (size_t i = 1; i + 1 < n; i++) {
            double w1 = 2 * h[i] + h[i - 1], w2 = h[i] + 2 * h[i - 1];
            q->slope[i][c] = d[i - 1] * d[i] <= 0 ? 0 : (w1 + w2) / (w1 / d[i - 1] + w2 / d[i]);
        }
    }
}

/** local box of a loft: the cubics stay between their stations */
static void set_loft_box(oik_skin_primitive *q) {
    const oik_skin_station *first = &q->station[0], *last = &q->station[q->n_stations - 1];
    oik_vec3 lo = v3(INFINITY, INFINITY, first->t * q->length - q->cap[0]);
    oik_vec3 hi = v3(-INFINITY, -INFINITY, last->t * q->length + q->cap[1]);
    for (size_t i = 0; i < q->n_stations; i++) {
        const oik_skin_station *s = &q->station[i];
        lo.x = fmin(lo.x, s->cu - s->a);
        hi.x = fmax(hi.x, s->cu + s->a);
        lo.y = fmin(lo.y, s->cw - s->back);
        hi.y = fmax(hi.y, s->cw + s->front);
    }
    /* centre and half width may take their extremes at different places between two stations */
    for (size_t i = 0; i + 1 < q->n_stations; i++) {
        const oik_skin_station *s = &q->station[i], *e = s + 1;
        lo.x = fmin(lo.x, fmin(s->cu, e->cu) - fmax(s->a, e->a));
        hi.x = fmax(hi.x, fmax(s->cu, e->cu) + fmax(s->a, e->a));
        lo.y = fmin(lo.y, fmin(s->cw, e->cw) - fmax(s->back, e->back));
        hi.y = fmax(hi.y, fmax(s->cw, e->cw) + fmax(s->front, e->front));
    }
    q->box_centre = v3_scale(v3_add(lo, hi), 0.5);
    q->box_half = v3_scale(v3_sub(hi, lo), 0.5);
}

static oik_skin_primitive *append(oik_skin_surface *S, oik_skin_kind kind, oik_skin_join join) {
    oik_skin_primitive *q = &S->primitive[S->n++];
    *q = (oik_skin_primitive){.kind = kind, .regions = join.regions, .blend = join.blend};
    return q;
}

void oik_skin_add_loft(oik_skin_surface *S, oik_skin_join join, oik_vec3 A, oik_vec3 B, oik_vec3 u, oik_vec3 w_side,
                       const oik_skin_station *station, size_t n_stations, double cap_A, double cap_B) {
    oik_skin_primitive *q = append(S, OIK_SKIN_LOFT, join);
    oik_vec3 axis = v3_unit(v3_sub(B, A));
    u = v3_unit(v3_madd(u, -v3_dot(u, axis), axis));
    oik_vec3 w = v3_cross(u, axis);
    if (v3_dot(w, w_side) < 0)
        w = v3_scale(w, -1);
    q->R = m3_transpose(m3_columns(u, w, axis));
    q->origin = A;
    q->length = v3_dist(A, B);
    q->cap[0] = cap_A;
    q->cap[1] = cap_B;
    q->n_stations = n_stations;
    for (size_t i = 0; i < n_stations; i++)
        q->station[i] = station[i];
    set_slopes(q);
    set_loft_box(q);
}

void oik_skin_add_ellipsoid(oik_skin_surface *S, oik_skin_join join, oik_vec3 centre, oik_vec3 radius, oik_mat3 R,
                            double exponent) {
    oik_skin_primitive *q = append(S, OIK_SKIN_ELLIPSOID, join);
    q->origin = centre;
    q->R = R;
    q->radius = radius;
    q->box_half = radius;
    q->exponent = exponent;
}

void oik_skin_add_cone(oik_skin_surface *S, oik_skin_join join, oik_vec3 A, oik_vec3 B, double r_A, double r_B) {
    oik_skin_primitive *q = append(S, OIK_SKIN_CONE, join);
    double r = fmax(r_A, r_B);
    oik_vec3 lo = v3_min(A, B), hi = v3_max(A, B);
    q->origin = A;
    q->B = B;
    q->radius = v3(r_A, r_B, 0);
    q->box_centre = v3_scale(v3_add(lo, hi), 0.5);
    q->box_half = v3_add(v3_scale(v3_sub(hi, lo), 0.5), v3(r, r, r));
}

/** the six interpolated values at t, which lies between the first and the last station */
static void interpolate(double out[N_COLUMNS], const oik_skin_primitive *q, double t) {
    size_t i = 0;
    while (i + 2 < q->n_stations && t > q->station[i + 1].t)
        i++;
    double h = q->station[i + 1].t - q->station[i].t, s = (t - q->station[i].t) / h;
    double h01 = s * s * (3 - 2 * s), h10 = s * (1 - s) * (1 - s) * h, h11 = -s * s * (1 - s) * h;
    const double *a = columns(&q->station[i]), *b = columns(&q->station[i + 1]);
    for (size_t c = 0; c < N_COLUMNS; c++)
        out[c] = a[c] + h01 * (b[c] - a[c]) + h10 * q->slope[i][c] + h11 * q->slope[i + 1][c];
}

/** r (1 - 1/rho), not deeper than -limit */
static double radial_field(double r, double rho, double limit) {
    return rho > rho_min ? fmax(r * (1 - 1 / rho), -limit) : -limit;
}

static double loft_field(const oik_skin_primitive *q, oik_vec3 local) {
    double t = local.z / q->length, t0 = q->station[0].t, t1 = q->station[q->n_stations - 1].t;
    double tc = fmin(fmax(t, t0), t1), v[N_COLUMNS];
    interpolate(v, q, tc);
    double u = local.x - v[0], w = local.y - v[1], e = (t - tc) * q->length;
    double a = v[2], b = w >= 0 ? v[3] : v[4], n = v[5];
    double sum = pow(fabs(u) / a, n) + pow(fabs(w) / b, n);
    if (e < 0 || e > 0)
        sum += pow(fabs(e) / q->cap[e > 0], n);
    return radial_field(sqrt(u * u + w * w + e * e), pow(sum, 1 / n), fmin(a, b));
}

static double ellipsoid_field(const oik_skin_primitive *q, oik_vec3 local) {
    double n = q->exponent;
    double sum = pow(fabs(local.x) / q->radius.x, n) + pow(fabs(local.y) / q->radius.y, n) +
                 pow(fabs(local.z) / q->radius.z, n);
    return radial_field(v3_norm(local), pow(sum, 1 / n), fmin(q->radius.x, fmin(q->radius.y, q->radius.z)));
}

static double cone_field(const oik_skin_primitive *q, oik_vec3 x) {
    oik_vec3 d = v3_sub(q->B, q->origin);
    double t = fmin(fmax(v3_dot(v3_sub(x, q->origin), d) / v3_dot(d, d), 0), 1);
    return v3_dist(x, v3_madd(q->origin, t, d)) - (q->radius.x + t * (q->radius.y - q->radius.x));
}

/** distance from the box, 0 inside */
static double box_distance(const oik_skin_primitive *q, oik_vec3 x) {
    oik_vec3 d = v3_sub(x, q->box_centre);
    d = v3(fmax(fabs(d.x) - q->box_half.x, 0), fmax(fabs(d.y) - q->box_half.y, 0), fmax(fabs(d.z) - q->box_half.z, 0));
    return v3_norm(d);
}

/** polynomial smooth minimum: differs from min(a, b) only where |a - b| < k, by k/4 at most */
static double smooth_min(double a, double b, double k) {
    double h = fmax(k - fabs(a - b), 0) / k;
    return fmin(a, b) - h * h * k / 4;
}

/** union of the field f so far with one primitive */
static double unite(double f, const oik_skin_primitive *q, oik_vec3 x, double blend) {
    oik_vec3 local = q->kind == OIK_SKIN_CONE ? x : m3_mulv(q->R, v3_sub(x, q->origin));
    double least = box_distance(q, local); /* of the primitive's field; says nothing inside the box */
    if (least > 0 && least >= f + blend)
        return f;
    double v = q->kind == OIK_SKIN_LOFT        ? loft_field(q, local)
               : q->kind == OIK_SKIN_ELLIPSOID ? ellipsoid_field(q, local)
                                               : cone_field(q, local);
    return isinf(f) ? v : smooth_min(f, v, blend);
}

double oik_skin_field(const oik_skin_surface *S, oik_vec3 x, unsigned region) {
    oik_vec3 left = v3(fabs(x.x), x.y, x.z), right = v3(-fabs(x.x), x.y, x.z);
    double f = INFINITY;
    for (size_t i = 0; i < S->n; i++)
        if (S->primitive[i].regions & region)
            f = unite(f, &S->primitive[i], left, S->primitive[i].blend);
    if (region == OIK_SKIN_BODY)
        for (size_t i = 0; i < S->n; i++)
            if (S->primitive[i].mirror_blend > 0)
                f = unite(f, &S->primitive[i], right, S->primitive[i].mirror_blend);
    return f;
}

double oik_skin_field_all(const oik_skin_surface *S, oik_vec3 x) {
    double f = INFINITY;
    for (unsigned r = 0; r < OIK_SKIN_N_REGIONS; r++)
        f = fmin(f, oik_skin_field(S, x, 1U << r));
    return f;
}

oik_vec3 oik_skin_field_gradient(const oik_skin_surface *S, oik_vec3 x, unsigned region) {
    const double h = 0.3e-3;
    double gx = oik_skin_field(S, v3(x.x + h, x.y, x.z), region) - oik_skin_field(S, v3(x.x - h, x.y, x.z), region);
    double gy = oik_skin_field(S, v3(x.x, x.y + h, x.z), region) - oik_skin_field(S, v3(x.x, x.y - h, x.z), region);
    double gz = oik_skin_field(S, v3(x.x, x.y, x.z + h), region) - oik_skin_field(S, v3(x.x, x.y, x.z - h), region);
    return v3_scale(v3(gx, gy, gz), 0.5 / h);
}
