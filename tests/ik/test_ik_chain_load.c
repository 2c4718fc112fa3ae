/* Chain files: the three formats give the kinematics they describe; what is refused, and with which words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/file.h"
#include "base/rot.h"
#include "export/chain_json.h"
#include "ik/chain_load.h"
#include "support/comma_locale.h"
#include "support/failing_malloc.h"
#include "support/json_schema.h"
#include "support/shared_path.h"
#include "support/temp_dir.h"
#include "support/tiny_chain.h"

static const double DEG = 3.14159265358979323846 / 180.0;

static oik_chain_file *parse(const char *text, const char *name) {
    oik_chain_file *file;
    oik_error err = {0};
    if (oik_chain_parse(&file, text, strlen(text), "c.json", name, &err))
        fail_msg("%s", err.message);
    return file;
}

static void refused(const char *text, const char *name, const char *words) {
    oik_chain_file *file;
    oik_error err = {0};
    oik_status status = oik_chain_parse(&file, text, strlen(text), "c.json", name, &err);
    if (status != OIK_E_FORMAT || err.status != OIK_E_FORMAT || !strstr(err.message, words) || !strstr(err.message, "c.json"))
        fail_msg("expected '%s', found status %d: %s", words, (int)status, err.message);
    assert_null(file);
}

/* The text with the first `what` replaced by `with`; free it. */
static char *changed(const char *text, const char *what, const char *with) {
    const char *at = strstr(text, what);
    if (!at)
        fail_msg("the text has no %s", what);
    char *out = calloc(1, strlen(text) + strlen(with) + 1);
    assert_non_null(out);
    memcpy(out, text, (size_t)(at - text));
    strcat(strcat(out, with), at + strlen(what));
    return out;
}

static void refused_when(const char *text, const char *what, const char *with, const char *words) {
    char *bad = changed(text, what, with);
    refused(bad, NULL, words);
    free(bad);
}

static oik_chain_pose *pose_of(const oik_chain *chain, const double *q) {
    oik_chain_pose *pose;
    assert_int_equal(oik_chain_pose_new(&pose, chain, NULL), OIK_OK);
    oik_chain_forward(pose, chain, q);
    return pose;
}

/* ------------------------------------------------------------------ our own format */

/* The first block of JSON in the document that explains the format (tests run in the root of the checkout). Free it. */
static char *documented_example(void) {
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, "docs/chain-files.md", NULL), OIK_OK);
    char *begin = strstr((char *)data, "```json\n"), *end = begin ? strstr(begin + 8, "```") : NULL;
    assert_non_null(end);
    *end = '\0';
    memmove(data, begin + 8, strlen(begin + 8) + 1);
    return (char *)data;
}

static void the_documented_example_loads(void **state) {
    (void)state;
    char *text = documented_example();
    oik_chain_file *file = parse(text, NULL);
    const oik_chain *chain = file->chain;
    assert_int_equal(chain->n_segments, 4);
    assert_int_equal(chain->n_dofs, 11);
    assert_int_equal(chain->joints[0].kind, OIK_JOINT_FREE);
    assert_int_equal(chain->joints[1].kind, OIK_JOINT_BALL);
    assert_int_equal(chain->joints[3].n_rotations + chain->joints[3].n_translations, 0);
    const oik_dof *hip = &chain->dofs[tiny_find_dof(chain, "hip_flexion_r")];
    assert_true(fabs(hip->lower + 30 * DEG) < 1e-15 && fabs(hip->upper - 120 * DEG) < 1e-15); /* rounding */
    assert_true(fabs(hip->rest - 10 * DEG) < 1e-15 && file->q_rest[tiny_find_dof(chain, "hip_flexion_r")] == hip->rest);
    const oik_dof *glide = &chain->dofs[tiny_find_dof(chain, "knee_glide_r")];
    assert_int_equal(glide->n_coefficients, 2);
    assert_int_equal(glide->master, tiny_find_dof(chain, "knee_angle_r"));
    assert_true(glide->translation && glide->coefficient[1] == 0.008);
    assert_int_equal(file->n_pairs, 2);
    assert_string_equal(file->pairs[0].name_to, "knee_r");
    assert_int_equal(file->pairs[0].keypoint_to, -1);
    assert_int_equal(file->pairs[1].keypoint_from, 2);
    assert_true(file->pairs[0].weight == 1.0 && file->pairs[1].weight == 0.5);
    assert_int_equal(file->markers->n_markers, 1);
    assert_string_equal(file->markers->markers[0].name, "R.ASIS");
    assert_int_equal(file->markers->markers[0].segment, 0);
    assert_int_equal(file->markers->markers[0].keypoint, -1);
    oik_chain_file_free(file);
    free(text);
}

