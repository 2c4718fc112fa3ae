/* Body parameters from files: the poses that come back, whose axes and origins they have, what is optional, bad inputs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zip.h>

#include "base/rot.h"
#include "body/pose_input_load.h"
#include "support/failing_malloc.h"
#include "support/random.h"
#include "support/temp_dir.h"
#include "support/tiny_body.h"

enum { N_FRAMES = 3, SMPL = 72, SMPLH = 156 };

static oik_body_model *model;
static char path[TEMP_PATH_LENGTH];
static oik_vec3 rotations[N_FRAMES][OIK_N_JOINTS];
static oik_vec3 trans[N_FRAMES];
static double betas[TINY_BODY_MODES] = {0.7, -1.2, 0.4};

static int set_up(void **state) {
    uint64_t seed = 11;
    model = tiny_body_new();
    for (int f = 0; f < N_FRAMES; f++) {
        for (int j = 0; j < OIK_N_JOINTS; j++)
            rotations[f][j] = random_vec3(&seed);
        rotations[f][0] = v3_scale(rotations[f][0], 3.0); /* any heading */
        trans[f] = v3_scale(random_vec3(&seed), 2.0);
    }
    if (!model || temp_dir_setup(state))
        return -1;
    temp_path(path, "pose.npz");
    return 0;
}

static int tear_down(void **state) {
    oik_body_model_free(model);
    return temp_dir_teardown(state);
}

/* What to write: NULL names and zero counts leave an array out. */
typedef struct recipe {
    const char *poses; /* name of the array */
    int n_columns, vector, by_joints, without_trans, n_betas;
    const char *rate, *gender;
} recipe;

static void put(oik_npz_writer *w, const char *name, int n_dim, size_t rows, size_t columns, const double *values) {
    const size_t shape[2] = {n_dim == 2 ? rows : columns, columns};
    assert_int_equal(oik_npz_add_f64(w, name, "<f8", n_dim, shape, values, NULL), OIK_OK);
}

/* Fingers get numbers that must not matter. */
static void put_poses(oik_npz_writer *w, const recipe *r) {
    double values[N_FRAMES][SMPLH];
    int n_shared = r->n_columns == SMPL ? OIK_N_JOINTS : 22;
    double *row = *values;
    for (int f = 0; f < N_FRAMES; f++)
        for (int k = 0; k < r->n_columns; k++, row++)
            *row = k < 3 * n_shared ? v3_get(rotations[f][k / 3], k % 3) : 0.5;
    const size_t shape[] = {N_FRAMES, (size_t)r->n_columns / 3, 3};
    if (r->by_joints)
        assert_int_equal(oik_npz_add_f64(w, r->poses, "<f8", r->vector ? 2 : 3, shape + r->vector, *values, NULL), OIK_OK);
    else
        put(w, r->poses, r->vector ? 1 : 2, N_FRAMES, (size_t)r->n_columns, *values);
}

static void write_recipe(const recipe *r) {
    const double fps = 120;
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    if (r->poses)
        put_poses(w, r);
    if (!r->without_trans)
        put(w, "trans", r->vector ? 1 : 2, N_FRAMES, 3, &trans[0].x);
    if (r->n_betas)
        put(w, "betas", 1, 1, (size_t)r->n_betas, betas);
    if (r->rate)
        put(w, r->rate, 0, 0, 0, &fps);
    if (r->gender)
        assert_int_equal(oik_npz_add_text(w, "gender", 1, &r->gender, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 1, NULL), OIK_OK);
    oik_npz_writer_free(w);
}

static oik_pose_input *load(void) {
    oik_pose_input *input;
    oik_error err = {0};
    if (oik_pose_input_load(&input, path, &err))
        fail_msg("%s", err.message);
    return input;
}

static oik_pose_subject *subject_of(const oik_pose_input *input, oik_shape_space space) {
    oik_pose_subject *subject;
    assert_int_equal(oik_pose_subject_new(&subject, input, model, space, NULL), OIK_OK);
    return subject;
}

/* The skin in SMPL's own words: x = LBS(pose, shape) + trans, the root turning about its rest joint. */
static void smpl_skin(oik_vec3 *x, const oik_vec3 w[OIK_N_JOINTS], int n_joints, oik_vec3 t, const double *beta) {
    oik_body_pose pose = oik_body_pose_rest();
    for (int j = 0; j < n_joints; j++)
        pose.R[j] = oik_rot_exp(w[j]);
    tiny_body_posed(x, NULL, model, beta, &pose);
    for (size_t i = 0; i < model->n_vertices; i++)
        x[i] = v3_add(x[i], t);
}

