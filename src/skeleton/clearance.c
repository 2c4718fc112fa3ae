#include "skeleton/clearance.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/status.h"
#include "skeleton/surfaces.h"

/* Parts that glide: vertices up to GUARD beyond the wanted distance are watched, since they move far; TERMS of them have terms, SPREAD apart. */
enum { TERMS = 10, CONTACT_TERMS = 16 };
static const double GUARD = 16e-3, SPREAD = 12e-3, HOLD = 100.0 /* 1 / 10 mm */;
/* Neighbours: stiffer than all else, stitches (0.25 mm and more) and the barriers of a part against the skin (8 of 1 mm), and the space
 * between two vertices of a mesh: a facet has a few of them. */
static const double CONTACT_DISTANCE = 0.5e-3, CONTACT_WEIGHT = 5000.0 /* 1 / 0.2 mm */, CONTACT_GUARD = 4e-3, CONTACT_SPREAD = 4e-3;

/** Who keeps away from whom. */
typedef struct row {
    oik_near_pair pair;
    double distance, weight; /**< [m], [1/m] */
    size_t room;             /**< terms that it has when they are to be steady */
} row;

struct oik_clearance {
    oik_surfaces *surfaces;
    size_t n;
    row *row;              /**< those that glide come first */
    oik_near_vertex *near; /**< as many as the largest part has vertices */
};

/** Rows of a model's table, and both directions of each pair of neighbours. */
static void set_rows(oik_clearance *c, const oik_skel_model *m, size_t n_neighbours) {
    for (size_t i = 0; i < m->clearances.n; i++)
        c->row[c->n++] = (row){.pair = {.own = m->clearances.part[i][0], .other = m->clearances.part[i][1]},
                               .distance = m->clearances.distance[i], .weight = m->clearances.weight[i]};
    for (size_t i = 0; i < 2 * n_neighbours; i++)
        c->row[c->n++] = (row){.pair = {.own = m->neighbours.part[i / 2][i % 2], .other = m->neighbours.part[i / 2][1 - i % 2]},
                               .distance = CONTACT_DISTANCE, .weight = CONTACT_WEIGHT};
}

static oik_status make_surfaces(oik_clearance *c, const oik_skel_model *m, oik_error *err) {
    int32_t(*pairs)[2] = oik_new(c->n, sizeof *pairs, err);
    if (!pairs)
        return OIK_E_MEMORY;
    for (size_t i = 0; i < c->n; i++) {
        pairs[i][0] = c->row[i].pair.own;
        pairs[i][1] = c->row[i].pair.other;
    }
    oik_status status = oik_surfaces_new(&c->surfaces, m, (const int32_t(*)[2])pairs, c->n, err);
    free(pairs);
    return status;
}

static oik_status prepare(oik_clearance *c, const oik_skel_model *m, bool contact, oik_error *err) {
    size_t n_neighbours = contact ? m->neighbours.n : 0, largest = 0;
    c->row = oik_new(m->clearances.n + 2 * n_neighbours, sizeof *c->row, err);
    if (!c->row)
        return OIK_E_MEMORY;
    set_rows(c, m, n_neighbours);
    oik_status status = make_surfaces(c, m, err);
    for (size_t i = 0; i < c->n && !status; i++) {
        int32_t first;
        size_t n_vertices = oik_surfaces_vertices(&first, c->surfaces, c->row[i].pair.own);
        largest = n_vertices > largest ? n_vertices : largest;
        if (i < m->clearances.n)
            status = oik_surfaces_glide(&c->row[i].pair, c->surfaces, err);
    }
    if (!status && !(c->near = oik_new(largest, sizeof *c->near, err)))
        status = OIK_E_MEMORY;
    return status;
}

oik_status oik_clearance_new(oik_clearance **out, const oik_skel_model *model, bool contact, oik_error *err) {
    *out = NULL;
    oik_clearance *c = oik_new(1, sizeof *c, err);
    if (!c)
        return OIK_E_MEMORY;
    oik_status status = prepare(c, model, contact, err);
    if (status)
        oik_clearance_free(c);
    else
        *out = c;
    return status;
}

void oik_clearance_free(oik_clearance *c) {
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        oik_near_pair_clear(&c->row[i].pair);
    oik_surfaces_free(c->surfaces);
    free(c->row);
    free(c->near);
    free(c);
}

