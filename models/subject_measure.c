#include "models/subject_measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/puppet_terms.h"

/** Bone meshes of one puppet. */
typedef struct placed {
    oik_vec3 *y;            /**< n_vertices */
    oik_locator **locator;  /**< n_bones */
    oik_vec3 *low, *high;   /**< n_bones, bounding boxes */
} placed;

/* ---- blocks ---- */

/** Starts of the blocks of equal bone numbers; they ascend. */
static oik_status find_blocks(size_t *first, int n_bones, const int32_t *bone, size_t n, size_t stride, const int32_t *through, oik_error *err) {
    int now = -1;
    for (size_t i = 0; i < n; i++) {
        int b = through ? bone[through[i * stride]] : bone[i];
        if (b == now)
            continue;
        if (b != now + 1)
            return oik_fail(err, OIK_E_MODEL, "the vertices or faces of bone %d do not lie in one block", b);
        first[++now] = i;
    }
    if (now + 1 != n_bones)
        return oik_fail(err, OIK_E_MODEL, "%d of %d bones have a mesh", now + 1, n_bones);
    first[n_bones] = n;
    return OIK_OK;
}

static oik_status prepare_blocks(oik_subject_gauge *g, oik_error *err) {
    const oik_skel_model *m = g->model;
    oik_status status = find_blocks(g->first, m->n_bones, m->vertex_bone, m->n_vertices, 1, NULL, err);
    if (!status)
        status = find_blocks(g->first_face, m->n_bones, m->vertex_bone, m->n_faces, 3, m->faces[0], err);
    for (int b = 0; b < m->n_bones && !status; b++)
        for (size_t f = g->first_face[b]; f < g->first_face[b + 1]; f++)
            for (int k = 0; k < 3; k++)
                g->faces[f][k] = m->faces[f][k] - (int32_t)g->first[b];
    return status;
}

/* ---- placing ---- */

static void placed_free(placed *p, int n_bones) {
    for (int b = 0; p->locator && b < n_bones; b++)
        oik_locator_free(p->locator[b]);
    free(p->y);
    free(p->locator);
    free(p->low);
    free(p->high);
}

static oik_status place(placed *p, const oik_subject_gauge *g, const oik_puppet *puppet, oik_error *err) {
    const oik_skel_model *m = g->model;
    size_t n = (size_t)m->n_bones;
    *p = (placed){oik_new(m->n_vertices, sizeof *p->y, err), oik_new(n, sizeof(oik_locator *), err), oik_new(n, sizeof *p->low, err),
                  oik_new(n, sizeof *p->high, err)};
    oik_status status = p->y && p->locator && p->low && p->high ? OIK_OK : OIK_E_MEMORY;
    if (!status)
        oik_puppet_vertices(p->y, puppet, m);
    for (int b = 0; b < m->n_bones && !status; b++) {
        const oik_vec3 *y = p->y + g->first[b];
        size_t count = g->first[b + 1] - g->first[b];
        p->low[b] = p->high[b] = y[0];
        for (size_t i = 1; i < count; i++) {
            p->low[b] = v3_min(p->low[b], y[i]);
            p->high[b] = v3_max(p->high[b], y[i]);
        }
        status = oik_locator_new(&p->locator[b], y, count, (const int32_t(*)[3])g->faces + g->first_face[b],
                                 g->first_face[b + 1] - g->first_face[b], err);
    }
    if (status)
        placed_free(p, m->n_bones);
    return status;
}

static bool in_box(const placed *p, int bone, oik_vec3 x, double margin) {
    oik_vec3 low = p->low[bone], high = p->high[bone];
    return x.x > low.x - margin && x.y > low.y - margin && x.z > low.z - margin && x.x < high.x + margin && x.y < high.y + margin &&
           x.z < high.z + margin;
}

static bool boxes_meet(const placed *p, int a, int b, double margin) {
    return p->low[a].x <= p->high[b].x + margin && p->low[b].x <= p->high[a].x + margin && p->low[a].y <= p->high[b].y + margin &&
           p->low[b].y <= p->high[a].y + margin && p->low[a].z <= p->high[b].z + margin && p->low[b].z <= p->high[a].z + margin;
}

/** Least signed distance of the vertices of one bone to the surface of another, negative inside; at most `reach`. */
static double least(const oik_subject_gauge *g, const placed *p, int from, int to, double reach) {
    double best = reach;
    for (size_t v = g->first[from]; v < g->first[from + 1]; v++) {
        oik_nearest near;
        if (!in_box(p, to, p->y[v], fmax(best, 0.0)) || !oik_locator_nearest(&near, p->locator[to], p->y[v], 0.1))
            continue;
        bool inside = v3_dot(near.normal, v3_sub(p->y[v], near.point)) < 0.0;
        best = fmin(best, inside ? -near.distance : near.distance);
    }
    return best;
}