static void the_schema_accepts_the_documented_example(void **state) {
    (void)state;
    char *text = documented_example(), why[400];
    json_t *schema = json_load_file("docs/schema/chain-file.schema.json", JSON_REJECT_DUPLICATES, NULL), *value = json_loads(text, 0, NULL);
    assert_non_null(schema);
    if (!json_schema_accepts(why, sizeof why, schema, value))
        fail_msg("%s", why);
    json_object_set_new(json_array_get(json_object_get(value, "joints"), 1), "typo", json_true());
    assert_false(json_schema_accepts(why, sizeof why, schema, value));
    json_decref(schema);
    json_decref(value);
    free(text);
}

/* Two hinges in a frame turned by 90 degrees about z: child before parent in the file, and a locked look of the matrices by hand. */
static const char arm[] =
    "{\"format\": \"osso_ik kinematic chain\", \"version\": 1, \"joints\": ["
    "{\"name\": \"elbow\", \"parent\": \"shoulder\", \"position\": [1, 5, 3], \"type\": \"hinge\","
    " \"dofs\": [{\"name\": \"bend\", \"axis\": [0, 0, 2], \"range_deg\": [10, 150]}]},"
    "{\"name\": \"shoulder\", \"parent\": null, \"position\": [1, 2, 3], \"orientation\": [[0, -1, 0], [1, 0, 0], [0, 0, 1]],"
    " \"type\": \"hinge\", \"dofs\": [{\"name\": \"lift\", \"axis\": [0, 1, 0], \"range_deg\": [-90, 90]}]}],"
    "\"link_pairs\": [{\"from\": \"shoulder\", \"to\": \"elbow\", \"keypoint_from\": 0, \"keypoint_to\": \"e\"}],"
    "\"markers\": [{\"name\": \"hand\", \"segment\": \"elbow\", \"position\": [0.5, 0, 0]}]}";

static void our_format_moves_as_by_hand(void **state) {
    (void)state;
    oik_chain_file *file = parse(arm, NULL);
    const oik_chain *chain = file->chain;
    assert_string_equal(chain->joints[0].name, "shoulder"); /* parents first */
    assert_string_equal(chain->segment_names[1], "elbow");
    assert_int_equal(file->pairs[0].from, 0);
    assert_int_equal(file->pairs[0].to, 1);
    assert_int_equal(file->markers->markers[0].segment, 1);
    assert_true(fabs(file->q_rest[1] - 10 * DEG) < 1e-15); /* 0 is outside the range; its nearest bound */
    const double zero[2] = {0, 0}, turned[2] = {90 * DEG, 90 * DEG};
    oik_chain_pose *pose = pose_of(chain, zero);
    /* with every coordinate at 0 positions and orientations are those of the file; rounding only */
    assert_true(v3_dist(pose->centre[0], v3(1, 2, 3)) < 1e-15 && v3_dist(pose->centre[1], v3(1, 5, 3)) < 1e-15);
    assert_true(oik_rot_angle_between(pose->R[1], m3_identity()) < 1e-15);
    assert_true(v3_dist(m3_column(pose->R[0], 0), v3(0, 1, 0)) < 1e-15);
    oik_chain_pose_free(pose);
    pose = pose_of(chain, turned);
    /* lift turns by 90 degrees about the shoulder's own y, which is -x of the file: the elbow goes from +y to -z */
    assert_true(v3_dist(pose->centre[1], v3(1, 2, 0)) < 1e-14);
    /* bend then turns about the elbow's own z, now at +y: its x, which lift had left at +x, goes to -z */
    assert_true(v3_dist(m3_column(pose->R[1], 0), v3(0, 0, -1)) < 1e-14);
    oik_chain_pose_free(pose);
    oik_chain_file_free(file);
}

