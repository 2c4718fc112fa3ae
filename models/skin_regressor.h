/** Joint centres as weighted means of skin vertices. */
#ifndef OIK_MODELS_SKIN_REGRESSOR_H
#define OIK_MODELS_SKIN_REGRESSOR_H

#include "skin_template.h"

/** What the regressor is fitted to: bodies with the same vertices. */
typedef struct oik_skin_example {
    const oik_vec3 *vertices; /**< n_vertices [m] */
    const oik_vec3 *joints;   /**< 24 [m] */
    double k;                 /**< what a metre of joint error counts */
} oik_skin_example;

/** Coordinates (joint, vertex, value), ascending. */
typedef struct oik_skin_regressor {
    size_t n;
    uint8_t *joint;
    int32_t *vertex;
    double *value;
} oik_skin_regressor;

/**
 * For every joint, from the ring of vertices that both it and its parent move:
 *
 *   min_{w >= 0, sum w = 1}  rho^2 / 2 sum_i (w_i - 1/n)^2 + 1/2 sum_examples k^2 | sum_i w_i x_i - J |^2
 *
 * with rho = 0.005 sqrt(n), so that weights are as even as the joint centres allow and the joint moves with the middle of its ring. The ring of a
 * midline joint is used with its mirror image, right-hand joints are copies of left-hand ones.
 *
 * @param[out] out   free with oik_skin_regressor_clear
 * @param[in]  dense n_vertices x 24 skinning weights
 * @return OIK_E_MEMORY, OIK_E_SOLVER
 */
oik_status oik_skin_regressor_fit(oik_skin_regressor *out, const double *dense, const oik_skin_example *examples,
                                  size_t n_examples, const oik_skin_address_table *table, oik_error *err);
void oik_skin_regressor_clear(oik_skin_regressor *r);

/**
 * Nonnegative least squares with a ridge towards u, through its dual:
 *
 *   min_{w >= 0}  rho^2 / 2 | w - u |^2 + 1/2 | B w - c |^2
 *   w = max(0, u - B^T y / rho^2),   y = B w - c
 *
 * The second line is solved for y by Newton's method on the convex dual, which is piecewise quadratic, with halved steps.
 *
 * @param[out] w n
 * @param[in]  B m x n row-major, m <= OIK_SKIN_MAX_ROWS
 * @param[in]  c m
 * @param[in]  u the same value for all
 * @return OIK_E_SOLVER when 200 iterations do not suffice, OIK_E_ARGUMENT. Allocates nothing; O(m^2 n) per iteration.
 * Source: Qi and Sun, A nonsmooth version of Newton's method, Math. Programming 58 (1993) 353.
 */
enum { OIK_SKIN_MAX_ROWS = 16 };
oik_status oik_skin_nonnegative(double *w, const double *B, const double *c, size_t m, size_t n, double u, double rho,
                                oik_error *err);

#endif
