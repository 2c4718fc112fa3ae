/* Neighbours on the tiny skeleton: bones that are pushed into each other part, terms tell where bent bones are, and rooms stay what they are. */
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
#include "support/failing_malloc.h"
#include "support/puppet_derivatives.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

enum { N = TINY_BONE_VERTICES, ONE = TINY_SHANK_L, TWO = TINY_SHANK_R, ROUNDS = 4, MAX_FACES = 128 };

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *puppet;
static oik_clearance *clearance;

/* Shanks, of 20 mm radius, that touch in the template and are neighbours; `gliding` of them are in the table of clearances too. */
static void join(size_t gliding) {
    const int32_t pair[2] = {ONE, TWO};
    double gap = model->rest_t[ONE].x - model->rest_t[TWO].x;
    model->rest_t[ONE].x -= 0.5 * (gap - 0.038);
    model->rest_t[TWO].x += 0.5 * (gap - 0.038);
    model->rest_t[TINY_THIGH_L].x -= 0.5 * (gap - 0.038);
    model->neighbours = (oik_neighbours){1, calloc(1, sizeof pair)};
    model->clearances = (oik_clearances){gliding, calloc(1, sizeof pair), calloc(1, sizeof(double)), calloc(1, sizeof(double))};
    assert_true(model->neighbours.part && model->clearances.part && model->clearances.distance && model->clearances.weight);
    memcpy(model->neighbours.part, pair, sizeof pair);
    memcpy(model->clearances.part, pair, sizeof pair);
    model->clearances.distance[0] = 3e-3;
    model->clearances.weight[0] = 500.0;
}

/* The left shank's upper half stands on the thigh and goes with it. */
static void add_flex(void) {
    oik_flexes *f = &model->flexes;
    *f = (oik_flexes){1, calloc(1, sizeof *f->point), calloc(2, sizeof *f->start), calloc(N, sizeof *f->vertex), calloc(N, sizeof *f->share)};
    assert_true(f->point && f->start && f->vertex && f->share);
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_a[i]] == TINY_THIGH_L && model->point_part[model->stitches.point_b[i]] == ONE) {
            f->point[0][0] = model->stitches.point_a[i];
            f->point[0][1] = model->stitches.point_b[i];
        }
    f->point[0][2] = ONE * N + 30;
    f->start[1] = N;
    for (int i = 0; i < N; i++) {
        f->vertex[i] = ONE * N + i;
        f->share[i][0] = i < 16 || i == 32 ? 1.0 : i < 24 ? 0.5 : 0.0; /* the pole with its ring */
    }
}

static int set_up_with(size_t gliding) {
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    if (!model)
        return -1;
    join(gliding);
    if (oik_puppet_new(&puppet, model, NULL) != OIK_OK)
        return -1;
    return (int)oik_clearance_new(&clearance, model, true, NULL);
}

static int set_up(void **state) {
    (void)state;
    return set_up_with(0);
}

static int set_up_gliding(void **state) {
    (void)state;
    return set_up_with(1);
}

static int set_up_bent(void **state) {
    (void)state;
    if (set_up_with(0))
        return -1;
    oik_clearance_free(clearance);
    add_flex();
    return (int)oik_clearance_new(&clearance, model, true, NULL);
}

/* Vertices of the left shank stand in twos, 2 mm apart. */
static int set_up_in_twos(void **state) {
    (void)state;
    if (set_up_with(0))
        return -1;
    for (int32_t i = ONE * N; i + 1 < ONE * N + 32; i += 2)
        model->mean[i + 1] = v3_madd(model->mean[i], 2e-3, v3_unit(v3_sub(model->mean[i + 1], model->mean[i])));
    oik_clearance_free(clearance);
    return (int)oik_clearance_new(&clearance, model, true, NULL);
}

