#include "skin_regressor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"

enum { N = OIK_SKIN_N_JOINTS, M = OIK_SKIN_MAX_ROWS };

/** dual objective 1/2 |y|^2 + c y + rho^2/2 |max(0, u - B^T y / rho^2)|^2; fills w */
static double dual(double *w, const double *y, const double *B, const double *c, size_t m, size_t n, double u,
                   double rho2) {
    double value = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double s = 0;
        for (size_t r = 0; r < m; r++)
            s += B[r * n + i] * y[r];
        w[i] = fmax(u - s / rho2, 0);
        sum += w[i] * w[i];
    }
    for (size_t r = 0; r < m; r++)
        value += (0.5 * y[r] + c[r]) * y[r];
    return value + 0.5 * rho2 * sum;
}

/** Newton direction: (I + B_S B_S^T / rho^2) d = -g over the columns S with w > 0, by Cholesky. @return 0 when not definite */
static int newton_direction(double *d, const double *g, const double *w, const double *B, size_t m, size_t n,
                            double rho2) {
    double H[M][M];
    for (size_t r = 0; r < m; r++)
        for (size_t q = 0; q <= r; q++) {
            H[r][q] = r == q;
            for (size_t i = 0; i < n; i++)
                if (w[i] > 0)
                    H[r][q] += B[r * n + i] * B[q * n + i] / rho2;
        }
    for (size_t r = 0; r < m; r++)
        for (size_t q = 0; q <= r; q++) {
            for (size_t k = 0; k < q; k++)
                H[r][q] -= H[r][k] * H[q][k];
            if (r == q && !(H[r][r] > 0))
                return 0;
            H[r][q] = r == q ? sqrt(H[r][r]) : H[r][q] / H[q][q];
        }
    for (size_t r = 0; r < m; r++) {
        d[r] = -g[r];
        for (size_t k = 0; k < r; k++)
            d[r] -= H[r][k] * d[k];
        d[r] /= H[r][r];
    }
    for (size_t r = m; r-- > 0;) {
        for (size_t k = r + 1; k < m; k++)
            d[r] -= H[k][r] * d[k];
        d[r] /= H[r][r];
    }
    return 1;
}

/** gradient of the dual: y + c - B w. @return its greatest component */
static double dual_gradient(double *g, const double *y, const double *w, const double *B, const double *c, size_t m,
                            size_t n) {
    double greatest = 0;
    for (size_t r = 0; r < m; r++) {
        g[r] = y[r] + c[r];
        for (size_t i = 0; i < n; i++)
            g[r] -= B[r * n + i] * w[i];
        greatest = fmax(greatest, fabs(g[r]));
    }
    return greatest;
}

oik_status oik_skin_nonnegative(double *w, const double *B, const double *c, size_t m, size_t n, double u, double rho,
                                oik_error *err) {
    enum { MAX_ITERATIONS = 200, MAX_HALVINGS = 50 };
    const double tolerance = 1e-10; /* of B w - c, in its own units */
    double y[M] = {0}, g[M], d[M], trial[M], rho2 = rho * rho;
    if (m > M || n == 0)
        return oik_fail(err, OIK_E_ARGUMENT, "nonnegative least squares: %zu rows, %zu columns", m, n);
    double value = dual(w, y, B, c, m, n, u, rho2);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
        if (dual_gradient(g, y, w, B, c, m, n) < tolerance)
            return OIK_OK;
        if (!newton_direction(d, g, w, B, m, n, rho2))
            break;
        double slope = 0, step = 1, next = value;
        for (size_t r = 0; r < m; r++)
            slope += g[r] * d[r];
        for (int halving = 0; halving < MAX_HALVINGS; halving++, step /= 2) {
            for (size_t r = 0; r < m; r++)
                trial[r] = y[r] + step * d[r];
            next = dual(w, trial, B, c, m, n, u, rho2);
            if (next <= value + 1e-4 * step * slope + 1e-15 * fabs(value))
                break;
        }
        value = next;
        for (size_t r = 0; r < m; r++)
            y[r] = trial[r];
    }
    return oik_fail(err, OIK_E_SOLVER, "nonnegative least squares did not converge");
}

/** whether a vertex with the given skinning weights belongs to the ring around joint j */
static int in_ring(const double *w, int j) {
    int parent = oik_skin_joint_parent[j];
    if (j == 0)
        return w[0] > 0.55; /* the pelvis has no parent */
    if (j == 10 || j == 22)
        return w[j] > 0.12 && w[parent] > 0.12; /* narrow bands at toes and fingers */
    if (j == 13)
        return w[13] > 0.25 && w[9] > 0.1; /* the collar's band lies mostly on its own side */
    return w[j] > 0.22 && w[parent] > 0.22;
}

