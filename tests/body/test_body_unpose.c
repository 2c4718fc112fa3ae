/* The subject's own rest skin: recovery, the defining equations recomputed by hand, symmetry. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/unpose.h"
#include "support/tiny_body.h"

static oik_body_model *model;
static oik_body_unpose *unpose;
static oik_body_frames frames;
static size_t n;
static oik_vec3 *own, *y, *x, *u; /* subject's rest skin, posed model, subject, result */

static int set_up_of(oik_corrective_kind kind) {
    model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind) || oik_body_unpose_new(&unpose, model, NULL))
        return -1;
    n = model->n_vertices;
    own = calloc(n, sizeof *own);
    y = calloc(n, sizeof *y);
    x = calloc(n, sizeof *x);
    u = calloc(n, sizeof *u);
    return own && y && x && u ? 0 : -1;
}

static int set_up(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_NONE);
}

static int set_up_star(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_STAR);
}

static int set_up_smpl(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_SMPL);
}

static int tear_down(void **state) {
    (void)state;
    oik_body_unpose_free(unpose);
    oik_body_model_free(model);
    free(own);
    free(y);
    free(x);
    free(u);
    return 0;
}

/* Model and subject in one pose; the subject differs by 1 cm, smoothly. */
static void pose_both(const oik_body_pose *pose) {
    oik_body_forward(&frames, model, model->joints, pose);
    for (size_t i = 0; i < n; i++) {
        oik_vec3 p = model->template_v[i];
        own[i] = v3_madd(p, 0.01, v3(sin(9 * p.y), cos(7 * p.z), sin(8 * p.x)));
    }
    oik_body_skin(y, model, model->template_v, &frames);
    oik_body_skin(x, model, own, &frames);
}

static void solve(double mu) {
    assert_int_equal(oik_body_unpose_solve(u, unpose, model->template_v, y, x, &frames, NULL, mu, NULL), OIK_OK);
}

static void rest_skin_is_recovered_where_the_skin_is_rigid(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.9);
    pose_both(&pose);
    /* |L^T L| < 4 and w is 1 there; the smoothing that is left pulls by less than mu 4 1 cm = 4e-12 m */
    solve(1e-10);
    size_t n_rigid = 0;
    for (size_t i = 0; i < n; i++)
        if (model->influence_weight[model->influence_start[i]] == 1.0) {
            assert_true(v3_dist(u[i], own[i]) <= 1e-11);
            n_rigid++;
        }
    assert_true(n_rigid > n / 3);
}

static void without_a_pose_everything_is_recovered(void **state) {
    (void)state;
    oik_body_pose rest = oik_body_pose_rest();
    pose_both(&rest);
    solve(1e-10);
    for (size_t i = 0; i < n; i++)
        assert_true(v3_dist(u[i], own[i]) <= 1e-11); /* as above */
}

/* out = L in over the edges of the faces and their mirror images, densely and by definition */
static void laplacian(oik_vec3 *out, const oik_vec3 *in, int transposed) {
    unsigned char *edge = calloc(n * n, 1);
    int *degree = calloc(n, sizeof *degree);
    assert_non_null(edge);
    assert_non_null(degree);
    for (size_t f = 0; f < model->n_faces; f++)
        for (int c = 0; c < 3; c++) {
            int32_t a = model->faces[f][c], b = model->faces[f][(c + 1) % 3];
            int32_t ma = model->mirror[a], mb = model->mirror[b];
            edge[(size_t)a * n + (size_t)b] = edge[(size_t)b * n + (size_t)a] = 1;
            edge[(size_t)ma * n + (size_t)mb] = edge[(size_t)mb * n + (size_t)ma] = 1;
        }
    for (size_t i = 0; i < n * n; i++)
        degree[i / n] += edge[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = in[i];
        for (size_t k = 0; k < n; k++)
            if (edge[i * n + k])
                out[i] = v3_madd(out[i], -1.0 / degree[transposed ? k : i], in[k]);
    }
    free(edge);
    free(degree);
}

static double trust_of(oik_mat3 M) {
    oik_mat3 U, V;
    oik_vec3 s;
    oik_svd3(&U, &s, &V, M);
    double ramp = (s.z - 0.35) / 0.5;
    ramp = ramp < 0 ? 0 : ramp > 1 ? 1 : ramp;
    return ramp * ramp + 1e-3;
}

static void result_satisfies_its_equations(void **state) {
    (void)state;
    const double mu = 0.5;
    oik_body_pose pose = tiny_body_pose(0.9);
    pose.R[OIK_J_ELBOW_L] = pose.R[OIK_J_KNEE_R] = oik_rot_exp(v3(0, 2.6, 0)); /* far enough for blends to collapse */
    pose_both(&pose);
    solve(mu);
    oik_vec3 *D = calloc(n, sizeof *D), *LD = calloc(n, sizeof *LD), *LtLD = calloc(n, sizeof *LtLD);
    assert_non_null(D);
    assert_non_null(LD);
    assert_non_null(LtLD);
    for (size_t i = 0; i < n; i++)
        D[i] = v3_sub(u[i], model->template_v[i]);
    laplacian(LD, D, 0);
    laplacian(LtLD, LD, 1);
    double least = 1.0;
    for (size_t i = 0; i < n; i++) {
        double w = trust_of(oik_body_blend(model, i, &frames));
        oik_vec3 raw = m3_tmulv(oik_body_vertex_rotation(model, i, &frames), v3_sub(x[i], y[i]));
        oik_vec3 left = v3_madd(v3_scale(D[i], w), mu, LtLD[i]);
        assert_true(v3_dist(left, v3_scale(raw, w)) <= 1e-14); /* terms of 1e-2 m: rounding */
        least = fmin(least, w);
    }
    assert_true(least < 0.1);
    free(D);
    free(LD);
    free(LtLD);
}

static void smoothness_trades_detail_for_a_flat_difference(void **state) {
    (void)state;
    oik_body_pose pose = tiny_body_pose(0.9);
    pose_both(&pose);
    double rough[2];
    for (int k = 0; k < 2; k++) {
        oik_vec3 *D = calloc(2 * n, sizeof *D);
        assert_non_null(D);
        solve(k == 0 ? 0.1 : 10.0);
        for (size_t i = 0; i < n; i++)
            D[i] = v3_sub(u[i], model->template_v[i]);
        laplacian(D + n, D, 0);
        rough[k] = 0.0;
        for (size_t i = 0; i < n; i++)
            rough[k] += v3_dot(D[n + i], D[n + i]);
        free(D);
    }
    assert_true(rough[1] < 0.5 * rough[0]);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(rest_skin_is_recovered_where_the_skin_is_rigid),
        cmocka_unit_test(without_a_pose_everything_is_recovered),
        cmocka_unit_test(result_satisfies_its_equations),
        cmocka_unit_test(smoothness_trades_detail_for_a_flat_difference),
    };
    return cmocka_run_group_tests_name("test_body_unpose", cases, set_up, tear_down) +
           cmocka_run_group_tests_name("test_body_unpose with STAR's correctives", cases, set_up_star, tear_down) +
           cmocka_run_group_tests_name("test_body_unpose with SMPL's correctives", cases, set_up_smpl, tear_down);
}
