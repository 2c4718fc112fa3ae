#include "mesh/near_order.h"

static int longest_axis(const int32_t *order, int32_t n, const oik_vec3 *points) {
    oik_vec3 lo = points[order[0]], hi = lo;
    for (int32_t i = 1; i < n; i++) {
        lo = v3_min(lo, points[order[i]]);
        hi = v3_max(hi, points[order[i]]);
    }
    oik_vec3 d = v3_sub(hi, lo);
    return d.x >= d.y && d.x >= d.z ? 0 : d.y >= d.z ? 1 : 2;
}

/** Move the k smallest points along axis to the front of order[0 .. n - 1] (Hoare, Comm. ACM 4 (1961) 321). */
static void select_smallest(int32_t *order, int32_t n, int32_t k, const oik_vec3 *points, int axis) {
    int32_t left = 0, right = n - 1;
    while (left < right) {
        double pivot = v3_get(points[order[left + (right - left) / 2]], axis);
        int32_t i = left, j = right;
        while (i <= j) {
            while (v3_get(points[order[i]], axis) < pivot)
                i++;
            while (v3_get(points[order[j]], axis) > pivot)
                j--;
            if (i > j)
                break;
            int32_t swap = order[i];
            order[i++] = order[j];
            order[j--] = swap;
        }
        if (k <= j)
            right = j;
        else if (k >= i)
            left = i;
        else
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
