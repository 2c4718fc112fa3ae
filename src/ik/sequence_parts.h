/**
 * What the files of the sequence problem share. Private to sequence_problem.c, sequence_layout.c and sequence_rows.c.
 */
#ifndef OIK_IK_SEQUENCE_PARTS_H
#define OIK_IK_SEQUENCE_PARTS_H

#include "ik/sequence_problem.h"

enum { STENCIL = OIK_PAST + 1, BALL = 3 }; /* frames of an acceleration; unknowns of a spherical joint */

struct oik_sequence_problem {
    const oik_chain *chain;
    const oik_measurement *measurement;
    const double *rest;
    int n_frames;
    oik_frame_terms *terms;
    oik_chain_pose *pose;
    oik_lsq *lsq;

    int n_unknowns;        /**< of one frame */
    int *unknown_of;       /**< n_dofs, -1: dependent */
    int *dof_of;           /**< n_unknowns */
    bool *in_ball;         /**< n_dofs, coordinate of a spherical joint */
    int n_balls;
    int *ball_joint;       /**< n_balls */
    bool *ball_limited;    /**< n_balls, its ranges exclude some rotation */
    oik_mat3 *ball_rest;   /**< n_balls */
    oik_mat3 *ball_scale;  /**< n_balls, of the rotation from rest: 1 / mean range, 0 without limits; or to coordinates over spreads */
    bool *ball_spread;     /**< n_balls, the spreads of its coordinates are known */
    bool *jumps;           /**< n_dofs, a hinge of wide range: it can start and stop in a frame */
    double *calm;          /**< n_dofs, factor on the acceleration of a coordinate: those of little range accelerate little */

    int rows_per_frame, rows_of_acceleration;
    oik_lsq_pattern pattern;
    int *row_start, *col;
    oik_mat3 *turn;            /**< (OIK_PAST + n_frames) x n_balls */
    oik_vec3 *change;          /**< (OIK_PAST + n_frames) x n_balls: from the frame before to this one */
    oik_mat3 *change_jacobian; /**< the same */
    double *misfit;            /**< n_frames, squares of measured terms and of distances from the ranges */
    double beyond;             /**< largest distance of a spherical joint from its ranges [rad] */

    const double *past;        /**< of this solve */
    int first;
    oik_sequence_weights weights;
};

/** Spherical joints, unknowns and the factors of their accelerations; the tables are allocated (n_dofs, n_segments). */
void oik_sequence_list_unknowns(oik_sequence_problem *problem);
/** Rows and columns of all frames, in the order in which oik_sequence_evaluate fills them. OIK_E_ARGUMENT, OIK_E_MEMORY. */
oik_status oik_sequence_new_pattern(oik_sequence_problem *problem, oik_error *err);
/** First frame, of those solved, that the acceleration ending at a frame looks at. */
int oik_sequence_first_of_stencil(int frame);

/** Take over the two known frames (2 x n_dofs, or NULL). */
void oik_sequence_set_past(oik_sequence_problem *problem, const double *past);
/** Residuals, and with jac the Jacobian, at q; also misfit and beyond. */
void oik_sequence_evaluate(oik_sequence_problem *problem, const double *q, double *r, double *jac);
/** Are the three coordinates of a spherical joint within their ranges? */
bool oik_sequence_inside(const oik_dof *dofs, const double *q);

#endif
