/* Light of the sky: its integral over surfaces in the open, and shade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "export/picture_sky.h"
#include "shapes.h"

/** Light of every vertex of a mesh; free it. */
static float *light_of(const oik_mesh *mesh) {
    oik_vec3 *normals = calloc(mesh->n_vertices, sizeof *normals);
    float *light = calloc(mesh->n_vertices, sizeof *light);
    oik_error err = {0};
    oik_mesh_normals(normals, mesh->vertices, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces);
    oik_picture_mesh m = {mesh->n_vertices, mesh->n_faces, mesh->vertices, normals, mesh->faces};
    if (oik_picture_sky_light(light, &m, &err))
        fail_msg("%s", err.message);
    free(normals);
    return light;
}

/**
 * Radiance g + (1 - g) (1 + y) / 2 over the half sphere around n, times the cosine to n, integrates to
 * pi g + (1 - g) pi (1/2 + n_y / 3); divided by its value for n_y = 1.
 */
static double open_light(double n_y) {
    const double g = 0.30;
    return (g + (1.0 - g) * (0.5 + n_y / 3.0)) / (g + (1.0 - g) * (5.0 / 6.0));
}

static void a_surface_in_the_open_gets_the_integral_of_the_sky(void **state) {
    (void)state;
    oik_mesh *sphere = shape_sphere(v3(0.3, -2, 1), 0.5, 40, 60);
    float *light = light_of(sphere);
    for (size_t i = 0; i < sphere->n_vertices; i++) {
        double n_y = (sphere->vertices[i].y + 2.0) / 0.5;
        /* 48 directions are good to 3 %; some of those that graze the surface meet its own depth map's texels */
        assert_true(fabs((double)light[i] - open_light(n_y)) < 0.05);
    }
    free(light);
    oik_mesh_free(sphere);
}

static void a_roof_takes_light_away(void **state) {
    (void)state;
    oik_mesh *low = shape_sphere(v3(0, 0, 0), 0.1, 20, 20), *roof = shape_cube(v3(0, 1.15, 0), 2.0);
    oik_mesh *both = shape_union(low, roof);
    float *light = light_of(both);
    size_t north = low->n_vertices - 2; /* shapes.c: its poles are the last vertices */
    assert_true(both->vertices[north].y > 0.09);
    assert_true(light[north] < 0.1F); /* the gap of 5 cm below a roof of 2 m lets 1 % of the directions in */
    assert_true(light[both->n_vertices - 1] > 0.3F); /* the roof's own upper corner */
    free(light);
    oik_mesh_free(low);
    oik_mesh_free(roof);
    oik_mesh_free(both);
}

static void a_floor_takes_the_light_from_below(void **state) {
    (void)state;
    oik_mesh *high = shape_sphere(v3(0, 0, 0), 0.1, 20, 20), *floor = shape_cube(v3(0, -1.15, 0), 2.0);
    oik_mesh *both = shape_union(high, floor);
    float *open = light_of(high), *light = light_of(both);
    size_t south = high->n_vertices - 1;
    assert_true(high->vertices[south].y < -0.09);
    assert_true(open[south] > 0.4F && light[south] < 0.1F);
    assert_true(fabs((double)(light[south - 1] - open[south - 1])) < 0.05); /* the north pole does not see the floor */
    free(open);
    free(light);
    oik_mesh_free(high);
    oik_mesh_free(floor);
    oik_mesh_free(both);
}

static void a_single_point_is_no_trouble(void **state) {
    (void)state;
    oik_mesh *dot = shape_cube(v3(1, 1, 1), 0.0);
    float *light = light_of(dot);
    for (size_t i = 0; i < dot->n_vertices; i++)
        assert_true(light[i] == 0.0F); /* without normals nothing is lit */
    free(light);
    oik_mesh_free(dot);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_surface_in_the_open_gets_the_integral_of_the_sky),
                                       cmocka_unit_test(a_roof_takes_light_away),
                                       cmocka_unit_test(a_floor_takes_the_light_from_below),
                                       cmocka_unit_test(a_single_point_is_no_trouble)};
    return cmocka_run_group_tests_name("test_export_picture_sky", tests, NULL, NULL);
}
