/* osso_ik ik: files, options, warnings and errors. Each option has a case that fails when it is ignored. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rot.h"
#include "case_folder.h"
#include "cli/ik_outputs.h"
#include "demo_run.h"
#include "support/json_schema.h"
#include "support/stick_chain.h"
#include "support/stick_files.h"

enum { N_FRAMES = 40 };

static const double DEG = 180.0 / 3.14159265358979323846;

static char *input;  /* chain and motions, shared by the cases */
static oik_chain *chain;
static oik_markers *markers;
static random_motion *truth;

/* ------------------------------------------------------------------ set-up */

static void put_motion(const char *name, const random_motion *motion) {
    char *text = stick_text(motion, 1.0);
    assert_non_null(text);
    file_put(in_folder(input, name), text, strlen(text));
    free(text);
}

/* motions: clean; noisy (10 mm); with a lost wrist and a long gap */
static void write_motions(void) {
    random_motion_options o = random_motion_defaults(5);
    o.n_frames = N_FRAMES;
    truth = random_motion_new(chain, markers, &o);
    assert_non_null(truth);
    put_motion("clean.pose.txt", truth);
    o.noise = 0.01;
    random_motion *noisy = random_motion_new(chain, markers, &o);
    assert_non_null(noisy);
    put_motion("noisy.txt", noisy);
    random_motion_hide(noisy, 12, 0, N_FRAMES); /* the left wrist */
    random_motion_hide(noisy, 15, 4, 39);       /* the right one for 35 frames, 36 steps of 1/30 s */
    put_motion("gaps.txt", noisy);
    random_motion_free(noisy);
}

static int write_input(void **state) {
    (void)state;
    input = scratch_new();
    chain = stick_chain_new();
    markers = chain ? stick_markers_new(chain) : NULL;
    char *json = stick_chain_json();
    if (!input || !markers || !json)
        return -1;
    file_put(in_folder(input, "stick.json"), json, strlen(json));
    free(json);
    write_motions();
    return 0;
}

static int remove_input(void **state) {
    (void)state;
    random_motion_free(truth);
    oik_markers_free(markers);
    oik_chain_free(chain);
    scratch_free(input);
    return 0;
}

/* one run on a motion of the input folder, with up to two more words */
static run_result ik(const char *motion, const char *word, const char *other) {
    return run_osso_ik("ik", "--chain", in_folder(input, "stick.json"), "--motion", in_folder(input, motion), "-o", folder, word, other,
                       NULL);
}

static void expect_code(run_result *r, int code) {
    if (r->code != code)
        fail_msg("exit code %d, not %d: %s", r->code, code, r->err);
}

static void run_well(const char *motion, const char *word, const char *other) {
    run_result r = ik(motion, word, other);
    expect_code(&r, 0);
    run_free(&r);
}

/* a number of NAME_motion.json's solver; NaN for null */
static double solver_fact(const char *name, const char *fact) {
    json_t *motion = demo_json(folder, name);
    const json_t *value = json_object_get(json_object_get(motion, "solver"), fact);
    assert_non_null(value);
    double x = json_is_number(value) ? json_number_value(value) : (double)NAN;
    json_decref(motion);
    return x;
}

static size_t count_lines(const char *path) {
    char *text = file_text(path, NULL);
    assert_non_null(text);
    size_t n = 0;
    for (const char *c = text; (c = strchr(c, '\n')) != NULL; c++)
        n++;
    free(text);
    return n;
}

/* ------------------------------------------------------------------ results */

