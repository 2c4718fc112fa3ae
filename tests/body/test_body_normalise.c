/* Recognising units, mirror images and wrong vertex orders on the tiny body. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "body/registration.h"
#include "support/tiny_body.h"

static oik_body_model *model;
static oik_vec3 *body, *given, *x;

static int set_up(void **state) {
    (void)state;
    model = tiny_body_new();
    if (!model)
        return -1;
    body = calloc(model->n_vertices, sizeof *body);
    given = calloc(3 * model->n_vertices, sizeof *given);
    x = calloc(model->n_vertices, sizeof *x);
    if (!body || !given || !x)
        return -1;
    /* limbs bent, trunk nearly straight, somewhere in the room in some orientation */
    oik_body_pose pose = tiny_body_pose(0.9);
    pose.R[OIK_J_SPINE1] = pose.R[OIK_J_SPINE2] = pose.R[OIK_J_SPINE3] = oik_rot_exp(v3(0.1, 0.05, 0));
    pose.R[OIK_J_PELVIS] = oik_rot_exp(v3(1.5, -0.7, 2.0));
    tiny_body_posed(body, NULL, model, (const double[]){1, -1, 1}, &pose);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    oik_body_model_free(model);
    free(body);
    free(given);
    free(x);
    return 0;
}

static oik_status normalise(oik_body_input *input, oik_error *err) {
    oik_mesh mesh = {.n_vertices = model->n_vertices, .vertices = given};
    return oik_body_normalise(input, x, model, &mesh, "body.ply", err);
}

static void give(double scale) {
    for (size_t i = 0; i < model->n_vertices; i++)
        given[i] = v3_scale(body[i], scale);
}

static void recognises_each_unit(void **state) {
    (void)state;
    static const struct {
        double per_metre;
        const char *name;
    } units[] = {{1, "m"}, {10, "dm"}, {100, "cm"}, {1000, "mm"}, {39.3701, "in"}, {3.28084, "ft"}};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        oik_body_input input;
        give(units[u].per_metre);
        assert_int_equal(normalise(&input, NULL), OIK_OK);
        assert_string_equal(input.unit_name, units[u].name);
        assert_true(input.units_per_metre == units[u].per_metre);
        assert_false(input.mirrored);
        for (size_t i = 0; i < model->n_vertices; i++) /* one multiplication and its inverse */
            assert_true(v3_dist(x[i], body[i]) <= 1e-14);
    }
}

static void measures_do_not_depend_on_the_unit(void **state) {
    (void)state;
    oik_body_input in_metres, in_inches;
    give(1);
    assert_int_equal(normalise(&in_metres, NULL), OIK_OK);
    give(39.3701);
    assert_int_equal(normalise(&in_inches, NULL), OIK_OK);
    assert_true(fabs(in_metres.trunk_residual - in_inches.trunk_residual) <= 1e-12); /* rounding only */
    assert_true(in_metres.trunk_residual > 1e-3);                                    /* the trunk is bent and shaped */
    assert_true(in_metres.long_edge_share == in_inches.long_edge_share);
}

static void a_mirror_image_is_mended_where_it_stands(void **state) {
    (void)state;
    oik_body_input input;
    for (size_t i = 0; i < model->n_vertices; i++)
        given[i] = v3(body[i].x, body[i].y, -body[i].z);
    assert_int_equal(normalise(&input, NULL), OIK_OK);
    assert_true(input.mirrored);
    for (size_t i = 0; i < model->n_vertices; i++)
        assert_true(v3_dist(x[i], given[model->mirror[i]]) == 0.0);
    /* what comes out is a proper body */
    memcpy(given, x, model->n_vertices * sizeof *x);
    assert_int_equal(normalise(&input, NULL), OIK_OK);
    assert_false(input.mirrored);
}

static void noise_of_5_mm_is_no_disorder(void **state) {
    (void)state;
    oik_body_input input;
    for (size_t i = 0; i < model->n_vertices; i++) {
        double k = (double)i;
        given[i] = v3_add(body[i], v3_scale(v3(sin(12.9 * k), sin(78.2 * k), sin(37.7 * k)), 0.007)); /* RMS 0.7 of that */
    }
    assert_int_equal(normalise(&input, NULL), OIK_OK);
    assert_true(input.long_edge_share == 0.0);
}

static void a_wrong_order_is_refused_with_its_measures(void **state) {
    (void)state;
    size_t n = model->n_vertices;
    for (int kind = 0; kind < 3; kind++) {
        oik_body_input input;
        oik_error err;
        for (size_t i = 0; i < n; i++) /* turned round, shifted by a few, scattered (25 is prime to n = 624) */
            given[i] = body[kind == 0 ? n - 1 - i : kind == 1 ? (i + 9) % n : i * 25 % n];
        assert_int_equal(normalise(&input, &err), OIK_E_ORDER);
        assert_int_equal(err.status, OIK_E_ORDER);
        assert_non_null(strstr(err.message, "body.ply"));
        assert_non_null(strstr(err.message, "SMPL order"));
        assert_true(input.trunk_residual > 0.080 || input.long_edge_share > 0.10);
    }
}

