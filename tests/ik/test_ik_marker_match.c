/* Which joint each keypoint measures: disputes are settled by distances, whatever the size, the noise and the gaps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ik/h36m_chain.h"
#include "ik/marker_match.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/shared_path.h"
#include "support/tiny_chain.h"

/* Two legs on a pelvis, and a trunk of two joints. Pairs claim keypoint 5 for the waist and for the neck. */
static const char stick_figure[] =
    "{\"chains\": {\"stick\": {\"joints\": ["
    "{\"name\": \"pelvis\", \"parent\": -1, \"position_m\": [0, 0, 1], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[-360, 360], [-360, 360], [-360, 360]]},"
    "{\"name\": \"hip_r\", \"parent\": 0, \"position_m\": [0, -0.1, 1], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[-30, 30], [-90, 30], [-20, 20]]},"
    "{\"name\": \"knee_r\", \"parent\": 1, \"position_m\": [0, -0.1, 0.6], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[0, 0], [0, 130], [0, 0]]},"
    "{\"name\": \"hip_l\", \"parent\": 0, \"position_m\": [0, 0.1, 1], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[-30, 30], [-90, 30], [-20, 20]]},"
    "{\"name\": \"waist\", \"parent\": 0, \"position_m\": [0, 0, 1.2], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[-20, 20], [-20, 40], [-20, 20]]},"
    "{\"name\": \"neck\", \"parent\": 4, \"position_m\": [0, 0, 1.6], \"orientation\": [[1,0,0],[0,1,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[0, 0], [0, 0], [0, 0]]}],"
    "\"link_pairs\": [[0, 1, 0, 1], [1, 2, 1, 2], [0, 3, 0, 3], [0, 4, 0, 5], [0, 5, 0, 5]]}}}";

enum { STICK_JOINTS = 6, WAIST = 4, NECK = 5 };

static oik_chain_file *stick(void) {
    oik_chain_file *file;
    oik_error err = {0};
    if (oik_chain_parse(&file, stick_figure, sizeof stick_figure - 1, "stick.json", NULL, &err))
        fail_msg("%s", err.message);
    return file;
}

static oik_keypoints *keypoints_new(int n_frames, int n_points) {
    oik_keypoints *k = calloc(1, sizeof *k);
    size_t n = (size_t)n_frames * (size_t)n_points;
    assert_non_null(k);
    *k = (oik_keypoints){n_frames, n_points, calloc((size_t)n_frames, sizeof(double)), calloc(n, sizeof(oik_vec3)),
                         calloc(n, sizeof(double)), calloc((size_t)n_points, OIK_NAME_LENGTH), .z_up = false};
    return k;
}

/* Joint centres in random postures times scale; column c shows joint joints[c]. */
static oik_keypoints *random_motion(const oik_chain *chain, const int *joints, int n_points, int n_frames, double scale) {
    oik_keypoints *k = keypoints_new(n_frames, n_points);
    oik_chain_pose *pose;
    double *q = calloc((size_t)chain->n_dofs, sizeof *q);
    uint64_t random = 5;
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    for (int f = 0; f < n_frames; f++) {
        tiny_random_pose(q, chain, 0.0, &random);
        oik_chain_forward(pose, chain, q);
        for (int c = 0; c < n_points; c++) {
            k->x[f * n_points + c] = v3_scale(pose->centre[joints[c]], scale);
            k->confidence[f * n_points + c] = 1.0;
        }
    }
    for (int c = 0; c < n_points; c++)
        strcpy(k->names[c], chain->joints[joints[c]].name);
    oik_chain_pose_free(pose);
    free(q);
    return k;
}

static oik_markers *match(oik_marker_report *report, const oik_chain_file *file, const oik_keypoints *k) {
    oik_markers *m;
    oik_error err = {0};
    if (oik_markers_match(&m, report, file, k, &err))
        fail_msg("%s", err.message);
    return m;
}

/* Name of the joint whose centre a keypoint was found to measure; "" when it has no marker. */
static const char *joint_of(const oik_markers *m, int keypoint) {
    for (int i = 0; i < m->n_markers; i++)
        if (m->markers[i].keypoint == keypoint)
            return m->markers[i].name;
    return "";
}