static void writes_what_it_names(void **state) {
    (void)state;
    static const char *const names[] = {"clean_orientations.txt", "clean_angles.csv", "clean_segments.csv", "clean_rates.csv",
                                        "clean_motion.json"};
    run_result r = ik("clean.pose.txt", NULL, NULL);
    expect_code(&r, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_true(file_exists(in_folder(folder, names[i])));
        assert_non_null(strstr(r.out, in_folder(folder, names[i])));
    }
    assert_int_equal(count_files(folder), sizeof names / sizeof *names);
    assert_int_equal(count_lines(in_folder(folder, names[0])), 1 + N_FRAMES * STICK_N_JOINTS);
    for (int i = 1; i < 4; i++)
        assert_int_equal(count_lines(in_folder(folder, names[i])), 1 + N_FRAMES);
    run_free(&r);
}

static void orientations_are_those_of_the_motion(void **state) {
    (void)state;
    run_well("clean.pose.txt", "-q", NULL);
    char *text = file_text(in_folder(folder, "clean_orientations.txt"), NULL);
    assert_non_null(text);
    assert_int_equal(strncmp(text, "# format: quat\n", 15), 0);
    double sum = 0.0;
    int n = 0;
    for (char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1, n++) {
        int frame, joint;
        oik_quat q;
        assert_int_equal(sscanf(line, "%d %d %lf %lf %lf %lf", &frame, &joint, &q.w, &q.x, &q.y, &q.z), 6);
        assert_int_equal(frame, n / STICK_N_JOINTS);
        assert_int_equal(joint, n % STICK_N_JOINTS);
        sum += oik_rot_angle_between(oik_rot_from_quat(q), truth->R[n]);
    }
    assert_int_equal(n, N_FRAMES * STICK_N_JOINTS);
    assert_true(sum / n * DEG < 1.0); /* trunk and pelvis share what keypoints do not tell */
    free(text);
}

static void documents_meet_their_schemas(void **state) {
    (void)state;
    char why[256];
    run_result r = ik("gaps.txt", "--json", "--filter");
    expect_code(&r, 0);
    json_t *summary = json_loads(r.out, 0, NULL), *schema = demo_json("docs/schema", "ik-summary.schema.json");
    assert_non_null(summary);
    if (!json_schema_accepts(why, sizeof why, schema, summary))
        fail_msg("summary: %s", why);
    assert_int_equal(json_array_size(json_object_get(summary, "files")), 5);
    assert_int_equal(json_integer_value(json_object_get(summary, "frames")), N_FRAMES);
    json_decref(schema);
    json_decref(summary);
    json_t *motion = demo_json(folder, "gaps_motion.json");
    schema = demo_json("docs/schema", "motion.schema.json");
    if (!json_schema_accepts(why, sizeof why, schema, motion))
        fail_msg("motion: %s", why);
    json_decref(schema);
    json_decref(motion);
    run_free(&r);
}

static void the_names_ending_is_cut_off(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"a/walk.pose.txt", "walk"}, {"walk.txt", "walk"},           {"walk.pose.trc", "walk.pose"},
                                           {"walk.x.POSE.TXT", "walk.x"}, {".pose.txt", ".pose"}, {"a.b/walk", "walk"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        oik_buf name = {0};
        oik_ik_output_name(&name, pairs[i][0]);
        assert_string_equal(name.data, pairs[i][1]);
        oik_buf_free(&name);
    }
}

/* ------------------------------------------------------------------ options */

static void fps_spaces_the_frames(void **state) {
    (void)state;
    run_well("clean.pose.txt", "--fps", "50");
    json_t *motion = demo_json(folder, "clean_motion.json");
    double last = json_number_value(json_array_get(json_object_get(motion, "time"), N_FRAMES - 1));
    assert_true(fabs(last - (N_FRAMES - 1) / 50.0) < 1e-6); /* six decimals */
    json_decref(motion);
}

