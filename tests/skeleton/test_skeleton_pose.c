/* The lying puppet moved into a posed body: known answers, invariances, joints, containment, failures. */
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
#include "skeleton/skeleton.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *lying; /* of the template body */

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    return model ? (int)oik_puppet_new(&lying, model, NULL) : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_puppet_free(lying);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

static oik_body_fit fit_of(const oik_body_pose *pose) {
    oik_body_fit fit;
    assert_true(tiny_fit_new(&fit, body, NULL, pose));
    return fit;
}

static oik_body_fit bent(double amplitude) {
    oik_body_pose pose = tiny_body_pose(amplitude);
    return fit_of(&pose);
}

/* Converge as far as rounding allows. */
static oik_skel_options exact(void) {
    oik_skel_options options = oik_skel_options_default();
    options.cost_tolerance = 1e-15;
    return options;
}

static oik_status try_pose(oik_puppet **out, oik_lsq_report *report, const oik_body_fit *fit, const oik_puppet *from,
                           const oik_skel_options *options, oik_error *err) {
    return oik_skel_pose(out, report, model, body, fit, fit->x_model, (const int32_t(*)[3])body->faces, body->n_faces, from, options, err);
}

static oik_puppet *pose(oik_lsq_report *report, const oik_body_fit *fit, const oik_puppet *from, const oik_skel_options *options) {
    oik_puppet *puppet = NULL;
    oik_error err = {.status = OIK_OK};
    if (try_pose(&puppet, report, fit, from, options, &err))
        print_error("%s\n", err.message);
    assert_non_null(puppet);
    return puppet;
}

static oik_vec3 point(const oik_puppet *puppet, int32_t index) {
    return oik_puppet_point(puppet, model, (size_t)index);
}

/* ---- known answers ---- */

