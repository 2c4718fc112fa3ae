/* The implicit surface: known distances, lower bound outside, left-out primitives, gradient, smooth union. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "skin_body.h"
#include "skin_surface.h"

static const oik_skin_join plain = {OIK_SKIN_BODY, 1e-9}; /* practically a sharp union */

static const oik_skin_station tube[] = {{0, 0, 0, 0.05, 0.05, 0.05, 2},
                                        {0.5, 0, 0, 0.05, 0.05, 0.05, 2},
                                        {1, 0, 0, 0.05, 0.05, 0.05, 2}};

/** x in a box around the body, the same sequence in every run */
static oik_vec3 point(unsigned i) {
    double a = fmod(0.5 + i * 0.8191725133961645, 1), b = fmod(0.5 + i * 0.6710436067037893, 1);
    double c = fmod(0.5 + i * 0.5497004779019703, 1); /* powers of the reciprocal of 1.2207...: Roberts' R3 sequence */
    return v3(1.9 * a - 0.95, 1.8 * b, 0.6 * c - 0.35);
}

static void a_capsule_is_its_distance(void **state) {
    (void)state;
    oik_skin_surface S = {0};
    oik_skin_add_cone(&S, plain, v3(0.3, 1, 0), v3(0.5, 1, 0), 0.05, 0.05);
    assert_true(fabs(oik_skin_field(&S, v3(0.4, 1.2, 0), OIK_SKIN_BODY) - 0.15) < 1e-15);
    assert_true(fabs(oik_skin_field(&S, v3(0.6, 1, 0), OIK_SKIN_BODY) - 0.05) < 1e-15);
    assert_true(fabs(oik_skin_field(&S, v3(0.4, 1, 0), OIK_SKIN_BODY) + 0.05) < 1e-15);
    assert_true(fabs(oik_skin_field(&S, v3(-0.4, 1.2, 0), OIK_SKIN_BODY) - 0.15) < 1e-15); /* the mirror image */
}

static void a_round_loft_is_a_cylinder(void **state) {
    (void)state;
    oik_skin_surface S = {0};
    oik_skin_add_loft(&S, plain, v3(0.3, 0, 0), v3(0.3, 1, 0), v3(1, 0, 0), v3(0, 0, 1), tube, 3, 0.05, 0.05);
    for (double y = 0; y <= 1; y += 0.1)
        for (double r = 0.01; r < 0.2; r += 0.03)
            assert_true(fabs(oik_skin_field(&S, v3(0.3 + 0.6 * r, y, 0.8 * r), OIK_SKIN_BODY) - (r - 0.05)) < 1e-12);
    /* the cap is half a sphere */
    assert_true(fabs(oik_skin_field(&S, v3(0.3, 1.08, 0.06), OIK_SKIN_BODY) - 0.05) < 1e-12);
}

static void a_loft_passes_its_stations_without_overshoot(void **state) {
    (void)state;
    const oik_skin_station step[] = {
        {0, 0, 0, 0.05, 0.04, 0.03, 2}, {0.4, 0, 0, 0.05, 0.04, 0.03, 2}, {0.5, 0, 0, 0.09, 0.08, 0.07, 2},
        {1, 0, 0, 0.09, 0.08, 0.07, 2}};
    oik_skin_surface S = {0};
    oik_skin_add_loft(&S, plain, v3(0.3, 0, 0), v3(0.3, 1, 0), v3(1, 0, 0), v3(0, 0, 1), step, 4, 0.05, 0.05);
    assert_true(fabs(oik_skin_field(&S, v3(0.3, 0.4, 0.04), OIK_SKIN_BODY)) < 1e-12);  /* front */
    assert_true(fabs(oik_skin_field(&S, v3(0.3, 0.5, -0.07), OIK_SKIN_BODY)) < 1e-12); /* back */
    for (double y = 0; y < 1; y += 0.01) { /* a natural spline would leave these bounds beside the step */
        assert_true(oik_skin_field(&S, v3(0.35 - 1e-9, y, 0), OIK_SKIN_BODY) < 0);
        assert_true(oik_skin_field(&S, v3(0.39 + 1e-9, y, 0), OIK_SKIN_BODY) > 0);
    }
}

static void an_ellipsoid_is_zero_on_itself(void **state) {
    (void)state;
    oik_skin_surface S = {0};
    oik_vec3 c = v3(0.3, 1, 0.1), r = v3(0.1, 0.2, 0.05);
    oik_skin_add_ellipsoid(&S, plain, c, r, m3_identity(), 2);
    for (double a = 0; a < 3; a += 0.1) {
        oik_vec3 u = v3(sin(a) * cos(2 * a), cos(a), sin(a) * sin(2 * a));
        assert_true(fabs(oik_skin_field(&S, v3_add(c, v3_mul(u, r)), OIK_SKIN_BODY)) < 1e-12);
    }
}

