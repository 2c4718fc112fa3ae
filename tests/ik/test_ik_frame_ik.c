/* Inverse kinematics of one frame: forward -> inverse, bounds, missing measurements, positions only, mirrored bodies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "ik/frame_ik.h"
#include "support/coupled_chain.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/tiny_chain.h"

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static const double DEG = 3.14159265358979323846 / 180.0;

enum { MAX = 64 };

/* A chain, the true coordinates of a frame, and a target made of their pose with all weights 0. */
typedef struct fixture {
    oik_kinematics *lying;
    oik_chain *chain;
    oik_chain_pose *pose;
    double *rest;
    double q[MAX];
    double w_R[MAX], w_centre[MAX], w_link[MAX];
    oik_ik_target target;
} fixture;

static int set_up_chain(void **state, oik_kinematics *lying) {
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f || !(f->lying = lying) || oik_chain_new(&f->chain, &f->rest, f->lying, NULL) ||
        oik_chain_pose_new(&f->pose, f->chain, NULL) || f->chain->n_dofs > MAX)
        return -1;
    f->target = (oik_ik_target){f->pose->R, f->w_R, f->pose->centre, f->w_centre, f->w_link};
    return 0;
}

static int set_up(void **state) {
    return set_up_chain(state, tiny_kinematics_new());
}

static int set_up_coupled(void **state) {
    return set_up_chain(state, coupled_kinematics_new());
}

static int tear_down(void **state) {
    fixture *f = *state;
    oik_chain_pose_free(f->pose);
    oik_chain_free(f->chain);
    free(f->rest);
    tiny_kinematics_free(f->lying);
    free(f);
    return 0;
}

/* measure the pose at f->q: orientations, centres, links with the given weights */
static void measure(fixture *f, double w_R, double w_centre, double w_link) {
    oik_chain_forward(f->pose, f->chain, f->q);
    for (int i = 0; i < f->chain->n_segments; i++) {
        f->w_R[i] = w_R;
        f->w_centre[i] = w_centre;
        f->w_link[i] = w_link;
    }
}

static oik_ik_result *solve(const fixture *f, double prior_weight) {
    oik_ik_options options = oik_ik_options_default();
    options.prior_weight = prior_weight;
    oik_ik_result *result = NULL;
    oik_error err = {0};
    oik_status status = oik_ik_solve_frame(&result, f->chain, &f->target, f->rest, &options, &err);
    if (status)
        print_message("%s\n", err.message);
    assert_int_equal(status, OIK_OK);
    assert_true(result->converged);
    for (int k = 0; k < f->chain->n_dofs; k++)
        assert_true(result->q[k] >= f->chain->dofs[k].lower && result->q[k] <= f->chain->dofs[k].upper);
    return result;
}

static double worst_difference(const fixture *f, const double *q) {
    double worst = 0.0;
    for (int k = 0; k < f->chain->n_dofs; k++)
        worst = fmax(worst, fabs(q[k] - f->q[k]));
    return worst;
}

static int dof(const fixture *f, const char *name) {
    int k = tiny_find_dof(f->chain, name);
    assert_true(k >= 0);
    return k;
}

static void rest_at(fixture *f) {
    memcpy(f->q, f->rest, (size_t)f->chain->n_dofs * sizeof *f->q);
    for (int k = 0; k < f->chain->n_dofs; k++)
        f->q[k] = fmin(fmax(f->q[k], f->chain->dofs[k].lower), f->chain->dofs[k].upper);
}

static void forward_then_inverse_gives_the_coordinates_back(void **state) {
    fixture *f = *state;
    uint64_t random = 21;
    for (int trial = 0; trial < 20; trial++) {
        tiny_random_pose(f->q, f->chain, 0.01, &random);
        measure(f, 1.0, 0.0, 0.0);
        f->w_centre[0] = 1.0;
        oik_ik_result *result = solve(f, 0.0);
        assert_true(worst_difference(f, result->q) < 1e-6); /* asked for by the design; 1e-9 is reached */
        for (int i = 0; i < f->chain->n_segments; i++)
            assert_true(result->segment_error[i] < 1e-6);
        for (int k = 0; k < f->chain->n_dofs; k++)
            assert_true(result->bound[k] == OIK_BOUND_NONE && result->disagreement[k] == 0.0);
        oik_ik_result_free(result);
    }
}

