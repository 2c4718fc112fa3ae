/**
 * The energies of the puppet as one sparse least-squares problem.
 *
 * Every term is a function of one or two placed points, and its rows depend on the tangent of the parts that carry them and on
 * the shape modes that move them. The state is, part after part, R (9, row-major) and t (3), then the shape coefficients;
 * the tangent is, part after part, the rotation vector w (R <- exp(w) R) and the translation, then the shape coefficients.
 *
 *   anchor    S (y_a - target)                              3 rows, S symmetric 3x3
 *   stitch    w (y_a - R_a o - y_b)                          3 rows, o offset in the frame of the part of a
 *   ligament  w (|y_a - y_b| - d)                            1 row
 *   barrier   w max(0, n . (y_a - q) + margin)               1 row, one-sided: stay behind a plane of the skin
 *   prior     w_k s_k                                        1 row per mode
 *
 * The stitch offset turns with its part, so the result is equivariant under rotations of the input.
 */
#ifndef OIK_SKELETON_PUPPET_TERMS_H
#define OIK_SKELETON_PUPPET_TERMS_H

#include "skeleton/skeleton.h"

typedef enum oik_term_kind { OIK_TERM_ANCHOR, OIK_TERM_STITCH, OIK_TERM_LIGAMENT, OIK_TERM_BARRIER } oik_term_kind;

typedef struct oik_term {
    oik_term_kind kind;
    int32_t a, b;     /**< points; b = -1 for anchors and barriers */
    double weight;    /**< w of stitch, ligament, barrier [1/m] */
    double distance;  /**< ligament: rest length d; barrier: margin [m] */
    oik_vec3 vector;  /**< anchor: target; stitch: o; barrier: q [m] */
    oik_vec3 normal;  /**< barrier: n */
    oik_mat3 S;       /**< anchor [1/m] */
} oik_term;

typedef struct oik_terms {
    const oik_skel_model *model;
    bool with_shape;   /**< shape coefficients are unknowns (infer) or constant (pose) */
    double *shape;     /**< n_modes constant shape when !with_shape (borrowed) */
    size_t n, capacity;
    oik_term *term;
    oik_status status; /**< OIK_E_MEMORY sticks */
    oik_lsq_pattern pattern; /**< of the last solve */
    oik_lsq *lsq;      /**< its workspace, used again while the pattern stays the same; NULL before */
    double *state;     /**< oik_terms_state_size of the last solve */
} oik_terms;

void oik_terms_init(oik_terms *terms, const oik_skel_model *model, bool with_shape, double *shape);
void oik_terms_free(oik_terms *terms);
/** Append a term; weight 0 is dropped. Failure sticks in terms->status. */
void oik_terms_add(oik_terms *terms, oik_term term);
/** Anchor with weight w along the unit normal n and w * across in the two other directions. */
oik_term oik_term_anchor(int32_t point, oik_vec3 target, double w, oik_vec3 n, double across);
oik_term oik_term_stitch(int32_t a, int32_t b, double w, oik_vec3 offset);

/**
 * The least-squares problem that the terms make, as the solver sees it.
 * @param[in,out] x   state, oik_terms_state_size doubles
 * @param[in]     dx  tangent, pattern->n_unknowns
 * @param[out]    r   pattern->n_rows
 * @param[out]    jac values in pattern order, or NULL
 */
size_t oik_terms_state_size(const oik_terms *terms);
void oik_terms_pack(double *x, const oik_terms *terms, const oik_puppet *puppet);
void oik_terms_evaluate(double *r, double *jac, const oik_terms *terms, const double *x);
void oik_terms_retract(double *x_new, const oik_terms *terms, const double *x, const double *dx);
/** Rows and columns of the Jacobian; release it also after OIK_E_MEMORY. */
oik_status oik_terms_pattern(oik_lsq_pattern *pattern, const oik_terms *terms, oik_error *err);
void oik_terms_pattern_free(oik_lsq_pattern *pattern);

/**
 * Minimise the sum of all terms over the puppet, in place. Analysed once while the same kinds of terms join the same parts in the same order.
 * @param[in] options cost_tolerance, max_iterations; on_step cancels with OIK_E_CANCELLED when it returns non-zero, may be NULL
 * @return OIK_OK, OIK_E_MEMORY, OIK_E_SOLVER, OIK_E_CANCELLED
 */
oik_status oik_terms_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_skel_options *options,
                           oik_error *err);

/** Position of a point before placing: u_i = mean_i + modes s. */
oik_vec3 oik_puppet_local(const double *shape, const oik_skel_model *model, size_t point);

#endif
