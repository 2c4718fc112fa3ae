#include "skin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "skin_modes.h"
#include "skin_regressor.h"
#include "skin_relax.h"
#include "skin_triangulate.h"
#include "skin_weights.h"

/** The three mean bodies that the shared parts rest on. */
enum { MALE, NEUTRAL, FEMALE, N_BODIES };

typedef struct mean_body {
    oik_skin_body body;
    double *radius;     /* n_left [m] */
    oik_vec3 *vertices; /* n_vertices [m] */
} mean_body;

struct oik_skin_base {
    oik_skin_dimension_table dimensions;
    oik_skin_address_table *table; /* relaxed */
    mean_body mean[N_BODIES];
    int32_t (*faces)[3];
    size_t n_faces;
    oik_skin_graph graph;
    double *dense; /* n_vertices x 24 weights */
};

/** move everything so that the lowest vertex has y = 0 */
static void set_on_floor(oik_skin_body *body, oik_vec3 *vertices, size_t n) {
    double lowest = INFINITY;
    for (size_t i = 0; i < n; i++)
        lowest = fmin(lowest, vertices[i].y);
    for (size_t i = 0; i < n; i++)
        vertices[i].y -= lowest;
    for (int j = 0; j < OIK_SKIN_N_JOINTS; j++)
        body->joints[j].y -= lowest;
    for (int s = 0; s < OIK_SKIN_N_SEGMENTS; s++) {
        body->axes[s].A.y -= lowest;
        body->axes[s].B.y -= lowest;
    }
}

/** body of gender g on the shared addresses; start: radii of a similar body or NULL */
static oik_status mean_body_init(mean_body *m, const oik_skin_base *base, double g, const double *start,
                                 oik_error *err) {
    const oik_skin_address_table *T = base->table;
    m->radius = oik_new(T->n_left, sizeof *m->radius, err);
    m->vertices = oik_new(T->n_vertices, sizeof *m->vertices, err);
    if (!m->radius || !m->vertices)
        return OIK_E_MEMORY;
    oik_skin_dimensions D = oik_skin_dimensions_at(&base->dimensions, g);
    oik_skin_parameters none = {{0}};
    oik_skin_body_make(&m->body, &D, &none, g);
    size_t missed = oik_skin_cast(m->radius, T, &m->body, start);
    if (missed > 0 && !start)
        return oik_fail(err, OIK_E_SOLVER, "%zu rays of the address table do not leave the surface", missed);
    oik_skin_place(m->vertices, T, m->body.axes, m->radius);
    return OIK_OK;
}

/** neighbourhood of the faces as they are */
static oik_status remake_graph(oik_skin_base *b, oik_error *err) {
    oik_skin_graph_clear(&b->graph);
    return oik_skin_graph_init(&b->graph, b->table->n_vertices, (const int32_t(*)[3])b->faces, b->n_faces, err);
}

/** triangulation of the neutral body, then addresses and edges are improved in turn, twice, after which little changes */
static oik_status make_topology(oik_skin_base *b, oik_error *err) {
    enum { ROUNDS = 2 };
    mean_body *m = &b->mean[NEUTRAL];
    oik_skin_address_table *T = b->table;
    b->n_faces = 2 * T->n_vertices - 4;
    oik_skin_address *cell = oik_new(T->n_left, sizeof *cell, err);
    if (!cell)
        return OIK_E_MEMORY;
    memcpy(cell, T->row, T->n_left * sizeof *cell);
    const oik_skin_fitted neutral = {&m->body.surface, m->vertices};
    oik_status status = oik_skin_triangulate(&b->faces, &neutral, T, err);
    if (status == OIK_OK)
        status = remake_graph(b, err);
    for (int round = 0; status == OIK_OK && round < ROUNDS; round++) {
        status = oik_skin_relax(T, m->radius, m->vertices, cell, &m->body, &b->graph, err);
        if (status == OIK_OK)
            status = oik_skin_improve(b->faces, b->n_faces, &neutral, 1, T, err);
        if (status == OIK_OK)
            status = remake_graph(b, err);
    }
    free(cell);
    return status;
}

