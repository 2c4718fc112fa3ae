#include "bone_gaps.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

bone_surface bone_surface_new(const oik_vec3 *v, size_t n, const int32_t (*faces)[3], size_t n_faces) {
    oik_locator *locator = NULL;
    assert_true(n > 0);
    assert_int_equal(oik_locator_new(&locator, v, n, faces, n_faces, NULL), OIK_OK);
    bone_surface s = {v, n, locator, v[0], v[0]};
    for (size_t i = 0; i < n; i++) {
        s.low = v3_min(s.low, v[i]);
        s.high = v3_max(s.high, v[i]);
    }
    return s;
}

void bone_surface_free(bone_surface *surface) {
    oik_locator_free(surface->locator);
}

static bool in_box(oik_vec3 p, oik_vec3 low, oik_vec3 high, double margin) {
    return p.x > low.x - margin && p.y > low.y - margin && p.z > low.z - margin && p.x < high.x + margin && p.y < high.y + margin &&
           p.z < high.z + margin;
}

static bool are_apart(const bone_surface *a, const bone_surface *b, double margin) {
    oik_vec3 gap = v3_max(v3_sub(a->low, b->high), v3_sub(b->low, a->high));
    return fmax(gap.x, fmax(gap.y, gap.z)) > margin;
}

static bool counts(const gap_region *r, oik_vec3 p) {
    return !r || in_box(m3_tmulv(r->axes, v3_sub(p, r->origin)), r->low, r->high, 0.0);
}

double surface_gap_from(const bone_surface *a, const bone_surface *b, const gap_region *region, double margin) {
    double best = GAP_FAR;
    for (size_t i = 0; i < a->n && !are_apart(a, b, margin); i++) {
        oik_nearest near;
        if (!in_box(a->v[i], b->low, b->high, margin) || !counts(region, a->v[i]) ||
            !oik_locator_nearest(&near, b->locator, a->v[i], GAP_FAR))
            continue;
        double side = v3_dot(near.normal, v3_sub(a->v[i], near.point));
        best = fmin(best, side < 0.0 ? -near.distance : near.distance);
    }
    return best;
}

double surface_gap(const bone_surface *a, const bone_surface *b, const gap_region *region, double margin) {
    return fmin(surface_gap_from(a, b, region, margin), surface_gap_from(b, a, region, margin));
}
