/* The program on sequences: the same frames from every kind of input, going on after a stop, body parameters, --motion. */
#include <jansson.h>
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/sequence.h"
#include "base/npz.h"
#include "base/rot.h"
#include "demo_run.h"
#include "json_schema.h"
#include "mesh/mesh_io.h"
#include "moving_body.h"
#include "run_program.h"

enum { N_FEW = 6, N_MANY = OIK_SEQUENCE_BLOCK + 3 };

extern char **environ;

static char *folder, *input;
static oik_model *model;
static double *shape;

/* ------------------------------------------------------------------ inputs */

static void check(oik_status status, const oik_error *err) {
    if (status)
        fail_msg("%s", err->message);
}

/** Frames as PLY files walk_1.ply ... walk_6.ply in a folder of that name. */
static void put_meshes(void) {
    oik_error err;
    char name[64];
    mkdir(in_folder(input, "walk"), 0777);
    for (int f = 0; f < N_FEW; f++) {
        oik_mesh *mesh = moving_mesh(model->body, shape, f, 1.0);
        oik_mesh_write_options options = {.format = OIK_MESH_PLY_BINARY};
        snprintf(name, sizeof name, "walk/walk_%d.ply", f + 1);
        check(oik_mesh_write(mesh, in_folder(input, name), &options, &err), &err);
        oik_mesh_free(mesh);
    }
}

/** n frames, F x V x 3. Free it. */
static double *vertices_of(int n, double units_per_metre) {
    size_t size = model->body->n_vertices;
    oik_vec3 *x = malloc((size_t)n * size * sizeof *x);
    assert_non_null(x);
    for (int f = 0; f < n; f++)
        moving_skin(x + (size_t)f * size, model->body, shape, f);
    for (size_t i = 0; i < (size_t)n * size; i++)
        x[i] = v3_scale(x[i], units_per_metre);
    return &x->x;
}

static void put_npz(const char *name, int n, double units_per_metre) {
    oik_error err;
    oik_npz_writer *w = NULL;
    const double fps = MOVING_FPS;
    const size_t dims[] = {(size_t)n, model->body->n_vertices, 3}, one[] = {1};
    double *x = vertices_of(n, units_per_metre);
    check(oik_npz_writer_new(&w, &err), &err);
    check(oik_npz_add_f64(w, "vertices", "<f4", 3, dims, x, &err), &err);
    check(oik_npz_add_f64(w, "fps", "<f8", 1, one, &fps, &err), &err);
    check(oik_npz_writer_save(w, in_folder(input, name), 0, &err), &err);
    oik_npz_writer_free(w);
    free(x);
}

/** Format 1.0 by hand: magic, header length, header padded to 128 bytes, little-endian doubles as they are in memory. */
static void put_npy(const char *name, int n) {
    enum { HEADER = 118 };
    char head[10 + HEADER + 1];
    size_t size = (size_t)n * model->body->n_vertices * 3 * sizeof(double);
    double *x = vertices_of(n, 1.0);
    char *all = malloc(10 + HEADER + size);
    assert_non_null(all);
    memcpy(head, "\x93NUMPY\x01\x00\x76\x00", 10);
    snprintf(head + 10, HEADER + 1, "%-*s\n", HEADER - 1, "");
    char text[HEADER];
    int length = snprintf(text, sizeof text, "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %zu, 3), }", n,
                          model->body->n_vertices);
    memcpy(head + 10, text, (size_t)length);
    memcpy(all, head, 10 + HEADER);
    memcpy(all + 10 + HEADER, x, size);
    file_put(in_folder(input, name), all, 10 + HEADER + size);
    free(all);
    free(x);
}

