/* Bones that bend between two parts, on the tiny skeleton: a shank that stands on the thigh at the knee. */
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
#include "skeleton/containment.h"
#include "skeleton/flex.h"
#include "support/random.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

static oik_body_model *body;
static oik_skel_model *model;
static oik_puppet *puppet;

enum { OWN = TINY_SHANK_L, OTHER = TINY_THIGH_L, FIRST = OWN * TINY_BONE_VERTICES, N = TINY_BONE_VERTICES };
/* entries with the other part, with the swinging bone, with its own part, and half of each of the last two */
enum { SEATED = 3, SWUNG = 10, CARRIED = 20, MIXED = 25, FAR_END = 30 };

static void *room(size_t n, size_t size) {
    void *block = calloc(n, size);
    assert_non_null(block);
    return block;
}

static void share_out(double share[2], int vertex) {
    share[0] = vertex < SWUNG ? 1.0 : 0.0;
    share[1] = vertex < SWUNG || (vertex >= CARRIED && vertex < MIXED) ? 0.0 : vertex < CARRIED ? 1.0 : 0.5;
}

static void add_flex(void) {
    oik_flexes *f = &model->flexes;
    *f = (oik_flexes){1, room(1, sizeof *f->point), room(2, sizeof *f->start), room(N, sizeof *f->vertex), room(N, sizeof *f->share)};
    for (size_t i = 0; i < model->stitches.n; i++)
        if (model->point_part[model->stitches.point_a[i]] == OTHER && model->point_part[model->stitches.point_b[i]] == OWN) {
            f->point[0][0] = model->stitches.point_a[i];
            f->point[0][1] = model->stitches.point_b[i];
        }
    f->point[0][2] = FIRST + FAR_END;
    f->start[1] = N;
    for (int i = 0; i < N; i++) {
        f->vertex[i] = FIRST + i;
        share_out(f->share[i], i);
    }
}

static int set_up(void **state) {
    (void)state;
    body = tiny_body_new();
    model = body ? tiny_skeleton_new(body) : NULL;
    if (!model || oik_puppet_new(&puppet, model, NULL) != OIK_OK)
        return -1;
    add_flex();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_puppet_free(puppet);
    oik_skel_model_free(model);
    oik_body_model_free(body);
    return 0;
}

/* The knee comes apart by 12 mm, and the thigh turns against the shank. */
static void bend_knee(void) {
    puppet->R[OTHER] = m3_mul(oik_rot_exp(v3(0.1, -0.05, 0.08)), puppet->R[OTHER]);
    puppet->t[OTHER] = v3_add(puppet->t[OTHER], v3(0.012, 0.0, 0.003));
    puppet->shape[0] = 0.7;
}

static oik_vec3 *vertices(void) {
    oik_vec3 *y = room(model->n_vertices, sizeof *y);
    oik_puppet_vertices(y, puppet, model);
    return y;
}

static oik_vec3 carried(int vertex) {
    return oik_puppet_point(puppet, model, (size_t)(FIRST + vertex));
}

/* Rounding of metres in double precision, some operations long. */
static const double ROUNDING = 1e-14;

static void assert_same_lengths(const oik_vec3 *y, int first, int end) {
    for (int i = first; i < end; i++)
        for (int k = i + 1; k < end; k++)
            assert_true(fabs(v3_dist(y[FIRST + i], y[FIRST + k]) - v3_dist(carried(i), carried(k))) < ROUNDING);
}

static void nothing_bends_in_the_template(void **state) {
    (void)state;
    oik_vec3 *y = vertices();
    for (int i = 0; i < N; i++)
        assert_true(v3_dist(y[FIRST + i], carried(i)) < 1e-9); /* the template's points meet to a nanometre */
    free(y);
}

