/**
 * One damped Gauss-Newton step of the registration.
 *
 *   symbol   code
 *   r        step->residual = x - y
 *   J^T A J  step->H before the priors
 *   rho_j    pose_prior_table[j]
 *   o_j      state->shift
 *   J_l^-1   left Jacobian of the logarithm: log(exp(e) R) ~ log R + J_l^-1(log R) e = log R + J_r^-1(-log R) e
 */
#include "body/register_step.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rot.h"

/**
 * Residual RMS of the whole skin that one radian of a joint may cost [m]. Weak: 2 mm against a fit residual of 8-17 mm, and only
 * where the surface hardly shows the rotation (spine, neck, collars, toes, hands) as much as that.
 */
static const double pose_prior_table[OIK_N_JOINTS] = {
    [OIK_J_PELVIS] = 0.0,         [OIK_J_HIP_L] = 0.4e-3,      [OIK_J_HIP_R] = 0.4e-3,   [OIK_J_SPINE1] = 1.9e-3,
    [OIK_J_KNEE_L] = 0.4e-3,      [OIK_J_KNEE_R] = 0.4e-3,     [OIK_J_SPINE2] = 1.9e-3,  [OIK_J_ANKLE_L] = 0.6e-3,
    [OIK_J_ANKLE_R] = 0.6e-3,     [OIK_J_SPINE3] = 1.9e-3,     [OIK_J_FOOT_L] = 0.6e-3,  [OIK_J_FOOT_R] = 0.6e-3,
    [OIK_J_NECK] = 1.0e-3,        [OIK_J_COLLAR_L] = 2.3e-3,   [OIK_J_COLLAR_R] = 2.3e-3, [OIK_J_HEAD] = 0.6e-3,
    [OIK_J_SHOULDER_L] = 0.4e-3,  [OIK_J_SHOULDER_R] = 0.4e-3, [OIK_J_ELBOW_L] = 0.4e-3, [OIK_J_ELBOW_R] = 0.4e-3,
    [OIK_J_WRIST_L] = 0.6e-3,     [OIK_J_WRIST_R] = 0.6e-3,    [OIK_J_HAND_L] = 1.0e-3,  [OIK_J_HAND_R] = 1.0e-3,
};

/** Longest rotation of one joint in one step [rad]: the linearisation is poor beyond. */
static const double MAX_ROTATION = 0.5;

oik_status oik_body_state_new(oik_body_state *state, const oik_body_model *model, oik_error *err) {
    state->beta = oik_new(model->n_modes, sizeof *state->beta, err);
    state->v = oik_new(model->n_vertices, sizeof *state->v, err);
    state->y = oik_new(model->n_vertices, sizeof *state->y, err);
    return state->beta && state->v && state->y ? OIK_OK : OIK_E_MEMORY;
}

void oik_body_state_clear(oik_body_state *state) {
    free(state->beta);
    free(state->v);
    free(state->y);
}

oik_status oik_body_step_new(oik_body_step *step, const oik_body_model *model, oik_error *err) {
    size_t n = oik_body_n_unknowns(model->n_modes, true);
    step->H = oik_new(n, n * sizeof *step->H, err);
    step->L = oik_new(n, n * sizeof *step->L, err);
    step->g = oik_new(n, sizeof *step->g, err);
    step->d = oik_new(n, sizeof *step->d, err);
    step->residual = oik_new(model->n_vertices, sizeof *step->residual, err);
    if (!step->H || !step->L || !step->g || !step->d || !step->residual)
        return OIK_E_MEMORY;
    return oik_body_normal_new(&step->normal, model, err);
}

void oik_body_step_clear(oik_body_step *step) {
    oik_body_normal_free(step->normal);
    free(step->H);
    free(step->L);
    free(step->g);
    free(step->d);
    free(step->residual);
}

static double pose_weight(const oik_body_target *target, int j) {
    double rho = j > 0 ? pose_prior_table[j] * target->pose_prior : 0.0;
    return rho * rho;
}

static double shape_weight(const oik_body_target *target, size_t k) {
    return target->shape_sigma * target->shape_sigma * target->model->mode_precision[k];
}

/** log(R_pred^T R), what joint j turned beyond its prediction. */
static oik_vec3 beyond_prediction(const oik_body_state *state, const oik_body_target *target, int j) {
    return oik_rot_log(m3_tmul(target->predicted[j], state->pose.R[j]));
}

static double prior_cost(const oik_body_state *state, const oik_body_target *target) {
    double cost = 0.0;
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        oik_vec3 w = oik_rot_log(state->pose.R[j]);
        cost += pose_weight(target, j) * v3_dot(w, w);
    }
    for (int j = 0; target->predicted && j < OIK_N_JOINTS; j++) {
        oik_vec3 w = beyond_prediction(state, target, j);
        cost += target->temporal_prior * target->temporal_prior * v3_dot(w, w);
    }
    for (int l = 0; target->shifts && l < OIK_BODY_N_LIMB_JOINTS; l++)
        cost += target->shift_prior * target->shift_prior * v3_dot(state->shift[l], state->shift[l]);
    for (size_t k = 0; k < target->n_modes; k++)
        cost += shape_weight(target, k) * state->beta[k] * state->beta[k];
    return cost;
}

