/**
 * Vertices in the order of what moves them: Jacobians of the skin are built in blocks of vertices that share their columns.
 */
#ifndef OIK_BODY_VERTEX_KEYS_H
#define OIK_BODY_VERTEX_KEYS_H

#include "body/body_model.h"

/** A vertex and what moves it; bit j is joint j. */
typedef struct oik_vertex_key {
    uint32_t joints;     /**< skin or correct the vertex, or are an ancestor of one that does */
    uint32_t correcting; /**< have a corrective that is not zero there */
    int32_t vertex;
} oik_vertex_key;

/**
 * One key for each vertex, vertices of equal joints next to each other and by number.
 * @param[out] keys n_vertices
 * Allocates nothing; O(n_vertices (n_features + log n_vertices)).
 */
void oik_vertex_keys(oik_vertex_key *keys, const oik_body_model *model);

#endif
