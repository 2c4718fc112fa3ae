/** Trunk and limbs of a chain (see chain_part.h). */
#include "ik/chain_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/** Distance at which a marker counts as a joint's centre [m]. */
static const double AT_CENTRE = 1e-6;

static bool marks_centre(const oik_markers *markers, const oik_chain *chain, int joint) {
    const oik_chain_joint *j = &chain->joints[joint];
    for (int m = 0; m < markers->n_markers; m++) {
        const oik_marker *marker = &markers->markers[m];
        if (j->n_translations == 0 && marker->segment == j->parent && v3_dist(marker->local, j->s) <= AT_CENTRE)
            return true;
        if (marker->segment == joint && v3_dist(marker->local, j->b) <= AT_CENTRE)
            return true;
    }
    return false;
}

static bool has_couplings(const oik_chain *chain) {
    for (int d = 0; d < chain->n_dofs; d++)
        if (chain->dofs[d].n_coefficients > 0)
            return true;
    return false;
}

/** part_of[i]: root joint of the limb that joint i belongs to, -1: trunk. */
static oik_status find_limbs(int *part_of, const oik_chain *chain, const oik_markers *markers, oik_error *err) {
    int n = chain->n_segments;
    int *n_children = oik_new((size_t)n, sizeof *n_children, err);
    bool *branched = oik_new((size_t)n, sizeof *branched, err);
    bool split = markers && markers->n_markers > 0 && !has_couplings(chain);
    if (!n_children || !branched) {
        free(n_children);
        free(branched);
        return OIK_E_MEMORY;
    }
    for (int i = n - 1; i >= 0; i--) {
        int p = chain->joints[i].parent;
        branched[i] = branched[i] || n_children[i] > 1;
        if (p >= 0) {
            n_children[p]++;
            branched[p] = branched[p] || branched[i];
        }
    }
    for (int i = 0; i < n; i++) {
        int p = chain->joints[i].parent;
        bool starts = split && p >= 0 && part_of[p] < 0 && !branched[i] && marks_centre(markers, chain, i);
        part_of[i] = p >= 0 && part_of[p] >= 0 ? part_of[p] : starts ? i : -1;
    }
    free(n_children);
    free(branched);
    return OIK_OK;
}

static int count_dofs(const oik_chain *chain, const int *part_of, int root) {
    int n = 0;
    for (int i = 0; i < chain->n_segments; i++)
        if (part_of[i] == root)
            n += chain->joints[i].n_rotations + chain->joints[i].n_translations;
    return n;
}

static oik_status allocate(oik_chain_part *part, const oik_chain *whole, const oik_markers *markers, int n_dofs, oik_error *err) {
    size_t n = (size_t)whole->n_segments, n_markers = markers ? (size_t)markers->n_markers : 0;
    bool ok = (part->chain = oik_new(1, sizeof *part->chain, err)) &&
              (part->chain->joints = oik_new(n, sizeof *part->chain->joints, err)) &&
              (part->chain->segment_names = oik_new(n, OIK_NAME_LENGTH, err)) &&
              (part->chain->dofs = oik_new((size_t)n_dofs, sizeof *part->chain->dofs, err)) &&
              (part->dof = oik_new((size_t)n_dofs, sizeof *part->dof, err)) &&
              (part->markers = oik_new(1, sizeof *part->markers, err)) &&
              (part->markers->markers = oik_new(n_markers, sizeof *part->markers->markers, err)) &&
              (part->marker = oik_new(n_markers, sizeof *part->marker, err));
    return ok ? OIK_OK : OIK_E_MEMORY;
}

static void copy_joint(oik_chain_part *part, const oik_chain *whole, int i, int parent) {
    oik_chain *chain = part->chain;
    oik_chain_joint *joint = &chain->joints[chain->n_segments];
    *joint = whole->joints[i];
    joint->parent = parent;
    joint->first_dof = chain->n_dofs;
    memcpy(chain->segment_names[chain->n_segments], whole->segment_names[i], OIK_NAME_LENGTH);
    for (int k = 0; k < joint->n_rotations + joint->n_translations; k++) {
        part->dof[chain->n_dofs] = whole->joints[i].first_dof + k;
        chain->dofs[chain->n_dofs++] = whole->dofs[whole->joints[i].first_dof + k];
    }
    chain->n_segments++;
}

/** Joints and markers of one part; local[i]: number of whole joint i in its part. */
static void fill(oik_chain_part *part, int *local, const oik_chain *whole, const oik_markers *markers, const int *part_of, int root) {
    part->carrier = root < 0 ? -1 : whole->joints[root].parent;
    for (int i = 0; i < whole->n_segments; i++) {
        if (part_of[i] != root)
            continue;
        int p = whole->joints[i].parent;
        local[i] = part->chain->n_segments;
        copy_joint(part, whole, i, p < 0 || i == root ? -1 : local[p]);
    }
    for (int m = 0; markers && m < markers->n_markers; m++) {
        if (part_of[markers->markers[m].segment] != root)
            continue;
        oik_marker *marker = &part->markers->markers[part->markers->n_markers];
        *marker = markers->markers[m];
        marker->segment = local[marker->segment];
        part->marker[part->markers->n_markers++] = m;
    }
}

oik_status oik_chain_parts_new(oik_chain_parts **out, const oik_chain *chain, const oik_markers *markers, oik_error *err) {
    size_t n = (size_t)chain->n_segments;
    oik_chain_parts *parts = oik_new(1, sizeof *parts, err);
    int *part_of = oik_new(n, sizeof *part_of, err), *local = oik_new(n, sizeof *local, err);
    oik_status status = OIK_E_MEMORY;
    *out = NULL;
    if (!parts || !part_of || !local || !(parts->parts = oik_new(n + 1, sizeof *parts->parts, err)))
        goto done;
    status = find_limbs(part_of, chain, markers, err);
    for (int root = -1; root < chain->n_segments && !status; root++) {
        if (root >= 0 && part_of[root] != root)
            continue;
        oik_chain_part *part = &parts->parts[parts->n_parts++];
        status = allocate(part, chain, markers, count_dofs(chain, part_of, root), err);
        if (!status)
            fill(part, local, chain, markers, part_of, root);
    }
done:
    free(part_of);
    free(local);
    if (status)
        oik_chain_parts_free(parts);
    else
        *out = parts;
    return status;
}

void oik_chain_parts_free(oik_chain_parts *parts) {
    if (!parts)
        return;
    for (int i = 0; parts->parts && i < parts->n_parts; i++) {
        oik_chain_free(parts->parts[i].chain);
        oik_markers_free(parts->parts[i].markers);
        free(parts->parts[i].dof);
        free(parts->parts[i].marker);
    }
    free(parts->parts);
    free(parts);
}
