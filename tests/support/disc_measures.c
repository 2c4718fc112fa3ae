/* End plates of vertebrae and the heights between them. */
#include "disc_measures.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const column[N_DISCS + 1] = {"sacrum", "L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9", "T8", "T7",
                                                "T6", "T5", "T4", "T3", "T2", "T1", "C7", "C6", "C5", "C4", "C3", "C2_axis"};

const char *disc_name(int disc) {
    static char text[32];
    snprintf(text, sizeof text, "%s and %s", column[disc], column[disc + 1]);
    return text;
}

/** One bone of the placed template. */
typedef struct placed_bone_mesh {
    const oik_skel_model *model;
    const oik_vec3 *y;
    size_t first, end; /* faces */
    double sign;       /* 1: its upper end plate, -1: its lower one */
} placed_bone_mesh;

/** The outermost place where a line p + s n meets an end plate, |s| < reach; slope: cosine of the surface's normal and n. */
static bool meet(plate_point *out, double *slope, const placed_bone_mesh *b, oik_vec3 p, oik_vec3 n) {
    const double reach = 15e-3, slack = 1e-9; /* lines in the median plane run along edges */
    double best = -INFINITY;
    for (size_t f = b->first; f < b->end; f++) {
        const int32_t *v = b->model->faces[f];
        oik_vec3 a = b->y[v[0]], e1 = v3_sub(b->y[v[1]], a), e2 = v3_sub(b->y[v[2]], a), normal = v3_cross(e1, e2);
        double det = v3_dot(normal, n);
        if (!(b->sign * det > 0.0)) /* faces away from the disc */
            continue;
        oik_vec3 d = v3_sub(p, a), q = v3_cross(d, n);
        double s = -v3_dot(d, normal) / det, u = -v3_dot(q, e2) / det, w = v3_dot(q, e1) / det;
        if (!(u >= -slack && w >= -slack && u + w <= 1.0 + slack) || fabs(s) > reach || b->sign * s <= best)
            continue;
        best = b->sign * s;
        *out = (plate_point){f, u, w};
        *slope = b->sign * det / v3_norm(normal);
    }
    return isfinite(best);
}

static oik_vec3 place_of(const oik_skel_model *model, const oik_vec3 *y, const plate_point *p) {
    const int32_t *v = model->faces[p->face];
    return v3_madd(v3_madd(y[v[0]], p->u, v3_sub(y[v[1]], y[v[0]])), p->v, v3_sub(y[v[2]], y[v[0]]));
}

static oik_vec3 normal_of(const oik_vec3 at[N_DISC_PLACES]) {
    return v3_unit(v3_cross(v3_sub(at[DISC_FRONT], at[DISC_BACK]), v3_sub(at[DISC_LEFT], at[DISC_RIGHT])));
}

/** The crest of the rim, inside its rounding: 85 % of the way from the middle to where the plate ends or turns by 60 deg. */
static void find_rim(plate_point *out, const placed_bone_mesh *b, oik_vec3 middle, oik_vec3 n, oik_vec3 direction) {
    const double step = 0.5e-3, farthest = 40e-3, crest = 0.85, turned = 0.5;
    double way = 0.0, slope = 1.0;
    plate_point p;
    while (way < farthest && meet(&p, &slope, b, v3_madd(middle, way + step, direction), n) && slope > turned)
        way += step;
    assert_true(way > 4e-3 && way < farthest);
    assert_true(meet(out, &slope, b, v3_madd(middle, crest * way, direction), n));
}

/** @param n about the plate's normal, upward, @param forward about that */
static void find_plate(plate_point out[N_DISC_PLACES], const placed_bone_mesh *b, oik_vec3 middle, oik_vec3 n, oik_vec3 forward) {
    const int turns = 3; /* each brings n nearer to the plate's own normal */
    for (int i = 0; i < turns; i++) {
        oik_vec3 ahead = v3_unit(v3_madd(forward, -v3_dot(forward, n), n)), left = v3_cross(n, ahead), at[N_DISC_PLACES];
        double slope;
        assert_true(meet(&out[DISC_MIDDLE], &slope, b, middle, n));
        find_rim(&out[DISC_FRONT], b, middle, n, ahead);
        find_rim(&out[DISC_BACK], b, middle, n, v3_scale(ahead, -1.0));
        find_rim(&out[DISC_LEFT], b, middle, n, left);
        find_rim(&out[DISC_RIGHT], b, middle, n, v3_scale(left, -1.0));
        for (int k = 0; k < N_DISC_PLACES; k++)
            at[k] = place_of(b->model, b->y, &out[k]);
        n = normal_of(at);
    }
}

