/* The demo bodies: counts, closed surfaces, a shape and a pose of their own, determinism, missing models. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/rot.h"
#include "mesh/mesh_io.h"
#include "mesh/topology.h"
#include "ik/keypoints.h"
#include "models/demo_bodies.h"
#include "models/demo_walk.h"
#include "models/model_write.h"
#include "models/skin.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"
#include "support/tiny_skeleton.h"

enum { N_BODIES = 3, N_VERTICES = 6890, N_FACES = 13776 };

static const char *const files[N_BODIES] = {"body_female.ply", "body_male.ply", "body_male_crouch.ply"};
static char model_dir[TEMP_PATH_LENGTH], out_dir[TEMP_PATH_LENGTH], again_dir[TEMP_PATH_LENGTH];
static oik_skin *neutral;

/* Demo bodies need the skin of a model file only: any sound skeleton will do beside it. */
static oik_status write_model(const oik_skin_base *base, const oik_skel_model *skeleton, const char *gender, double g) {
    char path[2 * TEMP_PATH_LENGTH];
    oik_skin *skin = NULL;
    snprintf(path, sizeof path, "%s/%s.npz", model_dir, gender);
    oik_status status = oik_skin_new(&skin, base, g, NULL);
    if (!status)
        status = oik_model_write(path, gender, skin, skeleton, NULL);
    oik_skin_free(skin);
    return status;
}

static int set_up(void **state) {
    oik_skin_base *base = NULL;
    oik_error err = {.status = OIK_OK};
    if (temp_dir_setup(state))
        return -1;
    temp_path(model_dir, "models");
    temp_path(out_dir, "out");
    temp_path(again_dir, "again");
    oik_body_model *tiny = tiny_body_new();
    oik_skel_model *skeleton = tiny ? tiny_skeleton_new(tiny) : NULL;
    oik_status status = skeleton ? oik_dir_make(model_dir, &err) : OIK_E_MEMORY;
    if (!status)
        status = oik_skin_base_new(&base, "models/tables", &err);
    if (!status)
        status = write_model(base, skeleton, "female", 1.0);
    if (!status)
        status = write_model(base, skeleton, "male", 0.0);
    if (!status)
        status = oik_skin_new(&neutral, base, 0.5, &err);
    if (!status)
        status = oik_demo_bodies_write(model_dir, out_dir, &err);
    if (status)
        print_error("%s\n", err.message);
    oik_skin_base_free(base);
    oik_skel_model_free(skeleton);
    oik_body_model_free(tiny);
    return status ? -1 : 0;
}

static int tear_down(void **state) {
    oik_skin_free(neutral);
    return temp_dir_teardown(state);
}

static oik_mesh *read_body(int body) {
    char path[2 * TEMP_PATH_LENGTH];
    oik_mesh *mesh = NULL;
    snprintf(path, sizeof path, "%s/%s", out_dir, files[body]);
    assert_int_equal(oik_mesh_read(&mesh, path, NULL), OIK_OK);
    return mesh;
}

static void bodies_have_the_vertices_and_faces_of_the_skin(void **state) {
    (void)state;
    for (int i = 0; i < N_BODIES; i++) {
        oik_mesh *mesh = read_body(i);
        assert_int_equal(mesh->n_vertices, N_VERTICES);
        assert_int_equal(mesh->n_faces, N_FACES);
        assert_memory_equal(mesh->faces, neutral->faces, N_FACES * sizeof *mesh->faces);
        for (size_t v = 0; v < N_VERTICES; v++)
            assert_true(v3_finite(mesh->vertices[v]));
        oik_mesh_free(mesh);
    }
    assert_int_equal(count_entries(out_dir), N_BODIES);
}

static void faces_are_closed(void **state) {
    (void)state;
    for (int i = 0; i < N_BODIES; i++) {
        oik_mesh *mesh = read_body(i);
        oik_topology topology;
        assert_int_equal(oik_topology_of(&topology, mesh->n_vertices, (const int32_t(*)[3])mesh->faces, mesh->n_faces, NULL), OIK_OK);
        assert_int_equal(topology.n_boundary_edges + topology.n_non_manifold_edges + topology.n_inconsistent_edges, 0);
        assert_int_equal(topology.n_unused_vertices, 0);
        assert_int_equal(topology.n_components, 1);
        assert_int_equal(topology.euler, 2);
        oik_mesh_free(mesh);
    }
}

static double volume(const oik_mesh *mesh) {
    double sum = 0.0;
    for (size_t f = 0; f < mesh->n_faces; f++) {
        const int32_t *t = mesh->faces[f];
        sum += v3_dot(mesh->vertices[t[0]], v3_cross(mesh->vertices[t[1]], mesh->vertices[t[2]])) / 6.0;
    }
    return sum;
}

static void bodies_are_as_big_as_people_and_face_outwards(void **state) {
    (void)state;
    for (int i = 0; i < N_BODIES; i++) {
        oik_mesh *mesh = read_body(i);
        double litres = 1e3 * volume(mesh);
        assert_true(litres > 40.0 && litres < 140.0);
        oik_mesh_free(mesh);
    }
}

