/* Mesh files that are wrong: each gives its status and a sentence that names the file and the place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mesh/mesh_io.h"
#include "support/shared_path.h"
#include "support/temp_dir.h"

#define XYZ "property float x\nproperty float y\nproperty float z\n"
#define FACES "property list uchar int vertex_indices\n"
#define ASCII_3_1 "ply\nformat ascii 1.0\nelement vertex 3\n" XYZ "element face 1\n" FACES "end_header\n"
#define BINARY(vertices, faces)                                                                                              \
    "ply\nformat binary_little_endian 1.0\nelement vertex " vertices "\nproperty char x\nproperty char y\nproperty char z\n" \
    "element face " faces "\nproperty list char int vertex_indices\nend_header\n"

typedef struct bad_file {
    const char *bytes;
    size_t size;
    oik_status status;
    const char *words; /* part of the message */
} bad_file;

/* Literals without a NUL byte inside give their size by themselves. */
#define BAD(text, status, words) {text, sizeof(text) - 1, status, words}

/* Written to a real file, so that the path is in the message and nothing leaks from a failed read. */
static void check_bad(const char *name, const bad_file *bad) {
    char path[TEMP_PATH_LENGTH];
    oik_error err = {0};
    oik_mesh *mesh = (oik_mesh *)&err; /* must become NULL */
    oik_status status = oik_mesh_read(&mesh, temp_file(path, name, bad->bytes, bad->size), &err);
    if (status != bad->status || err.status != status || !strstr(err.message, bad->words) || !strstr(err.message, path))
        fail_msg("expected %s with '%s', found %s: %s", oik_status_name(bad->status), bad->words, oik_status_name(status), err.message);
    assert_null(mesh);
    uint8_t *copy = malloc(bad->size ? bad->size : 1); /* again from an exact copy, for sanitizers */
    memcpy(copy, bad->bytes, bad->size);
    assert_int_equal(oik_mesh_read_memory(&mesh, copy, bad->size, name, NULL), bad->status);
    free(copy);
}

static void check_all(const char *name, const bad_file *bad, size_t n) {
    for (size_t i = 0; i < n; i++)
        check_bad(name, &bad[i]);
}

static void what_is_no_mesh_at_all(void **unused) {
    (void)unused;
    const bad_file bad[] = {
        BAD("", OIK_E_FORMAT, "the file is empty"),
        BAD("solid cube\nfacet", OIK_E_FORMAT, "found 'solid cube'"),
        BAD("\x89PNG\r\n", OIK_E_FORMAT, "found '?PNG'"),
        BAD("plywood\n", OIK_E_FORMAT, "found 'plywood'"),
        BAD("ply", OIK_E_FORMAT, "found 'ply'"),
    };
    check_all("bad.ply", bad, sizeof bad / sizeof *bad);
}

