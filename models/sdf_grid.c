/** Sampling of signed-distance fields on a lattice, block by block. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "sdf_internal.h"

enum { BLOCK = 4 }; /* nodes per block side, a power of two */

/** What is left of the field near one block: pieces of features, in the order of the features. */
typedef struct local_feature {
    const oik_sdf_primitive *q;
    int first, n_direct, n_mirrored; /* range in the piece list: direct pieces, then pieces met by their mirror image */
} local_feature;

typedef struct local_field {
    int n;
    local_feature *features; /* room for every primitive */
    int *pieces;             /* room for every piece twice */
    double *reach;           /* per primitive: the widest blend of it and all later features [mm] */
} local_field;

static void local_clear(local_field *l) {
    free(l->features);
    free(l->pieces);
    free(l->reach);
}

static oik_status local_init(local_field *l, const oik_sdf *sdf, oik_error *err) {
    size_t n_pieces = 1, n = (size_t)sdf->n + 1;
    for (int i = 0; i < sdf->n; i++)
        n_pieces += 2 * (size_t)sdf->primitives[i].n_pieces;
    *l = (local_field){0};
    l->features = oik_new(n, sizeof *l->features, err);
    l->pieces = oik_new(n_pieces, sizeof *l->pieces, err);
    l->reach = oik_new(n, sizeof *l->reach, err);
    if (!l->features || !l->pieces || !l->reach)
        return OIK_E_MEMORY;
    for (int i = sdf->n - 1; i >= 0; i--)
        l->reach[i] = fmax(l->reach[i + 1], sdf->primitives[i].blend);
    return OIK_OK;
}

static int list_pieces(int *list, const oik_sdf_primitive *q, oik_sdf_box where, double margin) {
    int n = 0;
    if (!oik_sdf_box_near(q->box, where, margin))
        return 0;
    for (int i = 0; i < q->n_pieces; i++)
        if (oik_sdf_box_near(q->piece_box[i], where, margin))
            list[n++] = i;
    return n;
}

/** Keep what can change the field within the band |F| < band inside the box. */
static void local_gather(local_field *l, const oik_sdf *sdf, oik_sdf_box box, double band) {
    int used = 0;
    l->n = 0;
    for (int i = 0; i < sdf->n; i++) {
        const oik_sdf_primitive *q = sdf->primitives + i;
        double margin = band + l->reach[i];
        local_feature f = {.q = q, .first = used};
        f.n_direct = list_pieces(l->pieces + used, q, box, margin);
        used += f.n_direct;
        if (q->paired) {
            f.n_mirrored = list_pieces(l->pieces + used, q, oik_sdf_box_mirror(box), margin);
            used += f.n_mirrored;
        }
        if (f.n_direct + f.n_mirrored)
            l->features[l->n++] = f;
    }
}

static const double FAR = 1e3; /* outside of everything [mm] */

static double smooth_min(double a, double b, double k) {
    double d = k - fabs(a - b);
    return d > 0.0 ? fmin(a, b) - d * d / (4.0 * k) : fmin(a, b);
}

static double nearest_piece(const oik_sdf_primitive *q, const int *pieces, int n, oik_vec3 p) {
    double d = FAR;
    for (int i = 0; i < n; i++)
        d = fmin(d, oik_sdf_distance(q, pieces[i], p));
    return d;
}

static double local_value(const local_field *l, oik_vec3 p) {
    double F = FAR;
    for (int i = 0; i < l->n; i++) {
        const local_feature *f = l->features + i;
        const int *pieces = l->pieces + f->first;
        double d = nearest_piece(f->q, pieces, f->n_direct, p);
        if (f->n_mirrored) {
            double m = nearest_piece(f->q, pieces + f->n_direct, f->n_mirrored, v3(-p.x, p.y, p.z));
            d = smooth_min(d, m, f->q->blend);
        }
        F = f->q->cut ? -smooth_min(-F, d, f->q->blend) : smooth_min(F, d, f->q->blend);
    }
    return F;
}

