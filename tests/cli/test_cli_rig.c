/* Formats of --export that are made from rigs, from the command line. Each option and word has a case that fails when it is ignored. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>

#include <cmocka.h>

#include "case_folder.h"
#include "demo_run.h"
#include "ik/h36m_chain.h"
#include "imported_model.h"

#define MOTION "data/demo/walk.txt"

static char *all;    /* results of one run with --export all, shared by the cases */
static char *printed; /* by that run, on stdout */

static void expect_done(run_result *r) {
    if (r->code != 0)
        fail_msg("exit code %d: %s", r->code, r->err);
}

static int run_all(void **state) {
    (void)state;
    all = scratch_new();
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--export", "all", "-o", all, NULL);
    int code = r.code;
    if (code != 0)
        fprintf(stderr, "exit code %d: %s\n", r.code, r.err);
    printed = strdup(r.out);
    run_free(&r);
    return code;
}

static int remove_all(void **state) {
    (void)state;
    free(printed);
    scratch_free(all);
    return 0;
}

/** A run on the female body into the case's folder, with up to four more words. */
static run_result run_female(const char *a, const char *b, const char *c, const char *d) {
    return run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "-o", folder, a, b, c, d, NULL);
}

static char *text_of(const char *where, const char *name) {
    char *text = file_text(in_folder(where, name), NULL);
    if (!text)
        fail_msg("%s is not there", name);
    return text;
}

static bool holds(const char *where, const char *name, const char *words) {
    char *text = text_of(where, name);
    bool found = strstr(text, words) != NULL;
    free(text);
    return found;
}

static size_t count_of(const char *text, const char *words) {
    size_t n = 0;
    for (const char *c = strstr(text, words); c; c = strstr(c + 1, words))
        n++;
    return n;
}

static void expect_equal_files(const char *a, const char *b, const char *name) {
    size_t size_a = 0, size_b = 0;
    char *text_a = file_text(in_folder(a, name), &size_a), *text_b = file_text(in_folder(b, name), &size_b);
    assert_true(text_a && text_b);
    if (size_a != size_b || memcmp(text_a, text_b, size_a) != 0)
        fail_msg("%s differs", name);
    free(text_a);
    free(text_b);
}

/* ------------------------------------------------------------------ what is written */

/** Files that are printed as one line with a *: many bones in one folder. */
static bool is_mesh_of_rig(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".obj") == 0 || strcmp(dot, ".stl") == 0);
}

static void every_file_is_listed_once_and_there(void **state) {
    (void)state;
    json_t *summary = demo_json(all, "body_female_summary.json");
    const json_t *files = json_object_get(summary, "files");
    size_t n = json_array_size(files), n_lines = 2;
    assert_int_equal(count_files(all), n);
    for (size_t i = 0; i < n; i++) {
        char line[RUN_MAX_PATH];
        const char *name = json_string_value(json_array_get(files, i));
        snprintf(line, sizeof line, "%s/%s\n", all, name);
        assert_true(file_exists(in_folder(all, name)));
        assert_int_equal(count_of(printed, line), !is_mesh_of_rig(name));
        n_lines += !is_mesh_of_rig(name);
    }
    assert_int_equal(count_of(printed, "\n"), n_lines);
    assert_int_equal(count_of(printed, "/Geometry/body_female_*.obj\n"), 1);
    assert_int_equal(count_of(printed, "/body_female_meshes/*.stl\n"), 1);
    json_decref(summary);
}

