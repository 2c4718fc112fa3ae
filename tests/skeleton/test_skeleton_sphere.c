/* The least-squares sphere of a patch: known spheres, rigid motions, the optimum, what has no sphere. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "skeleton/sphere.h"
#include "support/random.h"

enum { N = 40 };

/* A cap of a sphere, each point off by up to `noise`. */
static void cap(oik_vec3 x[N], oik_vec3 centre, double radius, double noise, uint64_t seed) {
    for (int i = 0; i < N; i++) {
        oik_vec3 d = v3_unit(v3_add(v3(0, 0, 1), random_vec3(&seed)));
        x[i] = v3_add(v3_madd(centre, radius, d), v3_scale(random_vec3(&seed), noise));
    }
}

static oik_sphere fit(const oik_vec3 *x, size_t n) {
    oik_sphere sphere = {.radius = -1};
    assert_int_equal(oik_sphere_fit(&sphere, x, n, NULL), OIK_OK);
    return sphere;
}

/* Rounding of coordinates of 1.4 m over a cap of 2 cm, through a condition of 10. */
static void a_cap_gives_its_sphere_back(void **state) {
    (void)state;
    const oik_vec3 centre = v3(0.1, 1.4, -0.3);
    oik_vec3 x[N];
    for (uint64_t seed = 1; seed < 20; seed++) {
        cap(x, centre, 0.02, 0.0, seed);
        oik_sphere sphere = fit(x, N);
        assert_true(v3_dist(sphere.centre, centre) < 1e-13 && fabs(sphere.radius - 0.02) < 1e-13);
        sphere = fit(x, 4); /* four points in general position lie on one sphere */
        assert_true(v3_dist(sphere.centre, centre) < 1e-10);
    }
}

static void the_centre_moves_rigidly_with_its_points(void **state) {
    (void)state;
    uint64_t seed = 5;
    oik_vec3 x[N], moved[N];
    for (int k = 0; k < 20; k++) {
        cap(x, v3(0, 0.02, 0), 0.02, 2e-3, seed);
        oik_mat3 R = oik_rot_exp(v3_scale(random_vec3(&seed), 3.0));
        oik_vec3 t = random_vec3(&seed);
        for (int i = 0; i < N; i++)
            moved[i] = v3_add(m3_mulv(R, x[i]), t);
        oik_sphere here = fit(x, N), there = fit(moved, N);
        assert_true(v3_dist(there.centre, v3_add(m3_mulv(R, here.centre), t)) < 1e-12);
        assert_true(fabs(there.radius - here.radius) < 1e-12);
    }
}

/* sum (|x|^2 - 2 c.x - k)^2 with k from the radius */
static double misfit(const oik_vec3 *x, oik_vec3 c, double k) {
    double sum = 0.0;
    for (int i = 0; i < N; i++) {
        double r = v3_dot(x[i], x[i]) - 2.0 * v3_dot(c, x[i]) - k;
        sum += r * r;
    }
    return sum;
}

static void no_other_centre_or_radius_fits_better(void **state) {
    (void)state;
    const double h = 1e-4;
    oik_vec3 x[N];
    cap(x, v3(0.01, -0.02, 0.03), 0.03, 4e-3, 9);
    oik_sphere sphere = fit(x, N);
    double k = sphere.radius * sphere.radius - v3_dot(sphere.centre, sphere.centre), best = misfit(x, sphere.centre, k);
    for (int axis = 0; axis < 3; axis++)
        for (int side = -1; side <= 1; side += 2) {
            oik_vec3 step = v3(axis == 0 ? h * side : 0, axis == 1 ? h * side : 0, axis == 2 ? h * side : 0);
            assert_true(misfit(x, v3_add(sphere.centre, step), k) > best);
        }
    assert_true(misfit(x, sphere.centre, k + h * h) > best && misfit(x, sphere.centre, k - h * h) > best);
}

static void what_has_no_sphere_is_refused(void **state) {
    (void)state;
    oik_vec3 x[N];
    oik_sphere sphere = {.radius = -1};
    oik_error err = {.status = OIK_OK};
    cap(x, v3(0, 0, 0), 0.02, 0.0, 3);
    assert_int_equal(oik_sphere_fit(&sphere, x, 3, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "3 points"));
    x[5].y = NAN;
    assert_int_equal(oik_sphere_fit(&sphere, x, N, &err), OIK_E_NOT_FINITE);
    for (int i = 0; i < N; i++)
        x[i] = v3(0.01 * cos(i), 0.3, 0.01 * sin(i));
    assert_int_equal(oik_sphere_fit(&sphere, x, N, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "plane"));
    assert_true(sphere.radius == -1.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cap_gives_its_sphere_back),
        cmocka_unit_test(the_centre_moves_rigidly_with_its_points),
        cmocka_unit_test(no_other_centre_or_radius_fits_better),
        cmocka_unit_test(what_has_no_sphere_is_refused),
    };
    return cmocka_run_group_tests_name("test_skeleton_sphere", tests, NULL, NULL);
}