static void the_seat_goes_with_the_other_part(void **state) {
    (void)state;
    const int32_t *point = model->flexes.point[0];
    bend_knee();
    oik_vec3 *y = vertices(), q = oik_puppet_point(puppet, model, (size_t)point[0]);
    oik_mat3 turn = m3_mul(m3_mul(puppet->R[OTHER], m3_transpose(model->rest_R[OTHER])), model->rest_R[OWN]);
    for (int i = 0; i < SWUNG; i++) { /* as if it were a vertex of the other part */
        oik_vec3 arm = v3_sub(oik_puppet_local(puppet->shape, model, (size_t)(FIRST + i)),
                              oik_puppet_local(puppet->shape, model, (size_t)point[1]));
        assert_true(v3_dist(y[FIRST + i], v3_add(q, m3_mulv(turn, arm))) < ROUNDING);
    }
    assert_same_lengths(y, 0, SWUNG);
    assert_true(v3_dist(y[FIRST + SEATED], carried(SEATED)) > 5e-3);
    free(y);
}

static void the_shaft_is_rigid_and_points_to_its_far_end(void **state) {
    (void)state;
    const int32_t *point = model->flexes.point[0];
    model->flexes.share[FAR_END][1] = 1.0;
    bend_knee();
    oik_vec3 *y = vertices(), q = oik_puppet_point(puppet, model, (size_t)point[0]);
    oik_vec3 seat = oik_puppet_point(puppet, model, (size_t)point[1]), end = carried(FAR_END);
    assert_same_lengths(y, SWUNG, CARRIED);
    oik_vec3 along = v3_sub(y[FIRST + FAR_END], q), wanted = v3_sub(end, q);
    assert_true(v3_norm(v3_cross(v3_unit(along), v3_unit(wanted))) < ROUNDING);
    assert_true(v3_dot(along, wanted) > 0.0);
    assert_true(fabs(v3_norm(along) - v3_dist(end, seat)) < ROUNDING);
    /* a least rotation does not turn the bone about its length */
    oik_vec3 axis = v3_cross(v3_sub(end, seat), wanted), before = v3_sub(carried(SWUNG), seat), after = v3_sub(y[FIRST + SWUNG], q);
    assert_true(fabs(v3_dot(v3_unit(axis), v3_sub(after, before))) < ROUNDING);
    free(y);
}

static void shares_are_means_and_the_rest_stays(void **state) {
    (void)state;
    bend_knee();
    oik_vec3 *mixed = vertices();
    for (int i = CARRIED; i < MIXED; i++)
        assert_true(v3_dist(mixed[FIRST + i], carried(i)) < ROUNDING);
    for (int i = 0; i < N; i++)
        model->flexes.share[i][0] = 0.0;
    for (int i = 0; i < N; i++)
        model->flexes.share[i][1] = 1.0;
    oik_vec3 *swung = vertices();
    for (int i = MIXED; i < N; i++)
        assert_true(v3_dist(mixed[FIRST + i], v3_lerp(carried(i), swung[FIRST + i], 0.5)) < ROUNDING);
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->point_part[i] != OWN)
            assert_true(v3_dist(mixed[i], oik_puppet_point(puppet, model, i)) == 0.0);
    free(mixed);
    free(swung);
}

static void between_the_two_it_turns_as_one(void **state) {
    (void)state;
    for (int i = 0; i < N; i++) {
        model->flexes.share[i][0] = 0.25;
        model->flexes.share[i][1] = 0.75;
    }
    bend_knee();
    oik_vec3 *y = vertices();
    assert_same_lengths(y, 0, N);
    for (int i = 0; i < N; i++)
        model->flexes.share[i][0] = 0.0;
    oik_vec3 *less = vertices(); /* shares of one kind are weights of the swinging bone and of its own part */
    assert_true(v3_dist(y[FIRST + FAR_END], less[FIRST + FAR_END]) > 1e-3);
    free(y);
    free(less);
}

static void offsets_are_what_bending_adds(void **state) {
    (void)state;
    bend_knee();
    oik_vec3 *y = vertices(), *d = room(model->n_vertices, sizeof *d);
    oik_flex_offsets(d, puppet, model);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_true(v3_dist(y[i], v3_add(oik_puppet_point(puppet, model, i), d[i])) == 0.0);
    free(y);
    free(d);
}