static void filter_takes_a_cut_off_or_6_hz(void **state) {
    (void)state;
    run_well("noisy.txt", NULL, NULL);
    assert_true(isnan(solver_fact("noisy_motion.json", "cutoff_hz")));
    size_t size;
    char *unfiltered = file_text(in_folder(folder, "noisy_angles.csv"), &size);
    assert_non_null(unfiltered);
    run_well("noisy.txt", "--filter", NULL);
    assert_true(solver_fact("noisy_motion.json", "cutoff_hz") == 6.0);
    char *filtered = file_text(in_folder(folder, "noisy_angles.csv"), NULL);
    assert_non_null(filtered);
    assert_string_not_equal(unfiltered, filtered);
    free(unfiltered);
    free(filtered);
    run_well("noisy.txt", "--filter", "4.5");
    assert_true(solver_fact("noisy_motion.json", "cutoff_hz") == 4.5);
    run_well("noisy.txt", "--filter=5", "-q");
    assert_true(solver_fact("noisy_motion.json", "cutoff_hz") == 5.0);
}

static void noise_is_measured_or_given(void **state) {
    (void)state;
    run_well("noisy.txt", NULL, NULL);
    double measured = solver_fact("noisy_motion.json", "noise_m");
    assert_true(measured > 0.006 && measured < 0.015); /* 10 mm, from some ten distances */
    run_well("noisy.txt", "--noise", "2.5");
    assert_true(fabs(solver_fact("noisy_motion.json", "noise_m") - 0.0025) < 1e-9);
}

static void smoothness_is_a_factor(void **state) {
    (void)state;
    run_well("noisy.txt", NULL, NULL);
    double one = solver_fact("noisy_motion.json", "temporal_weight");
    run_well("noisy.txt", "--smoothness", "8");
    double eight = solver_fact("noisy_motion.json", "temporal_weight");
    assert_true(fabs(eight / one - 8.0) < 1e-6); /* nine digits */
}

static void more_iterations_go_on(void **state) {
    (void)state;
    run_well("noisy.txt", NULL, NULL);
    double usual = solver_fact("noisy_motion.json", "iterations");
    run_well("noisy.txt", "--more_it", NULL);
    assert_true(solver_fact("noisy_motion.json", "iterations") > usual);
}

/* one keypoint that is 0.5 m off in one frame pulls less with a robust loss */
static void robust_bears_outliers(void **state) {
    (void)state;
    const int frame = 20, wrist = 12;
    oik_vec3 *x = &truth->x[frame * markers->n_markers + wrist], kept = *x;
    *x = v3_add(kept, v3(0.5, 0, 0));
    put_motion("outlier.txt", truth);
    *x = kept;
    double angle[2];
    for (int k = 0; k < 2; k++) {
        run_well("outlier.txt", k ? "--robust" : NULL, k ? "10" : NULL);
        char *text = file_text(in_folder(folder, "outlier_orientations.txt"), NULL);
        assert_non_null(text);
        char *line = text;
        for (int i = 0; i < 1 + frame * STICK_N_JOINTS + STICK_SHOULDER_L; i++)
            line = strchr(line, '\n') + 1;
        int f, joint;
        oik_quat q;
        assert_int_equal(sscanf(line, "%d %d %lf %lf %lf %lf", &f, &joint, &q.w, &q.x, &q.y, &q.z), 6);
        assert_int_equal(joint, STICK_SHOULDER_L);
        angle[k] = oik_rot_angle_between(oik_rot_from_quat(q), truth->R[f * STICK_N_JOINTS + joint]);
        free(text);
    }
    assert_true(angle[1] < 0.5 * angle[0]);
}

static void solvers_can_be_chosen(void **state) {
    (void)state;
    static const char *const names[] = {"sequence", "frames"};
    for (int i = 0; i < 2; i++) {
        char option[32];
        snprintf(option, sizeof option, "--solver=%s", names[i]);
        run_result r = ik("clean.pose.txt", option, "--json");
        expect_code(&r, 0);
        json_t *summary = json_loads(r.out, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(json_object_get(summary, "solver"), "name")), names[i]);
        json_decref(summary);
        run_free(&r);
    }
    assert_true(solver_fact("clean_motion.json", "temporal_weight") == 0.0); /* frame by frame */
}