/* The skin of a frame of the input. */
static void input_skin(oik_vec3 *x, const oik_pose_input *input, const oik_pose_subject *subject, size_t frame) {
    oik_body_pose pose;
    oik_body_frames frames;
    assert_int_equal(oik_pose_input_frame(&pose, input, subject, frame, NULL), OIK_OK);
    oik_body_forward(&frames, model, subject->J, &pose);
    oik_body_shape(x, model, subject->beta);
    oik_body_skin(x, model, x, &frames);
}

/* Every frame of the file is SMPL's skin, turned to Y up when it is Z up and moved by shift. */
static void check_skins(const oik_pose_input *input, oik_shape_space space, int n_joints, int z_up, oik_vec3 shift) {
    oik_vec3 *x = calloc(model->n_vertices, sizeof *x), *y = calloc(model->n_vertices, sizeof *y);
    assert_true(x && y);
    oik_pose_subject *subject = subject_of(input, space);
    for (size_t f = 0; f < input->n_frames; f++) {
        smpl_skin(x, rotations[f], n_joints, trans[f], subject->beta);
        input_skin(y, input, subject, f);
        for (size_t i = 0; i < model->n_vertices; i++) {
            oik_vec3 wanted = z_up ? v3(x[i].x, x[i].z, -x[i].y) : x[i];
            assert_true(v3_dist(v3_add(wanted, shift), y[i]) <= 1e-13); /* rounding of metres along a chain of ten joints */
        }
    }
    oik_pose_subject_free(subject);
    free(x);
    free(y);
}

static void poses_come_back_as_the_same_skin(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .n_betas = 3});
    oik_pose_input *input = load();
    assert_int_equal(input->n_frames, N_FRAMES);
    assert_int_equal(input->n_file_joints, 24);
    assert_memory_equal(input->rotations, rotations, sizeof rotations);
    assert_memory_equal(input->trans, trans, sizeof trans);
    assert_true(!input->z_up && fabs(input->frame_rate) == 0.0 && input->gender == OIK_GENDER_UNKNOWN);
    check_skins(input, OIK_SHAPE_SMPL, 24, 0, v3(0, 0, 0));
    oik_pose_input_free(input);
}

static void hands_of_smplh_are_straight(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "pose", .n_columns = SMPLH, .n_betas = 3});
    oik_pose_input *input = load();
    assert_int_equal(input->n_file_joints, 52);
    for (int f = 0; f < N_FRAMES; f++)
        for (int j = OIK_J_HAND_L; j <= OIK_J_HAND_R; j++)
            assert_true(v3_norm(input->rotations[f * OIK_N_JOINTS + j]) == 0.0);
    check_skins(input, OIK_SHAPE_SMPL, 22, 0, v3(0, 0, 0));
    oik_pose_input_free(input);
}

static void worlds_of_amass_are_turned_to_y_up(void **state) {
    (void)state;
    static const char *const rates[] = {"mocap_framerate", "mocap_frame_rate", "fps"};
    for (int k = 0; k < 3; k++) {
        write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .n_betas = 3, .rate = rates[k]});
        oik_pose_input *input = load();
        assert_true(fabs(input->frame_rate - 120) == 0.0);
        assert_int_equal(input->z_up, k < 2);
        check_skins(input, OIK_SHAPE_SMPL, 24, k < 2, v3(0, 0, 0));
        oik_pose_input_free(input);
    }
}

/* Another model has its root elsewhere: the pelvis goes to where SMPL's mean body would have it, betas are left out. */
static void another_shape_space_takes_place_and_pose_only(void **state) {
    (void)state;
    for (int z_up = 0; z_up <= 1; z_up++) {
        write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .n_betas = 3, .rate = z_up ? "mocap_framerate" : NULL});
        oik_pose_input *input = load();
        oik_pose_subject *subject = subject_of(input, OIK_SHAPE_OWN);
        for (int k = 0; k < TINY_BODY_MODES; k++)
            assert_true(fabs(subject->beta[k]) == 0.0);
        assert_non_null(strstr(subject->betas_ignored, "the file's 3 shape parameters (betas) are not used"));
        oik_vec3 d = v3_sub(v3(0, OIK_SMPL_ROOT_Y, OIK_SMPL_ROOT_Z), model->joints[OIK_J_PELVIS]);
        check_skins(input, OIK_SHAPE_OWN, 24, z_up, z_up ? v3(d.x, d.z, -d.y) : d);
        oik_pose_subject_free(subject);
        oik_pose_input_free(input);
    }
}