/** sum a_v |x_v - y_v|^2 vertex by vertex, with the state's frames. */
static double vertex_square(oik_body_state *state, const oik_body_target *target) {
    double square = 0.0;
    oik_body_shape(state->v, target->model, state->beta);
    oik_body_skin(state->y, target->model, state->v, &state->frames);
    for (size_t i = 0; i < target->model->n_vertices; i++) {
        oik_vec3 r = v3_sub(target->x[i], state->y[i]);
        square += target->area[i] * v3_dot(r, r);
    }
    return square;
}

/** p_j += sum over j and its ancestors of G_parent o. */
static void shift_joints(oik_body_state *state, const oik_body_model *model) {
    oik_vec3 moved[OIK_N_JOINTS] = {{0, 0, 0}};
    for (int l = 0; l < OIK_BODY_N_LIMB_JOINTS; l++) {
        int j = oik_body_limb_joints[l];
        moved[j] = m3_mulv(state->frames.G[model->parents[j]], state->shift[l]);
    }
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        moved[j] = v3_add(moved[j], moved[model->parents[j]]);
        state->frames.p[j] = v3_add(state->frames.p[j], moved[j]);
    }
}

void oik_body_evaluate(oik_body_state *state, const oik_body_target *target) {
    oik_vec3 J[OIK_N_JOINTS];
    oik_body_shape_joints(J, target->model, state->beta);
    oik_body_forward(&state->frames, target->model, J, &state->pose);
    if (target->shifts)
        shift_joints(state, target->model);
    double square = target->moments ? oik_body_moments_square(target->moments, &state->frames) : vertex_square(state, target);
    state->rms = sqrt(square);
    state->cost = square + prior_cost(state, target);
}

/** Parent frame of a joint; the identity at the root. */
static oik_mat3 parent_rotation(const oik_body_model *model, const oik_body_frames *frames, int j) {
    int q = model->parents[j];
    return q < 0 ? m3_identity() : frames->G[q];
}

/** c |w + B w_j|^2 with B = J_l^-1(w) F^T, w the logarithm of a rotation whose left factor F^T w_j turns. */
static void add_rotation_prior(oik_body_step *step, int j, size_t n, oik_vec3 w, oik_mat3 F, double c) {
    oik_mat3 B = m3_mul(oik_rot_right_jacobian_inv(v3_scale(w, -1.0)), m3_transpose(F));
    oik_mat3 BtB = m3_tmul(B, B);
    oik_vec3 Btw = m3_tmulv(B, w);
    size_t first = 3 * (size_t)j;
    for (size_t a = 0; a < 3; a++) {
        for (size_t b = 0; b <= a; b++)
            step->H[(first + a) * n + first + b] += c * BtB.m[a][b];
        step->g[first + a] -= c * v3_get(Btw, (int)a);
    }
}

/** rho_j^2 |log R_j|^2 and rho_t^2 |log(R_pred^T R_j)|^2. */
static void add_pose_priors(oik_body_step *step, const oik_body_state *at, const oik_body_target *target, size_t n) {
    for (int j = 1; j < OIK_N_JOINTS; j++)
        add_rotation_prior(step, j, n, oik_rot_log(at->pose.R[j]), parent_rotation(target->model, &at->frames, j),
                           pose_weight(target, j));
    for (int j = 0; target->predicted && j < OIK_N_JOINTS; j++)
        add_rotation_prior(step, j, n, beyond_prediction(at, target, j),
                           m3_mul(parent_rotation(target->model, &at->frames, j), target->predicted[j]),
                           target->temporal_prior * target->temporal_prior);
}

/** Data terms vertex by vertex. */
static void add_vertices(oik_body_step *step, const oik_body_state *at, const oik_body_target *target) {
    for (size_t i = 0; i < target->model->n_vertices; i++)
        step->residual[i] = v3_sub(target->x[i], at->y[i]);
    oik_body_normal_build(step->H, step->g, step->normal, at->v, &at->frames, step->residual, target->area,
                          target->n_modes, target->shifts);
}

/** rho_o^2 |o_j|^2. */
static void add_shift_priors(oik_body_step *step, const oik_body_state *at, const oik_body_target *target, size_t n) {
    double c = target->shift_prior * target->shift_prior;
    for (int l = 0; target->shifts && l < OIK_BODY_N_LIMB_JOINTS; l++) {
        oik_vec3 o = m3_mulv(parent_rotation(target->model, &at->frames, oik_body_limb_joints[l]), at->shift[l]);
        for (int a = 0; a < 3; a++) {
            size_t i = OIK_BODY_COLUMN_BETA + target->n_modes + (size_t)(3 * l + a);
            step->H[i * n + i] += c;
            step->g[i] -= c * v3_get(o, a);
        }
    }
}

