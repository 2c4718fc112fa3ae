/* The form of a subject: joints of limbs that shift, their derivatives against central differences, and what comes out of two poses alike. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "body/register_form.h"
#include "support/body_problem.h"

enum { N_MODES = TINY_BODY_MODES, N_LIMBS = OIK_BODY_N_LIMB_JOINTS };

static const double ROUNDING = 1e-14;

static body_problem problem;
static oik_body_model *model; /* of the problem, as x and area */
static oik_vec3 *x;
static double *area;
static oik_body_register *workspace;

static int set_up_of(oik_corrective_kind kind) {
    if (body_problem_new(&problem, kind))
        return -1;
    model = problem.model;
    x = problem.x;
    area = problem.area;
    problem.target.shifts = true;
    return oik_body_register_new(&workspace, model, NULL) ? -1 : 0;
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
    oik_body_register_free(workspace);
    body_problem_clear(&problem);
    return 0;
}

static void *zeros(size_t n, size_t size) {
    void *block = calloc(n, size);
    assert_non_null(block);
    return block;
}

/* ---- joints that shift ---- */

static void set_priors(double shape_sigma, double pose_prior, double shift_prior) {
    problem.target.shape_sigma = shape_sigma;
    problem.target.pose_prior = pose_prior;
    problem.target.shift_prior = shift_prior;
    body_problem_set(&problem);
}

static int limb_of(int joint) {
    for (int l = 0; l < N_LIMBS; l++)
        if (oik_body_limb_joints[l] == joint)
            return l;
    return -1;
}

/* p_j = p_parent + G_parent (J_j - J_parent + o_j), without shifts o_j = 0 */
static void assert_chained(const oik_body_frames *frames, bool shifted) {
    for (int j = 1; j < OIK_N_JOINTS; j++) {
        int q = model->parents[j], l = limb_of(j);
        oik_vec3 arm = v3_sub(frames->J[j], frames->J[q]);
        if (shifted && l >= 0)
            arm = v3_add(arm, body_problem_shift(l));
        assert_true(v3_dist(frames->p[j], v3_add(frames->p[q], m3_mulv(frames->G[q], arm))) < ROUNDING);
    }
}

static void shifted_joints_lie_beside_their_places(void **state) {
    (void)state;
    set_priors(1.0, 1.0, 1.0);
    assert_chained(&problem.at.frames, true);
    oik_body_target without = problem.target;
    without.shifts = false; /* what a state has left is not used */
    oik_body_evaluate(&problem.at, &without);
    assert_chained(&problem.at.frames, false);
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

/* Those of rotations and shape too, which see joints where they have shifted to. */
static void columns_match_central_differences(void **state) {
    (void)state;
    set_priors(1.0, 1.0, 1.0);
    assert_columns(&problem);
}

static void normal_equations_sum_over_every_vertex(void **state) {
    (void)state;
    set_priors(0.0, 0.0, 0.0);
    assert_normal_equations(&problem);
}

/* The prior of the shifts a thousand times its usual weight, so that it is as large as the skin's part. */
static void right_hand_side_is_minus_half_the_gradient_of_the_cost(void **state) {
    (void)state;
    set_priors(0.5, 1e3, 30.0);
    assert_gradient(&problem);
}

static void the_prior_of_shifts_weighs_shifts_alone(void **state) {
    (void)state;
    enum { N = PROBLEM_MAX_UNKNOWNS };
    double *H = zeros(N * N, sizeof *H);
    set_priors(0.5, 1e3, 30.0);
    oik_body_linearise(&problem.step, &problem.at, &problem.target);
    memcpy(H, problem.step.H, N * N * sizeof *H);
    set_priors(0.5, 1e3, 0.0);
    oik_body_linearise(&problem.step, &problem.at, &problem.target);
    for (int c = 0; c < N; c++) /* rho_o^2 at the shifts, nothing elsewhere */
        assert_true(fabs(H[c * N + c] - problem.step.H[c * N + c] - (c >= PROBLEM_SHIFTS ? 900.0 : 0.0)) <= 1e-9);
    free(H);
}

static void shifts_of_a_subject_are_found(void **state) {
    (void)state;
    oik_body_register_options options = oik_body_register_options_default();
    int n_iterations;
    bool converged;
    options.tolerance = 0.0;
    options.max_iterations = 100;
    set_priors(1e-9, 0.0, 1e-6); /* hardly a prior: collars and shoulders share a shift */
    memcpy(x, problem.at.y, model->n_vertices * sizeof *x);
    workspace->state.pose = problem.at.pose;
    memset(workspace->state.beta, 0, N_MODES * sizeof *workspace->state.beta);
    memset(workspace->state.shift, 0, sizeof workspace->state.shift);
    assert_int_equal(oik_body_minimise(&n_iterations, &converged, workspace, &problem.target, &options, NULL), OIK_OK);
    assert_true(workspace->state.rms < 1e-7);
    for (int l = 0; l < N_LIMBS; l++)
        assert_true(v3_dist(workspace->state.shift[l], body_problem_shift(l)) < 1e-4);
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
    set_priors(1.0, 1.0, 1.0);
    problem.at.pose = tiny_body_pose(amplitude);
    for (int l = 0; l < N_LIMBS; l++)
        problem.at.shift[l] = v3_scale(body_problem_shift(l), 0.5);
    oik_body_evaluate(&problem.at, &problem.target);
    memcpy(x, problem.at.y, model->n_vertices * sizeof *x);
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
    assert_chained(&first.frames, false); /* joints are held together in the frames of the fit */
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
        cmocka_unit_test(the_prior_of_shifts_weighs_shifts_alone),
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
