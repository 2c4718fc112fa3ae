/** A table from edges (pairs of vertices) to integers: open addressing, fixed capacity. */
#ifndef OIK_MODELS_SKIN_EDGES_H
#define OIK_MODELS_SKIN_EDGES_H

#include <stddef.h>
#include <stdint.h>

#include "osso_ik.h"

typedef struct oik_edge_map {
    uint64_t *key;  /**< capacity; 0: free */
    int32_t *value; /**< capacity */
    size_t capacity, used;
} oik_edge_map;

/** Room for n different edges over the map's whole life. OIK_E_MEMORY. */
oik_status oik_edge_map_init(oik_edge_map *map, size_t n, oik_error *err);
void oik_edge_map_clear(oik_edge_map *map); /**< frees the arrays */

/** Value of the directed edge a -> b, or absent when it was never set. */
int32_t oik_edge_get(const oik_edge_map *map, int32_t a, int32_t b, int32_t absent);
/** Set it. Setting more than n different edges is a fault of the caller and is ignored. */
void oik_edge_set(oik_edge_map *map, int32_t a, int32_t b, int32_t value);

#endif