static void a_disputed_keypoint_goes_where_its_distances_are(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    for (int truth = WAIST; truth <= NECK; truth++) {
        const int joints[STICK_JOINTS] = {0, 1, 2, 3, 0, truth};
        oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 60, 1.0);
        oik_marker_report report;
        oik_markers *m = match(&report, file, k);
        assert_string_equal(joint_of(m, 5), truth == WAIST ? "waist" : "neck");
        assert_int_equal(report.n_dropped, 1);
        assert_int_equal(m->n_links, 4);
        assert_int_equal(m->n_markers, 5); /* nobody claims keypoint 4 */
        for (int i = 1; i < m->n_markers; i++)
            assert_true(m->markers[i - 1].keypoint < m->markers[i].keypoint);
        for (int i = 0; i < m->n_links; i++)
            assert_true(m->links[i].weight == 1.0 && m->links[i].from != m->links[i].to);
        assert_true(fabs(report.scale - 1.0) < 1e-12 && report.length_mismatch < 1e-12); /* rounding */
        oik_markers_free(m);
        oik_keypoints_free(k);
    }
    oik_chain_file_free(file);
}

static void the_size_of_the_body_is_taken_out(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    const int joints[STICK_JOINTS] = {0, 1, 2, 3, 0, NECK};
    const double scales[] = {0.3, 1000.0}; /* 0.3 necks are as long as 0.9 waists; millimetres */
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 60, scales[i]);
        oik_marker_report report;
        oik_markers *m = match(&report, file, k);
        assert_string_equal(joint_of(m, 5), "neck");
        assert_true(fabs(report.scale / scales[i] - 1.0) < 1e-12 && report.length_mismatch < 1e-12); /* rounding */
        oik_markers_free(m);
        oik_keypoints_free(k);
    }
    oik_chain_file_free(file);
}

static void one_joint_does_not_have_two_keypoints(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    /* the knee is claimed by keypoint 2, which is there, and by 4, which is at the hip */
    file->pairs[3] = (oik_link_pair){.from = 1, .to = 2, .keypoint_from = 1, .keypoint_to = 4, .weight = 1.0};
    const int joints[STICK_JOINTS] = {0, 1, 2, 3, 1, NECK};
    oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 60, 1.0);
    oik_marker_report report;
    oik_markers *m = match(&report, file, k);
    assert_string_equal(joint_of(m, 2), "knee_r");
    assert_string_equal(joint_of(m, 4), "");
    assert_int_equal(report.n_dropped, 1);
    oik_markers_free(m);
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

static void lengths_that_differ_are_reported(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    const int joints[STICK_JOINTS] = {0, 1, 2, 3, 0, NECK};
    oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 60, 1.0);
    for (int f = 0; f < k->n_frames; f++) { /* a longer thigh: hip to knee 0.5 m for 0.4 m */
        oik_vec3 *row = k->x + f * k->n_points;
        row[2] = v3_lerp(row[1], row[2], 1.25);
    }
    oik_marker_report report;
    oik_markers *m = match(&report, file, k);
    /* fixed distances: pelvis-hips, hip-hip and hip-knee; three agree, one is a quarter too long */
    assert_true(fabs(report.scale - 1.0) < 1e-12);
    assert_true(fabs(report.length_mismatch - 0.25 / sqrt(4.0)) < 1e-9);
    oik_markers_free(m);
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

static void keypoints_never_seen_decide_nothing(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    const int joints[STICK_JOINTS] = {0, 1, 2, 3, 0, NECK};
    oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 3, 1.0);
    memset(k->confidence, 0, 3 * STICK_JOINTS * sizeof *k->confidence);
    oik_marker_report report;
    oik_markers *m = match(&report, file, k);
    assert_string_equal(joint_of(m, 5), "waist"); /* the first in the file */
    assert_true(report.scale == 1.0 && report.length_mismatch == 0.0);
    oik_markers_free(m);
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

