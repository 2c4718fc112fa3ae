#include "skeleton/clearance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "mesh/locate.h"
#include "mesh/mesh.h"

/* SAMPLES vertices of a part are looked at, TERMS of them become terms, SPREAD apart; nothing further than REACH is of interest, and
 * what is further than FACING in the template cannot come near. */
enum { SAMPLES = 80, TERMS = 10 };
static const double SPREAD = 12e-3, REACH = 25e-3, FACING = 50e-3;

/** One row: who keeps away. */
typedef struct keeper {
    int32_t vertex[SAMPLES];
    size_t n;
} keeper;

/** Surface of a part in its own frame. */
typedef struct surface {
    oik_locator *locator;  /**< NULL: this part's surface does not count */
    int32_t first;         /**< its vertices are first .. first + n of the model's */
    size_t n;
    int32_t (*faces)[3];   /**< numbered within the part */
} surface;

struct oik_clearance {
    const oik_skel_model *model;
    keeper *keeper;       /**< clearances.n */
    surface *surface;     /**< n_parts */
    oik_vec3 *u;          /**< n_vertices, local positions for `shape` [m] */
    oik_vec3 *normal;     /**< n_vertices, of the mean shape in the part's frame */
    double *shape;        /**< n_modes that the surfaces have now */
};

/* ---- surfaces ---- */

static void set_positions(oik_clearance *c, const double *shape) {
    for (size_t i = 0; i < c->model->n_vertices; i++)
        c->u[i] = oik_puppet_local(shape, c->model, i);
    memcpy(c->shape, shape, c->model->n_modes * sizeof *shape);
}

/** Vertices of a part: they lie in a block. */
static void block_of(size_t *first, size_t *end, const oik_skel_model *m, int32_t part) {
    *first = 0;
    while (*first < m->n_vertices && m->point_part[*first] != part)
        ++*first;
    *end = *first;
    while (*end < m->n_vertices && m->point_part[*end] == part)
        ++*end;
}

static oik_status make_surface(oik_clearance *c, int32_t part, oik_error *err) {
    const oik_skel_model *m = c->model;
    surface *s = &c->surface[part];
    size_t n_faces = 0, first, end;
    block_of(&first, &end, m, part);
    s->first = (int32_t)first;
    s->n = end - first;
    s->faces = oik_new(m->n_faces, sizeof *s->faces, err);
    if (!s->faces)
        return OIK_E_MEMORY;
    for (size_t f = 0; f < m->n_faces; f++)
        if (m->point_part[m->faces[f][0]] == part) {
            for (int k = 0; k < 3; k++)
                s->faces[n_faces][k] = m->faces[f][k] - s->first;
            n_faces++;
        }
    return oik_locator_new(&s->locator, c->u + s->first, s->n, (const int32_t(*)[3])s->faces, n_faces, err);
}

/** Surfaces of a shape that is not the last one's. */
static oik_status follow_shape(oik_clearance *c, const double *shape, oik_error *err) {
    if (memcmp(c->shape, shape, c->model->n_modes * sizeof *shape) == 0)
        return OIK_OK;
    set_positions(c, shape);
    oik_status status = OIK_OK;
    for (int p = 0; p < c->model->n_parts && !status; p++)
        if (c->surface[p].locator)
            status = oik_locator_move(c->surface[p].locator, c->u + c->surface[p].first, err);
    return status;
}

/* ---- samples ---- */

/** Does a vertex face the other part in the template? */
static bool faces(const oik_clearance *c, int32_t vertex, int32_t part) {
    const oik_skel_model *m = c->model;
    int32_t own = m->point_part[vertex];
    oik_nearest near;
    oik_vec3 y = v3_add(m3_mulv(m->rest_R[own], c->u[vertex]), m->rest_t[own]);
    oik_vec3 local = m3_tmulv(m->rest_R[part], v3_sub(y, m->rest_t[part]));
    oik_vec3 n = m3_tmulv(m->rest_R[part], m3_mulv(m->rest_R[own], c->normal[vertex]));
    return oik_locator_nearest(&near, c->surface[part].locator, local, FACING) && v3_dot(near.normal, n) < 0.0;
}

