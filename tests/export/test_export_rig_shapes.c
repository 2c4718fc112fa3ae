/* Shapes around the bodies of a rig: where its skin is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/rig_shapes.h"
#include "failing_malloc.h"
#include "support/demo_rig.h"
#include "support/rig_export.h"
#include "support/tiny_rig.h"

enum { BOX = 8 };

/* The skin's first box goes with one body, the second with another; no vertex with two. */
static void give_boxes(oik_rig *rig, int first, int second) {
    for (int v = 0; v < 2 * BOX; v++) {
        rig->skin.body[v][0] = v < BOX ? first : second;
        rig->skin.weight[v][0] = 1.0, rig->skin.weight[v][1] = 0.0;
    }
}

static oik_rig_shape *shapes_of(const oik_rig *rig, int *n) {
    oik_rig_shape *shapes = NULL;
    assert_int_equal(oik_rig_shapes_new(&shapes, n, rig, NULL), OIK_OK);
    return shapes;
}

/* The tiny rig's skin: boxes of 0.25 x 0.7 x 0.36 m about (0.06, 1.25, -0.02), 0.14 x 0.78 x 0.14 about (0.1, 0.5, 0.065). */
static void capsules_go_along_the_longest_side(void **state) {
    (void)state;
    int n;
    oik_rig *rig = tiny_rig_new();
    oik_mat3 R[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES];
    give_boxes(rig, TINY_RIG_PELVIS, TINY_RIG_FEMUR_R);
    oik_rig_shape *shapes = shapes_of(rig, &n);
    oik_rig_forward(R, o, rig, rig->q);
    assert_int_equal(n, 2);
    assert_int_equal(shapes[0].body, TINY_RIG_PELVIS);
    assert_int_equal(shapes[0].kind, OIK_SHAPE_CAPSULE);
    assert_true(v3_dist(shapes[0].axis, v3(0, 1, 0)) == 0.0);
    assert_true(fabs(shapes[0].radius - (0.25 + 0.36) / 4) < 1e-9);
    assert_true(fabs(shapes[0].radius + shapes[0].half_line - 0.35) < 1e-9);
    assert_true(fabs(shapes[1].radius - 0.07) < 1e-9 && fabs(shapes[1].half_line - 0.32) < 1e-9);
    for (int i = 0; i < 2; i++) {
        oik_vec3 centre = v3_add(o[shapes[i].body], m3_mulv(R[shapes[i].body], shapes[i].centre));
        assert_true(v3_dist(centre, i ? v3(0.1, 0.5, 0.065) : v3(0.06, 1.25, -0.02)) < 1e-9);
    }
    assert_true(fabs(oik_rig_shapes_lowest(shapes, n, R, o) - (0.5 - 0.39)) < 1e-9);
    free(shapes);
    oik_rig_free(rig);
}

static void feet_are_boxes(void **state) {
    (void)state;
    int n;
    oik_rig *rig = tiny_rig_new();
    oik_mat3 R[TINY_RIG_BODIES];
    oik_vec3 o[TINY_RIG_BODIES];
    strcpy(rig->bodies[TINY_RIG_FEMUR_R].name, "calcn_r");
    give_boxes(rig, TINY_RIG_PELVIS, TINY_RIG_FEMUR_R);
    oik_rig_shape *shapes = shapes_of(rig, &n);
    oik_rig_forward(R, o, rig, rig->q);
    assert_int_equal(shapes[1].kind, OIK_SHAPE_BOX);
    assert_true(v3_dist(shapes[1].half, v3(0.07, 0.39, 0.07)) < 1e-9);
    R[TINY_RIG_FEMUR_R] = (oik_mat3){{{0.6, 0.8, 0}, {-0.8, 0.6, 0}, {0, 0, 1}}}; /* tilted about z: a corner is the lowest point */
    o[TINY_RIG_FEMUR_R] = m3_mulv(R[TINY_RIG_FEMUR_R], v3_scale(shapes[1].centre, -1.0));
    assert_true(fabs(oik_rig_shapes_lowest(shapes + 1, 1, R, o) + (0.8 * 0.07 + 0.6 * 0.39)) < 1e-12);
    free(shapes);
    oik_rig_free(rig);
}

