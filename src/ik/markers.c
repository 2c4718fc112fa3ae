/** Markers on the segments of a chain (see markers.h). */
#include "ik/markers.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"

oik_status oik_markers_new(oik_markers **out, size_t n_markers, size_t n_links, oik_error *err) {
    *out = NULL;
    if (n_markers > INT_MAX || n_links > INT_MAX)
        return oik_fail(err, OIK_E_MEMORY, "out of memory for %zu markers and %zu links", n_markers, n_links);
    oik_markers *m = oik_new(1, sizeof *m, err);
    if (!m || !(m->markers = oik_new(n_markers, sizeof *m->markers, err)) || !(m->links = oik_new(n_links, sizeof *m->links, err))) {
        oik_markers_free(m);
        return OIK_E_MEMORY;
    }
    m->n_markers = (int)n_markers;
    m->n_links = (int)n_links;
    *out = m;
    return OIK_OK;
}

void oik_markers_free(oik_markers *markers) {
    if (!markers)
        return;
    free(markers->markers);
    free(markers->links);
    free(markers);
}

int oik_markers_find(const oik_markers *markers, const char *name) {
    for (int i = 0; i < markers->n_markers; i++)
        if (strcmp(markers->markers[i].name, name) == 0)
            return i;
    return -1;
}

oik_marker oik_marker_at_joint(const oik_chain *chain, int joint) {
    const oik_chain_joint *j = &chain->joints[joint];
    bool on_parent = j->parent >= 0 && j->n_translations == 0;
    oik_marker marker = {.segment = on_parent ? j->parent : joint, .local = on_parent ? j->s : j->b, .keypoint = -1};
    memcpy(marker.name, j->name, sizeof marker.name);
    return marker;
}
