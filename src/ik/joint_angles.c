/**
 * Joint rotations and their coordinates.
 *
 *   symbol          code             meaning
 *   a_k, q_k        axis[k], q[k]    axis and angle of rotation k
 *   E               E                joint rotation
 *   h, lambda, x    amplitude, lambda, x   h cos(q_2 - lambda) + C = a_1 . E a_3,  x = cos(q_2 - lambda)
 *
 * Rot(a_1, .) keeps a_1 and Rot(a_3, .) keeps a_3, so  a_1 . E a_3 = a_1 . Rot(a_2, q_2) a_3, and by Rodrigues' formula
 *
 *   a_1 . E a_3 = A cos q_2 + B sin q_2 + C,   A = a_1.a_3 - C,  B = a_1 . (a_2 x a_3),  C = (a_1.a_2)(a_2.a_3)
 *
 * which gives q_2 twice; then q_1 turns Rot(a_2, q_2) a_3 onto E a_3, and q_3 is the twist of what is left.
 */
#include "ik/joint_angles.h"

#include "base/rot.h"

enum { MAX_AXES = 3 };

static const double PI = 3.14159265358979323846;

/** angle moved by full turns to within pi of the reference */
static double nearest_turn(double angle, double reference) {
    return reference + remainder(angle - reference, 2.0 * PI);
}

/** Angle of the rotation about unit axis a that is nearest to R (swing-twist); 0 for a half turn about a perpendicular axis. */
static double twist(oik_mat3 R, oik_vec3 a) {
    oik_quat r = oik_quat_from_rot(R);
    double along = v3_dot(a, v3(r.x, r.y, r.z));
    return along == 0.0 && r.w == 0.0 ? 0.0 : 2.0 * atan2(along, r.w);
}

oik_mat3 oik_joint_rotation(const oik_dof *dofs, int n, const double *q) {
    oik_mat3 R = m3_identity();
    for (int k = 0; k < n; k++)
        R = m3_mul(R, oik_rot_axis(dofs[k].axis, q[k]));
    return R;
}

/** Angle about unit axis a that turns u onto v, seen along a; fallback when either lies on the axis (gimbal position). */
static double turn_about(oik_vec3 a, oik_vec3 u, oik_vec3 v, double fallback) {
    const double on_axis = 1e-9; /* sine; below it rounding (1e-16) leaves the angle fewer than 7 digits */
    oik_vec3 u_across = v3_cross(a, u), v_across = v3_cross(a, v);
    if (v3_norm(u_across) < on_axis || v3_norm(v_across) < on_axis)
        return fallback;
    return atan2(v3_dot(a, v3_cross(u, v)), v3_dot(u_across, v_across));
}

/** The two values of q_2. For axes perpendicular to a_2 the sine comes from a length, exact also near the gimbal. */
static void middle_angles(double q2[2], const oik_vec3 axis[MAX_AXES], oik_mat3 E) {
    oik_vec3 Ea3 = m3_mulv(E, axis[2]);
    double C = v3_dot(axis[0], axis[1]) * v3_dot(axis[1], axis[2]);
    double A = v3_dot(axis[0], axis[2]) - C, B = v3_dot(axis[0], v3_cross(axis[1], axis[2]));
    double amplitude = hypot(A, B), lambda = atan2(B, A);
    double x = amplitude > 0.0 ? (v3_dot(axis[0], Ea3) - C) / amplitude : 1.0;
    double sine = sqrt(fmax(0.0, 1.0 - x * x));
    const double rounding = 1e-12;
    if (fabs(C) < rounding && fabs(amplitude - 1.0) < rounding)
        sine = v3_norm(v3_cross(axis[0], Ea3));
    double half = atan2(sine, x);
    q2[0] = lambda + half, q2[1] = lambda - half;
}

/** q_1 and q_3 for a given q_2. */
static void outer_angles(double q[MAX_AXES], const oik_vec3 axis[MAX_AXES], oik_mat3 E, const double reference[MAX_AXES]) {
    oik_mat3 R2 = oik_rot_axis(axis[1], q[1]);
    q[0] = turn_about(axis[0], m3_mulv(R2, axis[2]), m3_mulv(E, axis[2]), reference[0]);
    oik_mat3 R12 = m3_mul(oik_rot_axis(axis[0], q[0]), R2);
    q[2] = twist(m3_tmul(R12, E), axis[2]);
}

