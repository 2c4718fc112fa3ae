/* Joint rotations taken apart into coordinates: all axis orders and signs, gimbal positions, oblique axes, ranges of motion. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/joint_angles.h"
#include "support/tiny_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static const double PI = 3.14159265358979323846;

static oik_dof dof_of(oik_vec3 axis, double lower, double upper) {
    return (oik_dof){.axis = v3_unit(axis), .lower = lower, .upper = upper};
}

static oik_vec3 unit_axis(int index) {
    return v3(index == 0, index == 1, index == 2);
}

/* rounding of a dozen 3x3 products */
static void assert_same_rotation(oik_mat3 a, oik_mat3 b, double tolerance) {
    assert_true(oik_rot_angle_between(a, b) < tolerance);
}

static void joint_rotation_is_the_product_in_listed_order(void **state) {
    (void)state;
    oik_dof dofs[2] = {dof_of(v3(0, 0, 1), -1, 1), dof_of(v3(1, 0, 0), -1, 1)};
    double q[2] = {PI / 2, PI / 2};
    /* Rz(90) Rx(90): y -> z by the second, and z stays by the first; z -> -y -> x */
    oik_mat3 R = oik_joint_rotation(dofs, 2, q);
    assert_true(v3_dist(m3_mulv(R, v3(0, 1, 0)), v3(0, 0, 1)) < 1e-15);
    assert_true(v3_dist(m3_mulv(R, v3(0, 0, 1)), v3(1, 0, 0)) < 1e-15);
}

/* all 6 Cardan and 6 Euler sequences with all signs: rotation comes back, and so do angles near the reference */
static void every_sequence_and_sign_comes_back(void **state) {
    (void)state;
    uint64_t random = 1;
    for (int code = 0; code < 27 * 8; code++) {
        int index[3] = {code % 3, code / 3 % 3, code / 9 % 3}, signs = code / 27;
        if (index[0] == index[1] || index[1] == index[2])
            continue;
        oik_dof dofs[3];
        double q[3], found[3], reference[3];
        for (int k = 0; k < 3; k++) {
            dofs[k] = dof_of(v3_scale(unit_axis(index[k]), signs >> k & 1 ? -1.0 : 1.0), -PI, PI);
            q[k] = tiny_uniform(&random, -2.5, 2.5);
            reference[k] = q[k] + tiny_uniform(&random, -0.05, 0.05);
        }
        oik_mat3 E = oik_joint_rotation(dofs, 3, q);
        oik_joint_angles(found, dofs, 3, E, reference);
        assert_same_rotation(oik_joint_rotation(dofs, 3, found), E, 1e-13);
        for (int k = 0; k < 3; k++)
            assert_near(found[k], q[k], 1e-11); /* rounding over the distance to the gimbal position, above 0.01 here */
    }
}

static void oblique_axes_come_back(void **state) {
    (void)state;
    uint64_t random = 2;
    for (int trial = 0; trial < 100; trial++) {
        oik_dof dofs[3];
        double q[3], found[3];
        for (int k = 0; k < 3; k++) {
            oik_vec3 off = v3(tiny_uniform(&random, -0.2, 0.2), tiny_uniform(&random, -0.2, 0.2), tiny_uniform(&random, -0.2, 0.2));
            dofs[k] = dof_of(v3_add(unit_axis(2 - k), off), -1, 1);
            q[k] = tiny_uniform(&random, -0.8, 0.8);
        }
        for (int n = 1; n <= 3; n++) {
            oik_joint_angles(found, dofs, n, oik_joint_rotation(dofs, n, q), q);
            for (int k = 0; k < n; k++)
                assert_near(found[k], q[k], 1e-8); /* acos without the exact sine; 2 axes stop at moves of 1e-9 */
        }
    }
}

