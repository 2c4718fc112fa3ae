/** The registration of the tiny body at a state beside its minimum, and its derivatives against central differences. */
#ifndef TESTS_SUPPORT_BODY_PROBLEM_H
#define TESTS_SUPPORT_BODY_PROBLEM_H

#include "body/register_step.h"
#include "support/tiny_body.h"

enum {
    PROBLEM_SHIFTS = OIK_BODY_COLUMN_BETA + TINY_BODY_MODES, /**< first column of the shifts */
    PROBLEM_MAX_UNKNOWNS = PROBLEM_SHIFTS + 3 * OIK_BODY_N_LIMB_JOINTS
};

/** Step of the central differences: truncation h^2 x'''/6 and rounding eps x/h are both below 1e-10 m for positions of 2 m. */
static const double PROBLEM_STEP = 1e-5;
/** Ten times their sum; the derivatives themselves are 0.01 to 1. */
static const double PROBLEM_TOLERANCE = 2e-9;

typedef struct body_problem {
    oik_body_model *model;
    oik_body_state at, moved;
    oik_body_step step;
    oik_vec3 *x;            /**< n_vertices, the subject's skin */
    double *area;           /**< n_vertices, unequal, so that a forgotten or misplaced one shows; sum about 1 */
    oik_body_target target; /**< of model, x and area; priors and columns are the test's */
} body_problem;

/** @return 0, or -1 when out of memory */
int body_problem_new(body_problem *problem, oik_corrective_kind kind);
void body_problem_clear(body_problem *problem);

/** A shift of some centimetres, another one for each joint of the limbs. */
oik_vec3 body_problem_shift(int limb);

/** Columns of the target. */
int body_problem_unknowns(const body_problem *problem);

/** at = a bent pose, a shape, and shifted joints where the target has them; x = a subject that is none of these. */
void body_problem_set(body_problem *problem);

/** moved = at with one unknown changed by h, as register_jacobian.h defines the increments. */
void body_problem_move(body_problem *problem, int unknown, double h);

/** @name End the test where the analytic derivatives are not those of central differences
 * @{ */
/** Columns of a block of vertices that are spread over the body, with every joint at work. */
void assert_columns(body_problem *problem);
/** H and g of a target without priors, as sums over all vertices: no block or column is lost. */
void assert_normal_equations(body_problem *problem);
/** g as minus half the gradient of the cost, which is about 50: rounding 50 eps / h = 1e-9, third derivative h^2 50 / 6 = 1e-9. */
void assert_gradient(body_problem *problem);
/** @} */

#endif
