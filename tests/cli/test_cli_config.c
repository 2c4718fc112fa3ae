/* Options from the file of --config. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/ik_options.h"
#include "cli/options.h"
#include "temp_dir.h"

enum { MAX_ARGUMENTS = 16, MESSAGE_LENGTH = 512 };

static char path[TEMP_PATH_LENGTH]; /* of the file that put() wrote last */
static char message[MESSAGE_LENGTH];

static void put(const char *text) {
    temp_file(path, "run.conf", text, strlen(text));
}

/** "osso_ik --config FILE" and up to six words more. */
static oik_exit parse(oik_options *o, const char *const words[6]) {
    char *argv[MAX_ARGUMENTS] = {"osso_ik", "--config", path};
    int argc = 3;
    for (int i = 0; i < 6 && words[i]; i++)
        argv[argc++] = (char *)(uintptr_t)words[i];
    message[0] = '\0';
    return oik_options_parse(o, message, sizeof message, argc, argv);
}

static void parse_alone(oik_options *o) {
    if (parse(o, (const char *const[6]){NULL}) != OIK_EXIT_DONE)
        fail_msg("%s", message);
}

static void lines_are_options(void **state) {
    (void)state;
    oik_options o;
    put("# the usual\n"
        "\n"
        "  mesh_input = a body.ply  \n"
        "mesh_input=b.ply\n"
        "gender\t=\tfemale\r\n"
        "export = osim,glb\n"
        "mass = 61.5\n"
        "per_bones\n"
        "per_parts = no\n"
        "json = yes\n"
        "out = results#1"); /* no end of line */
    parse_alone(&o);
    assert_int_equal(o.n_meshes, 2);
    assert_string_equal(o.meshes[0], "a body.ply");
    assert_string_equal(o.meshes[1], "b.ply");
    assert_string_equal(o.gender, "female");
    assert_int_equal(o.exports, OIK_EXPORT_OSIM | OIK_EXPORT_GLB);
    assert_true(o.mass == 61.5 && o.per_bones && !o.per_parts && o.json);
    assert_string_equal(o.out, "results#1");
    oik_options_free(&o);
}

static void the_command_line_overrides(void **state) {
    (void)state;
    oik_options o;
    put("mesh_input = a.ply\nmesh_input = b.ply\ngender = female\nout = here\nthreads = 3\n");
    assert_int_equal(parse(&o, (const char *const[6]){"-g", "male", "-o", "there", NULL}), OIK_EXIT_DONE);
    assert_string_equal(o.gender, "male");
    assert_string_equal(o.out, "there");
    assert_int_equal(o.threads, 3);
    assert_int_equal(o.n_meshes, 2);
    oik_options_free(&o);
    assert_int_equal(parse(&o, (const char *const[6]){"--mesh_input", "c.ply", "d.ply", "e.ply", NULL}), OIK_EXIT_DONE);
    assert_int_equal(o.n_meshes, 3); /* in place of the file's, not behind them */
    assert_string_equal(o.meshes[0], "c.ply");
    oik_options_free(&o);
    assert_int_equal(parse(&o, (const char *const[6]){"--pose_input", "poses.npz", NULL}), OIK_EXIT_DONE);
    assert_int_equal(o.n_meshes, 0);
    assert_string_equal(o.pose_input, "poses.npz");
    oik_options_free(&o);
    assert_int_equal(parse(&o, (const char *const[6]){"f.ply", NULL}), OIK_EXIT_USAGE); /* belongs to no option */
    oik_options_free(&o);
}

static void wrong_lines_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {{"gender = female\nwobble = 3\n", "run.conf: line 2: unknown option wobble"},
                 {"--gender = female\n", "line 1: unknown option --gender"},
                 {"\n\ngender\n", "line 3: option gender needs a value"},
                 {"gender =  \n", "line 1: option gender needs a value"},
                 {"gender = woman\n", "line 1: --gender woman: expected female"},
                 {"json = maybe\n", "line 1: json = maybe: expected yes or no"},
                 {"= 3\n", "line 1: unknown option"},
                 {"config = other.conf\n", "line 1: config, version and help are for the command line"},
                 {"help\n", "for the command line"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oik_options o;
        put(cases[i].text);
        assert_int_equal(parse(&o, (const char *const[6]){NULL}), OIK_EXIT_USAGE);
        if (!strstr(message, cases[i].words))
            fail_msg("expected \"%s\" in \"%s\"", cases[i].words, message);
        oik_options_free(&o);
    }
    oik_options o;
    temp_file(path, "run.conf", "gender = fe\0male\n", 17);
    assert_int_equal(parse(&o, (const char *const[6]){NULL}), OIK_EXIT_USAGE);
    assert_non_null(strstr(message, "line 1: expected text, found a zero byte"));
    oik_options_free(&o);
}

static void a_file_that_is_not_there_is_bad_input(void **state) {
    (void)state;
    oik_options o;
    temp_path(path, "nowhere.conf");
    assert_int_equal(parse(&o, (const char *const[6]){NULL}), OIK_EXIT_INPUT);
    assert_non_null(strstr(message, "nowhere.conf: cannot be opened"));
    oik_options_free(&o);
    put("gender = male\n");
    assert_int_equal(parse(&o, (const char *const[6]){"--config", "twice.conf", NULL}), OIK_EXIT_USAGE);
    assert_non_null(strstr(message, "given twice"));
    oik_options_free(&o);
}

static void osso_ik_ik_takes_one_as_well(void **state) {
    (void)state;
    oik_ik_command_options o;
    put("chain = c.json:NAME\nmotion = walk.txt\nfps = 50\nfilter = 4\nout = here\n");
    char ik[] = "ik", config[] = "--config", out[] = "--out", there[] = "there";
    char *argv[] = {ik, config, path, out, there, NULL};
    assert_int_equal(oik_ik_command_options_parse(&o, message, sizeof message, 5, argv), OIK_EXIT_DONE);
    assert_string_equal(o.chain, "c.json:NAME");
    assert_true(o.fps == 50.0 && o.solving.cutoff_hz == 4.0);
    assert_string_equal(o.out, "there");
    oik_ik_command_options_free(&o);
    put("chain = c.json\nmotion = walk.txt\nfilter\n");
    assert_int_equal(oik_ik_command_options_parse(&o, message, sizeof message, 3, argv), OIK_EXIT_DONE);
    assert_true(o.solving.cutoff_hz == 6.0); /* the usual one */
    oik_ik_command_options_free(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_options),
        cmocka_unit_test(the_command_line_overrides),
        cmocka_unit_test(wrong_lines_are_named),
        cmocka_unit_test(a_file_that_is_not_there_is_bad_input),
        cmocka_unit_test(osso_ik_ik_takes_one_as_well),
    };
    return cmocka_run_group_tests_name("test_cli_config", tests, temp_dir_setup, temp_dir_teardown);
}
