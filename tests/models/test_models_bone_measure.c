/* Measures of made-up bones with known answers, the fields that warp them, and tables that cannot be read. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/bone_measure.h"
#include "models/bone_warp.h"
#include "support/failing_malloc.h"
#include "support/shapes.h"
#include "support/temp_dir.h"

static const double PI = 3.14159265358979323846;

enum { BOX, BALL, N_BONES };

/* a cube of 100 mm about (50, 0, 0) mm and a ball of 30 mm radius about the origin, its axes turned by 90 degrees about x */
static oik_mesh *mesh[N_BONES];
static oik_bone made_up[N_BONES];
static const oik_bone_set set = {.n = N_BONES, .bones = made_up};

static void add_mark(oik_bone *b, const char *name, oik_vec3 p) {
    oik_landmark *l = b->landmarks + b->n_landmarks++;
    snprintf(l->name, sizeof l->name, "%s", name);
    l->p = l->rest = p;
}

static int set_up(void **state) {
    static const char *const names[N_BONES] = {"box", "ball"};
    mesh[BOX] = shape_cube(v3(0.05, 0, 0), 0.1);
    mesh[BALL] = shape_sphere(v3(0, 0, 0), 0.03, 40, 80);
    for (int i = 0; i < N_BONES; i++) {
        made_up[i] = (oik_bone){.n_v = mesh[i]->n_vertices, .n_f = mesh[i]->n_faces, .v = mesh[i]->vertices, .f = mesh[i]->faces};
        snprintf(made_up[i].name, sizeof made_up[i].name, "%s", names[i]);
        made_up[i].axes = m3_identity();
        add_mark(made_up + i, "centre", v3(i == BOX ? 0.05 : 0.0, 0, 0));
    }
    made_up[BALL].axes = m3_columns(v3(1, 0, 0), v3(0, 0, 1), v3(0, -1, 0));
    add_mark(made_up + BOX, "top", v3(0.05, 0.05, 0));
    add_mark(made_up + BOX, "front", v3(0.05, 0, 0.05));
    add_mark(made_up + BOX, "side", v3(0.1, 0, 0));
    return temp_dir_setup(state);
}

static int tear_down(void **state) {
    for (int i = 0; i < N_BONES; i++)
        oik_mesh_free(mesh[i]);
    return temp_dir_teardown(state);
}

static void assert_measure(const char *bones, const char *measure, double expected, double tolerance) {
    double value = NAN;
    oik_error err = {.status = OIK_OK};
    if (oik_bone_measure(&value, &set, bones, measure, &err))
        fail_msg("%s", err.message);
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%s of %s is %.6f, expected %.6f", measure, bones, value, expected);
}

#define ROUNDING 1e-9 /* mm or degrees */
#define FACETS 0.2    /* mm: chords of 80 sides of a circle of 30 mm lie up to 0.1 mm inside it, on both sides */

static void extents_are_along_a_direction(void **state) {
    (void)state;
    assert_measure("box", "extent x", 100, ROUNDING);
    assert_measure("box", "extent 1,1,0", 200 / sqrt(2), ROUNDING);
    assert_measure("box", "extent centre>front", 100, ROUNDING);
    assert_measure("+box", "extent x", 200, ROUNDING);
    assert_measure("box ball", "extent x", 130, ROUNDING);
    assert_measure("box", "longest", 100 * sqrt(3), ROUNDING);
    assert_measure("ball", "extent y y>centre+0,0,0", 30, FACETS);
    assert_measure("ball", "extent x near:centre+30,0,0:15", 3.75, 1.0); /* cap of a chord of 15 mm: 15^2 / (2 x 30); rows of vertices are 2.4 mm apart */
}

static void distances_and_sums_are_between_points(void **state) {
    (void)state;
    assert_measure("box", "distance centre top", 50, ROUNDING);
    assert_measure("box", "distance top front", 50 * sqrt(2), ROUNDING);
    assert_measure("box", "distance top front along z", 50, ROUNDING);
    assert_measure("box", "distance centre -centre", 100, ROUNDING);
    assert_measure("box", "distance centre ball:centre", 50, ROUNDING);
    assert_measure("box", "distance top|front centre+0,25,25", 0, ROUNDING);
    assert_measure("box", "sum centre top centre side", 100, ROUNDING);
    assert_measure("box", "sum centre top centre side top front", 100 + 50 * sqrt(2), ROUNDING);
}