static void export_chooses_the_files(void **state) {
    (void)state;
    static const struct {
        const char *list;
        size_t n_files; /* in the folder afterwards */
        const char *name;
    } runs[] = {{"txt", 1, "clean_orientations.txt"}, {"json", 2, "clean_motion.json"}, {"csv,txt", 5, "clean_rates.csv"}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        run_well("clean.pose.txt", "--export", runs[i].list);
        assert_true(file_exists(in_folder(folder, runs[i].name)));
        assert_int_equal(count_files(folder), runs[i].n_files);
    }
}

static void dry_run_writes_nothing(void **state) {
    (void)state;
    run_result r = ik("clean.pose.txt", "--dry-run", NULL);
    expect_code(&r, 0);
    assert_int_equal(count_files(folder), 0);
    assert_non_null(strstr(r.out, "clean_orientations.txt"));
    assert_non_null(strstr(r.err, "16 of 17 keypoints"));
    run_free(&r);
}

static void levels_choose_the_messages(void **state) {
    (void)state;
    run_result quiet = ik("gaps.txt", "-q", NULL), verbose = ik("gaps.txt", "-v", NULL), warning = ik("gaps.txt", "--log-level", "warning");
    assert_string_equal(quiet.out, "");
    assert_string_equal(quiet.err, "");
    assert_non_null(strstr(verbose.err, "measures shoulder_l"));
    assert_non_null(strstr(verbose.err, "temporal weight"));
    assert_non_null(strstr(warning.err, "warning: "));
    assert_null(strstr(warning.err, "40 frames"));
    run_free(&quiet);
    run_free(&verbose);
    run_free(&warning);
}

static void help_is_printed(void **state) {
    (void)state;
    run_result r = run_osso_ik("ik", "--help", NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.out, "usage: osso_ik ik"));
    run_free(&r);
}

static void a_collections_chain_has_a_name(void **state) {
    (void)state;
    static const char collection[] =
        "{\"chains\": {"
        "\"one\": {\"joints\": [{\"name\": \"a\", \"parent\": -1, \"position_m\": [0, 0, 0], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
        " \"rom_deg_xyz\": [[-360, 360], [-360, 360], [-360, 360]]},"
        "{\"name\": \"b\", \"parent\": 0, \"position_m\": [0, 0, 0.1], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
        " \"rom_deg_xyz\": [[0, 0], [0, 0], [0, 0]]}], \"link_pairs\": [[0, 1, 0, 1]]},"
        "\"two\": {\"joints\": [{\"name\": \"a\", \"parent\": -1, \"position_m\": [0, 0, 0], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
        " \"rom_deg_xyz\": [[-360, 360], [-360, 360], [-360, 360]]}], \"link_pairs\": []}}}";
    file_put(in_folder(input, "both.json"), collection, sizeof collection - 1);
    const char *motion = in_folder(input, "clean.pose.txt");
    run_result good = run_osso_ik("ik", "--chain", in_folder(input, "both.json:one"), "--motion", motion, "-o", folder, NULL);
    expect_code(&good, 0);
    run_result unknown = run_osso_ik("ik", "--chain", in_folder(input, "both.json:three"), "--motion", motion, "-o", folder, NULL);
    expect_code(&unknown, 3);
    assert_non_null(strstr(unknown.err, "one, two"));
    run_result none = run_osso_ik("ik", "--chain", in_folder(input, "both.json"), "--motion", motion, "-o", folder, NULL);
    expect_code(&none, 3);
    run_free(&good);
    run_free(&unknown);
    run_free(&none);
}

/* ------------------------------------------------------------------ warnings, progress, Ctrl-C */

static void lost_keypoints_are_named(void **state) {
    (void)state;
    run_result r = ik("gaps.txt", NULL, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "never seen: wrist_l"));
    assert_non_null(strstr(r.err, "wrist_r (1.20 s from frame 4 on)"));
    run_free(&r);
    r = ik("clean.pose.txt", NULL, NULL);
    assert_null(strstr(r.err, "warning"));
    run_free(&r);
}