static int tear_down(void **state) {
    (void)state;
    oik_clearance_free(clearance);
    oik_puppet_free(puppet);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* ---- what is asked ---- */

static void add(oik_terms *terms, double *entered, bool placed, bool steady) {
    assert_int_equal(oik_clearance_add(terms, entered, clearance, puppet, placed, steady, NULL), OIK_OK);
}

/* Terms of the puppet as it is; free them. */
static oik_terms ask(double *entered, bool placed, bool steady) {
    oik_terms terms;
    oik_terms_init(&terms, model, false, puppet->shape);
    add(&terms, entered, placed, steady);
    return terms;
}

static oik_locator *surface_of(const oik_vec3 *y, int32_t part) {
    int32_t faces[MAX_FACES][3];
    size_t n = 0;
    oik_locator *locator;
    for (size_t f = 0; f < model->n_faces; f++)
        if (model->point_part[model->faces[f][0]] == part) {
            assert_true(n < MAX_FACES);
            for (int k = 0; k < 3; k++)
                faces[n][k] = model->faces[f][k] - part * N;
            n++;
        }
    assert_int_equal(oik_locator_new(&locator, y + part * N, N, (const int32_t(*)[3])faces, n, NULL), OIK_OK);
    return locator;
}

/* Distances of a part's vertices from another part as the puppet has them, with a sign, and the way there: N each, way may be NULL. */
static void distances(double *d, oik_vec3 *way, int32_t part, int32_t other) {
    oik_vec3 *y = calloc(model->n_vertices, sizeof *y);
    assert_non_null(y);
    oik_puppet_vertices(y, puppet, model);
    oik_locator *surface = surface_of(y, other);
    for (int i = 0; i < N; i++) {
        oik_nearest near;
        assert_true(oik_locator_nearest(&near, surface, y[part * N + i], 2.0));
        d[i] = v3_dist(y[part * N + i], near.point) * (oik_locator_winding(surface, y[part * N + i]) > 0 ? -1.0 : 1.0);
        if (way)
            way[i] = v3_sub(y[part * N + i], near.point);
    }
    oik_locator_free(surface);
    free(y);
}

/* Deepest vertex of either in the other; negative when they are apart. */
static double depth(void) {
    double d[2][N], deepest = -HUGE_VAL;
    distances(d[0], NULL, ONE, TWO);
    distances(d[1], NULL, TWO, ONE);
    for (int i = 0; i < 2 * N; i++)
        deepest = fmax(deepest, -d[i / N][i % N]);
    return deepest;
}

/* ---- parting ---- */

/* Every part is held where it is; the shanks as springs of skin do, with some 10 mm to give. */
static void hold(oik_terms *terms, const oik_puppet *at) {
    for (int p = 0; p < TINY_PARTS; p++)
        for (int i = 0; i < 12; i++) {
            int32_t v = p * N + 2 * i;
            oik_terms_add(terms, oik_term_anchor(v, oik_puppet_point(at, model, (size_t)v), 100.0, v3(0, 0, 0), 1.0));
        }
}

static void part_bones(void) {
    oik_terms terms;
    oik_skel_options options = oik_skel_options_default();
    oik_terms_init(&terms, model, false, puppet->shape);
    hold(&terms, puppet);
    size_t held = terms.n;
    for (int round = 0; round < ROUNDS; round++) {
        double entered;
        oik_lsq_report report;
        terms.n = held;
        add(&terms, &entered, true, false);
        assert_int_equal(oik_terms_solve(&report, puppet, &terms, &options, NULL), OIK_OK);
    }
    oik_terms_free(&terms);
}

/* Both shanks turned, and the left one pushed into the right one by some millimetres. */
static void push_together(uint64_t *seed, double wanted) {
    puppet->R[ONE] = m3_mul(oik_rot_exp(v3_scale(random_vec3(seed), 0.15)), model->rest_R[ONE]);
    puppet->R[TWO] = m3_mul(oik_rot_exp(v3_scale(random_vec3(seed), 0.15)), model->rest_R[TWO]);
    puppet->t[TWO] = model->rest_t[TWO];
    puppet->t[ONE] = v3_madd(model->rest_t[ONE], 0.02, v3(1, random_signed(seed), 0.3 * random_signed(seed)));
    for (int i = 0; i < 80; i++)
        puppet->t[ONE].x -= 0.3 * (wanted - depth());
    assert_true(fabs(depth() - wanted) < 0.5e-3);
}

static void bones_that_are_pushed_into_each_other_part(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int i = 0; i < 12; i++) {
        push_together(&seed, 3e-3 + 0.4e-3 * i);
        part_bones();
        assert_true(depth() < 2e-3);
        assert_true(depth() > -5e-3); /* and not farther than they must */
    }
}

