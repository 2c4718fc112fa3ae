/* The lying puppet moved into a sequence of bodies: against single frames, invariances, containment, gaps, failures. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/locate.h"
#include "skeleton/track.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

enum { FRAMES = 15 };

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *lying; /* of the template body */
static oik_puppet *posed;
static oik_skel_track *track;

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    return !model || oik_puppet_new(&lying, model, NULL) || oik_puppet_new(&posed, model, NULL) ? -1 : 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_skel_track_free(track);
    track = NULL;
    oik_puppet_free(posed);
    oik_puppet_free(lying);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* Walking away with every joint swinging, up to 6 deg per frame. */
static oik_body_fit fit_at(double f) {
    oik_body_pose pose = tiny_body_pose(0.2);
    oik_body_fit fit;
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        oik_vec3 axis = v3_unit(v3(sin(2.0 * j), cos(3.0 * j), sin(4.0 * j + 1.0)));
        pose.R[j] = m3_mul(pose.R[j], oik_rot_axis(axis, 0.25 * sin(0.4 * f + j)));
    }
    pose.tau = v3_add(pose.tau, v3(0, 0, 0.05 * f));
    assert_true(tiny_fit_new(&fit, body, NULL, &pose));
    return fit;
}

static oik_status try_new(const oik_body_fit *fit) {
    return oik_skel_track_new(&track, model, body, fit, (const int32_t(*)[3])body->faces, body->n_faces, lying, NULL);
}

static oik_skel_track_report follow(const oik_body_fit *fit, bool restart, const oik_skel_track_options *options) {
    oik_skel_track_report report;
    oik_error err = {.message = ""};
    if (!track)
        assert_int_equal(try_new(fit), OIK_OK);
    if (oik_skel_track_frame(posed, &report, track, &fit->frames, fit->x_model, restart, options, &err))
        fail_msg("%s", err.message);
    return report;
}

/* The energy of single frames alone, solved to the end. */
static oik_skel_track_options as_single(void) {
    oik_skel_track_options options = oik_skel_track_options_default();
    options.body_weight = options.temporal_weight = 0.0;
    options.first.cost_tolerance = options.next.cost_tolerance = 1e-14;
    options.next.max_iterations = 100;
    return options;
}

static oik_puppet *alone(const oik_body_fit *fit, const oik_skel_options *options) {
    oik_puppet *puppet = NULL;
    assert_int_equal(oik_skel_pose(&puppet, NULL, model, body, fit, fit->x_model, (const int32_t(*)[3])body->faces, body->n_faces,
                                   lying, options, NULL),
                     OIK_OK);
    return puppet;
}

static double largest_distance(const oik_puppet *a, const oik_puppet *b) {
    double largest = 0.0;
    for (size_t i = 0; i < model->n_vertices; i++)
        largest = fmax(largest, v3_dist(oik_puppet_point(a, model, i), oik_puppet_point(b, model, i)));
    return largest;
}

/* ---- agreement with single frames ---- */

static void the_first_frame_is_posed_as_a_single_one(void **state) {
    (void)state;
    oik_skel_track_options options = as_single();
    oik_body_fit fit = fit_at(0);
    assert_true(follow(&fit, false, &options).restarted);
    oik_puppet *single = alone(&fit, &options.first);
    assert_memory_equal(posed->R, single->R, (size_t)model->n_parts * sizeof *posed->R);
    assert_memory_equal(posed->t, single->t, (size_t)model->n_parts * sizeof *posed->t);
    oik_puppet_free(single);
    oik_body_fit_free(&fit);
}

static void later_frames_end_where_single_ones_do(void **state) {
    (void)state;
    oik_skel_track_options options = as_single();
    options.next.containment_rounds = options.first.containment_rounds = 0; /* barriers depend on where one comes from */
    for (int f = 0; f < FRAMES; f++) {
        oik_body_fit fit = fit_at(f);
        assert_int_equal(follow(&fit, false, &options).restarted, f == 0);
        oik_puppet *single = alone(&fit, &options.first);
        assert_true(largest_distance(posed, single) < 1e-6); /* one minimum, and a cost relative to it of 1e-14 */
        oik_puppet_free(single);
        oik_body_fit_free(&fit);
    }
}

static void a_few_steps_and_the_weak_temporal_term_change_little(void **state) {
    (void)state;
    oik_skel_track_options options = oik_skel_track_options_default(), single_options = as_single();
    options.body_weight = 0.0;
    for (int f = 0; f < FRAMES; f++) {
        oik_body_fit fit = fit_at(f);
        follow(&fit, false, &options);
        oik_puppet *single = alone(&fit, &single_options.first);
        assert_true(largest_distance(posed, single) < 5e-3); /* 50 mm against springs of some millimetres; barriers of another start */
        oik_puppet_free(single);
        oik_body_fit_free(&fit);
    }
}

