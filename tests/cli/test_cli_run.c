/* The pipeline from the command line on the demo bodies. Each option has a case that fails when it is ignored. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "case_folder.h"
#include "demo_run.h"
#include "support/json_schema.h"

static char *plain;  /* results of one plain run on the female body, shared by the cases */

static void expect_done(run_result *r) {
    if (r->code != 0)
        fail_msg("exit code %d: %s", r->code, r->err);
}

static int run_plain(void **state) {
    (void)state;
    plain = scratch_new();
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "--gender", "female", "-o", plain, NULL);
    if (r.code != 0)
        fprintf(stderr, "exit code %d: %s\n", r.code, r.err);
    int code = r.code;
    run_free(&r);
    return code;
}

static int remove_plain(void **state) {
    (void)state;
    scratch_free(plain);
    return 0;
}

static json_t *summary_of(const char *where) {
    return demo_json(where, "body_female_summary.json");
}

static const char *text_at(const json_t *object, const char *outer, const char *inner) {
    return json_string_value(json_object_get(json_object_get(object, outer), inner));
}

static void writes_the_files_that_its_summary_lists(void **state) {
    (void)state;
    static const char *const expected[] = {"body_female_skel_posed.ply",     "body_female_chain.json",
                                           "body_female_angles.csv",         "body_female_summary.json",
                                           "tmp/body_female_skel_lying.ply", "tmp/body_female_body_posed.ply",
                                           "tmp/body_female_body_lying.ply", "tmp/body_female_body_posed.npz",
                                           "tmp/body_female_skel_lying.npz", "tmp/body_female_skel_posed.npz",
                                           "body_female.osim",               "body_female.mot",
                                           "body_female.trc",                "body_female_static.trc",
                                           "body_female_ik_setup.xml",       "body_female_scale_setup.xml",
                                           "body_female_report.html"};
    json_t *summary = summary_of(plain);
    const json_t *files = json_object_get(summary, "files");
    const size_t n = json_array_size(files), n_expected = sizeof expected / sizeof *expected;
    size_t n_meshes = 0;
    assert_int_equal(count_files(plain), n);
    for (size_t i = 0; i < n_expected; i++)
        assert_true(file_exists(in_folder(plain, expected[i])));
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(files, i));
        assert_true(file_exists(in_folder(plain, name)));
        n_meshes += strncmp(name, "Geometry/body_female_", strlen("Geometry/body_female_")) == 0;
    }
    assert_int_equal(n, n_expected + n_meshes);
    assert_true(n_meshes > 150); /* a bone each */
    json_decref(summary);
}

static void documents_meet_their_schemas(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"body_female_summary.json", "summary.schema.json"},
                                           {"body_female_chain.json", "chain.schema.json"}};
    for (int i = 0; i < 2; i++) {
        char why[256];
        json_t *document = demo_json(plain, pairs[i][0]), *schema = demo_json("docs/schema", pairs[i][1]);
        if (!json_schema_accepts(why, sizeof why, schema, document))
            fail_msg("%s: %s", pairs[i][0], why);
        json_decref(document);
        json_decref(schema);
    }
}

static void the_chain_names_the_joints_of_the_contract(void **state) {
    (void)state;
    static const char *const names[] = {
        "hip_r",          "knee_r",        "ankle_r",        "subtalar_r",          "mtp_r",
        "shoulder_r",     "elbow_r",       "wrist_r",        "sternoclavicular_r",  "acromioclavicular_r",
        "hip_l",          "knee_l",        "ankle_l",        "subtalar_l",          "mtp_l",
        "shoulder_l",     "elbow_l",       "wrist_l",        "sternoclavicular_l",  "acromioclavicular_l",
        "lumbosacral",    "thoracolumbar", "cervicothoracic", "atlantooccipital"};
    json_t *chain = demo_json(plain, "body_female_chain.json");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        demo_find_joint(chain, names[i]);
    json_decref(chain);
}

