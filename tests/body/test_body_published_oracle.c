/* Stage 1 of the published method against the reference program's own numbers, call by call. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "body/published_jacobian.h"
#include "support/oracle_body.h"

/* What the reference's own arithmetic carries: metres and radians of size 1, times the weight of the call. */
#define RESIDUAL_TOLERANCE 1e-12
#define JACOBIAN_TOLERANCE 1e-11
/* Rounding of J'J (1e-15) times its condition (1e4 and more at weight 100); metres, radians and standard deviations of size 1. */
#define ITERATE_TOLERANCE 1e-10

enum { MAX_UNKNOWNS = OIK_PUBLISHED_PRIOR_ROWS + 3, ITERATES = 6 };

static const oik_published_free frees[4] = {{0, 1}, {3, 24}, {10, 24}, {10, 24}};
static const double weights[4] = {1, 1, 1, 100};

/* One oracle body. */
typedef struct oracle {
    char folder[ORACLE_PATH_LENGTH];
    const char *gender;
    oik_body_model *model;
    oik_vec3 *x;
} oracle;

static void oracle_close(oracle *o) {
    oik_body_model_free(o->model);
    free(o->x);
}

/* o->folder is set. */
static void oracle_open(oracle *o, const char *gender) {
    o->gender = gender;
    o->model = oracle_body_new(o->folder, gender);
    assert_non_null(o->model);
    o->x = oracle_input(o->folder, gender, o->model->n_vertices);
    assert_non_null(o->x);
}

/* Run a check on every oracle body there is; skip when there is none. */
static void on_every_body(void (*check)(const oracle *o)) {
    int found = 0;
    for (int k = 0; k < N_ORACLES; k++) {
        oracle o = {.model = NULL};
        if (!oracle_folder(o.folder, k))
            continue;
        for (int g = 0; g < 2; g++, found++) {
            oracle_open(&o, oracle_genders[g]);
            check(&o);
            oracle_close(&o);
        }
    }
    if (!found)
        skip();
}

static oik_npz *open_call(const oracle *o, int call) {
    char name[32];
    snprintf(name, sizeof name, "min_register_%d", call);
    oik_npz *npz = oracle_expected(o->folder, o->gender, name);
    assert_non_null(npz);
    return npz;
}

/* An array of the expected file with n numbers. */
static double *numbers(const oik_npz *npz, const char *name, size_t n) {
    double *out = oracle_numbers(npz, name, &n);
    assert_non_null(out);
    return out;
}

/* Unknowns of a call into a body: beta, theta, tau. */
static void set_free(oik_published_body *body, const double *p, oik_published_free free) {
    memcpy(body->beta, p, (size_t)free.n_betas * sizeof *p);
    memcpy(body->theta, p + free.n_betas, 3 * (size_t)free.n_joints * sizeof *p);
    memcpy(&body->tau, p + free.n_betas + 3 * free.n_joints, 3 * sizeof *p);
}

static double largest_difference(const double *a, const double *b, size_t n) {
    double largest = 0.0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest;
}

/* The body at the start of a call: the ends of the calls before it, and its own x0. */
static oik_published_body body_at_start(const oracle *o, int call) {
    oik_published_body body = {.tau = {0, 0, 0}};
    for (int k = 0; k <= call; k++) {
        oik_npz *npz = open_call(o, k);
        double *p = numbers(npz, k < call ? "x1" : "x0", (size_t)oik_published_n_unknowns(frees[k]));
        set_free(&body, p, frees[k]);
        free(p);
        oik_npz_free(npz);
    }
    return body;
}

static void the_input_is_the_file(const oracle *o) {
    oik_npz *npz = oracle_expected(o->folder, o->gender, "star_posed");
    assert_non_null(npz);
    double *expected = numbers(npz, "input_v", 3 * o->model->n_vertices);
    assert_true(largest_difference((const double *)o->x, expected, 3 * o->model->n_vertices) == 0.0);
    free(expected);
    oik_npz_free(npz);
}

static void reads_the_same_input(void **state) {
    (void)state;
    on_every_body(the_input_is_the_file);
}

/* The oracle lists the rows of the vertices in the model's order. */
static size_t oracle_row(const oik_published_rows *rows, size_t row) {
    size_t n = 3 * rows->model->n_vertices;
    return row < n ? 3 * (size_t)rows->order[row / 3] + row % 3 : row;
}

static void compare_residuals(const oik_npz *npz, const oik_published_rows *rows, const double *r, double weight) {
    size_t n = 3 * rows->model->n_vertices;
    double *skin = numbers(npz, "r0_p2p", n), *betas = numbers(npz, "r0_betas", 10), *pose = numbers(npz, "r0_pose", 72);
    for (size_t row = 0; row < n; row++)
        assert_true(fabs(r[row] - skin[oracle_row(rows, row)]) <= weight * RESIDUAL_TOLERANCE);
    assert_true(largest_difference(r + n, betas, 10) <= RESIDUAL_TOLERANCE);
    assert_true(largest_difference(r + n + 10, pose, 72) <= RESIDUAL_TOLERANCE);
    free(skin);
    free(betas);
    free(pose);
}