static void a_body_that_stands_still_keeps_its_bones_still(void **state) {
    (void)state;
    oik_skel_track_options options = oik_skel_track_options_default();
    options.next.max_iterations = 100;
    options.first.cost_tolerance = options.next.cost_tolerance = 1e-14;
    oik_body_fit fit = fit_at(3);
    follow(&fit, false, &options);
    oik_puppet *first = alone(&fit, &options.first);
    oik_puppet_copy(first, posed);
    for (int f = 0; f < FRAMES; f++)
        follow(&fit, false, &options);
    assert_true(largest_distance(posed, first) < 1e-4); /* barriers are as they were, but for vertices at the edge of being watched */
    oik_puppet_free(first);
    oik_body_fit_free(&fit);
}

/* ---- the two terms ---- */

static double largest_turn_against(const oik_puppet *a, const oik_puppet *b, const oik_mat3 *turn) {
    double largest = 0.0;
    for (int p = 0; p < model->n_parts; p++)
        largest = fmax(largest, oik_rot_angle_between(a->R[p], m3_mul(turn[p], b->R[p])));
    return largest;
}

/* Turn of the joint of each part from one body to another. */
static void joint_turns(oik_mat3 *turn, const oik_body_frames *to, const oik_body_frames *from) {
    for (int p = 0; p < model->n_parts; p++) {
        int j = model->part_joint[p];
        turn[p] = m3_mul(to->G[j], m3_transpose(from->G[j]));
    }
}

static void a_heavy_temporal_term_carries_bones_with_their_joints(void **state) {
    (void)state;
    oik_skel_track_options options = as_single();
    oik_mat3 turn[TINY_PARTS];
    oik_body_fit before = fit_at(0), after = fit_at(2);
    follow(&before, false, &options);
    oik_puppet *last = alone(&before, &options.first);
    oik_puppet_copy(last, posed);
    joint_turns(turn, &after.frames, &before.frames);
    options.temporal_weight = 1e6;
    follow(&after, false, &options);
    /* weights of 1e6 against springs and stitches of up to 2.5e3: they pull 1e-5 of what they lack, up to a radian */
    assert_true(largest_turn_against(posed, last, turn) < 1e-4);
    oik_puppet_free(last);
    oik_body_fit_free(&before);
    oik_body_fit_free(&after);
}

static void a_heavy_body_term_moves_the_lying_bones_with_their_joints(void **state) {
    (void)state;
    oik_skel_track_options options = as_single();
    oik_mat3 turn[TINY_PARTS];
    oik_body_frames lying_frames;
    oik_body_pose lying_pose = oik_body_pose_rest();
    options.body_weight = 1e6;
    for (size_t i = 0; i < model->couplings.n; i++)
        model->couplings.ratio[i] = 0.0;
    memcpy(lying_pose.R, model->lying_R, sizeof lying_pose.R);
    for (int f = 0; f < 2; f++) {
        oik_body_fit fit = fit_at(f);
        follow(&fit, false, &options);
        oik_body_forward(&lying_frames, body, fit.frames.J, &lying_pose);
        joint_turns(turn, &fit.frames, &lying_frames);
        assert_true(largest_turn_against(posed, lying, turn) < 1e-4); /* as above */
        oik_body_fit_free(&fit);
    }
}

/* ---- invariance ---- */

static void a_moved_sequence_moves_its_bones(void **state) {
    (void)state;
    oik_skel_track_options options = as_single();
    oik_mat3 Q = oik_rot_exp(v3(-0.7, 1.1, 2.0));
    oik_vec3 t = v3(2.0, -1.0, 0.5);
    oik_puppet *first[FRAMES];
    for (int f = 0; f < FRAMES; f++) {
        oik_body_fit fit = fit_at(f);
        follow(&fit, false, &options);
        assert_int_equal(oik_puppet_new(&first[f], model, NULL), OIK_OK);
        oik_puppet_copy(first[f], posed);
        oik_body_fit_free(&fit);
    }
    oik_skel_track_free(track);
    track = NULL;
    for (int f = 0; f < FRAMES; f++) {
        oik_body_fit fit = fit_at(f);
        for (size_t v = 0; v < body->n_vertices; v++)
            fit.x_model[v] = v3_add(m3_mulv(Q, fit.x_model[v]), t);
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            fit.frames.G[j] = m3_mul(Q, fit.frames.G[j]);
            fit.frames.p[j] = v3_add(m3_mulv(Q, fit.frames.p[j]), t);
        }
        follow(&fit, false, &options);
        for (size_t i = 0; i < model->n_vertices; i++) { /* converged solves differ by the tolerance of the cost */
            oik_vec3 expected = v3_add(m3_mulv(Q, oik_puppet_point(first[f], model, i)), t);
            assert_true(v3_dist(oik_puppet_point(posed, model, i), expected) < 1e-5);
        }
        oik_body_fit_free(&fit);
        oik_puppet_free(first[f]);
    }
}

/* ---- containment ---- */

static int n_outside(const oik_puppet *puppet, const oik_body_fit *fit, int part) {
    oik_locator *locator;
    int n = 0;
    assert_int_equal(
        oik_locator_new(&locator, fit->x_model, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, NULL), OIK_OK);
    for (size_t i = 0; i < model->n_vertices; i++)
        n += model->point_part[i] == part && oik_locator_winding(locator, oik_puppet_point(puppet, model, i)) <= 0;
    oik_locator_free(locator);
    return n;
}

