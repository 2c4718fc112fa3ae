/**
 * Rotations.
 *
 *   symbol  code        meaning
 *   w       w           rotation vector, |w| = t is the angle [rad]
 *   [w]     m3_skew(w)  cross-product matrix
 *   J_r     -           right Jacobian of SO(3)
 *
 *   exp(w)   = I + sin(t)/t [w] + (1 - cos t)/t^2 [w]^2
 *   J_r(w)   = I - (1 - cos t)/t^2 [w] + (t - sin t)/t^3 [w]^2
 *   J_r^-1   = I + 1/2 [w] + (1 - t/2 cot(t/2))/t^2 [w]^2
 *
 * The logarithm goes through the quaternion, whose vector part is well conditioned at 0 and whose largest component is
 * well conditioned at pi. Sources: Chirikjian, Stochastic Models, Information Theory, and Lie Groups 2 (2012), ch. 10;
 * Shepperd, J. Guidance and Control 1 (1978) 223 for the quaternion of a matrix.
 */
#include "base/rot.h"

#include <float.h>
#include <stddef.h>

#include "base/status.h"

/** sin(t)/t */
static double sinc(double t) {
    return t > 0.0 ? sin(t) / t : 1.0;
}

/** (1 - cos t)/t^2 without cancellation, by 1 - cos t = 2 sin^2(t/2) */
static double cosc(double t) {
    double half = sinc(0.5 * t);
    return 0.5 * half * half;
}

/** (t - sin t)/t^3; below 1/2 its Taylor series, whose first term left out is under 1e-16 there */
static double sinc3(double t) {
    double u = t * t;
    if (t > 0.5)
        return (t - sin(t)) / (u * t);
    double tail = 1.0 - u / 110.0 * (1.0 - u / 156.0 * (1.0 - u / 210.0));
    return (1.0 - u / 20.0 * (1.0 - u / 42.0 * (1.0 - u / 72.0 * tail))) / 6.0;
}

/** (1 - h cot h)/t^2 with h = t/2; below h = 1/8 its Taylor series; the first term left out is under 1e-15 there */
static double cotc(double t) {
    double h = 0.5 * t, u = h * h;
    if (h > 0.125)
        return (1.0 - h * cos(h) / sin(h)) / (4.0 * u);
    double tail = 1.0 / 4725.0 + u * (2.0 / 93555.0);
    return 0.25 * (1.0 / 3.0 + u * (1.0 / 45.0 + u * (2.0 / 945.0 + u * tail)));
}

/** I + a [w] + b [w]^2, with [w]^2 = w w^T - |w|^2 I; written out, for it is the innermost operation of every chain */
static oik_mat3 skew_polynomial(oik_vec3 w, double a, double b) {
    double d = 1.0 - b * v3_dot(w, w), x = b * w.x, y = b * w.y, z = b * w.z;
    double xy = x * w.y, xz = x * w.z, yz = y * w.z;
    oik_vec3 s = v3_scale(w, a);
    return (oik_mat3){{{d + x * w.x, xy - s.z, xz + s.y}, {xy + s.z, d + y * w.y, yz - s.x}, {xz - s.y, yz + s.x, d + z * w.z}}};
}

oik_mat3 oik_rot_exp(oik_vec3 w) {
    double t = v3_norm(w);
    return skew_polynomial(w, sinc(t), cosc(t));
}

oik_vec3 oik_rot_log(oik_mat3 R) {
    oik_quat q = oik_quat_from_rot(R);
    oik_vec3 v = v3(q.x, q.y, q.z);
    double n = v3_norm(v);
    return v3_scale(v, n > 0.0 ? 2.0 * atan2(n, q.w) / n : 2.0);
}

oik_mat3 oik_rot_axis(oik_vec3 axis, double angle) {
    return skew_polynomial(v3_unit(axis), sin(angle), 1.0 - cos(angle));
}

double oik_rot_angle_between(oik_mat3 R_a, oik_mat3 R_b) {
    return v3_norm(oik_rot_log(m3_tmul(R_a, R_b)));
}