/** male and female body on the relaxed addresses, and edges that suit all three */
static oik_status make_others(oik_skin_base *b, oik_error *err) {
    oik_skin_fitted bodies[N_BODIES];
    oik_status status = mean_body_init(&b->mean[MALE], b, 0, b->mean[NEUTRAL].radius, err);
    if (status == OIK_OK)
        status = mean_body_init(&b->mean[FEMALE], b, 1, b->mean[NEUTRAL].radius, err);
    if (status != OIK_OK)
        return status;
    for (int i = 0; i < N_BODIES; i++)
        bodies[i] = (oik_skin_fitted){&b->mean[i].body.surface, b->mean[i].vertices};
    status = oik_skin_improve(b->faces, b->n_faces, bodies, N_BODIES, b->table, err);
    return status == OIK_OK ? remake_graph(b, err) : status;
}

static oik_status make_weights(oik_skin_base *b, oik_error *err) {
    size_t n = b->table->n_vertices;
    for (int i = 0; i < N_BODIES; i++)
        set_on_floor(&b->mean[i].body, b->mean[i].vertices, n);
    b->dense = oik_new(n * OIK_SKIN_N_JOINTS, sizeof *b->dense, err);
    if (!b->dense)
        return OIK_E_MEMORY;
    const mean_body *m = &b->mean[NEUTRAL];
    return oik_skin_weights(b->dense, m->vertices, m->body.joints, b->table, &b->graph, err);
}

static oik_status load_tables(oik_skin_base *b, const char *table_dir, oik_error *err) {
    char path[4096];
    if (strlen(table_dir) + 32 > sizeof path)
        return oik_fail(err, OIK_E_ARGUMENT, "the name of the table folder is too long");
    snprintf(path, sizeof path, "%s/skin_dimensions.txt", table_dir);
    oik_status status = oik_skin_dimensions_load(&b->dimensions, path, err);
    snprintf(path, sizeof path, "%s/skin_address.txt", table_dir);
    return status == OIK_OK ? oik_skin_address_load(&b->table, path, err) : status;
}

oik_status oik_skin_base_new(oik_skin_base **out, const char *table_dir, oik_error *err) {
    *out = NULL;
    oik_skin_base *b = oik_new(1, sizeof *b, err);
    if (!b)
        return OIK_E_MEMORY;
    oik_status status = load_tables(b, table_dir, err);
    if (status == OIK_OK)
        status = mean_body_init(&b->mean[NEUTRAL], b, 0.5, NULL, err);
    if (status == OIK_OK)
        status = make_topology(b, err);
    if (status == OIK_OK)
        status = make_others(b, err);
    if (status == OIK_OK)
        status = make_weights(b, err);
    if (status == OIK_OK)
        *out = b;
    else
        oik_skin_base_free(b);
    return status;
}

static void mean_body_clear(mean_body *m) {
    free(m->radius);
    free(m->vertices);
}

void oik_skin_base_free(oik_skin_base *base) {
    if (!base)
        return;
    oik_skin_address_free(base->table);
    for (int i = 0; i < N_BODIES; i++)
        mean_body_clear(&base->mean[i]);
    free(base->faces);
    oik_skin_graph_clear(&base->graph);
    free(base->dense);
    free(base);
}

static oik_status allocate(oik_skin *s, const oik_skin_base *b, oik_error *err) {
    size_t n = s->n_vertices = b->table->n_vertices;
    s->n_faces = b->n_faces;
    s->n_modes = OIK_SKIN_N_MODES;
    s->n_segments = OIK_SKIN_N_SEGMENTS;
    s->template_v = oik_new(n, sizeof *s->template_v, err);
    s->faces = oik_new(s->n_faces, sizeof *s->faces, err);
    s->modes = oik_new(s->n_modes * n, sizeof *s->modes, err);
    s->mode_names = oik_new(s->n_modes, sizeof *s->mode_names, err);
    s->mirror = oik_new(n, sizeof *s->mirror, err);
    s->part = oik_new(n, sizeof *s->part, err);
    s->weight_joint = oik_new(n, sizeof *s->weight_joint, err);
    s->weight = oik_new(n, sizeof *s->weight, err);
    s->segments = oik_new(s->n_segments, sizeof *s->segments, err);
    s->address = oik_new(n, sizeof *s->address, err);
    int whole = s->template_v && s->faces && s->modes && s->mode_names && s->mirror && s->part && s->weight_joint &&
                s->weight && s->segments && s->address;
    return whole ? OIK_OK : OIK_E_MEMORY;
}