static void a_body_that_lies_holds_the_lying_puppet(void **state) {
    (void)state;
    oik_body_pose as_lying = oik_body_pose_rest();
    memcpy(as_lying.R, model->lying_R, sizeof as_lying.R);
    as_lying.R[OIK_J_PELVIS] = oik_rot_exp(v3(0.4, -1.0, 2.0)); /* the whole body turned and moved */
    as_lying.tau = v3(1, -2, 0.5);
    oik_body_fit fit = fit_of(&as_lying);
    oik_skel_options options = exact();
    oik_lsq_report report;
    oik_puppet *puppet = pose(&report, &fit, lying, &options);
    oik_mat3 Q = as_lying.R[OIK_J_PELVIS];
    oik_vec3 pivot = body->joints[OIK_J_PELVIS];
    for (size_t i = 0; i < model->n_vertices; i++) { /* rounding of positions of 1 m */
        oik_vec3 y = oik_puppet_point(lying, model, i);
        oik_vec3 expected = v3_add(v3_add(pivot, as_lying.tau), m3_mulv(Q, v3_sub(y, pivot)));
        assert_true(v3_dist(oik_puppet_point(puppet, model, i), expected) < 1e-8);
    }
    assert_true(report.final_cost < 1e-15);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

static void the_shape_stays(void **state) {
    (void)state;
    const double shape[TINY_SKELETON_MODES] = {0.5, -0.3, 0.8};
    memcpy(lying->shape, shape, sizeof shape);
    oik_body_fit fit = bent(0.3);
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    assert_memory_equal(puppet->shape, shape, sizeof shape);
    memset(lying->shape, 0, sizeof shape);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* A limb that is bent at one joint by the linear blend keeps its own shape beyond the joint: the bone goes with it. */
static void a_bent_limb_takes_its_bone_along(void **state) {
    (void)state;
    oik_body_pose kick = oik_body_pose_rest();
    memcpy(kick.R, model->lying_R, sizeof kick.R);
    kick.R[OIK_J_KNEE_L] = oik_rot_exp(v3(0.8, 0, 0));
    oik_body_fit fit = fit_of(&kick);
    oik_skel_options options = exact();
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    oik_mat3 turn = m3_mul(puppet->R[TINY_SHANK_L], m3_transpose(lying->R[TINY_SHANK_L]));
    assert_true(oik_rot_angle_between(turn, kick.R[OIK_J_KNEE_L]) < 0.1); /* springs in the fold of the knee pull a few degrees */
    assert_true(oik_rot_angle_between(puppet->R[TINY_SHANK_R], lying->R[TINY_SHANK_R]) < 0.01);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

static void ball_joint_centres_coincide(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.4);
    oik_skel_options options = exact();
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    for (int side = 0; side < 2; side++) { /* stitches of 0.4 mm against skin that has slid by some mm */
        assert_true(v3_dist(point(puppet, model->gap_hip[side][0]), point(puppet, model->gap_hip[side][1])) < 0.5e-3);
        assert_true(v3_dist(point(puppet, model->gap_shoulder[side][0]), point(puppet, model->gap_shoulder[side][1])) < 0.5e-3);
    }
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

static void shift_upper_body(oik_vec3 shift) {
    static const int parts[] = {TINY_THORAX, TINY_ARM_R, TINY_ARM_L};
    for (int i = 0; i < 3; i++)
        lying->t[parts[i]] = v3_add(lying->t[parts[i]], shift);
}

/* A stitch that keeps its offset keeps it in the frame of its first part, not in space. */
static void kept_offsets_turn_with_the_bone(void **state) {
    (void)state;
    const oik_vec3 shift = v3(0.003, -0.004, 0.005);
    oik_body_pose turned = oik_body_pose_rest();
    memcpy(turned.R, model->lying_R, sizeof turned.R);
    turned.R[OIK_J_PELVIS] = oik_rot_exp(v3(0, 1.5, 0));
    oik_body_fit fit = fit_of(&turned);
    oik_skel_options options = exact();
    shift_upper_body(shift); /* a lying puppet whose disc is not closed */
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    shift_upper_body(v3_scale(shift, -1.0));
    int n = 0;
    for (size_t i = 0; i < model->stitches.n; i++) {
        int32_t a = model->stitches.point_a[i], b = model->stitches.point_b[i];
        if (model->point_part[a] != TINY_PELVIS || model->point_part[b] != TINY_THORAX)
            continue;
        oik_vec3 gap = v3_sub(point(puppet, b), point(puppet, a));
        assert_true(v3_dist(gap, m3_mulv(turned.R[OIK_J_PELVIS], shift)) < 1e-8); /* every term is met but for rounding */
        n++;
    }
    assert_int_equal(n, 3);
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
}

/* ---- invariances ---- */

static void move_fit(oik_body_fit *fit, oik_mat3 Q, oik_vec3 t) {
    for (size_t v = 0; v < body->n_vertices; v++)
        fit->x_model[v] = v3_add(m3_mulv(Q, fit->x_model[v]), t);
    for (int j = 0; j < OIK_N_JOINTS; j++) {
        fit->frames.G[j] = m3_mul(Q, fit->frames.G[j]);
        fit->frames.p[j] = v3_add(m3_mulv(Q, fit->frames.p[j]), t);
    }
}

static void a_moved_body_moves_its_bones(void **state) {
    (void)state;
    static const oik_vec3 turns[] = {{0, 1.5707963267948966, 0}, {3.0, 0.2, -0.4}, {-0.7, 1.1, 2.0}};
    oik_body_fit fit = bent(0.4);
    oik_skel_options options = exact();
    oik_puppet *first = pose(NULL, &fit, lying, &options);
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
        oik_body_fit moved = bent(0.4);
        oik_mat3 Q = oik_rot_exp(turns[k]);
        oik_vec3 t = v3(2.0, -1.0, 0.5 * (double)k);
        move_fit(&moved, Q, t);
        oik_puppet *second = pose(NULL, &moved, lying, &options);
        for (size_t i = 0; i < model->n_vertices; i++) { /* two converged solves differ by the tolerance of the cost, far below 1 um */
            oik_vec3 expected = v3_add(m3_mulv(Q, oik_puppet_point(first, model, i)), t);
            assert_true(v3_dist(oik_puppet_point(second, model, i), expected) < 1e-6);
        }
        oik_puppet_free(second);
        oik_body_fit_free(&moved);
    }
    oik_puppet_free(first);
    oik_body_fit_free(&fit);
}

static void a_mirrored_body_mirrors_its_bones(void **state) {
    (void)state;
    oik_body_pose right = tiny_body_pose(0.4), left = tiny_body_mirror_pose(&right);
    oik_body_fit fit_a = fit_of(&right), fit_b = fit_of(&left);
    oik_skel_options options = exact();
    oik_puppet *a = pose(NULL, &fit_a, lying, &options), *b = pose(NULL, &fit_b, lying, &options);
    for (size_t i = 0; i < model->n_vertices; i++) { /* as for rigid motions */
        oik_vec3 y = oik_puppet_point(a, model, i), z = oik_puppet_point(b, model, tiny_skeleton_mirror_vertex(i));
        assert_true(v3_dist(y, v3(-z.x, z.y, z.z)) < 1e-6);
    }
    oik_puppet_free(a);
    oik_puppet_free(b);
    oik_body_fit_free(&fit_a);
    oik_body_fit_free(&fit_b);
}

/* ---- coupling ---- */

/* Let the couplings alone decide: no skin on the left shank, no ligaments. */
static void free_shank(oik_skel_model *m, double ratio) {
    for (size_t i = 0; i < m->couplings.n; i++)
        m->couplings.ratio[i] = ratio;
    for (size_t i = 0; i < m->springs.n; i++)
        if (m->point_part[m->springs.point[i]] == TINY_SHANK_L)
            m->springs.weight[i] = 0.0;
    for (size_t i = 0; i < m->ligaments.n; i++)
        m->ligaments.weight[i] = 0.0;
}

/* Turn of the left shank against the thigh about the medio-lateral axis when the hip is flexed [rad]. */
static double shank_turn(double ratio, double flexion) {
    oik_skel_model *kept = model;
    oik_body_pose raised = oik_body_pose_rest();
    memcpy(raised.R, model->lying_R, sizeof raised.R);
    raised.R[OIK_J_HIP_L] = oik_rot_exp(v3(-flexion, 0, 0));
    oik_body_fit fit = fit_of(&raised);
    oik_skel_options options = exact();
    options.containment_rounds = 0;
    model = tiny_skeleton_new(body);
    assert_non_null(model);
    free_shank(model, ratio);
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    oik_mat3 shank = m3_mul(puppet->R[TINY_SHANK_L], m3_transpose(lying->R[TINY_SHANK_L]));
    oik_mat3 thigh = m3_mul(puppet->R[TINY_THIGH_L], m3_transpose(lying->R[TINY_THIGH_L]));
    double turn = oik_rot_log(m3_mul(m3_transpose(thigh), shank)).x;
    oik_puppet_free(puppet);
    oik_body_fit_free(&fit);
    oik_skel_model_free(model);
    model = kept;
    return turn;
}

/* Held by its hinge and a stitch off the axis only, the shank turns by the coupling's share of the further elevation of the thigh. */
static void a_coupled_part_turns_by_its_share_of_the_elevation(void **state) {
    (void)state;
    const double ratio = 0.25, low = 0.8, high = 1.2; /* both well above the angle from which on couplings count */
    double further = shank_turn(ratio, high) - shank_turn(ratio, low);
    assert_true(fabs(shank_turn(0.0, high)) < 1e-4); /* the weakly held turn converges to the root of the cost's tolerance */
    assert_true(fabs(further - ratio * (high - low)) < 0.05 * ratio * (high - low)); /* the thigh leans by 2 deg */
}

/* ---- containment ---- */

static int n_outside(const oik_puppet *puppet, const oik_body_fit *fit, int part) {
    oik_locator *locator;
    int n = 0;
    assert_int_equal(oik_locator_new(&locator, fit->x_model, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, NULL),
                     OIK_OK);
    for (size_t i = 0; i < model->n_vertices; i++)
        n += model->point_part[i] == part && oik_locator_winding(locator, oik_puppet_point(puppet, model, i)) <= 0;
    oik_locator_free(locator);
    return n;
}

/* A lying puppet whose left arm bone lies to one side, partly in the open, held there by springs only. */
static void pull_arm_out(double sign) {
    lying->t[TINY_ARM_L] = v3_madd(lying->t[TINY_ARM_L], sign * 0.03, v3(0, 0, 1));
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_b[i]] == TINY_ARM_L)
            model->stitches.weight_pose[i] = sign > 0.0 ? 0.0 : 2500.0;
}

