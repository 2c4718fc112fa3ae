/**
 * What the files of the temporal solver share: a motion on its way (sequence_ik.c), a chain that is solved over a window
 * (sequence_piece.c), and a part of the whole chain with its share of the measurements (sequence_part.c). Private to them.
 */
#ifndef OIK_IK_SEQUENCE_SOLVER_H
#define OIK_IK_SEQUENCE_SOLVER_H

#include "ik/chain_part.h"
#include "ik/sequence_ik.h"
#include "ik/sequence_lobes.h"
#include "ik/sequence_track.h"

enum { OIK_N_LOBES = 2, OIK_N_CANDIDATES = 1 + OIK_N_LOBES };

/** Noise of nothing that is measured today is less [m]; it also keeps the temporal term above rounding. */
static const double OIK_LEAST_NOISE = 1e-4;
/** Distance from the ranges of motion that the sequence is solved to [rad]; at the end they are kept exactly. */
static const double OIK_TIGHT = 0.003;
/** Distance from its ranges that a spherical joint may keep while it is tracked [rad]. */
#define OIK_TRACKING_WIDTH 0.1

/** A chain that is tracked and then solved over a window. */
typedef struct oik_piece {
    oik_tracker *tracker;
    oik_sequence_problem *problem; /**< a window */
    double *q;                     /**< frames x n_dofs */
    size_t n_dofs;
} oik_piece;

typedef struct oik_part_solver {
    const oik_chain_part *part;
    oik_measurement window; /**< the window and OIK_PAST frames before it */
    double *time, *weight, *rest;
    double *expected;       /**< frames x n_dofs, or NULL */
    oik_vec3 *x;
    int root_marker;        /**< marker of the whole chain at the centre of the limb's root joint, -1 */
    oik_vec3 shift;         /**< from where that one is to where the joint is, in the carrier's frame, of the last frame loaded [m] */
    oik_piece piece;
    oik_lobes lobes;
    oik_chain lobe_chain[OIK_N_LOBES]; /**< the part's with the middle range of that joint cut in two; only dofs is its own */
    oik_piece lobe[OIK_N_LOBES];       /**< made when they are needed */
    int *choice;                       /**< (1 + OIK_N_CANDIDATES) x frames: of candidates, and work for choosing them */
} oik_part_solver;

typedef struct oik_sequence {
    const oik_chain *chain;
    const oik_measurement *measurement;
    const oik_sequence_options *options;
    double *rest;
    bool *oriented;       /**< n_segments, measured orientation in some frame */
    bool *spherical;      /**< n_segments */
    oik_ik_motion *motion;
    int window, n_windows; /**< frames solved together */
    oik_chain_parts *parts;
    oik_part_solver *solvers; /**< one per part */
    oik_piece whole;          /**< the whole chain, made when it is needed; its tracker only for measured orientations */
    oik_chain_pose *pose;
    oik_measurement carried; /**< the measurement; keypoints of another body's limbs carried to where the chain's begin */
    oik_vec3 *carried_x;     /**< of that, NULL: as measured */
    bool met;             /**< the parts meet the measurements of the current window */
    double noise_cost;    /**< (sigma / L)^2 */
    double misfit_cost;   /**< (sigma^2 + place^2) / L^2 */
    oik_sequence_weights weights;
} oik_sequence;

/** Which measurements take part: all of them for the whole chain, marker positions for a part. */
oik_term_choice oik_sequence_choice(const oik_sequence *sequence, bool whole);
/** Weight of the squared distance from the ranges when they are known to rho [rad]. */
double oik_sequence_range_weight(const oik_sequence *sequence, double rho);

/** Steps of a sequence solve: how far, how exact. */
typedef struct oik_effort {
    int max_iterations, max_trials;
    double cost_tolerance;
} oik_effort;

/** Frees what the piece holds, not the piece. */
void oik_piece_free(oik_piece *piece);

/**
 * Solve one window.
 * @param[out] cost  at the end
 * @param[in]  first frame of q; the two before it are known when there are any
 * @param[in]  width distance from the ranges that the solution may keep [rad]
 */
oik_status oik_piece_solve_window(double *cost, const oik_sequence *sequence, const oik_piece *piece, int first, double width,
                                  oik_effort effort, oik_error *err);

/** The same while the ranges are tightened, from width number `from` on: 0 the widest. */
oik_status oik_piece_tighten(double *cost, const oik_sequence *sequence, const oik_piece *piece, int first, int from, oik_error *err);

/** Track frames tracked .. last - 1, solve first .. last - 1, start anew and solve again what was lost. */
oik_status oik_piece_solve(double *cost, const oik_sequence *sequence, const oik_piece *piece, int first, int last, int tracked,
                           oik_error *err);

/** Without coordinates or markers there is nothing to find. */
bool oik_part_is_solved(const oik_chain_part *part);
oik_status oik_part_solver_new(oik_part_solver *solver, const oik_sequence *sequence, const oik_chain_part *part, oik_error *err);
/** Frees what the solver holds, not the solver. */
void oik_part_solver_free(oik_part_solver *solver);

/** The part over frames first .. last - 1 of the motion, into the motion's coordinates; those before tracked have a start there. */
oik_status oik_part_solve(const oik_sequence *sequence, oik_part_solver *solver, int first, int last, int tracked, oik_error *err);

/**
 * Does the part meet its measurements to far below their noise (clean ones, whose noise is taken to be OIK_LEAST_NOISE)? When all do,
 * trunk and limbs have no misfit to share, and the whole chain's minimum is that of its parts.
 */
bool oik_part_meets(const oik_sequence *sequence, const oik_part_solver *solver, int first, int last);

#endif