static void a_bent_bone_turns_with_the_puppet(void **state) {
    (void)state;
    const oik_vec3 shift = v3(0.4, -0.3, 1.1);
    oik_mat3 Q = oik_rot_exp(v3(0.7, 1.9, -0.4));
    bend_knee();
    oik_vec3 *here = vertices();
    for (int p = 0; p < puppet->n_parts; p++) {
        puppet->R[p] = m3_mul(Q, puppet->R[p]);
        puppet->t[p] = v3_add(m3_mulv(Q, puppet->t[p]), shift);
    }
    oik_vec3 *there = vertices();
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_true(v3_dist(there[i], v3_add(m3_mulv(Q, here[i]), shift)) < ROUNDING);
    free(here);
    free(there);
}

static void a_far_end_at_the_seat_only_shifts(void **state) {
    (void)state;
    model->flexes.point[0][2] = model->flexes.point[0][1];
    bend_knee();
    oik_vec3 *y = vertices(), shift = v3_sub(y[FIRST + SWUNG], carried(SWUNG));
    assert_true(v3_norm(shift) > 5e-3 && v3_finite(shift));
    for (int i = SWUNG; i < CARRIED; i++)
        assert_true(v3_dist(y[FIRST + i], v3_add(carried(i), shift)) < ROUNDING);
    free(y);
}

/* The term is about the vertex as its part carries it, its plane as far from the skin as bending has moved the vertex. */
static void barriers_are_where_a_bent_bone_meets_the_skin(void **state) {
    (void)state;
    oik_body_fit fit;
    oik_body_pose pose = oik_body_pose_rest();
    oik_containment *containment = NULL;
    oik_terms terms;
    size_t n_bent = 0;
    for (int j = 0; j < OIK_N_JOINTS; j++)
        pose.R[j] = model->lying_R[j];
    assert_true(tiny_fit_new(&fit, body, NULL, &pose));
    for (int i = 0; i < N; i++) { /* all of it stands on the thigh, which has moved out of the leg */
        model->flexes.share[i][0] = 1.0;
        model->flexes.share[i][1] = 0.0;
    }
    puppet->t[OTHER] = v3_add(puppet->t[OTHER], v3(0.04, 0.0, 0.0));
    oik_terms_init(&terms, model, false, puppet->shape);
    assert_int_equal(oik_containment_new(&containment, model, body, fit.x_model, (const int32_t(*)[3])body->faces, body->n_faces, OIK_LIMITS_GLIDING, NULL), OIK_OK);
    assert_int_equal(oik_containment_add(&terms, NULL, containment, puppet, NULL), OIK_OK);
    oik_locator *skin = NULL;
    assert_int_equal(oik_locator_new(&skin, fit.x_model, body->n_vertices, (const int32_t(*)[3])body->faces, body->n_faces, NULL), OIK_OK);
    oik_vec3 *y = vertices();
    for (size_t i = 0; i < terms.n; i++) {
        const oik_term *term = &terms.term[i];
        oik_nearest near;
        if (model->point_part[term->a] != OWN)
            continue;
        n_bent++;
        assert_true(oik_locator_nearest(&near, skin, y[term->a], 0.1));
        oik_vec3 a = oik_puppet_point(puppet, model, (size_t)term->a);
        assert_true(fabs(v3_dot(term->normal, v3_sub(a, term->vector)) - v3_dot(near.normal, v3_sub(y[term->a], near.point))) < ROUNDING);
    }
    assert_true(n_bent > 0);
    free(y);
    oik_locator_free(skin);
    oik_terms_free(&terms);
    oik_containment_free(containment);
    oik_body_fit_free(&fit);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(nothing_bends_in_the_template),
        CASE(the_seat_goes_with_the_other_part),
        CASE(the_shaft_is_rigid_and_points_to_its_far_end),
        CASE(shares_are_means_and_the_rest_stays),
        CASE(between_the_two_it_turns_as_one),
        CASE(offsets_are_what_bending_adds),
        CASE(a_bent_bone_turns_with_the_puppet),
        CASE(a_far_end_at_the_seat_only_shifts),
        CASE(barriers_are_where_a_bent_bone_meets_the_skin),
    };
    return cmocka_run_group_tests_name("test_skeleton_flex", tests, NULL, NULL);
}