/* RMS distance of two bodies after the best rigid motion [m]. */
static double rms_apart(const oik_vec3 *x, const oik_vec3 *y) {
    oik_rigid fit;
    assert_int_equal(oik_rigid_fit(&fit, x, y, NULL, N_VERTICES, 0, NULL), OIK_OK);
    return fit.residual;
}

static void bodies_differ_from_the_template_and_from_each_other(void **state) {
    (void)state;
    oik_mesh *mesh[N_BODIES];
    for (int i = 0; i < N_BODIES; i++)
        mesh[i] = read_body(i);
    for (int i = 0; i < N_BODIES; i++) { /* arms that hang instead of standing off are worth more than 5 cm */
        assert_true(rms_apart(neutral->template_v, mesh[i]->vertices) > 0.05);
        for (int k = 0; k < i; k++)
            assert_true(rms_apart(mesh[k]->vertices, mesh[i]->vertices) > 0.03);
    }
    for (int i = 0; i < N_BODIES; i++)
        oik_mesh_free(mesh[i]);
}

static size_t read_all(char **bytes, const char *dir, const char *name) {
    char path[2 * TEMP_PATH_LENGTH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t n = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(n);
    assert_non_null(*bytes);
    assert_int_equal(fread(*bytes, 1, n, file), n);
    fclose(file);
    return n;
}

static void two_runs_write_the_same_bytes(void **state) {
    (void)state;
    assert_int_equal(oik_demo_bodies_write(model_dir, again_dir, NULL), OIK_OK);
    for (int i = 0; i < N_BODIES; i++) {
        char *first, *second;
        size_t n = read_all(&first, out_dir, files[i]);
        assert_int_equal(read_all(&second, again_dir, files[i]), n);
        assert_true(memcmp(first, second, n) == 0);
        free(first);
        free(second);
    }
}

static void a_model_that_is_not_there_is_named(void **state) {
    (void)state;
    char nowhere[TEMP_PATH_LENGTH];
    oik_error err = {.status = OIK_OK};
    assert_int_equal(oik_demo_bodies_write(temp_path(nowhere, "nowhere"), again_dir, &err), OIK_E_IO);
    assert_non_null(strstr(err.message, "nowhere"));
}

/** Lengths of thigh and shank stay, the pelvis goes forward at walking speed, the feet stay below the hips and swing. */
static void walk_is_a_walk_of_one_person(void **state) {
    (void)state;
    enum { PELVIS, HIP_R, KNEE_R, ANKLE_R };
    char dir[TEMP_PATH_LENGTH], path[2 * TEMP_PATH_LENGTH];
    oik_keypoints *walk = NULL;
    double farthest_back = 0.0, farthest_forward = 0.0;
    const double rounding = 4e-4; /* 0.1 mm in each of six coordinates */
    assert_int_equal(oik_demo_walk_write(model_dir, temp_path(dir, "walk"), NULL), OIK_OK);
    snprintf(path, sizeof path, "%s/walk.txt", dir);
    assert_int_equal(oik_keypoints_load(&walk, path, 30.0, NULL), OIK_OK);
    assert_int_equal(walk->n_frames, 66);
    for (int f = 0; f < walk->n_frames; f++) {
        const oik_vec3 *x = walk->x + f * walk->n_points;
        assert_true(fabs(v3_dist(x[HIP_R], x[KNEE_R]) - v3_dist(walk->x[HIP_R], walk->x[KNEE_R])) < rounding);
        assert_true(fabs(v3_dist(x[KNEE_R], x[ANKLE_R]) - v3_dist(walk->x[KNEE_R], walk->x[ANKLE_R])) < rounding);
        assert_true(x[ANKLE_R].z < x[HIP_R].z - 0.5);
        farthest_back = fmin(farthest_back, x[ANKLE_R].x - x[PELVIS].x);
        farthest_forward = fmax(farthest_forward, x[ANKLE_R].x - x[PELVIS].x);
    }
    double speed = (walk->x[65 * walk->n_points].x - walk->x[0].x) / (walk->time[65] - walk->time[0]);
    assert_true(speed > 1.0 && speed < 1.6);
    assert_true(farthest_back < -0.2 && farthest_forward > 0.2);
    oik_keypoints_free(walk);
}

int main(void) {
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(walk_is_a_walk_of_one_person),
        cmocka_unit_test(bodies_have_the_vertices_and_faces_of_the_skin),
        cmocka_unit_test(faces_are_closed),
        cmocka_unit_test(bodies_are_as_big_as_people_and_face_outwards),
        cmocka_unit_test(bodies_differ_from_the_template_and_from_each_other),
        cmocka_unit_test(two_runs_write_the_same_bytes),
        cmocka_unit_test(a_model_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests_name("test_models_demo", cases, set_up, tear_down);
}
