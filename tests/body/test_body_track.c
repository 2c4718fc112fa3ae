/* Registration of a sequence of tiny bodies: against single frames, against the truth, over gaps and jumps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/track.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/tiny_body.h"

enum { FRAMES = 12 };

static const double DT = 1.0 / 30.0, DEGREE = 3.14159265358979323846 / 180.0;
static const double true_beta[TINY_BODY_MODES] = {0.9, -1.3, 0.6};

static oik_body_model *model;
static oik_body_track *track;
static oik_body_fit fit;
static oik_vec3 *x;

static int set_up_of(oik_corrective_kind kind) {
    model = tiny_body_new();
    if (!model || tiny_body_add_correctives(model, kind))
        return -1;
    x = calloc(FRAMES * model->n_vertices, sizeof *x);
    return x ? 0 : -1;
}

static int set_up_group(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_NONE);
}

static int set_up_star(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_STAR);
}

static int set_up_smpl(void **state) {
    (void)state;
    return set_up_of(OIK_CORRECTIVES_SMPL);
}

static int tear_down_group(void **state) {
    (void)state;
    oik_body_model_free(model);
    free(x);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    return (int)oik_body_track_new(&track, model, NULL);
}

static int tear_down(void **state) {
    (void)state;
    oik_body_track_free(track);
    oik_body_fit_free(&fit);
    return 0;
}

static oik_vec3 *frame(int f) {
    return x + (size_t)f * model->n_vertices;
}

/* Every joint swings by up to half a radian, each with its own phase, up to 6 deg per frame; the body walks away. */
static oik_body_pose pose_at(int f) {
    oik_body_pose pose = tiny_body_pose(0.4);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 axis = v3_unit(v3(sin(2.0 * j), cos(3.0 * j), sin(4.0 * j + 1.0)));
        pose.R[j] = m3_mul(pose.R[j], oik_rot_axis(axis, 0.5 * sin(0.2 * f + j)));
    }
    pose.tau = v3_add(pose.tau, v3(0, 0, 0.05 * f));
    return pose;
}

/* unlike: smooth disagreement with every body of the model [m]; noise: of every coordinate [m] */
static void make_sequence(double unlike, double noise) {
    uint64_t random = 5;
    for (int f = 0; f < FRAMES; f++) {
        oik_body_pose pose = pose_at(f);
        oik_vec3 J[OIK_N_JOINTS], *y = frame(f);
        oik_body_frames frames;
        oik_body_shape(y, model, true_beta);
        oik_body_joints(J, model, y);
        for (size_t i = 0; i < model->n_vertices; i++)
            y[i] = v3_madd(y[i], unlike, v3(sin(9 * y[i].y), cos(7 * y[i].z), sin(8 * y[i].x)));
        oik_body_forward(&frames, model, J, &pose);
        oik_body_skin(y, model, y, &frames);
        for (size_t i = 0; i < model->n_vertices; i++)
            y[i] = v3_madd(y[i], noise, random_vec3(&random));
    }
}

static oik_body_track_report follow(const oik_vec3 *y, double dt, const oik_body_track_options *options) {
    oik_body_track_report report;
    oik_error err = {.message = ""};
    if (oik_body_track_frame(&fit, &report, track, y, dt, options, &err))
        fail_msg("%s", err.message);
    return report;
}

/* The same frame by itself, with the track's shape. */
static oik_body_fit alone(const oik_vec3 *y, const oik_body_track_options *options) {
    oik_body_register *workspace;
    oik_body_fit result;
    oik_body_register_options cold = options->registration;
    cold.fixed_beta = fit.beta;
    cold.tolerance = 1e-12;
    assert_int_equal(oik_body_register_new(&workspace, model, NULL), OIK_OK);
    assert_int_equal(oik_body_fit_mesh(&result, workspace, y, &cold, NULL), OIK_OK);
    oik_body_register_free(workspace);
    return result;
}

static double largest_turn(const oik_mat3 *a, const oik_mat3 *b) {
    double largest = 0.0;
    for (int j = 0; j < OIK_N_JOINTS; j++)
        largest = fmax(largest, oik_rot_angle_between(a[j], b[j]));
    return largest;
}

/* ---- agreement ---- */