oik_mat3 oik_rot_right_jacobian(oik_vec3 w) {
    double t = v3_norm(w);
    return skew_polynomial(w, -cosc(t), sinc3(t));
}

oik_mat3 oik_rot_right_jacobian_inv(oik_vec3 w) {
    return skew_polynomial(w, 0.5, cotc(v3_norm(w)));
}

static oik_quat quat_unit(oik_quat q) {
    double n = sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
    double s = (q.w < 0.0 ? -1.0 : 1.0) / n;
    return (oik_quat){q.w * s, q.x * s, q.y * s, q.z * s};
}

oik_quat oik_quat_from_rot(oik_mat3 R) {
    const double(*m)[3] = (const double(*)[3])R.m;
    double trace = m[0][0] + m[1][1] + m[2][2];
    /* four times the square of each component; the largest is at least 1 and safe to divide by */
    double w4 = 1.0 + trace;
    double x4 = 1.0 + 2.0 * m[0][0] - trace, y4 = 1.0 + 2.0 * m[1][1] - trace, z4 = 1.0 + 2.0 * m[2][2] - trace;
    oik_quat q;
    if (w4 >= x4 && w4 >= y4 && w4 >= z4)
        q = (oik_quat){w4, m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]};
    else if (x4 >= y4 && x4 >= z4)
        q = (oik_quat){m[2][1] - m[1][2], x4, m[0][1] + m[1][0], m[0][2] + m[2][0]};
    else if (y4 >= z4)
        q = (oik_quat){m[0][2] - m[2][0], m[0][1] + m[1][0], y4, m[1][2] + m[2][1]};
    else
        q = (oik_quat){m[1][0] - m[0][1], m[0][2] + m[2][0], m[1][2] + m[2][1], z4};
    return quat_unit(q);
}

