/**
 * The fit of sphere.h about the mean m of the points, d_i = x_i - m:
 *
 *   2 (sum d_i d_i^T) (c - m) = sum d_i |d_i|^2,   k = mean |d_i|^2
 *
 * which is the same minimum (a shift of all points changes c by the shift and k by what |x|^2 needs) without the rounding that points
 * far from the origin bring.
 */
#include "skeleton/sphere.h"

#include "base/rot.h"
#include "base/status.h"

/* Least ratio of the extents of a patch: square roots of the matrix's singular values. A micrometre over a decimetre is a plane. */
static const double FLAT = 1e-5;

static oik_vec3 mean_of(const oik_vec3 *x, size_t n) {
    oik_vec3 sum = v3(0, 0, 0);
    for (size_t i = 0; i < n; i++)
        sum = v3_add(sum, x[i]);
    return v3_scale(sum, 1.0 / (double)n);
}

oik_status oik_sphere_fit(oik_sphere *out, const oik_vec3 *x, size_t n, oik_error *err) {
    if (n < 4)
        return oik_fail(err, OIK_E_SHAPE, "a sphere through %zu points: expected at least 4", n);
    oik_vec3 m = mean_of(x, n), right = v3(0, 0, 0), s;
    oik_mat3 A = {{{0}}}, U, V;
    double k = 0.0;
    for (size_t i = 0; i < n; i++) {
        oik_vec3 d = v3_sub(x[i], m);
        double dd = v3_dot(d, d);
        A = m3_add(A, m3_outer(d, d));
        right = v3_madd(right, dd, d);
        k += dd / (double)n;
    }
    if (!isfinite(k))
        return oik_fail(err, OIK_E_NOT_FINITE, "a sphere through points that are not all finite");
    oik_svd3(&U, &s, &V, A);
    if (!(s.z > FLAT * FLAT * s.x))
        return oik_fail(err, OIK_E_SHAPE, "a sphere through %zu points that lie in a plane", n);
    oik_vec3 along = m3_tmulv(U, right);
    oik_vec3 c = m3_mulv(V, v3(0.5 * along.x / s.x, 0.5 * along.y / s.y, 0.5 * along.z / s.z));
    *out = (oik_sphere){v3_add(m, c), sqrt(k + v3_dot(c, c))};
    return OIK_OK;
}