static void every_format_is_what_its_name_says(void **state) {
    (void)state;
    static const struct {
        const char *name, *begin, *within;
        size_t least; /* bytes */
    } files[] = {{"body_female.osim", "<?xml", "<OpenSimDocument", 50000},
                 {"body_female.mot", "Coordinates", "pelvis_tilt", 500},
                 {"body_female.trc", "PathFileType", "RASI", 2000},
                 {"body_female_static.trc", "PathFileType", "RASI", 2000},
                 {"body_female_ik_setup.xml", "<?xml", "<marker_file>body_female.trc<", 2000},
                 {"body_female_scale_setup.xml", "<?xml", "<model_file>body_female.osim<", 2000},
                 {"body_female_mjcf.xml", "<", "<mujoco", 20000},
                 {"body_female.urdf", "<?xml", "<robot", 20000},
                 {"body_female.bvh", "HIERARCHY", "MOTION", 2000},
                 {"body_female.glb", "glTF", "", 1000000},
                 {"body_female.c3d", "\2\x50", "", 5000},
                 {"body_female_isb.csv", "frame,time,isb_", "isb_hip_flexion_r", 1000},
                 {"body_female.png", "\x89PNG", "", 100000},
                 {"body_female_report.html", "<!", "</html>", 1000000},
                 {"body_female_addb/_subject.json", "{", "\"massKg\": ", 100},
                 {"body_female_addb/unscaled_generic.osim", "<?xml", "<OpenSimDocument", 50000},
                 {"body_female_addb/trials/body_female/markers.trc", "PathFileType", "RASI", 2000},
                 {"Geometry/body_female_femur_r.obj", "#", "\nf ", 10000},
                 {"body_female_meshes/femur_r.stl", "binary STL", "", 10000}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t size = 0;
        char *text = file_text(in_folder(all, files[i].name), &size);
        if (!text || size < files[i].least || strncmp(text, files[i].begin, strlen(files[i].begin)) != 0 || !strstr(text, files[i].within))
            fail_msg("%s: %zu bytes, or not what it should hold", files[i].name, size);
        free(text);
    }
}

static void a_second_run_gives_the_same_bytes(void **state) {
    (void)state;
    run_result r = run_female("--export", "all", "-F", NULL);
    expect_done(&r);
    json_t *summary = demo_json(all, "body_female_summary.json");
    const json_t *files = json_object_get(summary, "files");
    for (size_t i = 0; i + 1 < json_array_size(files); i++) /* the last one is the summary, which has times */
        expect_equal_files(all, folder, json_string_value(json_array_get(files, i)));
    json_decref(summary);
    run_free(&r);
}

static void dry_run_names_what_would_be_written(void **state) {
    (void)state;
    size_t n = count_files(all);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--export", "all", "--dry-run", "-o", all, NULL);
    expect_done(&r);
    assert_string_equal(r.out, printed);
    assert_int_equal(count_files(all), n);
    run_free(&r);
}

/** Every word of --export gives its own files and no others. */
static void words_choose_the_formats(void **state) {
    (void)state;
    enum { N_TESTED = 17 };
    static const char *const names[N_TESTED] = {
        "female_chain.json", "female_angles.csv", "female_isb.csv", "female.osim", "/Geometry/",
        "female.mot", "female.trc", "_scale_setup.xml", "_mjcf.xml", ".urdf",
        "female_meshes/", ".bvh", ".glb", "_addb/", "_report.html", "female.png", ".c3d"};
    static const struct {
        const char *word, *expected; /* which of the names: x or - */
    } runs[] = {{"csv", "-x---------------"},       {"json", "x----------------"},   {"isb", "--x--------------"},
                {"mot", "-----x-----------"},       {"trc", "------x----------"},    {"osim", "---xxxxx---------"},
                {"mjcf", "--------x-x------"},      {"urdf", "---------xx------"},   {"bvh", "-----------x-----"},
                {"glb", "------------x----"},       {"report", "--------------x--"}, {"mot,bvh", "-----x-----x-----"},
                {"mjcf,urdf", "--------xxx------"}, {"png", "---------------x-"},    {"c3d", "----------------x"}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        run_result r = run_female("--export", runs[i].word, "--dry-run", NULL);
        expect_done(&r);
        for (int k = 0; k < N_TESTED; k++)
            if ((strstr(r.out, names[k]) != NULL) != (runs[i].expected[k] == 'x'))
                fail_msg("--export %s: %s", runs[i].word, names[k]);
        run_free(&r);
    }
}

static void addb_has_a_folder_of_its_own(void **state) {
    (void)state;
    run_result r = run_female("--export", "addb", NULL, NULL);
    expect_done(&r);
    assert_false(file_exists(in_folder(folder, "Geometry")) || file_exists(in_folder(folder, "body_female.osim")));
    assert_true(file_exists(in_folder(folder, "body_female_addb/_subject.json")));
    assert_false(file_exists(in_folder(folder, "body_female_addb/Geometry"))); /* its server has meshes of its own */
    run_free(&r);
}