/** Rotation vectors of the poses; no shape, which the built-in model would not take over. rate: name of the frame rate. */
static void put_poses(const char *name, int n, const char *rate) {
    oik_error err;
    oik_npz_writer *w = NULL;
    double *poses = calloc((size_t)n * 72, sizeof *poses), betas[10] = {1.0}, fps = MOVING_FPS;
    assert_non_null(poses);
    for (int f = 0; f < n; f++) {
        oik_body_pose pose = moving_pose(f);
        for (int j = 0; j < OIK_N_JOINTS; j++) {
            oik_vec3 turn = oik_rot_log(pose.R[j]);
            memcpy(poses + 72 * f + 3 * j, &turn, sizeof turn);
        }
    }
    const size_t dims[] = {(size_t)n, 72}, ten[] = {10}, one[] = {1};
    check(oik_npz_writer_new(&w, &err), &err);
    check(oik_npz_add_f64(w, "poses", "<f8", 2, dims, poses, &err), &err);
    check(oik_npz_add_f64(w, "betas", "<f8", 1, ten, betas, &err), &err);
    check(oik_npz_add_f64(w, rate, "<f8", 1, one, &fps, &err), &err);
    check(oik_npz_writer_save(w, in_folder(input, name), 0, &err), &err);
    oik_npz_writer_free(w);
    free(poses);
}

static int set_up(void **state) {
    (void)state;
    char path[RUN_MAX_PATH];
    oik_error err;
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    if (oik_model_load(&model, path, &err) || !(shape = moving_shape(model->body)) || !(input = scratch_new()) ||
        !(folder = scratch_new()))
        return 1;
    put_meshes();
    put_npz("few.npz", N_FEW, 1000.0);
    put_npz("many.npz", N_MANY, 1.0);
    put_npy("few.npy", N_FEW);
    put_poses("poses.npz", N_FEW, "fps");
    put_poses("amass.npz", N_FEW, "mocap_framerate");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    scratch_free(folder);
    scratch_free(input);
    oik_model_free(model);
    free(shape);
    return 0;
}

/* ------------------------------------------------------------------ results */

static void expect_code(const run_result *r, int code) {
    if (r->code != code)
        fail_msg("exit code %d, expected %d: %s", r->code, code, r->err);
}

/** Numbers of a table behind its header, row by row. Free it. */
static double *table(size_t *n, const char *name) {
    char *text = file_text(in_folder(folder, name), NULL);
    if (!text)
        fail_msg("%s is not there", name);
    double *x = malloc((strlen(text) + 1) * sizeof *x);
    assert_non_null(x);
    *n = 0;
    char *at = strchr(text, '\n');
    for (char *end; at && *++at; at = end) {
        double value = strtod(at, &end);
        if (end == at)
            break;
        x[(*n)++] = value;
    }
    free(text);
    return x;
}

/** Files of single precision and of another unit: a micrometre on the skin is far below 0.02 degrees. */
static void expect_same_angles(const char *a, const char *b) {
    const double tolerance = 0.02;
    size_t n, m;
    double *x = table(&n, a), *y = table(&m, b);
    assert_int_equal(n, m);
    assert_true(n > N_FEW * 58);
    for (size_t i = 0; i < n; i++)
        if (!(x[i] - y[i] < tolerance && y[i] - x[i] < tolerance))
            fail_msg("%s and %s: number %zu is %g and %g", a, b, i, x[i], y[i]);
    free(x);
    free(y);
}

static void expect_same_file(const char *a, const char *b) {
    size_t n, m;
    char *x = file_text(in_folder(folder, a), &n), *y = file_text(in_folder(folder, b), &m);
    assert_non_null(x);
    assert_non_null(y);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

static const char *in_input(const char *name) {
    return in_folder(input, name);
}

/* ------------------------------------------------------------------ cases */

static void every_kind_of_input_gives_the_same_angles(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", in_input("walk"), "-g", "female", "--fps", "30", "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.out, "walk_angles.csv"));
    run_free(&r);
    assert_int_equal(count_files(in_folder(folder, "walk_frames")), N_FEW);
    r = run_osso_ik("--mesh_input", in_input("few.npz"), "-g", "female", "-o", folder, "--no_frame_meshes", NULL);
    expect_code(&r, 0);
    assert_null(strstr(r.err, "give --fps")); /* it says 30 itself */
    assert_non_null(strstr(r.err, "mm"));
    run_free(&r);
    assert_false(file_exists(in_folder(folder, "few_frames")));
    expect_same_angles("walk_angles.csv", "few_angles.csv");
    r = run_osso_ik("--mesh_input", in_input("few.npy"), "-g", "female", "-o", in_folder(folder, "npy"), "--no_frame_meshes", NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "give --fps"));
    run_free(&r);
    expect_same_angles("walk_angles.csv", "npy/few_angles.csv");
}