oik_mat3 oik_rot_from_quat(oik_quat q) {
    oik_quat u = quat_unit(q);
    double w = u.w, x = u.x, y = u.y, z = u.z;
    return (oik_mat3){{{1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
                       {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
                       {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}}};
}

/** Rotate the pair (p, q) of vectors by the angle with cosine c and sine s. */
static void rotate_pair(oik_vec3 *p, oik_vec3 *q, double c, double s) {
    oik_vec3 p_old = *p;
    *p = v3_madd(v3_scale(p_old, c), -s, *q);
    *q = v3_madd(v3_scale(p_old, s), c, *q);
}

/** One Jacobi rotation that makes columns p and q of a orthogonal; false when they already are. */
static int orthogonalise_pair(oik_vec3 a[3], oik_vec3 v[3], int p, int q) {
    double alpha = v3_dot(a[p], a[p]), beta = v3_dot(a[q], a[q]), gamma = v3_dot(a[p], a[q]);
    if (!(fabs(gamma) > DBL_EPSILON * sqrt(alpha) * sqrt(beta)))
        return 0;
    double zeta = (beta - alpha) / (2.0 * gamma);
    double t = copysign(1.0 / (fabs(zeta) + hypot(1.0, zeta)), zeta);
    double c = 1.0 / sqrt(1.0 + t * t);
    rotate_pair(&a[p], &a[q], c, c * t);
    rotate_pair(&v[p], &v[q], c, c * t);
    return 1;
}

/** Order the columns of a, and those of v with them, by decreasing norm. */
static void sort_columns(oik_vec3 a[3], oik_vec3 v[3]) {
    static const int pairs[3][2] = {{0, 1}, {1, 2}, {0, 1}};
    for (int k = 0; k < 3; k++) {
        int p = pairs[k][0], q = pairs[k][1];
        if (v3_norm(a[p]) >= v3_norm(a[q]))
            continue;
        oik_vec3 swap = a[p];
        a[p] = a[q], a[q] = swap;
        swap = v[p];
        v[p] = v[q], v[q] = swap;
    }
}

/** A unit vector perpendicular to the unit vector u: u crossed with the coordinate axis it is farthest from. */
static oik_vec3 perpendicular(oik_vec3 u) {
    double x = fabs(u.x), y = fabs(u.y), z = fabs(u.z);
    oik_vec3 axis = x <= y && x <= z ? v3(1, 0, 0) : y <= z ? v3(0, 1, 0) : v3(0, 0, 1);
    return v3_unit(v3_cross(u, axis));
}

/** Orthonormal columns along the orthogonal columns a of decreasing norm, completed where a norm vanishes. */
static oik_mat3 left_vectors(const oik_vec3 a[3]) {
    oik_vec3 u0 = v3_norm(a[0]) > 0.0 ? v3_unit(a[0]) : v3(1, 0, 0);
    oik_vec3 rest = v3_madd(a[1], -v3_dot(u0, a[1]), u0);
    /* a second column at rounding level has no direction of its own */
    oik_vec3 u1 = v3_norm(rest) > DBL_EPSILON * v3_norm(a[0]) ? v3_unit(rest) : perpendicular(u0);
    u1 = v3_unit(v3_madd(u1, -v3_dot(u0, u1), u0));
    oik_vec3 u2 = v3_cross(u0, u1);
    return m3_columns(u0, u1, v3_scale(u2, v3_dot(u2, a[2]) < 0.0 ? -1.0 : 1.0));
}

static double largest_entry(oik_mat3 A) {
    double largest = 0.0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            largest = fmax(largest, fabs(A.m[i][j]));
    return largest;
}

void oik_svd3(oik_mat3 *U, oik_vec3 *s, oik_mat3 *V, oik_mat3 A) {
    /* a 3x3 matrix needs 4 to 6 sweeps; the limit only guards against entries that are not finite */
    enum { MAX_SWEEPS = 30 };
    double size = largest_entry(A);
    oik_mat3 B = size > 0.0 ? A : m3_identity();
    for (int i = 0; size > 0.0 && i < 9; i++)
        B.m[i / 3][i % 3] /= size; /* keeps the squares below away from overflow and underflow */
    oik_vec3 a[3] = {m3_column(B, 0), m3_column(B, 1), m3_column(B, 2)};
    oik_vec3 v[3] = {v3(1, 0, 0), v3(0, 1, 0), v3(0, 0, 1)};
    for (int sweep = 0, rotated = 1; rotated && sweep < MAX_SWEEPS; sweep++) {
        rotated = orthogonalise_pair(a, v, 0, 1);
        rotated |= orthogonalise_pair(a, v, 0, 2);
        rotated |= orthogonalise_pair(a, v, 1, 2);
    }
    sort_columns(a, v);
    *s = v3_scale(v3(v3_norm(a[0]), v3_norm(a[1]), v3_norm(a[2])), size);
    *U = left_vectors(a);
    *V = m3_columns(v[0], v[1], v[2]);
}

/** U diag(1, 1, det U det V) V^T, or U V^T when a reflection is welcome */
static oik_mat3 polar_factor(oik_mat3 U, oik_mat3 V, int reflect) {
    double sign = reflect || m3_det(U) * m3_det(V) > 0.0 ? 1.0 : -1.0;
    return m3_mul(m3_mul(U, m3_diag(v3(1, 1, sign))), m3_transpose(V));
}

oik_mat3 oik_rot_nearest(oik_mat3 A) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, A);
    return polar_factor(U, V, 0);
}

/** Weighted first and second moments of two corresponding point sets. */
typedef struct moments {
    double weight;       /**< sum w */
    oik_vec3 x, y;       /**< centroids */
    double spread_x;     /**< sum w |x - centroid|^2 */
    double spread_y;
    oik_mat3 covariance; /**< sum w (y - centroid) (x - centroid)^T */
    double extent_x;     /**< sum w |x|^2, the scale of the rounding errors of spread_x */
    double extent_y;
} moments;

static double weight_of(const double *w, size_t i) {
    return w ? w[i] : 1.0;
}

