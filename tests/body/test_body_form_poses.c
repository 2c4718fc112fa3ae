/*
 * The form of one subject out of skins in different poses, on the built-in models. Thighs turn about hips that are not those of the body
 * model, as those of people do, so that shape and un-posed skin differ from pose to pose; the form is not to.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/built_in_body.h"
#include "support/posed_body.h"

static const posed_body poses[] = {POSED_STANDING, POSED_WALKING, POSED_ARMS_OVERHEAD, POSED_SITTING, POSED_SQUAT};
enum { N_POSES = sizeof poses / sizeof *poses, N_SEGMENTS = 8 };
static const int segments[N_SEGMENTS][2] = {{OIK_J_HIP_L, OIK_J_KNEE_L},           {OIK_J_HIP_R, OIK_J_KNEE_R},
                                            {OIK_J_KNEE_L, OIK_J_ANKLE_L},         {OIK_J_KNEE_R, OIK_J_ANKLE_R},
                                            {OIK_J_SHOULDER_L, OIK_J_ELBOW_L},     {OIK_J_SHOULDER_R, OIK_J_ELBOW_R},
                                            {OIK_J_ELBOW_L, OIK_J_WRIST_L},        {OIK_J_ELBOW_R, OIK_J_WRIST_R}};

/* One subject, fitted in every pose. */
typedef struct subject {
    built_in_body model;
    oik_body_fit fit[N_POSES];
    oik_vec3 truth[OIK_N_JOINTS]; /* joints of its shape */
} subject;

static void subject_new(subject *s, const char *gender) {
    s->model = built_in_load(gender);
    oik_body_register_options options = oik_body_register_options_default();
    double *shape = built_in_shape(s->model.body);
    oik_vec3 *x = malloc(s->model.body->n_vertices * sizeof *x);
    assert_non_null(x);
    oik_body_shape_joints(s->truth, s->model.body, shape);
    for (int i = 0; i < N_POSES; i++) {
        posed_body_skin(x, s->model.body, shape, poses[i]);
        assert_int_equal(oik_body_fit_mesh(&s->fit[i], s->model.workspace, x, &options, NULL), OIK_OK);
    }
    free(shape);
    free(x);
}

static void subject_free(subject *s) {
    for (int i = 0; i < N_POSES; i++)
        oik_body_fit_free(&s->fit[i]);
    built_in_free(&s->model);
}

/* Greatest spread of a segment's length over the poses, relative to it. */
static double spread_of_lengths(const subject *s, bool form) {
    double worst = 0.0;
    for (int k = 0; k < N_SEGMENTS; k++) {
        double least = HUGE_VAL, most = 0.0;
        for (int i = 0; i < N_POSES; i++) {
            const oik_vec3 *J = form ? s->fit[i].form.J : s->fit[i].frames.J;
            double length = v3_dist(J[segments[k][0]], J[segments[k][1]]);
            least = fmin(least, length);
            most = fmax(most, length);
        }
        worst = fmax(worst, (most - least) / least);
    }
    return worst;
}

/* RMS distance of two skins that may lie beside each other. */
static double difference_of(const oik_vec3 *a, const oik_vec3 *b, size_t n_vertices) {
    oik_vec3 mean = v3(0, 0, 0);
    double square = 0.0, n = (double)n_vertices;
    for (size_t v = 0; v < n_vertices; v++)
        mean = v3_madd(mean, 1.0 / n, v3_sub(a[v], b[v]));
    for (size_t v = 0; v < n_vertices; v++)
        square += pow(v3_dist(v3_sub(a[v], b[v]), mean), 2) / n;
    return sqrt(square);
}

static double spread_of_skins(const subject *s, bool form) {
    double worst = 0.0;
    for (int i = 0; i < N_POSES; i++)
        for (int k = 0; k < i; k++) {
            const oik_vec3 *a = form ? s->fit[i].form.v_subject : s->fit[i].v_subject;
            const oik_vec3 *b = form ? s->fit[k].form.v_subject : s->fit[k].v_subject;
            worst = fmax(worst, difference_of(a, b, s->model.body->n_vertices));
        }
    return worst;
}

static double error_of_lengths(const subject *s, bool form) {
    double worst = 0.0;
    for (int k = 0; k < N_SEGMENTS; k++) {
        double truth = v3_dist(s->truth[segments[k][0]], s->truth[segments[k][1]]);
        for (int i = 0; i < N_POSES; i++) {
            const oik_vec3 *J = form ? s->fit[i].form.J : s->fit[i].frames.J;
            worst = fmax(worst, fabs(v3_dist(J[segments[k][0]], J[segments[k][1]]) / truth - 1.0));
        }
    }
    return worst;
}

static void check(const char *gender) {
    subject s;
    subject_new(&s, gender);
    /* measured 1.4 % and 2.5 mm, what priors and folds at hips and shoulders leave; joints held together: 9 to 10 % and 15 mm */
    assert_true(spread_of_lengths(&s, true) < 0.02);
    assert_true(spread_of_skins(&s, true) < 4e-3);
    assert_true(error_of_lengths(&s, true) < 0.02);
    assert_true(spread_of_lengths(&s, false) > 0.05); /* or these poses say nothing */
    subject_free(&s);
}

static void a_woman_has_one_form_in_every_pose(void **state) {
    (void)state;
    check("female");
}

static void a_man_has_one_form_in_every_pose(void **state) {
    (void)state;
    check("male");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_woman_has_one_form_in_every_pose),
        cmocka_unit_test(a_man_has_one_form_in_every_pose),
    };
    return cmocka_run_group_tests_name("test_body_form_poses", tests, NULL, NULL);
}
