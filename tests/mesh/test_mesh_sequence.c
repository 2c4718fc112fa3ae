/* Mesh sequences: which files in which order, arrays, names, frame rates, bad inputs, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/npz.h"
#include "mesh/frame_list.h"
#include "mesh/mesh_io.h"
#include "mesh/mesh_sequence.h"
#include "support/failing_malloc.h"
#include "support/shapes.h"
#include "support/temp_dir.h"

enum { N_FRAMES = 5, N_VERTICES = 8 };

/* A cube whose place tells the frame. Halves are exact in single precision. */
static oik_mesh *cube(int frame) {
    return shape_cube(v3(frame, -0.5 * frame, 2), 1);
}

static void write_cube(const char *name, int frame) {
    char path[TEMP_PATH_LENGTH];
    oik_mesh *mesh = cube(frame);
    oik_mesh_write_options o = {.format = strstr(name, ".obj") ? OIK_MESH_OBJ : OIK_MESH_PLY_BINARY};
    assert_int_equal(oik_mesh_write(mesh, temp_path(path, name), &o, NULL), OIK_OK);
    oik_mesh_free(mesh);
}

static void make_folder(const char *name) {
    char path[TEMP_PATH_LENGTH];
    assert_int_equal(oik_dir_make(temp_path(path, name), NULL), OIK_OK);
}

/* N_FRAMES cubes as an array under a name of an archive; faces and frame rate on request. */
static void write_archive(const char *file, const char *name, int deflate, int with_more) {
    char path[TEMP_PATH_LENGTH];
    oik_vec3 frames[N_FRAMES][N_VERTICES];
    const size_t shape[3] = {N_FRAMES, N_VERTICES, 3}, faces_shape[2] = {12, 3}, one[2] = {1, 3};
    const double fps = 59.94, shift[3] = {1, 2, 3};
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    for (int f = 0; f < N_FRAMES; f++) {
        oik_mesh *mesh = cube(f);
        memcpy(frames[f], mesh->vertices, sizeof frames[f]);
        if (f == 0 && with_more)
            assert_int_equal(oik_npz_add_i32(w, "faces", "<i4", 2, faces_shape, *mesh->faces, NULL), OIK_OK);
        oik_mesh_free(mesh);
    }
    assert_int_equal(oik_npz_add_f64(w, "shift", "<f4", 2, one, shift, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, name, deflate ? "<f4" : "<f8", 3, shape, &frames[0][0].x, NULL), OIK_OK);
    if (with_more)
        assert_int_equal(oik_npz_add_f64(w, "mocap_frame_rate", "<f8", 0, NULL, &fps, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, temp_path(path, file), deflate, NULL), OIK_OK);
    oik_npz_writer_free(w);
}

/* A .npy by hand: header for a shape, then size bytes. */
static const char *write_npy_of(char path[TEMP_PATH_LENGTH], const char *name, const char *dtype, const char *shape, const void *data,
                                size_t size) {
    char dictionary[128];
    size_t length = (size_t)snprintf(dictionary, sizeof dictionary, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", dtype,
                                     shape);
    oik_buf buf = {0};
    oik_buf_append(&buf, "\x93NUMPY\1\0", 8);
    oik_buf_append(&buf, (uint8_t[]){(uint8_t)length, 0}, 2);
    oik_buf_append(&buf, dictionary, length);
    oik_buf_append(&buf, data, size);
    assert_int_equal(oik_buf_write_file(&buf, temp_path(path, name), NULL), OIK_OK);
    oik_buf_free(&buf);
    return path;
}

static const char *write_npy(char path[TEMP_PATH_LENGTH], const char *name, const char *shape, const void *data, size_t size) {
    return write_npy_of(path, name, "<f8", shape, data, size);
}

static oik_mesh_sequence *open_path(const char *path) {
    oik_mesh_sequence *seq;
    oik_error err = {0};
    if (oik_mesh_sequence_open(&seq, &path, 1, &err))
        fail_msg("%s", err.message);
    return seq;
}