/* Springs that pull the left arm's bone out of the moving skin on one side. */
static void bones_stay_inside_as_the_body_moves(void **state) {
    (void)state;
    oik_skel_track_options options = oik_skel_track_options_default(), free_options = options;
    int n_free = 0, n_kept = 0;
    free_options.next.containment_rounds = free_options.first.containment_rounds = 0;
    options.next.max_iterations = 20;
    options.body_weight = free_options.body_weight = 0.0;
    lying->t[TINY_ARM_L] = v3_madd(lying->t[TINY_ARM_L], 0.03, v3(0, 0, 1));
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_b[i]] == TINY_ARM_L)
            model->stitches.weight_pose[i] = 0.0;
    for (int round = 0; round < 2; round++) {
        oik_skel_track_free(track);
        track = NULL;
        for (int f = 0; f < FRAMES; f++) {
            oik_body_fit fit = fit_at(f);
            follow(&fit, false, round ? &options : &free_options);
            *(round ? &n_kept : &n_free) += n_outside(posed, &fit, TINY_ARM_L);
            oik_body_fit_free(&fit);
        }
    }
    assert_true(n_free > 3 * FRAMES);
    assert_true(n_kept * 20 < n_free); /* one round leaves a vertex outside here and there */
}

/* ---- restarts, reports, failures ---- */

static void a_restart_forgets_the_past(void **state) {
    (void)state;
    oik_skel_track_options options = oik_skel_track_options_default();
    oik_body_fit a = fit_at(0), b = fit_at(30);
    follow(&a, false, &options);
    assert_true(follow(&b, true, &options).restarted);
    oik_puppet *restarted = alone(&b, &options.first);
    oik_puppet_copy(restarted, posed);
    oik_skel_track_free(track);
    track = NULL;
    follow(&b, false, &options);
    assert_memory_equal(posed->R, restarted->R, (size_t)model->n_parts * sizeof *posed->R);
    assert_memory_equal(posed->t, restarted->t, (size_t)model->n_parts * sizeof *posed->t);
    oik_puppet_free(restarted);
    oik_body_fit_free(&a);
    oik_body_fit_free(&b);
}

static int cancel(void *context, int iteration, const oik_puppet *puppet, double cost) {
    (void)context;
    (void)iteration;
    (void)puppet;
    (void)cost;
    return 1;
}

static void a_cancelled_frame_leaves_the_puppet_alone(void **state) {
    (void)state;
    oik_skel_track_options options = oik_skel_track_options_default(), cancelled = options;
    oik_body_fit a = fit_at(0), b = fit_at(1);
    follow(&a, false, &options);
    oik_puppet *before = alone(&a, &options.first);
    oik_puppet_copy(before, posed);
    cancelled.next.on_step = cancel;
    assert_int_equal(oik_skel_track_frame(posed, NULL, track, &b.frames, b.x_model, false, &cancelled, NULL), OIK_E_CANCELLED);
    assert_memory_equal(posed->t, before->t, (size_t)model->n_parts * sizeof *posed->t);
    assert_true(follow(&b, false, &options).restarted);
    oik_puppet_free(before);
    oik_body_fit_free(&a);
    oik_body_fit_free(&b);
}

static oik_status two_frames(const oik_body_fit *a, const oik_body_fit *b) {
    oik_skel_track_options options = oik_skel_track_options_default();
    oik_skel_track_free(track);
    track = NULL;
    oik_status status = try_new(a);
    if (!status)
        status = oik_skel_track_frame(posed, NULL, track, &a->frames, a->x_model, false, &options, NULL);
    if (!status)
        status = oik_skel_track_frame(posed, NULL, track, &b->frames, b->x_model, false, &options, NULL);
    return status;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_body_fit a = fit_at(0), b = fit_at(1);
    failing_malloc_arm(-1);
    assert_int_equal(two_frames(&a, &b), OIK_OK);
    long n_allocations = failing_malloc_disarm();
    assert_true(n_allocations > 30);
    for (long k = 0; k < n_allocations; k++) {
        failing_malloc_arm(k);
        oik_status status = two_frames(&a, &b);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
    }
    oik_body_fit_free(&a);
    oik_body_fit_free(&b);
}

int main(void) {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest cases[] = {
        CASE(the_first_frame_is_posed_as_a_single_one),
        CASE(later_frames_end_where_single_ones_do),
        CASE(a_few_steps_and_the_weak_temporal_term_change_little),
        CASE(a_body_that_stands_still_keeps_its_bones_still),
        CASE(a_heavy_temporal_term_carries_bones_with_their_joints),
        CASE(a_heavy_body_term_moves_the_lying_bones_with_their_joints),
        CASE(a_moved_sequence_moves_its_bones),
        CASE(bones_stay_inside_as_the_body_moves),
        CASE(a_restart_forgets_the_past),
        CASE(a_cancelled_frame_leaves_the_puppet_alone),
        CASE(every_failed_allocation_is_reported),
    };
#undef CASE
    return cmocka_run_group_tests_name("test_skeleton_track", cases, NULL, NULL);
}