static void another_size_is_told(void **state) {
    (void)state;
    char *text = stick_text(truth, 1000.0); /* millimetres */
    assert_non_null(text);
    file_put(in_folder(input, "mm.txt"), text, strlen(text));
    free(text);
    run_result r = ik("mm.txt", NULL, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "warning: "));
    assert_non_null(strstr(r.err, "measured lengths are 1000 times the chain's"));
    run_free(&r);
}

static void progress_is_drawn_on_a_terminal_only(void **state) {
    (void)state;
    run_result r = run_osso_ik_on_terminal("ik", "--chain", in_folder(input, "stick.json"), "--motion",
                                           in_folder(input, "clean.pose.txt"), "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "frames 40 of 40, "));
    assert_non_null(strstr(r.err, "s left"));
    run_free(&r);
    r = ik("clean.pose.txt", NULL, NULL);
    assert_null(strstr(r.err, "frames 40 of"));
    run_free(&r);
}

extern char **environ;

/* A motion of seconds is stopped; whether while it is read, solved or written, nothing is left. */
static void ctrl_c_leaves_nothing(void **state) {
    (void)state;
    enum { LONG = 20000 };
    random_motion_options o = random_motion_defaults(2);
    o.n_frames = LONG;
    random_motion *motion = random_motion_new(chain, markers, &o);
    assert_non_null(motion);
    put_motion("long.txt", motion);
    random_motion_free(motion);
    const char *build = getenv("OSSO_IK_BUILD"), *out = in_folder(folder, "new");
    char *argv[] = {strdup(in_folder(build ? build : "build", "osso_ik")), strdup("ik"), strdup("-q"), strdup("--chain"),
                    strdup(in_folder(input, "stick.json")), strdup("--motion"), strdup(in_folder(input, "long.txt")), strdup("-o"),
                    strdup(out), NULL};
    pid_t pid;
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
    const struct timespec while_it_works = {.tv_nsec = 700000000};
    nanosleep(&while_it_works, NULL);
    kill(pid, SIGINT);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), 130);
    assert_int_equal(count_files(folder), 0);
    assert_false(file_exists(out));
    for (char **word = argv; *word; word++)
        free(*word);
}

/* ------------------------------------------------------------------ errors */