static void our_format_with_a_slip_is_refused(void **state) {
    (void)state;
    refused_when(arm, "\"version\": 1", "\"version\": 2", "version: expected 1 to 1, found 2");
    refused_when(arm, "\"format\": \"osso_ik kin", "\"format\": \"kin", "expected \"format\"");
    refused_when(arm, "\"shoulder\", \"parent\": null", "\"shoulder\", \"parent\": \"elbow\"", "expected one joint without a parent");
    refused_when(arm, "\"parent\": \"shoulder\"", "\"parent\": null", "expected one joint without a parent, elbow has none either");
    refused_when(arm, "\"parent\": \"shoulder\"", "\"parent\": \"elbow\"", "joint elbow: its parents form a circle");
    refused_when(arm, "\"parent\": \"shoulder\"", "\"parent\": \"knee\"", "joint elbow: parent: there is no joint knee");
    refused_when(arm, "\"joints\": [", "\"joints\": [{\"name\": \"elbow\", \"parent\": \"shoulder\", \"position\": [0, 0, 0],"
                                        " \"type\": \"fixed\", \"dofs\": []},", "joint elbow: there is another one of this name");
    refused_when(arm, "\"name\": \"elbow\"", "\"name\": \"an elbow with a name of 32 bytes\"", "name of 1 to 31 bytes, found 32");
    refused_when(arm, "\"name\": \"lift\"", "\"name\": \"bend\"", "there is another coordinate bend");
    refused_when(arm, "[1, 5, 3]", "[1, 5]", "joint elbow: position: expected an array of 3 numbers");
    refused_when(arm, "[1, 5, 3]", "[1, 5, \"3\"]", "joint elbow: position: expected a number, found text");
    refused_when(arm, "[1, 5, 3]", "[1, 5, 3e300]", "joint elbow: position: expected a number of at most 1e+06");
    refused_when(arm, "[1, 0, 0]", "[1, 1, 0]", "joint shoulder: orientation: expected a rotation");
    refused_when(arm, "[0, -1, 0]", "[0, 1, 0]", "joint shoulder: orientation: expected a rotation"); /* left-handed */
    refused_when(arm, "[0, 0, 2]", "[0, 0, 0]", "joint elbow: coordinate bend: axis: expected a direction");
    refused_when(arm, "[10, 150]", "[150, 10]", "joint elbow: coordinate bend: range_deg: expected lower <= upper");
    refused_when(arm, "[10, 150]", "[10, 150], \"rest_deg\": 5", "coordinate bend: rest_deg: expected a value in the range, found 5");
    refused_when(arm, "[10, 150]", "[10, 150], \"rest_m\": 20", "coordinate bend: unknown key 'rest_m'");
    refused_when(arm, "\"range_deg\": [10", "\"range\": [10", "coordinate bend: expected either range_deg or range_m, found none");
    refused_when(arm, "\"hinge\"", "\"ball\"", "joint elbow: type ball: expected 3 rotations and 0 translations");
    refused_when(arm, "\"hinge\"", "\"gimbal\"", "joint elbow: type: expected free, ball, universal, hinge or fixed, found gimbal");
    refused_when(arm, "\"type\"", "\"kind\"", "joint elbow: unknown key 'kind'");
    refused_when(arm, "\"from\": \"shoulder\"", "\"from\": \"elbow\"", "link_pairs, number 0: expected two joints");
    refused_when(arm, "\"keypoint_from\": 0", "\"keypoint_from\": \"e\"", "link_pairs, number 0: expected two keypoints");
    refused_when(arm, "\"keypoint_from\": 0", "\"keypoint_from\": -1", "link_pairs, number 0: keypoint_from: expected 0 to");
    refused_when(arm, "\"segment\": \"elbow\"", "\"segment\": \"hand\"", "markers, number 0: segment: there is no joint hand");
    refused_when(arm, "[{\"name\": \"hand\"", "[{\"name\": \"hand\", \"segment\": \"elbow\", \"position\": [0, 0, 0]}, {\"name\": \"hand\"",
                 "markers, number 1: there is another one of this name");
}

