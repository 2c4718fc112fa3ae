/* The form of a subject: joints of limbs that shift, their derivatives against central differences, and what comes out of two poses alike. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/register_form.h"
#include "support/tiny_body.h"

enum {
    N_MODES = TINY_BODY_MODES,
    N_LIMBS = OIK_BODY_N_LIMB_JOINTS,
    SHIFTS = OIK_BODY_COLUMN_BETA + N_MODES,
    N_UNKNOWNS = SHIFTS + 3 * N_LIMBS
};

/* Step of the central differences: truncation h^2 x'''/6 and rounding eps x/h are both below 1e-10 m for positions of 2 m. */
static const double STEP = 1e-5;
/* Ten times their sum; the derivatives themselves are 0.01 to 1. */
static const double FD_TOLERANCE = 2e-9;
static const double ROUNDING = 1e-14;

static oik_body_model *model;
static oik_body_register *workspace;
static oik_body_state at, moved;
static oik_body_step step;
static oik_vec3 *x;
static double *area;

static int set_up_of(oik_corrective_kind kind) {
    model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind) || oik_body_state_new(&at, model, NULL) || oik_body_state_new(&moved, model, NULL) ||
        oik_body_step_new(&step, model, NULL) || oik_body_register_new(&workspace, model, NULL))
        return -1;
    x = calloc(model->n_vertices, sizeof *x);
    area = calloc(model->n_vertices, sizeof *area);
    return x && area ? 0 : -1;
}

static int set_up(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_NONE);
}

static int set_up_star(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_STAR);
}

static int tear_down(void **state) {
    (void)state;
    oik_body_step_clear(&step);
    oik_body_state_clear(&at);
    oik_body_state_clear(&moved);
    oik_body_register_free(workspace);
    oik_body_model_free(model);
    free(x);
    free(area);
    return 0;
}

static void *zeros(size_t n, size_t size) {
    void *block = calloc(n, size);
    assert_non_null(block);
    return block;
}

/* ---- joints that shift ---- */

/* A shift of some centimetres, another one for each joint. */
static oik_vec3 some_shift(int limb) {
    return v3_scale(v3(sin(limb + 1.0), cos(2.0 * limb), sin(3.0 * limb + 0.5)), 0.02);
}

static oik_body_target target_of(double shape_sigma, double pose_prior, double shift_prior) {
    return (oik_body_target){.model = model, .x = x, .area = area, .shape_sigma = shape_sigma, .pose_prior = pose_prior,
                             .n_modes = N_MODES, .shifts = true, .shift_prior = shift_prior};
}

/* A bent pose, a shape, shifted joints, and a subject that is neither. */
static void set_state(const oik_body_target *target) {
    at.pose = tiny_body_pose(0.7);
    for (int k = 0; k < N_MODES; k++)
        at.beta[k] = 0.8 - 0.6 * k;
    for (int l = 0; l < N_LIMBS; l++)
        at.shift[l] = some_shift(l);
    for (size_t i = 0; i < model->n_vertices; i++) { /* unequal weights, so that a forgotten or misplaced one shows */
        x[i] = v3_add(model->template_v[i], v3(0.1 * sin(2.0 * (double)i), 0.1 * cos((double)i), 0.05));
        area[i] = (1.0 + 0.5 * sin((double)i)) / (double)model->n_vertices;
    }
    oik_body_evaluate(&at, target);
}

static oik_mat3 parent_frame(int joint) {
    return model->parents[joint] < 0 ? m3_identity() : at.frames.G[model->parents[joint]];
}