static void a_bone_outside_the_skin_is_pulled_back_inside(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.2);
    oik_skel_options options = oik_skel_options_default();
    pull_arm_out(1.0);
    options.containment_rounds = 0;
    oik_puppet *free_puppet = pose(NULL, &fit, lying, &options);
    options.containment_rounds = 3;
    oik_puppet *contained = pose(NULL, &fit, lying, &options);
    pull_arm_out(-1.0);
    assert_true(n_outside(free_puppet, &fit, TINY_ARM_L) > 3);
    assert_int_equal(n_outside(contained, &fit, TINY_ARM_L), 0);
    oik_puppet_free(free_puppet);
    oik_puppet_free(contained);
    oik_body_fit_free(&fit);
}

/* ---- reports, callbacks, failures ---- */

static void the_report_tells_how_it_ended(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.4);
    oik_skel_options options = oik_skel_options_default();
    oik_lsq_report report;
    oik_puppet_free(pose(&report, &fit, lying, &options));
    assert_true(report.stop <= OIK_LSQ_STOP_COST);
    assert_true(report.n_accepted > 0 && report.n_evaluations > report.n_accepted);
    assert_true(report.final_cost < report.initial_cost);
    oik_body_fit_free(&fit);
}

static void two_runs_are_equal_to_the_last_bit(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.4);
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *a = pose(NULL, &fit, lying, &options), *b = pose(NULL, &fit, lying, &options);
    assert_memory_equal(a->R, b->R, (size_t)model->n_parts * sizeof *a->R);
    assert_memory_equal(a->t, b->t, (size_t)model->n_parts * sizeof *a->t);
    oik_puppet_free(a);
    oik_puppet_free(b);
    oik_body_fit_free(&fit);
}