/** what is the same for every gender */
static void copy_shared(oik_skin *s, const oik_skin_base *b) {
    const oik_skin_address_table *T = b->table;
    size_t n = s->n_vertices;
    memcpy(s->faces, b->faces, s->n_faces * sizeof *s->faces);
    memcpy(s->mirror, T->mirror, n * sizeof *s->mirror);
    oik_skin_weights_pack(s->weight_joint, s->weight, b->dense, n);
    for (size_t i = 0; i < n; i++) {
        size_t row = (size_t)T->row_of[i];
        s->part[i] = s->weight_joint[i][0];
        s->address[i] = T->row[row];
        s->address[i].right = T->vertex[row] != (int32_t)i;
    }
}

/** the own body counts most; the mean bodies keep the regressor sensible when the shape changes */
static oik_status make_regressor(oik_skin *s, const oik_skin_base *b, oik_error *err) {
    const double k_own = 10, k_other = 2;
    const oik_skin_example examples[] = {
        {s->template_v, s->joints, k_own},
        {b->mean[MALE].vertices, b->mean[MALE].body.joints, k_other},
        {b->mean[NEUTRAL].vertices, b->mean[NEUTRAL].body.joints, k_other},
        {b->mean[FEMALE].vertices, b->mean[FEMALE].body.joints, k_other}};
    oik_skin_regressor r;
    oik_status status = oik_skin_regressor_fit(&r, b->dense, examples, sizeof examples / sizeof *examples, b->table, err);
    s->n_regressor = r.n;
    s->regressor_joint = r.joint;
    s->regressor_vertex = r.vertex;
    s->regressor_value = r.value;
    return status;
}

static oik_status fill(oik_skin *s, mean_body *m, const oik_skin_base *base, oik_error *err) {
    oik_status status = allocate(s, base, err);
    if (status != OIK_OK)
        return status;
    copy_shared(s, base);
    set_on_floor(&m->body, m->vertices, s->n_vertices);
    memcpy(s->template_v, m->vertices, s->n_vertices * sizeof *s->template_v);
    memcpy(s->joints, m->body.joints, sizeof s->joints);
    memcpy(s->segments, m->body.axes, s->n_segments * sizeof *s->segments);
    const oik_skin_mode_input in = {.dimensions = &base->dimensions,
                                    .table = base->table,
                                    .graph = &base->graph,
                                    .gender = s->gender,
                                    .radius = m->radius,
                                    .vertices = m->vertices,
                                    .male = base->mean[MALE].vertices,
                                    .female = base->mean[FEMALE].vertices};
    status = make_regressor(s, base, err);
    return status == OIK_OK ? oik_skin_modes(s->modes, s->mode_names, &in, err) : status;
}

oik_status oik_skin_new(oik_skin **out, const oik_skin_base *base, double g, oik_error *err) {
    *out = NULL;
    if (!(g >= 0 && g <= 1))
        return oik_fail(err, OIK_E_ARGUMENT, "gender is %g, expected 0 (male) to 1 (female)", g);
    mean_body *m = oik_new(1, sizeof *m, err);
    oik_skin *s = oik_new(1, sizeof *s, err);
    oik_status status = m && s ? mean_body_init(m, base, g, base->mean[NEUTRAL].radius, err) : OIK_E_MEMORY;
    if (status == OIK_OK) {
        s->gender = g;
        status = fill(s, m, base, err);
    }
    if (m)
        mean_body_clear(m);
    free(m);
    if (status == OIK_OK)
        *out = s;
    else
        oik_skin_free(s);
    return status;
}

void oik_skin_free(oik_skin *skin) {
    if (!skin)
        return;
    free(skin->template_v);
    free(skin->faces);
    free(skin->modes);
    free(skin->mode_names);
    free(skin->mirror);
    free(skin->part);
    free(skin->weight_joint);
    free(skin->weight);
    free(skin->regressor_joint);
    free(skin->regressor_vertex);
    free(skin->regressor_value);
    free(skin->segments);
    free(skin->address);
    free(skin);
}