/** Lattice around the bodies of all adding features. */
static oik_status new_grid(oik_sdf_grid **out, const oik_sdf *sdf, double h, bool half, oik_error *err) {
    oik_sdf_box box = oik_sdf_box_empty();
    double blend = 0.0;
    for (int i = 0; i < sdf->n; i++) {
        const oik_sdf_primitive *q = sdf->primitives + i;
        if (q->cut)
            continue;
        box = oik_sdf_box_join(box, q->box);
        if (q->paired)
            box = oik_sdf_box_join(box, oik_sdf_box_mirror(q->box));
        blend = fmax(blend, q->blend);
    }
    if (!(box.lo.x <= box.hi.x))
        return oik_fail(err, OIK_E_MODEL, "the field has no adding feature");
    double margin = 4.0 * h + 0.35 * blend; /* a blend adds at most a quarter of its width */
    oik_sdf_grid *g = oik_new(1, sizeof *g, err);
    if (!g)
        return OIK_E_MEMORY;
    g->h = h;
    g->half = half;
    g->origin = v3_sub(box.lo, v3(margin, margin, margin));
    if (half)
        g->origin.x = 0.0;
    for (int a = 0; a < 3; a++)
        g->n[a] = (int)((v3_get(box.hi, a) + margin - v3_get(g->origin, a)) / h) + 2;
    g->value = oik_new((size_t)g->n[0] * (size_t)g->n[1] * (size_t)g->n[2], sizeof *g->value, err);
    if (!g->value) {
        oik_sdf_grid_free(g);
        return OIK_E_MEMORY;
    }
    *out = g;
    return OIK_OK;
}

static float *node(const oik_sdf_grid *g, int i, int j, int k) {
    return g->value + ((size_t)k * (size_t)g->n[1] + (size_t)j) * (size_t)g->n[0] + (size_t)i;
}

static void fill(oik_sdf_grid *g, const int at[3], int size, double F) {
    for (int k = at[2]; k < at[2] + size && k < g->n[2]; k++)
        for (int j = at[1]; j < at[1] + size && j < g->n[1]; j++)
            for (int i = at[0]; i < at[0] + size && i < g->n[0]; i++)
                *node(g, i, j, k) = (float)F;
}

/**
 * How far from the surface the centre of a cube of size nodes must be for none of its nodes to be a corner of a cell
 * that the surface meets [mm]: the half diagonal of the cube plus the diagonal of a cell.
 */
static double outside_limit(const oik_sdf_grid *g, int size) {
    return sqrt(3.0) * (0.5 * size + 1.0) * g->h;
}

/**
 * Nodes at .. at + size - 1. The centre decides whether its nodes matter; if so, its octants are looked at in the same
 * way. Outside, the field never overestimates a distance; inside, an ellipsoid may, so that the limit is wider there.
 */
static void sample_cube(oik_sdf_grid *g, const local_field *l, const int at[3], int size) {
    const double inside_factor = 3.0;
    if (at[0] >= g->n[0] || at[1] >= g->n[1] || at[2] >= g->n[2])
        return;
    oik_vec3 lo = v3_madd(g->origin, g->h, v3(at[0], at[1], at[2]));
    if (size == 1) {
        *node(g, at[0], at[1], at[2]) = (float)local_value(l, lo);
        return;
    }
    double half = 0.5 * size * g->h, limit = outside_limit(g, size);
    double centre = local_value(l, v3_add(lo, v3(half, half, half)));
    if (centre > limit || centre < -inside_factor * limit) {
        fill(g, at, size, centre);
        return;
    }
    for (int c = 0; c < 8; c++) {
        int step = size / 2, octant[3] = {at[0] + (c & 1) * step, at[1] + (c >> 1 & 1) * step, at[2] + (c >> 2) * step};
        sample_cube(g, l, octant, step);
    }
}

static void sample_block(oik_sdf_grid *g, local_field *l, const oik_sdf *sdf, const int at[3]) {
    const double edge = BLOCK * g->h;
    oik_vec3 lo = v3_madd(g->origin, g->h, v3(at[0], at[1], at[2]));
    local_gather(l, sdf, (oik_sdf_box){lo, v3_add(lo, v3(edge, edge, edge))}, outside_limit(g, BLOCK));
    sample_cube(g, l, at, BLOCK);
}

oik_status oik_sdf_sample(oik_sdf_grid **out, const oik_sdf *sdf, double h, bool half, oik_error *err) {
    *out = NULL;
    local_field local;
    oik_status status = local_init(&local, sdf, err);
    if (status == OIK_OK)
        status = new_grid(out, sdf, h, half, err);
    if (*out)
        for (int k = 0; k < (*out)->n[2]; k += BLOCK)
            for (int j = 0; j < (*out)->n[1]; j += BLOCK)
                for (int i = 0; i < (*out)->n[0]; i += BLOCK)
                    sample_block(*out, &local, sdf, (int[]){i, j, k});
    local_clear(&local);
    return status;
}

void oik_sdf_grid_free(oik_sdf_grid *grid) {
    if (!grid)
        return;
    free(grid->value);
    free(grid);
}
