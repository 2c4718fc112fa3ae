/**
 * Ribs that bend between vertebra and rib cage (oik_flexes, formula in skeleton/flex.h): their seats, and how far each vertex goes with which.
 *
 *   rib        with the vertebra up to the tubercle, with the swinging rib from the angle on: between them, s of the way along the centre
 *              line, 1 - s^2 (3 - 2 s) with the vertebra and the rest with the rib
 *   cartilage  with the rib at the rib's end, with the rib cage at its other end: in a straight line between them
 *   floating   rib, which has no tubercle and no cartilage: all of it half with the vertebra, half swinging
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "models/skeleton_builder.h"

static const char *const own_part = "ribcage";

/* Landmarks along a rib's centre line from its head, and the number of two of them. */
static const char *const line_marks[] = {"head", "tub", "angle", "postlat", "lat", "antlat", "ccj"};
enum { N_LINE_MARKS = sizeof line_marks / sizeof *line_marks, TUBERCLE = 1, ANGLE = 2 };

/* Share of a cartilage at either end that moves rigidly with what it grows into. */
static const double ROOT = 0.06;
/* Share of a floating rib that goes with its vertebra: ligaments hold it to that, muscles to the ribs above. */
static const double FLOATING = 0.5;
/* Half width of the tubercle [m]: so far past its centre the rib goes with the vertebra. */
static const double TUBERCLE_END = 5e-3;

static oik_vec3 mark(oik_builder *b, const char *bone, const char *name) {
    char text[2 * OIK_BONE_NAME + 2];
    snprintf(text, sizeof text, "%s:%s", bone, name);
    return oik_builder_position(b, text);
}

/** Length along a broken line up to where it is nearest to a point. */
static double along(const oik_vec3 *line, int n, oik_vec3 x) {
    double least = INFINITY, passed = 0.0, best = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        oik_vec3 d = v3_sub(line[i + 1], line[i]);
        double length = v3_norm(d), s = fmin(1.0, fmax(0.0, v3_dot(v3_sub(x, line[i]), d) / (length * length)));
        double distance = v3_dist(x, v3_madd(line[i], s, d));
        if (distance < least) {
            least = distance;
            best = passed + s * length;
        }
        passed += length;
    }
    return best;
}

/** 0 below `from`, 1 above `to`, smooth between. */
static double step(double x, double from, double to) {
    double s = fmin(1.0, fmax(0.0, (x - from) / (to - from)));
    return s * s * (3.0 - 2.0 * s);
}

static void add_vertex(oik_builder *b, int32_t vertex, double seated, double swung) {
    oik_flexes *f = &b->m->flexes;
    size_t n = (size_t)f->start[f->n];
    f->vertex = oik_builder_grow(b, f->vertex, n, sizeof *f->vertex);
    f->share = oik_builder_grow(b, f->share, n, sizeof *f->share);
    if (b->status)
        return;
    f->vertex[n] = vertex;
    f->share[n][0] = seated;
    f->share[n][1] = swung;
    f->start[f->n]++;
}

static void add_rib(oik_builder *b, const oik_flex_row *r, int side) {
    const oik_bone *rib = oik_bone_find(b->bones, r->rib);
    int32_t first = oik_builder_bone_start(b, r->rib, side);
    oik_vec3 line[N_LINE_MARKS];
    for (int i = 0; i < N_LINE_MARKS; i++)
        line[i] = mark(b, r->rib, line_marks[i]);
    double neck = along(line, N_LINE_MARKS, line[TUBERCLE]) + TUBERCLE_END, shaft = along(line, N_LINE_MARKS, line[ANGLE]);
    for (size_t i = 0; i < rib->n_v && !b->status; i++) {
        double swung = r->cartilage ? step(along(line, N_LINE_MARKS, rib->v[i]), neck, shaft) : 1.0 - FLOATING;
        add_vertex(b, first + (int32_t)i, 1.0 - swung, swung);
    }
}

static void add_cartilage(oik_builder *b, const oik_flex_row *r, int side) {
    const oik_bone *cartilage = oik_bone_find(b->bones, r->cartilage);
    int32_t first = oik_builder_bone_start(b, r->cartilage, side);
    oik_vec3 from = mark(b, r->cartilage, "ccj"), d = v3_sub(mark(b, r->cartilage, "end"), from);
    for (size_t i = 0; i < cartilage->n_v && !b->status; i++) {
        double s = v3_dot(v3_sub(cartilage->v[i], from), d) / v3_dot(d, d);
        add_vertex(b, first + (int32_t)i, 0.0, fmin(1.0, fmax(0.0, (1.0 - ROOT - s) / (1.0 - 2.0 * ROOT))));
    }
}

static void add_flex(oik_builder *b, const oik_flex_row *r, int side) {
    oik_flexes *f = &b->m->flexes;
    int own = oik_builder_row(b, own_part), other = oik_builder_row(b, r->vertebra);
    oik_vec3 seat = mark(b, r->rib, "head");
    if (r->cartilage)
        seat = v3_lerp(seat, mark(b, r->rib, "tub"), 0.5);
    f->point = oik_builder_grow(b, f->point, f->n, sizeof *f->point);
    if (!f->start)
        f->start = oik_builder_grow(b, NULL, 0, sizeof *f->start);
    f->start = oik_builder_grow(b, f->start, f->n + 1, sizeof *f->start);
    if (b->status)
        return;
    f->point[f->n][0] = oik_builder_point(b, other, side, seat);
    f->point[f->n][1] = oik_builder_point(b, own, side, seat);
    f->point[f->n][2] = oik_builder_point(b, own, side, mark(b, r->rib, "ccj"));
    if (f->n == 0)
        f->start[0] = 0;
    f->start[f->n + 1] = f->start[f->n];
    f->n++;
    add_rib(b, r, side);
    if (r->cartilage && !b->status)
        add_cartilage(b, r, side);
}

void oik_builder_flexes(oik_builder *b) {
    for (int i = 0; i < oik_n_flex_rows && !b->status; i++)
        for (int side = 0; side < 2 && !b->status; side++)
            add_flex(b, &oik_flex_table[i], side);
}
