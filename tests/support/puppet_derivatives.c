/* Terms of a puppet as a dense Jacobian (see the header). */
#include "support/puppet_derivatives.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "support/random.h"
#include "support/tiny_skeleton.h"

static bool near(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance;
}

oik_puppet *displaced_puppet(const oik_skel_model *model, uint64_t seed, double turn, double shift) {
    oik_puppet *puppet;
    assert_int_equal(oik_puppet_new(&puppet, model, NULL), OIK_OK);
    for (int p = 0; p < puppet->n_parts; p++) {
        puppet->R[p] = m3_mul(oik_rot_exp(v3_scale(random_vec3(&seed), turn)), puppet->R[p]);
        puppet->t[p] = v3_madd(puppet->t[p], shift, random_vec3(&seed));
    }
    for (size_t k = 0; k < puppet->n_modes; k++)
        puppet->shape[k] = random_signed(&seed);
    return puppet;
}

void *zeros(size_t n) {
    void *block = calloc(n, sizeof(double));
    assert_non_null(block);
    return block;
}

linearised linearise(const oik_terms *terms, const oik_puppet *puppet) {
    linearised at = {.state = oik_terms_state_size(terms)};
    assert_int_equal(oik_terms_pattern(&at.pattern, terms, NULL), OIK_OK);
    size_t rows = (size_t)at.pattern.n_rows, columns = (size_t)at.pattern.n_unknowns;
    double *jac = zeros((size_t)at.pattern.row_start[rows] + 1);
    at.x = zeros(at.state);
    at.r = zeros(rows);
    at.dense = zeros(rows * columns);
    oik_terms_pack(at.x, terms, puppet);
    oik_terms_evaluate(at.r, jac, terms, at.x);
    for (size_t i = 0; i < rows; i++)
        for (int e = at.pattern.row_start[i]; e < at.pattern.row_start[i + 1]; e++)
            at.dense[i * columns + (size_t)at.pattern.col[e]] = jac[e];
    free(jac);
    return at;
}

void free_linearised(linearised *at) {
    oik_terms_pattern_free(&at->pattern);
    free(at->x);
    free(at->r);
    free(at->dense);
}

/* Residuals after a step of h along one unknown. */
static void stepped(double *r, const oik_terms *terms, const linearised *at, size_t unknown, double h) {
    double *dx = zeros((size_t)at->pattern.n_unknowns), *x = zeros(at->state);
    dx[unknown] = h;
    oik_terms_retract(x, terms, at->x, dx);
    oik_terms_evaluate(r, NULL, terms, x);
    free(dx);
    free(x);
}

/*
 * Every column of the Jacobian against (r(+h) - r(-h)) / 2h. Weights are about 2 and lengths below 1 m, so that truncation is of the
 * order h^2 = 1e-12 and rounding of 1e-16 / h = 1e-10; 1e-8 leaves room for the curvature of short ligaments.
 */
void assert_derivatives(const oik_terms *terms, const oik_puppet *puppet) {
    const double h = 1e-6, tolerance = 1e-8;
    linearised at = linearise(terms, puppet);
    size_t rows = (size_t)at.pattern.n_rows, columns = (size_t)at.pattern.n_unknowns;
    double *ahead = zeros(rows), *behind = zeros(rows);
    for (size_t c = 0; c < columns; c++) {
        stepped(ahead, terms, &at, c, h);
        stepped(behind, terms, &at, c, -h);
        for (size_t i = 0; i < rows; i++)
            assert_true(near(at.dense[i * columns + c], (ahead[i] - behind[i]) / (2.0 * h), tolerance));
    }
    free(ahead);
    free(behind);
    free_linearised(&at);
}

oik_term make_term(const oik_skel_model *model, oik_term_kind kind, const oik_puppet *puppet) {
    const int32_t a = TINY_THIGH_L * TINY_BONE_VERTICES + 5, b = TINY_SHANK_L * TINY_BONE_VERTICES + 11;
    oik_vec3 normal = v3_unit(v3(1, -2, 0.5)), y = oik_puppet_point(puppet, model, (size_t)a);
    switch (kind) {
    case OIK_TERM_ANCHOR:
        return oik_term_anchor(a, v3(0.2, -0.1, 0.4), 2.0, normal, 0.3);
    case OIK_TERM_STITCH:
        return oik_term_stitch(a, b, 1.7, v3(0.02, -0.03, 0.01));
    case OIK_TERM_LIGAMENT:
        return (oik_term){.kind = kind, .a = a, .b = b, .weight = 2.3, .distance = 0.1};
    case OIK_TERM_BARRIER: /* 2 cm beyond the plane */
        return (oik_term){.kind = kind, .a = a, .b = -1, .weight = 1.5, .distance = 0.005, .normal = normal,
                          .vector = v3_madd(y, -0.02, normal)};
    case OIK_TERM_CLEARANCE: /* 60 cm are wanted, and the points are nearer */
        return (oik_term){.kind = kind, .a = a, .b = b, .weight = 1.4, .distance = 0.6, .normal = normal};
    case OIK_TERM_CURVE:
        return (oik_term){.kind = kind, .a = a, .b = b, .c = TINY_PELVIS * TINY_BONE_VERTICES, .weight = 1.3, .distance = 0.4,
                          .S = m3_columns(normal, v3_unit(v3(0.3, 1, -2)), v3_unit(v3(-1, 0.4, 0.2)))};
    case OIK_TERM_OFFSET:
        return (oik_term){.kind = kind, .a = a, .b = b, .weight = 1.9, .vector = v3(0.02, -0.03, 0.01)};
    case OIK_TERM_CONTACT:
        return (oik_term){.kind = kind, .a = a, .b = -1, .weight = 3.0, .vector = v3_add(y, v3(0.1, -0.2, 0.15))};
    case OIK_TERM_SPRING: /* 10 cm beyond the skin */
        return (oik_term){.kind = kind, .a = a, .b = -1, .weight = 1.2, .distance = 0.03, .normal = normal,
                          .vector = v3_add(y, v3(-0.08, 0.05, -0.03))};
    }
    return (oik_term){0};
}
