#include "skin_edges.h"

#include <stdlib.h>

#include "base/mem.h"

oik_status oik_edge_map_init(oik_edge_map *map, size_t n, oik_error *err) {
    size_t capacity = 16;
    while (capacity < 2 * n)
        capacity *= 2;
    *map = (oik_edge_map){.capacity = capacity};
    map->key = oik_new(capacity, sizeof *map->key, err);
    map->value = oik_new(capacity, sizeof *map->value, err);
    if (map->key && map->value)
        return OIK_OK;
    oik_edge_map_clear(map);
    return OIK_E_MEMORY;
}

void oik_edge_map_clear(oik_edge_map *map) {
    free(map->key);
    free(map->value);
    *map = (oik_edge_map){0};
}

/** never 0, so that 0 can mean free */
static uint64_t edge_key(int32_t a, int32_t b) {
    return ((uint64_t)(uint32_t)a << 32 | (uint32_t)b) + 1;
}

/** the slot that holds the key or the free one where it would go; multiplicative hashing by 2^64 / golden ratio */
static size_t slot_of(const oik_edge_map *map, uint64_t key) {
    size_t i = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (map->capacity - 1);
    while (map->key[i] && map->key[i] != key)
        i = (i + 1) & (map->capacity - 1);
    return i;
}

int32_t oik_edge_get(const oik_edge_map *map, int32_t a, int32_t b, int32_t absent) {
    size_t i = slot_of(map, edge_key(a, b));
    return map->key[i] ? map->value[i] : absent;
}

void oik_edge_set(oik_edge_map *map, int32_t a, int32_t b, int32_t value) {
    size_t i = slot_of(map, edge_key(a, b));
    if (!map->key[i]) {
        if (2 * (map->used + 1) > map->capacity)
            return;
        map->key[i] = edge_key(a, b);
        map->used++;
    }
    map->value[i] = value;
}
