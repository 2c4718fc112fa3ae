/* osso_ik import: finding the tool and a python3, exit codes, and a model that the program takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "run_program.h"
#include "support/shared_path.h"

#define TOOLS "tools" /* tests run in the checkout */

static char *folder;

static int new_folder(void **state) {
    (void)state;
    setenv("OSSO_IK_TOOLS", TOOLS, 1);
    folder = scratch_new();
    return folder ? 0 : -1;
}

static int remove_folder(void **state) {
    (void)state;
    scratch_free(folder);
    return 0;
}

/** Skips the test where no python3 has numpy; the program says so. */
static void need_numpy(void) {
    run_result r = run_osso_ik("import", NULL);
    bool absent = r.code == 3 && strstr(r.err, "python3 with numpy is needed");
    run_free(&r);
    if (absent) {
        fprintf(stderr, "skipped: no python3 that has numpy\n");
        skip();
    }
}

/** A tool of the given text in place of the importer; skips the test where there is no python3. */
static void put_tool(const char *text) {
    const char *path = in_folder(folder, "import_model.py");
    file_put(path, text, strlen(text));
    setenv("OSSO_IK_TOOLS", folder, 1);
}

static void wrong_usage_is_2_and_help_is_0(void **state) {
    (void)state;
    need_numpy();
    run_result r = run_osso_ik("import", NULL);
    assert_int_equal(r.code, 2);
    assert_non_null(strstr(r.err, "--star"));
    run_free(&r);
    r = run_osso_ik("import", "--help", NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "usage: osso_ik import"));
    assert_non_null(strstr(r.out, "must not be redistributed"));
    run_free(&r);
}

static void missing_file_is_3_and_leaves_nothing(void **state) {
    (void)state;
    need_numpy();
    const char *absent = in_folder(folder, "absent"), *model = in_folder(folder, "model.npz");
    run_result r = run_osso_ik("import", "--star", absent, "--osso", absent, "--loss", absent, "-g", "male", "-o", model, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "osso_ik: error: import: "));
    assert_non_null(strstr(r.err, absent));
    run_free(&r);
    assert_int_equal(count_files(folder), 0);
}

static void absent_tool_is_named(void **state) {
    (void)state;
    setenv("OSSO_IK_TOOLS", folder, 1);
    run_result r = run_osso_ik("import", "--help", NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "the folder that OSSO_IK_TOOLS names"));
    assert_non_null(strstr(r.err, folder)); /* where it looked */
    run_free(&r);
}

/** Moves a copy of the program to a place with no tools beside it. */
static void places_beside_the_program_are_named(void **state) {
    (void)state;
    char source[SHARED_PATH_LENGTH];
    size_t n;
    const char *build = getenv("OSSO_IK_BUILD"), *place = in_folder(folder, "bin"), *copy = in_folder(folder, "bin/osso_ik");
    char *before = build ? strdup(build) : NULL;
    snprintf(source, sizeof source, "%s/osso_ik", build ? build : "build");
    char *program = file_text(source, &n);
    assert_non_null(program);
    assert_int_equal(mkdir(place, 0700), 0);
    file_put(copy, program, n);
    free(program);
    assert_int_equal(chmod(copy, 0700), 0);
    unsetenv("OSSO_IK_TOOLS");
    setenv("OSSO_IK_BUILD", place, 1);
    run_result r = run_osso_ik("import", "--help", NULL);
    if (before)
        setenv("OSSO_IK_BUILD", before, 1);
    else
        unsetenv("OSSO_IK_BUILD");
    free(before);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, in_folder(folder, "bin/../tools")));
    assert_non_null(strstr(r.err, in_folder(folder, "bin/../share/osso_ik/tools")));
    assert_non_null(strstr(r.err, "name its folder with OSSO_IK_TOOLS"));
    run_free(&r);
}

