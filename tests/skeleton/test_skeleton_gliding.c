/* Points that travel while a joint bends, bones that keep their distance, parts that turn by a share: on the tiny skeleton. */
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
#include "skeleton/clearance.h"
#include "skeleton/path.h"
#include "support/failing_malloc.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *model;

enum { PATH_POINTS = 3 };
static const double path_angle[PATH_POINTS] = {0.0, 0.6, 1.5};

static void *copy(const void *from, size_t size) {
    void *block = malloc(size);
    assert_non_null(block);
    memcpy(block, from, size);
    return block;
}

static int32_t vertex_of(int part, int i) {
    return (int32_t)(part * TINY_BONE_VERTICES + i);
}

/* First stitch of the left thigh and shank. */
static int32_t knee_stitch(void) {
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_a[i]] == TINY_THIGH_L && model->point_part[model->stitches.point_b[i]] == TINY_SHANK_L)
            return (int32_t)i;
    fail_msg("the tiny skeleton has no left knee");
    return -1;
}

/* The knee's stitch travels over three vertices of the thigh; the axis goes through two others. */
static void add_path(void) {
    const int32_t stitch = knee_stitch(), driver = TINY_SHANK_L, axis[2] = {vertex_of(TINY_THIGH_L, 3), vertex_of(TINY_THIGH_L, 9)};
    const int32_t start[2] = {0, PATH_POINTS};
    const int32_t point[PATH_POINTS] = {vertex_of(TINY_THIGH_L, 1), vertex_of(TINY_THIGH_L, 20), vertex_of(TINY_THIGH_L, 30)};
    model->paths = (oik_paths){1, copy(&stitch, sizeof stitch), copy(&driver, sizeof driver), copy(axis, sizeof axis),
                               copy(start, sizeof start), copy(path_angle, sizeof path_angle), copy(point, sizeof point)};
}

/* How far thighs are to stay apart [m]. */
static const double WANTED = 0.02;

static void add_clearance(void) {
    const int32_t part[2] = {TINY_THIGH_L, TINY_THIGH_R};
    const double weight = 1000.0;
    model->clearances = (oik_clearances){1, copy(part, sizeof part), copy(&WANTED, sizeof WANTED), copy(&weight, sizeof weight)};
}

static void add_neighbours(void) {
    const int32_t part[2] = {TINY_THIGH_L, TINY_THIGH_R};
    model->neighbours = (oik_neighbours){1, copy(part, sizeof part)};
}

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    return model ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

static oik_puppet *puppet_new(void) {
    oik_puppet *puppet = NULL;
    assert_int_equal(oik_puppet_new(&puppet, model, NULL), OIK_OK);
    return puppet;
}

/* ---- paths ---- */

static void the_angle_of_a_path_is_the_turn_about_its_axis(void **state) {
    (void)state;
    add_path();
    oik_puppet *puppet = puppet_new();
    assert_true(fabs(oik_path_angle(model, 0, puppet)) < 1e-7); /* the template is where angles are counted from */
    oik_vec3 axis = m3_mulv(puppet->R[TINY_THIGH_L], oik_path_axis(model, 0, puppet->shape));
    for (double angle = -2.8; angle < 3.0; angle += 0.7) {
        puppet->R[TINY_SHANK_L] = m3_mul(oik_rot_axis(axis, angle), model->rest_R[TINY_SHANK_L]);
        oik_mat3 Q = oik_rot_exp(v3(0.3, -1.2, 0.8)); /* the whole leg turned: nothing between its parts */
        puppet->R[TINY_SHANK_L] = m3_mul(Q, puppet->R[TINY_SHANK_L]);
        puppet->R[TINY_THIGH_L] = m3_mul(Q, model->rest_R[TINY_THIGH_L]);
        assert_true(fabs(oik_path_angle(model, 0, puppet) - angle) < 1e-6);
        puppet->R[TINY_THIGH_L] = model->rest_R[TINY_THIGH_L];
    }
    oik_puppet_free(puppet);
}