static void meshes_are_listed_once_for_two_documents(void **state) {
    (void)state;
    run_result one = run_female("--export", "urdf", "--dry-run", NULL), two = run_female("--export", "urdf,mjcf", "--dry-run", NULL);
    assert_int_equal(count_of(two.out, "\n"), count_of(one.out, "\n") + 1);
    assert_int_equal(count_of(two.out, "/body_female_meshes/*.stl\n"), 1);
    run_free(&one);
    run_free(&two);
}

static void default_formats_are_those_of_the_manual(void **state) {
    (void)state;
    run_result r = run_female("--dry-run", NULL, NULL, NULL), same = run_female("--dry-run", "--export", "csv,json,osim,mot,report", NULL);
    expect_done(&r);
    assert_string_equal(r.out, same.out);
    assert_non_null(strstr(r.out, "/Geometry/body_female_*.obj\n"));
    run_free(&r);
    run_free(&same);
}

static void names_with_other_characters_reach_their_files(void **state) {
    (void)state;
    size_t size;
    char *mesh = file_text(DEMO_FEMALE, &size), path[RUN_MAX_PATH];
    snprintf(path, sizeof path, "%s", in_folder(folder, "my body-1.ply"));
    file_put(path, mesh, size);
    free(mesh);
    run_result r =
        run_osso_ik("--mesh_input", path, "-g", "female", "--export", "osim,urdf,addb", "-o", in_folder(folder, "out"), NULL);
    expect_done(&r);
    assert_true(file_exists(in_folder(folder, "out/Geometry/my_body_1_femur_r.obj")));
    assert_true(file_exists(in_folder(folder, "out/my_body_1_meshes/femur_r.stl")));
    assert_true(file_exists(in_folder(folder, "out/my body-1_addb/trials/my_body_1/markers.trc")));
    assert_true(holds(folder, "out/my body-1.osim", "my_body_1_femur_r.obj"));
    assert_true(holds(folder, "out/my body-1_ik_setup.xml", "my body-1.trc"));
    assert_int_equal(count_of(r.out, "out/Geometry/my_body_1_*.obj\n") + count_of(r.out, "out/my_body_1_meshes/*.stl\n"), 2);
    run_free(&r);
}

/* ------------------------------------------------------------------ options */

static void osim_detail_chooses_the_bodies(void **state) {
    (void)state;
    assert_false(holds(all, "body_female.osim", "<Body name=\"clavicle_r\">"));
    run_result r = run_female("--export", "osim,mjcf,addb", "--osim-detail", "full");
    expect_done(&r);
    assert_true(holds(folder, "body_female.osim", "<Body name=\"clavicle_r\">"));
    assert_true(holds(folder, "body_female.mot", "clavicle_rotation_r") && !holds(all, "body_female.mot", "clavicle_rotation_r"));
    expect_equal_files(all, folder, "body_female_mjcf.xml"); /* is never plain */
    expect_equal_files(all, folder, "body_female_addb/unscaled_generic.osim"); /* is never full */
    run_free(&r);
    r = run_female("--export", "osim", "--osim-detail", "plain");
    expect_done(&r);
    expect_equal_files(all, folder, "body_female.osim");
    expect_equal_files(all, folder, "Geometry/body_female_clavicle_r.obj");
    run_free(&r);
}

static void mass_is_the_given_one_or_estimated(void **state) {
    (void)state;
    char *text = text_of(all, "body_female_addb/_subject.json");
    double estimated = strtod(strstr(text, "massKg\": ") + strlen("massKg\": "), NULL);
    free(text);
    assert_true(estimated > 50.0 && estimated < 75.0); /* a woman of 1.66 m */
    run_result r = run_female("--export", "addb,urdf", "--mass", "81.25");
    expect_done(&r);
    assert_true(holds(folder, "body_female_addb/_subject.json", "\"massKg\": 81.250"));
    char *a = text_of(all, "body_female.urdf"), *b = text_of(folder, "body_female.urdf");
    assert_string_not_equal(a, b);
    free(a);
    free(b);
    run_free(&r);
}

