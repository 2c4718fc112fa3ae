/* Every allocation of the mesh readers, the writer, the topology and the locator fails once; nothing crashes or is half-made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mesh/locate.h"
#include "mesh/mesh_io.h"
#include "mesh/topology.h"
#include "support/failing_malloc.h"
#include "support/shapes.h"
#include "support/temp_dir.h"

typedef struct context {
    const oik_mesh *mesh;
    const char *path;
    oik_mesh_format format;
} context;

static oik_status read_mesh(const context *c, oik_error *err) {
    oik_mesh *mesh = (oik_mesh *)c->mesh;
    oik_status status = oik_mesh_read(&mesh, c->path, err);
    assert_true(status ? mesh == NULL : mesh->n_faces == c->mesh->n_faces);
    oik_mesh_free(mesh);
    return status;
}

static oik_status write_mesh(const context *c, oik_error *err) {
    unlink(c->path);
    oik_mesh_write_options o = {.format = c->format, .label_name = "bone"};
    oik_status status = oik_mesh_write(c->mesh, c->path, &o, err);
    assert_true((access(c->path, F_OK) == 0) == (status == OIK_OK));
    return status;
}

static oik_status locate(const context *c, oik_error *err) {
    oik_locator *locator = (oik_locator *)&locator;
    oik_status status =
        oik_locator_new(&locator, c->mesh->vertices, c->mesh->n_vertices, (const int32_t(*)[3])c->mesh->faces, c->mesh->n_faces, err);
    assert_true(status ? locator == NULL : oik_locator_winding(locator, v3(0, 0, 0)) == 1);
    oik_locator_free(locator);
    return status;
}

static oik_status topology(const context *c, oik_error *err) {
    oik_topology t = {.euler = 42};
    oik_status status = oik_topology_of(&t, c->mesh->n_vertices, (const int32_t(*)[3])c->mesh->faces, c->mesh->n_faces, err);
    assert_int_equal(t.euler, status ? 42 : 2);
    return status;
}

/* The n-th allocation fails for n = 0, 1, ... until the call needs no n-th one. */
static void sweep(oik_status (*call)(const context *, oik_error *), const context *c) {
    for (long n = 0;; n++) {
        oik_error err = {0};
        failing_malloc_arm(n);
        oik_status status = call(c, &err);
        long n_seen = failing_malloc_disarm();
        if (n_seen <= n) {
            assert_int_equal(status, OIK_OK);
            assert_true(n > 0); /* the wrapped allocator has been called at all */
            return;
        }
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_non_null(strstr(err.message, "memory"));
    }
}

/* More than 1024 vertices and faces, so that the growing lists grow. */
static oik_mesh *labelled_sphere(void) {
    oik_mesh *mesh = shape_sphere(v3(0, 0, 0), 1, 34, 36);
    mesh->labels = calloc(mesh->n_vertices, sizeof *mesh->labels);
    return mesh;
}

static void reading_and_writing_survive(void **unused) {
    (void)unused;
    static const char *const names[] = {"a.ply", "b.ply", "c.obj"};
    oik_mesh *mesh = labelled_sphere();
    char path[TEMP_PATH_LENGTH];
    for (int f = OIK_MESH_PLY_BINARY; f <= OIK_MESH_OBJ; f++) {
        context c = {mesh, temp_path(path, names[f]), (oik_mesh_format)f};
        sweep(write_mesh, &c);
        sweep(read_mesh, &c);
    }
    oik_mesh_free(mesh);
}

static void the_locator_survives(void **unused) {
    (void)unused;
    oik_mesh *mesh = labelled_sphere();
    sweep(locate, &(context){.mesh = mesh});
    oik_mesh_free(mesh);
}

static void the_topology_survives(void **unused) {
    (void)unused;
    oik_mesh *mesh = labelled_sphere();
    sweep(topology, &(context){.mesh = mesh});
    oik_mesh_free(mesh);
}

/* Queries are called from threads and in inner loops: none of them may allocate. */
static void queries_allocate_nothing(void **unused) {
    (void)unused;
    oik_mesh *mesh = labelled_sphere();
    oik_locator *locator;
    const int32_t(*faces)[3] = (const int32_t(*)[3])mesh->faces;
    assert_int_equal(oik_locator_new(&locator, mesh->vertices, mesh->n_vertices, faces, mesh->n_faces, NULL), OIK_OK);
    oik_nearest nearest;
    failing_malloc_arm(-1);
    oik_locator_winding(locator, v3(0.1, 0.2, 0.3));
    oik_locator_nearest(&nearest, locator, v3(0.1, 0.2, 0.3), 2.0);
    oik_mesh_normals(mesh->vertices, mesh->vertices, mesh->n_vertices, NULL, 0);
    assert_int_equal(failing_malloc_disarm(), 0);
    oik_locator_free(locator);
    oik_mesh_free(mesh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_and_writing_survive),
        cmocka_unit_test(the_locator_survives),
        cmocka_unit_test(the_topology_survives),
        cmocka_unit_test(queries_allocate_nothing),
    };
    return cmocka_run_group_tests_name("test_mesh_malloc", tests, temp_dir_setup, temp_dir_teardown);
}