static void check_frame(oik_mesh_sequence *seq, size_t frame, int expected, size_t n_faces) {
    oik_mesh *mesh, *wanted = cube(expected);
    oik_error err = {0};
    if (oik_mesh_sequence_read(&mesh, seq, frame, &err))
        fail_msg("%s", err.message);
    assert_int_equal(mesh->n_vertices, N_VERTICES);
    assert_memory_equal(mesh->vertices, wanted->vertices, N_VERTICES * sizeof *mesh->vertices);
    assert_int_equal(mesh->n_faces, n_faces);
    assert_memory_equal(mesh->faces, wanted->faces, n_faces * sizeof *mesh->faces);
    oik_mesh_free(mesh);
    oik_mesh_free(wanted);
}

/* The frames are the cubes listed, read forwards and backwards; the sequence is freed. */
static void check_sequence(oik_mesh_sequence *seq, const char *name, size_t n, const int *cubes, size_t n_faces) {
    assert_string_equal(oik_mesh_sequence_name(seq), name);
    assert_int_equal(oik_mesh_sequence_n_frames(seq), n);
    assert_int_equal(oik_mesh_sequence_n_vertices(seq), N_VERTICES);
    for (size_t i = 0; i < n; i++)
        check_frame(seq, i, cubes[i], n_faces);
    for (size_t i = n; i-- > 0;)
        check_frame(seq, i, cubes[i], n_faces);
    oik_mesh_sequence_free(seq);
}

static int set_up(void **state) {
    if (temp_dir_setup(state))
        return -1;
    make_folder("walk");
    write_cube("walk/frame10.ply", 3);
    write_cube("walk/frame2.obj", 2);
    write_cube("walk/Frame02.PLY", 0); /* capitals come first in ASCII */
    write_cube("walk/frame1.ply", 1);
    write_cube("walk/.hidden.ply", 9);
    char path[TEMP_PATH_LENGTH];
    temp_file(path, "walk/readme.txt", "no mesh", 7);
    write_archive("stored.npz", "verts", 0, 1);
    write_archive("deflated.npz", "vertices", 1, 0);
    write_archive("unnamed.npz", "points", 1, 0);
    return 0;
}

static void names_are_ordered_by_their_numbers(void **state) {
    (void)state;
    static const char *const ascending[] = {
        "a",         "a.obj",     "a.ply",     "a1.ply",
        "a2.ply",    "a02b.ply",  "a10.ply",   "a10_1.ply",
        "a10_2.ply", "a010_10.ply", "a99999999999999999999.ply", "a100000000000000000000.ply", /* beyond 64 bits */
        "b",
    };
    size_t n = sizeof ascending / sizeof *ascending;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            int order = oik_natural_order(ascending[i], ascending[k]);
            if ((order < 0) != (i < k) || (order == 0) != (i == k))
                fail_msg("%s and %s: order %d", ascending[i], ascending[k], order);
        }
    /* one number, two names: some order, but always the same */
    int order = oik_natural_order("a1.ply", "a01.ply");
    assert_true(order != 0 && (order > 0) == (oik_natural_order("a01.ply", "a1.ply") < 0));
    assert_true(oik_natural_order("take2/f10.ply", "take10/f2.ply") < 0);
    assert_true(oik_natural_order("a-1.ply", "a-2.ply") < 0 && oik_natural_order("\xC3\xA9", "z") > 0);
}

static void a_folder_gives_its_meshes_in_order(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], before[TEMP_PATH_LENGTH];
    check_sequence(open_path(temp_path(path, "walk")), "walk", 4, (int[]){0, 1, 2, 3}, 12);
    check_sequence(open_path(temp_path(path, "walk//")), "walk", 4, (int[]){0, 1, 2, 3}, 12);
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(temp_path(path, "walk")), 0);
    oik_mesh_sequence *seq = open_path("."); /* no name of its own, and the files share no letter */
    check_sequence(seq, "sequence", 4, (int[]){0, 1, 2, 3}, 12);
    check_sequence(open_path("../walk"), "walk", 4, (int[]){0, 1, 2, 3}, 12);
    assert_int_equal(chdir(before), 0);
}

static void a_pattern_gives_what_it_matches(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    check_sequence(open_path(temp_path(path, "walk/frame*")), "frame", 3, (int[]){1, 2, 3}, 12);
    check_sequence(open_path(temp_path(path, "walk/frame?.*")), "frame", 2, (int[]){1, 2}, 12);
    check_sequence(open_path(temp_path(path, "wal[k]/*10.ply")), "frame10", 1, (int[]){3}, 12);
    check_sequence(open_path(temp_path(path, "walk/*")), "walk", 4, (int[]){0, 1, 2, 3}, 12);
}