/** Refuse what has no best fit before any sum is formed. */
static oik_status check_points(const oik_vec3 *x, const oik_vec3 *y, const double *w, size_t n, oik_error *err) {
    size_t n_used = 0;
    for (size_t i = 0; i < n; i++) {
        if (!v3_finite(x[i]) || !v3_finite(y[i]) || !isfinite(weight_of(w, i)))
            return oik_fail(err, OIK_E_NOT_FINITE, "rigid fit: point pair %zu of %zu or its weight is not finite", i, n);
        if (weight_of(w, i) < 0.0)
            return oik_fail(err, OIK_E_ARGUMENT, "rigid fit: weight %zu is %g, expected at least 0", i, weight_of(w, i));
        n_used += weight_of(w, i) > 0.0;
    }
    if (n_used < 3)
        return oik_fail(err, OIK_E_SHAPE, "rigid fit: %zu points carry weight, expected at least 3", n_used);
    return OIK_OK;
}

static moments moments_of(const oik_vec3 *x, const oik_vec3 *y, const double *w, size_t n) {
    moments m = {0};
    for (size_t i = 0; i < n; i++) {
        double wi = weight_of(w, i);
        m.weight += wi;
        m.x = v3_madd(m.x, wi, x[i]);
        m.y = v3_madd(m.y, wi, y[i]);
        m.extent_x += wi * v3_dot(x[i], x[i]);
        m.extent_y += wi * v3_dot(y[i], y[i]);
    }
    m.x = v3_scale(m.x, 1.0 / m.weight);
    m.y = v3_scale(m.y, 1.0 / m.weight);
    for (size_t i = 0; i < n; i++) {
        double wi = weight_of(w, i);
        oik_vec3 dx = v3_sub(x[i], m.x), dy = v3_sub(y[i], m.y);
        m.spread_x += wi * v3_dot(dx, dx);
        m.spread_y += wi * v3_dot(dy, dy);
        m.covariance = m3_add(m.covariance, m3_outer(v3_scale(dy, wi), dx));
    }
    return m;
}

/**
 * Do the points leave the rotation undetermined? The second singular value s.y of the covariance is about (width x width)
 * of the sets where sqrt(spread_x spread_y) is (length x length); 1e-10 stands for a width of 1e-5 of the length, which is
 * far above rounding (1e-16 times the distance from the origin) and far below any set that fixes a rotation.
 */
static int is_degenerate(const moments *m, oik_vec3 s) {
    const double coincident = 1e-24, collinear = 1e-10;
    return m->spread_x <= coincident * m->extent_x || m->spread_y <= coincident * m->extent_y ||
           s.y <= collinear * sqrt(m->spread_x) * sqrt(m->spread_y);
}

/** Weighted root mean square of s R x + t - y. */
static double fit_residual(const oik_rigid *fit, const oik_vec3 *x, const oik_vec3 *y, const double *w, size_t n,
                           double weight) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        oik_vec3 mapped = v3_madd(fit->t, fit->scale, m3_mulv(fit->R, x[i]));
        oik_vec3 r = v3_sub(mapped, y[i]);
        sum += weight_of(w, i) * v3_dot(r, r);
    }
    return sqrt(sum / weight);
}

oik_status oik_rigid_fit(oik_rigid *out, const oik_vec3 *x, const oik_vec3 *y, const double *w, size_t n, int flags,
                         oik_error *err) {
    oik_status status = check_points(x, y, w, n, err);
    if (status)
        return status;
    moments m = moments_of(x, y, w, n);
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, m.covariance);
    if (is_degenerate(&m, s))
        return oik_fail(err, OIK_E_SHAPE, "rigid fit: the %zu points lie on one line or at one place", n);
    /* a flat set (third singular value at rounding level) fits its mirror image equally well and stays unreflected */
    const double flat = 1e-10;
    int reflect = (flags & OIK_FIT_REFLECT) && s.z > flat * s.x;
    oik_rigid fit = {.R = polar_factor(U, V, reflect), .scale = 1.0};
    if (flags & OIK_FIT_SCALE)
        fit.scale = v3_dot(v3(1, 1, m3_det(U) * m3_det(V) * m3_det(fit.R) > 0.0 ? 1.0 : -1.0), s) / m.spread_x;
    fit.t = v3_madd(m.y, -fit.scale, m3_mulv(fit.R, m.x));
    fit.residual = fit_residual(&fit, x, y, w, n, m.weight);
    *out = fit;
    return OIK_OK;
}