static void markers_of_the_file_are_matched_by_name(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    oik_chain *chain = file->chain;
    assert_int_equal(oik_markers_new(&file->markers, 3, 2, NULL), OIK_OK);
    static const char *const names[3] = {"hip_l", "absent", "knee_r"};
    for (int i = 0; i < 3; i++) {
        file->markers->markers[i] = oik_marker_at_joint(chain, i == 0 ? 3 : 2);
        strcpy(file->markers->markers[i].name, names[i]);
    }
    file->markers->links[0] = (oik_marker_link){0, 1, 1.0};
    file->markers->links[1] = (oik_marker_link){0, 2, 0.5};
    file->n_pairs = 0;
    const int joints[4] = {2, 0, 0, 3};
    oik_keypoints *k = random_motion(chain, joints, 4, 20, 2.0);
    oik_marker_report report;
    oik_markers *m = match(&report, file, k);
    assert_int_equal(m->n_markers, 2);
    assert_string_equal(joint_of(m, 0), "knee_r");
    assert_string_equal(joint_of(m, 3), "hip_l");
    assert_int_equal(m->n_links, 1);
    assert_true(m->links[0].from == 1 && m->links[0].to == 0 && m->links[0].weight == 0.5);
    assert_int_equal(report.n_dropped, 0);
    oik_markers_free(m);
    oik_error err = {0};
    for (int c = 0; c < 4; c++)
        strcpy(k->names[c], "other");
    assert_int_equal(oik_markers_match(&m, NULL, file, k, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "none of the chain's 3 markers is among the 4 keypoints"));
    assert_null(m);
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

static void keypoints_that_are_not_there_are_named(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    oik_keypoints *k = keypoints_new(1, 5);
    oik_markers *m;
    oik_error err = {0};
    assert_int_equal(oik_markers_match(&m, NULL, file, k, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "need keypoint 5, the measurement has 5"));
    assert_null(m);
    file->pairs[0].keypoint_to = -1;
    strcpy(file->pairs[0].name_to, "hip");
    assert_int_equal(oik_markers_match(&m, NULL, file, k, &err), OIK_E_FORMAT);
    assert_non_null(strstr(err.message, "need a keypoint hip"));
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

/* ------------------------------------------------------------------ published chains and motions */

static oik_chain_file *shared_chain(const char *name) {
    char path[SHARED_PATH_LENGTH];
    oik_chain_file *file;
    oik_error err = {0};
    if (!shared_path(path, "ik/chains.json"))
        skip();
    if (oik_chain_load(&file, path, name, &err))
        fail_msg("%s", err.message);
    return file;
}

static oik_keypoints *shared_motion(const char *name) {
    char path[SHARED_PATH_LENGTH], relative[100];
    oik_keypoints *k;
    oik_error err = {0};
    snprintf(relative, sizeof relative, "ik/motions/%s.pose.txt", name);
    if (!shared_path(path, relative))
        skip();
    if (oik_keypoints_load(&k, path, 0, &err))
        fail_msg("%s", err.message);
    return k;
}

/* Joints of chain IMVIP22 that the motions were made from; keypoint 9 is no joint. */
static const char *const true_joints[OIK_H36M_POINTS] = {
    "Pelvis", "HipR", "KneeR", "AnkleR", "HipL", "KneeL", "AnkleL", "SpineUp", "Neck",
    "",       "Head", "ShoulderL", "ElbowL", "WristL", "ShoulderR", "ElbowR", "WristR"};

static void expect_true_joints(const oik_chain_file *file, const oik_keypoints *k, double scale, double tolerance) {
    oik_marker_report report;
    oik_markers *m = match(&report, file, k);
    for (int i = 0; i < OIK_H36M_POINTS; i++)
        assert_string_equal(joint_of(m, i), true_joints[i]);
    assert_int_equal(report.n_dropped, 3);
    assert_int_equal(m->n_links, file->n_pairs - 3);
    if (fabs(report.scale / scale - 1.0) > tolerance)
        fail_msg("scale %g, expected %g", report.scale, scale);
    if (tolerance < 1e-3)
        assert_true(report.length_mismatch < tolerance);
    oik_markers_free(m);
}

static void published_motions_find_their_joints(void **state) {
    (void)state;
    static const char *const motions[] = {"cmu02_01_walk",  "cmu02_01_walk_ext", "synth_a_bent_0", "synth_a_bent_1", "synth_a_ext_0",
                                          "synth_a_ext_1",  "synth_b_bent_0",    "synth_b_bent_1", "synth_b_ext_0",  "synth_b_ext_1",
                                          "synth_c_bent_0", "synth_c_bent_1",    "synth_c_ext_0",  "synth_c_ext_1"};
    oik_chain_file *file = shared_chain("IMVIP22");
    for (size_t i = 0; i < sizeof motions / sizeof *motions; i++) {
        oik_keypoints *k = shared_motion(motions[i]);
        expect_true_joints(file, k, 1.0, 2e-5); /* the files' 6 decimals by the shortest link, 0.08 m */
        for (int j = 0; j < k->n_frames * k->n_points; j++)
            k->x[j] = v3_scale(k->x[j], 0.6);
        expect_true_joints(file, k, 0.6, 2e-5);
        oik_keypoints_free(k);
    }
    oik_chain_file_free(file);
}

static double normal(uint64_t *random) {
    double sum = 0.0; /* of 12 uniform numbers: variance 1 after scaling each from [-1, 1) by 1/2 */
    for (int i = 0; i < 12; i++)
        sum += 0.5 * random_signed(random);
    return sum;
}

static void noise_and_gaps_do_not_change_the_joints(void **state) {
    (void)state;
    static const char *const motions[] = {"cmu02_01_walk", "cmu02_01_walk_ext", "synth_a_bent_0", "synth_b_ext_1", "synth_c_ext_0"};
    oik_chain_file *file = shared_chain("IMVIP22");
    uint64_t random = 11;
    for (size_t i = 0; i < sizeof motions / sizeof *motions; i++) {
        oik_keypoints *k = shared_motion(motions[i]);
        for (int j = 0; j < k->n_frames * k->n_points; j++) {
            double x = normal(&random), y = normal(&random), z = normal(&random);
            k->x[j] = v3_madd(k->x[j], 0.010, v3(x, y, z));
            if (random_signed(&random) < -0.4) /* three of ten */
                k->confidence[j] = 0.0;
        }
        /* noise of s = 10 mm per axis lengthens a link d by 2 s^2 / d: 3 % of 0.08 m, 0.3 % of 0.25 m, where the median is */
        expect_true_joints(file, k, 1.0, 0.02);
        oik_keypoints_free(k);
    }
    oik_chain_file_free(file);
}

static void a_keypoint_that_is_never_seen_leaves_the_others_alone(void **state) {
    (void)state;
    oik_chain_file *file = shared_chain("IMVIP22");
    oik_keypoints *k = shared_motion("synth_b_bent_0");
    for (int f = 0; f < k->n_frames; f++)
        k->confidence[f * k->n_points + 10] = k->confidence[f * k->n_points + 0] = 0.0; /* head and pelvis */
    expect_true_joints(file, k, 1.0, 2e-5);
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

static void other_published_chains_are_matched(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int n_markers, n_links;
    } chains[] = {{"OpenSim", 13, 11}, {"PIPER", 16, 28}, {"MADYMO05", 16, 28}, {"MADYMO50", 16, 28}, {"MADYMO95", 16, 28},
                  {"MADYMO3Y", 16, 28}, {"MADYMO6Y", 16, 28}};
    oik_keypoints *k = shared_motion("cmu02_01_walk");
    double scale_of_50 = 0.0;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        oik_chain_file *file = shared_chain(chains[i].name);
        oik_marker_report report;
        oik_markers *m = match(&report, file, k);
        assert_int_equal(m->n_markers, chains[i].n_markers);
        assert_int_equal(m->n_links, chains[i].n_links);
        assert_int_equal(report.n_dropped, 0);
        if (strcmp(chains[i].name, "MADYMO50") == 0)
            scale_of_50 = report.scale;
        if (strcmp(chains[i].name, "MADYMO3Y") == 0)
            assert_true(report.scale > 1.5 * scale_of_50); /* a child of three is less than 2/3 of a man */
        oik_markers_free(m);
        oik_chain_file_free(file);
    }
    assert_true(scale_of_50 > 0.9 && scale_of_50 < 1.1); /* both are men of average height */
    oik_keypoints_free(k);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    oik_chain_file *file = stick();
    const int joints[STICK_JOINTS] = {0, 1, 2, 3, 0, NECK};
    oik_keypoints *k = random_motion(file->chain, joints, STICK_JOINTS, 5, 1.0);
    oik_status status = OIK_E_MEMORY;
    for (long n = 0; status; n++) {
        oik_markers *m;
        oik_error err = {0};
        failing_malloc_arm(n);
        status = oik_markers_match(&m, NULL, file, k, &err);
        long n_seen = failing_malloc_disarm();
        assert_true(status == OIK_E_MEMORY ? n_seen > n && !m && strstr(err.message, "memory") : !status && n_seen == n && m && n > 5);
        oik_markers_free(m);
    }
    oik_keypoints_free(k);
    oik_chain_file_free(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_disputed_keypoint_goes_where_its_distances_are),
        cmocka_unit_test(the_size_of_the_body_is_taken_out),
        cmocka_unit_test(one_joint_does_not_have_two_keypoints),
        cmocka_unit_test(lengths_that_differ_are_reported),
        cmocka_unit_test(keypoints_never_seen_decide_nothing),
        cmocka_unit_test(markers_of_the_file_are_matched_by_name),
        cmocka_unit_test(keypoints_that_are_not_there_are_named),
        cmocka_unit_test(published_motions_find_their_joints),
        cmocka_unit_test(noise_and_gaps_do_not_change_the_joints),
        cmocka_unit_test(a_keypoint_that_is_never_seen_leaves_the_others_alone),
        cmocka_unit_test(other_published_chains_are_matched),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_ik_marker_match", tests, NULL, NULL);
}