/* offsets and directions go along the bone's own axes */
static void axes_of_a_bone_lean_with_it(void **state) {
    (void)state;
    assert_measure("ball", "distance centre box:centre along y", 0, ROUNDING);
    assert_measure("ball", "angle centre>centre+0,10,0 0,1,0", 0, ROUNDING);
    assert_measure("box", "angle centre>top ball:centre>ball:centre+0,10,0", 90, ROUNDING);
}

static void surfaces_are_cut_and_pierced(void **state) {
    (void)state;
    assert_measure("box", "through centre y", 100, ROUNDING);
    assert_measure("ball", "through centre x", 60, FACETS);
    assert_measure("ball", "cut centre y x", 60, FACETS);
    assert_measure("ball", "girth centre y", 60 * PI, FACETS);
    assert_measure("box", "girth centre+0,10,0 y", 400, ROUNDING);
    assert_measure("box", "cut centre+0,10,0 y x 60", 100, ROUNDING);
    assert_measure("box", "distance centre+30,10,10/x centre+30,0,0", 0, 1e-6); /* the centroid of a square section */
}

static void spheres_are_fitted(void **state) {
    (void)state;
    assert_measure("ball", "sphere centre 40", 60, ROUNDING);
    assert_measure("ball", "sphere centre+5,0,0 40 x>centre+0,0,0", 60, ROUNDING); /* any point of departure, half of the surface */
}

static void angles_are_between_directions(void **state) {
    (void)state;
    assert_measure("box", "angle centre>top centre>side", 90, ROUNDING);
    assert_measure("box", "angle top>centre centre>top", 180, ROUNDING);
    assert_measure("box", "angle 1,1,0 1,0,3 about z", 45, ROUNDING);
    assert_measure("box", "angle centre>top centre>side less 60", 30, ROUNDING);
    assert_measure("box", "angle centre^side^top 0,0,1", 0, ROUNDING);
}

/* a quarter of a circle through nine points: a Catmull-Rom curve follows it to a thousandth */
static void arcs_follow_a_smooth_curve(void **state) {
    (void)state;
    char measure[256] = "arc";
    for (int i = 0; i <= 8; i++) {
        size_t n = strlen(measure);
        snprintf(measure + n, sizeof measure - n, " centre+%.4f,%.4f,0", 40 * cos(i * PI / 16), 40 * sin(i * PI / 16));
    }
    assert_measure("box", measure, 20 * PI, 0.001 * 20 * PI);
    assert_measure("box", "arc centre top front", 50 + 50 * sqrt(2), 5); /* straight lines are the least, the curve swings out a little */
}

