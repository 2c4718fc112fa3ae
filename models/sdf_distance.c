/**
 * Distances of points from the pieces of a signed-distance field.
 *
 * Exact: round cone, box, triangle with thickness on its flat. First-order exact at the surface: ellipsoid and tube
 * section, d = k0 (k0 - 1) / k1 with k0 = |p / r|, k1 = |p / r^2|, which never overestimates the distance outside.
 */
#include "sdf_internal.h"

static const double TINY = 1e-9;

/** Round cone (Quilez): squared quantities avoid the division by the axis length until the end. */
static double cone_distance(const oik_sdf_primitive *q, oik_vec3 p) {
    oik_vec3 axis = v3_sub(q->p1, q->p0), w = v3_sub(p, q->p0);
    double l2 = v3_dot(axis, axis), dr = q->r0 - q->r1, a2 = l2 - dr * dr;
    if (a2 <= TINY) /* one ball holds the other */
        return fmin(v3_norm(w) - q->r0, v3_dist(p, q->p1) - q->r1);
    double y = v3_dot(w, axis), z = y - l2;
    oik_vec3 side = v3_sub(v3_scale(w, l2), v3_scale(axis, y));
    double x2 = v3_dot(side, side), y2 = y * y * l2, z2 = z * z * l2;
    double k = copysign(dr * dr * x2, dr);
    if (copysign(a2 * z2, z) > k)
        return sqrt(x2 + z2) / l2 - q->r1;
    if (copysign(a2 * y2, y) < k)
        return sqrt(x2 + y2) / l2 - q->r0;
    return (sqrt(x2 * a2 / l2) + y * dr) / l2 - q->r0;
}

static double ellipsoid_distance(const oik_sdf_primitive *q, oik_vec3 p) {
    oik_vec3 u = m3_tmulv(q->R, v3_sub(p, q->p0)), r = q->p1;
    oik_vec3 a = v3(u.x / r.x, u.y / r.y, u.z / r.z), g = v3(a.x / r.x, a.y / r.y, a.z / r.z);
    double k0 = v3_norm(a), k1 = v3_norm(g);
    return k1 < TINY ? -fmin(r.x, fmin(r.y, r.z)) : k0 * (k0 - 1.0) / k1;
}

static double box_distance(const oik_sdf_primitive *q, oik_vec3 p) {
    oik_vec3 u = m3_tmulv(q->R, v3_sub(p, q->p0));
    oik_vec3 e = v3(fabs(u.x) - q->p1.x + q->r0, fabs(u.y) - q->p1.y + q->r0, fabs(u.z) - q->p1.z + q->r0);
    double inside = fmin(fmax(e.x, fmax(e.y, e.z)), 0.0);
    return v3_norm(v3_max(e, v3(0, 0, 0))) + inside - q->r0;
}

/** Signed distance in the plane of a superellipse |u/a|^n + |v/b|^n = 1. */
static double superellipse_distance(double u, double v, double a, double b, double n) {
    double x = fabs(u) / a, y = fabs(v) / b;
    if (n == 2.0) {
        double k0 = sqrt(x * x + y * y), k1 = sqrt(x * x / (a * a) + y * y / (b * b));
        return k1 < TINY ? -fmin(a, b) : k0 * (k0 - 1.0) / k1;
    }
    double xn = pow(x, n), yn = pow(y, n), s = xn + yn;
    if (s < TINY)
        return -fmin(a, b);
    double rho = pow(s, 1.0 / n), f = rho / s;
    double gx = x > TINY ? f * xn / (x * a) : 0.0, gy = y > TINY ? f * yn / (y * b) : 0.0;
    double g = sqrt(gx * gx + gy * gy);
    return g < TINY ? -fmin(a, b) : (rho - 1.0) / g;
}

/** 1 + A cos 3 (theta - phase) for the direction (u, v), without inverse trigonometry. */
static double lobe_factor(double u, double v, double lobe_cos, double lobe_sin) {
    double r = sqrt(u * u + v * v);
    if (r < TINY)
        return 1.0;
    double c = u / r, s = v / r;
    return 1.0 + lobe_cos * (4.0 * c * c * c - 3.0 * c) + lobe_sin * (3.0 * s - 4.0 * s * s * s);
}

static double mix(double a, double b, double t) {
    return a + (b - a) * t;
}

/** Least half-width that a section may have [mm]; keeps the formulae finite. */
static const double MIN_HALF_WIDTH = 0.3;