/** the ring's vertices, or, where it has too few, the best of min(w_j, w_parent). @return how many */
static size_t find_ring(int32_t *ring, const double *dense, size_t n_vertices, int j) {
    enum { LEAST = 16, WANTED = 24 };
    size_t n = 0;
    for (size_t i = 0; i < n_vertices; i++)
        if (in_ring(dense + i * N, j))
            ring[n++] = (int32_t)i;
    if (n >= LEAST || j == 0)
        return n;
    int parent = oik_skin_joint_parent[j];
    double limit = 1;
    for (n = 0; n < WANTED && limit > 1e-3;) {
        limit *= 0.9;
        n = 0;
        for (size_t i = 0; i < n_vertices; i++)
            if (fmin(dense[i * N + (size_t)j], dense[i * N + (size_t)parent]) > limit)
                ring[n++] = (int32_t)i;
    }
    return n;
}

/** weights of one joint over all vertices; work has room for (3 n_examples + 2) n values */
static oik_status fit_joint(double *row, double *work, const int32_t *ring, size_t n, int j,
                            const oik_skin_example *examples, size_t n_examples, oik_error *err) {
    const double k_sum = 100, rho = 0.005 * sqrt((double)n);
    size_t m = 3 * n_examples + 1;
    double *B = work, *w = work + m * n, c[M] = {0}, sum = 0;
    for (size_t e = 0; e < n_examples; e++)
        for (size_t i = 0; i < n; i++) {
            oik_vec3 d = v3_sub(examples[e].vertices[ring[i]], examples[e].joints[j]);
            B[3 * e * n + i] = examples[e].k * d.x;
            B[(3 * e + 1) * n + i] = examples[e].k * d.y;
            B[(3 * e + 2) * n + i] = examples[e].k * d.z;
        }
    for (size_t i = 0; i < n; i++)
        B[(m - 1) * n + i] = k_sum;
    c[m - 1] = k_sum;
    oik_status status = oik_skin_nonnegative(w, B, c, m, n, 1.0 / (double)n, rho, err);
    if (status != OIK_OK) {
        oik_error_prefix(err, "regressor of %s", oik_skin_joint_name[j]);
        return status;
    }
    for (size_t i = 0; i < n; i++)
        sum += w[i] < 1e-4 ? 0 : w[i];
    for (size_t i = 0; i < n; i++)
        row[ring[i]] = w[i] < 1e-4 ? 0 : w[i] / sum;
    return OIK_OK;
}

/** row of a midline joint: mean of itself and its mirror image; of a left-hand joint: copied to the right-hand one */
static void mirror_rows(double *rows, int j, size_t n_vertices, const int32_t *mirror) {
    double *row = rows + (size_t)j * n_vertices, *twin = rows + (size_t)oik_skin_joint_mirror[j] * n_vertices;
    for (size_t i = 0; i < n_vertices; i++) {
        size_t k = (size_t)mirror[i];
        if (twin != row)
            twin[k] = row[i];
        else if (k >= i)
            row[i] = row[k] = 0.5 * (row[i] + row[k]);
    }
}

static oik_status compress(oik_skin_regressor *out, const double *rows, size_t n_vertices, oik_error *err) {
    size_t n = 0;
    for (size_t i = 0; i < N * n_vertices; i++)
        n += rows[i] > 0;
    *out = (oik_skin_regressor){0};
    out->joint = oik_new(n, sizeof *out->joint, err);
    out->vertex = oik_new(n, sizeof *out->vertex, err);
    out->value = oik_new(n, sizeof *out->value, err);
    if (!out->joint || !out->vertex || !out->value) {
        oik_skin_regressor_clear(out);
        return OIK_E_MEMORY;
    }
    for (size_t i = 0; i < N * n_vertices; i++)
        if (rows[i] > 0) {
            out->joint[out->n] = (uint8_t)(i / n_vertices);
            out->vertex[out->n] = (int32_t)(i % n_vertices);
            out->value[out->n++] = rows[i];
        }
    return OIK_OK;
}

oik_status oik_skin_regressor_fit(oik_skin_regressor *out, const double *dense, const oik_skin_example *examples,
                                  size_t n_examples, const oik_skin_address_table *table, oik_error *err) {
    size_t n = table->n_vertices;
    *out = (oik_skin_regressor){0};
    double *rows = oik_new(N * n, sizeof *rows, err);
    double *work = oik_new((3 * n_examples + 2) * n, sizeof *work, err);
    int32_t *ring = oik_new(n, sizeof *ring, err);
    oik_status status = rows && work && ring ? OIK_OK : OIK_E_MEMORY;
    for (int j = 0; status == OIK_OK && j < N; j++) {
        if (oik_skin_joint_mirror[j] < j)
            continue;
        size_t n_ring = find_ring(ring, dense, n, j);
        status = fit_joint(rows + (size_t)j * n, work, ring, n_ring, j, examples, n_examples, err);
        mirror_rows(rows, j, n, table->mirror);
    }
    if (status == OIK_OK)
        status = compress(out, rows, n, err);
    free(rows);
    free(work);
    free(ring);
    return status;
}

void oik_skin_regressor_clear(oik_skin_regressor *r) {
    free(r->joint);
    free(r->vertex);
    free(r->value);
    *r = (oik_skin_regressor){0};
}