static void couplings_that_cannot_hold_are_refused(void **state) {
    (void)state;
    char *text = documented_example();
    refused_when(text, "\"master\": \"knee_angle_r\"", "\"master\": \"knee\"", "there is no coordinate knee to follow");
    refused_when(text, "\"master\": \"knee_angle_r\"", "\"master\": \"knee_glide_r\"", "expected another, independent one");
    refused_when(text, "[0, 0.008]", "[0, 0.8]", "outside its range"); /* 140 degrees would glide by 2 m */
    refused_when(text, "[0, 0.008]", "[]", "polynomial: expected an array of at least 1");
    refused_when(text, "[0, 0.008]", "[0, 0, 0, 0, 0, 0]", "polynomial: expected at most 5 coefficients, found 6");
    refused_when(text, "\"axis\": [0, 0, -1], \"range_deg\": [0, 140]}",
                 "\"axis\": [0, 0, -1], \"range_deg\": [0, 140], \"coupling\": 3}", "coupling: expected an object, found a number");
    free(text);
}

static void broken_json_names_its_line(void **state) {
    (void)state;
    refused("{\n\"format\": ,\n}", NULL, "line 2");
    refused("[]", NULL, "expected an object, found an array");
    refused("{}", NULL, "found format nothing");
    refused("", NULL, "line 1");
    refused(arm, "left", "it holds one chain without a name, left was asked for");
}

/* ------------------------------------------------------------------ published chains */

static const char published[] =
    "{\"_format\": \"anything\", \"chains\": {\"A\": {\"about\": \"x\", \"joints\": ["
    "{\"name\": \"top\", \"parent\": 1, \"position_m\": [0, 0, 3], \"orientation\": [[0,0,1],[1,0,0],[0,1,0]],"
    " \"rom_deg_xyz\": [[-10, 20], [30, 30], [-40, 50]]},"
    "{\"name\": \"root\", \"parent\": -1, \"position_m\": [1, 0, 2], \"orientation\": [[0,-1,0],[1,0,0],[0,0,1]],"
    " \"rom_deg_xyz\": [[-360, 360], [-360, 360], [0, 0]]}],"
    "\"link_pairs\": [[1, 0, 4, 5]]}, \"B\": {}}}";

/* Rz Ry Rx of angles in degrees */
static oik_mat3 cardan(double x, double y, double z) {
    return m3_mul(m3_mul(oik_rot_exp(v3(0, 0, z * DEG)), oik_rot_exp(v3(0, y * DEG, 0))), oik_rot_exp(v3(x * DEG, 0, 0)));
}

static void published_chains_are_cardan_angles_after_rest(void **state) {
    (void)state;
    oik_chain_file *file = parse(published, "A");
    const oik_chain *chain = file->chain;
    assert_int_equal(chain->n_segments, 2);
    assert_string_equal(chain->joints[0].name, "root");
    assert_int_equal(chain->joints[0].kind, OIK_JOINT_FREE);
    assert_int_equal(chain->joints[1].kind, OIK_JOINT_UNIVERSAL);
    static const char *const names[] = {"root_y", "root_x", "root_tx", "root_ty", "root_tz", "top_z", "top_x"};
    assert_int_equal(chain->n_dofs, 7);
    for (int k = 0; k < 7; k++)
        assert_string_equal(chain->dofs[k].name, names[k]);
    assert_true(fabs(chain->dofs[0].upper - 360 * DEG) < 1e-14 && fabs(chain->dofs[6].lower + 10 * DEG) < 1e-15);
    assert_true(file->q_rest[2] == 1.0 && file->q_rest[4] == 2.0); /* translations are the root's position */
    assert_int_equal(file->pairs[0].from, 0);                       /* renumbered with the joints */
    assert_int_equal(file->pairs[0].to, 1);
    assert_int_equal(file->pairs[0].keypoint_from, 4);
    const double q[7] = {15 * DEG, -25 * DEG, 7, 8, 9, 35 * DEG, -5 * DEG};
    oik_chain_pose *pose = pose_of(chain, q);
    oik_mat3 rest_root = {{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}}, rest_top = {{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}};
    oik_mat3 R_root = m3_mul(rest_root, cardan(-25, 15, 0));
    oik_mat3 R_top = m3_mul(m3_mul(R_root, m3_tmul(rest_root, rest_top)), cardan(-5, 30, 35)); /* y is locked at 30 degrees */
    assert_true(oik_rot_angle_between(pose->R[0], R_root) < 1e-14); /* rounding */
    assert_true(oik_rot_angle_between(pose->R[1], R_top) < 1e-14);
    assert_true(v3_dist(pose->centre[0], v3(7, 8, 9)) < 1e-14 && v3_dist(pose->origin[0], v3(7, 8, 9)) < 1e-14);
    oik_vec3 top = v3_add(v3(7, 8, 9), m3_mulv(R_root, m3_tmulv(rest_root, v3(-1, 0, 1))));
    assert_true(v3_dist(pose->centre[1], top) < 1e-14);
    oik_chain_pose_free(pose);
    oik_chain_file_free(file);
}

