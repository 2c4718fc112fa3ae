/* Parsing of the command line. Each option has a case that fails when the option is ignored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/options.h"

enum { MAX_ARGUMENTS = 32 };

typedef struct parsed {
    oik_exit code;
    oik_options options;
    char message[512];
} parsed;

/** Words separated by single blanks; the text must outlive the result. */
static parsed parse(char *text) {
    char *argv[MAX_ARGUMENTS] = {"osso_ik"};
    int argc = 1;
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    parsed p = {.message = ""};
    p.code = oik_options_parse(&p.options, p.message, sizeof p.message, argc, argv);
    return p;
}

static void expect_usage(const char *line, const char *part_of_message) {
    char text[256];
    strncpy(text, line, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_USAGE);
    if (!strstr(p.message, part_of_message))
        fail_msg("\"%s\": expected \"%s\" in \"%s\"", line, part_of_message, p.message);
    oik_options_free(&p.options);
}

static void has_documented_defaults(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply --gender female";
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_int_equal(p.options.n_meshes, 1);
    assert_string_equal(p.options.out, "out");
    assert_string_equal(p.options.model, "open");
    assert_int_equal(p.options.exports, OIK_EXPORT_CSV | OIK_EXPORT_JSON | OIK_EXPORT_OSIM | OIK_EXPORT_MOT | OIK_EXPORT_REPORT);
    assert_true(p.options.up[0] == 0.0 && p.options.up[1] == 0.0 && p.options.up[2] == 0.0);
    assert_int_equal(p.options.level, OIK_LOG_INFO);
    assert_int_equal(p.options.method, OIK_METHOD_REFINED);
    assert_false(p.options.force || p.options.posing_only || p.options.display);
    assert_false(p.options.more_iterations || p.options.per_parts || p.options.per_bones || p.options.json ||
                 p.options.dry_run);
    oik_options_free(&p.options);
}

static void takes_every_option(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply -g male -o results --model m.npz --more_it --per_parts --per_bones --export csv "
                  "--json --dry-run -v --threads 2";
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_string_equal(p.options.gender, "male");
    assert_string_equal(p.options.out, "results");
    assert_string_equal(p.options.model, "m.npz");
    assert_int_equal(p.options.exports, OIK_EXPORT_CSV);
    assert_int_equal(p.options.level, OIK_LOG_DEBUG);
    assert_int_equal(p.options.threads, 2);
    assert_true(p.options.more_iterations && p.options.per_parts && p.options.per_bones && p.options.json &&
                p.options.dry_run);
    oik_options_free(&p.options);
}

static void stages_have_their_options(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply -g male --method reference -p -D";
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_int_equal(p.options.method, OIK_METHOD_REFERENCE);
    assert_true(p.options.posing_only && p.options.display && !p.options.force);
    oik_options_free(&p.options);
    char words[] = "--mesh_input a.ply -g male --method refined --force_recompute --display";
    p = parse(words);
    assert_int_equal(p.options.method, OIK_METHOD_REFINED);
    assert_true(!p.options.posing_only && p.options.display && p.options.force);
    oik_options_free(&p.options);
}