static int cancel(void *context, int iteration, const oik_puppet *puppet, double cost) {
    (void)iteration;
    (void)puppet;
    (void)cost;
    return ++*(int *)context == 1;
}

static void cancelling_gives_no_puppet(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.4);
    oik_skel_options options = oik_skel_options_default();
    oik_puppet *puppet = lying; /* anything but NULL */
    oik_error err = {.status = OIK_OK};
    int n_calls = 0;
    options.on_step = cancel;
    options.on_step_context = &n_calls;
    assert_int_equal(try_pose(&puppet, NULL, &fit, lying, &options, &err), OIK_E_CANCELLED);
    assert_int_equal(err.status, OIK_E_CANCELLED);
    assert_null(puppet);
    assert_int_equal(n_calls, 1);
    oik_body_fit_free(&fit);
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    oik_body_fit fit = bent(0.2);
    oik_skel_options options = oik_skel_options_default();
    pull_arm_out(1.0); /* so that barriers are allocated too */
    failing_malloc_arm(-1);
    oik_puppet *puppet = pose(NULL, &fit, lying, &options);
    long n_allocations = failing_malloc_disarm();
    oik_puppet_free(puppet);
    assert_true(n_allocations > 10);
    for (long k = 0; k < n_allocations; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = try_pose(&puppet, NULL, &fit, lying, &options, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(puppet);
    }
    pull_arm_out(-1.0);
    oik_body_fit_free(&fit);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(a_body_that_lies_holds_the_lying_puppet),
        cmocka_unit_test(the_shape_stays),
        cmocka_unit_test(a_bent_limb_takes_its_bone_along),
        cmocka_unit_test(ball_joint_centres_coincide),
        cmocka_unit_test(kept_offsets_turn_with_the_bone),
        cmocka_unit_test(a_moved_body_moves_its_bones),
        cmocka_unit_test(a_mirrored_body_mirrors_its_bones),
        cmocka_unit_test(a_coupled_part_turns_by_its_share_of_the_elevation),
        cmocka_unit_test(a_bone_outside_the_skin_is_pulled_back_inside),
        cmocka_unit_test(the_report_tells_how_it_ended),
        cmocka_unit_test(two_runs_are_equal_to_the_last_bit),
        cmocka_unit_test(cancelling_gives_no_puppet),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_skeleton_pose", cases, set_up, tear_down);
}