/* moved = at with one unknown changed by h, as register_jacobian.h defines the increments. */
static void move(int unknown, double h, const oik_body_target *target) {
    oik_vec3 d = v3(h * (unknown % 3 == 0), h * (unknown % 3 == 1), h * (unknown % 3 == 2));
    moved.pose = at.pose;
    memcpy(moved.beta, at.beta, N_MODES * sizeof *at.beta);
    memcpy(moved.shift, at.shift, sizeof at.shift);
    if (unknown >= SHIFTS) {
        int l = (unknown - SHIFTS) / 3, axis = (unknown - SHIFTS) % 3;
        d = v3(h * (axis == 0), h * (axis == 1), h * (axis == 2));
        moved.shift[l] = v3_add(at.shift[l], m3_tmulv(parent_frame(oik_body_limb_joints[l]), d));
    } else if (unknown >= OIK_BODY_COLUMN_BETA) {
        int mode = unknown - OIK_BODY_COLUMN_BETA;
        moved.beta[mode] += h;
        moved.pose.tau = v3_madd(at.pose.tau, -h, model->mode_joints[mode * OIK_N_JOINTS]);
    } else if (unknown >= OIK_BODY_COLUMN_ROOT)
        moved.pose.tau = v3_add(at.pose.tau, d);
    else
        moved.pose.R[unknown / 3] = m3_mul(oik_rot_exp(m3_tmulv(parent_frame(unknown / 3), d)), at.pose.R[unknown / 3]);
    oik_body_evaluate(&moved, target);
}

/* Central differences of all vertices by all unknowns; unknown after unknown. */
static oik_vec3 *differences(const oik_body_target *target) {
    oik_vec3 *dx = zeros(N_UNKNOWNS * model->n_vertices, sizeof *dx);
    for (int c = 0; c < N_UNKNOWNS; c++) {
        oik_vec3 *column = dx + (size_t)c * model->n_vertices;
        move(c, STEP, target);
        memcpy(column, moved.y, model->n_vertices * sizeof *column);
        move(c, -STEP, target);
        for (size_t i = 0; i < model->n_vertices; i++)
            column[i] = v3_scale(v3_sub(column[i], moved.y[i]), 0.5 / STEP);
    }
    return dx;
}

static int limb_of(int joint) {
    for (int l = 0; l < N_LIMBS; l++)
        if (oik_body_limb_joints[l] == joint)
            return l;
    return -1;
}

/* p_j = p_parent + G_parent (J_j - J_parent + o_j) */
static void shifted_joints_lie_beside_their_places(void **state) {
    (void)state;
    oik_body_target target = target_of(1.0, 1.0, 1.0);
    set_state(&target);
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j], l = limb_of(j);
        oik_vec3 arm = v3_sub(at.frames.J[j], at.frames.J[q]);
        if (l >= 0)
            arm = v3_add(arm, some_shift(l));
        assert_true(v3_dist(at.frames.p[j], v3_add(at.frames.p[q], m3_mulv(at.frames.G[q], arm))) < ROUNDING);
    }
    target.shifts = false; /* what a state has left is not used */
    oik_body_evaluate(&at, &target);
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j];
        assert_true(v3_dist(at.frames.p[j], v3_add(at.frames.p[q], m3_mulv(at.frames.G[q], v3_sub(at.frames.J[j], at.frames.J[q])))) < ROUNDING);
    }
}

static void limbs_are_left_and_right(void **state) {
    (void)state;
    for (int l = 0; l < N_LIMBS; l += 2)
        assert_int_equal(oik_body_limb_joints[l + 1], tiny_mirror_joint[oik_body_limb_joints[l]]);
}

/* What a joint's turn and shift carry along: the sum of weights from there on, joint by joint. */
static void a_share_is_what_goes_with_a_joint(void **state) {
    (void)state;
    for (size_t v = 0; v < model->n_vertices; v++) {
        double share[OIK_N_JOINTS] = {0};
        for (size_t e = model->influence_start[v]; e < model->influence_start[v + 1]; e++)
            share[model->influence_joint[e]] += model->influence_weight[e];
        for (int j = OIK_N_JOINTS - 1; j > 0; j--)
            share[model->parents[j]] += share[j];
        for (int j = 0; j < OIK_N_JOINTS; j++)
            assert_true(fabs(oik_body_subtree_share(model, v, j) - share[j]) < ROUNDING);
    }
}

