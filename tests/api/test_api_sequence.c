/* A sequence of meshes through the public calls: angles against the truth that made them, going on after a stop, bad frames. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/sequence.h"
#include "base/rot.h"
#include "moving_body.h"
#include "random.h"
#include "run_program.h"

enum { N_FRAMES = OIK_SEQUENCE_BLOCK + 4 };

static const double DEGREE = 3.14159265358979323846 / 180.0;

static oik_model *model;
static double *shape;
static oik_sequence *whole; /**< N_FRAMES frames */
static uint8_t *state;      /**< of whole after its first block */
static oik_error err;

static int failed(oik_status status) {
    if (status)
        fprintf(stderr, "%s: %s\n", oik_status_name(status), err.message);
    return status != OIK_OK;
}

static oik_status add(oik_sequence *s, int frame) {
    oik_mesh *mesh = moving_mesh(model->body, shape, frame, 1.0);
    oik_status status = oik_sequence_add(s, mesh, frame / MOVING_FPS, "mesh", &err);
    oik_mesh_free(mesh);
    return status;
}

static int set_up(void **unused) {
    (void)unused;
    char path[RUN_MAX_PATH];
    const char *dir = getenv("OSSO_IK_MODELS");
    snprintf(path, sizeof path, "%s/female.npz", dir ? dir : "build/models");
    if (failed(oik_model_load(&model, path, &err)) || !(shape = moving_shape(model->body)) ||
        failed(oik_sequence_new(&whole, model, NULL, &err)))
        return 1;
    for (int f = 0; f < N_FRAMES; f++) {
        if (failed(add(whole, f)))
            return 1;
        if (f + 1 == OIK_SEQUENCE_BLOCK) {
            state = malloc(oik_sequence_state_size(whole));
            oik_sequence_get_state(state, whole);
        }
    }
    return 0;
}

static int tear_down(void **unused) {
    (void)unused;
    oik_sequence_free(whole);
    oik_model_free(model);
    free(shape);
    free(state);
    return 0;
}

static size_t find(const oik_motion *motion, const char *name) {
    for (size_t i = 0; i < oik_motion_n_coordinates(motion); i++)
        if (strcmp(oik_motion_coordinate(motion, i).name, name) == 0)
            return i;
    fail_msg("no coordinate %s", name);
    return 0;
}

/** Mean over the frames of |(q(f) - q(0)) - (truth(f) - truth(0))|: a constant difference of zero postures is left aside. */
static double mean_error(const oik_motion *motion, const char *name, size_t offset_of_angle, int side) {
    size_t i = find(motion, name);
    double sum = 0.0, q_0 = oik_motion_get_frame(motion, 0).coordinates[i];
    for (int f = 0; f < N_FRAMES; f++) {
        moving_angles now = moving_angles_at(f, side), first = moving_angles_at(0, side);
        double truth = *(double *)((char *)&now + offset_of_angle) - *(double *)((char *)&first + offset_of_angle);
        sum += fabs(oik_motion_get_frame(motion, (size_t)f).coordinates[i] - q_0 - truth);
    }
    return sum / N_FRAMES;
}

/* 2 degrees is what the program promises; the chain's axes are those of the bones and not quite the body model's x and y */
static void angles_follow_the_truth_that_made_the_meshes(void **unused) {
    (void)unused;
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;
    assert_false(failed(oik_chain_from_skeleton(&chain, model, oik_sequence_lying(whole), &err)));
    assert_false(failed(oik_sequence_solve(&motion, whole, chain, &err)));
    assert_int_equal(oik_motion_n_frames(motion), N_FRAMES);
    assert_true(oik_motion_get_frame(motion, 3).time == 3 / MOVING_FPS);
    static const struct {
        const char *name;
        size_t offset;
        int side;
    } angles[] = {{"hip_flexion_l", offsetof(moving_angles, hip), 0},   {"hip_flexion_r", offsetof(moving_angles, hip), 1},
                  {"knee_angle_l", offsetof(moving_angles, knee), 0},   {"knee_angle_r", offsetof(moving_angles, knee), 1},
                  {"elbow_flex_l", offsetof(moving_angles, elbow), 0},  {"elbow_flex_r", offsetof(moving_angles, elbow), 1}};
    for (size_t i = 0; i < sizeof angles / sizeof *angles; i++) {
        double error = mean_error(motion, angles[i].name, angles[i].offset, angles[i].side);
        if (!(error < 2.0 * DEGREE))
            fail_msg("%s: mean error %.2f degrees", angles[i].name, error / DEGREE);
    }
    oik_quality worst, mean;
    assert_false(failed(oik_sequence_quality(&worst, &mean, whole, motion, &err)));
    for (int i = 0; i < worst.n_gates; i++)
        assert_true(mean.gates[i].value <= worst.gates[i].value + 1e-12); /* rounding of a mean */
    assert_true(worst.level < 2);
    oik_motion_free(motion);
    oik_chain_free(chain);
}