static double gap(const oik_subject_gauge *g, const placed *p, int a, int b, double reach) {
    return boxes_meet(p, a, b, reach) ? fmin(least(g, p, a, b, reach), least(g, p, b, a, reach)) : reach;
}

/* ---- neighbours ---- */

static oik_status find_pairs(oik_subject_gauge *g, double reach, oik_error *err) {
    const oik_skel_model *m = g->model;
    oik_puppet *rest = NULL;
    placed p;
    oik_status status = oik_puppet_new(&rest, m, err);
    if (!status)
        status = place(&p, g, rest, err);
    if (status)
        goto done;
    size_t n = (size_t)m->n_bones;
    g->pairs = oik_new(n * (n - 1) / 2 + 1, sizeof *g->pairs, err);
    if (!g->pairs)
        status = OIK_E_MEMORY;
    for (int a = 0; a < m->n_bones && !status; a++)
        for (int b = a + 1; b < m->n_bones; b++) {
            double d = gap(g, &p, a, b, reach);
            if (d < reach)
                g->pairs[g->n_pairs++] = (oik_bone_neighbours){a, b, fmax(0.0, -d)};
        }
    placed_free(&p, m->n_bones);
done:
    oik_puppet_free(rest);
    return status;
}

oik_status oik_subject_gauge_new(oik_subject_gauge **out, const oik_skel_model *model, double reach, oik_error *err) {
    *out = NULL;
    oik_subject_gauge *g = oik_new(1, sizeof *g, err);
    if (!g)
        return OIK_E_MEMORY;
    g->model = model;
    g->first = oik_new((size_t)model->n_bones + 1, sizeof *g->first, err);
    g->first_face = oik_new((size_t)model->n_bones + 1, sizeof *g->first_face, err);
    g->faces = oik_new(model->n_faces, sizeof *g->faces, err);
    oik_status status = g->first && g->first_face && g->faces ? prepare_blocks(g, err) : OIK_E_MEMORY;
    if (!status)
        status = find_pairs(g, reach, err);
    if (status)
        oik_subject_gauge_free(g);
    else
        *out = g;
    return status;
}

void oik_subject_gauge_free(oik_subject_gauge *gauge) {
    if (!gauge)
        return;
    free(gauge->first);
    free(gauge->first_face);
    free(gauge->faces);
    free(gauge->pairs);
    free(gauge);
}

/* ---- measures ---- */

oik_status oik_subject_depths(double *depth, const oik_subject_gauge *g, const oik_puppet *puppet, oik_error *err) {
    placed p;
    oik_status status = place(&p, g, puppet, err);
    if (status)
        return status;
    for (int i = 0; i < g->n_pairs; i++)
        depth[i] = fmax(0.0, -gap(g, &p, g->pairs[i].a, g->pairs[i].b, 0.0));
    placed_free(&p, g->model->n_bones);
    return OIK_OK;
}

oik_status oik_subject_outside(double *outside, const oik_subject_gauge *g, const oik_puppet *puppet, const oik_vec3 *x, size_t n,
                               const int32_t (*faces)[3], size_t n_faces, oik_error *err) {
    const oik_skel_model *m = g->model;
    oik_locator *skin = NULL;
    oik_status status = oik_locator_new(&skin, x, n, faces, n_faces, err);
    for (int b = 0; b < m->n_bones && !status; b++) {
        outside[b] = 0.0;
        for (size_t v = g->first[b]; v < g->first[b + 1]; v++) {
            oik_nearest near;
            oik_vec3 y = oik_puppet_point(puppet, m, v);
            if (oik_locator_winding(skin, y) <= 0 && oik_locator_nearest(&near, skin, y, (double)INFINITY))
                outside[b] = fmax(outside[b], near.distance);
        }
    }
    oik_locator_free(skin);
    return status;
}

double oik_subject_length(const oik_subject_gauge *g, const oik_puppet *puppet, const char *bone) {
    const oik_skel_model *m = g->model;
    for (int b = 0; b < m->n_bones; b++) {
        if (strcmp(m->bone_names[b], bone) != 0)
            continue;
        double low = INFINITY, high = -INFINITY;
        for (size_t v = g->first[b]; v < g->first[b + 1]; v++) {
            oik_vec3 u = oik_puppet_local(puppet->shape, m, v);
            low = fmin(low, u.y);
            high = fmax(high, u.y);
        }
        return high - low;
    }
    return (double)NAN;
}