static void each_frame_is_what_it_is_alone(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    options.temporal_prior = 0.0;
    make_sequence(0.01, 0.0);
    for (int f = 0; f < FRAMES; f++) {
        oik_body_track_report report = follow(frame(f), DT, &options);
        oik_body_fit cold = alone(frame(f), &options);
        assert_true(report.converged && (f == 0) == report.restarted);
        /* the same minimum; both stop when the RMS changes by 1e-10 m, which a weak joint may need 1e-5 rad for */
        assert_true(largest_turn(fit.frames.G, cold.frames.G) <= 1e-5);
        assert_true(fabs(fit.rms - cold.rms) <= 1e-9);
        for (size_t i = 0; i < model->n_vertices; i++)
            assert_true(v3_dist(fit.x_model[i], cold.x_model[i]) <= 1e-5);
        oik_body_fit_free(&cold);
    }
}

static void the_temporal_prior_is_weak(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    make_sequence(0.0, 0.0);
    for (int f = 0; f < FRAMES; f++) {
        follow(frame(f), DT, &options);
        oik_body_fit cold = alone(frame(f), &options);
        /* hands and toes of the tiny body are capsules of 25 mm: 3 times smaller than real ones, so 9 times weaker data */
        double most = f < 2 ? 1e-5 : 1.0 * DEGREE;
        assert_true(largest_turn(fit.frames.G, cold.frames.G) <= most);
        for (int j = 0; j < OIK_J_WRIST_L; j++)
            if (j != OIK_J_FOOT_L && j != OIK_J_FOOT_R)
                assert_true(oik_rot_angle_between(fit.frames.G[j], cold.frames.G[j]) <= 0.1 * DEGREE);
        oik_body_fit_free(&cold);
    }
}

static void poses_of_the_model_itself_are_found(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    options.registration.pose_prior = options.temporal_prior = 0.0;
    options.registration.shape_sigma = 1e-9;
    options.registration.tolerance = 0.0;
    make_sequence(0.0, 0.0);
    for (int f = 0; f < FRAMES; f++) {
        oik_body_pose truth = pose_at(f);
        oik_body_track_report report = follow(frame(f), DT, &options);
        /* the sums keep half the digits of a perfect fit: an RMS of 1e-8 m, over levers of 1 cm with 1e-3 of the area */
        assert_true(largest_turn(fit.pose.R, truth.R) <= 1e-4);
        assert_true(fit.rms <= 1e-6);
        /* quadratic convergence from a few degrees away; 8 once, where 2 % of a finger's area tell the turn of a hand */
        assert_true(f == 0 || report.n_iterations <= 8);
    }
}

static void the_subject_stays_the_same(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    make_sequence(0.01, 0.0);
    follow(frame(0), DT, &options);
    oik_body_register *workspace;
    oik_body_fit first;
    assert_int_equal(oik_body_register_new(&workspace, model, NULL), OIK_OK);
    assert_int_equal(oik_body_fit_mesh(&first, workspace, frame(0), &options.registration, NULL), OIK_OK);
    for (int f = 1; f < FRAMES; f++) {
        follow(frame(f), DT, &options);
        assert_memory_equal(fit.beta, first.beta, model->n_modes * sizeof *fit.beta);
        assert_memory_equal(fit.v_subject, first.v_subject, model->n_vertices * sizeof *fit.v_subject);
        assert_memory_equal(fit.v_shaped, first.v_shaped, model->n_vertices * sizeof *fit.v_shaped);
        assert_true(fit.repose_rms < 0.6 * fit.rms); /* the first frame's own skin, but for the folds of its pose */
    }
    oik_body_fit_free(&first);
    oik_body_register_free(workspace);
}

static void a_sequence_turns_and_moves_as_a_whole(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    oik_mat3 R = oik_rot_exp(v3(1.2, -2.0, 0.7)), G[FRAMES][OIK_N_JOINTS];
    make_sequence(0.01, 0.0);
    for (int f = 0; f < FRAMES; f++) {
        follow(frame(f), DT, &options);
        memcpy(G[f], fit.frames.G, sizeof G[f]);
    }
    oik_body_track_free(track);
    assert_int_equal(oik_body_track_new(&track, model, NULL), OIK_OK);
    for (int f = 0; f < FRAMES; f++) {
        for (size_t i = 0; i < model->n_vertices; i++)
            frame(f)[i] = v3_add(m3_mulv(R, frame(f)[i]), v3(4, -7, 2.5));
        follow(frame(f), DT, &options);
        for (int j = 0; j < OIK_N_JOINTS; j++) /* every step is equivariant; what the stop leaves open may differ, see above */
            assert_true(oik_rot_angle_between(fit.frames.G[j], m3_mul(R, G[f][j])) <= 1e-5);
    }
}