static void a_motion_drives_every_format(void **state) {
    (void)state;
    enum { N_FRAMES = 66 };
    run_result r = run_female("--export", "isb,osim,bvh,glb,mjcf,urdf,addb", "--motion", MOTION);
    expect_done(&r);
    assert_true(holds(folder, "body_female.mot", "nRows=66\n") && holds(all, "body_female.mot", "nRows=1\n"));
    assert_true(holds(folder, "body_female.bvh", "Frames: 66") && holds(all, "body_female.bvh", "Frames: 1\n"));
    char *isb = text_of(folder, "body_female_isb.csv"), *trc = text_of(folder, "body_female_addb/trials/body_female/markers.trc");
    assert_int_equal(count_of(isb, "\n"), 1 + N_FRAMES);
    assert_true(count_of(trc, "\n") >= N_FRAMES);
    free(isb);
    free(trc);
    size_t still = 0, moving = 0;
    free(file_text(in_folder(all, "body_female.glb"), &still));
    free(file_text(in_folder(folder, "body_female.glb"), &moving));
    assert_true(moving > still);
    run_free(&r);
}

static void report_has_no_steps_and_is_not_opened(void **state) {
    (void)state;
    run_result r = run_female("--export", "report", "-D", NULL);
    expect_done(&r);
    assert_non_null(strstr(r.err, "_report.html"));
    size_t recorded = 0, plain = 0;
    free(file_text(in_folder(folder, "body_female_report.html"), &recorded));
    free(file_text(in_folder(all, "body_female_report.html"), &plain));
    assert_true(recorded > plain + 10000);
    assert_int_equal(count_of(r.out, "_report.html\n"), 1);
    run_free(&r);
    r = run_female("--export", "report", NULL, NULL);
    expect_done(&r);
    assert_null(strstr(r.err, "browser"));
    expect_equal_files(all, folder, "body_female_report.html");
    run_free(&r);
}

/* ------------------------------------------------------------------ what is refused */

static void expect_usage(const char *a, const char *b, const char *c, const char *d, const char *part) {
    run_result r = run_female(a, b, c, d);
    if (r.code != 2 || !strstr(r.err, part))
        fail_msg("%s %s: exit code %d, expected \"%s\" in: %s", a, b, r.code, part, r.err);
    assert_int_equal(count_files(folder), 0);
    run_free(&r);
}

static void wrong_combinations_are_named(void **state) {
    (void)state;
    expect_usage("--export", "osim,fbx", NULL, NULL, "\"fbx\"");
    expect_usage("--osim-detail", "full", "--export", "csv", "--export osim, mot or trc");
    expect_usage("--osim-detail", "full", "--export", "mjcf", "--export osim, mot or trc");
    expect_usage("--osim-detail", "most", "--export", "osim", "plain or full");
    expect_usage("--mass", "60", "--export", "csv", "--export osim, glb, mjcf, urdf or addb");
    expect_usage("--mass", "60", "--export", "bvh", "--export osim, glb, mjcf, urdf or addb");
    expect_usage("--mass", "0.9", "--export", "osim", "1 to 500");
    expect_usage("--mass", "501", "--export", "osim", "1 to 500");
    expect_usage("--up", "z", "--export", "json", "--export osim, mot");
    expect_usage("--up", "z", "--export", "png", "isb or report");
    expect_usage("--up", "up", "--export", "osim", "auto, x, y, z");
    expect_usage("--mass", "60kg", "--export", "osim", "1 to 500");
}

