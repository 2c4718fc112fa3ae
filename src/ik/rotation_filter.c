/**
 * Zero-phase low-pass (see rotation_filter.h).
 *
 *   symbol      code     meaning
 *   v_c         v        tan(pi f_c / rate) / (sqrt 2 - 1)^(1/4), the prewarped cut-off of one pass
 *   2 (n - 1)   period   the odd reflections about both ends together move the sequence on by this many values
 */
#include "ik/rotation_filter.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

enum { N_COMPONENTS = 4 };

static const double PI = 3.14159265358979323846;
static const double SQRT_2 = 1.41421356237309504880;

/** Frames after which the impulse response of one pass has fallen to 1e-12, from the modulus of its poles. */
static int settling_frames(const oik_lowpass *filter) {
    const double left_over = 1e-12;
    double discriminant = 0.25 * filter->a1 * filter->a1 - filter->a2;
    double modulus = discriminant > 0.0 ? 0.5 * fabs(filter->a1) + sqrt(discriminant) : sqrt(fabs(filter->a2));
    const double least_modulus = 1e-6; /* two frames are enough */
    return (int)ceil(log(left_over) / log(fmax(modulus, least_modulus)));
}

oik_status oik_lowpass_design(oik_lowpass *out, double cutoff_hz, double rate_hz, oik_error *err) {
    /* of the rate: below, the coefficients lose half their digits; above, the poles come so near to -1 that they ring for long */
    const double least_share = 1e-4, greatest_share = 0.49;
    if (!(rate_hz > 0.0) || !isfinite(rate_hz))
        return oik_fail(err, OIK_E_ARGUMENT, "low-pass: %g frames per second, expected a positive number", rate_hz);
    if (!(cutoff_hz >= least_share * rate_hz) || !(cutoff_hz <= greatest_share * rate_hz))
        return oik_fail(err, OIK_E_ARGUMENT, "low-pass: cut-off %g Hz, expected %g to %g Hz at %g frames per second", cutoff_hz,
                        least_share * rate_hz, greatest_share * rate_hz, rate_hz);
    double v = tan(PI * cutoff_hz / rate_hz) / sqrt(sqrt(SQRT_2 - 1.0));
    double scale = 1.0 / (1.0 + SQRT_2 * v + v * v);
    double b = v * v * scale;
    oik_lowpass filter = {.b0 = b, .b1 = 2.0 * b, .b2 = b, .a1 = 2.0 * (v * v - 1.0) * scale,
                          .a2 = (1.0 - SQRT_2 * v + v * v) * scale};
    filter.settling = settling_frames(&filter);
    *out = filter;
    return OIK_OK;
}

/** One pass in place (transposed direct form II), from the state of rest at the first value; step 1 forward, -1 backward. */
static void one_pass(double *x, ptrdiff_t n, ptrdiff_t step, const oik_lowpass *filter) {
    double s1 = x[0] * (1.0 - filter->b0), s2 = x[0] * (filter->b2 - filter->a2);
    for (ptrdiff_t i = 0; i < n; i++, x += step) {
        double y = filter->b0 * *x + s1;
        s1 = filter->b1 * *x - filter->a1 * y + s2;
        s2 = filter->b2 * *x - filter->a2 * y;
        *x = y;
    }
}

static void both_passes(double *x, ptrdiff_t n, const oik_lowpass *filter) {
    one_pass(x, n, 1, filter);
    one_pass(x + n - 1, n, -1, filter);
}

/** Continue x[0 .. n - 1], n >= 2, by m values on either side: odd reflection, then the period again and again. */
static void extend_values(double *x, ptrdiff_t n, ptrdiff_t m) {
    ptrdiff_t last = n - 1, period = 2 * last;
    double first_value = x[0], last_value = x[last], shift = 2.0 * (last_value - first_value);
    for (ptrdiff_t k = 1; k <= m; k++) {
        x[-k] = k <= last ? 2.0 * first_value - x[k] : x[period - k] - shift;
        x[last + k] = k <= last ? 2.0 * last_value - x[last - k] : x[last + k - period] + shift;
    }
}