static void a_vertex_goes_with_the_body_that_carries_most_of_it(void **state) {
    (void)state;
    int n;
    oik_rig *rig = tiny_rig_new();
    give_boxes(rig, TINY_RIG_PELVIS, TINY_RIG_FEMUR_R);
    for (int v = BOX; v < 2 * BOX; v++) {
        rig->skin.body[v][1] = TINY_RIG_TIBIA_R;
        rig->skin.weight[v][0] = 0.375, rig->skin.weight[v][1] = 0.625;
    }
    oik_rig_shape *shapes = shapes_of(rig, &n);
    assert_int_equal(n, 2);
    assert_int_equal(shapes[1].body, TINY_RIG_TIBIA_R);
    free(shapes);
    oik_rig_free(rig);
}

static void a_cube_is_a_ball_whatever_rounding_says(void **state) {
    (void)state;
    int n;
    oik_rig *rig = tiny_rig_new();
    give_boxes(rig, TINY_RIG_PELVIS, TINY_RIG_FEMUR_R);
    for (int v = 0; v < BOX; v++)
        rig->skin.vertices[v] = v3(v & 1 ? 0.1 : -0.1, v & 2 ? 0.11 : -0.11, v & 4 ? 0.105 : -0.105);
    oik_rig_shape *shapes = shapes_of(rig, &n);
    assert_true(shapes[0].half_line == 0.0);
    assert_true(fabs(shapes[0].radius - 0.105) < 1e-9);
    free(shapes);
    oik_rig_free(rig);
}

static void where_there_is_no_skin_there_is_no_shape(void **state) {
    (void)state;
    int n;
    oik_rig *rig = tiny_rig_new();
    rig->skin.n_vertices = 0;
    oik_rig_shape *shapes = shapes_of(rig, &n);
    assert_int_equal(n, 0);
    assert_true(oik_rig_shapes_lowest(shapes, n, NULL, NULL) == INFINITY);
    free(shapes);
    rig->skin.n_vertices = 1; /* bounds no room */
    free(shapes_of(rig, &n));
    assert_int_equal(n, 0);
    rig->skin.n_vertices = TINY_RIG_SKIN;
    oik_rig_free(rig);
}

/* Sides alike, feet the lowest, and within the skin's bounds: nothing reaches further than the skin does. */
static void a_demo_body_is_covered(void **state) {
    (void)state;
    int n, n_boxes = 0;
    oik_rig *rig = demo_rig_new(OIK_RIG_FULL);
    oik_mat3 *R = calloc((size_t)rig->n_bodies, sizeof *R);
    oik_vec3 *o = calloc((size_t)rig->n_bodies, sizeof *o);
    assert_true(R && o);
    oik_rig_forward(R, o, rig, rig->q);
    oik_rig_shape *shapes = shapes_of(rig, &n);
    double lowest = INFINITY;
    for (size_t v = 0; v < rig->skin.n_vertices; v++)
        lowest = fmin(lowest, rig->skin.vertices[v].y);
    for (int i = 0; i < n; i++) {
        const char *name = rig->bodies[shapes[i].body].name;
        n_boxes += shapes[i].kind == OIK_SHAPE_BOX;
        for (int k = 0; k < n; k++) {
            const char *other = rig->bodies[shapes[k].body].name;
            size_t length = strlen(name);
            if (strlen(other) == length && strncmp(name, other, length - 1) == 0 && strcmp(name + length - 2, "_r") == 0)
                assert_int_equal(shapes[i].half_line == 0.0, shapes[k].half_line == 0.0);
        }
    }
    assert_int_equal(n_boxes, 4);
    assert_in_range(n, 18, rig->n_bodies);
    assert_true(fabs(oik_rig_shapes_lowest(shapes, n, R, o) - lowest) < 0.02); /* [m]; the corner of a pitched foot's box */
    free(shapes);
    free(R);
    free(o);
    oik_rig_free(rig);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    oik_rig *rig = tiny_rig_new();
    oik_status status = OIK_E_MEMORY;
    for (long k = 0; status; k++) {
        oik_rig_shape *shapes = NULL;
        oik_error err = {0};
        int n;
        failing_malloc_arm(k);
        status = oik_rig_shapes_new(&shapes, &n, rig, &err);
        failing_malloc_disarm();
        assert_int_equal(status, k < 4 ? OIK_E_MEMORY : OIK_OK);
        assert_int_equal(shapes == NULL, status != OIK_OK);
        free(shapes);
    }
    oik_rig_free(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capsules_go_along_the_longest_side),
        cmocka_unit_test(feet_are_boxes),
        cmocka_unit_test(a_vertex_goes_with_the_body_that_carries_most_of_it),
        cmocka_unit_test(a_cube_is_a_ball_whatever_rounding_says),
        cmocka_unit_test(where_there_is_no_skin_there_is_no_shape),
        cmocka_unit_test(a_demo_body_is_covered),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_export_rig_shapes", tests, NULL, NULL);
}
