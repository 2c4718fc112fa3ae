/* info, convert, and what the program does on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "case_folder.h"
#include "demo_run.h"
#include "mesh/mesh_io.h"

static void info_tells_what_a_body_is(void **state) {
    (void)state;
    run_result r = run_osso_ik("info", DEMO_FEMALE, NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "6890 vertices"));
    assert_non_null(strstr(r.out, "surface: closed, 1 piece"));
    assert_non_null(strstr(r.out, "body: yes"));
    run_free(&r);
    const char *path = in_folder(folder, "triangle.obj");
    const char *text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
    file_put(path, text, strlen(text));
    r = run_osso_ik("info", path, NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "surface: open"));
    assert_non_null(strstr(r.out, "body: no: "));
    run_free(&r);
}

static void info_tells_what_a_model_is(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    run_result r = run_osso_ik("info", in_folder(dir ? dir : "build/models", "male.npz"), NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "gender: male\n"));
    assert_non_null(strstr(r.out, "licence: "));
    run_free(&r);
}

static void info_refuses_what_it_cannot_read(void **state) {
    (void)state;
    run_result r = run_osso_ik("info", in_folder(folder, "absent.ply"), NULL);
    assert_int_equal(r.code, 3);
    run_free(&r);
    r = run_osso_ik("info", NULL);
    assert_int_equal(r.code, 2);
    run_free(&r);
}

/** PLY -> OBJ -> ASCII PLY keeps every coordinate to single precision and every face. */
static void convert_keeps_the_mesh(void **state) {
    (void)state;
    const char *obj = in_folder(folder, "a.obj"), *ply = in_folder(folder, "b.ply");
    run_result r = run_osso_ik("convert", DEMO_FEMALE, obj, NULL);
    assert_int_equal(r.code, 0);
    run_free(&r);
    r = run_osso_ik("convert", "--ascii", obj, ply, NULL);
    assert_int_equal(r.code, 0);
    run_free(&r);
    char *text = file_text(ply, NULL);
    assert_non_null(strstr(text, "format ascii"));
    free(text);
    oik_mesh *a = demo_mesh(DEMO_FEMALE), *b = demo_mesh(ply);
    assert_int_equal(a->n_vertices, b->n_vertices);
    assert_int_equal(a->n_faces, b->n_faces);
    for (size_t i = 0; i < a->n_vertices; i++)
        assert_true(v3_dist(a->vertices[i], b->vertices[i]) < 1e-6); /* nine digits of coordinates up to 2 m, float32 */
    assert_memory_equal(a->faces, b->faces, a->n_faces * sizeof *a->faces);
    oik_mesh_free(a);
    oik_mesh_free(b);
}

static void convert_writes_binary_unless_told(void **state) {
    (void)state;
    const char *ply = in_folder(folder, "b.ply");
    run_result r = run_osso_ik("convert", DEMO_FEMALE, ply, NULL);
    assert_int_equal(r.code, 0);
    run_free(&r);
    char *text = file_text(ply, NULL);
    assert_non_null(strstr(text, "format binary_little_endian"));
    free(text);
}

static void convert_refuses_wrong_usage(void **state) {
    (void)state;
    run_result r = run_osso_ik("convert", DEMO_FEMALE, in_folder(folder, "a.stl"), NULL);
    assert_int_equal(r.code, 2);
    run_free(&r);
    r = run_osso_ik("convert", DEMO_FEMALE, NULL);
    assert_int_equal(r.code, 2);
    run_free(&r);
    r = run_osso_ik("convert", "--ascii", DEMO_FEMALE, in_folder(folder, "a.obj"), NULL);
    assert_int_equal(r.code, 2);
    run_free(&r);
    r = run_osso_ik("convert", in_folder(folder, "absent.ply"), in_folder(folder, "a.obj"), NULL);
    assert_int_equal(r.code, 3);
    assert_int_equal(count_files(folder), 0);
    run_free(&r);
}

static void progress_is_drawn_on_a_terminal_only(void **state) {
    (void)state;
    run_result r = run_osso_ik_on_terminal("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.err, "[1/5]"));
    assert_non_null(strstr(r.err, "[5/5]"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_int_equal(r.code, 0);
    assert_null(strstr(r.err, "[1/5]"));
    assert_null(strchr(r.err, '\033'));
    run_free(&r);
}

static void no_color_is_kept(void **state) {
    (void)state;
    const char *red = "\033[31m";
    unsetenv("NO_COLOR");
    run_result r = run_osso_ik_on_terminal("--mesh_input", "absent.ply", "-g", "female", "-o", folder, NULL);
    assert_non_null(strstr(r.err, red));
    run_free(&r);
    setenv("NO_COLOR", "1", 1);
    r = run_osso_ik_on_terminal("--mesh_input", "absent.ply", "-g", "female", "-o", folder, NULL);
    assert_non_null(strstr(r.err, "absent.ply"));
    assert_null(strstr(r.err, red));
    run_free(&r);
    unsetenv("NO_COLOR");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(info_tells_what_a_body_is),
        IN_FOLDER(info_tells_what_a_model_is),
        IN_FOLDER(info_refuses_what_it_cannot_read),
        IN_FOLDER(convert_keeps_the_mesh),
        IN_FOLDER(convert_writes_binary_unless_told),
        IN_FOLDER(convert_refuses_wrong_usage),
        IN_FOLDER(progress_is_drawn_on_a_terminal_only),
        IN_FOLDER(no_color_is_kept),
    };
    return cmocka_run_group_tests_name("test_cli_tools", tests, NULL, NULL);
}