/* the prior pulls by about w (q - rest) / range^2 over the curvature of the measurements (1 per segment that moves) */
static void default_prior_moves_a_measured_pose_by_little(void **state) {
    fixture *f = *state;
    uint64_t random = 22;
    tiny_random_pose(f->q, f->chain, 0.2, &random);
    measure(f, 1.0, 0.0, 0.0);
    f->w_centre[0] = 1.0;
    oik_ik_result *result = solve(f, oik_ik_options_default().prior_weight);
    assert_true(worst_difference(f, result->q) < 1e-5);
    oik_ik_result_free(result);
}

static void measured_noise_is_averaged_not_amplified(void **state) {
    fixture *f = *state;
    uint64_t random = 23;
    const double noise = 0.02;
    for (int trial = 0; trial < 5; trial++) {
        tiny_random_pose(f->q, f->chain, 0.1, &random);
        measure(f, 1.0, 0.0, 0.0);
        f->w_centre[0] = 1.0;
        double cost_of_truth = 0.0;
        for (int i = 0; i < f->chain->n_segments; i++) {
            oik_vec3 w = v3_scale(random_vec3(&random), noise);
            f->pose->R[i] = m3_mul(f->pose->R[i], oik_rot_exp(w));
            cost_of_truth += v3_dot(w, w);
        }
        oik_ik_result *result = solve(f, 0.0);
        double cost = 0.0; /* recomputed from the reported errors, outside the solver */
        for (int i = 0; i < f->chain->n_segments; i++)
            cost += result->segment_error[i] * result->segment_error[i];
        cost += pow(result->centre_error[0] / 0.1, 2);
        assert_near(cost, result->cost, 1e-12); /* rounding of sums near 1e-2 */
        assert_true(cost < cost_of_truth);
        oik_ik_result_free(result);
    }
}

/* knee bent backwards by 25 degrees: the knee is held straight and the report says so, nothing else is on a bound */
static void a_knee_bent_backwards_sits_on_its_bound(void **state) {
    fixture *f = *state;
    rest_at(f);
    int knee = dof(f, "knee_angle_r");
    for (int k = 0; k < f->chain->n_dofs; k++) /* away from all other bounds */
        if (!f->chain->dofs[k].translation)
            f->q[k] = 0.7 * f->q[k] + 0.3 * 0.5 * (f->chain->dofs[k].lower + f->chain->dofs[k].upper);
    f->q[knee] = -25 * DEG;
    measure(f, 1.0, 0.0, 0.0);
    f->w_centre[0] = 1.0;
    oik_ik_result *result = solve(f, 1e-6);
    for (int k = 0; k < f->chain->n_dofs; k++) {
        assert_int_equal(result->bound[k], k == knee ? OIK_BOUND_LOWER : OIK_BOUND_NONE);
        assert_near(result->disagreement[k], k == knee ? 25 * DEG : 0.0, 1e-9); /* closed form */
    }
    /* the misfit is shared: the hip gives way too */
    int femur = tiny_find_segment(f->chain, "femur_r"), tibia = tiny_find_segment(f->chain, "tibia_r");
    assert_true(result->segment_error[femur] > 5 * DEG && result->segment_error[tibia] > 5 * DEG);
    assert_near(result->segment_error[femur] + result->segment_error[tibia], 25 * DEG, 1 * DEG);
    oik_ik_result_free(result);
}

/* the same seen in positions only, where no orientation is known */
static void a_knee_bent_backwards_is_seen_from_directions(void **state) {
    fixture *f = *state;
    rest_at(f);
    int knee = dof(f, "knee_angle_r");
    f->q[knee] = -25 * DEG;
    f->q[dof(f, "ankle_angle_r")] = 0.0;
    measure(f, 0.0, 0.0, 1.0);
    oik_ik_result *result = solve(f, 1e-6);
    assert_int_equal(result->bound[knee], OIK_BOUND_LOWER);
    assert_true(result->disagreement[knee] > 10 * DEG); /* the hip takes its share of the 25 */
    assert_true(result->disagreement[knee] < 26 * DEG);
    oik_ik_result_free(result);
}