/* J0 is stored by compressed rows: residuals by unknowns, those in the order beta, theta, tau. */
static double *dense_jacobian(const oik_npz *npz, size_t n_rows, size_t n) {
    size_t any = SIZE_MAX;
    double *data = oracle_numbers(npz, "J0_data", &any), *start = numbers(npz, "J0_indptr", n_rows + 1);
    double *column = numbers(npz, "J0_indices", any), *shape = numbers(npz, "J0_shape", 2);
    assert_non_null(data);
    assert_true((size_t)shape[0] == n_rows && (size_t)shape[1] == n);
    double *J = calloc(n_rows * n, sizeof *J);
    assert_non_null(J);
    for (size_t row = 0; row < n_rows; row++)
        for (size_t p = (size_t)start[row]; p < (size_t)start[row + 1]; p++)
            J[row * n + (size_t)column[p]] = data[p];
    free(data);
    free(start);
    free(column);
    free(shape);
    return J;
}

static void compare_jacobian(const oik_npz *npz, const oik_published_rows *rows, const oik_lsq_pattern *pattern, const double *jac,
                             double weight) {
    size_t n_rows = (size_t)pattern->n_rows, n = (size_t)pattern->n_unknowns;
    double *J = dense_jacobian(npz, n_rows, n), found[MAX_UNKNOWNS];
    for (size_t row = 0; row < n_rows; row++) {
        memset(found, 0, sizeof found);
        for (int p = pattern->row_start[row]; p < pattern->row_start[row + 1]; p++)
            found[pattern->col[p]] = jac[p];
        assert_true(largest_difference(found, J + oracle_row(rows, row) * n, n) <= weight * JACOBIAN_TOLERANCE);
    }
    free(J);
}

static void starts_agree(const oracle *o) {
    oik_published_rows *rows = NULL;
    assert_int_equal(oik_published_rows_new(&rows, o->model, NULL), OIK_OK);
    for (int call = 0; call < 4; call++) {
        oik_npz *npz = open_call(o, call);
        oik_published_body body = body_at_start(o, call);
        oik_published_point point = {&body, o->x, weights[call], frees[call]};
        oik_lsq_pattern pattern;
        assert_int_equal(oik_published_pattern(&pattern, rows, frees[call], NULL), OIK_OK);
        double *r = calloc((size_t)pattern.n_rows, sizeof *r);
        double *jac = calloc((size_t)pattern.row_start[pattern.n_rows], sizeof *jac);
        assert_true(r && jac);
        oik_published_evaluate(r, jac, rows, &point);
        compare_residuals(npz, rows, r, weights[call]);
        if (oik_npz_has(npz, "J0_data")) /* large: our own oracle does not keep every one */
            compare_jacobian(npz, rows, &pattern, jac, weights[call]);
        free(r);
        free(jac);
        free((void *)pattern.row_start);
        free((void *)pattern.col);
        oik_npz_free(npz);
    }
    oik_published_rows_free(rows);
}

static void residuals_and_jacobians_at_the_start_of_each_call(void **state) {
    (void)state;
    on_every_body(starts_agree);
}

/* ---- each call from the reference's own start ---- */

/* The problem of one call, and the reference's accepted iterates. */
typedef struct one_call {
    oik_published_rows *rows;
    oik_published_body body;
    oik_published_point point;
    const double *p;
    int n_steps;
} one_call;

static oik_status evaluate(void *context, const double *state, double *r, double *jac, oik_error *err) {
    (void)err;
    one_call *c = context;
    set_free(&c->body, state, c->point.free);
    oik_published_evaluate(r, jac, c->rows, &c->point);
    return OIK_OK;
}

static int compare_iterate(void *context, int iteration, const double *state, double cost) {
    (void)cost;
    one_call *c = context;
    size_t n = (size_t)oik_published_n_unknowns(c->point.free);
    assert_in_range(iteration, 1, c->n_steps);
    assert_true(largest_difference(state, c->p + (size_t)iteration * n, n) <= ITERATE_TOLERANCE);
    return 0;
}

static void solve_one(one_call *c, double *x) {
    oik_published_free unknowns = c->point.free;
    oik_lsq_pattern pattern;
    oik_lsq *lsq = NULL;
    oik_lsq_report report;
    size_t n = (size_t)oik_published_n_unknowns(unknowns);
    oik_lsq_problem problem = {.context = c, .state_size = n, .evaluate = evaluate};
    oik_lsq_options options = {.strategy = OIK_LSQ_DOGLEG, .max_iterations = c->n_steps};
    options.on_step = compare_iterate;
    options.on_step_context = c;
    assert_int_equal(oik_published_pattern(&pattern, c->rows, unknowns, NULL), OIK_OK);
    assert_int_equal(oik_lsq_new(&lsq, &pattern, n, NULL), OIK_OK);
    assert_int_equal(oik_lsq_solve(&report, lsq, x, &problem, &options, NULL), OIK_OK);
    assert_int_equal(report.n_accepted, c->n_steps);
    oik_lsq_free(lsq);
    free((void *)pattern.row_start);
    free((void *)pattern.col);
}