static void published_chains_that_are_wrong_are_refused(void **state) {
    (void)state;
    refused(published, NULL, "expected the name of one of its 2 chains: A, B");
    refused(published, "C", "it has no chain C; it has: A, B");
    refused(published, "B", "joints: expected an array, found nothing");
    char *one = changed(published, ", \"B\": {}", "");
    oik_chain_file_free(parse(one, NULL)); /* the only one needs no name */
    refused_when(one, "\"parent\": 1", "\"parent\": 2", "joint top: parent: expected -1 to 1, found 2");
    refused_when(one, "\"parent\": 1", "\"parent\": 0", "joint top: its parents form a circle");
    refused_when(one, "[[-10, 20]", "[[-10, 20, 30]", "joint top: rom_deg_xyz: expected [lower, upper]");
    refused_when(one, "\"name\": \"top\"", "\"name\": \"a joint with 30 bytes in it __\"", "too long for coordinates");
    refused_when(one, "\"name\": \"top\"", "\"name\": 7", "joint number 0: name: expected a name, found a number");
    refused_when(one, "[1, 0, 4, 5]", "[1, 2, 4, 5]", "link_pairs, number 0: second joint: expected 0 to 1, found 2");
    refused_when(one, "[1, 0, 4, 5]", "[1, 0, 4.5, 5]", "first keypoint: expected an integer, found a number");
    refused_when(one, "[1, 0, 4, 5]", "[1, 0, 4]", "expected [joint, joint, keypoint, keypoint]");
    free(one);
}

static oik_chain_file *load_shared_chain(const char *name) {
    char path[SHARED_PATH_LENGTH];
    oik_chain_file *file;
    oik_error err = {0};
    if (!shared_path(path, "ik/chains.json"))
        skip();
    if (oik_chain_load(&file, path, name, &err))
        fail_msg("%s", err.message);
    return file;
}

static void all_published_chains_load(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int n_joints, n_dofs, n_pairs; /* coordinates: ranges that are not a point, and 3 translations */
    } chains[] = {{"IMVIP22", 19, 34, 25}, {"OpenSim", 14, 33, 11}, {"PIPER", 16, 25, 28},    {"MADYMO05", 16, 27, 28},
                  {"MADYMO50", 16, 27, 28}, {"MADYMO95", 16, 27, 28}, {"MADYMO3Y", 16, 27, 28}, {"MADYMO6Y", 16, 27, 28}};
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
        oik_chain_file *file = load_shared_chain(chains[i].name);
        assert_int_equal(file->chain->n_segments, chains[i].n_joints);
        assert_int_equal(file->chain->n_dofs, chains[i].n_dofs);
        assert_int_equal(file->n_pairs, chains[i].n_pairs);
        oik_chain_file_free(file);
    }
}