static void a_file_that_looks_like_a_pattern_is_a_file(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    write_cube("body[1].ply", 4);
    check_sequence(open_path(temp_path(path, "body[1].ply")), "body[1]", 1, (int[]){4}, 12);
}

static void several_files_are_put_in_order(void **state) {
    (void)state;
    char a[TEMP_PATH_LENGTH], b[TEMP_PATH_LENGTH], c[TEMP_PATH_LENGTH];
    const char *const shell_order[] = {temp_path(a, "walk/frame1.ply"), temp_path(b, "walk/frame10.ply"),
                                       temp_path(c, "walk/frame2.obj")};
    oik_mesh_sequence *seq;
    assert_int_equal(oik_mesh_sequence_open(&seq, shell_order, 3, NULL), OIK_OK);
    check_sequence(seq, "frame", 3, (int[]){1, 2, 3}, 12);
}

static void one_mesh_is_a_sequence_of_one_frame(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_mesh_sequence *seq = open_path(temp_path(path, "walk/frame10.ply"));
    assert_true(fabs(oik_mesh_sequence_frame_rate(seq)) == 0.0);
    check_sequence(seq, "frame10", 1, (int[]){3}, 12);
}

static void names_end_before_the_number(void **state) {
    (void)state;
    static const struct {
        const char *first, *second, *name;
    } cases[] = {
        {"n/walk_0001.ply", "n/walk_0010.ply", "walk"}, {"n/run1.ply", "n/run2.ply", "run"},
        {"n/2023-01-05 1.ply", "n/2023-01-05 2.ply", "2023-01-05"}, {"n/jump.a.ply", "n/jump.b.ply", "jump"},
        {"n/01.ply", "n/02.ply", "n"}, {"n/caf\xC3\xA9.ply", "n/caf\xC3\xA8.ply", "caf"}, {"n/s1.ply", "n/s10.ply", "s"},
    };
    make_folder("n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char a[TEMP_PATH_LENGTH], b[TEMP_PATH_LENGTH];
        write_cube(cases[i].first, 0);
        write_cube(cases[i].second, 1);
        const char *const paths[] = {temp_path(a, cases[i].first), temp_path(b, cases[i].second)};
        oik_mesh_sequence *seq;
        assert_int_equal(oik_mesh_sequence_open(&seq, paths, 2, NULL), OIK_OK);
        assert_string_equal(oik_mesh_sequence_name(seq), cases[i].name);
        oik_mesh_sequence_free(seq);
    }
}

static void arrays_are_read_by_name_or_by_shape(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    const int all[N_FRAMES] = {0, 1, 2, 3, 4};
    oik_mesh_sequence *seq = open_path(temp_path(path, "stored.npz"));
    assert_true(fabs(oik_mesh_sequence_frame_rate(seq) - 59.94) == 0.0);
    check_sequence(seq, "stored", N_FRAMES, all, 12);
    seq = open_path(temp_path(path, "deflated.npz"));
    assert_true(fabs(oik_mesh_sequence_frame_rate(seq)) == 0.0);
    check_sequence(seq, "deflated", N_FRAMES, all, 0);
    check_sequence(open_path(temp_path(path, "unnamed.npz")), "unnamed", N_FRAMES, all, 0);
    oik_mesh *a = cube(7), *b = cube(8);
    oik_vec3 two[2][N_VERTICES];
    memcpy(two[0], a->vertices, sizeof two[0]);
    memcpy(two[1], b->vertices, sizeof two[1]);
    oik_mesh_free(a);
    oik_mesh_free(b);
    check_sequence(open_path(write_npy(path, "two.NPY", "(2, 8, 3)", two, sizeof two)), "two", 2, (int[]){7, 8}, 0);
}