static void a_turn_across_the_axis_is_no_bend(void **state) {
    (void)state;
    add_path();
    oik_puppet *puppet = puppet_new();
    oik_vec3 axis = m3_mulv(puppet->R[TINY_THIGH_L], oik_path_axis(model, 0, puppet->shape));
    oik_vec3 across = v3_unit(v3_cross(axis, v3(0.2, 0.5, 1)));
    puppet->R[TINY_SHANK_L] = m3_mul(oik_rot_axis(across, 0.5), model->rest_R[TINY_SHANK_L]);
    assert_true(fabs(oik_path_angle(model, 0, puppet)) < 1e-7);
    oik_puppet_free(puppet);
}

static void a_point_travels_between_the_listed_ones_and_stops_at_the_ends(void **state) {
    (void)state;
    add_path();
    oik_puppet *puppet = puppet_new();
    puppet->shape[0] = 0.7; /* it follows the shape */
    oik_vec3 u[PATH_POINTS];
    for (int k = 0; k < PATH_POINTS; k++)
        u[k] = oik_puppet_local(puppet->shape, model, (size_t)model->paths.point[k]);
    assert_true(v3_dist(oik_path_local(model, 0, puppet->shape, -0.4), u[0]) < 1e-12);
    assert_true(v3_dist(oik_path_local(model, 0, puppet->shape, 0.6), u[1]) < 1e-12);
    assert_true(v3_dist(oik_path_local(model, 0, puppet->shape, 1.05), v3_lerp(u[1], u[2], 0.5)) < 1e-12);
    assert_true(v3_dist(oik_path_local(model, 0, puppet->shape, 2.0), u[2]) < 1e-12);
    oik_puppet_free(puppet);
}

/* ---- clearances ---- */

static double thigh_distance(const oik_puppet *puppet) {
    static int32_t faces[512][3];
    static oik_vec3 y[TINY_BONE_VERTICES];
    size_t n = 0;
    for (size_t f = 0; f < model->n_faces; f++)
        if (model->vertex_bone[model->faces[f][0]] == TINY_THIGH_R) {
            for (int k = 0; k < 3; k++)
                faces[n][k] = model->faces[f][k] - vertex_of(TINY_THIGH_R, 0);
            n++;
        }
    for (int i = 0; i < TINY_BONE_VERTICES; i++)
        y[i] = oik_puppet_point(puppet, model, (size_t)vertex_of(TINY_THIGH_R, i));
    oik_locator *locator = NULL;
    assert_int_equal(oik_locator_new(&locator, y, TINY_BONE_VERTICES, (const int32_t(*)[3])faces, n, NULL), OIK_OK);
    double least = 1.0;
    for (int i = 0; i < TINY_BONE_VERTICES; i++) {
        oik_nearest near;
        oik_vec3 p = oik_puppet_point(puppet, model, (size_t)vertex_of(TINY_THIGH_L, i));
        assert_true(oik_locator_nearest(&near, locator, p, 1.0));
        least = fmin(least, v3_dot(near.normal, v3_sub(p, near.point)));
    }
    oik_locator_free(locator);
    return least;
}

/* Every part is held where it is with 10 mm to give, and the left thigh has come within a centimetre of the right one. */
static void hold(oik_terms *terms, const oik_puppet *puppet) {
    for (int p = 0; p < TINY_PARTS; p++)
        for (int i = 0; i < 12; i++) {
            int32_t v = vertex_of(p, 2 * i);
            oik_terms_add(terms, oik_term_anchor(v, oik_puppet_point(puppet, model, (size_t)v), 100.0, v3(0, 0, 0), 1.0));
        }
}