static oik_body_block spread_block(void) {
    oik_body_block block = {.n_vertices = OIK_BODY_BLOCK, .n_joints = OIK_N_JOINTS, .n_limb_joints = N_LIMBS};
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        block.vertices[i] = (int32_t)((size_t)i * model->n_vertices / OIK_BODY_BLOCK);
    for (int j = 0; j < OIK_N_JOINTS; j++)
        block.joints[j] = j;
    for (int l = 0; l < N_LIMBS; l++)
        block.limb_joints[l] = l;
    return block;
}

/* Those of rotations and shape too, which see joints where they have shifted to. */
static void columns_match_central_differences(void **state) {
    (void)state;
    oik_body_target target = target_of(1.0, 1.0, 1.0);
    set_state(&target);
    oik_body_block block = spread_block();
    oik_vec3 offset[N_MODES * OIK_N_JOINTS], *dx = differences(&target);
    double *A = zeros(3 * OIK_BODY_BLOCK * (N_UNKNOWNS + 1), sizeof *A), slope[OIK_MAX_FEATURES][3];
    oik_body_mode_offsets(offset, model, &at.frames, N_MODES);
    oik_body_feature_slopes(slope, model, &at.frames);
    oik_body_correct(at.v, model, at.v, &at.frames);
    oik_body_tangent tangent = {at.v, &at.frames, offset, area, N_MODES, (const double(*)[3])slope, true};
    oik_body_jacobian(A, model, &block, &tangent, x);
    for (int c = 0; c < N_UNKNOWNS; c++) {
        const double *column = A + c * 3 * OIK_BODY_BLOCK;
        double longest = 0.0;
        for (int i = 0; i < OIK_BODY_BLOCK; i++) {
            int32_t v = block.vertices[i];
            oik_vec3 d = dx[(size_t)c * model->n_vertices + (size_t)v];
            oik_vec3 found = v3_scale(v3(column[i], column[OIK_BODY_BLOCK + i], column[2 * OIK_BODY_BLOCK + i]), 1.0 / sqrt(area[v]));
            assert_true(v3_dist(d, found) <= FD_TOLERANCE);
            longest = fmax(longest, v3_norm(found));
        }
        assert_true(longest > 1e-3); /* every unknown moves something */
    }
    const double *last = A + N_UNKNOWNS * 3 * OIK_BODY_BLOCK;
    for (int i = 0; i < OIK_BODY_BLOCK; i++)
        assert_true(last[i] == x[block.vertices[i]].x * sqrt(area[block.vertices[i]]));
    free(A);
    free(dx);
}

/* H and g of the skin alone against sums of central differences over all vertices: no block or column is lost. */
static void normal_equations_sum_over_every_vertex(void **state) {
    (void)state;
    oik_body_target target = target_of(0.0, 0.0, 0.0);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    oik_vec3 *dx = differences(&target);
    for (int a = 0; a < N_UNKNOWNS; a++) {
        const oik_vec3 *dx_a = dx + (size_t)a * model->n_vertices;
        double g = 0.0;
        for (size_t i = 0; i < model->n_vertices; i++)
            g += area[i] * v3_dot(dx_a[i], v3_sub(x[i], at.y[i]));
        assert_true(fabs(g - step.g[a]) <= FD_TOLERANCE);
        for (int b = 0; b <= a; b++) {
            const oik_vec3 *dx_b = dx + (size_t)b * model->n_vertices;
            double h = 0.0;
            for (size_t i = 0; i < model->n_vertices; i++)
                h += area[i] * v3_dot(dx_a[i], dx_b[i]);
            assert_true(fabs(h - step.H[a * N_UNKNOWNS + b]) <= FD_TOLERANCE);
        }
    }
    free(dx);
}

