/* Triangles to samples: coverage without gaps or overlaps, orientation, linear functions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "export/picture_raster.h"
#include "random.h"

enum { SIZE = 64, STEPS = OIK_RASTER_STEPS };

static const oik_raster_window window = {0, 0, SIZE, SIZE};

static oik_raster_point point(int x, int y) {
    return (oik_raster_point){.x = x, .y = y};
}

static void count_samples(int count[SIZE][SIZE], const oik_raster_point *a, const oik_raster_point *b, const oik_raster_point *c) {
    oik_raster_triangle t;
    if (!oik_raster_begin(&t, a, b, c, &window))
        return;
    while (oik_raster_row(&t))
        for (int x = t.first; x < t.end; x++)
            count[t.y][x]++;
}

/* a grid of triangles whose inner corners are moved at random, some exactly onto middles of samples, where edges meet samples */
static void neighbours_cover_each_sample_once(void **state) {
    (void)state;
    enum { CELLS = 8, CELL = SIZE * STEPS / CELLS };
    oik_raster_point p[CELLS + 1][CELLS + 1];
    uint64_t seed = 1;
    for (int i = 0; i <= CELLS; i++)
        for (int j = 0; j <= CELLS; j++) {
            p[i][j] = point(j * CELL, i * CELL);
            if (i == 0 || j == 0 || i == CELLS || j == CELLS)
                continue;
            const int unit = (i + j) % 2 ? STEPS : 1, most = CELL / (3 * unit); /* a third of a cell: no triangle turns over */
            p[i][j].x += (int)(random_signed(&seed) * most) * unit + ((i + j) % 2 ? STEPS / 2 : 0);
            p[i][j].y += (int)(random_signed(&seed) * most) * unit + ((i + j) % 2 ? STEPS / 2 : 0);
        }
    int count[SIZE][SIZE] = {{0}};
    for (int i = 0; i < CELLS; i++)
        for (int j = 0; j < CELLS; j++) {
            count_samples(count, &p[i][j], &p[i + 1][j], &p[i][j + 1]);
            count_samples(count, &p[i][j + 1], &p[i + 1][j], &p[i + 1][j + 1]);
        }
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
            assert_int_equal(count[y][x], 1);
}

static void only_samples_inside_are_covered(void **state) {
    (void)state;
    /* x + y < 10 samples: row y has the middles x + 1/2 <= 10 - (y + 1/2) but not those on the long edge's far side */
    oik_raster_point a = point(0, 0), b = point(0, 10 * STEPS), c = point(10 * STEPS, 0);
    int count[SIZE][SIZE] = {{0}};
    count_samples(count, &a, &b, &c);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) {
            if (x + y + 1 < 10)
                assert_int_equal(count[y][x], 1);
            else if (x + y + 1 > 10)
                assert_int_equal(count[y][x], 0);
        }
}

static void counter_clockwise_is_towards_the_viewer(void **state) {
    (void)state;
    oik_raster_point a = point(0, 160), b = point(160, 160), c = point(0, 0); /* y down: right, then up */
    oik_raster_triangle t;
    assert_true(oik_raster_begin(&t, &a, &b, &c, &window));
    assert_true(t.per_area > 0.0);
    assert_true(oik_raster_begin(&t, &a, &c, &b, &window));
    assert_true(t.per_area < 0.0);
}

static void both_orientations_cover_the_same(void **state) {
    (void)state;
    oik_raster_point a = point(13, 160), b = point(177, 131), c = point(31, 7);
    int one[SIZE][SIZE] = {{0}}, other[SIZE][SIZE] = {{0}};
    count_samples(one, &a, &b, &c);
    count_samples(other, &a, &c, &b);
    assert_true(one[5][5] == 1);
    assert_memory_equal(one, other, sizeof one); /* no sample lies on an edge here */
}

static void a_linear_function_comes_back(void **state) {
    (void)state;
    oik_raster_point p[3] = {point(37, 801), point(903, 555), point(211, 70)};
    float f[3];
    for (int k = 0; k < 3; k++)
        f[k] = 2.0F + 0.01F * (float)p[k].x - 0.02F * (float)p[k].y;
    oik_raster_triangle t;
    assert_true(oik_raster_begin(&t, &p[0], &p[1], &p[2], &window));
    oik_raster_plane plane = oik_raster_fit(&t, f[0], f[1], f[2]);
    int n = 0;
    while (oik_raster_row(&t))
        for (int x = t.first; x < t.end; x++, n++) {
            double truth = 2.0 + 0.01 * (x + 0.5) * STEPS - 0.02 * (t.y + 0.5) * STEPS;
            assert_true(fabs((double)oik_raster_at(&t, &plane, x) - truth) < 1e-4); /* values up to 20 in single precision */
        }
    assert_true(n > 500);
}

static void what_covers_nothing_is_left_out(void **state) {
    (void)state;
    oik_raster_point a = point(1, 1), b = point(1, 3), c = point(3, 1); /* between middles of samples */
    oik_raster_point d = point(0, 0), e = point(160, 160), f = point(320, 320); /* on a line */
    oik_raster_point g = point(SIZE * STEPS, 0), h = point(SIZE * STEPS + 99, 0), i = point(SIZE * STEPS, 99); /* past the window */
    oik_raster_triangle t;
    assert_false(oik_raster_begin(&t, &a, &b, &c, &window));
    assert_false(oik_raster_begin(&t, &d, &e, &f, &window));
    assert_false(oik_raster_begin(&t, &g, &h, &i, &window));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbours_cover_each_sample_once),
                                       cmocka_unit_test(only_samples_inside_are_covered),
                                       cmocka_unit_test(counter_clockwise_is_towards_the_viewer),
                                       cmocka_unit_test(both_orientations_cover_the_same),
                                       cmocka_unit_test(a_linear_function_comes_back),
                                       cmocka_unit_test(what_covers_nothing_is_left_out)};
    return cmocka_run_group_tests_name("test_export_picture_raster", tests, NULL, NULL);
}