/* Frame 10 comes after frame 9 and not after frame 1: checked by the file names of mesh_sequence; here that --sequence is asked for. */
static void several_files_are_single_bodies_unless_asked(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", in_input("walk/walk_1.ply"), in_input("walk/walk_2.ply"), "-g", "female", "--dry-run",
                               "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.out, "walk_2_skel_posed.ply"));
    run_free(&r);
    r = run_osso_ik("--sequence", "--mesh_input", in_input("walk/walk_1.ply"), in_input("walk/walk_2.ply"), "-g", "female", "--dry-run",
                    "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.out, "/walk_angles.csv"));
    run_free(&r);
    r = run_osso_ik("--mesh_input", in_input("walk/walk_*.ply"), "-g", "female", "--dry-run", "-o", folder, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "6 frames at"));
    run_free(&r);
    r = run_osso_ik("--sequence", "--mesh_input", in_input("walk/walk_1.ply"), "-g", "female", "--dry-run", "-o", folder, NULL);
    assert_non_null(strstr(r.err, "1 frame at"));
    run_free(&r);
}

static void the_frame_rate_sets_the_times(void **state) {
    (void)state;
    run_result r = run_osso_ik("--mesh_input", in_input("few.npz"), "-g", "female", "-o", in_folder(folder, "slow"), "--fps", "12.5",
                               "--no_frame_meshes", NULL);
    expect_code(&r, 0);
    run_free(&r);
    char *text = file_text(in_folder(folder, "slow/few_angles.csv"), NULL);
    assert_non_null(text);
    assert_non_null(strstr(text, "\n5,0.400000,"));
    free(text);
}

static void the_summary_meets_its_schema(void **state) {
    (void)state;
    char why[512];
    json_t *schema = demo_json("docs/schema", "sequence-summary.schema.json"), *summary = demo_json(folder, "walk_summary.json");
    if (!json_schema_accepts(why, sizeof why, schema, summary))
        fail_msg("%s", why);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(summary, "input"), "frames")), N_FEW);
    json_decref(schema);
    json_decref(summary);
}

/* Cutting the file that tracking is kept in: the last record is half there, as after a loss of power. */
static void a_second_run_goes_on_where_the_first_was_cut_off(void **state) {
    (void)state;
    char *many = strdup(in_input("many.npz")), *a = strdup(in_folder(folder, "a")), *b = strdup(in_folder(folder, "b"));
    const char *const call[] = {"--mesh_input", many, "-g", "female", "--no_frame_meshes"};
    run_result r = run_osso_ik(call[0], call[1], call[2], call[3], call[4], "-o", a, NULL);
    expect_code(&r, 0);
    run_free(&r);
    size_t size;
    char *track = file_text(in_folder(folder, "a/tmp/many_track.bin"), &size);
    assert_non_null(track);
    mkdir(b, 0777);
    mkdir(in_folder(folder, "b/tmp"), 0777);
    file_put(in_folder(folder, "b/tmp/many_track.bin"), track, size - 1000);
    free(track);
    r = run_osso_ik(call[0], call[1], call[2], call[3], call[4], "-o", b, NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "32 frames taken over"));
    run_free(&r);
    expect_same_file("a/many_angles.csv", "b/many_angles.csv");
    expect_same_file("a/many_segments.csv", "b/many_segments.csv");
    expect_same_file("a/tmp/many_track.bin", "b/tmp/many_track.bin");
    r = run_osso_ik(call[0], call[1], call[2], call[3], call[4], "-o", b, "-F", NULL);
    expect_code(&r, 0);
    assert_null(strstr(r.err, "taken over"));
    run_free(&r);
    free(many);
    free(a);
    free(b);
}