/* The prior of the shifts a thousand times its usual weight, so that it is as large as the skin's part. */
static void right_hand_side_is_minus_half_the_gradient_of_the_cost(void **state) {
    (void)state;
    oik_body_target target = target_of(0.5, 1e3, 30.0);
    set_state(&target);
    oik_body_linearise(&step, &at, &target);
    for (int c = 0; c < N_UNKNOWNS; c++) {
        move(c, STEP, &target);
        double plus = moved.cost;
        move(c, -STEP, &target);
        /* the cost is about 50 here, so its rounding gives 50 eps / h = 1e-9, its third derivative h^2 50 / 6 = 1e-9 */
        assert_true(fabs(-0.5 * (plus - moved.cost) / (2.0 * STEP) - step.g[c]) <= 2e-8);
    }
    oik_body_target without = target_of(0.5, 1e3, 0.0);
    double *H = zeros(N_UNKNOWNS * N_UNKNOWNS, sizeof *H);
    memcpy(H, step.H, N_UNKNOWNS * N_UNKNOWNS * sizeof *H);
    oik_body_linearise(&step, &at, &without);
    for (int c = 0; c < N_UNKNOWNS; c++) /* rho_o^2 at the shifts, nothing elsewhere */
        assert_true(fabs(H[c * N_UNKNOWNS + c] - step.H[c * N_UNKNOWNS + c] - (c >= SHIFTS ? 900.0 : 0.0)) <= 1e-9);
    free(H);
}

static void shifts_of_a_subject_are_found(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    oik_body_target target = target_of(1e-9, 0.0, 1e-6); /* hardly a prior: collars and shoulders share a shift */
    int n_iterations;
    bool converged;
    options.tolerance = 0.0;
    options.max_iterations = 100;
    set_state(&target);
    memcpy(x, at.y, model->n_vertices * sizeof *x);
    workspace->state.pose = at.pose;
    memset(workspace->state.beta, 0, N_MODES * sizeof *at.beta);
    memset(workspace->state.shift, 0, sizeof at.shift);
    assert_int_equal(oik_body_minimise(&n_iterations, &converged, workspace, &target, &options, NULL), OIK_OK);
    assert_true(workspace->state.rms < 1e-7);
    for (int l = 0; l < N_LIMBS; l++)
        assert_true(v3_dist(workspace->state.shift[l], some_shift(l)) < 1e-4);
}

/* ---- forms ---- */

static void weights_are_none_where_skin_folds(void **state) {
    (void)state;
    double *rigidity = zeros(model->n_vertices, sizeof *rigidity), *weight = zeros(model->n_vertices, sizeof *weight), sum = 0.0, all = 0.0;
    double least = 1.0;
    for (size_t v = 0; v < model->n_vertices; v++)
        area[v] = 1.0 + 0.5 * sin((double)v);
    oik_body_form_weights(rigidity, weight, model, area);
    for (size_t v = 0; v < model->n_vertices; v++) {
        double expected = 1.0;
        for (int l = 0; l < N_LIMBS; l++)
            if (oik_body_limb_joints[l] >= OIK_J_SHOULDER_L) /* skin of hips and knees counts */
                expected *= pow(1.0 - 2.0 * oik_body_subtree_share(model, v, oik_body_limb_joints[l]), 2);
        assert_true(fabs(rigidity[v] - expected) < ROUNDING);
        least = fmin(least, rigidity[v]);
        sum += weight[v];
        all += area[v] * rigidity[v];
    }
    assert_true(fabs(sum - 1.0) < 1e-12);
    assert_true(least < 0.2); /* rings at the joints go half with them */
    for (size_t v = 0; v < model->n_vertices; v++)
        assert_true(fabs(weight[v] * all - area[v] * rigidity[v]) < 1e-12);
    free(rigidity);
    free(weight);
}