/** Both solutions of the sequence completed to 3 axes, within pi of the reference; n = 2 or 3. */
static void both_solutions(double q[2][MAX_AXES], const oik_dof *dofs, int n, oik_mat3 E, const double *reference) {
    oik_vec3 axis[MAX_AXES] = {dofs[0].axis, dofs[1].axis};
    axis[2] = n == 3 ? dofs[2].axis : v3_unit(v3_cross(axis[0], axis[1]));
    double near[MAX_AXES] = {reference[0], reference[1], n == 3 ? reference[2] : 0.0}, q2[2];
    middle_angles(q2, axis, E);
    for (int s = 0; s < 2; s++) {
        q[s][1] = q2[s];
        outer_angles(q[s], axis, E, near);
        for (int k = 0; k < MAX_AXES; k++)
            q[s][k] = nearest_turn(q[s][k], near[k]);
    }
}

static double clamp(double x, double lower, double upper) {
    return fmin(fmax(x, lower), upper);
}

/** Best value of coordinate k with the others held: the twist of (R before)^T E (R after)^T. */
static double best_coordinate(const oik_dof *dofs, int n, oik_mat3 E, const double *q, int k) {
    oik_mat3 before = oik_joint_rotation(dofs, k, q);
    oik_mat3 after = oik_joint_rotation(dofs + k + 1, n - k - 1, q + k + 1);
    return twist(m3_mul(m3_tmul(before, E), m3_transpose(after)), dofs[k].axis);
}

/** Set each coordinate to its own optimum until none moves. */
static void improve_in_turn(double *q, const oik_dof *dofs, int n, oik_mat3 E) {
    enum { MAX_SWEEPS = 20 };       /* converges linearly; what is left after 20 is for the minimiser */
    const double resolution = 1e-9; /* [rad] */
    double moved = 1.0;
    for (int sweep = 0; sweep < MAX_SWEEPS && moved > resolution; sweep++) {
        moved = 0.0;
        for (int k = 0; k < n; k++) {
            double best = nearest_turn(best_coordinate(dofs, n, E, q, k), q[k]);
            moved = fmax(moved, fabs(best - q[k]));
            q[k] = best;
        }
    }
}

/** phi = log(R(q)^T E), and the axes of the coordinates in the child's frame: R(q + dq) ~ R(q) exp(sum_k axis_k dq_k). */
static oik_vec3 linearise(oik_vec3 *axis, const oik_dof *dofs, int n, oik_mat3 E, const double *q) {
    oik_mat3 after = m3_identity();
    for (int k = n - 1; k >= 0; k--) {
        axis[k] = m3_tmulv(after, dofs[k].axis);
        after = m3_mul(oik_rot_axis(dofs[k].axis, q[k]), after);
    }
    return oik_rot_log(m3_tmul(after, E));
}

/** Solve the n x n system A x = b of a symmetric positive definite A by elimination; rows that are held keep x = 0. */
static void solve_free(double *x, double A[MAX_AXES][MAX_AXES], const double *b, const bool *held, int n) {
    for (int i = 0; i < n; i++)
        x[i] = held[i] ? 0.0 : b[i];
    for (int i = 0; i < n; i++)
        for (int k = i + 1; k < n && !held[i]; k++) {
            double factor = held[k] ? 0.0 : A[k][i] / A[i][i];
            for (int j = i; j < n; j++)
                A[k][j] -= factor * A[i][j];
            x[k] -= factor * x[i];
        }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n && !held[i]; k++)
            x[i] -= A[i][k] * x[k];
        x[i] = held[i] ? 0.0 : x[i] / A[i][i];
    }
}

/** A point of the descent: coordinates, what is left to E, axes in the child's frame. */
typedef struct descent {
    double q[MAX_AXES], misfit;
    oik_vec3 phi, axis[MAX_AXES];
} descent;

static void look_around(descent *at, const oik_dof *dofs, int n, oik_mat3 E) {
    at->phi = linearise(at->axis, dofs, n, E, at->q);
    at->misfit = v3_norm(at->phi);
}

/**
 * One damped Gauss-Newton step of |phi|^2 within the ranges; a coordinate at a bound that the step would leave is held, in up to n
 * rounds.
 */