/* The arms scattered: the trunk fits, the edges do not. */
static void scattered_limbs_are_refused_by_their_edges(void **state) {
    (void)state;
    oik_body_input input;
    size_t n = model->n_vertices, n_arm = 0, *arm = calloc(n, sizeof *arm);
    assert_non_null(arm);
    give(1);
    for (size_t i = 0; i < n; i++)
        if (model->part[i] >= OIK_J_SHOULDER_L)
            arm[n_arm++] = i;
    assert_true(n_arm % 5 != 0); /* so that a stride of 5 visits each once */
    for (size_t k = 0; k < n_arm; k++)
        given[arm[k]] = body[arm[5 * k % n_arm]];
    free(arm);
    assert_int_equal(normalise(&input, NULL), OIK_E_ORDER);
    assert_true(input.trunk_residual <= 0.080 && input.long_edge_share > 0.10);
}

/* Rings of the lower trunk turned by half a circle in their numbering: the edges keep their lengths, the trunk does not fit. */
static void a_twisted_trunk_is_refused_by_its_fit(void **state) {
    (void)state;
    oik_body_input input;
    give(1);
    for (size_t i = 0; i < model->n_vertices; i++)
        if (model->part[i] == OIK_J_SPINE1 || model->part[i] == OIK_J_SPINE2) {
            size_t k = i % 26; /* rings of 6, then two poles; see tiny_body.c */
            if (k < 24)
                given[i] = body[i - k % 6 + (k + 3) % 6];
        }
    assert_int_equal(normalise(&input, NULL), OIK_E_ORDER);
    assert_true(input.trunk_residual > 0.080 && input.long_edge_share <= 0.10);
}

static void other_vertex_counts_say_what_they_look_like(void **state) {
    (void)state;
    oik_body_input input;
    oik_error err;
    oik_mesh mesh = {.n_vertices = 3 * model->n_vertices, .vertices = given};
    assert_int_equal(oik_body_normalise(&input, x, model, &mesh, "crowd.ply", &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "crowd.ply: 1872 vertices are 3 times 624: several bodies"));
    mesh.n_vertices = 10475; /* the count is refused before a vertex is read */
    assert_int_equal(oik_body_normalise(&input, x, model, &mesh, "x.ply", &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "SMPL-X"));
    mesh.n_vertices = model->n_vertices - 1;
    assert_int_equal(oik_body_normalise(&input, x, model, &mesh, "part.ply", &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "part.ply: 623 vertices; expected the 624"));
    mesh.n_vertices = 0;
    assert_int_equal(oik_body_normalise(&input, x, model, &mesh, "empty.ply", &err), OIK_E_SHAPE);
}

static void a_vertex_that_is_not_finite_is_named(void **state) {
    (void)state;
    oik_body_input input;
    oik_error err;
    give(1);
    given[17].y = NAN;
    assert_int_equal(normalise(&input, &err), OIK_E_NOT_FINITE);
    assert_non_null(strstr(err.message, "vertex 17"));
    given[17].y = INFINITY;
    assert_int_equal(normalise(&input, &err), OIK_E_NOT_FINITE);
}

static void a_body_without_extent_is_refused(void **state) {
    (void)state;
    oik_body_input input;
    oik_error err;
    give(0);
    assert_int_equal(normalise(&input, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "body.ply"));
}

static void a_size_that_no_unit_explains_is_refused(void **state) {
    (void)state;
    oik_body_input input;
    oik_error err;
    give(1e5);
    assert_int_equal(normalise(&input, &err), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "unit"));
    give(1e-3);
    assert_int_equal(normalise(&input, &err), OIK_E_SHAPE);
    give(0.5); /* a child */
    assert_int_equal(normalise(&input, &err), OIK_OK);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(recognises_each_unit),
        cmocka_unit_test(measures_do_not_depend_on_the_unit),
        cmocka_unit_test(a_mirror_image_is_mended_where_it_stands),
        cmocka_unit_test(noise_of_5_mm_is_no_disorder),
        cmocka_unit_test(a_wrong_order_is_refused_with_its_measures),
        cmocka_unit_test(scattered_limbs_are_refused_by_their_edges),
        cmocka_unit_test(a_twisted_trunk_is_refused_by_its_fit),
        cmocka_unit_test(other_vertex_counts_say_what_they_look_like),
        cmocka_unit_test(a_vertex_that_is_not_finite_is_named),
        cmocka_unit_test(a_body_without_extent_is_refused),
        cmocka_unit_test(a_size_that_no_unit_explains_is_refused),
    };
    return cmocka_run_group_tests_name("test_body_normalise", cases, set_up, tear_down);
}