/* Numbers of a text file behind its first line when that begins with #. Free *values. */
static size_t read_numbers(double **values, const char *relative) {
    char path[SHARED_PATH_LENGTH];
    uint8_t *data;
    size_t size, n = 0;
    if (!shared_path(path, relative))
        skip();
    assert_int_equal(oik_file_read(&data, &size, path, NULL), OIK_OK);
    char *p = (char *)data, *end;
    if (*p == '#')
        p = strchr(p, '\n');
    *values = calloc(size / 2 + 1, sizeof **values);
    assert_non_null(*values);
    for (double x = strtod(p, &end); end != p; x = strtod(p, &end)) {
        (*values)[n++] = x;
        p = end;
    }
    free(data);
    return n;
}

/* Values of a frame's angles, degrees x y z per joint, as coordinates. */
static void coordinates_of(double *q, const oik_chain *chain, const double *angles) {
    static const char axes[] = "xyz";
    memset(q, 0, (size_t)chain->n_dofs * sizeof *q);
    for (int i = 0; i < chain->n_segments; i++)
        for (int c = 0; c < 3; c++) {
            char name[OIK_NAME_LENGTH + 2];
            snprintf(name, sizeof name, "%s_%c", chain->joints[i].name, axes[c]);
            int k = tiny_find_dof(chain, name);
            if (k >= 0)
                q[k] = angles[3 * i + c] * DEG;
            else
                assert_true(angles[3 * i + c] == 0.0); /* locked */
        }
}

/* The chain's joints, of which row k of a motion gives the centre; -1 for row 9, in the middle between 8 and 10. */
static const int joint_of_row[OIK_H36M_POINTS] = {0, 1, 2, 3, 4, 5, 6, 8, 9, -1, 10, 12, 13, 14, 16, 17, 18};

/* Global orientations as tools/score_mpjas.py of the shared folder computes them, from the file itself and with other code. */
static void expect_orientations(const oik_chain_pose *pose, const json_t *joints, const double *angles) {
    oik_mat3 R[19], rest[19];
    for (int i = 0; i < 19; i++) {
        const json_t *joint = json_array_get(joints, (size_t)i), *rows = json_object_get(joint, "orientation");
        int parent = (int)json_integer_value(json_object_get(joint, "parent"));
        for (size_t r = 0; r < 3; r++)
            for (size_t c = 0; c < 3; c++)
                rest[i].m[r][c] = json_number_value(json_array_get(json_array_get(rows, r), c));
        oik_mat3 local = cardan(angles[3 * i], angles[3 * i + 1], angles[3 * i + 2]);
        R[i] = parent < 0 ? m3_mul(rest[i], local) : m3_mul(m3_mul(R[parent], m3_tmul(rest[parent], rest[i])), local);
        assert_true(oik_rot_angle_between(pose->R[i], R[i]) < 1e-12); /* rounding over a path of six joints */
    }
}

static void the_true_angles_of_the_motions_give_their_keypoints(void **state) {
    (void)state;
    static const char *const motions[] = {"cmu02_01_walk", "cmu02_01_walk_ext", "synth_a_bent_0", "synth_b_ext_1", "synth_c_ext_0"};
    oik_chain_file *file = load_shared_chain("IMVIP22");
    const oik_chain *chain = file->chain;
    char path[SHARED_PATH_LENGTH];
    json_t *root = json_load_file(shared_path(path, "ik/chains.json"), 0, NULL);
    const json_t *joints = json_object_get(json_object_get(json_object_get(root, "chains"), "IMVIP22"), "joints");
    assert_non_null(joints);
    for (size_t m = 0; m < sizeof motions / sizeof *motions; m++) {
        double *angles, *rows, q[64];
        char name[100];
        snprintf(name, sizeof name, "ik/motions/%s.gt.txt", motions[m]);
        size_t n_frames = read_numbers(&angles, name) / (1 + 3 * 19);
        snprintf(name, sizeof name, "ik/motions/%s.pose.txt", motions[m]);
        assert_int_equal(read_numbers(&rows, name), n_frames * OIK_H36M_POINTS * 3);
        assert_true(n_frames >= 30);
        for (size_t f = 0; f < n_frames; f++) {
            const double *x = rows + f * OIK_H36M_POINTS * 3, *a = angles + f * (1 + 3 * 19) + 1;
            coordinates_of(q, chain, a);
            for (int c = 0; c < 3; c++)
                q[tiny_find_dof(chain, c == 0 ? "Pelvis_tx" : c == 1 ? "Pelvis_ty" : "Pelvis_tz")] = x[c];
            oik_chain_pose *pose = pose_of(chain, q);
            expect_orientations(pose, joints, a);
            for (int k = 0; k < OIK_H36M_POINTS; k++)
                /* positions have 6 decimals, the pelvis too; angles 5 decimals of a degree, 1e-7 m over a metre: per axis 1.1e-6 */
                if (joint_of_row[k] >= 0)
                    assert_true(v3_dist(pose->centre[joint_of_row[k]], v3(x[3 * k], x[3 * k + 1], x[3 * k + 2])) < 2e-6);
            oik_chain_pose_free(pose);
        }
        free(angles);
        free(rows);
    }
    json_decref(root);
    oik_chain_file_free(file);
}