void oik_body_linearise(oik_body_step *step, const oik_body_state *at, const oik_body_target *target) {
    size_t n = oik_body_n_unknowns(target->n_modes, target->shifts);
    if (target->moments)
        oik_body_moments_normal(step->H, step->g, target->moments, &at->frames);
    else
        add_vertices(step, at, target);
    add_pose_priors(step, at, target, n);
    add_shift_priors(step, at, target, n);
    for (size_t k = 0; k < target->n_modes; k++) {
        size_t i = OIK_BODY_COLUMN_BETA + k;
        step->H[i * n + i] += shape_weight(target, k);
        step->g[i] -= shape_weight(target, k) * at->beta[k];
    }
}

/** Unknowns that are damped alike with unknown i: the three of a vector, or a mode alone. */
static void damped_alike(size_t *first, size_t *end, size_t i, size_t n_modes) {
    const size_t shape = OIK_BODY_COLUMN_BETA, shifts = shape + n_modes;
    bool mode = i >= shape && i < shifts;
    *first = mode ? i : i - (i < shape ? i : i - shifts) % 3;
    *end = mode ? i + 1 : *first + 3;
}

/** L = H + lambda D. */
static void damp(double *L, const double *H, size_t n, size_t n_modes, double lambda) {
    memcpy(L, H, n * n * sizeof *L);
    for (size_t i = 0; i < n; i++) {
        size_t first, end;
        damped_alike(&first, &end, i, n_modes);
        double mean = 0.0;
        for (size_t k = first; k < end; k++)
            mean += H[k * n + k] / (double)(end - first);
        L[i * n + i] += lambda * mean;
    }
}

/** Cholesky factor of the lower triangle of A in place. false when a pivot is not positive. */
static bool factor(double *A, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = A[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= A[i * n + k] * A[j * n + k];
            if (i == j && !(sum > 0.0))
                return false;
            A[i * n + j] = i == j ? sqrt(sum) : sum / A[j * n + j];
        }
    return true;
}

/** x = (L L^T)^-1 b. */
static void substitute(double *x, const double *L, const double *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double sum = b[i];
        for (size_t k = 0; k < i; k++)
            sum -= L[i * n + k] * x[k];
        x[i] = sum / L[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t k = i + 1; k < n; k++)
            sum -= L[k * n + i] * x[k];
        x[i] = sum / L[i * n + i];
    }
}

/** next = at moved by d: R_j <- exp(G_parent^T w_j) R_j with |w_j| capped; tau keeps the root joint apart from its own motion. */
static void retract(oik_body_state *next, const oik_body_state *at, const oik_body_target *target, const double *d) {
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 w = m3_tmulv(parent_rotation(target->model, &at->frames, j), v3(d[3 * j], d[3 * j + 1], d[3 * j + 2]));
        double angle = v3_norm(w);
        if (angle > MAX_ROTATION)
            w = v3_scale(w, MAX_ROTATION / angle);
        next->pose.R[j] = m3_mul(oik_rot_exp(w), at->pose.R[j]);
    }
    const double *root = d + OIK_BODY_COLUMN_ROOT, *shift = d + OIK_BODY_COLUMN_BETA + target->n_modes;
    next->pose.tau = v3_add(at->pose.tau, v3(root[0], root[1], root[2]));
    for (int l = 0; target->shifts && l < OIK_BODY_N_LIMB_JOINTS; l++, shift += 3) {
        oik_mat3 G = parent_rotation(target->model, &at->frames, oik_body_limb_joints[l]);
        next->shift[l] = v3_add(at->shift[l], m3_tmulv(G, v3(shift[0], shift[1], shift[2])));
    }
    for (size_t k = 0; k < target->model->n_modes; k++) {
        double change = k < target->n_modes ? d[OIK_BODY_COLUMN_BETA + k] : 0.0;
        next->beta[k] = at->beta[k] + change;
        next->pose.tau = v3_madd(next->pose.tau, -change, target->model->mode_joints[k * OIK_N_JOINTS]);
    }
}

oik_status oik_body_take_step(oik_body_state *next, oik_body_step *step, const oik_body_state *at,
                              const oik_body_target *target, double lambda) {
    size_t n = oik_body_n_unknowns(target->n_modes, target->shifts);
    damp(step->L, step->H, n, target->n_modes, lambda);
    if (!factor(step->L, n))
        return OIK_E_SOLVER;
    substitute(step->d, step->L, step->g, n);
    retract(next, at, target, step->d);
    oik_body_evaluate(next, target);
    return OIK_OK;
}