static void an_upper_bound_of_a_ball_joint_is_reported(void **state) {
    fixture *f = *state;
    rest_at(f);
    int flexion = dof(f, "hip_flexion_l"), rotation = dof(f, "hip_rotation_l");
    f->q[flexion] = 60 * DEG;
    f->q[dof(f, "hip_adduction_l")] = -10 * DEG;
    f->q[rotation] = 52 * DEG; /* 12 beyond */
    f->q[dof(f, "knee_angle_l")] = 40 * DEG;
    measure(f, 1.0, 0.0, 0.0);
    oik_ik_result *result = solve(f, 1e-6);
    assert_int_equal(result->bound[rotation], OIK_BOUND_UPPER);
    assert_near(result->disagreement[rotation], 12 * DEG, 1e-9);
    assert_int_equal(result->bound[flexion], OIK_BOUND_NONE);
    oik_ik_result_free(result);
}

/* what is measured is met, what is not stays at rest, and its errors are NaN */
static void missing_segments_are_left_at_rest(void **state) {
    fixture *f = *state;
    uint64_t random = 24;
    tiny_random_pose(f->q, f->chain, 0.2, &random);
    measure(f, 1.0, 0.0, 0.0);
    int hand = tiny_find_segment(f->chain, "hand_r"), toes = tiny_find_segment(f->chain, "toes_l");
    int talus = tiny_find_segment(f->chain, "talus_r");
    f->w_R[hand] = f->w_R[toes] = f->w_R[talus] = 0.0;
    f->w_centre[0] = 1.0;
    f->pose->R[hand].m[1][1] = NAN;
    oik_ik_result *result = solve(f, 1e-9);
    int wrist = dof(f, "wrist_flex_r"), mtp = dof(f, "mtp_angle_l");
    assert_near(result->q[wrist], f->rest[wrist], 1e-6);
    assert_near(result->q[mtp], f->rest[mtp], 1e-6);
    assert_true(isnan(result->segment_error[hand]) && isnan(result->segment_error[toes]) && isnan(result->centre_error[hand]));
    /* the talus is placed by the calcaneus behind it: two hinges, one orientation */
    assert_near(result->q[dof(f, "ankle_angle_r")], f->q[dof(f, "ankle_angle_r")], 1e-4);
    assert_near(result->q[dof(f, "elbow_flex_r")], f->q[dof(f, "elbow_flex_r")], 1e-5);
    oik_ik_result_free(result);
}

static void nothing_measured_gives_rest_inside_the_ranges(void **state) {
    fixture *f = *state;
    rest_at(f);
    measure(f, 0.0, 0.0, 0.0);
    oik_ik_result *result = solve(f, 1e-6);
    assert_true(worst_difference(f, result->q) < 1e-12);
    oik_ik_target nothing = {0};
    f->target = nothing;
    oik_ik_result *same = solve(f, 1e-6);
    assert_true(worst_difference(f, same->q) < 1e-12);
    f->target = (oik_ik_target){f->pose->R, f->w_R, f->pose->centre, f->w_centre, f->w_link};
    oik_ik_result_free(result);
    oik_ik_result_free(same);
}