/* ---- what terms say ---- */

static oik_vec3 carried(int32_t point) {
    return oik_puppet_point(puppet, model, (size_t)point);
}

/* How far the plane of a term says that its vertex is from the surface, w d - w n (y_a - y_b) solved for it: wanted less what is missing. */
static double missing(const oik_term *term) {
    oik_vec3 n = m3_mulv(puppet->R[model->point_part[term->b]], term->normal);
    return term->distance - v3_dot(n, v3_sub(carried(term->a), carried(term->b)));
}

/* The shanks stand 6 mm apart; the thigh takes the upper half of the left one along, into the right one. */
static void push_bent(uint64_t *seed, double wanted) {
    for (int i = 0; i < 2; i++) {
        int part = i == 0 ? ONE : TWO;
        puppet->R[part] = m3_mul(oik_rot_exp(v3_scale(random_vec3(seed), 0.02)), model->rest_R[part]);
        puppet->t[part] = v3_madd(model->rest_t[part], 2e-3, random_vec3(seed));
    }
    puppet->t[ONE].x += 6e-3;
    puppet->R[TINY_THIGH_L] = m3_mul(oik_rot_exp(v3_scale(random_vec3(seed), 0.03)), model->rest_R[TINY_THIGH_L]);
    puppet->t[TINY_THIGH_L] = model->rest_t[TINY_THIGH_L];
    for (int i = 0; i < 80; i++)
        puppet->t[TINY_THIGH_L].x -= 0.3 * (wanted - depth());
    assert_true(fabs(depth() - wanted) < 0.5e-3);
}

/* @return how many terms there are of vertices that bend, or near corners that do */
static size_t check_missing(void) {
    double entered, d[2][N];
    oik_vec3 way[2][N];
    size_t n_bent = 0;
    oik_terms terms = ask(&entered, true, false);
    oik_vec3 *y = calloc(model->n_vertices, sizeof *y);
    assert_non_null(y);
    oik_puppet_vertices(y, puppet, model);
    distances(d[0], way[0], ONE, TWO);
    distances(d[1], way[1], TWO, ONE);
    for (size_t i = 0; i < terms.n; i++) {
        const oik_term *term = &terms.term[i];
        int32_t part = model->point_part[term->a];
        double distance = 0.5e-3 - missing(term);
        oik_vec3 n = m3_mulv(puppet->R[model->point_part[term->b]], term->normal);
        assert_int_equal(term->kind, OIK_TERM_CLEARANCE);
        assert_int_equal(model->point_part[term->b], part == ONE ? TWO : ONE);
        assert_true(fabs(distance - v3_dot(n, way[part == TWO][term->a - part * N])) < 1e-12);
        assert_true(distance * d[part == TWO][term->a - part * N] > -1e-9);
        n_bent += v3_dist(y[term->a], carried(term->a)) > 1e-3 || v3_dist(y[term->b], carried(term->b)) > 1e-3;
    }
    free(y);
    oik_terms_free(&terms);
    return n_bent;
}