static void bones_lie_inside_the_input_body(void **state) {
    (void)state;
    /* the bounding box of the posed skeleton, in the input's frame and units, is inside that of the body */
    oik_mesh *bones = demo_mesh(in_folder(plain, "body_female_skel_posed.ply")), *skin = demo_mesh(DEMO_FEMALE);
    assert_non_null(bones->labels);
    oik_vec3 low = skin->vertices[0], high = low;
    for (size_t i = 0; i < skin->n_vertices; i++) {
        low = v3_min(low, skin->vertices[i]);
        high = v3_max(high, skin->vertices[i]);
    }
    const double slack = 0.005; /* the gate for bones outside */
    for (size_t i = 0; i < bones->n_vertices; i++) {
        oik_vec3 p = bones->vertices[i];
        assert_true(p.x > low.x - slack && p.y > low.y - slack && p.z > low.z - slack);
        assert_true(p.x < high.x + slack && p.y < high.y + slack && p.z < high.z + slack);
    }
    oik_mesh_free(bones);
    oik_mesh_free(skin);
}

static void registered_body_overlays_the_input(void **state) {
    (void)state;
    oik_mesh *fitted = demo_mesh(in_folder(plain, "tmp/body_female_body_posed.ply")), *skin = demo_mesh(DEMO_FEMALE);
    assert_int_equal(fitted->n_vertices, skin->n_vertices);
    double sum = 0.0;
    for (size_t i = 0; i < skin->n_vertices; i++)
        sum += pow(v3_dist(fitted->vertices[i], skin->vertices[i]), 2);
    assert_true(sqrt(sum / (double)skin->n_vertices) < 0.020); /* the registration gate */
    oik_mesh_free(fitted);
    oik_mesh_free(skin);
}

/** All files of two folders are equal, but for the times in the summary. */
static void expect_equal_results(const char *a, const char *b) {
    json_t *summary = summary_of(a), *other = summary_of(b);
    const json_t *files = json_object_get(summary, "files");
    for (size_t i = 0; i + 1 < json_array_size(files); i++) { /* the last one is the summary */
        const char *name = json_string_value(json_array_get(files, i));
        size_t size_a = 0, size_b = 0;
        char *text_a = file_text(in_folder(a, name), &size_a), *text_b = file_text(in_folder(b, name), &size_b);
        assert_true(text_a && text_b);
        if (size_a != size_b || memcmp(text_a, text_b, size_a) != 0)
            fail_msg("%s differs", name);
        free(text_a);
        free(text_b);
    }
    json_object_del(summary, "times");
    json_object_del(other, "times");
    assert_true(json_equal(summary, other));
    json_decref(summary);
    json_decref(other);
}

static void a_second_run_gives_the_same_bytes(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "--gender", "female", "-o", folder, NULL);
    expect_done(&r);
    expect_equal_results(plain, folder);
    run_free(&r);
}

static void gender_chooses_the_model(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "neutral", "-o", folder, NULL);
    assert_true(r.code == 0 || r.code == 4);
    json_t *one = summary_of(plain), *other = summary_of(folder);
    assert_string_equal(text_at(one, "model", "gender"), "female");
    assert_string_equal(text_at(other, "model", "gender"), "neutral");
    assert_string_not_equal(text_at(one, "model", "content_hash"), text_at(other, "model", "content_hash"));
    json_decref(one);
    json_decref(other);
    run_free(&r);
}

static void a_model_file_can_be_named(void **state) {
    (void)state;
    const char *dir = getenv("OSSO_IK_MODELS");
    char female[RUN_MAX_PATH];
    snprintf(female, sizeof female, "%s", in_folder(dir ? dir : "build/models", "female.npz"));
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--model", female, "-o", folder, NULL);
    expect_done(&r);
    expect_equal_results(plain, folder);
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "male", "--model", female, "-o", folder, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "male model"));
    run_free(&r);
}

static void more_it_changes_the_stages(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--more_it", "-o", folder, NULL);
    expect_done(&r);
    json_t *one = summary_of(plain), *other = summary_of(folder);
    assert_false(json_equal(json_object_get(one, "stages"), json_object_get(other, "stages")));
    json_decref(one);
    json_decref(other);
    run_free(&r);
}