/** A tool that puts a file in place as the importer does, and says that all is well. */
static const char *put_tool_that_makes_no_model(void) {
    const char *made = in_folder(folder, "made.npz");
    put_tool("import os, sys\n"
             "made = os.environ['MADE']\n"
             "if '--probe' not in sys.argv and '--help' not in sys.argv:\n"
             "    with open(made + '.part', 'w') as file:\n"
             "        file.write('no model')\n"
             "    os.replace(made + '.part', made)\n");
    setenv("MADE", made, 1);
    return made;
}

static void archive_that_the_program_refuses_is_removed(void **state) {
    (void)state;
    char long_form[SHARED_PATH_LENGTH], short_form[SHARED_PATH_LENGTH];
    const char *made = put_tool_that_makes_no_model();
    snprintf(long_form, sizeof long_form, "--output=%s", made);
    snprintf(short_form, sizeof short_form, "-o%s", made);
    const char *const ways[][2] = {{"-o", made}, {"--output", made}, {long_form, NULL}, {short_form, NULL}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        run_result r = run_osso_ik("import", ways[i][0], ways[i][1], NULL);
        if (strstr(r.err, "python3 with numpy is needed"))
            skip(); /* no python3 at all */
        assert_int_equal(r.code, 3);
        assert_non_null(strstr(r.err, "no model that this program takes: "));
        assert_non_null(strstr(r.err, "made.npz"));
        run_free(&r);
        assert_false(file_exists(made));
    }
}

/** A file that the tool did not write is not looked at, and not removed. */
static void file_that_was_there_before_is_left(void **state) {
    (void)state;
    const char *made = put_tool_that_makes_no_model(), *other = in_folder(folder, "other.npz");
    file_put(made, "mine", 4);
    file_put(other, "mine", 4);
    run_result r = run_osso_ik("import", "--help", "-o", made, NULL);
    if (r.code == 3)
        skip(); /* no python3 at all */
    assert_int_equal(r.code, 0);
    assert_true(file_exists(made));
    run_free(&r);
    r = run_osso_ik("import", "-o", other, NULL);
    assert_int_equal(r.code, 0);
    assert_true(file_exists(other));
    run_free(&r);
}

static void python_without_numpy_says_what_to_install(void **state) {
    (void)state;
    put_tool("import sys\nsys.exit(3)\n"); /* what the tool says to --probe */
    run_result r = run_osso_ik("import", "--help", NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "apt install python3-numpy"));
    run_free(&r);
}

/** A python3 of PATH that will not do gives way to the system's own. */
static void second_python_is_tried(void **state) {
    (void)state;
    if (access("/usr/bin/python3", X_OK) != 0)
        skip();
    put_tool("import sys\nprint('ran in', sys.executable)\n");
    const char *bad = in_folder(folder, "python3"), *script = "#!/bin/sh\nexit 3\n";
    file_put(bad, script, strlen(script));
    assert_int_equal(chmod(bad, 0700), 0);
    char *path = strdup(getenv("PATH"));
    setenv("PATH", folder, 1);
    run_result r = run_osso_ik("import", NULL);
    setenv("PATH", path, 1);
    free(path);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "ran in /usr/bin/python3"));
    run_free(&r);
}

static void arguments_pass_through_no_shell(void **state) {
    (void)state;
    put_tool("import sys\nprint(sys.argv[1:])\n");
    run_result r = run_osso_ik("import", "--star", "a b; echo $(c) * \"d", NULL);
    if (r.code == 3)
        skip(); /* no python3 at all */
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "'--star', 'a b; echo $(c) * \"d']"));
    assert_non_null(strstr(r.out, "['--tables', '"));
    run_free(&r);
}

static void broken_tool_is_a_fault_inside(void **state) {
    (void)state;
    put_tool("import sys\nif '--probe' not in sys.argv:\n    raise ValueError('broken')\n");
    run_result r = run_osso_ik("import", NULL);
    if (r.code == 3)
        skip(); /* no python3 at all */
    assert_int_equal(r.code, 1);
    assert_non_null(strstr(r.err, "the tool ended with 1"));
    run_free(&r);
}