static void wrong_usage_is_2(void **state) {
    (void)state;
    const char *const words[][7] = {{"--motion", "a.txt"},
                                    {"--chain", "a.json"},
                                    {"--chain", "a.json", "--motion", "a.txt", "more"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--nonsense"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--fps", "0"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--fps", "30x"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--filter=0"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--noise", "-1"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--smoothness", "nan"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--robust", "0"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--solver", "best"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--export", "xml"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--log-level", "loud"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--solver=patch", "--noise=1"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--solver=frames", "--more_it"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--solver=frames", "--smoothness=2"},
                                    {"--chain", "a.json", "--motion", "a.txt", "--out", ""},
                                    {"--chain", "a.json", "--motion", "a.txt", "--out"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        run_result r = run_osso_ik("ik", words[i][0], words[i][1], words[i][2], words[i][3], words[i][4], words[i][5], NULL);
        if (r.code != 2 || !strstr(r.err, "try osso_ik ik --help") || r.out[0])
            fail_msg("case %zu: exit code %d: %s", i, r.code, r.err);
        run_free(&r);
    }
}

static void bad_input_is_3_and_writes_nothing(void **state) {
    (void)state;
    file_put(in_folder(input, "short.txt"), "1 2 3\n", 6);
    file_put(in_folder(input, "bad.json"), "{", 1);
    file_put(in_folder(input, "unseen.txt"), "", 0);
    char nan_frame[17 * 12 + 1] = "";
    for (int i = 0; i < 17; i++)
        strcat(nan_frame, "nan nan nan\n");
    file_put(in_folder(input, "nan.txt"), nan_frame, strlen(nan_frame));
    const char *const runs[][3] = {{"stick.json", "absent.txt", "absent.txt"}, {"absent.json", "clean.pose.txt", "absent.json"},
                                   {"bad.json", "clean.pose.txt", "bad.json"}, {"stick.json", "short.txt", "short.txt"},
                                   {"stick.json", "unseen.txt", "unseen.txt"}, {"stick.json", "nan.txt", "nan.txt"},
                                   {"stick.json", "stick.json", "stick.json"}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        run_result r = run_osso_ik("ik", "--chain", in_folder(input, runs[i][0]), "--motion", in_folder(input, runs[i][1]), "-o",
                                   in_folder(folder, "new"), NULL);
        if (r.code != 3 || !strstr(r.err, runs[i][2]))
            fail_msg("case %zu: exit code %d: %s", i, r.code, r.err);
        assert_false(file_exists(in_folder(folder, "new")));
        run_free(&r);
    }
}

static void a_filter_over_half_the_frame_rate_is_refused(void **state) {
    (void)state;
    run_result r = ik("clean.pose.txt", "--filter", "20");
    expect_code(&r, 3);
    assert_non_null(strstr(r.err, "clean.pose.txt: "));
    assert_int_equal(count_files(folder), 0);
    run_free(&r);
}

static void an_output_that_cannot_be_written_takes_the_others_back(void **state) {
    (void)state;
    run_result r = run_osso_ik("ik", "--chain", in_folder(input, "stick.json"), "--motion", in_folder(input, "clean.pose.txt"), "-o",
                               in_folder(input, "stick.json"), NULL);
    expect_code(&r, 3);
    run_free(&r);
    /* a folder of the name of the last file: the four before it are removed again */
    run_well("clean.pose.txt", "--export", "txt");
    assert_int_equal(unlink(in_folder(folder, "clean_orientations.txt")), 0);
    file_put(in_folder(folder, "other.txt"), "", 0);
    assert_int_equal(oik_dir_make(in_folder(folder, "clean_motion.json/kept"), NULL), OIK_OK);
    r = ik("clean.pose.txt", NULL, NULL);
    expect_code(&r, 3);
    assert_int_equal(count_files(folder), 1);
    run_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(writes_what_it_names),
        IN_FOLDER(orientations_are_those_of_the_motion),
        IN_FOLDER(documents_meet_their_schemas),
        IN_FOLDER(the_names_ending_is_cut_off),
        IN_FOLDER(fps_spaces_the_frames),
        IN_FOLDER(filter_takes_a_cut_off_or_6_hz),
        IN_FOLDER(noise_is_measured_or_given),
        IN_FOLDER(smoothness_is_a_factor),
        IN_FOLDER(more_iterations_go_on),
        IN_FOLDER(robust_bears_outliers),
        IN_FOLDER(solvers_can_be_chosen),
        IN_FOLDER(export_chooses_the_files),
        IN_FOLDER(dry_run_writes_nothing),
        IN_FOLDER(levels_choose_the_messages),
        IN_FOLDER(help_is_printed),
        IN_FOLDER(a_collections_chain_has_a_name),
        IN_FOLDER(lost_keypoints_are_named),
        IN_FOLDER(another_size_is_told),
        IN_FOLDER(progress_is_drawn_on_a_terminal_only),
        IN_FOLDER(ctrl_c_leaves_nothing),
        IN_FOLDER(wrong_usage_is_2),
        IN_FOLDER(bad_input_is_3_and_writes_nothing),
        IN_FOLDER(a_filter_over_half_the_frame_rate_is_refused),
        IN_FOLDER(an_output_that_cannot_be_written_takes_the_others_back),
    };
    return cmocka_run_group_tests_name("test_cli_ik", tests, write_input, remove_input);
}