static void export_lists_limit_what_is_written(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--export", "csv", "-o", folder, NULL);
    expect_done(&r);
    assert_true(file_exists(in_folder(folder, "body_female_angles.csv")));
    assert_false(file_exists(in_folder(folder, "body_female_chain.json")));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--export", "json", "-o", in_folder(folder, "json"), NULL);
    expect_done(&r);
    assert_false(file_exists(in_folder(folder, "json/body_female_angles.csv")));
    assert_true(file_exists(in_folder(folder, "json/body_female_chain.json")));
    run_free(&r);
}

/** Vertices of all meshes that the summary lists under a subfolder, and how many meshes there are. */
static size_t count_vertices_under(const char *prefix, size_t *n_meshes) {
    json_t *summary = summary_of(folder);
    const json_t *files = json_object_get(summary, "files");
    size_t n = 0;
    *n_meshes = 0;
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *name = json_string_value(json_array_get(files, i));
        if (strncmp(name, prefix, strlen(prefix)) != 0)
            continue;
        oik_mesh *mesh = demo_mesh(in_folder(folder, name));
        n += mesh->n_vertices;
        oik_mesh_free(mesh);
        ++*n_meshes;
    }
    json_decref(summary);
    return n;
}

static void parts_and_bones_add_up_to_the_skeleton(void **state) {
    (void)state;
    run_result r =
        run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--per_parts", "--per_bones", "-o", folder, NULL);
    expect_done(&r);
    oik_mesh *all = demo_mesh(in_folder(folder, "body_female_skel_posed.ply"));
    size_t n_parts, n_bones;
    assert_int_equal(count_vertices_under("body_female_parts/", &n_parts), all->n_vertices);
    assert_int_equal(count_vertices_under("body_female_bones/", &n_bones), all->n_vertices);
    assert_true(n_parts > 1 && n_bones > n_parts);
    oik_mesh_free(all);
    run_free(&r);
}

static void each_group_has_its_own_option(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--per_parts", "--dry-run", "-o", folder, NULL);
    expect_done(&r);
    assert_non_null(strstr(r.out, "_parts/"));
    assert_null(strstr(r.out, "_bones/"));
    run_free(&r);
}

static void dry_run_names_the_files_and_writes_none(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--dry-run", "-o", in_folder(folder, "new"), NULL);
    expect_done(&r);
    assert_int_equal(count_files(folder), 0);
    assert_false(file_exists(in_folder(folder, "new")));
    size_t n_lines = 0;
    for (const char *c = r.out; *c; c++)
        n_lines += *c == '\n';
    size_t n_meshes = count_files(in_folder(plain, "Geometry")); /* on one line */
    assert_int_equal(n_lines, count_files(plain) - n_meshes + 1);
    assert_non_null(strstr(r.out, "new/body_female_skel_posed.ply\n"));
    run_free(&r);
}

static void json_puts_the_summary_on_stdout(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--json", "-q", "-o", folder, NULL);
    expect_done(&r);
    json_t *printed = json_loads(r.out, 0, NULL), *written = summary_of(folder);
    assert_non_null(printed);
    assert_true(json_equal(printed, written));
    assert_int_equal(strcspn(r.out, "\n") + 1, strlen(r.out)); /* one line */
    json_decref(printed);
    json_decref(written);
    run_free(&r);
}

/* A summary is more than standard output's buffer, a page of help less: each fails at another place. */
static void standard_output_that_takes_nothing_is_3(void **state) {
    (void)state;
    static const char *const arguments[] = {"--mesh_input " DEMO_FEMALE " -g female --json -q --export json -o", "info " DEMO_FEMALE " #",
                                            "--help #"};
    const char *build = getenv("OSSO_IK_BUILD");
    char command[3 * RUN_MAX_PATH];
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        snprintf(command, sizeof command, "{ %s/osso_ik %s '%s'\n} > /dev/full 2> '%s'", build ? build : "build", arguments[i], folder,
                 in_folder(folder, "err"));
        int code = system(command);
        char *said = file_text(in_folder(folder, "err"), NULL);
        if (!WIFEXITED(code) || WEXITSTATUS(code) != 3 || !said || !strstr(said, "standard output"))
            fail_msg("%s: exit status %d: %s", command, code, said ? said : "");
        free(said);
    }
}

