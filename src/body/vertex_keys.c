/** Vertices in the order of what moves them (see the header). */
#include "body/vertex_keys.h"

#include <stdlib.h>

#include "body/correctives.h"

static int by_joints(const void *a, const void *b) {
    const oik_vertex_key *p = a, *q = b;
    if (p->joints != q->joints)
        return p->joints < q->joints ? -1 : 1;
    return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

/** The joint and its ancestors. */
static uint32_t chain_of(const oik_body_model *model, int joint) {
    uint32_t mask = 0;
    for (int j = joint; j >= 0; j = model->parents[j])
        mask |= UINT32_C(1) << j;
    return mask;
}

static void mark_correctives(oik_vertex_key *keys, const oik_body_model *model) {
    size_t n = model->n_vertices, features = (size_t)oik_features_per_joint(model->corrective_kind);
    for (size_t f = 0; f < model->n_features; f++) {
        uint32_t bit = UINT32_C(1) << (f / features + 1);
        const oik_vec3 *c = model->correctives + f * n;
        for (size_t v = 0; v < n; v++)
            if (c[v].x != 0.0 || c[v].y != 0.0 || c[v].z != 0.0)
                keys[v].correcting |= bit;
    }
}

void oik_vertex_keys(oik_vertex_key *keys, const oik_body_model *model) {
    uint32_t chain[OIK_N_JOINTS];
    for (int j = 0; j < OIK_N_JOINTS; j++)
        chain[j] = chain_of(model, j);
    for (size_t v = 0; v < model->n_vertices; v++)
        keys[v] = (oik_vertex_key){.vertex = (int32_t)v};
    mark_correctives(keys, model);
    for (size_t v = 0; v < model->n_vertices; v++) {
        for (size_t e = model->influence_start[v]; e < model->influence_start[v + 1]; e++)
            keys[v].joints |= chain[model->influence_joint[e]];
        for (int j = 1; j < OIK_N_JOINTS; j++)
            if (keys[v].correcting >> j & 1)
                keys[v].joints |= chain[j];
    }
    qsort(keys, model->n_vertices, sizeof *keys, by_joints);
}
