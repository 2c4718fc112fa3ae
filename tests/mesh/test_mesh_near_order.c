/* Halves of lists of points, and orders in which neighbours in the list are neighbours in space. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mesh/near_order.h"
#include "support/random.h"

enum { MOST = 1500 };
static const int32_t sizes[] = {1, 2, 3, 10, 257, MOST};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

/* A cloud that is longest along y. Every fifth point is at the same place as the one before. */
static void make_cloud(oik_vec3 *points, int32_t *order, int32_t n) {
    uint64_t state = 7;
    for (int32_t i = 0; i < n; i++) {
        points[i] = i % 5 == 4 ? points[i - 1] : v3_mul(random_vec3(&state), v3(1, 3, 2));
        order[i] = n - 1 - i;
    }
}

static void assert_permutation(const int32_t *order, int32_t n) {
    bool seen[MOST] = {false};
    for (int32_t i = 0; i < n; i++) {
        assert_in_range(order[i], 0, n - 1);
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
    }
}

static void a_half_is_below_the_other_along_the_longest_axis(void **state) {
    (void)state;
    for (size_t k = 0; k < N_SIZES; k++) {
        oik_vec3 points[MOST];
        int32_t order[MOST], n = sizes[k];
        double highest = -HUGE_VAL, lowest = HUGE_VAL;
        make_cloud(points, order, n);
        if (n > 2)
            points[0].y = -3.0, points[1].y = 3.0;
        oik_halve(order, n, points);
        assert_permutation(order, n);
        for (int32_t i = 0; i < n; i++) {
            double y = points[order[i]].y;
            highest = i < n / 2 ? fmax(highest, y) : highest;
            lowest = i < n / 2 ? lowest : fmin(lowest, y);
        }
        assert_true(n <= 2 || highest <= lowest);
    }
}

static double run_extent(const oik_vec3 *points, const int32_t *order, int32_t n) {
    oik_vec3 low = points[order[0]], high = low;
    for (int32_t i = 1; i < n; i++) {
        low = v3_min(low, points[order[i]]);
        high = v3_max(high, points[order[i]]);
    }
    return v3_dist(low, high);
}

/* 32 neighbours of 1500 in a box of 2 x 6 x 4 fill a cube with sides of 1, those of a random list nearly all of the box. */
static void runs_of_an_order_are_small(void **state) {
    (void)state;
    oik_vec3 points[MOST];
    int32_t order[MOST];
    double before = 0.0, after = 0.0;
    make_cloud(points, order, MOST);
    for (int32_t i = 0; i + 32 <= MOST; i += 32)
        before += run_extent(points, order + i, 32);
    oik_near_order(order, MOST, points);
    assert_permutation(order, MOST);
    for (int32_t i = 0; i + 32 <= MOST; i += 32)
        after += run_extent(points, order + i, 32);
    assert_true(after < 0.4 * before);
}

static void small_lists_stay_lists(void **state) {
    (void)state;
    for (size_t k = 0; k < N_SIZES; k++) {
        oik_vec3 points[MOST];
        int32_t order[MOST];
        make_cloud(points, order, sizes[k]);
        oik_near_order(order, sizes[k], points);
        assert_permutation(order, sizes[k]);
    }
    oik_near_order(NULL, 0, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_half_is_below_the_other_along_the_longest_axis),
        cmocka_unit_test(runs_of_an_order_are_small),
        cmocka_unit_test(small_lists_stay_lists),
    };
    return cmocka_run_group_tests_name("mesh_near_order", tests, NULL, NULL);
}
