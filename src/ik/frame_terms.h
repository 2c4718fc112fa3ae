/**
 * What one frame's measurements say about a pose, as rows of a least-squares problem with analytic, sparse derivatives.
 *
 *   rows (three each)                 derivative with respect to coordinate k
 *   sqrt(w) phi                       -sqrt(w) J_l^-1(phi) R_s^T d theta_s/dq_k     phi = log(R_s^T R^_s)   segment orientation
 *   sqrt(w) (p - p^) / L              sqrt(w) / L  dp/dq_k                                                  marker position
 *   sqrt(w) (d - d^)                  sqrt(w) (I - d d^T) / l  d(p_b - p_a)/dq_k    d = (p_b - p_a) / l     direction of a link
 *
 * With a robust scale c [m] (Cauchy) a marker's rows are scaled so that their squared length is (c/L)^2 log(1 + |p - p^|^2 / c^2) w.
 *
 * Every frame of a motion has the same rows and columns: a measurement that is absent from a frame gives zero rows there.
 */
#ifndef OIK_IK_FRAME_TERMS_H
#define OIK_IK_FRAME_TERMS_H

#include "ik/chain_jacobian.h"
#include "ik/markers.h"

/** Which kinds of measurements take part. */
typedef struct oik_term_choice {
    const bool *segments;  /**< n_segments, orientation measured in some frame; NULL: none */
    const bool *markers;   /**< n_markers, position measured in some frame; NULL: all, if positions */
    bool positions, links;
    double length_scale;   /**< L > 0 [m] */
    double robust_scale;   /**< c [m]; 0: squared distances */
} oik_term_choice;

/** One measured frame; arrays as in oik_measurement, of one frame. */
typedef struct oik_frame_data {
    const oik_vec3 *x;
    const double *weight;
    const oik_mat3 *R;
    const double *R_weight;
    const double *link_weight; /**< n_links; NULL: the link's weight times the lesser confidence of its ends */
} oik_frame_data;

oik_frame_data oik_measurement_frame(const oik_measurement *measurement, const oik_chain *chain, int frame);

typedef enum oik_term_kind { OIK_TERM_ORIENTATION, OIK_TERM_POSITION, OIK_TERM_LINK } oik_term_kind;

typedef struct oik_term {
    oik_term_kind kind;
    int index;             /**< segment, marker or link */
    int first_col, n_cols; /**< its coordinates: col[first_col ..], ascending */
} oik_term;

typedef struct oik_frame_terms {
    const oik_chain *chain;
    const oik_markers *markers;
    oik_chain_paths *paths;
    double length_scale, robust_scale;
    int n_terms;           /**< three rows each */
    oik_term *terms;
    int *col;
    int n_values;          /**< Jacobian values of all rows */
    oik_vec3 *J;           /**< work, longest list of coordinates */
    oik_vec3 *by_dof;      /**< work, n_dofs */
} oik_frame_terms;

/** Chain and markers (NULL: none) must outlive it. OIK_E_ARGUMENT (a marker or link out of range), OIK_E_MEMORY. */
oik_status oik_frame_terms_new(oik_frame_terms **out, const oik_chain *chain, const oik_markers *markers,
                               const oik_term_choice *choice, oik_error *err);
void oik_frame_terms_free(oik_frame_terms *terms);

/**
 * @param[out] r    3 n_terms
 * @param[out] jac  n_values, row by row in the order of the terms' coordinates, or NULL
 * @param[in]  pose of the coordinates, by oik_chain_forward; a derivative is that of a turn about pose->axis[k]
 * O(n_values), allocates nothing.
 */
void oik_frame_terms_evaluate(oik_frame_terms *terms, double *r, double *jac, const oik_chain_pose *pose,
                              const oik_frame_data *data);

/** Are all markers (NULL: none) on segments of the chain, and all links between markers? OIK_E_ARGUMENT names the first that is not. */
oik_status oik_markers_check(const oik_markers *markers, const oik_chain *chain, oik_error *err);

/** World position of a marker. */
oik_vec3 oik_marker_position(const oik_marker *marker, const oik_chain_pose *pose);

#endif
