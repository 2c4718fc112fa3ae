/*
 * The same body in another position, orientation, unit or chirality gives the same joint centres.
 *
 * Tolerance 0.5 mm: what the project promises. Files hold single precision (0.1 um at a metre), so it is all the solvers'.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rot.h"
#include "demo_run.h"
#include "mesh/mesh_io.h"
#include "run_program.h"

static const double tolerance = 0.0005; /* [m] */
static char *folder;
static json_t *reference; /* chain of the body as it is */

/** Run on a mesh and give its chain document. */
static json_t *chain_of(oik_mesh *mesh) {
    const char *path = in_folder(folder, "given.ply");
    oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY};
    oik_error err = {0};
    if (oik_mesh_write(mesh, path, &options, &err) != OIK_OK)
        fail_msg("%s", err.message);
    run_result r = run_osso_ik("--mesh_input", path, "-g", "female", "-o", folder, NULL);
    if (r.code != 0)
        fail_msg("exit code %d: %s", r.code, r.err);
    run_free(&r);
    return demo_json(folder, "given_chain.json");
}

static int set_up(void **state) {
    (void)state;
    folder = scratch_new();
    if (!folder || !file_exists(DEMO_FEMALE))
        return -1;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    reference = chain_of(mesh);
    oik_mesh_free(mesh);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    json_decref(reference);
    scratch_free(folder);
    return 0;
}

/** Input vertex = scale R v + t: the centres, which are in metres, must be R c + t / scale. */
static void expect_moved(oik_mat3 R, oik_vec3 t, double scale) {
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = v3_madd(t, scale, m3_mulv(R, mesh->vertices[i]));
    json_t *chain = chain_of(mesh);
    for (size_t i = 0; i < demo_n_joints(reference); i++) {
        oik_vec3 expected = v3_madd(m3_mulv(R, demo_joint_centre(reference, i)), 1.0 / scale, t);
        double error = v3_dist(expected, demo_joint_centre(chain, i));
        if (!(error < tolerance))
            fail_msg("%s is %.2f mm off", demo_joint_name(chain, i), 1000.0 * error);
    }
    json_decref(chain);
    oik_mesh_free(mesh);
}

static void any_rotation(void **state) {
    (void)state;
    expect_moved(oik_rot_exp(v3(0.9, -2.1, 1.3)), v3(0.4, -3.0, 1.5), 1.0);
}

static void z_up_and_another_heading(void **state) {
    (void)state;
    oik_mat3 z_up = {{{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}};
    expect_moved(m3_mul(oik_rot_axis(v3(0, 0, 1), 2.0), z_up), v3(0, 0, 0), 1.0);
}

static void upside_down(void **state) {
    (void)state;
    expect_moved(oik_rot_axis(v3(1, 0, 0), 3.14159265358979323846), v3(0, 0, 0), 1.0);
}

static void millimetres(void **state) {
    (void)state;
    expect_moved(m3_identity(), v3(0, 0, 0), 1000.0);
}

static void inches(void **state) {
    (void)state;
    expect_moved(m3_identity(), v3(100, 0, 0), 1.0 / 0.0254);
}

static void posed_bones_overlay_a_mesh_in_millimetres(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    json_decref(chain_of(mesh));
    oik_mesh *in_metres = demo_mesh(in_folder(folder, "given_skel_posed.ply"));
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = v3_scale(mesh->vertices[i], 1000.0);
    json_decref(chain_of(mesh));
    oik_mesh *in_millimetres = demo_mesh(in_folder(folder, "given_skel_posed.ply"));
    assert_int_equal(in_metres->n_vertices, in_millimetres->n_vertices);
    for (size_t i = 0; i < in_metres->n_vertices; i++)
        assert_true(v3_dist(v3_scale(in_metres->vertices[i], 1000.0), in_millimetres->vertices[i]) < 1000.0 * tolerance);
    char *header = file_text(in_folder(folder, "given_skel_posed.ply"), NULL);
    assert_non_null(strstr(header, "comment unit mm\n"));
    free(header);
    oik_mesh_free(in_metres);
    oik_mesh_free(in_millimetres);
    oik_mesh_free(mesh);
}

static void faces_are_not_needed(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    mesh->n_faces = 0;
    json_t *chain = chain_of(mesh);
    for (size_t i = 0; i < demo_n_joints(reference); i++)
        /* the model's triangulation bounds nearly the same body: 1 mm */
        assert_true(v3_dist(demo_joint_centre(reference, i), demo_joint_centre(chain, i)) < 0.001);
    json_decref(chain);
    oik_mesh_free(mesh);
}

/** "knee_l" for "knee_r" and the other way round; midline names stay. */
static void other_side(char *out, size_t size, const char *name) {
    snprintf(out, size, "%s", name);
    size_t n = strlen(out);
    if (n > 2 && out[n - 2] == '_' && (out[n - 1] == 'l' || out[n - 1] == 'r'))
        out[n - 1] = out[n - 1] == 'l' ? 'r' : 'l';
}

/** x -> -x: the person in the mirror has the left side where the right one was. */
static void a_mirrored_body_gives_the_mirrored_result(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i].x = -mesh->vertices[i].x;
    json_t *chain = chain_of(mesh);
    for (size_t i = 0; i < demo_n_joints(reference); i++) {
        char name[64];
        other_side(name, sizeof name, demo_joint_name(reference, i));
        oik_vec3 expected = v3_mul(v3(-1, 1, 1), demo_joint_centre(reference, i));
        double error = v3_dist(expected, demo_joint_centre(chain, demo_find_joint(chain, name)));
        if (!(error < tolerance))
            fail_msg("%s is %.2f mm off", name, 1000.0 * error);
    }
    json_t *summary = demo_json(folder, "given_summary.json");
    assert_true(json_is_true(json_object_get(json_object_get(summary, "input"), "mirrored")));
    json_decref(summary);
    json_decref(chain);
    oik_mesh_free(mesh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_rotation),
        cmocka_unit_test(z_up_and_another_heading),
        cmocka_unit_test(upside_down),
        cmocka_unit_test(millimetres),
        cmocka_unit_test(inches),
        cmocka_unit_test(posed_bones_overlay_a_mesh_in_millimetres),
        cmocka_unit_test(faces_are_not_needed),
        cmocka_unit_test(a_mirrored_body_gives_the_mirrored_result),
    };
    return cmocka_run_group_tests_name("test_cli_invariance", tests, set_up, tear_down);
}