/* joint centres as 17-keypoint systems give them: hip, knee, ankle, shoulder, elbow, wrist and trunk; directions only */
static void directions_alone_recover_elbow_and_knee(void **state) {
    fixture *f = *state;
    static const char *const recovered[] = {"knee_angle_r", "knee_angle_l", "elbow_flex_r", "elbow_flex_l"};
    uint64_t random = 25;
    for (int trial = 0; trial < 10; trial++) {
        rest_at(f);
        for (int k = 0; k < f->chain->n_dofs; k++)
            if (strstr(f->chain->dofs[k].name, "hip_") || strstr(f->chain->dofs[k].name, "pelvis_"))
                f->q[k] = tiny_uniform(&random, -0.4, 0.4);
        for (int k = 0; k < 4; k++)
            f->q[dof(f, recovered[k])] = tiny_uniform(&random, 20 * DEG, 110 * DEG);
        f->q[dof(f, "arm_flex_r")] = tiny_uniform(&random, 0, 1);
        f->q[dof(f, "arm_flex_l")] = tiny_uniform(&random, 0, 1);
        measure(f, 0.0, 0.0, 1.0);
        oik_ik_result *result = solve(f, 1e-8);
        for (int k = 0; k < 4; k++) /* the prior bends by 1e-8 over the small curvature of a half-seen twist */
            assert_near(result->q[dof(f, recovered[k])], f->q[dof(f, recovered[k])], 0.1 * DEG);
        oik_ik_result_free(result);
    }
}

static void positions_place_the_root(void **state) {
    fixture *f = *state;
    uint64_t random = 26;
    tiny_random_pose(f->q, f->chain, 0.3, &random);
    measure(f, 0.0, 1.0, 0.0);
    f->w_centre[0] = 0.0; /* the root itself is not seen */
    oik_ik_result *result = solve(f, 1e-9);
    for (int i = 1; i < f->chain->n_segments; i++)
        assert_true(result->centre_error[i] < 1e-4); /* a 27th of a prior of 1e-9 over (1 m / 0.1 m)^2, with margin */
    assert_near(result->q[dof(f, "pelvis_ty")], f->q[dof(f, "pelvis_ty")], 1e-3);
    oik_ik_result_free(result);
}

/* a target and its mirror image: the sides change their values, midline bending and turning change sign */
static void mirrored_targets_give_equal_values(void **state) {
    fixture *f = *state;
    uint64_t random = 27;
    tiny_random_pose(f->q, f->chain, 0.0, &random);
    measure(f, 1.0, 0.0, 0.0);
    f->w_centre[0] = 1.0;
    oik_mat3 mirrored_R[MAX];
    oik_vec3 mirrored_centre[MAX];
    for (int i = 0; i < f->chain->n_segments; i++) {
        oik_vec3 w = v3_scale(random_vec3(&random), 0.05);
        f->pose->R[i] = m3_mul(f->pose->R[i], oik_rot_exp(w));
        mirrored_R[tiny_mirror_segment(f->chain, i)] = tiny_mirror_frame(f->pose->R[i]);
        mirrored_centre[tiny_mirror_segment(f->chain, i)] = tiny_mirror_point(f->pose->centre[i]);
    }
    oik_ik_result *result = solve(f, 1e-6);
    f->target.R = mirrored_R;
    f->target.centre = mirrored_centre;
    oik_ik_result *mirrored = solve(f, 1e-6);
    f->target.R = f->pose->R;
    f->target.centre = f->pose->centre;
    assert_near(result->cost, mirrored->cost, 1e-9 * result->cost); /* tolerances of the solvers */
    for (int k = 0; k < f->chain->n_dofs; k++) {
        const char *name = f->chain->dofs[k].name;
        size_t length = strlen(name);
        char other[OIK_NAME_LENGTH];
        memcpy(other, name, sizeof other);
        if (name[length - 2] == '_' && strchr("rl", name[length - 1]))
            other[length - 1] = name[length - 1] == 'r' ? 'l' : 'r';
        bool midline = !strcmp(name, other);
        bool turns = midline && (strstr(name, "bending") || strstr(name, "rotation") || strstr(name, "list") || strstr(name, "_tz"));
        int o = dof(f, other);
        assert_near(mirrored->q[o], turns ? -result->q[k] : result->q[k], 1e-5);
        if (!midline) {
            assert_int_equal(mirrored->bound[o], result->bound[k]);
            assert_near(mirrored->disagreement[o], result->disagreement[k], 1e-5);
        }
    }
    oik_ik_result_free(result);
    oik_ik_result_free(mirrored);
}