static void frames_tell_how_good_they_are(void **unused) {
    (void)unused;
    assert_int_equal(oik_sequence_n_frames(whole), N_FRAMES);
    for (size_t f = 0; f < N_FRAMES; f++) {
        oik_sequence_frame frame = oik_sequence_get_frame(whole, f);
        assert_true(frame.registration_rms < 1e-3); /* the model itself, in its own shape space: less than a millimetre is left */
        assert_true(frame.outside_share < 0.03 && frame.hip_gap < 0.004); /* the limits of warnings */
        assert_true(frame.restarted == (f == 0));
    }
    assert_true(oik_sequence_get_frame(whole, N_FRAMES).registration_rms == 0.0);
}

/** A sequence with the subject and all records of whole, but no frame of its own. */
static oik_sequence *copy_of_whole(size_t n_frames) {
    oik_sequence *s = NULL;
    oik_mesh *first = moving_mesh(model->body, shape, 0, 1.0);
    const oik_mesh *meshes[] = {first};
    uint8_t *record = malloc(oik_sequence_record_size(whole));
    assert_false(failed(oik_sequence_new(&s, model, NULL, &err)));
    assert_false(failed(oik_sequence_learn(s, meshes, 1, "mesh", &err)));
    for (size_t f = 0; f < n_frames; f++) {
        oik_sequence_get_record(record, whole, f);
        assert_false(failed(oik_sequence_put_record(s, record, &err)));
    }
    free(record);
    oik_mesh_free(first);
    return s;
}

static double noise_of(const oik_sequence *s, const oik_chain *chain) {
    oik_motion *motion = NULL;
    assert_false(failed(oik_sequence_solve(&motion, s, chain, &err)));
    double noise = motion->frames->noise;
    oik_motion_free(motion);
    return noise;
}

/* The solver's noise is in metres at its length scale of 0.1 m: 0.005 rad at least, and what was added when that is more. The median over
   27 segments and 32 differences that overlap scatters by some per cent. */
static void noise_of_orientations_is_measured(void **unused) {
    (void)unused;
    const double sigma = 0.03, scale = 0.1;
    oik_chain *chain = NULL;
    uint64_t random = 7;
    oik_sequence *noisy = copy_of_whole(N_FRAMES);
    assert_false(failed(oik_chain_from_skeleton(&chain, model, oik_sequence_lying(noisy), &err)));
    double quiet = noise_of(noisy, chain);
    assert_true(quiet >= 0.005 * scale && quiet < 0.01 * scale);
    for (size_t i = 0; i < N_FRAMES * (size_t)noisy->n_segments; i++) {
        oik_vec3 turn = v3_scale(v3_add(random_vec3(&random), v3_add(random_vec3(&random), random_vec3(&random))), sigma);
        noisy->R[i] = m3_mul(noisy->R[i], oik_rot_exp(turn)); /* three uniform numbers of variance 1/3: nearly normal, variance 1 */
    }
    double loud = noise_of(noisy, chain);
    if (!(loud > 0.85 * sigma * scale && loud < 1.15 * sigma * scale))
        fail_msg("noise %g, expected %g", loud, sigma * scale);
    oik_sequence_free(noisy);
    oik_chain_free(chain);
}