/* ---- time ---- */

/* A heavy prior shows what it pulls towards: steady turning goes on at its own rate, also over a step twice as long. */
static void the_prediction_knows_about_time(void **state) {
    (void)state;
    static const double times[] = {0.0, 1.0, 2.0, 4.0, 4.5};
    oik_body_track_options options = oik_body_track_options_default();
    options.registration.pose_prior = 0.0;
    options.temporal_prior = 100.0;
    double apart = 0.0;
    for (int k = 0; k < 5; k++) {
        oik_body_pose pose = tiny_body_pose(0.3);
        pose.R[OIK_J_ELBOW_L] = oik_rot_exp(v3(0, 0.2 * times[k], 0));
        pose.R[OIK_J_PELVIS] = oik_rot_exp(v3(0, 0, 0.1 * times[k]));
        tiny_body_posed(x, NULL, model, NULL, &pose);
        follow(x, k ? (times[k] - times[k - 1]) * 0.01 : 0.0, &options);
        oik_body_fit cold = alone(x, &options);
        apart = fmax(apart, largest_turn(fit.frames.G, cold.frames.G));
        oik_body_fit_free(&cold);
    }
    assert_true(apart <= 1e-4); /* the first two poses agree with the data to 1e-5, and errors double with the step */
}

static void without_a_time_step_there_is_no_prior(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    options.temporal_prior = 100.0;
    make_sequence(0.0, 0.0);
    for (int f = 0; f < FRAMES; f++) {
        follow(frame(f), 0.0, &options);
        oik_body_fit cold = alone(frame(f), &options);
        assert_true(largest_turn(fit.frames.G, cold.frames.G) <= 1e-5);
        oik_body_fit_free(&cold);
    }
}

static void long_steps_loosen_the_prior(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    options.temporal_prior = 10e-3;
    double apart[2] = {0.0, 0.0};
    make_sequence(0.0, 0.0);
    for (int k = 0; k < 2; k++) {
        oik_body_track_free(track);
        assert_int_equal(oik_body_track_new(&track, model, NULL), OIK_OK);
        for (int f = 0; f < FRAMES; f++) {
            follow(frame(f), k ? 1.0 : DT, &options);
            oik_body_fit cold = alone(frame(f), &options);
            apart[k] = fmax(apart[k], largest_turn(fit.frames.G, cold.frames.G));
            oik_body_fit_free(&cold);
        }
    }
    assert_true(apart[0] > 1.0 * DEGREE);
    assert_true(apart[1] < 0.01 * apart[0]); /* the weight falls by 30^2, its square by 30^4 */
}

/* ---- jumps and bad frames ---- */

static void a_jump_leaves_the_prior_behind(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    make_sequence(0.0, 0.0);
    for (int f = 0; f < 4; f++)
        follow(frame(f), DT, &options);
    oik_body_pose elsewhere = tiny_body_pose(1.2);
    elsewhere.R[OIK_J_HIP_L] = oik_rot_exp(v3(-2.0, 0, 0.3)); /* more than a step can turn, from where it was */
    elsewhere.R[OIK_J_SHOULDER_R] = oik_rot_exp(v3(0, 2.8, 0.5));
    elsewhere.tau = v3(-3, 1, 8);
    tiny_body_posed(x, NULL, model, true_beta, &elsewhere);
    oik_body_track_report report = follow(x, DT, &options);
    assert_true(report.jumped || report.restarted);
    oik_body_fit cold = alone(x, &options);
    assert_true(largest_turn(fit.frames.G, cold.frames.G) <= 1e-5);
    oik_body_fit_free(&cold);
}

static void a_bad_frame_can_be_left_out(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    oik_error err = {.message = ""};
    oik_vec3 *bad = calloc(model->n_vertices, sizeof *bad);
    assert_non_null(bad);
    make_sequence(0.0, 0.0);
    for (int f = 0; f < 4; f++)
        follow(frame(f), DT, &options);
    oik_body_fit before = fit;
    memcpy(bad, frame(4), model->n_vertices * sizeof *bad);
    bad[17].y = NAN;
    assert_int_equal(oik_body_track_frame(&fit, NULL, track, bad, DT, &options, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "17"));
    assert_memory_equal(&fit, &before, sizeof fit);
    assert_false(follow(frame(5), 2.0 * DT, &options).restarted);
    oik_body_pose truth = pose_at(5);
    assert_true(oik_rot_angle_between(fit.pose.R[OIK_J_KNEE_L], truth.R[OIK_J_KNEE_L]) <= 2.0 * DEGREE); /* prior of the shape */
    free(bad);
}