static void equal_input_gives_equal_bits(void **state) {
    fixture *f = *state;
    uint64_t random = 28;
    tiny_random_pose(f->q, f->chain, 0.0, &random);
    measure(f, 1.0, 1.0, 1.0);
    oik_ik_result *first = solve(f, 1e-6), *second = solve(f, 1e-6);
    assert_memory_equal(first->q, second->q, (size_t)f->chain->n_dofs * sizeof *first->q);
    oik_ik_result_free(first);
    oik_ik_result_free(second);
}

static void frozen_coordinates_stay(void **state) {
    fixture *f = *state;
    uint64_t random = 29;
    int bending = dof(f, "lumbar_bending");
    oik_dof saved = f->chain->dofs[bending];
    f->chain->dofs[bending].lower = f->chain->dofs[bending].upper = 0.1;
    tiny_random_pose(f->q, f->chain, 0.1, &random);
    f->q[bending] = 0.1;
    measure(f, 1.0, 0.0, 0.0);
    f->w_centre[0] = 1.0;
    oik_ik_result *result = solve(f, 0.0);
    assert_true(worst_difference(f, result->q) < 1e-6);
    assert_true(result->q[bending] == 0.1 && result->bound[bending] == OIK_BOUND_NONE);
    f->chain->dofs[bending] = saved;
    oik_ik_result_free(result);
}

/* with and without a prior: the unknowns that move nothing must not make the normal matrix singular */
static void a_coupled_chain_gives_its_coordinates_back(void **state) {
    fixture *f = *state;
    uint64_t random = 30;
    for (int trial = 0; trial < 10; trial++) {
        tiny_random_pose(f->q, f->chain, 0.02, &random);
        oik_chain_complete(f->q, f->chain);
        measure(f, 1.0, trial % 2 ? 1.0 : 0.0, 0.0);
        f->w_centre[0] = 1.0;
        oik_ik_result *result = solve(f, trial < 5 ? 0.0 : 1e-12);
        assert_true(worst_difference(f, result->q) < 1e-6); /* as without couplings */
        for (int k = 0; k < f->chain->n_dofs; k++)
            assert_true(result->bound[k] == OIK_BOUND_NONE && result->disagreement[k] == 0.0);
        oik_ik_result_free(result);
    }
}

/* the levels of the spine have one unknown: two of them alone tell what the whole curve is */
static void a_shared_curve_is_found_from_one_level(void **state) {
    fixture *f = *state;
    rest_at(f);
    f->q[dof(f, "lumbar_extension")] = -0.5;
    oik_chain_complete(f->q, f->chain);
    measure(f, 0.0, 0.0, 0.0);
    f->w_R[0] = f->w_R[tiny_find_segment(f->chain, "skull")] = f->w_centre[0] = 1.0;
    oik_ik_result *result = solve(f, 1e-9);
    assert_near(result->q[dof(f, "lumbar_extension")], -0.5, 1e-6); /* prior of 1e-9 over curvature of about 1 */
    assert_near(result->q[dof(f, "neck_extension")], 0.4 * -0.5 + 0.2 * 0.25, 1e-6);
    oik_ik_result_free(result);
}

/* clamped at its upper bound the master stops its followers */
static void a_master_on_its_bound_holds_its_followers(void **state) {
    fixture *f = *state;
    rest_at(f);
    int knee = dof(f, "knee_angle_r");
    f->q[knee] = f->chain->dofs[knee].upper + 0.3;
    measure(f, 1.0, 0.0, 0.0);
    f->w_centre[0] = 1.0;
    oik_ik_result *result = solve(f, 1e-6);
    double angle = f->chain->dofs[knee].upper;
    assert_int_equal(result->bound[knee], OIK_BOUND_UPPER);
    assert_near(result->q[dof(f, "knee_glide_x_r")], 0.002 - 0.015 * angle + 0.004 * angle * angle, 1e-15);
    assert_int_equal(result->bound[dof(f, "knee_glide_x_r")], OIK_BOUND_NONE);
    oik_ik_result_free(result);
}

static void expect_refusal(const fixture *f, const oik_ik_options *options, oik_status status, const char *word) {
    oik_ik_result *result = (oik_ik_result *)1;
    oik_error err = {0};
    assert_int_equal(oik_ik_solve_frame(&result, f->chain, &f->target, f->rest, options, &err), status);
    assert_null(result);
    assert_non_null(strstr(err.message, word));
}