static void mistakes_are_named(void **state) {
    (void)state;
    static const char *const wrong[][3] = {
        {"bone", "longest", "bone"},          {"box", "weight", "weight"},         {"box", "distance centre wing", "wing"},
        {"box", "distance centre", "distance"}, {"box", "extent q", "q"},          {"box", "extent x near:centre", "near:centre"},
        {"box", "extent x w<centre", "w<centre"}, {"box", "cut centre+0,80,0 y x", "cut"}, {"box", "through top+0,20,0 y", "through"},
        {"box", "sphere centre 1", "sphere"}, {"box", "distance centre top+1,2", "top+1,2"}, {"", "longest", "bone"},
        {"box", "angle centre>centre x", "centre>centre"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double value;
        oik_error err = {.status = OIK_OK};
        assert_int_equal(oik_bone_measure(&value, &set, wrong[i][0], wrong[i][1], &err), OIK_E_MODEL);
        if (!strstr(err.message, wrong[i][2]))
            fail_msg("expected %s in: %s", wrong[i][2], err.message);
        assert_int_equal(oik_bone_measure(&value, &set, wrong[i][0], wrong[i][1], NULL), OIK_E_MODEL);
    }
}

/* ---- fields ---- */

/* one row with one amount, moved point by point */
static oik_vec3 moved(oik_warp_row row, double amount, bool midline, oik_vec3 x) {
    int first[2] = {0, 1};
    oik_warp_parameter parameter = {.kind = row.kind, .amount = amount};
    const oik_bone_warps warps = {.n_rows = 1, .n_parameters = 1, .n_bones = 1, .rows = &row, .first = first, .parameters = &parameter};
    return oik_bone_warps_apply(&warps, 0, midline, x);
}

static void assert_point(oik_vec3 found, oik_vec3 expected) {
    if (v3_dist(found, expected) > 1e-12)
        fail_msg("(%g, %g, %g), expected (%g, %g, %g)", found.x, found.y, found.z, expected.x, expected.y, expected.z);
}

static void a_stretch_moves_both_ends_as_one_piece(void **state) {
    (void)state;
    const oik_warp_row row = {.kind = OIK_WARP_STRETCH, .p = {0, 0, 0}, .q = {0, -0.3, 0}};
    assert_point(moved(row, 12, false, v3(0.01, 0.05, 0.02)), v3(0.01, 0.05, 0.02));
    assert_point(moved(row, 12, false, v3(0.01, -0.35, 0.02)), v3(0.01, -0.362, 0.02));
    assert_point(moved(row, 12, false, v3(0, -0.15, 0)), v3(0, -0.156, 0));
}

static void scales_swellings_and_turns_are_about_their_centre(void **state) {
    (void)state;
    const oik_vec3 c = v3(0, 0.1, 0), x = v3(0.02, 0.12, 0.01);
    const oik_warp_row scale = {.kind = OIK_WARP_SCALE, .p = {0, 1, 0}, .q = c}, swell = {.kind = OIK_WARP_SWELL, .q = c};
    const oik_warp_row turn = {.kind = OIK_WARP_ROTATE, .p = {0, 0, 1}, .q = c}, move = {.kind = OIK_WARP_MOVE, .p = {1, 0, 0}};
    assert_point(moved(scale, 0.5, false, x), v3(0.02, 0.13, 0.01));
    assert_point(moved(swell, -0.5, false, x), v3(0.01, 0.11, 0.005));
    assert_point(moved(turn, 90, false, x), v3(-0.02, 0.12, 0.01));
    assert_point(moved(move, 3, false, x), v3(0.023, 0.12, 0.01));
}

static void a_section_swells_between_its_ends(void **state) {
    (void)state;
    const oik_warp_row row = {.kind = OIK_WARP_SECTION, .p = {0, 0, 0}, .q = {0, -0.3, 0}};
    assert_point(moved(row, 0.1, false, v3(0.02, -0.15, 0)), v3(0.022, -0.15, 0));
    assert_point(moved(row, 0.1, false, v3(0.02, 0.001, 0)), v3(0.02, 0.001, 0));
}

static void weights_limit_a_field(void **state) {
    (void)state;
    oik_warp_row row = {.kind = OIK_WARP_MOVE, .p = {1, 0, 0}, .n_weights = 1, .weights = {{OIK_WARP_IN, {0, 0, 0}, {0, 0, 0}, 0.01, 0.03}}};
    assert_point(moved(row, 4, false, v3(0, 0.01, 0)), v3(0.004, 0.01, 0));
    assert_point(moved(row, 4, false, v3(0, 0.02, 0)), v3(0.002, 0.02, 0));
    assert_point(moved(row, 4, false, v3(0, 0.03, 0)), v3(0, 0.03, 0));
    row.weights[0] = (oik_warp_weight){OIK_WARP_FROM, {0, 0, 0}, {0, 0, 0.02}, 0, 0};
    assert_point(moved(row, 4, false, v3(0, 0, 0)), v3(0, 0, 0));
    assert_point(moved(row, 4, false, v3(0, 0, 0.05)), v3(0.004, 0, 0.05));
    oik_warp_row swell = {.kind = OIK_WARP_SWELL, .n_weights = 1, .weights = {{OIK_WARP_OUT, {0, 0, 0}, {0, 0, 0}, 0.025, 0}}};
    assert_point(moved(swell, 0.1, false, v3(0, -0.02, 0)), v3(0, -0.022, 0));
    assert_point(moved(swell, 0.1, false, v3(0, -0.4, 0)), v3(0, -0.4025, 0)); /* pushed by what the head has grown */
}

static void midline_bones_are_warped_on_both_sides(void **state) {
    (void)state;
    const oik_warp_row row = {.kind = OIK_WARP_MOVE, .p = {1, 0, 0}, .n_weights = 1, .weights = {{OIK_WARP_IN, {0.05, 0, 0}, {0, 0, 0}, 0.01, 0.1}}};
    oik_vec3 left = moved(row, 4, true, v3(0.05, 0, 0)), right = moved(row, 4, true, v3(-0.05, 0, 0));
    assert_point(left, v3(0.054, 0, 0));
    assert_point(right, v3(-0.054, 0, 0));
    assert_true(moved(row, 4, true, v3(0, 0.01, 0)).x == 0.0);
}

/* ---- tables ---- */

static const char *write_text(char path[TEMP_PATH_LENGTH], const char *text) {
    FILE *file = fopen(temp_path(path, "table.txt"), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void a_table_of_dimensions_is_read(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_dimension_table t;
    write_text(path, "# comment\n\na | box | width | extent x | 100 | 90.5 | mm | somebody | 1999\r\nb | box ball | turn | angle x y | 90 | 80 | deg | s");
    assert_int_equal(oik_dimension_table_load(&t, path, NULL), OIK_OK);
    assert_int_equal(t.n, 2);
    assert_string_equal(t.rows[0].region, "a");
    assert_string_equal(t.rows[0].measure, "extent x");
    assert_string_equal(t.rows[0].source, "somebody | 1999"); /* the last column takes what is left */
    assert_true(t.rows[0].female == 90.5 && !t.rows[0].angle && t.rows[1].angle);
    assert_string_equal(t.rows[1].bones, "box ball");
    assert_true(fabs(oik_dimension_value(&t.rows[1], 0.25) - 87.5) < 1e-12);
    oik_dimension_table_free(&t);
}

static void damaged_tables_name_their_line(void **state) {
    (void)state;
    static const char *const wrong[] = {"\na | box | width | extent x | 100 | 90 | mm", "\na | box | width | extent x | hundred | 90 | mm | s",
                                        "\na | box | width | extent x | 100 | 90 | inch | s", "\na | box | width | extent x | -1 | 90 | mm | s",
                                        "\na | box | width | extent x | 100 | nan | deg | s"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[TEMP_PATH_LENGTH];
        oik_dimension_table t;
        oik_error err = {.status = OIK_OK};
        assert_int_equal(oik_dimension_table_load(&t, write_text(path, wrong[i]), &err), OIK_E_FORMAT);
        assert_non_null(strstr(err.message, "line 2"));
        oik_dimension_table_free(&t);
    }
    oik_dimension_table t;
    assert_int_equal(oik_dimension_table_load(&t, "no such file", NULL), OIK_E_IO);
    oik_dimension_table_free(&t);
}

static void damaged_fields_name_their_line(void **state) {
    (void)state;
    static const char *const wrong[][2] = {{"g | box | n | stretch centre | all", "field"},
                                           {"g | box | n | scale x centre | everywhere", "weights"},
                                           {"g | box | n | scale x centre | in centre 5", "weights"},
                                           {"g | wing | n | scale x centre | all", "no bone"},
                                           {"g | box | n | scale x wing | all", "wing"},
                                           {"g | box | n", "columns"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[TEMP_PATH_LENGTH];
        oik_bone_warps *w;
        oik_error err = {.status = OIK_OK};
        assert_int_not_equal(oik_bone_warps_load(&w, write_text(path, wrong[i][0]), &set, &err), OIK_OK);
        assert_null(w);
        if (!strstr(err.message, wrong[i][1]) || !strstr(err.message, "line 1"))
            fail_msg("expected %s and line 1 in: %s", wrong[i][1], err.message);
    }
}

static void failed_allocations_are_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_dimension_table t;
    write_text(path, "a | box | w | extent x | 1 | 1 | mm | s\na | box | w | extent x | 1 | 1 | mm | s\na | box | w | extent x | 1 | 1 | mm | s\n");
    failing_malloc_arm(-1);
    assert_int_equal(oik_dimension_table_load(&t, path, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_dimension_table_free(&t);
    assert_true(n > 3);
    for (long k = 0; k < n; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_dimension_table_load(&t, path, &err);
        failing_malloc_disarm();
        oik_dimension_table_free(&t);
        assert_true(status == OIK_E_MEMORY || status == OIK_OK); /* the C library's own buffers may do without */
    }
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(extents_are_along_a_direction),
        cmocka_unit_test(distances_and_sums_are_between_points),
        cmocka_unit_test(axes_of_a_bone_lean_with_it),
        cmocka_unit_test(surfaces_are_cut_and_pierced),
        cmocka_unit_test(spheres_are_fitted),
        cmocka_unit_test(angles_are_between_directions),
        cmocka_unit_test(arcs_follow_a_smooth_curve),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_stretch_moves_both_ends_as_one_piece),
        cmocka_unit_test(scales_swellings_and_turns_are_about_their_centre),
        cmocka_unit_test(a_section_swells_between_its_ends),
        cmocka_unit_test(weights_limit_a_field),
        cmocka_unit_test(midline_bones_are_warped_on_both_sides),
        cmocka_unit_test(a_table_of_dimensions_is_read),
        cmocka_unit_test(damaged_tables_name_their_line),
        cmocka_unit_test(damaged_fields_name_their_line),
        cmocka_unit_test(failed_allocations_are_reported),
    };
    return cmocka_run_group_tests_name("test_models_bone_measure", cases, set_up, tear_down);
}