static void times_before_the_last_frame_are_refused(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    oik_error err;
    make_sequence(0.0, 0.0);
    assert_int_equal(oik_body_track_frame(&fit, NULL, track, frame(0), -DT, &options, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_body_track_frame(&fit, NULL, track, frame(0), NAN, &options, &err), OIK_E_ARGUMENT);
    assert_int_equal(oik_body_track_learn(track, frame(0), 0, &options, &err), OIK_E_ARGUMENT);
    assert_null(fit.beta);
}

/* ---- learning ---- */

static bool is_finger(size_t vertex) {
    for (size_t e = model->influence_start[vertex]; e < model->influence_start[vertex + 1]; e++)
        if (model->influence_joint[e] == OIK_J_HAND_L || model->influence_joint[e] == OIK_J_HAND_R)
            return true;
    return false;
}

/* RMS distance of the subject's own skin from the truth, but for fingers: their turn, and so their rest, is known to 2 % only. */
static double skin_error(void) {
    double square = 0.0, n = 0.0;
    oik_vec3 *truth = calloc(model->n_vertices, sizeof *truth);
    assert_non_null(truth);
    oik_body_shape(truth, model, true_beta);
    for (size_t i = 0; i < model->n_vertices; i++) {
        oik_vec3 d = v3_sub(fit.v_subject[i], truth[i]);
        square += is_finger(i) ? 0.0 : v3_dot(d, d);
        n += !is_finger(i);
    }
    free(truth);
    return sqrt(square / n);
}

static void more_frames_tell_more_about_the_subject(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    make_sequence(0.0, 0.005);
    follow(frame(0), DT, &options);
    double one = skin_error();
    assert_int_equal(oik_body_track_learn(track, x, FRAMES, &options, NULL), OIK_OK);
    follow(frame(0), DT, &options);
    assert_true(skin_error() < 0.5 * one); /* noise falls by the root of 12 frames; the priors' share stays */
}

/* ---- memory ---- */

static void later_frames_allocate_nothing(void **state) {
    (void)state;
    oik_body_track_options options = oik_body_track_options_default();
    make_sequence(0.01, 0.0);
    follow(frame(0), DT, &options);
    failing_malloc_arm(-1);
    for (int f = 1; f < FRAMES; f++)
        follow(frame(f), DT, &options);
    assert_int_equal(failing_malloc_disarm(), 0);
}

static oik_status start_over(void) {
    oik_body_track_options options = oik_body_track_options_default();
    oik_error err;
    oik_body_track_free(track);
    oik_body_fit_free(&fit);
    oik_status status = oik_body_track_new(&track, model, &err);
    if (!status)
        status = oik_body_track_frame(&fit, NULL, track, frame(0), DT, &options, &err);
    return status;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    make_sequence(0.01, 0.0);
    failing_malloc_arm(-1);
    assert_int_equal(start_over(), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    assert_true(n_allocations > 20);
    for (long k = 0; k < n_allocations; k++) {
        failing_malloc_arm(k);
        oik_status status = start_over();
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
    }
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest cases[] = {
        CASE(each_frame_is_what_it_is_alone),
        CASE(the_temporal_prior_is_weak),
        CASE(poses_of_the_model_itself_are_found),
        CASE(the_subject_stays_the_same),
        CASE(a_sequence_turns_and_moves_as_a_whole),
        CASE(the_prediction_knows_about_time),
        CASE(without_a_time_step_there_is_no_prior),
        CASE(long_steps_loosen_the_prior),
        CASE(a_jump_leaves_the_prior_behind),
        CASE(a_bad_frame_can_be_left_out),
        CASE(times_before_the_last_frame_are_refused),
        CASE(more_frames_tell_more_about_the_subject),
        CASE(later_frames_allocate_nothing),
        CASE(every_failed_allocation_is_reported),
    };
#undef CASE
    return cmocka_run_group_tests_name("test_body_track", cases, set_up_group, tear_down_group) +
           cmocka_run_group_tests_name("test_body_track with STAR's correctives", cases, set_up_star, tear_down_group) +
           cmocka_run_group_tests_name("test_body_track with SMPL's correctives", cases, set_up_smpl, tear_down_group);
}