static void a_term_tells_how_far_a_bent_bone_is(void **state) {
    (void)state;
    uint64_t seed = 8;
    size_t n_bent = 0;
    for (int i = 0; i < 20; i++) {
        push_bent(&seed, -1e-3 + 0.2e-3 * i);
        n_bent += check_missing();
    }
    assert_true(n_bent > 20);
}

/* The least weight at which differences are exact enough (puppet_derivatives.c); contact's own is 2500 times that. */
static void terms_have_the_derivatives_of_their_residuals(void **state) {
    (void)state;
    uint64_t seed = 15;
    for (int i = 0; i < 4; i++) {
        double entered;
        push_bent(&seed, 2e-3);
        oik_terms terms = ask(&entered, true, true);
        assert_true(terms.n > 0);
        for (size_t k = 0; k < terms.n; k++)
            if (terms.term[k].kind == OIK_TERM_CLEARANCE) {
                terms.term[k].weight = 2.0;
                terms.term[k].distance += fabs(missing(&terms.term[k])) < 1e-5 ? 2e-5 : 0.0; /* not at the kink */
            }
        assert_derivatives(&terms, puppet);
        oik_terms_free(&terms);
    }
}

static void the_nearest_come_first_and_none_beside_another(void **state) {
    (void)state;
    uint64_t seed = 31;
    for (int i = 0; i < 10; i++) {
        double entered, before = HUGE_VAL;
        push_together(&seed, 4e-3);
        oik_terms terms = ask(&entered, true, false);
        assert_true(terms.n > 0);
        for (size_t k = 0; k < terms.n; k++) {
            const oik_term *term = &terms.term[k];
            bool turned = k > 0 && model->point_part[term->a] != model->point_part[term[-1].a]; /* the other direction of the pair */
            assert_true(turned || missing(term) <= before + 1e-12);
            before = missing(term);
            for (size_t j = 0; j < k; j++)
                assert_true(model->point_part[terms.term[j].a] != model->point_part[term->a] ||
                            v3_dist(carried(terms.term[j].a), carried(term->a)) >= 4e-3);
        }
        oik_terms_free(&terms);
    }
}

/* ---- rooms ---- */

/* What the solver's analysis depends on. */
static void assert_same_pattern(const oik_terms *a, const oik_terms *b) {
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const oik_term *x = &a->term[i], *y = &b->term[i];
        assert_int_equal(x->kind, y->kind);
        assert_int_equal(model->point_part[x->a], model->point_part[y->a]);
        assert_int_equal(x->b < 0 ? -1 : model->point_part[x->b], y->b < 0 ? -1 : model->point_part[y->b]);
    }
}

static void assert_at_rest(const oik_terms *terms) {
    linearised at = linearise(terms, puppet);
    for (int i = 0; i < at.pattern.n_rows; i++)
        assert_true(at.r[i] == 0.0);
    for (int i = 0; i < at.pattern.n_rows * at.pattern.n_unknowns; i++)
        assert_true(at.dense[i] == 0.0);
    free_linearised(&at);
}

/* Bones come near, part and come near again. */
static void steady_rooms_grow_and_never_shrink(void **state) {
    (void)state;
    uint64_t seed = 44;
    double entered;
    push_together(&seed, 5e-3);
    oik_vec3 near = puppet->t[ONE];
    oik_terms deep = ask(&entered, true, true);
    assert_true(deep.n > 2 && entered > 0.0);
    puppet->t[ONE].x += 0.2;
    oik_terms apart = ask(&entered, true, true);
    assert_true(entered == 0.0);
    assert_same_pattern(&deep, &apart);
    assert_at_rest(&apart);
    puppet->t[ONE] = near;
    oik_terms again = ask(&entered, true, true);
    assert_same_pattern(&deep, &again);
    for (size_t i = 0; i < deep.n; i++) /* nothing is left of what was in between */
        assert_true(deep.term[i].a == again.term[i].a && deep.term[i].b == again.term[i].b && deep.term[i].distance == again.term[i].distance);
    oik_terms_free(&deep);
    oik_terms_free(&apart);
    oik_terms_free(&again);
}

