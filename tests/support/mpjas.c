/* Mean per joint angular separation (see mpjas.h). */
#include "support/mpjas.h"

#include <stdlib.h>

#include "base/rot.h"

oik_status mpjas_angles(double *angle, const oik_chain *chain, const double *q, const double *truth, int n_frames) {
    oik_chain_pose *a = NULL, *b = NULL;
    oik_status status = oik_chain_pose_new(&a, chain, NULL);
    if (!status)
        status = oik_chain_pose_new(&b, chain, NULL);
    for (int f = 0; f < n_frames && !status; f++) {
        oik_chain_forward(a, chain, q + (size_t)f * (size_t)chain->n_dofs);
        oik_chain_forward(b, chain, truth + (size_t)f * (size_t)chain->n_dofs);
        for (int i = 0; i < chain->n_segments; i++)
            angle[(size_t)f * (size_t)chain->n_segments + (size_t)i] = oik_rot_angle_between(a->R[i], b->R[i]);
    }
    oik_chain_pose_free(a);
    oik_chain_pose_free(b);
    return status;
}

double mpjas_mean(const double *angle, const oik_chain *chain, const bool *selected, int first, int last) {
    double sum = 0.0;
    long n = 0;
    for (int f = first; f < last; f++)
        for (int i = 0; i < chain->n_segments; i++)
            if (chain->joints[i].n_rotations > 0 && (!selected || selected[i])) {
                sum += angle[(size_t)f * (size_t)chain->n_segments + (size_t)i];
                n++;
            }
    return n > 0 ? sum / (double)n : NAN;
}

double mpjas(const oik_chain *chain, const double *q, const double *truth, int n_frames) {
    double *angle = calloc((size_t)n_frames * (size_t)chain->n_segments, sizeof *angle), mean = NAN;
    if (angle && !mpjas_angles(angle, chain, q, truth, n_frames))
        mean = mpjas_mean(angle, chain, NULL, 0, n_frames);
    free(angle);
    return mean;
}

int mpjas_limbs(mpjas_limb *limbs, int most, const oik_chain *chain) {
    int n = 0;
    for (int i = 0; i < chain->n_segments && n < most; i++) {
        int p = chain->joints[i].parent;
        if (p >= 0 && chain->joints[p].parent >= 0 && chain->joints[i].n_rotations == 1 && chain->joints[p].n_rotations == 3)
            limbs[n++] = (mpjas_limb){p, i, chain->joints[p].parent == 0};
    }
    return n;
}