/** A pack and a body: the reference program's, else the project's own; NULL when there is neither. */
static const char *oracle_path(char path[SHARED_PATH_LENGTH], const char *name) {
    char relative[SHARED_PATH_LENGTH - 32];
    snprintf(relative, sizeof relative, "oracle/%s", name);
    if (shared_path(path, relative))
        return path;
    snprintf(path, SHARED_PATH_LENGTH, "tests/data/oracle/%s", name);
    return file_exists(path) ? path : NULL;
}

static const char *import_oracle(const char *gender, const char *name) {
    char star[SHARED_PATH_LENGTH], osso[SHARED_PATH_LENGTH], loss[SHARED_PATH_LENGTH];
    const char *model = in_folder(folder, name);
    if (!oracle_path(star, "pack/data/star_1_1") || !oracle_path(osso, "pack/data/skeleton") || !oracle_path(loss, "pack/data/loss"))
        skip();
    need_numpy();
    run_result r = run_osso_ik("import", "--star", star, "--osso", osso, "--loss", loss, "--gender", gender, "-o", model, NULL);
    assert_string_equal(r.err, "");
    assert_int_equal(r.code, 0);
    run_free(&r);
    return model;
}

static void imported_model_is_known_to_info(void **state) {
    (void)state;
    run_result r = run_osso_ik("info", import_oracle("male", "model.npz"), NULL);
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "gender: male\n"));
    assert_non_null(strstr(r.out, "not to be redistributed"));
    assert_non_null(strstr(r.out, "21 parts"));
    assert_non_null(strstr(r.out, "kinematics: 19 joints, 50 degrees of freedom"));
    run_free(&r);
}

static void importing_twice_gives_the_same_file(void **state) {
    (void)state;
    size_t n[2];
    char *a = file_text(import_oracle("female", "a.npz"), &n[0]), *b = file_text(import_oracle("female", "b.npz"), &n[1]);
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(a, b, n[0]);
    free(a);
    free(b);
}

/** From the mesh to the angles. The oracle's bodies are loose ellipsoids: quality gates may fail (4). */
static void imported_model_goes_through_the_pipeline(void **state) {
    (void)state;
    char body[SHARED_PATH_LENGTH];
    const char *model = import_oracle("female", "model.npz"), *out = in_folder(folder, "out");
    assert_non_null(oracle_path(body, "bodies/female.ply"));
    run_result r = run_osso_ik("--mesh_input", body, "--gender", "female", "--model", model, "--out", out, NULL);
    assert_true(r.code == 0 || r.code == 4);
    run_free(&r);
    char *chain = file_text(in_folder(out, "female_chain.json"), NULL), *angles = file_text(in_folder(out, "female_angles.csv"), NULL);
    assert_non_null(chain);
    assert_non_null(strstr(chain, "sternoclavicular_r"));
    assert_non_null(angles);
    assert_non_null(strstr(angles, "knee_angle_l"));
    free(chain);
    free(angles);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, new_folder, remove_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(wrong_usage_is_2_and_help_is_0),
        IN_FOLDER(missing_file_is_3_and_leaves_nothing),
        IN_FOLDER(absent_tool_is_named),
        IN_FOLDER(places_beside_the_program_are_named),
        IN_FOLDER(archive_that_the_program_refuses_is_removed),
        IN_FOLDER(file_that_was_there_before_is_left),
        IN_FOLDER(python_without_numpy_says_what_to_install),
        IN_FOLDER(second_python_is_tried),
        IN_FOLDER(arguments_pass_through_no_shell),
        IN_FOLDER(broken_tool_is_a_fault_inside),
        IN_FOLDER(imported_model_is_known_to_info),
        IN_FOLDER(importing_twice_gives_the_same_file),
        IN_FOLDER(imported_model_goes_through_the_pipeline),
    };
    return cmocka_run_group_tests_name("cli_import", tests, NULL, NULL);
}
