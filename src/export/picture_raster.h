/**
 * Triangles to samples: which samples a triangle covers, and what is linear over it.
 *
 * Coordinates are whole numbers of 1 / OIK_RASTER_STEPS sample, y down; sample (i, j) is at its middle (i + 1/2, j + 1/2). Edge functions
 * are exact, and a sample on the edge between two triangles belongs to one of them: translucent surfaces show no seams.
 * Source: Pineda, A parallel algorithm for polygon rasterization, SIGGRAPH 1988.
 */
#ifndef OIK_EXPORT_PICTURE_RASTER_H
#define OIK_EXPORT_PICTURE_RASTER_H

#include <stdbool.h>
#include <stdint.h>

enum { OIK_RASTER_STEPS = 16 };

typedef struct oik_raster_point {
    int32_t x, y;   /**< [1 / OIK_RASTER_STEPS sample] */
    float z;        /**< towards the viewer [m] */
    float value[3]; /**< whatever else is linear over the triangle */
} oik_raster_point;

/** Samples x0 <= x < x1, y0 <= y < y1. */
typedef struct oik_raster_window {
    int x0, y0, x1, y1;
} oik_raster_window;

typedef struct oik_raster_triangle {
    const oik_raster_point *a, *b, *c;
    double per_area;         /**< 1 / (twice the signed area); > 0 when seen counter-clockwise, that is from outside */
    oik_raster_window box;   /**< samples that it may cover */
    int64_t edge[3];         /**< edge functions at the first sample of the next row; >= 0 inside */
    int64_t right[3], down[3]; /**< what a sample to the right and a row down add */
    int y;                   /**< the current row ... */
    int first, end;          /**< ... and its samples first <= x < end */
} oik_raster_triangle;

/** f(x, y) = at + right (x - box.x0) + down (y - box.y0) at sample (x, y). */
typedef struct oik_raster_plane {
    float at, right, down;
} oik_raster_plane;

static inline int oik_raster_min(int a, int b) {
    return a < b ? a : b;
}
static inline int oik_raster_max(int a, int b) {
    return a > b ? a : b;
}

/** First sample whose middle is at x or right of it. */
static inline int oik_raster_sample(int32_t x) {
    return (x + OIK_RASTER_STEPS / 2 - 1) / OIK_RASTER_STEPS;
}

/** Edge function k of the edge p to q, >= 0 on the side of the triangle, whose area has this sign. */
static inline void oik_raster_edge(oik_raster_triangle *t, int k, const oik_raster_point *p, const oik_raster_point *q, int64_t sign) {
    const int64_t dx = sign * (q->x - p->x), dy = sign * (q->y - p->y);
    const int64_t x = (int64_t)t->box.x0 * OIK_RASTER_STEPS + OIK_RASTER_STEPS / 2;
    const int64_t y = (int64_t)t->box.y0 * OIK_RASTER_STEPS + OIK_RASTER_STEPS / 2;
    const bool owns_edge = dy > 0 || (dy == 0 && dx > 0); /* the neighbour has the edge the other way round */
    t->edge[k] = dy * (x - p->x) - dx * (y - p->y) - (owns_edge ? 0 : 1);
    t->right[k] = dy * OIK_RASTER_STEPS;
    t->down[k] = -dx * OIK_RASTER_STEPS;
}

/** Begin a triangle; coordinates are >= 0. @return false when it covers nothing of the window */
static inline bool oik_raster_begin(oik_raster_triangle *t, const oik_raster_point *a, const oik_raster_point *b,
                                    const oik_raster_point *c, const oik_raster_window *window) {
    const int low_x = oik_raster_min(a->x, oik_raster_min(b->x, c->x)), high_x = oik_raster_max(a->x, oik_raster_max(b->x, c->x));
    const int low_y = oik_raster_min(a->y, oik_raster_min(b->y, c->y)), high_y = oik_raster_max(a->y, oik_raster_max(b->y, c->y));
    t->box.x0 = oik_raster_max(oik_raster_sample(low_x), window->x0);
    t->box.y0 = oik_raster_max(oik_raster_sample(low_y), window->y0);
    t->box.x1 = oik_raster_min(oik_raster_sample(high_x + 1), window->x1);
    t->box.y1 = oik_raster_min(oik_raster_sample(high_y + 1), window->y1);
    if (t->box.x0 >= t->box.x1 || t->box.y0 >= t->box.y1)
        return false;
    const int64_t area = (int64_t)(b->y - a->y) * (c->x - a->x) - (int64_t)(b->x - a->x) * (c->y - a->y);
    if (area == 0)
        return false;
    t->a = a;
    t->b = b;
    t->c = c;
    t->per_area = 1.0 / (double)area;
    const int64_t sign = area > 0 ? 1 : -1;
    oik_raster_edge(t, 0, a, b, sign);
    oik_raster_edge(t, 1, b, c, sign);
    oik_raster_edge(t, 2, c, a, sign);
    t->y = t->box.y0 - 1;
    return true;
}

/** Go to the next row: y, first, end. @return false behind the last row */
static inline bool oik_raster_row(oik_raster_triangle *t) {
    if (++t->y >= t->box.y1)
        return false;
    int64_t e0 = t->edge[0], e1 = t->edge[1], e2 = t->edge[2];
    int x = t->box.x0;
    for (; x < t->box.x1 && (e0 | e1 | e2) < 0; x++) {
        e0 += t->right[0];
        e1 += t->right[1];
        e2 += t->right[2];
    }
    t->first = x;
    for (; x < t->box.x1 && (e0 | e1 | e2) >= 0; x++) {
        e0 += t->right[0];
        e1 += t->right[1];
        e2 += t->right[2];
    }
    t->end = x;
    for (int k = 0; k < 3; k++)
        t->edge[k] += t->down[k];
    return true;
}

/** The linear function with these values at the corners. */
static inline oik_raster_plane oik_raster_fit(const oik_raster_triangle *t, float at_a, float at_b, float at_c) {
    const double bx = t->b->x - t->a->x, by = t->b->y - t->a->y, cx = t->c->x - t->a->x, cy = t->c->y - t->a->y;
    const double fb = (double)at_b - (double)at_a, fc = (double)at_c - (double)at_a;
    const double right = (fc * by - fb * cy) * t->per_area, down = (fb * cx - fc * bx) * t->per_area;
    const double x = (t->box.x0 + 0.5) * OIK_RASTER_STEPS - t->a->x, y = (t->box.y0 + 0.5) * OIK_RASTER_STEPS - t->a->y;
    return (oik_raster_plane){(float)((double)at_a + right * x + down * y), (float)(right * OIK_RASTER_STEPS),
                              (float)(down * OIK_RASTER_STEPS)};
}

static inline float oik_raster_at(const oik_raster_triangle *t, const oik_raster_plane *f, int x) {
    return f->at + f->right * (float)(x - t->box.x0) + f->down * (float)(t->y - t->box.y0);
}

#endif