/* A subject whose joints of the limbs lie up to 20 mm beside the model's. */
static void pose_subject(double amplitude) {
    oik_body_target target = target_of(1.0, 1.0, 1.0);
    set_state(&target);
    at.pose = tiny_body_pose(amplitude);
    for (int l = 0; l < N_LIMBS; l++)
        at.shift[l] = v3_scale(some_shift(l), 0.5);
    oik_body_evaluate(&at, &target);
    memcpy(x, at.y, model->n_vertices * sizeof *x);
}

static oik_body_fit fit_x(const double *fixed_beta) {
    oik_body_fit fit;
    oik_error err = {.message = ""};
    oik_body_register_options options = oik_body_register_options_default();
    options.fixed_beta = fixed_beta;
    if (oik_body_fit_mesh(&fit, workspace, x, &options, &err))
        fail_msg("%s", err.message);
    return fit;
}

/* RMS distance of two skins that may lie beside each other. */
static double difference_of(const oik_vec3 *a, const oik_vec3 *b) {
    oik_vec3 mean = v3(0, 0, 0);
    double square = 0.0, n = (double)model->n_vertices;
    for (size_t v = 0; v < model->n_vertices; v++)
        mean = v3_madd(mean, 1.0 / n, v3_sub(a[v], b[v]));
    for (size_t v = 0; v < model->n_vertices; v++)
        square += pow(v3_dist(v3_sub(a[v], b[v]), mean), 2) / n;
    return sqrt(square);
}

/* Without priors and smoothing the two would be the same; un-posed skins differ by what joints in the wrong places do. */
static void two_poses_have_one_form(void **state) {
    (void)state;
    pose_subject(0.15);
    oik_body_fit straight = fit_x(NULL);
    pose_subject(0.8);
    oik_body_fit bent = fit_x(NULL);
    double form = difference_of(straight.form.v_subject, bent.form.v_subject), unposed = difference_of(straight.v_subject, bent.v_subject);
    assert_true(form < 2.8e-3 && form < 0.85 * unposed); /* 2.6 mm, where limbs are thin and folds are much of them; 3.2 mm */
    oik_body_fit_free(&straight);
    oik_body_fit_free(&bent);
}

/* Skin that goes half with a joint of an arm is displaced by 20 mm, as a fold is: next to nothing of that is in the form. */
static void folds_do_not_count(void **state) {
    (void)state;
    double *rigidity = zeros(model->n_vertices, sizeof *rigidity), *weight = zeros(model->n_vertices, sizeof *weight);
    pose_subject(0.5);
    oik_body_form_weights(rigidity, weight, model, area);
    oik_body_fit smooth = fit_x(NULL);
    for (size_t v = 0; v < model->n_vertices; v++)
        if (rigidity[v] < 0.1)
            x[v] = v3_add(x[v], v3(0.02, 0.0, 0.0));
    oik_body_fit folded = fit_x(NULL);
    double form = difference_of(smooth.form.v_shaped, folded.form.v_shaped), shaped = difference_of(smooth.v_shaped, folded.v_shaped);
    double own = difference_of(smooth.form.v_subject, folded.form.v_subject);
    assert_true(form < 1e-7); /* tolerance of the registration; they have no weight at all here */
    assert_true(shaped > 1e-5);
    assert_true(own < 2e-3); /* a tenth of their displacement: the square of 0.1 is much of the trust where nothing else is trusted */
    oik_body_fit_free(&smooth);
    oik_body_fit_free(&folded);
    free(rigidity);
    free(weight);
}

/* But for what priors take where the model has all that there is. */
static void a_body_of_the_model_is_its_own_form(void **state) {
    (void)state;
    const double beta[N_MODES] = {0.9, -1.3, 0.6};
    oik_body_pose pose = tiny_body_pose(0.6);
    oik_vec3 *v = zeros(model->n_vertices, sizeof *v);
    tiny_body_posed(x, v, model, beta, &pose);
    oik_body_fit fit = fit_x(NULL);
    /* legs of a stick figure show their length at their ends only: the prior takes 1 % of it, 1.7 mm over the body, and the skin 0.7 mm more */
    assert_true(difference_of(fit.form.v_shaped, v) < 2.5e-3);
    assert_true(difference_of(fit.form.v_subject, v) < 3.5e-3);
    oik_body_fit_free(&fit);
    free(v);
}