static void iterates_agree(const oracle *o) {
    oik_published_rows *rows = NULL;
    assert_int_equal(oik_published_rows_new(&rows, o->model, NULL), OIK_OK);
    for (int call = 0; call < 4; call++) {
        oik_npz *npz = open_call(o, call);
        size_t n = (size_t)oik_published_n_unknowns(frees[call]), n_p = SIZE_MAX;
        double *p = oracle_numbers(npz, "p", &n_p), *start = numbers(npz, "x0", n);
        assert_non_null(p);
        one_call c = {.rows = rows, .body = body_at_start(o, call), .p = p, .n_steps = (int)(n_p / n) - 1};
        c.point = (oik_published_point){&c.body, o->x, weights[call], frees[call]};
        solve_one(&c, start);
        free(p);
        free(start);
        oik_npz_free(npz);
    }
    oik_published_rows_free(rows);
}

static void accepted_iterates_of_each_call(void **state) {
    (void)state;
    on_every_body(iterates_agree);
}

/* ---- the whole schedule from the mesh ---- */

/* What the registration tells of each step. */
typedef struct steps {
    int n[4];
    oik_vec3 *skin[4][ITERATES];
    size_t n_vertices;
} steps;

static int keep_step(void *context, int call, int iteration, const oik_vec3 *x, double cost) {
    (void)cost;
    steps *s = context;
    assert_true(call >= 0 && call < 4 && iteration == s->n[call] + 1 && iteration < ITERATES);
    s->n[call] = iteration;
    s->skin[call][iteration] = calloc(s->n_vertices, sizeof **s->skin[call]);
    assert_non_null(s->skin[call][iteration]);
    memcpy(s->skin[call][iteration], x, s->n_vertices * sizeof *x);
    return 0;
}

static void compare_end(const oracle *o, const oik_published_body *body) {
    oik_npz *npz = oracle_expected(o->folder, o->gender, "star_posed");
    assert_non_null(npz);
    size_t n = o->model->n_vertices;
    double *betas = numbers(npz, "betas", 10), *pose = numbers(npz, "pose", 72), *trans = numbers(npz, "trans", 3);
    double *verts = numbers(npz, "verts", 3 * n);
    oik_vec3 *skin = calloc(n, sizeof *skin);
    assert_non_null(skin);
    assert_int_equal(oik_published_skin(skin, o->model, body, NULL), OIK_OK);
    assert_true(largest_difference(body->beta, betas, 10) <= ITERATE_TOLERANCE);
    assert_true(largest_difference((const double *)body->theta, pose, 72) <= ITERATE_TOLERANCE);
    assert_true(largest_difference((const double *)&body->tau, trans, 3) <= ITERATE_TOLERANCE);
    assert_true(largest_difference((const double *)skin, verts, 3 * n) <= ITERATE_TOLERANCE);
    free(betas);
    free(pose);
    free(trans);
    free(verts);
    free(skin);
    oik_npz_free(npz);
}

/* The skins of the accepted steps against the skins of the reference's accepted iterates. */
static void the_schedule_agrees(const oracle *o) {
    oik_published_body body;
    oik_lsq_report reports[4];
    steps s = {.n_vertices = o->model->n_vertices};
    oik_published_options options = {.on_skin = keep_step, .context = &s};
    oik_vec3 *skin = calloc(s.n_vertices, sizeof *skin);
    assert_non_null(skin);
    assert_int_equal(oik_published_register(&body, reports, o->model, o->x, &options, NULL), OIK_OK);
    for (int call = 0; call < 4; call++) {
        oik_npz *npz = open_call(o, call);
        size_t n = (size_t)oik_published_n_unknowns(frees[call]), n_p = SIZE_MAX;
        double *p = oracle_numbers(npz, "p", &n_p);
        assert_non_null(p);
        assert_int_equal(n_p, n * (size_t)(s.n[call] + 1)); /* the start and as many accepted steps */
        assert_int_equal(reports[call].n_accepted, s.n[call]);
        oik_published_body expected = body_at_start(o, call);
        for (int i = 1; i <= s.n[call]; i++) {
            set_free(&expected, p + (size_t)i * n, frees[call]);
            assert_int_equal(oik_published_skin(skin, o->model, &expected, NULL), OIK_OK);
            assert_true(largest_difference((const double *)skin, (const double *)s.skin[call][i], 3 * s.n_vertices) <=
                        ITERATE_TOLERANCE);
            free(s.skin[call][i]);
        }
        free(p);
        oik_npz_free(npz);
    }
    free(skin);
    compare_end(o, &body);
}

static void skins_of_the_whole_schedule_and_its_end(void **state) {
    (void)state;
    on_every_body(the_schedule_agrees);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(reads_the_same_input),
        cmocka_unit_test(residuals_and_jacobians_at_the_start_of_each_call),
        cmocka_unit_test(accepted_iterates_of_each_call),
        cmocka_unit_test(skins_of_the_whole_schedule_and_its_end),
    };
    return cmocka_run_group_tests_name("test_body_published_oracle", cases, NULL, NULL);
}