static void bad_targets_and_options_are_refused_by_name(void **state) {
    fixture *f = *state;
    int tibia = tiny_find_segment(f->chain, "tibia_l");
    rest_at(f);
    measure(f, 1.0, 1.0, 0.0);
    f->w_R[tibia] = -1.0;
    expect_refusal(f, NULL, OIK_E_ARGUMENT, "tibia_l");
    measure(f, 1.0, 1.0, 0.0);
    f->pose->R[tibia].m[0][0] = NAN;
    expect_refusal(f, NULL, OIK_E_ARGUMENT, "tibia_l");
    measure(f, 1.0, 1.0, 0.0);
    f->pose->centre[tibia].x = INFINITY;
    expect_refusal(f, NULL, OIK_E_NOT_FINITE, "tibia_l");
    measure(f, 1.0, 0.0, 0.0);
    f->w_link[tibia] = 1.0;
    f->pose->centre[f->chain->joints[tibia].parent].x = NAN;
    expect_refusal(f, NULL, OIK_E_NOT_FINITE, "tibia_l");
    measure(f, 1.0, 1.0, 0.0);
    oik_ik_options options = oik_ik_options_default();
    options.n_starts = 0;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "starts");
    options = oik_ik_options_default();
    options.length_scale = 0.0;
    expect_refusal(f, &options, OIK_E_ARGUMENT, "length scale");
    oik_ik_result_free(NULL);
}

/* allocations inside CHOLMOD and NLopt do not pass through the wrapped calls of this executable */
static void every_failing_allocation_is_reported(void **state) {
    fixture *f = *state;
    oik_status status = OIK_E_MEMORY;
    long k = 0;
    rest_at(f);
    measure(f, 1.0, 1.0, 1.0);
    while (status == OIK_E_MEMORY && k < 1000) {
        oik_ik_result *result = NULL;
        oik_error err = {0};
        failing_malloc_arm(k++);
        status = oik_ik_solve_frame(&result, f->chain, &f->target, f->rest, NULL, &err);
        failing_malloc_disarm();
        assert_true((status == OIK_OK) == (result != NULL));
        assert_true(status == OIK_OK || err.status == OIK_E_MEMORY);
        oik_ik_result_free(result);
    }
    assert_int_equal(status, OIK_OK);
    assert_in_range(k, 25, 999); /* there were that many to fail */
}

int main(void) {
    const struct CMUnitTest test_ik_frame_ik[] = {
        cmocka_unit_test(forward_then_inverse_gives_the_coordinates_back),
        cmocka_unit_test(default_prior_moves_a_measured_pose_by_little),
        cmocka_unit_test(measured_noise_is_averaged_not_amplified),
        cmocka_unit_test(a_knee_bent_backwards_sits_on_its_bound),
        cmocka_unit_test(a_knee_bent_backwards_is_seen_from_directions),
        cmocka_unit_test(an_upper_bound_of_a_ball_joint_is_reported),
        cmocka_unit_test(missing_segments_are_left_at_rest),
        cmocka_unit_test(nothing_measured_gives_rest_inside_the_ranges),
        cmocka_unit_test(directions_alone_recover_elbow_and_knee),
        cmocka_unit_test(positions_place_the_root),
        cmocka_unit_test(mirrored_targets_give_equal_values),
        cmocka_unit_test(equal_input_gives_equal_bits),
        cmocka_unit_test(frozen_coordinates_stay),
        cmocka_unit_test(bad_targets_and_options_are_refused_by_name),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    const struct CMUnitTest test_ik_frame_ik_coupled[] = {
        cmocka_unit_test(a_coupled_chain_gives_its_coordinates_back),
        cmocka_unit_test(a_shared_curve_is_found_from_one_level),
        cmocka_unit_test(a_master_on_its_bound_holds_its_followers),
    };
    int n_failed = cmocka_run_group_tests(test_ik_frame_ik, set_up, tear_down);
    return n_failed + cmocka_run_group_tests(test_ik_frame_ik_coupled, set_up_coupled, tear_down);
}