static void assert_own_skin(const oik_body_fit *fit) {
    size_t size = model->n_vertices * sizeof *x;
    assert_memory_equal(fit->form.v_subject, fit->v_subject, size);
    assert_memory_equal(fit->form.v_shaped, fit->v_shaped, size);
    assert_memory_equal(fit->form.J, fit->frames.J, sizeof fit->form.J);
}

static void a_known_shape_keeps_the_own_skin(void **state) {
    (void)state;
    const double beta[N_MODES] = {0.5, -0.2, 0.1};
    pose_subject(0.5);
    oik_body_fit fit = fit_x(beta);
    assert_own_skin(&fit);
    oik_body_fit_free(&fit);
}

static void a_model_with_correctives_keeps_the_own_skin(void **state) {
    (void)state;
    pose_subject(0.5);
    oik_body_fit fit = fit_x(NULL);
    assert_own_skin(&fit);
    oik_body_fit_free(&fit);
}

/* The rest of a fit is as if there were no form: pose, shape and own skin, also of the next body in the same workspace. */
static void a_form_leaves_the_registration_alone(void **state) {
    (void)state;
    pose_subject(0.7);
    oik_body_fit first = fit_x(NULL);
    oik_body_fit second = fit_x(NULL);
    assert_memory_equal(first.beta, second.beta, N_MODES * sizeof *first.beta);
    assert_memory_equal(&first.pose, &second.pose, sizeof first.pose);
    assert_memory_equal(first.v_subject, second.v_subject, model->n_vertices * sizeof *x);
    assert_memory_equal(first.form.v_subject, second.form.v_subject, model->n_vertices * sizeof *x);
    for (int j = 1; j < OIK_N_JOINTS; j++) { /* joints are held together in the frames of the fit */
        int q = model->parents[j];
        oik_vec3 arm = v3_sub(first.frames.J[j], first.frames.J[q]);
        assert_true(v3_dist(first.frames.p[j], v3_add(first.frames.p[q], m3_mulv(first.frames.G[q], arm))) < ROUNDING);
    }
    oik_body_fit_free(&first);
    oik_body_fit_free(&second);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(limbs_are_left_and_right),
        cmocka_unit_test(shifted_joints_lie_beside_their_places),
        cmocka_unit_test(a_share_is_what_goes_with_a_joint),
        cmocka_unit_test(columns_match_central_differences),
        cmocka_unit_test(normal_equations_sum_over_every_vertex),
        cmocka_unit_test(right_hand_side_is_minus_half_the_gradient_of_the_cost),
        cmocka_unit_test(shifts_of_a_subject_are_found),
        cmocka_unit_test(weights_are_none_where_skin_folds),
        cmocka_unit_test(two_poses_have_one_form),
        cmocka_unit_test(folds_do_not_count),
        cmocka_unit_test(a_body_of_the_model_is_its_own_form),
        cmocka_unit_test(a_known_shape_keeps_the_own_skin),
        cmocka_unit_test(a_form_leaves_the_registration_alone),
    };
    const struct CMUnitTest with_correctives[] = {
        cmocka_unit_test(columns_match_central_differences),
        cmocka_unit_test(normal_equations_sum_over_every_vertex),
        cmocka_unit_test(a_model_with_correctives_keeps_the_own_skin),
    };
    return cmocka_run_group_tests_name("test_body_form", cases, set_up, tear_down) +
           cmocka_run_group_tests_name("test_body_form with STAR's correctives", with_correctives, set_up_star, tear_down);
}
