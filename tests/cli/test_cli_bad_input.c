/* Bad input: one sentence, exit code 3, nothing written. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "case_folder.h"
#include "demo_run.h"
#include "mesh/mesh_io.h"

/** Exit code 3, one line that starts as every error does and names what is given, and no output directory. */
static void expect_refused(const char *path, const char *part_of_message) {
    const char *out = in_folder(folder, "out");
    run_result r = run_osso_ik("--mesh_input", path, "-g", "female", "-o", out, NULL);
    if (r.code != 3)
        fail_msg("%s: exit code %d, expected 3: %s", path, r.code, r.err);
    if (!strstr(r.err, path) || !strstr(r.err, part_of_message))
        fail_msg("expected \"%s\" and the file's name in: %s", part_of_message, r.err);
    assert_int_equal(strncmp(r.err, "osso_ik: error: ", 16), 0);
    assert_int_equal(strcspn(r.err, "\n") + 1, strlen(r.err));
    assert_string_equal(r.out, "");
    assert_false(file_exists(out));
    run_free(&r);
}

static const char *put_text(const char *name, const char *text) {
    const char *path = in_folder(folder, name);
    file_put(path, text, strlen(text));
    return path;
}

static void files_that_are_no_mesh(void **state) {
    (void)state;
    expect_refused(in_folder(folder, "absent.ply"), "");
    expect_refused(folder, "directory");
    expect_refused(put_text("empty.ply", ""), "");
    expect_refused(put_text("text.ply", "hello\n"), "");
    expect_refused(put_text("endless.ply", "ply\nformat ascii 1.0\nelement vertex 3\n"), "end_header");
    expect_refused(put_text("short.ply", "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
                                         "property float z\nend_header\n0 0 0\n1 0 0\n"),
                   "");
    expect_refused(put_text("word.ply", "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
                                        "property float z\nend_header\n0 zero 0\n"),
                   "");
    expect_refused(put_text("huge.ply", "ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nproperty float x\n"
                                        "property float y\nproperty float z\nend_header\n"),
                   "");
}

static void a_truncated_body(void **state) {
    (void)state;
    size_t size = 0;
    char *bytes = file_text(DEMO_FEMALE, &size);
    assert_non_null(bytes);
    const char *path = in_folder(folder, "cut.ply");
    for (int k = 1; k < 4; k++) {
        file_put(path, bytes, size / 4 * (size_t)k);
        expect_refused(path, "");
    }
    free(bytes);
}

static const char *put_mesh(const oik_mesh *mesh, const char *name) {
    const char *path = in_folder(folder, name);
    oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY};
    assert_int_equal(oik_mesh_write(mesh, path, &options, NULL), OIK_OK);
    return path;
}

static void another_number_of_vertices(void **state) {
    (void)state;
    expect_refused(put_text("triangle.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), "6890");
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE), *two = NULL;
    size_t n = mesh->n_vertices;
    assert_int_equal(oik_mesh_new(&two, 2 * n, 0, NULL), OIK_OK);
    memcpy(two->vertices, mesh->vertices, n * sizeof *two->vertices);
    for (size_t i = 0; i < n; i++)
        two->vertices[n + i] = v3_add(mesh->vertices[i], v3(1, 0, 0));
    expect_refused(put_mesh(two, "two.ply"), "13780");
    oik_mesh_free(two);
    oik_mesh_free(mesh);
}

static void another_order_of_vertices(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    mesh->n_faces = 0;
    for (size_t i = 0; i < mesh->n_vertices / 2; i++) {
        oik_vec3 kept = mesh->vertices[i];
        mesh->vertices[i] = mesh->vertices[mesh->n_vertices - 1 - i];
        mesh->vertices[mesh->n_vertices - 1 - i] = kept;
    }
    expect_refused(put_mesh(mesh, "reversed.ply"), "order");
    oik_mesh_free(mesh);
}

static void a_body_without_extent(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    mesh->n_faces = 0;
    for (size_t i = 0; i < mesh->n_vertices; i++)
        mesh->vertices[i] = v3(1, 2, 3);
    expect_refused(put_mesh(mesh, "point.ply"), "");
    oik_mesh_free(mesh);
}

static void numbers_that_are_not_finite(void **state) {
    (void)state;
    oik_mesh *mesh = demo_mesh(DEMO_FEMALE);
    mesh->vertices[4711].y = 12345.0; /* found again in the file and replaced by not a number */
    const char *path = put_mesh(mesh, "nan.ply");
    size_t size = 0;
    char *bytes = file_text(path, &size);
    float wanted = 12345.0f, broken = NAN;
    bool found = false;
    for (size_t i = 0; i + sizeof wanted <= size && !found; i++) {
        found = memcmp(bytes + i, &wanted, sizeof wanted) == 0;
        if (found)
            memcpy(bytes + i, &broken, sizeof broken);
    }
    assert_true(found);
    file_put(path, bytes, size);
    expect_refused(path, "4711");
    free(bytes);
    oik_mesh_free(mesh);
}

static void an_output_directory_that_cannot_be_made(void **state) {
    (void)state;
    const char *file = put_text("file", "x");
    const char *below = in_folder(file, "out");
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", below, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, below));
    run_free(&r);
    if (access("/proc/self", F_OK) != 0)
        return; /* a bare chroot: /proc is a folder like any other there */
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", "/proc/out", NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "/proc"));
    run_free(&r);
}

/** A file size limit stands for a full disk: some files fit, the skeleton does not. */
static void a_disk_that_fills_up(void **state) {
    (void)state;
    struct rlimit before, small = {.rlim_cur = 300000, .rlim_max = RLIM_INFINITY};
    const char *out = in_folder(folder, "out");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN); /* kept by the program that is started: writing fails with EFBIG */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", out, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, out));
    assert_int_equal(count_files(folder), 0);
    assert_false(file_exists(out));
    run_free(&r);
}

