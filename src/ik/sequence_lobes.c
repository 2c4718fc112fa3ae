/** Lobes of a ball joint's ranges (see sequence_lobes.h). */
#include "ik/sequence_lobes.h"

#include <math.h>

#include "base/rot.h"
#include "ik/joint_angles.h"

enum { BALL = 3, MOST_CANDIDATES = 4 };

/** Volume of the three axes when the middle coordinate is at an angle; 0 in a gimbal position. */
static double volume(const oik_dof *dofs, double middle) {
    oik_vec3 third = m3_mulv(oik_rot_axis(dofs[1].axis, middle), dofs[2].axis);
    return v3_dot(dofs[0].axis, v3_cross(dofs[1].axis, third));
}

/** First angle between low and high where the volume changes its sign; NAN: none. */
static double find_gimbal(const oik_dof *dofs, double low, double high) {
    enum { PIECES = 64, HALVINGS = 40 };
    for (int i = 0; i < PIECES; i++) {
        double a = low + (high - low) * i / PIECES, b = low + (high - low) * (i + 1) / PIECES;
        if (volume(dofs, a) * volume(dofs, b) > 0.0)
            continue;
        for (int k = 0; k < HALVINGS; k++) {
            double c = 0.5 * (a + b);
            if (volume(dofs, a) * volume(dofs, c) > 0.0)
                a = c;
            else
                b = c;
        }
        return 0.5 * (a + b);
    }
    return NAN;
}

oik_lobes oik_find_lobes(const oik_chain *chain, const bool *spherical) {
    const double well_inside = 0.1, unlimited = 6.2; /* [rad] */
    for (int i = 0; i < chain->n_segments; i++) {
        const oik_dof *dofs = chain->dofs + chain->joints[i].first_dof;
        if (!spherical[i] || dofs[0].upper - dofs[0].lower > unlimited)
            continue;
        double gimbal = find_gimbal(dofs, dofs[1].lower + well_inside, dofs[1].upper - well_inside);
        if (!isnan(gimbal))
            return (oik_lobes){.joint = i, .middle = chain->joints[i].first_dof + 1, .gimbal = gimbal};
    }
    return (oik_lobes){.joint = -1};
}

bool oik_near_gimbal(const oik_lobes *lobes, const oik_chain *chain, const double *q, int n_frames) {
    const double near = 0.45; /* sine of 27 degrees */
    for (int f = 0; f < n_frames; f++)
        if (fabs(sin(q[(size_t)f * (size_t)chain->n_dofs + (size_t)lobes->middle] - lobes->gimbal)) < near)
            return true;
    return false;
}

static oik_mat3 turn(const oik_lobe_candidate *candidate, int frame, const oik_lobes *lobes, const oik_chain *chain) {
    int first = chain->joints[lobes->joint].first_dof;
    return oik_joint_rotation(chain->dofs + first, BALL, candidate->q + (size_t)frame * (size_t)chain->n_dofs + (size_t)first);
}

void oik_choose_lobes(int *choice, int *work, const oik_lobe_candidate *candidates, int n_candidates, int n_frames, const oik_lobes *lobes,
                      const oik_chain *chain, double unit, double step) {
    double cost[MOST_CANDIDATES] = {0}, next[MOST_CANDIDATES];
    oik_mat3 before[MOST_CANDIDATES], here[MOST_CANDIDATES];
    for (int f = 0; f < n_frames; f++) {
        for (int k = 0; k < n_candidates; k++) {
            here[k] = turn(&candidates[k], f, lobes, chain);
            int best = k;
            double least = cost[k];
            for (int from = 0; from < n_candidates && f > 0; from++) {
                double angle = from == k ? 0.0 : oik_rot_angle_between(before[from], here[k]) / step;
                if (cost[from] + unit * angle * angle < least) {
                    least = cost[from] + unit * angle * angle;
                    best = from;
                }
            }
            next[k] = least + candidates[k].misfit[f];
            work[f * n_candidates + k] = best;
        }
        for (int k = 0; k < n_candidates; k++) {
            cost[k] = next[k];
            before[k] = here[k];
        }
    }
    int at = 0;
    for (int k = 1; k < n_candidates; k++)
        at = cost[k] < cost[at] ? k : at;
    for (int f = n_frames - 1; f >= 0; f--) {
        choice[f] = at;
        at = work[f * n_candidates + at];
    }
}
