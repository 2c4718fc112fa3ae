/** Error of a solved motion: mean per joint angular separation, of global orientations. */
#ifndef TESTS_SUPPORT_MPJAS_H
#define TESTS_SUPPORT_MPJAS_H

#include "ik/chain.h"

/**
 * Angle of R_est^T R_true of every joint in every frame.
 * @param[out] angle  n_frames x n_segments [rad]
 * @param[in]  q,truth n_frames x n_dofs
 * @return OIK_E_MEMORY
 */
oik_status mpjas_angles(double *angle, const oik_chain *chain, const double *q, const double *truth, int n_frames);

/**
 * MPJAS: mean over frames and over the joints with a rotation [rad]; NaN when out of memory.
 * Source: Gildea et al., IMVIP 2022.
 */
double mpjas(const oik_chain *chain, const double *q, const double *truth, int n_frames);

/** Mean over frames first .. last - 1 and the joints with a rotation among those selected (n_segments; NULL: all) [rad]; NaN: none. */
double mpjas_mean(const double *angle, const oik_chain *chain, const bool *selected, int first, int last);

/** A limb: hinge on a joint of three rotations (knee on hip, elbow on shoulder). Its hinge may be straight or bent. */
typedef struct mpjas_limb {
    int ball, hinge; /**< joints */
    bool lower;      /**< the ball joint is on the root */
} mpjas_limb;

/** Limbs of a chain, at most most of them. @return their number */
int mpjas_limbs(mpjas_limb *limbs, int most, const oik_chain *chain);

#endif