/** Farthest-point sample of those vertices of a part that face the other one. distance: scratch, n_vertices. */
static void choose_sample(keeper *k, const oik_clearance *c, const int32_t part[2], double *distance) {
    size_t first, end;
    block_of(&first, &end, c->model, part[0]);
    for (size_t i = first; i < end; i++)
        distance[i] = faces(c, (int32_t)i, part[1]) ? (double)INFINITY : -1.0;
    while (k->n < SAMPLES && first < end) {
        size_t pick = first;
        for (size_t i = first; i < end; i++)
            if (distance[i] > distance[pick])
                pick = i;
        if (distance[pick] <= 0.0)
            return;
        k->vertex[k->n++] = (int32_t)pick;
        for (size_t i = first; i < end; i++)
            if (distance[i] > 0.0)
                distance[i] = fmin(distance[i], v3_dist(c->u[i], c->u[pick]));
    }
}

/* ---- making ---- */

static oik_status prepare(oik_clearance *c, oik_error *err) {
    const oik_skel_model *m = c->model;
    double *distance = oik_new(m->n_vertices, sizeof *distance, err);
    oik_status status = distance ? OIK_OK : OIK_E_MEMORY;
    if (!status) {
        set_positions(c, c->shape);
        oik_mesh_normals(c->normal, c->u, m->n_vertices, (const int32_t(*)[3])m->faces, m->n_faces);
    }
    for (size_t i = 0; i < m->clearances.n && !status; i++) {
        int32_t other = m->clearances.part[i][1];
        if (!c->surface[other].locator)
            status = make_surface(c, other, err);
        if (!status)
            choose_sample(&c->keeper[i], c, m->clearances.part[i], distance);
    }
    free(distance);
    return status;
}

oik_status oik_clearance_new(oik_clearance **out, const oik_skel_model *model, oik_error *err) {
    *out = NULL;
    oik_clearance *c = oik_new(1, sizeof *c, err);
    if (!c)
        return OIK_E_MEMORY;
    c->model = model;
    c->keeper = oik_new(model->clearances.n, sizeof *c->keeper, err);
    c->surface = oik_new((size_t)model->n_parts, sizeof *c->surface, err);
    c->u = oik_new(model->n_vertices, sizeof *c->u, err);
    c->normal = oik_new(model->n_vertices, sizeof *c->normal, err);
    c->shape = oik_new(model->n_modes, sizeof *c->shape, err);
    bool complete = c->keeper && c->surface && c->u && c->normal && c->shape;
    oik_status status = complete ? prepare(c, err) : OIK_E_MEMORY;
    if (status) {
        oik_clearance_free(c);
        return status;
    }
    *out = c;
    return OIK_OK;
}

void oik_clearance_free(oik_clearance *c) {
    if (!c)
        return;
    for (int p = 0; c->surface && p < c->model->n_parts; p++) {
        oik_locator_free(c->surface[p].locator);
        free(c->surface[p].faces);
    }
    free(c->keeper);
    free(c->surface);
    free(c->u);
    free(c->normal);
    free(c->shape);
    free(c);
}

/* ---- terms ---- */

/** A sampled vertex and the surface near it. */
typedef struct found {
    int32_t vertex;
    oik_nearest near; /**< in the frame of the other part */
    double distance;  /**< signed [m] */
} found;