/** Two bodies as two frames: the rig has both, also where the first is taken over from an earlier run. */
static void sequences_have_rigs(void **state) {
    (void)state;
    char *first = scratch_new();
    const char *const folders[] = {first, folder, folder};
    for (int run = 0; run < 3; run++) {
        run_result r = run_osso_ik("--mesh_input", DEMO_MALE, DEMO_CROUCH, "--sequence", "-g", "male", "--fps", "10", "--export",
                                   run == 1 ? "csv" : "all", "-o", folders[run], NULL);
        expect_done(&r);
        run_free(&r);
    }
    assert_true(holds(folder, "body_male.mot", "nRows=2\n"));
    assert_true(holds(folder, "body_male.bvh", "Frames: 2\nFrame Time: 0.1"));
    assert_true(holds(folder, "body_male_isb.csv", "\n1,0.100000,"));
    assert_true(holds(folder, "body_male_addb/_subject.json", "\"sex\": \"male\""));
    static const char *const names[] = {"body_male.osim", "body_male.mot", "body_male.trc", "body_male.glb", "body_male_mjcf.xml",
                                        "body_male.c3d", "body_male_report.html", "body_male.png", "body_male.urdf",
                                        "Geometry/body_male_femur_r.obj", "body_male_meshes/femur_r.stl"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_equal_files(first, folder, names[i]);
    scratch_free(first);
}

static void names_that_are_one_in_a_rig_are_refused(void **state) {
    (void)state;
    size_t size;
    char *mesh = file_text(DEMO_FEMALE, &size), a[RUN_MAX_PATH], b[RUN_MAX_PATH];
    snprintf(a, sizeof a, "%s", in_folder(folder, "a-b.ply"));
    snprintf(b, sizeof b, "%s", in_folder(folder, "a_b.ply"));
    file_put(a, mesh, size);
    file_put(b, mesh, size);
    free(mesh);
    run_result r = run_osso_ik("--mesh_input", a, b, "-g", "female", "--export", "urdf", "--dry-run", "-o", folder, NULL);
    assert_int_equal(r.code, 2);
    assert_non_null(strstr(r.err, "same name"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", a, b, "-g", "female", "--export", "csv,report", "--dry-run", "-o", folder, NULL);
    expect_done(&r);
    run_free(&r);
}

/** The first frames of the demo walk as .trc, the last of them late. */
static void put_uneven_motion(const char *path) {
    enum { N_FRAMES = 4 };
    static const char *const times[N_FRAMES] = {"0.0", "0.1", "0.2", "0.45"};
    char *walk = file_text(MOTION, NULL);
    char *row = strchr(walk, '\n') + 1;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "PathFileType\t4\t(X/Y/Z)\tuneven.trc\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\n"
                  "10\t10\t%d\t%d\tm\nFrame#\tTime",
            N_FRAMES, OIK_H36M_POINTS);
    for (int i = 0; i < OIK_H36M_POINTS; i++)
        fprintf(file, "\t%s\t\t", oik_h36m_name(i));
    fprintf(file, "\n\t");
    for (int i = 1; i <= OIK_H36M_POINTS; i++)
        fprintf(file, "\tX%d\tY%d\tZ%d", i, i, i);
    fprintf(file, "\n\n");
    for (int f = 0; f < N_FRAMES; f++) {
        fprintf(file, "%d\t%s", f + 1, times[f]);
        for (int i = 0; i < 3 * OIK_H36M_POINTS; i++)
            fprintf(file, "\t%.4f", strtod(row, &row));
        fprintf(file, "\n");
    }
    assert_int_equal(fclose(file), 0);
    free(walk);
}

static void a_motion_that_a_format_cannot_hold_leaves_nothing(void **state) {
    (void)state;
    char path[RUN_MAX_PATH], out[RUN_MAX_PATH];
    snprintf(path, sizeof path, "%s", in_folder(folder, "uneven.trc"));
    snprintf(out, sizeof out, "%s", in_folder(folder, "out"));
    put_uneven_motion(path);
    run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--motion", path, "--export", "osim,mjcf,bvh,addb", "-o", out,
                              NULL);
    if (r.code != 3 || !strstr(r.err, "uneven.trc: time steps are not even: frame 1") || !strstr(r.err, "bvh and c3d need even ones"))
        fail_msg("exit code %d: %s", r.code, r.err);
    assert_false(strstr(r.err, "stature")); /* nothing was computed before */
    assert_false(file_exists(out));
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--motion", path, "--export", "all", "--dry-run", "-o", out, NULL);
    assert_int_equal(r.code, 3);
    run_free(&r);
    r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--motion", path, "--export", "osim,mjcf,addb", "-o", out, NULL);
    expect_done(&r);
    run_free(&r);
}

/** Writing fails at each of these, for a folder stands in the file's place: what was written before is gone again. */
static void files_are_taken_back_when_one_cannot_be_written(void **state) {
    (void)state;
    static const char *const obstacles[] = {"body_female_scale_setup.xml", "body_female.urdf", "body_female_mjcf.xml", "body_female.glb",
                                            "body_female_addb/unscaled_generic.osim", "Geometry/body_female_femur_r.obj",
                                            "body_female_meshes/femur_r.stl", "body_female_summary.json"};
    for (size_t i = 0; i < sizeof obstacles / sizeof *obstacles; i++) {
        char out[RUN_MAX_PATH], place[2 * RUN_MAX_PATH];
        snprintf(out, sizeof out, "%s/%zu", folder, i);
        assert_int_equal(mkdir(out, 0777), 0);
        snprintf(place, sizeof place, "%s/%s", out, obstacles[i]);
        char *slash = strrchr(place, '/');
        *slash = '\0';
        mkdir(place, 0777); /* is there already where the obstacle is in no folder */
        *slash = '/';
        assert_int_equal(mkdir(place, 0777), 0);
        strcat(place, "/kept");
        file_put(place, "x", 1);
        run_result r = run_osso_ik("--mesh_input", DEMO_FEMALE, "-g", "female", "--export", "all", "-o", out, NULL);
        if (r.code != 3 || count_files(out) != 1)
            fail_msg("%s: exit code %d, %zu files: %s", obstacles[i], r.code, count_files(out), r.err);
        assert_true(file_exists(place));
        assert_false(file_exists(in_folder(out, "tmp")) || file_exists(in_folder(out, "body_female_addb/trials")));
        assert_true(strstr(obstacles[i], "Geometry") || !file_exists(in_folder(out, "Geometry")));
        assert_true(strstr(obstacles[i], "_meshes") || !file_exists(in_folder(out, "body_female_meshes")));
        run_free(&r);
    }
}

/* ------------------------------------------------------------------ imported models */

static void imported_models_have_rigs(void **state) {
    (void)state;
    static imported_model files;
    int result = imported_model_make(&files, folder);
    if (result > 0)
        skip();
    assert_int_equal(result, 0);
    char out[RUN_MAX_PATH];
    snprintf(out, sizeof out, "%s", in_folder(folder, "out"));
    run_result r = run_osso_ik("--mesh_input", files.body, "-g", "female", "--model", files.path, "--export", "all", "-o", out, NULL);
    if (r.code != 0 && r.code != 4) /* a bone too far outside, which made-up bodies may have */
        fail_msg("exit code %d: %s", r.code, r.err);
    assert_true(holds(out, "female.osim", "<Body name=\"torso\">"));
    assert_true(file_exists(in_folder(out, "female_addb/unscaled_generic.osim")));
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_listed_once_and_there),
        cmocka_unit_test(every_format_is_what_its_name_says),
        IN_FOLDER(a_second_run_gives_the_same_bytes),
        cmocka_unit_test(dry_run_names_what_would_be_written),
        IN_FOLDER(words_choose_the_formats),
        IN_FOLDER(addb_has_a_folder_of_its_own),
        IN_FOLDER(meshes_are_listed_once_for_two_documents),
        IN_FOLDER(default_formats_are_those_of_the_manual),
        IN_FOLDER(names_with_other_characters_reach_their_files),
        IN_FOLDER(osim_detail_chooses_the_bodies),
        IN_FOLDER(mass_is_the_given_one_or_estimated),
        IN_FOLDER(a_motion_drives_every_format),
        IN_FOLDER(report_has_no_steps_and_is_not_opened),
        IN_FOLDER(wrong_combinations_are_named),
        IN_FOLDER(sequences_have_rigs),
        IN_FOLDER(names_that_are_one_in_a_rig_are_refused),
        IN_FOLDER(a_motion_that_a_format_cannot_hold_leaves_nothing),
        IN_FOLDER(files_are_taken_back_when_one_cannot_be_written),
        IN_FOLDER(imported_models_have_rigs),
    };
    return cmocka_run_group_tests_name("test_cli_rig", tests, run_all, remove_all);
}