/* The file is sparse: a terabyte of zeros. Reading it whole, or even all frames before the last, would not end. */
static void a_frame_costs_its_own_bytes_only(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    const size_t n_frames = 8000000, n_vertices = 6890;
    write_npy(path, "long.npy", "(8000000, 6890, 3)", NULL, 0);
    long header = 10 + (long)strlen("{'descr': '<f8', 'fortran_order': False, 'shape': (8000000, 6890, 3), }\n");
    if (truncate(path, header + (long)(n_frames * n_vertices * 3 * sizeof(double))) != 0)
        skip(); /* a file system without files of this size */
    oik_mesh_sequence *seq = open_path(path);
    assert_int_equal(oik_mesh_sequence_n_frames(seq), n_frames);
    oik_mesh *mesh;
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, n_frames - 1, NULL), OIK_OK);
    assert_int_equal(mesh->n_vertices, n_vertices);
    assert_true(v3_norm(mesh->vertices[n_vertices - 1]) == 0.0);
    oik_mesh_free(mesh);
    oik_mesh_sequence_free(seq);
    unlink(path);
}

/* Opening fails with this status, these words and the name of the file. */
static void check_refused(const char *const *paths, size_t n, oik_status wanted, const char *words) {
    oik_mesh_sequence *seq = (oik_mesh_sequence *)&seq;
    oik_error err = {0};
    oik_status status = oik_mesh_sequence_open(&seq, paths, n, &err);
    if (status != wanted || err.status != wanted || !strstr(err.message, words) || (n && !strstr(err.message, paths[n - 1])))
        fail_msg("expected %s with '%s', found %s: %s", oik_status_name(wanted), words, oik_status_name(status), err.message);
    assert_null(seq);
    assert_int_equal(oik_mesh_sequence_open(&seq, paths, n, NULL), wanted);
}

static void check_one_refused(const char *name, oik_status wanted, const char *words) {
    char path[TEMP_PATH_LENGTH];
    const char *one = temp_path(path, name);
    check_refused(&one, 1, wanted, words);
}

static void paths_without_meshes_are_refused(void **state) {
    (void)state;
    make_folder("empty");
    check_refused(NULL, 0, OIK_E_ARGUMENT, "none is given");
    check_one_refused("absent.ply", OIK_E_IO, "No such file");
    check_one_refused("empty", OIK_E_IO, "expected a directory with .ply or .obj files, found none");
    check_one_refused("empty/*.ply", OIK_E_IO, "matches 0 names");
    check_one_refused("walk/*.txt", OIK_E_IO, "matches 1 names, none of them one");
    char a[TEMP_PATH_LENGTH], b[TEMP_PATH_LENGTH];
    const char *paths[] = {temp_path(a, "walk/frame1.ply"), temp_path(b, "walk")};
    check_refused(paths, 2, OIK_E_ARGUMENT, "found a directory, which is a sequence by itself");
    temp_path(b, "stored.npz");
    check_refused(paths, 2, OIK_E_ARGUMENT, "found an array file, which is a sequence by itself");
    temp_path(b, "absent.ply");
    check_refused(paths, 2, OIK_E_IO, "No such file");
}

static void one_frame_in_two_formats_is_refused(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    oik_mesh_sequence *seq;
    oik_error err = {0};
    make_folder("twins");
    write_cube("twins/f1.ply", 1);
    write_cube("twins/f1.obj", 1);
    write_cube("twins/f01.obj", 1);
    const char *paths = temp_path(path, "twins");
    assert_int_equal(oik_mesh_sequence_open(&seq, &paths, 1, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "f1.obj and "));
    assert_non_null(strstr(err.message, "f1.ply are one frame twice: choose with a pattern, for example '*.ply'"));
    temp_path(path, "twins/*.ply");
    check_sequence(open_path(path), "f1", 1, (int[]){1}, 12);
}