static void ctrl_c_keeps_the_finished_frames(void **state) {
    (void)state;
    const char *build = getenv("OSSO_IK_BUILD");
    char *argv[] = {strdup(in_folder(build ? build : "build", "osso_ik")), strdup("-q"), strdup("--mesh_input"),
                    strdup(in_input("many.npz")),
                    strdup("-g"), strdup("female"), strdup("-o"), strdup(in_folder(folder, "c")), NULL};
    pid_t pid;
    assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
    const struct timespec moment = {.tv_nsec = 5000000};
    for (int i = 0; i < 6000 && count_files(in_folder(folder, "c/many_frames")) < 2; i++)
        nanosleep(&moment, NULL);
    kill(pid, SIGINT);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), 130);
    assert_false(file_exists(in_folder(folder, "c/many_angles.csv")));
    oik_mesh_free(demo_mesh(in_folder(folder, "c/many_frames/many_000000_skel.ply")));
    oik_mesh_free(demo_mesh(in_folder(folder, "c/many_frames/many_000001_skel.ply")));
    for (char **word = argv; *word; word++)
        free(*word);
}

/* The parameters of the frames instead of their meshes: another shape, nothing to register; the angles are much the same. */
static void body_parameters_stand_for_meshes(void **state) {
    (void)state;
    run_result r = run_osso_ik("--pose_input", in_input("poses.npz"), "-g", "female", "-o", folder, "--no_frame_meshes", NULL);
    expect_code(&r, 0);
    assert_non_null(strstr(r.err, "betas"));
    run_free(&r);
    size_t n, m;
    double *x = table(&n, "walk_angles.csv"), *y = table(&m, "poses_angles.csv"), sum = 0.0;
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
        sum += x[i] > y[i] ? x[i] - y[i] : y[i] - x[i];
    assert_true(sum / (double)n < 1.0); /* degrees: what the bones of two bodies differ by */
    free(x);
    free(y);
}

/** Value of pelvis_tilt in the first frame of a .mot [degrees]. */
static double tilt_of(const char *name) {
    char *text = file_text(in_folder(folder, name), NULL);
    assert_non_null(text);
    char *head = strstr(text, "\ntime\tpelvis_tilt\t");
    assert_non_null(head);
    char *row = strchr(head + 1, '\n');
    assert_non_null(row);
    double tilt = strtod(strchr(row, '\t'), NULL);
    free(text);
    return tilt;
}

/* The body stands along y, which in the world of such a file is level: it lies. The way from feet to neck would stand it up. */
static void body_parameters_with_z_up_keep_their_vertical(void **state) {
    (void)state;
    run_result r =
        run_osso_ik("--pose_input", in_input("amass.npz"), "-g", "female", "-o", folder, "--no_frame_meshes", "--export", "mot", NULL);
    expect_code(&r, 0);
    run_free(&r);
    double lying = tilt_of("amass.mot");
    r = run_osso_ik("--pose_input", in_input("amass.npz"), "-g", "female", "-o", folder, "--no_frame_meshes", "--export", "mot",
                    "--up", "-z",
                    NULL);
    expect_code(&r, 0);
    run_free(&r);
    double standing = tilt_of("amass.mot");
    assert_true(fabs(lying) > 60.0 && fabs(lying) < 120.0); /* degrees; a walking pelvis leans less than 30 */
    assert_true(fabs(standing) < 30.0);
}