/** Distance in the plane of the section that lies at the share t between A and B; t may lie a little outside 0..1. */
static double section_distance(const oik_sdf_section *A, const oik_sdf_section *B, double t, oik_vec3 p) {
    oik_vec3 d = v3_sub(p, v3_lerp(A->c, B->c, t));
    double u = v3_dot(d, v3_lerp(A->a_axis, B->a_axis, t)), v = v3_dot(d, v3_lerp(A->b_axis, B->b_axis, t));
    double a = fmax(u > 0 ? mix(A->a, B->a, t) : mix(A->a_neg, B->a_neg, t), MIN_HALF_WIDTH);
    double b = fmax(v > 0 ? mix(A->b, B->b, t) : mix(A->b_neg, B->b_neg, t), MIN_HALF_WIDTH);
    double lc = mix(A->lobe_cos, B->lobe_cos, t), ls = mix(A->lobe_sin, B->lobe_sin, t);
    if (lc != 0.0 || ls != 0.0) {
        double f = lobe_factor(u, v, lc, ls);
        a *= f;
        b *= f;
    }
    return superellipse_distance(u, v, a, b, mix(A->exponent, B->exponent, t));
}

/**
 * A tube's piece: the section distance, and beyond the tube's ends a rim rounded with the radius
 * cap * least half-width. Pieces inside the tube reach 0.6 of their length into their neighbours, which closes the
 * wedges on the outside of bends.
 */
static double tube_distance(const oik_sdf_primitive *q, int piece, oik_vec3 p) {
    const oik_sdf_section *A = q->sections + piece, *B = A + 1;
    const double overlap = 0.6;
    bool first = piece == 0, last = piece == q->n_pieces - 1;
    oik_vec3 d = v3_sub(B->c, A->c);
    double l2 = v3_dot(d, d), t = l2 > 0 ? v3_dot(v3_sub(p, A->c), d) / l2 : 0.0;
    double lo = first ? 0.0 : -overlap, hi = last ? 1.0 : 1.0 + overlap;
    double tc = t < lo ? lo : t > hi ? hi : t;
    double flat = section_distance(A, B, tc, p), beyond = fabs(t - tc) * sqrt(l2);
    if (beyond <= 0.0)
        return flat;
    const oik_sdf_section *E = t < lo ? A : B;
    bool end = t < lo ? first : last;
    double rim = end ? q->r0 * fmin(fmin(E->a, E->a_neg), fmin(E->b, E->b_neg)) : 0.0;
    double side = fmax(flat + rim, 0.0);
    return sqrt(side * side + beyond * beyond) - rim;
}

/** Barycentric weights of the point of a triangle nearest to p (Ericson, Real-Time Collision Detection, 5.1.5). */
static oik_vec3 nearest_weights(const oik_vec3 t[3], oik_vec3 p) {
    oik_vec3 ab = v3_sub(t[1], t[0]), ac = v3_sub(t[2], t[0]);
    oik_vec3 ap = v3_sub(p, t[0]), bp = v3_sub(p, t[1]), cp = v3_sub(p, t[2]);
    double d1 = v3_dot(ab, ap), d2 = v3_dot(ac, ap);
    if (d1 <= 0 && d2 <= 0)
        return v3(1, 0, 0);
    double d3 = v3_dot(ab, bp), d4 = v3_dot(ac, bp);
    if (d3 >= 0 && d4 <= d3)
        return v3(0, 1, 0);
    double vc = d1 * d4 - d3 * d2;
    if (vc <= 0 && d1 >= 0 && d3 <= 0)
        return v3(1.0 - d1 / (d1 - d3), d1 / (d1 - d3), 0);
    double d5 = v3_dot(ab, cp), d6 = v3_dot(ac, cp);
    if (d6 >= 0 && d5 <= d6)
        return v3(0, 0, 1);
    double vb = d5 * d2 - d1 * d6;
    if (vb <= 0 && d2 >= 0 && d6 <= 0)
        return v3(1.0 - d2 / (d2 - d6), 0, d2 / (d2 - d6));
    double va = d3 * d6 - d5 * d4;
    if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
        double w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
        return v3(0, 1.0 - w, w);
    }
    double s = 1.0 / (va + vb + vc);
    return v3(1.0 - (vb + vc) * s, vb * s, vc * s);
}

static double triangle_distance(const oik_sdf_triangle *t, oik_vec3 p) {
    oik_vec3 w = nearest_weights(t->p, p);
    oik_vec3 c = v3_madd(v3_madd(v3_scale(t->p[0], w.x), w.y, t->p[1]), w.z, t->p[2]);
    return v3_dist(p, c) - (w.x * t->r[0] + w.y * t->r[1] + w.z * t->r[2]);
}

double oik_sdf_distance(const oik_sdf_primitive *q, int piece, oik_vec3 p) {
    switch (q->kind) {
    case OIK_SDF_CONE: return cone_distance(q, p);
    case OIK_SDF_ELLIPSOID: return ellipsoid_distance(q, p);
    case OIK_SDF_BOX: return box_distance(q, p);
    case OIK_SDF_PLATE: return triangle_distance(q->triangles + piece, p);
    case OIK_SDF_TUBE:
    case OIK_SDF_RIDGE: break;
    }
    return tube_distance(q, piece, p);
}