/** Samples within REACH whose side of the surface is seen: a vertex deep in a thin bone is nearer to the far side, which would pull it through. */
static size_t look(found *out, const oik_clearance *c, size_t row, const oik_puppet *puppet) {
    const int32_t *part = c->model->clearances.part[row];
    size_t n = 0;
    for (size_t i = 0; i < c->keeper[row].n; i++) {
        found f = {.vertex = c->keeper[row].vertex[i]};
        oik_vec3 y = v3_add(m3_mulv(puppet->R[part[0]], c->u[f.vertex]), puppet->t[part[0]]);
        oik_vec3 local = m3_tmulv(puppet->R[part[1]], v3_sub(y, puppet->t[part[1]]));
        oik_vec3 normal = m3_tmulv(puppet->R[part[1]], m3_mulv(puppet->R[part[0]], c->normal[f.vertex]));
        if (!oik_locator_nearest(&f.near, c->surface[part[1]].locator, local, REACH) || v3_dot(f.near.normal, normal) >= 0.0)
            continue;
        f.distance = v3_dot(f.near.normal, v3_sub(local, f.near.point));
        out[n++] = f;
    }
    return n;
}

static int nearer_first(const void *a, const void *b) {
    const found *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return (x->vertex > y->vertex) - (x->vertex < y->vertex);
}

/** The corner of a face that is nearest to a point of it stands for the face: it follows the shape. */
static int32_t corner(const oik_clearance *c, int32_t part, const oik_nearest *near) {
    const surface *s = &c->surface[part];
    int32_t best = s->first + s->faces[near->face][0];
    for (int k = 1; k < 3; k++) {
        int32_t v = s->first + s->faces[near->face][k];
        if (v3_dist(c->u[v], near->point) < v3_dist(c->u[best], near->point))
            best = v;
    }
    return best;
}

static void add_found(oik_terms *terms, const oik_clearance *c, size_t row, const found *f) {
    int32_t b = corner(c, c->model->clearances.part[row][1], &f->near);
    double rise = v3_dot(f->near.normal, v3_sub(f->near.point, c->u[b]));
    oik_terms_add(terms, (oik_term){.kind = OIK_TERM_CLEARANCE, .a = f->vertex, .b = b, .weight = c->model->clearances.weight[row],
                                    .distance = c->model->clearances.distance[row] + rise, .normal = f->near.normal});
}

/** A term that is at rest: its plane is a metre away. */
static void add_idle(oik_terms *terms, const oik_clearance *c, size_t row) {
    int32_t a = c->keeper[row].vertex[0], b = c->surface[c->model->clearances.part[row][1]].first;
    oik_terms_add(terms, (oik_term){.kind = OIK_TERM_CLEARANCE, .a = a, .b = b, .weight = c->model->clearances.weight[row],
                                    .distance = -1.0, .normal = v3(0, 1, 0)});
}

/** @return how far the vertices of the terms are inside the other bone [m] */
static double add_row(oik_terms *terms, const oik_clearance *c, size_t row, const oik_puppet *puppet) {
    double entered = 0.0;
    found all[SAMPLES];
    size_t n = look(all, c, row, puppet), chosen[TERMS], n_chosen = 0;
    qsort(all, n, sizeof *all, nearer_first);
    for (size_t i = 0; i < n && n_chosen < TERMS; i++) {
        bool apart = true;
        for (size_t k = 0; k < n_chosen; k++)
            apart = apart && v3_dist(c->u[all[i].vertex], c->u[all[chosen[k]].vertex]) >= SPREAD;
        if (!apart)
            continue;
        add_found(terms, c, row, &all[i]);
        entered += fmax(0.0, -all[i].distance);
        chosen[n_chosen++] = i;
    }
    for (; n_chosen < TERMS; n_chosen++)
        add_idle(terms, c, row);
    return entered;
}

oik_status oik_clearance_add(oik_terms *terms, double *entered, oik_clearance *c, const oik_puppet *puppet, oik_error *err) {
    oik_status status = follow_shape(c, puppet->shape, err);
    *entered = 0.0;
    if (status)
        return status;
    for (size_t i = 0; i < c->model->clearances.n; i++)
        if (c->keeper[i].n > 0)
            *entered += add_row(terms, c, i, puppet);
    return terms->status ? oik_fail(err, terms->status, "out of memory for the clearance terms") : OIK_OK;
}