static void what_was_there_before_stays(void **state) {
    (void)state;
    const char *out = in_folder(folder, "out");
    assert_int_equal(mkdir(out, 0777), 0);
    put_text("out/notes.txt", "mine");
    run_result r = run_osso_ik("--mesh_input", in_folder(folder, "absent.ply"), "-g", "female", "-o", out, NULL);
    assert_int_equal(r.code, 3);
    assert_true(file_exists(in_folder(folder, "out/notes.txt")));
    assert_int_equal(count_files(out), 1);
    run_free(&r);
}

static void models_that_are_missing_or_damaged(void **state) {
    (void)state;
    const char *absent = in_folder(folder, "absent.npz"), *out = in_folder(folder, "out");
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--model", absent, "-o", out, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, absent));
    run_free(&r);
    size_t size = 0;
    const char *dir = getenv("OSSO_IK_MODELS");
    char *bytes = file_text(in_folder(dir ? dir : "build/models", "female.npz"), &size);
    assert_non_null(bytes);
    bytes[size / 2] = (char)(bytes[size / 2] ^ 1);
    const char *damaged = in_folder(folder, "damaged.npz");
    file_put(damaged, bytes, size);
    free(bytes);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--model", damaged, "-o", out, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, damaged));
    assert_false(file_exists(out));
    run_free(&r);
}

static void wrong_usage_is_exit_code_2(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, NULL);
    assert_int_equal(r.code, 2);
    assert_non_null(strstr(r.err, "female, male or neutral"));
    assert_string_equal(r.out, "");
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, in_folder(folder, "body_female.obj"), "-g", "female", NULL);
    assert_int_equal(r.code, 2);
    assert_non_null(strstr(r.err, "same name"));
    run_free(&r);
}

static void help_and_version_go_to_stdout(void **state) {
    (void)state;
    run_result r = run_osso_ik("--help", NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "--mesh_input"));
    run_free(&r);
    r = run_osso_ik("--version", NULL);
    char expected[64];
    snprintf(expected, sizeof expected, "osso_ik %s\n", oik_version());
    assert_int_equal(r.code, 0);
    assert_string_equal(r.out, expected);
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_that_are_no_mesh),
        IN_FOLDER(a_truncated_body),
        IN_FOLDER(another_number_of_vertices),
        IN_FOLDER(another_order_of_vertices),
        IN_FOLDER(a_body_without_extent),
        IN_FOLDER(numbers_that_are_not_finite),
        IN_FOLDER(an_output_directory_that_cannot_be_made),
        IN_FOLDER(a_disk_that_fills_up),
        IN_FOLDER(what_was_there_before_stays),
        IN_FOLDER(models_that_are_missing_or_damaged),
        IN_FOLDER(wrong_usage_is_exit_code_2),
        IN_FOLDER(help_and_version_go_to_stdout),
    };
    return cmocka_run_group_tests_name("test_cli_bad_input", tests, NULL, NULL);
}