static void betas_are_used_as_far_as_the_model_has_modes(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .n_betas = 2});
    oik_pose_input *input = load();
    oik_pose_subject *subject = subject_of(input, OIK_SHAPE_SMPL);
    assert_string_equal(subject->betas_ignored, "");
    assert_true(fabs(subject->beta[0] - 0.7) == 0.0 && fabs(subject->beta[1] + 1.2) == 0.0 && fabs(subject->beta[2]) == 0.0);
    oik_pose_subject_free(subject);
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .n_betas = 3});
    oik_pose_input_free(input);
    input = load();
    model->n_modes = 2; /* modes lie one after the other: this is a model with fewer */
    subject = subject_of(input, OIK_SHAPE_SMPL);
    model->n_modes = TINY_BODY_MODES;
    assert_non_null(strstr(subject->betas_ignored, "only 2 of the file's 3"));
    oik_pose_subject_free(subject);
    oik_pose_input_free(input);
}

static void everything_but_poses_is_optional(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .without_trans = 1});
    oik_pose_input *input = load();
    assert_int_equal(input->n_betas, 0);
    assert_true(v3_norm(input->trans[N_FRAMES - 1]) == 0.0);
    oik_pose_subject *subject = subject_of(input, OIK_SHAPE_OWN);
    assert_string_equal(subject->betas_ignored, "");
    oik_pose_subject_free(subject);
    oik_pose_input_free(input);
}

static void vectors_are_one_frame(void **state) {
    (void)state;
    const int columns[] = {SMPL, SMPLH};
    for (int k = 0; k < 2; k++) {
        write_recipe(&(recipe){.poses = "pose", .n_columns = columns[k], .vector = 1, .n_betas = 3});
        oik_pose_input *input = load();
        assert_int_equal(input->n_frames, 1);
        check_skins(input, OIK_SHAPE_SMPL, k ? 22 : 24, 0, v3(0, 0, 0));
        oik_pose_input_free(input);
    }
}

/* As this program's own files of a stage have them. */
static void rotations_may_be_joint_by_joint(void **state) {
    (void)state;
    for (int k = 0; k < 4; k++) {
        write_recipe(&(recipe){.poses = "pose", .n_columns = k & 1 ? SMPLH : SMPL, .vector = k / 2, .by_joints = 1, .n_betas = 3});
        oik_pose_input *input = load();
        assert_int_equal(input->n_frames, k / 2 ? 1 : N_FRAMES);
        check_skins(input, OIK_SHAPE_SMPL, k & 1 ? 22 : 24, 0, v3(0, 0, 0));
        oik_pose_input_free(input);
    }
}

static void a_frame_past_the_last_is_refused(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL});
    oik_pose_input *input = load();
    oik_pose_subject *subject = subject_of(input, OIK_SHAPE_OWN);
    oik_body_pose pose = {.tau = {4, 5, 6}};
    oik_error err = {0};
    assert_int_equal(oik_pose_input_frame(&pose, input, subject, N_FRAMES, &err), OIK_E_ARGUMENT);
    assert_non_null(strstr(err.message, "frame 3 asked for, expected 0 to 2"));
    assert_true(fabs(pose.tau.y - 5) == 0.0);
    oik_pose_subject_free(subject);
    oik_pose_input_free(input);
}

static void genders_are_read_from_many_words(void **state) {
    (void)state;
    static const struct {
        const char *text;
        oik_pose_gender gender;
    } cases[] = {
        {"female", OIK_GENDER_FEMALE},     {"Male", OIK_GENDER_MALE},       {"NEUTRAL", OIK_GENDER_NEUTRAL}, {"f", OIK_GENDER_FEMALE},
        {"M", OIK_GENDER_MALE},            {"b'female'", OIK_GENDER_FEMALE}, {"b\"male\"", OIK_GENDER_MALE},  {"", OIK_GENDER_UNKNOWN},
        {"x", OIK_GENDER_UNKNOWN},         {"b'", OIK_GENDER_UNKNOWN},       {"femalefemalefemalefemale", OIK_GENDER_UNKNOWN},
        {"females", OIK_GENDER_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL, .gender = cases[i].text});
        oik_pose_input *input = load();
        if (input->gender != cases[i].gender)
            fail_msg("'%s' is read as %d", cases[i].text, (int)input->gender);
        oik_pose_input_free(input);
    }
}

