/**
 * Which parts keep away from which: rows of the table (oik_clearances), and neighbours (oik_neighbours), found on the bones of the template.
 *
 * Neighbours are not those that a bone joins that bends between them (flex table): it ends on both, and no motion of theirs parts it from them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mesh/locate.h"
#include "models/skeleton_builder.h"

/** All bones of a part in the template's lying body. */
typedef struct placed_part {
    oik_vec3 *v, low, high; /**< bounds [m] */
    size_t n;
    oik_locator *surface;
} placed_part;

static void add_row(oik_builder *b, int32_t part, int32_t from, double distance, double sigma) {
    oik_clearances *c = &b->m->clearances;
    c->part = oik_builder_grow(b, c->part, c->n, sizeof *c->part);
    c->distance = oik_builder_grow(b, c->distance, c->n, sizeof *c->distance);
    c->weight = oik_builder_grow(b, c->weight, c->n, sizeof *c->weight);
    if (b->status)
        return;
    c->part[c->n][0] = part;
    c->part[c->n][1] = from;
    c->distance[c->n] = distance * 1e-3;
    c->weight[c->n++] = 1e3 / sigma;
}

static void add_table_rows(oik_builder *b) {
    for (int i = 0; i < oik_n_clearance_rows && !b->status; i++) {
        const oik_clearance_row *r = &oik_clearance_table[i];
        int part = oik_builder_row(b, r->part), from = oik_builder_row(b, r->from);
        for (int side = 0; side < (oik_part_table[part].lateral ? 2 : 1) && !b->status; side++)
            add_row(b, b->part[part][side], b->part[from][side], r->distance, r->sigma);
    }
}

/* ---- neighbours ---- */

/** faces: scratch, the model's n_faces. */
static void place_part(placed_part *out, oik_builder *b, int32_t part, int32_t (*faces)[3]) {
    const oik_skel_model *m = b->m;
    size_t first = 0, n_faces = 0;
    while (m->point_part[first] != part)
        first++;
    while (first + out->n < m->n_vertices && m->point_part[first + out->n] == part)
        out->n++;
    for (size_t f = 0; f < m->n_faces; f++) {
        if (m->point_part[m->faces[f][0]] != part)
            continue;
        for (int k = 0; k < 3; k++)
            faces[n_faces][k] = m->faces[f][k] - (int32_t)first;
        n_faces++;
    }
    out->v = oik_new(out->n, sizeof *out->v, b->err);
    b->status = out->v ? OIK_OK : OIK_E_MEMORY;
    for (size_t i = 0; i < out->n && !b->status; i++) {
        out->v[i] = v3_add(m3_mulv(m->rest_R[part], m->mean[first + i]), m->rest_t[part]);
        out->low = i > 0 ? v3_min(out->low, out->v[i]) : out->v[i];
        out->high = i > 0 ? v3_max(out->high, out->v[i]) : out->v[i];
    }
    if (!b->status)
        b->status = oik_locator_new(&out->surface, out->v, out->n, (const int32_t(*)[3])faces, n_faces, b->err);
}

static bool are_near(const placed_part *a, const placed_part *b, double reach) {
    oik_vec3 gap = v3_max(v3_sub(a->low, b->high), v3_sub(b->low, a->high));
    oik_nearest near;
    if (gap.x > reach || gap.y > reach || gap.z > reach)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (oik_locator_nearest(&near, b->surface, a->v[i], reach))
            return true;
    return false;
}

/** Does a bone bend between two parts? */
static bool are_joined(oik_builder *b, int32_t part, int32_t other) {
    int32_t cage = b->part[oik_builder_row(b, "ribcage")][OIK_LEFT];
    for (int i = 0; i < oik_n_flex_rows && !b->status; i++) {
        int32_t on = b->part[oik_builder_row(b, oik_flex_table[i].vertebra)][OIK_LEFT];
        if ((part == on && other == cage) || (part == cage && other == on))
            return true;
    }
    return false;
}

static void add_neighbours(oik_builder *b, const placed_part *part) {
    for (int32_t i = 0; i < b->m->n_parts; i++)
        for (int32_t k = i + 1; k < b->m->n_parts && !b->status; k++) {
            if (are_joined(b, i, k) || !are_near(&part[i], &part[k], oik_neighbour_distance * 1e-3))
                continue;
            b->m->neighbours.part = oik_builder_grow(b, b->m->neighbours.part, b->m->neighbours.n, sizeof *b->m->neighbours.part);
            if (b->status)
                return;
            b->m->neighbours.part[b->m->neighbours.n][0] = i;
            b->m->neighbours.part[b->m->neighbours.n++][1] = k;
        }
}

void oik_builder_clearances(oik_builder *b) {
    placed_part *part = oik_new((size_t)b->m->n_parts, sizeof *part, b->err);
    int32_t(*faces)[3] = oik_new(b->m->n_faces, sizeof *faces, b->err);
    if (!part || !faces)
        b->status = OIK_E_MEMORY;
    add_table_rows(b);
    for (int32_t i = 0; i < b->m->n_parts && !b->status; i++)
        place_part(&part[i], b, i, faces);
    if (!b->status)
        add_neighbours(b, part);
    for (int i = 0; part && i < b->m->n_parts; i++) {
        free(part[i].v);
        oik_locator_free(part[i].surface);
    }
    free(part);
    free(faces);
}