static void a_bad_frame_is_named(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH], bad[TEMP_PATH_LENGTH];
    make_folder("bad");
    write_cube("bad/f0.ply", 0);
    temp_file(bad, "bad/f1.ply", "ply\nnonsense\n", 13);
    oik_mesh *sphere = shape_sphere(v3(0, 0, 0), 1, 4, 5), *mesh = sphere;
    const oik_mesh_write_options ascii = {.format = OIK_MESH_PLY_ASCII};
    assert_int_equal(oik_mesh_write(sphere, temp_path(bad, "bad/f2.ply"), &ascii, NULL), OIK_OK);
    size_t n_sphere = sphere->n_vertices;
    oik_mesh_free(sphere);
    oik_mesh_sequence *seq = open_path(temp_path(path, "bad"));
    oik_error err = {0};
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, 1, &err), OIK_E_FORMAT);
    assert_null(mesh);
    assert_non_null(strstr(err.message, "frame 1: "));
    assert_non_null(strstr(err.message, "bad/f1.ply"));
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, 2, &err), OIK_E_SHAPE);
    assert_null(mesh);
    char words[64];
    snprintf(words, sizeof words, "f0.ply), found %zu", n_sphere);
    assert_non_null(strstr(err.message, "f2.ply: expected 8 vertices as in frame 0 ("));
    assert_non_null(strstr(err.message, words));
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, 3, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "frame 3 of bad asked for, expected 0 to 2"));
    check_frame(seq, 0, 0, 12); /* the others are whole */
    oik_mesh_sequence_free(seq);
    unlink(temp_path(path, "bad/f0.ply"));
    check_one_refused("bad", OIK_E_FORMAT, "frame 0: ");
    check_one_refused("bad/f1.ply", OIK_E_FORMAT, "f1.ply");
}

static void arrays_of_other_shapes_are_refused(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    const double zeros[48] = {0};
    write_npy(path, "flat.npy", "(16, 3)", zeros, sizeof zeros);
    check_one_refused("flat.npy", OIK_E_SHAPE, "(frames, vertices, 3), found 1 array of shape (16, 3)");
    write_npy(path, "pairs.npy", "(2, 12, 2)", zeros, sizeof zeros);
    check_one_refused("pairs.npy", OIK_E_SHAPE, "of shape (2, 12, 2)");
    write_npy(path, "none.npy", "(0, 8, 3)", zeros, 0);
    check_one_refused("none.npy", OIK_E_SHAPE, "at least one frame and one vertex, found the shape (0, 8, 3)");
    write_npy(path, "void.npy", "(4, 0, 3)", zeros, 0);
    check_one_refused("void.npy", OIK_E_SHAPE, "at least one frame and one vertex, found the shape (4, 0, 3)");
    write_npy(path, "cut.npy", "(2, 9, 3)", zeros, sizeof zeros);
    check_one_refused("cut.npy", OIK_E_FORMAT, "expected 432 bytes for its shape, found 384");
    write_npy_of(path, "half.npy", "<f2", "(2, 8, 3)", zeros, sizeof zeros / 4);
    check_one_refused("half.npy", OIK_E_FORMAT, "dtype '<f2' is not read, expected f4 f8");
    temp_file(path, "other.npz", "what?", 5);
    check_one_refused("other.npz", OIK_E_FORMAT, "expected an .npz archive");
}

/* Archives by what is in them: up to three arrays of zeros. */
typedef struct content {
    const char *name;
    int n_dim;
    size_t shape[3];
    double value;
} content;

static void check_content_refused(const content c[3], oik_status wanted, const char *words) {
    char path[TEMP_PATH_LENGTH];
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    for (int i = 0; i < 3 && c[i].name; i++) {
        double numbers[48];
        for (int k = 0; k < 48; k++)
            numbers[k] = c[i].value;
        assert_int_equal(oik_npz_add_f64(w, c[i].name, "<f8", c[i].n_dim, c[i].shape, numbers, NULL), OIK_OK);
    }
    assert_int_equal(oik_npz_writer_save(w, temp_path(path, "content.npz"), 0, NULL), OIK_OK);
    oik_npz_writer_free(w);
    check_one_refused("content.npz", wanted, words);
}