static void gimbal_position_keeps_the_first_reference(void **state) {
    (void)state;
    oik_dof dofs[3] = {dof_of(v3(0, 0, 1), -PI, PI), dof_of(v3(1, 0, 0), -PI, PI), dof_of(v3(0, 1, 0), -PI, PI)};
    double q[3] = {0.3, PI / 2, 0.4}, reference[3] = {0.25, 1.5, 0.0}, found[3];
    oik_mat3 E = oik_joint_rotation(dofs, 3, q);
    oik_joint_angles(found, dofs, 3, E, reference);
    assert_same_rotation(oik_joint_rotation(dofs, 3, found), E, 1e-9); /* the gimbal position is recognised to 1e-9 */
    assert_near(found[0], reference[0], 0.0);
    assert_near(found[1], PI / 2, 1e-9);
}

/* twist of exp(q axis) followed by a swing about a perpendicular axis is q */
static void hinge_takes_the_twist_and_leaves_the_swing(void **state) {
    (void)state;
    oik_vec3 axis = v3_unit(v3(0.787, 0.605, -0.121)), across = v3_unit(v3_cross(axis, v3(0, 0, 1)));
    oik_dof dof = dof_of(axis, -1, 1);
    double q, reference = 0.0;
    oik_joint_angles(&q, &dof, 1, m3_mul(oik_rot_axis(across, 0.5), oik_rot_axis(axis, 0.7)), &reference);
    assert_near(q, 0.7, 1e-14);
    reference = 6.0;
    oik_joint_angles(&q, &dof, 1, oik_rot_axis(axis, 0.7), &reference);
    assert_near(q, 0.7 + 2 * PI, 1e-14);
}

static double misfit(const oik_dof *dofs, int n, const double *q, oik_mat3 E) {
    return oik_rot_angle_between(oik_joint_rotation(dofs, n, q), E);
}

/* in reach: exact; out of reach: inside the ranges, and no small change of one coordinate inside them is better */
static void in_range_solutions_are_inside_and_locally_best(void **state) {
    (void)state;
    uint64_t random = 3;
    oik_dof dofs[3] = {dof_of(v3(0, 0, 1), -0.5, 2.1), dof_of(v3(1, 0, 0), -0.9, 0.5), dof_of(v3(0, 1, 0), -0.7, 0.7)};
    int n_clamped = 0;
    for (int trial = 0; trial < 200; trial++) {
        double q[3], found[3];
        for (int k = 0; k < 3; k++)
            q[k] = tiny_uniform(&random, dofs[k].lower - 0.3 * (trial % 2), dofs[k].upper + 0.3 * (trial % 2));
        oik_mat3 E = oik_joint_rotation(dofs, 3, q);
        oik_joint_angles_in_range(found, dofs, 3, E);
        double best = misfit(dofs, 3, found, E);
        if (trial % 2 == 0)
            assert_true(best < 1e-13);
        n_clamped += best > 1e-3;
        for (int k = 0; k < 3; k++) {
            assert_true(found[k] >= dofs[k].lower && found[k] <= dofs[k].upper);
            for (int side = -1; side <= 1; side += 2) {
                double moved[3];
                memcpy(moved, found, sizeof moved);
                moved[k] = fmin(fmax(found[k] + side * 1e-3, dofs[k].lower), dofs[k].upper);
                assert_true(misfit(dofs, 3, moved, E) > best - 1e-9); /* the coordinate search stops at moves of 1e-9 */
            }
        }
    }
    assert_true(n_clamped > 20);
}

int main(void) {
    const struct CMUnitTest test_ik_joint_angles[] = {
        cmocka_unit_test(joint_rotation_is_the_product_in_listed_order),
        cmocka_unit_test(every_sequence_and_sign_comes_back),
        cmocka_unit_test(oblique_axes_come_back),
        cmocka_unit_test(gimbal_position_keeps_the_first_reference),
        cmocka_unit_test(hinge_takes_the_twist_and_leaves_the_swing),
        cmocka_unit_test(in_range_solutions_are_inside_and_locally_best),
    };
    return cmocka_run_group_tests(test_ik_joint_angles, NULL, NULL);
}