/* ------------------------------------------------------------------ what the program writes */

typedef struct written {
    oik_kinematics *lying;
    oik_chain *chain;
    oik_chain_pose *pose;
    double *q;
    char path[TEMP_PATH_LENGTH];
} written;

/* A file of the made-up body in a random posture. */
static written write_chain(const char *name) {
    written w = {0};
    uint64_t random = 7;
    assert_non_null(w.lying = tiny_kinematics_new());
    assert_int_equal(oik_chain_new(&w.chain, &w.q, w.lying, NULL), OIK_OK);
    tiny_random_pose(w.q, w.chain, 0.1, &random);
    w.pose = pose_of(w.chain, w.q);
    double *length = calloc((size_t)w.chain->n_segments, sizeof *length);
    oik_chain_json in = {w.chain, w.q, w.pose->centre, w.pose->axis, w.pose->origin, w.pose->R, length};
    assert_int_equal(oik_chain_json_write(temp_path(w.path, name), &in, NULL), OIK_OK);
    free(length);
    return w;
}

static void written_free(written *w) {
    oik_chain_pose_free(w->pose);
    oik_chain_free(w->chain);
    tiny_kinematics_free(w->lying);
    free(w->q);
}

static void a_written_chain_comes_back(void **state) {
    (void)state;
    written w = write_chain("written.json");
    oik_chain_file *file;
    oik_error err = {0};
    if (oik_chain_load(&file, w.path, NULL, &err))
        fail_msg("%s", err.message);
    assert_int_equal(file->chain->n_segments, w.chain->n_segments);
    assert_int_equal(file->chain->n_dofs, w.chain->n_dofs);
    uint64_t random = 99;
    for (int trial = 0; trial < 20; trial++) {
        if (trial == 0) /* the posture of the file is inside the ranges, so it is the rest */
            for (int k = 0; k < w.chain->n_dofs; k++)
                assert_true(fabs(file->q_rest[k] - w.q[k]) < 1e-6);
        else
            tiny_random_pose(w.q, w.chain, 0.0, &random);
        oik_chain_pose *pose = pose_of(file->chain, w.q);
        oik_chain_forward(w.pose, w.chain, w.q);
        /* the file's numbers are rounded to 1e-6; a dozen of them on the way to a fingertip */
        for (int i = 0; i < w.chain->n_segments; i++) {
            assert_string_equal(file->chain->segment_names[i], w.chain->segment_names[i]);
            assert_true(v3_dist(pose->centre[i], w.pose->centre[i]) < 3e-5);
            assert_true(v3_dist(pose->origin[i], w.pose->origin[i]) < 3e-5);
            assert_true(oik_rot_angle_between(pose->R[i], w.pose->R[i]) < 3e-5);
        }
        oik_chain_pose_free(pose);
    }
    oik_chain_file_free(file);
    written_free(&w);
}