/* Not a rounding error: the state holds everything that the next frames depend on. */
static void going_on_from_a_state_gives_the_same_numbers(void **unused) {
    (void)unused;
    size_t size = oik_sequence_record_size(whole);
    uint8_t *a = malloc(size), *b = malloc(size);
    oik_sequence *s = copy_of_whole(OIK_SEQUENCE_BLOCK);
    oik_sequence_set_state(s, state);
    for (int f = OIK_SEQUENCE_BLOCK; f < N_FRAMES; f++)
        assert_false(failed(add(s, f)));
    for (size_t f = 0; f < N_FRAMES; f++) {
        oik_sequence_get_record(a, whole, f);
        oik_sequence_get_record(b, s, f);
        assert_memory_equal(a, b, size);
    }
    free(a);
    free(b);
    oik_sequence_free(s);
}

static oik_status add_changed(oik_sequence *s, int what) {
    oik_mesh *mesh = moving_mesh(model->body, shape, 1, what == 0 ? 1000.0 : 1.0);
    for (size_t i = 0; what == 1 && i < mesh->n_vertices; i++)
        mesh->vertices[i].x = -mesh->vertices[i].x;
    if (what == 2)
        mesh->vertices[17].y = NAN;
    oik_status status = oik_sequence_add(s, mesh, 1 / MOVING_FPS, "mesh", &err);
    oik_mesh_free(mesh);
    return status;
}

static void a_bad_frame_leaves_no_trace(void **unused) {
    (void)unused;
    oik_sequence *s = NULL;
    size_t size = oik_sequence_record_size(whole);
    uint8_t *a = malloc(size), *b = malloc(size);
    assert_false(failed(oik_sequence_new(&s, model, NULL, &err)));
    assert_int_equal(add_changed(s, 2), OIK_E_NOT_FINITE); /* as the first one too */
    assert_null(oik_sequence_body(s));
    assert_false(failed(add(s, 0)));
    assert_int_equal(add_changed(s, 0), OIK_E_SHAPE);
    assert_non_null(strstr(err.message, "mm"));
    assert_int_equal(add_changed(s, 1), OIK_E_ORDER);
    assert_int_equal(add_changed(s, 2), OIK_E_NOT_FINITE);
    assert_int_equal(oik_sequence_n_frames(s), 1);
    assert_int_equal(add(s, 0), OIK_E_ARGUMENT); /* not later than the last one */
    assert_false(failed(add(s, 1)));
    oik_sequence_get_record(a, whole, 1);
    oik_sequence_get_record(b, s, 1);
    assert_memory_equal(a, b, size);
    free(a);
    free(b);
    oik_sequence_free(s);
}

static int always(void *context) {
    (void)context;
    return 1;
}

static void can_be_stopped(void **unused) {
    (void)unused;
    oik_stage_options options = {.cancel = always};
    oik_sequence *s = NULL;
    assert_false(failed(oik_sequence_new(&s, model, &options, &err)));
    assert_int_equal(add(s, 0), OIK_E_CANCELLED);
    assert_int_equal(oik_sequence_n_frames(s), 0);
    oik_sequence_free(s);
}

static void without_frames_there_is_nothing_to_solve(void **unused) {
    (void)unused;
    oik_sequence *s = NULL;
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;
    assert_false(failed(oik_chain_from_skeleton(&chain, model, oik_sequence_lying(whole), &err)));
    assert_false(failed(oik_sequence_new(&s, model, NULL, &err)));
    assert_int_equal(oik_sequence_solve(&motion, s, chain, &err), OIK_E_ARGUMENT);
    assert_null(motion);
    oik_sequence_free(s);
    oik_chain_free(chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles_follow_the_truth_that_made_the_meshes),
        cmocka_unit_test(frames_tell_how_good_they_are),
        cmocka_unit_test(noise_of_orientations_is_measured),
        cmocka_unit_test(going_on_from_a_state_gives_the_same_numbers),
        cmocka_unit_test(a_bad_frame_leaves_no_trace),
        cmocka_unit_test(can_be_stopped),
        cmocka_unit_test(without_frames_there_is_nothing_to_solve),
    };
    return cmocka_run_group_tests_name("api_sequence", tests, set_up, tear_down);
}