static void headers(void **unused) {
    (void)unused;
    const bad_file bad[] = {
        BAD("ply\n", OIK_E_FORMAT, "no end_header line within its 1 lines"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\n" XYZ, OIK_E_FORMAT, "no end_header line within its 6 lines"),
        BAD("ply\nend_header\n", OIK_E_FORMAT, "no format line"),
        BAD("ply\nformat ascii 1.0\nend_header\n", OIK_E_FORMAT, "expected an element 'vertex'"),
        BAD("ply\nformat xml 1.0\nend_header\n", OIK_E_FORMAT, "line 2: expected format ascii, binary_little_endian"),
        BAD("ply\nformat ascii 2.0\nend_header\n", OIK_E_FORMAT, "line 2: expected format version 1.0, found 'ascii 2.0'"),
        BAD("ply\nformat ascii 1.0\nformat ascii 1.0\nend_header\n", OIK_E_FORMAT, "line 3: expected one format line"),
        BAD("ply\nformat ascii 1.0\nvertices 3\nend_header\n", OIK_E_FORMAT, "line 3: expected format, element, property"),
        BAD("ply\nformat ascii 1.0\nproperty float x\nend_header\n", OIK_E_FORMAT, "line 3: expected an element before"),
        BAD("ply\nformat ascii 1.0\nelement vertex\nend_header\n", OIK_E_FORMAT, "line 3: expected element NAME COUNT"),
        BAD("ply\nformat ascii 1.0\nelement vertex -3\nend_header\n", OIK_E_FORMAT, "line 3: expected a count of at least 0, found '-3'"),
        BAD("ply\nformat ascii 1.0\nelement vertex many\nend_header\n", OIK_E_FORMAT, "found 'many'"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1.5\nend_header\n", OIK_E_FORMAT, "found '1.5'"),
        BAD("ply\nformat ascii 1.0\nelement vertex 99999999999999999999\nend_header\n", OIK_E_FORMAT, "expected a count"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\nproperty half x\nend_header\n", OIK_E_FORMAT, "line 4: expected a property type"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\nproperty list text int a\nend_header\n", OIK_E_FORMAT, "type of a list count"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\nproperty float\nend_header\n", OIK_E_FORMAT, "line 4: expected a property name"),
        BAD("ply\nformat ascii 1.0\nelement a 1\nelement a 1\nend_header\n", OIK_E_FORMAT, "line 4: expected an element name"),
        BAD("ply\nformat ascii 1.0\nelement vertex 0\n" XYZ "end_header\n", OIK_E_SHAPE, "expected vertices, the header announces 0"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float z\nend_header\n0 0\n", OIK_E_FORMAT,
            "'y' is missing"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\nproperty list char float x\nproperty float y\nproperty float z\nend_header\n"
            "1 0 0 0\n", OIK_E_FORMAT, "'x' is missing"),
        BAD("ply\nformat ascii 1.0\nelement vertex 1\n" XYZ "element face 1\nproperty int corner\nend_header\n0 0 0\n1\n", OIK_E_FORMAT,
            "expected the list property vertex_indices"),
    };
    check_all("header.ply", bad, sizeof bad / sizeof *bad);
}

static void ascii_data(void **unused) {
    (void)unused;
    const bad_file bad[] = {
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n", OIK_E_FORMAT, "at least 6 bytes each, found only 13 bytes"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0.0000 1.0 0.0\n", OIK_E_FORMAT, "(face 0): the file is cut off: the header announces 1, found 0"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 1\n", OIK_E_FORMAT, "(face 0): expected more values"),
        BAD(ASCII_3_1 "0 0 0\n1 0\n0 1 0 \n3 0 1 2\n", OIK_E_FORMAT, "line 11 (vertex 1): expected more values (3 properties)"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0 7\n0 1 0\n3 0 1 2\n", OIK_E_FORMAT, "line 11 (vertex 1): expected the end of the line after 3"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n3 0 2 1\n", OIK_E_FORMAT, "expected the end of the file after line 13"),
        BAD(ASCII_3_1 "0 0 0\n1 zero 0\n0 1 0\n3 0 1 2\n", OIK_E_FORMAT, "line 11 (vertex 1): expected a number, found 'zero'"),
        BAD(ASCII_3_1 "0 0 0\n1 1.2.3 0\n0 1 0\n3 0 1 2\n", OIK_E_FORMAT, "found '1.2.3'"),
        BAD(ASCII_3_1 "0 0 0\n1 0x1F 0\n0 1 0\n3 0 1 2\n", OIK_E_FORMAT, "found '0x1F'"),
        BAD(ASCII_3_1 "0,5 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", OIK_E_FORMAT, "found '0,5'"),
        BAD(ASCII_3_1 "0 0 0\n1 0 nan\n0 1 0\n3 0 1 2\n", OIK_E_NOT_FINITE,
            "line 11 (vertex 1): expected a finite z coordinate, found NaN"),
        BAD(ASCII_3_1 "0 0 0\n1 -inf 0\n0 1 0\n3 0 1 2\n", OIK_E_NOT_FINITE, "expected a finite y coordinate, found infinity"),
        BAD(ASCII_3_1 "1e400 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", OIK_E_NOT_FINITE, "line 10 (vertex 0): expected a finite x coordinate"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n", OIK_E_FORMAT, "line 13 (face 0): expected a vertex index from 0 to 2, found 3"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 -1 2\n", OIK_E_FORMAT, "expected a vertex index from 0 to 2, found -1"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 0.5 2\n", OIK_E_FORMAT, "found 0.5"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 nan 2\n", OIK_E_FORMAT, "expected a vertex index"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n-3 0 1 2\n", OIK_E_FORMAT, "line 13 (face 0): expected a list count of at least 0, found -3"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n2.5 0 1 2\n", OIK_E_FORMAT, "list count of at least 0, found 2.5"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n2 0 1\n", OIK_E_FORMAT, "expected a face of at least 3 vertices, found 2"),
        BAD(ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n4000000000 0 1\n", OIK_E_FORMAT, "expected 4000000000 list entries, found 4 bytes"),
    };
    check_all("ascii.ply", bad, sizeof bad / sizeof *bad);
}

static void binary_data(void **unused) {
    (void)unused;
    /* one triangle: 9 bytes of vertices, count 3, indices 0 1 2 */
    static const char good[] = BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\2\0\0\0";
    const size_t whole = sizeof good - 1;
    oik_mesh *mesh;
    assert_int_equal(oik_mesh_read_memory(&mesh, (const uint8_t *)good, whole, "good.ply", NULL), OIK_OK);
    oik_mesh_free(mesh);
    const bad_file bad[] = {
        {good, whole - 1, OIK_E_FORMAT, "(face 0): the file is cut off: expected a value of 4 bytes, found 3"},
        {good, whole - 12, OIK_E_FORMAT, "(face 0): expected 3 list entries, found 0 bytes"},
        {good, whole - 13, OIK_E_FORMAT, "the header claims 1 of element 'face' with at least 1 bytes each, found only 0 bytes"},
        {good, whole - 14, OIK_E_FORMAT, "the header claims 3 of element 'vertex' with at least 3 bytes each, found only 8 bytes"},
        BAD(BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\3\0\0\0", OIK_E_FORMAT, "expected a vertex index from 0 to 2, found 3"),
        BAD(BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\377\377\377\377", OIK_E_FORMAT, "found -1"),
        BAD(BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\375\0\0\0\0\1\0\0\0\2\0\0\0", OIK_E_FORMAT, "list count of at least 0, found -3"),
        BAD(BINARY("2", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\2\0\0\0", OIK_E_FORMAT, "at least 3 vertices, found 0"),
        BAD(BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\2\0\0\0\3", OIK_E_FORMAT, "found 1 bytes more"),
        BAD(BINARY("1000000000000000", "1") "\0\0\0", OIK_E_FORMAT, "the header claims 1000000000000000 of element 'vertex'"),
        BAD(BINARY("1", "9000000000000000000") "\0\0\0", OIK_E_FORMAT, "the header claims 9000000000000000000 of element 'face'"),
        BAD("ply\nformat binary_big_endian 1.0\nelement vertex 1\n" XYZ "end_header\n\0\0\0\0\x7f\xc0\0\0\0\0\0\0", OIK_E_NOT_FINITE,
            "(vertex 0): expected a finite y coordinate, found NaN"),
    };
    check_all("binary.ply", bad, sizeof bad / sizeof *bad);
}

/* A file that is cut at any byte is an error and never a crash or another mesh. */
static void every_truncation(void **unused) {
    (void)unused;
    static const char binary[] = BINARY("3", "1") "\0\0\0\1\0\0\0\1\0\3\0\0\0\0\1\0\0\0\2\0\0\0";
    static const char ascii[] = ASCII_3_1 "0 0 0\n1 0 0\n0 1 0\n3 0 1 2";
    for (int k = 0; k < 2; k++) {
        const char *bytes = k ? ascii : binary;
        size_t whole = k ? sizeof ascii - 1 : sizeof binary - 1;
        for (size_t size = 0; size < whole; size++) {
            uint8_t *copy = malloc(size ? size : 1);
            memcpy(copy, bytes, size);
            oik_mesh *mesh;
            oik_error err = {0};
            assert_int_equal(oik_mesh_read_memory(&mesh, copy, size, "cut.ply", &err), OIK_E_FORMAT);
            assert_null(mesh);
            assert_non_null(strstr(err.message, "cut.ply"));
            free(copy);
        }
    }
}

static void obj_files(void **unused) {
    (void)unused;
    const bad_file bad[] = {
        BAD("", OIK_E_FORMAT, "the file is empty"),
        BAD("# nothing\n", OIK_E_FORMAT, "expected an OBJ file with 'v x y z' lines"),
        BAD("v 0 0\n", OIK_E_FORMAT, "line 1: expected 3 coordinates, found 2"),
        BAD("v 0 zero 0\n", OIK_E_FORMAT, "line 1: expected a number, found 'zero'"),
        BAD("v 0 0 0\nv 0 nan 0\n", OIK_E_NOT_FINITE, "line 2: vertex 2: expected a finite y coordinate, found NaN"),
        BAD("v 1e999 0 0\n", OIK_E_NOT_FINITE, "found infinity"),
        BAD("v 0 0 0\nf 1 1 a\n", OIK_E_FORMAT, "line 2: expected a vertex index, found 'a'"),
        BAD("v 0 0 0\nf 1 1 1.5\n", OIK_E_FORMAT, "found '1.5'"),
        BAD("v 0 0 0\nf 1 1 0\n", OIK_E_FORMAT, "line 2: expected the index of a vertex, from 1, found '0'"),
        BAD("v 0 0 0\nf 1 1 -2\n", OIK_E_FORMAT, "found '-2'"),
        BAD("v 0 0 0\nf 1 1\n", OIK_E_FORMAT, "line 2: expected a face of at least 3 vertices, found 2"),
        BAD("v 0 0 0\nf 1 1 1\n\nf 1 2/3/4 7\n", OIK_E_FORMAT, "line 4: expected a vertex index from 1 to 1, found 7"),
        BAD("v 0 0 0\nf 1 1 99999999999999999999\n", OIK_E_FORMAT, "expected a vertex index"),
    };
    check_all("bad.obj", bad, sizeof bad / sizeof *bad);
}

static void files_that_cannot_be_opened(void **unused) {
    (void)unused;
    char path[TEMP_PATH_LENGTH];
    oik_mesh *mesh;
    oik_error err;
    assert_int_equal(oik_mesh_read(&mesh, temp_path(path, "absent.ply"), &err), OIK_E_IO);
    assert_null(mesh);
    assert_non_null(strstr(err.message, path));
    assert_int_equal(oik_mesh_read(&mesh, temp_path(path, "."), &err), OIK_E_IO);
}

static void bad_files_of_other_programs(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        oik_status status;
        const char *words;
    } files[] = {
        {"ply/assimp_invalid_crash-30d6d0f7.ply", OIK_E_FORMAT, "line 7: expected a property type"},
        {"ply/assimp_invalid_empty.ply", OIK_E_FORMAT, "the file is empty"},
        {"ply/trimesh_empty.ply", OIK_E_SHAPE, "expected vertices"},
        {"ply/trimesh_ply_empty_header.ply", OIK_E_FORMAT, "expected an element 'vertex'"},
    };
    char path[SHARED_PATH_LENGTH];
    if (!shared_path(path, "ply"))
        skip();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        oik_mesh *mesh;
        oik_error err = {0};
        assert_non_null(shared_path(path, files[i].name));
        assert_int_equal(oik_mesh_read(&mesh, path, &err), files[i].status);
        assert_non_null(strstr(err.message, files[i].words));
        assert_non_null(strstr(err.message, path));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_mesh_at_all),      cmocka_unit_test(headers),          cmocka_unit_test(ascii_data),
        cmocka_unit_test(binary_data),                 cmocka_unit_test(every_truncation), cmocka_unit_test(obj_files),
        cmocka_unit_test(files_that_cannot_be_opened), cmocka_unit_test(bad_files_of_other_programs),
    };
    return cmocka_run_group_tests_name("test_mesh_bad_input", tests, temp_dir_setup, temp_dir_teardown);
}