static void angles_outside_their_range_rest_at_the_bound(void **state) {
    (void)state;
    written w = write_chain("outside.json");
    json_t *root = json_load_file(w.path, 0, NULL);
    json_t *dof = json_array_get(json_object_get(json_array_get(json_object_get(root, "joints"), 1), "dofs"), 0);
    json_object_set_new(dof, "value_deg", json_real(170.0));
    char *text = json_dumps(root, 0);
    oik_chain_file *file = parse(text, NULL);
    int k = file->chain->joints[1].first_dof;
    assert_true(file->q_rest[k] == file->chain->dofs[k].upper);
    oik_chain_file_free(file);
    free(text);
    json_decref(root);
    written_free(&w);
}

static void a_written_chain_that_is_wrong_is_refused(void **state) {
    (void)state;
    written w = write_chain("bad.json");
    uint8_t *data;
    size_t size;
    assert_int_equal(oik_file_read(&data, &size, w.path, NULL), OIK_OK);
    const char *text = (const char *)data;
    refused_when(text, "\"parent\": \"pelvis\"", "\"parent\": \"tail\"", "joint back: parent: expected ground or a segment");
    refused_when(text, "\"child\": \"lumbar\"", "\"child\": \"tail\"", "child: there is no segment tail");
    refused_when(text, "\"child\": \"toes_r\"", "\"child\": \"pelvis\"", "another joint moves segment pelvis too");
    refused_when(text, "\"type\": \"free\"", "\"type\": \"loose\"", "type: expected free, ball, universal or hinge, found loose");
    refused_when(text, "\"value_deg\"", "\"value_rad\"", "joint ground_pelvis: coordinate number 0: value_deg: expected a number");
    free(data);
    written_free(&w);
}

/* ------------------------------------------------------------------ surroundings */

static void a_comma_locale_changes_nothing(void **state) {
    (void)state;
    char *text = documented_example();
    if (!comma_locale_enter()) {
        free(text);
        skip();
    }
    oik_chain_file *file = parse(text, NULL);
    assert_true(file->chain->joints[0].s.y == 0.95);
    comma_locale_leave();
    oik_chain_file_free(file);
    oik_chain_file_free(NULL);
    free(text);
}

static void expect_memory_errors(const char *path, const char *name) {
    oik_status status = OIK_E_MEMORY;
    for (long n = 0; status; n++) {
        oik_chain_file *file;
        oik_error err = {0};
        failing_malloc_arm(n);
        status = oik_chain_load(&file, path, name, &err);
        long n_seen = failing_malloc_disarm();
        bool as_expected = status == OIK_E_MEMORY ? n_seen > n && !file && strstr(err.message, "memory") : !status && n_seen == n && file;
        if (!as_expected)
            fail_msg("allocation %ld of %ld: status %d, %s", n, n_seen, (int)status, err.message);
        oik_chain_file_free(file);
    }
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    char path[TEMP_PATH_LENGTH];
    char *text = documented_example();
    expect_memory_errors(temp_file(path, "m1.json", text, strlen(text)), NULL);
    expect_memory_errors(temp_file(path, "m2.json", published, strlen(published)), "A");
    written w = write_chain("m3.json");
    expect_memory_errors(w.path, NULL);
    written_free(&w);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_documented_example_loads),
        cmocka_unit_test(the_schema_accepts_the_documented_example),
        cmocka_unit_test(our_format_moves_as_by_hand),
        cmocka_unit_test(our_format_with_a_slip_is_refused),
        cmocka_unit_test(couplings_that_cannot_hold_are_refused),
        cmocka_unit_test(broken_json_names_its_line),
        cmocka_unit_test(published_chains_are_cardan_angles_after_rest),
        cmocka_unit_test(published_chains_that_are_wrong_are_refused),
        cmocka_unit_test(all_published_chains_load),
        cmocka_unit_test(the_true_angles_of_the_motions_give_their_keypoints),
        cmocka_unit_test(a_written_chain_comes_back),
        cmocka_unit_test(angles_outside_their_range_rest_at_the_bound),
        cmocka_unit_test(a_written_chain_that_is_wrong_is_refused),
        cmocka_unit_test(a_comma_locale_changes_nothing),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_ik_chain_load", tests, temp_dir_setup, temp_dir_teardown);
}