oik_status oik_lowpass_values(double *x, int n, size_t stride, const oik_lowpass *filter, oik_error *err) {
    if (n < 2)
        return OIK_OK;
    size_t pad = (size_t)filter->settling, count = (size_t)n + 2 * pad;
    double *work = oik_new(count, sizeof *work, err);
    if (!work)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < (size_t)n; i++)
        work[pad + i] = x[i * stride];
    extend_values(work + pad, n, filter->settling);
    both_passes(work, (ptrdiff_t)count, filter);
    for (size_t i = 0; i < (size_t)n; i++)
        x[i * stride] = work[pad + i];
    free(work);
    return OIK_OK;
}

static oik_quat product(oik_quat a, oik_quat b) {
    return (oik_quat){a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}

static oik_quat inverse(oik_quat q) {
    return (oik_quat){q.w, -q.x, -q.y, -q.z};
}

/** c a^-1 c: the geodesic through a and c, as far beyond c */
static oik_quat reflected(oik_quat a, oik_quat c) {
    return product(product(c, inverse(a)), c);
}

/** extend_values for unit quaternions: the period takes r to (r_last r_first^-1) r (r_first^-1 r_last). */
static void extend_rotations(oik_quat *r, ptrdiff_t n, ptrdiff_t m) {
    ptrdiff_t last = n - 1, period = 2 * last;
    oik_quat left = product(r[last], inverse(r[0])), right = product(inverse(r[0]), r[last]);
    for (ptrdiff_t k = 1; k <= m; k++) {
        r[-k] = k <= last ? reflected(r[k], r[0]) : product(product(inverse(left), r[period - k]), inverse(right));
        r[last + k] = k <= last ? reflected(r[last - k], r[last]) : product(product(left, r[last + k - period]), right);
    }
}

static double component(oik_quat q, int c) {
    return c == 0 ? q.w : c == 1 ? q.x : c == 2 ? q.y : q.z;
}

/** Unit quaternions of the rotations, each with the sign nearer to the one before. */
static void continuous_quaternions(oik_quat *r, const oik_mat3 *R, int n) {
    for (int i = 0; i < n; i++) {
        oik_quat q = oik_quat_from_rot(R[i]), before = i > 0 ? r[i - 1] : q;
        double cosine = q.w * before.w + q.x * before.x + q.y * before.y + q.z * before.z;
        r[i] = cosine < 0.0 ? (oik_quat){-q.w, -q.x, -q.y, -q.z} : q;
    }
}

oik_status oik_lowpass_rotations(oik_mat3 *R, int n, const oik_lowpass *filter, oik_error *err) {
    if (n < 2)
        return OIK_OK;
    size_t pad = (size_t)filter->settling, count = (size_t)n + 2 * pad;
    oik_quat *r = oik_new(count, sizeof *r, err);
    double *work = oik_new(count * N_COMPONENTS, sizeof *work, err); /* one component after the other */
    if (!r || !work) {
        free(r);
        free(work);
        return OIK_E_MEMORY;
    }
    continuous_quaternions(r + pad, R, n);
    extend_rotations(r + pad, n, filter->settling);
    for (int c = 0; c < N_COMPONENTS; c++) {
        double *x = work + (size_t)c * count;
        for (size_t i = 0; i < count; i++)
            x[i] = component(r[i], c);
        both_passes(x, (ptrdiff_t)count, filter);
    }
    const double *x = work + pad;
    for (size_t i = 0; i < (size_t)n; i++)
        R[i] = oik_rot_from_quat((oik_quat){x[i], x[count + i], x[2 * count + i], x[3 * count + i]});
    free(r);
    free(work);
    return OIK_OK;
}