static void a_smooth_union_adds_a_quarter_of_its_width_at_most(void **state) {
    (void)state;
    oik_skin_surface sharp = {0}, smooth = {0};
    const oik_skin_join wide = {OIK_SKIN_BODY, 0.04};
    oik_skin_surface *both[2] = {&sharp, &smooth};
    for (int i = 0; i < 2; i++) {
        oik_skin_add_cone(both[i], plain, v3(0.3, 1, 0), v3(0.5, 1, 0), 0.05, 0.05);
        oik_skin_add_cone(both[i], i ? wide : plain, v3(0.4, 0.8, 0), v3(0.4, 1.2, 0), 0.05, 0.03);
    }
    double greatest = 0;
    for (unsigned i = 0; i < 20000; i++) {
        oik_vec3 x = v3_madd(v3(0.4, 1, 0), 0.15, v3_sub(point(i), v3(0, 0.9, 0)));
        double more = oik_skin_field(&sharp, x, OIK_SKIN_BODY) - oik_skin_field(&smooth, x, OIK_SKIN_BODY);
        assert_true(more > -1e-9);
        greatest = fmax(greatest, more);
    }
    assert_true(greatest < 0.01 + 1e-9 && greatest > 0.008);
}

static oik_skin_body body(void) {
    /* a man of about the ANSUR II means; the test asks for no particular shape */
    oik_skin_dimensions D = {.stature = 1756, .cervicale_height = 1517, .suprasternale_height = 1438,
                             .acromial_height = 1441, .axilla_height = 1329, .chest_height = 1291,
                             .tenthrib_height = 1121, .waist_height = 1056, .trochanterion_height = 901,
                             .buttock_height = 888, .crotch_height = 846, .epicondyle_height = 492,
                             .malleolus_height = 73, .biacromial_breadth = 416, .chest_breadth = 289,
                             .chest_depth = 254, .waist_breadth = 326, .waist_depth = 238, .hip_breadth = 346,
                             .buttock_depth = 246, .thigh_circumference = 625, .lower_thigh_circumference = 409,
                             .calf_circumference = 392, .ankle_circumference = 229, .neck_circumference = 398,
                             .biceps_circumference = 358, .forearm_circumference = 310, .wrist_circumference = 176,
                             .acromion_radiale_length = 335, .radiale_stylion_length = 268, .hand_length = 193,
                             .hand_breadth = 88, .foot_length = 271, .foot_breadth = 102, .heel_breadth = 73,
                             .bimalleolar_breadth = 75, .head_length = 200, .head_breadth = 154,
                             .bizygomatic_breadth = 143, .menton_sellion_length = 123};
    oik_skin_parameters p = {{0}};
    oik_skin_body out;
    oik_skin_body_make(&out, &D, &p, 0);
    return out;
}

static void leaving_out_far_primitives_changes_nothing(void **state) {
    (void)state;
    oik_skin_body B = body();
    static oik_skin_surface all;
    all = B.surface;
    for (size_t i = 0; i < all.n; i++)
        all.primitive[i].box_half = v3(10, 10, 10); /* then none is ever left out */
    for (unsigned i = 0; i < 4000; i++)
        for (unsigned r = 1; r <= OIK_SKIN_SOLE; r *= 2)
            assert_true(oik_skin_field(&B.surface, point(i), r) == oik_skin_field(&all, point(i), r));
}

static void the_gradient_is_the_slope_of_the_field(void **state) {
    (void)state;
    oik_skin_body B = body();
    const double h = 0.3e-3; /* that of the gradient */
    int checked = 0;
    for (unsigned i = 0; i < 4000; i++) {
        oik_vec3 x = point(i), d = v3(0.48, 0.6, 0.64), g = oik_skin_field_gradient(&B.surface, x, OIK_SKIN_BODY);
        double f0 = oik_skin_field(&B.surface, x, OIK_SKIN_BODY);
        double forward = (oik_skin_field(&B.surface, v3_madd(x, h, d), OIK_SKIN_BODY) - f0) / h;
        double backward = (f0 - oik_skin_field(&B.surface, v3_madd(x, -h, d), OIK_SKIN_BODY)) / h;
        if (fabs(forward - backward) > 0.01) /* an edge between two primitives or two halves of a cross-section */
            continue;
        /* away from edges the two differ by second order in h over the least radius, 0.3 mm / 5 mm squared, or by an edge that
           only one of the axes crosses */
        checked += fabs(v3_dot(g, d) - 0.5 * (forward + backward)) < 0.01;
    }
    assert_true(checked > 3800);
}

int main(void) {
    const struct CMUnitTest skin_surface[] = {cmocka_unit_test(a_capsule_is_its_distance),
                                              cmocka_unit_test(a_round_loft_is_a_cylinder),
                                              cmocka_unit_test(a_loft_passes_its_stations_without_overshoot),
                                              cmocka_unit_test(an_ellipsoid_is_zero_on_itself),
                                              cmocka_unit_test(a_smooth_union_adds_a_quarter_of_its_width_at_most),
                                              cmocka_unit_test(leaving_out_far_primitives_changes_nothing),
                                              cmocka_unit_test(the_gradient_is_the_slope_of_the_field)};
    return cmocka_run_group_tests_name("test_models_skin_surface", skin_surface, NULL, NULL);
}