/* Put an array made by hand into the archive: header, then 24 bytes. */
static void add_by_hand(const char *entry, const char *dtype, const char *shape, const char *bytes) {
    uint8_t npy[256] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    int length = snprintf((char *)npy + 10, 200, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", dtype, shape);
    npy[8] = (uint8_t)length;
    memcpy(npy + 10 + length, bytes, 24);
    zip_t *zip = zip_open(path, 0, NULL);
    assert_non_null(zip);
    zip_source_t *source = zip_source_buffer(zip, npy, (size_t)length + 34, 0);
    assert_true(source && zip_file_add(zip, entry, source, ZIP_FL_OVERWRITE) >= 0);
    assert_int_equal(zip_close(zip), 0);
}

/* NumPy's string types in 0 and 1 dimensions; what is no single text is an unknown gender, also a pickled object. */
static void genders_are_read_from_many_types(void **state) {
    (void)state;
    static const struct {
        const char *dtype, *shape, *bytes;
        oik_pose_gender gender;
    } cases[] = {
        {"<U6", "()", "f\0\0\0e\0\0\0m\0\0\0a\0\0\0l\0\0\0e\0\0\0", OIK_GENDER_FEMALE},
        {">U6", "(1,)", "\0\0\0f\0\0\0e\0\0\0m\0\0\0a\0\0\0l\0\0\0e", OIK_GENDER_FEMALE},
        {"|S24", "()", "male\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OIK_GENDER_MALE},
        {"|S24", "(1,)", "neutral\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OIK_GENDER_NEUTRAL},
        {"|S12", "(2,)", "female\0\0\0\0\0\0female\0\0\0\0\0\0", OIK_GENDER_UNKNOWN},
        {"|S24", "(1, 1)", "female\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OIK_GENDER_UNKNOWN},
        {"<f8", "(3,)", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OIK_GENDER_UNKNOWN},
        {"|O", "()", "123456781234567812345678", OIK_GENDER_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_recipe(&(recipe){.poses = "poses", .n_columns = SMPL});
        add_by_hand("gender.npy", cases[i].dtype, cases[i].shape, cases[i].bytes);
        oik_pose_input *input = load();
        if (input->gender != cases[i].gender)
            fail_msg("case %zu is read as %d", i, (int)input->gender);
        oik_pose_input_free(input);
    }
}

static void check_refused(oik_status wanted, const char *words) {
    oik_pose_input *input = (oik_pose_input *)&input;
    oik_error err = {0};
    oik_status status = oik_pose_input_load(&input, path, &err);
    if (status != wanted || err.status != wanted || !strstr(err.message, words) || !strstr(err.message, "pose.npz"))
        fail_msg("expected %s with '%s', found %s: %s", oik_status_name(wanted), words, oik_status_name(status), err.message);
    assert_null(input);
    assert_int_equal(oik_pose_input_load(&input, path, NULL), wanted);
}

/* poses of 2 x 72 zeros, and one array more, maybe in its place. */
static void check_array_refused(const char *name, int n_dim, const size_t *shape, double value, oik_status wanted, const char *words) {
    const size_t poses[2] = {2, SMPL};
    double values[2 * SMPLH];
    oik_npz_writer *w;
    assert_int_equal(oik_npz_writer_new(&w, NULL), OIK_OK);
    for (int k = 0; k < 2 * SMPLH; k++)
        values[k] = value;
    if (strcmp(name, "poses") != 0)
        assert_int_equal(oik_npz_add_f64(w, "poses", "<f4", 2, poses, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_add_f64(w, name, "<f4", n_dim, shape, values, NULL), OIK_OK);
    assert_int_equal(oik_npz_writer_save(w, path, 0, NULL), OIK_OK);
    oik_npz_writer_free(w);
    check_refused(wanted, words);
}

static void arrays_of_other_shapes_are_named(void **state) {
    (void)state;
    const size_t two_joints[2] = {2, 6}, smplx[2] = {1, 165}, none[2] = {0, SMPL}, solid[3] = {2, 22, 3};
    check_array_refused("poses", 2, two_joints, 0, OIK_E_SHAPE, "array 'poses': expected the shape (frames, 72) of SMPL or");
    check_array_refused("poses", 2, smplx, 0, OIK_E_SHAPE, "found (1, 165)");
    check_array_refused("poses", 1, smplx + 1, 0, OIK_E_SHAPE, "found (1, 165)");
    check_array_refused("poses", 2, none, 0, OIK_E_SHAPE, "found (0, 72)");
    check_array_refused("poses", 3, solid, 0, OIK_E_SHAPE, "found 3 dimensions");
    check_array_refused("poses", 0, NULL, 0, OIK_E_SHAPE, "found a single number");
    check_array_refused("trans", 2, (size_t[]){3, 3}, 0, OIK_E_SHAPE, "array 'trans': expected the shape (2, 3) as there are 2 poses");
    check_array_refused("trans", 2, (size_t[]){2, 2}, 0, OIK_E_SHAPE, "found (2, 2)");
    check_array_refused("trans", 1, (size_t[]){3}, 0, OIK_E_SHAPE, "found (1, 3)");
    check_array_refused("betas", 1, (size_t[]){0}, 0, OIK_E_SHAPE, "array 'betas'");
    check_array_refused("betas", 2, (size_t[]){2, 10}, 0, OIK_E_SHAPE, "one shape for all frames, found (2, 10)");
    check_array_refused("betas", 0, NULL, 0, OIK_E_SHAPE, "array 'betas'");
    check_array_refused("mocap_framerate", 0, NULL, 0, OIK_E_FORMAT, "frame rate > 0");
}

static void files_without_poses_are_refused(void **state) {
    (void)state;
    write_recipe(&(recipe){.without_trans = 0});
    check_refused(OIK_E_FORMAT, "expected body parameters with an array 'poses' or 'pose', found neither");
    temp_file(path, "pose.npz", "not an archive", 14);
    check_refused(OIK_E_FORMAT, "something else");
    remove(path);
    check_refused(OIK_E_IO, "No such file");
}

static void numbers_that_are_not_finite_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {"trans.npy", "betas.npy"};
    for (int k = 0; k < 2; k++) {
        write_recipe(&(recipe){.poses = "pose", .n_columns = SMPL, .vector = 1});
        add_by_hand(names[k], "<f8", "(3,)", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xF8\x7F\0\0\0\0\0\0\0\0");
        check_refused(OIK_E_NOT_FINITE, "element 1 is NaN");
    }
}

static oik_status load_and_pose(oik_error *err) {
    oik_pose_input *input = (oik_pose_input *)&input;
    oik_pose_subject *subject = NULL;
    oik_status status = oik_pose_input_load(&input, path, err);
    assert_true(status ? input == NULL : input->gender == OIK_GENDER_FEMALE);
    if (!status) {
        subject = (oik_pose_subject *)&subject;
        status = oik_pose_subject_new(&subject, input, model, OIK_SHAPE_SMPL, err);
        assert_true(status ? subject == NULL : subject != NULL);
    }
    oik_pose_subject_free(subject);
    oik_pose_input_free(input);
    return status;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    write_recipe(&(recipe){.poses = "poses", .n_columns = SMPLH, .n_betas = 3, .rate = "mocap_framerate", .gender = "female"});
    for (long n = 0;; n++) {
        oik_error err = {0};
        failing_malloc_arm(n);
        oik_status status = load_and_pose(&err);
        long n_seen = failing_malloc_disarm();
        if (n_seen <= n) {
            assert_int_equal(status, OIK_OK);
            assert_true(n > 8); /* input, archive, five arrays */
            return;
        }
        assert_int_equal(status, OIK_E_MEMORY);
        assert_int_equal(err.status, OIK_E_MEMORY);
        assert_non_null(strstr(err.message, "memory"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poses_come_back_as_the_same_skin),
        cmocka_unit_test(hands_of_smplh_are_straight),
        cmocka_unit_test(worlds_of_amass_are_turned_to_y_up),
        cmocka_unit_test(another_shape_space_takes_place_and_pose_only),
        cmocka_unit_test(betas_are_used_as_far_as_the_model_has_modes),
        cmocka_unit_test(everything_but_poses_is_optional),
        cmocka_unit_test(vectors_are_one_frame), cmocka_unit_test(rotations_may_be_joint_by_joint),
        cmocka_unit_test(a_frame_past_the_last_is_refused),
        cmocka_unit_test(genders_are_read_from_many_words),
        cmocka_unit_test(genders_are_read_from_many_types),
        cmocka_unit_test(arrays_of_other_shapes_are_named),
        cmocka_unit_test(files_without_poses_are_refused),
        cmocka_unit_test(numbers_that_are_not_finite_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("test_body_pose_input", tests, set_up, tear_down);
}