static placed_bone_mesh bone_of(const oik_skel_model *m, const oik_vec3 *y, const char *name, double sign) {
    placed_bone_mesh b = {.model = m, .y = y, .sign = sign};
    int bone = 0;
    while (bone < m->n_bones && strcmp(m->bone_names[bone], name) != 0)
        bone++;
    assert_true(bone < m->n_bones);
    while (m->vertex_bone[m->faces[b.first][0]] != bone)
        b.first++;
    b.end = b.first;
    while (b.end < m->n_faces && m->vertex_bone[m->faces[b.end][0]] == bone)
        b.end++;
    return b;
}

/** The disc's middle and the directions of its rim: of the stitches' points between two parts, left and right, then front and back. */
static void find_middle(oik_vec3 *middle, oik_vec3 *n, oik_vec3 *forward, const oik_skel_model *m, const oik_puppet *rest, int lower, int upper) {
    const oik_stitches *s = &m->stitches;
    oik_vec3 rim[4];
    int found = 0;
    for (size_t i = 0; i < s->n && found < 4; i++)
        if (m->point_part[s->point_a[i]] == lower && m->point_part[s->point_b[i]] == upper)
            rim[found++] = v3_lerp(oik_puppet_point(rest, m, (size_t)s->point_a[i]), oik_puppet_point(rest, m, (size_t)s->point_b[i]), 0.5);
    assert_int_equal(found, 4);
    *middle = v3_lerp(rim[2], rim[3], 0.5);
    *forward = v3_sub(rim[2], rim[3]);
    *n = v3_unit(v3_cross(*forward, v3_sub(rim[0], rim[1])));
    if (v3_dot(*n, v3_sub(rest->t[upper], *middle)) < 0.0)
        *n = v3_scale(*n, -1.0);
}

spine_discs spine_discs_find(const oik_skel_model *model) {
    spine_discs discs = {.model = model};
    oik_vec3 *y = malloc(model->n_vertices * sizeof *y);
    oik_puppet *rest;
    assert_non_null(y);
    assert_int_equal(oik_puppet_new(&rest, model, NULL), OIK_OK);
    oik_puppet_vertices(y, rest, model);
    for (int i = 0; i < N_DISCS; i++) {
        oik_vec3 middle, n, forward;
        placed_bone_mesh lower = bone_of(model, y, column[i], 1.0), upper = bone_of(model, y, column[i + 1], -1.0);
        find_middle(&middle, &n, &forward, model, rest, model->point_part[model->faces[lower.first][0]],
                    model->point_part[model->faces[upper.first][0]]);
        find_plate(discs.plate[i][0], &lower, middle, n, forward);
        find_plate(discs.plate[i][1], &upper, middle, n, forward);
    }
    oik_puppet_free(rest);
    free(y);
    return discs;
}

void spine_discs_measure(disc_heights out[N_DISCS], const spine_discs *discs, const oik_puppet *puppet) {
    const oik_skel_model *m = discs->model;
    oik_vec3 *y = malloc(m->n_vertices * sizeof *y);
    assert_non_null(y);
    oik_puppet_vertices(y, puppet, m);
    for (int i = 0; i < N_DISCS; i++) {
        oik_vec3 at[2][N_DISC_PLACES];
        for (int k = 0; k < N_DISC_PLACES; k++)
            for (int side = 0; side < 2; side++)
                at[side][k] = place_of(m, y, &discs->plate[i][side][k]);
        oik_vec3 n = v3_unit(v3_add(normal_of(at[0]), normal_of(at[1])));
        for (int k = 0; k < N_DISC_PLACES; k++)
            out[i].at[k] = 1e3 * v3_dot(n, v3_sub(at[1][k], at[0][k]));
        out[i].space = (out[i].at[DISC_FRONT] + out[i].at[DISC_MIDDLE] + out[i].at[DISC_BACK]) / 3.0;
    }
    free(y);
}