static void step_in_range(double *q_new, const oik_dof *dofs, int n, const descent *at, double damping) {
    bool held[MAX_AXES] = {false}, any = true;
    double step[MAX_AXES];
    for (int round = 0; round <= n && any; round++) {
        double A[MAX_AXES][MAX_AXES], b[MAX_AXES];
        for (int i = 0; i < n; i++) {
            b[i] = v3_dot(at->axis[i], at->phi);
            for (int k = 0; k < n; k++)
                A[i][k] = v3_dot(at->axis[i], at->axis[k]) + (i == k ? damping : 0.0);
        }
        solve_free(step, A, b, held, n);
        any = false;
        for (int k = 0; k < n; k++) {
            bool leaves = !held[k] &&
                          ((at->q[k] <= dofs[k].lower && step[k] < 0.0) || (at->q[k] >= dofs[k].upper && step[k] > 0.0));
            held[k] = held[k] || leaves;
            any = any || leaves;
        }
    }
    for (int k = 0; k < n; k++)
        q_new[k] = clamp(at->q[k] + step[k], dofs[k].lower, dofs[k].upper);
}

/** Bring q, inside the ranges, to the nearest local minimum of the angle between its rotation and E within them. */
static void improve_in_range(descent *at, const oik_dof *dofs, int n, oik_mat3 E) {
    enum { MAX_STEPS = 20 };
    const double resolution = 1e-8, most = 1.0; /* [rad]; damping at which no descent worth having is left to find */
    double damping = 1e-6;
    for (int i = 0; i < MAX_STEPS && damping < most; i++) {
        descent trial;
        step_in_range(trial.q, dofs, n, at, damping);
        look_around(&trial, dofs, n, E);
        bool arrived = fabs(at->misfit - trial.misfit) < resolution;
        if (trial.misfit < at->misfit) {
            *at = trial;
            damping = fmax(0.1 * damping, 1e-9);
        } else {
            damping *= 100.0;
        }
        if (arrived)
            return;
    }
}

static double distance_squared(const double *a, const double *b, int n) {
    double sum = 0.0;
    for (int k = 0; k < n; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

void oik_joint_angles(double *q, const oik_dof *dofs, int n, oik_mat3 E, const double *reference) {
    if (n == 1)
        q[0] = nearest_turn(twist(E, dofs[0].axis), reference[0]);
    if (n < 2)
        return;
    double both[2][MAX_AXES];
    both_solutions(both, dofs, n, E, reference);
    if (n == 2)
        for (int s = 0; s < 2; s++)
            improve_in_turn(both[s], dofs, n, E);
    int nearer = distance_squared(both[1], reference, n) < distance_squared(both[0], reference, n);
    for (int k = 0; k < n; k++)
        q[k] = both[nearer][k];
}

/** The closed-form solution q moved into the ranges; whether it lay inside them and is exact. */
static bool clamp_solution(descent *at, const double *q, const oik_dof *dofs, int n, oik_mat3 E) {
    bool exact = n == MAX_AXES;
    for (int k = 0; k < n; k++) {
        at->q[k] = clamp(q[k], dofs[k].lower, dofs[k].upper);
        exact = exact && at->q[k] == q[k];
    }
    look_around(at, dofs, n, E);
    return exact;
}

/** Of two solutions that were moved into the ranges, the better one after both are improved as far as that can matter. */
static int better_solution(descent *both, const oik_dof *dofs, int n, oik_mat3 E) {
    const double hopeless = 4.0; /* times as far off as the other one before either is improved */
    int first = both[1].misfit < both[0].misfit, second = !first;
    bool try_second = both[second].misfit < hopeless * both[first].misfit;
    improve_in_range(&both[first], dofs, n, E);
    if (!try_second)
        return first;
    improve_in_range(&both[second], dofs, n, E);
    return both[second].misfit < both[first].misfit ? second : first;
}

void oik_joint_angles_in_range(double *q, const oik_dof *dofs, int n, oik_mat3 E) {
    double middle[MAX_AXES], solutions[2][MAX_AXES];
    descent both[2];
    bool exact[2];
    for (int k = 0; k < n; k++)
        middle[k] = 0.5 * (dofs[k].lower + dofs[k].upper);
    if (n == 1)
        q[0] = clamp(nearest_turn(twist(E, dofs[0].axis), middle[0]), dofs[0].lower, dofs[0].upper);
    if (n < 2)
        return;
    both_solutions(solutions, dofs, n, E, middle);
    for (int i = 0; i < 2; i++)
        exact[i] = clamp_solution(&both[i], solutions[i], dofs, n, E);
    int best = exact[0] && exact[1] ? distance_squared(both[1].q, middle, n) < distance_squared(both[0].q, middle, n)
               : exact[0] || exact[1] ? exact[1]
                                      : better_solution(both, dofs, n, E);
    for (int k = 0; k < n; k++)
        q[k] = both[best].q[k];
}