static void rooms_that_are_not_steady_are_empty_when_bones_are_apart(void **state) {
    (void)state;
    uint64_t seed = 45;
    double entered;
    push_together(&seed, 5e-3);
    oik_terms terms = ask(&entered, true, false);
    assert_true(terms.n > 0);
    oik_terms_free(&terms);
    puppet->t[ONE].x += 0.2;
    terms = ask(&entered, true, false);
    assert_int_equal(terms.n, 0);
    oik_terms_free(&terms);
}

/* What glides is held where it is, softly, once it is placed: as many holds as terms, idle ones among them. */
static void what_glides_is_held_where_it_is(void **state) {
    (void)state;
    uint64_t seed = 46;
    double entered;
    push_together(&seed, 1e-3);
    oik_terms before = ask(&entered, false, true);
    assert_true(before.n > 0);
    for (size_t i = 0; i < before.n; i++) { /* neighbours wait until bones are placed */
        assert_int_equal(before.term[i].kind, OIK_TERM_CLEARANCE);
        assert_int_equal(model->point_part[before.term[i].a], ONE);
    }
    oik_terms placed = ask(&entered, true, true);
    size_t n_holds = 0;
    for (size_t i = 0; i < placed.n; i++)
        if (placed.term[i].kind == OIK_TERM_ANCHOR) {
            n_holds++;
            assert_true(v3_dist(placed.term[i].vector, carried(placed.term[i].a)) == 0.0);
            assert_true(m3_det(placed.term[i].S) > 0.0);
        }
    assert_int_equal(n_holds, before.n);
    puppet->t[ONE].x += 0.2;
    oik_terms apart = ask(&entered, true, true);
    assert_same_pattern(&placed, &apart);
    assert_at_rest(&apart);
    oik_terms_free(&before);
    oik_terms_free(&placed);
    oik_terms_free(&apart);
}

/* ---- memory ---- */

static void lack_of_memory_is_told(void **state) {
    (void)state;
    uint64_t seed = 47;
    push_together(&seed, 2e-3);
    for (long k = 0, n = 1; k < n; k++) {
        oik_clearance *fresh;
        oik_terms terms;
        double entered;
        oik_error err = {.status = OIK_OK};
        assert_int_equal(oik_clearance_new(&fresh, model, true, NULL), OIK_OK);
        oik_terms_init(&terms, model, false, puppet->shape);
        failing_malloc_arm(-1);
        assert_int_equal(oik_clearance_add(&terms, &entered, fresh, puppet, true, true, NULL), OIK_OK);
        n = failing_malloc_disarm();
        assert_true(n > 2);
        oik_terms_free(&terms);
        oik_clearance_free(fresh);
        assert_int_equal(oik_clearance_new(&fresh, model, true, NULL), OIK_OK);
        oik_terms_init(&terms, model, false, puppet->shape);
        failing_malloc_arm(k);
        oik_status status = oik_clearance_add(&terms, &entered, fresh, puppet, true, true, &err);
        failing_malloc_disarm();
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        oik_terms_free(&terms);
        oik_clearance_free(fresh);
    }
}

#define CASE(name, set_up) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(bones_that_are_pushed_into_each_other_part, set_up),
        CASE(a_term_tells_how_far_a_bent_bone_is, set_up_bent),
        CASE(terms_have_the_derivatives_of_their_residuals, set_up_bent),
        CASE(the_nearest_come_first_and_none_beside_another, set_up_in_twos),
        CASE(steady_rooms_grow_and_never_shrink, set_up),
        CASE(rooms_that_are_not_steady_are_empty_when_bones_are_apart, set_up),
        CASE(what_glides_is_held_where_it_is, set_up_gliding),
        CASE(lack_of_memory_is_told, set_up),
    };
    return cmocka_run_group_tests_name("test_skeleton_contact", tests, NULL, NULL);
}