static void archives_without_one_sequence_are_refused(void **state) {
    (void)state;
    check_content_refused((content[3]){{"a", 3, {2, 8, 3}, 0}, {"b", 3, {2, 8, 3}, 0}}, OIK_E_SHAPE,
                          "found 'a' and 'b': call the right one 'vertices'");
    check_content_refused((content[3]){{"a", 2, {8, 3}, 0}, {"b", 3, {2, 8, 2}, 0}}, OIK_E_SHAPE, "found 2 arrays, none of that shape");
    check_content_refused((content[3]){{"verts", 2, {8, 3}, 0}, {"b", 3, {2, 8, 3}, 0}}, OIK_E_SHAPE,
                          "array 'verts': expected the shape (frames, vertices, 3), found (8, 3)");
    check_content_refused((content[3]){{"v", 3, {2, 8, 3}, 0}, {"faces", 2, {2, 3}, 8}}, OIK_E_SHAPE,
                          "array 'faces': face 0 has the vertex 8, expected 0 to 7");
    check_content_refused((content[3]){{"v", 3, {2, 8, 3}, 0}, {"faces", 2, {2, 3}, -1}}, OIK_E_SHAPE, "the vertex -1");
    check_content_refused((content[3]){{"v", 3, {2, 8, 3}, 0}, {"faces", 2, {2, 4}, 0}}, OIK_E_SHAPE, "expected 3 entries");
    check_content_refused((content[3]){{"v", 3, {2, 8, 3}, 0}, {"faces", 2, {2, 3}, 0.5}}, OIK_E_FORMAT, "integer");
    check_content_refused((content[3]){{"v", 3, {2, 8, 3}, 0}, {"fps", 0, {0}, -30}}, OIK_E_FORMAT, "frame rate > 0, found -30");
}

static void a_frame_that_is_not_finite_is_named(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    double numbers[2 * N_VERTICES * 3] = {0};
    numbers[N_VERTICES * 3 + 3 * 5 + 1] = (double)NAN;
    oik_mesh_sequence *seq = open_path(write_npy(path, "nan.npy", "(2, 8, 3)", numbers, sizeof numbers));
    oik_mesh *mesh = NULL;
    oik_error err = {0};
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, 0, &err), OIK_OK);
    oik_mesh_free(mesh);
    assert_int_equal(oik_mesh_sequence_read(&mesh, seq, 1, &err), OIK_E_NOT_FINITE);
    assert_null(mesh);
    assert_non_null(strstr(err.message, "frame 1: "));
    assert_non_null(strstr(err.message, "nan.npy: vertex 5 is (0, nan, 0)"));
    oik_mesh_sequence_free(seq);
}

static oik_status open_and_read(const char *path, oik_error *err) {
    oik_mesh_sequence *seq = (oik_mesh_sequence *)&seq;
    oik_mesh *mesh = NULL;
    oik_status status = oik_mesh_sequence_open(&seq, &path, 1, err);
    assert_true(status ? seq == NULL : seq != NULL);
    if (!status)
        status = oik_mesh_sequence_read(&mesh, seq, 1, err);
    assert_true(status ? mesh == NULL : mesh->n_vertices == N_VERTICES);
    oik_mesh_free(mesh);
    oik_mesh_sequence_free(seq);
    return status;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    static const char *const names[] = {"walk", "walk/frame*", "stored.npz", "deflated.npz", "unnamed.npz"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char path[TEMP_PATH_LENGTH];
        temp_path(path, names[k]);
        for (long n = 0;; n++) {
            oik_error err = {0};
            failing_malloc_arm(n);
            oik_status status = open_and_read(path, &err);
            long n_seen = failing_malloc_disarm();
            if (n_seen <= n) {
                assert_int_equal(status, OIK_OK);
                assert_true(n > 0); /* the wrapped allocator has been called at all */
                break;
            }
            assert_int_equal(status, OIK_E_MEMORY);
            assert_int_equal(err.status, OIK_E_MEMORY);
            assert_non_null(strstr(err.message, "memory"));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_ordered_by_their_numbers),
        cmocka_unit_test(a_folder_gives_its_meshes_in_order),
        cmocka_unit_test(a_pattern_gives_what_it_matches),
        cmocka_unit_test(a_file_that_looks_like_a_pattern_is_a_file),
        cmocka_unit_test(several_files_are_put_in_order),
        cmocka_unit_test(one_mesh_is_a_sequence_of_one_frame),
        cmocka_unit_test(names_end_before_the_number),
        cmocka_unit_test(arrays_are_read_by_name_or_by_shape),
        cmocka_unit_test(a_frame_costs_its_own_bytes_only),
        cmocka_unit_test(paths_without_meshes_are_refused),
        cmocka_unit_test(one_frame_in_two_formats_is_refused),
        cmocka_unit_test(a_bad_frame_is_named),
        cmocka_unit_test(arrays_of_other_shapes_are_refused),
        cmocka_unit_test(archives_without_one_sequence_are_refused),
        cmocka_unit_test(a_frame_that_is_not_finite_is_named),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_mesh_sequence", tests, set_up, temp_dir_teardown);
}
