#include "mesh/near_order.h"

#include <stdbool.h>
#include <stddef.h>

static int longest_axis(const int32_t *order, int32_t n, const oik_vec3 *points) {
    oik_vec3 lo = points[order[0]], hi = lo;
    for (int32_t i = 1; i < n; i++) {
        lo = v3_min(lo, points[order[i]]);
        hi = v3_max(hi, points[order[i]]);
    }
    oik_vec3 d = v3_sub(hi, lo);
    return d.x >= d.y && d.x >= d.z ? 0 : d.y >= d.z ? 1 : 2;
}

/** Move the entries whose key is below a limit, or not above it, to the front; how many. Without a branch, since half of them would be guessed wrong. */
static int32_t move_to_front(int32_t *order, int32_t n, const double *key, double limit, bool equal_too) {
    int32_t n_front = 0;
    for (int32_t i = 0; i < n; i++) {
        int32_t entry = order[i];
        double value = key[3 * (size_t)entry];
        order[i] = order[n_front];
        order[n_front] = entry;
        n_front += (value < limit) | (equal_too & (value == limit));
    }
    return n_front;
}

/** Move the k smallest points along axis to the front of order[0 .. n - 1] (Hoare, Comm. ACM 4 (1961) 321). */
static void select_smallest(int32_t *order, int32_t n, int32_t k, const oik_vec3 *points, int axis) {
    const double *key = (const double *)points + axis;
    int32_t left = 0, right = n;
    while (right - left > 1) {
        double pivot = key[3 * (size_t)order[left + (right - left) / 2]];
        int32_t below = left + move_to_front(order + left, right - left, key, pivot, false);
        if (k < below) {
            right = below;
            continue;
        }
        left = below + move_to_front(order + below, right - below, key, pivot, true);
        if (k <= left)
            return;
    }
}

void oik_halve(int32_t *order, int32_t n, const oik_vec3 *points) {
    select_smallest(order, n, n / 2, points, longest_axis(order, n, points));
}

/** Recursion: log2(n). */
void oik_near_order(int32_t *order, int32_t n, const oik_vec3 *points) {
    if (n < 2)
        return;
    oik_halve(order, n, points);
    oik_near_order(order, n / 2, points);
    oik_near_order(order + n / 2, n - n / 2, points);
}
