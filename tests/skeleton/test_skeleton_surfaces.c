/*
 * What vertices of one bone are near the surface of another one, against all vertices and all faces, on capsules of the tiny skeleton: with
 * shape and bend, asked once and asked again.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "mesh/mesh.h"
#include "skeleton/puppet_terms.h"
#include "skeleton/surfaces.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

enum { N = TINY_BONE_VERTICES };
static const int32_t pairs[][2] = {{TINY_THIGH_L, TINY_THIGH_R}, {TINY_SHANK_L, TINY_SHANK_R}};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

/* Products of normals: those that face each other and those that do not for certain, whatever the threshold between. */
static const double FACES = -0.3, TURNED_AWAY = 0.3;
/* Metres in double precision, some operations long. */
static const double ROUNDING = 1e-13;

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *puppet;
static oik_surfaces *surfaces;

/* A template whose thighs and shanks cross their neighbours by 10 mm, so that all of each is near the other one: radii are 25 and 20 mm. */
static void bring_together(void) {
    for (size_t i = 0; i < N_PAIRS; i++) {
        double gap = v3_sub(model->rest_t[pairs[i][0]], model->rest_t[pairs[i][1]]).x, wanted = i == 0 ? 0.04 : 0.03;
        model->rest_t[pairs[i][0]].x -= 0.5 * (gap - wanted);
        model->rest_t[pairs[i][1]].x += 0.5 * (gap - wanted);
    }
}

/* The left shank bends: its upper half goes with the thigh, some of it by a share. */
static void add_flex(void) {
    oik_flexes *f = &model->flexes;
    *f = (oik_flexes){1, calloc(1, sizeof *f->point), calloc(2, sizeof *f->start), calloc(N, sizeof *f->vertex), calloc(N, sizeof *f->share)};
    assert_true(f->point && f->start && f->vertex && f->share);
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_a[i]] == TINY_THIGH_L && model->point_part[model->stitches.point_b[i]] == TINY_SHANK_L) {
            f->point[0][0] = model->stitches.point_a[i];
            f->point[0][1] = model->stitches.point_b[i];
        }
    f->point[0][2] = TINY_SHANK_L * N + 30;
    f->start[1] = N;
    for (int i = 0; i < N; i++) {
        f->vertex[i] = TINY_SHANK_L * N + i;
        f->share[i][0] = i < 16 ? 1.0 : i < 24 ? 0.5 : 0.0;
    }
}

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    if (!model)
        return -1;
    bring_together();
    add_flex();
    if (oik_puppet_new(&puppet, model, NULL) != OIK_OK)
        return -1;
    return (int)oik_surfaces_new(&surfaces, model, pairs, N_PAIRS, NULL);
}