static void collects_meshes_in_order(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply b.ply -g neutral c.ply --mesh_input d.ply -- --e.ply";
    const char *expected[] = {"a.ply", "b.ply", "c.ply", "d.ply", "--e.ply"};
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_int_equal(p.options.n_meshes, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(p.options.meshes[i], expected[i]);
    oik_options_free(&p.options);
}

static void export_lists_are_united(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply -g female --export json,csv";
    parsed p = parse(text);
    assert_int_equal(p.options.exports, OIK_EXPORT_CSV | OIK_EXPORT_JSON);
    oik_options_free(&p.options);
}

static void rigs_have_their_options(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply -g female --export osim,addb --osim-detail full --mass 61.5 --up -z";
    parsed p = parse(text);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_int_equal(p.options.exports, OIK_EXPORT_OSIM | OIK_EXPORT_ADDB);
    assert_int_equal(p.options.osim_detail, OIK_OSIM_DETAIL_FULL);
    assert_true(p.options.mass == 61.5);
    assert_true(p.options.up[0] == 0.0 && p.options.up[1] == 0.0 && p.options.up[2] == -1.0);
    oik_options_free(&p.options);
    char all[] = "--mesh_input a.ply -g female --export all";
    p = parse(all);
    assert_int_equal(p.options.exports, OIK_EXPORT_ALL);
    assert_int_equal(p.options.osim_detail, OIK_OSIM_DETAIL_DEFAULT);
    assert_true(p.options.mass == 0.0);
    oik_options_free(&p.options);
}

static void log_levels_are_names(void **state) {
    (void)state;
    char text[] = "--mesh_input a.ply -g female --log-level warning";
    parsed p = parse(text);
    assert_int_equal(p.options.level, OIK_LOG_WARNING);
    oik_options_free(&p.options);
    char quiet[] = "--mesh_input a.ply -g female -q";
    p = parse(quiet);
    assert_int_equal(p.options.level, OIK_LOG_ERROR);
    oik_options_free(&p.options);
}

static void help_and_version_need_nothing_else(void **state) {
    (void)state;
    char help[] = "--help", version[] = "--version";
    parsed p = parse(help);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_true(p.options.help);
    oik_options_free(&p.options);
    p = parse(version);
    assert_int_equal(p.code, OIK_EXIT_DONE);
    assert_true(p.options.version);
    oik_options_free(&p.options);
}

static void wrong_usage_is_named(void **state) {
    (void)state;
    expect_usage("", "--mesh_input");
    expect_usage("--mesh_input a.ply", "female, male or neutral");
    expect_usage("--mesh_input a.ply -g woman", "--gender woman");
    expect_usage("a.ply -g female", "a.ply");
    expect_usage("--mesh_input", "needs a value");
    expect_usage("--mesh_input a.ply -g female --fast", "--fast");
    expect_usage("--mesh_input a.ply -g female -z", "-z");
    expect_usage("--mesh_input a.ply -g female --json=yes", "takes no value");
    expect_usage("--mesh_input a.ply -g female --export csv,fbx",
                 "\"fbx\", available are csv, json, isb, osim, mot, trc, c3d, bvh, glb, mjcf, urdf, addb, png, report and all");
    expect_usage("--mesh_input a.ply -g female --up w", "expected auto, x, y, z, -x, -y or -z");
    expect_usage("--mesh_input a.ply -g female --export csv --up z", "--up goes with what stands on the ground");
    expect_usage("--mesh_input a.ply -g female --export csv,", "unknown format");
    expect_usage("--mesh_input a.ply -g female --threads 0", "a whole number from 1 to 1024");
    expect_usage("--mesh_input a.ply -g female --threads 1.5", "a whole number from 1 to 1024");
    expect_usage("--mesh_input a.ply -g female --threads two", "a whole number from 1 to 1024");
    expect_usage("--mesh_input a.ply -g female --method osso", "refined or reference");
    expect_usage("--mesh_input a.ply -g female -p -F", "leave one of them out");
    expect_usage("--mesh_input a.ply -g female --log-level loud", "error, warning, info or debug");
}

/** Every option of the table must be explained. */
static void help_names_every_option(void **state) {
    (void)state;
    static const char *const names[] = {"--mesh_input", "--gender",  "--out",     "--model",   "--more_it",
                                        "--per_parts",  "--per_bones", "--export",  "--verbose", "--quiet",
                                        "--log-level",  "--json",    "--dry-run", "--version", "--help",
                                        "--method",     "--posing_only", "--force_recompute", "--display", "osso_ik import",
                                        "--osim-detail", "--mass", "--threads", "--config"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(strstr(oik_options_help(), names[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_documented_defaults),    cmocka_unit_test(takes_every_option),
        cmocka_unit_test(collects_meshes_in_order),   cmocka_unit_test(export_lists_are_united),
        cmocka_unit_test(log_levels_are_names),       cmocka_unit_test(help_and_version_need_nothing_else),
        cmocka_unit_test(wrong_usage_is_named),       cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(stages_have_their_options),  cmocka_unit_test(rigs_have_their_options),
    };
    return cmocka_run_group_tests_name("test_cli_options", tests, NULL, NULL);
}