/* The left thigh moved towards the right one until they are `gap` apart. */
static void bring_near(oik_puppet *puppet, double gap) {
    for (int i = 0; i < 60; i++)
        puppet->t[TINY_THIGH_L].x -= 0.5 * (thigh_distance(puppet) - gap);
    assert_true(fabs(thigh_distance(puppet) - gap) < 1e-4);
}

/* A template whose thighs are 4 cm apart: near enough to be looked at. */
static void near_template(void) {
    oik_puppet *puppet = puppet_new();
    bring_near(puppet, 0.04);
    model->rest_t[TINY_THIGH_L] = puppet->t[TINY_THIGH_L];
    oik_puppet_free(puppet);
}

/* Three rounds of terms and a solve. @return terms of clearance in the last round */
static size_t keep_apart(oik_puppet *puppet, bool contact) {
    size_t n_terms = 0;
    oik_clearance *clearance = NULL;
    assert_int_equal(oik_clearance_new(&clearance, model, true, NULL), OIK_OK);
    for (int round = 0; round < 3; round++) {
        double entered;
        oik_terms terms;
        oik_lsq_report report;
        oik_skel_options options = oik_skel_options_default();
        oik_terms_init(&terms, model, false, puppet->shape);
        hold(&terms, puppet);
        size_t n = terms.n;
        assert_int_equal(oik_clearance_add(&terms, &entered, clearance, puppet, contact, true, NULL), OIK_OK);
        assert_true(terms.n - n >= n_terms); /* what is steady does not shrink when bones are apart again */
        n_terms = terms.n - n;
        assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
        oik_terms_free(&terms);
    }
    oik_clearance_free(clearance);
    return n_terms;
}

static void bones_that_came_too_near_move_apart(void **state) {
    (void)state;
    near_template();
    oik_puppet *puppet = puppet_new();
    bring_near(puppet, 0.01);
    add_clearance();
    assert_true(keep_apart(puppet, false) > 0);
    /* 10 mm before; 3 mm are missing at the cap of a coarse capsule, whose normals do not face the other bone */
    assert_true(thigh_distance(puppet) > WANTED - 4e-3);
    oik_puppet_free(puppet);
}

static void neighbours_leave_each_other(void **state) {
    (void)state;
    near_template();
    oik_puppet *puppet = puppet_new();
    bring_near(puppet, -5e-3);
    add_neighbours();
    assert_int_equal(keep_apart(puppet, false), 0); /* not asked for */
    assert_true(fabs(thigh_distance(puppet) + 5e-3) < 0.2e-3);
    assert_true(keep_apart(puppet, true) > 0);
    /* what holds the thighs where they are is spread over twelve points of 10 mm, what parts them is 0.4 mm in every term */
    assert_true(thigh_distance(puppet) > -0.5e-3 && thigh_distance(puppet) < 2e-3);
    oik_puppet_free(puppet);
}

static double entered_of(const oik_puppet *puppet, bool contact) {
    oik_clearance *clearance = NULL;
    oik_terms terms;
    double entered = -1.0;
    assert_int_equal(oik_clearance_new(&clearance, model, true, NULL), OIK_OK);
    oik_terms_init(&terms, model, false, puppet->shape);
    assert_int_equal(oik_clearance_add(&terms, &entered, clearance, puppet, contact, false, NULL), OIK_OK);
    oik_terms_free(&terms);
    oik_clearance_free(clearance);
    return entered;
}

static void what_has_entered_is_told(void **state) {
    (void)state;
    near_template();
    add_neighbours();
    oik_puppet *puppet = puppet_new();
    bring_near(puppet, 2e-3);
    assert_true(entered_of(puppet, true) == 0.0);
    bring_near(puppet, -3e-3);
    assert_true(entered_of(puppet, true) >= 3e-3 * 0.99); /* the deepest vertex alone, up to what bring_near is off */
    assert_true(entered_of(puppet, false) == 0.0);
    oik_puppet_free(puppet);
}