static void keypoints_drive_the_chain_of_a_mesh(void **state) {
    (void)state;
    char text[17 * 60] = "";
    const double at[17][3] = {{0, 0, 0}, {-0.09, 0, 0}, {-0.09, -0.4, 0.02}, {-0.09, -0.8, 0}, {0.09, 0, 0}, {0.09, -0.4, 0.02},
                              {0.09, -0.8, 0}, {0, 0.2, 0}, {0, 0.45, 0}, {0, 0.55, 0.05}, {0, 0.65, 0.03}, {0.17, 0.4, 0},
                              {0.2, 0.12, 0}, {0.2, -0.1, 0.08}, {-0.17, 0.4, 0}, {-0.2, 0.12, 0}, {-0.2, -0.1, 0.08}};
    for (int i = 0; i < 17; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%g %g %g\n", at[i][0], at[i][1], at[i][2]);
    file_put(in_input("stand.txt"), text, strlen(text));
    run_result r = run_osso_ik("--mesh_input", in_input("walk/walk_1.ply"), "-g", "female", "--motion", in_input("stand.txt"), "-o",
                               in_folder(folder, "driven"), NULL);
    if (r.code != 4) /* keypoints say nothing about the mesh's own gates */
        expect_code(&r, 0);
    assert_non_null(strstr(r.out, "walk_1_motion.json"));
    run_free(&r);
    assert_true(file_exists(in_folder(folder, "driven/walk_1_segments.csv")));
    json_t *motion = demo_json(folder, "driven/walk_1_motion.json");
    json_decref(motion);
}

/* Frame 4 of 6 is none of the five that the subject is learned from, so the four before it are done. */
static void a_bad_frame_is_named_and_what_is_finished_stays(void **state) {
    (void)state;
    mkdir(in_input("bad"), 0777);
    for (int f = 0; f < N_FEW; f++) {
        char name[64];
        size_t size;
        snprintf(name, sizeof name, "walk/walk_%d.ply", f + 1);
        char *text = file_text(in_input(name), &size);
        assert_non_null(text);
        snprintf(name, sizeof name, "bad/f%d.ply", f);
        file_put(in_input(name), text, size);
        free(text);
    }
    char cut[] = "ply\nformat ascii 1.0\n";
    file_put(in_input("bad/f4.ply"), cut, strlen(cut));
    run_result r = run_osso_ik("--mesh_input", in_input("bad"), "-g", "female", "-o", in_folder(folder, "bad"), NULL);
    expect_code(&r, 3);
    assert_non_null(strstr(r.err, "f4.ply"));
    run_free(&r);
    assert_int_equal(count_files(in_folder(folder, "bad/bad_frames")), 4);
    assert_false(file_exists(in_folder(folder, "bad/bad_angles.csv")));
}

static void wrong_usage_is_2(void **state) {
    (void)state;
    const char *const words[][6] = {{"--mesh_input", ".", "--motion", "a.txt"},
                                    {"--mesh_input", ".", "--per_parts"},
                                    {"--mesh_input", "a.ply", "--fps", "30"},
                                    {"--mesh_input", "a.ply", "--no_frame_meshes"},
                                    {"--mesh_input", ".", "--posing_only"},
                                    {"--mesh_input", ".", "--display"},
                                    {"--mesh_input", ".", "--method", "reference"},
                                    {"--mesh_input", "a.ply", "b.ply", "--motion", "a.txt"},
                                    {"--mesh_input", "a.ply", "--pose_input", "b.npz"},
                                    {"--pose_input", "b.npz", "--sequence"},
                                    {"--mesh_input", ".", "--threads", "2"},
                                    {"--mesh_input", ".", "--fps", "0"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        run_result r = run_osso_ik("-g", "female", words[i][0], words[i][1], words[i][2], words[i][3], words[i][4], words[i][5], NULL);
        if (r.code != 2 || r.out[0])
            fail_msg("case %zu: exit code %d: %s", i, r.code, r.err);
        run_free(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_input_gives_the_same_angles),
        cmocka_unit_test(several_files_are_single_bodies_unless_asked),
        cmocka_unit_test(the_frame_rate_sets_the_times),
        cmocka_unit_test(the_summary_meets_its_schema),
        cmocka_unit_test(a_second_run_goes_on_where_the_first_was_cut_off),
        cmocka_unit_test(ctrl_c_keeps_the_finished_frames),
        cmocka_unit_test(body_parameters_stand_for_meshes),
        cmocka_unit_test(body_parameters_with_z_up_keep_their_vertical),
        cmocka_unit_test(keypoints_drive_the_chain_of_a_mesh),
        cmocka_unit_test(a_bad_frame_is_named_and_what_is_finished_stays),
        cmocka_unit_test(wrong_usage_is_2),
    };
    return cmocka_run_group_tests_name("cli_sequence", tests, set_up, tear_down);
}
