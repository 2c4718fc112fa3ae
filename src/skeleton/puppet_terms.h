/**
 * The energies of the puppet as one sparse least-squares problem.
 *
 * Every term is a function of one or two placed points, or of the rotations of three parts, and its rows depend on the tangent of the parts that carry them and on
 * the shape modes that move them.
 *
 *   anchor    S (y_a - q)                                    3 rows, S symmetric 3x3
 *   stitch    w (y_a - R_a o - y_b)                          3 rows, o offset in the frame of the part of a
 *   offset    w (y_a - y_b - o)                              3 rows, o offset in the world's frame
 *   ligament  w (|y_a - y_b| - d)                            1 row
 *   barrier   w max(0, n . (y_a - q) + margin)               1 row, one-sided: stay behind a plane of the skin
 *   clearance w max(0, d - R_b n . (y_a - y_b))              1 row, one-sided: a stays beyond a plane through b, n in the frame of b's part
 *   curve     w (R_b d_b - (1-s) R_a d_a - s R_c d_c)        3 rows, d a direction in the frames of the parts of a, b, c: b between a and c
 *   contact   w |y_a - q|^2                                  1 row, the cost is of the fourth order in the distance
 *   spring    w (c |y_a - q| - d), c = -sign((y_a - q) . n)  1 row, c constant in the Jacobian: a distance with a sign, + inside the skin
 *   prior     w_k s_k                                        1 row per mode
 *
 * A stitch turns with its part, so a result of stitches is equivariant under rotations of the input; one of offsets is when they turn
 * with the input. Contact and spring are those of the published method (published.h).
 *
 *   rotation   state of a part            tangent of a part        update
 *   local      R (9, row-major), t (3)    w (3), v (3)             R <- exp(w) R, t <- t + v
 *   absolute   r (3), t (3)               dr (3), dt (3)           by addition, R = exp(r)
 *
 * The state is part after part, then the shape coefficients; so is the tangent. Local updates know no singular attitude; absolute ones
 * are the published method's.
 */
#ifndef OIK_SKELETON_PUPPET_TERMS_H
#define OIK_SKELETON_PUPPET_TERMS_H

#include "skeleton/skeleton.h"

typedef enum oik_term_kind {
    OIK_TERM_ANCHOR, OIK_TERM_STITCH, OIK_TERM_OFFSET, OIK_TERM_LIGAMENT, OIK_TERM_BARRIER, OIK_TERM_CLEARANCE, OIK_TERM_CURVE,
    OIK_TERM_CONTACT, OIK_TERM_SPRING
} oik_term_kind;

typedef struct oik_term {
    oik_term_kind kind;
    int32_t a, b;     /**< points; b = -1 for kinds of one point */
    int32_t c;        /**< curve: a third point, of which as of the others the part matters */
    double weight;    /**< w; [1/m], contact [1/m^2] */
    double distance;  /**< ligament, spring, clearance: d; barrier: margin [m]; curve: s */
    oik_vec3 vector;  /**< anchor, barrier, contact, spring: q; stitch, offset: o [m] */
    oik_vec3 normal;  /**< barrier, spring: n; clearance: n in the frame of the part of b */
    oik_mat3 S;       /**< anchor [1/m]; curve: d_a, d_b, d_c as columns */
    oik_vec3 u_a, u_b; /**< local coordinates of both points when the shape is constant; oik_terms_add fills them in */
} oik_term;

/** A point that the model does not have; it does not follow the shape. */
typedef struct oik_terms_point {
    int32_t part;
    oik_vec3 u; /**< in the part's frame [m] */
} oik_terms_point;

/** Where a part is in the state that is being evaluated. */
typedef struct oik_terms_frame {
    oik_mat3 R;
    oik_vec3 t;
    oik_mat3 turn; /**< absolute rotations: the right Jacobian at r, the transpose of the left one */
} oik_terms_frame;

typedef struct oik_terms {
    const oik_skel_model *model;
    bool with_shape;   /**< shape coefficients are unknowns (infer) or constant (pose) */
    bool absolute;     /**< absolute rotation vectors, of puppets that have them; set before anything is added. Needs a constant shape */
    double *shape;     /**< n_modes constant shape when !with_shape (borrowed) */
    size_t n, capacity;
    oik_term *term;
    size_t n_own, own_capacity;
    oik_terms_point *own;    /**< point n_points + i of the model's numbering is own[i] */
    oik_terms_frame *frame;  /**< n_parts, scratch of an evaluation; NULL while there are no terms */
    oik_status status; /**< OIK_E_MEMORY sticks */
    oik_lsq_pattern pattern; /**< of the last solve */
    oik_lsq *lsq;      /**< its workspace, used again while the pattern stays the same; NULL before */
    double *state;     /**< oik_terms_state_size of the last solve */
} oik_terms;

void oik_terms_init(oik_terms *terms, const oik_skel_model *model, bool with_shape, double *shape);
void oik_terms_free(oik_terms *terms);
/** No terms and no own points; memory and the solver's workspace stay. */
void oik_terms_clear(oik_terms *terms);
/** Append a term; weight 0 is dropped. Failure sticks in terms->status. O(modes of its points). */
void oik_terms_add(oik_terms *terms, oik_term term);
/** A point at u in the frame of a part, for terms that follow. @return its number; failure sticks in terms->status */
int32_t oik_terms_add_point(oik_terms *terms, int32_t part, oik_vec3 u);
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
 * Minimise the sum of all terms over the puppet, in place, by Levenberg-Marquardt steps. Analysed once while the same kinds of terms join
 * the same parts in the same order.
 * @param[in] options cost_tolerance, max_iterations; on_step cancels with OIK_E_CANCELLED when it returns non-zero, may be NULL
 * @return OIK_OK, OIK_E_MEMORY, OIK_E_SOLVER, OIK_E_CANCELLED
 */
oik_status oik_terms_solve(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_skel_options *options,
                           oik_error *err);

/** The same with the solver's own options; of `options` on_step and on_step_context are used. */
oik_status oik_terms_minimise(oik_lsq_report *report, oik_puppet *puppet, oik_terms *terms, const oik_lsq_options *solver,
                              const oik_skel_options *options, oik_error *err);
/** Release what the last solve left. */
void oik_terms_forget_solver(oik_terms *terms);

/** Position of a point before placing: u_i = mean_i + modes s. */
oik_vec3 oik_puppet_local(const double *shape, const oik_skel_model *model, size_t point);

#endif