static int tear_down(void **state) {
    (void)state;
    oik_surfaces_free(surfaces);
    oik_puppet_free(puppet);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* ---- all vertices against all faces ---- */

/* Nearest point of a triangle by its own plane and sides. */
static oik_vec3 nearest_on_side(oik_vec3 a, oik_vec3 b, oik_vec3 p) {
    oik_vec3 d = v3_sub(b, a);
    return v3_madd(a, fmin(1.0, fmax(0.0, v3_dot(v3_sub(p, a), d) / v3_dot(d, d))), d);
}

static oik_vec3 nearest_on(const oik_vec3 c[3], oik_vec3 p) {
    oik_vec3 n = v3_unit(v3_cross(v3_sub(c[1], c[0]), v3_sub(c[2], c[0])));
    oik_vec3 best = v3_madd(p, -v3_dot(v3_sub(p, c[0]), n), n);
    bool inside = true;
    for (int k = 0; k < 3; k++)
        inside = inside && v3_dot(n, v3_cross(v3_sub(c[(k + 1) % 3], c[k]), v3_sub(best, c[k]))) >= 0.0;
    for (int k = 0; k < 3 && !inside; k++) {
        oik_vec3 q = nearest_on_side(c[k], c[(k + 1) % 3], p);
        if (k == 0 || v3_dist(p, q) < v3_dist(p, best))
            best = q;
    }
    return best;
}

/* The puppet in space. */
typedef struct scene {
    oik_vec3 *y;      /* vertices as the puppet has them, bent */
    oik_vec3 *normal; /* of vertices, of the mean shape, turned as their parts are */
} scene;

static scene scene_new(void) {
    scene s = {calloc(model->n_vertices, sizeof *s.y), calloc(model->n_vertices, sizeof *s.normal)};
    assert_true(s.y && s.normal);
    oik_mesh_normals(s.normal, model->mean, model->n_vertices, (const int32_t(*)[3])model->faces, model->n_faces);
    for (size_t i = 0; i < model->n_vertices; i++)
        s.normal[i] = m3_mulv(puppet->R[model->point_part[i]], s.normal[i]);
    oik_puppet_vertices(s.y, puppet, model);
    return s;
}

static void scene_free(scene *s) {
    free(s->y);
    free(s->normal);
}

/* Nearest place of a part to p, and the least and the greatest product of a direction with the normals around it. */
typedef struct place {
    double distance, least, most;
} place;

static place nearest_place(const scene *s, int32_t part, oik_vec3 p, oik_vec3 direction) {
    place best = {.distance = HUGE_VAL};
    for (size_t f = 0; f < model->n_faces; f++) {
        const int32_t *v = model->faces[f];
        const oik_vec3 c[3] = {s->y[v[0]], s->y[v[1]], s->y[v[2]]};
        if (model->point_part[v[0]] != part)
            continue;
        oik_vec3 q = nearest_on(c, p), n = v3_unit(v3_cross(v3_sub(c[1], c[0]), v3_sub(c[2], c[0])));
        double distance = v3_dist(p, q);
        if (distance > best.distance + ROUNDING)
            continue;
        if (distance < best.distance - ROUNDING)
            best = (place){distance, 1.0, -1.0};
        best.least = fmin(best.least, v3_dot(n, direction));
        best.most = fmax(best.most, v3_dot(n, direction));
        for (int k = 0; k < 3; k++) {
            best.least = fmin(best.least, v3_dot(s->normal[v[k]], direction));
            best.most = fmax(best.most, v3_dot(s->normal[v[k]], direction));
        }
    }
    return best;
}

static oik_vec3 in_space(int32_t part, oik_vec3 u) {
    return v3_add(m3_mulv(puppet->R[part], u), puppet->t[part]);
}

static void assert_near_vertex(const scene *s, const oik_near_pair *pair, const oik_near_vertex *near, const place *there) {
    oik_vec3 y = s->y[near->vertex], q = in_space(pair->other, near->point), n = m3_mulv(puppet->R[pair->other], near->normal);
    assert_int_equal(model->point_part[near->vertex], pair->own);
    assert_int_equal(model->point_part[near->corner], pair->other);
    assert_true(fabs(v3_norm(near->normal) - 1.0) < ROUNDING);
    assert_true(fabs(v3_dist(y, q) - there->distance) < ROUNDING); /* of two places as near, either */
    assert_true(fabs(near->distance - v3_dot(n, v3_sub(y, q))) < ROUNDING);
    for (int32_t i = pair->other * N; i < (pair->other + 1) * N; i++)
        if (v3_dist(s->y[i], q) < 1e-9) { /* at a corner */
            assert_int_equal(near->corner, i);
            assert_true(v3_dist(n, s->normal[i]) < ROUNDING);
        }
}

/* @return how many vertices had to be listed */
static size_t check(oik_near_pair *pair, double reach) {
    oik_near_vertex near[N];
    size_t n = 0, n_wanted = 0;
    scene s = scene_new();
    assert_int_equal(oik_surfaces_near(near, &n, pair, surfaces, puppet, reach, NULL), OIK_OK);
    assert_true(n <= N);
    for (int32_t i = pair->own * N; i < (pair->own + 1) * N; i++) {
        const oik_near_vertex *listed = NULL;
        for (size_t k = 0; k < n; k++)
            if (near[k].vertex == i) {
                assert_null(listed); /* once */
                listed = &near[k];
            }
        place there = nearest_place(&s, pair->other, s.y[i], s.normal[i]);
        if (there.distance < reach - ROUNDING && there.most < FACES) {
            assert_non_null(listed);
            n_wanted++;
        }
        if (listed) {
            assert_near_vertex(&s, pair, listed, &there);
            assert_true(listed->distance < reach && there.least < (listed->distance < 0.0 ? TURNED_AWAY : 0.0));
        }
    }
    scene_free(&s);
    return n_wanted;
}

/* Both bones of a pair somewhere, the second beside the first, their caps or shafts together or through each other. */
static void place_pair(const int32_t pair[2], uint64_t *seed, double turn) {
    oik_mat3 Q = oik_rot_exp(v3_scale(random_vec3(seed), 2.0));
    for (int i = 0; i < 2; i++) {
        oik_mat3 own = oik_rot_exp(v3_scale(random_vec3(seed), turn));
        oik_vec3 beside = v3_mul(random_vec3(seed), v3(0.015, 0.02, 0.015));
        puppet->R[pair[i]] = m3_mul(Q, m3_mul(own, model->rest_R[pair[i]]));
        puppet->t[pair[i]] = m3_mulv(Q, v3_add(model->rest_t[pair[i]], beside));
    }
}

static size_t check_both_ways(const int32_t pair[2], double reach) {
    oik_near_pair one = {.own = pair[0], .other = pair[1]}, two = {.own = pair[1], .other = pair[0]};
    oik_surfaces_follow(surfaces, puppet);
    size_t n = check(&one, reach) + check(&two, reach);
    oik_near_pair_clear(&one);
    oik_near_pair_clear(&two);
    return n;
}

static void the_near_vertices_are_those_of_all_faces(void **state) {
    (void)state;
    uint64_t seed = 4;
    size_t n = 0;
    for (int i = 0; i < 60; i++) {
        place_pair(pairs[0], &seed, 0.3);
        n += check_both_ways(pairs[0], i % 2 ? 4e-3 : 20e-3);
    }
    assert_true(n > 100); /* enough of them to miss some */
}

static void they_follow_the_shape(void **state) {
    (void)state;
    uint64_t seed = 9;
    size_t n = 0;
    for (int i = 0; i < 40; i++) {
        place_pair(pairs[0], &seed, 0.2);
        puppet->shape[0] = 3.0 * random_signed(&seed);
        puppet->shape[1] = 2.0 * random_signed(&seed);
        n += check_both_ways(pairs[0], 10e-3);
    }
    assert_true(n > 60);
}

static void bend_shank(uint64_t *seed) {
    puppet->R[TINY_THIGH_L] = m3_mul(oik_rot_exp(v3_scale(random_vec3(seed), 0.1)), model->rest_R[TINY_THIGH_L]);
    puppet->t[TINY_THIGH_L] = v3_madd(model->rest_t[TINY_THIGH_L], 0.02, random_vec3(seed));
}

static void they_follow_bones_that_bend(void **state) {
    (void)state;
    uint64_t seed = 12;
    size_t n = 0;
    for (int i = 0; i < 120; i++) {
        place_pair(pairs[1], &seed, 0.05);
        bend_shank(&seed);
        puppet->shape[0] = random_signed(&seed);
        oik_surfaces_follow(surfaces, puppet);
        scene s = scene_new();
        for (int32_t k = 0; k < N; k++) {
            int32_t v = TINY_SHANK_L * N + k;
            oik_vec3 straight = v3_sub(oik_surfaces_local(surfaces, v), oik_surfaces_bend(surfaces, v));
            assert_true(v3_dist(in_space(TINY_SHANK_L, oik_surfaces_local(surfaces, v)), s.y[v]) < ROUNDING);
            assert_true(v3_dist(straight, oik_puppet_local(puppet->shape, model, (size_t)v)) < ROUNDING);
        }
        scene_free(&s);
        n += check_both_ways(pairs[1], 10e-3);
    }
    assert_true(n > 40);
}

/* ---- asked again ---- */

/* Small steps, so that much is left out: what is remembered of one step must not hide what comes near in the next ones. */
static size_t check_steps(const int32_t pair[2], void (*step)(int)) {
    oik_near_pair one = {.own = pair[0], .other = pair[1]}, two = {.own = pair[1], .other = pair[0]};
    size_t n = 0;
    for (int i = 0; i < 60; i++) {
        step(i);
        oik_surfaces_follow(surfaces, puppet);
        n += check(&one, 3e-3) + check(&two, 3e-3);
    }
    oik_near_pair_clear(&one);
    oik_near_pair_clear(&two);
    return n;
}

static void apart(const int32_t pair[2], double gap) {
    for (int i = 0; i < 2; i++) {
        puppet->R[pair[i]] = model->rest_R[pair[i]];
        puppet->t[pair[i]] = model->rest_t[pair[i]];
    }
    puppet->t[pair[0]] = v3_add(puppet->t[pair[0]], v3(gap, 1.3e-3, 0.4e-3)); /* no vertex right beside another one */
}

static void move_thigh(int i) {
    apart(pairs[0], 0.022 - 0.7e-3 * i);
    puppet->R[TINY_THIGH_L] = m3_mul(oik_rot_exp(v3(0.02 * sin(i), 0.0, 0.01 * cos(i))), model->rest_R[TINY_THIGH_L]);
}

static void grow(int i) {
    apart(pairs[0], 0.014);
    puppet->shape[0] = 0.1 * i; /* thicker by up to 30 % where they are */
}

static void bend(int i) {
    apart(pairs[1], 0.016);
    puppet->R[TINY_THIGH_L] = model->rest_R[TINY_THIGH_L];
    puppet->t[TINY_THIGH_L] = v3_add(model->rest_t[TINY_THIGH_L], v3(-0.5e-3 * i, 1.7e-3, 0.6e-3)); /* the upper half of the shank goes with it */
}

static void bones_that_move_are_found_again(void **state) {
    (void)state;
    assert_true(check_steps(pairs[0], move_thigh) > 30);
}

static void bones_that_grow_are_found_again(void **state) {
    (void)state;
    for (size_t i = 0; i < model->n_vertices; i++) /* only one of the two grows, or the own motion would have all looked at */
        for (int32_t e = model->mode_start[i]; model->point_part[i] == TINY_THIGH_L && e < model->mode_start[i + 1]; e++)
            model->mode_vector[e] = v3(0, 0, 0);
    assert_true(check_steps(pairs[0], grow) > 20);
}

static void bones_that_bend_are_found_again(void **state) {
    (void)state;
    assert_true(check_steps(pairs[1], bend) > 20);
}

/* ---- parts that glide ---- */

/* The right thigh as a plate of 7 mm, as thin as a scapula, across the way to the left one. */
static void flatten(void) {
    for (int32_t i = TINY_THIGH_R * N; i < (TINY_THIGH_R + 1) * N; i++) {
        oik_vec3 y = m3_mulv(model->rest_R[TINY_THIGH_R], model->mean[i]);
        y.x *= 3.5 / 25.0;
        model->mean[i] = m3_tmulv(model->rest_R[TINY_THIGH_R], y);
    }
    oik_surfaces_free(surfaces);
    assert_int_equal(oik_surfaces_new(&surfaces, model, pairs, N_PAIRS, NULL), OIK_OK);
}

static void what_glides_is_what_faces_the_other_part(void **state) {
    (void)state;
    oik_near_pair pair = {.own = TINY_THIGH_L, .other = TINY_THIGH_R};
    int n_glide = 0, n_not = 0;
    flatten();
    assert_int_equal(oik_surfaces_glide(&pair, surfaces, NULL), OIK_OK);
    apart(pairs[0], 0.0);
    scene s = scene_new();
    for (int32_t i = 0; i < N; i++) {
        int32_t v = TINY_THIGH_L * N + i;
        place there = nearest_place(&s, TINY_THIGH_R, s.y[v], s.normal[v]);
        if (there.most < 0.0)
            assert_true(pair.glides[i]);
        if (there.least > 0.0)
            assert_false(pair.glides[i]);
        n_glide += pair.glides[i];
        n_not += !pair.glides[i];
    }
    assert_true(n_glide > 4 && n_not > 4);
    scene_free(&s);
    oik_near_pair_clear(&pair);
}

/* Distance to the nearest face of a part that faces against a direction as far as surfaces that face each other do. */
static double distance_to_near_side(const scene *s, int32_t part, oik_vec3 p, oik_vec3 direction) {
    double least = HUGE_VAL;
    for (size_t f = 0; f < model->n_faces; f++) {
        const int32_t *v = model->faces[f];
        const oik_vec3 c[3] = {s->y[v[0]], s->y[v[1]], s->y[v[2]]};
        if (model->point_part[v[0]] == part && v3_dot(v3_unit(v3_cross(v3_sub(c[1], c[0]), v3_sub(c[2], c[0]))), direction) < -0.25)
            least = fmin(least, v3_dist(p, nearest_on(c, p)));
    }
    return least;
}

/* The deepest vertex; those beyond the middle of the plate are told from its near side. */
static double deepest(oik_near_pair *pair, double middle) {
    oik_near_vertex near[N];
    size_t n;
    double depth = 0.0;
    scene s = scene_new();
    assert_int_equal(oik_surfaces_near(near, &n, pair, surfaces, puppet, 5e-3, NULL), OIK_OK);
    for (size_t i = 0; i < n; i++) {
        int32_t v = near[i].vertex;
        depth = fmax(depth, -near[i].distance);
        assert_true(!pair->glides || pair->glides[v - pair->own * N]);
        if (near[i].distance > -middle)
            continue;
        assert_true(v3_dot(m3_mulv(puppet->R[pair->other], near[i].normal), s.normal[v]) < -0.25);
        assert_true(fabs(v3_dist(s.y[v], in_space(pair->other, near[i].point)) -
                         distance_to_near_side(&s, pair->other, s.y[v], s.normal[v])) < ROUNDING);
    }
    scene_free(&s);
    return depth;
}

static void what_glides_is_brought_back_through_a_thin_bone(void **state) {
    (void)state;
    const double half = 3.5e-3; /* as flatten makes it */
    oik_near_pair glides = {.own = TINY_THIGH_L, .other = TINY_THIGH_R}, touches = glides;
    flatten();
    assert_int_equal(oik_surfaces_glide(&glides, surfaces, NULL), OIK_OK);
    for (int i = 0; i < 4; i++) {
        double through = 4.5e-3 + 1e-3 * i;
        /* the near side of the left capsule is 25 mm beside its axis, which is 40 mm from the other one */
        apart(pairs[0], 0.025 + half - 0.04 - through);
        oik_surfaces_follow(surfaces, puppet);
        assert_true(deepest(&glides, 1.02 * half) > 0.9 * through);
        assert_true(deepest(&touches, 1.02 * half) < 1.02 * half); /* what only touches is nearer to the far side there; sides are not quite level */
    }
    oik_near_pair_clear(&glides);
    oik_near_pair_clear(&touches);
}

/* ---- what there is not ---- */

static void parts_without_a_pair_have_nothing_near(void **state) {
    (void)state;
    oik_near_vertex near[N];
    oik_near_pair pair = {.own = TINY_PELVIS, .other = TINY_THORAX};
    size_t n = 1;
    puppet->t[TINY_PELVIS] = puppet->t[TINY_THORAX];
    oik_surfaces_follow(surfaces, puppet);
    assert_int_equal(oik_surfaces_near(near, &n, &pair, surfaces, puppet, 0.1, NULL), OIK_OK);
    assert_int_equal(n, 0);
    oik_near_pair_clear(&pair);
    oik_surfaces *none;
    assert_int_equal(oik_surfaces_new(&none, model, NULL, 0, NULL), OIK_OK);
    oik_surfaces_follow(none, puppet);
    oik_surfaces_free(none);
    oik_surfaces_free(NULL);
}

static void blocks_are_those_of_the_model(void **state) {
    (void)state;
    for (int32_t p = 0; p < TINY_PARTS; p++) {
        int32_t first = -1;
        assert_int_equal(oik_surfaces_vertices(&first, surfaces, p), N);
        assert_int_equal(first, p * N);
    }
}

static void lack_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    oik_surfaces *out = NULL;
    failing_malloc_arm(-1);
    assert_int_equal(oik_surfaces_new(&out, model, pairs, N_PAIRS, NULL), OIK_OK);
    long n = failing_malloc_disarm();
    oik_surfaces_free(out);
    assert_true(n > 10);
    for (long k = 0; k < n; k++) {
        oik_error err = {.status = OIK_OK};
        failing_malloc_arm(k);
        oik_status status = oik_surfaces_new(&out, model, pairs, N_PAIRS, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_null(out);
    }
}

static void lack_of_memory_for_a_question_is_told(void **state) {
    (void)state;
    oik_near_vertex near[N];
    oik_near_pair pair = {.own = TINY_THIGH_L, .other = TINY_THIGH_R};
    oik_error err = {.status = OIK_OK};
    size_t n;
    oik_surfaces_follow(surfaces, puppet);
    failing_malloc_arm(0);
    oik_status status = oik_surfaces_glide(&pair, surfaces, &err);
    failing_malloc_disarm();
    assert_int_equal(status, OIK_E_MEMORY);
    assert_null(pair.glides);
    err.status = OIK_OK;
    failing_malloc_arm(0);
    status = oik_surfaces_near(near, &n, &pair, surfaces, puppet, 5e-3, &err);
    failing_malloc_disarm();
    assert_int_equal(status, OIK_E_MEMORY);
    assert_int_equal(err.status, OIK_E_MEMORY);
    oik_near_pair_clear(&pair);
    failing_malloc_arm(-1); /* once it is there, a question allocates nothing */
    assert_int_equal(oik_surfaces_near(near, &n, &pair, surfaces, puppet, 5e-3, &err), OIK_OK);
    assert_int_equal(failing_malloc_disarm(), 1);
    failing_malloc_arm(-1);
    assert_int_equal(oik_surfaces_near(near, &n, &pair, surfaces, puppet, 5e-3, &err), OIK_OK);
    assert_int_equal(failing_malloc_disarm(), 0);
    assert_true(n > 0);
    oik_near_pair_clear(&pair);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_near_vertices_are_those_of_all_faces),
        CASE(they_follow_the_shape),
        CASE(they_follow_bones_that_bend),
        CASE(bones_that_move_are_found_again),
        CASE(bones_that_grow_are_found_again),
        CASE(bones_that_bend_are_found_again),
        CASE(what_glides_is_what_faces_the_other_part),
        CASE(what_glides_is_brought_back_through_a_thin_bone),
        CASE(parts_without_a_pair_have_nothing_near),
        CASE(blocks_are_those_of_the_model),
        CASE(lack_of_memory_leaves_nothing_behind),
        CASE(lack_of_memory_for_a_question_is_told),
    };
    return cmocka_run_group_tests_name("test_skeleton_surfaces", tests, NULL, NULL);
}
