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

/** Best value of coordinate k with the others held: the twist of (R before)^T E (R after)^T. */
static double best_coordinate(const oik_dof *dofs, int n, oik_mat3 E, const double *q, int k) {
    oik_mat3 before = oik_joint_rotation(dofs, k, q);
    oik_mat3 after = oik_joint_rotation(dofs + k + 1, n - k - 1, q + k + 1);
    return twist(m3_mul(m3_tmul(before, E), m3_transpose(after)), dofs[k].axis);
}

static double clamp(double x, double lower, double upper) {
    return fmin(fmax(x, lower), upper);
}

/** Set each coordinate to its optimum inside its range (or at all when free_range) until none moves. */
static void improve_in_turn(double *q, const oik_dof *dofs, int n, oik_mat3 E, bool free_range) {
    enum { MAX_SWEEPS = 20 };       /* converges linearly; what is left after 20 is for the minimiser */
    const double resolution = 1e-9; /* [rad] */
    double moved = 1.0;
    for (int sweep = 0; sweep < MAX_SWEEPS && moved > resolution; sweep++) {
        moved = 0.0;
        for (int k = 0; k < n; k++) {
            double middle = free_range ? q[k] : 0.5 * (dofs[k].lower + dofs[k].upper);
            double best = nearest_turn(best_coordinate(dofs, n, E, q, k), middle);
            if (!free_range)
                best = clamp(best, dofs[k].lower, dofs[k].upper);
            moved = fmax(moved, fabs(best - q[k]));
            q[k] = best;
        }
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
            improve_in_turn(both[s], dofs, n, E, true);
    int nearer = distance_squared(both[1], reference, n) < distance_squared(both[0], reference, n);
    for (int k = 0; k < n; k++)
        q[k] = both[nearer][k];
}

/** Angle between the joint's rotation at q and E. */
static double misfit(const oik_dof *dofs, int n, oik_mat3 E, const double *q) {
    return oik_rot_angle_between(oik_joint_rotation(dofs, n, q), E);
}

/** Clamp a closed-form solution and make the best of it; whether it lay inside the ranges and is exact. */
static bool fit_into_range(double *q, const oik_dof *dofs, int n, oik_mat3 E) {
    bool exact = n == MAX_AXES;
    for (int k = 0; k < n; k++) {
        double clamped = clamp(q[k], dofs[k].lower, dofs[k].upper);
        exact = exact && clamped == q[k];
        q[k] = clamped;
    }
    if (!exact)
        improve_in_turn(q, dofs, n, E, false);
    return exact;
}

void oik_joint_angles_in_range(double *q, const oik_dof *dofs, int n, oik_mat3 E) {
    double middle[MAX_AXES], both[2][MAX_AXES];
    for (int k = 0; k < n; k++)
        middle[k] = 0.5 * (dofs[k].lower + dofs[k].upper);
    if (n == 1)
        q[0] = clamp(nearest_turn(twist(E, dofs[0].axis), middle[0]), dofs[0].lower, dofs[0].upper);
    if (n < 2)
        return;
    both_solutions(both, dofs, n, E, middle);
    bool first_exact = fit_into_range(both[0], dofs, n, E), second_exact = fit_into_range(both[1], dofs, n, E);
    bool second = first_exact && second_exact
                      ? distance_squared(both[1], middle, n) < distance_squared(both[0], middle, n)
                      : misfit(dofs, n, E, both[1]) < misfit(dofs, n, E, both[0]);
    for (int k = 0; k < n; k++)
        q[k] = both[second][k];
}