static void bones_that_are_apart_are_left_alone(void **state) {
    (void)state;
    near_template();
    add_clearance();
    add_neighbours();
    oik_puppet *puppet = puppet_new();
    puppet->t[TINY_THIGH_L].x += 0.2;
    oik_vec3 before = puppet->t[TINY_THIGH_L];
    assert_int_equal(keep_apart(puppet, true), 0);
    assert_true(v3_dist(puppet->t[TINY_THIGH_L], before) < 1e-9);
    oik_puppet_free(puppet);
}

static void lack_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    add_clearance();
    add_neighbours();
    oik_puppet *puppet = puppet_new();
    oik_clearance *clearance = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(oik_clearance_new(&clearance, model, true, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_clearance_free(clearance);
    assert_true(n > 5);
    for (long k = 0; k < n; k++) {
        failing_malloc_arm(k);
        oik_status status = oik_clearance_new(&clearance, model, true, NULL);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_null(clearance);
    }
    oik_puppet_free(puppet);
}

/* ---- curves ---- */

/* Two parts are held a radian apart; the one between them, otherwise free, takes its share of the turn. */
static void a_part_takes_its_share_of_the_turn(void **state) {
    (void)state;
    const double share = 0.3;
    const oik_vec3 axis = v3_unit(v3(1, 0.4, -0.2)), d[2] = {{0, 0, 1}, {1, 0, 0}};
    oik_puppet *puppet = puppet_new();
    oik_mat3 end = oik_rot_axis(axis, 0.4), middle = puppet->R[TINY_THORAX], after = m3_mul(end, puppet->R[TINY_ARM_L]);
    oik_terms terms;
    oik_lsq_report report;
    oik_skel_options options = oik_skel_options_default();
    options.cost_tolerance = 1e-14;
    oik_terms_init(&terms, model, false, puppet->shape);
    for (int i = 0; i < 2; i++)
        oik_terms_add(&terms, (oik_term){.kind = OIK_TERM_CURVE, .a = vertex_of(TINY_PELVIS, 0), .b = vertex_of(TINY_THORAX, 0),
                                         .c = vertex_of(TINY_ARM_L, 0), .weight = 1.0, .distance = share,
                                         .S = m3_columns(m3_tmulv(puppet->R[TINY_PELVIS], d[i]), m3_tmulv(middle, d[i]),
                                                         m3_tmulv(puppet->R[TINY_ARM_L], d[i]))});
    puppet->R[TINY_ARM_L] = after;
    for (int p = 0; p < TINY_PARTS; p++)
        for (int i = 0; i < 12; i++) {
            int32_t v = vertex_of(p, 2 * i);
            double weight = p == TINY_THORAX ? 1e-4 : 1e4;
            oik_terms_add(&terms, oik_term_anchor(v, oik_puppet_point(puppet, model, (size_t)v), weight, v3(0, 0, 0), 1.0));
        }
    assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    oik_vec3 turn = oik_rot_log(m3_mul(puppet->R[TINY_THORAX], m3_transpose(middle)));
    assert_true(v3_dist(turn, v3_scale(axis, share * 0.4)) < 0.01); /* a mean of directions, not of turns: 2 % at 0.4 rad */
    oik_terms_free(&terms);
    oik_puppet_free(puppet);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_angle_of_a_path_is_the_turn_about_its_axis),
        CASE(a_turn_across_the_axis_is_no_bend),
        CASE(a_point_travels_between_the_listed_ones_and_stops_at_the_ends),
        CASE(bones_that_came_too_near_move_apart),
        CASE(neighbours_leave_each_other),
        CASE(what_has_entered_is_told),
        CASE(bones_that_are_apart_are_left_alone),
        CASE(lack_of_memory_leaves_nothing_behind),
        CASE(a_part_takes_its_share_of_the_turn),
    };
    return cmocka_run_group_tests_name("test_skeleton_gliding", tests, NULL, NULL);
}