static void log_levels_differ(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-q", "-o", folder, NULL);
    expect_done(&r);
    assert_string_equal(r.out, "");
    assert_string_equal(r.err, "");
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_non_null(strstr(r.err, "stature"));
    assert_null(strstr(r.err, "iterations"));
    assert_non_null(strstr(r.out, "body_female_skel_posed.ply\n"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-v", "-o", folder, NULL);
    assert_non_null(strstr(r.err, "iterations"));
    run_free(&r);
}

static void several_bodies_are_independent(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_MALE, DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_true(r.code == 0 || r.code == 4); /* the male body may not pass the gates with the female model */
    assert_true(file_exists(in_folder(folder, "body_male_summary.json")));
    expect_equal_results(plain, folder);
    run_free(&r);
}

static void bodies_at_a_time_are_bodies_in_turn(void **state) {
    (void)state;
    static const char *const files[] = {"body_female_skel_posed.ply", "body_male_skel_posed.ply", "body_male_crouch.osim",
                                        "body_male_crouch_chain.json", "tmp/body_male_body_posed.npz"};
    char out[2][RUN_MAX_PATH];
    run_result r[2];
    for (int i = 0; i < 2; i++) {
        snprintf(out[i], sizeof out[i], "%s", in_folder(folder, i ? "three" : "one"));
        r[i] = run_osso_ik("--mesh_input", DEMO_MALE, DEMO_FEMALE, "data/demo/absent.ply", DEMO_CROUCH, "-g", "male", "-o", out[i],
                           "--threads", i ? "3" : "1", NULL);
    }
    assert_int_equal(r[0].code, 3);
    assert_int_equal(r[1].code, 3);
    assert_string_equal(r[0].err, r[1].err);
    assert_int_equal(count_files(out[0]), count_files(out[1]));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t size[2];
        char *text[] = {file_text(in_folder(out[0], files[i]), &size[0]), file_text(in_folder(out[1], files[i]), &size[1])};
        assert_true(text[0] && text[1] && size[0] == size[1]);
        assert_memory_equal(text[0], text[1], size[0]);
        free(text[0]);
        free(text[1]);
    }
    const char *male = strstr(r[1].out, "body_male_summary"), *crouch = strstr(r[1].out, "body_male_crouch_summary");
    assert_true(male && crouch && male < crouch); /* printed in the order of the call */
    run_free(&r[0]);
    run_free(&r[1]);
}

static void a_bad_body_does_not_stop_the_others(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", "data/demo/absent.ply", DEMO_FEMALE, "-g", "female", "-o", folder, NULL);
    assert_int_equal(r.code, 3);
    assert_non_null(strstr(r.err, "absent.ply"));
    expect_equal_results(plain, folder);
    run_free(&r);
}

static void demo_bodies_pass_their_gates(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", DEMO_MALE, DEMO_CROUCH, "-g", "male", "-o", folder, NULL);
    expect_done(&r);
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_files_that_its_summary_lists),
        cmocka_unit_test(documents_meet_their_schemas),
        cmocka_unit_test(the_chain_names_the_joints_of_the_contract),
        cmocka_unit_test(bones_lie_inside_the_input_body),
        cmocka_unit_test(registered_body_overlays_the_input),
        IN_FOLDER(a_second_run_gives_the_same_bytes),
        IN_FOLDER(gender_chooses_the_model),
        IN_FOLDER(a_model_file_can_be_named),
        IN_FOLDER(more_it_changes_the_stages),
        IN_FOLDER(export_lists_limit_what_is_written),
        IN_FOLDER(parts_and_bones_add_up_to_the_skeleton),
        IN_FOLDER(each_group_has_its_own_option),
        IN_FOLDER(dry_run_names_the_files_and_writes_none),
        IN_FOLDER(json_puts_the_summary_on_stdout),
        IN_FOLDER(standard_output_that_takes_nothing_is_3),
        IN_FOLDER(log_levels_differ),
        IN_FOLDER(several_bodies_are_independent),
        IN_FOLDER(bodies_at_a_time_are_bodies_in_turn),
        IN_FOLDER(a_bad_body_does_not_stop_the_others),
        IN_FOLDER(demo_bodies_pass_their_gates),
    };
    return cmocka_run_group_tests_name("test_cli_run", tests, run_plain, remove_plain);
}
