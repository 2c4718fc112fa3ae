/** The root's heading from the markers of the trunk (see patch_start.h). */
#include "ik/patch_start.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rot.h"
#include "ik/joint_angles.h"

double oik_patch_uniform(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/** Add the markers' places at q to sums of places and of their squares. */
static void add_sample(oik_marker_places *places, oik_chain_pose *pose, const oik_chain *chain, const oik_markers *markers,
                       const double *q) {
    oik_chain_forward(pose, chain, q);
    for (int m = 0; m < markers->n_markers; m++) {
        const oik_marker *marker = &markers->markers[m];
        oik_vec3 x = v3_add(pose->origin[marker->segment], m3_mulv(pose->R[marker->segment], marker->local));
        oik_vec3 seen = m3_tmulv(pose->R[0], v3_sub(x, pose->origin[0]));
        places->mean[m] = v3_add(places->mean[m], seen);
        places->variance[m] += v3_dot(seen, seen);
    }
}

static void sample(oik_marker_places *places, oik_chain_pose *pose, const oik_chain *chain, const oik_markers *markers, double *q) {
    enum { SAMPLES = 200 }; /* variances to within a tenth: they only weigh the markers */
    uint64_t random = 1;
    for (int i = 0; i < SAMPLES; i++) {
        for (int d = 0; d < chain->n_dofs; d++)
            q[d] = chain->dofs[d].lower + oik_patch_uniform(&random) * (chain->dofs[d].upper - chain->dofs[d].lower);
        add_sample(places, pose, chain, markers, q);
    }
    for (int m = 0; m < markers->n_markers; m++) {
        places->mean[m] = v3_scale(places->mean[m], 1.0 / SAMPLES);
        places->variance[m] = fmax(places->variance[m] / SAMPLES - v3_dot(places->mean[m], places->mean[m]), 0.0);
    }
}

oik_status oik_marker_places_new(oik_marker_places **out, const oik_chain *chain, const oik_markers *markers, oik_error *err) {
    oik_status status = OIK_E_MEMORY;
    oik_chain_pose *pose = NULL;
    oik_marker_places *places = oik_new(1, sizeof *places, err);
    double *q = oik_new((size_t)chain->n_dofs, sizeof *q, err);
    size_t n = (size_t)markers->n_markers;
    *out = NULL;
    if (!places || !q || !(places->mean = oik_new(n, sizeof *places->mean, err)) ||
        !(places->variance = oik_new(n, sizeof *places->variance, err)) || !(places->from = oik_new(n, sizeof *places->from, err)) ||
        !(places->to = oik_new(n, sizeof *places->to, err)) || !(places->weight = oik_new(n, sizeof *places->weight, err)))
        goto done;
    places->n_markers = markers->n_markers;
    status = oik_chain_pose_new(&pose, chain, err);
    if (status)
        goto done;
    sample(places, pose, chain, markers, q);
    *out = places;
done:
    oik_chain_pose_free(pose);
    free(q);
    if (status)
        oik_marker_places_free(places);
    return status;
}

void oik_marker_places_free(oik_marker_places *places) {
    if (!places)
        return;
    free(places->mean);
    free(places->variance);
    free(places->from);
    free(places->to);
    free(places->weight);
    free(places);
}

bool oik_patch_root_heading(double *q, const oik_chain *chain, oik_marker_places *places, const oik_vec3 *x, const double *weight) {
    const double noise = 0.02 * 0.02; /* m^2: keypoints are no better than 2 cm, so what is fixed to the root is not alone believed */
    const oik_chain_joint *root = &chain->joints[0];
    size_t n = 0;
    for (int m = 0; m < places->n_markers; m++) {
        if (!(weight[m] > 0.0))
            continue;
        places->from[n] = places->mean[m];
        places->to[n] = x[m];
        places->weight[n++] = weight[m] / (places->variance[m] + noise);
    }
    oik_rigid fit;
    if (oik_rigid_fit(&fit, places->from, places->to, places->weight, n, 0, NULL))
        return false;
    oik_joint_angles_in_range(q + root->first_dof, chain->dofs + root->first_dof, root->n_rotations,
                              m3_mul(m3_tmul(root->A, fit.R), root->B));
    return true;
}