static int nearer_first(const void *a, const void *b) {
    const oik_near_vertex *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

/** The corner stands for the face, since it follows the shape. The solver has bones where their parts carry them, straight. */
static void add_near(oik_terms *terms, const oik_clearance *c, const row *r, const oik_puppet *puppet, const oik_near_vertex *near) {
    oik_vec3 straight = v3_sub(oik_surfaces_local(c->surfaces, near->corner), oik_surfaces_bend(c->surfaces, near->corner));
    double rise = v3_dot(near->normal, v3_sub(near->point, straight));
    oik_vec3 normal = m3_tmulv(puppet->R[r->pair.own], m3_mulv(puppet->R[r->pair.other], near->normal));
    double bend = v3_dot(normal, oik_surfaces_bend(c->surfaces, near->vertex));
    oik_terms_add(terms, (oik_term){.kind = OIK_TERM_CLEARANCE, .a = near->vertex, .b = near->corner, .weight = r->weight,
                                    .distance = r->distance + rise - bend, .normal = near->normal});
}

/** A term that is at rest: its plane is a metre away. */
static void add_idle(oik_terms *terms, const oik_clearance *c, const row *r) {
    int32_t a, b;
    oik_surfaces_vertices(&a, c->surfaces, r->pair.own);
    oik_surfaces_vertices(&b, c->surfaces, r->pair.other);
    oik_terms_add(terms, (oik_term){.kind = OIK_TERM_CLEARANCE, .a = a, .b = b, .weight = r->weight, .distance = -1.0, .normal = v3(0, 1, 0)});
}

/** Nearest first, none next to another one. near: n of them, in that order. @return how many are chosen; they are moved to the front */
static size_t choose(oik_near_vertex *near, size_t n, const oik_clearance *c, const row *r) {
    double spread = r->pair.glides ? SPREAD : CONTACT_SPREAD;
    size_t limit = r->pair.glides ? TERMS : CONTACT_TERMS, n_chosen = 0;
    for (size_t i = 0; i < n && n_chosen < limit; i++) {
        oik_vec3 u = oik_surfaces_local(c->surfaces, near[i].vertex);
        bool apart = true;
        for (size_t k = 0; k < n_chosen && apart; k++)
            apart = v3_dist(u, oik_surfaces_local(c->surfaces, near[k].vertex)) >= spread;
        if (apart)
            near[n_chosen++] = near[i];
    }
    return n_chosen;
}

/** The planes hold where they were found: what glides is held there too, softly, or bones slide past their edges from one solve to the next. */
static void add_holds(oik_terms *terms, const oik_clearance *c, const row *r, const oik_puppet *puppet, size_t n) {
    int32_t idle;
    oik_surfaces_vertices(&idle, c->surfaces, r->pair.own);
    for (size_t i = 0; i < n || i < r->room; i++) {
        int32_t vertex = i < n ? c->near[i].vertex : idle;
        oik_vec3 y = oik_puppet_point(puppet, terms->model, (size_t)vertex);
        oik_terms_add(terms, oik_term_anchor(vertex, y, i < n ? HOLD : 0.0, v3(0, 0, 0), 1.0));
    }
}

static oik_status add_row(oik_terms *terms, double *entered, oik_clearance *c, row *r, const oik_puppet *puppet, bool placed, bool steady,
                          oik_error *err) {
    size_t n;
    oik_status status = oik_surfaces_near(c->near, &n, &r->pair, c->surfaces, puppet,
                                          r->distance + (r->pair.glides ? GUARD : CONTACT_GUARD), err);
    if (status)
        return status;
    qsort(c->near, n, sizeof *c->near, nearer_first);
    for (size_t i = 0; i < n; i++)
        *entered += fmax(0.0, -c->near[i].distance);
    n = choose(c->near, n, c, r);
    r->room = steady && n > r->room ? n : r->room;
    for (size_t i = 0; i < n; i++)
        add_near(terms, c, r, puppet, &c->near[i]);
    for (size_t i = n; i < r->room; i++)
        add_idle(terms, c, r);
    if (placed && r->pair.glides)
        add_holds(terms, c, r, puppet, n);
    return OIK_OK;
}

oik_status oik_clearance_add(oik_terms *terms, double *entered, oik_clearance *c, const oik_puppet *puppet, bool placed, bool steady,
                             oik_error *err) {
    oik_status status = OIK_OK;
    oik_surfaces_follow(c->surfaces, puppet);
    *entered = 0.0;
    for (size_t i = 0; i < c->n && !status; i++)
        if (placed || c->row[i].pair.glides)
            status = add_row(terms, entered, c, &c->row[i], puppet, placed, steady, err);
    if (status)
        return status;
    return terms->status ? oik_fail(err, terms->status, "out of memory for the clearance terms") : OIK_OK;
}
